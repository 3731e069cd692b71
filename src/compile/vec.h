// Scratch containers of one compilation: a growable array, and maps keyed by pointers, all in an
// Arena. When memory is short the arena remembers it (failed()) and additions have no effect; the
// compiler looks at the end of each step and raises MemoryError. One thread at a time.
#pragma once

#include <cassert>
#include <cstring>
#include <type_traits>

#include "base/arena.h"

namespace imugi::compile {

template <class T>
class Vec {
    static_assert(std::is_trivially_copyable_v<T>);

  public:
    explicit Vec(Arena& arena) : arena_(&arena) {}

    // False when memory is short.
    bool push(const T& value) {
        if (size_ == capacity_ && !grow(size_ + 1)) return false;
        data_[size_++] = value;
        return true;
    }
    bool resize(uint32_t size, const T& value) {
        if (size > capacity_ && !grow(size)) return false;
        while (size_ < size) data_[size_++] = value;
        size_ = size;
        return true;
    }
    void pop() { size_--; }
    void truncate(uint32_t size) { size_ = size < size_ ? size : size_; }
    T& operator[](uint32_t index) {
        assert(index < size_);
        return data_[index];
    }
    const T& operator[](uint32_t index) const {
        assert(index < size_);
        return data_[index];
    }
    T& back() { return (*this)[size_ - 1]; }
    uint32_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    T* data() { return data_; }
    const T* data() const { return data_; }
    T* begin() { return data_; }
    T* end() { return data_ + size_; }
    const T* begin() const { return data_; }
    const T* end() const { return data_ + size_; }

  private:
    bool grow(uint32_t least) {
        uint32_t capacity = capacity_ ? capacity_ * 2 : 8;
        if (capacity < least) capacity = least;
        T* data = arena_->make_array<T>(capacity);
        if (!data) return false;
        if (size_) memcpy(static_cast<void*>(data), data_, size_ * sizeof(T));
        data_ = data;
        capacity_ = capacity;
        return true;
    }

    Arena* arena_;
    T* data_ = nullptr;
    uint32_t size_ = 0;
    uint32_t capacity_ = 0;
};

// Keys are addresses (interned names, nodes); iterates in the order of insertion.
template <class V>
class PointerMap {
  public:
    struct Entry {
        const void* key;
        V value;
    };

    explicit PointerMap(Arena& arena) : arena_(&arena), entries_(arena) {}

    V* find(const void* key) {
        if (entries_.size() <= kLinear) {
            for (Entry& entry : entries_)
                if (entry.key == key) return &entry.value;
            return nullptr;
        }
        for (uint32_t at = hash(key) & mask_;; at = (at + 1) & mask_) {
            if (!index_[at]) return nullptr;
            Entry& entry = entries_[index_[at] - 1];
            if (entry.key == key) return &entry.value;
        }
    }
    const V* find(const void* key) const { return const_cast<PointerMap*>(this)->find(key); }
    // The value of a key that is not in the map yet; nullptr when memory is short.
    V* add(const void* key, const V& value) {
        uint32_t needed = entries_.size() + 1;
        if (needed > kLinear && needed * 2 > mask_ + 1 && !rehash(needed)) return nullptr;
        if (!entries_.push({key, value})) return nullptr;
        if (needed > kLinear) place(needed - 1);
        return &entries_.back().value;
    }
    V* find_or_add(const void* key, const V& value) {
        V* found = find(key);
        return found ? found : add(key, value);
    }
    uint32_t size() const { return entries_.size(); }
    Entry& operator[](uint32_t index) { return entries_[index]; }
    Entry* begin() { return entries_.begin(); }
    Entry* end() { return entries_.end(); }

  private:
    static constexpr uint32_t kLinear = 8;

    static uint32_t hash(const void* key) {
        uint64_t bits = reinterpret_cast<uint64_t>(key) * 0x9E3779B97F4A7C15u;
        return static_cast<uint32_t>(bits >> 32);
    }
    void place(uint32_t entry) {
        uint32_t at = hash(entries_[entry].key) & mask_;
        while (index_[at]) at = (at + 1) & mask_;
        index_[at] = entry + 1;
    }
    bool rehash(uint32_t needed) {
        uint32_t size = 32;
        while (size < needed * 4) size *= 2;
        auto* index = arena_->make_array<uint32_t>(size);
        if (!index) return false;
        memset(index, 0, size * sizeof(uint32_t));
        index_ = index;
        mask_ = size - 1;
        for (uint32_t i = 0; i < entries_.size(); i++) place(i);
        return true;
    }

    Arena* arena_;
    Vec<Entry> entries_;
    uint32_t* index_ = nullptr;
    uint32_t mask_ = 0;
};

}  // namespace imugi::compile
