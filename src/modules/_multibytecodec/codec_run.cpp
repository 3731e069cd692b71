// The loops over a text and what happens to characters and bytes that an encoding lacks.
#include <cstring>

#include "modules/_multibytecodec/codec.h"
#include "object/call.h"
#include "object/codecs.h"
#include "object/errors.h"
#include "object/int.h"
#include "object/tuple.h"
#include "thread/safepoint.h"

namespace imugi::mbc {

namespace {

constexpr const char* kIllegal = "illegal multibyte sequence";
constexpr const char* kIncomplete = "incomplete multibyte sequence";

// The handler's answer, a tuple; *position within [0, size].
Owned ask_handler(Thread& thread, const char* errors, Type& type, const Codec& codec, Value object,
                  size_t start, size_t end, const char* reason) {
    Owned handler = TRY(codec_lookup_error(thread, errors));
    Ref<Str> name = TRY(make_str(thread, codec.name));
    Ref<Str> why = TRY(make_str(thread, reason));
    Owned error = TRY(call(thread, Value::of(&type), name, object,
                           Value::small_int(static_cast<Index>(start)),
                           Value::small_int(static_cast<Index>(end)), why));
    return call(thread, handler, error);
}

bool check_answer(Thread& thread, Value answer, bool encoding, size_t size, size_t* position) {
    bool right = is_tuple(answer) && answer.as<Tuple>().size == 2;
    if (right) {
        Value replacement = answer.as<Tuple>()[0];
        right = (is_str(replacement) || (encoding && is_bytes(replacement))) &&
                is_int(answer.as<Tuple>()[1]);
    }
    if (!right)
        return raise(thread, exc::TypeError, "{} error handler must return (str, int) tuple",
                     encoding ? "encoding" : "decoding");
    int64_t at;
    bool fits = int_fits_int64(answer.as<Tuple>()[1], &at);
    if (!fits)
        at = -1;
    else if (at < 0)
        at += static_cast<int64_t>(size);
    if (!fits || at < 0 || static_cast<size_t>(at) > size)
        return raise(thread, exc::IndexError, "position {} from error handler out of bounds", at);
    *position = static_cast<size_t>(at);
    return true;
}

// Characters [*at, *at + length) have no bytes.
bool encode_error(Thread& thread, const Codec& codec, State& state, const Str& text, size_t* at,
                  size_t length, const char* reason, const char* errors, BytesBuilder& out) {
    ErrorMode mode = error_mode(errors);
    size_t start = *at, end = *at + length;
    if (mode == ErrorMode::kIgnore || mode == ErrorMode::kReplace) {
        *at = end;
        if (mode == ErrorMode::kIgnore) return true;
        Ref<Str> mark = TRY(make_str(thread, "?"));
        int taken = codec.encode(codec, state, *mark, 0, true, out);
        return taken > 0 || (taken != kRaised && out.append(uint8_t{'?'}));
    }
    if (mode == ErrorMode::kStrict)
        return raise_encode_error(thread, codec.name, text, start, end, reason);
    Owned answer = TRY(ask_handler(thread, errors, exc::UnicodeEncodeError, codec, Value::of(text),
                                   start, end, reason));
    TRY(check_answer(thread, answer, true, text.length(), at));
    Value replacement = answer.as<Tuple>()[0];
    if (is_bytes(replacement)) {
        Bytes& bytes = replacement.as<Bytes>();
        return out.append(bytes.data(), bytes.size);
    }
    size_t position = 0;
    return encode_text(thread, codec, state, replacement.as<Str>(), &position, nullptr, true, false,
                       out);
}

// Bytes [*at, *at + length) mean nothing.
bool decode_error(Thread& thread, const Codec& codec, const uint8_t* data, size_t size, size_t* at,
                  size_t length, const char* reason, const char* errors, StrBuilder& out) {
    ErrorMode mode = error_mode(errors);
    size_t start = *at, end = *at + length;
    if (mode == ErrorMode::kIgnore || mode == ErrorMode::kReplace) {
        *at = end;
        return mode == ErrorMode::kIgnore || out.append(uint32_t{0xFFFD});
    }
    if (mode == ErrorMode::kStrict)
        return raise_decode_error(thread, codec.name, data, size, start, end, reason);
    Ref<Bytes> object = TRY(make_bytes(thread, data, size));
    Owned answer = TRY(ask_handler(thread, errors, exc::UnicodeDecodeError, codec,
                                   Value::of(object.get()), start, end, reason));
    TRY(check_answer(thread, answer, false, size, at));
    return out.append(answer.as<Tuple>()[0].as<Str>());
}

}  // namespace

bool encode_text(Thread& thread, const Codec& codec, State& state, const Str& text, size_t* at,
                 const char* errors, bool flush, bool reset, BytesBuilder& out) {
    size_t length = text.length();
    for (size_t step = 0; *at < length; step++) {
        TRY(poll_step(thread, step));
        int taken = codec.encode(codec, state, text, *at, flush, out);
        if (IMUGI_LIKELY(taken > 0)) {
            *at += static_cast<size_t>(taken);
            continue;
        }
        if (taken == kRaised) return false;
        if (taken == kTooFew && !flush) break;
        TRY(encode_error(thread, codec, state, text, at,
                         taken == kTooFew ? length - *at : static_cast<size_t>(-taken),
                         taken == kTooFew ? kIncomplete : kIllegal, errors, out));
    }
    return !reset || !codec.finish_encoding || codec.finish_encoding(codec, state, out);
}

bool decode_incomplete(Thread& thread, const Codec& codec, const uint8_t* data, size_t size,
                       size_t* at, const char* errors, StrBuilder& out) {
    return decode_error(thread, codec, data, size, at, size - *at, kIncomplete, errors, out);
}

bool decode_text(Thread& thread, const Codec& codec, State& state, const uint8_t* data, size_t size,
                 size_t* at, const char* errors, bool final, StrBuilder& out) {
    for (size_t step = 0; *at < size; step++) {
        TRY(poll_step(thread, step));
        int taken = codec.decode(codec, state, data + *at, size - *at, out);
        if (IMUGI_LIKELY(taken > 0)) {
            *at += static_cast<size_t>(taken);
            continue;
        }
        if (taken == kRaised) return false;
        if (taken == kTooFew) {
            if (!final) break;
            TRY(decode_incomplete(thread, codec, data, size, at, errors, out));
            continue;
        }
        TRY(decode_error(thread, codec, data, size, at, static_cast<size_t>(-taken), kIllegal,
                         errors, out));
    }
    return true;
}

int find_pair_code(const Charset& set, const Str& text, size_t at, bool flush, uint16_t* code) {
    uint32_t c = text[at];
    if (set.begins_pair(c)) {
        if (at + 1 == text.length()) {
            if (!flush) return kTooFew;
        } else if (uint16_t pair = set.encode_pair(c, text[at + 1])) {
            *code = pair;
            return 2;
        }
    }
    *code = set.encode(c);
    return 1;
}

const Codec* find_codec(Thread& thread, const char* module, const Str& name) {
    static constexpr const Codec* families[] = {double_byte_codecs, gb18030_codecs, hz_codecs,
                                                japanese_codecs,    korean_codecs,  iso2022_codecs};
    for (const Codec* codec : families) {
        for (; codec->name; codec++) {
            if (strcmp(codec->module, module) != 0 || !str_equal(name, codec->name)) continue;
            for (CharsetId id : codec->charsets)
                if (!charset(thread, id)) return nullptr;
            return codec;
        }
    }
    return raise(thread, exc::LookupError, "no such codec is supported.");
}

}  // namespace imugi::mbc
