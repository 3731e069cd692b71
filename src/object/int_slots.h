// The slot functions of int that live in other files than the type's description.
#pragma once

#include "object/native.h"

namespace imugi {

extern const MethodRow int_methods[];
extern const GetSetRow int_getsets[];

namespace int_slots {

Owned make(Thread& thread, Type& type, const Arguments& arguments);
Owned add(Thread& thread, Value left, Value right);
Owned subtract(Thread& thread, Value left, Value right);
Owned multiply(Thread& thread, Value left, Value right);
Owned remainder(Thread& thread, Value left, Value right);
Owned divmod(Thread& thread, Value left, Value right);
Owned floor_divide(Thread& thread, Value left, Value right);
Owned true_divide(Thread& thread, Value left, Value right);
Owned power(Thread& thread, Value base, Value exponent, Value modulus);
Owned negative(Thread& thread, Value self);
Owned positive(Thread& thread, Value self);
Owned absolute(Thread& thread, Value self);
Owned invert(Thread& thread, Value self);
Owned left_shift(Thread& thread, Value left, Value right);
Owned right_shift(Thread& thread, Value left, Value right);
Owned bit_and(Thread& thread, Value left, Value right);
Owned bit_or(Thread& thread, Value left, Value right);
Owned bit_xor(Thread& thread, Value left, Value right);

}  // namespace int_slots

}  // namespace imugi
