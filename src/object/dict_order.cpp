// Changing the order of a dict's items, under its Lock.
#include "object/dict_order.h"

#include "object/dict_table.h"

namespace imugi {

Owned dict_pop_oldest(Thread& thread, Dict& dict, OldestHint& hint, Owned* key) {
    Owned value;
    Lock guard(thread, dict);
    DictTable* table = dict.table.load(std::memory_order_relaxed);
    if (hint.stamp != table->stamp) hint = {table->stamp, 0};
    DictEntry* entry = dict_next_entry(*table, &hint.position);
    if (entry == nullptr) return Owned::nothing();
    dict_table_remove(dict, entry - table->entries(), key, &value);
    return value;
}

namespace {

// A table with the same items, the given one first; null when memory is short.
DictTable* reordered(Dict& dict, Index first) {
    const DictTable& old = *dict.table.load(std::memory_order_relaxed);
    DictTable* table =
        make_dict_table(static_cast<size_t>(dict.size.load(std::memory_order_relaxed)) + 1);
    if (table == nullptr) return nullptr;
    DictEntry* front = &old.entries()[first];
    dict_table_copy_entry(*table, *front);
    size_t position = 0;
    while (DictEntry* entry = dict_next_entry(old, &position))
        if (entry != front) dict_table_copy_entry(*table, *entry);
    return table;
}

}  // namespace

// The item becomes the newest. Under the Lock; false when memory is short.
static bool move_last(Dict& dict, Index entry) {
    DictTable* table = dict.table.load(std::memory_order_relaxed);
    auto used = static_cast<Index>(table->used_entries.load(std::memory_order_relaxed));
    return entry == used - 1 || dict_table_move_last(dict, entry);
}

// The value of a key whose item is the newest already; nothing if the Lock has to tell.
static Owned use_newest(Dict& dict, Value key, int64_t hash) {
    mark_reader(&dict);
    DictTable* table = dict.table.load(std::memory_order_acquire);
    DictProbe probe(key, hash);
    Index entry = probe.find(dict, *table, false);
    if (entry < 0) return Owned::nothing();
    auto used = static_cast<Index>(table->used_entries.load(std::memory_order_acquire));
    if (entry != used - 1) return Owned::nothing();
    SlotRead read = read_slot(table->entries()[entry].value);
    // Without a value the item is being deleted, or moved to the end.
    if (read.retry || !read.value || dict.table.load(std::memory_order_acquire) != table)
        return Owned::nothing();
    return std::move(read.value);
}

Owned dict_use(Thread& thread, Dict& dict, Value key, int64_t hash) {
    if (Owned value = use_newest(dict, key, hash); !value.is_nothing()) return value;
    Owned value = Owned::nothing();
    TRY(with_dict_entry(thread, dict, key, hash, [&](Index entry) {
        if (entry == kMissing) return true;
        value = share_locked(dict.table.load(std::memory_order_relaxed)->entries()[entry].value);
        return move_last(dict, entry);
    }));
    return value;
}

Result<bool> dict_move_to_end(Thread& thread, Dict& dict, Value key, int64_t hash, bool newest) {
    bool found = false;
    TRY(with_dict_entry(thread, dict, key, hash, [&](Index entry) {
        found = entry != kMissing;
        if (!found) return true;
        if (newest) return move_last(dict, entry);
        DictTable* table = dict.table.load(std::memory_order_relaxed);
        size_t position = 0;
        if (dict_next_entry(*table, &position) == &table->entries()[entry]) return true;
        DictTable* changed = reordered(dict, entry);
        if (changed == nullptr) return false;
        dict_table_replace(dict, changed);
        return true;
    }));
    return found;
}

}  // namespace imugi
