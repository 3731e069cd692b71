// super: attribute lookup that starts behind a class in the mro of the object's class.
#pragma once

#include "object/type.h"

namespace imugi {

struct Super : Object {
    Slot type;         // the class to start behind; immutable after __init__
    Slot object;       // empty when unbound
    Slot object_type;  // whose mro is searched; empty when unbound
};

// super(type, object).name without making the super object. With `bound`, an unbound method may
// come back with *bound = false (object goes first).
Owned super_lookup(Thread& thread, Type& type, Value object, Str& name, bool* bound);

}  // namespace imugi
