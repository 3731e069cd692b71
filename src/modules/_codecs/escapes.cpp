// Backslash escapes: unicode_escape, raw_unicode_escape, and the escapes of bytes literals.
#include <cstdio>

#include "base/unicode_data.h"
#include "modules/_codecs/codecs_module.h"

namespace imugi {

namespace {

int hex_digit(uint8_t c) {
    if (c >= '0' && c <= '9') return c - '0';
    uint8_t lower = c | 32;
    if (lower >= 'a' && lower <= 'f') return lower - 'a' + 10;
    return -1;
}

bool warn_invalid_escape(Thread& thread, const char* before, char c) {
    return warn(thread, exc::DeprecationWarning, 1,
                TRY(format(thread,
                           "\"{}\\{}\" is an invalid escape sequence. Such sequences will not work "
                           "in the future. ",
                           before, c)));
}
bool warn_invalid_octal(Thread& thread, const uint8_t* digits) {
    char text[4] = {static_cast<char>(digits[0]), static_cast<char>(digits[1]),
                    static_cast<char>(digits[2]), 0};
    return warn(thread, exc::DeprecationWarning, 1,
                TRY(format(thread,
                           "\"\\{}\" is an invalid octal escape sequence. Such sequences will not "
                           "work in the future. ",
                           text)));
}

// What stands for itself behind a backslash, 0 for none.
char simple_escape(uint8_t c) {
    switch (c) {
        case '\\':
        case '\'':
        case '"':
            return static_cast<char>(c);
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 't':
            return '\t';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 'v':
            return '\v';
        case 'a':
            return '\a';
        default:
            return 0;
    }
}

// Reads up to three octal digits.
uint32_t read_octal(const uint8_t* data, size_t size, size_t* at) {
    uint32_t value = 0;
    for (int i = 0; i < 3 && *at < size && data[*at] >= '0' && data[*at] <= '7'; i++)
        value = value * 8 + (data[(*at)++] - '0');
    return value;
}

// The outcome of one escape sequence.
enum class Step : uint8_t { kDone, kFailed, kIncomplete };

// \xXX, \uXXXX, \UXXXXXXXX behind the letter.
Step hex_escape(Decoder& decoder, size_t start, size_t digits, bool final) {
    static constexpr const char* kTruncated[] = {
        "truncated \\xXX escape", "truncated \\uXXXX escape", "truncated \\UXXXXXXXX escape"};
    const char* reason = kTruncated[digits == 2 ? 0 : digits == 4 ? 1 : 2];
    size_t at = start + 2;
    uint32_t c = 0;
    for (size_t i = 0; i < digits; i++, at++) {
        int digit = at < decoder.size ? hex_digit(decoder.data[at]) : -1;
        if (digit < 0) {
            if (at >= decoder.size && !final) return Step::kIncomplete;
            return decoder.error(start, at, reason) ? Step::kDone : Step::kFailed;
        }
        c = c << 4 | static_cast<uint32_t>(digit);
    }
    if (c > max_code_point)
        return decoder.error(start, at, "illegal Unicode character") ? Step::kDone : Step::kFailed;
    decoder.at = at;
    return decoder.out.append(c) ? Step::kDone : Step::kFailed;
}

// \N{name}
Step name_escape(Decoder& decoder, size_t start, bool final) {
    size_t at = start + 2;
    const char* reason = "malformed \\N character escape";
    if (at >= decoder.size && !final) return Step::kIncomplete;
    if (at < decoder.size && decoder.data[at] == '{') {
        size_t begin = ++at;
        while (at < decoder.size && decoder.data[at] != '}') at++;
        if (at >= decoder.size && !final) return Step::kIncomplete;
        if (at < decoder.size && at > begin) {
            uint32_t c;
            auto* name = reinterpret_cast<const char*>(decoder.data + begin);
            if (unicode::lookup(name, at - begin, &c)) {
                decoder.at = at + 1;
                return decoder.out.append(c) ? Step::kDone : Step::kFailed;
            }
            at++;
            reason = "unknown Unicode character name";
        } else if (at < decoder.size) {
            at++;
        }
    }
    return decoder.error(start, at, reason) ? Step::kDone : Step::kFailed;
}

Step unicode_escape(Decoder& decoder, bool final) {
    size_t start = decoder.at;
    if (start + 1 >= decoder.size) {
        if (!final) return Step::kIncomplete;
        return decoder.error(start, decoder.size, "\\ at end of string") ? Step::kDone
                                                                         : Step::kFailed;
    }
    uint8_t c = decoder.data[start + 1];
    size_t after = start + 2;
    if (c == 'x') return hex_escape(decoder, start, 2, final);
    if (c == 'u') return hex_escape(decoder, start, 4, final);
    if (c == 'U') return hex_escape(decoder, start, 8, final);
    if (c == 'N') return name_escape(decoder, start, final);
    bool ok = true;
    if (c == '\n') {
        // A line continued: nothing.
    } else if (char simple = simple_escape(c)) {
        ok = decoder.out.append(static_cast<uint32_t>(simple));
    } else if (c >= '0' && c <= '7') {
        after = start + 1;
        uint32_t value = read_octal(decoder.data, decoder.size, &after);
        if (!final && after == decoder.size && after - start < 4) return Step::kIncomplete;
        ok = (value <= 0xFF || warn_invalid_octal(decoder.thread(), decoder.data + start + 1)) &&
             decoder.out.append(value);
    } else {
        ok = warn_invalid_escape(decoder.thread(), "", static_cast<char>(c)) &&
             decoder.out.append(uint32_t{'\\'}) && decoder.out.append(uint32_t{c});
    }
    decoder.at = after;
    return ok ? Step::kDone : Step::kFailed;
}

bool append_latin1(Decoder& decoder, size_t end) {
    for (; decoder.at < end; decoder.at++)
        TRY(decoder.out.append(uint32_t{decoder.data[decoder.at]}));
    return true;
}

bool append_hex(BytesBuilder& builder, char letter, uint32_t c, int digits) {
    char text[12];
    int size = snprintf(text, sizeof text, "\\%c%0*x", letter, digits, c);
    return builder.append(text, static_cast<size_t>(size));
}

}  // namespace

Owned decode_unicode_escape(Thread& thread, const uint8_t* data, size_t size, const char* errors,
                            size_t* consumed) {
    bool final = consumed == nullptr;
    Decoder decoder(thread, "unicodeescape", data, size, errors);
    while (decoder.at < decoder.size) {
        size_t end = decoder.at;
        while (end < decoder.size && decoder.data[end] != '\\') end++;
        TRY(append_latin1(decoder, end));
        if (end == decoder.size) break;
        Step step = unicode_escape(decoder, final);
        if (step == Step::kFailed) return {};
        if (step == Step::kIncomplete) break;
    }
    if (consumed) *consumed = decoder.at;
    return decoder.out.finish();
}

Owned decode_raw_unicode_escape(Thread& thread, const uint8_t* data, size_t size,
                                const char* errors, size_t* consumed) {
    bool final = consumed == nullptr;
    Decoder decoder(thread, "rawunicodeescape", data, size, errors);
    while (decoder.at < decoder.size) {
        size_t start = decoder.at;
        while (start < decoder.size && decoder.data[start] != '\\') start++;
        TRY(append_latin1(decoder, start));
        if (start == decoder.size) break;
        if (start + 1 == decoder.size) {
            if (final) TRY(append_latin1(decoder, decoder.size));
            break;
        }
        uint8_t c = decoder.data[start + 1];
        if (c != 'u' && c != 'U') {
            // The pair stands for itself, so that an escaped backslash escapes nothing.
            TRY(append_latin1(decoder, start + 2));
            continue;
        }
        size_t digits = c == 'u' ? 4 : 8, at = start + 2;
        uint32_t value = 0;
        for (; at < decoder.size && at < start + 2 + digits && hex_digit(decoder.data[at]) >= 0;
             at++)
            value = value << 4 | static_cast<uint32_t>(hex_digit(decoder.data[at]));
        if (at < start + 2 + digits) {
            if (at == decoder.size && !final) break;
            TRY(decoder.error(
                start, at, c == 'u' ? "truncated \\uXXXX escape" : "truncated \\UXXXXXXXX escape"));
        } else if (value > max_code_point) {
            TRY(decoder.error(start, at, "\\Uxxxxxxxx out of range"));
        } else {
            TRY(decoder.out.append(value));
            decoder.at = at;
        }
    }
    if (consumed) *consumed = decoder.at;
    return decoder.out.finish();
}

Owned encode_unicode_escape(Thread& thread, Str& s) {
    BytesBuilder builder(thread);
    TRY(builder.reserve(s.length()));
    for (size_t i = 0; i < s.length(); i++) {
        uint32_t c = s[i];
        if (c == '\\' || c == '\t' || c == '\n' || c == '\r') {
            char text[] = {'\\', c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : '\\'};
            TRY(builder.append(text, 2));
        } else if (c >= ' ' && c < 0x7F) {
            TRY(builder.append(static_cast<uint8_t>(c)));
        } else if (c < 0x100) {
            TRY(append_hex(builder, 'x', c, 2));
        } else if (c < 0x10000) {
            TRY(append_hex(builder, 'u', c, 4));
        } else {
            TRY(append_hex(builder, 'U', c, 8));
        }
    }
    return builder.finish();
}

Owned encode_raw_unicode_escape(Thread& thread, Str& s) {
    BytesBuilder builder(thread);
    TRY(builder.reserve(s.length()));
    for (size_t i = 0; i < s.length(); i++) {
        uint32_t c = s[i];
        if (c < 0x100)
            TRY(builder.append(static_cast<uint8_t>(c)));
        else if (c < 0x10000)
            TRY(append_hex(builder, 'u', c, 4));
        else
            TRY(append_hex(builder, 'U', c, 8));
    }
    return builder.finish();
}

Owned decode_escape(Thread& thread, const uint8_t* data, size_t size, const char* errors) {
    BytesBuilder builder(thread);
    for (size_t i = 0; i < size;) {
        if (data[i] != '\\') {
            TRY(builder.append(data[i++]));
            continue;
        }
        size_t start = i++;
        if (i == size) return raise(thread, exc::ValueError, "Trailing \\ in string");
        uint8_t c = data[i++];
        if (c == '\n') continue;
        if (char simple = simple_escape(c)) {
            TRY(builder.append(static_cast<uint8_t>(simple)));
        } else if (c >= '0' && c <= '7') {
            i--;
            uint32_t value = read_octal(data, size, &i);
            if (value > 0xFF) TRY(warn_invalid_octal(thread, data + start + 1));
            TRY(builder.append(static_cast<uint8_t>(value)));
        } else if (c == 'x') {
            if (i + 1 < size && hex_digit(data[i]) >= 0 && hex_digit(data[i + 1]) >= 0) {
                TRY(builder.append(
                    static_cast<uint8_t>(hex_digit(data[i]) << 4 | hex_digit(data[i + 1]))));
                i += 2;
                continue;
            }
            ErrorMode mode = error_mode(errors);
            if (mode == ErrorMode::kStrict)
                return raise(thread, exc::ValueError, "invalid \\x escape at position {}",
                             static_cast<int64_t>(start));
            if (mode == ErrorMode::kReplace)
                TRY(builder.append('?'));
            else if (mode != ErrorMode::kIgnore)
                return raise(thread, exc::ValueError,
                             "decoding error; unknown error handling code: {}", errors);
            if (i < size && hex_digit(data[i]) >= 0) i++;
        } else {
            TRY(warn_invalid_escape(thread, "", static_cast<char>(c)));
            TRY(builder.append('\\'));
            TRY(builder.append(c));
        }
    }
    return builder.finish();
}

Owned encode_escape(Thread& thread, const uint8_t* data, size_t size) {
    BytesBuilder builder(thread);
    for (size_t i = 0; i < size; i++) {
        uint8_t c = data[i];
        char letter = c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : 0;
        if (c == '\'' || c == '\\') letter = static_cast<char>(c);
        if (letter) {
            TRY(builder.append('\\'));
            TRY(builder.append(static_cast<uint8_t>(letter)));
        } else if (c < ' ' || c >= 0x7F) {
            TRY(append_hex(builder, 'x', c, 2));
        } else {
            TRY(builder.append(c));
        }
    }
    return builder.finish();
}

}  // namespace imugi
