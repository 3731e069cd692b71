// Operators on anything but immediates. Operands that are temporaries are consumed once the
// operation is done.
#include "object/dict.h"
#include "object/float.h"
#include "object/int.h"
#include "object/set.h"
#include "object/str.h"
#include "vm/registers.h"
#include "vm/slow.h"

namespace imugi {

int slow_truth_kept(Thread& thread, uint64_t bits) {
    Result<bool> truth = is_true(thread, Value::from_bits(bits));
    return truth ? *truth : -1;
}

int slow_truth(Thread& thread, Frame* frame, uint64_t* r, uint32_t i) {
    int truth = slow_truth_kept(thread, r[i]);
    if (truth >= 0) discard(frame, r, i);
    return truth;
}

int slow_contains(Thread& thread, Frame* frame, uint64_t* r, uint32_t element, uint32_t container) {
    Value value = value_at(r, element), in = value_at(r, container);
    Result<bool> found = is_exact_dict(in)  ? dict_contains(thread, in.as<Dict>(), value)
                         : is_exact_set(in) ? set_contains(thread, in.as<Set>(), value)
                                            : contains(thread, in, value);
    if (!found) return -1;
    discard(frame, r, element);
    discard(frame, r, container);
    return *found;
}

static BinaryOp operator_of(Opcode op) {
    switch (op) {
        case Opcode::ADD:
        case Opcode::ADD_INT:
        case Opcode::INPLACE_ADD_INT:
            return BinaryOp::kAdd;
        case Opcode::SUBTRACT:
        case Opcode::SUBTRACT_INT:
        case Opcode::INPLACE_SUBTRACT_INT:
            return BinaryOp::kSubtract;
        case Opcode::MULTIPLY:
            return BinaryOp::kMultiply;
        case Opcode::TRUE_DIVIDE:
            return BinaryOp::kTrueDivide;
        case Opcode::FLOOR_DIVIDE:
            return BinaryOp::kFloorDivide;
        case Opcode::REMAINDER:
            return BinaryOp::kRemainder;
        case Opcode::POWER:
            return BinaryOp::kPower;
        case Opcode::MATRIX_MULTIPLY:
            return BinaryOp::kMatrixMultiply;
        case Opcode::LEFT_SHIFT:
            return BinaryOp::kLeftShift;
        case Opcode::RIGHT_SHIFT:
            return BinaryOp::kRightShift;
        case Opcode::BIT_AND:
            return BinaryOp::kAnd;
        case Opcode::BIT_OR:
            return BinaryOp::kOr;
        default:
            return BinaryOp::kXor;
    }
}

uint64_t slow_binary(Thread& thread, Frame* frame, uint64_t* r, Opcode opcode, uint32_t b,
                     uint32_t c) {
    BinaryOp op = operator_of(opcode);
    Value left = value_at(r, b), right = value_at(r, c);
    Owned result;
    if (op == BinaryOp::kAdd && is_exact_str(left) && is_exact_str(right)) {
        // A dying temporary on the left may grow in place.
        if (is_temporary(frame, b)) {
            result = str_append(thread, consume(frame, r, b), right.as<Str>());
        } else {
            result = str_concat(thread, left.as<Str>(), right.as<Str>());
        }
    } else {
        result = binary_op(thread, op, left, right);
    }
    if (!result) return 0;
    discard(frame, r, c);
    discard(frame, r, b);
    return result.release();
}

uint64_t slow_binary_literal(Thread& thread, Frame* frame, uint64_t* r, Opcode opcode, uint32_t b,
                             uint32_t literal) {
    BinaryOp op = operator_of(opcode);
    bool inplace = opcode == Opcode::INPLACE_ADD_INT || opcode == Opcode::INPLACE_SUBTRACT_INT;
    Value right = Value::small_int(literal);
    Owned result = inplace ? inplace_op(thread, op, value_at(r, b), right)
                           : binary_op(thread, op, value_at(r, b), right);
    if (!result) return 0;
    discard(frame, r, b);
    return result.release();
}

uint64_t slow_binary_const(Thread& thread, Frame* frame, uint64_t* r, BinaryOp op, bool inplace,
                           bool is_target, uint32_t b, uint32_t constant) {
    Value right = frame->constants[constant].borrow();
    Value left = value_at(r, b);
    Owned result;
    if (op == BinaryOp::kAdd && is_exact_str(left) && is_exact_str(right)) {
        if (is_target) {
            // As in slow_inplace.
            uint64_t bits = std::exchange(r[b], 0);
            result = str_append(thread, own_moved(bits), right.as<Str>());
        } else {
            result = is_temporary(frame, b)
                         ? str_append(thread, consume(frame, r, b), right.as<Str>())
                         : str_concat(thread, left.as<Str>(), right.as<Str>());
        }
    } else {
        result = inplace ? inplace_op(thread, op, left, right) : binary_op(thread, op, left, right);
    }
    if (!result) return 0;
    if (!is_target) discard(frame, r, b);
    return result.release();
}

uint64_t slow_inplace(Thread& thread, Frame* frame, uint64_t* r, BinaryOp op, uint32_t a,
                      uint32_t b, uint32_t c) {
    Value left = value_at(r, b), right = value_at(r, c);
    Owned result;
    if (op == BinaryOp::kAdd && is_exact_str(left) && is_exact_str(right) &&
        (a == b || is_temporary(frame, b))) {
        // `s += x`: the statement's own target gives its reference away, so that the str may grow
        // in place.
        uint64_t bits = r[b];
        r[b] = 0;
        result = str_append(thread, own_moved(bits), right.as<Str>());
    } else {
        result = inplace_op(thread, op, left, right);
    }
    if (!result) return 0;
    discard(frame, r, c);
    if (b != a) discard(frame, r, b);
    return result.release();
}

uint64_t slow_unary(Thread& thread, Frame* frame, uint64_t* r, Owned (*operation)(Thread&, Value),
                    uint32_t b) {
    Owned result = operation(thread, value_at(r, b));
    if (!result) return 0;
    discard(frame, r, b);
    return result.release();
}

// Equality of two exact strs without going through slots; -1 when they are not.
static int quick_str_compare(Value left, Value right, CompareOp op) {
    if (!is_exact_str(left) || !is_exact_str(right)) return -1;
    if (op == CompareOp::kEq)
        return same(left, right) || str_equal(left.as<Str>(), right.as<Str>());
    if (op == CompareOp::kNe)
        return !same(left, right) && !str_equal(left.as<Str>(), right.as<Str>());
    return -1;
}

uint64_t slow_compare(Thread& thread, Frame* frame, uint64_t* r, CompareOp op, uint32_t b,
                      uint32_t c) {
    Value left = value_at(r, b), right = value_at(r, c);
    int quick = quick_str_compare(left, right, op);
    Owned result = quick >= 0 ? Owned::share(boolean(quick)) : compare(thread, left, right, op);
    if (!result) return 0;
    discard(frame, r, b);
    discard(frame, r, c);
    return result.release();
}

int slow_compare_truth(Thread& thread, Frame* frame, uint64_t* r, CompareOp op, uint32_t a,
                       uint32_t b) {
    Value left = value_at(r, a), right = value_at(r, b);
    int truth = quick_str_compare(left, right, op);
    if (truth < 0) {
        Owned result = compare(thread, left, right, op);
        if (!result) return -1;
        Result<bool> is = is_true(thread, result);
        if (!is) return -1;
        truth = *is;
    }
    discard(frame, r, a);
    discard(frame, r, b);
    return truth;
}

}  // namespace imugi
