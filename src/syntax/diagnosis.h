// Finds out what is wrong with a source that the parser refused, in the words and at the place of
// CPython.
#pragma once

#include "syntax/token_buffer.h"

namespace imugi::syntax {

class Diagnosis {
  public:
    Diagnosis(TokenBuffer& tokens, const ParseOptions& options, Arena& arena, NameTable& names,
              uintptr_t stack_limit)
        : tokens_(tokens), tokenizer_(tokens.tokenizer()) {}

    // Sets the tokenizer's error. `start` is the token where the statement in question begins.
    void find(uint32_t start);

  private:
    TokenBuffer& tokens_;
    Tokenizer& tokenizer_;
};

}  // namespace imugi::syntax
