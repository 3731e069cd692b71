// reversed: over anything with a length and items by number. Its position changes under its Lock,
// unless the caller has the only reference; the item is got under no lock.
#include "memory/collector.h"
#include "object/call.h"
#include "object/iterators.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/stepping.h"
#include "object/tuple.h"

namespace imugi {

struct Reversed : Object {
    Slot sequence;             // empty once exhausted
    std::atomic<Index> index;  // of the next item
};
IMUGI_BUILTIN_TYPE_BY_OBJECT(Reversed, reversed_type);

namespace {

void reversed_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<Reversed*>(self)->sequence);
}

Owned reversed_make(Thread& thread, Type& type, const Arguments& arguments) {
    if (&type == &reversed_type || type.slots.init == reversed_type.slots.init)
        TRY(reject_keywords(thread, "reversed", arguments));
    TRY(check_positional(thread, "reversed", arguments.positional(), 1, 1));
    Value sequence = arguments[0];
    bool bound;
    Owned method = TRY(get_special_method(thread, sequence, ID(__reversed__), &bound));
    if (!method.is_nothing() && !is_none(method))
        return bound ? call(thread, method) : call(thread, method, sequence);
    Type& sequence_type = type_of(sequence);
    if (!method.is_nothing() || is_dict(sequence) || !sequence_type.slots.item)
        return raise(thread, exc::TypeError, "'{}' object is not reversible",
                     type_name_of(sequence));
    Index size = TRY(length(thread, sequence));
    auto* reversed = allocate<Reversed>(thread, type);
    if (reversed == nullptr) return {};
    reversed->sequence.init(Owned::share(sequence));
    reversed->index.store(size - 1, std::memory_order_relaxed);
    track(reversed);
    return Owned::adopt(reversed);
}

Owned held_sequence(Thread& thread, Reversed& self) {
    Lock guard(thread, self);
    return self.sequence.share();
}

Owned reversed_next(Thread& thread, Value value) {
    auto& self = value.as<Reversed>();
    Owned sequence;
    Index index;
    {
        Lock guard(thread, self);
        sequence = self.sequence.share();
        index = self.index.load(std::memory_order_relaxed);
        if (index >= 0) self.index.store(index - 1, std::memory_order_relaxed);
    }
    if (!sequence) return Owned::nothing();
    if (index >= 0) {
        Owned item = get_sequence_item(thread, sequence, index);
        if (item) return item;
        if (!clear_exception_if(thread, exc::IndexError) &&
            !clear_exception_if(thread, exc::StopIteration))
            return {};
    }
    Owned done;
    Lock guard(thread, self);
    self.index.store(-1, std::memory_order_relaxed);
    done = self.sequence.take();
    return Owned::nothing();
}

Owned reversed_length_hint(Thread& thread, Reversed& self) {
    Owned sequence = held_sequence(thread, self);
    if (!sequence) return Owned::small_int(0);
    Index size = TRY(length(thread, sequence));
    Index left = self.index.load(std::memory_order_relaxed) + 1;
    return Owned::small_int(size < left ? 0 : left);
}

Owned reversed_reduce(Thread& thread, Reversed& self) {
    Owned sequence = held_sequence(thread, self);
    Value type = Value::of(type_of(Value::of(self)));
    if (!sequence) {
        Ref<Tuple> none_left = TRY(make_tuple(thread, empty_tuple()));
        return make_tuple(thread, type, none_left);
    }
    Ref<Tuple> arguments = TRY(make_tuple(thread, sequence));
    Value index = Value::small_int(self.index.load(std::memory_order_relaxed));
    return make_tuple(thread, type, arguments, index);
}

bool reversed_setstate(Thread& thread, Reversed& self, Value state) {
    Index index = TRY(to_ssize(thread, state, exc::OverflowError));
    Owned sequence = held_sequence(thread, self);
    if (!sequence) return true;
    Index size = TRY(length(thread, sequence));
    if (index < -1) index = -1;
    if (index > size - 1) index = size - 1;
    self.index.store(index, std::memory_order_relaxed);
    return true;
}

const MethodRow reversed_rows[] = {
    {"__length_hint__", "(self, /)", fn<reversed_length_hint>,
     "Private method returning an estimate of len(list(it))."},
    {"__reduce__", "(self, /)", fn<reversed_reduce>, "Return state information for pickling."},
    {"__setstate__", "(self, object, /)", fn<reversed_setstate>,
     "Set state information for unpickling."},
    {},
};

}  // namespace

Type reversed_type;
const TypeSpec reversed_type_spec = {
    .name = "reversed",
    .doc = "Return a reverse iterator over the values of the given sequence.",
    .size = sizeof(Reversed),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.iter = iterator_self,
              .next = reversed_next,
              .make = reversed_make,
              .fields = reversed_fields},
    .methods = reversed_rows,
    .signature = "(sequence, /)",
};

}  // namespace imugi
