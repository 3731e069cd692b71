// The pwd module: the password database. getpwall() walks the C library's one cursor under a mutex.
#include <pwd.h>

#include <cerrno>

#include "memory/array.h"
#include "memory/collector.h"
#include "modules/fs_path.h"
#include "modules/shared_struct.h"
#include "object/int.h"
#include "object/list.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"
#include "thread/lock.h"

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
RuntimeMutex cursor_mutex;

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
    auto id = [](uint32_t n) { return n == UINT32_MAX ? int64_t{-1} : int64_t{n}; };
    TRY(text(0, entry.pw_name) && text(1, entry.pw_passwd) && text(4, entry.pw_gecos) &&
        text(5, entry.pw_dir) && text(6, entry.pw_shell));
    tuple->items[2].init(Owned::small_int(id(entry.pw_uid)));
    tuple->items[3].init(Owned::small_int(id(entry.pw_gid)));
    track(tuple.get());
    return tuple;
}

struct Room {
    char* data = nullptr;
    ~Room() { array_free(data); }
};

// One look-up with a growing buffer; nothing when there is no such entry.
template <class Find>
Owned find_entry(Thread& thread, Find find) {
    Room room;
    for (size_t size = 1024;; size *= 2) {
        auto* grown = static_cast<char*>(array_reallocate(room.data, size));
        if (!grown) return raise_memory_error(thread);
        room.data = grown;
        passwd entry;
        passwd* found = nullptr;
        int error;
        {
            Detached detached(thread);
            error = find(&entry, room.data, size, &found);
        }
        if (found) return make_entry(thread, entry);
        if (error != ERANGE || size > (1 << 24)) return Owned::nothing();
    }
}

Owned pwd_getpwnam(Thread& thread, Value, Str& name) {
    Ref<Bytes> text = TRY(fs_encode_path(thread, Value::of(name)));
    Owned entry = TRY(find_entry(thread, [&](passwd* e, char* b, size_t n, passwd** found) {
        return getpwnam_r(text->text(), e, b, n, found);
    }));
    if (entry.is_nothing())
        return raise(thread, exc::KeyError, "getpwnam(): name not found: {}",
                     repr_of(Value::of(name)));
    return entry;
}

Owned pwd_getpwuid(Thread& thread, Value, Value id) {
    Owned index = TRY(to_index(thread, id));
    int64_t uid;
    Owned entry = Owned::nothing();
    if (int_fits_int64(index, &uid) && uid >= -1 && uid <= UINT32_MAX)
        entry = TRY(find_entry(thread, [&](passwd* e, char* b, size_t n, passwd** found) {
            return getpwuid_r(static_cast<uid_t>(uid), e, b, n, found);
        }));
    if (entry.is_nothing())
        return raise(thread, exc::KeyError, "getpwuid(): uid not found: {}", index);
    return entry;
}

Owned pwd_getpwall(Thread& thread, Value) {
    Ref<List> list = TRY(make_list(thread));
    MutexGuard guard(cursor_mutex);
    setpwent();
    bool ok = true;
    while (ok) {
        passwd* entry = getpwent();
        if (!entry) break;
        Owned item = make_entry(thread, *entry);
        ok = item && list_append(thread, *list, std::move(item));
    }
    endpwent();
    if (!ok) return {};
    return list;
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
