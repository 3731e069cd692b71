// float: making, arithmetic, comparison and hash; the type's description. Floats are immutable, so
// no locks.
#include "object/float.h"

#include <cerrno>
#include <cmath>
#include <cstddef>

#include "base/float_text.h"
#include "base/hash.h"
#include "memory/collector.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/complex.h"
#include "object/float_slots.h"
#include "object/format_spec.h"
#include "object/int_limbs.h"
#include "object/ordering.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

Owned make_float_slow(Thread& thread, double d) {
    return make_float_instance(thread, float_type, d);
}

Owned make_float_instance(Thread& thread, Type& type, double d) {
    auto* result = allocate<Float>(thread, type);
    if (!result) return {};
    result->number = d;
    if (type.has(kTypeTracked)) track(result);
    return Owned::adopt(result);
}

Owned float_repr_text(Thread& thread, double d) {
    char text[float_repr_room];
    return make_str(thread, text, float_repr(text, d));
}

// --- conversion ---

namespace {

Raised raise_not_a_float(Thread& thread, Value shown) {
    return raise(thread, exc::ValueError, "could not convert string to float: {}", repr_of(shown));
}

Owned parse(Thread& thread, const char* text, size_t size, Value shown) {
    double d;
    switch (parse_float(&d, text, size)) {
        case FloatText::ok:
        case FloatText::overflow:
            return make_float(thread, d);
        case FloatText::invalid:
            return raise_not_a_float(thread, shown);
        case FloatText::no_memory:
            break;
    }
    return raise_memory_error(thread);
}

Owned parse_stripped(Thread& thread, const char* text, size_t size, Value shown) {
    auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    while (size > 0 && is_space(*text)) text++, size--;
    while (size > 0 && is_space(text[size - 1])) size--;
    return parse(thread, text, size, shown);
}

Owned exact_float(Thread& thread, Value value) {
    if (is_exact_float(value)) return Owned::share(value);
    return make_float(thread, float_number(value));
}

}  // namespace

Owned make_float_from_text(Thread& thread, Str& text) {
    NumberText number(thread);
    TRY(number.load(text));
    return parse(thread, number.data(), number.size(), Value::of(text));
}

// A subclass of float with a __float__ of its own.
static Owned overridden_float(Thread& thread, Value value) {
    Owned result = TRY(type_of(value).slots.to_float(thread, value));
    if (is_exact_float(result)) return result;
    if (!is_float(result))
        return raise(thread, exc::TypeError, "{}.__float__() must return a float, not {}",
                     type_name_of(value), type_name_of(result));
    TRY(warn(thread, exc::DeprecationWarning, 1,
             format(thread,
                    "{}.__float__() must return a float, not {}.  The ability to return an "
                    "instance of a strict subclass of float is deprecated, and may not be "
                    "supported in a future version of Python.",
                    type_name_of(value), type_name_of(result))));
    return exact_float(thread, result);
}

Owned to_float(Thread& thread, Value value) {
    if (is_exact_float(value)) return Owned::share(value);
    if (is_exact_str(value)) return make_float_from_text(thread, value.as<Str>());
    const Slots& slots = type_of(value).slots;
    if (is_float(value) && slots.to_float != float_type.slots.to_float)
        return overridden_float(thread, value);
    if (slots.to_float || slots.index) {
        double d = TRY(to_double(thread, value));
        return make_float(thread, d);
    }
    if (is_str(value)) return make_float_from_text(thread, value.as<Str>());
    if (has_buffer(value)) {
        StableBuffer buffer(thread);
        if (!buffer.get(value)) {
            if (!clear_exception_if(thread, exc::BufferError)) return {};
            return raise(thread, exc::TypeError,
                         "float() argument must be a string or a real number, not '{}'",
                         type_name_of(value));
        }
        return parse_stripped(thread, reinterpret_cast<const char*>(buffer.data()), buffer.size(),
                              value);
    }
    return raise(thread, exc::TypeError,
                 "float() argument must be a string or a real number, not '{}'",
                 type_name_of(value));
}

int float_operand(Thread& thread, Value value, double* out) {
    if (is_float(value)) return *out = float_number(value), 1;
    if (!is_int(value)) return 0;
    auto d = int_to_double(thread, value);
    if (!d) return -1;
    return *out = *d, 1;
}

// --- arithmetic ---

namespace {

#define IMUGI_FLOAT_OPERANDS(x, left, y, right)                     \
    double x, y;                                                    \
    if (int got = float_operand(thread, left, &x); got <= 0)        \
        return got < 0 ? Owned() : Owned::share(not_implemented()); \
    if (int got = float_operand(thread, right, &y); got <= 0)       \
    return got < 0 ? Owned() : Owned::share(not_implemented())

Owned float_add(Thread& thread, Value left, Value right) {
    IMUGI_FLOAT_OPERANDS(x, left, y, right);
    return make_float(thread, x + y);
}

Owned float_subtract(Thread& thread, Value left, Value right) {
    IMUGI_FLOAT_OPERANDS(x, left, y, right);
    return make_float(thread, x - y);
}

Owned float_multiply(Thread& thread, Value left, Value right) {
    IMUGI_FLOAT_OPERANDS(x, left, y, right);
    return make_float(thread, x * y);
}

Owned float_true_divide(Thread& thread, Value left, Value right) {
    IMUGI_FLOAT_OPERANDS(x, left, y, right);
    if (y == 0) return raise_zero_division(thread);
    return make_float(thread, x / y);
}

// The remainder with the divisor's sign; y is not 0.
double floor_rest(double x, double y) {
    double rest = std::fmod(x, y);
    if (rest == 0) return std::copysign(0.0, y);
    return (y < 0) != (rest < 0) ? rest + y : rest;
}

void divide(double x, double y, double* quotient, double* rest) {
    double m = std::fmod(x, y);
    double q = (x - m) / y;
    if (m == 0) {
        m = std::copysign(0.0, y);
    } else if ((y < 0) != (m < 0)) {
        m += y;
        q -= 1;
    }
    if (q == 0) {
        q = std::copysign(0.0, x / y);
    } else {
        double whole = std::floor(q);
        q = q - whole > 0.5 ? whole + 1 : whole;
    }
    *quotient = q;
    *rest = m;
}

Owned float_remainder(Thread& thread, Value left, Value right) {
    IMUGI_FLOAT_OPERANDS(x, left, y, right);
    if (y == 0) return raise_zero_division(thread);
    return make_float(thread, floor_rest(x, y));
}

Owned float_floor_divide(Thread& thread, Value left, Value right) {
    IMUGI_FLOAT_OPERANDS(x, left, y, right);
    if (y == 0) return raise_zero_division(thread);
    double q, m;
    divide(x, y, &q, &m);
    return make_float(thread, q);
}

Owned float_divmod(Thread& thread, Value left, Value right) {
    IMUGI_FLOAT_OPERANDS(x, left, y, right);
    if (y == 0) return raise_zero_division(thread);
    double q, m;
    divide(x, y, &q, &m);
    Owned quotient = TRY(make_float(thread, q));
    Owned rest = TRY(make_float(thread, m));
    return make_tuple(thread, quotient, rest);
}

Owned float_power_slot(Thread& thread, Value base, Value exponent, Value modulus) {
    if (!modulus.is_empty() && !is_none(modulus))
        return raise(thread, exc::TypeError,
                     "pow() 3rd argument not allowed unless all arguments are integers");
    IMUGI_FLOAT_OPERANDS(x, base, y, exponent);
    return float_power(thread, x, y);
}
#undef IMUGI_FLOAT_OPERANDS

Owned float_negative(Thread& thread, Value self) {
    return make_float(thread, -float_number(self));
}
Owned float_absolute(Thread& thread, Value self) {
    return make_float(thread, std::fabs(float_number(self)));
}
Result<bool> float_boolean(Thread&, Value self) {
    return float_number(self) != 0;
}
Owned float_to_int(Thread& thread, Value self) {
    return make_int_from_double(thread, float_number(self));
}
Owned float_repr_slot(Thread& thread, Value self) {
    return float_repr_text(thread, float_number(self));
}

Result<int64_t> float_hash(Thread&, Value self) {
    double d = float_number(self);
    // NaNs are always heap objects: each hashes by its identity.
    if (std::isnan(d)) return hash_pointer(self.object());
    return hash_double(d);
}

// An int against a finite or infinite double, exactly: -1, 0, 1.
int order_of(double x, Value number) {
    if (std::isinf(x)) return x > 0 ? 1 : -1;
    if (number.is_small_int()) {
        int64_t n = number.small_int();
        if (n >= -(int64_t{1} << 53) && n <= int64_t{1} << 53) {
            auto y = static_cast<double>(n);
            return (x > y) - (x < y);
        }
    }
    IntView view(number);
    return -limbs::compare_double(signed_of(view), x);
}

Owned float_compare(Thread&, Value self, Value other, CompareOp op) {
    double x = float_number(self);
    if (is_float(other)) {
        double y = float_number(other);
        return Owned::share(boolean(holds(op, x, y)));
    }
    if (!is_int(other)) return Owned::share(not_implemented());
    if (std::isnan(x)) return Owned::share(boolean(op == CompareOp::kNe));
    int order = order_of(x, other);
    return Owned::share(boolean(holds(op, order, 0)));
}

Owned float_make(Thread& thread, Type& type, const Arguments& arguments) {
    // A subclass with an __init__ of its own may take what it likes beside the number.
    bool own_init = type.slots.init != float_type.slots.init;
    if (!own_init) TRY(reject_keywords(thread, "float", arguments));
    if (arguments.count > 1) TRY(check_positional(thread, "float", arguments, 0, 1));
    if (arguments.count == 0) {
        if (&type == &float_type) return make_float(thread, 0.0);
        return make_float_instance(thread, type, 0.0);
    }
    Owned number = TRY(to_float(thread, arguments[0]));
    return &type == &float_type ? std::move(number)
                                : make_float_instance(thread, type, float_number(number));
}

}  // namespace

Owned float_power(Thread& thread, double x, double y) {
    // The cases that C libraries were once unsure of (C99 Annex F agrees with Python on them).
    if (y == 0) return make_float(thread, 1.0);
    if (std::isnan(x)) return make_float(thread, x);
    if (std::isnan(y)) return make_float(thread, x == 1.0 ? 1.0 : y);
    if (x == 0 && y < 0 && std::isfinite(y))
        return raise(thread, exc::ZeroDivisionError, "zero to a negative power");
    if (x < 0 && std::isfinite(x) && std::isfinite(y) && y != std::floor(y))
        return complex_power_of_doubles(thread, x, y);
    double result = std::pow(x, y);
    if (std::isinf(result) && std::isfinite(x) && std::isfinite(y)) {
        // OSError's text without its type: (34, 'Numerical result out of range').
        Ref<Str> text = TRY(make_str(thread, "Numerical result out of range"));
        const Value values[] = {Value::small_int(ERANGE), text.value()};
        Owned error =
            TRY(call(thread, Value::of(exc::OverflowError), Arguments{values, 2, nullptr}));
        raise_exception(thread, std::move(error));
        return {};
    }
    return make_float(thread, result);
}

Type float_type;
const TypeSpec float_type_spec = {
    .name = "float",
    .doc = "Convert a string or number to a floating-point number, if possible.",
    .size = sizeof(Float),
    .flags = kTypeBase | kTypeIsFloat | kTypeMatchSelf,
    .slots = {.repr = float_repr_slot,
              .hash = float_hash,
              .compare = float_compare,
              .make = float_make,
              .add = float_add,
              .subtract = float_subtract,
              .multiply = float_multiply,
              .remainder = float_remainder,
              .divmod = float_divmod,
              .power = float_power_slot,
              .negative = float_negative,
              .positive = exact_float,
              .absolute = float_absolute,
              .boolean = float_boolean,
              .to_int = float_to_int,
              .to_float = exact_float,
              .floor_divide = float_floor_divide,
              .true_divide = float_true_divide},
    .methods = float_methods,
    .getsets = float_getsets,
    .signature = "(x=0, /)",
};

}  // namespace imugi
