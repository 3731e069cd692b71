// The modules _multibytecodec and _codecs_cn, _hk, _iso2022, _jp, _kr, _tw, which hand out codecs
// by name, and the codec object.
#include "modules/_multibytecodec/multibytecodec.h"

#include "object/buffer.h"
#include "object/capsule.h"
#include "object/codecs.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi::mbc {

namespace {

constexpr const char* kCapsule = "multibytecodec.codec";

// None: *text null.
bool errors_text(Thread& thread, const char* method, Value errors, const char** text) {
    *text = nullptr;
    if (is_none(errors)) return true;
    if (!is_str(errors))
        return raise(thread, exc::TypeError, "{}() argument 'errors' must be str or None, not {}",
                     method, type_name_of(errors));
    *text = name_text(thread, errors.as<Str>());
    return *text != nullptr;
}

Owned encode_all(Thread& thread, MultibyteCodec& self, Value input, Value errors) {
    const char* mode;
    TRY(errors_text(thread, "encode", errors, &mode));
    Owned text = TRY(is_str(input) ? Owned::share(input) : str(thread, input));
    State state = self.codec->encoding_start;
    BytesBuilder out(thread);
    size_t at = 0;
    TRY(encode_text(thread, *self.codec, state, text.as<Str>(), &at, mode, true, true, out));
    Ref<Bytes> bytes = TRY(out.finish());
    return make_tuple(thread, bytes, Value::small_int(static_cast<Index>(text.as<Str>().length())));
}

Owned decode_all(Thread& thread, MultibyteCodec& self, Value input, Value errors) {
    const char* mode;
    TRY(errors_text(thread, "decode", errors, &mode));
    StableBuffer data(thread);
    TRY(data.get(input));
    State state = self.codec->decoding_start;
    StrBuilder out(thread);
    size_t at = 0;
    TRY(decode_text(thread, *self.codec, state, data.data(), data.size(), &at, mode, true, out));
    Ref<Str> text = TRY(out.finish());
    return make_tuple(thread, text, Value::small_int(static_cast<Index>(data.size())));
}

const MethodRow codec_rows[] = {
    {"encode", "(self, /, input, errors=None)", fn<encode_all>,
     "The bytes that encode a str, and the number of its characters.\n\n"
     "errors: 'strict' (UnicodeEncodeError), 'ignore', 'replace', 'xmlcharrefreplace', or the "
     "name\n"
     "of another handler registered with codecs.register_error()."},
    {"decode", "(self, /, input, errors=None)", fn<decode_all>,
     "The str that bytes encode, and the number of the bytes.\n\n"
     "errors: 'strict' (UnicodeDecodeError), 'ignore', 'replace', or the name of another handler\n"
     "registered with codecs.register_error()."},
    {},
};
const TypeSpec codec_spec = {
    .name = "_multibytecodec.MultibyteCodec",
    .size = sizeof(MultibyteCodec),
    .flags = kTypeImmutable | kTypeNoInstantiate,
    .methods = codec_rows,
};

Owned make_codec(Thread& thread, const Codec& codec) {
    Type* type = codec_class.get(thread);
    auto* made = type ? allocate<MultibyteCodec>(thread, *type) : nullptr;
    if (!made) return {};
    made->codec = &codec;
    return Owned::adopt(made);
}

Owned create_codec(Thread& thread, Value capsule) {
    auto* codec = static_cast<const Codec*>(capsule_pointer(thread, capsule, kCapsule));
    if (codec) return make_codec(thread, *codec);
    return raise(thread, exc::ValueError, "argument type invalid");
}

Owned get_codec(Thread& thread, const char* module, Value name) {
    if (!is_str(name)) return raise(thread, exc::TypeError, "encoding name must be a string.");
    const Codec* codec = find_codec(thread, module, name.as<Str>());
    if (!codec) return {};
    return make_codec(thread, *codec);
}

bool execute(Thread& thread, Module& module) {
    return codec_class.get(thread) && incremental_encoder_class.add_to(thread, module) &&
           incremental_decoder_class.add_to(thread, module) &&
           stream_reader_class.add_to(thread, module) && stream_writer_class.add_to(thread, module);
}

const MethodRow functions[] = {
    {"__create_codec", "(arg, /)", fn<create_codec>, "The codec that a capsule describes."},
    {},
};
ModuleSpec multibytecodec_module("_multibytecodec", nullptr, functions, execute);

constexpr const char* kGetCodecDoc = "The codec of that name.";

Owned get_codec_cn(Thread& thread, Value name) {
    return get_codec(thread, "_codecs_cn", name);
}
Owned get_codec_hk(Thread& thread, Value name) {
    return get_codec(thread, "_codecs_hk", name);
}
Owned get_codec_iso2022(Thread& thread, Value name) {
    return get_codec(thread, "_codecs_iso2022", name);
}
Owned get_codec_jp(Thread& thread, Value name) {
    return get_codec(thread, "_codecs_jp", name);
}
Owned get_codec_kr(Thread& thread, Value name) {
    return get_codec(thread, "_codecs_kr", name);
}
Owned get_codec_tw(Thread& thread, Value name) {
    return get_codec(thread, "_codecs_tw", name);
}
const MethodRow rows_cn[] = {{"getcodec", "(name, /)", fn<get_codec_cn>, kGetCodecDoc}, {}};
const MethodRow rows_hk[] = {{"getcodec", "(name, /)", fn<get_codec_hk>, kGetCodecDoc}, {}};
const MethodRow rows_iso2022[] = {{"getcodec", "(name, /)", fn<get_codec_iso2022>, kGetCodecDoc},
                                  {}};
const MethodRow rows_jp[] = {{"getcodec", "(name, /)", fn<get_codec_jp>, kGetCodecDoc}, {}};
const MethodRow rows_kr[] = {{"getcodec", "(name, /)", fn<get_codec_kr>, kGetCodecDoc}, {}};
const MethodRow rows_tw[] = {{"getcodec", "(name, /)", fn<get_codec_tw>, kGetCodecDoc}, {}};
ModuleSpec module_cn("_codecs_cn", nullptr, rows_cn);
ModuleSpec module_hk("_codecs_hk", nullptr, rows_hk);
ModuleSpec module_iso2022("_codecs_iso2022", nullptr, rows_iso2022);
ModuleSpec module_jp("_codecs_jp", nullptr, rows_jp);
ModuleSpec module_kr("_codecs_kr", nullptr, rows_kr);
ModuleSpec module_tw("_codecs_tw", nullptr, rows_tw);

}  // namespace

NativeClass codec_class(codec_spec);

}  // namespace imugi::mbc
