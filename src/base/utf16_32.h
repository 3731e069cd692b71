// UTF-16 and UTF-32 in both byte orders, with the error positions and reasons of CPython's codecs.
// As with UTF-8 a scan validates and sizes and a decode fills. Pure functions, safe from any
// thread.
#pragma once

#include "base/text_units.h"

namespace imugi {

enum class ByteOrder : uint8_t { little, big };
inline constexpr ByteOrder native_order = ByteOrder::little;
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

// The byte order mark at the start of the text: how many bytes it takes (0: none, the native order
// is meant).
struct ByteOrderMark {
    size_t size;
    ByteOrder order;
};
[[nodiscard]] ByteOrderMark utf16_mark(const uint8_t* text, size_t size);
[[nodiscard]] ByteOrderMark utf32_mark(const uint8_t* text, size_t size);

[[nodiscard]] DecodeScan utf16_scan(const uint8_t* text, size_t size, ByteOrder order,
                                    Surrogates surrogates, bool final);
[[nodiscard]] DecodeScan utf32_scan(const uint8_t* text, size_t size, ByteOrder order,
                                    Surrogates surrogates, bool final);
// Decode input that the scan accepted.
template <typename Unit>
void utf16_decode(Unit* out, const uint8_t* text, size_t size, ByteOrder order);
template <typename Unit>
void utf32_decode(Unit* out, const uint8_t* text, size_t size, ByteOrder order);

// Errors are single surrogates, at `stop`.
template <typename Unit>
[[nodiscard]] EncodeScan utf16_encode_scan(const Unit* text, size_t size, Surrogates surrogates);
template <typename Unit>
[[nodiscard]] EncodeScan utf32_encode_scan(const Unit* text, size_t size, Surrogates surrogates);
// Return the end of what they wrote; no byte order mark.
template <typename Unit>
uint8_t* utf16_encode(uint8_t* out, const Unit* text, size_t size, ByteOrder order);
template <typename Unit>
uint8_t* utf32_encode(uint8_t* out, const Unit* text, size_t size, ByteOrder order);

}  // namespace imugi
