// Simple statements, and the way from a file to its statements.
#include "syntax/parser_impl.h"

namespace imugi::syntax {

using namespace ast;
using enum TokenKind;

Position Parser::statement_from(uint32_t start) {
    const Token first = tokens_.at(start);
    uint32_t last = position_ - 1;
    while (last > start) {
        TokenKind kind = tokens_.at(last).kind;
        if (kind != NEWLINE && kind != INDENT && kind != DEDENT) break;
        last--;
    }
    const Token& end = tokens_.at(last);
    return {first.line, first.column, end.end_line, end.end_column};
}

ModNode* Parser::parse_module() {
    switch (options_.mode) {
        case Mode::Exec: {
            size_t mark = scratch_.mark();
            while (!at(ENDMARKER)) {
                // What is done with is forgotten: only the statement at hand may be looked at
                // again.
                tokens_.forget_before(position_);
                position_ = statement_start_ = 0;
                if (!statement()) return nullptr;
            }
            Seq<Stmt> body;
            if (!take(mark, body)) return nullptr;
            Seq<TypeIgnoreNode*> ignores;
            for (auto* it = tokens_.type_ignores(); it; it = it->next) {
                auto* made = make<TypeIgnore>(it->token.line, tokens_.text(it->token));
                if (!made || !push(made)) return nullptr;
            }
            if (!take(mark, ignores)) return nullptr;
            return make<Module>(body, ignores);
        }
        case Mode::Eval: {
            Expr value = star_expressions();
            while (value && accept(NEWLINE)) {
            }
            return value && at(ENDMARKER) ? make<Expression>(value) : nullptr;
        }
        case Mode::Single: {
            size_t mark = scratch_.mark();
            if (at(ENDMARKER)) return nullptr;
            if (at(NEWLINE)) {
                Stmt pass = make<Pass>(of(token()));
                advance();
                if (!pass || !push(pass)) return nullptr;
            } else {
                bool taken = false;
                Stmt compound = compound_statement(taken);
                if (taken) {
                    if (!compound || !push(compound) || !accept(NEWLINE)) return nullptr;
                } else if (failed() || !simple_statements()) {
                    return nullptr;
                }
            }
            Seq<Stmt> body;
            if (!take(mark, body)) return nullptr;
            return make<Interactive>(body);
        }
        case Mode::FuncType:
            return function_type();
    }
    return nullptr;
}

ModNode* Parser::function_type() {
    if (!accept(LPAR)) return nullptr;
    size_t mark = scratch_.mark();
    bool star = false, double_star = false;
    while (!at(RPAR)) {
        if (double_star) return nullptr;
        if (accept(STAR)) {
            if (star) return nullptr;
            star = true;
        } else if (accept(DOUBLESTAR)) {
            double_star = true;
        } else if (star) {
            return nullptr;
        }
        Expr type = expression();
        if (!type || !push(type)) return nullptr;
        if (!at(COMMA)) break;
        advance();
        if (at(RPAR)) return nullptr;
    }
    Seq<Expr> types;
    if (!accept(RPAR) || !take(mark, types) || !accept(RARROW)) return nullptr;
    Expr returns = expression();
    while (returns && accept(NEWLINE)) {
    }
    return returns && at(ENDMARKER) ? make<FunctionType>(types, returns) : nullptr;
}

bool Parser::statement() {
    if (too_deep()) return false;
    bool taken = false;
    Stmt compound = compound_statement(taken);
    if (taken) {
        if (compound) note(compound->position);
        return compound && push(compound);
    }
    return !failed() && simple_statements();
}

// An indented block or simple statements on the same line.
bool Parser::block(Seq<Stmt>& body) {
    size_t mark = scratch_.mark();
    if (!at(NEWLINE)) return simple_statements() && take(mark, body);
    advance();
    if (!accept(INDENT)) return false;
    do {
        if (!statement()) return false;
    } while (!at(DEDENT) && !at(ENDMARKER));
    return accept(DEDENT) && take(mark, body);
}

bool Parser::simple_statements() {
    Stmt made;
    for (;;) {
        made = simple_statement();
        if (!made || !push(made)) return false;
        if (!accept(SEMI)) break;
        if (at(NEWLINE)) break;
    }
    if (!accept(NEWLINE)) return false;
    note(made->position);
    return true;
}

Parser::Stmt Parser::simple_statement() {
    uint32_t start = position_;
    switch (kind()) {
        case KwReturn:
            return return_statement();
        case KwImport:
            return import_statement();
        case KwFrom:
            return from_import_statement();
        case KwRaise:
            return raise_statement();
        case KwPass:
            advance();
            return make<Pass>(from(start));
        case KwBreak:
            advance();
            return make<Break>(from(start));
        case KwContinue:
            advance();
            return make<Continue>(from(start));
        case KwDel:
            return delete_statement();
        case KwAssert:
            return assert_statement();
        case KwGlobal:
            return global_statement(false);
        case KwNonlocal:
            return global_statement(true);
        case NAME:
            if (kind_after(1) == NAME && at_soft("type")) return type_alias_statement();
            return expression_statement();
        default:
            return expression_statement();
    }
}

namespace {

bool augmented(TokenKind kind, Operator& op) {
    switch (kind) {
        case PLUSEQUAL:
            op = Operator::Add;
            return true;
        case MINEQUAL:
            op = Operator::Sub;
            return true;
        case STAREQUAL:
            op = Operator::Mult;
            return true;
        case ATEQUAL:
            op = Operator::MatMult;
            return true;
        case SLASHEQUAL:
            op = Operator::Div;
            return true;
        case PERCENTEQUAL:
            op = Operator::Mod;
            return true;
        case AMPEREQUAL:
            op = Operator::BitAnd;
            return true;
        case VBAREQUAL:
            op = Operator::BitOr;
            return true;
        case CIRCUMFLEXEQUAL:
            op = Operator::BitXor;
            return true;
        case LEFTSHIFTEQUAL:
            op = Operator::LShift;
            return true;
        case RIGHTSHIFTEQUAL:
            op = Operator::RShift;
            return true;
        case DOUBLESTAREQUAL:
            op = Operator::Pow;
            return true;
        case DOUBLESLASHEQUAL:
            op = Operator::FloorDiv;
            return true;
        default:
            return false;
    }
}

}  // namespace

Parser::Stmt Parser::expression_statement() {
    uint32_t start = position_;
    bool yields = at(KwYield);
    Expr first = yield_or_star_expressions();
    if (!first) return nullptr;
    switch (kind()) {
        case EQUAL:
            return yields ? nullptr : assignment(start, first);
        case COLON:
            return yields ? nullptr : annotated_assignment(start, first);
        default:
            break;
    }
    Operator op;
    if (!augmented(kind(), op)) return make<ast::Expr>(from(start), first);
    if (yields || !is_single_target(first)) return nullptr;
    as_target(first, Context::Store, false);
    if (op == Operator::MatMult && !since(5, "The '@' operator is")) return nullptr;
    advance();
    Expr value = yield_or_star_expressions();
    if (!value) return nullptr;
    return make<AugAssign>(from(start), first, op, value);
}

Parser::Stmt Parser::assignment(uint32_t start, Expr first) {
    size_t mark = scratch_.mark();
    Expr value = first;
    while (accept(EQUAL)) {
        if (!as_target(value, Context::Store, true) || !push(value)) return nullptr;
        bool yields = at(KwYield);
        value = yield_or_star_expressions();
        if (!value || (yields && at(EQUAL))) return nullptr;
    }
    Seq<Expr> targets;
    if (!take(mark, targets)) return nullptr;
    std::string_view comment = type_comment();
    return make<Assign>(from(start), targets, value, comment);
}

Parser::Stmt Parser::annotated_assignment(uint32_t start, Expr target) {
    if (!is_single_target(target)) return nullptr;
    // `(x): int` is no simple name.
    int32_t simple = target->is<Name>() && tokens_.at(start).kind == NAME;
    as_target(target, Context::Store, false);
    advance();
    Expr annotation = expression();
    if (!annotation) return nullptr;
    Expr value = nullptr;
    if (accept(EQUAL) && !(value = yield_or_star_expressions())) return nullptr;
    if (!since(6, "Variable annotation syntax is")) return nullptr;
    return make<AnnAssign>(from(start), target, annotation, value, simple);
}

std::string_view Parser::type_comment() {
    if (!options_.type_comments || !at(TYPE_COMMENT)) return {};
    std::string_view text = tokens_.text(token());
    advance();
    return text;
}

Parser::Stmt Parser::return_statement() {
    uint32_t start = position_;
    advance();
    Expr value = nullptr;
    if (!at(NEWLINE) && !at(SEMI) && !(value = star_expressions())) return nullptr;
    return make<Return>(from(start), value);
}

Parser::Stmt Parser::raise_statement() {
    uint32_t start = position_;
    advance();
    Expr exception = nullptr;
    Expr cause = nullptr;
    if (!at(NEWLINE) && !at(SEMI)) {
        if (!(exception = expression())) return nullptr;
        if (accept(KwFrom) && !(cause = expression())) return nullptr;
    }
    return make<Raise>(from(start), exception, cause);
}

Parser::Stmt Parser::assert_statement() {
    uint32_t start = position_;
    advance();
    Expr test = expression();
    if (!test) return nullptr;
    Expr message = nullptr;
    if (accept(COMMA) && !(message = expression())) return nullptr;
    return make<Assert>(from(start), test, message);
}

Parser::Stmt Parser::global_statement(bool nonlocal) {
    uint32_t start = position_;
    advance();
    size_t mark = scratch_.mark();
    do {
        IdentifierRef id = name();
        if (!id || !push(id)) return nullptr;
    } while (accept(COMMA));
    Seq<IdentifierRef> names;
    if (!take(mark, names)) return nullptr;
    if (nonlocal) return make<Nonlocal>(from(start), names);
    return make<Global>(from(start), names);
}

Parser::Stmt Parser::delete_statement() {
    uint32_t start = position_;
    advance();
    size_t mark = scratch_.mark();
    do {
        if (at(SEMI) || at(NEWLINE)) break;
        Expr target = primary();
        if (!target || !as_target(target, Context::Del, false) || !push(target)) return nullptr;
    } while (accept(COMMA));
    if (!at(SEMI) && !at(NEWLINE)) return nullptr;
    Seq<Expr> targets;
    if (!take(mark, targets) || targets.empty()) return nullptr;
    return make<Delete>(from(start), targets);
}

// a.b.c as one name.
IdentifierRef Parser::dotted_name() {
    if (!at(NAME)) return nullptr;
    uint32_t first = position_;
    IdentifierRef head = name();
    if (!head || !at(DOT)) return head;
    while (accept(DOT)) {
        if (!at(NAME)) return nullptr;
        advance();
    }
    // White space may stand around the dots, and every part is normalised by itself.
    size_t size = 0;
    for (uint32_t i = first; i < position_; i += 2) {
        IdentifierRef part = identifier(tokens_.at(i));
        if (!part) return nullptr;
        size += part->size + 1;
    }
    char* text = arena_.make_array<char>(size);
    if (!text) return out_of_memory(), nullptr;
    char* to = text;
    for (uint32_t i = first; i < position_; i += 2) {
        IdentifierRef part = identifier(tokens_.at(i));
        if (to != text) *to++ = '.';
        memcpy(to, part->data, part->size);
        to += part->size;
    }
    IdentifierRef made = names_.intern({text, size_t(to - text)});
    if (!made) out_of_memory();
    return made;
}

Parser::Stmt Parser::import_statement() {
    uint32_t start = position_;
    advance();
    size_t mark = scratch_.mark();
    do {
        uint32_t first = position_;
        IdentifierRef module = dotted_name();
        if (!module) return nullptr;
        IdentifierRef as = nullptr;
        if (accept(KwAs) && !(as = name())) return nullptr;
        auto* alias = make<Alias>(from(first), module, as);
        if (!alias || !push(alias)) return nullptr;
    } while (accept(COMMA));
    Seq<Alias*> names;
    if (!take(mark, names)) return nullptr;
    return make<Import>(from(start), names);
}

Parser::Stmt Parser::from_import_statement() {
    uint32_t start = position_;
    advance();
    int32_t level = 0;
    for (;; advance()) {
        if (at(DOT)) {
            level++;
        } else if (at(ELLIPSIS)) {
            level += 3;
        } else {
            break;
        }
    }
    IdentifierRef module = nullptr;
    if (!(level > 0 && at(KwImport)) && !(module = dotted_name())) return nullptr;
    if (!accept(KwImport)) return nullptr;
    size_t mark = scratch_.mark();
    uint32_t first = position_;
    if (accept(STAR)) {
        IdentifierRef star = names_.intern("*");
        if (!star) return out_of_memory(), nullptr;
        auto* alias = make<Alias>(from(first), star, nullptr);
        if (!alias || !push(alias)) return nullptr;
    } else {
        bool parentheses = accept(LPAR);
        for (;;) {
            first = position_;
            IdentifierRef id = name();
            if (!id) return nullptr;
            IdentifierRef as = nullptr;
            if (accept(KwAs) && !(as = name())) return nullptr;
            auto* alias = make<Alias>(from(first), id, as);
            if (!alias || !push(alias)) return nullptr;
            if (!accept(COMMA)) break;
            if (parentheses && at(RPAR)) break;
        }
        if (parentheses && !accept(RPAR)) return nullptr;
    }
    Seq<Alias*> names;
    if (!take(mark, names)) return nullptr;
    return make<ImportFrom>(from(start), module, names, level);
}

Parser::Stmt Parser::type_alias_statement() {
    uint32_t start = position_;
    advance();
    uint32_t first = position_;
    IdentifierRef id = name();
    if (!id) return nullptr;
    Expr target = make<Name>(from(first), id, Context::Store);
    Seq<TypeParamNode*> parameters;
    if (!target || !type_parameters(parameters) || !accept(EQUAL)) return nullptr;
    Expr value = expression();
    if (!value || !since(12, "Type statement is")) return nullptr;
    return make<TypeAlias>(from(start), target, parameters, value);
}

// [T, *Ts, **P], or nothing.
bool Parser::type_parameters(Seq<TypeParamNode*>& list) {
    if (!at(LSQB)) return true;
    advance();
    size_t mark = scratch_.mark();
    do {
        if (at(RSQB)) break;
        TypeParamNode* made = type_parameter();
        if (!made || !push(made)) return false;
    } while (accept(COMMA));
    return accept(RSQB) && take(mark, list) && !list.empty() &&
           since(12, "Type parameter lists are");
}

TypeParamNode* Parser::type_parameter() {
    uint32_t start = position_;
    bool star = accept(STAR);
    bool double_star = !star && accept(DOUBLESTAR);
    IdentifierRef id = name();
    if (!id) return nullptr;
    Expr bound = nullptr;
    Expr value = nullptr;
    if (!star && !double_star && accept(COLON) && !(bound = expression())) return nullptr;
    if (accept(EQUAL)) {
        value = star ? star_expression() : expression();
        if (!value || !since(13, "Type parameter defaults are")) return nullptr;
    }
    if (star) return make<TypeVarTuple>(from(start), id, value);
    if (double_star) return make<ParamSpec>(from(start), id, value);
    return make<TypeVar>(from(start), id, bound, value);
}

}  // namespace imugi::syntax
