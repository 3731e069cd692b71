// The buffer protocol (PEP 3118), inside the runtime.
//
// A BufferView keeps its exporter alive and pinned until released; get/release pair up by RAII in
// Buffer.
#pragma once

#include "object/type.h"

namespace imugi {

enum BufferFlag : int {
    kBufferSimple = 0,
    kBufferWritable = 1,
    kBufferFormat = 4,
    kBufferNd = 8,
    kBufferStrides = 0x18,
    kBufferCContiguous = 0x38,
    kBufferFContiguous = 0x58,
    kBufferAnyContiguous = 0x98,
    kBufferIndirect = 0x118,
    kBufferContiguous = kBufferNd | kBufferWritable,
    kBufferFull = 0x11D,
    kBufferFullRo = 0x11C,
};

struct BufferView {
    void* data = nullptr;
    Owned owner;  // the exporter
    // Whose memory it is, if not the exporter's own: who has it under its Lock.
    Object* memory = nullptr;
    Index size = 0;  // bytes: product(shape) * item_size
    Index item_size = 1;
    bool read_only = true;
    int dimensions = 1;
    const char* format = nullptr;    // struct syntax; null: "B"
    const Index* shape = nullptr;    // null with dimensions 1: size / item_size
    const Index* strides = nullptr;  // null: C-contiguous
    const Index* suboffsets = nullptr;
    void* internal = nullptr;  // the exporter's own
    bool by_method = false;    // __buffer__ gave it: it goes back through __release_buffer__
    Index shape_storage = 0, stride_storage = 0;
};

// Fills the view; TypeError "a bytes-like object is required, not 'X'" or BufferError.
[[nodiscard]] bool get_buffer(Thread& thread, Value object, BufferView& view, int flags);
void release_buffer(Thread& thread, BufferView& view);
bool has_buffer(Value object);

// Fills the view over plain memory, as most exporters do it: C-contiguous bytes of `owner`.
// BufferError when `flags` ask for writing and the memory is read-only.
[[nodiscard]] bool fill_buffer(Thread& thread, BufferView& view, Value owner, void* data,
                               size_t size, bool read_only, int flags);
// Copies the elements in 'C' or 'F' order, or 'A' (as they lie), to `out` of view.size bytes.
[[nodiscard]] bool copy_buffer(Thread& thread, const BufferView& view, uint8_t* out, char order);
// order: 'C', 'F' or 'A' (either).
bool is_contiguous(const BufferView& view, char order);

// The object whose Lock is taken around accesses to the bytes; null for none.
Object* memory_owner(const BufferView& view);

// The bytes in place, without the owner's Lock: for what is long, or given to a library or to the
// system. If another thread writes there meanwhile, old and new bytes are mixed (docs/threads.md),
// so nobody may look at one of them twice and believe it the second time. Everybody else uses
// copy_buffer, StableBuffer or the Lock of the owner.
class Buffer {
  public:
    explicit Buffer(Thread& thread) : thread_(thread) {}
    ~Buffer() { release(); }
    Buffer(const Buffer&) = delete;
    [[nodiscard]] bool get(Value object, int flags = kBufferSimple) {
        if (!get_buffer(thread_, object, view_, flags)) return false;
        permit_mixing();
        return true;
    }
    // Memory to be written; TypeError "<what> must be read-write bytes-like object, not X".
    [[nodiscard]] bool get_writable(Value object, const char* what);
    void release() {
        if (!view_.owner) return;
        forbid_mixing();
        release_buffer(thread_, view_);
    }
    uint8_t* data() const { return static_cast<uint8_t*>(view_.data); }
    size_t size() const { return static_cast<size_t>(view_.size); }
    BufferView& view() { return view_; }

  private:
#ifdef IMUGI_TSAN
    // The thread sanitizer is told that the race is one of the Python program: it does not look at
    // what this thread does with memory while it has mutable bytes.
    void permit_mixing();
    void forbid_mixing();
    bool mixes_ = false;
#else
    void permit_mixing() {}
    void forbid_mixing() {}
#endif

    Thread& thread_;
    BufferView view_;
};

// The bytes of an object as they were at one time: those of a mutable one are copied. For code that
// reads them more than once, or believes what it found in them.
class StableBuffer {
  public:
    explicit StableBuffer(Thread& thread) : thread_(thread) {}
    StableBuffer(const StableBuffer&) = delete;
    // The caller keeps the object alive.
    [[nodiscard]] bool get(Value object);
    const uint8_t* data() const { return data_; }
    size_t size() const { return size_; }

  private:
    Thread& thread_;
    Owned held_;
    const uint8_t* data_ = nullptr;
    size_t size_ = 0;
};

}  // namespace imugi
