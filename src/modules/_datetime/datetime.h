// The objects of _datetime. All are immutable once published, so no locks: fields are plain, slots
// are read with borrow(), and the cached hash is an atomic that racing threads fill alike.
#pragma once

#include <initializer_list>

#include "memory/collector.h"
#include "modules/_datetime/calendar.h"
#include "modules/shared_type.h"
#include "object/str.h"

namespace imugi::datetimes {

extern SharedType timedelta_class, date_class, time_class, datetime_class, tzinfo_class,
    timezone_class, iso_calendar_date_class;

__extension__ using Int128 = __int128;

inline constexpr int64_t kNoHash = -1;  // no hash is -1
using CachedHash = std::atomic<int64_t>;

struct TimeDelta : Object {
    int32_t days, seconds, microseconds;  // seconds in a day and microseconds in a second from 0
    CachedHash cached_hash;

    Int128 total() const {
        return Int128{days} * kDayMicros + seconds * kSecondMicros + microseconds;
    }
};

struct Date : Object {
    uint16_t year;
    uint8_t month, day;
    CachedHash cached_hash;

    CalendarDate date() const { return {year, month, day}; }
};

// A time of day.
struct Clock {
    int hour, minute, second, microsecond;

    int64_t seconds() const { return (int64_t{hour} * 60 + minute) * 60 + second; }
    int64_t total() const { return seconds() * kSecondMicros + microsecond; }
};

struct Time : Object {
    uint8_t hour, minute, second, fold;
    int32_t microsecond;
    CachedHash cached_hash;
    Slot tzinfo;  // empty for None

    Clock clock() const { return {hour, minute, second, microsecond}; }
};

struct DateTime : Date {
    uint8_t hour, minute, second, fold;
    int32_t microsecond;
    Slot tzinfo;  // empty for None

    Clock clock() const { return {hour, minute, second, microsecond}; }
    // Of the local time, counted from the day before the first.
    int64_t total() const { return ordinal_of(date()) * kDayMicros + clock().total(); }
};

struct TimeZone : Object {
    Slot offset;  // TimeDelta
    Slot name;    // Str; empty for none

    TimeDelta& delta() const { return offset.as<TimeDelta>(); }
};

inline bool is_timedelta(Value value) {
    return timedelta_class.is_instance(value);
}
inline bool is_date(Value value) {
    return date_class.is_instance(value);
}
inline bool is_datetime(Value value) {
    return datetime_class.is_instance(value);
}
// A datetime is a date, but not where dates are added or compared.
inline bool is_plain_date(Value value) {
    return date_class.is_exact(value) || (is_date(value) && !is_datetime(value));
}
// The hash of an object, computed at most a few times: by threads that race for it, all alike.
template <class T, class Compute>
Result<int64_t> cached_hash_of(T& self, Compute compute) {
    int64_t hash = self.cached_hash.load(std::memory_order_relaxed);
    if (hash == kNoHash) {
        hash = TRY(Result<int64_t>(compute()));
        self.cached_hash.store(hash, std::memory_order_relaxed);
    }
    return hash;
}
// A new object whose fields are set.
inline Owned published(Object* self, const Type& type) {
    if (type.has(kTypeTracked)) track(self);
    return Owned::adopt(self);
}
// A tzinfo slot as Python sees it.
inline Value or_none(const Slot& tzinfo) {
    return tzinfo.is_empty() ? none() : tzinfo.borrow();
}

// --- arguments.cpp ---
struct FieldNames {
    const char* function;  // as messages name it
    const char* parentheses;
    uint8_t required, positional, count;
    const char* names[9];
};
// Binds a constructor's arguments; `out` has a word per name, empty where missing.
[[nodiscard]] bool bind_fields(Thread& thread, const FieldNames& fields, const Arguments& arguments,
                               Value* out);
// A C int by __index__, with CPython's messages for what is too large.
[[nodiscard]] bool load_int(Thread& thread, Value value, int* out);
// Leaves *out alone when the value is empty.
[[nodiscard]] inline bool load_int_if_given(Thread& thread, Value value, int* out) {
    return value.is_empty() || load_int(thread, value, out);
}
// As many values as there are ints to fill.
[[nodiscard]] bool load_ints_if_given(Thread& thread, const Value* values,
                                      std::initializer_list<int*> out);
[[nodiscard]] bool check_date(Thread& thread, CalendarDate date);
[[nodiscard]] bool check_clock(Thread& thread, Clock clock, int fold);
[[nodiscard]] bool check_tzinfo(Thread& thread, Value tzinfo);  // None will do
[[nodiscard]] bool check_str(Thread& thread, const char* function, int position, Value value);
// "argument 1 must be datetime.date, not int"
Raised raise_wrong_argument(Thread& thread, const char* function, int position,
                            const char* expected, Value value);
// The name in reprs: "datetime.date", or a subclass's own.
FormatArgument type_in_repr(const Type& type);

// --- timedelta.cpp ---
Owned make_timedelta(Thread& thread, Type& type, int64_t days, int64_t seconds, int64_t micros);
// Of the exact class, made regular: any seconds and microseconds.
Owned make_timedelta(Thread& thread, int64_t days, int64_t seconds, int64_t micros);
Owned timedelta_of_micros(Thread& thread, Type& type, Int128 micros);
inline Owned timedelta_of_micros(Thread& thread, Int128 micros) {
    return timedelta_of_micros(thread, timedelta_class.type(), micros);
}
// Of an int of any size.
Owned timedelta_of_int(Thread& thread, Type& type, Value micros);
Owned int_of_micros(Thread& thread, Int128 micros);
bool micros_of_int(Value value, Int128* out);  // false: beyond 2**80
int64_t hash_of_span(int64_t days, int64_t seconds, int64_t micros);
Result<int64_t> hash_of_timedelta(TimeDelta& self);
Owned total_seconds_of(Thread& thread, Int128 micros);

// --- timedelta_scale.cpp ---
Owned timedelta_multiply(Thread& thread, Value left, Value right);
Owned timedelta_true_divide(Thread& thread, Value left, Value right);
Owned timedelta_floor_divide(Thread& thread, Value left, Value right);
Owned timedelta_remainder(Thread& thread, Value left, Value right);
Owned timedelta_divmod(Thread& thread, Value left, Value right);

// --- tzinfo.cpp ---
// What utcoffset() or dst() say: microseconds, or that there is no telling.
struct Offset {
    bool known = false;
    int64_t micros = 0;

    bool operator==(const Offset&) const = default;
};
// tzinfo.utcoffset(argument) or another method, checked: a timedelta below a day, or None. An empty
// or None tzinfo gives None.
Owned call_offset(Thread& thread, Value tzinfo, Str& method, Value argument);
Result<Offset> utc_offset(Thread& thread, Value tzinfo, Value argument);
inline Result<Offset> utc_offset(Thread& thread, const DateTime& self) {
    return utc_offset(thread, self.tzinfo.borrow(), Value::of(self));
}
Owned call_tzname(Thread& thread, Value tzinfo, Value argument);

// --- timezone.cpp ---
Owned make_timezone(Thread& thread, Value offset, Value name);  // empty name: none
Owned timezone_of_micros(Thread& thread, int64_t offset);
[[nodiscard]] bool make_utc(Thread& thread);
Value utc();

// --- date.cpp ---
Owned allocate_date(Thread& thread, Type& type, CalendarDate date);
// Checked; an instance of a subclass is made by calling it.
Owned make_date(Thread& thread, Type& type, CalendarDate date);
Owned ctime_text(Thread& thread, CalendarDate date, Clock clock);

// --- time.cpp ---
struct TimeFields {
    Clock clock;
    int fold;
    Value tzinfo;  // or None
};
Owned allocate_time(Thread& thread, Type& type, const TimeFields& fields);
Owned make_time(Thread& thread, Type& type, const TimeFields& fields);

// --- datetime.cpp ---
struct DateTimeFields {
    CalendarDate date;
    Clock clock;
    int fold;
    Value tzinfo;  // or None
};
// Of fields that are known to be good.
Owned new_datetime(Thread& thread, Type& type, const DateTimeFields& fields);
Owned allocate_datetime(Thread& thread, Type& type, const DateTimeFields& fields);
Owned make_datetime(Thread& thread, Type& type, const DateTimeFields& fields);
inline DateTimeFields fields_of(const DateTime& self) {
    return {self.date(), self.clock(), self.fold, or_none(self.tzinfo)};
}

// --- datetime_arithmetic.cpp ---
Owned datetime_add(Thread& thread, Value left, Value right);
Owned datetime_subtract(Thread& thread, Value left, Value right);
Owned datetime_compare(Thread& thread, Value left, Value right, CompareOp op);
Result<int64_t> datetime_hash(Thread& thread, Value self);
// The datetime moved by so many microseconds, of the same class and time zone.
Owned moved_datetime(Thread& thread, DateTime& self, Int128 micros);
// Whether a datetime has such a total().
inline bool is_total(Int128 total) {
    return total >= kDayMicros && total < Int128{kMaxOrdinal + 1} * kDayMicros;
}
// The fields of a moment counted as DateTime::total() counts. OverflowError.
[[nodiscard]] bool fields_of_total(Thread& thread, Int128 total, DateTimeFields* out);
// For op from the sign of a comparison.
Owned compared(int64_t difference, CompareOp op);

// --- datetime_now.cpp ---
Owned datetime_now(Thread& thread, Type& type, Value tzinfo);
Owned datetime_utcnow(Thread& thread, Type& type);
Owned datetime_fromtimestamp(Thread& thread, Type& type, Value timestamp, Value tzinfo);
Owned datetime_utcfromtimestamp(Thread& thread, Type& type, Value timestamp);
Owned datetime_timestamp(Thread& thread, DateTime& self);
Owned datetime_astimezone(Thread& thread, DateTime& self, Value tzinfo);
Owned date_fromtimestamp(Thread& thread, Type& type, Value timestamp);
Owned date_today(Thread& thread, Type& type);

// --- local_time.cpp ---: seconds count as DateTime::total() does
inline constexpr int64_t kEpochSeconds = int64_t{kEpochOrdinal} * kDaySeconds;
inline constexpr int64_t kMostFoldSeconds = kDaySeconds;  // as PEP 495 has it
struct BrokenTime {
    int64_t year;
    int month, day, hour, minute, second;
    long offset;       // seconds east of UTC
    const char* zone;  // belongs to the C library
};
Result<BrokenTime> broken_time(Thread& thread, int64_t timestamp, bool local);
// A moment's local time, counted in the same way.
Result<int64_t> local_seconds(Thread& thread, int64_t seconds);
Result<int64_t> seconds_of_fields(Thread& thread, const BrokenTime& time);
// The moment of a local time, of which `fold` tells which if there are two (PEP 495).
Result<int64_t> moment_of_local(Thread& thread, const DateTime& self, int fold);
// The time zone in effect at a local time.
Owned local_timezone_of(Thread& thread, const DateTime& self);
// The time zone in effect at a POSIX timestamp.
Owned local_timezone(Thread& thread, int64_t timestamp);

// --- iso_format.cpp ---
Owned date_isoformat(Thread& thread, Date& self);
Owned time_isoformat(Thread& thread, Time& self, Value timespec);
Owned datetime_isoformat(Thread& thread, DateTime& self, Value separator, Value timespec);
Owned offset_text(Thread& thread, int64_t micros, const char* separator);
Owned timezone_name_text(Thread& thread, int64_t micros);
// fromisoformat of the three classes.
Owned date_fromisoformat(Thread& thread, Type& type, Value text);
Owned time_fromisoformat(Thread& thread, Type& type, Value text);
Owned datetime_fromisoformat(Thread& thread, Type& type, Value text);

// --- strftime.cpp ---
// object.strftime(format) with a time tuple that is made for it.
Owned format_by_tuple(Thread& thread, Value object, Str& format, Value time_tuple);
// object.__format__(specification).
Owned format_by_specification(Thread& thread, Value self, Value specification);
Owned make_time_tuple(Thread& thread, CalendarDate date, Clock clock, int dst);
// cls.strptime(text, format) by the function of _strptime.
Owned parse_by_format(Thread& thread, Type& type, Value text, Value format, Str& function);

// --- state.cpp ---
Owned pickled_state(Thread& thread, const Date& self);
Owned pickled_state(Thread& thread, const Time& self, int protocol);
Owned pickled_state(Thread& thread, const DateTime& self, int protocol);
// An instance from pickled state if the arguments are one; nothing if they are not.
Owned date_from_state(Thread& thread, Type& type, const Arguments& arguments);
Owned time_from_state(Thread& thread, Type& type, const Arguments& arguments);
Owned datetime_from_state(Thread& thread, Type& type, const Arguments& arguments);
// The hash of an instance without regard to its time zone.
int64_t hash_of_state(const Date& self);
int64_t hash_of_state(const Time& self);
int64_t hash_of_state(const DateTime& self);

// --- iso_calendar_date.cpp ---
Owned make_iso_calendar_date(Thread& thread, IsoWeekDate week);

}  // namespace imugi::datetimes

namespace imugi {
IMUGI_SHARED_TYPE(datetimes::TimeDelta, datetimes::timedelta_class);
IMUGI_SHARED_TYPE(datetimes::Date, datetimes::date_class);
IMUGI_SHARED_TYPE(datetimes::Time, datetimes::time_class);
IMUGI_SHARED_TYPE(datetimes::DateTime, datetimes::datetime_class);
IMUGI_SHARED_TYPE(datetimes::TimeZone, datetimes::timezone_class);
}  // namespace imugi
