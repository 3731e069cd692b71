// The packing language of the struct module: formats compiled to a list of items. memoryview uses
// it to compare views of formats that are no single native character.
//
// A StructLayout is immutable once made; whoever made it frees it.
#pragma once

#include "object/bytes.h"
#include "object/errors.h"

namespace imugi {

struct StructItem {
    char code;
    bool native;  // native size and byte order rules ('@'), which also word errors
    bool big_endian;
    size_t size;   // bytes of one value; of 's' and 'p' the whole
    Index offset;  // of the first value
    Index repeat;  // values of this code; 1 for 's' and 'p'
};

class StructLayout {
  public:
    StructLayout() = default;
    ~StructLayout();
    StructLayout(StructLayout&& other) noexcept;
    StructLayout& operator=(StructLayout&& other) noexcept;
    StructLayout(const StructLayout&) = delete;

    Index size() const { return size_; }
    Index values() const { return values_; }
    // Errors are of `error`'s type (struct.error).
    [[nodiscard]] bool compile(Thread& thread, const char* format, Type& error);
    Ref<Tuple> unpack(Thread& thread, const uint8_t* data) const;
    // Fills all size() bytes, padding with zeros. Runs Python for conversions.
    [[nodiscard]] bool pack(Thread& thread, uint8_t* out, const Value* values, Type& error) const;
    size_t memory() const { return count_ * sizeof(StructItem); }

  private:
    [[nodiscard]] bool add(Thread& thread, const StructItem& item);

    StructItem* items_ = nullptr;
    size_t count_ = 0, capacity_ = 0;
    Index size_ = 0, values_ = 0;
};

// One value of a native or standard code, without alignment.
Owned unpack_value(Thread& thread, const StructItem& item, const uint8_t* data);
// IEEE 754 half precision.
double half_to_double(uint16_t bits);
[[nodiscard]] bool double_to_half(double value, uint16_t* bits);  // false: too large

}  // namespace imugi
