// IMUGI_CHAOS=seed: at every safepoint a thread may yield, sleep, detach or ask for a collection,
// so that tests meet interleavings that are rare otherwise. The choices of a thread follow from the
// seed and its number.
#pragma once

#include "thread/thread.h"

namespace imugi {

inline constexpr uint32_t kBreakChaos = 2048;  // of Thread::breaker: always set, never cleared
// This thread's next collection need not be due.
extern thread_local bool collect_unasked;

// Before the first thread is made; 0 leaves everything as it is.
void init_chaos(uint64_t seed);
// A new thread takes part.
void join_chaos(Thread& thread);
// At a safepoint with kBreakChaos.
void chaos_step(Thread& thread);

}  // namespace imugi
