// Tables of dicts: open addressing over an index array, entries in order of insertion. Index words
// and keys are written once per table, so that readers need no lock; see dict_table.h.
#include "object/dict_table.h"

#include <cstring>

#include "object/int.h"
#include "object/protocol.h"
#include "object/stored_key.h"

namespace imugi {

namespace {

// A table without room, shared by all empty dicts.
struct EmptyTable {
    DictTable table;
    uint8_t indices[8];
};
constinit EmptyTable the_empty_table = {{.log2_size = 3,
                                         .index_bytes = 1,
                                         .str_keys = true,
                                         .keys_version = 0,
                                         .usable = 0,
                                         .used_entries = 0,
                                         .stamp = 0},
                                        {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}};

// Stamps: the heap that made the table and a number of its own.
uint64_t next_stamp() {
    static thread_local uint64_t counter = 0;
    return uint64_t{current_heap_id} << 48 | (++counter & ((uint64_t{1} << 48) - 1));
}

void store_index(DictTable& table, size_t slot, uint32_t entry) {
    char* indices = table.indices();
    switch (table.index_bytes) {
        case 1:
            reinterpret_cast<std::atomic<uint8_t>*>(indices)[slot].store(
                static_cast<uint8_t>(entry), std::memory_order_release);
            break;
        case 2:
            reinterpret_cast<std::atomic<uint16_t>*>(indices)[slot].store(
                static_cast<uint16_t>(entry), std::memory_order_release);
            break;
        default:
            reinterpret_cast<std::atomic<uint32_t>*>(indices)[slot].store(
                entry, std::memory_order_release);
    }
}

// The first free index slot for the hash; under the lock.
size_t free_slot(const DictTable& table, int64_t hash) {
    size_t mask = (size_t{1} << table.log2_size) - 1;
    auto perturb = static_cast<uint64_t>(hash);
    uint64_t position = perturb;
    while (dict_index_at(table, position & mask) != kMissing) {
        perturb >>= 5;
        position = position * 5 + perturb + 1;
    }
    return position & mask;
}

}  // namespace

DictTable* const empty_dict_table = &the_empty_table.table;

void DictProbe::start(const DictTable& table) {
    stamp = table.stamp;
    perturb = static_cast<uint64_t>(hash);
    position = perturb;
    candidate = kMissing;
    equal = false;
}

Index DictProbe::search(const Dict& dict, const DictTable& table, bool locked) {
    const DictEntry* entries = table.entries();
    if (stamp != table.stamp || candidate == kMissing) {
        if (stamp != table.stamp || stamp == 0) start(table);
    } else if (equal) {
        // Found by user code, unless the entry was deleted meanwhile.
        if (entries[candidate].key.load(std::memory_order_acquire) == candidate_key)
            return candidate;
        start(table);
    }
    size_t mask = (size_t{1} << table.log2_size) - 1;
    uint64_t identity = key.identity();
    for (;; advance()) {
        Index index = dict_index_at(table, position & mask);
        if (index == kMissing) return kMissing;
        const DictEntry& entry = entries[index];
        uint64_t bits = entry.key.load(std::memory_order_acquire);
        if (Value::from_bits(bits).identity() == identity) return index;
        if (entry.hash.load(std::memory_order_relaxed) != hash || bits == kDeletedKey) continue;
        switch (compare_stored_key(entry.key, bits, dict.table, &table, key, locked)) {
            case Verdict::kNo:
                break;
            case Verdict::kYes:
                return index;
            case Verdict::kLock:
                return kNeedsLock;
            case Verdict::kAskUser:
                candidate = index;
                candidate_key = bits;
                return kAsk;
        }
    }
}

bool ask_dict_candidate(Thread& thread, DictProbe& probe, Owned candidate) {
    probe.answer(TRY(equals(thread, candidate, probe.key)));
    return true;
}

size_t dict_table_bytes(const DictTable& table) {
    return sizeof(DictTable) + (size_t{table.index_bytes} << table.log2_size) +
           size_t{dict_table_capacity(table.log2_size)} * sizeof(DictEntry);
}

DictTable* make_dict_table(size_t entries) {
    unsigned log2_size = 3;
    while (log2_size < 32 && dict_table_capacity(log2_size) < entries) log2_size++;
    if (log2_size == 32) return nullptr;
    unsigned index_bytes = log2_size <= 8 ? 1 : log2_size <= 16 ? 2 : 4;
    uint32_t capacity = dict_table_capacity(log2_size);
    size_t index_size = size_t{index_bytes} << log2_size;
    void* memory = array_allocate(sizeof(DictTable) + index_size + capacity * sizeof(DictEntry));
    if (memory == nullptr) return nullptr;
    auto* table = new (memory) DictTable{.log2_size = static_cast<uint8_t>(log2_size),
                                         .index_bytes = static_cast<uint8_t>(index_bytes),
                                         .str_keys = true,
                                         .keys_version = 0,
                                         .usable = capacity,
                                         .used_entries = 0,
                                         .stamp = next_stamp()};
    memset(table->indices(), 0xFF, index_size);
    return table;
}

// Writes an entry whose key is known to be new, and only then lets readers see it.
static void add_entry(DictTable& table, uint64_t key, int64_t hash, uint64_t value) {
    uint32_t at = dict_table_capacity(table.log2_size) - table.usable;
    DictEntry& entry = table.entries()[at];
    entry.hash.store(hash, std::memory_order_relaxed);
    entry.value.store(value, std::memory_order_relaxed);
    entry.key.store(key, std::memory_order_release);
    if (!is_exact_str(Value::from_bits(key)))
        table.str_keys.store(false, std::memory_order_relaxed);
    table.usable--;
    table.used_entries.store(at + 1, std::memory_order_release);
    store_index(table, free_slot(table, hash), at);
}

void dict_table_replace(Dict& dict, DictTable* table) {
    DictTable* old = dict.table.exchange(table, std::memory_order_seq_cst);  // see needs_grace
    if (old == empty_dict_table) return;
    if (needs_grace(&dict)) {
        retire(old, dict_table_bytes(*old), array_free);
    } else {
        array_free(old);
    }
}

// Moves the live entries to a table for `entries` of them.
static bool rebuild(Dict& dict, size_t entries) {
    DictTable* old = dict.table.load(std::memory_order_relaxed);
    DictTable* table = make_dict_table(entries);
    if (table == nullptr) return false;
    size_t position = 0;
    while (DictEntry* entry = dict_next_entry(*old, &position)) {
        add_entry(*table, entry->key.load(std::memory_order_relaxed),
                  entry->hash.load(std::memory_order_relaxed),
                  entry->value.load(std::memory_order_relaxed));
    }
    dict_table_replace(dict, table);
    return true;
}

bool dict_table_reserve(Dict& dict, size_t more) {
    DictTable* table = dict.table.load(std::memory_order_relaxed);
    if (table->usable >= more) return true;
    auto live = static_cast<size_t>(dict.size.load(std::memory_order_relaxed));
    return rebuild(dict, live + more);
}

bool dict_table_insert(Dict& dict, Value key, int64_t hash, Owned& value) {
    DictTable* table = dict.table.load(std::memory_order_relaxed);
    auto live = static_cast<size_t>(dict.size.load(std::memory_order_relaxed));
    if (IMUGI_UNLIKELY(table->usable == 0)) {
        // Room for as many again, so that growth costs a constant per insertion; a table full of
        // deleted entries is only swept.
        if (!rebuild(dict, live * 2 > 5 ? live * 2 - (live >> 1) + 1 : 5)) return false;
        table = dict.table.load(std::memory_order_relaxed);
    }
    if (table->keys_version.load(std::memory_order_relaxed) != 0)
        table->keys_version.store(0, std::memory_order_release);
    add_entry(*table, Owned::share(key).release(), hash, value.release());
    dict.size.store(static_cast<Index>(live + 1), std::memory_order_release);
    return true;
}

void dict_table_remove(Dict& dict, Index index, Owned* key, Owned* value) {
    DictTable* table = dict.table.load(std::memory_order_relaxed);
    table->keys_version.store(0, std::memory_order_release);
    DictEntry& entry = table->entries()[index];
    *value = Owned::adopt(entry.value.exchange(0, std::memory_order_acq_rel));
    *key = Owned::adopt(entry.key.exchange(kDeletedKey, std::memory_order_acq_rel));
    // Nobody has to walk over deleted entries at the end; their places are not used again.
    auto used = static_cast<Index>(table->used_entries.load(std::memory_order_relaxed));
    if (index == used - 1) {
        while (used > 0 && table->entries()[used - 1].value.load(std::memory_order_relaxed) == 0)
            used--;
        table->used_entries.store(static_cast<uint32_t>(used), std::memory_order_release);
    }
    dict.size.store(dict.size.load(std::memory_order_relaxed) - 1, std::memory_order_release);
}

bool dict_table_move_last(Dict& dict, Index index) {
    DictTable* table = dict.table.load(std::memory_order_relaxed);
    uint64_t key = table->entries()[index].key.load(std::memory_order_relaxed);
    int64_t hash = table->entries()[index].hash.load(std::memory_order_relaxed);
    if (table->usable == 0) {
        auto live = static_cast<size_t>(dict.size.load(std::memory_order_relaxed));
        if (!rebuild(dict, live + live / 2 + 4)) return false;
        table = dict.table.load(std::memory_order_relaxed);
        // Where the entry is now: its key is the same word.
        index = 0;
        while (table->entries()[index].key.load(std::memory_order_relaxed) != key) index++;
    }
    table->keys_version.store(0, std::memory_order_release);
    // The key stands at its new place before it leaves the old one, so that no search misses it;
    // both places share one reference, which the new one keeps.
    DictEntry& old = table->entries()[index];
    add_entry(*table, key, hash, old.value.load(std::memory_order_relaxed));
    old.value.store(0, std::memory_order_release);
    old.key.store(kDeletedKey, std::memory_order_release);
    return true;
}

void dict_table_copy_entry(DictTable& table, const DictEntry& entry) {
    add_entry(table, entry.key.load(std::memory_order_relaxed),
              entry.hash.load(std::memory_order_relaxed),
              entry.value.load(std::memory_order_relaxed));
}

// Of a table without deleted entries: its index array does for the copy, too.
static DictTable* clone_whole(const DictTable& old, uint32_t count) {
    DictTable* table = make_dict_table(dict_table_capacity(old.log2_size));
    if (table == nullptr) return nullptr;
    memcpy(table->indices(), old.indices(), size_t{old.index_bytes} << old.log2_size);
    for (uint32_t i = 0; i < count; i++) {
        const DictEntry& from = old.entries()[i];
        DictEntry& to = table->entries()[i];
        Value key = Value::from_bits(from.key.load(std::memory_order_relaxed));
        Value value = Value::from_bits(from.value.load(std::memory_order_relaxed));
        to.hash.store(from.hash.load(std::memory_order_relaxed), std::memory_order_relaxed);
        to.key.store(Owned::share(key).release(), std::memory_order_relaxed);
        to.value.store(Owned::share(value).release(), std::memory_order_relaxed);
    }
    table->str_keys.store(old.str_keys.load(std::memory_order_relaxed), std::memory_order_relaxed);
    table->usable -= count;
    table->used_entries.store(count, std::memory_order_relaxed);
    return table;
}

DictTable* dict_table_clone(const Dict& dict) {
    const DictTable& old = *dict.table.load(std::memory_order_relaxed);
    auto live = static_cast<size_t>(dict.size.load(std::memory_order_relaxed));
    if (live == 0) return empty_dict_table;
    // What was ever written, and whether the copy would have much room to spare.
    uint32_t capacity = dict_table_capacity(old.log2_size), written = capacity - old.usable;
    if (written == live && (capacity <= live * 3 || old.log2_size == 3))
        return clone_whole(old, written);
    DictTable* table = make_dict_table(live);
    if (table == nullptr) return nullptr;
    size_t position = 0;
    while (DictEntry* entry = dict_next_entry(old, &position)) {
        Value key = Value::from_bits(entry->key.load(std::memory_order_relaxed));
        Value value = Value::from_bits(entry->value.load(std::memory_order_relaxed));
        add_entry(*table, Owned::share(key).release(), entry->hash.load(std::memory_order_relaxed),
                  Owned::share(value).release());
    }
    return table;
}

void drop_dict_words(DictTable& table) {
    size_t position = 0;
    while (DictEntry* entry = dict_next_entry(table, &position)) {
        Owned value = Owned::adopt(entry->value.load(std::memory_order_relaxed));
        Owned key = Owned::adopt(entry->key.load(std::memory_order_relaxed));
    }
}

DictEntry* dict_next_entry(const DictTable& table, size_t* position) {
    size_t used = table.used_entries.load(std::memory_order_relaxed);
    DictEntry* entries = table.entries();
    for (size_t i = *position; i < used; i++) {
        if (entries[i].value.load(std::memory_order_relaxed) == 0) continue;
        *position = i + 1;
        return &entries[i];
    }
    *position = used;
    return nullptr;
}

}  // namespace imugi
