// Heap: thread-local size-class slabs for objects, type-stable pages, and large-object spans.
//
// A Heap belongs to one thread at a time (plain fields); other threads only push freed blocks on a
// page's atomic list. A freed block keeps a dead header (owner 0, shared = kSharedDead); links lie
// behind the header. When a thread ends its heap is orphaned whole (id, pages, merge queue) and
// adopted by a later thread. Arrays and tables behind objects come from array_allocate (mimalloc).
#pragma once

#include <cstddef>
#include <cstdint>

#include "memory/object.h"
#include "thread/thread.h"

namespace imugi {

inline constexpr size_t kPageBytes = 64 << 10;  // pages and spans are aligned to it
inline constexpr size_t kLargestSmall = 1024;   // larger objects get a span of their own
inline constexpr size_t kSizeClassStep = 16;
inline constexpr size_t kSizeClasses = kLargestSmall / kSizeClassStep + 1;

struct FreeBlock : Object {
    FreeBlock* next;
};

struct Heap {
    FreeBlock* free[kSizeClasses] = {};  // per size class; the owner only
    uint16_t id = 0;
    uint64_t allocated_since_collection =
        0;  // tracked objects made, less those freed; feeds the collector's threshold
    struct HeapPages* pages = nullptr;  // private to heap.cpp
    std::atomic<Object*> merge_queue{nullptr};
};

// Raw memory for an object of `bytes` (header included), header set: shape, owner me, local 1,
// shared 0, no flags; payload zeroed. Null when memory is short (the caller raises MemoryError).
// Never runs Python; may request a collection.
Object* heap_allocate_slow(Thread& thread, size_t bytes, uint32_t shape_index);
IMUGI_ALWAYS_INLINE Object* heap_allocate(Thread& thread, size_t bytes, uint32_t shape_index) {
    size_t size_class = (bytes + kSizeClassStep - 1) / kSizeClassStep;
    if (IMUGI_LIKELY(size_class < kSizeClasses)) {
        Heap& heap = *thread.heap;
        FreeBlock* block = heap.free[size_class];
        if (IMUGI_LIKELY(block != nullptr)) {
            heap.free[size_class] = block->next;
            __builtin_memset(static_cast<void*>(reinterpret_cast<char*>(block) + sizeof(Object)), 0,
                             size_class * kSizeClassStep - sizeof(Object));
            block->owner.store(heap.id, std::memory_order_relaxed);
            block->flags.store(0, std::memory_order_relaxed);
            block->local.store(1, std::memory_order_relaxed);
            block->shared.store(0, std::memory_order_relaxed);
            // Release: a racing reader that still holds the block's address sees a whole header.
            block->shape_index.store(shape_index, std::memory_order_release);
            return block;
        }
    }
    return heap_allocate_slow(thread, bytes, shape_index);
}
// The object is dead, its fields dropped: the block returns to its page. Callable by any thread.
void heap_free(Object* object);
// Size of the object's block in bytes.
size_t heap_block_size(const Object* object);

// For the thread layer: a fresh or adopted heap; and giving it up at the thread's end.
Heap* acquire_heap();
void orphan_heap(Heap* heap);

// Walks every block of every heap that is alive. The world is stopped. `visit` must not allocate
// objects.
void walk_objects(void (*visit)(void* context, Object* object), void* context);

// Arrays and tables: null when memory is short. array_free takes null.
void* array_allocate(size_t bytes);
void* array_allocate_zeroed(size_t bytes);
void* array_reallocate(void* array, size_t bytes);
void array_free(void* array);

// Live mortal objects, for the leak check after finalisation.
size_t count_live_mortal_objects();
size_t heap_resident_bytes();

}  // namespace imugi
