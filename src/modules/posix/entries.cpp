// Functions on directory entries: making, removing, renaming, linking, attributes of files. One
// system call each, detached; no state.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmath>

#include "memory/array.h"
#include "modules/posix/posix.h"
#include "object/audit.h"
#include "object/buffer.h"
#include "object/float.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi::posix {

namespace {

// A path and the directory it is relative to.
struct Place {
    PathArgument path;
    int dir_fd = AT_FDCWD;
    bool load(Thread& thread, Value value, const char* function, Value dir_fd_value,
              bool allow_fd = false, const char* argument = "path") {
        TRY(load_path(thread, value, function, &path, allow_fd, false, argument));
        dir_fd = TRY(load_dir_fd(thread, dir_fd_value));
        return true;
    }
    const char* text() const { return path.text(); }
};

Owned posix_mkdir(Thread& thread, Value, Value value, int mode, Value dir_fd) {
    Place at;
    TRY(at.load(thread, value, "mkdir", dir_fd));
    TRY(audit(thread, "os.mkdir", value, mode, audited_dir(at.dir_fd)));
    int result =
        blocking(thread, [&] { return mkdirat(at.dir_fd, at.text(), static_cast<mode_t>(mode)); });
    return done(thread, result, value);
}

Owned remove_entry(Thread& thread, Value value, Value dir_fd, const char* function, int flags) {
    Place at;
    TRY(at.load(thread, value, function, dir_fd));
    TRY(audit(thread, flags ? "os.rmdir" : "os.remove", value, audited_dir(at.dir_fd)));
    return done(thread, blocking(thread, [&] { return unlinkat(at.dir_fd, at.text(), flags); }),
                value);
}
Owned posix_rmdir(Thread& thread, Value, Value value, Value dir_fd) {
    return remove_entry(thread, value, dir_fd, "rmdir", AT_REMOVEDIR);
}
Owned posix_unlink(Thread& thread, Value, Value value, Value dir_fd) {
    return remove_entry(thread, value, dir_fd, "unlink", 0);
}
Owned posix_remove(Thread& thread, Value, Value value, Value dir_fd) {
    return remove_entry(thread, value, dir_fd, "remove", 0);
}

Owned rename_entry(Thread& thread, Value from, Value to, Value from_fd, Value to_fd,
                   const char* function) {
    Place source, target;
    TRY(source.load(thread, from, function, from_fd, false, "src"));
    TRY(target.load(thread, to, function, to_fd, false, "dst"));
    TRY(audit(thread, "os.rename", from, to, audited_dir(source.dir_fd),
              audited_dir(target.dir_fd)));
    int result = blocking(thread, [&] {
        return renameat(source.dir_fd, source.text(), target.dir_fd, target.text());
    });
    return done(thread, result, from, to);
}
Owned posix_rename(Thread& thread, Value, Value from, Value to, Value from_fd, Value to_fd) {
    return rename_entry(thread, from, to, from_fd, to_fd, "rename");
}
Owned posix_replace(Thread& thread, Value, Value from, Value to, Value from_fd, Value to_fd) {
    return rename_entry(thread, from, to, from_fd, to_fd, "replace");
}

Owned posix_link(Thread& thread, Value, Value from, Value to, Value from_fd, Value to_fd,
                 Value follow_value) {
    Place source, target;
    TRY(source.load(thread, from, "link", from_fd, false, "src"));
    TRY(target.load(thread, to, "link", to_fd, false, "dst"));
    // Left out, the system's own choice holds: Linux does not follow.
    bool follow = !follow_value.is_empty() && TRY(is_true(thread, follow_value));
    TRY(audit(thread, "os.link", from, to, audited_dir(source.dir_fd), audited_dir(target.dir_fd)));
    int result = blocking(thread, [&] {
        return linkat(source.dir_fd, source.text(), target.dir_fd, target.text(),
                      follow ? AT_SYMLINK_FOLLOW : 0);
    });
    return done(thread, result, from, to);
}

Owned posix_symlink(Thread& thread, Value, Value from, Value to, bool, Value dir_fd) {
    PathArgument source;
    TRY(load_path(thread, from, "symlink", &source, false, false, "src"));
    Place target;
    TRY(target.load(thread, to, "symlink", dir_fd, false, "dst"));
    TRY(audit(thread, "os.symlink", from, to, audited_dir(target.dir_fd)));
    int result =
        blocking(thread, [&] { return symlinkat(source.text(), target.dir_fd, target.text()); });
    return done(thread, result, from, to);
}

Owned posix_readlink(Thread& thread, Value, Value value, Value dir_fd) {
    Place at;
    TRY(at.load(thread, value, "readlink", dir_fd));
    char target[4097];
    ssize_t n = blocking(
        thread, [&] { return readlinkat(at.dir_fd, at.text(), target, sizeof target - 1); });
    if (n < 0) return fail(thread, value);
    return fs_decode_path(thread, target, static_cast<size_t>(n), at.path.as_bytes);
}

Owned posix_access(Thread& thread, Value, Value value, int mode, Value dir_fd, bool effective,
                   bool follow) {
    Place at;
    TRY(at.load(thread, value, "access", dir_fd));
    int flags = (effective ? AT_EACCESS : 0) | (follow ? 0 : AT_SYMLINK_NOFOLLOW);
    int result = blocking(thread, [&] { return faccessat(at.dir_fd, at.text(), mode, flags); });
    return Owned::share(boolean(result == 0));
}

Owned posix_chmod(Thread& thread, Value, Value value, int mode, Value dir_fd, bool follow) {
    Place at;
    TRY(at.load(thread, value, "chmod", dir_fd, true));
    TRY(audit(thread, "os.chmod", value, mode, audited_dir(at.dir_fd)));
    int result = blocking(thread, [&] {
        auto bits = static_cast<mode_t>(mode);
        if (at.path.is_fd()) return fchmod(at.path.fd, bits);
        return fchmodat(at.dir_fd, at.text(), bits, follow ? 0 : AT_SYMLINK_NOFOLLOW);
    });
    if (result < 0 && !follow && (errno == ENOTSUP || errno == EOPNOTSUPP))
        return raise(thread, exc::NotImplementedError,
                     "chmod: follow_symlinks unavailable on this platform");
    return done(thread, result, at.path.object);
}
Owned posix_fchmod(Thread& thread, Value, int fd, int mode) {
    TRY(audit(thread, "os.chmod", fd, mode, -1));
    return done(thread, retried(thread, [&] { return fchmod(fd, static_cast<mode_t>(mode)); }));
}

Owned posix_chown(Thread& thread, Value, Value value, Value user, Value group, Value dir_fd,
                  bool follow) {
    Place at;
    TRY(at.load(thread, value, "chown", dir_fd, true));
    uint32_t uid = TRY(load_id(thread, user, "uid"));
    uint32_t gid = TRY(load_id(thread, group, "gid"));
    TRY(audit(thread, "os.chown", value, uid, gid, audited_dir(at.dir_fd)));
    int result = blocking(thread, [&] {
        if (at.path.is_fd()) return fchown(at.path.fd, uid, gid);
        return fchownat(at.dir_fd, at.text(), uid, gid, follow ? 0 : AT_SYMLINK_NOFOLLOW);
    });
    return done(thread, result, at.path.object);
}
Owned posix_fchown(Thread& thread, Value, int fd, Value user, Value group) {
    uint32_t uid = TRY(load_id(thread, user, "uid"));
    uint32_t gid = TRY(load_id(thread, group, "gid"));
    TRY(audit(thread, "os.chown", fd, uid, gid, -1));
    return done(thread, retried(thread, [&] { return fchown(fd, uid, gid); }));
}
Owned posix_lchown(Thread& thread, Value, Value value, Value user, Value group) {
    PathArgument path;
    TRY(load_path(thread, value, "lchown", &path));
    uint32_t uid = TRY(load_id(thread, user, "uid"));
    uint32_t gid = TRY(load_id(thread, group, "gid"));
    TRY(audit(thread, "os.chown", value, uid, gid, -1));
    return done(thread, blocking(thread, [&] { return lchown(path.text(), uid, gid); }), value);
}

Owned posix_mkfifo(Thread& thread, Value, Value value, int mode, Value dir_fd) {
    Place at;
    TRY(at.load(thread, value, "mkfifo", dir_fd));
    int result =
        retried(thread, [&] { return mkfifoat(at.dir_fd, at.text(), static_cast<mode_t>(mode)); });
    return done(thread, result, value);
}
Owned posix_mknod(Thread& thread, Value, Value value, int mode, Value device, Value dir_fd) {
    Place at;
    TRY(at.load(thread, value, "mknod", dir_fd));
    uint64_t number = TRY(to_uint64(thread, device));
    int result = retried(
        thread, [&] { return mknodat(at.dir_fd, at.text(), static_cast<mode_t>(mode), number); });
    return done(thread, result, value);
}

// Seconds or nanoseconds since the epoch, rounded down.
bool load_seconds(Thread& thread, Value value, timespec* time) {
    if (is_float(value)) {
        double d = float_number(value);
        if (std::isnan(d))
            return raise(thread, exc::ValueError, "Invalid value NaN (not a number)");
        double whole;
        double fraction = std::floor(std::modf(d, &whole) * 1e9);
        if (fraction >= 1e9) {
            fraction -= 1e9;
            whole += 1;
        } else if (fraction < 0) {
            fraction += 1e9;
            whole -= 1;
        }
        if (!(whole >= -0x1p63 && whole < 0x1p63))
            return raise(thread, exc::OverflowError, "timestamp out of range for platform time_t");
        time->tv_sec = static_cast<time_t>(whole);
        time->tv_nsec = static_cast<long>(fraction);
        return true;
    }
    time->tv_sec = TRY(to_int64(thread, value));
    time->tv_nsec = 0;
    return true;
}

bool load_nanoseconds(Thread& thread, Value value, timespec* time) {
    Owned billion = TRY(make_int(thread, 1000000000));
    Owned pair = TRY(divmod(thread, value, billion));
    if (!is_tuple(pair) || pair.as<Tuple>().size != 2)
        return raise(thread, exc::TypeError, "{}.__divmod__() must return a 2-tuple, not {}",
                     type_name_of(value), type_name_of(pair));
    time->tv_sec = TRY(to_int64(thread, pair.as<Tuple>()[0]));
    time->tv_nsec = TRY(to_int64(thread, pair.as<Tuple>()[1]));
    return true;
}

Owned posix_utime(Thread& thread, Value, Value value, Value times, Value ns, Value dir_fd,
                  bool follow) {
    Place at;
    TRY(at.load(thread, value, "utime", dir_fd, true));
    bool has_times = !is_none(times), has_ns = !ns.is_empty() && !is_none(ns);
    if (has_times && !ns.is_empty())
        return raise(thread, exc::ValueError,
                     "utime: you may specify either 'times' or 'ns' but not both");
    timespec stamps[2];
    if (has_times || has_ns) {
        Value pair = has_times ? times : ns;
        if (!is_tuple(pair) || pair.as<Tuple>().size != 2)
            return raise(thread, exc::TypeError,
                         has_times ? "utime: 'times' must be either a tuple of two ints or None"
                                   : "utime: 'ns' must be a tuple of two ints");
        for (size_t i = 0; i < 2; i++) {
            Value item = pair.as<Tuple>()[i];
            if (has_times)
                TRY(load_seconds(thread, item, &stamps[i]));
            else
                TRY(load_nanoseconds(thread, item, &stamps[i]));
        }
    } else if (!ns.is_empty()) {
        return raise(thread, exc::TypeError, "utime: 'ns' must be a tuple of two ints");
    }
    TRY(audit(thread, "os.utime", value, times, ns, audited_dir(at.dir_fd)));
    const timespec* given = has_times || has_ns ? stamps : nullptr;
    int result = blocking(thread, [&] {
        if (at.path.is_fd()) return futimens(at.path.fd, given);
        return utimensat(at.dir_fd, at.text(), given, follow ? 0 : AT_SYMLINK_NOFOLLOW);
    });
    return done(thread, result, at.path.object);
}

Owned posix_umask(Thread& thread, Value, int mask) {
    return Owned::small_int(umask(static_cast<mode_t>(mask)));
}

// The device number NODEV, -1, has the parts -1.
bool is_no_device(Value device) {
    int64_t number;
    return is_int(device) && int_fits_int64(device, &number) && number == -1;
}

Owned posix_major(Thread& thread, Value, Value device) {
    if (is_no_device(device)) return Owned::small_int(-1);
    uint64_t number = TRY(to_uint64(thread, device));
    return make_int_unsigned(thread, major(number));
}
Owned posix_minor(Thread& thread, Value, Value device) {
    if (is_no_device(device)) return Owned::small_int(-1);
    uint64_t number = TRY(to_uint64(thread, device));
    return make_int_unsigned(thread, minor(number));
}
Owned posix_makedev(Thread& thread, Value, Value major_value, Value minor_value) {
    uint32_t high = TRY(load_id(thread, major_value, "major"));
    uint32_t low = TRY(load_id(thread, minor_value, "minor"));
    if (high == UINT32_MAX && low == UINT32_MAX) return Owned::small_int(-1);
    return make_int_unsigned(thread, makedev(high, low));
}

// --- extended attributes ---

// The value by a call that tells the size it needs when the buffer is too small.
template <class Get>
Owned growing(Thread& thread, Value shown, Get get) {
    for (size_t size = 256;; size *= 4) {
        Ref<Bytes> room = TRY(make_bytes_blank(thread, size));
        char* data = reinterpret_cast<char*>(bytes_blank_data(*room));
        ssize_t n = blocking(thread, [&] { return get(data, size); });
        if (n >= 0) return bytes_truncate(thread, std::move(room), static_cast<size_t>(n));
        if (errno != ERANGE || size > 65536) return fail(thread, shown);
    }
}

Owned posix_getxattr(Thread& thread, Value, Value value, Value name_value, bool follow) {
    PathArgument path, name;
    TRY(load_path(thread, value, "getxattr", &path, true));
    TRY(load_path(thread, name_value, "getxattr", &name, false, false, "attribute"));
    TRY(audit(thread, "os.getxattr", value, name_value));
    return growing(thread, path.object, [&](char* data, size_t size) {
        if (path.is_fd()) return fgetxattr(path.fd, name.text(), data, size);
        return follow ? getxattr(path.text(), name.text(), data, size)
                      : lgetxattr(path.text(), name.text(), data, size);
    });
}

Owned posix_setxattr(Thread& thread, Value, Value value, Value name_value, Value data, int flags,
                     bool follow) {
    PathArgument path, name;
    TRY(load_path(thread, value, "setxattr", &path, true));
    TRY(load_path(thread, name_value, "setxattr", &name, false, false, "attribute"));
    Buffer buffer(thread);
    TRY(buffer.get(data));
    TRY(audit(thread, "os.setxattr", value, name_value, data, flags));
    int result = blocking(thread, [&] {
        if (path.is_fd())
            return fsetxattr(path.fd, name.text(), buffer.data(), buffer.size(), flags);
        return follow ? setxattr(path.text(), name.text(), buffer.data(), buffer.size(), flags)
                      : lsetxattr(path.text(), name.text(), buffer.data(), buffer.size(), flags);
    });
    return done(thread, result, path.object);
}

Owned posix_removexattr(Thread& thread, Value, Value value, Value name_value, bool follow) {
    PathArgument path, name;
    TRY(load_path(thread, value, "removexattr", &path, true));
    TRY(load_path(thread, name_value, "removexattr", &name, false, false, "attribute"));
    TRY(audit(thread, "os.removexattr", value, name_value));
    int result = blocking(thread, [&] {
        if (path.is_fd()) return fremovexattr(path.fd, name.text());
        return follow ? removexattr(path.text(), name.text())
                      : lremovexattr(path.text(), name.text());
    });
    return done(thread, result, path.object);
}

Owned posix_listxattr(Thread& thread, Value, Value value, bool follow) {
    PathArgument path;
    TRY(load_path(thread, value, "listxattr", &path, true, true));
    TRY(audit(thread, "os.listxattr", value));
    Owned names = TRY(growing(thread, path.object, [&](char* data, size_t size) {
        if (path.is_fd()) return flistxattr(path.fd, data, size);
        return follow ? listxattr(path.text(), data, size) : llistxattr(path.text(), data, size);
    }));
    Ref<List> list = TRY(make_list(thread));
    auto& bytes = names.as<Bytes>();
    for (size_t at = 0; at < bytes.size;) {
        size_t size = strnlen(bytes.text() + at, bytes.size - at);
        Owned name = TRY(fs_decode_path(thread, bytes.text() + at, size));
        TRY(list_append(thread, *list, std::move(name)));
        at += size + 1;
    }
    return list;
}

}  // namespace

const MethodRow entry_functions[] = {
    {"mkdir", "(module, /, path, mode=511, *, dir_fd=None)", fn<posix_mkdir>,
     "Create a directory.\n\n"
     "If dir_fd is not None, it should be a file descriptor open to a directory,\n"
     "  and path should be relative; path will then be relative to that directory.\n"
     "dir_fd may not be implemented on your platform.\n"
     "  If it is unavailable, using it will raise a NotImplementedError.\n\n"
     "The mode argument is ignored on Windows. Where it is used, the current umask\n"
     "value is first masked out."},
    {"rmdir", "(module, /, path, *, dir_fd=None)", fn<posix_rmdir>, "Remove a directory."},
    {"unlink", "(module, /, path, *, dir_fd=None)", fn<posix_unlink>,
     "Remove a file (same as remove())."},
    {"remove", "(module, /, path, *, dir_fd=None)", fn<posix_remove>,
     "Remove a file (same as unlink())."},
    {"rename", "(module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)", fn<posix_rename>,
     "Rename a file or directory."},
    {"replace", "(module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)", fn<posix_replace>,
     "Rename a file or directory, overwriting the destination."},
    {"link",
     "(module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None, "
     "follow_symlinks=<unrepresentable>) -> ($module, /, src, dst, *, src_dir_fd=None, "
     "dst_dir_fd=None, follow_symlinks=True)",
     fn<posix_link>, "Create a hard link to a file."},
    {"symlink", "(module, /, src, dst, target_is_directory=False, *, dir_fd=None)",
     fn<posix_symlink>, "Create a symbolic link pointing to src named dst."},
    {"readlink", "(module, /, path, *, dir_fd=None)", fn<posix_readlink>,
     "Return a string representing the path to which the symbolic link points."},
    {"access", "(module, /, path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)",
     fn<posix_access>, "Use the real uid/gid to test for access to a path."},
    {"chmod",
     "(module, /, path, mode, *, dir_fd=None, follow_symlinks=True) -> ($module, /, path, mode, *, "
     "dir_fd=None, follow_symlinks=(os.name != 'nt'))",
     fn<posix_chmod>, "Change the access permissions of a file."},
    {"fchmod", "(module, /, fd, mode)", fn<posix_fchmod>,
     "Change the access permissions of the file given by file descriptor fd."},
    {"chown", "(module, /, path, uid, gid, *, dir_fd=None, follow_symlinks=True)", fn<posix_chown>,
     "Change the owner and group id of path to the numeric uid and gid."},
    {"fchown", "(module, /, fd, uid, gid)", fn<posix_fchown>,
     "Change the owner and group id of the file specified by file descriptor."},
    {"lchown", "(module, /, path, uid, gid)", fn<posix_lchown>,
     "Change the owner and group id of path to the numeric uid and gid.\n\n"
     "This function will not follow symbolic links."},
    {"mkfifo", "(module, /, path, mode=438, *, dir_fd=None)", fn<posix_mkfifo>,
     "Create a \"fifo\" (a POSIX named pipe)."},
    {"mknod", "(module, /, path, mode=384, device=0, *, dir_fd=None)", fn<posix_mknod>,
     "Create a node in the file system."},
    {"utime",
     "(module, /, path, times=None, *, ns=<unrepresentable>, dir_fd=None, follow_symlinks=True)",
     fn<posix_utime>, "Set the access and modified time of path."},
    {"umask", "(module, mask, /)", fn<posix_umask>,
     "Set the current numeric umask and return the previous umask."},
    {"major", "(module, device, /)", fn<posix_major>,
     "Extracts a device major number from a raw device number."},
    {"minor", "(module, device, /)", fn<posix_minor>,
     "Extracts a device minor number from a raw device number."},
    {"makedev", "(module, major, minor, /)", fn<posix_makedev>,
     "Composes a raw device number from the major and minor device numbers."},
    {"getxattr", "(module, /, path, attribute, *, follow_symlinks=True)", fn<posix_getxattr>,
     "Return the value of extended attribute attribute on path."},
    {"setxattr", "(module, /, path, attribute, value, flags=0, *, follow_symlinks=True)",
     fn<posix_setxattr>, "Set extended attribute attribute on path to value."},
    {"removexattr", "(module, /, path, attribute, *, follow_symlinks=True)", fn<posix_removexattr>,
     "Remove extended attribute attribute on path."},
    {"listxattr", "(module, /, path=None, *, follow_symlinks=True)", fn<posix_listxattr>,
     "Return a list of extended attributes on path."},
    {},
};

}  // namespace imugi::posix
