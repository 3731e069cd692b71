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

// A ring of items. Everything is read and changed under the Lock.
struct Deque : Object {
    Slot* ring;       // null when capacity is 0
    size_t capacity;  // a power of two
    size_t head;      // place of the first item
    std::atomic<Index> size;
    Index max_size;               // -1: unlimited
    std::atomic<uint64_t> state;  // changes with every change of the items' places

    Slot& at(Index i) const { return ring[(head + static_cast<size_t>(i)) & (capacity - 1)]; }
};

Owned make_deque_iterator(Thread& thread, Deque& deque, bool reverse);

}  // namespace imugi::collections

namespace imugi {
IMUGI_MODULE_TYPE(collections::Deque, collections::deque_spec);
}
