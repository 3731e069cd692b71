// Promotion: an object that other threads than its owner read again and again becomes deferred, so
// that reading it takes no count and the threads stop fighting over its header.
//
// The interpreter samples its reads of foreign objects; the second sample that hits an object
// promotes it. A promoted object whose count reaches zero may still be lent to registers: it waits
// until a scan of all registers, with the world stopped, finds no word for it. Objects with a
// finalizer or weak references stay prompt and are not promoted.
#pragma once

#include "memory/object.h"
#include "thread/thread.h"

namespace imugi {

// Deferred objects carry this much in `shared` on top, so that their count never reaches zero.
inline constexpr uint32_t kDeferredBias = (1u << 27) * kSharedOne;
// What `shared` has on top of a count: an object that is not deferred becomes immortal long before
// its count gets there (refcount.cpp).
inline constexpr uint32_t deferred_bias_in(uint32_t shared) {
    return static_cast<int32_t>(shared) >= static_cast<int32_t>(kDeferredBias / 2) ? kDeferredBias
                                                                                   : 0;
}

// Reads of foreign objects until the next sample is taken.
extern thread_local constinit uint32_t foreign_reads_left;
// The sample: this thread has read `object`, which another owns, and holds a reference to it.
void sample_foreign_read(Object* object);
IMUGI_ALWAYS_INLINE void count_foreign_read(Object* object) {
    if (IMUGI_UNLIKELY(foreign_reads_left-- == 0)) sample_foreign_read(object);
}

inline bool is_promoted(const Object* object) {
    constexpr uint8_t both = kDeferred | kReadAbroad;
    return (object->flags.load(std::memory_order_relaxed) & both) == both;
}
// Whether any object of the process was ever promoted.
extern std::atomic<bool> promotion_began;

// The last reference to a deferred object went; its counts are merged. Called by refcount.cpp.
void await_register_scan(Object* object);
// Destroys what waits and is in no register, if a scan is due. At a safepoint.
void reclaim_promoted_if_due(Thread& thread);
// The same at once, of all counts that threads know, and of what that brings to wait.
void reclaim_promoted(Thread& thread);

}  // namespace imugi
