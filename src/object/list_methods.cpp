// The list type: its slots and methods. Searches run under the Lock as far as builtin equality
// decides; where user code must be asked, the Lock is let go for it and the place checked again.
// `in`, index() and count() take no Lock for lists of other threads, if none changes them
// meanwhile.
#include <algorithm>

#include "memory/collector.h"
#include "object/int.h"
#include "object/list_edit.h"
#include "object/list_unlocked.h"
#include "object/native.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/quick_equal.h"
#include "object/repr_guard.h"
#include "object/slice.h"
#include "object/tuple.h"
#include "object/unhashable.h"
#include "thread/safepoint.h"

namespace imugi {

namespace {

List& list_of(Value value) {
    return value.as<List>();
}

Slot* items_of(List& list) {
    return list.array.load(std::memory_order_relaxed)->items;
}

void list_fields(Object* self, FieldVisitor& visitor) {
    auto* list = static_cast<List*>(self);
    ListItems* array = list->array.load(std::memory_order_relaxed);
    if (array != nullptr)
        visitor.visit(array->items,
                      static_cast<size_t>(list->size.load(std::memory_order_relaxed)));
}

void list_release(Object* self) {
    auto* list = static_cast<List*>(self);
    // Nobody has the list any more: no exchange.
    discard_list_items(*list, list->array.load(std::memory_order_relaxed));
    list->array.store(nullptr, std::memory_order_relaxed);
}

// --- making ---

Owned list_make(Thread& thread, Type& type, const Arguments&) {
    auto* list = allocate<List>(thread, type);
    if (list == nullptr) return {};
    track(list);
    return Owned::adopt(list);
}

bool clear_list(Thread& thread, List& list) {
    ListItems* array;
    Index size;
    {
        Lock guard(thread, list);
        size = list.size.load(std::memory_order_relaxed);
        list.size.store(0, std::memory_order_release);
        array = list.array.exchange(nullptr, std::memory_order_seq_cst);
    }
    if (array == nullptr || array == list_sort_marker) return true;
    for (Index i = 0; i < size; i++) drop_slot(array->items[i]);
    discard_list_items(list, array);
    return true;
}

bool list_init(Thread& thread, Value self, const Arguments& arguments) {
    Type& type = type_of(self);
    if (&type == &list_type || type.slots.make == list_type.slots.make)
        TRY(reject_keywords(thread, "list", arguments));
    TRY(check_positional(thread, "list", arguments.positional(), 0, 1));
    TRY(clear_list(thread, list_of(self)));
    return arguments.count == 0 || list_extend(thread, list_of(self), arguments[0]);
}

// --- searching ---

// Visits positions from *at up to `stop` whose item equals the value: `found(index)` runs under the
// Lock and gives false to stop. If the item that user code called equal has moved meanwhile, the
// position is looked at again.
template <class Found>
bool search(Thread& thread, List& list, Value value, Index at, Index stop, Found found) {
    Owned candidate;  // equal to the value, as user code has said, and at `at`
    for (;;) {
        Owned ask;
        bool pause = false;
        {
            bool may_pause = !thread.critical;
            Lock guard(thread, list);
            // Between two safepoints long enough for most lists to be searched in one go.
            for (Index steps = 0;; at++, steps++) {
                pause = steps == 1 << 18 && may_pause;
                if (pause) break;
                Index size = list.size.load(std::memory_order_relaxed);
                if (at >= size || at >= stop) return true;
                Value item = items_of(list)[at].borrow();
                Equality equality = quick_equal(item, value);
                if (candidate) {
                    if (same(candidate, item)) equality = Equality::kYes;
                }
                if (equality == Equality::kUnknown) {
                    ask = Owned::share(item);
                    break;
                }
                if (equality == Equality::kYes) {
                    if (!found(at)) return true;
                }
                if (candidate) break;
            }
        }
        if (pause) {
            TRY(safepoint(thread));
            continue;
        }
        if (!ask) {
            // Only a candidate that has been dealt with gets here: drop it, without the Lock.
            candidate = Owned();
            at++;
            continue;
        }
        candidate = Owned();
        if (TRY(equals(thread, ask, value))) {
            candidate = std::move(ask);
        } else {
            at++;
        }
    }
}

// How a search without the Lock ended. kUnsure: a writer came in the way.
enum class Look : uint8_t { kNone, kFound, kAsk, kPause, kUnsure };

// Whether an item that nobody holds equals the value, which is held: looks at no more of it than
// its word and header, unless it cannot be freed meanwhile. kUnknown without `held`: it is gone.
Equality equal_unheld(const Slot& slot, Value value, Owned& held) {
    Value item = slot.borrow();
    if (!item.is_object() || same(item, value)) return quick_equal(item, value);
    const Object* object = item.object();
    if (is_lendable(*object) || object->owner.load(std::memory_order_relaxed) == current_heap_id) {
        Equality equality = quick_equal(item, value);
        if (equality != Equality::kUnknown) return equality;
    } else if (!value.is_object() && is_exact_str(item)) {
        return Equality::kNo;
    }
    SlotRead read = read_slot(slot.word());
    if (read.retry || !read.value) return Equality::kUnknown;
    held = std::move(read.value);
    return quick_equal(held, value);
}

// Calls visit(i, slot) for items [begin, stop) as long as it gives true. False if they may not have
// been those of one time: a writer came in the way.
template <class Visit>
bool visit_unlocked(List& list, Index begin, Index stop, Visit visit) {
    UnlockedItems items(list);
    if (!items.are_settled()) return false;
    Index end = std::min(items.size(), stop);
    for (Index i = begin; i < end && visit(i, items[i]); i++) {
    }
    return items.were_of_one_time();
}

// The first item from `*at` on that equals the value as far as builtin equality decides, or that
// user code has to be asked about (`ask`), among the items as they were at one time.
Look look_unlocked(List& list, Value value, Index* at, Index stop, Index most, Owned& ask) {
    Look outcome = Look::kNone;
    Index place = *at;
    bool sure = visit_unlocked(list, *at, stop, [&](Index i, const Slot& slot) {
        Owned held;
        place = i;
        Equality equality = equal_unheld(slot, value, held);
        if (equality == Equality::kYes) outcome = Look::kFound;
        if (equality == Equality::kUnknown) {
            outcome = held ? Look::kAsk : Look::kUnsure;
            ask = std::move(held);
        }
        if (outcome == Look::kNone && most-- == 0) outcome = Look::kPause;
        return outcome == Look::kNone;
    });
    if (!sure || outcome == Look::kUnsure) return Look::kUnsure;
    *at = place;
    return outcome;
}

// How many items equal the value, as they were at one time. -1: a writer came in the way, user code
// has to be asked, or there are more than fit between two safepoints.
Index count_unlocked(List& list, Value value) {
    if (list_size(list) > 1 << 18) return -1;
    Index count = 0;
    bool sure = visit_unlocked(list, 0, PTRDIFF_MAX, [&](Index, const Slot& slot) {
        Owned held;
        Equality equality = equal_unheld(slot, value, held);
        if (equality == Equality::kUnknown) {
            count = -1;
            return false;
        }
        count += equality == Equality::kYes;
        return true;
    });
    return sure ? count : -1;
}

bool has_at(List& list, Index at, Value item) {
    mark_reader(&list);
    ListItems* array = list.array.load(std::memory_order_acquire);
    return array != nullptr && at < static_cast<Index>(array->capacity) && at < list_size(list) &&
           same(array->items[at].borrow(), item);
}

// The first position from `at` on, up to `stop`, whose item equals the value; -1: none. A list of
// other threads is looked at without its Lock, unless writers are at work.
Result<Index> find_first(Thread& thread, List& list, Value value, Index at, Index stop) {
    constexpr Index kStepsBetweenPauses = 1 << 18;
    int tries = is_biased_to(thread.heap_id, list) ? 0 : 3;
    while (tries > 0) {
        Owned ask;
        Index most = thread.critical ? PTRDIFF_MAX : kStepsBetweenPauses;
        switch (look_unlocked(list, value, &at, stop, most, ask)) {
            case Look::kNone:
                return Index{-1};
            case Look::kFound:
                return at;
            case Look::kPause:
                TRY(safepoint(thread));
                break;
            case Look::kUnsure:
                tries--;
                break;
            case Look::kAsk:
                if (!TRY(equals(thread, ask, value))) {
                    at++;
                } else if (has_at(list, at, ask)) {
                    return at;
                }
        }
    }
    Index result = -1;
    TRY(search(thread, list, value, at, stop, [&](Index found) {
        result = found;
        return false;
    }));
    return result;
}

Result<bool> list_contains(Thread& thread, Value self, Value value) {
    return TRY(find_first(thread, list_of(self), value, 0, PTRDIFF_MAX)) >= 0;
}

// --- slots ---

Owned list_repr(Thread& thread, Value self) {
    List& list = list_of(self);
    if (list_size(list) == 0) return make_str(thread, "[]");
    ReprGuard guard(list);
    if (guard.is_recursive()) return make_str(thread, "[...]");
    StrBuilder text(thread);
    TRY(text.append('['));
    for (Index i = 0;; i++) {
        Owned item = TRY(list_item(thread, list, i));
        if (item.is_nothing()) break;
        TRY(poll_step(thread, static_cast<size_t>(i)));
        if (i != 0) TRY(text.append(", "));
        Owned shown = TRY(repr(thread, item));
        TRY(text.append(shown.as<Str>()));
    }
    TRY(text.append(']'));
    return text.finish();
}

// How many items both have from `begin` on that are the same word, up to a bound: a look without a
// lock or a count.
Index count_same(List& left, List& right, Index begin) {
    mark_reader(&left);
    mark_reader(&right);
    ListItems* a = left.array.load(std::memory_order_acquire);
    ListItems* b = right.array.load(std::memory_order_acquire);
    if (!a || !b) return 0;
    auto most = static_cast<Index>(std::min(a->capacity, b->capacity));
    most = std::min({most, list_size(left), list_size(right), begin + 16384});
    Index i = begin;
    while (i < most && same(a->items[i].borrow(), b->items[i].borrow())) i++;
    return i - begin;
}

Owned list_compare(Thread& thread, Value self, Value other, CompareOp op) {
    if (!is_list(self) || !is_list(other)) return Owned::share(not_implemented());
    List& left = list_of(self);
    List& right = list_of(other);
    if ((op == CompareOp::kEq || op == CompareOp::kNe) && list_size(left) != list_size(right))
        return Owned::share(boolean(op == CompareOp::kNe));
    for (Index i = 0;; i++) {
        while (Index more = count_same(left, right, i)) {
            i += more;
            TRY(poll_step(thread, SIZE_MAX));
        }
        Owned a = TRY(list_item(thread, left, i));
        Owned b = TRY(list_item(thread, right, i));
        if (a.is_nothing() || b.is_nothing()) break;
        TRY(poll_step(thread, static_cast<size_t>(i)));
        if (same(a, b)) continue;
        if (TRY(equals(thread, a, b))) continue;
        // The comparison may have shortened a list: then its size decides.
        if (i >= list_size(left) || i >= list_size(right)) break;
        if (op == CompareOp::kEq) return Owned::share(boolean(false));
        if (op == CompareOp::kNe) return Owned::share(boolean(true));
        return compare(thread, a, b, op);
    }
    return compare(thread, Value::small_int(list_size(left)), Value::small_int(list_size(right)),
                   op);
}

Result<Index> list_length(Thread&, Value self) {
    return list_size(list_of(self));
}

Owned list_get(Thread& thread, Value self, Index index) {
    Owned item = index < 0 ? Owned::nothing() : list_item(thread, list_of(self), index);
    if (item.is_nothing()) return raise(thread, exc::IndexError, "list index out of range");
    return item;
}

Result<Index> index_key(Thread& thread, Value key) {
    if (!type_of(key).slots.index)
        return raise(thread, exc::TypeError, "list indices must be integers or slices, not {}",
                     type_name_of(key));
    return to_ssize(thread, key);
}

Owned get_slice(Thread& thread, List& list, Slice& slice) {
    SliceRange range;
    TRY(slice_unpack(thread, slice, range));
    if (range.step == 1 && range.start >= 0 && range.stop >= 0)
        return list_slice(thread, list, range.start, range.stop);
    ValueBuffer values(thread);
    for (;;) {
        Index size = list_size(list);
        SliceRange expected = range;
        slice_adjust(expected, size);
        TRY(values.reserve(expected.count));
        Lock guard(thread, list);
        Index now = list.size.load(std::memory_order_relaxed);
        if (now > size) continue;
        slice_adjust(range, now);
        if (range.count == 0) break;
        Slot* items = items_of(list);
        for (Index i = 0, at = range.start; i < range.count; i++, at += range.step)
            TRY(values.append(share_item(items[at])));
        break;
    }
    return values.to_list();
}

Owned list_subscript(Thread& thread, Value self, Value key) {
    if (is_slice(key)) return get_slice(thread, list_of(self), key.as<Slice>());
    Index index = key.is_small_int() ? key.small_int() : TRY(index_key(thread, key));
    if (index >= 0) return list_get(thread, self, index);
    Owned item = list_item_from_end(thread, list_of(self), index);
    if (!item.is_nothing()) return item;
    return raise(thread, exc::IndexError, "list index out of range");
}

// A negative index counts from the end as it is under the Lock, if `from_end` says so.
bool delete_at(Thread& thread, List& list, Index index, bool from_end) {
    Owned removed;
    {
        Lock guard(thread, list);
        if (from_end && index < 0) index += list.size.load(std::memory_order_relaxed);
        if (index >= 0 && index < list.size.load(std::memory_order_relaxed)) {
            removed = remove_item(list, index);
            return true;
        }
    }
    return raise(thread, exc::IndexError, "list assignment index out of range");
}

bool list_assign_item(Thread& thread, Value self, Index index, Value value) {
    if (value.is_empty()) return delete_at(thread, list_of(self), index, false);
    return list_set_item(thread, list_of(self), index, Owned::share(value));
}

// Moves the items of a range with a positive step to `removed`, which has room for them.
void remove_strided(List& list, const SliceRange& range, ValueBuffer& removed) {
    ListItems* array = list.array.load(std::memory_order_relaxed);
    Index size = list.size.load(std::memory_order_relaxed);
    ItemsChange change(array);
    Slot* items = array->items;
    Index to = range.start;
    Index next_removed = range.start;
    for (Index from = range.start, left = range.count; from < size; from++) {
        if (left != 0 && from == next_removed) {
            removed.append_moved(items + from, 1);
            left--;
            next_removed += range.step;
        } else {
            items[to++].word().store(items[from].borrow().bits(), std::memory_order_release);
        }
    }
    list.size.store(to, std::memory_order_release);
    for (Index i = to; i < size; i++) items[i].word().store(0, std::memory_order_release);
}

bool delete_slice(Thread& thread, List& list, SliceRange range) {
    ValueBuffer removed(thread);
    Lock guard(thread, list);
    Index size = list.size.load(std::memory_order_relaxed);
    slice_adjust(range, size);
    if (range.count == 0) return true;
    if (range.step < 0) {
        range.start += range.step * (range.count - 1);
        range.step = -range.step;
    }
    if (range.step == 1) {
        ValueBuffer none_added(thread);
        return splice_items(list, range.start, range.start + range.count, none_added, removed);
    }
    TRY(removed.reserve(range.count));
    remove_strided(list, range, removed);
    shrink_items(list);
    return true;
}

bool assign_slice(Thread& thread, List& list, SliceRange range, ValueBuffer& values) {
    ValueBuffer removed(thread);
    auto count = static_cast<Index>(values.size());
    Index expected;
    {
        Lock guard(thread, list);
        slice_adjust(range, list.size.load(std::memory_order_relaxed));
        if (range.step == 1)
            return splice_items(list, range.start, range.start + range.count, values, removed);
        expected = range.count;
        if (count == expected) {
            TRY(removed.reserve(count));
            if (count == 0) return true;
            ItemsChange change(list.array.load(std::memory_order_relaxed));
            Slot* items = items_of(list);
            for (Index i = 0, at = range.start; i < count; i++, at += range.step) {
                uint64_t old =
                    items[at].word().exchange(values[i].bits(), std::memory_order_acq_rel);
                if (!removed.append(Owned::adopt(old))) return false;
            }
            values.forget();
            return true;
        }
    }
    return raise(thread, exc::ValueError,
                 "attempt to assign sequence of size {} to extended slice of size {}", count,
                 expected);
}

// Under the list's Lock, which keeps writers out: read plainly, so that it goes many at a time.
bool all_immediate(const Slot* items, Index count) {
    auto* words = reinterpret_cast<const uint64_t*>(items);
    uint64_t others = 0;
    for (Index i = 0; i < count; i++) others |= (words[i] & 3) == 0;
    return others == 0;
}

// Numbers that fit into words replace others of their kind: nothing has to be dropped, so nothing
// set aside. False when that is not so, and nothing has changed.
bool overwrite_immediates(Thread& thread, List& list, SliceRange range, List& source) {
    if (&list == &source) return false;
    Lock2 guard(thread, list, source);
    slice_adjust(range, list.size.load(std::memory_order_relaxed));
    if (range.step != 1 || range.count == 0 ||
        range.count != source.size.load(std::memory_order_relaxed))
        return false;
    Slot* to = items_of(list) + range.start;
    const Slot* from = items_of(source);
    if (!all_immediate(to, range.count) || !all_immediate(from, range.count)) return false;
    ItemsChange change(list.array.load(std::memory_order_relaxed));
    for (Index i = 0; i < range.count; i++)
        to[i].word().store(from[i].borrow().bits(), std::memory_order_release);
    return true;
}

bool list_assign(Thread& thread, Value self, Value key, Value value) {
    List& list = list_of(self);
    if (!is_slice(key)) {
        Index index = key.is_small_int() ? key.small_int() : TRY(index_key(thread, key));
        if (value.is_empty()) return delete_at(thread, list, index, true);
        Owned own = Owned::share(value);
        {
            Lock guard(thread, list);
            Index size = list.size.load(std::memory_order_relaxed);
            if (index < 0) index += size;
            if (index >= 0 && index < size) {
                own = exchange_list_item(list.array.load(std::memory_order_relaxed), index,
                                         std::move(own));
                return true;
            }
        }
        return raise(thread, exc::IndexError, "list assignment index out of range");
    }
    SliceRange range;
    TRY(slice_unpack(thread, key.as<Slice>(), range));
    if (value.is_empty()) return delete_slice(thread, list, range);
    ValueBuffer values(thread);
    if (is_exact_list(value)) {
        if (overwrite_immediates(thread, list, range, list_of(value))) return true;
        TRY(copy_items(thread, list_of(value), values, 0, PTRDIFF_MAX));
    } else if (is_exact_tuple(value)) {
        TRY(values.extend(value));
    } else {
        Owned iterator = iterate(thread, value);
        if (!iterator) {
            if (!clear_exception_if(thread, exc::TypeError)) return false;
            return raise(thread, exc::TypeError, "must assign iterable to extended slice");
        }
        TRY(values.extend(iterator));
    }
    return assign_slice(thread, list, range, values);
}

Owned list_add(Thread& thread, Value self, Value other) {
    if (!is_list(other))
        return raise(thread, exc::TypeError, "can only concatenate list (not \"{}\") to list",
                     type_name_of(other));
    List& left = list_of(self);
    List& right = list_of(other);
    ValueBuffer values(thread);
    for (;;) {
        Index left_size = list_size(left), right_size = list_size(right);
        TRY(values.reserve(static_cast<size_t>(left_size + right_size)));
        Lock2 guard(thread, left, right);
        Index a = left.size.load(std::memory_order_relaxed);
        Index b = right.size.load(std::memory_order_relaxed);
        if (a > left_size || b > right_size) continue;
        for (Index i = 0; i < a; i++) TRY(values.append(share_item(items_of(left)[i])));
        for (Index i = 0; i < b; i++) TRY(values.append(share_item(items_of(right)[i])));
        break;
    }
    return values.to_list();
}

Owned list_repeat(Thread& thread, Value self, Index times) {
    ValueBuffer once(thread);
    TRY(copy_items(thread, list_of(self), once, 0, PTRDIFF_MAX));
    size_t count;
    if (times <= 0 || once.size() == 0) return make_list(thread);
    if (__builtin_mul_overflow(once.size(), static_cast<size_t>(times), &count))
        return raise_memory_error(thread);
    Ref<List> list = TRY(make_list(thread, count));
    Slot* items = items_of(*list);
    // Nobody else has the list yet.
    if (once.size() == 1 && !once[0].is_object())
        std::fill_n(reinterpret_cast<uint64_t*>(items), count, once[0].bits());
    else
        for (Index n = 0; n < times; n++)
            for (size_t i = 0; i < once.size(); i++, items++) items->init(Owned::share(once[i]));
    list->size.store(static_cast<Index>(count), std::memory_order_release);
    return std::move(list).owned();
}

Owned list_inplace_repeat(Thread& thread, Value self, Index times) {
    List& list = list_of(self);
    if (times <= 0) {
        TRY(clear_list(thread, list));
        return Owned::share(self);
    }
    bool room = true;
    {
        Lock guard(thread, list);
        auto size = static_cast<size_t>(list.size.load(std::memory_order_relaxed));
        size_t count = 0;
        room = !__builtin_mul_overflow(size, static_cast<size_t>(times), &count) &&
               count <= (size_t{1} << 58) && reserve_items(list, count);
        if (room && size != 0) {
            Slot* items = items_of(list);
            for (size_t i = size; i < count; i++)
                items[i].word().store(share_item(items[i - size]).release(),
                                      std::memory_order_release);
            list.size.store(static_cast<Index>(count), std::memory_order_release);
        }
    }
    if (!room) return raise_memory_error(thread);
    return Owned::share(self);
}

Owned list_inplace_concat(Thread& thread, Value self, Value other) {
    TRY(list_extend(thread, list_of(self), other));
    return Owned::share(self);
}

Owned list_iter(Thread& thread, Value self) {
    return make_list_iterator(thread, list_of(self));
}

// --- methods ---

Owned method_getitem(Thread& thread, List& self, Value index) {
    return list_subscript(thread, Value::of(self), index);
}

Owned method_reversed(Thread& thread, List& self) {
    return make_list_reverse_iterator(thread, self);
}

Result<Index> method_sizeof(Thread& thread, List& self) {
    Index bytes = type_of(Value::of(self)).instance_size;
    Lock guard(thread, self);
    ListItems* array = self.array.load(std::memory_order_relaxed);
    if (array != nullptr) bytes += static_cast<Index>(list_items_bytes(array->capacity));
    return bytes;
}

Owned method_copy(Thread& thread, List& self) {
    return list_slice(thread, self, 0, PTRDIFF_MAX);
}

bool method_append(Thread& thread, List& self, Value object) {
    return list_append(thread, self, Owned::share(object));
}

bool method_insert(Thread& thread, List& self, Index index, Value object) {
    return list_insert_at(thread, self, index, Owned::share(object));
}

Owned method_pop(Thread& thread, List& self, Index index) {
    bool empty;
    {
        Lock guard(thread, self);
        Index size = self.size.load(std::memory_order_relaxed);
        empty = size == 0;
        if (index < 0) index += size;
        if (index >= 0 && index < size) return remove_item(self, index);
    }
    return raise(thread, exc::IndexError, empty ? "pop from empty list" : "pop index out of range");
}

bool method_remove(Thread& thread, List& self, Value value) {
    Owned removed;
    TRY(search(thread, self, value, 0, PTRDIFF_MAX, [&](Index at) {
        removed = remove_item(self, at);
        return false;
    }));
    if (!removed) return raise(thread, exc::ValueError, "list.remove(x): x not in list");
    return true;
}

Owned method_index(Thread& thread, List& self, Value value, Value start, Value stop) {
    Index first = TRY(slice_bound(thread, start));
    Index last = TRY(slice_bound(thread, stop));
    Index size = list_size(self);
    if (first < 0 && (first += size) < 0) first = 0;
    if (last < 0 && (last += size) < 0) last = 0;
    Index result = TRY(find_first(thread, self, value, first, last));
    if (result < 0) return raise(thread, exc::ValueError, "list.index(x): x not in list");
    return Owned::small_int(result);
}

Owned method_count(Thread& thread, List& self, Value value) {
    if (!is_biased_to(thread.heap_id, self)) {
        Index seen = count_unlocked(self, value);
        if (seen >= 0) return Owned::small_int(seen);
    }
    int64_t count = 0;
    TRY(search(thread, self, value, 0, PTRDIFF_MAX, [&](Index) {
        count++;
        return true;
    }));
    return Owned::small_int(count);
}

bool method_reverse(Thread& thread, List& self) {
    Lock guard(thread, self);
    Index size = self.size.load(std::memory_order_relaxed);
    if (size < 2) return true;
    ItemsChange change(self.array.load(std::memory_order_relaxed));
    Slot* items = items_of(self);
    for (Index i = 0, j = size - 1; i < j; i++, j--) {
        uint64_t low = items[i].borrow().bits();
        items[i].word().store(items[j].borrow().bits(), std::memory_order_release);
        items[j].word().store(low, std::memory_order_release);
    }
    return true;
}

bool method_sort(Thread& thread, List& self, Value key, bool reverse) {
    return list_sort_values(thread, self, key, reverse);
}

const MethodRow list_methods[] = {
    {"__getitem__", "(self, index, /)", fn<method_getitem>, "Return self[index].", kMethodCoexist},
    {"__reversed__", "(self, /)", fn<method_reversed>, "Return a reverse iterator over the list."},
    {"__sizeof__", "(self, /)", fn<method_sizeof>,
     "Return the size of the list in memory, in bytes."},
    {"clear", "(self, /)", fn<clear_list>, "Remove all items from list."},
    {"copy", "(self, /)", fn<method_copy>, "Return a shallow copy of the list."},
    {"append", "(self, object, /)", fn<method_append>, "Append object to the end of the list."},
    {"insert", "(self, index, object, /)", fn<method_insert>, "Insert object before index."},
    {"extend", "(self, iterable, /)", fn<list_extend>,
     "Extend list by appending elements from the iterable."},
    {"pop", "(self, index=-1, /)", fn<method_pop>,
     "Remove and return item at index (default last).\n\n"
     "Raises IndexError if list is empty or index is out of range."},
    {"remove", "(self, value, /)", fn<method_remove>,
     "Remove first occurrence of value.\n\nRaises ValueError if the value is not present."},
    {"index", "(self, value, start=0, stop=sys.maxsize, /)", fn<method_index>,
     "Return first index of value.\n\nRaises ValueError if the value is not present."},
    {"count", "(self, value, /)", fn<method_count>, "Return number of occurrences of value."},
    {"reverse", "(self, /)", fn<method_reverse>, "Reverse *IN PLACE*."},
    {"sort", "(self, /, *, key=None, reverse=False)", fn<method_sort>,
     "Sort the list in ascending order and return None.\n\n"
     "The sort is in-place (i.e. the list itself is modified) and stable (i.e. the\n"
     "order of two equal elements is maintained).\n\n"
     "If a key function is given, apply it once to each list item and sort them,\n"
     "ascending or descending, according to their function values.\n\n"
     "The reverse flag can be set to sort in descending order."},
    {"__class_getitem__", "(type, object, /)", fn<class_getitem>, "See PEP 585", kMethodClass},
    {},
};

}  // namespace

Type list_type;
const TypeSpec list_type_spec = {
    .name = "list",
    .doc =
        "Built-in mutable sequence.\n\n"
        "If no argument is given, the constructor creates a new empty list.\n"
        "The argument must be an iterable if specified.",
    .size = sizeof(List),
    .flags = kTypeBase | kTypeTracked | kTypeSequence | kTypeMatchSelf | kTypeIsList,
    .slots = {.repr = list_repr,
              .hash = unhashable,
              .compare = list_compare,
              .iter = list_iter,
              .make = list_make,
              .init = list_init,
              .fields = list_fields,
              .release = list_release,
              .sequence_length = list_length,
              .concat = list_add,
              .repeat = list_repeat,
              .item = list_get,
              .assign_item = list_assign_item,
              .contains = list_contains,
              .inplace_concat = list_inplace_concat,
              .inplace_repeat = list_inplace_repeat,
              .length = list_length,
              .subscript = list_subscript,
              .assign_subscript = list_assign},
    .methods = list_methods,
    .signature = "(iterable=(), /)",
};

}  // namespace imugi
