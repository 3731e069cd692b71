// iter(callable, sentinel). Both fields are cleared under the Lock when it is exhausted; the call
// is made under no lock.
#include "memory/collector.h"
#include "object/call.h"
#include "object/iterators.h"
#include "object/native.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi {

struct CallIterator : Object {
    Slot callable, sentinel;  // empty once exhausted
};
IMUGI_BUILTIN_TYPE_BY_OBJECT(CallIterator, call_iterator_type);

namespace {

void iterator_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<CallIterator*>(self)->callable);
    visitor.visit(static_cast<CallIterator*>(self)->sentinel);
}

struct Held {
    Owned callable, sentinel;
};
Held held_fields(Thread& thread, CallIterator& self) {
    Lock guard(thread, self);
    return {self.callable.share(), self.sentinel.share()};
}

Owned exhaust(Thread& thread, CallIterator& self) {
    Owned callable, sentinel;
    Lock guard(thread, self);
    callable = self.callable.take();
    sentinel = self.sentinel.take();
    return Owned::nothing();
}

Owned iterator_next(Thread& thread, Value value) {
    auto& self = value.as<CallIterator>();
    Held held = held_fields(thread, self);
    if (!held.callable) return Owned::nothing();
    Owned result = call(thread, held.callable);
    if (!result) {
        if (!clear_exception_if(thread, exc::StopIteration)) return {};
        return exhaust(thread, self);
    }
    // The call may have exhausted this very iterator.
    held = held_fields(thread, self);
    if (!held.sentinel) return Owned::nothing();
    if (TRY(equals(thread, held.sentinel, result))) return exhaust(thread, self);
    return result;
}

Owned iterator_reduce(Thread& thread, CallIterator& self) {
    Owned function = TRY(builtin_named(thread, ID(iter)));
    Held held = held_fields(thread, self);
    if (!held.callable) {
        Ref<Tuple> empty = TRY(make_tuple(thread, empty_tuple()));
        return make_tuple(thread, function, empty);
    }
    Ref<Tuple> arguments = TRY(make_tuple(thread, held.callable, held.sentinel));
    return make_tuple(thread, function, arguments);
}

const MethodRow iterator_rows[] = {
    {"__reduce__", "(self, /)", fn<iterator_reduce>, "Return state information for pickling."},
    {},
};

}  // namespace

Owned make_call_iterator(Thread& thread, Value callable, Value sentinel) {
    auto* iterator = allocate<CallIterator>(thread, call_iterator_type);
    if (iterator == nullptr) return {};
    iterator->callable.init(Owned::share(callable));
    iterator->sentinel.init(Owned::share(sentinel));
    track(iterator);
    return Owned::adopt(iterator);
}

Type call_iterator_type;
const TypeSpec call_iterator_type_spec = {
    .name = "callable_iterator",
    .size = sizeof(CallIterator),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.iter = iterator_self, .next = iterator_next, .fields = iterator_fields},
    .methods = iterator_rows,
};

}  // namespace imugi
