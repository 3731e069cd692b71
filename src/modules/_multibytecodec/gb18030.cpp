// gb18030: two bytes from a table, four bytes for the rest of Unicode. The four-byte sequences of
// the basic plane number the code points without a shorter sequence, in order; those from
// 0x90308130 on number the other planes.
#include "modules/_multibytecodec/codec.h"

namespace imugi::mbc {

namespace {

constexpr uint32_t kBasicCount = 39420;
constexpr uint32_t kSurrogates = 0xD800, kSurrogateCount = 0x800;
constexpr uint32_t kPlaneOne = 12600 * 15;  // the number of 0x90308130

int put_number(BytesBuilder& out, uint32_t number) {
    unsigned last = number % 10 + 0x30, third = number / 10 % 126 + 0x81;
    unsigned second = number / 1260 % 10 + 0x30, first = number / 12600 + 0x81;
    int put_first = put_code(out, first << 8 | second);
    return put_first < 0 ? put_first : put_code(out, third << 8 | last);
}

// The position of `c` among the code points from 0x80 on that have no two bytes.
uint32_t number_of(const Charset& set, uint32_t c) {
    uint32_t number = set.unmapped_below(c);
    return c >= kSurrogates ? number - kSurrogateCount : number;
}

// The reverse, by bisection.
uint32_t point_of(const Charset& set, uint32_t number) {
    uint32_t low = 0x80, high = 0xFFFF;
    while (low < high) {
        uint32_t middle = low + (high - low + 1) / 2;
        // Surrogates have no numbers; they count as what precedes them.
        uint32_t counted = middle;
        if (middle >= kSurrogates && middle < kSurrogates + kSurrogateCount)
            counted = kSurrogates - 1;
        if (number_of(set, counted) <= number)
            low = middle;
        else
            high = middle - 1;
    }
    return low - kSurrogates < kSurrogateCount ? kSurrogates - 1 : low;
}

int encode_gb18030(const Codec&, State&, const Str& text, size_t at, bool, BytesBuilder& out) {
    uint32_t c = text[at];
    if (c < 0x80) return put(out, c);
    if (c >= 0x10000) return put_number(out, kPlaneOne + c - 0x10000);
    if (c - kSurrogates < kSurrogateCount) return -1;
    const Charset& set = ready_charset(CharsetId::kGb18030);
    if (uint16_t code = set.encode(c)) return put_code(out, code);
    return put_number(out, number_of(set, c));
}

int decode_gb18030(const Codec&, State&, const uint8_t* in, size_t left, StrBuilder& out) {
    if (in[0] < 0x80) return put_point(out, in[0], 1);
    if (left < 2) return kTooFew;
    const Charset& set = ready_charset(CharsetId::kGb18030);
    if (in[1] - 0x30u >= 10) {
        uint32_t point = set.decode(in[0], in[1]);
        return point ? put_point(out, point, 2) : -1;
    }
    if (left < 4) return kTooFew;
    if (in[0] - 0x81u > 0xFE - 0x81 || in[2] - 0x81u > 0xFE - 0x81 || in[3] - 0x30u >= 10)
        return -1;
    uint32_t number =
        ((in[0] - 0x81u) * 10 + in[1] - 0x30u) * 1260 + (in[2] - 0x81u) * 10 + in[3] - 0x30u;
    if (number < kBasicCount) return put_point(out, point_of(set, number), 4);
    if (number < kPlaneOne || number - kPlaneOne > 0xFFFFF) return -1;
    return put_point(out, 0x10000 + number - kPlaneOne, 4);
}

constexpr CharsetId charsets[] = {CharsetId::kGb18030};

}  // namespace

const Codec gb18030_codecs[] = {
    {.name = "gb18030",
     .module = "_codecs_cn",
     .encode = encode_gb18030,
     .decode = decode_gb18030,
     .charsets = charsets},
    {},
};

}  // namespace imugi::mbc
