// The mmap module. A mapping's fields are used under its Lock; while `exports` (buffers, and calls
// that work on the memory detached) is not zero it is neither closed nor moved.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "memory/collector.h"
#include "modules/constants.h"
#include "modules/native_class.h"
#include "modules/posix/posix.h"
#include "modules/shared_type.h"
#include "object/audit.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/protocol.h"
#include "object/slice.h"
#include "object/str.h"
#include "thread/lock.h"

namespace imugi {

namespace mapping {

enum Access { kDefault, kRead, kWrite, kCopy };

struct Mapping : Object {
    uint8_t* data;  // null once closed
    Index size, position;
    int64_t offset;
    int fd;  // our own duplicate; -1 for anonymous memory, or not kept
    int flags;
    int access;
    bool track_fd;
    std::atomic<Index> exports;
};

extern const TypeSpec mmap_spec;
constinit SharedType mmap_class(mmap_spec);

}  // namespace mapping

IMUGI_SHARED_TYPE(mapping::Mapping, mapping::mmap_class);

namespace mapping {

namespace {

Mapping& mapping_of(Value value) {
    return value.as<Mapping>();
}

Raised raise_closed(Thread& thread) {
    return raise(thread, exc::ValueError, "mmap closed or invalid");
}
bool check_open(Thread& thread, const Mapping& self) {
    return self.data || raise_closed(thread);
}
bool check_writable(Thread& thread, const Mapping& self) {
    return self.access != kRead ||
           raise(thread, exc::TypeError, "mmap can't modify a readonly memory map.");
}

// Keeps the mapping where it is, without the Lock. Empty when it is closed already.
class Pinned {
  public:
    Pinned(Thread& thread, Mapping& self) : self_(self) {
        Lock guard(thread, self);
        open_ = self.data != nullptr;
        if (open_) self.exports.fetch_add(1, std::memory_order_relaxed);
    }
    ~Pinned() {
        if (open_) self_.exports.fetch_sub(1, std::memory_order_release);
    }
    Pinned(const Pinned&) = delete;
    explicit operator bool() const { return open_; }

  private:
    Mapping& self_;
    bool open_;
};

// --- construction ---

struct Wanted {
    int fd = -1, flags = MAP_SHARED, protection = PROT_READ | PROT_WRITE, access = kDefault;
    Index length = 0;
    int64_t offset = 0;
    bool track_fd = true;
};

bool load_wanted(Thread& thread, const Arguments& arguments, Wanted* out) {
    Value values[7];
    TRY(bind_arguments(thread, "mmap",
                       "(fileno, length, flags=1, prot=3, access=0, offset=0, *, trackfd=True)",
                       arguments, values, 7));
    out->fd = TRY(convert_int(thread, values[0]));
    out->length = TRY(to_ssize(thread, values[1], exc::OverflowError));
    out->flags = TRY(convert_int(thread, values[2]));
    out->protection = TRY(convert_int(thread, values[3]));
    out->access = TRY(convert_int(thread, values[4]));
    out->offset = TRY(to_int64(thread, values[5]));
    out->track_fd = TRY(is_true(thread, values[6]));
    TRY(audit(thread, "mmap.__new__", out->fd, out->length, out->access, out->offset));
    if (out->length < 0)
        return raise(thread, exc::OverflowError, "memory mapped length must be positive");
    if (out->offset < 0)
        return raise(thread, exc::OverflowError, "memory mapped offset must be positive");
    bool plain = out->flags == MAP_SHARED && out->protection == (PROT_READ | PROT_WRITE);
    if (out->access != kDefault && !plain)
        return raise(thread, exc::ValueError, "mmap can't specify both access and flags, prot.");
    switch (out->access) {
        case kRead:
            out->protection = PROT_READ;
            break;
        case kWrite:
            break;
        case kCopy:
            out->flags = MAP_PRIVATE;
            break;
        case kDefault:
            if (!(out->protection & PROT_WRITE))
                out->access = kRead;
            else if (out->protection & PROT_READ)
                out->access = kDefault;
            else
                out->access = kWrite;
            break;
        default:
            return raise(thread, exc::ValueError, "mmap invalid access parameter.");
    }
    return true;
}

// Checks the length against the file's, or takes it from there.
bool fit_to_file(Thread& thread, Wanted* wanted) {
    struct stat status;
    if (fstat(wanted->fd, &status) < 0) return posix::fail(thread);
    if (!S_ISREG(status.st_mode)) return true;
    if (wanted->length == 0) {
        if (status.st_size == 0) return raise(thread, exc::ValueError, "cannot mmap an empty file");
        if (wanted->offset >= status.st_size)
            return raise(thread, exc::ValueError, "mmap offset is greater than file size");
        wanted->length = status.st_size - wanted->offset;
    } else if (wanted->offset > status.st_size ||
               status.st_size - wanted->offset < wanted->length) {
        return raise(thread, exc::ValueError, "mmap length is greater than file size");
    }
    return true;
}

Owned mmap_make(Thread& thread, Type& type, const Arguments& arguments) {
    Wanted wanted;
    TRY(load_wanted(thread, arguments, &wanted));
    if (wanted.fd != -1) TRY(fit_to_file(thread, &wanted));
    auto* self = allocate<Mapping>(thread, type);
    if (!self) return {};
    Owned result = Owned::adopt(self);
    self->fd = -1;
    self->track_fd = wanted.track_fd;
    self->size = wanted.length;
    self->offset = wanted.offset;
    self->access = wanted.access;
    if (wanted.fd == -1) {
        wanted.flags |= MAP_ANONYMOUS;
    } else if (wanted.track_fd) {
        self->fd = fcntl(wanted.fd, F_DUPFD_CLOEXEC, 0);
        if (self->fd < 0) return posix::fail(thread);
    }
    self->flags = wanted.flags;
    void* data = posix::blocking(thread, [&] {
        return mmap(nullptr, static_cast<size_t>(wanted.length), wanted.protection, wanted.flags,
                    wanted.fd, wanted.offset);
    });
    if (data == MAP_FAILED) return posix::fail(thread);
    self->data = static_cast<uint8_t*>(data);
    if (type.has(kTypeTracked)) track(self);
    return result;
}

void unmap(Mapping& self) {
    if (self.fd >= 0) close(self.fd);
    if (self.data) munmap(self.data, static_cast<size_t>(self.size));
    self.fd = -1;
    self.data = nullptr;
}
void mmap_release(Object* object) {
    unmap(*static_cast<Mapping*>(object));
}

bool mmap_close(Thread& thread, Mapping& self) {
    Lock guard(thread, self);
    // Pairs with the release of who lets go of the memory.
    if (self.exports.load(std::memory_order_acquire) > 0)
        return raise(thread, exc::BufferError, "cannot close exported pointers exist");
    unmap(self);
    return true;
}

// --- as a file ---

Owned mmap_read(Thread& thread, Mapping& self, Value count_value) {
    Index count = -1;
    if (!is_none(count_value)) count = TRY(to_ssize(thread, count_value, exc::OverflowError));
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    Index left = self.position < self.size ? self.size - self.position : 0;
    if (count < 0 || count > left) count = left;
    Ref<Bytes> result = make_bytes(thread, self.data + self.position, static_cast<size_t>(count));
    if (result) self.position += count;
    return result;
}

Owned mmap_readline(Thread& thread, Mapping& self) {
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    Index left = self.position < self.size ? self.size - self.position : 0;
    uint8_t* begin = self.data + self.position;
    auto* newline = static_cast<uint8_t*>(memchr(begin, '\n', static_cast<size_t>(left)));
    Index count = newline ? newline + 1 - begin : left;
    Ref<Bytes> result = make_bytes(thread, begin, static_cast<size_t>(count));
    if (result) self.position += count;
    return result;
}

Owned mmap_read_byte(Thread& thread, Mapping& self) {
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    if (self.position >= self.size) return raise(thread, exc::ValueError, "read byte out of range");
    return Owned::small_int(self.data[self.position++]);
}

Owned mmap_write(Thread& thread, Mapping& self, Value bytes) {
    Buffer buffer(thread);
    TRY(buffer.get(bytes));
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    TRY(check_writable(thread, self));
    auto size = static_cast<Index>(buffer.size());
    if (self.position > self.size || self.size - self.position < size)
        return raise(thread, exc::ValueError, "data out of range");
    if (size) memmove(self.data + self.position, buffer.data(), buffer.size());
    self.position += size;
    return Owned::small_int(size);
}

bool mmap_write_byte(Thread& thread, Mapping& self, Value value) {
    int64_t byte = TRY(to_int64(thread, value));
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    TRY(check_writable(thread, self));
    if (byte < 0 || byte > 255)
        return raise(thread, exc::OverflowError,
                     byte < 0 ? "unsigned byte integer is less than minimum"
                              : "unsigned byte integer is greater than maximum");
    if (self.position >= self.size)
        return raise(thread, exc::ValueError, "write byte out of range");
    self.data[self.position++] = static_cast<uint8_t>(byte);
    return true;
}

Owned mmap_seek(Thread& thread, Mapping& self, Index position, int whence) {
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    Index where;
    switch (whence) {
        case 0:
            where = position;
            break;
        case 1:
            if (__builtin_add_overflow(self.position, position, &where)) where = -1;
            break;
        case 2:
            if (__builtin_add_overflow(self.size, position, &where)) where = -1;
            break;
        default:
            return raise(thread, exc::ValueError, "unknown seek type");
    }
    if (where < 0 || where > self.size) return raise(thread, exc::ValueError, "seek out of range");
    self.position = where;
    return make_int(thread, where);
}

Owned mmap_tell(Thread& thread, Mapping& self) {
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    return make_int(thread, self.position);
}
Owned mmap_seekable(Thread&, Mapping&) {
    return Owned::share(boolean(true));
}

Owned mmap_size(Thread& thread, Mapping& self) {
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    if (self.fd < 0) {
        if (!self.track_fd) return raise_os_error(thread, EBADF);
        return make_int(thread, self.size);
    }
    struct stat status;
    if (fstat(self.fd, &status) < 0) return posix::fail(thread);
    return make_int(thread, status.st_size);
}

// --- search ---

template <bool last>
Owned mmap_find(Thread& thread, Mapping& self, Value view, Value start_value, Value end_value) {
    Buffer buffer(thread);
    TRY(buffer.get(view));
    bool has_start = !start_value.is_empty() && !is_none(start_value);
    bool has_end = !end_value.is_empty() && !is_none(end_value);
    Index start = has_start ? TRY(to_ssize(thread, start_value, exc::OverflowError)) : 0;
    Index end = has_end ? TRY(to_ssize(thread, end_value, exc::OverflowError)) : 0;
    Pinned pin(thread, self);
    if (!pin) return raise_closed(thread);
    if (!has_start) start = self.position;
    if (!has_end) end = self.size;
    adjust_bounds(start, end, self.size);
    auto size = static_cast<Index>(buffer.size());
    Index found = -1;
    if (start <= end && end - start >= size) {
        Detached detached(thread);
        const uint8_t *begin = self.data + start, *stop = self.data + end - size;
        if (!last) {
            auto* at =
                size == 0
                    ? begin
                    : static_cast<const uint8_t*>(memmem(begin, static_cast<size_t>(end - start),
                                                         buffer.data(), buffer.size()));
            if (at) found = at - self.data;
        } else {
            for (const uint8_t* at = stop; at >= begin; at--) {
                if (size != 0 && memcmp(at, buffer.data(), buffer.size()) != 0) continue;
                found = at - self.data;
                break;
            }
        }
    }
    return make_int(thread, found);
}

// --- the memory as a whole ---

bool mmap_flush(Thread& thread, Mapping& self, Index offset, Value size_value, Value flags_value) {
    Index size = 0;
    bool has_size = !size_value.is_empty() && !is_none(size_value);
    if (has_size) size = TRY(to_ssize(thread, size_value, exc::OverflowError));
    int flags = MS_SYNC;
    if (!flags_value.is_empty()) flags = TRY(convert_int(thread, flags_value));
    Pinned pin(thread, self);
    if (!pin) return raise_closed(thread);
    if (!has_size) size = self.size - offset;
    if (offset < 0 || size < 0 || offset > self.size || self.size - offset < size)
        return raise(thread, exc::ValueError, "flush values out of range");
    if (self.access == kRead || self.access == kCopy) return true;
    if (posix::blocking(thread, [&] {
            return msync(self.data + offset, static_cast<size_t>(size), flags);
        }) < 0)
        return posix::fail(thread);
    return true;
}

bool mmap_madvise(Thread& thread, Mapping& self, int option, Index start, Value length_value) {
    Index length = -1;
    if (!length_value.is_empty() && !is_none(length_value))
        length = TRY(to_ssize(thread, length_value, exc::OverflowError));
    Pinned pin(thread, self);
    if (!pin) return raise_closed(thread);
    if (length_value.is_empty() || is_none(length_value)) length = self.size;
    if (start < 0 || start >= self.size)
        return raise(thread, exc::ValueError, "madvise start out of bounds");
    if (length < 0) return raise(thread, exc::ValueError, "madvise length invalid");
    if (length > INT64_MAX - start)
        return raise(thread, exc::OverflowError, "madvise length too large");
    if (length > self.size - start) length = self.size - start;
    if (posix::blocking(thread, [&] {
            return madvise(self.data + start, static_cast<size_t>(length), option);
        }) < 0)
        return posix::fail(thread);
    return true;
}

bool mmap_move(Thread& thread, Mapping& self, Index dest, Index src, Index count) {
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    TRY(check_writable(thread, self));
    if (dest < 0 || src < 0 || count < 0 || self.size - dest < count || self.size - src < count)
        return raise(thread, exc::ValueError, "source, destination, or count out of range");
    memmove(self.data + dest, self.data + src, static_cast<size_t>(count));
    return true;
}

bool mmap_resize(Thread& thread, Mapping& self, Index size) {
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    if (self.exports.load(std::memory_order_acquire) > 0)
        return raise(thread, exc::BufferError, "mmap can't resize with extant buffers exported.");
    if (!self.track_fd)
        return raise(thread, exc::ValueError, "mmap can't resize with trackfd=False.");
    if (self.access != kWrite && self.access != kDefault)
        return raise(thread, exc::TypeError,
                     "mmap can't resize a readonly or copy-on-write memory map.");
    if (size < 0 || INT64_MAX - size < self.offset)
        return raise(thread, exc::ValueError, "new size out of range");
    if (self.fd < 0 && !(self.flags & MAP_PRIVATE) && size > self.size)
        return raise(thread, exc::ValueError,
                     "mmap: can't expand a shared anonymous mapping on Linux");
    // mremap refuses it when the file is cut already: who reads what is mapped then gets SIGBUS.
    if (size == 0) {
        errno = EINVAL;
        return posix::fail(thread);
    }
    if (self.fd >= 0 && ftruncate(self.fd, self.offset + size) < 0) return posix::fail(thread);
    void* moved = mremap(self.data, static_cast<size_t>(self.size), static_cast<size_t>(size),
                         MREMAP_MAYMOVE);
    if (moved == MAP_FAILED) return posix::fail(thread);
    self.data = static_cast<uint8_t*>(moved);
    self.size = size;
    return true;
}

Owned mmap_enter(Thread& thread, Mapping& self) {
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    return Owned::share(self);
}
bool mmap_exit(Thread& thread, Mapping& self, Args) {
    return mmap_close(thread, self);
}
Owned get_closed(Thread& thread, Value self) {
    Lock guard(thread, *self.object());
    return Owned::share(boolean(mapping_of(self).data == nullptr));
}

// --- as a sequence ---

Result<Index> mmap_length(Thread& thread, Value self) {
    Lock guard(thread, *self.object());
    TRY(check_open(thread, mapping_of(self)));
    return mapping_of(self).size;
}

Owned mmap_item(Thread& thread, Value value, Index index) {
    Mapping& self = mapping_of(value);
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    if (index < 0 || index >= self.size)
        return raise(thread, exc::IndexError, "mmap index out of range");
    return make_bytes(thread, self.data + index, 1);
}

Owned mmap_subscript(Thread& thread, Value value, Value key) {
    Mapping& self = mapping_of(value);
    if (is_slice(key)) {
        SliceRange range;
        TRY(slice_unpack(thread, key.as<Slice>(), range));
        Lock guard(thread, self);
        TRY(check_open(thread, self));
        slice_adjust(range, self.size);
        Ref<Bytes> result = TRY(make_bytes_blank(thread, static_cast<size_t>(range.count)));
        uint8_t* out = bytes_blank_data(*result);
        if (range.step == 1 && range.count)
            memcpy(out, self.data + range.start, static_cast<size_t>(range.count));
        else
            for (Index i = 0; i < range.count; i++)
                out[i] = self.data[range.start + i * range.step];
        return result;
    }
    if (!key.is_small_int() && !type_of(key).slots.index)
        return raise(thread, exc::TypeError, "mmap indices must be integers");
    Index index = TRY(to_ssize(thread, key));
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    if (index < 0) index += self.size;
    if (index < 0 || index >= self.size)
        return raise(thread, exc::IndexError, "mmap index out of range");
    return Owned::small_int(self.data[index]);
}

bool assign_slice(Thread& thread, Mapping& self, Slice& slice, Value value) {
    SliceRange range;
    TRY(slice_unpack(thread, slice, range));
    Buffer buffer(thread);
    TRY(buffer.get(value));
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    TRY(check_writable(thread, self));
    slice_adjust(range, self.size);
    if (static_cast<Index>(buffer.size()) != range.count)
        return raise(thread, exc::IndexError, "mmap slice assignment is wrong size");
    if (range.step == 1 && range.count)
        memmove(self.data + range.start, buffer.data(), buffer.size());
    else
        for (Index i = 0; i < range.count; i++)
            self.data[range.start + i * range.step] = buffer.data()[i];
    return true;
}

bool mmap_assign(Thread& thread, Value mapping, Value key, Value value) {
    Mapping& self = mapping_of(mapping);
    {
        Lock guard(thread, self);
        TRY(check_open(thread, self));
        TRY(check_writable(thread, self));
    }
    if (is_slice(key)) {
        if (value.is_empty())
            return raise(thread, exc::TypeError, "mmap object doesn't support slice deletion");
        return assign_slice(thread, self, key.as<Slice>(), value);
    }
    if (!key.is_small_int() && !type_of(key).slots.index)
        return raise(thread, exc::TypeError, "mmap indices must be integers");
    Index index = TRY(to_ssize(thread, key));
    {
        Lock guard(thread, self);
        TRY(check_open(thread, self));
        if (index < 0) index += self.size;
        if (index < 0 || index >= self.size)
            return raise(thread, exc::IndexError, "mmap index out of range");
    }
    if (value.is_empty())
        return raise(thread, exc::TypeError, "mmap doesn't support item deletion");
    if (!value.is_small_int() && !type_of(value).slots.index)
        return raise(thread, exc::TypeError, "mmap item value must be an int");
    Index byte = TRY(to_ssize(thread, value, exc::TypeError));
    if (byte < 0 || byte > 255)
        return raise(thread, exc::ValueError, "mmap item value must be in range(0, 256)");
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    // It may have been resized meanwhile.
    if (index >= self.size) return raise(thread, exc::IndexError, "mmap index out of range");
    self.data[index] = static_cast<uint8_t>(byte);
    return true;
}

bool mmap_get_buffer(Thread& thread, Value value, BufferView& view, int flags) {
    Mapping& self = mapping_of(value);
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    TRY(fill_buffer(thread, view, value, self.data, static_cast<size_t>(self.size),
                    self.access == kRead, flags));
    self.exports.fetch_add(1, std::memory_order_relaxed);
    return true;
}
void mmap_release_buffer(Thread&, Value value, BufferView&) {
    mapping_of(value).exports.fetch_sub(1, std::memory_order_release);
}

Owned mmap_repr(Thread& thread, Value value) {
    Mapping& self = mapping_of(value);
    constexpr const char* kNames[] = {"ACCESS_DEFAULT", "ACCESS_READ", "ACCESS_WRITE",
                                      "ACCESS_COPY"};
    bool open;
    Index size, position;
    {
        Lock guard(thread, self);
        open = self.data;
        size = self.size;
        position = self.position;
    }
    if (!open) return format(thread, "<{} closed=True>", type_full_name_of(value));
    return format(thread, "<{} closed=False, access={}, length={}, pos={}, offset={}>",
                  type_full_name_of(value), kNames[self.access], size, position, self.offset);
}

const MethodRow mmap_rows[] = {
    {"close", "(self, /)", fn<mmap_close>, "Closes the mapping; it cannot be used afterwards."},
    {"find", "(self, view, start=<unrepresentable>, end=<unrepresentable>, /)",
     fn<mmap_find<false>>, "The lowest index of the bytes, from the current position on; or -1."},
    {"rfind", "(self, view, start=<unrepresentable>, end=<unrepresentable>, /)",
     fn<mmap_find<true>>, "The highest index of the bytes, from the current position on; or -1."},
    {"flush", "(self, offset=0, size=<unrepresentable>, /, *, flags=<unrepresentable>)",
     fn<mmap_flush>, "Writes changes back to the file."},
    {"madvise", "(self, option, start=0, length=<unrepresentable>, /)", fn<mmap_madvise>,
     "Tells the system how the memory will be used."},
    {"move", "(self, dest, src, count, /)", fn<mmap_move>, "Copies bytes within the mapping."},
    {"read", "(self, n=None, /)", fn<mmap_read>,
     "Bytes from the current position on, which moves behind them."},
    {"read_byte", "(self, /)", fn<mmap_read_byte>, "The byte at the current position as an int."},
    {"readline", "(self, /)", fn<mmap_readline>, "A line from the current position on."},
    {"resize", "(self, newsize, /)", fn<mmap_resize>, "Resizes the mapping and its file."},
    {"seek", "(self, pos, whence=0, /)", fn<mmap_seek>, "Sets the current position."},
    {"seekable", "(self, /)", fn<mmap_seekable>, "True."},
    {"size", "(self, /)", fn<mmap_size>, "The size of the file."},
    {"tell", "(self, /)", fn<mmap_tell>, "The current position."},
    {"write", "(self, bytes, /)", fn<mmap_write>,
     "Writes bytes at the current position, which moves behind them."},
    {"write_byte", "(self, byte, /)", fn<mmap_write_byte>, "Writes one byte, an int."},
    {"__enter__", "(self, /)", fn<mmap_enter>, nullptr},
    {"__exit__", "(self, /, *exc_info)", fn<mmap_exit>, nullptr},
    {},
};
const GetSetRow mmap_getsets[] = {{"closed", get_closed}, {}};

constexpr IntConstant kConstants[] = {
    {"PROT_EXEC", PROT_EXEC},
    {"PROT_READ", PROT_READ},
    {"PROT_WRITE", PROT_WRITE},
    {"MAP_SHARED", MAP_SHARED},
    {"MAP_PRIVATE", MAP_PRIVATE},
    {"MAP_ANON", MAP_ANONYMOUS},
    {"MAP_ANONYMOUS", MAP_ANONYMOUS},
    {"MAP_POPULATE", MAP_POPULATE},
    {"MAP_STACK", MAP_STACK},
    {"MAP_NORESERVE", MAP_NORESERVE},
    {"MAP_DENYWRITE", MAP_DENYWRITE},
    {"MAP_EXECUTABLE", MAP_EXECUTABLE},
    {"ACCESS_DEFAULT", kDefault},
    {"ACCESS_READ", kRead},
    {"ACCESS_WRITE", kWrite},
    {"ACCESS_COPY", kCopy},
    {"MS_ASYNC", MS_ASYNC},
    {"MS_INVALIDATE", MS_INVALIDATE},
    {"MS_SYNC", MS_SYNC},
    {"MADV_NORMAL", MADV_NORMAL},
    {"MADV_RANDOM", MADV_RANDOM},
    {"MADV_SEQUENTIAL", MADV_SEQUENTIAL},
    {"MADV_WILLNEED", MADV_WILLNEED},
    {"MADV_DONTNEED", MADV_DONTNEED},
    {"MADV_REMOVE", MADV_REMOVE},
    {"MADV_DONTFORK", MADV_DONTFORK},
    {"MADV_DOFORK", MADV_DOFORK},
    {"MADV_HWPOISON", MADV_HWPOISON},
    {"MADV_MERGEABLE", MADV_MERGEABLE},
    {"MADV_UNMERGEABLE", MADV_UNMERGEABLE},
    {"MADV_HUGEPAGE", MADV_HUGEPAGE},
    {"MADV_NOHUGEPAGE", MADV_NOHUGEPAGE},
    {"MADV_DONTDUMP", MADV_DONTDUMP},
    {"MADV_DODUMP", MADV_DODUMP},
    {"MADV_FREE", MADV_FREE},
#ifdef MAP_32BIT
    {"MAP_32BIT", MAP_32BIT},
#endif
};

bool execute(Thread& thread, Module& module) {
    TRY(add_int_constants(thread, module, kConstants));
    Owned page = Owned::small_int(sysconf(_SC_PAGESIZE));
    TRY(module_set(thread, module, "PAGESIZE", page.value()));
    TRY(module_set(thread, module, "ALLOCATIONGRANULARITY", page.value()));
    TRY(module_set(thread, module, "error", Value::of(exc::OSError)));
    return mmap_class.add_to(thread, module);
}

ModuleSpec spec("mmap", nullptr, nullptr, execute);

}  // namespace

const TypeSpec mmap_spec = {
    .name = "mmap.mmap",
    .doc =
        "mmap(fileno, length[, flags[, prot[, access[, offset[, trackfd]]]]])\n\n"
        "A file's content (or, with fileno -1, anonymous memory) mapped into memory: it reads and\n"
        "writes like a bytearray and like a file.\n\n"
        "length 0 stands for the whole file; flags are MAP_SHARED (changes reach the file) or\n"
        "MAP_PRIVATE; prot tells what may be done; access says both at once.",
    .size = sizeof(Mapping),
    .flags = kTypeBase | kTypeHasWeakrefs,
    .slots = {.repr = mmap_repr,
              .make = mmap_make,
              .release = mmap_release,
              .sequence_length = mmap_length,
              .item = mmap_item,
              .length = mmap_length,
              .subscript = mmap_subscript,
              .assign_subscript = mmap_assign,
              .get_buffer = mmap_get_buffer,
              .release_buffer = mmap_release_buffer},
    .methods = mmap_rows,
    .getsets = mmap_getsets,
};

}  // namespace mapping

}  // namespace imugi
