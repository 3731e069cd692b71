// What single instructions ask of types that nothing else needs to know. Each is defined beside its
// type.
#pragma once

#include "object/type.h"

namespace imugi {

// super(cls, self).name without making the super object. `bound` null: descriptors are applied;
// else as get_method.
Owned super_lookup(Thread& thread, Type& cls, Value self, Str& name, bool* bound);

// t-strings: conversion is 0, 's', 'r' or 'a'; an empty spec is ''.
Owned make_template(Thread& thread, Tuple& strings, Tuple& interpolations);
Owned make_interpolation(Thread& thread, Value value, Str& expression, char conversion, Value spec);

// Type parameters; bound and constraints are evaluator functions, empty for none.
Owned make_typevar(Thread& thread, Value name, Value bound, Value constraints);
Owned make_paramspec(Thread& thread, Value name);
Owned make_typevartuple(Thread& thread, Value name);
Owned set_typeparam_default(Thread& thread, Value parameter,
                            Value evaluator);               // gives the parameter
Owned subscript_generic(Thread& thread, Value parameters);  // typing.Generic[parameters]
Owned make_type_alias(Thread& thread, Value name, Value type_parameters, Value evaluator);

// except*: what to raise after the clauses, or None. `raised` holds what they raised and, last,
// what none matched.
Owned prepare_reraise_star(Thread& thread, Value original, List& raised);
Type& exception_group_type();  // ExceptionGroup, which is no static type

}  // namespace imugi
