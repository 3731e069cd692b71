// Protection: the list of waiting objects is under its mutex; the sampling interval is an atomic
// that scans adapt. An object is on the list at most once (kAwaitsScan).
#include "memory/promotion.h"

#include <pthread.h>
#include <time.h>

#include "memory/array.h"
#include "memory/collector.h"
#include "memory/fields.h"
#include "memory/merge.h"
#include "memory/refcount.h"
#include "thread/safepoint.h"
#include "thread/waiting_scan.h"

namespace imugi {

thread_local constinit uint32_t foreign_reads_left = 0;
std::atomic<bool> promotion_began{false};

// One read in so many is a sample. It grows while what is promoted dies soon after.
static constexpr uint32_t kLeastInterval = 4, kMostInterval = 4096;
static std::atomic<uint32_t> interval{kLeastInterval};
static std::atomic<uint32_t> promoted_since_scan{0};

// A scan is due when so many wait, or there has been less than one in so long; after a rest, so
// many follow at once. While objects wait, threads that attach or make objects ask again.
static constexpr size_t kScanCount = 256;
static constexpr int64_t kScanNanoseconds = 10'000'000;
static constexpr int64_t kScansAtOnce = 20;
// What waits may hold the last reference to what has to wait in turn: a collection scans so often.
static constexpr int kMostRounds = 8;

// In the collector bits of the lock byte: found in a register.
static constexpr uint8_t kLentMark = 16;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static Object** waiting = nullptr;
static size_t waiting_count = 0, waiting_capacity = 0;
static std::atomic<bool> scan_due{false};
static std::atomic<int64_t> scans_until{0};  // scans done take up the time until then

static int64_t now() {
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

static bool scan_is_affordable() {
    return now() - scans_until.load(std::memory_order_relaxed) >= kScanNanoseconds;
}

void sample_foreign_read(Object* object) {
    foreign_reads_left = interval.load(std::memory_order_relaxed);
    uint8_t flags = object->flags.load(std::memory_order_relaxed);
    if (flags & (kImmortal | kDeferred | kHasWeakrefs)) return;
    if (!(flags & kReadAbroad)) {
        object->set_flag(kReadAbroad);
        return;
    }
    if (needs_finalizer(object)) return;
    promotion_began.store(true, std::memory_order_relaxed);
    promoted_since_scan.fetch_add(1, std::memory_order_relaxed);
    make_deferred(object);
}

void await_register_scan(Object* object) {
    if (!is_promoted(object)) return;  // deferred from the start: the collector's
    if (object->flags.fetch_or(kAwaitsScan, std::memory_order_relaxed) & kAwaitsScan) return;
    bool due = scan_is_affordable();
    pthread_mutex_lock(&mutex);
    bool kept = waiting_count < waiting_capacity;
    if (!kept) {
        size_t capacity = waiting_capacity ? waiting_capacity * 2 : kScanCount;
        void* grown = array_reallocate(waiting, capacity * sizeof(Object*));
        if (grown) {
            waiting = static_cast<Object**>(grown);
            waiting_capacity = capacity;
            kept = true;
        }
    }
    // Without memory for the list it is left to the collector.
    if (kept) waiting[waiting_count++] = object;
    due = due || waiting_count >= kScanCount;
    if (kept) scan_awaited.store(true, std::memory_order_relaxed);
    pthread_mutex_unlock(&mutex);
    if (!kept) object->clear_flag(kAwaitsScan);
    if (due && !scan_due.exchange(true, std::memory_order_relaxed))
        request(current_thread(), kBreakCollect);
}

static void mark_lent(void*, uint64_t word) {
    Value value = Value::from_bits(word);
    if (value.is_object() && value.object()->has_flag(kAwaitsScan))
        value.object()->lock.fetch_or(kLentMark, std::memory_order_relaxed);
}

// What dies soon after it was promoted was not worth it.
static void adapt_interval(size_t freed) {
    uint32_t promoted = promoted_since_scan.exchange(0, std::memory_order_relaxed);
    uint32_t reads = interval.load(std::memory_order_relaxed);
    if (freed * 2 > promoted && reads < kMostInterval) reads *= 2;
    if (freed * 8 < promoted && reads > kLeastInterval) reads /= 2;
    interval.store(reads, std::memory_order_relaxed);
}

// With the world stopped and all counts settled: gives those that can go a plain count of one,
// which is the caller's, and returns how many they are. Until that is dropped a collection of
// another thread must not take them for garbage, and may still find them for gc.get_objects().
static size_t take_unheld(Object** taken) {
    collector_roots(mark_lent, nullptr);
    size_t count = 0, kept = 0;
    for (size_t i = 0; i < waiting_count; i++) {
        Object* object = waiting[i];
        uint8_t lock =
            object->lock.fetch_and(static_cast<uint8_t>(~kLentMark), std::memory_order_relaxed);
        if (object->shared.load(std::memory_order_relaxed) != (kDeferredBias | kMerged)) {
            object->clear_flag(kAwaitsScan);  // somebody has taken a reference again
        } else if (lock & kLentMark) {
            waiting[kept++] = object;
        } else {
            object->flags.fetch_and(static_cast<uint8_t>(~(kDeferred | kReadAbroad | kAwaitsScan)),
                                    std::memory_order_relaxed);
            object->shared.store(kSharedOne | kMerged, std::memory_order_relaxed);
            taken[count++] = object;
        }
    }
    waiting_count = kept;
    scan_awaited.store(kept != 0, std::memory_order_relaxed);
    return count;
}

// Returns how many were let go.
static size_t scan(Thread& thread, void (*settle)()) {
    scan_due.store(false, std::memory_order_relaxed);
    if (!promotion_began.load(std::memory_order_relaxed)) return 0;
    Object** taken = nullptr;
    size_t count = 0;
    {
        StopTheWorld stopped(thread);
        int64_t until = scans_until.load(std::memory_order_relaxed);
        int64_t rested = now() - kScansAtOnce * kScanNanoseconds;
        scans_until.store((until > rested ? until : rested) + kScanNanoseconds,
                          std::memory_order_relaxed);
        settle();  // first: more may come to wait by it
        if (waiting_count) {
            taken = static_cast<Object**>(array_allocate(waiting_count * sizeof(Object*)));
            if (taken) count = take_unheld(taken);  // else memory is short: at the next scan
        }
        adapt_interval(count);
    }
    for (size_t i = 0; i < count; i++) decref(taken[i]);
    array_free(taken);
    return count;
}

void reclaim_promoted(Thread& thread) {
    for (int round = 0; round < kMostRounds; round++)
        if (scan(thread, merge_all_heaps) == 0) return;
}

void reclaim_promoted_if_due(Thread& thread) {
    bool due = scan_due.load(std::memory_order_relaxed) ||
               (scan_awaited.load(std::memory_order_relaxed) && scan_is_affordable());
    if (due) scan(thread, settle_all_counts);
}

}  // namespace imugi
