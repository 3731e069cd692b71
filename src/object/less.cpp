// See less.h. Numbers, strings and tuples are compared without a call through their types; a tuple
// that is told apart by its first difference needs no tuple comparison for each of its items.
#include "object/less.h"

#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

namespace {

Result<bool> is_tuple_less(Thread& thread, const Tuple& a, const Tuple& b) {
    size_t both = a.size < b.size ? a.size : b.size;
    for (size_t i = 0; i < both; i++) {
        if (same(a[i], b[i])) continue;
        if (a[i].is_small_int() && b[i].is_small_int()) return a[i].small_int() < b[i].small_int();
        if (!TRY(equals(thread, a[i], b[i]))) return is_less(thread, a[i], b[i]);
    }
    return a.size < b.size;
}

}  // namespace

Result<bool> is_less(Thread& thread, Value left, Value right) {
    if (left.is_small_int() && right.is_small_int()) return left.small_int() < right.small_int();
    if (left.is_immediate_float() && right.is_immediate_float())
        return left.immediate_float() < right.immediate_float();
    if (is_exact_str(left) && is_exact_str(right))
        return str_compare(left.as<Str>(), right.as<Str>()) < 0;
    if (is_exact_tuple(left) && is_exact_tuple(right))
        return is_tuple_less(thread, left.as<Tuple>(), right.as<Tuple>());
    Owned answer = compare(thread, left, right, CompareOp::kLt);
    if (!answer) return failure;
    return is_true(thread, answer);
}

}  // namespace imugi
