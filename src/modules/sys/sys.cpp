// The module sys: functions about the interpreter's state. Its attributes live in its dict, which
// guards itself.
#include "modules/sys/sys.h"

#include "memory/collector.h"
#include "memory/heap.h"
#include "modules/sys/display_exception.h"
#include "object/audit.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/config.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/gil.h"
#include "thread/safepoint.h"
#include "vm/frame.h"
#include "vm/frame_object.h"

namespace imugi {

namespace {

Dict& sys_dict(Thread& thread) {
    return interpreter_of(thread).sys_dict.as<Dict>();
}

// --- exceptions ---

Owned sys_exc_info(Thread& thread) {
    Value handled = handled_exception(thread);
    if (handled.is_empty()) return make_tuple(thread, none(), none(), none()).owned();
    Owned exception = Owned::share(handled);
    Owned traceback = TRY(get_attribute(thread, exception, ID(__traceback__)));
    return make_tuple(thread, Value::of(type_of(exception)), exception, traceback).owned();
}

Owned sys_exception(Thread& thread) {
    Value handled = handled_exception(thread);
    return Owned::share(handled.is_empty() ? none() : handled);
}

Owned sys_exit(Thread& thread, Value status) {
    if (is_none(status)) return raise_bare(thread, exc::SystemExit);
    if (is_instance_of(status, exc::SystemExit)) {
        raise_exception(thread, Owned::share(status));
        return {};
    }
    if (!is_tuple(status)) return raise_value(thread, exc::SystemExit, status);
    // The items of a tuple are the exception's arguments.
    Owned exception =
        TRY(call_with(thread, Value::of(exc::SystemExit), status.as<Tuple>(), nullptr));
    raise_exception(thread, std::move(exception));
    return {};
}

// Writes through a Python stream; false with an exception when there is none or it fails.
bool write_text(Thread& thread, Str& stream_name, Value text) {
    Owned stream = dict_get(thread, sys_dict(thread), stream_name);
    if (stream.is_nothing() || is_none(stream))
        return raise(thread, exc::RuntimeError, "lost sys.{}", stream_name);
    Owned result = TRY(call_method(thread, stream, ID(write), text));
    return true;
}

Owned sys_displayhook(Thread& thread, Value object) {
    if (is_none(object)) return Owned::share(none());
    Dict& builtins = interpreter_of(thread).builtins_dict.as<Dict>();
    TRY(dict_set(thread, builtins, Value::of(ID(_)), none()));
    Owned text = TRY(repr(thread, object));
    if (!write_text(thread, ID(stdout), text)) {
        if (!clear_exception_if(thread, exc::UnicodeEncodeError)) return {};
        // Characters that the stream cannot show are escaped.
        Owned stream = dict_get(thread, sys_dict(thread), ID(stdout));
        Owned encoding = TRY(get_attribute(thread, stream, ID(encoding)));
        Ref<Str> handler = TRY(make_str(thread, "backslashreplace"));
        Owned bytes = TRY(call_method(thread, text, ID(encode), encoding, handler));
        Owned shown = TRY(call_method(thread, bytes, ID(decode), encoding));
        TRY(write_text(thread, ID(stdout), shown));
    }
    Ref<Str> newline = TRY(make_str(thread, "\n"));
    TRY(write_text(thread, ID(stdout), newline));
    TRY(dict_set(thread, builtins, Value::of(ID(_)), object));
    return Owned::share(none());
}

Owned sys_excepthook(Thread& thread, Value type, Value value, Value traceback) {
    if (is_exception(value) && !is_none(traceback)) {
        Owned has = TRY(get_attribute(thread, value, ID(__traceback__)));
        if (is_none(has)) TRY(set_attribute(thread, value, ID(__traceback__), traceback));
    }
    Owned stream = TRY(dict_get(thread, sys_dict(thread), ID(stderr)));
    if (stream.is_nothing() || is_none(stream)) return Owned::share(none());
    TRY(display_exception(thread, value, stream));
    return Owned::share(none());
}

Owned sys_debugmallocstats(Thread&) {
    return Owned::share(none());
}

Owned sys_unraisablehook(Thread& thread, Value unraisable) {
    Owned type = TRY(dict_get(thread, sys_dict(thread), ID(UnraisableHookArgs)));
    if (type.is_nothing() || !same(type, Value::of(type_of(unraisable))))
        return raise(thread, exc::TypeError,
                     "sys.unraisablehook argument type must be UnraisableHookArgs");
    Owned stream = dict_get(thread, sys_dict(thread), ID(stderr));
    if (stream.is_nothing() || is_none(stream)) return Owned::share(none());
    Owned message = TRY(get_attribute(thread, unraisable, ID(err_msg)));
    Owned object = TRY(get_attribute(thread, unraisable, ID(object)));
    Ref<Str> head;
    if (!is_none(object)) {
        Owned shown = repr(thread, object);
        if (!shown) {
            clear_exception(thread);
            Ref<Str> failed = TRY(make_str(thread, "<object repr() failed>"));
            shown = std::move(failed).owned();
        }
        head = is_none(message) ? format(thread, "Exception ignored in: {}\n", shown)
                                : format(thread, "{}: {}\n", message, shown);
    } else if (!is_none(message)) {
        head = format(thread, "{}:\n", message);
    }
    if (head) {
        Owned written = TRY(call_method(thread, stream, ID(write), head));
    } else if (has_exception(thread)) {
        return {};
    }
    Owned value = TRY(get_attribute(thread, unraisable, ID(exc_value)));
    if (is_none(value)) return Owned::share(none());
    TRY(display_exception(thread, value, stream));
    return Owned::share(none());
}

Owned sys_breakpointhook(Thread& thread, Args args, Kwargs kwargs) {
    const char* hook = getenv("PYTHONBREAKPOINT");
    if (interpreter_of(thread).config->ignore_environment || !hook || !*hook)
        hook = "pdb.set_trace";
    if (strcmp(hook, "0") == 0) return Owned::share(none());
    const char* dot = strrchr(hook, '.');
    Ref<Str> module = TRY(dot ? make_str(thread, hook, static_cast<size_t>(dot - hook))
                              : make_str(thread, "builtins"));
    Ref<Str> name = TRY(intern(thread, dot ? dot + 1 : hook));
    Owned function = module_attribute(thread, *module, *name);
    if (!function) {
        clear_exception(thread);
        Ref<Str> text =
            TRY(format(thread, "Ignoring unimportable $PYTHONBREAKPOINT: \"{}\"", hook));
        TRY(warn(thread, exc::RuntimeWarning, 0, std::move(text)));
        return Owned::share(none());
    }
    Ref<Tuple> positional = TRY(make_tuple(thread, args.values, args.count));
    Ref<Dict> named = TRY(make_dict(thread));
    for (size_t i = 0; i < kwargs.count; i++)
        TRY(dict_set(thread, *named, kwargs.names[i], kwargs.values[i]));
    return call_with(thread, function, *positional, named.get());
}

// --- facts and limits ---

Owned sys_getdefaultencoding(Thread& thread) {
    return make_str(thread, "utf-8").owned();
}
Owned sys_getfilesystemencodeerrors(Thread& thread) {
    return make_str(thread, "surrogateescape").owned();
}

Owned sys_getrefcount(Thread& thread, Value object) {
    // As CPython counts: the caller's reference and this call's own, which here may be lent.
    if (!object.is_object()) return make_int(thread, 0xFFFFFFFFll);
    uint32_t count = reference_count(object.object());
    if (count != 0xFFFFFFFFu && object.is_lent()) count++;
    return make_int(thread, count);
}

Owned sys_getrecursionlimit(Thread& thread) {
    return make_int(thread, interpreter_of(thread).recursion_limit.load(std::memory_order_relaxed));
}

Owned sys_setrecursionlimit(Thread& thread, int limit) {
    if (limit < 1)
        return raise(thread, exc::ValueError, "recursion limit must be greater or equal than 1");
    if (thread.recursion_depth >= limit)
        return raise(
            thread, exc::RecursionError,
            "cannot set the recursion limit to {} at the recursion depth {}: the limit is too low",
            limit, thread.recursion_depth);
    Interpreter& interpreter = interpreter_of(thread);
    interpreter.recursion_limit.store(limit, std::memory_order_relaxed);
    StopTheWorld stopped(thread);
    for (Thread* each = interpreter.threads; each; each = each->next) each->recursion_limit = limit;
    thread.recursion_limit = limit;
    return Owned::share(none());
}

Owned sys_getsizeof(Thread& thread, Value object, Value otherwise) {
    Owned size = call_special(thread, object, ID(__sizeof__));
    if (size && size.is_nothing())
        size = raise(thread, exc::TypeError, "Type {} doesn't define __sizeof__",
                     type_name_of(object));
    if (!size) {
        if (otherwise.is_empty() || !clear_exception_if(thread, exc::TypeError)) return {};
        return Owned::share(otherwise);
    }
    int64_t bytes = TRY(to_int64(thread, size));
    if (bytes < 0) return raise(thread, exc::ValueError, "__sizeof__() should return >= 0");
    return size;
}

Owned sys_getswitchinterval(Thread& thread) {
    return detail::wrap_float(thread, static_cast<double>(switch_interval_us()) * 1e-6);
}
Owned sys_setswitchinterval(Thread& thread, double interval) {
    if (!(interval > 0))
        return raise(thread, exc::ValueError, "switch interval must be strictly positive");
    set_switch_interval_us(static_cast<uint64_t>(interval * 1e6));
    return Owned::share(none());
}

// What @dataclass(slots=True) asks for: the class it replaces lets go of its descriptors.
Owned sys_clear_type_descriptors(Thread& thread, Type& type) {
    if (type.has(kTypeImmutable)) return raise(thread, exc::TypeError, "argument is immutable");
    for (Str* name : {&ID(__dict__), &ID(__weakref__)}) {
        if (set_type_attribute(thread, type, *name, Value())) continue;
        if (!clear_exception_if(thread, exc::AttributeError)) return {};
    }
    return Owned::share(none());
}

Owned sys_intern(Thread& thread, Value string) {
    if (!is_exact_str(string)) {
        if (is_str(string))
            return raise(thread, exc::TypeError, "can't intern {}", type_name_of(string));
        return raise(thread, exc::TypeError, "intern() argument must be str, not {}",
                     type_name_of(string));
    }
    return intern(thread, Ref<Str>::share(string.as<Str>())).owned();
}
Owned sys_is_interned(Thread& thread, Str& string) {
    return Owned::share(boolean(string.is_interned()));
}
Owned sys_is_immortal(Thread&, Value object) {
    return Owned::share(boolean(!object.is_object() || object.object()->has_flag(kImmortal)));
}

Owned sys_is_finalizing(Thread& thread) {
    return Owned::share(boolean(interpreter_of(thread).finalizing.load(std::memory_order_acquire)));
}
// What -X cpu_count and PYTHON_CPU_COUNT override os.cpu_count() with; -1 for nothing.
Owned sys_get_cpu_count_config(Thread& thread) {
    return make_int(thread, interpreter_of(thread).config->cpu_count);
}
Owned sys_is_gil_enabled(Thread&) {
    return Owned::share(boolean(gil_enabled()));
}

Owned sys_get_int_max_str_digits(Thread& thread) {
    return make_int(thread,
                    interpreter_of(thread).int_max_str_digits.load(std::memory_order_relaxed));
}
Owned sys_set_int_max_str_digits(Thread& thread, int maxdigits) {
    if (maxdigits != 0 && maxdigits < 640)
        return raise(thread, exc::ValueError, "maxdigits must be >= 640 or 0 for unlimited");
    interpreter_of(thread).int_max_str_digits.store(maxdigits, std::memory_order_relaxed);
    return Owned::share(none());
}

Owned sys_getallocatedblocks(Thread& thread) {
    StopTheWorld stopped(thread);
    return make_int(thread, static_cast<int64_t>(count_live_mortal_objects()));
}
Owned sys_getunicodeinternedsize(Thread& thread, bool) {
    return make_int(thread, static_cast<int64_t>(interned_count()));
}
Owned sys_clear_caches(Thread&) {
    return Owned::share(none());
}

// --- audit hooks ---

bool sys_addaudithook(Thread& thread, Value hook) {
    return add_audit_hook(thread, hook);
}
bool sys_audit(Thread& thread, Value event, Args args) {
    if (!is_str(event))
        return raise(thread, exc::TypeError, "expected str for argument 'event', not {}",
                     type_name_of(event));
    return tell_audit_hooks(thread, event, args.values, args.count);
}

// --- asynchronous hooks ---

Owned sys_set_coroutine_origin_tracking_depth(Thread& thread, int depth) {
    if (depth < 0) return raise(thread, exc::ValueError, "depth must be >= 0");
    thread.coroutine_origin_depth = static_cast<uint64_t>(depth);
    return Owned::share(none());
}
Owned sys_get_coroutine_origin_tracking_depth(Thread& thread) {
    return make_int(thread, static_cast<int64_t>(thread.coroutine_origin_depth));
}

bool set_hook(Thread& thread, uint64_t& word, Value hook, const char* what) {
    if (hook.is_empty()) return true;
    if (!is_none(hook) && !is_callable(hook))
        return raise(thread, exc::TypeError, "callable {} expected, got {}", what,
                     type_name_of(hook));
    Owned old = Owned::adopt(std::exchange(word, is_none(hook) ? 0 : Owned::share(hook).release()));
    return true;
}
Owned sys_set_asyncgen_hooks(Thread& thread, Value firstiter, Value finalizer) {
    if (!finalizer.is_empty()) TRY(audit(thread, "sys.set_asyncgen_hook_finalizer"));
    TRY(set_hook(thread, thread.async_gen_finalizer, finalizer, "finalizer"));
    if (!firstiter.is_empty()) TRY(audit(thread, "sys.set_asyncgen_hook_firstiter"));
    TRY(set_hook(thread, thread.async_gen_firstiter, firstiter, "firstiter"));
    return Owned::share(none());
}
Owned sys_get_asyncgen_hooks(Thread& thread) {
    Owned type = dict_get(thread, sys_dict(thread), ID(_asyncgen_hooks_type));
    auto word = [](uint64_t bits) { return bits ? Value::from_bits(bits) : none(); };
    Ref<Tuple> pair =
        TRY(make_tuple(thread, word(thread.async_gen_firstiter), word(thread.async_gen_finalizer)));
    return call(thread, type, pair);
}

const MethodRow rows[] = {
    {"displayhook", "(object, /)", fn<sys_displayhook>,
     "Print an object to sys.stdout and also save it in builtins._"},
    {"excepthook", "(exctype, value, traceback, /)", fn<sys_excepthook>,
     "Handle an exception by displaying it with a traceback on sys.stderr."},
    {"_debugmallocstats", "()", fn<sys_debugmallocstats>,
     "Print the state of CPython's allocators, of which none is used here, to stderr."},
    {"unraisablehook", "(unraisable, /)", fn<sys_unraisablehook>,
     "Handle an unraisable exception."},
    {"breakpointhook", "(*args, **kwargs)", fn<sys_breakpointhook>,
     "This hook function is called by built-in breakpoint()."},
    {"exc_info", "()", fn<sys_exc_info>,
     "Return current exception information: (type, value, traceback)."},
    {"exception", "()", fn<sys_exception>, "Return the current exception."},
    {"exit", "(status=None, /)", fn<sys_exit>,
     "Exit the interpreter by raising SystemExit(status)."},
    {"getdefaultencoding", "()", fn<sys_getdefaultencoding>,
     "Return the current default encoding used by the Unicode implementation."},
    {"getfilesystemencoding", "()", fn<sys_getdefaultencoding>,
     "Return the encoding used to convert Unicode filenames to OS filenames."},
    {"getfilesystemencodeerrors", "()", fn<sys_getfilesystemencodeerrors>,
     "Return the error mode used for Unicode to OS filename conversion."},
    {"getrefcount", "(object, /)", fn<sys_getrefcount>, "Return the reference count of object."},
    {"getrecursionlimit", "()", fn<sys_getrecursionlimit>,
     "Return the current value of the recursion limit."},
    {"setrecursionlimit", "(limit, /)", fn<sys_setrecursionlimit>,
     "Set the maximum depth of the Python interpreter stack to n."},
    {"getsizeof", "(object, default=<unrepresentable>) -> None", fn<sys_getsizeof>,
     "getsizeof(object [, default]) -> int\n\nReturn the size of object in bytes."},
    {"getswitchinterval", "()", fn<sys_getswitchinterval>,
     "Return the current thread switch interval."},
    {"setswitchinterval", "(interval, /)", fn<sys_setswitchinterval>,
     "Set the ideal thread switching delay inside the Python interpreter."},
    {"_clear_type_descriptors", "(type, /)", fn<sys_clear_type_descriptors>,
     "Private function for clearing certain descriptors from a type's dictionary."},
    {"intern", "(string, /)", fn<sys_intern>, "``Intern'' the given string."},
    {"_is_interned", "(string, /)", fn<sys_is_interned>,
     "Return True if the given string is \"interned\"."},
    {"_is_immortal", "(op, /)", fn<sys_is_immortal>,
     "Return True if the given object is \"immortal\" per PEP 683."},
    {"is_finalizing", "()", fn<sys_is_finalizing>, "Return True if Python is exiting."},
    {"_get_cpu_count_config", "()", fn<sys_get_cpu_count_config>,
     "Private function for getting PyConfig.cpu_count"},
    {"_is_gil_enabled", "()", fn<sys_is_gil_enabled>,
     "Return True if the GIL is currently enabled."},
    {"get_int_max_str_digits", "()", fn<sys_get_int_max_str_digits>,
     "Return the maximum string digits limit for non-binary int<->str conversions."},
    {"set_int_max_str_digits", "(maxdigits)", fn<sys_set_int_max_str_digits>,
     "Set the maximum string digits limit for non-binary int<->str conversions."},
    {"getallocatedblocks", "()", fn<sys_getallocatedblocks>,
     "Return the number of memory blocks currently allocated."},
    {"getunicodeinternedsize", "(*, _only_immortal=False)", fn<sys_getunicodeinternedsize>,
     "Return the number of elements of the unicode interned dictionary"},
    {"_clear_type_cache", "()", fn<sys_clear_caches>, "Clear the internal type lookup cache."},
    {"_clear_internal_caches", "()", fn<sys_clear_caches>,
     "Clear all internal performance-related caches."},
    {"addaudithook", "(hook)", fn<sys_addaudithook>, "Adds a new audit hook callback."},
    {"audit", "(event, /, *args)", fn<sys_audit>,
     "Passes the event to any hooks that are attached."},
    {"set_coroutine_origin_tracking_depth", "(depth)", fn<sys_set_coroutine_origin_tracking_depth>,
     "Enable or disable origin tracking for coroutine objects in this thread."},
    {"get_coroutine_origin_tracking_depth", "()", fn<sys_get_coroutine_origin_tracking_depth>,
     "Check status of origin tracking for coroutine objects in this thread."},
    {"set_asyncgen_hooks", "(firstiter=<unrepresentable>, finalizer=<unrepresentable>) -> None",
     fn<sys_set_asyncgen_hooks>, "Set a finalizer for async generators objects."},
    {"get_asyncgen_hooks", "()", fn<sys_get_asyncgen_hooks>,
     "Return the installed asynchronous generators hooks."},
    {},
};

bool execute(Thread& thread, Module& module) {
    for (const MethodRow* row = sys_trace_rows; row->name; row++) {
        Ref<NativeFunction> function =
            TRY(make_native_function(thread, *row, Value::of(module), Value::of(ID(sys))));
        TRY(module_set(thread, module, row->name, std::move(function).owned()));
    }
    for (const char* hook : {"displayhook", "excepthook", "unraisablehook", "breakpointhook"}) {
        Ref<Str> name = TRY(make_str(thread, hook));
        Ref<Str> saved = TRY(format(thread, "__{}__", hook));
        Owned function = TRY(dict_get(thread, module_dict(module), *name));
        TRY(dict_set(thread, module_dict(module), saved, function.value()));
    }
    install_unraisable_hook();
    TRY(add_monitoring(thread, module));
    return add_sys_info(thread, module);
}

ModuleSpec spec{"sys",
                "This module provides access to some objects used or maintained by "
                "the\ninterpreter and to functions that interact strongly with the interpreter.",
                rows, execute};

}  // namespace

// --- configuration ---

static bool set_list(Thread& thread, Module& sys, const char* name, const TextList& texts,
                     const char* first = nullptr) {
    Ref<List> list = TRY(make_list(thread));
    if (first) {
        Ref<Str> text = TRY(decode_fs(thread, first));
        TRY(list_append(thread, *list, std::move(text).owned()));
    }
    for (size_t i = 0; i < texts.count; i++) {
        Ref<Str> text = TRY(decode_fs(thread, texts.items[i]));
        TRY(list_append(thread, *list, std::move(text).owned()));
    }
    return module_set(thread, sys, name, std::move(list).owned());
}

static bool set_text(Thread& thread, Module& sys, const char* name, const char* text) {
    Ref<Str> value = TRY(decode_fs(thread, text));
    return module_set(thread, sys, name, std::move(value).owned());
}

static bool set_path(Thread& thread, Module& sys, const Config& config) {
    Ref<List> path = TRY(make_list(thread));
    auto add = [&](const char* text, size_t size) -> bool {
        Ref<Str> entry = TRY(decode_fs(thread, text, size));
        return list_append(thread, *path, std::move(entry).owned());
    };
    for (const char* part = config.python_path; part && *part;) {
        const char* end = strchrnul(part, ':');
        TRY(add(part, static_cast<size_t>(end - part)));
        part = *end ? end + 1 : end;
    }
    char zip[4300];
    snprintf(zip, sizeof(zip), "%s/lib/python314t.zip", places.base_prefix);
    TRY(add(zip, strlen(zip)));
    TRY(add(places.stdlib, strlen(places.stdlib)));
    char dynamic[4300];
    snprintf(dynamic, sizeof(dynamic), "%s/lib-dynload", places.stdlib);
    TRY(add(dynamic, strlen(dynamic)));
    return module_set(thread, sys, "path", std::move(path).owned());
}

static bool set_x_options(Thread& thread, Module& sys, const Config& config) {
    Ref<Dict> options = TRY(make_dict(thread));
    for (size_t i = 0; i < config.x_options.count; i++) {
        const char* option = config.x_options.items[i];
        const char* equals = strchr(option, '=');
        Ref<Str> name = TRY(decode_fs(
            thread, option, equals ? static_cast<size_t>(equals - option) : strlen(option)));
        if (equals) {
            Ref<Str> value = TRY(decode_fs(thread, equals + 1));
            TRY(dict_set(thread, *options, name, value));
        } else {
            TRY(dict_set(thread, *options, name, boolean(true)));
        }
    }
    return module_set(thread, sys, "_xoptions", std::move(options).owned());
}

bool configure_sys(Thread& thread, Module& sys) {
    const Config& config = *interpreter_of(thread).config;
    const char* first = config.command  ? "-c"
                        : config.module ? "-m"
                        : config.file   ? config.file
                                        : "";
    TRY(set_list(thread, sys, "argv", config.arguments, first));
    TRY(set_list(thread, sys, "orig_argv", config.original_arguments));
    TRY(set_list(thread, sys, "warnoptions", config.warning_options));
    TRY(set_x_options(thread, sys, config));
    TRY(module_set(thread, sys, "meta_path", make_list(thread).owned()));
    TRY(module_set(thread, sys, "path_hooks", make_list(thread).owned()));
    TRY(module_set(thread, sys, "path_importer_cache", make_dict(thread).owned()));
    TRY(set_path(thread, sys, config));
    TRY(set_text(thread, sys, "executable", places.executable));
    TRY(set_text(thread, sys, "_base_executable", places.base_executable));
    TRY(set_text(thread, sys, "prefix", places.prefix));
    TRY(set_text(thread, sys, "exec_prefix", places.prefix));
    TRY(set_text(thread, sys, "base_prefix", places.base_prefix));
    TRY(set_text(thread, sys, "base_exec_prefix", places.base_prefix));
    TRY(set_text(thread, sys, "platlibdir", config.platform_library_dir));
    TRY(set_text(thread, sys, "_stdlib_dir", places.stdlib));
    TRY(module_set(thread, sys, "dont_write_bytecode", boolean(config.dont_write_bytecode)));
    if (config.pycache_prefix && *config.pycache_prefix)
        return set_text(thread, sys, "pycache_prefix", config.pycache_prefix);
    return module_set(thread, sys, "pycache_prefix", none());
}

}  // namespace imugi
