// The module _contextvars.
#include "object/context.h"
#include "object/module.h"
#include "object/native.h"

namespace imugi {

namespace {

Owned copy_context(Thread& thread) {
    return copy_current_context(thread);
}

const MethodRow functions[] = {
    {"copy_context", "()", fn<copy_context>, nullptr},
    {},
};

bool execute(Thread& thread, Module& module) {
    return module_set(thread, module, "Context", Value::of(context_type)) &&
           module_set(thread, module, "ContextVar", Value::of(context_var_type)) &&
           module_set(thread, module, "Token", Value::of(context_token_type));
}

ModuleSpec spec{"_contextvars", "Context Variables", functions, execute};

}  // namespace

}  // namespace imugi
