// The grp module: the group database. getgrall() walks the C library's one cursor under a mutex.
#include <grp.h>

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
    {"gr_name", "group name"},
    {"gr_passwd", "password"},
    {"gr_gid", "group id"},
    {"gr_mem", "group members"},
};
const StructSequenceSpec group_spec = {
    "grp.struct_group",
    "grp.struct_group: Results from getgr*() routines.\n\n"
    "This object may be accessed either as a tuple of\n"
    "  (gr_name,gr_passwd,gr_gid,gr_mem)\n"
    "or via the object attributes as named in the above tuple.\n",
    fields, 4, 4};
SharedStruct group_type{group_spec};
RuntimeMutex cursor_mutex;

Owned make_entry(Thread& thread, const group& entry) {
    Type* type = group_type.get(thread);
    if (!type) return {};
    Ref<Tuple> tuple = TRY(make_struct_sequence(thread, *type));
    Ref<List> members = TRY(make_list(thread));
    for (char** member = entry.gr_mem; member && *member; member++)
        TRY(list_append(thread, *members, decode_fs(thread, *member).owned()));
    tuple->items[0].init(TRY(decode_fs(thread, entry.gr_name)).owned());
    tuple->items[1].init(entry.gr_passwd ? TRY(decode_fs(thread, entry.gr_passwd)).owned()
                                         : Owned::share(none()));
    tuple->items[2].init(Owned::small_int(entry.gr_gid == UINT32_MAX ? -1 : int64_t{entry.gr_gid}));
    tuple->items[3].init(std::move(members).owned());
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
        group entry;
        group* found = nullptr;
        int error;
        {
            Detached detached(thread);
            error = find(&entry, room.data, size, &found);
        }
        if (found) return make_entry(thread, entry);
        if (error != ERANGE || size > (1 << 24)) return Owned::nothing();
    }
}

Owned grp_getgrnam(Thread& thread, Value, Str& name) {
    Ref<Bytes> text = TRY(fs_encode_path(thread, Value::of(name)));
    Owned entry = TRY(find_entry(thread, [&](group* e, char* b, size_t n, group** found) {
        return getgrnam_r(text->text(), e, b, n, found);
    }));
    if (entry.is_nothing())
        return raise(thread, exc::KeyError, "getgrnam(): name not found: {}",
                     repr_of(Value::of(name)));
    return entry;
}

Owned grp_getgrgid(Thread& thread, Value, Value id) {
    Owned index = TRY(to_index(thread, id));
    int64_t gid;
    Owned entry = Owned::nothing();
    if (int_fits_int64(index, &gid) && gid >= -1 && gid <= UINT32_MAX)
        entry = TRY(find_entry(thread, [&](group* e, char* b, size_t n, group** found) {
            return getgrgid_r(static_cast<gid_t>(gid), e, b, n, found);
        }));
    if (entry.is_nothing())
        return raise(thread, exc::KeyError, "getgrgid(): gid not found: {}", index);
    return entry;
}

Owned grp_getgrall(Thread& thread, Value) {
    Ref<List> list = TRY(make_list(thread));
    MutexGuard guard(cursor_mutex);
    setgrent();
    bool ok = true;
    while (ok) {
        group* entry = getgrent();
        if (!entry) break;
        Owned item = make_entry(thread, *entry);
        ok = item && list_append(thread, *list, std::move(item));
    }
    endgrent();
    if (!ok) return {};
    return list;
}

const MethodRow functions[] = {
    {"getgrgid", "(module, /, id)", fn<grp_getgrgid>,
     "Return the group database entry for the given numeric group ID.\n\n"
     "If id is not valid, raise KeyError."},
    {"getgrnam", "(module, /, name)", fn<grp_getgrnam>,
     "Return the group database entry for the given group name.\n\n"
     "If name is not valid, raise KeyError."},
    {"getgrall", "(module, /)", fn<grp_getgrall>,
     "Return a list of all available group entries, in arbitrary order.\n\n"
     "An entry whose name starts with '+' or '-' represents an instruction\n"
     "to use YP/NIS and may not be accessible via getgrnam or getgrgid."},
    {},
};

bool execute(Thread& thread, Module& module) {
    return group_type.add_to(thread, module);
}

ModuleSpec spec{"grp",
                "Access to the Unix group database.\n\n"
                "Group entries are reported as 4-tuples containing the following fields\n"
                "from the group database, in order:\n\n"
                "  gr_name   - name of the group\n"
                "  gr_passwd - group password (encrypted); often empty\n"
                "  gr_gid    - numeric ID of the group\n"
                "  gr_mem    - list of members\n\n"
                "The gid is an integer, name and password are strings.  (Note that most\n"
                "users are not explicitly listed as members of the groups they are in\n"
                "according to the password database.  Check both databases to get\n"
                "complete membership information.)",
                functions, execute};

}  // namespace

}  // namespace imugi
