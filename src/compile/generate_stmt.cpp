// Statements: assignment, deletion, loops, imports, and leaving blocks.
#include "compile/generator.h"
#include "object/int.h"
#include "object/tuple.h"

namespace imugi::compile {

using ast::ExprNode;
using ast::IdentifierRef;
using ast::Kind;
using ast::StmtNode;

void Generator::body(const ast::Sequence<StmtNode*>& list, uint32_t skip) {
    for (uint32_t i = skip; i < list.size && !failed(); i++) stmt(list[i]);
}

void Generator::stmt(StmtNode* node) {
    if (failed()) return;
    if (!c_.check_stack()) return fail();
    const ast::Position& at = node->position;
    switch (node->kind) {
        case Kind::FunctionDef: {
            auto& it = *node->as<ast::FunctionDef>();
            return function_def(it, it.name, *it.args, it.body, it.decorator_list, it.returns,
                                it.type_params, false);
        }
        case Kind::AsyncFunctionDef: {
            auto& it = *node->as<ast::AsyncFunctionDef>();
            return function_def(it, it.name, *it.args, it.body, it.decorator_list, it.returns,
                                it.type_params, true);
        }
        case Kind::ClassDef:
            return class_def(*node->as<ast::ClassDef>());
        case Kind::TypeAlias:
            return type_alias(*node->as<ast::TypeAlias>());
        case Kind::Return:
            return return_statement(*node->as<ast::Return>());
        case Kind::Delete:
            for (ExprNode* target : node->as<ast::Delete>()->targets) delete_target(target);
            return;
        case Kind::Assign:
            return assign(*node->as<ast::Assign>());
        case Kind::AugAssign:
            return aug_assign(*node->as<ast::AugAssign>());
        case Kind::AnnAssign:
            return ann_assign(*node->as<ast::AnnAssign>());
        case Kind::For:
            return for_statement(*node->as<ast::For>());
        case Kind::AsyncFor:
            return async_for(*node->as<ast::AsyncFor>());
        case Kind::While:
            return while_statement(*node->as<ast::While>());
        case Kind::If:
            return if_statement(*node->as<ast::If>());
        case Kind::With: {
            auto& it = *node->as<ast::With>();
            return with_statement(it.items, 0, it.body, at, false);
        }
        case Kind::AsyncWith: {
            auto& it = *node->as<ast::AsyncWith>();
            if (!unit_->is_async) return error(at, "'async with' outside async function");
            return with_statement(it.items, 0, it.body, at, true);
        }
        case Kind::Match:
            return match_statement(*node->as<ast::Match>());
        case Kind::Raise:
            return raise_statement(*node->as<ast::Raise>());
        case Kind::Try:
            return try_statement(*node->as<ast::Try>());
        case Kind::TryStar:
            return try_star(*node->as<ast::TryStar>());
        case Kind::Assert:
            return assert_statement(*node->as<ast::Assert>());
        case Kind::Import:
            return import(*node->as<ast::Import>());
        case Kind::ImportFrom:
            return import_from(*node->as<ast::ImportFrom>());
        case Kind::Global:
        case Kind::Nonlocal:
            return;
        case Kind::Expr:
            return expr_statement(*node->as<ast::Expr>());
        case Kind::Pass:
            emit(at, Opcode::NOP);
            return;
        case Kind::Break:
            return break_or_continue(*node, true);
        case Kind::Continue:
            return break_or_continue(*node, false);
        default:
            return error(at, "unknown statement");
    }
}

void Generator::expr_statement(ast::Expr& node) {
    const ast::Position& at = node.position;
    if (c_.interactive && !unit_->parent) {
        uint32_t depth = unit_->depth;
        Reg value = expr_in_new_temp(node.value);
        emit(at, Opcode::CALL_INTRINSIC, value, value, static_cast<uint32_t>(Intrinsic::PRINT));
        emit(kNowhere, Opcode::DROP, value);
        release(depth);
    } else if (node.value->is<ast::Constant>()) {
        emit(at, Opcode::NOP);
    } else {
        if (node.value->is<ast::Name>()) emit(at, Opcode::NOP);
        discard(node.value);
    }
}

// --- assignment ---

void Generator::assign(ast::Assign& node) {
    uint32_t depth = unit_->depth;
    if (node.targets.size == 1) {
        ExprNode* target = node.targets[0];
        if (auto* name = target->if_is<ast::Name>()) {
            Reg local = local_of(name->id);
            if (local != kAnyReg) return expr_to(node.value, local);
        }
        if (assign_in_parallel(target, node.value, node.position)) return;
    }
    bool plain_names = true, may_change = false;
    for (ExprNode* target : node.targets) plain_names = plain_names && target->is<ast::Name>();
    Operand value = expr(node.value);
    if (value.is_local() && !plain_names) {
        // A target may rebind the local before the last one is stored to.
        may_change = node.targets.size > 1;
        for (ExprNode* target : node.targets)
            may_change = may_change || may_rebind(target, value.index);
        if (may_change) {
            Reg copy = push_temp();
            emit(node.position, Opcode::MOVE, copy, value.index);
            value = in(copy);
        }
    }
    bool is_temporary = value.kind == Operand::kRegister && is_temp(value.index);
    for (uint32_t i = 0; i < node.targets.size; i++) {
        uint32_t before = unit_->depth;
        Operand source = value;
        if (is_temporary && i + 1 < node.targets.size) {
            Reg copy = push_temp();
            emit(node.position, Opcode::COPY, copy, value.index);
            source = in(copy);
        }
        store(node.targets[i], source);
        release(before);
    }
    release(depth);
}

// `a, b = b, a` needs no tuple. False when it is not of that form.
bool Generator::assign_in_parallel(ExprNode* target, ExprNode* value, const ast::Position&) {
    auto items = [](ExprNode* node) -> const ast::Sequence<ExprNode*>* {
        if (auto* tuple = node->if_is<ast::Tuple>()) return &tuple->elts;
        if (auto* list = node->if_is<ast::List>()) return &list->elts;
        return nullptr;
    };
    const ast::Sequence<ExprNode*>*targets = items(target), *values = items(value);
    constexpr uint32_t kMost = 16;
    if (!targets || !values || targets->size != values->size || values->empty() ||
        values->size > kMost || value->is<ast::List>())
        return false;
    for (uint32_t i = 0; i < values->size; i++)
        if ((*targets)[i]->is<ast::Starred>() || (*values)[i]->is<ast::Starred>()) return false;
    uint32_t depth = unit_->depth;
    Operand operands[kMost];
    for (uint32_t i = 0; i < values->size; i++) {
        ExprNode* item = (*values)[i];
        operands[i] = item->is<ast::Constant>() ? expr(item) : in(expr_in_new_temp(item));
    }
    for (uint32_t i = 0; i < values->size; i++) {
        uint32_t before = unit_->depth;
        store((*targets)[i], operands[i]);
        release(before);
    }
    release(depth);
    return true;
}

void Generator::store(ExprNode* target, Operand value) {
    if (failed()) return;
    if (!c_.check_stack()) return fail();
    uint32_t depth = unit_->depth;
    const ast::Position& at = target->position;
    switch (target->kind) {
        case Kind::Name:
            store_name(at, target->as<ast::Name>()->id, value);
            break;
        case Kind::Attribute: {
            auto& it = *target->as<ast::Attribute>();
            note_static_attribute(it);
            Operand object = expr(it.value);
            ast::Position shown = at;
            attribute_position(it, &shown);
            IdentifierRef name = mangle_in(c_, unit_->scope, it.attr);
            if (!name) return fail();
            Reg r = reg_of(shown, object), v = reg_of(shown, value);
            emit(shown, Opcode::STORE_ATTR, r, name_number(name), v);
            break;
        }
        case Kind::Subscript: {
            auto& it = *target->as<ast::Subscript>();
            Operand container = guarded(it.value, it.slice);
            if (is_plain_slice(it.slice)) {
                auto& part = *it.slice->as<ast::Slice>();
                Reg c = reg_of(at, container), first = temp(unit_->depth);
                for (ExprNode* bound : {part.lower, part.upper}) {
                    if (bound)
                        expr_in_new_temp(bound);
                    else
                        emit(at, Opcode::LOAD_NONE, push_temp());
                }
                emit(at, Opcode::SET_SLICE, c, first, reg_of(at, value));
                break;
            }
            Operand key = expr(it.slice);
            Reg c = reg_of(at, container), k = reg_of(at, key), v = reg_of(at, value);
            emit(at, Opcode::SET_ITEM, c, k, v);
            break;
        }
        case Kind::Tuple:
            store_unpacked(at, target->as<ast::Tuple>()->elts, value);
            break;
        case Kind::List:
            store_unpacked(at, target->as<ast::List>()->elts, value);
            break;
        case Kind::Starred:
            return error(at, "starred assignment target must be in a list or tuple");
        default:
            return error(at, "cannot assign to this expression");
    }
    release(depth);
}

void Generator::store_unpacked(const ast::Position& at, const ast::Sequence<ExprNode*>& targets,
                               Operand value) {
    constexpr uint32_t kMost = 30000;
    uint32_t star = targets.size;
    for (uint32_t i = 0; i < targets.size; i++) {
        if (!targets[i]->is<ast::Starred>()) continue;
        if (star != targets.size) return error(at, "multiple starred expressions in assignment");
        star = i;
    }
    if (targets.size > kMost || (star != targets.size && star >= 256))
        return error(at, "too many expressions in star-unpacking assignment");
    uint32_t depth = unit_->depth;
    Reg source = reg_of(at, value);
    // The items may take the place of what they come from.
    uint32_t first = unit_->depth;
    if (is_temp(source) && source == temp(first - 1)) first--;
    release(first);
    for (uint32_t i = 0; i < targets.size; i++) push_temp();
    if (targets.empty()) push_temp();
    if (star == targets.size)
        emit(at, Opcode::UNPACK, temp(first), source, targets.size);
    else
        emit(at, Opcode::UNPACK_EX, temp(first), source, star).words[0] = targets.size - star - 1;
    for (uint32_t i = 0; i < targets.size; i++) {
        ExprNode* target = targets[i];
        if (auto* starred = target->if_is<ast::Starred>()) target = starred->value;
        uint32_t before = unit_->depth;
        store(target, in(temp(first + i)));
        release(before);
    }
    release(depth);
}

void Generator::aug_assign(ast::AugAssign& node) {
    uint32_t depth = unit_->depth;
    const ast::Position& at = node.position;
    const ast::Position& target_at = node.target->position;
    switch (node.target->kind) {
        case Kind::Name: {
            IdentifierRef name = node.target->as<ast::Name>()->id;
            Operand left = load_name(target_at, name, kAnyReg);
            Reg local = left.is_local() ? left.index : kAnyReg;
            if (local != kAnyReg && may_rebind(node.value, local)) {
                Reg copy = push_temp();
                emit(target_at, Opcode::MOVE, copy, local);
                left = in(copy);
            }
            Operand right = expr(node.value);
            Operand result = arithmetic(at, node.op, left, right, depth, local, true);
            if (local == kAnyReg) store_name(target_at, name, result);
            break;
        }
        case Kind::Attribute: {
            auto& it = *node.target->as<ast::Attribute>();
            note_static_attribute(it);
            Operand object = guarded(it.value, node.value);
            ast::Position shown = target_at;
            attribute_position(it, &shown);
            IdentifierRef name = mangle_in(c_, unit_->scope, it.attr);
            if (!name) return fail();
            Reg r = reg_of(target_at, object);
            uint32_t current_depth = unit_->depth;
            Reg current = push_temp();
            if (is_temp(r)) emit(target_at, Opcode::COPY, current, r);
            emit(shown, Opcode::LOAD_ATTR, current, is_temp(r) ? current : r, name_number(name));
            Operand right = expr(node.value);
            Operand result =
                arithmetic(at, node.op, in(current), right, current_depth, kAnyReg, true);
            emit(shown, Opcode::STORE_ATTR, r, name_number(name), reg_of(at, result));
            break;
        }
        case Kind::Subscript: {
            auto& it = *node.target->as<ast::Subscript>();
            Operand container = guarded(it.value, it.slice);
            if (container.is_local() && may_rebind(node.value, container.index)) {
                Reg copy = push_temp();
                emit(target_at, Opcode::MOVE, copy, container.index);
                container = in(copy);
            }
            Reg c = reg_of(target_at, container);
            Operand key = guarded(it.slice, node.value);
            if (failed()) return;
            uint32_t current_depth = unit_->depth;
            Reg current = push_temp();
            Reg container_copy = c, key_copy = kAnyReg;
            if (is_temp(c)) emit(target_at, Opcode::COPY, container_copy = current, c);
            if (key.is_constant()) {
                key_copy = reg_of(target_at, key);
            } else {
                key_copy = key.index;
                if (is_temp(key_copy))
                    emit(target_at, Opcode::COPY, key_copy = push_temp(), key.index);
            }
            emit(target_at, Opcode::GET_ITEM, current, container_copy, key_copy);
            release(current_depth + 1);
            Operand right = expr(node.value);
            Operand result =
                arithmetic(at, node.op, in(current), right, current_depth, kAnyReg, true);
            Reg value = reg_of(at, result);
            emit(target_at, Opcode::SET_ITEM, c, reg_of(target_at, key), value);
            break;
        }
        default:
            return error(at, "illegal expression for augmented assignment");
    }
    release(depth);
}

void Generator::delete_target(ExprNode* target) {
    if (failed()) return;
    if (!c_.check_stack()) return fail();
    uint32_t depth = unit_->depth;
    const ast::Position& at = target->position;
    switch (target->kind) {
        case Kind::Name:
            delete_name(at, target->as<ast::Name>()->id, false);
            break;
        case Kind::Attribute: {
            auto& it = *target->as<ast::Attribute>();
            Operand object = expr(it.value);
            ast::Position shown = at;
            attribute_position(it, &shown);
            IdentifierRef name = mangle_in(c_, unit_->scope, it.attr);
            if (!name) return fail();
            emit(shown, Opcode::DELETE_ATTR, reg_of(shown, object), name_number(name));
            break;
        }
        case Kind::Subscript: {
            auto& it = *target->as<ast::Subscript>();
            Operand container = guarded(it.value, it.slice);
            Operand key = expr(it.slice);
            Reg c = reg_of(at, container);
            emit(at, Opcode::DELETE_ITEM, c, reg_of(at, key));
            break;
        }
        case Kind::Tuple:
            for (ExprNode* item : target->as<ast::Tuple>()->elts) delete_target(item);
            break;
        case Kind::List:
            for (ExprNode* item : target->as<ast::List>()->elts) delete_target(item);
            break;
        default:
            return error(at, "cannot delete this expression");
    }
    release(depth);
}

// --- leaving blocks ---

bool Generator::push_block(const Block& block) {
    constexpr uint32_t kMostBlocks = 40;
    if (unit_->blocks.size() >= kMostBlocks) {
        error(block.position, "too many statically nested blocks");
        return false;
    }
    if (!unit_->blocks.push(block)) {
        if (!failed()) (void)c_.no_memory();
        fail();
        return false;
    }
    return true;
}

// What comes behind code of another place (finally, __exit__) has no place: *at. A finally that
// leaves otherwise leaves `pending` too.
uint32_t Generator::unwind_to(uint32_t count, ast::Position* at, const Block* pending) {
    Unit& unit = *unit_;
    Vec<Block> left(c_.arena);
    for (uint32_t i = count; i < unit.blocks.size(); i++) left.push(unit.blocks[i]);
    uint32_t depth = unit.depth, handler = unit.handler;
    for (uint32_t i = left.size(); i-- > 0 && !failed();) {
        unit.blocks.truncate(count + i);
        if (pending) unit.blocks.push(*pending);
        unit.handler = left[i].handler;
        unwind(left[i], at);
    }
    if (failed()) return handler;
    unit.blocks.truncate(count);
    for (Block& block : left) unit.blocks.push(block);
    unit.depth = depth;
    return handler;
}

void Generator::unwind(const Block& block, ast::Position* at) {
    switch (block.kind) {
        case Block::kWhile:
        case Block::kTry:
            return;
        case Block::kFor:
        case Block::kAsyncFor:
        case Block::kPending:
            emit(*at, Opcode::DROP, temp(block.depth));
            return;
        case Block::kFinally:
            quiet_++;
            body(*block.finalbody);
            quiet_--;
            *at = kNowhere;
            return;
        case Block::kHandler:
            emit(*at, Opcode::POP_HANDLED, temp(block.depth + 1));
            if (block.name) unbind(*at, block.name);
            return;
        case Block::kFinallyEnd:
            emit(*at, Opcode::POP_HANDLED, temp(block.depth + 1));
            emit(*at, Opcode::DROP, temp(block.depth));
            return;
        case Block::kStarHandler:
            return error(block.position,
                         "'break', 'continue' and 'return' cannot appear in an except* block");
        case Block::kWith:
        case Block::kAsyncWith:
            call_exit(block);
            *at = kNowhere;
            return;
    }
}

void Generator::return_statement(ast::Return& node) {
    const ast::Position& at = node.position;
    Unit& unit = *unit_;
    if (!unit.scope.is_function_like()) return error(at, "'return' outside function");
    if (node.value && (unit.flags & kCodeAsyncGenerator))
        return error(at, "'return' with value in async generator");
    uint32_t depth = unit.depth;
    bool runs_code = false;
    for (Block& block : unit.blocks)
        runs_code = runs_code || (block.kind != Block::kWhile && block.kind != Block::kTry &&
                                  block.kind != Block::kFor && block.kind != Block::kAsyncFor);
    Operand value = node.value ? expr(node.value) : Operand{};
    if (failed()) return;
    if (value.is_local() && runs_code) {
        Reg copy = push_temp();
        emit(at, Opcode::MOVE, copy, value.index);
        value = in(copy);
    }
    bool is_none_value = !node.value || (value.is_constant() && is_none(value_of(value)));
    // Each line of the statement is seen before what it leaves runs.
    if (node.value && value.is_constant()) emit(node.value->position, Opcode::NOP);
    if (runs_code && (!node.value || node.value->position.line != at.line)) emit(at, Opcode::NOP);
    ast::Position behind = at;
    Block pending{Block::kPending, depth, unit.handler, {}, {}};
    bool waits = runs_code && value.kind == Operand::kRegister;
    uint32_t handler = unwind_to(0, &behind, waits ? &pending : nullptr);
    if (failed()) return;
    if (is_none_value)
        emit(behind, Opcode::RETURN_NONE);
    else
        emit(behind, Opcode::RETURN, reg_of(behind, value));
    unit.handler = handler;
    release(depth);
}

void Generator::break_or_continue(StmtNode& node, bool is_break) {
    ast::Position at = node.position;
    Unit& unit = *unit_;
    for (uint32_t i = unit.blocks.size(); i-- > 0;) {
        Block loop = unit.blocks[i];
        if (loop.kind == Block::kStarHandler)
            return error(at, "'break', 'continue' and 'return' cannot appear in an except* block");
        if (loop.kind != Block::kWhile && loop.kind != Block::kFor && loop.kind != Block::kAsyncFor)
            continue;
        emit(at, Opcode::NOP);
        uint32_t handler = unwind_to(i + 1, &at);
        if (is_break) {
            unit.handler = loop.handler;
            if (loop.kind != Block::kWhile) emit(at, Opcode::DROP, temp(loop.depth));
            emit_jump(at, Opcode::JUMP, loop.break_label);
        } else {
            emit_jump(at, Opcode::JUMP_BACK, loop.continue_label);
        }
        unit.handler = handler;
        return;
    }
    error(at, is_break ? "'break' outside loop" : "'continue' not properly in loop");
}

// --- control flow ---

void Generator::if_statement(ast::If& node) {
    // Chains of elif are statements nested in orelse: taken as a loop, they may be long.
    Label end = new_label();
    for (ast::If* it = &node;;) {
        Label next = it->orelse.empty() ? end : new_label();
        jump_if(it->test, next, false);
        body(it->body);
        if (failed()) return;
        if (it->orelse.empty()) break;
        emit_jump(kNowhere, Opcode::JUMP, end);
        place(next);
        auto* chained = it->orelse.size == 1 ? it->orelse[0]->if_is<ast::If>() : nullptr;
        if (!chained) {
            body(it->orelse);
            break;
        }
        it = chained;
    }
    place(end);
}

void Generator::while_statement(ast::While& node) {
    Label loop = new_label(), otherwise = new_label(), end = new_label();
    Block block{Block::kWhile, unit_->depth, unit_->handler, end, loop};
    block.position = node.position;
    place(loop);
    if (!push_block(block)) return;
    jump_if(node.test, otherwise, false);
    body(node.body);
    emit_jump(kNowhere, Opcode::JUMP_BACK, loop);
    if (failed()) return;
    unit_->blocks.pop();
    place(otherwise);
    body(node.orelse);
    place(end);
}

// The registers of a loop over what `source` holds, at the top of the temporaries.
Reg Generator::begin_loop(const Position& at, Reg source) {
    Reg iterator = push_temp();
    push_temp();
    emit(at, Opcode::BEGIN_LOOP, iterator, source);
    return iterator;
}

void Generator::for_statement(ast::For& node) {
    const ast::Position& at = node.iter->position;
    uint32_t depth = unit_->depth;
    Operand source = fold_container(node.iter);
    if (source.kind == Operand::kNone) source = expr(node.iter);
    Reg source_reg = reg_of(at, source);
    release(depth);
    Reg iterator = begin_loop(at, source_reg);
    Label loop = new_label(), otherwise = new_label(), end = new_label();
    Block block{Block::kFor, depth, unit_->handler, end, loop};
    block.position = node.position;
    if (!push_block(block)) return;
    place(loop);
    Reg local = kAnyReg;
    if (auto* name = node.target->if_is<ast::Name>()) local = local_of(name->id);
    Reg item = local != kAnyReg ? local : push_temp();
    emit_jump(at, Opcode::FOR_ITER, otherwise, item, iterator);
    if (local == kAnyReg) store(node.target, in(item));
    release(depth + kLoopRegisters);
    body(node.body);
    emit_jump(kNowhere, Opcode::JUMP_BACK, loop);
    if (failed()) return;
    unit_->blocks.pop();
    place(otherwise);
    release(depth);
    body(node.orelse);
    place(end);
}

void Generator::async_for(ast::AsyncFor& node) {
    if (!unit_->is_async) return error(node.position, "'async for' outside async function");
    const ast::Position& at = node.iter->position;
    uint32_t depth = unit_->depth;
    Operand source = expr(node.iter);
    Reg source_reg = reg_of(at, source);
    release(depth);
    Reg iterator = push_temp();
    emit(at, Opcode::GET_AITER, iterator, source_reg);
    Label loop = new_label(), stop = new_label(), end = new_label();
    Block block{Block::kAsyncFor, depth, unit_->handler, end, loop};
    block.position = node.position;
    if (!push_block(block)) return;
    place(loop);
    uint32_t before = push_handler(stop, depth + 1);
    Reg item = push_temp();
    emit(at, Opcode::GET_ANEXT, item, iterator);
    delegate(at, item, item, true);
    unit_->handler = before;
    store(node.target, in(item));
    release(depth + 1);
    body(node.body);
    emit_jump(kNowhere, Opcode::JUMP_BACK, loop);
    if (failed()) return;
    unit_->blocks.pop();
    place(stop);
    emit(at, Opcode::END_ASYNC_FOR, item, iterator);
    release(depth);
    body(node.orelse);
    place(end);
}

void Generator::assert_statement(ast::Assert& node) {
    auto* tuple = node.test->if_is<ast::Tuple>();
    auto* literal_test = node.test->if_is<ast::Constant>();
    if ((tuple && !tuple->elts.empty()) ||
        (literal_test && literal_test->value.kind == ast::ConstantKind::Tuple &&
         !literal_test->value.items.empty())) {
        if (!warn(node.position,
                  make_str(thread_, "assertion is always true, perhaps remove parentheses?")))
            return;
    }
    if (c_.optimize > 0) return;
    const ast::Position& at = node.test->position;
    Label end = new_label();
    uint32_t depth = unit_->depth;
    jump_if(node.test, end, true);
    Reg exception = push_temp();
    emit(node.position, Opcode::LOAD_COMMON_CONSTANT, exception, 0);
    if (node.msg) {
        expr_in_new_temp(node.msg);
        emit(at, Opcode::CALL, exception, exception, 1);
    }
    emit(at, Opcode::RAISE, exception);
    release(depth);
    place(end);
}

void Generator::raise_statement(ast::Raise& node) {
    uint32_t depth = unit_->depth;
    if (!node.exc) {
        emit(node.position, Opcode::RERAISE_HANDLED);
        return;
    }
    Operand exception = node.cause ? guarded(node.exc, node.cause) : expr(node.exc);
    if (!node.cause) {
        emit(node.position, Opcode::RAISE, reg_of(node.position, exception));
    } else {
        Operand cause = expr(node.cause);
        Reg r = reg_of(node.position, exception);
        emit(node.position, Opcode::RAISE_FROM, r, reg_of(node.position, cause));
    }
    release(depth);
}

// --- imports ---

void Generator::import(ast::Import& node) {
    const ast::Position& at = node.position;
    for (ast::Alias* alias : node.names) {
        uint32_t depth = unit_->depth;
        Reg module = push_temp();
        emit(at, Opcode::LOAD_INT, module, 0);
        emit(at, Opcode::LOAD_NONE, push_temp());
        emit(at, Opcode::IMPORT_NAME, module, module, name_number(alias->name));
        release(depth + 1);
        std::string_view text = alias->name->text();
        size_t dot = text.find('.');
        IdentifierRef stored = alias->asname;
        if (stored) {
            while (dot != std::string_view::npos) {
                size_t begin = dot + 1;
                dot = text.find('.', begin);
                IdentifierRef part = c_.intern(text.substr(begin, dot - begin));
                if (!part) return fail();
                Reg attribute = push_temp();
                emit(at, Opcode::IMPORT_FROM, attribute, module, name_number(part));
                emit(at, Opcode::DROP, module);
                emit(at, Opcode::MOVE, module, attribute);
                release(depth + 1);
            }
        } else {
            stored = dot == std::string_view::npos ? alias->name : c_.intern(text.substr(0, dot));
            if (!stored) return fail();
        }
        store_name(at, stored, in(module));
        release(depth);
    }
}

void Generator::import_from(ast::ImportFrom& node) {
    const ast::Position& at = node.position;
    if (node.module == known_.future && node.level <= 0 && at.line > c_.future_position.line)
        return error(at, "from __future__ imports must occur at the beginning of the file");
    uint32_t depth = unit_->depth;
    Ref<Tuple> wanted = make_tuple_blank(thread_, node.names.size);
    for (uint32_t i = 0; wanted && i < node.names.size; i++) {
        Ref<Str> name = str_of(thread_, node.names[i]->name);
        if (name)
            wanted->items[i].init(std::move(name));
        else
            wanted = {};
    }
    Operand names = constant(std::move(wanted));
    if (failed()) return;
    IdentifierRef source = node.module ? node.module : c_.intern("");
    if (!source) return fail();
    Reg module = push_temp();
    Operand level = constant(Owned::small_int(node.level > 0 ? node.level : 0));
    move(at, level, module);
    Reg from_list = push_temp();
    move(at, names, from_list);
    emit(at, Opcode::IMPORT_NAME, module, module, name_number(source));
    release(depth + 1);
    if (node.names[0]->name->text() == "*") {
        emit(at, Opcode::CALL_INTRINSIC, module, module,
             static_cast<uint32_t>(Intrinsic::IMPORT_STAR));
        emit(kNowhere, Opcode::DROP, module);
        release(depth);
        return;
    }
    for (ast::Alias* alias : node.names) {
        Reg value = push_temp();
        emit(at, Opcode::IMPORT_FROM, value, module, name_number(alias->name));
        store_name(at, alias->asname ? alias->asname : alias->name, in(value));
        release(depth + 1);
    }
    emit(at, Opcode::DROP, module);
    release(depth);
}

}  // namespace imugi::compile
