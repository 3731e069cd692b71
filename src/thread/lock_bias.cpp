// Revocation of lock bias; lock_bias.h says what for.
#include "thread/lock_bias.h"

#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "memory/heap.h"  // lint: allow layer: a bias names a heap
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

bool has_lock_barrier() {
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
    uint16_t holder = has_lock_barrier() ? heap_id : kUnbiased;
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

bool is_heap_away(uint16_t heap_id) {
    const Heap* heap = heap_by_id(heap_id);
    const Thread* owner = heap ? heap->thread.load(std::memory_order_seq_cst) : nullptr;
    if (!owner) return true;
    // Pairs with attach. Once more whose heap it is: a Thread that has ended is used for another.
    return owner->state.load(std::memory_order_seq_cst) == ThreadState::kDetached &&
           heap->thread.load(std::memory_order_seq_cst) == owner;
}

void show_lock_mark(uint16_t heap_id) {
    if (!is_heap_away(heap_id)) pass_barrier();
}

// The holder sees the mark that was set before from here on; sections it began before end first.
// Then calls `end`, before the thread may have to stay detached for ever.
template <class End>
static void end_sections(Thread& thread, uint16_t holder, End end) {
    show_lock_mark(holder);
    const LockDepth& depth = lock_depths[holder];
    wait_until(thread, [&] {
        // Acquire: pairs with leave_biased.
        if (depth.count.load(std::memory_order_acquire) != 0) return false;
        end();
        return true;
    });
}

// How often a heap's objects are revoked one by one: about kPace apart, some of them at once.
static constexpr int64_t kPace = 500'000;  // nanoseconds
static constexpr int64_t kAtOnce = 16;

static bool can_pay(LockDepth& account) {
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    int64_t now = time.tv_sec * 1'000'000'000 + time.tv_nsec;
    int64_t paid = account.paid_until.load(std::memory_order_relaxed);
    for (;;) {
        int64_t begin = paid > now ? paid : now;
        if (begin - now > kPace * (kAtOnce - 1)) return false;
        if (account.paid_until.compare_exchange_weak(paid, begin + kPace,
                                                     std::memory_order_relaxed))
            return true;
    }
}

// Whoever comes while another does the same does it too.
static void revoke_object(Thread& thread, const Object& object, uint16_t holder) {
    object.lock.fetch_or(kBiasEnds, std::memory_order_seq_cst);  // before is_heap_away looks
    // Release: pairs with may_bias.
    end_sections(thread, holder,
                 [&] { object.lock.fetch_or(kBiasEnded, std::memory_order_release); });
}

void revoke_lock_bias(Thread& thread, const Object& object) {
    LockBias& bias = lock_bias_of(&object);
    size_t slice = bias_slice_of(&object);
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
        if ((object.lock.load(std::memory_order_relaxed) & kBiasEnds) ||
            can_pay(lock_depths[holder]))
            return revoke_object(thread, object, holder);
        if (!state.compare_exchange_strong(holder, kRevoking, std::memory_order_seq_cst)) continue;
        bias.revoked[slice].store(holder, std::memory_order_release);
        end_sections(thread, holder, [&] {
            bias.revoked[slice].store(kUnbiased, std::memory_order_relaxed);
            state.store(kUnbiased, std::memory_order_release);
        });
        return;
    }
}

}  // namespace imugi
