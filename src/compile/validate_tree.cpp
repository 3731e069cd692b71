// What must hold of a tree that was not made by the parser, so that the compiler can rely on it.
#include "compile/syntax_tree.h"

namespace imugi::compile {
namespace {

using ast::ConstantKind;
using ast::ExprNode;
using ast::Kind;
using ast::StmtNode;
using Context = ast::Context;

class Validator {
  public:
    explicit Validator(CompileContext& context) : c_(context), thread_(context.thread) {}

    bool module(ast::ModNode& root) {
        switch (root.kind) {
            case Kind::Module:
                return statements(root.as<ast::Module>()->body);
            case Kind::Interactive:
                return statements(root.as<ast::Interactive>()->body);
            case Kind::Expression:
                return expr(root.as<ast::Expression>()->body, Context::Load);
            default: {
                auto& it = *root.as<ast::FunctionType>();
                return exprs(it.argtypes, Context::Load, false) && expr(it.returns, Context::Load);
            }
        }
    }

  private:
    template <class... A>
    bool bad(const char* text, const A&... arguments) {
        return raise(thread_, exc::ValueError, text, arguments...);
    }

    bool position(const ast::Position& at) {
        if (at.line > at.end_line)
            return bad("AST node line range ({}, {}) is not valid", at.line, at.end_line);
        if ((at.line < 0 && at.end_line != at.line) ||
            (at.column < 0 && at.column != at.end_column))
            return bad("AST node column range ({}, {}) for line range ({}, {}) is not valid",
                       at.column, at.end_column, at.line, at.end_line);
        if (at.line == at.end_line && at.column > at.end_column)
            return bad("line {}, column {}-{} is not a valid range", at.line, at.column,
                       at.end_column);
        return true;
    }

    bool name(ast::IdentifierRef id) {
        for (const char* reserved : {"None", "True", "False"})
            if (id && id->text() == reserved)
                return bad("identifier field can't represent '{}' constant", reserved);
        return true;
    }

    // --- statements ---
    bool statements(const ast::Sequence<StmtNode*>& list) {
        for (StmtNode* node : list) {
            if (!node) return bad("None disallowed in statement list");
            TRY(stmt(*node));
        }
        return true;
    }
    bool body(const ast::Sequence<StmtNode*>& list, const char* owner) {
        if (list.empty()) return bad("empty body on {}", owner);
        return statements(list);
    }
    template <class T>
    bool not_empty(const ast::Sequence<T>& list, const char* what, const char* owner) {
        return !list.empty() || bad("empty {} on {}", what, owner);
    }
    bool targets(const ast::Sequence<ExprNode*>& list, Context context) {
        return not_empty(list, "targets", context == Context::Del ? "Delete" : "Assign") &&
               exprs(list, context, false);
    }

    bool function(ast::Arguments* args, const ast::Sequence<StmtNode*>& statements_,
                  const ast::Sequence<ExprNode*>& decorators, ExprNode* returns,
                  const ast::Sequence<ast::TypeParamNode*>& params, const char* owner) {
        return body(statements_, owner) && type_params(params) && arguments(*args) &&
               exprs(decorators, Context::Load, false) &&
               (!returns || expr(returns, Context::Load));
    }
    bool with(const ast::Sequence<ast::WithItem*>& items,
              const ast::Sequence<StmtNode*>& statements_, const char* owner) {
        TRY(not_empty(items, "items", owner));
        for (ast::WithItem* item : items) {
            if (!item) return bad("None disallowed in withitem list");
            TRY(expr(item->context_expr, Context::Load));
            if (item->optional_vars) TRY(expr(item->optional_vars, Context::Store));
        }
        return body(statements_, owner);
    }
    bool loop(ExprNode* target, ExprNode* iter, const ast::Sequence<StmtNode*>& statements_,
              const ast::Sequence<StmtNode*>& orelse, const char* owner) {
        return expr(target, Context::Store) && expr(iter, Context::Load) &&
               body(statements_, owner) && statements(orelse);
    }
    bool try_parts(const ast::Sequence<StmtNode*>& statements_,
                   const ast::Sequence<ast::ExceptHandlerNode*>& handlers,
                   const ast::Sequence<StmtNode*>& orelse,
                   const ast::Sequence<StmtNode*>& finalbody, const char* owner) {
        TRY(body(statements_, owner));
        if (handlers.empty() && finalbody.empty())
            return bad("{} has neither except handlers nor finalbody", owner);
        if (handlers.empty() && !orelse.empty())
            return bad("{} has orelse but no except handlers", owner);
        for (ast::ExceptHandlerNode* node : handlers) {
            if (!node) return bad("None disallowed in excepthandler list");
            auto& handler = *node->as<ast::ExceptHandler>();
            TRY(position(handler.position));
            if (handler.type) TRY(expr(handler.type, Context::Load));
            TRY(body(handler.body, "ExceptHandler"));
        }
        return statements(finalbody) && statements(orelse);
    }

    bool stmt(StmtNode& node) {
        TRY(c_.check_stack());
        TRY(position(node.position));
        switch (node.kind) {
            case Kind::FunctionDef: {
                auto& it = *node.as<ast::FunctionDef>();
                return function(it.args, it.body, it.decorator_list, it.returns, it.type_params,
                                "FunctionDef");
            }
            case Kind::AsyncFunctionDef: {
                auto& it = *node.as<ast::AsyncFunctionDef>();
                return function(it.args, it.body, it.decorator_list, it.returns, it.type_params,
                                "AsyncFunctionDef");
            }
            case Kind::ClassDef: {
                auto& it = *node.as<ast::ClassDef>();
                return body(it.body, "ClassDef") && type_params(it.type_params) &&
                       exprs(it.bases, Context::Load, false) && keywords(it.keywords) &&
                       exprs(it.decorator_list, Context::Load, false);
            }
            case Kind::Return: {
                ExprNode* value = node.as<ast::Return>()->value;
                return !value || expr(value, Context::Load);
            }
            case Kind::Delete:
                return targets(node.as<ast::Delete>()->targets, Context::Del);
            case Kind::Assign: {
                auto& it = *node.as<ast::Assign>();
                return targets(it.targets, Context::Store) && expr(it.value, Context::Load);
            }
            case Kind::AugAssign: {
                auto& it = *node.as<ast::AugAssign>();
                return expr(it.target, Context::Store) && expr(it.value, Context::Load);
            }
            case Kind::AnnAssign: {
                auto& it = *node.as<ast::AnnAssign>();
                if (!it.target->is<ast::Name>() && it.simple)
                    return raise(thread_, exc::TypeError, "AnnAssign with simple non-Name target");
                return expr(it.target, Context::Store) &&
                       (!it.value || expr(it.value, Context::Load)) &&
                       expr(it.annotation, Context::Load);
            }
            case Kind::TypeAlias: {
                auto& it = *node.as<ast::TypeAlias>();
                if (!it.name->is<ast::Name>())
                    return raise(thread_, exc::TypeError, "TypeAlias with non-Name name");
                return expr(it.name, Context::Store) && type_params(it.type_params) &&
                       expr(it.value, Context::Load);
            }
            case Kind::For: {
                auto& it = *node.as<ast::For>();
                return loop(it.target, it.iter, it.body, it.orelse, "For");
            }
            case Kind::AsyncFor: {
                auto& it = *node.as<ast::AsyncFor>();
                return loop(it.target, it.iter, it.body, it.orelse, "AsyncFor");
            }
            case Kind::While: {
                auto& it = *node.as<ast::While>();
                return expr(it.test, Context::Load) && body(it.body, "While") &&
                       statements(it.orelse);
            }
            case Kind::If: {
                auto& it = *node.as<ast::If>();
                return expr(it.test, Context::Load) && body(it.body, "If") && statements(it.orelse);
            }
            case Kind::With: {
                auto& it = *node.as<ast::With>();
                return with(it.items, it.body, "With");
            }
            case Kind::AsyncWith: {
                auto& it = *node.as<ast::AsyncWith>();
                return with(it.items, it.body, "AsyncWith");
            }
            case Kind::Match:
                return match(*node.as<ast::Match>());
            case Kind::Raise: {
                auto& it = *node.as<ast::Raise>();
                if (it.exc)
                    return expr(it.exc, Context::Load) &&
                           (!it.cause || expr(it.cause, Context::Load));
                return !it.cause || bad("Raise with cause but no exception");
            }
            case Kind::Try: {
                auto& it = *node.as<ast::Try>();
                return try_parts(it.body, it.handlers, it.orelse, it.finalbody, "Try");
            }
            case Kind::TryStar: {
                auto& it = *node.as<ast::TryStar>();
                return try_parts(it.body, it.handlers, it.orelse, it.finalbody, "TryStar");
            }
            case Kind::Assert: {
                auto& it = *node.as<ast::Assert>();
                return expr(it.test, Context::Load) && (!it.msg || expr(it.msg, Context::Load));
            }
            case Kind::Import:
                return not_empty(node.as<ast::Import>()->names, "names", "Import") &&
                       aliases(node.as<ast::Import>()->names);
            case Kind::ImportFrom: {
                auto& it = *node.as<ast::ImportFrom>();
                if (it.level < 0) return bad("Negative ImportFrom level");
                return not_empty(it.names, "names", "ImportFrom") && aliases(it.names);
            }
            case Kind::Global:
                return identifiers(node.as<ast::Global>()->names, "Global");
            case Kind::Nonlocal:
                return identifiers(node.as<ast::Nonlocal>()->names, "Nonlocal");
            case Kind::Expr:
                return expr(node.as<ast::Expr>()->value, Context::Load);
            default:
                return true;
        }
    }

    bool aliases(const ast::Sequence<ast::Alias*>& list) {
        for (ast::Alias* item : list)
            if (!item) return bad("None disallowed in alias list");
        return true;
    }
    bool identifiers(const ast::Sequence<ast::IdentifierRef>& list, const char* owner) {
        return not_empty(list, "names", owner);
    }
    bool keywords(const ast::Sequence<ast::Keyword*>& list) {
        for (ast::Keyword* item : list) {
            if (!item) return bad("None disallowed in keyword list");
            TRY(expr(item->value, Context::Load));
        }
        return true;
    }
    bool args(const ast::Sequence<ast::Arg*>& list) {
        for (ast::Arg* item : list) {
            if (!item) return bad("None disallowed in arg list");
            TRY(position(item->position));
            if (item->annotation) TRY(expr(item->annotation, Context::Load));
        }
        return true;
    }
    bool arguments(ast::Arguments& it) {
        TRY(args(it.posonlyargs) && args(it.args));
        if (it.vararg && it.vararg->annotation) TRY(expr(it.vararg->annotation, Context::Load));
        TRY(args(it.kwonlyargs));
        if (it.kwarg && it.kwarg->annotation) TRY(expr(it.kwarg->annotation, Context::Load));
        if (it.defaults.size > it.posonlyargs.size + it.args.size)
            return bad("more positional defaults than args on arguments");
        if (it.kw_defaults.size != it.kwonlyargs.size)
            return bad("length of kwonlyargs is not the same as kw_defaults on arguments");
        return exprs(it.defaults, Context::Load, false) &&
               exprs(it.kw_defaults, Context::Load, true);
    }
    bool type_params(const ast::Sequence<ast::TypeParamNode*>& list) {
        for (ast::TypeParamNode* node : list) {
            if (!node) return bad("None disallowed in type_param list");
            TRY(position(node->position));
            ExprNode* parts[2] = {};
            ast::IdentifierRef id = nullptr;
            if (auto* variable = node->if_is<ast::TypeVar>()) {
                id = variable->name;
                parts[0] = variable->bound;
                parts[1] = variable->default_value;
            } else if (auto* spec = node->if_is<ast::ParamSpec>()) {
                id = spec->name;
                parts[0] = spec->default_value;
            } else {
                id = node->as<ast::TypeVarTuple>()->name;
                parts[0] = node->as<ast::TypeVarTuple>()->default_value;
            }
            TRY(name(id));
            for (ExprNode* part : parts)
                if (part) TRY(expr(part, Context::Load));
        }
        return true;
    }

    // --- expressions ---
    bool exprs(const ast::Sequence<ExprNode*>& list, Context context, bool none_allowed) {
        for (ExprNode* node : list) {
            if (node)
                TRY(expr(node, context));
            else if (!none_allowed)
                return bad("None disallowed in expression list");
        }
        return true;
    }
    bool comprehension(const ast::Sequence<ast::Comprehension*>& generators) {
        if (generators.empty()) return bad("comprehension with no generators");
        for (ast::Comprehension* part : generators) {
            if (!part) return bad("None disallowed in comprehension list");
            TRY(expr(part->target, Context::Store) && expr(part->iter, Context::Load) &&
                exprs(part->ifs, Context::Load, false));
        }
        return true;
    }

    bool expr(ExprNode* node, Context context) {
        TRY(c_.check_stack());
        TRY(position(node->position));
        static constexpr const char* kContexts[] = {"Load", "Store", "Del"};
        Context actual = Context::Load;
        bool has_context = true;
        switch (node->kind) {
            case Kind::Attribute:
                actual = node->as<ast::Attribute>()->ctx;
                break;
            case Kind::Subscript:
                actual = node->as<ast::Subscript>()->ctx;
                break;
            case Kind::Starred:
                actual = node->as<ast::Starred>()->ctx;
                break;
            case Kind::Name:
                TRY(name(node->as<ast::Name>()->id));
                actual = node->as<ast::Name>()->ctx;
                break;
            case Kind::List:
                actual = node->as<ast::List>()->ctx;
                break;
            case Kind::Tuple:
                actual = node->as<ast::Tuple>()->ctx;
                break;
            default:
                has_context = false;
        }
        if (!has_context && context != Context::Load)
            return bad("expression which can't be assigned to in {} context",
                       kContexts[static_cast<int>(context)]);
        if (has_context && actual != context)
            return bad("expression must have {} context but has {} instead",
                       kContexts[static_cast<int>(context)], kContexts[static_cast<int>(actual)]);
        switch (node->kind) {
            case Kind::BoolOp: {
                auto& it = *node->as<ast::BoolOp>();
                if (it.values.size < 2) return bad("BoolOp with less than 2 values");
                return exprs(it.values, Context::Load, false);
            }
            case Kind::NamedExpr: {
                auto& it = *node->as<ast::NamedExpr>();
                if (!it.target->is<ast::Name>())
                    return raise(thread_, exc::TypeError, "NamedExpr target must be a Name");
                return expr(it.target, Context::Store) && expr(it.value, Context::Load);
            }
            case Kind::BinOp: {
                auto& it = *node->as<ast::BinOp>();
                return expr(it.left, Context::Load) && expr(it.right, Context::Load);
            }
            case Kind::UnaryOp:
                return expr(node->as<ast::UnaryOp>()->operand, Context::Load);
            case Kind::Lambda: {
                auto& it = *node->as<ast::Lambda>();
                return arguments(*it.args) && expr(it.body, Context::Load);
            }
            case Kind::IfExp: {
                auto& it = *node->as<ast::IfExp>();
                return expr(it.test, Context::Load) && expr(it.body, Context::Load) &&
                       expr(it.orelse, Context::Load);
            }
            case Kind::Dict: {
                auto& it = *node->as<ast::Dict>();
                if (it.keys.size != it.values.size)
                    return bad("Dict doesn't have the same number of keys as values");
                return exprs(it.keys, Context::Load, true) &&
                       exprs(it.values, Context::Load, false);
            }
            case Kind::Set:
                return exprs(node->as<ast::Set>()->elts, Context::Load, false);
            case Kind::ListComp: {
                auto& it = *node->as<ast::ListComp>();
                return comprehension(it.generators) && expr(it.elt, Context::Load);
            }
            case Kind::SetComp: {
                auto& it = *node->as<ast::SetComp>();
                return comprehension(it.generators) && expr(it.elt, Context::Load);
            }
            case Kind::GeneratorExp: {
                auto& it = *node->as<ast::GeneratorExp>();
                return comprehension(it.generators) && expr(it.elt, Context::Load);
            }
            case Kind::DictComp: {
                auto& it = *node->as<ast::DictComp>();
                return comprehension(it.generators) && expr(it.key, Context::Load) &&
                       expr(it.value, Context::Load);
            }
            case Kind::Yield: {
                ExprNode* value = node->as<ast::Yield>()->value;
                return !value || expr(value, Context::Load);
            }
            case Kind::YieldFrom:
                return expr(node->as<ast::YieldFrom>()->value, Context::Load);
            case Kind::Await:
                return expr(node->as<ast::Await>()->value, Context::Load);
            case Kind::Compare: {
                auto& it = *node->as<ast::Compare>();
                if (it.comparators.empty()) return bad("Compare has no comparators");
                if (it.comparators.size != it.ops.size)
                    return bad("Compare has a different number of comparators and operands");
                return exprs(it.comparators, Context::Load, false) && expr(it.left, Context::Load);
            }
            case Kind::Call: {
                auto& it = *node->as<ast::Call>();
                return expr(it.func, Context::Load) && exprs(it.args, Context::Load, false) &&
                       keywords(it.keywords);
            }
            case Kind::FormattedValue: {
                auto& it = *node->as<ast::FormattedValue>();
                return expr(it.value, Context::Load) &&
                       (!it.format_spec || expr(it.format_spec, Context::Load));
            }
            case Kind::Interpolation: {
                auto& it = *node->as<ast::Interpolation>();
                return expr(it.value, Context::Load) &&
                       (!it.format_spec || expr(it.format_spec, Context::Load));
            }
            case Kind::JoinedStr:
                return exprs(node->as<ast::JoinedStr>()->values, Context::Load, false);
            case Kind::TemplateStr: {
                auto& it = *node->as<ast::TemplateStr>();
                for (ExprNode* part : it.values) {
                    auto* text = part ? part->if_is<ast::Constant>() : nullptr;
                    bool is_text = text && text->value.kind == ConstantKind::Str;
                    if (part && !is_text && !part->is<ast::Interpolation>())
                        return raise(thread_, exc::TypeError,
                                     "TemplateStr values must be strs or Interpolations");
                }
                return exprs(it.values, Context::Load, false);
            }
            case Kind::Attribute:
                return expr(node->as<ast::Attribute>()->value, Context::Load);
            case Kind::Subscript: {
                auto& it = *node->as<ast::Subscript>();
                return expr(it.slice, Context::Load) && expr(it.value, Context::Load);
            }
            case Kind::Starred:
                return expr(node->as<ast::Starred>()->value, context);
            case Kind::Slice: {
                auto& it = *node->as<ast::Slice>();
                for (ExprNode* part : {it.lower, it.upper, it.step})
                    if (part) TRY(expr(part, Context::Load));
                return true;
            }
            case Kind::List:
                return exprs(node->as<ast::List>()->elts, context, false);
            case Kind::Tuple:
                return exprs(node->as<ast::Tuple>()->elts, context, false);
            default:
                return true;
        }
    }

    // --- patterns ---
    bool match(ast::Match& it) {
        TRY(expr(it.subject, Context::Load));
        TRY(not_empty(it.cases, "cases", "Match"));
        for (ast::MatchCase* item : it.cases) {
            if (!item) return bad("None disallowed in match_case list");
            TRY(pattern(item->pattern, false));
            if (item->guard) TRY(expr(item->guard, Context::Load));
            TRY(body(item->body, "match_case"));
        }
        return true;
    }
    bool patterns(const ast::Sequence<ast::PatternNode*>& list, bool star_allowed) {
        for (ast::PatternNode* node : list) {
            if (!node) return bad("None disallowed in pattern list");
            TRY(pattern(node, star_allowed));
        }
        return true;
    }
    bool capture(ast::IdentifierRef id) {
        if (id->text() == "_") return bad("can't capture name '_' in patterns");
        return name(id);
    }

    static bool is_number(ExprNode* node, bool real) {
        auto* constant = node->if_is<ast::Constant>();
        if (!constant) return false;
        ConstantKind kind = constant->value.kind;
        if (real) return kind == ConstantKind::Int || kind == ConstantKind::Float;
        return kind == ConstantKind::Complex;
    }
    static bool is_signed_number(ExprNode* node, bool complex_too) {
        if (auto* unary = node->if_is<ast::UnaryOp>()) {
            if (unary->op != ast::UnaryOperator::USub) return false;
            node = unary->operand;
        }
        return is_number(node, true) || (complex_too && is_number(node, false));
    }

    bool match_value(ExprNode* node) {
        TRY(expr(node, Context::Load));
        switch (node->kind) {
            case Kind::Constant:
                switch (node->as<ast::Constant>()->value.kind) {
                    case ConstantKind::Int:
                    case ConstantKind::Float:
                    case ConstantKind::Complex:
                    case ConstantKind::Str:
                    case ConstantKind::Bytes:
                        return true;
                    default:
                        return bad("unexpected constant inside of a literal pattern");
                }
            case Kind::Attribute:
            case Kind::JoinedStr:
                return true;
            case Kind::UnaryOp:
                if (is_signed_number(node, true)) return true;
                break;
            case Kind::BinOp: {
                auto& it = *node->as<ast::BinOp>();
                bool sum = it.op == ast::Operator::Add || it.op == ast::Operator::Sub;
                if (sum && is_signed_number(it.left, false) && is_number(it.right, false))
                    return true;
                break;
            }
            default:
                break;
        }
        return bad("patterns may only match literals and attribute lookups");
    }

    bool pattern(ast::PatternNode* node, bool star_allowed) {
        TRY(c_.check_stack());
        TRY(position(node->position));
        switch (node->kind) {
            case Kind::MatchValue:
                return match_value(node->as<ast::MatchValue>()->value);
            case Kind::MatchSingleton: {
                ConstantKind kind = node->as<ast::MatchSingleton>()->value.kind;
                if (kind != ConstantKind::None && kind != ConstantKind::True &&
                    kind != ConstantKind::False)
                    return bad("MatchSingleton can only contain True, False and None");
                return true;
            }
            case Kind::MatchSequence:
                return patterns(node->as<ast::MatchSequence>()->patterns, true);
            case Kind::MatchMapping: {
                auto& it = *node->as<ast::MatchMapping>();
                if (it.keys.size != it.patterns.size)
                    return bad("MatchMapping doesn't have the same number of keys as patterns");
                if (it.rest) TRY(capture(it.rest));
                for (ExprNode* key : it.keys) {
                    if (!key) return bad("None disallowed in expression list");
                    auto* literal = key->if_is<ast::Constant>();
                    bool singleton = literal && (literal->value.kind == ConstantKind::None ||
                                                 literal->value.kind == ConstantKind::True ||
                                                 literal->value.kind == ConstantKind::False);
                    if (!singleton) TRY(match_value(key));
                }
                return patterns(it.patterns, false);
            }
            case Kind::MatchClass: {
                auto& it = *node->as<ast::MatchClass>();
                if (it.kwd_attrs.size != it.kwd_patterns.size)
                    return bad(
                        "MatchClass doesn't have the same number of keyword attributes as "
                        "patterns");
                TRY(expr(it.cls, Context::Load));
                ExprNode* cls = it.cls;
                while (auto* attribute = cls->if_is<ast::Attribute>()) cls = attribute->value;
                if (!cls->is<ast::Name>())
                    return bad("MatchClass cls field can only contain Name or Attribute nodes.");
                for (ast::IdentifierRef id : it.kwd_attrs) TRY(name(id));
                return patterns(it.patterns, false) && patterns(it.kwd_patterns, false);
            }
            case Kind::MatchStar: {
                if (!star_allowed) return bad("can't use MatchStar here");
                ast::IdentifierRef id = node->as<ast::MatchStar>()->name;
                return !id || capture(id);
            }
            case Kind::MatchAs: {
                auto& it = *node->as<ast::MatchAs>();
                if (it.name) TRY(capture(it.name));
                if (!it.pattern) return true;
                if (!it.name)
                    return bad("MatchAs must specify a target name if a pattern is given");
                return pattern(it.pattern, false);
            }
            case Kind::MatchOr: {
                auto& it = *node->as<ast::MatchOr>();
                if (it.patterns.size < 2) return bad("MatchOr requires at least 2 patterns");
                return patterns(it.patterns, false);
            }
            default:
                return true;
        }
    }

    CompileContext& c_;
    Thread& thread_;
};

}  // namespace

bool validate_tree(CompileContext& context, ast::ModNode& root) {
    return Validator(context).module(root);
}

}  // namespace imugi::compile
