// Path functions that os.path and importlib have natively: splitting, normalizing, quick tests of
// what a path names. No state.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory/array.h"
#include "modules/posix/posix.h"
#include "object/attribute.h"
#include "object/audit.h"
#include "object/exception.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi::posix {

namespace {

Owned posix_fspath(Thread& thread, Value, Value path) {
    return fs_path(thread, path);
}

// Parts of a str or bytes alike.
struct PathText {
    Value value;
    bool is_bytes;
    size_t size;

    uint32_t at(size_t i) const {
        return is_bytes ? value.as<Bytes>().data()[i] : value.as<Str>()[i];
    }
    Owned part(Thread& thread, size_t begin, size_t end) const {
        if (is_bytes) return make_bytes(thread, value.as<Bytes>().data() + begin, end - begin);
        return str_substring(thread, value.as<Str>(), begin, end);
    }
};

PathText text_of(Value path) {
    bool bytes = is_bytes(path);
    return {path, bytes, bytes ? path.as<Bytes>().size : path.as<Str>().length()};
}

// How many leading slashes are the root: two stay two, three and more are one.
size_t root_size(const PathText& path) {
    if (path.size == 0 || path.at(0) != '/') return 0;
    return path.size > 1 && path.at(1) == '/' && !(path.size > 2 && path.at(2) == '/') ? 2 : 1;
}

Owned path_splitroot_ex(Thread& thread, Value, Value object) {
    Owned path = TRY(fs_path(thread, object));
    PathText text = text_of(path);
    size_t root = root_size(text);
    Owned drive = TRY(text.part(thread, 0, 0));
    Owned first = TRY(text.part(thread, 0, root));
    Owned rest = TRY(text.part(thread, root, text.size));
    return make_tuple(thread, drive, first, rest);
}

Owned path_splitroot(Thread& thread, Value, Value object) {
    Owned path = TRY(fs_path(thread, object));
    PathText text = text_of(path);
    Owned first = TRY(text.part(thread, 0, 0));
    return make_tuple(thread, first, path);
}

Owned path_normpath(Thread& thread, Value, Value object) {
    Owned path = TRY(fs_path(thread, object));
    PathText text = text_of(path);
    size_t root = root_size(text);
    // Components are appended; ".." takes the last away unless that is itself "..".
    StrBuilder out(thread);
    BytesBuilder bytes(thread);
    auto* kept = static_cast<size_t*>(array_allocate((text.size / 2 + 2) * 2 * sizeof(size_t)));
    if (!kept) return raise_memory_error(thread);
    size_t count = 0;
    for (size_t begin = root; begin < text.size;) {
        size_t end = begin;
        while (end < text.size && text.at(end) != '/') end++;
        size_t size = end - begin;
        bool dot = size == 1 && text.at(begin) == '.';
        bool dots = size == 2 && text.at(begin) == '.' && text.at(begin + 1) == '.';
        bool last_is_dots = count > 0 && kept[2 * count - 1] - kept[2 * count - 2] == 2 &&
                            text.at(kept[2 * count - 2]) == '.' &&
                            text.at(kept[2 * count - 2] + 1) == '.';
        if (size == 0 || dot) {
            // Nothing to keep.
        } else if (dots && count > 0 && !last_is_dots) {
            count--;
        } else if (!(dots && root > 0)) {
            kept[2 * count] = begin;
            kept[2 * count + 1] = end;
            count++;
        }
        begin = end + 1;
    }
    bool ok = true;
    auto put = [&](size_t begin, size_t end) {
        for (size_t i = begin; ok && i < end; i++)
            ok = text.is_bytes ? bytes.append(static_cast<uint8_t>(text.at(i)))
                               : out.append(text.at(i));
    };
    auto put_char = [&](char c) {
        ok = ok && (text.is_bytes ? bytes.append(static_cast<uint8_t>(c))
                                  : out.append(static_cast<uint32_t>(c)));
    };
    put(0, root);
    for (size_t i = 0; i < count; i++) {
        if (i) put_char('/');
        put(kept[2 * i], kept[2 * i + 1]);
    }
    if (root == 0 && count == 0) put_char('.');
    array_free(kept);
    if (!ok) return {};
    return text.is_bytes ? Owned(bytes.finish()) : Owned(out.finish());
}

// What a path names, without an exception when it cannot be a path.
enum class Test { kExists, kLexists, kIsDir, kIsFile, kIsLink };

Owned test_path(Thread& thread, Value value, Test test) {
    PathArgument path;
    if (!load_path(thread, value, "path", &path, test != Test::kLexists && test != Test::kIsLink)) {
        if (clear_exception_if(thread, exc::ValueError) || clear_exception_if(thread, exc::OSError))
            return Owned::share(boolean(false));
        return {};
    }
    struct stat status;
    int failed = blocking(thread, [&] {
        if (path.is_fd()) return fstat(path.fd, &status);
        return test == Test::kLexists || test == Test::kIsLink ? lstat(path.text(), &status)
                                                               : stat(path.text(), &status);
    });
    bool yes = failed == 0 && (test == Test::kIsDir    ? S_ISDIR(status.st_mode)
                               : test == Test::kIsFile ? S_ISREG(status.st_mode)
                               : test == Test::kIsLink ? S_ISLNK(status.st_mode)
                                                       : true);
    return Owned::share(boolean(yes));
}

Owned path_exists(Thread& thread, Value, Value path) {
    return test_path(thread, path, Test::kExists);
}
Owned path_lexists(Thread& thread, Value, Value path) {
    return test_path(thread, path, Test::kLexists);
}
Owned path_isdir(Thread& thread, Value, Value path) {
    return test_path(thread, path, Test::kIsDir);
}
Owned path_isfile(Thread& thread, Value, Value path) {
    return test_path(thread, path, Test::kIsFile);
}
Owned path_islink(Thread& thread, Value, Value path) {
    return test_path(thread, path, Test::kIsLink);
}

Owned current_directory(Thread& thread, bool as_bytes) {
    char local[4096];
    size_t size = sizeof local;
    struct Room {
        char* data = nullptr;
        ~Room() { array_free(data); }
    } room;
    char* buffer = local;
    for (;;) {
        if (blocking(thread, [&] { return getcwd(buffer, size); })) break;
        if (errno != ERANGE) return fail(thread);
        size *= 2;
        auto* grown = static_cast<char*>(array_reallocate(room.data, size));
        if (!grown) return raise_memory_error(thread);
        buffer = room.data = grown;
    }
    return fs_decode_path(thread, buffer, strlen(buffer), as_bytes);
}
Owned posix_getcwd(Thread& thread, Value) {
    return current_directory(thread, false);
}
Owned posix_getcwdb(Thread& thread, Value) {
    return current_directory(thread, true);
}

Owned posix_chdir(Thread& thread, Value, Value value) {
    PathArgument path;
    TRY(load_path(thread, value, "chdir", &path, true));
    TRY(audit(thread, "os.chdir", value));
    int result =
        blocking(thread, [&] { return path.is_fd() ? fchdir(path.fd) : chdir(path.text()); });
    return done(thread, result, path.object);
}
Owned posix_fchdir(Thread& thread, Value, Value fd_value) {
    int fd = TRY(load_fd(thread, fd_value));
    TRY(audit(thread, "os.chdir", fd));
    return done(thread, retried(thread, [&] { return fchdir(fd); }));
}
Owned posix_chroot(Thread& thread, Value, Value value) {
    PathArgument path;
    TRY(load_path(thread, value, "chroot", &path));
    return done(thread, blocking(thread, [&] { return chroot(path.text()); }), path.object);
}

}  // namespace

const MethodRow path_functions[] = {
    {"fspath", "(module, /, path)", fn<posix_fspath>,
     "Return the file system path representation of the object.\n\n"
     "If the object is str or bytes, then allow it to pass through as-is. If the\n"
     "object defines __fspath__(), then return the result of that method. All other\n"
     "types raise a TypeError."},
    {"_path_splitroot_ex", "(module, /, p)", fn<path_splitroot_ex>,
     "Split a pathname into drive, root and tail.\n\n"
     "The tail contains anything after the root."},
    {"_path_splitroot", "(module, /, path)", fn<path_splitroot>,
     "Removes everything after the root on Win32."},
    {"_path_normpath", "(module, /, path)", fn<path_normpath>,
     "Normalize path, eliminating double slashes, etc."},
    {"_path_exists", "(module, /, path)", fn<path_exists>,
     "Test whether a path exists.  Returns False for broken symbolic links."},
    {"_path_lexists", "(module, /, path)", fn<path_lexists>,
     "Test whether a path exists.  Returns True for broken symbolic links."},
    {"_path_isdir", "(module, /, path)", fn<path_isdir>,
     "Return true if the pathname refers to an existing directory."},
    {"_path_isfile", "(module, /, path)", fn<path_isfile>, "Test whether a path is a regular file"},
    {"_path_islink", "(module, /, path)", fn<path_islink>,
     "Test whether a path is a symbolic link"},
    {"getcwd", "(module, /)", fn<posix_getcwd>,
     "Return a unicode string representing the current working directory."},
    {"getcwdb", "(module, /)", fn<posix_getcwdb>,
     "Return a bytes string representing the current working directory."},
    {"chdir", "(module, /, path)", fn<posix_chdir>,
     "Change the current working directory to the specified path.\n\n"
     "path may always be specified as a string.\n"
     "On some platforms, path may also be specified as an open file descriptor.\n"
     "If this functionality is unavailable, using it raises an exception."},
    {"fchdir", "(module, /, fd)", fn<posix_fchdir>,
     "Change to the directory of the given file descriptor.\n\n"
     "fd must be opened on a directory, not a file.\n"
     "Equivalent to os.chdir(fd)."},
    {"chroot", "(module, /, path)", fn<posix_chroot>, "Change root directory to path."},
    {},
};

}  // namespace imugi::posix
