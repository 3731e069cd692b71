// tuple: immutable, so no lock; its hash is cached by a relaxed store of the one value it can have.
#include "object/tuple.h"

#include "base/hash.h"
#include "memory/collector.h"
#include "object/list.h"
#include "object/native.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/repr_guard.h"
#include "object/slice.h"
#include "object/str.h"
#include "object/value_buffer.h"
#include "thread/safepoint.h"

namespace imugi {

static_assert(offsetof(Tuple, items) == 32);

namespace {

Tuple& tuple_of(Value value) {
    return value.as<Tuple>();
}

constexpr size_t kMostItems = size_t{1} << 58;

// An immortal tuple that has no items, in static storage.
struct EmptyTuple : Tuple {
    constexpr EmptyTuple() : Tuple{} {}
};

Tuple* allocate_tuple(Thread& thread, Type& type, size_t count) {
    if (count > kMostItems) return raise_memory_error(thread);
    Tuple* tuple = allocate<Tuple>(thread, type, count * sizeof(Slot));
    if (tuple != nullptr) tuple->size = count;
    return tuple;
}

}  // namespace

constinit static EmptyTuple the_empty_tuple;

Ref<Tuple> empty_tuple() {
    if (the_empty_tuple.shape_index.load(std::memory_order_relaxed) == 0)
        the_empty_tuple.shape_index.store(k_tuple_shape, std::memory_order_release);
    return Ref<Tuple>::share(the_empty_tuple);
}

Ref<Tuple> make_tuple_blank(Thread& thread, size_t count) {
    if (count == 0) return empty_tuple();
    return Ref<Tuple>::adopt(allocate_tuple(thread, tuple_type, count));
}

Ref<Tuple> make_tuple(Thread& thread, const Value* values, size_t count) {
    if (count == 0) return empty_tuple();
    Ref<Tuple> tuple = TRY(make_tuple_blank(thread, count));
    for (size_t i = 0; i < count; i++) tuple->items[i].init(Owned::share(values[i]));
    track(tuple.get());
    return tuple;
}

Ref<Tuple> tuple_slice(Thread& thread, Tuple& tuple, Index begin, Index end) {
    auto size = static_cast<Index>(tuple.size);
    if (begin < 0) begin = 0;
    if (end > size) end = size;
    if (begin >= end) return empty_tuple();
    if (begin == 0 && end == size && is_exact_tuple(Value::of(tuple)))
        return Ref<Tuple>::share(tuple);
    Ref<Tuple> result = TRY(make_tuple_blank(thread, end - begin));
    for (Index i = begin; i < end; i++) result->items[i - begin].init(tuple.items[i].share());
    track(result.get());
    return result;
}

Ref<Tuple> tuple_from(Thread& thread, Value iterable) {
    if (is_exact_tuple(iterable)) return Ref<Tuple>::share(tuple_of(iterable));
    if (is_exact_list(iterable)) return list_to_tuple(thread, iterable.as<List>());
    if (is_copied_whole(iterable)) {
        Ref<List> items = TRY(list_from(thread, iterable));
        return list_to_tuple(thread, *items);
    }
    ValueBuffer buffer(thread);
    TRY(buffer.extend(iterable));
    return buffer.to_tuple();
}

Ref<Tuple> tuple_concat(Thread& thread, Tuple& left, Tuple& right) {
    if (left.size == 0 && is_exact_tuple(Value::of(right))) return Ref<Tuple>::share(right);
    if (right.size == 0 && is_exact_tuple(Value::of(left))) return Ref<Tuple>::share(left);
    Ref<Tuple> result = TRY(make_tuple_blank(thread, left.size + right.size));
    if (result->size == 0) return result;
    for (size_t i = 0; i < left.size; i++) result->items[i].init(left.items[i].share());
    for (size_t i = 0; i < right.size; i++)
        result->items[left.size + i].init(right.items[i].share());
    track(result.get());
    return result;
}

namespace {

// --- slots ---

void tuple_fields(Object* self, FieldVisitor& visitor) {
    auto* tuple = static_cast<Tuple*>(self);
    visitor.visit(tuple->items, tuple->size);
}

Owned tuple_make(Thread& thread, Type& type, const Arguments& arguments) {
    bool plain = &type == &tuple_type;
    if (plain || type.slots.init == tuple_type.slots.init)
        TRY(reject_keywords(thread, "tuple", arguments));
    TRY(check_positional(thread, "tuple", arguments.positional(), 0, 1));
    Ref<Tuple> items = TRY(arguments.count == 0 ? empty_tuple() : tuple_from(thread, arguments[0]));
    if (plain) return items;
    Tuple* tuple = allocate_tuple(thread, type, items->size);
    if (tuple == nullptr) return {};
    for (size_t i = 0; i < items->size; i++) tuple->items[i].init(items->items[i].share());
    track(tuple);
    return Owned::adopt(tuple);
}

Owned tuple_repr(Thread& thread, Value self) {
    Tuple& tuple = tuple_of(self);
    if (tuple.size == 0) return make_str(thread, "()");
    ReprGuard guard(tuple);
    if (guard.is_recursive()) return make_str(thread, "(...)");
    StrBuilder text(thread);
    TRY(text.append('('));
    for (size_t i = 0; i < tuple.size; i++) {
        TRY(poll_step(thread, i));
        if (i != 0) TRY(text.append(", "));
        Owned item = TRY(repr(thread, tuple[i]));
        TRY(text.append(item.as<Str>()));
    }
    TRY(text.append(tuple.size == 1 ? ",)" : ")"));
    return text.finish();
}

Result<int64_t> tuple_hash(Thread& thread, Value self) {
    Tuple& tuple = tuple_of(self);
    int64_t cached = tuple.cached_hash.load(std::memory_order_relaxed);
    if (cached != 0) return cached;
    if (!check_native_stack(thread)) return failure;
    TupleHash state;
    for (size_t i = 0; i < tuple.size; i++) {
        TRY(poll_step(thread, i));
        state.add(TRY(hash(thread, tuple[i])));
    }
    int64_t result = state.finish(tuple.size);
    tuple.cached_hash.store(result, std::memory_order_relaxed);
    return result;
}

Owned tuple_compare(Thread& thread, Value self, Value other, CompareOp op) {
    if (!is_tuple(self) || !is_tuple(other)) return Owned::share(not_implemented());
    Tuple& left = tuple_of(self);
    Tuple& right = tuple_of(other);
    size_t both = left.size < right.size ? left.size : right.size;
    for (size_t i = 0; i < both; i++) {
        TRY(poll_step(thread, i));
        if (same(left[i], right[i])) continue;
        if (TRY(equals(thread, left[i], right[i]))) continue;
        if (op == CompareOp::kEq) return Owned::share(boolean(false));
        if (op == CompareOp::kNe) return Owned::share(boolean(true));
        return compare(thread, left[i], right[i], op);
    }
    return compare(thread, Value::small_int(static_cast<int64_t>(left.size)),
                   Value::small_int(static_cast<int64_t>(right.size)), op);
}

Result<Index> tuple_length(Thread&, Value self) {
    return static_cast<Index>(tuple_of(self).size);
}

Owned tuple_item(Thread& thread, Value self, Index index) {
    Tuple& tuple = tuple_of(self);
    if (static_cast<size_t>(index) >= tuple.size)
        return raise(thread, exc::IndexError, "tuple index out of range");
    return tuple.items[index].share();
}

Owned tuple_subscript(Thread& thread, Value self, Value key) {
    Tuple& tuple = tuple_of(self);
    if (is_slice(key)) {
        SliceRange range;
        TRY(slice_range(thread, key.as<Slice>(), static_cast<Index>(tuple.size), range));
        if (range.step == 1)
            return tuple_slice(thread, tuple, range.start, range.start + range.count);
        if (range.count == 0) return empty_tuple();
        Ref<Tuple> result = TRY(make_tuple_blank(thread, range.count));
        for (Index i = 0, at = range.start; i < range.count; i++, at += range.step)
            result->items[i].init(tuple.items[at].share());
        track(result.get());
        return result;
    }
    Index index;
    if (key.is_small_int()) {
        index = key.small_int();
    } else {
        if (!type_of(key).slots.index)
            return raise(thread, exc::TypeError, "tuple indices must be integers or slices, not {}",
                         type_name_of(key));
        index = TRY(to_ssize(thread, key));
    }
    if (index < 0) index += static_cast<Index>(tuple.size);
    return tuple_item(thread, self, index);
}

Result<bool> tuple_contains(Thread& thread, Value self, Value element) {
    Tuple& tuple = tuple_of(self);
    for (size_t i = 0; i < tuple.size; i++) {
        TRY(poll_step(thread, i));
        if (TRY(equals(thread, tuple[i], element))) return true;
    }
    return false;
}

Owned tuple_add(Thread& thread, Value self, Value other) {
    if (!is_tuple(other))
        return raise(thread, exc::TypeError, "can only concatenate tuple (not \"{}\") to tuple",
                     type_name_of(other));
    return tuple_concat(thread, tuple_of(self), tuple_of(other));
}

Owned tuple_repeat(Thread& thread, Value self, Index times) {
    Tuple& tuple = tuple_of(self);
    if ((times == 1 || tuple.size == 0) && is_exact_tuple(self)) return Owned::share(self);
    if (times <= 0 || tuple.size == 0) return empty_tuple();
    size_t count;
    if (__builtin_mul_overflow(tuple.size, static_cast<size_t>(times), &count))
        return raise_memory_error(thread);
    Ref<Tuple> result = TRY(make_tuple_blank(thread, count));
    for (size_t i = 0; i < count;)
        for (size_t j = 0; j < tuple.size; j++) result->items[i++].init(tuple.items[j].share());
    track(result.get());
    return result;
}

Owned tuple_iter(Thread& thread, Value self) {
    return make_tuple_iterator(thread, tuple_of(self));
}

// --- methods ---

Owned tuple_getnewargs(Thread& thread, Tuple& self) {
    Ref<Tuple> copy = TRY(make_tuple_blank(thread, self.size));
    if (self.size != 0) {
        for (size_t i = 0; i < self.size; i++) copy->items[i].init(self.items[i].share());
        track(copy.get());
    }
    return make_tuple(thread, copy);
}

Owned tuple_index(Thread& thread, Tuple& self, Value value, Value start, Value stop) {
    Index first = TRY(slice_bound(thread, start));
    Index last = TRY(slice_bound(thread, stop));
    adjust_bounds(first, last, static_cast<Index>(self.size));
    for (Index i = first; i < last; i++) {
        TRY(poll_step(thread, static_cast<size_t>(i)));
        if (TRY(equals(thread, self[i], value))) return Owned::small_int(i);
    }
    return raise(thread, exc::ValueError, "tuple.index(x): x not in tuple");
}

Owned tuple_count(Thread& thread, Tuple& self, Value value) {
    int64_t count = 0;
    for (size_t i = 0; i < self.size; i++) {
        TRY(poll_step(thread, i));
        count += TRY(equals(thread, self[i], value));
    }
    return Owned::small_int(count);
}

const MethodRow tuple_methods[] = {
    {"__getnewargs__", "(self, /)", fn<tuple_getnewargs>},
    {"index", "(self, value, start=0, stop=sys.maxsize, /)", fn<tuple_index>,
     "Return first index of value.\n\nRaises ValueError if the value is not present."},
    {"count", "(self, value, /)", fn<tuple_count>, "Return number of occurrences of value."},
    {"__class_getitem__", "(type, object, /)", fn<class_getitem>, "See PEP 585", kMethodClass},
    {},
};

}  // namespace

Type tuple_type;
const TypeSpec tuple_type_spec = {
    .name = "tuple",
    .doc =
        "Built-in immutable sequence.\n\n"
        "If no argument is given, the constructor returns an empty tuple.\n"
        "If iterable is specified the tuple is initialized from iterable's items.\n\n"
        "If the argument is a tuple, the return value is the same object.",
    .size = offsetof(Tuple, items),
    .item_size = sizeof(Slot),
    .flags = kTypeBase | kTypeTracked | kTypeSequence | kTypeMatchSelf | kTypeIsTuple |
             kTypeDisallowedSubclassLayout,
    .slots = {.repr = tuple_repr,
              .hash = tuple_hash,
              .compare = tuple_compare,
              .iter = tuple_iter,
              .make = tuple_make,
              .fields = tuple_fields,
              .sequence_length = tuple_length,
              .concat = tuple_add,
              .repeat = tuple_repeat,
              .item = tuple_item,
              .contains = tuple_contains,
              .length = tuple_length,
              .subscript = tuple_subscript},
    .methods = tuple_methods,
    .signature = "(iterable=(), /)",
};

}  // namespace imugi
