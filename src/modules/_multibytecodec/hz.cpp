// hz (RFC 1843): seven bits; "~{" begins text in GB 2312, "~}" ends it. The state's first byte
// tells that we are within.
#include "modules/_multibytecodec/codec.h"

namespace imugi::mbc {

namespace {

int encode_hz(const Codec&, State& state, const Str& text, size_t at, bool, BytesBuilder& out) {
    uint32_t c = text[at];
    uint8_t& in_chinese = state.bytes[0];
    if (c < 0x80) {
        if (in_chinese) {
            if (!out.append("~}")) return kRaised;
            in_chinese = 0;
        }
        if (c == '~' && !out.append(uint8_t{'~'})) return kRaised;
        return put(out, c);
    }
    uint16_t code = ready_charset(CharsetId::kGb2312).encode(c);
    if (code == 0) return -1;
    if (!in_chinese) {
        if (!out.append("~{")) return kRaised;
        in_chinese = 1;
    }
    return put_code(out, code);
}

bool finish_hz(const Codec&, State& state, BytesBuilder& out) {
    if (!state.bytes[0]) return true;
    state.bytes[0] = 0;
    return out.append("~}");
}

int decode_hz(const Codec&, State& state, const uint8_t* in, size_t left, StrBuilder& out) {
    uint8_t& in_chinese = state.bytes[0];
    if (in[0] == '~') {
        if (left < 2) return kTooFew;
        if (in[1] == '~' && !in_chinese) return put_point(out, '~', 2);
        if (in[1] == '{' && !in_chinese) {
            in_chinese = 1;
            return 2;
        }
        if (in[1] == '}' && in_chinese) {
            in_chinese = 0;
            return 2;
        }
        // A line may be broken in Latin text.
        if (in[1] == '\n' && !in_chinese) return 2;
        return -1;
    }
    if (in[0] >= 0x80) return -1;
    if (!in_chinese) return put_point(out, in[0], 1);
    if (left < 2) return kTooFew;
    uint32_t point = ready_charset(CharsetId::kGb2312).decode(in[0], in[1]);
    return point ? put_point(out, point, 2) : -1;
}

void reset_hz(State& state) {
    state.bytes[0] = 0;
}

constexpr CharsetId charsets[] = {CharsetId::kGb2312};

}  // namespace

const Codec hz_codecs[] = {
    {.name = "hz",
     .module = "_codecs_cn",
     .encode = encode_hz,
     .decode = decode_hz,
     .finish_encoding = finish_hz,
     .reset_decoding = reset_hz,
     .charsets = charsets},
    {},
};

}  // namespace imugi::mbc
