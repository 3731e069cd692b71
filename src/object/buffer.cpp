// The buffer protocol: getting and releasing, contiguity, copying. A view belongs to one thread;
// exporters pin their memory under their own lock.
#include "object/buffer.h"

#include <cstring>
#include <utility>

#include "memory/heap.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/memoryview.h"
#include "object/protocol.h"
#include "object/slot_functions.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi {

bool has_buffer(Value object) {
    return type_of(object).slots.get_buffer != nullptr;
}

bool get_buffer(Thread& thread, Value object, BufferView& view, int flags) {
    auto get = type_of(object).slots.get_buffer;
    if (!get)
        return raise(thread, exc::TypeError, "a bytes-like object is required, not '{}'",
                     type_name_of(object));
    if (get(thread, object, view, flags)) return true;
    view.owner = Owned();
    return false;
}

void release_buffer(Thread& thread, BufferView& view) {
    if (!view.owner) return;
    const Slots& slots = type_of(view.owner).slots;
    if (view.by_method)
        python_release_buffer(thread, view.owner, view);
    else if (slots.release_buffer)
        slots.release_buffer(thread, view.owner, view);
    view.owner = Owned();
    view.memory = nullptr;
    view.data = nullptr;
}

Object* memory_owner(const BufferView& view) {
    if (view.memory) return view.memory;
    Value owner = view.owner.value();
    if (has_shape(owner, k_memoryview_shape))
        return memory_owner(owner.as<MemoryView>().managed.as<ManagedBuffer>().buffer);
    return owner.is_object() ? owner.object() : nullptr;
}

// The owner's own bytes: a subclass of bytes may give others (__buffer__).
static bool is_immutable(const BufferView& view) {
    const Object* owner = memory_owner(view);
    if (!owner || !is_bytes(Value::of(owner))) return false;
    const Bytes& bytes = Value::of(owner).as<Bytes>();
    const auto* data = static_cast<const uint8_t*>(view.data);
    return data >= bytes.data() && data + view.size <= bytes.data() + bytes.size;
}

#ifdef IMUGI_TSAN
extern "C" void AnnotateIgnoreReadsBegin(const char* file, int line);
extern "C" void AnnotateIgnoreReadsEnd(const char* file, int line);

void Buffer::permit_mixing() {
    mixes_ = !is_immutable(view_);
    if (mixes_) AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
}
void Buffer::forbid_mixing() {
    if (std::exchange(mixes_, false)) AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
}
#endif

bool StableBuffer::get(Value object) {
    if (is_exact_bytes(object)) {
        data_ = object.as<Bytes>().data();
        size_ = object.as<Bytes>().size;
        return true;
    }
    if (is_exact_bytearray(object)) {
        Ref<Bytes> copy = TRY(bytearray_bytes(thread_, object.as<ByteArray>()));
        data_ = copy->data();
        size_ = copy->size;
        held_ = std::move(copy).owned();
        return true;
    }
    BufferView view;
    TRY(get_buffer(thread_, object, view, kBufferSimple));
    size_ = static_cast<size_t>(view.size);
    bool done = true;
    if (is_immutable(view)) {
        held_ = Owned::share(Value::of(memory_owner(view)));
        data_ = static_cast<const uint8_t*>(view.data);
    } else {
        Ref<Bytes> copy = make_bytes_blank(thread_, size_);
        done = copy && copy_buffer(thread_, view, bytes_blank_data(*copy), 'C');
        if (done) data_ = copy->data();
        held_ = std::move(copy).owned();
    }
    release_buffer(thread_, view);
    return done;
}

bool Buffer::get_writable(Value object, const char* what) {
    if (get(object, kBufferWritable)) return true;
    if (!clear_exception_if(thread_, exc::BufferError) &&
        !clear_exception_if(thread_, exc::TypeError))
        return false;
    return raise(thread_, exc::TypeError, "{} must be read-write bytes-like object, not {}", what,
                 type_name_of(object));
}

bool fill_buffer(Thread& thread, BufferView& view, Value owner, void* data, size_t size,
                 bool read_only, int flags) {
    if ((flags & kBufferWritable) && read_only)
        return raise(thread, exc::BufferError, "Object is not writable.");
    view.data = data;
    view.owner = Owned::share(owner);
    view.memory = nullptr;
    view.size = static_cast<Index>(size);
    view.item_size = 1;
    view.read_only = read_only;
    view.dimensions = 1;
    view.format = (flags & kBufferFormat) ? "B" : nullptr;
    view.shape_storage = view.size;
    view.stride_storage = 1;
    view.shape = (flags & kBufferNd) ? &view.shape_storage : nullptr;
    view.strides = (flags & kBufferStrides) == kBufferStrides ? &view.stride_storage : nullptr;
    view.suboffsets = nullptr;
    view.internal = nullptr;
    return true;
}

bool is_contiguous(const BufferView& view, char order) {
    if (view.suboffsets) return false;
    if (order == 'A') return is_contiguous(view, 'C') || is_contiguous(view, 'F');
    if (!view.shape || !view.strides || view.size == 0)
        return order == 'C' || view.dimensions <= 1 || view.size == 0;
    Index expected = view.item_size;
    for (int n = 0; n < view.dimensions; n++) {
        int i = order == 'C' ? view.dimensions - 1 - n : n;
        if (view.shape[i] > 1 && view.strides[i] != expected) return false;
        expected *= view.shape[i];
    }
    return true;
}

namespace {

const uint8_t* follow(const uint8_t* at, const Index* suboffsets, int dimension) {
    if (!suboffsets || suboffsets[dimension] < 0) return at;
    return *reinterpret_cast<uint8_t* const*>(at) + suboffsets[dimension];
}

// Copies one dimension and those inside it; `out_strides` places the elements.
void copy_dimension(const BufferView& view, const uint8_t* at, int dimension, uint8_t* out,
                    const Index* out_strides) {
    if (dimension == view.dimensions) {
        memcpy(out, at, static_cast<size_t>(view.item_size));
        return;
    }
    for (Index i = 0; i < view.shape[dimension]; i++) {
        const uint8_t* item = follow(at + i * view.strides[dimension], view.suboffsets, dimension);
        copy_dimension(view, item, dimension + 1, out + i * out_strides[dimension], out_strides);
    }
}

}  // namespace

static void copy_in_order(const BufferView& view, uint8_t* out, char order) {
    bool keep = order == 'A' ? is_contiguous(view, 'A') : is_contiguous(view, order);
    if (keep) {
        memcpy(out, view.data, static_cast<size_t>(view.size));
        return;
    }
    Index strides[kMostDimensions];
    Index step = view.item_size;
    Index c_strides[kMostDimensions];
    Index c_step = view.item_size;
    for (int i = view.dimensions - 1; i >= 0; i--) {
        c_strides[i] = c_step;
        c_step *= view.shape[i];
    }
    for (int n = 0; n < view.dimensions; n++) {
        int i = order == 'F' ? n : view.dimensions - 1 - n;
        strides[i] = step;
        step *= view.shape[i];
    }
    BufferView source;
    source.item_size = view.item_size;
    source.dimensions = view.dimensions;
    source.shape = view.shape;
    source.strides = view.strides ? view.strides : c_strides;
    source.suboffsets = view.suboffsets;
    copy_dimension(source, static_cast<const uint8_t*>(view.data), 0, out, strides);
}

bool copy_buffer(Thread& thread, const BufferView& view, uint8_t* out, char order) {
    if (view.size == 0) return true;
    if (Object* owner = memory_owner(view)) {
        Lock guard(thread, *owner);
        copy_in_order(view, out, order);
    } else {
        copy_in_order(view, out, order);
    }
    return true;
}

// --- classes with __buffer__ (PEP 688) ---

bool python_get_buffer(Thread& thread, Value self, BufferView& view, int flags) {
    Owned memory = TRY(call_special(thread, self, ID(__buffer__), Value::small_int(flags)));
    if (memory.is_nothing())
        return raise(thread, exc::TypeError, "a bytes-like object is required, not '{}'",
                     type_name_of(self));
    if (!has_shape(memory, k_memoryview_shape))
        return raise(thread, exc::TypeError, "__buffer__ returned non-memoryview object");
    TRY(get_buffer(thread, memory, view, flags));
    // The view is the memoryview's; it is given back through the object that made it.
    view.memory = memory_owner(view);
    view.owner = Owned::share(self);
    view.internal = reinterpret_cast<void*>(memory.release());
    view.by_method = true;
    return true;
}

void python_release_buffer(Thread& thread, Value self, BufferView& view) {
    Owned memory = Owned::adopt(reinterpret_cast<uint64_t>(view.internal));
    view.internal = nullptr;
    if (!memory) return;
    auto& given = memory.as<MemoryView>();
    release_memoryview_export(thread, given);
    // A view of the object itself calls the method when its own buffer goes back.
    Value exporter = given.managed.as<ManagedBuffer>().buffer.owner.value();
    if (type_of(self).slots.release_buffer != slot_release_buffer ||
        (exporter && same(exporter, self)))
        return;
    SavedException saved(thread);
    Owned done = call_special(thread, self, ID(__release_buffer__), memory);
    if (!done) report_unraisable(thread, self);
}

void python_release_native(Thread& thread, Value self, BufferView& view) {
    {
        SavedException saved(thread);
        Owned memory = make_restricted_memoryview(thread, view);
        Owned done = memory ? call_special(thread, self, ID(__release_buffer__), memory) : Owned();
        if (!done) report_unraisable(thread, self);
        if (memory && !release_memoryview(thread, memory.as<MemoryView>())) clear_exception(thread);
    }
    const Tuple& mro = type_of(self).mro.as<Tuple>();
    for (size_t i = 0; i < mro.size; i++) {
        auto release = mro[i].as<Type>().slots.release_buffer;
        if (!release || release == slot_release_buffer) continue;
        release(thread, self, view);
        return;
    }
}

}  // namespace imugi
