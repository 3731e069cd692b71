// From a configuration to a running interpreter, and back. Runs in the main thread, before any
// other is made and after they are joined or stopped.
#include "cli/startup.h"

#include <fcntl.h>
#include <signal.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/failure.h"
#include "cli/program_pages.h"
#include "compile/compile.h"
#include "memory/array.h"
#include "memory/collector.h"
#include "memory/merge.h"
#include "memory/refcount.h"
#include "memory/verify.h"
#include "modules/_signal/handling.h"
#include "modules/_thread/handle.h"
#include "modules/_thread/local.h"
#include "modules/atexit/atexit.h"
#include "modules/sys/sys.h"
#include "object/attribute.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/codecs.h"
#include "object/descriptor.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/native.h"
#include "object/native_module.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/text_hash.h"
#include "object/tuple.h"
#include "thread/chaos.h"
#include "thread/gil.h"
#include "thread/grace.h"
#include "thread/safepoint.h"
#include "thread/world.h"
#include "vm/frozen.h"
#include "vm/roots.h"

namespace imugi {

namespace {

Thread* complain(Thread& thread, const char* what) {
    fprintf(stderr, "imugi: cannot start: %s\n", what);
    if (has_exception(thread)) print_pending_exception(thread);
    return nullptr;
}

// In the child of fork().
void forget_other_threads(Thread& survivor) {
    Interpreter& interpreter = interpreter_of(survivor);
    forget_other_locals(survivor);
    interpreter.threads = interpreter.main_thread = &survivor;
    survivor.next = survivor.previous = nullptr;
    survivor.is_main = true;
    forget_started_threads(survivor);
    collector_after_fork();
}

void install_hooks() {
    safepoint_hooks.merge = merge_queued;
    safepoint_hooks.merge_detached = merge_detached_heaps;
    safepoint_hooks.hand_over_merges = hand_over_merges;
    safepoint_hooks.collect = collect_if_due;
    safepoint_hooks.drain_dying = drain_dying;
    safepoint_hooks.forked = forget_other_threads;
    install_vm_hooks();
}

bool make_core_modules(Thread& thread) {
    Interpreter& interpreter = interpreter_of(thread);
    interpreter.modules.init(make_dict(thread).owned());
    Ref<Module> builtins = load_native_module(thread, "builtins");
    if (!builtins) return false;
    interpreter.builtins_dict.init(Owned::share(module_dict(*builtins)));
    interpreter.builtins.init(std::move(builtins).owned());
    Ref<Module> sys = load_native_module(thread, "sys");
    if (!sys) return false;
    interpreter.sys_dict.init(Owned::share(module_dict(*sys)));
    TRY(module_set(thread, *sys, "modules", interpreter.modules.borrow()));
    TRY(configure_sys(thread, *sys));
    interpreter.sys.init(std::move(sys).owned());
    interpreter.import_function.init(
        dict_get(thread, interpreter.builtins_dict.as<Dict>(), ID(__import__)));
    return true;
}

Owned run_frozen_named(Thread& thread, const char* name) {
    Ref<Str> text = TRY(intern(thread, name));
    Owned code = TRY(load_frozen(thread, *find_frozen(thread, *text)));
    return run_frozen(thread, *text, code.as<Code>());
}

// importlib's two halves, as they expect to be set up.
bool start_importlib(Thread& thread) {
    Interpreter& interpreter = interpreter_of(thread);
    Owned bootstrap = TRY(run_frozen_named(thread, "_frozen_importlib"));
    Ref<Module> imp = TRY(load_native_module(thread, "_imp"));
    interpreter.importlib.init(bootstrap.share());
    Owned result = TRY(call_method(thread, bootstrap, ID(_install), interpreter.sys.borrow(), imp));
    result = TRY(call_method(thread, bootstrap, ID(_install_external_importers)));
    return true;
}

bool import_named(Thread& thread, const char* name, Owned* out = nullptr) {
    Ref<Str> text = TRY(intern(thread, name));
    Owned module = TRY(import_module(thread, *text));
    if (out) *out = std::move(module);
    return true;
}

// Archives on sys.path: before the first path entry is looked at, which is remembered.
bool start_archives(Thread& thread) {
    Owned archives;
    TRY(import_named(thread, "zipimport", &archives));
    Owned importer = TRY(get_attribute(thread, archives, ID(zipimporter)));
    Owned hooks = TRY(dict_get(thread, interpreter_of(thread).sys_dict.as<Dict>(), ID(path_hooks)));
    Owned result = TRY(call_method(thread, hooks, ID(insert), Value::small_int(0), importer));
    return true;
}

// Of the environment's locale; the one without a name, "C", and that with UTF-8 let any bytes pass.
bool is_plain_locale() {
    const char* name = nullptr;
    for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        name = getenv(variable);
        if (name && *name) break;
    }
    if (!name || !*name) return true;
    for (const char* plain : {"C", "POSIX", "C.UTF-8", "C.utf8"})
        if (!strcmp(name, plain)) return true;
    return false;
}

// What a codec calls itself.
Ref<Str> codec_name(Thread& thread, Str& encoding) {
    const char* text = str_utf8(thread, encoding);
    if (!text) return {};
    Owned codec = TRY(codec_lookup(thread, text));
    Owned name = TRY(get_attribute(thread, codec, ID(name)));
    return is_str(name) ? Ref<Str>::adopt(std::move(name)) : Ref<Str>::share(encoding);
}

// Until there are streams, -v and warnings need a sys.stderr: one that writes to the descriptor.
Owned early_write(Thread& thread, Value, Str& text) {
    size_t size;
    const char* utf8 = str_utf8(thread, text, &size);
    if (!utf8) return {};
    fwrite(utf8, 1, size, stderr);
    return make_int(thread, static_cast<int64_t>(text.length()));
}
bool early_flush(Thread&, Value) {
    fflush(stderr);
    return true;
}
constexpr MethodRow early_functions[] = {
    {"write", "(module, text, /)", fn<early_write>, "Writes to the standard error output."},
    {"flush", "(module, /)", fn<early_flush>, "Writes what is buffered."},
};

bool make_early_error_stream(Thread& thread) {
    Ref<Module> stream = TRY(make_module(thread, ID(stderr)));
    for (const MethodRow& row : early_functions) {
        Ref<NativeFunction> function =
            TRY(make_native_function(thread, row, stream, Value::of(ID(stderr))));
        TRY(module_set(thread, *stream, row.name, function.value()));
    }
    return module_set(thread, interpreter_of(thread).sys.as<Module>(), "stderr", stream.value());
}

// One of sys.stdin, stdout, stderr over its descriptor; None when that is closed.
bool make_stream(Thread& thread, Value io, int descriptor, const char* name, bool write) {
    Module& sys = interpreter_of(thread).sys.as<Module>();
    const Config& config = *interpreter_of(thread).config;
    char saved[32];
    snprintf(saved, sizeof(saved), "__%s__", name);
    Owned stream = Owned::share(none());
    if (fcntl(descriptor, F_GETFD) != -1) {
        bool unbuffered = write && !config.buffered_stdio;
        Ref<Str> mode = TRY(make_str(thread, write ? "wb" : "rb"));
        Ref<Str> no_text = TRY(make_str(thread, ""));
        Owned raw = TRY(call_method(thread, io, ID(open), Value::small_int(descriptor), mode,
                                    Value::small_int(unbuffered ? 0 : -1), none(), none(), none(),
                                    boolean(false)));
        Owned file = unbuffered ? raw.share() : get_attribute(thread, raw, ID(raw));
        if (!file) return false;
        Ref<Str> label = TRY(format(thread, "<{}>", name));
        TRY(set_attribute(thread, file, ID(name), label));
        Owned terminal = TRY(call_method(thread, file, ID(isatty)));
        const char* encoding = "utf-8";
        bool escape = config.utf8_mode || is_plain_locale();
        const char* errors = descriptor == 2 ? "backslashreplace"
                             : escape        ? "surrogateescape"
                                             : "strict";
        char given[128];
        if (config.stdio_encoding) {
            snprintf(given, sizeof(given), "%s", config.stdio_encoding);
            char* colon = strchr(given, ':');
            if (colon) *colon = 0;
            if (colon && colon[1] && descriptor != 2)
                errors = strdup(colon + 1);
            else if (given[0] && descriptor != 2)
                errors = "strict";
            if (given[0]) encoding = given;
        }
        Ref<Str> encoding_text = TRY(make_str(thread, encoding));
        Ref<Str> errors_text = TRY(make_str(thread, errors));
        Ref<Str> newline = TRY(make_str(thread, "\n"));
        bool through = unbuffered;
        bool line_buffered = descriptor == 2 || same(terminal, boolean(true)) || config.interactive;
        if (config.stdio_encoding) encoding_text = TRY(codec_name(thread, *encoding_text));
        stream = TRY(call_method(thread, io, ID(TextIOWrapper), raw, encoding_text, errors_text,
                                 write ? newline.value() : none(), boolean(line_buffered && write),
                                 boolean(through)));
        Ref<Str> text_mode = TRY(make_str(thread, write ? "w" : "r"));
        TRY(set_attribute(thread, stream, ID(mode), text_mode));
    }
    return module_set(thread, sys, saved, stream.value()) &&
           module_set(thread, sys, name, stream.value());
}

bool start_streams(Thread& thread) {
    Owned io, encodings;
    TRY(import_named(thread, "encodings", &encodings));
    TRY(import_named(thread, "io", &io));
    Owned open = TRY(get_attribute(thread, io, ID(open)));
    TRY(module_set(thread, interpreter_of(thread).builtins.as<Module>(), "open", open.value()));
    return make_stream(thread, io, 0, "stdin", false) &&
           make_stream(thread, io, 1, "stdout", true) && make_stream(thread, io, 2, "stderr", true);
}

bool make_main(Thread& thread) {
    Interpreter& interpreter = interpreter_of(thread);
    Ref<Module> main = TRY(make_module(thread, ID(__main__)));
    TRY(dict_set(thread, module_dict(*main), Value::of(ID(__builtins__)),
                 interpreter.builtins.borrow()));
    Owned loader = TRY(get_attribute(thread, interpreter.importlib.borrow(), ID(BuiltinImporter)));
    TRY(dict_set(thread, module_dict(*main), Value::of(ID(__loader__)), loader.value()));
    return dict_set(thread, interpreter.modules.as<Dict>(), Value::of(ID(__main__)), main.value());
}

// -X faulthandler. By number: sys.stderr may be None, or become another file.
bool enable_fault_handler(Thread& thread) {
    Ref<Str> name = TRY(intern(thread, "faulthandler"));
    Owned module = TRY(import_module(thread, *name));
    return static_cast<bool>(
        call_method(thread, module, ID(enable), Value::small_int(STDERR_FILENO)));
}

}  // namespace

Thread* start_runtime(const Config& config) {
    init_arrays();
    init_gil(config.gil);
    if (config.use_hash_seed)
        hash_key = hash_key_from_seed(static_cast<uint32_t>(config.hash_seed));
    else if (!random_hash_key(&hash_key))
        fprintf(stderr, "imugi: no random numbers for hashing; going on with a fixed key\n");
    Interpreter& interpreter = main_interpreter;
    interpreter.config = &config;
    interpreter.int_max_str_digits.store(config.int_max_str_digits, std::memory_order_relaxed);
    bytes_warning_level.store(config.bytes_warning, std::memory_order_relaxed);
    compile::default_optimization.store(config.optimize, std::memory_order_relaxed);
    if (!config.ignore_environment) {
        if (const char* seed = getenv("IMUGI_CHAOS")) init_chaos(strtoull(seed, nullptr, 10));
        verify_enabled = getenv("IMUGI_VERIFY") != nullptr;
    }
    Thread* created = create_thread(interpreter);
    if (!created) {
        fprintf(stderr, "imugi: cannot start: not enough memory\n");
        return nullptr;
    }
    Thread& thread = *created;
    thread.is_main = true;
    adopt_os_thread(thread);
    interpreter.threads = interpreter.main_thread = &thread;
    install_hooks();
    attach(thread);
    if (!init_objects(thread)) return nullptr;
    if (!make_core_modules(thread)) return complain(thread, "core modules");
    if (!make_early_error_stream(thread)) return complain(thread, "sys.stderr");
    if (!start_importlib(thread)) return complain(thread, "importlib");
    if (!start_archives(thread)) return complain(thread, "zipimport");
    // A broken pipe is an error of the write, not the end of the process; then Ctrl-C's handler.
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    if (!import_named(thread, "_signal")) return complain(thread, "signals");
    if (!start_streams(thread)) return complain(thread, "streams");
    if (config.faulthandler && !enable_fault_handler(thread))
        return complain(thread, "fault handler");
    if (!make_main(thread)) return complain(thread, "__main__");
    // The options are filters once the module has read them; the compiler's warnings do not import
    // it.
    if (config.warning_options.count && !import_named(thread, "warnings"))
        return complain(thread, "warnings");
    if (!config.no_site && !import_named(thread, "site")) return complain(thread, "site");
    return &thread;
}

// Daemon threads go no further than their next safepoint, or the end of their blocking call.
static void stop_other_threads(Thread& self) {
    world::for_each_thread(
        [](void* context, Thread& thread) {
            if (&thread != context) request(thread, kBreakExit);
        },
        &self);
    // Once it has stopped, all of them have seen it.
    StopTheWorld stopped(self);
}

namespace {

// False when standard output could not be written.
bool flush_streams(Thread& thread) {
    Dict& sys = interpreter_of(thread).sys_dict.as<Dict>();
    bool good = true;
    for (Str* name : {&ID(stdout), &ID(stderr)}) {
        Owned stream = dict_get(thread, sys, *name);
        if (stream.is_nothing() || is_none(stream)) continue;
        // A stream that was closed on purpose has nothing left to say.
        Owned closed = get_attribute_or_nothing(thread, stream, ID(closed));
        if (!closed) clear_exception(thread);
        if (closed && !closed.is_nothing()) {
            Result<bool> is_closed = is_true(thread, closed);
            if (!is_closed) clear_exception(thread);
            if (is_closed && *is_closed) continue;
        }
        Owned flushed = call_method(thread, stream, ID(flush));
        if (!flushed) {
            if (name == &ID(stdout)) {
                report_unraisable(thread, Value(), "Exception ignored on flushing sys.stdout");
                good = false;
            }
            clear_exception(thread);
        }
    }
    return good;
}

}  // namespace

int stop_runtime(Thread& thread, int status) {
    Interpreter& interpreter = interpreter_of(thread);
    // Threads that are not daemons are waited for.
    Owned threading = get_item(thread, interpreter.modules.borrow(), Value::of(ID(threading)));
    if (threading) {
        Owned joined = call_method(thread, threading, ID(_shutdown));
        if (!joined) report_unraisable(thread, threading);
    } else {
        clear_exception(thread);
    }
    threading = Owned();
    run_exit_functions(thread);
    if (!flush_streams(thread)) status = 120;
    interpreter.finalizing.store(true, std::memory_order_release);
    end_signal_handling();
    stop_other_threads(thread);
    finalize_modules(thread);
    if (release_locals(thread)) drain_dying(thread);
    // What finalizers wrote.
    if (status != 120 && !flush_streams(thread)) status = 120;
    if (verify_enabled) {
        release_method_cache(thread);
        StopTheWorld stopped(thread);
        empty_limbo(thread);
        // Threads that stay for ever keep what their C++ frames hold.
        size_t threads = 0;
        world::for_each_thread([](void* count, Thread&) { ++*static_cast<size_t*>(count); },
                               &threads);
        if (threads == 1) verify_no_leaks();
    }
    return status;
}

}  // namespace imugi
