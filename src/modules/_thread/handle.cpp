// Starting threads. The new OS thread adopts a Thread that its starter made, calls the function and
// destroys it.
//
// Protection: the interpreter's thread list under threads_mutex; a handle's state is an atomic that
// joiners park on.
#include "modules/_thread/handle.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "memory/array.h"
#include "memory/heap.h"
#include "memory/merge.h"
#include "modules/_thread/local.h"
#include "object/call.h"
#include "object/config.h"
#include "object/context.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/module.h"
#include "object/protocol.h"
#include "object/tuple.h"
#include "thread/lock.h"
#include "thread/parking_lot.h"
#include "thread/processors.h"
#include "thread/safepoint.h"
#include "vm/frame.h"
#include "vm/instrument.h"

namespace imugi {

std::atomic<int64_t> started_threads{0};
std::atomic<size_t> thread_stack_size{0};

namespace {

constexpr size_t kDefaultStack = size_t{8} << 20;

// What the starter hands over; owning words, and the Thread made for the new one.
struct Start {
    Thread* thread;
    Owned function, args, kwargs, handle;
    ThreadEnd* end;
    Processors processors;
};

void release_end(ThreadEnd* end) {
    if (end && end->users.fetch_sub(1, std::memory_order_acq_rel) == 1) array_free(end);
}

LeafMutex running_mutex;
ThreadHandle* running;  // under running_mutex; each is held by its Start, then by run_thread

}  // namespace

void link_handle(ThreadHandle& handle) {
    MutexGuard guard(running_mutex);
    handle.linked = true;
    handle.next = running;
    handle.previous = nullptr;
    if (running) running->previous = &handle;
    running = &handle;
}

namespace {

void unlink_handle(ThreadHandle& handle) {
    MutexGuard guard(running_mutex);
    if (!handle.linked) return;
    handle.linked = false;
    (handle.previous ? handle.previous->next : running) = handle.next;
    if (handle.next) handle.next->previous = handle.previous;
}

void link_thread(Interpreter& interpreter, Thread& thread) {
    MutexGuard guard(interpreter.threads_mutex);
    thread.next = interpreter.threads;
    thread.previous = nullptr;
    if (interpreter.threads) interpreter.threads->previous = &thread;
    interpreter.threads = &thread;
}

void unlink_thread(Interpreter& interpreter, Thread& thread) {
    MutexGuard guard(interpreter.threads_mutex);
    (thread.previous ? thread.previous->next : interpreter.threads) = thread.next;
    if (thread.next) thread.next->previous = thread.previous;
}

void drop(uint64_t& word) {
    Owned dropped = Owned::adopt(std::exchange(word, 0));
}

// The function raised: threading has a hook of its own for its threads; here are those of
// start_new_thread.
void report(Thread& thread, Value function) {
    if (clear_exception_if(thread, exc::SystemExit)) return;
    report_unraisable(thread, function, "Exception ignored in thread started by");
}

void finish(Thread& thread, ThreadHandle* handle) {
    drop(thread.context);
    if (thread.trace_function) set_trace_function(thread, Value());
    if (thread.profile_function) set_profile_function(thread, Value());
    drop(thread.async_exception);
    drop(thread.async_gen_firstiter);
    drop(thread.async_gen_finalizer);
    drain_dying(thread);
    merge_queued(thread);
    drain_dying(thread);
    // Finalizers of a thread's own values may give it new ones, but not for ever.
    for (int round = 0; round < 100; round++) {
        bool had_locals = release_locals(thread);
        release_method_cache(thread);
        if (!had_locals && !has_dying(thread)) break;
        drain_dying(thread);
    }
    thread.heap->counts.settle();  // so that sys.getrefcount() tells who joins
    if (handle) {
        unlink_handle(*handle);
        handle->state.store(kDone, std::memory_order_release);  // pairs with join
        unpark_all(&handle->state);
    }
}

void* run_thread(void* argument) {
    auto* start = static_cast<Start*>(argument);
    run_anywhere(start->processors);
    Thread& thread = *start->thread;
    ThreadEnd* end = start->end;
    adopt_os_thread(thread);
    attach(thread);
    {
        Owned function = std::move(start->function), args = std::move(start->args),
              kwargs = std::move(start->kwargs);
        Owned handle = std::move(start->handle);
        delete start;
        auto* held = handle ? &handle.as<ThreadHandle>() : nullptr;
        if (held) {
            held->ident.store(thread.ident, std::memory_order_relaxed);
            held->state.store(kRunning, std::memory_order_release);
            unpark_all(&held->state);
        }
        Owned result = call_with(thread, function, args.as<Tuple>(),
                                 is_none(kwargs) ? nullptr : &kwargs.as<Dict>());
        if (!result) report(thread, function);
        result = Owned();
        function = Owned();
        args = Owned();
        kwargs = Owned();
        drain_dying(thread);
        finish(thread, held);
    }
    // What others let this thread destroy meanwhile may have finalizers.
    for (int round = 0; round < 100; round++) {
        drain_dying(thread);
        free_locals(thread);
        release_method_cache(thread);
        if (!has_dying(thread)) break;
    }
    started_threads.fetch_sub(1, std::memory_order_relaxed);
    unlink_thread(*thread.interpreter, thread);
    detach(thread);
    destroy_thread(thread);
    if (end) {
        end->gone.store(1, std::memory_order_release);  // pairs with wait_until_gone
        unpark_all(&end->gone);
        release_end(end);
    }
    return nullptr;
}

}  // namespace

bool start_thread(Thread& thread, Value function, Value args, Value kwargs, ThreadHandle* handle,
                  bool daemon) {
    Interpreter& interpreter = interpreter_of(thread);
    if (interpreter.finalizing.load(std::memory_order_acquire))
        return raise(thread, exc::PythonFinalizationError,
                     "can't create new thread at interpreter shutdown");
    Thread* made = create_thread(interpreter);
    if (!made) return raise(thread, exc::RuntimeError, "can't start new thread");
    ThreadEnd* end = nullptr;
    if (handle) {
        // Without memory for it joining just ends a little earlier.
        if (void* memory = array_allocate(sizeof(ThreadEnd))) end = new (memory) ThreadEnd;
        release_end(std::exchange(handle->end, end));
    }
    made->daemon = daemon;
    made->recursion_limit = interpreter.recursion_limit.load(std::memory_order_relaxed);
    auto* start = new (std::nothrow) Start{made,
                                           Owned::share(function),
                                           Owned::share(args),
                                           Owned::share(kwargs),
                                           handle ? Owned::share(*handle) : Owned(),
                                           end,
                                           {}};
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    size_t stack = thread_stack_size.load(std::memory_order_relaxed);
    pthread_attr_setstacksize(&attributes, stack ? stack : kDefaultStack);
    link_thread(interpreter, *made);
    if (handle) link_handle(*handle);
    int64_t others = started_threads.fetch_add(1, std::memory_order_relaxed);
    pthread_t id;
    int error = -1;
    if (start) {
        // With a handle the caller waits until the thread runs.
        if (handle) start->processors = stay_here(others);
        Processors processors = start->processors;
        error = pthread_create(&id, &attributes, run_thread, start);
        run_anywhere(processors);
    }
    pthread_attr_destroy(&attributes);
    if (error == 0) return true;
    started_threads.fetch_sub(1, std::memory_order_relaxed);
    unlink_thread(interpreter, *made);
    if (handle) unlink_handle(*handle);
    release_end(end);
    delete start;
    abandon_thread(*made);
    return raise(thread, exc::RuntimeError, "can't start new thread");
}

static void forget_handle(ThreadHandle& handle) {
    handle.linked = false;
    handle.state.store(kDone, std::memory_order_release);
    if (handle.end) handle.end->gone.store(1, std::memory_order_release);
}

void forget_started_threads(Thread& survivor) {
    running_mutex.after_fork();
    ThreadHandle* own = nullptr;
    for (ThreadHandle *handle = running, *next; handle; handle = next) {
        next = handle->next;
        if (handle->ident.load(std::memory_order_relaxed) == survivor.ident)
            own = handle;
        else
            forget_handle(*handle);
    }
    if (own) own->next = own->previous = nullptr;
    running = own;
    started_threads.store(own && own->end ? 1 : 0, std::memory_order_relaxed);
}

// --- the handle type ---

namespace {

ThreadHandle& handle_of(Value self) {
    return self.as<ThreadHandle>();
}

// What a thread does after its handle is done is short and waits for nobody.
bool wait_until_gone(Thread& thread, ThreadHandle& handle) {
    ThreadEnd* end = handle.end;
    while (end && !end->gone.load(std::memory_order_acquire)) {
        Detached detached(thread);
        park(&end->gone, 0, 4, 10'000'000);
    }
    return safepoint(thread);
}

void handle_release(Object* object) {
    unlink_handle(*static_cast<ThreadHandle*>(object));
    release_end(static_cast<ThreadHandle*>(object)->end);
}

Owned handle_join(Thread& thread, Value self, Value timeout) {
    ThreadHandle& handle = handle_of(self);
    int64_t ns = -1;
    if (!is_none(timeout)) {
        double seconds = TRY(to_double(thread, timeout));
        ns = seconds < 0 ? -1 : static_cast<int64_t>(seconds * 1e9);
    }
    if (handle.state.load(std::memory_order_acquire) == kNotStarted)
        return raise(thread, exc::RuntimeError, "thread not started");
    if (handle.ident.load(std::memory_order_relaxed) == thread.ident &&
        handle.state.load(std::memory_order_acquire) != kDone)
        return raise(thread, exc::RuntimeError, "Cannot join current thread");
    timespec begin;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    int64_t deadline = begin.tv_sec * 1'000'000'000 + begin.tv_nsec + ns;
    for (;;) {
        uint32_t state = handle.state.load(std::memory_order_acquire);  // pairs with finish
        if (state == kDone) {
            TRY(wait_until_gone(thread, handle));
            return Owned::share(none());
        }
        int64_t wait = thread.is_main ? 50'000'000 : -1;
        if (ns >= 0) {
            timespec now;
            clock_gettime(CLOCK_MONOTONIC, &now);
            int64_t left = deadline - (now.tv_sec * 1'000'000'000 + now.tv_nsec);
            if (left <= 0) return Owned::share(none());
            if (wait < 0 || left < wait) wait = left;
        }
        {
            Detached detached(thread);
            park(&handle.state, state, 4, wait);
        }
        TRY(safepoint(thread));
    }
}

Owned handle_is_done(Thread&, Value self) {
    return Owned::share(boolean(handle_of(self).state.load(std::memory_order_acquire) == kDone));
}
Owned handle_set_done(Thread& thread, Value self) {
    ThreadHandle& handle = handle_of(self);
    uint32_t state = handle.state.load(std::memory_order_acquire);
    if (state != kRunning && state != kDone)
        return raise(thread, exc::RuntimeError, "thread not started");
    handle.state.store(kDone, std::memory_order_release);
    unpark_all(&handle.state);
    return Owned::share(none());
}
Owned handle_get_ident(Thread& thread, Value self) {
    return make_int_unsigned(thread, handle_of(self).ident.load(std::memory_order_relaxed));
}
Owned handle_repr(Thread& thread, Value self) {
    return format(thread, "<_ThreadHandle object: ident={}>",
                  handle_of(self).ident.load(std::memory_order_relaxed))
        .owned();
}
Owned handle_make(Thread& thread, Type& type, const Arguments&) {
    auto* made = allocate<ThreadHandle>(thread, type);
    return made ? Owned::adopt(made) : Owned();
}

const MethodRow handle_methods[] = {
    {"join", "(self, timeout=None, /)", fn<handle_join>, nullptr},
    {"_set_done", "(self, /)", fn<handle_set_done>, nullptr},
    {"is_done", "(self, /)", fn<handle_is_done>, nullptr},
    {},
};
const GetSetRow handle_getsets[] = {
    {"ident", handle_get_ident, nullptr, nullptr},
    {},
};
const TypeSpec handle_spec = {
    .name = "_thread._ThreadHandle",
    .size = sizeof(ThreadHandle),
    .flags = kTypeHasWeakrefs | kTypeImmutable,
    .slots = {.repr = handle_repr,
              .get_attribute = generic_get_attribute,
              .make = handle_make,
              .release = handle_release},
    .methods = handle_methods,
    .getsets = handle_getsets,
};

}  // namespace

NativeClass handle_class(handle_spec);

}  // namespace imugi
