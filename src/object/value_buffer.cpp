// ValueBuffer: gathers values before they become a list or tuple.
#include "object/value_buffer.h"

#include <cstring>

#include "memory/collector.h"
#include "memory/heap.h"
#include "object/iteration.h"
#include "object/list_items.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi {

bool ValueBuffer::resize(size_t capacity) {
    ListItems* array = allocate_list_items(capacity);
    if (array == nullptr) return raise_memory_error(thread_);
    if (size_ != 0) memcpy(static_cast<void*>(array->items), array_->items, size_ * sizeof(Slot));
    free_list_items(array_);
    array_ = array;
    capacity_ = capacity;
    return true;
}

void ValueBuffer::append_shared(const Slot* from, size_t count) {
    if (count == 0) return;  // there may be no array yet
    Slot* to = array_->items + size_;
    for (size_t i = 0; i < count; i++) {
        uint64_t bits = from[i].word().load(std::memory_order_relaxed);
        if (Value::from_bits(bits).is_object()) bits = share_item(from[i]).release();
        to[i].word().store(bits, std::memory_order_relaxed);
    }
    size_ += count;
}

void ValueBuffer::append_moved(const Slot* from, size_t count) {
    if (count == 0) return;
    Slot* to = array_->items + size_;
    for (size_t i = 0; i < count; i++)
        to[i].word().store(from[i].word().load(std::memory_order_relaxed),
                           std::memory_order_relaxed);
    size_ += count;
}

void ValueBuffer::clear() {
    for (size_t i = 0; i < size_; i++) drop_slot(array_->items[i]);
    free_list_items(array_);
    array_ = nullptr;
    size_ = capacity_ = 0;
}

bool ValueBuffer::extend(Value iterable) {
    if (is_exact_tuple(iterable)) {
        const Tuple& tuple = iterable.as<Tuple>();
        TRY(reserve(tuple.size));
        append_shared(tuple.items, tuple.size);
        return true;
    }
    Iteration iterator(thread_, iterable);
    if (!iterator) return {};
    Index hint = TRY(length_hint(thread_, iterable, 8));
    if (hint > 0) TRY(reserve(hint));
    for (;;) {
        Owned value = TRY(next(thread_, iterator));
        if (value.is_nothing()) return true;
        TRY(append(std::move(value)));
    }
}

Ref<Tuple> ValueBuffer::to_tuple() {
    if (size_ == 0) return empty_tuple();
    Ref<Tuple> tuple = TRY(make_tuple_blank(thread_, size_));
    memcpy(static_cast<void*>(tuple->items), array_->items, size_ * sizeof(Slot));
    forget();
    track(tuple.get());
    return tuple;
}

Ref<List> ValueBuffer::to_list() {
    Ref<List> list = TRY(make_list(thread_));
    list->size.store(static_cast<Index>(size_), std::memory_order_relaxed);
    list->array.store(release(), std::memory_order_release);
    return list;
}

}  // namespace imugi
