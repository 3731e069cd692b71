#include "modules/builtins/import.h"

#include "object/call.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/interpreter.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

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
    return call_method(thread, interpreter.importlib.borrow(), ID(__import__), name, globals,
                       none(), fromlist, Value::small_int(level));
}

}  // namespace imugi
