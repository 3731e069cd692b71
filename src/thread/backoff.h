// Waiting between two looks at a lock that is held. Looking often would be in the way of the
// holder, who can take and release a lock many times in its own cache, while threads that take
// turns wait for the cache line each time: so the first wait is as long as several short holds, and
// the next ones are longer.
#pragma once

#include <atomic>
#include <cstdint>

#include "thread/lock.h"

namespace imugi {

// Processor cycles.
inline constexpr uint64_t kFirstWait = 6'000;

inline void wait_cycles(uint64_t cycles) {
    uint64_t begin = __builtin_ia32_rdtsc();
    do __builtin_ia32_pause();
    while (__builtin_ia32_rdtsc() - begin < cycles);
}

// Whether the byte could be had within some waits, each twice as long as the one before.
inline bool lock_with_backoff(std::atomic<uint8_t>& byte, int waits) {
    uint64_t cycles = kFirstWait;
    for (int i = 0; i < waits; i++, cycles *= 2) {
        wait_cycles(cycles);
        if (try_lock_byte(byte)) return true;
    }
    return false;
}

}  // namespace imugi
