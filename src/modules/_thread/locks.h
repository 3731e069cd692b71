// The lock types of _thread, also used by the handles of threads.
#pragma once

#include "modules/native_class.h"

namespace imugi {

// Two mutex bits on the parking lot (thread/lock.h); any thread may release it.
struct LockObject : Object {
    std::atomic<uint8_t> state;
};
struct RLockObject : Object {
    std::atomic<uint8_t> state;
    std::atomic<uint64_t> owner;  // thread ident; 0: free. Written by the holder
    std::atomic<uint64_t> count;  // of the holder, who alone writes it; repr() looks
};

extern NativeClass lock_class;
extern NativeClass rlock_class;

enum class Acquired { kYes, kNo, kError };
// timeout_ns < 0: for ever, 0: only a try. Signals are handled while waiting; an exception from a
// handler is kError.
Acquired acquire_byte(Thread& thread, std::atomic<uint8_t>& byte, int64_t timeout_ns);
// blocking and timeout as Lock.acquire() takes them, to nanoseconds; false with ValueError or
// OverflowError.
[[nodiscard]] bool parse_timeout(Thread& thread, bool blocking, double timeout, int64_t* out_ns);

}  // namespace imugi
