// How a C++ function becomes a NativeEntry: conversion of each parameter from its bound Value.
// Included by native.h only.
#pragma once

#include "object/native.h"

namespace imugi {

// Converters: `Converter<P>::convert(thread, value)` gives Result-like of what is passed on. Types
// add theirs in their own header by specialising BuiltinTypeOf (for T& parameters).
template <class T>
struct BuiltinTypeOf;  // static Type& type(); static bool check(Value)

// Out-of-line conversions, with CPython's messages.
Result<Index> convert_index(Thread& thread, Value value);
Result<int> convert_int(Thread& thread, Value value);
Result<int64_t> convert_int64(Thread& thread, Value value);
Result<uint64_t> convert_uint64(Thread& thread, Value value);
Result<double> convert_double(Thread& thread, Value value);
Result<bool> convert_bool(Thread& thread, Value value);
bool raise_argument_type(Thread& thread, Value value, const Type& expected);

namespace detail {

template <class P>
struct Parameter;

template <>
struct Parameter<Value> {
    static bool load(Thread&, Value value, Value* out) { return *out = value, true; }
    using Holder = Value;
    static Value pass(Value& held) { return held; }
};

#define IMUGI_SCALAR_PARAMETER(P, converter)                    \
    template <>                                                 \
    struct Parameter<P> {                                       \
        using Holder = P;                                       \
        static bool load(Thread& thread, Value value, P* out) { \
            auto result = converter(thread, value);             \
            if (!result) return false;                          \
            *out = *result;                                     \
            return true;                                        \
        }                                                       \
        static P pass(P& held) {                                \
            return held;                                        \
        }                                                       \
    };
IMUGI_SCALAR_PARAMETER(Index, convert_index)
IMUGI_SCALAR_PARAMETER(int, convert_int)
IMUGI_SCALAR_PARAMETER(uint64_t, convert_uint64)
IMUGI_SCALAR_PARAMETER(double, convert_double)
IMUGI_SCALAR_PARAMETER(bool, convert_bool)
#undef IMUGI_SCALAR_PARAMETER

template <class T>
struct Parameter<T&> {
    using Holder = T*;
    static bool load(Thread& thread, Value value, T** out) {
        if (IMUGI_UNLIKELY(!BuiltinTypeOf<T>::check(value)))
            return raise_argument_type(thread, value, BuiltinTypeOf<T>::type());
        *out = &value.as<T>();
        return true;
    }
    static T& pass(T*& held) { return *held; }
};
template <class T>
struct Parameter<T*> {
    using Holder = T*;
    static bool load(Thread& thread, Value value, T** out) {
        if (value.is_empty() || is_none(value)) return *out = nullptr, true;
        return Parameter<T&>::load(thread, value, out);
    }
    static T* pass(T*& held) { return held; }
};
// *args and **kwargs: the bound word is the address of the Args or Kwargs.
template <>
struct Parameter<Args> {
    using Holder = const Args*;
    static bool load(Thread&, Value value, const Args** out) {
        *out = reinterpret_cast<const Args*>(value.bits());
        return true;
    }
    static Args pass(const Args*& held) { return *held; }
};
template <>
struct Parameter<Kwargs> {
    using Holder = const Kwargs*;
    static bool load(Thread&, Value value, const Kwargs** out) {
        *out = reinterpret_cast<const Kwargs*>(value.bits());
        return true;
    }
    static Kwargs pass(const Kwargs*& held) { return *held; }
};

// Results: Owned as it is; bool failure/None; Result<Index> etc. as ints.
Owned wrap_int(Thread& thread, int64_t n);
Owned wrap_float(Thread& thread, double d);
inline Owned wrap(Thread&, Owned result) {
    return result;
}
template <class T>
Owned wrap(Thread&, Ref<T> result) {
    return std::move(result).owned();
}
inline Owned wrap(Thread&, bool ok) {
    return ok ? Owned::share(none()) : Owned();
}
inline Owned wrap(Thread&, Result<bool> result) {
    return result ? Owned::share(boolean(*result)) : Owned();
}
inline Owned wrap(Thread& thread, Result<Index> result) {
    return result ? wrap_int(thread, *result) : Owned();
}
inline Owned wrap(Thread& thread, Result<double> result) {
    return result ? wrap_float(thread, *result) : Owned();
}

template <auto function, class... P, size_t... i>
Owned call_unpacked(Thread& thread, const Value* argv, std::index_sequence<i...>) {
    // One holder per parameter; loading stops at the first that does not convert.
    return [&](typename Parameter<P>::Holder... held) -> Owned {
        if (!(Parameter<P>::load(thread, argv[i], &held) && ...)) return Owned();
        return wrap(thread, function(thread, Parameter<P>::pass(held)...));
    }(typename Parameter<P>::Holder{}...);
}

template <class P, class... List>
constexpr int8_t position_of() {
    int8_t at = -1, n = 0;
    ((std::is_same_v<P, List> ? at = n++ : n++), ...);
    return at;
}

template <auto function>
struct Thunk;
template <class R, class... P, R (*function)(Thread&, P...)>
struct Thunk<function> {
    static Owned run(Thread& thread, const Value* argv) {
        return call_unpacked<function, P...>(thread, argv, std::index_sequence_for<P...>{});
    }
    static constexpr NativeEntry entry{&run, sizeof...(P), position_of<Args, P...>(),
                                       position_of<Kwargs, P...>()};
};
// double(double) and double(double, double), as in math.
template <double (*function)(double)>
struct Thunk<function> {
    static Owned run(Thread& thread, const Value* argv) {
        auto x = convert_double(thread, argv[0]);
        return x ? wrap_float(thread, function(*x)) : Owned();
    }
    static constexpr NativeEntry entry{&run, 1, -1, -1};
};

}  // namespace detail

template <auto function>
inline constexpr NativeEntry fn = detail::Thunk<function>::entry;

#define IMUGI_BUILTIN_TYPE(Struct, type_object, predicate) \
    template <>                                            \
    struct BuiltinTypeOf<Struct> {                         \
        static Type& type() {                              \
            return type_object;                            \
        }                                                  \
        static bool check(Value value) {                   \
            return predicate(value);                       \
        }                                                  \
    }
IMUGI_BUILTIN_TYPE(Int, int_type, is_int);
IMUGI_BUILTIN_TYPE(Str, str_type, is_str);
IMUGI_BUILTIN_TYPE(Bytes, bytes_type, is_bytes);
IMUGI_BUILTIN_TYPE(ByteArray, bytearray_type, is_bytearray);
IMUGI_BUILTIN_TYPE(List, list_type, is_list);
IMUGI_BUILTIN_TYPE(Tuple, tuple_type, is_tuple);
IMUGI_BUILTIN_TYPE(Dict, dict_type, is_dict);
IMUGI_BUILTIN_TYPE(Set, set_type, is_any_set);
IMUGI_BUILTIN_TYPE(Type, type_type, is_type);

// Every other core type by its Type object.
#define IMUGI_BUILTIN_TYPE_BY_OBJECT(Struct, type_object) \
    template <>                                           \
    struct BuiltinTypeOf<Struct> {                        \
        static Type& type() {                             \
            return type_object;                           \
        }                                                 \
        static bool check(Value value) {                  \
            return is_instance_of(value, type_object);    \
        }                                                 \
    }

}  // namespace imugi
