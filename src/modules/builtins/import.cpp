#include "modules/builtins/import.h"

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

// The module in sys.modules if it is fully imported; nothing otherwise.
Owned imported(Thread& thread, Str& name) {
    Owned module = get_item(thread, interpreter_of(thread).modules.borrow(), Value::of(name));
    if (!module) return clear_exception_if(thread, exc::KeyError) ? Owned::nothing() : Owned();
    if (is_none(module)) return Owned::nothing();
    Owned spec = TRY(get_attribute_or_nothing(thread, module, ID(__spec__)));
    if (spec.is_nothing() || is_none(spec)) return module;
    Owned initializing = TRY(get_attribute_or_nothing(thread, spec, ID(_initializing)));
    if (initializing.is_nothing()) return module;
    bool busy = TRY(is_true(thread, initializing));
    return busy ? Owned::nothing() : std::move(module);
}

bool is_empty_list(Thread& thread, Value fromlist) {
    return is_none(fromlist) || (is_exact_tuple(fromlist) && fromlist.as<Tuple>().size == 0);
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
    Str& text = name.as<Str>();
    if (level == 0) {
        if (text.length() == 0) return raise(thread, exc::ValueError, "Empty module name");
        Owned module = TRY(imported(thread, text));
        if (!module.is_nothing()) {
            bool plain = is_empty_list(thread, fromlist);
            Ref<Str> dot = TRY(make_str(thread, "."));
            Index at = plain ? str_find(text, *dot, 0, text.length()) : -1;
            if (plain && at < 0) return module;
            if (!plain) {
                Owned path = TRY(get_attribute_or_nothing(thread, module, ID(__path__)));
                if (path.is_nothing()) return module;
            }
        }
    }
    if (interpreter.importlib.is_empty())
        return raise(thread, exc::ImportError,
                     "no module named {} before the import system is there", repr_of(name));
    Owned module = call_method(thread, interpreter.importlib.borrow(), ID(__import__), name,
                               globals, none(), fromlist, Value::small_int(level));
    if (!module && !interpreter.config->verbose) strip_importlib_frames(thread);
    return module;
}

}  // namespace imugi
