// The iterators of deques, stepped under the Locks of iterator and deque together.
#include "memory/collector.h"
#include "modules/_collections/collections.h"
#include "object/iterators.h"
#include "object/protocol.h"
#include "object/stepping.h"
#include "object/tuple.h"

namespace imugi::collections {

struct DequeIterator : Object {
    Slot deque;      // immutable
    uint64_t state;  // of the deque at the start
    std::atomic<Index> remaining;
};

}  // namespace imugi::collections

namespace imugi {
template <>
struct BuiltinTypeOf<collections::DequeIterator> {
    static Type& type() { return object_type; }
    static bool check(Value value) {
        return is_instance_of_spec(value, collections::deque_iterator_spec) ||
               is_instance_of_spec(value, collections::deque_reverse_iterator_spec);
    }
};
}  // namespace imugi

namespace imugi::collections {

namespace {

void iterator_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<DequeIterator*>(self)->deque);
}

Owned make(Thread& thread, Type& type, Deque& deque) {
    auto* iterator = allocate<DequeIterator>(thread, type);
    if (iterator == nullptr) return {};
    iterator->deque.init(Owned::share(deque));
    {
        Lock guard(thread, deque);
        iterator->state = deque.state.load(std::memory_order_relaxed);
        iterator->remaining.store(deque.size.load(std::memory_order_relaxed),
                                  std::memory_order_relaxed);
    }
    track(iterator);
    return Owned::adopt(iterator);
}

template <bool reverse>
Owned iterator_next(Thread& thread, Value value) {
    auto& self = value.as<DequeIterator>();
    Inner held(self, self.deque);
    auto& deque = static_cast<Value>(held).as<Deque>();
    {
        Lock2 guard(thread, self, deque);
        Index remaining = self.remaining.load(std::memory_order_relaxed);
        if (deque.state.load(std::memory_order_relaxed) == self.state) {
            if (remaining == 0) return Owned::nothing();
            self.remaining.store(remaining - 1, std::memory_order_relaxed);
            Index size = deque.size.load(std::memory_order_relaxed);
            return deque.at(reverse ? remaining - 1 : size - remaining).share();
        }
        self.remaining.store(0, std::memory_order_relaxed);
    }
    return raise(thread, exc::RuntimeError, "deque mutated during iteration");
}

// _deque_iterator(deque, index): index items are skipped.
template <bool reverse>
Owned iterator_make(Thread& thread, Type& type, const Arguments& arguments) {
    const char* name = reverse ? "_deque_reverse_iterator" : "_deque_iterator";
    TRY(reject_keywords(thread, name, arguments));
    TRY(check_positional(thread, name, arguments, 1, 2));
    if (!is_instance_of_spec(arguments[0], deque_spec))
        return raise(thread, exc::TypeError, "argument 1 must be collections.deque, not {}",
                     type_name_of(arguments[0]));
    Index skip = 0;
    if (arguments.count == 2) skip = TRY(to_ssize(thread, arguments[1]));
    Owned iterator = TRY(make(thread, type, arguments[0].as<Deque>()));
    for (Index i = 0; i < skip; i++) {
        Owned item = TRY(next(thread, iterator));
        if (item.is_nothing()) break;
    }
    return iterator;
}

Owned length_hint_(Thread&, DequeIterator& self) {
    return Owned::small_int(self.remaining.load(std::memory_order_relaxed));
}

Owned reduce(Thread& thread, DequeIterator& self) {
    Index size = self.deque.as<Deque>().size.load(std::memory_order_relaxed);
    Index done = size - self.remaining.load(std::memory_order_relaxed);
    Ref<Tuple> arguments = TRY(make_tuple(thread, self.deque.borrow(), Value::small_int(done)));
    return make_tuple(thread, Value::of(type_of(Value::of(self))), arguments);
}

const MethodRow iterator_rows[] = {
    {"__length_hint__", "(self, /)", fn<length_hint_>,
     "Private method returning an estimate of len(list(it))."},
    {"__reduce__", "(self, /)", fn<reduce>, "Return state information for pickling."},
    {},
};

}  // namespace

Owned make_deque_iterator(Thread& thread, Deque& deque, bool reverse) {
    auto& state = state_of_type<State>(type_of(Value::of(deque)), deque_spec);
    return make(thread, reverse ? *state.deque_reverse_iterator : *state.deque_iterator, deque);
}

const TypeSpec deque_iterator_spec = {
    .name = "collections._deque_iterator",
    .size = sizeof(DequeIterator),
    .flags = kTypeTracked,
    .slots = {.iter = iterator_self,
              .next = iterator_next<false>,
              .make = iterator_make<false>,
              .fields = iterator_fields},
    .methods = iterator_rows,
};

const TypeSpec deque_reverse_iterator_spec = {
    .name = "collections._deque_reverse_iterator",
    .size = sizeof(DequeIterator),
    .flags = kTypeTracked,
    .slots = {.iter = iterator_self,
              .next = iterator_next<true>,
              .make = iterator_make<true>,
              .fields = iterator_fields},
    .methods = iterator_rows,
};

}  // namespace imugi::collections
