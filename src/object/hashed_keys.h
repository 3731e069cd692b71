// The keys of a dict or set with the hashes they were stored under, so that they need not be hashed
// again. A snapshot of one moment, private to a thread.
#pragma once

#include "object/value_buffer.h"

namespace imugi {

class HashedKeys {
  public:
    explicit HashedKeys(Thread& thread) : keys_(thread) {}
    ~HashedKeys();
    HashedKeys(const HashedKeys&) = delete;

    // Each takes the container's Lock. False with MemoryError set.
    [[nodiscard]] bool copy(Thread& thread, Dict& dict);
    [[nodiscard]] bool copy(Thread& thread, Set& set);
    // Hashes the items as elements of a set; may run Python.
    [[nodiscard]] bool copy(Thread& thread, List& list);
    [[nodiscard]] bool copy(Thread& thread, Tuple& items);
    size_t size() const { return keys_.size(); }
    Value key(size_t i) const { return keys_[i]; }
    int64_t hash(size_t i) const { return hashes_[i]; }

  private:
    [[nodiscard]] bool reserve(Thread& thread, Index size);
    ValueBuffer keys_;
    int64_t* hashes_ = nullptr;
};

}  // namespace imugi
