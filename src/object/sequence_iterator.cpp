// iter() of an object that has only __getitem__. Its position changes under its Lock; the item is
// got under no lock.
#include "memory/collector.h"
#include "object/int.h"
#include "object/iterators.h"
#include "object/native.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi {

struct SequenceIterator : Object {
    Slot sequence;  // empty once exhausted
    std::atomic<Index> index;
};
IMUGI_BUILTIN_TYPE_BY_OBJECT(SequenceIterator, sequence_iterator_type);

namespace {

void iterator_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<SequenceIterator*>(self)->sequence);
}

Owned held_sequence(Thread& thread, SequenceIterator& self) {
    Lock guard(thread, self);
    return self.sequence.share();
}

Owned iterator_next(Thread& thread, Value value) {
    auto& self = value.as<SequenceIterator>();
    Owned sequence;
    Index index;
    {
        Lock guard(thread, self);
        sequence = self.sequence.share();
        index = self.index.load(std::memory_order_relaxed);
    }
    if (!sequence) return Owned::nothing();
    if (index == PTRDIFF_MAX) return raise(thread, exc::OverflowError, "iter index too large");
    Owned item = get_sequence_item(thread, sequence, index);
    if (item) {
        self.index.fetch_add(1, std::memory_order_relaxed);
        return item;
    }
    if (!clear_exception_if(thread, exc::IndexError) &&
        !clear_exception_if(thread, exc::StopIteration))
        return {};
    Owned done;
    Lock guard(thread, self);
    done = self.sequence.take();
    return Owned::nothing();
}

Owned iterator_length_hint(Thread& thread, SequenceIterator& self) {
    Owned sequence = held_sequence(thread, self);
    if (!sequence) return Owned::small_int(0);
    Type& type = type_of(sequence);
    if (!type.slots.length && !type.slots.sequence_length) return Owned::share(not_implemented());
    Index left = TRY(length(thread, sequence)) - self.index.load(std::memory_order_relaxed);
    return Owned::small_int(left < 0 ? 0 : left);
}

Owned iterator_reduce(Thread& thread, SequenceIterator& self) {
    Owned function = TRY(builtin_named(thread, ID(iter)));
    Owned sequence = held_sequence(thread, self);
    if (!sequence) return reduce_to(thread, function, empty_tuple());
    Owned index = TRY(make_int(thread, self.index.load(std::memory_order_relaxed)));
    return reduce_to(thread, function, sequence, index);
}

bool iterator_setstate(Thread& thread, SequenceIterator& self, Value state) {
    Index index = TRY(to_ssize(thread, state, exc::OverflowError));
    self.index.store(index < 0 ? 0 : index, std::memory_order_relaxed);
    return true;
}

const MethodRow iterator_rows[] = {
    {"__length_hint__", "(self, /)", fn<iterator_length_hint>,
     "Private method returning an estimate of len(list(it))."},
    {"__reduce__", "(self, /)", fn<iterator_reduce>, "Return state information for pickling."},
    {"__setstate__", "(self, object, /)", fn<iterator_setstate>,
     "Set state information for unpickling."},
    {},
};

}  // namespace

Owned make_sequence_iterator(Thread& thread, Value sequence) {
    auto* iterator = allocate<SequenceIterator>(thread, sequence_iterator_type);
    if (iterator == nullptr) return {};
    iterator->sequence.init(Owned::share(sequence));
    track(iterator);
    return Owned::adopt(iterator);
}

Type sequence_iterator_type;
const TypeSpec sequence_iterator_type_spec = {
    .name = "iterator",
    .size = sizeof(SequenceIterator),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.iter = iterator_self, .next = iterator_next, .fields = iterator_fields},
    .methods = iterator_rows,
};

}  // namespace imugi
