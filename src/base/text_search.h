// Substring search over arrays of 1, 2 or 4-byte units, for str, bytes and bytearray. Text and
// needle have the same width: the caller widens a narrow needle; a needle with a unit that the
// text's width cannot hold occurs nowhere. Time is linear in text and needle whatever they are, and
// no memory is taken. Pure functions, safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace imugi {

inline constexpr size_t not_found = SIZE_MAX;

// Explicit instances exist for uint8_t, uint16_t and uint32_t. The empty needle occurs at every
// place.
template <typename Unit>
[[nodiscard]] size_t find_unit(const Unit* text, size_t size, Unit unit);
template <typename Unit>
[[nodiscard]] size_t rfind_unit(const Unit* text, size_t size, Unit unit);
template <typename Unit>
[[nodiscard]] size_t find_text(const Unit* text, size_t size, const Unit* needle,
                               size_t needle_size);
template <typename Unit>
[[nodiscard]] size_t rfind_text(const Unit* text, size_t size, const Unit* needle,
                                size_t needle_size);
// Occurrences that do not overlap, from the left, at most `most`: count() and the size of
// replace().
template <typename Unit>
[[nodiscard]] size_t count_text(const Unit* text, size_t size, const Unit* needle,
                                size_t needle_size, size_t most = SIZE_MAX);

}  // namespace imugi
