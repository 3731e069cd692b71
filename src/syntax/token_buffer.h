// The tokens of the statement at hand, fetched from the tokenizer as they are looked at, so that
// the parser may go back. Also keeps what the parser only collects: TYPE_IGNOREs.
#pragma once

#include "syntax/parser.h"
#include "syntax/tokenizer.h"

namespace imugi::syntax {

class TokenBuffer {
  public:
    TokenBuffer(Tokenizer& tokenizer, const ParseOptions& options)
        : tokenizer_(tokenizer), options_(options) {}
    // A closed buffer of some tokens of another one, with an ENDMARKER behind them.
    // Errors are placed at `last`, as if the reading went on there.
    TokenBuffer(const TokenBuffer& other, uint32_t first, uint32_t behind, const Token& last);
    TokenBuffer(const TokenBuffer&) = delete;
    TokenBuffer& operator=(const TokenBuffer&) = delete;
    ~TokenBuffer() { free(tokens_); }

    // On a tokenizer's error an ERRORTOKEN, which nothing accepts; the tokenizer has the error.
    const Token& at(uint32_t index) { return index < count_ ? tokens_[index] : fill(index); }
    uint32_t count() const { return count_; }
    const Token& last() const { return closed_ ? outer_last_ : tokens_[count_ - 1]; }
    // Forgets the tokens before `index`, which becomes 0.
    void forget_before(uint32_t index);

    Tokenizer& tokenizer() { return tokenizer_; }
    std::string_view text(const Token& token) const { return tokenizer_.text(token); }

    struct TypeIgnore {
        Token token;
        TypeIgnore* next;
    };
    TypeIgnore* type_ignores() const { return first_ignore_; }

  private:
    const Token& fill(uint32_t index);
    bool reserve(uint32_t capacity);

    Tokenizer& tokenizer_;
    const ParseOptions& options_;
    Token* tokens_ = nullptr;
    uint32_t count_ = 0;
    uint32_t capacity_ = 0;
    Token outer_last_;
    bool closed_ = false;
    bool started_ = false;
    TypeIgnore* first_ignore_ = nullptr;
    TypeIgnore* last_ignore_ = nullptr;
};

}  // namespace imugi::syntax
