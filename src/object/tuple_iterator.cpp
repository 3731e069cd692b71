// The iterator of tuples: its position changes under its Lock, unless nobody else has it.
#include "memory/collector.h"
#include "object/iterators.h"
#include "object/native.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/stepping.h"
#include "object/tuple.h"

namespace imugi {

IMUGI_BUILTIN_TYPE_BY_OBJECT(TupleIterator, tuple_iterator_type);

namespace {

void iterator_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<TupleIterator*>(self)->tuple);
}

// Exclusive, or under the iterator's Lock. The tuple of an exhausted iterator goes to `done`.
Owned step(TupleIterator& iterator, Owned& done) {
    Value value = iterator.tuple.borrow();
    if (value.is_empty()) return Owned::nothing();
    Tuple& tuple = value.as<Tuple>();
    size_t index = iterator.index.load(std::memory_order_relaxed);
    if (index < tuple.size) {
        iterator.index.store(index + 1, std::memory_order_relaxed);
        return tuple.items[index].share();
    }
    done = iterator.tuple.take();
    return Owned::nothing();
}

Owned iterator_next(Thread& thread, Value self) {
    auto& iterator = self.as<TupleIterator>();
    Owned done;
    if (is_unique(&iterator)) return step(iterator, done);
    Lock guard(thread, iterator);
    return step(iterator, done);
}

Owned held_tuple(Thread& thread, TupleIterator& self) {
    Lock guard(thread, self);
    return self.tuple.share();
}

Owned iterator_length_hint(Thread& thread, TupleIterator& self) {
    Owned tuple = held_tuple(thread, self);
    if (!tuple) return Owned::small_int(0);
    return Owned::small_int(
        static_cast<int64_t>(tuple.as<Tuple>().size - self.index.load(std::memory_order_relaxed)));
}

Owned iterator_reduce(Thread& thread, TupleIterator& self) {
    Owned function = TRY(builtin_named(thread, ID(iter)));
    Owned tuple = held_tuple(thread, self);
    if (!tuple) return reduce_to(thread, function, empty_tuple());
    auto index = static_cast<int64_t>(self.index.load(std::memory_order_relaxed));
    return reduce_to(thread, function, tuple, Value::small_int(index));
}

bool iterator_setstate(Thread& thread, TupleIterator& self, Value state) {
    Index index = TRY(to_ssize(thread, state, exc::OverflowError));
    Lock guard(thread, self);
    Value tuple = self.tuple.borrow();
    if (tuple.is_empty()) return true;
    auto size = static_cast<Index>(tuple.as<Tuple>().size);
    if (index < 0) index = 0;
    if (index > size) index = size;
    self.index.store(static_cast<size_t>(index), std::memory_order_relaxed);
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

}  // namespace

Owned make_tuple_iterator(Thread& thread, Tuple& tuple) {
    auto* iterator = allocate<TupleIterator>(thread, tuple_iterator_type);
    if (iterator == nullptr) return {};
    iterator->tuple.init(Owned::share(tuple));
    track(iterator);
    return Owned::adopt(iterator);
}

Type tuple_iterator_type;
const TypeSpec tuple_iterator_type_spec = {
    .name = "tuple_iterator",
    .size = sizeof(TupleIterator),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.iter = iterator_self, .next = iterator_next, .fields = iterator_fields},
    .methods = iterator_methods,
};

}  // namespace imugi
