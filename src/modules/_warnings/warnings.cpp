// _warnings: the entrance for warnings of native code. The filters are those of the Python module,
// which is loaded at the first warning.
#include "object/attribute.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/module.h"
#include "object/native.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

namespace {

// The Python part; it needs `warnings` to have been imported, which says so to it.
Owned python_part(Thread& thread) {
    Owned warnings = TRY(import_module(thread, ID(warnings)));
    return import_module(thread, ID(_py_warnings));
}

Owned warnings_warn(Thread& thread, Value message, Value category, Value stacklevel, Value source,
                    Value skip_file_prefixes) {
    Owned module = TRY(python_part(thread));
    Owned function = TRY(get_attribute(thread, module, ID(warn)));
    Ref<Tuple> positional = TRY(make_tuple(thread, message, category, stacklevel, source));
    Ref<Dict> named = TRY(make_dict(thread));
    TRY(dict_set(thread, *named, Value::of(ID(skip_file_prefixes)), skip_file_prefixes));
    return call_with(thread, function, *positional, named.get());
}

Owned warnings_warn_explicit(Thread& thread, Value message, Value category, Value filename,
                             Value lineno, Value module, Value registry, Value module_globals,
                             Value source) {
    Owned warnings = TRY(python_part(thread));
    Owned function = TRY(get_attribute(thread, warnings, ID(warn_explicit)));
    return call(thread, function, message, category, filename, lineno, module, registry,
                module_globals, source);
}

const MethodRow rows[] = {
    {"warn", "(message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=())",
     fn<warnings_warn>, "Issue a warning, or maybe ignore it or raise an exception."},
    {"warn_explicit",
     "(message, category, filename, lineno, module=None, registry=None, module_globals=None, "
     "source=None)",
     fn<warnings_warn_explicit>, "Issue a warning, or maybe ignore it or raise an exception."},
    {},
};

// warn() of native code. Before the import system is there, warnings have nobody to read them.
bool warn_through_python(Thread& thread, Type& category, int stack_level, Str& message) {
    if (interpreter_of(thread).importlib.is_empty()) return true;
    Owned level = TRY(make_int(thread, stack_level));
    Ref<Tuple> no_prefixes = empty_tuple();
    return static_cast<bool>(
        warnings_warn(thread, Value::of(message), Value::of(category), level, none(), no_prefixes));
}

bool execute(Thread&, Module&) {
    warn_hook = warn_through_python;
    return true;
}

ModuleSpec spec{"_warnings",
                "_warnings provides basic warning filtering support.\nIt is a helper module to "
                "speed up interpreter start-up.",
                rows, execute};

}  // namespace

}  // namespace imugi
