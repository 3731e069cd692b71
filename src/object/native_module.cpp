// Making modules from their specs. The specs are constant; who imports holds the import lock.
#include "object/native_module.h"

#include "object/dict.h"
#include "object/errors.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "object/str.h"

namespace imugi {

Ref<Module> create_native_module(Thread& thread, const ModuleSpec& spec) {
    Ref<Str> name = TRY(intern(thread, spec.name));
    Ref<Module> module = TRY(make_module(thread, *name));
    module->spec = &spec;
    if (spec.doc) {
        Ref<Str> doc = TRY(make_str(thread, spec.doc));
        TRY(dict_set(thread, module_dict(*module), Value::of(ID(__doc__)), doc));
    }
    for (const MethodRow* row = spec.functions; row && row->name; row++) {
        Ref<NativeFunction> function = TRY(make_native_function(thread, *row, module, name));
        TRY(module_set(thread, *module, row->name, std::move(function).owned()));
    }
    return module;
}

bool execute_native_module(Thread& thread, Module& module) {
    if (!module.spec || !module.spec->execute) return true;
    return module.spec->execute(thread, module);
}

Ref<Module> load_native_module(Thread& thread, const char* name) {
    for (ModuleSpec* spec = ModuleSpec::first; spec; spec = spec->next) {
        if (strcmp(spec->name, name) != 0) continue;
        Ref<Module> module = TRY(create_native_module(thread, *spec));
        Ref<Str> key = TRY(intern(thread, name));
        TRY(dict_set(thread, interpreter_of(thread).modules.as<Dict>(), key, module.value()));
        TRY(execute_native_module(thread, *module));
        return module;
    }
    return raise(thread, exc::ImportError, "no native module named {}", name);
}

}  // namespace imugi
