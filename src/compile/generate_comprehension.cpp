// Comprehensions and generator expressions. Lists, sets and dicts run in the frame around them with
// variables of their own (PEP 709); generator expressions are functions.
#include "compile/generator.h"

namespace imugi::compile {

using ast::ExprNode;
using ast::IdentifierRef;

Operand Generator::comprehension(ExprNode& node, ComprehensionKind kind, IdentifierRef name,
                                 const ast::Sequence<ast::Comprehension*>& generators,
                                 ExprNode* element, ExprNode* value, Reg wanted) {
    Scope& scope = symbols_.scope_of(&node);
    const ast::Position& at = node.position;
    bool generator = kind == ComprehensionKind::kGenerator;
    bool in_comprehension = unit_->scope.comprehension != ComprehensionKind::kNone;
    if (scope.coroutine && !generator && !unit_->is_async && !in_comprehension) {
        error(at, "asynchronous comprehension outside of an asynchronous function");
        return {};
    }
    if (scope.inlined)
        return inlined_comprehension(node, scope, kind, generators, element, value, wanted);

    uint32_t code = 0;
    {
        Unit inner(c_.arena, scope, unit_);
        enter_unit(inner, name, at.line);
        inner.argument_count = 1;
        add_parameter(known_.dot_zero);
        start_code(at);
        Reg result = temp(0);
        if (!generator) {
            push_temp();
            emit(at,
                 kind == ComprehensionKind::kDict  ? Opcode::BUILD_DICT
                 : kind == ComprehensionKind::kSet ? Opcode::BUILD_SET
                                                   : Opcode::BUILD_LIST,
                 result, result, 0);
        }
        // The iterator is the argument; moved, so that it is known to be this frame's alone.
        Reg iterator = push_temp();
        if (!generators[0]->is_async) push_temp();
        emit(at, Opcode::MOVE_UNBOUND, iterator, 0);
        comprehension_loop(node, kind, generators, 0, element, value, result, true);
        if (generator)
            emit(at, Opcode::RETURN_NONE);
        else
            emit(at, Opcode::RETURN, result);
        code = leave_unit();
    }
    if (failed()) return {};
    uint32_t depth = unit_->depth;
    Reg function = push_temp();
    make_function(at, code, scope, 0, unit_->depth, function, false);
    Reg iterator = push_temp();
    Operand iterable = expr(generators[0]->iter);
    Reg source = reg_of(generators[0]->iter->position, iterable);
    emit(generators[0]->iter->position,
         generators[0]->is_async ? Opcode::GET_AITER : Opcode::GET_ITER, iterator, source);
    release(depth);
    if (scope.coroutine && !generator) {
        Reg awaitable = push_temp();
        emit(at, Opcode::CALL, awaitable, function, 1);
        emit(at, Opcode::GET_AWAITABLE, awaitable, awaitable, 0);
        Reg d = wanted == kAnyReg ? awaitable : wanted;
        delegate(at, awaitable, d, true);
        return in(d);
    }
    Reg d = out(wanted);
    emit(at, Opcode::CALL, d, function, 1);
    return in(d);
}

Operand Generator::inlined_comprehension(ExprNode& node, Scope& scope, ComprehensionKind kind,
                                         const ast::Sequence<ast::Comprehension*>& generators,
                                         ExprNode* element, ExprNode* value, Reg) {
    const ast::Position& at = node.position;
    Unit& unit = *unit_;
    uint32_t depth = unit.depth;
    Reg result = push_temp();
    ExprNode* iterable = generators[0]->iter;
    Operand source = fold_container(iterable);
    if (source.kind == Operand::kNone) source = expr(iterable);
    Reg source_reg = reg_of(iterable->position, source);
    release(depth + 1);
    if (generators[0]->is_async)
        emit(iterable->position, Opcode::GET_AITER, push_temp(), source_reg);
    else
        begin_loop(iterable->position, source_reg);
    emit(at,
         kind == ComprehensionKind::kDict  ? Opcode::BUILD_DICT
         : kind == ComprehensionKind::kSet ? Opcode::BUILD_SET
                                           : Opcode::BUILD_LIST,
         result, result, 0);

    auto* registers = c_.arena.make<PointerMap<Reg>>(c_.arena);
    if (!registers) return {};
    Vec<Reg> own(c_.arena);
    uint8_t hidden = unit.scope.is_function_like() ? kLocalInlined : kLocalHidden;
    for (auto& entry : scope.symbols) {
        auto name = static_cast<IdentifierRef>(entry.key);
        bool cell = entry.value.scope == NameScope::kCell;
        if ((!cell && entry.value.scope != NameScope::kLocal) || name == known_.dot_zero) continue;
        uint8_t variable = kLocalPlain | hidden | (cell ? kLocalCell : 0);
        Reg reg = kAnyReg;
        for (Reg& spare : unit.spare_locals)
            if (spare != kAnyReg && unit.locals[spare].name == name &&
                unit.locals[spare].kind == variable) {
                reg = std::exchange(spare, kAnyReg);
                break;
            }
        if (reg == kAnyReg) reg = new_local(name, variable);
        registers->add(name, reg);
        own.push(reg);
        if (cell) emit(kNowhere, Opcode::MAKE_CELL, reg);
    }
    unit.inlined.push({&scope, registers});
    // Where an exception may be caught in this frame, the variables must not outlive it.
    bool guarded = unit.handler != 0;
    Label cleanup = new_label(), end = new_label();
    uint32_t before = unit.handler;
    if (guarded) before = push_handler(cleanup, depth);
    comprehension_loop(node, kind, generators, 0, element, value, result, true);
    unit.handler = before;
    if (!unit.inlined.empty()) unit.inlined.pop();
    for (Reg reg : own) emit(kNowhere, Opcode::CLEAR_LOCAL, reg);
    if (guarded) {
        emit_jump(kNowhere, Opcode::JUMP, end);
        place(cleanup);
        for (Reg reg : own) emit(kNowhere, Opcode::CLEAR_LOCAL, reg);
        emit(kNowhere, Opcode::RERAISE, result, 1);
        place(end);
    }
    for (Reg reg : own) unit.spare_locals.push(reg);
    return in(result);
}

void Generator::comprehension_element(ExprNode& node, ComprehensionKind kind, ExprNode* element,
                                      ExprNode* value, Reg result) {
    uint32_t depth = unit_->depth;
    const ast::Position& at = element->position;
    switch (kind) {
        case ComprehensionKind::kGenerator: {
            Operand item = expr(element);
            Reg r = reg_of(at, item);
            release(depth);
            Reg sent = push_temp();
            emit(at, Opcode::YIELD, sent, r);
            emit(at, Opcode::RESUME, 1);
            emit(at, Opcode::DROP, sent);
            break;
        }
        case ComprehensionKind::kDict: {
            Reg key = expr_in_new_temp(element);
            expr_in_new_temp(value);
            ast::Position pair = at;
            pair.end_line = value->position.end_line;
            pair.end_column = value->position.end_column;
            emit(pair, Opcode::DICT_ADD, result, key);
            break;
        }
        default: {
            Operand item = expr(element);
            emit(at, kind == ComprehensionKind::kSet ? Opcode::SET_ADD : Opcode::LIST_APPEND,
                 result, reg_of(at, item));
        }
    }
    release(depth);
}

// The loop of one `for`; with `iterator_ready` its iterator is in the top temporary.
void Generator::comprehension_loop(ExprNode& node, ComprehensionKind kind,
                                   const ast::Sequence<ast::Comprehension*>& generators,
                                   uint32_t index, ExprNode* element, ExprNode* value, Reg result,
                                   bool iterator_ready) {
    if (failed()) return;
    if (!c_.check_stack()) return fail();
    ast::Comprehension& part = *generators[index];
    const ast::Position& at = part.iter->position;
    Label loop = new_label(), next = new_label(), end = new_label();
    auto inner = [&] {
        for (ExprNode* test : part.ifs) jump_if(test, next, false);
        if (index + 1 < generators.size)
            comprehension_loop(node, kind, generators, index + 1, element, value, result, false);
        else
            comprehension_element(node, kind, element, value, result);
        place(next);
    };
    if (!iterator_ready && !part.is_async) {
        // `for y in [f(x)]` is an assignment.
        const ast::Sequence<ExprNode*>* items = nullptr;
        if (auto* list = part.iter->if_is<ast::List>()) items = &list->elts;
        if (auto* tuple = part.iter->if_is<ast::Tuple>()) items = &tuple->elts;
        if (items && items->size == 1 && !(*items)[0]->is<ast::Starred>()) {
            uint32_t depth = unit_->depth;
            store(part.target, expr((*items)[0]));
            release(depth);
            inner();
            return;
        }
    }
    uint32_t registers = part.is_async ? 1 : kLoopRegisters;
    uint32_t depth = unit_->depth - (iterator_ready ? registers : 0);
    Reg iterator = temp(depth);
    if (!iterator_ready) {
        Operand source = fold_container(part.iter);
        if (source.kind == Operand::kNone) source = expr(part.iter);
        Reg source_reg = reg_of(at, source);
        release(depth);
        if (part.is_async)
            emit(at, Opcode::GET_AITER, push_temp(), source_reg);
        else
            begin_loop(at, source_reg);
    }
    place(loop);
    if (part.is_async) {
        Label stop = new_label();
        uint32_t before = push_handler(stop, depth + 1);
        Reg awaitable = push_temp();
        emit(at, Opcode::GET_ANEXT, awaitable, iterator);
        delegate(at, awaitable, awaitable, true);
        unit_->handler = before;
        store(part.target, in(awaitable));
        release(depth + 1);
        inner();
        emit_jump(kNowhere, Opcode::JUMP_BACK, loop);
        place(stop);
        emit(at, Opcode::END_ASYNC_FOR, awaitable, iterator);
        release(depth);
        return;
    }
    Reg local = kAnyReg;
    if (auto* name = part.target->if_is<ast::Name>()) local = local_of(name->id);
    Reg item = local != kAnyReg ? local : push_temp();
    emit_jump(at, Opcode::FOR_ITER, end, item, iterator);
    if (local == kAnyReg) store(part.target, in(item));
    release(depth + registers);
    inner();
    emit_jump(kNowhere, Opcode::JUMP_BACK, loop);
    place(end);
    release(depth);
}

}  // namespace imugi::compile
