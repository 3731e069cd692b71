// The chain of containers whose repr() is being written, innermost first.
#include "object/repr_guard.h"

#include <cstdlib>

namespace imugi {

namespace {

// From this depth on objects are in the table.
constexpr size_t kDeep = 32;

// A set of addresses: open addressing, half full at most. Gone when the chain is short again.
class AddressTable {
  public:
    bool contains(const Object* object) const {
        return slots_ != nullptr && slots_[place(object)] == object;
    }
    // False when memory is short: a deep recursion is then found later, by the stack's bound.
    bool add(const Object* object) {
        if ((count_ + 1) * 2 > size_ && !grow()) return false;
        slots_[place(object)] = object;
        count_++;
        return true;
    }
    // What stands behind in the same run moves up, so that no search stops early.
    void remove(const Object* object) {
        size_t hole = place(object);
        for (size_t at = next(hole); slots_[at] != nullptr; at = next(at)) {
            size_t home = start(slots_[at]);
            bool stays = hole < at ? hole < home && home <= at : hole < home || home <= at;
            if (stays) continue;
            slots_[hole] = slots_[at];
            hole = at;
        }
        slots_[hole] = nullptr;
        if (--count_ == 0) {
            free(slots_);
            slots_ = nullptr;
            size_ = 0;
        }
    }

  private:
    size_t start(const Object* object) const {
        return (reinterpret_cast<uintptr_t>(object) >> 4) * 0x9E3779B97F4A7C15u >> 20 & (size_ - 1);
    }
    size_t next(size_t at) const { return (at + 1) & (size_ - 1); }
    size_t place(const Object* object) const {
        size_t at = start(object);
        while (slots_[at] != nullptr && slots_[at] != object) at = next(at);
        return at;
    }
    bool grow() {
        size_t old_size = size_;
        const Object** old = slots_;
        size_t size = old_size == 0 ? 64 : old_size * 2;
        auto** slots = static_cast<const Object**>(calloc(size, sizeof(Object*)));
        if (slots == nullptr) return false;
        slots_ = slots;
        size_ = size;
        for (size_t i = 0; i < old_size; i++)
            if (old[i] != nullptr) slots_[place(old[i])] = old[i];
        free(old);
        return true;
    }

    const Object** slots_ = nullptr;
    size_t size_ = 0, count_ = 0;
};

thread_local constinit ReprGuard* innermost = nullptr;
thread_local constinit AddressTable deep_objects;

}  // namespace

ReprGuard::ReprGuard(const Object& object)
    : object_(&object),
      previous_(innermost),
      depth_(innermost != nullptr ? innermost->depth_ + 1 : 0) {
    innermost = this;
    // The last guard that is not deep, so that the walk is short.
    shallow_ = depth_ < kDeep ? this : previous_->shallow_;
    const ReprGuard* guard = depth_ < kDeep ? previous_ : shallow_;
    if (depth_ > kDeep && deep_objects.contains(object_)) {
        recursive_ = true;
        return;
    }
    for (; guard != nullptr; guard = guard->previous_) {
        if (guard->object_ == object_) {
            recursive_ = true;
            return;
        }
    }
    if (depth_ >= kDeep) in_table_ = deep_objects.add(object_);
}

ReprGuard::~ReprGuard() {
    if (in_table_) deep_objects.remove(object_);
    innermost = previous_;
}

}  // namespace imugi
