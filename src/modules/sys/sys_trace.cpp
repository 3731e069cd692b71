// sys: frames of this and other threads, tracing and profiling functions.
#include "modules/sys/sys.h"
#include "object/audit.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/function.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/tuple.h"
#include "thread/safepoint.h"
#include "vm/frame.h"
#include "vm/frame_object.h"
#include "vm/instrument.h"

namespace imugi {

namespace {

Owned sys_getframe(Thread& thread, int depth) {
    if (depth < 0) depth = 0;
    Frame* frame = python_frame(thread, static_cast<size_t>(depth));
    if (!frame) return raise(thread, exc::ValueError, "call stack is not deep enough");
    Ref<FrameObject> object = TRY(frame_object(thread, *frame));
    TRY(audit(thread, "sys._getframe", object));
    return std::move(object).owned();
}

Owned sys_getframemodulename(Thread& thread, int depth) {
    TRY(audit(thread, "sys._getframemodulename", depth));
    Frame* frame = depth < 0 ? nullptr : python_frame(thread, static_cast<size_t>(depth));
    if (!frame) return Owned::share(none());
    // Code of exec, eval and modules has no function.
    Value function = Value::from_bits(frame->function_word);
    Owned module = TRY(is_python_function(function)
                           ? get_attribute_or_nothing(thread, function, ID(__module__))
                           : dict_get(thread, *frame->globals, ID(__name__)));
    return module.is_nothing() ? Owned::share(none()) : std::move(module);
}

// {thread ident: what `pick` gives of the thread}, with the world stopped.
template <class Pick>
Owned for_threads(Thread& thread, Pick pick) {
    Ref<Dict> result = TRY(make_dict(thread));
    StopTheWorld stopped(thread);
    for (Thread* each = interpreter_of(thread).threads; each; each = each->next) {
        Owned value = pick(*each);
        if (!value) return {};
        if (value.is_nothing()) continue;
        Owned ident = TRY(make_int_unsigned(thread, each->ident));
        TRY(dict_set(thread, *result, ident, std::move(value)));
    }
    return std::move(result).owned();
}

Owned sys_current_frames(Thread& thread) {
    TRY(audit(thread, "sys._current_frames"));
    return for_threads(thread, [&](Thread& each) -> Owned {
        return each.frame ? frame_object(thread, *each.frame).owned() : Owned::nothing();
    });
}

Owned sys_current_exceptions(Thread& thread) {
    TRY(audit(thread, "sys._current_exceptions"));
    return for_threads(thread, [&](Thread& each) -> Owned {
        Value handled = handled_exception(each);
        return Owned::share(handled.is_empty() ? none() : handled);
    });
}

Owned get_function(uint64_t word) {
    return Owned::share(word ? Value::from_bits(word) : none());
}
Owned sys_settrace(Thread& thread, Value function) {
    TRY(audit(thread, "sys.settrace"));
    set_trace_function(thread, function);
    TRY(apply_trace_settings(thread));
    return Owned::share(none());
}
Owned sys_gettrace(Thread& thread) {
    return get_function(thread.trace_function);
}
Owned sys_setprofile(Thread& thread, Value function) {
    TRY(audit(thread, "sys.setprofile"));
    set_profile_function(thread, function);
    TRY(apply_trace_settings(thread));
    return Owned::share(none());
}
Owned sys_getprofile(Thread& thread) {
    return get_function(thread.profile_function);
}

Owned sys_settraceallthreads(Thread& thread, Value function) {
    TRY(audit(thread, "sys.settrace"));
    TRY(set_function_everywhere(thread, true, function));
    return Owned::share(none());
}
Owned sys_setprofileallthreads(Thread& thread, Value function) {
    TRY(audit(thread, "sys.setprofile"));
    TRY(set_function_everywhere(thread, false, function));
    return Owned::share(none());
}
Owned sys_call_tracing(Thread& thread, Value function, Tuple& args) {
    int32_t tracing = std::exchange(thread.tracing, 0);
    Owned result = call_with(thread, function, args, nullptr);
    thread.tracing = tracing;
    return result;
}

const MethodRow rows[] = {
    {"_getframe", "(depth=0, /)", fn<sys_getframe>, "Return a frame object from the call stack."},
    {"_getframemodulename", "(depth=0)", fn<sys_getframemodulename>,
     "Return the name of the module for a calling frame."},
    {"_current_frames", "()", fn<sys_current_frames>,
     "Return a dict mapping each thread's thread id to its current stack frame."},
    {"_current_exceptions", "()", fn<sys_current_exceptions>,
     "Return a dict mapping each thread's identifier to its current raised exception."},
    {"settrace", "(function, /)", fn<sys_settrace>, "Set the global debug tracing function."},
    {"gettrace", "()", fn<sys_gettrace>,
     "Return the global debug tracing function set with sys.settrace."},
    {"setprofile", "(function, /)", fn<sys_setprofile>, "Set the profiling function."},
    {"getprofile", "()", fn<sys_getprofile>,
     "Return the profiling function set with sys.setprofile."},
    {"_settraceallthreads", "(function, /)", fn<sys_settraceallthreads>,
     "Set the global debug tracing function in all running threads belonging to the current "
     "interpreter."},
    {"_setprofileallthreads", "(function, /)", fn<sys_setprofileallthreads>,
     "Set the profiling function in all running threads belonging to the current interpreter."},
    {"call_tracing", "(func, args, /)", fn<sys_call_tracing>,
     "Call func(*args), while tracing is enabled."},
    {},
};

}  // namespace

const MethodRow* const sys_trace_rows = rows;

}  // namespace imugi
