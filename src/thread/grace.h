// Grace periods (quiescent-state based): memory that lock-free readers may still look at is retired
// and freed once every attached thread has passed a safepoint, detached threads counting as
// quiescent.
#pragma once

#include <cstddef>
#include <cstdint>

#include "thread/thread.h"

namespace imugi {

// Runs `free(pointer)` after a grace period. `bytes` feeds the bound on the limbo: over it, the
// thread waits at its next safepoint.
void retire(void* pointer, size_t bytes, void (*free)(void*));

// At a safepoint: the thread holds no raw pointer into retired memory. Frees what has become free.
void quiescent_point(Thread& thread);
// At a safepoint with kBreakLimbo: waits (detached) until the limbo is under its bound.
void wait_for_grace(Thread& thread);
// Called by attach and detach: a detached thread counts as quiescent.
void grace_attach(Thread& thread);
void grace_detach(Thread& thread);
// A thread that ends leaves its limbo to the process.
void orphan_limbo(Thread& thread);
void grace_before_fork();
void grace_after_fork();
// Frees all that this thread and ended ones have retired; no other thread may run.
void empty_limbo(Thread& thread);
size_t limbo_bytes();

}  // namespace imugi
