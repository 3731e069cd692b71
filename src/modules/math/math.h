// The module math, by kinds of functions: of real numbers, of integers, of many numbers.
// Pure functions over immutable values: nothing to lock.
#pragma once

#include "object/native.h"

namespace imugi::math {

using Real = Result<double>;

// --- real.cpp: one or two real numbers ---
Real acos(Thread& thread, double x);
Real acosh(Thread& thread, double x);
Real asin(Thread& thread, double x);
Real asinh(Thread& thread, double x);
Real atan(Thread& thread, double x);
Real atan2(Thread& thread, double y, double x);
Real atanh(Thread& thread, double x);
Real cbrt(Thread& thread, double x);
Real copysign(Thread& thread, double x, double y);
Real cos(Thread& thread, double x);
Real cosh(Thread& thread, double x);
Real degrees(Thread& thread, double x);
Real erf(Thread& thread, double x);
Real erfc(Thread& thread, double x);
Real exp(Thread& thread, double x);
Real exp2(Thread& thread, double x);
Real expm1(Thread& thread, double x);
Real fabs(Thread& thread, double x);
Real fma(Thread& thread, double x, double y, double z);
Real fmod(Thread& thread, double x, double y);
Owned frexp(Thread& thread, double x);
Real gamma(Thread& thread, double x);
Owned ldexp(Thread& thread, double x, Value exponent);
Real lgamma(Thread& thread, double x);
Owned log(Thread& thread, Value x, Value base);
Owned log10(Thread& thread, Value x);
Real log1p(Thread& thread, double x);
Owned log2(Thread& thread, Value x);
Owned modf(Thread& thread, double x);
Owned nextafter(Thread& thread, double x, double y, Value steps);
Real pow(Thread& thread, double x, double y);
Real radians(Thread& thread, double x);
Real remainder(Thread& thread, double x, double y);
Real sin(Thread& thread, double x);
Real sinh(Thread& thread, double x);
Real sqrt(Thread& thread, double x);
Real tan(Thread& thread, double x);
Real tanh(Thread& thread, double x);
Real ulp(Thread& thread, double x);
Result<bool> isfinite(Thread& thread, double x);
Result<bool> isinf(Thread& thread, double x);
Result<bool> isnan(Thread& thread, double x);
Result<bool> isclose(Thread& thread, double a, double b, double relative, double absolute);

// --- integer.cpp ---
Owned ceil(Thread& thread, Value x);
Owned floor(Thread& thread, Value x);
Owned trunc(Thread& thread, Value x);
Owned comb(Thread& thread, Value n, Value k);
Owned perm(Thread& thread, Value n, Value k);
Owned factorial(Thread& thread, Value n);
Owned gcd(Thread& thread, Args integers);
Owned lcm(Thread& thread, Args integers);
Owned isqrt(Thread& thread, Value n);

// --- series.cpp: many numbers ---
Real dist(Thread& thread, Value p, Value q);
Real fsum(Thread& thread, Value numbers);
Real hypot(Thread& thread, Args coordinates);
Owned prod(Thread& thread, Value iterable, Value start);
Owned sumprod(Thread& thread, Value p, Value q);

}  // namespace imugi::math
