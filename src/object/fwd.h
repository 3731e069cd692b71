// Forward declarations of every builtin struct, `extern` declarations of the builtin types, and
// exact type tests.
#pragma once

#include <cstddef>
#include <cstdint>

#include "memory/object.h"
#include "thread/thread.h"

namespace imugi {

using Index = std::ptrdiff_t;  // a position or length, as CPython's Py_ssize_t

#define TYPE(Struct, prefix) struct Struct;
#include "object/builtin_types.def"
#undef TYPE
struct Exception;
struct TypeSpec;

enum BuiltinTypeNumber : uint32_t {
#define TYPE(Struct, prefix) k_##prefix##_type_number,
#include "object/builtin_types.def"
#undef TYPE
    kBuiltinTypeCount
};

#define TYPE(Struct, prefix)   \
    extern Type prefix##_type; \
    extern const TypeSpec prefix##_type_spec;
#include "object/builtin_types.def"
#undef TYPE

// Index of the root shape of an exact instance: `has_shape(v, k_list_shape)`.
#define TYPE(Struct, prefix) \
    inline constexpr uint32_t k_##prefix##_shape = (k_##prefix##_type_number + 1) * 3;
#include "object/builtin_types.def"
#undef TYPE

// Exact type tests for types whose instances have no attributes of their own.
inline bool has_shape(Value value, uint32_t shape_index) {
    return value.is_object() &&
           value.object()->shape_index.load(std::memory_order_relaxed) == shape_index;
}
inline bool is_exact_list(Value v) {
    return has_shape(v, k_list_shape);
}
inline bool is_exact_tuple(Value v) {
    return has_shape(v, k_tuple_shape);
}
inline bool is_exact_dict(Value v) {
    return has_shape(v, k_dict_shape);
}
inline bool is_exact_str(Value v) {
    return has_shape(v, k_str_shape);
}
inline bool is_exact_bytes(Value v) {
    return has_shape(v, k_bytes_shape);
}
inline bool is_exact_set(Value v) {
    return has_shape(v, k_set_shape);
}
inline bool is_exact_int(Value v) {
    return v.is_small_int() || has_shape(v, k_int_shape);
}
inline bool is_exact_float(Value v) {
    return v.is_immediate_float() || has_shape(v, k_float_shape);
}

// Singletons.
extern Object none_object, ellipsis_object, not_implemented_object, no_default_object;
extern Int true_object, false_object;
inline Value none() {
    return Value::of(&none_object);
}
inline Value ellipsis() {
    return Value::of(&ellipsis_object);
}
inline Value not_implemented() {
    return Value::of(&not_implemented_object);
}
Value boolean(bool b);
inline bool is_none(Value v) {
    return v.identity() == reinterpret_cast<uint64_t>(&none_object);
}
inline bool is_not_implemented(Value v) {
    return v.identity() == reinterpret_cast<uint64_t>(&not_implemented_object);
}

}  // namespace imugi
