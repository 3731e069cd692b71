// The iterators of dicts, forward and backward, over keys, values and items.
//
// An iterator that only the caller has is stepped without its Lock; any other under the Locks of
// the iterator and of the dict together.
#include "memory/collector.h"
#include "object/dict_table.h"
#include "object/iterators.h"
#include "object/list.h"
#include "object/native.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/stepping.h"
#include "object/tuple.h"

namespace imugi {

struct DictIterator : Object {
    Slot dict;                     // empty once exhausted
    Slot result;                   // the pair given last, reused when nobody kept it
    std::atomic<Index> expected;   // the dict's size at the start; -1 after an error
    std::atomic<size_t> position;  // forward: next entry; backward: entries not yet looked at
    std::atomic<Index> remaining;
};

template <>
struct BuiltinTypeOf<DictIterator> {
    static Type& type() { return dict_key_iterator_type; }
    static bool check(Value value) {
        return value.is_object() && type_of(value).spec != nullptr &&
               type_of(value).slots.fields == dict_key_iterator_type.slots.fields;
    }
};

namespace {

enum class Kind : uint8_t { kKeys, kValues, kItems };
enum class Step : uint8_t { kItem, kEnd, kSizeChanged, kKeysChanged };

void iterator_fields(Object* self, FieldVisitor& visitor) {
    auto* iterator = static_cast<DictIterator*>(self);
    visitor.visit(iterator->dict);
    visitor.visit(iterator->result);
}

// The dict's Lock is held, and the iterator's or it is exclusive.
template <bool reverse>
Step locked_step(DictIterator& iterator, Dict& dict, Owned* key, Owned* value) {
    if (iterator.expected.load(std::memory_order_relaxed) !=
        dict.size.load(std::memory_order_relaxed)) {
        iterator.expected.store(-1, std::memory_order_relaxed);
        return Step::kSizeChanged;
    }
    const DictTable& table = *dict.table.load(std::memory_order_relaxed);
    DictEntry* entry = nullptr;
    size_t position = iterator.position.load(std::memory_order_relaxed);
    if constexpr (reverse) {
        size_t used = table.used_entries.load(std::memory_order_relaxed);
        if (position > used) position = used;
        while (position > 0 && entry == nullptr) {
            DictEntry& candidate = table.entries()[--position];
            if (candidate.value.load(std::memory_order_relaxed) != 0) entry = &candidate;
        }
    } else {
        entry = dict_next_entry(table, &position);
    }
    iterator.position.store(position, std::memory_order_relaxed);
    if (entry == nullptr) return Step::kEnd;
    Index remaining = iterator.remaining.load(std::memory_order_relaxed);
    if (remaining == 0) return Step::kKeysChanged;
    iterator.remaining.store(remaining - 1, std::memory_order_relaxed);
    *key = share_locked(entry->key);
    *value = share_locked(entry->value);
    return Step::kItem;
}

Step exclusive_step(Thread& thread, DictIterator& iterator, Dict& dict, Owned* key, Owned* value) {
    if (iterator.expected.load(std::memory_order_relaxed) != dict_size(dict)) {
        iterator.expected.store(-1, std::memory_order_relaxed);
        return Step::kSizeChanged;
    }
    size_t position = iterator.position.load(std::memory_order_relaxed);
    bool found = dict_next(thread, dict, &position, key, value);
    iterator.position.store(position, std::memory_order_relaxed);
    if (!found) return Step::kEnd;
    Index remaining = iterator.remaining.load(std::memory_order_relaxed);
    if (remaining == 0) return Step::kKeysChanged;
    iterator.remaining.store(remaining - 1, std::memory_order_relaxed);
    return Step::kItem;
}

// True with the item; nothing else set when exhausted.
template <bool reverse>
Result<bool> advance(Thread& thread, DictIterator& iterator, bool exclusive, Owned* key,
                     Owned* value) {
    Owned done;
    Step step;
    if (exclusive) {
        Value held = iterator.dict.borrow();
        if (held.is_empty()) return false;
        Dict& dict = held.as<Dict>();
        if constexpr (reverse) {
            Lock guard(thread, dict);
            step = locked_step<true>(iterator, dict, key, value);
        } else {
            step = exclusive_step(thread, iterator, dict, key, value);
        }
        if (step == Step::kEnd || step == Step::kKeysChanged) done = iterator.dict.take();
    } else {
        Owned held;
        {
            Lock guard(thread, iterator);
            held = iterator.dict.share();
        }
        if (!held) return false;
        Lock2 guard(thread, iterator, held.as<Dict>());
        if (iterator.dict.is_empty()) return false;
        step = locked_step<reverse>(iterator, held.as<Dict>(), key, value);
        if (step == Step::kEnd || step == Step::kKeysChanged) done = iterator.dict.take();
    }
    if (IMUGI_LIKELY(step == Step::kItem)) return true;
    if (step == Step::kEnd) return false;
    return raise(thread, exc::RuntimeError,
                 step == Step::kSizeChanged ? "dictionary changed size during iteration"
                                            : "dictionary keys changed during iteration");
}

template <Kind kind, bool reverse>
Owned iterator_next(Thread& thread, Value self) {
    auto& iterator = self.as<DictIterator>();
    bool exclusive = is_unique(&iterator);
    Owned key, value;
    if (!TRY(advance<reverse>(thread, iterator, exclusive, &key, &value))) return Owned::nothing();
    if constexpr (kind == Kind::kKeys) return key;
    if constexpr (kind == Kind::kValues) return value;
    if (!exclusive) return make_tuple(thread, key, value);
    Value kept = iterator.result.borrow();
    if (!kept.is_empty() && is_unique(kept.object())) {
        auto& pair = kept.as<Tuple>();
        pair.cached_hash.store(0, std::memory_order_relaxed);
        Owned old_key = pair.items[0].exchange(std::move(key));
        Owned old_value = pair.items[1].exchange(std::move(value));
        return Owned::share(kept);
    }
    Ref<Tuple> pair = TRY(make_tuple(thread, key, value));
    if (kept.is_empty()) iterator.result.init(pair.share());
    return pair;
}

Owned iterator_length_hint(Thread& thread, DictIterator& self) {
    Owned held;
    {
        Lock guard(thread, self);
        held = self.dict.share();
    }
    if (!held || self.expected.load(std::memory_order_relaxed) != dict_size(held.as<Dict>()))
        return Owned::small_int(0);
    return Owned::small_int(self.remaining.load(std::memory_order_relaxed));
}

// A list of what is left, from a copy of the iterator.
Owned iterator_reduce(Thread& thread, DictIterator& self) {
    Type& type = type_of(Value::of(self));
    auto* copy = allocate<DictIterator>(thread, type);
    if (copy == nullptr) return {};
    Owned iterator = Owned::adopt(copy);
    {
        Lock guard(thread, self);
        copy->dict.init(self.dict.share());
        for (auto field : {&DictIterator::expected, &DictIterator::remaining})
            (copy->*field)
                .store((self.*field).load(std::memory_order_relaxed), std::memory_order_relaxed);
        copy->position.store(self.position.load(std::memory_order_relaxed),
                             std::memory_order_relaxed);
    }
    track(copy);
    Ref<List> rest = TRY(list_from(thread, iterator));
    return reduce_to_builtin(thread, ID(iter), rest);
}

const MethodRow iterator_rows[] = {
    {"__length_hint__", "(self, /)", fn<iterator_length_hint>,
     "Private method returning an estimate of len(list(it))."},
    {"__reduce__", "(self, /)", fn<iterator_reduce>, "Return state information for pickling."},
    {},
};

bool is_reverse(const Type& type) {
    return &type == &dict_reverse_key_iterator_type || &type == &dict_reverse_value_iterator_type ||
           &type == &dict_reverse_item_iterator_type;
}

}  // namespace

Owned make_dict_iterator(Thread& thread, Type& type, Dict& dict) {
    auto* iterator = allocate<DictIterator>(thread, type);
    if (iterator == nullptr) return {};
    iterator->dict.init(Owned::share(dict));
    // The size alone can be had without the Lock, which many readers would fight over.
    Index size = dict_size(dict);
    if (is_reverse(type)) {
        Lock guard(thread, dict);
        size = dict.size.load(std::memory_order_relaxed);
        DictTable* table = dict.table.load(std::memory_order_relaxed);
        iterator->position.store(table->used_entries.load(std::memory_order_relaxed),
                                 std::memory_order_relaxed);
    }
    iterator->expected.store(size, std::memory_order_relaxed);
    iterator->remaining.store(size, std::memory_order_relaxed);
    track(iterator);
    return Owned::adopt(iterator);
}

#define DICT_ITERATOR(prefix, text, kind, reverse)      \
    Type prefix##_type;                                 \
    const TypeSpec prefix##_type_spec = {               \
        .name = text,                                   \
        .size = sizeof(DictIterator),                   \
        .flags = kTypeTracked | kTypeNoInstantiate,     \
        .slots = {.iter = iterator_self,                \
                  .next = iterator_next<kind, reverse>, \
                  .fields = iterator_fields},           \
        .methods = iterator_rows,                       \
    };
DICT_ITERATOR(dict_key_iterator, "dict_keyiterator", Kind::kKeys, false)
DICT_ITERATOR(dict_value_iterator, "dict_valueiterator", Kind::kValues, false)
DICT_ITERATOR(dict_item_iterator, "dict_itemiterator", Kind::kItems, false)
DICT_ITERATOR(dict_reverse_key_iterator, "dict_reversekeyiterator", Kind::kKeys, true)
DICT_ITERATOR(dict_reverse_value_iterator, "dict_reversevalueiterator", Kind::kValues, true)
DICT_ITERATOR(dict_reverse_item_iterator, "dict_reverseitemiterator", Kind::kItems, true)
#undef DICT_ITERATOR

}  // namespace imugi
