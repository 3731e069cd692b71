// Hexadecimal, base64 and checksums of binary_text.h.
#include "base/binary_text.h"

#include <zlib.h>

#include <cstring>

namespace imugi {

const char hex_digits[17] = "0123456789abcdef";

namespace {

constexpr char alphabet[65] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr uint8_t no_digit = 0xff;

struct DecodeTable {
    uint8_t value[256];
};

constexpr DecodeTable make_decode_table() {
    DecodeTable table{};
    for (uint8_t& value : table.value) value = no_digit;
    for (uint8_t i = 0; i < 64; ++i) table.value[static_cast<uint8_t>(alphabet[i])] = i;
    return table;
}

constexpr DecodeTable decode_table = make_decode_table();

struct CrcTable {
    uint16_t row[256];
};

constexpr CrcTable make_hqx_table() {
    CrcTable table{};
    for (uint32_t byte = 0; byte < 256; ++byte) {
        uint32_t crc = byte << 8;
        for (int bit = 0; bit < 8; ++bit) crc = crc << 1 ^ ((crc & 0x8000) != 0 ? 0x1021 : 0);
        table.row[byte] = static_cast<uint16_t>(crc);
    }
    return table;
}

constexpr CrcTable hqx_table = make_hqx_table();

}  // namespace

void hex_encode(char* out, const uint8_t* data, size_t size) {
    for (size_t i = 0; i < size; ++i) {
        *out++ = hex_digits[data[i] >> 4];
        *out++ = hex_digits[data[i] & 15];
    }
}

size_t hex_separated_size(size_t size, int64_t group) {
    uint64_t length = group < 0 ? -static_cast<uint64_t>(group) : static_cast<uint64_t>(group);
    size_t separators = size == 0 || length == 0 ? 0 : (size - 1) / length;
    return 2 * size + separators;
}

void hex_encode_separated(char* out, const uint8_t* data, size_t size, char separator,
                          int64_t group) {
    uint64_t length = group < 0 ? -static_cast<uint64_t>(group) : static_cast<uint64_t>(group);
    if (length == 0 || length >= size) return hex_encode(out, data, size);
    // From the right, the first group is what is left over.
    size_t first = group < 0 || size % length == 0 ? length : size % length;
    for (size_t at = 0; at < size;) {
        size_t count = at == 0 ? first : length;
        if (count > size - at) count = size - at;
        if (at != 0) *out++ = separator;
        hex_encode(out, data + at, count);
        out += 2 * count;
        at += count;
    }
}

bool hex_decode(uint8_t* out, const uint8_t* text, size_t size, size_t* bad) {
    for (size_t i = 0; i + 1 < size; i += 2) {
        int high = hex_digit_value(text[i]);
        int low = hex_digit_value(text[i + 1]);
        if (high < 0 || low < 0) {
            *bad = high < 0 ? i : i + 1;
            return false;
        }
        *out++ = static_cast<uint8_t>(high << 4 | low);
    }
    return true;
}

size_t base64_encoded_size(size_t size) {
    return (size + 2) / 3 * 4;
}

char* base64_encode(char* out, const uint8_t* data, size_t size) {
    size_t i = 0;
    for (; i + 3 <= size; i += 3) {
        uint32_t bits = uint32_t{data[i]} << 16 | uint32_t{data[i + 1]} << 8 | data[i + 2];
        *out++ = alphabet[bits >> 18];
        *out++ = alphabet[bits >> 12 & 63];
        *out++ = alphabet[bits >> 6 & 63];
        *out++ = alphabet[bits & 63];
    }
    if (i == size) return out;
    bool two = size - i == 2;
    uint32_t bits = uint32_t{data[i]} << 16 | (two ? uint32_t{data[i + 1]} << 8 : 0);
    *out++ = alphabet[bits >> 18];
    *out++ = alphabet[bits >> 12 & 63];
    *out++ = two ? alphabet[bits >> 6 & 63] : '=';
    *out++ = '=';
    return out;
}

const char* base64_message(Base64Status status) {
    switch (status) {
        case Base64Status::ok:
            return "";
        case Base64Status::incorrect_padding:
            return "Incorrect padding";
        case Base64Status::one_character_over:
            return "Invalid base64-encoded string: number of data characters (%zd) cannot be 1 "
                   "more than a "
                   "multiple of 4";
        case Base64Status::leading_padding:
            return "Leading padding not allowed";
        case Base64Status::excess_padding:
            return "Excess padding not allowed";
        case Base64Status::excess_data:
            return "Excess data after padding";
        case Base64Status::discontinuous_padding:
            return "Discontinuous padding not allowed";
        case Base64Status::alphabet:
            return "Only base64 data is allowed";
    }
    return "";
}

Base64Decoded base64_decode(uint8_t* out, const uint8_t* text, size_t size, bool strict) {
    const uint8_t* start = out;
    auto result = [&](Base64Status status) {
        auto written = static_cast<size_t>(out - start);
        return Base64Decoded{status, written, written / 3 * 4 + 1};
    };
    uint32_t bits = 0;
    unsigned have = 0;  // characters of the current group of four
    unsigned pads = 0;
    bool padded = false;
    for (size_t i = 0; i < size; ++i) {
        if (have == 0 && !padded) {
            while (size - i >= 4) {
                uint8_t a = decode_table.value[text[i]], b = decode_table.value[text[i + 1]];
                uint8_t c = decode_table.value[text[i + 2]], d = decode_table.value[text[i + 3]];
                if ((a | b | c | d) >= 64) break;
                uint32_t group = uint32_t{a} << 18 | uint32_t{b} << 12 | uint32_t{c} << 6 | d;
                *out++ = static_cast<uint8_t>(group >> 16);
                *out++ = static_cast<uint8_t>(group >> 8);
                *out++ = static_cast<uint8_t>(group);
                i += 4;
            }
            if (i == size) break;
        }
        if (text[i] == '=') {
            padded = true;
            if (strict && have == 0) {
                return result(i == 0 ? Base64Status::leading_padding
                                     : Base64Status::excess_padding);
            }
            if (have >= 2 && have + ++pads >= 4) {
                return result(strict && i + 1 < size ? Base64Status::excess_data
                                                     : Base64Status::ok);
            }
            continue;
        }
        uint8_t value = decode_table.value[text[i]];
        if (value == no_digit) {
            if (strict) return result(Base64Status::alphabet);
            continue;
        }
        if (strict && padded) return result(Base64Status::discontinuous_padding);
        pads = 0;
        bits = bits << 6 | value;
        if (have++ > 0) *out++ = static_cast<uint8_t>(bits >> (8 - 2 * have));
        have &= 3;
    }
    if (have == 0) return result(Base64Status::ok);
    return result(have == 1 ? Base64Status::one_character_over : Base64Status::incorrect_padding);
}

uint16_t crc_hqx(const uint8_t* data, size_t size, uint16_t start) {
    uint32_t crc = start;
    for (size_t i = 0; i < size; ++i)
        crc = (crc << 8 & 0xff00) ^ hqx_table.row[(crc >> 8) ^ data[i]];
    return static_cast<uint16_t>(crc);
}

uint32_t crc32_of(const uint8_t* data, size_t size, uint32_t start) {
    return static_cast<uint32_t>(crc32_z(start, data, size));
}

}  // namespace imugi
