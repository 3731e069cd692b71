// The recursive-descent parser, one method a rule of the grammar. A method that returns nullptr has
// failed: either softly (the text is no such thing; the caller may go back and try another) or for
// good, when failed() is true. It builds trees of correct programs and only says *that* a program
// is wrong; what is wrong is found by Diagnosis.
#pragma once

#include "syntax/names.h"
#include "syntax/parser.h"
#include "syntax/token_buffer.h"

namespace imugi::syntax {

// A stack of words from which finished lists are copied into the arena.
class Scratch {
  public:
    Scratch() = default;
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() { free(words_); }

    size_t mark() const { return size_; }
    [[nodiscard]] bool push(const void* pointer) { return push_word(uintptr_t(pointer)); }
    [[nodiscard]] bool push_word(uintptr_t word) {
        if (size_ == capacity_ && !grow()) return false;
        words_[size_++] = word;
        return true;
    }
    uintptr_t* data() { return words_; }
    void cut(size_t mark) { size_ = mark; }

  private:
    bool grow();
    uintptr_t* words_ = nullptr;
    size_t size_ = 0;
    size_t capacity_ = 0;
};

struct Parsed;

class Parser {
  public:
    using Expr = ast::ExprNode*;
    using Stmt = ast::StmtNode*;
    using Pattern = ast::PatternNode*;
    template <typename T>
    using Seq = ast::Sequence<T>;

    Parser(TokenBuffer& tokens, const ParseOptions& options, Arena& arena, NameTable& names,
           uintptr_t stack_limit)
        : tokens_(tokens),
          options_(options),
          arena_(arena),
          names_(names),
          tokenizer_(tokens.tokenizer()),
          stack_limit_(stack_limit) {}

    ast::ModNode* parse_module();
    bool failed() const { return tokenizer_.has_error(); }
    // The token where the failing top-level statement begins.
    uint32_t statement_start() const { return statement_start_; }
    int32_t last_line() const { return last_line_; }
    int32_t last_column() const { return last_column_; }

    // Rules that Diagnosis asks for by themselves.
    Expr yield_or_star_expressions();
    Expr argument();
    bool comprehensions(Seq<ast::Comprehension*>& list);
    bool arguments(TokenKind closing, Seq<Expr>& args, Seq<ast::Keyword*>& keywords);
    bool at_end() { return kind() == TokenKind::ENDMARKER; }

  private:
    friend class StringBuilder;

    // ---- Tokens ----
    TokenKind kind() { return tokens_.at(position_).kind; }
    TokenKind kind_after(uint32_t distance) { return tokens_.at(position_ + distance).kind; }
    const Token& token() { return tokens_.at(position_); }
    const Token& previous() { return tokens_.at(position_ - 1); }
    void advance() { position_++; }
    bool at(TokenKind wanted) { return kind() == wanted; }
    bool accept(TokenKind wanted) {
        if (kind() != wanted) return false;
        position_++;
        return true;
    }
    bool at_soft(std::string_view word) {
        return kind() == TokenKind::NAME && tokens_.text(token()) == word;
    }
    ast::IdentifierRef identifier(const Token& token);
    ast::IdentifierRef name();  // consumes a NAME

    // ---- Positions: from a token or node to the last token consumed ----
    ast::Position from(uint32_t start) {
        const Token& first = tokens_.at(start);
        const Token& last = previous();
        return {first.line, first.column, last.end_line, last.end_column};
    }
    ast::Position from(const ast::LocatedNode* node) {
        const Token& last = previous();
        return {node->position.line, node->position.column, last.end_line, last.end_column};
    }
    // For statements, which end before the NEWLINEs and DEDENTs that close them.
    ast::Position statement_from(uint32_t start);
    static ast::Position of(const Token& token) {
        return {token.line, token.column, token.end_line, token.end_column};
    }

    // ---- Making ----
    template <typename T, typename... Args>
    T* make(Args&&... args) {
        T* made = arena_.make<T>(static_cast<Args&&>(args)...);
        if (!made) out_of_memory();
        return made;
    }
    template <typename T>
    bool take(size_t mark, Seq<T>& list);
    // first (separator next)*
    template <typename T>
    bool separated(T first, TokenKind separator, T (Parser::*next)(), Seq<T>& list);
    template <typename T>
    bool one(T element, Seq<T>& list);
    bool push(const void* pointer) {
        if (scratch_.push(pointer)) return true;
        out_of_memory();
        return false;
    }
    bool push_word(uintptr_t word) { return push(reinterpret_cast<void*>(word)); }
    void out_of_memory() { tokenizer_.set_error({.kind = ErrorKind::Memory}); }
    bool too_deep();
    std::nullptr_t error(const Token& from, const Token& to, std::string_view message);
    std::nullptr_t error(const Token& where, std::string_view message) {
        if (!failed()) {
            tokenizer_.set_error(tokenizer_.error_at_token(ErrorKind::Syntax, message, where));
        }
        return nullptr;
    }
    // Fails for a feature that the asked-for version of the grammar lacks.
    bool since(int version, const char* what);

    // ---- Statements ----
    bool statements(Seq<Stmt>& list, bool in_block);
    bool statement();  // pushes one or several
    bool simple_statements();
    Stmt simple_statement();
    Stmt compound_statement(bool& taken);
    bool block(Seq<Stmt>& body);
    Stmt expression_statement();
    Stmt assignment(uint32_t start, Expr first);
    Stmt annotated_assignment(uint32_t start, Expr target);
    Stmt return_statement();
    Stmt raise_statement();
    Stmt import_statement();
    Stmt from_import_statement();
    ast::IdentifierRef dotted_name();
    Stmt global_statement(bool nonlocal);
    Stmt delete_statement();
    Stmt assert_statement();
    Stmt type_alias_statement();
    Stmt if_statement();
    bool else_block(Seq<Stmt>& body);
    Stmt while_statement();
    Stmt for_statement(uint32_t start, bool async);
    Stmt with_statement(uint32_t start, bool async);
    bool with_items(Seq<ast::WithItem*>& items, bool parenthesized);
    Stmt try_statement();
    ast::ExceptHandlerNode* except_block(bool star);
    Stmt decorated();
    Stmt function_statement(uint32_t start, bool async, Seq<Expr> decorators);
    Stmt class_statement(Seq<Expr> decorators);
    bool type_parameters(Seq<ast::TypeParamNode*>& list);
    ast::TypeParamNode* type_parameter();
    ast::Arguments* parameters(TokenKind closing, bool lambda);
    ast::Arg* parameter(bool lambda, bool star);
    std::string_view type_comment();
    std::string_view function_type_comment();
    Stmt match_statement(bool& taken);
    ast::MatchCase* case_block();
    ast::ModNode* function_type();

    // ---- Patterns ----
    Pattern top_pattern();
    Pattern maybe_star_pattern();
    Pattern as_pattern();
    Pattern or_pattern();
    Pattern closed_pattern();
    Pattern name_or_class_pattern();
    Pattern number_pattern();
    Pattern string_pattern();
    Pattern group_or_sequence_pattern();
    Pattern mapping_pattern();
    Expr signed_number();
    Expr complex_number();
    Expr name_or_attribute();

    // ---- Expressions ----
    Expr star_expressions();
    Expr star_named_expression();
    Expr named_expression();
    Expr expression();
    Expr disjunction();
    Expr bitwise_or() { return binary(1); }
    Expr primary();
    Expr star_target_expression();
    Expr strings();
    Expr atom();
    Expr star_expression();
    Expr yield_expression();
    Expr lambda();
    Expr conjunction();
    Expr inversion();
    Expr comparison();
    Expr binary(int precedence);
    Expr factor();
    Expr await_primary();
    Expr primary_tail(uint32_t start, Expr left);
    Expr call(uint32_t start, Expr function);
    Expr slices();
    Expr slice();
    Expr number();
    Expr group();
    Expr list_display();
    Expr brace_display();
    bool at_comprehension() {
        return at(TokenKind::KwFor) ||
               (at(TokenKind::KwAsync) && kind_after(1) == TokenKind::KwFor);
    }
    Expr starred(bool full_expression);

    // ---- Targets: expressions that turn out to be assigned to ----
    bool as_target(Expr expression, ast::Context context, bool star_allowed);
    Expr star_targets();
    static bool is_single_target(Expr expression);

    TokenBuffer& tokens_;
    const ParseOptions& options_;
    Arena& arena_;
    NameTable& names_;
    Tokenizer& tokenizer_;
    uintptr_t stack_limit_;
    Scratch scratch_;
    uint32_t position_ = 0;
    uint32_t statement_start_ = 0;
    // Of the whole statement that begins last.
    int32_t last_line_ = 0;
    int32_t last_column_ = 0;

    void note(const ast::Position& position) {
        if (position.line < last_line_) return;
        last_line_ = position.line;
        last_column_ = position.column;
    }
};

template <typename T>
bool Parser::take(size_t mark, Seq<T>& list) {
    size_t count = scratch_.mark() - mark;
    list.size = uint32_t(count);
    list.data = nullptr;
    if (count) {
        list.data = arena_.make_array<T>(count);
        if (!list.data) {
            out_of_memory();
            return false;
        }
        for (size_t i = 0; i < count; i++) list.data[i] = (T)(scratch_.data()[mark + i]);
    }
    scratch_.cut(mark);
    return true;
}
template <typename T>
bool Parser::separated(T first, TokenKind separator, T (Parser::*next)(), Seq<T>& list) {
    size_t mark = scratch_.mark();
    if (!push(first)) return false;
    while (accept(separator)) {
        T element = (this->*next)();
        if (!element || !push(element)) return false;
    }
    return take(mark, list);
}

template <typename T>
bool Parser::one(T element, Seq<T>& list) {
    list.data = arena_.make_array<T>(1);
    list.size = 1;
    if (!list.data) {
        out_of_memory();
        return false;
    }
    list.data[0] = element;
    return true;
}

}  // namespace imugi::syntax
