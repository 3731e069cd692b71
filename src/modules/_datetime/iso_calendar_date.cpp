// IsoCalendarDate, what isocalendar() gives: a tuple of year, week and weekday with names.
#include "modules/_datetime/datetime.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi::datetimes {

extern const TypeSpec iso_calendar_date_spec;
constinit SharedType iso_calendar_date_class{iso_calendar_date_spec, nullptr, &tuple_type};

Owned make_iso_calendar_date(Thread& thread, IsoWeekDate week) {
    Type& type = iso_calendar_date_class.type();
    auto* self = allocate<Tuple>(thread, type, 3 * sizeof(Slot));
    if (!self) return {};
    self->size = 3;
    self->items[0].init(Owned::small_int(week.year));
    self->items[1].init(Owned::small_int(week.week));
    self->items[2].init(Owned::small_int(week.weekday));
    track(self);
    return Owned::adopt(self);
}

namespace {

Owned iso_make(Thread& thread, Type&, const Arguments& arguments) {
    constexpr FieldNames kFields = {"IsoCalendarDate", "()", 3, 3, 3, {"year", "week", "weekday"}};
    Value given[3];
    TRY(bind_fields(thread, kFields, arguments, given));
    IsoWeekDate week;
    TRY(load_ints_if_given(thread, given, {&week.year, &week.week, &week.weekday}));
    return make_iso_calendar_date(thread, week);
}

Owned iso_repr(Thread& thread, Value value) {
    auto& self = value.as<Tuple>();
    return format(thread, "{}(year={}, week={}, weekday={})", type_in_repr(type_of(value)), self[0],
                  self[1], self[2]);
}

// As a plain tuple: the class is not to be found by its name.
Owned iso_reduce(Thread& thread, Value value) {
    auto& self = value.as<Tuple>();
    Ref<Tuple> items = TRY(make_tuple(thread, self[0], self[1], self[2]));
    Ref<Tuple> arguments = TRY(make_tuple(thread, items));
    return make_tuple(thread, Value::of(tuple_type), arguments);
}

template <size_t index>
Owned get_item_at(Thread&, Value self) {
    return Owned::share(self.as<Tuple>()[index]);
}

const GetSetRow getsets[] = {
    {"year", get_item_at<0>}, {"week", get_item_at<1>}, {"weekday", get_item_at<2>}, {}};

const MethodRow rows[] = {
    {"__reduce__", "(self, /)", fn<iso_reduce>, "__reduce__() -> (cls, state)"},
    {},
};

}  // namespace

const TypeSpec iso_calendar_date_spec = {
    .name = "datetime.IsoCalendarDate",
    .doc =
        "The result of date.isocalendar() or datetime.isocalendar()\n\n"
        "A tuple (year, week, weekday) whose items are attributes as well.",
    .flags = kTypeImmutable,
    .slots = {.repr = iso_repr, .make = iso_make},
    .methods = rows,
    .getsets = getsets,
};

}  // namespace imugi::datetimes
