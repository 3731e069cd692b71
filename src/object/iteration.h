// Iterating over something that the caller holds for the time being, an argument above all.
//
// What is its own iterator is not counted once more, so that it still looks exclusive and is
// stepped without locks (object/stepping.h).
#pragma once

#include "object/protocol.h"

namespace imugi {

class [[nodiscard]] Iteration {
  public:
    Iteration(Thread& thread, Value iterable) : held_(iterate(thread, iterable)), iterator_(held_) {
        if (held_ && same(held_, iterable)) {
            held_ = Owned();
            iterator_ = iterable;
        }
    }
    // False: an exception is set.
    explicit operator bool() const { return !iterator_.is_empty(); }
    operator Value() const { return iterator_; }

  private:
    Owned held_;
    Value iterator_;
};

}  // namespace imugi
