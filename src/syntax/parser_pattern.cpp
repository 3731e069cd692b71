// The match statement and its patterns (PEP 634).
#include "syntax/parser_impl.h"

namespace imugi::syntax {

using namespace ast;
using enum TokenKind;

// `match` is a name unless a subject, a colon, a new line and an indented `case` follow; `taken`
// tells which.
Parser::Stmt Parser::match_statement(bool& taken) {
    uint32_t start = position_;
    taken = false;
    switch (kind_after(1)) {
        case EQUAL:
        case DOT:
        case COMMA:
        case COLON:
        case RPAR:
        case NEWLINE:
        case SEMI:
            return nullptr;
        default:
            break;
    }
    size_t mark = scratch_.mark();
    advance();
    Expr subject;
    bool star = at(STAR);
    uint32_t subject_start = position_;
    if (star || !(subject = named_expression())) {
        // A starred subject is a tuple, so must be followed by a comma.
        if (!star) {
            if (!failed()) position_ = start;
            scratch_.cut(mark);
            return nullptr;
        }
        subject = star_named_expression();
    }
    if (subject && (at(COMMA) || star)) {
        bool comma = false;
        if (!push(subject)) return nullptr;
        while (subject && accept(COMMA)) {
            comma = true;
            if (at(COLON)) break;
            subject = star_named_expression();
            if (subject && !push(subject)) return nullptr;
        }
        Seq<Expr> elements;
        if (subject && comma) {
            if (!take(mark, elements)) return nullptr;
            subject = make<Tuple>(from(subject_start), elements, Context::Load);
        } else {
            subject = nullptr;
        }
    }
    if (failed()) return nullptr;
    if (!subject || !at(COLON) || kind_after(1) != NEWLINE || kind_after(2) != INDENT ||
        kind_after(3) != NAME || tokens_.text(tokens_.at(position_ + 3)) != "case") {
        scratch_.cut(mark);
        if (!failed()) position_ = start;
        return nullptr;
    }
    taken = true;
    position_ += 3;
    while (at_soft("case")) {
        MatchCase* made = case_block();
        if (!made || !push(made)) return nullptr;
    }
    if (!accept(DEDENT)) return nullptr;
    Seq<MatchCase*> cases;
    if (!take(mark, cases) || !since(10, "Pattern matching is")) return nullptr;
    return make<Match>(statement_from(start), subject, cases);
}

MatchCase* Parser::case_block() {
    advance();
    Pattern pattern = top_pattern();
    if (!pattern) return nullptr;
    Expr guard = nullptr;
    if (accept(KwIf) && !(guard = named_expression())) return nullptr;
    Seq<Stmt> body;
    if (!accept(COLON) || !block(body)) return nullptr;
    return make<MatchCase>(pattern, guard, body);
}

// patterns: an open sequence or one pattern.
Parser::Pattern Parser::top_pattern() {
    uint32_t start = position_;
    Pattern first = maybe_star_pattern();
    if (!first) return nullptr;
    if (!at(COMMA)) return first->is<MatchStar>() ? nullptr : first;
    size_t mark = scratch_.mark();
    if (!push(first)) return nullptr;
    while (accept(COMMA)) {
        if (at(COLON) || at(KwIf)) break;
        Pattern next = maybe_star_pattern();
        if (!next || !push(next)) return nullptr;
    }
    Seq<Pattern> patterns;
    if (!take(mark, patterns)) return nullptr;
    return make<MatchSequence>(from(start), patterns);
}

Parser::Pattern Parser::maybe_star_pattern() {
    if (!at(STAR)) return as_pattern();
    uint32_t start = position_;
    advance();
    bool wildcard = at_soft("_");
    IdentifierRef target = name();
    if (!target) return nullptr;
    return make<MatchStar>(from(start), wildcard ? nullptr : target);
}

Parser::Pattern Parser::as_pattern() {
    uint32_t start = position_;
    Pattern pattern = or_pattern();
    if (!pattern || !at(KwAs)) return pattern;
    advance();
    if (at_soft("_")) return nullptr;
    IdentifierRef target = name();
    if (!target || at(DOT) || at(LPAR) || at(EQUAL)) return nullptr;
    return make<MatchAs>(from(start), pattern, target);
}

Parser::Pattern Parser::or_pattern() {
    uint32_t start = position_;
    Pattern first = closed_pattern();
    if (!first || !at(VBAR)) return first;
    Seq<Pattern> patterns;
    if (!separated(first, VBAR, &Parser::closed_pattern, patterns)) return nullptr;
    return make<MatchOr>(from(start), patterns);
}

Parser::Pattern Parser::closed_pattern() {
    if (too_deep()) return nullptr;
    uint32_t start = position_;
    ConstantValue value;
    switch (kind()) {
        case NUMBER:
        case MINUS:
            return number_pattern();
        case STRING:
        case FSTRING_START:
        case TSTRING_START:
            return string_pattern();
        case KwNone:
            value.kind = ConstantKind::None;
            break;
        case KwTrue:
            value.kind = ConstantKind::True;
            break;
        case KwFalse:
            value.kind = ConstantKind::False;
            break;
        case NAME:
            return name_or_class_pattern();
        case LPAR:
        case LSQB:
            return group_or_sequence_pattern();
        case LBRACE:
            return mapping_pattern();
        default:
            return nullptr;
    }
    advance();
    return make<MatchSingleton>(from(start), value);
}

Parser::Expr Parser::signed_number() {
    uint32_t start = position_;
    bool minus = accept(MINUS);
    if (!at(NUMBER)) return nullptr;
    Expr value = number();
    if (!value || !minus) return value;
    return make<UnaryOp>(from(start), UnaryOperator::USub, value);
}

// -1, 2.5, or a real part and an imaginary one.
Parser::Expr Parser::complex_number() {
    uint32_t start = position_;
    Expr real = signed_number();
    if (!real || (!at(PLUS) && !at(MINUS))) return real;
    Operator op = at(PLUS) ? Operator::Add : Operator::Sub;
    if (kind_after(1) != NUMBER) return nullptr;
    auto is_imaginary = [](Expr number) {
        if (auto* minus = number->if_is<UnaryOp>()) number = minus->operand;
        return number->as<Constant>()->value.kind == ConstantKind::Complex;
    };
    if (is_imaginary(real)) return error(previous(), "real number required in complex literal");
    advance();
    Expr imaginary = number();
    if (!imaginary) return nullptr;
    if (!is_imaginary(imaginary)) {
        return error(previous(), "imaginary number required in complex literal");
    }
    return make<BinOp>(from(start), real, op, imaginary);
}

Parser::Pattern Parser::number_pattern() {
    uint32_t start = position_;
    Expr value = complex_number();
    return value ? make<MatchValue>(from(start), value) : nullptr;
}

Parser::Pattern Parser::string_pattern() {
    uint32_t start = position_;
    Expr value = strings();
    if (!value) return nullptr;
    return make<MatchValue>(from(start), value);
}

Parser::Expr Parser::name_or_attribute() {
    uint32_t start = position_;
    IdentifierRef id = name();
    if (!id) return nullptr;
    Expr made = make<Name>(from(start), id, Context::Load);
    while (made && accept(DOT)) {
        IdentifierRef attribute = name();
        if (!attribute) return nullptr;
        made = make<Attribute>(from(start), made, attribute, Context::Load);
    }
    return made;
}

// A capture, a wildcard, a dotted value or a class.
Parser::Pattern Parser::name_or_class_pattern() {
    uint32_t start = position_;
    if (kind_after(1) != DOT && kind_after(1) != LPAR) {
        bool wildcard = at_soft("_");
        IdentifierRef target = name();
        if (!target || at(EQUAL)) return nullptr;
        return make<MatchAs>(from(start), nullptr, wildcard ? nullptr : target);
    }
    Expr value = name_or_attribute();
    if (!value) return nullptr;
    if (!accept(LPAR)) {
        if (at(EQUAL)) return nullptr;
        return make<MatchValue>(from(start), value);
    }
    Seq<Pattern> patterns, keyword_patterns;
    Seq<IdentifierRef> names;
    size_t mark = scratch_.mark();
    while (!at(RPAR) && !(at(NAME) && kind_after(1) == EQUAL)) {
        Pattern next = as_pattern();
        if (!next || !push(next)) return nullptr;
        if (!accept(COMMA)) break;
    }
    if (!take(mark, patterns)) return nullptr;
    if (!at(RPAR) && !patterns.empty() && previous().kind != COMMA) return nullptr;
    while (at(NAME)) {
        IdentifierRef id = name();
        if (!id || !accept(EQUAL)) return nullptr;
        Pattern next = as_pattern();
        if (!next || !push(id) || !push(next)) return nullptr;
        if (!accept(COMMA)) break;
    }
    size_t count = (scratch_.mark() - mark) / 2;
    if (count) {
        names = {arena_.make_array<IdentifierRef>(count), uint32_t(count)};
        keyword_patterns = {arena_.make_array<Pattern>(count), uint32_t(count)};
        if (!names.data || !keyword_patterns.data) return out_of_memory(), nullptr;
        for (size_t i = 0; i < count; i++) {
            names[i] = IdentifierRef(scratch_.data()[mark + 2 * i]);
            keyword_patterns[i] = Pattern(scratch_.data()[mark + 2 * i + 1]);
        }
        scratch_.cut(mark);
    }
    if (!accept(RPAR)) return nullptr;
    return make<MatchClass>(from(start), value, patterns, names, keyword_patterns);
}

Parser::Pattern Parser::group_or_sequence_pattern() {
    uint32_t start = position_;
    bool list = at(LSQB);
    TokenKind closing = list ? RSQB : RPAR;
    advance();
    size_t mark = scratch_.mark();
    while (!at(closing)) {
        Pattern next = maybe_star_pattern();
        if (!next) return nullptr;
        if (!list && scratch_.mark() == mark && at(RPAR)) {
            if (next->is<MatchStar>()) return nullptr;
            advance();
            return next;
        }
        if (!push(next)) return nullptr;
        if (!accept(COMMA)) break;
    }
    Seq<Pattern> patterns;
    if (!accept(closing) || !take(mark, patterns)) return nullptr;
    return make<MatchSequence>(from(start), patterns);
}

Parser::Pattern Parser::mapping_pattern() {
    uint32_t start = position_;
    advance();
    size_t mark = scratch_.mark();
    IdentifierRef rest = nullptr;
    while (!at(RBRACE)) {
        if (accept(DOUBLESTAR)) {
            if (at_soft("_")) return nullptr;
            if (!(rest = name())) return nullptr;
            accept(COMMA);
            break;
        }
        Expr key = nullptr;
        uint32_t key_start = position_;
        switch (kind()) {
            case NUMBER:
            case MINUS:
                key = complex_number();
                break;
            case STRING:
            case FSTRING_START:
            case TSTRING_START:
                key = strings();
                break;
            case NAME:
                key = name_or_attribute();
                if (key && key->is<Name>()) return nullptr;
                break;
            case KwNone:
            case KwTrue:
            case KwFalse: {
                ConstantValue value;
                value.kind = at(KwNone)   ? ConstantKind::None
                             : at(KwTrue) ? ConstantKind::True
                                          : ConstantKind::False;
                advance();
                key = make<Constant>(from(key_start), value, std::string_view());
                break;
            }
            default:
                break;
        }
        if (!key || !accept(COLON)) return nullptr;
        Pattern pattern = as_pattern();
        if (!pattern || !push(key) || !push(pattern)) return nullptr;
        if (!accept(COMMA)) break;
    }
    if (!accept(RBRACE)) return nullptr;
    size_t count = (scratch_.mark() - mark) / 2;
    Seq<Expr> keys;
    Seq<Pattern> patterns;
    if (count) {
        keys = {arena_.make_array<Expr>(count), uint32_t(count)};
        patterns = {arena_.make_array<Pattern>(count), uint32_t(count)};
        if (!keys.data || !patterns.data) return out_of_memory(), nullptr;
        for (size_t i = 0; i < count; i++) {
            keys[i] = Expr(scratch_.data()[mark + 2 * i]);
            patterns[i] = Pattern(scratch_.data()[mark + 2 * i + 1]);
        }
        scratch_.cut(mark);
    }
    return make<MatchMapping>(from(start), keys, patterns, rest);
}

}  // namespace imugi::syntax
