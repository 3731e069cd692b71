// list: items array replaced whole when it grows (retired when others may read it), slots atomic.
// Writers hold the Lock; reads are lock-free.
#pragma once

#include "object/type.h"

namespace imugi {

// The array knows its own capacity, so that a reader never sees a size of one array with the items
// of another.
struct ListItems {
    size_t capacity;
    Slot items[1];
};

struct List : Object {
    std::atomic<ListItems*> array;  // null when capacity is 0
    std::atomic<Index>
        size;  // may be larger than the array a racing reader holds: bound by its capacity
};

Ref<List> make_list(Thread& thread, size_t capacity = 0);
Ref<List> make_list_from(Thread& thread, const Value* values, size_t count);
// Lock-free. Nothing when the index is out of range (0 <= index expected).
Owned list_item(Thread& thread, List& list, Index index);
// The same for an index below 0, counted from the end that the list has when the item is read.
Owned list_item_from_end(Thread& thread, List& list, Index index);
[[nodiscard]] bool list_set_item(Thread& thread, List& list, Index index,
                                 Owned value);  // IndexError
[[nodiscard]] bool list_append(Thread& thread, List& list, Owned value);
[[nodiscard]] bool list_extend(Thread& thread, List& list, Value iterable);
[[nodiscard]] bool list_insert_at(Thread& thread, List& list, Index index, Owned value);
[[nodiscard]] bool list_sort_values(Thread& thread, List& list, Value key, bool reverse);
// list(iterable). Runs Python.
Ref<List> list_from(Thread& thread, Value iterable);
// Whether list_from() has to copy it in one step: exact dicts, their views, sets.
bool is_copied_whole(Value iterable);
// Its position changes under its Lock, unless nobody else has it.
struct ListIterator : Object {
    Slot list;                 // empty once exhausted
    std::atomic<Index> index;  // of the next item
};
Owned make_list_iterator(Thread& thread, List& list);
Owned make_list_reverse_iterator(Thread& thread, List& list);
Owned list_slice(Thread& thread, List& list, Index begin, Index end);
Ref<Tuple> list_to_tuple(Thread& thread, List& list);
// Takes out the first item that is this very object; nothing when there is none.
Owned list_take(Thread& thread, List& list, Value item);
inline Index list_size(const List& list) {
    return list.size.load(std::memory_order_acquire);
}

}  // namespace imugi
