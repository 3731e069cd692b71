// One method a kind of expression; parentheses by precedence. Text grows in malloc'ed memory, one
// owner, one thread.
#include "syntax/unparse.h"

#include "syntax/dump.h"

namespace imugi::syntax {

using namespace ast;

namespace {

enum Precedence {
    TUPLE,
    TEST,
    OR,
    AND,
    NOT,
    COMPARE,
    BIT_OR,
    BIT_XOR,
    BIT_AND,
    SHIFT,
    ARITHMETIC,
    TERM,
    FACTOR,
    POWER,
    AWAIT,
    ATOM,
};

class Text {
  public:
    Text() = default;
    Text(const Text&) = delete;
    Text& operator=(const Text&) = delete;
    ~Text() { free(data_); }

    void add(std::string_view text) {
        if (size_ + text.size() > capacity_ && !grow(size_ + text.size())) return;
        if (!text.empty()) memcpy(data_ + size_, text.data(), text.size());
        size_ += text.size();
    }
    bool failed() const { return failed_; }
    std::string_view view() const { return {data_ ? data_ : "", size_}; }

  private:
    bool grow(size_t wanted) {
        size_t capacity = wanted < 128 ? 256 : wanted * 2;
        auto* grown = static_cast<char*>(realloc(data_, capacity));
        if (!grown) {
            failed_ = true;
            return false;
        }
        data_ = grown;
        capacity_ = capacity;
        return true;
    }

    char* data_ = nullptr;
    size_t size_ = 0;
    size_t capacity_ = 0;
    bool failed_ = false;
};

void write_text(void* text, std::string_view piece) {
    static_cast<Text*>(text)->add(piece);
}

class Unparser {
  public:
    Unparser(Text& text, uintptr_t stack_limit) : text_(&text), stack_limit_(stack_limit) {}

    void expression(ExprNode* node, int level);
    bool too_deep() const { return too_deep_; }

  private:
    void add(std::string_view text) { text_->add(text); }
    // Whether a parenthesis was needed, and then closed by close().
    bool open(int level, int own) {
        if (level > own) add("(");
        return level > own;
    }
    void close(bool opened) {
        if (opened) add(")");
    }
    void list(const Sequence<ExprNode*>& items, int level = TEST);
    void binary(BinOp& node, int level);
    void compare(Compare& node, int level);
    void lambda(Lambda& node, int level);
    void arguments(Arguments& node);
    void argument(Arg& node);
    void comprehensions(const Sequence<Comprehension*>& clauses);
    void dict(Dict& node);
    void call(Call& node);
    void constant(const ConstantValue& value);
    void tuple(Tuple& node, int level);
    void format_string(const Sequence<ExprNode*>& values, const char* prefix);
    void format_body(const Sequence<ExprNode*>& values);
    void field(ExprNode* value, int conversion, ExprNode* spec);

    Text* text_;
    uintptr_t stack_limit_;
    bool too_deep_ = false;
};

void Unparser::list(const Sequence<ExprNode*>& items, int level) {
    bool first = true;
    for (ExprNode* item : items) {
        if (!first) add(", ");
        first = false;
        expression(item, level);
    }
}

void Unparser::binary(BinOp& node, int level) {
    struct Row {
        const char* text;
        int precedence;
    };
    static const Row ROWS[] = {
        {" + ", ARITHMETIC}, {" - ", ARITHMETIC}, {" * ", TERM},   {" @ ", TERM},   {" / ", TERM},
        {" % ", TERM},       {" ** ", POWER},     {" << ", SHIFT}, {" >> ", SHIFT}, {" | ", BIT_OR},
        {" ^ ", BIT_XOR},    {" & ", BIT_AND},    {" // ", TERM},
    };
    const Row& row = ROWS[int(node.op)];
    bool right_first = node.op == Operator::Pow;
    bool opened = open(level, row.precedence);
    expression(node.left, row.precedence + right_first);
    add(row.text);
    expression(node.right, row.precedence + !right_first);
    close(opened);
}

void Unparser::compare(Compare& node, int level) {
    static const char* const OPERATORS[] = {" == ", " != ", " < ",      " <= ", " > ",
                                            " >= ", " is ", " is not ", " in ", " not in "};
    bool opened = open(level, COMPARE);
    expression(node.left, COMPARE + 1);
    for (uint32_t i = 0; i < node.ops.size; i++) {
        add(OPERATORS[int(node.ops[i])]);
        expression(node.comparators[i], COMPARE + 1);
    }
    close(opened);
}

void Unparser::argument(Arg& node) {
    add(node.arg->text());
    if (!node.annotation) return;
    add(": ");
    expression(node.annotation, TEST);
}

void Unparser::arguments(Arguments& node) {
    bool first = true;
    auto separate = [&] {
        if (!first) add(", ");
        first = false;
    };
    uint32_t positional_only = node.posonlyargs.size;
    uint32_t count = positional_only + node.args.size;
    for (uint32_t i = 0; i < count; i++) {
        separate();
        argument(i < positional_only ? *node.posonlyargs[i] : *node.args[i - positional_only]);
        if (i + node.defaults.size >= count) {
            add("=");
            expression(node.defaults[i + node.defaults.size - count], TEST);
        }
        if (positional_only && i + 1 == positional_only) add(", /");
    }
    if (node.vararg || !node.kwonlyargs.empty()) {
        separate();
        add("*");
        if (node.vararg) argument(*node.vararg);
    }
    for (uint32_t i = 0; i < node.kwonlyargs.size; i++) {
        separate();
        argument(*node.kwonlyargs[i]);
        if (node.kw_defaults[i]) {
            add("=");
            expression(node.kw_defaults[i], TEST);
        }
    }
    if (node.kwarg) {
        separate();
        add("**");
        argument(*node.kwarg);
    }
}

void Unparser::lambda(Lambda& node, int level) {
    bool opened = open(level, TEST);
    bool positional = !node.args->posonlyargs.empty() || !node.args->args.empty();
    add(positional ? "lambda " : "lambda");
    arguments(*node.args);
    add(": ");
    expression(node.body, TEST);
    close(opened);
}

void Unparser::comprehensions(const Sequence<Comprehension*>& clauses) {
    for (Comprehension* clause : clauses) {
        add(clause->is_async ? " async for " : " for ");
        expression(clause->target, TUPLE);
        add(" in ");
        expression(clause->iter, TEST + 1);
        for (ExprNode* condition : clause->ifs) {
            add(" if ");
            expression(condition, TEST + 1);
        }
    }
}

void Unparser::dict(Dict& node) {
    add("{");
    for (uint32_t i = 0; i < node.values.size; i++) {
        if (i) add(", ");
        if (node.keys[i]) {
            expression(node.keys[i], TEST);
            add(": ");
            expression(node.values[i], TEST);
        } else {
            add("**");
            expression(node.values[i], BIT_OR);
        }
    }
    add("}");
}

void Unparser::call(Call& node) {
    expression(node.func, ATOM);
    if (node.args.size == 1 && node.keywords.empty() && node.args[0]->is<GeneratorExp>()) {
        expression(node.args[0], ATOM);
        return;
    }
    add("(");
    list(node.args);
    bool first = node.args.empty();
    for (Keyword* keyword : node.keywords) {
        if (!first) add(", ");
        first = false;
        if (keyword->arg) {
            add(keyword->arg->text());
            add("=");
        } else {
            add("**");
        }
        expression(keyword->value, TEST);
    }
    add(")");
}

// repr(), but with infinities that are expressions, and `...`.
void Unparser::constant(const ConstantValue& value) {
    if (value.kind == ConstantKind::Ellipsis) return add("...");
    bool number = value.kind == ConstantKind::Float || value.kind == ConstantKind::Complex;
    if (!number) return write_constant(value, write_text, text_);
    Text plain;
    write_constant(value, write_text, &plain);
    std::string_view rest = plain.view();
    for (size_t at = rest.find("inf"); at != rest.npos; at = rest.find("inf")) {
        add(rest.substr(0, at));
        add("1e309");
        rest.remove_prefix(at + 3);
    }
    add(rest);
}

void Unparser::tuple(Tuple& node, int level) {
    if (node.elts.empty()) return add("()");
    bool opened = open(level, TUPLE);
    list(node.elts);
    if (node.elts.size == 1) add(",");
    close(opened);
}

void Unparser::field(ExprNode* value, int conversion, ExprNode* spec) {
    Text inner;
    Text* outer = text_;
    text_ = &inner;
    expression(value, TEST + 1);
    text_ = outer;
    // A brace right behind the brace would be an escaped one.
    add(inner.view().starts_with('{') ? "{ " : "{");
    add(inner.view());
    if (conversion > 0) {
        char text[2] = {'!', char(conversion)};
        add({text, 2});
    }
    if (spec) {
        add(":");
        if (auto* joined = spec->if_is<JoinedStr>()) {
            format_body(joined->values);
        } else {
            expression(spec, TEST);
        }
    }
    add("}");
}

void Unparser::format_body(const Sequence<ExprNode*>& values) {
    for (ExprNode* value : values) {
        switch (value->kind) {
            case Kind::Constant: {
                for (const char& c : value->as<Constant>()->value.text) {
                    add({&c, 1});
                    if (c == '{' || c == '}') add({&c, 1});
                }
                break;
            }
            case Kind::FormattedValue: {
                auto* it = value->as<FormattedValue>();
                field(it->value, it->conversion, it->format_spec);
                break;
            }
            case Kind::Interpolation: {
                auto* it = value->as<Interpolation>();
                field(it->value, it->conversion, it->format_spec);
                break;
            }
            case Kind::JoinedStr:
                format_body(value->as<JoinedStr>()->values);
                break;
            default:
                break;
        }
    }
}

void Unparser::format_string(const Sequence<ExprNode*>& values, const char* prefix) {
    Text body;
    Text* outer = text_;
    text_ = &body;
    format_body(values);
    text_ = outer;
    add(prefix);
    write_text_repr(body.view(), write_text, text_);
}

void Unparser::expression(ExprNode* node, int level) {
    if (uintptr_t(__builtin_frame_address(0)) < stack_limit_) {
        too_deep_ = true;
        return;
    }
    switch (node->kind) {
        case Kind::BoolOp: {
            auto* it = node->as<BoolOp>();
            bool is_and = it->op == BoolOperator::And;
            int own = is_and ? AND : OR;
            bool opened = open(level, own);
            bool first = true;
            for (ExprNode* value : it->values) {
                if (!first) add(is_and ? " and " : " or ");
                first = false;
                expression(value, own + 1);
            }
            return close(opened);
        }
        case Kind::NamedExpr: {
            auto* it = node->as<NamedExpr>();
            bool opened = open(level, TUPLE);
            expression(it->target, ATOM);
            add(" := ");
            expression(it->value, ATOM);
            return close(opened);
        }
        case Kind::BinOp:
            return binary(*node->as<BinOp>(), level);
        case Kind::UnaryOp: {
            static const char* const OPERATORS[] = {"~", "not ", "+", "-"};
            auto* it = node->as<UnaryOp>();
            int own = it->op == UnaryOperator::Not ? NOT : FACTOR;
            bool opened = open(level, own);
            add(OPERATORS[int(it->op)]);
            expression(it->operand, own);
            return close(opened);
        }
        case Kind::Lambda:
            return lambda(*node->as<Lambda>(), level);
        case Kind::IfExp: {
            auto* it = node->as<IfExp>();
            bool opened = open(level, TEST);
            expression(it->body, TEST + 1);
            add(" if ");
            expression(it->test, TEST + 1);
            add(" else ");
            expression(it->orelse, TEST);
            return close(opened);
        }
        case Kind::Dict:
            return dict(*node->as<Dict>());
        case Kind::Set:
            add("{");
            list(node->as<Set>()->elts);
            return add("}");
        case Kind::ListComp:
            add("[");
            expression(node->as<ListComp>()->elt, TEST);
            comprehensions(node->as<ListComp>()->generators);
            return add("]");
        case Kind::SetComp:
            add("{");
            expression(node->as<SetComp>()->elt, TEST);
            comprehensions(node->as<SetComp>()->generators);
            return add("}");
        case Kind::DictComp:
            add("{");
            expression(node->as<DictComp>()->key, TEST);
            add(": ");
            expression(node->as<DictComp>()->value, TEST);
            comprehensions(node->as<DictComp>()->generators);
            return add("}");
        case Kind::GeneratorExp:
            add("(");
            expression(node->as<GeneratorExp>()->elt, TEST);
            comprehensions(node->as<GeneratorExp>()->generators);
            return add(")");
        case Kind::Await: {
            bool opened = open(level, AWAIT);
            add("await ");
            expression(node->as<Await>()->value, ATOM);
            return close(opened);
        }
        case Kind::Yield:
            if (!node->as<Yield>()->value) return add("(yield)");
            add("(yield ");
            expression(node->as<Yield>()->value, TEST);
            return add(")");
        case Kind::YieldFrom:
            add("(yield from ");
            expression(node->as<YieldFrom>()->value, TEST);
            return add(")");
        case Kind::Compare:
            return compare(*node->as<Compare>(), level);
        case Kind::Call:
            return call(*node->as<Call>());
        case Kind::JoinedStr:
            return format_string(node->as<JoinedStr>()->values, "f");
        case Kind::TemplateStr:
            return format_string(node->as<TemplateStr>()->values, "t");
        case Kind::FormattedValue: {
            auto* it = node->as<FormattedValue>();
            return field(it->value, it->conversion, it->format_spec);
        }
        case Kind::Interpolation: {
            auto* it = node->as<Interpolation>();
            return field(it->value, it->conversion, it->format_spec);
        }
        case Kind::Constant: {
            auto* it = node->as<Constant>();
            if (it->kind.data()) add(it->kind);
            return constant(it->value);
        }
        case Kind::Attribute: {
            auto* it = node->as<Attribute>();
            expression(it->value, ATOM);
            auto* number = it->value->if_is<Constant>();
            // `1.real` would be a float.
            add(number && number->value.kind == ConstantKind::Int ? " ." : ".");
            return add(it->attr->text());
        }
        case Kind::Subscript: {
            auto* it = node->as<Subscript>();
            expression(it->value, ATOM);
            add("[");
            expression(it->slice, TUPLE);
            return add("]");
        }
        case Kind::Starred:
            add("*");
            return expression(node->as<Starred>()->value, BIT_OR);
        case Kind::Name:
            return add(node->as<Name>()->id->text());
        case Kind::List:
            add("[");
            list(node->as<List>()->elts);
            return add("]");
        case Kind::Tuple:
            return tuple(*node->as<Tuple>(), level);
        case Kind::Slice: {
            auto* it = node->as<Slice>();
            if (it->lower) expression(it->lower, TEST);
            add(":");
            if (it->upper) expression(it->upper, TEST);
            if (!it->step) return;
            add(":");
            return expression(it->step, TEST);
        }
        default:
            return;
    }
}

}  // namespace

UnparseResult unparse(ExprNode* expression, Arena& arena, uintptr_t stack_limit) {
    if (!stack_limit) stack_limit = uintptr_t(__builtin_frame_address(0)) - 1024 * 1024;
    Text text;
    Unparser unparser(text, stack_limit);
    unparser.expression(expression, TEST);
    UnparseResult result;
    result.too_deep = unparser.too_deep();
    if (result.too_deep || text.failed()) return result;
    const char* copy = arena.copy(text.view().data(), text.view().size());
    if (copy) result.text = {copy, text.view().size()};
    return result;
}

}  // namespace imugi::syntax
