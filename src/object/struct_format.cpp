// See struct_format.h. Pure over its arguments; layouts are not changed after compile().
#include "object/struct_format.h"

#include <bit>
#include <cmath>
#include <utility>

#include "memory/collector.h"
#include "memory/heap.h"
#include "object/call.h"
#include "object/float.h"
#include "object/int.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/text_slice.h"
#include "object/tuple.h"

namespace imugi {

namespace {

struct CodeInfo {
    char code;
    uint8_t standard, native;  // sizes; 0: not in that mode
};
constexpr CodeInfo kCodes[] = {{'x', 1, 1}, {'b', 1, 1}, {'B', 1, 1},  {'c', 1, 1}, {'s', 1, 1},
                               {'p', 1, 1}, {'h', 2, 2}, {'H', 2, 2},  {'i', 4, 4}, {'I', 4, 4},
                               {'l', 4, 8}, {'L', 4, 8}, {'q', 8, 8},  {'Q', 8, 8}, {'n', 0, 8},
                               {'N', 0, 8}, {'P', 0, 8}, {'?', 1, 1},  {'e', 2, 2}, {'f', 4, 4},
                               {'d', 8, 8}, {'F', 8, 8}, {'D', 16, 16}};

const CodeInfo* find_code(char code) {
    for (const CodeInfo& info : kCodes)
        if (info.code == code) return &info;
    return nullptr;
}

bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

size_t alignment_of(const CodeInfo& info) {
    return info.code == 'F' ? 4 : info.code == 'D' ? 8 : info.native;
}

uint64_t load(const StructItem& item, const uint8_t* data, size_t size) {
    uint64_t bits = 0;
    for (size_t i = 0; i < size; i++)
        bits |= uint64_t{data[i]} << 8 * (item.big_endian ? size - 1 - i : i);
    return bits;
}
void store(const StructItem& item, uint8_t* out, uint64_t bits, size_t size) {
    for (size_t i = 0; i < size; i++)
        out[i] = static_cast<uint8_t>(bits >> 8 * (item.big_endian ? size - 1 - i : i));
}

double load_real(const StructItem& item, const uint8_t* data, size_t size) {
    uint64_t bits = load(item, data, size);
    if (size == 2) return half_to_double(static_cast<uint16_t>(bits));
    if (size == 4) return static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(bits)));
    return std::bit_cast<double>(bits);
}

bool is_signed_code(char code) {
    return code == 'b' || code == 'h' || code == 'i' || code == 'l' || code == 'q' || code == 'n';
}

}  // namespace

double half_to_double(uint16_t bits) {
    double sign = bits >> 15 ? -1.0 : 1.0;
    int exponent = bits >> 10 & 31;
    double fraction = bits & 0x3FF;
    if (exponent == 31) {
        if (fraction == 0) return sign * HUGE_VAL;
        uint64_t nan = uint64_t{bits >> 15 ? 0xFFFu : 0x7FFu} << 52 | uint64_t{bits & 0x3FFu} << 42;
        return std::bit_cast<double>(nan);
    }
    if (exponent == 0) return sign * std::ldexp(fraction, -24);
    return sign * std::ldexp(fraction + 1024, exponent - 25);
}

bool double_to_half(double value, uint16_t* bits) {
    uint16_t sign = std::signbit(value) ? 0x8000 : 0;
    if (std::isnan(value)) {
        auto payload = static_cast<uint16_t>(std::bit_cast<uint64_t>(value) >> 42 & 0x3FF);
        *bits = static_cast<uint16_t>(sign | 0x7C00 | (payload ? payload : 0x200));
        return true;
    }
    if (std::isinf(value)) return *bits = sign | 0x7C00, true;
    if (value == 0) return *bits = sign, true;
    int exponent;
    std::frexp(std::fabs(value), &exponent);
    // In units of the last place: half to even is what nearbyint does.
    int scale = exponent - 1 < -14 ? -24 : exponent - 11;
    double units = std::nearbyint(std::ldexp(std::fabs(value), -scale));
    if (scale == -24) {
        *bits = static_cast<uint16_t>(sign | static_cast<uint16_t>(units));
        return true;
    }
    if (units == 2048) {
        units = 1024;
        scale++;
    }
    int biased = scale + 25;
    if (biased > 30) return false;
    *bits = static_cast<uint16_t>(sign | biased << 10 | (static_cast<uint16_t>(units) & 0x3FF));
    return true;
}

StructLayout::~StructLayout() {
    array_free(items_);
}
StructLayout::StructLayout(StructLayout&& other) noexcept {
    *this = std::move(other);
}
StructLayout& StructLayout::operator=(StructLayout&& other) noexcept {
    std::swap(items_, other.items_);
    std::swap(count_, other.count_);
    std::swap(capacity_, other.capacity_);
    std::swap(size_, other.size_);
    std::swap(values_, other.values_);
    return *this;
}

bool StructLayout::add(Thread& thread, const StructItem& item) {
    if (count_ == capacity_) {
        size_t capacity = capacity_ ? capacity_ * 2 : 4;
        void* grown = array_reallocate(items_, capacity * sizeof(StructItem));
        if (!grown) return raise_memory_error(thread);
        items_ = static_cast<StructItem*>(grown);
        capacity_ = capacity;
    }
    items_[count_++] = item;
    return true;
}

bool StructLayout::compile(Thread& thread, const char* format, Type& error) {
    bool native = true, big = false, aligned = true;
    switch (*format) {
        case '<':
        case '>':
        case '!':
            big = *format != '<';
            [[fallthrough]];
        case '=':
            native = false;
            [[fallthrough]];
        case '@':
            aligned = native;
            format++;
            break;
        default:
            break;
    }
    Index size = 0;
    auto too_long = [&] { return raise(thread, error, "total struct size too long"); };
    while (*format) {
        char c = *format++;
        if (is_space(c)) continue;
        Index count = 1;
        if (is_digit(c)) {
            count = c - '0';
            while (is_digit(c = *format)) {
                format++;
                if (__builtin_mul_overflow(count, Index{10}, &count) ||
                    __builtin_add_overflow(count, Index{c - '0'}, &count))
                    return too_long();
            }
            if (c == 0) return raise(thread, error, "repeat count given without format specifier");
            format++;
        }
        const CodeInfo* info = find_code(c);
        size_t width = !info ? 0 : native ? info->native : info->standard;
        if (width == 0) return raise(thread, error, "bad char in struct format");
        if (aligned) {
            size_t align = alignment_of(*info);
            Index rest = size % static_cast<Index>(align);
            if (rest != 0 && __builtin_add_overflow(size, static_cast<Index>(align) - rest, &size))
                return too_long();
        }
        Index total, end;
        if (__builtin_mul_overflow(count, static_cast<Index>(width), &total) ||
            __builtin_add_overflow(size, total, &end))
            return too_long();
        if (c == 's' || c == 'p') {
            TRY(add(thread, {c, native, big, static_cast<size_t>(count), size, 1}));
            values_++;
        } else if (c != 'x' && count > 0) {
            TRY(add(thread, {c, native, big, width, size, count}));
            values_ += count;
        }
        size = end;
    }
    size_ = size;
    return true;
}

Owned unpack_value(Thread& thread, const StructItem& item, const uint8_t* data) {
    switch (item.code) {
        case 'c':
            return make_byte(thread, *data);
        case 's':
            return make_bytes(thread, data, item.size);
        case 'p': {
            if (item.size == 0) return empty_bytes();
            size_t n = *data < item.size ? *data : item.size - 1;
            return make_bytes(thread, data + 1, n);
        }
        case '?': {
            bool set = false;
            for (size_t i = 0; i < item.size; i++) set |= data[i] != 0;
            return Owned::share(boolean(set));
        }
        case 'e':
        case 'f':
        case 'd':
            return make_float(thread, load_real(item, data, item.size));
        case 'F':
        case 'D': {
            size_t half = item.size / 2;
            Owned real = TRY(make_float(thread, load_real(item, data, half)));
            Owned imaginary = TRY(make_float(thread, load_real(item, data + half, half)));
            return call(thread, Value::of(&complex_type), real, imaginary);
        }
        default: {
            uint64_t bits = load(item, data, item.size);
            if (!is_signed_code(item.code)) return make_int_unsigned(thread, bits);
            unsigned shift = static_cast<unsigned>(64 - 8 * item.size);
            return make_int(thread, static_cast<int64_t>(bits << shift) >> shift);
        }
    }
}

Ref<Tuple> StructLayout::unpack(Thread& thread, const uint8_t* data) const {
    Ref<Tuple> result = TRY(make_tuple_blank(thread, static_cast<size_t>(values_)));
    size_t at = 0;
    for (size_t i = 0; i < count_; i++) {
        const StructItem& item = items_[i];
        for (Index k = 0; k < item.repeat; k++) {
            const uint8_t* place = data + item.offset + k * static_cast<Index>(item.size);
            result->items[at++].init(TRY(unpack_value(thread, item, place)));
        }
    }
    if (values_ != 0) track(result.get());
    return result;
}

namespace {

bool pack_int(Thread& thread, const StructItem& item, uint8_t* out, Value value, Type& error) {
    if (!has_index(value)) return raise(thread, error, "required argument is not an integer");
    Owned number = TRY(to_index(thread, value));
    size_t bits = 8 * item.size;
    bool fits;
    uint64_t word = 0;
    if (item.code == 'P') {
        // A pointer: any sign.
        fits = int_bit_length(number) <= 64;
        if (!fits) return raise(thread, error, "int too large to convert");
        word = int_to_uint64_mask(number);
    } else if (is_signed_code(item.code)) {
        int64_t n;
        fits = int_fits_int64(number, &n);
        int64_t most = static_cast<int64_t>(~uint64_t{0} >> (65 - bits));
        if (!fits || n > most || n < -most - 1)
            return raise(thread, error, "'{}' format requires {} <= number <= {}", item.code,
                         -most - 1, most);
        word = static_cast<uint64_t>(n);
    } else {
        uint64_t most = ~uint64_t{0} >> (64 - bits);
        fits = int_sign(number) >= 0 && int_bit_length(number) <= bits;
        if (!fits)
            return raise(thread, error, "'{}' format requires 0 <= number <= {}", item.code, most);
        word = int_to_uint64_mask(number);
    }
    store(item, out, word, item.size);
    return true;
}

bool pack_real(Thread& thread, const StructItem& item, uint8_t* out, double value, size_t size) {
    if (size == 8) {
        store(item, out, std::bit_cast<uint64_t>(value), 8);
        return true;
    }
    if (size == 2) {
        uint16_t bits;
        if (!double_to_half(value, &bits))
            return raise(thread, exc::OverflowError, "float too large to pack with e format");
        store(item, out, bits, 2);
        return true;
    }
    auto narrow = static_cast<float>(value);
    if (std::isinf(narrow) && !std::isinf(value) && !item.native)
        return raise(thread, exc::OverflowError, "float too large to pack with f format");
    store(item, out, std::bit_cast<uint32_t>(narrow), 4);
    return true;
}

bool pack_text(Thread& thread, const StructItem& item, uint8_t* out, Value value, Type& error) {
    Ref<Bytes> bytes;
    if (is_bytes(value) || is_bytearray(value)) bytes = TRY(bytes_from_object(thread, value));
    if (item.code == 'c') {
        if (!is_bytes(value) || bytes->size != 1)
            return raise(thread, error, "char format requires a bytes object of length 1");
        *out = bytes->data()[0];
        return true;
    }
    if (!bytes) return raise(thread, error, "argument for '{}' must be a bytes object", item.code);
    if (item.code == 's') {
        memcpy(out, bytes->data(), bytes->size < item.size ? bytes->size : item.size);
        return true;
    }
    if (item.size == 0) return true;
    size_t n = bytes->size < item.size - 1 ? bytes->size : item.size - 1;
    memcpy(out + 1, bytes->data(), n);
    out[0] = static_cast<uint8_t>(n > 255 ? 255 : n);
    return true;
}

bool pack_value(Thread& thread, const StructItem& item, uint8_t* out, Value value, Type& error) {
    switch (item.code) {
        case 'c':
        case 's':
        case 'p':
            return pack_text(thread, item, out, value, error);
        case '?':
            out[0] = TRY(is_true(thread, value));
            return true;
        case 'e':
        case 'f':
        case 'd': {
            Result<double> number = to_double(thread, value);
            if (!number) {
                clear_exception(thread);
                return raise(thread, error, "required argument is not a float");
            }
            return pack_real(thread, item, out, *number, item.size);
        }
        case 'F':
        case 'D': {
            Owned number = call(thread, Value::of(&complex_type), value);
            if (!number || is_str(value)) {
                clear_exception(thread);
                return raise(thread, error, "required argument is not a complex");
            }
            Owned real = TRY(get_attribute(thread, number, ID(real)));
            Owned imaginary = TRY(get_attribute(thread, number, ID(imag)));
            size_t half = item.size / 2;
            return pack_real(thread, item, out, float_number(real), half) &&
                   pack_real(thread, item, out + half, float_number(imaginary), half);
        }
        default:
            return pack_int(thread, item, out, value, error);
    }
}

}  // namespace

bool StructLayout::pack(Thread& thread, uint8_t* out, const Value* values, Type& error) const {
    memset(out, 0, static_cast<size_t>(size_));
    for (size_t i = 0; i < count_; i++) {
        const StructItem& item = items_[i];
        for (Index k = 0; k < item.repeat; k++)
            TRY(pack_value(thread, item, out + item.offset + k * static_cast<Index>(item.size),
                           *values++, error));
    }
    return true;
}

}  // namespace imugi
