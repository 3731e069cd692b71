// The abstract operations: what the language's operators and builtin functions do to any Value.
// Everything here may run Python.
#pragma once

#include "object/attribute.h"
#include "object/errors.h"
#include "object/names.h"
#include "object/type.h"

namespace imugi {

// --- objects ---
Owned repr(Thread& thread, Value value);  // a str
Owned str(Thread& thread, Value value);   // str(value), a str
Owned ascii(Thread& thread, Value value);
Result<int64_t> hash(Thread& thread, Value value);
Owned compare(Thread& thread, Value left, Value right, CompareOp op);  // a < b as Python does it
Result<bool> compare_bool(Thread& thread, Value left, Value right,
                          CompareOp op);  // identity implies ==, as containers do it
Result<bool> equals(Thread& thread, Value left, Value right);  // identity or ==
Result<bool> is_true(Thread& thread, Value value);
Result<bool> is_instance(Thread& thread, Value object, Value class_or_tuple);
Result<bool> is_subclass(Thread& thread, Value derived, Value class_or_tuple);
// isinstance() and issubclass() without __instancecheck__ and __subclasscheck__.
Result<bool> plain_is_instance(Thread& thread, Value object, Value class_);
Result<bool> plain_is_subclass(Thread& thread, Value derived, Value class_);
bool is_callable(Value value);
Owned format_value(Thread& thread, Value value, Value spec);  // format(); spec empty for ''
Owned dir(Thread& thread, Value value);

// --- iteration: next gives nothing when exhausted ---
Owned iterate(Thread& thread, Value iterable);
Owned next(Thread& thread, Value iterator);
// The same for who must see what an iterator ends with: StopIteration stays raised when it has a
// value.
Owned next_or_stop(Thread& thread, Value iterator);
// Iterator over an object with __getitem__ alone.
Owned make_sequence_iterator(Thread& thread, Value sequence);
bool is_iterator(Value value);
// __length_hint__, or the given default.
Result<Index> length_hint(Thread& thread, Value value, Index otherwise);

// --- containers ---
Result<Index> length(Thread& thread, Value value);
Owned get_item(Thread& thread, Value container, Value key);
[[nodiscard]] bool set_item(Thread& thread, Value container, Value key, Value value);
[[nodiscard]] bool delete_item(Thread& thread, Value container, Value key);
// Whether instances have methods of sequences, as CPython sees it: classes made at run time always.
bool has_sequence_slots(const Type& type);
// PySequence_Check: items by number, and no dict.
bool has_items(Value value);
Result<bool> contains(Thread& thread, Value container, Value element);
// `in` for what has no __contains__.
Result<bool> contains_by_iteration(Thread& thread, Value iterable, Value element);
Ref<Tuple> to_tuple(Thread& thread, Value iterable);
Ref<List> to_list(Thread& thread, Value iterable);
// list or tuple as they are, else a new list; message for the TypeError when not iterable.
Owned fast_sequence(Thread& thread, Value iterable, const char* message);

// --- numbers ---
enum class BinaryOp : uint8_t {
    kAdd,
    kSubtract,
    kMultiply,
    kMatrixMultiply,
    kTrueDivide,
    kFloorDivide,
    kRemainder,
    kPower,
    kLeftShift,
    kRightShift,
    kAnd,
    kOr,
    kXor
};
Owned binary_op(Thread& thread, BinaryOp op, Value left, Value right);
Owned inplace_op(Thread& thread, BinaryOp op, Value left, Value right);
Owned power(Thread& thread, Value base, Value exponent, Value modulus);
Owned power_or_not_implemented(Thread& thread, Value base, Value exponent, Value modulus);
Owned divmod(Thread& thread, Value left, Value right);
Owned negative(Thread& thread, Value value);
Owned positive(Thread& thread, Value value);
Owned invert(Thread& thread, Value value);
Owned absolute(Thread& thread, Value value);
Owned to_index(Thread& thread, Value value);  // __index__: an int
Result<Index> to_ssize(Thread& thread, Value value,
                       Type& overflow = exc::IndexError);  // __index__ then Index
Result<Index> to_ssize_clamped(Thread& thread,
                               Value value);            // as slices do: out of range is clamped
Result<double> to_double(Thread& thread, Value value);  // __float__ or __index__
Result<int64_t> to_int64(Thread& thread, Value value);  // __index__; OverflowError
Result<uint64_t> to_uint64(Thread& thread, Value value);
Owned to_int(Thread& thread, Value value);    // int(value)
Owned to_float(Thread& thread, Value value);  // float(value)

}  // namespace imugi
