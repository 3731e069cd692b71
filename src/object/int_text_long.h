// Text of ints so long that converting takes a noticeable time: in steps between which the
// conversion can be interrupted. For bases that are no powers of two.
#pragma once

#include "object/int_limbs.h"

namespace imugi {

inline constexpr size_t kLongTextDigits = size_t{1} << 20;  // from here on

// Digits of |value|, as text; `size` gets their number. To be freed with array_free; null with an
// exception set.
char* long_int_to_text(Thread& thread, Value value, unsigned base, size_t* size);
// The int of digit values, most significant first.
Owned long_int_from_digits(Thread& thread, const uint8_t* digits, size_t count, unsigned base);

}  // namespace imugi
