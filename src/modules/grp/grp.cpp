// The grp module: the group database.
#include <grp.h>

#include "memory/collector.h"
#include "modules/account_database.h"
#include "modules/shared_struct.h"

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
    tuple->items[2].init(posix::make_id(thread, entry.gr_gid));
    tuple->items[3].init(std::move(members).owned());
    track(tuple.get());
    return tuple;
}

AccountDatabase<group> groups{getgrnam_r, getgrgid_r, setgrent, getgrent, endgrent, make_entry, {}};

Owned grp_getgrnam(Thread& thread, Value, Str& name) {
    return groups.find(thread, name, "getgrnam");
}
Owned grp_getgrgid(Thread& thread, Value, Value id) {
    uint32_t gid = TRY(posix::load_id(thread, id, "gid"));
    return groups.find(thread, gid, "getgrgid", "gid");
}
Owned grp_getgrall(Thread& thread, Value) {
    return groups.list(thread);
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
