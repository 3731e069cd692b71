// listdir, scandir and DirEntry. An iterator's directory handle is used under its Lock; an entry is
// immutable but for its cached stat results.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory/collector.h"
#include "modules/native_class.h"
#include "modules/posix/posix.h"
#include "object/attribute.h"
#include "object/audit.h"
#include "object/exception.h"
#include "object/iterators.h"
#include "object/list.h"
#include "object/names.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/str.h"
#include "thread/lock.h"

namespace imugi::posix {

namespace {

struct DirEntry : Object {
    Slot name, path;   // str or bytes
    Slot stat, lstat;  // cached results; empty for none
    uint64_t inode;
    int dir_fd;    // the scanned directory if it was given as a descriptor; else AT_FDCWD
    uint8_t kind;  // d_type
};

struct ScandirIterator : Object {
    Slot path;       // as given; empty for a descriptor
    DIR* directory;  // null once closed
    int fd;          // the descriptor given, or -1
    bool as_bytes;
};

extern const TypeSpec dir_entry_spec, scandir_spec;
constinit NativeClass dir_entry_class{dir_entry_spec};
constinit NativeClass scandir_class{scandir_spec};

}  // namespace

}  // namespace imugi::posix

namespace imugi {
IMUGI_NATIVE_CLASS(posix::DirEntry, posix::dir_entry_class);
IMUGI_NATIVE_CLASS(posix::ScandirIterator, posix::scandir_class);
}  // namespace imugi

namespace imugi::posix {

namespace {

bool is_dot_name(const char* name) {
    return name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0));
}

// A directory stream; the descriptor given by the caller stays his.
DIR* open_directory(Thread& thread, const PathArgument& path) {
    return blocking(thread, [&]() -> DIR* {
        if (!path.is_fd()) return opendir(path.text());
        int copy = fcntl(path.fd, F_DUPFD_CLOEXEC, 0);
        if (copy < 0) return nullptr;
        DIR* directory = fdopendir(copy);
        if (!directory) {
            int error = errno;
            close(copy);
            errno = error;
        } else {
            rewinddir(directory);
        }
        return directory;
    });
}

void close_directory(Thread& thread, DIR* directory, bool rewind) {
    blocking(thread, [&] {
        if (rewind) rewinddir(directory);
        return closedir(directory);
    });
}

Owned posix_listdir(Thread& thread, Value, Value value) {
    PathArgument path;
    TRY(load_path(thread, value, "listdir", &path, true, true));
    TRY(audit(thread, "os.listdir", value));
    DIR* directory = open_directory(thread, path);
    if (!directory) return fail(thread, path.object);
    Ref<List> names = make_list(thread);
    bool ok = static_cast<bool>(names);
    while (ok) {
        dirent* entry = blocking(thread, [&] {
            errno = 0;
            return readdir(directory);
        });
        if (!entry) {
            if (errno) {
                (void)fail(thread, path.object);
                ok = false;
            }
            break;
        }
        if (is_dot_name(entry->d_name)) continue;
        Owned name = fs_decode_path(thread, entry->d_name, strlen(entry->d_name), path.as_bytes);
        ok = name && list_append(thread, *names, std::move(name));
    }
    close_directory(thread, directory, path.is_fd());
    if (!ok) return {};
    return names;
}

// --- DirEntry ---

// The path for the system: relative to the descriptor that was scanned, else whole.
Result<Ref<Bytes>> system_path(Thread& thread, DirEntry& self) {
    Ref<Bytes> path =
        fs_encode_path(thread, self.dir_fd == AT_FDCWD ? self.path.borrow() : self.name.borrow());
    if (!path) return failure;
    return path;
}

Owned fetch_stat(Thread& thread, DirEntry& self, bool follow) {
    Ref<Bytes> path = TRY(system_path(thread, self));
    return stat_at(thread, self.dir_fd, path->text(), follow, self.path.borrow());
}

Owned cached_stat(Thread& thread, DirEntry& self, bool follow) {
    if (follow && self.kind != DT_LNK && self.kind != DT_UNKNOWN) follow = false;
    Slot& slot = follow ? self.stat : self.lstat;
    {
        Lock guard(thread, self);
        if (!slot.is_empty()) return slot.share();
    }
    Owned result = TRY(fetch_stat(thread, self, follow));
    Owned old;
    {
        Lock guard(thread, self);
        old = slot.exchange(result.share());
    }
    return result;
}

Owned entry_stat(Thread& thread, DirEntry& self, bool follow) {
    return cached_stat(thread, self, follow);
}

Result<bool> entry_is(Thread& thread, DirEntry& self, bool follow, mode_t wanted, uint8_t kind) {
    bool is_link = self.kind == DT_LNK;
    if (self.kind != DT_UNKNOWN && !(follow && is_link)) return self.kind == kind;
    Owned status = cached_stat(thread, self, follow);
    if (!status) {
        // What has vanished is neither file nor directory.
        if (clear_exception_if(thread, exc::FileNotFoundError)) return false;
        return failure;
    }
    Owned mode = TRY(get_attribute(thread, status, ID(st_mode)));
    return (static_cast<mode_t>(int_to_uint64_mask(mode)) & S_IFMT) == wanted;
}

Result<bool> entry_is_dir(Thread& thread, DirEntry& self, bool follow) {
    return entry_is(thread, self, follow, S_IFDIR, DT_DIR);
}
Result<bool> entry_is_file(Thread& thread, DirEntry& self, bool follow) {
    return entry_is(thread, self, follow, S_IFREG, DT_REG);
}
Result<bool> entry_is_symlink(Thread& thread, DirEntry& self) {
    if (self.kind != DT_UNKNOWN) return self.kind == DT_LNK;
    return entry_is(thread, self, false, S_IFLNK, DT_LNK);
}
Result<bool> entry_is_junction(Thread&, DirEntry&) {
    return false;
}
Owned entry_inode(Thread& thread, DirEntry& self) {
    return make_int_unsigned(thread, self.inode);
}
Owned entry_fspath(Thread&, DirEntry& self) {
    return self.path.share();
}
Owned entry_repr(Thread& thread, Value self) {
    return format(thread, "<DirEntry {}>", repr_of(self.as<DirEntry>().name.borrow()));
}

void entry_fields(Object* object, FieldVisitor& visitor) {
    auto* self = static_cast<DirEntry*>(object);
    visitor.visit(self->name);
    visitor.visit(self->path);
    visitor.visit(self->stat);
    visitor.visit(self->lstat);
}

const MethodRow entry_methods[] = {
    {"is_dir", "(self, /, *, follow_symlinks=True)", fn<entry_is_dir>,
     "Return True if the entry is a directory; cached per entry."},
    {"is_file", "(self, /, *, follow_symlinks=True)", fn<entry_is_file>,
     "Return True if the entry is a file; cached per entry."},
    {"is_symlink", "(self, /)", fn<entry_is_symlink>,
     "Return True if the entry is a symbolic link; cached per entry."},
    {"is_junction", "(self, /)", fn<entry_is_junction>,
     "Return True if the entry is a junction; cached per entry."},
    {"stat", "(self, /, *, follow_symlinks=True)", fn<entry_stat>,
     "Return stat_result object for the entry; cached per entry."},
    {"inode", "(self, /)", fn<entry_inode>, "Return inode of the entry; cached per entry."},
    {"__fspath__", "(self, /)", fn<entry_fspath>, "Returns the path for the entry."},
    {"__class_getitem__", "(type, object, /)", fn<class_getitem>, "See PEP 585", kMethodClass},
    {},
};

const MemberRow entry_members[] = {
    {"name", MemberKind::kObject, offsetof(DirEntry, name), true,
     "the entry's base filename, relative to scandir() \"path\" argument"},
    {"path", MemberKind::kObject, offsetof(DirEntry, path), true,
     "the entry's full path name; equivalent to os.path.join(scandir_path, entry.name)"},
    {},
};

const TypeSpec dir_entry_spec = {
    .name = "posix.DirEntry",
    .size = sizeof(DirEntry),
    .flags = kTypeTracked | kTypeImmutable | kTypeNoInstantiate,
    .slots = {.repr = entry_repr, .fields = entry_fields},
    .methods = entry_methods,
    .members = entry_members,
};

// --- scandir ---

void close_iterator(Thread& thread, ScandirIterator& self) {
    DIR* directory;
    {
        Lock guard(thread, self);
        directory = self.directory;
        self.directory = nullptr;
    }
    if (directory) close_directory(thread, directory, self.fd >= 0);
}

Owned make_entry(Thread& thread, ScandirIterator& iterator, const char* name, uint64_t inode,
                 uint8_t kind) {
    Type* type = dir_entry_class.get(thread);
    if (!type) return {};
    auto* entry = allocate<DirEntry>(thread, *type);
    if (!entry) return {};
    Owned owned = Owned::adopt(entry);
    entry->inode = inode;
    entry->kind = kind;
    entry->dir_fd = iterator.fd >= 0 ? iterator.fd : AT_FDCWD;
    Owned own_name = TRY(fs_decode_path(thread, name, strlen(name), iterator.as_bytes));
    Owned path;
    if (iterator.path.is_empty()) {
        path = own_name.share();
    } else {
        Ref<Bytes> base = TRY(fs_encode_path(thread, iterator.path.borrow()));
        BytesBuilder joined(thread);
        TRY(joined.append(base->data(), base->size));
        if (base->size > 0 && base->data()[base->size - 1] != '/') TRY(joined.append(uint8_t{'/'}));
        TRY(joined.append(name, strlen(name)));
        path = TRY(fs_decode_path(thread, reinterpret_cast<const char*>(joined.data()),
                                  joined.size(), iterator.as_bytes));
    }
    entry->name.init(std::move(own_name));
    entry->path.init(std::move(path));
    track(entry);
    return owned;
}

Owned scandir_next(Thread& thread, Value self_value) {
    auto& self = self_value.as<ScandirIterator>();
    // The stream is read under the Lock, attached: readdir() mostly answers from its buffer.
    char name[256];
    uint64_t inode = 0;
    uint8_t kind = 0;
    bool found = false;
    int error = 0;
    {
        Lock guard(thread, self);
        while (self.directory) {
            errno = 0;
            dirent* entry = readdir(self.directory);
            if (!entry) {
                error = errno;
                break;
            }
            if (is_dot_name(entry->d_name)) continue;
            memcpy(name, entry->d_name, strlen(entry->d_name) + 1);
            inode = entry->d_ino;
            kind = entry->d_type;
            found = true;
            break;
        }
    }
    if (found) return make_entry(thread, self, name, inode, kind);
    close_iterator(thread, self);
    if (error) return raise_os_error(thread, error, self.path.borrow());
    return Owned::nothing();
}

bool scandir_close(Thread& thread, ScandirIterator& self) {
    close_iterator(thread, self);
    return true;
}
Owned scandir_enter(Thread&, ScandirIterator& self) {
    return Owned::share(self);
}
bool scandir_exit(Thread& thread, ScandirIterator& self, Args) {
    close_iterator(thread, self);
    return true;
}
void scandir_finalize(Thread& thread, Value self_value) {
    auto& self = self_value.as<ScandirIterator>();
    if (!self.directory) return;
    {
        SavedException saved(thread);
        if (!warn(thread, exc::ResourceWarning, 1,
                  format(thread, "unclosed scandir iterator {}", repr_of(self_value)))) {
            if (exception_matches(thread, exc::Warning))
                report_unraisable(thread, self_value);
            else
                clear_exception(thread);
        }
    }
    close_iterator(thread, self);
}

void scandir_fields(Object* object, FieldVisitor& visitor) {
    visitor.visit(static_cast<ScandirIterator*>(object)->path);
}

const MethodRow scandir_methods[] = {
    {"__enter__", "(self, /)", fn<scandir_enter>},
    {"__exit__", "(self, /, *args)", fn<scandir_exit>},
    {"close", "(self, /)", fn<scandir_close>},
    {},
};

const TypeSpec scandir_spec = {
    .name = "posix.ScandirIterator",
    .size = sizeof(ScandirIterator),
    .flags = kTypeTracked | kTypeImmutable | kTypeNoInstantiate,
    .slots = {.iter = iterator_self,
              .next = scandir_next,
              .finalize = scandir_finalize,
              .fields = scandir_fields},
    .methods = scandir_methods,
};

Owned posix_scandir(Thread& thread, Value, Value value) {
    PathArgument path;
    TRY(load_path(thread, value, "scandir", &path, true, true));
    TRY(audit(thread, "os.scandir", value));
    Type* type = scandir_class.get(thread);
    if (!type || !dir_entry_class.get(thread)) return {};
    auto* iterator = allocate<ScandirIterator>(thread, *type);
    if (!iterator) return {};
    Owned owned = Owned::adopt(iterator);
    iterator->fd = path.fd;
    iterator->as_bytes = path.as_bytes;
    if (!path.is_fd()) {
        Owned given =
            path.object.is_empty() ? make_str(thread, ".").owned() : fs_path(thread, path.object);
        if (!given) return {};
        iterator->path.init(std::move(given));
    }
    iterator->directory = open_directory(thread, path);
    if (!iterator->directory) return fail(thread, path.object);
    track(iterator);
    return owned;
}

}  // namespace

bool add_directory_types(Thread& thread, Module& module) {
    return scandir_class.get(thread) && dir_entry_class.add_to(thread, module);
}

const MethodRow directory_functions[] = {
    {"listdir", "(module, /, path=None)", fn<posix_listdir>,
     "Return a list containing the names of the files in the directory.\n\n"
     "path can be specified as either str, bytes, or a path-like object.  If path is bytes,\n"
     "  the filenames returned will also be bytes; in all other circumstances\n"
     "  the filenames returned will be str.\n"
     "If path is None, uses the path='.'.\n"
     "On some platforms, path may also be specified as an open file descriptor;\\\n"
     "  the file descriptor must refer to a directory.\n"
     "  If this functionality is unavailable, using it raises NotImplementedError.\n\n"
     "The list is in arbitrary order.  It does not include the special\n"
     "entries '.' and '..' even if they are present in the directory."},
    {"scandir", "(module, /, path=None)", fn<posix_scandir>,
     "Return an iterator of DirEntry objects for given path.\n\n"
     "path can be specified as either str, bytes, or a path-like object.  If path\n"
     "is bytes, the names of yielded DirEntry objects will also be bytes; in\n"
     "all other circumstances they will be str.\n\n"
     "If path is None, uses the path='.'."},
    {},
};

}  // namespace imugi::posix
