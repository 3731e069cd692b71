// MultibyteIncrementalEncoder and MultibyteIncrementalDecoder. Their states are shown as ints: an
// encoder's is the number of pending bytes, these as UTF-8, and the eight bytes of the codec's
// state, in this order from the lowest byte on.
#include <cstring>

#include "memory/collector.h"
#include "modules/_multibytecodec/multibytecodec.h"
#include "object/buffer.h"
#include "object/codecs.h"
#include "object/int.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi::mbc {

namespace {

template <class T>
Owned make_incremental(Thread& thread, Type& type, const Arguments& arguments, const char* name,
                       State Codec::* start) {
    Value errors;
    TRY(bind_arguments(thread, name, "(errors=<unrepresentable>)", arguments, &errors, 1));
    auto* made = allocate<T>(thread, type);
    if (!made) return {};
    Owned self = Owned::adopt(made);
    if (!errors.is_empty() && !is_str(errors))
        return raise(thread, exc::TypeError, "{}() argument 1 must be str, not {}", name,
                     type_name_of(errors));
    const Codec* codec = codec_of(thread, type);
    if (!codec) return {};
    TRY(init_coder(thread, *made, *codec, errors, name));
    made->state = codec->*start;
    track(made);
    return self;
}

// --- encoder ---

Owned encoder_make(Thread& thread, Type& type, const Arguments& arguments) {
    return make_incremental<IncrementalEncoder>(thread, type, arguments, "IncrementalEncoder",
                                                &Codec::encoding_start);
}

Owned encoder_encode(Thread& thread, IncrementalEncoder& self, Value input, bool final) {
    return encode_piece(thread, self, input, final);
}

bool encoder_reset(Thread& thread, IncrementalEncoder& self) {
    return reset_encoder(thread, self);
}

constexpr size_t kShownPending = 8;  // bytes of UTF-8
constexpr size_t kShownStart = 1 + kShownPending;

Owned encoder_getstate(Thread& thread, IncrementalEncoder& self) {
    uint8_t shown[kShownStart + sizeof(State)] = {};
    uint32_t pending[kMostPending];
    size_t count;
    {
        Lock guard(thread, self);
        count = self.pending_count;
        memcpy(pending, self.pending, sizeof pending);
        memcpy(shown + kShownStart, self.state.bytes, sizeof(State));
    }
    if (count != 0) {
        Ref<Str> text = TRY(make_str_from_units(thread, pending, 4, count));
        size_t size;
        const char* utf8 = str_utf8(thread, *text, &size);
        if (!utf8) return {};
        if (size > kShownPending)
            return raise(thread, exc::UnicodeError, "pending buffer too large");
        shown[0] = static_cast<uint8_t>(size);
        memcpy(shown + 1, utf8, size);
        // The state follows the bytes that there are.
        memmove(shown + 1 + size, shown + kShownStart, sizeof(State));
        memset(shown + 1 + size + sizeof(State), 0, kShownPending - size);
    } else {
        memmove(shown + 1, shown + kShownStart, sizeof(State));
        memset(shown + 1 + sizeof(State), 0, kShownPending);
    }
    return int_from_bytes(thread, shown, sizeof shown, true, false);
}

bool encoder_setstate(Thread& thread, IncrementalEncoder& self, Value value) {
    if (!is_int(value))
        return raise(thread, exc::TypeError, "setstate() argument must be int, not {}",
                     type_name_of(value));
    uint8_t shown[kShownStart + sizeof(State)];
    TRY(int_to_bytes(thread, value, shown, sizeof shown, true, false));
    size_t size = shown[0];
    if (size > kShownPending) return raise(thread, exc::UnicodeError, "pending buffer too large");
    Owned pending =
        TRY(decode_utf8(thread, reinterpret_cast<const char*>(shown + 1), size, "strict"));
    const Str& text = pending.as<Str>();
    Lock guard(thread, self);
    self.pending_count = static_cast<uint8_t>(text.length());
    for (size_t i = 0; i < text.length(); i++) self.pending[i] = text[i];
    memcpy(self.state.bytes, shown + 1 + size, sizeof(State));
    return true;
}

const MethodRow encoder_rows[] = {
    {"encode", "(self, /, input, final=False)", fn<encoder_encode>},
    {"getstate", "(self, /)", fn<encoder_getstate>},
    {"setstate", "(self, state, /)", fn<encoder_setstate>},
    {"reset", "(self, /)", fn<encoder_reset>},
    {},
};
const TypeSpec encoder_spec = {
    .name = "_multibytecodec.MultibyteIncrementalEncoder",
    .size = sizeof(IncrementalEncoder),
    .flags = kTypeBase | kTypeTracked | kTypeImmutable,
    .slots = {.make = encoder_make, .init = ignore_init, .fields = coder_fields},
    .methods = encoder_rows,
    .getsets = coder_attributes,
};

// --- decoder ---

Owned decoder_make(Thread& thread, Type& type, const Arguments& arguments) {
    return make_incremental<IncrementalDecoder>(thread, type, arguments, "IncrementalDecoder",
                                                &Codec::decoding_start);
}

Owned decoder_decode(Thread& thread, IncrementalDecoder& self, Value input, bool final) {
    StableBuffer data(thread);
    TRY(data.get(input));
    size_t size;
    return decode_piece(thread, self, data.data(), data.size(), final, &size);
}

bool decoder_reset(Thread& thread, IncrementalDecoder& self) {
    return reset_decoder(thread, self);
}

Owned decoder_getstate(Thread& thread, IncrementalDecoder& self) {
    uint8_t pending[kMostPending];
    size_t count;
    State state;
    {
        Lock guard(thread, self);
        count = self.pending_count;
        memcpy(pending, self.pending, sizeof pending);
        state = self.state;
    }
    Ref<Bytes> bytes = TRY(make_bytes(thread, pending, count));
    Owned number = TRY(int_from_bytes(thread, state.bytes, sizeof state.bytes, true, false));
    return make_tuple(thread, bytes, number);
}

bool decoder_setstate(Thread& thread, IncrementalDecoder& self, Value value) {
    if (!is_tuple(value))
        return raise(thread, exc::TypeError, "setstate() argument must be tuple, not {}",
                     type_name_of(value));
    const Tuple& parts = value.as<Tuple>();
    if (parts.size != 2 || !is_bytes(parts[0]) || !is_int(parts[1]))
        return raise(thread, exc::TypeError, "setstate(): illegal state argument");
    State state;
    TRY(int_to_bytes(thread, parts[1], state.bytes, sizeof state.bytes, true, false));
    const Bytes& pending = parts[0].as<Bytes>();
    if (pending.size > kMostPending)
        return raise_decode_error(thread, self.codec->name, pending.data(), pending.size, 0,
                                  pending.size, "pending buffer too large");
    Lock guard(thread, self);
    self.state = state;
    self.pending_count = static_cast<uint8_t>(pending.size);
    memcpy(self.pending, pending.data(), pending.size);
    return true;
}

const MethodRow decoder_rows[] = {
    {"decode", "(self, /, input, final=False)", fn<decoder_decode>},
    {"getstate", "(self, /)", fn<decoder_getstate>},
    {"setstate", "(self, state, /)", fn<decoder_setstate>},
    {"reset", "(self, /)", fn<decoder_reset>},
    {},
};
const TypeSpec decoder_spec = {
    .name = "_multibytecodec.MultibyteIncrementalDecoder",
    .size = sizeof(IncrementalDecoder),
    .flags = kTypeBase | kTypeTracked | kTypeImmutable,
    .slots = {.make = decoder_make, .init = ignore_init, .fields = coder_fields},
    .methods = decoder_rows,
    .getsets = coder_attributes,
};

}  // namespace

NativeClass incremental_encoder_class(encoder_spec);
NativeClass incremental_decoder_class(decoder_spec);

}  // namespace imugi::mbc
