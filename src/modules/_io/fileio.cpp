// FileIO: a file descriptor as a raw stream. Its fields are atomics; calls that may block run
// detached, and a close by another thread meanwhile makes them fail with EBADF as in C.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "memory/collector.h"
#include "modules/_io/io.h"
#include "modules/fs_path.h"
#include "object/attribute.h"
#include "object/audit.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/float.h"
#include "object/int.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/str.h"
#include "thread/safepoint.h"

namespace imugi::io {

SharedType file_io{file_io_spec, &raw_io_base};

struct FileIO : Object {
    std::atomic<int> fd;
    std::atomic<bool> created, readable, writable, appending, close_fd, finalizing;
    std::atomic<int8_t> seekable;  // -1: not known yet
    std::atomic<int> block_size;
    std::atomic<int64_t> size_at_open;  // -1: unknown
};

}  // namespace imugi::io

namespace imugi {
IMUGI_SHARED_TYPE(io::FileIO, io::file_io);

}  // namespace imugi

namespace imugi::io {

namespace {

int descriptor(FileIO& self) {
    return self.fd.load(std::memory_order_relaxed);
}

// The largest transfer that Linux makes in one call.
constexpr size_t kMostBytes = 0x7ffff000;

// read() or write(), again when a signal has cut it short. -1: an exception, -2: it would block.
template <class Data>
Index transfer(Thread& thread, ssize_t (*call)(int, Data*, size_t), int fd, Data* data,
               size_t size) {
    if (size > kMostBytes) size = kMostBytes;
    for (;;) {
        ssize_t n;
        int error;
        {
            Detached detached(thread);
            n = call(fd, data, size);
            error = errno;
        }
        if (n >= 0) return n;
        if (error == EAGAIN) return -2;
        if (error != EINTR) return (void)raise_os_error(thread, error), -1;
        if (!safepoint(thread)) return -1;
    }
}
Index read_descriptor(Thread& thread, int fd, void* data, size_t size) {
    return transfer(thread, read, fd, data, size);
}
Index write_descriptor(Thread& thread, int fd, const void* data, size_t size) {
    Index n = transfer(thread, write, fd, data, size);
    // A signal that cut the call short is answered at once, not after the caller's next step.
    return n < 0 || safepoint(thread) ? n : -1;
}

Raised raise_mode(Thread& thread, const char* action) {
    Ref<Str> text = format(thread, "File not open for {}", action);
    if (!text) return {};
    const char* utf8 = str_utf8(thread, *text);
    if (!utf8) return {};
    return raise_unsupported(thread, utf8);
}

bool check_open(Thread& thread, FileIO& self) {
    if (descriptor(self) < 0) return raise(thread, exc::ValueError, "I/O operation on closed file");
    return true;
}
bool check_readable(Thread& thread, FileIO& self) {
    TRY(check_open(thread, self));
    if (!self.readable.load(std::memory_order_relaxed)) return raise_mode(thread, "reading");
    return true;
}
bool check_writable(Thread& thread, FileIO& self) {
    TRY(check_open(thread, self));
    if (!self.writable.load(std::memory_order_relaxed)) return raise_mode(thread, "writing");
    return true;
}

// --- opening ---

struct Mode {
    int flags = 0;
    bool created = false, readable = false, writable = false, appending = false;
};

bool parse_mode(Thread& thread, Str& text, Mode* mode) {
    bool chosen = false, plus = false;
    for (size_t i = 0; i < text.length(); i++) {
        switch (text[i]) {
            case 'x':
            case 'r':
            case 'w':
            case 'a':
                if (chosen)
                    return raise(thread, exc::ValueError,
                                 "Must have exactly one of create/read/write/append mode and at "
                                 "most one plus");
                chosen = true;
                mode->readable = text[i] == 'r';
                mode->writable = text[i] != 'r';
                mode->created = text[i] == 'x';
                mode->appending = text[i] == 'a';
                mode->flags |= text[i] == 'x'   ? O_EXCL | O_CREAT
                               : text[i] == 'w' ? O_CREAT | O_TRUNC
                               : text[i] == 'a' ? O_APPEND | O_CREAT
                                                : 0;
                break;
            case 'b':
                break;
            case '+':
                if (plus)
                    return raise(thread, exc::ValueError,
                                 "Must have exactly one of create/read/write/append mode and at "
                                 "most one plus");
                plus = true;
                break;
            default:
                return raise(thread, exc::ValueError, "invalid mode: {}", text);
        }
    }
    if (!chosen)
        return raise(thread, exc::ValueError,
                     "Must have exactly one of create/read/write/append mode and at most one plus");
    if (plus) mode->readable = mode->writable = true;
    mode->flags |= mode->readable && mode->writable ? O_RDWR : mode->readable ? O_RDONLY : O_WRONLY;
    mode->flags |= O_CLOEXEC;
    return true;
}

// Closes the descriptor if it is ours; OSError otherwise unless `quiet`.
bool close_descriptor(Thread& thread, FileIO& self) {
    int fd = self.fd.exchange(-1, std::memory_order_relaxed);
    if (fd < 0) return true;
    int failed, error;
    {
        Detached detached(thread);
        failed = close(fd);
        error = errno;
    }
    if (failed < 0) return raise_os_error(thread, error);
    return true;
}

int open_path(Thread& thread, Bytes& path, int flags, Value shown) {
    for (;;) {
        int fd, error;
        {
            Detached detached(thread);
            fd = open(path.text(), flags, 0666);
            error = errno;
        }
        if (fd >= 0) return fd;
        if (error != EINTR) return (void)raise_os_error(thread, error, shown), -1;
        if (!safepoint(thread)) return -1;
    }
}

int open_with(Thread& thread, Value opener, Value name, int flags) {
    Owned result = call(thread, opener, name, Value::small_int(flags));
    if (!result) return -1;
    if (!is_int(result)) {
        (void)raise(thread, exc::TypeError, "expected integer from opener");
        return -1;
    }
    int64_t fd;
    if (!int_fits_int64(result, &fd) || fd < INT32_MIN || fd > INT32_MAX) {
        (void)raise(thread, exc::OverflowError, "Python int too large to convert to C int");
        return -1;
    }
    if (fd < 0) {
        (void)raise(thread, exc::ValueError, "opener returned {}", fd);
        return -1;
    }
    int flags_now = fcntl(static_cast<int>(fd), F_GETFD);
    if (flags_now >= 0 && !(flags_now & FD_CLOEXEC))
        fcntl(static_cast<int>(fd), F_SETFD, flags_now | FD_CLOEXEC);
    return static_cast<int>(fd);
}

bool file_init(Thread& thread, Value self_value, const Arguments& arguments) {
    auto& self = self_value.as<FileIO>();
    Value bound[4];
    TRY(bind_arguments(thread, "FileIO", "(file, mode='r', closefd=True, opener=None)", arguments,
                       bound, 4));
    Value name = bound[0];
    if (!is_str(bound[1]))
        return raise(thread, exc::TypeError, "FileIO() argument 'mode' must be str, not {}",
                     type_name_of(bound[1]));
    bool close_fd = TRY(is_true(thread, bound[2]));
    if (descriptor(self) >= 0) {
        if (self.close_fd) TRY(close_descriptor(thread, self));
        self.fd = -1;
    }
    Mode mode;
    TRY(parse_mode(thread, bound[1].as<Str>(), &mode));
    int fd = -1;
    if (is_float(name))
        return raise(thread, exc::TypeError, "integer argument expected, got float");
    if (is_int(name)) {
        if (has_shape(name, k_bool_shape))
            TRY(warn(thread, exc::RuntimeWarning, 1,
                     make_str(thread, "bool is used as a file descriptor")));
        int64_t n;
        if (!int_fits_int64(name, &n) || n > INT32_MAX || n < INT32_MIN)
            return raise(thread, exc::OverflowError, "Python int too large to convert to C int");
        if (n < 0) return raise(thread, exc::ValueError, "negative file descriptor");
        fd = static_cast<int>(n);
    }
    TRY(audit(thread, "open", name, bound[1], mode.flags));
    bool own = false;
    if (fd < 0) {
        Ref<Bytes> path = TRY(fs_encode_path(thread, name));
        if (!close_fd)
            return raise(thread, exc::ValueError, "Cannot use closefd=False with file name");
        fd = is_none(bound[3]) ? open_path(thread, *path, mode.flags, name)
                               : open_with(thread, bound[3], name, mode.flags);
        if (fd < 0) return false;
        own = true;
    }
    self.created = mode.created;
    self.readable = mode.readable;
    self.writable = mode.writable;
    self.appending = mode.appending;
    self.close_fd = close_fd;
    self.seekable = -1;
    self.block_size = static_cast<int>(kDefaultBufferSize);
    self.size_at_open = -1;
    struct stat status;
    int failed, error;
    {
        Detached detached(thread);
        failed = fstat(fd, &status);
        error = errno;
    }
    auto give_up = [&](int number) {
        if (own) close(fd);
        (void)raise_os_error(thread, number, name);
        return false;
    };
    if (failed < 0 && error == EBADF) return give_up(error);
    if (failed == 0) {
        if (S_ISDIR(status.st_mode)) return give_up(EISDIR);
        if (status.st_blksize > 1) self.block_size = static_cast<int>(status.st_blksize);
        if (S_ISREG(status.st_mode)) self.size_at_open = status.st_size;
    }
    self.fd = fd;
    if (!set_attribute(thread, self_value, ID(name), name)) {
        if (!own) self.fd = -1;
        return false;
    }
    if (mode.appending && lseek(fd, 0, SEEK_END) < 0 && errno != ESPIPE) {
        int number = errno;
        if (!own) self.fd = -1;
        return raise_os_error(thread, number);
    }
    return true;
}

Owned file_make(Thread& thread, Type& type, const Arguments&) {
    auto* self = allocate<FileIO>(thread, type);
    if (!self) return {};
    self->fd.store(-1, std::memory_order_relaxed);
    self->seekable.store(-1, std::memory_order_relaxed);
    self->close_fd.store(true, std::memory_order_relaxed);
    track(self);
    return Owned::adopt(self);
}

// --- methods ---

bool file_dealloc_warn(Thread& thread, FileIO& self, Value source) {
    if (descriptor(self) < 0 || !self.close_fd) return true;
    SavedException saved(thread);
    if (!warn(thread, exc::ResourceWarning, 1,
              format(thread, "unclosed file {}", repr_of(source)))) {
        if (exception_matches(thread, exc::Warning))
            report_unraisable(thread, Value::of(self));
        else
            clear_exception(thread);
    }
    return true;
}

Owned file_close(Thread& thread, FileIO& self) {
    Value self_value = Value::of(self);
    // The base flushes and marks the file as closed.
    const MethodRow* row = io_base_spec.methods;
    while (strcmp(row->name, "close") != 0) row++;
    Owned base = call_native(thread, *row, self_value, Arguments{});
    if (!self.close_fd) {
        self.fd = -1;
        return base;
    }
    Owned error = base ? Owned() : take_exception(thread);
    if (self.finalizing) (void)file_dealloc_warn(thread, self, self_value);
    bool closed = close_descriptor(thread, self);
    if (error) {
        chain_pending(thread, std::move(error));
        return {};
    }
    if (!closed) return {};
    return base;
}

Owned file_fileno(Thread& thread, FileIO& self) {
    TRY(check_open(thread, self));
    return Owned::small_int(descriptor(self));
}
Result<bool> file_readable(Thread& thread, FileIO& self) {
    if (!check_open(thread, self)) return failure;
    return self.readable.load(std::memory_order_relaxed);
}
Result<bool> file_writable(Thread& thread, FileIO& self) {
    if (!check_open(thread, self)) return failure;
    return self.writable.load(std::memory_order_relaxed);
}
Result<bool> file_seekable(Thread& thread, FileIO& self) {
    if (!check_open(thread, self)) return failure;
    int8_t known = self.seekable.load(std::memory_order_relaxed);
    if (known < 0) {
        known = lseek(descriptor(self), 0, SEEK_CUR) >= 0;
        self.seekable.store(known, std::memory_order_relaxed);
    }
    return known > 0;
}

Owned file_readinto(Thread& thread, FileIO& self, Value target) {
    TRY(check_readable(thread, self));
    Buffer buffer(thread);
    TRY(buffer.get_writable(target, "readinto() argument"));
    Index n = read_descriptor(thread, descriptor(self), buffer.data(), buffer.size());
    if (n == -1) return {};
    return n == -2 ? Owned::share(none()) : Owned::small_int(n);
}

Owned file_readall(Thread& thread, FileIO& self) {
    TRY(check_open(thread, self));
    int fd = descriptor(self);
    size_t want = 0;
    int64_t known = self.size_at_open.load(std::memory_order_relaxed);
    if (known >= 0 && known < (int64_t{1} << 40)) {
        off_t at = known > 65536 ? lseek(fd, 0, SEEK_CUR) : 0;
        // One byte more, so that the end is seen without another buffer.
        if (at >= 0 && known >= at) want = static_cast<size_t>(known - at) + 1;
    }
    if (want == 0) want = 8192;
    BytesBuilder all(thread);
    for (;;) {
        TRY(all.reserve(want));
        Index n = read_descriptor(thread, fd, all.end(), want);
        if (n == -1) return {};
        if (n == -2) {
            if (all.size() == 0) return Owned::share(none());
            break;
        }
        if (n == 0) break;
        all.advance(static_cast<size_t>(n));
        if (static_cast<size_t>(n) < want) {
            want -= static_cast<size_t>(n);
        } else {
            size_t grown = all.size() > 65536 ? all.size() >> 3 : all.size() + 256;
            want = grown < 8192 ? 8192 : grown;
        }
    }
    return all.finish();
}

Owned file_read_method(Thread& thread, FileIO& self, Value size_value) {
    TRY(check_readable(thread, self));
    Index size = TRY(size_argument(thread, size_value));
    if (size < 0) {
        if (file_io.is_exact(Value::of(self))) return file_readall(thread, self);
        return call_method(thread, Value::of(self), ID(readall));
    }
    if (static_cast<size_t>(size) > kMostBytes) size = static_cast<Index>(kMostBytes);
    Ref<Bytes> bytes = TRY(make_bytes_blank(thread, static_cast<size_t>(size)));
    Index n = read_descriptor(thread, descriptor(self), bytes_blank_data(*bytes),
                              static_cast<size_t>(size));
    if (n == -1) return {};
    if (n == -2) return Owned::share(none());
    return bytes_truncate(thread, std::move(bytes), static_cast<size_t>(n));
}

Owned file_write_method(Thread& thread, FileIO& self, Value data) {
    TRY(check_writable(thread, self));
    Buffer buffer(thread);
    TRY(buffer.get(data));
    Index n = write_descriptor(thread, descriptor(self), buffer.data(), buffer.size());
    if (n == -1) return {};
    return n == -2 ? Owned::share(none()) : Owned::small_int(n);
}

Owned seek_to(Thread& thread, FileIO& self, int64_t position, int whence) {
    off_t at;
    int error;
    {
        Detached detached(thread);
        at = lseek(descriptor(self), position, whence);
        error = errno;
    }
    if (self.seekable < 0) self.seekable = at >= 0;
    if (at < 0) return raise_os_error(thread, error);
    return make_int(thread, at);
}

Owned file_seek(Thread& thread, FileIO& self, Value position, int whence) {
    TRY(check_open(thread, self));
    int64_t offset = TRY(offset_argument(thread, position));
    return seek_to(thread, self, offset, whence);
}
Owned file_tell(Thread& thread, FileIO& self) {
    TRY(check_open(thread, self));
    return seek_to(thread, self, 0, SEEK_CUR);
}

Owned file_truncate(Thread& thread, FileIO& self, Value size) {
    TRY(check_writable(thread, self));
    Owned position = is_none(size) ? seek_to(thread, self, 0, SEEK_CUR) : Owned::share(size);
    if (!position) return {};
    int64_t length = TRY(offset_argument(thread, position));
    int failed, error;
    {
        Detached detached(thread);
        do failed = ftruncate(descriptor(self), length);
        while (failed < 0 && errno == EINTR);
        error = errno;
    }
    if (failed < 0) return raise_os_error(thread, error);
    self.size_at_open = -1;
    return position;
}

Result<bool> file_isatty(Thread& thread, FileIO& self) {
    if (!check_open(thread, self)) return failure;
    Detached detached(thread);
    return isatty(descriptor(self)) == 1;
}

// For the open() of text files: regular files are never terminals.
Result<bool> file_isatty_open_only(Thread& thread, FileIO& self) {
    if (self.size_at_open.load(std::memory_order_relaxed) >= 0) return false;
    return file_isatty(thread, self);
}

const char* mode_text(FileIO& self) {
    if (self.created) return self.readable ? "xb+" : "xb";
    if (self.appending) return self.readable ? "ab+" : "ab";
    if (self.readable) return self.writable ? "rb+" : "rb";
    return "wb";
}

Owned file_repr(Thread& thread, Value self_value) {
    auto& self = self_value.as<FileIO>();
    Ref<Str> type = TRY(Ref<Str>::adopt(type_full_name(thread, type_of(self_value))));
    int fd = descriptor(self);
    if (fd < 0) return format(thread, "<{} [closed]>", *type);
    Owned name = TRY(get_attribute_or_nothing(thread, self_value, ID(name)));
    const char* closes = self.close_fd ? "True" : "False";
    if (name.is_nothing())
        return format(thread, "<{} fd={} mode='{}' closefd={}>", *type, fd, mode_text(self),
                      closes);
    return format(thread, "<{} name={} mode='{}' closefd={}>", *type, repr_of(name),
                  mode_text(self), closes);
}

Owned file_reduce(Thread& thread, FileIO& self, Args) {
    return raise(thread, exc::TypeError, "cannot pickle '{}' instances",
                 type_name_of(Value::of(self)));
}

Owned get_closed(Thread&, Value self) {
    return Owned::share(boolean(descriptor(self.as<FileIO>()) < 0));
}
Owned get_closefd(Thread&, Value self) {
    return Owned::share(boolean(self.as<FileIO>().close_fd));
}
Owned get_mode(Thread& thread, Value self) {
    return make_str(thread, mode_text(self.as<FileIO>()));
}
Owned get_block_size(Thread&, Value self) {
    return Owned::small_int(self.as<FileIO>().block_size);
}
bool set_block_size(Thread& thread, Value self, Value value) {
    if (value.is_empty())
        return raise(thread, exc::TypeError, "can't delete numeric/char attribute");
    int64_t n = TRY(to_int64(thread, value));
    self.as<FileIO>().block_size = static_cast<int>(n);
    return true;
}
Owned get_finalizing(Thread&, Value self) {
    return Owned::share(boolean(self.as<FileIO>().finalizing));
}
bool set_finalizing(Thread& thread, Value self, Value value) {
    if (value.is_empty())
        return raise(thread, exc::TypeError, "can't delete numeric/char attribute");
    self.as<FileIO>().finalizing = TRY(is_true(thread, value));
    return true;
}

const MethodRow file_methods[] = {
    {"read", "(self, size=-1, /)", fn<file_read_method>,
     "Read at most size bytes, returned as bytes.\n\n"
     "If size is less than 0, read all bytes in the file making multiple read calls.\n"
     "See ``FileIO.readall``.\n\n"
     "Attempts to make only one system call, retrying only per PEP 475 (EINTR). This\n"
     "means less data may be returned than requested.\n\n"
     "In non-blocking mode, returns None if no data is available. Return an empty\n"
     "bytes object at EOF."},
    {"readall", "(self, /)", fn<file_readall>,
     "Read all data from the file, returned as bytes.\n\n"
     "Reads until either there is an error or read that returns size 0 (indicates EOF).\n"
     "If the file is already at EOF, returns an empty bytes object.\n\n"
     "In non-blocking mode, returns as much data as could be read before EAGAIN. If no\n"
     "data is available (EAGAIN is returned before bytes are read) returns None."},
    {"readinto", "(self, buffer, /)", fn<file_readinto>, "Same as RawIOBase.readinto()."},
    {"write", "(self, b, /)", fn<file_write_method>,
     "Write buffer b to file, return number of bytes written.\n\n"
     "Only makes one system call, so not all of the data may be written.\n"
     "The number of bytes actually written is returned.  In non-blocking mode,\n"
     "returns None if the write would block."},
    {"seek", "(self, pos, whence=0, /)", fn<file_seek>,
     "Move to new file position and return the file position.\n\n"
     "Argument offset is a byte count.  Optional argument whence defaults to\n"
     "SEEK_SET or 0 (offset from start of file, offset should be >= 0); other values\n"
     "are SEEK_CUR or 1 (move relative to current position, positive or negative),\n"
     "and SEEK_END or 2 (move relative to end of file, usually negative, although\n"
     "many platforms allow seeking beyond the end of a file).\n\n"
     "Note that not all file objects are seekable."},
    {"tell", "(self, /)", fn<file_tell>,
     "Current file position.\n\nCan raise OSError for non seekable files."},
    {"truncate", "(self, size=None, /)", fn<file_truncate>,
     "Truncate the file to at most size bytes and return the truncated size.\n\n"
     "Size defaults to the current file position, as returned by tell().\n"
     "The current file position is changed to the value of size."},
    {"close", "(self, /)", fn<file_close>,
     "Close the file.\n\n"
     "A closed file cannot be used for further I/O operations.  close() may be\n"
     "called more than once without error."},
    {"seekable", "(self, /)", fn<file_seekable>, "True if file supports random-access."},
    {"readable", "(self, /)", fn<file_readable>, "True if file was opened in a read mode."},
    {"writable", "(self, /)", fn<file_writable>, "True if file was opened in a write mode."},
    {"fileno", "(self, /)", fn<file_fileno>, "Return the underlying file descriptor (an integer)."},
    {"isatty", "(self, /)", fn<file_isatty>, "True if the file is connected to a TTY device."},
    {"_isatty_open_only", "(self, /)", fn<file_isatty_open_only>,
     "Cheater isatty that only checks when the file was opened."},
    {"_dealloc_warn", "(self, object, /)", fn<file_dealloc_warn>},
    {"__reduce__", "(self, /, *args)", fn<file_reduce>},
    {"__reduce_ex__", "(self, /, *args)", fn<file_reduce>},
    {},
};

const GetSetRow file_getsets[] = {
    {"closed", get_closed, nullptr, "True if the file is closed"},
    {"closefd", get_closefd, nullptr, "True if the file descriptor will be closed by close()."},
    {"mode", get_mode, nullptr, "String giving the file mode"},
    {"_blksize", get_block_size, set_block_size},
    {"_finalizing", get_finalizing, set_finalizing},
    {},
};

}  // namespace

Index file_read(Thread& thread, Value file, void* data, size_t size) {
    auto& self = file.as<FileIO>();
    if (!check_readable(thread, self)) return -1;
    return read_descriptor(thread, descriptor(self), data, size);
}

Index file_write(Thread& thread, Value file, const void* data, size_t size) {
    auto& self = file.as<FileIO>();
    if (!check_writable(thread, self)) return -1;
    return write_descriptor(thread, descriptor(self), data, size);
}

const TypeSpec file_io_spec = {
    .name = "_io.FileIO",
    .doc =
        "Open a file.\n\n"
        "The mode can be 'r' (default), 'w', 'x' or 'a' for reading,\n"
        "writing, exclusive creation or appending.  The file will be created if it\n"
        "doesn't exist when opened for writing or appending; it will be truncated\n"
        "when opened for writing.  A FileExistsError will be raised if it already\n"
        "exists when opened for creating. Opening a file for creating implies\n"
        "writing so this mode behaves in a similar way to 'w'.Add a '+' to the mode\n"
        "to allow simultaneous reading and writing. A custom opener can be used by\n"
        "passing a callable as *opener*. The underlying file descriptor for the file\n"
        "object is then obtained by calling opener with (*name*, *flags*).\n"
        "*opener* must return an open file descriptor (passing os.open as *opener*\n"
        "results in functionality similar to passing None).",
    .size = sizeof(FileIO),
    .flags = kFileTypeFlags,
    .slots = {.repr = file_repr, .make = file_make, .init = file_init},
    .methods = file_methods,
    .getsets = file_getsets,
    .signature = "(file, mode='r', closefd=True, opener=None)",
};

}  // namespace imugi::io
