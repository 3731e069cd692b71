// See utf16_32.h.
#include "base/utf16_32.h"

#include <cstring>

namespace imugi {
namespace {

uint16_t load16(const uint8_t* at, ByteOrder order) {
    uint16_t value;
    memcpy(&value, at, 2);
    return order == native_order ? value : __builtin_bswap16(value);
}

uint32_t load32(const uint8_t* at, ByteOrder order) {
    uint32_t value;
    memcpy(&value, at, 4);
    return order == native_order ? value : __builtin_bswap32(value);
}

uint8_t* store16(uint8_t* out, uint32_t value, ByteOrder order) {
    auto word = static_cast<uint16_t>(value);
    if (order != native_order) word = __builtin_bswap16(word);
    memcpy(out, &word, 2);
    return out + 2;
}

uint8_t* store32(uint8_t* out, uint32_t value, ByteOrder order) {
    if (order != native_order) value = __builtin_bswap32(value);
    memcpy(out, &value, 4);
    return out + 4;
}

uint32_t class_of_bits(uint32_t bits) {
    if (bits <= max_ascii) return max_ascii;
    if (bits <= max_latin1) return max_latin1;
    return bits <= max_bmp ? max_bmp : max_code_point;
}

DecodeScan stopped(size_t at, size_t code_points, uint32_t bits, CodecStatus status,
                   size_t error_size) {
    if (status == CodecStatus::incomplete) error_size = 0;
    return {at, code_points, class_of_bits(bits), status, static_cast<uint8_t>(error_size)};
}

}  // namespace

ByteOrderMark utf16_mark(const uint8_t* text, size_t size) {
    if (size >= 2 && text[0] == 0xff && text[1] == 0xfe) return {2, ByteOrder::little};
    if (size >= 2 && text[0] == 0xfe && text[1] == 0xff) return {2, ByteOrder::big};
    return {0, native_order};
}

ByteOrderMark utf32_mark(const uint8_t* text, size_t size) {
    if (size >= 4 && load32(text, ByteOrder::little) == 0xfeff) return {4, ByteOrder::little};
    if (size >= 4 && load32(text, ByteOrder::big) == 0xfeff) return {4, ByteOrder::big};
    return {0, native_order};
}

DecodeScan utf16_scan(const uint8_t* text, size_t size, ByteOrder order, Surrogates surrogates,
                      bool final) {
    size_t code_points = 0;
    uint32_t bits = 0;
    bool pass = surrogates == Surrogates::pass;
    size_t i = 0;
    for (; size - i >= 2; ++code_points) {
        uint32_t unit = load16(text + i, order);
        if (!is_surrogate(unit)) {
            bits |= unit;
            i += 2;
            continue;
        }
        CodecStatus problem = CodecStatus::ok;
        size_t length = 2;
        if (is_low_surrogate(unit)) {
            problem = CodecStatus::illegal_encoding;
        } else if (size - i < 4) {
            if (!final) return stopped(i, code_points, bits, CodecStatus::incomplete, 0);
            problem = CodecStatus::unexpected_end;
            length = size - i;
        } else if (!is_low_surrogate(load16(text + i + 2, order))) {
            problem = CodecStatus::illegal_surrogate;
        }
        if (problem == CodecStatus::ok) {
            bits |= max_code_point;
            i += 4;
        } else if (pass) {
            bits |= unit;
            i += 2;
        } else {
            return stopped(i, code_points, bits, problem, length);
        }
    }
    if (i == size) return stopped(i, code_points, bits, CodecStatus::ok, 0);
    return stopped(i, code_points, bits, final ? CodecStatus::truncated : CodecStatus::incomplete,
                   1);
}

DecodeScan utf32_scan(const uint8_t* text, size_t size, ByteOrder order, Surrogates surrogates,
                      bool final) {
    size_t code_points = 0;
    uint32_t bits = 0;
    size_t i = 0;
    for (; size - i >= 4; i += 4, ++code_points) {
        uint32_t c = load32(text + i, order);
        if (c > max_code_point) return stopped(i, code_points, bits, CodecStatus::out_of_range, 4);
        if (is_surrogate(c) && surrogates == Surrogates::reject) {
            return stopped(i, code_points, bits, CodecStatus::surrogate_range, 4);
        }
        bits |= c;
    }
    if (i == size) return stopped(i, code_points, bits, CodecStatus::ok, 0);
    return stopped(i, code_points, bits, final ? CodecStatus::truncated : CodecStatus::incomplete,
                   size - i);
}

template <typename Unit>
void utf16_decode(Unit* out, const uint8_t* text, size_t size, ByteOrder order) {
    for (size_t i = 0; i < size; i += 2) {
        uint32_t c = load16(text + i, order);
        if (is_high_surrogate(c) && size - i >= 4) {
            uint32_t low = load16(text + i + 2, order);
            if (is_low_surrogate(low)) {
                c = join_surrogates(c, low);
                i += 2;
            }
        }
        *out++ = static_cast<Unit>(c);
    }
}

template <typename Unit>
void utf32_decode(Unit* out, const uint8_t* text, size_t size, ByteOrder order) {
    for (size_t i = 0; i < size; i += 4) *out++ = static_cast<Unit>(load32(text + i, order));
}

template <typename Unit>
EncodeScan utf16_encode_scan(const Unit* text, size_t size, Surrogates surrogates) {
    size_t bytes = 0;
    for (size_t i = 0; i < size; ++i) {
        uint32_t c = text[i];
        if (is_surrogate(c) && surrogates == Surrogates::reject) return {i, bytes};
        bytes += c > max_bmp ? 4 : 2;
    }
    return {size, bytes};
}

template <typename Unit>
EncodeScan utf32_encode_scan(const Unit* text, size_t size, Surrogates surrogates) {
    size_t i = 0;
    if (surrogates == Surrogates::reject) {
        while (i < size && !is_surrogate(text[i])) ++i;
    } else {
        i = size;
    }
    return {i, i * 4};
}

template <typename Unit>
uint8_t* utf16_encode(uint8_t* out, const Unit* text, size_t size, ByteOrder order) {
    for (size_t i = 0; i < size; ++i) {
        uint32_t c = text[i];
        if (c > max_bmp) {
            out = store16(out, 0xd800 + ((c - 0x10000) >> 10), order);
            c = 0xdc00 + (c & 0x3ff);
        }
        out = store16(out, c, order);
    }
    return out;
}

template <typename Unit>
uint8_t* utf32_encode(uint8_t* out, const Unit* text, size_t size, ByteOrder order) {
    for (size_t i = 0; i < size; ++i) out = store32(out, text[i], order);
    return out;
}

template void utf16_decode(uint8_t*, const uint8_t*, size_t, ByteOrder);
template void utf16_decode(uint16_t*, const uint8_t*, size_t, ByteOrder);
template void utf16_decode(uint32_t*, const uint8_t*, size_t, ByteOrder);
template void utf32_decode(uint8_t*, const uint8_t*, size_t, ByteOrder);
template void utf32_decode(uint16_t*, const uint8_t*, size_t, ByteOrder);
template void utf32_decode(uint32_t*, const uint8_t*, size_t, ByteOrder);
template EncodeScan utf16_encode_scan(const uint8_t*, size_t, Surrogates);
template EncodeScan utf16_encode_scan(const uint16_t*, size_t, Surrogates);
template EncodeScan utf16_encode_scan(const uint32_t*, size_t, Surrogates);
template EncodeScan utf32_encode_scan(const uint8_t*, size_t, Surrogates);
template EncodeScan utf32_encode_scan(const uint16_t*, size_t, Surrogates);
template EncodeScan utf32_encode_scan(const uint32_t*, size_t, Surrogates);
template uint8_t* utf16_encode(uint8_t*, const uint8_t*, size_t, ByteOrder);
template uint8_t* utf16_encode(uint8_t*, const uint16_t*, size_t, ByteOrder);
template uint8_t* utf16_encode(uint8_t*, const uint32_t*, size_t, ByteOrder);
template uint8_t* utf32_encode(uint8_t*, const uint8_t*, size_t, ByteOrder);
template uint8_t* utf32_encode(uint8_t*, const uint16_t*, size_t, ByteOrder);
template uint8_t* utf32_encode(uint8_t*, const uint32_t*, size_t, ByteOrder);

}  // namespace imugi
