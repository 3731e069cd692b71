// The front end's view of Unicode, by base/unicode_data.h.
#include "syntax/unicode.h"

#include "base/unicode_data.h"
#include "base/utf8.h"

namespace imugi::syntax {

bool is_identifier_start(uint32_t character) {
    return unicode::is_xid_start(character) || character == '_';
}

bool is_identifier_part(uint32_t character) {
    return unicode::is_xid_continue(character);
}

bool is_printable(uint32_t character) {
    return unicode::is_printable(character);
}

uint32_t read_utf8(const char*& at, const char* end) {
    auto byte = [&](int index) { return uint32_t(uint8_t(at[index])); };
    auto follows = [&](int index) { return at + index < end && (byte(index) & 0xC0) == 0x80; };
    uint32_t first = byte(0);
    if (first < 0x80) {
        at++;
        return first;
    }
    if (first >= 0xC2 && first < 0xE0 && follows(1)) {
        uint32_t character = (first & 0x1F) << 6 | (byte(1) & 0x3F);
        at += 2;
        return character;
    }
    if (first >= 0xE0 && first < 0xF0 && follows(1) && follows(2)) {
        uint32_t character = (first & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
        if (character >= 0x800) {
            at += 3;
            return character;
        }
    }
    if (first >= 0xF0 && first < 0xF5 && follows(1) && follows(2) && follows(3)) {
        uint32_t character = (first & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 |
                             (byte(3) & 0x3F);
        if (character >= 0x10000 && character < 0x110000) {
            at += 4;
            return character;
        }
    }
    at++;
    return 0xFFFD;
}

int write_utf8(char* to, uint32_t character) {
    return int(utf8_put(reinterpret_cast<uint8_t*>(to), character));
}

int32_t count_characters(std::string_view text) {
    const char* at = text.data();
    const char* end = at + text.size();
    int32_t count = 0;
    while (at < end) {
        if (uint8_t(*at) < 0x80) {
            at++;
        } else {
            // The cut-off beginning of a character counts one, any other wrong byte too, as a
            // decoder that replaces would have it.
            const uint8_t first = uint8_t(*at);
            const char* before = at;
            uint32_t character = read_utf8(at, end);
            if (character >= 0xD800 && character <= 0xDFFF) {
                count += 2;  // half a pair: three wrong bytes
            } else if (character == 0xFFFD && at == before + 1 && first >= 0xC2 && first <= 0xF4) {
                uint8_t low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
                uint8_t high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
                int missing = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
                while (at < end && missing-- && uint8_t(*at) >= low && uint8_t(*at) <= high) {
                    at++;
                    low = 0x80;
                    high = 0xBF;
                }
            }
        }
        count++;
    }
    return count;
}

std::string_view normalize_identifier(std::string_view text, Arena& arena) {
    auto* characters = arena.make_array<uint32_t>(text.size());
    if (!characters) return {};
    size_t count = 0;
    const char* at = text.data();
    const char* end = at + text.size();
    while (at < end) characters[count++] = read_utf8(at, end);
    constexpr auto FORM = unicode::Form::nfkc;
    if (unicode::quick_check(FORM, characters, count) == unicode::QuickCheck::yes) return text;
    auto* normal = arena.make_array<uint32_t>(unicode::normalize_room(FORM, characters, count));
    if (!normal) return {};
    count = unicode::normalize(FORM, normal, characters, count);
    char* bytes = arena.make_array<char>(count * 4);
    if (!bytes) return {};
    char* to = bytes;
    for (size_t i = 0; i < count; i++) to += write_utf8(to, normal[i]);
    return {bytes, size_t(to - bytes)};
}

uint32_t character_by_name(std::string_view name) {
    uint32_t character;
    return unicode::lookup(name.data(), name.size(), &character) ? character : UINT32_MAX;
}

}  // namespace imugi::syntax
