// Shift JIS, EUC-JP and cp932, over JIS X 0208, 0212 and 0213.
#include "modules/_multibytecodec/codec.h"

namespace imugi::mbc {

namespace {

// Katakana of half width, one byte each.
constexpr uint32_t kKana = 0xFF61;
constexpr uint8_t kFirstKana = 0xA1;
constexpr uint32_t kKanaCount = 63;
constexpr uint32_t kYen = 0xA5, kOverline = 0x203E;

// --- the editions of JIS X 0213 ---

// What came in 2004, in the first plane.
constexpr uint16_t added_2004[] = {0x2E21, 0x2F7E, 0x4F54, 0x4F7E, 0x7427,
                                   0x7E7A, 0x7E7B, 0x7E7C, 0x7E7D, 0x7E7E};
// A character of the second plane whose code point was corrected.
constexpr uint16_t kCorrected = 0x7D3B;
constexpr uint32_t kCorrectedPoint2000 = 0x9B1D;

bool is_added_2004(unsigned code) {
    for (uint16_t added : added_2004)
        if (added == code) return true;
    return false;
}
bool is_missing(Jis0213 edition, unsigned plane, unsigned code) {
    return edition == Jis0213::k2000 && plane == 1 && is_added_2004(code);
}

}  // namespace

uint32_t decode_jis0213(Jis0213 edition, unsigned plane, unsigned first, unsigned second) {
    unsigned code = first << 8 | second;
    if (is_missing(edition, plane, code)) return 0;
    if (edition == Jis0213::k2000 && plane == 2 && code == kCorrected) return kCorrectedPoint2000;
    return ready_charset(plane == 1 ? CharsetId::kJisX0213Plane1 : CharsetId::kJisX0213Plane2)
        .decode(first, second);
}

unsigned encode_jis0213(Jis0213 edition, uint32_t c, uint16_t* code) {
    if (edition == Jis0213::k2000 && c == kCorrectedPoint2000) {
        *code = kCorrected;
        return 2;
    }
    unsigned plane = 1;
    *code = ready_charset(CharsetId::kJisX0213Plane1).encode(c);
    if (*code == 0) {
        plane = 2;
        *code = ready_charset(CharsetId::kJisX0213Plane2).encode(c);
    }
    if (*code == 0) return 0;
    if (edition == Jis0213::k2000 && (plane == 1 ? is_added_2004(*code) : *code == kCorrected))
        return 0;
    return plane;
}

namespace {

// --- Shift JIS ---

// Rows of the second plane, in the order of their lead bytes from 0xF0 on, two rows each.
constexpr uint8_t second_plane_rows[] = {1,  8,  3,  4,  5,  12, 13, 14, 15, 78, 79, 80, 81,
                                         82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94};

struct Kuten {
    unsigned plane, first, second;  // plane 0: no character
};

Kuten from_shift(unsigned lead, unsigned trail) {
    if (trail < 0x40 || trail == 0x7F || trail > 0xFC) return {};
    unsigned row = (lead < 0xE0 ? lead - 0x81 : lead - 0xC1) * 2;
    unsigned cell = trail < 0x80 ? trail - 0x40 : trail - 0x41;
    if (cell >= 94) {
        row++;
        cell -= 94;
    }
    if (row < 94) return {1, row + 0x21, cell + 0x21};
    return {2, second_plane_rows[row - 94] + 0x20u, cell + 0x21};
}

unsigned to_shift(unsigned plane, unsigned code) {
    unsigned row = (code >> 8) - 0x21, cell = (code & 0xFF) - 0x21;
    if (plane == 2) {
        unsigned i = 0;
        while (i + 1 < sizeof second_plane_rows && second_plane_rows[i] != row + 1) i++;
        row = 94 + i;
    }
    unsigned lead = row / 2 + (row / 2 < 0x1F ? 0x81 : 0xC1);
    if (row % 2) cell += 94;
    return lead << 8 | (cell + (cell < 0x3F ? 0x40 : 0x41));
}

// `last`: the last lead byte.
bool is_shift_lead(unsigned byte, unsigned last) {
    return byte - 0x81 < 0x1F || (byte >= 0xE0 && byte <= last);
}

int encode_shift_jis(const Codec&, State&, const Str& text, size_t at, bool, BytesBuilder& out) {
    uint32_t c = text[at];
    if (c < 0x80) return put(out, c);
    if (c == kYen) return put(out, 0x5C);
    if (c == kOverline) return put(out, 0x7E);
    if (c - kKana < kKanaCount) return put(out, c - kKana + kFirstKana);
    uint16_t code = ready_charset(CharsetId::kJisX0208).encode(c);
    return code ? put_code(out, to_shift(1, code)) : -1;
}

int decode_shift_jis(const Codec&, State&, const uint8_t* in, size_t left, StrBuilder& out) {
    if (in[0] < 0x80) return put_point(out, in[0], 1);
    if (in[0] - unsigned{kFirstKana} < kKanaCount)
        return put_point(out, kKana + in[0] - kFirstKana, 1);
    if (!is_shift_lead(in[0], 0xEA)) return -1;
    if (left < 2) return kTooFew;
    Kuten at = from_shift(in[0], in[1]);
    uint32_t point =
        at.plane == 1 ? ready_charset(CharsetId::kJisX0208).decode(at.first, at.second) : 0;
    return point ? put_point(out, point, 2) : -1;
}

// JIS X 0201 stands in one byte: yen sign and overline. Backslash and tilde have the codes that are
// their forms of full width elsewhere.
constexpr uint32_t kBackslashCode = 0x2140, kTildeCode = 0x2232;

int encode_shift_jisx0213(const Codec& codec, State&, const Str& text, size_t at, bool flush,
                          BytesBuilder& out) {
    uint32_t c = text[at];
    if (c == '\\') return put_code(out, to_shift(1, kBackslashCode));
    if (c == '~') return put_code(out, to_shift(1, kTildeCode));
    if (c < 0x80) return put(out, c);
    if (c == kYen) return put(out, 0x5C);
    if (c == kOverline) return put(out, 0x7E);
    if (c - kKana < kKanaCount) return put(out, c - kKana + kFirstKana);
    uint16_t code;
    int taken = find_pair_code(ready_charset(CharsetId::kJisX0213Plane1), text, at, flush, &code);
    if (taken == kTooFew) return kTooFew;
    if (taken == 2) return put_code(out, to_shift(1, code), 2);
    unsigned plane = encode_jis0213(*static_cast<const Jis0213*>(codec.details), c, &code);
    if (plane == 0 || (plane == 1 && (code == kBackslashCode || code == kTildeCode))) return -1;
    return put_code(out, to_shift(plane, code));
}

int decode_shift_jisx0213(const Codec& codec, State&, const uint8_t* in, size_t left,
                          StrBuilder& out) {
    if (in[0] < 0x80)
        return put_point(out, in[0] == 0x5C ? kYen : in[0] == 0x7E ? kOverline : in[0], 1);
    if (in[0] - unsigned{kFirstKana} < kKanaCount)
        return put_point(out, kKana + in[0] - kFirstKana, 1);
    if (!is_shift_lead(in[0], 0xFC)) return -1;
    if (left < 2) return kTooFew;
    Kuten at = from_shift(in[0], in[1]);
    if (at.plane == 0) return -1;
    unsigned code = at.first << 8 | at.second;
    if (at.plane == 1 && code == kBackslashCode) return put_point(out, '\\', 2);
    if (at.plane == 1 && code == kTildeCode) return put_point(out, '~', 2);
    Jis0213 edition = *static_cast<const Jis0213*>(codec.details);
    if (is_missing(edition, at.plane, code)) return -2;
    uint32_t entry = decode_jis0213(edition, at.plane, at.first, at.second);
    return entry ? put_entry(out, ready_charset(CharsetId::kJisX0213Plane1), entry, 2) : -1;
}

// --- cp932 ---

// Private use for the bytes that mean nothing else.
constexpr uint32_t kPrivateA0 = 0xF8F0, kPrivateFd = 0xF8F1;

int encode_cp932(const Codec&, State&, const Str& text, size_t at, bool, BytesBuilder& out) {
    uint32_t c = text[at];
    if (c <= 0x80) return put(out, c);
    if (c - kKana < kKanaCount) return put(out, c - kKana + kFirstKana);
    if (c == kPrivateA0) return put(out, 0xA0);
    if (c - kPrivateFd < 3) return put(out, c - kPrivateFd + 0xFD);
    uint16_t code = ready_charset(CharsetId::kCp932).encode(c);
    return code ? put_code(out, code) : -1;
}

int decode_cp932(const Codec&, State&, const uint8_t* in, size_t left, StrBuilder& out) {
    if (in[0] <= 0x80) return put_point(out, in[0], 1);
    if (in[0] == 0xA0) return put_point(out, kPrivateA0, 1);
    if (in[0] - unsigned{kFirstKana} < kKanaCount)
        return put_point(out, kKana + in[0] - kFirstKana, 1);
    if (in[0] >= 0xFD) return put_point(out, kPrivateFd + in[0] - 0xFD, 1);
    if (left < 2) return kTooFew;
    uint32_t point = ready_charset(CharsetId::kCp932).decode(in[0], in[1]);
    return point ? put_point(out, point, 2) : -1;
}

// --- EUC ---

constexpr uint8_t kSingleShift2 = 0x8E, kSingleShift3 = 0x8F;

int put_shifted(BytesBuilder& out, unsigned code) {
    int result = put(out, kSingleShift3);
    return result < 0 ? result : put_code(out, code | 0x8080);
}

int encode_euc_jp(const Codec&, State&, const Str& text, size_t at, bool, BytesBuilder& out) {
    uint32_t c = text[at];
    if (c < 0x80) return put(out, c);
    if (c - kKana < kKanaCount) return put_code(out, kSingleShift2 << 8 | (c - kKana + kFirstKana));
    if (uint16_t code = ready_charset(CharsetId::kJisX0208).encode(c))
        return put_code(out, code | 0x8080);
    if (uint16_t code = ready_charset(CharsetId::kJisX0212).encode(c))
        return put_shifted(out, code);
    if (c == kYen) return put(out, 0x5C);
    return c == kOverline ? put(out, 0x7E) : -1;
}

// What both kinds of EUC share; `taken` 0: it is none of that.
int decode_euc_start(const uint8_t* in, size_t left, StrBuilder& out, bool* done) {
    *done = true;
    if (in[0] < 0x80) return put_point(out, in[0], 1);
    if (left < 2 || (in[0] == kSingleShift3 && left < 3)) return kTooFew;
    if (in[0] == kSingleShift2)
        return in[1] - unsigned{kFirstKana} < kKanaCount
                   ? put_point(out, kKana + in[1] - kFirstKana, 2)
                   : -1;
    *done = false;
    return 0;
}

int decode_euc_jp(const Codec&, State&, const uint8_t* in, size_t left, StrBuilder& out) {
    bool done;
    int result = decode_euc_start(in, left, out, &done);
    if (done) return result;
    if (in[0] == kSingleShift3) {
        uint32_t point = ready_charset(CharsetId::kJisX0212).decode(in[1] ^ 0x80, in[2] ^ 0x80);
        return point ? put_point(out, point, 3) : -1;
    }
    uint32_t point = ready_charset(CharsetId::kJisX0208).decode(in[0] ^ 0x80, in[1] ^ 0x80);
    return point ? put_point(out, point, 2) : -1;
}

int encode_euc_jis0213(const Codec& codec, State&, const Str& text, size_t at, bool flush,
                       BytesBuilder& out) {
    uint32_t c = text[at];
    if (c < 0x80) return put(out, c);
    if (c - kKana < kKanaCount) return put_code(out, kSingleShift2 << 8 | (c - kKana + kFirstKana));
    uint16_t code;
    int taken = find_pair_code(ready_charset(CharsetId::kJisX0213Plane1), text, at, flush, &code);
    if (taken == kTooFew) return kTooFew;
    if (taken == 2) return put_code(out, code | 0x8080, 2);
    unsigned plane = encode_jis0213(*static_cast<const Jis0213*>(codec.details), c, &code);
    if (plane == 1) return put_code(out, code | 0x8080);
    if (plane == 2) return put_shifted(out, code);
    if (code != 0) return -1;  // of a later edition
    // Supplements of the older standard that the new one lacks.
    code = ready_charset(CharsetId::kJisX0212).encode(c);
    return code ? put_shifted(out, code) : -1;
}

int decode_euc_jis0213(const Codec& codec, State&, const uint8_t* in, size_t left,
                       StrBuilder& out) {
    bool done;
    int result = decode_euc_start(in, left, out, &done);
    if (done) return result;
    Jis0213 edition = *static_cast<const Jis0213*>(codec.details);
    if (in[0] == kSingleShift3) {
        uint32_t point = decode_jis0213(edition, 2, in[1] ^ 0x80, in[2] ^ 0x80);
        if (!point) point = ready_charset(CharsetId::kJisX0212).decode(in[1] ^ 0x80, in[2] ^ 0x80);
        return point ? put_point(out, point, 3) : -1;
    }
    unsigned first = in[0] ^ 0x80u, second = in[1] ^ 0x80u;
    if (is_missing(edition, 1, first << 8 | second)) return -2;
    uint32_t entry = decode_jis0213(edition, 1, first, second);
    return entry ? put_entry(out, ready_charset(CharsetId::kJisX0213Plane1), entry, 2) : -1;
}

// --- the codecs ---

constexpr CharsetId sets_0208[] = {CharsetId::kJisX0208, CharsetId::kJisX0212};
constexpr CharsetId sets_0213[] = {CharsetId::kJisX0213Plane1, CharsetId::kJisX0213Plane2,
                                   CharsetId::kJisX0212};
constexpr CharsetId sets_932[] = {CharsetId::kCp932};
constexpr Jis0213 edition_2000 = Jis0213::k2000, edition_2004 = Jis0213::k2004;

constexpr Codec japanese(const char* name, Codec::EncodeStep encode, Codec::DecodeStep decode,
                         std::span<const CharsetId> charsets, const Jis0213* edition = nullptr) {
    return {.name = name,
            .module = "_codecs_jp",
            .encode = encode,
            .decode = decode,
            .details = edition,
            .charsets = charsets};
}

}  // namespace

const Codec japanese_codecs[] = {
    japanese("shift_jis", encode_shift_jis, decode_shift_jis, sets_0208),
    japanese("cp932", encode_cp932, decode_cp932, sets_932),
    japanese("euc_jp", encode_euc_jp, decode_euc_jp, sets_0208),
    japanese("shift_jis_2004", encode_shift_jisx0213, decode_shift_jisx0213, sets_0213,
             &edition_2004),
    japanese("shift_jisx0213", encode_shift_jisx0213, decode_shift_jisx0213, sets_0213,
             &edition_2000),
    japanese("euc_jis_2004", encode_euc_jis0213, decode_euc_jis0213, sets_0213, &edition_2004),
    japanese("euc_jisx0213", encode_euc_jis0213, decode_euc_jis0213, sets_0213, &edition_2000),
    {},
};

}  // namespace imugi::mbc
