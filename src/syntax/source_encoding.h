// In which encoding a source file is written (PEP 263): byte order mark, and the cookie in its
// first two lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace imugi::syntax {

struct SourceEncoding {
    size_t mark_size = 0;  // 3 with a UTF-8 byte order mark
    // As written in the cookie, but "utf-8" and "iso-8859-1" for their common spellings; empty
    // without one.
    std::string_view cookie{};
    int32_t cookie_line = 0;

    // A mark and a cookie that is not "utf-8": SyntaxError "encoding problem: {cookie} with BOM".
    bool has_conflict() const { return mark_size && !cookie.empty() && cookie != "utf-8"; }
    bool is_utf8() const { return cookie.empty() || cookie == "utf-8"; }
};

// Never fails. Whether the codec exists is for the caller to see: "unknown encoding: {cookie}" for
// a string, "encoding problem: {cookie}" for a file.
SourceEncoding find_source_encoding(std::string_view bytes);

// The first bytes that are no UTF-8, in the words of the codec; `reason` is nullptr if there are
// none.
struct Utf8Problem {
    const char* reason = nullptr;
    size_t start = 0;
    size_t end = 0;    // behind the last byte it is about
    int32_t line = 0;  // from 1
};
Utf8Problem find_utf8_problem(std::string_view bytes);

}  // namespace imugi::syntax
