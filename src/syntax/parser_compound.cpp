// Compound statements, functions, classes and parameters.
#include "syntax/parser_impl.h"

namespace imugi::syntax {

using namespace ast;
using enum TokenKind;

// `taken`: the tokens can only be a compound statement, whatever comes of it.
Parser::Stmt Parser::compound_statement(bool& taken) {
    uint32_t start = position_;
    taken = true;
    switch (kind()) {
        case KwIf:
            return if_statement();
        case KwWhile:
            return while_statement();
        case KwFor:
            return for_statement(start, false);
        case KwTry:
            return try_statement();
        case KwWith:
            return with_statement(start, false);
        case KwDef:
            return function_statement(start, false, {});
        case KwClass:
            return class_statement({});
        case AT:
            return decorated();
        case KwAsync:
            advance();
            switch (kind()) {
                case KwDef:
                    return function_statement(start, true, {});
                case KwFor:
                    return for_statement(start, true);
                case KwWith:
                    return with_statement(start, true);
                default:
                    return nullptr;
            }
        case NAME:
            if (at_soft("match")) return match_statement(taken);
            [[fallthrough]];
        default:
            taken = false;
            return nullptr;
    }
}

Parser::Stmt Parser::if_statement() {
    if (too_deep()) return nullptr;
    // elif chains are built from their end, so that a long one needs no stack.
    size_t mark = scratch_.mark();
    Seq<Stmt> orelse;
    do {
        uint32_t start = position_;
        advance();
        Expr test = named_expression();
        if (!test || !accept(COLON)) return nullptr;
        Seq<Stmt> body;
        if (!block(body)) return nullptr;
        auto* made = make<If>(statement_from(start), test, body, Seq<Stmt>());
        if (!made || !push(made)) return nullptr;
    } while (at(KwElif));
    if (!else_block(orelse)) return nullptr;
    uint32_t here = position_ - 1;
    while (here > 0 && (tokens_.at(here).kind == NEWLINE || tokens_.at(here).kind == DEDENT))
        here--;
    const Token& end = tokens_.at(here);
    If* inner = nullptr;
    while (scratch_.mark() > mark) {
        auto* outer = reinterpret_cast<If*>(scratch_.data()[scratch_.mark() - 1]);
        scratch_.cut(scratch_.mark() - 1);
        if (inner) {
            if (!one<Stmt>(inner, outer->orelse)) return nullptr;
        } else {
            outer->orelse = orelse;
        }
        outer->position.end_line = end.end_line;
        outer->position.end_column = end.end_column;
        inner = outer;
    }
    return inner;
}

bool Parser::else_block(Seq<Stmt>& body) {
    if (!accept(KwElse)) return true;
    return accept(COLON) && block(body);
}

Parser::Stmt Parser::while_statement() {
    uint32_t start = position_;
    advance();
    Expr test = named_expression();
    Seq<Stmt> body, orelse;
    if (!test || !accept(COLON) || !block(body) || !else_block(orelse)) return nullptr;
    return make<While>(statement_from(start), test, body, orelse);
}

Parser::Stmt Parser::for_statement(uint32_t start, bool async) {
    advance();
    Expr target = star_targets();
    if (!target || !accept(KwIn)) return nullptr;
    Expr source = star_expressions();
    if (!source || !accept(COLON)) return nullptr;
    std::string_view comment = type_comment();
    Seq<Stmt> body, orelse;
    if (!block(body) || !else_block(orelse)) return nullptr;
    Position position = statement_from(start);
    if (!async) return make<For>(position, target, source, body, orelse, comment);
    if (!since(5, "Async for loops are")) return nullptr;
    return make<AsyncFor>(position, target, source, body, orelse, comment);
}

bool Parser::with_items(Seq<WithItem*>& items, bool parenthesized) {
    size_t mark = scratch_.mark();
    do {
        if (parenthesized && at(RPAR) && scratch_.mark() != mark) break;
        Expr context = expression();
        if (!context) return false;
        Expr target = nullptr;
        if (accept(KwAs)) {
            target = star_target_expression();
            if (!target || !as_target(target, Context::Store, true)) return false;
        }
        auto* item = make<WithItem>(context, target);
        if (!item || !push(item)) return false;
    } while (accept(COMMA));
    return take(mark, items);
}

Parser::Stmt Parser::with_statement(uint32_t start, bool async) {
    advance();
    uint32_t first = position_;
    Seq<WithItem*> items;
    bool done = false;
    if (at(LPAR)) {
        // The parentheses may enclose all items, or begin the first one.
        size_t mark = scratch_.mark();
        advance();
        done = with_items(items, true) && accept(RPAR) && at(COLON);
        if (failed()) return nullptr;
        if (!done) {
            scratch_.cut(mark);
            position_ = first;
        }
    }
    if (!done && !with_items(items, false)) return nullptr;
    if (!accept(COLON)) return nullptr;
    std::string_view comment = type_comment();
    Seq<Stmt> body;
    if (!block(body)) return nullptr;
    Position position = statement_from(start);
    if (!async) return make<With>(position, items, body, comment);
    if (!since(5, "Async with statements are")) return nullptr;
    return make<AsyncWith>(position, items, body, comment);
}

Parser::Stmt Parser::try_statement() {
    uint32_t start = position_;
    advance();
    Seq<Stmt> body, orelse, finalbody;
    Seq<ExceptHandlerNode*> handlers;
    if (!accept(COLON) || !block(body)) return nullptr;
    bool star = at(KwExcept) && kind_after(1) == STAR;
    size_t mark = scratch_.mark();
    while (at(KwExcept)) {
        if ((kind_after(1) == STAR) != star) return nullptr;
        ExceptHandlerNode* handler = except_block(star);
        if (!handler || !push(handler)) return nullptr;
    }
    if (!take(mark, handlers)) return nullptr;
    if (!handlers.empty() && !else_block(orelse)) return nullptr;
    if (accept(KwFinally)) {
        if (!accept(COLON) || !block(finalbody)) return nullptr;
    } else if (handlers.empty()) {
        return nullptr;
    }
    Position position = statement_from(start);
    if (!star) return make<Try>(position, body, handlers, orelse, finalbody);
    if (!since(11, "Exception groups are")) return nullptr;
    return make<TryStar>(position, body, handlers, orelse, finalbody);
}

ExceptHandlerNode* Parser::except_block(bool star) {
    uint32_t start = position_;
    advance();
    if (star) advance();
    Expr type = nullptr;
    IdentifierRef target = nullptr;
    if (!at(COLON) || star) {
        uint32_t first = position_;
        if (!(type = expression())) return nullptr;
        if (at(COMMA)) {
            // Several types without parentheses (PEP 758), then without a name.
            size_t mark = scratch_.mark();
            if (!push(type)) return nullptr;
            while (accept(COMMA)) {
                if (at(COLON)) break;
                Expr next = expression();
                if (!next || !push(next)) return nullptr;
            }
            Seq<Expr> types;
            if (!take(mark, types)) return nullptr;
            if (!since(14, "except expressions without parentheses are")) return nullptr;
            type = make<Tuple>(from(first), types, Context::Load);
            if (!type) return nullptr;
        } else if (accept(KwAs) && !(target = name())) {
            return nullptr;
        }
    }
    Seq<Stmt> body;
    if (!accept(COLON) || !block(body)) return nullptr;
    return make<ExceptHandler>(statement_from(start), type, target, body);
}

Parser::Stmt Parser::decorated() {
    size_t mark = scratch_.mark();
    while (accept(AT)) {
        Expr decorator = named_expression();
        if (!decorator || !push(decorator) || !accept(NEWLINE)) return nullptr;
    }
    Seq<Expr> decorators;
    if (!take(mark, decorators)) return nullptr;
    uint32_t start = position_;
    switch (kind()) {
        case KwClass:
            return class_statement(decorators);
        case KwDef:
            return function_statement(start, false, decorators);
        case KwAsync:
            advance();
            return at(KwDef) ? function_statement(start, true, decorators) : nullptr;
        default:
            return nullptr;
    }
}

Parser::Stmt Parser::function_statement(uint32_t start, bool async, Seq<Expr> decorators) {
    advance();
    IdentifierRef id = name();
    Seq<TypeParamNode*> type_params;
    if (!id || !type_parameters(type_params) || !accept(LPAR)) return nullptr;
    Arguments* args = parameters(RPAR, false);
    if (!args || !accept(RPAR)) return nullptr;
    Expr returns = nullptr;
    if (accept(RARROW) && !(returns = expression())) return nullptr;
    if (!accept(COLON)) return nullptr;
    std::string_view comment = function_type_comment();
    Seq<Stmt> body;
    if (!block(body)) return nullptr;
    Position position = statement_from(start);
    if (!async) {
        return make<FunctionDef>(position, id, args, body, decorators, returns, comment,
                                 type_params);
    }
    if (!since(5, "Async functions are")) return nullptr;
    return make<AsyncFunctionDef>(position, id, args, body, decorators, returns, comment,
                                  type_params);
}

// Behind the colon, or on a line of its own before the block.
std::string_view Parser::function_type_comment() {
    if (options_.type_comments && at(NEWLINE) && kind_after(1) == TYPE_COMMENT &&
        kind_after(2) == NEWLINE && kind_after(3) == INDENT) {
        advance();
    }
    return type_comment();
}

Parser::Stmt Parser::class_statement(Seq<Expr> decorators) {
    uint32_t start = position_;
    advance();
    IdentifierRef id = name();
    Seq<TypeParamNode*> type_params;
    Seq<Expr> bases;
    Seq<Keyword*> keywords;
    Seq<Stmt> body;
    if (!id || !type_parameters(type_params)) return nullptr;
    if (accept(LPAR) && (!arguments(RPAR, bases, keywords) || !accept(RPAR))) return nullptr;
    if (!accept(COLON) || !block(body)) return nullptr;
    return make<ClassDef>(statement_from(start), id, bases, keywords, body, decorators,
                          type_params);
}

// ---- Parameters ----

Arg* Parser::parameter(bool lambda, bool star) {
    uint32_t start = position_;
    IdentifierRef id = name();
    if (!id) return nullptr;
    Expr annotation = nullptr;
    if (!lambda && accept(COLON)) {
        annotation = star ? star_expression() : expression();
        if (!annotation) return nullptr;
    }
    return make<Arg>(from(start), id, annotation, std::string_view());
}

Arguments* Parser::parameters(TokenKind closing, bool lambda) {
    Seq<Arg*> positional_only, positional, keyword_only;
    Seq<Expr> defaults, keyword_defaults;
    Arg* vararg = nullptr;
    Arg* kwarg = nullptr;
    bool slash = false, star = false, default_seen = false;
    // Parameters and defaults alternate on the stack.
    size_t mark = scratch_.mark();
    auto collect = [&](Seq<Arg*>& names) {
        size_t count = (scratch_.mark() - mark) / 2;
        if (!count) return true;
        names = {arena_.make_array<Arg*>(count), uint32_t(count)};
        if (!names.data) return out_of_memory(), false;
        for (size_t i = 0; i < count; i++) names[i] = (Arg*)scratch_.data()[mark + 2 * i];
        return true;
    };
    // A type comment belongs to the parameter before it, on either side of the comma.
    Arg* last = nullptr;
    auto comment = [&] {
        if (!lambda && last && options_.type_comments && at(TYPE_COMMENT)) {
            last->type_comment = type_comment();
        }
    };
    // The positional-only ones' defaults come first, then those of the others: one list.
    size_t default_count = 0;
    Seq<Expr> first_defaults;
    auto collect_defaults = [&](Seq<Expr>& list) {
        size_t count = (scratch_.mark() - mark) / 2;
        size_t given = 0;
        for (size_t i = 0; i < count; i++) given += scratch_.data()[mark + 2 * i + 1] != 0;
        default_count += given;
        if (!given) return true;
        list = {arena_.make_array<Expr>(given), uint32_t(given)};
        if (!list.data) return out_of_memory(), false;
        size_t at = 0;
        for (size_t i = 0; i < count; i++) {
            if (auto word = scratch_.data()[mark + 2 * i + 1]) list[at++] = (Expr)word;
        }
        return true;
    };
    bool bare_star = false;
    while (!at(closing)) {
        if (kwarg) return nullptr;
        if (at(SLASH)) {
            if (slash || star || scratch_.mark() == mark) return nullptr;
            slash = true;
            advance();
            if (!collect(positional_only) || !collect_defaults(first_defaults)) return nullptr;
            scratch_.cut(mark);
            // The token behind has been looked at by then.
            if (!at(COMMA) && !at(closing)) return nullptr;
            if (!since(8, "Positional-only parameters are")) return nullptr;
        } else if (accept(STAR)) {
            if (star) return nullptr;
            star = true;
            if (!collect(positional) || !collect_defaults(defaults)) return nullptr;
            scratch_.cut(mark);
            if (at(COMMA)) {
                bare_star = true;
            } else {
                last = vararg = parameter(lambda, true);
                if (!vararg) return nullptr;
                if (at(EQUAL)) return nullptr;
            }
        } else if (accept(DOUBLESTAR)) {
            if (bare_star && scratch_.mark() == mark) return nullptr;
            last = kwarg = parameter(lambda, false);
            if (!kwarg || at(EQUAL)) return nullptr;
        } else {
            last = parameter(lambda, false);
            if (!last) return nullptr;
            Expr value = nullptr;
            if (accept(EQUAL)) {
                if (!(value = expression())) return nullptr;
                default_seen = true;
            } else if (default_seen && !star) {
                return nullptr;
            }
            if (!push(last) || !push(value)) return nullptr;
        }
        comment();
        if (!accept(COMMA)) break;
        comment();
    }
    if (bare_star && scratch_.mark() == mark) return nullptr;
    if (star) {
        if (!collect(keyword_only)) return nullptr;
        size_t count = keyword_only.size;
        if (count) {
            keyword_defaults = {arena_.make_array<Expr>(count), uint32_t(count)};
            if (!keyword_defaults.data) return out_of_memory(), nullptr;
            for (size_t i = 0; i < count; i++) {
                keyword_defaults[i] = (Expr)scratch_.data()[mark + 2 * i + 1];
            }
        }
    } else if (!collect(positional) || !collect_defaults(defaults)) {
        return nullptr;
    }
    scratch_.cut(mark);
    if (first_defaults.size) {
        Seq<Expr> all{arena_.make_array<Expr>(default_count), uint32_t(default_count)};
        if (!all.data) return out_of_memory(), nullptr;
        size_t at = 0;
        for (Expr value : first_defaults) all[at++] = value;
        for (Expr value : defaults) all[at++] = value;
        defaults = all;
    }
    return make<Arguments>(positional_only, positional, vararg, keyword_only, keyword_defaults,
                           kwarg, defaults);
}

}  // namespace imugi::syntax
