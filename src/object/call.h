// Calling Python from C++. The vm layer installs the function that runs Python-level code;
// everything upward goes through here. All of it runs Python; no Lock may be relied upon across it.
#pragma once

#include "object/names.h"
#include "object/type.h"

namespace imugi {

Owned call(Thread& thread, Value callable, const Arguments& arguments);

template <class... A>
Owned call(Thread& thread, Value callable, const A&... arguments)
    requires(std::is_convertible_v<const A&, Value> && ...)
{
    const Value values[] = {static_cast<Value>(arguments)..., Value()};
    return call(thread, callable, Arguments{values, sizeof...(A), nullptr});
}
// callable(first, *arguments).
Owned call_with_first(Thread& thread, Value callable, Value first, const Arguments& arguments);
// f(*args, **kwargs); kwargs may be null.
Owned call_with(Thread& thread, Value callable, Tuple& args, Dict* kwargs);

// object.name(...)
Owned call_method_with(Thread& thread, Value object, Str& name, const Arguments& arguments);
template <class... A>
Owned call_method(Thread& thread, Value object, Str& name, const A&... arguments) {
    const Value values[] = {static_cast<Value>(arguments)..., Value()};
    return call_method_with(thread, object, name, Arguments{values, sizeof...(A), nullptr});
}
// type(object).name(object, ...); nothing when the type lacks it.
Owned call_special_with(Thread& thread, Value object, Str& name, const Arguments& arguments);
template <class... A>
Owned call_special(Thread& thread, Value object, Str& name, const A&... arguments) {
    const Value values[] = {static_cast<Value>(arguments)..., Value()};
    return call_special_with(thread, object, name, Arguments{values, sizeof...(A), nullptr});
}

// Installed by vm: runs a Function with bound or unbound arguments.
extern Owned (*run_function)(Thread& thread, Function& function, const Arguments& arguments);
// Installed by vm: the class cell and first argument of the calling frame, for super() without
// arguments. Raises RuntimeError.
extern bool (*find_super_arguments)(Thread& thread, Owned* type, Owned* self);

}  // namespace imugi
