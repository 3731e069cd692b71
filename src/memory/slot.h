// Slot: an atomic word inside an object that owns its reference (immortal objects: lent words).
//
// Reading a slot that others may write: read_slot() below (no lock), or load() under the
// container's Lock. Slots that are written once before the object is published are read with
// borrow().
#pragma once

#include <atomic>

#include "memory/owned.h"

namespace imugi {

// Under the container's lock (or by its single writer): replaces a slot's word. A lock-free reader
// counts the old object and then looks whether the slot still holds it. Only where nobody else can
// have counted that object is the fence of an exchange spared.
IMUGI_ALWAYS_INLINE Owned exchange_word(std::atomic<uint64_t>& word, Owned value) {
    uint64_t old = word.load(std::memory_order_relaxed);
    Value was = Value::from_bits(old);
    if (was.is_object() && !is_unshared(was.object()))
        return Owned::adopt(word.exchange(value.release(), std::memory_order_acq_rel));
    word.store(value.release(), std::memory_order_release);
    return Owned::adopt(old);
}

class Slot {
  public:
    constexpr Slot() : word_(0) {}
    explicit Slot(Owned value) : word_(value.release()) {}

    // Immutable field, or under the lock: a borrow.
    Value borrow() const { return Value::from_bits(word_.load(std::memory_order_acquire)); }
    template <class T>
    T& as() const {
        return borrow().as<T>();
    }
    // Under the lock: a reference of one's own.
    Owned share() const { return Owned::share(borrow()); }

    // Before publication only: the slot is empty.
    void init(Owned value) { word_.store(value.release(), std::memory_order_relaxed); }
    // Under the lock (or single writer): replaces; the old value comes back to be dropped once the
    // lock is gone.
    Owned exchange(Owned value) { return exchange_word(word_, std::move(value)); }
    Owned take() { return exchange(Owned()); }
    bool is_empty() const { return word_.load(std::memory_order_relaxed) == 0; }

    std::atomic<uint64_t>& word() { return word_; }
    const std::atomic<uint64_t>& word() const { return word_; }

  private:
    std::atomic<uint64_t> word_;
};
static_assert(sizeof(Slot) == 8);

// Lock-free read of a slot in `holder`. Owned, empty when the slot is empty. `retry` when the value
// could not be taken without the lock: the caller takes the holder's Lock and uses share_locked().
struct SlotRead {
    Owned value;
    bool retry;
};
IMUGI_ALWAYS_INLINE SlotRead read_slot(const std::atomic<uint64_t>& word) {
    uint64_t bits =
        word.load(std::memory_order_acquire);  // pairs with the store that published the value
    Value value = Value::from_bits(bits);
    if (!value.is_owning()) return {Owned::adopt(uint64_t{bits}), false};
    Object* object = value.object();
    if (IMUGI_LIKELY(object->owner.load(std::memory_order_relaxed) == current_heap_id)) {
        incref(object);
        return {Owned::adopt(uint64_t{bits}), false};
    }
    if (!try_incref(object)) return {Owned(), true};
    if (IMUGI_LIKELY(word.load(std::memory_order_acquire) == bits))
        return {Owned::adopt(uint64_t{bits}), false};
    decref(object);
    return {Owned(), true};
}
// Under the holder's Lock, by a thread that need not own the value: marks it so that the next
// reader needs no lock.
Owned share_locked(const std::atomic<uint64_t>& word);

}  // namespace imugi
