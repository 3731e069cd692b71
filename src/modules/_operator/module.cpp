// The module _operator: the operators as functions.
#include "modules/_operator/operator.h"
#include "object/buffer.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi::operators {

namespace {

template <BinaryOp op>
Owned binary(Thread& thread, Value a, Value b) {
    return binary_op(thread, op, a, b);
}
template <BinaryOp op>
Owned inplace(Thread& thread, Value a, Value b) {
    return inplace_op(thread, op, a, b);
}
template <CompareOp op>
Owned comparison(Thread& thread, Value a, Value b) {
    return compare(thread, a, b, op);
}

Result<bool> truth(Thread& thread, Value a) {
    return is_true(thread, a);
}
Result<bool> not_(Thread& thread, Value a) {
    return !TRY(is_true(thread, a));
}
Result<bool> is_(Thread&, Value a, Value b) {
    return same(a, b);
}
Result<bool> is_not(Thread&, Value a, Value b) {
    return !same(a, b);
}
Result<bool> is_none_(Thread&, Value a) {
    return is_none(a);
}
Result<bool> is_not_none(Thread&, Value a) {
    return !is_none(a);
}

bool is_sequence(Value value) {
    return !is_dict(value) && type_of(value).slots.item;
}

Owned concat(Thread& thread, Value a, Value b) {
    const Slots& slots = type_of(a).slots;
    if (slots.concat) return slots.concat(thread, a, b);
    if (is_sequence(a) && is_sequence(b) && (slots.add || type_of(b).slots.add))
        return binary_op(thread, BinaryOp::kAdd, a, b);
    return raise(thread, exc::TypeError, "'{}' object can't be concatenated", type_name_of(a));
}
Owned iconcat(Thread& thread, Value a, Value b) {
    const Slots& slots = type_of(a).slots;
    if (slots.inplace_concat || slots.concat || (is_sequence(a) && is_sequence(b)))
        return inplace_op(thread, BinaryOp::kAdd, a, b);
    return raise(thread, exc::TypeError, "'{}' object can't be concatenated", type_name_of(a));
}

// The iterator of what is searched.
Owned searched(Thread& thread, Value a) {
    Owned iterator = iterate(thread, a);
    if (iterator || !clear_exception_if(thread, exc::TypeError)) return iterator;
    return raise(thread, exc::TypeError, "argument of type '{}' is not iterable", type_name_of(a));
}

Owned index_of(Thread& thread, Value a, Value b) {
    Owned iterator = TRY(searched(thread, a));
    for (int64_t i = 0;; i++) {
        Owned item = TRY(next(thread, iterator));
        if (item.is_nothing())
            return raise(thread, exc::ValueError, "sequence.index(x): x not in sequence");
        if (TRY(equals(thread, item, b))) return Owned::small_int(i);
    }
}
Owned count_of(Thread& thread, Value a, Value b) {
    Owned iterator = TRY(searched(thread, a));
    for (int64_t count = 0;;) {
        Owned item = TRY(next(thread, iterator));
        if (item.is_nothing()) return Owned::small_int(count);
        count += TRY(equals(thread, item, b));
    }
}

Owned length_hint_(Thread& thread, Value object, Value otherwise) {
    if (!is_int(otherwise))
        return raise(thread, exc::TypeError, "'{}' object cannot be interpreted as an integer",
                     type_name_of(otherwise));
    Index hint = TRY(to_ssize(thread, otherwise, exc::OverflowError));
    return make_int(thread, TRY(length_hint(thread, object, hint)));
}

// The time taken depends on the length of `b` alone.
bool equal_in_constant_time(const uint8_t* a, size_t a_size, const uint8_t* b, size_t b_size) {
    const volatile uint8_t* left = a_size == b_size ? a : b;
    const volatile uint8_t* right = b;
    volatile uint8_t difference = a_size != b_size;
    for (size_t i = 0; i < b_size; i++)
        difference = static_cast<uint8_t>(difference | (left[i] ^ right[i]));
    return difference == 0;
}

Result<bool> compare_digest(Thread& thread, Value a, Value b) {
    if (is_str(a) && is_str(b)) {
        auto &left = a.as<Str>(), &right = b.as<Str>();
        if (!left.is_ascii() || !right.is_ascii())
            return raise(thread, exc::TypeError,
                         "comparing strings with non-ASCII characters is not supported");
        return equal_in_constant_time(left.data1(), left.length(), right.data1(), right.length());
    }
    if (!has_buffer(a) && !has_buffer(b))
        return raise(thread, exc::TypeError,
                     "unsupported operand types(s) or combination of types: '{}' and '{}'",
                     type_name_of(a), type_name_of(b));
    Buffer left(thread), right(thread);
    if (!left.get(a) || !right.get(b)) return failure;
    if (left.view().dimensions > 1 || right.view().dimensions > 1)
        return raise(thread, exc::BufferError, "Buffer must be single dimension");
    return equal_in_constant_time(left.data(), left.size(), right.data(), right.size());
}

Owned call_(Thread& thread, Value object, Args args, Kwargs kwargs) {
    if (kwargs.count == 0)
        return call(thread, object,
                    Arguments{args.values, static_cast<uint32_t>(args.count), nullptr});
    Ref<Tuple> positional = TRY(make_tuple(thread, args.values, args.count));
    Ref<Dict> named = TRY(make_dict(thread, kwargs.count));
    for (size_t i = 0; i < kwargs.count; i++)
        TRY(dict_set(thread, *named, kwargs.names[i], kwargs.values[i]));
    return call_with(thread, object, *positional, named.get());
}

const MethodRow functions[] = {
    {"truth", "(a, /)", fn<truth>, "Return True if a is true, False otherwise."},
    {"contains", "(a, b, /)", fn<contains>, "Same as b in a (note reversed operands)."},
    {"indexOf", "(a, b, /)", fn<index_of>, "Return the first index of b in a."},
    {"countOf", "(a, b, /)", fn<count_of>,
     "Return the number of items in a which are, or which equal, b."},
    {"is_", "(a, b, /)", fn<is_>, "Same as a is b."},
    {"is_not", "(a, b, /)", fn<is_not>, "Same as a is not b."},
    {"is_none", "(a, /)", fn<is_none_>, "Same as a is None."},
    {"is_not_none", "(a, /)", fn<is_not_none>, "Same as a is not None."},
    {"index", "(a, /)", fn<to_index>, "Same as a.__index__()"},
    {"add", "(a, b, /)", fn<binary<BinaryOp::kAdd>>, "Same as a + b."},
    {"sub", "(a, b, /)", fn<binary<BinaryOp::kSubtract>>, "Same as a - b."},
    {"mul", "(a, b, /)", fn<binary<BinaryOp::kMultiply>>, "Same as a * b."},
    {"matmul", "(a, b, /)", fn<binary<BinaryOp::kMatrixMultiply>>, "Same as a @ b."},
    {"floordiv", "(a, b, /)", fn<binary<BinaryOp::kFloorDivide>>, "Same as a // b."},
    {"truediv", "(a, b, /)", fn<binary<BinaryOp::kTrueDivide>>, "Same as a / b."},
    {"mod", "(a, b, /)", fn<binary<BinaryOp::kRemainder>>, "Same as a % b."},
    {"neg", "(a, /)", fn<negative>, "Same as -a."},
    {"pos", "(a, /)", fn<positive>, "Same as +a."},
    {"abs", "(a, /)", fn<absolute>, "Same as abs(a)."},
    {"inv", "(a, /)", fn<invert>, "Same as ~a."},
    {"invert", "(a, /)", fn<invert>, "Same as ~a."},
    {"lshift", "(a, b, /)", fn<binary<BinaryOp::kLeftShift>>, "Same as a << b."},
    {"rshift", "(a, b, /)", fn<binary<BinaryOp::kRightShift>>, "Same as a >> b."},
    {"not_", "(a, /)", fn<not_>, "Same as not a."},
    {"and_", "(a, b, /)", fn<binary<BinaryOp::kAnd>>, "Same as a & b."},
    {"xor", "(a, b, /)", fn<binary<BinaryOp::kXor>>, "Same as a ^ b."},
    {"or_", "(a, b, /)", fn<binary<BinaryOp::kOr>>, "Same as a | b."},
    {"iadd", "(a, b, /)", fn<inplace<BinaryOp::kAdd>>, "Same as a += b."},
    {"isub", "(a, b, /)", fn<inplace<BinaryOp::kSubtract>>, "Same as a -= b."},
    {"imul", "(a, b, /)", fn<inplace<BinaryOp::kMultiply>>, "Same as a *= b."},
    {"imatmul", "(a, b, /)", fn<inplace<BinaryOp::kMatrixMultiply>>, "Same as a @= b."},
    {"ifloordiv", "(a, b, /)", fn<inplace<BinaryOp::kFloorDivide>>, "Same as a //= b."},
    {"itruediv", "(a, b, /)", fn<inplace<BinaryOp::kTrueDivide>>, "Same as a /= b."},
    {"imod", "(a, b, /)", fn<inplace<BinaryOp::kRemainder>>, "Same as a %= b."},
    {"ilshift", "(a, b, /)", fn<inplace<BinaryOp::kLeftShift>>, "Same as a <<= b."},
    {"irshift", "(a, b, /)", fn<inplace<BinaryOp::kRightShift>>, "Same as a >>= b."},
    {"iand", "(a, b, /)", fn<inplace<BinaryOp::kAnd>>, "Same as a &= b."},
    {"ixor", "(a, b, /)", fn<inplace<BinaryOp::kXor>>, "Same as a ^= b."},
    {"ior", "(a, b, /)", fn<inplace<BinaryOp::kOr>>, "Same as a |= b."},
    {"concat", "(a, b, /)", fn<concat>, "Same as a + b, for a and b sequences."},
    {"iconcat", "(a, b, /)", fn<iconcat>, "Same as a += b, for a and b sequences."},
    {"getitem", "(a, b, /)", fn<get_item>, "Same as a[b]."},
    {"setitem", "(a, b, c, /)", fn<set_item>, "Same as a[b] = c."},
    {"delitem", "(a, b, /)", fn<delete_item>, "Same as del a[b]."},
    {"pow", "(a, b, /)", fn<binary<BinaryOp::kPower>>, "Same as a ** b."},
    {"ipow", "(a, b, /)", fn<inplace<BinaryOp::kPower>>, "Same as a **= b."},
    {"eq", "(a, b, /)", fn<comparison<CompareOp::kEq>>, "Same as a == b."},
    {"ne", "(a, b, /)", fn<comparison<CompareOp::kNe>>, "Same as a != b."},
    {"lt", "(a, b, /)", fn<comparison<CompareOp::kLt>>, "Same as a < b."},
    {"le", "(a, b, /)", fn<comparison<CompareOp::kLe>>, "Same as a <= b."},
    {"gt", "(a, b, /)", fn<comparison<CompareOp::kGt>>, "Same as a > b."},
    {"ge", "(a, b, /)", fn<comparison<CompareOp::kGe>>, "Same as a >= b."},
    {"_compare_digest", "(a, b, /)", fn<compare_digest>,
     "Return 'a == b'.\n\n"
     "This function uses an approach designed to prevent\n"
     "timing analysis, making it appropriate for cryptography.\n\n"
     "a and b must both be of the same type: either str (ASCII only),\n"
     "or any bytes-like object.\n\n"
     "Note: If a and b are of different lengths, or if an error occurs,\n"
     "a timing attack could theoretically reveal information about the\n"
     "types and lengths of a and b--but not their values."},
    {"length_hint", "(obj, default=0, /)", fn<length_hint_>,
     "Return an estimate of the number of items in obj.\n\n"
     "This is useful for presizing containers when building from an iterable.\n\n"
     "If the object supports len(), the result will be exact.\n"
     "Otherwise, it may over- or under-estimate by an arbitrary amount.\n"
     "The result will be an integer >= 0."},
    {"call", "(obj, /, *args, **kwargs)", fn<call_>, "Same as obj(*args, **kwargs)."},
    {},
};

bool execute(Thread& thread, Module& module) {
    return module_add_type(thread, module, attrgetter_spec) != nullptr &&
           module_add_type(thread, module, itemgetter_spec) != nullptr &&
           module_add_type(thread, module, methodcaller_spec) != nullptr;
}

ModuleSpec spec("_operator",
                "Operator interface.\n\n"
                "This module exports a set of functions implemented in C corresponding\n"
                "to the intrinsic operators of Python.  For example, operator.add(x, y)\n"
                "is equivalent to the expression x+y.  The function names are those\n"
                "used for special methods; variants without leading and trailing\n"
                "'__' are also provided for convenience.",
                functions, execute);

}  // namespace
}  // namespace imugi::operators
