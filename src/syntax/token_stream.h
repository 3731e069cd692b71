// Tokens as Lib/tokenize.py wants them (`_tokenize.TokenizerIter`): type numbers, texts, lines, and
// columns that count characters. One thread, one arena.
#pragma once

#include "syntax/tokenizer.h"

namespace imugi::syntax {

struct TextToken {
    int type = 0;  // as in Lib/token.py
    std::string_view text{};
    int32_t line = 0;
    int32_t column = 0;
    int32_t end_line = 0;
    int32_t end_column = 0;
    std::string_view source{};  // the physical lines that it stands on
};

class TokenStream {
  public:
    TokenStream(std::string_view source, bool extra_tokens, Arena& arena);

    // False: error(). The last token is an ENDMARKER (type 0).
    [[nodiscard]] bool next(TextToken& token);

    // An end_line of 0: its end is None. text.data() == nullptr: the exception's args are its
    // message alone.
    const Error& error() const { return error_; }

  private:
    int32_t character_column(int32_t line, int32_t byte_column, uint32_t offset) const;
    std::string_view line_around(size_t offset, bool at_end) const;
    void word_error();

    Tokenizer tokenizer_;
    bool extra_tokens_;
    size_t source_size_;  // without the newline that was added
    Error error_;
};

}  // namespace imugi::syntax
