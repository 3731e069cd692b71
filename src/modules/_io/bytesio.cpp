// BytesIO: a growing buffer in memory. Fields under the object's Lock; while views of the buffer
// exist (getbuffer()) it is not resized.
#include <cstring>

#include "memory/array.h"
#include "memory/collector.h"
#include "modules/_io/io.h"
#include "modules/_io/pickled_state.h"
#include "object/attribute.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/list.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi::io {

SharedType bytes_io{bytes_io_spec, &buffered_io_base};
SharedType bytes_io_buffer{bytes_io_buffer_spec};

struct BytesIO : Object {
    char* data;
    size_t size, capacity, position;
    Index exports;
    std::atomic<bool> open;
};

// What getbuffer() gives a memoryview of.
struct BytesIOBuffer : Object {
    Slot source;
};

}  // namespace imugi::io

namespace imugi {
IMUGI_SHARED_TYPE(io::BytesIO, io::bytes_io);
}

namespace imugi::io {

namespace {

bool check_open(Thread& thread, BytesIO& self) {
    if (self.open.load(std::memory_order_relaxed)) return true;
    return raise(thread, exc::ValueError, "I/O operation on closed file.");
}

bool check_no_exports(Thread& thread, BytesIO& self) {
    if (self.exports == 0) return true;
    return raise(thread, exc::BufferError, "Existing exports of data: object cannot be re-sized");
}

// Under the Lock.
bool resize(Thread& thread, BytesIO& self, size_t size) {
    if (size > self.capacity || size < self.capacity / 4) {
        size_t capacity = size + (size > self.capacity ? size / 8 + 16 : 0);
        if (capacity > PTRDIFF_MAX)
            return raise(thread, exc::OverflowError, "new buffer size too large");
        auto* data = static_cast<char*>(array_reallocate(self.data, capacity ? capacity : 1));
        if (!data) return raise_memory_error(thread);
        self.data = data;
        self.capacity = capacity;
    }
    self.size = size;
    return true;
}

// Under the Lock: writes at the position, filling a gap with zeros.
bool put(Thread& thread, BytesIO& self, const void* data, size_t size) {
    TRY(check_open(thread, self));
    if (size == 0) return true;
    TRY(check_no_exports(thread, self));
    if (self.position > PTRDIFF_MAX - size)
        return raise(thread, exc::OverflowError, "new position too large");
    size_t end = self.position + size;
    size_t old = self.size;
    if (end > old) {
        TRY(resize(thread, self, end));
        if (self.position > old) memset(self.data + old, 0, self.position - old);
    }
    memcpy(self.data + self.position, data, size);
    self.position = end;
    return true;
}

// Under the Lock.
size_t available(const BytesIO& self) {
    return self.position < self.size ? self.size - self.position : 0;
}
Owned take(Thread& thread, BytesIO& self, size_t size) {
    if (size == 0) return make_bytes(thread, "", 0);
    Ref<Bytes> bytes = TRY(make_bytes(thread, self.data + self.position, size));
    self.position += size;
    return bytes;
}
size_t line_size(const BytesIO& self, Index limit) {
    size_t size = available(self);
    if (limit >= 0 && static_cast<size_t>(limit) < size) size = static_cast<size_t>(limit);
    if (size == 0) return 0;
    const char* from = self.data + self.position;
    const void* newline = memchr(from, '\n', size);
    return newline ? static_cast<size_t>(static_cast<const char*>(newline) - from) + 1 : size;
}

Owned io_read(Thread& thread, BytesIO& self, Value size_value) {
    Index size = TRY(size_argument(thread, size_value));
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    size_t most = available(self);
    if (size >= 0 && static_cast<size_t>(size) < most) most = static_cast<size_t>(size);
    return take(thread, self, most);
}

Owned io_readline(Thread& thread, BytesIO& self, Value size_value) {
    Index limit = TRY(size_argument(thread, size_value));
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    return take(thread, self, line_size(self, limit));
}

Owned io_next(Thread& thread, Value self_value) {
    auto& self = self_value.as<BytesIO>();
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    size_t size = line_size(self, -1);
    if (size == 0) return Owned::nothing();
    return take(thread, self, size);
}

Owned io_readlines(Thread& thread, BytesIO& self, Value size_value) {
    Index most = TRY(size_argument(thread, size_value));
    Ref<List> lines = TRY(make_list(thread));
    Index total = 0;
    for (;;) {
        Owned line;
        size_t size;
        {
            Lock guard(thread, self);
            TRY(check_open(thread, self));
            size = line_size(self, -1);
            if (size == 0) break;
            line = TRY(take(thread, self, size));
        }
        TRY(list_append(thread, *lines, std::move(line)));
        total += static_cast<Index>(size);
        if (most > 0 && total >= most) break;
    }
    return lines;
}

Owned io_readinto(Thread& thread, BytesIO& self, Value target) {
    Buffer buffer(thread);
    TRY(buffer.get_writable(target, "readinto() argument"));
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    size_t size = available(self) < buffer.size() ? available(self) : buffer.size();
    if (size) memcpy(buffer.data(), self.data + self.position, size);
    self.position += size;
    return Owned::small_int(static_cast<int64_t>(size));
}

Owned io_write(Thread& thread, BytesIO& self, Value data) {
    TRY(check_open(thread, self));
    {
        Lock guard(thread, self);
        TRY(check_no_exports(thread, self));
    }
    Buffer buffer(thread);
    TRY(buffer.get(data));
    Lock guard(thread, self);
    TRY(put(thread, self, buffer.data(), buffer.size()));
    return Owned::small_int(static_cast<int64_t>(buffer.size()));
}

bool io_writelines(Thread& thread, BytesIO& self, Value lines) {
    TRY(check_open(thread, self));
    Owned iterator = TRY(iterate(thread, lines));
    for (;;) {
        Owned line = TRY(next(thread, iterator));
        if (line.is_nothing()) return true;
        (void)TRY(io_write(thread, self, line));
    }
}

Owned io_getvalue(Thread& thread, BytesIO& self) {
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    return make_bytes(thread, self.data, self.size);
}

Owned io_tell(Thread& thread, BytesIO& self) {
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    return make_int_unsigned(thread, self.position);
}

Owned io_seek(Thread& thread, BytesIO& self, Value position, int whence) {
    TRY(check_open(thread, self));
    Index at = TRY(to_ssize(thread, position, exc::OverflowError));
    if (whence == 0 && at < 0) return raise(thread, exc::ValueError, "negative seek value {}", at);
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    Index base = 0;
    if (whence == 1)
        base = static_cast<Index>(self.position);
    else if (whence == 2)
        base = static_cast<Index>(self.size);
    else if (whence != 0)
        return raise(thread, exc::ValueError, "invalid whence ({}, should be 0, 1 or 2)", whence);
    if (__builtin_add_overflow(at, base, &at))
        return raise(thread, exc::OverflowError, "new position too large");
    self.position = at < 0 ? 0 : static_cast<size_t>(at);
    return make_int_unsigned(thread, self.position);
}

Owned io_truncate(Thread& thread, BytesIO& self, Value size_value) {
    TRY(check_open(thread, self));
    Index size = -1;
    if (!is_none(size_value)) {
        size = TRY(size_argument(thread, size_value));
        if (size < 0) return raise(thread, exc::ValueError, "negative size value {}", size);
    }
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    TRY(check_no_exports(thread, self));
    size_t wanted = size < 0 ? self.position : static_cast<size_t>(size);
    if (wanted < self.size) TRY(resize(thread, self, wanted));
    return make_int_unsigned(thread, wanted);
}

Result<bool> io_true(Thread& thread, BytesIO& self) {
    if (!check_open(thread, self)) return failure;
    return true;
}
Result<bool> io_isatty(Thread& thread, BytesIO& self) {
    if (!check_open(thread, self)) return failure;
    return false;
}
bool io_flush(Thread& thread, BytesIO& self) {
    return check_open(thread, self);
}

bool io_close(Thread& thread, BytesIO& self) {
    Lock guard(thread, self);
    TRY(check_no_exports(thread, self));
    array_free(self.data);
    self.data = nullptr;
    self.size = self.capacity = self.position = 0;
    self.open = false;
    return true;
}

Owned io_getbuffer(Thread& thread, BytesIO& self) {
    TRY(check_open(thread, self));
    auto* buffer = allocate<BytesIOBuffer>(thread, bytes_io_buffer.type());
    if (!buffer) return {};
    Owned owned = Owned::adopt(buffer);
    buffer->source.init(Owned::share(self));
    track(buffer);
    return call(thread, Value::of(memoryview_type), owned);
}

Owned io_sizeof(Thread& thread, BytesIO& self) {
    Lock guard(thread, self);
    return make_int_unsigned(thread, sizeof(BytesIO) + self.capacity);
}

Owned io_getstate(Thread& thread, BytesIO& self) {
    Owned value = TRY(io_getvalue(thread, self));
    Owned position = TRY(io_tell(thread, self));
    Owned dict = TRY(instance_dict(thread, &self));
    if (is_dict(dict) && dict_size(dict.as<Dict>()) > 0) {
        dict = TRY(dict_copy(thread, dict.as<Dict>())).owned();
    } else {
        dict = Owned::share(none());
    }
    return make_tuple(thread, value, position, dict);
}

bool io_setstate(Thread& thread, BytesIO& self, Value state) {
    if (!is_tuple(state) || state.as<Tuple>().size < 3)
        return raise(thread, exc::TypeError, "{}.__setstate__ argument should be 3-tuple, got {}",
                     type_name_of(Value::of(self)), type_name_of(state));
    auto& tuple = state.as<Tuple>();
    {
        Lock guard(thread, self);
        TRY(check_no_exports(thread, self));
        self.position = self.size = 0;
    }
    (void)TRY(io_write(thread, self, tuple[0]));
    if (!is_int(tuple[1]))
        return raise(thread, exc::TypeError, "second item of state must be an integer, not {}",
                     type_name_of(tuple[1]));
    return restore(thread, self, tuple[1], tuple[2], "third");
}

Owned get_closed(Thread&, Value self) {
    return Owned::share(boolean(!self.as<BytesIO>().open));
}

Owned io_make(Thread& thread, Type& type, const Arguments&) {
    Owned self = TRY(make_blank<BytesIO>(thread, type));
    self.as<BytesIO>().open = true;
    track(self.value().object());
    return self;
}

bool io_init(Thread& thread, Value self_value, const Arguments& arguments) {
    auto& self = self_value.as<BytesIO>();
    Value bound[1];
    TRY(bind_arguments(thread, "BytesIO", "(initial_bytes=b'')", arguments, bound, 1));
    {
        Lock guard(thread, self);
        TRY(check_no_exports(thread, self));
        self.position = self.size = 0;
        self.open = true;
    }
    if (is_none(bound[0])) return true;
    (void)TRY(io_write(thread, self, bound[0]));
    Lock guard(thread, self);
    self.position = 0;
    return true;
}

void io_release(Object* object) {
    array_free(static_cast<BytesIO*>(object)->data);
}

bool get_buffer_of(Thread& thread, Value self, BufferView& view, int flags) {
    auto& source = self.as<BytesIOBuffer>().source.as<BytesIO>();
    Lock guard(thread, source);
    static char empty;
    TRY(fill_buffer(thread, view, self, source.data ? source.data : &empty, source.size, false,
                    flags));
    view.memory = &source;
    source.exports++;
    return true;
}
void release_buffer_of(Thread& thread, Value self, BufferView&) {
    auto& source = self.as<BytesIOBuffer>().source.as<BytesIO>();
    Lock guard(thread, source);
    source.exports--;
}
void buffer_fields(Object* object, FieldVisitor& visitor) {
    visitor.visit(static_cast<BytesIOBuffer*>(object)->source);
}

const MethodRow bytes_io_methods[] = {
    {"readable", "(self, /)", fn<io_true>, "Returns True if the IO object can be read."},
    {"seekable", "(self, /)", fn<io_true>, "Returns True if the IO object can be seeked."},
    {"writable", "(self, /)", fn<io_true>, "Returns True if the IO object can be written."},
    {"close", "(self, /)", fn<io_close>, "Disable all I/O operations."},
    {"flush", "(self, /)", fn<io_flush>, "Does nothing."},
    {"isatty", "(self, /)", fn<io_isatty>,
     "Always returns False.\n\nBytesIO objects are not connected to a TTY-like device."},
    {"tell", "(self, /)", fn<io_tell>, "Current file position, an integer."},
    {"write", "(self, b, /)", fn<io_write>,
     "Write bytes to file.\n\nReturn the number of bytes written."},
    {"writelines", "(self, lines, /)", fn<io_writelines>,
     "Write lines to the file.\n\n"
     "Note that newlines are not added.  lines can be any iterable object\n"
     "producing bytes-like objects. This is equivalent to calling write() for\n"
     "each element."},
    {"read1", "(self, size=-1, /)", fn<io_read>,
     "Read at most size bytes, returned as a bytes object.\n\n"
     "If the size argument is negative or omitted, read until EOF is reached.\n"
     "Return an empty bytes object at EOF."},
    {"readinto", "(self, buffer, /)", fn<io_readinto>,
     "Read bytes into buffer.\n\n"
     "Returns number of bytes read (0 for EOF), or None if the object\n"
     "is set not to block and has no data to read."},
    {"readline", "(self, size=-1, /)", fn<io_readline>,
     "Next line from the file, as a bytes object.\n\n"
     "Retain newline.  A non-negative size argument limits the maximum\n"
     "number of bytes to return (an incomplete line may be returned then).\n"
     "Return an empty bytes object at EOF."},
    {"readlines", "(self, size=None, /)", fn<io_readlines>,
     "List of bytes objects, each a line from the file.\n\n"
     "Call readline() repeatedly and return a list of the lines so read.\n"
     "The optional size argument, if given, is an approximate bound on the\n"
     "total number of bytes in the lines returned."},
    {"read", "(self, size=-1, /)", fn<io_read>,
     "Read at most size bytes, returned as a bytes object.\n\n"
     "If the size argument is negative, read until EOF is reached.\n"
     "Return an empty bytes object at EOF."},
    {"getbuffer", "(self, /)", fn<io_getbuffer>,
     "Get a read-write view over the contents of the BytesIO object."},
    {"getvalue", "(self, /)", fn<io_getvalue>,
     "Retrieve the entire contents of the BytesIO object."},
    {"seek", "(self, pos, whence=0, /)", fn<io_seek>,
     "Change stream position.\n\n"
     "Seek to byte offset pos relative to position indicated by whence:\n"
     "     0  Start of stream (the default).  pos should be >= 0;\n"
     "     1  Current position - pos may be negative;\n"
     "     2  End of stream - pos usually negative.\n"
     "Returns the new absolute position."},
    {"truncate", "(self, size=None, /)", fn<io_truncate>,
     "Truncate the file to at most size bytes.\n\n"
     "Size defaults to the current file position, as returned by tell().\n"
     "The current file position is unchanged.  Returns the new size."},
    {"__getstate__", "(self, /)", fn<io_getstate>},
    {"__setstate__", "(self, object, /)", fn<io_setstate>},
    {"__sizeof__", "(self, /)", fn<io_sizeof>},
    {},
};
const GetSetRow bytes_io_getsets[] = {
    {"closed", get_closed, nullptr, "True if the file is closed."},
    {},
};

}  // namespace

const TypeSpec bytes_io_spec = {
    .name = "_io.BytesIO",
    .doc = "Buffered I/O implementation using an in-memory bytes buffer.",
    .size = sizeof(BytesIO),
    .flags = kFileTypeFlags,
    .slots = {.next = io_next, .make = io_make, .init = io_init, .release = io_release},
    .methods = bytes_io_methods,
    .getsets = bytes_io_getsets,
    .signature = "(initial_bytes=b'')",
};

const TypeSpec bytes_io_buffer_spec = {
    .name = "_io._BytesIOBuffer",
    .size = sizeof(BytesIOBuffer),
    .flags = kTypeTracked | kTypeImmutable | kTypeNoInstantiate,
    .slots = {.fields = buffer_fields,
              .get_buffer = get_buffer_of,
              .release_buffer = release_buffer_of},
};

}  // namespace imugi::io
