// Reading and writing through a buffer. Called with the object's mutex held where the header says
// so; the public functions take it themselves.
#include <cerrno>
#include <cstring>

#include "modules/_io/buffered.h"
#include "object/attribute.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/int.h"
#include "object/list.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/str.h"
#include "thread/safepoint.h"

namespace imugi::io {

bool check_initialised(Thread& thread, Buffered& self) {
    switch (self.state.load(std::memory_order_relaxed)) {
        case BufferedState::kOpen:
            return true;
        case BufferedState::kDetached:
            return raise(thread, exc::ValueError, "raw stream has been detached");
        case BufferedState::kUninitialised:
            break;
    }
    return raise(thread, exc::ValueError, "I/O operation on uninitialized object");
}

bool check_buffered_open(Thread& thread, Buffered& self, const char* message) {
    Owned raw = TRY(raw_of(thread, self));
    if (TRY(is_closed(thread, raw))) return raise(thread, exc::ValueError, "{}", message);
    return true;
}

Raised raise_would_block(Thread& thread, const char* message, Index written) {
    Ref<Str> text = make_str(thread, message);
    if (!text) return {};
    const Value values[] = {Value::small_int(EAGAIN), text.value(), Value::small_int(written)};
    Owned error = call(thread, Value::of(exc::BlockingIOError), Arguments{values, 3, nullptr});
    if (error) raise_exception(thread, std::move(error));
    return {};
}

// --- the raw stream ---

// A call that a signal interrupts is tried again, unless the handler raised.
static bool interrupted(Thread& thread) {
    return clear_exception_if(thread, exc::InterruptedError) && safepoint(thread);
}

// raw.method(memoryview(memory)).
static Owned call_on_view(Thread& thread, Buffered& self, Str& method, Value memory) {
    Owned view = TRY(call(thread, Value::of(memoryview_type), memory));
    for (;;) {
        Owned result = call_method(thread, self.raw.borrow(), method, view);
        if (result || !interrupted(thread)) return result;
    }
}

static bool check_length(Thread& thread, const char* method, Index n, size_t most) {
    if (n >= 0 && static_cast<size_t>(n) <= most) return true;
    return raise(thread, exc::OSError,
                 "raw {}() returned invalid length {} (should have been between 0 and {})", method,
                 n, most);
}

// n, by which the position moves on; a failure (negative) comes back as it is.
static Index advanced(Buffered& self, Index n) {
    if (n > 0 && self.position >= 0) self.position += n;
    return n;
}

Index raw_read(Thread& thread, Buffered& self, char* data, size_t size) {
    if (self.plain) return advanced(self, file_read(thread, self.raw.borrow(), data, size));
    Ref<ByteArray> room = make_bytearray(thread, nullptr, size);
    if (!room) return -1;
    Owned result = call_on_view(thread, self, ID(readinto), room);
    if (!result) return -1;
    if (is_none(result)) return -2;
    auto n = to_ssize(thread, result, exc::ValueError);
    if (!n)
        return (void)raise_from_pending(thread, exc::OSError,
                                        make_str(thread, "raw readinto() failed")),
               -1;
    if (!check_length(thread, "readinto", *n, size)) return -1;
    {
        Buffer buffer(thread);
        if (!buffer.get(room)) return -1;
        memcpy(data, buffer.data(), static_cast<size_t>(*n));
    }
    return advanced(self, *n);
}

Index raw_write(Thread& thread, Buffered& self, const char* data, size_t size) {
    if (self.plain) return advanced(self, file_write(thread, self.raw.borrow(), data, size));
    Ref<Bytes> bytes = make_bytes(thread, data, size);
    if (!bytes) return -1;
    Owned result = call_on_view(thread, self, ID(write), bytes);
    if (!result) return -1;
    if (is_none(result)) return -2;
    auto n = to_ssize(thread, result, exc::ValueError);
    if (!n || !check_length(thread, "write", *n, size)) return -1;
    return advanced(self, *n);
}

static int64_t position_of(Thread& thread, Owned result, const char* method) {
    if (!result) return -1;
    auto n = offset_argument(thread, result);
    if (!n) return -1;
    if (*n < 0) {
        (void)raise(thread, exc::OSError, "Raw stream returned invalid position {}", *n);
        return -1;
    }
    return *n;
}

int64_t raw_tell(Thread& thread, Buffered& self) {
    int64_t n = position_of(thread, call_method(thread, self.raw.borrow(), ID(tell)), "tell");
    self.position = n;
    return n;
}

int64_t raw_seek(Thread& thread, Buffered& self, int64_t offset, int whence) {
    Owned target = make_int(thread, offset);
    if (!target) return -1;
    int64_t n = position_of(
        thread, call_method(thread, self.raw.borrow(), ID(seek), target, Value::small_int(whence)),
        "seek");
    self.position = n;
    return n;
}

bool flush_writes(Thread& thread, Buffered& self) {
    if (!self.writing) return true;
    while (self.begin < self.end) {
        Index n = raw_write(thread, self, self.data + self.begin, self.end - self.begin);
        if (n == -1) return false;
        if (n == -2)
            return raise_would_block(thread, "write could not complete without blocking", 0);
        self.begin += static_cast<size_t>(n);
        TRY(safepoint(thread));
    }
    self.begin = self.end = 0;
    self.writing = false;
    return true;
}

bool rewind_reads(Thread& thread, Buffered& self) {
    if (self.writing || self.begin == self.end) return true;
    auto ahead = static_cast<int64_t>(self.end - self.begin);
    if (raw_seek(thread, self, -ahead, 1) < 0) return false;
    self.begin = self.end = 0;
    return true;
}

// --- reading ---

namespace {

bool begin_reading(Thread& thread, Buffered& self) {
    return !self.writing || flush_writes(thread, self);
}

size_t available(const Buffered& self) {
    return self.writing ? 0 : self.end - self.begin;
}

// Reads ahead into the empty buffer: as raw_read.
Index fill(Thread& thread, Buffered& self) {
    self.begin = self.end = 0;
    Index n = raw_read(thread, self, self.data, self.size);
    if (n > 0) self.end = static_cast<size_t>(n);
    return n;
}

Owned take_bytes(Thread& thread, Buffered& self, size_t size) {
    Ref<Bytes> bytes = TRY(make_bytes(thread, self.data + self.begin, size));
    self.begin += size;
    return bytes;
}

Owned read_all(Thread& thread, Buffered& self) {
    BytesBuilder all(thread);
    size_t ahead = available(self);
    TRY(all.append(self.data + self.begin, ahead));
    self.begin = self.end = 0;
    Owned readall = TRY(get_attribute_or_nothing(thread, self.raw.borrow(), ID(readall)));
    self.position = -1;
    if (!readall.is_nothing()) {
        Owned rest = TRY(call(thread, readall));
        if (!is_none(rest) && !is_bytes(rest))
            return raise(thread, exc::TypeError, "readall() should return bytes");
        if (ahead == 0) return rest;
        if (!is_none(rest)) TRY(all.append(rest.as<Bytes>().data(), rest.as<Bytes>().size));
        return all.finish();
    }
    for (;;) {
        Owned part = TRY(call_method(thread, self.raw.borrow(), ID(read)));
        if (!is_none(part) && !is_bytes(part))
            return raise(thread, exc::TypeError, "read() should return bytes");
        bool last = is_none(part) || part.as<Bytes>().size == 0;
        if (last) {
            if (all.size() == 0) return part;
            return all.finish();
        }
        TRY(all.append(part.as<Bytes>().data(), part.as<Bytes>().size));
    }
}

// Fills `out` from buffer and raw stream; the count, -1 an exception, -2 nothing but "would block".
Index read_into(Thread& thread, Buffered& self, char* out, size_t size, bool once) {
    size_t done = available(self) < size ? available(self) : size;
    memcpy(out, self.data + self.begin, done);
    self.begin += done;
    // With part of it at hand, only what the buffer could not take is worth a raw read.
    if (once && done > 0 && size - done <= self.size) return static_cast<Index>(done);
    while (done < size) {
        size_t left = size - done;
        Index n;
        if (left >= self.size || once) {
            // Whole buffers go straight to their place.
            self.begin = self.end = 0;
            if (once && left < self.size) {
                n = fill(thread, self);
                if (n > 0) {
                    size_t got = self.end < left ? self.end : left;
                    memcpy(out + done, self.data, got);
                    self.begin = got;
                    n = static_cast<Index>(got);
                }
            } else {
                n = raw_read(thread, self, out + done, once ? left : left - left % self.size);
            }
        } else {
            n = fill(thread, self);
            if (n > 0) {
                size_t got = self.end < left ? self.end : left;
                memcpy(out + done, self.data, got);
                self.begin = got;
                n = static_cast<Index>(got);
            }
        }
        if (n == -1) return -1;
        if (n <= 0) {
            if (n == -2 && done == 0) return -2;
            break;
        }
        done += static_cast<size_t>(n);
        if (once) break;
    }
    return static_cast<Index>(done);
}

}  // namespace

Owned reader_peek(Thread& thread, Buffered& self, Index) {
    TRY(check_initialised(thread, self));
    TRY(check_buffered_open(thread, self, "peek of closed file"));
    BufferedGuard guard(thread, self);
    if (!guard) return {};
    TRY(begin_reading(thread, self));
    if (available(self) == 0) {
        Index n = fill(thread, self);
        if (n == -1) return {};
    }
    return make_bytes(thread, self.data + self.begin, available(self));
}

Owned reader_read(Thread& thread, Buffered& self, Value size_value) {
    TRY(check_initialised(thread, self));
    Index size = TRY(size_argument(thread, size_value));
    if (size < -1) return raise(thread, exc::ValueError, "read length must be non-negative or -1");
    TRY(check_buffered_open(thread, self, "read of closed file"));
    BufferedGuard guard(thread, self);
    if (!guard) return {};
    TRY(begin_reading(thread, self));
    if (size < 0) return read_all(thread, self);
    if (static_cast<size_t>(size) <= available(self))
        return take_bytes(thread, self, static_cast<size_t>(size));
    Ref<Bytes> bytes = TRY(make_bytes_blank(thread, static_cast<size_t>(size), false));
    Index n = read_into(thread, self, reinterpret_cast<char*>(bytes_blank_data(*bytes)),
                        static_cast<size_t>(size), false);
    if (n == -1) return {};
    if (n == -2) return Owned::share(none());
    return bytes_truncate(thread, std::move(bytes), static_cast<size_t>(n));
}

Owned reader_read1(Thread& thread, Buffered& self, Value size_value) {
    TRY(check_initialised(thread, self));
    Index size = TRY(size_argument(thread, size_value));
    if (size < 0) size = static_cast<Index>(self.size);
    TRY(check_buffered_open(thread, self, "read of closed file"));
    BufferedGuard guard(thread, self);
    if (!guard) return {};
    TRY(begin_reading(thread, self));
    size_t ahead = available(self);
    if (ahead > 0 || size == 0)
        return take_bytes(thread, self,
                          ahead < static_cast<size_t>(size) ? ahead : static_cast<size_t>(size));
    Ref<Bytes> bytes = TRY(make_bytes_blank(thread, static_cast<size_t>(size), false));
    self.begin = self.end = 0;
    Index n = raw_read(thread, self, reinterpret_cast<char*>(bytes_blank_data(*bytes)),
                       static_cast<size_t>(size));
    if (n == -1) return {};
    return bytes_truncate(thread, std::move(bytes), n < 0 ? 0 : static_cast<size_t>(n));
}

static Owned read_into_buffer(Thread& thread, Buffered& self, Value target, bool once) {
    TRY(check_initialised(thread, self));
    TRY(check_buffered_open(thread, self, "readinto of closed file"));
    Buffer buffer(thread);
    TRY(buffer.get_writable(target, "readinto() argument"));
    BufferedGuard guard(thread, self);
    if (!guard) return {};
    TRY(begin_reading(thread, self));
    Index n = read_into(thread, self, reinterpret_cast<char*>(buffer.data()), buffer.size(), once);
    if (n == -1) return {};
    return n == -2 ? Owned::share(none()) : Owned::small_int(n);
}

Owned reader_readinto(Thread& thread, Buffered& self, Value target) {
    return read_into_buffer(thread, self, target, false);
}
Owned reader_readinto1(Thread& thread, Buffered& self, Value target) {
    return read_into_buffer(thread, self, target, true);
}

static Owned read_line(Thread& thread, Buffered& self, Index limit) {
    TRY(check_buffered_open(thread, self, "readline of closed file"));
    BufferedGuard guard(thread, self);
    if (!guard) return {};
    TRY(begin_reading(thread, self));
    auto line_in_buffer = [&](size_t most, bool* whole) {
        size_t size = available(self);
        if (size > most) size = most;
        const char* from = self.data + self.begin;
        const void* newline = memchr(from, '\n', size);
        *whole = newline || size == most;
        return newline ? static_cast<size_t>(static_cast<const char*>(newline) - from) + 1 : size;
    };
    size_t most = limit < 0 ? SIZE_MAX : static_cast<size_t>(limit);
    bool whole;
    size_t size = line_in_buffer(most, &whole);
    if (whole) return take_bytes(thread, self, size);
    BytesBuilder line(thread);
    for (;;) {
        TRY(line.append(self.data + self.begin, size));
        self.begin += size;
        most -= size;
        if (whole || most == 0) break;
        Index n = fill(thread, self);
        if (n == -1) return {};
        if (n <= 0) break;
        size = line_in_buffer(most, &whole);
    }
    return line.finish();
}

Owned reader_readline(Thread& thread, Buffered& self, Value size_value) {
    TRY(check_initialised(thread, self));
    Index limit = TRY(size_argument(thread, size_value));
    return read_line(thread, self, limit);
}

Owned reader_next(Thread& thread, Value self_value) {
    auto& self = self_value.as<Buffered>();
    TRY(check_initialised(thread, self));
    Owned line;
    if (buffered_reader.is_exact(self_value) || buffered_random.is_exact(self_value)) {
        line = TRY(read_line(thread, self, -1));
    } else {
        line = TRY(call_method(thread, self_value, ID(readline)));
        if (!is_bytes(line))
            return raise(thread, exc::OSError,
                         "readline() should have returned a bytes object, not '{}'",
                         type_name_of(line));
    }
    return line.as<Bytes>().size == 0 ? Owned::nothing() : std::move(line);
}

// --- writing ---

Owned writer_write(Thread& thread, Buffered& self, Value data) {
    TRY(check_initialised(thread, self));
    Buffer buffer(thread);
    TRY(buffer.get(data));
    BufferedGuard guard(thread, self);
    if (!guard) return {};
    TRY(check_buffered_open(thread, self, "write to closed file"));
    TRY(rewind_reads(thread, self));
    if (!self.writing) {
        self.begin = self.end = 0;
        self.writing = true;
    }
    auto* from = reinterpret_cast<const char*>(buffer.data());
    size_t size = buffer.size();
    auto keep = [&](const char* at, size_t count) {
        memcpy(self.data + self.end, at, count);
        self.end += count;
    };
    if (size <= self.size - self.end) {
        keep(from, size);
        return Owned::small_int(static_cast<int64_t>(size));
    }
    if (!flush_writes(thread, self)) {
        if (!exception_matches(thread, exc::BlockingIOError)) return {};
        Owned error = take_exception(thread);
        // Make room and take what fits; the caller hears how much that was.
        memmove(self.data, self.data + self.begin, self.end - self.begin);
        self.end -= self.begin;
        self.begin = 0;
        size_t room = self.size - self.end;
        if (size <= room) {
            keep(from, size);
            return Owned::small_int(static_cast<int64_t>(size));
        }
        keep(from, room);
        return raise_would_block(thread, "write could not complete without blocking",
                                 static_cast<Index>(room));
    }
    self.writing = true;
    size_t done = 0;
    while (size - done > self.size) {
        Index n = raw_write(thread, self, from + done, size - done);
        if (n == -1) return {};
        if (n == -2) {
            size_t left = size - done < self.size ? size - done : self.size;
            keep(from + done, left);
            if (left < size - done)
                return raise_would_block(thread, "write could not complete without blocking",
                                         static_cast<Index>(done + left));
            return Owned::small_int(static_cast<int64_t>(size));
        }
        done += static_cast<size_t>(n);
        TRY(safepoint(thread));
    }
    keep(from + done, size - done);
    return Owned::small_int(static_cast<int64_t>(size));
}

}  // namespace imugi::io
