// memoryview: the object, its elements, indexing and slicing. Methods are in
// memoryview_methods.cpp.
//
// Element reads and writes happen under the view's Lock, with values converted before, but for
// elements of bytes, which are read without; longer operations hold an export (Pin), so that
// release() waits for nobody and fails instead.
#include "object/memoryview.h"

#include <bit>

#include "memory/collector.h"
#include "memory/heap.h"
#include "object/memoryview_methods.h"
#include "object/protocol.h"
#include "object/slice.h"
#include "object/str.h"
#include "object/struct_format.h"
#include "object/text_slice.h"
#include "object/tuple.h"

namespace imugi {

// --- making ---

namespace {

MemoryView* allocate_view(Thread& thread, ManagedBuffer& managed, int dimensions, bool suboffsets) {
    auto* view = allocate<MemoryView>(thread, memoryview_type);
    if (!view) return nullptr;
    Ref<MemoryView> owner = Ref<MemoryView>::adopt(view);
    view->dimensions = dimensions;
    view->own_suboffsets = suboffsets;
    size_t words = static_cast<size_t>(dimensions) * (suboffsets ? 3 : 2);
    if (words != 0) {
        view->layout = static_cast<Index*>(array_allocate(words * sizeof(Index)));
        if (!view->layout) return raise_memory_error(thread);
    }
    view->managed.init(Owned::share(managed));
    managed.views.fetch_add(1, std::memory_order_relaxed);
    (void)owner.release();
    return view;
}

void set_c_strides(MemoryView& view) {
    Index step = view.item_size;
    for (int i = view.dimensions - 1; i >= 0; i--) {
        view.strides()[i] = step;
        step *= view.shape()[i];
    }
}

Owned view_of(Thread& thread, ManagedBuffer& managed, const BufferView& buffer) {
    MemoryView* view =
        allocate_view(thread, managed, buffer.dimensions, buffer.suboffsets != nullptr);
    if (!view) return {};
    view->data = static_cast<uint8_t*>(buffer.data);
    view->size = buffer.size;
    view->item_size = buffer.item_size;
    view->format = buffer.format ? buffer.format : "B";
    view->read_only = buffer.read_only;
    for (int i = 0; i < buffer.dimensions; i++) {
        view->shape()[i] = buffer.shape ? buffer.shape[i] : buffer.size / buffer.item_size;
        if (buffer.suboffsets) view->suboffsets()[i] = buffer.suboffsets[i];
    }
    if (buffer.strides)
        memcpy(view->strides(), buffer.strides,
               sizeof(Index) * static_cast<size_t>(view->dimensions));
    else
        set_c_strides(*view);
    track(view);
    return Owned::adopt(view);
}

Ref<ManagedBuffer> manage(Thread& thread) {
    auto* managed = allocate<ManagedBuffer>(thread, managed_buffer_type);
    if (!managed) return {};
    new (&managed->buffer) BufferView();
    return Ref<ManagedBuffer>::adopt(managed);
}

}  // namespace

namespace {

bool check_unrestricted(Thread& thread, const MemoryView& view) {
    if (IMUGI_LIKELY(!view.restricted)) return true;
    return raise(thread, exc::ValueError, "cannot create new view on restricted memoryview");
}

}  // namespace

Owned view_copy(Thread& thread, MemoryView& source) {
    TRY(check_unrestricted(thread, source));
    MemoryView* view = allocate_view(thread, source.managed.as<ManagedBuffer>(), source.dimensions,
                                     source.own_suboffsets);
    if (!view) return {};
    view->data = source.data;
    view->size = source.size;
    view->item_size = source.item_size;
    view->format = source.format;
    view->read_only = source.read_only;
    if (view->layout)
        memcpy(view->layout, source.layout,
               sizeof(Index) * static_cast<size_t>(source.dimensions) *
                   (source.own_suboffsets ? 3 : 2));
    track(view);
    return Owned::adopt(view);
}

MemoryView* view_reshaped(Thread& thread, MemoryView& source, int dimensions) {
    if (!check_unrestricted(thread, source)) return nullptr;
    MemoryView* view = allocate_view(thread, source.managed.as<ManagedBuffer>(), dimensions, false);
    if (!view) return nullptr;
    view->data = source.data;
    view->size = source.size;
    view->item_size = source.item_size;
    view->format = source.format;
    view->read_only = source.read_only;
    return view;
}

Owned make_memoryview_flags(Thread& thread, Value object, int flags) {
    if (has_shape(object, k_memoryview_shape)) {
        Pin pin(thread, object.as<MemoryView>());
        TRY(pin.taken());
        return view_copy(thread, object.as<MemoryView>());
    }
    if (!has_buffer(object))
        return raise(thread, exc::TypeError,
                     "memoryview: a bytes-like object is required, not '{}'", type_name_of(object));
    return make_memoryview_by(thread, object, flags, type_of(object).slots.get_buffer);
}

Owned make_restricted_memoryview(Thread& thread, const BufferView& view) {
    Ref<ManagedBuffer> managed = TRY(manage(thread));
    track(managed.get());
    Owned made = TRY(view_of(thread, *managed, view));
    made.as<MemoryView>().restricted = true;
    return made;
}

Owned make_memoryview_by(Thread& thread, Value object, int flags, decltype(Slots::get_buffer) get) {
    Ref<ManagedBuffer> managed = TRY(manage(thread));
    if (!get(thread, object, managed->buffer, flags)) {
        managed->buffer.owner = Owned();
        return {};
    }
    managed->of_bytes = is_exact_bytes(object);
    track(managed.get());
    if (managed->buffer.dimensions > kMostDimensions)
        return raise(thread, exc::ValueError,
                     "memoryview: number of dimensions must not exceed 64");
    return view_of(thread, *managed, managed->buffer);
}

Owned make_memoryview(Thread& thread, Value object) {
    return make_memoryview_flags(thread, object, kBufferFullRo);
}

Owned make_memoryview_of(Thread& thread, void* data, size_t size, bool read_only, Value owner) {
    Ref<ManagedBuffer> managed = TRY(manage(thread));
    BufferView view;
    view.data = data;
    view.size = static_cast<Index>(size);
    view.read_only = read_only;
    if (owner) managed->buffer.owner = Owned::share(owner);
    managed->buffer.data = data;
    managed->buffer.size = view.size;
    track(managed.get());
    return view_of(thread, *managed, view);
}

// --- releasing ---

Pin::Pin(Thread& thread, MemoryView& view) : thread_(thread), view_(view) {
    Lock guard(thread, view);
    pinned_ = !view.released.load(std::memory_order_relaxed);
    if (pinned_) view.exports++;
}
Pin::~Pin() {
    if (!pinned_) return;
    Lock guard(thread_, view_);
    view_.exports--;
}
bool Pin::taken() {
    return pinned_ || raise_released(thread_);
}

Raised raise_released(Thread& thread) {
    return raise(thread, exc::ValueError, "operation forbidden on released memoryview object");
}

bool check_alive(Thread& thread, MemoryView& view) {
    if (IMUGI_UNLIKELY(view.released.load(std::memory_order_relaxed)))
        return raise_released(thread);
    return true;
}

namespace {

// One view less; the last one gives the exporter its buffer back. Bytes that others may be reading
// without a lock are kept until the views are gone.
void let_go(Thread& thread, ManagedBuffer& managed) {
    if (managed.views.fetch_sub(1, std::memory_order_seq_cst) != 1) return;
    if (!managed.of_bytes || !needs_grace(&managed)) release_buffer(thread, managed.buffer);
}

}  // namespace

bool release_memoryview(Thread& thread, MemoryView& view) {
    {
        Lock guard(thread, view);
        if (view.released.load(std::memory_order_relaxed)) return true;
        if (view.exports > 0)
            return raise(thread, exc::BufferError, "memoryview has {} exported buffer{}",
                         view.exports, view.exports == 1 ? "" : "s");
        view.released.store(true, std::memory_order_seq_cst);  // pairs with read_element
    }
    let_go(thread, view.managed.as<ManagedBuffer>());
    return true;
}

void release_memoryview_export(Thread& thread, MemoryView& view) {
    Lock guard(thread, view);
    view.exports--;
}

namespace {

void managed_finalize(Thread& thread, Value self) {
    release_buffer(thread, self.as<ManagedBuffer>().buffer);
}
void managed_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(
        reinterpret_cast<std::atomic<uint64_t>&>(static_cast<ManagedBuffer*>(self)->buffer.owner));
}

void view_fields(Object* self, FieldVisitor& visitor) {
    auto& view = *static_cast<MemoryView*>(self);
    // A view that dies counts as released; the finalizer of the managed buffer does the rest.
    if (visitor.destroying && !view.managed.is_empty() &&
        !view.released.exchange(true, std::memory_order_relaxed))
        view.managed.as<ManagedBuffer>().views.fetch_sub(1, std::memory_order_acq_rel);
    visitor.visit(view.managed);
}
void view_release(Object* self) {
    array_free(static_cast<MemoryView*>(self)->layout);
}

}  // namespace

// --- elements ---

char native_code(const char* format) {
    if (*format == '@') format++;
    if (!*format || format[1]) return 0;
    return strchr("?cbBhHiIlLqQnNPefd", *format) ? *format : 0;
}

size_t native_size(char code) {
    switch (code) {
        case '?':
        case 'c':
        case 'b':
        case 'B':
            return 1;
        case 'h':
        case 'H':
        case 'e':
            return 2;
        case 'i':
        case 'I':
        case 'f':
            return 4;
        default:
            return 8;
    }
}

Owned unpack_element(Thread& thread, const char* format, const uint8_t* data) {
    char code = native_code(format);
    if (code == 0)
        return raise(thread, exc::NotImplementedError, "memoryview: format {} not supported",
                     format);
    return unpack_value(thread, {code, true, false, native_size(code), 0, 1}, data);
}

bool pack_element(Thread& thread, const char* format, uint8_t* out, Value value) {
    char code = native_code(format);
    if (code == 0)
        return raise(thread, exc::NotImplementedError, "memoryview: format {} not supported",
                     format);
    StructLayout layout;
    const char text[] = {code, 0};
    if (code == 'c' && !is_bytes(value))
        return raise(thread, exc::TypeError, "memoryview: invalid type for format '{}'", format);
    if (!layout.compile(thread, text, exc::ValueError)) return false;
    bool is_real = code == 'e' || code == 'f' || code == 'd';
    if (!is_real && code != 'c' && code != '?' && !has_index(value))
        return raise(thread, exc::TypeError, "memoryview: invalid type for format '{}'", format);
    if (layout.pack(thread, out, &value, exc::ValueError)) return true;
    // The struct module's wording is not memoryview's.
    if (exception_matches(thread, exc::ValueError) ||
        exception_matches(thread, exc::OverflowError)) {
        clear_exception(thread);
        return raise(
            thread,
            is_real && !is_float(value) && !has_index(value) ? exc::TypeError : exc::ValueError,
            is_real && !is_float(value) && !has_index(value)
                ? "memoryview: invalid type for format '{}'"
                : "memoryview: invalid value for format '{}'",
            format);
    }
    return false;
}

namespace {

// Steps into `dimension` at `index` (negative from the end); null with an exception.
uint8_t* step_into(Thread& thread, MemoryView& view, uint8_t* at, Index index, int dimension) {
    Index length = view.shape()[dimension];
    if (index < 0) index += length;
    if (index < 0 || index >= length)
        return raise(thread, exc::IndexError, "index out of bounds on dimension {}", dimension + 1);
    at += view.strides()[dimension] * index;
    if (view.own_suboffsets && view.suboffsets()[dimension] >= 0)
        at = *reinterpret_cast<uint8_t**>(at) + view.suboffsets()[dimension];
    return at;
}

bool is_index_tuple(Value key) {
    if (!is_tuple(key)) return false;
    Tuple& tuple = key.as<Tuple>();
    for (size_t i = 0; i < tuple.size; i++)
        if (!has_index(tuple[i])) return false;
    return true;
}
bool is_slice_tuple(Value key) {
    if (!is_tuple(key) || key.as<Tuple>().size == 0) return false;
    Tuple& tuple = key.as<Tuple>();
    for (size_t i = 0; i < tuple.size; i++)
        if (!is_slice(tuple[i])) return false;
    return true;
}

// The element that an int or a tuple of ints says.
uint8_t* locate(Thread& thread, MemoryView& view, Value key) {
    if (!is_tuple(key)) {
        Result<Index> index = to_ssize(thread, key);
        if (!index) return nullptr;
        if (view.dimensions == 0)
            return raise(thread, exc::TypeError, "invalid indexing of 0-dim memory");
        if (view.dimensions > 1)
            return raise(thread, exc::NotImplementedError,
                         "multi-dimensional sub-views are not implemented");
        return step_into(thread, view, view.data, *index, 0);
    }
    Tuple& tuple = key.as<Tuple>();
    if (static_cast<int>(tuple.size) < view.dimensions)
        return raise(thread, exc::NotImplementedError, "sub-views are not implemented");
    if (static_cast<int>(tuple.size) > view.dimensions)
        return raise(thread, exc::TypeError, "cannot index {}-dimension view with {}-element tuple",
                     view.dimensions, static_cast<int64_t>(tuple.size));
    uint8_t* at = view.data;
    for (size_t i = 0; i < tuple.size && at; i++) {
        Result<Index> index = to_ssize(thread, tuple[i]);
        if (!index) return nullptr;
        at = step_into(thread, view, at, *index, static_cast<int>(i));
    }
    return at;
}

// The part of a new view that the range says.
Owned cut(Owned result, SliceRange range) {
    MemoryView& part = result.as<MemoryView>();
    slice_adjust(range, part.shape()[0]);
    part.data += range.start * part.strides()[0];
    part.shape()[0] = range.count;
    part.strides()[0] *= range.step;
    part.size = part.item_size;
    for (int i = 0; i < part.dimensions; i++) part.size *= part.shape()[i];
    return result;
}

Owned sliced(Thread& thread, MemoryView& view, SliceRange range) {
    Owned result = TRY(view_copy(thread, view));
    return cut(std::move(result), range);
}

}  // namespace

Object& memory_of(MemoryView& view) {
    Object* owner = memory_owner(view.managed.as<ManagedBuffer>().buffer);
    return owner ? *owner : view;
}

// memory_of() for who does not pin the view, which others may release meanwhile.
static Owned share_memory(Thread& thread, MemoryView& view) {
    Lock guard(thread, view);
    TRY(check_alive(thread, view));
    return Owned::share(Value::of(memory_of(view)));
}

Owned read_element(Thread& thread, MemoryView& view, const uint8_t* at) {
    uint8_t element[16] = {};
    auto size = static_cast<size_t>(view.item_size);
    auto& managed = view.managed.as<ManagedBuffer>();
    if (managed.of_bytes) {
        // Who releases the view later sees the mark.
        mark_reader(&managed);
        if (view.released.load(std::memory_order_seq_cst)) return raise_released(thread);
        memcpy(element, at, size < sizeof element ? size : sizeof element);
    } else {
        Owned memory = TRY(share_memory(thread, view));
        Lock2 guard(thread, view, *memory.value().object());
        TRY(check_alive(thread, view));
        memcpy(element, at, size < sizeof element ? size : sizeof element);
    }
    return unpack_element(thread, view.format, element);
}

Owned memoryview_item(Thread& thread, MemoryView& view, Index index) {
    uint8_t* at = step_into(thread, view, view.data, index, 0);
    return at ? read_element(thread, view, at) : Owned();
}

Owned memoryview_subscript(Thread& thread, Value self, Value key) {
    MemoryView& view = self.as<MemoryView>();
    TRY(check_alive(thread, view));
    if (view.dimensions == 0) {
        if (is_tuple(key) && key.as<Tuple>().size == 0) {
            return read_element(thread, view, view.data);
        }
        if (key.is_object() && is_ellipsis(key)) return Owned::share(self);
        return raise(thread, exc::TypeError, "invalid indexing of 0-dim memory");
    }
    if (is_slice(key)) {
        // The view comes first: what the slice's indices do then does not matter.
        Owned result;
        {
            Pin pin(thread, view);
            TRY(pin.taken());
            result = TRY(view_copy(thread, view));
        }
        SliceRange range;
        TRY(slice_unpack(thread, key.as<Slice>(), range));
        return cut(std::move(result), range);
    }
    if (has_index(key) || is_index_tuple(key)) {
        if (native_code(view.format) == 0)
            return raise(thread, exc::NotImplementedError, "memoryview: unsupported format {}",
                         view.format);
        uint8_t* at = locate(thread, view, key);
        if (!at) return {};
        return read_element(thread, view, at);
    }
    if (is_slice_tuple(key))
        return raise(thread, exc::NotImplementedError,
                     "multi-dimensional slicing is not implemented");
    return raise(thread, exc::TypeError, "memoryview: invalid slice key");
}

namespace {

bool same_structure(const MemoryView& a, const MemoryView& b) {
    const char* left = a.format + (*a.format == '@');
    const char* right = b.format + (*b.format == '@');
    if (strcmp(left, right) != 0 || a.item_size != b.item_size || a.dimensions != b.dimensions)
        return false;
    for (int i = 0; i < a.dimensions; i++) {
        if (a.shape()[i] != b.shape()[i]) return false;
        if (a.shape()[i] == 0) break;
    }
    return true;
}

bool assign_slice(Thread& thread, MemoryView& view, const SliceRange& range, Value value) {
    Owned target = TRY(sliced(thread, view, range));
    MemoryView& to = target.as<MemoryView>();
    Owned source = TRY(make_memoryview(thread, value));
    MemoryView& from = source.as<MemoryView>();
    if (!same_structure(to, from))
        return raise(thread, exc::ValueError,
                     "memoryview assignment: lvalue and rvalue have different structures");
    auto width = static_cast<size_t>(to.item_size);
    auto count = static_cast<size_t>(to.shape()[0]);
    if (count == 0) return true;
    auto element = [](MemoryView& v, size_t i) {
        uint8_t* at = v.data + v.strides()[0] * static_cast<Index>(i);
        if (v.own_suboffsets && v.suboffsets()[0] >= 0)
            at = *reinterpret_cast<uint8_t**>(at) + v.suboffsets()[0];
        return at;
    };
    bool flat = to.strides()[0] == to.item_size && from.strides()[0] == from.item_size &&
                !to.own_suboffsets && !from.own_suboffsets;
    if (flat) {
        Lock2 guard(thread, memory_of(to), memory_of(from));
        memmove(to.data, from.data, width * count);
        return true;
    }
    // The two may overlap in any way.
    auto* copy = static_cast<uint8_t*>(array_allocate(width * count));
    if (!copy) return raise_memory_error(thread);
    {
        Lock2 guard(thread, memory_of(to), memory_of(from));
        for (size_t i = 0; i < count; i++) memcpy(copy + i * width, element(from, i), width);
        for (size_t i = 0; i < count; i++) memcpy(element(to, i), copy + i * width, width);
    }
    array_free(copy);
    return true;
}

}  // namespace

template <class T>
static void write_word(uint8_t* to, const uint8_t* element) {
    T word;
    memcpy(&word, element, sizeof(T));
    reinterpret_cast<std::atomic<T>*>(to)->store(word, std::memory_order_relaxed);
}

// Whoever has begun to read an item of an array before its block was exported takes no lock.
static void write_element(uint8_t* to, const uint8_t* element, size_t size) {
    bool aligned = reinterpret_cast<uintptr_t>(to) % size == 0;
    if (aligned && size == 8) {
        write_word<uint64_t>(to, element);
    } else if (aligned && size == 4) {
        write_word<uint32_t>(to, element);
    } else if (aligned && size == 2) {
        write_word<uint16_t>(to, element);
    } else {
        for (size_t i = 0; i < size; i++) write_word<uint8_t>(to + i, element + i);
    }
}

bool memoryview_assign(Thread& thread, Value self, Value key, Value value) {
    MemoryView& view = self.as<MemoryView>();
    TRY(check_alive(thread, view));
    if (native_code(view.format) == 0)
        return raise(thread, exc::NotImplementedError, "memoryview: unsupported format {}",
                     view.format);
    if (view.read_only) return raise(thread, exc::TypeError, "cannot modify read-only memory");
    if (!value) return raise(thread, exc::TypeError, "cannot delete memory");
    uint8_t* at;
    if (view.dimensions == 0) {
        if (!(is_tuple(key) && key.as<Tuple>().size == 0) && !is_ellipsis(key))
            return raise(thread, exc::TypeError, "invalid indexing of 0-dim memory");
        at = view.data;
    } else if (is_slice(key)) {
        if (view.dimensions != 1)
            return raise(thread, exc::NotImplementedError,
                         "memoryview slice assignments are currently restricted to ndim = 1");
        SliceRange range;
        TRY(slice_unpack(thread, key.as<Slice>(), range));
        Pin pin(thread, view);
        TRY(pin.taken());
        return assign_slice(thread, view, range, value);
    } else if (has_index(key) || is_index_tuple(key)) {
        at = locate(thread, view, key);
        if (!at) return false;
    } else if (is_slice_tuple(key)) {
        return raise(thread, exc::NotImplementedError,
                     "memoryview slice assignments are currently restricted to ndim = 1");
    } else {
        return raise(thread, exc::TypeError, "memoryview: invalid slice key");
    }
    uint8_t element[16];
    TRY(pack_element(thread, view.format, element, value));
    // The conversion may have released the view.
    Owned memory = TRY(share_memory(thread, view));
    Lock2 guard(thread, view, *memory.value().object());
    TRY(check_alive(thread, view));
    write_element(at, element, static_cast<size_t>(view.item_size));
    return true;
}

bool memoryview_get_buffer(Thread& thread, Value self, BufferView& out, int flags) {
    MemoryView& view = self.as<MemoryView>();
    TRY(check_unrestricted(thread, view));
    Lock guard(thread, view);
    TRY(check_alive(thread, view));
    if ((flags & kBufferWritable) && view.read_only)
        return raise(thread, exc::BufferError, "memoryview: underlying buffer is not writable");
    BufferView full;
    full.data = view.data;
    full.size = view.size;
    full.item_size = view.item_size;
    full.dimensions = view.dimensions;
    full.shape = view.shape();
    full.strides = view.strides();
    full.suboffsets = view.suboffsets();
    auto wants = [&](int flag) { return (flags & flag) == flag; };
    if (wants(kBufferCContiguous) && !is_contiguous(full, 'C'))
        return raise(thread, exc::BufferError, "memoryview: underlying buffer is not C-contiguous");
    if (wants(kBufferFContiguous) && !is_contiguous(full, 'F'))
        return raise(thread, exc::BufferError,
                     "memoryview: underlying buffer is not Fortran contiguous");
    if (wants(kBufferAnyContiguous) && !is_contiguous(full, 'A'))
        return raise(thread, exc::BufferError, "memoryview: underlying buffer is not contiguous");
    if (!wants(kBufferIndirect) && full.suboffsets)
        return raise(thread, exc::BufferError, "memoryview: underlying buffer requires suboffsets");
    if (!wants(kBufferStrides)) {
        if (!is_contiguous(full, 'C'))
            return raise(thread, exc::BufferError,
                         "memoryview: underlying buffer is not C-contiguous");
        full.strides = nullptr;
    }
    if (!wants(kBufferNd)) {
        if (wants(kBufferFormat))
            return raise(thread, exc::BufferError,
                         "memoryview: cannot cast to unsigned bytes if the format flag is present");
        full.dimensions = 1;
        full.shape = nullptr;
    }
    full.format = wants(kBufferFormat) ? view.format : nullptr;
    full.read_only = view.read_only;
    full.owner = Owned::share(self);
    out = std::move(full);
    view.exports++;
    return true;
}

namespace {

void view_release_buffer(Thread& thread, Value self, BufferView&) {
    release_memoryview_export(thread, self.as<MemoryView>());
}

Owned view_repr(Thread& thread, Value self) {
    char text[64];
    snprintf(text, sizeof text, "<%smemory at %p>",
             self.as<MemoryView>().released.load(std::memory_order_relaxed) ? "released " : "",
             static_cast<void*>(self.object()));
    return make_str(thread, text);
}

Result<Index> view_length(Thread& thread, Value self) {
    MemoryView& view = self.as<MemoryView>();
    TRY(check_alive(thread, view));
    if (view.dimensions == 0) return raise(thread, exc::TypeError, "0-dim memory has no length");
    return view.shape()[0];
}

Owned view_item(Thread& thread, Value self, Index index) {
    return memoryview_subscript(thread, self, Value::small_int(index));
}

Owned view_make(Thread& thread, Type&, const Arguments& arguments) {
    Value object;
    TRY(bind_arguments(thread, "memoryview", "(object)", arguments, &object, 1));
    return make_memoryview(thread, object);
}

}  // namespace

Type managed_buffer_type;
const TypeSpec managed_buffer_type_spec = {
    .name = "managedbuffer",
    .size = sizeof(ManagedBuffer),
    .flags = kTypeTracked | kTypeNoInstantiate | kTypeHasFinalizer,
    .slots = {.finalize = managed_finalize, .fields = managed_fields},
};

Type memoryview_type;
const TypeSpec memoryview_type_spec = {
    .name = "memoryview",
    .doc = "A window on the memory of an object that exports its buffer.",
    .size = sizeof(MemoryView),
    .flags = kTypeTracked | kTypeSequence | kTypeHasWeakrefs,
    .slots = {.repr = view_repr,
              .hash = memoryview_hash,
              .compare = memoryview_compare,
              .iter = memoryview_iterate,
              .make = view_make,
              .fields = view_fields,
              .release = view_release,
              .sequence_length = view_length,
              .item = view_item,
              .length = view_length,
              .subscript = memoryview_subscript,
              .assign_subscript = memoryview_assign,
              .get_buffer = memoryview_get_buffer,
              .release_buffer = view_release_buffer},
    .methods = memoryview_rows,
    .getsets = memoryview_getsets,
    .signature = "(object)",
};

}  // namespace imugi
