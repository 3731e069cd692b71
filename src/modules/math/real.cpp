// Functions of real numbers: the C library's, with Python's errors. A result that is not a number
// or infinite without such an argument is an error: a domain error or an overflow.
#include <cfloat>
#include <climits>
#include <cmath>
#include <limits>

#include "base/limbs.h"
#include "modules/math/math.h"
#include "object/float.h"
#include "object/int.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi::math {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kPi = 3.141592653589793;

Raised domain_error(Thread& thread) {
    return raise(thread, exc::ValueError, "math domain error");
}
Raised range_error(Thread& thread) {
    return raise(thread, exc::OverflowError, "math range error");
}

// The argument of a domain error, as repr shows a float.
Raised domain_error(Thread& thread, const char* expected, double x) {
    Owned shown = make_float(thread, x);
    if (!shown) return {};
    return raise(thread, exc::ValueError, expected, repr_of(shown));
}

// f(x) where an infinite result of a finite argument is an overflow.
Real grown(Thread& thread, double x, double result) {
    if (std::isinf(result) && std::isfinite(x)) return range_error(thread);
    return result;
}

constexpr const char* kFinite = "expected a finite input, got {}";
constexpr const char* kUnit = "expected a number in range from -1 up to 1, got {}";

}  // namespace

Real acos(Thread& thread, double x) {
    if (std::fabs(x) > 1) return domain_error(thread, kUnit, x);
    return std::acos(x);
}

Real acosh(Thread& thread, double x) {
    if (x < 1) return domain_error(thread, "expected argument value not less than 1, got {}", x);
    return std::acosh(x);
}

Real asin(Thread& thread, double x) {
    if (std::fabs(x) > 1) return domain_error(thread, kUnit, x);
    return std::asin(x);
}

Real asinh(Thread&, double x) {
    return std::asinh(x);
}

Real atan(Thread&, double x) {
    return std::atan(x);
}

Real atan2(Thread&, double y, double x) {
    return std::atan2(y, x);
}

Real atanh(Thread& thread, double x) {
    if (std::fabs(x) >= 1)
        return domain_error(thread, "expected a number between -1 and 1, got {}", x);
    return std::atanh(x);
}

Real cbrt(Thread&, double x) {
    return std::cbrt(x);
}

Real copysign(Thread&, double x, double y) {
    return std::copysign(x, y);
}

Real cos(Thread& thread, double x) {
    if (std::isinf(x)) return domain_error(thread, kFinite, x);
    return std::cos(x);
}

Real cosh(Thread& thread, double x) {
    return grown(thread, x, std::cosh(x));
}

Real degrees(Thread&, double x) {
    return x * (180.0 / kPi);
}

Real erf(Thread&, double x) {
    return std::erf(x);
}

Real erfc(Thread&, double x) {
    return std::erfc(x);
}

Real exp(Thread& thread, double x) {
    return grown(thread, x, std::exp(x));
}

Real exp2(Thread& thread, double x) {
    return grown(thread, x, std::exp2(x));
}

Real expm1(Thread& thread, double x) {
    return grown(thread, x, std::expm1(x));
}

Real fabs(Thread&, double x) {
    return std::fabs(x);
}

Real fma(Thread& thread, double x, double y, double z) {
    double result = std::fma(x, y, z);
    if (std::isfinite(result)) return result;
    if (std::isnan(result)) {
        if (!std::isnan(x) && !std::isnan(y) && !std::isnan(z))
            return raise(thread, exc::ValueError, "invalid operation in fma");
    } else if (std::isfinite(x) && std::isfinite(y) && std::isfinite(z)) {
        return raise(thread, exc::OverflowError, "overflow in fma");
    }
    return result;
}

Real fmod(Thread& thread, double x, double y) {
    if (std::isinf(y) && std::isfinite(x)) return x;
    double result = std::fmod(x, y);
    if (std::isnan(result) && !std::isnan(x) && !std::isnan(y)) return domain_error(thread);
    return result;
}

Owned frexp(Thread& thread, double x) {
    int exponent = 0;
    double mantissa = std::isfinite(x) ? std::frexp(x, &exponent) : x;
    Owned first = TRY(make_float(thread, mantissa));
    return make_tuple(thread, first.value(), Value::small_int(exponent)).owned();
}

Real gamma(Thread& thread, double x) {
    if (x == -kInfinity || (x <= 0 && x == std::floor(x)))
        return domain_error(thread, "expected a noninteger or positive integer, got {}", x);
    // Factorials of small integers are exact.
    if (x == std::floor(x) && x <= 23) {
        double result = 1;
        for (int i = 2; i < static_cast<int>(x); i++) result *= i;
        return result;
    }
    double result = std::tgamma(x);
    if (std::isinf(result) && std::isfinite(x)) return range_error(thread);
    return result;
}

Owned ldexp(Thread& thread, double x, Value exponent) {
    if (!is_int(exponent))
        return raise(thread, exc::TypeError, "Expected an int as second argument to ldexp.");
    if (x == 0 || !std::isfinite(x)) return make_float(thread, x);
    int64_t power;
    if (!int_fits_int64(exponent, &power)) power = int_sign(exponent) < 0 ? INT64_MIN : INT64_MAX;
    if (power > INT_MAX) return range_error(thread);
    if (power < INT_MIN) return make_float(thread, std::copysign(0.0, x));
    double result = std::ldexp(x, static_cast<int>(power));
    if (std::isinf(result)) return range_error(thread);
    return make_float(thread, result);
}

Real lgamma(Thread& thread, double x) {
    if (std::isinf(x)) return kInfinity;
    if (x <= 0 && x == std::floor(x))
        return domain_error(thread, "expected a noninteger or positive integer, got {}", x);
    if (x == 1 || x == 2) return 0.0;
    int sign;
    double result = ::lgamma_r(x, &sign);
    if (std::isinf(result)) return range_error(thread);
    return result;
}

namespace {

// A logarithm of any real number; ints beyond the range of floats by their exponent.
Real logarithm(Thread& thread, Value x, double (*function)(double)) {
    if (is_int(x)) {
        IntView view(x);
        if (view.negative || view.size == 0)
            return raise(thread, exc::ValueError, "expected a positive input");
        limbs::Signed number{view.limbs, view.size, false};
        double direct;
        if (limbs::to_double(number, &direct)) return function(direct);
        int64_t exponent;
        double mantissa = limbs::to_mantissa(number, &exponent);
        return function(mantissa) + function(2.0) * static_cast<double>(exponent);
    }
    double number = TRY(to_double(thread, x));
    if (std::isnan(number)) return number;
    if (number <= 0) return domain_error(thread, "expected a positive input, got {}", number);
    return function(number);
}

}  // namespace

Owned log(Thread& thread, Value x, Value base) {
    double number = TRY(logarithm(thread, x, std::log));
    if (base.is_empty()) return make_float(thread, number);
    double divisor = TRY(logarithm(thread, base, std::log));
    if (divisor == 0) return raise(thread, exc::ZeroDivisionError, "division by zero");
    return make_float(thread, number / divisor);
}

Owned log10(Thread& thread, Value x) {
    return make_float(thread, TRY(logarithm(thread, x, std::log10)));
}

Owned log2(Thread& thread, Value x) {
    return make_float(thread, TRY(logarithm(thread, x, std::log2)));
}

Real log1p(Thread& thread, double x) {
    if (x <= -1) return domain_error(thread, "expected argument value > -1, got {}", x);
    return std::log1p(x);
}

Owned modf(Thread& thread, double x) {
    double whole = x;
    double part = std::isinf(x) ? std::copysign(0.0, x) : std::modf(x, &whole);
    Owned first = TRY(make_float(thread, part));
    Owned second = TRY(make_float(thread, whole));
    return make_tuple(thread, first.value(), second.value()).owned();
}

Owned nextafter(Thread& thread, double x, double y, Value steps) {
    if (is_none(steps)) return make_float(thread, std::nextafter(x, y));
    Owned count = TRY(to_index(thread, steps));
    if (int_sign(count) < 0)
        return raise(thread, exc::ValueError, "steps must be a non-negative integer");
    if (std::isnan(x)) return make_float(thread, x);
    if (std::isnan(y)) return make_float(thread, y);
    // Floats in order are ints in order, once the negative ones are turned round.
    auto place = [](double d) {
        int64_t bits = __builtin_bit_cast(int64_t, d);
        return bits < 0 ? INT64_MIN - bits : bits;
    };
    int64_t from = place(x), to = place(y), most;
    uint64_t distance = from < to ? static_cast<uint64_t>(to) - static_cast<uint64_t>(from)
                                  : static_cast<uint64_t>(from) - static_cast<uint64_t>(to);
    if (distance == 0 || !int_fits_int64(count, &most) || static_cast<uint64_t>(most) >= distance)
        return make_float(thread, int_sign(count) == 0 ? x : y);
    int64_t at = from < to ? from + most : from - most;
    int64_t bits = at < 0 ? INT64_MIN - at : at;
    return make_float(thread, __builtin_bit_cast(double, bits));
}

Real pow(Thread& thread, double x, double y) {
    double result = std::pow(x, y);
    if (std::isfinite(x) && std::isfinite(y) && !std::isfinite(result)) {
        if (std::isnan(result) || x == 0) return domain_error(thread);
        return range_error(thread);
    }
    return result;
}

Real radians(Thread&, double x) {
    return x * (kPi / 180.0);
}

Real remainder(Thread& thread, double x, double y) {
    double result = std::remainder(x, y);
    if (std::isnan(result) && !std::isnan(x) && !std::isnan(y)) return domain_error(thread);
    return result;
}

Real sin(Thread& thread, double x) {
    if (std::isinf(x)) return domain_error(thread, kFinite, x);
    return std::sin(x);
}

Real sinh(Thread& thread, double x) {
    return grown(thread, x, std::sinh(x));
}

Real sqrt(Thread& thread, double x) {
    if (x < 0) return domain_error(thread, "expected a nonnegative input, got {}", x);
    return std::sqrt(x);
}

Real tan(Thread& thread, double x) {
    if (std::isinf(x)) return domain_error(thread, kFinite, x);
    return std::tan(x);
}

Real tanh(Thread&, double x) {
    return std::tanh(x);
}

Real ulp(Thread&, double x) {
    x = std::fabs(x);
    if (!std::isfinite(x)) return x;
    double next = std::nextafter(x, kInfinity);
    return std::isinf(next) ? x - std::nextafter(x, -kInfinity) : next - x;
}

Result<bool> isfinite(Thread&, double x) {
    return std::isfinite(x);
}
Result<bool> isinf(Thread&, double x) {
    return std::isinf(x);
}
Result<bool> isnan(Thread&, double x) {
    return std::isnan(x);
}

Result<bool> isclose(Thread& thread, double a, double b, double relative, double absolute) {
    if (relative < 0 || absolute < 0)
        return raise(thread, exc::ValueError, "tolerances must be non-negative");
    if (a == b) return true;
    if (std::isinf(a) || std::isinf(b)) return false;
    double difference = std::fabs(b - a);
    return difference <= std::fabs(relative * b) || difference <= std::fabs(relative * a) ||
           difference <= absolute;
}

}  // namespace imugi::math
