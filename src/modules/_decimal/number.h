// Decimal numbers and the operations of the General Decimal Arithmetic Specification
// (version 1.70), without Python objects: operands are views of immutable coefficients, results
// Numbers on the C++ stack, conditions bits of a Status. Functions are false only when memory is
// short.
#pragma once

#include "modules/_decimal/natural.h"

namespace imugi::decimals {

// Conditions. The first nine are the signals, in the order in which a context lists them.
enum Condition : uint32_t {
    kInvalidOperation = 1 << 0,
    kFloatOperation = 1 << 1,
    kDivisionByZero = 1 << 2,
    kOverflow = 1 << 3,
    kUnderflow = 1 << 4,
    kSubnormal = 1 << 5,
    kInexact = 1 << 6,
    kRounded = 1 << 7,
    kClamped = 1 << 8,
    // What InvalidOperation is more precisely; each comes with that bit.
    kConversionSyntax = 1 << 9,
    kDivisionImpossible = 1 << 10,
    kDivisionUndefined = 1 << 11,
    kInvalidContext = 1 << 12,
};
inline constexpr unsigned kSignals = 9;
inline constexpr uint32_t kSignalMask = (1 << kSignals) - 1;
using Status = uint32_t;

enum class Rounding : uint8_t {
    kUp,
    kDown,
    kCeiling,
    kFloor,
    kHalfUp,
    kHalfDown,
    kHalfEven,
    k05Up
};

inline constexpr int64_t kMaxPrecision = 999999999999999999;
inline constexpr int64_t kMaxExponent = 999999999999999999;
inline constexpr int64_t kMinExponent = -999999999999999999;
inline constexpr int64_t kMinEtiny = kMinExponent - (kMaxPrecision - 1);

// What of a context an operation needs.
struct Settings {
    int64_t precision, e_max, e_min;
    Rounding rounding;
    bool clamp;

    int64_t e_tiny() const { return e_min - (precision - 1); }
    int64_t e_top() const { return e_max - (precision - 1); }
};
// Wide enough for anything that can be represented.
inline constexpr Settings kWidest{kMaxPrecision, kMaxExponent, kMinExponent, Rounding::kHalfEven,
                                  false};

enum class Kind : uint8_t { kFinite, kInfinite, kQuietNan, kSignalingNan };

// A number that is held elsewhere.
struct NumberView {
    Kind kind;
    bool negative;
    int64_t exponent;  // 0 unless finite
    int64_t digits;    // of the coefficient, 1 for zero; of a NaN's payload, 0 for none
    LimbView coefficient;

    bool is_finite() const { return kind == Kind::kFinite; }
    bool is_infinite() const { return kind == Kind::kInfinite; }
    bool is_nan() const { return kind >= Kind::kQuietNan; }
    bool is_signaling() const { return kind == Kind::kSignalingNan; }
    bool is_zero() const { return kind == Kind::kFinite && coefficient.size == 0; }
    // Of the first digit.
    int64_t adjusted() const { return exponent + digits - 1; }
    NumberView magnitude() const {
        NumberView result = *this;
        result.negative = false;
        return result;
    }
    NumberView negated() const {
        NumberView result = *this;
        result.negative = !negative;
        return result;
    }
};

struct Number {
    Kind kind = Kind::kFinite;
    bool negative = false;
    int64_t exponent = 0;
    int64_t digits = 1;  // kept by the operations; see count()
    Natural coefficient;

    NumberView view() const { return {kind, negative, exponent, digits, coefficient}; }
    [[nodiscard]] bool set(const NumberView& value);
    // After the coefficient has changed.
    [[nodiscard]] bool count() {
        digits = count_digits(coefficient);
        return digits > 0;
    }
    void set_special(Kind special, bool sign);
    void set_zero(bool sign, int64_t exponent_);
    void set_small(bool sign, Limb value, int64_t exponent_ = 0);
    void swap(Number& other);
};

// --- number.cpp: rounding ---
// The number fitted to the settings, with the conditions this raises.
[[nodiscard]] bool finish(Number& n, const Settings& settings, Status& status);
// Whether a coefficient that loses `tail` is to be raised by one.
bool rounds_up(Rounding rounding, bool negative, Tail tail, LimbView kept);
// The exponent changed to `exponent`, digits cut by `rounding`; *tail is what was cut.
[[nodiscard]] bool rescale(Number& out, const NumberView& a, int64_t exponent, Rounding rounding,
                           Tail* tail);
// NaN operands: sets `out` and *done.
[[nodiscard]] bool propagate_nan(Number& out, const NumberView& a, const NumberView& b,
                                 const Settings& settings, Status& status, bool* done);
[[nodiscard]] bool propagate_nan(Number& out, const NumberView& a, const Settings& settings,
                                 Status& status, bool* done);
bool set_invalid(Number& out, Status& status, uint32_t detail = 0);  // NaN; true
// Numeric order of two numbers that are no NaNs: -1, 0, 1. -2 when memory is short.
int compare(const NumberView& a, const NumberView& b);
bool is_integer(const NumberView& a);
// Of an integer.
bool is_odd_integer(const NumberView& a);

// --- arithmetic.cpp ---
using UnaryOperation = bool(Number& out, const NumberView& a, const Settings& settings,
                            Status& status);
using BinaryOperation = bool(Number& out, const NumberView& a, const NumberView& b,
                             const Settings& settings, Status& status);
[[nodiscard]] UnaryOperation plus, minus, absolute, square_root, normalize, to_integral_exact,
    to_integral_value;
[[nodiscard]] BinaryOperation add, subtract, multiply, divide, divide_integer, remainder,
    remainder_near, quantize;
[[nodiscard]] bool divide_with_remainder(Number& quotient, Number& rest, const NumberView& a,
                                         const NumberView& b, const Settings& settings,
                                         Status& status);
[[nodiscard]] bool multiply_add(Number& out, const NumberView& a, const NumberView& b,
                                const NumberView& c, const Settings& settings, Status& status);

// --- operations.cpp: comparison, neighbours, digits as such ---
[[nodiscard]] UnaryOperation next_minus, next_plus, logb, logical_invert;
[[nodiscard]] BinaryOperation compare, compare_signal, maximum, minimum, maximum_magnitude,
    minimum_magnitude, next_toward, scaleb, shift, rotate, logical_and, logical_or, logical_xor;
// The total order: -1, 0, 1; -2 when memory is short.
int compare_total(const NumberView& a, const NumberView& b);
int compare_total_magnitude(const NumberView& a, const NumberView& b);
bool same_quantum(const NumberView& a, const NumberView& b);
bool is_normal(const NumberView& a, const Settings& settings);
bool is_subnormal(const NumberView& a, const Settings& settings);
const char* number_class(const NumberView& a, const Settings& settings);

// --- transcendental.cpp: correctly rounded ---
[[nodiscard]] UnaryOperation exponential, natural_logarithm, common_logarithm;
// --- power.cpp ---
[[nodiscard]] BinaryOperation power;
[[nodiscard]] bool power_modulo(Number& out, const NumberView& base, const NumberView& exponent,
                                const NumberView& modulus, const Settings& settings,
                                Status& status);

}  // namespace imugi::decimals
