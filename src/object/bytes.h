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
Ref<Bytes> make_bytes_blank(Thread& thread, size_t size);  // to be filled before anybody sees it
inline uint8_t* bytes_blank_data(Bytes& b) {
    return reinterpret_cast<uint8_t*>(&b + 1);
}
// Shorter than made; only before anybody else sees it.
Ref<Bytes> bytes_truncate(Thread& thread, Ref<Bytes> bytes, size_t size);

// bytearray: fields under its Lock. While `exports` > 0 the array may not be resized (BufferError).
struct ByteArray : Object {
    std::atomic<uint8_t*> items;
    std::atomic<Index> size;
    Index capacity;
    Index start;  // bytes dropped at the front
    Index exports;
};
Ref<ByteArray> make_bytearray(Thread& thread, const void* data, size_t size);

}  // namespace imugi
