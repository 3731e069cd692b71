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

}  // namespace imugi
