#include "vm/frozen.h"

#include <stdio.h>
#include <stdlib.h>

#include "compile/compile.h"
#include "object/config.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "object/str.h"
#include "vm/call.h"

namespace imugi {

const FrozenModule frozen_modules[] = {
    {"_frozen_importlib", "importlib._bootstrap", false, "importlib/_bootstrap.py", nullptr, 0},
    {"_frozen_importlib_external", "importlib._bootstrap_external", false,
     "importlib/_bootstrap_external.py", nullptr, 0},
    {"zipimport", "zipimport", false, "zipimport.py", nullptr, 0},
    {nullptr, nullptr, false, nullptr, nullptr, 0},
};

const FrozenModule* find_frozen(const Str& name) {
    for (const FrozenModule* module = frozen_modules; module->name; module++)
        if (str_equal(name, module->name)) return module;
    return nullptr;
}

namespace {
// A file's content, malloc'ed; null when it cannot be read.
char* read_file(const char* path, size_t* size) {
    FILE* file = fopen(path, "rb");
    if (!file) return nullptr;
    fseek(file, 0, SEEK_END);
    long length = ftell(file);
    rewind(file);
    char* text =
        length >= 0 ? static_cast<char*>(malloc(static_cast<size_t>(length) + 1)) : nullptr;
    *size = text ? fread(text, 1, static_cast<size_t>(length), file) : 0;
    fclose(file);
    return text;
}
}  // namespace

Owned load_frozen(Thread& thread, const FrozenModule& module) {
    char path[4400];
    snprintf(path, sizeof(path), "%s/%s", places.stdlib, module.source);
    size_t size;
    char* text = read_file(path, &size);
    if (!text)
        return raise(thread, exc::ImportError, "the standard library is missing: no {}", path);
    Ref<Str> filename = format(thread, "<frozen {}>", module.name);
    Owned code;
    if (filename) code = compile::compile_text(thread, {text, size}, *filename, {}).owned();
    free(text);
    return code;
}

Owned run_frozen(Thread& thread, Str& name, Code& code) {
    Ref<Module> module = TRY(make_module(thread, name));
    Interpreter& interpreter = interpreter_of(thread);
    TRY(dict_set(thread, interpreter.modules.as<Dict>(), Value::of(name), module.value()));
    Dict& globals = module_dict(*module);
    TRY(dict_set(thread, globals, Value::of(ID(__builtins__)), interpreter.builtins.borrow()));
    Ref<Str> original = TRY(make_str(thread, find_frozen(name)->original_name));
    TRY(dict_set(thread, globals, Value::of(ID(__origname__)), original.value()));
    Owned result = TRY(run_code(thread, code, globals, interpreter.builtins_dict.as<Dict>(),
                                Value::of(globals), Value()));
    return std::move(module).owned();
}

}  // namespace imugi
