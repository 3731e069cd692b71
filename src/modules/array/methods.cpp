// The methods of array.array, and its pickled form.
#include <cstring>
#include <utility>

#include "memory/heap.h"
#include "modules/array/array.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/float.h"
#include "object/int.h"
#include "object/list.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/slice.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/value_buffer.h"
#include "thread/lock.h"
#include "thread/safepoint.h"

namespace imugi::arrays {

namespace {

Index size_of(Array& self) {
    return self.size.load(std::memory_order_relaxed);
}

struct Block {
    uint8_t* data = nullptr;
    Index size = 0;
    ~Block() { array_free(data); }
};

bool append(Thread& thread, Array& self, Value v) {
    return append_value(thread, self, v);
}

Owned buffer_info(Thread& thread, Array& self) {
    uint8_t* data = self.data.load(std::memory_order_relaxed);
    Owned address = TRY(make_int_unsigned(thread, reinterpret_cast<uint64_t>(data)));
    return make_tuple(thread, address, Value::small_int(size_of(self)));
}

bool byteswap(Thread& thread, Array& self) {
    Lock guard(thread, self);
    size_t width = self.kind->size;
    for (Index i = 0; i < size_of(self); i++) {
        uint8_t item[8];
        memcpy(item, self.at(i), width);
        for (size_t a = 0, b = width - 1; a < b; a++, b--) std::swap(item[a], item[b]);
        write_items(self, i, item, 1);
    }
    return true;
}

bool clear(Thread& thread, Array& self) {
    return splice(thread, self, 0, PTRDIFF_MAX, nullptr, 0);
}

Owned copy(Thread& thread, Array& self) {
    Type& type = *state_of_type<State>(type_of(Value::of(self)), array_spec).array;
    Owned result = TRY(new_array(thread, type, *self.kind));
    TRY(extend(thread, result.as<Array>(), Value::of(self)));
    return result;
}

Owned deepcopy(Thread& thread, Array& self, Value) {
    return copy(thread, self);
}

// Whether comparing numbers and characters with the value runs no user code.
bool is_plain(Value value) {
    return is_exact_int(value) || is_exact_float(value) || is_exact_str(value);
}

// Visits positions from `at` up to `stop` whose item equals the value: `found(i)` runs under the
// Lock and gives false to stop. The Lock is held all along, but for comparisons by user code and,
// in a long array, a safepoint now and then.
template <class Found>
bool search(Thread& thread, Array& self, Value value, Index at, Index stop, Found found) {
    constexpr Index kStepsBetweenPauses = 1 << 18;
    bool plain = is_plain(value), known_equal = false;
    for (;;) {
        Owned ask;
        {
            Index most = thread.critical ? PTRDIFF_MAX : kStepsBetweenPauses;
            Lock guard(thread, self);
            for (; most > 0; at++, most--) {
                if (at >= stop || at >= size_of(self)) return true;
                bool equal = std::exchange(known_equal, false);
                if (!equal) {
                    Owned item = TRY(self.kind->load(thread, self.at(at)));
                    if (!plain) {
                        ask = std::move(item);
                        break;
                    }
                    equal = TRY(equals(thread, item, value));
                }
                if (equal && !found(at)) return true;
            }
        }
        if (!ask) {
            TRY(safepoint(thread));
            continue;
        }
        known_equal = TRY(equals(thread, ask, value));
        if (!known_equal) at++;
    }
}

Owned count(Thread& thread, Array& self, Value value) {
    int64_t result = 0;
    TRY(search(thread, self, value, 0, PTRDIFF_MAX, [&](Index) {
        result++;
        return true;
    }));
    return Owned::small_int(result);
}

Owned index(Thread& thread, Array& self, Value value, Value start, Value stop) {
    Index first = TRY(slice_bound(thread, start));
    Index last = TRY(slice_bound(thread, stop));
    Index size = size_of(self);
    if (first < 0 && (first += size) < 0) first = 0;
    if (last < 0) last += size;
    Index result = -1;
    TRY(search(thread, self, value, first, last, [&](Index at) {
        result = at;
        return false;
    }));
    if (result < 0) return raise(thread, exc::ValueError, "array.index(x): x not in array");
    return Owned::small_int(result);
}

bool remove(Thread& thread, Array& self, Value value) {
    bool found = false;
    Change change = Change::kDone;
    TRY(search(thread, self, value, 0, PTRDIFF_MAX, [&](Index at) {
        found = true;
        change = splice_locked(self, at, at + 1, nullptr, 0);
        return false;
    }));
    if (!found) return raise(thread, exc::ValueError, "array.remove(x): x not in array");
    return report(thread, change);
}

bool insert(Thread& thread, Array& self, Index at, Value value) {
    uint8_t item[8];
    TRY(self.kind->store(thread, value, item));
    return insert_item(thread, self, at, item);
}

Owned pop(Thread& thread, Array& self, Index at) {
    return take_item(thread, self, at);
}

bool reverse(Thread& thread, Array& self) {
    Lock guard(thread, self);
    uint8_t item[8];
    size_t width = self.kind->size;
    for (Index i = 0, j = size_of(self) - 1; i < j; i++, j--) {
        memcpy(item, self.at(i), width);
        write_items(self, i, self.at(j), 1);
        write_items(self, j, item, 1);
    }
    return true;
}

bool method_extend(Thread& thread, Array& self, Value values) {
    return extend(thread, self, values);
}

bool fromlist(Thread& thread, Array& self, Value list) {
    if (!is_list(list)) return raise(thread, exc::TypeError, "arg must be list");
    // All or nothing.
    Owned added = TRY(new_array(
        thread, *state_of_type<State>(type_of(Value::of(self)), array_spec).array, *self.kind));
    Index size = list_size(list.as<List>());
    for (Index i = 0; i < size; i++) {
        Owned item = TRY(list_item(thread, list.as<List>(), i));
        if (item.is_nothing() || list_size(list.as<List>()) != size)
            return raise(thread, exc::RuntimeError, "list changed size during iteration");
        TRY(append_value(thread, added.as<Array>(), item));
    }
    return extend(thread, self, added);
}

Owned tolist(Thread& thread, Array& self) {
    ValueBuffer items(thread);
    Block block;
    block.data = copy_block(thread, self, &block.size);
    if (block.data == nullptr) return {};
    TRY(items.reserve(static_cast<size_t>(block.size)));
    for (Index i = 0; i < block.size; i++)
        TRY(items.append(TRY(self.kind->load(thread, block.data + i * self.kind->size))));
    return items.to_list();
}

bool frombytes(Thread& thread, Array& self, Value buffer) {
    return from_bytes(thread, self, buffer);
}

Owned tobytes(Thread& thread, Array& self) {
    Block block;
    block.data = copy_block(thread, self, &block.size);
    if (block.data == nullptr) return {};
    return make_bytes(thread, block.data, static_cast<size_t>(block.size) * self.kind->size);
}

bool fromunicode(Thread& thread, Array& self, Str& text) {
    if (!self.kind->is_text)
        return raise(thread, exc::ValueError,
                     "fromunicode() may only be called on unicode type arrays ('u' or 'w')");
    return from_unicode(thread, self, text);
}

Owned tounicode(Thread& thread, Array& self) {
    if (!self.kind->is_text)
        return raise(thread, exc::ValueError,
                     "tounicode() may only be called on unicode type arrays ('u' or 'w')");
    Block block;
    block.data = copy_block(thread, self, &block.size);
    if (block.data == nullptr) return {};
    StrBuilder text(thread);
    for (Index i = 0; i < block.size; i++) {
        uint32_t code;
        memcpy(&code, block.data + 4 * i, 4);
        if (code > 0x10FFFF)
            return raise(thread, exc::ValueError,
                         "character U+{} is not in range [U+0000; U+10ffff]", code);
        TRY(text.append(code));
    }
    return text.finish();
}

bool fromfile(Thread& thread, Array& self, Value file, Index n) {
    if (n < 0) return raise(thread, exc::ValueError, "negative count");
    Index bytes;
    if (__builtin_mul_overflow(n, Index{self.kind->size}, &bytes))
        return raise_memory_error(thread);
    Owned read = TRY(call_method(thread, file, ID(read), Value::small_int(bytes)));
    if (!is_bytes(read)) return raise(thread, exc::TypeError, "read() didn't return bytes");
    bool enough = static_cast<Index>(read.as<Bytes>().size) == bytes;
    TRY(from_bytes(thread, self, read));
    if (!enough) return raise(thread, exc::EOFError, "read() didn't return enough bytes");
    return true;
}

bool tofile(Thread& thread, Array& self, Value file) {
    Block block;
    block.data = copy_block(thread, self, &block.size);
    if (block.data == nullptr) return false;
    size_t bytes = static_cast<size_t>(block.size) * self.kind->size;
    constexpr size_t kChunk = 64 << 10;
    for (size_t at = 0; at < bytes; at += kChunk) {
        Ref<Bytes> chunk =
            TRY(make_bytes(thread, block.data + at, bytes - at < kChunk ? bytes - at : kChunk));
        if (!call_method(thread, file, ID(write), chunk)) return false;
    }
    return true;
}

Result<Index> sizeof_array(Thread& thread, Array& self) {
    Lock guard(thread, self);
    return type_of(Value::of(self)).instance_size + self.capacity * self.kind->size;
}

// --- pickling: the layout of the bytes is one of 22 machine formats ---

struct MachineFormat {
    uint8_t size;
    bool is_signed, big_endian;
    char sort;  // i, f, u
};
constexpr MachineFormat kFormats[] = {
    {1, false, false, 'i'}, {1, true, false, 'i'}, {2, false, false, 'i'}, {2, false, true, 'i'},
    {2, true, false, 'i'},  {2, true, true, 'i'},  {4, false, false, 'i'}, {4, false, true, 'i'},
    {4, true, false, 'i'},  {4, true, true, 'i'},  {8, false, false, 'i'}, {8, false, true, 'i'},
    {8, true, false, 'i'},  {8, true, true, 'i'},  {4, true, false, 'f'},  {4, true, true, 'f'},
    {8, true, false, 'f'},  {8, true, true, 'f'},  {2, false, false, 'u'}, {2, false, true, 'u'},
    {4, false, false, 'u'}, {4, false, true, 'u'},
};
constexpr Index kFormatCount = sizeof(kFormats) / sizeof(kFormats[0]);

Index format_of(const ItemKind& kind) {
    char sort = kind.is_text ? 'u' : kind.is_float ? 'f' : 'i';
    for (Index i = 0; i < kFormatCount; i++) {
        const MachineFormat& format = kFormats[i];
        if (format.sort == sort && format.size == kind.size && format.is_signed == kind.is_signed &&
            !format.big_endian)
            return i;
    }
    return -1;
}

Owned decode_item(Thread& thread, const MachineFormat& format, const uint8_t* item) {
    if (format.sort == 'i')
        return int_from_bytes(thread, item, format.size, !format.big_endian, format.is_signed);
    uint8_t native[8];
    for (size_t i = 0; i < format.size; i++)
        native[i] = item[format.big_endian ? format.size - 1 - i : i];
    if (format.size == 4) {
        float number;
        memcpy(&number, native, 4);
        return make_float(thread, number);
    }
    double number;
    memcpy(&number, native, 8);
    return make_float(thread, number);
}

Owned attributes_of(Thread& thread, Value self) {
    Owned dict = TRY(get_attribute_or_nothing(thread, self, ID(__dict__)));
    return dict.is_nothing() ? Owned::share(none()) : std::move(dict);
}

}  // namespace

Result<bool> contains(Thread& thread, Array& self, Value value) {
    bool result = false;
    TRY(search(thread, self, value, 0, PTRDIFF_MAX, [&](Index) {
        result = true;
        return false;
    }));
    return result;
}

Owned reduce_ex(Thread& thread, Array& self, Value protocol) {
    if (!is_int(protocol))
        return raise(thread, exc::TypeError, "__reduce_ex__ argument should be an integer");
    int64_t version = TRY(to_int64(thread, protocol));
    Value value = Value::of(self);
    Ref<Type> type = share_type(value);
    Owned attributes = TRY(attributes_of(thread, value));
    Ref<Str> code = TRY(make_str_from_char(thread, self.kind->code));
    if (version < 3) {
        Owned list = TRY(tolist(thread, self));
        Ref<Tuple> arguments = TRY(make_tuple(thread, code, list));
        return make_tuple(thread, type, arguments, attributes);
    }
    Ref<Str> module_name = TRY(make_str(thread, "array"));
    Owned module = TRY(import_module(thread, *module_name));
    Owned constructor = TRY(get_attribute(thread, module, ID(_array_reconstructor)));
    Owned bytes = TRY(tobytes(thread, self));
    Ref<Tuple> arguments =
        TRY(make_tuple(thread, type, code, Value::small_int(format_of(*self.kind)), bytes));
    return make_tuple(thread, constructor, arguments, attributes);
}

Owned reconstruct(Thread& thread, Value type, Value code, Value format_code, Value items) {
    if (!is_type(type))
        return raise(thread, exc::TypeError, "first argument must be a type object, not {}",
                     type_name_of(type));
    if (native_base(type.as<Type>(), array_spec) == nullptr)
        return raise(thread, exc::TypeError, "{} is not a subtype of array.array",
                     type_name(type.as<Type>()));
    if (!is_str(code) || code.as<Str>().length() != 1)
        return raise(thread, exc::TypeError,
                     "_array_reconstructor() argument 2 must be a unicode character, not {}",
                     type_name_of(code));
    const ItemKind* kind = find_kind(code.as<Str>()[0]);
    if (kind == nullptr)
        return raise(thread, exc::ValueError, "second argument must be a valid type code");
    Index number = TRY(to_ssize(thread, format_code, exc::OverflowError));
    if (number < 0 || number >= kFormatCount)
        return raise(thread, exc::ValueError,
                     "third argument must be a valid machine format code.");
    if (!is_bytes(items))
        return raise(thread, exc::TypeError, "fourth argument should be bytes, not {}",
                     type_name_of(items));
    if (number == format_of(*kind)) return call(thread, type, code, items);
    const MachineFormat& format = kFormats[number];
    auto& bytes = items.as<Bytes>();
    if (format.sort == 'u') {
        const char* codec = number == 18   ? "utf-16-le"
                            : number == 19 ? "utf-16-be"
                            : number == 20 ? "utf-32-le"
                                           : "utf-32-be";
        Ref<Str> name = TRY(make_str(thread, codec));
        Owned text = TRY(call_method(thread, items, ID(decode), name));
        return call(thread, type, code, text);
    }
    if (bytes.size % format.size != 0)
        return raise(thread, exc::ValueError, "string length not a multiple of item size");
    ValueBuffer values(thread);
    for (size_t at = 0; at < bytes.size; at += format.size)
        TRY(values.append(TRY(decode_item(thread, format, bytes.data() + at))));
    Ref<List> list = TRY(values.to_list());
    return call(thread, type, code, list);
}

const MethodRow array_rows[] = {
    {"append", "(self, v, /)", fn<append>, "Append new value v to the end of the array."},
    {"buffer_info", "(self, /)", fn<buffer_info>,
     "Return a tuple (address, length) giving the current memory address and the length in items "
     "of the buffer used to hold array's contents.\n\n"
     "The length should be multiplied by the itemsize attribute to calculate\n"
     "the buffer length in bytes."},
    {"byteswap", "(self, /)", fn<byteswap>,
     "Byteswap all items of the array.\n\n"
     "If the items in the array are not 1, 2, 4, or 8 bytes in size, RuntimeError is\nraised."},
    {"clear", "(self, /)", fn<clear>, "Remove all items from the array."},
    {"__copy__", "(self, /)", fn<copy>, "Return a copy of the array."},
    {"count", "(self, v, /)", fn<count>, "Return number of occurrences of v in the array."},
    {"__deepcopy__", "(self, unused, /)", fn<deepcopy>, "Return a copy of the array."},
    {"extend", "(self, bb, /)", fn<method_extend>, "Append items to the end of the array."},
    {"fromfile", "(self, f, n, /)", fn<fromfile>,
     "Read n objects from the file object f and append them to the end of the array."},
    {"fromlist", "(self, list, /)", fn<fromlist>, "Append items to array from list."},
    {"frombytes", "(self, buffer, /)", fn<frombytes>,
     "Appends items from the string, interpreting it as an array of machine values, as if it had "
     "been read from a file using the fromfile() method."},
    {"fromunicode", "(self, ustr, /)", fn<fromunicode>,
     "Extends this array with data from the unicode string ustr.\n\n"
     "The array must be a unicode type array; otherwise a ValueError is raised.\n"
     "Use array.frombytes(ustr.encode(...)) to append Unicode data to an array of\n"
     "some other type."},
    {"index", "(self, v, start=0, stop=9223372036854775807, /)", fn<index>,
     "Return index of first occurrence of v in the array.\n\n"
     "Raise ValueError if the value is not present."},
    {"insert", "(self, i, v, /)", fn<insert>,
     "Insert a new item v into the array before position i."},
    {"pop", "(self, i=-1, /)", fn<pop>,
     "Return the i-th element and delete it from the array.\n\ni defaults to -1."},
    {"__reduce_ex__", "(self, value, /)", fn<reduce_ex>, "Return state information for pickling."},
    {"remove", "(self, v, /)", fn<remove>, "Remove the first occurrence of v in the array."},
    {"reverse", "(self, /)", fn<reverse>, "Reverse the order of the items in the array."},
    {"tofile", "(self, f, /)", fn<tofile>,
     "Write all items (as machine values) to the file object f."},
    {"tolist", "(self, /)", fn<tolist>, "Convert array to an ordinary list with the same items."},
    {"tobytes", "(self, /)", fn<tobytes>,
     "Convert the array to an array of machine values and return the bytes representation."},
    {"tounicode", "(self, /)", fn<tounicode>,
     "Extends this array with data from the unicode string ustr.\n\n"
     "Convert the array to a unicode string.  The array must be a unicode type array;\n"
     "otherwise a ValueError is raised.  Use array.tobytes().decode() to obtain a\n"
     "unicode string from an array of some other type."},
    {"__sizeof__", "(self, /)", fn<sizeof_array>, "Size of the array in memory, in bytes."},
    {"__class_getitem__", "(type, object, /)", fn<class_getitem>, "See PEP 585", kMethodClass},
    {},
};

namespace {

const MethodRow functions[] = {
    {"_array_reconstructor", "(arraytype, typecode, mformat_code, items, /)", fn<reconstruct>,
     "Internal. Used for pickling support."},
    {},
};

// isinstance(array, collections.abc.MutableSequence)
bool register_sequence(Thread& thread, Type& type) {
    Ref<Str> name = TRY(make_str(thread, "collections.abc"));
    Owned module = TRY(import_module(thread, *name));
    Owned sequence = TRY(get_attribute(thread, module, ID(MutableSequence)));
    Owned registered = TRY(call_method(thread, sequence, ID(register), Value::of(type)));
    return true;
}

bool execute(Thread& thread, Module& module) {
    auto* state = make_module_state<State>(thread, module);
    if (!state) return false;
    state->array = module_add_type(thread, module, array_spec);
    if (state->array == nullptr) return false;
    Ref<Type> iterator = TRY(make_native_type(thread, iterator_spec, &module));
    state->iterator = iterator.get();  // immortal
    Ref<Str> codes = TRY(make_str(thread, kTypeCodes));
    return register_sequence(thread, *state->array) &&
           module_set(thread, module, "ArrayType", Value::of(state->array)) &&
           module_set(thread, module, "typecodes", codes.value());
}

ModuleSpec spec("array",
                "This module defines an object type which can efficiently represent\n"
                "an array of basic values: characters, integers, floating-point\n"
                "numbers.  Arrays are sequence types and behave very much like lists,\n"
                "except that the type of objects stored in them is constrained.\n",
                functions, execute);

}  // namespace
}  // namespace imugi::arrays
