// The pwd module: the password database.
#include <pwd.h>

#include "memory/collector.h"
#include "modules/account_database.h"
#include "modules/shared_struct.h"

namespace imugi {

namespace {

const StructField fields[] = {
    {"pw_name", "user name"},      {"pw_passwd", "password"}, {"pw_uid", "user id"},
    {"pw_gid", "group id"},        {"pw_gecos", "real name"}, {"pw_dir", "home directory"},
    {"pw_shell", "shell program"},
};
const StructSequenceSpec passwd_spec = {
    "pwd.struct_passwd",
    "pwd.struct_passwd: Results from getpw*() routines.\n\n"
    "This object may be accessed either as a tuple of\n"
    "  (pw_name,pw_passwd,pw_uid,pw_gid,pw_gecos,pw_dir,pw_shell)\n"
    "or via the object attributes as named in the above tuple.",
    fields, 7, 7};
SharedStruct passwd_type{passwd_spec};

Owned make_entry(Thread& thread, const passwd& entry) {
    Type* type = passwd_type.get(thread);
    if (!type) return {};
    Ref<Tuple> tuple = TRY(make_struct_sequence(thread, *type));
    auto text = [&](size_t i, const char* value) -> bool {
        Owned item = value ? decode_fs(thread, value).owned() : Owned::share(none());
        if (!item) return false;
        tuple->items[i].init(std::move(item));
        return true;
    };
    TRY(text(0, entry.pw_name) && text(1, entry.pw_passwd) && text(4, entry.pw_gecos) &&
        text(5, entry.pw_dir) && text(6, entry.pw_shell));
    tuple->items[2].init(posix::make_id(thread, entry.pw_uid));
    tuple->items[3].init(posix::make_id(thread, entry.pw_gid));
    track(tuple.get());
    return tuple;
}

AccountDatabase<passwd> users{getpwnam_r, getpwuid_r, setpwent, getpwent, endpwent, make_entry, {}};

Owned pwd_getpwnam(Thread& thread, Value, Str& name) {
    return users.find(thread, name, "getpwnam");
}
Owned pwd_getpwuid(Thread& thread, Value, Value id) {
    Result<uint32_t> uid = posix::load_id(thread, id, "uid");
    if (uid) return users.find(thread, *uid, "getpwuid", "uid");
    if (!clear_exception_if(thread, exc::OverflowError)) return {};
    return raise(thread, exc::KeyError, "getpwuid(): uid not found");
}
Owned pwd_getpwall(Thread& thread, Value) {
    return users.list(thread);
}

const MethodRow functions[] = {
    {"getpwuid", "(module, uidobj, /)", fn<pwd_getpwuid>,
     "Return the password database entry for the given numeric user ID.\n\n"
     "See `help(pwd)` for more on password database entries."},
    {"getpwnam", "(module, name, /)", fn<pwd_getpwnam>,
     "Return the password database entry for the given user name.\n\n"
     "See `help(pwd)` for more on password database entries."},
    {"getpwall", "(module, /)", fn<pwd_getpwall>,
     "Return a list of all available password database entries, in arbitrary order.\n\n"
     "See help(pwd) for more on password database entries."},
    {},
};

bool execute(Thread& thread, Module& module) {
    return passwd_type.add_to(thread, module);
}

ModuleSpec spec{"pwd",
                "This module provides access to the Unix password database.\n"
                "It is available on all Unix versions.\n\n"
                "Password database entries are reported as 7-tuples containing the following\n"
                "items from the password database (see `<pwd.h>'), in order:\n"
                "pw_name, pw_passwd, pw_uid, pw_gid, pw_gecos, pw_dir, pw_shell.\n"
                "The uid and gid items are integers, all others are strings. An\n"
                "exception is raised if the entry asked for cannot be found.",
                functions, execute};

}  // namespace

}  // namespace imugi
