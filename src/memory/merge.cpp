// Protection: a queue's array is under its own mutex. A heap whose thread is detached is claimed by
// suspending that thread (try_claim); an orphaned heap is claimed by its queue's `claimed` flag.
#include "memory/merge.h"

#include <pthread.h>

#include <new>

#include "memory/array.h"
#include "memory/heap.h"
#include "memory/refcount.h"
#include "thread/claim.h"
#include "thread/safepoint.h"

namespace imugi {

struct MergeQueue {
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    Object** objects = nullptr;
    uint32_t count = 0, capacity = 0;
    bool claimed = false;  // an orphaned heap's merging is under way
};

namespace {
struct QueueGuard {
    explicit QueueGuard(MergeQueue& q) : queue(q) { pthread_mutex_lock(&queue.mutex); }
    ~QueueGuard() { pthread_mutex_unlock(&queue.mutex); }
    MergeQueue& queue;
};

bool push(MergeQueue& queue, Object* object) {
    QueueGuard guard(queue);
    if (queue.count == queue.capacity) {
        uint32_t capacity = queue.capacity ? queue.capacity * 2 : 64;
        void* grown = array_reallocate(queue.objects, capacity * sizeof(Object*));
        if (!grown) return false;
        queue.objects = static_cast<Object**>(grown);
        queue.capacity = capacity;
    }
    queue.objects[queue.count++] = object;
    return true;
}

void merge_heap(Heap& heap) {
    MergeQueue& queue = *heap.queue;
    for (;;) {
        Object** objects;
        uint32_t count;
        {
            QueueGuard guard(queue);
            objects = queue.objects;
            count = queue.count;
            queue.objects = nullptr;
            queue.count = queue.capacity = 0;
        }
        if (!count) {
            array_free(objects);
            return;
        }
        for (uint32_t i = 0; i < count; i++) merge_counts(objects[i], 1);
        array_free(objects);
    }
}

void merge_orphan(Heap& heap) {
    MergeQueue& queue = *heap.queue;
    {
        QueueGuard guard(queue);
        // Adopted meanwhile: its new thread merges.
        if (queue.claimed || heap.thread.load(std::memory_order_acquire)) return;
        queue.claimed = true;
    }
    merge_heap(heap);
    QueueGuard guard(queue);
    queue.claimed = false;
}
}  // namespace

MergeQueue* make_merge_queue() {
    void* memory = array_allocate(sizeof(MergeQueue));
    return memory ? new (memory) MergeQueue : nullptr;
}

bool adopt_queue(Heap& heap, Thread& thread) {
    QueueGuard guard(*heap.queue);
    if (heap.queue->claimed) return false;
    heap.thread.store(&thread, std::memory_order_release);  // pairs with try_claim
    return true;
}

void queue_merge(Object* object, uint16_t owner) {
    Heap* heap = heap_by_id(owner);
    if (!push(*heap->queue, object)) {
        make_immortal(object);  // no memory to remember the drop: the object stays
        return;
    }
    ClaimResult result = try_claim(*heap);
    switch (result) {
        case ClaimResult::kClaimed:
            merge_heap(*heap);
            release_claim(*heap);
            break;
        case ClaimResult::kOrphaned:
            merge_orphan(*heap);
            break;
        case ClaimResult::kAttached:
            break;  // it was sent kBreakMerge
    }
}

void merge_counts(Object* object, uint32_t dropped) {
    uint32_t shared = object->shared.load(std::memory_order_relaxed);
    if ((shared & kSharedStateMask) == kMerged) {
        for (; dropped; dropped--) decref_shared(object);
        return;
    }
    uint32_t local = object->local.load(std::memory_order_relaxed);
    object->local.store(0, std::memory_order_relaxed);
    object->owner.store(0, std::memory_order_relaxed);
    uint32_t merged;
    do merged = ((shared & ~kSharedStateMask) + (local - dropped) * kSharedOne) | kMerged;
    while (!object->shared.compare_exchange_weak(
        shared, merged, std::memory_order_acq_rel,
        std::memory_order_relaxed));  // pairs with decref_shared
    if (merged == kMerged) destroy(object);
}

void merge_queued(Thread& thread) {
    merge_heap(*thread.heap);
}

void merge_all_heaps() {
    for (uint32_t id = 1; Heap* heap = heap_by_id(static_cast<uint16_t>(id)); id++)
        merge_heap(*heap);
}

}  // namespace imugi
