// Predicates, case mappings and numbers of unicode_data.h, over ICU's character properties.
#include "base/unicode_data.h"

#include <unicode/stringoptions.h>
#include <unicode/ucasemap.h>
#include <unicode/uchar.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

#include <cstdlib>

#include "base/unicode_additions.h"

namespace imugi::unicode {
namespace {

constexpr bool between(uint32_t c, uint32_t from, uint32_t to) {
    return c >= from && c <= to;
}

// What ICU would say of the first 256 characters, which have been the same since Unicode 6.1.
constexpr uint16_t latin1(uint32_t c) {
    uint32_t bits = 0;
    bool big = between(c, 'A', 'Z') || (between(c, 0xc0, 0xde) && c != 0xd7);
    bool small = between(c, 'a', 'z') || (between(c, 0xdf, 0xff) && c != 0xf7) || c == 0xb5;
    bool ordinal = c == 0xaa || c == 0xba;
    bool superscript = c == 0xb2 || c == 0xb3 || c == 0xb9;
    if (big || small || ordinal) bits |= alpha | xid_start | xid_continue;
    if (big) bits |= upper | lower_changes | fold_changes;
    if (small || ordinal) bits |= lower;
    if (small) bits |= upper_changes;
    if (c == 0xb5 || c == 0xdf) bits |= fold_changes;
    if (between(c, '0', '9')) bits |= decimal | digit | numeric | xid_continue;
    if (superscript) bits |= digit | numeric;
    if (between(c, 0xbc, 0xbe)) bits |= numeric;
    if (c == '_' || c == 0xb7) bits |= xid_continue;
    if (between(c, 9, 13) || between(c, 28, 32) || c == 0x85 || c == 0xa0) bits |= space;
    if (between(c, 10, 13) || between(c, 28, 30) || c == 0x85) bits |= line_break;
    if (between(c, 32, 126) || (c > 0xa0 && c != 0xad)) bits |= printable;
    for (uint32_t other : "'.:^`\xa8\xad\xaf\xb4\xb7\xb8") {
        if (other != 0 && c == (other & 0xff)) bits |= case_ignorable;
    }
    return static_cast<uint16_t>(bits);
}

constexpr Latin1Flags make_latin1_table() {
    Latin1Flags table{};
    for (uint32_t c = 0; c < 256; ++c) table.flags[c] = latin1(c);
    return table;
}

UChar32 icu(uint32_t c) {
    return static_cast<UChar32>(c);
}

// The ranges in which SpecialCasing.txt has unconditional mappings to several characters.
bool may_expand(uint32_t c) {
    return c == 0xdf || c == 0x130 || c == 0x149 || c == 0x1f0 || c == 0x390 || c == 0x3b0 ||
           c == 0x587 || between(c, 0x1e96, 0x1e9e) || between(c, 0x1f50, 0x1fff) ||
           between(c, 0xfb00, 0xfb17);
}

struct Utf16 {
    UChar units[8];
    int32_t size = 0;

    explicit Utf16(uint32_t c) { U16_APPEND_UNSAFE(units, size, icu(c)); }
    Utf16() = default;

    size_t code_points(uint32_t* out) const {
        size_t count = 0;
        for (int32_t i = 0; i < size && count < most_case_expansion; ++count) {
            UChar32 c = 0;
            U16_NEXT(units, i, size, c);
            out[count] = static_cast<uint32_t>(c);
        }
        return count;
    }
};

// Title case by ICU's string function; the whole text is one word, so it needs no break iterator's
// rules.
bool full_title(Utf16* out, const Utf16& in) {
    UErrorCode status = U_ZERO_ERROR;
    UCaseMap* map =
        ucasemap_open("", U_TITLECASE_WHOLE_STRING | U_TITLECASE_NO_BREAK_ADJUSTMENT, &status);
    if (U_FAILURE(status)) return false;
    out->size = ucasemap_toTitle(map, out->units, 8, in.units, in.size, &status);
    ucasemap_close(map);
    return U_SUCCESS(status);
}

enum class Mapping : uint8_t { lower, upper, title, fold };

size_t expand(Mapping mapping, uint32_t* out, uint32_t c) {
    Utf16 in(c), result;
    UErrorCode status = U_ZERO_ERROR;
    switch (mapping) {
        case Mapping::lower:
            result.size = u_strToLower(result.units, 8, in.units, in.size, "", &status);
            break;
        case Mapping::upper:
            result.size = u_strToUpper(result.units, 8, in.units, in.size, "", &status);
            break;
        case Mapping::fold:
            result.size =
                u_strFoldCase(result.units, 8, in.units, in.size, U_FOLD_CASE_DEFAULT, &status);
            break;
        case Mapping::title:
            if (!full_title(&result, in)) status = U_MEMORY_ALLOCATION_ERROR;
            break;
    }
    if (U_FAILURE(status) || result.size > 8) {
        *out = c;
        return 1;
    }
    return result.code_points(out);
}

bool is_python_space(uint32_t c) {
    if (u_charType(icu(c)) == U_SPACE_SEPARATOR) return true;
    UCharDirection direction = u_charDirection(icu(c));
    return direction == U_WHITE_SPACE_NEUTRAL || direction == U_BLOCK_SEPARATOR ||
           direction == U_SEGMENT_SEPARATOR;
}

bool is_python_printable(int8_t type) {
    switch (type) {
        case U_UNASSIGNED:
        case U_CONTROL_CHAR:
        case U_FORMAT_CHAR:
        case U_SURROGATE:
        case U_PRIVATE_USE_CHAR:
        case U_SPACE_SEPARATOR:
        case U_LINE_SEPARATOR:
        case U_PARAGRAPH_SEPARATOR:
            return false;
        default:
            return true;
    }
}

bool changes(size_t (*map)(uint32_t*, uint32_t), uint32_t c) {
    uint32_t out[most_case_expansion];
    return map(out, c) != 1 || out[0] != c;
}

}  // namespace

constinit const Latin1Flags latin1_table = make_latin1_table();

std::atomic<const uint16_t*> detail::pages[detail::page_count];

uint16_t detail::flags_from_icu(uint32_t c) {
    UChar32 u = icu(c);
    uint32_t bits = 0;
    if (const Addition* added = find_addition(c)) {
        bits = added->flags & added_flags;
    } else {
        int8_t type = u_charType(u);
        if (U_GET_GC_MASK(u) & U_GC_L_MASK) bits |= alpha;
        int32_t number = u_getIntPropertyValue(u, UCHAR_NUMERIC_TYPE);
        if (number == U_NT_DECIMAL) bits |= decimal | digit | numeric;
        if (number == U_NT_DIGIT) bits |= digit | numeric;
        if (number == U_NT_NUMERIC) bits |= numeric;
        if (u_isULowercase(u)) bits |= lower;
        if (u_isUUppercase(u)) bits |= upper;
        if (type == U_TITLECASE_LETTER) bits |= title;
        if (is_python_space(c)) bits |= space;
        if (is_python_printable(type)) bits |= printable;
        if (u_hasBinaryProperty(u, UCHAR_CASE_IGNORABLE)) bits |= case_ignorable;
        if (u_hasBinaryProperty(u, UCHAR_XID_START)) bits |= xid_start;
        if (u_hasBinaryProperty(u, UCHAR_XID_CONTINUE)) bits |= xid_continue;
    }
    if (c == 0x2028 || c == 0x2029) bits |= line_break;
    if (changes(to_lower, c)) bits |= lower_changes;
    if (changes(to_upper, c) || changes(to_title, c)) bits |= upper_changes;
    if (changes(to_casefold, c)) bits |= fold_changes;
    return static_cast<uint16_t>(bits);
}

uint16_t detail::make_page(uint32_t c) {
    auto* page = static_cast<uint16_t*>(malloc(page_size * sizeof(uint16_t)));
    if (page == nullptr) return flags_from_icu(c);
    uint32_t first = c & ~static_cast<uint32_t>(page_size - 1);
    for (uint32_t i = 0; i < page_size; ++i) page[i] = flags_from_icu(first + i);
    uint16_t answer = page[c - first];
    const uint16_t* expected = nullptr;
    // Release: whoever loads the pointer sees the filled page. Of two makers the later one gives
    // way.
    if (!pages[c >> page_shift].compare_exchange_strong(expected, page, std::memory_order_release,
                                                        std::memory_order_relaxed)) {
        free(page);
    }
    return answer;
}

uint32_t simple_lower(uint32_t c) {
    if (c < 0x80) return between(c, 'A', 'Z') ? c + 32 : c;
    if (find_addition(c) != nullptr) {
        if (uint32_t lower_c = added_lower(c)) return lower_c;
    }
    return static_cast<uint32_t>(u_tolower(icu(c)));
}

uint32_t simple_upper(uint32_t c) {
    if (c < 0x80) return between(c, 'a', 'z') ? c - 32 : c;
    if (find_addition(c) != nullptr) {
        if (uint32_t upper_c = added_upper(c)) return upper_c;
    }
    return static_cast<uint32_t>(u_toupper(icu(c)));
}

size_t to_lower(uint32_t* out, uint32_t c) {
    if (c == 0x130) return expand(Mapping::lower, out, c);
    *out = simple_lower(c);
    return 1;
}

size_t to_upper(uint32_t* out, uint32_t c) {
    if (may_expand(c)) return expand(Mapping::upper, out, c);
    *out = simple_upper(c);
    return 1;
}

size_t to_title(uint32_t* out, uint32_t c) {
    if (may_expand(c) && expand(Mapping::upper, out, c) > 1) return expand(Mapping::title, out, c);
    // No addition has a title case of its own.
    *out = c < 0x80 || find_addition(c) != nullptr ? simple_upper(c)
                                                   : static_cast<uint32_t>(u_totitle(icu(c)));
    return 1;
}

size_t to_casefold(uint32_t* out, uint32_t c) {
    if (may_expand(c)) return expand(Mapping::fold, out, c);
    *out = c < 0x80 || find_addition(c) != nullptr
               ? simple_lower(c)
               : static_cast<uint32_t>(u_foldCase(icu(c), U_FOLD_CASE_DEFAULT));
    return 1;
}

int decimal_value(uint32_t c) {
    if (c < 0x80) return between(c, '0', '9') ? static_cast<int>(c - '0') : -1;
    const Addition* added = find_addition(c);
    if (added == nullptr) return u_charDigitValue(icu(c));
    return added->flags & decimal ? static_cast<int>((c - added->first) % 10) : -1;
}

int digit_value(uint32_t c) {
    if (!is_digit(c)) return -1;
    int value = decimal_value(c);
    return value >= 0 ? value : static_cast<int>(u_getNumericValue(icu(c)));
}

bool numeric_value(uint32_t c, double* out) {
    if (!is_numeric(c)) return false;
    int small = decimal_value(c);
    if (small >= 0) {
        *out = small;
    } else if (find_addition(c) == nullptr || !added_number(c, out)) {
        *out = u_getNumericValue(icu(c));
    }
    return true;
}

}  // namespace imugi::unicode
