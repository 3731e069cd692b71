// See utf8.h. Runs of ASCII go by sixteen bytes; sequences are checked byte by byte as Unicode's
// table 3-7 has it.
#include "base/utf8.h"

namespace imugi {
namespace {

bool continues(uint8_t byte) {
    return (byte & 0xc0) == 0x80;
}

struct Sequence {
    CodecStatus status;
    uint8_t size;  // of the sequence or of the error
};

constexpr Sequence bad_start{CodecStatus::invalid_start_byte, 1};

Sequence bad_continuation(size_t size) {
    return {CodecStatus::invalid_continuation_byte, static_cast<uint8_t>(size)};
}

Sequence unfinished(size_t size, bool final) {
    return {final ? CodecStatus::unexpected_end : CodecStatus::incomplete,
            static_cast<uint8_t>(size)};
}

// The sequence at `text`, whose first byte is not ASCII.
Sequence check_sequence(const uint8_t* text, size_t size, Surrogates surrogates, bool final) {
    uint8_t lead = text[0];
    if (lead < 0xc2 || lead > 0xf4) return bad_start;
    if (size == 1) return unfinished(1, final);
    uint8_t second = text[1];
    if (!continues(second)) return bad_continuation(1);
    if (lead < 0xe0) return {CodecStatus::ok, 2};
    if (lead < 0xf0) {
        if (lead == 0xe0 && second < 0xa0) return bad_continuation(1);
        if (lead == 0xed && second >= 0xa0) {
            // CPython waits for the third byte before it calls this an error.
            if (size == 2 && !final) return unfinished(2, false);
            bool whole = size > 2 && continues(text[2]);
            if (surrogates == Surrogates::reject || !whole) return bad_continuation(1);
            return {CodecStatus::ok, 3};
        }
        if (size == 2) return unfinished(2, final);
        if (!continues(text[2])) return bad_continuation(2);
        return {CodecStatus::ok, 3};
    }
    if ((lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second >= 0x90))
        return bad_continuation(1);
    if (size == 2) return unfinished(2, final);
    if (!continues(text[2])) return bad_continuation(2);
    if (size == 3) return unfinished(3, final);
    if (!continues(text[3])) return bad_continuation(3);
    return {CodecStatus::ok, 4};
}

// Length of the ASCII run at `text`; in mixed text it is mostly short, so look at one byte first.
size_t ascii_run(const uint8_t* text, size_t size) {
    return *text >= 0x80 ? 0 : ascii_prefix(text, size);
}

template <typename Unit>
EncodeScan encode_scan(const Unit* text, size_t size, Surrogates surrogates) {
    size_t bytes = 0;
    for (size_t i = 0; i < size; ++i) {
        uint32_t c = text[i];
        if (surrogates == Surrogates::reject && is_surrogate(c)) return {i, bytes};
        bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    }
    return {size, bytes};
}

}  // namespace

DecodeScan utf8_scan(const uint8_t* text, size_t size, Surrogates surrogates, bool final) {
    DecodeScan scan{0, 0, max_ascii, CodecStatus::ok, 0};
    uint8_t largest = 0;  // lead byte: in UTF-8 it orders as the code points do
    uint8_t largest_two = 0;
    size_t i = 0;
    while (i < size) {
        size_t run = ascii_run(text + i, size - i);
        i += run;
        scan.code_points += run;
        if (i == size) break;
        Sequence sequence = check_sequence(text + i, size - i, surrogates, final);
        if (sequence.status != CodecStatus::ok) {
            scan.status = sequence.status;
            if (sequence.status != CodecStatus::incomplete) scan.error_size = sequence.size;
            break;
        }
        if (text[i] > largest) largest = text[i];
        if (sequence.size == 2 && text[i] > largest_two) largest_two = text[i];
        i += sequence.size;
        ++scan.code_points;
    }
    scan.consumed = i;
    if (largest >= 0xf0) {
        scan.width = max_code_point;
    } else if (largest >= 0xe0 || largest_two > 0xc3) {
        scan.width = max_bmp;
    } else if (largest != 0) {
        scan.width = max_latin1;
    }
    return scan;
}

template <typename Unit>
void utf8_decode(Unit* out, const uint8_t* text, size_t size) {
    const uint8_t* end = text + size;
    while (text < end) {
        size_t run = ascii_run(text, static_cast<size_t>(end - text));
        copy_units(out, text, run);
        out += run;
        text += run;
        while (text < end && *text >= 0x80) *out++ = static_cast<Unit>(utf8_take(text));
    }
}

template void utf8_decode(uint8_t*, const uint8_t*, size_t);
template void utf8_decode(uint16_t*, const uint8_t*, size_t);
template void utf8_decode(uint32_t*, const uint8_t*, size_t);

EncodeScan utf8_encode_scan(const uint8_t* text, size_t size, Surrogates) {
    size_t bytes = size;
    for (size_t i = 0; i < size; ++i) bytes += text[i] >> 7;
    return {size, bytes};
}

EncodeScan utf8_encode_scan(const uint16_t* text, size_t size, Surrogates surrogates) {
    return encode_scan(text, size, surrogates);
}

EncodeScan utf8_encode_scan(const uint32_t* text, size_t size, Surrogates surrogates) {
    return encode_scan(text, size, surrogates);
}

template <typename Unit>
uint8_t* utf8_encode(uint8_t* out, const Unit* text, size_t size) {
    for (size_t i = 0; i < size; ++i) out += utf8_put(out, text[i]);
    return out;
}

template uint8_t* utf8_encode(uint8_t*, const uint8_t*, size_t);
template uint8_t* utf8_encode(uint8_t*, const uint16_t*, size_t);
template uint8_t* utf8_encode(uint8_t*, const uint32_t*, size_t);

}  // namespace imugi
