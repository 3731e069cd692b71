// The _json module: quoting and scanning of strings, and the two types of its other files.
#include "modules/_json/json_module.h"
#include "object/call.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi {

namespace {

bool append_unicode_escape(StrBuilder& out, uint32_t unit) {
    char text[8];
    snprintf(text, sizeof text, "\\u%04x", unit);
    return out.append(text, 6);
}

// The two-character escape, or 0.
char short_escape(uint32_t c) {
    switch (c) {
        case '"':
            return '"';
        case '\\':
            return '\\';
        case '\b':
            return 'b';
        case '\f':
            return 'f';
        case '\n':
            return 'n';
        case '\r':
            return 'r';
        case '\t':
            return 't';
        default:
            return 0;
    }
}

}  // namespace

bool append_json_quoted(StrBuilder& out, const Str& s, bool ascii_only) {
    TRY(out.append(uint32_t{'"'}));
    bool ok = visit_units(s, [&](const auto* units) -> bool {
        size_t plain = 0, length = s.length();
        for (size_t i = 0; i < length; i++) {
            uint32_t c = units[i];
            if (c >= ' ' && c != '"' && c != '\\' && (c < 0x7F || !ascii_only)) continue;
            if (c == 0x7F && !ascii_only) continue;
            if (!out.append(s, plain, i)) return false;
            plain = i + 1;
            if (char letter = short_escape(c)) {
                const char text[] = {'\\', letter};
                if (!out.append(text, 2)) return false;
            } else if (c >= 0x10000) {
                if (!append_unicode_escape(out, 0xD800 + ((c - 0x10000) >> 10)) ||
                    !append_unicode_escape(out, 0xDC00 + ((c - 0x10000) & 0x3FF)))
                    return false;
            } else if (!append_unicode_escape(out, c)) {
                return false;
            }
        }
        return out.append(s, plain, length);
    });
    return ok && out.append(uint32_t{'"'});
}

Owned json_quote(Thread& thread, Str& s, bool ascii_only) {
    StrBuilder out(thread);
    TRY(out.reserve(s.length() + 2));
    TRY(append_json_quoted(out, s, ascii_only));
    return out.finish();
}

Raised raise_decode_failure(Thread& thread, const char* message, Str& s, Index position) {
    Ref<Str> name = make_str(thread, "json.decoder");
    Owned module = name ? import_module(thread, *name) : Owned();
    Owned type = module ? get_attribute(thread, module, ID(JSONDecodeError)) : Owned();
    Ref<Str> text = type ? make_str(thread, message) : Ref<Str>();
    if (!text) return {};
    Owned error = call(thread, type, text, Value::of(s), Value::small_int(position));
    if (error) raise_exception(thread, std::move(error));
    return {};
}

namespace {

// Four hexadecimal digits at `at`; -1 when they are not there.
int32_t hex4(const Str& s, size_t at) {
    if (at + 4 > s.length()) return -1;
    int32_t value = 0;
    for (size_t i = at; i < at + 4; i++) {
        uint32_t c = s[i], lower = c | 32;
        uint32_t digit = c - '0' < 10 ? c - '0' : lower - 'a' < 6 ? lower - 'a' + 10 : 16;
        if (digit > 15) return -1;
        value = value << 4 | static_cast<int32_t>(digit);
    }
    return value;
}

}  // namespace

Owned json_scan_string(Thread& thread, Str& s, size_t begin, bool strict, size_t* end) {
    size_t length = s.length(), at = begin;
    auto unterminated = [&] {
        return raise_decode_failure(thread, "Unterminated string starting at", s,
                                    static_cast<Index>(begin) - 1);
    };
    StrBuilder out(thread);
    for (;;) {
        size_t plain = at;
        uint32_t c = 0;
        visit_units(s, [&](const auto* units) {
            for (; at < length; at++) {
                c = units[at];
                if (c == '"' || c == '\\' || (strict && c < ' ')) break;
            }
        });
        if (at >= length) return unterminated();
        if (c != '"' && c != '\\')
            return raise_decode_failure(thread, "Invalid control character at", s,
                                        static_cast<Index>(at));
        if (c == '"' && plain == begin) {
            *end = at + 1;
            return str_substring(thread, s, begin, at);
        }
        TRY(out.append(s, plain, at));
        at++;
        if (c == '"') break;
        if (at >= length) return unterminated();
        size_t escape = at - 1;
        c = s[at++];
        if (c != 'u') {
            static constexpr char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
            const char* found = c < 128 && c != 0 ? strchr(from, static_cast<char>(c)) : nullptr;
            if (!found)
                return raise_decode_failure(thread, "Invalid \\escape", s,
                                            static_cast<Index>(escape));
            TRY(out.append(static_cast<uint32_t>(to[found - from])));
            continue;
        }
        int32_t unit = hex4(s, at);
        if (unit < 0)
            return raise_decode_failure(thread, "Invalid \\uXXXX escape", s,
                                        static_cast<Index>(escape) + 1);
        at += 4;
        auto character = static_cast<uint32_t>(unit);
        if ((character & 0xFC00) == 0xD800 && at + 6 <= length && s[at] == '\\' &&
            s[at + 1] == 'u') {
            int32_t low = hex4(s, at + 2);
            if (low >= 0 && (low & 0xFC00) == 0xDC00) {
                character =
                    0x10000 + ((character & 0x3FF) << 10) + (static_cast<uint32_t>(low) & 0x3FF);
                at += 6;
            }
        }
        TRY(out.append(character));
    }
    *end = at;
    return out.finish();
}

namespace {

Str* string_argument(Thread& thread, Value value) {
    if (!is_str(value))
        return raise(thread, exc::TypeError, "first argument must be a string, not {}",
                     type_name_of(value));
    return &value.as<Str>();
}

Owned encode_basestring_ascii(Thread& thread, Value object) {
    Str* s = string_argument(thread, object);
    return s ? json_quote(thread, *s, true) : Owned();
}
Owned encode_basestring(Thread& thread, Value object) {
    Str* s = string_argument(thread, object);
    return s ? json_quote(thread, *s, false) : Owned();
}
Owned scanstring(Thread& thread, Value object, Index begin, bool strict) {
    Str* s = string_argument(thread, object);
    if (!s) return {};
    if (begin < 0 || static_cast<size_t>(begin) > s->length())
        return raise(thread, exc::ValueError, "end is out of bounds");
    size_t end;
    Owned text = TRY(json_scan_string(thread, *s, static_cast<size_t>(begin), strict, &end));
    return make_tuple(thread, text, Value::small_int(static_cast<int64_t>(end)));
}

bool execute(Thread& thread, Module& module) {
    return scanner_class.add_to(thread, module) && encoder_class.add_to(thread, module);
}

}  // namespace

const MethodRow json_functions[] = {
    {"encode_basestring_ascii", "(object, /)", fn<encode_basestring_ascii>,
     "The JSON text of a string, in ASCII."},
    {"encode_basestring", "(object, /)", fn<encode_basestring>, "The JSON text of a string."},
    {"scanstring", "(string, end, strict=True, /)", fn<scanstring>,
     "The string literal that begins at end (behind its quote), and where it ends.\n\n"
     "strict: control characters are errors."},
    {},
};

namespace {

ModuleSpec json_module("_json", "json speedups", json_functions, execute);

}  // namespace

}  // namespace imugi
