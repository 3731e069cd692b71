// Expressions: precedence climbing for the binary operators, one method for each other rule.
#include "base/float_text.h"
#include "syntax/parser_impl.h"
#include "syntax/unicode.h"

namespace imugi::syntax {

using namespace ast;
using enum TokenKind;

namespace {

struct BinaryRow {
    int precedence;
    Operator op;
};

// From loosest to tightest: | ^ & shifts sums terms.
bool binary_row(TokenKind kind, BinaryRow& row) {
    switch (kind) {
        case VBAR:
            row = {1, Operator::BitOr};
            return true;
        case CIRCUMFLEX:
            row = {2, Operator::BitXor};
            return true;
        case AMPER:
            row = {3, Operator::BitAnd};
            return true;
        case LEFTSHIFT:
            row = {4, Operator::LShift};
            return true;
        case RIGHTSHIFT:
            row = {4, Operator::RShift};
            return true;
        case PLUS:
            row = {5, Operator::Add};
            return true;
        case MINUS:
            row = {5, Operator::Sub};
            return true;
        case STAR:
            row = {6, Operator::Mult};
            return true;
        case SLASH:
            row = {6, Operator::Div};
            return true;
        case DOUBLESLASH:
            row = {6, Operator::FloorDiv};
            return true;
        case PERCENT:
            row = {6, Operator::Mod};
            return true;
        case AT:
            row = {6, Operator::MatMult};
            return true;
        default:
            return false;
    }
}

bool can_start_expression(TokenKind kind) {
    switch (kind) {
        case NAME:
        case NUMBER:
        case STRING:
        case FSTRING_START:
        case TSTRING_START:
        case LPAR:
        case LSQB:
        case LBRACE:
        case MINUS:
        case PLUS:
        case TILDE:
        case STAR:
        case ELLIPSIS:
        case KwNot:
        case KwLambda:
        case KwAwait:
        case KwTrue:
        case KwFalse:
        case KwNone:
            return true;
        default:
            return false;
    }
}

}  // namespace

bool Scratch::grow() {
    size_t capacity = capacity_ ? capacity_ * 2 : 64;
    auto* words = static_cast<uintptr_t*>(realloc(words_, capacity * sizeof(uintptr_t)));
    if (!words) return false;
    words_ = words;
    capacity_ = capacity;
    return true;
}

bool Parser::too_deep() {
    if (uintptr_t(__builtin_frame_address(0)) > stack_limit_) return false;
    if (!failed()) {
        tokenizer_.set_error(
            {.kind = ErrorKind::Memory,
             .message = "Parser stack overflowed - Python source too complex to parse"});
    }
    return true;
}

std::nullptr_t Parser::error(const Token& from, const Token& to, std::string_view message) {
    if (failed()) return nullptr;
    tokenizer_.set_error(tokenizer_.error_at(ErrorKind::Syntax, message, from.line, from.column + 1,
                                             to.end_line, to.end_column + 1));
    return nullptr;
}

bool Parser::since(int version, const char* what) {
    if (options_.feature_version >= version) return true;
    std::string_view message =
        tokenizer_.format("%s only supported in Python 3.%d and greater", what, version);
    error(tokens_.last(), message);
    return false;
}

IdentifierRef Parser::identifier(const Token& token) {
    std::string_view text = tokens_.text(token);
    for (char byte : text) {
        if (uint8_t(byte) < 128) continue;
        text = normalize_identifier(text, arena_);
        break;
    }
    IdentifierRef name = text.data() ? names_.intern(text) : nullptr;
    if (!name) out_of_memory();
    return name;
}

IdentifierRef Parser::name() {
    if (!at(NAME)) return nullptr;
    IdentifierRef made = identifier(token());
    advance();
    return made;
}

// ---- Lists of expressions ----

Parser::Expr Parser::starred(bool full_expression) {
    uint32_t start = position_;
    advance();
    Expr value = full_expression ? expression() : bitwise_or();
    if (!value) return nullptr;
    return make<Starred>(from(start), value, Context::Load);
}

Parser::Expr Parser::star_expression() {
    return at(STAR) ? starred(false) : expression();
}

Parser::Expr Parser::star_expressions() {
    uint32_t start = position_;
    Expr first = star_expression();
    if (!first || !at(COMMA)) return first;
    size_t mark = scratch_.mark();
    if (!push(first)) return nullptr;
    while (accept(COMMA)) {
        if (!can_start_expression(kind())) break;
        Expr next = star_expression();
        if (!next || !push(next)) return nullptr;
    }
    Seq<Expr> elements;
    if (!take(mark, elements)) return nullptr;
    return make<Tuple>(from(start), elements, Context::Load);
}

Parser::Expr Parser::star_named_expression() {
    return at(STAR) ? starred(false) : named_expression();
}

Parser::Expr Parser::named_expression() {
    if (at(NAME) && kind_after(1) == COLONEQUAL) {
        uint32_t start = position_;
        IdentifierRef id = name();
        if (!id) return nullptr;
        Expr target = make<Name>(from(start), id, Context::Store);
        advance();
        Expr value = expression();
        if (!target || !value || !since(8, "Assignment expressions are")) return nullptr;
        return make<NamedExpr>(from(start), target, value);
    }
    Expr made = expression();
    return made && at(COLONEQUAL) ? nullptr : made;
}

Parser::Expr Parser::yield_or_star_expressions() {
    return at(KwYield) ? yield_expression() : star_expressions();
}

Parser::Expr Parser::yield_expression() {
    uint32_t start = position_;
    advance();
    if (accept(KwFrom)) {
        Expr value = expression();
        return value ? make<YieldFrom>(from(start), value) : nullptr;
    }
    Expr value = nullptr;
    if (can_start_expression(kind()) && !(value = star_expressions())) return nullptr;
    return make<Yield>(from(start), value);
}

// ---- From `if` down to the operators ----

Parser::Expr Parser::expression() {
    if (too_deep()) return nullptr;
    if (at(KwLambda)) return lambda();
    uint32_t start = position_;
    Expr body = disjunction();
    if (!body || !at(KwIf)) return body;
    advance();
    Expr test = disjunction();
    if (!test || !accept(KwElse)) return nullptr;
    Expr other = expression();
    return other ? make<IfExp>(from(start), test, body, other) : nullptr;
}

Parser::Expr Parser::lambda() {
    uint32_t start = position_;
    advance();
    Arguments* args = parameters(COLON, true);
    if (!args || !accept(COLON)) return nullptr;
    Expr body = expression();
    return body ? make<Lambda>(from(start), args, body) : nullptr;
}

Parser::Expr Parser::disjunction() {
    uint32_t start = position_;
    Expr first = conjunction();
    if (!first || !at(KwOr)) return first;
    Seq<Expr> values;
    if (!separated(first, KwOr, &Parser::conjunction, values)) return nullptr;
    return make<BoolOp>(from(start), BoolOperator::Or, values);
}

Parser::Expr Parser::conjunction() {
    uint32_t start = position_;
    Expr first = inversion();
    if (!first || !at(KwAnd)) return first;
    Seq<Expr> values;
    if (!separated(first, KwAnd, &Parser::inversion, values)) return nullptr;
    return make<BoolOp>(from(start), BoolOperator::And, values);
}

Parser::Expr Parser::inversion() {
    if (!at(KwNot)) return comparison();
    if (too_deep()) return nullptr;
    uint32_t start = position_;
    advance();
    Expr operand = inversion();
    return operand ? make<UnaryOp>(from(start), UnaryOperator::Not, operand) : nullptr;
}

Parser::Expr Parser::comparison() {
    uint32_t start = position_;
    Expr left = bitwise_or();
    if (!left) return nullptr;
    size_t mark = scratch_.mark();
    size_t count = 0;
    for (;; count++) {
        CompareOperator op;
        switch (kind()) {
            case EQEQUAL:
                op = CompareOperator::Eq;
                break;
            case LESS:
                op = CompareOperator::Lt;
                break;
            case LESSEQUAL:
                op = CompareOperator::LtE;
                break;
            case GREATER:
                op = CompareOperator::Gt;
                break;
            case GREATEREQUAL:
                op = CompareOperator::GtE;
                break;
            case KwIn:
                op = CompareOperator::In;
                break;
            case NOTEQUAL: {
                bool pointed = tokens_.text(token()) == "<>";
                if (options_.barry_as_bdfl && !pointed) {
                    return error(token(), "with Barry as BDFL, use '<>' instead of '!='");
                }
                if (pointed && !options_.barry_as_bdfl) goto done;
                op = CompareOperator::NotEq;
                break;
            }
            case KwNot:
                if (kind_after(1) != KwIn) goto done;
                advance();
                op = CompareOperator::NotIn;
                break;
            case KwIs:
                op = CompareOperator::Is;
                if (kind_after(1) == KwNot) {
                    advance();
                    op = CompareOperator::IsNot;
                }
                break;
            default:
                goto done;
        }
        advance();
        Expr right = bitwise_or();
        if (!right) return nullptr;
        if (!push_word(uintptr_t(op)) || !push(right)) return nullptr;
    }
done:
    if (count == 0) return left;
    Seq<CompareOperator> ops{arena_.make_array<CompareOperator>(count), uint32_t(count)};
    Seq<Expr> operands{arena_.make_array<Expr>(count), uint32_t(count)};
    if (!ops.data || !operands.data) {
        out_of_memory();
        return nullptr;
    }
    for (size_t i = 0; i < count; i++) {
        ops[i] = CompareOperator(scratch_.data()[mark + 2 * i]);
        operands[i] = Expr(scratch_.data()[mark + 2 * i + 1]);
    }
    scratch_.cut(mark);
    return make<Compare>(from(start), left, ops, operands);
}

Parser::Expr Parser::binary(int precedence) {
    uint32_t start = position_;
    Expr left = factor();
    BinaryRow row;
    while (left && binary_row(kind(), row) && row.precedence >= precedence) {
        advance();
        Expr right = binary(row.precedence + 1);
        if (!right) return nullptr;
        if (row.op == Operator::MatMult && !since(5, "The '@' operator is")) return nullptr;
        left = make<BinOp>(from(start), left, row.op, right);
    }
    return left;
}

Parser::Expr Parser::factor() {
    UnaryOperator op;
    switch (kind()) {
        case PLUS:
            op = UnaryOperator::UAdd;
            break;
        case MINUS:
            op = UnaryOperator::USub;
            break;
        case TILDE:
            op = UnaryOperator::Invert;
            break;
        default: {
            uint32_t start = position_;
            Expr base = await_primary();
            if (!base || !at(DOUBLESTAR)) return base;
            if (too_deep()) return nullptr;
            advance();
            Expr exponent = factor();
            return exponent ? make<BinOp>(from(start), base, Operator::Pow, exponent) : nullptr;
        }
    }
    if (too_deep()) return nullptr;
    uint32_t start = position_;
    advance();
    Expr operand = factor();
    return operand ? make<UnaryOp>(from(start), op, operand) : nullptr;
}

Parser::Expr Parser::await_primary() {
    if (!at(KwAwait)) return primary();
    uint32_t start = position_;
    advance();
    Expr value = primary();
    if (!value || !since(5, "Await expressions are")) return nullptr;
    return make<Await>(from(start), value);
}

Parser::Expr Parser::primary() {
    uint32_t start = position_;
    return primary_tail(start, atom());
}

Parser::Expr Parser::primary_tail(uint32_t start, Expr left) {
    while (left) {
        switch (kind()) {
            case DOT: {
                advance();
                IdentifierRef attribute = name();
                if (!attribute) return nullptr;
                left = make<Attribute>(from(start), left, attribute, Context::Load);
                break;
            }
            case LPAR:
                left = call(start, left);
                break;
            case LSQB: {
                advance();
                Expr index = slices();
                if (!index || !accept(RSQB)) return nullptr;
                left = make<Subscript>(from(start), left, index, Context::Load);
                break;
            }
            default:
                return left;
        }
    }
    return nullptr;
}

Parser::Expr Parser::call(uint32_t start, Expr function) {
    uint32_t open = position_;
    advance();
    Seq<Expr> args;
    Seq<Keyword*> keywords;
    if (!arguments(RPAR, args, keywords)) return nullptr;
    if (at_comprehension()) {
        // A lone generator expression borrows the parentheses of the call.
        if (args.size != 1 || keywords.size || previous().kind == COMMA || args[0]->is<Starred>()) {
            return nullptr;
        }
        Seq<Comprehension*> generators;
        if (!comprehensions(generators) || !accept(RPAR)) return nullptr;
        args[0] = make<GeneratorExp>(from(open), args[0], generators);
        if (!args[0]) return nullptr;
    } else if (!accept(RPAR)) {
        return nullptr;
    }
    return make<Call>(from(start), function, args, keywords);
}

Parser::Expr Parser::argument() {
    return at(STAR) ? starred(true) : named_expression();
}

// Up to, not including, the closing bracket.
bool Parser::arguments(TokenKind closing, Seq<Expr>& args, Seq<Keyword*>& keywords) {
    // Positional arguments and keywords interleave: the low bit marks a keyword.
    size_t mark = scratch_.mark();
    bool after_keyword = false, after_double_star = false;
    size_t positional = 0, named = 0;
    while (!at(closing)) {
        uint32_t start = position_;
        if (at(DOUBLESTAR)) {
            advance();
            Expr value = expression();
            if (!value) return false;
            auto* keyword = make<Keyword>(from(start), nullptr, value);
            if (!keyword || !push_word(uintptr_t(keyword) | 1)) return false;
            after_double_star = true;
            named++;
        } else if (at(NAME) && kind_after(1) == EQUAL) {
            IdentifierRef id = name();
            advance();
            Expr value = id ? expression() : nullptr;
            if (!value) return false;
            auto* keyword = make<Keyword>(from(start), id, value);
            if (!keyword || !push_word(uintptr_t(keyword) | 1)) return false;
            after_keyword = true;
            named++;
        } else {
            bool star = at(STAR);
            if (after_double_star || (after_keyword && !star)) return false;
            Expr value = argument();
            if (!value || !push(value)) return false;
            positional++;
        }
        if (!accept(COMMA)) break;
    }
    if (positional) {
        args = {arena_.make_array<Expr>(positional), uint32_t(positional)};
        if (!args.data) return out_of_memory(), false;
    }
    if (named) {
        keywords = {arena_.make_array<Keyword*>(named), uint32_t(named)};
        if (!keywords.data) return out_of_memory(), false;
    }
    size_t a = 0, k = 0;
    for (size_t i = mark; i < mark + positional + named; i++) {
        uintptr_t word = scratch_.data()[i];
        if (word & 1) {
            keywords.data[k++] = reinterpret_cast<Keyword*>(word & ~uintptr_t(1));
        } else {
            args.data[a++] = reinterpret_cast<Expr>(word);
        }
    }
    scratch_.cut(mark);
    return true;
}

Parser::Expr Parser::slices() {
    uint32_t start = position_;
    bool star = at(STAR);
    Expr first = slice();
    if (!first || (!at(COMMA) && !star)) return first;
    size_t mark = scratch_.mark();
    if (!push(first)) return nullptr;
    while (accept(COMMA)) {
        if (!can_start_expression(kind()) && !at(COLON)) break;
        Expr next = slice();
        if (!next || !push(next)) return nullptr;
    }
    Seq<Expr> elements;
    if (!take(mark, elements)) return nullptr;
    return make<Tuple>(from(start), elements, Context::Load);
}

Parser::Expr Parser::slice() {
    uint32_t start = position_;
    if (at(STAR)) return starred(true);
    Expr lower = nullptr;
    if (!at(COLON)) {
        if (at(NAME) && kind_after(1) == COLONEQUAL) return named_expression();
        lower = expression();
        if (!lower || at(COLONEQUAL)) return nullptr;
        if (!at(COLON)) return lower;
    }
    advance();
    Expr upper = nullptr;
    Expr step = nullptr;
    auto starts = [&] { return can_start_expression(kind()) && !at(STAR); };
    if (starts() && !(upper = expression())) return nullptr;
    if (accept(COLON) && starts() && !(step = expression())) return nullptr;
    return make<Slice>(from(start), lower, upper, step);
}

// ---- Atoms ----

Parser::Expr Parser::atom() {
    if (too_deep()) return nullptr;
    uint32_t start = position_;
    ConstantValue value;
    switch (kind()) {
        case NAME: {
            IdentifierRef id = name();
            return id ? make<Name>(from(start), id, Context::Load) : nullptr;
        }
        case KwTrue:
            value.kind = ConstantKind::True;
            break;
        case KwFalse:
            value.kind = ConstantKind::False;
            break;
        case KwNone:
            value.kind = ConstantKind::None;
            break;
        case ELLIPSIS:
            value.kind = ConstantKind::Ellipsis;
            break;
        case STRING:
        case FSTRING_START:
        case TSTRING_START:
            return strings();
        case NUMBER:
            return number();
        case LPAR:
            return group();
        case LSQB:
            return list_display();
        case LBRACE:
            return brace_display();
        default:
            return nullptr;
    }
    advance();
    return make<Constant>(from(start), value, std::string_view());
}

namespace {

double decimal_to_double(std::string_view text) {
    double value = 0;
    (void)parse_float(&value, text.data(), text.size());  // what is too large is infinite
    return value;
}

}  // namespace

Parser::Expr Parser::number() {
    uint32_t start = position_;
    std::string_view source = tokens_.text(token());
    advance();
    char* digits = arena_.make_array<char>(source.size());
    if (!digits) return out_of_memory(), nullptr;
    size_t size = 0;
    bool floating = false, underscores = false;
    bool based = source.size() > 1 && source[0] == '0' && (source[1] | 32) > 'a';
    int letter = based ? source[1] | 32 : 0;
    if (letter != 'x' && letter != 'o' && letter != 'b') based = false;
    for (size_t i = based ? 2 : 0; i < source.size(); i++) {
        char c = source[i];
        if (c == '_') {
            underscores = true;
            continue;
        }
        if (!based && (c == '.' || c == 'e' || c == 'E')) floating = true;
        digits[size++] = c;
    }
    if (underscores && !since(6, "Underscores in numeric literals are")) return nullptr;
    ConstantValue value;
    if (!based && (digits[size - 1] | 32) == 'j') {
        value.kind = ConstantKind::Complex;
        value.number = decimal_to_double({digits, size - 1});
    } else if (floating) {
        value.kind = ConstantKind::Float;
        value.number = decimal_to_double({digits, size});
    } else {
        value.kind = ConstantKind::Int;
        value.base = letter == 'x' && based ? 16 : letter == 'o' && based ? 8 : based ? 2 : 10;
        value.text = {digits, size};
        if (!based && options_.max_int_digits > 0 && size > size_t(options_.max_int_digits)) {
            const Token& where = previous();
            tokenizer_.set_error(tokenizer_.error_at(
                ErrorKind::Syntax,
                tokenizer_.format(
                    "Exceeds the limit (%d digits) for integer string conversion: value has %zu "
                    "digits; use sys.set_int_max_str_digits() to increase the limit - Consider "
                    "hexadecimal for huge integer literals to avoid decimal conversion limits.",
                    options_.max_int_digits, size),
                where.line, 0, where.end_line, 0));
            return nullptr;
        }
    }
    return make<Constant>(from(start), value, std::string_view());
}

Parser::Expr Parser::group() {
    uint32_t start = position_;
    advance();
    size_t mark = scratch_.mark();
    if (!at(RPAR)) {
        if (at(KwYield)) {
            Expr inner = yield_expression();
            return inner && accept(RPAR) ? inner : nullptr;
        }
        Expr first = star_named_expression();
        if (!first) return nullptr;
        bool star = first->is<Starred>();
        if (at(RPAR)) {
            if (star) return nullptr;
            advance();
            return first;
        }
        if (!star && at_comprehension()) {
            Seq<Comprehension*> generators;
            if (!comprehensions(generators) || !accept(RPAR)) return nullptr;
            return make<GeneratorExp>(from(start), first, generators);
        }
        if (!at(COMMA) || !push(first)) return nullptr;
        while (accept(COMMA)) {
            if (at(RPAR)) break;
            Expr next = star_named_expression();
            if (!next || !push(next)) return nullptr;
        }
    }
    Seq<Expr> elements;
    if (!accept(RPAR) || !take(mark, elements)) return nullptr;
    return make<Tuple>(from(start), elements, Context::Load);
}

Parser::Expr Parser::list_display() {
    uint32_t start = position_;
    advance();
    size_t mark = scratch_.mark();
    while (!at(RSQB)) {
        Expr next = star_named_expression();
        if (!next) return nullptr;
        if (at_comprehension()) {
            Seq<Comprehension*> generators;
            if (scratch_.mark() != mark || next->is<Starred>()) return nullptr;
            if (!comprehensions(generators) || !accept(RSQB)) return nullptr;
            return make<ListComp>(from(start), next, generators);
        }
        if (!push(next)) return nullptr;
        if (!accept(COMMA)) break;
    }
    Seq<Expr> elements;
    if (!accept(RSQB) || !take(mark, elements)) return nullptr;
    return make<List>(from(start), elements, Context::Load);
}

Parser::Expr Parser::brace_display() {
    uint32_t start = position_;
    advance();
    size_t mark = scratch_.mark();
    bool is_dict = at(RBRACE) || at(DOUBLESTAR);
    bool first_item = true;
    while (!at(RBRACE)) {
        if (at(DOUBLESTAR)) {
            if (!is_dict) return nullptr;
            advance();
            Expr mapping = bitwise_or();
            if (!mapping || !push(nullptr) || !push(mapping)) return nullptr;
        } else {
            bool plain = !at(STAR) && !(at(NAME) && kind_after(1) == COLONEQUAL);
            Expr item = plain ? expression() : star_named_expression();
            if (!item || at(COLONEQUAL)) return nullptr;
            if (first_item && plain && at(COLON)) is_dict = true;
            if (is_dict) {
                if (!plain || !accept(COLON)) return nullptr;
                Expr value = expression();
                if (!value) return nullptr;
                if (first_item && at_comprehension()) {
                    Seq<Comprehension*> generators;
                    if (!comprehensions(generators) || !accept(RBRACE)) return nullptr;
                    return make<DictComp>(from(start), item, value, generators);
                }
                if (!push(item) || !push(value)) return nullptr;
            } else {
                if (first_item && !item->is<Starred>() && at_comprehension()) {
                    Seq<Comprehension*> generators;
                    if (!comprehensions(generators) || !accept(RBRACE)) return nullptr;
                    return make<SetComp>(from(start), item, generators);
                }
                if (!push(item)) return nullptr;
            }
        }
        first_item = false;
        if (!accept(COMMA)) break;
    }
    if (!accept(RBRACE)) return nullptr;
    Seq<Expr> elements;
    if (!is_dict) {
        if (!take(mark, elements)) return nullptr;
        return make<Set>(from(start), elements);
    }
    size_t count = (scratch_.mark() - mark) / 2;
    Seq<Expr> keys, values;
    if (count) {
        keys = {arena_.make_array<Expr>(count), uint32_t(count)};
        values = {arena_.make_array<Expr>(count), uint32_t(count)};
        if (!keys.data || !values.data) return out_of_memory(), nullptr;
    }
    for (size_t i = 0; i < count; i++) {
        keys[i] = Expr(scratch_.data()[mark + 2 * i]);
        values[i] = Expr(scratch_.data()[mark + 2 * i + 1]);
    }
    scratch_.cut(mark);
    return make<Dict>(from(start), keys, values);
}

bool Parser::comprehensions(Seq<Comprehension*>& list) {
    size_t mark = scratch_.mark();
    while (at_comprehension()) {
        int32_t async = accept(KwAsync);
        advance();
        Expr target = star_targets();
        if (!target || !accept(KwIn)) return false;
        Expr source = disjunction();
        if (!source) return false;
        size_t inner = scratch_.mark();
        while (accept(KwIf)) {
            Expr condition = disjunction();
            if (!condition || !push(condition)) return false;
        }
        Seq<Expr> conditions;
        if (!take(inner, conditions)) return false;
        if (async && !since(6, "Async comprehensions are")) return false;
        auto* made = make<Comprehension>(target, source, conditions, async);
        if (!made || !push(made)) return false;
    }
    return take(mark, list);
}

// ---- Targets ----

bool Parser::is_single_target(Expr expression) {
    return expression->is<Name>() || expression->is<Attribute>() || expression->is<Subscript>();
}

bool Parser::as_target(Expr expression, Context context, bool star_allowed) {
    switch (expression->kind) {
        case Kind::Name:
            expression->as<Name>()->ctx = context;
            return true;
        case Kind::Attribute:
            expression->as<Attribute>()->ctx = context;
            return true;
        case Kind::Subscript:
            expression->as<Subscript>()->ctx = context;
            return true;
        case Kind::Starred: {
            auto* starred = expression->as<Starred>();
            starred->ctx = context;
            return star_allowed && as_target(starred->value, context, false);
        }
        case Kind::Tuple:
        case Kind::List: {
            bool tuple = expression->is<Tuple>();
            auto& elements = tuple ? expression->as<Tuple>()->elts : expression->as<List>()->elts;
            (tuple ? expression->as<Tuple>()->ctx : expression->as<List>()->ctx) = context;
            for (Expr element : elements) {
                if (!as_target(element, context, context == Context::Store)) return false;
            }
            return true;
        }
        default:
            return false;
    }
}

Parser::Expr Parser::star_target_expression() {
    uint32_t start = position_;
    if (accept(STAR)) {
        if (at(STAR)) return nullptr;
        Expr value = primary();
        return value ? make<Starred>(from(start), value, Context::Load) : nullptr;
    }
    return primary();
}

Parser::Expr Parser::star_targets() {
    uint32_t start = position_;
    Expr first = star_target_expression();
    if (!first) return nullptr;
    if (at(COMMA)) {
        size_t mark = scratch_.mark();
        if (!push(first)) return nullptr;
        while (accept(COMMA)) {
            if (!can_start_expression(kind())) break;
            Expr next = star_target_expression();
            if (!next || !push(next)) return nullptr;
        }
        Seq<Expr> elements;
        if (!take(mark, elements)) return nullptr;
        first = make<Tuple>(from(start), elements, Context::Load);
        if (!first) return nullptr;
    }
    return as_target(first, Context::Store, true) ? first : nullptr;
}

}  // namespace imugi::syntax
