// The iterators of lists, forward and backward. An iterator that only the caller has is stepped
// without its Lock; any other under it, and under the list's if that has to tell.
#include "memory/collector.h"
#include "object/iterators.h"
#include "object/list_items.h"
#include "object/native.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/stepping.h"
#include "object/tuple.h"

namespace imugi {

template <>
struct BuiltinTypeOf<ListIterator> {
    static Type& type() { return list_iterator_type; }
    static bool check(Value value) {
        return is_instance_of(value, list_iterator_type) ||
               is_instance_of(value, list_reverse_iterator_type);
    }
};

namespace {

void iterator_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<ListIterator*>(self)->list);
}

// list_item without its general side; empty: ask list_item.
IMUGI_ALWAYS_INLINE Owned quick_item(List& list, Index index) {
    mark_reader(&list);
    ListItems* array = list.array.load(std::memory_order_acquire);
    if (IMUGI_UNLIKELY(!array || index >= list.size.load(std::memory_order_acquire) ||
                       static_cast<size_t>(index) >= array->capacity))
        return {};
    SlotRead read = read_slot(array->items[index].word());
    if (IMUGI_LIKELY(list.array.load(std::memory_order_acquire) == array))
        return std::move(read.value);
    return {};
}

template <int direction>
Owned iterator_next(Thread& thread, Value self) {
    auto& iterator = self.as<ListIterator>();
    Owned done;
    if (IMUGI_LIKELY(is_unique(&iterator))) {
        Value list = iterator.list.borrow();
        if (list.is_empty()) return Owned::nothing();
        Index index = iterator.index.load(std::memory_order_relaxed);
        Owned item = index < 0 ? Owned::nothing() : quick_item(list.as<List>(), index);
        if (IMUGI_UNLIKELY(!item)) item = list_item(thread, list.as<List>(), index);
        if (IMUGI_LIKELY(!item.is_nothing())) {
            iterator.index.store(index + direction, std::memory_order_relaxed);
            return item;
        }
        done = iterator.list.take();
        return Owned::nothing();
    }
    Owned held;
    {
        Lock guard(thread, iterator);
        Value list = iterator.list.borrow();
        if (list.is_empty()) return Owned::nothing();
        Index index = iterator.index.load(std::memory_order_relaxed);
        Owned item = index < 0 ? Owned() : quick_item(list.as<List>(), index);
        if (IMUGI_LIKELY(item)) {
            iterator.index.store(index + direction, std::memory_order_relaxed);
            return item;
        }
        held = Owned::share(list);
    }
    List& list = held.as<List>();
    Lock2 guard(thread, iterator, list);
    if (iterator.list.is_empty()) return Owned::nothing();
    Index index = iterator.index.load(std::memory_order_relaxed);
    if (index >= 0 && index < list.size.load(std::memory_order_relaxed)) {
        iterator.index.store(index + direction, std::memory_order_relaxed);
        return share_locked(list.array.load(std::memory_order_relaxed)->items[index].word());
    }
    done = iterator.list.take();
    return Owned::nothing();
}

Owned held_list(Thread& thread, ListIterator& self) {
    Lock guard(thread, self);
    return self.list.share();
}

bool is_reverse(ListIterator& self) {
    return has_shape(Value::of(self), k_list_reverse_iterator_shape);
}

Owned iterator_length_hint(Thread& thread, ListIterator& self) {
    Owned list = held_list(thread, self);
    if (!list) return Owned::small_int(0);
    Index index = self.index.load(std::memory_order_relaxed);
    Index size = list_size(list.as<List>());
    Index left = is_reverse(self) ? (index < size ? index + 1 : 0) : size - index;
    return Owned::small_int(left < 0 ? 0 : left);
}

Owned iterator_reduce(Thread& thread, ListIterator& self) {
    Owned function = TRY(builtin_named(thread, is_reverse(self) ? ID(reversed) : ID(iter)));
    Owned list = held_list(thread, self);
    if (!list) {
        Ref<List> empty = TRY(make_list(thread));
        return reduce_to(thread, function, empty);
    }
    Value index = Value::small_int(self.index.load(std::memory_order_relaxed));
    return reduce_to(thread, function, list, index);
}

bool iterator_setstate(Thread& thread, ListIterator& self, Value state) {
    Index index = TRY(to_ssize(thread, state, exc::OverflowError));
    Lock guard(thread, self);
    if (self.list.is_empty()) return true;
    Index size = list_size(self.list.as<List>());
    if (is_reverse(self)) {
        if (index < -1) index = -1;
        if (index > size - 1) index = size - 1;
    } else {
        if (index < 0) index = 0;
        if (index > size) index = size;
    }
    self.index.store(index, std::memory_order_relaxed);
    return true;
}

const MethodRow iterator_methods[] = {
    {"__length_hint__", "(self, /)", fn<iterator_length_hint>,
     "Private method returning an estimate of len(list(it))."},
    {"__reduce__", "(self, /)", fn<iterator_reduce>, "Return state information for pickling."},
    {"__setstate__", "(self, object, /)", fn<iterator_setstate>,
     "Set state information for unpickling."},
    {},
};

Owned make_iterator(Thread& thread, Type& type, List& list, Index start) {
    auto* iterator = allocate<ListIterator>(thread, type);
    if (iterator == nullptr) return {};
    iterator->list.init(Owned::share(list));
    iterator->index.store(start, std::memory_order_relaxed);
    track(iterator);
    return Owned::adopt(iterator);
}

}  // namespace

Owned make_list_iterator(Thread& thread, List& list) {
    return make_iterator(thread, list_iterator_type, list, 0);
}

Owned make_list_reverse_iterator(Thread& thread, List& list) {
    return make_iterator(thread, list_reverse_iterator_type, list, list_size(list) - 1);
}

Type list_iterator_type;
const TypeSpec list_iterator_type_spec = {
    .name = "list_iterator",
    .size = sizeof(ListIterator),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.iter = iterator_self, .next = iterator_next<1>, .fields = iterator_fields},
    .methods = iterator_methods,
};

Type list_reverse_iterator_type;
const TypeSpec list_reverse_iterator_type_spec = {
    .name = "list_reverseiterator",
    .size = sizeof(ListIterator),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.iter = iterator_self, .next = iterator_next<-1>, .fields = iterator_fields},
    .methods = iterator_methods,
};

}  // namespace imugi
