// BufferedReader, BufferedWriter, BufferedRandom: what they have in common, and their types. The
// object's mutex guards buffer and position through raw calls.
#include "modules/_io/buffered.h"

#include <cstring>

#include "memory/array.h"
#include "memory/collector.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/int.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/str.h"

namespace imugi::io {

SharedType buffered_reader{buffered_reader_spec, &buffered_io_base};
SharedType buffered_writer{buffered_writer_spec, &buffered_io_base};
SharedType buffered_random{buffered_random_spec, &buffered_io_base};

namespace {

bool init_buffer(Thread& thread, Buffered& self, Value raw, Index size, bool readable,
                 bool writable) {
    if (size <= 0) return raise(thread, exc::ValueError, "buffer size must be strictly positive");
    auto* data = static_cast<char*>(array_allocate(static_cast<size_t>(size)));
    if (!data) return raise_memory_error(thread);
    Owned old;
    {
        BufferedGuard guard(thread, self, true);
        if (!guard) return array_free(data), false;
        array_free(self.data);
        self.data = data;
        self.size = static_cast<size_t>(size);
        self.begin = self.end = 0;
        self.writing = false;
        self.position = -1;
        self.readable = readable;
        self.writable = writable;
        {
            Lock lock(thread, self);
            old = self.raw.exchange(Owned::share(raw));
        }
        Value value = Value::of(self);
        self.plain = file_io.is_exact(raw) &&
                     (buffered_reader.is_exact(value) || buffered_writer.is_exact(value) ||
                      buffered_random.is_exact(value));
        self.state = BufferedState::kOpen;
        // A stream that cannot tell its position has none.
        if (raw_tell(thread, self) < 0) {
            if (!exception_matches(thread, exc::Exception)) return false;
            clear_exception(thread);
        }
    }
    return true;
}

bool init_arguments(Thread& thread, const char* name, const Arguments& arguments, Value* raw,
                    Index* size) {
    Value bound[2];
    TRY(bind_arguments(thread, name, "(raw, buffer_size=131072)", arguments, bound, 2));
    *raw = bound[0];
    *size = TRY(to_ssize(thread, bound[1], exc::OverflowError));
    return true;
}

enum Ability { kReads = 1, kWrites = 2, kSeeks = 4 };

bool buffered_init(Thread& thread, Value self_value, const Arguments& arguments, const char* name,
                   int abilities) {
    auto& self = self_value.as<Buffered>();
    Value raw;
    Index size;
    TRY(init_arguments(thread, name, arguments, &raw, &size));
    self.state = BufferedState::kUninitialised;
    if (abilities & kSeeks)
        TRY(check_able(thread, raw, ID(seekable), "File or stream is not seekable."));
    if (abilities & kReads)
        TRY(check_able(thread, raw, ID(readable), "File or stream is not readable."));
    if (abilities & kWrites)
        TRY(check_able(thread, raw, ID(writable), "File or stream is not writable."));
    return init_buffer(thread, self, raw, size, abilities & kReads, abilities & kWrites);
}
bool reader_init(Thread& thread, Value self, const Arguments& arguments) {
    return buffered_init(thread, self, arguments, "BufferedReader", kReads);
}
bool writer_init(Thread& thread, Value self, const Arguments& arguments) {
    return buffered_init(thread, self, arguments, "BufferedWriter", kWrites);
}
bool random_init(Thread& thread, Value self, const Arguments& arguments) {
    return buffered_init(thread, self, arguments, "BufferedRandom", kSeeks | kReads | kWrites);
}

Owned buffered_make(Thread& thread, Type& type, const Arguments&) {
    Owned self = TRY(make_blank<Buffered>(thread, type));
    track(self.value().object());
    return self;
}

void buffered_fields(Object* object, FieldVisitor& visitor) {
    visitor.visit(static_cast<Buffered*>(object)->raw);
}
void buffered_release(Object* object) {
    array_free(static_cast<Buffered*>(object)->data);
}

}  // namespace

Owned raw_of(Thread& thread, Buffered& self) {
    TRY(check_initialised(thread, self));
    SlotRead read = read_slot(self.raw.word());
    if (read.retry) {
        Lock guard(thread, self);
        read.value = share_locked(self.raw.word());
    }
    // Detached meanwhile: the state was changed before.
    if (!read.value) TRY(check_initialised(thread, self));
    return std::move(read.value);
}

namespace {

Owned forward(Thread& thread, Buffered& self, Str& method) {
    Owned raw = TRY(raw_of(thread, self));
    return call_method(thread, raw, method);
}
Owned forward_attribute(Thread& thread, Value self, Str& name) {
    Owned raw = TRY(raw_of(thread, self.as<Buffered>()));
    return get_attribute(thread, raw, name);
}

Owned buffered_readable(Thread& thread, Buffered& self) {
    return forward(thread, self, ID(readable));
}
Owned buffered_writable(Thread& thread, Buffered& self) {
    return forward(thread, self, ID(writable));
}
Owned buffered_seekable(Thread& thread, Buffered& self) {
    return forward(thread, self, ID(seekable));
}
Owned buffered_fileno(Thread& thread, Buffered& self) {
    return forward(thread, self, ID(fileno));
}
Owned buffered_isatty(Thread& thread, Buffered& self) {
    return forward(thread, self, ID(isatty));
}
Owned get_closed(Thread& thread, Value self) {
    return forward_attribute(thread, self, ID(closed));
}
Owned get_name(Thread& thread, Value self) {
    return forward_attribute(thread, self, ID(name));
}
Owned get_mode(Thread& thread, Value self) {
    return forward_attribute(thread, self, ID(mode));
}
Owned get_raw(Thread& thread, Value self) {
    auto& buffered = self.as<Buffered>();
    if (buffered.state == BufferedState::kUninitialised || buffered.raw.is_empty())
        return Owned::share(none());
    return raw_of(thread, buffered);
}
Owned get_finalizing(Thread&, Value self) {
    return Owned::share(boolean(self.as<Buffered>().finalizing));
}
bool set_finalizing(Thread& thread, Value self, Value value) {
    if (value.is_empty())
        return raise(thread, exc::TypeError, "can't delete numeric/char attribute");
    self.as<Buffered>().finalizing = TRY(is_true(thread, value));
    return true;
}

bool flush_and_rewind(Thread& thread, Buffered& self) {
    BufferedGuard guard(thread, self);
    if (!guard) return false;
    TRY(flush_writes(thread, self));
    if (self.readable && self.begin < self.end && self.writable) return rewind_reads(thread, self);
    return true;
}

bool buffered_flush(Thread& thread, Buffered& self) {
    TRY(check_initialised(thread, self));
    TRY(check_buffered_open(thread, self, "flush of closed file"));
    return flush_and_rewind(thread, self);
}

bool reader_flush(Thread& thread, Buffered& self) {
    Owned raw = TRY(raw_of(thread, self));
    (void)TRY(call_method(thread, raw, ID(flush)));
    return true;
}

Owned buffered_dealloc_warn(Thread& thread, Buffered& self, Value source) {
    if (self.state == BufferedState::kOpen) {
        Owned raw = TRY(raw_of(thread, self));
        Owned result = call_method(thread, raw, ID(_dealloc_warn), source);
        if (!result) clear_exception(thread);
    }
    return Owned::share(none());
}

Owned buffered_close(Thread& thread, Buffered& self) {
    Owned raw = TRY(raw_of(thread, self));
    if (TRY(is_closed(thread, raw))) return Owned::share(none());
    if (self.finalizing) (void)TRY(buffered_dealloc_warn(thread, self, Value::of(self)));
    // Subclasses may override flush().
    Owned flushed = call_method(thread, Value::of(self), ID(flush));
    Owned error = flushed ? Owned() : take_exception(thread);
    Owned closed;
    {
        // Others see the file open before this, closed after it, and nothing between.
        BufferedGuard guard(thread, self);
        if (guard) closed = call_method(thread, raw, ID(close));
        if (guard) self.begin = self.end = 0;
    }
    if (error) {
        chain_pending(thread, std::move(error));
        return {};
    }
    return closed;
}

Owned buffered_detach(Thread& thread, Buffered& self) {
    TRY(check_initialised(thread, self));
    (void)TRY(call_method(thread, Value::of(self), ID(flush)));
    BufferedGuard guard(thread, self);
    if (!guard) return {};
    self.state = BufferedState::kDetached;
    Lock lock(thread, self);
    return self.raw.exchange(Owned());
}

Owned buffered_tell(Thread& thread, Buffered& self) {
    TRY(check_initialised(thread, self));
    BufferedGuard guard(thread, self);
    if (!guard) return {};
    int64_t at = raw_tell(thread, self);
    if (at < 0) return {};
    auto pending = static_cast<int64_t>(self.end - self.begin);
    at += self.writing ? pending : -pending;
    return make_int(thread, at < 0 ? 0 : at);
}

Owned buffered_seek(Thread& thread, Buffered& self, Value target_value, int whence) {
    TRY(check_initialised(thread, self));
    if (whence < 0 || whence > 4)
        return raise(thread, exc::ValueError, "whence value {} unsupported", whence);
    TRY(check_buffered_open(thread, self, "seek of closed file"));
    Owned raw = TRY(raw_of(thread, self));
    TRY(check_able(thread, raw, ID(seekable), "File or stream is not seekable."));
    int64_t target = TRY(offset_argument(thread, target_value));
    BufferedGuard guard(thread, self);
    if (!guard) return {};
    if (!self.writing && self.begin < self.end && whence <= 1) {
        // Within what was read ahead nothing needs to be read again.
        int64_t raw_at = self.position >= 0 ? self.position : raw_tell(thread, self);
        if (raw_at < 0) return {};
        int64_t here = raw_at - static_cast<int64_t>(self.end - self.begin);
        int64_t wanted = whence == 0 ? target : here + target;
        int64_t first = raw_at - static_cast<int64_t>(self.end);
        if (wanted >= first && wanted <= raw_at && wanted >= 0) {
            self.begin = static_cast<size_t>(wanted - first);
            return make_int(thread, wanted);
        }
    }
    TRY(flush_writes(thread, self));
    if (whence == 1) target -= static_cast<int64_t>(self.end - self.begin);
    int64_t at = raw_seek(thread, self, target, whence);
    if (at < 0) return {};
    self.begin = self.end = 0;
    return make_int(thread, at);
}

Owned buffered_truncate(Thread& thread, Buffered& self, Value size) {
    TRY(check_initialised(thread, self));
    TRY(check_buffered_open(thread, self, "truncate of closed file"));
    if (!self.writable) return raise_unsupported(thread, "truncate");
    BufferedGuard guard(thread, self);
    if (!guard) return {};
    TRY(flush_writes(thread, self));
    TRY(rewind_reads(thread, self));
    self.begin = self.end = 0;
    Owned result = TRY(call_method(thread, self.raw.borrow(), ID(truncate), size));
    if (raw_tell(thread, self) < 0) clear_exception(thread);
    return result;
}

Owned buffered_sizeof(Thread& thread, Buffered& self) {
    return make_int_unsigned(thread, sizeof(Buffered) + self.size);
}

Owned buffered_repr(Thread& thread, Value self) {
    Ref<Str> type = TRY(Ref<Str>::adopt(type_full_name(thread, type_of(self))));
    Owned name = get_attribute_or_nothing(thread, self, ID(name));
    if (!name) {
        // A detached stream has no name, which is no reason not to show it.
        if (!clear_exception_if(thread, exc::ValueError)) return {};
        name = Owned::nothing();
    }
    if (name.is_nothing()) return format(thread, "<{}>", *type);
    return format(thread, "<{} name={}>", *type, repr_of(name));
}

Owned buffered_reduce(Thread& thread, Buffered& self, Args) {
    return raise(thread, exc::TypeError, "cannot pickle '{}' instances",
                 type_name_of(Value::of(self)));
}

#define IMUGI_BUFFERED_COMMON                                                                     \
    {"detach", "(self, /)", fn<buffered_detach>},                                                 \
        {"seekable", "(self, /)", fn<buffered_seekable>},                                         \
        {"close", "(self, /)", fn<buffered_close>}, {"fileno", "(self, /)", fn<buffered_fileno>}, \
        {"isatty", "(self, /)", fn<buffered_isatty>},                                             \
        {"_dealloc_warn", "(self, source, /)", fn<buffered_dealloc_warn>},                        \
        {"tell", "(self, /)", fn<buffered_tell>},                                                 \
        {"seek", "(self, target, whence=0, /)", fn<buffered_seek>},                               \
        {"truncate", "(self, pos=None, /)", fn<buffered_truncate>},                               \
        {"__sizeof__", "(self, /)", fn<buffered_sizeof>},                                         \
        {"__reduce__", "(self, /, *args)", fn<buffered_reduce>}, {                                \
        "__reduce_ex__", "(self, /, *args)", fn<buffered_reduce>                                  \
    }

const MethodRow reader_methods[] = {
    IMUGI_BUFFERED_COMMON,
    {"flush", "(self, /)", fn<reader_flush>},
    {"readable", "(self, /)", fn<buffered_readable>},
    {"read", "(self, size=-1, /)", fn<reader_read>},
    {"peek", "(self, size=0, /)", fn<reader_peek>},
    {"read1", "(self, size=-1, /)", fn<reader_read1>},
    {"readinto", "(self, buffer, /)", fn<reader_readinto>},
    {"readinto1", "(self, buffer, /)", fn<reader_readinto1>},
    {"readline", "(self, size=-1, /)", fn<reader_readline>},
    {},
};
const MethodRow writer_methods[] = {
    IMUGI_BUFFERED_COMMON,
    {"flush", "(self, /)", fn<buffered_flush>},
    {"writable", "(self, /)", fn<buffered_writable>},
    {"write", "(self, buffer, /)", fn<writer_write>},
    {},
};
const MethodRow random_methods[] = {
    IMUGI_BUFFERED_COMMON,
    {"flush", "(self, /)", fn<buffered_flush>},
    {"readable", "(self, /)", fn<buffered_readable>},
    {"writable", "(self, /)", fn<buffered_writable>},
    {"read", "(self, size=-1, /)", fn<reader_read>},
    {"peek", "(self, size=0, /)", fn<reader_peek>},
    {"read1", "(self, size=-1, /)", fn<reader_read1>},
    {"readinto", "(self, buffer, /)", fn<reader_readinto>},
    {"readinto1", "(self, buffer, /)", fn<reader_readinto1>},
    {"readline", "(self, size=-1, /)", fn<reader_readline>},
    {"write", "(self, buffer, /)", fn<writer_write>},
    {},
};

const GetSetRow buffered_getsets[] = {
    {"closed", get_closed},
    {"name", get_name},
    {"mode", get_mode},
    {"raw", get_raw},
    {"_finalizing", get_finalizing, set_finalizing},
    {},
};

}  // namespace

const TypeSpec buffered_reader_spec = {
    .name = "_io.BufferedReader",
    .doc = "Create a new buffered reader using the given readable raw IO object.",
    .size = sizeof(Buffered),
    .flags = kFileTypeFlags,
    .slots = {.repr = buffered_repr,
              .next = reader_next,
              .make = buffered_make,
              .init = reader_init,
              .fields = buffered_fields,
              .release = buffered_release},
    .methods = reader_methods,
    .getsets = buffered_getsets,
    .signature = "(raw, buffer_size=DEFAULT_BUFFER_SIZE)",
};

const TypeSpec buffered_writer_spec = {
    .name = "_io.BufferedWriter",
    .doc =
        "A buffer for a writeable sequential RawIO object.\n\n"
        "The constructor creates a BufferedWriter for the given writeable raw\n"
        "stream. If the buffer_size is not given, it defaults to\n"
        "DEFAULT_BUFFER_SIZE.",
    .size = sizeof(Buffered),
    .flags = kFileTypeFlags,
    .slots = {.repr = buffered_repr,
              .make = buffered_make,
              .init = writer_init,
              .fields = buffered_fields,
              .release = buffered_release},
    .methods = writer_methods,
    .getsets = buffered_getsets,
    .signature = "(raw, buffer_size=DEFAULT_BUFFER_SIZE)",
};

const TypeSpec buffered_random_spec = {
    .name = "_io.BufferedRandom",
    .doc =
        "A buffered interface to random access streams.\n\n"
        "The constructor creates a reader and writer for a seekable stream,\n"
        "raw, given in the first argument. If the buffer_size is omitted it\n"
        "defaults to DEFAULT_BUFFER_SIZE.",
    .size = sizeof(Buffered),
    .flags = kFileTypeFlags,
    .slots = {.repr = buffered_repr,
              .next = reader_next,
              .make = buffered_make,
              .init = random_init,
              .fields = buffered_fields,
              .release = buffered_release},
    .methods = random_methods,
    .getsets = buffered_getsets,
    .signature = "(raw, buffer_size=DEFAULT_BUFFER_SIZE)",
};

}  // namespace imugi::io
