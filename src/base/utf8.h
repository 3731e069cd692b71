// UTF-8, strict or with surrogates passed (WTF-8), with the error positions and reasons of
// CPython's codec. Decoding takes two passes: utf8_scan() validates and sizes, utf8_decode() fills
// the string that was made for it. Pure functions, safe from any thread.
#pragma once

#include "base/text_units.h"

namespace imugi {

// `final`: no more input follows, so an unfinished sequence at the end is an error.
[[nodiscard]] DecodeScan utf8_scan(const uint8_t* text, size_t size,
                                   Surrogates surrogates = Surrogates::reject, bool final = true);
// Decodes input that utf8_scan() accepted, into units wide enough for its width class.
template <typename Unit>
void utf8_decode(Unit* out, const uint8_t* text, size_t size);

[[nodiscard]] EncodeScan utf8_encode_scan(const uint8_t* text, size_t size, Surrogates surrogates);
[[nodiscard]] EncodeScan utf8_encode_scan(const uint16_t* text, size_t size, Surrogates surrogates);
[[nodiscard]] EncodeScan utf8_encode_scan(const uint32_t* text, size_t size, Surrogates surrogates);
// Returns the end of what it wrote.
template <typename Unit>
uint8_t* utf8_encode(uint8_t* out, const Unit* text, size_t size);

// Index of the first unit at or after `start` that is no surrogate: where the encoder's error ends.
template <typename Unit>
[[nodiscard]] size_t end_of_surrogates(const Unit* text, size_t size, size_t start) {
    while (start < size && is_surrogate(text[start])) ++start;
    return start;
}

inline constexpr size_t utf8_most_bytes = 4;

// One code point, surrogates included. Returns the number of bytes.
inline size_t utf8_put(uint8_t* out, uint32_t c) {
    if (c < 0x80) {
        out[0] = static_cast<uint8_t>(c);
        return 1;
    }
    if (c < 0x800) {
        out[0] = static_cast<uint8_t>(0xc0 | c >> 6);
        out[1] = static_cast<uint8_t>(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = static_cast<uint8_t>(0xe0 | c >> 12);
        out[1] = static_cast<uint8_t>(0x80 | (c >> 6 & 0x3f));
        out[2] = static_cast<uint8_t>(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = static_cast<uint8_t>(0xf0 | c >> 18);
    out[1] = static_cast<uint8_t>(0x80 | (c >> 12 & 0x3f));
    out[2] = static_cast<uint8_t>(0x80 | (c >> 6 & 0x3f));
    out[3] = static_cast<uint8_t>(0x80 | (c & 0x3f));
    return 4;
}

// One code point of valid input (the caller knows that it is all there); moves `text` behind it.
inline uint32_t utf8_take(const uint8_t*& text) {
    uint32_t lead = *text++;
    if (lead < 0x80) return lead;
    if (lead < 0xe0) {
        uint32_t c = (lead & 0x1f) << 6 | (text[0] & 0x3fu);
        text += 1;
        return c;
    }
    if (lead < 0xf0) {
        uint32_t c = (lead & 0x0f) << 12 | (text[0] & 0x3fu) << 6 | (text[1] & 0x3fu);
        text += 2;
        return c;
    }
    uint32_t c =
        (lead & 0x07) << 18 | (text[0] & 0x3fu) << 12 | (text[1] & 0x3fu) << 6 | (text[2] & 0x3fu);
    text += 3;
    return c;
}

}  // namespace imugi
