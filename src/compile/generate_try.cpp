// try, except, except*, finally, with.
//
// An exception lands in the temporary at the handler's depth; the next one keeps what was handled
// before. Bodies of finally are generated for each way out.
#include "compile/generator.h"

namespace imugi::compile {

using ast::ExprNode;
using ast::IdentifierRef;
using ast::StmtNode;

// Ends the visibility of `except ... as name`.
void Generator::unbind(const ast::Position& at, IdentifierRef name) {
    if (local_of(name) == kAnyReg) store_name(at, name, constant(none()));
    delete_name(at, name, true);
}

void Generator::handler_cleanup(Label label, uint32_t depth, IdentifierRef name) {
    place(label);
    release(depth + 2);
    Reg exception = push_temp();
    if (name) unbind(kNowhere, name);
    emit(kNowhere, Opcode::POP_HANDLED, temp(depth + 1));
    emit(kNowhere, Opcode::RERAISE, exception, 1);
    release(depth);
}

template <class Body>
void Generator::try_finally(const ast::Sequence<StmtNode*>& finalbody, Body&& guarded_body) {
    Unit& unit = *unit_;
    uint32_t depth = unit.depth;
    Label handler = new_label(), cleanup = new_label(), end = new_label();
    uint32_t before = push_handler(handler, depth);
    Block block{Block::kFinally, depth, before, {}, {}, &finalbody};
    block.position = finalbody[0]->position;
    if (!push_block(block)) return;
    guarded_body();
    if (failed()) return;
    unit.blocks.pop();
    unit.handler = before;
    body(finalbody);
    emit_jump(kNowhere, Opcode::JUMP, end);

    place(handler);
    release(depth);
    Reg exception = push_temp(), saved = push_temp();
    emit(kNowhere, Opcode::PUSH_HANDLED, saved, exception);
    push_handler(cleanup, depth + 2);
    Block ending{Block::kFinallyEnd, depth, before, {}, {}};
    ending.position = block.position;
    if (!push_block(ending)) return;
    quiet_++;
    body(finalbody);
    quiet_--;
    if (failed()) return;
    unit.blocks.pop();
    unit.handler = before;
    emit(kNowhere, Opcode::POP_HANDLED, saved);
    emit(kNowhere, Opcode::RERAISE, exception, 0);
    handler_cleanup(cleanup, depth, nullptr);
    release(depth);
    place(end);
}

void Generator::try_statement(ast::Try& node) {
    emit(node.position, Opcode::NOP);
    if (node.finalbody.empty()) return try_except(node);
    try_finally(node.finalbody, [&] {
        if (node.handlers.empty())
            body(node.body);
        else
            try_except(node);
    });
}

void Generator::try_star(ast::TryStar& node) {
    emit(node.position, Opcode::NOP);
    if (node.finalbody.empty()) return try_star_except(node);
    try_finally(node.finalbody, [&] {
        if (node.handlers.empty())
            body(node.body);
        else
            try_star_except(node);
    });
}

// The statements of one except clause: exception in temp(depth), the one handled before in
// temp(depth + 1).
void Generator::handler_body(ast::ExceptHandler& handler, uint32_t depth, uint32_t outer,
                             Label end) {
    Unit& unit = *unit_;
    const ast::Position& at = handler.position;
    uint32_t around = unit.handler;
    Label named_cleanup = new_label();
    if (handler.name) {
        store_name(at, handler.name, in(temp(depth)));
        push_handler(named_cleanup, depth + 2);
    } else {
        emit(at, Opcode::DROP, temp(depth));
    }
    Block block{Block::kHandler, depth, outer, {}, {}, nullptr, handler.name};
    block.position = at;
    if (!push_block(block)) return;
    body(handler.body);
    if (failed()) return;
    unit.blocks.pop();
    unit.handler = outer;
    emit(kNowhere, Opcode::POP_HANDLED, temp(depth + 1));
    if (handler.name) unbind(kNowhere, handler.name);
    emit_jump(kNowhere, Opcode::JUMP, end);
    if (handler.name) {
        handler_cleanup(named_cleanup, depth, handler.name);
        release(depth + 2);
    }
    unit.handler = around;
}

// What is tried, and `else`, up to where the handler begins. False: it has failed.
bool Generator::guarded_body(const ast::Position& at, const ast::Sequence<StmtNode*>& tried,
                             const ast::Sequence<StmtNode*>& orelse, Label handler, Label end) {
    Unit& unit = *unit_;
    uint32_t depth = unit.depth;
    uint32_t before = push_handler(handler, depth);
    Block block{Block::kTry, depth, before, {}, {}};
    block.position = at;
    if (!push_block(block)) return false;
    body(tried);
    if (failed()) return false;
    unit.blocks.pop();
    unit.handler = before;
    body(orelse);
    emit_jump(kNowhere, Opcode::JUMP, end);
    place(handler);
    release(depth);
    return true;
}

void Generator::try_except(ast::Try& node) {
    Unit& unit = *unit_;
    uint32_t depth = unit.depth;
    Label handler = new_label(), cleanup = new_label(), end = new_label();
    uint32_t before = unit.handler;
    if (!guarded_body(node.position, node.body, node.orelse, handler, end)) return;
    Reg exception = push_temp(), saved = push_temp();
    emit(kNowhere, Opcode::PUSH_HANDLED, saved, exception);
    uint32_t in_handlers = (push_handler(cleanup, depth + 2), unit.handler);
    for (uint32_t i = 0; i < node.handlers.size && !failed(); i++) {
        auto& clause = *node.handlers[i]->as<ast::ExceptHandler>();
        Label next = new_label();
        unit.handler = in_handlers;
        if (clause.type) {
            Operand types = expr(clause.type);
            Reg r = reg_of(clause.type->position, types);
            release(depth + 2);
            Reg matches = push_temp();
            emit(clause.position, Opcode::MATCH_EXCEPTION, matches, exception, r);
            emit_jump(clause.position, Opcode::JUMP_IF_FALSE, next, matches);
            release(depth + 2);
        } else if (i + 1 < node.handlers.size) {
            return error(clause.position, "default 'except:' must be last");
        }
        handler_body(clause, depth, before, end);
        place(next);
    }
    unit.handler = before;
    emit(kNowhere, Opcode::POP_HANDLED, saved);
    emit(kNowhere, Opcode::RERAISE, exception, 0);
    handler_cleanup(cleanup, depth, nullptr);
    release(depth);
    place(end);
}

// except*: temp(depth) is the exception, +1 the one handled before, +2 the list of what the clauses
// raised, +3 what no clause has matched so far, +4 the part that matched.
void Generator::try_star_except(ast::TryStar& node) {
    Unit& unit = *unit_;
    uint32_t depth = unit.depth;
    Label handler = new_label(), cleanup = new_label(), end = new_label();
    uint32_t before = unit.handler;
    if (!guarded_body(node.position, node.body, node.orelse, handler, end)) return;
    Reg exception = push_temp(), saved = push_temp(), raised = push_temp(), rest = push_temp();
    emit(kNowhere, Opcode::PUSH_HANDLED, saved, exception);
    push_handler(cleanup, depth + 2);
    uint32_t in_handlers = unit.handler;
    emit(kNowhere, Opcode::COPY, rest, exception);
    emit(kNowhere, Opcode::BUILD_LIST, raised, raised, 0);
    for (ast::ExceptHandlerNode* item : node.handlers) {
        auto& clause = *item->as<ast::ExceptHandler>();
        if (failed()) return;
        const ast::Position& at = clause.position;
        Label unmatched = new_label(), next = new_label(), failure = new_label();
        unit.handler = in_handlers;
        release(depth + 4);
        if (!clause.type) return error(at, "expected one or more exception types");
        Operand types = expr(clause.type);
        Reg r = reg_of(clause.type->position, types);
        release(depth + 4);
        Reg match = push_temp();
        emit(at, Opcode::MATCH_EXCEPTION_GROUP, match, rest, r);
        Reg test = push_temp();
        emit(at, Opcode::COPY, test, match);
        emit_jump(at, Opcode::JUMP_IF_NONE, unmatched, test);
        release(depth + 4);
        if (clause.name)
            store_name(at, clause.name, in(match));
        else
            emit(at, Opcode::DROP, match);
        push_handler(failure, depth + 4);
        Block star{Block::kStarHandler, depth, before, {}, {}};
        star.position = at;
        if (!push_block(star)) return;
        body(clause.body);
        if (failed()) return;
        unit.blocks.pop();
        unit.handler = in_handlers;
        if (clause.name) unbind(kNowhere, clause.name);
        emit_jump(kNowhere, Opcode::JUMP, next);
        place(failure);
        release(depth + 4);
        match = push_temp();
        if (clause.name) unbind(kNowhere, clause.name);
        emit(kNowhere, Opcode::LIST_APPEND, raised, match);
        emit_jump(kNowhere, Opcode::JUMP, next);
        place(unmatched);
        emit(kNowhere, Opcode::DROP, match);
        place(next);
    }
    release(depth + 4);
    unit.handler = in_handlers;
    Label reraise = new_label();
    emit(kNowhere, Opcode::LIST_APPEND, raised, rest);
    emit(kNowhere, Opcode::PREPARE_RERAISE_STAR, rest, exception, raised);
    Reg test = push_temp();
    emit(kNowhere, Opcode::COPY, test, rest);
    unit.handler = before;
    emit_jump(kNowhere, Opcode::JUMP_IF_NOT_NONE, reraise, test);
    emit(kNowhere, Opcode::DROP, rest);
    emit(kNowhere, Opcode::POP_HANDLED, saved);
    emit_jump(kNowhere, Opcode::JUMP, end);
    place(reraise);
    emit(kNowhere, Opcode::POP_HANDLED, saved);
    emit(kNowhere, Opcode::RERAISE, rest, 0);
    handler_cleanup(cleanup, depth, nullptr);
    release(depth);
    place(end);
}

// --- with ---

// Calls the exit method with three Nones and drops the result.
void Generator::call_exit(const Block& block) {
    const ast::Position& at = block.position;
    uint32_t depth = unit_->depth;
    Reg method = temp(block.depth);
    if (depth == block.depth + 2) {
        release(block.depth);
        push_temp();
        push_temp();
    } else {
        // A value to be returned lies in between.
        Reg moved = push_temp();
        emit(at, Opcode::MOVE_UNBOUND, moved, method);
        emit(at, Opcode::MOVE_UNBOUND, push_temp(), temp(block.depth + 1));
        method = moved;
    }
    for (int i = 0; i < 3; i++) emit(at, Opcode::LOAD_NONE, push_temp());
    emit(at, Opcode::CALL_METHOD, method, method, 3);
    if (block.kind == Block::kAsyncWith) {
        release((method & ~kTempBase) + 1);
        emit(at, Opcode::GET_AWAITABLE, method, method, 2);
        delegate(at, method, method, true);
    }
    emit(at, Opcode::DROP, method);
    release(depth);
}

void Generator::with_statement(const ast::Sequence<ast::WithItem*>& items, uint32_t index,
                               const ast::Sequence<StmtNode*>& with_body,
                               const ast::Position& statement, bool is_async) {
    if (failed()) return;
    if (!c_.check_stack()) return fail();
    Unit& unit = *unit_;
    uint32_t depth = unit.depth;
    ast::WithItem& item = *items[index];
    const ast::Position& at = item.context_expr->position;
    auto special = [&](Reg dest, Reg manager, SpecialMethod method) {
        emit(at, Opcode::LOAD_SPECIAL, dest, manager, static_cast<uint32_t>(method));
    };
    Reg exit = push_temp();
    push_temp();
    Reg manager = expr_in_new_temp(item.context_expr);
    special(exit, manager, is_async ? SpecialMethod::AEXIT : SpecialMethod::EXIT);
    Reg enter = push_temp();
    push_temp();
    special(enter, manager, is_async ? SpecialMethod::AENTER : SpecialMethod::ENTER);
    emit(at, Opcode::CALL_METHOD, manager, enter, 0);
    release(depth + 3);
    if (is_async) {
        emit(at, Opcode::GET_AWAITABLE, manager, manager, 1);
        delegate(at, manager, manager, true);
    }
    Label handler = new_label(), cleanup = new_label(), suppressed = new_label(), end = new_label();
    uint32_t before = push_handler(handler, depth + 2);
    Block block{is_async ? Block::kAsyncWith : Block::kWith, depth, before, {}, {}};
    block.position = at;
    if (!push_block(block)) return;
    if (item.optional_vars)
        store(item.optional_vars, in(manager));
    else
        emit(at, Opcode::DROP, manager);
    release(depth + 2);
    if (index + 1 < items.size)
        with_statement(items, index + 1, with_body, statement, is_async);
    else
        body(with_body);
    if (failed()) return;
    unit.blocks.pop();
    unit.handler = before;
    call_exit(block);
    emit_jump(kNowhere, Opcode::JUMP, end);

    place(handler);
    release(depth + 2);
    Reg exception = push_temp(), saved = push_temp();
    emit(at, Opcode::PUSH_HANDLED, saved, exception);
    push_handler(cleanup, depth + 4);
    Reg result = push_temp();
    emit(at, Opcode::WITH_EXCEPT_START, result, exit);
    if (is_async) {
        emit(at, Opcode::GET_AWAITABLE, result, result, 2);
        delegate(at, result, result, true);
    }
    emit_jump(at, Opcode::JUMP_IF_TRUE, suppressed, result);
    unit.handler = before;
    emit(at, Opcode::POP_HANDLED, saved);
    emit(at, Opcode::RERAISE, exception, 1);
    place(suppressed);
    emit(at, Opcode::POP_HANDLED, saved);
    emit(at, Opcode::DROP, exception);
    emit(at, Opcode::DROP, exit);
    emit(at, Opcode::DROP, temp(depth + 1));
    emit_jump(kNowhere, Opcode::JUMP, end);
    handler_cleanup(cleanup, depth + 2, nullptr);
    release(depth);
    place(end);
}

}  // namespace imugi::compile
