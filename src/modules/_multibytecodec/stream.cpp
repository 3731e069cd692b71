// MultibyteStreamReader and MultibyteStreamWriter: files of bytes read and written as text.
#include "memory/collector.h"
#include "modules/_multibytecodec/multibytecodec.h"
#include "object/call.h"
#include "object/int.h"
#include "object/protocol.h"
#include "object/str_methods.h"
#include "thread/lock.h"

namespace imugi::mbc {

namespace {

template <class T>
Owned make_stream(Thread& thread, Type& type, const Arguments& arguments, const char* name,
                  State Codec::* start) {
    Value values[2];
    TRY(bind_arguments(thread, name, "(stream, errors=<unrepresentable>)", arguments, values, 2));
    const Codec* codec = codec_of(thread, type);
    if (!codec) return {};
    auto* made = allocate<T>(thread, type);
    if (!made) return {};
    Owned self = Owned::adopt(made);
    made->stream.init(Owned::share(values[0]));
    TRY(init_coder(thread, *made, *codec, values[1], name));
    made->state = codec->*start;
    track(made);
    return self;
}

Owned get_stream(Thread&, Value self) {
    return static_cast<Coder*>(self.object())->stream.share();
}

const GetSetRow stream_attributes[] = {
    coder_attributes[0],
    computed_member("stream", get_stream),
    {},
};

// --- reader ---

Owned reader_make(Thread& thread, Type& type, const Arguments& arguments) {
    return make_stream<StreamReader>(thread, type, arguments, "StreamReader",
                                     &Codec::decoding_start);
}

// None: no limit.
bool read_size(Thread& thread, Value value, Index* size) {
    *size = -1;
    if (is_none(value)) return true;
    if (!is_int(value)) return raise(thread, exc::TypeError, "arg 1 must be an integer");
    *size = TRY(to_ssize(thread, value));
    return true;
}

// Text from what the stream's method gives, at least one character unless it is at its end.
Owned read_text(Thread& thread, StreamReader& self, Str& method, Index size_hint) {
    if (size_hint == 0) return empty_str();
    Owned stream = self.stream.share();
    for (;;) {
        Owned bytes =
            TRY(size_hint < 0 ? call_method(thread, stream, method)
                              : call_method(thread, stream, method, Value::small_int(size_hint)));
        if (!is_bytes(bytes))
            return raise(thread, exc::TypeError, "stream function returned a non-bytes object ({})",
                         type_name_of(bytes));
        const Bytes& data = bytes.as<Bytes>();
        bool at_end = data.size == 0 || size_hint < 0;
        size_t looked_at;
        Owned text = TRY(decode_piece(thread, self, data.data(), data.size, at_end, &looked_at));
        if (size_hint < 0 || looked_at == 0 || text.as<Str>().length() != 0) return text;
        size_hint = 1;  // half a character: byte by byte to its end
    }
}

Owned reader_read(Thread& thread, StreamReader& self, Value limit) {
    Index size;
    TRY(read_size(thread, limit, &size));
    return read_text(thread, self, ID(read), size);
}

Owned reader_readline(Thread& thread, StreamReader& self, Value limit) {
    Index size;
    TRY(read_size(thread, limit, &size));
    return read_text(thread, self, ID(readline), size);
}

Owned reader_readlines(Thread& thread, StreamReader& self, Value limit) {
    Index size;
    TRY(read_size(thread, limit, &size));
    Owned text = TRY(read_text(thread, self, ID(read), size));
    return str_splitlines(thread, text.as<Str>(), true);
}

bool reader_reset(Thread& thread, StreamReader& self) {
    return reset_decoder(thread, self);
}

const MethodRow reader_rows[] = {
    {"read", "(self, sizeobj=None, /)", fn<reader_read>},
    {"readline", "(self, sizeobj=None, /)", fn<reader_readline>},
    {"readlines", "(self, sizehintobj=None, /)", fn<reader_readlines>},
    {"reset", "(self, /)", fn<reader_reset>},
    {},
};
const TypeSpec reader_spec = {
    .name = "_multibytecodec.MultibyteStreamReader",
    .size = sizeof(StreamReader),
    .flags = kTypeBase | kTypeTracked | kTypeImmutable,
    .slots = {.make = reader_make, .init = ignore_init, .fields = coder_fields},
    .methods = reader_rows,
    .getsets = stream_attributes,
};

// --- writer ---

Owned writer_make(Thread& thread, Type& type, const Arguments& arguments) {
    return make_stream<StreamWriter>(thread, type, arguments, "StreamWriter",
                                     &Codec::encoding_start);
}

bool writer_write(Thread& thread, StreamWriter& self, Value text) {
    Owned bytes = TRY(encode_piece(thread, self, text, false));
    Owned stream = self.stream.share();
    return static_cast<bool>(call_method(thread, stream, ID(write), bytes));
}

bool writer_writelines(Thread& thread, StreamWriter& self, Value lines) {
    const Slots& slots = type_of(lines).slots;
    if (!slots.item && (!slots.subscript || has_type_flag(lines, kTypeIsDict)))
        return raise(thread, exc::TypeError, "arg must be a sequence object");
    for (Index i = 0; i < TRY(length(thread, lines)); i++) {
        Owned line = TRY(get_item(thread, lines, Value::small_int(i)));
        TRY(writer_write(thread, self, line));
    }
    return true;
}

bool writer_reset(Thread& thread, StreamWriter& self) {
    {
        Lock guard(thread, self);
        if (self.pending_count == 0) return true;
    }
    Ref<Str> nothing = empty_str();
    Owned bytes = TRY(encode_piece(thread, self, Value::of(nothing.get()), true));
    if (bytes.as<Bytes>().size == 0) return true;
    Owned stream = self.stream.share();
    return static_cast<bool>(call_method(thread, stream, ID(write), bytes));
}

const MethodRow writer_rows[] = {
    {"write", "(self, strobj, /)", fn<writer_write>},
    {"writelines", "(self, lines, /)", fn<writer_writelines>},
    {"reset", "(self, /)", fn<writer_reset>},
    {},
};
const TypeSpec writer_spec = {
    .name = "_multibytecodec.MultibyteStreamWriter",
    .size = sizeof(StreamWriter),
    .flags = kTypeBase | kTypeTracked | kTypeImmutable,
    .slots = {.make = writer_make, .init = ignore_init, .fields = coder_fields},
    .methods = writer_rows,
    .getsets = stream_attributes,
};

}  // namespace

NativeClass stream_reader_class(reader_spec);
NativeClass stream_writer_class(writer_spec);

}  // namespace imugi::mbc
