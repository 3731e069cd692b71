// The module _bisect. Lists are read item by item without a lock; changing one while it is
// searched gives some place, as in CPython.
#include "object/call.h"
#include "object/int.h"
#include "object/iterators.h"
#include "object/less.h"
#include "object/list.h"
#include "object/native.h"
#include "object/protocol.h"

namespace imugi::bisect {

namespace {

// What the list holds at the index; any sequence, by its `item` slot.
Owned item_at(Thread& thread, Value sequence, Index index) {
    if (is_exact_list(sequence)) {
        Owned item = list_item(thread, sequence.as<List>(), index);
        if (!item.is_nothing()) return item;
        return raise(thread, exc::IndexError, "list index out of range");
    }
    return get_sequence_item(thread, sequence, index);
}

Result<Index> sequence_length(Thread& thread, Value sequence) {
    const Slots& slots = type_of(sequence).slots;
    if (slots.length && !slots.sequence_length)
        return raise(thread, exc::TypeError, "{} is not a sequence", type_name_of(sequence));
    return length(thread, sequence);
}

// The place of x; right of its equals, or left of them.
Result<Index> search(Thread& thread, Value a, Value x, Value lo, Value hi, Value key, bool right) {
    Index low = TRY(to_ssize(thread, lo, exc::OverflowError));
    if (!is_none(hi) && !is_int(hi) && !type_of(hi).slots.index)
        return raise(thread, exc::TypeError, "argument should be integer or None, not '{}'",
                     type_name_of(hi));
    Index given = is_none(hi) ? -1 : TRY(to_ssize(thread, hi, exc::OverflowError));
    if (low < 0) return raise(thread, exc::ValueError, "lo must be non-negative");
    Index high = is_none(hi) ? TRY(sequence_length(thread, a)) : given;
    const Slots& slots = type_of(a).slots;
    if (!is_exact_list(a) && (!slots.item || is_dict(a)))
        return raise(
            thread, exc::TypeError,
            slots.subscript ? "{} is not a sequence" : "'{}' object does not support indexing",
            type_name_of(a));
    while (low < high) {
        Index middle = low + (high - low) / 2;
        Owned item = TRY(item_at(thread, a, middle));
        if (!is_none(key)) item = TRY(call(thread, key, item));
        bool before = right ? TRY(is_less(thread, x, item)) : !TRY(is_less(thread, item, x));
        if (before) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

template <bool right>
Result<Index> bisect(Thread& thread, Value a, Value x, Value lo, Value hi, Value key) {
    return search(thread, a, x, lo, hi, key, right);
}

template <bool right>
Owned insort(Thread& thread, Value a, Value x, Value lo, Value hi, Value key) {
    Owned sought = TRY(is_none(key) ? Owned::share(x) : call(thread, key, x));
    Index index = TRY(search(thread, a, sought, lo, hi, key, right));
    if (is_exact_list(a)) {
        TRY(list_insert_at(thread, a.as<List>(), index, Owned::share(x)));
        return Owned::share(none());
    }
    Owned at = TRY(make_int(thread, index));
    if (!call_method(thread, a, ID(insert), at, x)) return {};
    return Owned::share(none());
}

constexpr const char* kSignature = "(a, x, lo=0, hi=None, *, key=None)";

const MethodRow functions[] = {
    {"bisect_right", kSignature, fn<bisect<true>>,
     "Return the index where to insert item x in list a, assuming a is sorted.\n\n"
     "The return value i is such that all e in a[:i] have e <= x, and all e in\n"
     "a[i:] have e > x.  So if x already appears in the list, a.insert(i, x) will\n"
     "insert just after the rightmost x already there.\n\n"
     "Optional args lo (default 0) and hi (default len(a)) bound the\n"
     "slice of a to be searched.\n\n"
     "A custom key function can be supplied to customize the sort order."},
    {"insort_right", kSignature, fn<insort<true>>,
     "Insert item x in list a, and keep it sorted assuming a is sorted.\n\n"
     "If x is already in a, insert it to the right of the rightmost x.\n\n"
     "Optional args lo (default 0) and hi (default len(a)) bound the\n"
     "slice of a to be searched.\n\n"
     "A custom key function can be supplied to customize the sort order."},
    {"bisect_left", kSignature, fn<bisect<false>>,
     "Return the index where to insert item x in list a, assuming a is sorted.\n\n"
     "The return value i is such that all e in a[:i] have e < x, and all e in\n"
     "a[i:] have e >= x.  So if x already appears in the list, a.insert(i, x) will\n"
     "insert just before the leftmost x already there.\n\n"
     "Optional args lo (default 0) and hi (default len(a)) bound the\n"
     "slice of a to be searched.\n\n"
     "A custom key function can be supplied to customize the sort order."},
    {"insort_left", kSignature, fn<insort<false>>,
     "Insert item x in list a, and keep it sorted assuming a is sorted.\n\n"
     "If x is already in a, insert it to the left of the leftmost x.\n\n"
     "Optional args lo (default 0) and hi (default len(a)) bound the\n"
     "slice of a to be searched.\n\n"
     "A custom key function can be supplied to customize the sort order."},
    {},
};

ModuleSpec spec("_bisect",
                "Bisection algorithms.\n\n"
                "This module provides support for maintaining a list in sorted order without\n"
                "having to sort the list after each insertion. For long lists of items with\n"
                "expensive comparison operations, this can be an improvement over the more\n"
                "common approach.\n",
                functions);

}  // namespace
}  // namespace imugi::bisect
