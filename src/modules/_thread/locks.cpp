// lock and RLock. A lock is the same byte mutex as the runtime's own, but waiting is done detached
// and in slices that signals cut short.
#include "modules/_thread/locks.h"

#include <time.h>

#include "memory/collector.h"
#include "object/attribute.h"
#include "object/errors.h"
#include "object/int.h"
#include "object/tuple.h"
#include "thread/backoff.h"
#include "thread/gil.h"
#include "thread/lock.h"
#include "thread/parking_lot.h"
#include "thread/safepoint.h"

namespace imugi {

namespace {

constexpr int64_t kSlice = 50'000'000;  // the main thread looks for signals this often
constexpr double kTimeoutMax = 9223372036.0;

int64_t now_ns() {
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

LockObject& lock_of(Value self) {
    return self.as<LockObject>();
}
RLockObject& rlock_of(Value self) {
    return self.as<RLockObject>();
}

// How often a lock is looked at before sleeping.
constexpr int kLooks = 2;

}  // namespace

bool parse_timeout(Thread& thread, bool blocking, double timeout, int64_t* out_ns) {
    if (!blocking && timeout != -1)
        return raise(thread, exc::ValueError, "can't specify a timeout for a non-blocking call");
    if (timeout < 0 && timeout != -1)
        return raise(thread, exc::ValueError, "timeout value must be a non-negative number");
    if (timeout > kTimeoutMax)
        return raise(thread, exc::OverflowError, "timeout value is too large");
    *out_ns = !blocking ? 0 : timeout == -1 ? -1 : static_cast<int64_t>(timeout * 1e9);
    return true;
}

Acquired acquire_byte(Thread& thread, std::atomic<uint8_t>& byte, int64_t timeout_ns) {
    if (try_lock_byte(byte)) return Acquired::kYes;
    if (timeout_ns == 0) return Acquired::kNo;
    // Short critical sections are common. With the GIL on the holder cannot go on meanwhile.
    if (!gil_enabled() && lock_with_backoff(byte, kLooks)) return Acquired::kYes;
    int64_t deadline = timeout_ns < 0 ? 0 : now_ns() + timeout_ns;
    for (;;) {
        int64_t wait = thread.is_main ? kSlice : -1;
        if (timeout_ns >= 0) {
            int64_t left = deadline - now_ns();
            if (left <= 0) return Acquired::kNo;
            if (wait < 0 || left < wait) wait = left;
        }
        {
            Detached detached(thread);
            uint8_t seen = byte.load(std::memory_order_relaxed);
            if (seen & kLocked) {
                if (!(seen & kHasWaiters) &&
                    !byte.compare_exchange_strong(seen, seen | kHasWaiters,
                                                  std::memory_order_relaxed))
                    continue;
                park(&byte, seen | kHasWaiters, 1, wait);
            }
            if (try_lock_byte(byte)) return Acquired::kYes;
        }
        if (!safepoint(thread)) return Acquired::kError;
    }
}

namespace {

Owned lock_acquire(Thread& thread, Value self, bool blocking, double timeout) {
    int64_t ns;
    TRY(parse_timeout(thread, blocking, timeout, &ns));
    switch (acquire_byte(thread, lock_of(self).state, ns)) {
        case Acquired::kError:
            return {};
        case Acquired::kYes:
            return Owned::share(boolean(true));
        default:
            return Owned::share(boolean(false));
    }
}

Owned lock_release(Thread& thread, Value self) {
    std::atomic<uint8_t>& byte = lock_of(self).state;
    if (!(byte.load(std::memory_order_relaxed) & kLocked))
        return raise(thread, exc::RuntimeError, "release unlocked lock");
    unlock_byte(byte);
    return Owned::share(none());
}

Owned lock_enter(Thread& thread, Value self) {
    return lock_acquire(thread, self, true, -1);
}
Owned lock_exit(Thread& thread, Value self, Args) {
    return lock_release(thread, self);
}
Owned lock_locked(Thread&, Value self) {
    return Owned::share(boolean(lock_of(self).state.load(std::memory_order_relaxed) & kLocked));
}
Owned lock_after_fork(Thread&, Value self) {
    lock_of(self).state.store(0, std::memory_order_relaxed);
    return Owned::share(none());
}
Owned lock_repr(Thread& thread, Value self) {
    char address[32];
    snprintf(address, sizeof(address), "0x%lx", static_cast<unsigned long>(self.identity()));
    bool locked = lock_of(self).state.load(std::memory_order_relaxed) & kLocked;
    return format(thread, "<{} {} object at {}>", locked ? "locked" : "unlocked",
                  type_full_name_of(self), address)
        .owned();
}
Owned lock_make(Thread& thread, Type& type, const Arguments& arguments) {
    TRY(reject_keywords(thread, "lock", arguments) &&
        check_positional(thread, "lock", arguments, 0, 0));
    auto* made = allocate<LockObject>(thread, type);
    return made ? Owned::adopt(made) : Owned();
}

const MethodRow lock_methods[] = {
    {"acquire", "(self, /, blocking=True, timeout=-1)", fn<lock_acquire>, "Lock the lock."},
    {"release", "(self, /)", fn<lock_release>, "Release the lock."},
    {"acquire_lock", "(self, /, blocking=True, timeout=-1)", fn<lock_acquire>,
     "An obsolete synonym of acquire()."},
    {"release_lock", "(self, /)", fn<lock_release>, "An obsolete synonym of release()."},
    {"locked", "(self, /)", fn<lock_locked>, "Return whether the lock is in the locked state."},
    {"locked_lock", "(self, /)", fn<lock_locked>, "An obsolete synonym of locked()."},
    {"__enter__", "(self, /)", fn<lock_enter>, "Lock the lock."},
    {"__exit__", "(self, /, *exc_info)", fn<lock_exit>, "Release the lock."},
    {"_at_fork_reinit", "(self, /)", fn<lock_after_fork>, nullptr},
    {},
};
const TypeSpec lock_spec = {
    .name = "_thread.lock",
    .doc = "A lock object is a synchronization primitive.",
    .size = sizeof(LockObject),
    .flags = kTypeHasWeakrefs | kTypeImmutable,
    .slots = {.repr = lock_repr, .get_attribute = generic_get_attribute, .make = lock_make},
    .methods = lock_methods,
    .signature = "()",
};

// --- RLock ---

uint64_t count_of(const RLockObject& lock) {
    return lock.count.load(std::memory_order_relaxed);
}
void set_count(RLockObject& lock, uint64_t count) {
    lock.count.store(count, std::memory_order_relaxed);
}

bool is_mine(Thread& thread, RLockObject& lock) {
    return lock.owner.load(std::memory_order_relaxed) == thread.ident;
}

Owned rlock_acquire(Thread& thread, Value self, bool blocking, double timeout) {
    RLockObject& lock = rlock_of(self);
    int64_t ns;
    TRY(parse_timeout(thread, blocking, timeout, &ns));
    if (is_mine(thread, lock)) {
        set_count(lock, count_of(lock) + 1);
        return Owned::share(boolean(true));
    }
    switch (acquire_byte(thread, lock.state, ns)) {
        case Acquired::kError:
            return {};
        case Acquired::kNo:
            return Owned::share(boolean(false));
        default:
            break;
    }
    lock.owner.store(thread.ident, std::memory_order_relaxed);
    set_count(lock, 1);
    return Owned::share(boolean(true));
}

Owned rlock_release(Thread& thread, Value self) {
    RLockObject& lock = rlock_of(self);
    if (!is_mine(thread, lock))
        return raise(thread, exc::RuntimeError, "cannot release un-acquired lock");
    set_count(lock, count_of(lock) - 1);
    if (count_of(lock) == 0) {
        lock.owner.store(0, std::memory_order_relaxed);
        unlock_byte(lock.state);
    }
    return Owned::share(none());
}

Owned rlock_enter(Thread& thread, Value self) {
    return rlock_acquire(thread, self, true, -1);
}
Owned rlock_exit(Thread& thread, Value self, Args) {
    return rlock_release(thread, self);
}
Owned rlock_locked(Thread&, Value self) {
    return Owned::share(boolean(rlock_of(self).state.load(std::memory_order_relaxed) & kLocked));
}
Owned rlock_is_owned(Thread& thread, Value self) {
    return Owned::share(boolean(is_mine(thread, rlock_of(self))));
}
Owned rlock_recursion_count(Thread& thread, Value self) {
    return make_int(thread, is_mine(thread, rlock_of(self))
                                ? static_cast<int64_t>(count_of(rlock_of(self)))
                                : 0);
}
// For Condition.wait(): gives the lock up whole, and takes it back.
Owned rlock_release_save(Thread& thread, Value self) {
    RLockObject& lock = rlock_of(self);
    if (!is_mine(thread, lock))
        return raise(thread, exc::RuntimeError, "cannot release un-acquired lock");
    Owned count = TRY(make_int_unsigned(thread, count_of(lock)));
    Owned owner = TRY(make_int_unsigned(thread, thread.ident));
    Ref<Tuple> state = TRY(make_tuple(thread, count, owner));
    set_count(lock, 0);
    lock.owner.store(0, std::memory_order_relaxed);
    unlock_byte(lock.state);
    return std::move(state).owned();
}
Owned rlock_acquire_restore(Thread& thread, Value self, Tuple& state) {
    if (state.size != 2) return raise(thread, exc::TypeError, "_acquire_restore() expects a pair");
    uint64_t count = TRY(int_to_uint64(thread, state[0]));
    uint64_t owner = TRY(int_to_uint64(thread, state[1]));
    RLockObject& lock = rlock_of(self);
    if (acquire_byte(thread, lock.state, -1) != Acquired::kYes) return {};
    lock.owner.store(owner, std::memory_order_relaxed);
    set_count(lock, count);
    return Owned::share(none());
}
Owned rlock_after_fork(Thread&, Value self) {
    rlock_of(self).state.store(0, std::memory_order_relaxed);
    rlock_of(self).owner.store(0, std::memory_order_relaxed);
    set_count(rlock_of(self), 0);
    return Owned::share(none());
}
Owned rlock_repr(Thread& thread, Value self) {
    RLockObject& lock = rlock_of(self);
    char address[32];
    snprintf(address, sizeof(address), "0x%lx", static_cast<unsigned long>(self.identity()));
    uint64_t owner = lock.owner.load(std::memory_order_relaxed);
    return format(thread, "<{} {} object owner={} count={} at {}>", owner ? "locked" : "unlocked",
                  type_full_name_of(self), owner, owner ? static_cast<long>(count_of(lock)) : 0,
                  address)
        .owned();
}
Owned rlock_make(Thread& thread, Type& type, const Arguments&) {
    auto* made = allocate<RLockObject>(thread, type);
    if (made && type.has(kTypeTracked)) track(made);
    return made ? Owned::adopt(made) : Owned();
}

const MethodRow rlock_methods[] = {
    {"acquire", "(self, /, blocking=True, timeout=-1)", fn<rlock_acquire>, "Lock the lock."},
    {"release", "(self, /)", fn<rlock_release>, "Release the lock."},
    {"locked", "(self, /)", fn<rlock_locked>,
     "Return a boolean indicating whether this object is locked right now."},
    {"__enter__", "(self, /)", fn<rlock_enter>, "Lock the lock."},
    {"__exit__", "(self, /, *exc_info)", fn<rlock_exit>, "Release the lock."},
    {"_is_owned", "(self, /)", fn<rlock_is_owned>, "For internal use by `threading.Condition`."},
    {"_recursion_count", "(self, /)", fn<rlock_recursion_count>,
     "For internal use by reentrancy checks."},
    {"_release_save", "(self, /)", fn<rlock_release_save>,
     "For internal use by `threading.Condition`."},
    {"_acquire_restore", "(self, state, /)", fn<rlock_acquire_restore>,
     "For internal use by `threading.Condition`."},
    {"_at_fork_reinit", "(self, /)", fn<rlock_after_fork>, nullptr},
    {},
};
const TypeSpec rlock_spec = {
    .name = "_thread.RLock",
    .doc = "A reentrant lock.",
    .size = sizeof(RLockObject),
    .flags = kTypeBase | kTypeHasWeakrefs | kTypeImmutable,
    .slots = {.repr = rlock_repr, .get_attribute = generic_get_attribute, .make = rlock_make},
    .methods = rlock_methods,
};

}  // namespace

NativeClass lock_class(lock_spec);
NativeClass rlock_class(rlock_spec);

}  // namespace imugi
