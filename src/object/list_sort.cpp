// list.sort(). Items or keys that are all ints, floats or str are sorted on a copy of the array
// under the list's Lock, so that others see the old order or the new one. When user code may run
// (a key function, other types) the items are taken out, as in CPython: the list looks empty, and
// changing it meanwhile is an error.
#include "base/timsort.h"
#include "memory/heap.h"
#include "object/call.h"
#include "object/float.h"
#include "object/int.h"
#include "object/less.h"
#include "object/list_edit.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

namespace {

enum class KeyKind : uint8_t { kSmallInt, kInt, kFloat, kStr, kOther };

KeyKind kind_of(Value value) {
    if (value.is_small_int()) return KeyKind::kSmallInt;
    if (is_exact_float(value)) return KeyKind::kFloat;
    if (is_exact_str(value)) return KeyKind::kStr;
    if (is_exact_int(value)) return KeyKind::kInt;
    return KeyKind::kOther;
}

KeyKind common_kind(const uint64_t* words, size_t count) {
    KeyKind common = kind_of(Value::from_bits(words[0]));
    for (size_t i = 1; i < count && common != KeyKind::kOther; i++) {
        KeyKind kind = kind_of(Value::from_bits(words[i]));
        if (kind == common) continue;
        bool both_ints = (kind == KeyKind::kInt || kind == KeyKind::kSmallInt) &&
                         (common == KeyKind::kInt || common == KeyKind::kSmallInt);
        common = both_ints ? KeyKind::kInt : KeyKind::kOther;
    }
    return common;
}

constexpr Less as_less(bool less) {
    return less ? Less::yes : Less::no;
}

struct SmallIntLess {
    Less operator()(uint64_t a, uint64_t b) const {
        return as_less(static_cast<int64_t>(a) < static_cast<int64_t>(b));
    }
};
struct IntLess {
    Less operator()(uint64_t a, uint64_t b) const {
        return as_less(int_compare(Value::from_bits(a), Value::from_bits(b)) < 0);
    }
};
struct FloatLess {
    Less operator()(uint64_t a, uint64_t b) const {
        return as_less(float_number(Value::from_bits(a)) < float_number(Value::from_bits(b)));
    }
};
struct StrLess {
    Less operator()(uint64_t a, uint64_t b) const {
        return as_less(str_compare(Value::from_bits(a).as<Str>(), Value::from_bits(b).as<Str>()) <
                       0);
    }
};
struct AnyLess {
    Thread& thread;

    Less operator()(uint64_t a, uint64_t b) {
        Result<bool> less = is_less(thread, Value::from_bits(a), Value::from_bits(b));
        return less ? as_less(*less) : Less::error;
    }
};

SortOutcome sort_words(Thread& thread, KeyKind kind, uint64_t* keys, uint64_t* values,
                       size_t count) {
    switch (kind) {
        case KeyKind::kSmallInt:
            return timsort(keys, values, count, SmallIntLess{});
        case KeyKind::kInt:
            return timsort(keys, values, count, IntLess{});
        case KeyKind::kFloat:
            return timsort(keys, values, count, FloatLess{});
        case KeyKind::kStr:
            return timsort(keys, values, count, StrLess{});
        case KeyKind::kOther:
            return timsort(keys, values, count, AnyLess{thread});
    }
    return SortOutcome::sorted;
}

void reverse_words(uint64_t* words, size_t count) {
    for (size_t i = 0, j = count; i + 1 < j; i++) std::swap(words[i], words[--j]);
}

// Equal items keep their order in a descending sort too.
SortOutcome sort_either_way(Thread& thread, KeyKind kind, uint64_t* keys, uint64_t* values,
                            size_t count, bool reverse) {
    auto turn = [&] {
        if (!reverse) return;
        reverse_words(keys, count);
        if (values != nullptr) reverse_words(values, count);
    };
    turn();
    SortOutcome outcome = sort_words(thread, kind, keys, values, count);
    turn();
    return outcome;
}

uint64_t* plain_words(Slot* slots) {
    return reinterpret_cast<uint64_t*>(slots);
}

enum class Quick : uint8_t { kDone, kNoMemory, kNotQuick };

// Without user code: under the Lock, on a copy.
Quick sort_quickly(Thread& thread, List& list, bool reverse) {
    Lock guard(thread, list);
    auto count = static_cast<size_t>(list.size.load(std::memory_order_relaxed));
    if (count < 2) return Quick::kDone;
    ListItems* array = list.array.load(std::memory_order_relaxed);
    KeyKind kind = common_kind(plain_words(array->items), count);
    if (kind == KeyKind::kOther) return Quick::kNotQuick;
    ListItems* sorted = allocate_list_items(array->capacity);
    if (sorted == nullptr) return Quick::kNoMemory;
    memcpy(static_cast<void*>(sorted->items), array->items, array->capacity * sizeof(Slot));
    if (sort_either_way(thread, kind, plain_words(sorted->items), nullptr, count, reverse) !=
        SortOutcome::sorted) {
        free_list_items(sorted);
        return Quick::kNoMemory;
    }
    replace_list_items(list, sorted);
    return Quick::kDone;
}

// The items are out of the list and in `array`.
bool sort_taken(Thread& thread, ListItems* array, size_t count, Value key, bool reverse) {
    ValueBuffer keys(thread);
    uint64_t* words = plain_words(array->items);
    uint64_t* values = nullptr;
    if (!key.is_empty()) {
        TRY(keys.reserve(count));
        for (size_t i = 0; i < count; i++)
            TRY(keys.append(TRY(call(thread, key, array->items[i].borrow()))));
        values = words;
        words = plain_words(keys.slots());
    }
    if (count < 2) return true;
    switch (sort_either_way(thread, common_kind(words, count), words, values, count, reverse)) {
        case SortOutcome::sorted:
            return true;
        case SortOutcome::no_memory:
            return raise_memory_error(thread);
        case SortOutcome::error:
            return false;
    }
    return false;
}

}  // namespace

bool list_sort_values(Thread& thread, List& list, Value key, bool reverse) {
    if (!key.is_empty() && is_none(key)) key = Value();
    if (key.is_empty()) {
        Quick outcome = sort_quickly(thread, list, reverse);
        if (outcome == Quick::kDone) return true;
        if (outcome == Quick::kNoMemory) return raise_memory_error(thread);
    }
    ListItems* array;
    size_t count;
    {
        Lock guard(thread, list);
        array = list.array.load(std::memory_order_relaxed);
        count = static_cast<size_t>(list.size.load(std::memory_order_relaxed));
        // Empty, or looking so because it is being sorted further out or by another thread.
        if (count == 0) return true;
        list.size.store(0, std::memory_order_release);
        list.array.exchange(list_sort_marker, std::memory_order_seq_cst);
    }
    // Readers may still be looking at the array: it is sorted as a copy.
    bool ok = true;
    ListItems* sorted = allocate_list_items(array->capacity);
    if (sorted == nullptr) {
        ok = raise_memory_error(thread);
    } else {
        memcpy(static_cast<void*>(sorted->items), array->items, array->capacity * sizeof(Slot));
        ok = sort_taken(thread, sorted, count, key, reverse);
    }
    // The keys are gone: what their finalizers do to the list counts as done meanwhile.
    if (has_dying(thread)) drain_dying(thread);
    // What the list got meanwhile is thrown away, after the Lock.
    ListItems* intruder;
    Index intruders;
    {
        Lock guard(thread, list);
        intruders = list.size.load(std::memory_order_relaxed);
        intruder =
            list.array.exchange(sorted != nullptr ? sorted : array, std::memory_order_seq_cst);
        list.size.store(static_cast<Index>(count), std::memory_order_release);
    }
    bool modified = intruder != list_sort_marker;
    if (modified)
        for (Index i = 0; i < intruders; i++) drop_slot(intruder->items[i]);
    discard_list_items(list, intruder);
    if (sorted != nullptr) discard_list_items(list, array);
    if (ok && modified) return raise(thread, exc::ValueError, "list modified during sort");
    return ok;
}

}  // namespace imugi
