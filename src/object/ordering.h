// What a comparison operator says of two things that C++ can compare, NaN included. With the result
// of a three-way comparison: holds(op, order, 0).
#pragma once

#include "base/platform.h"
#include "object/type.h"

namespace imugi {

template <class T>
IMUGI_ALWAYS_INLINE constexpr bool holds(CompareOp op, T left, T right) {
    switch (op) {
        case CompareOp::kLt:
            return left < right;
        case CompareOp::kLe:
            return left <= right;
        case CompareOp::kEq:
            return left == right;
        case CompareOp::kNe:
            return left != right;
        case CompareOp::kGt:
            return left > right;
        case CompareOp::kGe:
            return left >= right;
    }
    __builtin_unreachable();
}

}  // namespace imugi
