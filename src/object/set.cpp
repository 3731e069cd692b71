// set's operations for the runtime: membership tests without a lock, changes under the set's Lock.
#include "object/set.h"

#include "memory/collector.h"
#include "object/dict.h"
#include "object/hashed_keys.h"
#include "object/iteration.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/set_table.h"
#include "object/tuple.h"
#include "object/value_buffer.h"

namespace imugi {

Ref<Set> make_set(Thread& thread, Type& type) {
    auto* set = allocate<Set>(thread, type);
    if (set == nullptr) return {};
    track(set);
    return Ref<Set>::adopt(set);
}

Ref<Set> set_copy(Thread& thread, Set& set, Type& type) {
    Ref<Set> copy = TRY(make_set(thread, type));
    bool room = true;
    {
        Lock guard(thread, set);
        Index size = set.size.load(std::memory_order_relaxed);
        if (size != 0) {
            SetTable* table = set_table_clone(set);
            room = table != nullptr;
            if (room) {
                copy->table.store(table, std::memory_order_release);
                copy->size.store(size, std::memory_order_release);
            }
        }
    }
    if (!room) return raise_memory_error(thread);
    return copy;
}

Ref<Set> set_from(Thread& thread, Type& type, Value iterable) {
    if (is_exact_set(iterable) || has_shape(iterable, k_frozenset_shape))
        return set_copy(thread, iterable.as<Set>(), type);
    Ref<Set> set = TRY(make_set(thread, type));
    TRY(set_update(thread, *set, iterable));
    return set;
}

namespace {

// The hash of an element to look for. A set stands for its frozenset, which `frozen` then holds.
Result<int64_t> sought_hash(Thread& thread, Value& element, Ref<Set>& frozen) {
    Result<int64_t> hash = element_hash(thread, element);
    if (IMUGI_LIKELY(static_cast<bool>(hash)) || !is_any_set(element) ||
        !clear_exception_if(thread, exc::TypeError))
        return hash;
    frozen = TRY(set_copy(thread, element.as<Set>(), frozenset_type));
    element = Value::of(frozen.get());
    return element_hash(thread, element);
}

}  // namespace

Result<bool> set_contains(Thread& thread, Set& set, Value element) {
    Ref<Set> frozen;
    int64_t hash = TRY(sought_hash(thread, element, frozen));
    mark_reader(&set);
    SetProbe probe(element, hash);
    Index entry = probe.find(set, set.table.load(std::memory_order_acquire), false);
    if (IMUGI_LIKELY(entry >= kAbsent)) return entry >= 0;
    bool result = false;
    TRY(with_set_entry(thread, set, element, hash, [&](Index found) {
        result = found != kAbsent;
        // Others' lock-free searches may look at the key from now on.
        if (result)
            Owned marked =
                share_locked(set.table.load(std::memory_order_relaxed)->entries[found].key);
        return true;
    }));
    return result;
}

bool set_add(Thread& thread, Set& set, Value element) {
    int64_t hash = TRY(element_hash(thread, element));
    if (set.owner.load(std::memory_order_relaxed) != current_heap_id ||
        !is_biased_to(current_heap_id, set)) {
        // The Lock is not to be had for nothing: an element that is there needs none.
        mark_reader(&set);
        SetProbe probe(element, hash);
        if (probe.find(set, set.table.load(std::memory_order_acquire), false) >= 0) return true;
    }
    return with_set_entry(thread, set, element, hash, [&](Index entry) {
        return entry != kAbsent || set_table_insert(set, element, hash);
    });
}

Result<bool> set_discard(Thread& thread, Set& set, Value element) {
    Ref<Set> frozen;
    int64_t hash = TRY(sought_hash(thread, element, frozen));
    Owned removed;
    TRY(with_set_entry(thread, set, element, hash, [&](Index entry) {
        if (entry != kAbsent) removed = set_table_remove(set, entry);
        return true;
    }));
    return static_cast<bool>(removed);
}

void set_clear(Thread& thread, Set& set) {
    SetTable* old;
    {
        Lock guard(thread, set);
        set.size.store(0, std::memory_order_release);
        old = set.table.exchange(nullptr, std::memory_order_seq_cst);
    }
    if (old == nullptr) return;
    drop_set_words(*old);
    if (needs_grace(&set)) {
        retire(old, set_table_bytes(old->mask), array_free);
    } else {
        array_free(old);
    }
}

// --- many at once ---

namespace {

bool update_from_set(Thread& thread, Set& set, Set& other) {
    if (&set == &other) return true;
    SetProbe probe{Value(), 0};
    Owned element;
    size_t position = 0;
    for (;;) {
        Owned candidate;
        bool room = true;
        {
            Lock2 guard(thread, set, other);
            if (!element && position == 0) {
                Index size = other.size.load(std::memory_order_relaxed);
                if (size == 0) return true;
                const SetTable* mine = set.table.load(std::memory_order_relaxed);
                const SetTable* theirs = other.table.load(std::memory_order_relaxed);
                bool clean = mine == nullptr || mine->fill == 0;
                // A table that has only deleted elements is kept if there is room, as CPython does.
                if (!clean) {
                    room = set_table_make_room(set, static_cast<size_t>(size));
                    mine = set.table.load(std::memory_order_relaxed);
                    clean = mine->fill == 0 && mine->mask == theirs->mask &&
                            theirs->fill == static_cast<size_t>(size);
                }
                SetTable* table = room && clean ? set_table_clone(other) : nullptr;
                if (table != nullptr) {
                    set_table_replace(set, table);
                    set.size.store(size, std::memory_order_release);
                    return true;
                }
                room = room && !clean;
            }
            while (room) {
                if (!element) {
                    SetEntry* entry =
                        set_next_entry(other.table.load(std::memory_order_relaxed), &position);
                    if (entry == nullptr) return true;
                    Value key = Value::from_bits(entry->key.load(std::memory_order_relaxed));
                    probe = SetProbe(key, entry->hash.load(std::memory_order_relaxed));
                }
                Index found = probe.find(set, set.table.load(std::memory_order_relaxed), true);
                if (found == kAskElement) {
                    candidate = Owned::share(Value::from_bits(probe.candidate_key));
                    if (!element) {
                        element = Owned::share(probe.key);
                        probe.key = element;
                    }
                    break;
                }
                if (found == kAbsent) room = set_table_insert(set, probe.key, probe.hash);
                if (element) break;
            }
        }
        if (!room) return raise_memory_error(thread);
        if (candidate) {
            TRY(ask_set_candidate(thread, probe, std::move(candidate)));
        } else {
            element = Owned();
        }
    }
}

// All under one Lock, as far as builtin equality decides. `at_once`: with room made for them
// before.
bool add_all(Thread& thread, Set& set, HashedKeys& keys, bool at_once = false) {
    size_t i = 0;
    bool room = true;
    {
        Lock guard(thread, set);
        if (at_once && keys.size() != 0) room = set_table_make_room(set, keys.size());
        for (; room && i < keys.size(); i++) {
            SetProbe probe(keys.key(i), keys.hash(i));
            Index found = probe.find(set, set.table.load(std::memory_order_relaxed), true);
            if (found == kAskElement) break;
            if (found == kAbsent) room = set_table_insert(set, keys.key(i), keys.hash(i));
        }
    }
    if (!room) return raise_memory_error(thread);
    for (; i < keys.size(); i++)
        TRY(with_set_entry(thread, set, keys.key(i), keys.hash(i), [&](Index entry) {
            return entry != kAbsent || set_table_insert(set, keys.key(i), keys.hash(i));
        }));
    return true;
}

}  // namespace

bool set_update(Thread& thread, Set& set, Value iterable) {
    if (is_any_set(iterable)) return update_from_set(thread, set, iterable.as<Set>());
    HashedKeys keys(thread);
    if (is_exact_dict(iterable)) {
        TRY(keys.copy(thread, iterable.as<Dict>()));
        return add_all(thread, set, keys, true);
    }
    if (is_exact_list(iterable) || is_exact_tuple(iterable)) {
        bool hashed = is_exact_list(iterable) ? keys.copy(thread, iterable.as<List>())
                                              : keys.copy(thread, iterable.as<Tuple>());
        if (hashed) return add_all(thread, set, keys);
        // What came before the item that has no hash is added all the same.
        Owned error = take_exception(thread);
        TRY(add_all(thread, set, keys));
        set_exception(thread, std::move(error));
        return false;
    }
    Iteration iterator(thread, iterable);
    if (!iterator) return {};
    for (;;) {
        Owned item = TRY(next(thread, iterator));
        if (item.is_nothing()) return true;
        TRY(set_add(thread, set, item));
    }
}

bool set_elements(Thread& thread, Set& set, ValueBuffer& out) {
    for (;;) {
        Index size = set_size(set);
        TRY(out.reserve(size));
        Lock guard(thread, set);
        if (set.size.load(std::memory_order_relaxed) > size) continue;
        const SetTable* table = set.table.load(std::memory_order_relaxed);
        size_t position = 0;
        while (SetEntry* entry = set_next_entry(table, &position))
            TRY(out.append(
                Owned::share(Value::from_bits(entry->key.load(std::memory_order_relaxed)))));
        return true;
    }
}

bool set_next(Thread& thread, Set& set, size_t* position, Owned* element) {
    Owned old;
    Lock guard(thread, set);
    SetEntry* entry = set_next_entry(set.table.load(std::memory_order_relaxed), position);
    if (entry == nullptr) return false;
    old = std::exchange(*element, share_locked(entry->key));
    return true;
}

}  // namespace imugi
