// The four abstract bases of the io hierarchy. They keep no state of their own but the attribute
// that says "closed".
#include "memory/collector.h"
#include "modules/_io/io.h"
#include "object/attribute.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/str.h"
#include "thread/safepoint.h"

namespace imugi::io {

SharedType io_base{io_base_spec};
SharedType raw_io_base{raw_io_base_spec, &io_base};
SharedType buffered_io_base{buffered_io_base_spec, &io_base};
SharedType text_io_base{text_io_base_spec, &io_base};

// --- shared checks ---

Raised raise_unsupported(Thread& thread, const char* message) {
    Owned module = dict_get(thread, interpreter_of(thread).modules.as<Dict>(), ID(_io));
    if (!module) return {};
    Owned type = module.is_nothing()
                     ? Owned::nothing()
                     : get_attribute_or_nothing(thread, module, ID(UnsupportedOperation));
    if (!type) return {};
    if (!is_type(type)) return raise(thread, exc::OSError, "{}", message);
    return raise(thread, type.as<Type>(), "{}", message);
}

Raised raise_closed(Thread& thread) {
    return raise(thread, exc::ValueError, "I/O operation on closed file.");
}

Result<bool> ask(Thread& thread, Value object, Str& method) {
    Owned answer = TRY(call_method(thread, object, method));
    return is_true(thread, answer);
}

Result<bool> is_closed(Thread& thread, Value file) {
    Owned closed = TRY(get_attribute(thread, file, ID(closed)));
    return is_true(thread, closed);
}

bool check_able(Thread& thread, Value file, Str& method, const char* message) {
    Owned answer = TRY(call_method(thread, file, method));
    if (same(answer, boolean(true))) return true;
    return raise_unsupported(thread, message);
}

Result<Index> size_argument(Thread& thread, Value value) {
    if (value.is_empty() || is_none(value)) return Index{-1};
    if (value.is_small_int()) return value.small_int();
    if (!type_of(value).slots.index)
        return raise(thread, exc::TypeError, "argument should be integer or None, not '{}'",
                     type_name_of(value));
    return to_ssize(thread, value, exc::OverflowError);
}

Result<int64_t> offset_argument(Thread& thread, Value value) {
    if (value.is_small_int()) return value.small_int();
    if (is_float(value))
        return raise(thread, exc::TypeError, "'float' object cannot be interpreted as an integer");
    return to_int64(thread, value);
}

void chain_pending(Thread& thread, Owned first) {
    if (!first) return;
    if (!has_exception(thread)) {
        set_exception(thread, std::move(first));
        return;
    }
    Owned second = take_exception(thread);
    if (!same(first, second))
        set_exception_context(thread, second.as<Exception>(), std::move(first));
    set_exception(thread, std::move(second));
}

void io_finalize(Thread& thread, Value self) {
    SavedException saved(thread);
    // A file that cannot even say whether it is closed is left alone.
    Owned closed = get_attribute_or_nothing(thread, self, ID(closed));
    if (!closed) clear_exception(thread);
    if (!closed || closed.is_nothing()) return;
    auto answer = is_true(thread, closed);
    if (!answer) clear_exception(thread);
    if (!answer || *answer) return;
    if (!set_attribute(thread, self, ID(_finalizing), boolean(true))) clear_exception(thread);
    Owned result = call_method(thread, self, ID(close));
    if (!result) report_unraisable(thread, self);
}

namespace {

Raised unsupported_method(Thread& thread, const char* name) {
    return raise_unsupported(thread, name);
}

Owned base_seek(Thread& thread, Value, Value, int) {
    return unsupported_method(thread, "seek");
}
Owned base_truncate(Thread& thread, Value, Value) {
    return unsupported_method(thread, "truncate");
}
Owned base_fileno(Thread& thread, Value) {
    return unsupported_method(thread, "fileno");
}
Owned base_tell(Thread& thread, Value self) {
    return call_method(thread, self, ID(seek), Value::small_int(0), Value::small_int(1));
}

Result<bool> closed_mark(Thread& thread, Value self) {
    return has_attribute(thread, self, ID(__IOBase_closed));
}

Owned base_closed(Thread& thread, Value self) {
    bool closed = TRY(closed_mark(thread, self));
    return Owned::share(boolean(closed));
}

bool base_flush(Thread& thread, Value self) {
    if (TRY(closed_mark(thread, self))) return raise_closed(thread);
    return true;
}

bool base_close(Thread& thread, Value self) {
    if (TRY(closed_mark(thread, self))) return true;
    Owned flushed = call_method(thread, self, ID(flush));
    Owned error = flushed ? Owned() : take_exception(thread);
    bool marked = set_attribute(thread, self, ID(__IOBase_closed), boolean(true));
    if (error) {
        chain_pending(thread, std::move(error));
        return false;
    }
    return marked;
}

Result<bool> base_false(Thread&, Value) {
    return false;
}

bool check_closed(Thread& thread, Value self) {
    if (TRY(is_closed(thread, self))) return raise_closed(thread);
    return true;
}

Owned base_check_closed(Thread& thread, Value self) {
    Owned closed = TRY(get_attribute_or_nothing(thread, self, ID(closed)));
    if (!closed.is_nothing() && TRY(is_true(thread, closed))) return raise_closed(thread);
    return Owned::share(none());
}
Owned check(Thread& thread, Value self, Str& method, const char* message) {
    TRY(check_able(thread, self, method, message));
    return Owned::share(boolean(true));
}
Owned base_check_seekable(Thread& thread, Value self) {
    return check(thread, self, ID(seekable), "File or stream is not seekable.");
}
Owned base_check_readable(Thread& thread, Value self) {
    return check(thread, self, ID(readable), "File or stream is not readable.");
}
Owned base_check_writable(Thread& thread, Value self) {
    return check(thread, self, ID(writable), "File or stream is not writable.");
}

Result<bool> base_isatty(Thread& thread, Value self) {
    if (!check_closed(thread, self)) return failure;
    return false;
}

Owned base_enter(Thread& thread, Value self) {
    TRY(check_closed(thread, self));
    return Owned::share(self);
}
Owned base_exit(Thread& thread, Value self, Args) {
    return call_method(thread, self, ID(close));
}

Owned base_iter(Thread& thread, Value self) {
    return base_enter(thread, self);
}

Owned base_next(Thread& thread, Value self) {
    Owned line = TRY(call_method(thread, self, ID(readline)));
    Index size = TRY(length(thread, line));
    return size == 0 ? Owned::nothing() : std::move(line);
}

Owned base_readline(Thread& thread, Value self, Value size_value) {
    Index limit = TRY(size_argument(thread, size_value));
    Owned peek = TRY(get_attribute_or_nothing(thread, self, ID(peek)));
    BytesBuilder line(thread);
    while (limit < 0 || static_cast<Index>(line.size()) < limit) {
        Index want = 1;
        if (!peek.is_nothing()) {
            Owned ahead = TRY(call(thread, peek, Value::small_int(1)));
            if (!is_bytes(ahead))
                return raise(thread, exc::OSError,
                             "peek() should have returned a bytes object, not '{}'",
                             type_name_of(ahead));
            auto& bytes = ahead.as<Bytes>();
            if (bytes.size > 0) {
                const void* newline = memchr(bytes.data(), '\n', bytes.size);
                want = newline ? static_cast<const uint8_t*>(newline) - bytes.data() + 1
                               : static_cast<Index>(bytes.size);
                if (limit >= 0 && want > limit - static_cast<Index>(line.size()))
                    want = limit - static_cast<Index>(line.size());
            }
        }
        Owned part = TRY(call_method(thread, self, ID(read), Value::small_int(want)));
        if (!is_bytes(part))
            return raise(thread, exc::OSError,
                         "read() should have returned a bytes object, not '{}'",
                         type_name_of(part));
        auto& bytes = part.as<Bytes>();
        if (bytes.size == 0) break;
        TRY(line.append(bytes.data(), bytes.size));
        if (bytes.data()[bytes.size - 1] == '\n') break;
        TRY(safepoint(thread));
    }
    return line.finish();
}

Owned base_readlines(Thread& thread, Value self, Value hint_value) {
    Index hint = TRY(size_argument(thread, hint_value));
    Ref<List> lines = TRY(make_list(thread));
    Owned iterator = TRY(iterate(thread, self));
    Index total = 0;
    for (;;) {
        Owned line = TRY(next(thread, iterator));
        if (line.is_nothing()) break;
        Index size = hint > 0 ? TRY(length(thread, line)) : 0;
        TRY(list_append(thread, *lines, std::move(line)));
        total += size;
        if (hint > 0 && total >= hint) break;
    }
    return lines;
}

bool base_writelines(Thread& thread, Value self, Value lines) {
    TRY(check_closed(thread, self));
    Owned iterator = TRY(iterate(thread, lines));
    for (;;) {
        Owned line = TRY(next(thread, iterator));
        if (line.is_nothing()) return true;
        (void)TRY(call_method(thread, self, ID(write), line));
    }
}

const MethodRow io_base_methods[] = {
    {"seek", "(self, offset, whence=0, /)", fn<base_seek>,
     "Change the stream position to the given byte offset.\n\n"
     "  offset\n    The stream position, relative to 'whence'.\n"
     "  whence\n    The relative position to seek from.\n\n"
     "The offset is interpreted relative to the position indicated by whence.\n"
     "Values for whence are:\n\n"
     "* os.SEEK_SET or 0 -- start of stream (the default); offset should be zero or positive\n"
     "* os.SEEK_CUR or 1 -- current stream position; offset may be negative\n"
     "* os.SEEK_END or 2 -- end of stream; offset is usually negative\n\n"
     "Return the new absolute position."},
    {"tell", "(self, /)", fn<base_tell>, "Return current stream position."},
    {"truncate", "(self, size=None, /)", fn<base_truncate>,
     "Truncate file to size bytes.\n\n"
     "File pointer is left unchanged. Size defaults to the current IO position\n"
     "as reported by tell(). Return the new size."},
    {"flush", "(self, /)", fn<base_flush>,
     "Flush write buffers, if applicable.\n\n"
     "This is not implemented for read-only and non-blocking streams."},
    {"close", "(self, /)", fn<base_close>,
     "Flush and close the IO object.\n\n"
     "This method has no effect if the file is already closed."},
    {"seekable", "(self, /)", fn<base_false>,
     "Return whether object supports random access.\n\n"
     "If False, seek(), tell() and truncate() will raise OSError.\n"
     "This method may need to do a test seek()."},
    {"readable", "(self, /)", fn<base_false>,
     "Return whether object was opened for reading.\n\nIf False, read() will raise OSError."},
    {"writable", "(self, /)", fn<base_false>,
     "Return whether object was opened for writing.\n\nIf False, write() will raise OSError."},
    {"_checkClosed", "(self, /)", fn<base_check_closed>},
    {"_checkSeekable", "(self, /)", fn<base_check_seekable>},
    {"_checkReadable", "(self, /)", fn<base_check_readable>},
    {"_checkWritable", "(self, /)", fn<base_check_writable>},
    {"fileno", "(self, /)", fn<base_fileno>,
     "Return underlying file descriptor if one exists.\n\n"
     "Raise OSError if the IO object does not use a file descriptor."},
    {"isatty", "(self, /)", fn<base_isatty>,
     "Return whether this is an 'interactive' stream.\n\n"
     "Return False if it can't be determined."},
    {"__enter__", "(self, /)", fn<base_enter>},
    {"__exit__", "(self, /, *args)", fn<base_exit>},
    {"readline", "(self, size=-1, /)", fn<base_readline>,
     "Read and return a line from the stream.\n\n"
     "If size is specified, at most size bytes will be read.\n\n"
     "The line terminator is always b'\\n' for binary files; for text\n"
     "files, the newlines argument to open can be used to select the line\n"
     "terminator(s) recognized."},
    {"readlines", "(self, hint=-1, /)", fn<base_readlines>,
     "Return a list of lines from the stream.\n\n"
     "hint can be specified to control the number of lines read: no more\n"
     "lines will be read if the total size (in bytes/characters) of all\n"
     "lines so far exceeds hint."},
    {"writelines", "(self, lines, /)", fn<base_writelines>,
     "Write a list of lines to stream.\n\n"
     "Line separators are not added, so it is usual for each of the\n"
     "lines provided to have a line separator at the end."},
    {},
};

const GetSetRow io_base_getsets[] = {
    {"closed", base_closed},
    {},
};

// --- raw ---

Owned raw_read(Thread& thread, Value self, Value size_value) {
    Index size = TRY(size_argument(thread, size_value));
    if (size < 0) return call_method(thread, self, ID(readall));
    Ref<ByteArray> room = TRY(make_bytearray(thread, nullptr, static_cast<size_t>(size)));
    Owned count = TRY(call_method(thread, self, ID(readinto), room));
    if (is_none(count)) return count;
    Index n = TRY(to_ssize(thread, count, exc::ValueError));
    if (n < 0 || n > size)
        return raise(thread, exc::ValueError, "readinto returned {} outside buffer size {}", n,
                     size);
    Ref<Bytes> all = TRY(bytes_from_object(thread, room));
    if (static_cast<size_t>(n) >= all->size) return all;
    return make_bytes(thread, all->data(), static_cast<size_t>(n));
}

Owned raw_readall(Thread& thread, Value self) {
    BytesBuilder all(thread);
    for (;;) {
        Owned part = TRY(call_method(thread, self, ID(read), Value::small_int(kDefaultBufferSize)));
        if (is_none(part)) {
            if (all.size() == 0) return part;
            break;
        }
        if (!is_bytes(part)) return raise(thread, exc::TypeError, "read() should return bytes");
        if (part.as<Bytes>().size == 0) break;
        TRY(all.append(part.as<Bytes>().data(), part.as<Bytes>().size));
    }
    return all.finish();
}

Owned raw_readinto(Thread& thread, Value, Value) {
    return raise_bare(thread, exc::NotImplementedError);
}

const MethodRow raw_io_base_methods[] = {
    {"read", "(self, size=-1, /)", fn<raw_read>},
    {"readall", "(self, /)", fn<raw_readall>, "Read until EOF, using multiple read() call."},
    {"readinto", "(self, buffer, /)", fn<raw_readinto>},
    {"write", "(self, b, /)", fn<raw_readinto>},
    {},
};

// --- buffered ---

Owned buffered_readinto_with(Thread& thread, Value self, Value target, Str& method) {
    Buffer buffer(thread);
    TRY(buffer.get_writable(target, "readinto() argument"));
    Owned data = TRY(
        call_method(thread, self, method, Value::small_int(static_cast<int64_t>(buffer.size()))));
    if (!is_bytes(data)) return raise(thread, exc::TypeError, "read() should return bytes");
    auto& bytes = data.as<Bytes>();
    if (bytes.size > buffer.size())
        return raise(thread, exc::ValueError,
                     "read() returned too much data: {} bytes requested, {} returned",
                     buffer.size(), bytes.size);
    memcpy(buffer.data(), bytes.data(), bytes.size);
    return Owned::small_int(static_cast<int64_t>(bytes.size));
}

Owned buffered_base_readinto(Thread& thread, Value self, Value target) {
    return buffered_readinto_with(thread, self, target, ID(read));
}
Owned buffered_base_readinto1(Thread& thread, Value self, Value target) {
    return buffered_readinto_with(thread, self, target, ID(read1));
}
Owned base_read(Thread& thread, Value, Args) {
    return unsupported_method(thread, "read");
}
Owned base_read1(Thread& thread, Value, Args) {
    return unsupported_method(thread, "read1");
}
Owned base_write(Thread& thread, Value, Value) {
    return unsupported_method(thread, "write");
}
Owned base_detach(Thread& thread, Value) {
    return unsupported_method(thread, "detach");
}
Owned text_base_readline(Thread& thread, Value, Args) {
    return unsupported_method(thread, "readline");
}

const MethodRow buffered_io_base_methods[] = {
    {"detach", "(self, /)", fn<base_detach>,
     "Disconnect this buffer from its underlying raw stream and return it.\n\n"
     "After the raw stream has been detached, the buffer is in an unusable\nstate."},
    {"read", "(self, /, *args)", fn<base_read>,
     "Read and return up to n bytes.\n\n"
     "If the size argument is omitted, None, or negative, read and\n"
     "return all data until EOF.\n\n"
     "If the size argument is positive, and the underlying raw stream is\n"
     "not 'interactive', multiple raw reads may be issued to satisfy\n"
     "the byte count (unless EOF is reached first).\n"
     "However, for interactive raw streams (as well as sockets and pipes),\n"
     "at most one raw read will be issued, and a short result does not\n"
     "imply that EOF is imminent.\n\n"
     "Return an empty bytes object on EOF.\n\n"
     "Return None if the underlying raw stream was open in non-blocking\n"
     "mode and no data is available at the moment."},
    {"read1", "(self, /, *args)", fn<base_read1>,
     "Read and return up to size bytes, with at most one read() call to the underlying raw "
     "stream.\n\n"
     "Return an empty bytes object on EOF.\n"
     "A short result does not imply that EOF is imminent."},
    {"readinto", "(self, buffer, /)", fn<buffered_base_readinto>},
    {"readinto1", "(self, buffer, /)", fn<buffered_base_readinto1>},
    {"write", "(self, b, /)", fn<base_write>,
     "Write buffer b to the IO stream.\n\n"
     "Return the number of bytes written, which is always\n"
     "the length of b in bytes.\n\n"
     "Raise BlockingIOError if the buffer is full and the\n"
     "underlying raw stream cannot accept more data at the moment."},
    {},
};

// --- text ---

Owned text_base_none(Thread&, Value) {
    return Owned::share(none());
}

const MethodRow text_io_base_methods[] = {
    {"detach", "(self, /)", fn<base_detach>,
     "Separate the underlying buffer from the TextIOBase and return it.\n\n"
     "After the underlying buffer has been detached, the TextIO is in an unusable state."},
    {"read", "(self, /, *args)", fn<base_read>,
     "Read at most size characters from stream.\n\n"
     "Read from underlying buffer until we have size characters or we hit EOF.\n"
     "If size is negative or omitted, read until EOF."},
    {"readline", "(self, /, *args)", fn<text_base_readline>,
     "Read until newline or EOF.\n\n"
     "Return an empty string if EOF is hit immediately.\n"
     "If size is specified, at most size characters will be read."},
    {"write", "(self, s, /)", fn<base_write>,
     "Write string s to stream.\n\n"
     "Return the number of characters written\n"
     "(which is always equal to the length of the string)."},
    {},
};

const GetSetRow text_io_base_getsets[] = {
    {"encoding", text_base_none, nullptr,
     "Encoding of the text stream.\n\nSubclasses should override."},
    {"newlines", text_base_none, nullptr,
     "Line endings translated so far.\n\n"
     "Only line endings translated during reading are considered.\n\n"
     "Subclasses should override."},
    {"errors", text_base_none, nullptr,
     "The error setting of the decoder or encoder.\n\nSubclasses should override."},
    {},
};

Owned base_make(Thread& thread, Type& type, const Arguments&) {
    Owned self = TRY(make_blank<Object>(thread, type));
    track(self.value().object());
    return self;
}

}  // namespace

const TypeSpec io_base_spec = {
    .name = "_io._IOBase",
    .doc =
        "The abstract base class for all I/O classes.\n\n"
        "This class provides dummy implementations for many methods that\n"
        "derived classes can override selectively; the default implementations\n"
        "represent a file that cannot be read, written or seeked.\n\n"
        "Even though IOBase does not declare read, readinto, or write because\n"
        "their signatures will vary, implementations and clients should\n"
        "consider those methods part of the interface. Also, implementations\n"
        "may raise UnsupportedOperation when operations they do not support are\n"
        "called.\n\n"
        "The basic type used for binary data read from or written to a file is\n"
        "bytes. Other bytes-like objects are accepted as method arguments too.\n"
        "In some cases (such as readinto), a writable object is required. Text\n"
        "I/O classes work with str data.\n\n"
        "Note that calling any method (except additional calls to close(),\n"
        "which are ignored) on a closed stream should raise a ValueError.\n\n"
        "IOBase (and its subclasses) support the iterator protocol, meaning\n"
        "that an IOBase object can be iterated over yielding the lines in a\n"
        "stream.\n\n"
        "IOBase also supports the :keyword:`with` statement. In this example,\n"
        "fp is closed after the suite of the with statement is complete:\n\n"
        "with open('spam.txt', 'r') as fp:\n"
        "    fp.write('Spam and eggs!')\n",
    .size = sizeof(Object),
    .flags = kFileTypeFlags,
    .slots = {.iter = base_iter, .next = base_next, .make = base_make, .finalize = io_finalize},
    .methods = io_base_methods,
    .getsets = io_base_getsets,
    .signature = "()",
};

const TypeSpec raw_io_base_spec = {
    .name = "_io._RawIOBase",
    .doc = "Base class for raw binary I/O.",
    .size = sizeof(Object),
    .flags = kFileTypeFlags,
    .methods = raw_io_base_methods,
    .signature = "()",
};

const TypeSpec buffered_io_base_spec = {
    .name = "_io._BufferedIOBase",
    .doc =
        "Base class for buffered IO objects.\n\n"
        "The main difference with RawIOBase is that the read() method\n"
        "supports omitting the size argument, and does not have a default\n"
        "implementation that defers to readinto().\n\n"
        "In addition, read(), readinto() and write() may raise\n"
        "BlockingIOError if the underlying raw stream is in non-blocking\n"
        "mode and not ready; unlike their raw counterparts, they will never\n"
        "return None.\n\n"
        "A typical implementation should not inherit from a RawIOBase\n"
        "implementation, but wrap one.\n",
    .size = sizeof(Object),
    .flags = kFileTypeFlags,
    .methods = buffered_io_base_methods,
    .signature = "()",
};

const TypeSpec text_io_base_spec = {
    .name = "_io._TextIOBase",
    .doc =
        "Base class for text I/O.\n\n"
        "This class provides a character and line based interface to stream\n"
        "I/O. There is no readinto method because Python's character strings\n"
        "are immutable.\n",
    .size = sizeof(Object),
    .flags = kFileTypeFlags,
    .methods = text_io_base_methods,
    .getsets = text_io_base_getsets,
    .signature = "()",
};

}  // namespace imugi::io
