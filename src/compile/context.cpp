// Known names, errors and warnings of a compilation.
#include "compile/context.h"

#include <fcntl.h>
#include <unistd.h>

#include "object/attribute.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi::compile {

bool KnownNames::init(syntax::NameTable& names) {
#define NAME(field, text) \
    if (!(field = names.intern(text))) return false;
    IMUGI_COMPILE_NAMES(NAME)
#undef NAME
    return true;
}

ast::IdentifierRef CompileContext::intern(std::string_view text) {
    return names.intern(text);
}

Ref<Str> str_of(Thread& thread, ast::IdentifierRef name) {
    Ref<Str> text = make_str(thread, name->data, name->size);
    if (!text) return {};
    return imugi::intern(thread, std::move(text));
}

namespace {

// A line of the file that is compiled, for the error's `text`; None when it cannot be read.
Owned line_of_file(Thread& thread, Str& filename, int line) {
    size_t size;
    const char* path = str_utf8(thread, filename, &size);
    if (!path) {
        clear_exception(thread);
        return Owned::share(none());
    }
    if (line < 1 || size == 0 || path[0] == '<') return Owned::share(none());
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) return Owned::share(none());
    constexpr size_t kLongest = 4096;
    char buffer[4096], text[kLongest];
    size_t length = 0;
    int current = 1;
    bool done = false;
    while (!done) {
        ssize_t got = read(file, buffer, sizeof buffer);
        if (got <= 0) break;
        for (ssize_t i = 0; i < got && !done; i++) {
            if (current == line && length < kLongest) text[length++] = buffer[i];
            if (buffer[i] == '\n') done = current++ == line;
        }
    }
    close(file);
    if (length == 0) return Owned::share(none());
    Owned decoded = decode_utf8(thread, text, length, "replace");
    if (decoded) return decoded;
    clear_exception(thread);
    return Owned::share(none());
}

}  // namespace

Raised CompileContext::error(const ast::Position& position, Ref<Str> message) {
    if (!message) return {};
    auto number = [](int32_t n) { return Value::small_int(n); };
    Owned text = line_of_file(thread, filename, position.line);
    if (!text) return {};
    Ref<Tuple> place =
        make_tuple(thread, Value::of(filename), number(position.line), number(position.column + 1),
                   text.value(), number(position.end_line),
                   number(position.end_column < 0 ? position.end_column : position.end_column + 1));
    if (!place) return {};
    Owned exception = call(thread, Value::of(exc::SyntaxError), message.value(), place.value());
    if (exception) raise_exception(thread, std::move(exception));
    return {};
}

bool CompileContext::warn(const ast::Position& position, Ref<Str> message, Type& category) {
    return warn_syntax(*this, position, std::move(message), category);
}

bool warn_syntax(CompileContext& context, const ast::Position& position, Ref<Str> message,
                 Type& category) {
    if (!message) return false;
    Thread& thread = context.thread;
    Owned warnings = dict_get(thread, interpreter_of(thread).modules.as<Dict>(), ID(_warnings));
    if (!warnings) return false;
    // Before the module is there (start-up) nobody can ask for warnings.
    if (warnings.is_nothing()) return true;
    Owned function = get_attribute(thread, warnings, ID(warn_explicit));
    if (!function) return false;
    Owned result = call(thread, function, message.value(), Value::of(category),
                        Value::of(context.filename), Value::small_int(position.line));
    if (result) return true;
    if (!exception_matches(thread, category)) return false;
    // The filters make it an error: that is a SyntaxError then.
    clear_exception(thread);
    return context.error(position, std::move(message));
}

}  // namespace imugi::compile
