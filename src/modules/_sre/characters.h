// Character classes and case for regular expressions: ASCII, locale and Unicode flavours.
#pragma once

#include <cctype>
#include <cstdint>

#include "base/unicode_data.h"
#include "modules/_sre/opcodes.h"

namespace imugi::sre {

inline uint32_t lower_ascii(uint32_t c) {
    return c - 'A' < 26 ? c + 32 : c;
}
inline uint32_t lower_unicode(uint32_t c) {
    return c < 128 ? lower_ascii(c) : unicode::simple_lower(c);
}
// The first character of the upper case, which may be more than one.
inline uint32_t upper_unicode(uint32_t c) {
    uint32_t out[unicode::most_case_expansion];
    unicode::to_upper(out, c);
    return out[0];
}
inline uint32_t lower_locale(uint32_t c) {
    return c < 256 ? static_cast<uint32_t>(tolower(static_cast<int>(c))) : c;
}
inline uint32_t upper_locale(uint32_t c) {
    return c < 256 ? static_cast<uint32_t>(toupper(static_cast<int>(c))) : c;
}

inline bool is_word_ascii(uint32_t c) {
    return (c | 32) - 'a' < 26 || c - '0' < 10 || c == '_';
}
inline bool is_word_locale(uint32_t c) {
    return c < 256 && (isalnum(static_cast<int>(c)) || c == '_');
}
inline bool is_word_unicode(uint32_t c) {
    return c < 128 ? is_word_ascii(c) : unicode::is_alnum(c);
}
inline bool is_space_ascii(uint32_t c) {
    return c == ' ' || c - '\t' < 5;
}

inline bool in_category(uint32_t category, uint32_t c) {
    switch (category) {
        case kDigit:
            return c - '0' < 10;
        case kNotDigit:
            return c - '0' >= 10;
        case kSpace:
            return is_space_ascii(c);
        case kNotSpace:
            return !is_space_ascii(c);
        case kWord:
            return is_word_ascii(c);
        case kNotWord:
            return !is_word_ascii(c);
        case kLineBreak:
            return c == '\n';
        case kNotLineBreak:
            return c != '\n';
        case kLocWord:
            return is_word_locale(c);
        case kLocNotWord:
            return !is_word_locale(c);
        case kUniDigit:
            return unicode::is_decimal(c);
        case kUniNotDigit:
            return !unicode::is_decimal(c);
        case kUniSpace:
            return unicode::is_space(c);
        case kUniNotSpace:
            return !unicode::is_space(c);
        case kUniWord:
            return is_word_unicode(c);
        case kUniNotWord:
            return !is_word_unicode(c);
        case kUniLineBreak:
            return unicode::is_line_break(c);
        case kUniNotLineBreak:
            return !unicode::is_line_break(c);
        default:
            return false;
    }
}

// Whether `c` is in the set at `set` (a charset program, ending with kFailure).
inline bool in_set(const uint32_t* set, uint32_t c) {
    bool ok = true;
    for (;;) {
        switch (*set++) {
            case kFailure:
                return !ok;
            case kLiteral:
                if (c == set[0]) return ok;
                set++;
                break;
            case kCategory:
                if (in_category(set[0], c)) return ok;
                set++;
                break;
            case kCharset:
                if (c < 256 && set[c >> 5] >> (c & 31) & 1) return ok;
                set += 8;
                break;
            case kRange:
                if (set[0] <= c && c <= set[1]) return ok;
                set += 2;
                break;
            case kRangeUniIgnore: {
                if (set[0] <= c && c <= set[1]) return ok;
                uint32_t upper = upper_unicode(c);
                if (set[0] <= upper && upper <= set[1]) return ok;
                set += 2;
                break;
            }
            case kNegate:
                ok = !ok;
                break;
            case kBigCharset: {
                uint32_t blocks = *set++;
                const uint32_t* bits = set + 64;
                if (c < 0x10000) {
                    uint32_t block = reinterpret_cast<const uint8_t*>(set)[c >> 8];
                    if (bits[block * 8 + (c >> 5 & 7)] >> (c & 31) & 1) return ok;
                }
                set = bits + blocks * 8;
                break;
            }
            default:
                return false;
        }
    }
}
inline bool in_set_locale(const uint32_t* set, uint32_t c) {
    uint32_t lower = lower_locale(c), upper = upper_locale(c);
    return in_set(set, lower) || (upper != lower && in_set(set, upper));
}
inline bool same_locale(uint32_t pattern, uint32_t c) {
    return c == pattern || lower_locale(c) == pattern || upper_locale(c) == pattern;
}

}  // namespace imugi::sre
