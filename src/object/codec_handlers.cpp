// See codec_handlers.h. The handlers read the exception's attributes, as any other function would.
#include "object/codec_handlers.h"

#include <cstdio>

#include "base/utf8.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi {

namespace {

// Which Unicode encoding a name means, however it is written.
struct UnicodeEncoding {
    unsigned width = 0;  // 1, 2, 4 bytes; 0: none
    bool big = false;
};
UnicodeEncoding unicode_encoding(const char* name) {
    if (strncasecmp(name, "utf", 3) != 0) return {};
    name += 3;
    if (*name == '-' || *name == '_') name++;
    if (strcmp(name, "8") == 0) return {1, false};
    unsigned width = strncmp(name, "16", 2) == 0 ? 2 : strncmp(name, "32", 2) == 0 ? 4 : 0;
    if (width == 0) return {};
    name += 2;
    if (*name == 0) return {width, false};
    if (*name == '-' || *name == '_') name++;
    if (strcasecmp(name, "le") == 0) return {width, false};
    if (strcasecmp(name, "be") == 0) return {width, true};
    return {};
}

enum class Kind : uint8_t { kEncode, kDecode, kTranslate };

// The exception that a handler was called with, its fields checked and clamped.
struct Problem {
    Kind kind;
    Owned object, encoding;
    size_t start, end, size;

    Str& text() const { return object.as<Str>(); }
    const uint8_t* bytes() const { return object.as<Bytes>().data(); }
    const char* encoding_text(Thread& thread) const { return str_utf8(thread, encoding.as<Str>()); }
};

bool read_problem(Thread& thread, Value error, Problem* problem) {
    Kind kind;
    if (is_instance_of(error, exc::UnicodeEncodeError))
        kind = Kind::kEncode;
    else if (is_instance_of(error, exc::UnicodeDecodeError))
        kind = Kind::kDecode;
    else if (is_instance_of(error, exc::UnicodeTranslateError))
        kind = Kind::kTranslate;
    else
        return raise(thread, exc::TypeError, "don't know how to handle {} in error callback",
                     type_name_of(error));
    problem->kind = kind;
    problem->object = TRY(get_attribute(thread, error, ID(object)));
    if (kind == Kind::kDecode ? !is_bytes(problem->object) : !is_str(problem->object))
        return raise(thread, exc::TypeError, "{} attribute must be {}", "object",
                     kind == Kind::kDecode ? "bytes" : "unicode");
    problem->size = kind == Kind::kDecode ? problem->object.as<Bytes>().size
                                          : problem->object.as<Str>().length();
    if (kind != Kind::kTranslate) {
        problem->encoding = TRY(get_attribute(thread, error, ID(encoding)));
        if (!is_str(problem->encoding))
            return raise(thread, exc::TypeError, "encoding attribute must be unicode");
    }
    Owned start = TRY(get_attribute(thread, error, ID(start)));
    Owned end = TRY(get_attribute(thread, error, ID(end)));
    Index first = TRY(to_ssize_clamped(thread, start));
    Index last = TRY(to_ssize_clamped(thread, end));
    auto size = static_cast<Index>(problem->size);
    if (first < 0) first = 0;
    if (first >= size) first = size == 0 ? 0 : size - 1;
    if (last < 1) last = 1;
    if (last > size) last = size;
    problem->start = static_cast<size_t>(first);
    problem->end = static_cast<size_t>(last);
    return true;
}

Owned answer(Thread& thread, Owned replacement, size_t position) {
    if (!replacement) return {};
    return make_tuple(thread, replacement, Value::small_int(static_cast<int64_t>(position)));
}

Owned again(Thread& thread, Value error) {
    raise_exception(thread, Owned::share(error));
    return {};
}

Raised wrong_kind(Thread& thread, Value error) {
    return raise(thread, exc::TypeError, "don't know how to handle {} in error callback",
                 type_name_of(error));
}

Owned strict_errors(Thread& thread, Value error) {
    if (!is_exception(error))
        return raise(thread, exc::TypeError, "codec must pass exception instance");
    return again(thread, error);
}

Owned ignore_errors(Thread& thread, Value error) {
    Problem problem;
    TRY(read_problem(thread, error, &problem));
    return answer(thread, empty_str(), problem.end);
}

Owned replace_errors(Thread& thread, Value error) {
    Problem problem;
    TRY(read_problem(thread, error, &problem));
    StrBuilder builder(thread);
    size_t count = problem.end > problem.start ? problem.end - problem.start : 0;
    if (problem.kind == Kind::kDecode) count = 1;
    TRY(builder.append_repeated(problem.kind == Kind::kEncode ? '?' : 0xFFFD, count));
    return answer(thread, builder.finish(), problem.end);
}

Owned replace_each(Thread& thread, const Problem& problem, ErrorMode mode) {
    StrBuilder builder(thread);
    for (size_t i = problem.start; i < problem.end; i++)
        TRY(append_replacement(builder, mode, problem.text()[i]));
    return answer(thread, builder.finish(), problem.end);
}

Owned xmlcharrefreplace_errors(Thread& thread, Value error) {
    Problem problem;
    TRY(read_problem(thread, error, &problem));
    if (problem.kind != Kind::kEncode) return wrong_kind(thread, error);
    return replace_each(thread, problem, ErrorMode::kXmlCharRefReplace);
}

Owned namereplace_errors(Thread& thread, Value error) {
    Problem problem;
    TRY(read_problem(thread, error, &problem));
    if (problem.kind != Kind::kEncode) return wrong_kind(thread, error);
    return replace_each(thread, problem, ErrorMode::kNameReplace);
}

Owned backslashreplace_errors(Thread& thread, Value error) {
    Problem problem;
    TRY(read_problem(thread, error, &problem));
    if (problem.kind != Kind::kDecode)
        return replace_each(thread, problem, ErrorMode::kBackslashReplace);
    StrBuilder builder(thread);
    for (size_t i = problem.start; i < problem.end; i++)
        TRY(append_replacement(builder, ErrorMode::kBackslashReplace, problem.bytes()[i]));
    return answer(thread, builder.finish(), problem.end);
}

Owned surrogateescape_errors(Thread& thread, Value error) {
    Problem problem;
    TRY(read_problem(thread, error, &problem));
    if (problem.kind == Kind::kTranslate) return wrong_kind(thread, error);
    if (problem.kind == Kind::kEncode) {
        BytesBuilder builder(thread);
        for (size_t i = problem.start; i < problem.end; i++) {
            uint32_t c = problem.text()[i];
            if (c - 0xDC80 >= 0x80) return again(thread, error);
            TRY(builder.append(static_cast<uint8_t>(c - 0xDC00)));
        }
        return answer(thread, builder.finish(), problem.end);
    }
    StrBuilder builder(thread);
    size_t i = problem.start;
    while (i < problem.end && i < problem.start + 4 && problem.bytes()[i] >= 0x80)
        TRY(builder.append(uint32_t{0xDC00} + problem.bytes()[i++]));
    if (i == problem.start) return again(thread, error);
    return answer(thread, builder.finish(), i);
}

Owned surrogatepass_errors(Thread& thread, Value error) {
    Problem problem;
    TRY(read_problem(thread, error, &problem));
    if (problem.kind == Kind::kTranslate) return wrong_kind(thread, error);
    const char* encoding = problem.encoding_text(thread);
    if (!encoding) return {};
    if (problem.kind == Kind::kEncode) {
        BytesBuilder builder(thread);
        for (size_t i = problem.start; i < problem.end; i++) {
            uint8_t bytes[4];
            size_t width = surrogate_bytes(encoding, problem.text()[i], bytes);
            if (width == 0) return again(thread, error);
            TRY(builder.append(bytes, width));
        }
        return answer(thread, builder.finish(), problem.end);
    }
    uint32_t c;
    size_t width;
    if (!surrogate_at(encoding, problem.bytes(), problem.size, problem.start, &c, &width))
        return again(thread, error);
    return answer(thread, make_str_from_char(thread, c), problem.start + width);
}

const MethodRow rows[] = {
    {"strict_errors", "(error, /)", fn<strict_errors>, "Raises the error: the 'strict' handler."},
    {"ignore_errors", "(error, /)", fn<ignore_errors>, "Leaves out what does not fit: 'ignore'."},
    {"replace_errors", "(error, /)", fn<replace_errors>, "A replacement mark: 'replace'."},
    {"xmlcharrefreplace_errors", "(error, /)", fn<xmlcharrefreplace_errors>,
     "XML character references: 'xmlcharrefreplace'."},
    {"backslashreplace_errors", "(error, /)", fn<backslashreplace_errors>,
     "Backslash escapes: 'backslashreplace'."},
    {"namereplace_errors", "(error, /)", fn<namereplace_errors>,
     "\\N{...} escapes: 'namereplace'."},
    {"surrogatepass", "(error, /)", fn<surrogatepass_errors>, "Surrogates as they are."},
    {"surrogateescape", "(error, /)", fn<surrogateescape_errors>,
     "Undecodable bytes as lone surrogates, and back."},
};
constexpr const char* kNames[] = {
    "strict",           "ignore",      "replace",       "xmlcharrefreplace",
    "backslashreplace", "namereplace", "surrogatepass", "surrogateescape"};

}  // namespace

bool add_standard_handlers(Thread& thread, Dict& handlers) {
    for (size_t i = 0; i < std::size(kNames); i++) {
        Ref<Str> name = TRY(intern(thread, kNames[i]));
        Ref<NativeFunction> function = TRY(make_native_function(thread, rows[i], Value(), Value()));
        TRY(dict_set(thread, handlers, name, function.value()));
    }
    return true;
}

size_t surrogate_bytes(const char* encoding, uint32_t c, uint8_t out[4]) {
    UnicodeEncoding unicode = unicode_encoding(encoding);
    if (!is_surrogate(c) || unicode.width == 0) return 0;
    if (unicode.width == 1) return utf8_put(out, c);
    for (unsigned i = 0; i < unicode.width; i++) {
        unsigned shift = 8 * (unicode.big ? unicode.width - 1 - i : i);
        out[i] = static_cast<uint8_t>(c >> shift);
    }
    return unicode.width;
}

bool surrogate_at(const char* encoding, const uint8_t* data, size_t size, size_t start, uint32_t* c,
                  size_t* width) {
    UnicodeEncoding unicode = unicode_encoding(encoding);
    if (unicode.width == 0) return false;
    *width = unicode.width == 1 ? 3 : unicode.width;
    if (size - start < *width) return false;
    const uint8_t* at = data + start;
    uint32_t value = 0;
    if (unicode.width == 1) {
        if ((at[0] & 0xF0) != 0xE0 || (at[1] & 0xC0) != 0x80 || (at[2] & 0xC0) != 0x80)
            return false;
        value = utf8_take(at);
    } else {
        for (unsigned i = 0; i < unicode.width; i++)
            value |= uint32_t{at[i]} << 8 * (unicode.big ? unicode.width - 1 - i : i);
    }
    *c = value;
    return is_surrogate(value);
}

}  // namespace imugi
