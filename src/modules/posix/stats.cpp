// stat and its kin: stat_result, statvfs_result. Results are new objects; no state.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "memory/collector.h"
#include "modules/posix/posix.h"
#include "object/float.h"
#include "object/module.h"
#include "object/str.h"
#include "object/struct_sequence.h"

namespace imugi::posix {

namespace {

const StructField stat_fields[] = {
    {"st_mode", "protection bits"},
    {"st_ino", "inode"},
    {"st_dev", "device"},
    {"st_nlink", "number of hard links"},
    {"st_uid", "user ID of owner"},
    {"st_gid", "group ID of owner"},
    {"st_size", "total size, in bytes"},
    {nullptr, "integer time of last access"},
    {nullptr, "integer time of last modification"},
    {nullptr, "integer time of last change"},
    {"st_atime", "time of last access"},
    {"st_mtime", "time of last modification"},
    {"st_ctime", "time of last change"},
    {"st_atime_ns", "time of last access in nanoseconds"},
    {"st_mtime_ns", "time of last modification in nanoseconds"},
    {"st_ctime_ns", "time of last change in nanoseconds"},
    {"st_blksize", "blocksize for filesystem I/O"},
    {"st_blocks", "number of blocks allocated"},
    {"st_rdev", "device type (if inode device)"},
};
const StructSequenceSpec stat_spec = {
    "os.stat_result",
    "stat_result: Result from stat, fstat, or lstat.\n\n"
    "This object may be accessed either as a tuple of\n"
    "  (mode, ino, dev, nlink, uid, gid, size, atime, mtime, ctime)\n"
    "or via the attributes st_mode, st_ino, st_dev, st_nlink, st_uid, and so on.\n\n"
    "Posix/windows: If your platform supports st_blksize, st_blocks, st_rdev,\n"
    "or st_flags, they are available as attributes only.\n\n"
    "See os.stat for more information.",
    stat_fields, 19, 10};

const StructField statvfs_fields[] = {
    {"f_bsize"}, {"f_frsize"}, {"f_blocks"}, {"f_bfree"},   {"f_bavail"}, {"f_files"},
    {"f_ffree"}, {"f_favail"}, {"f_flag"},   {"f_namemax"}, {"f_fsid"},
};
const StructSequenceSpec statvfs_spec = {
    "os.statvfs_result",
    "statvfs_result: Result from statvfs or fstatvfs.\n\n"
    "This object may be accessed either as a tuple of\n"
    "  (bsize, frsize, blocks, bfree, bavail, files, ffree, favail, flag, namemax),\n"
    "or via the attributes f_bsize, f_frsize, f_blocks, f_bfree, and so on.\n\n"
    "See os.statvfs for more information.",
    statvfs_fields, 11, 10};

// Made when the module is first executed; native types are immortal.
std::atomic<Type*> stat_type{nullptr}, statvfs_type{nullptr};

bool add_type(Thread& thread, Module& module, const StructSequenceSpec& spec,
              std::atomic<Type*>& type, const char* name) {
    Type* made = type.load(std::memory_order_acquire);
    if (!made) {
        Ref<Type> fresh = TRY(make_struct_sequence_type(thread, spec, nullptr));
        Type& fresh_type = fresh.value().as<Type>();
        make_immortal(&fresh_type);
        Type* expected = nullptr;
        // Release: pairs with the acquire of its users.
        made = type.compare_exchange_strong(expected, &fresh_type, std::memory_order_acq_rel)
                   ? &fresh_type
                   : expected;
    }
    return module_set(thread, module, name, Value::of(made));
}

Owned make_stat_result(Thread& thread, const struct stat& status) {
    Ref<Tuple> result =
        TRY(make_struct_sequence(thread, *stat_type.load(std::memory_order_acquire)));
    size_t at = 0;
    bool ok = true;
    auto put = [&](Owned value) {
        if (!value) ok = false;
        result->items[at++].init(std::move(value));
    };
    put(make_int_unsigned(thread, status.st_mode));
    put(make_int_unsigned(thread, status.st_ino));
    put(make_int_unsigned(thread, status.st_dev));
    put(make_int_unsigned(thread, status.st_nlink));
    put(make_id(thread, status.st_uid));
    put(make_id(thread, status.st_gid));
    put(make_int(thread, status.st_size));
    const timespec times[] = {status.st_atim, status.st_mtim, status.st_ctim};
    for (auto& time : times) put(make_int(thread, time.tv_sec));
    for (auto& time : times)
        put(make_float(
            thread, static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec)));
    for (auto& time : times) {
        __int128 total = static_cast<__int128>(time.tv_sec) * 1000000000 + time.tv_nsec;
        uint8_t bytes[16];
        memcpy(bytes, &total, sizeof bytes);
        put(int_from_bytes(thread, bytes, sizeof bytes, true, true));
    }
    put(make_int(thread, status.st_blksize));
    put(make_int(thread, status.st_blocks));
    put(make_int_unsigned(thread, status.st_rdev));
    if (!ok) return {};
    track(result.get());
    return result;
}

Owned make_statvfs_result(Thread& thread, const struct statvfs& status) {
    Ref<Tuple> result =
        TRY(make_struct_sequence(thread, *statvfs_type.load(std::memory_order_acquire)));
    const uint64_t numbers[] = {status.f_bsize,  status.f_frsize,  status.f_blocks, status.f_bfree,
                                status.f_bavail, status.f_files,   status.f_ffree,  status.f_favail,
                                status.f_flag,   status.f_namemax, status.f_fsid};
    for (size_t i = 0; i < 11; i++) {
        Owned item = TRY(make_int_unsigned(thread, numbers[i]));
        result->items[i].init(std::move(item));
    }
    track(result.get());
    return result;
}

Owned posix_stat(Thread& thread, Value, Value value, Value dir_fd_value, bool follow) {
    PathArgument path;
    TRY(load_path(thread, value, "stat", &path, true));
    int dir_fd = TRY(load_dir_fd(thread, dir_fd_value));
    if (path.is_fd() && !is_none(dir_fd_value))
        return raise(thread, exc::ValueError, "stat: can't specify dir_fd without matching path");
    if (path.is_fd() && !follow)
        return raise(thread, exc::ValueError, "stat: cannot use fd and follow_symlinks together");
    if (!path.is_fd()) return stat_at(thread, dir_fd, path.text(), follow, path.object);
    struct stat status;
    if (blocking(thread, [&] { return fstat(path.fd, &status); }) < 0) return fail(thread);
    return make_stat_result(thread, status);
}

Owned posix_lstat(Thread& thread, Value, Value value, Value dir_fd_value) {
    PathArgument path;
    TRY(load_path(thread, value, "lstat", &path));
    int dir_fd = TRY(load_dir_fd(thread, dir_fd_value));
    return stat_at(thread, dir_fd, path.text(), false, path.object);
}

Owned posix_fstat(Thread& thread, Value, int fd) {
    struct stat status;
    if (retried(thread, [&] { return fstat(fd, &status); }) < 0) return fail(thread);
    return make_stat_result(thread, status);
}

Owned posix_statvfs(Thread& thread, Value, Value value) {
    PathArgument path;
    TRY(load_path(thread, value, "statvfs", &path, true));
    struct statvfs status;
    int result = blocking(thread, [&] {
        return path.is_fd() ? fstatvfs(path.fd, &status) : statvfs(path.text(), &status);
    });
    if (result < 0) return fail(thread, path.object);
    return make_statvfs_result(thread, status);
}

Owned posix_fstatvfs(Thread& thread, Value, int fd) {
    struct statvfs status;
    if (retried(thread, [&] { return fstatvfs(fd, &status); }) < 0) return fail(thread);
    return make_statvfs_result(thread, status);
}

}  // namespace

Owned stat_at(Thread& thread, int dir_fd, const char* path, bool follow, Value shown) {
    struct stat status;
    int result = blocking(
        thread, [&] { return fstatat(dir_fd, path, &status, follow ? 0 : AT_SYMLINK_NOFOLLOW); });
    if (result < 0) return fail(thread, shown);
    return make_stat_result(thread, status);
}

bool add_stat_types(Thread& thread, Module& module) {
    return add_type(thread, module, stat_spec, stat_type, "stat_result") &&
           add_type(thread, module, statvfs_spec, statvfs_type, "statvfs_result");
}

const MethodRow stat_functions[] = {
    {"stat", "(module, /, path, *, dir_fd=None, follow_symlinks=True)", fn<posix_stat>,
     "Perform a stat system call on the given path.\n\n"
     "  path\n"
     "    Path to be examined; can be string, bytes, a path-like object or\n"
     "    open-file-descriptor int.\n"
     "  dir_fd\n"
     "    If not None, it should be a file descriptor open to a directory,\n"
     "    and path should be a relative string; path will then be relative to\n"
     "    that directory.\n"
     "  follow_symlinks\n"
     "    If False, and the last element of the path is a symbolic link,\n"
     "    stat will examine the symbolic link itself instead of the file\n"
     "    the link points to.\n\n"
     "dir_fd and follow_symlinks may not be implemented\n"
     "  on your platform.  If they are unavailable, using them will raise a\n"
     "  NotImplementedError.\n\n"
     "It's an error to use dir_fd or follow_symlinks when specifying path as\n"
     "  an open file descriptor."},
    {"lstat", "(module, /, path, *, dir_fd=None)", fn<posix_lstat>,
     "Perform a stat system call on the given path, without following symbolic links.\n\n"
     "Like stat(), but do not follow symbolic links.\n"
     "Equivalent to stat(path, follow_symlinks=False)."},
    {"fstat", "(module, /, fd)", fn<posix_fstat>,
     "Perform a stat system call on the given file descriptor.\n\n"
     "Like stat(), but for an open file descriptor.\n"
     "Equivalent to os.stat(fd)."},
    {"statvfs", "(module, /, path)", fn<posix_statvfs>,
     "Perform a statvfs system call on the given path.\n\n"
     "path may always be specified as a string.\n"
     "On some platforms, path may also be specified as an open file descriptor.\n"
     "If this functionality is unavailable, using it raises an exception."},
    {"fstatvfs", "(module, fd, /)", fn<posix_fstatvfs>,
     "Perform an fstatvfs system call on the given fd.\n\nEquivalent to statvfs(fd)."},
    {},
};

}  // namespace imugi::posix
