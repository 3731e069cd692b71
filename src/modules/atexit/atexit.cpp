// atexit: a list of (function, args, kwargs) in the interpreter; the list guards itself.
#include "modules/atexit/atexit.h"

#include "object/call.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi {

namespace {

// The list, made on demand.
Owned functions(Thread& thread) {
    Interpreter& interpreter = interpreter_of(thread);
    Lock guard(thread, interpreter);
    if (interpreter.at_exit.is_empty()) {
        Ref<List> made = TRY(make_list(thread));
        interpreter.at_exit.init(std::move(made).owned());
    }
    return interpreter.at_exit.share();
}

Owned atexit_register(Thread& thread, Value func, Args args, Kwargs kwargs) {
    if (!is_callable(func))
        return raise(thread, exc::TypeError, "the first argument must be callable");
    Ref<Tuple> positional = TRY(make_tuple(thread, args.values, args.count));
    Ref<Dict> named = TRY(make_dict(thread));
    for (size_t i = 0; i < kwargs.count; i++)
        TRY(dict_set(thread, *named, kwargs.names[i], kwargs.values[i]));
    Ref<Tuple> entry = TRY(make_tuple(thread, func, positional, named));
    Owned list = TRY(functions(thread));
    TRY(list_append(thread, list.as<List>(), std::move(entry).owned()));
    return Owned::share(func);
}

Owned atexit_unregister(Thread& thread, Value func) {
    Owned list = TRY(functions(thread));
    for (Index i = list_size(list.as<List>()); i-- > 0;) {
        Owned entry = list_item(thread, list.as<List>(), i);
        if (entry.is_nothing()) continue;
        bool equal = TRY(equals(thread, entry.as<Tuple>()[0], func));
        if (equal) TRY(delete_item(thread, list, Value::small_int(i)));
    }
    return Owned::share(none());
}

Owned atexit_clear(Thread& thread) {
    Owned list = TRY(functions(thread));
    return call_method(thread, list, ID(clear));
}

Owned atexit_ncallbacks(Thread& thread) {
    Owned list = TRY(functions(thread));
    return make_int(thread, list_size(list.as<List>()));
}

Owned atexit_run_exitfuncs(Thread& thread) {
    run_exit_functions(thread);
    return Owned::share(none());
}

const MethodRow rows[] = {
    {"register", "(func, /, *args, **kwargs)", fn<atexit_register>,
     "Register a function to be executed upon normal program termination"},
    {"unregister", "(func, /)", fn<atexit_unregister>,
     "Unregister an exit function which was previously registered using\natexit.register"},
    {"_clear", "()", fn<atexit_clear>, "Clear the list of previously registered exit functions."},
    {"_run_exitfuncs", "()", fn<atexit_run_exitfuncs>, "Run all registered exit functions."},
    {"_ncallbacks", "()", fn<atexit_ncallbacks>, "Return the number of registered exit functions."},
    {},
};

ModuleSpec spec{
    "atexit",
    "allow programmer to define multiple exit functions to be executed\nupon normal program "
    "termination.\n\nTwo public functions, register and unregister, are defined.\n",
    rows};

}  // namespace

void run_exit_functions(Thread& thread) {
    Owned list = functions(thread);
    if (!list) return clear_exception(thread);
    for (;;) {
        Index size = list_size(list.as<List>());
        if (size == 0) return;
        Owned entry = call_method(thread, list, ID(pop));
        if (!entry) return clear_exception(thread);
        Tuple& parts = entry.as<Tuple>();
        Owned result = call_with(thread, parts[0], parts[1].as<Tuple>(), &parts[2].as<Dict>());
        if (!result) report_unraisable(thread, parts[0], "Exception ignored in atexit callback");
    }
}

}  // namespace imugi
