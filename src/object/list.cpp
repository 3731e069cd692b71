// list's operations for the runtime. Reads of an item take no lock: the array is read once, the
// item counted, and the array looked at again. Everything else happens under the list's Lock; what
// it takes out of the list is dropped after.
#include "object/list.h"

#include "memory/collector.h"
#include "object/dict.h"
#include "object/iteration.h"
#include "object/list_edit.h"
#include "object/list_unlocked.h"
#include "object/protocol.h"
#include "object/set.h"
#include "object/slice.h"
#include "object/tuple.h"

namespace imugi {

constinit CountedItems list_sort_marker_items = {};

// --- editing, under the Lock ---

namespace {

// How much room a list of `size` items gets: about an eighth more, as CPython's.
size_t grown_capacity(size_t size) {
    return (size + (size >> 3) + 6) & ~size_t{3};
}

}  // namespace

void move_items(Slot* to, const Slot* from, size_t count) {
    if (to < from) {
        for (size_t i = 0; i < count; i++)
            to[i].word().store(from[i].word().load(std::memory_order_relaxed),
                               std::memory_order_release);
    } else {
        for (size_t i = count; i-- > 0;)
            to[i].word().store(from[i].word().load(std::memory_order_relaxed),
                               std::memory_order_release);
    }
}

bool reserve_items(List& list, size_t size) {
    ListItems* array = list.array.load(std::memory_order_relaxed);
    if (array != nullptr && size <= array->capacity) return true;
    auto old_size = static_cast<size_t>(list.size.load(std::memory_order_relaxed));
    // One step beyond the end means appending: leave room for more. A jump gets what it asks for.
    size_t capacity =
        size > old_size + 1 && old_size == 0 ? (size + 3) & ~size_t{3} : grown_capacity(size);
    // What others look at is not given back at once, and they wait: grow in fewer steps.
    if (size == old_size + 1 && old_size >= 64 && needs_grace(&list)) capacity += size / 2;
    ListItems* bigger = allocate_list_items(capacity);
    if (bigger == nullptr) return false;
    if (old_size != 0)
        memcpy(static_cast<void*>(bigger->items), array->items, old_size * sizeof(Slot));
    // A reader may look beyond the size it has seen: those words are empty, not garbage.
    memset(static_cast<void*>(bigger->items + old_size), 0, (capacity - old_size) * sizeof(Slot));
    replace_list_items(list, bigger);
    return true;
}

void shrink_items(List& list) {
    ListItems* array = list.array.load(std::memory_order_relaxed);
    auto size = static_cast<size_t>(list.size.load(std::memory_order_relaxed));
    if (array == nullptr || size >= array->capacity / 2 || array->capacity <= 8) return;
    if (size == 0) return replace_list_items(list, nullptr);
    size_t capacity = grown_capacity(size);
    if (capacity >= array->capacity) return;
    ListItems* smaller = allocate_list_items(capacity);
    if (smaller == nullptr) return;
    memcpy(static_cast<void*>(smaller->items), array->items, size * sizeof(Slot));
    memset(static_cast<void*>(smaller->items + size), 0, (capacity - size) * sizeof(Slot));
    replace_list_items(list, smaller);
}

// As many as before: the words change places; the buffer is dropped once the lock is gone.
static void exchange_items(Slot* items, ValueBuffer& values) {
    for (size_t i = 0; i < values.size(); i++) {
        uint64_t old = items[i].borrow().bits();
        items[i].word().store(values[i].bits(), std::memory_order_release);
        values.slots()[i].word().store(old, std::memory_order_relaxed);
    }
}

// More or fewer than before: what comes behind them moves.
static bool splice_resizing(List& list, Index begin, Index end, ValueBuffer& values,
                            ValueBuffer& removed) {
    Index size = list.size.load(std::memory_order_relaxed);
    auto added = static_cast<Index>(values.size());
    Index more = added - (end - begin);
    TRY(removed.reserve(end - begin));
    if (more > 0 && !reserve_items(list, size + more)) return raise_memory_error(current_thread());
    ListItems* array = list.array.load(std::memory_order_relaxed);
    if (array == nullptr) return true;
    Slot* items = array->items;
    // The words stay in place until they are overwritten; their references move out.
    if (end > begin) removed.append_moved(items + begin, end - begin);
    {
        ItemsChange change(array);
        move_items(items + end + more, items + end, size - end);
        for (Index i = 0; i < added; i++)
            items[begin + i].word().store(values[i].bits(), std::memory_order_release);
        list.size.store(size + more, std::memory_order_release);
        for (Index i = size + more; i < size; i++)
            items[i].word().store(0, std::memory_order_release);
    }
    values.forget();
    if (more < 0) shrink_items(list);
    return true;
}

bool splice_items(List& list, Index begin, Index end, ValueBuffer& values, ValueBuffer& removed) {
    Index size = list.size.load(std::memory_order_relaxed);
    if (begin < 0) begin = 0;
    if (begin > size) begin = size;
    if (end > size) end = size;
    if (end < begin) end = begin;
    if (static_cast<Index>(values.size()) != end - begin)
        return splice_resizing(list, begin, end, values, removed);
    if (begin != end) {
        ListItems* array = list.array.load(std::memory_order_relaxed);
        ItemsChange change(array);
        exchange_items(array->items + begin, values);
    }
    return true;
}

Owned remove_item(List& list, Index index) {
    ListItems* array = list.array.load(std::memory_order_relaxed);
    Index size = list.size.load(std::memory_order_relaxed);
    Slot* items = array->items;
    Owned value = Owned::adopt(items[index].borrow().bits());
    {
        ItemsChange change(array);
        list.size.store(size - 1, std::memory_order_release);
        move_items(items + index, items + index + 1, size - 1 - index);
        items[size - 1].word().store(0, std::memory_order_release);
    }
    shrink_items(list);
    return value;
}

// --- copying many ---

namespace {

// How often a copy is tried without the Lock that a writer comes in the way of, and of how many
// items: longer ones would often be in vain.
constexpr int kTries = 3;
constexpr Index kMostWithoutLock = 4096;

// kUncounted: only under the Lock.
enum class Copy : uint8_t { kDone, kNoMemory, kUnsure, kUncounted };

// The item of a list without its Lock, counted, to a slot nobody else sees. False when it may not
// be counted so, or is gone.
bool count_item(const Slot& from, Slot& to) {
    SlotRead read = read_slot(from.word());
    if (read.retry || !read.value) return false;
    to.init(std::move(read.value));
    return true;
}

// The items from `begin` on without the Lock, if no writer is at work meanwhile: each is counted,
// and after that the list must not have changed since before the first was read.
Copy try_copy_unlocked(List& list, ValueBuffer& out, Index begin, Index end) {
    UnlockedItems items(list);
    if (!items.are_settled()) return Copy::kUnsure;
    Index size = items.size();
    if (end < size) size = end;
    if (size - begin > kMostWithoutLock) return Copy::kUncounted;
    Index count = size > begin ? size - begin : 0;
    if (count == 0) return Copy::kDone;
    if (!out.reserve(count)) return Copy::kNoMemory;
    // In the buffer's room first: they are its items only once they are known to be right.
    Slot* room = out.slots() + out.size();
    Index counted = 0;
    while (counted < count && count_item(items[counted + begin], room[counted])) counted++;
    if (counted == count && items.were_of_one_time()) {
        out.append_moved(room, count);
        return Copy::kDone;
    }
    for (Index i = 0; i < counted; i++) drop_slot(room[i]);
    return counted < count ? Copy::kUncounted : Copy::kUnsure;
}

IMUGI_NOINLINE Copy copy_unlocked(List& list, ValueBuffer& out, Index begin, Index end) {
    Copy outcome = Copy::kUnsure;
    for (int i = 0; i < kTries && outcome == Copy::kUnsure; i++)
        outcome = try_copy_unlocked(list, out, begin, end);
    return outcome;
}

// Under the Lock: lets items that others own be counted without it next time.
IMUGI_NOINLINE void mark_items(const Slot* items, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (Value item = items[i].borrow(); item.is_owning()) mark_reader(item.object());
}

}  // namespace

// Words of another container under its Lock. Deferred objects are only lent: they live until the
// next safepoint, and others wait for the lock. Whether there are any.
static bool lend_deferred(ValueBuffer& out, const Slot* from, size_t count) {
    Slot* to = out.slots() + out.size();
    out.append_moved(from, count);
    bool lent = false;
    for (size_t i = 0; i < count; i++) {
        Value value = to[i].borrow();
        if (!value.is_owning()) continue;
        bool deferred = value.object()->has_flag(kDeferred);
        lent |= deferred;
        uint64_t bits = deferred ? Value::of(value.object()).bits() : Owned::share(value).release();
        to[i].word().store(bits, std::memory_order_relaxed);
    }
    return lent;
}
static void own_lent(Slot* items, size_t count) {
    for (size_t i = 0; i < count; i++) {
        Value value = items[i].borrow();
        if (!value.is_lent()) continue;
        items[i].word().store(Owned::share(value).release(), std::memory_order_relaxed);
    }
}

// What copy_items does, as part of the function that slices are read or assigned by.
static IMUGI_ALWAYS_INLINE bool copy_here(Thread& thread, List& list, ValueBuffer& out, Index begin,
                                          Index end) {
    if (begin < 0) begin = 0;
    bool biased = is_biased_to(thread.heap_id, list);
    if (!biased) {
        Copy outcome = copy_unlocked(list, out, begin, end);
        if (outcome == Copy::kDone || outcome == Copy::kNoMemory) return outcome == Copy::kDone;
    }
    // To leave the lock may be to take an outer one again, which is a safepoint.
    bool lends = thread.critical == nullptr;
    bool lent = false;
    size_t before = out.size();
    for (bool copied = false; !copied;) {
        Index limit = list_size(list);
        if (end < limit) limit = end;
        if (limit > begin) TRY(out.reserve(limit - begin));
        Lock guard(thread, list);
        Index size = list.size.load(std::memory_order_relaxed);
        if (end < size) size = end;
        if (size > limit) continue;
        if (begin >= size) return true;
        const Slot* from = list.array.load(std::memory_order_relaxed)->items + begin;
        if (lends)
            lent = lend_deferred(out, from, size - begin);
        else
            out.append_shared(from, size - begin);
        if (!biased) mark_items(from, size - begin);
        copied = true;
    }
    if (lent) own_lent(out.slots() + before, out.size() - before);
    return true;
}

bool copy_items(Thread& thread, List& list, ValueBuffer& out, Index begin, Index end) {
    return copy_here(thread, list, out, begin, end);
}

// --- making ---

Ref<List> make_list(Thread& thread, size_t capacity) {
    auto* list = allocate<List>(thread, list_type);
    if (list == nullptr) return {};
    Ref<List> result = Ref<List>::adopt(list);
    if (capacity != 0) {
        ListItems* array = allocate_list_items(capacity);
        if (array == nullptr) return raise_memory_error(thread);
        memset(static_cast<void*>(array->items), 0, capacity * sizeof(Slot));
        list->array.store(array, std::memory_order_relaxed);
    }
    track(list);
    return result;
}

Ref<List> make_list_from(Thread& thread, const Value* values, size_t count) {
    Ref<List> list = TRY(make_list(thread, count));
    if (count == 0) return list;
    Slot* items = list->array.load(std::memory_order_relaxed)->items;
    for (size_t i = 0; i < count; i++) items[i].init(Owned::share(values[i]));
    list->size.store(static_cast<Index>(count), std::memory_order_release);
    return list;
}

Ref<List> list_from(Thread& thread, Value iterable) {
    Ref<List> list = TRY(make_list(thread));
    TRY(list_extend(thread, *list, iterable));
    return list;
}

// --- items ---

namespace {

IMUGI_NOINLINE Owned item_locked(Thread& thread, List& list, Index index) {
    Lock guard(thread, list);
    if (index >= list.size.load(std::memory_order_relaxed)) return Owned::nothing();
    return share_locked(list.array.load(std::memory_order_relaxed)->items[index].word());
}

}  // namespace

Owned list_item(Thread& thread, List& list, Index index) {
    mark_reader(&list);
    if (IMUGI_UNLIKELY(index >= list.size.load(std::memory_order_acquire))) return Owned::nothing();
    ListItems* array = list.array.load(std::memory_order_acquire);
    if (IMUGI_LIKELY(array != nullptr && static_cast<size_t>(index) < array->capacity)) {
        SlotRead read = read_slot(array->items[index].word());
        if (IMUGI_LIKELY(!read.retry && read.value &&
                         list.array.load(std::memory_order_acquire) == array))
            return std::move(read.value);
    }
    return item_locked(thread, list, index);
}

Owned list_item_from_end(Thread& thread, List& list, Index index) {
    mark_reader(&list);
    // Acquires: who sees an array or a size sees the version that was counted up before it.
    ListItems* array = list.array.load(std::memory_order_acquire);
    if (IMUGI_LIKELY(array != nullptr)) {
        size_t version = version_of(array).load(std::memory_order_acquire);
        Index size = list.size.load(std::memory_order_acquire), at = index + size;
        if (at >= 0 && static_cast<size_t>(at) < array->capacity && (version & 1) == 0) {
            SlotRead read = read_slot(array->items[at].word());
            // The end may have moved meanwhile, with the size or with the items.
            if (!read.retry && read.value && list.array.load(std::memory_order_acquire) == array &&
                list.size.load(std::memory_order_acquire) == size &&
                version_of(array).load(std::memory_order_relaxed) == version)
                return std::move(read.value);
        }
    }
    Lock guard(thread, list);
    Index at = index + list.size.load(std::memory_order_relaxed);
    if (at < 0) return Owned::nothing();
    return share_locked(list.array.load(std::memory_order_relaxed)->items[at].word());
}

bool list_set_item(Thread& thread, List& list, Index index, Owned value) {
    Owned old;
    if (QuickLock lock(thread, list);
        lock && index >= 0 && index < list.size.load(std::memory_order_relaxed)) {
        old =
            exchange_list_item(list.array.load(std::memory_order_relaxed), index, std::move(value));
        return true;
    }
    {
        Lock guard(thread, list);
        if (index >= 0 && index < list.size.load(std::memory_order_relaxed)) {
            old = exchange_list_item(list.array.load(std::memory_order_relaxed), index,
                                     std::move(value));
            return true;
        }
    }
    return raise(thread, exc::IndexError, "list assignment index out of range");
}

bool list_append(Thread& thread, List& list, Owned value) {
    if (QuickLock lock(thread, list); lock) {
        Index size = list.size.load(std::memory_order_relaxed);
        ListItems* array = list.array.load(std::memory_order_relaxed);
        if (IMUGI_LIKELY(array != nullptr && static_cast<size_t>(size) < array->capacity)) {
            array->items[size].word().store(value.release(), std::memory_order_release);
            list.size.store(size + 1, std::memory_order_release);
            return true;
        }
    }
    {
        Lock guard(thread, list);
        Index size = list.size.load(std::memory_order_relaxed);
        if (IMUGI_LIKELY(reserve_items(list, static_cast<size_t>(size) + 1))) {
            ListItems* array = list.array.load(std::memory_order_relaxed);
            array->items[size].word().store(value.release(), std::memory_order_release);
            list.size.store(size + 1, std::memory_order_release);
            return true;
        }
    }
    return raise_memory_error(thread);
}

bool list_insert_at(Thread& thread, List& list, Index index, Owned value) {
    {
        Lock guard(thread, list);
        Index size = list.size.load(std::memory_order_relaxed);
        if (index < 0 && (index += size) < 0) index = 0;
        if (index > size) index = size;
        if (reserve_items(list, static_cast<size_t>(size) + 1)) {
            ListItems* array = list.array.load(std::memory_order_relaxed);
            ItemsChange change(array);
            Slot* items = array->items;
            move_items(items + index + 1, items + index, size - index);
            items[index].word().store(value.release(), std::memory_order_release);
            list.size.store(size + 1, std::memory_order_release);
            return true;
        }
    }
    return raise_memory_error(thread);
}

// --- many at once ---

namespace {

bool extend_from_buffer(Thread& thread, List& list, ValueBuffer& values) {
    ValueBuffer removed(thread);
    Lock guard(thread, list);
    Index size = list.size.load(std::memory_order_relaxed);
    return splice_items(list, size, size, values, removed);
}

// `source` may be the list itself.
bool extend_from_list(Thread& thread, List& list, List& source) {
    if (is_unique(&list) && !is_unshared(&source)) {
        // Nobody sees the list meanwhile: the other's lock is kept for shorter without this one.
        ValueBuffer values(thread);
        TRY(copy_items(thread, source, values, 0, PTRDIFF_MAX));
        return extend_from_buffer(thread, list, values);
    }
    {
        Lock2 guard(thread, list, source);
        Index size = list.size.load(std::memory_order_relaxed);
        Index added = source.size.load(std::memory_order_relaxed);
        if (added == 0) return true;
        if (reserve_items(list, static_cast<size_t>(size + added))) {
            const Slot* from = source.array.load(std::memory_order_relaxed)->items;
            Slot* to = list.array.load(std::memory_order_relaxed)->items + size;
            for (Index i = 0; i < added; i++)
                to[i].word().store(share_item(from[i]).release(), std::memory_order_release);
            list.size.store(size + added, std::memory_order_release);
            return true;
        }
    }
    return raise_memory_error(thread);
}

bool extend_from_tuple(Thread& thread, List& list, Tuple& source) {
    if (source.size == 0) return true;
    {
        Lock guard(thread, list);
        auto size = static_cast<size_t>(list.size.load(std::memory_order_relaxed));
        if (reserve_items(list, size + source.size)) {
            Slot* to = list.array.load(std::memory_order_relaxed)->items + size;
            for (size_t i = 0; i < source.size; i++)
                to[i].word().store(source.items[i].share().release(), std::memory_order_release);
            list.size.store(static_cast<Index>(size + source.size), std::memory_order_release);
            return true;
        }
    }
    return raise_memory_error(thread);
}

bool extend_from_set(Thread& thread, List& list, Set& source) {
    ValueBuffer values(thread);
    TRY(set_elements(thread, source, values));
    return extend_from_buffer(thread, list, values);
}

bool extend_from_iterable(Thread& thread, List& list, Value iterable) {
    Iteration iterator(thread, iterable);
    if (!iterator) return {};
    Index hint = TRY(length_hint(thread, iterable, 8));
    bool room = true;
    {
        Lock guard(thread, list);
        Index size = list.size.load(std::memory_order_relaxed);
        if (hint > 0 && hint <= PTRDIFF_MAX - size)
            room = reserve_items(list, static_cast<size_t>(size + hint));
    }
    if (!room) return raise_memory_error(thread);
    for (;;) {
        Owned value = TRY(next(thread, iterator));
        if (value.is_nothing()) break;
        TRY(list_append(thread, list, std::move(value)));
    }
    Lock guard(thread, list);
    shrink_items(list);
    return true;
}

}  // namespace

bool is_copied_whole(Value iterable) {
    return is_exact_dict(iterable) || is_dict_view(iterable) || is_exact_set(iterable) ||
           has_shape(iterable, k_frozenset_shape);
}

bool list_extend(Thread& thread, List& list, Value iterable) {
    if (is_exact_list(iterable)) return extend_from_list(thread, list, iterable.as<List>());
    if (is_exact_tuple(iterable)) return extend_from_tuple(thread, list, iterable.as<Tuple>());
    if (is_exact_dict(iterable)) {
        Ref<List> keys = TRY(dict_keys(thread, iterable.as<Dict>()));
        return extend_from_list(thread, list, *keys);
    }
    if (is_dict_view(iterable)) {
        Ref<List> items = TRY(list_dict_view(thread, iterable));
        return extend_from_list(thread, list, *items);
    }
    if (iterable.is_object() && &type_of(iterable) == &range_type) {
        ValueBuffer values(thread);
        TRY(values.extend(iterable));
        return extend_from_buffer(thread, list, values);
    }
    if (is_exact_set(iterable) || has_shape(iterable, k_frozenset_shape))
        return extend_from_set(thread, list, iterable.as<Set>());
    return extend_from_iterable(thread, list, iterable);
}

Owned list_slice(Thread& thread, List& list, Index begin, Index end) {
    ValueBuffer values(thread);
    TRY(copy_here(thread, list, values, begin, end));
    return values.to_list();
}

Ref<Tuple> list_to_tuple(Thread& thread, List& list) {
    ValueBuffer values(thread);
    TRY(copy_here(thread, list, values, 0, PTRDIFF_MAX));
    return values.to_tuple();
}

Owned list_take(Thread& thread, List& list, Value item) {
    Lock guard(thread, list);
    Index size = list.size.load(std::memory_order_relaxed);
    ListItems* array = list.array.load(std::memory_order_relaxed);
    for (Index i = 0; i < size; i++)
        if (same(array->items[i].borrow(), item)) return remove_item(list, i);
    return Owned::nothing();
}

static bool assign_from_iterable(Thread& thread, List& list, Index begin, Index end, Value given) {
    ValueBuffer values(thread), removed(thread);
    TRY(values.extend(given));
    Lock guard(thread, list);
    return splice_items(list, begin, end, values, removed);
}

bool list_assign_slice(Thread& thread, List& list, Index begin, Index end, Value given) {
    if (!is_exact_list(given)) return assign_from_iterable(thread, list, begin, end, given);
    ValueBuffer values(thread), removed(thread);
    TRY(copy_here(thread, given.as<List>(), values, 0, PTRDIFF_MAX));
    Lock guard(thread, list);
    return splice_items(list, begin, end, values, removed);
}

}  // namespace imugi
