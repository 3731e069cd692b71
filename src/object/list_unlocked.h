// Reading several items of a list without its Lock: what was read counts only if no writer was at
// work meanwhile, which is known afterwards (CountedItems::version).
#pragma once

#include "memory/refcount.h"
#include "object/list_items.h"

namespace imugi {

class UnlockedItems {
  public:
    explicit UnlockedItems(List& list) : list_(list) {
        mark_reader(&list);
        array_ = list.array.load(std::memory_order_acquire);
        if (array_ == nullptr) return;
        // Acquire: pairs with the end of an ItemsChange.
        version_ = version_of(array_).load(std::memory_order_acquire);
        // Acquire: pairs with appending. The words it lets us see are in this array or a later one.
        size_ = list.size.load(std::memory_order_acquire);
    }

    // Before the first is read: false when they can't be read so just now.
    bool are_settled() const {
        return array_ == nullptr ||
               (!(version_ & 1) && size_ <= static_cast<Index>(array_->capacity));
    }
    Index size() const { return size_; }
    const Slot& operator[](Index i) const { return array_->items[i]; }

    // After the last was read, by acquire loads: if a word was younger than the version, this sees
    // it.
    bool were_of_one_time() const {
        return array_ == nullptr ||
               (version_of(array_).load(std::memory_order_relaxed) == version_ &&
                list_.array.load(std::memory_order_relaxed) == array_);
    }

  private:
    List& list_;
    ListItems* array_;
    size_t version_ = 0;
    Index size_ = 0;
};

// Whether a thread that does not own the object may look at it without a count, until its next
// safepoint. Acquire: what has become so is seen whole.
inline bool is_lendable(const Object& object) {
    return object.flags.load(std::memory_order_acquire) & (kImmortal | kDeferred);
}

}  // namespace imugi
