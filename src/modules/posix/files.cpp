// Functions on file descriptors. Each call is one system call, detached; no state.
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cmath>
#include <cstring>

#include "memory/array.h"
#include "modules/posix/buffer_vectors.h"
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

constexpr size_t kMostBytes = 0x7ffff000;

Owned posix_open(Thread& thread, Value, Value value, int flags, int mode, Value dir_fd_value) {
    PathArgument path;
    TRY(load_path(thread, value, "open", &path));
    int dir_fd = TRY(load_dir_fd(thread, dir_fd_value));
    TRY(audit(thread, "open", value, Value(), flags | O_CLOEXEC));
    int fd = retried(thread, [&] { return openat(dir_fd, path.text(), flags | O_CLOEXEC, mode); });
    if (fd < 0) return fail(thread, path.object);
    return Owned::small_int(fd);
}

Owned posix_close(Thread& thread, Value, int fd) {
    // Linux has closed the descriptor even when a signal interrupted the call.
    int result = blocking(thread, [&] { return close(fd); });
    if (result < 0 && errno == EINTR) result = 0;
    return done(thread, result);
}

Owned posix_closerange(Thread& thread, Value, int low, int high) {
    blocking(thread, [&] {
        if (low < 0) low = 0;
        if (low < high &&
            close_range(static_cast<unsigned>(low), static_cast<unsigned>(high - 1), 0) < 0)
            for (int fd = low; fd < high; fd++) close(fd);
        return 0;
    });
    return Owned::share(none());
}

Owned posix_dup(Thread& thread, Value, int fd) {
    return number(thread, fcntl(fd, F_DUPFD_CLOEXEC, 0));
}

Owned posix_dup2(Thread& thread, Value, int fd, int to, bool inheritable) {
    if (fd < 0 || to < 0) {
        errno = EBADF;
        return fail(thread);
    }
    int result = retried(
        thread, [&] { return inheritable || fd == to ? dup2(fd, to) : dup3(fd, to, O_CLOEXEC); });
    return number(thread, result);
}

Owned posix_read(Thread& thread, Value, int fd, Index length) {
    if (length < 0) {
        errno = EINVAL;
        return fail(thread);
    }
    size_t size =
        static_cast<size_t>(length) > kMostBytes ? kMostBytes : static_cast<size_t>(length);
    Ref<Bytes> bytes = TRY(make_bytes_blank(thread, size));
    uint8_t* data = bytes_blank_data(*bytes);
    ssize_t n = retried(thread, [&] { return read(fd, data, size); });
    if (n < 0) return fail(thread);
    return bytes_truncate(thread, std::move(bytes), static_cast<size_t>(n));
}

Owned posix_readinto(Thread& thread, Value, int fd, Value target) {
    Buffer buffer(thread);
    TRY(buffer.get(target, kBufferWritable));
    size_t size = buffer.size() > kMostBytes ? kMostBytes : buffer.size();
    return number(thread, retried(thread, [&] { return read(fd, buffer.data(), size); }));
}

Owned posix_write(Thread& thread, Value, int fd, Value data) {
    Buffer buffer(thread);
    TRY(buffer.get(data));
    size_t size = buffer.size() > kMostBytes ? kMostBytes : buffer.size();
    ssize_t n = retried(thread, [&] { return write(fd, buffer.data(), size); });
    if (n < 0) return fail(thread);
    // A signal that cut the call short is answered at once.
    TRY(safepoint(thread));
    return Owned::small_int(n);
}

Owned posix_pread(Thread& thread, Value, int fd, Index length, Value offset_value) {
    int64_t offset = TRY(load_offset(thread, offset_value));
    if (length < 0) {
        errno = EINVAL;
        return fail(thread);
    }
    Ref<Bytes> bytes = TRY(make_bytes_blank(thread, static_cast<size_t>(length)));
    uint8_t* data = bytes_blank_data(*bytes);
    ssize_t n =
        retried(thread, [&] { return pread(fd, data, static_cast<size_t>(length), offset); });
    if (n < 0) return fail(thread);
    return bytes_truncate(thread, std::move(bytes), static_cast<size_t>(n));
}

Owned posix_pwrite(Thread& thread, Value, int fd, Value data, Value offset_value) {
    Buffer buffer(thread);
    TRY(buffer.get(data));
    int64_t offset = TRY(load_offset(thread, offset_value));
    return number(
        thread, retried(thread, [&] { return pwrite(fd, buffer.data(), buffer.size(), offset); }));
}

bool load(BufferVectors& vectors, Value buffers, int flags) {
    return vectors.load(buffers, flags, "buffers must be a sequence");
}
int count_of(const BufferVectors& vectors) {
    return static_cast<int>(vectors.count());
}

Owned posix_readv(Thread& thread, Value, int fd, Value buffers) {
    BufferVectors vectors(thread);
    TRY(load(vectors, buffers, kBufferWritable));
    return number(thread,
                  retried(thread, [&] { return readv(fd, vectors.data(), count_of(vectors)); }));
}
Owned posix_writev(Thread& thread, Value, int fd, Value buffers) {
    BufferVectors vectors(thread);
    TRY(load(vectors, buffers, kBufferSimple));
    return number(thread,
                  retried(thread, [&] { return writev(fd, vectors.data(), count_of(vectors)); }));
}
Owned posix_preadv(Thread& thread, Value, int fd, Value buffers, Value offset_value, int flags) {
    BufferVectors vectors(thread);
    TRY(load(vectors, buffers, kBufferWritable));
    int64_t offset = TRY(load_offset(thread, offset_value));
    return number(thread, retried(thread, [&] {
                      return preadv2(fd, vectors.data(), count_of(vectors), offset, flags);
                  }));
}
Owned posix_pwritev(Thread& thread, Value, int fd, Value buffers, Value offset_value, int flags) {
    BufferVectors vectors(thread);
    TRY(load(vectors, buffers, kBufferSimple));
    int64_t offset = TRY(load_offset(thread, offset_value));
    return number(thread, retried(thread, [&] {
                      return pwritev2(fd, vectors.data(), count_of(vectors), offset, flags);
                  }));
}

Owned posix_lseek(Thread& thread, Value, int fd, Value position, int whence) {
    int64_t offset = TRY(load_offset(thread, position));
    return number(thread, blocking(thread, [&] { return lseek(fd, offset, whence); }));
}

Owned posix_isatty(Thread& thread, Value, int fd) {
    return Owned::share(boolean(blocking(thread, [&] { return isatty(fd); }) == 1));
}

Owned posix_fsync(Thread& thread, Value, Value fd_value) {
    int fd = TRY(load_fd(thread, fd_value));
    return done(thread, retried(thread, [&] { return fsync(fd); }));
}
Owned posix_fdatasync(Thread& thread, Value, Value fd_value) {
    int fd = TRY(load_fd(thread, fd_value));
    return done(thread, retried(thread, [&] { return fdatasync(fd); }));
}
Owned posix_sync(Thread& thread, Value) {
    blocking(thread, [] { return sync(), 0; });
    return Owned::share(none());
}

Owned posix_ftruncate(Thread& thread, Value, int fd, Value length) {
    int64_t size = TRY(load_offset(thread, length));
    TRY(audit(thread, "os.truncate", fd, length));
    return done(thread, retried(thread, [&] { return ftruncate(fd, size); }));
}

Owned posix_truncate(Thread& thread, Value, Value value, Value length) {
    PathArgument path;
    TRY(load_path(thread, value, "truncate", &path, true));
    int64_t size = TRY(load_offset(thread, length));
    TRY(audit(thread, "os.truncate", value, length));
    int result = retried(thread, [&] {
        return path.is_fd() ? ftruncate(path.fd, size) : truncate(path.text(), size);
    });
    return done(thread, result, path.object);
}

Owned posix_fallocate_(Thread& thread, Value, int fd, Value offset_value, Value length_value) {
    int64_t offset = TRY(load_offset(thread, offset_value));
    int64_t length = TRY(load_offset(thread, length_value));
    int error = blocking(thread, [&] { return posix_fallocate(fd, offset, length); });
    if (error) return raise_os_error(thread, error);
    return Owned::share(none());
}
Owned posix_fadvise_(Thread& thread, Value, int fd, Value offset_value, Value length_value,
                     int advice) {
    int64_t offset = TRY(load_offset(thread, offset_value));
    int64_t length = TRY(load_offset(thread, length_value));
    int error = blocking(thread, [&] { return posix_fadvise(fd, offset, length, advice); });
    if (error) return raise_os_error(thread, error);
    return Owned::share(none());
}

Owned posix_lockf(Thread& thread, Value, int fd, int command, Value length) {
    int64_t size = TRY(load_offset(thread, length));
    TRY(audit(thread, "os.lockf", fd, command, length));
    return done(thread, retried(thread, [&] { return lockf(fd, command, size); }));
}

Owned make_pair(Thread& thread, int first, int second) {
    return make_tuple(thread, Value::small_int(first), Value::small_int(second));
}

Owned posix_pipe(Thread& thread, Value) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return fail(thread);
    return make_pair(thread, ends[0], ends[1]);
}
Owned posix_pipe2(Thread& thread, Value, int flags) {
    int ends[2];
    if (pipe2(ends, flags) < 0) return fail(thread);
    return make_pair(thread, ends[0], ends[1]);
}

// `get` and `set` are commands of fcntl().
Owned lacks_flag(Thread& thread, int fd, int get, int flag) {
    int flags = fcntl(fd, get);
    if (flags < 0) return fail(thread);
    return Owned::share(boolean(!(flags & flag)));
}
Owned change_flag(Thread& thread, int fd, int get, int set, int flag, bool on) {
    int flags = fcntl(fd, get);
    if (flags < 0) return fail(thread);
    return done(thread, fcntl(fd, set, on ? flags | flag : flags & ~flag));
}
Owned posix_get_inheritable(Thread& thread, Value, int fd) {
    return lacks_flag(thread, fd, F_GETFD, FD_CLOEXEC);
}
Owned posix_set_inheritable(Thread& thread, Value, int fd, int inheritable) {
    return change_flag(thread, fd, F_GETFD, F_SETFD, FD_CLOEXEC, !inheritable);
}
Owned posix_get_blocking(Thread& thread, Value, int fd) {
    return lacks_flag(thread, fd, F_GETFL, O_NONBLOCK);
}
Owned posix_set_blocking(Thread& thread, Value, int fd, bool blocks) {
    return change_flag(thread, fd, F_GETFL, F_SETFL, O_NONBLOCK, !blocks);
}

// An optional offset: None is "the file's own".
struct OptionalOffset {
    off64_t value = 0;
    off64_t* pointer = nullptr;
    bool load(Thread& thread, Value given) {
        if (is_none(given)) return true;
        value = TRY(load_offset(thread, given));
        pointer = &value;
        return true;
    }
};

Owned posix_sendfile(Thread& thread, Value, int out, int in, Value offset_value, Index count) {
    OptionalOffset offset;
    TRY(offset.load(thread, offset_value));
    return number(thread, retried(thread, [&] {
                      return sendfile(out, in, offset.pointer, static_cast<size_t>(count));
                  }));
}
Owned posix_copy_file_range(Thread& thread, Value, int src, int dst, Index count, Value from,
                            Value to) {
    if (count < 0) return raise(thread, exc::ValueError, "negative value for 'count' not allowed");
    OptionalOffset source, target;
    TRY(source.load(thread, from));
    TRY(target.load(thread, to));
    return number(thread, retried(thread, [&] {
                      return copy_file_range(src, source.pointer, dst, target.pointer,
                                             static_cast<size_t>(count), 0);
                  }));
}
Owned posix_splice(Thread& thread, Value, int src, int dst, Index count, Value from, Value to,
                   int flags) {
    if (count < 0) return raise(thread, exc::ValueError, "negative value for 'count' not allowed");
    OptionalOffset source, target;
    TRY(source.load(thread, from));
    TRY(target.load(thread, to));
    return number(thread, retried(thread, [&] {
                      return splice(src, source.pointer, dst, target.pointer,
                                    static_cast<size_t>(count), static_cast<unsigned>(flags));
                  }));
}

Owned posix_memfd_create(Thread& thread, Value, Value name, int flags) {
    Ref<Bytes> text = TRY(fs_encode_path(thread, name));
    return number(thread, blocking(thread, [&] {
                      return memfd_create(text->text(), static_cast<unsigned>(flags));
                  }));
}

Owned posix_eventfd(Thread& thread, Value, Value initial, int flags) {
    uint64_t value = TRY(to_uint64(thread, initial));
    return number(thread,
                  blocking(thread, [&] { return eventfd(static_cast<unsigned>(value), flags); }));
}
Owned posix_eventfd_read(Thread& thread, Value, int fd) {
    eventfd_t value;
    if (retried(thread, [&] { return eventfd_read(fd, &value); }) < 0) return fail(thread);
    return make_int_unsigned(thread, value);
}
Owned posix_eventfd_write(Thread& thread, Value, int fd, Value value) {
    uint64_t count = TRY(to_uint64(thread, value));
    return done(thread, retried(thread, [&] { return eventfd_write(fd, count); }));
}

// --- timer descriptors ---

Owned posix_timerfd_create(Thread& thread, Value, int clock, int flags) {
    return number(thread,
                  blocking(thread, [&] { return timerfd_create(clock, flags | TFD_CLOEXEC); }));
}

Owned timer_times(Thread& thread, const itimerspec& timer, bool nanoseconds) {
    auto convert = [&](const timespec& time) -> Owned {
        if (nanoseconds) return make_int(thread, time.tv_sec * 1000000000 + time.tv_nsec);
        return make_float(
            thread, static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec));
    };
    Owned value = TRY(convert(timer.it_value));
    Owned interval = TRY(convert(timer.it_interval));
    return make_tuple(thread, value, interval);
}

bool load_time(Thread& thread, Value value, bool nanoseconds, timespec* time) {
    int64_t total;
    if (nanoseconds || is_int(value)) {
        total = TRY(to_int64(thread, value));
        if (!nanoseconds && __builtin_mul_overflow(total, int64_t{1000000000}, &total))
            return raise(thread, exc::OverflowError, "timestamp out of range for platform time_t");
    } else {
        double seconds = TRY(to_double(thread, value));
        if (std::isnan(seconds))
            return raise(thread, exc::ValueError, "Invalid value NaN (not a number)");
        if (std::fabs(seconds) > 9e9)
            return raise(thread, exc::OverflowError, "timestamp out of range for platform time_t");
        total = static_cast<int64_t>(std::floor(seconds * 1e9));
    }
    time->tv_sec = total / 1000000000;
    time->tv_nsec = total % 1000000000;
    if (time->tv_nsec < 0) {
        time->tv_nsec += 1000000000;
        time->tv_sec--;
    }
    return true;
}

Owned timer_set(Thread& thread, int fd, int flags, Value initial, Value interval,
                bool nanoseconds) {
    itimerspec timer, old;
    TRY(load_time(thread, initial, nanoseconds, &timer.it_value));
    TRY(load_time(thread, interval, nanoseconds, &timer.it_interval));
    if (blocking(thread, [&] { return timerfd_settime(fd, flags, &timer, &old); }) < 0)
        return fail(thread);
    return timer_times(thread, old, nanoseconds);
}
Owned timer_get(Thread& thread, int fd, bool nanoseconds) {
    itimerspec timer;
    if (blocking(thread, [&] { return timerfd_gettime(fd, &timer); }) < 0) return fail(thread);
    return timer_times(thread, timer, nanoseconds);
}
Owned posix_timerfd_settime(Thread& thread, Value, int fd, int flags, Value initial,
                            Value interval) {
    return timer_set(thread, fd, flags, initial, interval, false);
}
Owned posix_timerfd_settime_ns(Thread& thread, Value, int fd, int flags, Value initial,
                               Value interval) {
    return timer_set(thread, fd, flags, initial, interval, true);
}
Owned posix_timerfd_gettime(Thread& thread, Value, int fd) {
    return timer_get(thread, fd, false);
}
Owned posix_timerfd_gettime_ns(Thread& thread, Value, int fd) {
    return timer_get(thread, fd, true);
}

// --- random bytes ---

Owned posix_getrandom(Thread& thread, Value, Index size, int flags) {
    if (size < 0) {
        errno = EINVAL;
        return fail(thread);
    }
    Ref<Bytes> bytes = TRY(make_bytes_blank(thread, static_cast<size_t>(size)));
    uint8_t* data = bytes_blank_data(*bytes);
    ssize_t n = retried(thread, [&] {
        return getrandom(data, static_cast<size_t>(size), static_cast<unsigned>(flags));
    });
    if (n < 0) return fail(thread);
    return bytes_truncate(thread, std::move(bytes), static_cast<size_t>(n));
}

Owned posix_urandom(Thread& thread, Value, Index size) {
    if (size < 0) return raise(thread, exc::ValueError, "negative argument not allowed");
    Ref<Bytes> bytes = TRY(make_bytes_blank(thread, static_cast<size_t>(size)));
    uint8_t* data = bytes_blank_data(*bytes);
    for (size_t at = 0; at < static_cast<size_t>(size);) {
        size_t left = static_cast<size_t>(size) - at;
        ssize_t n = retried(thread, [&] { return getrandom(data + at, left, 0); });
        if (n < 0) return fail(thread);
        at += static_cast<size_t>(n);
    }
    return bytes;
}

}  // namespace

const MethodRow file_functions[] = {
    {"open", "(module, /, path, flags, mode=511, *, dir_fd=None)", fn<posix_open>,
     "Open a file for low level IO.  Returns a file descriptor (integer).\n\n"
     "If dir_fd is not None, it should be a file descriptor open to a directory,\n"
     "  and path should be relative; path will then be relative to that directory.\n"
     "dir_fd may not be implemented on your platform.\n"
     "  If it is unavailable, using it will raise a NotImplementedError."},
    {"close", "(module, /, fd)", fn<posix_close>, "Close a file descriptor."},
    {"closerange", "(module, fd_low, fd_high, /)", fn<posix_closerange>,
     "Closes all file descriptors in [fd_low, fd_high), ignoring errors."},
    {"dup", "(module, fd, /)", fn<posix_dup>, "Return a duplicate of a file descriptor."},
    {"dup2", "(module, /, fd, fd2, inheritable=True)", fn<posix_dup2>,
     "Duplicate file descriptor."},
    {"read", "(module, fd, length, /)", fn<posix_read>,
     "Read from a file descriptor.  Returns a bytes object."},
    {"readinto", "(module, fd, buffer, /)", fn<posix_readinto>,
     "Read into a buffer object from a file descriptor.\n\n"
     "The buffer should be mutable and bytes-like. On success, returns the number of\n"
     "bytes read. Less bytes may be read than the size of the buffer."},
    {"write", "(module, fd, data, /)", fn<posix_write>,
     "Write a bytes object to a file descriptor."},
    {"pread", "(module, fd, length, offset, /)", fn<posix_pread>,
     "Read a number of bytes from a file descriptor starting at a particular offset.\n\n"
     "Read length bytes from file descriptor fd, starting at offset bytes from\n"
     "the beginning of the file.  The file offset remains unchanged."},
    {"pwrite", "(module, fd, buffer, offset, /)", fn<posix_pwrite>,
     "Write bytes to a file descriptor starting at a particular offset.\n\n"
     "Write buffer to fd, starting at offset bytes from the beginning of\n"
     "the file.  Returns the number of bytes written.  Does not change the\n"
     "current file offset."},
    {"readv", "(module, fd, buffers, /)", fn<posix_readv>,
     "Read from a file descriptor fd into an iterable of buffers.\n\n"
     "The buffers should be mutable buffers accepting bytes.\n"
     "readv will transfer data into each buffer until it is full\n"
     "and then move on to the next buffer in the sequence to hold\n"
     "the rest of the data.\n\n"
     "readv returns the total number of bytes read,\n"
     "which may be less than the total capacity of all the buffers."},
    {"writev", "(module, fd, buffers, /)", fn<posix_writev>,
     "Iterate over buffers, and write the contents of each to a file descriptor.\n\n"
     "Returns the total number of bytes written.\n"
     "buffers must be a sequence of bytes-like objects."},
    {"preadv", "(module, fd, buffers, offset, flags=0, /)", fn<posix_preadv>,
     "Reads from a file descriptor into a number of mutable bytes-like objects."},
    {"pwritev", "(module, fd, buffers, offset, flags=0, /)", fn<posix_pwritev>,
     "Writes the contents of bytes-like objects to a file descriptor at a given offset."},
    {"lseek", "(module, fd, position, whence, /)", fn<posix_lseek>,
     "Set the position of a file descriptor.  Return the new position.\n\n"
     "  fd\n    An open file descriptor, as returned by os.open().\n"
     "  position\n    Position, interpreted relative to 'whence'.\n"
     "  whence\n"
     "    The relative position to seek from. Valid values are:\n"
     "    - SEEK_SET: seek from the start of the file.\n"
     "    - SEEK_CUR: seek from the current file position.\n"
     "    - SEEK_END: seek from the end of the file.\n\n"
     "The return value is the number of bytes relative to the beginning of the file."},
    {"isatty", "(module, fd, /)", fn<posix_isatty>,
     "Return True if the fd is connected to a terminal.\n\n"
     "Return True if the file descriptor is an open file descriptor\n"
     "connected to the slave end of a terminal."},
    {"fsync", "(module, /, fd)", fn<posix_fsync>, "Force write of fd to disk."},
    {"fdatasync", "(module, /, fd)", fn<posix_fdatasync>,
     "Force write of fd to disk without forcing update of metadata."},
    {"sync", "(module, /)", fn<posix_sync>, "Force write of everything to disk."},
    {"ftruncate", "(module, fd, length, /)", fn<posix_ftruncate>,
     "Truncate a file, specified by file descriptor, to a specific length."},
    {"truncate", "(module, /, path, length)", fn<posix_truncate>,
     "Truncate a file, specified by path, to a specific length.\n\n"
     "On some platforms, path may also be specified as an open file descriptor.\n"
     "If this functionality is unavailable, using it raises an exception."},
    {"posix_fallocate", "(module, fd, offset, length, /)", fn<posix_fallocate_>,
     "Ensure a file has allocated at least a particular number of bytes on disk.\n\n"
     "Ensure that the file specified by fd encompasses a range of bytes\n"
     "starting at offset bytes from the beginning and continuing for length bytes."},
    {"posix_fadvise", "(module, fd, offset, length, advice, /)", fn<posix_fadvise_>,
     "Announce an intention to access data in a specific pattern."},
    {"lockf", "(module, fd, command, length, /)", fn<posix_lockf>,
     "Apply, test or remove a POSIX lock on an open file descriptor."},
    {"pipe", "(module, /)", fn<posix_pipe>,
     "Create a pipe.\n\nReturns a tuple of two file descriptors:\n  (read_fd, write_fd)"},
    {"pipe2", "(module, flags, /)", fn<posix_pipe2>,
     "Create a pipe with flags set atomically.\n\n"
     "Returns a tuple of two file descriptors:\n  (read_fd, write_fd)"},
    {"get_inheritable", "(module, fd, /)", fn<posix_get_inheritable>,
     "Get the close-on-exe flag of the specified file descriptor."},
    {"set_inheritable", "(module, fd, inheritable, /)", fn<posix_set_inheritable>,
     "Set the inheritable flag of the specified file descriptor."},
    {"get_blocking", "(module, fd, /)", fn<posix_get_blocking>,
     "Get the blocking mode of the file descriptor.\n\n"
     "Return False if the O_NONBLOCK flag is set, True if the flag is cleared."},
    {"set_blocking", "(module, fd, blocking, /)", fn<posix_set_blocking>,
     "Set the blocking mode of the specified file descriptor.\n\n"
     "Set the O_NONBLOCK flag if blocking is False,\n"
     "clear the O_NONBLOCK flag otherwise."},
    {"sendfile", "(module, /, out_fd, in_fd, offset, count)", fn<posix_sendfile>,
     "Copy count bytes from file descriptor in_fd to file descriptor out_fd."},
    {"copy_file_range", "(module, /, src, dst, count, offset_src=None, offset_dst=None)",
     fn<posix_copy_file_range>, "Copy count bytes from one file descriptor to another."},
    {"splice", "(module, /, src, dst, count, offset_src=None, offset_dst=None, flags=0)",
     fn<posix_splice>, "Transfer count bytes from one pipe to a descriptor or vice versa."},
    {"memfd_create", "(module, /, name, flags=1)", fn<posix_memfd_create>},
    {"eventfd", "(module, /, initval, flags=524288)", fn<posix_eventfd>,
     "Creates and returns an event notification file descriptor."},
    {"eventfd_read", "(module, /, fd)", fn<posix_eventfd_read>, "Read eventfd value"},
    {"eventfd_write", "(module, /, fd, value)", fn<posix_eventfd_write>, "Write eventfd value."},
    {"timerfd_create", "(module, clockid, /, *, flags=0)", fn<posix_timerfd_create>,
     "Create and return a timer file descriptor."},
    {"timerfd_settime", "(module, fd, /, *, flags=0, initial=0.0, interval=0.0)",
     fn<posix_timerfd_settime>, "Alter a timer file descriptor's internal timer in seconds."},
    {"timerfd_settime_ns", "(module, fd, /, *, flags=0, initial=0, interval=0)",
     fn<posix_timerfd_settime_ns>,
     "Alter a timer file descriptor's internal timer in nanoseconds."},
    {"timerfd_gettime", "(module, fd, /)", fn<posix_timerfd_gettime>,
     "Return a tuple of a timer file descriptor's (interval, next expiration) in float seconds."},
    {"timerfd_gettime_ns", "(module, fd, /)", fn<posix_timerfd_gettime_ns>,
     "Return a tuple of a timer file descriptor's (interval, next expiration) in nanoseconds."},
    {"getrandom", "(module, /, size, flags=0)", fn<posix_getrandom>,
     "Obtain a series of random bytes."},
    {"urandom", "(module, size, /)", fn<posix_urandom>,
     "Return a bytes object containing random bytes suitable for cryptographic use."},
    {},
};

}  // namespace imugi::posix
