// The parking lot: threads wait on an address until another thread unparks it. Buckets with a mutex
// each, waiters in FIFO order. Knows nothing of Python; callers detach around parking.
#pragma once

#include <cstddef>
#include <cstdint>

namespace imugi {

enum class ParkResult { kUnparked, kTimedOut, kChanged, kInterrupted };

// Waits while `size` bytes (1, 4 or 8) at `address` equal `expected` at the time of queueing.
// timeout_ns < 0: for ever. `token` comes back through unpark's callback. kChanged: the value was
// different, nothing was waited for.
ParkResult park(const void* address, uint64_t expected, size_t size, int64_t timeout_ns,
                void* token = nullptr);

// Wakes the longest waiter, if any. `callback(argument, token, more)` runs under the bucket's mutex
// before it is woken (token null when nobody waits), so that the lock word can be changed in step.
using UnparkCallback = void (*)(void* argument, void* token, bool more);
bool unpark_one(const void* address, UnparkCallback callback = nullptr, void* argument = nullptr);
size_t unpark_all(const void* address);

// In the child of fork: forget all waiters and reset the buckets.
void parking_lot_after_fork();

}  // namespace imugi
