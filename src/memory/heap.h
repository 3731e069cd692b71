// Heap: thread-local size-class slabs for objects, type-stable pages, and large-object spans.
//
// A Heap belongs to one thread at a time (plain fields); other threads only push freed blocks on a
// page's atomic list. A freed block keeps a dead header (owner 0, shared = kSharedDead); links lie
// behind the header. When a thread ends its heap is orphaned whole (id, pages, merge queue) and
// adopted by a later thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "memory/array.h"
#include "memory/count_cache.h"
#include "memory/object.h"
#include "thread/thread.h"

#ifdef IMUGI_ASAN
extern "C" void __asan_unpoison_memory_region(void const volatile* address, size_t size);
#endif

namespace imugi {

inline constexpr size_t kLargestSmall = 1024;  // classes every 16 bytes up to here, then geometric
inline constexpr size_t kLargestMedium = 32 << 10;  // larger ones have a span each
inline constexpr size_t kSizeClassStep = 16;
inline constexpr size_t kSmallClasses = kLargestSmall / kSizeClassStep + 1;
inline constexpr size_t kSizeClasses =
    kSmallClasses + 20;  // up to 32 KiB; larger objects get a span of their own

struct FreeBlock : Object {
    FreeBlock* next;
};

struct Page;

struct Heap {
    FreeBlock* free[kSizeClasses] = {};  // blocks of the current page of each class; the owner only
    Page* current[kSizeClasses] = {};
    Page* pages[kSizeClasses] = {};  // other pages of the class that may have free blocks
    uint16_t id = 0;
    int64_t tracked_balance =
        0;  // objects made less objects freed since the last collection, about
    std::atomic<Thread*> thread{
        nullptr};  // null while orphaned; written under the heap table's mutex
    struct MergeQueue* queue = nullptr;  // objects whose counts others ask to merge; own mutex
    Heap* next_orphan = nullptr;
    std::atomic<Page*> remote_pages{nullptr};  // of which others have freed blocks
    CountCache counts = {};  // of deferred objects that others own; an orphan keeps them
};

// Zeroes so many steps of 16 bytes behind a header: most are few, not worth a call.
IMUGI_ALWAYS_INLINE void zero_payload(Object* object, size_t steps) {
    char* at = reinterpret_cast<char*>(object) + sizeof(Object);
    if (IMUGI_UNLIKELY(steps > 8)) {
        __builtin_memset(at, 0, steps * kSizeClassStep);
        return;
    }
    for (char* end = at + steps * kSizeClassStep; at != end; at += kSizeClassStep) {
        __builtin_memset(at, 0, kSizeClassStep);
        asm volatile("" : "+r"(at));  // stays a loop
    }
}

// Raw memory for an object of `bytes` (header included), header set: shape, owner me, local 1,
// shared 0, no flags; payload zeroed. Null when memory is short (the caller raises MemoryError).
// Never runs Python; may request a collection. Who overwrites the rest anyway may ask for `zeroed`
// bytes of the payload only: of large objects no more than these are zero.
Object* heap_allocate_slow(Thread& thread, size_t bytes, uint32_t shape_index, size_t zeroed);
IMUGI_ALWAYS_INLINE Object* heap_allocate(Thread& thread, size_t bytes, uint32_t shape_index,
                                          size_t zeroed = SIZE_MAX) {
    size_t size_class = (bytes + kSizeClassStep - 1) / kSizeClassStep;
    if (IMUGI_LIKELY(size_class < kSmallClasses)) {
        Heap& heap = *thread.heap;
        FreeBlock* block = heap.free[size_class];
        if (IMUGI_LIKELY(block != nullptr)) {
            heap.free[size_class] = block->next;
#ifdef IMUGI_ASAN
            __asan_unpoison_memory_region(block, size_class * kSizeClassStep);
#endif
            zero_payload(block, size_class - 1);
            block->owner.store(heap.id, std::memory_order_relaxed);
            block->flags.store(0, std::memory_order_relaxed);
            block->local.store(1, std::memory_order_relaxed);
            block->shared.store(0, std::memory_order_relaxed);
            // Release: a racing reader that still holds the block's address sees a whole header.
            block->shape_index.store(shape_index, std::memory_order_release);
            return block;
        }
    }
    return heap_allocate_slow(thread, bytes, shape_index, zeroed);
}
// The object is dead, its fields dropped: the block returns to its page. Callable by any thread.
void heap_free(Object* object);
// Size of the object's block in bytes.
size_t heap_block_size(const Object* object);

// A fresh or adopted heap for a thread, null when memory is short or 65,534 heaps are in use; and
// giving it up at its end.
Heap* acquire_heap(Thread& thread);
Heap* heap_by_id(uint16_t id);
void orphan_heap(Heap* heap);

// Walks every live block of every heap. The world is stopped. `visit` must not allocate objects.
void walk_objects(void (*visit)(void* context, Object* object), void* context);
// A 32-bit word beside every block, for the collector: zeroed at begin, gone after end; the world
// is stopped.
[[nodiscard]] bool begin_side_words();
uint32_t& side_word(const Object* object);
void end_side_words();
// fork(): the mutexes are taken before, and released in parent and child.
void heap_before_fork();
// In the child: the heaps of threads that are no more.
void orphan_other_heaps(Thread& survivor);
void heap_after_fork();

// Live mortal objects, for the leak check after finalisation.
size_t count_live_mortal_objects();
size_t heap_resident_bytes();

}  // namespace imugi
