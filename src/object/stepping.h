// What iterators share: whether their state is this thread's alone, and holding an inner iterator
// while it is stepped.
//
// An iterator with one reference, which the caller holds, is nobody else's: no lock. Otherwise its
// state is changed under its Lock, and inner iterators are held by a count of their own, so that
// they in turn do not look exclusive.
#pragma once

#include "memory/slot.h"
#include "thread/lock.h"

namespace imugi {

// An immutable field that another thread may be using at the same time.
class [[nodiscard]] Inner {
  public:
    Inner(const Object& holder, const Slot& slot)
        : held_(is_unique(&holder) ? Owned() : slot.share()), value_(slot.borrow()) {}
    operator Value() const { return value_; }

  private:
    Owned held_;
    Value value_;
};

// A mutable field, read and replaced while other threads may do the same. Between two of these
// calls user code may run and change everything.
inline Owned load_field(Thread& thread, const Object& holder, const Slot& slot) {
    if (is_unique(&holder)) return slot.share();
    SlotRead read = read_slot(slot.word());
    if (IMUGI_LIKELY(!read.retry)) return std::move(read.value);
    Lock guard(thread, holder);
    return share_locked(slot.word());
}
// Gives the old value back, to be dropped or used.
inline Owned swap_field(Thread& thread, Object& holder, Slot& slot, Owned value) {
    if (is_unique(&holder)) {
        Owned old = Owned::adopt(slot.borrow().bits());
        slot.word().store(value.release(), std::memory_order_relaxed);
        return old;
    }
    Lock guard(thread, holder);
    return slot.exchange(std::move(value));
}
inline void clear_field(Thread& thread, Object& holder, Slot& slot) {
    Owned old = swap_field(thread, holder, slot, Owned());
}

}  // namespace imugi
