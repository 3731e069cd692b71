// GIL mode: a mutex around "attached". It elides no lock and no count, so switching is a
// stop-the-world and nothing else.
#pragma once

#include "thread/thread.h"

namespace imugi {

extern std::atomic<bool> gil_mode;
inline bool gil_enabled() {
    return gil_mode.load(std::memory_order_relaxed);
}
void set_gil_enabled(Thread& thread, bool enabled);
// Before the first thread attaches.
void init_gil(bool enabled);
void set_switch_interval_us(uint64_t microseconds);
uint64_t switch_interval_us();
uint64_t gil_handovers();  // times the GIL went from one thread to another on request

// For attach and detach.
void gil_acquire_slow(Thread& thread);
void gil_release_slow(Thread& thread);
inline void gil_acquire(Thread& thread) {
    if (IMUGI_UNLIKELY(gil_enabled())) gil_acquire_slow(thread);
}
inline void gil_release(Thread& thread) {
    if (IMUGI_UNLIKELY(gil_enabled())) gil_release_slow(thread);
}
// The answer to kBreakGilDrop at a safepoint: lets another thread have it, and takes it again.
void gil_yield(Thread& thread);
// fork() leaves it in one piece; `survivor`: the forking thread, in the child.
void gil_before_fork();
void gil_after_fork(Thread* survivor);

}  // namespace imugi
