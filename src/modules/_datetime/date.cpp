// date: a day of the proleptic Gregorian calendar. Immutable but for the cached hash, an atomic.
#include "modules/_datetime/datetime.h"
#include "object/call.h"
#include "object/int.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi::datetimes {

extern const TypeSpec date_spec;
constinit SharedType date_class{date_spec};

// --- making ---

Owned allocate_date(Thread& thread, Type& type, CalendarDate date) {
    TRY(check_date(thread, date));
    auto* self = allocate<Date>(thread, type);
    if (!self) return {};
    self->year = static_cast<uint16_t>(date.year);
    self->month = static_cast<uint8_t>(date.month);
    self->day = static_cast<uint8_t>(date.day);
    self->cached_hash.store(kNoHash, std::memory_order_relaxed);
    return published(self, type);
}

Owned make_date(Thread& thread, Type& type, CalendarDate date) {
    if (&type == &date_class.type()) return allocate_date(thread, type, date);
    if (&type == &datetime_class.type())
        return allocate_datetime(thread, type, {date, {}, 0, none()});
    return call(thread, Value::of(type), Value::small_int(date.year), Value::small_int(date.month),
                Value::small_int(date.day));
}

namespace {

Owned date_make(Thread& thread, Type& type, const Arguments& arguments) {
    Owned restored = TRY(date_from_state(thread, type, arguments));
    if (!restored.is_nothing()) return restored;
    constexpr FieldNames kFields = {"function", "", 3, 3, 3, {"year", "month", "day"}};
    Value given[3];
    TRY(bind_fields(thread, kFields, arguments, given));
    CalendarDate date;
    TRY(load_ints_if_given(thread, given, {&date.year, &date.month, &date.day}));
    return allocate_date(thread, type, date);
}

Owned date_fromordinal(Thread& thread, Type& type, Value value) {
    int ordinal;
    TRY(load_int(thread, value, &ordinal));
    if (ordinal < 1) return raise(thread, exc::ValueError, "ordinal must be >= 1");
    return make_date(thread, type, date_of_ordinal(ordinal));
}

bool load_week_field(Thread& thread, Value value, int* out) {
    if (load_int(thread, value, out)) return true;
    if (!clear_exception_if(thread, exc::OverflowError)) return false;
    return raise(thread, exc::ValueError, "ISO calendar component out of range");
}

Owned date_fromisocalendar(Thread& thread, Type& type, Value year, Value week, Value day) {
    IsoWeekDate at;
    TRY(load_week_field(thread, year, &at.year));
    TRY(load_week_field(thread, week, &at.week));
    TRY(load_week_field(thread, day, &at.weekday));
    CalendarDate date;
    switch (date_of_iso_week(at, &date)) {
        case IsoWeekCheck::kYear:
            return raise(thread, exc::ValueError, "year must be in {}..{}, not {}", kMinYear,
                         kMaxYear, at.year);
        case IsoWeekCheck::kWeek:
            return raise(thread, exc::ValueError, "Invalid week: {}", at.week);
        case IsoWeekCheck::kWeekday:
            return raise(thread, exc::ValueError, "Invalid weekday: {} (range is [1, 7])",
                         at.weekday);
        case IsoWeekCheck::kGood:
            break;
    }
    return make_date(thread, type, date);
}

Owned date_strptime(Thread& thread, Type& type, Value text, Value format) {
    return parse_by_format(thread, type, text, format, ID(_strptime_datetime_date));
}

// --- arithmetic and comparison ---

Owned moved_date(Thread& thread, Date& self, int64_t days) {
    int64_t ordinal = ordinal_of(self.date()) + days;
    if (ordinal < 1 || ordinal > kMaxOrdinal)
        return raise(thread, exc::OverflowError, "date value out of range");
    return make_date(thread, type_of(Value::of(self)), date_of_ordinal(static_cast<int>(ordinal)));
}

Owned date_add(Thread& thread, Value left, Value right) {
    if (!date_class.is_exact(left) && is_timedelta(left)) std::swap(left, right);
    if (!is_plain_date(left) || !is_timedelta(right)) return Owned::share(not_implemented());
    return moved_date(thread, left.as<Date>(), right.as<TimeDelta>().days);
}

Owned date_subtract(Thread& thread, Value left, Value right) {
    if (!is_plain_date(left)) return Owned::share(not_implemented());
    auto& self = left.as<Date>();
    if (is_plain_date(right)) {
        int days = ordinal_of(self.date()) - ordinal_of(right.as<Date>().date());
        return make_timedelta(thread, days, 0, 0);
    }
    if (is_timedelta(right)) return moved_date(thread, self, -int64_t{right.as<TimeDelta>().days});
    return Owned::share(not_implemented());
}

int order_of(const Date& self) {
    return (self.year * 16 + self.month) * 32 + self.day;
}

Owned date_compare(Thread&, Value left, Value right, CompareOp op) {
    if (!is_plain_date(right)) return Owned::share(not_implemented());
    return compared(order_of(left.as<Date>()) - order_of(right.as<Date>()), op);
}

Result<int64_t> date_hash(Thread&, Value value) {
    auto& self = value.as<Date>();
    return cached_hash_of(self, [&] { return hash_of_state(self); });
}

// --- texts ---

Owned date_repr(Thread& thread, Value value) {
    auto& self = value.as<Date>();
    return format(thread, "{}({}, {}, {})", type_in_repr(type_of(value)), int{self.year},
                  int{self.month}, int{self.day});
}

Owned date_str(Thread& thread, Value value) {
    if (date_class.is_exact(value)) return date_isoformat(thread, value.as<Date>());
    return call_method(thread, value, ID(isoformat));
}

Owned date_ctime(Thread& thread, Date& self) {
    return ctime_text(thread, self.date(), {});
}

Owned date_strftime(Thread& thread, Value self, Value text) {
    TRY(check_str(thread, "strftime", 1, text));
    Owned tuple = TRY(call_method(thread, self, ID(timetuple)));
    return format_by_tuple(thread, self, text.as<Str>(), tuple);
}

// --- methods ---

Owned date_timetuple(Thread& thread, Date& self) {
    return make_time_tuple(thread, self.date(), {}, -1);
}

Owned date_isocalendar(Thread& thread, Date& self) {
    return make_iso_calendar_date(thread, iso_week_of(self.date()));
}

Owned date_weekday(Thread&, Date& self) {
    return Owned::small_int(weekday_of(self.date()));
}
Owned date_isoweekday(Thread&, Date& self) {
    return Owned::small_int(weekday_of(self.date()) + 1);
}
Owned date_toordinal(Thread&, Date& self) {
    return Owned::small_int(ordinal_of(self.date()));
}

Owned date_replace(Thread& thread, Date& self, Value year, Value month, Value day) {
    CalendarDate date = self.date();
    const Value given[] = {year, month, day};
    TRY(load_ints_if_given(thread, given, {&date.year, &date.month, &date.day}));
    return make_date(thread, type_of(Value::of(self)), date);
}

Owned date_reduce(Thread& thread, Date& self) {
    Owned state = TRY(pickled_state(thread, self));
    Ref<Tuple> arguments = TRY(make_tuple(thread, state));
    return make_tuple(thread, Value::of(type_of(Value::of(self))), arguments);
}

Owned get_year(Thread&, Value self) {
    return Owned::small_int(self.as<Date>().year);
}
Owned get_month(Thread&, Value self) {
    return Owned::small_int(self.as<Date>().month);
}
Owned get_day(Thread&, Value self) {
    return Owned::small_int(self.as<Date>().day);
}

const GetSetRow getsets[] = {{"year", get_year}, {"month", get_month}, {"day", get_day}, {}};

const MethodRow rows[] = {
    {"fromtimestamp", "(type, timestamp, /)", fn<date_fromtimestamp>,
     "The local date at a POSIX timestamp: a number such as time.time() gives.", kMethodClass},
    {"fromordinal", "(type, ordinal, /) -> None", fn<date_fromordinal>,
     "int -> date corresponding to a proleptic Gregorian ordinal.", kMethodClass},
    {"fromisoformat", "(type, object, /)", fn<date_fromisoformat>,
     "str -> Construct a date from a string in ISO 8601 format.", kMethodClass},
    {"fromisocalendar", "(type, /, year, week, day) -> None", fn<date_fromisocalendar>,
     "int, int, int -> The date of an ISO year, week number and weekday.\n\n"
     "The inverse of isocalendar().",
     kMethodClass},
    {"strptime", "(type, string, format, /) -> None", fn<date_strptime>,
     "string, format -> new date parsed from a string (like time.strptime()).", kMethodClass},
    {"today", "(type, /)", fn<date_today>,
     "Current date or datetime:  same as self.__class__.fromtimestamp(time.time()).", kMethodClass},
    {"ctime", "(self, /)", fn<date_ctime>, "Return ctime() style string."},
    {"strftime", "(self, /, format) -> None", fn<date_strftime>,
     "format -> strftime() style string."},
    {"__format__", "(self, format, /) -> None", fn<format_by_specification>,
     "Formats self with strftime."},
    {"timetuple", "(self, /)", fn<date_timetuple>,
     "Return time tuple, compatible with time.localtime()."},
    {"isocalendar", "(self, /)", fn<date_isocalendar>,
     "Return a named tuple containing ISO year, week number, and weekday."},
    {"isoformat", "(self, /)", fn<date_isoformat>, "Return string in ISO 8601 format, YYYY-MM-DD."},
    {"isoweekday", "(self, /)", fn<date_isoweekday>,
     "Return the day of the week represented by the date.\nMonday == 1 ... Sunday == 7"},
    {"toordinal", "(self, /)", fn<date_toordinal>,
     "Return proleptic Gregorian ordinal.  January 1 of year 1 is day 1."},
    {"weekday", "(self, /)", fn<date_weekday>,
     "Return the day of the week represented by the date.\nMonday == 0 ... Sunday == 6"},
    {"replace",
     "(self, /, year=<unrepresentable>, month=<unrepresentable>, day=<unrepresentable>) -> "
     "($self, /, year=unchanged, month=unchanged, day=unchanged)",
     fn<date_replace>, "Return date with new specified fields."},
    {"__replace__",
     "(self, /, year=<unrepresentable>, month=<unrepresentable>, day=<unrepresentable>) -> "
     "($self, /, **changes)",
     fn<date_replace>, "The same as replace()."},
    {"__reduce__", "(self, /)", fn<date_reduce>, "__reduce__() -> (cls, state)"},
    {},
};

}  // namespace

const TypeSpec date_spec = {
    .name = "datetime.date",
    .doc = "date(year, month, day) --> date object",
    .size = sizeof(Date),
    .flags = kTypeBase | kTypeImmutable,
    .slots = {.repr = date_repr,
              .str = date_str,
              .hash = date_hash,
              .compare = date_compare,
              .make = date_make,
              .add = date_add,
              .subtract = date_subtract},
    .methods = rows,
    .getsets = getsets,
};

}  // namespace imugi::datetimes
