// The items array behind a list: making one, and replacing it while others may read the old one.
// Inside the list's own files and ValueBuffer only.
#pragma once

#include "memory/heap.h"
#include "object/list.h"
#include "thread/grace.h"

namespace imugi {

inline size_t list_items_bytes(size_t capacity) {
    return offsetof(ListItems, items) + capacity * sizeof(Slot);
}

// Uninitialised slots. Null when memory is short.
inline ListItems* allocate_list_items(size_t capacity) {
    if (capacity > (size_t{1} << 59)) return nullptr;
    auto* array = static_cast<ListItems*>(array_allocate(list_items_bytes(capacity)));
    if (array != nullptr) array->capacity = capacity;
    return array;
}

// A marker that stands in for the array while the list is being sorted by user code.
extern ListItems list_sort_marker;

inline void free_list_items(ListItems* array) {
    if (array != &list_sort_marker) array_free(array);
}

// Publishes a new array (or none) under the list's Lock. The old one is freed, after a grace period
// if others may be reading it; its words are the caller's business.
inline void replace_list_items(List& list, ListItems* array) {
    ListItems* old = list.array.exchange(array, std::memory_order_seq_cst);  // see needs_grace
    if (old == nullptr || old == &list_sort_marker) return;
    if (needs_grace(&list)) {
        retire(old, list_items_bytes(old->capacity), array_free);
    } else {
        array_free(old);
    }
}

// Drops the word of a slot that nobody else can see.
inline void drop_slot(Slot& slot) {
    Owned dropped = Owned::adopt(slot.word().load(std::memory_order_relaxed));
}

// A reader that copies words of a list under its Lock.
inline Owned share_item(const Slot& slot) {
    return Owned::share(slot.borrow());
}

}  // namespace imugi
