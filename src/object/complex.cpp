// complex: arithmetic (mixed with reals as in C99), text, methods; the type's description.
// Immutable, so no locks.
#include "object/complex.h"

#include <cmath>
#include <cstddef>

#include "base/float_text.h"
#include "base/hash.h"
#include "memory/collector.h"
#include "object/call.h"
#include "object/float.h"
#include "object/float_slots.h"
#include "object/format_spec.h"
#include "object/int_limbs.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

IMUGI_BUILTIN_TYPE_BY_OBJECT(Complex, complex_type);

namespace {

Owned make_instance(Thread& thread, Type& type, double real, double imaginary) {
    auto* result = allocate<Complex>(thread, type);
    if (!result) return {};
    result->real = real;
    result->imaginary = imaginary;
    if (type.has(kTypeTracked)) track(result);
    return Owned::adopt(result);
}

ComplexNumber number_of(Value value) {
    auto& z = value.as<Complex>();
    return {z.real, z.imaginary};
}

Owned make(Thread& thread, ComplexNumber z) {
    return make_complex(thread, z.real, z.imaginary);
}

}  // namespace

Owned make_complex(Thread& thread, double real, double imaginary) {
    return make_instance(thread, complex_type, real, imaginary);
}

// --- operands: complex, or a real, which has no imaginary part (and not one of 0.0) ---

namespace {

enum class Operand : uint8_t { kComplex, kReal, kOther, kError };

Operand load(Thread& thread, Value value, ComplexNumber* out) {
    if (is_complex(value)) return *out = number_of(value), Operand::kComplex;
    *out = {0, 0};
    int got = float_operand(thread, value, &out->real);
    return got > 0 ? Operand::kReal : got < 0 ? Operand::kError : Operand::kOther;
}

struct Operands {
    ComplexNumber a, b;
    Operand left, right;
    Operands(Thread& thread, Value x, Value y)
        : left(load(thread, x, &a)), right(left >= Operand::kOther ? left : load(thread, y, &b)) {}
    bool usable() const { return left < Operand::kOther && right < Operand::kOther; }
    Owned refusal() const {
        if (left == Operand::kError || right == Operand::kError) return {};
        return Owned::share(not_implemented());
    }
};

Owned complex_add(Thread& thread, Value left, Value right) {
    Operands o(thread, left, right);
    if (!o.usable()) return o.refusal();
    double imaginary = o.left == Operand::kReal    ? o.b.imaginary
                       : o.right == Operand::kReal ? o.a.imaginary
                                                   : o.a.imaginary + o.b.imaginary;
    return make_complex(thread, o.a.real + o.b.real, imaginary);
}

Owned complex_subtract(Thread& thread, Value left, Value right) {
    Operands o(thread, left, right);
    if (!o.usable()) return o.refusal();
    double imaginary = o.left == Operand::kReal    ? -o.b.imaginary
                       : o.right == Operand::kReal ? o.a.imaginary
                                                   : o.a.imaginary - o.b.imaginary;
    return make_complex(thread, o.a.real - o.b.real, imaginary);
}

Owned complex_multiply(Thread& thread, Value left, Value right) {
    Operands o(thread, left, right);
    if (!o.usable()) return o.refusal();
    if (o.left == Operand::kReal)
        return make_complex(thread, o.a.real * o.b.real, o.a.real * o.b.imaginary);
    if (o.right == Operand::kReal)
        return make_complex(thread, o.a.real * o.b.real, o.a.imaginary * o.b.real);
    return make(thread, complex_product(o.a, o.b));
}

Owned complex_true_divide(Thread& thread, Value left, Value right) {
    Operands o(thread, left, right);
    if (!o.usable()) return o.refusal();
    if (o.b.real == 0 && o.b.imaginary == 0) return raise_zero_division(thread);
    if (o.right == Operand::kReal)
        return make_complex(thread, o.a.real / o.b.real, o.a.imaginary / o.b.real);
    if (o.left != Operand::kReal) return make(thread, complex_quotient(o.a, o.b));
    // A real dividend: the terms with its imaginary part drop out.
    double x = o.a.real;
    ComplexNumber b = o.b, result;
    if (std::fabs(b.real) >= std::fabs(b.imaginary)) {
        double ratio = b.imaginary / b.real;
        double scale = b.real + b.imaginary * ratio;
        result = {x / scale, -x * ratio / scale};
    } else if (std::fabs(b.imaginary) >= std::fabs(b.real)) {
        double ratio = b.real / b.imaginary;
        double scale = b.real * ratio + b.imaginary;
        result = {x * ratio / scale, -x / scale};
    } else {
        result = {NAN, NAN};
    }
    if (std::isnan(result.real) && std::isnan(result.imaginary) && std::isfinite(x) &&
        (std::isinf(b.real) || std::isinf(b.imaginary))) {
        double p = std::copysign(std::isinf(b.real) ? 1.0 : 0.0, b.real);
        double q = std::copysign(std::isinf(b.imaginary) ? 1.0 : 0.0, b.imaginary);
        result = {0.0 * (x * p), 0.0 * (-x * q)};
    }
    return make(thread, result);
}

// --- powers ---

ComplexNumber power_of_integer(ComplexNumber z, long n) {
    ComplexNumber result = {1, 0};
    unsigned long count = static_cast<unsigned long>(n < 0 ? -n : n);
    for (ComplexNumber factor = z; count; count >>= 1) {
        if (count & 1) result = complex_product(result, factor);
        if (count > 1) factor = complex_product(factor, factor);
    }
    return n < 0 ? complex_quotient({1, 0}, result) : result;
}

Owned power_of(Thread& thread, ComplexNumber a, ComplexNumber b) {
    ComplexNumber result;
    if (b.imaginary == 0 && b.real == std::floor(b.real) && std::fabs(b.real) <= 100) {
        if (b.real < 0 && a.real == 0 && a.imaginary == 0)
            return raise(thread, exc::ZeroDivisionError, "zero to a negative or complex power");
        result = power_of_integer(a, static_cast<long>(b.real));
    } else if (a.real == 0 && a.imaginary == 0) {
        if (b.imaginary != 0 || b.real < 0)
            return raise(thread, exc::ZeroDivisionError, "zero to a negative or complex power");
        result = {0, 0};
    } else {
        double size = std::hypot(a.real, a.imaginary);
        double length = std::pow(size, b.real);
        double angle = std::atan2(a.imaginary, a.real);
        double phase = angle * b.real;
        if (b.imaginary != 0) {
            length /= std::exp(angle * b.imaginary);
            phase += b.imaginary * std::log(size);
        }
        result = {length * std::cos(phase), length * std::sin(phase)};
    }
    if ((std::isinf(result.real) || std::isinf(result.imaginary)) && std::isfinite(a.real) &&
        std::isfinite(a.imaginary) && std::isfinite(b.real) && std::isfinite(b.imaginary))
        return raise(thread, exc::OverflowError, "complex exponentiation");
    return make(thread, result);
}

Owned complex_power(Thread& thread, Value base, Value exponent, Value modulus) {
    Operands o(thread, base, exponent);
    if (!o.usable()) return o.refusal();
    if (!modulus.is_empty() && !is_none(modulus))
        return raise(thread, exc::ValueError, "complex modulo");
    return power_of(thread, o.a, o.b);
}

}  // namespace

Owned complex_power_of_doubles(Thread& thread, double base, double exponent) {
    return power_of(thread, {base, 0}, {exponent, 0});
}

// --- other slots ---

namespace {

Owned complex_negative(Thread& thread, Value self) {
    ComplexNumber z = number_of(self);
    return make_complex(thread, -z.real, -z.imaginary);
}

Owned complex_positive(Thread& thread, Value self) {
    return is_exact_complex(self) ? Owned::share(self) : make(thread, number_of(self));
}

Owned complex_absolute(Thread& thread, Value self) {
    ComplexNumber z = number_of(self);
    double size = std::hypot(z.real, z.imaginary);
    if (std::isinf(size) && std::isfinite(z.real) && std::isfinite(z.imaginary))
        return raise(thread, exc::OverflowError, "absolute value too large");
    return make_float(thread, size);
}

Result<bool> complex_boolean(Thread&, Value self) {
    ComplexNumber z = number_of(self);
    return z.real != 0 || z.imaginary != 0;
}

Result<int64_t> complex_hash(Thread&, Value self) {
    ComplexNumber z = number_of(self);
    auto part = [&](double d) {
        return std::isnan(d) ? hash_pointer(self.object()) : hash_double(d);
    };
    return hash_complex(part(z.real), part(z.imaginary));
}

Owned complex_compare(Thread& thread, Value self, Value other, CompareOp op) {
    if (op != CompareOp::kEq && op != CompareOp::kNe) return Owned::share(not_implemented());
    ComplexNumber z = number_of(self);
    bool equal;
    if (is_complex(other)) {
        ComplexNumber w = number_of(other);
        equal = z.real == w.real && z.imaginary == w.imaginary;
    } else if (is_int(other)) {
        equal = false;
        if (z.imaginary == 0) {
            Owned real = TRY(make_float(thread, z.real));
            equal = TRY(compare_bool(thread, real, other, CompareOp::kEq));
        }
    } else if (is_float(other)) {
        equal = z.imaginary == 0 && z.real == float_number(other);
    } else {
        return Owned::share(not_implemented());
    }
    return Owned::share(boolean(equal == (op == CompareOp::kEq)));
}

Owned complex_repr(Thread& thread, Value self) {
    ComplexNumber z = number_of(self);
    char text[2 * float_repr_room + 4];
    size_t size = 0;
    FloatSpec spec;
    bool pure = z.real == 0 && !std::signbit(z.real);
    if (!pure) {
        text[size++] = '(';
        size += format_float(text + size, z.real, spec);
        spec.sign = '+';
    }
    size += format_float(text + size, z.imaginary, spec);
    text[size++] = 'j';
    if (!pure) text[size++] = ')';
    return make_str(thread, text, size);
}

// --- conversion ---

Owned call_dunder_complex(Thread& thread, Value value) {
    Owned result = call_special(thread, value, ID(__complex__));
    if (!result || result.is_nothing() || is_exact_complex(result)) return result;
    if (!is_complex(result))
        return raise(thread, exc::TypeError, "__complex__ returned non-complex (type {})",
                     type_name_of(result));
    Ref<Str> message = format(
        thread,
        "__complex__ returned non-complex (type {}).  The ability to return an instance of a "
        "strict subclass of complex is deprecated, and may not be supported in a future version "
        "of Python.",
        type_name_of(result));
    TRY(warn(thread, exc::DeprecationWarning, 1, std::move(message)));
    return result;
}

bool is_real_number(Value value) {
    const Slots& slots = type_of(value).slots;
    return slots.to_float || slots.index;
}

// "1+2j", "(j)", "-1.5": reals, imaginaries and sums, in parentheses or not. False: malformed.
bool parse_complex(const char* text, size_t size, ComplexNumber* out) {
    const char* at = text;
    const char* end = text + size;
    auto skip_spaces = [&] {
        while (at < end && (*at == ' ' || (*at >= '\t' && *at <= '\r'))) at++;
    };
    bool bracketed = false;
    skip_spaces();
    if (at < end && *at == '(') {
        bracketed = true;
        at++;
        skip_spaces();
    }
    double x = 0, y = 0;
    auto is_j = [&] { return at < end && (*at == 'j' || *at == 'J'); };
    size_t used = parse_float_prefix(&x, at, static_cast<size_t>(end - at));
    if (used) {
        at += used;
        if (at < end && (*at == '+' || *at == '-')) {
            used = parse_float_prefix(&y, at, static_cast<size_t>(end - at));
            if (used) {
                at += used;
            } else {
                y = *at == '+' ? 1.0 : -1.0;
                at++;
            }
            if (!is_j()) return false;
            at++;
        } else if (is_j()) {
            at++;
            y = x;
            x = 0;
        }
    } else {
        if (at < end && (*at == '+' || *at == '-')) {
            y = *at == '+' ? 1.0 : -1.0;
            at++;
        } else {
            y = 1.0;
        }
        if (!is_j()) return false;
        at++;
    }
    skip_spaces();
    if (bracketed) {
        if (at >= end || *at != ')') return false;
        at++;
        skip_spaces();
    }
    *out = {x, y};
    return at == end;
}

Result<ComplexNumber> from_text(Thread& thread, Str& text) {
    NumberText number(thread);
    TRY(number.load(text));
    // Underscores may stand between digits only; the parser itself knows none.
    ComplexNumber z;
    const char* data = number.data();
    size_t size = number.size(), kept = 0;
    char local[128];
    Ref<Str> room;
    char* plain = local;
    if (size > sizeof local) {
        room = TRY(make_str_blank(thread, size, 127));
        plain = static_cast<char*>(str_blank_data(*room));
    }
    auto is_digit = [&](size_t i) { return i < size && data[i] >= '0' && data[i] <= '9'; };
    bool ok = true;
    for (size_t i = 0; i < size && ok; i++) {
        if (data[i] == '_')
            ok = i > 0 && is_digit(i - 1) && is_digit(i + 1);
        else
            plain[kept++] = data[i];
    }
    if (!ok)
        return raise(thread, exc::ValueError, "could not convert string to complex: {}",
                     repr_of(Value::of(text)));
    if (!parse_complex(plain, kept, &z))
        return raise(thread, exc::ValueError, "complex() arg is a malformed string");
    return z;
}

}  // namespace

Result<ComplexNumber> to_complex(Thread& thread, Value value) {
    if (is_exact_complex(value)) return number_of(value);
    if (value.is_object() && !is_exact_float(value)) {
        Owned result = TRY(call_dunder_complex(thread, value));
        if (!result.is_nothing()) return number_of(result);
    }
    if (is_complex(value)) return number_of(value);
    double real = TRY(to_double(thread, value));
    return ComplexNumber{real, 0};
}

namespace {

// A part given beside another one or by name.
Result<ComplexNumber> part(Thread& thread, Value value, const char* name) {
    ComplexNumber z = {0, 0};
    Owned converted;
    bool complex = is_complex(value);
    if (!complex && name[0] == 'r' && value.is_object()) {
        converted = TRY(call_dunder_complex(thread, value));
        if (!converted.is_nothing()) {
            complex = true;
            z = number_of(converted);
        }
    } else if (complex) {
        z = number_of(value);
    }
    if (complex) {
        Ref<Str> message = format(thread, "complex() argument '{}' must be a real number, not {}",
                                  name, type_name_of(value));
        TRY(warn(thread, exc::DeprecationWarning, 1, std::move(message)));
        return z;
    }
    if (!is_real_number(value))
        return raise(thread, exc::TypeError,
                     "complex() argument '{}' must be a real number, not {}", name,
                     type_name_of(value));
    double real = TRY(to_double(thread, value));
    return ComplexNumber{real, 0};
}

Owned complex_make(Thread& thread, Type& type, const Arguments& arguments) {
    if (arguments.count == 1 && !arguments.names) {
        Value value = arguments[0];
        if (is_exact_complex(value) && &type == &complex_type) return Owned::share(value);
        ComplexNumber z;
        if (is_str(value)) {
            z = TRY(from_text(thread, value.as<Str>()));
        } else {
            Owned converted = Owned::nothing();
            if (value.is_object()) converted = TRY(call_dunder_complex(thread, value));
            if (!converted.is_nothing()) {
                z = number_of(converted);
            } else if (is_complex(value)) {
                z = number_of(value);
            } else if (is_real_number(value)) {
                z = {TRY(to_double(thread, value)), 0};
            } else {
                return raise(thread, exc::TypeError,
                             "complex() argument must be a string or a number, not {}",
                             type_name_of(value));
            }
        }
        return make_instance(thread, type, z.real, z.imaginary);
    }
    Value bound[2];
    TRY(bind_arguments(thread, "complex", "(real=<unrepresentable>, imag=<unrepresentable>)",
                       arguments, bound, 2));
    ComplexNumber real = {0, 0}, imaginary = {0, 0};
    if (!bound[0].is_empty()) real = TRY(part(thread, bound[0], "real"));
    if (!bound[1].is_empty()) {
        bool complex = is_complex(bound[1]);
        imaginary = TRY(part(thread, bound[1], "imag"));
        if (complex) real.real -= imaginary.imaginary;
        return make_instance(thread, type, real.real,
                             bound[0].is_empty() || !is_complex(bound[0])
                                 ? imaginary.real
                                 : real.imaginary + imaginary.real);
    }
    return make_instance(thread, type, real.real, real.imaginary);
}

Owned complex_from_number(Thread& thread, Type& type, Value number) {
    if (is_exact_complex(number) && &type == &complex_type) return Owned::share(number);
    ComplexNumber z = TRY(to_complex(thread, number));
    Owned result = TRY(make(thread, z));
    if (&type == &complex_type) return result;
    return call(thread, Value::of(type), result);
}

Owned complex_conjugate(Thread& thread, Complex& self) {
    return make_complex(thread, self.real, -self.imaginary);
}

Owned complex_complex(Thread& thread, Complex& self) {
    return complex_positive(thread, Value::of(self));
}

Owned complex_getnewargs(Thread& thread, Complex& self) {
    Owned real = TRY(make_float(thread, self.real));
    Owned imaginary = TRY(make_float(thread, self.imaginary));
    return make_tuple(thread, real, imaginary);
}

Owned complex_format_method(Thread& thread, Complex& self, Str& spec) {
    if (spec.length() == 0 && &type_of(Value::of(self)) != &complex_type)
        return str(thread, Value::of(self));
    return format_complex(thread, self.real, self.imaginary, type_of(Value::of(self)), spec);
}

Owned complex_real(Thread& thread, Value self) {
    return make_float(thread, self.as<Complex>().real);
}
Owned complex_imaginary(Thread& thread, Value self) {
    return make_float(thread, self.as<Complex>().imaginary);
}

const MethodRow complex_methods[] = {
    {"from_number", "(type, number, /)", fn<complex_from_number>,
     "Convert number to a complex floating-point number.", kMethodClass},
    {"conjugate", "(self, /)", fn<complex_conjugate>,
     "Return the complex conjugate of its argument. (3-4j).conjugate() == 3+4j."},
    {"__complex__", "(self, /)", fn<complex_complex>, "Convert this value to exact type complex."},
    {"__getnewargs__", "(self, /)", fn<complex_getnewargs>},
    {"__format__", "(self, format_spec, /)", fn<complex_format_method>,
     "Convert to a string according to format_spec."},
    {},
};

const GetSetRow complex_getsets[] = {
    computed_member("real", complex_real, nullptr, "the real part of a complex number"),
    computed_member("imag", complex_imaginary, nullptr, "the imaginary part of a complex number"),
    {},
};

}  // namespace

Type complex_type;
const TypeSpec complex_type_spec = {
    .name = "complex",
    .doc =
        "Create a complex number from a string or numbers.\n\n"
        "If a string is given, parse it as a complex number.\n"
        "If a single number is given, convert it to a complex number.\n"
        "If the 'real' or 'imag' arguments are given, create a complex number\n"
        "with the specified real and imaginary components.",
    .size = sizeof(Complex),
    .flags = kTypeBase,
    .slots = {.repr = complex_repr,
              .hash = complex_hash,
              .compare = complex_compare,
              .make = complex_make,
              .add = complex_add,
              .subtract = complex_subtract,
              .multiply = complex_multiply,
              .power = complex_power,
              .negative = complex_negative,
              .positive = complex_positive,
              .absolute = complex_absolute,
              .boolean = complex_boolean,
              .true_divide = complex_true_divide},
    .methods = complex_methods,
    .getsets = complex_getsets,
    .signature = "(real=0, imag=0)",
};

}  // namespace imugi
