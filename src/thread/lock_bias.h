// Lock bias: a thread locks the objects of its own heap without an atomic instruction as long as
// no other thread has locked one in the same slice of memory.
//
// Every region of object memory (memory/heap.cpp) begins with a LockBias: per slice of 64 KiB the
// id of the heap whose thread may skip the lock byte. Such a thread only counts, in plain stores to
// its LockDepth, how many sections it is in. The first foreign locker of an object revokes: it
// marks the object, makes every running thread pass a barrier (membarrier), and waits until the
// holder of the bias is in no biased section; from then on everybody uses that object's byte. The
// barrier costs some 10 microseconds, so a heap's objects are revoked one by one only as long as
// that is rare; when it is not, the whole slice is. Bias comes back to an object's memory when it
// is freed, to a slice when its page is reused. Detaching ends biased sections, and whoever waits
// long detaches, so nobody waits in a circle.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/platform.h"

namespace imugi {

struct Object;
struct Thread;

inline constexpr size_t kBiasRegionBytes = size_t{1} << 20;
inline constexpr size_t kBiasSliceBytes = size_t{64} << 10;
inline constexpr size_t kBiasSlices = kBiasRegionBytes / kBiasSliceBytes;

// What LockBias::holder says when it is no heap's id.
inline constexpr uint16_t kUnbiased = 0;
inline constexpr uint16_t kRevoking = 0xFFFF;

struct LockBias {
    std::atomic<uint16_t> holder[kBiasSlices];   // heap id, kUnbiased or kRevoking
    std::atomic<uint16_t> revoked[kBiasSlices];  // during a revocation: the heap id
};

// In the lock byte of an object whose bias is being revoked, and when it is; see Flag for the rest.
inline constexpr uint8_t kBiasEnds = 64;
inline constexpr uint8_t kBiasEnded = 128;

// Of each heap, by its id. Written by the heap's thread, unless said otherwise.
struct alignas(64) LockDepth {
    std::atomic<uint32_t> count{0};      // sections without an atomic instruction that it is in
    std::atomic<int64_t> paid_until{0};  // the pace of revocations of single objects, in ns
    // See kept_lock.h. How often the thread has locked the byte `run_of` in a row, no other.
    uint32_t run = 0;
    const std::atomic<uint8_t>* run_of = nullptr;
    std::atomic<uintptr_t> kept{0};       // a lock byte; others take it away
    std::atomic<uint64_t> kept_since{0};  // processor cycles
    std::atomic<uint32_t> reluctance{0};  // written by who takes it away
};
extern LockDepth lock_depths[65536];

inline LockBias& lock_bias_of(const void* object) {
    return *reinterpret_cast<LockBias*>(reinterpret_cast<uintptr_t>(object) &
                                        ~(kBiasRegionBytes - 1));
}
inline size_t bias_slice_of(const void* object) {
    return (reinterpret_cast<uintptr_t>(object) & (kBiasRegionBytes - 1)) / kBiasSliceBytes;
}
IMUGI_ALWAYS_INLINE std::atomic<uint16_t>& lock_bias_holder(const void* object) {
    return lock_bias_of(object).holder[bias_slice_of(object)];
}

// Whether the thread of that heap may lock the object by bias.
template <class HasLock>
IMUGI_ALWAYS_INLINE bool is_biased_to(uint16_t heap_id, const HasLock& object) {
    return lock_bias_holder(&object).load(std::memory_order_acquire) == heap_id &&
           !(object.lock.load(std::memory_order_relaxed) & kBiasEnds);
}

// Whether the system has the barrier.
bool has_lock_barrier();
// Whether the heap's thread is in no section, and passes a barrier of its own before the next.
bool is_heap_away(uint16_t heap_id);
// After a mark was set by a seq_cst exchange: the heap's thread sees it in all sections that it
// begins from here on.
void show_lock_mark(uint16_t heap_id);
// The slices of a new page: biased to the heap, where the system has the barrier.
void set_lock_bias(LockBias& bias, size_t first_slice, size_t slices, uint16_t heap_id);
// Called by a thread that found another's bias, or a revocation: afterwards the object is unbiased,
// and its holder in no biased section that began before. May detach.
void revoke_lock_bias(Thread& thread, const Object& object);

}  // namespace imugi
