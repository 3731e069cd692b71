// The iterators of ranges: over machine ints where all items and the stop fit, else over ints of
// any size. The first kind needs no lock; the second replaces its index under its Lock.
#include "object/range_iterators.h"

#include "memory/collector.h"
#include "object/int.h"
#include "object/iterators.h"
#include "object/native.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi {

struct LongRangeIterator : Object {
    Slot start, step, length;  // immutable ints
    Slot index;                // int, replaced under the Lock
};
IMUGI_BUILTIN_TYPE_BY_OBJECT(RangeIterator, range_iterator_type);
IMUGI_BUILTIN_TYPE_BY_OBJECT(LongRangeIterator, longrange_iterator_type);

namespace {

constexpr Value kOne = Value::small_int(1);

Owned make_short(Thread& thread, int64_t start, int64_t step, int64_t length) {
    auto* iterator = allocate<RangeIterator>(thread, range_iterator_type);
    if (iterator == nullptr) return {};
    iterator->start = start;
    iterator->step = step;
    iterator->length = length;
    return Owned::adopt(iterator);
}

Owned make_long(Thread& thread, Value start, Value step, Value length) {
    auto* iterator = allocate<LongRangeIterator>(thread, longrange_iterator_type);
    if (iterator == nullptr) return {};
    iterator->start.init(Owned::share(start));
    iterator->step.init(Owned::share(step));
    iterator->length.init(Owned::share(length));
    iterator->index.init(Owned::small_int(0));
    return Owned::adopt(iterator);
}

// True if the items and the place after the last are machine ints.
bool fits(Value start, Value step, Value length, int64_t* first, int64_t* stride, int64_t* count) {
    int64_t span, end;
    return int_fits_int64(start, first) && int_fits_int64(step, stride) &&
           int_fits_int64(length, count) && !__builtin_mul_overflow(*stride, *count, &span) &&
           !__builtin_add_overflow(*first, span, &end);
}

Owned make_either(Thread& thread, Value start, Value step, Value length) {
    int64_t first, stride, count;
    if (fits(start, step, length, &first, &stride, &count))
        return make_short(thread, first, stride, count);
    return make_long(thread, start, step, length);
}

// --- machine ints ---

Owned short_next(Thread& thread, Value self) {
    auto& iterator = self.as<RangeIterator>();
    int64_t index = iterator.index.load(std::memory_order_relaxed);
    if (IMUGI_LIKELY(is_unique(&iterator))) {
        if (index >= iterator.length) return Owned::nothing();
        iterator.index.store(index + 1, std::memory_order_relaxed);
    } else {
        do {
            if (index >= iterator.length) return Owned::nothing();
        } while (
            !iterator.index.compare_exchange_weak(index, index + 1, std::memory_order_relaxed));
    }
    return make_int(thread, iterator.start + index * iterator.step);
}

Owned short_length_hint(Thread& thread, RangeIterator& self) {
    return make_int(thread, self.length - self.index.load(std::memory_order_relaxed));
}

Owned short_reduce(Thread& thread, RangeIterator& self) {
    int64_t index = self.index.load(std::memory_order_relaxed);
    Owned start = TRY(make_int(thread, self.start + index * self.step));
    Owned stop = TRY(make_int(thread, self.start + self.length * self.step));
    Owned step = TRY(make_int(thread, self.step));
    Ref<Range> rest = TRY(make_range(thread, start, stop, step));
    return reduce_to_builtin(thread, ID(iter), rest, none());
}

bool short_setstate(Thread& thread, RangeIterator& self, Value state) {
    Index skip = TRY(to_ssize(thread, state, exc::OverflowError));
    int64_t index = self.index.load(std::memory_order_relaxed);
    int64_t target;
    do {
        int64_t left = self.length - index;
        target = index + (skip < 0 ? 0 : skip > left ? left : skip);
    } while (!self.index.compare_exchange_weak(index, target, std::memory_order_relaxed));
    return true;
}

// --- ints of any size ---

void long_fields(Object* self, FieldVisitor& visitor) {
    auto* iterator = static_cast<LongRangeIterator*>(self);
    visitor.visit(iterator->start);
    visitor.visit(iterator->step);
    visitor.visit(iterator->length);
    visitor.visit(iterator->index);
}

Owned index_of(Thread& thread, LongRangeIterator& iterator) {
    Lock guard(thread, iterator);
    return iterator.index.share();
}

// False when another thread has changed the index since `seen` was read; then `seen` is read anew.
bool advance(Thread& thread, LongRangeIterator& iterator, Owned& seen, Owned next) {
    Owned old;
    Lock guard(thread, iterator);
    if (!same(iterator.index.borrow(), seen)) {
        old = std::exchange(seen, iterator.index.share());
        return false;
    }
    old = iterator.index.exchange(std::move(next));
    return true;
}

Owned item_at(Thread& thread, LongRangeIterator& self, Value index) {
    Owned offset = TRY(int_multiply(thread, index, self.step.borrow()));
    return int_add(thread, self.start.borrow(), offset);
}

Owned long_next(Thread& thread, Value self) {
    auto& iterator = self.as<LongRangeIterator>();
    Owned index = index_of(thread, iterator);
    for (;;) {
        if (int_compare(index, iterator.length.borrow()) >= 0) return Owned::nothing();
        Owned following = TRY(int_add(thread, index, kOne));
        Owned item = TRY(item_at(thread, iterator, index));
        if (advance(thread, iterator, index, std::move(following))) return item;
    }
}

Owned long_length_hint(Thread& thread, LongRangeIterator& self) {
    Owned index = index_of(thread, self);
    return int_subtract(thread, self.length.borrow(), index);
}

Owned long_reduce(Thread& thread, LongRangeIterator& self) {
    Owned index = index_of(thread, self);
    Owned start = TRY(item_at(thread, self, index));
    Owned stop = TRY(item_at(thread, self, self.length.borrow()));
    Ref<Range> rest = TRY(make_range(thread, start, stop, self.step.borrow()));
    return reduce_to_builtin(thread, ID(iter), rest, none());
}

bool long_setstate(Thread& thread, LongRangeIterator& self, Value state) {
    if (!is_int(state))
        return raise(thread, exc::TypeError, "state must be an int, not {}", type_name_of(state));
    Owned index = index_of(thread, self);
    for (;;) {
        Owned target = int_sign(state) < 0 ? index.share() : TRY(int_add(thread, index, state));
        if (int_compare(target, self.length.borrow()) > 0) target = self.length.share();
        if (advance(thread, self, index, std::move(target))) return true;
    }
}

const MethodRow short_rows[] = {
    {"__length_hint__", "(self, /)", fn<short_length_hint>,
     "Private method returning an estimate of len(list(it))."},
    {"__reduce__", "(self, /)", fn<short_reduce>, "Return state information for pickling."},
    {"__setstate__", "(self, object, /)", fn<short_setstate>,
     "Set state information for unpickling."},
    {},
};
const MethodRow long_rows[] = {
    {"__length_hint__", "(self, /)", fn<long_length_hint>,
     "Private method returning an estimate of len(list(it))."},
    {"__reduce__", "(self, /)", fn<long_reduce>, "Return state information for pickling."},
    {"__setstate__", "(self, object, /)", fn<long_setstate>,
     "Set state information for unpickling."},
    {},
};

}  // namespace

Owned make_range_iterator(Thread& thread, Range& range) {
    return make_either(thread, range.start.borrow(), range.step.borrow(), range.length.borrow());
}

Owned make_reverse_range_iterator(Thread& thread, Range& range) {
    Value step = range.step.borrow();
    Owned last = TRY(int_subtract(thread, range.length.borrow(), kOne));
    last = TRY(int_multiply(thread, last, step));
    last = TRY(int_add(thread, range.start.borrow(), last));
    Owned backward = TRY(int_subtract(thread, Value::small_int(0), step));
    return make_either(thread, last, backward, range.length.borrow());
}

Type range_iterator_type;
const TypeSpec range_iterator_type_spec = {
    .name = "range_iterator",
    .size = sizeof(RangeIterator),
    .flags = kTypeNoInstantiate,
    .slots = {.iter = iterator_self, .next = short_next},
    .methods = short_rows,
};

Type longrange_iterator_type;
const TypeSpec longrange_iterator_type_spec = {
    .name = "longrange_iterator",
    .size = sizeof(LongRangeIterator),
    .flags = kTypeNoInstantiate,
    .slots = {.iter = iterator_self, .next = long_next, .fields = long_fields},
    .methods = long_rows,
};

}  // namespace imugi
