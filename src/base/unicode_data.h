// Character properties and mappings as CPython's str methods and the unicodedata module define
// them.
//
// The tables are ICU's: it is maintained, thread-safe, and already holds all of the Unicode
// Character Database, which is larger than this program. Debian 12 ships ICU 72 with Unicode 15.0;
// unicode_additions.h makes that the 16.0 of CPython 3.14 (CPython 3.13 has 15.1). ICU is not
// touched at start-up: Latin-1 has a constant table, and for the rest pages of flags are made when
// first asked for, immutable once published by compare-and-swap, so reading them takes no lock.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace imugi::unicode {

enum Flag : uint16_t {
    alpha = 1 << 0,
    decimal = 1 << 1,
    digit = 1 << 2,
    numeric = 1 << 3,
    lower = 1 << 4,
    upper = 1 << 5,
    title = 1 << 6,
    space = 1 << 7,
    printable = 1 << 8,
    case_ignorable = 1 << 9,
    xid_start = 1 << 10,  // str.isidentifier also allows '_'
    xid_continue = 1 << 11,
    line_break = 1 << 12,     // where str.splitlines splits
    lower_changes = 1 << 13,  // to_lower() is not the identity
    upper_changes = 1 << 14,  // nor to_upper() or to_title()
    fold_changes = 1 << 15,   // nor to_casefold()
};

struct Latin1Flags {
    uint16_t flags[256];
};
extern const Latin1Flags latin1_table;

namespace detail {
inline constexpr uint32_t page_shift = 8;
inline constexpr size_t page_size = size_t{1} << page_shift;
inline constexpr size_t page_count = 0x110000 >> page_shift;
extern std::atomic<const uint16_t*> pages[page_count];
uint16_t flags_from_icu(uint32_t c);
uint16_t make_page(uint32_t c);
}  // namespace detail

// c is at most 0x10ffff.
inline uint16_t flags(uint32_t c) {
    if (c < 256) return latin1_table.flags[c];
    // Pairs with the release in make_page().
    const uint16_t* page = detail::pages[c >> detail::page_shift].load(std::memory_order_acquire);
    return page != nullptr ? page[c & (detail::page_size - 1)] : detail::make_page(c);
}

inline bool is_alpha(uint32_t c) {
    return flags(c) & alpha;
}
inline bool is_decimal(uint32_t c) {
    return flags(c) & decimal;
}
inline bool is_digit(uint32_t c) {
    return flags(c) & digit;
}
inline bool is_numeric(uint32_t c) {
    return flags(c) & numeric;
}
inline bool is_alnum(uint32_t c) {
    return flags(c) & (alpha | decimal | digit | numeric);
}
inline bool is_lower(uint32_t c) {
    return flags(c) & lower;
}
inline bool is_upper(uint32_t c) {
    return flags(c) & upper;
}
inline bool is_title(uint32_t c) {
    return flags(c) & title;
}
inline bool is_space(uint32_t c) {
    return flags(c) & space;
}
inline bool is_printable(uint32_t c) {
    return flags(c) & printable;
}
inline bool is_cased(uint32_t c) {
    return flags(c) & (lower | upper | title);
}
inline bool is_case_ignorable(uint32_t c) {
    return flags(c) & case_ignorable;
}
inline bool is_xid_start(uint32_t c) {
    return flags(c) & xid_start;
}
inline bool is_xid_continue(uint32_t c) {
    return flags(c) & xid_continue;
}
inline bool is_line_break(uint32_t c) {
    return flags(c) & line_break;
}

// ---- case ---- full mappings; return how many code points (1 to 3) they wrote. A final sigma is
// the caller's.

inline constexpr size_t most_case_expansion = 3;
size_t to_lower(uint32_t* out, uint32_t c);
size_t to_upper(uint32_t* out, uint32_t c);
size_t to_title(uint32_t* out, uint32_t c);
size_t to_casefold(uint32_t* out, uint32_t c);

// The single-character lower case, as re.IGNORECASE compares.
uint32_t simple_lower(uint32_t c);
uint32_t simple_upper(uint32_t c);

// ---- numbers ---- -1: has none

int decimal_value(uint32_t c);
int digit_value(uint32_t c);
bool numeric_value(uint32_t c, double* out);

// ---- unicodedata ----

const char* unidata_version();
const char* category(uint32_t c);       // "Lu", "Cn", ...
const char* bidirectional(uint32_t c);  // "L", "" when unassigned
const char* east_asian_width(uint32_t c);
int combining(uint32_t c);
bool is_mirrored(uint32_t c);
// Whether c was assigned in Unicode 3.2, which unicodedata.ucd_3_2_0 (IDNA, stringprep) is about.
bool assigned_in_3_2(uint32_t c);

inline constexpr size_t decomposition_room = 160;
// "<compat> 0020 0308", empty when there is none. Returns the length.
size_t decomposition(char* out, uint32_t c);

inline constexpr size_t name_room = 128;
// Returns the length, 0 when c has no name.
size_t name(char* out, uint32_t c);
// By name or alias, case ignored. False: no such character.
[[nodiscard]] bool lookup(const char* name, size_t size, uint32_t* out);
// The characters of a named sequence ("KEYCAP DIGIT ONE"), which unicodedata.lookup() knows too. 0:
// no such name.
inline constexpr size_t most_sequence = 4;
[[nodiscard]] size_t lookup_sequence(const char* name, size_t size, uint32_t* out);

// ---- normalization ----

enum class Form : uint8_t { nfc, nfd, nfkc, nfkd };
enum class QuickCheck : uint8_t { yes, no, maybe };

// Explicit instances exist for uint8_t, uint16_t and uint32_t.
template <typename Unit>
[[nodiscard]] QuickCheck quick_check(Form form, const Unit* text, size_t size);
// Room that normalize() needs, in code points.
template <typename Unit>
[[nodiscard]] size_t normalize_room(Form form, const Unit* text, size_t size);
// Returns the length of the result.
template <typename Unit>
size_t normalize(Form form, uint32_t* out, const Unit* text, size_t size);

}  // namespace imugi::unicode
