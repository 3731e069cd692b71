// dict: insertion ordered. One table (indices and entries) replaced whole when it grows; lookups
// are lock-free, writers hold the Lock.
//
// Within one table an entry's key is written once; deletion clears the value and then marks the key
// deleted; a position is never reused. A table may have a keys version: as long as it is the same,
// the same keys stand at the same entries (values may change). Inline caches of globals remember
// (version, entry). Every change of the key set sets the version to 0.
#pragma once

#include "object/type.h"

namespace imugi {

struct DictEntry {
    std::atomic<int64_t> hash;
    std::atomic<uint64_t> key;    // owning word; kDeletedKey once deleted
    std::atomic<uint64_t> value;  // owning word; 0 once deleted
};
inline constexpr uint64_t kDeletedKey = 12;  // Value::nothing()

struct DictTable {
    uint8_t log2_size;           // of the index array
    uint8_t index_bytes;         // 1, 2, 4 or 8
    std::atomic<bool> str_keys;  // all keys are exact str: lookups of an exact str run no Python
    std::atomic<uint32_t> keys_version;
    uint32_t usable;                     // entries that fit before growth; under the lock
    std::atomic<uint32_t> used_entries;  // entries to look at, deleted ones too
    uint64_t stamp;                      // differs from that of any table this dict had before
    // index array, then entries

    char* indices() const { return const_cast<char*>(reinterpret_cast<const char*>(this + 1)); }
    DictEntry* entries() const {
        return reinterpret_cast<DictEntry*>(indices() + (size_t{index_bytes} << log2_size));
    }
    // The value that dict_value_offset has found.
    std::atomic<uint64_t>& value_at(uint32_t offset) {
        return *reinterpret_cast<std::atomic<uint64_t>*>(reinterpret_cast<char*>(this) + offset);
    }
};

struct Dict : Object {
    std::atomic<DictTable*> table;  // never null
    std::atomic<Index> size;        // live entries
};

Ref<Dict> make_dict(Thread& thread, size_t expected = 0);
// Nothing when missing; empty on error. May run Python (__hash__, __eq__).
Owned dict_get(Thread& thread, Dict& dict, Value key);
Owned dict_get_hashed(Thread& thread, Dict& dict, Value key, int64_t hash);
// For a str key and a dict that has only str keys runs no Python and never fails.
Owned dict_get(Thread& thread, Dict& dict, Str& key);
[[nodiscard]] bool dict_set(Thread& thread, Dict& dict, Value key, Owned value);
[[nodiscard]] bool dict_set_hashed(Thread& thread, Dict& dict, Value key, int64_t hash,
                                   Owned value);
inline bool dict_set(Thread& thread, Dict& dict, Value key, Value value) {
    return dict_set(thread, dict, key, Owned::share(value));
}
// False value: it was not there.
Result<bool> dict_delete(Thread& thread, Dict& dict, Value key);
// Takes it out; nothing when missing.
Owned dict_pop(Thread& thread, Dict& dict, Value key);
Owned dict_set_default(Thread& thread, Dict& dict, Value key, Value value);
Result<bool> dict_contains(Thread& thread, Dict& dict, Value key);
Ref<Dict> dict_copy(Thread& thread, Dict& dict);
void dict_clear(Thread& thread, Dict& dict);
// True if both have equal values under equal keys.
Result<bool> dict_equal(Thread& thread, Dict& left, Dict& right);
// Takes out the newest item, both; nothing when the dict is empty.
Owned dict_pop_newest(Thread& thread, Dict& dict, Owned* key);
// dict.update(mapping or iterable of pairs); `override` false keeps existing keys.
[[nodiscard]] bool dict_update(Thread& thread, Dict& dict, Value other, bool override_ = true);
Ref<List> dict_keys(Thread& thread, Dict& dict);
Ref<List> dict_values(Thread& thread, Dict& dict);
Ref<List> dict_items(Thread& thread, Dict& dict);
// What a view of an exact dict shows at one moment. `view` is_dict_view().
Ref<List> list_dict_view(Thread& thread, Value view);
bool is_dict_view(Value value);
inline Index dict_size(const Dict& dict) {
    return dict.size.load(std::memory_order_acquire);
}

// Steps through the live entries; false at the end. `position` starts at 0. Safe against changes
// (may then skip or repeat none that stay).
bool dict_next(Thread& thread, Dict& dict, size_t* position, Owned* key, Owned* value);

// Items from iterable of pairs, as dict.update() takes them.
[[nodiscard]] bool dict_update_from_pairs(Thread& thread, Dict& dict, Value pairs,
                                          bool override_ = true);
Owned make_dict_view(Thread& thread, Type& type, Dict& dict);
// The dict a view shows; immutable.
Value dict_view_dict(Value view);
Owned make_dict_iterator(Thread& thread, Type& type, Dict& dict);

// For inline caches: how many bytes behind the table's begin the value of an interned str key lies,
// a multiple of 8, and the table's keys version (assigned if need be; 0: do not cache). -1:
// missing.
Index dict_value_offset(Thread& thread, Dict& dict, Str& key, uint32_t* keys_version);
// The keys version only, for a cache of absence.
uint32_t dict_keys_version(Thread& thread, Dict& dict);

}  // namespace imugi
