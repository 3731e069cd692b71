// The set and frozenset types: their slots and methods, over the operations of set.h.
#include <algorithm>

#include "base/hash.h"
#include "memory/collector.h"
#include "object/dict.h"
#include "object/dict_table.h"
#include "object/hashed_keys.h"
#include "object/list.h"
#include "object/native.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/repr_guard.h"
#include "object/set_table.h"
#include "object/stored_key.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/unhashable.h"
#include "object/value_buffer.h"

namespace imugi {

namespace {

Set& set_of(Value value) {
    return value.as<Set>();
}
bool is_frozen(Value value) {
    return value.is_object() && has_type_flag(value, kTypeIsFrozenset);
}
// Results are plain sets or frozensets, whatever subclass the operand is of.
Type& base_of(Value value) {
    return is_frozen(value) ? frozenset_type : set_type;
}

void set_fields(Object* self, FieldVisitor& visitor) {
    SetTable* table = static_cast<Set*>(self)->table.load(std::memory_order_relaxed);
    if (visitor.dropping) {
        if (table) drop_set_words(*table);
        return;
    }
    size_t position = 0;
    while (SetEntry* entry = set_next_entry(table, &position)) visitor.visit(entry->key);
}

void set_release(Object* self) {
    set_table_replace(*static_cast<Set*>(self), nullptr);
}

// --- making ---

Owned set_make(Thread& thread, Type& type, const Arguments&) {
    return make_set(thread, type);
}

bool set_init(Thread& thread, Value self, const Arguments& arguments) {
    TRY(reject_keywords(thread, "set", arguments));
    if (arguments.count > 1)
        return raise(thread, exc::TypeError, "{} expected at most 1 argument, got {}",
                     type_of(self), arguments.count);
    set_clear(thread, set_of(self));
    return arguments.count == 0 || set_update(thread, set_of(self), arguments[0]);
}

Owned frozenset_make(Thread& thread, Type& type, const Arguments& arguments) {
    if (&type == &frozenset_type || type.slots.init == frozenset_type.slots.init)
        TRY(reject_keywords(thread, "frozenset", arguments));
    TRY(check_positional(thread, "frozenset", arguments.positional(), 0, 1));
    if (arguments.count == 0) return make_set(thread, type);
    if (&type == &frozenset_type && has_shape(arguments[0], k_frozenset_shape))
        return Owned::share(arguments[0]);
    return set_from(thread, type, arguments[0]);
}

// --- slots ---

Owned set_repr(Thread& thread, Value self) {
    Set& set = set_of(self);
    bool plain = is_exact_set(self);
    Str& name = type_name(type_of(self));
    if (set_size(set) == 0) return format(thread, "{}()", name);
    ReprGuard guard(set);
    if (guard.is_recursive()) return format(thread, "{}(...)", name);
    ValueBuffer elements(thread);
    TRY(set_elements(thread, set, elements));
    StrBuilder text(thread);
    if (!plain) {
        TRY(text.append(name));
        TRY(text.append('('));
    }
    TRY(text.append('{'));
    for (size_t i = 0; i < elements.size(); i++) {
        if (i != 0) TRY(text.append(", "));
        Owned shown = TRY(repr(thread, elements[i]));
        TRY(text.append(shown.as<Str>()));
    }
    TRY(text.append(plain ? "}" : "})"));
    return text.finish();
}

Result<int64_t> frozenset_hash(Thread&, Value self) {
    Set& set = set_of(self);
    int64_t cached = set.hash_or_finger.load(std::memory_order_relaxed);
    if (cached != 0) return cached;
    FrozensetHash state;
    const SetTable* table = set.table.load(std::memory_order_acquire);
    size_t position = 0;
    while (SetEntry* entry = set_next_entry(table, &position))
        state.add(entry->hash.load(std::memory_order_relaxed));
    int64_t result = state.finish(static_cast<size_t>(set_size(set)));
    set.hash_or_finger.store(result, std::memory_order_relaxed);
    return result;
}

Result<bool> is_subset(Thread& thread, Set& inner, Set& outer) {
    if (set_size(inner) > set_size(outer)) return false;
    bool all = true;
    TRY(match_elements(thread, inner, outer,
                       [&](Value, int64_t, bool found) { return all = found; }));
    return all;
}

// Of a frozenset; 0: not yet.
int64_t known_hash(const Set& set) {
    return is_frozen(Value::of(set)) ? set.hash_or_finger.load(std::memory_order_relaxed) : 0;
}

Owned set_compare(Thread& thread, Value self, Value other, CompareOp op) {
    if (!is_any_set(self) || !is_any_set(other)) return Owned::share(not_implemented());
    Set& left = set_of(self);
    Set& right = set_of(other);
    Index a = set_size(left), b = set_size(right);
    bool result = false;
    switch (op) {
        case CompareOp::kEq:
        case CompareOp::kNe: {
            int64_t left_hash = known_hash(left), right_hash = known_hash(right);
            bool hashes_differ = left_hash != 0 && right_hash != 0 && left_hash != right_hash;
            result = a == b && !hashes_differ && TRY(is_subset(thread, left, right));
            if (op == CompareOp::kNe) result = !result;
            break;
        }
        case CompareOp::kLe:
            result = TRY(is_subset(thread, left, right));
            break;
        case CompareOp::kGe:
            result = TRY(is_subset(thread, right, left));
            break;
        case CompareOp::kLt:
            result = a < b && TRY(is_subset(thread, left, right));
            break;
        case CompareOp::kGt:
            result = a > b && TRY(is_subset(thread, right, left));
            break;
    }
    return Owned::share(boolean(result));
}

Result<Index> set_length(Thread&, Value self) {
    return set_size(set_of(self));
}

Result<bool> set_has(Thread& thread, Value self, Value element) {
    return set_contains(thread, set_of(self), element);
}

Owned set_iter(Thread& thread, Value self) {
    return make_set_iterator(thread, set_of(self));
}

// --- operations; `result` is nobody else's ---

// Elements of `walked` that are found in `searched`, or those that are not.
bool select(Thread& thread, Set& walked, Set& searched, bool wanted, Set& result) {
    bool room = true;
    TRY(match_elements(thread, walked, searched, [&](Value key, int64_t hash, bool found) {
        if (found == wanted) room = set_table_insert(result, key, hash);
        return room;
    }));
    return room || raise_memory_error(thread);
}

// What iterating over an exact list, tuple or dict gives, as it is at one moment.
Ref<Tuple> snapshot(Thread& thread, Value items) {
    if (is_exact_tuple(items)) return Ref<Tuple>::share(items.as<Tuple>());
    if (is_exact_list(items)) return list_to_tuple(thread, items.as<List>());
    Ref<List> keys = TRY(list_from(thread, items));
    return list_to_tuple(thread, *keys);
}

// Tells `op(item, found)` of each item whether the set has it, under the set's Lock but for hashing
// and comparisons by user code. `op` gives false to stop.
template <class Op>
[[nodiscard]] bool look_up_items(Thread& thread, Set& self, Tuple& items, Op op) {
    constexpr size_t kStepsBetweenPauses = 1 << 16;
    for (size_t i = 0; i < items.size;) {
        {
            size_t stop = items.size;
            if (!thread.critical) stop = std::min(stop, i + kStepsBetweenPauses);
            Lock guard(thread, self);
            for (int64_t hash; i < stop && quick_hash(items[i], &hash); i++) {
                SetProbe probe(items[i], hash);
                Index found = probe.find(self, self.table.load(std::memory_order_relaxed), true);
                if (found == kAskElement) break;
                if (!TRY(op(items[i], found != kAbsent))) return true;
            }
            if (i == stop) continue;
        }
        int64_t hash = TRY(element_hash(thread, items[i]));
        bool has = false;
        TRY(with_set_entry(thread, self, items[i], hash, [&](Index entry) {
            has = entry != kAbsent;
            return true;
        }));
        if (!TRY(op(items[i++], has))) return true;
    }
    return true;
}

// As set_contains, but a set does not stand for its frozenset.
Result<bool> has_element(Thread& thread, Set& self, Value item) {
    if (is_any_set(item) && !is_frozen(item)) TRY(element_hash(thread, item));
    return set_contains(thread, self, item);
}

// The same of the items of any iterable. A frozenset needs no Lock.
template <class Op>
[[nodiscard]] bool look_up(Thread& thread, Set& self, Value items, Op op) {
    if (!is_frozen(Value::of(self)) &&
        (is_exact_list(items) || is_exact_tuple(items) || is_exact_dict(items))) {
        Ref<Tuple> seen = TRY(snapshot(thread, items));
        return look_up_items(thread, self, *seen, op);
    }
    Owned iterator = TRY(iterate(thread, items));
    for (;;) {
        Owned item = TRY(next(thread, iterator));
        if (item.is_nothing()) return true;
        if (!TRY(op(item, TRY(has_element(thread, self, item))))) return true;
    }
}

Ref<Set> intersection(Thread& thread, Set& self, Value other) {
    Type& type = base_of(Value::of(self));
    if (is_any_set(other)) {
        if (same(Value::of(self), other)) return set_copy(thread, self, type);
        Ref<Set> result = TRY(make_set(thread, type));
        Set* smaller = &set_of(other);
        Set* larger = &self;
        if (set_size(*smaller) > set_size(*larger)) std::swap(smaller, larger);
        TRY(select(thread, *smaller, *larger, true, *result));
        return result;
    }
    Ref<Set> result = TRY(make_set(thread, type));
    TRY(look_up(thread, self, other, [&](Value key, bool found) -> Result<bool> {
        if (!found) return true;
        TRY(set_add(thread, *result, key));
        // Whatever else comes, there is nothing more to find.
        return set_size(*result) < set_size(self);
    }));
    return result;
}

// Takes out of `self` what `other` has, under both Locks. False in *done: some of it needs user
// code.
bool subtract_at_once(Thread& thread, Set& self, Set& other, bool* done) {
    ValueBuffer removed(thread);
    for (;;) {
        Index room = set_size(self);
        TRY(removed.reserve(room));
        Lock2 guard(thread, self, other);
        if (self.size.load(std::memory_order_relaxed) > room) continue;
        bool walk_self =
            self.size.load(std::memory_order_relaxed) < other.size.load(std::memory_order_relaxed);
        Set& walked = walk_self ? self : other;
        Set& searched = walk_self ? other : self;
        const SetTable* table = walked.table.load(std::memory_order_relaxed);
        size_t position = 0;
        while (SetEntry* entry = set_next_entry(table, &position)) {
            SetProbe probe(Value::from_bits(entry->key.load(std::memory_order_relaxed)),
                           entry->hash.load(std::memory_order_relaxed));
            Index found =
                probe.find(searched, searched.table.load(std::memory_order_relaxed), true);
            if (found == kAskElement) return true;
            if (found == kAbsent) continue;
            TRY(removed.append(set_table_remove(self, walk_self ? entry - table->entries : found)));
        }
        *done = true;
        return true;
    }
}

// Of an exact list, tuple or dict.
bool copy_keys(Thread& thread, HashedKeys& keys, Value other) {
    if (is_exact_list(other)) return keys.copy(thread, other.as<List>());
    if (is_exact_tuple(other)) return keys.copy(thread, other.as<Tuple>());
    return keys.copy(thread, other.as<Dict>());
}

// All under one Lock, as far as builtin equality decides.
bool discard_all(Thread& thread, Set& self, HashedKeys& keys) {
    ValueBuffer removed(thread);
    TRY(removed.reserve(keys.size()));
    size_t i = 0;
    {
        Lock guard(thread, self);
        for (; i < keys.size(); i++) {
            SetProbe probe(keys.key(i), keys.hash(i));
            Index found = probe.find(self, self.table.load(std::memory_order_relaxed), true);
            if (found == kAskElement) break;
            if (found != kAbsent) TRY(removed.append(set_table_remove(self, found)));
        }
    }
    for (; i < keys.size(); i++) TRY(set_discard(thread, self, keys.key(i)));
    return true;
}

// Takes out of `self` what `other` has.
bool take_out(Thread& thread, Set& self, Value other) {
    if (same(Value::of(self), other)) {
        set_clear(thread, self);
        return true;
    }
    if (is_any_set(other)) {
        bool done = false;
        TRY(subtract_at_once(thread, self, set_of(other), &done));
        if (done) return true;
        ValueBuffer elements(thread);
        // Only what both have; the smaller is walked.
        if (set_size(set_of(other)) > set_size(self)) {
            Ref<Set> both = TRY(make_set(thread));
            TRY(select(thread, self, set_of(other), true, *both));
            TRY(set_elements(thread, *both, elements));
        } else {
            TRY(set_elements(thread, set_of(other), elements));
        }
        for (size_t i = 0; i < elements.size(); i++) TRY(set_discard(thread, self, elements[i]));
        return true;
    }
    if (is_exact_list(other) || is_exact_tuple(other) || is_exact_dict(other)) {
        HashedKeys keys(thread);
        if (copy_keys(thread, keys, other)) return discard_all(thread, self, keys);
        // What came before the item that has no hash goes all the same.
        Owned error = take_exception(thread);
        TRY(discard_all(thread, self, keys));
        set_exception(thread, std::move(error));
        return false;
    }
    Owned iterator = TRY(iterate(thread, other));
    for (;;) {
        Owned item = TRY(next(thread, iterator));
        if (item.is_nothing()) return true;
        TRY(set_discard(thread, self, item));
    }
}

bool subtract_from(Thread& thread, Set& self, Value other) {
    TRY(take_out(thread, self, other));
    Lock guard(thread, self);
    set_table_trim(self);
    return true;
}

// The elements that are no keys of the dict, all under its Lock as far as builtin equality decides.
bool select_missing(Thread& thread, HashedKeys& elements, Dict& dict, Set& result) {
    size_t i = 0;
    bool room = true;
    {
        Lock guard(thread, dict);
        const DictTable& table = *dict.table.load(std::memory_order_relaxed);
        for (; room && i < elements.size(); i++) {
            DictProbe probe(elements.key(i), elements.hash(i));
            Index found = probe.find(dict, table, true);
            if (found == kAsk) break;
            if (found == kMissing) room = set_table_insert(result, probe.key, probe.hash);
        }
    }
    for (; room && i < elements.size(); i++) {
        Owned found = TRY(dict_get_hashed(thread, dict, elements.key(i), elements.hash(i)));
        if (found.is_nothing()) room = set_table_insert(result, elements.key(i), elements.hash(i));
    }
    return room || raise_memory_error(thread);
}

Ref<Set> difference(Thread& thread, Set& self, Value other) {
    Type& type = base_of(Value::of(self));
    Index others = is_any_set(other)      ? set_size(set_of(other))
                   : is_exact_dict(other) ? dict_size(other.as<Dict>())
                                          : 0;
    // Rather a copy that few are taken out of; for any other iterable as well.
    if (set_size(self) >> 2 > others) {
        Ref<Set> result = TRY(set_copy(thread, self, type));
        TRY(subtract_from(thread, *result, other));
        return result;
    }
    if (is_any_set(other)) {
        Ref<Set> result = TRY(make_set(thread, type));
        if (same(Value::of(self), other)) return result;
        TRY(select(thread, self, set_of(other), false, *result));
        return result;
    }
    if (is_exact_dict(other)) {
        Ref<Set> result = TRY(make_set(thread, type));
        HashedKeys elements(thread);
        TRY(elements.copy(thread, self));
        TRY(select_missing(thread, elements, other.as<Dict>(), *result));
        return result;
    }
    Ref<Set> result = TRY(set_copy(thread, self, type));
    TRY(subtract_from(thread, *result, other));
    return result;
}

// A table whose set has another one now.
void discard_table(Set& self, SetTable* old) {
    if (old == nullptr) return;
    drop_set_words(*old);
    if (needs_grace(&self)) {
        retire(old, set_table_bytes(old->mask), array_free);
    } else {
        array_free(old);
    }
}

// The elements taken out or put in under one Lock. False in *done: user code is needed, and nothing
// was changed.
bool toggle_at_once(Thread& thread, Set& self, HashedKeys& elements, bool* done) {
    ValueBuffer removed(thread);
    TRY(removed.reserve(elements.size()));
    // What stands in the set for each element; 0: nothing.
    auto* stored = static_cast<uint64_t*>(array_allocate((elements.size() + 1) * sizeof(uint64_t)));
    if (!stored) return raise_memory_error(thread);
    bool room = true, asks = false;
    {
        Lock guard(thread, self);
        for (size_t i = 0; i < elements.size() && !asks; i++) {
            SetTable* table = self.table.load(std::memory_order_relaxed);
            SetProbe probe(elements.key(i), elements.hash(i));
            Index found = probe.find(self, table, true);
            asks = found == kAskElement;
            stored[i] = found < 0 ? 0 : table->entries[found].key.load(std::memory_order_relaxed);
        }
        for (size_t i = 0; room && i < elements.size() && !asks; i++) {
            if (stored[i] == 0) {
                room = set_table_insert(self, elements.key(i), elements.hash(i));
                continue;
            }
            // It is there itself: what else user code would be asked about is another.
            SetProbe probe(Value::from_bits(stored[i]), elements.hash(i));
            Index found;
            while ((found = probe.find(self, self.table.load(std::memory_order_relaxed), true)) ==
                   kAskElement)
                probe.answer(false);
            if (found >= 0) room = removed.append(set_table_remove(self, found));
        }
    }
    array_free(stored);
    if (asks) return true;
    *done = true;
    return room || raise_memory_error(thread);
}

bool symmetric_update(Thread& thread, Set& self, Value other) {
    if (same(Value::of(self), other)) {
        set_clear(thread, self);
        return true;
    }
    HashedKeys elements(thread);
    if (is_any_set(other)) {
        TRY(elements.copy(thread, set_of(other)));
    } else if (is_exact_dict(other)) {
        TRY(elements.copy(thread, other.as<Dict>()));
    } else {
        Ref<Set> unique = TRY(make_set(thread));
        TRY(set_update(thread, *unique, other));
        TRY(elements.copy(thread, *unique));
    }
    bool done = false;
    TRY(toggle_at_once(thread, self, elements, &done));
    if (done) return true;
    for (size_t i = 0; i < elements.size(); i++) {
        Value element = elements.key(i);
        int64_t hash = elements.hash(i);
        Owned removed;
        TRY(with_set_entry(thread, self, element, hash, [&](Index entry) {
            if (entry == kAbsent) return set_table_insert(self, element, hash);
            removed = set_table_remove(self, entry);
            return true;
        }));
    }
    return true;
}

// Leaves in `self` the keys that it has; as intersect_at_once, but the elements are the keys.
bool intersect_keys_at_once(Thread& thread, Set& self, HashedKeys& keys, bool* done) {
    Ref<Set> result = TRY(make_set(thread));
    SetTable* old = nullptr;
    bool room = true;
    {
        Lock guard(thread, self);
        for (size_t i = 0; room && i < keys.size(); i++) {
            SetProbe probe(keys.key(i), keys.hash(i)), again(keys.key(i), keys.hash(i));
            Index found = probe.find(self, self.table.load(std::memory_order_relaxed), true);
            if (found == kAskElement) return true;
            if (found == kAbsent) continue;
            found = again.find(*result, result->table.load(std::memory_order_relaxed), true);
            if (found == kAskElement) return true;
            if (found == kAbsent) room = set_table_insert(*result, keys.key(i), keys.hash(i));
        }
        if (room) {
            old = self.table.exchange(result->table.exchange(nullptr, std::memory_order_relaxed),
                                      std::memory_order_seq_cst);
            self.size.store(result->size.exchange(0, std::memory_order_relaxed),
                            std::memory_order_release);
        }
    }
    *done = true;
    if (!room) return raise_memory_error(thread);
    discard_table(self, old);
    return true;
}

// Leaves in `self` what `other` has too, under both Locks; the places are those of a new set, so
// that the order is CPython's. False in *done: user code is needed, and nothing was changed.
bool intersect_at_once(Thread& thread, Set& self, Set& other, bool* done) {
    Ref<Set> result = TRY(make_set(thread));
    SetTable* old;
    bool room = true;
    {
        Lock2 guard(thread, self, other);
        Set* walked = &other;
        Set* searched = &self;
        if (walked->size.load(std::memory_order_relaxed) >
            searched->size.load(std::memory_order_relaxed))
            std::swap(walked, searched);
        size_t position = 0;
        const SetTable* table = walked->table.load(std::memory_order_relaxed);
        while (SetEntry* entry = set_next_entry(table, &position)) {
            Value key = Value::from_bits(entry->key.load(std::memory_order_relaxed));
            int64_t hash = entry->hash.load(std::memory_order_relaxed);
            SetProbe probe(key, hash);
            Index found =
                probe.find(*searched, searched->table.load(std::memory_order_relaxed), true);
            if (found == kAskElement) return true;
            if (found != kAbsent && !(room = set_table_insert(*result, key, hash))) break;
        }
        old = room ? self.table.exchange(result->table.exchange(nullptr, std::memory_order_relaxed),
                                         std::memory_order_seq_cst)
                   : nullptr;
        if (room)
            self.size.store(result->size.exchange(0, std::memory_order_relaxed),
                            std::memory_order_release);
    }
    *done = true;
    if (!room) return raise_memory_error(thread);
    discard_table(self, old);
    return true;
}

// Replaces the contents of `self` by those of `result`, which is given up.
void adopt_contents(Thread& thread, Set& self, Set& result) {
    SetTable* old;
    {
        Lock guard(thread, self);
        SetTable* table = result.table.exchange(nullptr, std::memory_order_relaxed);
        old = self.table.exchange(table, std::memory_order_seq_cst);
        self.size.store(result.size.exchange(0, std::memory_order_relaxed),
                        std::memory_order_release);
    }
    discard_table(self, old);
}

// As `&=` and intersection_update with one operand.
bool intersect_with(Thread& thread, Set& self, Value other) {
    bool done = false;
    if (is_any_set(other) && !same(Value::of(self), other)) {
        TRY(intersect_at_once(thread, self, set_of(other), &done));
    } else if (is_exact_list(other) || is_exact_tuple(other) || is_exact_dict(other)) {
        HashedKeys keys(thread);
        TRY(copy_keys(thread, keys, other));
        TRY(intersect_keys_at_once(thread, self, keys, &done));
    }
    if (done) return true;
    Ref<Set> result = TRY(intersection(thread, self, other));
    adopt_contents(thread, self, *result);
    return true;
}

Owned set_or(Thread& thread, Value left, Value right) {
    if (!is_any_set(left) || !is_any_set(right)) return Owned::share(not_implemented());
    Ref<Set> result = TRY(set_copy(thread, set_of(left), base_of(left)));
    if (!same(left, right)) TRY(set_update(thread, *result, right));
    return result;
}
Owned set_and(Thread& thread, Value left, Value right) {
    if (!is_any_set(left) || !is_any_set(right)) return Owned::share(not_implemented());
    return intersection(thread, set_of(left), right);
}
Owned set_subtract(Thread& thread, Value left, Value right) {
    if (!is_any_set(left) || !is_any_set(right)) return Owned::share(not_implemented());
    return difference(thread, set_of(left), right);
}
Owned set_xor(Thread& thread, Value left, Value right) {
    if (!is_any_set(left) || !is_any_set(right)) return Owned::share(not_implemented());
    if (same(left, right)) return make_set(thread, base_of(left));
    Ref<Set> result = TRY(set_copy(thread, set_of(right), base_of(left)));
    TRY(symmetric_update(thread, *result, left));
    return result;
}
template <bool (*change)(Thread& thread, Set& self, Value other)>
Owned set_inplace(Thread& thread, Value self, Value other) {
    if (!is_any_set(other)) return Owned::share(not_implemented());
    TRY(change(thread, set_of(self), other));
    return Owned::share(self);
}

// --- methods ---

Result<bool> method_contains(Thread& thread, Set& self, Value element) {
    return set_has(thread, Value::of(self), element);
}

bool method_add(Thread& thread, Set& self, Value object) {
    return set_add(thread, self, object);
}

bool method_discard(Thread& thread, Set& self, Value object) {
    return static_cast<bool>(set_discard(thread, self, object));
}

bool method_remove(Thread& thread, Set& self, Value object) {
    bool removed = TRY(set_discard(thread, self, object));
    if (!removed) return raise_key_error(thread, object);
    return true;
}

Owned method_pop(Thread& thread, Set& self) {
    {
        Lock guard(thread, self);
        SetTable* table = self.table.load(std::memory_order_relaxed);
        if (self.size.load(std::memory_order_relaxed) != 0) {
            auto finger = static_cast<size_t>(self.hash_or_finger.load(std::memory_order_relaxed));
            size_t position = finger & table->mask;
            SetEntry* entry = set_next_entry(table, &position);
            if (entry == nullptr) {
                position = 0;
                entry = set_next_entry(table, &position);
            }
            self.hash_or_finger.store(static_cast<int64_t>(position), std::memory_order_relaxed);
            return set_table_remove(self, entry - table->entries);
        }
    }
    return raise(thread, exc::KeyError, "pop from an empty set");
}

bool method_clear(Thread& thread, Set& self) {
    set_clear(thread, self);
    return true;
}

Ref<Set> method_copy(Thread& thread, Set& self) {
    return set_copy(thread, self, base_of(Value::of(self)));
}

Owned frozenset_copy(Thread& thread, Set& self) {
    if (has_shape(Value::of(self), k_frozenset_shape)) return Owned::share(self);
    return set_copy(thread, self, frozenset_type);
}

bool method_update(Thread& thread, Set& self, Args others) {
    for (Value other : others) TRY(set_update(thread, self, other));
    return true;
}

Ref<Set> method_union(Thread& thread, Set& self, Args others) {
    Ref<Set> result = TRY(set_copy(thread, self, base_of(Value::of(self))));
    for (Value other : others)
        if (!same(other, Value::of(self))) TRY(set_update(thread, *result, other));
    return result;
}

Owned method_intersection(Thread& thread, Set& self, Args others) {
    if (others.count == 0) return set_copy(thread, self, base_of(Value::of(self)));
    Ref<Set> result = TRY(intersection(thread, self, others[0]));
    for (size_t i = 1; i < others.count; i++)
        result = TRY(intersection(thread, *result, others[i]));
    return result;
}

bool method_intersection_update(Thread& thread, Set& self, Args others) {
    if (others.count == 1) return intersect_with(thread, self, others[0]);
    Owned held = TRY(method_intersection(thread, self, others));
    adopt_contents(thread, self, held.as<Set>());
    return true;
}

Ref<Set> method_difference(Thread& thread, Set& self, Args others) {
    if (others.count == 0) return set_copy(thread, self, base_of(Value::of(self)));
    Ref<Set> result = TRY(difference(thread, self, others[0]));
    for (size_t i = 1; i < others.count; i++) TRY(subtract_from(thread, *result, others[i]));
    return result;
}

bool method_difference_update(Thread& thread, Set& self, Args others) {
    for (Value other : others) TRY(subtract_from(thread, self, other));
    return true;
}

Ref<Set> method_symmetric_difference(Thread& thread, Set& self, Value other) {
    Type& type = base_of(Value::of(self));
    Ref<Set> result = TRY(set_from(thread, type, other));
    TRY(symmetric_update(thread, *result, Value::of(self)));
    return result;
}

Result<bool> method_isdisjoint(Thread& thread, Set& self, Value other) {
    if (same(Value::of(self), other)) return set_size(self) == 0;
    if (is_any_set(other)) {
        Set* smaller = &set_of(other);
        Set* larger = &self;
        if (set_size(*smaller) > set_size(*larger)) std::swap(smaller, larger);
        bool disjoint = true;
        TRY(match_elements(thread, *smaller, *larger,
                           [&](Value, int64_t, bool found) { return disjoint = !found; }));
        return disjoint;
    }
    bool result = true;
    TRY(look_up(thread, self, other,
                [&](Value, bool found) -> Result<bool> { return result = !found; }));
    return result;
}

Result<bool> method_issubset(Thread& thread, Set& self, Value other) {
    if (is_any_set(other)) return is_subset(thread, self, set_of(other));
    Ref<Set> found = TRY(intersection(thread, self, other));
    return set_size(*found) == set_size(self);
}

Result<bool> method_issuperset(Thread& thread, Set& self, Value other) {
    if (is_any_set(other)) return is_subset(thread, set_of(other), self);
    bool result = true;
    TRY(look_up(thread, self, other,
                [&](Value, bool found) -> Result<bool> { return result = found; }));
    return result;
}

Owned method_reduce(Thread& thread, Set& self) {
    Ref<List> elements = TRY(list_from(thread, Value::of(self)));
    Ref<Tuple> arguments = TRY(make_tuple(thread, elements));
    Owned state = TRY(call_getstate(thread, Value::of(self)));
    return make_tuple(thread, Value::of(type_of(Value::of(self))), arguments, state);
}

Result<Index> method_sizeof(Thread& thread, Set& self) {
    Index bytes = type_of(Value::of(self)).instance_size;
    Lock guard(thread, self);
    SetTable* table = self.table.load(std::memory_order_relaxed);
    if (table != nullptr) bytes += static_cast<Index>(set_table_bytes(table->mask));
    return bytes;
}

#define SET_ROWS_BEFORE_COPY                                                                      \
    {"__contains__", "(self, object, /)", fn<method_contains>, "x.__contains__(y) <==> y in x.",  \
     kMethodCoexist},                                                                             \
        {"__reduce__", "(self, /)", fn<method_reduce>, "Return state information for pickling."}, \
        {"__sizeof__", "(self, /)", fn<method_sizeof>,                                            \
         "S.__sizeof__() -> size of S in memory, in bytes."},                                     \
    {                                                                                             \
        "__class_getitem__", "(type, object, /)", fn<class_getitem>, "See PEP 585", kMethodClass  \
    }
#define SET_ROWS_OF_BOTH                                                              \
    {"difference", "(self, /, *others)", fn<method_difference>,                       \
     "Return a new set with elements in the set that are not in the others."},        \
        {"intersection", "(self, /, *others)", fn<method_intersection>,               \
         "Return a new set with elements common to the set and all others."},         \
        {"isdisjoint", "(self, other, /)", fn<method_isdisjoint>,                     \
         "Return True if two sets have a null intersection."},                        \
        {"issubset", "(self, other, /)", fn<method_issubset>,                         \
         "Report whether another set contains this set."},                            \
        {"issuperset", "(self, other, /)", fn<method_issuperset>,                     \
         "Report whether this set contains another set."},                            \
        {"symmetric_difference", "(self, other, /)", fn<method_symmetric_difference>, \
         "Return a new set with elements in either the set or other but not both."},  \
        {"union", "(self, /, *others)", fn<method_union>,                             \
         "Return a new set with elements from the set and all others."}

const MethodRow set_rows[] = {
    SET_ROWS_BEFORE_COPY,
    {"add", "(self, object, /)", fn<method_add>,
     "Add an element to a set.\n\nThis has no effect if the element is already present."},
    {"clear", "(self, /)", fn<method_clear>, "Remove all elements from this set."},
    {"copy", "(self, /)", fn<method_copy>, "Return a shallow copy of a set."},
    {"discard", "(self, object, /)", fn<method_discard>,
     "Remove an element from a set if it is a member.\n\n"
     "Unlike set.remove(), the discard() method does not raise\n"
     "an exception when an element is missing from the set."},
    SET_ROWS_OF_BOTH,
    {"difference_update", "(self, /, *others)", fn<method_difference_update>,
     "Update the set, removing elements found in others."},
    {"intersection_update", "(self, /, *others)", fn<method_intersection_update>,
     "Update the set, keeping only elements found in it and all others."},
    {"pop", "(self, /)", fn<method_pop>,
     "Remove and return an arbitrary set element.\n\nRaises KeyError if the set is empty."},
    {"remove", "(self, object, /)", fn<method_remove>,
     "Remove an element from a set; it must be a member.\n\n"
     "If the element is not a member, raise a KeyError."},
    {"symmetric_difference_update", "(self, other, /)", fn<symmetric_update>,
     "Update the set, keeping only elements found in either set, but not in both."},
    {"update", "(self, /, *others)", fn<method_update>,
     "Update the set, adding elements from all others."},
    {},
};

const MethodRow frozenset_rows[] = {
    SET_ROWS_BEFORE_COPY,
    {"copy", "(self, /)", fn<frozenset_copy>, "Return a shallow copy of a set."},
    SET_ROWS_OF_BOTH,
    {},
};
#undef SET_ROWS_BEFORE_COPY
#undef SET_ROWS_OF_BOTH

}  // namespace

Type set_type;
const TypeSpec set_type_spec = {
    .name = "set",
    .doc = "Build an unordered collection of unique elements.",
    .size = sizeof(Set),
    .flags = kTypeBase | kTypeTracked | kTypeMatchSelf | kTypeHasWeakrefs | kTypeIsSet,
    .slots = {.repr = set_repr,
              .hash = unhashable,
              .compare = set_compare,
              .iter = set_iter,
              .make = set_make,
              .init = set_init,
              .fields = set_fields,
              .release = set_release,
              .subtract = set_subtract,
              .bit_and = set_and,
              .bit_xor = set_xor,
              .bit_or = set_or,
              .inplace_subtract = set_inplace<subtract_from>,
              .inplace_and = set_inplace<intersect_with>,
              .inplace_xor = set_inplace<symmetric_update>,
              .inplace_or = set_inplace<set_update>,
              .sequence_length = set_length,
              .contains = set_has},
    .methods = set_rows,
    .signature = "(iterable=(), /)",
};

Type frozenset_type;
const TypeSpec frozenset_type_spec = {
    .name = "frozenset",
    .doc = "Build an immutable unordered collection of unique elements.",
    .size = sizeof(Set),
    .flags = kTypeBase | kTypeTracked | kTypeMatchSelf | kTypeHasWeakrefs | kTypeIsFrozenset,
    .slots = {.repr = set_repr,
              .hash = frozenset_hash,
              .compare = set_compare,
              .iter = set_iter,
              .make = frozenset_make,
              .fields = set_fields,
              .release = set_release,
              .subtract = set_subtract,
              .bit_and = set_and,
              .bit_xor = set_xor,
              .bit_or = set_or,
              .sequence_length = set_length,
              .contains = set_has},
    .methods = frozenset_rows,
    .signature = "(iterable=(), /)",
};

}  // namespace imugi
