// The module _multiprocessing: SemLock, a named POSIX semaphore that processes share. The owner's
// count and thread are atomics, written by who holds the lock.
#include <fcntl.h>
#include <semaphore.h>
#include <time.h>

#include <climits>
#include <cstring>

#include "memory/array.h"
#include "modules/posix/posix.h"
#include "modules/shared_type.h"
#include "object/codecs.h"
#include "object/dict.h"
#include "object/module.h"
#include "object/protocol.h"
#include "object/str.h"

namespace imugi {

namespace semaphores {

enum Kind { kRecursiveMutex, kSemaphore };

struct SemLock : Object {
    sem_t* handle;  // SEM_FAILED before it is open; immutable
    int kind, most;
    char* name;                   // null without one
    std::atomic<int> count;       // how often the owner, or this process, holds it
    std::atomic<uint64_t> owner;  // thread ident; meant only while count > 0
};

extern const TypeSpec lock_spec;
constinit SharedType lock_class(lock_spec);

}  // namespace semaphores

IMUGI_SHARED_TYPE(semaphores::SemLock, semaphores::lock_class);

namespace semaphores {

namespace {

bool is_mine(const Thread& thread, const SemLock& self) {
    return self.count.load(std::memory_order_relaxed) > 0 &&
           self.owner.load(std::memory_order_relaxed) == thread.ident;
}

const char* name_of(Thread& thread, Value value) {
    if (!is_str(value)) {
        (void)raise(thread, exc::TypeError, "name must be str, not {}", type_name_of(value));
        return nullptr;
    }
    return name_text(thread, value.as<Str>());
}

Owned make_lock(Thread& thread, Type& type, sem_t* handle, int kind, int most, const char* name) {
    auto* self = allocate<SemLock>(thread, type);
    if (!self) {
        sem_close(handle);
        return {};
    }
    Owned result = Owned::adopt(self);
    self->handle = handle;
    self->kind = kind;
    self->most = most;
    if (name) {
        self->name = static_cast<char*>(array_allocate(strlen(name) + 1));
        if (!self->name) return raise_memory_error(thread);
        strcpy(self->name, name);
    }
    return result;
}

Owned lock_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value values[5];
    TRY(bind_arguments(thread, "SemLock", "(kind, value, maxvalue, name, unlink)", arguments,
                       values, 5));
    int kind = TRY(convert_int(thread, values[0])), value = TRY(convert_int(thread, values[1]));
    int most = TRY(convert_int(thread, values[2]));
    const char* name = name_of(thread, values[3]);
    if (!name) return {};
    bool unlink = TRY(is_true(thread, values[4]));
    if (kind != kRecursiveMutex && kind != kSemaphore)
        return raise(thread, exc::ValueError, "unrecognized kind");
    sem_t* handle = sem_open(name, O_CREAT | O_EXCL, 0600, static_cast<unsigned>(value));
    if (handle == SEM_FAILED) return posix::fail(thread);
    if (unlink && sem_unlink(name) < 0) {
        int error = errno;
        sem_close(handle);
        return raise_os_error(thread, error);
    }
    // A semaphore whose name is gone already has none to be found (and cleaned up) by.
    return make_lock(thread, type, handle, kind, most, unlink ? nullptr : name);
}

Owned rebuild(Thread& thread, Type& type, Value, int kind, int maxvalue, Value name_value) {
    // Without a name it is this process's own, or its parent's before a fork.
    if (is_none(name_value))
        return raise(thread, exc::ValueError, "a semaphore without a name cannot be opened again");
    const char* name = name_of(thread, name_value);
    if (!name) return {};
    sem_t* handle = sem_open(name, 0);
    if (handle == SEM_FAILED) return posix::fail(thread);
    return make_lock(thread, type, handle, kind, maxvalue, name);
}

void lock_release(Object* object) {
    auto* self = static_cast<SemLock*>(object);
    if (self->handle && self->handle != SEM_FAILED) sem_close(self->handle);
    array_free(self->name);
}

// Waits until `deadline` (null: for ever), as long as signal handlers do not raise. Sets *got.
bool wait(Thread& thread, sem_t* handle, const timespec* deadline, bool* got) {
    for (;;) {
        int result = posix::blocking(
            thread, [&] { return deadline ? sem_timedwait(handle, deadline) : sem_wait(handle); });
        *got = result == 0;
        if (*got || errno == ETIMEDOUT) return true;
        if (errno != EINTR) return posix::fail(thread);
        if (!safepoint(thread)) return false;
    }
}

Owned acquire(Thread& thread, SemLock& self, bool block, Value timeout) {
    if (self.kind == kRecursiveMutex && is_mine(thread, self)) {
        self.count.fetch_add(1, std::memory_order_relaxed);
        return Owned::share(boolean(true));
    }
    timespec deadline;
    bool limited = block && !is_none(timeout);
    if (limited) {
        double seconds = TRY(to_double(thread, timeout));
        if (!(seconds > 0)) seconds = 0;
        if (seconds > 1e9) seconds = 1e9;
        clock_gettime(CLOCK_REALTIME, &deadline);
        auto whole = static_cast<time_t>(seconds);
        deadline.tv_sec += whole;
        deadline.tv_nsec += static_cast<long>((seconds - static_cast<double>(whole)) * 1e9);
        if (deadline.tv_nsec >= 1'000'000'000) {
            deadline.tv_sec++;
            deadline.tv_nsec -= 1'000'000'000;
        }
    }
    bool got = sem_trywait(self.handle) == 0;
    if (!got && errno != EAGAIN && errno != EINTR) return posix::fail(thread);
    if (!got && block) TRY(wait(thread, self.handle, limited ? &deadline : nullptr, &got));
    if (got) {
        self.owner.store(thread.ident, std::memory_order_relaxed);
        self.count.fetch_add(1, std::memory_order_relaxed);
    }
    return Owned::share(boolean(got));
}

bool release(Thread& thread, SemLock& self) {
    if (self.kind == kRecursiveMutex) {
        if (!is_mine(thread, self))
            return raise(thread, exc::AssertionError,
                         "attempt to release recursive lock not owned by thread");
        if (self.count.load(std::memory_order_relaxed) > 1) {
            self.count.fetch_sub(1, std::memory_order_relaxed);
            return true;
        }
    } else {
        int value;
        if (sem_getvalue(self.handle, &value) < 0) return posix::fail(thread);
        if (value >= self.most)
            return raise(thread, exc::ValueError, "semaphore or lock released too many times");
    }
    // Before others can take it.
    self.count.fetch_sub(1, std::memory_order_relaxed);
    if (sem_post(self.handle) < 0) {
        self.count.fetch_add(1, std::memory_order_relaxed);
        return posix::fail(thread);
    }
    return true;
}

Owned enter(Thread& thread, SemLock& self) {
    return acquire(thread, self, true, none());
}
bool leave(Thread& thread, SemLock& self, Args) {
    return release(thread, self);
}
Owned get_count(Thread&, SemLock& self) {
    return Owned::small_int(self.count.load(std::memory_order_relaxed));
}
Owned is_mine_row(Thread& thread, SemLock& self) {
    return Owned::share(boolean(is_mine(thread, self)));
}
Owned get_value(Thread& thread, SemLock& self) {
    int value;
    if (sem_getvalue(self.handle, &value) < 0) return posix::fail(thread);
    return Owned::small_int(value < 0 ? 0 : value);
}
Owned is_zero(Thread& thread, SemLock& self) {
    int value;
    if (sem_getvalue(self.handle, &value) < 0) return posix::fail(thread);
    return Owned::share(boolean(value <= 0));
}
bool after_fork(Thread&, SemLock& self) {
    self.count.store(0, std::memory_order_relaxed);
    return true;
}

Owned get_handle(Thread& thread, Value self) {
    return make_int(thread,
                    static_cast<int64_t>(reinterpret_cast<uintptr_t>(self.as<SemLock>().handle)));
}
Owned get_kind(Thread&, Value self) {
    return Owned::small_int(self.as<SemLock>().kind);
}
Owned get_most(Thread&, Value self) {
    return Owned::small_int(self.as<SemLock>().most);
}
Owned get_name(Thread& thread, Value self) {
    const char* name = self.as<SemLock>().name;
    return name ? make_str(thread, name).owned() : Owned::share(none());
}

const MethodRow lock_rows[] = {
    {"acquire", "(self, /, block=True, timeout=None)", fn<acquire>,
     "Acquires the semaphore or lock; whether that succeeded."},
    {"release", "(self, /)", fn<release>, "Releases the semaphore or lock."},
    {"_count", "(self, /)", fn<get_count>, "How often this process has acquired it."},
    {"_is_mine", "(self, /)", fn<is_mine_row>, "Whether this thread holds it."},
    {"_get_value", "(self, /)", fn<get_value>, "The semaphore's value."},
    {"_is_zero", "(self, /)", fn<is_zero>, "Whether the semaphore's value is zero."},
    {"_rebuild", "(cls, handle, kind, maxvalue, name, /)", fn<rebuild>, nullptr, kMethodClass},
    {"_after_fork", "(self, /)", fn<after_fork>,
     "Forgets, in the child of a fork, what the parent held."},
    {"__enter__", "(self, /)", fn<enter>, "Acquires it."},
    {"__exit__", "(self, /, *exc_info)", fn<leave>, "Releases it."},
    {},
};
const GetSetRow lock_getsets[] = {
    {"handle", get_handle}, {"kind", get_kind}, {"maxvalue", get_most}, {"name", get_name}, {},
};

Owned sem_unlink_function(Thread& thread, Value, Value name_value) {
    const char* name = name_of(thread, name_value);
    return name ? posix::done(thread, sem_unlink(name)) : Owned();
}

const MethodRow functions[] = {
    {"sem_unlink", "(module, name, /)", fn<sem_unlink_function>, "Removes a semaphore's name."},
    {},
};

bool execute(Thread& thread, Module& module) {
    Type* type = lock_class.make(thread);
    if (!type) return false;
    TRY(set_type_attribute(thread, *type, ID(SEM_VALUE_MAX), Value::small_int(INT_MAX)));
    Ref<Dict> flags = TRY(make_dict(thread));
    for (const char* name : {"HAVE_SEM_OPEN", "HAVE_SEM_TIMEDWAIT"}) {
        Ref<Str> key = TRY(intern(thread, name));
        TRY(dict_set(thread, *flags, key.value(), Value::small_int(1)));
    }
    return module_set(thread, module, "SemLock", Value::of(type)) &&
           module_set(thread, module, "flags", flags.value());
}

ModuleSpec spec("_multiprocessing", nullptr, functions, execute);

}  // namespace

const TypeSpec lock_spec = {
    .name = "_multiprocessing.SemLock",
    .doc = "Semaphore/Mutex type",
    .size = sizeof(SemLock),
    .flags = kTypeBase,
    .slots = {.make = lock_make, .release = lock_release},
    .methods = lock_rows,
    .getsets = lock_getsets,
};

}  // namespace semaphores

}  // namespace imugi
