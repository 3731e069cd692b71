// tzinfo, the abstract base of time zones, and how the others call its methods: their answers are
// checked here, once.
#include "modules/_datetime/datetime.h"
#include "object/call.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi::datetimes {

extern const TypeSpec tzinfo_spec;
constinit SharedType tzinfo_class{tzinfo_spec};

// --- calling ---

namespace {

bool check_offset(Thread& thread, Str& method, Value offset) {
    if (is_none(offset)) return true;
    if (!is_timedelta(offset))
        return raise(thread, exc::TypeError,
                     "tzinfo.{}() must return None or a timedelta, not '{}'", method,
                     type_name_of(offset));
    Int128 micros = offset.as<TimeDelta>().total();
    if (micros > -kDayMicros && micros < kDayMicros) return true;
    return raise(thread, exc::ValueError,
                 "offset must be a timedelta strictly between -timedelta(hours=24) and "
                 "timedelta(hours=24), not {}",
                 repr_of(offset));
}

Offset offset_of(Value value) {
    if (is_none(value)) return {};
    return {true, static_cast<int64_t>(value.as<TimeDelta>().total())};
}

}  // namespace

Owned call_offset(Thread& thread, Value tzinfo, Str& method, Value argument) {
    if (tzinfo.is_empty() || is_none(tzinfo)) return Owned::share(none());
    Owned offset = TRY(call_method(thread, tzinfo, method, argument));
    TRY(check_offset(thread, method, offset));
    return offset;
}

Result<Offset> utc_offset(Thread& thread, Value tzinfo, Value argument) {
    if (tzinfo.is_empty()) return Offset{};
    if (timezone_class.is_exact(tzinfo)) return offset_of(Value::of(tzinfo.as<TimeZone>().delta()));
    Owned offset = TRY(call_offset(thread, tzinfo, ID(utcoffset), argument));
    return offset_of(offset);
}

Owned call_tzname(Thread& thread, Value tzinfo, Value argument) {
    if (tzinfo.is_empty() || is_none(tzinfo)) return Owned::share(none());
    Owned name = TRY(call_method(thread, tzinfo, ID(tzname), argument));
    if (is_none(name) || is_str(name)) return name;
    return raise(thread, exc::TypeError, "tzinfo.tzname() must return None or a string, not '{}'",
                 type_name_of(name));
}

// --- the class ---

namespace {

Owned tzinfo_make(Thread& thread, Type& type, const Arguments&) {
    auto* self = allocate<Object>(thread, type);
    return self ? published(self, type) : Owned();
}

Owned must_implement(Thread& thread, const char* method) {
    return raise(thread, exc::NotImplementedError, "a tzinfo subclass must implement {}()", method);
}
Owned tzinfo_tzname(Thread& thread, Value, Value) {
    return must_implement(thread, "tzname");
}
Owned tzinfo_utcoffset(Thread& thread, Value, Value) {
    return must_implement(thread, "utcoffset");
}
Owned tzinfo_dst(Thread& thread, Value, Value) {
    return must_implement(thread, "dst");
}

// The standard offset first; if daylight saving time is in effect there, that on top of it.
Owned tzinfo_fromutc(Thread& thread, Value self, Value value) {
    if (!is_datetime(value))
        return raise(thread, exc::TypeError, "fromutc: argument must be a datetime");
    auto& moment = value.as<DateTime>();
    if (moment.tzinfo.borrow().identity() != self.identity())
        return raise(thread, exc::ValueError, "fromutc: dt.tzinfo is not self");
    Offset offset = TRY(utc_offset(thread, moment));
    if (!offset.known)
        return raise(thread, exc::ValueError, "fromutc: non-None utcoffset() result required");
    Owned saving = TRY(call_offset(thread, self, ID(dst), value));
    if (is_none(saving))
        return raise(thread, exc::ValueError, "fromutc: non-None dst() result required");
    int64_t standard = offset.micros - offset_of(saving).micros;
    Owned result = TRY(moved_datetime(thread, moment, standard));
    if (!is_datetime(result)) return result;
    saving = TRY(call_offset(thread, or_none(result.as<DateTime>().tzinfo), ID(dst), result));
    if (is_none(saving))
        return raise(thread, exc::ValueError,
                     "fromutc: tz.dst() gave inconsistent results; cannot convert");
    int64_t shift = offset_of(saving).micros;
    return shift ? moved_datetime(thread, result.as<DateTime>(), shift) : std::move(result);
}

// (class, arguments, state): a subclass says by __getinitargs__ what it is made with.
Owned tzinfo_reduce(Thread& thread, Value self) {
    Owned arguments = empty_tuple().owned();
    Owned ask = TRY(get_attribute_or_nothing(thread, self, ID(__getinitargs__)));
    if (!ask.is_nothing()) arguments = TRY(call(thread, ask));
    Owned state = TRY(call_getstate(thread, self));
    return make_tuple(thread, Value::of(type_of(self)), arguments, state);
}

const MethodRow rows[] = {
    {"tzname", "(self, object, /)", fn<tzinfo_tzname>, "datetime -> string name of time zone."},
    {"utcoffset", "(self, object, /)", fn<tzinfo_utcoffset>,
     "datetime -> timedelta showing offset from UTC, negative values indicating West of UTC"},
    {"dst", "(self, object, /)", fn<tzinfo_dst>,
     "datetime -> DST offset as timedelta positive east of UTC."},
    {"fromutc", "(self, object, /)", fn<tzinfo_fromutc>,
     "datetime in UTC -> datetime in local time."},
    {"__reduce__", "(self, /)", fn<tzinfo_reduce>, "-> (cls, state)"},
    {},
};

}  // namespace

const TypeSpec tzinfo_spec = {
    .name = "datetime.tzinfo",
    .doc = "Abstract base class for time zone info objects.",
    .size = sizeof(Object),
    .flags = kTypeBase | kTypeImmutable,
    .slots = {.make = tzinfo_make},
    .methods = rows,
};

}  // namespace imugi::datetimes
