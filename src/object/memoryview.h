// memoryview: a window on another object's buffer, of any number of dimensions.
//
// Views made from views share one ManagedBuffer, which holds the exporter's buffer until the last
// view is released. `released` and `exports` change under the view's Lock; the rest is immutable.
#pragma once

#include "object/buffer.h"
#include "object/native.h"

namespace imugi {

inline constexpr int kMostDimensions = 64;

struct ManagedBuffer : Object {
    std::atomic<Index> views;  // views not yet released
    BufferView buffer;         // released by the finalizer, or by the last view's release()
    bool of_bytes;             // the memory of an exact bytes; set by the maker
};

struct MemoryView : Object {
    Slot managed;  // ManagedBuffer; immutable
    std::atomic<bool> released;
    Index exports;                     // buffers taken from this view and operations in progress
    std::atomic<int64_t> cached_hash;  // 0: not yet
    uint8_t* data;
    Index size;  // bytes
    Index item_size;
    const char* format;  // the exporter's, or static text of a cast
    bool read_only;
    bool own_suboffsets;
    bool restricted;  // lent to __release_buffer__: nothing may be made of it
    int dimensions;
    Index* layout;  // shape, strides, suboffsets: `dimensions` each; null for none

    Index* shape() const { return layout; }
    Index* strides() const { return layout + dimensions; }
    Index* suboffsets() const { return own_suboffsets ? layout + 2 * dimensions : nullptr; }
};

IMUGI_BUILTIN_TYPE_BY_OBJECT(MemoryView, memoryview_type);

Owned make_memoryview(Thread& thread, Value object);
// What `get` of the object's type, or of a base, gives.
Owned make_memoryview_by(Thread& thread, Value object, int flags, decltype(Slots::get_buffer) get);
// A view that __release_buffer__ sees; it owns nothing and is to be released.
Owned make_restricted_memoryview(Thread& thread, const BufferView& view);
// Of plain memory that outlives the view, pinned by `owner` (may be empty).
Owned make_memoryview_of(Thread& thread, void* data, size_t size, bool read_only, Value owner);
// memoryview.release(): BufferError while buffers of it are out.
[[nodiscard]] bool release_memoryview(Thread& thread, MemoryView& view);
void release_memoryview_export(Thread& thread, MemoryView& view);

// Slots of classes with __buffer__ and __release_buffer__.
bool python_get_buffer(Thread& thread, Value self, BufferView& view, int flags);
void python_release_buffer(Thread& thread, Value self, BufferView& view);
// The native base's buffer goes back, after __release_buffer__ of the class has seen it.
void python_release_native(Thread& thread, Value self, BufferView& view);

}  // namespace imugi
