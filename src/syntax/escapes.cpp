// Decoding of escapes. The output is never longer than the input but for \N{...} and named
// sequences, which are shorter too: one buffer of the input's size does.
#include "syntax/escapes.h"

#include "syntax/unicode.h"

namespace imugi::syntax {
namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    unsigned letter = unsigned((c | 32) - 'a');
    return letter < 6 ? int(letter) + 10 : -1;
}

// The one-letter escapes, or -1.
int simple_escape(char c) {
    switch (c) {
        case '\\':
            return '\\';
        case '\'':
            return '\'';
        case '"':
            return '"';
        case 'a':
            return 7;
        case 'b':
            return 8;
        case 'f':
            return 12;
        case 'n':
            return 10;
        case 'r':
            return 13;
        case 't':
            return 9;
        case 'v':
            return 11;
        default:
            return -1;
    }
}

uint32_t read_octal(const char*& at, const char* end) {
    uint32_t value = 0;
    for (int i = 0; i < 3 && at < end && *at >= '0' && *at <= '7'; i++)
        value = value * 8 + (*at++ - '0');
    return value;
}

}  // namespace

DecodeResult decode_text_escapes(std::string_view body, Arena& arena) {
    DecodeResult result;
    // A \uXXXX of six bytes gives three at most, \xXX two of four.
    char* buffer = arena.make_array<char>(body.size() + 1);
    if (!buffer) return result;
    char* to = buffer;
    const char* at = body.data();
    const char* end = at + body.size();
    // The codec counts its positions in a text where what is beyond ASCII is ten bytes long,
    // \U0000XXXX.
    size_t stretched = 0;
    auto fail = [&](const char* backslash, const char* stop, const char* message) {
        result.error = message;
        result.error_start = size_t(backslash - body.data()) + stretched;
        result.error_end = size_t(stop - body.data()) + stretched - 1;
        return result;
    };
    while (at < end) {
        if (*at != '\\') {
            if (uint8_t(*at) < 0x80) {
                *to++ = *at++;
            } else {
                const char* before = at;
                read_utf8(at, end);
                memcpy(to, before, size_t(at - before));
                to += at - before;
                stretched += 10 - size_t(at - before);
            }
            continue;
        }
        const char* backslash = at++;
        if (at == end || uint8_t(*at) >= 0x80) {
            // The text of an f-string may end so, before a field.
            *to++ = '\\';
            stretched += 5;
            continue;
        }
        char c = *at++;
        int simple = simple_escape(c);
        if (simple >= 0) {
            *to++ = char(simple);
            continue;
        }
        if (c == '\n') continue;
        if (c >= '0' && c <= '7') {
            at--;
            uint32_t value = read_octal(at, end);
            if (value > 0377 && !result.bad_escape) {
                result.bad_escape = backslash;
                result.bad_octal = true;
            }
            to += write_utf8(to, value);
            continue;
        }
        if (c == 'x' || c == 'u' || c == 'U') {
            int digits = c == 'x' ? 2 : c == 'u' ? 4 : 8;
            uint32_t value = 0;
            int seen = 0;
            while (seen < digits && at < end && hex_value(*at) >= 0) {
                value = value << 4 | uint32_t(hex_value(*at++));
                seen++;
            }
            if (seen < digits) {
                return fail(backslash, at,
                            c == 'x'   ? "truncated \\xXX escape"
                            : c == 'u' ? "truncated \\uXXXX escape"
                                       : "truncated \\UXXXXXXXX escape");
            }
            if (value > 0x10FFFF) return fail(backslash, at, "illegal Unicode character");
            to += write_utf8(to, value);
            continue;
        }
        if (c == 'N') {
            const char* close = at;
            if (at < end && *at == '{') {
                close = static_cast<const char*>(memchr(at, '}', size_t(end - at)));
            }
            if (!close || close <= at + 1) {
                const char* stop = at < end && *at == '{' ? (close ? close + 1 : end) : at;
                return fail(backslash, stop, "malformed \\N character escape");
            }
            uint32_t character = character_by_name({at + 1, size_t(close - at - 1)});
            at = close + 1;
            if (character == UINT32_MAX)
                return fail(backslash, at, "unknown Unicode character name");
            to += write_utf8(to, character);
            continue;
        }
        if (!result.bad_escape) result.bad_escape = backslash;
        *to++ = '\\';
        at--;
    }
    result.text = {buffer, size_t(to - buffer)};
    return result;
}

DecodeResult decode_bytes_escapes(std::string_view body, Arena& arena) {
    DecodeResult result;
    char* buffer = arena.make_array<char>(body.size() + 1);
    if (!buffer) return result;
    char* to = buffer;
    const char* at = body.data();
    const char* end = at + body.size();
    while (at < end) {
        if (*at != '\\') {
            *to++ = *at++;
            continue;
        }
        const char* backslash = at++;
        if (at == end) {
            result.error = "Trailing \\ in string";
            return result;
        }
        char c = *at++;
        int simple = simple_escape(c);
        if (simple >= 0) {
            *to++ = char(simple);
        } else if (c == '\n') {
            continue;
        } else if (c >= '0' && c <= '7') {
            at--;
            uint32_t value = read_octal(at, end);
            if (value > 0377 && !result.bad_escape) {
                result.bad_escape = backslash;
                result.bad_octal = true;
            }
            *to++ = char(value);
        } else if (c == 'x') {
            if (end - at < 2 || hex_value(at[0]) < 0 || hex_value(at[1]) < 0) {
                result.error = "invalid \\x escape at position ";
                result.error_start = size_t(backslash - body.data());
                return result;
            }
            *to++ = char(hex_value(at[0]) << 4 | hex_value(at[1]));
            at += 2;
        } else {
            if (!result.bad_escape) result.bad_escape = backslash;
            *to++ = '\\';
            at--;
        }
    }
    result.text = {buffer, size_t(to - buffer)};
    return result;
}

}  // namespace imugi::syntax
