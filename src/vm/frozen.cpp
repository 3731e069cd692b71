// The table of frozen modules, and their code: from the binary when it is there, else compiled.
#include "vm/frozen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile/compile.h"
#include "compile/marshal.h"
#include "object/config.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "object/str.h"
#include "vm/call.h"

// For each row of the table its end, counted from the end of this index (uint32_t); then the
// marshalled code, one after another. Linked from frozen_data.S, but not into the program that
// makes it.
extern "C" __attribute__((weak)) const uint8_t imugi_frozen_data[];

namespace imugi {

const FrozenModule frozen_modules[] = {
    {"_frozen_importlib", "importlib._bootstrap", "importlib/_bootstrap.py", false, true},
    {"_frozen_importlib_external", "importlib._bootstrap_external",
     "importlib/_bootstrap_external.py", false, true},
    {"zipimport", "zipimport", "zipimport.py", false, true},
    {"abc", "abc", "abc.py", false, false},
    {"codecs", "codecs", "codecs.py", false, false},
    {"io", "io", "io.py", false, false},
    {"encodings", "encodings", "encodings/__init__.py", true, false},
    {"encodings.aliases", "encodings.aliases", "encodings/aliases.py", false, false},
    {"encodings.utf_8", "encodings.utf_8", "encodings/utf_8.py", false, false},
    {"_collections_abc", "_collections_abc", "_collections_abc.py", false, false},
    {"_sitebuiltins", "_sitebuiltins", "_sitebuiltins.py", false, false},
    {"genericpath", "genericpath", "genericpath.py", false, false},
    {"posixpath", "posixpath", "posixpath.py", false, false},
    {"os", "os", "os.py", false, false},
    {"site", "site", "site.py", false, false},
    {"stat", "stat", "stat.py", false, false},
    {"linecache", "linecache", "linecache.py", false, false},
    {"importlib.util", "importlib.util", "importlib/util.py", false, false},
    {"importlib.machinery", "importlib.machinery", "importlib/machinery.py", false, false},
    {"runpy", "runpy", "runpy.py", false, false},
    {nullptr, nullptr, nullptr, false, false},
};

std::atomic<int> frozen_override{0};

const FrozenModule* find_frozen(Thread& thread, const Str& name) {
    int override = frozen_override.load(std::memory_order_relaxed);
    bool all = override ? override > 0 : interpreter_of(thread).config->frozen_modules;
    for (const FrozenModule* module = frozen_modules; module->name; module++)
        if ((all || module->essential) && str_equal(name, module->name)) return module;
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

uint32_t index_entry(size_t row) {
    uint32_t end;
    memcpy(&end, imugi_frozen_data + row * sizeof(end), sizeof(end));
    return end;
}
}  // namespace

Ref<Code> compile_frozen(Thread& thread, const FrozenModule& module) {
    char path[4400];
    snprintf(path, sizeof(path), "%s/%s", places.stdlib, module.source);
    size_t size;
    char* text = read_file(path, &size);
    if (!text) {
        raise(thread, exc::ImportError, "the standard library is missing: no {}", path);
        return {};
    }
    Ref<Str> filename = format(thread, "<frozen {}>", module.original_name);
    Ref<Code> code;
    if (filename) code = compile::compile_text(thread, {text, size}, *filename, {});
    free(text);
    return code;
}

Owned load_frozen(Thread& thread, const FrozenModule& module) {
    if (!imugi_frozen_data) return compile_frozen(thread, module).owned();
    auto row = static_cast<size_t>(&module - frozen_modules);
    constexpr size_t kRows = sizeof(frozen_modules) / sizeof(frozen_modules[0]) - 1;
    const uint8_t* codes = imugi_frozen_data + kRows * sizeof(uint32_t);
    uint32_t begin = row ? index_entry(row - 1) : 0;
    return compile::marshal_loads_trusted(thread, codes + begin, index_entry(row) - begin);
}

Owned run_frozen(Thread& thread, Str& name, Code& code) {
    Ref<Module> module = TRY(make_module(thread, name));
    Interpreter& interpreter = interpreter_of(thread);
    TRY(dict_set(thread, interpreter.modules.as<Dict>(), Value::of(name), module.value()));
    Dict& globals = module_dict(*module);
    TRY(dict_set(thread, globals, Value::of(ID(__builtins__)), interpreter.builtins.borrow()));
    Ref<Str> original = TRY(make_str(thread, find_frozen(thread, name)->original_name));
    TRY(dict_set(thread, globals, Value::of(ID(__origname__)), original.value()));
    Owned result = TRY(run_code(thread, code, globals, interpreter.builtins_dict.as<Dict>(),
                                Value::of(globals), Value()));
    return std::move(module).owned();
}

}  // namespace imugi
