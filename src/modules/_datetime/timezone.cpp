// timezone: a fixed offset from UTC. The one without offset and name is a single object.
#include "modules/_datetime/datetime.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi::datetimes {

extern const TypeSpec timezone_spec;
constinit SharedType timezone_class{timezone_spec, &tzinfo_class};

namespace {

// Immortal; written once, by the module's first import.
std::atomic<TimeZone*> utc_object{nullptr};

Owned allocate_timezone(Thread& thread, Value offset, Value name) {
    auto* self = allocate<TimeZone>(thread, timezone_class.type());
    if (!self) return {};
    self->offset.init(Owned::share(offset));
    if (!name.is_empty()) self->name.init(Owned::share(name));
    return Owned::adopt(self);
}

}  // namespace

bool make_utc(Thread& thread) {
    // Acquire: pairs with the publication below.
    if (utc_object.load(std::memory_order_acquire)) return true;
    Owned zero = TRY(make_timedelta(thread, 0, 0, 0));
    Owned made = TRY(allocate_timezone(thread, zero, Value()));
    TimeZone* expected = nullptr;
    auto& zone = made.as<TimeZone>();
    make_immortal(zero.value().object());
    make_immortal(&zone);
    utc_object.compare_exchange_strong(expected, &zone, std::memory_order_acq_rel);
    return true;
}

Value utc() {
    return Value::of(utc_object.load(std::memory_order_acquire));
}

Owned make_timezone(Thread& thread, Value offset, Value name) {
    Int128 micros = offset.as<TimeDelta>().total();
    if (micros == 0 && name.is_empty()) return Owned::share(utc());
    if (micros <= -kDayMicros || micros >= kDayMicros)
        return raise(thread, exc::ValueError,
                     "offset must be a timedelta strictly between -timedelta(hours=24) and "
                     "timedelta(hours=24), not {}",
                     repr_of(offset));
    return allocate_timezone(thread, offset, name);
}

Owned timezone_of_micros(Thread& thread, int64_t offset) {
    if (offset == 0) return Owned::share(utc());
    Owned delta = TRY(timedelta_of_micros(thread, offset));
    return make_timezone(thread, delta, Value());
}

namespace {

Owned timezone_make(Thread& thread, Type&, const Arguments& arguments) {
    Value given[2];
    constexpr FieldNames kFields = {"timezone", "()", 1, 2, 2, {"offset", "name"}};
    TRY(bind_fields(thread, kFields, arguments, given));
    if (!is_timedelta(given[0]))
        return raise_wrong_argument(thread, "timezone", 1, "datetime.timedelta", given[0]);
    if (!given[1].is_empty()) TRY(check_str(thread, "timezone", 2, given[1]));
    return make_timezone(thread, given[0], given[1]);
}

void timezone_fields(Object* object, FieldVisitor& visitor) {
    auto& self = static_cast<TimeZone&>(*object);
    visitor.visit(self.offset);
    visitor.visit(self.name);
}

Owned timezone_compare(Thread&, Value left, Value right, CompareOp op) {
    if ((op != CompareOp::kEq && op != CompareOp::kNe) || !timezone_class.is_instance(right))
        return Owned::share(not_implemented());
    bool equal = left.as<TimeZone>().delta().total() == right.as<TimeZone>().delta().total();
    return Owned::share(boolean(equal == (op == CompareOp::kEq)));
}

Result<int64_t> timezone_hash(Thread&, Value self) {
    return hash_of_timedelta(self.as<TimeZone>().delta());
}

Owned name_of(Thread& thread, TimeZone& self) {
    if (!self.name.is_empty()) return self.name.share();
    return timezone_name_text(thread, static_cast<int64_t>(self.delta().total()));
}

Owned timezone_str(Thread& thread, Value self) {
    return name_of(thread, self.as<TimeZone>());
}

Owned timezone_repr(Thread& thread, Value value) {
    auto& self = value.as<TimeZone>();
    if (value.identity() == utc().identity()) return make_str(thread, "datetime.timezone.utc");
    FormatArgument type = type_in_repr(type_of(value));
    if (self.name.is_empty()) return format(thread, "{}({})", type, repr_of(self.offset.borrow()));
    return format(thread, "{}({}, {})", type, repr_of(self.offset.borrow()),
                  repr_of(self.name.borrow()));
}

bool check_argument(Thread& thread, const char* method, Value moment) {
    if (is_none(moment) || is_datetime(moment)) return true;
    return raise(thread, exc::TypeError,
                 "{}(dt) argument must be a datetime instance or None, not {}", method,
                 type_name_of(moment));
}

Owned timezone_utcoffset(Thread& thread, TimeZone& self, Value moment) {
    TRY(check_argument(thread, "utcoffset", moment));
    return self.offset.share();
}

Owned timezone_tzname(Thread& thread, TimeZone& self, Value moment) {
    TRY(check_argument(thread, "tzname", moment));
    return name_of(thread, self);
}

Owned timezone_dst(Thread& thread, TimeZone&, Value moment) {
    TRY(check_argument(thread, "dst", moment));
    return Owned::share(none());
}

Owned timezone_fromutc(Thread& thread, TimeZone& self, Value moment) {
    if (!is_datetime(moment))
        return raise(thread, exc::TypeError, "fromutc: argument must be a datetime");
    auto& at = moment.as<DateTime>();
    if (at.tzinfo.borrow().identity() != Value::of(self).identity())
        return raise(thread, exc::ValueError, "fromutc: dt.tzinfo is not self");
    return moved_datetime(thread, at, self.delta().total());
}

Owned timezone_getinitargs(Thread& thread, TimeZone& self) {
    if (self.name.is_empty()) return make_tuple(thread, self.offset.borrow());
    return make_tuple(thread, self.offset.borrow(), self.name.borrow());
}

const MethodRow rows[] = {
    {"tzname", "(self, object, /)", fn<timezone_tzname>,
     "The name given when the timezone was made, else its offset as 'UTC(+|-)HH:MM'."},
    {"utcoffset", "(self, object, /)", fn<timezone_utcoffset>, "Return fixed offset."},
    {"dst", "(self, object, /)", fn<timezone_dst>, "Return None."},
    {"fromutc", "(self, object, /)", fn<timezone_fromutc>,
     "datetime in UTC -> datetime in local time."},
    {"__getinitargs__", "(self, /)", fn<timezone_getinitargs>, "pickle support"},
    {},
};

}  // namespace

const TypeSpec timezone_spec = {
    .name = "datetime.timezone",
    .doc = "Fixed offset from UTC implementation of tzinfo.",
    .size = sizeof(TimeZone),
    .flags = kTypeImmutable,
    .slots = {.repr = timezone_repr,
              .str = timezone_str,
              .hash = timezone_hash,
              .compare = timezone_compare,
              .make = timezone_make,
              .fields = timezone_fields},
    .methods = rows,
};

}  // namespace imugi::datetimes
