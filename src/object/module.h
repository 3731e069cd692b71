// Module objects: a Dict and what the import system knows of it.
#pragma once

#include "object/type.h"

namespace imugi {

struct Module : Object {
    Slot dict;  // Dict, immutable
    const struct ModuleSpec* spec;
    void* state;  // a native module's own, freed by `free_state`
    void (*free_state)(void* state);
    void (*state_fields)(void* state, FieldVisitor& visitor);  // owned words in `state`
};
Ref<Module> make_module(Thread& thread, Str& name);
Dict& module_dict(Module& module);
[[nodiscard]] bool module_set(Thread& thread, Module& module, const char* name, Value value);
[[nodiscard]] bool module_set(Thread& thread, Module& module, const char* name,
                              Owned value);  // fails if value is empty
// Creates a type from its spec and adds it under its last name.
Type* module_add_type(Thread& thread, Module& module, const TypeSpec& spec, Type* base = nullptr);

// sys.modules[name], imported if need be; dotted names give the inner module. Runs Python.
Owned import_module(Thread& thread, Str& name);
// An attribute of a module, as above.
Owned module_attribute(Thread& thread, Str& module, Str& name);

}  // namespace imugi
