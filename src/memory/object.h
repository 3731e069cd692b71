// Object: the 16-byte header of everything on the heap.
//
// Every field is an atomic; "plain" access means relaxed load and store without read-modify-write.
//   shape    written by the object's maker, then under the object's lock (release; readers acquire)
//   owner    id of the owning heap; 0 once merged, dead or immortal. Written by the owner, or by
//            whoever claimed the heap
//   flags    see Flag; each names its writer
//   lock     bits 0-1 the mutex (thread/lock.h), 2-5 collector marks (stop-the-world only), 6-7
//   that
//            the lock's bias is gone (thread/lock_bias.h)
//   local    the owner's count, plain, owner only
//   shared   everybody else's count << 2 | SharedState, read-modify-write
#pragma once

#include <atomic>
#include <cstdint>

#include "memory/value.h"

namespace imugi {

struct Shape;
struct Type;

enum Flag : uint8_t {
    kImmortal = 1,  // never counted; set by the maker, or by saturation (any thread, atomic or)
    kDeferred = 2,  // loads take no count, only the collector reclaims; set by maker or promotion
    kTracked = 4,   // the collector sees it; set by a release store of the maker once initialised
    kFinalized =
        8,  // __del__ has run; set by the finalising thread, which holds the last reference
    kHasWeakrefs = 16,  // in the weakref table; set and cleared under the weakref bucket's lock
    kHashCached = 32,   // free for the type's own use, under its own rules
    kReadAbroad = 64,   // read by a thread that does not own it: a sample hit it; with kDeferred,
                        // promoted. Set by any thread (memory/promotion.h)
    kAwaitsScan = 128,  // promoted, without references, on the list of those that wait for a scan
};

enum SharedState : uint32_t {
    kUnshared = 0,     // no thread but the owner has ever counted or looked at it lock-free
    kMayBeShared = 1,  // try-increment is allowed
    kQueued = 2,       // on its owner's queue to be merged
    kMerged = 3,       // owner is 0, shared is the whole count
    kSharedStateMask = 3,
    kSharedOne = 4,
    // The `shared` word of a freed block: merged, a count so negative that no try-increment
    // succeeds.
    kSharedDead = 0x80000003u,
};

// Shapes live in one reserved region; the header holds the index of a 16-byte unit in it.
inline constexpr uint32_t kShapeUnit = 16;
inline constexpr uint64_t kShapeRegionBytes = uint64_t{256} << 20;
extern char shape_region[kShapeRegionBytes];

// Aligned so that the low bits of its address are free for the tags of Value, in static storage
// too.
struct alignas(8) Object {
    std::atomic<uint32_t> shape_index;
    std::atomic<uint16_t> owner;
    std::atomic<uint8_t> flags;
    mutable std::atomic<uint8_t> lock;
    std::atomic<uint32_t> local;
    std::atomic<uint32_t> shared;

    Object(const Object&) = delete;
    Object& operator=(const Object&) = delete;
    // An immortal object in static storage; its shape is set when the runtime starts.
    constexpr Object() : shape_index(0), owner(0), flags(kImmortal), lock(0), local(1), shared(0) {}

    Shape* shape() const {
        return reinterpret_cast<Shape*>(
            shape_region + uint64_t{shape_index.load(std::memory_order_acquire)} * kShapeUnit);
    }
    bool has_flag(Flag flag) const { return flags.load(std::memory_order_relaxed) & flag; }
    void set_flag(Flag flag) { flags.fetch_or(flag, std::memory_order_relaxed); }
    void clear_flag(Flag flag) {
        flags.fetch_and(static_cast<uint8_t>(~flag), std::memory_order_relaxed);
    }
};
static_assert(sizeof(Object) == 16);

// Immortal from the start, so not in a heap: what became immortal later has a large local count.
inline bool is_in_static_storage(const Object& object) {
    return object.has_flag(kImmortal) && object.local.load(std::memory_order_relaxed) == 1;
}

}  // namespace imugi
