// The methods and attributes of int (self may be an immediate, so it comes as a Value).
#include <cstring>

#include "object/buffer.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/int_limbs.h"
#include "object/int_slots.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

namespace {

Owned int_identity(Thread& thread, Value self) {
    return exact_int(thread, self);
}

Owned int_bit_length_method(Thread& thread, Value self) {
    return make_int_unsigned(thread, int_bit_length(self));
}

Owned int_bit_count(Thread& thread, Value self) {
    IntView view(self);
    return make_int_unsigned(thread, limbs::popcount(magnitude_of(view)));
}

Owned int_as_integer_ratio(Thread& thread, Value self) {
    Owned number = TRY(exact_int(thread, self));
    return make_tuple(thread, number, Value::small_int(1));
}

Result<bool> int_is_integer(Thread&, Value) {
    return true;
}

Owned int_getnewargs(Thread& thread, Value self) {
    Owned number = TRY(exact_int(thread, self));
    return make_tuple(thread, number);
}

Owned int_format_method(Thread& thread, Value self, Str& spec) {
    return int_format(thread, self, spec);
}

Owned int_sizeof(Thread& thread, Value self) {
    IntView view(self);
    size_t limbs = self.is_small_int() || view.size == 0 ? 1 : view.size;
    return make_int_unsigned(thread, int_type.size + limbs * sizeof(uint64_t));
}

// Half to even: the nearest multiple of 10**-digits.
Owned int_round(Thread& thread, Value self, Value digits) {
    if (digits.is_empty()) return exact_int(thread, self);
    Owned places = TRY(to_index(thread, digits));
    if (int_sign(places) >= 0) return exact_int(thread, self);
    // A power of ten of more bits than the number rounds it to zero: nothing to compute.
    int64_t n;
    if (!int_fits_int64(places, &n) ||
        static_cast<uint64_t>(-(n + 1)) > uint64_t{int_bit_length(self)})
        return Owned::small_int(0);
    Owned power = TRY(int_slots::negative(thread, places));
    Owned unit = TRY(int_power(thread, Value::small_int(10), power, none()));
    Owned rest = TRY(int_remainder(thread, self, unit));  // 0 <= rest < unit
    Owned down = TRY(int_subtract(thread, self, rest));
    Owned twice = TRY(int_add(thread, rest, rest));
    int order = int_compare(twice, unit);
    if (order == 0) {
        Owned quotient = TRY(int_floor_divide(thread, down, unit));
        if (int_to_uint64_mask(quotient) & 1) order = 1;
    }
    return order > 0 ? int_add(thread, down, unit) : std::move(down);
}

// 'little' or 'big' to true or false.
Result<bool> is_little(Thread& thread, Str& order) {
    if (str_equal(order, "little")) return true;
    if (str_equal(order, "big")) return false;
    return raise(thread, exc::ValueError, "byteorder must be either 'little' or 'big'");
}

Owned int_to_bytes_method(Thread& thread, Value self, Index length, Str& order, bool is_signed) {
    bool little = TRY(is_little(thread, order));
    if (length < 0) return raise(thread, exc::ValueError, "length argument must be non-negative");
    Ref<Bytes> bytes = TRY(make_bytes_blank(thread, static_cast<size_t>(length)));
    TRY(int_to_bytes(thread, self, bytes_blank_data(*bytes), static_cast<size_t>(length), little,
                     is_signed));
    return bytes;
}

Owned int_from_bytes_method(Thread& thread, Type& type, Value object, Str& order, bool is_signed) {
    bool little = TRY(is_little(thread, order));
    Ref<Bytes> bytes;
    if (is_exact_bytes(object)) {
        bytes = Ref<Bytes>::share(object.as<Bytes>());
    } else {
        Owned converted = TRY(call_special(thread, object, ID(__bytes__)));
        if (!converted.is_nothing()) {
            if (!is_bytes(converted))
                return raise(thread, exc::TypeError, "__bytes__ returned non-bytes (type {})",
                             type_name_of(converted));
            bytes = Ref<Bytes>::adopt(std::move(converted));
        } else if (is_str(object) || is_int(object) || is_float(object)) {
            return raise(thread, exc::TypeError, "cannot convert '{}' object to bytes",
                         type_name_of(object));
        } else {
            bytes = TRY(bytes_from_object(thread, object));
        }
    }
    Owned number = TRY(int_from_bytes(thread, bytes->data(), bytes->size, little, is_signed));
    if (&type == &int_type) return number;
    return call(thread, Value::of(type), number);
}

Owned int_zero(Thread&, Value) {
    return Owned::small_int(0);
}
Owned int_one(Thread&, Value) {
    return Owned::small_int(1);
}

}  // namespace

const MethodRow int_methods[] = {
    {"conjugate", "(self, /)", fn<int_identity>, "Returns self, the complex conjugate of any int."},
    {"bit_length", "(self, /)", fn<int_bit_length_method>,
     "Number of bits necessary to represent self in binary.\n\n"
     ">>> bin(37)\n'0b100101'\n>>> (37).bit_length()\n6"},
    {"bit_count", "(self, /)", fn<int_bit_count>,
     "Number of ones in the binary representation of the absolute value of self.\n\n"
     "Also known as the population count.\n\n"
     ">>> bin(13)\n'0b1101'\n>>> (13).bit_count()\n3"},
    {"to_bytes", "(self, /, length=1, byteorder='big', *, signed=False)", fn<int_to_bytes_method>,
     "Return an array of bytes representing an integer.\n\n"
     "  length\n"
     "    Length of bytes object to use.  An OverflowError is raised if the\n"
     "    integer is not representable with the given number of bytes.  Default\n"
     "    is length 1.\n"
     "  byteorder\n"
     "    The byte order used to represent the integer.  If byteorder is 'big',\n"
     "    the most significant byte is at the beginning of the byte array.  If\n"
     "    byteorder is 'little', the most significant byte is at the end of the\n"
     "    byte array.  To request the native byte order of the host system, use\n"
     "    sys.byteorder as the byte order value.  Default is to use 'big'.\n"
     "  signed\n"
     "    Determines whether two's complement is used to represent the integer.\n"
     "    If signed is False and a negative integer is given, an OverflowError\n"
     "    is raised."},
    {"from_bytes", "(type, /, bytes, byteorder='big', *, signed=False)", fn<int_from_bytes_method>,
     "Return the integer represented by the given array of bytes.\n\n"
     "  bytes\n"
     "    Holds the array of bytes to convert.  The argument must either\n"
     "    support the buffer protocol or be an iterable object producing bytes.\n"
     "    Bytes and bytearray are examples of built-in objects that support the\n"
     "    buffer protocol.\n"
     "  byteorder\n"
     "    The byte order used to represent the integer.  If byteorder is 'big',\n"
     "    the most significant byte is at the beginning of the byte array.  If\n"
     "    byteorder is 'little', the most significant byte is at the end of the\n"
     "    byte array.  To request the native byte order of the host system, use\n"
     "    sys.byteorder as the byte order value.  Default is to use 'big'.\n"
     "  signed\n"
     "    Indicates whether two's complement is used to represent the integer.",
     kMethodClass},
    {"as_integer_ratio", "(self, /)", fn<int_as_integer_ratio>,
     "Return a pair of integers, whose ratio is equal to the original int.\n\n"
     "The ratio is in lowest terms and has a positive denominator.\n\n"
     ">>> (10).as_integer_ratio()\n(10, 1)\n>>> (-10).as_integer_ratio()\n(-10, 1)\n"
     ">>> (0).as_integer_ratio()\n(0, 1)"},
    {"__trunc__", "(self, /)", fn<int_identity>, "Truncating an Integral returns itself."},
    {"__floor__", "(self, /)", fn<int_identity>, "Flooring an Integral returns itself."},
    {"__ceil__", "(self, /)", fn<int_identity>, "Ceiling of an Integral returns itself."},
    {"__round__", "(self, ndigits=<unrepresentable>, /)", fn<int_round>,
     "Rounding an Integral returns itself.\n\n"
     "Rounding with an ndigits argument also returns an integer."},
    {"__getnewargs__", "(self, /)", fn<int_getnewargs>},
    {"__format__", "(self, format_spec, /)", fn<int_format_method>,
     "Convert to a string according to format_spec."},
    {"__sizeof__", "(self, /)", fn<int_sizeof>, "Returns size in memory, in bytes."},
    {"is_integer", "(self, /)", fn<int_is_integer>,
     "Returns True. Exists for duck type compatibility with float.is_integer."},
    {},
};

const GetSetRow int_getsets[] = {
    {"real", int_identity, nullptr, "the real part of a complex number"},
    {"imag", int_zero, nullptr, "the imaginary part of a complex number"},
    {"numerator", int_identity, nullptr, "the numerator of a rational number in lowest terms"},
    {"denominator", int_one, nullptr, "the denominator of a rational number in lowest terms"},
    {},
};

}  // namespace imugi
