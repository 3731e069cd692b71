// array.array: items of one machine type in a growing block. Everything is changed under the Lock;
// an item is read without it. While a buffer is exported the block stays where it is.
#pragma once

#include "modules/native_types.h"

namespace imugi::arrays {

extern const TypeSpec array_spec, iterator_spec;

// One type code.
struct ItemKind {
    char code;
    uint8_t size;
    const char* format;  // of buffers, struct syntax
    Owned (*load)(Thread& thread, const uint8_t* item);
    // Converts a value to `size` bytes. May run Python (__index__, __float__).
    bool (*store)(Thread& thread, Value value, uint8_t* item);
    bool is_signed, is_float, is_text;
};
// Null for an unknown code.
const ItemKind* find_kind(uint32_t code);
constexpr const char* kTypeCodes = "bBuwhHiIlLqQfd";

// A reader without the Lock sees the size of a block that holds as many items: a larger block is
// published before the size, a smaller one after it, and items before the size that they are in.
struct Array : Object {
    std::atomic<uint8_t*> data;  // null when capacity is 0
    Index capacity;              // under the Lock
    std::atomic<Index> size;
    const ItemKind* kind;        // immutable
    std::atomic<Index> exports;  // buffers that show the block

    // Under the Lock.
    uint8_t* at(Index i) const { return data.load(std::memory_order_relaxed) + i * kind->size; }
};
// Under the Lock: overwrites items, which others may be reading; a move within the block may
// overlap.
void write_items(Array& self, Index to, const uint8_t* items, Index count);

// The module's types that its own functions make; immortal.
struct State {
    Type* array;
    Type* iterator;
};

Owned new_array(Thread& thread, Type& type, const ItemKind& kind);
// Items as they stand in memory, behind the last one. Takes the Lock.
[[nodiscard]] bool append_items(Thread& thread, Array& self, const uint8_t* items, Index count);
[[nodiscard]] bool append_value(Thread& thread, Array& self, Value value);
[[nodiscard]] bool extend(Thread& thread, Array& self, Value values);
[[nodiscard]] bool from_bytes(Thread& thread, Array& self, Value buffer);
[[nodiscard]] bool from_unicode(Thread& thread, Array& self, Str& text);
// Replaces [begin, end), made to fit, by items. Takes the Lock.
[[nodiscard]] bool splice(Thread& thread, Array& self, Index begin, Index end, const uint8_t* items,
                          Index count);
// The same under the Lock that the caller holds; to be reported once it is gone.
enum class Change : uint8_t { kDone, kNoMemory, kExported };
[[nodiscard]] Change splice_locked(Array& self, Index begin, Index end, const uint8_t* items,
                                   Index count);
[[nodiscard]] bool report(Thread& thread, Change change);
// pop(at) and insert(at): a negative position counts from the end that the array has then.
Owned take_item(Thread& thread, Array& self, Index at);
[[nodiscard]] bool insert_item(Thread& thread, Array& self, Index at, const uint8_t* item);
// A copy of the block, `size` items; null with MemoryError set. To be freed by array_free.
uint8_t* copy_block(Thread& thread, Array& self, Index* size);
Result<bool> contains(Thread& thread, Array& self, Value value);
Owned item_at(Thread& thread, Array& self, Index index);  // nothing when out of range

Owned reduce_ex(Thread& thread, Array& self, Value protocol);
Owned reconstruct(Thread& thread, Value type, Value code, Value format, Value items);
extern const MethodRow array_rows[];

}  // namespace imugi::arrays

namespace imugi {
IMUGI_MODULE_TYPE(arrays::Array, arrays::array_spec);
}
