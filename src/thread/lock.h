// Per-object locks as critical sections.
//
// `Lock guard(thread, object)` locks the byte mutex in the header. If the thread must block or
// detach while it holds some, detach() releases them all; attach() takes the innermost again, outer
// ones are taken again when they become innermost. So code under a Lock must not assume exclusion
// across a call that takes Thread&: re-read everything after it. Two locks of one function go
// through Lock2.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/platform.h"
#include "thread/thread.h"

namespace imugi {

// The two mutex bits of a lock byte.
inline constexpr uint8_t kLocked = 1;
inline constexpr uint8_t kHasWaiters = 2;

struct CriticalSection {
    CriticalSection* previous;
    std::atomic<uint8_t>* first;
    std::atomic<uint8_t>* second;  // null unless a Lock2
    bool held;                     // false once released by a detach
};

// Out of line: contention, and re-taking an outer section.
void lock_slow(Thread& thread, std::atomic<uint8_t>& byte);
void unlock_slow(std::atomic<uint8_t>& byte);
void resume_section(Thread& thread, CriticalSection& section);
// Called by detach(): releases the locks of every held section.
void release_sections(Thread& thread);

IMUGI_ALWAYS_INLINE bool try_lock_byte(std::atomic<uint8_t>& byte) {
    uint8_t seen = byte.load(std::memory_order_relaxed);
    return !(seen & kLocked) &&
           byte.compare_exchange_strong(seen, seen | kLocked, std::memory_order_acquire,
                                        std::memory_order_relaxed);  // pairs with unlock_byte
}
IMUGI_ALWAYS_INLINE void unlock_byte(std::atomic<uint8_t>& byte) {
    uint8_t seen = byte.load(std::memory_order_relaxed);
    if (IMUGI_UNLIKELY((seen & kHasWaiters) || !byte.compare_exchange_strong(
                                                   seen, seen & ~kLocked, std::memory_order_release,
                                                   std::memory_order_relaxed)))
        unlock_slow(byte);
}

// HasLock: anything with a mutable std::atomic<uint8_t> `lock` (Object, or a runtime structure).
class [[nodiscard]] Lock {
  public:
    template <class HasLock>
    Lock(Thread& thread, const HasLock& object) : Lock(thread, object.lock) {}
    Lock(Thread& thread, std::atomic<uint8_t>& byte) : thread_(thread) {
        section_ = {thread.critical, &byte, nullptr, true};
        if (IMUGI_UNLIKELY(!try_lock_byte(byte))) lock_slow(thread, byte);
        thread.critical = &section_;
    }
    ~Lock() {
        thread_.critical = section_.previous;
        if (IMUGI_LIKELY(section_.held)) unlock_byte(*section_.first);
        if (IMUGI_UNLIKELY(section_.previous && !section_.previous->held))
            resume_section(thread_, *section_.previous);
    }
    Lock(const Lock&) = delete;

  private:
    Thread& thread_;
    CriticalSection section_;
};

// Two objects, locked in address order; the same object twice is one lock.
class [[nodiscard]] Lock2 {
  public:
    template <class A, class B>
    Lock2(Thread& thread, const A& a, const B& b) : Lock2(thread, a.lock, b.lock) {}
    Lock2(Thread& thread, std::atomic<uint8_t>& a, std::atomic<uint8_t>& b);
    ~Lock2();
    Lock2(const Lock2&) = delete;

  private:
    Thread& thread_;
    CriticalSection section_;
};

// A mutex of the runtime itself (thread list, type versions...): waiting detaches when the caller
// is attached, so that a stop-the-world cannot deadlock. Held for short; no Python under it.
class RuntimeMutex {
  public:
    void lock();
    void unlock() { unlock_byte(byte_); }
    void after_fork() { byte_.store(0, std::memory_order_relaxed); }

  protected:
    std::atomic<uint8_t> byte_{0};
};

// One that is taken where objects die: waiting does not detach. Under it nothing waits, allocates
// objects or drops them, so a holder that runs lets go soon.
class LeafMutex : public RuntimeMutex {
  public:
    void lock();
};

class [[nodiscard]] MutexGuard {
  public:
    explicit MutexGuard(RuntimeMutex& mutex) : mutex_(mutex) { mutex.lock(); }
    explicit MutexGuard(LeafMutex& mutex) : mutex_(mutex) { mutex.lock(); }
    ~MutexGuard() { mutex_.unlock(); }
    MutexGuard(const MutexGuard&) = delete;

  private:
    RuntimeMutex& mutex_;
};

}  // namespace imugi
