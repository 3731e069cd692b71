// The bytes type. Immutable: no locks; the hash is cached (racing writers store the same).
#include "object/bytes.h"

#include "memory/collector.h"
#include "memory/heap.h"
#include "object/bytes_rows.h"
#include "object/ordering.h"
#include "object/text_hash.h"

namespace imugi {

namespace {

struct StaticBytes {
    Bytes bytes;
    uint8_t tail[8];
};
// The empty bytes and the 256 single ones: immortal.
struct StaticBytesTable {
    StaticBytes empty;
    StaticBytes single[256];

    StaticBytesTable() {
        prepare(empty, 0, 0);
        for (unsigned c = 0; c < 256; c++) prepare(single[c], 1, c);
    }
    static void prepare(StaticBytes& b, size_t size, unsigned c) {
        b.bytes.shape_index.store(k_bytes_shape, std::memory_order_relaxed);
        b.bytes.cached_hash.store(0, std::memory_order_relaxed);
        b.bytes.size = size;
        memset(b.tail, 0, sizeof b.tail);
        b.tail[0] = static_cast<uint8_t>(c);
    }
};
StaticBytesTable static_bytes;

}  // namespace

Ref<Bytes> empty_bytes() {
    return Ref<Bytes>::share(static_bytes.empty.bytes);
}

Ref<Bytes> make_byte(Thread&, uint8_t byte) {
    return Ref<Bytes>::share(static_bytes.single[byte].bytes);
}

Ref<Bytes> make_bytes_blank(Thread& thread, size_t size, bool zeroed) {
    if (size == 0) return empty_bytes();
    if (size > PTRDIFF_MAX - 4096) return raise_memory_error(thread);
    size_t fields = sizeof(Bytes) - sizeof(Object);
    auto* bytes = static_cast<Bytes*>(
        heap_allocate(thread, sizeof(Bytes) + size + 1, k_bytes_shape, zeroed ? SIZE_MAX : fields));
    if (!bytes) return raise_memory_error(thread);
    bytes->size = size;
    if (!zeroed) bytes_blank_data(*bytes)[size] = 0;
    return Ref<Bytes>::adopt(bytes);
}

Ref<Bytes> make_bytes(Thread& thread, const void* data, size_t size) {
    if (size == 0) return empty_bytes();
    if (size == 1) return make_byte(thread, *static_cast<const uint8_t*>(data));
    Ref<Bytes> bytes = TRY(make_bytes_blank(thread, size, false));
    memcpy(bytes_blank_data(*bytes), data, size);
    return bytes;
}

Ref<Bytes> bytes_truncate(Thread& thread, Ref<Bytes> bytes, size_t size) {
    if (size == bytes->size) return bytes;
    // Much shorter: the memory is worth a copy.
    if (size < 2 || size < bytes->size / 2) return make_bytes(thread, bytes->data(), size);
    bytes->size = size;
    bytes_blank_data(*bytes)[size] = 0;
    return bytes;
}

int64_t bytes_hash(const Bytes& b) {
    int64_t hash = b.cached_hash.load(std::memory_order_relaxed);
    if (hash != 0) return hash;
    hash = hash_text(b.data(), b.size);
    const_cast<Bytes&>(b).cached_hash.store(hash, std::memory_order_relaxed);
    return hash;
}

Owned make_like(Thread& thread, const Bytes*, const void* data, size_t size) {
    return data ? make_bytes(thread, data, size) : make_bytes_blank(thread, size);
}

Owned unchanged(Thread& thread, Bytes& self, ByteSpan span) {
    if (is_exact_bytes(Value::of(self))) return Owned::share(self);
    return make_bytes(thread, span.data, span.size);
}

namespace {

Owned slot_repr(Thread& thread, Value self) {
    Bytes& bytes = self.as<Bytes>();
    return bytes_repr(thread, bytes.data(), bytes.size);
}

Owned slot_str(Thread& thread, Value self) {
    TRY(warn_bytes(thread, "str() on a bytes instance"));
    return slot_repr(thread, self);
}

Result<int64_t> slot_hash(Thread&, Value self) {
    return bytes_hash(self.as<Bytes>());
}

Owned slot_compare(Thread& thread, Value self, Value other, CompareOp op) {
    if (!is_bytes(other)) {
        if (op == CompareOp::kEq || op == CompareOp::kNe) {
            if (is_str(other)) TRY(warn_bytes(thread, "Comparison between bytes and string"));
            if (is_int(other)) TRY(warn_bytes(thread, "Comparison between bytes and int"));
        }
        return Owned::share(not_implemented());
    }
    Bytes& a = self.as<Bytes>();
    Bytes& b = other.as<Bytes>();
    if (a.size != b.size && (op == CompareOp::kEq || op == CompareOp::kNe))
        return Owned::share(boolean(op == CompareOp::kNe));
    size_t least = a.size < b.size ? a.size : b.size;
    int order = &a == &b ? 0 : memcmp(a.data(), b.data(), least);
    if (order == 0) order = a.size < b.size ? -1 : a.size > b.size;
    return Owned::share(boolean(holds(op, order, 0)));
}

Result<Index> slot_length(Thread&, Value self) {
    return static_cast<Index>(self.as<Bytes>().size);
}

bool slot_get_buffer(Thread& thread, Value self, BufferView& view, int flags) {
    Bytes& bytes = self.as<Bytes>();
    return fill_buffer(thread, view, self, const_cast<uint8_t*>(bytes.data()), bytes.size, true,
                       flags);
}

Owned slot_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value bound[3];
    TRY(bind_arguments(thread, "bytes",
                       "(source=<unrepresentable>, encoding=<unrepresentable>, "
                       "errors=<unrepresentable>)",
                       arguments, bound, 3));
    Ref<Bytes> bytes = TRY(bytes_from_arguments(thread, "bytes", bound[0], bound[1], bound[2]));
    if (&type == &bytes_type) return std::move(bytes);
    auto* made = allocate<Bytes>(thread, type, bytes->size + 1);
    if (!made) return {};
    made->size = bytes->size;
    memcpy(bytes_blank_data(*made), bytes->data(), bytes->size);
    if (type.has(kTypeTracked)) track(made);
    return Owned::adopt(made);
}

Owned bytes_dunder_bytes(Thread& thread, Bytes& self) {
    return unchanged(thread, self, {self.data(), self.size});
}

Owned bytes_getnewargs(Thread& thread, Bytes& self) {
    Ref<Bytes> copy = TRY(make_bytes(thread, self.data(), self.size));
    return make_tuple(thread, copy);
}

constexpr MethodRow own_rows[] = {
    {"__bytes__", "(self, /)", fn<bytes_dunder_bytes>, "The object as exact bytes."},
    {"__getnewargs__", "(self, /)", fn<bytes_getnewargs>},
};
constexpr auto rows = with_byte_rows<Bytes>(own_rows);

}  // namespace

Type bytes_type;
const TypeSpec bytes_type_spec = {
    .name = "bytes",
    .doc =
        "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\n"
        "bytes(bytes_or_buffer) -> a copy\nbytes(int) -> that many zero bytes\n"
        "bytes() -> no bytes\n\nAn immutable sequence of bytes.",
    .size = sizeof(Bytes),
    .item_size = 1,
    .flags = kTypeBase | kTypeIsBytes | kTypeMatchSelf | kTypeDisallowedSubclassLayout,
    .slots = {.repr = slot_repr,
              .str = slot_str,
              .hash = slot_hash,
              .compare = slot_compare,
              .iter = bytes_iterate,
              .make = slot_make,
              .remainder = ByteMethods<Bytes>::remainder,
              .sequence_length = slot_length,
              .concat = ByteMethods<Bytes>::concat,
              .repeat = ByteMethods<Bytes>::repeat,
              .item = ByteMethods<Bytes>::subscript_item,
              .contains = ByteMethods<Bytes>::contains,
              .length = slot_length,
              .subscript = ByteMethods<Bytes>::subscript,
              .get_buffer = slot_get_buffer},
    .methods = rows.rows,
};

}  // namespace imugi
