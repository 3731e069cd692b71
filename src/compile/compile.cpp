// The way from source to Code: decode, parse, symbol table, generate; and the parser's errors and
// warnings as Python exceptions.
#include "compile/compile.h"

#include <cstring>

#include "compile/context.h"
#include "compile/generator.h"
#include "compile/session.h"
#include "object/buffer.h"
#include "object/call.h"
#include "object/codecs.h"
#include "object/interpreter.h"
#include "object/tuple.h"
#include "syntax/source_encoding.h"
#include "vm/frame.h"  // lint: allow layer: flags of the calling code are inherited

namespace imugi::compile {

std::atomic<int> default_optimization{0};

namespace {

bool raise_source_error(Thread& thread, Str& filename, Ref<Str> message, Type& type) {
    if (!message) return false;
    Ref<Tuple> place =
        make_tuple(thread, Value::of(filename), Value::small_int(0), Value::small_int(-1), none());
    if (!place) return false;
    Owned exception = call(thread, Value::of(type), message.value(), place.value());
    if (exception) raise_exception(thread, std::move(exception));
    return false;
}

bool give_parser_warnings(CompileContext& context, const syntax::WarningList& warnings) {
    for (const syntax::Warning* it = warnings.first; it; it = it->next) {
        ast::Position at{it->line, it->column - 1, it->end_line, it->end_column - 1};
        Ref<Str> message = make_str(context.thread, it->message.data(), it->message.size());
        TRY(context.warn(at, std::move(message),
                         it->deprecation ? exc::DeprecationWarning : exc::SyntaxWarning));
    }
    return true;
}

// Line ends are made alike, and the last one supplied, before anything is decoded.
Ref<Bytes> with_plain_newlines(Thread& thread, std::string_view bytes) {
    size_t size = bytes.size();
    for (size_t i = 0; i + 1 < bytes.size(); i++) size -= bytes[i] == '\r' && bytes[i + 1] == '\n';
    if (size && bytes.back() != '\n' && bytes.back() != '\r') size++;
    Ref<Bytes> plain = TRY(make_bytes_blank(thread, size));
    uint8_t* to = bytes_blank_data(*plain);
    for (size_t i = 0; i < bytes.size(); i++) {
        bool carriage = bytes[i] == '\r';
        if (carriage && i + 1 < bytes.size() && bytes[i + 1] == '\n') i++;
        *to++ = carriage ? '\n' : static_cast<uint8_t>(bytes[i]);
    }
    if (to != plain->data() + size) *to = '\n';
    return plain;
}

}  // namespace

// PEP 263: the encoding is told by a byte order mark or the cookie in the first two lines.
bool decode_source(Thread& thread, std::string_view bytes, Str& filename, uint32_t flags,
                   Source* out) {
    out->text = bytes;
    if (flags & (kSourceIsUtf8 | kIgnoreCookie)) return true;
    syntax::SourceEncoding encoding = syntax::find_source_encoding(bytes);
    if (encoding.has_conflict() || !encoding.is_utf8()) {
        Ref<Str> cookie = make_str(thread, encoding.cookie.data(), encoding.cookie.size());
        if (!cookie) {
            clear_exception(thread);
            cookie = make_str(thread, "?");
        }
        if (!cookie) return false;
        if (encoding.has_conflict())
            return raise_source_error(thread, filename,
                                      format(thread, "encoding problem: {} with BOM", *cookie),
                                      exc::SyntaxError);
        char name[128];
        size_t size =
            encoding.cookie.size() < sizeof name - 1 ? encoding.cookie.size() : sizeof name - 1;
        memcpy(name, encoding.cookie.data(), size);
        name[size] = 0;
        Ref<Bytes> object = with_plain_newlines(thread, bytes);
        if (!object) return false;
        Owned text = decode_bytes(thread, object->data(), object->size, object, name, "strict");
        if (!text) {
            if (clear_exception_if(thread, exc::LookupError))
                return raise_source_error(thread, filename,
                                          format(thread, "unknown encoding: {}", *cookie),
                                          exc::SyntaxError);
            if (!exception_matches(thread, exc::UnicodeError)) return false;
            Owned reason = take_exception(thread);
            return raise_source_error(thread, filename, Ref<Str>::adopt(str(thread, reason)),
                                      exc::SyntaxError);
        }
        size_t text_size;
        const char* utf8 = str_utf8(thread, text.as<Str>(), &text_size);
        if (!utf8) return false;
        out->text = {utf8, text_size};
        out->kept = std::move(text);
        return true;
    }
    out->text = bytes.substr(encoding.mark_size);
    return true;
}

// What traceback looks for misspelt keywords in: the source from its last whole statement on.
static bool add_metadata(Thread& thread, const syntax::ParseResult& result, std::string_view text,
                         bool from_file) {
    if (!exception_matches(thread, exc::SyntaxError)) return false;
    Owned exception = take_exception(thread);
    Owned source =
        from_file ? Owned::share(none()) : decode_utf8(thread, text.data(), text.size(), "strict");
    if (!source) {
        clear_exception(thread);
        source = Owned::share(none());
    }
    Ref<Tuple> metadata = make_tuple(thread, Value::small_int(result.last_line),
                                     Value::small_int(result.last_column), source.value());
    if (!metadata || !set_attribute(thread, exception, ID(_metadata), metadata))
        clear_exception(thread);
    raise_exception(thread, std::move(exception));
    return true;
}

ast::ModNode* parse_source(Session& session, std::string_view text, const CompileOptions& options) {
    Thread& thread = session.context.thread;
    syntax::ParseOptions parse;
    parse.mode = options.mode;
    parse.type_comments = options.flags & kTypeComments;
    parse.barry_as_bdfl = session.context.has_future(kFutureBarryAsBdfl);
    parse.allow_incomplete_input = options.flags & kAllowIncompleteInput;
    parse.dont_imply_dedent = options.flags & kDontImplyDedent;
    parse.feature_version = options.feature_version;
    parse.max_int_digits =
        interpreter_of(thread).int_max_str_digits.load(std::memory_order_relaxed);
    parse.stack_limit = thread.stack_limit;
    syntax::ParseResult result = syntax::parse(text, parse, session.arena, session.names);
    if (!result.root && !result.error) {
        (void)session.context.no_memory();
        return nullptr;
    }
    if (!give_parser_warnings(session.context, result.warnings)) return nullptr;
    if (result.error) {
        (void)raise_syntax_error(thread, result.error, session.context.filename);
        (void)add_metadata(thread, result, text, options.from_file);
        return nullptr;
    }
    return result.root;
}

Ref<Code> generate(Session& session, ast::ModNode& root) {
    CompileContext& context = session.context;
    if (!read_future_features(context, root) || !warn_about_finally(context, root)) return {};
    SymbolTable symbols(context);
    if (!symbols.build(root)) return {};
    Generator generator(context, symbols);
    return generator.module(root);
}

bool raise_syntax_error(Thread& thread, const syntax::Error& error, Str& filename) {
    Type* type = &exc::SyntaxError;
    switch (error.kind) {
        case syntax::ErrorKind::Memory:
            if (error.message.empty()) return raise_memory_error(thread);
            return raise(thread, exc::MemoryError, "{}",
                         make_str(thread, error.message.data(), error.message.size()).value());
        case syntax::ErrorKind::Value:
            return raise(thread, exc::ValueError, "{}",
                         make_str(thread, error.message.data(), error.message.size()).value());
        case syntax::ErrorKind::Indentation:
            type = &exc::IndentationError;
            break;
        case syntax::ErrorKind::Tab:
            type = &exc::TabError;
            break;
        case syntax::ErrorKind::Incomplete:
            type = &exc::_IncompleteInputError;
            break;
        default:
            break;
    }
    Ref<Str> message = make_str(thread, error.message.data(), error.message.size());
    if (!message) return false;
    Owned text = Owned::share(none());
    if (error.text.data()) {
        text = decode_utf8(thread, error.text.data(), error.text.size(), "replace");
        if (!text) return false;
    }
    auto number = [](int32_t n) { return Value::small_int(n); };
    Ref<Tuple> place =
        make_tuple(thread, Value::of(filename), number(error.line), number(error.column),
                   text.value(), number(error.end_line), number(error.end_column));
    if (!place) return false;
    Owned exception = call(thread, Value::of(*type), message.value(), place.value());
    if (exception) raise_exception(thread, std::move(exception));
    return false;
}

Ref<Code> compile_text(Thread& thread, std::string_view bytes, Str& filename,
                       const CompileOptions& options) {
    Source source;
    if (!decode_source(thread, bytes, filename, options.flags, &source)) return {};
    Session session(thread, filename, options);
    if (!session.init()) return {};
    ast::ModNode* root = parse_source(session, source.text, options);
    if (!root) return {};
    return generate(session, *root);
}

bool build_symbol_table(Thread& thread, std::string_view bytes, Str& filename,
                        const CompileOptions& options,
                        bool (*visit)(Thread& thread, Scope& top, void* argument), void* argument) {
    Source source;
    if (!decode_source(thread, bytes, filename, options.flags, &source)) return false;
    Session session(thread, filename, options);
    if (!session.init()) return false;
    ast::ModNode* root = parse_source(session, source.text, options);
    if (!root || !read_future_features(session.context, *root)) return false;
    SymbolTable symbols(session.context);
    return symbols.build(*root) && visit(thread, symbols.top(), argument);
}

uint32_t inherited_flags(Thread& thread) {
    if (!thread.frame || !thread.frame->code) return 0;
    return thread.frame->code->flags & kFutureMask;
}

static Owned bytes_of_source(Thread& thread, Value source, const char* message) {
    if (is_bytes(source)) return Owned::share(source);
    BufferView view;
    if (!get_buffer(thread, source, view, 0)) {
        if (!exception_matches(thread, exc::TypeError)) return {};
        clear_exception(thread);
        return raise(thread, exc::TypeError, "{}", message);
    }
    Ref<Bytes> bytes = make_bytes_blank(thread, static_cast<size_t>(view.size));
    bool copied = bytes && copy_buffer(thread, view, bytes_blank_data(*bytes), 'C');
    release_buffer(thread, view);
    if (!copied) return {};
    return bytes;
}

bool load_source(Thread& thread, Value source, const char* message, uint32_t* flags, Owned* held,
                 std::string_view* text) {
    if (is_str(source)) {
        size_t size;
        const char* utf8 = str_utf8(thread, source.as<Str>(), &size);
        if (!utf8) return false;
        *text = {utf8, size};
        *flags |= kIgnoreCookie;
        return true;
    }
    *held = TRY(bytes_of_source(thread, source, message));
    *text = {held->as<Bytes>().text(), held->as<Bytes>().size};
    return true;
}

bool check_no_nulls(Thread& thread, std::string_view text) {
    if (!memchr(text.data(), 0, text.size())) return true;
    return raise(thread, exc::SyntaxError, "source code string cannot contain null bytes");
}

}  // namespace imugi::compile
