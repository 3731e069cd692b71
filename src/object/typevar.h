// What type aliases and modules ask of type parameters.
#pragma once

#include "object/type.h"

namespace imugi {

// A callable that gives `value` whatever annotation format it is asked for (text for STRING).
Owned constant_evaluator(Thread& thread, Value value);
// Sets __module__ of a new type parameter or alias to the caller's.
[[nodiscard]] bool set_module_of_caller(Thread& thread, Value self);
// object.__new__, for native types that are bases like it.
Owned make_plain_object(Thread& thread, Type& type, const Arguments& arguments);

// Start-up: class attributes of template types.
bool init_templates(Thread& thread);

}  // namespace imugi
