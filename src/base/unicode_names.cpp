// What the unicodedata module tells about a character: category and kin, decomposition, name and
// lookup.
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>

#include <cstdio>
#include <cstring>
#include <initializer_list>

#include "base/unicode_additions.h"
#include "base/unicode_data.h"

namespace imugi::unicode {
namespace {

UChar32 icu(uint32_t c) {
    return static_cast<UChar32>(c);
}

bool unassigned(uint32_t c) {
    return u_charType(icu(c)) == U_UNASSIGNED;
}

// By ICU's u_charType, u_charDirection, and the UEastAsianWidth and UDecompositionType
// enumerations.
constexpr char categories[][3] = {"Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Me", "Mc", "Nd",
                                  "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Co", "Cs", "Pd",
                                  "Ps", "Pe", "Pc", "Po", "Sm", "Sc", "Sk", "So", "Pi", "Pf"};
constexpr char directions[][4] = {"L",   "R",   "EN", "ES",  "ET",  "AN",  "CS",  "B",
                                  "S",   "WS",  "ON", "LRE", "LRO", "AL",  "RLE", "RLO",
                                  "PDF", "NSM", "BN", "FSI", "LRI", "RLI", "PDI"};
constexpr char widths[][3] = {"N", "A", "H", "F", "Na", "W"};
constexpr char decomposition_tags[][12] = {"",
                                           "",
                                           "<compat> ",
                                           "<circle> ",
                                           "<final> ",
                                           "<font> ",
                                           "<fraction> ",
                                           "<initial> ",
                                           "<isolated> ",
                                           "<medial> ",
                                           "<narrow> ",
                                           "<noBreak> ",
                                           "<small> ",
                                           "<square> ",
                                           "<sub> ",
                                           "<super> ",
                                           "<vertical> ",
                                           "<wide> "};

struct NamedSequence {
    const char* name;
    uint32_t codes[most_sequence];
};

#include "base/unicode_sequences.inc"

// NameAliases.txt's names for the control characters, which have no other.
struct Alias {
    const char* name;
    uint32_t c;
};

constexpr Alias aliases[] = {
    // Corrections later than ICU's.
    {"CUNEIFORM SIGN KALAM", 0x12327},
    {"BAMUM LETTER PHASE-A MAEMGBIEE", 0x1680b},
    {"MENDE KIKAKUI SYLLABLE M172 MBO", 0x1e899},
    {"MENDE KIKAKUI SYLLABLE M174 MBOO", 0x1e89a},

    {"NUL", 0x0},
    {"NULL", 0x0},
    {"SOH", 0x1},
    {"START OF HEADING", 0x1},
    {"START OF TEXT", 0x2},
    {"STX", 0x2},
    {"END OF TEXT", 0x3},
    {"ETX", 0x3},
    {"END OF TRANSMISSION", 0x4},
    {"EOT", 0x4},
    {"ENQ", 0x5},
    {"ENQUIRY", 0x5},
    {"ACK", 0x6},
    {"ACKNOWLEDGE", 0x6},
    {"ALERT", 0x7},
    {"BEL", 0x7},
    {"BACKSPACE", 0x8},
    {"BS", 0x8},
    {"CHARACTER TABULATION", 0x9},
    {"HORIZONTAL TABULATION", 0x9},
    {"HT", 0x9},
    {"TAB", 0x9},
    {"EOL", 0xa},
    {"LF", 0xa},
    {"END OF LINE", 0xa},
    {"LINE FEED", 0xa},
    {"NEW LINE", 0xa},
    {"NL", 0xa},
    {"LINE TABULATION", 0xb},
    {"VERTICAL TABULATION", 0xb},
    {"VT", 0xb},
    {"FF", 0xc},
    {"FORM FEED", 0xc},
    {"CARRIAGE RETURN", 0xd},
    {"CR", 0xd},
    {"LOCKING-SHIFT ONE", 0xe},
    {"SHIFT OUT", 0xe},
    {"SO", 0xe},
    {"LOCKING-SHIFT ZERO", 0xf},
    {"SHIFT IN", 0xf},
    {"SI", 0xf},
    {"DATA LINK ESCAPE", 0x10},
    {"DLE", 0x10},
    {"DC1", 0x11},
    {"DEVICE CONTROL ONE", 0x11},
    {"DC2", 0x12},
    {"DEVICE CONTROL TWO", 0x12},
    {"DC3", 0x13},
    {"DEVICE CONTROL THREE", 0x13},
    {"DC4", 0x14},
    {"DEVICE CONTROL FOUR", 0x14},
    {"NAK", 0x15},
    {"NEGATIVE ACKNOWLEDGE", 0x15},
    {"SYN", 0x16},
    {"SYNCHRONOUS IDLE", 0x16},
    {"END OF TRANSMISSION BLOCK", 0x17},
    {"ETB", 0x17},
    {"CAN", 0x18},
    {"CANCEL", 0x18},
    {"EM", 0x19},
    {"END OF MEDIUM", 0x19},
    {"EOM", 0x19},
    {"SUB", 0x1a},
    {"SUBSTITUTE", 0x1a},
    {"ESC", 0x1b},
    {"ESCAPE", 0x1b},
    {"FILE SEPARATOR", 0x1c},
    {"FS", 0x1c},
    {"INFORMATION SEPARATOR FOUR", 0x1c},
    {"GROUP SEPARATOR", 0x1d},
    {"GS", 0x1d},
    {"INFORMATION SEPARATOR THREE", 0x1d},
    {"INFORMATION SEPARATOR TWO", 0x1e},
    {"RECORD SEPARATOR", 0x1e},
    {"RS", 0x1e},
    {"INFORMATION SEPARATOR ONE", 0x1f},
    {"UNIT SEPARATOR", 0x1f},
    {"US", 0x1f},
    {"SP", 0x20},
    {"DEL", 0x7f},
    {"DELETE", 0x7f},
    {"PAD", 0x80},
    {"PADDING CHARACTER", 0x80},
    {"HIGH OCTET PRESET", 0x81},
    {"HOP", 0x81},
    {"BPH", 0x82},
    {"BREAK PERMITTED HERE", 0x82},
    {"NBH", 0x83},
    {"NO BREAK HERE", 0x83},
    {"IND", 0x84},
    {"INDEX", 0x84},
    {"NEL", 0x85},
    {"NEXT LINE", 0x85},
    {"SSA", 0x86},
    {"START OF SELECTED AREA", 0x86},
    {"END OF SELECTED AREA", 0x87},
    {"ESA", 0x87},
    {"CHARACTER TABULATION SET", 0x88},
    {"HORIZONTAL TABULATION SET", 0x88},
    {"HTS", 0x88},
    {"CHARACTER TABULATION WITH JUSTIFICATION", 0x89},
    {"HORIZONTAL TABULATION WITH JUSTIFICATION", 0x89},
    {"HTJ", 0x89},
    {"LINE TABULATION SET", 0x8a},
    {"VERTICAL TABULATION SET", 0x8a},
    {"VTS", 0x8a},
    {"PARTIAL LINE DOWN", 0x8b},
    {"PARTIAL LINE FORWARD", 0x8b},
    {"PLD", 0x8b},
    {"PARTIAL LINE BACKWARD", 0x8c},
    {"PARTIAL LINE UP", 0x8c},
    {"PLU", 0x8c},
    {"REVERSE INDEX", 0x8d},
    {"REVERSE LINE FEED", 0x8d},
    {"RI", 0x8d},
    {"SINGLE SHIFT TWO", 0x8e},
    {"SINGLE-SHIFT-2", 0x8e},
    {"SS2", 0x8e},
    {"SINGLE SHIFT THREE", 0x8f},
    {"SINGLE-SHIFT-3", 0x8f},
    {"SS3", 0x8f},
    {"DCS", 0x90},
    {"DEVICE CONTROL STRING", 0x90},
    {"PRIVATE USE ONE", 0x91},
    {"PRIVATE USE-1", 0x91},
    {"PU1", 0x91},
    {"PRIVATE USE TWO", 0x92},
    {"PRIVATE USE-2", 0x92},
    {"PU2", 0x92},
    {"SET TRANSMIT STATE", 0x93},
    {"STS", 0x93},
    {"CANCEL CHARACTER", 0x94},
    {"CCH", 0x94},
    {"MESSAGE WAITING", 0x95},
    {"MW", 0x95},
    {"SPA", 0x96},
    {"START OF GUARDED AREA", 0x96},
    {"START OF PROTECTED AREA", 0x96},
    {"END OF GUARDED AREA", 0x97},
    {"END OF PROTECTED AREA", 0x97},
    {"EPA", 0x97},
    {"SOS", 0x98},
    {"START OF STRING", 0x98},
    {"SGC", 0x99},
    {"SINGLE GRAPHIC CHARACTER INTRODUCER", 0x99},
    {"SCI", 0x9a},
    {"SINGLE CHARACTER INTRODUCER", 0x9a},
    {"CONTROL SEQUENCE INTRODUCER", 0x9b},
    {"CSI", 0x9b},
    {"ST", 0x9c},
    {"STRING TERMINATOR", 0x9c},
    {"OPERATING SYSTEM COMMAND", 0x9d},
    {"OSC", 0x9d},
    {"PM", 0x9e},
    {"PRIVACY MESSAGE", 0x9e},
    {"APC", 0x9f},
    {"APPLICATION PROGRAM COMMAND", 0x9f},
    {"NBSP", 0xa0},
    {"SHY", 0xad},
    {"LATIN CAPITAL LETTER GHA", 0x1a2},
    {"LATIN SMALL LETTER GHA", 0x1a3},
    {"CGJ", 0x34f},
    {"ALM", 0x61c},
    {"FVS1", 0x180b},
    {"FVS2", 0x180c},
    {"FVS3", 0x180d},
    {"MVS", 0x180e},
    {"FVS4", 0x180f},
    {"ZWSP", 0x200b},
    {"ZWNJ", 0x200c},
    {"ZWJ", 0x200d},
    {"LRM", 0x200e},
    {"RLM", 0x200f},
    {"LRE", 0x202a},
    {"RLE", 0x202b},
    {"PDF", 0x202c},
    {"LRO", 0x202d},
    {"RLO", 0x202e},
    {"NNBSP", 0x202f},
    {"MMSP", 0x205f},
    {"WJ", 0x2060},
    {"LRI", 0x2066},
    {"RLI", 0x2067},
    {"FSI", 0x2068},
    {"PDI", 0x2069},
    {"WEIERSTRASS ELLIPTIC FUNCTION", 0x2118},
    {"PRESENTATION FORM FOR VERTICAL RIGHT WHITE LENTICULAR BRACKET", 0xfe18},
    {"BOM", 0xfeff},
    {"BYTE ORDER MARK", 0xfeff},
    {"ZWNBSP", 0xfeff},
};

char upper_case(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

bool equal_ignoring_case(const char* name, size_t size, const char* upper_name) {
    if (strlen(upper_name) != size) return false;
    for (size_t i = 0; i < size; ++i) {
        if (upper_case(name[i]) != upper_name[i]) return false;
    }
    return true;
}

}  // namespace

const char* unidata_version() {
    return "16.0.0";
}

const char* category(uint32_t c) {
    const Addition* added = find_addition(c);
    return categories[added != nullptr ? added->category : u_charType(icu(c))];
}

const char* bidirectional(uint32_t c) {
    if (const Addition* added = find_addition(c)) return directions[added->direction];
    return unassigned(c) ? "" : directions[u_charDirection(icu(c))];
}

const char* east_asian_width(uint32_t c) {
    const Addition* added = find_addition(c);
    return widths[added != nullptr ? added->width
                                   : u_getIntPropertyValue(icu(c), UCHAR_EAST_ASIAN_WIDTH)];
}

int combining(uint32_t c) {
    const Addition* added = find_addition(c);
    return added != nullptr ? added->combining : u_getCombiningClass(icu(c));
}

bool is_mirrored(uint32_t c) {
    const Addition* added = find_addition(c);
    return added != nullptr ? (added->flags & added_mirrored) != 0 : u_isMirrored(icu(c));
}

bool assigned_in_3_2(uint32_t c) {
    if (U_IS_UNICODE_NONCHAR(icu(c))) return false;
    UVersionInfo age;
    u_charAge(icu(c), age);
    if (age[0] == 0) return false;
    return age[0] < 3 || (age[0] == 3 && age[1] <= 2);
}

size_t decomposition(char* out, uint32_t c) {
    *out = '\0';
    if (c >= 0xac00 && c <= 0xd7a3) return 0;  // Hangul syllables decompose by rule
    if (const LaterMapping* added = find_addition(c) != nullptr ? added_mapping(c) : nullptr) {
        const char* form = added->compatible ? "<font> %04X" : "%04X %04X";
        return static_cast<size_t>(
            snprintf(out, decomposition_room, form, added->first, added->second));
    }
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2* normalizer = unorm2_getNFKCInstance(&status);
    UChar units[40];
    int32_t size =
        U_SUCCESS(status) ? unorm2_getRawDecomposition(normalizer, icu(c), units, 40, &status) : -1;
    if (size < 0 || U_FAILURE(status)) return 0;
    char* at = out;
    const char* tag = decomposition_tags[u_getIntPropertyValue(icu(c), UCHAR_DECOMPOSITION_TYPE)];
    size_t tag_size = strlen(tag);
    memcpy(at, tag, tag_size);
    at += tag_size;
    for (int32_t i = 0; i < size;) {
        UChar32 part = 0;
        U16_NEXT(units, i, size, part);
        at += snprintf(at, 9, i < size ? "%04X " : "%04X", static_cast<unsigned>(part));
    }
    return static_cast<size_t>(at - out);
}

size_t name(char* out, uint32_t c) {
    if (find_addition(c) != nullptr) {
        if (size_t added = added_name(out, c)) return added;
    }
    UErrorCode status = U_ZERO_ERROR;
    int32_t size = u_charName(icu(c), U_UNICODE_CHAR_NAME, out, name_room, &status);
    return U_SUCCESS(status) && size > 0 ? static_cast<size_t>(size) : 0;
}

bool lookup(const char* text, size_t size, uint32_t* out) {
    // VS1 to VS256 are the variation selectors.
    if (size >= 3 && size <= 5 && (text[0] | 32) == 'v' && (text[1] | 32) == 's' &&
        text[2] != '0') {
        uint32_t number = 0;
        size_t i = 2;
        for (; i < size && text[i] >= '0' && text[i] <= '9'; ++i)
            number = number * 10 + static_cast<unsigned>(text[i] - '0');
        if (i == size && number <= 256) {
            *out = number <= 16 ? 0xfe00 + number - 1 : 0xe0100 + number - 17;
            return true;
        }
    }
    for (const Alias& alias : aliases) {
        if (equal_ignoring_case(text, size, alias.name)) {
            *out = alias.c;
            return true;
        }
    }
    char copy[name_room];
    if (size == 0 || size >= sizeof copy || memchr(text, 0, size) != nullptr) return false;
    for (size_t i = 0; i < size; ++i) {
        copy[i] = upper_case(text[i]);
    }
    copy[size] = '\0';
    if (added_lookup(copy, size, out)) return true;
    for (UCharNameChoice choice : {U_UNICODE_CHAR_NAME, U_CHAR_NAME_ALIAS}) {
        UErrorCode status = U_ZERO_ERROR;
        UChar32 c = u_charFromName(choice, copy, &status);
        if (U_SUCCESS(status)) {
            *out = static_cast<uint32_t>(c);
            return true;
        }
    }
    return false;
}

size_t lookup_sequence(const char* text, size_t size, uint32_t* out) {
    for (const NamedSequence& sequence : named_sequences) {
        if (!equal_ignoring_case(text, size, sequence.name)) continue;
        size_t count = 0;
        while (count < most_sequence && sequence.codes[count] != 0) {
            out[count] = sequence.codes[count];
            ++count;
        }
        return count;
    }
    return 0;
}

}  // namespace imugi::unicode
