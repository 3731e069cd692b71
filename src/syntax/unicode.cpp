// The front end's view of Unicode, by ICU.
#include "syntax/unicode.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

namespace imugi::syntax {

bool is_identifier_start(uint32_t character) {
    if (character < 128) {
        return (character | 32) - 'a' < 26 || character == '_';
    }
    return u_hasBinaryProperty(UChar32(character), UCHAR_XID_START);
}

bool is_identifier_part(uint32_t character) {
    if (character < 128) return is_identifier_start(character) || character - '0' < 10;
    return u_hasBinaryProperty(UChar32(character), UCHAR_XID_CONTINUE);
}

bool is_printable(uint32_t character) {
    if (character < 128) return character >= 32 && character < 127;
    constexpr uint32_t HIDDEN = U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CS_MASK | U_GC_CO_MASK |
                                U_GC_CN_MASK | U_GC_ZL_MASK | U_GC_ZP_MASK | U_GC_ZS_MASK;
    return !(U_GET_GC_MASK(UChar32(character)) & HIDDEN);
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
    if (character < 0x80) {
        to[0] = char(character);
        return 1;
    }
    if (character < 0x800) {
        to[0] = char(0xC0 | character >> 6);
        to[1] = char(0x80 | (character & 0x3F));
        return 2;
    }
    if (character < 0x10000) {
        to[0] = char(0xE0 | character >> 12);
        to[1] = char(0x80 | (character >> 6 & 0x3F));
        to[2] = char(0x80 | (character & 0x3F));
        return 3;
    }
    to[0] = char(0xF0 | character >> 18);
    to[1] = char(0x80 | (character >> 12 & 0x3F));
    to[2] = char(0x80 | (character >> 6 & 0x3F));
    to[3] = char(0x80 | (character & 0x3F));
    return 4;
}

int32_t count_characters(std::string_view text) {
    const char* at = text.data();
    const char* end = at + text.size();
    int32_t count = 0;
    while (at < end) {
        if (uint8_t(*at) < 0x80) {
            at++;
        } else {
            // The cut-off beginning of a character counts one, as a decoder that replaces would
            // have it.
            const char* before = at;
            if (read_utf8(at, end) == 0xFFFD && at == before + 1 && uint8_t(*before) >= 0xC2) {
                while (at < end && (uint8_t(*at) & 0xC0) == 0x80) at++;
            }
        }
        count++;
    }
    return count;
}

std::string_view normalize_identifier(std::string_view text, Arena& arena) {
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2* nfkc = unorm2_getNFKCInstance(&status);
    if (U_FAILURE(status) || text.size() > INT32_MAX / 32) return text;
    auto* wide = arena.make_array<UChar>(text.size());
    if (!wide) return {};
    int32_t length = 0;
    u_strFromUTF8(wide, int32_t(text.size()), &length, text.data(), int32_t(text.size()), &status);
    if (U_FAILURE(status)) return text;
    UBool done = unorm2_isNormalized(nfkc, wide, length, &status);
    if (U_FAILURE(status) || done) return text;
    // NFKC makes at most 18 code units of one; names are short.
    auto* normal = arena.make_array<UChar>(size_t(length) * 18);
    if (!normal) return {};
    int32_t count = unorm2_normalize(nfkc, wide, length, normal, length * 18, &status);
    auto* bytes = arena.make_array<char>(size_t(count) * 3);
    if (!bytes) return {};
    int32_t size = 0;
    u_strToUTF8(bytes, count * 3, &size, normal, count, &status);
    if (U_FAILURE(status)) return text;
    return {bytes, size_t(size)};
}

uint32_t character_by_name(std::string_view name) {
    char buffer[128];
    if (name.size() >= sizeof buffer) return UINT32_MAX;
    for (size_t i = 0; i < name.size(); i++) buffer[i] = name[i];
    buffer[name.size()] = 0;
    for (UCharNameChoice choice : {U_UNICODE_CHAR_NAME, U_CHAR_NAME_ALIAS}) {
        UErrorCode status = U_ZERO_ERROR;
        UChar32 character = u_charFromName(choice, buffer, &status);
        if (U_SUCCESS(status)) return uint32_t(character);
    }
    return UINT32_MAX;
}

}  // namespace imugi::syntax
