// The tokenizer inside f- and t-strings: their text, between the quotes and the replacement fields,
// and the switches between text and field.
#include "syntax/tokenizer.h"

namespace imugi::syntax {

bool Tokenizer::begin_format_string(Token& token, int quote, char prefix, bool raw) {
    int quote_size = 1;
    int second = read();
    if (second == quote) {
        int third = read();
        if (third == quote) {
            quote_size = 3;
        } else {
            unread(third);
            unread(second);
        }
    } else {
        unread(second);
    }
    if (string_depth_ + 1 >= MAX_STRING_LEVEL) {
        return fail(format("too many nested %c-strings", prefix));
    }
    strings_[string_depth_++] = {true, raw, false,  prefix,      char(quote), uint8_t(quote_size),
                                 0,    -1,  start_, line_start_, line_};
    return finish(token, prefix == 'f' ? TokenKind::FSTRING_START : TokenKind::TSTRING_START);
}

bool Tokenizer::next_in_string(Token& token) {
    StringMode* mode = string_mode();
    start_ = cursor_;  // so that a new line keeps the piece together for errors
    int first = read();
    unread(first);
    begin_token();
    if (first == '{') {
        read();
        int second = read();
        cursor_ = start_;
        if (second != '{') {
            mode->field_depth++;
            if (mode->field_depth >= MAX_FIELD_NESTING) {
                return fail(format("%c-string: expressions nested too deeply", mode->prefix));
            }
            mode->in_text = false;
            return next_regular(token);
        }
    }
    int quotes = 0;
    while (quotes < mode->quote_size) {
        int c = read();
        if (c != mode->quote) {
            unread(c);
            break;
        }
        quotes++;
    }
    if (quotes == mode->quote_size) {
        bool f = mode->prefix == 'f';
        string_depth_--;
        return finish(token, f ? TokenKind::FSTRING_END : TokenKind::TSTRING_END);
    }
    return read_string_text(token);
}

bool Tokenizer::read_string_text(Token& token) {
    StringMode* mode = string_mode();
    TokenKind kind = mode->prefix == 'f' ? TokenKind::FSTRING_MIDDLE : TokenKind::TSTRING_MIDDLE;
    int closing = 0;
    bool named_escape = false;
    while (closing != mode->quote_size) {
        int c = read();
        bool in_spec = mode->in_format_spec && mode->field_depth >= 0;
        if (c == END || (mode->quote_size == 1 && c == '\n')) {
            if (in_spec && c == '\n') {
                unread(c);
                return fail(
                    format("%c-string: newlines are not allowed in format specifiers for "
                           "single quoted %c-strings",
                           mode->prefix, mode->prefix));
            }
            int32_t detected = line_;
            cursor_ = mode->start + 1;
            line_start_ = mode->line_start;
            line_ = mode->line;
            fail(format("unterminated %s%c-string literal (detected at line %d)",
                        mode->quote_size == 3 ? "triple-quoted " : "", mode->prefix, detected));
            if (c != '\n' && mode->quote_size == 3) state_ = ReadState::OpenTripleString;
            return false;
        }
        if (c == mode->quote) {
            closing++;
            continue;
        }
        closing = 0;
        if (c == '{') {
            int second = read();
            if (second == '{' && !in_spec) {
                finish(token, kind, start_, cursor_ - 1);
                return token.doubled = true;
            }
            unread(second);
            unread(c);
            mode->field_depth++;
            if (mode->field_depth >= MAX_FIELD_NESTING) {
                return fail(format("%c-string: expressions nested too deeply", mode->prefix));
            }
            mode->in_text = false;
            return finish(token, kind);
        }
        if (c == '}') {
            if (named_escape) return finish(token, kind);
            int second = read();
            if (second == '}' && !in_spec && mode->bracket_depth == 0) {
                finish(token, kind, start_, cursor_ - 1);
                return token.doubled = true;
            }
            unread(second);
            unread(c);
            mode->in_text = false;
            return finish(token, kind);
        }
        if (c == '\\') {
            int escaped = read();
            if (escaped == '\r') escaped = read();
            if (escaped == '{' || escaped == '}') {
                if (!mode->raw) {
                    std::string_view message = format(
                        "\"\\%c\" is an invalid escape sequence. Such sequences will not work in "
                        "the future. Did you mean \"\\\\%c\"? A raw string is also an option.",
                        escaped, escaped);
                    std::string_view as_error = format(
                        "\"\\%c\" is an invalid escape sequence. Did you mean \"\\\\%c\"? A "
                        "raw string is also an option.",
                        escaped, escaped);
                    int32_t column = int32_t(cursor_ - line_start_);
                    warn(message, as_error, line_, column - 1, line_, column + 1);
                }
                unread(escaped);
                continue;
            }
            if (!mode->raw && escaped == 'N') {
                int brace = read();
                if (brace == '{') {
                    named_escape = true;
                } else {
                    unread(brace);
                }
            }
        }
    }
    // The quotes are for the end token.
    cursor_ -= mode->quote_size;
    return finish(token, kind);
}

}  // namespace imugi::syntax
