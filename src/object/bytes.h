// bytes: immutable; the hash is cached (plain race on equal values).
#pragma once

#include <cstring>

#include "object/type.h"

namespace imugi {

struct Bytes : Object {
    std::atomic<int64_t> cached_hash;  // 0: not yet
    size_t size;
    // data follows, with a NUL behind it
    const uint8_t* data() const { return reinterpret_cast<const uint8_t*>(this + 1); }
    const char* text() const { return reinterpret_cast<const char*>(this + 1); }
};
Ref<Bytes> make_bytes(Thread& thread, const void* data, size_t size);
// To be filled before anybody sees it; all zero unless that is not asked for.
Ref<Bytes> make_bytes_blank(Thread& thread, size_t size, bool zeroed = true);
inline uint8_t* bytes_blank_data(Bytes& b) {
    return reinterpret_cast<uint8_t*>(&b + 1);
}
// Shorter than made; only before anybody else sees it.
Ref<Bytes> bytes_truncate(Thread& thread, Ref<Bytes> bytes, size_t size);

Ref<Bytes> empty_bytes();
Ref<Bytes> make_byte(Thread& thread, uint8_t byte);  // one byte; shared by all
int64_t bytes_hash(const Bytes& b);
// repr of bytes: b'...'
Owned bytes_repr(Thread& thread, const uint8_t* data, size_t size, const char* before = "",
                 const char* behind = "");
// bytes(object): buffers, iterables of ints, __bytes__.
Ref<Bytes> bytes_from_object(Thread& thread, Value object);
// sys.flags.bytes_warning, set at start-up: str(b'') and b'' == '' then warn.
extern std::atomic<int> bytes_warning_level;
// b'...' % arguments: what the format and arguments give, as bytes.
Ref<Bytes> bytes_format_percent(Thread& thread, const uint8_t* format, size_t size,
                                Value arguments);

// Growing bytes; single thread, on the C++ stack.
class BytesBuilder {
  public:
    explicit BytesBuilder(Thread& thread) : thread_(thread) {}
    ~BytesBuilder();
    BytesBuilder(const BytesBuilder&) = delete;

    // Each is false with MemoryError set.
    [[nodiscard]] bool append(uint8_t byte) {
        if (IMUGI_UNLIKELY(size_ == capacity_) && !reserve(1)) return false;
        data_[size_++] = byte;
        return true;
    }
    [[nodiscard]] bool append(const void* data, size_t size);
    [[nodiscard]] bool append(const char* ascii) { return append(ascii, strlen(ascii)); }
    [[nodiscard]] bool append_repeated(uint8_t byte, size_t times);
    [[nodiscard]] bool reserve(size_t more);
    // After reserve(n): where up to n bytes may be written, and how many were.
    uint8_t* end() { return data_ + size_; }
    void advance(size_t size) { size_ += size; }
    void truncate(size_t size) { size_ = size; }
    size_t size() const { return size_; }
    const uint8_t* data() const { return data_; }
    Ref<Bytes> finish();

  private:
    Thread& thread_;
    uint8_t* data_ = local_;
    size_t size_ = 0, capacity_ = sizeof local_;
    uint8_t local_[256];
};

// bytearray: fields under its Lock. While `exports` > 0 the array may not be resized (BufferError).
struct ByteArray : Object {
    std::atomic<uint8_t*> items;
    std::atomic<Index> size;
    Index capacity;
    Index start;  // bytes dropped at the front
    Index exports;
};
Ref<ByteArray> make_bytearray(Thread& thread, const void* data, size_t size);
inline bool is_exact_bytearray(Value value) {
    return &type_of(value) == &bytearray_type;
}
// A copy made under the Lock: an export would keep other threads from resizing it meanwhile.
Ref<Bytes> bytearray_bytes(Thread& thread, ByteArray& array);

}  // namespace imugi
