// Equality of two values as far as it can be told without running any code: under a Lock.
#pragma once

#include "object/str.h"

namespace imugi {

enum class Equality : uint8_t { kNo, kYes, kUnknown };

// Both are held by the caller.
inline Equality quick_equal(Value a, Value b) {
    if (same(a, b)) return Equality::kYes;
    if (a.is_small_int() && b.is_small_int()) return Equality::kNo;
    if (a.is_immediate_float() && b.is_immediate_float()) return Equality::kNo;
    if (is_exact_str(a)) {
        if (is_exact_str(b))
            return str_equal(a.as<Str>(), b.as<Str>()) ? Equality::kYes : Equality::kNo;
        if (!b.is_object()) return Equality::kNo;
    } else if (is_exact_str(b) && !a.is_object()) {
        return Equality::kNo;
    }
    return Equality::kUnknown;
}

}  // namespace imugi
