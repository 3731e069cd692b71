// Encodings of ASCII and sequences of two bytes straight from one table: gb2312, gbk, big5, cp950,
// cp949, johab, and big5hkscs with its four pairs.
#include "modules/_multibytecodec/codec.h"

namespace imugi::mbc {

namespace {

// The set of a codec, and what the bytes differ by from the set's codes.
struct DoubleByte {
    CharsetId id;
    uint8_t mask;
};

int encode_double(const Codec& codec, State&, const Str& text, size_t at, bool flush,
                  BytesBuilder& out) {
    uint32_t c = text[at];
    if (c < 0x80) return put(out, c);
    const auto& details = *static_cast<const DoubleByte*>(codec.details);
    uint16_t code;
    int taken = find_pair_code(ready_charset(details.id), text, at, flush, &code);
    if (taken == kTooFew) return kTooFew;
    if (code == 0) return -1;
    return put_code(out, code ^ details.mask * 0x101u, taken);
}

int decode_double(const Codec& codec, State&, const uint8_t* in, size_t left, StrBuilder& out) {
    if (in[0] < 0x80) return put_point(out, in[0], 1);
    if (left < 2) return kTooFew;
    const auto& details = *static_cast<const DoubleByte*>(codec.details);
    const Charset& set = ready_charset(details.id);
    uint32_t entry = set.decode(in[0] ^ details.mask, in[1] ^ details.mask);
    return entry ? put_entry(out, set, entry, 2) : -1;
}

constexpr DoubleByte gb2312 = {CharsetId::kGb2312, 0x80}, gbk = {CharsetId::kGbk, 0},
                     big5 = {CharsetId::kBig5, 0}, cp950 = {CharsetId::kCp950, 0},
                     big5hkscs = {CharsetId::kBig5Hkscs, 0}, cp949 = {CharsetId::kCp949, 0},
                     johab = {CharsetId::kJohab, 0};

constexpr Codec double_byte(const char* name, const char* module, const DoubleByte& details) {
    return {.name = name,
            .module = module,
            .encode = encode_double,
            .decode = decode_double,
            .details = &details,
            .charsets = {&details.id, 1}};
}

}  // namespace

const Codec double_byte_codecs[] = {
    double_byte("gb2312", "_codecs_cn", gb2312),       double_byte("gbk", "_codecs_cn", gbk),
    double_byte("big5hkscs", "_codecs_hk", big5hkscs), double_byte("big5", "_codecs_tw", big5),
    double_byte("cp950", "_codecs_tw", cp950),         double_byte("cp949", "_codecs_kr", cp949),
    double_byte("johab", "_codecs_kr", johab),         {},
};

}  // namespace imugi::mbc
