// The bytearray type: bytes that change. All fields under its Lock; while `exports` is not 0 the
// array is neither moved nor resized, so buffers of it need no lock for their address.
//
// Layout: `items` points at the first byte, `start` bytes behind the beginning of the block (what
// was deleted at the front), and a NUL stands behind the last.
#include "memory/collector.h"
#include "memory/heap.h"
#include "object/bytes_rows.h"
#include "object/complex.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/ordering.h"

namespace imugi {

namespace {

uint8_t* items_of(ByteArray& array) {
    return array.items.load(std::memory_order_relaxed);
}
size_t size_of(const ByteArray& array) {
    return static_cast<size_t>(array.size.load(std::memory_order_relaxed));
}
void set_size(ByteArray& array, size_t size) {
    array.size.store(static_cast<Index>(size), std::memory_order_relaxed);
    if (uint8_t* items = items_of(array)) items[size] = 0;
}

bool check_resizable(Thread& thread, ByteArray& array) {
    if (array.exports > 0)
        return raise(thread, exc::BufferError,
                     "Existing exports of data: object cannot be re-sized");
    return true;
}

// Under the lock: makes the array `size` bytes long, keeping what fits. New bytes are not set.
bool resize(Thread& thread, ByteArray& array, size_t size) {
    size_t old = size_of(array);
    if (size == old) return true;
    TRY(check_resizable(thread, array));
    auto room = static_cast<size_t>(array.capacity - array.start);
    if (items_of(array) && size + 1 <= room && size + 1 >= room / 2) {
        set_size(array, size);
        return true;
    }
    if (size > PTRDIFF_MAX - 64) return raise_memory_error(thread);
    // Growing by a little leaves room for more; other sizes are taken as given.
    size_t capacity = size + 1;
    if (size > old && size <= old + old / 8 + 8) capacity += (size >> 3) + (size < 9 ? 3 : 6);
    auto* block = static_cast<uint8_t*>(array_allocate(capacity));
    if (!block) return raise_memory_error(thread);
    uint8_t* items = items_of(array);
    if (items) memcpy(block, items, old < size ? old : size);
    if (items) array_free(items - array.start);
    array.items.store(block, std::memory_order_relaxed);
    array.start = 0;
    array.capacity = static_cast<Index>(capacity);
    set_size(array, size);
    return true;
}

// Under the lock: replaces bytes [begin, end) by `with`.
bool replace_range(Thread& thread, ByteArray& array, size_t begin, size_t end, ByteSpan with) {
    size_t size = size_of(array), removed = end - begin;
    if (with.size < removed) {
        size_t less = removed - with.size;
        TRY(check_resizable(thread, array));
        uint8_t* items = items_of(array);
        if (begin == 0) {
            // Dropped at the front: the block begins later.
            array.items.store(items + less, std::memory_order_relaxed);
            array.start += static_cast<Index>(less);
            array.size.store(static_cast<Index>(size - less), std::memory_order_relaxed);
        } else {
            memmove(items + begin + with.size, items + end, size - end);
            TRY(resize(thread, array, size - less));
        }
    } else if (with.size > removed) {
        size_t more = with.size - removed;
        TRY(resize(thread, array, size + more));
        uint8_t* items = items_of(array);
        memmove(items + begin + with.size, items + end, size - end);
    }
    if (with.size) memcpy(items_of(array) + begin, with.data, with.size);
    return true;
}

ByteArray* allocate_array(Thread& thread, Type& type, const void* data, size_t size) {
    auto* array = allocate<ByteArray>(thread, type);
    if (!array || size == 0) return array;
    Ref<ByteArray> owner = Ref<ByteArray>::adopt(array);
    if (!resize(thread, *array, size)) return nullptr;
    if (data) memcpy(items_of(*array), data, size);
    (void)owner.release();
    return array;
}

}  // namespace

Ref<ByteArray> make_bytearray(Thread& thread, const void* data, size_t size) {
    ByteArray* array = allocate_array(thread, bytearray_type, data, size);
    return array ? Ref<ByteArray>::adopt(array) : Ref<ByteArray>();
}

Owned make_like(Thread& thread, const ByteArray*, const void* data, size_t size) {
    return make_bytearray(thread, data, size);
}

Ref<Bytes> bytearray_bytes(Thread& thread, ByteArray& array) {
    for (;;) {
        size_t expected = size_of(array);
        Ref<Bytes> copy = TRY(make_bytes_blank(thread, expected));
        Lock guard(thread, array);
        if (size_of(array) != expected) continue;
        if (expected) memcpy(bytes_blank_data(*copy), items_of(array), expected);
        return copy;
    }
}

Owned unchanged(Thread& thread, ByteArray&, ByteSpan span) {
    return make_bytearray(thread, span.data, span.size);
}

namespace {

// The bytes of an argument to extend() and slice assignment: a buffer, or ints of an iterable.
Ref<Bytes> gather(Thread& thread, Value source) {
    if (has_buffer(source)) return bytes_from_object(thread, source);
    BytesBuilder builder(thread);
    Owned iterator = TRY(iterate(thread, source));
    for (;;) {
        Owned item = TRY(next(thread, iterator));
        if (item.is_nothing()) return builder.finish();
        uint8_t byte;
        TRY(load_byte(thread, item, &byte));
        TRY(builder.append(byte));
    }
}

// --- methods of its own ---

bool append(Thread& thread, ByteArray& self, Value item) {
    uint8_t byte;
    TRY(load_byte(thread, item, &byte));
    Lock guard(thread, self);
    size_t size = size_of(self);
    TRY(resize(thread, self, size + 1));
    items_of(self)[size] = byte;
    return true;
}

bool extend(Thread& thread, ByteArray& self, Value iterable) {
    if (is_str(iterable) && iterable.as<Str>().length() == 0) return true;
    if (is_str(iterable))
        return raise(thread, exc::TypeError, "expected iterable of integers; got: 'str'");
    if (!has_buffer(iterable)) {
        Owned iterator = iterate(thread, iterable);
        if (!iterator) {
            if (!clear_exception_if(thread, exc::TypeError)) return false;
            return raise(thread, exc::TypeError, "can't extend bytearray with {}",
                         type_name_of(iterable));
        }
        TRY(length_hint(thread, iterable, 32));
        Ref<Bytes> bytes = TRY(gather(thread, iterator));
        Lock guard(thread, self);
        return replace_range(thread, self, size_of(self), size_of(self),
                             {bytes->data(), bytes->size});
    }
    Ref<Bytes> bytes = TRY(gather(thread, iterable));
    Lock guard(thread, self);
    return replace_range(thread, self, size_of(self), size_of(self), {bytes->data(), bytes->size});
}

bool insert(Thread& thread, ByteArray& self, Index index, Value item) {
    uint8_t byte;
    TRY(load_byte(thread, item, &byte));
    Lock guard(thread, self);
    auto size = static_cast<Index>(size_of(self));
    if (index < 0) index += size;
    if (index < 0) index = 0;
    if (index > size) index = size;
    auto at = static_cast<size_t>(index);
    return replace_range(thread, self, at, at, {&byte, 1});
}

Owned pop(Thread& thread, ByteArray& self, Index index) {
    Lock guard(thread, self);
    auto size = static_cast<Index>(size_of(self));
    if (size == 0) return raise(thread, exc::IndexError, "pop from empty bytearray");
    if (index < 0) index += size;
    if (index < 0 || index >= size) return raise(thread, exc::IndexError, "pop index out of range");
    TRY(check_resizable(thread, self));
    auto at = static_cast<size_t>(index);
    uint8_t byte = items_of(self)[at];
    TRY(replace_range(thread, self, at, at + 1, {}));
    return Owned::small_int(byte);
}

bool remove(Thread& thread, ByteArray& self, Value value) {
    uint8_t byte;
    TRY(load_byte(thread, value, &byte));
    Lock guard(thread, self);
    size_t size = size_of(self);
    auto* at = size ? static_cast<uint8_t*>(memchr(items_of(self), byte, size)) : nullptr;
    if (!at) return raise(thread, exc::ValueError, "value not found in bytearray");
    auto index = static_cast<size_t>(at - items_of(self));
    return replace_range(thread, self, index, index + 1, {});
}

bool clear(Thread& thread, ByteArray& self) {
    Lock guard(thread, self);
    return resize(thread, self, 0);
}

Owned copy(Thread& thread, ByteArray& self) {
    Held<ByteArray> s(thread, self);
    return make_bytearray(thread, s.data, s.size);
}

bool reverse(Thread& thread, ByteArray& self) {
    Lock guard(thread, self);
    uint8_t* items = items_of(self);
    for (size_t i = 0, k = size_of(self); i + 1 < k; i++) {
        k--;
        uint8_t byte = items[i];
        items[i] = items[k];
        items[k] = byte;
    }
    return true;
}

// 3.14: a new size; bytes that come to be are zero.
bool resize_method(Thread& thread, ByteArray& self, Index size) {
    if (size < 0)
        return raise(thread, exc::ValueError, "bytearray.resize(): new size must be >= 0, got {}",
                     size);
    Lock guard(thread, self);
    size_t old = size_of(self);
    TRY(resize(thread, self, static_cast<size_t>(size)));
    if (static_cast<size_t>(size) > old)
        memset(items_of(self) + old, 0, static_cast<size_t>(size) - old);
    return true;
}

Owned alloc(Thread& thread, ByteArray& self) {
    Lock guard(thread, self);
    return Owned::small_int(self.capacity);
}

Owned size_of_method(Thread& thread, ByteArray& self) {
    Lock guard(thread, self);
    return Owned::small_int(static_cast<int64_t>(heap_block_size(&self)) + self.capacity);
}

Owned reduce_with(Thread& thread, ByteArray& self, int protocol) {
    Owned state = TRY(call_method(thread, Value::of(self), ID(__getstate__)));
    Ref<Tuple> arguments;
    {
        Held<ByteArray> s(thread, self);
        Owned data;
        if (protocol < 3)
            data = decode_latin1(thread, s.data, s.size);
        else
            data = make_bytes(thread, s.data, s.size);
        if (!data) return {};
        if (protocol < 3 && s.size != 0) {
            Ref<Str> encoding = TRY(make_str(thread, "latin-1"));
            arguments = TRY(make_tuple(thread, data, encoding));
        } else if (s.size == 0) {
            arguments = empty_tuple();
        } else {
            arguments = TRY(make_tuple(thread, data));
        }
    }
    return make_tuple(thread, Value::of(type_of(Value::of(self))), arguments, state);
}
Owned reduce(Thread& thread, ByteArray& self) {
    return reduce_with(thread, self, 2);
}
Owned reduce_ex(Thread& thread, ByteArray& self, int protocol) {
    return reduce_with(thread, self, protocol);
}

// --- slots ---

Owned slot_repr(Thread& thread, Value self) {
    Ref<Bytes> bytes;
    {
        Held<ByteArray> s(thread, self.as<ByteArray>());
        bytes = TRY(make_bytes(thread, s.data, s.size));
    }
    Ref<Str> name = TRY(format(thread, "{}(", type_of(self)));
    const char* before = str_utf8(thread, *name);
    if (!before) return {};
    Owned body = TRY(bytes_repr(thread, bytes->data(), bytes->size, "", ")"));
    return str_concat(thread, *name, body.as<Str>());
}

Owned slot_str(Thread& thread, Value self) {
    TRY(warn_bytes(thread, "str() on a bytearray instance"));
    return slot_repr(thread, self);
}

Owned slot_compare(Thread& thread, Value self, Value other, CompareOp op) {
    if (!has_buffer(other)) {
        if (is_str(other) && (op == CompareOp::kEq || op == CompareOp::kNe))
            TRY(warn_bytes(thread, "Comparison between bytearray and string"));
        return Owned::share(not_implemented());
    }
    ByteArray& array = self.as<ByteArray>();
    auto result = [&](ByteSpan theirs) {
        size_t size = size_of(array), least = size < theirs.size ? size : theirs.size;
        int order = least ? memcmp(items_of(array), theirs.data, least) : 0;
        if (order == 0) order = size < theirs.size ? -1 : size > theirs.size;
        return Owned::share(boolean(holds(op, order, 0)));
    };
    if (is_exact_bytearray(other)) {
        // No export, which would keep a third thread from resizing it.
        ByteArray& second = other.as<ByteArray>();
        Lock2 guard(thread, array, second);
        return result({items_of(second), size_of(second)});
    }
    Buffer buffer(thread);
    if (!buffer.get(other)) {
        clear_exception(thread);
        return Owned::share(not_implemented());
    }
    const Object* owner = memory_owner(buffer.view());
    Lock2 guard(thread, array, owner ? *owner : array);
    return result({buffer.data(), buffer.size()});
}

Result<Index> slot_length(Thread&, Value self) {
    return self.as<ByteArray>().size.load(std::memory_order_relaxed);
}

Owned slot_inplace_concat(Thread& thread, Value self, Value other) {
    if (!has_buffer(other))
        return raise(thread, exc::TypeError, "can't concat {} to {}", type_name_of(other),
                     type_name_of(self));
    ByteArray& array = self.as<ByteArray>();
    Ref<Bytes> own;
    if (is_exact_bytearray(other) || same(self, other)) own = TRY(bytes_from_object(thread, other));
    Buffer buffer(thread);
    if (!own) TRY(buffer.get(other));
    ByteSpan span = own ? ByteSpan{own->data(), own->size} : ByteSpan{buffer.data(), buffer.size()};
    const Object* owner = own ? nullptr : memory_owner(buffer.view());
    Lock2 guard(thread, array, owner ? *owner : array);
    TRY(replace_range(thread, array, size_of(array), size_of(array), span));
    return Owned::share(self);
}

Owned slot_inplace_repeat(Thread& thread, Value self, Index times) {
    ByteArray& array = self.as<ByteArray>();
    Lock guard(thread, array);
    size_t old = size_of(array), total;
    if (times < 0) times = 0;
    if (__builtin_mul_overflow(old, static_cast<size_t>(times), &total))
        return raise_memory_error(thread);
    TRY(resize(thread, array, total));
    uint8_t* items = items_of(array);
    for (size_t done = old; done < total;) {
        size_t step = done < total - done ? done : total - done;
        memcpy(items + done, items, step);
        done += step;
    }
    return Owned::share(self);
}

bool assign_index(Thread& thread, ByteArray& self, Value key, Value value) {
    Index index = TRY(to_ssize(thread, key));
    uint8_t byte = 0;
    if (value) TRY(load_byte(thread, value, &byte));
    Lock guard(thread, self);
    auto size = static_cast<Index>(size_of(self));
    if (index < 0) index += size;
    if (index < 0 || index >= size)
        return raise(thread, exc::IndexError, "bytearray index out of range");
    auto at = static_cast<size_t>(index);
    if (!value) return replace_range(thread, self, at, at + 1, {});
    items_of(self)[at] = byte;
    return true;
}

// Under the lock: deletes every step-th byte of the range.
bool delete_stepped(Thread& thread, ByteArray& self, SliceRange range) {
    if (range.count == 0) return true;
    TRY(check_resizable(thread, self));
    if (range.step < 0) {
        range.start += range.step * (range.count - 1);
        range.step = -range.step;
    }
    uint8_t* items = items_of(self);
    size_t size = size_of(self), out = static_cast<size_t>(range.start), in = out;
    Index left = range.count;
    auto next = static_cast<size_t>(range.start);
    for (; in < size; in++) {
        if (left > 0 && in == next) {
            left--;
            next += static_cast<size_t>(range.step);
            continue;
        }
        items[out++] = items[in];
    }
    return resize(thread, self, out);
}

bool assign_slice(Thread& thread, ByteArray& self, Value key, Value value) {
    SliceRange range;
    TRY(slice_unpack(thread, key.as<Slice>(), range));
    Ref<Bytes> with;
    if (value) {
        const auto& slots = type_of(value).slots;
        if (!has_buffer(value) &&
            (is_str(value) || is_complex(value) || slots.index || slots.to_int || slots.to_float))
            return raise(thread, exc::TypeError,
                         "can assign only bytes, buffers, or iterables of ints in range(0, 256)");
        if (!has_buffer(value) && !slots.iter && !slots.item)
            return raise(thread, exc::TypeError, "cannot convert '{}' object to bytearray",
                         type_name_of(value));
        with = TRY(gather(thread, value));
    }
    Lock guard(thread, self);
    slice_adjust(range, static_cast<Index>(size_of(self)));
    ByteSpan span = with ? ByteSpan{with->data(), with->size} : ByteSpan{};
    if (range.step == 1) {
        auto begin = static_cast<size_t>(range.start);
        return replace_range(thread, self, begin, begin + static_cast<size_t>(range.count), span);
    }
    if (span.size == 0) return delete_stepped(thread, self, range);
    if (static_cast<Index>(span.size) != range.count)
        return raise(thread, exc::ValueError,
                     "attempt to assign bytes of size {} to extended slice of size {}",
                     static_cast<int64_t>(span.size), range.count);
    Index at = range.start;
    for (size_t i = 0; i < span.size; i++, at += range.step) items_of(self)[at] = span[i];
    return true;
}

bool slot_assign_subscript(Thread& thread, Value self, Value key, Value value) {
    ByteArray& array = self.as<ByteArray>();
    if (is_slice(key)) return assign_slice(thread, array, key, value);
    if (!has_index(key))
        return raise(thread, exc::TypeError, "bytearray indices must be integers or slices, not {}",
                     type_name_of(key));
    return assign_index(thread, array, key, value);
}

bool slot_assign_item(Thread& thread, Value self, Index index, Value value) {
    return assign_index(thread, self.as<ByteArray>(), Value::small_int(index), value);
}

bool slot_get_buffer(Thread& thread, Value self, BufferView& view, int flags) {
    static uint8_t nothing[1];
    ByteArray& array = self.as<ByteArray>();
    Lock guard(thread, array);
    uint8_t* items = items_of(array);
    TRY(fill_buffer(thread, view, self, items ? items : nothing, size_of(array), false, flags));
    array.exports++;
    return true;
}

void slot_release_buffer(Thread& thread, Value self, BufferView&) {
    ByteArray& array = self.as<ByteArray>();
    Lock guard(thread, array);
    array.exports--;
}

Owned slot_make(Thread& thread, Type& type, const Arguments&) {
    ByteArray* array = allocate_array(thread, type, nullptr, 0);
    if (array && type.has(kTypeTracked)) track(array);
    return array ? Owned::adopt(array) : Owned();
}

bool slot_init(Thread& thread, Value self, const Arguments& arguments) {
    Value bound[3];
    TRY(bind_arguments(thread, "bytearray",
                       "(source=<unrepresentable>, encoding=<unrepresentable>, "
                       "errors=<unrepresentable>)",
                       arguments, bound, 3));
    ByteArray& array = self.as<ByteArray>();
    for (int i = 1; i < 3; i++) {
        if (!bound[i]) continue;
        if (!is_str(bound[i]))
            return raise(thread, exc::TypeError, "bytearray() argument '{}' must be str, not {}",
                         i == 1 ? "encoding" : "errors",
                         is_none(bound[i]) ? FormatArgument("None") : type_name_of(bound[i]));
        if (!name_text(thread, bound[i].as<Str>())) return false;
    }
    {
        // It is empty when the source cannot be read.
        Lock guard(thread, array);
        TRY(replace_range(thread, array, 0, size_of(array), {}));
    }
    bool items = bound[0] && !bound[1] && !bound[2] && !has_buffer(bound[0]) && !is_str(bound[0]) &&
                 !is_list(bound[0]) && !is_tuple(bound[0]) && type_of(bound[0]).slots.next;
    if (items) {
        // The generator may look at what there is so far.
        for (;;) {
            Owned item = TRY(next(thread, bound[0]));
            if (item.is_nothing()) return true;
            TRY(append(thread, array, item));
        }
    }
    Ref<Bytes> bytes = TRY(bytes_from_arguments(thread, "bytearray", bound[0], bound[1], bound[2]));
    Lock guard(thread, array);
    return replace_range(thread, array, 0, size_of(array), {bytes->data(), bytes->size});
}

void slot_release(Object* self) {
    auto& array = *static_cast<ByteArray*>(self);
    if (uint8_t* items = array.items.exchange(nullptr, std::memory_order_relaxed))
        array_free(items - array.start);
}

constexpr MethodRow own_rows[] = {
    {"__alloc__", "(self, /)", fn<alloc>, "Bytes allocated."},
    {"__reduce__", "(self, /)", fn<reduce>, "State for pickling."},
    {"__reduce_ex__", "(self, proto=0, /)", fn<reduce_ex>, "State for pickling."},
    {"__sizeof__", "(self, /)", fn<size_of_method>, "Size in memory, in bytes."},
    {"append", "(self, item, /)", fn<append>, "Adds one byte, an int in range(256), at the end."},
    {"clear", "(self, /)", fn<clear>, "Removes all bytes."},
    {"copy", "(self, /)", fn<copy>, "A copy."},
    {"extend", "(self, iterable_of_ints, /)", fn<extend>,
     "Adds the bytes of a buffer, or of an iterable of ints, at the end."},
    {"insert", "(self, index, item, /)", fn<insert>, "Inserts one byte before index."},
    {"pop", "(self, index=-1, /)", fn<pop>, "Removes the byte at index and gives it."},
    {"remove", "(self, value, /)", fn<remove>, "Removes the first byte of that value."},
    {"resize", "(self, size, /)", fn<resize_method>,
     "Makes it size bytes long; new bytes are zero."},
    {"reverse", "(self, /)", fn<reverse>, "Reverses the order of the bytes in place."},
};
constexpr auto rows = with_byte_rows<ByteArray>(own_rows);

}  // namespace

Type bytearray_type;
const TypeSpec bytearray_type_spec = {
    .name = "bytearray",
    .doc =
        "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> "
        "bytearray\nbytearray(bytes_or_buffer) -> a copy\nbytearray(int) -> that many zero "
        "bytes\nbytearray() -> no bytes\n\nA mutable sequence of bytes.",
    .size = sizeof(ByteArray),
    .flags = kTypeBase | kTypeIsBytearray | kTypeMatchSelf,
    .slots = {.repr = slot_repr,
              .str = slot_str,
              .compare = slot_compare,
              .iter = bytearray_iterate,
              .make = slot_make,
              .init = slot_init,
              .release = slot_release,
              .remainder = ByteMethods<ByteArray>::remainder,
              .sequence_length = slot_length,
              .concat = ByteMethods<ByteArray>::concat,
              .repeat = ByteMethods<ByteArray>::repeat,
              .item = ByteMethods<ByteArray>::subscript_item,
              .assign_item = slot_assign_item,
              .contains = ByteMethods<ByteArray>::contains,
              .inplace_concat = slot_inplace_concat,
              .inplace_repeat = slot_inplace_repeat,
              .length = slot_length,
              .subscript = ByteMethods<ByteArray>::subscript,
              .assign_subscript = slot_assign_subscript,
              .get_buffer = slot_get_buffer,
              .release_buffer = slot_release_buffer},
    .methods = rows.rows,
};

}  // namespace imugi
