// Fixed-point arithmetic beneath exp, ln, log10 and power: numbers scaled by 2**width. Values of
// one thread on the C++ stack. Functions are false only when memory is short.
#pragma once

#include "modules/_decimal/number.h"

namespace imugi::decimals {

// A signed number times 2**-width, the width known to who holds it.
struct Fixed {
    Natural magnitude;
    bool negative = false;
};

// e**a with an error of a few units for 0 <= a < 4.
[[nodiscard]] bool fixed_exponential(Natural& out, LimbView a, uint64_t width);
[[nodiscard]] bool fixed_ln10(Natural& out, uint64_t width);
// ln of a positive number with an absolute error of some 16 units, more for huge exponents.
[[nodiscard]] bool fixed_logarithm(Fixed& out, const NumberView& a, uint64_t width);
[[nodiscard]] bool fixed_add(Fixed& out, const Fixed& a, LimbView b, bool negative);
// Positive a's order of magnitude of |ln a|: |ln a| >= 10**result, and < 10**(result + 2).
[[nodiscard]] bool logarithm_magnitude(const NumberView& a, int64_t* result);

// out = e**(exponent / 2**width), `digits` digits or one more, rounded down: coefficient and
// exponent of a positive number whose error is below 8 units. Its exponent is beyond all limits
// when |exponent| is.
[[nodiscard]] bool exponential_digits(Number& out, const Fixed& exponent, uint64_t width,
                                      int64_t digits);
// Whether a candidate with an error of up to `error` units in its last place rounds to one result.
[[nodiscard]] bool is_settled(const Number& candidate, unsigned error, const Settings& settings,
                              bool* settled);
// 1 + (or -) something tiny, inexact.
[[nodiscard]] bool finish_near_one(Number& out, bool below, const Settings& settings,
                                   Status& status);
inline uint64_t bits_for_digits(int64_t digits) {
    return static_cast<uint64_t>(static_cast<double>(digits) * 3.3219280948873626) + 16;
}

}  // namespace imugi::decimals
