// The iterator of sets, stepped under its Lock, and under the set's if that has to tell.
#include "memory/collector.h"
#include "object/iterators.h"
#include "object/list.h"
#include "object/native.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/set_table.h"

namespace imugi {

struct SetIterator : Object {
    Slot set;                     // empty once exhausted
    std::atomic<Index> expected;  // the set's size at the start; -1 after an error
    std::atomic<size_t> position;
    std::atomic<Index> remaining;
};
IMUGI_BUILTIN_TYPE_BY_OBJECT(SetIterator, set_iterator_type);

namespace {

void iterator_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<SetIterator*>(self)->set);
}

// Under the iterator's Lock alone. Empty if the set's has to tell, as it does of the end.
Owned quick_next(SetIterator& iterator, Set& set) {
    mark_reader(&set);
    SetTable* table = set.table.load(std::memory_order_acquire);
    size_t position = iterator.position.load(std::memory_order_relaxed);
    SetEntry* entry = set_next_entry(table, &position);
    if (entry == nullptr) return {};
    SlotRead read = read_slot(entry->key);
    if (read.retry || !read.value || read.value.is_nothing() ||
        set.table.load(std::memory_order_acquire) != table ||
        set_size(set) != iterator.expected.load(std::memory_order_relaxed))
        return {};
    iterator.position.store(position, std::memory_order_relaxed);
    iterator.remaining.fetch_sub(1, std::memory_order_relaxed);
    return std::move(read.value);
}

Owned iterator_next(Thread& thread, Value self) {
    auto& iterator = self.as<SetIterator>();
    Owned held;
    {
        Lock guard(thread, iterator);
        Value set = iterator.set.borrow();
        if (set.is_empty()) return Owned::nothing();
        Owned element = quick_next(iterator, set.as<Set>());
        if (IMUGI_LIKELY(element)) return element;
        held = Owned::share(set);
    }
    Set& set = held.as<Set>();
    Owned done;
    {
        Lock2 guard(thread, iterator, set);
        if (iterator.set.is_empty()) return Owned::nothing();
        if (iterator.expected.load(std::memory_order_relaxed) ==
            set.size.load(std::memory_order_relaxed)) {
            size_t position = iterator.position.load(std::memory_order_relaxed);
            SetEntry* entry = set_next_entry(set.table.load(std::memory_order_relaxed), &position);
            iterator.position.store(position, std::memory_order_relaxed);
            if (entry != nullptr) {
                iterator.remaining.fetch_sub(1, std::memory_order_relaxed);
                return share_locked(entry->key);
            }
            done = iterator.set.take();
            return Owned::nothing();
        }
        iterator.expected.store(-1, std::memory_order_relaxed);
    }
    return raise(thread, exc::RuntimeError, "Set changed size during iteration");
}

Owned iterator_length_hint(Thread& thread, SetIterator& self) {
    Lock guard(thread, self);
    Value set = self.set.borrow();
    if (set.is_empty() || self.expected.load(std::memory_order_relaxed) != set_size(set.as<Set>()))
        return Owned::small_int(0);
    return Owned::small_int(self.remaining.load(std::memory_order_relaxed));
}

// A list of what is left, from a copy of the iterator.
Owned iterator_reduce(Thread& thread, SetIterator& self) {
    auto* copy = allocate<SetIterator>(thread, set_iterator_type);
    if (copy == nullptr) return {};
    Owned iterator = Owned::adopt(copy);
    {
        Lock guard(thread, self);
        copy->set.init(self.set.share());
        copy->expected.store(self.expected.load(std::memory_order_relaxed),
                             std::memory_order_relaxed);
        copy->remaining.store(self.remaining.load(std::memory_order_relaxed),
                              std::memory_order_relaxed);
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

}  // namespace

Owned make_set_iterator(Thread& thread, Set& set) {
    auto* iterator = allocate<SetIterator>(thread, set_iterator_type);
    if (iterator == nullptr) return {};
    iterator->set.init(Owned::share(set));
    iterator->expected.store(set_size(set), std::memory_order_relaxed);
    iterator->remaining.store(set_size(set), std::memory_order_relaxed);
    track(iterator);
    return Owned::adopt(iterator);
}

Type set_iterator_type;
const TypeSpec set_iterator_type_spec = {
    .name = "set_iterator",
    .size = sizeof(SetIterator),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.iter = iterator_self, .next = iterator_next, .fields = iterator_fields},
    .methods = iterator_rows,
};

}  // namespace imugi
