// What a thread does when its breaker is set; fork.
#include "thread/safepoint.h"

#include "memory/heap.h"  // lint: allow layer: fork concerns the heaps
#include "thread/chaos.h"
#include "thread/gil.h"
#include "thread/grace.h"
#include "thread/lock.h"
#include "thread/parking_lot.h"
#include "thread/world.h"

namespace imugi {

SafepointHooks safepoint_hooks;

bool safepoint_slow(Thread& thread) {
    for (;;) {
        uint32_t reasons = thread.breaker.load(std::memory_order_acquire);  // pairs with request
        if (reasons & kBreakStop) {
            world::suspend_self(thread);
            continue;
        }
        if (reasons & kBreakChaos) chaos_step(thread);
        if (reasons & kBreakGilDrop) {
            gil_yield(thread);
            continue;
        }
        // Before finalizers and callbacks run: those would swallow what a handler raises.
        if (reasons & kBreakSignal) {
            clear_request(thread, kBreakSignal);
            if (!safepoint_hooks.signals(thread)) return false;
        }
        if (reasons & kBreakLimbo) wait_for_grace(thread);
        if (reasons & kBreakMerge) {
            clear_request(thread, kBreakMerge);
            safepoint_hooks.merge(thread);
        }
        if (reasons & kBreakCollect) {
            clear_request(thread, kBreakCollect);
            safepoint_hooks.collect(thread);
        }
        if (thread.breaker.load(std::memory_order_relaxed) & kBreakDying) {
            clear_request(thread, kBreakDying);
            safepoint_hooks.drain_dying(thread);
        }
        if (reasons & kBreakAsyncExc) {
            clear_request(thread, kBreakAsyncExc);
            if (!safepoint_hooks.async_exception(thread)) return false;
        }
        if (reasons & kBreakPending) {
            clear_request(thread, kBreakPending);
            if (!safepoint_hooks.pending_calls(thread)) return false;
        }
        if (reasons & kBreakExit) stay_for_ever(thread);
        return true;
    }
}

void before_fork(Thread& thread) {
    // Threads that are detached, or have left the list, may still run in what these protect.
    world::stop_for_fork(thread);
    heap_before_fork();
    grace_before_fork();
    gil_before_fork();
}

void after_fork_parent(Thread& thread) {
    gil_after_fork(nullptr);
    grace_after_fork();
    heap_after_fork();
    world::after_fork_parent(thread);
}

void after_fork_child(Thread& thread) {
    gil_after_fork(&thread);
    grace_after_fork();
    heap_after_fork();
    parking_lot_after_fork();
    mutexes_after_fork();
    world::after_fork_child(thread);
    orphan_other_heaps(thread);
    grace_attach(thread);
    safepoint_hooks.forked(thread);
}

}  // namespace imugi
