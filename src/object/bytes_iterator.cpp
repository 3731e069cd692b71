// Iterators over bytes and bytearray. Steps of racing threads give each position once.
#include "object/bytes_methods.h"
#include "object/dict.h"
#include "object/interpreter.h"
#include "object/iterators.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi {

struct BytesIterator : Object {
    std::atomic<size_t> position;  // kExhausted once it came to the end
    Slot sequence;  // Bytes or ByteArray; emptied at the end by an owner that shares it with nobody
};

namespace {

constexpr size_t kExhausted = SIZE_MAX;

Owned item_at(Thread& thread, Value sequence, size_t at) {
    if (is_bytes(sequence)) {
        Bytes& bytes = sequence.as<Bytes>();
        return at < bytes.size ? Owned::small_int(bytes.data()[at]) : Owned::nothing();
    }
    Held<ByteArray> s(thread, sequence.as<ByteArray>());
    return at < s.size ? Owned::small_int(s[at]) : Owned::nothing();
}

size_t size_of(Value sequence) {
    if (is_bytes(sequence)) return sequence.as<Bytes>().size;
    return static_cast<size_t>(sequence.as<ByteArray>().size.load(std::memory_order_relaxed));
}

// The position, for who will look at the sequence unless it is kExhausted. Who does not own the
// iterator tells its owner first, so that the sequence is not let go meanwhile.
size_t position_of(BytesIterator& iterator) {
    mark_reader(&iterator);
    return iterator.position.load(std::memory_order_seq_cst);  // pairs with end
}

bool is_mine_alone(const BytesIterator& iterator) {
    return iterator.owner.load(std::memory_order_relaxed) == current_heap_id &&
           iterator.shared.load(std::memory_order_seq_cst) == 0;
}

// The sequence is let go at once if nobody else looks at it, and whoever comes sees the end.
void end(BytesIterator& iterator) {
    iterator.position.exchange(kExhausted, std::memory_order_seq_cst);  // before `shared` is read
    if (is_mine_alone(iterator)) Owned done = iterator.sequence.take();
}

Owned iterator_next(Thread& thread, Value self) {
    auto& iterator = self.as<BytesIterator>();
    size_t at = position_of(iterator);
    for (;;) {
        if (at == kExhausted) return Owned::nothing();
        Owned item = item_at(thread, iterator.sequence.borrow(), at);
        if (item.is_nothing()) {
            end(iterator);
            return item;
        }
        // Nobody else can look at it: no exchange is needed.
        if (is_mine_alone(iterator))
            iterator.position.store(at + 1, std::memory_order_relaxed);
        else if (!iterator.position.compare_exchange_weak(at, at + 1, std::memory_order_relaxed))
            continue;
        return item;
    }
}

Owned length_hint(Thread&, Value self) {
    auto& iterator = self.as<BytesIterator>();
    size_t at = position_of(iterator);
    size_t size = at == kExhausted ? 0 : size_of(iterator.sequence.borrow());
    return Owned::small_int(at < size ? static_cast<int64_t>(size - at) : 0);
}

Owned reduce(Thread& thread, Value self) {
    auto& iterator = self.as<BytesIterator>();
    // Looking for the name may run Python, which may use the iterator up.
    Owned iter = TRY(builtin_named(thread, ID(iter)));
    size_t at = position_of(iterator);
    if (at == kExhausted) {
        Ref<Tuple> arguments = TRY(make_tuple(thread, empty_tuple()));
        return make_tuple(thread, iter, arguments);
    }
    Ref<Tuple> arguments = TRY(make_tuple(thread, iterator.sequence.borrow()));
    return make_tuple(thread, iter, arguments, Value::small_int(static_cast<int64_t>(at)));
}

bool set_state(Thread& thread, Value self, Value state) {
    Index at = TRY(to_ssize(thread, state, exc::OverflowError));
    auto& iterator = self.as<BytesIterator>();
    if (position_of(iterator) == kExhausted) return true;
    size_t size = size_of(iterator.sequence.borrow());
    size_t clamped = at < 0 ? 0 : static_cast<size_t>(at) < size ? static_cast<size_t>(at) : size;
    iterator.position.store(clamped, std::memory_order_relaxed);
    return true;
}

void fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<BytesIterator*>(self)->sequence);
}

const MethodRow rows[] = {
    {"__length_hint__", "(self, /)", fn<length_hint>, "An estimate of what is left."},
    {"__reduce__", "(self, /)", fn<reduce>, "State for pickling."},
    {"__setstate__", "(self, object, /)", fn<set_state>, "Moves to the position that state says."},
    {},
};
constexpr Slots slots = {.iter = iterator_self, .next = iterator_next, .fields = fields};

Owned make_iterator(Thread& thread, Type& type, Value sequence) {
    auto* iterator = allocate<BytesIterator>(thread, type);
    if (!iterator) return {};
    iterator->sequence.init(Owned::share(sequence));
    return Owned::adopt(iterator);
}

}  // namespace

Type bytes_iterator_type;
const TypeSpec bytes_iterator_type_spec = {
    .name = "bytes_iterator", .size = sizeof(BytesIterator), .slots = slots, .methods = rows};
Type bytearray_iterator_type;
const TypeSpec bytearray_iterator_type_spec = {
    .name = "bytearray_iterator", .size = sizeof(BytesIterator), .slots = slots, .methods = rows};

Owned bytes_iterate(Thread& thread, Value self) {
    return make_iterator(thread, bytes_iterator_type, self);
}
Owned bytearray_iterate(Thread& thread, Value self) {
    return make_iterator(thread, bytearray_iterator_type, self);
}

}  // namespace imugi
