// The module _weakref. All state is the object layer's table of weak references.
#include "object/weakref.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/list.h"
#include "object/module.h"
#include "object/native.h"
#include "object/protocol.h"

namespace imugi {

namespace {

Owned get_count(Thread& thread, Value object) {
    if (!object.is_object() || !type_of(object).has(kTypeHasWeakrefs)) return Owned::small_int(0);
    return make_int(thread, static_cast<int64_t>(weakref_count(object.object())));
}

Owned get_references(Thread& thread, Value object) {
    if (!object.is_object() || !type_of(object).has(kTypeHasWeakrefs)) return make_list(thread);
    return list_weakrefs(thread, object.object());
}

Owned make_proxy(Thread& thread, Value object, Value callback) {
    Type& type = is_callable(object) ? weak_callable_proxy_type : weak_proxy_type;
    return make_weakref(thread, type, object, is_none(callback) ? Value() : callback);
}

// Removes the entry only if its reference is dead: another may have taken its place.
bool remove_dead(Thread& thread, Dict& dct, Value key) {
    Owned value = dict_get(thread, dct, key);
    if (!value) return false;
    if (value.is_nothing()) return true;
    if (!is_instance_of(value, weakref_type)) return raise(thread, exc::TypeError, "not a weakref");
    Owned object = weakref_get(value.as<WeakRef>());
    if (!object.is_nothing()) return true;
    auto deleted = dict_delete(thread, dct, key);
    return static_cast<bool>(deleted);
}

const MethodRow functions[] = {
    {"getweakrefcount", "(object, /)", fn<get_count>,
     "Return the number of weak references to 'object'."},
    {"getweakrefs", "(object, /)", fn<get_references>,
     "Return a list of all weak reference objects pointing to 'object'."},
    {"proxy", "(object, callback=None, /)", fn<make_proxy>,
     "Create a proxy object that weakly references 'object'.\n\n'callback', if given, is called "
     "with a "
     "reference to the\nproxy when 'object' is about to be finalized."},
    {"_remove_dead_weakref", "(dct, key, /)", fn<remove_dead>,
     "Atomically remove key from dict if it points to a dead weakref."},
    {},
};

bool execute(Thread& thread, Module& module) {
    return module_set(thread, module, "ref", Value::of(weakref_type)) &&
           module_set(thread, module, "ReferenceType", Value::of(weakref_type)) &&
           module_set(thread, module, "ProxyType", Value::of(weak_proxy_type)) &&
           module_set(thread, module, "CallableProxyType", Value::of(weak_callable_proxy_type));
}

ModuleSpec spec{"_weakref", "Weak-reference support module.", functions, execute};

}  // namespace

}  // namespace imugi
