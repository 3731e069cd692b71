// Items of lists and tuples as the interpreter reads and writes them: inline, without the ceremony
// of the general functions. What they cannot do at once is left to the slow functions.
//
// Reads are lock-free; a store needs the list's lock by bias.
#pragma once

#include "object/list_items.h"
#include "object/tuple.h"
#include "thread/lock.h"
#include "vm/registers.h"

namespace imugi {

// list[index] as a register word, of a list that is this thread's or marked (mark_reader); 0: ask
// slow_get_item. Then thread.return_bits may hold a word to drop: an item read while another thread
// exchanged the array.
IMUGI_ALWAYS_INLINE uint64_t quick_marked_list_item(Thread& thread, List& list, uint64_t index) {
    ListItems* array = list.array.load(std::memory_order_acquire);
    if (IMUGI_UNLIKELY(!array ||
                       index >= static_cast<uint64_t>(list.size.load(std::memory_order_acquire)) ||
                       index >= array->capacity))
        return 0;
    uint64_t bits = quick_load_slot(array->items[index].word());
    if (IMUGI_LIKELY(list.array.load(std::memory_order_acquire) == array)) return bits;
    thread.return_bits = bits;
    return 0;
}

// The same of any list.
IMUGI_ALWAYS_INLINE uint64_t quick_list_item(Thread& thread, List& list, uint64_t index) {
    if (IMUGI_UNLIKELY(list.owner.load(std::memory_order_relaxed) != current_heap_id &&
                       !(list.shared.load(std::memory_order_relaxed) & kSharedStateMask)))
        return 0;
    return quick_marked_list_item(thread, list, index);
}

// The same for a negative index: others may move the end, with the size or with the items.
IMUGI_ALWAYS_INLINE uint64_t quick_list_item_from_end(Thread& thread, List& list, int64_t index) {
    if (IMUGI_UNLIKELY(list.owner.load(std::memory_order_relaxed) != current_heap_id)) return 0;
    ListItems* array = list.array.load(std::memory_order_acquire);
    if (IMUGI_UNLIKELY(!array)) return 0;
    // Acquires: who sees a size or a word sees the version that was counted up before it.
    size_t version = version_of(array).load(std::memory_order_acquire);
    Index size = list.size.load(std::memory_order_acquire);
    auto at = static_cast<size_t>(index + size);
    if (IMUGI_UNLIKELY(at >= array->capacity || (version & 1))) return 0;
    uint64_t bits = quick_load_slot(array->items[at].word());
    if (IMUGI_LIKELY(list.array.load(std::memory_order_acquire) == array &&
                     list.size.load(std::memory_order_acquire) == size &&
                     version_of(array).load(std::memory_order_relaxed) == version))
        return bits;
    thread.return_bits = bits;
    return 0;
}

IMUGI_ALWAYS_INLINE uint64_t quick_tuple_item(Tuple& tuple, int64_t index) {
    if (index < 0) index += static_cast<int64_t>(tuple.size);
    if (static_cast<uint64_t>(index) >= tuple.size) return 0;
    return quick_share(tuple.items[index].word().load(std::memory_order_relaxed));
}

// list[index] = r[c], consumed. False: ask slow_set_item.
IMUGI_ALWAYS_INLINE bool quick_list_store(Thread& thread, const Frame* frame, uint64_t* r,
                                          List& list, int64_t index, uint32_t c) {
    Owned old;
    if (!try_biased(thread, list)) return false;
    bool inside = static_cast<uint64_t>(index) <
                  static_cast<uint64_t>(list.size.load(std::memory_order_relaxed));
    if (IMUGI_LIKELY(inside))
        old = exchange_list_item(list.array.load(std::memory_order_relaxed), index,
                                 consume(frame, r, c));
    leave_biased(thread);
    return inside;
}

// list.append(r[b]), consumed, where there is room. False: ask slow_list_append.
IMUGI_ALWAYS_INLINE bool quick_list_append(Thread& thread, const Frame* frame, uint64_t* r,
                                           List& list, uint32_t b) {
    if (!try_biased(thread, list)) return false;
    ListItems* array = list.array.load(std::memory_order_relaxed);
    Index size = list.size.load(std::memory_order_relaxed);
    bool room = array && static_cast<size_t>(size) < array->capacity;
    if (IMUGI_LIKELY(room)) {
        array->items[size].word().store(consume_bits(frame, r, b), std::memory_order_release);
        list.size.store(size + 1, std::memory_order_release);
    }
    leave_biased(thread);
    return room;
}

}  // namespace imugi
