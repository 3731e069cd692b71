// The methods and attributes of float (self may be an immediate, so it comes as a Value).
#include <cmath>
#include <cstring>

#include "base/float_text.h"
#include "object/call.h"
#include "object/float.h"
#include "object/float_slots.h"
#include "object/format_spec.h"
#include "object/int_limbs.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

namespace {

Owned float_identity(Thread& thread, Value self) {
    if (is_exact_float(self)) return Owned::share(self);
    return make_float(thread, float_number(self));
}

Owned float_zero(Thread& thread, Value) {
    return make_float(thread, 0.0);
}

Owned float_trunc(Thread& thread, Value self) {
    return make_int_from_double(thread, float_number(self));
}
Owned float_floor(Thread& thread, Value self) {
    return make_int_from_double(thread, std::floor(float_number(self)));
}
Owned float_ceil(Thread& thread, Value self) {
    return make_int_from_double(thread, std::ceil(float_number(self)));
}

Owned float_round(Thread& thread, Value self, Value digits) {
    double x = float_number(self);
    if (is_none(digits)) return make_int_from_double(thread, std::nearbyint(x));
    Index n = TRY(to_ssize_clamped(thread, digits));
    double rounded;
    if (!round_float(&rounded, x, n))
        return raise(thread, exc::OverflowError, "rounded value too large to represent");
    return make_float(thread, rounded);
}

Owned float_as_integer_ratio(Thread& thread, Value self) {
    double x = float_number(self);
    if (std::isinf(x))
        return raise(thread, exc::OverflowError, "cannot convert Infinity to integer ratio");
    if (std::isnan(x)) return raise(thread, exc::ValueError, "cannot convert NaN to integer ratio");
    uint64_t mantissa;
    int exponent;
    float_parts(x, &mantissa, &exponent);
    Owned numerator = TRY(make_int_unsigned(thread, mantissa));
    if (std::signbit(x)) numerator = TRY(negative(thread, numerator));
    Owned denominator = Owned::small_int(1);
    Owned& scaled = exponent > 0 ? numerator : denominator;
    scaled = TRY(int_left_shift(thread, scaled, Value::small_int(std::abs(exponent))));
    return make_tuple(thread, numerator, denominator);
}

Owned float_hex_method(Thread& thread, Value self) {
    char text[float_hex_room];
    return make_str(thread, text, float_hex(text, float_number(self)));
}

Owned make_of_class(Thread& thread, Type& type, Owned number) {
    if (&type == &float_type) return number;
    return call(thread, Value::of(type), number);
}

Owned float_fromhex(Thread& thread, Type& type, Value given) {
    if (!is_str(given))
        return raise(thread, exc::TypeError, "bad argument type for built-in operation");
    Str& text = given.as<Str>();
    size_t size;
    const char* utf8 = str_utf8(thread, text, &size);
    if (!utf8) return {};
    auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    while (size > 0 && is_space(*utf8)) utf8++, size--;
    while (size > 0 && is_space(utf8[size - 1])) size--;
    double d = 0;
    switch (parse_float_hex(&d, utf8, size)) {
        case FloatText::ok:
            break;
        case FloatText::invalid:
            return raise(thread, exc::ValueError, "invalid hexadecimal floating-point string");
        case FloatText::overflow:
            return raise(thread, exc::OverflowError,
                         "hexadecimal value too large to represent as a float");
        case FloatText::no_memory:
            return raise_memory_error(thread);
    }
    return make_of_class(thread, type, TRY(make_float(thread, d)));
}

Owned float_from_number(Thread& thread, Type& type, Value number) {
    if (is_exact_float(number) && &type == &float_type) return Owned::share(number);
    double d = TRY(to_double(thread, number));
    return make_of_class(thread, type, TRY(make_float(thread, d)));
}

Result<bool> float_is_integer_method(Thread&, Value self) {
    return float_is_integer(float_number(self));
}

Owned float_getnewargs(Thread& thread, Value self) {
    Owned number = TRY(float_identity(thread, self));
    return make_tuple(thread, number);
}

Owned float_format_method(Thread& thread, Value self, Str& spec) {
    // What str() of a subclass says.
    if (spec.length() == 0 && &type_of(self) != &float_type) return str(thread, self);
    return format_double(thread, float_number(self), type_of(self), spec);
}

Owned float_getformat(Thread& thread, Type&, Str& kind) {
    if (!str_equal(kind, "double") && !str_equal(kind, "float"))
        return raise(thread, exc::ValueError,
                     "__getformat__() argument 1 must be 'double' or 'float'");
    return make_str(thread, "IEEE, little-endian");
}

}  // namespace

const MethodRow float_methods[] = {
    {"from_number", "(type, number, /)", fn<float_from_number>,
     "Convert real number to a floating-point number.", kMethodClass},
    {"conjugate", "(self, /)", fn<float_identity>,
     "Return self, the complex conjugate of any float."},
    {"__trunc__", "(self, /)", fn<float_trunc>,
     "Return the Integral closest to x between 0 and x."},
    {"__floor__", "(self, /)", fn<float_floor>, "Return the floor as an Integral."},
    {"__ceil__", "(self, /)", fn<float_ceil>, "Return the ceiling as an Integral."},
    {"__round__", "(self, ndigits=None, /)", fn<float_round>,
     "Return the Integral closest to x, rounding half toward even.\n\n"
     "When an argument is passed, work like built-in round(x, ndigits)."},
    {"as_integer_ratio", "(self, /)", fn<float_as_integer_ratio>,
     "Return a pair of integers, whose ratio is exactly equal to the original float.\n\n"
     "The ratio is in lowest terms and has a positive denominator.  Raise\n"
     "OverflowError on infinities and a ValueError on NaNs.\n\n"
     ">>> (10.0).as_integer_ratio()\n(10, 1)\n>>> (0.0).as_integer_ratio()\n(0, 1)\n"
     ">>> (-.25).as_integer_ratio()\n(-1, 4)"},
    {"fromhex", "(type, string, /)", fn<float_fromhex>,
     "Create a floating-point number from a hexadecimal string.\n\n"
     ">>> float.fromhex('0x1.ffffp10')\n2047.984375\n"
     ">>> float.fromhex('-0x1p-1074')\n-5e-324",
     kMethodClass},
    {"hex", "(self, /)", fn<float_hex_method>,
     "Return a hexadecimal representation of a floating-point number.\n\n"
     ">>> (-0.1).hex()\n'-0x1.999999999999ap-4'\n"
     ">>> 3.14159.hex()\n'0x1.921f9f01b866ep+1'"},
    {"is_integer", "(self, /)", fn<float_is_integer_method>,
     "Return True if the float is an integer."},
    {"__getnewargs__", "(self, /)", fn<float_getnewargs>},
    {"__getformat__", "(type, typestr, /)", fn<float_getformat>,
     "You probably don't want to use this function.\n\n"
     "  typestr\n"
     "    Must be 'double' or 'float'.\n\n"
     "It exists mainly to be used in Python's test suite.\n\n"
     "This function returns whichever of 'unknown', 'IEEE, big-endian' or 'IEEE,\n"
     "little-endian' best describes the format of floating-point numbers used by the\n"
     "C type named by typestr.",
     kMethodClass},
    {"__format__", "(self, format_spec, /)", fn<float_format_method>,
     "Formats the float according to format_spec."},
    {},
};

const GetSetRow float_getsets[] = {
    {"real", float_identity, nullptr, "the real part of a complex number"},
    {"imag", float_zero, nullptr, "the imaginary part of a complex number"},
    {},
};

}  // namespace imugi
