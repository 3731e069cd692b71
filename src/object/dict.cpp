// dict's operations for the runtime: lookups without a lock, changes under the dict's Lock.
//
// A lookup that finds a value takes a count on it and then makes sure that the table is still the
// dict's; if anything moved meanwhile it is repeated under the Lock, which marks what it finds as
// shared so that the next lookup need not.
#include "object/dict.h"

#include "memory/collector.h"
#include "object/call.h"
#include "object/dict_table.h"
#include "object/mappingproxy.h"
#include "object/protocol.h"
#include "object/stored_key.h"
#include "object/tuple.h"
#include "object/unhashable.h"
#include "object/value_buffer.h"
#include "thread/safepoint.h"

namespace imugi {

namespace {

IMUGI_ALWAYS_INLINE Result<int64_t> key_hash(Thread& thread, Value key) {
    int64_t quick;
    if (IMUGI_LIKELY(quick_hash(key, &quick))) return quick;
    Result<int64_t> result = hash(thread, key);
    if (IMUGI_UNLIKELY(!result)) return raise_unhashable_as(thread, key, "dict key");
    return result;
}

// The value, found under the Lock: marked, for other threads' lock-free reads.
Owned get_locked(Thread& thread, Dict& dict, Value key, int64_t hash) {
    Owned result;
    TRY(with_dict_entry(thread, dict, key, hash, [&](Index entry) {
        result =
            entry == kMissing
                ? Owned::nothing()
                : share_locked(dict.table.load(std::memory_order_relaxed)->entries()[entry].value);
        return true;
    }));
    return result;
}

IMUGI_NOINLINE Owned get_slow(Thread& thread, Dict& dict, DictProbe& probe, Index entry) {
    while (entry == kAsk) {
        DictTable* table = dict.table.load(std::memory_order_acquire);
        if (table->stamp != probe.stamp) break;
        SlotRead read = read_slot(table->entries()[probe.candidate].key);
        if (read.retry || read.value.is_nothing() ||
            dict.table.load(std::memory_order_acquire) != table)
            break;
        TRY(ask_dict_candidate(thread, probe, std::move(read.value)));
        table = dict.table.load(std::memory_order_acquire);
        entry = probe.find(dict, *table, false);
        if (entry == kMissing) return Owned::nothing();
        if (entry < 0) continue;
        read = read_slot(table->entries()[entry].value);
        if (read.retry || !read.value || dict.table.load(std::memory_order_acquire) != table) break;
        return std::move(read.value);
    }
    return get_locked(thread, dict, probe.key, probe.hash);
}

}  // namespace

Ref<Dict> make_dict(Thread& thread, size_t expected) {
    auto* dict = allocate<Dict>(thread, dict_type);
    if (dict == nullptr) return {};
    dict->table.store(empty_dict_table, std::memory_order_relaxed);
    Ref<Dict> result = Ref<Dict>::adopt(dict);
    if (expected != 0) {
        DictTable* table = make_dict_table(expected);
        if (table == nullptr) return raise_memory_error(thread);
        dict->table.store(table, std::memory_order_relaxed);
    }
    track(dict);
    return result;
}

// --- lookups ---

Owned dict_get_hashed(Thread& thread, Dict& dict, Value key, int64_t hash) {
    mark_reader(&dict);
    DictTable* table = dict.table.load(std::memory_order_acquire);
    DictProbe probe(key, hash);
    Index entry = probe.find(dict, *table, false);
    if (entry == kMissing) return Owned::nothing();
    if (IMUGI_LIKELY(entry >= 0)) {
        SlotRead read = read_slot(table->entries()[entry].value);
        // Without a value the item is being deleted, or moved to the end: the Lock tells.
        if (IMUGI_LIKELY(!read.retry && read.value &&
                         dict.table.load(std::memory_order_acquire) == table))
            return std::move(read.value);
    }
    return get_slow(thread, dict, probe, entry);
}

Owned dict_get(Thread& thread, Dict& dict, Value key) {
    return dict_get_hashed(thread, dict, key, TRY(key_hash(thread, key)));
}

Owned dict_get(Thread& thread, Dict& dict, Str& key) {
    if (IMUGI_UNLIKELY(!is_exact_str(Value::of(key))))
        return dict_get(thread, dict, Value::of(key));
    return dict_get_hashed(thread, dict, Value::of(key), str_hash(key));
}

Result<bool> dict_contains(Thread& thread, Dict& dict, Value key) {
    Owned value = TRY(dict_get(thread, dict, key));
    return !value.is_nothing();
}

// --- changes ---

bool dict_set_hashed(Thread& thread, Dict& dict, Value key, int64_t hash, Owned value) {
    Owned old;
    return with_dict_entry(thread, dict, key, hash, [&](Index entry) {
        if (entry == kMissing) return dict_table_insert(dict, key, hash, value);
        DictEntry& found = dict.table.load(std::memory_order_relaxed)->entries()[entry];
        old = exchange_word(found.value, std::move(value));
        return true;
    });
}

bool dict_set(Thread& thread, Dict& dict, Value key, Owned value) {
    return dict_set_hashed(thread, dict, key, TRY(key_hash(thread, key)), std::move(value));
}

Owned dict_pop(Thread& thread, Dict& dict, Value key) {
    int64_t hash = TRY(key_hash(thread, key));
    Owned old_key;
    Owned result = Owned::nothing();
    TRY(with_dict_entry(thread, dict, key, hash, [&](Index entry) {
        if (entry != kMissing) dict_table_remove(dict, entry, &old_key, &result);
        return true;
    }));
    return result;
}

Result<bool> dict_delete(Thread& thread, Dict& dict, Value key) {
    Owned value = TRY(dict_pop(thread, dict, key));
    return !value.is_nothing();
}

Owned dict_set_default(Thread& thread, Dict& dict, Value key, Value value) {
    int64_t hash = TRY(key_hash(thread, key));
    Owned result;
    TRY(with_dict_entry(thread, dict, key, hash, [&](Index entry) {
        if (entry != kMissing) {
            result =
                share_locked(dict.table.load(std::memory_order_relaxed)->entries()[entry].value);
            return true;
        }
        result = Owned::share(value);
        Owned stored = result.share();
        return dict_table_insert(dict, key, hash, stored);
    }));
    return result;
}

Owned dict_pop_newest(Thread& thread, Dict& dict, Owned* key) {
    Owned value;
    Lock guard(thread, dict);
    DictTable* table = dict.table.load(std::memory_order_relaxed);
    auto index = static_cast<Index>(table->used_entries.load(std::memory_order_relaxed)) - 1;
    while (index >= 0 && table->entries()[index].value.load(std::memory_order_relaxed) == 0)
        index--;
    if (index < 0) return Owned::nothing();
    dict_table_remove(dict, index, key, &value);
    return value;
}

// The table may still be looked at by others, who notice that it is no longer the dict's: the
// words are dropped before the memory goes.
void dict_clear(Thread& thread, Dict& dict) {
    DictTable* old;
    {
        Lock guard(thread, dict);
        old = dict.table.exchange(empty_dict_table, std::memory_order_seq_cst);
        dict.size.store(0, std::memory_order_release);
        if (old == empty_dict_table) return;
        old->keys_version.store(0, std::memory_order_release);
    }
    drop_dict_words(*old);
    if (needs_grace(&dict)) {
        retire(old, dict_table_bytes(*old), array_free);
    } else {
        array_free(old);
    }
}

// --- whole dicts ---

Ref<Dict> dict_copy(Thread& thread, Dict& dict) {
    Ref<Dict> copy = TRY(make_dict(thread));
    DictTable* table;
    {
        Lock guard(thread, dict);
        table = dict_table_clone(dict);
        if (table != nullptr) {
            copy->size.store(dict.size.load(std::memory_order_relaxed), std::memory_order_relaxed);
            copy->table.store(table, std::memory_order_release);
        }
    }
    if (table == nullptr) return raise_memory_error(thread);
    return copy;
}

namespace {

// Copies the items of `other`, under both locks but for comparisons by user code.
bool merge_dict(Thread& thread, Dict& dict, Dict& other, bool override_) {
    if (&dict == &other) return true;
    ValueBuffer replaced(thread);
    Owned key, value;
    DictProbe probe{Value(), 0};
    size_t position = 0;
    for (;;) {
        Owned candidate;
        bool room = true;
        {
            Lock2 guard(thread, dict, other);
            const DictTable* source = other.table.load(std::memory_order_relaxed);
            Index size = other.size.load(std::memory_order_relaxed);
            if (!key && dict.size.load(std::memory_order_relaxed) == 0) {
                DictTable* table = dict_table_clone(other);
                room = table != nullptr;
                if (room) {
                    dict_table_replace(dict, table);
                    dict.size.store(size, std::memory_order_release);
                    return true;
                }
            } else if (!key) {
                room =
                    dict_table_reserve(dict, size > dict_size(dict) ? size - dict_size(dict) : 0);
            }
            while (room) {
                if (!key) {
                    DictEntry* entry = dict_next_entry(*source, &position);
                    if (entry == nullptr) return true;
                    key =
                        Owned::share(Value::from_bits(entry->key.load(std::memory_order_relaxed)));
                    value = Owned::share(
                        Value::from_bits(entry->value.load(std::memory_order_relaxed)));
                    probe = DictProbe(key, entry->hash.load(std::memory_order_relaxed));
                }
                DictTable* table = dict.table.load(std::memory_order_relaxed);
                Index found = probe.find(dict, *table, true);
                if (found == kAsk) {
                    candidate = Owned::share(Value::from_bits(probe.candidate_key));
                    break;
                }
                if (found == kMissing) {
                    room = dict_table_insert(dict, key, probe.hash, value);
                } else if (override_) {
                    room = replaced.append(Owned::adopt(table->entries()[found].value.exchange(
                        value.release(), std::memory_order_acq_rel)));
                }
                if (room && !replaced.append(std::move(key))) return false;
            }
        }
        if (!room) return has_exception(thread) ? false : raise_memory_error(thread);
        Index size = dict_size(other);
        TRY(ask_dict_candidate(thread, probe, std::move(candidate)));
        if (dict_size(other) != size)
            return raise(thread, exc::RuntimeError, "dict mutated during update");
    }
}

bool merge_mapping(Thread& thread, Dict& dict, Value mapping, bool override_) {
    Owned keys = TRY(call_method(thread, mapping, ID(keys)));
    Owned iterator = TRY(iterate(thread, keys));
    for (;;) {
        Owned key = TRY(next(thread, iterator));
        if (key.is_nothing()) return true;
        if (!override_ && TRY(dict_contains(thread, dict, key))) continue;
        Owned value = TRY(get_item(thread, mapping, key));
        TRY(dict_set(thread, dict, key, std::move(value)));
    }
}

}  // namespace

bool dict_update_from_pairs(Thread& thread, Dict& dict, Value pairs, bool override_) {
    Owned iterator = TRY(iterate(thread, pairs));
    for (Index i = 0;; i++) {
        Owned item = TRY(next(thread, iterator));
        if (item.is_nothing()) return true;
        Ref<Tuple> pair;
        if (is_exact_tuple(item)) {
            pair = Ref<Tuple>::adopt(std::move(item));
        } else {
            pair = tuple_from(thread, item);
            if (!pair) {
                if (!clear_exception_if(thread, exc::TypeError)) return false;
                return raise(thread, exc::TypeError,
                             "cannot convert dictionary update sequence element #{} to a sequence",
                             i);
            }
        }
        if (pair->size != 2)
            return raise(thread, exc::ValueError,
                         "dictionary update sequence element #{} has length {}; 2 is required", i,
                         pair->size);
        if (override_) {
            TRY(dict_set(thread, dict, (*pair)[0], (*pair)[1]));
        } else {
            if (!dict_set_default(thread, dict, (*pair)[0], (*pair)[1])) return false;
        }
    }
}

bool dict_update(Thread& thread, Dict& dict, Value other, bool override_) {
    // A class's namespace is copied in one step, as a dict is.
    if (has_shape(other, k_mappingproxy_shape)) {
        Value mapping = other.as<MappingProxy>().mapping.borrow();
        if (is_exact_dict(mapping)) other = mapping;
    }
    if (is_dict(other) && type_of(other).slots.iter == dict_type.slots.iter)
        return merge_dict(thread, dict, other.as<Dict>(), override_);
    if (!is_dict(other)) {
        Owned keys = TRY(get_attribute_or_nothing(thread, other, ID(keys)));
        if (keys.is_nothing()) return dict_update_from_pairs(thread, dict, other, override_);
    }
    return merge_mapping(thread, dict, other, override_);
}

Result<bool> dict_equal(Thread& thread, Dict& left, Dict& right) {
    if (&left == &right) return true;
    if (dict_size(left) != dict_size(right)) return false;
    size_t position = 0;
    Owned key, value;
    while (dict_next(thread, left, &position, &key, &value)) {
        TRY(poll_step(thread, position));
        Owned other = TRY(dict_get(thread, right, key));
        if (other.is_nothing()) return false;
        if (!TRY(equals(thread, value, other))) return false;
    }
    return true;
}

// --- listing ---

namespace {

// A list of what `make` takes out of each entry, which may be a failure. All under one Lock, the
// array's memory got beforehand.
template <class Take>
Ref<List> list_entries(Thread& thread, Dict& dict, Take take) {
    for (;;) {
        Index size = dict_size(dict);
        ValueBuffer buffer(thread);
        TRY(buffer.reserve(size));
        {
            Lock guard(thread, dict);
            if (dict.size.load(std::memory_order_relaxed) > size) continue;
            size_t position = 0;
            const DictTable* table = dict.table.load(std::memory_order_relaxed);
            while (DictEntry* entry = dict_next_entry(*table, &position))
                TRY(buffer.append(TRY(take(*entry))));
        }
        return buffer.to_list();
    }
}

Owned share_word(const std::atomic<uint64_t>& word) {
    return Owned::share(Value::from_bits(word.load(std::memory_order_relaxed)));
}

}  // namespace

Ref<List> dict_keys(Thread& thread, Dict& dict) {
    return list_entries(thread, dict, [](DictEntry& entry) { return share_word(entry.key); });
}

Ref<List> dict_values(Thread& thread, Dict& dict) {
    return list_entries(thread, dict, [](DictEntry& entry) { return share_word(entry.value); });
}

Ref<List> dict_items(Thread& thread, Dict& dict) {
    // Making tuples may wait and let the Lock go: keys and values first, side by side.
    ValueBuffer words(thread);
    for (bool done = false; !done;) {
        Index size = dict_size(dict);
        words.clear();
        TRY(words.reserve(size * 2));
        Lock guard(thread, dict);
        if (dict.size.load(std::memory_order_relaxed) > size) continue;
        size_t position = 0;
        const DictTable* table = dict.table.load(std::memory_order_relaxed);
        while (DictEntry* entry = dict_next_entry(*table, &position)) {
            TRY(words.append(share_word(entry->key)));
            TRY(words.append(share_word(entry->value)));
        }
        done = true;
    }
    ValueBuffer pairs(thread);
    TRY(pairs.reserve(words.size() / 2));
    for (size_t i = 0; i < words.size(); i += 2)
        TRY(pairs.append(TRY(make_tuple(thread, words[i], words[i + 1]))));
    return pairs.to_list();
}

bool dict_next(Thread& thread, Dict& dict, size_t* position, Owned* key, Owned* value) {
    mark_reader(&dict);
    DictTable* table = dict.table.load(std::memory_order_acquire);
    size_t used = table->used_entries.load(std::memory_order_acquire);
    for (size_t i = *position; i < used; i++) {
        DictEntry& entry = table->entries()[i];
        SlotRead found = read_slot(entry.value);
        if (!found.retry && !found.value) continue;
        SlotRead name = found.retry ? SlotRead{Owned(), true} : read_slot(entry.key);
        if (IMUGI_UNLIKELY(name.retry || name.value.is_nothing() ||
                           dict.table.load(std::memory_order_acquire) != table)) {
            Owned old_key, old_value;
            Lock guard(thread, dict);
            DictEntry* next =
                dict_next_entry(*dict.table.load(std::memory_order_relaxed), position);
            if (next == nullptr) return false;
            old_key = std::exchange(*key, share_locked(next->key));
            old_value = std::exchange(*value, share_locked(next->value));
            return true;
        }
        *position = i + 1;
        *key = std::move(name.value);
        *value = std::move(found.value);
        return true;
    }
    *position = used;
    return false;
}

// --- inline caches ---

namespace {

std::atomic<uint32_t> last_keys_version{0};

// Under the Lock. 0 once the numbers have run out.
uint32_t version_of(DictTable& table) {
    if (&table == empty_dict_table) return 0;
    uint32_t version = table.keys_version.load(std::memory_order_relaxed);
    if (version != 0) return version;
    uint32_t last = last_keys_version.load(std::memory_order_relaxed);
    do {
        if (last == UINT32_MAX) return 0;
    } while (!last_keys_version.compare_exchange_weak(last, last + 1, std::memory_order_relaxed));
    table.keys_version.store(last + 1, std::memory_order_release);
    return last + 1;
}

}  // namespace

Index dict_value_offset(Thread& thread, Dict& dict, Str& key, uint32_t* keys_version) {
    Lock guard(thread, dict);
    DictTable& table = *dict.table.load(std::memory_order_relaxed);
    DictProbe probe(Value::of(key), str_hash(key));
    Index entry = probe.find(dict, table, true);
    *keys_version = 0;
    if (entry == kAsk) return kMissing;
    *keys_version = version_of(table);
    if (entry < 0) return entry;
    auto offset =
        reinterpret_cast<char*>(&table.entries()[entry].value) - reinterpret_cast<char*>(&table);
    if (static_cast<uint64_t>(offset) > UINT32_MAX) *keys_version = 0;
    return offset;
}

uint32_t dict_keys_version(Thread& thread, Dict& dict) {
    Lock guard(thread, dict);
    return version_of(*dict.table.load(std::memory_order_relaxed));
}

}  // namespace imugi
