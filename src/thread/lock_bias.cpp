// Revocation of lock bias; lock_bias.h says what for.
#include "thread/lock_bias.h"

#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "thread/thread.h"

namespace imugi {

LockDepth lock_depths[65536];

// The thread sanitizer does not know the barrier: there every lock is taken by its byte.
#ifdef IMUGI_TSAN
static constexpr bool kWanted = false;
#else
static constexpr bool kWanted = true;
#endif

static bool barrier_command(int command) {
    return syscall(SYS_membarrier, command, 0, 0) == 0;
}

static bool has_barrier() {
    static const bool has = kWanted && barrier_command(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) &&
                            barrier_command(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
    return has;
}

static void pass_barrier() {
    if (barrier_command(MEMBARRIER_CMD_PRIVATE_EXPEDITED)) return;
    // A forked process may have to register again.
    while (!barrier_command(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) ||
           !barrier_command(MEMBARRIER_CMD_PRIVATE_EXPEDITED))
        sched_yield();
}

void set_lock_bias(LockBias& bias, size_t first_slice, size_t slices, uint16_t heap_id) {
    uint16_t holder = has_barrier() ? heap_id : kUnbiased;
    // Release: pairs with revoke_lock_bias.
    for (size_t i = first_slice; i < first_slice + slices; i++)
        bias.holder[i].store(holder, std::memory_order_release);
}

// Waits for `done`: first spinning, then detached, so that neither a stop-the-world nor a thread
// that waits for our own biased sections waits for us.
template <class Done>
static void wait_until(Thread& thread, Done done) {
    for (int turn = 0; turn < 64; turn++) {
        if (done()) return;
        __builtin_ia32_pause();
    }
    Detached detached(thread);
    while (!done()) sched_yield();
}

void revoke_lock_bias(Thread& thread, const void* object) {
    LockBias& bias = lock_bias_of(object);
    size_t slice = bias_slice_of(object);
    std::atomic<uint16_t>& state = bias.holder[slice];
    uint16_t holder = state.load(std::memory_order_acquire);
    while (holder != kUnbiased) {
        if (holder == kRevoking) {
            // The holder itself goes on to the byte; nobody else has it before the end.
            if (bias.revoked[slice].load(std::memory_order_acquire) == thread.heap_id) return;
            wait_until(thread, [&] { return state.load(std::memory_order_acquire) != kRevoking; });
            holder = state.load(std::memory_order_acquire);
            continue;
        }
        if (holder == thread.heap_id) return;
        if (!state.compare_exchange_strong(holder, kRevoking, std::memory_order_acq_rel)) continue;
        bias.revoked[slice].store(holder, std::memory_order_release);
        pass_barrier();
        // The holder sees kRevoking from here on; sections it began before end first. Acquire:
        // pairs with leave_biased.
        const LockDepth& depth = lock_depths[holder];
        wait_until(thread, [&] { return depth.count.load(std::memory_order_acquire) == 0; });
        bias.revoked[slice].store(kUnbiased, std::memory_order_relaxed);
        state.store(kUnbiased, std::memory_order_release);
        return;
    }
}

}  // namespace imugi
