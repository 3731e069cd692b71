// Types that a native module makes at run time: recognising their instances by the spec, and the
// module they belong to. The chain of base types of a living object is read without a lock: native
// types are immortal, and a class cannot leave the layout of its native base.
#pragma once

#include "memory/array.h"
#include "object/attribute.h"
#include "object/module.h"
#include "object/native.h"

namespace imugi {

// The type made from the spec among the type itself and its bases; null if there is none.
inline Type* native_base(Type& type, const TypeSpec& spec) {
    for (Type* at = &type;;) {
        if (at->spec == &spec) return at;
        if (at->base.is_empty()) return nullptr;
        at = &at->base.as<Type>();
    }
}
inline bool is_instance_of_spec(Value value, const TypeSpec& spec) {
    return value.is_object() && native_base(type_of(value), spec) != nullptr;
}

// `__dict__` of types whose instances have attributes; a row for their getset table.
inline Owned get_instance_attributes(Thread& thread, Value self) {
    return instance_dict(thread, self.object());
}
inline bool set_instance_attributes(Thread& thread, Value self, Value dict) {
    if (dict.is_empty()) return raise(thread, exc::TypeError, "cannot delete __dict__");
    return set_instance_dict(thread, self.object(), dict);
}
inline constexpr GetSetRow kInstanceDictRow = {"__dict__", get_instance_attributes,
                                               set_instance_attributes};

// --- what a module keeps about itself, found through any of its types ---

// A zeroed state, which is the module's from now on; `fields` visits the words that it owns. Null
// with MemoryError.
template <class State>
State* make_module_state(Thread& thread, Module& module,
                         void (*fields)(void* state, FieldVisitor& visitor) = nullptr) {
    module.state = array_allocate_zeroed(sizeof(State));
    if (!module.state) return raise_memory_error(thread);
    module.free_state = array_free;
    module.state_fields = fields;
    return static_cast<State*>(module.state);
}
template <class State>
State& module_state(Module& module) {
    return *static_cast<State*>(module.state);
}
template <class State>
State& state_of_type(Type& type, const TypeSpec& spec) {
    return module_state<State>(native_base(type, spec)->module_object.as<Module>());
}

// `T&` parameters of a module's methods. The method descriptor has checked `self` already.
#define IMUGI_MODULE_TYPE(Struct, type_spec)              \
    template <>                                           \
    struct BuiltinTypeOf<Struct> {                        \
        static Type& type() {                             \
            return object_type;                           \
        }                                                 \
        static bool check(Value value) {                  \
            return is_instance_of_spec(value, type_spec); \
        }                                                 \
    }

}  // namespace imugi
