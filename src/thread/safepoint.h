// Safepoints: where a thread answers requests (Thread::breaker). Loops and function entries poll;
// long native loops poll about every 100 microseconds, under no Lock.
#pragma once

#include "thread/thread.h"

namespace imugi {

// Answers all pending requests: stop-the-world, GIL drop, merges, finalizers, signals, async
// exceptions. May run Python. False when that left an exception (KeyboardInterrupt, async
// exception).
[[nodiscard]] bool safepoint_slow(Thread& thread);

[[nodiscard]] IMUGI_ALWAYS_INLINE bool safepoint(Thread& thread) {
    return IMUGI_LIKELY(thread.breaker.load(std::memory_order_relaxed) == 0) ||
           safepoint_slow(thread);
}

// Step `step` of a long native loop: a safepoint now and then, unless a Lock is held further out.
[[nodiscard]] IMUGI_ALWAYS_INLINE bool poll_step(Thread& thread, size_t step) {
    return IMUGI_LIKELY((step & 0x1FFF) != 0x1FFF) || thread.critical || safepoint(thread);
}

void request(Thread& thread, Breaker reason);
void clear_request(Thread& thread, uint32_t reasons);

// What the layers above do at a safepoint (merge, collect, finalize, signals); installed when the
// runtime starts.
struct SafepointHooks {
    void (*merge)(Thread&);
    void (*merge_detached)();    // for the threads that are detached
    void (*hand_over_merges)();  // of a thread that has just detached
    void (*collect)(Thread&);
    void (*drain_dying)(Thread&);
    bool (*signals)(Thread&);
    bool (*async_exception)(Thread&);
    bool (*pending_calls)(Thread&);
    void (*forked)(Thread& survivor);  // in the child
};
extern SafepointHooks safepoint_hooks;

// All other threads of the process are suspended or detached between begin and end. The caller is
// attached and at a safepoint. Nested requests by other threads queue; a thread that waits to stop
// the world is itself stoppable.
class [[nodiscard]] StopTheWorld {
  public:
    explicit StopTheWorld(Thread& thread);
    ~StopTheWorld();
    StopTheWorld(const StopTheWorld&) = delete;

  private:
    Thread& thread_;
};

// fork(): the world is stopped before; in the child everything that other threads held is reset.
void before_fork(Thread& thread);
void after_fork_parent(Thread& thread);
void after_fork_child(Thread& thread);

}  // namespace imugi
