// Strings as arrays of 1, 2 or 4-byte units (PEP 393): width classes, widening and narrowing, ASCII
// runs, and the codecs that are no more than that (ASCII, Latin-1). Pure functions, safe from any
// thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace imugi {

inline constexpr uint32_t max_ascii = 0x7f;
inline constexpr uint32_t max_latin1 = 0xff;
inline constexpr uint32_t max_bmp = 0xffff;
inline constexpr uint32_t max_code_point = 0x10ffff;

inline bool is_surrogate(uint32_t c) {
    return c - 0xd800 < 0x800;
}
inline bool is_high_surrogate(uint32_t c) {
    return c - 0xd800 < 0x400;
}
inline bool is_low_surrogate(uint32_t c) {
    return c - 0xdc00 < 0x400;
}
inline uint32_t join_surrogates(uint32_t high, uint32_t low) {
    return 0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff);
}

// Length of the leading run of ASCII bytes.
[[nodiscard]] size_t ascii_prefix(const uint8_t* text, size_t size);

// The class of the largest unit: max_ascii, max_latin1, max_bmp or max_code_point.
[[nodiscard]] uint32_t width_class(const uint8_t* text, size_t size);
[[nodiscard]] uint32_t width_class(const uint16_t* text, size_t size);
[[nodiscard]] uint32_t width_class(const uint32_t* text, size_t size);

// Copies between widths; narrowing asks for units that fit.
template <typename Out, typename In>
void copy_units(Out* __restrict out, const In* __restrict in, size_t size) {
    if constexpr (sizeof(Out) == sizeof(In)) {
        if (size != 0) __builtin_memcpy(out, in, size * sizeof(In));
    } else {
        for (size_t i = 0; i < size; ++i) out[i] = static_cast<Out>(in[i]);
    }
}

// Index of the first unit above `limit`, `size` when there is none: where the ASCII and Latin-1
// encoders stop.
template <typename Unit>
[[nodiscard]] size_t first_above(const Unit* text, size_t size, uint32_t limit);
// Index of the first unit at or after `start` that is not above `limit`: where their error ends.
template <typename Unit>
[[nodiscard]] size_t end_of_run_above(const Unit* text, size_t size, size_t start, uint32_t limit) {
    while (start < size && text[start] > limit) ++start;
    return start;
}

// ---- what the Unicode decoders report ----

enum class CodecStatus : uint8_t {
    ok,
    incomplete,  // only when more input may follow: stop here, without an error
    invalid_start_byte,
    invalid_continuation_byte,
    unexpected_end,
    truncated,
    illegal_encoding,
    illegal_surrogate,
    surrogate_range,
    out_of_range,
};
// The `reason` of CPython's UnicodeDecodeError.
[[nodiscard]] const char* codec_reason(CodecStatus status);

enum class Surrogates : bool { reject, pass };

// The valid prefix of some input. The error, if any, is bytes [consumed, consumed + error_size).
struct DecodeScan {
    size_t consumed;
    size_t code_points;
    uint32_t width;  // class of the largest code point
    CodecStatus status;
    uint8_t error_size;
};

// How far an encoder gets: `stop` is the first unit that is a surrogate, the length if none.
struct EncodeScan {
    size_t stop;
    size_t bytes;
};

}  // namespace imugi
