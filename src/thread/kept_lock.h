// Kept locks: a thread that locks the same object many times in a row keeps its lock byte locked,
// and enters further sections of it as it enters those of its own objects, by plain stores to its
// LockDepth (thread/lock_bias.h).
//
// That is for what several threads write by turns: an atomic instruction for each operation costs
// more than the operation, and a lock that changes hands each time costs a hundred times as much.
// Who wants a lock that is kept takes it away, as a bias is revoked: by a mark, a barrier that all
// running threads pass, and waiting until the keeper is in no such section. A keeper that runs is
// left alone for a turn, while others sleep (lock.cpp). A thread keeps one lock at a time, and
// waits for longer runs when locks were soon taken away. `keepers` tells who keeps a byte; an entry
// belongs to the heap in it until that, or who has taken the lock away, clears it.
//
// What a dead thread's heap keeps is taken in the same way, or is the next thread's that has the
// heap. An object that dies is forgotten before its memory is used again. Only attached threads
// begin to keep locks or take them, so that in the child of a fork none is between two owners.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "thread/lock_bias.h"

namespace imugi {

struct Thread;

// The heap that keeps the byte locked; 0 for none.
uint16_t keeper_of(const std::atomic<uint8_t>& byte);
// Whether anybody does, or is being deprived of it.
bool is_kept(const std::atomic<uint8_t>& byte);
// Whether the heap's thread is left alone with what it keeps: it began a short while ago, and runs.
bool has_turn(uint16_t heap_id);

enum class Keeping { kNot, kKept, kLost };
// The caller has just locked the byte. Kept: and is in a section now. Lost: another has taken it
// away again.
Keeping keep_lock(const Thread& thread, std::atomic<uint8_t>& byte);
// From now on the caller, who is attached, has the byte locked as if it had done so itself. False:
// not now; the keeper is in a section.
[[nodiscard]] bool take_kept(const std::atomic<uint8_t>& byte, uint16_t keeper);
// The same for what the thread keeps itself, while it is in no section.
[[nodiscard]] bool take_own(const Thread& thread, const std::atomic<uint8_t>& byte);
// Of an object that is dead.
void forget_kept(const std::atomic<uint8_t>& byte);

// So often in a row a thread locks a byte before it keeps it.
inline uint32_t run_to_keep(const LockDepth& depth) {
    constexpr uint32_t kLeast = 32;
    return kLeast << depth.reluctance.load(std::memory_order_relaxed);
}

}  // namespace imugi
