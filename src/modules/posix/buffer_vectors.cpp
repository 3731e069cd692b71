// Loading the buffers of readv(), sendmsg() and their kind.
#include "modules/posix/buffer_vectors.h"

#include "object/list.h"
#include "object/protocol.h"

namespace imugi::posix {

bool BufferVectors::load(Value sequence, int flags, const char* message) {
    Owned items = TRY(fast_sequence(thread_, sequence, message));
    items_ = TRY(to_tuple(thread_, items));
    size_t count = items_->size;
    views_ = static_cast<Buffer*>(array_allocate(count * sizeof(Buffer) + 1));
    vectors_ = static_cast<iovec*>(array_allocate(count * sizeof(iovec) + 1));
    if (!views_ || !vectors_) return raise_memory_error(thread_);
    for (size_t i = 0; i < count; i++) {
        new (&views_[i]) Buffer(thread_);
        count_++;
        TRY(views_[i].get((*items_)[i], flags));
        vectors_[i] = {views_[i].data(), views_[i].size()};
    }
    return true;
}

}  // namespace imugi::posix
