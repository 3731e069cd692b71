// The cycle collector: stop-the-world, over all pages. Trial deletion: an object whose count
// exceeds the references found inside the tracked objects is a root; lent words in registers mark
// but are not subtracted; deferred objects live only by marking.
#pragma once

#include <cstddef>
#include <cstdint>

#include "memory/heap.h"
#include "memory/object.h"
#include "thread/thread.h"

namespace imugi {

// Tracked objects made less those freed are counted per heap and added to the process's count in
// batches.
inline constexpr int64_t kTrackedBatch = 512;
void flush_tracked_balance(Thread& thread);
// In the child of fork(): a collection of another thread has ended with it.
void collector_after_fork();

// Publishes an initialised object to the collector. Every object with owned fields that may form a
// cycle.
inline void track(Object* object) {
    uint8_t flags = object->flags.load(std::memory_order_relaxed) | kTracked;
    object->flags.store(flags, std::memory_order_release);
    if (IMUGI_UNLIKELY(++current_thread().heap->tracked_balance >= kTrackedBatch))
        flush_tracked_balance(current_thread());
}
inline void untrack(Object* object) {
    object->flags.fetch_and(static_cast<uint8_t>(~kTracked), std::memory_order_relaxed);
}

struct CollectionResult {
    size_t collected;
    size_t uncollectable;
};
// Collects now (gc.collect). At a safepoint; runs finalizers and weakref callbacks, so Python.
CollectionResult collect(Thread& thread, int generation);
// The safepoint's answer to kBreakCollect: collects if the threshold still stands and no other
// thread has just done it.
void collect_if_due(Thread& thread);

inline constexpr int kDefaultThreshold = 2000;
struct CollectorSettings {
    std::atomic<bool> enabled{true};
    std::atomic<int> thresholds[3] = {kDefaultThreshold, 10, 0};
    std::atomic<uint32_t> debug_flags{0};
    // Tracked survivors of the last collection, at first what the runtime makes for itself: the
    // threshold grows with it.
    std::atomic<uint64_t> long_lived{20000};
};
extern CollectorSettings collector_settings;

struct GenerationStats {
    uint64_t collections, collected, uncollectable;
};
GenerationStats collector_stats(int generation);
uint64_t
collector_young_count();  // tracked objects made since the last collection, less those freed
// gc.callbacks, gc.garbage: the gc module installs these, perhaps while another thread collects,
// and the interpreter's end takes `notify` away; they run Python. `phase` is "start" or "stop".
struct CollectorHooks {
    using Notify = void (*)(Thread& thread, const char* phase, int generation,
                            const CollectionResult& result);
    using SaveGarbage = void (*)(Thread& thread, Object* object);
    std::atomic<Notify> notify{nullptr};
    std::atomic<SaveGarbage> save_garbage{nullptr};
};
extern CollectorHooks collector_hooks;
// Calls visit for every tracked object but garbage that is going; the world is stopped around it.
void for_each_tracked(Thread& thread, void (*visit)(void* context, Object* object), void* context);
void freeze_objects(Thread& thread);
void unfreeze_objects(Thread& thread);
size_t frozen_count();

// Roots that are not in objects: registers and frames of all threads, interpreter state. Installed
// by the vm layer when the runtime starts. It calls `mark_lent` for every word (lent or owning)
// that it holds without a count in `shared`/`local` being explained, that is for all register
// words.
using RootMarker = void (*)(void* context, uint64_t word);
extern void (*collector_roots)(RootMarker mark, void* context);

}  // namespace imugi
