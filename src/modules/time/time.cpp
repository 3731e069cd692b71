// The time module: clocks, sleeping, calendar times. The C library's time zone is process-wide;
// tzset() replaces the module's copies of it.
#include <pthread.h>
#include <sys/resource.h>
#include <time.h>

#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstring>

#include "memory/collector.h"
#include "modules/constants.h"
#include "modules/shared_struct.h"
#include "object/attribute.h"
#include "object/audit.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/float.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"
#include "thread/safepoint.h"

namespace imugi {

namespace {

constexpr int64_t kSecond = 1000000000;

// --- clocks ---

Result<int64_t> read_clock(Thread& thread, clockid_t clock) {
    timespec now;
    if (clock_gettime(clock, &now) < 0) return raise_os_error(thread, errno);
    return int64_t{now.tv_sec} * kSecond + now.tv_nsec;
}

double seconds_of(int64_t nanoseconds) {
    if (nanoseconds % kSecond == 0) return static_cast<double>(nanoseconds / kSecond);
    return static_cast<double>(nanoseconds) / 1e9;
}

template <clockid_t clock>
Owned clock_seconds(Thread& thread, Value) {
    int64_t now = TRY(read_clock(thread, clock));
    return make_float(thread, seconds_of(now));
}
template <clockid_t clock>
Owned clock_nanoseconds(Thread& thread, Value) {
    int64_t now = TRY(read_clock(thread, clock));
    return make_int(thread, now);
}

Owned time_clock_gettime(Thread& thread, Value, int clock) {
    int64_t now = TRY(read_clock(thread, clock));
    return make_float(thread, seconds_of(now));
}
Owned time_clock_gettime_ns(Thread& thread, Value, int clock) {
    int64_t now = TRY(read_clock(thread, clock));
    return make_int(thread, now);
}
Owned time_clock_getres(Thread& thread, Value, int clock) {
    timespec step;
    if (clock_getres(clock, &step) < 0) return raise_os_error(thread, errno);
    return make_float(thread,
                      static_cast<double>(step.tv_sec) + 1e-9 * static_cast<double>(step.tv_nsec));
}

enum class Rounding { kFloor, kCeiling };

// Seconds as a Python number to nanoseconds.
Result<int64_t> load_nanoseconds(Thread& thread, Value value, Rounding rounding) {
    if (is_float(value)) {
        double d = float_number(value);
        if (std::isnan(d))
            return raise(thread, exc::ValueError, "Invalid value NaN (not a number)");
        d *= 1e9;
        d = rounding == Rounding::kCeiling ? std::ceil(d) : std::floor(d);
        if (!(d >= -0x1p63 && d < 0x1p63))
            return raise(thread, exc::OverflowError, "timestamp out of range for platform time_t");
        return static_cast<int64_t>(d);
    }
    Owned index = TRY(to_index(thread, value));
    int64_t n;
    if (!int_fits_int64(index, &n) || __builtin_mul_overflow(n, kSecond, &n))
        return raise(thread, exc::OverflowError, "timestamp too large to convert to C PyTime_t");
    return n;
}

timespec as_timespec(int64_t nanoseconds) {
    timespec time;
    time.tv_sec = nanoseconds / kSecond;
    time.tv_nsec = nanoseconds % kSecond;
    if (time.tv_nsec < 0) {
        time.tv_nsec += kSecond;
        time.tv_sec--;
    }
    return time;
}

Owned set_clock(Thread& thread, int clock, int64_t nanoseconds) {
    timespec time = as_timespec(nanoseconds);
    if (clock_settime(clock, &time) < 0) return raise_os_error(thread, errno);
    return Owned::share(none());
}
Owned time_clock_settime(Thread& thread, Value, int clock, Value time) {
    int64_t nanoseconds = TRY(load_nanoseconds(thread, time, Rounding::kFloor));
    return set_clock(thread, clock, nanoseconds);
}
Owned time_clock_settime_ns(Thread& thread, Value, int clock, Value time) {
    int64_t nanoseconds = TRY(to_int64(thread, time));
    return set_clock(thread, clock, nanoseconds);
}

Owned time_pthread_getcpuclockid(Thread& thread, Value, Value ident) {
    uint64_t id = TRY(to_uint64(thread, ident));
    clockid_t clock;
    int error = pthread_getcpuclockid(id, &clock);
    if (error) return raise_os_error(thread, error);
    return make_int(thread, clock);
}

// Sleeps `left` nanoseconds, less when a signal comes. nanosleep and not clock_nanosleep, which
// ThreadSanitizer does not know: it would keep a signal for itself that comes just before.
void sleep_until_signal(Thread& thread, int64_t left) {
    Detached detached(thread);
    timespec time = as_timespec(left);
    std::atomic_ref(thread.sleep_left.tv_sec).store(time.tv_sec, std::memory_order_seq_cst);
    std::atomic_ref(thread.sleep_left.tv_nsec).store(time.tv_nsec, std::memory_order_seq_cst);
    // Sequentially consistent: see the handler of signals.
    if (thread.breaker.load(std::memory_order_seq_cst) & kBreakSignal) return;
    nanosleep(&thread.sleep_left, nullptr);
}

Owned time_sleep(Thread& thread, Value, Value seconds) {
    TRY(audit(thread, "time.sleep", seconds));
    int64_t wanted = TRY(load_nanoseconds(thread, seconds, Rounding::kCeiling));
    if (wanted < 0) return raise(thread, exc::ValueError, "sleep length must be non-negative");
    int64_t until = TRY(read_clock(thread, CLOCK_MONOTONIC));
    if (__builtin_add_overflow(until, wanted, &until)) until = INT64_MAX;
    int64_t left = wanted;
    do {
        sleep_until_signal(thread, left);
        TRY(safepoint(thread));
        left = until - TRY(read_clock(thread, CLOCK_MONOTONIC));
    } while (left > 0);
    return Owned::share(none());
}

struct ClockDescription {
    const char* name;
    clockid_t clock;
    const char* implementation;
    bool monotonic, adjustable;
};
const ClockDescription clock_descriptions[] = {
    {"time", CLOCK_REALTIME, "clock_gettime(CLOCK_REALTIME)", false, true},
    {"monotonic", CLOCK_MONOTONIC, "clock_gettime(CLOCK_MONOTONIC)", true, false},
    {"perf_counter", CLOCK_MONOTONIC, "clock_gettime(CLOCK_MONOTONIC)", true, false},
    {"process_time", CLOCK_PROCESS_CPUTIME_ID, "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", true,
     false},
    {"thread_time", CLOCK_THREAD_CPUTIME_ID, "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", true, false},
};

Owned time_get_clock_info(Thread& thread, Value, Str& name) {
    for (const ClockDescription& clock : clock_descriptions) {
        if (!str_equal(name, clock.name)) continue;
        Ref<Dict> fields = TRY(make_dict(thread));
        Ref<Str> implementation = TRY(make_str(thread, clock.implementation));
        Owned resolution = TRY(time_clock_getres(thread, Value(), clock.clock));
        TRY(dict_set(thread, *fields, Value::of(ID(implementation)), implementation.value()));
        TRY(dict_set(thread, *fields, Value::of(ID(monotonic)), boolean(clock.monotonic)));
        TRY(dict_set(thread, *fields, Value::of(ID(adjustable)), boolean(clock.adjustable)));
        TRY(dict_set(thread, *fields, Value::of(ID(resolution)), resolution.value()));
        Ref<Tuple> no_arguments = empty_tuple();
        return call_with(thread, Value::of(simple_namespace_type), *no_arguments, fields.get());
    }
    return raise(thread, exc::ValueError, "unknown clock");
}

// --- calendar times ---

const StructField time_fields[] = {
    {"tm_year", "year, for example, 1993"},
    {"tm_mon", "month of year, range [1, 12]"},
    {"tm_mday", "day of month, range [1, 31]"},
    {"tm_hour", "hours, range [0, 23]"},
    {"tm_min", "minutes, range [0, 59]"},
    {"tm_sec", "seconds, range [0, 61])"},
    {"tm_wday", "day of week, range [0, 6], Monday is 0"},
    {"tm_yday", "day of year, range [1, 366]"},
    {"tm_isdst", "1 if summer time is in effect, 0 if not, and -1 if unknown"},
    {"tm_zone", "abbreviation of timezone name"},
    {"tm_gmtoff", "offset from UTC in seconds"},
};
const StructSequenceSpec time_spec = {
    "time.struct_time",
    "The time value as returned by gmtime(), localtime(), and strptime(), and\n"
    " accepted by asctime(), mktime() and strftime().  May be considered as a\n"
    " sequence of 9 integers.\n\n"
    " Note that several fields' values are not the same as those defined by\n"
    " the C language standard for struct tm.  For example, the value of the\n"
    " field tm_year is the actual year, not year - 1900.  See individual\n"
    " fields' descriptions for details.",
    time_fields, 11, 9};
SharedStruct time_type{time_spec};

Owned make_struct_time(Thread& thread, const tm& parts) {
    Type* type = time_type.get(thread);
    if (!type) return {};
    Ref<Tuple> tuple = TRY(make_struct_sequence(thread, *type));
    const int64_t numbers[] = {int64_t{parts.tm_year} + 1900,
                               parts.tm_mon + 1,
                               parts.tm_mday,
                               parts.tm_hour,
                               parts.tm_min,
                               parts.tm_sec,
                               (parts.tm_wday + 6) % 7,
                               parts.tm_yday + 1,
                               parts.tm_isdst};
    for (size_t i = 0; i < 9; i++) tuple->items[i].init(Owned::small_int(numbers[i]));
    tuple->items[9].init(TRY(decode_fs(thread, parts.tm_zone ? parts.tm_zone : "")).owned());
    tuple->items[10].init(Owned::small_int(parts.tm_gmtoff));
    track(tuple.get());
    return tuple;
}

// The argument of gmtime() and its kin; missing or None is now.
Result<time_t> load_time(Thread& thread, Value value) {
    if (value.is_empty() || is_none(value)) return time(nullptr);
    if (is_float(value)) {
        double d = float_number(value);
        if (std::isnan(d))
            return raise(thread, exc::ValueError, "Invalid value NaN (not a number)");
        d = std::floor(d);
        if (!(d >= -0x1p63 && d < 0x1p63))
            return raise(thread, exc::OverflowError, "timestamp out of range for platform time_t");
        return static_cast<time_t>(d);
    }
    Owned index = TRY(to_index(thread, value));
    int64_t n;
    if (!int_fits_int64(index, &n))
        return raise(thread, exc::OverflowError, "timestamp out of range for platform time_t");
    return static_cast<time_t>(n);
}

Result<tm> break_down(Thread& thread, time_t time, bool local) {
    tm parts;
    memset(&parts, 0, sizeof parts);
    errno = 0;
    if (!(local ? localtime_r(&time, &parts) : gmtime_r(&time, &parts)))
        return raise_os_error(thread, errno ? errno : EINVAL);
    if (!local) parts.tm_zone = "UTC";
    return parts;
}

Owned time_gmtime(Thread& thread, Value, Value value) {
    time_t time = TRY(load_time(thread, value));
    tm parts = TRY(break_down(thread, time, false));
    return make_struct_time(thread, parts);
}
Owned time_localtime(Thread& thread, Value, Value value) {
    time_t time = TRY(load_time(thread, value));
    tm parts = TRY(break_down(thread, time, true));
    return make_struct_time(thread, parts);
}

// A time tuple as the C struct. `zone` keeps what tm_zone points at.
bool load_tuple(Thread& thread, Value value, const char* function, tm* parts, Owned* zone) {
    memset(parts, 0, sizeof *parts);
    if (!is_tuple(value))
        return raise(thread, exc::TypeError, "Tuple or struct_time argument required");
    auto& tuple = value.as<Tuple>();
    if (tuple.size != 9)
        return raise(thread, exc::TypeError, "{}(): illegal time tuple argument", function);
    int numbers[9];
    for (size_t i = 0; i < 9; i++) {
        if (!is_int(tuple[i]) && !type_of(tuple[i]).slots.index)
            return raise(thread, exc::TypeError, "{}(): illegal time tuple argument", function);
        int64_t n = TRY(to_int64(thread, tuple[i]));
        if (n > INT32_MAX || n < INT32_MIN)
            return raise(thread, exc::OverflowError,
                         n > 0 ? "signed integer is greater than maximum"
                               : "signed integer is less than minimum");
        numbers[i] = static_cast<int>(n);
    }
    if (numbers[0] < INT32_MIN + 1900)
        return raise(thread, exc::OverflowError, "year out of range");
    parts->tm_year = numbers[0] - 1900;
    parts->tm_mon = numbers[1] - 1;
    parts->tm_mday = numbers[2];
    parts->tm_hour = numbers[3];
    parts->tm_min = numbers[4];
    parts->tm_sec = numbers[5];
    parts->tm_wday = (numbers[6] + 1) % 7;
    parts->tm_yday = numbers[7] - 1;
    parts->tm_isdst = numbers[8];
    Type* type = time_type.get(thread);
    if (type && &type_of(value) == type && !tuple.items[9].is_empty() && is_str(tuple[9])) {
        *zone = Owned::share(tuple[9]);
        const char* text = str_utf8(thread, zone->as<Str>());
        if (!text) return false;
        parts->tm_zone = text;
        if (is_int(tuple[10])) parts->tm_gmtoff = TRY(to_int64(thread, tuple[10]));
    }
    return true;
}

// Zero stands for the first where there is no zeroth; the rest must be in range.
bool check_parts(Thread& thread, tm* parts) {
    auto out = [&](const char* what) -> bool {
        return raise(thread, exc::ValueError, "{} out of range", what);
    };
    if (parts->tm_mon == -1)
        parts->tm_mon = 0;
    else if (parts->tm_mon < 0 || parts->tm_mon > 11)
        return out("month");
    if (parts->tm_mday == 0)
        parts->tm_mday = 1;
    else if (parts->tm_mday < 0 || parts->tm_mday > 31)
        return out("day of month");
    if (parts->tm_hour < 0 || parts->tm_hour > 23) return out("hour");
    if (parts->tm_min < 0 || parts->tm_min > 59) return out("minute");
    if (parts->tm_sec < 0 || parts->tm_sec > 61) return out("seconds");
    if (parts->tm_wday < 0) return out("day of week");
    if (parts->tm_yday == -1)
        parts->tm_yday = 0;
    else if (parts->tm_yday < 0 || parts->tm_yday > 365)
        return out("day of year");
    return true;
}

// The tuple given, or the present local time.
bool load_tuple_or_now(Thread& thread, Value value, const char* function, tm* parts, Owned* zone) {
    if (!value.is_empty())
        return load_tuple(thread, value, function, parts, zone) && check_parts(thread, parts);
    *parts = TRY(break_down(thread, time(nullptr), true));
    return true;
}

Owned ascii_time(Thread& thread, const tm& parts) {
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char text[64];
    int size =
        snprintf(text, sizeof text, "%.3s %.3s%3d %.2d:%.2d:%.2d %lld", days + 3 * parts.tm_wday,
                 months + 3 * parts.tm_mon, parts.tm_mday, parts.tm_hour, parts.tm_min,
                 parts.tm_sec, static_cast<long long>(parts.tm_year) + 1900);
    return make_str(thread, text, static_cast<size_t>(size));
}

Owned time_asctime(Thread& thread, Value, Value tuple) {
    tm parts;
    Owned zone;
    TRY(load_tuple_or_now(thread, tuple, "asctime", &parts, &zone));
    return ascii_time(thread, parts);
}
Owned time_ctime(Thread& thread, Value, Value value) {
    time_t time = TRY(load_time(thread, value));
    tm parts = TRY(break_down(thread, time, true));
    return ascii_time(thread, parts);
}

Owned time_mktime(Thread& thread, Value, Value tuple) {
    tm parts;
    Owned zone;
    TRY(load_tuple(thread, tuple, "mktime", &parts, &zone));
    parts.tm_wday = -1;  // stays so when the time cannot be represented
    time_t time = mktime(&parts);
    if (time == static_cast<time_t>(-1) && parts.tm_wday == -1)
        return raise(thread, exc::OverflowError, "mktime argument out of range");
    return make_float(thread, static_cast<double>(time));
}

// One piece of the format without NUL, as UTF-8.
bool append_formatted(Thread& thread, BytesBuilder& out, const char* format, const tm& parts) {
    size_t format_size = strlen(format);
    if (format_size == 0) return true;
    for (size_t room = 256;; room *= 2) {
        TRY(out.reserve(room));
        auto* at = reinterpret_cast<char*>(out.end());
        at[0] = 'x';
        size_t size = strftime(at, room, format, &parts);
        // No output is right for formats like "%Z" or "%p", wrong for all others of some length.
        if (size > 0 || room >= 256 * format_size) {
            out.advance(size);
            return true;
        }
    }
}

Owned time_strftime(Thread& thread, Value, Str& format, Value tuple) {
    tm parts;
    Owned zone;
    TRY(load_tuple_or_now(thread, tuple, "strftime", &parts, &zone));
    // The C library normalises nothing: its answers to isdst beyond 1 differ.
    parts.tm_isdst = parts.tm_isdst < -1 ? -1 : parts.tm_isdst > 1 ? 1 : parts.tm_isdst;
    Owned encoded = TRY(str_encode(thread, format, "utf-8", "surrogatepass"));
    auto& bytes = encoded.as<Bytes>();
    BytesBuilder out(thread);
    for (size_t at = 0; at <= bytes.size;) {
        const char* piece = bytes.text() + at;
        TRY(append_formatted(thread, out, piece, parts));
        at += strlen(piece) + 1;
        if (at <= bytes.size) TRY(out.append(uint8_t{0}));
    }
    return decode_utf8(thread, reinterpret_cast<const char*>(out.data()), out.size(),
                       "surrogatepass");
}

Owned time_strptime(Thread& thread, Value, Args arguments) {
    Ref<Str> name = TRY(make_str(thread, "_strptime"));
    Owned import = interpreter_of(thread).import_function.share();
    Owned module = TRY(call(thread, import, name));
    Owned parse = TRY(get_attribute(thread, module, ID(_strptime_time)));
    return call(thread, parse,
                Arguments{arguments.values, static_cast<uint32_t>(arguments.count), nullptr});
}

// timezone, altzone, daylight and tzname from the zone's two offsets of this year.
bool set_zone(Thread& thread, Module& module) {
    constexpr time_t year = (365 * 24 + 6) * 3600;
    time_t start = time(nullptr) / year * year;
    tm january = TRY(break_down(thread, start, true));
    tm july = TRY(break_down(thread, start + year / 2, true));
    const tm* standard = &january;
    const tm* summer = &july;
    if (january.tm_gmtoff > july.tm_gmtoff) std::swap(standard, summer);
    Ref<Str> first = TRY(decode_fs(thread, standard->tm_zone));
    Ref<Str> second = TRY(decode_fs(thread, summer->tm_zone));
    TRY(module_set(thread, module, "timezone", Value::small_int(-standard->tm_gmtoff)));
    TRY(module_set(thread, module, "altzone", Value::small_int(-summer->tm_gmtoff)));
    TRY(module_set(thread, module, "daylight",
                   Value::small_int(standard->tm_gmtoff != summer->tm_gmtoff)));
    Ref<Tuple> names = TRY(make_tuple(thread, first, second));
    return module_set(thread, module, "tzname", names.value());
}

Owned time_tzset(Thread& thread, Value module) {
    tzset();
    TRY(set_zone(thread, module.as<Module>()));
    return Owned::share(none());
}

const MethodRow functions[] = {
    {"time", "(module, /)", fn<clock_seconds<CLOCK_REALTIME>>,
     "time() -> floating-point number\n\n"
     "Return the current time in seconds since the Epoch.\n"
     "Fractions of a second may be present if the system clock provides them."},
    {"time_ns", "(module, /)", fn<clock_nanoseconds<CLOCK_REALTIME>>,
     "time_ns() -> int\n\nReturn the current time in nanoseconds since the Epoch."},
    {"monotonic", "(module, /)", fn<clock_seconds<CLOCK_MONOTONIC>>,
     "monotonic() -> float\n\nMonotonic clock, cannot go backward."},
    {"monotonic_ns", "(module, /)", fn<clock_nanoseconds<CLOCK_MONOTONIC>>,
     "monotonic_ns() -> int\n\nMonotonic clock, cannot go backward, as nanoseconds."},
    {"perf_counter", "(module, /)", fn<clock_seconds<CLOCK_MONOTONIC>>,
     "perf_counter() -> float\n\nPerformance counter for benchmarking."},
    {"perf_counter_ns", "(module, /)", fn<clock_nanoseconds<CLOCK_MONOTONIC>>,
     "perf_counter_ns() -> int\n\nPerformance counter for benchmarking as nanoseconds."},
    {"process_time", "(module, /)", fn<clock_seconds<CLOCK_PROCESS_CPUTIME_ID>>,
     "process_time() -> float\n\n"
     "Process time for profiling: sum of the kernel and user-space CPU time."},
    {"process_time_ns", "(module, /)", fn<clock_nanoseconds<CLOCK_PROCESS_CPUTIME_ID>>,
     "process_time() -> int\n\n"
     "Process time for profiling as nanoseconds:\nsum of the kernel and user-space CPU time."},
    {"thread_time", "(module, /)", fn<clock_seconds<CLOCK_THREAD_CPUTIME_ID>>,
     "thread_time() -> float\n\n"
     "Thread time for profiling: sum of the kernel and user-space CPU time."},
    {"thread_time_ns", "(module, /)", fn<clock_nanoseconds<CLOCK_THREAD_CPUTIME_ID>>,
     "thread_time() -> int\n\n"
     "Thread time for profiling as nanoseconds:\nsum of the kernel and user-space CPU time."},
    {"clock_gettime", "(module, clk_id, /)", fn<time_clock_gettime>,
     "Return the time of the specified clock clk_id as a float."},
    {"clock_gettime_ns", "(module, clk_id, /)", fn<time_clock_gettime_ns>,
     "Return the time of the specified clock clk_id as nanoseconds (int)."},
    {"clock_settime", "(module, clk_id, time, /) -> None", fn<time_clock_settime>,
     "clock_settime(clk_id, time)\n\nSet the time of the specified clock clk_id."},
    {"clock_settime_ns", "(module, clk_id, time, /) -> None", fn<time_clock_settime_ns>,
     "clock_settime_ns(clk_id, time)\n\n"
     "Set the time of the specified clock clk_id with nanoseconds."},
    {"clock_getres", "(module, clk_id, /) -> None", fn<time_clock_getres>,
     "clock_getres(clk_id) -> floating-point number\n\n"
     "Return the resolution (precision) of the specified clock clk_id."},
    {"pthread_getcpuclockid", "(module, thread_id, /) -> None", fn<time_pthread_getcpuclockid>,
     "pthread_getcpuclockid(thread_id) -> int\n\n"
     "Return the clk_id of a thread's CPU time clock."},
    {"sleep", "(module, object, /)", fn<time_sleep>,
     "sleep(seconds)\n\n"
     "Delay execution for a given number of seconds.  The argument may be\n"
     "a floating-point number for subsecond precision."},
    {"get_clock_info", "(module, name, /) -> None", fn<time_get_clock_info>,
     "get_clock_info(name: str) -> dict\n\nGet information of the specified clock."},
    {"gmtime", "(module, seconds=<unrepresentable>, /) -> None", fn<time_gmtime>,
     "gmtime([seconds]) -> (tm_year, tm_mon, tm_mday, tm_hour, tm_min,\n"
     "                       tm_sec, tm_wday, tm_yday, tm_isdst)\n\n"
     "Convert seconds since the Epoch to a time tuple expressing UTC (a.k.a.\n"
     "GMT).  When 'seconds' is not passed in, convert the current time instead.\n\n"
     "If the platform supports the tm_gmtoff and tm_zone, they are available as\n"
     "attributes only."},
    {"localtime", "(module, seconds=<unrepresentable>, /) -> None", fn<time_localtime>,
     "localtime([seconds]) -> (tm_year,tm_mon,tm_mday,tm_hour,tm_min,\n"
     "                          tm_sec,tm_wday,tm_yday,tm_isdst)\n\n"
     "Convert seconds since the Epoch to a time tuple expressing local time.\n"
     "When 'seconds' is not passed in, convert the current time instead."},
    {"asctime", "(module, tuple=<unrepresentable>, /) -> None", fn<time_asctime>,
     "asctime([tuple]) -> string\n\n"
     "Convert a time tuple to a string, e.g. 'Sat Jun 06 16:26:11 1998'.\n"
     "When the time tuple is not present, current time as returned by localtime()\n"
     "is used."},
    {"ctime", "(module, seconds=<unrepresentable>, /) -> None", fn<time_ctime>,
     "ctime(seconds) -> string\n\n"
     "Convert a time in seconds since the Epoch to a string in local time.\n"
     "This is equivalent to asctime(localtime(seconds)). When the time tuple is\n"
     "not present, current time as returned by localtime() is used."},
    {"mktime", "(module, object, /)", fn<time_mktime>,
     "mktime(tuple) -> floating-point number\n\n"
     "Convert a time tuple in local time to seconds since the Epoch.\n"
     "Note that mktime(gmtime(0)) will not generally return zero for most\n"
     "time zones; instead the returned value will either be equal to that\n"
     "of the timezone or altzone attributes on the time module."},
    {"strftime", "(module, format, tuple=<unrepresentable>, /) -> None", fn<time_strftime>,
     "strftime(format[, tuple]) -> string\n\n"
     "Convert a time tuple to a string according to a format specification.\n"
     "See the library reference manual for formatting codes. When the time tuple\n"
     "is not present, current time as returned by localtime() is used."},
    {"strptime", "(module, /, *args) -> None", fn<time_strptime>,
     "strptime(string, format) -> struct_time\n\n"
     "Parse a string to a time tuple according to a format specification.\n"
     "See the library reference manual for formatting codes (same as\n"
     "strftime())."},
    {"tzset", "(module, /)", fn<time_tzset>,
     "tzset()\n\n"
     "Initialize, or reinitialize, the local timezone to the value stored in\n"
     "os.environ['TZ']. The TZ environment variable should be specified in\n"
     "standard Unix timezone format as documented in the tzset man page\n"
     "(eg. 'US/Eastern', 'Europe/Amsterdam'). Unknown timezones will silently\n"
     "fall back to UTC. If the TZ environment variable is not set, the local\n"
     "timezone is set to the systems best guess of wallclock time.\n"
     "Changing the TZ environment variable without calling tzset *may* change\n"
     "the local timezone used by methods such as localtime, but this behaviour\n"
     "should not be relied on."},
    {},
};

const IntConstant clocks[] = {
    {"CLOCK_REALTIME", CLOCK_REALTIME},
    {"CLOCK_MONOTONIC", CLOCK_MONOTONIC},
    {"CLOCK_MONOTONIC_RAW", CLOCK_MONOTONIC_RAW},
    {"CLOCK_PROCESS_CPUTIME_ID", CLOCK_PROCESS_CPUTIME_ID},
    {"CLOCK_THREAD_CPUTIME_ID", CLOCK_THREAD_CPUTIME_ID},
    {"CLOCK_BOOTTIME", CLOCK_BOOTTIME},
    {"CLOCK_TAI", CLOCK_TAI},
};

bool execute(Thread& thread, Module& module) {
    tzset();
    TRY(set_zone(thread, module));
    TRY(add_int_constants(thread, module, clocks));
    TRY(time_type.add_to(thread, module));
    return module_set(thread, module, "_STRUCT_TM_ITEMS", Value::small_int(11));
}

ModuleSpec spec{
    "time",
    "This module provides various functions to manipulate time values.\n\n"
    "There are two standard representations of time.  One is the number\n"
    "of seconds since the Epoch, in UTC (a.k.a. GMT).  It may be an integer\n"
    "or a floating-point number (to represent fractions of seconds).\n"
    "The epoch is the point where the time starts, the return value of time.gmtime(0).\n"
    "It is January 1, 1970, 00:00:00 (UTC) on all platforms.\n\n"
    "The other representation is a tuple of 9 integers giving local time.",
    functions, execute};

}  // namespace

}  // namespace imugi
