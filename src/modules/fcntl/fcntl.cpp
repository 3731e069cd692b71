// The fcntl module: control of descriptors. One system call each; no state.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

#include "modules/fcntl/constants.h"
#include "modules/posix/posix.h"
#include "object/audit.h"
#include "object/buffer.h"
#include "object/module.h"
#include "object/protocol.h"
#include "object/str.h"

namespace imugi {

namespace {

constexpr size_t kMostBytes = 1024;

// The argument of fcntl() and ioctl() as bytes: str or anything with a buffer.
Result<bool> load_bytes(Thread& thread, Value value, const char* function, char* data,
                        size_t* size) {
    if (is_int(value)) return false;
    if (is_str(value)) {
        const char* text = str_utf8(thread, value.as<Str>(), size);
        if (!text) return failure;
        if (*size > kMostBytes)
            return raise(thread, exc::ValueError, "{} argument 3 is too long", function);
        memcpy(data, text, *size);
        return true;
    }
    if (!has_buffer(value)) return false;
    Buffer buffer(thread);
    if (!buffer.get(value)) return failure;
    *size = buffer.size();
    if (*size > kMostBytes)
        return raise(thread, exc::ValueError, "{} argument 3 is too long", function);
    memcpy(data, buffer.data(), *size);
    return true;
}

Owned fcntl_fcntl(Thread& thread, Value, Value file, int command, Value argument) {
    int fd = TRY(posix::load_fd(thread, file));
    TRY(audit(thread, "fcntl.fcntl", fd, command, argument));
    char data[kMostBytes + 8];
    size_t size = 0;
    bool has_bytes = TRY(load_bytes(thread, argument, "fcntl", data, &size));
    if (has_bytes) {
        int result =
            posix::retried(thread, [&] { return fcntl(fd, command, static_cast<void*>(data)); });
        if (result < 0) return posix::fail(thread);
        return make_bytes(thread, data, size);
    }
    Owned index = TRY(to_index(thread, argument));
    auto number = static_cast<unsigned>(int_to_uint64_mask(index));
    int result =
        posix::retried(thread, [&] { return fcntl(fd, command, static_cast<int>(number)); });
    if (result < 0) return posix::fail(thread);
    return Owned::small_int(result);
}

Owned fcntl_ioctl(Thread& thread, Value, Value file, Value request_value, Value argument,
                  bool mutate) {
    int fd = TRY(posix::load_fd(thread, file));
    Owned request_index = TRY(to_index(thread, request_value));
    unsigned long request = static_cast<unsigned>(int_to_uint64_mask(request_index));
    TRY(audit(thread, "fcntl.ioctl", fd, request, argument));
    if (!is_int(argument) && !is_str(argument) && mutate && has_buffer(argument)) {
        Buffer buffer(thread);
        if (buffer.get(argument, kBufferWritable)) {
            char data[kMostBytes + 8];
            bool copies = buffer.size() <= kMostBytes;
            void* target = buffer.data();
            if (copies) {
                memcpy(data, buffer.data(), buffer.size());
                target = data;
            }
            int result = posix::retried(thread, [&] { return ioctl(fd, request, target); });
            if (result < 0) return posix::fail(thread);
            if (copies) memcpy(buffer.data(), data, buffer.size());
            return Owned::small_int(result);
        }
        clear_exception(thread);
    }
    char data[kMostBytes + 8];
    size_t size = 0;
    bool has_bytes = TRY(load_bytes(thread, argument, "ioctl", data, &size));
    if (has_bytes) {
        int result = posix::retried(thread, [&] { return ioctl(fd, request, data); });
        if (result < 0) return posix::fail(thread);
        return make_bytes(thread, data, size);
    }
    Owned index = TRY(to_index(thread, argument));
    uint64_t number = int_to_uint64_mask(index);
    int result = posix::retried(thread, [&] { return ioctl(fd, request, number); });
    if (result < 0) return posix::fail(thread);
    return Owned::small_int(result);
}

Owned fcntl_flock(Thread& thread, Value, Value file, int operation) {
    int fd = TRY(posix::load_fd(thread, file));
    TRY(audit(thread, "fcntl.flock", fd, operation));
    return posix::done(thread, posix::retried(thread, [&] { return flock(fd, operation); }));
}

Owned fcntl_lockf(Thread& thread, Value, Value file, int command, Value length, Value start,
                  int whence) {
    int fd = TRY(posix::load_fd(thread, file));
    TRY(audit(thread, "fcntl.lockf", fd, command, length, start, whence));
    struct flock lock{};
    if (command == LOCK_UN)
        lock.l_type = F_UNLCK;
    else if (command & LOCK_SH)
        lock.l_type = F_RDLCK;
    else if (command & LOCK_EX)
        lock.l_type = F_WRLCK;
    else
        return raise(thread, exc::ValueError, "unrecognized lockf argument");
    lock.l_start = TRY(posix::load_offset(thread, start));
    lock.l_len = TRY(posix::load_offset(thread, length));
    lock.l_whence = static_cast<short>(whence);
    int operation = command & LOCK_NB ? F_SETLK : F_SETLKW;
    return posix::done(thread, posix::retried(thread, [&] { return fcntl(fd, operation, &lock); }));
}

const MethodRow functions[] = {
    {"fcntl", "(module, fd, cmd, arg=0, /)", fn<fcntl_fcntl>,
     "Perform the operation `cmd` on file descriptor fd.\n\n"
     "The values used for `cmd` are operating system dependent, and are available\n"
     "as constants in the fcntl module, using the same names as used in\n"
     "the relevant C header files.  The argument arg is optional, and\n"
     "defaults to 0; it may be an int or a string.  If arg is given as a string,\n"
     "the return value of fcntl is a string of that length, containing the\n"
     "resulting value put in the arg buffer by the operating system.  The length\n"
     "of the arg string is not allowed to exceed 1024 bytes.  If the arg given\n"
     "is an integer or if none is specified, the result value is an integer\n"
     "corresponding to the return value of the fcntl call in the C code."},
    {"ioctl", "(module, fd, request, arg=0, mutate_flag=True, /)", fn<fcntl_ioctl>,
     "Perform the operation `request` on file descriptor `fd`.\n\n"
     "The values used for `request` are operating system dependent, and are available\n"
     "as constants in the fcntl or termios library modules, using the same names as\n"
     "used in the relevant C header files."},
    {"flock", "(module, fd, operation, /)", fn<fcntl_flock>,
     "Perform the lock operation `operation` on file descriptor `fd`.\n\n"
     "See the Unix manual page for flock(2) for details (On some systems, this\n"
     "function is emulated using fcntl())."},
    {"lockf", "(module, fd, cmd, len=0, start=0, whence=0, /)", fn<fcntl_lockf>,
     "A wrapper around the fcntl() locking calls.\n\n"
     "`fd` is the file descriptor of the file to lock or unlock, and operation is one\n"
     "of the following values:\n\n"
     "    LOCK_UN - unlock\n"
     "    LOCK_SH - acquire a shared lock\n"
     "    LOCK_EX - acquire an exclusive lock"},
    {},
};

bool execute(Thread& thread, Module& module) {
    return add_int_constants(thread, module, fcntl_constants);
}

ModuleSpec spec{"fcntl",
                "This module performs file control and I/O control on file\n"
                "descriptors.  It is an interface to the fcntl() and ioctl() Unix\n"
                "routines.  File descriptors can be obtained with the fileno() method of\n"
                "a file or socket object.",
                functions, execute};

}  // namespace

}  // namespace imugi
