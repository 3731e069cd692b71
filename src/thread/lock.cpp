// Contended locks: spin briefly, then detach and park on the lock byte. See lock.h for the rules.
#include "thread/lock.h"

#include <sched.h>
#include <time.h>

#include <algorithm>
#include <utility>

#include "thread/backoff.h"
#include "thread/kept_lock.h"
#include "thread/parking_lot.h"

namespace imugi {

// Looks at a lock before parking.
static constexpr int kLooks = 3;
// Cycles after which who waits for the turn of a lock's keeper to end sleeps, so as not to be in
// its way. Nanoseconds of sleep: at first, and at most. After the longest the turn is over.
static constexpr uint64_t kTurnSpin = 40'000;
static constexpr long kKeptSleep = 50'000, kLongestSleep = 800'000;
// Nanoseconds after which who is parked for an object's lock looks again.
static constexpr int64_t kLongestPark = 20'000'000;
// Processor cycles from one lock to the next, in a run of them, for which a lock is worth keeping.
// Where more work lies between, threads get more done side by side than by turns.
static constexpr uint64_t kDense = 500;
// When the run in LockDepth began.
static thread_local constinit uint64_t run_began = 0;

// Wakes one who waits for the byte, and lets go of it when the caller has it.
template <bool kUnlock>
static void wake_one(std::atomic<uint8_t>& byte) {
    unpark_one(
        &byte,
        [](void* argument, void*, bool more) {
            auto& held = *static_cast<std::atomic<uint8_t>*>(argument);
            if (!more)
                held.fetch_and(static_cast<uint8_t>(~kHasWaiters), std::memory_order_relaxed);
            if (kUnlock)
                held.fetch_and(static_cast<uint8_t>(~kLocked),
                               std::memory_order_release);  // pairs with lock
        },
        &byte);
}

// Takes the byte of a mutex, parking if it must. The caller is detached, or not a Python thread.
static void lock_parked(std::atomic<uint8_t>& byte) {
    for (;;) {
        uint8_t seen = byte.load(std::memory_order_relaxed);
        if (!(seen & kLocked)) {
            if (byte.compare_exchange_weak(seen, seen | kLocked, std::memory_order_acquire,
                                           std::memory_order_relaxed))  // pairs with unlock_byte
                return;
            continue;
        }
        if (!(seen & kHasWaiters) &&
            !byte.compare_exchange_weak(seen, seen | kHasWaiters, std::memory_order_relaxed))
            continue;
        park(&byte, seen | kHasWaiters, 1, -1);
    }
}

// Waits until the byte of an object was free, or for `pause` nanoseconds when somebody keeps it.
// The caller is detached and does not take it: a fork stops attached threads only, and whoever
// holds a byte at that moment is not in the child to let go.
static void wait_parked(std::atomic<uint8_t>& byte, long pause) {
    for (;;) {
        uint8_t seen = byte.load(std::memory_order_seq_cst);
        if (!(seen & kLocked)) {
            // The others look too: the caller may have to stay detached for ever.
            if (seen & kHasWaiters) wake_one<false>(byte);
            return;
        }
        if (!(seen & kHasWaiters) &&
            !byte.compare_exchange_weak(seen, seen | kHasWaiters, std::memory_order_seq_cst))
            continue;
        // Who keeps it does not look for waiters. Pairs with keep_lock: it sees the mark, or this
        // sees who keeps it.
        if (is_kept(byte)) {
            timespec time{0, pause};
            nanosleep(&time, nullptr);
            return;
        }
        // Between the two looks it may have got another keeper, and the mark from another who
        // waits: then nobody would be sure to wake this one.
        park(&byte, seen | kHasWaiters, 1, kLongestPark);
    }
}

static bool spin(std::atomic<uint8_t>& byte) {
    return try_lock_byte(byte) || lock_with_backoff(byte, kLooks);
}

// Ends the section's hold on its objects. Of a Lock2 the two may be one object, held by bias only.
static void let_go(const Thread& thread, CriticalSection& section) {
    if (section.held == LockHold::kBias) {
        leave_biased(thread);
    } else if (section.held == LockHold::kByte) {
        unlock_byte(*section.first);
        if (section.second) unlock_byte(*section.second);
    }
    section.held = LockHold::kNo;
}

// The innermost section if it is this very byte's: user code under a Lock has come back to the same
// object. It lets go, and takes the byte again when the inner section is gone. So do the sections
// around it, as after a detach: none is held around one that is not.
static CriticalSection* yield_own_section(Thread& thread, const std::atomic<uint8_t>& byte) {
    CriticalSection* section = thread.critical;
    if (!section || (section->first != &byte && section->second != &byte)) return nullptr;
    release_sections(thread);
    return section;
}

static void lock_contended(Thread& thread, std::atomic<uint8_t>& byte);

void lock_slow(Thread& thread, std::atomic<uint8_t>& byte) {
    CriticalSection* own = yield_own_section(thread, byte);
    if (!own) return lock_contended(thread, byte);
    // Attaching resumes the innermost section: not the one that waits for us, nor one around it,
    // which may want the same byte. They are resumed one by one when those inside them are gone.
    thread.critical = nullptr;
    lock_contended(thread, byte);
    thread.critical = own;
}

// As spin(), for an object's lock, which somebody may keep. Who has kept it for a while and uses it
// goes on for some time, as it would have to wait for the header's cache line otherwise.
static bool spin_for_object(Thread& thread, std::atomic<uint8_t>& byte, bool patient) {
    if (try_lock_byte(byte)) return true;
    uint64_t cycles = kFirstWait, waited = 0;
    for (int looks = 0; looks < kLooks;) {
        uint16_t keeper = keeper_of(byte);
        if (keeper == 0) {
            looks++;
        } else if (keeper == thread.heap_id) {
            if (lock_depths[keeper].count.load(std::memory_order_relaxed) != 0)
                release_sections(thread);
            if (take_own(thread, byte)) return true;
        } else if (!patient || !has_turn(keeper)) {
            if (take_kept(byte, keeper)) return true;
            looks++;
        } else if (waited >= kTurnSpin) {
            return false;
        }
        wait_cycles(cycles);
        if (try_lock_byte(byte)) return true;
        waited += cycles;
        cycles *= 2;
    }
    return false;
}

// Counts how often the thread locks the same byte in a row; true when it should keep it.
static bool is_dense_run(LockDepth& mine, const std::atomic<uint8_t>& byte) {
    if (mine.run_of != &byte) {
        mine.run_of = &byte;
        mine.run = 0;
        return false;
    }
    if (++mine.run == 1) run_began = __builtin_ia32_rdtsc();
    uint32_t run = run_to_keep(mine);
    if (IMUGI_LIKELY(mine.run < run)) return false;
    mine.run = 0;
    return __builtin_ia32_rdtsc() - run_began < run * kDense;
}

LockHold lock_unbiased(Thread& thread, std::atomic<uint8_t>& byte) {
    if (try_kept(thread, byte)) return LockHold::kBias;
    if (IMUGI_UNLIKELY(!try_lock_byte(byte))) {
        lock_slow(thread, byte);
    } else if (IMUGI_UNLIKELY(is_dense_run(lock_depths[thread.heap_id], byte))) {
        switch (keep_lock(thread, byte)) {
            case Keeping::kKept:
                return LockHold::kBias;
            case Keeping::kLost:
                lock_slow(thread, byte);
                break;
            case Keeping::kNot:
                break;
        }
    }
    return LockHold::kByte;
}

static void lock_contended(Thread& thread, std::atomic<uint8_t>& byte) {
    if (spin_for_object(thread, byte, true)) return;
    for (long pause = kKeptSleep;; pause = std::min(pause * 2, kLongestSleep)) {
        // Detaching lets go of the sections already held, so that two threads cannot wait for each
        // other.
        detach(thread);
        wait_parked(byte, pause);
        attach(thread);
        if (spin_for_object(thread, byte, pause < kLongestSleep)) return;
    }
}

void unlock_slow(std::atomic<uint8_t>& byte) {
    if (!(byte.load(std::memory_order_relaxed) & kHasWaiters)) return unlock_byte(byte);
    wake_one<true>(byte);
}

void release_sections(Thread& thread) {
    for (CriticalSection* section = thread.critical; section && section->held != LockHold::kNo;
         section = section->previous)
        let_go(thread, *section);
}

static void lock_both(Thread& thread, std::atomic<uint8_t>& first, std::atomic<uint8_t>* second) {
    for (;;) {
        if (!try_lock_byte(first)) lock_slow(thread, first);
        if (!second || try_lock_byte(*second) || spin(*second)) return;
        unlock_byte(first);
        lock_slow(thread, *second);
        unlock_byte(*second);
    }
}

// In address order, and one object only once: what lock_both wants.
static void order(CriticalSection& section) {
    if (section.second == section.first) section.second = nullptr;
    if (section.second && section.second < section.first) std::swap(section.first, section.second);
}

void resume_section(Thread& thread, CriticalSection& section) {
    order(section);
    lock_both(thread, *section.first, section.second);
    section.held = LockHold::kByte;
}

void Lock2::take_bytes(std::atomic<uint8_t>& a, std::atomic<uint8_t>& b) {
    section_ = {thread_.critical, &a, &b, LockHold::kByte};
    order(section_);
    lock_both(thread_, *section_.first, section_.second);
    thread_.critical = &section_;
}

void Lock2::release() {
    thread_.critical = section_.previous;
    let_go(thread_, section_);
    if (section_.previous && section_.previous->held == LockHold::kNo)
        resume_section(thread_, *section_.previous);
}

void LeafMutex::lock() {
    if (!try_lock_byte(byte_) && !spin(byte_)) lock_parked(byte_);
}

// How often this process and those before it have forked, times two; odd in a mutex: it is being
// freed.
static std::atomic<uint32_t> process{0};

void mutexes_after_fork() {
    process.fetch_add(2, std::memory_order_relaxed);
}

void RuntimeMutex::enter_process(uint32_t now) {
    uint32_t seen = process_.load(std::memory_order_relaxed);
    if (seen != now && seen != now + 1 &&
        process_.compare_exchange_strong(seen, now + 1, std::memory_order_relaxed)) {
        forget_holder();
        process_.store(now, std::memory_order_release);  // pairs with the load below and in lock
    }
    while (process_.load(std::memory_order_acquire) != now) sched_yield();
}

void RuntimeMutex::lock() {
    uint32_t now = process.load(std::memory_order_relaxed);
    if (IMUGI_UNLIKELY(process_.load(std::memory_order_acquire) != now)) enter_process(now);
    if (try_lock_byte(byte_) || spin(byte_)) return;
    Thread* thread = current_thread_slot;
    if (!thread || thread->state.load(std::memory_order_relaxed) != ThreadState::kAttached) {
        lock_parked(byte_);
        return;
    }
    // Attaching may wait for a stop-the-world, which may need this mutex: so as in lock_slow.
    lock_slow(*thread, byte_);
}

}  // namespace imugi
