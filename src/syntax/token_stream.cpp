// From the tokenizer's byte offsets to what Python code sees.
#include "syntax/token_stream.h"

#include "syntax/unicode.h"

namespace imugi::syntax {
namespace {

// The numbers of Lib/token.py: the enum's own order up to NL.
int type_number(TokenKind kind) {
    return is_keyword(kind) ? int(TokenKind::NAME) : int(kind);
}

}  // namespace

TokenStream::TokenStream(std::string_view source, bool extra_tokens, Arena& arena)
    : tokenizer_(source, {.extra_tokens = extra_tokens}, arena), extra_tokens_(extra_tokens) {
    source_size_ = tokenizer_.text().size() - tokenizer_.newline_was_added();
}

int32_t TokenStream::character_column(int32_t line, int32_t byte_column, uint32_t offset) const {
    if (byte_column < 0) return byte_column;
    return count_characters(
        tokenizer_.text().substr(offset - uint32_t(byte_column), uint32_t(byte_column)));
}

// The line that an offset is in; at the end of the source the last one.
std::string_view TokenStream::line_around(size_t offset, bool at_end) const {
    std::string_view all = tokenizer_.text().substr(0, source_size_);
    if (offset > all.size()) offset = all.size();
    if (at_end && offset > 0 && all[offset - 1] == '\n') offset--;
    size_t before = offset ? all.rfind('\n', offset - 1) : all.npos;
    size_t first = before == all.npos ? 0 : before + 1;
    size_t last = all.find('\n', offset);
    return all.substr(first, (last == all.npos ? all.size() : last + 1) - first);
}

bool TokenStream::next(TextToken& made) {
    Token token;
    if (!tokenizer_.next(token)) {
        error_ = tokenizer_.error();
        if (extra_tokens_ && !tokenizer_.is_token_error()) word_error();
        return false;
    }
    std::string_view all = tokenizer_.text();
    bool at_end = tokenizer_.state() == ReadState::EndOfInput;
    bool trailing =
        token.kind == TokenKind::ENDMARKER || (token.kind == TokenKind::DEDENT && at_end);
    if (extra_tokens_ && trailing) {
        made = {type_number(token.kind), "", token.line + 1, 0, token.line + 1, 0, ""};
        return true;
    }
    made.type = type_number(token.kind);
    // INDENT, DEDENT and the end have no text: a place in their line only.
    if (!extra_tokens_ && token.column < 0) {
        made = {
            made.type, "", token.line, -1, token.end_line, -1, line_around(token.start, at_end)};
        return true;
    }
    if (extra_tokens_ && token.kind > TokenKind::DEDENT && token.kind < TokenKind::OP) {
        made.type = int(TokenKind::OP);
    }
    uint32_t start = token.start;
    int32_t column = token.column;
    if (extra_tokens_ && token.kind == TokenKind::INDENT) {
        start -= uint32_t(column);
        column = 0;
    }
    made.line = token.line;
    made.end_line = token.end_line;
    made.text = all.substr(start, token.end - start);
    made.column = character_column(token.line, column, start);
    made.end_column = character_column(token.end_line, token.end_column, token.end);
    // The newline that a source lacks has a place but no text.
    if (made.text.data() + made.text.size() > all.data() + source_size_) {
        made.end_column = made.column + int32_t(made.text.size());
        made.text.remove_suffix(token.kind == TokenKind::NL ? made.text.size() : 1);
    }
    if (!extra_tokens_ && token.kind == TokenKind::NEWLINE) {
        if (!made.text.empty()) made.text.remove_suffix(1);
        made.end_column = made.column + int32_t(made.text.size());
    }
    size_t first = token.column < 0 ? start : start - uint32_t(column);
    // A text that ends with its line's newline has been read up to the next line.
    bool next_line = token.end_line > token.line && token.end_column == 0;
    size_t behind = token.end > token.start && !next_line ? token.end - 1 : token.end;
    size_t last = all.find('\n', behind);
    last = last == all.npos ? all.size() : last + 1;
    if (last > source_size_) last = source_size_;
    made.source = first < last ? all.substr(first, last - first) : std::string_view();
    return true;
}

// What the parser would say better is said here without it.
void TokenStream::word_error() {
    if (error_.kind == ErrorKind::Memory) return;
    if (tokenizer_.state() == ReadState::EndOfInput) {
        error_ = {.kind = ErrorKind::Syntax,
                  .message = "unexpected EOF in multi-line statement",
                  .line = tokenizer_.line(),
                  .column = tokenizer_.unfinished_size(),
                  .end_line = tokenizer_.line()};
        return;
    }
    std::string_view line = error_.text;
    error_.column = count_characters(line);
    error_.end_line = error_.end_column = 0;
    if (line.ends_with('\n')) line.remove_suffix(1);
    error_.text = line;
}

}  // namespace imugi::syntax
