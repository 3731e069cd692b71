// The items array behind a list: making one, and replacing it while others may read the old one.
// Inside the list's own files and ValueBuffer only.
#pragma once

#include "memory/heap.h"
#include "object/list.h"
#include "thread/grace.h"

namespace imugi {

// What is allocated: the array, and before it how often words have changed that a reader may have
// seen: in steps of 2, odd while a change of several words is under way. Appending is no such
// change, nor is replacing the array. Under the list's Lock. A reader of several items knows from
// it that it saw all of them at one time.
struct CountedItems {
    std::atomic<size_t> version;
    ListItems array;
};

inline std::atomic<size_t>& version_of(ListItems* array) {
    return reinterpret_cast<CountedItems*>(reinterpret_cast<char*>(array) -
                                           offsetof(CountedItems, array))
        ->version;
}

// Before one word changes, by a store that is a release: who sees the word sees this.
inline void count_change(ListItems* array) {
    std::atomic<size_t>& version = version_of(array);
    version.store(version.load(std::memory_order_relaxed) + 2, std::memory_order_relaxed);
}

// While it lives several words change, each by a store that is a release.
class [[nodiscard]] ItemsChange {
  public:
    explicit ItemsChange(ListItems* array) : version_(version_of(array)) {
        version_.store(version_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
    ~ItemsChange() {
        version_.store(version_.load(std::memory_order_relaxed) + 1,
                       std::memory_order_release);  // pairs with the reader's first look
    }
    ItemsChange(const ItemsChange&) = delete;

  private:
    std::atomic<size_t>& version_;
};

// Under the Lock: the item's old value, to be dropped after it.
inline Owned exchange_list_item(ListItems* array, Index index, Owned value) {
    count_change(array);
    return array->items[index].exchange(std::move(value));
}

inline size_t list_items_bytes(size_t capacity) {
    return offsetof(CountedItems, array) + offsetof(ListItems, items) + capacity * sizeof(Slot);
}

// Uninitialised slots. Null when memory is short.
inline ListItems* allocate_list_items(size_t capacity) {
    if (capacity > (size_t{1} << 59)) return nullptr;
    auto* counted = static_cast<CountedItems*>(array_allocate(list_items_bytes(capacity)));
    if (counted == nullptr) return nullptr;
    counted->version.store(0, std::memory_order_relaxed);
    counted->array.capacity = capacity;
    return &counted->array;
}

// Nobody looks at it any more; takes null.
inline void free_list_items(ListItems* array) {
    if (array != nullptr) array_free(&version_of(array));
}

// A marker that stands in for the array while the list is being sorted by user code.
extern CountedItems list_sort_marker_items;
inline ListItems* const list_sort_marker = &list_sort_marker_items.array;

// An array that the list had is freed, after a grace period if others may be reading it; its words
// are the caller's business.
inline void discard_list_items(const List& list, ListItems* old) {
    if (old == nullptr || old == list_sort_marker) return;
    if (needs_grace(&list)) {
        retire(&version_of(old), list_items_bytes(old->capacity), array_free);
    } else {
        free_list_items(old);
    }
}

// Publishes a new array (or none) under the list's Lock.
inline void replace_list_items(List& list, ListItems* array) {
    // See needs_grace.
    discard_list_items(list, list.array.exchange(array, std::memory_order_seq_cst));
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
