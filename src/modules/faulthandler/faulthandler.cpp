// The module faulthandler: tracebacks on fatal errors, on signals and after a time. The settings
// that signal handlers read are plain words of the process, set before the handler is installed and
// cleared after it is removed; the file objects that keep descriptors open are the module's.
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>

#include "memory/array.h"
#include "modules/faulthandler/dump.h"
#include "modules/native_types.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/module.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"
#include "thread/lock.h"
#include "thread/safepoint.h"

namespace imugi {

namespace faults {

namespace {

constexpr int kSignals = NSIG;
constexpr size_t kAlternateStack = 64 * 1024;

// The file objects in use; of the main interpreter's module. Written under `mutex`.
struct Files {
    Slot fatal, later, user[kSignals];
};
RuntimeMutex mutex;  // enable, disable, register, unregister

void files_fields(void* state, FieldVisitor& visitor) {
    auto& files = *static_cast<Files*>(state);
    visitor.visit(files.fatal);
    visitor.visit(files.later);
    for (Slot& file : files.user) visitor.visit(file);
}
void free_files(void* state) {
    array_free(state);
}

struct FatalSignal {
    int number;
    const char* name;
    bool installed;
    struct sigaction previous;
};
FatalSignal fatal_signals[] = {{SIGBUS, "Bus error", false, {}},
                               {SIGILL, "Illegal instruction", false, {}},
                               {SIGFPE, "Floating-point exception", false, {}},
                               {SIGABRT, "Aborted", false, {}},
                               {SIGSEGV, "Segmentation fault", false, {}}};
struct Fatal {
    std::atomic<bool> enabled{false};
    int fd = -1;
    bool all_threads = true, c_stack = true;
} fatal;
struct User {
    std::atomic<bool> registered{false};
    int fd = -1;
    bool all_threads = true, chain = false;
    struct sigaction previous;
} user[kSignals];

// --- the handlers: async-signal-safe ---

void on_fatal(int number) {
    int saved = errno;
    FatalSignal* found = nullptr;
    for (FatalSignal& signal : fatal_signals)
        if (signal.number == number) found = &signal;
    // A fault in here shall end the process.
    if (found && found->installed) {
        sigaction(number, &found->previous, nullptr);
        found->installed = false;
    }
    if (found && fatal.enabled.exchange(false, std::memory_order_acq_rel)) {
        int fd = fatal.fd;
        write_text(fd, "Fatal Python error: ");
        write_text(fd, found->name);
        write_text(fd, "\n\n");
        dump_threads(fd, current_thread_slot, fatal.all_threads);
        if (fatal.c_stack) {
            write_text(fd, "\n");
            dump_native_stack(fd);
        }
    }
    errno = saved;
    ::raise(number);
}

void on_user(int number) {
    int saved = errno;
    User& mine = user[number];
    // Pairs with the release that published the settings.
    if (!mine.registered.load(std::memory_order_acquire)) return;
    dump_threads(mine.fd, current_thread_slot, mine.all_threads);
    if (mine.chain) {
        struct sigaction now;
        sigaction(number, &mine.previous, &now);
        sigset_t unblocked, before;
        sigemptyset(&unblocked);
        sigaddset(&unblocked, number);
        pthread_sigmask(SIG_UNBLOCK, &unblocked, &before);
        ::raise(number);
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
        sigaction(number, &now, nullptr);
    }
    errno = saved;
}

// --- files ---

// The descriptor of a file argument, -1 with an exception; *keep is what has to stay open.
int descriptor_of(Thread& thread, Value file, Owned* keep) {
    *keep = Owned();
    if (file.is_empty() || is_none(file)) {
        *keep = dict_get(thread, interpreter_of(thread).sys_dict.as<Dict>(), ID(stderr));
        if (!*keep) return -1;
        if (keep->is_nothing()) {
            (void)raise(thread, exc::RuntimeError, "unable to get sys.stderr");
            return -1;
        }
        if (is_none(*keep)) {
            (void)raise(thread, exc::RuntimeError, "sys.stderr is None");
            return -1;
        }
    } else if (is_int(file)) {
        int64_t fd;
        if (!int_fits_int64(file, &fd) || fd < 0 || fd > INT32_MAX) {
            (void)raise(thread, exc::ValueError, "file is not a valid file descriptor");
            return -1;
        }
        return static_cast<int>(fd);
    } else {
        *keep = Owned::share(file);
    }
    Owned number = call_method(thread, *keep, ID(fileno));
    if (!number) return -1;
    int64_t fd = -1;
    if (!is_int(number) || !int_fits_int64(number, &fd) || fd < 0 || fd > INT32_MAX) {
        (void)raise(thread, exc::RuntimeError, "file.fileno() is not a valid file descriptor");
        return -1;
    }
    Owned flushed = call_method(thread, *keep, ID(flush));
    if (!flushed) clear_exception(thread);
    return static_cast<int>(fd);
}

Files& files_of(Value module) {
    return *static_cast<Files*>(module.as<Module>().state);
}

// --- dump_traceback ---

bool dump_traceback(Thread& thread, Value, Value file, bool all_threads) {
    Owned keep;
    int fd = descriptor_of(thread, file, &keep);
    if (fd < 0) return false;
    if (!all_threads) {
        dump_threads(fd, &thread, false);
    } else {
        StopTheWorld stopped(thread);
        dump_threads(fd, &thread, true);
    }
    return safepoint(thread);
}

bool dump_c_stack(Thread& thread, Value, Value file) {
    Owned keep;
    int fd = descriptor_of(thread, file, &keep);
    if (fd < 0) return false;
    dump_native_stack(fd);
    return true;
}

// --- enable ---

// Fatal handlers run on a stack of their own, as the fault may be the end of the usual one.
bool prepare_alternate_stack() {
    stack_t now;
    if (sigaltstack(nullptr, &now) == 0 && !(now.ss_flags & SS_DISABLE)) return true;
    void* memory =
        mmap(nullptr, kAlternateStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return false;
    stack_t wanted{};
    wanted.ss_sp = memory;
    wanted.ss_size = kAlternateStack;
    return sigaltstack(&wanted, nullptr) == 0;
}

bool enable(Thread& thread, Value module, Value file, bool all_threads, bool c_stack) {
    Owned keep, old;
    int fd = descriptor_of(thread, file, &keep);
    if (fd < 0) return false;
    int error = 0;
    {
        MutexGuard guard(mutex);
        old = files_of(module).fatal.exchange(std::move(keep));
        fatal.fd = fd;
        fatal.all_threads = all_threads;
        fatal.c_stack = c_stack;
        bool was = fatal.enabled.exchange(true, std::memory_order_acq_rel);
        if (!was) (void)prepare_alternate_stack();
        for (FatalSignal& signal : fatal_signals) {
            if (signal.installed) continue;
            struct sigaction action{};
            action.sa_handler = on_fatal;
            sigemptyset(&action.sa_mask);
            action.sa_flags = SA_NODEFER | SA_ONSTACK;
            signal.installed = sigaction(signal.number, &action, &signal.previous) == 0;
            if (!signal.installed) error = errno;
        }
    }
    return !error || raise_os_error(thread, error);
}

Owned disable(Thread&, Value module) {
    Owned old;
    bool was;
    {
        MutexGuard guard(mutex);
        was = fatal.enabled.exchange(false, std::memory_order_acq_rel);
        for (FatalSignal& signal : fatal_signals) {
            if (signal.installed) sigaction(signal.number, &signal.previous, nullptr);
            signal.installed = false;
        }
        old = files_of(module).fatal.take();
    }
    return Owned::share(boolean(was));
}

Owned is_enabled(Thread&, Value) {
    return Owned::share(boolean(fatal.enabled.load(std::memory_order_relaxed)));
}

// --- register ---

bool check_signal(Thread& thread, int number) {
    for (const FatalSignal& signal : fatal_signals)
        if (signal.number == number)
            return raise(thread, exc::RuntimeError,
                         "signal {} cannot be registered, use enable() instead", number);
    if (number < 1 || number >= kSignals)
        return raise(thread, exc::ValueError, "signal number out of range");
    return true;
}

bool register_signal(Thread& thread, Value module, int signum, Value file, bool all_threads,
                     bool chain) {
    TRY(check_signal(thread, signum));
    Owned keep, old;
    int fd = descriptor_of(thread, file, &keep);
    if (fd < 0) return false;
    User& mine = user[signum];
    int error = 0;
    {
        MutexGuard guard(mutex);
        mine.fd = fd;
        mine.all_threads = all_threads;
        mine.chain = chain;
        if (!mine.registered.load(std::memory_order_relaxed)) {
            struct sigaction action{};
            action.sa_handler = on_user;
            sigemptyset(&action.sa_mask);
            // A chained handler may want to interrupt the call that the signal came in.
            action.sa_flags = chain ? SA_NODEFER : SA_RESTART;
            mine.registered.store(true, std::memory_order_release);
            if (sigaction(signum, &action, &mine.previous) != 0) {
                error = errno;
                mine.registered.store(false, std::memory_order_release);
            }
        }
        if (!error) old = files_of(module).user[signum].exchange(std::move(keep));
    }
    return !error || raise_os_error(thread, error);
}

Owned unregister_signal(Thread& thread, Value module, int signum) {
    TRY(check_signal(thread, signum));
    Owned old;
    bool was;
    {
        MutexGuard guard(mutex);
        was = user[signum].registered.load(std::memory_order_relaxed);
        if (was) sigaction(signum, &user[signum].previous, nullptr);
        user[signum].registered.store(false, std::memory_order_release);
        old = files_of(module).user[signum].take();
    }
    return Owned::share(boolean(was));
}

// --- dump_traceback_later: a thread of its own, which is none of the runtime's ---

struct Watchdog {
    RuntimeMutex serial;  // of the calls that start and stop it
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t changed;
    pthread_t thread;
    bool running = false, cancelled = false;  // the latter under `mutex`
    int fd;
    bool repeat, exit;
    int64_t timeout_ns;
    char heading[64];
} watchdog;

void* watch(void*) {
    // Signals are for Python's threads.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, nullptr);
    Watchdog& w = watchdog;
    pthread_mutex_lock(&w.mutex);
    for (;;) {
        timespec deadline;
        clock_gettime(CLOCK_MONOTONIC, &deadline);
        deadline.tv_sec += w.timeout_ns / 1'000'000'000;
        deadline.tv_nsec += w.timeout_ns % 1'000'000'000;
        if (deadline.tv_nsec >= 1'000'000'000) {
            deadline.tv_sec++;
            deadline.tv_nsec -= 1'000'000'000;
        }
        int result = 0;
        while (!w.cancelled && result == 0)
            result = pthread_cond_timedwait(&w.changed, &w.mutex, &deadline);
        if (w.cancelled) break;
        write_text(w.fd, w.heading);
        dump_threads(w.fd, nullptr, true);
        if (w.exit) _exit(1);
        if (!w.repeat) break;
    }
    pthread_mutex_unlock(&w.mutex);
    return nullptr;
}

// Under `serial`.
void stop_watchdog(Thread& thread) {
    if (!watchdog.running) return;
    pthread_mutex_lock(&watchdog.mutex);
    watchdog.cancelled = true;
    pthread_cond_signal(&watchdog.changed);
    pthread_mutex_unlock(&watchdog.mutex);
    {
        Detached detached(thread);
        pthread_join(watchdog.thread, nullptr);
    }
    pthread_cond_destroy(&watchdog.changed);
    watchdog.running = false;
}

bool dump_traceback_later(Thread& thread, Value module, Value timeout, bool repeat, Value file,
                          bool exit) {
    double seconds = TRY(to_double(thread, timeout));
    if (std::isnan(seconds))
        return raise(thread, exc::ValueError, "Invalid value NaN (not a number)");
    if (seconds <= 0) return raise(thread, exc::ValueError, "timeout must be greater than 0");
    if (seconds > 9e9) return raise(thread, exc::OverflowError, "timeout value is too large");
    Owned keep, old;
    int fd = descriptor_of(thread, file, &keep);
    if (fd < 0) return false;
    int error;
    {
        MutexGuard guard(watchdog.serial);
        stop_watchdog(thread);
        watchdog.fd = fd;
        watchdog.repeat = repeat;
        watchdog.exit = exit;
        watchdog.cancelled = false;
        watchdog.timeout_ns = static_cast<int64_t>(seconds * 1e9);
        int64_t microseconds = watchdog.timeout_ns / 1000, whole = microseconds / 1'000'000;
        int size = snprintf(watchdog.heading, sizeof watchdog.heading, "Timeout (%ld:%02ld:%02ld",
                            whole / 3600, whole / 60 % 60, whole % 60);
        if (microseconds % 1'000'000)
            size += snprintf(watchdog.heading + size, 16, ".%06ld", microseconds % 1'000'000);
        snprintf(watchdog.heading + size, 8, ")!\n");
        pthread_condattr_t attributes;
        pthread_condattr_init(&attributes);
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        pthread_cond_init(&watchdog.changed, &attributes);
        error = pthread_create(&watchdog.thread, nullptr, watch, nullptr);
        watchdog.running = error == 0;
        if (!error) old = files_of(module).later.exchange(std::move(keep));
    }
    if (error) return raise(thread, exc::RuntimeError, "unable to start watchdog thread");
    return true;
}

bool cancel_dump_traceback_later(Thread& thread, Value module) {
    Owned old;
    MutexGuard guard(watchdog.serial);
    stop_watchdog(thread);
    old = files_of(module).later.take();
    return true;
}

// --- ways to die, for tests ---

template <int number>
bool die(Thread&, Value) {
    ::raise(number);
    return true;
}
bool die_by_signal(Thread& thread, Value, bool release_gil) {
    if (!release_gil) {
        ::raise(SIGSEGV);
    } else {
        Detached detached(thread);
        ::raise(SIGSEGV);
    }
    return true;
}

const MethodRow functions[] = {
    {"enable",
     "(module, /, file=None, all_threads=True, c_stack=True) -> ($module, /, file=sys.stderr, "
     "all_threads=True, c_stack=True)",
     fn<enable>, "Enables the fault handler: fatal signals write tracebacks to the file."},
    {"disable", "(module, /)", fn<disable>, "Disables the fault handler."},
    {"is_enabled", "(module, /)", fn<is_enabled>, "Whether the fault handler is enabled."},
    {"dump_traceback",
     "(module, /, file=None, all_threads=True) -> ($module, /, file=sys.stderr, all_threads=True)",
     fn<dump_traceback>, "Writes the tracebacks of all threads, or of this one, to the file."},
    {"dump_c_stack", "(module, /, file=None) -> ($module, /, file=sys.stderr)", fn<dump_c_stack>,
     "Writes the native stack of this thread to the file."},
    {"dump_traceback_later",
     "(module, /, timeout, repeat=False, file=None, exit=False) -> ($module, /, timeout, "
     "repeat=False, file=sys.stderr, exit=False)",
     fn<dump_traceback_later>,
     "Writes the tracebacks of all threads in so many seconds, once or again and again;\nwith "
     "exit the process ends at once then."},
    {"cancel_dump_traceback_later", "(module, /)", fn<cancel_dump_traceback_later>,
     "Takes back dump_traceback_later()."},
    {"register",
     "(module, /, signum, file=None, all_threads=True, chain=False) -> ($module, /, signum, "
     "file=sys.stderr, all_threads=True, chain=False)",
     fn<register_signal>,
     "Makes a signal write tracebacks to the file, and call the handler it had if chain is true."},
    {"unregister", "(module, signum, /)", fn<unregister_signal>,
     "Takes back register(); whether the signal was registered."},
    {"_sigsegv", "(module, release_gil=False, /)", fn<die_by_signal>, "Raise a SIGSEGV signal."},
    {"_read_null", "(module, /)", fn<die<SIGSEGV>>, "Raise a SIGSEGV signal."},
    {"_sigabrt", "(module, /)", fn<die<SIGABRT>>, "Raise a SIGABRT signal."},
    {"_sigfpe", "(module, /)", fn<die<SIGFPE>>, "Raise a SIGFPE signal."},
    {},
};

bool execute(Thread& thread, Module& module) {
    if (!make_module_state<Files>(thread, module, files_fields)) return false;
    module.free_state = free_files;
    return true;
}

ModuleSpec spec("faulthandler", "Tracebacks on faults, on signals and after a time.", functions,
                execute);

}  // namespace

}  // namespace faults

}  // namespace imugi
