// What the memoryview files share.
#pragma once

#include "object/errors.h"
#include "object/memoryview.h"
#include "object/native.h"
#include "thread/lock.h"

namespace imugi {

extern const MethodRow memoryview_rows[];
extern const GetSetRow memoryview_getsets[];

// Holds an export of the view, so that it is not released meanwhile.
class Pin {
  public:
    Pin(Thread& thread, MemoryView& view);
    ~Pin();
    Pin(const Pin&) = delete;
    // False with ValueError when the view was released before.
    [[nodiscard]] bool taken();

  private:
    Thread& thread_;
    MemoryView& view_;
    bool pinned_;
};

// Whose Lock is taken around accesses to the bytes; the view itself when nobody owns them.
Object& memory_of(MemoryView& view);
// The element at an address, which is in the view; ValueError when that was released meanwhile.
Owned read_element(Thread& thread, MemoryView& view, const uint8_t* at);

Raised raise_released(Thread& thread);
[[nodiscard]] bool check_alive(Thread& thread, MemoryView& view);

Owned view_copy(Thread& thread, MemoryView& source);
// A view of the same memory, its shape and strides to be filled in; then to be tracked.
MemoryView* view_reshaped(Thread& thread, MemoryView& source, int dimensions);
Owned make_memoryview_flags(Thread& thread, Value object, int flags);

// The code of a format that is one native character; 0 for others.
char native_code(const char* format);
size_t native_size(char code);
Owned unpack_element(Thread& thread, const char* format, const uint8_t* data);
[[nodiscard]] bool pack_element(Thread& thread, const char* format, uint8_t* out, Value value);

Owned memoryview_item(Thread& thread, MemoryView& view, Index index);
Owned memoryview_subscript(Thread& thread, Value self, Value key);
bool memoryview_assign(Thread& thread, Value self, Value key, Value value);
bool memoryview_get_buffer(Thread& thread, Value self, BufferView& out, int flags);
Owned memoryview_compare(Thread& thread, Value self, Value other, CompareOp op);
Result<int64_t> memoryview_hash(Thread& thread, Value self);
Owned memoryview_iterate(Thread& thread, Value self);

inline bool is_ellipsis(Value value) {
    return same(value, ellipsis());
}

}  // namespace imugi
