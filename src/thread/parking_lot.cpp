// 1024 buckets, each a mutex and a FIFO of waiters; a waiter lies on its thread's stack and sleeps
// on its own condition variable.
#include "thread/parking_lot.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include <new>

namespace imugi {

namespace {
struct Waiter {
    const void* address;
    void* token;
    Waiter* next = nullptr;
    pthread_cond_t wake;
    bool queued = true;
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
    waiter->queued = false;
    return waiter;
}

void remove(Bucket& bucket, Waiter& waiter) {
    Waiter* before = nullptr;
    for (Waiter** link = &bucket.first; *link; before = *link, link = &(*link)->next)
        if (*link == &waiter) {
            unlink(bucket, link, before);
            return;
        }
}
}  // namespace

ParkResult park(const void* address, uint64_t expected, size_t size, int64_t timeout_ns,
                void* token) {
    Bucket& bucket = bucket_of(address);
    timespec deadline{};
    if (timeout_ns >= 0) {
        clock_gettime(CLOCK_MONOTONIC, &deadline);
        int64_t ns = deadline.tv_nsec + timeout_ns % 1000000000;
        deadline.tv_sec += timeout_ns / 1000000000 + ns / 1000000000;
        deadline.tv_nsec = ns % 1000000000;
    }
    pthread_mutex_lock(&bucket.mutex);
    if (load(address, size) != expected) {
        pthread_mutex_unlock(&bucket.mutex);
        return ParkResult::kChanged;
    }
    Waiter waiter;
    waiter.address = address;
    waiter.token = token;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&waiter.wake, &attributes);
    pthread_condattr_destroy(&attributes);
    (bucket.last ? bucket.last->next : bucket.first) = &waiter;
    bucket.last = &waiter;
    ParkResult result = ParkResult::kUnparked;
    while (waiter.queued) {
        if (timeout_ns < 0) {
            pthread_cond_wait(&waiter.wake, &bucket.mutex);
        } else if (pthread_cond_timedwait(&waiter.wake, &bucket.mutex, &deadline) == ETIMEDOUT &&
                   waiter.queued) {
            remove(bucket, waiter);
            result = ParkResult::kTimedOut;
        }
    }
    pthread_mutex_unlock(&bucket.mutex);
    pthread_cond_destroy(&waiter.wake);
    return result;
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
    if (found) pthread_cond_signal(&found->wake);
    pthread_mutex_unlock(&bucket.mutex);
    return found;
}

size_t unpark_all(const void* address) {
    Bucket& bucket = bucket_of(address);
    pthread_mutex_lock(&bucket.mutex);
    size_t count = 0;
    Waiter* before = nullptr;
    for (Waiter** link = &bucket.first; *link;) {
        if ((*link)->address == address) {
            pthread_cond_signal(&unlink(bucket, link, before)->wake);
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
    for (Bucket& bucket : buckets) new (&bucket) Bucket;
}

}  // namespace imugi
