// Expressions back to text, for annotations under `from __future__ import annotations`.
#include "compile/constants.h"
#include "compile/generator.h"

namespace imugi::compile {
namespace {

using ast::ExprNode;
using ast::Kind;

enum Level : int {
    kTupleLevel,
    kNamed,
    kTest,
    kOr,
    kAnd,
    kNot,
    kComparison,
    kExpr,
    kBitXor,
    kBitAnd,
    kShift,
    kArithmetic,
    kTerm,
    kFactor,
    kPower,
    kAwait,
    kAtom,
};

struct BinarySpelling {
    const char* text;
    int level;
};
constexpr BinarySpelling kBinary[] = {
    {" + ", kArithmetic}, {" - ", kArithmetic}, {" * ", kTerm},   {" @ ", kTerm},   {" / ", kTerm},
    {" % ", kTerm},       {" ** ", kPower},     {" << ", kShift}, {" >> ", kShift}, {" | ", kExpr},
    {" ^ ", kBitXor},     {" & ", kBitAnd},     {" // ", kTerm}};
constexpr const char* kComparisons[] = {" == ", " != ", " < ",      " <= ", " > ",
                                        " >= ", " is ", " is not ", " in ", " not in "};

class Unparser {
  public:
    Unparser(CompileContext& context, StrBuilder& out) : c_(context), out_(out) {}

    bool expr(ExprNode* node, int level) {
        TRY(c_.check_stack());
        switch (node->kind) {
            case Kind::BoolOp: {
                auto& it = *node->as<ast::BoolOp>();
                bool is_or = it.op == ast::BoolOperator::Or;
                int own = is_or ? kOr : kAnd;
                return parenthesised(level > own, [&]() -> bool {
                    for (uint32_t i = 0; i < it.values.size; i++) {
                        if (i) TRY(text(is_or ? " or " : " and "));
                        TRY(expr(it.values[i], own + 1));
                    }
                    return true;
                });
            }
            case Kind::BinOp: {
                auto& it = *node->as<ast::BinOp>();
                const BinarySpelling& spelling = kBinary[static_cast<int>(it.op)];
                bool right = it.op == ast::Operator::Pow;
                return parenthesised(level > spelling.level, [&]() -> bool {
                    return expr(it.left, spelling.level + right) && text(spelling.text) &&
                           expr(it.right, spelling.level + !right);
                });
            }
            case Kind::UnaryOp: {
                auto& it = *node->as<ast::UnaryOp>();
                static constexpr const char* kOps[] = {"~", "not ", "+", "-"};
                int own = it.op == ast::UnaryOperator::Not ? kNot : kFactor;
                return parenthesised(level > own, [&]() -> bool {
                    return text(kOps[static_cast<int>(it.op)]) && expr(it.operand, own);
                });
            }
            case Kind::Lambda: {
                auto& it = *node->as<ast::Lambda>();
                return parenthesised(level > kTest, [&]() -> bool {
                    ast::Arguments& args = *it.args;
                    bool any = !args.posonlyargs.empty() || !args.args.empty() || args.vararg ||
                               !args.kwonlyargs.empty() || args.kwarg;
                    return text(any ? "lambda " : "lambda") && arguments(args) && text(": ") &&
                           expr(it.body, kTest);
                });
            }
            case Kind::IfExp: {
                auto& it = *node->as<ast::IfExp>();
                return parenthesised(level > kTest, [&]() -> bool {
                    return expr(it.body, kTest + 1) && text(" if ") && expr(it.test, kTest + 1) &&
                           text(" else ") && expr(it.orelse, kTest);
                });
            }
            case Kind::Dict: {
                auto& it = *node->as<ast::Dict>();
                TRY(text("{"));
                for (uint32_t i = 0; i < it.values.size; i++) {
                    if (i) TRY(text(", "));
                    if (it.keys[i])
                        TRY(expr(it.keys[i], kTest) && text(": ") && expr(it.values[i], kTest));
                    else
                        TRY(text("**") && expr(it.values[i], kExpr));
                }
                return text("}");
            }
            case Kind::Set:
                return text("{") && list(node->as<ast::Set>()->elts) && text("}");
            case Kind::List:
                return text("[") && list(node->as<ast::List>()->elts) && text("]");
            case Kind::Tuple: {
                auto& elts = node->as<ast::Tuple>()->elts;
                if (elts.empty()) return text("()");
                return parenthesised(level > kTupleLevel, [&]() -> bool {
                    return list(elts) && (elts.size > 1 || text(","));
                });
            }
            case Kind::ListComp: {
                auto& it = *node->as<ast::ListComp>();
                return text("[") && expr(it.elt, kTest) && loops(it.generators) && text("]");
            }
            case Kind::SetComp: {
                auto& it = *node->as<ast::SetComp>();
                return text("{") && expr(it.elt, kTest) && loops(it.generators) && text("}");
            }
            case Kind::GeneratorExp: {
                auto& it = *node->as<ast::GeneratorExp>();
                return text("(") && expr(it.elt, kTest) && loops(it.generators) && text(")");
            }
            case Kind::DictComp: {
                auto& it = *node->as<ast::DictComp>();
                return text("{") && expr(it.key, kTest) && text(": ") && expr(it.value, kTest) &&
                       loops(it.generators) && text("}");
            }
            case Kind::Compare: {
                auto& it = *node->as<ast::Compare>();
                return parenthesised(level > kComparison, [&]() -> bool {
                    TRY(expr(it.left, kComparison + 1));
                    for (uint32_t i = 0; i < it.ops.size; i++)
                        TRY(text(kComparisons[static_cast<int>(it.ops[i])]) &&
                            expr(it.comparators[i], kComparison + 1));
                    return true;
                });
            }
            case Kind::Call: {
                auto& it = *node->as<ast::Call>();
                TRY(expr(it.func, kAtom));
                bool generator =
                    it.args.size == 1 && it.keywords.empty() && it.args[0]->is<ast::GeneratorExp>();
                if (generator) return expr(it.args[0], kTest);
                TRY(text("("));
                bool first = true;
                for (ExprNode* arg : it.args) TRY(separate(&first) && expr(arg, kTest));
                for (ast::Keyword* keyword : it.keywords) {
                    TRY(separate(&first));
                    TRY(keyword->arg ? name(keyword->arg) && text("=") : text("**"));
                    TRY(expr(keyword->value, kTest));
                }
                return text(")");
            }
            case Kind::Constant:
                return constant(*node->as<ast::Constant>());
            case Kind::Attribute: {
                auto& it = *node->as<ast::Attribute>();
                auto* number = it.value->if_is<ast::Constant>();
                bool is_int = number && number->value.kind == ast::ConstantKind::Int;
                return expr(it.value, kAtom) && text(is_int ? " ." : ".") && name(it.attr);
            }
            case Kind::Subscript: {
                auto& it = *node->as<ast::Subscript>();
                return expr(it.value, kAtom) && text("[") && expr(it.slice, kTupleLevel) &&
                       text("]");
            }
            case Kind::Slice: {
                auto& it = *node->as<ast::Slice>();
                if (it.lower) TRY(expr(it.lower, kTest));
                TRY(text(":"));
                if (it.upper) TRY(expr(it.upper, kTest));
                if (it.step) TRY(text(":") && expr(it.step, kTest));
                return true;
            }
            case Kind::Starred:
                return text("*") && expr(node->as<ast::Starred>()->value, kExpr);
            case Kind::Name:
                return name(node->as<ast::Name>()->id);
            case Kind::Await:
                return parenthesised(level > kAwait, [&]() -> bool {
                    return text("await ") && expr(node->as<ast::Await>()->value, kAtom);
                });
            case Kind::Yield: {
                ExprNode* value = node->as<ast::Yield>()->value;
                if (!value) return text("(yield)");
                return text("(yield ") && expr(value, kTest) && text(")");
            }
            case Kind::YieldFrom:
                return text("(yield from ") && expr(node->as<ast::YieldFrom>()->value, kTest) &&
                       text(")");
            case Kind::NamedExpr: {
                auto& it = *node->as<ast::NamedExpr>();
                return parenthesised(level > kNamed, [&]() -> bool {
                    return expr(it.target, kAtom) && text(" := ") && expr(it.value, kAtom);
                });
            }
            case Kind::JoinedStr:
            case Kind::FormattedValue:
            case Kind::TemplateStr:
            case Kind::Interpolation:
                return joined(*node);
            default:
                return text("...");
        }
    }

  private:
    bool text(const char* ascii) { return out_.append(ascii); }
    bool name(ast::IdentifierRef id) { return out_.append_utf8(id->data, id->size); }
    bool separate(bool* first) { return std::exchange(*first, false) || text(", "); }

    template <class Body>
    bool parenthesised(bool wanted, Body&& body) {
        return (!wanted || text("(")) && body() && (!wanted || text(")"));
    }

    bool list(const ast::Sequence<ExprNode*>& items) {
        bool first = true;
        for (ExprNode* item : items) TRY(separate(&first) && expr(item, kTest));
        return true;
    }

    bool loops(const ast::Sequence<ast::Comprehension*>& generators) {
        for (ast::Comprehension* part : generators) {
            TRY(text(part->is_async ? " async for " : " for "));
            TRY(expr(part->target, kTupleLevel) && text(" in ") && expr(part->iter, kTest + 1));
            for (ExprNode* test : part->ifs) TRY(text(" if ") && expr(test, kTest + 1));
        }
        return true;
    }

    bool arguments(ast::Arguments& args) {
        bool first = true;
        uint32_t positional = args.posonlyargs.size + args.args.size;
        uint32_t without = positional - args.defaults.size;
        for (uint32_t i = 0; i < positional; i++) {
            ast::Arg* arg = i < args.posonlyargs.size ? args.posonlyargs[i]
                                                      : args.args[i - args.posonlyargs.size];
            TRY(separate(&first) && name(arg->arg));
            if (i >= without) TRY(text("=") && expr(args.defaults[i - without], kTest));
            if (i + 1 == args.posonlyargs.size) TRY(text(", /"));
        }
        if (args.vararg || !args.kwonlyargs.empty()) {
            TRY(separate(&first) && text("*"));
            if (args.vararg) TRY(name(args.vararg->arg));
        }
        for (uint32_t i = 0; i < args.kwonlyargs.size; i++) {
            TRY(separate(&first) && name(args.kwonlyargs[i]->arg));
            if (args.kw_defaults[i]) TRY(text("=") && expr(args.kw_defaults[i], kTest));
        }
        if (args.kwarg) TRY(separate(&first) && text("**") && name(args.kwarg->arg));
        return true;
    }

    bool constant(ast::Constant& node) {
        if (node.value.kind == ast::ConstantKind::Ellipsis) return text("...");
        if (node.kind.data() && !node.kind.empty()) TRY(text("u"));
        Owned value = make_literal(c_.thread, node.value);
        if (!value) return false;
        Owned shown = repr(c_.thread, value);
        if (!shown) return false;
        bool number = node.value.kind == ast::ConstantKind::Float ||
                      node.value.kind == ast::ConstantKind::Complex;
        if (!number) return out_.append(shown.as<Str>());
        // Infinity has no literal: one that is too large stands for it.
        Str& digits = shown.as<Str>();
        for (size_t i = 0; i < digits.length(); i++) {
            if (digits[i] == 'i' && i + 2 < digits.length() && digits[i + 1] == 'n') {
                TRY(text("1e309"));
                i += 2;
            } else {
                TRY(out_.append(digits[i]));
            }
        }
        return true;
    }

    // The inside of an f-string, braces of literal text doubled.
    bool joined_parts(ExprNode& node, StrBuilder& inside) {
        TRY(c_.check_stack());
        auto literal = [&](const ast::ConstantValue& value) -> bool {
            for (size_t i = 0; i < value.text.size();) {
                size_t size = 1;
                while (i + size < value.text.size() && (value.text[i + size] & 0xC0) == 0x80)
                    size++;
                char ch = value.text[i];
                if ((ch == '{' || ch == '}') && !inside.append(static_cast<uint32_t>(ch)))
                    return false;
                TRY(inside.append_utf8(value.text.data() + i, size));
                i += size;
            }
            return true;
        };
        switch (node.kind) {
            case Kind::JoinedStr:
                for (ExprNode* part : node.as<ast::JoinedStr>()->values)
                    TRY(joined_parts(*part, inside));
                return true;
            case Kind::TemplateStr:
                for (ExprNode* part : node.as<ast::TemplateStr>()->values)
                    TRY(joined_parts(*part, inside));
                return true;
            case Kind::Constant:
                return literal(node.as<ast::Constant>()->value);
            case Kind::FormattedValue: {
                auto& it = *node.as<ast::FormattedValue>();
                return replacement(it.value, it.conversion, it.format_spec, inside);
            }
            case Kind::Interpolation: {
                auto& it = *node.as<ast::Interpolation>();
                return replacement(it.value, it.conversion, it.format_spec, inside);
            }
            default:
                return true;
        }
    }

    bool replacement(ExprNode* value, int conversion, ExprNode* spec, StrBuilder& inside) {
        StrBuilder shown(c_.thread);
        Unparser inner(c_, shown);
        TRY(inner.expr(value, kTest + 1));
        Ref<Str> source = shown.finish();
        if (!source) return false;
        TRY(inside.append(source->length() && (*source)[0] == '{' ? "{ " : "{"));
        TRY(inside.append(*source));
        if (conversion > 0)
            TRY(inside.append("!") && inside.append(static_cast<uint32_t>(conversion)));
        if (spec) TRY(inside.append(":") && joined_parts(*spec, inside));
        return inside.append("}");
    }

    bool joined(ExprNode& node) {
        StrBuilder inside(c_.thread);
        TRY(joined_parts(node, inside));
        Ref<Str> body = inside.finish();
        if (!body) return false;
        Owned quoted = repr(c_.thread, body);
        bool is_template = node.is<ast::TemplateStr>() || node.is<ast::Interpolation>();
        return quoted && text(is_template ? "t" : "f") && out_.append(quoted.as<Str>());
    }

    CompileContext& c_;
    StrBuilder& out_;
};

}  // namespace

Owned unparse(CompileContext& context, ExprNode& node) {
    StrBuilder out(context.thread);
    if (!Unparser(context, out).expr(&node, kTest)) return {};
    return out.finish();
}

}  // namespace imugi::compile
