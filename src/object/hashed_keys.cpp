// Snapshots of keys with their hashes.
#include "object/hashed_keys.h"

#include "object/dict_table.h"
#include "object/set_table.h"
#include "object/tuple.h"
#include "thread/safepoint.h"

namespace imugi {

HashedKeys::~HashedKeys() {
    array_free(hashes_);
}

bool HashedKeys::reserve(Thread& thread, Index size) {
    TRY(keys_.reserve(static_cast<size_t>(size)));
    array_free(hashes_);
    hashes_ = static_cast<int64_t*>(array_allocate((size + 1) * sizeof(int64_t)));
    return hashes_ != nullptr || raise_memory_error(thread);
}

bool HashedKeys::copy(Thread& thread, Dict& dict) {
    for (;;) {
        Index size = dict_size(dict);
        TRY(reserve(thread, size));
        Lock guard(thread, dict);
        if (dict.size.load(std::memory_order_relaxed) > size) continue;
        const DictTable& table = *dict.table.load(std::memory_order_relaxed);
        size_t position = 0;
        while (DictEntry* entry = dict_next_entry(table, &position)) {
            Value key = Value::from_bits(entry->key.load(std::memory_order_relaxed));
            hashes_[keys_.size()] = entry->hash.load(std::memory_order_relaxed);
            TRY(keys_.append(Owned::share(key)));
        }
        return true;
    }
}

bool HashedKeys::copy(Thread& thread, Set& set) {
    for (;;) {
        Index size = set_size(set);
        TRY(reserve(thread, size));
        Lock guard(thread, set);
        if (set.size.load(std::memory_order_relaxed) > size) continue;
        const SetTable* table = set.table.load(std::memory_order_relaxed);
        size_t position = 0;
        while (SetEntry* entry = set_next_entry(table, &position)) {
            Value key = Value::from_bits(entry->key.load(std::memory_order_relaxed));
            hashes_[keys_.size()] = entry->hash.load(std::memory_order_relaxed);
            TRY(keys_.append(Owned::share(key)));
        }
        return true;
    }
}

bool HashedKeys::copy(Thread& thread, List& list) {
    Ref<Tuple> items = TRY(list_to_tuple(thread, list));
    return copy(thread, *items);
}

bool HashedKeys::copy(Thread& thread, Tuple& items) {
    TRY(reserve(thread, static_cast<Index>(items.size)));
    for (size_t i = 0; i < items.size; i++) {
        TRY(poll_step(thread, i));
        hashes_[i] = TRY(element_hash(thread, items[i]));
        TRY(keys_.append(Owned::share(items[i])));
    }
    return true;
}

}  // namespace imugi
