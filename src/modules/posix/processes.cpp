// Processes: fork, wait, kill, priorities and scheduling. The hooks of register_at_fork are lists
// in the module's state, which guard themselves.
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>

#include <cstdlib>

#include "memory/collector.h"
#include "modules/_imp/import_lock.h"
#include "modules/posix/posix.h"
#include "modules/posix/state.h"
#include "object/attribute.h"
#include "object/audit.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/exception.h"
#include "object/float.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/module.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/set.h"
#include "object/str.h"
#include "object/struct_sequence.h"
#include "object/tuple.h"

namespace imugi::posix {

namespace {

// --- fork ---

PosixState* state_of_interpreter(Thread& thread) {
    Owned module = dict_get(thread, interpreter_of(thread).modules.as<Dict>(), ID(posix));
    if (!module || module.is_nothing() || !is_instance_of(module, module_type)) {
        clear_exception(thread);
        return nullptr;
    }
    return static_cast<PosixState*>(module.as<Module>().state);
}

void run_hooks(Thread& thread, Slot PosixState::* slot, bool backwards) {
    PosixState* state = state_of_interpreter(thread);
    if (!state || (state->*slot).is_empty()) return;
    SavedException saved(thread);
    Ref<Tuple> hooks = to_tuple(thread, (state->*slot).borrow());
    if (!hooks) return report_unraisable(thread, Value());
    for (size_t i = 0; i < hooks->size; i++) {
        Value hook = (*hooks)[backwards ? hooks->size - 1 - i : i];
        Owned result = call(thread, hook);
        if (!result) report_unraisable(thread, hook);
    }
}

Owned posix_register_at_fork(Thread& thread, Value module, Value before, Value in_child,
                             Value in_parent) {
    if (before.is_empty() && in_child.is_empty() && in_parent.is_empty())
        return raise(thread, exc::TypeError, "At least one argument is required.");
    struct Hook {
        Value callable;
        const char* name;
        Slot PosixState::* slot;
    };
    const Hook hooks[] = {{before, "before", &PosixState::before_fork},
                          {in_child, "after_in_child", &PosixState::after_in_child},
                          {in_parent, "after_in_parent", &PosixState::after_in_parent}};
    for (const Hook& hook : hooks)
        if (!hook.callable.is_empty() && !is_callable(hook.callable))
            return raise(thread, exc::TypeError, "'{}' must be callable, not {}", hook.name,
                         type_name_of(hook.callable));
    auto* state = static_cast<PosixState*>(module.as<Module>().state);
    for (const Hook& hook : hooks)
        if (!hook.callable.is_empty())
            TRY(list_append(thread, (state->*hook.slot).as<List>(), Owned::share(hook.callable)));
    return Owned::share(none());
}

// How many threads the interpreter has.
size_t thread_count(Thread& thread) {
    Interpreter& interpreter = interpreter_of(thread);
    MutexGuard guard(interpreter.threads_mutex);
    size_t count = 0;
    for (Thread* at = interpreter.threads; at; at = at->next) count++;
    return count;
}

// `split` is fork or forkpty.
template <class Split>
pid_t fork_with(Thread& thread, Split split) {
    run_before_fork_hooks(thread);
    acquire_import_lock(thread);
    before_fork(thread);
    pid_t pid = split();
    int error = errno;
    if (pid == 0) {
        after_fork_child(thread);
    } else {
        after_fork_parent(thread);
    }
    (void)release_import_lock(thread);
    run_after_fork_hooks(thread, pid == 0);
    errno = error;
    return pid;
}

bool warn_of_threads(Thread& thread, const char* function, size_t threads) {
    if (threads <= 1) return true;
    return warn(thread, exc::DeprecationWarning, 1,
                format(thread,
                       "This process (pid={}) is multi-threaded, use of {}() may lead to deadlocks "
                       "in the child.",
                       getpid(), function));
}

bool check_can_fork(Thread& thread) {
    if (interpreter_of(thread).finalizing.load(std::memory_order_relaxed))
        return raise(thread, exc::PythonFinalizationError, "can't fork at interpreter shutdown");
    return true;
}

Owned posix_fork(Thread& thread, Value) {
    TRY(check_can_fork(thread));
    TRY(audit(thread, "os.fork"));
    size_t threads = thread_count(thread);
    pid_t pid = fork_with(thread, [] { return fork(); });
    if (pid > 0) {
        Owned result = Owned::small_int(pid);
        TRY(warn_of_threads(thread, "fork", threads));
        return result;
    }
    return number(thread, pid);
}

Owned posix_forkpty(Thread& thread, Value) {
    TRY(check_can_fork(thread));
    TRY(audit(thread, "os.forkpty"));
    size_t threads = thread_count(thread);
    int master = -1;
    pid_t pid = fork_with(thread, [&] { return forkpty(&master, nullptr, nullptr, nullptr); });
    if (pid < 0) return fail(thread);
    if (pid > 0) TRY(warn_of_threads(thread, "forkpty", threads));
    return make_tuple(thread, Value::small_int(pid), Value::small_int(master));
}

// --- waiting ---

const StructField waitid_fields[] = {
    {"si_pid"}, {"si_uid"}, {"si_signo"}, {"si_status"}, {"si_code"},
};
const StructSequenceSpec waitid_spec = {"posix.waitid_result",
                                        "waitid_result: Result from waitid.\n\n"
                                        "This object may be accessed either as a tuple of\n"
                                        "  (si_pid, si_uid, si_signo, si_status, si_code),\n"
                                        "or via the attributes si_pid, si_uid, and so on.\n\n"
                                        "See os.waitid for more information.",
                                        waitid_fields, 5, 5};
const StructField times_fields[] = {
    {"user", "user time"},
    {"system", "system time"},
    {"children_user", "user time of children"},
    {"children_system", "system time of children"},
    {"elapsed", "elapsed time since an arbitrary point in the past"},
};
const StructSequenceSpec times_spec = {
    "posix.times_result",
    "times_result: Result from os.times().\n\n"
    "This object may be accessed either as a tuple of\n"
    "  (user, system, children_user, children_system, elapsed),\n"
    "or via the attributes user, system, children_user, children_system,\n"
    "and elapsed.\n\n"
    "See os.times for more information.",
    times_fields, 5, 5};
const StructField sched_param_fields[] = {{"sched_priority", "the scheduling priority"}};
const StructSequenceSpec sched_param_spec = {
    "posix.sched_param", "Currently has only one field: sched_priority", sched_param_fields, 1, 1};

SharedStruct waitid_type{waitid_spec}, times_type{times_spec}, sched_param_type{sched_param_spec};

Owned wait_result(Thread& thread, pid_t pid, int status) {
    if (pid < 0) return fail(thread);
    return make_tuple(thread, Value::small_int(pid), Value::small_int(status));
}

Owned posix_wait(Thread& thread, Value) {
    int status = 0;
    pid_t pid = retried(thread, [&] { return wait(&status); });
    return wait_result(thread, pid, status);
}
Owned posix_waitpid(Thread& thread, Value, int wanted, int options) {
    int status = 0;
    pid_t pid = retried(thread, [&] { return waitpid(wanted, &status, options); });
    return wait_result(thread, pid, status);
}

// The struct_rusage of the resource module.
Owned make_rusage(Thread& thread, const rusage& usage) {
    Ref<Str> name = TRY(make_str(thread, "resource"));
    Owned import = interpreter_of(thread).import_function.share();
    Owned module = TRY(call(thread, import, name));
    Owned type = TRY(get_attribute(thread, module, ID(struct_rusage)));
    const double times[] = {static_cast<double>(usage.ru_utime.tv_sec) +
                                1e-6 * static_cast<double>(usage.ru_utime.tv_usec),
                            static_cast<double>(usage.ru_stime.tv_sec) +
                                1e-6 * static_cast<double>(usage.ru_stime.tv_usec)};
    const long counts[] = {usage.ru_maxrss,  usage.ru_ixrss,  usage.ru_idrss,  usage.ru_isrss,
                           usage.ru_minflt,  usage.ru_majflt, usage.ru_nswap,  usage.ru_inblock,
                           usage.ru_oublock, usage.ru_msgsnd, usage.ru_msgrcv, usage.ru_nsignals,
                           usage.ru_nvcsw,   usage.ru_nivcsw};
    Ref<Tuple> tuple = TRY(make_tuple_blank(thread, 16));
    for (size_t i = 0; i < 2; i++) tuple->items[i].init(TRY(make_float(thread, times[i])));
    for (size_t i = 0; i < 14; i++) tuple->items[i + 2].init(TRY(make_int(thread, counts[i])));
    track(tuple.get());
    return call(thread, type, tuple);
}

Owned wait_with_usage(Thread& thread, pid_t wanted, int options) {
    int status = 0;
    rusage usage{};
    pid_t pid = retried(thread, [&] { return wait4(wanted, &status, options, &usage); });
    if (pid < 0) return fail(thread);
    Owned resources = TRY(make_rusage(thread, usage));
    return make_tuple(thread, Value::small_int(pid), Value::small_int(status), resources);
}
Owned posix_wait3(Thread& thread, Value, int options) {
    return wait_with_usage(thread, -1, options);
}
Owned posix_wait4(Thread& thread, Value, int pid, int options) {
    return wait_with_usage(thread, pid, options);
}

Owned posix_waitid(Thread& thread, Value, int kind, Value id_value, int options) {
    int64_t id = TRY(to_int64(thread, id_value));
    siginfo_t info{};
    int result = retried(thread, [&] {
        return waitid(static_cast<idtype_t>(kind), static_cast<id_t>(id), &info, options);
    });
    if (result < 0) return fail(thread);
    if (info.si_pid == 0) return Owned::share(none());
    Type* type = waitid_type.get(thread);
    if (!type) return {};
    Ref<Tuple> tuple = TRY(make_struct_sequence(thread, *type));
    tuple->items[0].init(Owned::small_int(info.si_pid));
    tuple->items[1].init(TRY(make_id(thread, info.si_uid)));
    tuple->items[2].init(Owned::small_int(info.si_signo));
    tuple->items[3].init(Owned::small_int(info.si_status));
    tuple->items[4].init(Owned::small_int(info.si_code));
    track(tuple.get());
    return tuple;
}

Owned posix_wifexited(Thread& thread, Value, int status) {
    return Owned::share(boolean(WIFEXITED(status)));
}
Owned posix_wifsignaled(Thread& thread, Value, int status) {
    return Owned::share(boolean(WIFSIGNALED(status)));
}
Owned posix_wifstopped(Thread& thread, Value, int status) {
    return Owned::share(boolean(WIFSTOPPED(status)));
}
Owned posix_wifcontinued(Thread& thread, Value, int status) {
    return Owned::share(boolean(WIFCONTINUED(status)));
}
Owned posix_wcoredump(Thread& thread, Value, int status) {
    return Owned::share(boolean(WCOREDUMP(status)));
}
Owned posix_wexitstatus(Thread& thread, Value, int status) {
    return Owned::small_int(WEXITSTATUS(status));
}
Owned posix_wtermsig(Thread& thread, Value, int status) {
    return Owned::small_int(WTERMSIG(status));
}
Owned posix_wstopsig(Thread& thread, Value, int status) {
    return Owned::small_int(WSTOPSIG(status));
}
Owned posix_waitstatus_to_exitcode(Thread& thread, Value, Value status_value) {
    if (is_float(status_value))
        return raise(thread, exc::TypeError, "'float' object cannot be interpreted as an integer");
    int64_t wide = TRY(to_int64(thread, status_value));
    int status = static_cast<int>(wide);
    if (WIFEXITED(status)) return Owned::small_int(WEXITSTATUS(status));
    if (WIFSIGNALED(status)) return Owned::small_int(-WTERMSIG(status));
    if (WIFSTOPPED(status))
        return raise(thread, exc::ValueError, "process stopped by delivery of signal {}",
                     WSTOPSIG(status));
    return raise(thread, exc::ValueError, "invalid wait status: {}", status);
}

// --- ends ---

Owned posix_exit_now(Thread& thread, Value, int status) {
    _exit(status);
}
Owned posix_abort(Thread& thread, Value) {
    abort();
}

Owned posix_kill(Thread& thread, Value, int pid, Index signal) {
    TRY(audit(thread, "os.kill", pid, signal));
    if (kill(pid, static_cast<int>(signal)) < 0) return fail(thread);
    TRY(safepoint(thread));
    return Owned::share(none());
}
Owned posix_killpg(Thread& thread, Value, int group, int signal) {
    TRY(audit(thread, "os.killpg", group, signal));
    if (killpg(group, signal) < 0) return fail(thread);
    TRY(safepoint(thread));
    return Owned::share(none());
}
Owned posix_pidfd_open(Thread& thread, Value, int pid, int flags) {
    return number(thread, syscall(SYS_pidfd_open, pid, flags));
}

// --- priorities ---

Owned posix_nice(Thread& thread, Value, int increment) {
    errno = 0;
    int result = nice(increment);
    if (result == -1 && errno) return fail(thread);
    return Owned::small_int(result);
}
Owned posix_getpriority(Thread& thread, Value, int which, int who) {
    errno = 0;
    int result = getpriority(static_cast<__priority_which_t>(which), static_cast<id_t>(who));
    if (errno) return fail(thread);
    return Owned::small_int(result);
}
Owned posix_setpriority(Thread& thread, Value, int which, int who, int priority) {
    return done(thread, setpriority(static_cast<__priority_which_t>(which), static_cast<id_t>(who),
                                    priority));
}

Owned posix_sched_get_priority_max(Thread& thread, Value, int policy) {
    return number(thread, sched_get_priority_max(policy));
}
Owned posix_sched_get_priority_min(Thread& thread, Value, int policy) {
    return number(thread, sched_get_priority_min(policy));
}
Owned posix_sched_yield(Thread& thread, Value) {
    return done(thread, blocking(thread, [] { return sched_yield(); }));
}
Owned posix_sched_getscheduler(Thread& thread, Value, int pid) {
    return number(thread, sched_getscheduler(pid));
}

Result<int> load_priority(Thread& thread, Value value) {
    Type* type = sched_param_type.get(thread);
    if (!type) return failure;
    if (!is_instance_of(value, *type))
        return raise(thread, exc::TypeError, "must have a sched_param object");
    int64_t priority = TRY(to_int64(thread, value.as<Tuple>()[0]));
    if (priority > INT32_MAX || priority < INT32_MIN)
        return raise(thread, exc::OverflowError, "sched_priority out of range");
    return static_cast<int>(priority);
}
Owned posix_sched_setscheduler(Thread& thread, Value, int pid, int policy, Value param) {
    sched_param native{};
    native.sched_priority = TRY(load_priority(thread, param));
    return done(thread, sched_setscheduler(pid, policy, &native));
}
Owned posix_sched_setparam(Thread& thread, Value, int pid, Value param) {
    sched_param native{};
    native.sched_priority = TRY(load_priority(thread, param));
    return done(thread, sched_setparam(pid, &native));
}
Owned posix_sched_getparam(Thread& thread, Value, int pid) {
    sched_param native{};
    if (sched_getparam(pid, &native) < 0) return fail(thread);
    Type* type = sched_param_type.get(thread);
    if (!type) return {};
    Ref<Tuple> tuple = TRY(make_struct_sequence(thread, *type));
    tuple->items[0].init(Owned::small_int(native.sched_priority));
    track(tuple.get());
    return tuple;
}
Owned posix_sched_rr_get_interval(Thread& thread, Value, int pid) {
    timespec interval;
    if (sched_rr_get_interval(pid, &interval) < 0) return fail(thread);
    return make_float(thread, static_cast<double>(interval.tv_sec) +
                                  1e-9 * static_cast<double>(interval.tv_nsec));
}

// Sets of up to this many CPUs; more are not asked for.
constexpr int kMostCpus = 8192;

struct CpuSet {
    cpu_set_t* set = CPU_ALLOC(kMostCpus);
    size_t size = CPU_ALLOC_SIZE(kMostCpus);
    CpuSet() {
        if (set) CPU_ZERO_S(size, set);
    }
    ~CpuSet() {
        if (set) CPU_FREE(set);
    }
    CpuSet(const CpuSet&) = delete;
};

Owned posix_sched_setaffinity(Thread& thread, Value, int pid, Value mask) {
    CpuSet cpus;
    if (!cpus.set) return raise_memory_error(thread);
    Owned iterator = TRY(iterate(thread, mask));
    for (;;) {
        Owned item = TRY(next(thread, iterator));
        if (item.is_nothing()) break;
        if (!is_int(item))
            return raise(thread, exc::TypeError,
                         "expected an iterator of ints, but iterator yielded {}",
                         type_name_of(item));
        int64_t cpu = TRY(to_int64(thread, item));
        if (cpu < 0) return raise(thread, exc::ValueError, "negative CPU number");
        if (cpu > INT32_MAX - 1) return raise(thread, exc::OverflowError, "CPU number too large");
        if (cpu < kMostCpus) CPU_SET_S(static_cast<size_t>(cpu), cpus.size, cpus.set);
    }
    return done(thread, sched_setaffinity(pid, cpus.size, cpus.set));
}

Owned posix_sched_getaffinity(Thread& thread, Value, int pid) {
    CpuSet cpus;
    if (!cpus.set) return raise_memory_error(thread);
    if (sched_getaffinity(pid, cpus.size, cpus.set) < 0) return fail(thread);
    Owned set = TRY(call(thread, Value::of(set_type)));
    for (int cpu = 0; cpu < kMostCpus; cpu++)
        if (CPU_ISSET_S(static_cast<size_t>(cpu), cpus.size, cpus.set))
            (void)TRY(call_method(thread, set, ID(add), Value::small_int(cpu)));
    return set;
}

Owned posix_times(Thread& thread, Value) {
    tms process;
    clock_t elapsed = times(&process);
    if (elapsed == static_cast<clock_t>(-1)) return fail(thread);
    auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    const clock_t values[] = {process.tms_utime, process.tms_stime, process.tms_cutime,
                              process.tms_cstime, elapsed};
    Type* type = times_type.get(thread);
    if (!type) return {};
    Ref<Tuple> tuple = TRY(make_struct_sequence(thread, *type));
    for (size_t i = 0; i < 5; i++)
        tuple->items[i].init(TRY(make_float(thread, static_cast<double>(values[i]) / ticks)));
    track(tuple.get());
    return tuple;
}

Owned posix_system(Thread& thread, Value, Value command) {
    Ref<Bytes> text = TRY(fs_encode_path(thread, command));
    TRY(audit(thread, "os.system", text));
    return Owned::small_int(blocking(thread, [&] { return system(text->text()); }));
}

Owned posix_unshare(Thread& thread, Value, int flags) {
    return done(thread, blocking(thread, [&] { return unshare(flags); }));
}
Owned posix_setns(Thread& thread, Value, Value fd_value, int kind) {
    int fd = TRY(load_fd(thread, fd_value));
    return done(thread, blocking(thread, [&] { return setns(fd, kind); }));
}

}  // namespace

namespace {

// sched_param(priority), not of a sequence as other struct sequences.
Owned sched_param_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value bound[1];
    TRY(bind_arguments(thread, "sched_param", "(sched_priority)", arguments, bound, 1));
    Ref<Tuple> tuple = TRY(make_struct_sequence(thread, type));
    tuple->items[0].init(Owned::share(bound[0]));
    track(tuple.get());
    return tuple;
}

}  // namespace

bool add_process_types(Thread& thread, Module& module) {
    Type* param = sched_param_type.get(thread);
    if (!param) return false;
    param->slots.make = sched_param_make;
    return waitid_type.add_to(thread, module) && times_type.add_to(thread, module) &&
           sched_param_type.add_to(thread, module);
}

const MethodRow process_functions[] = {
    {"fork", "(module, /)", fn<posix_fork>,
     "Fork a child process.\n\n"
     "Return 0 to child process and PID of child to parent process."},
    {"forkpty", "(module, /)", fn<posix_forkpty>,
     "Fork a new process with a new pseudo-terminal as controlling tty.\n\n"
     "Returns a tuple of (pid, master_fd).\n"
     "Like fork(), return pid of 0 to the child process,\n"
     "and pid of child to the parent process.\n"
     "To both, return fd of newly opened pseudo-terminal.\n"
     "The master_fd is non-inheritable."},
    {"register_at_fork",
     "(module, /, *, before=<unrepresentable>, after_in_child=<unrepresentable>, "
     "after_in_parent=<unrepresentable>)",
     fn<posix_register_at_fork>, "Register callables to be called when forking a new process."},
    {"wait", "(module, /)", fn<posix_wait>, "Wait for completion of a child process."},
    {"waitpid", "(module, pid, options, /)", fn<posix_waitpid>,
     "Wait for completion of a given child process."},
    {"wait3", "(module, /, options)", fn<posix_wait3>, "Wait for completion of a child process."},
    {"wait4", "(module, /, pid, options)", fn<posix_wait4>,
     "Wait for completion of a specific child process."},
    {"waitid", "(module, idtype, id, options, /)", fn<posix_waitid>,
     "Returns the result of waiting for a process or processes."},
    {"WIFEXITED", "(module, /, status)", fn<posix_wifexited>,
     "Return True if the process returning status exited via the exit() system call."},
    {"WIFSIGNALED", "(module, /, status)", fn<posix_wifsignaled>,
     "Return True if the process returning status was terminated by a signal."},
    {"WIFSTOPPED", "(module, /, status)", fn<posix_wifstopped>,
     "Return True if the process returning status was stopped."},
    {"WIFCONTINUED", "(module, /, status)", fn<posix_wifcontinued>,
     "Return True if a particular process was continued from a job control stop."},
    {"WCOREDUMP", "(module, status, /)", fn<posix_wcoredump>,
     "Return True if the process returning status was dumped to a core file."},
    {"WEXITSTATUS", "(module, /, status)", fn<posix_wexitstatus>,
     "Return the process return code from status."},
    {"WTERMSIG", "(module, /, status)", fn<posix_wtermsig>,
     "Return the signal that terminated the process that provided the status value."},
    {"WSTOPSIG", "(module, /, status)", fn<posix_wstopsig>,
     "Return the signal that stopped the process that provided the status value."},
    {"waitstatus_to_exitcode", "(module, /, status)", fn<posix_waitstatus_to_exitcode>,
     "Convert a wait status to an exit code."},
    {"_exit", "(module, /, status)", fn<posix_exit_now>,
     "Exit to the system with specified status, without normal exit processing."},
    {"abort", "(module, /)", fn<posix_abort>, "Abort the interpreter immediately."},
    {"kill", "(module, pid, signal, /)", fn<posix_kill>, "Kill a process with a signal."},
    {"killpg", "(module, pgid, signal, /)", fn<posix_killpg>,
     "Kill a process group with a signal."},
    {"pidfd_open", "(module, /, pid, flags=0)", fn<posix_pidfd_open>,
     "Return a file descriptor referring to the process *pid*."},
    {"nice", "(module, increment, /)", fn<posix_nice>,
     "Add increment to the priority of process and return the new priority."},
    {"getpriority", "(module, /, which, who)", fn<posix_getpriority>,
     "Return program scheduling priority."},
    {"setpriority", "(module, /, which, who, priority)", fn<posix_setpriority>,
     "Set program scheduling priority."},
    {"sched_get_priority_max", "(module, /, policy)", fn<posix_sched_get_priority_max>,
     "Get the maximum scheduling priority for policy."},
    {"sched_get_priority_min", "(module, /, policy)", fn<posix_sched_get_priority_min>,
     "Get the minimum scheduling priority for policy."},
    {"sched_yield", "(module, /)", fn<posix_sched_yield>, "Voluntarily relinquish the CPU."},
    {"sched_getscheduler", "(module, pid, /)", fn<posix_sched_getscheduler>,
     "Get the scheduling policy for the process identified by pid."},
    {"sched_setscheduler", "(module, pid, policy, param, /)", fn<posix_sched_setscheduler>,
     "Set the scheduling policy for the process identified by pid."},
    {"sched_getparam", "(module, pid, /)", fn<posix_sched_getparam>,
     "Returns scheduling parameters for the process identified by pid."},
    {"sched_setparam", "(module, pid, param, /)", fn<posix_sched_setparam>,
     "Set scheduling parameters for the process identified by pid."},
    {"sched_rr_get_interval", "(module, pid, /)", fn<posix_sched_rr_get_interval>,
     "Return the round-robin quantum for the process identified by pid, in seconds."},
    {"sched_setaffinity", "(module, pid, mask, /)", fn<posix_sched_setaffinity>,
     "Set the CPU affinity of the process identified by pid to mask."},
    {"sched_getaffinity", "(module, pid, /)", fn<posix_sched_getaffinity>,
     "Return the affinity of the process identified by pid (or the current process if zero)."},
    {"times", "(module, /)", fn<posix_times>,
     "Return a collection containing process timing information."},
    {"system", "(module, /, command)", fn<posix_system>, "Execute the command in a subshell."},
    {"unshare", "(module, /, flags)", fn<posix_unshare>,
     "Disassociate parts of a process (or thread) execution context."},
    {"setns", "(module, /, fd, nstype=0)", fn<posix_setns>,
     "Move the calling thread into different namespaces."},
    {},
};

}  // namespace imugi::posix

namespace imugi {

void run_before_fork_hooks(Thread& thread) {
    posix::run_hooks(thread, &posix::PosixState::before_fork, true);
}
void run_after_fork_hooks(Thread& thread, bool child) {
    posix::run_hooks(
        thread, child ? &posix::PosixState::after_in_child : &posix::PosixState::after_in_parent,
        false);
}

}  // namespace imugi
