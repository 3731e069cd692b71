// The type array.array: storage, sequence slots and the buffer protocol. Values are converted
// before the Lock is taken, as conversion may run Python.
#include "modules/array/array.h"

#include <cstring>

#include "memory/collector.h"
#include "memory/heap.h"
#include "object/audit.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/iterators.h"
#include "object/list.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/slice.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/unhashable.h"
#include "thread/grace.h"
#include "thread/lock.h"
#include "thread/safepoint.h"

namespace imugi::arrays {

namespace {

Array& array_of(Value value) {
    return value.as<Array>();
}
bool is_array(Value value) {
    return is_instance_of_spec(value, array_spec);
}

// Owns a copied block.
struct Block {
    uint8_t* data = nullptr;
    Index size = 0;
    ~Block() { array_free(data); }
};

// Publishes another block under the Lock.
void replace_block(Array& self, uint8_t* data, Index capacity) {
    // See needs_grace.
    uint8_t* old = self.data.exchange(data, std::memory_order_seq_cst);
    auto bytes = static_cast<size_t>(self.capacity) * self.kind->size;
    self.capacity = capacity;
    if (old == nullptr) return;
    if (needs_grace(&self)) {
        retire(old, bytes, array_free);
    } else {
        array_free(old);
    }
}

// Under the Lock: a block for `size` items with the `kept` first ones. False when memory is short.
bool change_block(Array& self, Index size, Index kept) {
    Index capacity = size + (size >> 3) + (size < 8 ? 3 : 7);
    if (capacity > PTRDIFF_MAX / self.kind->size) return false;
    auto* data =
        static_cast<uint8_t*>(array_allocate(static_cast<size_t>(capacity) * self.kind->size));
    if (data == nullptr) return false;
    if (kept > 0) memcpy(data, self.at(0), static_cast<size_t>(kept) * self.kind->size);
    replace_block(self, data, capacity);
    return true;
}

// Under the Lock: room for `size` items, before they are written and the size is set.
Change make_room(Array& self, Index size) {
    Index old = self.size.load(std::memory_order_relaxed);
    if (size <= old) return Change::kDone;
    if (self.exports.load(std::memory_order_relaxed) > 0) return Change::kExported;
    return size <= self.capacity || change_block(self, size, old) ? Change::kDone
                                                                  : Change::kNoMemory;
}

// Under the Lock. What is grown by stands there; fewer items are where they should be.
void set_size(Array& self, Index size) {
    self.size.store(size, std::memory_order_release);
    if (size >= self.capacity / 2) return;
    if (size == 0) return replace_block(self, nullptr, 0);
    (void)change_block(self, size, size);  // when memory is short the block stays
}

template <class T>
void write_words(uint8_t* to, const uint8_t* from, Index count) {
    auto* words = reinterpret_cast<std::atomic<T>*>(to);
    auto write = [&](Index i) {
        T word;
        memcpy(&word, from + i * static_cast<Index>(sizeof(T)), sizeof(T));
        words[i].store(word, std::memory_order_relaxed);
    };
    if (to < from) {
        for (Index i = 0; i < count; i++) write(i);
    } else {
        for (Index i = count; i-- > 0;) write(i);
    }
}

}  // namespace

bool report(Thread& thread, Change change) {
    if (change == Change::kDone) return true;
    if (change == Change::kNoMemory) return raise_memory_error(thread);
    return raise(thread, exc::BufferError, "cannot resize an array that is exporting buffers");
}

Change splice_locked(Array& self, Index begin, Index end, const uint8_t* items, Index count) {
    Index size = self.size.load(std::memory_order_relaxed);
    if (begin < 0) begin = 0;
    if (begin > size) begin = size;
    if (end > size) end = size;
    if (end < begin) end = begin;
    Index more = count - (end - begin), tail = size - end;
    if (more < 0 && self.exports.load(std::memory_order_relaxed) > 0) return Change::kExported;
    Change change = make_room(self, size + more);
    if (change != Change::kDone) return change;
    if (more != 0 && tail > 0) write_items(self, end + more, self.at(end), tail);
    if (count > 0) write_items(self, begin, items, count);
    if (more != 0) set_size(self, size + more);
    return Change::kDone;
}

void write_items(Array& self, Index to, const uint8_t* items, Index count) {
    uint8_t* at = self.at(to);
    size_t width = self.kind->size;
    if (count > 1 && !needs_grace(&self)) {
        memmove(at, items, static_cast<size_t>(count) * width);
    } else if (width == 8) {
        write_words<uint64_t>(at, items, count);
    } else if (width == 4) {
        write_words<uint32_t>(at, items, count);
    } else if (width == 2) {
        write_words<uint16_t>(at, items, count);
    } else {
        write_words<uint8_t>(at, items, count);
    }
}

bool splice(Thread& thread, Array& self, Index begin, Index end, const uint8_t* items,
            Index count) {
    Change change;
    {
        Lock guard(thread, self);
        change = splice_locked(self, begin, end, items, count);
    }
    return report(thread, change);
}

Owned take_item(Thread& thread, Array& self, Index at) {
    uint8_t item[8];
    Change change = Change::kDone;
    bool empty, inside;
    {
        Lock guard(thread, self);
        Index size = self.size.load(std::memory_order_relaxed);
        empty = size == 0;
        if (at < 0) at += size;
        inside = at >= 0 && at < size;
        if (inside) {
            memcpy(item, self.at(at), self.kind->size);
            change = splice_locked(self, at, at + 1, nullptr, 0);
        }
    }
    if (!inside)
        return raise(thread, exc::IndexError,
                     empty ? "pop from empty array" : "pop index out of range");
    TRY(report(thread, change));
    return self.kind->load(thread, item);
}

bool insert_item(Thread& thread, Array& self, Index at, const uint8_t* item) {
    Change change;
    {
        Lock guard(thread, self);
        if (at < 0) at += self.size.load(std::memory_order_relaxed);
        change = splice_locked(self, at, at, item, 1);
    }
    return report(thread, change);
}

uint8_t* copy_block(Thread& thread, Array& self, Index* size) {
    uint8_t* block;
    {
        Lock guard(thread, self);
        *size = self.size.load(std::memory_order_relaxed);
        size_t bytes = static_cast<size_t>(*size) * self.kind->size;
        block = static_cast<uint8_t*>(array_allocate(bytes + 1));
        if (block != nullptr && bytes != 0) memcpy(block, self.at(0), bytes);
    }
    if (block == nullptr) return raise_memory_error(thread);
    return block;
}

namespace {

template <class T>
void read_word(const uint8_t* from, uint8_t* item) {
    // Acquire: who sees a word that was written after the block changed sees that it changed.
    T word = reinterpret_cast<const std::atomic<T>*>(from)->load(std::memory_order_acquire);
    memcpy(item, &word, sizeof(T));
}

// The item without the Lock: false if that has to tell. A block that is exported may be written to
// by others than this file.
bool read_unlocked(Array& self, Index index, uint8_t* item, bool* inside) {
    mark_reader(&self);
    uint8_t* data = self.data.load(std::memory_order_acquire);
    *inside = index >= 0 && index < self.size.load(std::memory_order_acquire);
    if (!*inside) return true;
    // The size is one that the block had, as it is still there.
    if (data == nullptr || self.data.load(std::memory_order_acquire) != data ||
        self.exports.load(std::memory_order_relaxed) > 0)
        return false;
    size_t width = self.kind->size;
    const uint8_t* from = data + static_cast<size_t>(index) * width;
    if (width == 8) {
        read_word<uint64_t>(from, item);
    } else if (width == 4) {
        read_word<uint32_t>(from, item);
    } else if (width == 2) {
        read_word<uint16_t>(from, item);
    } else {
        read_word<uint8_t>(from, item);
    }
    // The place may have been left meanwhile, and be written to for items to come.
    return self.data.load(std::memory_order_relaxed) == data &&
           index < self.size.load(std::memory_order_acquire);
}

}  // namespace

Owned item_at(Thread& thread, Array& self, Index index) {
    uint8_t item[8];
    bool inside;
    if (!read_unlocked(self, index, item, &inside)) {
        Lock guard(thread, self);
        inside = index < self.size.load(std::memory_order_relaxed);
        if (inside) memcpy(item, self.at(index), self.kind->size);
    }
    return inside ? self.kind->load(thread, item) : Owned::nothing();
}

Owned new_array(Thread& thread, Type& type, const ItemKind& kind) {
    auto* self = allocate<Array>(thread, type);
    if (self == nullptr) return {};
    self->kind = &kind;
    if (type.has(kTypeTracked)) track(self);
    return Owned::adopt(self);
}

bool append_items(Thread& thread, Array& self, const uint8_t* items, Index count) {
    return splice(thread, self, PTRDIFF_MAX, PTRDIFF_MAX, items, count);
}

bool append_value(Thread& thread, Array& self, Value value) {
    uint8_t item[8];
    TRY(self.kind->store(thread, value, item));
    return append_items(thread, self, item, 1);
}

bool extend(Thread& thread, Array& self, Value values) {
    if (is_array(values)) {
        Array& other = array_of(values);
        if (other.kind != self.kind)
            return raise(thread, exc::TypeError, "can only extend with array of same kind");
        Block block;
        block.data = copy_block(thread, other, &block.size);
        return block.data != nullptr && append_items(thread, self, block.data, block.size);
    }
    Owned iterator = TRY(iterate(thread, values));
    for (;;) {
        Owned item = TRY(next(thread, iterator));
        if (item.is_nothing()) return true;
        TRY(append_value(thread, self, item));
    }
}

bool from_bytes(Thread& thread, Array& self, Value object) {
    Buffer buffer(thread);
    TRY(buffer.get(object));
    if (buffer.view().item_size != 1)
        return raise(thread, exc::TypeError, "a bytes-like object is required");
    if (buffer.size() % self.kind->size != 0)
        return raise(thread, exc::ValueError, "bytes length not a multiple of item size");
    return append_items(thread, self, buffer.data(),
                        static_cast<Index>(buffer.size() / self.kind->size));
}

bool from_unicode(Thread& thread, Array& self, Str& text) {
    size_t length = text.length();
    Block block;
    block.data = static_cast<uint8_t*>(array_allocate(length * 4 + 1));
    if (block.data == nullptr) return raise_memory_error(thread);
    for (size_t i = 0; i < length; i++) {
        uint32_t code = text[i];
        memcpy(block.data + 4 * i, &code, 4);
    }
    return append_items(thread, self, block.data, static_cast<Index>(length));
}

namespace {

// A reader that came too late may still look at the block.
void array_release(Object* self) {
    replace_block(*static_cast<Array*>(self), nullptr, 0);
}

Owned array_make(Thread& thread, Type& type, const Arguments& arguments) {
    if (type.spec == &array_spec || type.slots.init == object_type.slots.init)
        TRY(reject_keywords(thread, "array.array", arguments));
    if (arguments.count < 1 || arguments.count > 2)
        return raise(thread, exc::TypeError, "array() takes at {} {} argument{} ({} given)",
                     arguments.count < 1 ? "least" : "most", arguments.count < 1 ? 1 : 2,
                     arguments.count < 1 ? "" : "s", arguments.count);
    Value code = arguments[0];
    if (!is_str(code) || code.as<Str>().length() != 1)
        return raise(thread, exc::TypeError,
                     "array() argument 1 must be a unicode character, not {}", type_name_of(code));
    Value initial = arguments.count > 1 ? arguments[1] : Value();
    TRY(audit(thread, "array.__new__", code, initial));
    const ItemKind* kind = find_kind(code.as<Str>()[0]);
    bool given = !initial.is_empty();
    if (given && !(kind != nullptr && kind->is_text)) {
        if (is_str(initial))
            return raise(thread, exc::TypeError,
                         "cannot use a str to initialize an array with typecode '{}'", code);
        if (is_array(initial) && array_of(initial).kind->is_text)
            return raise(thread, exc::TypeError,
                         "cannot use a unicode array to initialize an array with typecode '{}'",
                         code);
    }
    if (kind == nullptr)
        return raise(thread, exc::ValueError,
                     "bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)");
    if (kind->code == 'u') {
        Ref<Str> message = TRY(
            make_str(thread, "The 'u' type code is deprecated and will be removed in Python 3.16"));
        TRY(warn(thread, exc::DeprecationWarning, 1, std::move(message)));
    }
    Owned result = TRY(new_array(thread, type, *kind));
    if (!given) return result;
    Array& self = array_of(result);
    if (kind->is_text && is_str(initial)) {
        TRY(from_unicode(thread, self, initial.as<Str>()));
    } else if (is_bytes(initial) || is_bytearray(initial)) {
        TRY(from_bytes(thread, self, initial));
    } else if (is_array(initial) && array_of(initial).kind == kind) {
        TRY(extend(thread, self, initial));
    } else {
        Owned iterator = TRY(iterate(thread, initial));
        for (;;) {
            Owned item = TRY(next(thread, iterator));
            if (item.is_nothing()) break;
            TRY(append_value(thread, self, item));
        }
    }
    return result;
}

Owned array_repr(Thread& thread, Value value) {
    Array& self = array_of(value);
    Str& name = type_name(type_of(value));
    if (self.size.load(std::memory_order_relaxed) == 0)
        return format(thread, "{}('{}')", name, self.kind->code);
    Owned items;
    if (self.kind->is_text) {
        items = TRY(call_method(thread, value, ID(tounicode)));
    } else {
        items = TRY(call_method(thread, value, ID(tolist)));
    }
    return format(thread, "{}('{}', {})", name, self.kind->code, repr_of(items));
}

Owned array_compare(Thread& thread, Value left, Value right, CompareOp op) {
    if (!is_array(left) || !is_array(right)) return Owned::share(not_implemented());
    Array &a = array_of(left), &b = array_of(right);
    bool equality = op == CompareOp::kEq || op == CompareOp::kNe;
    Index a_size = a.size.load(std::memory_order_relaxed);
    Index b_size = b.size.load(std::memory_order_relaxed);
    if (equality && a_size != b_size) return Owned::share(boolean(op == CompareOp::kNe));
    for (Index i = 0;; i++) {
        Owned x = TRY(item_at(thread, a, i));
        Owned y = TRY(item_at(thread, b, i));
        if (x.is_nothing() || y.is_nothing()) {
            return compare(thread, Value::small_int(a_size), Value::small_int(b_size), op);
        }
        TRY(poll_step(thread, static_cast<size_t>(i)));
        if (TRY(equals(thread, x, y))) continue;
        if (op == CompareOp::kEq) return Owned::share(boolean(false));
        if (op == CompareOp::kNe) return Owned::share(boolean(true));
        return compare(thread, x, y, op);
    }
}

Result<Index> array_length(Thread&, Value self) {
    return array_of(self).size.load(std::memory_order_relaxed);
}

Owned array_item(Thread& thread, Value self, Index index) {
    Owned item = TRY(item_at(thread, array_of(self), index));
    if (item.is_nothing()) return raise(thread, exc::IndexError, "array index out of range");
    return item;
}

Owned get_slice(Thread& thread, Array& self, Slice& slice) {
    SliceRange range;
    TRY(slice_unpack(thread, slice, range));
    Block block;
    block.data = copy_block(thread, self, &block.size);
    if (block.data == nullptr) return {};
    slice_adjust(range, block.size);
    Type& type = *state_of_type<State>(type_of(Value::of(self)), array_spec).array;
    Owned result = TRY(new_array(thread, type, *self.kind));
    size_t width = self.kind->size;
    // Moves the chosen items to the front of the copy; downward it needs another.
    if (range.step > 0) {
        for (Index i = 0, at = range.start; i < range.count; i++, at += range.step)
            memmove(block.data + i * width, block.data + at * width, width);
        TRY(append_items(thread, array_of(result), block.data, range.count));
        return result;
    }
    for (Index i = 0, at = range.start; i < range.count; i++, at += range.step)
        TRY(append_items(thread, array_of(result), block.data + at * width, 1));
    return result;
}

Result<Index> index_key(Thread& thread, Value key) {
    if (!type_of(key).slots.index)
        return raise(thread, exc::TypeError, "array indices must be integers");
    return to_ssize(thread, key);
}

Owned array_subscript(Thread& thread, Value self, Value key) {
    if (is_slice(key)) return get_slice(thread, array_of(self), key.as<Slice>());
    Index index = key.is_small_int() ? key.small_int() : TRY(index_key(thread, key));
    if (index >= 0) return array_item(thread, self, index);
    uint8_t item[8];
    bool inside;
    {
        Array& array = array_of(self);
        Lock guard(thread, array);
        index += array.size.load(std::memory_order_relaxed);
        inside = index >= 0;
        if (inside) memcpy(item, array.at(index), array.kind->size);
    }
    if (inside) return array_of(self).kind->load(thread, item);
    return raise(thread, exc::IndexError, "array index out of range");
}

// A negative index counts from the end, if `from_end` says so.
bool assign_at(Thread& thread, Value value, Index index, Value item, bool from_end) {
    Array& self = array_of(value);
    uint8_t bytes[8];
    if (!item.is_empty()) TRY(self.kind->store(thread, item, bytes));
    Change change = Change::kDone;
    bool inside;
    {
        Lock guard(thread, self);
        if (from_end && index < 0) index += self.size.load(std::memory_order_relaxed);
        inside = index >= 0 && index < self.size.load(std::memory_order_relaxed);
        if (inside && item.is_empty()) {
            change = splice_locked(self, index, index + 1, nullptr, 0);
        } else if (inside) {
            write_items(self, index, bytes, 1);
        }
    }
    if (!inside) return raise(thread, exc::IndexError, "array assignment index out of range");
    return report(thread, change);
}

bool array_assign_item(Thread& thread, Value value, Index index, Value item) {
    return assign_at(thread, value, index, item, false);
}

// Every step-th item is taken out. Under the Lock.
Change delete_steps(Array& self, SliceRange range) {
    Index size = self.size.load(std::memory_order_relaxed);
    if (range.step < 0) {
        range.start += range.step * (range.count - 1);
        range.step = -range.step;
    }
    if (self.exports.load(std::memory_order_relaxed) > 0) return Change::kExported;
    Index to = range.start, doomed = range.start, left = range.count;
    for (Index from = range.start; from < size; from++) {
        if (left > 0 && from == doomed) {
            left--;
            doomed += range.step;
        } else {
            write_items(self, to++, self.at(from), 1);
        }
    }
    if (to != size) set_size(self, to);
    return Change::kDone;
}

bool assign_slice(Thread& thread, Array& self, Slice& slice, Value value) {
    Block block;
    if (!value.is_empty()) {
        if (!is_array(value))
            return raise(thread, exc::TypeError,
                         "can only assign array (not \"{}\") to array slice", type_name_of(value));
        Array& other = array_of(value);
        if (other.kind != self.kind)
            return raise(thread, exc::TypeError, "bad argument type for built-in operation");
        block.data = copy_block(thread, other, &block.size);
        if (block.data == nullptr) return false;
    }
    SliceRange range;
    TRY(slice_unpack(thread, slice, range));
    Change change = Change::kDone;
    bool fits = true;
    {
        Lock guard(thread, self);
        slice_adjust(range, self.size.load(std::memory_order_relaxed));
        if (range.step == 1) {
            change =
                splice_locked(self, range.start, range.start + range.count, block.data, block.size);
        } else if (value.is_empty()) {
            if (range.count != 0) change = delete_steps(self, range);
        } else if ((fits = range.count == block.size)) {
            for (Index i = 0, at = range.start; i < range.count; i++, at += range.step)
                write_items(self, at, block.data + i * self.kind->size, 1);
        }
    }
    if (!fits)
        return raise(thread, exc::ValueError,
                     "attempt to assign array of size {} to extended slice of size {}", block.size,
                     range.count);
    return report(thread, change);
}

bool array_assign(Thread& thread, Value self, Value key, Value value) {
    if (is_slice(key)) return assign_slice(thread, array_of(self), key.as<Slice>(), value);
    Index index = key.is_small_int() ? key.small_int() : TRY(index_key(thread, key));
    return assign_at(thread, self, index, value, true);
}

Result<bool> array_contains(Thread& thread, Value self, Value value) {
    return contains(thread, array_of(self), value);
}

Owned array_concat(Thread& thread, Value left, Value right) {
    if (!is_array(right))
        return raise(thread, exc::TypeError, "can only append array (not \"{}\") to array",
                     type_name_of(right));
    Array& self = array_of(left);
    if (self.kind != array_of(right).kind)
        return raise(thread, exc::TypeError, "bad argument type for built-in operation");
    Type& type = *state_of_type<State>(type_of(left), array_spec).array;
    Owned result = TRY(new_array(thread, type, *self.kind));
    TRY(extend(thread, array_of(result), left));
    TRY(extend(thread, array_of(result), right));
    return result;
}

Owned array_inplace_concat(Thread& thread, Value self, Value other) {
    if (!is_array(other))
        return raise(thread, exc::TypeError, "can only extend with array (not \"{}\")",
                     type_name_of(other));
    TRY(extend(thread, array_of(self), other));
    return Owned::share(self);
}

// Its items `times` times, in one step.
bool multiply(Thread& thread, Array& self, Index times) {
    if (times <= 0) return splice(thread, self, 0, PTRDIFF_MAX, nullptr, 0);
    Change change;
    {
        Lock guard(thread, self);
        Index size = self.size.load(std::memory_order_relaxed), total;
        if (__builtin_mul_overflow(size, times, &total) || total > (Index{1} << 56))
            return raise_memory_error(thread);
        change = make_room(self, total);
        if (change == Change::kDone && total > size) {
            const uint8_t* items = self.data.load(std::memory_order_relaxed);
            for (Index at = size; at < total; at += size) write_items(self, at, items, size);
            set_size(self, total);
        }
    }
    return report(thread, change);
}

Owned array_repeat(Thread& thread, Value value, Index times) {
    Array& self = array_of(value);
    Type& type = *state_of_type<State>(type_of(value), array_spec).array;
    Owned result = TRY(new_array(thread, type, *self.kind));
    if (times <= 0) return result;
    TRY(extend(thread, array_of(result), value));
    TRY(multiply(thread, array_of(result), times));
    return result;
}

Owned array_inplace_repeat(Thread& thread, Value value, Index times) {
    TRY(multiply(thread, array_of(value), times));
    return Owned::share(value);
}

bool array_get_buffer(Thread& thread, Value value, BufferView& view, int flags) {
    Array& self = array_of(value);
    static uint8_t no_items;
    Lock guard(thread, self);
    self.exports.fetch_add(1, std::memory_order_relaxed);
    Index size = self.size.load(std::memory_order_relaxed);
    uint8_t* data = self.data.load(std::memory_order_relaxed);
    view.data = data != nullptr ? data : &no_items;
    view.owner = Owned::share(value);
    view.item_size = self.kind->size;
    view.size = size * self.kind->size;
    view.read_only = false;
    view.dimensions = 1;
    view.format = (flags & kBufferFormat) ? self.kind->format : nullptr;
    view.shape_storage = size;
    view.stride_storage = view.item_size;
    view.shape = (flags & kBufferNd) ? &view.shape_storage : nullptr;
    view.strides = (flags & kBufferStrides) == kBufferStrides ? &view.stride_storage : nullptr;
    view.suboffsets = nullptr;
    view.internal = nullptr;
    return true;
}

void array_release_buffer(Thread&, Value self, BufferView&) {
    array_of(self).exports.fetch_sub(1, std::memory_order_relaxed);
}

// --- iterator ---

constexpr Index kExhausted = -1;

// The array is only let go by an owner that shares the iterator with nobody: a step counts nothing.
struct ArrayIterator : Object {
    Slot array;
    std::atomic<Index> index;  // kExhausted once it came to the end
};

void iterator_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<ArrayIterator*>(self)->array);
}

Owned array_iter(Thread& thread, Value self) {
    Type& type = *state_of_type<State>(type_of(self), array_spec).iterator;
    auto* iterator = allocate<ArrayIterator>(thread, type);
    if (iterator == nullptr) return {};
    iterator->array.init(Owned::share(self));
    track(iterator);
    return Owned::adopt(iterator);
}

// The index, for who will look at the array unless it is kExhausted. Who does not own the iterator
// tells its owner first, so that the array is not let go meanwhile.
Index position_of(ArrayIterator& iterator) {
    mark_reader(&iterator);
    return iterator.index.load(std::memory_order_seq_cst);  // pairs with iterator_next
}

Owned iterator_next(Thread& thread, Value value) {
    auto& self = value.as<ArrayIterator>();
    Index index = position_of(self);
    for (;;) {
        if (index == kExhausted) return Owned::nothing();
        Owned item = item_at(thread, array_of(self.array.borrow()), index);
        Index after = item.is_nothing() ? kExhausted : index + 1;
        // Before `shared` is read.
        bool stepped = self.index.compare_exchange_strong(index, after, std::memory_order_seq_cst);
        if (!item) return {};
        if (!stepped) continue;
        if (after == kExhausted && self.owner.load(std::memory_order_relaxed) == current_heap_id &&
            self.shared.load(std::memory_order_seq_cst) == 0)
            Owned done = self.array.take();
        return item;
    }
}

}  // namespace
}  // namespace imugi::arrays

namespace imugi {
IMUGI_MODULE_TYPE(arrays::ArrayIterator, arrays::iterator_spec);
}

namespace imugi::arrays {
namespace {

Owned iterator_reduce(Thread& thread, ArrayIterator& self) {
    Owned function = TRY(builtin_named(thread, ID(iter)));
    // Looking for the name may have run Python, which may use the iterator up.
    Index index = position_of(self);
    if (index == kExhausted) {
        Ref<List> none_left = TRY(make_list(thread));
        return reduce_to(thread, function, none_left);
    }
    return reduce_to(thread, function, self.array.borrow(), Value::small_int(index));
}

bool iterator_setstate(Thread& thread, ArrayIterator& self, Value state) {
    Index wanted = TRY(to_ssize(thread, state, exc::OverflowError));
    Index index = self.index.load(std::memory_order_relaxed);
    if (index == kExhausted) return true;
    Index size = array_of(self.array.borrow()).size.load(std::memory_order_relaxed);
    wanted = wanted < 0 ? 0 : wanted > size ? size : wanted;
    // Not once it has come to the end meanwhile.
    while (index != kExhausted &&
           !self.index.compare_exchange_weak(index, wanted, std::memory_order_relaxed)) {
    }
    return true;
}

const MethodRow iterator_rows[] = {
    {"__reduce__", "(self, /)", fn<iterator_reduce>, "Return state information for pickling."},
    {"__setstate__", "(self, state, /)", fn<iterator_setstate>,
     "Set state information for unpickling."},
    {},
};

Owned get_typecode(Thread& thread, Value self) {
    return make_str_from_char(thread, array_of(self).kind->code);
}
Owned get_itemsize(Thread&, Value self) {
    return Owned::small_int(array_of(self).kind->size);
}

const GetSetRow array_getsets[] = {
    {"typecode", get_typecode, nullptr, "the typecode character used to create the array"},
    {"itemsize", get_itemsize, nullptr, "the size, in bytes, of one array item"},
    {},
};

}  // namespace

const TypeSpec iterator_spec = {
    .name = "array.arrayiterator",
    .size = sizeof(ArrayIterator),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.iter = iterator_self, .next = iterator_next, .fields = iterator_fields},
    .methods = iterator_rows,
};

const TypeSpec array_spec = {
    .name = "array.array",
    .doc =
        "array(typecode [, initializer]) -> array\n\n"
        "Return a new array whose items are restricted by typecode, and\n"
        "initialized from the optional initializer value, which must be a list,\n"
        "string or iterable over elements of the appropriate type.\n\n"
        "Arrays represent basic values and behave very much like lists, except\n"
        "the type of objects stored in them is constrained. The type is specified\n"
        "at object creation time by using a type code, which is a single character.\n"
        "The following type codes are defined:\n\n"
        "    Type code   C Type             Minimum size in bytes\n"
        "    'b'         signed integer     1\n"
        "    'B'         unsigned integer   1\n"
        "    'u'         Unicode character  2 (see note)\n"
        "    'w'         Unicode character  4\n"
        "    'h'         signed integer     2\n"
        "    'H'         unsigned integer   2\n"
        "    'i'         signed integer     2\n"
        "    'I'         unsigned integer   2\n"
        "    'l'         signed integer     4\n"
        "    'L'         unsigned integer   4\n"
        "    'q'         signed integer     8\n"
        "    'Q'         unsigned integer   8\n"
        "    'f'         floating-point     4\n"
        "    'd'         floating-point     8\n\n"
        "Attributes:\n\n"
        "typecode -- the typecode character used to create the array\n"
        "itemsize -- the length in bytes of one array item\n",
    .size = sizeof(Array),
    .flags = kTypeBase | kTypeHasWeakrefs | kTypeSequence,
    .slots = {.repr = array_repr,
              .hash = unhashable,
              .compare = array_compare,
              .iter = array_iter,
              .make = array_make,
              .release = array_release,
              .sequence_length = array_length,
              .concat = array_concat,
              .repeat = array_repeat,
              .item = array_item,
              .assign_item = array_assign_item,
              .contains = array_contains,
              .inplace_concat = array_inplace_concat,
              .inplace_repeat = array_inplace_repeat,
              .length = array_length,
              .subscript = array_subscript,
              .assign_subscript = array_assign,
              .get_buffer = array_get_buffer,
              .release_buffer = array_release_buffer},
    .methods = array_rows,
    .getsets = array_getsets,
};

}  // namespace imugi::arrays
