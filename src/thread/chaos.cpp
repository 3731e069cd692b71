// The bit kBreakChaos of a thread's breaker is never cleared, so that every poll takes the slow
// way. Protection: the seed is constant; a thread's state is its own.
#include "thread/chaos.h"

#include <sched.h>
#include <time.h>

#include "thread/safepoint.h"

namespace imugi {

static uint64_t chaos_seed;
static thread_local uint64_t chaos_state;
thread_local bool collect_unasked = false;

void init_chaos(uint64_t seed) {
    chaos_seed = seed;
}

void join_chaos(Thread& thread) {
    if (chaos_seed) thread.breaker.fetch_or(kBreakChaos, std::memory_order_relaxed);
}

static uint64_t next_choice(Thread& thread) {
    uint64_t state = chaos_state;
    if (!state) state = (chaos_seed ^ thread.id) * 0x9E3779B97F4A7C15u | 1;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    chaos_state = state;
    return state;
}

void chaos_step(Thread& thread) {
    uint64_t choice = next_choice(thread);
    uint64_t detail = choice >> 32;
    choice &= 0xFFFF;
    if (choice < 16) {
        request(thread, kBreakCollect);
        collect_unasked = true;
    } else if (choice < 512) {
        sched_yield();
    } else if (choice < 576) {
        Detached detached(thread);
        timespec pause{0, static_cast<long>(detail % 200000)};
        nanosleep(&pause, nullptr);
    } else if (choice < 1024) {
        Detached detached(thread);
    }
}

}  // namespace imugi
