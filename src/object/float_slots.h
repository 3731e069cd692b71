// The parts of float that live in other files than the type's description.
#pragma once

#include "object/native.h"

namespace imugi {

extern const MethodRow float_methods[];
extern const GetSetRow float_getsets[];

// An instance of `type`, a subclass of float.
Owned make_float_instance(Thread& thread, Type& type, double d);
// int or float as a double: 1, neither: 0, an exception: -1.
int float_operand(Thread& thread, Value value, double* out);
// left ** right of doubles, with CPython's errors; a complex for a negative base.
Owned float_power(Thread& thread, double base, double exponent);

}  // namespace imugi
