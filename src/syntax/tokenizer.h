// Source text to tokens, one at a time: hand-written, with the nesting state that f- and t-strings
// need (PEP 701, PEP 750). An error ends the stream and is described by error(). One thread, one
// arena.
#pragma once

#include "base/arena.h"
#include "syntax/error.h"
#include "syntax/token.h"

namespace imugi::syntax {

struct TokenizerOptions {
    bool extra_tokens = false;   // COMMENT and NL too, and leniency: what Lib/tokenize.py wants
    bool type_comments = false;  // TYPE_COMMENT and TYPE_IGNORE
    bool add_newline = true;     // supply the newline that the last line lacks
};

// How far the reading has come; the parser words its errors by it.
enum class ReadState : uint8_t { Ok, EndOfInput, OpenTripleString, OpenString, Failed };

class Tokenizer {
  public:
    // `source` is UTF-8 without NUL bytes; it is copied, with "\r\n" and "\r" made "\n". With
    // extra_tokens it is taken as it is, and a line with NUL bytes is an error.
    Tokenizer(std::string_view source, const TokenizerOptions& options, Arena& arena);

    // False: error(). After the ENDMARKER it gives ENDMARKERs for ever.
    [[nodiscard]] bool next(Token& token);

    const Error& error() const { return error_; }
    bool has_error() const { return error_.kind != ErrorKind::None; }
    WarningList& warnings() { return warnings_; }

    // The text as it is scanned: token offsets point into it.
    std::string_view text() const { return {begin_, size_t(end_ - begin_)}; }
    std::string_view text(const Token& token) const {
        return {begin_ + token.start, token.end - token.start};
    }
    bool newline_was_added() const { return newline_added_; }

    uint32_t offset() const { return uint32_t(cursor_ - begin_); }
    ReadState state() const { return state_; }
    int32_t line() const { return line_; }
    // The column behind the last character read, in bytes.
    int32_t column() const { return cursor_ == buffer_ ? 0 : int32_t(cursor_ - line_start_); }
    int parenthesis_level() const { return level_; }
    struct Parenthesis {
        char character;
        int32_t line;
        int32_t column;
    };
    const Parenthesis& innermost_parenthesis() const { return parentheses_[level_ - 1]; }
    bool in_format_string() const { return string_depth_ > 0; }
    int indentation() const { return indent_; }
    // Closes all blocks: the next tokens are DEDENTs (single-statement input at its end).
    void close_blocks() {
        pending_ = -indent_;
        indent_ = 0;
    }

    // An error at a place: columns count from 1 in bytes and are made characters; 0 stays 0, -1
    // stays -1.
    Error error_at(ErrorKind kind, std::string_view message, int32_t line, int32_t column,
                   int32_t end_line, int32_t end_column) const;
    // An error at a token, which for one without text is where the reading stopped.
    Error error_at_token(ErrorKind kind, std::string_view message, const Token& token) const {
        int32_t at = token.column < 0 ? column() : token.column + 1;
        int32_t end = token.end_column < 0 ? -1 : token.end_column + 1;
        return error_at(kind, message, token.line, at, token.end_line, end);
    }
    // A text of printf's making, in the arena; what comes when memory is short is short too.
    __attribute__((format(printf, 2, 3))) std::string_view format(const char* form, ...) const;
    // The codec's complaint about bytes that are no UTF-8, or data() == nullptr.
    std::string_view describe_utf8_problem(std::string_view bytes) const;
    void warn(std::string_view message, std::string_view error_message, int32_t line,
              int32_t column, int32_t end_line, int32_t end_column);
    // The parser may come to a literal again; it is warned of once.
    // Not while mistakes are looked for: what is read then may never have been part of the program.
    bool warns_of_escapes() const { return warns_of_escapes_; }
    bool set_warns_of_escapes(bool on) { return std::exchange(warns_of_escapes_, on); }
    bool is_first_visit(const Token& token) {
        if (token.start < visited_) return false;
        visited_ = token.start + 1;
        return true;
    }
    void set_error(const Error& error) { error_ = error; }
    // The error is of a token's text, which takes precedence over what the parser has found before.
    bool is_token_error() const { return raised_; }
    // Of the text that ends with a backslash and nothing behind it, or within an f-string, in
    // bytes; else 0.
    int32_t unfinished_size() const { return unfinished_size_; }
    Arena& arena() const { return arena_; }

  private:
    static constexpr int MAX_INDENT = 100;
    static constexpr int MAX_LEVEL = 200;
    static constexpr int MAX_STRING_LEVEL = 150;
    static constexpr int MAX_FIELD_NESTING = 3;
    static constexpr int END = -1;

    // One f- or t-string being read. `in_text` is off within a replacement field.
    struct StringMode {
        bool in_text;
        bool raw;
        bool in_format_spec;
        char prefix;  // 'f' or 't'
        char quote;
        uint8_t quote_size;
        int16_t bracket_depth;
        int16_t field_depth;  // index of the innermost open field, -1 outside of all
        const char* start;
        const char* line_start;
        int32_t line;
    };

    int read();
    void unread(int character) {
        if (character != END) cursor_--;
    }
    void begin_token();
    bool finish(Token& token, TokenKind kind, const char* start, const char* end);
    bool finish(Token& token, TokenKind kind) { return finish(token, kind, start_, cursor_); }
    bool finish_empty(Token& token, TokenKind kind);

    bool next_regular(Token& token);
    bool next_in_string(Token& token);
    bool measure_indentation(bool& blank_line);
    bool read_comment(Token& token, bool blank_line, bool& found);
    bool read_name(Token& token, int character);
    bool read_number(Token& token, int character);
    bool read_decimal_tail(int& character);
    bool check_number_end(int& character, const char* what);
    bool read_based_digits(int& character, int base, const char* what);
    bool read_string(Token& token, int quote);
    bool begin_format_string(Token& token, int quote, char prefix, bool raw);
    bool read_operator(Token& token, int character);
    bool open_bracket(int character);
    bool close_bracket(int character);
    bool read_string_text(Token& token);
    bool continue_line(int& character);
    bool follows(const char* word);
    bool check_identifier(const char* start, const char* end);
    bool check_prefixes(bool b, bool u, bool r, bool f, bool t);

    StringMode* string_mode() { return string_depth_ ? &strings_[string_depth_ - 1] : nullptr; }
    bool in_field() { return string_depth_ && string_mode()->field_depth >= 0; }

    bool fail(std::string_view message) { return fail_range(message, -1, -1); }
    bool fail_range(std::string_view message, int32_t column, int32_t end_column);
    bool fail_at_cursor(ErrorKind kind, std::string_view message);

    Arena& arena_;
    TokenizerOptions options_;
    const char* begin_ = nullptr;
    const char* end_ = nullptr;
    const char* cursor_ = nullptr;
    const char* line_start_ = nullptr;
    const char* line_end_ = nullptr;  // behind the newline of the line being read
    const char* buffer_ = nullptr;    // where the logical piece that errors show begins
    const char* start_ = nullptr;     // of the token; nullptr between tokens
    const char* token_line_start_ = nullptr;
    int32_t token_line_ = 0;
    int32_t line_ = 0;
    int32_t level_ = 0;
    int32_t indent_ = 0;
    int32_t pending_ = 0;  // INDENTs (> 0) or DEDENTs (< 0) to hand out
    int32_t string_depth_ = 0;
    uint32_t visited_ = 0;
    bool at_line_start_ = true;
    bool comment_newline_ = false;
    bool newline_added_ = false;
    bool raised_ = false;
    bool warns_of_escapes_ = true;
    int32_t unfinished_size_ = 0;
    int32_t null_byte_line_ = 0;  // the line that could not be read for its null bytes
    ReadState state_ = ReadState::Ok;
    Error error_;
    WarningList warnings_;
    int32_t indents_[MAX_INDENT] = {0};
    int32_t alternative_indents_[MAX_INDENT] = {0};
    Parenthesis parentheses_[MAX_LEVEL];
    StringMode strings_[MAX_STRING_LEVEL];
};

}  // namespace imugi::syntax
