// Grace periods. A global epoch; each attached thread shows the epoch it saw at its last quiescent
// point, detached ones UINT64_MAX. What is retired in epoch e is free once every thread shows more
// than e.
//
// Protection: a thread's limbo is its own; the limbo of ended threads is under orphan_mutex.
#include "thread/grace.h"

#include <pthread.h>

#include <new>

#include "memory/array.h"  // lint: allow layer: the limbo's own storage
#include "thread/chaos.h"
#include "thread/safepoint.h"
#include "thread/world.h"

namespace imugi {

struct Retired {
    void* pointer;
    void (*free)(void*);
    uint64_t epoch;
    size_t bytes;
};

// A growable queue, oldest first.
struct Limbo {
    Retired* items = nullptr;
    size_t begin = 0, end = 0, capacity = 0;
    size_t bytes = 0;
    size_t since_request = 0;  // entries since the others were last asked for a quiescent point
    size_t bytes_since_request = 0;
};

static constexpr size_t kAskEntries = 256;
static constexpr size_t kAskBytes = 256 << 10;
static constexpr size_t kMostBytes = size_t{32}
                                     << 20;  // a process's limbo, beyond which writers wait
static constexpr size_t kMostEntries = 1 << 16;

static std::atomic<uint64_t> epoch{1};
static std::atomic<size_t> total_bytes{0};
static pthread_mutex_t orphan_mutex = PTHREAD_MUTEX_INITIALIZER;
static Limbo orphaned;

static bool push(Limbo& limbo, const Retired& retired) {
    if (limbo.end == limbo.capacity) {
        size_t live = limbo.end - limbo.begin;
        if (limbo.begin > limbo.capacity / 2) {
            for (size_t i = 0; i < live; i++) limbo.items[i] = limbo.items[limbo.begin + i];
        } else {
            size_t capacity = limbo.capacity ? limbo.capacity * 2 : 64;
            void* grown = array_allocate(capacity * sizeof(Retired));
            if (!grown) return false;
            Retired* items = static_cast<Retired*>(grown);
            for (size_t i = 0; i < live; i++) items[i] = limbo.items[limbo.begin + i];
            array_free(limbo.items);
            limbo.items = items;
            limbo.capacity = capacity;
        }
        limbo.begin = 0;
        limbo.end = live;
    }
    limbo.items[limbo.end++] = retired;
    limbo.bytes += retired.bytes;
    return true;
}

static uint64_t oldest_seen() {
    uint64_t oldest = UINT64_MAX;
    world::for_each_thread(
        [](void* context, Thread& thread) {
            uint64_t seen =
                thread.seen_epoch.load(std::memory_order_seq_cst);  // pairs with grace_attach
            uint64_t& least = *static_cast<uint64_t*>(context);
            if (seen < least) least = seen;
        },
        &oldest);
    return oldest;
}

static void free_old(Limbo& limbo, uint64_t oldest) {
    while (limbo.begin < limbo.end && limbo.items[limbo.begin].epoch < oldest) {
        Retired retired = limbo.items[limbo.begin++];
        limbo.bytes -= retired.bytes;
        total_bytes.fetch_sub(retired.bytes, std::memory_order_relaxed);
        retired.free(retired.pointer);
    }
}

static void ask_all() {
    epoch.fetch_add(1, std::memory_order_seq_cst);
    world::for_each_thread(
        [](void*, Thread& thread) {
            if (thread.seen_epoch.load(std::memory_order_relaxed) != UINT64_MAX)
                request(thread, kBreakLimbo);
        },
        nullptr);
}

void retire(void* pointer, size_t bytes, void (*free)(void*)) {
    Thread& thread = current_thread();
    if (!thread.limbo) {
        void* memory = array_allocate(sizeof(Limbo));
        if (!memory) return;  // nowhere to remember it: the memory is lost, which is the safe side
        thread.limbo = new (memory) Limbo;
    }
    Limbo& limbo = *thread.limbo;
    if (!push(limbo, {pointer, free, epoch.load(std::memory_order_seq_cst), bytes})) return;
    total_bytes.fetch_add(bytes, std::memory_order_relaxed);
    limbo.since_request++;
    limbo.bytes_since_request += bytes;
    if (limbo.since_request >= kAskEntries || limbo.bytes_since_request >= kAskBytes) {
        limbo.since_request = limbo.bytes_since_request = 0;
        ask_all();
    }
}

void quiescent_point(Thread& thread) {
    clear_request(thread, kBreakLimbo);
    thread.seen_epoch.store(epoch.load(std::memory_order_seq_cst), std::memory_order_seq_cst);
    Limbo* limbo = thread.limbo;
    if (!limbo || limbo->begin == limbo->end) return;
    free_old(*limbo, oldest_seen());
    if (pthread_mutex_trylock(&orphan_mutex) == 0) {
        Limbo taken = orphaned;
        orphaned = Limbo();
        pthread_mutex_unlock(&orphan_mutex);
        while (taken.begin < taken.end) {
            if (!push(*limbo, taken.items[taken.begin])) break;
            taken.begin++;
        }
        array_free(taken.items);
    }
}

void wait_for_grace(Thread& thread) {
    quiescent_point(thread);
    Limbo* limbo = thread.limbo;
    for (int tries = 0; limbo && tries < 1000 &&
                        (total_bytes.load(std::memory_order_relaxed) > kMostBytes ||
                         limbo->end - limbo->begin > kMostEntries);
         tries++) {
        if (limbo->begin == limbo->end) return;
        ask_all();
        {
            Detached detached(thread);
            timespec pause{0, 100000};
            nanosleep(&pause, nullptr);
        }
        quiescent_point(thread);
        if (thread.breaker.load(std::memory_order_relaxed) &
            ~uint32_t{kBreakLimbo | kBreakTrace | kBreakChaos})
            return;
    }
}

void grace_attach(Thread& thread) {
    thread.seen_epoch.store(epoch.load(std::memory_order_seq_cst), std::memory_order_seq_cst);
}
void grace_detach(Thread& thread) {
    thread.seen_epoch.store(UINT64_MAX, std::memory_order_release);
}

void empty_limbo(Thread& thread) {
    if (thread.limbo) free_old(*thread.limbo, UINT64_MAX);
    pthread_mutex_lock(&orphan_mutex);
    Limbo taken = orphaned;
    orphaned = Limbo();
    pthread_mutex_unlock(&orphan_mutex);
    free_old(taken, UINT64_MAX);
    array_free(taken.items);
}

void orphan_limbo(Thread& thread) {
    Limbo* limbo = thread.limbo;
    if (!limbo) return;
    thread.limbo = nullptr;
    pthread_mutex_lock(&orphan_mutex);
    while (limbo->begin < limbo->end && push(orphaned, limbo->items[limbo->begin])) limbo->begin++;
    pthread_mutex_unlock(&orphan_mutex);
    array_free(limbo->items);
    array_free(limbo);
}

void grace_before_fork() {
    pthread_mutex_lock(&orphan_mutex);
}
void grace_after_fork() {
    pthread_mutex_unlock(&orphan_mutex);
}

size_t limbo_bytes() {
    return total_bytes.load(std::memory_order_relaxed);
}

}  // namespace imugi
