// _posixsubprocess.fork_exec: a child process for the subprocess module. Between fork and exec the
// child calls nothing but async-signal-safe functions, unless there is a preexec_fn.
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "memory/array.h"
#include "modules/_imp/import_lock.h"
#include "modules/posix/posix.h"
#include "modules/posix/vectors.h"
#include "object/exception.h"
#include "object/interpreter.h"
#include "object/module.h"
#include "object/protocol.h"
#include "object/str.h"
#include "thread/safepoint.h"

namespace imugi {

using posix::StringVector;

namespace {

// Everything the child needs, converted before the fork.
struct Child {
    char* const* programs;  // paths to try, null-terminated
    char* const* arguments;
    char* const* environment;  // null: the parent's
    const char* directory;     // null: the parent's
    const int* kept;           // descriptors to pass on, ascending
    size_t kept_count;
    int stdin_read, stdin_write, stdout_read, stdout_write, stderr_read, stderr_write;
    int error_read, error_write;
    bool close_fds, restore_signals, new_session;
    int64_t group;  // setpgid, -1: none
    int64_t gid, uid, umask;
    const gid_t* groups;  // null: unchanged
    size_t group_count;
};

int set_inheritable(int fd) {
    int flags = fcntl(fd, F_GETFD);
    if (flags < 0) return -1;
    return flags & FD_CLOEXEC ? fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC) : 0;
}

// Closes all descriptors from 3 on but those kept.
void close_others(const Child& child) {
    unsigned from = 3;
    for (size_t i = 0; i <= child.kept_count; i++) {
        unsigned keep = i < child.kept_count ? static_cast<unsigned>(child.kept[i]) : ~0u;
        if (i < child.kept_count && keep < from) continue;
        if (keep > from && close_range(from, keep == ~0u ? ~0u : keep - 1, 0) < 0) {
            long most = sysconf(_SC_OPEN_MAX);
            unsigned end = keep == ~0u ? static_cast<unsigned>(most > 0 ? most : 256) : keep;
            for (unsigned fd = from; fd < end; fd++) close(static_cast<int>(fd));
        }
        from = keep + 1;
        if (keep == ~0u) return;
    }
}

// Puts `fd` in place of the standard descriptor.
bool place(int fd, int target) {
    if (fd == target) return set_inheritable(fd) == 0;
    return fd < 0 || dup2(fd, target) >= 0;
}

void restore_default_signals() {
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
}

// Sets up the child; false: errno and *stage say what failed.
bool prepare(Child& child, const char** stage) {
    *stage = "";
    for (size_t i = 0; i < child.kept_count; i++)
        if (child.kept[i] != child.error_write && set_inheritable(child.kept[i]) < 0) return false;
    if (child.stdin_write >= 0 && close(child.stdin_write) < 0) return false;
    if (child.stdout_read >= 0 && close(child.stdout_read) < 0) return false;
    if (child.stderr_read >= 0 && close(child.stderr_read) < 0) return false;
    if (close(child.error_read) < 0) return false;
    // Standard descriptors must not be overwritten before they are duplicated.
    if (child.stdout_write == 0 && (child.stdout_write = dup(0)) < 0) return false;
    while (child.stderr_write == 0 || child.stderr_write == 1)
        if ((child.stderr_write = dup(child.stderr_write)) < 0) return false;
    if (!place(child.stdin_read, 0) || !place(child.stdout_write, 1) ||
        !place(child.stderr_write, 2))
        return false;
    if (child.directory && chdir(child.directory) < 0) {
        *stage = "noexec:chdir";
        return false;
    }
    if (child.umask >= 0) umask(static_cast<mode_t>(child.umask));
    if (child.restore_signals) restore_default_signals();
    if (child.new_session) setsid();
    if (child.group >= 0 && setpgid(0, static_cast<pid_t>(child.group)) < 0) return false;
    if (child.groups && setgroups(child.group_count, child.groups) < 0) return false;
    auto gid = static_cast<gid_t>(child.gid);
    auto uid = static_cast<uid_t>(child.uid);
    if (child.gid >= 0 && setregid(gid, gid) < 0) return false;
    if (child.uid >= 0 && setreuid(uid, uid) < 0) return false;
    return true;
}

void write_all(int fd, const char* text) {
    size_t left = strlen(text);
    while (left > 0) {
        ssize_t n = write(fd, text, left);
        if (n <= 0) return;
        text += n;
        left -= static_cast<size_t>(n);
    }
}

// "OSError:hex errno:stage" for the parent.
void report(int fd, int error, const char* stage) {
    char digits[16];
    size_t at = sizeof digits;
    auto rest = static_cast<unsigned>(error);
    digits[--at] = 0;
    do digits[--at] = "0123456789ABCDEF"[rest % 16];
    while (rest /= 16);
    write_all(fd, "OSError:");
    write_all(fd, digits + at);
    write_all(fd, ":");
    write_all(fd, stage);
}

[[noreturn]] void exec_child(Child& child) {
    if (child.close_fds) close_others(child);
    int error = 0;
    for (char* const* program = child.programs; *program; program++) {
        if (child.environment)
            execve(*program, child.arguments, child.environment);
        else
            execv(*program, child.arguments);
        // A missing program is the weakest reason.
        if (errno != ENOENT && errno != ENOTDIR)
            error = errno;
        else if (error == 0)
            error = -errno;
    }
    report(child.error_write, error < 0 ? -error : error, "");
    _exit(255);
}

struct Numbers {
    void* data = nullptr;
    ~Numbers() { array_free(data); }
};

bool load_kept(Thread& thread, Value pass_fds, Numbers& room, size_t* count) {
    if (!is_tuple(pass_fds))
        return raise(thread, exc::TypeError, "fork_exec() argument 4 must be tuple, not {}",
                     type_name_of(pass_fds));
    auto& tuple = pass_fds.as<Tuple>();
    auto* numbers = static_cast<int*>(array_allocate((tuple.size + 1) * sizeof(int)));
    if (!numbers) return raise_memory_error(thread);
    room.data = numbers;
    int64_t last = -1;
    for (size_t i = 0; i < tuple.size; i++) {
        int64_t fd;
        if (!is_int(tuple[i]) || !int_fits_int64(tuple[i], &fd) || fd < 0 || fd <= last ||
            fd > INT32_MAX)
            return raise(thread, exc::ValueError, "bad value(s) in fds_to_keep");
        numbers[i] = static_cast<int>(last = fd);
    }
    *count = tuple.size;
    return true;
}

bool load_groups(Thread& thread, Value groups, Numbers& room, Child& child) {
    if (is_none(groups)) return true;
    if (!is_list(groups) && !is_tuple(groups))
        return raise(thread, exc::TypeError, "setgroups argument must be a sequence");
    Ref<Tuple> tuple = TRY(to_tuple(thread, groups));
    auto* ids = static_cast<gid_t*>(array_allocate((tuple->size + 1) * sizeof(gid_t)));
    if (!ids) return raise_memory_error(thread);
    room.data = ids;
    for (size_t i = 0; i < tuple->size; i++) {
        if (!is_int((*tuple)[i])) return raise(thread, exc::TypeError, "groups must be integers");
        auto id = posix::load_id(thread, (*tuple)[i], "gid");
        if (!id) {
            clear_exception(thread);
            return raise(thread, exc::ValueError, "invalid group id");
        }
        ids[i] = *id;
    }
    child.groups = ids;
    child.group_count = tuple->size;
    return true;
}

Result<int64_t> load_optional_id(Thread& thread, Value value, const char* kind) {
    if (is_none(value)) return int64_t{-1};
    return int64_t{TRY(posix::load_id(thread, value, kind))};
}

Owned fork_exec(Thread& thread, Value, Value args, Value executables, bool close_fds,
                Value pass_fds, Value cwd, Value env, int p2cread, int p2cwrite, int c2pread,
                int c2pwrite, int errread, int errwrite, int errpipe_read, int errpipe_write,
                bool restore_signals, bool call_setsid, int pgid_to_set, Value gid,
                Value extra_groups, Value uid, int child_umask, Value preexec_fn, bool) {
    if (close_fds && errpipe_write < 3)
        return raise(thread, exc::ValueError, "errpipe_write must be >= 3");
    bool has_preexec = !is_none(preexec_fn);
    if (interpreter_of(thread).finalizing.load(std::memory_order_relaxed))
        return raise(thread, exc::PythonFinalizationError,
                     has_preexec ? "preexec_fn not supported at interpreter shutdown"
                                 : "can't fork at interpreter shutdown");
    Child child{};
    StringVector programs(thread), arguments(thread), environment(thread);
    TRY(programs.load_arguments(executables));
    Owned sequence = TRY(fast_sequence(thread, args, "argv must be a tuple"));
    TRY(arguments.load_arguments(sequence));
    if (!is_none(env)) {
        TRY(environment.load_arguments(env));
        child.environment = environment.data();
    }
    Ref<Bytes> directory;
    if (!is_none(cwd)) {
        directory = TRY(fs_encode_path(thread, cwd));
        child.directory = directory->text();
    }
    Numbers kept, groups;
    TRY(load_kept(thread, pass_fds, kept, &child.kept_count));
    child.kept = static_cast<const int*>(kept.data);
    TRY(load_groups(thread, extra_groups, groups, child));
    child.gid = TRY(load_optional_id(thread, gid, "gid"));
    child.uid = TRY(load_optional_id(thread, uid, "uid"));
    child.programs = programs.data();
    child.arguments = arguments.data();
    child.stdin_read = p2cread;
    child.stdin_write = p2cwrite;
    child.stdout_read = c2pread;
    child.stdout_write = c2pwrite;
    child.stderr_read = errread;
    child.stderr_write = errwrite;
    child.error_read = errpipe_read;
    child.error_write = errpipe_write;
    child.close_fds = close_fds;
    child.restore_signals = restore_signals;
    child.new_session = call_setsid;
    child.group = pgid_to_set;
    child.umask = child_umask;
    if (has_preexec) {
        run_before_fork_hooks(thread);
        acquire_import_lock(thread);
    }
    before_fork(thread);
    pid_t pid = fork();
    int error = errno;
    if (pid == 0) {
        const char* stage;
        if (!prepare(child, &stage)) {
            report(child.error_write, errno, stage);
            _exit(255);
        }
        if (has_preexec) {
            after_fork_child(thread);
            (void)release_import_lock(thread);
            run_after_fork_hooks(thread, true);
            Owned result = call(thread, preexec_fn);
            if (!result) {
                write_all(child.error_write, "SubprocessError:0:Exception occurred in preexec_fn.");
                _exit(255);
            }
        }
        exec_child(child);
    }
    after_fork_parent(thread);
    if (has_preexec) {
        (void)release_import_lock(thread);
        run_after_fork_hooks(thread, false);
    }
    if (pid < 0) return raise_os_error(thread, error);
    return Owned::small_int(pid);
}

const MethodRow functions[] = {
    {"fork_exec",
     "(module, args, executable_list, close_fds, pass_fds, cwd, env, p2cread, p2cwrite, c2pread, "
     "c2pwrite, errread, errwrite, errpipe_read, errpipe_write, restore_signals, call_setsid, "
     "pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn, allow_vfork=False, /)",
     fn<fork_exec>,
     "Spawn a fresh new child process.\n\n"
     "Fork a child process, close parent file descriptors as appropriate in the\n"
     "child and duplicate the few that are needed before calling exec() in the\n"
     "child process.\n\n"
     "If close_fds is True, close file descriptors 3 and higher, except those listed\n"
     "in the sorted tuple pass_fds.\n\n"
     "The preexec_fn, if supplied, will be called immediately before closing file\n"
     "descriptors and exec.\n\n"
     "Raises: Only on an error in the parent process."},
    {},
};

ModuleSpec spec{"_posixsubprocess", "A POSIX helper for the subprocess module.", functions};

}  // namespace

}  // namespace imugi
