// Capsules: a C pointer with a name, passed between native modules through Python.
#pragma once

#include "object/type.h"

namespace imugi {

struct Capsule : Object {
    void* pointer;     // immutable
    const char* name;  // static text
    void (*destroy)(void* pointer);
};
// `destroy` may be null; it runs no Python.
Owned make_capsule(Thread& thread, void* pointer, const char* name, void (*destroy)(void*));
// Null with ValueError when the value is no capsule of that name.
void* capsule_pointer(Thread& thread, Value value, const char* name);

}  // namespace imugi
