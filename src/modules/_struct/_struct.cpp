// The _struct module: Struct objects and the functions over them; the packing language itself is
// object/struct_format.h.
//
// A Struct's layout is set once, under its Lock, and published by `ready`. The module's functions
// keep compiled formats in a dict, which guards itself.
#include "memory/verify.h"
#include "object/struct_format.h"

#include "memory/collector.h"
#include "memory/heap.h"
#include "modules/native_class.h"
#include "object/buffer.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/iterators.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi {

namespace {

NativeException error_class("struct.error", exc::Exception);

struct Struct : Object {
    StructLayout layout;  // set once
    std::atomic<bool> ready;
    Slot format;  // Str
};

extern NativeClass struct_class;

Raised raise_error(Thread& thread, const char* message) {
    return raise(thread, error_class.type(thread), "{}", message);
}

// --- making ---

Ref<Str> format_text(Thread& thread, Value format) {
    if (is_str(format)) {
        Str& s = format.as<Str>();
        if (!s.is_ascii()) {
            Ref<Bytes> encoded = Ref<Bytes>::adopt(str_encode(thread, s, "ascii", nullptr));
            if (!encoded) return {};
        }
        return exact_str(thread, s);
    }
    if (is_bytes(format)) {
        Bytes& bytes = format.as<Bytes>();
        return make_str_from_units(thread, bytes.data(), 1, bytes.size);
    }
    return raise(thread, exc::TypeError,
                 "Struct() argument 1 must be a str or bytes object, not {}",
                 type_name(type_of(format)));
}

bool initialise(Thread& thread, Struct& self, Value format) {
    Ref<Str> text = TRY(format_text(thread, format));
    size_t size;
    const char* chars = str_utf8(thread, *text, &size);
    if (!chars) return false;
    if (strlen(chars) != size) return raise_error(thread, "embedded null character");
    StructLayout layout;
    TRY(layout.compile(thread, chars, error_class.type(thread)));
    Lock guard(thread, self);
    if (self.ready.load(std::memory_order_relaxed)) return true;
    self.layout = std::move(layout);
    self.format.init(std::move(text));
    self.ready.store(true, std::memory_order_release);
    return true;
}

Owned make_struct(Thread& thread, Type& type, Value format) {
    auto* self = allocate<Struct>(thread, type);
    if (!self) return {};
    Ref<Struct> result = Ref<Struct>::adopt(self);
    new (&self->layout) StructLayout();
    if (type.has(kTypeTracked)) track(self);
    if (format) TRY(initialise(thread, *self, format));
    return std::move(result);
}

Owned slot_make(Thread& thread, Type& type, const Arguments& arguments) {
    if (&type != struct_class.get(thread)) return make_struct(thread, type, Value());
    Value format;
    TRY(bind_arguments(thread, "Struct", "(format)", arguments, &format, 1));
    return make_struct(thread, type, format);
}
bool slot_init(Thread& thread, Value self, const Arguments& arguments) {
    Value format;
    TRY(bind_arguments(thread, "Struct", "(format)", arguments, &format, 1));
    return initialise(thread, self.as<Struct>(), format);
}

// Acquire: pairs with initialise().
bool check_ready(Thread& thread, Struct& self) {
    if (IMUGI_LIKELY(self.ready.load(std::memory_order_acquire))) return true;
    return raise(thread, exc::RuntimeError, "Struct object is not initialized");
}

void slot_release(Object* self) {
    static_cast<Struct*>(self)->layout.~StructLayout();
}
void slot_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<Struct*>(self)->format);
}

// --- packing ---

Owned pack_values(Thread& thread, Struct& self, const Value* values, size_t count) {
    TRY(check_ready(thread, self));
    if (static_cast<Index>(count) != self.layout.values())
        return raise(thread, error_class.type(thread),
                     "pack expected {} items for packing (got {})", self.layout.values(),
                     static_cast<int64_t>(count));
    auto size = static_cast<size_t>(self.layout.size());
    if (size == 0) return empty_bytes();
    Ref<Bytes> bytes = TRY(make_bytes_blank(thread, size));
    TRY(self.layout.pack(thread, bytes_blank_data(*bytes), values, error_class.type(thread)));
    if (size == 1) return make_byte(thread, bytes->data()[0]);
    return std::move(bytes);
}

bool get_writable(Thread& thread, Buffer& buffer, Value object) {
    if (buffer.get(object, kBufferWritable)) return true;
    clear_exception(thread);
    return raise(thread, exc::TypeError, "argument must be read-write bytes-like object, not {}",
                 type_name_of(object));
}

// Checks offset and room; adjusts a negative offset. `verb` words the errors.
bool check_room(Thread& thread, Struct& self, size_t buffer_size, Index* offset, bool packing) {
    auto size = static_cast<Index>(buffer_size);
    Type& error = error_class.type(thread);
    if (*offset < 0) {
        if (*offset + self.layout.size() > 0)
            return raise(thread, error,
                         packing ? "no space to pack {} bytes at offset {}"
                                 : "not enough data to unpack {} bytes at offset {}",
                         self.layout.size(), *offset);
        if (*offset + size < 0)
            return raise(thread, error, "offset {} out of range for {}-byte buffer", *offset, size);
        *offset += size;
    }
    if (size - *offset < self.layout.size())
        return raise(thread, error,
                     packing ? "pack_into requires a buffer of at least {} bytes for packing {} "
                               "bytes at offset {} (actual buffer size is {})"
                             : "unpack_from requires a buffer of at least {} bytes for unpacking "
                               "{} bytes at offset {} (actual buffer size is {})",
                     static_cast<uint64_t>(self.layout.size()) + static_cast<uint64_t>(*offset),
                     self.layout.size(), *offset, size);
    return true;
}

bool pack_values_into(Thread& thread, Struct& self, const Value* values, size_t count) {
    TRY(check_ready(thread, self));
    if (static_cast<Index>(count) != self.layout.values() + 2) {
        if (count == 0) return raise_error(thread, "pack_into expected buffer argument");
        if (count == 1) return raise_error(thread, "pack_into expected offset argument");
        return raise(thread, error_class.type(thread),
                     "pack_into expected {} items for packing (got {})", self.layout.values(),
                     static_cast<int64_t>(count) - 2);
    }
    Buffer buffer(thread);
    TRY(get_writable(thread, buffer, values[0]));
    Index offset = TRY(to_ssize(thread, values[1]));
    TRY(check_room(thread, self, buffer.size(), &offset, true));
    return self.layout.pack(thread, buffer.data() + offset, values + 2, error_class.type(thread));
}

// --- unpacking ---

Owned unpack_buffer(Thread& thread, Struct& self, Value object) {
    TRY(check_ready(thread, self));
    Buffer buffer(thread);
    TRY(buffer.get(object));
    if (static_cast<Index>(buffer.size()) != self.layout.size())
        return raise(thread, error_class.type(thread), "unpack requires a buffer of {} bytes",
                     self.layout.size());
    return self.layout.unpack(thread, buffer.data());
}

Owned unpack_at(Thread& thread, Struct& self, Value object, Index offset) {
    TRY(check_ready(thread, self));
    Buffer buffer(thread);
    TRY(buffer.get(object));
    TRY(check_room(thread, self, buffer.size(), &offset, false));
    return self.layout.unpack(thread, buffer.data() + offset);
}

// --- iteration ---

struct UnpackIterator : Object {
    Slot owner;   // Struct
    Slot view;    // memoryview of the buffer
    Index index;  // under the Lock
};

void iterator_fields(Object* self, FieldVisitor& visitor) {
    auto& iterator = *static_cast<UnpackIterator*>(self);
    visitor.visit(iterator.owner);
    visitor.visit(iterator.view);
}
Owned iterator_next(Thread& thread, Value self) {
    auto& iterator = self.as<UnpackIterator>();
    Struct& owner = iterator.owner.as<Struct>();
    Buffer buffer(thread);
    TRY(buffer.get(iterator.view.borrow()));
    Index at;
    {
        Lock guard(thread, iterator);
        at = iterator.index;
        if (static_cast<Index>(buffer.size()) - at < owner.layout.size()) return Owned::nothing();
        iterator.index += owner.layout.size();
    }
    return owner.layout.unpack(thread, buffer.data() + at);
}
Owned iterator_hint(Thread& thread, Value self) {
    auto& iterator = self.as<UnpackIterator>();
    Index size = TRY(length(thread, iterator.view.borrow()));
    Lock guard(thread, iterator);
    return Owned::small_int((size - iterator.index) / iterator.owner.as<Struct>().layout.size());
}

const MethodRow iterator_rows[] = {
    {"__length_hint__", "(self, /)", fn<iterator_hint>, "How many are left."},
    {},
};
const TypeSpec iterator_spec = {
    .name = "_struct.unpack_iterator",
    .size = sizeof(UnpackIterator),
    .flags = kTypeNoInstantiate | kTypeTracked,
    .slots = {.iter = iterator_self, .next = iterator_next, .fields = iterator_fields},
    .methods = iterator_rows,
};
NativeClass iterator_class(iterator_spec);

Owned iterate_unpacking(Thread& thread, Struct& self, Value object) {
    TRY(check_ready(thread, self));
    if (self.layout.size() == 0)
        return raise_error(thread, "cannot iteratively unpack with a struct of length 0");
    Buffer buffer(thread);
    TRY(buffer.get(object));
    if (static_cast<Index>(buffer.size()) % self.layout.size() != 0)
        return raise(thread, error_class.type(thread),
                     "iterative unpacking requires a buffer of a multiple of {} bytes",
                     self.layout.size());
    Owned whole = TRY(call(thread, Value::of(&memoryview_type), object));
    Ref<Str> bytes_format = TRY(make_str(thread, "B"));
    Owned view = call_method(thread, whole, ID(cast), bytes_format);
    if (!view) {
        clear_exception(thread);
        view = std::move(whole);
    }
    Type* type = iterator_class.get(thread);
    auto* iterator = type ? allocate<UnpackIterator>(thread, *type) : nullptr;
    if (!iterator) return {};
    iterator->owner.init(Owned::share(self));
    iterator->view.init(std::move(view));
    track(iterator);
    return Owned::adopt(iterator);
}

}  // namespace

IMUGI_NATIVE_CLASS(Struct, struct_class);

namespace {

// --- Struct's methods ---

Owned struct_pack(Thread& thread, Struct& self, Args values) {
    return pack_values(thread, self, values.values, values.count);
}
bool struct_pack_into(Thread& thread, Struct& self, Args values) {
    return pack_values_into(thread, self, values.values, values.count);
}
Owned struct_sizeof(Thread&, Struct& self) {
    return Owned::small_int(static_cast<int64_t>(heap_block_size(&self) + self.layout.memory()));
}
Owned get_format(Thread& thread, Value self) {
    TRY(check_ready(thread, self.as<Struct>()));
    return self.as<Struct>().format.share();
}
Owned get_size(Thread& thread, Value self) {
    TRY(check_ready(thread, self.as<Struct>()));
    return make_int(thread, self.as<Struct>().layout.size());
}
Owned slot_repr(Thread& thread, Value self) {
    Struct& s = self.as<Struct>();
    TRY(check_ready(thread, s));
    return format(thread, "{}({})", type_name(type_of(self)), repr_of(s.format.borrow()));
}

const MethodRow struct_rows[] = {
    {"iter_unpack", "(self, buffer, /)", fn<iterate_unpacking>,
     "An iterator that unpacks one piece of the buffer after the other."},
    {"pack", "(self, /, *values)", fn<struct_pack>, "The values packed into bytes."},
    {"pack_into", "(self, /, *values)", fn<struct_pack_into>,
     "pack_into(buffer, offset, v1, v2, ...): packs the values into a writable buffer."},
    {"unpack", "(self, buffer, /)", fn<unpack_buffer>,
     "A tuple of the values in the buffer, which is of the struct's size."},
    {"unpack_from", "(self, /, buffer, offset=0)", fn<unpack_at>,
     "A tuple of the values in the buffer at the offset."},
    {"__sizeof__", "(self, /)", fn<struct_sizeof>, "Size in memory, in bytes."},
    {},
};
const GetSetRow struct_attributes[] = {
    {"format", get_format, nullptr, "The format."},
    {"size", get_size, nullptr, "Bytes that packing makes."},
    {},
};
const TypeSpec struct_spec = {
    .name = "_struct.Struct",
    .doc = "Struct(fmt) --> compiled struct object",
    .size = sizeof(Struct),
    .flags = kTypeBase | kTypeHasWeakrefs,
    .slots = {.repr = slot_repr,
              .make = slot_make,
              .init = slot_init,
              .fields = slot_fields,
              .release = slot_release},
    .methods = struct_rows,
    .getsets = struct_attributes,
};
NativeClass struct_class(struct_spec);

// --- the module's functions ---

// Structs by format, for the functions of the module; emptied when it gets too large.
constexpr Index kCacheSize = 100;
Slot cache_slot;
KnownSlots known_cache(&cache_slot, 1);
std::atomic<uint8_t> cache_lock{0};

Owned cache_of(Thread& thread) {
    // Immortal once it is there, so that a reader needs no lock.
    if (Value cache = cache_slot.borrow(); !cache.is_empty()) return Owned::share(cache);
    Ref<Dict> made = TRY(make_dict(thread));
    make_immortal(made.get());
    Lock guard(thread, cache_lock);
    // Release: pairs with the reader above.
    if (cache_slot.is_empty())
        cache_slot.word().store(std::move(made).owned().release(), std::memory_order_release);
    return cache_slot.share();
}

Ref<Struct> cached_struct(Thread& thread, Value format) {
    Owned cache = TRY(cache_of(thread));
    if (is_exact_str(format) || is_exact_bytes(format)) {
        Owned found = TRY(dict_get(thread, cache.as<Dict>(), format));
        if (!found.is_nothing()) return Ref<Struct>::adopt(std::move(found));
    }
    Type* type = struct_class.get(thread);
    if (!type) return {};
    Owned made = TRY(make_struct(thread, *type, format));
    if (is_exact_str(format) || is_exact_bytes(format)) {
        if (dict_size(cache.as<Dict>()) >= kCacheSize) dict_clear(thread, cache.as<Dict>());
        TRY(dict_set(thread, cache.as<Dict>(), format, made.share()));
    }
    return Ref<Struct>::adopt(std::move(made));
}

bool clear_cache(Thread& thread) {
    Owned cache = TRY(cache_of(thread));
    dict_clear(thread, cache.as<Dict>());
    return true;
}
Owned calcsize(Thread& thread, Value format) {
    Ref<Struct> s = TRY(cached_struct(thread, format));
    return make_int(thread, s->layout.size());
}
Owned pack(Thread& thread, Args arguments) {
    if (arguments.count == 0) return raise(thread, exc::TypeError, "missing format argument");
    Ref<Struct> s = TRY(cached_struct(thread, arguments[0]));
    return pack_values(thread, *s, arguments.values + 1, arguments.count - 1);
}
bool pack_into(Thread& thread, Args arguments) {
    if (arguments.count == 0) return raise(thread, exc::TypeError, "missing format argument");
    Ref<Struct> s = TRY(cached_struct(thread, arguments[0]));
    return pack_values_into(thread, *s, arguments.values + 1, arguments.count - 1);
}
Owned unpack(Thread& thread, Value format, Value buffer) {
    Ref<Struct> s = TRY(cached_struct(thread, format));
    return unpack_buffer(thread, *s, buffer);
}
Owned unpack_from(Thread& thread, Value format, Value buffer, Index offset) {
    Ref<Struct> s = TRY(cached_struct(thread, format));
    return unpack_at(thread, *s, buffer, offset);
}
Owned iter_unpack(Thread& thread, Value format, Value buffer) {
    Ref<Struct> s = TRY(cached_struct(thread, format));
    return iterate_unpacking(thread, *s, buffer);
}

const MethodRow functions[] = {
    {"_clearcache", "()", fn<clear_cache>, "Forgets the compiled formats."},
    {"calcsize", "(format, /)", fn<calcsize>, "Bytes that packing with the format makes."},
    {"iter_unpack", "(format, buffer, /)", fn<iter_unpack>,
     "An iterator that unpacks one piece of the buffer after the other."},
    {"pack", "(*values)", fn<pack>, "pack(format, v1, v2, ...) -> the values packed into bytes."},
    {"pack_into", "(*values)", fn<pack_into>,
     "pack_into(format, buffer, offset, v1, v2, ...): packs into a writable buffer."},
    {"unpack", "(format, buffer, /)", fn<unpack>, "A tuple of the values in the buffer."},
    {"unpack_from", "(format, /, buffer, offset=0)", fn<unpack_from>,
     "A tuple of the values in the buffer at the offset."},
    {},
};

bool execute(Thread& thread, Module& module) {
    return error_class.add_to(thread, module) && struct_class.add_to(thread, module);
}

ModuleSpec struct_module("_struct", "Values packed into bytes, and back, by a format.", functions,
                         execute);

}  // namespace

}  // namespace imugi
