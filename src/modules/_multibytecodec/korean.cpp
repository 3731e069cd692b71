// euc_kr: KS X 1001, and the syllables that it lacks as eight bytes: a filler and the three
// letters (annex 3 of the standard).
#include "modules/_multibytecodec/codec.h"

namespace imugi::mbc {

namespace {

constexpr uint32_t kSyllables = 0xAC00, kSyllableCount = 11172;
constexpr uint8_t kRow = 0xA4, kFiller = 0xD4;
// Second bytes of the letters, in the order in which syllables number them.
constexpr uint8_t leading[] = {0xA1, 0xA2, 0xA4, 0xA7, 0xA8, 0xA9, 0xB1, 0xB2, 0xB3, 0xB5,
                               0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xBB, 0xBC, 0xBD, 0xBE};
constexpr uint8_t kFirstVowel = 0xBF;
constexpr unsigned kVowels = 21;
constexpr uint8_t closing[] = {kFiller, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA9, 0xAA,
                               0xAB,    0xAC, 0xAD, 0xAE, 0xAF, 0xB0, 0xB1, 0xB2, 0xB4, 0xB5,
                               0xB6,    0xB7, 0xB8, 0xBA, 0xBB, 0xBC, 0xBD, 0xBE};

template <size_t n>
int index_of(const uint8_t (&letters)[n], uint8_t byte) {
    for (size_t i = 0; i < n; i++)
        if (letters[i] == byte) return static_cast<int>(i);
    return -1;
}

int encode_euc_kr(const Codec&, State&, const Str& text, size_t at, bool, BytesBuilder& out) {
    uint32_t c = text[at];
    if (c < 0x80) return put(out, c);
    if (uint16_t code = ready_charset(CharsetId::kKsX1001).encode(c))
        return put_code(out, code | 0x8080);
    uint32_t syllable = c - kSyllables;
    if (syllable >= kSyllableCount) return -1;
    uint8_t bytes[8] = {
        kRow, kFiller,
        kRow, leading[syllable / (kVowels * sizeof closing)],
        kRow, static_cast<uint8_t>(kFirstVowel + syllable / sizeof closing % kVowels),
        kRow, closing[syllable % sizeof closing]};
    return out.append(bytes, sizeof bytes) ? 1 : kRaised;
}

int decode_euc_kr(const Codec&, State&, const uint8_t* in, size_t left, StrBuilder& out) {
    if (in[0] < 0x80) return put_point(out, in[0], 1);
    if (left < 2) return kTooFew;
    if (in[0] == kRow && in[1] == kFiller) {
        if (left < 8) return kTooFew;
        if (in[2] != kRow || in[4] != kRow || in[6] != kRow) return -1;
        int first = index_of(leading, in[3]), last = index_of(closing, in[7]);
        unsigned vowel = in[5] - unsigned{kFirstVowel};
        if (first < 0 || last < 0 || vowel >= kVowels) return -1;
        return put_point(out,
                         kSyllables +
                             (static_cast<unsigned>(first) * kVowels + vowel) * sizeof closing +
                             static_cast<unsigned>(last),
                         8);
    }
    uint32_t point = ready_charset(CharsetId::kKsX1001).decode(in[0] ^ 0x80, in[1] ^ 0x80);
    return point ? put_point(out, point, 2) : -1;
}

constexpr CharsetId charsets[] = {CharsetId::kKsX1001};

}  // namespace

const Codec korean_codecs[] = {
    {.name = "euc_kr",
     .module = "_codecs_kr",
     .encode = encode_euc_kr,
     .decode = decode_euc_kr,
     .charsets = charsets},
    {},
};

}  // namespace imugi::mbc
