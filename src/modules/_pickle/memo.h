// The memos of dump(), dumps(), load() and loads(), which nobody else sees: an identity table and
// an array. Each belongs to one thread. Memos of Pickler and Unpickler objects are dicts.
#pragma once

#include "object/value_buffer.h"

namespace imugi::pickle {

// What was saved, in order, and where to find it by its identity.
class SaveMemo {
  public:
    explicit SaveMemo(Thread& thread) : thread_(thread), objects_(thread) {}
    ~SaveMemo();
    SaveMemo(const SaveMemo&) = delete;

    size_t size() const { return objects_.size(); }
    // The object's number; -1 when it was not saved.
    int64_t find(Value object) const {
        if (!places_) return -1;
        for (size_t at = first_place(object);; at = (at + 1) & mask_) {
            uint32_t number = places_[at];
            if (number == 0) return -1;
            if (same(objects_[number - 1], object)) return number - 1;
        }
    }
    // Keeps the object. False with MemoryError set.
    [[nodiscard]] bool add(Value object) {
        if (IMUGI_UNLIKELY(size() * 2 >= mask_)) TRY(grow());
        TRY(objects_.append(Owned::share(object)));
        place(object, static_cast<uint32_t>(size()));
        return true;
    }

  private:
    size_t first_place(Value object) const {
        // Fibonacci hashing: the upper bits of the product depend on all of the address.
        return (object.identity() * 0x9E3779B97F4A7C15) >> shift_;
    }
    void place(Value object, uint32_t number) {
        size_t at = first_place(object);
        while (places_[at] != 0) at = (at + 1) & mask_;
        places_[at] = number;
    }
    [[nodiscard]] bool grow();

    Thread& thread_;
    ValueBuffer objects_;
    uint32_t* places_ = nullptr;  // by hash: number + 1; 0 is free
    size_t mask_ = 0;
    int shift_ = 0;
};

}  // namespace imugi::pickle
