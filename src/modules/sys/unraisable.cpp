// Exceptions that nobody can catch go to sys.unraisablehook.
#include "memory/collector.h"
#include "modules/sys/sys.h"
#include "object/audit.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/interpreter.h"
#include "object/str.h"
#include "object/struct_sequence.h"
#include "vm/frame.h"

namespace imugi {

// "Exception ignored in atexit callback <function f at 0x...>"
static Owned message_about(Thread& thread, const char* message, Value where) {
    if (where.is_empty()) return make_str(thread, message).owned();
    Ref<Str> text = format(thread, "{} {}", message, repr_of(where));
    if (text) return std::move(text).owned();
    clear_exception(thread);
    return make_str(thread, message).owned();
}

static bool call_hook(Thread& thread, Value exception, Value where, const char* message) {
    // What was raised outside any Python code shows where that happened to be.
    Frame* frame = exception.as<Exception>().traceback.is_empty() ? python_frame(thread) : nullptr;
    if (frame && !add_traceback(thread, exception.as<Exception>(), *frame)) clear_exception(thread);
    Dict& sys = interpreter_of(thread).sys_dict.as<Dict>();
    Owned type = TRY(dict_get(thread, sys, ID(UnraisableHookArgs)));
    Owned hook = TRY(dict_get(thread, sys, ID(unraisablehook)));
    if (type.is_nothing() || hook.is_nothing()) return true;
    Ref<Tuple> args = TRY(make_struct_sequence(thread, type.as<Type>()));
    Owned traceback = exception.as<Exception>().traceback.share();
    args->items[0].init(Owned::share(type_of(exception)));
    args->items[1].init(Owned::share(exception));
    args->items[2].init(traceback ? std::move(traceback) : Owned::share(none()));
    Owned text = Owned::share(none());
    if (message) text = TRY(message_about(thread, message, where));
    args->items[3].init(std::move(text));
    args->items[4].init(Owned::share(where.is_empty() || message ? none() : where));
    track(args.get());
    TRY(audit(thread, "sys.unraisablehook", hook, args));
    Owned result = TRY(call(thread, hook, args));
    return true;
}

static void report(Thread& thread, Value exception, Value where, const char* message) {
    if (!call_hook(thread, exception, where, message)) clear_exception(thread);
}

void install_unraisable_hook() {
    unraisable_hook = report;
}

}  // namespace imugi
