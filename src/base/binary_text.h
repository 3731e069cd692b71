// Bytes as text and back: hexadecimal, base64, uuencode, quoted-printable, and the checksums that
// go with them; what bytes.hex(), the binascii module and its users need. Pure functions over
// caller's memory, safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace imugi {

// ---- hexadecimal ----

extern const char hex_digits[17];  // lower case
// The value of a digit, -1 when it is none.
inline int hex_digit_value(uint32_t c) {
    if (c - '0' < 10) return static_cast<int>(c - '0');
    uint32_t letter = (c | 0x20) - 'a';
    return letter < 6 ? static_cast<int>(letter + 10) : -1;
}
void hex_encode(char* out, const uint8_t* data, size_t size);  // 2 * size characters
// With a separator between groups of |group| bytes, counted from the right, or from the left when
// negative.
[[nodiscard]] size_t hex_separated_size(size_t size, int64_t group);
void hex_encode_separated(char* out, const uint8_t* data, size_t size, char separator,
                          int64_t group);
// `size` is even. False: *bad is the index of what is no digit.
[[nodiscard]] bool hex_decode(uint8_t* out, const uint8_t* text, size_t size, size_t* bad);

// ---- base64 ----

[[nodiscard]] size_t base64_encoded_size(size_t size);
char* base64_encode(char* out, const uint8_t* data, size_t size);  // returns the end

enum class Base64Status : uint8_t {
    ok,
    incorrect_padding,
    one_character_over,
    leading_padding,
    excess_padding,
    excess_data,
    discontinuous_padding,
    alphabet,
};
// binascii.Error's text; one_character_over's has "%zd" for the number of data characters.
[[nodiscard]] const char* base64_message(Base64Status status);
struct Base64Decoded {
    Base64Status status;
    size_t size;
    size_t characters;  // for one_character_over
};
// Room: (size + 3) / 4 * 3. Strict: RFC 4648 without anything else; otherwise characters outside
// are skipped.
[[nodiscard]] Base64Decoded base64_decode(uint8_t* out, const uint8_t* text, size_t size,
                                          bool strict);

// ---- uuencode, one line ----

inline constexpr size_t uu_most_bytes = 45;
[[nodiscard]] size_t uu_encoded_size(size_t size);
void uu_encode(char* out, const uint8_t* data, size_t size, bool backtick);
enum class UuStatus : uint8_t { ok, illegal_character, trailing_garbage };
[[nodiscard]] size_t uu_decoded_size(const uint8_t* text, size_t size);
[[nodiscard]] UuStatus uu_decode(uint8_t* out, const uint8_t* text, size_t size);

// ---- quoted-printable ----

// Room: size. Returns the length.
size_t qp_decode(uint8_t* out, const uint8_t* text, size_t size, bool header);
struct QpOptions {
    bool quote_tabs;
    bool is_text;
    bool header;
};
// Called with a null `out` it tells the length.
size_t qp_encode(uint8_t* out, const uint8_t* data, size_t size, QpOptions options);

// ---- checksums ----

[[nodiscard]] uint16_t crc_hqx(const uint8_t* data, size_t size, uint16_t start);
[[nodiscard]] uint32_t crc32_of(const uint8_t* data, size_t size, uint32_t start);

}  // namespace imugi
