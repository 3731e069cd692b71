// The regular mode of the tokenizer: indentation, names, operators, plain strings. Numbers and
// f-string text are in files of their own. Errors carry the wording and the columns of CPython's.
#include "syntax/tokenizer.h"

#include <cstdarg>
#include <cstdio>

#include "syntax/source_encoding.h"
#include "syntax/unicode.h"

namespace imugi::syntax {
namespace {

bool is_name_start(int c) {
    return unsigned((c | 32) - 'a') < 26 || c == '_' || c >= 128;
}
bool is_name_part(int c) {
    return is_name_start(c) || unsigned(c - '0') < 10;
}

TokenKind two_characters(int a, int b) {
    using enum TokenKind;
    switch (a) {
        case '!':
            return b == '=' ? NOTEQUAL : OP;
        case '%':
            return b == '=' ? PERCENTEQUAL : OP;
        case '&':
            return b == '=' ? AMPEREQUAL : OP;
        case '*':
            return b == '*' ? DOUBLESTAR : b == '=' ? STAREQUAL : OP;
        case '+':
            return b == '=' ? PLUSEQUAL : OP;
        case '-':
            return b == '=' ? MINEQUAL : b == '>' ? RARROW : OP;
        case '/':
            return b == '/' ? DOUBLESLASH : b == '=' ? SLASHEQUAL : OP;
        case ':':
            return b == '=' ? COLONEQUAL : OP;
        case '<':
            return b == '<' ? LEFTSHIFT : b == '=' ? LESSEQUAL : b == '>' ? NOTEQUAL : OP;
        case '=':
            return b == '=' ? EQEQUAL : OP;
        case '>':
            return b == '>' ? RIGHTSHIFT : b == '=' ? GREATEREQUAL : OP;
        case '@':
            return b == '=' ? ATEQUAL : OP;
        case '^':
            return b == '=' ? CIRCUMFLEXEQUAL : OP;
        case '|':
            return b == '=' ? VBAREQUAL : OP;
        default:
            return OP;
    }
}

TokenKind three_characters(TokenKind two, int c) {
    using enum TokenKind;
    if (c != '=') return OP;
    switch (two) {
        case DOUBLESTAR:
            return DOUBLESTAREQUAL;
        case DOUBLESLASH:
            return DOUBLESLASHEQUAL;
        case LEFTSHIFT:
            return LEFTSHIFTEQUAL;
        case RIGHTSHIFT:
            return RIGHTSHIFTEQUAL;
        default:
            return OP;
    }
}

TokenKind one_character(int c) {
    using enum TokenKind;
    switch (c) {
        case '!':
            return EXCLAMATION;
        case '%':
            return PERCENT;
        case '&':
            return AMPER;
        case '(':
            return LPAR;
        case ')':
            return RPAR;
        case '*':
            return STAR;
        case '+':
            return PLUS;
        case ',':
            return COMMA;
        case '-':
            return MINUS;
        case '.':
            return DOT;
        case '/':
            return SLASH;
        case ':':
            return COLON;
        case ';':
            return SEMI;
        case '<':
            return LESS;
        case '=':
            return EQUAL;
        case '>':
            return GREATER;
        case '@':
            return AT;
        case '[':
            return LSQB;
        case ']':
            return RSQB;
        case '^':
            return CIRCUMFLEX;
        case '{':
            return LBRACE;
        case '|':
            return VBAR;
        case '}':
            return RBRACE;
        case '~':
            return TILDE;
        default:
            return OP;
    }
}

}  // namespace

Tokenizer::Tokenizer(std::string_view source, const TokenizerOptions& options, Arena& arena)
    : arena_(arena), options_(options) {
    bool lacks_newline = source.empty() || source.back() != '\n';
    if (source.size() > INT32_MAX - 2) source = {};
    char* copy = arena.make_array<char>(source.size() + 2);
    if (!copy) {
        error_.kind = ErrorKind::Memory;
        static const char nothing[1] = {0};
        begin_ = end_ = cursor_ = line_start_ = line_end_ = buffer_ = nothing;
        return;
    }
    char* to = copy;
    if (options.extra_tokens || !memchr(source.data(), '\r', source.size())) {
        if (!source.empty()) memcpy(to, source.data(), source.size());
        to += source.size();
    } else {
        for (size_t i = 0; i < source.size(); i++) {
            char byte = source[i];
            if (byte == '\r') {
                byte = '\n';
                if (i + 1 < source.size() && source[i + 1] == '\n') i++;
            }
            *to++ = byte;
        }
        lacks_newline = to == copy || to[-1] != '\n';
    }
    if (options.add_newline && lacks_newline && to != copy) {
        *to++ = '\n';
        newline_added_ = true;
    }
    *to = 0;
    begin_ = cursor_ = line_start_ = line_end_ = buffer_ = copy;
    end_ = to;
}

int Tokenizer::read() {
    if (cursor_ == line_end_) {
        if (cursor_ == end_) {
            if (state_ == ReadState::Ok) state_ = ReadState::EndOfInput;
            return END;
        }
        auto* newline = static_cast<const char*>(memchr(cursor_, '\n', size_t(end_ - cursor_)));
        line_start_ = cursor_;
        line_end_ = newline ? newline + 1 : end_;
        line_++;
        if (!start_ && !(options_.extra_tokens && string_depth_ > 0)) buffer_ = cursor_;
        // Only lines that come from Python code, one by one, may have them.
        if (options_.extra_tokens && memchr(cursor_, 0, size_t(line_end_ - cursor_))) {
            null_byte_line_ = line_;
            cursor_ = line_end_ = end_;
            state_ = ReadState::EndOfInput;
            return END;
        }
    }
    return uint8_t(*cursor_++);
}

void Tokenizer::begin_token() {
    start_ = cursor_;
    token_line_ = line_;
    token_line_start_ = line_start_;
}

bool Tokenizer::finish(Token& token, TokenKind kind, const char* start, const char* end) {
    token.kind = kind;
    token.doubled = false;
    token.level = uint8_t(level_);
    token.line = token_line_;
    token.column = int32_t(start - token_line_start_);
    token.end_line = line_;
    token.end_column = int32_t(end - line_start_);
    token.start = uint32_t(start - begin_);
    token.end = uint32_t(end - begin_);
    return true;
}

bool Tokenizer::finish_empty(Token& token, TokenKind kind) {
    token.kind = kind;
    token.level = uint8_t(level_);
    token.line = token.end_line = line_;
    token.column = token.end_column = -1;
    if (options_.extra_tokens) {
        token.column = token.end_column = int32_t(cursor_ - line_start_);
    }
    token.start = token.end = uint32_t(cursor_ - begin_);
    return true;
}

std::string_view Tokenizer::format(const char* form, ...) const {
    char buffer[512];
    va_list arguments;
    va_start(arguments, form);
    int size = vsnprintf(buffer, sizeof buffer, form, arguments);
    va_end(arguments);
    if (size < 0) return "";
    if (size >= int(sizeof buffer)) size = sizeof buffer - 1;
    char* copy = arena_.copy(buffer, size_t(size));
    return copy ? std::string_view(copy, size_t(size)) : std::string_view("out of memory");
}

void Tokenizer::warn(std::string_view message, std::string_view error_message, int32_t line,
                     int32_t column, int32_t end_line, int32_t end_column) {
    if (options_.extra_tokens) return;
    auto* made = arena_.make<Warning>();
    if (!made) return;
    *made = {message, error_message, line, column, end_line, end_column, false, nullptr};
    if (warnings_.last) {
        warnings_.last->next = made;
    } else {
        warnings_.first = made;
    }
    warnings_.last = made;
}

// The wording of what the tokenizer itself finds: on the current line, whose newline is not shown.
bool Tokenizer::fail_range(std::string_view message, int32_t column, int32_t end_column) {
    if (column < 0) {
        column = count_characters({line_start_, size_t(cursor_ - line_start_)});
    }
    auto* newline = static_cast<const char*>(memchr(line_start_, '\n', size_t(end_ - line_start_)));
    const char* line_end = newline ? newline : end_;
    error_ = {ErrorKind::Syntax,
              message,
              line_,
              column,
              line_,
              end_column < 0 ? column : end_column,
              {line_start_, size_t(line_end - line_start_)}};
    state_ = ReadState::Failed;
    raised_ = true;
    return false;
}

bool Tokenizer::fail_at_cursor(ErrorKind kind, std::string_view message) {
    error_ = error_at(kind, message, line_, column(), line_, -1);
    state_ = ReadState::Failed;
    return false;
}

Error Tokenizer::error_at(ErrorKind kind, std::string_view message, int32_t line, int32_t column,
                          int32_t end_line, int32_t end_column) const {
    std::string_view shown;
    if (line_ <= line && line_end_ > buffer_) {
        shown = {buffer_, size_t(line_end_ - buffer_)};
    } else {
        const char* at = begin_;
        const char* newline = nullptr;
        for (int32_t skip = line; skip > 0; skip--) {
            newline = static_cast<const char*>(memchr(at, '\n', size_t(end_ - at)));
            if (!newline || skip == 1) break;
            at = newline + 1;
        }
        shown = {at, size_t((newline ? newline : end_) - at)};
    }
    auto characters = [&](int32_t bytes) {
        if (bytes <= 0) return bytes;
        size_t size = size_t(bytes) > shown.size() + 1 ? shown.size() + 1 : size_t(bytes);
        // One behind the end counts one, like a character. What replaces invalid bytes is counted
        // with its own size.
        int32_t count = size > shown.size();
        size -= size_t(count);
        std::string_view rest = shown;
        for (size_t passed = 0; passed < size; passed += 3, count++) {
            Utf8Problem problem = find_utf8_problem(rest);
            size_t valid = problem.reason ? problem.start : rest.size();
            if (passed + valid >= size || !problem.reason) {
                return count + count_characters(rest.substr(0, size - passed));
            }
            passed += valid;
            count += count_characters(rest.substr(0, valid));
            rest.remove_prefix(problem.end);
        }
        return count;
    };
    return {kind, message, line, characters(column), end_line, characters(end_column), shown};
}

bool Tokenizer::next(Token& token) {
    if (has_error()) return false;
    StringMode* mode = string_mode();
    bool done = mode && mode->in_text ? next_in_string(token) : next_regular(token);
    if (null_byte_line_) {
        error_ = {.kind = ErrorKind::Syntax,
                  .message = "source code cannot contain null bytes",
                  .line = null_byte_line_};
        raised_ = true;
        return false;
    }
    if (!done && error_.kind == ErrorKind::None) error_.kind = ErrorKind::Memory;
    if (arena_.failed() && !has_error()) {
        error_.kind = ErrorKind::Memory;
        return false;
    }
    return done;
}

// Reads the white space that begins a line and queues INDENTs and DEDENTs for it.
bool Tokenizer::measure_indentation(bool& blank_line) {
    int32_t column = 0, alternative = 0, continued = 0;
    at_line_start_ = false;
    int c;
    for (;;) {
        c = read();
        if (c == ' ') {
            column++;
            alternative++;
        } else if (c == '\t') {
            // Tabs to 8 columns, and to 1 in the alternative: both must agree on what is deeper.
            column = (column / 8 + 1) * 8;
            alternative++;
        } else if (c == '\f') {
            column = alternative = 0;
        } else if (c == '\\') {
            continued = continued ? continued : column;
            if (!continue_line(c)) return false;
        } else {
            break;
        }
    }
    unread(c);
    if (c == '#' || c == '\n' || c == '\r') blank_line = true;
    if (blank_line || level_ > 0) return true;
    column = continued ? continued : column;
    alternative = continued ? continued : alternative;
    auto mixed = [&] {
        error_ = error_at(ErrorKind::Tab, "inconsistent use of tabs and spaces in indentation",
                          line_, 1, line_, 0);
        state_ = ReadState::Failed;
        cursor_ = line_end_;
        return false;
    };
    if (column == indents_[indent_]) {
        return alternative == alternative_indents_[indent_] || mixed();
    }
    if (column > indents_[indent_]) {
        if (indent_ + 1 >= MAX_INDENT) {
            error_ = error_at(ErrorKind::Indentation, "too many levels of indentation", line_, 1,
                              line_, 0);
            state_ = ReadState::Failed;
            return false;
        }
        if (alternative <= alternative_indents_[indent_]) return mixed();
        pending_++;
        indent_++;
        indents_[indent_] = column;
        alternative_indents_[indent_] = alternative;
        return true;
    }
    while (indent_ > 0 && column < indents_[indent_]) {
        pending_--;
        indent_--;
    }
    if (column != indents_[indent_]) {
        cursor_ = line_end_;
        return fail_at_cursor(ErrorKind::Indentation,
                              "unindent does not match any outer indentation level");
    }
    return alternative == alternative_indents_[indent_] || mixed();
}

// Behind a backslash: the newline, then something.
bool Tokenizer::continue_line(int& character) {
    int c = read();
    if (c == '\r') c = read();
    if (c != '\n') {
        int32_t column = int32_t(cursor_ - buffer_) - (c != END);
        error_ =
            error_at(ErrorKind::Syntax, "unexpected character after line continuation character",
                     line_, column + 1 - (c == END), line_, 0);
        state_ = ReadState::Failed;
        return false;
    }
    c = read();
    if (c == END) {
        cursor_ = line_end_;
        if (start_) unfinished_size_ = int32_t(cursor_ - buffer_);
        if (level_ > 0) {
            const Parenthesis& open = innermost_parenthesis();
            error_ = error_at(ErrorKind::Syntax, format("'%c' was never closed", open.character),
                              open.line, open.column + 1, open.line, 0);
        } else {
            error_ = error_at(ErrorKind::Syntax, "unexpected EOF while parsing", line_, column(),
                              line_, -1);
        }
        return false;
    }
    unread(c);
    character = c;
    return true;
}

// A comment is skipped, or given as a token; `found` says that `token` is filled.
bool Tokenizer::read_comment(Token& token, bool blank_line, bool& found) {
    const char* stop = cursor_;
    while (stop < end_ && *stop != '\n' && *stop != '\r') stop++;
    cursor_ = stop;
    if (options_.extra_tokens) {
        comment_newline_ = blank_line;
        found = true;
        return finish(token, TokenKind::COMMENT);
    }
    if (!options_.type_comments) return true;
    const char* at = start_;
    for (const char* prefix = "# type: "; *prefix; prefix++) {
        if (*prefix == ' ') {
            while (at < cursor_ && (*at == ' ' || *at == '\t')) at++;
        } else if (at < cursor_ && *at == *prefix) {
            at++;
        } else {
            return true;
        }
    }
    const char* behind = at + 6;
    bool ignore = cursor_ >= behind && memcmp(at, "ignore", 6) == 0 &&
                  !(cursor_ > behind && is_name_part(uint8_t(*behind)) && *behind != '_');
    found = true;
    if (!ignore) return finish(token, TokenKind::TYPE_COMMENT, at, cursor_);
    // A line of its own is consumed as a whole, and its newline becomes part of the tag.
    if (blank_line) {
        read();
        at_line_start_ = true;
    }
    return finish(token, TokenKind::TYPE_IGNORE, behind, cursor_);
}

bool Tokenizer::next_regular(Token& token) {
next_line:
    start_ = nullptr;
    bool blank_line = false;
    if (at_line_start_ && !measure_indentation(blank_line)) return false;
    if (pending_) {
        bool deeper = pending_ > 0;
        pending_ += deeper ? -1 : 1;
        start_ = nullptr;
        return finish_empty(token, deeper ? TokenKind::INDENT : TokenKind::DEDENT);
    }
again:
    start_ = nullptr;
    int c;
    do {
        c = read();
    } while (c == ' ' || c == '\t' || c == '\f');
    unread(c);
    begin_token();
    c = read();
    if (c == '#') {
        bool found = false;
        if (!read_comment(token, blank_line, found) || found) return !has_error();
        c = read();
    }
    if (c == END) {
        if (string_depth_ > 0) unfinished_size_ = int32_t(line_end_ - buffer_);
        if (level_ > 0 || string_depth_ > 0) {
            // The parser says what is missing; an open f-string field has its parenthesis too.
            if (level_ > 0) {
                const Parenthesis& open = innermost_parenthesis();
                error_ =
                    error_at(ErrorKind::Syntax, format("'%c' was never closed", open.character),
                             open.line, open.column + 1, open.line, 0);
            } else {
                error_ = error_at(ErrorKind::Syntax, "unexpected EOF while parsing", line_,
                                  column(), line_, -1);
            }
            return false;
        }
        if (!options_.extra_tokens) return finish_empty(token, TokenKind::ENDMARKER);
        if (indent_ > 0) {
            close_blocks();
            pending_++;
            return finish_empty(token, TokenKind::DEDENT);
        }
        return finish_empty(token, TokenKind::ENDMARKER);
    }
    if (is_name_start(c)) return read_name(token, c);
    if (c == '\r') c = read();
    if (c == '\n') {
        at_line_start_ = true;
        if (blank_line || level_ > 0) {
            comment_newline_ = false;
            if (options_.extra_tokens) return finish(token, TokenKind::NL);
            goto next_line;
        }
        if (comment_newline_ && options_.extra_tokens) {
            comment_newline_ = false;
            return finish(token, TokenKind::NL);
        }
        return finish(token, TokenKind::NEWLINE);
    }
    if (c == '.') {
        int second = read();
        if (second >= '0' && second <= '9') {
            unread(second);
            return read_number(token, '.');
        }
        if (second == '.') {
            int third = read();
            if (third == '.') return finish(token, TokenKind::ELLIPSIS);
            unread(third);
        }
        unread(second);
        return finish(token, TokenKind::DOT);
    }
    if (c >= '0' && c <= '9') return read_number(token, c);
    if (c == '\'' || c == '"') return read_string(token, c);
    if (c == '\\') {
        if (!continue_line(c)) return false;
        goto again;
    }
    return read_operator(token, c);
}

bool Tokenizer::check_prefixes(bool b, bool u, bool r, bool f, bool t) {
    const char* first = nullptr;
    const char* second = nullptr;
    auto pair = [&](bool one, bool two, const char* a, const char* z) {
        if (one && two && !first) {
            first = a;
            second = z;
        }
    };
    pair(u, b, "u", "b");
    pair(u, r, "u", "r");
    pair(u, f, "u", "f");
    pair(u, t, "u", "t");
    pair(b, f, "b", "f");
    pair(b, t, "b", "t");
    pair(f, t, "f", "t");
    if (!first) return true;
    return fail_range(format("'%s' and '%s' prefixes are incompatible", first, second),
                      int32_t(start_ + 1 - line_start_), int32_t(cursor_ - line_start_));
}

bool Tokenizer::read_name(Token& token, int c) {
    // A few letters may be the prefix of a string.
    bool b = false, u = false, r = false, f = false, t = false;
    for (;;) {
        int lower = c | 32;
        if (!b && lower == 'b') {
            b = true;
        } else if (!u && lower == 'u') {
            u = true;
        } else if (!r && lower == 'r') {
            r = true;
        } else if (!f && lower == 'f') {
            f = true;
        } else if (!t && lower == 't') {
            t = true;
        } else {
            break;
        }
        c = read();
        if (c == '"' || c == '\'') {
            if (!check_prefixes(b, u, r, f, t)) return false;
            if (f || t) return begin_format_string(token, c, f ? 'f' : 't', r);
            return read_string(token, c);
        }
    }
    unread(c);
    uint8_t seen = uint8_t(*start_);
    const char* at = cursor_;
    while (is_name_part(uint8_t(*at))) seen |= uint8_t(*at++);
    cursor_ = at;
    // What stands behind the name has been looked at.
    if (at == end_ && state_ == ReadState::Ok) state_ = ReadState::EndOfInput;
    if (seen >= 128 && !options_.extra_tokens && !check_identifier(start_, cursor_)) return false;
    finish(token, TokenKind::NAME);
    if (seen < 128) token.kind = keyword_kind(text(token));
    return true;
}

std::string_view Tokenizer::describe_utf8_problem(std::string_view bytes) const {
    Utf8Problem problem = find_utf8_problem(bytes);
    if (!problem.reason) return {};
    if (problem.end == problem.start + 1) {
        return format("(unicode error) 'utf-8' codec can't decode byte 0x%02x in position %zu: %s",
                      uint8_t(bytes[problem.start]), problem.start, problem.reason);
    }
    return format("(unicode error) 'utf-8' codec can't decode bytes in position %zu-%zu: %s",
                  problem.start, problem.end - 1, problem.reason);
}

bool Tokenizer::check_identifier(const char* start, const char* end) {
    std::string_view problem = describe_utf8_problem({start, size_t(end - start)});
    if (problem.data()) return fail_at_cursor(ErrorKind::Syntax, problem);
    const char* at = start;
    while (at < end) {
        const char* here = at;
        uint32_t character = read_utf8(at, end);
        if (here == start ? is_identifier_start(character) : is_identifier_part(character))
            continue;
        cursor_ = at;
        if (is_printable(character)) {
            return fail(
                format("invalid character '%.*s' (U+%04X)", int(at - here), here, character));
        }
        return fail(format("invalid non-printable character U+%04X", character));
    }
    return true;
}

bool Tokenizer::read_string(Token& token, int quote) {
    int quote_size = 1, closing = 0;
    bool escaped_quote = false;
    int c = read();
    if (c == quote) {
        c = read();
        if (c == quote) {
            quote_size = 3;
        } else {
            closing = 1;
        }
    }
    if (c != quote) unread(c);
    while (closing != quote_size) {
        if (quote_size == 1) {
            // Nothing between here and the end of the line needs a second look.
            const char* at = cursor_;
            while (at < line_end_ && *at != quote && *at != '\\' && *at != '\n') at++;
            cursor_ = at;
        }
        c = read();
        if (c == END || (quote_size == 1 && c == '\n')) {
            // The error is reported at the opening quote.
            int32_t detected = line_;
            cursor_ = start_ + 1;
            line_start_ = token_line_start_;
            line_ = token_line_;
            if (StringMode* mode = string_mode();
                mode && mode->quote == quote && mode->quote_size == quote_size) {
                return fail(format("%c-string: expecting '}'", mode->prefix));
            }
            fail(quote_size == 3
                     ? format("unterminated triple-quoted string literal (detected at line %d)",
                              detected)
                     : format("unterminated string literal (detected at line %d)%s", detected,
                              escaped_quote ? "; perhaps you escaped the end quote?" : ""));
            if (c != '\n') {
                state_ = quote_size == 3 ? ReadState::OpenTripleString : ReadState::OpenString;
            }
            return false;
        }
        if (c == quote) {
            closing++;
            continue;
        }
        closing = 0;
        if (c == '\\') {
            c = read();
            if (c == quote) escaped_quote = true;
            if (c == '\r') read();
        }
    }
    return finish(token, TokenKind::STRING);
}

bool Tokenizer::open_bracket(int character) {
    if (level_ >= MAX_LEVEL) return fail("too many nested parentheses");
    parentheses_[level_++] = {char(character), line_, int32_t(start_ - line_start_)};
    if (string_depth_) string_mode()->bracket_depth++;
    return true;
}

bool Tokenizer::close_bracket(int character) {
    StringMode* mode = string_mode();
    if (mode && mode->bracket_depth == 0 && character == '}') {
        return fail(format("%c-string: single '}' is not allowed", mode->prefix));
    }
    if (!options_.extra_tokens && level_ == 0) return fail(format("unmatched '%c'", character));
    if (level_ > 0) {
        const Parenthesis& open = parentheses_[--level_];
        int expected = open.character == '(' ? ')' : open.character == '[' ? ']' : '}';
        if (!options_.extra_tokens && expected != character) {
            if (mode && open.character == '{' && mode->bracket_depth - 1 == mode->field_depth) {
                return fail(format("%c-string: unmatched '%c'", mode->prefix, character));
            }
            if (open.line != line_) {
                return fail(
                    format("closing parenthesis '%c' does not match opening parenthesis "
                           "'%c' on line %d",
                           character, open.character, open.line));
            }
            return fail(format("closing parenthesis '%c' does not match opening parenthesis '%c'",
                               character, open.character));
        }
    }
    if (mode) {
        mode->bracket_depth--;
        if (mode->bracket_depth < 0) {
            return fail(format("%c-string: unmatched '%c'", mode->prefix, character));
        }
        if (character == '}' && mode->bracket_depth == mode->field_depth) {
            mode->field_depth--;
            mode->in_text = true;
            mode->in_format_spec = false;
        }
    }
    return true;
}

bool Tokenizer::read_operator(Token& token, int c) {
    if (c == ':' && in_field()) {
        StringMode* mode = string_mode();
        if (mode->bracket_depth - 1 == mode->field_depth) {
            mode->in_text = true;
            mode->in_format_spec = true;
            return finish(token, TokenKind::COLON);
        }
    }
    int second = read();
    TokenKind two = two_characters(c, second);
    if (two != TokenKind::OP) {
        int third = read();
        TokenKind three = three_characters(two, third);
        if (three != TokenKind::OP) return finish(token, three);
        unread(third);
        return finish(token, two);
    }
    unread(second);
    switch (c) {
        case '(':
        case '[':
        case '{':
            if (!open_bracket(c)) return false;
            break;
        case ')':
        case ']':
        case '}':
            if (!close_bracket(c)) return false;
            break;
        default:
            if (!is_printable(uint32_t(c))) {
                return fail(format("invalid non-printable character U+%04X", c));
            }
    }
    return finish(token, one_character(c));
}

}  // namespace imugi::syntax
