// Tables of sets: open addressing, a short run of neighbours at each place of the probe sequence.
// The sizes and the order of places are CPython's, so that sets of small ints show in the same
// order.
#include "object/set_table.h"

#include <cstring>

#include "object/protocol.h"
#include "object/stored_key.h"
#include "object/unhashable.h"

namespace imugi {

namespace {

constexpr size_t kNeighbours = 9;

uint64_t next_stamp() {
    static thread_local uint64_t counter = 0;
    return uint64_t{current_heap_id} << 48 | (++counter & ((uint64_t{1} << 48) - 1));
}

// How many entries after `position` belong to its run.
size_t run_length(const SetTable& table, size_t position) {
    return position + kNeighbours <= table.mask ? kNeighbours : 0;
}

// Calls visit(entry, key) for the entries where an element with that hash may be, up to the first
// free one, which it is given last; false ends it sooner.
template <class Visit>
IMUGI_ALWAYS_INLINE void walk(const SetTable& table, int64_t hash, Visit visit) {
    auto perturb = static_cast<uint64_t>(hash);
    size_t position = perturb & table.mask;
    for (;;) {
        size_t run = run_length(table, position);
        for (size_t offset = 0; offset <= run; offset++) {
            auto& entry = const_cast<SetEntry&>(table.entries[position + offset]);
            uint64_t key = entry.key.load(std::memory_order_relaxed);
            if (!visit(entry, key) || key == 0) return;
        }
        perturb >>= 5;
        position = (position * 5 + 1 + perturb) & table.mask;
    }
}

void write(SetEntry& entry, uint64_t key, int64_t hash) {
    entry.hash.store(hash, std::memory_order_relaxed);
    entry.key.store(key, std::memory_order_release);  // pairs with SetProbe::find
}

// Into a table without deleted elements.
void place(SetTable& table, uint64_t key, int64_t hash) {
    SetEntry* place;
    walk(table, hash, [&](SetEntry& entry, uint64_t) {
        place = &entry;
        return true;
    });
    write(*place, key, hash);
    table.fill++;
}

// The place of a new element: that of the last deleted one on the way to the free place, as in
// CPython.
SetEntry* find_place(const SetTable& table, int64_t hash) {
    SetEntry* place = nullptr;
    walk(table, hash, [&](SetEntry& entry, uint64_t key) {
        if (key == kDeletedElement || (key == 0 && place == nullptr)) place = &entry;
        return true;
    });
    return place;
}

constexpr size_t kLeastMask = 7;

bool rebuild(Set& set, size_t more_than) {
    SetTable* old = set.table.load(std::memory_order_relaxed);
    SetTable* table = make_set_table(more_than);
    if (table == nullptr) return false;
    size_t position = 0;
    while (SetEntry* entry = set_next_entry(old, &position))
        place(*table, entry->key.load(std::memory_order_relaxed),
              entry->hash.load(std::memory_order_relaxed));
    set_table_replace(set, table);
    return true;
}

}  // namespace

IMUGI_ALWAYS_INLINE void SetProbe::begin(const SetTable& table) {
    stamp = table.stamp;
    perturb = static_cast<uint64_t>(hash);
    position = perturb & table.mask;
    offset = 0;
    candidate = kAbsent;
    equal = false;
    unequal = 0;
}

// Under the Lock: whether no element came to a place that was passed while user code compared, one
// that may be equal and that it was not asked about.
IMUGI_NOINLINE bool SetProbe::asked_all(const Set& set, const SetTable& table) const {
    size_t count = 0;
    uint64_t sum = 0;
    walk(table, hash, [&](SetEntry& entry, uint64_t bits) {
        if (bits != 0 && bits != kDeletedElement &&
            entry.hash.load(std::memory_order_relaxed) == hash &&
            compare_stored_key(entry.key, bits, set.table, &table, key, true) ==
                Verdict::kAskUser) {
            count++;
            sum += bits;
        }
        return true;
    });
    return count == 0 || (count == unequal && sum == unequal_keys);
}

Index SetProbe::find(const Set& set, const SetTable* table, bool locked) {
    if (table == nullptr) return kAbsent;
    if (stamp == table->stamp && candidate != kAbsent && equal) {
        // Found by user code, unless the element was taken out meanwhile.
        if (table->entries[candidate].key.load(std::memory_order_acquire) == candidate_key)
            return candidate;
        stamp = 0;
    }
    if (stamp != table->stamp) begin(*table);
    uint64_t identity = key.identity();
    for (;;) {
        size_t run = run_length(*table, position);
        for (; offset <= run; offset++) {
            auto index = static_cast<Index>(position + offset);
            const SetEntry& entry = table->entries[index];
            uint64_t bits = entry.key.load(std::memory_order_acquire);
            if (bits == 0) {
                if (IMUGI_LIKELY(unequal == 0) || asked_all(set, *table)) return kAbsent;
                begin(*table);
                return find(set, table, locked);
            }
            if (Value::from_bits(bits).identity() == identity) return index;
            if (bits == kDeletedElement || entry.hash.load(std::memory_order_relaxed) != hash)
                continue;
            switch (compare_stored_key(entry.key, bits, set.table, table, key, locked)) {
                case Verdict::kNo:
                    break;
                case Verdict::kYes:
                    return index;
                case Verdict::kLock:
                    return kElementNeedsLock;
                case Verdict::kAskUser:
                    candidate = index;
                    candidate_key = bits;
                    return kAskElement;
            }
        }
        perturb >>= 5;
        position = (position * 5 + 1 + perturb) & table->mask;
        offset = 0;
    }
}

bool ask_set_candidate(Thread& thread, SetProbe& probe, Owned candidate) {
    probe.answer(TRY(equals(thread, candidate, probe.key)));
    return true;
}

Result<int64_t> element_hash(Thread& thread, Value element) {
    int64_t quick;
    if (IMUGI_LIKELY(quick_hash(element, &quick))) return quick;
    Result<int64_t> result = hash(thread, element);
    if (IMUGI_UNLIKELY(!result)) return raise_unhashable_as(thread, element, "set element");
    return result;
}

SetTable* make_set_table(size_t more_than) {
    size_t size = kLeastMask + 1;
    while (size <= more_than) size <<= 1;
    if (size > size_t{1} << 56) return nullptr;
    auto* table = static_cast<SetTable*>(array_allocate_zeroed(set_table_bytes(size - 1)));
    if (table == nullptr) return nullptr;
    table->stamp = next_stamp();
    table->mask = size - 1;
    return table;
}

void set_table_replace(Set& set, SetTable* table) {
    SetTable* old = set.table.exchange(table, std::memory_order_seq_cst);  // see needs_grace
    if (old == nullptr) return;
    if (needs_grace(&set)) {
        retire(old, set_table_bytes(old->mask), array_free);
    } else {
        array_free(old);
    }
}

bool set_table_insert(Set& set, Value key, int64_t hash) {
    SetTable* table = set.table.load(std::memory_order_relaxed);
    auto size = static_cast<size_t>(set.size.load(std::memory_order_relaxed));
    if (table == nullptr) {
        if (!rebuild(set, 0)) return false;
        table = set.table.load(std::memory_order_relaxed);
    }
    // Grows when this element fills three fifths. It goes in first, as in CPython, so that the
    // order of the places is the same; a free place always remains to end searches.
    SetEntry* entry = find_place(*table, hash);
    bool reused = entry->key.load(std::memory_order_relaxed) == kDeletedElement;
    bool grow = !reused && (table->fill + 1) * 5 >= table->mask * 3;
    if (grow && table->fill + 2 > table->mask) {
        if (!rebuild(set, size * 4)) return false;
        table = set.table.load(std::memory_order_relaxed);
        entry = find_place(*table, hash);
        grow = false;
    }
    write(*entry, Owned::share(key).release(), hash);
    table->fill += !reused;
    set.size.store(static_cast<Index>(++size), std::memory_order_release);
    if (!grow || rebuild(set, size > 50000 ? size * 2 : size * 4)) return true;
    return table->fill < table->mask;  // short of memory, but there is room
}

bool set_table_make_room(Set& set, size_t more) {
    const SetTable* table = set.table.load(std::memory_order_relaxed);
    size_t fill = table ? table->fill : 0, mask = table ? table->mask : kLeastMask;
    if ((fill + more) * 5 < mask * 3) return true;
    return rebuild(set, (static_cast<size_t>(set.size.load(std::memory_order_relaxed)) + more) * 2);
}

void set_table_trim(Set& set) {
    const SetTable* table = set.table.load(std::memory_order_relaxed);
    auto size = static_cast<size_t>(set.size.load(std::memory_order_relaxed));
    // Where memory is short the table stays as it is.
    if (table != nullptr && table->fill - size > table->mask / 4)
        (void)rebuild(set, size > 50000 ? size * 2 : size * 4);
}

Owned set_table_remove(Set& set, Index index) {
    SetTable* table = set.table.load(std::memory_order_relaxed);
    Owned key = Owned::adopt(
        table->entries[index].key.exchange(kDeletedElement, std::memory_order_acq_rel));
    set.size.store(set.size.load(std::memory_order_relaxed) - 1, std::memory_order_release);
    return key;
}

SetTable* set_table_clone(const Set& set) {
    const SetTable& old = *set.table.load(std::memory_order_relaxed);
    auto size = static_cast<size_t>(set.size.load(std::memory_order_relaxed));
    // Of the size that an empty set gets when so many come at once.
    SetTable* table = make_set_table(size * 5 < kLeastMask * 3 ? 0 : size * 2);
    if (table == nullptr) return nullptr;
    if (old.fill == size && old.mask == table->mask) {
        table->fill = old.fill;
        for (size_t i = 0; i <= old.mask; i++) {
            uint64_t key = old.entries[i].key.load(std::memory_order_relaxed);
            if (key == 0) continue;
            table->entries[i].hash.store(old.entries[i].hash.load(std::memory_order_relaxed),
                                         std::memory_order_relaxed);
            table->entries[i].key.store(Owned::share(Value::from_bits(key)).release(),
                                        std::memory_order_release);
        }
        return table;
    }
    size_t position = 0;
    while (SetEntry* entry = set_next_entry(&old, &position)) {
        Value key = Value::from_bits(entry->key.load(std::memory_order_relaxed));
        place(*table, Owned::share(key).release(), entry->hash.load(std::memory_order_relaxed));
    }
    return table;
}

void drop_set_words(SetTable& table) {
    for (size_t i = 0; i <= table.mask; i++) {
        // Free places, deleted ones and immediates have nothing to drop.
        uint64_t bits = table.entries[i].key.load(std::memory_order_relaxed);
        if ((bits & 7) == 0) Owned dropped = Owned::adopt(bits);
    }
}

SetEntry* set_next_entry(const SetTable* table, size_t* position) {
    if (table == nullptr) return nullptr;
    for (size_t i = *position; i <= table->mask; i++) {
        uint64_t key = table->entries[i].key.load(std::memory_order_relaxed);
        if (key == 0 || key == kDeletedElement) continue;
        *position = i + 1;
        return const_cast<SetEntry*>(&table->entries[i]);
    }
    *position = table->mask + 1;
    return nullptr;
}

}  // namespace imugi
