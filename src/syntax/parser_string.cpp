// String literals: decoding, f- and t-strings with their fields, and the joining of neighbours.
#include "syntax/escapes.h"
#include "syntax/parser_impl.h"

namespace imugi::syntax {

using namespace ast;
using enum TokenKind;

// Collects the pieces of one run of string tokens.
class StringBuilder {
  public:
    using Expr = Parser::Expr;
    explicit StringBuilder(Parser& parser) : parser_(parser) {}

    Expr build();

  private:
    bool plain(const Token& token);
    bool formatted();
    bool text_piece(const Token& token, bool raw, Expr& made);
    // `in_spec`: a field within a format spec is a FormattedValue in t-strings too.
    bool field(bool raw, char prefix, bool in_spec);
    Expr format_spec(bool raw, char prefix);
    bool decode(const Token& token, std::string_view body, bool raw, bool bytes,
                std::string_view& text);
    bool fail(std::string_view message);
    Expr constant(const Position& position, ConstantKind kind, std::string_view text);
    bool join(size_t mark, bool keep_empty, Parser::Seq<Expr>& list);
    std::string_view debug_text(uint32_t begin, uint32_t end);

    Parser& parser_;
    // The text of an f-string is decoded when its end is known: what is wrong in a field comes
    // first.
    std::string_view deferred_{};
    bool in_spec_ = false;
};

namespace {

bool is_string_start(TokenKind kind) {
    return kind == STRING || kind == FSTRING_START || kind == TSTRING_START;
}

Constant* as_text(ExprNode* node) {
    auto* constant = node->if_is<Constant>();
    return constant && constant->value.kind == ConstantKind::Str ? constant : nullptr;
}

bool is_ascii(std::string_view text) {
    for (char c : text) {
        if (uint8_t(c) >= 128) return false;
    }
    return true;
}

bool has_raw_prefix(std::string_view text) {
    for (char c : text) {
        if (c == '\'' || c == '"') return false;
        if (c == 'r' || c == 'R') return true;
    }
    return false;
}

}  // namespace

StringBuilder::Expr StringBuilder::constant(const Position& position, ConstantKind kind,
                                            std::string_view text) {
    ConstantValue value;
    value.kind = kind;
    value.text = text.data() ? text : std::string_view("", 0);
    return parser_.make<Constant>(position, value, std::string_view());
}

// Complains, and returns true when that has to wait.
bool StringBuilder::fail(std::string_view message) {
    TokenKind kind = parser_.previous().kind;
    if ((kind == FSTRING_MIDDLE || kind == TSTRING_MIDDLE) && !in_spec_) {
        if (!deferred_.data()) deferred_ = message;
        return true;
    }
    parser_.error(parser_.tokens_.last(), message);
    return false;
}

bool StringBuilder::decode(const Token& token, std::string_view body, bool raw, bool bytes,
                           std::string_view& text) {
    text = "";
    bool has_escapes = !raw && memchr(body.data(), '\\', body.size());
    if (!bytes && !is_ascii(body)) {
        // Beside escapes each run of other characters is decoded by itself.
        std::string_view rest = body;
        while (!rest.empty()) {
            size_t start = 0, end = rest.size();
            if (has_escapes) {
                while (start < rest.size() && uint8_t(rest[start]) < 128) start++;
                end = start;
                while (end < rest.size() && uint8_t(rest[end]) >= 128) end++;
            }
            std::string_view problem =
                parser_.tokenizer_.describe_utf8_problem(rest.substr(start, end - start));
            if (problem.data()) return fail(problem);
            rest.remove_prefix(end);
        }
    }
    if (!has_escapes) {
        text = body;
        return true;
    }
    DecodeResult result = bytes ? decode_bytes_escapes(body, parser_.arena_)
                                : decode_text_escapes(body, parser_.arena_);
    Tokenizer& tokenizer = parser_.tokenizer_;
    if (result.error.data()) {
        int size = int(result.error.size());
        std::string_view message;
        if (!bytes) {
            const char* form = "(unicode error) 'unicodeescape' codec can't decode byte";
            message =
                result.error_start == result.error_end
                    ? tokenizer.format("%s 0x%02x in position %zu: %.*s", form, '\\',
                                       result.error_start, size, result.error.data())
                    : tokenizer.format("%ss in position %zu-%zu: %.*s", form, result.error_start,
                                       result.error_end, size, result.error.data());
        } else if (result.error.back() == ' ') {
            message = tokenizer.format("(value error) %.*s%zu", size, result.error.data(),
                                       result.error_start);
        } else {
            message = tokenizer.format("(value error) %.*s", size, result.error.data());
        }
        return fail(message);
    }
    if (!result.text.data()) {
        parser_.out_of_memory();
        return false;
    }
    // Of a backslash before a brace in an f-string the tokenizer has warned.
    bool warned =
        result.bad_escape &&
        (token.kind == TokenKind::FSTRING_MIDDLE || token.kind == TokenKind::TSTRING_MIDDLE) &&
        (result.bad_escape[1] == '{' || result.bad_escape[1] == '}');
    if (result.bad_escape && !warned && tokenizer.warns_of_escapes() &&
        tokenizer.is_first_visit(token)) {
        const char* escape = result.bad_escape;
        char shown[8];
        int size = 1;
        shown[0] = '\\';
        if (result.bad_octal) {
            for (; size < 4; size++) shown[size] = escape[size];
        } else {
            shown[size] = escape[1];
            for (size++; size < 5 && (uint8_t(escape[size]) & 0xC0) == 0x80; size++) {
                shown[size] = escape[size];
            }
        }
        const char* what = result.bad_octal ? "octal escape" : "escape";
        std::string_view message = tokenizer.format(
            "\"%.*s\" is an invalid %s sequence. Such sequences will not work in the future. Did "
            "you mean \"\\%.*s\"? A raw string is also an option.",
            size, shown, what, size, shown);
        std::string_view as_error = tokenizer.format(
            "\"%.*s\" is an invalid %s sequence. Did you mean \"\\%.*s\"? A raw string is also an "
            "option.",
            size, shown, what, size, shown);
        int32_t line = token.line;
        for (const char* at = tokenizer.text().data() + token.start; at < escape; at++) {
            line += *at == '\n';
        }
        tokenizer.warn(message, as_error, line, token.column + 1, token.end_line,
                       token.end_column + 1);
    }
    text = result.text;
    return true;
}

bool StringBuilder::plain(const Token& token) {
    std::string_view text = parser_.tokens_.text(token);
    bool bytes = false, raw = false, unicode = false;
    size_t prefix = 0;
    for (; text[prefix] != '\'' && text[prefix] != '"'; prefix++) {
        char lower = char(text[prefix] | 32);
        bytes |= lower == 'b';
        raw |= lower == 'r';
        unicode |= text[prefix] == 'u';
    }
    size_t quote = text.size() >= prefix + 6 && text[prefix + 1] == text[prefix] &&
                           text[prefix + 2] == text[prefix]
                       ? 3
                       : 1;
    std::string_view body = text.substr(prefix + quote, text.size() - prefix - 2 * quote);
    if (bytes) {
        for (char c : body) {
            if (uint8_t(c) < 128) continue;
            parser_.error(token, "bytes can only contain ASCII literal characters");
            return false;
        }
    }
    std::string_view decoded;
    if (!decode(token, body, raw, bytes, decoded)) return false;
    Expr made =
        constant(Parser::of(token), bytes ? ConstantKind::Bytes : ConstantKind::Str, decoded);
    if (made && unicode) made->as<Constant>()->kind = "u";
    return made && parser_.push(made);
}

bool StringBuilder::text_piece(const Token& token, bool raw, Expr& made) {
    std::string_view decoded;
    if (!decode(token, parser_.tokens_.text(token), raw, false, decoded)) return false;
    Position position = Parser::of(token);
    position.end_column += token.doubled;
    made = constant(position, ConstantKind::Str, decoded);
    return made;
}

// The source between a field's brace and what ends its expression, without comments.
std::string_view StringBuilder::debug_text(uint32_t begin, uint32_t end) {
    std::string_view source = parser_.tokenizer_.text().substr(begin, end - begin);
    if (!memchr(source.data(), '#', source.size())) return source;
    char* kept = parser_.arena_.make_array<char>(source.size() + 1);
    if (!kept) {
        parser_.out_of_memory();
        return {};
    }
    size_t size = 0;
    char quote = 0;
    for (size_t i = 0; i < source.size(); i++) {
        char c = source[i];
        if (!quote && c == '#') {
            while (i < source.size() && source[i] != '\n') i++;
            if (i < source.size()) kept[size++] = '\n';
            continue;
        }
        if (c == '"' || c == '\'') quote = !quote ? c : quote == c ? 0 : quote;
        kept[size++] = c;
    }
    return {kept, size};
}

// One `{...}`, pushed as one expression, or as two with `=`.
bool StringBuilder::field(bool raw, char prefix, bool in_spec) {
    Parser& p = parser_;
    uint32_t start = p.position_;
    uint32_t expression_start = p.token().end;
    p.advance();
    Expr value = p.yield_or_star_expressions();
    if (!value) return false;
    bool debug = p.accept(EQUAL);
    uint32_t behind = p.position_;
    TokenKind next = p.kind();
    if (next != EXCLAMATION && next != COLON && next != RBRACE) return false;
    int32_t conversion = -1;
    Token letter;
    if (p.accept(EXCLAMATION)) {
        if (!p.at(NAME) && !is_keyword(p.kind())) return false;
        const Token mark = p.previous();
        const Token token = p.token();
        if (!p.at(NAME)) return false;
        std::string_view text = p.tokens_.text(token);
        if (mark.end_line != token.line || mark.end_column != token.column) {
            p.error(mark, token,
                    p.tokenizer_.format("%c-string: conversion type must come right after the "
                                        "exclamanation mark",
                                        prefix));
            return false;
        }
        letter = token;
        conversion = text.size() == 1 ? text[0] : 0;
        p.advance();
    }
    Expr spec = nullptr;
    if (p.at(COLON) && !(spec = format_spec(raw, prefix))) return false;
    if (!p.accept(RBRACE)) return false;
    if (conversion >= 0 && conversion != 's' && conversion != 'r' && conversion != 'a') {
        std::string_view text = p.tokens_.text(letter);
        p.error(letter, p.tokenizer_.format("%c-string: invalid conversion character '%.*s': "
                                            "expected 's', 'r', or 'a'",
                                            prefix, int(text.size()), text.data()));
        return false;
    }
    Position position = p.from(start);
    const Token& end = p.tokens_.at(behind);
    std::string_view source = debug_text(expression_start, end.start);
    if (!source.data() && p.failed()) return false;
    if (debug) {
        if (conversion < 0 && !spec) conversion = 'r';
        bool closing = end.kind == RBRACE;
        Position where = {position.line, position.column + 1, end.line,
                          closing ? end.column : end.column};
        Expr text = constant(where, ConstantKind::Str, source);
        if (!text || !p.push(text)) return false;
    }
    Expr made;
    if (prefix == 't' && !in_spec) {
        size_t size = source.size();
        while (size && (source[size - 1] == '=' || source[size - 1] == ' ' ||
                        (source[size - 1] >= '\t' && source[size - 1] <= '\r'))) {
            size--;
        }
        ConstantValue text;
        text.kind = ConstantKind::Str;
        text.text = source.substr(0, size);
        made = p.make<Interpolation>(position, value, text, conversion, spec);
    } else {
        made = p.make<FormattedValue>(position, value, conversion, spec);
    }
    return made && p.push(made);
}

StringBuilder::Expr StringBuilder::format_spec(bool raw, char prefix) {
    Parser& p = parser_;
    if (p.too_deep()) return nullptr;
    uint32_t start = p.position_;
    p.advance();
    size_t mark = p.scratch_.mark();
    for (;;) {
        if (p.at(FSTRING_MIDDLE) || p.at(TSTRING_MIDDLE)) {
            Expr piece = nullptr;
            const Token token = p.token();
            p.advance();
            in_spec_ = true;
            bool done = text_piece(token, raw, piece) && p.push(piece);
            in_spec_ = false;
            if (!done) return nullptr;
        } else if (p.at(LBRACE)) {
            if (!field(raw, prefix, true)) return nullptr;
        } else {
            break;
        }
    }
    Parser::Seq<Expr> values;
    if (!join(mark, false, values)) return nullptr;
    return p.make<JoinedStr>(p.from(start), values);
}

bool StringBuilder::formatted() {
    Parser& p = parser_;
    uint32_t start = p.position_;
    char prefix = p.at(FSTRING_START) ? 'f' : 't';
    bool raw = has_raw_prefix(p.tokens_.text(p.token()));
    if (prefix == 't' && !p.since(14, "t-strings are")) return false;
    p.advance();
    size_t mark = p.scratch_.mark();
    while (!p.accept(prefix == 'f' ? FSTRING_END : TSTRING_END)) {
        if (p.at(FSTRING_MIDDLE) || p.at(TSTRING_MIDDLE)) {
            Expr piece = nullptr;
            const Token token = p.token();
            p.advance();
            if (!text_piece(token, raw, piece) || !p.push(piece)) return false;
        } else if (!p.at(LBRACE) || !field(raw, prefix, false)) {
            return false;
        }
    }
    if (deferred_.data()) {
        p.error(p.tokens_.last(), deferred_);
        return false;
    }
    Parser::Seq<Expr> values;
    if (!p.take(mark, values)) return false;
    Expr made = prefix == 'f' ? Expr(p.make<JoinedStr>(p.from(start), values))
                              : Expr(p.make<TemplateStr>(p.from(start), values));
    return made && p.push(made);
}

// Takes the pieces above `mark`: neighbouring texts become one, empty ones vanish unless
// `keep_empty`.
bool StringBuilder::join(size_t mark, bool keep_empty, Parser::Seq<Expr>& list) {
    Parser& p = parser_;
    Parser::Seq<Expr> pieces;
    if (!p.take(mark, pieces)) return false;
    for (uint32_t i = 0; i < pieces.size;) {
        Constant* first = as_text(pieces[i]);
        if (!first) {
            if (!p.push(pieces[i++])) return false;
            continue;
        }
        uint32_t last = i + 1;
        size_t size = first->value.text.size();
        while (last < pieces.size && as_text(pieces[last])) {
            size += as_text(pieces[last++])->value.text.size();
        }
        if (last > i + 1) {
            char* text = p.arena_.make_array<char>(size + 1);
            if (!text) return p.out_of_memory(), false;
            char* to = text;
            for (uint32_t k = i; k < last; k++) {
                std::string_view part = as_text(pieces[k])->value.text;
                memcpy(to, part.data(), part.size());
                to += part.size();
            }
            Position position = first->position;
            position.end_line = pieces[last - 1]->position.end_line;
            position.end_column = pieces[last - 1]->position.end_column;
            std::string_view kind = first->kind;
            Expr made = constant(position, ConstantKind::Str, {text, size});
            if (!made) return false;
            first = made->as<Constant>();
            first->kind = kind;
        }
        i = last;
        if ((size || keep_empty) && !p.push(first)) return false;
    }
    return p.take(mark, list);
}

StringBuilder::Expr StringBuilder::build() {
    Parser& p = parser_;
    uint32_t start = p.position_;
    size_t mark = p.scratch_.mark();
    while (is_string_start(p.kind())) {
        if (p.at(STRING)) {
            const Token token = p.token();
            p.advance();
            if (!plain(token)) return nullptr;
        } else if (!formatted()) {
            return nullptr;
        }
    }
    size_t count = p.scratch_.mark() - mark;
    Expr* items = reinterpret_cast<Expr*>(p.scratch_.data() + mark);
    size_t bytes = 0, templates = 0, joined = 0;
    for (size_t i = 0; i < count; i++) {
        auto* constant = items[i]->if_is<Constant>();
        bytes += constant && constant->value.kind == ConstantKind::Bytes;
        templates += items[i]->is<TemplateStr>();
        joined += items[i]->is<JoinedStr>();
    }
    if (bytes && bytes != count) {
        return p.error(p.tokens_.last(), "cannot mix bytes and nonbytes literals");
    }
    if (templates && templates != count) return nullptr;
    if (count == 1 && !joined && !templates) {
        Expr only = items[0];
        p.scratch_.cut(mark);
        return only;
    }
    if (bytes) {
        size_t size = 0;
        for (size_t i = 0; i < count; i++) size += items[i]->as<Constant>()->value.text.size();
        char* text = p.arena_.make_array<char>(size + 1);
        if (!text) return p.out_of_memory(), nullptr;
        char* to = text;
        for (size_t i = 0; i < count; i++) {
            std::string_view part = items[i]->as<Constant>()->value.text;
            memcpy(to, part.data(), part.size());
            to += part.size();
        }
        p.scratch_.cut(mark);
        return constant(p.from(start), ConstantKind::Bytes, {text, size});
    }
    // The fields and texts of all, in one row.
    Parser::Seq<Expr> strings;
    if (!p.take(mark, strings)) return nullptr;
    for (Expr piece : strings) {
        if (piece->is<Constant>()) {
            if (!p.push(piece)) return nullptr;
            continue;
        }
        auto& values = piece->is<JoinedStr>() ? piece->as<JoinedStr>()->values
                                              : piece->as<TemplateStr>()->values;
        for (Expr value : values) {
            if (!p.push(value)) return nullptr;
        }
    }
    Parser::Seq<Expr> values;
    if (!join(mark, !joined && !templates, values)) return nullptr;
    if (templates) return p.make<TemplateStr>(p.from(start), values);
    if (joined) return p.make<JoinedStr>(p.from(start), values);
    return values[0];
}

Parser::Expr Parser::strings() {
    return StringBuilder(*this).build();
}

}  // namespace imugi::syntax
