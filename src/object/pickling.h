// What builtin types need for copying, pickling and annotations: builtin functions by name, and
// `T[item]`.
#pragma once

#include "object/type.h"

namespace imugi {

// Defined by vm: NAME among the builtins of the running frame; AttributeError when it is not there.
Owned builtin_named(Thread& thread, Str& name);
// (builtins.NAME, (argument,)) and with a state: what __reduce__ of an iterator gives. An empty
// argument stands for the empty tuple, an empty state for none.
Owned reduce_to_builtin(Thread& thread, Str& name, Value argument, Value state = Value());
// The same for a function that was looked up before the iterator was read: looking may run Python.
Owned reduce_to(Thread& thread, Value function, Value argument, Value state = Value());

// object.__getstate__(): the instance's attributes or None.
Owned call_getstate(Thread& thread, Value object);

// __class_getitem__ of generic builtin types.
Owned class_getitem(Thread& thread, Type& type, Value item);

}  // namespace imugi
