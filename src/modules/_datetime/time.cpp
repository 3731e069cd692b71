// time: a time of day, with or without a time zone. Immutable but for the cached hash, an atomic.
#include "modules/_datetime/clock_members.h"
#include "object/call.h"
#include "object/int.h"
#include "object/names.h"

namespace imugi::datetimes {

extern const TypeSpec time_spec;
constinit SharedType time_class{time_spec};

// --- making ---

Owned allocate_time(Thread& thread, Type& type, const TimeFields& fields) {
    TRY(check_clock(thread, fields.clock, fields.fold));
    TRY(check_tzinfo(thread, fields.tzinfo));
    auto* self = allocate<Time>(thread, type);
    if (!self) return {};
    init_clock(*self, fields.clock, fields.fold, fields.tzinfo);
    return published(self, type);
}

Owned make_time(Thread& thread, Type& type, const TimeFields& fields) {
    if (&type == &time_class.type()) return allocate_time(thread, type, fields);
    const Value values[] = {Value::small_int(fields.clock.hour),
                            Value::small_int(fields.clock.minute),
                            Value::small_int(fields.clock.second),
                            Value::small_int(fields.clock.microsecond),
                            fields.tzinfo,
                            Value::small_int(fields.fold)};
    return call_with_fold(thread, type, values, 5, fields.fold);
}

namespace {

TimeFields fields_of(const Time& self) {
    return {self.clock(), self.fold, or_none(self.tzinfo)};
}

Owned time_make(Thread& thread, Type& type, const Arguments& arguments) {
    Owned restored = TRY(time_from_state(thread, type, arguments));
    if (!restored.is_nothing()) return restored;
    constexpr FieldNames kFields = {
        "function", "", 0, 5, 6, {"hour", "minute", "second", "microsecond", "tzinfo", "fold"}};
    Value given[6];
    TRY(bind_fields(thread, kFields, arguments, given));
    TimeFields fields{{}, 0, none()};
    TRY(load_clock(thread, given, &fields));
    return allocate_time(thread, type, fields);
}

void time_fields(Object* object, FieldVisitor& visitor) {
    visitor.visit(static_cast<Time&>(*object).tzinfo);
}

Owned time_strptime(Thread& thread, Type& type, Value text, Value format) {
    return parse_by_format(thread, type, text, format, ID(_strptime_datetime_time));
}

// --- comparison: by the time in UTC when the offsets differ ---

Result<Offset> offset_of(Thread& thread, const Time& self) {
    return utc_offset(thread, self.tzinfo.borrow(), none());
}

Owned time_compare(Thread& thread, Value left, Value right, CompareOp op) {
    if (!time_class.is_instance(right)) return Owned::share(not_implemented());
    auto &a = left.as<Time>(), &b = right.as<Time>();
    int64_t difference = a.clock().total() - b.clock().total();
    if (a.tzinfo.borrow().identity() == b.tzinfo.borrow().identity())
        return compared(difference, op);
    Offset first = TRY(offset_of(thread, a)), second = TRY(offset_of(thread, b));
    if (first == second) return compared(difference, op);
    if (first.known && second.known)
        return compared(difference - (first.micros - second.micros), op);
    if (op == CompareOp::kEq || op == CompareOp::kNe)
        return Owned::share(boolean(op == CompareOp::kNe));
    return raise(thread, exc::TypeError, "can't compare offset-naive and offset-aware times");
}

// The offset is that of the time with fold 0, so that both folds, being equal, hash alike.
Result<int64_t> compute_hash(Thread& thread, Value value) {
    auto& self = value.as<Time>();
    Owned unfolded = Owned::share(value);
    if (self.fold) {
        TimeFields fields = fields_of(self);
        fields.fold = 0;
        unfolded = TRY(allocate_time(thread, time_class.type(), fields));
    }
    Offset offset = TRY(offset_of(thread, unfolded.as<Time>()));
    if (!offset.known) return hash_of_state(self);
    int64_t total = self.clock().total() - offset.micros;
    int64_t days = total >= 0 ? total / kDayMicros : -((-total + kDayMicros - 1) / kDayMicros);
    total -= days * kDayMicros;
    return hash_of_span(days, total / kSecondMicros, total % kSecondMicros);
}

Result<int64_t> time_hash(Thread& thread, Value value) {
    return cached_hash_of(value.as<Time>(), [&] { return compute_hash(thread, value); });
}

// --- texts ---

Owned time_repr(Thread& thread, Value value) {
    auto& self = value.as<Time>();
    StrBuilder out(thread);
    Ref<Str> head = TRY(format(thread, "{}({}, {}", type_in_repr(type_of(value)), int{self.hour},
                               int{self.minute}));
    TRY(out.append(*head));
    TRY(append_seconds(out, self));
    TRY(append_tzinfo(thread, out, self));
    if (self.fold) TRY(out.append(", fold=1"));
    TRY(out.append(")"));
    return out.finish();
}

Owned time_str(Thread& thread, Value value) {
    if (time_class.is_exact(value)) return time_isoformat(thread, value.as<Time>(), Value());
    return call_method(thread, value, ID(isoformat));
}

// The date of a time's tuple is made up: the first of January 1900.
Owned time_strftime(Thread& thread, Value self, Value text) {
    TRY(check_str(thread, "strftime", 1, text));
    Clock clock = self.as<Time>().clock();
    Ref<Tuple> tuple =
        TRY(make_tuple(thread, Value::small_int(1900), Value::small_int(1), Value::small_int(1),
                       Value::small_int(clock.hour), Value::small_int(clock.minute),
                       Value::small_int(clock.second), Value::small_int(0), Value::small_int(1),
                       Value::small_int(-1)));
    return format_by_tuple(thread, self, text.as<Str>(), tuple);
}

// --- methods ---

Owned time_utcoffset(Thread& thread, Time& self) {
    return call_offset(thread, self.tzinfo.borrow(), ID(utcoffset), none());
}
Owned time_dst(Thread& thread, Time& self) {
    return call_offset(thread, self.tzinfo.borrow(), ID(dst), none());
}
Owned time_tzname(Thread& thread, Time& self) {
    return call_tzname(thread, self.tzinfo.borrow(), none());
}

Owned time_replace(Thread& thread, Time& self, Value hour, Value minute, Value second,
                   Value microsecond, Value tzinfo, Value fold) {
    TimeFields fields = fields_of(self);
    const Value given[] = {hour, minute, second, microsecond, tzinfo, fold};
    TRY(load_clock(thread, given, &fields));
    return make_time(thread, type_of(Value::of(self)), fields);
}

#define REPLACE_PARAMETERS                                                                   \
    "(self, /, hour=<unrepresentable>, minute=<unrepresentable>, second=<unrepresentable>, " \
    "microsecond=<unrepresentable>, tzinfo=<unrepresentable>, *, fold=<unrepresentable>) -> "

const MethodRow rows[] = {
    {"strptime", "(type, string, format, /) -> None", fn<time_strptime>,
     "string, format -> new time parsed from a string (like time.strptime()).", kMethodClass},
    {"isoformat", "(self, /, timespec=<unrepresentable>) -> None", fn<time_isoformat>,
     "Return string in ISO 8601 format, [HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].\n\n"
     "timespec says which fields are shown: 'auto', 'hours', 'minutes', 'seconds',\n"
     "'milliseconds' or 'microseconds'.\n"},
    {"strftime", "(self, /, format) -> None", fn<time_strftime>,
     "format -> strftime() style string."},
    {"__format__", "(self, format, /) -> None", fn<format_by_specification>,
     "Formats self with strftime."},
    {"utcoffset", "(self, /)", fn<time_utcoffset>, "Return self.tzinfo.utcoffset(self)."},
    {"tzname", "(self, /)", fn<time_tzname>, "Return self.tzinfo.tzname(self)."},
    {"dst", "(self, /)", fn<time_dst>, "Return self.tzinfo.dst(self)."},
    {"replace",
     REPLACE_PARAMETERS "($self, /, hour=unchanged, minute=unchanged, second=unchanged,\n"
                        "        microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)",
     fn<time_replace>, "Return time with new specified fields."},
    {"__replace__", REPLACE_PARAMETERS "($self, /, **changes)", fn<time_replace>,
     "The same as replace()."},
    {"fromisoformat", "(type, object, /)", fn<time_fromisoformat>,
     "string -> time from a string in ISO 8601 format", kMethodClass},
    {"__reduce_ex__", "(self, proto, /) -> None", fn<clock_reduce_ex<Time>>,
     "__reduce_ex__(proto) -> (cls, state)"},
    {"__reduce__", "(self, /)", fn<clock_reduce<Time>>, "__reduce__() -> (cls, state)"},
    {},
};
#undef REPLACE_PARAMETERS

}  // namespace

const TypeSpec time_spec = {
    .name = "datetime.time",
    .doc =
        "time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object\n\n"
        "All arguments are optional. tzinfo may be None, or an instance of\n"
        "a tzinfo subclass. The remaining arguments may be ints.\n",
    .size = sizeof(Time),
    .flags = kTypeBase | kTypeImmutable,
    .slots = {.repr = time_repr,
              .str = time_str,
              .hash = time_hash,
              .compare = time_compare,
              .make = time_make,
              .fields = time_fields},
    .methods = rows,
    .getsets = clock_getsets<Time>,
};

}  // namespace imugi::datetimes
