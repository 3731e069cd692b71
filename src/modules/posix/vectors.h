// Null-terminated arrays of C strings for exec and its kin.
#pragma once

#include "memory/array.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/tuple.h"

namespace imugi::posix {

class StringVector {
  public:
    explicit StringVector(Thread& thread) : thread_(thread) {}
    ~StringVector() {
        for (size_t i = 0; i < count_; i++) items_[i].~Ref<Bytes>();
        array_free(items_);
        array_free(pointers_);
    }
    StringVector(const StringVector&) = delete;

    [[nodiscard]] bool reserve(size_t count);
    [[nodiscard]] bool add(Ref<Bytes> text);
    [[nodiscard]] bool load_arguments(Value sequence);
    // "name=value" of a mapping.
    [[nodiscard]] bool load_environment(Value mapping);
    char** data() const { return pointers_; }
    const char* last() const { return pointers_[count_ - 1]; }
    size_t count() const { return count_; }

  private:
    Thread& thread_;
    Ref<Bytes>* items_ = nullptr;
    char** pointers_ = nullptr;
    size_t count_ = 0;
};

}  // namespace imugi::posix
