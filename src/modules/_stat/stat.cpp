// The _stat module: mode bits by name, tests of them, and ls-style text. No state.
#include <sys/stat.h>

#include "modules/constants.h"
#include "object/int.h"
#include "object/module.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"

namespace imugi {

namespace {

const IntConstant constants[] = {
    {"SF_APPEND", 01000000},
    {"SF_ARCHIVED", 0200000},
    {"SF_DATALESS", 010000000000},
    {"SF_FIRMLINK", 040000000},
    {"SF_IMMUTABLE", 0400000},
    {"SF_NOUNLINK", 04000000},
    {"SF_SETTABLE", 037777600000},
    {"SF_SNAPSHOT", 010000000},
    {"ST_ATIME", 7},
    {"ST_CTIME", 9},
    {"ST_DEV", 2},
    {"ST_GID", 5},
    {"ST_INO", 1},
    {"ST_MODE", 0},
    {"ST_MTIME", 8},
    {"ST_NLINK", 3},
    {"ST_SIZE", 6},
    {"ST_UID", 4},
    {"S_ENFMT", 02000},
    {"S_IEXEC", 0100},
    {"S_IFBLK", 060000},
    {"S_IFCHR", 020000},
    {"S_IFDIR", 040000},
    {"S_IFDOOR", 00},
    {"S_IFIFO", 010000},
    {"S_IFLNK", 0120000},
    {"S_IFPORT", 00},
    {"S_IFREG", 0100000},
    {"S_IFSOCK", 0140000},
    {"S_IFWHT", 00},
    {"S_IREAD", 0400},
    {"S_IRGRP", 040},
    {"S_IROTH", 04},
    {"S_IRUSR", 0400},
    {"S_IRWXG", 070},
    {"S_IRWXO", 07},
    {"S_IRWXU", 0700},
    {"S_ISGID", 02000},
    {"S_ISUID", 04000},
    {"S_ISVTX", 01000},
    {"S_IWGRP", 020},
    {"S_IWOTH", 02},
    {"S_IWRITE", 0200},
    {"S_IWUSR", 0200},
    {"S_IXGRP", 010},
    {"S_IXOTH", 01},
    {"S_IXUSR", 0100},
    {"UF_APPEND", 04},
    {"UF_COMPRESSED", 040},
    {"UF_DATAVAULT", 0200},
    {"UF_HIDDEN", 0100000},
    {"UF_IMMUTABLE", 02},
    {"UF_NODUMP", 01},
    {"UF_NOUNLINK", 020},
    {"UF_OPAQUE", 010},
    {"UF_SETTABLE", 0177777},
    {"UF_TRACKED", 0100},
};

Result<mode_t> load_mode(Thread& thread, Value value) {
    Owned index = TRY(to_index(thread, value));
    uint64_t mode = TRY(int_to_uint64(thread, index));
    if (mode > UINT32_MAX) return raise(thread, exc::OverflowError, "mode out of range");
    return static_cast<mode_t>(mode);
}

// Kinds that Linux does not have are 0: nothing is one.
template <mode_t kind>
Owned is_kind(Thread& thread, Value, Value value) {
    mode_t mode = TRY(load_mode(thread, value));
    return Owned::share(boolean(kind != 0 && (mode & S_IFMT) == kind));
}

Owned mode_bits(Thread& thread, Value, Value value) {
    mode_t mode = TRY(load_mode(thread, value));
    return Owned::small_int(mode & 07777);
}
Owned mode_kind(Thread& thread, Value, Value value) {
    mode_t mode = TRY(load_mode(thread, value));
    return Owned::small_int(mode & S_IFMT);
}

char kind_letter(mode_t mode) {
    switch (mode & S_IFMT) {
        case S_IFREG:
            return '-';
        case S_IFDIR:
            return 'd';
        case S_IFLNK:
            return 'l';
        case S_IFBLK:
            return 'b';
        case S_IFCHR:
            return 'c';
        case S_IFIFO:
            return 'p';
        case S_IFSOCK:
            return 's';
        default:
            return '?';
    }
}

Owned filemode(Thread& thread, Value, Value value) {
    mode_t mode = TRY(load_mode(thread, value));
    char text[10];
    text[0] = kind_letter(mode);
    for (int who = 0; who < 3; who++) {
        mode_t bits = mode >> (6 - 3 * who);
        text[1 + 3 * who] = bits & 4 ? 'r' : '-';
        text[2 + 3 * who] = bits & 2 ? 'w' : '-';
        bool special = mode & (who == 0 ? S_ISUID : who == 1 ? S_ISGID : S_ISVTX);
        const char* letters = who == 2 ? "x-tT" : "x-sS";
        text[3 + 3 * who] = letters[(special ? 2 : 0) + (bits & 1 ? 0 : 1)];
    }
    return make_str(thread, text, sizeof text);
}

const MethodRow functions[] = {
    {"S_ISBLK", "(module, object, /)", fn<is_kind<S_IFBLK>>,
     "S_ISBLK(mode) -> bool\n\nReturn True if mode is from a block special device file."},
    {"S_ISCHR", "(module, object, /)", fn<is_kind<S_IFCHR>>,
     "S_ISCHR(mode) -> bool\n\nReturn True if mode is from a character special device file."},
    {"S_ISDIR", "(module, object, /)", fn<is_kind<S_IFDIR>>,
     "S_ISDIR(mode) -> bool\n\nReturn True if mode is from a directory."},
    {"S_ISDOOR", "(module, object, /)", fn<is_kind<0>>,
     "S_ISDOOR(mode) -> bool\n\nReturn True if mode is from a door."},
    {"S_ISFIFO", "(module, object, /)", fn<is_kind<S_IFIFO>>,
     "S_ISFIFO(mode) -> bool\n\nReturn True if mode is from a FIFO (named pipe)."},
    {"S_ISLNK", "(module, object, /)", fn<is_kind<S_IFLNK>>,
     "S_ISLNK(mode) -> bool\n\nReturn True if mode is from a symbolic link."},
    {"S_ISPORT", "(module, object, /)", fn<is_kind<0>>,
     "S_ISPORT(mode) -> bool\n\nReturn True if mode is from an event port."},
    {"S_ISREG", "(module, object, /)", fn<is_kind<S_IFREG>>,
     "S_ISREG(mode) -> bool\n\nReturn True if mode is from a regular file."},
    {"S_ISSOCK", "(module, object, /)", fn<is_kind<S_IFSOCK>>,
     "S_ISSOCK(mode) -> bool\n\nReturn True if mode is from a socket."},
    {"S_ISWHT", "(module, object, /)", fn<is_kind<0>>,
     "S_ISWHT(mode) -> bool\n\nReturn True if mode is from a whiteout."},
    {"S_IMODE", "(module, object, /)", fn<mode_bits>,
     "Return the portion of the file's mode that can be set by os.chmod()."},
    {"S_IFMT", "(module, object, /)", fn<mode_kind>,
     "Return the portion of the file's mode that describes the file type."},
    {"filemode", "(module, object, /)", fn<filemode>,
     "Convert a file's mode to a string of the form '-rwxrwxrwx'"},
    {},
};

bool execute(Thread& thread, Module& module) {
    return add_int_constants(thread, module, constants);
}

ModuleSpec spec{"_stat",
                "S_IFMT_: file type bits\nS_IFDIR: directory\nS_IFCHR: character device\n"
                "S_IFBLK: block device\nS_IFREG: regular file\nS_IFIFO: fifo (named pipe)\n"
                "S_IFLNK: symbolic link\nS_IFSOCK: socket file",
                functions, execute};

}  // namespace

}  // namespace imugi
