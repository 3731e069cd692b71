// The abstract operations on numbers: dispatch of binary operators between the operands' slots, and
// conversions. Holds nothing across calls but owned references.
#include "object/call.h"
#include "object/float.h"
#include "object/int.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"

namespace imugi {

namespace {

struct Operator {
    BinaryFn Slots::* slot;
    BinaryFn Slots::* inplace;
    const char* symbol;
    const char* inplace_symbol;
};
constexpr Operator operators[] = {
    {&Slots::add, &Slots::inplace_add, "+", "+="},
    {&Slots::subtract, &Slots::inplace_subtract, "-", "-="},
    {&Slots::multiply, &Slots::inplace_multiply, "*", "*="},
    {&Slots::matrix_multiply, &Slots::inplace_matrix_multiply, "@", "@="},
    {&Slots::true_divide, &Slots::inplace_true_divide, "/", "/="},
    {&Slots::floor_divide, &Slots::inplace_floor_divide, "//", "//="},
    {&Slots::remainder, &Slots::inplace_remainder, "%", "%="},
    {nullptr, nullptr, "** or pow()", "**="},
    {&Slots::left_shift, &Slots::inplace_left_shift, "<<", "<<="},
    {&Slots::right_shift, &Slots::inplace_right_shift, ">>", ">>="},
    {&Slots::bit_and, &Slots::inplace_and, "&", "&="},
    {&Slots::bit_or, &Slots::inplace_or, "|", "|="},
    {&Slots::bit_xor, &Slots::inplace_xor, "^", "^="},
};

// The slots of both operands in their order; NotImplemented when neither wants it.
Owned dispatch(Thread& thread, Value left, Value right, BinaryFn Slots::* slot) {
    Type& left_type = type_of(left);
    Type& right_type = type_of(right);
    BinaryFn mine = left_type.slots.*slot;
    BinaryFn theirs = &left_type == &right_type ? nullptr : right_type.slots.*slot;
    if (mine == theirs) theirs = nullptr;
    if (mine) {
        if (theirs && is_subtype(right_type, left_type)) {
            Owned result = theirs(thread, left, right);
            if (!result || !is_not_implemented(result)) return result;
            theirs = nullptr;
        }
        Owned result = mine(thread, left, right);
        if (!result || !is_not_implemented(result)) return result;
    }
    if (theirs) return theirs(thread, left, right);
    return Owned::share(not_implemented());
}

Owned repeat_sequence(Thread& thread, ItemFn repeat, Value sequence, Value times) {
    if (!times.is_small_int() && !type_of(times).slots.index)
        return raise(thread, exc::TypeError, "can't multiply sequence by non-int of type '{}'",
                     type_name_of(times));
    Index n = TRY(to_ssize(thread, times, exc::OverflowError));
    return repeat(thread, sequence, n);
}

// + and * of sequences, after the number slots have refused; NotImplemented when they are none.
Owned sequence_op(Thread& thread, BinaryOp op, Value left, Value right, bool inplace) {
    const Slots& mine = type_of(left).slots;
    if (op == BinaryOp::kAdd) {
        if (inplace && mine.inplace_concat) return mine.inplace_concat(thread, left, right);
        if (mine.concat) return mine.concat(thread, left, right);
    } else if (op == BinaryOp::kMultiply) {
        const Slots& theirs = type_of(right).slots;
        if (inplace && mine.inplace_repeat)
            return repeat_sequence(thread, mine.inplace_repeat, left, right);
        if (mine.repeat) return repeat_sequence(thread, mine.repeat, left, right);
        // CPython's *= leaves it at that when the left operand could be a sequence.
        if (inplace && has_sequence_slots(type_of(left))) return Owned::share(not_implemented());
        if (theirs.repeat) return repeat_sequence(thread, theirs.repeat, right, left);
    }
    return Owned::share(not_implemented());
}

// `print >> file` deserves a hint.
bool is_print(Value value) {
    if (!has_shape(value, k_native_function_shape)) return false;
    return strcmp(value.as<NativeFunction>().row->name, "print") == 0;
}

}  // namespace

Owned binary_op(Thread& thread, BinaryOp op, Value left, Value right) {
    if (op == BinaryOp::kPower) return power(thread, left, right, none());
    const Operator& row = operators[static_cast<int>(op)];
    Owned result = dispatch(thread, left, right, row.slot);
    if (!result || !is_not_implemented(result)) return result;
    result = sequence_op(thread, op, left, right, false);
    if (!result || !is_not_implemented(result)) return result;
    if (op == BinaryOp::kRightShift && is_print(left))
        return raise(thread, exc::TypeError,
                     "unsupported operand type(s) for {}: '{}' and '{}'. Did you mean \"print("
                     "<message>, file=<output_stream>)\"?",
                     row.symbol, type_name_of(left), type_name_of(right));
    return raise_unsupported_operands(thread, row.symbol, left, right);
}

Owned inplace_op(Thread& thread, BinaryOp op, Value left, Value right) {
    const Operator& row = operators[static_cast<int>(op)];
    if (op == BinaryOp::kPower) {
        if (auto slot = type_of(left).slots.inplace_power) {
            Owned result = slot(thread, left, right, none());
            if (!result || !is_not_implemented(result)) return result;
        }
        Owned result = power_or_not_implemented(thread, left, right, none());
        if (!result || !is_not_implemented(result)) return result;
        return raise_unsupported_operands(thread, row.inplace_symbol, left, right);
    }
    if (BinaryFn slot = type_of(left).slots.*row.inplace) {
        Owned result = slot(thread, left, right);
        if (!result || !is_not_implemented(result)) return result;
    }
    Owned result = dispatch(thread, left, right, row.slot);
    if (!result || !is_not_implemented(result)) return result;
    result = sequence_op(thread, op, left, right, true);
    if (!result || !is_not_implemented(result)) return result;
    return raise_unsupported_operands(thread, row.inplace_symbol, left, right);
}

Owned power_or_not_implemented(Thread& thread, Value base, Value exponent, Value modulus) {
    Type& left_type = type_of(base);
    Type& right_type = type_of(exponent);
    TernaryFn mine = left_type.slots.power;
    TernaryFn theirs = &left_type == &right_type ? nullptr : right_type.slots.power;
    if (mine == theirs) theirs = nullptr;
    TernaryFn tried_first = mine, tried_second = theirs;
    if (mine) {
        if (theirs && is_subtype(right_type, left_type)) {
            Owned result = theirs(thread, base, exponent, modulus);
            if (!result || !is_not_implemented(result)) return result;
            theirs = nullptr;
        }
        Owned result = mine(thread, base, exponent, modulus);
        if (!result || !is_not_implemented(result)) return result;
    }
    if (theirs) {
        Owned result = theirs(thread, base, exponent, modulus);
        if (!result || !is_not_implemented(result)) return result;
    }
    if (!is_none(modulus)) {
        TernaryFn third = type_of(modulus).slots.power;
        if (third && third != tried_first && third != tried_second)
            return third(thread, base, exponent, modulus);
    }
    return Owned::share(not_implemented());
}

Owned power(Thread& thread, Value base, Value exponent, Value modulus) {
    Owned result = power_or_not_implemented(thread, base, exponent, modulus);
    if (!result || !is_not_implemented(result)) return result;
    if (is_none(modulus)) return raise_unsupported_operands(thread, "** or pow()", base, exponent);
    return raise(thread, exc::TypeError,
                 "unsupported operand type(s) for ** or pow(): '{}', '{}', '{}'",
                 type_name_of(base), type_name_of(exponent), type_name_of(modulus));
}

Owned divmod(Thread& thread, Value left, Value right) {
    Owned result = dispatch(thread, left, right, &Slots::divmod);
    if (!result || !is_not_implemented(result)) return result;
    return raise_unsupported_operands(thread, "divmod()", left, right);
}

static Owned unary(Thread& thread, Value value, UnaryFn slot, const char* text) {
    if (slot) return slot(thread, value);
    return raise(thread, exc::TypeError, text, type_name_of(value));
}

Owned negative(Thread& thread, Value value) {
    return unary(thread, value, type_of(value).slots.negative,
                 "bad operand type for unary -: '{}'");
}
Owned positive(Thread& thread, Value value) {
    return unary(thread, value, type_of(value).slots.positive,
                 "bad operand type for unary +: '{}'");
}
Owned invert(Thread& thread, Value value) {
    return unary(thread, value, type_of(value).slots.invert, "bad operand type for unary ~: '{}'");
}
Owned absolute(Thread& thread, Value value) {
    return unary(thread, value, type_of(value).slots.absolute, "bad operand type for abs(): '{}'");
}

// --- conversions ---

Owned to_index(Thread& thread, Value value) {
    if (is_exact_int(value)) return Owned::share(value);
    if (is_int(value)) return int_add(thread, value, Value::small_int(0));  // of class int
    auto slot = type_of(value).slots.index;
    if (!slot)
        return raise(thread, exc::TypeError, "'{}' object cannot be interpreted as an integer",
                     type_name_of(value));
    Owned result = TRY(slot(thread, value));
    if (is_exact_int(result)) return result;
    if (!is_int(result))
        return raise(thread, exc::TypeError, "__index__ returned non-int (type {})",
                     type_name_of(result));
    TRY(warn(thread, exc::DeprecationWarning, 1,
             format(thread,
                    "__index__ returned non-int (type {}).  The ability to return an instance of a "
                    "strict subclass of int is deprecated, and may not be supported in a future "
                    "version of Python.",
                    type_name_of(result))));
    return int_add(thread, result, Value::small_int(0));
}

Result<Index> to_ssize(Thread& thread, Value value, Type& overflow) {
    if (IMUGI_LIKELY(value.is_small_int())) return value.small_int();
    Owned number = to_index(thread, value);
    if (!number) return failure;
    int64_t n;
    if (int_fits_int64(number, &n)) return n;
    return raise(thread, overflow, "cannot fit '{}' into an index-sized integer",
                 type_name_of(value));
}

Result<Index> to_ssize_clamped(Thread& thread, Value value) {
    if (IMUGI_LIKELY(value.is_small_int())) return value.small_int();
    Owned number = to_index(thread, value);
    if (!number) return failure;
    int64_t n;
    if (int_fits_int64(number, &n)) return n;
    return int_sign(number) < 0 ? INT64_MIN : INT64_MAX;
}

Result<int64_t> to_int64(Thread& thread, Value value) {
    if (IMUGI_LIKELY(value.is_small_int())) return value.small_int();
    Owned number = to_index(thread, value);
    if (!number) return failure;
    return int_to_int64(thread, number);
}

Result<uint64_t> to_uint64(Thread& thread, Value value) {
    Owned number = to_index(thread, value);
    if (!number) return failure;
    return int_to_uint64(thread, number);
}

Result<double> to_double(Thread& thread, Value value) {
    if (is_float(value)) return float_number(value);
    if (is_exact_int(value)) return int_to_double(thread, value);
    if (auto slot = type_of(value).slots.to_float) {
        Owned result = slot(thread, value);
        if (!result) return failure;
        if (is_exact_float(result)) return float_number(result);
        if (!is_float(result))
            return raise(thread, exc::TypeError, "{}.__float__ returned non-float (type {})",
                         type_name_of(value), type_name_of(result));
        TRY(warn(thread, exc::DeprecationWarning, 1,
                 format(thread,
                        "{}.__float__ returned non-float (type {}).  The ability to return an "
                        "instance of a strict subclass of float is deprecated, and may not be "
                        "supported in a future version of Python.",
                        type_name_of(value), type_name_of(result))));
        return float_number(result);
    }
    if (type_of(value).slots.index) {
        Owned number = to_index(thread, value);
        if (!number) return failure;
        return int_to_double(thread, number);
    }
    return raise(thread, exc::TypeError, "must be real number, not {}", type_name_of(value));
}

}  // namespace imugi
