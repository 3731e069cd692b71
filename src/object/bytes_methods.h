// The methods that bytes and bytearray share: pure functions over memory that the callers hold, and
// the argument types (sub-sequence or byte, single fill byte).
#pragma once

#include "object/buffer.h"
#include "object/bytes.h"
#include "object/native.h"
#include "thread/lock.h"

namespace imugi {

struct ByteSpan {
    const uint8_t* data = nullptr;
    size_t size = 0;
    uint8_t operator[](size_t i) const { return data[i]; }
};

// The memory of self for the duration of a method: of a bytearray under its Lock. Nothing under it
// runs Python.
template <class Self>
class Held;
template <>
class Held<Bytes> : public ByteSpan {
  public:
    Held(Thread&, Bytes& bytes) : ByteSpan{bytes.data(), bytes.size} {}
};
template <>
class Held<ByteArray> : public ByteSpan {
  public:
    Held(Thread& thread, ByteArray& array) : lock_(thread, array) {
        data = array.items.load(std::memory_order_relaxed);
        if (!data) data = &nothing_;
        size = static_cast<size_t>(array.size.load(std::memory_order_relaxed));
    }

  private:
    Lock lock_;
    static inline const uint8_t nothing_ = 0;
};

// A buffer, or an int as one byte: what find(), count() and `in` look for.
class ByteArgument {
  public:
    explicit ByteArgument(Thread& thread) : thread_(thread), buffer_(thread) {}
    // TypeError "argument should be integer or bytes-like object, not 'X'".
    [[nodiscard]] bool load(Value value, bool as_element = false);
    ByteSpan span() const { return span_; }

  private:
    Thread& thread_;
    StableBuffer buffer_;
    ByteSpan span_;
    uint8_t byte_ = 0;
};

// A byte from an int: ValueError "byte must be in range(0, 256)".
[[nodiscard]] bool load_byte(Thread& thread, Value value, uint8_t* byte);

// New exact objects of the type.
Owned make_like(Thread& thread, const Bytes*, const void* data, size_t size);
Owned make_like(Thread& thread, const ByteArray*, const void* data, size_t size);
// The object itself when it is immutable and exact, else a copy.
Owned unchanged(Thread& thread, Bytes& self, ByteSpan span);
Owned unchanged(Thread& thread, ByteArray& self, ByteSpan span);

// Searches in [begin, end); -1 when missing.
Index bytes_find(ByteSpan s, ByteSpan part, size_t begin, size_t end);
Index bytes_find_last(ByteSpan s, ByteSpan part, size_t begin, size_t end);
size_t bytes_count(ByteSpan s, ByteSpan part, size_t begin, size_t end, size_t most);

bool is_ascii_space(uint8_t byte);
// hex() with a separator (empty Value: none) every `group` bytes.
Owned bytes_hex(Thread& thread, ByteSpan s, Value separator, int group);
// fromhex(): str or, from 3.14, bytes.
Ref<Bytes> bytes_from_hex(Thread& thread, Value text);
// b.join(iterable) into bytes.
Ref<Bytes> bytes_join(Thread& thread, Value separator_owner, Value iterable);
// left + right of two buffers.
Owned bytes_maketrans(Thread& thread, Value from, Value to);
// str(b) and comparison under -b.
[[nodiscard]] bool warn_bytes(Thread& thread, const char* message);
// bytes.__new__ and bytearray.__init__: source, encoding and errors as bytes.
Ref<Bytes> bytes_from_arguments(Thread& thread, const char* type_name, Value source, Value encoding,
                                Value errors);
Owned bytes_iterate(Thread& thread, Value self);
Owned bytearray_iterate(Thread& thread, Value self);

}  // namespace imugi
