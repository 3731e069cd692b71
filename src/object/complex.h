// complex: two doubles. Immutable.
#pragma once

#include "object/type.h"

namespace imugi {

struct Complex : Object {
    double real, imaginary;
};

struct ComplexNumber {
    double real, imaginary;
};

Owned make_complex(Thread& thread, double real, double imaginary);
inline bool is_exact_complex(Value value) {
    return has_shape(value, k_complex_shape);
}
inline bool is_complex(Value value) {
    return value.is_object() && is_instance_of(value, complex_type);
}
// A number as complex(number) converts it: __complex__, __float__, __index__; no text.
Result<ComplexNumber> to_complex(Thread& thread, Value value);
Owned complex_power_of_doubles(Thread& thread, double base, double exponent);

ComplexNumber complex_product(ComplexNumber a, ComplexNumber b);
// b is not 0.
ComplexNumber complex_quotient(ComplexNumber a, ComplexNumber b);

}  // namespace imugi
