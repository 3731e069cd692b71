// See text_units.h. The loops without early exit are written for the vectoriser; ASCII runs use
// SSE2 by hand.
#include "base/text_units.h"

#include <bit>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace imugi {
namespace {

// Units per round of a scan: long enough for the vectoriser, short enough to stop early.
constexpr size_t block = 64;

template <typename Unit>
uint32_t or_of_units(const Unit* text, size_t size) {
    Unit all = 0;
    for (size_t i = 0; i < size; ++i) all |= text[i];
    return all;
}

uint32_t class_of(uint32_t bits) {
    if (bits <= max_ascii) return max_ascii;
    if (bits <= max_latin1) return max_latin1;
    return bits <= max_bmp ? max_bmp : max_code_point;
}

template <typename Unit>
uint32_t scan_width(const Unit* text, size_t size, uint32_t most) {
    uint32_t bits = 0;
    for (size_t i = 0; i < size; i += block) {
        bits |= or_of_units(text + i, size - i < block ? size - i : block);
        if (class_of(bits) == most) return most;
    }
    return class_of(bits);
}

}  // namespace

size_t ascii_prefix(const uint8_t* text, size_t size) {
    size_t i = 0;
#ifdef __SSE2__
    for (; i + 16 <= size; i += 16) {
        __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + i));
        auto high = static_cast<unsigned>(_mm_movemask_epi8(bytes));
        if (high != 0) return i + static_cast<unsigned>(std::countr_zero(high));
    }
#else
    for (; i + 8 <= size; i += 8) {
        uint64_t bytes;
        memcpy(&bytes, text + i, 8);
        if ((bytes & 0x8080808080808080u) != 0) break;
    }
#endif
    while (i < size && text[i] < 0x80) ++i;
    return i;
}

uint32_t width_class(const uint8_t* text, size_t size) {
    return ascii_prefix(text, size) == size ? max_ascii : max_latin1;
}

uint32_t width_class(const uint16_t* text, size_t size) {
    return scan_width(text, size, max_bmp);
}

uint32_t width_class(const uint32_t* text, size_t size) {
    return scan_width(text, size, max_code_point);
}

template <typename Unit>
size_t first_above(const Unit* text, size_t size, uint32_t limit) {
    size_t i = 0;
    // `limit` is 2**n - 1: no unit is above it when no bit above it is set.
    while (size - i >= block && or_of_units(text + i, block) <= limit) i += block;
    while (i < size && text[i] <= limit) ++i;
    return i;
}

template size_t first_above(const uint8_t*, size_t, uint32_t);
template size_t first_above(const uint16_t*, size_t, uint32_t);
template size_t first_above(const uint32_t*, size_t, uint32_t);

const char* codec_reason(CodecStatus status) {
    switch (status) {
        case CodecStatus::ok:
        case CodecStatus::incomplete:
            return "";
        case CodecStatus::invalid_start_byte:
            return "invalid start byte";
        case CodecStatus::invalid_continuation_byte:
            return "invalid continuation byte";
        case CodecStatus::unexpected_end:
            return "unexpected end of data";
        case CodecStatus::truncated:
            return "truncated data";
        case CodecStatus::illegal_encoding:
            return "illegal encoding";
        case CodecStatus::illegal_surrogate:
            return "illegal UTF-16 surrogate";
        case CodecStatus::surrogate_range:
            return "code point in surrogate code point range(0xd800, 0xe000)";
        case CodecStatus::out_of_range:
            return "code point not in range(0x110000)";
    }
    return "";
}

}  // namespace imugi
