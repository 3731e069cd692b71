// PyCapsule. Immutable.
#include "object/capsule.h"

#include <cstring>

#include "object/errors.h"
#include "object/str.h"

namespace imugi {

static Owned capsule_repr(Thread& thread, Value self) {
    return format(thread, "<capsule object \"{}\" at {}>", self.as<Capsule>().name,
                  address_of(self));
}

static void capsule_release(Object* object) {
    auto& capsule = *static_cast<Capsule*>(object);
    if (capsule.destroy) capsule.destroy(capsule.pointer);
}

Owned make_capsule(Thread& thread, void* pointer, const char* name, void (*destroy)(void*)) {
    auto* capsule = allocate<Capsule>(thread, capsule_type);
    if (!capsule) return {};
    capsule->pointer = pointer;
    capsule->name = name;
    capsule->destroy = destroy;
    return Owned::adopt(capsule);
}

void* capsule_pointer(Thread& thread, Value value, const char* name) {
    if (has_shape(value, k_capsule_shape) && strcmp(value.as<Capsule>().name, name) == 0)
        return value.as<Capsule>().pointer;
    return raise(thread, exc::ValueError, "PyCapsule_GetPointer called with incorrect name");
}

Type capsule_type;
const TypeSpec capsule_type_spec = {
    .name = "PyCapsule",
    .doc =
        "Capsule objects let you wrap a C \"void *\" pointer in a Python\nobject.  They're a way "
        "of "
        "passing data through the Python interpreter\nwithout creating your own custom type.",
    .size = sizeof(Capsule),
    .flags = kTypeNoInstantiate,
    .slots = {.repr = capsule_repr, .release = capsule_release},
};

}  // namespace imugi
