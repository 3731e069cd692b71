// See kept_lock.h. Protection: LockDepth::kept and the entries of `keepers` change by
// compare-exchange; who has marked the one as being taken is alone until it stores something else.
#include "thread/kept_lock.h"

#include <sched.h>

#include <cstdint>

#include "thread/lock.h"

namespace imugi {

namespace {

// LockDepth::kept is the address of a byte, which is an odd number, as it is the eighth of a
// header; even: somebody takes the lock away.
uintptr_t address_of(const std::atomic<uint8_t>& byte) {
    return reinterpret_cast<uintptr_t>(&byte);
}
bool is_being_taken(uintptr_t kept) {
    return kept != 0 && !(kept & 1);
}

constexpr unsigned kKeeperBits = 10;
std::atomic<uint16_t> keepers[1 << kKeeperBits];

std::atomic<uint16_t>& entry_of(const std::atomic<uint8_t>& byte) {
    return keepers[(address_of(byte) >> 4) * 0x9E3779B97F4A7C15u >> (64 - kKeeperBits)];
}

// Turns in which take_kept waits for the keeper's section to end: some microseconds.
constexpr int kSectionTurns = 200;

// Cycles for which who keeps a lock is left alone: long against what taking it away costs.
constexpr uint64_t kTurn = 1'000'000;

// Cycles for which a lock has to be kept to be worth it, and the most that reluctance grows to.
constexpr uint64_t kWorthwhile = 120'000;
constexpr uint32_t kMostReluctance = 16;

void learn(LockDepth& depth) {
    uint64_t kept = __builtin_ia32_rdtsc() - depth.kept_since.load(std::memory_order_relaxed);
    uint32_t reluctance = depth.reluctance.load(std::memory_order_relaxed);
    if (kept < kWorthwhile) {
        if (reluctance < kMostReluctance)
            depth.reluctance.store(reluctance + 1, std::memory_order_relaxed);
    } else if (reluctance > 0) {
        depth.reluctance.store(reluctance - 1, std::memory_order_relaxed);
    }
}

// Ends the keeping of a byte, which stays locked.
bool withdraw(LockDepth& depth, const std::atomic<uint8_t>& byte) {
    uintptr_t kept = address_of(byte);
    if (!depth.kept.compare_exchange_strong(kept, 0, std::memory_order_acq_rel)) return false;
    entry_of(byte).store(0, std::memory_order_release);
    return true;
}

// The thread keeps nothing any more, if that is possible at once. It may have no reference to the
// object: who frees that finds the byte free, or waits for the mark to go.
bool give_up(LockDepth& depth) {
    uintptr_t kept = depth.kept.load(std::memory_order_relaxed);
    if (kept == 0) return true;
    if (is_being_taken(kept) ||
        !depth.kept.compare_exchange_strong(kept, kept & ~uintptr_t{1}, std::memory_order_acq_rel))
        return false;
    auto& byte = *reinterpret_cast<std::atomic<uint8_t>*>(kept);
    std::atomic<uint16_t>& entry = entry_of(byte);
    unlock_byte(byte);
    entry.store(0, std::memory_order_release);
    depth.kept.store(0, std::memory_order_release);
    return true;
}

}  // namespace

uint16_t keeper_of(const std::atomic<uint8_t>& byte) {
    uint16_t keeper = entry_of(byte).load(std::memory_order_seq_cst);
    if (keeper == 0 || lock_depths[keeper].kept.load(std::memory_order_seq_cst) != address_of(byte))
        return 0;
    return keeper;
}

bool is_kept(const std::atomic<uint8_t>& byte) {
    uint16_t keeper = entry_of(byte).load(std::memory_order_seq_cst);
    if (keeper == 0) return false;
    uintptr_t kept = lock_depths[keeper].kept.load(std::memory_order_seq_cst);
    return kept != 0 && (kept | 1) == address_of(byte);
}

bool has_turn(uint16_t heap_id) {
    uint64_t since = lock_depths[heap_id].kept_since.load(std::memory_order_relaxed);
    return __builtin_ia32_rdtsc() - since < kTurn && !is_heap_away(heap_id);
}

Keeping keep_lock(const Thread& thread, std::atomic<uint8_t>& byte) {
    LockDepth& mine = lock_depths[thread.heap_id];
    // In a section it may be one of what is kept.
    if (!has_lock_barrier() || mine.count.load(std::memory_order_relaxed) != 0 || !give_up(mine))
        return Keeping::kNot;
    uint16_t nobody = 0;
    if (!entry_of(byte).compare_exchange_strong(nobody, thread.heap_id, std::memory_order_seq_cst))
        return Keeping::kNot;
    mine.kept_since.store(__builtin_ia32_rdtsc(), std::memory_order_relaxed);
    mine.kept.store(address_of(byte), std::memory_order_seq_cst);
    if (!try_kept(thread, byte)) return Keeping::kLost;
    // Pairs with wait_parked.
    if (IMUGI_LIKELY(!(byte.load(std::memory_order_seq_cst) & kHasWaiters))) return Keeping::kKept;
    // Who waits is woken when the byte is unlocked. Somebody may be about to take it: he is
    // attached, so that this takes as long as his looking for the end of this section.
    leave_biased(thread);
    while (!withdraw(mine, byte)) {
        if (mine.kept.load(std::memory_order_relaxed) == 0) return Keeping::kLost;
        __builtin_ia32_pause();
    }
    return Keeping::kNot;
}

bool take_kept(const std::atomic<uint8_t>& byte, uint16_t keeper) {
    LockDepth& depth = lock_depths[keeper];
    uintptr_t kept = address_of(byte);
    if (!depth.kept.compare_exchange_strong(kept, kept & ~uintptr_t{1}, std::memory_order_seq_cst))
        return false;
    show_lock_mark(keeper);
    // Sections it began before end first. Acquire: pairs with leave_biased.
    for (int turn = 0; turn < kSectionTurns; turn++) {
        if (depth.count.load(std::memory_order_acquire) == 0) {
            learn(depth);
            entry_of(byte).store(0, std::memory_order_release);
            depth.kept.store(0, std::memory_order_release);
            return true;
        }
        __builtin_ia32_pause();
    }
    depth.kept.store(address_of(byte), std::memory_order_release);
    return false;
}

bool take_own(const Thread& thread, const std::atomic<uint8_t>& byte) {
    LockDepth& mine = lock_depths[thread.heap_id];
    mine.run = 0;
    return withdraw(mine, byte);
}

void forget_kept(const std::atomic<uint8_t>& byte) {
    uint16_t keeper = entry_of(byte).load(std::memory_order_acquire);
    if (keeper == 0) return;
    LockDepth& depth = lock_depths[keeper];
    while (!withdraw(depth, byte)) {
        // Acquire: pairs with give_up.
        uintptr_t kept = depth.kept.load(std::memory_order_acquire);
        if ((kept | 1) != address_of(byte)) return;
        sched_yield();
    }
}

}  // namespace imugi
