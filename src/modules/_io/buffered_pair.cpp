// BufferedRWPair: a reader and a writer side by side. The slots are set once by __init__ and
// replaced only by calling it again, under the object's Lock.
#include "memory/collector.h"
#include "modules/_io/io.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/int.h"
#include "object/names.h"
#include "object/protocol.h"

namespace imugi::io {

SharedType buffered_pair{buffered_pair_spec, &buffered_io_base};

struct BufferedPair : Object {
    Slot reader, writer;
};

}  // namespace imugi::io

namespace imugi {
IMUGI_SHARED_TYPE(io::BufferedPair, io::buffered_pair);
}

namespace imugi::io {

namespace {

bool pair_init(Thread& thread, Value self_value, const Arguments& arguments) {
    auto& self = self_value.as<BufferedPair>();
    Value bound[3];
    TRY(bind_arguments(thread, "BufferedRWPair", "(reader, writer, buffer_size=131072, /)",
                       arguments, bound, 3));
    TRY(check_able(thread, bound[0], ID(readable), "File or stream is not readable."));
    TRY(check_able(thread, bound[1], ID(writable), "File or stream is not writable."));
    Owned reader = TRY(call(thread, Value::of(buffered_reader.type()), bound[0], bound[2]));
    Owned writer = TRY(call(thread, Value::of(buffered_writer.type()), bound[1], bound[2]));
    Lock guard(thread, self);
    Owned old_reader = self.reader.exchange(std::move(reader));
    Owned old_writer = self.writer.exchange(std::move(writer));
    return true;
}

Owned half(Thread& thread, BufferedPair& self, Slot BufferedPair::* slot) {
    Lock guard(thread, self);
    if ((self.*slot).is_empty())
        return raise(thread, exc::ValueError, "I/O operation on uninitialized object");
    return (self.*slot).share();
}
Owned to_reader(Thread& thread, BufferedPair& self, Str& method, Args args) {
    Owned reader = TRY(half(thread, self, &BufferedPair::reader));
    return call_method_with(thread, reader, method,
                            Arguments{args.values, static_cast<uint32_t>(args.count), nullptr});
}
Owned to_writer(Thread& thread, BufferedPair& self, Str& method, Args args) {
    Owned writer = TRY(half(thread, self, &BufferedPair::writer));
    return call_method_with(thread, writer, method,
                            Arguments{args.values, static_cast<uint32_t>(args.count), nullptr});
}

Owned pair_read(Thread& thread, BufferedPair& self, Args args) {
    return to_reader(thread, self, ID(read), args);
}
Owned pair_peek(Thread& thread, BufferedPair& self, Args args) {
    return to_reader(thread, self, ID(peek), args);
}
Owned pair_read1(Thread& thread, BufferedPair& self, Args args) {
    return to_reader(thread, self, ID(read1), args);
}
Owned pair_readinto(Thread& thread, BufferedPair& self, Args args) {
    return to_reader(thread, self, ID(readinto), args);
}
Owned pair_readinto1(Thread& thread, BufferedPair& self, Args args) {
    return to_reader(thread, self, ID(readinto1), args);
}
Owned pair_write(Thread& thread, BufferedPair& self, Args args) {
    return to_writer(thread, self, ID(write), args);
}
Owned pair_flush(Thread& thread, BufferedPair& self) {
    return to_writer(thread, self, ID(flush), {});
}
Owned pair_readable(Thread& thread, BufferedPair& self) {
    return to_reader(thread, self, ID(readable), {});
}
Owned pair_writable(Thread& thread, BufferedPair& self) {
    return to_writer(thread, self, ID(writable), {});
}

Owned pair_close(Thread& thread, BufferedPair& self) {
    Owned first = to_writer(thread, self, ID(close), {});
    Owned error = first ? Owned() : take_exception(thread);
    Owned second = to_reader(thread, self, ID(close), {});
    if (error) {
        chain_pending(thread, std::move(error));
        return {};
    }
    return second;
}

Owned pair_isatty(Thread& thread, BufferedPair& self) {
    Owned writer = TRY(to_writer(thread, self, ID(isatty), {}));
    if (!same(writer, boolean(false))) return writer;
    return to_reader(thread, self, ID(isatty), {});
}

Owned pair_closed(Thread& thread, Value self) {
    Owned writer = half(thread, self.as<BufferedPair>(), &BufferedPair::writer);
    if (!writer) {
        clear_exception(thread);
        return raise(thread, exc::RuntimeError,
                     "the BufferedRWPair object is being garbage-collected");
    }
    return get_attribute(thread, writer, ID(closed));
}

Owned pair_make(Thread& thread, Type& type, const Arguments&) {
    Owned self = TRY(make_blank<BufferedPair>(thread, type));
    track(self.value().object());
    return self;
}
void pair_fields(Object* object, FieldVisitor& visitor) {
    visitor.visit(static_cast<BufferedPair*>(object)->reader);
    visitor.visit(static_cast<BufferedPair*>(object)->writer);
}

const MethodRow pair_methods[] = {
    {"read", "(self, /, *args) -> None", fn<pair_read>},
    {"peek", "(self, /, *args) -> None", fn<pair_peek>},
    {"read1", "(self, /, *args) -> None", fn<pair_read1>},
    {"readinto", "(self, /, *args) -> None", fn<pair_readinto>},
    {"readinto1", "(self, /, *args) -> None", fn<pair_readinto1>},
    {"write", "(self, /, *args) -> None", fn<pair_write>},
    {"flush", "(self, /)", fn<pair_flush>},
    {"readable", "(self, /)", fn<pair_readable>},
    {"writable", "(self, /)", fn<pair_writable>},
    {"close", "(self, /)", fn<pair_close>},
    {"isatty", "(self, /)", fn<pair_isatty>},
    {},
};
const GetSetRow pair_getsets[] = {
    {"closed", pair_closed},
    {},
};

}  // namespace

const TypeSpec buffered_pair_spec = {
    .name = "_io.BufferedRWPair",
    .doc =
        "A buffered reader and writer object together.\n\n"
        "A buffered reader object and buffered writer object put together to\n"
        "form a sequential IO object that can read and write. This is typically\n"
        "used with a socket or two-way pipe.\n\n"
        "reader and writer are RawIOBase objects that are readable and\n"
        "writeable respectively. If the buffer_size is omitted it defaults to\n"
        "DEFAULT_BUFFER_SIZE.",
    .size = sizeof(BufferedPair),
    .flags = kFileTypeFlags,
    .slots = {.make = pair_make, .init = pair_init, .fields = pair_fields},
    .methods = pair_methods,
    .getsets = pair_getsets,
    .signature = "(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)",
};

}  // namespace imugi::io
