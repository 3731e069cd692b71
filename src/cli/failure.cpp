// Exceptions that nobody caught: printing them, and the exit status; and the end of the modules.
// All of it is the main thread's, while it starts or after it has stopped the others.
#include "cli/failure.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "memory/collector.h"
#include "modules/sys/display_exception.h"
#include "object/audit.h"
#include "object/call.h"
#include "object/config.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/module.h"
#include "object/positions.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/weakref.h"
#include "vm/frame_object.h"
#include "vm/traceback.h"

namespace imugi {

static void print_text(Thread& thread, Value value) {
    Owned text = str(thread, value);
    const char* utf8 = text ? str_utf8(thread, text.as<Str>()) : nullptr;
    if (!utf8) clear_exception(thread);
    fputs(utf8 ? utf8 : "<no text>", stderr);
}

void print_pending_exception(Thread& thread) {
    Owned exception = take_exception(thread);
    if (!exception) return;
    fputs("Traceback (most recent call last):\n", stderr);
    Owned entry = exception.as<Exception>().traceback.share();
    while (entry) {
        Traceback& traceback = entry.as<Traceback>();
        Code& code = traceback.frame.as<FrameObject>().code.as<Code>();
        fputs("  File \"", stderr);
        print_text(thread, code.filename.borrow());
        fprintf(stderr, "\", line %d, in ",
                find_line(code, static_cast<uint32_t>(traceback.word())));
        print_text(thread, code.name.borrow());
        fputs("\n", stderr);
        entry = traceback.next.share();
    }
    print_text(thread, Value::of(type_name(type_of(exception))));
    fputs(": ", stderr);
    print_text(thread, exception);
    fputs("\n", stderr);
    fflush(stderr);
}

// The same with source lines, as the usual hook has it, if that works.
static void display_pending_exception(Thread& thread) {
    Owned exception = take_exception(thread);
    Owned stream = dict_get(thread, interpreter_of(thread).sys_dict.as<Dict>(), ID(stderr));
    if (!stream.is_nothing() && !is_none(stream) && display_exception(thread, exception, stream))
        return;
    clear_exception(thread);
    set_exception(thread, std::move(exception));
    print_pending_exception(thread);
}

// Status of SystemExit(code): None is 0, an int itself, anything else is printed and 1.
static int exit_status(Thread& thread, Value exception) {
    Owned code = get_attribute(thread, exception, ID(code));
    if (!code) {
        clear_exception(thread);
        return 1;
    }
    if (is_none(code)) return 0;
    if (is_int(code)) {
        int64_t number;
        return int_fits_int64(code, &number) ? static_cast<int>(number & 0xFF) : 255;
    }
    Owned stream = dict_get(thread, interpreter_of(thread).sys_dict.as<Dict>(), ID(stderr));
    Owned text = str(thread, code);
    Ref<Str> line;
    if (text) line = format(thread, "{}\n", text);
    if (line && !stream.is_nothing() && !is_none(stream)) {
        Owned written = call_method(thread, stream, ID(write), line);
        if (!written) clear_exception(thread);
    } else if (line) {
        print_text(thread, line);
    }
    clear_exception(thread);
    return 1;
}

bool show_exception(Thread& thread) {
    Owned exception = take_exception(thread);
    Dict& sys = interpreter_of(thread).sys_dict.as<Dict>();
    Owned out = dict_get(thread, sys, ID(stdout));
    if (!out.is_nothing() && !is_none(out)) {
        Owned flushed = call_method(thread, out, ID(flush));
        if (!flushed) clear_exception(thread);
    }
    Owned traceback = exception.as<Exception>().traceback.share();
    if (!traceback) traceback = Owned::share(none());
    if (!dict_set(thread, sys, Value::of(ID(last_exc)), exception.value()) ||
        !dict_set(thread, sys, Value::of(ID(last_type)), Value::of(type_of(exception))) ||
        !dict_set(thread, sys, Value::of(ID(last_value)), exception.value()) ||
        !dict_set(thread, sys, Value::of(ID(last_traceback)), traceback.value()))
        clear_exception(thread);
    Owned hook = dict_get(thread, sys, ID(excepthook));
    Owned shown;
    if (hook.is_nothing())
        fputs("sys.excepthook is missing\n", stderr);
    else if (audit(thread, "sys.excepthook", hook, share_type(exception), exception, traceback))
        shown = call(thread, hook, share_type(exception), exception, traceback);
    else if (clear_exception_if(thread, exc::RuntimeError))
        return true;
    if (!shown) {
        if (has_exception(thread) && exception_matches(thread, exc::SystemExit)) return false;
        if (has_exception(thread)) {
            fputs("Error in sys.excepthook:\n", stderr);
            display_pending_exception(thread);
            fputs("\nOriginal exception was:\n", stderr);
        }
        set_exception(thread, std::move(exception));
        display_pending_exception(thread);
    }
    return true;
}

int report_failure(Thread& thread) {
    Owned exception = take_exception(thread);
    if (!exception) return 1;
    if (is_instance_of(exception, exc::SystemExit)) return exit_status(thread, exception);
    bool interrupted = is_instance_of(exception, exc::KeyboardInterrupt);
    set_exception(thread, std::move(exception));
    if (!show_exception(thread)) {
        Owned exit = take_exception(thread);
        return exit_status(thread, exit);
    }
    if (!interrupted) return 1;
    // As a process that the signal killed, for the shell's sake.
    signal(SIGINT, SIG_DFL);
    fflush(nullptr);
    kill(getpid(), SIGINT);
    return 130;
}

void remember_source(Thread& thread, const char* name, const char* text) {
    // linecache is loaded by the traceback module only; it looks here for what has no file.
    Owned module = import_module(thread, ID(linecache));
    Ref<Str> source = make_str(thread, text);
    Ref<Str> filename = make_str(thread, name);
    if (module && source && filename) {
        Owned cache = get_attribute(thread, module, ID(cache));
        Owned lines = call_method(thread, source, ID(splitlines), boolean(true));
        if (cache && lines) {
            Ref<Tuple> entry =
                make_tuple(thread, Value::small_int(static_cast<int64_t>(source->length())), none(),
                           lines, filename);
            if (entry && set_item(thread, cache, filename, entry)) return;
        }
    }
    clear_exception(thread);
}

namespace {

// Sets names of a module to None: those with one leading underscore, or the rest but __builtins__.
void clear_names(Thread& thread, Dict& dict, bool is_private) {
    size_t position = 0;
    Owned key, value;
    while (dict_next(thread, dict, &position, &key, &value)) {
        if (is_none(value) || !is_exact_str(key)) continue;
        Str& name = key.as<Str>();
        bool underscore = name.length() > 1 && name[0] == '_' && name[1] != '_';
        if (underscore != is_private || str_equal(name, "__builtins__")) continue;
        value = Owned();
        if (!dict_set(thread, dict, key, none())) clear_exception(thread);
        drain_dying(thread);
    }
}

}  // namespace

namespace {

// Neither built in nor of the standard library.
bool is_programs_own(Thread& thread, Value module) {
    if (!has_shape(module, k_module_shape)) return false;
    Owned file = dict_get(thread, module_dict(module.as<Module>()), ID(__file__));
    const char* path =
        file && !file.is_nothing() && is_str(file) ? str_utf8(thread, file.as<Str>()) : nullptr;
    if (!path) return clear_exception(thread), false;
    size_t size = strlen(places.stdlib);
    return strncmp(path, places.stdlib, size) != 0 || strstr(path + size, "/site-packages/");
}

// Remembers a module's globals without holding them: functions may keep them longer than the
// module.
bool watch_globals(Thread& thread, Value module, List& watched) {
    Ref<WeakRef> names = TRY(make_weakref_to_any(thread, module_dict(module.as<Module>())));
    return list_append(thread, watched, std::move(names).owned());
}

// Takes the program's modules, the last imported first, out of sys.modules; those that somebody
// still has lose their names.
void finalize_own_modules(Thread& thread, Value modules, List& watched) {
    if (!is_dict(modules)) return;
    Ref<List> names = dict_keys(thread, modules.as<Dict>()), references = make_list(thread);
    if (!names || !references) return clear_exception(thread);
    for (Index i = list_size(*names) - 1; i >= 0; i--) {
        Owned name = list_item(thread, *names, i);
        Owned module = get_item(thread, modules, name);
        if (!module || !is_programs_own(thread, module)) {
            clear_exception(thread);
            continue;
        }
        Owned reference = call(thread, Value::of(weakref_type), module);
        if (!reference || !list_append(thread, *references, std::move(reference)) ||
            !watch_globals(thread, module, watched) || !delete_item(thread, modules, name))
            clear_exception(thread);
    }
    if (list_size(*references) == 0) return;
    drain_dying(thread);
    collect(thread, 2);
    drain_dying(thread);
    bool cleared = false;
    for (Index i = 0; i < list_size(*references); i++) {
        Owned reference = list_item(thread, *references, i);
        Owned module = call(thread, reference);
        if (!module || !has_shape(module, k_module_shape)) {
            clear_exception(thread);
            continue;
        }
        cleared = true;
        clear_names(thread, module_dict(module.as<Module>()), true);
        clear_names(thread, module_dict(module.as<Module>()), false);
    }
    if (!cleared) return;
    collect(thread, 2);
    drain_dying(thread);
}

// Objects with a finalizer written in Python that are globals of the modules that are left.
void finalize_globals(Thread& thread, Value modules) {
    Ref<List> loaded = is_dict(modules) ? dict_values(thread, modules.as<Dict>()) : Ref<List>();
    if (!loaded) return clear_exception(thread);
    for (Index i = list_size(*loaded) - 1; i >= 0; i--) {
        Owned module = list_item(thread, *loaded, i);
        if (!has_shape(module, k_module_shape)) continue;
        auto& names = module_dict(module.as<Module>());
        // What a program has put into sys goes after the streams there: nobody hears of it.
        bool is_sys = &names == &interpreter_of(thread).sys_dict.as<Dict>();
        bool streams_gone = false;
        size_t position = 0;
        Owned key, value;
        while (dict_next(thread, names, &position, &key, &value)) {
            if (!value.value().is_object()) continue;
            const Type& type = type_of(value);
            if (!type.has(kTypeHasFinalizer) || type.spec) continue;
            if (is_sys && !streams_gone) {
                streams_gone = true;
                if (!dict_set(thread, names, Value::of(ID(stderr)), none()))
                    clear_exception(thread);
            }
            value = Owned();
            if (!dict_set(thread, names, key, none())) clear_exception(thread);
            drain_dying(thread);
        }
    }
}

}  // namespace

// Functions of the program that the library still holds have their globals, and these the files
// that are not written out yet.
static void finalize_watched(Thread& thread, List& watched) {
    bool cleared = false;
    for (Index i = 0; i < list_size(watched); i++) {
        Owned reference = list_item(thread, watched, i);
        Owned names = weakref_get(reference.as<WeakRef>());
        if (names.is_nothing()) continue;
        cleared = true;
        clear_names(thread, names.as<Dict>(), true);
        clear_names(thread, names.as<Dict>(), false);
    }
    if (!cleared) return;
    collect(thread, 2);
    drain_dying(thread);
}

void finalize_modules(Thread& thread) {
    Interpreter& interpreter = interpreter_of(thread);
    Value modules = interpreter.modules.borrow();
    Owned main = get_item(thread, modules, Value::of(ID(__main__)));
    Owned reference = main ? call(thread, Value::of(weakref_type), main) : Owned();
    Ref<List> watched = make_list(thread);
    if (!reference || !watched ||
        (has_shape(main, k_module_shape) && !watch_globals(thread, main, *watched)) ||
        !delete_item(thread, modules, Value::of(ID(__main__)))) {
        clear_exception(thread);
        return;
    }
    // Finalizers find the program's globals whole, and the other modules at work.
    main = Owned();
    drain_dying(thread);
    collect(thread, 2);
    drain_dying(thread);
    // The collections to come are none of the program's: what its callbacks use goes now.
    collector_hooks.notify.store(nullptr, std::memory_order_relaxed);
    main = call(thread, reference);
    if (main && has_shape(main, k_module_shape)) {
        // Somebody else has the module: its names go one by one, private ones first.
        auto& names = module_dict(main.as<Module>());
        clear_names(thread, names, true);
        clear_names(thread, names, false);
        dict_clear(thread, names);
        main = Owned();
        drain_dying(thread);
        collect(thread, 2);
    }
    main = Owned();
    finalize_own_modules(thread, modules, *watched);
    finalize_globals(thread, modules);
    finalize_watched(thread, *watched);
    clear_exception(thread);
}

}  // namespace imugi
