// Methods, attributes, comparison, hash and iteration of memoryview. Operations over the memory
// hold a Pin.
#include "object/memoryview_methods.h"
#include "object/codecs.h"

#include "memory/collector.h"
#include "memory/heap.h"
#include "object/bytes_methods.h"
#include "object/generic_alias.h"
#include "object/int.h"
#include "object/iterators.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/struct_format.h"
#include "object/text_hash.h"
#include "object/text_slice.h"
#include "object/tuple.h"
#include "thread/safepoint.h"

namespace imugi {

namespace {

BufferView buffer_of(MemoryView& view) {
    BufferView buffer;
    buffer.data = view.data;
    buffer.size = view.size;
    buffer.item_size = view.item_size;
    buffer.dimensions = view.dimensions;
    buffer.shape = view.shape();
    buffer.strides = view.strides();
    buffer.suboffsets = view.suboffsets();
    buffer.format = view.format;
    return buffer;
}

bool copy_out(Thread& thread, MemoryView& view, uint8_t* out, char order) {
    BufferView buffer = buffer_of(view);
    buffer.owner = Owned::share(view);
    return copy_buffer(thread, buffer, out, order);
}

// --- attributes ---

template <Owned (*get)(Thread&, MemoryView&)>
Owned attribute(Thread& thread, Value self) {
    MemoryView& view = self.as<MemoryView>();
    TRY(check_alive(thread, view));
    return get(thread, view);
}

Owned get_obj(Thread&, MemoryView& view) {
    ManagedBuffer& managed = view.managed.as<ManagedBuffer>();
    if (!managed.buffer.owner) return Owned::share(none());
    return managed.buffer.owner.share();
}
Owned get_nbytes(Thread& thread, MemoryView& view) {
    return make_int(thread, view.size);
}
Owned get_itemsize(Thread& thread, MemoryView& view) {
    return make_int(thread, view.item_size);
}
Owned get_format(Thread& thread, MemoryView& view) {
    return make_str(thread, view.format);
}
Owned get_ndim(Thread& thread, MemoryView& view) {
    return make_int(thread, view.dimensions);
}
Owned get_readonly(Thread&, MemoryView& view) {
    return Owned::share(boolean(view.read_only));
}
Owned index_tuple(Thread& thread, const Index* numbers, int count) {
    if (!numbers) return empty_tuple();
    Ref<Tuple> tuple = TRY(make_tuple_blank(thread, static_cast<size_t>(count)));
    for (int i = 0; i < count; i++) tuple->items[i].init(TRY(make_int(thread, numbers[i])));
    track(tuple.get());
    return tuple;
}
Owned get_shape(Thread& thread, MemoryView& view) {
    return index_tuple(thread, view.shape(), view.dimensions);
}
Owned get_strides(Thread& thread, MemoryView& view) {
    return index_tuple(thread, view.dimensions ? view.strides() : nullptr, view.dimensions);
}
Owned get_suboffsets(Thread& thread, MemoryView& view) {
    return index_tuple(thread, view.suboffsets(), view.dimensions);
}
Owned get_c_contiguous(Thread&, MemoryView& view) {
    return Owned::share(boolean(is_contiguous(buffer_of(view), 'C')));
}
Owned get_f_contiguous(Thread&, MemoryView& view) {
    return Owned::share(boolean(is_contiguous(buffer_of(view), 'F')));
}
Owned get_contiguous(Thread&, MemoryView& view) {
    return Owned::share(boolean(is_contiguous(buffer_of(view), 'A')));
}

// --- conversions ---

Owned list_of(Thread& thread, MemoryView& view, const uint8_t* at, int dimension) {
    if (dimension == view.dimensions) return read_element(thread, view, at);
    Index count = view.shape()[dimension];
    Ref<List> list = TRY(make_list(thread, static_cast<size_t>(count)));
    for (Index i = 0; i < count; i++) {
        const uint8_t* item = at + i * view.strides()[dimension];
        if (view.own_suboffsets && view.suboffsets()[dimension] >= 0)
            item = *reinterpret_cast<uint8_t* const*>(item) + view.suboffsets()[dimension];
        TRY(list_append(thread, *list, TRY(list_of(thread, view, item, dimension + 1))));
    }
    return std::move(list);
}

Owned tolist(Thread& thread, MemoryView& view) {
    Pin pin(thread, view);
    TRY(pin.taken());
    if (native_code(view.format) == 0)
        return raise(thread, exc::NotImplementedError, "memoryview: unsupported format {}",
                     view.format);
    return list_of(thread, view, view.data, 0);
}

Owned tobytes(Thread& thread, MemoryView& view, Value order) {
    char code = 'C';
    if (is_str(order)) {
        Str& text = order.as<Str>();
        if (!name_text(thread, text)) return {};
        uint32_t c = text.length() == 1 ? text[0] : 0;
        if (c != 'C' && c != 'F' && c != 'A')
            return raise(thread, exc::ValueError, "order must be 'C', 'F' or 'A'");
        code = static_cast<char>(c);
    } else if (!is_none(order)) {
        return raise(thread, exc::TypeError,
                     "tobytes() argument 'order' must be str or None, not {}", type_name_of(order));
    }
    Pin pin(thread, view);
    TRY(pin.taken());
    Ref<Bytes> bytes = TRY(make_bytes_blank(thread, static_cast<size_t>(view.size)));
    TRY(copy_out(thread, view, bytes_blank_data(*bytes), code));
    return make_bytes(thread, bytes->data(), bytes->size);
}

Owned hex(Thread& thread, MemoryView& view, Value separator, int group) {
    Pin pin(thread, view);
    TRY(pin.taken());
    Ref<Bytes> bytes = TRY(make_bytes_blank(thread, static_cast<size_t>(view.size)));
    TRY(copy_out(thread, view, bytes_blank_data(*bytes), 'C'));
    return bytes_hex(thread, {bytes->data(), bytes->size}, separator, group);
}

Owned toreadonly(Thread& thread, MemoryView& view) {
    Pin pin(thread, view);
    TRY(pin.taken());
    Owned copy = TRY(view_copy(thread, view));
    copy.as<MemoryView>().read_only = true;
    return copy;
}

// --- cast ---

// Static text of a native format, so that views need not own it.
const char* static_format(char code, bool marked) {
    static constexpr char codes[] = "?cbBhHiIlLqQnNPefd";
    static constexpr char plain[] = "?\0c\0b\0B\0h\0H\0i\0I\0l\0L\0q\0Q\0n\0N\0P\0e\0f\0d";
    static constexpr char with_mark[] =
        "@?\0@c\0@b\0@B\0@h\0@H\0@i\0@I\0@l\0@L\0@q\0@Q\0@n\0@N\0@P\0@e\0@f\0@d";
    auto at = static_cast<size_t>(strchr(codes, code) - codes);
    return marked ? with_mark + 3 * at : plain + 2 * at;
}

bool is_byte_code(char code) {
    return code == 'b' || code == 'B' || code == 'c';
}

// The shape argument into numbers; false with an exception.
bool read_shape(Thread& thread, Value shape, Index* out, int* count) {
    Ref<Tuple> items;
    if (is_tuple(shape))
        items = Ref<Tuple>::share(shape.as<Tuple>());
    else if (is_list(shape))
        items = TRY(list_to_tuple(thread, shape.as<List>()));
    else
        return raise(thread, exc::TypeError, "shape must be a list or a tuple");
    if (items->size > kMostDimensions)
        return raise(thread, exc::ValueError,
                     "memoryview: number of dimensions must not exceed 64");
    for (size_t i = 0; i < items->size; i++) {
        if (!is_int((*items)[i]))
            return raise(thread, exc::TypeError,
                         "memoryview.cast(): elements of shape must be integers");
        int64_t n;
        if (!int_fits_int64((*items)[i], &n))
            return raise(thread, exc::OverflowError,
                         "Python int too large to convert to C ssize_t");
        if (n <= 0)
            return raise(thread, exc::ValueError,
                         "memoryview.cast(): elements of shape must be integers > 0");
        out[i] = n;
    }
    *count = static_cast<int>(items->size);
    return true;
}

Owned cast(Thread& thread, MemoryView& view, Value format, Value shape) {
    TRY(check_alive(thread, view));
    if (!is_str(format))
        return raise(thread, exc::TypeError, "cast() argument 'format' must be str, not {}",
                     is_none(format) ? FormatArgument("None") : type_name_of(format));
    const char* text = str_utf8(thread, format.as<Str>());
    if (!text) return {};
    BufferView buffer = buffer_of(view);
    if (!is_contiguous(buffer, 'C'))
        return raise(thread, exc::TypeError,
                     "memoryview: casts are restricted to C-contiguous views");
    Index wanted[kMostDimensions];
    int count = 1;
    bool shaped = shape && !is_none(shape);
    if (shaped || view.dimensions != 1)
        for (int i = 0; i < view.dimensions; i++)
            if (view.shape()[i] == 0)
                return raise(thread, exc::TypeError,
                             "memoryview: cannot cast view with zeros in shape or strides");
    if (shaped) {
        TRY(read_shape(thread, shape, wanted, &count));
        if (view.dimensions != 1 && count != 1)
            return raise(thread, exc::TypeError, "memoryview: cast must be 1D -> ND or ND -> 1D");
    }
    char from = native_code(view.format), to = native_code(text);
    if (from == 0)
        return raise(thread, exc::ValueError,
                     "memoryview: source format must be a native single character format prefixed "
                     "with an optional '@'");
    if (to == 0)
        return raise(thread, exc::ValueError,
                     "memoryview: destination format must be a native single character format "
                     "prefixed with an optional '@'");
    if (!is_byte_code(from) && !is_byte_code(to))
        return raise(thread, exc::TypeError,
                     "memoryview: cannot cast between two non-byte formats");
    auto width = static_cast<Index>(native_size(to));
    if (view.size % width != 0)
        return raise(thread, exc::TypeError, "memoryview: length is not a multiple of itemsize");
    if (!shaped) {
        wanted[0] = view.size / width;
    } else {
        Index total = width;
        for (int i = 0; i < count; i++)
            if (__builtin_mul_overflow(total, wanted[i], &total))
                return raise(thread, exc::ValueError,
                             "memoryview.cast(): product(shape) > SSIZE_MAX");
        if (total != view.size)
            return raise(thread, exc::TypeError,
                         "memoryview: product(shape) * itemsize != buffer size");
    }
    Pin pin(thread, view);
    TRY(pin.taken());
    MemoryView* made = view_reshaped(thread, view, count);
    if (!made) return {};
    made->format = static_format(to, *text == '@');
    made->item_size = width;
    Index step = width;
    for (int i = count - 1; i >= 0; i--) {
        made->shape()[i] = wanted[i];
        made->strides()[i] = step;
        step *= wanted[i];
    }
    track(made);
    return Owned::adopt(made);
}

// --- searching (3.14) ---

Result<Index> index_of(Thread& thread, MemoryView& view, Value value, Value start, Value stop) {
    TRY(check_alive(thread, view));
    if (view.dimensions == 0)
        return raise(thread, exc::TypeError, "invalid lookup on 0-dim memory");
    if (view.dimensions != 1)
        return raise(thread, exc::NotImplementedError,
                     "multi-dimensional lookup is not implemented");
    Index begin, end;
    TRY(resolve_bounds(thread, start, stop, static_cast<size_t>(view.shape()[0]), &begin, &end));
    for (Index i = begin; i < end; i++) {
        Owned item = TRY(memoryview_item(thread, view, i));
        if (TRY(equals(thread, item, value))) return i;
    }
    return raise(thread, exc::ValueError, "memoryview.index(x): x not found");
}

Result<Index> count_of(Thread& thread, MemoryView& view, Value value) {
    TRY(check_alive(thread, view));
    if (view.dimensions != 1)
        return raise(thread, view.dimensions == 0 ? exc::TypeError : exc::NotImplementedError,
                     view.dimensions == 0 ? "invalid lookup on 0-dim memory"
                                          : "multi-dimensional sub-views are not implemented");
    Index count = 0;
    for (Index i = 0; i < view.shape()[0]; i++) {
        Owned item = TRY(memoryview_item(thread, view, i));
        count += TRY(equals(thread, item, value));
    }
    return count;
}

// --- life ---

bool release(Thread& thread, MemoryView& view) {
    return release_memoryview(thread, view);
}
Owned enter(Thread& thread, MemoryView& view) {
    TRY(check_alive(thread, view));
    return Owned::share(view);
}
bool exit(Thread& thread, MemoryView& view, Args) {
    return release_memoryview(thread, view);
}
Owned from_flags(Thread& thread, Type&, Value object, int flags) {
    return make_memoryview_flags(thread, object, flags);
}

Owned class_getitem(Thread& thread, Type& type, Value item) {
    return make_generic_alias(thread, Value::of(type), item);
}

}  // namespace

// --- comparison and hash ---

namespace {

// Whether two elements are equal; `same_native` formats are compared as values of that code.
class ElementCompare {
  public:
    explicit ElementCompare(Thread& thread) : thread_(thread) {}
    // False with an exception only when memory is short; `possible` tells whether the formats are
    // understood.
    bool prepare(MemoryView& a, MemoryView& b, bool* possible) {
        left_format_ = a.format;
        right_format_ = b.format;
        native_ = native_code(a.format) && native_code(b.format);
        bytes_equal_ = native_ && native_code(a.format) == native_code(b.format) &&
                       !strchr("efd", native_code(a.format));
        width_ = static_cast<size_t>(a.item_size);
        right_width_ = static_cast<size_t>(b.item_size);
        copied_ = width_ <= kMostCopied && right_width_ <= kMostCopied;
        left_memory_ = &memory_of(a);
        right_memory_ = &memory_of(b);
        *possible = true;
        if (native_) return true;
        if (left_.compile(thread_, a.format, exc::ValueError) &&
            right_.compile(thread_, b.format, exc::ValueError)) {
            *possible = left_.size() == a.item_size && right_.size() == b.item_size;
            return true;
        }
        *possible = false;
        return clear_exception_if(thread_, exc::ValueError);
    }
    Result<bool> equal(const uint8_t* a, const uint8_t* b) {
        uint8_t left[kMostCopied], right[kMostCopied];
        if (copied_) {
            Lock2 guard(thread_, *left_memory_, *right_memory_);
            if (bytes_equal_) return memcmp(a, b, width_) == 0;
            memcpy(left, a, width_);
            memcpy(right, b, right_width_);
            a = left;
            b = right;
        }
        Owned x = TRY(native_ ? unpack_element(thread_, left_format_, a)
                              : Owned(left_.unpack(thread_, a)));
        Owned y = TRY(native_ ? unpack_element(thread_, right_format_, b)
                              : Owned(right_.unpack(thread_, b)));
        // Not identity: a NaN is not equal to itself.
        Owned result = TRY(compare(thread_, x, y, CompareOp::kEq));
        return is_true(thread_, result);
    }
    Thread& thread() { return thread_; }

  private:
    Thread& thread_;
    const char* left_format_;
    const char* right_format_;
    StructLayout left_, right_;
    static constexpr size_t kMostCopied = 64;
    bool native_, bytes_equal_;
    bool copied_;  // elements are small enough to be copied before they are looked at
    size_t width_, right_width_;
    Object *left_memory_, *right_memory_;
};

Result<bool> equal_dimension(ElementCompare& elements, MemoryView& a, const uint8_t* left,
                             MemoryView& b, const uint8_t* right, int dimension) {
    if (dimension == a.dimensions) return elements.equal(left, right);
    auto step = [](MemoryView& v, const uint8_t* at, Index i, int d) {
        at += i * v.strides()[d];
        if (v.own_suboffsets && v.suboffsets()[d] >= 0)
            at = *reinterpret_cast<uint8_t* const*>(at) + v.suboffsets()[d];
        return at;
    };
    for (Index i = 0; i < a.shape()[dimension]; i++) {
        TRY(poll_step(elements.thread(), static_cast<size_t>(i)));
        bool same_here = TRY(equal_dimension(elements, a, step(a, left, i, dimension), b,
                                             step(b, right, i, dimension), dimension + 1));
        if (!same_here) return false;
    }
    return true;
}

Result<bool> views_equal(Thread& thread, MemoryView& a, MemoryView& b) {
    if (a.dimensions != b.dimensions) return false;
    for (int i = 0; i < a.dimensions; i++) {
        if (a.shape()[i] != b.shape()[i]) return false;
        if (a.shape()[i] == 0) return true;
    }
    ElementCompare elements(thread);
    bool possible;
    TRY(elements.prepare(a, b, &possible));
    if (!possible) return false;
    return equal_dimension(elements, a, a.data, b, b.data, 0);
}

}  // namespace

Owned memoryview_compare(Thread& thread, Value self, Value other, CompareOp op) {
    if (op != CompareOp::kEq && op != CompareOp::kNe) return Owned::share(not_implemented());
    bool negate = op == CompareOp::kNe;
    MemoryView& view = self.as<MemoryView>();
    if (view.released.load(std::memory_order_relaxed) ||
        (has_shape(other, k_memoryview_shape) &&
         other.as<MemoryView>().released.load(std::memory_order_relaxed)))
        return Owned::share(boolean(same(self, other) != negate));
    if (!has_buffer(other)) return Owned::share(not_implemented());
    Owned second = make_memoryview(thread, other);
    if (!second) {
        clear_exception(thread);
        return Owned::share(not_implemented());
    }
    Pin pin(thread, view);
    if (!pin.taken()) return {};
    bool equal = TRY(views_equal(thread, view, second.as<MemoryView>()));
    return Owned::share(boolean(equal != negate));
}

Result<int64_t> memoryview_hash(Thread& thread, Value self) {
    MemoryView& view = self.as<MemoryView>();
    int64_t cached = view.cached_hash.load(std::memory_order_relaxed);
    if (cached != 0) return cached;
    TRY(check_alive(thread, view));
    if (!view.read_only)
        return raise(thread, exc::ValueError, "cannot hash writable memoryview object");
    if (!is_byte_code(native_code(view.format)))
        return raise(thread, exc::ValueError,
                     "memoryview: hashing is restricted to formats 'B', 'b' or 'c'");
    Pin pin(thread, view);
    TRY(pin.taken());
    // An exporter that cannot be hashed may change after all.
    Value owner = view.managed.as<ManagedBuffer>().buffer.owner;
    if (owner) TRY(hash(thread, owner));
    Ref<Bytes> bytes = TRY(make_bytes_blank(thread, static_cast<size_t>(view.size)));
    TRY(copy_out(thread, view, bytes_blank_data(*bytes), 'C'));
    int64_t result = hash_text(bytes->data(), bytes->size);
    view.cached_hash.store(result, std::memory_order_relaxed);
    return result;
}

// --- iteration ---

struct MemoryViewIterator : Object {
    std::atomic<Index> position;  // advanced by compare-and-swap; -1 at the end
    Slot view;                    // immutable
};

namespace {

Owned iterator_next(Thread& thread, Value self) {
    auto& iterator = self.as<MemoryViewIterator>();
    MemoryView& view = iterator.view.as<MemoryView>();
    Index at = iterator.position.load(std::memory_order_relaxed);
    for (;;) {
        if (at < 0) return Owned::nothing();
        TRY(check_alive(thread, view));
        bool end = at >= view.shape()[0];
        if (!iterator.position.compare_exchange_weak(at, end ? -1 : at + 1,
                                                     std::memory_order_relaxed))
            continue;
        return end ? Owned::nothing() : memoryview_item(thread, view, at);
    }
}
void iterator_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<MemoryViewIterator*>(self)->view);
}

}  // namespace

Type memoryview_iterator_type;
const TypeSpec memoryview_iterator_type_spec = {
    .name = "memory_iterator",
    .size = sizeof(MemoryViewIterator),
    .flags = kTypeTracked,
    .slots = {.iter = iterator_self, .next = iterator_next, .fields = iterator_fields},
};

Owned memoryview_iterate(Thread& thread, Value self) {
    MemoryView& view = self.as<MemoryView>();
    TRY(check_alive(thread, view));
    if (view.dimensions == 0)
        return raise(thread, exc::TypeError, "invalid indexing of 0-dim memory");
    if (view.dimensions != 1)
        return raise(thread, exc::NotImplementedError,
                     "multi-dimensional sub-views are not implemented");
    if (native_code(view.format) == 0)
        return raise(thread, exc::NotImplementedError, "memoryview: format {} not supported",
                     view.format);
    auto* iterator = allocate<MemoryViewIterator>(thread, memoryview_iterator_type);
    if (!iterator) return {};
    iterator->view.init(Owned::share(self));
    track(iterator);
    return Owned::adopt(iterator);
}

const MethodRow memoryview_rows[] = {
    {"__class_getitem__", "(type, item, /)", fn<class_getitem>, "See PEP 585", kMethodClass},
    {"__enter__", "(self, /)", fn<enter>, "The view itself."},
    {"__exit__", "(self, /, *exc_info)", fn<exit>, "Releases the view."},
    {"_from_flags", "(type, /, object, flags)", fn<from_flags>,
     "A view from a request with the given flags.", kMethodClass},
    {"cast", "(self, /, format, shape=<unrepresentable>)", fn<cast>,
     "The same memory with another format, or another shape."},
    {"count", "(self, value, /)", fn<count_of>, "Number of elements equal to value."},
    {"hex", "(self, /, sep=<unrepresentable>, bytes_per_sep=1)", fn<hex>,
     "Hexadecimal digits of the bytes; sep stands between groups of bytes_per_sep."},
    {"index", "(self, value, start=0, stop=sys.maxsize, /)", fn<index_of>,
     "Index of the first element equal to value. ValueError when there is none."},
    {"release", "(self, /)", fn<release>, "Gives the memory back to its object."},
    {"tobytes", "(self, /, order='C')", fn<tobytes>,
     "A copy as bytes, in order 'C', 'F', or 'A': as it lies if contiguous, else 'C'."},
    {"tolist", "(self, /)", fn<tolist>, "The elements as a list, nested by dimension."},
    {"toreadonly", "(self, /)", fn<toreadonly>, "A read-only view of the same memory."},
    {},
};

const GetSetRow memoryview_getsets[] = {
    {"obj", attribute<get_obj>, nullptr, "The object whose memory it is."},
    {"nbytes", attribute<get_nbytes>, nullptr, "Bytes that tobytes() gives."},
    {"readonly", attribute<get_readonly>, nullptr, "Whether the memory is read-only."},
    {"itemsize", attribute<get_itemsize>, nullptr, "Bytes of one element."},
    {"format", attribute<get_format>, nullptr, "Format of an element, as struct has it."},
    {"ndim", attribute<get_ndim>, nullptr, "Number of dimensions."},
    {"shape", attribute<get_shape>, nullptr, "Elements in each dimension."},
    {"strides", attribute<get_strides>, nullptr,
     "Bytes from one element to the next, by dimension."},
    {"suboffsets", attribute<get_suboffsets>, nullptr, "Offsets behind pointers, by dimension."},
    {"c_contiguous", attribute<get_c_contiguous>, nullptr, "Whether the memory is C-contiguous."},
    {"f_contiguous", attribute<get_f_contiguous>, nullptr,
     "Whether the memory is Fortran-contiguous."},
    {"contiguous", attribute<get_contiguous>, nullptr, "Whether the memory is contiguous."},
    {},
};

}  // namespace imugi
