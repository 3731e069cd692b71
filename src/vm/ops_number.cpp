// Arithmetic and comparisons: immediates inline, everything else in slow_operators.cpp. See
// dispatch.h for the rules of the loop.
//
// A small int word is 2n + 1, so sums and differences of words need one correction and overflow
// exactly when the 63 bits do.
#include "object/float.h"
#include "object/ordering.h"
#include "object/protocol.h"
#include "vm/dispatch.h"
#include "vm/slow.h"

namespace imugi {

static IMUGI_ALWAYS_INLINE bool both_ints(uint64_t x, uint64_t y) {
    return x & y & 1;
}
static IMUGI_ALWAYS_INLINE bool both_floats(uint64_t x, uint64_t y) {
    return ((x & 3) == 2) & ((y & 3) == 2);
}
// An immediate float or small int as double; false for anything else, and for ints beyond 2**53.
static IMUGI_ALWAYS_INLINE bool quick_double(uint64_t bits, double* out) {
    Value value = Value::from_bits(bits);
    if (value.is_immediate_float()) return *out = value.immediate_float(), true;
    if (!value.is_small_int()) return false;
    int64_t n = value.small_int();
    if (n > (int64_t{1} << 53) || n < -(int64_t{1} << 53)) return false;
    return *out = static_cast<double>(n), true;
}
static IMUGI_ALWAYS_INLINE bool float_and_number(uint64_t x, uint64_t y, double* left,
                                                 double* right) {
    return ((x & 3) == 2 || (y & 3) == 2) && quick_double(x, left) && quick_double(y, right);
}

// The result of a quick operation on immediates goes to a register that may hold an object only if
// it is a local.
#define SET_RESULT(bits) SET_NEXT(D::a(word), bits, 2)
#define SET_FLOAT(number)                                         \
    do {                                                          \
        double number_ = (number);                                \
        if (IMUGI_LIKELY(Value::fits_immediate_float(number_)))   \
            SET_RESULT(Value::immediate_float(number_).bits());   \
        IMUGI_MUSTTAIL return op_generic_binary<D>(OP_ARGUMENTS); \
    } while (0)

// Any operands: the operator's number comes from the opcode.
GENERAL_OP(op_generic_binary) {
    SAVE();
    uint64_t bits =
        slow_binary(thread, frame, r, static_cast<Opcode>(word & 0xFF), D::b(word), D::c(word));
    if (bits == 0) RAISE();
    set_register(r, D::a(word), bits);
    NEXT_DROPPED(2);
}

DEFINE_OP(ADD) {
    uint64_t x = r[D::b(word)], y = r[D::c(word)];
    int64_t sum;
    if (IMUGI_LIKELY(both_ints(x, y)) &&
        !__builtin_add_overflow(static_cast<int64_t>(x), static_cast<int64_t>(y - 1), &sum))
        SET_RESULT(static_cast<uint64_t>(sum));
    if (both_floats(x, y))
        SET_FLOAT(Value::from_bits(x).immediate_float() + Value::from_bits(y).immediate_float());
    double left, right;
    if (float_and_number(x, y, &left, &right)) SET_FLOAT(left + right);
    IMUGI_MUSTTAIL return op_generic_binary<D>(OP_ARGUMENTS);
}

DEFINE_OP(SUBTRACT) {
    uint64_t x = r[D::b(word)], y = r[D::c(word)];
    int64_t difference;
    if (IMUGI_LIKELY(both_ints(x, y)) &&
        !__builtin_sub_overflow(static_cast<int64_t>(x), static_cast<int64_t>(y - 1), &difference))
        SET_RESULT(static_cast<uint64_t>(difference));
    if (both_floats(x, y))
        SET_FLOAT(Value::from_bits(x).immediate_float() - Value::from_bits(y).immediate_float());
    double left, right;
    if (float_and_number(x, y, &left, &right)) SET_FLOAT(left - right);
    IMUGI_MUSTTAIL return op_generic_binary<D>(OP_ARGUMENTS);
}

DEFINE_OP(MULTIPLY) {
    uint64_t x = r[D::b(word)], y = r[D::c(word)];
    int64_t product;
    if (both_ints(x, y)) {
        if (!__builtin_mul_overflow(static_cast<int64_t>(x - 1), static_cast<int64_t>(y) >> 1,
                                    &product))
            SET_RESULT(static_cast<uint64_t>(product) + 1);
    } else if (both_floats(x, y)) {
        SET_FLOAT(Value::from_bits(x).immediate_float() * Value::from_bits(y).immediate_float());
    }
    double left, right;
    if (float_and_number(x, y, &left, &right)) SET_FLOAT(left * right);
    IMUGI_MUSTTAIL return op_generic_binary<D>(OP_ARGUMENTS);
}

DEFINE_OP(TRUE_DIVIDE) {
    uint64_t x = r[D::b(word)], y = r[D::c(word)];
    double left, right;
    if (quick_double(x, &left) && quick_double(y, &right) && right != 0) SET_FLOAT(left / right);
    IMUGI_MUSTTAIL return op_generic_binary<D>(OP_ARGUMENTS);
}

DEFINE_OP(FLOOR_DIVIDE) {
    uint64_t x = r[D::b(word)], y = r[D::c(word)];
    if (both_ints(x, y)) {
        int64_t n = static_cast<int64_t>(x) >> 1, d = static_cast<int64_t>(y) >> 1;
        if (d > 0 || d < -1) {
            int64_t quotient = n / d;
            if (n % d != 0 && (n < 0) != (d < 0)) quotient--;
            SET_RESULT(Value::small_int(quotient).bits());
        }
    }
    IMUGI_MUSTTAIL return op_generic_binary<D>(OP_ARGUMENTS);
}

DEFINE_OP(REMAINDER) {
    uint64_t x = r[D::b(word)], y = r[D::c(word)];
    if (both_ints(x, y)) {
        int64_t n = static_cast<int64_t>(x) >> 1, d = static_cast<int64_t>(y) >> 1;
        if (d > 0 || d < -1) {
            int64_t remainder = n % d;
            if (remainder != 0 && (remainder < 0) != (d < 0)) remainder += d;
            SET_RESULT(Value::small_int(remainder).bits());
        }
    }
    IMUGI_MUSTTAIL return op_generic_binary<D>(OP_ARGUMENTS);
}

DEFINE_OP(BIT_AND) {
    uint64_t x = r[D::b(word)], y = r[D::c(word)];
    if (IMUGI_LIKELY(both_ints(x, y))) SET_RESULT(x & y);
    IMUGI_MUSTTAIL return op_generic_binary<D>(OP_ARGUMENTS);
}

DEFINE_OP(BIT_OR) {
    uint64_t x = r[D::b(word)], y = r[D::c(word)];
    if (IMUGI_LIKELY(both_ints(x, y))) SET_RESULT(x | y);
    IMUGI_MUSTTAIL return op_generic_binary<D>(OP_ARGUMENTS);
}

DEFINE_OP(BIT_XOR) {
    uint64_t x = r[D::b(word)], y = r[D::c(word)];
    if (IMUGI_LIKELY(both_ints(x, y))) SET_RESULT((x ^ y) | 1);
    IMUGI_MUSTTAIL return op_generic_binary<D>(OP_ARGUMENTS);
}

DEFINE_OP(LEFT_SHIFT) {
    uint64_t x = r[D::b(word)], y = r[D::c(word)];
    if (both_ints(x, y)) {
        int64_t n = static_cast<int64_t>(x) >> 1, by = static_cast<int64_t>(y) >> 1;
        if (by >= 0 && by < 62) {
            int64_t shifted = static_cast<int64_t>(static_cast<uint64_t>(n) << by);
            if (shifted >> by == n && Value::fits_small_int(shifted))
                SET_RESULT(Value::small_int(shifted).bits());
        }
    }
    IMUGI_MUSTTAIL return op_generic_binary<D>(OP_ARGUMENTS);
}

DEFINE_OP(RIGHT_SHIFT) {
    uint64_t x = r[D::b(word)], y = r[D::c(word)];
    if (both_ints(x, y)) {
        int64_t n = static_cast<int64_t>(x) >> 1, by = static_cast<int64_t>(y) >> 1;
        if (by >= 0) SET_RESULT(Value::small_int(n >> (by > 63 ? 63 : by)).bits());
    }
    IMUGI_MUSTTAIL return op_generic_binary<D>(OP_ARGUMENTS);
}

DEFINE_OP(POWER) {
    uint64_t x = r[D::b(word)], y = r[D::c(word)];
    // Squares are what programs write most.
    if (y == Value::small_int(2).bits()) {
        if ((x & 3) == 2) {
            double base = Value::from_bits(x).immediate_float();
            SET_FLOAT(base * base);
        }
        int64_t product;
        if ((x & 1) && !__builtin_mul_overflow(static_cast<int64_t>(x - 1),
                                               static_cast<int64_t>(x) >> 1, &product))
            SET_RESULT(static_cast<uint64_t>(product) + 1);
    }
    IMUGI_MUSTTAIL return op_generic_binary<D>(OP_ARGUMENTS);
}

DEFINE_OP(MATRIX_MULTIPLY) {
    IMUGI_MUSTTAIL return op_generic_binary<D>(OP_ARGUMENTS);
}

// --- a literal on the right ---

GENERAL_OP(op_generic_literal) {
    SAVE();
    uint64_t bits = slow_binary_literal(thread, frame, r, static_cast<Opcode>(word & 0xFF),
                                        D::b(word), D::c(word));
    if (bits == 0) RAISE();
    set_register(r, D::a(word), bits);
    NEXT_DROPPED(2);
}

#define LITERAL_SUM(sign, overflow_builtin)                                                      \
    uint64_t x = r[D::b(word)];                                                                  \
    int64_t literal = D::c(word), sum;                                                           \
    if (IMUGI_LIKELY(x & 1) && !overflow_builtin(static_cast<int64_t>(x), literal << 1, &sum))   \
        SET_RESULT(static_cast<uint64_t>(sum));                                                  \
    if ((x & 3) == 2) {                                                                          \
        double number = Value::from_bits(x).immediate_float() sign static_cast<double>(literal); \
        if (Value::fits_immediate_float(number))                                                 \
            SET_RESULT(Value::immediate_float(number).bits());                                   \
    }                                                                                            \
    IMUGI_MUSTTAIL return op_generic_literal<D>(OP_ARGUMENTS)

DEFINE_OP(ADD_INT) {
    LITERAL_SUM(+, __builtin_add_overflow);
}
DEFINE_OP(SUBTRACT_INT) {
    LITERAL_SUM(-, __builtin_sub_overflow);
}
DEFINE_OP(INPLACE_ADD_INT) {
    LITERAL_SUM(+, __builtin_add_overflow);
}
DEFINE_OP(INPLACE_SUBTRACT_INT) {
    LITERAL_SUM(-, __builtin_sub_overflow);
}

// Quick results of `x <op> y` for immediates; 0 when there is none.
static IMUGI_ALWAYS_INLINE uint64_t quick_binary(BinaryOp op, uint64_t x, uint64_t y) {
    double left, right, number;
    if (both_ints(x, y)) {
        int64_t m = static_cast<int64_t>(x) >> 1, n = static_cast<int64_t>(y) >> 1, result;
        switch (op) {
            case BinaryOp::kAdd:
                result = m + n;
                break;
            case BinaryOp::kSubtract:
                result = m - n;
                break;
            case BinaryOp::kMultiply:
                if (__builtin_mul_overflow(m, n, &result)) return 0;
                break;
            case BinaryOp::kFloorDivide:
                if (n <= 0) return 0;
                result = m / n - (m % n < 0);
                break;
            case BinaryOp::kRemainder:
                if (n <= 0) return 0;
                result = m % n;
                if (result < 0) result += n;
                break;
            case BinaryOp::kAnd:
                return x & y;
            case BinaryOp::kOr:
                return x | y;
            case BinaryOp::kXor:
                return (x ^ y) | 1;
            case BinaryOp::kRightShift:
                if (n < 0) return 0;
                result = m >> (n > 63 ? 63 : n);
                break;
            case BinaryOp::kLeftShift:
                if (n < 0 || n > 61) return 0;
                result = static_cast<int64_t>(static_cast<uint64_t>(m) << n);
                if (result >> n != m) return 0;
                break;
            default:
                goto floats;
        }
        return Value::fits_small_int(result) ? Value::small_int(result).bits() : 0;
    }
floats:
    if (!quick_double(x, &left) || !quick_double(y, &right)) return 0;
    switch (op) {
        case BinaryOp::kAdd:
            number = left + right;
            break;
        case BinaryOp::kSubtract:
            number = left - right;
            break;
        case BinaryOp::kMultiply:
            number = left * right;
            break;
        case BinaryOp::kTrueDivide:
            if (right == 0) return 0;
            number = left / right;
            break;
        case BinaryOp::kPower:
            if (right != 2 || both_ints(x, y)) return 0;
            number = left * left;
            break;
        default:
            return 0;
    }
    return Value::fits_immediate_float(number) ? Value::immediate_float(number).bits() : 0;
}

GENERAL_OP(op_general_const) {
    SAVE();
    auto op = static_cast<BinaryOp>(EXTRA(1) & 0xFF);
    bool inplace = static_cast<Opcode>(word & 0xFF) == Opcode::INPLACE_CONST;
    uint64_t bits = slow_binary_const(thread, frame, r, op, inplace,
                                      inplace && D::a(word) == D::b(word), D::b(word), D::c(word));
    if (bits == 0) RAISE();
    set_register(r, D::a(word), bits);
    NEXT_DROPPED(2);
}

GENERAL_OP(op_general_inplace) {
    SAVE();
    auto op = static_cast<BinaryOp>(EXTRA(1) & 0xFF);
    uint64_t bits = slow_inplace(thread, frame, r, op, D::a(word), D::b(word), D::c(word));
    if (bits == 0) RAISE();
    set_register(r, D::a(word), bits);
    NEXT_DROPPED(2);
}

#define QUICK_BINARY(right, general)                                                             \
    uint64_t quick = quick_binary(static_cast<BinaryOp>(EXTRA(1) & 0xFF), r[D::b(word)], right); \
    if (IMUGI_LIKELY(quick != 0)) SET_RESULT(quick);                                             \
    GENERAL(general)
#define CONSTANT_C (frame->constants[D::c(word)].word().load(std::memory_order_relaxed))

DEFINE_OP(BINARY_CONST) {
    QUICK_BINARY(CONSTANT_C, op_general_const);
}

DEFINE_OP(INPLACE_CONST) {
    QUICK_BINARY(CONSTANT_C, op_general_const);
}

DEFINE_OP(INPLACE) {
    QUICK_BINARY(r[D::c(word)], op_general_inplace);
}

// --- one operand ---

#define UNARY_OP(NAME, quick, slow)                                     \
    GENERAL_OP(op_general_##slow) {                                     \
        SAVE();                                                         \
        uint64_t bits = slow_unary(thread, frame, r, slow, D::b(word)); \
        if (bits == 0) RAISE();                                         \
        set_register(r, D::a(word), bits);                              \
        NEXT_DROPPED(1);                                                \
    }                                                                   \
    DEFINE_OP(NAME) {                                                   \
        uint64_t x = r[D::b(word)];                                     \
        int64_t n = quick(static_cast<int64_t>(x) >> 1);                \
        if ((x & 1) && Value::fits_small_int(n))                        \
            SET_NEXT(D::a(word), Value::small_int(n).bits(), 1);        \
        GENERAL(op_general_##slow);                                     \
    }
UNARY_OP(NEGATIVE, -, negative)
UNARY_OP(POSITIVE, +, positive)
UNARY_OP(INVERT, ~, invert)

// --- comparisons ---

// 1, 0, or -1 for "not immediates".
template <CompareOp op>
static IMUGI_ALWAYS_INLINE int quick_compare(uint64_t x, uint64_t y) {
    if (IMUGI_LIKELY(both_ints(x, y)))
        return holds(op, static_cast<int64_t>(x), static_cast<int64_t>(y));
    double left, right;
    if (quick_double(x, &left) && quick_double(y, &right)) return holds(op, left, right);
    return -1;
}

template <class D, CompareOp op>
static IMUGI_NOINLINE OP_FUNCTION(op_general_compare) {
    SAVE();
    uint64_t bits = slow_compare(thread, frame, r, op, D::b(word), D::c(word));
    if (bits == 0) RAISE();
    set_register(r, D::a(word), bits);
    NEXT_DROPPED(2);
}

template <class D, CompareOp op>
static IMUGI_NOINLINE OP_FUNCTION(op_general_jump_compare) {
    SAVE();
    int result = slow_compare_truth(thread, frame, r, op, D::a(word), D::b(word));
    if (result < 0) RAISE();
    pc += result == static_cast<int>(D::c(word)) ? 3 + static_cast<int32_t>(EXTRA(2)) : 3;
    NEXT_DROPPED(0);
}

#define COMPARE_OP(NAME, op)                                                    \
    DEFINE_OP(COMPARE_##NAME) {                                                 \
        int quick = quick_compare<op>(r[D::b(word)], r[D::c(word)]);            \
        if (IMUGI_LIKELY(quick >= 0)) SET_RESULT(boolean(quick).bits());        \
        IMUGI_MUSTTAIL return op_general_compare<D, op>(OP_ARGUMENTS);          \
    }                                                                           \
    DEFINE_OP(JUMP_IF_##NAME) {                                                 \
        int result = quick_compare<op>(r[D::a(word)], r[D::b(word)]);           \
        if (IMUGI_UNLIKELY(result < 0))                                         \
            IMUGI_MUSTTAIL return op_general_jump_compare<D, op>(OP_ARGUMENTS); \
        if (result == static_cast<int>(D::c(word))) JUMP_BY(3);                 \
        NEXT(3);                                                                \
    }
COMPARE_OP(LT, CompareOp::kLt)
COMPARE_OP(LE, CompareOp::kLe)
COMPARE_OP(EQ, CompareOp::kEq)
COMPARE_OP(NE, CompareOp::kNe)
COMPARE_OP(GT, CompareOp::kGt)
COMPARE_OP(GE, CompareOp::kGe)

}  // namespace imugi
