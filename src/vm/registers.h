// Register words: counts as the interpreter handles them. A register may hold a lent word (no
// count) for a constant, an argument or a deferred object; anything stored elsewhere is owned
// first. Used by the interpreter only.
#pragma once

#include "memory/owned.h"
#include "vm/frame.h"

namespace imugi {

// Whether the word owns a reference. Two branches that predict well, not one on a joined condition.
IMUGI_ALWAYS_INLINE bool owns_reference(uint64_t bits) {
    if (bits & 7) return false;
    asm("" : "+r"(bits));
    return bits != 0;
}

IMUGI_ALWAYS_INLINE void drop_bits(uint64_t bits) {
    if (owns_reference(bits)) decref(reinterpret_cast<Object*>(bits));
}

// The quick_ functions are what an instruction does inline. They call nothing: an opcode function
// that only tail-calls needs no stack frame and spills no register.

// Drops a word if that is a plain decrement at most. False: nothing happened, drop_bits has to.
[[nodiscard]] IMUGI_ALWAYS_INLINE bool quick_drop(uint64_t bits) {
    if (!owns_reference(bits)) return true;
    auto* object = reinterpret_cast<Object*>(bits);
    if (IMUGI_UNLIKELY(object->owner.load(std::memory_order_relaxed) != current_heap_id))
        return false;
    uint32_t count = object->local.load(std::memory_order_relaxed) - 1;
    if (count == 0) return false;
    object->local.store(count, std::memory_order_relaxed);
    return true;
}

// One more count on an object of this thread's; false at the limit.
IMUGI_ALWAYS_INLINE bool quick_incref(Object* object) {
    uint32_t count = object->local.load(std::memory_order_relaxed) + 1;
    if (IMUGI_UNLIKELY(static_cast<int32_t>(count) < 0)) return false;
    object->local.store(count, std::memory_order_relaxed);
    return true;
}

// As share_bits; 0 for what takes more than a plain increment, and for no value.
IMUGI_ALWAYS_INLINE uint64_t quick_share(uint64_t bits) {
    if (bits & 3) return bits;
    asm("" : "+r"(bits));
    if (IMUGI_UNLIKELY(bits <= Value::nothing().bits())) return 0;
    Object* object = Value::from_bits(bits).object();
    if (object->flags.load(std::memory_order_relaxed) & (kImmortal | kDeferred))
        return bits | Value::kLentBit;
    if (IMUGI_UNLIKELY(object->owner.load(std::memory_order_relaxed) != current_heap_id ||
                       !quick_incref(object)))
        return 0;
    return reinterpret_cast<uint64_t>(object);
}

// An owning word for a register's, as Owned::share gives it; 0 for what takes more than a plain
// increment, and for no value.
IMUGI_ALWAYS_INLINE uint64_t quick_own(uint64_t bits) {
    if (bits & 3) return bits;
    asm("" : "+r"(bits));
    if (IMUGI_UNLIKELY(bits <= Value::nothing().bits())) return 0;
    Object* object = Value::from_bits(bits).object();
    if (object->has_flag(kImmortal)) return bits | Value::kLentBit;
    if (IMUGI_UNLIKELY(object->owner.load(std::memory_order_relaxed) != current_heap_id ||
                       !quick_incref(object)))
        return 0;
    return reinterpret_cast<uint64_t>(object);
}

// As load_slot_bits; 0 also for what takes more than a plain increment.
IMUGI_ALWAYS_INLINE uint64_t quick_load_slot(const std::atomic<uint64_t>& slot) {
    uint64_t bits =
        slot.load(std::memory_order_acquire);  // pairs with the store that published the value
    if (!owns_reference(bits)) return bits;
    auto* object = reinterpret_cast<Object*>(bits);
    if (object->has_flag(kDeferred))  // the second look as in load_slot_bits
        return IMUGI_LIKELY(slot.load(std::memory_order_acquire) == bits) ? bits | Value::kLentBit
                                                                          : 0;
    if (IMUGI_UNLIKELY(object->owner.load(std::memory_order_relaxed) != current_heap_id)) return 0;
    return IMUGI_LIKELY(quick_incref(object)) ? bits : 0;
}

// An owning word of an object that another thread owns and that is held.
IMUGI_PRESERVE_MOST uint64_t share_foreign(Object* object);

// A word that may outlive its source, for another register: immortal and deferred objects stay
// lent.
IMUGI_ALWAYS_INLINE uint64_t share_bits(uint64_t bits) {
    Value value = Value::from_bits(bits);
    if (!value.is_object()) return bits;
    Object* object = value.object();
    if (object->flags.load(std::memory_order_relaxed) & (kImmortal | kDeferred))
        return Value::of(object).bits();
    if (IMUGI_UNLIKELY(object->owner.load(std::memory_order_relaxed) != current_heap_id))
        return share_foreign(object);
    if (IMUGI_UNLIKELY(!quick_incref(object))) saturate(object);
    return reinterpret_cast<uint64_t>(object);
}

// Owning version of a word that was moved out of a register.
IMUGI_ALWAYS_INLINE Owned own_moved(uint64_t bits) {
    return (bits & 7) == Value::kLentBit ? Owned::share(Value::from_bits(bits))
                                         : Owned::adopt(bits);
}

// An owned result on its way into a register.
IMUGI_ALWAYS_INLINE uint64_t take_bits(Owned owned) {
    return owned.release();
}

IMUGI_ALWAYS_INLINE bool is_temporary(const Frame* frame, uint32_t index) {
    return index >= frame->first_temporary;
}

// A source register's word on its way into another register: a temporary's moves, a local's is
// shared.
IMUGI_ALWAYS_INLINE uint64_t take_register(const Frame* frame, uint64_t* r, uint32_t index) {
    uint64_t bits = r[index];
    if (!is_temporary(frame, index)) return share_bits(bits);
    r[index] = 0;
    return bits;
}

// What an instruction does with a source register when it keeps the value: moves a temporary,
// shares a local.
IMUGI_ALWAYS_INLINE Owned consume(const Frame* frame, uint64_t* r, uint32_t index) {
    if (!is_temporary(frame, index)) return Owned::share(Value::from_bits(r[index]));
    uint64_t bits = r[index];
    r[index] = 0;
    return own_moved(bits);
}
// The same as a bare word, for opcode functions (which hold no RAII object).
inline uint64_t consume_bits(const Frame* frame, uint64_t* r, uint32_t index) {
    return consume(frame, r, index).release();
}
// And when it does not: drops a temporary.
IMUGI_ALWAYS_INLINE void discard(const Frame* frame, uint64_t* r, uint32_t index) {
    if (!is_temporary(frame, index)) return;
    uint64_t bits = r[index];
    r[index] = 0;
    drop_bits(bits);
}
IMUGI_ALWAYS_INLINE void discard_range(uint64_t* r, uint32_t begin, uint32_t count) {
    for (uint32_t i = begin; i < begin + count; i++) {
        uint64_t bits = r[i];
        r[i] = 0;
        drop_bits(bits);
    }
}
IMUGI_ALWAYS_INLINE void set_register(uint64_t* r, uint32_t index, uint64_t bits) {
    uint64_t old = r[index];
    r[index] = bits;
    drop_bits(old);
}
inline Value value_at(const uint64_t* r, uint32_t index) {
    return Value::from_bits(r[index]);
}

// The word of an object that another thread owns, found in the slot; 0: take the slow way.
IMUGI_PRESERVE_MOST uint64_t load_foreign_bits(const std::atomic<uint64_t>& slot, uint64_t bits);
// A generator is about to be suspended: its registers, which no scan will see, get references of
// their own to promoted objects.
void own_promoted_words(uint64_t* registers, uint32_t count);

// Lock-free read of a container's slot into a register word. 0: take the slow way (or the slot is
// empty).
IMUGI_ALWAYS_INLINE uint64_t load_slot_bits(const std::atomic<uint64_t>& slot) {
    uint64_t bits =
        slot.load(std::memory_order_acquire);  // pairs with the store that published the value
    if ((bits & 3) != 0 || (bits & 4)) return bits;  // immediates, immortal objects
    if (bits == 0) return 0;
    Object* object = reinterpret_cast<Object*>(bits);
    if (object->has_flag(kDeferred)) {
        // Freed only with the world stopped; but the word may be stale and its memory reused.
        if (IMUGI_LIKELY(slot.load(std::memory_order_acquire) == bits))
            return bits | Value::kLentBit;
    } else if (IMUGI_LIKELY(object->owner.load(std::memory_order_relaxed) == current_heap_id)) {
        if (IMUGI_UNLIKELY(!quick_incref(object))) saturate(object);
        return bits;
    }
    return load_foreign_bits(slot, bits);
}

}  // namespace imugi
