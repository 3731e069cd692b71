// The module _heapq: heaps in lists, smallest or largest item first.
//
// Items are read and swapped through list.h, each step atomic by itself: user code compares
// between them. A list that changes its size meanwhile is an error, as in CPython.
#include "object/call.h"
#include "object/less.h"
#include "object/list_items.h"
#include "object/module.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"
#include "thread/lock.h"

namespace imugi::heapq {

namespace {

// Whether a stands above b: smaller, or in a max-heap larger.
template <bool largest>
Result<bool> above(Thread& thread, Value a, Value b) {
    return largest ? is_less(thread, b, a) : is_less(thread, a, b);
}

Owned item_at(Thread& thread, List& heap, Index index) {
    Owned item = list_item(thread, heap, index);
    if (item.is_nothing()) return raise(thread, exc::IndexError, "index out of range");
    return item;
}

bool same_size(Thread& thread, List& heap, Index size) {
    return list_size(heap) == size ||
           raise(thread, exc::RuntimeError, "list changed size during iteration");
}

bool swap_items(Thread& thread, List& heap, Index i, Index j) {
    {
        Lock guard(thread, heap);
        Index size = heap.size.load(std::memory_order_relaxed);
        if (i < size && j < size) {
            ListItems* array = heap.array.load(std::memory_order_relaxed);
            ItemsChange change(array);
            Slot* items = array->items;
            uint64_t word = items[i].borrow().bits();
            items[i].word().store(items[j].borrow().bits(), std::memory_order_release);
            items[j].word().store(word, std::memory_order_release);
            return true;
        }
    }
    return raise(thread, exc::RuntimeError, "list changed size during iteration");
}

// The item at `position` rises towards `start` until its parent stands above it.
template <bool largest>
bool sift_down(Thread& thread, List& heap, Index start, Index position) {
    Index size = list_size(heap);
    // -1: another thread has emptied the list.
    if (position < 0 || position >= size)
        return raise(thread, exc::IndexError, "index out of range");
    Owned item = TRY(item_at(thread, heap, position));
    while (position > start) {
        Index parent = (position - 1) / 2;
        Owned other = TRY(item_at(thread, heap, parent));
        bool rises = TRY(above<largest>(thread, item, other));
        TRY(same_size(thread, heap, size));
        if (!rises) break;
        TRY(swap_items(thread, heap, parent, position));
        position = parent;
    }
    return true;
}

// The item at `position` sinks to a leaf along the children that stand above their siblings, and
// rises from there to its place.
template <bool largest>
bool sift_up(Thread& thread, List& heap, Index position) {
    Index end = list_size(heap);
    Index start = position;
    if (position >= end) return raise(thread, exc::IndexError, "index out of range");
    Index limit = end / 2;  // the first leaf
    while (position < limit) {
        Index child = 2 * position + 1;
        if (child + 1 < end) {
            Owned left = TRY(item_at(thread, heap, child));
            Owned right = TRY(item_at(thread, heap, child + 1));
            bool left_above = TRY(above<largest>(thread, left, right));
            TRY(same_size(thread, heap, end));
            if (!left_above) child++;
        }
        TRY(swap_items(thread, heap, child, position));
        position = child;
    }
    return sift_down<largest>(thread, heap, start, position);
}

template <bool largest>
bool heappush(Thread& thread, List& heap, Value item) {
    TRY(list_append(thread, heap, Owned::share(item)));
    return sift_down<largest>(thread, heap, 0, list_size(heap) - 1);
}

// The last item of the list, taken out; nothing when it is empty.
Owned take_last(Thread& thread, List& heap) {
    Lock guard(thread, heap);
    Index size = heap.size.load(std::memory_order_relaxed);
    if (size == 0) return Owned::nothing();
    ListItems* array = heap.array.load(std::memory_order_relaxed);
    count_change(array);
    heap.size.store(size - 1, std::memory_order_release);
    return array->items[size - 1].take();
}

// Puts the item first; what stood there comes back, nothing if the heap is empty.
Owned exchange_first(Thread& thread, List& heap, Value item) {
    Owned mine = Owned::share(item);
    Lock guard(thread, heap);
    if (heap.size.load(std::memory_order_relaxed) == 0) return Owned::nothing();
    return exchange_list_item(heap.array.load(std::memory_order_relaxed), 0, std::move(mine));
}

template <bool largest>
Owned heappop(Thread& thread, List& heap) {
    Owned last = take_last(thread, heap);
    if (last.is_nothing()) return raise(thread, exc::IndexError, "index out of range");
    Owned first = exchange_first(thread, heap, last);
    if (first.is_nothing()) return last;
    TRY(sift_up<largest>(thread, heap, 0));
    return first;
}

template <bool largest>
Owned heapreplace(Thread& thread, List& heap, Value item) {
    Owned first = exchange_first(thread, heap, item);
    if (first.is_nothing()) return raise(thread, exc::IndexError, "index out of range");
    TRY(sift_up<largest>(thread, heap, 0));
    return first;
}

template <bool largest>
Owned heappushpop(Thread& thread, List& heap, Value item) {
    Owned top = list_item(thread, heap, 0);
    if (top.is_nothing()) return Owned::share(item);
    if (!TRY(above<largest>(thread, top, item))) return Owned::share(item);
    return heapreplace<largest>(thread, heap, item);
}

template <bool largest>
bool heapify(Thread& thread, List& heap) {
    for (Index i = list_size(heap) / 2 - 1; i >= 0; i--) TRY(sift_up<largest>(thread, heap, i));
    return true;
}

const MethodRow functions[] = {
    {"heappush", "(heap, item, /)", fn<heappush<false>>,
     "Push item onto heap, maintaining the heap invariant."},
    {"heappushpop", "(heap, item, /)", fn<heappushpop<false>>,
     "Push item on the heap, then pop and return the smallest item from the heap.\n\n"
     "The combined action runs more efficiently than heappush() followed by\n"
     "a separate call to heappop()."},
    {"heappop", "(heap, /)", fn<heappop<false>>,
     "Pop the smallest item off the heap, maintaining the heap invariant."},
    {"heapreplace", "(heap, item, /)", fn<heapreplace<false>>,
     "Pop and return the current smallest value, and add the new item.\n\n"
     "This is more efficient than heappop() followed by heappush(), and can be\n"
     "more appropriate when using a fixed-size heap.  Note that the value\n"
     "returned may be larger than item!  That constrains reasonable uses of\n"
     "this routine unless written as part of a conditional replacement:\n\n"
     "    if item > heap[0]:\n        item = heapreplace(heap, item)"},
    {"heapify", "(heap, /)", fn<heapify<false>>,
     "Transform list into a heap, in-place, in O(len(heap)) time."},
    {"heappush_max", "(heap, item, /)", fn<heappush<true>>,
     "Push item onto max heap, maintaining the heap invariant."},
    {"heappushpop_max", "(heap, item, /)", fn<heappushpop<true>>,
     "Maxheap variant of heappushpop.\n\n"
     "The combined action runs more efficiently than heappush_max() followed by\n"
     "a separate call to heappop_max()."},
    {"heappop_max", "(heap, /)", fn<heappop<true>>, "Maxheap variant of heappop."},
    {"heapreplace_max", "(heap, item, /)", fn<heapreplace<true>>,
     "Maxheap variant of heapreplace."},
    {"heapify_max", "(heap, /)", fn<heapify<true>>, "Maxheap variant of heapify."},
    {},
};

bool execute(Thread& thread, Module& module) {
    Ref<Str> about =
        TRY(make_str(thread,
                     "Heap queues\n\n"
                     "[explanation by Fran\xC3\xA7ois Pinard]\n\n"
                     "Heaps are arrays for which a[k] <= a[2*k+1] and a[k] <= a[2*k+2] for\n"
                     "all k, counting elements from 0.  For the sake of comparison,\n"
                     "non-existing elements are considered to be infinite.  The interesting\n"
                     "property of a heap is that a[0] is always its smallest element.\n"));
    return module_set(thread, module, "__about__", about.value());
}

ModuleSpec spec("_heapq",
                "Heap queue algorithm (a.k.a. priority queue).\n\n"
                "Heaps are arrays for which a[k] <= a[2*k+1] and a[k] <= a[2*k+2] for\n"
                "all k, counting elements from 0.  For the sake of comparison,\n"
                "non-existing elements are considered to be infinite.  The interesting\n"
                "property of a heap is that a[0] is always its smallest element.\n\n"
                "Usage:\n\n"
                "heap = []            # creates an empty heap\n"
                "heappush(heap, item) # pushes a new item on the heap\n"
                "item = heappop(heap) # pops the smallest item from the heap\n"
                "item = heap[0]       # smallest item on the heap without popping it\n"
                "heapify(x)           # transforms list into a heap, in-place, in linear time\n"
                "item = heapreplace(heap, item) # pops and returns smallest item, and adds\n"
                "                               # new item; the heap size is unchanged\n\n"
                "Our API differs from textbook heap algorithms as follows:\n\n"
                "- We use 0-based indexing.  This makes the relationship between the\n"
                "  index for a node and the indexes for its children slightly less\n"
                "  obvious, but is more suitable since Python uses 0-based indexing.\n\n"
                "- Our heappop() method returns the smallest item, not the largest.\n\n"
                "These two make it possible to view the heap as a regular Python list\n"
                "without surprises: heap[0] is the smallest item, and heap.sort()\n"
                "maintains the heap invariant!\n",
                functions, execute);

}  // namespace
}  // namespace imugi::heapq
