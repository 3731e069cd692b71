// collections.deque: a ring buffer that doubles when full. Every operation happens under the Lock,
// but for reading an item, and comparisons by user code, after which the state number tells whether
// it goes on; what is taken out is dropped after the Lock. All stores to what a reader of an item
// looks at are releases: who sees one sees the version that was counted up before it.
#include <cstring>

#include "memory/collector.h"
#include "memory/heap.h"
#include "modules/_collections/collections.h"
#include "object/call.h"
#include "object/int.h"
#include "object/item_index.h"
#include "object/iteration.h"
#include "object/list.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/quick_equal.h"
#include "object/repr_guard.h"
#include "object/slice.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/unhashable.h"
#include "object/value_buffer.h"
#include "thread/grace.h"
#include "thread/lock.h"

namespace imugi::collections {

namespace {

Deque& deque_of(Value value) {
    return value.as<Deque>();
}

Index size_of(const Deque& self) {
    return self.size.load(std::memory_order_relaxed);
}

// Without the Lock: another thread's __init__ may set it.
Index max_size_of(Deque& self) {
    return std::atomic_ref(self.max_size).load(std::memory_order_relaxed);
}

void changed(Deque& self) {
    self.state.store(self.state.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

// While it lives, items change their places.
class [[nodiscard]] PlacesChange {
  public:
    explicit PlacesChange(Deque& deque) : version_(deque.version) { step(); }
    ~PlacesChange() { step(); }
    PlacesChange(const PlacesChange&) = delete;

  private:
    void step() {
        version_.store(version_.load(std::memory_order_relaxed) + 1,
                       std::memory_order_release);  // pairs with the reader's first look
    }
    std::atomic<uint64_t>& version_;
};

// Publishes another ring; the old one, which is returned, may still have readers.
Slot* replace_ring(Deque& self, Slot* ring, size_t capacity) {
    // See needs_grace.
    Slot* old = self.ring.exchange(ring, std::memory_order_seq_cst);
    self.capacity.store(capacity, std::memory_order_release);
    self.head.store(0, std::memory_order_release);
    return old;
}
void discard_ring(Deque& self, Slot* ring, size_t capacity) {
    if (ring != nullptr && needs_grace(&self))
        retire(ring, capacity * sizeof(Slot), array_free);
    else
        array_free(ring);
}

void deque_fields(Object* object, FieldVisitor& visitor) {
    auto* self = static_cast<Deque*>(object);
    for (Index i = 0; i < size_of(*self); i++) visitor.visit(self->at(i));
}

void deque_release(Object* object) {
    auto* self = static_cast<Deque*>(object);
    size_t capacity = self->capacity.load(std::memory_order_relaxed);
    discard_ring(*self, replace_ring(*self, nullptr, 0), capacity);
}

// --- under the Lock ---

bool make_room(Deque& self, size_t size) {
    size_t before = self.capacity.load(std::memory_order_relaxed);
    if (size <= before) return true;
    size_t capacity = before == 0 ? 8 : before;
    while (capacity < size) capacity *= 2;
    auto* ring = static_cast<Slot*>(array_allocate_zeroed(capacity * sizeof(Slot)));
    if (ring == nullptr) return false;
    for (Index i = 0; i < size_of(self); i++)
        ring[i].word().store(self.at(i).borrow().bits(), std::memory_order_relaxed);
    Slot* old;
    {
        PlacesChange change(self);
        old = replace_ring(self, ring, capacity);
    }
    discard_ring(self, old, before);
    return true;
}

// Before an item is taken out at an end.
void count_taking(Deque& self) {
    self.version.store(self.version.load(std::memory_order_relaxed) + 2, std::memory_order_relaxed);
}

Owned take_last(Deque& self) {
    count_taking(self);
    Index size = size_of(self) - 1;
    self.size.store(size, std::memory_order_release);
    changed(self);
    return self.at(size).take();
}

Owned take_first(Deque& self) {
    count_taking(self);
    Owned item = self.at(0).take();
    self.move_head(1);
    self.size.store(size_of(self) - 1, std::memory_order_release);
    changed(self);
    return item;
}

// Of a full deque: what stands at the other end makes room, and comes back. The size stays.
template <bool first>
Owned push(Deque& self, Owned& item) {
    Index last = size_of(self) - 1;
    PlacesChange change(self);
    Owned pushed_out = self.at(first ? last : 0).take();
    self.move_head(first ? -1 : 1);
    self.at(first ? 0 : last).word().store(item.release(), std::memory_order_release);
    changed(self);
    return pushed_out;
}

// The item pushed out of a full deque comes back in `pushed_out`.
template <bool first>
bool put(Deque& self, Owned& item, Owned& pushed_out) {
    Index size = size_of(self);
    if (self.max_size >= 0 && size >= self.max_size) {
        pushed_out = self.max_size == 0 ? std::move(item) : push<first>(self, item);
        return true;
    }
    if (!make_room(self, static_cast<size_t>(size) + 1)) return false;
    if (first) self.move_head(-1);
    self.at(first ? 0 : size).word().store(item.release(), std::memory_order_release);
    self.size.store(size + 1, std::memory_order_release);
    changed(self);
    return true;
}

// --- each takes the Lock ---

template <bool first>
IMUGI_NOINLINE bool put(Thread& thread, Deque& self, Owned item) {
    Owned pushed_out;
    bool done;
    {
        Lock guard(thread, self);
        done = put<first>(self, item, pushed_out);
    }
    return done || raise_memory_error(thread);
}

// The usual case: there is room, and the lock costs nothing.
template <bool first>
IMUGI_ALWAYS_INLINE bool put_quickly(Thread& thread, Deque& self, Owned& item) {
    QuickLock lock(thread, self);
    auto size = static_cast<size_t>(size_of(self));
    size_t capacity = self.capacity.load(std::memory_order_relaxed);
    if (IMUGI_UNLIKELY(!lock || size >= capacity || self.max_size >= 0)) return false;
    size_t head = self.head.load(std::memory_order_relaxed);
    if (first) self.head.store(head = (head - 1) & (capacity - 1), std::memory_order_release);
    size_t place = first ? head : (head + size) & (capacity - 1);
    Slot& slot = self.ring.load(std::memory_order_relaxed)[place];
    slot.word().store(item.release(), std::memory_order_release);
    self.size.store(static_cast<Index>(size) + 1, std::memory_order_release);
    changed(self);
    return true;
}

bool copy_items(Thread& thread, Deque& self, ValueBuffer& out) {
    for (;;) {
        Index expected = size_of(self);
        TRY(out.reserve(static_cast<size_t>(expected)));
        Lock guard(thread, self);
        if (size_of(self) > expected) continue;
        for (Index i = 0; i < size_of(self); i++) TRY(out.append(self.at(i).share()));
        return true;
    }
}

bool clear(Thread& thread, Deque& self) {
    Slot* ring;
    size_t capacity;
    {
        Lock guard(thread, self);
        PlacesChange change(self);
        capacity = self.capacity.load(std::memory_order_relaxed);
        self.size.store(0, std::memory_order_release);
        ring = replace_ring(self, nullptr, 0);
        changed(self);
    }
    for (size_t i = 0; i < capacity; i++) Owned dropped = ring[i].take();
    discard_ring(self, ring, capacity);
    return true;
}

// All of the buffer's items under one Lock.
template <bool first>
bool put_all(Thread& thread, Deque& self, ValueBuffer& items) {
    ValueBuffer pushed(thread);
    if (max_size_of(self) >= 0) TRY(pushed.reserve(items.size()));
    bool done = true;
    {
        Lock guard(thread, self);
        size_t i = 0;
        for (; done && i < items.size(); i++) {
            Owned item = items.slots()[i].take(), pushed_out;
            done = put<first>(self, item, pushed_out);
            if (pushed_out && !pushed.append(std::move(pushed_out))) return false;
        }
    }
    return done || raise_memory_error(thread);
}

template <bool first>
bool extend(Thread& thread, Deque& self, Value iterable) {
    ValueBuffer items(thread);
    if (same(iterable, Value::of(self))) {
        TRY(copy_items(thread, self, items));
        return put_all<first>(thread, self, items);
    }
    if (is_exact_list(iterable) || is_exact_tuple(iterable)) {
        Ref<Tuple> all = TRY(tuple_from(thread, iterable));
        TRY(items.reserve(all->size));
        for (size_t i = 0; i < all->size; i++) TRY(items.append(all->items[i].share()));
        return put_all<first>(thread, self, items);
    }
    Iteration iterator(thread, iterable);
    if (!iterator) return {};
    for (;;) {
        Owned item = TRY(next(thread, iterator));
        if (item.is_nothing()) return true;
        TRY(put<first>(thread, self, std::move(item)));
    }
}

// --- making ---

Owned deque_make(Thread& thread, Type& type, const Arguments&) {
    auto* self = allocate<Deque>(thread, type);
    if (self == nullptr) return {};
    self->max_size = -1;
    track(self);
    return Owned::adopt(self);
}

bool deque_init(Thread& thread, Value value, const Arguments& arguments) {
    Deque& self = deque_of(value);
    Value bound[2];
    TRY(bind_arguments(thread, "deque", "(iterable=<unrepresentable>, maxlen=<unrepresentable>)",
                       arguments, bound, 2));
    Index max_size = -1;
    if (!bound[1].is_empty() && !is_none(bound[1])) {
        if (!is_int(bound[1])) return raise(thread, exc::TypeError, "an integer is required");
        max_size = TRY(to_ssize(thread, bound[1], exc::OverflowError));
        if (max_size < 0) return raise(thread, exc::ValueError, "maxlen must be non-negative");
    }
    TRY(clear(thread, self));
    {
        Lock guard(thread, self);
        std::atomic_ref(self.max_size).store(max_size, std::memory_order_relaxed);
    }
    return bound[0].is_empty() || extend<false>(thread, self, bound[0]);
}

Owned new_like(Thread& thread, Deque& self, Value items) {
    Ref<Type> type = share_type(Value::of(self));
    Index limit = max_size_of(self);
    Owned max_size = TRY(make_int(thread, limit));
    Owned made = TRY(limit < 0 ? call(thread, type, items) : call(thread, type, items, max_size));
    if (!is_instance_of_spec(made, deque_spec))
        return raise(thread, exc::TypeError, "{}() must return a deque, not {}",
                     type_name_of(Value::of(self)), type_name_of(made));
    return made;
}

Owned deque_copy(Thread& thread, Deque& self) {
    Type& type = type_of(Value::of(self));
    if (type.spec != &deque_spec) return new_like(thread, self, Value::of(self));
    ValueBuffer items(thread);
    TRY(copy_items(thread, self, items));
    Owned copy = TRY(deque_make(thread, type, Arguments{}));
    deque_of(copy).max_size = max_size_of(self);
    TRY(put_all<false>(thread, deque_of(copy), items));
    return copy;
}

// --- slots ---

Owned deque_repr(Thread& thread, Value value) {
    Deque& self = deque_of(value);
    ReprGuard guard(self);
    if (guard.is_recursive()) return make_str(thread, "[...]");
    ValueBuffer items(thread);
    TRY(copy_items(thread, self, items));
    Ref<List> list = TRY(items.to_list());
    Str& name = type_name(type_of(value));
    Index limit = max_size_of(self);
    if (limit < 0) return format(thread, "{}({})", name, repr_of(list));
    return format(thread, "{}({}, maxlen={})", name, repr_of(list), limit);
}

Owned deque_compare(Thread& thread, Value left, Value right, CompareOp op) {
    if (!is_instance_of_spec(left, deque_spec) || !is_instance_of_spec(right, deque_spec))
        return Owned::share(not_implemented());
    if ((op == CompareOp::kEq || op == CompareOp::kNe)) {
        if (same(left, right)) return Owned::share(boolean(op == CompareOp::kEq));
        if (size_of(deque_of(left)) != size_of(deque_of(right)))
            return Owned::share(boolean(op == CompareOp::kNe));
    }
    Owned left_iterator = TRY(make_deque_iterator(thread, deque_of(left), false));
    Owned right_iterator = TRY(make_deque_iterator(thread, deque_of(right), false));
    for (;;) {
        Owned a = TRY(next(thread, left_iterator));
        Owned b = TRY(next(thread, right_iterator));
        if (a.is_nothing() || b.is_nothing())
            return compare(thread, Value::small_int(!a.is_nothing()),
                           Value::small_int(!b.is_nothing()), op);
        if (TRY(equals(thread, a, b))) continue;
        if (op == CompareOp::kEq) return Owned::share(boolean(false));
        if (op == CompareOp::kNe) return Owned::share(boolean(true));
        return compare(thread, a, b, op);
    }
}

Result<Index> deque_length(Thread&, Value self) {
    return size_of(deque_of(self));
}

// The item without the Lock; empty if that has to tell.
Owned item_unlocked(Deque& self, Index index) {
    mark_reader(&self);
    // Acquire: pairs with the end of a PlacesChange.
    uint64_t version = self.version.load(std::memory_order_acquire);
    Slot* ring = self.ring.load(std::memory_order_acquire);
    size_t capacity = self.capacity.load(std::memory_order_acquire);
    size_t head = self.head.load(std::memory_order_acquire);
    Index size = self.size.load(std::memory_order_acquire);
    // The loads above are acquires: if one of them saw what is younger, these see the version.
    if ((version & 1) || index < 0 || index >= size ||
        self.version.load(std::memory_order_relaxed) != version)
        return {};
    SlotRead read = read_slot(ring[(head + static_cast<size_t>(index)) & (capacity - 1)].word());
    if (read.retry || self.version.load(std::memory_order_relaxed) != version) return {};
    return std::move(read.value);
}

Owned deque_item(Thread& thread, Value value, Index index) {
    Deque& self = deque_of(value);
    // Where the end is, head and size say together: under the Lock.
    if (index >= 0)
        if (Owned item = item_unlocked(self, index)) return item;
    {
        Lock guard(thread, self);
        Index at = index < 0 ? index + size_of(self) : index;
        if (at >= 0 && at < size_of(self)) return share_locked(self.at(at).word());
    }
    return raise(thread, exc::IndexError, "deque index out of range");
}

// Takes out the item at the index, which is in range. Under the Lock.
Owned remove_at(Deque& self, Index index) {
    PlacesChange change(self);
    Index size = size_of(self);
    Owned item = self.at(index).take();
    auto move = [&](Index to, Index from) {
        self.at(to).word().store(self.at(from).borrow().bits(), std::memory_order_release);
        self.at(from).word().store(0, std::memory_order_release);
    };
    if (index < size / 2) {
        for (Index i = index; i > 0; i--) move(i, i - 1);
        self.move_head(1);
    } else {
        for (Index i = index; i + 1 < size; i++) move(i, i + 1);
    }
    self.size.store(size - 1, std::memory_order_release);
    changed(self);
    return item;
}

bool deque_assign_item(Thread& thread, Value value, Index index, Value item) {
    Deque& self = deque_of(value);
    Owned old;
    {
        Lock guard(thread, self);
        if (index < 0) index += size_of(self);
        if (index >= 0 && index < size_of(self)) {
            if (item.is_empty()) {
                old = remove_at(self, index);
            } else {
                old = self.at(index).exchange(Owned::share(item));
            }
            return true;
        }
    }
    return raise(thread, exc::IndexError, "deque index out of range");
}

// Positions from `at` up to `stop`, as index() takes them, whose item equals the value: `found(i)`
// under the Lock, false to stop. RuntimeError, or what `removing` makes of it, if user code changes
// the deque.
template <class Found>
bool search(Thread& thread, Deque& self, Value value, Index at, Index stop, Found found,
            bool removing = false) {
    uint64_t state = 0;
    bool known_equal = false;
    for (bool first = true;; first = false) {
        Owned ask;
        {
            Lock guard(thread, self);
            if (first) {
                state = self.state.load(std::memory_order_relaxed);
                adjust_bounds(at, stop, size_of(self));
            }
            if (self.state.load(std::memory_order_relaxed) == state) {
                for (;; at++) {
                    if (at >= stop) return true;
                    Value item = self.at(at).borrow();
                    Equality equality = known_equal ? Equality::kYes : quick_equal(item, value);
                    known_equal = false;
                    if (equality == Equality::kUnknown) {
                        ask = Owned::share(item);
                        break;
                    }
                    if (equality == Equality::kYes && !found(at)) return true;
                }
            }
        }
        if (!ask && removing)
            return raise(thread, exc::IndexError, "deque mutated during remove().");
        if (!ask) return raise(thread, exc::RuntimeError, "deque mutated during iteration");
        known_equal = TRY(equals(thread, ask, value));
        if (!known_equal) at++;
    }
}

Result<bool> deque_contains(Thread& thread, Value self, Value value) {
    bool result = false;
    TRY(search(thread, deque_of(self), value, 0, PTRDIFF_MAX, [&](Index) {
        result = true;
        return false;
    }));
    return result;
}

Owned deque_concat(Thread& thread, Value self, Value other) {
    if (!is_instance_of_spec(other, deque_spec))
        return raise(thread, exc::TypeError, "can only concatenate deque (not \"{}\") to deque",
                     type_name_of(other));
    Owned copy = TRY(deque_copy(thread, deque_of(self)));
    TRY(extend<false>(thread, deque_of(copy), other));
    return copy;
}

Owned deque_inplace_concat(Thread& thread, Value self, Value other) {
    TRY(extend<false>(thread, deque_of(self), other));
    return Owned::share(self);
}

Owned deque_inplace_repeat(Thread& thread, Value value, Index times) {
    Deque& self = deque_of(value);
    if (times <= 0) {
        TRY(clear(thread, self));
        return Owned::share(value);
    }
    ValueBuffer once(thread);
    TRY(copy_items(thread, self, once));
    size_t size = once.size(), total;
    if (size == 0 || times == 1) return Owned::share(value);
    if (__builtin_mul_overflow(size, static_cast<size_t>(times), &total) ||
        total > (size_t{1} << 58))
        return raise_memory_error(thread);
    // What a bound would push out again need not be put in.
    Index limit = max_size_of(self);
    size_t most = limit >= 0 ? static_cast<size_t>(limit) + size : total;
    size_t rounds = static_cast<size_t>(times) - 1;
    if (total > most && rounds > most / size + 1) rounds = most / size + 1;
    ValueBuffer more(thread);
    TRY(more.reserve(rounds * size));
    for (size_t n = 0; n < rounds; n++)
        for (size_t i = 0; i < size; i++) TRY(more.append(Owned::share(once[i])));
    TRY(put_all<false>(thread, self, more));
    return Owned::share(value);
}

Owned deque_repeat(Thread& thread, Value self, Index times) {
    Owned copy = TRY(deque_copy(thread, deque_of(self)));
    return deque_inplace_repeat(thread, copy, times);
}

Owned deque_iter(Thread& thread, Value self) {
    return make_deque_iterator(thread, deque_of(self), false);
}

// --- methods ---

template <bool first>
bool method_put(Thread& thread, Deque& self, Value item) {
    Owned held = Owned::share(item);
    if (IMUGI_LIKELY(put_quickly<first>(thread, self, held))) return true;
    return put<first>(thread, self, std::move(held));
}

template <bool first>
IMUGI_NOINLINE Owned pop(Thread& thread, Deque& self) {
    {
        Lock guard(thread, self);
        if (size_of(self) != 0) return first ? take_first(self) : take_last(self);
    }
    return raise(thread, exc::IndexError, "pop from an empty deque");
}

template <bool first>
Owned method_pop(Thread& thread, Deque& self) {
    if (QuickLock lock(thread, self); IMUGI_LIKELY(lock && size_of(self) != 0))
        return first ? take_first(self) : take_last(self);
    return pop<first>(thread, self);
}

Owned method_count(Thread& thread, Deque& self, Value value) {
    int64_t count = 0;
    TRY(search(thread, self, value, 0, PTRDIFF_MAX, [&](Index) {
        count++;
        return true;
    }));
    return Owned::small_int(count);
}

Owned method_index(Thread& thread, Deque& self, Value value, Value start, Value stop) {
    Index first = TRY(slice_bound(thread, start));
    Index last = TRY(slice_bound(thread, stop));
    Index result = -1;
    TRY(search(thread, self, value, first, last, [&](Index i) {
        result = i;
        return false;
    }));
    if (result < 0) return raise(thread, exc::ValueError, "{} is not in deque", repr_of(value));
    return Owned::small_int(result);
}

bool method_insert(Thread& thread, Deque& self, Index index, Value value) {
    bool full = false, room = true;
    {
        Lock guard(thread, self);
        Index size = size_of(self);
        full = self.max_size >= 0 && size >= self.max_size;
        if (!full) room = make_room(self, static_cast<size_t>(size) + 1);
        if (!full && room) {
            if (index < 0 && (index += size) < 0) index = 0;
            if (index > size) index = size;
            PlacesChange change(self);
            if (index < size / 2) {
                self.move_head(-1);
                for (Index i = 0; i < index; i++)
                    self.at(i).word().store(self.at(i + 1).borrow().bits(),
                                            std::memory_order_release);
            } else {
                for (Index i = size; i > index; i--)
                    self.at(i).word().store(self.at(i - 1).borrow().bits(),
                                            std::memory_order_release);
            }
            self.at(index).word().store(Owned::share(value).release(), std::memory_order_release);
            self.size.store(size + 1, std::memory_order_release);
            changed(self);
            return true;
        }
    }
    if (full) return raise(thread, exc::IndexError, "deque already at its maximum size");
    return raise_memory_error(thread);
}

bool method_remove(Thread& thread, Deque& self, Value value) {
    Owned removed;
    TRY(search(
        thread, self, value, 0, PTRDIFF_MAX,
        [&](Index i) {
            removed = remove_at(self, i);
            return false;
        },
        true));
    if (!removed) return raise(thread, exc::ValueError, "{} is not in deque", repr_of(value));
    return true;
}

bool method_reverse(Thread& thread, Deque& self) {
    Lock guard(thread, self);
    PlacesChange change(self);
    for (Index i = 0, j = size_of(self) - 1; i < j; i++, j--) {
        uint64_t low = self.at(i).borrow().bits();
        self.at(i).word().store(self.at(j).borrow().bits(), std::memory_order_release);
        self.at(j).word().store(low, std::memory_order_release);
    }
    return true;
}

bool method_rotate(Thread& thread, Deque& self, Index n) {
    Lock guard(thread, self);
    Index size = size_of(self);
    if (size < 2) return true;
    n %= size;
    if (n > size / 2) n -= size;
    if (n < -(size / 2)) n += size;
    if (n == 0) return true;
    PlacesChange change(self);
    for (; n > 0; n--) {
        uint64_t word = self.at(size - 1).borrow().bits();
        self.at(size - 1).word().store(0, std::memory_order_release);
        self.move_head(-1);
        self.at(0).word().store(word, std::memory_order_release);
    }
    for (; n < 0; n++) {
        uint64_t word = self.at(0).borrow().bits();
        self.at(0).word().store(0, std::memory_order_release);
        self.move_head(1);
        self.at(size - 1).word().store(word, std::memory_order_release);
    }
    changed(self);
    return true;
}

Owned method_reduce(Thread& thread, Deque& self) {
    Value value = Value::of(self);
    Owned state = TRY(call_getstate(thread, value));
    Owned iterator = TRY(iterate(thread, value));
    Ref<Tuple> arguments = empty_tuple();
    if (Index limit = max_size_of(self); limit >= 0) {
        Owned max_size = TRY(make_int(thread, limit));
        arguments = TRY(make_tuple(thread, empty_tuple(), max_size));
    }
    return make_tuple(thread, Value::of(type_of(value)), arguments, state, iterator);
}

Owned method_reversed(Thread& thread, Deque& self) {
    return make_deque_iterator(thread, self, true);
}

Result<Index> method_sizeof(Thread& thread, Deque& self) {
    Lock guard(thread, self);
    return type_of(Value::of(self)).instance_size +
           static_cast<Index>(self.capacity.load(std::memory_order_relaxed) * sizeof(Slot));
}

Owned get_maxlen(Thread& thread, Value self) {
    Index max_size = max_size_of(deque_of(self));
    return max_size < 0 ? Owned::share(none()) : make_int(thread, max_size);
}

const MethodRow deque_rows[] = {
    {"append", "(self, item, /)", fn<method_put<false>>,
     "Add an element to the right side of the deque."},
    {"appendleft", "(self, item, /)", fn<method_put<true>>,
     "Add an element to the left side of the deque."},
    {"clear", "(self, /)", fn<clear>, "Remove all elements from the deque."},
    {"__copy__", "(self, /)", fn<deque_copy>, "Return a shallow copy of a deque."},
    {"copy", "(self, /)", fn<deque_copy>, "Return a shallow copy of a deque."},
    {"count", "(self, value, /)", fn<method_count>, "Return number of occurrences of value."},
    {"extend", "(self, iterable, /)", fn<extend<false>>,
     "Extend the right side of the deque with elements from the iterable."},
    {"extendleft", "(self, iterable, /)", fn<extend<true>>,
     "Extend the left side of the deque with elements from the iterable."},
    {"index",
     "(self, value, start=0, stop=9223372036854775807, /) -> ($self, value, [start, [stop]])",
     fn<method_index>,
     "Return first index of value.\n\nRaises ValueError if the value is not present."},
    {"insert", "(self, index, value, /)", fn<method_insert>, "Insert value before index."},
    {"pop", "(self, /)", fn<method_pop<false>>, "Remove and return the rightmost element."},
    {"popleft", "(self, /)", fn<method_pop<true>>, "Remove and return the leftmost element."},
    {"__reduce__", "(self, /)", fn<method_reduce>, "Return state information for pickling."},
    {"remove", "(self, value, /)", fn<method_remove>, "Remove first occurrence of value."},
    {"__reversed__", "(self, /)", fn<method_reversed>, "Return a reverse iterator over the deque."},
    {"reverse", "(self, /)", fn<method_reverse>, "Reverse *IN PLACE*."},
    {"rotate", "(self, n=1, /)", fn<method_rotate>,
     "Rotate the deque n steps to the right.  If n is negative, rotates left."},
    {"__sizeof__", "(self, /)", fn<method_sizeof>,
     "Return the size of the deque in memory, in bytes."},
    {"__class_getitem__", "(type, object, /)", fn<class_getitem>, "See PEP 585", kMethodClass},
    {},
};

const GetSetRow deque_getsets[] = {
    {"maxlen", get_maxlen, nullptr, "maximum size of a deque or None if unbounded"},
    {},
};

}  // namespace

const TypeSpec deque_spec = {
    .name = "collections.deque",
    .doc = "A list-like sequence optimized for data accesses near its endpoints.",
    .size = sizeof(Deque),
    .flags = kTypeBase | kTypeTracked | kTypeHasWeakrefs | kTypeSequence | kTypeCountsFromEnd,
    .slots = {.repr = deque_repr,
              .hash = unhashable,
              .compare = deque_compare,
              .iter = deque_iter,
              .make = deque_make,
              .init = deque_init,
              .fields = deque_fields,
              .release = deque_release,
              .sequence_length = deque_length,
              .concat = deque_concat,
              .repeat = deque_repeat,
              .item = deque_item,
              .assign_item = deque_assign_item,
              .contains = deque_contains,
              .inplace_concat = deque_inplace_concat,
              .inplace_repeat = deque_inplace_repeat},
    .methods = deque_rows,
    .getsets = deque_getsets,
    .signature = "([iterable[, maxlen]])",
};

}  // namespace imugi::collections
