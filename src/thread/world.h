// The process's threads, and stopping them all.
#pragma once

#include "thread/thread.h"

namespace imugi::world {

// The list of all Threads; pooled ones are not in it.
void add_thread(Thread& thread);
// Waits for a claim or stop-the-world to end, and leaves the detached thread suspended, so that
// no other begins.
void remove_thread(Thread& thread);
void pool_thread(Thread& thread);
Thread* take_pooled_thread();  // null when the pool is empty; suspended
// Calls visit for every thread under the list's mutex (it must not block).
void for_each_thread(void (*visit)(void* context, Thread& thread), void* context);

// The claimed thread is detached again, and woken; in a stopped world it stays suspended.
void end_claim(Thread& thread);
void notify_stopper();
// The answer to kBreakStop at a safepoint: suspends until the world goes on.
void suspend_self(Thread& thread);
bool is_stopped();

// Around fork(): nobody is in the middle of anything, and holds no object's lock.
void stop_for_fork(Thread& thread);
void after_fork_parent(Thread& thread);
void after_fork_child(Thread& survivor);

}  // namespace imugi::world
