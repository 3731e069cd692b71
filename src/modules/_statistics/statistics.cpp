// The module _statistics: the inverse of the normal distribution. Pure functions.
#include <cmath>

#include "object/float.h"
#include "object/module.h"
#include "object/native.h"

namespace imugi {

namespace {

// A quotient of two polynomials of degree seven, the highest power first; the denominator's
// constant is 1.
double quotient(double r, const double (&top)[8], const double (&bottom)[7]) {
    double numerator = 0, denominator = 0;
    for (double c : top) numerator = numerator * r + c;
    for (double c : bottom) denominator = denominator * r + c;
    return numerator / (denominator * r + 1);
}

// Wichura's algorithm AS241, PPND16 (Applied Statistics 37, 1988): about 16 digits.
double inverse_normal(double p) {
    constexpr double kMiddleTop[] = {
        2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
        13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608};
    constexpr double kMiddleBottom[] = {
        5226.495278852545925,  28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
        5394.1960214247511077, 687.1870074920579083,  42.313330701600911252};
    constexpr double kOuterTop[] = {7.7454501427834140764e-4, 0.0227238449892691845833,
                                    0.24178072517745061177,   1.27045825245236838258,
                                    3.64784832476320460504,   5.7694972214606914055,
                                    4.6303378461565452959,    1.42343711074968357734};
    constexpr double kOuterBottom[] = {1.05075007164441684324e-9, 5.475938084995344946e-4,
                                       0.0151986665636164571966,  0.14810397642748007459,
                                       0.68976733498510000455,    1.6763848301838038494,
                                       2.05319162663775882187};
    constexpr double kTailTop[] = {2.01033439929228813265e-7, 2.71155556874348757815e-5,
                                   0.0012426609473880784386,  0.026532189526576123093,
                                   0.29656057182850489123,    1.7848265399172913358,
                                   5.4637849111641143699,     6.6579046435011037772};
    constexpr double kTailBottom[] = {2.04426310338993978564e-15, 1.4215117583164458887e-7,
                                      1.8463183175100546818e-5,   7.868691311456132591e-4,
                                      0.0148753612908506148525,   0.13692988092273580531,
                                      0.59983220655588793769};
    double q = p - 0.5;
    if (fabs(q) <= 0.425) return q * quotient(0.180625 - q * q, kMiddleTop, kMiddleBottom);
    double r = sqrt(-log(q <= 0 ? p : 1 - p));
    double x = r <= 5 ? quotient(r - 1.6, kOuterTop, kOuterBottom)
                      : quotient(r - 5, kTailTop, kTailBottom);
    return q < 0 ? -x : x;
}

Owned normal_dist_inv_cdf(Thread& thread, Value, double p, double mu, double sigma) {
    // The caller has seen to the ranges.
    return make_float(thread, mu + inverse_normal(p) * sigma);
}

const MethodRow functions[] = {
    {"_normal_dist_inv_cdf", "(module, p, mu, sigma, /)", fn<normal_dist_inv_cdf>, nullptr},
    {},
};

ModuleSpec spec("_statistics", "Accelerators for the statistics module.", functions);

}  // namespace

}  // namespace imugi
