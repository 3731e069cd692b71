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
#include "thread/world.h"

namespace imugi {

struct MergeQueue {
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    Object** objects = nullptr;
    uint32_t count = 0, capacity = 0;
    bool claimed = false;  // an orphaned heap's merging is under way
};

// Somebody has to look at the queues of heaps whose threads cannot.
static std::atomic<bool> others_wait{false};

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

// Returns whether anything was queued.
bool merge_heap(Heap& heap) {
    MergeQueue& queue = *heap.queue;
    for (bool merged = false;; merged = true) {
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
            return merged;
        }
        for (uint32_t i = 0; i < count; i++) merge_counts(objects[i], 1);
        array_free(objects);
    }
}

void merge_orphan(Heap& heap) {
    MergeQueue& queue = *heap.queue;
    {
        QueueGuard guard(queue);
        if (queue.claimed) return;  // who claimed it looks again before it lets go
        if (Thread* thread = heap.thread.load(std::memory_order_acquire))
            return request(*thread, kBreakMerge);  // adopted meanwhile
        queue.claimed = true;
    }
    for (;;) {
        merge_heap(heap);
        QueueGuard guard(queue);
        if (queue.count) continue;
        queue.claimed = false;
        return;
    }
}

bool is_waiting(Heap& heap) {
    QueueGuard guard(*heap.queue);
    return heap.queue->count != 0;
}

// Merges what is queued, unless the owner runs and does it.
void settle(Heap& heap) {
    do {
        switch (try_claim(heap)) {
            case ClaimResult::kClaimed:
                merge_heap(heap);
                release_claim(heap);
                break;
            case ClaimResult::kOrphaned:
                return merge_orphan(heap);
            case ClaimResult::kAttached:
                return;  // it was sent kBreakMerge
        }
        // Whoever queued while the claim lasted relies on us.
    } while (is_waiting(heap));
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
    if (heap.queue->count) request(thread, kBreakMerge);
    return true;
}

void leave_queue(Heap& heap) {
    bool waiting;
    {
        QueueGuard guard(*heap.queue);
        heap.thread.store(nullptr, std::memory_order_release);  // pairs with try_claim
        waiting = heap.queue->count != 0;
    }
    if (waiting) hand_over_merges();  // queued when its thread could no longer look
}

void hand_over_merges() {
    others_wait.store(true, std::memory_order_seq_cst);  // pairs with merge_queued
    // One that is attached, else any. If it detaches before it sees this, or ends, it hands over in
    // turn; it cannot leave the list between being found and being asked.
    struct Asking {
        bool any, done;
    };
    for (bool any : {false, true}) {
        Asking asking{any, false};
        world::for_each_thread(
            [](void* context, Thread& thread) {
                auto& one = *static_cast<Asking*>(context);
                if (one.done || &thread == current_thread_slot) return;
                one.done = one.any ||
                           thread.state.load(std::memory_order_seq_cst) == ThreadState::kAttached;
                if (one.done) request(thread, kBreakMerge);
            },
            &asking);
        if (asking.done) return;
    }
}

void queue_merge(Object* object, uint16_t owner) {
    Heap* heap = heap_by_id(owner);
    if (!push(*heap->queue, object)) {
        make_immortal(object);  // no memory to remember the drop: the object stays
        return;
    }
    settle(*heap);
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
    look_at_merged(object, merged);
}

void merge_queued(Thread& thread) {
    merge_heap(*thread.heap);
    if (IMUGI_LIKELY(!others_wait.load(std::memory_order_relaxed))) return;
    if (others_wait.exchange(false, std::memory_order_seq_cst)) merge_detached_heaps();
}

void merge_detached_heaps() {
    for (uint32_t id = 1; Heap* heap = heap_by_id(static_cast<uint16_t>(id)); id++)
        if (is_waiting(*heap)) settle(*heap);
}

void settle_all_counts() {
    for (uint32_t id = 1; Heap* heap = heap_by_id(static_cast<uint16_t>(id)); id++)
        heap->counts.settle();
}

void merge_all_heaps() {
    // What dies of it may have held the last reference of other threads to objects of any heap.
    for (bool more = true; more;) {
        settle_all_counts();
        more = false;
        for (uint32_t id = 1; Heap* heap = heap_by_id(static_cast<uint16_t>(id)); id++)
            more = merge_heap(*heap) || more;
    }
}

}  // namespace imugi
