// Threads started from Python: their handle, and starting them.
#pragma once

#include "modules/native_class.h"

namespace imugi {

enum HandleState : uint32_t { kNotStarted, kStarting, kRunning, kDone };

// `state` is a futex word: joiners park on it. The rest is written by the starter before the thread
// runs.
struct ThreadHandle : Object {
    std::atomic<uint32_t> state;
    std::atomic<uint64_t> ident;
    ThreadHandle *next, *previous;  // list of what was started and has not ended
};
extern NativeClass handle_class;

// Starts function(*args, **kwargs) in a new thread; `handle` may be null. False with
// RuntimeError("can't start new thread").
[[nodiscard]] bool start_thread(Thread& thread, Value function, Value args, Value kwargs,
                                ThreadHandle* handle, bool daemon);
// In the child of fork(): the others have ended.
void forget_started_threads(Thread& survivor);
extern std::atomic<int64_t> started_threads;
extern std::atomic<size_t> thread_stack_size;

}  // namespace imugi
