// _thread: starting threads, locks, identities.
#include <pthread.h>
#include <signal.h>
#include <stdio.h>

#include "memory/collector.h"
#include "modules/_thread/handle.h"
#include "modules/_thread/local.h"
#include "modules/_thread/locks.h"
#include "modules/sys/display_exception.h"
#include "object/audit.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/struct_sequence.h"
#include "thread/parking_lot.h"
#include "thread/safepoint.h"

namespace imugi {

namespace {

bool check_start(Thread& thread, Value function, Value args, Value kwargs) {
    if (!is_callable(function)) return raise(thread, exc::TypeError, "first arg must be callable");
    if (!is_tuple(args)) return raise(thread, exc::TypeError, "2nd arg must be a tuple");
    if (!is_none(kwargs) && !is_dict(kwargs))
        return raise(thread, exc::TypeError, "optional 3rd arg must be a dictionary");
    return true;
}

Owned thread_start_new(Thread& thread, Value function, Value args, Value kwargs) {
    TRY(check_start(thread, function, args, kwargs));
    TRY(audit(thread, "_thread.start_new_thread", function, args, kwargs));
    Type* type = handle_class.get(thread);
    if (!type) return {};
    auto* made = allocate<ThreadHandle>(thread, *type);
    if (!made) return {};
    Owned handle = Owned::adopt(made);
    made->state.store(kStarting, std::memory_order_relaxed);
    TRY(start_thread(thread, function, args, kwargs, made, true));
    while (made->state.load(std::memory_order_acquire) == kStarting) {
        Detached detached(thread);
        park(&made->state, kStarting, 4, 1'000'000'000);
    }
    return make_int_unsigned(thread, made->ident.load(std::memory_order_relaxed));
}

Owned thread_start_joinable(Thread& thread, Value function, Value handle, bool daemon) {
    if (!is_callable(function))
        return raise(thread, exc::TypeError, "thread function must be callable");
    TRY(audit(thread, "_thread.start_joinable_thread", function, int{daemon}, handle));
    Type* type = handle_class.get(thread);
    if (!type) return {};
    Owned held;
    if (is_none(handle)) {
        auto* made = allocate<ThreadHandle>(thread, *type);
        if (!made) return {};
        held = Owned::adopt(made);
    } else if (!is_instance_of(handle, *type)) {
        return raise(thread, exc::TypeError, "'handle' must be a _ThreadHandle");
    } else {
        held = Owned::share(handle);
    }
    auto& object = held.as<ThreadHandle>();
    uint32_t expected = kNotStarted;
    if (!object.state.compare_exchange_strong(expected, kStarting, std::memory_order_acq_rel))
        return raise(thread, exc::RuntimeError, "thread already started");
    Ref<Tuple> no_args = empty_tuple();
    if (!start_thread(thread, function, no_args, none(), &object, daemon)) {
        object.state.store(kNotStarted, std::memory_order_release);
        return {};
    }
    while (object.state.load(std::memory_order_acquire) == kStarting) {
        Detached detached(thread);
        park(&object.state, kStarting, 4, 1'000'000'000);
    }
    return held;
}

Owned thread_make_handle(Thread& thread, Value ident) {
    uint64_t number = TRY(int_to_uint64(thread, ident));
    Type* type = handle_class.get(thread);
    if (!type) return {};
    auto* made = allocate<ThreadHandle>(thread, *type);
    if (!made) return {};
    made->ident.store(number, std::memory_order_relaxed);
    made->state.store(kRunning, std::memory_order_relaxed);
    link_handle(*made);
    return Owned::adopt(made);
}

Owned thread_allocate_lock(Thread& thread) {
    Type* type = lock_class.get(thread);
    auto* made = type ? allocate<LockObject>(thread, *type) : nullptr;
    return made ? Owned::adopt(made) : Owned();
}

Owned thread_get_ident(Thread& thread) {
    return make_int_unsigned(thread, thread.ident);
}
Owned thread_get_native_id(Thread& thread) {
    return make_int_unsigned(thread, thread.native_id);
}
Owned thread_get_main_ident(Thread& thread) {
    return make_int_unsigned(thread, interpreter_of(thread).main_thread->ident);
}
Owned thread_count(Thread& thread) {
    return make_int(thread, started_threads.load(std::memory_order_relaxed));
}
Owned thread_exit(Thread& thread) {
    return raise_bare(thread, exc::SystemExit);
}
Owned thread_daemon_allowed(Thread&) {
    return Owned::share(boolean(true));
}
Owned thread_is_main_interpreter(Thread& thread) {
    return Owned::share(boolean(thread.interpreter == &main_interpreter));
}

Owned thread_stack_size_function(Thread& thread, Index size) {
    if (size < 0) return raise(thread, exc::ValueError, "size must be 0 or a positive value");
    if (size != 0 && size < 0x8000)
        return raise(thread, exc::ValueError, "size not valid: {} bytes", static_cast<long>(size));
    size_t old = thread_stack_size.exchange(static_cast<size_t>(size), std::memory_order_relaxed);
    return make_int_unsigned(thread, old);
}

Owned thread_interrupt_main(Thread& thread, int signum) {
    if (signum < 1 || signum >= NSIG)
        return raise(thread, exc::ValueError, "signal number out of range");
    struct sigaction action;
    if (sigaction(signum, nullptr, &action) == 0 && action.sa_handler != SIG_DFL &&
        action.sa_handler != SIG_IGN)
        pthread_kill(static_cast<pthread_t>(interpreter_of(thread).main_thread->ident), signum);
    TRY(safepoint(thread));
    return Owned::share(none());
}

Owned thread_set_name(Thread& thread, Str& name) {
    const char* text = str_utf8(thread, name);
    if (!text) return {};
    char shortened[16];
    snprintf(shortened, sizeof(shortened), "%s", text);
    pthread_setname_np(pthread_self(), shortened);
    return Owned::share(none());
}

// threading._shutdown(): waits for every thread that is no daemon.
Owned thread_shutdown(Thread& thread) {
    Interpreter& interpreter = interpreter_of(thread);
    for (;;) {
        bool running = false;
        {
            MutexGuard guard(interpreter.threads_mutex);
            for (Thread* each = interpreter.threads; each; each = each->next)
                running = running || (each != &thread && !each->daemon && !each->is_main);
        }
        if (!running) return Owned::share(none());
        {
            Detached detached(thread);
            uint32_t never = 0;
            park(&never, 0, 4, 1'000'000);
        }
        TRY(safepoint(thread));
    }
}

// threading.excepthook: exc_type, exc_value, exc_traceback, thread.
Owned thread_excepthook(Thread& thread, Value args) {
    Owned value = TRY(get_attribute(thread, args, ID(exc_value)));
    Owned type = TRY(get_attribute(thread, args, ID(exc_type)));
    if (same(type, Value::of(exc::SystemExit))) return Owned::share(none());
    Owned who = TRY(get_attribute(thread, args, ID(thread)));
    // The stream of when the thread was made, for one that dies after the program took sys.stderr
    // away.
    Dict& sys = interpreter_of(thread).sys_dict.as<Dict>();
    Owned stream = TRY(dict_get(thread, sys, ID(stderr)));
    if ((stream.is_nothing() || is_none(stream)) && !is_none(who))
        stream = TRY(get_attribute_or_nothing(thread, who, ID(_stderr)));
    if (stream.is_nothing() || is_none(stream)) return Owned::share(none());
    Owned name = is_none(who) ? make_int_unsigned(thread, thread.ident)
                              : get_attribute(thread, who, ID(name));
    if (!name) return {};
    Ref<Str> head = TRY(format(thread, "Exception in thread {}:\n", name));
    Owned written = TRY(call_method(thread, stream, ID(write), head));
    TRY(display_exception(thread, value, stream));
    Owned flushed = TRY(call_method(thread, stream, ID(flush)));
    return Owned::share(none());
}

const MethodRow rows[] = {
    {"start_new_thread", "(function, args, kwargs=None, /)", fn<thread_start_new>,
     "Start a new thread and return its identifier."},
    {"start_new", "(function, args, kwargs=None, /)", fn<thread_start_new>,
     "An obsolete synonym of start_new_thread()."},
    {"start_joinable_thread", "(function, handle=None, daemon=True)", fn<thread_start_joinable>,
     "*For internal use only*: start a new thread."},
    {"_make_thread_handle", "(ident, /)", fn<thread_make_handle>,
     "Internal only. Make a thread handle for threads not spawned\nby the _thread or threading "
     "module."},
    {"allocate_lock", "()", fn<thread_allocate_lock>, "Create a new lock object."},
    {"allocate", "()", fn<thread_allocate_lock>, "An obsolete synonym of allocate_lock()."},
    {"get_ident", "()", fn<thread_get_ident>,
     "Return a non-zero integer that uniquely identifies the current thread\namongst other threads "
     "that exist simultaneously."},
    {"get_native_id", "()", fn<thread_get_native_id>,
     "Return a non-negative integer identifying the thread as reported\nby the OS (kernel)."},
    {"_get_main_thread_ident", "()", fn<thread_get_main_ident>,
     "Internal only. Return a non-zero integer that uniquely identifies the main thread\nof the "
     "main interpreter."},
    {"_count", "()", fn<thread_count>,
     "Return the number of currently running Python threads, excluding\nthe main thread."},
    {"exit", "()", fn<thread_exit>, "This is synonymous to ``raise SystemExit''."},
    {"exit_thread", "()", fn<thread_exit>, "An obsolete synonym of exit()."},
    {"daemon_threads_allowed", "()", fn<thread_daemon_allowed>,
     "Return True if daemon threads are allowed in the current interpreter,\nand False otherwise."},
    {"_is_main_interpreter", "()", fn<thread_is_main_interpreter>,
     "Return True if the current interpreter is the main Python interpreter."},
    {"stack_size", "(size=0, /)", fn<thread_stack_size_function>,
     "Return the thread stack size used when creating new threads."},
    {"interrupt_main", "(signum=2, /)", fn<thread_interrupt_main>,
     "Simulate the arrival of the given signal in the main thread."},
    {"set_name", "(name)", fn<thread_set_name>, "Set the name of the current thread."},
    {"_shutdown", "()", fn<thread_shutdown>,
     "Wait for all non-daemon threads (other than the calling thread) to stop."},
    {"_excepthook", "(args, /)", fn<thread_excepthook>, "Handle uncaught Thread.run() exception."},
    {},
};

constexpr StructField hook_fields[] = {{"exc_type", "Exception type"},
                                       {"exc_value", "Exception value"},
                                       {"exc_traceback", "Exception traceback"},
                                       {"thread", "Thread"}};
constexpr StructSequenceSpec hook_spec = {
    "_thread._ExceptHookArgs",
    "ExceptHookArgs\n\nType used to pass arguments to threading.excepthook.", hook_fields, 4, 4};

bool execute(Thread& thread, Module& module) {
    TRY(lock_class.add_to(thread, module) && rlock_class.add_to(thread, module) &&
        local_class.add_to(thread, module) && handle_class.add_to(thread, module));
    TRY(module_set(thread, module, "LockType", Value::of(lock_class.get(thread))));
    TRY(module_set(thread, module, "error", Value::of(exc::RuntimeError)));
    TRY(module_set(thread, module, "TIMEOUT_MAX", detail::wrap_float(thread, 9223372036.0)));
    Ref<Type> hook = TRY(make_struct_sequence_type(thread, hook_spec, nullptr));
    return module_set(thread, module, "_ExceptHookArgs", std::move(hook).owned());
}

ModuleSpec spec{"_thread",
                "This module provides primitive operations to write multi-threaded programs.\nThe "
                "'threading' module provides a more convenient interface.",
                rows, execute};

}  // namespace

}  // namespace imugi
