// Fetching tokens for the parser.
#include "syntax/token_buffer.h"

namespace imugi::syntax {

namespace {
// What a buffer shows that could not even get memory for its first token.
Token error_token() {
    Token token;
    token.kind = TokenKind::ERRORTOKEN;
    return token;
}
}  // namespace

TokenBuffer::TokenBuffer(const TokenBuffer& other, uint32_t first, uint32_t behind,
                         const Token& last)
    : tokenizer_(other.tokenizer_), options_(other.options_), outer_last_(last), closed_(true) {
    if (!reserve(behind - first + 1)) return;
    for (uint32_t i = first; i < behind; i++) tokens_[count_++] = other.tokens_[i];
    Token end;
    end.line = end.end_line = count_ ? tokens_[count_ - 1].end_line : 1;
    tokens_[count_++] = end;
}

bool TokenBuffer::reserve(uint32_t capacity) {
    if (capacity <= capacity_) return true;
    uint32_t wanted = capacity_ ? capacity_ * 2 : 256;
    if (wanted < capacity) wanted = capacity;
    auto* grown = static_cast<Token*>(realloc(tokens_, size_t(wanted) * sizeof(Token)));
    if (!grown) return false;
    tokens_ = grown;
    capacity_ = wanted;
    return true;
}

void TokenBuffer::forget_before(uint32_t index) {
    if (index == 0) return;
    count_ -= index;
    memmove(tokens_, tokens_ + index, count_ * sizeof(Token));
}

const Token& TokenBuffer::fill(uint32_t index) {
    while (index >= count_) {
        if (!reserve(count_ + 1) || (closed_ && count_ == 0)) {
            static const Token NOTHING = error_token();
            tokenizer_.set_error({.kind = ErrorKind::Memory});
            return NOTHING;
        }
        Token token;
        if (closed_) {
            token = tokens_[count_ - 1];
        } else if (!tokenizer_.next(token)) {
            token.kind = TokenKind::ERRORTOKEN;
            token.line = token.end_line = tokenizer_.line();
            token.column = token.end_column = -1;
        } else if (token.kind == TokenKind::TYPE_IGNORE) {
            auto* ignore = tokenizer_.arena().make<TypeIgnore>(TypeIgnore{token, nullptr});
            if (!ignore) continue;
            (last_ignore_ ? last_ignore_->next : first_ignore_) = ignore;
            last_ignore_ = ignore;
            continue;
        } else if (options_.mode == Mode::Single && token.kind == TokenKind::ENDMARKER &&
                   started_) {
            // The end of a single statement closes its line and its blocks.
            token.kind = TokenKind::NEWLINE;
            started_ = false;
            if (tokenizer_.indentation() && !options_.dont_imply_dedent) tokenizer_.close_blocks();
        } else {
            started_ = true;
        }
        tokens_[count_++] = token;
    }
    return tokens_[index];
}

}  // namespace imugi::syntax
