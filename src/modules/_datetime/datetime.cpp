// datetime: construction, fields and plain methods. Its arithmetic, clocks and texts have files of
// their own. Immutable but for the cached hash, an atomic.
#include "modules/_datetime/clock_members.h"
#include "object/call.h"
#include "object/int.h"
#include "object/names.h"

namespace imugi::datetimes {

extern const TypeSpec datetime_spec;
constinit SharedType datetime_class{datetime_spec, &date_class};

// --- making ---

Owned new_datetime(Thread& thread, Type& type, const DateTimeFields& fields) {
    auto* self = allocate<DateTime>(thread, type);
    if (!self) return {};
    self->year = static_cast<uint16_t>(fields.date.year);
    self->month = static_cast<uint8_t>(fields.date.month);
    self->day = static_cast<uint8_t>(fields.date.day);
    init_clock(*self, fields.clock, fields.fold, fields.tzinfo);
    return published(self, type);
}

Owned allocate_datetime(Thread& thread, Type& type, const DateTimeFields& fields) {
    TRY(check_date(thread, fields.date));
    TRY(check_clock(thread, fields.clock, fields.fold));
    TRY(check_tzinfo(thread, fields.tzinfo));
    return new_datetime(thread, type, fields);
}

Owned make_datetime(Thread& thread, Type& type, const DateTimeFields& fields) {
    if (&type == &datetime_class.type()) return allocate_datetime(thread, type, fields);
    const Value values[] = {Value::small_int(fields.date.year),
                            Value::small_int(fields.date.month),
                            Value::small_int(fields.date.day),
                            Value::small_int(fields.clock.hour),
                            Value::small_int(fields.clock.minute),
                            Value::small_int(fields.clock.second),
                            Value::small_int(fields.clock.microsecond),
                            fields.tzinfo,
                            Value::small_int(fields.fold)};
    return call_with_fold(thread, type, values, 8, fields.fold);
}

namespace {

// In the constructor's order; empty ones leave the field as it is.
bool load_fields(Thread& thread, const Value* given, DateTimeFields* out) {
    TRY(load_ints_if_given(thread, given, {&out->date.year, &out->date.month, &out->date.day}));
    return load_clock(thread, given + 3, out);
}

Owned datetime_make(Thread& thread, Type& type, const Arguments& arguments) {
    Owned restored = TRY(datetime_from_state(thread, type, arguments));
    if (!restored.is_nothing()) return restored;
    constexpr FieldNames kFields = {
        "function",
        "",
        3,
        8,
        9,
        {"year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold"}};
    Value given[9];
    TRY(bind_fields(thread, kFields, arguments, given));
    DateTimeFields fields{{}, {}, 0, none()};
    TRY(load_fields(thread, given, &fields));
    return allocate_datetime(thread, type, fields);
}

void datetime_fields(Object* object, FieldVisitor& visitor) {
    visitor.visit(static_cast<DateTime&>(*object).tzinfo);
}

Owned datetime_strptime(Thread& thread, Type& type, Value text, Value format) {
    return parse_by_format(thread, type, text, format, ID(_strptime_datetime_datetime));
}

Owned datetime_combine(Thread& thread, Type& type, Value date, Value time, Value tzinfo) {
    if (!is_date(date)) return raise_wrong_argument(thread, "combine", 1, "datetime.date", date);
    if (!time_class.is_instance(time))
        return raise_wrong_argument(thread, "combine", 2, "datetime.time", time);
    auto& of_day = time.as<Time>();
    return make_datetime(thread, type,
                         {date.as<Date>().date(), of_day.clock(), of_day.fold,
                          tzinfo.is_empty() ? or_none(of_day.tzinfo) : tzinfo});
}

// --- parts ---

Owned datetime_date(Thread& thread, DateTime& self) {
    return allocate_date(thread, date_class.type(), self.date());
}
Owned datetime_time(Thread& thread, DateTime& self) {
    return allocate_time(thread, time_class.type(), {self.clock(), self.fold, none()});
}
Owned datetime_timetz(Thread& thread, DateTime& self) {
    return allocate_time(thread, time_class.type(),
                         {self.clock(), self.fold, or_none(self.tzinfo)});
}

Owned datetime_replace(Thread& thread, DateTime& self, Value year, Value month, Value day,
                       Value hour, Value minute, Value second, Value microsecond, Value tzinfo,
                       Value fold) {
    DateTimeFields fields = fields_of(self);
    const Value given[] = {year, month, day, hour, minute, second, microsecond, tzinfo, fold};
    TRY(load_fields(thread, given, &fields));
    return make_datetime(thread, type_of(Value::of(self)), fields);
}

// --- the time zone's answers ---

Owned datetime_utcoffset(Thread& thread, DateTime& self) {
    return call_offset(thread, self.tzinfo.borrow(), ID(utcoffset), Value::of(self));
}
Owned datetime_dst(Thread& thread, DateTime& self) {
    return call_offset(thread, self.tzinfo.borrow(), ID(dst), Value::of(self));
}
Owned datetime_tzname(Thread& thread, DateTime& self) {
    return call_tzname(thread, self.tzinfo.borrow(), Value::of(self));
}

Owned datetime_timetuple(Thread& thread, DateTime& self) {
    Owned saving = TRY(datetime_dst(thread, self));
    int dst = is_none(saving) ? -1 : saving.as<TimeDelta>().total() != 0;
    return make_time_tuple(thread, self.date(), self.clock(), dst);
}

Owned datetime_utctimetuple(Thread& thread, DateTime& self) {
    DateTimeFields fields = fields_of(self);
    Offset offset = TRY(utc_offset(thread, self));
    if (offset.micros) TRY(fields_of_total(thread, self.total() - offset.micros, &fields));
    return make_time_tuple(thread, fields.date, fields.clock, 0);
}

// --- texts ---

Owned datetime_repr(Thread& thread, Value value) {
    auto& self = value.as<DateTime>();
    StrBuilder out(thread);
    Ref<Str> head =
        TRY(format(thread, "{}({}, {}, {}, {}, {}", type_in_repr(type_of(value)), int{self.year},
                   int{self.month}, int{self.day}, int{self.hour}, int{self.minute}));
    TRY(out.append(*head));
    TRY(append_seconds(out, self));
    if (self.fold) TRY(out.append(", fold=1"));
    TRY(append_tzinfo(thread, out, self));
    TRY(out.append(")"));
    return out.finish();
}

Owned datetime_str(Thread& thread, Value value) {
    Ref<Str> space = TRY(make_str_from_char(thread, ' '));
    if (datetime_class.is_exact(value))
        return datetime_isoformat(thread, value.as<DateTime>(), space, Value());
    return call_method(thread, value, ID(isoformat), space);
}

Owned datetime_ctime(Thread& thread, DateTime& self) {
    return ctime_text(thread, self.date(), self.clock());
}

#define REPLACE_PARAMETERS                                                               \
    "(self, /, year=<unrepresentable>, month=<unrepresentable>, day=<unrepresentable>, " \
    "hour=<unrepresentable>, minute=<unrepresentable>, second=<unrepresentable>, "       \
    "microsecond=<unrepresentable>, tzinfo=<unrepresentable>, *, fold=<unrepresentable>) -> "

const MethodRow rows[] = {
    {"now", "(type, /, tz=None)", fn<datetime_now>,
     "Returns new datetime object representing current time local to tz.\n\n"
     "  tz\n    Timezone object.\n\nIf no tz is specified, uses local timezone.",
     kMethodClass},
    {"utcnow", "(type, /)", fn<datetime_utcnow>,
     "Return a new datetime representing UTC day and time.", kMethodClass},
    {"fromtimestamp", "(type, /, timestamp, tz=None) -> None", fn<datetime_fromtimestamp>,
     "timestamp[, tz] -> tz's local time from POSIX timestamp.", kMethodClass},
    {"utcfromtimestamp", "(type, timestamp, /) -> None", fn<datetime_utcfromtimestamp>,
     "Construct a naive UTC datetime from a POSIX timestamp.", kMethodClass},
    {"strptime", "(type, string, format, /) -> None", fn<datetime_strptime>,
     "string, format -> new datetime parsed from a string (like time.strptime()).", kMethodClass},
    {"combine", "(type, /, date, time, tzinfo=<unrepresentable>) -> None", fn<datetime_combine>,
     "date, time -> datetime with same date and time fields", kMethodClass},
    {"fromisoformat", "(type, object, /)", fn<datetime_fromisoformat>,
     "string -> datetime from a string in most ISO 8601 formats", kMethodClass},
    {"date", "(self, /)", fn<datetime_date>, "Return date object with same year, month and day."},
    {"time", "(self, /)", fn<datetime_time>,
     "Return time object with same time but with tzinfo=None."},
    {"timetz", "(self, /)", fn<datetime_timetz>, "Return time object with same time and tzinfo."},
    {"ctime", "(self, /)", fn<datetime_ctime>, "Return ctime() style string."},
    {"timetuple", "(self, /)", fn<datetime_timetuple>,
     "Return time tuple, compatible with time.localtime()."},
    {"timestamp", "(self, /)", fn<datetime_timestamp>, "Return POSIX timestamp as float."},
    {"utctimetuple", "(self, /)", fn<datetime_utctimetuple>,
     "Return UTC time tuple, compatible with time.localtime()."},
    {"isoformat", "(self, /, sep=<unrepresentable>, timespec=<unrepresentable>) -> None",
     fn<datetime_isoformat>,
     "[sep] -> string in ISO 8601 format, YYYY-MM-DDT[HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].\n\n"
     "sep stands between date and time, 'T' if it is not given. timespec says which\n"
     "fields are shown: 'auto', 'hours', 'minutes', 'seconds', 'milliseconds' or\n"
     "'microseconds'.\n"},
    {"utcoffset", "(self, /)", fn<datetime_utcoffset>, "Return self.tzinfo.utcoffset(self)."},
    {"tzname", "(self, /)", fn<datetime_tzname>, "Return self.tzinfo.tzname(self)."},
    {"dst", "(self, /)", fn<datetime_dst>, "Return self.tzinfo.dst(self)."},
    {"replace",
     REPLACE_PARAMETERS "($self, /, year=unchanged, month=unchanged, day=unchanged,\n"
                        "        hour=unchanged, minute=unchanged, second=unchanged,\n"
                        "        microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)",
     fn<datetime_replace>, "Return datetime with new specified fields."},
    {"__replace__", REPLACE_PARAMETERS "($self, /, **changes)", fn<datetime_replace>,
     "The same as replace()."},
    {"astimezone", "(self, /, tz=None) -> None", fn<datetime_astimezone>,
     "tz -> convert to local time in new timezone tz\n"},
    {"__reduce_ex__", "(self, proto, /) -> None", fn<clock_reduce_ex<DateTime>>,
     "__reduce_ex__(proto) -> (cls, state)"},
    {"__reduce__", "(self, /)", fn<clock_reduce<DateTime>>, "__reduce__() -> (cls, state)"},
    {},
};
#undef REPLACE_PARAMETERS

}  // namespace

const TypeSpec datetime_spec = {
    .name = "datetime.datetime",
    .doc =
        "datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])\n\n"
        "The year, month and day arguments are required. tzinfo may be None, or an\n"
        "instance of a tzinfo subclass. The remaining arguments may be ints.\n",
    .size = sizeof(DateTime),
    .flags = kTypeBase | kTypeImmutable,
    .slots = {.repr = datetime_repr,
              .str = datetime_str,
              .hash = datetime_hash,
              .compare = datetime_compare,
              .make = datetime_make,
              .fields = datetime_fields,
              .add = datetime_add,
              .subtract = datetime_subtract},
    .methods = rows,
    .getsets = clock_getsets<DateTime>,
};

}  // namespace imugi::datetimes
