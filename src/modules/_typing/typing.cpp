// The module _typing: the natives that typing builds on.
#include "object/module.h"
#include "object/native.h"

namespace imugi {

namespace {

Owned identity(Thread& thread, Value object) {
    return Owned::share(object);
}

const MethodRow functions[] = {
    {"_idfunc", "(x, /)", fn<identity>, nullptr},
    {},
};

bool execute(Thread& thread, Module& module) {
    const struct {
        const char* name;
        Type& type;
    } types[] = {
        {"TypeVar", typevar_type},
        {"ParamSpec", paramspec_type},
        {"TypeVarTuple", typevartuple_type},
        {"ParamSpecArgs", paramspec_args_type},
        {"ParamSpecKwargs", paramspec_kwargs_type},
        {"TypeAliasType", type_alias_type},
        {"Generic", typing_generic_type},
        {"Union", union_type},
    };
    for (auto& row : types)
        if (!module_set(thread, module, row.name, Value::of(row.type))) return false;
    return module_set(thread, module, "NoDefault", Value::of(&no_default_object));
}

ModuleSpec spec{"_typing", "Primitives and accelerators for the typing module.\n", functions,
                execute};

}  // namespace

}  // namespace imugi
