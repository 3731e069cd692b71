// The interpreter of the grammar's tables, and what its actions say.
#include "syntax/diagnosis.h"

#include "syntax/parser_impl.h"

namespace imugi::syntax {

enum class Op : uint8_t {
    Token,
    Word,
    SoftKeyword,
    Rule,
    Group,
    Optional,
    Repeat,
    OneOrMore,
    Gather,
    And,
    Not,
    Force,
    Cut,
};

enum class Shape : uint8_t { Tokens, Expression, ExpressionList, Clauses, Arguments, Words };

struct GrammarRule {
    uint16_t first;
    uint16_t count;
    int8_t memo;  // its column, -1 for rules that remember nothing
};
struct GrammarAlternative {
    uint16_t first;
    uint8_t count;
    bool invalid;
    int16_t action;
};
struct GrammarItem {
    uint16_t node;
    uint8_t capture;  // 0 none, 1 a, 2 b
    Shape shape;
};
struct GrammarNode {
    Op op;
    uint16_t a;
    uint16_t b;
};

}  // namespace imugi::syntax

#include "syntax/diagnosis_table.h"

namespace imugi::syntax {

using namespace ast;

namespace {

// CPython takes the beginnings of soft keywords for soft keywords here, such as `m` and `t`.
bool is_soft_keyword(std::string_view text) {
    for (std::string_view keyword : {"match", "case", "type", "_"}) {
        if (keyword.starts_with(text)) return true;
    }
    return false;
}

// What messages call an expression.
const char* expression_name(ExprNode* node) {
    switch (node->kind) {
        case Kind::Attribute:
            return "attribute";
        case Kind::Subscript:
            return "subscript";
        case Kind::Starred:
            return "starred";
        case Kind::Name:
            return "name";
        case Kind::List:
            return "list";
        case Kind::Tuple:
            return "tuple";
        case Kind::Lambda:
            return "lambda";
        case Kind::Call:
            return "function call";
        case Kind::BoolOp:
        case Kind::BinOp:
        case Kind::UnaryOp:
            return "expression";
        case Kind::GeneratorExp:
            return "generator expression";
        case Kind::Yield:
        case Kind::YieldFrom:
            return "yield expression";
        case Kind::Await:
            return "await expression";
        case Kind::ListComp:
            return "list comprehension";
        case Kind::SetComp:
            return "set comprehension";
        case Kind::DictComp:
            return "dict comprehension";
        case Kind::Dict:
            return "dict literal";
        case Kind::Set:
            return "set display";
        case Kind::JoinedStr:
        case Kind::FormattedValue:
            return "f-string expression";
        case Kind::TemplateStr:
        case Kind::Interpolation:
            return "t-string expression";
        case Kind::Compare:
            return "comparison";
        case Kind::IfExp:
            return "conditional expression";
        case Kind::NamedExpr:
            return "named expression";
        case Kind::Constant:
            switch (node->as<Constant>()->value.kind) {
                case ConstantKind::None:
                    return "None";
                case ConstantKind::True:
                    return "True";
                case ConstantKind::False:
                    return "False";
                case ConstantKind::Ellipsis:
                    return "ellipsis";
                default:
                    return "literal";
            }
        default:
            return "expression";
    }
}

// The part of `node` that nothing can be assigned to, or nullptr. `kind`: 's'tar, 'f'or, 'd'el.
ExprNode* invalid_target(ExprNode* node, char kind) {
    switch (node->kind) {
        case Kind::List:
        case Kind::Tuple: {
            auto& elements = node->is<List>() ? node->as<List>()->elts : node->as<Tuple>()->elts;
            for (ExprNode* element : elements) {
                if (ExprNode* found = invalid_target(element, kind)) return found;
            }
            return nullptr;
        }
        case Kind::Starred:
            return kind == 'd' ? node : invalid_target(node->as<Starred>()->value, kind);
        case Kind::Compare: {
            // `for a in b` reads as a comparison here: its left side is what matters.
            if (kind != 'f') return node;
            auto* compare = node->as<Compare>();
            if (compare->ops[0] != CompareOperator::In) return nullptr;
            return invalid_target(compare->left, kind);
        }
        case Kind::Name:
        case Kind::Subscript:
        case Kind::Attribute:
            return nullptr;
        default:
            return node;
    }
}

bool is_legacy_statement(std::string_view name) {
    return name == "print" || name == "exec";
}

}  // namespace

// ---- Going through the grammar ----

bool Diagnosis::too_deep() {
    if (uintptr_t(__builtin_frame_address(0)) > stack_limit_) return false;
    tokenizer_.set_error(
        {.kind = ErrorKind::Memory,
         .message = "Parser stack overflowed - Python source too complex to parse"});
    return true;
}

// A row of the memo for each token, a column for each rule that remembers: 0 unknown, 1 failed,
// else the end + 2.
int32_t* Diagnosis::memo_slot(int column, int32_t at) {
    if (uint32_t(at) >= memo_rows_) {
        uint32_t rows = memo_rows_ ? memo_rows_ : 512;
        while (rows <= uint32_t(at)) rows *= 2;
        size_t row_size = MEMO_COUNT * sizeof(int32_t);
        auto* grown = static_cast<int32_t*>(realloc(memo_, rows * row_size));
        if (!grown) {
            tokenizer_.set_error({.kind = ErrorKind::Memory});
            return nullptr;
        }
        memset(grown + memo_rows_ * MEMO_COUNT, 0, (rows - memo_rows_) * row_size);
        memo_ = grown;
        memo_rows_ = rows;
    }
    return memo_ + size_t(at) * MEMO_COUNT + size_t(column);
}

int32_t Diagnosis::rule(int id, int32_t at) {
    if (failed() || too_deep()) return FAILED;
    int column = RULES[id].memo;
    if (column >= 0) {
        int32_t* known = memo_slot(column, at);
        if (!known) return FAILED;
        if (*known) return *known - 2;
    }
    bool mistakes = mistakes_;
    if (id == RULE_expression_without_invalid) mistakes_ = false;
    int32_t end = alternatives(RULES[id].first, RULES[id].count, at);
    if (end != FAILED &&
        (id == RULE_string || id == RULE_fstring || id == RULE_tstring || id == RULE_strings)) {
        check_strings(at, end);
    }
    if (end != FAILED && id == RULE_conversion) check_conversion(at, false);
    if (end != FAILED && id == RULE_format_field) check_field(at, end);
    mistakes_ = mistakes;
    if (failed()) return FAILED;
    // The memo may have moved meanwhile.
    if (column >= 0) *memo_slot(column, at) = end == FAILED ? 1 : end + 2;
    return end;
}

int32_t Diagnosis::alternatives(int first, int count, int32_t start) {
    for (int i = first; i < first + count; i++) {
        const GrammarAlternative& alternative = ALTERNATIVES[i];
        if (alternative.invalid && !mistakes_) continue;
        Capture captures[2];
        int32_t at = start;
        bool cut = false;
        for (int k = 0; k < alternative.count && at != FAILED; k++) {
            const GrammarItem& item = ITEMS[alternative.first + k];
            if (NODES[item.node].op == Op::Cut) {
                cut = true;
                continue;
            }
            int32_t before = at;
            at = node(item.node, at);
            if (item.capture && at != FAILED) {
                captures[item.capture - 1] = {before, at, uint8_t(item.shape)};
            }
        }
        if (failed()) return FAILED;
        if (at != FAILED) {
            if (alternative.action < 0) return at;
            act(alternative.action, captures, at);
            return FAILED;
        }
        if (cut) return FAILED;
    }
    return FAILED;
}

int32_t Diagnosis::node(int index, int32_t at) {
    const GrammarNode& it = NODES[index];
    switch (it.op) {
        case Op::Token: {
            const Token& token = fetch(at);
            if (token.kind != TokenKind(it.a)) return FAILED;
            if (token.kind == TokenKind::NOTEQUAL &&
                (tokens_.text(token) == "<>") != options_.barry_as_bdfl) {
                return FAILED;
            }
            return at + 1;
        }
        case Op::Word: {
            const Token& token = fetch(at);
            return token.kind == TokenKind::NAME && tokens_.text(token) == WORDS[it.a] ? at + 1
                                                                                       : FAILED;
        }
        case Op::SoftKeyword: {
            const Token& token = fetch(at);
            return token.kind == TokenKind::NAME && is_soft_keyword(tokens_.text(token)) ? at + 1
                                                                                         : FAILED;
        }
        case Op::Rule:
            return rule(it.a, at);
        case Op::Group:
            return alternatives(it.a, it.b, at);
        case Op::Optional: {
            int32_t end = node(it.a, at);
            return failed() ? FAILED : end == FAILED ? at : end;
        }
        case Op::Repeat:
        case Op::OneOrMore: {
            int32_t start = at;
            for (;;) {
                int32_t end = node(it.a, at);
                if (failed()) return FAILED;
                if (end == FAILED || end == at) break;
                at = end;
            }
            return it.op == Op::OneOrMore && at == start ? FAILED : at;
        }
        case Op::Gather: {
            at = node(it.a, at);
            while (at != FAILED) {
                int32_t behind = node(it.b, at);
                int32_t end = behind == FAILED ? FAILED : node(it.a, behind);
                if (failed()) return FAILED;
                if (end == FAILED) break;
                at = end;
            }
            return at;
        }
        case Op::And:
            return node(it.a, at) == FAILED ? FAILED : at;
        case Op::Not: {
            int32_t end = node(it.a, at);
            return failed() || end != FAILED ? FAILED : at;
        }
        case Op::Force: {
            const Token& token = fetch(at);
            if (token.kind == TokenKind(it.a)) return at + 1;
            // Only on the second pass: a mistake before it has precedence.
            if (failed() || !mistakes_) return FAILED;
            std::string_view wanted = token_text(TokenKind(it.a));
            complain({token.line, token.column, token.end_line, token.end_column},
                     tokenizer_.format("expected '%.*s'", int(wanted.size()), wanted.data()));
            return FAILED;
        }
        case Op::Cut:
            return at;
    }
    return FAILED;
}

// String literals are decoded as soon as they are met, whatever may be wrong behind them.
void Diagnosis::check_strings(int32_t start, int32_t end) {
    TokenBuffer part(tokens_, uint32_t(start), uint32_t(end), last_token());
    Parser parser(part, options_, arena_, names_, stack_limit_);
    bool warned = tokenizer_.set_warns_of_escapes(!mistakes_);
    (void)parser.yield_or_star_expressions();
    tokenizer_.set_warns_of_escapes(warned);
}

// `!r` must be in one piece; what the letter is only matters once its field is whole.
void Diagnosis::check_conversion(int32_t at, bool whole) {
    const Token mark = tokens_.at(at);
    const Token letter = tokens_.at(at + 1);
    if (!whole) {
        if (mark.end_line == letter.line && mark.end_column == letter.column) return;
        complain({mark.line, mark.column, letter.end_line, letter.end_column},
                 for_innermost_string("f-string: conversion type must come right after the "
                                      "exclamanation mark",
                                      at));
        return;
    }
    std::string_view text = tokens_.text(letter);
    if (text == "s" || text == "r" || text == "a") return;
    complain({letter.line, letter.column, letter.end_line, letter.end_column},
             for_innermost_string(
                 tokenizer_.format("f-string: invalid conversion character '%.*s': expected 's', "
                                   "'r', or 'a'",
                                   int(text.size()), text.data()),
                 at));
}

void Diagnosis::check_field(int32_t start, int32_t end) {
    int depth = 0;
    for (int32_t at = start; at < end; at++) {
        switch (tokens_.at(at).kind) {
            case TokenKind::LBRACE:
            case TokenKind::LPAR:
            case TokenKind::LSQB:
            case TokenKind::FSTRING_START:
            case TokenKind::TSTRING_START:
                depth++;
                break;
            case TokenKind::RBRACE:
            case TokenKind::RPAR:
            case TokenKind::RSQB:
            case TokenKind::FSTRING_END:
            case TokenKind::TSTRING_END:
                depth--;
                break;
            case TokenKind::EXCLAMATION:
                if (depth == 1) return check_conversion(at, true);
                break;
            case TokenKind::COLON:
                // Of a lambda's, a slice's or a dictionary's there is none outside of brackets.
                if (depth == 1) return;
                break;
            default:
                break;
        }
    }
}

// ---- What captures are ----

ExprNode* Diagnosis::expression(const Capture& capture) {
    TokenBuffer part(tokens_, uint32_t(capture.start), uint32_t(capture.end), last_token());
    {
        Parser parser(part, options_, arena_, names_, stack_limit_);
        ExprNode* made = parser.yield_or_star_expressions();
        if (failed() || (made && parser.at_end())) return made;
    }
    Parser parser(part, options_, arena_, names_, stack_limit_);
    ExprNode* made = parser.argument();
    return made && parser.at_end() ? made : nullptr;
}

Position Diagnosis::place(const Capture& capture) {
    int32_t end = capture.end;
    bool trim = Shape(capture.shape) != Shape::Expression;
    auto kind_before = [&] { return tokens_.at(end - 1).kind; };
    while (trim && end - 1 > capture.start &&
           (kind_before() == TokenKind::COMMA || kind_before() == TokenKind::TYPE_COMMENT)) {
        end--;
    }
    const Token& first = tokens_.at(capture.start);
    const Token& last = tokens_.at(end - 1);
    Position span = {first.line, first.column, last.end_line, last.end_column};
    switch (Shape(capture.shape)) {
        case Shape::Expression:
        case Shape::ExpressionList: {
            ExprNode* node = expression({capture.start, end, 0});
            if (!node) break;
            if (Shape(capture.shape) == Shape::Expression) return node->position;
            auto* tuple = node->if_is<Tuple>();
            if (!tuple || tuple->elts.empty()) return node->position;
            return tuple->elts.back()->position;
        }
        case Shape::Clauses: {
            TokenBuffer part(tokens_, uint32_t(capture.start), uint32_t(end), last_token());
            Parser parser(part, options_, arena_, names_, stack_limit_);
            Sequence<Comprehension*> clauses;
            if (!parser.comprehensions(clauses) || clauses.empty()) break;
            Comprehension* clause = clauses.back();
            return (clause->ifs.empty() ? clause->iter : clause->ifs.back())->position;
        }
        default:
            break;
    }
    return span;
}

// Where the string literal that ends before `end` begins.
int32_t Diagnosis::last_string_start(int32_t end) {
    int depth = 0;
    for (int32_t at = end - 1; at > 0; at--) {
        TokenKind kind = tokens_.at(at).kind;
        if (kind == TokenKind::FSTRING_END || kind == TokenKind::TSTRING_END) depth++;
        if (kind == TokenKind::FSTRING_START || kind == TokenKind::TSTRING_START) depth--;
        if (depth == 0) return at;
    }
    return 0;
}

// "f-string: ..." is "t-string: ..." inside of those.
std::string_view Diagnosis::for_innermost_string(std::string_view message, int32_t at) {
    if (!message.starts_with("f-string:")) return message;
    int depth = 0;
    for (int32_t i = at - 1; i >= 0; i--) {
        TokenKind kind = tokens_.at(i).kind;
        if (kind == TokenKind::FSTRING_END || kind == TokenKind::TSTRING_END) depth++;
        if (kind != TokenKind::FSTRING_START && kind != TokenKind::TSTRING_START) continue;
        if (depth-- > 0) continue;
        if (kind == TokenKind::FSTRING_START) break;
        return tokenizer_.format("t%.*s", int(message.size()) - 1, message.data() + 1);
    }
    return message;
}

// ---- Saying it ----

void Diagnosis::complain(const Position& place, std::string_view message) {
    if (failed()) return;
    tokenizer_.set_error(tokenizer_.error_at(ErrorKind::Syntax, message, place.line,
                                             place.column + 1, place.end_line,
                                             place.end_column + 1));
}

void Diagnosis::complain_at_token(ErrorKind kind, const Token& token, std::string_view message) {
    if (!failed()) tokenizer_.set_error(tokenizer_.error_at_token(kind, message, token));
}

void Diagnosis::complain_from(const Token& token, std::string_view message) {
    if (failed()) return;
    tokenizer_.set_error(tokenizer_.error_at(ErrorKind::Syntax, message, token.line,
                                             token.column + 1, tokenizer_.line(),
                                             tokenizer_.column()));
}

void Diagnosis::target(const Capture& capture, char kind) {
    ExprNode* node = expression(capture);
    ExprNode* wrong = node ? invalid_target(node, kind) : nullptr;
    if (!wrong) return;
    complain(wrong->position,
             tokenizer_.format(kind == 'd' ? "cannot delete %s" : "cannot assign to %s",
                               expression_name(wrong)));
}

void Diagnosis::act(int action_index, const Capture* captures, int32_t at) {
    const GrammarAction& action = ACTIONS[action_index];
    const Capture& a = captures[0];
    const Capture& b = captures[1];
    std::string_view message = action.message;
    // What is read again here has warned before, if it had to.
    bool warned = tokenizer_.set_warns_of_escapes(false);
    struct Restore {
        Tokenizer& tokenizer;
        bool warned;
        ~Restore() { (void)tokenizer.set_warns_of_escapes(warned); }
    } restore{tokenizer_, warned};
    auto range = [&](const Position& from, const Position& to, std::string_view text) {
        complain({from.line, from.column, to.end_line, to.end_column}, text);
    };
    switch (action.form) {
        case Action::At:
            complain(place(captures[action.first]), for_innermost_string(message, at));
            break;
        case Action::Range:
            range(place(captures[action.first]), place(captures[action.second]),
                  for_innermost_string(message, a.start));
            break;
        case Action::From: {
            Position where = place(captures[action.first]);
            Token token;
            token.line = where.line;
            token.column = where.column;
            complain_from(token, message);
            break;
        }
        case Action::Last:
            complain_at_token(ErrorKind::Syntax, last_token(), message);
            break;
        case Action::Next:
            complain_at_token(ErrorKind::Syntax, fetch(at), for_innermost_string(message, at));
            break;
        case Action::Indent: {
            int line = action.first < 0 ? 0 : tokens_.at(captures[action.first].start).line;
            std::string_view text = message;
            if (action.first >= 0) {
                text = tokenizer_.format("%.*s%d", int(message.size()) - 2, message.data(), line);
            }
            complain_at_token(ErrorKind::Indentation, last_token(), text);
            break;
        }
        case Action::Named: {
            ExprNode* node = expression(captures[action.first]);
            if (!node) break;
            size_t hole = message.find("%s");
            complain(
                node->position,
                tokenizer_.format("%.*s%s%.*s", int(hole), message.data(), expression_name(node),
                                  int(message.size() - hole - 2), message.data() + hole + 2));
            break;
        }
        case Action::TargetStar:
            target(a, 's');
            break;
        case Action::TargetFor:
            target(a, 'f');
            break;
        case Action::TargetDel:
            target(a, 'd');
            break;
        case Action::BareGenerator: {
            // `f(L, x for x in y)`, but not `f(x for x in y)`.
            TokenBuffer part(tokens_, uint32_t(a.start), uint32_t(a.end), last_token());
            Parser parser(part, options_, arena_, names_, stack_limit_);
            Sequence<ExprNode*> positional;
            Sequence<Keyword*> keywords;
            if (!parser.arguments(TokenKind::ENDMARKER, positional, keywords)) break;
            if (positional.size <= 1) break;
            range(positional.back()->position, place(b),
                  "Generator expression must be parenthesized");
            break;
        }
        case Action::LastTarget: {
            TokenBuffer part(tokens_, uint32_t(b.start), uint32_t(b.end), last_token());
            Parser parser(part, options_, arena_, names_, stack_limit_);
            Sequence<Comprehension*> clauses;
            if (!parser.comprehensions(clauses) || clauses.empty()) break;
            range(place(a), clauses.back()->target->position,
                  "Generator expression must be parenthesized");
            break;
        }
        case Action::ArgumentOrder: {
            TokenBuffer part(tokens_, uint32_t(a.start), uint32_t(a.end), last_token());
            Parser parser(part, options_, arena_, names_, stack_limit_);
            Sequence<ExprNode*> positional;
            Sequence<Keyword*> keywords;
            bool unpacking = false;
            if (parser.arguments(TokenKind::ENDMARKER, positional, keywords)) {
                for (Keyword* keyword : keywords) unpacking |= !keyword->arg;
            }
            complain_at_token(ErrorKind::Syntax, last_token(),
                              unpacking ? "positional argument follows keyword argument unpacking"
                                        : "positional argument follows keyword argument");
            break;
        }
        case Action::ConstantKeyword: {
            std::string_view name = tokens_.text(tokens_.at(a.start));
            range(place(a), place(b),
                  tokenizer_.format("cannot assign to %.*s", int(name.size()), name.data()));
            break;
        }
        case Action::LegacyStatement: {
            std::string_view name = tokens_.text(tokens_.at(a.start));
            if (!is_legacy_statement(name)) break;
            int size = int(name.size());
            range(
                place(a), place(b),
                tokenizer_.format("Missing parentheses in call to '%.*s'. Did you mean %.*s(...)?",
                                  size, name.data(), size, name.data()));
            break;
        }
        case Action::BoundOfTuple:
        case Action::BoundOfSpec: {
            ExprNode* bound = expression(b);
            if (!bound) break;
            complain_from(tokens_.at(a.start),
                          tokenizer_.format(
                              "cannot use %s with %s", bound->is<Tuple>() ? "constraints" : "bound",
                              action.form == Action::BoundOfTuple ? "TypeVarTuple" : "ParamSpec"));
            break;
        }
        case Action::ForgottenComma: {
            if (tokens_.at(at - 1).level == 0) break;
            ExprNode* node = expression(a);
            if (node && node->is<Name>() && is_legacy_statement(node->as<Name>()->id->text()))
                break;
            range(place(a), place(b), "invalid syntax. Perhaps you forgot a comma?");
            break;
        }
        case Action::MissingValue: {
            Position where = place(a);
            if (failed()) break;
            tokenizer_.set_error(
                tokenizer_.error_at(ErrorKind::Syntax, "':' expected after dictionary key",
                                    where.line, where.end_column, where.end_line, 0));
            break;
        }
        case Action::MixedTemplates:
            range(place({last_string_start(a.end), a.end, 0}), place(b),
                  "cannot mix t-string literals with string or bytes literals");
            break;
    }
}

// ---- The order of things ----

bool Diagnosis::at_end_of_source() const {
    ReadState state = tokenizer_.state();
    return state == ReadState::EndOfInput || state == ReadState::OpenTripleString ||
           state == ReadState::OpenString;
}

void Diagnosis::report_incomplete() {
    tokenizer_.set_error({});
    complain_at_token(ErrorKind::Incomplete, last_token(), "incomplete input");
}

// An error of the parser gives way to one that the tokenizer meets in the rest of the source.
void Diagnosis::look_further() {
    Error found = tokenizer_.error();
    int32_t line = last_token().line;
    tokenizer_.set_error({});
    Token token;
    while (tokenizer_.next(token)) {
        if (token.kind == TokenKind::ENDMARKER) break;
    }
    // Within an f-string what was found first stands.
    if (tokenizer_.has_error() && !tokenizer_.in_format_string()) {
        if (tokenizer_.is_token_error()) return;
        if (tokenizer_.parenthesis_level() && line > tokenizer_.innermost_parenthesis().line) {
            const auto& open = tokenizer_.innermost_parenthesis();
            tokenizer_.set_error(tokenizer_.error_at(
                ErrorKind::Syntax, tokenizer_.format("'%c' was never closed", open.character),
                open.line, open.column + 1, open.line, 0));
            return;
        }
    }
    tokenizer_.set_error(found);
}

void Diagnosis::find(uint32_t start) {
    if (tokenizer_.error().kind == ErrorKind::Memory) return;
    int root = options_.mode == Mode::Exec     ? RULE_file
               : options_.mode == Mode::Eval   ? RULE_eval
               : options_.mode == Mode::Single ? RULE_interactive
                                               : RULE_func_type;
    furthest_ = failed() ? tokens_.count() - 1 : start;
    if (!failed()) rule(root, int32_t(start));
    if (options_.allow_incomplete_input && at_end_of_source()) return report_incomplete();
    const Token last = last_token();
    if (!failed()) {
        mistakes_ = true;
        forget();
        rule(root, int32_t(start));
    }
    if (tokenizer_.error().kind == ErrorKind::Memory) return;
    if (failed()) {
        if (tokenizer_.state() == ReadState::Ok) look_further();
        return;
    }
    if (last.kind == TokenKind::INDENT || last.kind == TokenKind::DEDENT) {
        complain_at_token(
            ErrorKind::Indentation, last_token(),
            last.kind == TokenKind::INDENT ? "unexpected indent" : "unexpected unindent");
        return;
    }
    complain({last.line, last.column, last.end_line, last.end_column}, "invalid syntax");
    look_further();
}

}  // namespace imugi::syntax
