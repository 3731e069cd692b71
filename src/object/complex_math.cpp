// Products and quotients of complex numbers that keep infinities (C99, annex G). Pure functions.
#include <cmath>

#include "object/complex.h"

namespace imugi {

namespace {

// An infinite part as a unit, a finite one as zero, with its sign.
double boxed(double x) {
    return std::copysign(std::isinf(x) ? 1.0 : 0.0, x);
}
double zero_if_nan(double x) {
    return std::isnan(x) ? std::copysign(0.0, x) : x;
}

}  // namespace

ComplexNumber complex_product(ComplexNumber z, ComplexNumber w) {
    double a = z.real, b = z.imaginary, c = w.real, d = w.imaginary;
    double ac = a * c, bd = b * d, ad = a * d, bc = b * c;
    ComplexNumber result = {ac - bd, ad + bc};
    if (IMUGI_LIKELY(!std::isnan(result.real) || !std::isnan(result.imaginary))) return result;
    bool again = false;
    if (std::isinf(a) || std::isinf(b)) {
        a = boxed(a);
        b = boxed(b);
        c = zero_if_nan(c);
        d = zero_if_nan(d);
        again = true;
    }
    if (std::isinf(c) || std::isinf(d)) {
        c = boxed(c);
        d = boxed(d);
        a = zero_if_nan(a);
        b = zero_if_nan(b);
        again = true;
    }
    if (!again && (std::isinf(ac) || std::isinf(bd) || std::isinf(ad) || std::isinf(bc))) {
        a = zero_if_nan(a);
        b = zero_if_nan(b);
        c = zero_if_nan(c);
        d = zero_if_nan(d);
        again = true;
    }
    if (again) result = {INFINITY * (a * c - b * d), INFINITY * (a * d + b * c)};
    return result;
}

ComplexNumber complex_quotient(ComplexNumber a, ComplexNumber b) {
    // Smith's method: scale by the larger part of the divisor.
    ComplexNumber result;
    double abs_real = std::fabs(b.real), abs_imaginary = std::fabs(b.imaginary);
    if (abs_real >= abs_imaginary) {
        double ratio = b.imaginary / b.real;
        double scale = b.real + b.imaginary * ratio;
        result = {(a.real + a.imaginary * ratio) / scale, (a.imaginary - a.real * ratio) / scale};
    } else if (abs_imaginary >= abs_real) {
        double ratio = b.real / b.imaginary;
        double scale = b.real * ratio + b.imaginary;
        result = {(a.real * ratio + a.imaginary) / scale, (a.imaginary * ratio - a.real) / scale};
    } else {
        result = {NAN, NAN};
    }
    if (IMUGI_UNLIKELY(std::isnan(result.real) && std::isnan(result.imaginary))) {
        if ((std::isinf(a.real) || std::isinf(a.imaginary)) && std::isfinite(b.real) &&
            std::isfinite(b.imaginary)) {
            double x = boxed(a.real), y = boxed(a.imaginary);
            result = {INFINITY * (x * b.real + y * b.imaginary),
                      INFINITY * (y * b.real - x * b.imaginary)};
        } else if ((std::isinf(abs_real) || std::isinf(abs_imaginary)) && std::isfinite(a.real) &&
                   std::isfinite(a.imaginary)) {
            double x = boxed(b.real), y = boxed(b.imaginary);
            result = {0.0 * (a.real * x + a.imaginary * y), 0.0 * (a.imaginary * x - a.real * y)};
        }
    }
    return result;
}

}  // namespace imugi
