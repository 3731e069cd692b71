// The types of _collections.
#pragma once

#include "modules/native_types.h"
#include "object/dict_order.h"

namespace imugi::collections {

extern const TypeSpec deque_spec, deque_iterator_spec, deque_reverse_iterator_spec,
    defaultdict_spec, ordered_dict_spec, odict_keys_spec, odict_items_spec, odict_values_spec,
    odict_iterator_spec, tuplegetter_spec;

// The module's types that its own functions make; immortal.
struct State {
    Type* deque;
    Type* deque_iterator;
    Type* deque_reverse_iterator;
    Type* ordered_dict;
    Type* odict_keys;
    Type* odict_items;
    Type* odict_values;
    Type* odict_iterator;
};

// A ring of items. Everything is changed under the Lock; an item is read without it. Places without
// an item are empty, so that a reader who has seen a size or head of another time finds nothing
// there, until an item is put where one was taken out: `version` tells of that.
struct Deque : Object {
    std::atomic<Slot*> ring;       // null when capacity is 0
    std::atomic<size_t> capacity;  // a power of two
    std::atomic<size_t> head;      // place of the first item
    std::atomic<Index> size;
    Index max_size;               // -1: unlimited
    std::atomic<uint64_t> state;  // changes when items are added or taken out, for iterators
    // Counts up by 2 before an item is taken out at an end; odd while more than that changes.
    std::atomic<uint64_t> version;

    // Under the Lock.
    Slot& at(Index i) const {
        size_t mask = capacity.load(std::memory_order_relaxed) - 1;
        size_t place = head.load(std::memory_order_relaxed) + static_cast<size_t>(i);
        return ring.load(std::memory_order_relaxed)[place & mask];
    }
    // Moves the head; under the Lock.
    void move_head(Index by) {
        size_t place = head.load(std::memory_order_relaxed) + static_cast<size_t>(by);
        head.store(place & (capacity.load(std::memory_order_relaxed) - 1),
                   std::memory_order_release);
    }
};

Owned make_deque_iterator(Thread& thread, Deque& deque, bool reverse);

}  // namespace imugi::collections

namespace imugi {
IMUGI_MODULE_TYPE(collections::Deque, collections::deque_spec);
}
