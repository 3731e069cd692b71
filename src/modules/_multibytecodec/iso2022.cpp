// The encodings by ISO 2022: escape sequences designate character sets to G0, G1 or G2; shift-out
// and shift-in choose between G0 and G1, and ESC N takes one character from G2.
//
// In the state, bytes 0 to 2 name what is designated and byte 4 has flags, as CPython's getstate()
// shows them. A state may come from setstate(): any value in it is good for something.
#include "modules/_multibytecodec/codec.h"

namespace imugi::mbc {

namespace {

constexpr uint8_t kEscape = 0x1B, kShiftOut = 0x0E, kShiftIn = 0x0F;
constexpr size_t kLongestEscape = 16;

// The final byte of a set's escape sequence; sets of two bytes have bit 7 as well.
enum Mark : uint8_t {
    kAscii = 'B',
    kRoman = 'J',
    kKatakana = 'I',
    kLatin1 = 'A',
    kGreek = 'F',
    k0208 = 0x80 | 'B',
    k0208Old = 0x80 | '@',
    k0212 = 0x80 | 'D',
    k0213First2000 = 0x80 | 'O',
    k0213First = 0x80 | 'Q',
    k0213Second = 0x80 | 'P',
    kKorean = 0x80 | 'C',
    kChinese = 0x80 | 'A',
};

enum Flag : uint8_t { kShifted = 1, kPassing = 2 };  // kPassing: an unknown escape sequence

enum Option : uint8_t {
    kUsesShifts = 1,
    kUsesG2 = 2,
    kKnows1990 = 4,  // ESC & @ before JIS X 0208
};

// The sets of an encoding, in the order in which its encoder tries them; the end has mark 0.
struct Encoding {
    uint8_t options;
    Mark marks[9];
};

bool knows(const Encoding& encoding, uint8_t mark) {
    if (mark == kAscii) return true;
    for (Mark known : encoding.marks)
        if (known && known == mark) return true;
    return false;
}

// JIS X 0213's tilde is the plain one here.
constexpr unsigned kTildeCode = 0x2232;

// --- encoding ---

uint16_t code_of(Mark mark, uint32_t c) {
    uint16_t code = 0;
    switch (mark) {
        case kRoman:
            return c == 0xA5 ? 0x5C : c == 0x203E ? 0x7E : 0;
        case kKatakana:
            return c - 0xFF61 < 63 ? static_cast<uint16_t>(c - 0xFF61 + 0x21) : 0;
        case k0208:
            return ready_charset(CharsetId::kJisX0208).encode(c);
        case k0212:
            return ready_charset(CharsetId::kJisX0212).encode(c);
        case k0213First2000:
            return encode_jis0213(Jis0213::k2000, c, &code) == 1 && code != kTildeCode ? code : 0;
        case k0213First:
            return encode_jis0213(Jis0213::k2004, c, &code) == 1 && code != kTildeCode ? code : 0;
        case kKorean:
            return ready_charset(CharsetId::kKsX1001).encode(c);
        case kChinese:
            return ready_charset(CharsetId::kGb2312).encode(c);
        default:  // not written: the older JIS X 0208, and the sets of G2
            return 0;
    }
}

uint16_t second_plane_code(const Encoding& encoding, uint32_t c) {
    uint16_t code;
    Jis0213 edition = knows(encoding, k0213First2000) ? Jis0213::k2000 : Jis0213::k2004;
    return encode_jis0213(edition, c, &code) == 2 ? code : 0;
}

bool unshift(State& state, BytesBuilder& out) {
    if (!(state.bytes[4] & kShifted)) return true;
    state.bytes[4] &= static_cast<uint8_t>(~kShifted);
    return out.append(kShiftIn);
}

bool designate_ascii(State& state, BytesBuilder& out) {
    if (state.bytes[0] == kAscii) return true;
    state.bytes[0] = kAscii;
    return out.append("\x1b(B");
}

bool designate(const Encoding& encoding, State& state, Mark mark, BytesBuilder& out) {
    if (encoding.options & kUsesShifts) {
        if (state.bytes[1] != mark) {
            state.bytes[1] = mark;
            if (!out.append("\x1b$)") || !out.append(static_cast<uint8_t>(mark & 0x7F)))
                return false;
        }
        if (state.bytes[4] & kShifted) return true;
        state.bytes[4] |= kShifted;
        return out.append(kShiftOut);
    }
    if (state.bytes[0] == mark) return true;
    state.bytes[0] = mark;
    // The sets that ISO 2022 knew first have a shorter form; CPython writes it for one of them.
    const char* start = !(mark & 0x80) ? "\x1b(" : mark == k0208 ? "\x1b$" : "\x1b$(";
    return out.append(start) && out.append(static_cast<uint8_t>(mark & 0x7F));
}

int encode_iso2022(const Codec& codec, State& state, const Str& text, size_t at, bool flush,
                   BytesBuilder& out) {
    const auto& encoding = *static_cast<const Encoding*>(codec.details);
    uint32_t c = text[at];
    if (c < 0x80) return designate_ascii(state, out) && unshift(state, out) ? put(out, c) : kRaised;
    Mark mark = {};
    uint16_t code = 0;
    int taken = 1;
    for (Mark known : encoding.marks) {
        if (known != k0213First && known != k0213First2000) continue;
        taken = find_pair_code(ready_charset(CharsetId::kJisX0213Plane1), text, at, flush, &code);
        if (taken == kTooFew) return kTooFew;
        if (taken == 2) mark = known;
    }
    if (!mark) {
        code = 0;
        for (const Mark* known = encoding.marks; *known && code == 0; known++) {
            mark = *known;
            code = mark == k0213Second ? second_plane_code(encoding, c) : code_of(mark, c);
        }
    }
    if (code == 0) return -1;
    if (!designate(encoding, state, mark, out)) return kRaised;
    return mark & 0x80 ? put_code(out, code, taken) : put(out, code, taken);
}

bool finish_iso2022(const Codec&, State& state, BytesBuilder& out) {
    return unshift(state, out) && designate_ascii(state, out);
}

// --- decoding ---

bool ends_escape(uint8_t byte) {
    return (byte >= 'A' && byte <= 'Z') || byte == '@';
}

// `in` begins with an escape sequence, known or not.
int decode_escape(const Encoding& encoding, State& state, const uint8_t* in, size_t left) {
    size_t size = 0;
    for (size_t i = 1; i < kLongestEscape; i++) {
        if (i >= left) return kTooFew;
        if (ends_escape(in[i])) {
            size = i + 1;
            break;
        }
        if (encoding.options & kKnows1990 && i + 1 < left && in[i] == '&' && in[i + 1] == '@')
            i += 2;
    }
    if (size == 0) return -1;
    int illegal = -static_cast<int>(size);
    unsigned place;
    uint8_t mark;
    if (size == 3 && in[1] == '$') {
        mark = in[2] | 0x80;
        place = 0;
    } else if (size == 3) {
        mark = in[2];
        place = in[1] == '(' ? 0 : in[1] == ')' ? 1 : in[1] == '.' ? 2 : 3;
        if (place == 3 || (place == 2 && !(encoding.options & kUsesG2))) return illegal;
    } else if (size == 4 && in[1] == '$') {
        mark = in[3] | 0x80;
        place = in[2] == '(' ? 0 : in[2] == ')' ? 1 : 3;
        if (place == 3) return illegal;
    } else if (size == 6 && in[3] == kEscape && in[4] == '$' && in[5] == 'B') {
        mark = k0208;
        place = 0;
    } else {
        return illegal;
    }
    if (!knows(encoding, mark)) return illegal;
    state.bytes[place] = mark;
    return -illegal;
}

uint32_t decode_single(uint8_t mark, uint8_t byte) {
    if (mark == kRoman) return byte == 0x5C ? 0xA5 : byte == 0x7E ? 0x203E : byte;
    if (mark == kKatakana) return byte - 0x21u < 63 ? 0xFF61 + byte - 0x21u : 0;
    return 0;
}

uint32_t decode_double(uint8_t mark, uint8_t first, uint8_t second) {
    switch (mark) {
        case k0208:
        case k0208Old:
            return ready_charset(CharsetId::kJisX0208).decode(first, second);
        case k0212:
            return ready_charset(CharsetId::kJisX0212).decode(first, second);
        case k0213First2000:
        case k0213First:
            if ((first << 8 | second) == kTildeCode) return '~';
            return decode_jis0213(mark == k0213First ? Jis0213::k2004 : Jis0213::k2000, 1, first,
                                  second);
        case kKorean:
            return ready_charset(CharsetId::kKsX1001).decode(first, second);
        case kChinese:
            return ready_charset(CharsetId::kGb2312).decode(first, second);
        default:
            return 0;
    }
}

// ESC N and a character of G2, of which the upper half is meant.
int decode_from_g2(const State& state, const uint8_t* in, size_t left, StrBuilder& out) {
    if (left < 3) return kTooFew;
    uint8_t byte = in[2] ^ 0x80;
    if (state.bytes[2] == kLatin1) return in[2] < 0x80 ? put_point(out, byte, 3) : -3;
    if (state.bytes[2] == kGreek) {
        if (byte < 0xA0) return put_point(out, byte, 3);
        uint32_t point = ready_charset(CharsetId::kIso8859Greek).decode(0, byte);
        return point ? put_point(out, point, 3) : -3;
    }
    if (state.bytes[2] == kAscii && in[2] < 0x80) return put_point(out, in[2], 3);
    return -3;
}

int decode_iso2022(const Codec& codec, State& state, const uint8_t* in, size_t left,
                   StrBuilder& out) {
    const auto& encoding = *static_cast<const Encoding*>(codec.details);
    uint8_t byte = in[0];
    uint8_t& flags = state.bytes[4];
    if (flags & kPassing) {
        if (ends_escape(byte)) flags &= static_cast<uint8_t>(~kPassing);
        return put_point(out, byte, 1);
    }
    if (byte == kEscape) {
        if (left < 2) return kTooFew;
        uint8_t next = in[1];
        if (next == '(' || next == ')' || next == '$' || next == '.' || next == '&')
            return decode_escape(encoding, state, in, left);
        if (next == 'N' && encoding.options & kUsesG2) return decode_from_g2(state, in, left, out);
        flags |= kPassing;
        return put_point(out, byte, 1);
    }
    if ((byte == kShiftIn || byte == kShiftOut) && encoding.options & kUsesShifts) {
        flags = static_cast<uint8_t>(byte == kShiftOut ? flags | kShifted : flags & ~kShifted);
        return 1;
    }
    if (byte == '\n') flags &= static_cast<uint8_t>(~kShifted);
    if (byte < 0x20) return put_point(out, byte, 1);
    if (byte >= 0x80) return -1;
    uint8_t mark = state.bytes[flags & kShifted ? 1 : 0];
    if (mark == kAscii) return put_point(out, byte, 1);
    if (!(mark & 0x80)) {
        uint32_t point = decode_single(mark, byte);
        return point ? put_point(out, point, 1) : -1;
    }
    if (left < 2) return kTooFew;
    if (!knows(encoding, mark)) return -2;
    if (mark == k0213Second) {
        uint32_t point = decode_jis0213(Jis0213::k2004, 2, byte, in[1]);
        return point ? put_point(out, point, 2) : -2;
    }
    uint32_t entry = decode_double(mark, byte, in[1]);
    if (!entry) return -2;
    if (entry & Charset::kIsPair)
        return put_entry(out, ready_charset(CharsetId::kJisX0213Plane1), entry, 2);
    return put_point(out, entry, 2);
}

void reset_iso2022(State& state) {
    state.bytes[0] = kAscii;
    state.bytes[4] &= static_cast<uint8_t>(~kShifted);
}

// --- the encodings ---

constexpr Encoding kr = {kUsesShifts, {kKorean}};
constexpr Encoding jp = {kKnows1990, {k0208, kRoman, k0208Old}};
constexpr Encoding jp_1 = {kKnows1990, {k0208, k0212, kRoman, k0208Old}};
constexpr Encoding jp_2 = {kKnows1990 | kUsesG2,
                           {k0208, k0212, kKorean, kChinese, kRoman, k0208Old, kLatin1, kGreek}};
constexpr Encoding jp_2004 = {kKnows1990, {k0208, k0213First, k0213Second}};
constexpr Encoding jp_3 = {kKnows1990, {k0208, k0213First2000, k0213Second}};
constexpr Encoding jp_ext = {kKnows1990, {k0208, k0212, kRoman, kKatakana, k0208Old}};

constexpr CharsetId korean[] = {CharsetId::kKsX1001};
constexpr CharsetId japanese[] = {CharsetId::kJisX0208, CharsetId::kJisX0212};
constexpr CharsetId many[] = {CharsetId::kJisX0208, CharsetId::kJisX0212, CharsetId::kKsX1001,
                              CharsetId::kGb2312, CharsetId::kIso8859Greek};
constexpr CharsetId japanese_0213[] = {CharsetId::kJisX0208, CharsetId::kJisX0213Plane1,
                                       CharsetId::kJisX0213Plane2};

constexpr Codec iso2022(const char* name, const Encoding& encoding,
                        std::span<const CharsetId> charsets) {
    return {.name = name,
            .module = "_codecs_iso2022",
            .encode = encode_iso2022,
            .decode = decode_iso2022,
            .finish_encoding = finish_iso2022,
            .reset_decoding = reset_iso2022,
            .encoding_start = {{kAscii, kAscii}},
            .decoding_start = {{kAscii, kAscii, kAscii}},
            .details = &encoding,
            .charsets = charsets};
}

}  // namespace

const Codec iso2022_codecs[] = {
    iso2022("iso2022_kr", kr, korean),
    iso2022("iso2022_jp", jp, japanese),
    iso2022("iso2022_jp_1", jp_1, japanese),
    iso2022("iso2022_jp_2", jp_2, many),
    iso2022("iso2022_jp_2004", jp_2004, japanese_0213),
    iso2022("iso2022_jp_3", jp_3, japanese_0213),
    iso2022("iso2022_jp_ext", jp_ext, japanese),
    {},
};

}  // namespace imugi::mbc
