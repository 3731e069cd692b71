// A bump allocator: many small objects that all die together, such as the nodes of one AST.
// allocate() returns nullptr when memory is short and remembers it in failed(); nothing is aborted.
// One thread at a time; destructors of the things inside are not run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace imugi {

class Arena {
  public:
    Arena() = default;
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;
    ~Arena() { release(); }

    [[nodiscard]] void* allocate(size_t size, size_t alignment = alignof(std::max_align_t)) {
        uintptr_t start = (next_ + alignment - 1) & ~(uintptr_t(alignment) - 1);
        if (start > end_ || size > end_ - start) return allocate_in_new_block(size, alignment);
        next_ = start + size;
        return reinterpret_cast<void*>(start);
    }

    template <typename T, typename... Args>
    [[nodiscard]] T* make(Args&&... args) {
        void* place = allocate(sizeof(T), alignof(T));
        return place ? new (place) T(std::forward<Args>(args)...) : nullptr;
    }

    // Uninitialised room for `count` objects; never nullptr for a count of zero while memory lasts.
    template <typename T>
    [[nodiscard]] T* make_array(size_t count) {
        if (count > SIZE_MAX / sizeof(T)) {
            failed_ = true;
            return nullptr;
        }
        return static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
    }

    [[nodiscard]] char* copy(const char* data, size_t size) {
        auto* place = static_cast<char*>(allocate(size, 1));
        if (place && size) memcpy(place, data, size);
        return place;
    }

    // True once an allocation was refused.
    bool failed() const { return failed_; }
    size_t bytes() const { return bytes_; }

    void release() {
        while (last_) {
            Block* before = last_->before;
            free(last_);
            last_ = before;
        }
        next_ = end_ = 0;
        bytes_ = 0;
    }

  private:
    struct Block {
        Block* before;
        size_t size;
    };

    void* allocate_in_new_block(size_t size, size_t alignment) {
        constexpr size_t SMALLEST = 4096, LARGEST = 256 * 1024;
        size_t wanted = last_ ? last_->size * 2 : SMALLEST;
        if (wanted > LARGEST) wanted = LARGEST;
        size_t room = size + alignment + sizeof(Block);
        if (room < size) {
            failed_ = true;
            return nullptr;
        }
        if (wanted < room) wanted = room;
        auto* block = static_cast<Block*>(malloc(wanted));
        if (!block) {
            failed_ = true;
            return nullptr;
        }
        block->before = last_;
        block->size = wanted < LARGEST ? wanted : LARGEST;
        last_ = block;
        bytes_ += wanted;
        next_ = reinterpret_cast<uintptr_t>(block + 1);
        end_ = reinterpret_cast<uintptr_t>(block) + wanted;
        return allocate(size, alignment);
    }

    uintptr_t next_ = 0;
    uintptr_t end_ = 0;
    Block* last_ = nullptr;
    size_t bytes_ = 0;
    bool failed_ = false;
};

}  // namespace imugi
