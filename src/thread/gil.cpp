// The GIL: a holder, a condition for waiters, and a second one on which a thread that gave it up on
// request waits until another has taken it, so that the request is not lost to the same thread at
// once.
//
// Protection: everything under gil_mutex; `gil_mode` changes only while the world is stopped.
#include "thread/gil.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "thread/safepoint.h"

namespace imugi {

std::atomic<bool> gil_mode{false};
static pthread_mutex_t gil_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gil_free = PTHREAD_COND_INITIALIZER;
static pthread_cond_t gil_taken = PTHREAD_COND_INITIALIZER;
static Thread* holder;
static uint64_t switches;  // times it was taken by another thread than before
static Thread* last_holder;
static uint64_t handovers;
static std::atomic<uint64_t> interval_us{5000};

void init_gil(bool enabled) {
    gil_mode.store(enabled, std::memory_order_relaxed);
}
void set_switch_interval_us(uint64_t microseconds) {
    interval_us.store(microseconds ? microseconds : 1, std::memory_order_relaxed);
}
uint64_t switch_interval_us() {
    return interval_us.load(std::memory_order_relaxed);
}
uint64_t gil_handovers() {
    pthread_mutex_lock(&gil_mutex);
    uint64_t count = handovers;
    pthread_mutex_unlock(&gil_mutex);
    return count;
}

void gil_acquire_slow(Thread& thread) {
    pthread_mutex_lock(&gil_mutex);
    while (holder && holder != &thread && gil_enabled()) {
        uint64_t seen = switches;
        timespec deadline;
        clock_gettime(CLOCK_REALTIME, &deadline);
        uint64_t ns = static_cast<uint64_t>(deadline.tv_nsec) + switch_interval_us() * 1000;
        deadline.tv_sec += static_cast<time_t>(ns / 1000000000);
        deadline.tv_nsec = static_cast<long>(ns % 1000000000);
        int result = pthread_cond_timedwait(&gil_free, &gil_mutex, &deadline);
        if (result == ETIMEDOUT && holder && switches == seen) request(*holder, kBreakGilDrop);
    }
    if (gil_enabled()) {
        holder = &thread;
        if (last_holder != &thread) {
            switches++;
            last_holder = &thread;
        }
        pthread_cond_broadcast(&gil_taken);
    }
    pthread_mutex_unlock(&gil_mutex);
}

void gil_release_slow(Thread& thread) {
    pthread_mutex_lock(&gil_mutex);
    if (holder == &thread) {
        holder = nullptr;
        pthread_cond_signal(&gil_free);
    }
    pthread_mutex_unlock(&gil_mutex);
}

void gil_yield(Thread& thread) {
    clear_request(thread, kBreakGilDrop);
    if (!gil_enabled()) return;
    detach(thread);
    pthread_mutex_lock(&gil_mutex);
    if (last_holder == &thread && gil_enabled()) {
        timespec deadline;
        clock_gettime(CLOCK_REALTIME, &deadline);
        deadline.tv_sec += 1;
        while (last_holder == &thread && gil_enabled() &&
               pthread_cond_timedwait(&gil_taken, &gil_mutex, &deadline) == 0) {
        }
    }
    if (last_holder != &thread) handovers++;
    pthread_mutex_unlock(&gil_mutex);
    attach(thread);
}

void set_gil_enabled(Thread& thread, bool enabled) {
    StopTheWorld stopped(thread);
    pthread_mutex_lock(&gil_mutex);
    if (gil_enabled() != enabled) {
        gil_mode.store(enabled, std::memory_order_relaxed);
        holder = enabled ? &thread : nullptr;
        last_holder = holder;
        pthread_cond_broadcast(&gil_free);
        pthread_cond_broadcast(&gil_taken);
    }
    pthread_mutex_unlock(&gil_mutex);
}

void gil_before_fork() {
    pthread_mutex_lock(&gil_mutex);
}
void gil_after_fork(Thread* survivor) {
    if (survivor) {
        // Nobody waits in the child.
        pthread_cond_init(&gil_free, nullptr);
        pthread_cond_init(&gil_taken, nullptr);
        holder = last_holder = gil_enabled() ? survivor : nullptr;
    }
    pthread_mutex_unlock(&gil_mutex);
}

}  // namespace imugi
