// ValueBuffer: a growing array of owned words on the way to becoming a list or tuple; private to
// one thread. Its array is a list's, so that a list takes it over without copying.
#pragma once

#include "object/list.h"

namespace imugi {

class ValueBuffer {
  public:
    explicit ValueBuffer(Thread& thread) : thread_(thread) {}
    ~ValueBuffer() { clear(); }
    ValueBuffer(const ValueBuffer&) = delete;

    // False with MemoryError set.
    [[nodiscard]] bool append(Owned value) {
        if (size_ == capacity_) TRY(resize(size_ + (size_ >> 2) + 6));
        array_->items[size_++].init(std::move(value));
        return true;
    }
    // Room for exactly that many more.
    [[nodiscard]] bool reserve(size_t more) {
        return size_ + more <= capacity_ || resize(size_ + more);
    }
    // Copies of the words of a container under its Lock, where there is room for so many: with
    // references of their own, or with those of the container, which gives the words up.
    void append_shared(const Slot* from, size_t count);
    void append_moved(const Slot* from, size_t count);
    size_t size() const { return size_; }
    Value operator[](size_t i) const { return array_->items[i].borrow(); }
    Slot* slots() const { return array_->items; }
    // Gives the array away, with the words.
    ListItems* release() {
        size_ = capacity_ = 0;
        return std::exchange(array_, nullptr);
    }
    // The words were moved elsewhere.
    void forget() { size_ = 0; }
    void clear();
    // Appends all that the iterable gives. Runs Python.
    [[nodiscard]] bool extend(Value iterable);

    Ref<Tuple> to_tuple();
    Ref<List> to_list();

  private:
    [[nodiscard]] bool resize(size_t capacity);
    Thread& thread_;
    ListItems* array_ = nullptr;
    size_t size_ = 0, capacity_ = 0;
};

}  // namespace imugi
