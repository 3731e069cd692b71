// Finds out what is wrong with a source that the parser refused, in the words and at the place of
// CPython. It goes through the grammar (diagnosis.grammar) like CPython's parser does, first
// plainly, to see how far the source makes sense, then with the shapes of common mistakes. Trees
// are not built; where a shape must know what an expression is, the parser is asked for just those
// tokens.
#pragma once

#include "syntax/names.h"
#include "syntax/token_buffer.h"

namespace imugi::syntax {

class Diagnosis {
  public:
    Diagnosis(TokenBuffer& tokens, const ParseOptions& options, Arena& arena, NameTable& names,
              uintptr_t stack_limit)
        : tokens_(tokens),
          tokenizer_(tokens.tokenizer()),
          options_(options),
          arena_(arena),
          names_(names),
          stack_limit_(stack_limit) {}
    Diagnosis(const Diagnosis&) = delete;
    Diagnosis& operator=(const Diagnosis&) = delete;
    ~Diagnosis() { free(memo_); }

    // Sets the tokenizer's error. `start` is the token where the statement in question begins.
    void find(uint32_t start);

  private:
    static constexpr int32_t FAILED = -1;

    // What an item of a rule has matched: tokens [start, end).
    struct Capture {
        int32_t start = 0;
        int32_t end = 0;
        uint8_t shape = 0;
    };
    int32_t rule(int id, int32_t at);
    int32_t alternatives(int first, int count, int32_t at);
    int32_t node(int index, int32_t at);
    bool failed() const { return tokenizer_.has_error(); }
    bool too_deep();
    const Token& fetch(int32_t at) {
        if (uint32_t(at) > furthest_) furthest_ = uint32_t(at);
        return tokens_.at(uint32_t(at));
    }
    // The last one that the grammar has asked for; the parser may have looked further.
    const Token& last_token() { return tokens_.at(furthest_); }
    void check_strings(int32_t start, int32_t end);
    void check_conversion(int32_t at, bool whole);
    void check_field(int32_t start, int32_t end);
    int32_t* memo_slot(int column, int32_t at);
    void forget() {
        free(memo_);
        memo_ = nullptr;
        memo_rows_ = 0;
    }

    void act(int action_index, const Capture* captures, int32_t at);
    ast::Position place(const Capture& capture);
    ast::ExprNode* expression(const Capture& capture);
    int32_t last_string_start(int32_t end);
    std::string_view for_innermost_string(std::string_view message, int32_t at);
    void complain(const ast::Position& place, std::string_view message);
    void complain_at_token(ErrorKind kind, const Token& token, std::string_view message);
    void complain_from(const Token& token, std::string_view message);
    void target(const Capture& capture, char kind);

    bool at_end_of_source() const;
    void report_incomplete();
    void look_further();

    TokenBuffer& tokens_;
    Tokenizer& tokenizer_;
    const ParseOptions& options_;
    Arena& arena_;
    NameTable& names_;
    uintptr_t stack_limit_;
    uint32_t furthest_ = 0;
    bool mistakes_ = false;  // the invalid_* rules are on
    int32_t* memo_ = nullptr;
    uint32_t memo_rows_ = 0;
};

}  // namespace imugi::syntax
