// What time and datetime have in common: a time of day, a fold and a time zone, as fields,
// constructor arguments, text and attributes.
#pragma once

#include "modules/_datetime/datetime.h"
#include "object/call.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi::datetimes {

// Of a new object, for which all is known to be good.
template <class T>
void init_clock(T& self, Clock clock, int fold, Value tzinfo) {
    self.hour = static_cast<uint8_t>(clock.hour);
    self.minute = static_cast<uint8_t>(clock.minute);
    self.second = static_cast<uint8_t>(clock.second);
    self.microsecond = clock.microsecond;
    self.fold = static_cast<uint8_t>(fold);
    self.cached_hash.store(kNoHash, std::memory_order_relaxed);
    if (!is_none(tzinfo)) self.tzinfo.init(Owned::share(tzinfo));
}

// A class called with `count` values, and with `fold`, which stands behind them, if it is set.
inline Owned call_with_fold(Thread& thread, Type& type, const Value* values, uint32_t count,
                            int fold) {
    if (!fold) return call(thread, Value::of(type), Arguments{values, count});
    Ref<Tuple> names = TRY(make_tuple(thread, Value::of(ID(fold))));
    return call(thread, Value::of(type), Arguments{values, count, names.get()});
}

// From hour, minute, second, microsecond, tzinfo and fold; empty ones leave the field as it is.
template <class Fields>
[[nodiscard]] bool load_clock(Thread& thread, const Value* given, Fields* out) {
    TRY(load_ints_if_given(
        thread, given,
        {&out->clock.hour, &out->clock.minute, &out->clock.second, &out->clock.microsecond}));
    if (!given[4].is_empty()) out->tzinfo = given[4];
    return load_int_if_given(thread, given[5], &out->fold);
}

// The end of a repr, from the seconds on as far as it is not zero; subclasses of datetime and time
// read the fold first and last.
template <class T>
[[nodiscard]] bool append_seconds(StrBuilder& out, const T& self) {
    if (self.second || self.microsecond) TRY(out.append(", ") && out.append_int(self.second));
    return !self.microsecond || (out.append(", ") && out.append_int(self.microsecond));
}
template <class T>
[[nodiscard]] bool append_tzinfo(Thread& thread, StrBuilder& out, const T& self) {
    if (self.tzinfo.is_empty()) return true;
    Owned zone = TRY(repr(thread, self.tzinfo.borrow()));
    return out.append(", tzinfo=") && out.append(zone.as<Str>());
}

template <class T>
Owned reduce_by(Thread& thread, T& self, int protocol) {
    Owned state = TRY(pickled_state(thread, self, protocol));
    return make_tuple(thread, Value::of(type_of(Value::of(self))), state);
}
template <class T>
Owned clock_reduce(Thread& thread, T& self) {
    return reduce_by(thread, self, 2);
}
template <class T>
Owned clock_reduce_ex(Thread& thread, T& self, Value protocol) {
    int number;
    TRY(load_int(thread, protocol, &number));
    return reduce_by(thread, self, number);
}

template <class T, uint8_t T::* field>
Owned get_byte(Thread&, Value self) {
    return Owned::small_int(self.as<T>().*field);
}
template <class T>
Owned get_microsecond(Thread&, Value self) {
    return Owned::small_int(self.as<T>().microsecond);
}
template <class T>
Owned get_tzinfo(Thread&, Value self) {
    return Owned::share(or_none(self.as<T>().tzinfo));
}

template <class T>
inline constexpr GetSetRow clock_getsets[] = {
    {"hour", get_byte<T, &T::hour>},
    {"minute", get_byte<T, &T::minute>},
    {"second", get_byte<T, &T::second>},
    {"microsecond", get_microsecond<T>},
    {"tzinfo", get_tzinfo<T>},
    {"fold", get_byte<T, &T::fold>},
    {},
};

}  // namespace imugi::datetimes
