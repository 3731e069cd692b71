// PEP 263, with CPython's limits: the cookie's line must be a comment, and the second line counts
// only below a blank or commented one.
#include "syntax/source_encoding.h"

#include <cstring>

namespace imugi::syntax {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\f';
}

bool is_name_character(char c) {
    return (c >= '0' && c <= '9') || unsigned((c | 32) - 'a') < 26 || c == '-' || c == '_' ||
           c == '.';
}

// The common spellings of two encodings get one name each.
std::string_view usual_name(std::string_view cookie) {
    char name[13];
    size_t size = cookie.size() < 12 ? cookie.size() : 12;
    for (size_t i = 0; i < size; i++) {
        char c = cookie[i];
        name[i] = c == '_' ? '-' : c >= 'A' && c <= 'Z' ? char(c + 32) : c;
    }
    std::string_view text(name, size);
    auto is = [&](std::string_view wanted) {
        return text.starts_with(wanted) &&
               (text.size() == wanted.size() || text[wanted.size()] == '-');
    };
    if (is("utf-8")) return "utf-8";
    if (is("latin-1") || is("iso-8859-1") || is("iso-latin-1")) return "iso-8859-1";
    return cookie;
}

std::string_view cookie_of(std::string_view line) {
    for (size_t at = line.find("coding"); at != line.npos; at = line.find("coding", at + 1)) {
        size_t next = at + 6;
        if (next >= line.size() || (line[next] != ':' && line[next] != '=')) continue;
        do {
            next++;
        } while (next < line.size() && (line[next] == ' ' || line[next] == '\t'));
        size_t end = next;
        while (end < line.size() && is_name_character(line[end])) end++;
        if (end > next) return usual_name(line.substr(next, end - next));
    }
    return {};
}

}  // namespace

SourceEncoding find_source_encoding(std::string_view bytes) {
    SourceEncoding found;
    if (bytes.starts_with("\xEF\xBB\xBF")) {
        found.mark_size = 3;
        bytes.remove_prefix(3);
    }
    for (int32_t number = 1; number <= 2; number++) {
        size_t end = bytes.find_first_of("\r\n");
        std::string_view line = bytes.substr(0, end);
        size_t start = 0;
        while (start < line.size() && is_blank(line[start])) start++;
        if (start < line.size()) {
            if (line[start] != '#') break;
            found.cookie = cookie_of(line.substr(start));
            if (!found.cookie.empty()) {
                found.cookie_line = number;
                break;
            }
        }
        if (end == bytes.npos) break;
        bytes.remove_prefix(bytes.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
    }
    return found;
}

Utf8Problem find_utf8_problem(std::string_view bytes) {
    auto at = [&](size_t index) { return uint8_t(bytes[index]); };
    size_t size = bytes.size();
    int32_t line = 1;
    for (size_t i = 0; i < size;) {
        uint8_t first = at(i);
        if (first < 0x80) {
            line += first == '\n';
            i++;
            continue;
        }
        size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
        if (first < 0xC2 || first > 0xF4) return {"invalid start byte", i, i + 1, line};
        for (size_t k = 1; k < length; k++) {
            if (i + k >= size) return {"unexpected end of data", i, size, line};
            uint8_t low = 0x80, high = 0xBF;
            if (k == 1) {
                if (first == 0xE0) low = 0xA0;
                if (first == 0xED) high = 0x9F;
                if (first == 0xF0) low = 0x90;
                if (first == 0xF4) high = 0x8F;
            }
            if (at(i + k) < low || at(i + k) > high) {
                return {"invalid continuation byte", i, i + k, line};
            }
        }
        i += length;
    }
    return {};
}

}  // namespace imugi::syntax
