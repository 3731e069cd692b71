// The lock of one file object: held through blocking calls and Python code (a raw stream's
// methods), so it is no critical section; it knows its owner to find re-entrance.
//
// After fork() the child counts locks of threads it does not have as free.
#pragma once

#include "thread/lock.h"
#include "thread/thread.h"

namespace imugi {

// Raised in the child by fork().
extern std::atomic<uint32_t> io_fork_generation;

class IoMutex {
  public:
    // False when this thread has it already.
    bool lock(Thread& thread) {
        if (owner_.load(std::memory_order_relaxed) == &thread) return false;
        uint32_t now = io_fork_generation.load(std::memory_order_relaxed);
        if (generation_.load(std::memory_order_relaxed) != now) {
            generation_.store(now, std::memory_order_relaxed);
            mutex_.after_fork();
        }
        mutex_.lock();
        owner_.store(&thread, std::memory_order_relaxed);
        return true;
    }
    void unlock() {
        owner_.store(nullptr, std::memory_order_relaxed);
        mutex_.unlock();
    }

  private:
    RuntimeMutex mutex_;
    std::atomic<Thread*> owner_{nullptr};
    std::atomic<uint32_t> generation_{0};
};

// Re-entrance is allowed: the inner guard does nothing.
class [[nodiscard]] IoGuard {
  public:
    IoGuard(Thread& thread, IoMutex& mutex) : mutex_(mutex), taken_(mutex.lock(thread)) {}
    ~IoGuard() {
        if (taken_) mutex_.unlock();
    }
    IoGuard(const IoGuard&) = delete;
    // False: the thread came back from Python code that the outer holder called.
    bool taken() const { return taken_; }

  private:
    IoMutex& mutex_;
    bool taken_;
};

}  // namespace imugi
