// The _signal module. The C handler marks the signal, asks the main thread to come to a safepoint
// and writes the wake-up descriptor, nothing more; the Python handlers run there.
//
// Handlers are kept in the main interpreter's module; only its main thread changes them.
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>

#include "memory/array.h"
#include "memory/collector.h"
#include "modules/_signal/handling.h"
#include "modules/constants.h"
#include "modules/native_class.h"
#include "modules/native_types.h"
#include "modules/posix/signal_set.h"
#include "modules/shared_struct.h"
#include "object/audit.h"
#include "object/call.h"
#include "object/exception.h"
#include "object/float.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/safepoint.h"
#include "vm/frame.h"
#include "vm/frame_object.h"
#include "vm/roots.h"

namespace imugi {

namespace {

constexpr int kSignals = NSIG;

struct SignalState {
    Slot handlers[kSignals];  // callables, SIG_DFL, SIG_IGN; None: not set from Python
};

std::atomic<SignalState*> signal_state{nullptr};
std::atomic<bool> tripped[kSignals];
std::atomic<bool> any_tripped{false};
std::atomic<int> wakeup_fd{-1};
std::atomic<bool> warn_on_full_buffer{true};

NativeException itimer_error{"signal.itimer_error", exc::OSError};

void on_signal(int number) {
    int saved = errno;
    tripped[number].store(true, std::memory_order_relaxed);
    // Release: pairs with the exchange of the main thread, which then sees the mark.
    any_tripped.store(true, std::memory_order_release);
    if (Thread* main = main_interpreter.main_thread) {
        // Sequentially consistent: the main thread either sees the request before it sleeps or
        // sleeps no time.
        main->breaker.fetch_or(kBreakSignal, std::memory_order_seq_cst);
        std::atomic_ref(main->sleep_left.tv_sec).store(0, std::memory_order_seq_cst);
        std::atomic_ref(main->sleep_left.tv_nsec).store(0, std::memory_order_seq_cst);
    }
    int fd = wakeup_fd.load(std::memory_order_relaxed);
    if (fd >= 0) {
        auto byte = static_cast<unsigned char>(number);
        ssize_t written = write(fd, &byte, 1);
        (void)written;
    }
    errno = saved;
}

bool is_main_thread(Thread& thread) {
    return &thread == main_interpreter.main_thread;
}

Owned current_frame(Thread& thread) {
    if (!thread.frame) return Owned::share(none());
    return frame_object(thread, *thread.frame);
}

// At a safepoint of the main thread.
bool run_handlers(Thread& thread) {
    if (!is_main_thread(thread)) return true;
    // Acquire: pairs with the release in on_signal.
    if (!any_tripped.exchange(false, std::memory_order_acq_rel)) return true;
    SignalState* state = signal_state.load(std::memory_order_acquire);
    for (int number = 1; number < kSignals; number++) {
        if (!tripped[number].exchange(false, std::memory_order_relaxed)) continue;
        if (!state) continue;
        Owned handler = state->handlers[number].share();
        // Changed since to something that is no handler, or too late to be handled.
        if (!is_callable(handler) || main_interpreter.finalizing.load(std::memory_order_relaxed)) {
            raise(thread, exc::OSError, "Signal {} ignored due to race condition", number);
            report_unraisable(thread, none());
            continue;
        }
        Owned frame = current_frame(thread);
        Owned result = frame ? call(thread, handler, Value::small_int(number), frame) : Owned();
        if (!result) {
            // The others wait for the next safepoint.
            any_tripped.store(true, std::memory_order_release);
            thread.breaker.fetch_or(kBreakSignal, std::memory_order_release);
            return false;
        }
    }
    return true;
}

Owned call_default_int_handler(Thread& thread, Value, Value, Value) {
    return raise_bare(thread, exc::KeyboardInterrupt);
}

Owned signal_signal(Thread& thread, Value module, int number, Value handler) {
    if (!is_main_thread(thread))
        return raise(thread, exc::ValueError,
                     "signal only works in main thread of the main interpreter");
    if (number < 1 || number >= kSignals)
        return raise(thread, exc::ValueError, "signal number out of range");
    void (*action)(int) = on_signal;
    bool is_number = is_int(handler);
    if (is_number && TRY(equals(thread, handler, Value::small_int(0))))
        action = SIG_DFL;
    else if (is_number && TRY(equals(thread, handler, Value::small_int(1))))
        action = SIG_IGN;
    else if (!is_callable(handler))
        return raise(thread, exc::TypeError,
                     "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object");
    TRY(safepoint(thread));
    struct sigaction settings{};
    settings.sa_handler = action;
    // No restart: blocking calls come back to a safepoint.
    if (sigaction(number, &settings, nullptr) < 0) return raise_os_error(thread, errno);
    auto* state = static_cast<SignalState*>(module.as<Module>().state);
    Owned old = state->handlers[number].exchange(Owned::share(handler));
    return old ? std::move(old) : Owned::share(none());
}

Owned signal_getsignal(Thread& thread, Value module, int number) {
    if (number < 1 || number >= kSignals)
        return raise(thread, exc::ValueError, "signal number out of range");
    auto* state = static_cast<SignalState*>(module.as<Module>().state);
    if (state->handlers[number].is_empty()) return Owned::share(none());
    return state->handlers[number].share();
}

Owned signal_raise_signal(Thread& thread, Value, int number) {
    if (::raise(number) != 0) return raise_os_error(thread, errno);
    TRY(safepoint(thread));
    return Owned::share(none());
}

Owned signal_strsignal(Thread& thread, Value, int number) {
    if (number < 1 || number >= kSignals)
        return raise(thread, exc::ValueError, "signal number out of range");
    const char* text = strsignal(number);
    if (!text || strncmp(text, "Unknown signal", 14) == 0) return Owned::share(none());
    return make_str(thread, text);
}

Owned signal_siginterrupt(Thread& thread, Value, int number, int flag) {
    if (number < 1 || number >= kSignals)
        return raise(thread, exc::ValueError, "signal number out of range");
    struct sigaction settings;
    sigaction(number, nullptr, &settings);
    if (flag)
        settings.sa_flags &= ~SA_RESTART;
    else
        settings.sa_flags |= SA_RESTART;
    if (sigaction(number, &settings, nullptr) < 0) return raise_os_error(thread, errno);
    return Owned::share(none());
}

Owned signal_set_wakeup_fd(Thread& thread, Value, Value fd_value, bool warn_when_full) {
    if (!is_main_thread(thread))
        return raise(thread, exc::ValueError,
                     "set_wakeup_fd only works in main thread of the main interpreter");
    int64_t fd = TRY(to_int64(thread, fd_value));
    if (fd >= 0) {
        int flags = fcntl(static_cast<int>(fd), F_GETFL);
        if (flags < 0) {
            if (errno == EBADF) return raise(thread, exc::ValueError, "invalid fd");
            return raise_os_error(thread, errno);
        }
        if (!(flags & O_NONBLOCK))
            return raise(thread, exc::ValueError, "the fd {} must be in non-blocking mode", fd);
    }
    warn_on_full_buffer.store(warn_when_full, std::memory_order_relaxed);
    int old = wakeup_fd.exchange(fd < 0 ? -1 : static_cast<int>(fd), std::memory_order_relaxed);
    return Owned::small_int(old);
}

Owned signal_alarm(Thread&, Value, int seconds) {
    return Owned::small_int(alarm(static_cast<unsigned>(seconds)));
}

Owned signal_pause(Thread& thread, Value) {
    {
        Detached detached(thread);
        pause();
    }
    TRY(safepoint(thread));
    return Owned::share(none());
}

// --- interval timers ---

Owned timer_pair(Thread& thread, const itimerval& timer) {
    auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    Owned value = TRY(make_float(thread, seconds(timer.it_value)));
    Owned interval = TRY(make_float(thread, seconds(timer.it_interval)));
    return make_tuple(thread, value, interval);
}

bool load_interval(Thread& thread, Value value, timeval* time) {
    double seconds = TRY(to_double(thread, value));
    if (std::isnan(seconds))
        return raise(thread, exc::ValueError, "Invalid value NaN (not a number)");
    if (std::fabs(seconds) >= 9e18)
        return raise(thread, exc::OverflowError, "timestamp out of range for platform time_t");
    double micro = std::ceil(seconds * 1e6);
    time->tv_sec = static_cast<time_t>(std::floor(micro / 1e6));
    time->tv_usec = static_cast<suseconds_t>(micro - static_cast<double>(time->tv_sec) * 1e6);
    return true;
}

Owned raise_timer_error(Thread& thread) {
    int number = errno;
    Ref<Str> text = TRY(make_str(thread, strerror(number)));
    const Value values[] = {Value::small_int(number), text.value()};
    Owned error =
        TRY(call(thread, Value::of(itimer_error.type(thread)), Arguments{values, 2, nullptr}));
    raise_exception(thread, std::move(error));
    return {};
}

Owned signal_setitimer(Thread& thread, Value, int which, Value seconds, Value interval) {
    itimerval timer, old;
    TRY(load_interval(thread, seconds, &timer.it_value));
    TRY(load_interval(thread, interval, &timer.it_interval));
    if (setitimer(static_cast<__itimer_which_t>(which), &timer, &old) < 0)
        return raise_timer_error(thread);
    return timer_pair(thread, old);
}
Owned signal_getitimer(Thread& thread, Value, int which) {
    itimerval timer;
    if (getitimer(static_cast<__itimer_which_t>(which), &timer) < 0)
        return raise_timer_error(thread);
    return timer_pair(thread, timer);
}

// --- sets of signals ---

Owned make_signal_set(Thread& thread, const sigset_t& members) {
    Owned set = TRY(call(thread, Value::of(set_type)));
    for (int number = 1; number < kSignals; number++)
        if (sigismember(&members, number) == 1)
            (void)TRY(call_method(thread, set, ID(add), Value::small_int(number)));
    return set;
}

Owned signal_pthread_sigmask(Thread& thread, Value, int how, Value mask) {
    sigset_t set, old;
    TRY(posix::load_signal_set(thread, mask, &set));
    int error = pthread_sigmask(how, &set, &old);
    if (error) return raise_os_error(thread, error);
    // Signals that were just unblocked have come.
    TRY(safepoint(thread));
    return make_signal_set(thread, old);
}
Owned signal_sigpending(Thread& thread, Value) {
    sigset_t set;
    if (sigpending(&set) < 0) return raise_os_error(thread, errno);
    return make_signal_set(thread, set);
}
Owned signal_valid_signals(Thread& thread, Value) {
    sigset_t set;
    sigfillset(&set);
    return make_signal_set(thread, set);
}
Owned signal_sigwait(Thread& thread, Value, Value mask) {
    sigset_t set;
    TRY(posix::load_signal_set(thread, mask, &set));
    int number, error;
    {
        Detached detached(thread);
        error = sigwait(&set, &number);
    }
    if (error) return raise_os_error(thread, error);
    return Owned::small_int(number);
}

const StructField siginfo_fields[] = {
    {"si_signo", "signal number"},
    {"si_code", "signal code"},
    {"si_errno", "errno associated with this signal"},
    {"si_pid", "sending process ID"},
    {"si_uid", "real user ID of sending process"},
    {"si_status", "exit value or signal"},
    {"si_band", "band event for SIGPOLL"},
};
const StructSequenceSpec siginfo_spec = {
    "signal.struct_siginfo",
    "struct_siginfo: Result from sigwaitinfo or sigtimedwait.\n\n"
    "This object may be accessed either as a tuple of\n"
    "(si_signo, si_code, si_errno, si_pid, si_uid, si_status, si_band),\n"
    "or via the attributes si_signo, si_code, and so on.",
    siginfo_fields, 7, 7};
SharedStruct siginfo_type{siginfo_spec};

Owned make_siginfo(Thread& thread, const siginfo_t& info) {
    Type* type = siginfo_type.get(thread);
    if (!type) return {};
    Ref<Tuple> tuple = TRY(make_struct_sequence(thread, *type));
    const int64_t numbers[] = {info.si_signo,
                               info.si_code,
                               info.si_errno,
                               info.si_pid,
                               info.si_uid == UINT32_MAX ? -1 : int64_t{info.si_uid},
                               info.si_status,
                               info.si_band};
    for (size_t i = 0; i < 7; i++) tuple->items[i].init(TRY(make_int(thread, numbers[i])));
    track(tuple.get());
    return tuple;
}

Owned signal_sigwaitinfo(Thread& thread, Value, Value mask) {
    sigset_t set;
    TRY(posix::load_signal_set(thread, mask, &set));
    for (;;) {
        siginfo_t info;
        int number, error;
        {
            Detached detached(thread);
            number = sigwaitinfo(&set, &info);
            error = errno;
        }
        if (number >= 0) return make_siginfo(thread, info);
        if (error != EINTR) return raise_os_error(thread, error);
        TRY(safepoint(thread));
    }
}

int64_t monotonic_now() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return int64_t{now.tv_sec} * 1000000000 + now.tv_nsec;
}

Owned signal_sigtimedwait(Thread& thread, Value, Value mask, Value timeout) {
    sigset_t set;
    TRY(posix::load_signal_set(thread, mask, &set));
    double seconds = TRY(to_double(thread, timeout));
    if (std::isnan(seconds))
        return raise(thread, exc::ValueError, "Invalid value NaN (not a number)");
    if (seconds < 0) return raise(thread, exc::ValueError, "timeout must be non-negative");
    if (seconds > 9e9) seconds = 9e9;
    int64_t until = monotonic_now() + static_cast<int64_t>(std::ceil(seconds * 1e9));
    for (;;) {
        int64_t left = until - monotonic_now();
        if (left < 0) left = 0;
        timespec wait = {left / 1000000000, left % 1000000000};
        siginfo_t info;
        int number, error;
        {
            Detached detached(thread);
            number = sigtimedwait(&set, &info, &wait);
            error = errno;
        }
        if (number >= 0) return make_siginfo(thread, info);
        if (error == EAGAIN) return Owned::share(none());
        if (error != EINTR) return raise_os_error(thread, error);
        TRY(safepoint(thread));
    }
}

Owned signal_pthread_kill(Thread& thread, Value, Value ident, int number) {
    uint64_t id = TRY(to_uint64(thread, ident));
    TRY(audit(thread, "signal.pthread_kill", ident, number));
    int error = pthread_kill(id, number);
    if (error) return raise_os_error(thread, error);
    TRY(safepoint(thread));
    return Owned::share(none());
}

Owned signal_pidfd_send_signal(Thread& thread, Value, int fd, int number, Value info, int flags) {
    if (!is_none(info)) return raise(thread, exc::TypeError, "siginfo must be None");
    if (syscall(SYS_pidfd_send_signal, fd, number, nullptr, flags) < 0)
        return raise_os_error(thread, errno);
    TRY(safepoint(thread));
    return Owned::share(none());
}

const MethodRow functions[] = {
    {"default_int_handler", "(module, signalnum, frame, /)", fn<call_default_int_handler>,
     "The default handler for SIGINT installed by Python.\n\nIt raises KeyboardInterrupt."},
    {"alarm", "(module, seconds, /)", fn<signal_alarm>,
     "Arrange for SIGALRM to arrive after the given number of seconds."},
    {"setitimer", "(module, which, seconds, interval=0.0, /)", fn<signal_setitimer>,
     "Sets given itimer (one of ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF).\n\n"
     "The timer will fire after value seconds and after that every interval seconds.\n"
     "The itimer can be cleared by setting seconds to zero.\n\n"
     "Returns old values as a tuple: (delay, interval)."},
    {"getitimer", "(module, which, /)", fn<signal_getitimer>,
     "Returns current value of given itimer."},
    {"signal", "(module, signalnum, handler, /)", fn<signal_signal>,
     "Set the action for the given signal.\n\n"
     "The action can be SIG_DFL, SIG_IGN, or a callable Python object.\n"
     "The previous action is returned.  See getsignal() for possible return values.\n\n"
     "*** IMPORTANT NOTICE ***\n"
     "A signal handler function is called with two arguments:\n"
     "the first is the signal number, the second is the interrupted stack frame."},
    {"raise_signal", "(module, signalnum, /)", fn<signal_raise_signal>,
     "Send a signal to the executing process."},
    {"strsignal", "(module, signalnum, /)", fn<signal_strsignal>,
     "Return the system description of the given signal.\n\n"
     "Returns the description of signal *signalnum*, such as \"Interrupt\"\n"
     "for :const:`SIGINT`. Returns :const:`None` if *signalnum* has no\n"
     "description. Raises :exc:`ValueError` if *signalnum* is invalid."},
    {"getsignal", "(module, signalnum, /)", fn<signal_getsignal>,
     "Return the current action for the given signal.\n\n"
     "The return value can be:\n"
     "  SIG_IGN -- if the signal is being ignored\n"
     "  SIG_DFL -- if the default action for the signal is in effect\n"
     "  None    -- if an unknown handler is in effect\n"
     "  anything else -- the callable Python object used as a handler"},
    {"set_wakeup_fd", "(module, fd, /, *, warn_on_full_buffer=True)", fn<signal_set_wakeup_fd>,
     "Sets the fd to be written to (with the signal number) when a signal comes in.\n\n"
     "A library can use this to wakeup select or poll.\n"
     "The previous fd or -1 is returned.\n\n"
     "The fd must be non-blocking."},
    {"siginterrupt", "(module, signalnum, flag, /)", fn<signal_siginterrupt>,
     "Change system call restart behaviour.\n\n"
     "If flag is False, system calls will be restarted when interrupted by\n"
     "signal sig, else system calls will be interrupted."},
    {"pause", "(module, /)", fn<signal_pause>, "Wait until a signal arrives."},
    {"pthread_kill", "(module, thread_id, signalnum, /)", fn<signal_pthread_kill>,
     "Send a signal to a thread."},
    {"pidfd_send_signal", "(module, pidfd, signalnum, siginfo=None, flags=0, /)",
     fn<signal_pidfd_send_signal>,
     "Send a signal to a process referred to by a pid file descriptor."},
    {"pthread_sigmask", "(module, how, mask, /)", fn<signal_pthread_sigmask>,
     "Fetch and/or change the signal mask of the calling thread."},
    {"sigpending", "(module, /)", fn<signal_sigpending>,
     "Examine pending signals.\n\n"
     "Returns a set of signal numbers pending for delivery to the calling thread."},
    {"sigwait", "(module, sigset, /)", fn<signal_sigwait>,
     "Wait for a signal.\n\n"
     "Suspend execution of the calling thread until the delivery of one of the\n"
     "signals specified in the signal set sigset.  The function accepts the signal\n"
     "and returns the signal number."},
    {"sigwaitinfo", "(module, sigset, /)", fn<signal_sigwaitinfo>,
     "Wait synchronously until one of the signals in *sigset* is delivered.\n\n"
     "Returns a struct_siginfo containing information about the signal."},
    {"sigtimedwait", "(module, sigset, timeout, /)", fn<signal_sigtimedwait>,
     "Like sigwaitinfo(), but with a timeout.\n\n"
     "The timeout is specified in seconds, rounded up to nanoseconds."},
    {"valid_signals", "(module, /)", fn<signal_valid_signals>,
     "Return a set of valid signal numbers on this platform.\n\n"
     "The signal numbers returned by this function can be safely passed to\n"
     "functions like `pthread_kill`."},
    {},
};

#define NAME(constant) {#constant, constant}
const IntConstant constants[] = {
    {"NSIG", NSIG},    {"SIG_DFL", 0},       {"SIG_IGN", 1},    NAME(SIG_BLOCK), NAME(SIG_UNBLOCK),
    NAME(SIG_SETMASK), NAME(SIGHUP),         NAME(SIGINT),      NAME(SIGQUIT),   NAME(SIGILL),
    NAME(SIGTRAP),     NAME(SIGIOT),         NAME(SIGABRT),     NAME(SIGFPE),    NAME(SIGKILL),
    NAME(SIGBUS),      NAME(SIGSEGV),        NAME(SIGSYS),      NAME(SIGPIPE),   NAME(SIGALRM),
    NAME(SIGTERM),     NAME(SIGUSR1),        NAME(SIGUSR2),     NAME(SIGCLD),    NAME(SIGCHLD),
    NAME(SIGPWR),      NAME(SIGIO),          NAME(SIGURG),      NAME(SIGWINCH),  NAME(SIGPOLL),
    NAME(SIGSTOP),     NAME(SIGTSTP),        NAME(SIGCONT),     NAME(SIGTTIN),   NAME(SIGTTOU),
    NAME(SIGVTALRM),   NAME(SIGPROF),        NAME(SIGXCPU),     NAME(SIGXFSZ),   NAME(SIGSTKFLT),
    NAME(ITIMER_REAL), NAME(ITIMER_VIRTUAL), NAME(ITIMER_PROF),
};
#undef NAME

void free_state(void* state) {
    SignalState* mine = static_cast<SignalState*>(state);
    SignalState* expected = mine;
    signal_state.compare_exchange_strong(expected, nullptr, std::memory_order_acq_rel);
    array_free(state);
}
void visit_state(void* state, FieldVisitor& visitor) {
    visitor.visit(static_cast<SignalState*>(state)->handlers, kSignals);
}

// What the process inherited, and Ctrl-C as KeyboardInterrupt.
bool read_handlers(Thread& thread, Module& module, SignalState& state) {
    for (int number = 1; number < kSignals; number++) {
        struct sigaction settings;
        Value handler = none();
        if (sigaction(number, nullptr, &settings) == 0) {
            if (settings.sa_handler == SIG_DFL) handler = Value::small_int(0);
            if (settings.sa_handler == SIG_IGN) handler = Value::small_int(1);
        }
        state.handlers[number].init(Owned::share(handler));
    }
    if (!is_main_thread(thread)) return true;
    signal_state.store(&state, std::memory_order_release);
    run_signal_handlers = run_handlers;
    if (same(state.handlers[SIGINT].borrow(), Value::small_int(0))) {
        Owned handler = TRY(get_attribute(thread, Value::of(module), ID(default_int_handler)));
        Owned old = state.handlers[SIGINT].exchange(std::move(handler));
        struct sigaction settings{};
        settings.sa_handler = on_signal;
        sigaction(SIGINT, &settings, nullptr);
    }
    return true;
}

bool execute(Thread& thread, Module& module) {
    auto* state = make_module_state<SignalState>(thread, module, visit_state);
    if (!state) return false;
    module.free_state = free_state;
    TRY(add_int_constants(thread, module, constants));
    TRY(module_set(thread, module, "SIGRTMIN", Value::small_int(SIGRTMIN)));
    TRY(module_set(thread, module, "SIGRTMAX", Value::small_int(SIGRTMAX)));
    TRY(siginfo_type.add_to(thread, module));
    TRY(module_set(thread, module, "ItimerError", Value::of(itimer_error.type(thread))));
    return read_handlers(thread, module, *state);
}

ModuleSpec spec{"_signal",
                "This module provides mechanisms to use signal handlers in Python.\n\n"
                "Functions:\n\n"
                "alarm() -- cause SIGALRM after a specified time [Unix only]\n"
                "setitimer() -- cause a signal (described below) after a specified\n"
                "               float time and the timer may restart then [Unix only]\n"
                "getitimer() -- get current value of timer [Unix only]\n"
                "signal() -- set the action for a given signal\n"
                "getsignal() -- get the signal action for a given signal\n"
                "pause() -- wait until a signal arrives [Unix only]\n"
                "default_int_handler() -- default SIGINT handler",
                functions, execute};

}  // namespace

void end_signal_handling() {
    for (int number = 1; number < kSignals; number++) {
        struct sigaction settings;
        if (sigaction(number, nullptr, &settings) != 0 || settings.sa_handler != on_signal)
            continue;
        settings = {};
        settings.sa_handler = SIG_DFL;
        sigaction(number, &settings, nullptr);
    }
}

}  // namespace imugi
