// The module cmath. The C library's functions follow C99, annex G, on special values; what Python
// adds is telling domain and range errors. Pure functions: nothing to lock.
#include <cmath>

#include "object/complex.h"
#include "object/float.h"
#include "object/int_limbs.h"
#include "object/module.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi {

namespace {

using Native = _Complex double;

Native native(ComplexNumber z) {
    Native result;
    __real__ result = z.real;
    __imag__ result = z.imaginary;
    return result;
}
ComplexNumber number(Native z) {
    return {__real__ z, __imag__ z};
}
bool is_finite(ComplexNumber z) {
    return std::isfinite(z.real) && std::isfinite(z.imaginary);
}

Raised raise_domain(Thread& thread) {
    return raise(thread, exc::ValueError, "math domain error");
}

Owned make(Thread& thread, ComplexNumber z) {
    return make_complex(thread, z.real, z.imaginary);
}

// A finite argument with an infinite result is beyond the range.
Owned checked(Thread& thread, ComplexNumber z, ComplexNumber result) {
    if (is_finite(z) && (std::isinf(result.real) || std::isinf(result.imaginary)))
        return raise(thread, exc::OverflowError, "math range error");
    return make(thread, result);
}

#define IMUGI_CMATH(name, builtin, in_domain)                  \
    Owned cmath_##name(Thread& thread, Value, Value value) {   \
        ComplexNumber z = TRY(to_complex(thread, value));      \
        if (!(in_domain)) return raise_domain(thread);         \
        return checked(thread, z, number(builtin(native(z)))); \
    }
IMUGI_CMATH(acos, __builtin_cacos, true)
IMUGI_CMATH(asin, __builtin_casin, true)
IMUGI_CMATH(asinh, __builtin_casinh, true)
IMUGI_CMATH(atan, __builtin_catan, z.real != 0 || std::fabs(z.imaginary) != 1)
IMUGI_CMATH(atanh, __builtin_catanh, z.imaginary != 0 || std::fabs(z.real) != 1)
IMUGI_CMATH(cos, __builtin_ccos, !std::isinf(z.real) || std::isnan(z.imaginary))
IMUGI_CMATH(cosh, __builtin_ccosh, !std::isinf(z.imaginary) || std::isnan(z.real))
IMUGI_CMATH(exp, __builtin_cexp,
            !std::isinf(z.imaginary) || std::isnan(z.real) || (std::isinf(z.real) && z.real < 0))
IMUGI_CMATH(sin, __builtin_csin, !std::isinf(z.real) || std::isnan(z.imaginary))
IMUGI_CMATH(sinh, __builtin_csinh, !std::isinf(z.imaginary) || std::isnan(z.real))
IMUGI_CMATH(sqrt, __builtin_csqrt, true)
#undef IMUGI_CMATH

Owned cmath_acosh(Thread& thread, Value, Value value) {
    ComplexNumber z = TRY(to_complex(thread, value));
    // C99 leaves the imaginary part of this one open.
    if (z.real == 0 && std::isnan(z.imaginary)) return make(thread, {NAN, NAN});
    return checked(thread, z, number(__builtin_cacosh(native(z))));
}

// The C library gives a zero part back where Python says NaN.
Owned cmath_tan(Thread& thread, Value, Value value) {
    ComplexNumber z = TRY(to_complex(thread, value));
    if (std::isinf(z.real) && std::isfinite(z.imaginary)) return raise_domain(thread);
    if (std::isnan(z.real) && z.imaginary == 0) return make(thread, {NAN, NAN});
    return checked(thread, z, number(__builtin_ctan(native(z))));
}
Owned cmath_tanh(Thread& thread, Value, Value value) {
    ComplexNumber z = TRY(to_complex(thread, value));
    if (std::isinf(z.imaginary) && std::isfinite(z.real)) return raise_domain(thread);
    if (std::isnan(z.imaginary) && z.real == 0) return make(thread, {NAN, NAN});
    return checked(thread, z, number(__builtin_ctanh(native(z))));
}

// --- logarithms ---

// log|z| without loss near 1 and without overflow.
double log_size(double x, double y) {
    x = std::fabs(x);
    y = std::fabs(y);
    if (!std::isfinite(x) || !std::isfinite(y)) return std::log(std::hypot(x, y));
    if (x > 0x1p1022 || y > 0x1p1022) return std::log(std::hypot(x / 2, y / 2)) + M_LN2;
    if (x < 0x1p-1022 && y < 0x1p-1022) {
        if (x == 0 && y == 0) return -INFINITY;
        return std::log(std::hypot(std::ldexp(x, 53), std::ldexp(y, 53))) - 53 * M_LN2;
    }
    double size = std::hypot(x, y);
    if (size >= 0.71 && size <= 1.73) {
        double large = x > y ? x : y, small = x > y ? y : x;
        return std::log1p((large - 1) * (large + 1) + small * small) / 2;
    }
    return std::log(size);
}

bool natural_log(Thread& thread, ComplexNumber z, ComplexNumber* result) {
    if (z.real == 0 && z.imaginary == 0) return raise_domain(thread);
    *result = {log_size(z.real, z.imaginary), std::atan2(z.imaginary, z.real)};
    return true;
}

Owned cmath_log(Thread& thread, Value, Value value, Value base_value) {
    ComplexNumber z = TRY(to_complex(thread, value)), result;
    if (base_value.is_empty()) {
        TRY(natural_log(thread, z, &result));
        return make(thread, result);
    }
    ComplexNumber base = TRY(to_complex(thread, base_value)), divisor;
    TRY(natural_log(thread, z, &result));
    TRY(natural_log(thread, base, &divisor));
    if (divisor.real == 0 && divisor.imaginary == 0) return raise_zero_division(thread);
    return make(thread, complex_quotient(result, divisor));
}

Owned cmath_log10(Thread& thread, Value, Value value) {
    ComplexNumber z = TRY(to_complex(thread, value)), result;
    TRY(natural_log(thread, z, &result));
    return make(thread, {result.real / M_LN10, result.imaginary / M_LN10});
}

// --- polar coordinates ---

Owned cmath_phase(Thread& thread, Value, Value value) {
    ComplexNumber z = TRY(to_complex(thread, value));
    return make_float(thread, std::atan2(z.imaginary, z.real));
}

Owned cmath_polar(Thread& thread, Value, Value value) {
    ComplexNumber z = TRY(to_complex(thread, value));
    double size = std::hypot(z.real, z.imaginary);
    if (std::isinf(size) && is_finite(z))
        return raise(thread, exc::OverflowError, "math range error");
    Owned r = TRY(make_float(thread, size));
    Owned phi = TRY(make_float(thread, std::atan2(z.imaginary, z.real)));
    return make_tuple(thread, r, phi);
}

Owned cmath_rect(Thread& thread, Value, double r, double phi) {
    // An infinite angle makes sense for no length but zero and NaN.
    if (std::isinf(phi) && r != 0 && !std::isnan(r)) return raise_domain(thread);
    ComplexNumber z;
    if (phi == 0) {
        // cos(0) is 1, and inf * 0 must not be NaN.
        z = {r, r * phi};
        if (std::isinf(r)) z.imaginary = r > 0 ? phi : -phi;
        if (std::isnan(r)) z.imaginary = phi;
    } else if (std::isinf(r) && std::isfinite(phi)) {
        z = {std::copysign(INFINITY, std::cos(phi)), std::copysign(INFINITY, std::sin(phi))};
        if (r < 0) z = {-z.real, -z.imaginary};
    } else if (r == 0 && !std::isfinite(phi)) {
        z = {0, 0};
    } else {
        z = {r * std::cos(phi), r * std::sin(phi)};
        if (std::isinf(r) && std::isnan(phi)) z = {INFINITY, NAN};
    }
    return make(thread, z);
}

// --- tests ---

Owned cmath_isfinite(Thread& thread, Value, Value value) {
    ComplexNumber z = TRY(to_complex(thread, value));
    return Owned::share(boolean(is_finite(z)));
}
Owned cmath_isinf(Thread& thread, Value, Value value) {
    ComplexNumber z = TRY(to_complex(thread, value));
    return Owned::share(boolean(std::isinf(z.real) || std::isinf(z.imaginary)));
}
Owned cmath_isnan(Thread& thread, Value, Value value) {
    ComplexNumber z = TRY(to_complex(thread, value));
    return Owned::share(boolean(std::isnan(z.real) || std::isnan(z.imaginary)));
}

Owned cmath_isclose(Thread& thread, Value, Value a_value, Value b_value, double relative,
                    double absolute) {
    ComplexNumber a = TRY(to_complex(thread, a_value));
    ComplexNumber b = TRY(to_complex(thread, b_value));
    if (relative < 0 || absolute < 0)
        return raise(thread, exc::ValueError, "tolerances must be non-negative");
    bool close;
    if (a.real == b.real && a.imaginary == b.imaginary) {
        close = true;
    } else if (std::isinf(a.real) || std::isinf(a.imaginary) || std::isinf(b.real) ||
               std::isinf(b.imaginary)) {
        close = false;
    } else {
        double difference = std::hypot(a.real - b.real, a.imaginary - b.imaginary);
        close = difference <= relative * std::hypot(b.real, b.imaginary) ||
                difference <= relative * std::hypot(a.real, a.imaginary) || difference <= absolute;
    }
    return Owned::share(boolean(close));
}

const MethodRow functions[] = {
    {"acos", "(module, z, /)", fn<cmath_acos>, "Return the arc cosine of z."},
    {"acosh", "(module, z, /)", fn<cmath_acosh>, "Return the inverse hyperbolic cosine of z."},
    {"asin", "(module, z, /)", fn<cmath_asin>, "Return the arc sine of z."},
    {"asinh", "(module, z, /)", fn<cmath_asinh>, "Return the inverse hyperbolic sine of z."},
    {"atan", "(module, z, /)", fn<cmath_atan>, "Return the arc tangent of z."},
    {"atanh", "(module, z, /)", fn<cmath_atanh>, "Return the inverse hyperbolic tangent of z."},
    {"cos", "(module, z, /)", fn<cmath_cos>, "Return the cosine of z."},
    {"cosh", "(module, z, /)", fn<cmath_cosh>, "Return the hyperbolic cosine of z."},
    {"exp", "(module, z, /)", fn<cmath_exp>, "Return the exponential value e**z."},
    {"isclose", "(module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)", fn<cmath_isclose>,
     "Determine whether two complex numbers are close in value.\n\n"
     "  rel_tol\n"
     "    maximum difference for being considered \"close\", relative to the\n"
     "    magnitude of the input values\n"
     "  abs_tol\n"
     "    maximum difference for being considered \"close\", regardless of the\n"
     "    magnitude of the input values\n\n"
     "Return True if a is close in value to b, and False otherwise.\n\n"
     "For the values to be considered close, the difference between them must be\n"
     "smaller than at least one of the tolerances.\n\n"
     "-inf, inf and NaN behave similarly to the IEEE 754 Standard. That is, NaN is\n"
     "not close to anything, even itself. inf and -inf are only close to themselves."},
    {"isfinite", "(module, z, /)", fn<cmath_isfinite>,
     "Return True if both the real and imaginary parts of z are finite, else False."},
    {"isinf", "(module, z, /)", fn<cmath_isinf>,
     "Checks if the real or imaginary part of z is infinite."},
    {"isnan", "(module, z, /)", fn<cmath_isnan>,
     "Checks if the real or imaginary part of z not a number (NaN)."},
    {"log", "(module, z, base=<unrepresentable>, /)", fn<cmath_log>,
     "log(z[, base]) -> the logarithm of z to the given base.\n\n"
     "If the base is not specified, returns the natural logarithm (base e) of z."},
    {"log10", "(module, z, /)", fn<cmath_log10>, "Return the base-10 logarithm of z."},
    {"phase", "(module, z, /)", fn<cmath_phase>,
     "Return argument, also known as the phase angle, of a complex."},
    {"polar", "(module, z, /)", fn<cmath_polar>,
     "Convert a complex from rectangular coordinates to polar coordinates.\n\n"
     "r is the distance from 0 and phi the phase angle."},
    {"rect", "(module, r, phi, /)", fn<cmath_rect>,
     "Convert from polar coordinates to rectangular coordinates."},
    {"sin", "(module, z, /)", fn<cmath_sin>, "Return the sine of z."},
    {"sinh", "(module, z, /)", fn<cmath_sinh>, "Return the hyperbolic sine of z."},
    {"sqrt", "(module, z, /)", fn<cmath_sqrt>, "Return the square root of z."},
    {"tan", "(module, z, /)", fn<cmath_tan>, "Return the tangent of z."},
    {"tanh", "(module, z, /)", fn<cmath_tanh>, "Return the hyperbolic tangent of z."},
    {},
};

bool execute(Thread& thread, Module& module) {
    return module_set(thread, module, "pi", make_float(thread, M_PI)) &&
           module_set(thread, module, "e", make_float(thread, M_E)) &&
           module_set(thread, module, "tau", make_float(thread, 2 * M_PI)) &&
           module_set(thread, module, "inf", make_float(thread, INFINITY)) &&
           module_set(thread, module, "nan", make_float(thread, NAN)) &&
           module_set(thread, module, "infj", make_complex(thread, 0, INFINITY)) &&
           module_set(thread, module, "nanj", make_complex(thread, 0, NAN));
}

ModuleSpec spec{"cmath",
                "This module provides access to mathematical functions for complex\nnumbers.",
                functions, execute};

}  // namespace

}  // namespace imugi
