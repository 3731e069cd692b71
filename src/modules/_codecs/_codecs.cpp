// The _codecs module: the registry's functions and one pair of functions for every built-in codec,
// each giving (result, length consumed). State is the interpreter's registry.
#include "modules/_codecs/codecs_module.h"
#include "object/buffer.h"
#include "object/module.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi {

namespace {

// --- the registry ---

bool register_search(Thread& thread, Value search_function) {
    return codec_register(thread, search_function);
}
bool unregister_search(Thread& thread, Value search_function) {
    return codec_unregister(thread, search_function);
}
Owned lookup(Thread& thread, Str& encoding) {
    const char* name = name_text(thread, encoding);
    if (!name) return {};
    return codec_lookup(thread, name);
}
using Coding = Owned(Thread& thread, Value object, const char* encoding, const char* errors);

Owned code(Thread& thread, const char* function, Coding& coding, Value object, Str& encoding,
           Value errors) {
    const char* name = name_text(thread, encoding);
    if (!name) return {};
    const char* mode = nullptr;
    if (errors) {
        if (!is_str(errors))
            return raise(thread, exc::TypeError, "{}() argument 'errors' must be str, not {}",
                         function, type_name_of(errors));
        mode = name_text(thread, errors.as<Str>());
        if (!mode) return {};
    }
    return coding(thread, object, name, mode);
}
Owned encode(Thread& thread, Value object, Str& encoding, Value errors) {
    return code(thread, "encode", codec_encode, object, encoding, errors);
}
Owned decode(Thread& thread, Value object, Str& encoding, Value errors) {
    return code(thread, "decode", codec_decode, object, encoding, errors);
}
bool register_error(Thread& thread, Str& errors, Value handler) {
    return codec_register_error(thread, errors, handler);
}
Result<bool> unregister_error(Thread& thread, Str& errors) {
    bool found;
    TRY(codec_unregister_error(thread, errors, &found));
    return found;
}
Owned lookup_error(Thread& thread, Str& name) {
    const char* text = name_text(thread, name);
    if (!text) return {};
    return codec_lookup_error(thread, text);
}

// --- codecs ---

Owned pair(Thread& thread, Owned result, size_t consumed) {
    if (!result) return {};
    return make_tuple(thread, result, Value::small_int(static_cast<int64_t>(consumed)));
}

// The name of the error mode; *ok is false when an exception is set.
const char* mode_of(Thread& thread, Str* errors, bool* ok) {
    *ok = true;
    if (!errors) return nullptr;
    const char* text = name_text(thread, *errors);
    *ok = text != nullptr;
    return text;
}

using Decode = Owned (*)(Thread&, const uint8_t*, size_t, const char*, size_t*);

// Decoders of bytes-like objects; some also take str, as its UTF-8.
template <Decode decoder, bool takes_str>
Owned run_decoder(Thread& thread, Value data, Str* errors, bool final) {
    bool ok;
    const char* mode = mode_of(thread, errors, &ok);
    if (!ok) return {};
    StableBuffer buffer(thread);
    const uint8_t* bytes;
    size_t size;
    if (takes_str && is_str(data)) {
        bytes = reinterpret_cast<const uint8_t*>(str_utf8(thread, data.as<Str>(), &size));
        if (!bytes) return {};
    } else {
        TRY(buffer.get(data));
        bytes = buffer.data();
        size = buffer.size();
    }
    size_t consumed = size;
    Owned text = decoder(thread, bytes, size, mode, final ? nullptr : &consumed);
    return pair(thread, std::move(text), consumed);
}

template <int order>
Owned utf16_with(Thread& thread, const uint8_t* data, size_t size, const char* errors,
                 size_t* consumed) {
    int found = order;
    return decode_utf16(thread, data, size, errors, &found, consumed);
}
template <int order>
Owned utf32_with(Thread& thread, const uint8_t* data, size_t size, const char* errors,
                 size_t* consumed) {
    int found = order;
    return decode_utf32(thread, data, size, errors, &found, consumed);
}
Owned latin1_whole(Thread& thread, const uint8_t* data, size_t size, const char*, size_t*) {
    return decode_latin1(thread, data, size);
}
Owned ascii_whole(Thread& thread, const uint8_t* data, size_t size, const char* errors, size_t*) {
    return decode_ascii(thread, data, size, errors);
}

template <Decode decoder>
Owned whole_decoder(Thread& thread, Value data, Str* errors) {
    return run_decoder<decoder, false>(thread, data, errors, true);
}

using WideDecode = Owned (*)(Thread&, const uint8_t*, size_t, const char*, int*, size_t*);

template <WideDecode decoder>
Owned ex_decode(Thread& thread, Value data, Str* errors, int byteorder, bool final) {
    bool ok;
    const char* mode = mode_of(thread, errors, &ok);
    if (!ok) return {};
    StableBuffer buffer(thread);
    TRY(buffer.get(data));
    size_t consumed = buffer.size();
    Owned text = TRY(decoder(thread, buffer.data(), buffer.size(), mode, &byteorder,
                             final ? nullptr : &consumed));
    return make_tuple(thread, text, Value::small_int(static_cast<int64_t>(consumed)),
                      Value::small_int(byteorder));
}

using Encode = Owned (*)(Thread&, Str&, const char*);

template <Encode encoder>
Owned run_encoder(Thread& thread, Str& s, Str* errors) {
    bool ok;
    const char* mode = mode_of(thread, errors, &ok);
    if (!ok) return {};
    return pair(thread, encoder(thread, s, mode), s.length());
}

template <int order>
Owned to_utf16(Thread& thread, Str& s, const char* errors) {
    return encode_utf16(thread, s, errors, order);
}
template <int order>
Owned to_utf32(Thread& thread, Str& s, const char* errors) {
    return encode_utf32(thread, s, errors, order);
}
Owned to_utf7(Thread& thread, Str& s, const char*) {
    return encode_utf7(thread, s);
}
Owned to_unicode_escape(Thread& thread, Str& s, const char*) {
    return encode_unicode_escape(thread, s);
}
Owned to_raw_unicode_escape(Thread& thread, Str& s, const char*) {
    return encode_raw_unicode_escape(thread, s);
}

Owned utf16_encode_order(Thread& thread, Str& s, Str* errors, int byteorder) {
    bool ok;
    const char* mode = mode_of(thread, errors, &ok);
    if (!ok) return {};
    return pair(thread, encode_utf16(thread, s, mode, byteorder), s.length());
}
Owned utf32_encode_order(Thread& thread, Str& s, Str* errors, int byteorder) {
    bool ok;
    const char* mode = mode_of(thread, errors, &ok);
    if (!ok) return {};
    return pair(thread, encode_utf32(thread, s, mode, byteorder), s.length());
}

Owned charmap_decode(Thread& thread, Value data, Str* errors, Value mapping) {
    bool ok;
    const char* mode = mode_of(thread, errors, &ok);
    if (!ok) return {};
    Buffer buffer(thread);
    TRY(buffer.get(data));
    return pair(thread, decode_charmap(thread, buffer.data(), buffer.size(), mode, mapping),
                buffer.size());
}
Owned charmap_encode(Thread& thread, Str& s, Str* errors, Value mapping) {
    bool ok;
    const char* mode = mode_of(thread, errors, &ok);
    if (!ok) return {};
    return pair(thread, encode_charmap(thread, s, mode, mapping), s.length());
}
Owned charmap_build(Thread& thread, Str& map) {
    return build_charmap(thread, map);
}

Owned escape_decode(Thread& thread, Value data, Str* errors) {
    bool ok;
    const char* mode = mode_of(thread, errors, &ok);
    if (!ok) return {};
    Buffer buffer(thread);
    size_t size;
    const uint8_t* bytes;
    if (is_str(data)) {
        bytes = reinterpret_cast<const uint8_t*>(str_utf8(thread, data.as<Str>(), &size));
        if (!bytes) return {};
    } else {
        TRY(buffer.get(data));
        bytes = buffer.data();
        size = buffer.size();
    }
    return pair(thread, decode_escape(thread, bytes, size, mode), size);
}
Owned escape_encode(Thread& thread, Value data, Str*) {
    if (!is_bytes(data))
        return raise(thread, exc::TypeError, "escape_encode() argument 1 must be bytes, not {}",
                     type_name_of(data));
    Bytes& bytes = data.as<Bytes>();
    return pair(thread, encode_escape(thread, bytes.data(), bytes.size), bytes.size);
}
Owned readbuffer_encode(Thread& thread, Value data, Str*) {
    if (is_str(data)) {
        size_t size;
        const char* text = str_utf8(thread, data.as<Str>(), &size);
        if (!text) return {};
        return pair(thread, make_bytes(thread, text, size), size);
    }
    Buffer buffer(thread);
    TRY(buffer.get(data));
    return pair(thread, make_bytes(thread, buffer.data(), buffer.size()), buffer.size());
}

constexpr const char* kDecode = "(data, errors=None, final=False, /)";
constexpr const char* kDecodeFinal = "(data, errors=None, final=True, /)";
constexpr const char* kDecodeWhole = "(data, errors=None, /)";
constexpr const char* kDecodeEx = "(data, errors=None, byteorder=0, final=False, /)";
constexpr const char* kEncode = "(str, errors=None, /)";
constexpr const char* kEncodeOrder = "(str, errors=None, byteorder=0, /)";

const MethodRow functions[] = {
    {"register", "(search_function, /)", fn<register_search>,
     "Adds a search function: it gets an encoding's name and gives a CodecInfo or None."},
    {"unregister", "(search_function, /)", fn<unregister_search>,
     "Takes a search function away, and forgets what was found."},
    {"lookup", "(encoding, /)", fn<lookup>, "The CodecInfo of an encoding. LookupError when none."},
    {"encode",
     "(obj, encoding='utf-8', errors=<unrepresentable>) -> ($module, obj, "
     "encoding='utf-8', errors='strict')",
     fn<encode>, "The object encoded by the codec of that name."},
    {"decode",
     "(obj, encoding='utf-8', errors=<unrepresentable>) -> ($module, obj, "
     "encoding='utf-8', errors='strict')",
     fn<decode>, "The object decoded by the codec of that name."},
    {"register_error", "(errors, handler, /)", fn<register_error>,
     "Gives an error handler a name. It gets the exception and gives a replacement and the\n"
     "position to go on from, or raises."},
    {"_unregister_error", "(errors, /)", fn<unregister_error>,
     "Takes an error handler away; tells whether there was one."},
    {"lookup_error", "(name, /)", fn<lookup_error>, "The error handler of that name."},
    {"escape_encode", "(data, errors=None, /)", fn<escape_encode>},
    {"escape_decode", "(data, errors=None, /)", fn<escape_decode>},
    {"utf_8_encode", kEncode, fn<run_encoder<encode_utf8>>},
    {"utf_8_decode", kDecode, fn<run_decoder<decode_utf8_partial, false>>},
    {"utf_7_encode", kEncode, fn<run_encoder<to_utf7>>},
    {"utf_7_decode", kDecode, fn<run_decoder<decode_utf7, false>>},
    {"utf_16_encode", kEncodeOrder, fn<utf16_encode_order>},
    {"utf_16_le_encode", kEncode, fn<run_encoder<to_utf16<-1>>>},
    {"utf_16_be_encode", kEncode, fn<run_encoder<to_utf16<1>>>},
    {"utf_16_decode", kDecode, fn<run_decoder<utf16_with<0>, false>>},
    {"utf_16_le_decode", kDecode, fn<run_decoder<utf16_with<-1>, false>>},
    {"utf_16_be_decode", kDecode, fn<run_decoder<utf16_with<1>, false>>},
    {"utf_16_ex_decode", kDecodeEx, fn<ex_decode<decode_utf16>>},
    {"utf_32_encode", kEncodeOrder, fn<utf32_encode_order>},
    {"utf_32_le_encode", kEncode, fn<run_encoder<to_utf32<-1>>>},
    {"utf_32_be_encode", kEncode, fn<run_encoder<to_utf32<1>>>},
    {"utf_32_decode", kDecode, fn<run_decoder<utf32_with<0>, false>>},
    {"utf_32_le_decode", kDecode, fn<run_decoder<utf32_with<-1>, false>>},
    {"utf_32_be_decode", kDecode, fn<run_decoder<utf32_with<1>, false>>},
    {"utf_32_ex_decode", kDecodeEx, fn<ex_decode<decode_utf32>>},
    {"unicode_escape_encode", kEncode, fn<run_encoder<to_unicode_escape>>},
    {"unicode_escape_decode", kDecodeFinal, fn<run_decoder<decode_unicode_escape, true>>},
    {"raw_unicode_escape_encode", kEncode, fn<run_encoder<to_raw_unicode_escape>>},
    {"raw_unicode_escape_decode", kDecodeFinal, fn<run_decoder<decode_raw_unicode_escape, true>>},
    {"latin_1_encode", kEncode, fn<run_encoder<encode_latin1>>},
    {"latin_1_decode", kDecodeWhole, fn<whole_decoder<latin1_whole>>},
    {"ascii_encode", kEncode, fn<run_encoder<encode_ascii>>},
    {"ascii_decode", kDecodeWhole, fn<whole_decoder<ascii_whole>>},
    {"charmap_encode", "(str, errors=None, mapping=None, /)", fn<charmap_encode>},
    {"charmap_decode", "(data, errors=None, mapping=None, /)", fn<charmap_decode>},
    {"charmap_build", "(map, /)", fn<charmap_build>},
    {"readbuffer_encode", "(data, errors=None, /)", fn<readbuffer_encode>},
    {},
};

ModuleSpec codecs_module("_codecs", nullptr, functions);

}  // namespace

}  // namespace imugi
