// Reference counts: biased (the owning thread counts plainly, others atomically), deferred,
// immortal.
//
// The only place, with the interpreter's register code, where counts are touched directly;
// everybody else uses Owned and Ref (memory/owned.h). Dropping never runs Python: objects with a
// finalizer or weakref callback go on thread.dying.
#pragma once

#include "memory/object.h"
#include "thread/thread.h"

namespace imugi {

// Out of line, also where a profile finds them hot: inlined they would give every instruction of
// the interpreter a stack frame.
IMUGI_NOINLINE void incref_shared(Object* object);
IMUGI_NOINLINE void decref_shared(Object* object);
IMUGI_NOINLINE void local_count_is_zero(Object* object);  // the owner's count has just become 0
void destroy(Object* object);                             // no reference is left
IMUGI_NOINLINE void saturate(Object* object);             // make immortal: the count got too large
void look_at_merged(Object* object, uint32_t shared);     // `shared` is the whole count now
// References of a deferred object that a thread had counted for itself (memory/count_cache.h).
void add_settled(Object* object, uint32_t count);

IMUGI_ALWAYS_INLINE void incref(Object* object) {
    if (IMUGI_LIKELY(object->owner.load(std::memory_order_relaxed) == current_heap_id)) {
        uint32_t count = object->local.load(std::memory_order_relaxed) + 1;
        object->local.store(count, std::memory_order_relaxed);
        if (IMUGI_UNLIKELY(static_cast<int32_t>(count) < 0)) saturate(object);
    } else if (!object->has_flag(kImmortal)) {
        incref_shared(object);
    }
}

IMUGI_ALWAYS_INLINE void decref(Object* object) {
    if (IMUGI_LIKELY(object->owner.load(std::memory_order_relaxed) == current_heap_id)) {
        uint32_t count = object->local.load(std::memory_order_relaxed) - 1;
        object->local.store(count, std::memory_order_relaxed);
        if (IMUGI_UNLIKELY(count == 0)) local_count_is_zero(object);
    } else if (!object->has_flag(kImmortal)) {
        decref_shared(object);
    }
}

// Takes a count on an object found in a slot that others may clear at any time. Fails when the
// object is dead or not marked may-be-shared; the caller then takes the container's lock, and
// marks. After success the slot must be read again: if it changed, decref. Never blocks.
[[nodiscard]] IMUGI_NOINLINE bool try_incref(Object* object);

// Lets other threads try-increment the object: called under the container's lock by a thread that
// does not own it.
IMUGI_NOINLINE void mark_shared(Object* object);
// A reader that is not the owner, before it reads the object's tables without its lock. Pairs with
// `needs_grace`.
IMUGI_ALWAYS_INLINE void mark_reader(Object* object) {
    if (IMUGI_UNLIKELY(object->owner.load(std::memory_order_relaxed) != current_heap_id &&
                       !(object->shared.load(std::memory_order_relaxed) & kSharedStateMask)))
        mark_shared(object);
}
// Whether a table of `object` that was just replaced (by a seq_cst exchange) may have other
// readers: retire() it then, else free it.
IMUGI_ALWAYS_INLINE bool needs_grace(const Object* object) {
    return object->owner.load(std::memory_order_relaxed) != current_heap_id ||
           object->shared.load(std::memory_order_seq_cst) != 0;
}

// Only this thread can see the object: owned by me, one reference, never shared. Basis of reuse in
// place.
IMUGI_ALWAYS_INLINE bool is_unique(const Object* object) {
    return object->owner.load(std::memory_order_relaxed) == current_heap_id &&
           object->local.load(std::memory_order_relaxed) == 1 &&
           object->shared.load(std::memory_order_relaxed) == 0 && !object->has_flag(kDeferred);
}

// Mine, and no other thread has ever counted it or looked at it lock-free. It may at any moment.
IMUGI_ALWAYS_INLINE bool is_unshared(const Object* object) {
    return object->owner.load(std::memory_order_relaxed) == current_heap_id &&
           object->shared.load(std::memory_order_relaxed) == kUnshared;
}

// The true count, as sys.getrefcount tells it (approximate while other threads count). Immortal:
// 0xFFFFFFFF like CPython.
uint32_t reference_count(const Object* object);

void make_immortal(Object* object);
// Loads take no count from now on; only the collector reclaims it. Callable by any thread holding a
// reference.
void make_deferred(Object* object);
void end_deferral(Object* object);  // and drops a reference, for the collector: it is garbage

// Queued merges of this thread's heap (safepoint), and of a detached owner's heap which the caller
// claimed.
void merge_queued(Thread& thread);

// Runs finalizers and weakref callbacks of thread.dying. Runs Python; keeps the pending exception.
IMUGI_NOINLINE void drain_dying(Thread& thread);
IMUGI_ALWAYS_INLINE bool has_dying(const Thread& thread) {
    return thread.dying_count != 0;
}

}  // namespace imugi
