// tuple: immutable once published; items are read with borrow() while the tuple is held.
#pragma once

#include "object/type.h"

namespace imugi {

struct Tuple : Object {
    std::atomic<int64_t> cached_hash;  // 0: not yet
    size_t size;
    Slot items[1];

    Value operator[](size_t i) const { return items[i].borrow(); }
};

// `count` empty slots, filled by the caller with items[i].init() before anybody sees it; then track
// it.
Ref<Tuple> make_tuple_blank(Thread& thread, size_t count);
Ref<Tuple> make_tuple(Thread& thread, const Value* values, size_t count);
template <class... V>
Ref<Tuple> make_tuple(Thread& thread, const V&... values)
    requires(std::is_convertible_v<const V&, Value> && ...)
{
    const Value list[] = {static_cast<Value>(values)..., Value()};
    return make_tuple(thread, list, sizeof...(V));
}
Ref<Tuple> empty_tuple();
// tuple(iterable): an exact tuple is itself. Runs Python.
Ref<Tuple> tuple_from(Thread& thread, Value iterable);
Ref<Tuple> tuple_concat(Thread& thread, Tuple& left, Tuple& right);
// Its position changes under its Lock, unless nobody else has it.
struct TupleIterator : Object {
    Slot tuple;  // empty once exhausted
    std::atomic<size_t> index;
};
Owned make_tuple_iterator(Thread& thread, Tuple& tuple);
Ref<Tuple> tuple_slice(Thread& thread, Tuple& tuple, Index begin, Index end);

}  // namespace imugi
