// Who the process is: ids of process, user, group, session. One system call each; no state.
#include <grp.h>
#include <unistd.h>

#include "memory/array.h"
#include "modules/posix/posix.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi::posix {

namespace {

Owned posix_getpid(Thread&, Value) {
    return Owned::small_int(getpid());
}
Owned posix_getppid(Thread&, Value) {
    return Owned::small_int(getppid());
}
Owned posix_getuid(Thread& thread, Value) {
    return make_id(thread, getuid());
}
Owned posix_geteuid(Thread& thread, Value) {
    return make_id(thread, geteuid());
}
Owned posix_getgid(Thread& thread, Value) {
    return make_id(thread, getgid());
}
Owned posix_getegid(Thread& thread, Value) {
    return make_id(thread, getegid());
}
Owned posix_getpgrp(Thread&, Value) {
    return Owned::small_int(getpgrp());
}
Owned posix_setpgrp(Thread& thread, Value) {
    return done(thread, setpgid(0, 0));
}
Owned posix_getpgid(Thread& thread, Value, int pid) {
    return number(thread, getpgid(pid));
}
Owned posix_setpgid(Thread& thread, Value, int pid, int group) {
    return done(thread, setpgid(pid, group));
}
Owned posix_getsid(Thread& thread, Value, int pid) {
    return number(thread, getsid(pid));
}
Owned posix_setsid(Thread& thread, Value) {
    return done(thread, setsid() < 0 ? -1 : 0);
}

Owned posix_setuid(Thread& thread, Value, Value id) {
    uint32_t uid = TRY(load_id(thread, id, "uid"));
    return done(thread, setuid(uid));
}
Owned posix_seteuid(Thread& thread, Value, Value id) {
    uint32_t uid = TRY(load_id(thread, id, "uid"));
    return done(thread, seteuid(uid));
}
Owned posix_setgid(Thread& thread, Value, Value id) {
    uint32_t gid = TRY(load_id(thread, id, "gid"));
    return done(thread, setgid(gid));
}
Owned posix_setegid(Thread& thread, Value, Value id) {
    uint32_t gid = TRY(load_id(thread, id, "gid"));
    return done(thread, setegid(gid));
}
Owned posix_setreuid(Thread& thread, Value, Value real, Value effective) {
    uint32_t ruid = TRY(load_id(thread, real, "uid"));
    uint32_t euid = TRY(load_id(thread, effective, "uid"));
    return done(thread, setreuid(ruid, euid));
}
Owned posix_setregid(Thread& thread, Value, Value real, Value effective) {
    uint32_t rgid = TRY(load_id(thread, real, "gid"));
    uint32_t egid = TRY(load_id(thread, effective, "gid"));
    return done(thread, setregid(rgid, egid));
}
Owned posix_setresuid(Thread& thread, Value, Value real, Value effective, Value saved) {
    uint32_t ruid = TRY(load_id(thread, real, "uid"));
    uint32_t euid = TRY(load_id(thread, effective, "uid"));
    uint32_t suid = TRY(load_id(thread, saved, "uid"));
    return done(thread, setresuid(ruid, euid, suid));
}
Owned posix_setresgid(Thread& thread, Value, Value real, Value effective, Value saved) {
    uint32_t rgid = TRY(load_id(thread, real, "gid"));
    uint32_t egid = TRY(load_id(thread, effective, "gid"));
    uint32_t sgid = TRY(load_id(thread, saved, "gid"));
    return done(thread, setresgid(rgid, egid, sgid));
}
Owned make_three(Thread& thread, uint32_t a, uint32_t b, uint32_t c) {
    Owned first = TRY(make_id(thread, a));
    Owned second = TRY(make_id(thread, b));
    Owned third = TRY(make_id(thread, c));
    return make_tuple(thread, first, second, third);
}
Owned posix_getresuid(Thread& thread, Value) {
    uid_t real, effective, saved;
    if (getresuid(&real, &effective, &saved) < 0) return fail(thread);
    return make_three(thread, real, effective, saved);
}
Owned posix_getresgid(Thread& thread, Value) {
    gid_t real, effective, saved;
    if (getresgid(&real, &effective, &saved) < 0) return fail(thread);
    return make_three(thread, real, effective, saved);
}

// Room for group ids.
struct Groups {
    gid_t* ids = nullptr;
    ~Groups() { array_free(ids); }
    bool reserve(Thread& thread, size_t count) {
        array_free(ids);
        ids = static_cast<gid_t*>(array_allocate((count + 1) * sizeof(gid_t)));
        return ids || raise_memory_error(thread);
    }
};

Owned make_groups(Thread& thread, const gid_t* ids, int count) {
    Ref<List> list = TRY(make_list(thread));
    for (int i = 0; i < count; i++) TRY(list_append(thread, *list, make_id(thread, ids[i])));
    return list;
}

Owned posix_getgroups(Thread& thread, Value) {
    int count = getgroups(0, nullptr);
    if (count < 0) return fail(thread);
    Groups groups;
    TRY(groups.reserve(thread, static_cast<size_t>(count)));
    count = getgroups(count, groups.ids);
    if (count < 0) return fail(thread);
    return make_groups(thread, groups.ids, count);
}

Owned posix_setgroups(Thread& thread, Value, Value sequence) {
    Ref<Tuple> tuple = TRY(to_tuple(thread, sequence));
    Groups groups;
    TRY(groups.reserve(thread, tuple->size));
    for (size_t i = 0; i < tuple->size; i++)
        groups.ids[i] = TRY(load_id(thread, (*tuple)[i], "gid"));
    return done(thread, setgroups(tuple->size, groups.ids));
}

Owned posix_getgrouplist(Thread& thread, Value, Value user, Value group) {
    Ref<Bytes> name = TRY(fs_encode_path(thread, user));
    uint32_t gid = TRY(load_id(thread, group, "gid"));
    for (int room = 64;; room *= 2) {
        Groups groups;
        TRY(groups.reserve(thread, static_cast<size_t>(room)));
        int count = room;
        int result =
            blocking(thread, [&] { return getgrouplist(name->text(), gid, groups.ids, &count); });
        if (result >= 0) return make_groups(thread, groups.ids, count);
        if (room > 1 << 20) return fail(thread);
    }
}
Owned posix_initgroups(Thread& thread, Value, Value user, Value group) {
    Ref<Bytes> name = TRY(fs_encode_path(thread, user));
    uint32_t gid = TRY(load_id(thread, group, "gid"));
    return done(thread, blocking(thread, [&] { return initgroups(name->text(), gid); }));
}

Owned posix_getlogin(Thread& thread, Value) {
    char name[256];
    int error = blocking(thread, [&] { return getlogin_r(name, sizeof name); });
    if (error) return raise_os_error(thread, error);
    return decode_fs(thread, name);
}

}  // namespace

const MethodRow identity_functions[] = {
    {"getpid", "(module, /)", fn<posix_getpid>, "Return the current process id."},
    {"getppid", "(module, /)", fn<posix_getppid>,
     "Return the parent's process id.\n\n"
     "If the parent process has already exited, Windows machines will still\n"
     "return its id; others systems will return the id of the 'init' process (1)."},
    {"getuid", "(module, /)", fn<posix_getuid>, "Return the current process's user id."},
    {"geteuid", "(module, /)", fn<posix_geteuid>,
     "Return the current process's effective user id."},
    {"getgid", "(module, /)", fn<posix_getgid>, "Return the current process's group id."},
    {"getegid", "(module, /)", fn<posix_getegid>,
     "Return the current process's effective group id."},
    {"getpgrp", "(module, /)", fn<posix_getpgrp>, "Return the current process group id."},
    {"setpgrp", "(module, /)", fn<posix_setpgrp>,
     "Make the current process the leader of its process group."},
    {"getpgid", "(module, /, pid)", fn<posix_getpgid>,
     "Call the system call getpgid(), and return the result."},
    {"setpgid", "(module, pid, pgrp, /)", fn<posix_setpgid>,
     "Call the system call setpgid(pid, pgrp)."},
    {"getsid", "(module, pid, /)", fn<posix_getsid>,
     "Call the system call getsid(pid) and return the result."},
    {"setsid", "(module, /)", fn<posix_setsid>, "Call the system call setsid()."},
    {"setuid", "(module, uid, /)", fn<posix_setuid>, "Set the current process's user id."},
    {"seteuid", "(module, euid, /)", fn<posix_seteuid>,
     "Set the current process's effective user id."},
    {"setgid", "(module, gid, /)", fn<posix_setgid>, "Set the current process's group id."},
    {"setegid", "(module, egid, /)", fn<posix_setegid>,
     "Set the current process's effective group id."},
    {"setreuid", "(module, ruid, euid, /)", fn<posix_setreuid>,
     "Set the current process's real and effective user ids."},
    {"setregid", "(module, rgid, egid, /)", fn<posix_setregid>,
     "Set the current process's real and effective group ids."},
    {"setresuid", "(module, ruid, euid, suid, /)", fn<posix_setresuid>,
     "Set the current process's real, effective, and saved user ids."},
    {"setresgid", "(module, rgid, egid, sgid, /)", fn<posix_setresgid>,
     "Set the current process's real, effective, and saved group ids."},
    {"getresuid", "(module, /)", fn<posix_getresuid>,
     "Return a tuple of the current process's real, effective, and saved user ids."},
    {"getresgid", "(module, /)", fn<posix_getresgid>,
     "Return a tuple of the current process's real, effective, and saved group ids."},
    {"getgroups", "(module, /)", fn<posix_getgroups>,
     "Return list of supplemental group IDs for the process."},
    {"setgroups", "(module, groups, /)", fn<posix_setgroups>,
     "Set the groups of the current process to list."},
    {"getgrouplist", "(module, user, group, /)", fn<posix_getgrouplist>,
     "Returns a list of groups to which a user belongs."},
    {"initgroups", "(module, username, gid, /)", fn<posix_initgroups>,
     "Initialize the group access list."},
    {"getlogin", "(module, /)", fn<posix_getlogin>, "Return the actual login name."},
    {},
};

}  // namespace imugi::posix
