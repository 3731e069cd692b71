// Threads started from Python: their handle, and starting them.
#pragma once

#include "modules/native_class.h"

namespace imugi {

enum HandleState : uint32_t { kNotStarted, kStarting, kRunning, kDone };

// Outlives its thread's Thread: tells when that has given back its heap, so that who has joined it
// finds everything freed that it held.
struct ThreadEnd {
    std::atomic<uint32_t> gone{0};
    std::atomic<uint32_t> users{2};  // the handle and the OS thread
};

// `state` is a futex word: joiners park on it. The rest is written by the starter before the thread
// runs.
struct ThreadHandle : Object {
    std::atomic<uint32_t> state;
    std::atomic<uint64_t> ident;
    ThreadHandle *next, *previous;  // list of what runs, and of what else has a handle (main)
    bool linked;                    // is in it
    ThreadEnd* end;                 // null when nothing was started for it
};
extern NativeClass handle_class;

// Starts function(*args, **kwargs) in a new thread; `handle` may be null. False with
// RuntimeError("can't start new thread").
[[nodiscard]] bool start_thread(Thread& thread, Value function, Value args, Value kwargs,
                                ThreadHandle* handle, bool daemon);
// For threads that are not started here: in the child of fork() they have ended, too.
void link_handle(ThreadHandle& handle);
// In the child of fork(): the others have ended.
void forget_started_threads(Thread& survivor);
extern std::atomic<int64_t> started_threads;
extern std::atomic<size_t> thread_stack_size;

}  // namespace imugi
