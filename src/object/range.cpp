// range: immutable, so no lock. Arithmetic on ints of any size.
#include "object/range.h"

#include "memory/collector.h"
#include "object/int.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/range_iterators.h"
#include "object/slice.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

IMUGI_BUILTIN_TYPE_BY_OBJECT(Range, range_type);

namespace {

constexpr Value kOne = Value::small_int(1);

// How many items there are from `start` up to `stop`.
Owned count_items(Thread& thread, Value start, Value stop, Value step) {
    bool up = int_sign(step) > 0;
    Value low = up ? start : stop;
    Value high = up ? stop : start;
    if (int_compare(low, high) >= 0) return Owned::small_int(0);
    Owned stride = TRY(up ? Owned::share(step) : int_subtract(thread, Value::small_int(0), step));
    Owned distance = TRY(int_subtract(thread, high, low));
    distance = TRY(int_subtract(thread, distance, kOne));
    Owned steps = TRY(int_floor_divide(thread, distance, stride));
    return int_add(thread, steps, kOne);
}

// The bounds are exact ints.
Ref<Range> make_checked(Thread& thread, Owned start, Owned stop, Owned step) {
    if (int_sign(step) == 0)
        return raise(thread, exc::ValueError, "range() arg 3 must not be zero");
    Owned length = TRY(count_items(thread, start, stop, step));
    auto* range = allocate<Range>(thread, range_type);
    if (range == nullptr) return {};
    range->start.init(std::move(start));
    range->stop.init(std::move(stop));
    range->step.init(std::move(step));
    range->length.init(std::move(length));
    return Ref<Range>::adopt(range);
}

// An item of a range, whose number may be any int.
Owned item_at(Thread& thread, Range& range, Value number) {
    Owned offset = TRY(int_multiply(thread, number, range.step.borrow()));
    return int_add(thread, range.start.borrow(), offset);
}

}  // namespace

Ref<Range> make_range(Thread& thread, Value start, Value stop, Value step) {
    Owned first = TRY(to_index(thread, start));
    Owned last = TRY(to_index(thread, stop));
    Owned stride = TRY(step.is_empty() ? Owned::small_int(1) : to_index(thread, step));
    return make_checked(thread, std::move(first), std::move(last), std::move(stride));
}

namespace {

Range& range_of(Value value) {
    return value.as<Range>();
}

void range_fields(Object* self, FieldVisitor& visitor) {
    auto* range = static_cast<Range*>(self);
    visitor.visit(range->start);
    visitor.visit(range->stop);
    visitor.visit(range->step);
    visitor.visit(range->length);
}

Owned range_make(Thread& thread, Type&, const Arguments& arguments) {
    TRY(reject_keywords(thread, "range", arguments));
    TRY(check_positional(thread, "range", arguments, 1, 3));
    if (arguments.count == 1) return make_range(thread, Value::small_int(0), arguments[0], Value());
    return make_range(thread, arguments[0], arguments[1],
                      arguments.count == 3 ? arguments[2] : Value());
}

bool is_one(Value value) {
    return value.is_small_int() && value.small_int() == 1;
}

Owned range_repr(Thread& thread, Value self) {
    Range& range = range_of(self);
    if (is_one(range.step.borrow()))
        return format(thread, "range({}, {})", range.start.borrow(), range.stop.borrow());
    return format(thread, "range({}, {}, {})", range.start.borrow(), range.stop.borrow(),
                  range.step.borrow());
}

Result<int64_t> range_hash(Thread& thread, Value self) {
    Range& range = range_of(self);
    Value length = range.length.borrow();
    bool any = int_sign(length) != 0;
    Ref<Tuple> key = TRY(make_tuple(thread, length, any ? range.start.borrow() : none(),
                                    any && !is_one(length) ? range.step.borrow() : none()));
    return hash(thread, key);
}

bool equal_ranges(Range& left, Range& right) {
    Value length = left.length.borrow();
    if (int_compare(length, right.length.borrow()) != 0) return false;
    if (int_sign(length) == 0) return true;
    if (int_compare(left.start.borrow(), right.start.borrow()) != 0) return false;
    return is_one(length) || int_compare(left.step.borrow(), right.step.borrow()) == 0;
}

Owned range_compare(Thread&, Value self, Value other, CompareOp op) {
    if (!has_shape(other, k_range_shape) || (op != CompareOp::kEq && op != CompareOp::kNe))
        return Owned::share(not_implemented());
    bool equal = same(self, other) || equal_ranges(range_of(self), range_of(other));
    return Owned::share(boolean(equal == (op == CompareOp::kEq)));
}

Result<Index> range_length(Thread& thread, Value self) {
    int64_t length;
    if (int_fits_int64(range_of(self).length.borrow(), &length)) return length;
    return raise(thread, exc::OverflowError, "Python int too large to convert to C ssize_t");
}

Result<bool> range_boolean(Thread&, Value self) {
    return int_sign(range_of(self).length.borrow()) != 0;
}

Owned get_number(Thread& thread, Range& range, Value number) {
    Value length = range.length.borrow();
    Owned index =
        int_sign(number) < 0 ? TRY(int_add(thread, number, length)) : Owned::share(number);
    if (int_sign(index) < 0 || int_compare(index, length) >= 0)
        return raise(thread, exc::IndexError, "range object index out of range");
    return item_at(thread, range, index);
}

Owned range_item(Thread& thread, Value self, Index index) {
    Owned number = TRY(make_int(thread, index));
    if (index < 0) return raise(thread, exc::IndexError, "range object index out of range");
    return get_number(thread, range_of(self), number);
}

Owned get_slice(Thread& thread, Range& range, Slice& slice) {
    Owned bounds = TRY(slice_indices(thread, slice, range.length.borrow()));
    auto& tuple = bounds.as<Tuple>();
    Owned start = TRY(item_at(thread, range, tuple[0]));
    Owned stop = TRY(item_at(thread, range, tuple[1]));
    Owned step = TRY(int_multiply(thread, range.step.borrow(), tuple[2]));
    return make_checked(thread, std::move(start), std::move(stop), std::move(step));
}

Owned range_subscript(Thread& thread, Value self, Value key) {
    if (is_slice(key)) return get_slice(thread, range_of(self), key.as<Slice>());
    if (!is_int(key) && !type_of(key).slots.index)
        return raise(thread, exc::TypeError, "range indices must be integers or slices, not {}",
                     type_name_of(key));
    Owned number = TRY(to_index(thread, key));
    return get_number(thread, range_of(self), number);
}

// The position of an int in the range; nothing when it is not there.
Owned position_of(Thread& thread, Range& range, Value number) {
    Value start = range.start.borrow(), stop = range.stop.borrow(), step = range.step.borrow();
    bool inside = int_sign(step) > 0
                      ? int_compare(start, number) <= 0 && int_compare(number, stop) < 0
                      : int_compare(stop, number) < 0 && int_compare(number, start) <= 0;
    if (!inside) return Owned::nothing();
    Owned distance = TRY(int_subtract(thread, number, start));
    Owned remainder = TRY(int_remainder(thread, distance, step));
    if (int_sign(remainder) != 0) return Owned::nothing();
    return int_floor_divide(thread, distance, step);
}

bool is_plain_int(Value value) {
    return is_exact_int(value) || has_shape(value, k_bool_shape);
}

// Compares all items. The position of the first equal one, or with `count` how many are.
Owned search_slowly(Thread& thread, Value self, Value element, bool count) {
    Owned iterator = TRY(iterate(thread, self));
    Owned tally = Owned::small_int(0);
    for (;;) {
        Owned item = TRY(next(thread, iterator));
        if (item.is_nothing()) return count ? std::move(tally) : Owned::nothing();
        bool equal = TRY(equals(thread, item, element));
        if (equal && !count) return tally;
        if (equal || !count) tally = TRY(int_add(thread, tally, kOne));
    }
}

Result<bool> range_contains(Thread& thread, Value self, Value element) {
    Owned position = TRY(is_plain_int(element) ? position_of(thread, range_of(self), element)
                                               : search_slowly(thread, self, element, false));
    return !position.is_nothing();
}

Owned range_iter(Thread& thread, Value self) {
    return make_range_iterator(thread, range_of(self));
}

// --- methods ---

Owned range_reversed(Thread& thread, Range& self) {
    return make_reverse_range_iterator(thread, self);
}

Owned range_reduce(Thread& thread, Range& self) {
    Ref<Tuple> arguments =
        TRY(make_tuple(thread, self.start.borrow(), self.stop.borrow(), self.step.borrow()));
    return make_tuple(thread, Value::of(range_type), arguments);
}

Owned range_count(Thread& thread, Range& self, Value element) {
    if (!is_plain_int(element)) return search_slowly(thread, Value::of(self), element, true);
    Owned position = TRY(position_of(thread, self, element));
    return Owned::small_int(position.is_nothing() ? 0 : 1);
}

Owned range_index(Thread& thread, Range& self, Value element) {
    bool plain = is_plain_int(element);
    Owned position = TRY(plain ? position_of(thread, self, element)
                               : search_slowly(thread, Value::of(self), element, false));
    if (!position.is_nothing()) return position;
    if (plain) return raise(thread, exc::ValueError, "{} is not in range", repr_of(element));
    return raise(thread, exc::ValueError, "sequence.index(x): x not in sequence");
}

const MethodRow range_rows[] = {
    {"__reversed__", "(self, /)", fn<range_reversed>, "Return a reverse iterator."},
    {"__reduce__", "(self, /)", fn<range_reduce>},
    {"count", "(self, object, /)", fn<range_count>,
     "rangeobject.count(value) -> integer -- return number of occurrences of value"},
    {"index", "(self, object, /)", fn<range_index>,
     "rangeobject.index(value) -> integer -- return index of value.\n"
     "Raise ValueError if the value is not present."},
    {},
};

const MemberRow range_members[] = {
    {"start", MemberKind::kObject, offsetof(Range, start)},
    {"stop", MemberKind::kObject, offsetof(Range, stop)},
    {"step", MemberKind::kObject, offsetof(Range, step)},
    {},
};

}  // namespace

Type range_type;
const TypeSpec range_type_spec = {
    .name = "range",
    .doc =
        "range(stop) -> range object\n"
        "range(start, stop[, step]) -> range object\n\n"
        "Return an object that produces a sequence of integers from start (inclusive)\n"
        "to stop (exclusive) by step.  range(i, j) produces i, i+1, i+2, ..., j-1.\n"
        "start defaults to 0, and stop is omitted!  range(4) produces 0, 1, 2, 3.\n"
        "These are exactly the valid indices for a list of 4 elements.\n"
        "When step is given, it specifies the increment (or decrement).",
    .size = sizeof(Range),
    .flags = kTypeSequence,
    .slots = {.repr = range_repr,
              .hash = range_hash,
              .compare = range_compare,
              .iter = range_iter,
              .make = range_make,
              .fields = range_fields,
              .boolean = range_boolean,
              .sequence_length = range_length,
              .item = range_item,
              .contains = range_contains,
              .length = range_length,
              .subscript = range_subscript},
    .methods = range_rows,
    .members = range_members,
};

}  // namespace imugi
