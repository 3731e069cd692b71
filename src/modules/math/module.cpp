// The module math: the table of its functions, and its constants.
#include <cmath>
#include <limits>

#include "modules/math/math.h"
#include "object/float.h"
#include "object/module.h"

namespace imugi::math {
namespace {

const MethodRow functions[] = {
    {"acos", "(x, /)", fn<acos>,
     "Return the arc cosine (measured in radians) of x.\n\nThe result is between 0 and pi."},
    {"acosh", "(x, /)", fn<acosh>, "Return the inverse hyperbolic cosine of x."},
    {"asin", "(x, /)", fn<asin>,
     "Return the arc sine (measured in radians) of x.\n\nThe result is between -pi/2 and pi/2."},
    {"asinh", "(x, /)", fn<asinh>, "Return the inverse hyperbolic sine of x."},
    {"atan", "(x, /)", fn<atan>,
     "Return the arc tangent (measured in radians) of x.\n\nThe result is between -pi/2 and pi/2."},
    {"atan2", "(y, x, /)", fn<atan2>,
     "Return the arc tangent (measured in radians) of y/x.\n\nUnlike atan(y/x), the signs of both "
     "x and y are considered."},
    {"atanh", "(x, /)", fn<atanh>, "Return the inverse hyperbolic tangent of x."},
    {"cbrt", "(x, /)", fn<cbrt>, "Return the cube root of x."},
    {"ceil", "(x, /)", fn<ceil>,
     "Return the ceiling of x as an Integral.\n\nThis is the smallest integer >= x."},
    {"comb", "(n, k, /)", fn<comb>,
     "Number of ways to choose k items from n items without repetition and without order."},
    {"copysign", "(x, y, /)", fn<copysign>,
     "Return a float with the magnitude (absolute value) of x but the sign of y."},
    {"cos", "(x, /)", fn<cos>, "Return the cosine of x (measured in radians)."},
    {"cosh", "(x, /)", fn<cosh>, "Return the hyperbolic cosine of x."},
    {"degrees", "(x, /)", fn<degrees>, "Convert angle x from radians to degrees."},
    {"dist", "(p, q, /)", fn<dist>, "Return the Euclidean distance between two points p and q."},
    {"erf", "(x, /)", fn<erf>, "Error function at x."},
    {"erfc", "(x, /)", fn<erfc>, "Complementary error function at x."},
    {"exp", "(x, /)", fn<exp>, "Return e raised to the power of x."},
    {"exp2", "(x, /)", fn<exp2>, "Return 2 raised to the power of x."},
    {"expm1", "(x, /)", fn<expm1>, "Return exp(x)-1."},
    {"fabs", "(x, /)", fn<fabs>, "Return the absolute value of the float x."},
    {"factorial", "(n, /)", fn<factorial>, "Find n!."},
    {"floor", "(x, /)", fn<floor>,
     "Return the floor of x as an Integral.\n\nThis is the largest integer <= x."},
    {"fma", "(x, y, z, /)", fn<fma>,
     "Fused multiply-add operation.\n\nCompute (x * y) + z with a single round."},
    {"fmod", "(x, y, /)", fn<fmod>,
     "Return fmod(x, y), according to platform C.\n\nx % y may differ."},
    {"frexp", "(x, /)", fn<frexp>, "Return the mantissa and exponent of x, as pair (m, e)."},
    {"fsum", "(seq, /)", fn<fsum>,
     "Return an accurate floating-point sum of values in the iterable seq."},
    {"gamma", "(x, /)", fn<gamma>, "Gamma function at x."},
    {"gcd", "(*integers)", fn<gcd>, "Greatest Common Divisor."},
    {"hypot", "(*coordinates)", fn<hypot>,
     "Multidimensional Euclidean distance from the origin to a point."},
    {"isclose", "(a, b, *, rel_tol=1e-09, abs_tol=0.0)", fn<isclose>,
     "Determine whether two floating-point numbers are close in value."},
    {"isfinite", "(x, /)", fn<isfinite>,
     "Return True if x is neither an infinity nor a NaN, and False otherwise."},
    {"isinf", "(x, /)", fn<isinf>,
     "Return True if x is a positive or negative infinity, and False otherwise."},
    {"isnan", "(x, /)", fn<isnan>,
     "Return True if x is a NaN (not a number), and False otherwise."},
    {"isqrt", "(n, /)", fn<isqrt>, "Return the integer part of the square root of the input."},
    {"lcm", "(*integers)", fn<lcm>, "Least Common Multiple."},
    {"ldexp", "(x, i, /)", fn<ldexp>,
     "Return x * (2**i).\n\nThis is essentially the inverse of frexp()."},
    {"lgamma", "(x, /)", fn<lgamma>, "Natural logarithm of absolute value of Gamma function at x."},
    {"log", "(x, base=<unrepresentable>, /) -> None", fn<log>,
     "Return the logarithm of x to the given base.\n\nIf the base is not specified, returns the "
     "natural logarithm (base e) of x."},
    {"log10", "(x, /)", fn<log10>, "Return the base 10 logarithm of x."},
    {"log1p", "(x, /)", fn<log1p>, "Return the natural logarithm of 1+x (base e)."},
    {"log2", "(x, /)", fn<log2>, "Return the base 2 logarithm of x."},
    {"modf", "(x, /)", fn<modf>,
     "Return the fractional and integer parts of x.\n\nBoth results carry the sign of x and are "
     "floats."},
    {"nextafter", "(x, y, /, *, steps=None)", fn<nextafter>,
     "Return the floating-point value the given number of steps after x towards y."},
    {"perm", "(n, k=None, /)", fn<perm>,
     "Number of ways to choose k items from n items without repetition and with order."},
    {"pow", "(x, y, /)", fn<pow>, "Return x**y (x to the power of y)."},
    {"prod", "(iterable, /, *, start=1)", fn<prod>,
     "Calculate the product of all the elements in the input iterable."},
    {"radians", "(x, /)", fn<radians>, "Convert angle x from degrees to radians."},
    {"remainder", "(x, y, /)", fn<remainder>,
     "Difference between x and the closest integer multiple of y."},
    {"sin", "(x, /)", fn<sin>, "Return the sine of x (measured in radians)."},
    {"sinh", "(x, /)", fn<sinh>, "Return the hyperbolic sine of x."},
    {"sqrt", "(x, /)", fn<sqrt>, "Return the square root of x."},
    {"sumprod", "(p, q, /)", fn<sumprod>,
     "Return the sum of products of values from two iterables p and q."},
    {"tan", "(x, /)", fn<tan>, "Return the tangent of x (measured in radians)."},
    {"tanh", "(x, /)", fn<tanh>, "Return the hyperbolic tangent of x."},
    {"trunc", "(x, /)", fn<trunc>,
     "Truncates the Real x to the nearest Integral toward 0.\n\nUses the __trunc__ magic method."},
    {"ulp", "(x, /)", fn<ulp>, "Return the value of the least significant bit of the float x."},
    {},
};

bool execute(Thread& thread, Module& module) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    return module_set(thread, module, "pi", make_float(thread, 3.141592653589793)) &&
           module_set(thread, module, "e", make_float(thread, 2.718281828459045)) &&
           module_set(thread, module, "tau", make_float(thread, 6.283185307179586)) &&
           module_set(thread, module, "inf", make_float(thread, infinity)) &&
           module_set(thread, module, "nan",
                      make_float(thread, std::numeric_limits<double>::quiet_NaN()));
}

ModuleSpec spec("math",
                "This module provides access to the mathematical functions\n"
                "defined by the C standard.",
                functions, execute);

}  // namespace
}  // namespace imugi::math
