// Per-object locks as critical sections.
//
// `Lock guard(thread, object)` locks the byte mutex in the header. If the thread must block or
// detach while it holds some, detach() releases them all; attach() takes the innermost again, outer
// ones are taken again when they become innermost. So code under a Lock must not assume exclusion
// across a call that takes Thread&: re-read everything after it. Two locks of one function go
// through Lock2. A thread's own objects are mostly locked by bias (thread/lock_bias.h), which costs
// no atomic instruction; nor does locking one again that the thread keeps (thread/kept_lock.h).
#pragma once

#include <atomic>
#include <cstdint>

#include "thread/lock_bias.h"
#include "thread/thread.h"

namespace imugi {

// The two mutex bits of a lock byte.
inline constexpr uint8_t kLocked = 1;
inline constexpr uint8_t kHasWaiters = 2;

// How a section holds its objects: not any more (released by a detach), by their lock bytes, or
// without an atomic instruction: by bias, or because the thread keeps the lock byte.
enum class LockHold : uint8_t { kNo, kByte, kBias };

struct CriticalSection {
    CriticalSection* previous;
    std::atomic<uint8_t>* first;
    std::atomic<uint8_t>* second;  // null unless a Lock2
    LockHold held;
};

// Out of line: contention, and re-taking an outer section.
void lock_slow(Thread& thread, std::atomic<uint8_t>& byte);
// Of an object without bias; says how it holds it.
LockHold lock_unbiased(Thread& thread, std::atomic<uint8_t>& byte);
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

template <class T>
concept IsObject = requires(const T& object) { object.shape_index; };

// Whether the lock of an Object can be had by bias. One that is biased to another thread loses its
// bias here, so that the byte decides. Runtime structures have only the byte.
template <class HasLock, class Header = Object>
IMUGI_ALWAYS_INLINE bool may_bias(Thread& thread, const HasLock& object) {
    if constexpr (IsObject<HasLock>) {
        const Header* header = &object;
        if (header->owner.load(std::memory_order_relaxed) != thread.heap_id &&
            is_in_static_storage(*header))
            return false;
        uint16_t holder = lock_bias_holder(header).load(std::memory_order_acquire);
        if (IMUGI_LIKELY(holder == thread.heap_id)) return true;
        // Acquire: pairs with revoke_lock_bias.
        if (IMUGI_UNLIKELY(holder != kUnbiased &&
                           !(header->lock.load(std::memory_order_acquire) & kBiasEnded)))
            revoke_lock_bias(thread, *header);
    }
    return false;
}
IMUGI_ALWAYS_INLINE void enter_biased(const Thread& thread) {
    std::atomic<uint32_t>& depth = lock_depths[thread.heap_id].count;
    depth.store(depth.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    // The bias is read again after this: the revoker's barrier orders the two on this processor.
    std::atomic_signal_fence(std::memory_order_seq_cst);
}
IMUGI_ALWAYS_INLINE void leave_biased(const Thread& thread) {
    std::atomic<uint32_t>& depth = lock_depths[thread.heap_id].count;
    depth.store(depth.load(std::memory_order_relaxed) - 1,
                std::memory_order_release);  // pairs with revoke_lock_bias
}
// Enters a biased section for objects that may_bias() allowed; false when one was revoked
// meanwhile.
template <class... HasLock>
IMUGI_ALWAYS_INLINE bool try_biased(const Thread& thread, const HasLock&... objects) {
    if constexpr (!(IsObject<HasLock> && ...)) return false;
    enter_biased(thread);
    if (IMUGI_LIKELY((is_biased_to(thread.heap_id, objects) && ...))) return true;
    leave_biased(thread);
    return false;
}

// Enters a section of an object whose lock byte the thread keeps; false when it does not.
IMUGI_ALWAYS_INLINE bool try_kept(const Thread& thread, const std::atomic<uint8_t>& byte) {
    const std::atomic<uintptr_t>& kept = lock_depths[thread.heap_id].kept;
    auto address = reinterpret_cast<uintptr_t>(&byte);
    if (kept.load(std::memory_order_relaxed) != address) return false;
    enter_biased(thread);
    // Acquire: what the section does stays behind this.
    if (IMUGI_LIKELY(kept.load(std::memory_order_acquire) == address)) return true;
    leave_biased(thread);
    return false;
}

// HasLock: anything with a mutable std::atomic<uint8_t> `lock` (Object, or a runtime structure).
class [[nodiscard]] Lock {
  public:
    template <class HasLock>
    IMUGI_ALWAYS_INLINE Lock(Thread& thread, const HasLock& object) : thread_(thread) {
        section_ = {thread.critical, &object.lock, nullptr, LockHold::kBias};
        if (!may_bias(thread, object) || !try_biased(thread, object)) {
            if constexpr (IsObject<HasLock>)
                section_.held = lock_unbiased(thread, object.lock);
            else
                take_byte(object.lock);
        }
        thread.critical = &section_;
    }
    Lock(Thread& thread, std::atomic<uint8_t>& byte) : thread_(thread) {
        section_ = {thread.critical, &byte, nullptr, LockHold::kByte};
        take_byte(byte);
        thread.critical = &section_;
    }
    IMUGI_ALWAYS_INLINE ~Lock() {
        thread_.critical = section_.previous;
        if (IMUGI_LIKELY(section_.held == LockHold::kBias))
            leave_biased(thread_);
        else if (IMUGI_LIKELY(section_.held == LockHold::kByte))
            unlock_byte(*section_.first);
        if (IMUGI_UNLIKELY(section_.previous && section_.previous->held == LockHold::kNo))
            resume_section(thread_, *section_.previous);
    }
    Lock(const Lock&) = delete;

  private:
    void take_byte(std::atomic<uint8_t>& byte) {
        section_.held = LockHold::kByte;
        if (IMUGI_UNLIKELY(!try_lock_byte(byte))) lock_slow(thread_, byte);
    }

    Thread& thread_;
    CriticalSection section_;
};

// The lock of an object where it costs no atomic instruction, for a few instructions that take no
// other lock and call nothing that might detach: no section has to stand for it. Converts to false
// when the lock is not held: a Lock has to be taken then.
class [[nodiscard]] QuickLock {
  public:
    template <class HasLock>
    IMUGI_ALWAYS_INLINE QuickLock(const Thread& thread, const HasLock& object)
        : thread_(thread), held_(try_biased(thread, object) || try_kept(thread, object.lock)) {}
    IMUGI_ALWAYS_INLINE ~QuickLock() {
        if (held_) leave_biased(thread_);
    }
    QuickLock(const QuickLock&) = delete;
    explicit operator bool() const { return held_; }

  private:
    const Thread& thread_;
    bool held_;
};

// Two objects, locked in address order; the same object twice is one lock.
class [[nodiscard]] Lock2 {
  public:
    template <class A, class B>
    IMUGI_ALWAYS_INLINE Lock2(Thread& thread, const A& a, const B& b) : thread_(thread) {
        // Both questions are asked: each takes the bias of a foreign object.
        bool first = may_bias(thread, a), second = may_bias(thread, b);
        if (first && second && try_biased(thread, a, b)) {
            section_ = {thread.critical, &a.lock, &b.lock, LockHold::kBias};
            thread.critical = &section_;
        } else {
            take_bytes(a.lock, b.lock);
        }
    }
    IMUGI_ALWAYS_INLINE ~Lock2() {
        if (IMUGI_LIKELY(section_.held == LockHold::kBias &&
                         !(section_.previous && section_.previous->held == LockHold::kNo))) {
            thread_.critical = section_.previous;
            leave_biased(thread_);
        } else {
            release();
        }
    }
    Lock2(const Lock2&) = delete;

  private:
    void take_bytes(std::atomic<uint8_t>& a, std::atomic<uint8_t>& b);
    void release();

    Thread& thread_;
    CriticalSection section_;
};

class ByteMutex {
  public:
    void unlock() { unlock_byte(byte_); }

  protected:
    // In the child of fork(): whoever held it is not there. Acquire: what the last holder did is
    // seen.
    void forget_holder() { (void)byte_.exchange(0, std::memory_order_acquire); }

    std::atomic<uint8_t> byte_{0};
};

// A mutex of the runtime itself (thread list, type versions...): waiting detaches when the caller
// is attached, so that a stop-the-world cannot deadlock. Held for short; no Python under it. In the
// child of fork() it is free: the first who locks it sees that it is of another process.
class RuntimeMutex : public ByteMutex {
  public:
    void lock();

  private:
    void enter_process(uint32_t now);

    std::atomic<uint32_t> process_{0};
};

// In the child of fork(): RuntimeMutexes are free from now on.
void mutexes_after_fork();

// One that is taken where objects die: waiting does not detach. Under it nothing waits, allocates
// objects or drops them, so a holder that runs lets go soon.
class LeafMutex : public ByteMutex {
  public:
    void lock();
    void after_fork() { forget_holder(); }
};

class [[nodiscard]] MutexGuard {
  public:
    explicit MutexGuard(RuntimeMutex& mutex) : mutex_(mutex) { mutex.lock(); }
    explicit MutexGuard(LeafMutex& mutex) : mutex_(mutex) { mutex.lock(); }
    ~MutexGuard() { mutex_.unlock(); }
    MutexGuard(const MutexGuard&) = delete;

  private:
    ByteMutex& mutex_;
};

}  // namespace imugi
