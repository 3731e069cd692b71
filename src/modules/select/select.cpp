// The select module: select(), poll objects, epoll objects. A poll object's table is used under its
// Lock; poll() works on a copy. epoll descriptors are the kernel's, safe by themselves.
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cmath>

#include "memory/array.h"
#include "memory/collector.h"
#include "modules/constants.h"
#include "modules/native_class.h"
#include "modules/posix/posix.h"
#include "object/call.h"
#include "object/float.h"
#include "object/list.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi {

namespace {

struct Watched {
    int fd;
    short events;
};

struct Poll : Object {
    Watched* entries;
    size_t count, capacity;
    std::atomic<bool> running;
};

struct Epoll : Object {
    std::atomic<int> fd;
};

extern const TypeSpec poll_spec, epoll_spec;
constinit NativeClass poll_class{poll_spec}, epoll_class{epoll_spec};

}  // namespace

IMUGI_NATIVE_CLASS(Poll, poll_class);
IMUGI_NATIVE_CLASS(Epoll, epoll_class);

namespace {

int64_t monotonic_now() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return int64_t{now.tv_sec} * 1000000000 + now.tv_nsec;
}

// A time limit: nanoseconds from now, or for ever.
struct Deadline {
    bool never = true;
    int64_t at = 0;

    // `value` counts units of `unit` nanoseconds; None is for ever.
    bool load(Thread& thread, Value value, int64_t unit, bool negative_is_never) {
        if (is_none(value)) return true;
        if (!is_int(value) && !is_float(value) && !type_of(value).slots.to_float &&
            !type_of(value).slots.index)
            return raise(thread, exc::TypeError, "timeout must be a real number or None");
        double count = TRY(to_double(thread, value));
        if (std::isnan(count))
            return raise(thread, exc::ValueError, "Invalid value NaN (not a number)");
        if (count < 0) {
            if (negative_is_never) return true;
            return raise(thread, exc::ValueError, "timeout must be non-negative");
        }
        double nanoseconds = std::ceil(count * static_cast<double>(unit));
        if (!(nanoseconds < 0x1p63))
            return raise(thread, exc::OverflowError, "timeout is too large");
        never = false;
        if (__builtin_add_overflow(monotonic_now(), static_cast<int64_t>(nanoseconds), &at))
            at = INT64_MAX;
        return true;
    }
    int64_t left() const {
        int64_t rest = at - monotonic_now();
        return rest < 0 ? 0 : rest;
    }
    // For poll() and epoll_wait(): milliseconds, rounded up.
    int milliseconds() const {
        if (never) return -1;
        int64_t rest = (left() + 999999) / 1000000;
        return rest > INT_MAX ? INT_MAX : static_cast<int>(rest);
    }
};

// --- select() ---

struct SelectSet {
    Ref<List> objects;
    int fds[FD_SETSIZE];
    fd_set set;
    int most = -1;

    // The list as it is at each step: fileno() may change it.
    bool load(Thread& thread, Value sequence) {
        FD_ZERO(&set);
        Owned items = fast_sequence(thread, sequence, "arguments 1-3 must be sequences");
        if (!items) return false;
        objects = make_list(thread);
        if (!objects) return false;
        for (Index i = 0;; i++) {
            Owned object = item_of(thread, items, i);
            if (!object || object.is_nothing()) return static_cast<bool>(object);
            int fd = TRY(posix::load_fd(thread, object));
            if (fd >= FD_SETSIZE)
                return raise(thread, exc::ValueError, "filedescriptor out of range in select()");
            if (i >= FD_SETSIZE)
                return raise(thread, exc::ValueError, "too many file descriptors in select()");
            fds[i] = fd;
            FD_SET(fd, &set);
            if (fd > most) most = fd;
            TRY(list_append(thread, *objects, std::move(object)));
        }
    }
    Owned ready(Thread& thread, const fd_set& result) {
        Ref<List> list = TRY(make_list(thread));
        for (Index i = 0; i < list_size(*objects); i++)
            if (FD_ISSET(fds[i], &result))
                TRY(list_append(thread, *list, list_item(thread, *objects, i)));
        return list;
    }

  private:
    static Owned item_of(Thread& thread, Value items, Index i) {
        if (is_list(items)) return list_item(thread, items.as<List>(), i);
        auto& tuple = items.as<Tuple>();
        if (i >= static_cast<Index>(tuple.size)) return Owned::nothing();
        return Owned::share(tuple[static_cast<size_t>(i)]);
    }
};

Owned select_select(Thread& thread, Value, Value read, Value write, Value exceptional,
                    Value timeout) {
    Deadline deadline;
    TRY(deadline.load(thread, timeout, 1000000000, false));
    struct Sets {
        SelectSet read, write, exceptional;
    };
    auto* sets = static_cast<Sets*>(array_allocate(sizeof(Sets)));
    if (!sets) return raise_memory_error(thread);
    new (sets) Sets();
    struct Free {
        Sets* sets;
        ~Free() {
            sets->~Sets();
            array_free(sets);
        }
    } free{sets};
    TRY(sets->read.load(thread, read));
    TRY(sets->write.load(thread, write));
    TRY(sets->exceptional.load(thread, exceptional));
    int most = sets->read.most;
    if (sets->write.most > most) most = sets->write.most;
    if (sets->exceptional.most > most) most = sets->exceptional.most;
    fd_set r, w, e;
    for (;;) {
        r = sets->read.set;
        w = sets->write.set;
        e = sets->exceptional.set;
        timeval limit;
        if (!deadline.never) {
            int64_t micro = (deadline.left() + 999) / 1000;
            limit = {micro / 1000000, micro % 1000000};
        }
        int count = posix::blocking(thread, [&] {
            return select(most + 1, &r, &w, &e, deadline.never ? nullptr : &limit);
        });
        if (count >= 0) break;
        if (errno != EINTR) return posix::fail(thread);
        TRY(safepoint(thread));
        if (!deadline.never && deadline.left() == 0) {
            FD_ZERO(&r);
            FD_ZERO(&w);
            FD_ZERO(&e);
            break;
        }
    }
    Owned readable = TRY(sets->read.ready(thread, r));
    Owned writable = TRY(sets->write.ready(thread, w));
    Owned failed = TRY(sets->exceptional.ready(thread, e));
    return make_tuple(thread, readable, writable, failed);
}

// --- poll objects ---

Result<uint16_t> load_events(Thread& thread, Value value) {
    Owned index = TRY(to_index(thread, value));
    int64_t events;
    if (int_sign(index) < 0) return raise(thread, exc::ValueError, "value must be positive");
    if (!int_fits_int64(index, &events) || events > UINT16_MAX)
        return raise(thread, exc::OverflowError, "Python int too large for C unsigned short");
    return static_cast<uint16_t>(events);
}

// Under the Lock.
Watched* find_entry(Poll& self, int fd) {
    for (size_t i = 0; i < self.count; i++)
        if (self.entries[i].fd == fd) return &self.entries[i];
    return nullptr;
}

bool poll_register(Thread& thread, Poll& self, Value file, Value mask) {
    int fd = TRY(posix::load_fd(thread, file));
    uint16_t events = TRY(load_events(thread, mask));
    Lock guard(thread, self);
    Watched* entry = find_entry(self, fd);
    if (!entry) {
        if (self.count == self.capacity) {
            size_t capacity = self.capacity * 2 + 8;
            auto* grown =
                static_cast<Watched*>(array_reallocate(self.entries, capacity * sizeof(Watched)));
            if (!grown) return raise_memory_error(thread);
            self.entries = grown;
            self.capacity = capacity;
        }
        entry = &self.entries[self.count++];
        entry->fd = fd;
    }
    entry->events = static_cast<short>(events);
    return true;
}

bool poll_modify(Thread& thread, Poll& self, Value file, Value mask) {
    int fd = TRY(posix::load_fd(thread, file));
    uint16_t events = TRY(load_events(thread, mask));
    {
        Lock guard(thread, self);
        if (Watched* entry = find_entry(self, fd)) {
            entry->events = static_cast<short>(events);
            return true;
        }
    }
    return raise_os_error(thread, ENOENT);
}

bool poll_unregister(Thread& thread, Poll& self, Value file) {
    int fd = TRY(posix::load_fd(thread, file));
    {
        Lock guard(thread, self);
        if (Watched* entry = find_entry(self, fd)) {
            size_t at = static_cast<size_t>(entry - self.entries);
            memmove(entry, entry + 1, (self.count - at - 1) * sizeof(Watched));
            self.count--;
            return true;
        }
    }
    return raise_key_error(thread, Value::small_int(fd));
}

Owned poll_poll(Thread& thread, Poll& self, Value timeout) {
    Deadline deadline;
    TRY(deadline.load(thread, timeout, 1000000, true));
    if (self.running.exchange(true, std::memory_order_acquire))
        return raise(thread, exc::RuntimeError, "concurrent poll() invocation");
    struct Running {
        Poll& self;
        pollfd* table = nullptr;
        ~Running() {
            self.running.store(false, std::memory_order_release);
            array_free(table);
        }
    } running{self};
    size_t count;
    {
        Lock guard(thread, self);
        count = self.count;
        running.table = static_cast<pollfd*>(array_allocate((count + 1) * sizeof(pollfd)));
        if (!running.table) return raise_memory_error(thread);
        for (size_t i = 0; i < count; i++)
            running.table[i] = {self.entries[i].fd, self.entries[i].events, 0};
    }
    int found;
    for (;;) {
        found = posix::blocking(
            thread, [&] { return poll(running.table, count, deadline.milliseconds()); });
        if (found >= 0) break;
        if (errno != EINTR) return posix::fail(thread);
        TRY(safepoint(thread));
        if (!deadline.never && deadline.left() == 0) {
            found = 0;
            break;
        }
    }
    Ref<List> result = TRY(make_list(thread));
    for (size_t i = 0; i < count && found > 0; i++) {
        if (running.table[i].revents == 0) continue;
        found--;
        TRY(list_append(
            thread, *result,
            make_tuple(thread, Value::small_int(running.table[i].fd),
                       Value::small_int(static_cast<uint16_t>(running.table[i].revents)))
                .owned()));
    }
    return result;
}

void poll_release(Object* object) {
    array_free(static_cast<Poll*>(object)->entries);
}

const MethodRow poll_methods[] = {
    {"register", "(self, fd, eventmask=7, /)", fn<poll_register>,
     "Register a file descriptor with the polling object.\n\n"
     "  fd\n    either an integer, or an object with a fileno() method returning an int\n"
     "  eventmask\n    an optional bitmask describing the type of events to check for"},
    {"modify", "(self, fd, eventmask, /)", fn<poll_modify>,
     "Modify an already registered file descriptor.\n\n"
     "  fd\n    either an integer, or an object with a fileno() method returning\n    an int\n"
     "  eventmask\n    a bitmask describing the type of events to check for"},
    {"unregister", "(self, fd, /)", fn<poll_unregister>,
     "Remove a file descriptor being tracked by the polling object."},
    {"poll", "(self, timeout=None, /)", fn<poll_poll>,
     "Polls the set of registered file descriptors.\n\n"
     "  timeout\n"
     "    The maximum time to wait in milliseconds, or else None (or a negative\n"
     "    value) to wait indefinitely.\n\n"
     "Returns a list containing any descriptors that have events or errors to\n"
     "report, as a list of (fd, event) 2-tuples."},
    {},
};

const TypeSpec poll_spec = {
    .name = "select.poll",
    .size = sizeof(Poll),
    .flags = kTypeImmutable | kTypeNoInstantiate,
    .slots = {.release = poll_release},
    .methods = poll_methods,
};

Owned select_poll(Thread& thread, Value) {
    Type* type = poll_class.get(thread);
    if (!type) return {};
    auto* self = allocate<Poll>(thread, *type);
    if (!self) return {};
    return Owned::adopt(self);
}

// --- epoll ---

Owned make_epoll(Thread& thread, Type& type, int fd) {
    auto* self = allocate<Epoll>(thread, type);
    if (!self) {
        close(fd);
        return {};
    }
    self->fd.store(fd, std::memory_order_relaxed);
    return Owned::adopt(self);
}

Owned epoll_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value bound[2];
    TRY(bind_arguments(thread, "epoll", "(sizehint=-1, flags=0)", arguments, bound, 2));
    int64_t hint = TRY(to_int64(thread, bound[0]));
    int64_t flags = TRY(to_int64(thread, bound[1]));
    if (hint == -1)
        hint = FD_SETSIZE - 1;
    else if (hint <= 0)
        return raise(thread, exc::ValueError, "negative sizehint");
    if (flags && flags != EPOLL_CLOEXEC) return raise(thread, exc::OSError, "invalid flags");
    int fd = epoll_create1(EPOLL_CLOEXEC);
    if (fd < 0) return posix::fail(thread);
    return make_epoll(thread, type, fd);
}

Owned epoll_fromfd(Thread& thread, Type& type, int fd) {
    return make_epoll(thread, type, fd);
}

Result<int> open_fd(Thread& thread, Epoll& self) {
    int fd = self.fd.load(std::memory_order_relaxed);
    if (fd < 0) return raise(thread, exc::ValueError, "I/O operation on closed epoll object");
    return fd;
}

Owned control(Thread& thread, Epoll& self, int operation, Value file, uint32_t events) {
    int epoll = TRY(open_fd(thread, self));
    int fd = TRY(posix::load_fd(thread, file));
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    return posix::done(
        thread, posix::blocking(thread, [&] { return epoll_ctl(epoll, operation, fd, &event); }));
}

Result<uint32_t> load_mask(Thread& thread, Value value) {
    Owned index = TRY(to_index(thread, value));
    return static_cast<uint32_t>(int_to_uint64_mask(index));
}

Owned epoll_register(Thread& thread, Epoll& self, Value file, Value mask) {
    uint32_t events = TRY(load_mask(thread, mask));
    return control(thread, self, EPOLL_CTL_ADD, file, events);
}
Owned epoll_modify(Thread& thread, Epoll& self, Value file, Value mask) {
    uint32_t events = TRY(load_mask(thread, mask));
    return control(thread, self, EPOLL_CTL_MOD, file, events);
}
Owned epoll_unregister(Thread& thread, Epoll& self, Value file) {
    return control(thread, self, EPOLL_CTL_DEL, file, 0);
}

Owned epoll_poll(Thread& thread, Epoll& self, Value timeout, int most) {
    int fd = TRY(open_fd(thread, self));
    Deadline deadline;
    TRY(deadline.load(thread, timeout, 1000000000, true));
    if (most == -1)
        most = FD_SETSIZE - 1;
    else if (most < 1)
        return raise(thread, exc::ValueError, "maxevents must be greater than 0, got {}", most);
    struct Events {
        epoll_event* data;
        ~Events() { array_free(data); }
    } events{
        static_cast<epoll_event*>(array_allocate(static_cast<size_t>(most) * sizeof(epoll_event)))};
    if (!events.data) return raise_memory_error(thread);
    int count;
    for (;;) {
        count = posix::blocking(
            thread, [&] { return epoll_wait(fd, events.data, most, deadline.milliseconds()); });
        if (count >= 0) break;
        if (errno != EINTR) return posix::fail(thread);
        TRY(safepoint(thread));
        if (!deadline.never && deadline.left() == 0) {
            count = 0;
            break;
        }
    }
    Ref<List> result = TRY(make_list(thread, static_cast<size_t>(count)));
    for (int i = 0; i < count; i++)
        TRY(list_append(thread, *result,
                        make_tuple(thread, Value::small_int(events.data[i].data.fd),
                                   Value::small_int(events.data[i].events))
                            .owned()));
    return result;
}

Owned epoll_fileno(Thread& thread, Epoll& self) {
    int fd = TRY(open_fd(thread, self));
    return Owned::small_int(fd);
}
Owned epoll_close(Thread& thread, Epoll& self) {
    int fd = self.fd.exchange(-1, std::memory_order_relaxed);
    if (fd < 0) return Owned::share(none());
    return posix::done(thread, posix::blocking(thread, [&] { return close(fd); }));
}
Owned epoll_enter(Thread& thread, Epoll& self) {
    (void)TRY(epoll_fileno(thread, self));
    return Owned::share(self);
}
Owned epoll_exit(Thread& thread, Epoll& self, Value, Value, Value) {
    return call_method(thread, Value::of(self), ID(close));
}
Owned epoll_closed(Thread&, Value self) {
    return Owned::share(boolean(self.as<Epoll>().fd.load(std::memory_order_relaxed) < 0));
}
void epoll_release(Object* object) {
    int fd = static_cast<Epoll*>(object)->fd.load(std::memory_order_relaxed);
    if (fd >= 0) close(fd);
}

const MethodRow epoll_methods[] = {
    {"fromfd", "(type, fd, /)", fn<epoll_fromfd>, "Create an epoll object from a given control fd.",
     kMethodClass},
    {"close", "(self, /)", fn<epoll_close>,
     "Close the epoll control file descriptor.\n\n"
     "Further operations on the epoll object will raise an exception."},
    {"fileno", "(self, /)", fn<epoll_fileno>, "Return the epoll control file descriptor."},
    {"register", "(self, /, fd, eventmask=7)", fn<epoll_register>,
     "Registers a new fd or raises an OSError if the fd is already registered.\n\n"
     "  fd\n    the target file descriptor of the operation\n"
     "  eventmask\n    a bit set composed of the various EPOLL constants\n\n"
     "The epoll interface supports all file descriptors that support poll."},
    {"modify", "(self, /, fd, eventmask)", fn<epoll_modify>,
     "Modify event mask for a registered file descriptor.\n\n"
     "  fd\n    the target file descriptor of the operation\n"
     "  eventmask\n    a bit set composed of the various EPOLL constants"},
    {"unregister", "(self, /, fd)", fn<epoll_unregister>,
     "Remove a registered file descriptor from the epoll object.\n\n"
     "  fd\n    the target file descriptor of the operation"},
    {"poll", "(self, /, timeout=None, maxevents=-1)", fn<epoll_poll>,
     "Wait for events on the epoll file descriptor.\n\n"
     "  timeout\n    the maximum time to wait in seconds (as float);\n"
     "    a timeout of None or -1 makes poll wait indefinitely\n"
     "  maxevents\n    the maximum number of events returned; -1 means no limit\n\n"
     "Returns a list containing any descriptors that have events to report,\n"
     "as a list of (fd, events) 2-tuples."},
    {"__enter__", "(self, /)", fn<epoll_enter>},
    {"__exit__", "(self, exc_type=None, exc_value=None, exc_tb=None, /)", fn<epoll_exit>},
    {},
};
const GetSetRow epoll_getsets[] = {
    {"closed", epoll_closed, nullptr, "True if the epoll handler is closed"},
    {},
};

const TypeSpec epoll_spec = {
    .name = "select.epoll",
    .doc =
        "select.epoll(sizehint=-1, flags=0)\n\n"
        "Returns an epolling object\n\n"
        "sizehint must be a positive integer or -1 for the default size. The\n"
        "sizehint is used to optimize internal data structures. It doesn't limit\n"
        "the maximum number of monitored events.",
    .size = sizeof(Epoll),
    .slots = {.make = epoll_make, .release = epoll_release},
    .methods = epoll_methods,
    .getsets = epoll_getsets,
};

const MethodRow functions[] = {
    {"select", "(module, rlist, wlist, xlist, timeout=None, /)", fn<select_select>,
     "Wait until one or more file descriptors are ready for some kind of I/O.\n\n"
     "The first three arguments are iterables of file descriptors to be waited for:\n"
     "rlist -- wait until ready for reading\n"
     "wlist -- wait until ready for writing\n"
     "xlist -- wait for an \"exceptional condition\"\n"
     "If only one kind of condition is required, pass [] for the other lists.\n\n"
     "A file descriptor is either a socket or file object, or a small integer\n"
     "gotten from a fileno() method call on one of those."},
    {"poll", "(module, /)", fn<select_poll>,
     "Returns a polling object.\n\n"
     "This object supports registering and unregistering file descriptors, and then\n"
     "polling them for I/O events."},
    {},
};

#define NAME(constant) {#constant, static_cast<int64_t>(constant)}
const IntConstant constants[] = {
    NAME(PIPE_BUF),
    NAME(POLLIN),
    NAME(POLLPRI),
    NAME(POLLOUT),
    NAME(POLLERR),
    NAME(POLLHUP),
    NAME(POLLNVAL),
    NAME(POLLRDNORM),
    NAME(POLLRDBAND),
    NAME(POLLWRNORM),
    NAME(POLLWRBAND),
    NAME(POLLMSG),
    NAME(POLLRDHUP),
    NAME(EPOLLIN),
    NAME(EPOLLOUT),
    NAME(EPOLLPRI),
    NAME(EPOLLERR),
    NAME(EPOLLHUP),
    NAME(EPOLLRDHUP),
    {"EPOLLET", 1u << 31},
    NAME(EPOLLONESHOT),
    NAME(EPOLLEXCLUSIVE),
    NAME(EPOLLRDNORM),
    NAME(EPOLLRDBAND),
    NAME(EPOLLWRNORM),
    NAME(EPOLLWRBAND),
    NAME(EPOLLMSG),
    NAME(EPOLL_CLOEXEC),
    {"EPOLLWAKEUP", 1u << 29},
};
#undef NAME

bool execute(Thread& thread, Module& module) {
    TRY(add_int_constants(thread, module, constants));
    TRY(module_set(thread, module, "error", Value::of(exc::OSError)));
    return poll_class.get(thread) && epoll_class.add_to(thread, module);
}

ModuleSpec spec{"select",
                "This module supports asynchronous I/O on multiple file descriptors.\n\n"
                "*** IMPORTANT NOTICE ***\n"
                "On Windows, only sockets are supported; on Unix, all file descriptors.",
                functions, execute};

}  // namespace

}  // namespace imugi
