// See less.h. Numbers and strings are compared without a call through their types.
#include "object/less.h"

#include "object/protocol.h"
#include "object/str.h"

namespace imugi {

Result<bool> is_less(Thread& thread, Value left, Value right) {
    if (left.is_small_int() && right.is_small_int()) return left.small_int() < right.small_int();
    if (left.is_immediate_float() && right.is_immediate_float())
        return left.immediate_float() < right.immediate_float();
    if (is_exact_str(left) && is_exact_str(right))
        return str_compare(left.as<Str>(), right.as<Str>()) < 0;
    Owned answer = compare(thread, left, right, CompareOp::kLt);
    if (!answer) return failure;
    return is_true(thread, answer);
}

}  // namespace imugi
