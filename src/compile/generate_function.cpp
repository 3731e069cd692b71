// Functions, lambdas, decorators, signatures and their annotations.
#include "compile/generator.h"
#include "object/int.h"
#include "object/tuple.h"

namespace imugi::compile {

using ast::ExprNode;
using ast::IdentifierRef;
using ast::StmtNode;

namespace {

enum FunctionPart : uint32_t {  // flags of MAKE_FUNCTION
    kDefaults = 1,
    kKeywordDefaults = 2,
    kAnnotate = 4,
    kClosure = 8,
    kDeferredFunction = 16,
    kAnnotationsDict = 32,
};

}  // namespace

void Generator::return_none(const ast::Position& at) {
    emit(at, Opcode::RETURN_NONE);
}

void Generator::make_function(const ast::Position& at, uint32_t code, Scope& scope, uint32_t flags,
                              uint32_t first, Reg dest, bool may_defer) {
    if (failed()) return;
    uint32_t depth = unit_->depth;
    Vec<IdentifierRef> free_names(c_.arena);
    bool outside_class = false;
    for (auto& entry : scope.symbols) {
        if (entry.value.scope != NameScope::kFree && !(entry.value.flags & kDefFreeClass)) continue;
        auto name = static_cast<IdentifierRef>(entry.key);
        free_names.push(name);
        outside_class = outside_class || (name != known_.class_ && name != known_.classdict);
    }
    for (uint32_t i = 1; i < free_names.size(); i++) {
        IdentifierRef moved = free_names[i];
        uint32_t to = i;
        for (; to > 0 && moved->text() < free_names[to - 1]->text(); to--)
            free_names[to] = free_names[to - 1];
        free_names[to] = moved;
    }
    if (!free_names.empty()) {
        uint32_t cells = unit_->depth;
        for (IdentifierRef name : free_names) {
            Reg cell = closure_register(name);
            emit(at, Opcode::MOVE, push_temp(), cell);
        }
        release(cells);
        Reg tuple = push_temp();
        emit(at, Opcode::BUILD_TUPLE, tuple, tuple, free_names.size());
        flags |= kClosure;
    }
    if (may_defer && !unit_->scope.is_function_like() && !outside_class) flags |= kDeferredFunction;
    Instruction& made = emit(at, Opcode::MAKE_FUNCTION, dest, temp(first));
    made.words[0] = constant_number(code);
    made.words[1] = flags;
    release(depth);
}

void Generator::declare_parameters(ast::Arguments& args) {
    Unit& unit = *unit_;
    unit.positional_only = args.posonlyargs.size;
    unit.argument_count = args.posonlyargs.size + args.args.size;
    unit.keyword_only = args.kwonlyargs.size;
    for (ast::Arg* arg : args.posonlyargs) add_parameter(arg->arg);
    for (ast::Arg* arg : args.args) add_parameter(arg->arg);
    for (ast::Arg* arg : args.kwonlyargs) add_parameter(arg->arg);
    if (args.vararg) add_parameter(args.vararg->arg);
    if (args.kwarg) add_parameter(args.kwarg->arg);
}

uint32_t Generator::default_arguments(const ast::Position& at, ast::Arguments& args) {
    uint32_t flags = 0;
    if (!args.defaults.empty()) {
        Reg dest = temp(unit_->depth);
        Operand defaults = tuple_display(at, args.defaults, dest);
        release(dest & ~kTempBase);
        move(at, defaults, dest);
        push_temp();
        flags |= kDefaults;
    }
    uint32_t depth = unit_->depth, given = 0;
    for (uint32_t i = 0; i < args.kwonlyargs.size; i++) given += args.kw_defaults[i] != nullptr;
    if (!given) return flags;
    Reg dict = push_temp();
    emit(at, Opcode::BUILD_DICT, dict, dict, 0);
    for (uint32_t i = 0; i < args.kwonlyargs.size; i++) {
        if (!args.kw_defaults[i]) continue;
        IdentifierRef name = mangle_in(c_, unit_->scope, args.kwonlyargs[i]->arg);
        if (!name) return fail(), 0;
        Operand key_name = name_constant(name);
        Reg key = push_temp();
        move(at, key_name, key);
        expr_in_new_temp(args.kw_defaults[i]);
        emit(at, Opcode::DICT_ADD, dict, key);
        release(depth + 1);
    }
    return flags | kKeywordDefaults;
}

// Opens the unit of an annotation, bound, default or alias value: evaluated by calling it with the
// wanted format, of which only plain values are supported here.
void Generator::begin_annotation_scope(Unit& unit, IdentifierRef name, const ast::Position& at) {
    enter_unit(unit, name, at.line);
    unit.argument_count = unit.positional_only = 1;
    unit.registers.add(known_.dot_format,
                       new_local(known_.dot_format, kLocalPlain | kLocalArgument));
    if (unit.scope.scope_of(known_.dot_format) == NameScope::kCell)
        unit.locals[0].kind |= kLocalCell;
    start_code(at);
    Label supported = new_label();
    Reg limit = push_temp();
    Reg format = 0;
    if (!unit.locals.empty() && (unit.locals[0].kind & kLocalCell)) {
        format = push_temp();
        emit(at, Opcode::LOAD_CELL, format, 0);
    }
    emit(at, Opcode::LOAD_INT, limit, 2);
    emit_jump(at, Opcode::JUMP_IF_GT, supported, format, limit, 0);
    emit(at, Opcode::LOAD_COMMON_CONSTANT, limit, 1);
    emit(at, Opcode::RAISE, limit);
    release(0);
    place(supported);
    // inspect and annotationlib know the parameter by this name.
    if (!unit.locals.empty()) unit.locals[0].name = c_.intern("format");
}

void Generator::annotation_item(IdentifierRef name, ExprNode* annotation, Reg dict) {
    uint32_t depth = unit_->depth;
    IdentifierRef mangled = mangle_in(c_, unit_->scope, name);
    if (!mangled) return fail();
    Operand key_name = name_constant(mangled);
    Reg key = push_temp();
    move(annotation->position, key_name, key);
    if (c_.has_future(kFutureAnnotations)) {
        Operand text = failed() ? Operand{} : constant(annotation_text(annotation));
        Reg value = push_temp();
        move(annotation->position, text, value);
    } else if (auto* starred = annotation->if_is<ast::Starred>()) {
        // *args: *Ts is the sole item of the unpacked value.
        Reg value = expr_in_new_temp(starred->value);
        emit(annotation->position, Opcode::UNPACK, value, value, 1);
    } else {
        expr_in_new_temp(annotation);
    }
    emit(annotation->position, Opcode::DICT_ADD, dict, key);
    release(depth);
}

Owned Generator::annotation_text(ExprNode* node) {
    if (failed()) return {};
    return unparse(c_, *node);
}

uint32_t Generator::signature_annotations(StmtNode& node, ast::Arguments& args, ExprNode* returns) {
    const ast::Position& at = node.position;
    Scope* scope = symbols_.find_scope(annotations_key(&node));
    if (failed() || !scope || !scope->annotations_used) return 0;
    auto items = [&](Reg dict) {
        auto item = [&](ast::Arg* arg) {
            if (arg && arg->annotation) annotation_item(arg->arg, arg->annotation, dict);
        };
        for (ast::Arg* arg : args.posonlyargs) item(arg);
        for (ast::Arg* arg : args.args) item(arg);
        item(args.vararg);
        for (ast::Arg* arg : args.kwonlyargs) item(arg);
        item(args.kwarg);
        if (returns) {
            IdentifierRef name = c_.intern("return");
            if (!name) return fail();
            annotation_item(name, returns, dict);
        }
    };
    if (c_.has_future(kFutureAnnotations)) {
        Reg dict = push_temp();
        emit(at, Opcode::BUILD_DICT, dict, dict, 0);
        items(dict);
        return kAnnotationsDict;
    }
    uint32_t code = 0;
    {
        Unit inner(c_.arena, *scope, unit_);
        begin_annotation_scope(inner, known_.annotate, at);
        Reg dict = push_temp();
        emit(at, Opcode::BUILD_DICT, dict, dict, 0);
        items(dict);
        emit(at, Opcode::RETURN, dict);
        code = leave_unit();
    }
    Reg dest = temp(unit_->depth);
    make_function(at, code, *scope, 0, unit_->depth, dest, false);
    push_temp();
    return kAnnotate;
}

void Generator::docstring(const ast::Sequence<StmtNode*>& list, uint32_t* skip) {
    *skip = 0;
    if (list.empty() || failed()) return;
    auto* statement = list[0]->if_is<ast::Expr>();
    auto* text = statement ? statement->value->if_is<ast::Constant>() : nullptr;
    if (!text || text->value.kind != ast::ConstantKind::Str) return;
    *skip = 1;
}

uint32_t Generator::function_code(StmtNode& node, IdentifierRef name, ast::Arguments& args,
                                  const ast::Sequence<StmtNode*>& statements, int first_line,
                                  bool) {
    Unit inner(c_.arena, symbols_.scope_of(&node), unit_);
    enter_unit(inner, name, first_line);
    declare_parameters(args);
    uint32_t skip = 0;
    docstring(statements, &skip);
    if (skip && c_.optimize < 2 && !failed()) {
        // The first constant is the documentation.
        auto& text = statements[0]->as<ast::Expr>()->value->as<ast::Constant>()->value;
        Owned cleaned = clean_docstring(thread_, text.text);
        Operand documentation = constant(std::move(cleaned));
        if (!failed()) {
            constant_number(documentation.index);
            inner.flags |= kCodeHasDocstring;
        }
    }
    start_code(node.position);
    if (skip && statements.size == 1) emit(statements[0]->position, Opcode::NOP);
    body(statements, skip);
    return_none(kNowhere);
    return leave_unit();
}

void Generator::apply_decorators(const ast::Sequence<ExprNode*>& decorators) {
    for (uint32_t i = decorators.size; i-- > 0;) {
        uint32_t callable = unit_->depth - 2;
        emit(decorators[i]->position, Opcode::CALL, temp(callable), temp(callable), 1);
        release(callable + 1);
    }
}

void Generator::function_def(StmtNode& node, IdentifierRef name, ast::Arguments& args,
                             const ast::Sequence<StmtNode*>& statements,
                             const ast::Sequence<ExprNode*>& decorators, ExprNode* returns,
                             const ast::Sequence<ast::TypeParamNode*>& type_params, bool is_async) {
    const ast::Position& at = node.position;
    Unit& outer = *unit_;
    uint32_t depth = outer.depth;
    for (ExprNode* decorator : decorators) expr_in_new_temp(decorator);
    int first_line = decorators.empty() ? at.line : decorators[0]->position.line;
    uint32_t base = outer.depth;
    Reg function = temp(base);
    if (type_params.empty()) {
        uint32_t flags = default_arguments(at, args);
        flags |= signature_annotations(node, args, returns);
        uint32_t code = function_code(node, name, args, statements, first_line, is_async);
        make_function(at, code, symbols_.scope_of(&node), flags, base, function, true);
        release(base);
        push_temp();
    } else {
        // A function that makes the type parameters and then the function, called at once.
        push_temp();
        uint32_t flags = default_arguments(at, args);
        uint32_t given = outer.depth - base - 1;
        Scope& scope = symbols_.scope_of(type_params_key(&node));
        uint32_t code = 0;
        {
            Unit inner(c_.arena, scope, unit_);
            enter_type_params_unit(inner, name, first_line);
            inner.argument_count = given;
            if (flags & kDefaults) add_parameter(known_.dot_defaults);
            if (flags & kKeywordDefaults) add_parameter(known_.dot_kwdefaults);
            start_code(at);
            Reg made = push_temp();
            Reg params = push_temp();
            load_type_params(type_params, at, params);
            uint32_t first = inner.depth;
            for (uint32_t i = 0; i < given; i++) emit(at, Opcode::MOVE, push_temp(), i);
            uint32_t parts = flags | signature_annotations(node, args, returns);
            uint32_t inner_code = function_code(node, name, args, statements, first_line, is_async);
            make_function(at, inner_code, symbols_.scope_of(&node), parts, first, made, false);
            release(2);
            emit(at, Opcode::CALL_INTRINSIC, made, made,
                 static_cast<uint32_t>(Intrinsic::SET_FUNCTION_TYPE_PARAMS));
            emit(at, Opcode::RETURN, made);
            code = leave_unit();
        }
        make_function(at, code, scope, 0, outer.depth, function, false);
        release(base);
        emit(at, Opcode::CALL, push_temp(), function, given);
    }
    apply_decorators(decorators);
    store_name(at, name, in(temp(depth)));
    release(depth);
}

Operand Generator::lambda(ast::Lambda& node, Reg wanted) {
    const ast::Position& at = node.position;
    uint32_t depth = unit_->depth;
    uint32_t flags = default_arguments(at, *node.args);
    Scope& scope = symbols_.scope_of(&node);
    uint32_t code = 0;
    {
        Unit inner(c_.arena, scope, unit_);
        enter_unit(inner, known_.lambda_code, at.line);
        declare_parameters(*node.args);
        start_code(at);
        const ast::Position& body_at = node.body->position;
        Operand value = expr(node.body);
        if (inner.flags & kCodeAsyncGenerator) {
            // It has no value to return.
            if (value.kind == Operand::kRegister && is_temp(value.index))
                emit(body_at, Opcode::DROP, value.index);
            return_none(body_at);
        } else if (!failed()) {
            emit(body_at, Opcode::RETURN, reg_of(body_at, value));
        }
        code = leave_unit();
    }
    release(depth);
    Reg d = wanted == kAnyReg ? temp(depth) : wanted;
    uint32_t parts = (flags & kDefaults ? 1 : 0) + (flags & kKeywordDefaults ? 1 : 0);
    for (uint32_t i = 0; i < parts; i++) push_temp();
    make_function(at, code, scope, flags, depth, d, false);
    release(depth);
    if (wanted == kAnyReg) push_temp();
    return in(d);
}

}  // namespace imugi::compile
