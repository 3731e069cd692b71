// What the command line asks to run, and how its end becomes an exit status.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "cli/failure.h"
#include "cli/program_pages.h"
#include "cli/prompt.h"
#include "cli/source_file.h"
#include "cli/startup.h"
#include "compile/compile.h"
#include "compile/disassemble.h"
#include "object/audit.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/module.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "vm/call.h"

namespace imugi {

namespace {

Owned main_module(Thread& thread) {
    return get_item(thread, interpreter_of(thread).modules.borrow(), Value::of(ID(__main__)));
}

// --dump-bytecode: shown instead of run.
Owned show_bytecode(Thread& thread, const Code& code) {
    Owned text = TRY(compile::disassemble(thread, code));
    size_t size;
    const char* utf8 = str_utf8(thread, text.as<Str>(), &size);
    if (!utf8) return {};
    fwrite(utf8, 1, size, stdout);
    return Owned::share(none());
}

Owned run_in_main(Thread& thread, Code& code) {
    if (interpreter_of(thread).config->dump_bytecode) return show_bytecode(thread, code);
    Owned main = TRY(main_module(thread));
    Dict& globals = module_dict(main.as<Module>());
    unmap_program_pages();
    return run_code(thread, code, globals, interpreter_of(thread).builtins_dict.as<Dict>(),
                    Value::of(globals), Value());
}

// sys.path[0], unless -P or -I.
bool insert_path(Thread& thread, const char* text, size_t size) {
    if (interpreter_of(thread).config->safe_path) return true;
    Owned path = TRY(dict_get(thread, interpreter_of(thread).sys_dict.as<Dict>(), ID(path)));
    Ref<Str> entry = TRY(decode_fs(thread, text, size));
    Owned result = TRY(call_method(thread, path, ID(insert), Value::small_int(0), entry));
    return true;
}

Owned run_command(Thread& thread, const Config& config) {
    TRY(insert_path(thread, "", 0));
    Ref<Str> filename = TRY(intern(thread, "<string>"));
    Ref<Str> checked = TRY(decode_fs(thread, config.command));
    if (!str_encode(thread, *checked, "utf-8", nullptr)) {
        fputs("Unable to decode the command from the command line:\n", stderr);
        return {};
    }
    char* text = nullptr;
    int size = asprintf(&text, "%s\n", config.command);
    if (size < 0) return raise_memory_error(thread);
    Ref<Code> code = compile::compile_text(thread, {text, static_cast<size_t>(size)}, *filename,
                                           {.flags = compile::kIgnoreCookie});
    free(text);
    if (!code) return {};
    TRY(audit(thread, "cpython.run_command", config.command));
    remember_source(thread, "<string>", config.command);
    return run_in_main(thread, *code);
}

Owned run_module(Thread& thread, Value name, bool alter_argv) {
    unmap_program_pages();
    Owned runpy = TRY(import_module(thread, ID(runpy)));
    return call_method(thread, runpy, ID(_run_module_as_main), name, boolean(alter_argv));
}

// Everything that can be read from the stream, malloc'ed.
char* read_all(FILE* file, size_t* size) {
    size_t capacity = 1 << 16;
    char* text = static_cast<char*>(malloc(capacity));
    *size = 0;
    while (text) {
        size_t got = fread(text + *size, 1, capacity - *size, file);
        *size += got;
        if (*size < capacity) break;
        capacity *= 2;
        char* grown = static_cast<char*>(realloc(text, capacity));
        if (!grown) free(text);
        text = grown;
    }
    return text;
}

Owned run_text(Thread& thread, const char* text, size_t size, Value filename,
               bool skip_first_line) {
    std::string_view source(text, size);
    if (skip_first_line) {
        size_t end = source.find('\n');
        source = end == std::string_view::npos ? std::string_view() : source.substr(end);
    }
    TRY(check_source_file(thread, source, filename.as<Str>()));
    Ref<Code> code =
        TRY(compile::compile_text(thread, source, filename.as<Str>(), {.from_file = true}));
    return run_in_main(thread, *code);
}

// A folder or archive with a __main__ is run as a path entry.
bool is_path_entry(const char* file) {
    struct stat status;
    if (stat(file, &status) != 0) return false;
    if (S_ISDIR(status.st_mode)) return true;
    // What a pipe gives can be read once only.
    if (!S_ISREG(status.st_mode)) return false;
    FILE* stream = fopen(file, "rb");
    if (!stream) return false;
    // An archive has its directory at the end; before it there may be anything, such as a line that
    // names the interpreter.
    constexpr off_t kTail = 22 + 65535;
    char tail[kTail];
    bool placed = status.st_size <= kTail || fseeko(stream, -kTail, SEEK_END) == 0;
    size_t size = placed ? fread(tail, 1, kTail, stream) : 0;
    fclose(stream);
    return std::string_view(tail, size).rfind("PK\5\6") != std::string_view::npos;
}

// `file` from the root on, its dots and links as they are.
std::string absolute_path(const char* file) {
    char folder[4096];
    if (*file == '/' || !getcwd(folder, sizeof(folder))) return file;
    if (strcmp(file, ".") == 0) return folder;
    return std::string(folder) + "/" + file;
}

bool is_compiled(const char* file) {
    size_t size = strlen(file);
    return size > 4 && strcmp(file + size - 4, ".pyc") == 0;
}

// What __main__ says of where it comes from.
bool set_origin(Thread& thread, Dict& globals, Str& name) {
    TRY(dict_set(thread, globals, Value::of(ID(__file__)), Value::of(name)));
    return dict_set(thread, globals, Value::of(ID(__cached__)), none());
}

// A file of bytecode, which importlib's loader checks.
Owned run_compiled(Thread& thread, Str& name) {
    Owned main = TRY(main_module(thread));
    Dict& globals = module_dict(main.as<Module>());
    Owned external = TRY(import_module(thread, ID(_frozen_importlib_external)));
    Owned loader = TRY(call_method(thread, external, ID(SourcelessFileLoader),
                                   Value::of(ID(__main__)), Value::of(name)));
    TRY(set_origin(thread, globals, name));
    TRY(dict_set(thread, globals, Value::of(ID(__loader__)), loader.value()));
    Owned code = TRY(call_method(thread, loader, ID(get_code), Value::of(ID(__main__))));
    return run_in_main(thread, code.as<Code>());
}

Owned run_file(Thread& thread, const Config& config, int* status) {
    std::string absolute = absolute_path(config.file);
    const char* file = absolute.c_str();
    Ref<Str> name = TRY(decode_fs(thread, file));
    TRY(audit(thread, "cpython.run_file", name));
    if (is_path_entry(file)) {
        char resolved[4096];
        if (!realpath(file, resolved)) snprintf(resolved, sizeof(resolved), "%s", file);
        Owned path = TRY(dict_get(thread, interpreter_of(thread).sys_dict.as<Dict>(), ID(path)));
        Owned result = TRY(call_method(thread, path, ID(insert), Value::small_int(0), name));
        return run_module(thread, Value::of(ID(__main__)), false);
    }
    FILE* stream = fopen(file, "rb");
    if (!stream) {
        int error = errno;
        fprintf(stderr, "%s: can't open file '%s': [Errno %d] %s\n", config.program_name, file,
                error, strerror(error));
        *status = 2;
        return Owned::share(none());
    }
    char resolved[4096];
    if (!realpath(file, resolved)) snprintf(resolved, sizeof(resolved), "%s", file);
    const char* slash = strrchr(resolved, '/');
    size_t folder = slash ? static_cast<size_t>(slash - resolved) : 0;
    TRY(insert_path(thread, resolved, folder ? folder : 1));
    if (is_compiled(file)) {
        fclose(stream);
        return run_compiled(thread, *name);
    }
    size_t size;
    char* text = read_all(stream, &size);
    fclose(stream);
    if (!text) return raise_memory_error(thread);
    Owned main = TRY(main_module(thread));
    Dict& globals = module_dict(main.as<Module>());
    TRY(set_origin(thread, globals, *name));
    Owned external = TRY(import_module(thread, ID(_frozen_importlib_external)));
    Owned loader =
        TRY(call_method(thread, external, ID(SourceFileLoader), Value::of(ID(__main__)), name));
    TRY(dict_set(thread, globals, Value::of(ID(__loader__)), loader.value()));
    Owned result = run_text(thread, text, size, name, config.skip_first_line);
    free(text);
    return result;
}

Owned run_standard_input(Thread& thread, const Config& config) {
    TRY(audit(thread, "cpython.run_stdin"));
    TRY(insert_path(thread, "", 0));
    if (isatty(0) || config.interactive) return run_prompt(thread, true);
    Ref<Str> filename = TRY(intern(thread, "<stdin>"));
    Owned main = TRY(main_module(thread));
    TRY(set_origin(thread, module_dict(main.as<Module>()), *filename));
    size_t size;
    char* text = read_all(stdin, &size);
    if (!text) return raise_memory_error(thread);
    Owned result = run_text(thread, text, size, filename, false);
    free(text);
    return result;
}

Owned run_asked(Thread& thread, const Config& config, int* status) {
    if (config.command) return run_command(thread, config);
    if (config.module) {
        char folder[4096];
        if (!getcwd(folder, sizeof(folder))) *folder = 0;
        TRY(insert_path(thread, folder, strlen(folder)));
        Ref<Str> name = TRY(decode_fs(thread, config.module));
        TRY(audit(thread, "cpython.run_module", name));
        return run_module(thread, name, true);
    }
    if (config.file) return run_file(thread, config, status);
    return run_standard_input(thread, config);
}

}  // namespace

int run_main(Thread& thread) {
    const Config& config = *interpreter_of(thread).config;
    int status = 0;
    Owned result = run_asked(thread, config, &status);
    if (!result) status = report_failure(thread);
    if (config.inspect && (isatty(0) || config.interactive) &&
        (config.command || config.module || config.file)) {
        Owned prompt = run_prompt(thread, false);
        status = prompt ? 0 : report_failure(thread);
    }
    return status;
}

}  // namespace imugi
