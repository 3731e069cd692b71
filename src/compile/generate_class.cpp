// Classes, type parameters and aliases, variable annotations, and the body of a module.
#include "compile/generator.h"
#include "object/int.h"
#include "object/list.h"
#include "object/tuple.h"

namespace imugi::compile {

using ast::ExprNode;
using ast::IdentifierRef;
using ast::Kind;
using ast::StmtNode;

// --- type parameters ---

// The function that computes a bound, constraint or default, into `dest`.
void Generator::type_param_part(IdentifierRef name, ExprNode* value, const void* key, bool starred,
                                Reg dest) {
    if (failed()) return;
    const ast::Position& at = value->position;
    Scope& scope = symbols_.scope_of(key);
    uint32_t code = 0;
    {
        Unit inner(c_.arena, scope, unit_);
        begin_annotation_scope(inner, name, at);
        if (auto* star = value->if_is<ast::Starred>(); star && starred) {
            Reg item = expr_in_new_temp(star->value);
            emit(at, Opcode::UNPACK, item, item, 1);
            emit(at, Opcode::RETURN, item);
        } else {
            Operand result = expr(value);
            if (!failed()) emit(at, Opcode::RETURN, reg_of(at, result));
        }
        code = leave_unit();
    }
    uint32_t depth = unit_->depth;
    // The format defaults to plain values (1).
    Operand defaults = constant(make_tuple(thread_, Value::small_int(1)));
    Reg first = push_temp();
    move(at, defaults, first);
    make_function(at, code, scope, 1, depth, dest, false);
    release(depth);
}

// Makes the parameters, binds their names, and leaves their tuple in `dest`.
void Generator::load_type_params(const ast::Sequence<ast::TypeParamNode*>& type_params,
                                 const ast::Position& at, Reg dest) {
    uint32_t depth = unit_->depth;
    Reg list = push_temp();
    emit(at, Opcode::BUILD_LIST, list, list, 0);
    for (ast::TypeParamNode* node : type_params) {
        if (failed()) return;
        const ast::Position& param_at = node->position;
        IdentifierRef name = nullptr;
        ExprNode *bound = nullptr, *default_value = nullptr;
        Intrinsic maker = Intrinsic::TYPEVAR;
        if (auto* variable = node->if_is<ast::TypeVar>()) {
            name = variable->name;
            bound = variable->bound;
            default_value = variable->default_value;
            if (bound)
                maker = bound->is<ast::Tuple>() ? Intrinsic::TYPEVAR_WITH_CONSTRAINTS
                                                : Intrinsic::TYPEVAR_WITH_BOUND;
        } else if (auto* spec = node->if_is<ast::ParamSpec>()) {
            name = spec->name;
            default_value = spec->default_value;
            maker = Intrinsic::PARAMSPEC;
        } else {
            auto* tuple = node->as<ast::TypeVarTuple>();
            name = tuple->name;
            default_value = tuple->default_value;
            maker = Intrinsic::TYPEVARTUPLE;
        }
        uint32_t before = unit_->depth;
        Reg param = push_temp();
        Operand text = name_constant(name);
        move(param_at, text, param);
        if (bound) {
            Reg evaluator = push_temp();
            type_param_part(name, bound, node, false, evaluator);
        }
        emit(param_at, Opcode::CALL_INTRINSIC, param, param, static_cast<uint32_t>(maker));
        release(before + 1);
        if (default_value) {
            if (default_value->is<ast::Starred>() && !node->is<ast::TypeVarTuple>())
                return error(default_value->position, "can't use starred expression here");
            Reg evaluator = push_temp();
            type_param_part(name, default_value, default_key(node), true, evaluator);
            emit(param_at, Opcode::CALL_INTRINSIC, param, param,
                 static_cast<uint32_t>(Intrinsic::SET_TYPEPARAM_DEFAULT));
            release(before + 1);
        }
        Reg copy = push_temp();
        emit(param_at, Opcode::COPY, copy, param);
        store_name(param_at, name, in(copy));
        emit(param_at, Opcode::LIST_APPEND, list, param);
        release(before);
    }
    emit(at, Opcode::LIST_TO_TUPLE, dest, list);
    release(depth);
}

// --- type aliases ---

void Generator::type_alias_value(ast::TypeAlias& node, Reg type_params, Reg dest) {
    const ast::Position& at = node.position;
    IdentifierRef name = node.name->as<ast::Name>()->id;
    Scope& scope = symbols_.scope_of(&node);
    uint32_t depth = unit_->depth, code = 0;
    Operand text = name_constant(name);
    Reg first = push_temp();
    move(at, text, first);
    Reg params = push_temp();
    if (type_params == kAnyReg)
        emit(at, Opcode::LOAD_NONE, params);
    else
        emit(at, Opcode::MOVE, params, type_params);
    Reg evaluator = push_temp();
    {
        Unit inner(c_.arena, scope, unit_);
        begin_annotation_scope(inner, name, at);
        Operand value = expr(node.value);
        if (!failed()) emit(at, Opcode::RETURN, reg_of(at, value));
        code = leave_unit();
    }
    Operand defaults = constant(make_tuple(thread_, Value::small_int(1)));
    Reg default_reg = push_temp();
    move(at, defaults, default_reg);
    make_function(at, code, scope, 1, unit_->depth - 1, evaluator, false);
    emit(at, Opcode::BUILD_TUPLE, dest, first, 3);
    emit(at, Opcode::CALL_INTRINSIC, dest, dest, static_cast<uint32_t>(Intrinsic::TYPEALIAS));
    release(depth);
}

void Generator::type_alias(ast::TypeAlias& node) {
    const ast::Position& at = node.position;
    uint32_t depth = unit_->depth;
    Reg alias = push_temp();
    IdentifierRef name = node.name->as<ast::Name>()->id;
    if (node.type_params.empty()) {
        type_alias_value(node, kAnyReg, alias);
    } else {
        Scope& scope = symbols_.scope_of(type_params_key(&node));
        uint32_t code = 0;
        {
            Unit inner(c_.arena, scope, unit_);
            enter_type_params_unit(inner, name, at.line);
            start_code(at);
            Reg params = push_temp();
            load_type_params(node.type_params, at, params);
            Reg made = push_temp();
            type_alias_value(node, params, made);
            emit(at, Opcode::RETURN, made);
            code = leave_unit();
        }
        make_function(at, code, scope, 0, unit_->depth, alias, false);
        emit(at, Opcode::CALL, alias, alias, 0);
    }
    store_name(node.name->position, name, in(alias));
    release(depth);
}

// --- variable annotations ---

// Notes the annotated names of a module or class in order, without entering scopes of their own.
void Generator::collect_annotations(const ast::Sequence<StmtNode*>& list, bool conditional) {
    if (!c_.check_stack()) return fail();
    for (StmtNode* node : list) {
        if (failed()) return;
        auto both = [&](const ast::Sequence<StmtNode*>& body,
                        const ast::Sequence<StmtNode*>& orelse) {
            collect_annotations(body, true);
            collect_annotations(orelse, true);
        };
        auto handlers = [&](const ast::Sequence<ast::ExceptHandlerNode*>& clauses) {
            for (ast::ExceptHandlerNode* clause : clauses)
                collect_annotations(clause->as<ast::ExceptHandler>()->body, true);
        };
        switch (node->kind) {
            case Kind::AnnAssign: {
                auto& it = *node->as<ast::AnnAssign>();
                if (!it.simple || !it.target->is<ast::Name>()) break;
                int32_t index = -1;
                if (conditional || unit_->scope.kind == ScopeKind::kModule) {
                    index = 0;
                    for (DeferredAnnotation& other : unit_->annotations)
                        index += other.conditional >= 0;
                }
                unit_->annotations.push({&it, index});
                unit_->annotation_index.add(&it, index);
                break;
            }
            case Kind::If: {
                auto& it = *node->as<ast::If>();
                both(it.body, it.orelse);
                break;
            }
            case Kind::For: {
                auto& it = *node->as<ast::For>();
                both(it.body, it.orelse);
                break;
            }
            case Kind::AsyncFor: {
                auto& it = *node->as<ast::AsyncFor>();
                both(it.body, it.orelse);
                break;
            }
            case Kind::While: {
                auto& it = *node->as<ast::While>();
                both(it.body, it.orelse);
                break;
            }
            case Kind::With:
                collect_annotations(node->as<ast::With>()->body, true);
                break;
            case Kind::AsyncWith:
                collect_annotations(node->as<ast::AsyncWith>()->body, true);
                break;
            case Kind::Match:
                for (ast::MatchCase* item : node->as<ast::Match>()->cases)
                    collect_annotations(item->body, true);
                break;
            case Kind::Try: {
                auto& it = *node->as<ast::Try>();
                collect_annotations(it.body, true);
                handlers(it.handlers);
                both(it.orelse, it.finalbody);
                break;
            }
            case Kind::TryStar: {
                auto& it = *node->as<ast::TryStar>();
                collect_annotations(it.body, true);
                handlers(it.handlers);
                both(it.orelse, it.finalbody);
                break;
            }
            default:
                break;
        }
    }
}

// The __annotate__ function of a module or class.
void Generator::deferred_annotations(const ast::Position& at, IdentifierRef stored_as) {
    Unit& outer = *unit_;
    Scope* scope = outer.scope.annotations;
    if (failed() || !scope || outer.annotations.empty()) return;
    uint32_t depth = outer.depth, code = 0;
    {
        Unit inner(c_.arena, *scope, unit_);
        begin_annotation_scope(inner, known_.annotate, at);
        Reg dict = push_temp();
        emit(at, Opcode::BUILD_DICT, dict, dict, 0);
        for (DeferredAnnotation& item : outer.annotations) {
            if (failed()) break;
            const ast::Position& item_at = item.node->position;
            Label skip = new_label();
            if (item.conditional >= 0) {
                uint32_t before = inner.depth;
                Operand number = constant(Owned::small_int(item.conditional));
                Reg index = reg_of(item_at, number);
                Operand executed = load_name(item_at, known_.conditional_annotations, kAnyReg);
                release(before);
                emit_jump(item_at, Opcode::JUMP_IF_IN, skip, index, executed.index, 0);
            }
            annotation_item(item.node->target->as<ast::Name>()->id, item.node->annotation, dict);
            place(skip);
        }
        emit(at, Opcode::RETURN, dict);
        code = leave_unit();
    }
    Reg function = push_temp();
    make_function(at, code, *scope, 0, outer.depth, function, false);
    store_name(at, stored_as, in(function));
    release(depth);
}

void Generator::check_annotated_target(ExprNode* node) {
    // Nothing is stored, but the parts of the target are evaluated.
    if (auto* attribute = node->if_is<ast::Attribute>()) {
        discard(attribute->value);
    } else if (auto* item = node->if_is<ast::Subscript>()) {
        discard(item->value);
        if (auto* part = item->slice->if_is<ast::Slice>()) {
            for (ExprNode* bound : {part->lower, part->upper, part->step})
                if (bound) discard(bound);
        } else {
            discard(item->slice);
        }
    }
}

void Generator::ann_assign(ast::AnnAssign& node) {
    const ast::Position& at = node.position;
    Unit& unit = *unit_;
    uint32_t depth = unit.depth;
    bool in_function = unit.scope.is_function_like();
    if (node.value) {
        auto* name = node.target->if_is<ast::Name>();
        Reg local = name ? local_of(name->id) : kAnyReg;
        if (local != kAnyReg) {
            expr_to(node.value, local);
        } else {
            store(node.target, expr(node.value));
        }
        release(depth);
    }
    auto* name = node.target->if_is<ast::Name>();
    if (name && node.simple && !in_function) {
        if (c_.has_future(kFutureAnnotations)) {
            Operand text = failed() ? Operand{} : constant(annotation_text(node.annotation));
            IdentifierRef mangled = mangle_in(c_, unit.scope, name->id);
            if (failed() || !mangled) return fail();
            Reg value = reg_of(at, text);
            Operand dict = load_name(at, known_.annotations, kAnyReg);
            Operand key = name_constant(mangled);
            emit(at, Opcode::SET_ITEM, reg_of(at, dict), reg_of(at, key), value);
        } else if (int32_t* index = unit.annotation_index.find(&node); index && *index >= 0) {
            Reg set = push_temp();
            if (unit.scope.kind == ScopeKind::kClass)
                emit(at, Opcode::LOAD_CELL, set, closure_register(known_.conditional_annotations));
            else
                load_name(at, known_.conditional_annotations, set);
            Operand number = constant(Owned::small_int(*index));
            emit(at, Opcode::SET_ADD, set, reg_of(at, number));
            emit(at, Opcode::DROP, set);
        }
        release(depth);
    }
    if (!name && !node.value) check_annotated_target(node.target);
    // The annotation of anything else is evaluated, for its errors, where annotations are.
    if (!node.simple && !in_function && !c_.has_future(kFutureAnnotations))
        discard(node.annotation);
}

// --- classes ---

void Generator::note_static_attribute(ast::Attribute& node) {
    auto* object = node.value->if_is<ast::Name>();
    if (!object || object->id != known_.self) return;
    for (Unit* unit = unit_; unit; unit = unit->parent) {
        if (unit->scope.kind != ScopeKind::kClass) continue;
        for (IdentifierRef name : unit->static_attributes)
            if (name == node.attr) return;
        unit->static_attributes.push(node.attr);
        return;
    }
}

uint32_t Generator::class_code(ast::ClassDef& node, int first_line) {
    Scope& scope = symbols_.scope_of(&node);
    Unit inner(c_.arena, scope, unit_);
    enter_unit(inner, node.name, first_line);
    const ast::Position at{first_line, 0, first_line, 0};
    start_code(at);
    if (failed()) return leave_unit();
    Reg value = temp(0);
    auto store_value_at = [&](const ast::Position& where, IdentifierRef name, Operand what) {
        move(where, what, value);
        release(0);
        push_temp();
        store_name(where, name, in(value));
        release(0);
    };
    auto store_value = [&](IdentifierRef name, Operand what) {
        store_value_at(at, name, std::move(what));
    };
    load_name(at, known_.name, value);
    push_temp();
    store_name(at, known_.module, in(value));
    release(0);
    store_value(known_.qualname, constant(inner.qualname.share().owned()));
    store_value(known_.firstlineno, constant(Owned::small_int(first_line)));
    if (!node.type_params.empty()) {
        push_temp();
        emit(at, Opcode::LOAD_CELL, value, closure_register(known_.dot_type_params));
        store_name(at, known_.type_params, in(value));
        release(0);
    }
    if (scope.needs_classdict) {
        push_temp();
        emit(at, Opcode::LOAD_LOCALS, value);
        emit(at, Opcode::STORE_CELL, closure_register(known_.classdict), value);
        release(0);
    }
    if (scope.has_conditional_annotations) {
        push_temp();
        emit(at, Opcode::BUILD_SET, value, value, 0);
        emit(at, Opcode::STORE_CELL, closure_register(known_.conditional_annotations), value);
        release(0);
    }
    module_body(node.body, node.position);
    Ref<imugi::List> sorted = make_list(thread_);
    for (uint32_t i = 0; sorted && i < inner.static_attributes.size(); i++) {
        Ref<Str> text = str_of(thread_, inner.static_attributes[i]);
        if (!text || !list_append(thread_, *sorted, std::move(text).owned())) sorted = {};
    }
    Ref<Tuple> attributes;
    if (sorted && list_sort_values(thread_, *sorted, none(), false))
        attributes = list_to_tuple(thread_, *sorted);
    if (failed()) return leave_unit();
    store_value_at(kNowhere, known_.static_attributes, constant(std::move(attributes)));
    if (scope.needs_classdict) {
        push_temp();
        emit(kNowhere, Opcode::MOVE, value, closure_register(known_.classdict));
        store_name(kNowhere, known_.classdictcell, in(value));
        release(0);
    }
    if (scope.needs_class_cell) {
        push_temp();
        Reg cell = closure_register(known_.class_);
        emit(kNowhere, Opcode::MOVE, value, cell);
        store_name(kNowhere, known_.classcell, in(value));
        emit(kNowhere, Opcode::RETURN, cell);
        release(0);
    } else {
        return_none(kNowhere);
    }
    return leave_unit();
}

// __build_class__(function, name, *bases, **keywords) into a new temporary or `wanted`.
void Generator::class_call(ast::ClassDef& node, uint32_t code, Reg generic_base, Reg wanted) {
    if (failed()) return;
    const ast::Position& at = node.position;
    uint32_t depth = unit_->depth;
    Reg builder = push_temp();
    emit(at, Opcode::LOAD_BUILD_CLASS, builder);
    Reg function = push_temp();
    make_function(at, code, symbols_.scope_of(&node), 0, unit_->depth, function, false);
    Operand name = name_constant(node.name);
    Reg name_reg = push_temp();
    move(at, name, name_reg);
    bool plain = node.bases.size + node.keywords.size * 2 <= 30;
    for (ExprNode* base : node.bases) plain = plain && !base->is<ast::Starred>();
    for (ast::Keyword* keyword : node.keywords) plain = plain && keyword->arg;
    if (!plain) {
        ast::Sequence<ExprNode*> bases = node.bases;
        if (generic_base != kAnyReg) {
            // Generic[...] comes last among the bases.
            bases.data = c_.arena.make_array<ExprNode*>(node.bases.size + 1);
            auto* base = c_.arena.make<ast::Name>(at, known_.dot_generic_base, ast::Context::Load);
            if (!bases.data || !base) {
                (void)c_.no_memory();
                return fail();
            }
            for (uint32_t i = 0; i < node.bases.size; i++) bases.data[i] = node.bases[i];
            bases.data[bases.size++] = base;
        }
        call_ex(at, depth, bases, node.keywords, wanted, 2);
        release(depth);
        return;
    }
    for (ExprNode* base : node.bases) expr_in_new_temp(base);
    uint32_t count = 2 + node.bases.size;
    if (generic_base != kAnyReg) {
        load_name(at, known_.dot_generic_base, temp(unit_->depth));
        push_temp();
        count++;
    }
    if (node.keywords.empty()) {
        release(depth);
        emit(at, Opcode::CALL, wanted, builder, count);
        return;
    }
    Ref<Tuple> names = make_tuple_blank(thread_, node.keywords.size);
    for (uint32_t i = 0; i < node.keywords.size; i++) {
        expr_in_new_temp(node.keywords[i]->value);
        Ref<Str> text = str_of(thread_, node.keywords[i]->arg);
        if (!text || !names) return fail();
        names->items[i].init(std::move(text));
    }
    Operand names_constant = constant(std::move(names));
    if (failed()) return;
    release(depth);
    emit(at, Opcode::CALL_KW, wanted, builder, count + node.keywords.size).words[0] =
        constant_number(names_constant.index);
}

void Generator::class_def(ast::ClassDef& node) {
    const ast::Position& at = node.position;
    if (!check_duplicate_keywords(node.keywords)) return;
    uint32_t depth = unit_->depth;
    for (ExprNode* decorator : node.decorator_list) expr_in_new_temp(decorator);
    int first_line = node.decorator_list.empty() ? at.line : node.decorator_list[0]->position.line;
    uint32_t base = unit_->depth;
    Reg made = temp(base);
    if (node.type_params.empty()) {
        uint32_t code = class_code(node, first_line);
        class_call(node, code, kAnyReg, made);
        release(base);
        push_temp();
    } else {
        Scope& scope = symbols_.scope_of(type_params_key(&node));
        uint32_t code = 0;
        {
            Unit inner(c_.arena, scope, unit_);
            Ref<Str> shown = str_of(thread_, node.name);
            Ref<Str> text =
                shown ? format(thread_, "<generic parameters of {}>", *shown) : Ref<Str>();
            const char* utf8 = text ? str_utf8(thread_, *text) : nullptr;
            IdentifierRef inner_name = utf8 ? c_.intern(utf8) : nullptr;
            if (!inner_name) {
                fail();
                inner_name = node.name;
            }
            enter_unit(inner, inner_name, first_line);
            start_code(at);
            Reg params = push_temp();
            load_type_params(node.type_params, at, params);
            store_name(at, known_.dot_type_params, in(params));
            release(0);
            uint32_t body_code = class_code(node, first_line);
            Reg generic = push_temp();
            load_name(at, known_.dot_type_params, generic);
            emit(at, Opcode::CALL_INTRINSIC, generic, generic,
                 static_cast<uint32_t>(Intrinsic::SUBSCRIPT_GENERIC));
            store_name(at, known_.dot_generic_base, in(generic));
            release(0);
            class_call(node, body_code, generic, temp(0));
            release(0);
            emit(at, Opcode::RETURN, push_temp());
            code = leave_unit();
        }
        push_temp();
        make_function(at, code, scope, 0, unit_->depth, made, false);
        emit(at, Opcode::CALL, made, made, 0);
    }
    apply_decorators(node.decorator_list);
    store_name(at, node.name, in(temp(depth)));
    release(depth);
}

// --- the body of a module or class ---

void Generator::module_body(const ast::Sequence<StmtNode*>& list, const ast::Position& at) {
    Unit& unit = *unit_;
    bool module = unit.scope.kind == ScopeKind::kModule;
    uint32_t skip = 0;
    if (!c_.interactive || !module) docstring(list, &skip);
    bool future = c_.has_future(kFutureAnnotations);
    if (unit.scope.annotations_used && !future) {
        collect_annotations(list, false);
        if (module && unit.scope.has_conditional_annotations) {
            Reg set = push_temp();
            emit(at, Opcode::BUILD_SET, set, set, 0);
            store_name(at, known_.conditional_annotations, in(set));
            release(0);
        }
        // Before anything runs, for those who look at a half executed module.
        if (module) deferred_annotations(at, known_.annotate);
    }
    if (unit.scope.annotations_used && future) emit(at, Opcode::SETUP_ANNOTATIONS);
    if (skip && c_.optimize < 2 && !failed()) {
        auto& text = list[0]->as<ast::Expr>()->value->as<ast::Constant>()->value;
        Operand documentation = constant(clean_docstring(thread_, text.text));
        if (!failed()) store_name(list[0]->position, known_.doc, documentation);
        release(0);
    }
    body(list, skip);
    if (module)
        return_none(list.empty() ? ast::Position{1, 0, 1, 0} : kNowhere);
    else if (unit.scope.annotations_used && !future)
        deferred_annotations(at, known_.annotate_func);
}

}  // namespace imugi::compile
