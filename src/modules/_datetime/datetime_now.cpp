// From clocks and timestamps to dates and back: now(), today(), fromtimestamp(), timestamp(),
// astimezone().
#include <time.h>

#include <cerrno>
#include <cmath>

#include "modules/_datetime/datetime.h"
#include "object/call.h"
#include "object/float.h"
#include "object/int.h"
#include "object/module.h"
#include "object/names.h"
#include "object/protocol.h"

namespace imugi::datetimes {

namespace {

struct Timestamp {
    int64_t seconds;
    int micros;
};

Raised raise_timestamp_range(Thread& thread) {
    return raise(thread, exc::OverflowError, "timestamp out of range for platform time_t");
}

Result<int64_t> whole_seconds(Thread& thread, Value value) {
    Owned index = TRY(to_index(thread, value));
    int64_t seconds;
    if (!int_fits_int64(index, &seconds)) return raise_timestamp_range(thread);
    return seconds;
}

Result<double> real_seconds(Thread& thread, Value value) {
    double seconds = float_number(value);
    if (std::isnan(seconds))
        return raise(thread, exc::ValueError, "Invalid value NaN (not a number)");
    return seconds;
}

bool in_range(double seconds) {
    return seconds >= -0x1p63 && seconds < 0x1p63;
}

// Rounded to microseconds, halves to the even one.
Result<Timestamp> load_timestamp(Thread& thread, Value value) {
    if (!is_float(value)) return Timestamp{TRY(whole_seconds(thread, value)), 0};
    double whole;
    double micros = std::nearbyint(std::modf(TRY(real_seconds(thread, value)), &whole) * 1e6);
    if (micros >= 1e6) {
        micros -= 1e6;
        whole += 1;
    } else if (micros < 0) {
        micros += 1e6;
        whole -= 1;
    }
    if (!in_range(whole)) return raise_timestamp_range(thread);
    return Timestamp{static_cast<int64_t>(whole), static_cast<int>(micros)};
}

Result<int64_t> load_floored(Thread& thread, Value value) {
    if (!is_float(value)) return whole_seconds(thread, value);
    double seconds = std::floor(TRY(real_seconds(thread, value)));
    if (!in_range(seconds)) return raise_timestamp_range(thread);
    return static_cast<int64_t>(seconds);
}

// Whether a local time is the second of its kind: the clock went back less than a day before.
Result<bool> is_second_time(Thread& thread, int64_t timestamp, const BrokenTime& time) {
    int64_t shown = TRY(seconds_of_fields(thread, time));
    int64_t moment = timestamp + kEpochSeconds;
    int64_t before = TRY(local_seconds(thread, moment - kMostFoldSeconds));
    int64_t change = shown - before - kMostFoldSeconds;
    if (change >= 0) return false;
    return TRY(local_seconds(thread, moment + change)) == shown;
}

Owned datetime_at(Thread& thread, Type& type, Timestamp timestamp, Value tzinfo, bool local) {
    BrokenTime time = TRY(broken_time(thread, timestamp.seconds, local));
    bool fold = local && TRY(is_second_time(thread, timestamp.seconds, time));
    TRY(seconds_of_fields(thread, time));
    return make_datetime(thread, type,
                         {{static_cast<int>(time.year), time.month, time.day},
                          {time.hour, time.minute, time.second, timestamp.micros},
                          fold,
                          tzinfo});
}

// A moment in UTC, counted as DateTime::total() counts, as a time zone with a fixed offset shows
// it. Nobody can see that its fromutc() was not called.
Owned datetime_at_offset(Thread& thread, Int128 total, Value zone) {
    DateTimeFields fields{{}, {}, 0, zone};
    TRY(fields_of_total(thread, total + zone.as<TimeZone>().delta().total(), &fields));
    return new_datetime(thread, datetime_class.type(), fields);
}

// The moment as the time zone shows it; in local time without one.
Owned datetime_in(Thread& thread, Type& type, Timestamp timestamp, Value tzinfo) {
    bool local = is_none(tzinfo);
    Int128 total = (Int128{timestamp.seconds} + kEpochSeconds) * kSecondMicros + timestamp.micros;
    if (timezone_class.is_exact(tzinfo) && &type == &datetime_class.type() && is_total(total))
        return datetime_at_offset(thread, total, tzinfo);
    Owned moment = TRY(datetime_at(thread, type, timestamp, tzinfo, local));
    return local ? std::move(moment) : call_method(thread, tzinfo, ID(fromutc), moment);
}

Result<Timestamp> present(Thread& thread) {
    timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) < 0) return raise_os_error(thread, errno);
    return Timestamp{now.tv_sec, static_cast<int>(now.tv_nsec / 1000)};
}

bool warn_of_utc(Thread& thread, const char* function, const char* instead) {
    return warn(thread, exc::DeprecationWarning, 1,
                format(thread,
                       "datetime.datetime.{}() is deprecated and scheduled for removal in a "
                       "future version. Use timezone-aware objects to represent datetimes in UTC: "
                       "datetime.datetime.{}.",
                       function, instead));
}

}  // namespace

Owned datetime_now(Thread& thread, Type& type, Value tzinfo) {
    TRY(check_tzinfo(thread, tzinfo));
    Timestamp now = TRY(present(thread));
    return datetime_in(thread, type, now, tzinfo);
}

Owned datetime_utcnow(Thread& thread, Type& type) {
    TRY(warn_of_utc(thread, "utcnow", "now(datetime.UTC)"));
    Timestamp now = TRY(present(thread));
    return datetime_at(thread, type, now, none(), false);
}

Owned datetime_fromtimestamp(Thread& thread, Type& type, Value timestamp, Value tzinfo) {
    TRY(check_tzinfo(thread, tzinfo));
    Timestamp at = TRY(load_timestamp(thread, timestamp));
    return datetime_in(thread, type, at, tzinfo);
}

Owned datetime_utcfromtimestamp(Thread& thread, Type& type, Value timestamp) {
    TRY(warn_of_utc(thread, "utcfromtimestamp", "fromtimestamp(timestamp, datetime.UTC)"));
    Timestamp at = TRY(load_timestamp(thread, timestamp));
    return datetime_at(thread, type, at, none(), false);
}

Owned date_fromtimestamp(Thread& thread, Type& type, Value timestamp) {
    int64_t seconds = TRY(load_floored(thread, timestamp));
    BrokenTime time = TRY(broken_time(thread, seconds, true));
    TRY(seconds_of_fields(thread, time));
    return make_date(thread, type, {static_cast<int>(time.year), time.month, time.day});
}

Owned date_today(Thread& thread, Type& type) {
    Owned clock = TRY(module_attribute(thread, ID(time), ID(time)));
    Owned now = TRY(call(thread, clock));
    if (&type == &date_class.type()) return date_fromtimestamp(thread, type, now);
    return call_method(thread, Value::of(type), ID(fromtimestamp), now);
}

Owned datetime_timestamp(Thread& thread, DateTime& self) {
    if (self.tzinfo.is_empty()) {
        int64_t seconds = TRY(moment_of_local(thread, self, self.fold)) - kEpochSeconds;
        return make_float(thread, static_cast<double>(seconds) + self.microsecond / 1e6);
    }
    Offset offset = TRY(utc_offset(thread, self));
    if (!offset.known)
        return raise(thread, exc::TypeError,
                     "can't subtract offset-naive and offset-aware datetimes");
    return total_seconds_of(thread, self.total() - offset.micros - kEpochSeconds * kSecondMicros);
}

Owned datetime_astimezone(Thread& thread, DateTime& self, Value tzinfo) {
    TRY(check_tzinfo(thread, tzinfo));
    Owned source = self.tzinfo.share();
    Offset offset;
    if (source && source.value().identity() != tzinfo.identity())
        offset = TRY(utc_offset(thread, source, Value::of(self)));
    if (!source || (source.value().identity() != tzinfo.identity() && !offset.known)) {
        // Without a time zone of its own it is a local time.
        source = TRY(local_timezone_of(thread, self));
        offset = TRY(utc_offset(thread, source, Value::of(self)));
    }
    if (source.value().identity() == tzinfo.identity()) return Owned::share(Value::of(self));
    int64_t total = self.total() - offset.micros;
    if (timezone_class.is_exact(tzinfo) && datetime_class.is_exact(Value::of(self)) &&
        is_total(total))
        return datetime_at_offset(thread, total, tzinfo);
    DateTimeFields fields{};
    TRY(fields_of_total(thread, total, &fields));
    Owned target = Owned::share(tzinfo);
    if (is_none(tzinfo)) {
        int64_t seconds = (total - total % kSecondMicros) / kSecondMicros;
        target = TRY(local_timezone(thread, seconds - kEpochSeconds));
    }
    fields.tzinfo = target;
    Owned moment = TRY(make_datetime(thread, type_of(Value::of(self)), fields));
    return call_method(thread, target, ID(fromutc), moment);
}

}  // namespace imugi::datetimes
