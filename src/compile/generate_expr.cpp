// Expressions: names, operators, comparisons, conditions, attributes, items, f-strings, await.
#include "compile/generator.h"
#include "object/slice.h"
#include "object/tuple.h"

namespace imugi::compile {

using ast::CompareOperator;
using ast::ExprNode;
using ast::Kind;

// --- dispatch ---

Operand Generator::expr(ExprNode* node, Reg wanted) {
    if (failed()) return {};
    if (!c_.check_stack()) {
        fail();
        return {};
    }
    uint32_t depth = unit_->depth;
    Operand result = expr_inner(node, wanted);
    if (failed()) return {};
    release(depth);
    if (wanted != kAnyReg) return finish(node->position, result, wanted);
    if (result.kind == Operand::kRegister && is_temp(result.index)) {
        assert(result.index == temp(depth));
        push_temp();
    }
    return result;
}

void Generator::expr_to(ExprNode* node, Reg dest) {
    (void)expr(node, dest);
}

Reg Generator::expr_in_new_temp(ExprNode* node) {
    Reg dest = temp(unit_->depth);
    (void)expr(node, dest);
    return push_temp();
}

void Generator::discard(ExprNode* node) {
    uint32_t depth = unit_->depth;
    Operand value = expr(node);
    if (value.kind == Operand::kRegister && is_temp(value.index))
        emit(node->position, Opcode::DROP, value.index);
    release(depth);
}

Operand Generator::expr_inner(ExprNode* node, Reg wanted) {
    const ast::Position& at = node->position;
    switch (node->kind) {
        case Kind::Constant:
            return literal(node->as<ast::Constant>()->value);
        case Kind::Name: {
            auto& it = *node->as<ast::Name>();
            if (it.id == known_.debug) return constant(boolean(c_.optimize == 0));
            return load_name(at, it.id, wanted);
        }
        case Kind::BinOp: {
            auto& it = *node->as<ast::BinOp>();
            return binary(at, it.left, it.op, it.right, wanted);
        }
        case Kind::UnaryOp:
            return unary(*node->as<ast::UnaryOp>(), wanted);
        case Kind::BoolOp:
            return bool_op(*node->as<ast::BoolOp>(), wanted);
        case Kind::IfExp:
            return if_expr(*node->as<ast::IfExp>(), wanted);
        case Kind::Compare:
            return compare(*node->as<ast::Compare>(), wanted);
        case Kind::Attribute:
            return attribute(*node->as<ast::Attribute>(), wanted);
        case Kind::Subscript:
            return subscript(*node->as<ast::Subscript>(), wanted);
        case Kind::Slice:
            return slice(*node->as<ast::Slice>(), wanted);
        case Kind::NamedExpr:
            return named_expr(*node->as<ast::NamedExpr>(), wanted);
        case Kind::Lambda:
            return lambda(*node->as<ast::Lambda>(), wanted);
        case Kind::Yield:
            return yield(*node->as<ast::Yield>(), wanted);
        case Kind::YieldFrom:
            return yield_from(*node->as<ast::YieldFrom>(), wanted);
        case Kind::Await:
            return await(*node->as<ast::Await>(), wanted);
        case Kind::JoinedStr:
            return joined_str(*node->as<ast::JoinedStr>(), wanted);
        case Kind::FormattedValue:
            return formatted_value(*node->as<ast::FormattedValue>(), wanted);
        case Kind::TemplateStr:
            return template_str(*node->as<ast::TemplateStr>(), wanted);
        case Kind::Tuple:
            return tuple_display(at, node->as<ast::Tuple>()->elts, wanted);
        case Kind::List:
            return list_display(at, node->as<ast::List>()->elts, wanted);
        case Kind::Set:
            return set_display(at, node->as<ast::Set>()->elts, wanted);
        case Kind::Dict:
            return dict_display(*node->as<ast::Dict>(), wanted);
        case Kind::Call:
            return call(*node->as<ast::Call>(), wanted);
        case Kind::ListComp: {
            auto& it = *node->as<ast::ListComp>();
            return comprehension(it, ComprehensionKind::kList, known_.listcomp_code, it.generators,
                                 it.elt, nullptr, wanted);
        }
        case Kind::SetComp: {
            auto& it = *node->as<ast::SetComp>();
            return comprehension(it, ComprehensionKind::kSet, known_.setcomp_code, it.generators,
                                 it.elt, nullptr, wanted);
        }
        case Kind::DictComp: {
            auto& it = *node->as<ast::DictComp>();
            return comprehension(it, ComprehensionKind::kDict, known_.dictcomp_code, it.generators,
                                 it.key, it.value, wanted);
        }
        case Kind::GeneratorExp: {
            auto& it = *node->as<ast::GeneratorExp>();
            return comprehension(it, ComprehensionKind::kGenerator, known_.genexpr_code,
                                 it.generators, it.elt, nullptr, wanted);
        }
        case Kind::Starred:
            error(at, node->as<ast::Starred>()->ctx == ast::Context::Store
                          ? "starred assignment target must be in a list or tuple"
                          : "can't use starred expression here");
            return {};
        case Kind::Interpolation:
            error(at, "an interpolation stands outside of a template string");
            return {};
        default:
            error(at, "unknown expression");
            return {};
    }
}

// --- rebinding between evaluation and use ---

bool Generator::may_rebind(ExprNode* node, Reg local) {
    if (!unit_->scope.has_walrus || !node || failed()) return false;
    if (!stack_is_ample(thread_)) return true;
    if (auto* named = node->if_is<ast::NamedExpr>())
        if (local_of(named->target->as<ast::Name>()->id) == local) return true;
    bool found = false;
    ast::for_each_child(*node, [&](ast::Node* child) {
        if (found || !child) return;
        switch (child->kind) {
            case Kind::Keyword:
                found = may_rebind(child->as<ast::Keyword>()->value, local);
                break;
            case Kind::Comprehension: {
                auto& part = *child->as<ast::Comprehension>();
                found = may_rebind(part.iter, local);
                for (ExprNode* test : part.ifs) found = found || may_rebind(test, local);
                break;
            }
            case Kind::Arguments:
                break;
            default:
                found = may_rebind(static_cast<ExprNode*>(child), local);
        }
    });
    return found;
}

bool Generator::may_suspend(ExprNode* node) {
    constexpr uint32_t kSuspends = kCodeGenerator | kCodeCoroutine | kCodeAsyncGenerator;
    if (!(unit_->flags & kSuspends) || !node || failed()) return false;
    if (!stack_is_ample(thread_)) return true;
    switch (node->kind) {
        case Kind::Yield:
        case Kind::YieldFrom:
        case Kind::Await:
            return true;
        case Kind::Lambda:
        case Kind::GeneratorExp:
        case Kind::Constant:
        case Kind::Name:
            return false;
        default:
            break;
    }
    bool found = false;
    ast::for_each_child(*node, [&](ast::Node* child) {
        if (found || !child) return;
        switch (child->kind) {
            case Kind::Keyword:
                found = may_suspend(child->as<ast::Keyword>()->value);
                break;
            case Kind::Comprehension:
                found = true;
                break;
            default:
                found = may_suspend(static_cast<ExprNode*>(child));
        }
    });
    return found;
}

Operand Generator::guarded(ExprNode* node, ExprNode* before_use) {
    Operand value = expr(node);
    if (!value.is_local() || !may_rebind(before_use, value.index)) return value;
    Reg copy = push_temp();
    emit(node->position, Opcode::MOVE, copy, value.index);
    return in(copy);
}

// --- operators ---

namespace {

constexpr BinaryOp kBinaryOps[] = {
    BinaryOp::kAdd,        BinaryOp::kSubtract,  BinaryOp::kMultiply, BinaryOp::kMatrixMultiply,
    BinaryOp::kTrueDivide, BinaryOp::kRemainder, BinaryOp::kPower,    BinaryOp::kLeftShift,
    BinaryOp::kRightShift, BinaryOp::kOr,        BinaryOp::kXor,      BinaryOp::kAnd,
    BinaryOp::kFloorDivide};
constexpr Opcode kBinaryOpcodes[] = {
    Opcode::ADD,         Opcode::SUBTRACT,  Opcode::MULTIPLY, Opcode::MATRIX_MULTIPLY,
    Opcode::TRUE_DIVIDE, Opcode::REMAINDER, Opcode::POWER,    Opcode::LEFT_SHIFT,
    Opcode::RIGHT_SHIFT, Opcode::BIT_OR,    Opcode::BIT_XOR,  Opcode::BIT_AND,
    Opcode::FLOOR_DIVIDE};

}  // namespace

Operand Generator::binary(const ast::Position& at, ExprNode* left, ast::Operator op,
                          ExprNode* right, Reg wanted) {
    uint32_t depth = unit_->depth;
    Operand l = guarded(left, right);
    Operand r = expr(right);
    return arithmetic(at, op, l, r, depth, wanted, false);
}

Operand Generator::arithmetic(const ast::Position& at, ast::Operator op, Operand left,
                              Operand right, uint32_t depth, Reg wanted, bool in_place) {
    if (failed()) return {};
    if (left.is_constant() && right.is_constant()) {
        Owned folded = fold_binary(thread_, op, value_of(left), value_of(right));
        if (!folded || !folded.is_nothing()) return constant(std::move(folded));
    }
    auto number = static_cast<uint32_t>(op);
    Reg l = reg_of(at, left);
    if (right.is_constant()) {
        Value value = value_of(right);
        bool literal = value.is_small_int() && value.small_int() >= 0 && value.small_int() < 256;
        if (literal && (op == ast::Operator::Add || op == ast::Operator::Sub)) {
            release(depth);
            Reg d = out(wanted);
            bool add = op == ast::Operator::Add;
            Opcode opcode = in_place
                                ? (add ? Opcode::INPLACE_ADD_INT : Opcode::INPLACE_SUBTRACT_INT)
                                : (add ? Opcode::ADD_INT : Opcode::SUBTRACT_INT);
            emit(at, opcode, d, l, static_cast<uint32_t>(value.small_int()));
            return in(d);
        }
        uint32_t k = constant_number(right.index);
        if (k <= UINT16_MAX) {
            release(depth);
            Reg d = out(wanted);
            emit(at, in_place ? Opcode::INPLACE_CONST : Opcode::BINARY_CONST, d, l, k).words[0] =
                static_cast<uint32_t>(kBinaryOps[number]);
            return in(d);
        }
    }
    Reg r = reg_of(at, right);
    release(depth);
    Reg d = out(wanted);
    if (in_place)
        emit(at, Opcode::INPLACE, d, l, r).words[0] = static_cast<uint32_t>(kBinaryOps[number]);
    else
        emit(at, kBinaryOpcodes[number], d, l, r);
    return in(d);
}

Operand Generator::unary(ast::UnaryOp& node, Reg wanted) {
    uint32_t depth = unit_->depth;
    Operand value = expr(node.operand);
    if (failed()) return {};
    if (value.is_constant()) {
        Owned folded = fold_unary(thread_, node.op, value_of(value));
        if (!folded || !folded.is_nothing()) return constant(std::move(folded));
    }
    static constexpr Opcode kOps[] = {Opcode::INVERT, Opcode::NOT, Opcode::POSITIVE,
                                      Opcode::NEGATIVE};
    Reg r = reg_of(node.position, value);
    release(depth);
    Reg d = out(wanted);
    emit(node.position, kOps[static_cast<int>(node.op)], d, r);
    return in(d);
}

namespace {

// -1: no literal.
int literal_truth(ExprNode* node) {
    auto* constant = node->if_is<ast::Constant>();
    if (!constant) return -1;
    const ast::ConstantValue& value = constant->value;
    switch (value.kind) {
        case ast::ConstantKind::None:
        case ast::ConstantKind::False:
            return 0;
        case ast::ConstantKind::True:
        case ast::ConstantKind::Ellipsis:
            return 1;
        case ast::ConstantKind::Int:
            for (char ch : value.text)
                if (ch != '0' && ch != '-') return 1;
            return 0;
        case ast::ConstantKind::Float:
            return value.number != 0;
        case ast::ConstantKind::Complex:
            return value.number != 0 || value.real != 0;
        case ast::ConstantKind::Str:
        case ast::ConstantKind::Bytes:
            return !value.text.empty();
        default:
            return -1;
    }
}

}  // namespace

Operand Generator::bool_op(ast::BoolOp& node, Reg wanted) {
    bool is_or = node.op == ast::BoolOperator::Or;
    // Values that cannot decide are left out; one that always decides ends the chain.
    uint32_t last = node.values.size - 1, first = 0;
    while (first < last && literal_truth(node.values[first]) == !is_or) first++;
    if (first == last || literal_truth(node.values[first]) == is_or)
        return expr(node.values[first], wanted);
    Reg result = wanted != kAnyReg && is_temp(wanted) ? wanted : temp(unit_->depth);
    if (result == temp(unit_->depth)) push_temp();
    Label end = new_label();
    for (uint32_t i = first; i < last; i++) {
        int truth = literal_truth(node.values[i]);
        if (truth == !is_or) continue;
        if (truth == is_or) {
            last = i;
            break;
        }
        expr_to(node.values[i], result);
        emit_jump(node.position,
                  is_or ? Opcode::JUMP_IF_TRUE_OR_DROP : Opcode::JUMP_IF_FALSE_OR_DROP, end,
                  result);
    }
    expr_to(node.values[last], result);
    place(end);
    return in(result);
}

Operand Generator::if_expr(ast::IfExp& node, Reg wanted) {
    int truth = literal_truth(node.test);
    if (truth >= 0) return expr(truth ? node.body : node.orelse, wanted);
    Label otherwise = new_label(), end = new_label();
    jump_if(node.test, otherwise, false);
    Reg d = wanted != kAnyReg ? wanted : temp(unit_->depth);
    expr_to(node.body, d);
    emit_jump(kNowhere, Opcode::JUMP, end);
    place(otherwise);
    expr_to(node.orelse, d);
    place(end);
    if (wanted == kAnyReg) push_temp();
    return in(d);
}

// --- comparisons ---

Reg Generator::compare_once(const ast::Position& at, CompareOperator op, Reg left, Reg right,
                            Reg dest) {
    static constexpr Opcode kOps[] = {Opcode::COMPARE_EQ,  Opcode::COMPARE_NE, Opcode::COMPARE_LT,
                                      Opcode::COMPARE_LE,  Opcode::COMPARE_GT, Opcode::COMPARE_GE,
                                      Opcode::IS,          Opcode::IS_NOT,     Opcode::CONTAINS,
                                      Opcode::NOT_CONTAINS};
    emit(at, kOps[static_cast<int>(op)], dest, left, right);
    return dest;
}

Operand Generator::compare(ast::Compare& node, Reg wanted) {
    if (!check_compare(node)) return {};
    const ast::Position& at = node.position;
    uint32_t count = node.ops.size, depth = unit_->depth;
    auto right_operand = [&](uint32_t i) {
        CompareOperator op = node.ops[i];
        if (op == CompareOperator::In || op == CompareOperator::NotIn) {
            Operand folded = fold_container(node.comparators[i]);
            if (folded.kind != Operand::kNone) return folded;
        }
        return i + 1 < count ? guarded(node.comparators[i], node.comparators[i + 1])
                             : expr(node.comparators[i]);
    };
    Operand left = guarded(node.left, node.comparators[0]);
    if (count == 1) {
        Operand right = right_operand(0);
        Reg l = reg_of(at, left), r = reg_of(at, right);
        release(depth);
        Reg d = out(wanted);
        compare_once(at, node.ops[0], l, r, d);
        return in(d);
    }
    // a < b < c: b serves twice; the first false comparison is the result. The result is kept at
    // `depth`, the operand that lives on at one above.
    Label end = new_label(), cleanup = new_label();
    Reg result = temp(depth), kept = temp(depth + 1);
    Reg first = reg_of(at, left);
    if (is_temp(first) && first != result) emit(at, Opcode::MOVE, result, first), first = result;
    release(depth);
    push_temp();
    bool any_kept = false;
    for (uint32_t i = 0; i + 1 < count; i++) {
        release(depth + (is_temp(first) && first == kept ? 2 : 1));
        Operand right = right_operand(i);
        Reg r = reg_of(at, right), next = r, used = r;
        if (is_temp(r)) {
            used = push_temp();
            emit(at, Opcode::COPY, used, r);
        }
        compare_once(at, node.ops[i], first, used, result);
        // The kept operand moves down to its place, which is empty by now.
        if (is_temp(next) && next != kept) emit(at, Opcode::MOVE, kept, next), next = kept;
        bool keeps = is_temp(next);
        if (keeps) any_kept = true;
        emit_jump(at, Opcode::JUMP_IF_FALSE_OR_DROP, keeps ? cleanup : end, result);
        first = next;
    }
    release(depth + (is_temp(first) ? 2 : 1));
    Operand right = right_operand(count - 1);
    Reg r = reg_of(at, right);
    compare_once(at, node.ops[count - 1], first, r, result);
    if (any_kept) {
        emit_jump(kNowhere, Opcode::JUMP, end);
        place(cleanup);
        emit(at, Opcode::DROP, kept);
    }
    place(end);
    release(depth);
    push_temp();
    return in(result);
}

void Generator::jump_if_once(const ast::Position& at, CompareOperator op, Operand left,
                             Operand right, Label target, bool when) {
    if (failed()) return;
    bool is = op == CompareOperator::Is, is_not = op == CompareOperator::IsNot;
    if ((is || is_not) && right.is_constant() && is_none(value_of(right))) {
        emit_jump(at, is == when ? Opcode::JUMP_IF_NONE : Opcode::JUMP_IF_NOT_NONE, target,
                  reg_of(at, left));
        return;
    }
    Reg l = reg_of(at, left), r = reg_of(at, right);
    switch (op) {
        case CompareOperator::Eq:
            return emit_jump(at, Opcode::JUMP_IF_EQ, target, l, r, when);
        case CompareOperator::NotEq:
            return emit_jump(at, Opcode::JUMP_IF_NE, target, l, r, when);
        case CompareOperator::Lt:
            return emit_jump(at, Opcode::JUMP_IF_LT, target, l, r, when);
        case CompareOperator::LtE:
            return emit_jump(at, Opcode::JUMP_IF_LE, target, l, r, when);
        case CompareOperator::Gt:
            return emit_jump(at, Opcode::JUMP_IF_GT, target, l, r, when);
        case CompareOperator::GtE:
            return emit_jump(at, Opcode::JUMP_IF_GE, target, l, r, when);
        case CompareOperator::Is:
            return emit_jump(at, Opcode::JUMP_IF_IS, target, l, r, when);
        case CompareOperator::IsNot:
            return emit_jump(at, Opcode::JUMP_IF_IS, target, l, r, !when);
        case CompareOperator::In:
            return emit_jump(at, Opcode::JUMP_IF_IN, target, l, r, when);
        case CompareOperator::NotIn:
            return emit_jump(at, Opcode::JUMP_IF_IN, target, l, r, !when);
    }
}

void Generator::jump_if_compare(ast::Compare& node, Label target, bool when) {
    const ast::Position& at = node.position;
    uint32_t depth = unit_->depth;
    if (node.ops.size > 1) {
        Operand value = compare(node, kAnyReg);
        Reg reg = reg_of(at, value);
        release(depth);
        emit_jump(at, when ? Opcode::JUMP_IF_TRUE : Opcode::JUMP_IF_FALSE, target, reg);
        return;
    }
    if (!check_compare(node)) return;
    CompareOperator op = node.ops[0];
    Operand left = guarded(node.left, node.comparators[0]);
    Operand right;
    if (op == CompareOperator::In || op == CompareOperator::NotIn)
        right = fold_container(node.comparators[0]);
    if (right.kind == Operand::kNone) right = expr(node.comparators[0]);
    jump_if_once(at, op, left, right, target, when);
    release(depth);
}

void Generator::jump_if(ExprNode* node, Label target, bool when) {
    if (failed()) return;
    if (!c_.check_stack()) return fail();
    switch (node->kind) {
        case Kind::UnaryOp: {
            auto& it = *node->as<ast::UnaryOp>();
            if (it.op == ast::UnaryOperator::Not) return jump_if(it.operand, target, !when);
            break;
        }
        case Kind::BoolOp: {
            auto& it = *node->as<ast::BoolOp>();
            bool is_or = it.op == ast::BoolOperator::Or;
            Label decided = is_or == when ? target : new_label();
            for (uint32_t i = 0; i + 1 < it.values.size; i++) jump_if(it.values[i], decided, is_or);
            jump_if(it.values.back(), target, when);
            if (is_or != when) place(decided);
            return;
        }
        case Kind::IfExp: {
            auto& it = *node->as<ast::IfExp>();
            Label otherwise = new_label(), end = new_label();
            jump_if(it.test, otherwise, false);
            jump_if(it.body, target, when);
            emit_jump(kNowhere, Opcode::JUMP, end);
            place(otherwise);
            jump_if(it.orelse, target, when);
            place(end);
            return;
        }
        case Kind::Compare:
            return jump_if_compare(*node->as<ast::Compare>(), target, when);
        default:
            break;
    }
    uint32_t depth = unit_->depth;
    Operand value = expr(node);
    release(depth);
    if (failed()) return;
    if (value.is_constant()) {
        Result<bool> truth = is_true(thread_, value_of(value));
        if (!truth) return fail();
        emit(node->position, Opcode::NOP);
        if (*truth == when) emit_jump(node->position, Opcode::JUMP, target);
        return;
    }
    emit_jump(node->position, when ? Opcode::JUMP_IF_TRUE : Opcode::JUMP_IF_FALSE, target,
              value.index);
}

// --- attributes and items ---

// An attribute access that spans lines is shown where the attribute's name stands.
void Generator::attribute_position(ast::Attribute& node, ast::Position* at) {
    if (at->line == node.position.end_line) return;
    at->line = node.position.end_line;
    auto length = static_cast<int32_t>(node.attr->size);
    at->end_line = node.position.end_line;
    at->end_column = node.position.end_column;
    at->column = length <= node.position.end_column ? node.position.end_column - length : -1;
    if (at->column < 0) at->end_column = -1;
}

Operand Generator::attribute(ast::Attribute& node, Reg wanted) {
    uint32_t depth = unit_->depth;
    if (auto* call_node = node.value->if_is<ast::Call>(); call_node && is_super_call(*call_node)) {
        bool loaded = load_super(*call_node);
        if (failed()) return {};
        if (loaded) {
            release(depth);
            Reg d = out(wanted);
            ast::Position at = node.position;
            attribute_position(node, &at);
            emit(node.position, Opcode::LOAD_SUPER_ATTR, d, temp(depth),
                 name_number(mangle_in(c_, unit_->scope, node.attr)))
                .words[0] = call_node->args.size;
            emit(at, Opcode::NOP);
            return in(d);
        }
    }
    Operand object = expr(node.value);
    ast::Position at = node.position;
    attribute_position(node, &at);
    Reg r = reg_of(at, object);
    release(depth);
    Reg d = out(wanted);
    ast::IdentifierRef name = mangle_in(c_, unit_->scope, node.attr);
    if (!name) return fail(), Operand{};
    emit(at, Opcode::LOAD_ATTR, d, r, name_number(name));
    return in(d);
}

bool Generator::is_plain_slice(ExprNode* node) {
    auto* it = node->if_is<ast::Slice>();
    if (!it || it->step) return false;
    auto is_literal = [](ExprNode* part) { return !part || part->is<ast::Constant>(); };
    return !is_literal(it->lower) || !is_literal(it->upper);
}

Operand Generator::subscript(ast::Subscript& node, Reg wanted) {
    if (!check_subscripter(node.value) || !check_index(node.value, node.slice)) return {};
    uint32_t depth = unit_->depth;
    const ast::Position& at = node.position;
    Operand container = guarded(node.value, node.slice);
    if (is_plain_slice(node.slice)) {
        auto& part = *node.slice->as<ast::Slice>();
        Reg c = reg_of(at, container);
        Reg first = temp(unit_->depth);
        for (ExprNode* bound : {part.lower, part.upper}) {
            if (bound)
                expr_in_new_temp(bound);
            else
                emit(at, Opcode::LOAD_NONE, push_temp());
        }
        release(depth);
        Reg d = out(wanted);
        emit(at, Opcode::GET_SLICE, d, c, first);
        return in(d);
    }
    Operand key = expr(node.slice);
    if (failed()) return {};
    if (container.is_constant() && key.is_constant()) {
        Owned folded = fold_subscript(thread_, value_of(container), value_of(key));
        if (!folded || !folded.is_nothing()) return constant(std::move(folded));
    }
    Reg c = reg_of(at, container), k = reg_of(at, key);
    release(depth);
    Reg d = out(wanted);
    emit(at, Opcode::GET_ITEM, d, c, k);
    return in(d);
}

Operand Generator::slice(ast::Slice& node, Reg wanted) {
    uint32_t depth = unit_->depth;
    ExprNode* parts[] = {node.lower, node.upper, node.step};
    bool literals = true;
    for (ExprNode* part : parts) literals = literals && (!part || part->is<ast::Constant>());
    if (literals) {
        Owned values[3];
        for (int i = 0; i < 3; i++) {
            values[i] = parts[i] ? make_literal(thread_, parts[i]->as<ast::Constant>()->value)
                                 : Owned::share(none());
            if (!values[i]) return fail(), Operand{};
        }
        return constant(Owned(make_slice(thread_, values[0], values[1], values[2])));
    }
    uint32_t count = node.step ? 3 : 2;
    for (uint32_t i = 0; i < count; i++) {
        if (parts[i])
            expr_in_new_temp(parts[i]);
        else
            emit(node.position, Opcode::LOAD_NONE, push_temp());
    }
    release(depth);
    Reg d = out(wanted);
    emit(node.position, Opcode::BUILD_SLICE, d, temp(depth), count);
    return in(d);
}

Operand Generator::named_expr(ast::NamedExpr& node, Reg wanted) {
    auto& target = *node.target->as<ast::Name>();
    Reg local = local_of(target.id);
    if (local != kAnyReg) {
        expr_to(node.value, local);
        return in(local);
    }
    Reg value = expr_in_new_temp(node.value);
    Reg copy = push_temp();
    emit(node.position, Opcode::COPY, copy, value);
    store_name(target.position, target.id, in(copy));
    return in(value);
}

// --- generators and coroutines ---

Operand Generator::yield(ast::Yield& node, Reg wanted) {
    if (!unit_->scope.is_function_like()) {
        error(node.position, "'yield' outside function");
        return {};
    }
    uint32_t depth = unit_->depth;
    Operand value = node.value ? expr(node.value) : constant(none());
    Reg r = reg_of(node.position, value);
    release(depth);
    Reg d = out(wanted);
    emit(node.position, Opcode::YIELD, d, r);
    emit(node.position, Opcode::RESUME, 1);
    return in(d);
}

Operand Generator::yield_from(ast::YieldFrom& node, Reg wanted) {
    const ast::Position& at = node.position;
    if (!unit_->scope.is_function_like()) {
        error(at, "'yield from' outside function");
        return {};
    }
    if (unit_->scope.is_async_def || (unit_->flags & kCodeAsyncGenerator)) {
        error(at, "'yield from' inside async function");
        return {};
    }
    uint32_t depth = unit_->depth;
    Operand value = expr(node.value);
    Reg r = reg_of(at, value);
    release(depth);
    Reg iterator = push_temp();
    emit(at, Opcode::GET_YIELD_FROM_ITER, iterator, r);
    Reg d = wanted == kAnyReg ? iterator : wanted;
    delegate(at, iterator, d, false);
    return in(d);
}

Operand Generator::await(ast::Await& node, Reg wanted) {
    const ast::Position& at = node.position;
    if (!unit_->is_async) {
        error(at, unit_->scope.is_function_like() ? "'await' outside async function"
                                                  : "'await' outside function");
        return {};
    }
    uint32_t depth = unit_->depth;
    Operand value = expr(node.value);
    Reg r = reg_of(at, value);
    release(depth);
    Reg iterator = push_temp();
    emit(at, Opcode::GET_AWAITABLE, iterator, r, 0);
    Reg d = wanted == kAnyReg ? iterator : wanted;
    delegate(at, iterator, d, true);
    return in(d);
}

void Generator::delegate(const ast::Position& at, Reg iterator, Reg dest, bool awaiting) {
    uint32_t depth = unit_->depth;
    Reg value = push_temp();
    Label loop = new_label(), done = new_label(), after = new_label(), thrown = new_label();
    emit(at, Opcode::LOAD_NONE, value);
    place(loop);
    emit_jump(at, Opcode::SEND, done, value, iterator, value);
    uint32_t before = push_handler(thrown, depth);
    emit(at, Opcode::YIELD_AWAIT, value, value, iterator);
    emit(at, Opcode::RESUME, awaiting ? 3 : 2);
    unit_->handler = before;
    emit_jump(kNowhere, Opcode::JUMP_BACK, loop);
    place(thrown);
    emit_jump(at, Opcode::CLEANUP_THROW, after, dest, iterator, value);
    place(done);
    emit(at, Opcode::END_SEND, dest, iterator, value);
    place(after);
    release(depth);
}

// --- f-strings and t-strings ---

namespace {

uint32_t conversion_number(int32_t conversion) {
    return conversion == 's' ? 1 : conversion == 'r' ? 2 : conversion == 'a' ? 3 : 0;
}

}  // namespace

Operand Generator::formatted_value(ast::FormattedValue& node, Reg wanted) {
    uint32_t depth = unit_->depth;
    uint32_t conversion = conversion_number(node.conversion);
    if (!node.format_spec) {
        Operand value = expr(node.value);
        Reg r = reg_of(node.position, value);
        release(depth);
        Reg d = out(wanted);
        emit(node.position, Opcode::FORMAT_VALUE, d, r, conversion);
        return in(d);
    }
    Reg value = expr_in_new_temp(node.value);
    expr_in_new_temp(node.format_spec);
    release(depth);
    Reg d = out(wanted);
    emit(node.position, Opcode::FORMAT_WITH_SPEC, d, value, conversion);
    return in(d);
}

static bool gives_str(ExprNode* part) {
    if (auto* constant = part->if_is<ast::Constant>())
        return constant->value.kind == ast::ConstantKind::Str;
    if (auto* text = part->if_is<ast::JoinedStr>())
        return text->values.size != 1 || gives_str(text->values[0]);
    return part->is<ast::FormattedValue>();
}

Operand Generator::joined_str(ast::JoinedStr& node, Reg wanted) {
    constexpr uint32_t kMaxInRegisters = 30;
    const ast::Position& at = node.position;
    uint32_t depth = unit_->depth, count = node.values.size;
    if (count == 0) return constant(Owned(empty_str()));
    if (count == 1) return expr(node.values[0], wanted);
    // ''.join([...]) keeps the frame small, and complains of a part that is no string: a tree that
    // was made up may hold any expression.
    bool strs = true;
    for (ExprNode* part : node.values) strs &= gives_str(part);
    if (count > kMaxInRegisters || !strs) {
        Reg method = push_temp();
        Reg self = push_temp();
        Operand empty = constant(Owned(empty_str()));
        if (failed()) return {};
        load_constant(at, empty.index, method);
        emit(at, Opcode::LOAD_METHOD, method, method, name_number(known_.join));
        (void)self;
        Reg list = push_temp();
        emit(at, Opcode::BUILD_LIST, list, list, 0);
        for (ExprNode* part : node.values) {
            Reg item = expr_in_new_temp(part);
            emit(part->position, Opcode::LIST_APPEND, list, item);
            release(depth + 3);
        }
        release(depth);
        Reg d = out(wanted);
        emit(at, Opcode::CALL_METHOD, d, method, 1);
        return in(d);
    }
    for (ExprNode* part : node.values) expr_in_new_temp(part);
    release(depth);
    Reg d = out(wanted);
    emit(at, Opcode::BUILD_STRING, d, temp(depth), count);
    return in(d);
}

Operand Generator::template_str(ast::TemplateStr& node, Reg wanted) {
    const ast::Position& at = node.position;
    uint32_t depth = unit_->depth, interpolations = 0;
    for (ExprNode* part : node.values) interpolations += part->is<ast::Interpolation>();
    // Strings and interpolations alternate, strings at both ends.
    Ref<Tuple> strings = make_tuple_blank(thread_, interpolations + 1);
    if (!strings) return fail(), Operand{};
    uint32_t at_string = 0;
    for (ExprNode* part : node.values) {
        if (part->is<ast::Interpolation>()) {
            if (strings->items[at_string].is_empty())
                strings->items[at_string].init(Owned(empty_str()));
            at_string++;
        } else {
            Owned text = make_literal(thread_, part->as<ast::Constant>()->value);
            if (!text) return fail(), Operand{};
            Slot& slot = strings->items[at_string];
            if (!slot.is_empty()) text = str_concat(thread_, slot.as<Str>(), text.as<Str>());
            if (!text) return fail(), Operand{};
            (void)slot.exchange(std::move(text));
        }
    }
    if (strings->items[at_string].is_empty()) strings->items[at_string].init(Owned(empty_str()));
    Operand constant_strings = constant(std::move(strings));
    Reg strings_reg = push_temp();
    move(at, constant_strings, strings_reg);
    bool many = interpolations > 30;
    Reg list = temp(depth + 1);
    if (many) {
        push_temp();
        emit(at, Opcode::BUILD_LIST, list, list, 0);
    }
    for (ExprNode* part : node.values) {
        auto* it = part->if_is<ast::Interpolation>();
        if (!it) continue;
        uint32_t base = unit_->depth;
        expr_in_new_temp(it->value);
        Operand text = literal(it->str);
        Reg text_reg = push_temp();
        move(it->position, text, text_reg);
        uint32_t form = conversion_number(it->conversion) << 2;
        if (it->format_spec) {
            expr_in_new_temp(it->format_spec);
            form |= 1;
        }
        release(base);
        Reg made = push_temp();
        emit(it->position, Opcode::BUILD_INTERPOLATION, made, temp(base), form);
        if (many) {
            emit(it->position, Opcode::LIST_APPEND, list, made);
            release(base);
        }
    }
    if (many)
        emit(at, Opcode::LIST_TO_TUPLE, list, list);
    else
        emit(at, Opcode::BUILD_TUPLE, list, list, interpolations);
    release(depth + 1);
    push_temp();
    release(depth);
    Reg d = out(wanted);
    emit(at, Opcode::BUILD_TEMPLATE, d, strings_reg, list);
    return in(d);
}

}  // namespace imugi::compile
