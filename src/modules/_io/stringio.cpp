// StringIO: text in memory, as an array of code points. Fields under the object's Lock.
#include <cstring>

#include "memory/array.h"
#include "memory/collector.h"
#include "modules/_io/newlines.h"
#include "modules/_io/pickled_state.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi::io {

SharedType string_io{string_io_spec, &text_io_base};

struct StringIO : Object {
    uint32_t* data;
    size_t size, capacity, position;
    Slot read_newline;   // str or None
    Slot write_newline;  // str or empty
    Slot decoder;        // NewlineDecoder or empty
    bool read_universal, read_translate;
    std::atomic<bool> open, initialised;
};

}  // namespace imugi::io

namespace imugi {
IMUGI_SHARED_TYPE(io::StringIO, io::string_io);
}

namespace imugi::io {

namespace {

bool check_open(Thread& thread, StringIO& self) {
    if (!self.initialised.load(std::memory_order_relaxed))
        return raise(thread, exc::ValueError, "I/O operation on uninitialized object");
    if (self.open.load(std::memory_order_relaxed)) return true;
    return raise(thread, exc::ValueError, "I/O operation on closed file");
}

// Under the Lock: room for `size` characters.
bool reserve(Thread& thread, StringIO& self, size_t size) {
    if (size <= self.capacity) return true;
    size_t capacity = size + size / 8 + 32;
    if (capacity > PTRDIFF_MAX / sizeof(uint32_t)) return raise_memory_error(thread);
    auto* data = static_cast<uint32_t*>(array_reallocate(self.data, capacity * sizeof(uint32_t)));
    if (!data) return raise_memory_error(thread);
    self.data = data;
    self.capacity = capacity;
    return true;
}

// Under the Lock.
bool put(Thread& thread, StringIO& self, const Str& text) {
    size_t length = text.length();
    if (length == 0) return true;
    if (self.position > PTRDIFF_MAX - length)
        return raise(thread, exc::OverflowError, "new position too large");
    size_t end = self.position + length;
    TRY(reserve(thread, self, end));
    if (self.position > self.size)
        memset(self.data + self.size, 0, (self.position - self.size) * sizeof(uint32_t));
    copy_characters(self.data, 4, self.position, text, 0, length);
    self.position = end;
    if (end > self.size) self.size = end;
    return true;
}

// The text as write() stores it: line ends translated.
Ref<Str> translated(Thread& thread, StringIO& self, Str& text) {
    Owned decoder, newline;
    {
        Lock guard(thread, self);
        if (!self.decoder.is_empty()) decoder = self.decoder.share();
        if (!self.write_newline.is_empty()) newline = self.write_newline.share();
    }
    Owned result = Owned::share(text);
    if (decoder) result = TRY(decode_newlines(thread, decoder.as<NewlineDecoder>(), result, true));
    if (newline)
        result =
            TRY(str_replace(thread, result.as<Str>(), ID_TEXT_LF, newline.as<Str>(), PTRDIFF_MAX));
    return Ref<Str>::adopt(std::move(result));
}

bool write_text(Thread& thread, StringIO& self, Str& text) {
    Ref<Str> stored = TRY(translated(thread, self, text));
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    return put(thread, self, *stored);
}

Owned string_write(Thread& thread, StringIO& self, Value text) {
    TRY(check_open(thread, self));
    if (!is_str(text))
        return raise(thread, exc::TypeError, "string argument expected, got '{}'",
                     type_name_of(text));
    size_t length = text.as<Str>().length();
    if (length > 0) TRY(write_text(thread, self, text.as<Str>()));
    return make_int_unsigned(thread, length);
}

// Under the Lock.
size_t available(const StringIO& self) {
    return self.position < self.size ? self.size - self.position : 0;
}
Ref<Str> take(Thread& thread, StringIO& self, size_t size) {
    if (size == 0) return empty_str();
    Ref<Str> text = make_str_from_units(thread, self.data + self.position, 4, size);
    if (text) self.position += size;
    return text;
}

Owned string_read(Thread& thread, StringIO& self, Value size_value) {
    Index size = TRY(size_argument(thread, size_value));
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    size_t most = available(self);
    if (size >= 0 && static_cast<size_t>(size) < most) most = static_cast<size_t>(size);
    return take(thread, self, most);
}

// Under the Lock: the length of the next line.
size_t line_size(const StringIO& self, Index limit) {
    size_t most = available(self);
    if (limit >= 0 && static_cast<size_t>(limit) < most) most = static_cast<size_t>(limit);
    if (most == 0) return 0;
    const uint32_t* from = self.data + self.position;
    if (self.read_translate || is_none(self.read_newline.borrow())) {
        for (size_t i = 0; i < most; i++)
            if (from[i] == '\n') return i + 1;
        return most;
    }
    if (self.read_universal) {
        for (size_t i = 0; i < most; i++) {
            if (from[i] == '\n') return i + 1;
            if (from[i] == '\r') return i + 1 + (i + 1 < most && from[i + 1] == '\n');
        }
        return most;
    }
    auto& newline = self.read_newline.as<Str>();
    size_t length = newline.length();
    for (size_t i = 0; i + length <= most; i++)
        if (from[i] == newline[0] && (length == 1 || from[i + 1] == newline[1])) return i + length;
    return most;
}

Owned string_readline(Thread& thread, StringIO& self, Value size_value) {
    Index limit = TRY(size_argument(thread, size_value));
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    return take(thread, self, line_size(self, limit));
}

Owned string_next(Thread& thread, Value self_value) {
    auto& self = self_value.as<StringIO>();
    TRY(check_open(thread, self));
    if (!string_io.is_exact(self_value)) {
        Owned line = TRY(call_method(thread, self_value, ID(readline)));
        if (!is_str(line))
            return raise(thread, exc::OSError,
                         "readline() should have returned a str object, not '{}'",
                         type_name_of(line));
        return line.as<Str>().length() ? std::move(line) : Owned::nothing();
    }
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    size_t size = line_size(self, -1);
    if (size == 0) return Owned::nothing();
    return take(thread, self, size);
}

Owned string_getvalue(Thread& thread, StringIO& self) {
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    return make_str_from_units(thread, self.data, 4, self.size);
}

Owned string_tell(Thread& thread, StringIO& self) {
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    return make_int_unsigned(thread, self.position);
}

Owned string_seek(Thread& thread, StringIO& self, Value position, int whence) {
    TRY(check_open(thread, self));
    Index at = TRY(to_ssize(thread, position, exc::OverflowError));
    if (whence != 0 && whence != 1 && whence != 2)
        return raise(thread, exc::ValueError, "Invalid whence ({}, should be 0, 1 or 2)", whence);
    if (at < 0 && whence == 0)
        return raise(thread, exc::ValueError, "Negative seek position {}", at);
    if (whence != 0 && at != 0)
        return raise(thread, exc::OSError, "Can't do nonzero cur-relative seeks");
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    if (whence == 0)
        self.position = static_cast<size_t>(at);
    else if (whence == 2)
        self.position = self.size;
    return make_int_unsigned(thread, self.position);
}

Owned string_truncate(Thread& thread, StringIO& self, Value size_value) {
    TRY(check_open(thread, self));
    Index size = -1;
    if (!is_none(size_value)) {
        size = TRY(size_argument(thread, size_value));
        if (size < 0) return raise(thread, exc::ValueError, "Negative size value {}", size);
    }
    Lock guard(thread, self);
    TRY(check_open(thread, self));
    size_t wanted = size < 0 ? self.position : static_cast<size_t>(size);
    if (wanted < self.size) self.size = wanted;
    return make_int_unsigned(thread, wanted);
}

bool string_close(Thread& thread, StringIO& self) {
    Lock guard(thread, self);
    self.open = false;
    array_free(self.data);
    self.data = nullptr;
    self.size = self.capacity = 0;
    return true;
}

Result<bool> string_true(Thread& thread, StringIO& self) {
    if (!check_open(thread, self)) return failure;
    return true;
}

Owned string_getstate(Thread& thread, StringIO& self) {
    Owned value = TRY(string_getvalue(thread, self));
    Owned position = TRY(string_tell(thread, self));
    Owned newline;
    {
        Lock guard(thread, self);
        newline = self.read_newline.share();
    }
    Owned dict = TRY(instance_dict(thread, &self));
    dict = is_dict(dict) ? TRY(dict_copy(thread, dict.as<Dict>())).owned() : Owned::share(none());
    return make_tuple(thread, value, newline, position, dict);
}

bool init_with(Thread& thread, StringIO& self, Value text, Value newline, bool translate) {
    if (!is_none(newline)) TRY(check_newline(thread, newline));
    if (!is_none(text) && !is_str(text))
        return raise(thread, exc::TypeError, "initial_value must be str or None, not {}",
                     type_name_of(text));
    bool given = !is_none(newline);
    bool universal = !given || newline.as<Str>().length() == 0;
    Owned decoder;
    if (universal)
        decoder = TRY(call(thread, Value::of(newline_decoder.type()), none(), boolean(!given)));
    Owned old_newline, old_write, old_decoder;
    {
        Lock guard(thread, self);
        old_newline = self.read_newline.exchange(Owned::share(newline));
        old_write = self.write_newline.take();
        old_decoder = self.decoder.exchange(std::move(decoder));
        self.read_universal = universal;
        self.read_translate = !given;
        if (given && newline.as<Str>().length() > 0 && (newline.as<Str>())[0] == '\r')
            old_write = self.write_newline.exchange(Owned::share(newline));
        self.size = self.position = 0;
        self.open = true;
        self.initialised = true;
    }
    if (is_str(text) && text.as<Str>().length() > 0) {
        if (translate) {
            TRY(write_text(thread, self, text.as<Str>()));
        } else {
            Lock guard(thread, self);
            TRY(put(thread, self, text.as<Str>()));
        }
        Lock guard(thread, self);
        self.position = 0;
    }
    return true;
}

bool string_setstate(Thread& thread, StringIO& self, Value state) {
    if (!is_tuple(state) || state.as<Tuple>().size < 4)
        return raise(thread, exc::TypeError, "{}.__setstate__ argument should be 4-tuple, got {}",
                     type_name_of(Value::of(self)), type_name_of(state));
    if (self.initialised.load(std::memory_order_relaxed)) TRY(check_open(thread, self));
    auto& tuple = state.as<Tuple>();
    // The value was translated when it was first written.
    TRY(init_with(thread, self, tuple[0], tuple[1], false));
    if (!is_int(tuple[2]))
        return raise(thread, exc::TypeError, "third item of state must be an integer, got {}",
                     type_name_of(tuple[2]));
    return restore(thread, self, tuple[2], tuple[3], "fourth");
}

Owned string_make(Thread& thread, Type& type, const Arguments&) {
    Owned self = TRY(make_blank<StringIO>(thread, type));
    auto& object = self.as<StringIO>();
    object.read_newline.init(Owned::share(none()));
    track(&object);
    return self;
}

bool string_init(Thread& thread, Value self, const Arguments& arguments) {
    Value bound[2];
    TRY(bind_arguments(thread, "StringIO", "(initial_value='', newline='\\n')", arguments, bound,
                       2));
    Value newline = bound[1];
    if (!is_none(newline) && !is_str(newline))
        return raise(thread, exc::TypeError, "newline must be str or None, not {}",
                     type_name_of(newline));
    return init_with(thread, self.as<StringIO>(), bound[0], newline, true);
}

void string_fields(Object* object, FieldVisitor& visitor) {
    auto* self = static_cast<StringIO*>(object);
    visitor.visit(self->read_newline);
    visitor.visit(self->write_newline);
    visitor.visit(self->decoder);
}
void string_release(Object* object) {
    array_free(static_cast<StringIO*>(object)->data);
}

Owned get_closed(Thread& thread, Value self) {
    if (!self.as<StringIO>().initialised)
        return raise(thread, exc::ValueError, "I/O operation on uninitialized object");
    return Owned::share(boolean(!self.as<StringIO>().open));
}
Owned get_line_buffering(Thread& thread, Value self) {
    TRY(check_open(thread, self.as<StringIO>()));
    return Owned::share(boolean(false));
}
Owned get_newlines(Thread& thread, Value self_value) {
    auto& self = self_value.as<StringIO>();
    TRY(check_open(thread, self));
    Owned decoder;
    {
        Lock guard(thread, self);
        if (self.decoder.is_empty()) return Owned::share(none());
        decoder = self.decoder.share();
    }
    return line_ends_seen(thread, decoder.as<NewlineDecoder>().seen);
}

const MethodRow string_methods[] = {
    {"close", "(self, /)", fn<string_close>,
     "Close the IO object.\n\n"
     "Attempting any further operation after the object is closed\n"
     "will raise a ValueError.\n\n"
     "This method has no effect if the file is already closed."},
    {"getvalue", "(self, /)", fn<string_getvalue>, "Retrieve the entire contents of the object."},
    {"read", "(self, size=-1, /)", fn<string_read>,
     "Read at most size characters, returned as a string.\n\n"
     "If the argument is negative or omitted, read until EOF\n"
     "is reached. Return an empty string at EOF."},
    {"readline", "(self, size=-1, /)", fn<string_readline>,
     "Read until newline or EOF.\n\nReturns an empty string if EOF is hit immediately."},
    {"tell", "(self, /)", fn<string_tell>, "Tell the current file position."},
    {"truncate", "(self, pos=None, /)", fn<string_truncate>,
     "Truncate size to pos.\n\n"
     "The pos argument defaults to the current file position, as\n"
     "returned by tell().  The current file position is unchanged.\n"
     "Returns the new absolute position."},
    {"seek", "(self, pos, whence=0, /)", fn<string_seek>,
     "Change stream position.\n\n"
     "Seek to character offset pos relative to position indicated by whence:\n"
     "    0  Start of stream (the default).  pos should be >= 0;\n"
     "    1  Current position - pos must be 0;\n"
     "    2  End of stream - pos must be 0.\n"
     "Returns the new absolute position."},
    {"write", "(self, s, /)", fn<string_write>,
     "Write string to file.\n\n"
     "Returns the number of characters written, which is always equal to\n"
     "the length of the string."},
    {"seekable", "(self, /)", fn<string_true>, "Returns True if the IO object can be seeked."},
    {"readable", "(self, /)", fn<string_true>, "Returns True if the IO object can be read."},
    {"writable", "(self, /)", fn<string_true>, "Returns True if the IO object can be written."},
    {"__getstate__", "(self, /)", fn<string_getstate>},
    {"__setstate__", "(self, state, /)", fn<string_setstate>},
    {},
};
const GetSetRow string_getsets[] = {
    {"closed", get_closed},
    {"newlines", get_newlines},
    {"line_buffering", get_line_buffering},
    {},
};

}  // namespace

const TypeSpec string_io_spec = {
    .name = "_io.StringIO",
    .doc =
        "Text I/O implementation using an in-memory buffer.\n\n"
        "The initial_value argument sets the value of object.  The newline\n"
        "argument is like the one of TextIOWrapper's constructor.",
    .size = sizeof(StringIO),
    .flags = kFileTypeFlags,
    .slots = {.next = string_next,
              .make = string_make,
              .init = string_init,
              .fields = string_fields,
              .release = string_release},
    .methods = string_methods,
    .getsets = string_getsets,
    .signature = "(initial_value='', newline='\\n')",
};

}  // namespace imugi::io
