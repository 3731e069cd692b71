// SpinLock: for sections of a few instructions that call nothing but the allocator of arrays, on
// data that several threads change all the time. Nobody parks for it, so that letting go is a plain
// store; who waits long gives its processor away, as the holder may wait for one.
//
// Under it there is no safepoint, no other lock but a SpinLock, and nothing is dropped.
#pragma once

#include <sched.h>

#include <atomic>
#include <cstdint>

#include "thread/backoff.h"

namespace imugi {

class SpinLock {
  public:
    void lock() {
        if (IMUGI_UNLIKELY(taken_.exchange(true, std::memory_order_acquire))) wait();
    }
    void unlock() { taken_.store(false, std::memory_order_release); }  // pairs with lock

  private:
    IMUGI_NOINLINE void wait() {
        constexpr uint64_t kFirst = 500, kLongest = 8'000;  // cycles
        for (uint64_t cycles = kFirst;; cycles *= 2) {
            if (cycles > kLongest) {
                cycles = kLongest;
                sched_yield();
            }
            wait_cycles(cycles);
            if (!taken_.load(std::memory_order_relaxed) &&
                !taken_.exchange(true, std::memory_order_acquire))
                return;
        }
    }

    std::atomic<bool> taken_{false};
};

class [[nodiscard]] SpinGuard {
  public:
    explicit SpinGuard(SpinLock& lock) : lock_(lock) { lock_.lock(); }
    ~SpinGuard() { lock_.unlock(); }
    SpinGuard(const SpinGuard&) = delete;

  private:
    SpinLock& lock_;
};

}  // namespace imugi
