// repr() and ascii() of str. Text is immutable: no locks.
#include "base/unicode_data.h"
#include "object/str.h"

namespace imugi {

namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

bool append_escape(StrBuilder& builder, uint32_t c) {
    char text[10] = {'\\'};
    int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
    text[1] = digits == 2 ? 'x' : digits == 4 ? 'u' : 'U';
    for (int i = 0; i < digits; i++) text[2 + i] = kHexDigits[c >> (digits - 1 - i) * 4 & 15];
    return builder.append(text, static_cast<size_t>(digits + 2));
}

Owned quoted(Thread& thread, Str& s, bool ascii_only) {
    bool single = str_find_char(s, '\'', 0, s.length()) >= 0;
    bool with_double = single && str_find_char(s, '"', 0, s.length()) >= 0;
    uint32_t quote = single && !with_double ? '"' : '\'';
    StrBuilder builder(thread);
    TRY(builder.reserve(s.length() + 2));
    TRY(builder.append(quote));
    size_t plain = 0;  // begin of the run of characters that stand for themselves
    for (size_t i = 0; i < s.length(); i++) {
        uint32_t c = s[i];
        const char* escape = nullptr;
        if (c == quote || c == '\\') {
            escape = c == '\\' ? "\\\\" : "\\'";
        } else if (c < 0x20) {
            if (c == '\n') escape = "\\n";
            if (c == '\t') escape = "\\t";
            if (c == '\r') escape = "\\r";
        } else if (c < 0x7F || (c > 0x7F && !ascii_only && unicode::is_printable(c))) {
            continue;
        }
        TRY(builder.append(s, plain, i));
        plain = i + 1;
        TRY(escape ? builder.append(escape) : append_escape(builder, c));
    }
    TRY(builder.append(s, plain, s.length()));
    TRY(builder.append(quote));
    return builder.finish();
}

}  // namespace

Owned str_repr(Thread& thread, Str& s) {
    return quoted(thread, s, false);
}

Owned str_ascii(Thread& thread, Str& s) {
    return quoted(thread, s, true);
}

}  // namespace imugi
