// The module's constants and tables of names. Filled into the module once; no state.
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <sysexits.h>
#include <unistd.h>

#include <linux/limits.h>
#include <linux/memfd.h>

#include "modules/constants.h"
#include "modules/posix/names.h"
#include "modules/posix/posix.h"
#include "object/dict.h"
#include "object/list.h"
#include "object/module.h"
#include "object/str.h"

namespace imugi::posix {

namespace {

#define NAME(constant) {#constant, static_cast<int64_t>(constant)}
const IntConstant constants[] = {
    NAME(F_OK),
    NAME(R_OK),
    NAME(W_OK),
    NAME(X_OK),
    NAME(NGROUPS_MAX),
    NAME(TMP_MAX),
    NAME(WCONTINUED),
    NAME(WNOHANG),
    NAME(WUNTRACED),
    NAME(O_RDONLY),
    NAME(O_WRONLY),
    NAME(O_RDWR),
    NAME(O_NDELAY),
    NAME(O_NONBLOCK),
    NAME(O_APPEND),
    NAME(O_DSYNC),
    NAME(O_RSYNC),
    NAME(O_SYNC),
    NAME(O_NOCTTY),
    NAME(O_CREAT),
    NAME(O_EXCL),
    NAME(O_TRUNC),
    NAME(O_LARGEFILE),
    NAME(O_PATH),
    NAME(O_TMPFILE),
    NAME(O_CLOEXEC),
    NAME(O_ACCMODE),
    NAME(O_FSYNC),
    NAME(SEEK_HOLE),
    NAME(SEEK_DATA),
    NAME(O_ASYNC),
    NAME(O_DIRECT),
    NAME(O_DIRECTORY),
    NAME(O_NOFOLLOW),
    NAME(O_NOATIME),
    NAME(EX_OK),
    NAME(EX_USAGE),
    NAME(EX_DATAERR),
    NAME(EX_NOINPUT),
    NAME(EX_NOUSER),
    NAME(EX_NOHOST),
    NAME(EX_UNAVAILABLE),
    NAME(EX_SOFTWARE),
    NAME(EX_OSERR),
    NAME(EX_OSFILE),
    NAME(EX_CANTCREAT),
    NAME(EX_IOERR),
    NAME(EX_TEMPFAIL),
    NAME(EX_PROTOCOL),
    NAME(EX_NOPERM),
    NAME(EX_CONFIG),
    NAME(ST_RDONLY),
    NAME(ST_NOSUID),
    NAME(ST_NODEV),
    NAME(ST_NOEXEC),
    NAME(ST_SYNCHRONOUS),
    NAME(ST_MANDLOCK),
    NAME(ST_WRITE),
    NAME(ST_APPEND),
    NAME(ST_NOATIME),
    NAME(ST_NODIRATIME),
    NAME(ST_RELATIME),
    NAME(POSIX_FADV_NORMAL),
    NAME(POSIX_FADV_SEQUENTIAL),
    NAME(POSIX_FADV_RANDOM),
    NAME(POSIX_FADV_NOREUSE),
    NAME(POSIX_FADV_WILLNEED),
    NAME(POSIX_FADV_DONTNEED),
    NAME(P_PID),
    NAME(P_PGID),
    NAME(P_ALL),
    {"P_PIDFD", 3},
    NAME(WEXITED),
    NAME(WNOWAIT),
    NAME(WSTOPPED),
    NAME(CLD_EXITED),
    NAME(CLD_KILLED),
    NAME(CLD_DUMPED),
    NAME(CLD_TRAPPED),
    NAME(CLD_STOPPED),
    NAME(CLD_CONTINUED),
    NAME(F_LOCK),
    NAME(F_TLOCK),
    NAME(F_ULOCK),
    NAME(F_TEST),
    NAME(RWF_DSYNC),
    NAME(RWF_HIPRI),
    NAME(RWF_SYNC),
    NAME(RWF_NOWAIT),
    NAME(RWF_APPEND),
    {"POSIX_SPAWN_OPEN", 0},
    {"POSIX_SPAWN_CLOSE", 1},
    {"POSIX_SPAWN_DUP2", 2},
    {"POSIX_SPAWN_CLOSEFROM", 3},
    NAME(SPLICE_F_MOVE),
    NAME(SPLICE_F_NONBLOCK),
    NAME(SPLICE_F_MORE),
    NAME(PRIO_PROCESS),
    NAME(PRIO_PGRP),
    NAME(PRIO_USER),
    NAME(SCHED_OTHER),
    NAME(SCHED_BATCH),
    NAME(SCHED_IDLE),
    NAME(SCHED_RR),
    NAME(SCHED_FIFO),
    NAME(SCHED_RESET_ON_FORK),
    NAME(XATTR_CREATE),
    NAME(XATTR_REPLACE),
    NAME(XATTR_SIZE_MAX),
    NAME(RTLD_LAZY),
    NAME(RTLD_NOW),
    NAME(RTLD_GLOBAL),
    NAME(RTLD_LOCAL),
    NAME(RTLD_NODELETE),
    NAME(RTLD_NOLOAD),
    NAME(RTLD_DEEPBIND),
    NAME(GRND_RANDOM),
    NAME(GRND_NONBLOCK),
    NAME(MFD_CLOEXEC),
    NAME(MFD_ALLOW_SEALING),
    NAME(MFD_HUGETLB),
    NAME(MFD_HUGE_SHIFT),
    NAME(MFD_HUGE_MASK),
    NAME(MFD_HUGE_64KB),
    NAME(MFD_HUGE_512KB),
    NAME(MFD_HUGE_1MB),
    NAME(MFD_HUGE_2MB),
    NAME(MFD_HUGE_8MB),
    NAME(MFD_HUGE_16MB),
    NAME(MFD_HUGE_32MB),
    NAME(MFD_HUGE_256MB),
    NAME(MFD_HUGE_512MB),
    NAME(MFD_HUGE_1GB),
    NAME(MFD_HUGE_2GB),
    NAME(MFD_HUGE_16GB),
    NAME(EFD_CLOEXEC),
    NAME(EFD_NONBLOCK),
    NAME(EFD_SEMAPHORE),
    NAME(TFD_CLOEXEC),
    NAME(TFD_NONBLOCK),
    NAME(TFD_TIMER_ABSTIME),
    NAME(TFD_TIMER_CANCEL_ON_SET),
    NAME(CLONE_FILES),
    NAME(CLONE_FS),
    NAME(CLONE_NEWCGROUP),
    NAME(CLONE_NEWIPC),
    NAME(CLONE_NEWNET),
    NAME(CLONE_NEWNS),
    NAME(CLONE_NEWPID),
    {"CLONE_NEWTIME", 0x80},
    NAME(CLONE_NEWUSER),
    NAME(CLONE_NEWUTS),
    NAME(CLONE_SIGHAND),
    NAME(CLONE_SYSVSEM),
    NAME(CLONE_THREAD),
    NAME(CLONE_VM),
    {"PIDFD_NONBLOCK", O_NONBLOCK},
    {"SCHED_DEADLINE", 6},
    {"NODEV", -1},
};
#undef NAME

const char* const have_functions[] = {
    "HAVE_EVENTFD",   "HAVE_TIMERFD_CREATE", "HAVE_FACCESSAT", "HAVE_FCHDIR",    "HAVE_FCHMOD",
    "HAVE_FCHMODAT",  "HAVE_FCHOWN",         "HAVE_FCHOWNAT",  "HAVE_FEXECVE",   "HAVE_FDOPENDIR",
    "HAVE_FPATHCONF", "HAVE_FSTATAT",        "HAVE_FSTATVFS",  "HAVE_FTRUNCATE", "HAVE_FUTIMENS",
    "HAVE_FUTIMES",   "HAVE_FUTIMESAT",      "HAVE_LINKAT",    "HAVE_LCHOWN",    "HAVE_LSTAT",
    "HAVE_LUTIMES",   "HAVE_MEMFD_CREATE",   "HAVE_MKDIRAT",   "HAVE_MKFIFOAT",  "HAVE_MKNODAT",
    "HAVE_OPENAT",    "HAVE_READLINKAT",     "HAVE_RENAMEAT",  "HAVE_SYMLINKAT", "HAVE_UNLINKAT",
    "HAVE_UTIMENSAT", "HAVE_PTSNAME_R",
};

bool add_names(Thread& thread, Module& module, const char* attribute, const ConfigName* names,
               size_t count) {
    Ref<Dict> dict = TRY(make_dict(thread, count));
    for (size_t i = 0; i < count; i++) {
        Ref<Str> name = TRY(make_str(thread, names[i].name));
        TRY(dict_set(thread, *dict, name, Owned::small_int(names[i].value)));
    }
    return module_set(thread, module, attribute, dict.value());
}

// The process's environment at this time, bytes to bytes.
Ref<Dict> make_environ(Thread& thread) {
    Ref<Dict> dict = TRY(make_dict(thread));
    for (char** entry = environ; entry && *entry; entry++) {
        const char* equals = strchr(*entry, '=');
        if (!equals) continue;
        Ref<Bytes> name = TRY(make_bytes(thread, *entry, static_cast<size_t>(equals - *entry)));
        Ref<Bytes> value = TRY(make_bytes(thread, equals + 1, strlen(equals + 1)));
        // The first of two entries with one name counts, as for getenv().
        (void)TRY(dict_set_default(thread, *dict, name, value));
    }
    return dict;
}

}  // namespace

bool add_constants(Thread& thread, Module& module) {
    TRY(add_int_constants(thread, module, constants));
    TRY(add_names(thread, module, "pathconf_names", pathconf_names, pathconf_name_count));
    TRY(add_names(thread, module, "confstr_names", confstr_names, confstr_name_count));
    TRY(add_names(thread, module, "sysconf_names", sysconf_names, sysconf_name_count));
    Ref<List> list = TRY(make_list(thread));
    for (const char* name : have_functions)
        TRY(list_append(thread, *list, make_str(thread, name).owned()));
    TRY(module_set(thread, module, "_have_functions", list.value()));
    Ref<Dict> environment = TRY(make_environ(thread));
    TRY(module_set(thread, module, "environ", environment.value()));
    return module_set(thread, module, "error", Value::of(exc::OSError));
}

Owned current_environ(Thread& thread) {
    return make_environ(thread);
}

}  // namespace imugi::posix
