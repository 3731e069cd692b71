// The module _datetime. Its classes, their limits and the UTC time zone are made by the first
// import and shared by the process: all of them immutable and immortal.
#include "object/module.h"
#include "modules/_datetime/datetime.h"
#include "object/names.h"
#include "object/native.h"

namespace imugi::datetimes {

namespace {

// The classes have their limits. Racing importers set equal ones.
std::atomic<bool> limits_set{false};

bool set_limit(Thread& thread, SharedType& type, Str& name, Owned value) {
    if (!value) return false;
    make_immortal(value.value().object());
    return set_type_attribute(thread, type.type(), name, value);
}

bool set_limits_of_timedelta(Thread& thread) {
    constexpr int64_t kDays = 999999999;
    return set_limit(thread, timedelta_class, ID(resolution), make_timedelta(thread, 0, 0, 1)) &&
           set_limit(thread, timedelta_class, ID(min), make_timedelta(thread, -kDays, 0, 0)) &&
           set_limit(thread, timedelta_class, ID(max),
                     make_timedelta(thread, kDays, kDaySeconds - 1, kSecondMicros - 1));
}

constexpr CalendarDate kFirstDay = {kMinYear, 1, 1}, kLastDay = {kMaxYear, 12, 31};
constexpr Clock kLastTime = {23, 59, 59, 999999};

bool set_limits_of_date(Thread& thread) {
    Type& type = date_class.type();
    return set_limit(thread, date_class, ID(min), allocate_date(thread, type, kFirstDay)) &&
           set_limit(thread, date_class, ID(max), allocate_date(thread, type, kLastDay)) &&
           set_limit(thread, date_class, ID(resolution), make_timedelta(thread, 1, 0, 0));
}

bool set_limits_of_time(Thread& thread) {
    Type& type = time_class.type();
    return set_limit(thread, time_class, ID(min), allocate_time(thread, type, {{}, 0, none()})) &&
           set_limit(thread, time_class, ID(max),
                     allocate_time(thread, type, {kLastTime, 0, none()})) &&
           set_limit(thread, time_class, ID(resolution), make_timedelta(thread, 0, 0, 1));
}

bool set_limits_of_datetime(Thread& thread) {
    Type& type = datetime_class.type();
    return set_limit(thread, datetime_class, ID(min),
                     allocate_datetime(thread, type, {kFirstDay, {}, 0, none()})) &&
           set_limit(thread, datetime_class, ID(max),
                     allocate_datetime(thread, type, {kLastDay, kLastTime, 0, none()})) &&
           set_limit(thread, datetime_class, ID(resolution), make_timedelta(thread, 0, 0, 1));
}

bool set_limiting_zone(Thread& thread, Str& name, int64_t offset) {
    Owned zone = TRY(timezone_of_micros(thread, offset));
    make_immortal(&zone.as<TimeZone>().delta());
    return set_limit(thread, timezone_class, name, std::move(zone));
}

// The limits of whole minutes, which they were when no others were allowed.
bool set_limits_of_timezone(Thread& thread) {
    constexpr int64_t kMost = (24 * 60 - 1) * 60 * kSecondMicros;
    return set_type_attribute(thread, timezone_class.type(), ID(utc), utc()) &&
           set_limiting_zone(thread, ID(min), -kMost) && set_limiting_zone(thread, ID(max), kMost);
}

bool prepare(Thread& thread) {
    // Acquire: pairs with the store below.
    if (limits_set.load(std::memory_order_acquire)) return true;
    for (SharedType* type : {&timedelta_class, &date_class, &time_class, &datetime_class,
                             &tzinfo_class, &timezone_class, &iso_calendar_date_class})
        if (!type->make(thread)) return false;
    if (!make_utc(thread) || !set_limits_of_timedelta(thread) || !set_limits_of_date(thread) ||
        !set_limits_of_time(thread) || !set_limits_of_datetime(thread) ||
        !set_limits_of_timezone(thread))
        return false;
    limits_set.store(true, std::memory_order_release);
    return true;
}

bool execute(Thread& thread, Module& module) {
    TRY(prepare(thread));
    return module_set(thread, module, "date", Value::of(date_class.type())) &&
           module_set(thread, module, "datetime", Value::of(datetime_class.type())) &&
           module_set(thread, module, "time", Value::of(time_class.type())) &&
           module_set(thread, module, "timedelta", Value::of(timedelta_class.type())) &&
           module_set(thread, module, "tzinfo", Value::of(tzinfo_class.type())) &&
           module_set(thread, module, "timezone", Value::of(timezone_class.type())) &&
           module_set(thread, module, "MINYEAR", Value::small_int(kMinYear)) &&
           module_set(thread, module, "MAXYEAR", Value::small_int(kMaxYear)) &&
           module_set(thread, module, "UTC", utc());
}

ModuleSpec spec("_datetime", "Fast implementation of the datetime module.", nullptr, execute);

}  // namespace

}  // namespace imugi::datetimes
