// The type codes of arrays: converting items from and to Python values.
#include <cstring>

#include <limits>

#include "modules/array/array.h"
#include "object/float.h"
#include "object/int.h"
#include "object/protocol.h"
#include "object/str.h"

namespace imugi::arrays {

namespace {

template <class T>
Owned load_int(Thread& thread, const uint8_t* item) {
    T number;
    memcpy(&number, item, sizeof(T));
    if constexpr (std::is_signed_v<T>) {
        return make_int(thread, number);
    } else {
        return make_int_unsigned(thread, number);
    }
}

// What messages call the C types, by code.
template <class T>
constexpr const char* kTooSmall =
    std::is_same_v<T, int8_t>     ? "signed char is less than minimum"
    : std::is_same_v<T, uint8_t>  ? "unsigned byte integer is less than minimum"
    : std::is_same_v<T, int16_t>  ? "signed short integer is less than minimum"
    : std::is_same_v<T, uint16_t> ? "unsigned short is less than minimum"
    : std::is_same_v<T, int32_t>  ? "signed integer is less than minimum"
                                  : "can't convert negative value to unsigned int";
template <class T>
constexpr const char* kTooLarge =
    std::is_same_v<T, int8_t>     ? "signed char is greater than maximum"
    : std::is_same_v<T, uint8_t>  ? "unsigned byte integer is greater than maximum"
    : std::is_same_v<T, int16_t>  ? "signed short integer is greater than maximum"
    : std::is_same_v<T, uint16_t> ? "unsigned short is greater than maximum"
    : std::is_same_v<T, int32_t>  ? "signed integer is greater than maximum"
                                  : "unsigned int is greater than maximum";

template <class T>
bool store_int(Thread& thread, Value value, uint8_t* item) {
    int64_t wide = TRY(to_int64(thread, value));
    if (wide < static_cast<int64_t>(std::numeric_limits<T>::min()))
        return raise(thread, exc::OverflowError, kTooSmall<T>);
    if (wide > static_cast<int64_t>(std::numeric_limits<T>::max()))
        return raise(thread, exc::OverflowError, kTooLarge<T>);
    T number = static_cast<T>(wide);
    memcpy(item, &number, sizeof(T));
    return true;
}

bool store_int64(Thread& thread, Value value, uint8_t* item) {
    int64_t number = TRY(to_int64(thread, value));
    memcpy(item, &number, sizeof(number));
    return true;
}

bool store_uint64(Thread& thread, Value value, uint8_t* item) {
    uint64_t number = TRY(to_uint64(thread, value));
    memcpy(item, &number, sizeof(number));
    return true;
}

template <class T>
Owned load_float(Thread& thread, const uint8_t* item) {
    T number;
    memcpy(&number, item, sizeof(T));
    return make_float(thread, number);
}

template <class T>
bool store_float(Thread& thread, Value value, uint8_t* item) {
    T number = static_cast<T>(TRY(to_double(thread, value)));
    memcpy(item, &number, sizeof(T));
    return true;
}

Owned load_char(Thread& thread, const uint8_t* item) {
    uint32_t code;
    memcpy(&code, item, sizeof(code));
    if (code > 0x10FFFF)
        return raise(thread, exc::ValueError, "character U+{} is not in range [U+0000; U+10ffff]",
                     FormatArgument(FormatArgument::kHex, Value::from_bits(code)));
    return make_str_from_char(thread, code);
}

bool store_char(Thread& thread, Value value, uint8_t* item) {
    if (!is_str(value))
        return raise(thread, exc::TypeError, "array item must be a unicode character, not {}",
                     type_name_of(value));
    auto& text = value.as<Str>();
    if (text.length() != 1)
        return raise(thread, exc::TypeError,
                     "array item must be a string of length 1, got a string of length {}",
                     text.length());
    uint32_t code = text[0];
    memcpy(item, &code, sizeof(code));
    return true;
}

constexpr ItemKind kKinds[] = {
    {'b', 1, "b", load_int<int8_t>, store_int<int8_t>, true, false, false},
    {'B', 1, "B", load_int<uint8_t>, store_int<uint8_t>, false, false, false},
    {'u', 4, "w", load_char, store_char, false, false, true},
    {'w', 4, "w", load_char, store_char, false, false, true},
    {'h', 2, "h", load_int<int16_t>, store_int<int16_t>, true, false, false},
    {'H', 2, "H", load_int<uint16_t>, store_int<uint16_t>, false, false, false},
    {'i', 4, "i", load_int<int32_t>, store_int<int32_t>, true, false, false},
    {'I', 4, "I", load_int<uint32_t>, store_int<uint32_t>, false, false, false},
    {'l', 8, "l", load_int<int64_t>, store_int64, true, false, false},
    {'L', 8, "L", load_int<uint64_t>, store_uint64, false, false, false},
    {'q', 8, "q", load_int<int64_t>, store_int64, true, false, false},
    {'Q', 8, "Q", load_int<uint64_t>, store_uint64, false, false, false},
    {'f', 4, "f", load_float<float>, store_float<float>, true, true, false},
    {'d', 8, "d", load_float<double>, store_float<double>, true, true, false},
};

}  // namespace

const ItemKind* find_kind(uint32_t code) {
    for (const ItemKind& kind : kKinds)
        if (static_cast<uint32_t>(kind.code) == code) return &kind;
    return nullptr;
}

}  // namespace imugi::arrays
