// The lock of one file object: held through blocking calls and Python code (a raw stream's
// methods), so it is no critical section; it knows its owner to find re-entrance.
#pragma once

#include "thread/lock.h"
#include "thread/thread.h"

namespace imugi {

class IoMutex {
  public:
    // False when this thread has it already.
    bool lock(Thread& thread) {
        if (owner_.load(std::memory_order_relaxed) == &thread) return false;
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
