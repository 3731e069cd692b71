// The overflow array of an instance: its attributes beyond the inline slots (object/shape.h).
//
// The word before the first slot says how many slots there are: the array may be shorter than the
// shape that a racing reader has seen. Replaced under the object's lock, by an array of another
// capacity, and retired.
#pragma once

#include "object/attribute.h"

namespace imugi {

inline uint32_t overflow_capacity(const Slot* slots) {
    return static_cast<uint32_t>(slots[-1].word().load(std::memory_order_relaxed));
}
// Slot `index` of the overflow array; null when there is none (any more).
inline Slot* overflow_slot_at(Slot* storage, uint32_t index) {
    // Pairs with mark_reader, and with the store that published the array.
    Slot* slots = overflow_slots(storage[0].word().load(std::memory_order_seq_cst));
    return slots && index < overflow_capacity(slots) ? slots + index : nullptr;
}

}  // namespace imugi
