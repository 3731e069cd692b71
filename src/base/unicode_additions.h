// What Unicode 15.1 and 16.0 added to or changed in the data of Debian's ICU: private to the
// unicode_*.cpp files. Constant tables, safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace imugi::unicode {

// A run of characters with the same properties; the small numbers are indices in ICU's
// enumerations.
struct Addition {
    uint32_t first, last;
    uint8_t category, direction, width, combining;
    uint16_t flags;  // imugi::unicode::Flag up to xid_continue, and `added_mirrored`
};
inline constexpr uint16_t added_mirrored = 1 << 12;
inline constexpr uint16_t added_flags = added_mirrored - 1;

// Null for a character whose ICU data hold.
[[nodiscard]] const Addition* find_addition(uint32_t c);

// The following are asked for characters that have an Addition.
[[nodiscard]] bool added_number(uint32_t c, double* value);
[[nodiscard]] uint32_t added_lower(uint32_t c);  // 0: none
[[nodiscard]] uint32_t added_upper(uint32_t c);
struct LaterMapping {
    uint32_t c, first, second;  // second: 0 for a single character
    bool compatible;
};
[[nodiscard]] const LaterMapping* added_mapping(uint32_t c);
// The canonical composite of two characters, 0 when there is none.
[[nodiscard]] uint32_t added_composite(uint32_t first, uint32_t second);
// Whether it may become part of a composite with what is before it.
[[nodiscard]] bool composes_backwards(uint32_t c);
size_t added_name(char* out, uint32_t c);
// `name` is in upper case.
[[nodiscard]] bool added_lookup(const char* name, size_t size, uint32_t* out);

}  // namespace imugi::unicode
