// The import statement: modules that are there are found without importlib, whose locks make an
// import by many threads one. No state but the times that -X importtime shows, each thread's own.
#include "modules/builtins/import.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include <algorithm>

#include "object/audit.h"
#include "object/call.h"
#include "object/config.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/interpreter.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/lock.h"
#include "vm/frame_object.h"
#include "vm/traceback.h"

namespace imugi {

namespace {

// What sys.modules has under a name; nothing when that is missing, or None.
Owned known_module(Thread& thread, Value name) {
    Owned module = get_item(thread, interpreter_of(thread).modules.borrow(), name);
    if (!module) return clear_exception_if(thread, exc::KeyError) ? Owned::nothing() : Owned();
    return is_none(module) ? Owned::nothing() : std::move(module);
}

Result<bool> is_initializing(Thread& thread, Value module) {
    Owned spec = TRY(get_attribute_or_nothing(thread, module, ID(__spec__)));
    if (spec.is_nothing() || is_none(spec)) return false;
    Owned initializing = TRY(get_attribute_or_nothing(thread, spec, ID(_initializing)));
    if (initializing.is_nothing()) return false;
    return is_true(thread, initializing);
}

// -X importtime: a line on stderr for an import, once it is done; those within it before it.
class ImportTimer {
  public:
    explicit ImportTimer(Thread& thread, Value name)
        : thread_(thread), name_(name), outer_(spent_), begin_(now()) {
        if (!wanted(thread)) return;
        static std::atomic<bool> headed{false};
        if (!headed.exchange(true, std::memory_order_relaxed))
            fputs("import time: self [us] | cumulative | imported package\n", stderr);
        spent_ = 0;
        depth_++;
    }
    ~ImportTimer() {
        if (!wanted(thread_)) return;
        depth_--;
        int64_t all = now() - begin_;
        print(thread_, name_, "%9" PRId64 " | %10" PRId64, (all - spent_) / 1000, all / 1000);
        spent_ = outer_ + all;
    }
    ImportTimer(const ImportTimer&) = delete;

    // 2: what was imported already is told as well.
    static int wanted(Thread& thread) { return interpreter_of(thread).config->import_time; }

    static void cached(Thread& thread, Value name) {
        print(thread, name, "   cached |     cached", 0, 0);
    }

  private:
    static int64_t now() {
        timespec time;
        clock_gettime(CLOCK_MONOTONIC, &time);
        return time.tv_sec * int64_t{1'000'000'000} + time.tv_nsec;
    }
    __attribute__((format(printf, 3, 0))) static void print(Thread& thread, Value name,
                                                            const char* times, int64_t self,
                                                            int64_t all) {
        char text[64];
        snprintf(text, sizeof(text), times, self, all);
        SavedException saved(thread);
        const char* utf8 = is_str(name) ? str_utf8(thread, name.as<Str>()) : nullptr;
        if (!utf8) clear_exception(thread);
        fprintf(stderr, "import time: %s | %*s%s\n", text, depth_ * 2, "", utf8 ? utf8 : "?");
    }

    // Of the calling thread: how deep its imports nest, and what those within the innermost took.
    static thread_local constinit int depth_;
    static thread_local constinit int64_t spent_;

    Thread& thread_;
    Value name_;
    int64_t outer_, begin_;
};
thread_local constinit int ImportTimer::depth_ = 0;
thread_local constinit int64_t ImportTimer::spent_ = 0;

// What the hooks are told of an import that is not there yet.
bool audit_import(Thread& thread, Value name) {
    if (!is_audited(thread)) return true;
    Owned parts[3];
    Str* names[] = {&ID(path), &ID(meta_path), &ID(path_hooks)};
    for (size_t i = 0; i < 3; i++)
        parts[i] = TRY(dict_get(thread, interpreter_of(thread).sys_dict.as<Dict>(), *names[i]));
    auto part = [&](size_t i) { return parts[i].is_nothing() ? Value() : Value(parts[i]); };
    return audit(thread, "import", name, Value(), part(0), part(1), part(2));
}

// The module of an absolute name. One that another thread is just importing is waited for, unless
// that thread waits for what this one imports: then it is taken half initialised. One whose import
// fails meanwhile is not taken: this thread tries.
Owned find_module(Thread& thread, Value name) {
    Value importlib = interpreter_of(thread).importlib.borrow();
    Owned waited_for, made;
    for (int tries = 0;; tries++) {
        Owned module = TRY(known_module(thread, name));
        if (module.is_nothing()) {
            // What importlib found, and another thread took out again when its import failed, is
            // not taken. But a module that always goes is not imported for ever.
            if (made && tries > 20) return made;
            Owned import = TRY(get_attribute(thread, importlib, ID(_gcd_import)));
            Owned deadlock = TRY(get_attribute(thread, importlib, ID(_DeadlockError)));
            TRY(audit_import(thread, name));
            ImportTimer timer(thread, name);
            made = call_method(thread, importlib, ID(_find_and_load), name, import);
            // Since the look above the module's thread has begun it and come to wait for this one.
            if (!made && (tries > 20 || !clear_exception_if(thread, deadlock.as<Type>())))
                return {};
            continue;
        }
        bool busy = TRY(is_initializing(thread, module));
        if (busy && !(waited_for && same(waited_for, module)) && !(made && same(made, module))) {
            Owned waited = TRY(call_method(thread, importlib, ID(_lock_unlock_module), name));
            waited_for = std::move(module);
            continue;
        }
        Owned still = TRY(known_module(thread, name));
        if (!same(still, module)) continue;
        if (ImportTimer::wanted(thread) > 1 && !made) ImportTimer::cached(thread, name);
        return module;
    }
}

// Which package a module is in whose globals say neither __package__ nor __spec__.
Owned package_by_name(Thread& thread, Dict& globals) {
    TRY(warn(thread, exc::ImportWarning, 1,
             make_str(thread,
                      "can't resolve package from __spec__ or __package__, "
                      "falling back on __name__ and __path__")));
    Owned name = TRY(dict_get(thread, globals, ID(__name__)));
    if (name.is_nothing()) return raise(thread, exc::KeyError, "'__name__' not in globals");
    if (!is_str(name)) return raise(thread, exc::TypeError, "__name__ must be a string");
    Owned path = TRY(dict_get(thread, globals, ID(__path__)));
    if (!path.is_nothing()) return name;  // it is a package itself
    auto& text = name.as<Str>();
    Ref<Str> dot = TRY(make_str(thread, "."));
    Index end = str_find_last(text, *dot, 0, text.length());
    return str_substring(thread, text, 0, static_cast<size_t>(std::max<Index>(end, 0)));
}

// The package that `globals` are of; a str. As importlib's _calc___package__, but for messages.
Owned package_of(Thread& thread, Dict& globals) {
    Owned package = TRY(dict_get(thread, globals, ID(__package__)));
    Owned spec = TRY(dict_get(thread, globals, ID(__spec__)));
    bool has_spec = !spec.is_nothing() && !is_none(spec);
    if (!package.is_nothing() && !is_none(package)) {
        if (!is_str(package)) return raise(thread, exc::TypeError, "package must be a string");
        if (!has_spec) return package;
        Owned parent = TRY(get_attribute(thread, spec, ID(parent)));
        if (!TRY(equals(thread, package, parent)))
            TRY(warn(thread, exc::DeprecationWarning, 1,
                     make_str(thread, "__package__ != __spec__.parent")));
        return package;
    }
    if (!has_spec) return package_by_name(thread, globals);
    Owned parent = TRY(get_attribute(thread, spec, ID(parent)));
    if (!is_str(parent)) return raise(thread, exc::TypeError, "__spec__.parent must be a string");
    return parent;
}

// As seen from the package that `globals` are of.
Owned absolute_name(Thread& thread, Str& name, Value globals, int level) {
    if (globals.is_empty()) return raise(thread, exc::KeyError, "'__name__' not in globals");
    if (!is_dict(globals)) return raise(thread, exc::TypeError, "globals must be a dict");
    Owned package = TRY(package_of(thread, globals.as<Dict>()));
    auto& text = package.as<Str>();
    if (text.length() == 0)
        return raise(thread, exc::ImportError,
                     "attempted relative import with no known parent package");
    Ref<Str> dot = TRY(make_str(thread, "."));
    auto end = static_cast<Index>(text.length());
    for (int up = 1; up < level; up++) {
        end = str_find_last(text, *dot, 0, static_cast<size_t>(end));
        if (end < 0)
            return raise(thread, exc::ImportError,
                         "attempted relative import beyond top-level package");
    }
    Ref<Str> base = TRY(str_substring(thread, text, 0, static_cast<size_t>(end)));
    if (name.length() == 0) return base;
    return format(thread, "{}.{}", *base, name);
}

// `import a.b` gives a, `from . import b` and the like the package itself.
Owned first_module(Thread& thread, Str& name, Str& absolute, int level, Owned module) {
    Ref<Str> dot = TRY(make_str(thread, "."));
    Index at = str_find(name, *dot, 0, name.length());
    if (name.length() == 0 || at < 0) return module;
    if (level == 0) {
        if (at == 0) return raise(thread, exc::ValueError, "Empty module name");
        Ref<Str> first = TRY(str_substring(thread, name, 0, static_cast<size_t>(at)));
        return find_module(thread, first);
    }
    Index end = static_cast<Index>(absolute.length()) - (static_cast<Index>(name.length()) - at);
    Ref<Str> first = TRY(str_substring(thread, absolute, 0, static_cast<size_t>(end)));
    Owned found = TRY(known_module(thread, first));
    if (found.is_nothing())
        return raise(thread, exc::KeyError, "{} not in sys.modules as expected", repr_of(first));
    return found;
}

Owned import_parts(Thread& thread, Value name, Value globals, Value fromlist, int level) {
    Owned absolute = Owned::share(name);
    if (level > 0) absolute = TRY(absolute_name(thread, name.as<Str>(), globals, level));
    Owned module = TRY(find_module(thread, absolute));
    bool from = !fromlist.is_empty() && !is_none(fromlist);
    if (from) from = TRY(is_true(thread, fromlist));
    if (!from)
        return first_module(thread, name.as<Str>(), absolute.as<Str>(), level, std::move(module));
    Owned path = TRY(get_attribute_or_nothing(thread, module, ID(__path__)));
    if (path.is_nothing()) return module;
    Value importlib = interpreter_of(thread).importlib.borrow();
    Owned import = TRY(get_attribute(thread, importlib, ID(_gcd_import)));
    return call_method(thread, importlib, ID(_handle_fromlist), module, fromlist, import);
}

// --- tracebacks of failed imports ---

bool is_importlib(const Code& code) {
    auto& filename = code.filename.borrow().as<Str>();
    return str_equal(filename, "<frozen importlib._bootstrap>") ||
           str_equal(filename, "<frozen importlib._bootstrap_external>");
}

const Code& code_of(const Traceback& entry) {
    return entry.frame.as<FrameObject>().code.as<Code>();
}

Owned next_of(Thread& thread, Traceback& entry) {
    Lock guard(thread, entry);
    return entry.next.share();
}

void link(Thread& thread, Exception& exception, Value last_kept, Owned entry) {
    Owned old;
    if (last_kept.is_empty()) {
        Lock guard(thread, exception);
        old = exception.traceback.exchange(std::move(entry));
    } else {
        Lock guard(thread, last_kept.as<Traceback>());
        old = last_kept.as<Traceback>().next.exchange(std::move(entry));
    }
}

// The import system's own entries say nothing to who wrote a bad import. An ImportError loses them
// all; another exception loses those down to the call that ran the module's code.
void strip_importlib_frames(Thread& thread) {
    Owned pending = take_exception(thread);
    auto& exception = pending.as<Exception>();
    bool all = is_instance_of(pending, exc::ImportError);
    Owned entry;
    {
        Lock guard(thread, exception);
        entry = exception.traceback.share();
    }
    Owned kept;  // the last entry before the run of importlib's that `entry` is in
    while (entry) {
        if (!is_importlib(code_of(entry.as<Traceback>()))) {
            kept = std::move(entry);
            entry = next_of(thread, kept.as<Traceback>());
            continue;
        }
        Owned after, last;  // what follows the part of the run to be cut; the run's last entry
        bool cut = false;
        while (entry && is_importlib(code_of(entry.as<Traceback>()))) {
            bool ends = all || str_equal(code_of(entry.as<Traceback>()).name.borrow().as<Str>(),
                                         "_call_with_frames_removed");
            last = std::move(entry);
            entry = next_of(thread, last.as<Traceback>());
            if (!ends) continue;
            cut = true;
            after = entry.share();
        }
        if (cut) link(thread, exception, kept ? kept.value() : Value(), after.share());
        // Entries of the run that are left stand after the cut ones.
        if (!cut || !same(after, entry)) kept = std::move(last);
    }
    set_exception(thread, std::move(pending));
}

}  // namespace

Owned import_name(Thread& thread, Value name, Value globals, Value fromlist, int level) {
    if (!is_str(name)) return raise(thread, exc::TypeError, "module name must be a string");
    if (level < 0) return raise(thread, exc::ValueError, "level must be >= 0");
    Interpreter& interpreter = interpreter_of(thread);
    if (level == 0 && name.as<Str>().length() == 0)
        return raise(thread, exc::ValueError, "Empty module name");
    if (interpreter.importlib.is_empty()) {
        Owned module = TRY(known_module(thread, name));
        if (!module.is_nothing()) return module;
        return raise(thread, exc::ImportError,
                     "no module named {} before the import system is there", repr_of(name));
    }
    Owned module = import_parts(thread, name, globals, fromlist, level);
    if (!module && !interpreter.config->verbose) strip_importlib_frames(thread);
    return module;
}

}  // namespace imugi
