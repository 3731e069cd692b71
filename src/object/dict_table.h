// The table of a dict: searching it, and changing it under the dict's Lock. Internal to the dict's
// files.
//
// A search looks at a table that others may be changing: index words and keys are written once, so
// it sees each entry whole or not at all. A key object is compared only while it cannot be freed:
// it is immortal, this thread owns it, or its count was taken. When a comparison needs user code
// the search gives kAsk: the caller compares outside any lock and goes on from where it was, if the
// stamp says that the table is still the same.
#pragma once

#include "object/dict.h"
#include "object/errors.h"
#include "object/list_items.h"
#include "object/str.h"
#include "thread/lock.h"

namespace imugi {

inline constexpr Index kMissing = -1;
inline constexpr Index kNeedsLock = -2;
inline constexpr Index kAsk = -3;

extern DictTable* const empty_dict_table;

// What stands at a place of the index array: an entry or kMissing. The largest number says missing.
template <class T>
IMUGI_ALWAYS_INLINE Index load_dict_index(const DictTable& table, size_t place) {
    T index = reinterpret_cast<std::atomic<T>*>(table.indices())[place].load(
        std::memory_order_acquire);  // pairs with store_index
    return index == static_cast<T>(~T{0}) ? kMissing : static_cast<Index>(index);
}
IMUGI_ALWAYS_INLINE Index dict_index_at(const DictTable& table, size_t place) {
    if (IMUGI_LIKELY(table.index_bytes == 1)) return load_dict_index<uint8_t>(table, place);
    return table.index_bytes == 2 ? load_dict_index<uint16_t>(table, place)
                                  : load_dict_index<uint32_t>(table, place);
}

// State of one search, kept across comparisons by user code.
struct DictProbe {
    Value key;
    int64_t hash;
    uint64_t stamp = 0;  // of the table the rest speaks of; 0: none yet
    uint64_t position = 0, perturb = 0;
    Index candidate = kMissing;  // entry to be compared by user code, or known to be equal
    uint64_t candidate_key = 0;
    bool equal = false;

    DictProbe(Value k, int64_t h) : key(k), hash(h) {}

    // Entry of the key, kMissing, kAsk (compare candidate_key), or kNeedsLock when not locked.
    Index find(const Dict& dict, const DictTable& table, bool locked) {
        if (IMUGI_LIKELY(stamp == 0)) {
            // Most often the first place tells.
            size_t mask = (size_t{1} << table.log2_size) - 1;
            Index index = dict_index_at(table, static_cast<uint64_t>(hash) & mask);
            if (index == kMissing ||
                Value::from_bits(table.entries()[index].key.load(std::memory_order_acquire))
                        .identity() == key.identity())
                return index;
        }
        return search(dict, table, locked);
    }
    // What user code said of the candidate; the search goes on with find().
    void answer(bool is_equal) {
        equal = is_equal;
        if (!is_equal) advance();
    }

  private:
    Index search(const Dict& dict, const DictTable& table, bool locked);
    void start(const DictTable& table);
    void advance() {
        perturb >>= 5;
        position = position * 5 + perturb + 1;
        candidate = kMissing;
    }
};

// A table that holds `entries` without growing; null when memory is short.
DictTable* make_dict_table(size_t entries);
size_t dict_table_bytes(const DictTable& table);
inline uint32_t dict_table_capacity(unsigned log2_size) {
    return static_cast<uint32_t>((uint64_t{2} << log2_size) / 3);
}

// --- under the dict's Lock, or on a dict nobody else sees ---

// Adds a key that is not there. False when memory is short (nothing raised, words not taken).
[[nodiscard]] bool dict_table_insert(Dict& dict, Value key, int64_t hash, Owned& value);
// Takes an entry out; the words come back to be dropped once the Lock is gone.
void dict_table_remove(Dict& dict, Index entry, Owned* key, Owned* value);
// Moves an entry behind the last one. False when memory is short.
[[nodiscard]] bool dict_table_move_last(Dict& dict, Index entry);
// Writes the words of another table's entry to a table nobody else sees.
void dict_table_copy_entry(DictTable& table, const DictEntry& entry);
// Makes room for that many more entries.
[[nodiscard]] bool dict_table_reserve(Dict& dict, size_t more);
// Publishes another table; the old one's memory goes, its words are the caller's business.
void dict_table_replace(Dict& dict, DictTable* table);
// A copy of the live entries with references of its own; null when memory is short.
DictTable* dict_table_clone(const Dict& dict);
// Drops all words of a table that is no dict's any more. Not under a Lock.
void drop_dict_words(DictTable& table);

// Runs `op(entry)` under the dict's Lock, with the entry of the key or kMissing; user code that
// compares keys runs between. False when that failed. `op` gives false to raise MemoryError.
template <class Op>
[[nodiscard]] bool with_dict_entry(Thread& thread, Dict& dict, Value key, int64_t hash, Op op);

// Asks user code about the candidate.
[[nodiscard]] bool ask_dict_candidate(Thread& thread, DictProbe& probe, Owned candidate);

template <class Op>
bool with_dict_entry(Thread& thread, Dict& dict, Value key, int64_t hash, Op op) {
    DictProbe probe(key, hash);
    for (;;) {
        Owned candidate;
        bool done = true;
        {
            Lock guard(thread, dict);
            Index entry = probe.find(dict, *dict.table.load(std::memory_order_relaxed), true);
            if (IMUGI_LIKELY(entry != kAsk)) {
                done = op(entry);
            } else {
                candidate = Owned::share(Value::from_bits(probe.candidate_key));
            }
        }
        if (IMUGI_LIKELY(!candidate)) return done || raise_memory_error(thread);
        TRY(ask_dict_candidate(thread, probe, std::move(candidate)));
    }
}

// One step over the entries under the dict's Lock: the next live entry at or after *position, which
// moves past it.
DictEntry* dict_next_entry(const DictTable& table, size_t* position);

}  // namespace imugi
