// 1024 buckets, each a mutex and a FIFO of waiters. A waiter lies on its thread's stack; it spins
// for a while if that paid the last times or if its thread has worked for it, then sleeps on a
// futex of its own.
//
// Whoever takes a waiter out of a queue, under the bucket's mutex, marks it woken and does not
// touch it afterwards; the wake-up call is for its address only, at which anything may lie by then.
#include "thread/parking_lot.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <new>

namespace imugi {

namespace {
enum WaiterState : uint32_t { kSpinning, kSleeping, kWoken };

struct Waiter {
    const void* address;
    void* token;
    Waiter* next = nullptr;
    std::atomic<uint32_t> state{kSpinning};
};

struct Bucket {
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    Waiter* first = nullptr;
    Waiter* last = nullptr;
};

constexpr size_t kBuckets = 1024;
Bucket buckets[kBuckets];

Bucket& bucket_of(const void* address) {
    uint64_t bits = reinterpret_cast<uint64_t>(address) * 0x9E3779B97F4A7C15u;
    return buckets[bits >> 54];
}

uint64_t load(const void* address, size_t size) {
    switch (size) {
        case 1:
            return __atomic_load_n(static_cast<const uint8_t*>(address), __ATOMIC_ACQUIRE);
        case 4:
            return __atomic_load_n(static_cast<const uint32_t*>(address), __ATOMIC_ACQUIRE);
        default:
            return __atomic_load_n(static_cast<const uint64_t*>(address), __ATOMIC_ACQUIRE);
    }
}

// Takes the waiter behind `link` out of the queue. Under the bucket's mutex.
Waiter* unlink(Bucket& bucket, Waiter** link, Waiter* before) {
    Waiter* waiter = *link;
    *link = waiter->next;
    if (bucket.last == waiter) bucket.last = before;
    return waiter;
}

// False when somebody has taken it out already.
bool remove(Bucket& bucket, Waiter& waiter) {
    Waiter* before = nullptr;
    for (Waiter** link = &bucket.first; *link; before = *link, link = &(*link)->next)
        if (*link == &waiter) {
            unlink(bucket, link, before);
            return true;
        }
    return false;
}

// Who has been taken out of its queue goes on. Null, or the futex that has to be woken.
uint32_t* mark_woken(Waiter* waiter) {
    uint32_t before = waiter->state.exchange(kWoken, std::memory_order_acq_rel);
    return before == kSleeping ? reinterpret_cast<uint32_t*>(&waiter->state) : nullptr;
}
void wake_futex(uint32_t* futex) {
    if (futex) syscall(SYS_futex, futex, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

// --- how long to spin ---

constexpr int64_t kLongestSpin = 200'000;  // ns
constexpr int64_t kShortestSpin = 2'000;
// Of the calling thread; twice what the last waits took, if these were short.
thread_local constinit int64_t spin_ns = 20'000;

int64_t read_clock(clockid_t clock) {
    timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

int64_t now() {
    return read_clock(CLOCK_MONOTONIC);
}

void learn(int64_t waited) {
    if (waited < kLongestSpin)
        spin_ns = waited * 2 < kShortestSpin ? kShortestSpin : waited * 2;
    else
        spin_ns = spin_ns / 2 < kShortestSpin ? kShortestSpin : spin_ns / 2;
    if (spin_ns > kLongestSpin) spin_ns = kLongestSpin;
}

// How often the calling thread shall go to sleep without giving its processor away first. When that
// took longer than any spin, the processor went to another program for a whole time slice, as it
// will again; who is woken from sleep gets it at once.
thread_local constinit uint32_t yields_barred = 0;
constexpr uint32_t kYieldsBarred = 64;

// Gives the processor to any other thread that wants it.
bool spin(const Waiter& waiter, int64_t until) {
    for (int64_t time = 0; time < until;) {
        for (int i = 0; i < 32; i++) {
            if (waiter.state.load(std::memory_order_acquire) == kWoken) return true;
            __builtin_ia32_pause();
        }
        if (yields_barred != 0) {
            yields_barred--;
            return false;
        }
        int64_t before = now();
        sched_yield();
        time = now();
        if (time - before > kLongestSpin) yields_barred = kYieldsBarred;
    }
    return waiter.state.load(std::memory_order_acquire) == kWoken;
}

// What the calling thread may spin for before it sleeps, beyond spin_ns: a part of the time that it
// has worked. Threads that work side by side and wait for each other at intervals come to their
// meeting at about the same time, and who sleeps there may be woken on the processor of who woke
// it, with the other one idle. Who does little between its waits sleeps soon.
constexpr int64_t kLargestAllowance = 1'000'000;  // ns
constexpr int64_t kWorkForAllowance = 8;
thread_local constinit int64_t allowance = kLargestAllowance;
thread_local constinit int64_t processor_time = 0;  // when the allowance was last looked at

bool spin_on(const Waiter& waiter, int64_t deadline) {
    if (yields_barred != 0) return false;
    int64_t used = read_clock(CLOCK_THREAD_CPUTIME_ID);
    allowance += (used - processor_time) / kWorkForAllowance;
    if (allowance > kLargestAllowance) allowance = kLargestAllowance;
    int64_t begin = now();
    int64_t end = begin + allowance;
    bool woken = spin(waiter, deadline >= 0 && deadline < end ? deadline : end);
    allowance -= now() - begin;
    processor_time = read_clock(CLOCK_THREAD_CPUTIME_ID);
    return woken;
}

// False at the deadline (negative: none).
bool sleep(Waiter& waiter, int64_t deadline) {
    uint32_t state = kSpinning;
    if (!waiter.state.compare_exchange_strong(state, kSleeping, std::memory_order_acq_rel))
        return true;
    timespec until{deadline / 1'000'000'000, deadline % 1'000'000'000};
    while (waiter.state.load(std::memory_order_acquire) != kWoken) {
        long result = syscall(SYS_futex, &waiter.state, FUTEX_WAIT_BITSET_PRIVATE, kSleeping,
                              deadline < 0 ? nullptr : &until, nullptr, FUTEX_BITSET_MATCH_ANY);
        if (result != 0 && errno == ETIMEDOUT) return false;
    }
    return true;
}
}  // namespace

ParkResult park(const void* address, uint64_t expected, size_t size, int64_t timeout_ns,
                void* token) {
    Bucket& bucket = bucket_of(address);
    Waiter waiter{address, token};
    pthread_mutex_lock(&bucket.mutex);
    if (load(address, size) != expected) {
        pthread_mutex_unlock(&bucket.mutex);
        return ParkResult::kChanged;
    }
    (bucket.last ? bucket.last->next : bucket.first) = &waiter;
    bucket.last = &waiter;
    pthread_mutex_unlock(&bucket.mutex);

    int64_t begin = now();
    int64_t deadline = timeout_ns < 0 || timeout_ns > INT64_MAX - begin ? -1 : begin + timeout_ns;
    int64_t spin_end = begin + spin_ns;
    if (deadline >= 0 && deadline < spin_end) spin_end = deadline;
    bool woken = spin(waiter, spin_end) || spin_on(waiter, deadline) || sleep(waiter, deadline);
    if (!woken) {
        pthread_mutex_lock(&bucket.mutex);
        bool timed_out = remove(bucket, waiter);
        pthread_mutex_unlock(&bucket.mutex);
        if (timed_out) return ParkResult::kTimedOut;
        // Woken at the last moment: until the mark is there the waiter must stay.
        while (waiter.state.load(std::memory_order_acquire) != kWoken) __builtin_ia32_pause();
    }
    learn(now() - begin);
    return ParkResult::kUnparked;
}

bool unpark_one(const void* address, UnparkCallback callback, void* argument) {
    Bucket& bucket = bucket_of(address);
    pthread_mutex_lock(&bucket.mutex);
    Waiter* found = nullptr;
    Waiter* before = nullptr;
    bool more = false;
    for (Waiter** link = &bucket.first; *link;) {
        if ((*link)->address != address) {
            before = *link;
            link = &(*link)->next;
        } else if (!found) {
            found = unlink(bucket, link, before);
        } else {
            more = true;
            break;
        }
    }
    if (callback) callback(argument, found ? found->token : nullptr, more);
    uint32_t* futex = found ? mark_woken(found) : nullptr;
    pthread_mutex_unlock(&bucket.mutex);
    wake_futex(futex);
    return found;
}

size_t unpark_all(const void* address) {
    Bucket& bucket = bucket_of(address);
    pthread_mutex_lock(&bucket.mutex);
    size_t count = 0;
    Waiter* before = nullptr;
    for (Waiter** link = &bucket.first; *link;) {
        if ((*link)->address == address) {
            wake_futex(mark_woken(unlink(bucket, link, before)));
            count++;
        } else {
            before = *link;
            link = &(*link)->next;
        }
    }
    pthread_mutex_unlock(&bucket.mutex);
    return count;
}

void parking_lot_after_fork() {
    for (Bucket& bucket : buckets) {
        if (pthread_mutex_trylock(&bucket.mutex) == 0) {
            // After all that threads did here that have ended since.
            bucket.first = bucket.last = nullptr;
            pthread_mutex_unlock(&bucket.mutex);
        } else {
            new (&bucket) Bucket;  // a thread that is not here was about to let it go
        }
    }
}

}  // namespace imugi
