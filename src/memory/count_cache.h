// CountCache: references to deferred objects that a thread counts for itself.
//
// A deferred object dies only with the world stopped. So a thread that takes a reference to one of
// another's may note that in its own cache, and forget it when it drops one: no atomic instruction,
// no cache line that threads fight over. What a cache holds comes on top of the header's count,
// which may therefore be too low, never too high. Before anything is decided on counts, with the
// world stopped, all caches are settled; an entry that has to make room is settled at once.
//
// Protection: a cache belongs to the thread of its heap, or to who has stopped the world.
#pragma once

#include <cstddef>
#include <utility>

#include "memory/object.h"

namespace imugi {

struct CountCache {
    static constexpr size_t kEntries = 1024;
    struct Entry {
        Object* object;
        uint32_t count;  // references taken, not yet dropped; 0: the entry is free
    };
    Entry entries[kEntries];

    // A reference to a deferred object.
    void take(Object* object) {
        Entry& entry = entries[place(object)];
        if (IMUGI_LIKELY(entry.object == object))
            entry.count++;
        else
            take_elsewhere(object);
    }
    // Drops a reference that was taken here; false when there is none.
    bool drop(const Object* object) {
        for (size_t at = place(object), i = 0; i < 2; i++, at ^= 1) {
            if (entries[at].object != object || entries[at].count == 0) continue;
            entries[at].count--;
            return true;
        }
        return false;
    }
    uint32_t count(const Object* object) const {
        for (size_t at = place(object), i = 0; i < 2; i++, at ^= 1)
            if (entries[at].object == object) return entries[at].count;
        return 0;
    }
    // Forgets the object; the header gets what is returned.
    [[nodiscard]] uint32_t withdraw(const Object* object) {
        for (size_t at = place(object), i = 0; i < 2; i++, at ^= 1)
            if (entries[at].object == object) return std::exchange(entries[at].count, 0);
        return 0;
    }
    // Gives every count to the objects' headers. The thread's own, or the world is stopped.
    void settle();

  private:
    IMUGI_NOINLINE void take_elsewhere(Object* object);
    // An object's count is in this entry or its neighbour, never in both.
    static size_t place(const Object* object) {
        return (reinterpret_cast<uint64_t>(object) >> 4) * 0x9E3779B97F4A7C15u >> 54;
    }
};
static_assert(CountCache::kEntries == 1u << (64 - 54));

}  // namespace imugi
