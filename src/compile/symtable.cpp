// First pass of the symbol table: walks the tree and notes in which scope each name is bound, used
// or declared, with every error that this alone can tell.
#include "compile/symtable.h"

namespace imugi::compile {

using namespace ast;

namespace {

bool is_docstring(const Sequence<StmtNode*>& body) {
    if (body.empty()) return false;
    auto* statement = body[0]->if_is<ast::Expr>();
    if (!statement) return false;
    auto* constant = statement->value->if_is<ast::Constant>();
    return constant && constant->value.kind == ConstantKind::Str;
}

}  // namespace

class SymbolCollector {
  public:
    SymbolCollector(CompileContext& context, SymbolTable& table)
        : c_(context), known_(context.known), table_(table) {}

    bool module(ModNode& root) {
        table_.top_ = enter(ScopeKind::kModule, known_.top, &root, Position{});
        if (!table_.top_) return false;
        if (auto* module = root.if_is<ast::Module>()) {
            current_->has_docstring = is_docstring(module->body);
            TRY(statements(module->body));
        } else if (auto* interactive = root.if_is<ast::Interactive>()) {
            TRY(statements(interactive->body));
        } else if (auto* expression = root.if_is<ast::Expression>()) {
            TRY(expr(expression->body));
        } else {
            raise(c_.thread, exc::RuntimeError, "this compiler does not handle FunctionTypes");
            return false;
        }
        leave();
        return true;
    }

  private:
    // --- scopes ---
    Scope* enter(ScopeKind kind, IdentifierRef name, const void* key, const Position& position) {
        auto* scope = c_.arena.make<Scope>(c_.arena, kind, name, key, current_, position);
        if (!scope || !table_.by_key_.add(key, scope)) {
            (void)c_.no_memory();
            return nullptr;
        }
        scope->private_name = private_;
        if (current_) {
            scope->nested = current_->nested || current_->is_function_like();
            bool vanishes = kind == ScopeKind::kAnnotation && c_.has_future(kFutureAnnotations);
            if (!vanishes && !current_->children.push(scope)) {
                (void)c_.no_memory();
                return nullptr;
            }
            scope->mangled_names = current_->mangled_names;
            scope->comp_iter_expr = current_->comp_iter_expr;
            if (scope->mangled_names) scope->private_name = current_->private_name;
        }
        if (kind == ScopeKind::kClass) {
            scope->mangled_names = nullptr;
            scope->private_name = private_;
        }
        current_ = scope;
        if (kind == ScopeKind::kAnnotation || kind == ScopeKind::kTypeVariable ||
            kind == ScopeKind::kTypeAlias) {
            if (!define(known_.dot_format, kDefParam, position) ||
                !define(known_.dot_format, kUse, position))
                return nullptr;
        }
        return scope;
    }
    void leave() { current_ = current_->parent; }

    bool see_class_scope(const Position& position) {
        current_->can_see_class_scope = true;
        return define(known_.classdict, kUse, position);
    }

    // --- names ---
    uint16_t flags_of(Scope& scope, IdentifierRef name, IdentifierRef* mangled = nullptr) {
        IdentifierRef spelled = mangle_in(c_, scope, name);
        if (mangled) *mangled = spelled;
        if (!spelled) return 0;
        const Symbol* symbol = scope.symbols.find(spelled);
        return symbol ? symbol->flags : 0;
    }

    bool define(IdentifierRef name, unsigned flags, const Position& position) {
        return define_in(*current_, name, flags, position);
    }

    bool define_in(Scope& scope, IdentifierRef name, unsigned flags, const Position& position) {
        if (current_->unevaluated_annotation) return true;
        IdentifierRef mangled = mangle_in(c_, scope, name);
        Symbol* symbol = mangled ? scope.symbols.find_or_add(mangled, Symbol{}) : nullptr;
        if (!symbol) return c_.no_memory();
        if ((flags & kDefParam) && (symbol->flags & kDefParam))
            return c_.error(position, "duplicate parameter '{}' in function definition",
                            str_of(c_.thread, name).value());
        if ((flags & kDefTypeParam) && (symbol->flags & kDefTypeParam))
            return c_.error(position, "duplicate type parameter '{}'",
                            str_of(c_.thread, name).value());
        symbol->flags |= flags;
        if (scope.comp_iter_target) {
            if (symbol->flags & (kDefGlobal | kDefNonlocal))
                return c_.error(
                    position,
                    "comprehension inner loop cannot rebind assignment expression target '{}'",
                    str_of(c_.thread, name).value());
            symbol->flags |= kDefCompIter;
        }
        if (flags & kDefParam) {
            if (!scope.parameters.push(mangled)) return c_.no_memory();
        } else if ((flags & kDefGlobal) && &scope != table_.top_) {
            // A global declaration anywhere makes the name known to the module's scope.
            Symbol* global = table_.top_->symbols.find_or_add(mangled, Symbol{});
            if (!global) return c_.no_memory();
            global->flags |= kDefGlobal;
        }
        return true;
    }

    bool bind(IdentifierRef name, const Position& position, unsigned flags = kDefLocal) {
        if (name == known_.debug) return c_.error(position, "cannot assign to __debug__");
        return define(name, flags, position);
    }

    bool direct(IdentifierRef name, const Position& position) {
        IdentifierRef mangled = mangle_in(c_, *current_, name);
        if (!mangled || !current_->directives.push({mangled, position})) return c_.no_memory();
        return true;
    }

    bool forbid_in_annotations(const char* what, const Position& position) {
        switch (current_->kind) {
            case ScopeKind::kAnnotation:
                return c_.error(position, "{} cannot be used within an annotation", what);
            case ScopeKind::kTypeVariable:
                return c_.error(position, "{} cannot be used within {}", what,
                                current_->annotation_place);
            case ScopeKind::kTypeAlias:
                return c_.error(position, "{} cannot be used within a type alias", what);
            case ScopeKind::kTypeParameters:
                return c_.error(position, "{} cannot be used within the definition of a generic",
                                what);
            default:
                return true;
        }
    }

    // --- statements ---
    bool statements(const Sequence<StmtNode*>& list) {
        for (StmtNode* statement : list) TRY(stmt(statement));
        return true;
    }

    // Statements that may or may not run: annotations in them are conditional.
    bool conditional(const Sequence<StmtNode*>& list) {
        bool outer = current_->in_conditional_block;
        current_->in_conditional_block = true;
        TRY(statements(list));
        current_->in_conditional_block = outer;
        return true;
    }

    bool stmt(StmtNode* node) {
        TRY(c_.check_stack());
        const Position& at = node->position;
        switch (node->kind) {
            case Kind::FunctionDef: {
                auto& it = *node->as<ast::FunctionDef>();
                return function(it, it.name, *it.args, it.body, it.decorator_list, it.returns,
                                it.type_params, false);
            }
            case Kind::AsyncFunctionDef: {
                auto& it = *node->as<ast::AsyncFunctionDef>();
                return function(it, it.name, *it.args, it.body, it.decorator_list, it.returns,
                                it.type_params, true);
            }
            case Kind::ClassDef:
                return class_def(*node->as<ast::ClassDef>());
            case Kind::TypeAlias:
                return type_alias(*node->as<ast::TypeAlias>());
            case Kind::Return:
                if (ExprNode* value = node->as<ast::Return>()->value) {
                    TRY(expr(value));
                    current_->returns_value = true;
                }
                return true;
            case Kind::Delete:
                return exprs(node->as<ast::Delete>()->targets);
            case Kind::Assign: {
                auto& it = *node->as<ast::Assign>();
                TRY(exprs(it.targets));
                return expr(it.value);
            }
            case Kind::AugAssign: {
                auto& it = *node->as<ast::AugAssign>();
                TRY(expr(it.target));
                return expr(it.value);
            }
            case Kind::AnnAssign:
                return annotated(*node->as<ast::AnnAssign>());
            case Kind::For: {
                auto& it = *node->as<ast::For>();
                TRY(expr(it.target));
                TRY(expr(it.iter));
                TRY(conditional(it.body));
                return conditional(it.orelse);
            }
            case Kind::AsyncFor: {
                auto& it = *node->as<ast::AsyncFor>();
                TRY(top_level_coroutine());
                TRY(expr(it.target));
                TRY(expr(it.iter));
                TRY(conditional(it.body));
                return conditional(it.orelse);
            }
            case Kind::While: {
                auto& it = *node->as<ast::While>();
                TRY(expr(it.test));
                TRY(conditional(it.body));
                return conditional(it.orelse);
            }
            case Kind::If: {
                auto& it = *node->as<ast::If>();
                TRY(expr(it.test));
                TRY(conditional(it.body));
                return conditional(it.orelse);
            }
            case Kind::With: {
                auto& it = *node->as<ast::With>();
                TRY(with_items(it.items));
                return conditional(it.body);
            }
            case Kind::AsyncWith: {
                auto& it = *node->as<ast::AsyncWith>();
                TRY(top_level_coroutine());
                TRY(with_items(it.items));
                return conditional(it.body);
            }
            case Kind::Match: {
                auto& it = *node->as<ast::Match>();
                TRY(expr(it.subject));
                for (ast::MatchCase* item : it.cases) {
                    TRY(pattern(item->pattern));
                    if (item->guard) TRY(expr(item->guard));
                    TRY(conditional(item->body));
                }
                return true;
            }
            case Kind::Raise: {
                auto& it = *node->as<ast::Raise>();
                if (it.exc) TRY(expr(it.exc));
                if (it.cause) TRY(expr(it.cause));
                return true;
            }
            case Kind::Try: {
                auto& it = *node->as<ast::Try>();
                return try_statement(it.body, it.handlers, it.orelse, it.finalbody);
            }
            case Kind::TryStar: {
                auto& it = *node->as<ast::TryStar>();
                return try_statement(it.body, it.handlers, it.orelse, it.finalbody);
            }
            case Kind::Assert: {
                auto& it = *node->as<ast::Assert>();
                TRY(expr(it.test));
                if (it.msg) TRY(expr(it.msg));
                return true;
            }
            case Kind::Import:
                for (ast::Alias* item : node->as<ast::Import>()->names) TRY(alias(*item));
                return true;
            case Kind::ImportFrom:
                for (ast::Alias* item : node->as<ast::ImportFrom>()->names) TRY(alias(*item));
                return true;
            case Kind::Global:
                for (IdentifierRef name : node->as<ast::Global>()->names)
                    TRY(declare(name, kDefGlobal, at));
                return true;
            case Kind::Nonlocal:
                for (IdentifierRef name : node->as<ast::Nonlocal>()->names)
                    TRY(declare(name, kDefNonlocal, at));
                return true;
            case Kind::Expr:
                return expr(node->as<ast::Expr>()->value);
            default:
                return true;
        }
    }

    bool top_level_coroutine() {
        if (c_.top_level_await && current_->kind == ScopeKind::kModule) current_->coroutine = true;
        return true;
    }

    bool with_items(const Sequence<ast::WithItem*>& items) {
        for (ast::WithItem* item : items) {
            TRY(expr(item->context_expr));
            if (item->optional_vars) TRY(expr(item->optional_vars));
        }
        return true;
    }

    bool try_statement(const Sequence<StmtNode*>& body,
                       const Sequence<ExceptHandlerNode*>& handlers,
                       const Sequence<StmtNode*>& orelse, const Sequence<StmtNode*>& finalbody) {
        TRY(conditional(body));
        for (ExceptHandlerNode* node : handlers) {
            auto& handler = *node->as<ast::ExceptHandler>();
            if (handler.type) TRY(expr(handler.type));
            if (handler.name) TRY(bind(handler.name, handler.position));
            TRY(conditional(handler.body));
        }
        TRY(conditional(orelse));
        return conditional(finalbody);
    }

    bool alias(ast::Alias& item) {
        if (item.asname) return bind(item.asname, item.position, kDefImport);
        std::string_view text = item.name->text();
        if (text == "*") {
            if (current_->kind != ScopeKind::kModule)
                return c_.error(item.position, "import * only allowed at module level");
            return true;
        }
        size_t dot = text.find('.');
        IdentifierRef name =
            dot == std::string_view::npos ? item.name : c_.intern(text.substr(0, dot));
        if (!name) return c_.no_memory();
        return bind(name, item.position, kDefImport);
    }

    bool declare(IdentifierRef name, SymbolFlag flag, const Position& at) {
        bool global = flag == kDefGlobal;
        uint16_t flags = flags_of(*current_, name);
        Ref<Str> shown = str_of(c_.thread, name);
        if (!shown) return false;
        const char* word = global ? "global" : "nonlocal";
        if (!global && current_->kind == ScopeKind::kModule)
            return c_.error(at, "nonlocal declaration not allowed at module level");
        if (flags & kDefParam) return c_.error(at, "name '{}' is parameter and {}", *shown, word);
        if (flags & kUse)
            return c_.error(at, "name '{}' is used prior to {} declaration", *shown, word);
        if (flags & kDefAnnotation)
            return c_.error(at, "annotated name '{}' can't be {}", *shown, word);
        if (flags & kDefLocal)
            return c_.error(at, "name '{}' is assigned to before {} declaration", *shown, word);
        TRY(define(name, flag, at));
        return direct(name, at);
    }

    bool annotated(ast::AnnAssign& it) {
        current_->annotations_used = true;
        if (auto* target = it.target->if_is<ast::Name>()) {
            uint16_t flags = flags_of(*current_, target->id);
            if ((flags & (kDefGlobal | kDefNonlocal)) && current_ != table_.top_ && it.simple)
                return c_.error(it.position, "annotated name '{}' can't be {}",
                                str_of(c_.thread, target->id).value(),
                                flags & kDefGlobal ? "global" : "nonlocal");
            if (it.simple)
                TRY(bind(target->id, target->position, kDefAnnotation | kDefLocal));
            else if (it.value)
                TRY(bind(target->id, target->position));
        } else {
            TRY(expr(it.target));
        }
        TRY(variable_annotation(it));
        return !it.value || expr(it.value);
    }

    // The annotation of a variable lies in the one annotation scope of its module or class; in
    // functions it is never evaluated.
    bool variable_annotation(ast::AnnAssign& it) {
        Scope* parent = current_;
        const Position& at = it.annotation->position;
        bool unevaluated = parent->is_function_like();
        if (!unevaluated && !parent->has_conditional_annotations && it.simple &&
            (parent->kind == ScopeKind::kModule || parent->in_conditional_block) &&
            !c_.has_future(kFutureAnnotations)) {
            // A module may be seen half executed, so that all of its annotations are conditional.
            parent->has_conditional_annotations = true;
            TRY(define(known_.conditional_annotations, kUse, at));
        }
        if (!parent->annotations) {
            parent->annotations =
                enter(ScopeKind::kAnnotation, known_.annotate, annotations_key(parent), at);
            if (!parent->annotations) return false;
            if (parent->kind == ScopeKind::kClass) TRY(see_class_scope(at));
        } else {
            current_ = parent->annotations;
        }
        if (parent->has_conditional_annotations)
            TRY(define(known_.conditional_annotations, kUse, at));
        bool outer = current_->unevaluated_annotation;
        current_->unevaluated_annotation = unevaluated;
        TRY(expr(it.annotation));
        current_->unevaluated_annotation = outer;
        current_ = parent;
        return true;
    }

    bool function(StmtNode& node, IdentifierRef name, ast::Arguments& args,
                  const Sequence<StmtNode*>& body, const Sequence<ExprNode*>& decorators,
                  ExprNode* returns, const Sequence<TypeParamNode*>& type_params, bool is_async) {
        const Position& at = node.position;
        TRY(bind(name, at));
        TRY(exprs(args.defaults));
        TRY(exprs(args.kw_defaults));
        TRY(exprs(decorators));
        bool in_class = current_->kind == ScopeKind::kClass;
        if (!type_params.empty()) {
            TRY(enter_type_params(node, name, type_params, false, !args.defaults.empty(),
                                  has_any(args.kw_defaults)));
        }
        TRY(signature_annotations(node, args, returns));
        Scope* scope = enter(ScopeKind::kFunction, name, &node, at);
        if (!scope) return false;
        scope->is_async_def = scope->coroutine = is_async;
        scope->method = in_class;
        scope->has_docstring = is_docstring(body);
        TRY(parameters(args));
        TRY(statements(body));
        leave();
        if (!type_params.empty()) leave();
        return true;
    }

    static bool has_any(const Sequence<ExprNode*>& list) {
        for (ExprNode* item : list)
            if (item) return true;
        return false;
    }

    bool signature_annotations(StmtNode& node, ast::Arguments& args, ExprNode* returns) {
        bool sees_class = current_->can_see_class_scope || current_->kind == ScopeKind::kClass;
        if (!enter(ScopeKind::kAnnotation, known_.annotate, annotations_key(&node), node.position))
            return false;
        if (sees_class) TRY(see_class_scope(node.position));
        auto annotation = [&](ast::Arg* arg) {
            if (!arg || !arg->annotation) return true;
            current_->annotations_used = true;
            return expr(arg->annotation);
        };
        for (ast::Arg* arg : args.posonlyargs) TRY(annotation(arg));
        for (ast::Arg* arg : args.args) TRY(annotation(arg));
        TRY(annotation(args.vararg));
        TRY(annotation(args.kwarg));
        for (ast::Arg* arg : args.kwonlyargs) TRY(annotation(arg));
        if (returns) {
            current_->annotations_used = true;
            TRY(expr(returns));
        }
        leave();
        return true;
    }

    bool parameters(ast::Arguments& args) {
        auto add = [&](ast::Arg* arg) { return bind(arg->arg, arg->position, kDefParam); };
        for (ast::Arg* arg : args.posonlyargs) TRY(add(arg));
        for (ast::Arg* arg : args.args) TRY(add(arg));
        for (ast::Arg* arg : args.kwonlyargs) TRY(add(arg));
        if (args.vararg) {
            TRY(add(args.vararg));
            current_->var_args = true;
        }
        if (args.kwarg) {
            TRY(add(args.kwarg));
            current_->var_keywords = true;
        }
        return true;
    }

    bool enter_type_params(StmtNode& node, IdentifierRef name,
                           const Sequence<TypeParamNode*>& type_params, bool of_class,
                           bool defaults, bool kwdefaults) {
        const Position& at = node.position;
        bool in_class = current_->kind == ScopeKind::kClass;
        Scope* scope = enter(ScopeKind::kTypeParameters, name, type_params_key(&node), at);
        if (!scope) return false;
        if (in_class) TRY(see_class_scope(at));
        if (of_class) {
            TRY(define(known_.dot_type_params, kDefLocal, at));
            TRY(define(known_.dot_type_params, kUse, at));
            TRY(define(known_.dot_generic_base, kDefLocal, at));
            TRY(define(known_.dot_generic_base, kUse, at));
            // Within the parameter list of a class only the parameters' own names are mangled.
            scope->mangled_names = c_.arena.make<PointerMap<char>>(c_.arena);
            if (!scope->mangled_names) return c_.no_memory();
            scope->private_name = name;
            for (TypeParamNode* param : type_params) {
                IdentifierRef own = name_of(*param);
                if (!scope->mangled_names->find_or_add(own, 1)) return c_.no_memory();
            }
        }
        if (defaults) TRY(define(known_.dot_defaults, kDefParam, at));
        if (kwdefaults) TRY(define(known_.dot_kwdefaults, kDefParam, at));
        bool default_seen = false;
        for (TypeParamNode* param : type_params) {
            TRY(type_param(*param));
            bool has_default = default_of(*param) != nullptr;
            if (default_seen && !has_default)
                return c_.error(param->position,
                                "non-default type parameter '{}' follows default type parameter",
                                str_of(c_.thread, name_of(*param)).value());
            default_seen |= has_default;
        }
        return true;
    }

    static IdentifierRef name_of(TypeParamNode& param) {
        switch (param.kind) {
            case Kind::TypeVar:
                return param.as<ast::TypeVar>()->name;
            case Kind::ParamSpec:
                return param.as<ast::ParamSpec>()->name;
            default:
                return param.as<ast::TypeVarTuple>()->name;
        }
    }
    static ExprNode* default_of(TypeParamNode& param) {
        switch (param.kind) {
            case Kind::TypeVar:
                return param.as<ast::TypeVar>()->default_value;
            case Kind::ParamSpec:
                return param.as<ast::ParamSpec>()->default_value;
            default:
                return param.as<ast::TypeVarTuple>()->default_value;
        }
    }

    bool type_param(TypeParamNode& param) {
        IdentifierRef name = name_of(param);
        TRY(bind(name, param.position, kDefTypeParam | kDefLocal));
        const char* place = "a TypeVar default";
        if (auto* variable = param.if_is<ast::TypeVar>()) {
            if (variable->bound)
                TRY(type_param_part(name, variable->bound, &param,
                                    variable->bound->is<ast::Tuple>() ? "a TypeVar constraint"
                                                                      : "a TypeVar bound"));
        } else {
            place = param.is<ast::ParamSpec>() ? "a ParamSpec default" : "a TypeVarTuple default";
        }
        ExprNode* value = default_of(param);
        return !value || type_param_part(name, value, default_key(&param), place);
    }

    bool type_param_part(IdentifierRef name, ExprNode* value, const void* key, const char* place) {
        bool sees_class = current_->can_see_class_scope;
        Scope* scope = enter(ScopeKind::kTypeVariable, name, key, value->position);
        if (!scope) return false;
        scope->annotation_place = place;
        if (sees_class) TRY(see_class_scope(value->position));
        TRY(expr(value));
        leave();
        return true;
    }

    bool type_alias(ast::TypeAlias& it) {
        TRY(expr(it.name));
        IdentifierRef name = it.name->as<ast::Name>()->id;
        bool in_class = current_->kind == ScopeKind::kClass;
        bool generic = !it.type_params.empty();
        if (generic) {
            TRY(enter_type_params(it, name, it.type_params, false, false, false));
        }
        if (!enter(ScopeKind::kTypeAlias, name, &it, it.position)) return false;
        if (in_class) TRY(see_class_scope(it.value->position));
        TRY(expr(it.value));
        leave();
        if (generic) leave();
        return true;
    }

    bool class_def(ast::ClassDef& it) {
        TRY(bind(it.name, it.position));
        TRY(exprs(it.decorator_list));
        IdentifierRef outer_private = private_;
        bool generic = !it.type_params.empty();
        if (generic) {
            TRY(enter_type_params(it, it.name, it.type_params, true, false, false));
        }
        TRY(exprs(it.bases));
        for (ast::Keyword* keyword : it.keywords) TRY(expr(keyword->value));
        private_ = it.name;
        Scope* scope = enter(ScopeKind::kClass, it.name, &it, it.position);
        if (!scope) return false;
        scope->has_docstring = is_docstring(it.body);
        if (generic) {
            TRY(define(known_.type_params, kDefLocal, it.position));
            TRY(define(known_.dot_type_params, kUse, it.position));
        }
        TRY(statements(it.body));
        leave();
        private_ = outer_private;
        if (generic) leave();
        return true;
    }

    // --- expressions ---
    bool exprs(const Sequence<ExprNode*>& list) {
        for (ExprNode* item : list)
            if (item) TRY(expr(item));
        return true;
    }

    bool expr(ExprNode* node) {
        TRY(c_.check_stack());
        switch (node->kind) {
            case Kind::Name: {
                auto& it = *node->as<ast::Name>();
                return name_expr(it);
            }
            case Kind::NamedExpr:
                return named_expr(*node->as<ast::NamedExpr>());
            case Kind::Lambda: {
                auto& it = *node->as<ast::Lambda>();
                TRY(exprs(it.args->defaults));
                TRY(exprs(it.args->kw_defaults));
                Scope* scope = enter(ScopeKind::kFunction, known_.lambda, &it, it.position);
                if (!scope) return false;
                scope->is_lambda = true;
                TRY(parameters(*it.args));
                TRY(expr(it.body));
                leave();
                return true;
            }
            case Kind::ListComp: {
                auto& it = *node->as<ast::ListComp>();
                return comprehension(it, ComprehensionKind::kList, known_.listcomp, it.generators,
                                     it.elt, nullptr);
            }
            case Kind::SetComp: {
                auto& it = *node->as<ast::SetComp>();
                return comprehension(it, ComprehensionKind::kSet, known_.setcomp, it.generators,
                                     it.elt, nullptr);
            }
            case Kind::DictComp: {
                auto& it = *node->as<ast::DictComp>();
                return comprehension(it, ComprehensionKind::kDict, known_.dictcomp, it.generators,
                                     it.key, it.value);
            }
            case Kind::GeneratorExp: {
                auto& it = *node->as<ast::GeneratorExp>();
                return comprehension(it, ComprehensionKind::kGenerator, known_.genexpr,
                                     it.generators, it.elt, nullptr);
            }
            case Kind::Yield: {
                auto& it = *node->as<ast::Yield>();
                TRY(forbid_in_annotations("yield expression", it.position));
                if (it.value) TRY(expr(it.value));
                current_->generator = true;
                return no_yield_in_comprehension(it.position);
            }
            case Kind::YieldFrom: {
                auto& it = *node->as<ast::YieldFrom>();
                TRY(forbid_in_annotations("yield expression", it.position));
                TRY(expr(it.value));
                current_->generator = true;
                return no_yield_in_comprehension(it.position);
            }
            case Kind::Await:
                return await(*node->as<ast::Await>());
            case Kind::Attribute: {
                auto& it = *node->as<ast::Attribute>();
                if (it.attr == known_.debug && it.ctx != ast::Context::Load)
                    return c_.error(it.position, it.ctx == ast::Context::Store
                                                     ? "cannot assign to __debug__"
                                                     : "cannot delete __debug__");
                return expr(it.value);
            }
            case Kind::Call: {
                auto& it = *node->as<ast::Call>();
                TRY(expr(it.func));
                TRY(exprs(it.args));
                for (ast::Keyword* keyword : it.keywords) {
                    if (keyword->arg == known_.debug)
                        return c_.error(keyword->position, "cannot assign to __debug__");
                    TRY(expr(keyword->value));
                }
                return true;
            }
            default: {
                bool ok = true;
                for_each_child(*node, [&](Node* child) {
                    if (ok && child) ok = expr(static_cast<ExprNode*>(child));
                });
                return ok;
            }
        }
    }

    bool name_expr(ast::Name& it) {
        if (it.ctx == ast::Context::Load) {
            TRY(define(it.id, kUse, it.position));
            // A bare super() needs the class.
            if (it.id == known_.super && current_->is_function_like())
                return define(known_.class_, kUse, it.position);
            return true;
        }
        if (it.ctx == ast::Context::Del && it.id == known_.debug)
            return c_.error(it.position, "cannot delete __debug__");
        return bind(it.id, it.position);
    }

    bool no_yield_in_comprehension(const Position& at) {
        switch (current_->comprehension) {
            case ComprehensionKind::kNone:
                return true;
            case ComprehensionKind::kList:
                return c_.error(at, "'yield' inside list comprehension");
            case ComprehensionKind::kSet:
                return c_.error(at, "'yield' inside set comprehension");
            case ComprehensionKind::kDict:
                return c_.error(at, "'yield' inside dict comprehension");
            case ComprehensionKind::kGenerator:
                return c_.error(at, "'yield' inside generator expression");
        }
        return true;
    }

    bool await(ast::Await& it) {
        TRY(forbid_in_annotations("await expression", it.position));
        if (!c_.top_level_await || current_->is_function_like()) {
            if (!current_->is_function_like())
                return c_.error(it.position, "'await' outside function");
            bool allowed =
                current_->is_async_def || current_->comprehension != ComprehensionKind::kNone;
            if (!allowed) return c_.error(it.position, "'await' outside async function");
        }
        TRY(expr(it.value));
        current_->coroutine = true;
        return true;
    }

    bool named_expr(ast::NamedExpr& it) {
        TRY(forbid_in_annotations("named expression", it.position));
        if (current_->comp_iter_expr > 0)
            return c_.error(
                it.position,
                "assignment expression cannot be used in a comprehension iterable expression");
        if (current_->comprehension != ComprehensionKind::kNone) TRY(extend_named_expr(it));
        current_->has_walrus = true;
        TRY(expr(it.value));
        return expr(it.target);
    }

    // The target of := in a comprehension belongs to the function around.
    bool extend_named_expr(ast::NamedExpr& it) {
        auto& target = *it.target->as<ast::Name>();
        const Position& at = target.position;
        for (Scope* scope = current_; scope; scope = scope->parent) {
            scope->has_walrus = true;
            uint16_t flags = flags_of(*scope, target.id);
            if (scope->comprehension != ComprehensionKind::kNone) {
                if ((flags & kDefCompIter) && (flags & kDefLocal))
                    return c_.error(
                        it.position,
                        "assignment expression cannot rebind comprehension iteration variable "
                        "'{}'",
                        str_of(c_.thread, target.id).value());
                continue;
            }
            switch (scope->kind) {
                case ScopeKind::kFunction:
                    TRY(define(target.id, flags & kDefGlobal ? kDefGlobal : kDefNonlocal, at));
                    TRY(direct(target.id, at));
                    return define_in(*scope, target.id, kDefLocal, at);
                case ScopeKind::kModule:
                    TRY(define(target.id, kDefGlobal, at));
                    TRY(direct(target.id, at));
                    return define_in(*scope, target.id, kDefGlobal, at);
                case ScopeKind::kClass:
                    return c_.error(
                        it.position,
                        "assignment expression within a comprehension cannot be used in a class "
                        "body");
                case ScopeKind::kTypeParameters:
                    return c_.error(it.position,
                                    "assignment expression within a comprehension cannot be used "
                                    "within the definition of a generic");
                case ScopeKind::kTypeAlias:
                    return c_.error(it.position,
                                    "assignment expression within a comprehension cannot be used "
                                    "in a type alias");
                case ScopeKind::kTypeVariable:
                    return c_.error(it.position,
                                    "assignment expression within a comprehension cannot be used "
                                    "in a TypeVar bound");
                case ScopeKind::kAnnotation:
                    return c_.error(it.position,
                                    "named expression cannot be used within an annotation");
            }
        }
        return true;
    }

    bool comprehension(ExprNode& node, ComprehensionKind kind, IdentifierRef name,
                       const Sequence<ast::Comprehension*>& generators, ExprNode* element,
                       ExprNode* value) {
        ast::Comprehension& outermost = *generators[0];
        current_->comp_iter_expr++;
        TRY(expr(outermost.iter));
        current_->comp_iter_expr--;
        bool sees_class = current_->can_see_class_scope;
        Scope* outer = current_;
        Scope* scope = enter(ScopeKind::kFunction, name, &node, node.position);
        if (!scope) return false;
        scope->comprehension = kind;
        scope->coroutine = outermost.is_async;
        scope->inlined = kind != ComprehensionKind::kGenerator && !sees_class;
        scope->mangled_names = outer->mangled_names;
        scope->private_name = outer->private_name;
        TRY(define(known_.dot_zero, kDefParam, node.position));
        for (uint32_t i = 0; i < generators.size; i++) {
            ast::Comprehension& part = *generators[i];
            scope->comp_iter_target = true;
            TRY(expr(part.target));
            scope->comp_iter_target = false;
            if (i) {
                scope->comp_iter_expr++;
                TRY(expr(part.iter));
                scope->comp_iter_expr--;
            }
            TRY(exprs(part.ifs));
            if (part.is_async) scope->coroutine = true;
        }
        TRY(expr(element));
        if (value) TRY(expr(value));
        if (kind == ComprehensionKind::kGenerator) scope->generator = true;
        bool is_async = scope->coroutine && kind != ComprehensionKind::kGenerator;
        if (scope->inlined && scope->has_walrus) outer->has_walrus = true;
        leave();
        if (is_async) current_->coroutine = true;
        return true;
    }

    // --- patterns ---
    bool pattern(PatternNode* node) {
        TRY(c_.check_stack());
        switch (node->kind) {
            case Kind::MatchValue:
                return expr(node->as<ast::MatchValue>()->value);
            case Kind::MatchSequence:
                return patterns(node->as<ast::MatchSequence>()->patterns);
            case Kind::MatchMapping: {
                auto& it = *node->as<ast::MatchMapping>();
                TRY(exprs(it.keys));
                TRY(patterns(it.patterns));
                return !it.rest || bind(it.rest, it.position);
            }
            case Kind::MatchClass: {
                auto& it = *node->as<ast::MatchClass>();
                TRY(expr(it.cls));
                TRY(patterns(it.patterns));
                for (IdentifierRef name : it.kwd_attrs)
                    if (name == known_.debug)
                        return c_.error(it.position, "cannot assign to __debug__");
                return patterns(it.kwd_patterns);
            }
            case Kind::MatchStar: {
                auto& it = *node->as<ast::MatchStar>();
                return !it.name || bind(it.name, it.position);
            }
            case Kind::MatchAs: {
                auto& it = *node->as<ast::MatchAs>();
                if (it.pattern) TRY(pattern(it.pattern));
                return !it.name || bind(it.name, it.position);
            }
            case Kind::MatchOr:
                return patterns(node->as<ast::MatchOr>()->patterns);
            default:
                return true;
        }
    }

    bool patterns(const Sequence<PatternNode*>& list) {
        for (PatternNode* item : list) TRY(pattern(item));
        return true;
    }

    CompileContext& c_;
    const KnownNames& known_;
    SymbolTable& table_;
    Scope* current_ = nullptr;
    IdentifierRef private_ = nullptr;
};

bool SymbolTable::build(ModNode& root) {
    SymbolCollector collector(context_, *this);
    return collector.module(root) && resolve(*top_) &&
           (!context_.arena.failed() || context_.no_memory());
}

IdentifierRef mangle(CompileContext& context, IdentifierRef class_name, IdentifierRef name) {
    std::string_view text = name->text();
    if (!class_name || text.size() < 2 || text[0] != '_' || text[1] != '_') return name;
    if (text.ends_with("__") || text.find('.') != std::string_view::npos) return name;
    std::string_view prefix = class_name->text();
    while (!prefix.empty() && prefix[0] == '_') prefix.remove_prefix(1);
    if (prefix.empty()) return name;
    size_t size = 1 + prefix.size() + text.size();
    auto* buffer = static_cast<char*>(context.arena.allocate(size, 1));
    if (!buffer) return nullptr;
    buffer[0] = '_';
    memcpy(buffer + 1, prefix.data(), prefix.size());
    memcpy(buffer + 1 + prefix.size(), text.data(), text.size());
    return context.intern({buffer, size});
}

IdentifierRef mangle_in(CompileContext& context, const Scope& scope, IdentifierRef name) {
    if (scope.mangled_names && !scope.mangled_names->find(name)) return name;
    return mangle(context, scope.private_name, name);
}

}  // namespace imugi::compile
