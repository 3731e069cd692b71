// The table of a set: searching it, and changing it under the set's Lock. Internal to the set's
// files. A key stays in its place as long as it is in the table, and user code compares outside any
// lock. The place of a deleted element may be written again: a search that comes by meanwhile sees
// the hash of the one with the key of the other at most, and so misses an element at most that was
// not there when it began. What user code was asked about meanwhile is seen by SetProbe::find.
#pragma once

#include "object/errors.h"
#include "object/list_items.h"
#include "object/set.h"
#include "thread/lock.h"

namespace imugi {

struct SetEntry {
    std::atomic<uint64_t> key;  // owning word; 0: free, kDeletedElement once deleted
    std::atomic<int64_t> hash;
};
inline constexpr uint64_t kDeletedElement = 12;  // Value::nothing()

struct SetTable {
    uint64_t stamp;  // differs from that of any table this set had before
    size_t mask;
    size_t fill;  // entries written, deleted ones too; under the Lock
    SetEntry entries[1];
};
inline size_t set_table_bytes(size_t mask) {
    return offsetof(SetTable, entries) + (mask + 1) * sizeof(SetEntry);
}

inline constexpr Index kAbsent = -1;
inline constexpr Index kElementNeedsLock = -2;
inline constexpr Index kAskElement = -3;

// State of one search, kept across comparisons by user code.
struct SetProbe {
    Value key;
    int64_t hash;
    uint64_t stamp = 0;
    size_t position = 0;  // start of the run of neighbours looked at
    size_t offset = 0;    // in the run
    uint64_t perturb = 0;
    Index candidate = kAbsent;
    uint64_t candidate_key = 0;
    bool equal = false;
    uint32_t unequal = 0;   // how many user code called unequal
    uint64_t unequal_keys;  // the sum of their words, if there are any

    SetProbe(Value k, int64_t h) : key(k), hash(h) {}

    Index find(const Set& set, const SetTable* table, bool locked);
    void answer(bool is_equal) {
        equal = is_equal;
        if (!is_equal) {
            unequal_keys = (unequal == 0 ? 0 : unequal_keys) + candidate_key;
            unequal++;
            candidate = kAbsent;
            offset++;
        }
    }

  private:
    void begin(const SetTable& table);
    bool asked_all(const Set& set, const SetTable& table) const;
};

// A table for at least that many elements; null when memory is short.
SetTable* make_set_table(size_t more_than);

// --- under the set's Lock, or on a set nobody else sees ---

// Adds a key that is not there. False when memory is short, nothing raised.
[[nodiscard]] bool set_table_insert(Set& set, Value key, int64_t hash);
// Takes an element out; the word comes back to be dropped once the Lock is gone.
Owned set_table_remove(Set& set, Index entry);
void set_table_replace(Set& set, SetTable* table);
// Room for so many more at once. As CPython does before it merges sets or dicts, so that the order
// of the places is the same. False when memory is short, nothing raised.
[[nodiscard]] bool set_table_make_room(Set& set, size_t more);
// After many were taken out; for the order's sake as well.
void set_table_trim(Set& set);
// A copy with references of its own; null when memory is short. The set is not empty.
SetTable* set_table_clone(const Set& set);
void drop_set_words(SetTable& table);
// The next element at or after *position, which moves past it.
SetEntry* set_next_entry(const SetTable* table, size_t* position);

[[nodiscard]] bool ask_set_candidate(Thread& thread, SetProbe& probe, Owned candidate);
Result<int64_t> element_hash(Thread& thread, Value element);

// Runs `op(entry)` under the set's Lock, with the entry of the key or kAbsent; user code that
// compares keys runs between. False when that failed. `op` gives false to raise MemoryError.
template <class Op>
[[nodiscard]] bool with_set_entry(Thread& thread, Set& set, Value key, int64_t hash, Op op) {
    SetProbe probe(key, hash);
    for (;;) {
        Owned candidate;
        bool done = true;
        {
            Lock guard(thread, set);
            Index entry = probe.find(set, set.table.load(std::memory_order_relaxed), true);
            if (IMUGI_LIKELY(entry != kAskElement)) {
                done = op(entry);
            } else {
                candidate = Owned::share(Value::from_bits(probe.candidate_key));
            }
        }
        if (IMUGI_LIKELY(!candidate)) return done || raise_memory_error(thread);
        TRY(ask_set_candidate(thread, probe, std::move(candidate)));
    }
}

// Tells `op(key, hash, found)` of each element of `walked` whether `searched` has it, under both
// Locks but for comparisons by user code. `op` gives false to stop.
template <class Op>
[[nodiscard]] bool match_elements(Thread& thread, Set& walked, Set& searched, Op op) {
    SetProbe probe{Value(), 0};
    Owned element;  // the one user code is asked about
    size_t position = 0;
    for (;;) {
        Owned candidate;
        {
            Lock2 guard(thread, walked, searched);
            for (;;) {
                if (!element) {
                    SetEntry* entry =
                        set_next_entry(walked.table.load(std::memory_order_relaxed), &position);
                    if (entry == nullptr) return true;
                    Value key = Value::from_bits(entry->key.load(std::memory_order_relaxed));
                    probe = SetProbe(key, entry->hash.load(std::memory_order_relaxed));
                }
                Index found =
                    probe.find(searched, searched.table.load(std::memory_order_relaxed), true);
                if (found == kAskElement) {
                    candidate = Owned::share(Value::from_bits(probe.candidate_key));
                    if (!element) {
                        element = Owned::share(probe.key);
                        probe.key = element;
                    }
                    break;
                }
                bool more = op(probe.key, probe.hash, found != kAbsent);
                if (!more) return true;
                if (element) break;
            }
        }
        if (candidate) {
            TRY(ask_set_candidate(thread, probe, std::move(candidate)));
        } else {
            element = Owned();
        }
    }
}

}  // namespace imugi
