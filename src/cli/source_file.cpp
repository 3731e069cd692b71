// See source_file.h. CPython reads a file line by line, so that the first line in question is the
// one it complains about.
#include "cli/source_file.h"

#include <algorithm>
#include <cstring>

#include "object/call.h"
#include "object/codecs.h"
#include "object/errors.h"
#include "object/exception.h"
#include "object/str.h"
#include "object/tuple.h"
#include "syntax/source_encoding.h"

namespace imugi {

namespace {

bool raise_null_byte(Thread& thread, std::string_view bytes, size_t position, Str& filename) {
    size_t begin = position;
    while (begin > 0 && bytes[begin - 1] != '\n') begin--;
    auto line = 1 + std::count(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(begin), '\n');
    Owned text = decode_utf8(thread, bytes.data() + begin, position - begin, "replace");
    if (!text) return false;
    Ref<Str> message = make_str(thread, "source code cannot contain null bytes");
    if (!message) return false;
    Value number = Value::small_int(line);
    Ref<Tuple> place = make_tuple(thread, Value::of(filename), number, Value::small_int(0), text,
                                  number, Value::small_int(0));
    if (!place) return false;
    Owned exception = call(thread, Value::of(exc::SyntaxError), message.value(), place.value());
    if (exception) raise_exception(thread, std::move(exception));
    return false;
}

}  // namespace

bool check_source_file(Thread& thread, std::string_view bytes, Str& filename) {
    syntax::SourceEncoding encoding = syntax::find_source_encoding(bytes);
    if (encoding.has_conflict() || !encoding.is_utf8()) {
        Owned cookie =
            decode_utf8(thread, encoding.cookie.data(), encoding.cookie.size(), "replace");
        if (!cookie) return false;
        if (encoding.has_conflict())
            return raise(thread, exc::SyntaxError, "encoding problem: {} with BOM", cookie);
        const char* name = str_utf8(thread, cookie.as<Str>(), nullptr);
        if (!name) return false;
        Owned codec = codec_lookup(thread, name);
        if (codec) return true;
        if (!clear_exception_if(thread, exc::LookupError)) return false;
        return raise(thread, exc::SyntaxError, "encoding problem: {}", cookie);
    }
    const void* null = memchr(bytes.data(), 0, bytes.size());
    size_t limit =
        null ? static_cast<size_t>(static_cast<const char*>(null) - bytes.data()) : bytes.size();
    if (encoding.cookie.empty()) {
        syntax::Utf8Problem problem = syntax::find_utf8_problem(bytes.substr(0, limit));
        if (problem.reason) {
            char byte[8];
            snprintf(byte, sizeof byte, "\\x%02x", static_cast<uint8_t>(bytes[problem.start]));
            return raise(thread, exc::SyntaxError,
                         "Non-UTF-8 code starting with '{}' in file {} on line {}, but no encoding "
                         "declared; see https://peps.python.org/pep-0263/ for details",
                         byte, filename, problem.line);
        }
    }
    return !null || raise_null_byte(thread, bytes, limit, filename);
}

}  // namespace imugi
