// A sequence of buffers as iovecs, pinned while this lives. For one thread.
#pragma once

#include <sys/uio.h>

#include "memory/array.h"
#include "object/buffer.h"
#include "object/tuple.h"

namespace imugi::posix {

class BufferVectors {
  public:
    explicit BufferVectors(Thread& thread) : thread_(thread) {}
    ~BufferVectors() {
        for (size_t i = 0; i < count_; i++) views_[i].~Buffer();
        array_free(views_);
        array_free(vectors_);
    }
    BufferVectors(const BufferVectors&) = delete;
    // TypeError with the message when it is no sequence. Runs Python.
    [[nodiscard]] bool load(Value sequence, int flags, const char* message);
    iovec* data() { return vectors_; }
    size_t count() const { return count_; }

  private:
    Thread& thread_;
    Ref<Tuple> items_;
    Buffer* views_ = nullptr;
    iovec* vectors_ = nullptr;
    size_t count_ = 0;
};

}  // namespace imugi::posix
