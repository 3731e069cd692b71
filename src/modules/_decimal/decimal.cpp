// Decimal: construction, conversion, operators. Immutable but for the cached hash, an atomic.
#include "modules/_decimal/decimal.h"
#include "memory/collector.h"

#include <cmath>
#include <cstring>

#include "base/float_text.h"
#include "base/unicode_data.h"
#include "memory/array.h"
#include "object/call.h"
#include "object/complex.h"
#include "object/float.h"
#include "object/int_limbs.h"
#include "object/list.h"
#include "object/module.h"
#include "object/ordering.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi::decimals {

Owned make_decimal(Thread& thread, Type& type, const NumberView& value) {
    auto* self = allocate<Decimal>(thread, type);
    if (!self) return {};
    self->kind = value.kind;
    self->negative = value.negative;
    self->exponent = value.exponent;
    self->digits = value.digits;
    self->limbs = self->local;
    size_t size = value.coefficient.size;
    if (size > Decimal::kLocal) {
        if (size > UINT32_MAX) {
            Owned drop = Owned::adopt(self);
            return raise_memory_error(thread);
        }
        self->limbs = static_cast<Limb*>(array_allocate(size * sizeof(Limb)));
        if (!self->limbs) {
            Owned drop = Owned::adopt(self);
            return raise_memory_error(thread);
        }
    }
    if (size) memcpy(self->limbs, value.coefficient.data, size * sizeof(Limb));
    self->limb_count = static_cast<uint32_t>(size);
    if (type.has(kTypeTracked)) track(self);
    return Owned::adopt(self);
}

bool number_from_int(Thread& thread, Number& out, Value value) {
    IntView view(value);
    out.kind = Kind::kFinite;
    out.negative = view.negative;
    out.exponent = 0;
    if (!out.coefficient.set(magnitude_of(view)) || !out.count()) return raise_memory_error(thread);
    return true;
}

bool number_from_double(Thread& thread, Number& out, double value) {
    if (std::isnan(value) || std::isinf(value)) {
        out.set_special(std::isnan(value) ? Kind::kQuietNan : Kind::kInfinite, std::signbit(value));
        return true;
    }
    uint64_t mantissa;
    int exponent;
    float_parts(value, &mantissa, &exponent);
    out.set_small(std::signbit(value), mantissa);
    bool done;
    if (exponent >= 0) {
        done = out.coefficient.shift_left(out.coefficient, static_cast<uint64_t>(exponent));
    } else {
        // m / 2**k = m * 5**k / 10**k
        const Limb five = 5;
        Natural fives;
        done = power(fives, {&five, 1}, static_cast<uint64_t>(-exponent)) &&
               out.coefficient.multiply(out.coefficient, fives);
        out.exponent = exponent;
    }
    return (done && out.count()) || raise_memory_error(thread);
}

bool Operand::load(Thread& thread, Value value, bool* usable) {
    *usable = true;
    if (is_decimal(value)) {
        view_ = value.as<Decimal>().view();
        return true;
    }
    if (is_int(value)) {
        TRY(number_from_int(thread, made_, value));
        view_ = made_.view();
        return true;
    }
    *usable = false;
    return false;
}

bool Operand::load(Thread& thread, Value value) {
    bool usable;
    if (load(thread, value, &usable)) return true;
    if (usable) return false;
    return raise(thread, exc::TypeError, "conversion from {} to Decimal is not supported",
                 type_name_of(value));
}

Owned finish_result(Thread& thread, const Context& context, Number& out, Status status) {
    TRY(report(thread, context, status));
    return make_decimal(thread, out.view());
}

namespace {

// An exact conversion that does not fit any context is invalid.
bool check_exact(Number& n, Status& status) {
    Status raised = 0;
    TRY(finish(n, kWidest, raised));
    if (raised & (kInexact | kRounded | kClamped)) return set_invalid(n, status);
    return true;
}

// The conversion's last step: exact, or rounded to the context.
Owned settle(Thread& thread, Type& type, Context& context, bool exact, Number& n, Status status) {
    Settings settings = context.settings();
    bool done;
    if (exact) {
        done = check_exact(n, status);
    } else if (n.kind >= Kind::kQuietNan && n.digits > settings.precision - settings.clamp) {
        done = set_invalid(n, status, kConversionSyntax);
    } else {
        done = finish(n, settings, status);
    }
    if (!done) return raise_memory_error(thread);
    TRY(report(thread, context, status));
    return make_decimal(thread, type, n.view());
}

// The str as ASCII: Unicode digits as theirs; stripped and without underscores if asked for. Other
// characters become '?'.
class NumericText {
  public:
    ~NumericText() {
        if (data_ != local_) array_free(data_);
    }
    bool load(Thread& thread, const Str& text, bool lenient) {
        size_t begin = 0, end = text.length();
        if (lenient) {
            while (begin < end && unicode::is_space(text[begin])) begin++;
            while (end > begin && unicode::is_space(text[end - 1])) end--;
        }
        if (end - begin > sizeof local_) {
            data_ = static_cast<char*>(array_allocate(end - begin));
            if (!data_) {
                data_ = local_;
                return raise_memory_error(thread);
            }
        }
        for (size_t i = begin; i < end; i++) {
            uint32_t c = text[i];
            if (lenient && c == '_') continue;
            if (c < 128) {
                data_[size_++] = c ? static_cast<char>(c) : '?';
            } else {
                int digit = unicode::decimal_value(c);
                data_[size_++] = digit >= 0 ? static_cast<char>('0' + digit) : '?';
            }
        }
        return true;
    }
    const char* data() const { return data_; }
    size_t size() const { return size_; }

  private:
    char local_[96];
    char* data_ = local_;
    size_t size_ = 0;
};

Owned from_text(Thread& thread, Type& type, const Str& str, Context& context, bool exact) {
    NumericText text;
    TRY(text.load(thread, str, exact));
    Number n;
    bool valid = false;
    TRY(compute(thread, static_cast<int64_t>(text.size()),
                [&] { return parse_number(n, text.data(), text.size(), &valid); }));
    Status status = 0;
    if (!valid) {
        set_invalid(n, status, kConversionSyntax);
        TRY(report(thread, context, status));
        return make_decimal(thread, type, n.view());
    }
    return settle(thread, type, context, exact, n, status);
}

// (sign, digits, exponent), a tuple or list.
Owned from_tuple(Thread& thread, Type& type, Value value, Context& context, bool exact) {
    Ref<Tuple> parts = TRY(to_tuple(thread, value));
    if (parts->size != 3)
        return raise(thread, exc::ValueError, "argument must be a sequence of length 3");
    int64_t sign;
    if (!is_int((*parts)[0]) || !int_fits_int64((*parts)[0], &sign) || (sign != 0 && sign != 1))
        return raise(thread, exc::ValueError, "sign must be an integer with the value 0 or 1");
    Number n;
    Value last = (*parts)[2];
    Kind kind = Kind::kFinite;
    int64_t exponent = 0;
    if (is_str(last)) {
        Str& code = last.as<Str>();
        if (str_equal(code, "F"))
            kind = Kind::kInfinite;
        else if (str_equal(code, "n"))
            kind = Kind::kQuietNan;
        else if (str_equal(code, "N"))
            kind = Kind::kSignalingNan;
        else
            return raise(thread, exc::ValueError,
                         "string argument in the third position must be 'F', 'n' or 'N'");
    } else {
        if (!is_int(last)) return raise(thread, exc::ValueError, "exponent must be an integer");
        exponent = TRY(int_to_int64(thread, last));
        constexpr int64_t kMost = 4 * kMaxExponent;
        exponent = exponent > kMost ? kMost : exponent < -kMost ? -kMost : exponent;
    }
    if (!is_tuple((*parts)[1]) && !is_list((*parts)[1]))
        return raise(thread, exc::ValueError, "coefficient must be a tuple of digits");
    Ref<Tuple> digits = TRY(to_tuple(thread, (*parts)[1]));
    Natural values;
    if (!values.reserve(digits->size / sizeof(Limb) + 1)) return raise_memory_error(thread);
    auto* bytes = reinterpret_cast<uint8_t*>(values.data());
    for (size_t i = 0; i < digits->size; i++) {
        int64_t digit;
        if (!is_int((*digits)[i]) || !int_fits_int64((*digits)[i], &digit) || digit < 0 ||
            digit > 9)
            return raise(thread, exc::ValueError, "coefficient must be a tuple of digits");
        bytes[i] = static_cast<uint8_t>(digit);
    }
    n.set_zero(sign, 0);
    if (kind == Kind::kInfinite) {
        n.set_special(kind, sign);
    } else {
        TRY(compute(thread, static_cast<int64_t>(digits->size), [&]() -> bool {
            if (digits->size == 0) return true;
            TRY(n.coefficient.reserve(limbs::from_digits_room(digits->size, 10)));
            size_t size = limbs::from_digits(n.coefficient.data(), bytes, digits->size, 10);
            if (size == limbs::no_memory) return false;
            n.coefficient.set_size(size);
            return n.count();
        }));
        n.kind = kind;
        n.exponent = exponent;
        if (kind != Kind::kFinite && n.coefficient.is_zero()) n.digits = 0;
    }
    return settle(thread, type, context, exact, n, 0);
}

}  // namespace

Owned decimal_from(Thread& thread, Type& type, Value value, Context& context, bool exact) {
    if (value.is_empty())
        return make_decimal(thread, type, {Kind::kFinite, false, 0, 1, {nullptr, 0}});
    Number n;
    if (is_decimal(value)) {
        if (exact) {
            if (&type == &decimal_class.type() && decimal_class.is_exact(value))
                return Owned::share(value);
            return make_decimal(thread, type, value.as<Decimal>().view());
        }
        if (!n.set(value.as<Decimal>().view())) return raise_memory_error(thread);
        return settle(thread, type, context, exact, n, 0);
    }
    if (is_str(value)) return from_text(thread, type, value.as<Str>(), context, exact);
    if (is_int(value)) {
        TRY(number_from_int(thread, n, value));
        return settle(thread, type, context, exact, n, 0);
    }
    if (is_tuple(value) || is_list(value)) return from_tuple(thread, type, value, context, exact);
    if (is_float(value)) {
        TRY(report(thread, context, kFloatOperation));
        TRY(number_from_double(thread, n, float_number(value)));
        return settle(thread, type, context, exact, n, 0);
    }
    return raise(thread, exc::TypeError, "conversion from {} to Decimal is not supported",
                 type_name_of(value));
}

bool number_from_float(Thread& thread, Number& out, Value value) {
    if (is_int(value)) return number_from_int(thread, out, value);
    if (is_float(value)) return number_from_double(thread, out, float_number(value));
    return raise(thread, exc::TypeError, "argument must be int or float");
}

Owned decimal_from_float(Thread& thread, Type& type, Value value) {
    Number n;
    TRY(number_from_float(thread, n, value));
    Owned result = TRY(make_decimal(thread, n.view()));
    if (&type == &decimal_class.type()) return result;
    return call(thread, Value::of(type), result);
}

Owned integer_from(Thread& thread, const NumberView& a, Rounding rounding) {
    if (a.is_nan()) return raise(thread, exc::ValueError, "cannot convert NaN to integer");
    if (a.is_infinite())
        return raise(thread, exc::OverflowError, "cannot convert Infinity to integer");
    Number n;
    Tail tail;
    int64_t work = a.exponent > 0 && !a.is_zero() ? a.exponent : a.digits;
    TRY(compute(thread, work, [&] { return rescale(n, a, 0, rounding, &tail); }));
    return make_int_from_limbs(thread, n.negative && !n.coefficient.is_zero(), n.coefficient.data(),
                               n.coefficient.size());
}

// --- comparison with other kinds of numbers ---

namespace {

// The second operand of a comparison, and factors that both are to be multiplied by.
struct Compared {
    Number left, right;  // what had to be made
    NumberView left_view, right_view;
    bool comparable = true;
};

bool load_rational(Thread& thread, Value rational, Compared* out) {
    Owned numerator = TRY(get_attribute(thread, rational, ID(numerator)));
    Owned denominator = TRY(get_attribute(thread, rational, ID(denominator)));
    if (!is_int(numerator) || !is_int(denominator)) {
        out->comparable = false;
        return true;
    }
    TRY(number_from_int(thread, out->right, numerator));
    out->right_view = out->right.view();
    if (!out->left_view.is_finite() || out->left_view.is_zero()) return true;
    Number factor;
    TRY(number_from_int(thread, factor, denominator));
    Status ignored = 0;
    if (!multiply(out->left, out->left_view, factor.view(), kWidest, ignored))
        return raise_memory_error(thread);
    out->left_view = out->left.view();
    return true;
}

bool load_compared(Thread& thread, Context& context, Value other, CompareOp op, Compared* out) {
    bool equality = op == CompareOp::kEq || op == CompareOp::kNe;
    if (is_decimal(other)) {
        out->right_view = other.as<Decimal>().view();
        return true;
    }
    if (is_int(other)) {
        TRY(number_from_int(thread, out->right, other));
        out->right_view = out->right.view();
        return true;
    }
    bool real_complex = equality && is_complex(other);
    if (is_float(other) || real_complex) {
        if (real_complex && other.as<Complex>().imaginary != 0) {
            out->comparable = false;
            return true;
        }
        if (equality)
            context.flag_bits().bits.fetch_or(kFloatOperation, std::memory_order_relaxed);
        else
            TRY(report(thread, context, kFloatOperation));
        TRY(number_from_double(thread, out->right,
                               real_complex ? other.as<Complex>().real : float_number(other)));
        out->right_view = out->right.view();
        return true;
    }
    Owned rational = TRY(module_attribute(thread, ID(numbers), ID(Rational)));
    if (TRY(is_instance(thread, other, rational))) return load_rational(thread, other, out);
    out->comparable = false;
    return true;
}

}  // namespace

Owned decimal_compare(Thread& thread, Value left, Value right, CompareOp op) {
    Ref<Context> context = TRY(current_context(thread));
    Compared operands;
    operands.left_view = left.as<Decimal>().view();
    TRY(load_compared(thread, *context, right, op, &operands));
    if (!operands.comparable) return Owned::share(not_implemented());
    const NumberView &a = operands.left_view, &b = operands.right_view;
    bool equality = op == CompareOp::kEq || op == CompareOp::kNe;
    if (a.is_nan() || b.is_nan()) {
        if (!equality || a.is_signaling() || b.is_signaling())
            TRY(report(thread, *context, kInvalidOperation));
        return Owned::share(boolean(op == CompareOp::kNe));
    }
    int order = 0;
    TRY(compute(thread, a.digits + b.digits, [&] {
        order = compare(a, b);
        return order != -2;
    }));
    return Owned::share(boolean(holds(op, order, 0)));
}

namespace {

// --- slots ---

template <BinaryOperation* operation>
Owned binary(Thread& thread, Value left, Value right) {
    Operand a, b;
    bool usable;
    if (!a.load(thread, left, &usable) || !b.load(thread, right, &usable))
        return usable ? Owned() : Owned::share(not_implemented());
    Ref<Context> context = TRY(current_context(thread));
    Number out;
    Status status = 0;
    TRY(compute(thread, a.view().digits + b.view().digits,
                [&] { return operation(out, a.view(), b.view(), context->settings(), status); }));
    return finish_result(thread, *context, out, status);
}

template <UnaryOperation* operation>
Owned unary(Thread& thread, Value self) {
    Ref<Context> context = TRY(current_context(thread));
    Number out;
    Status status = 0;
    TRY(compute(thread, self.as<Decimal>().digits, [&] {
        return operation(out, self.as<Decimal>().view(), context->settings(), status);
    }));
    return finish_result(thread, *context, out, status);
}

Owned slot_divmod(Thread& thread, Value left, Value right) {
    Operand a, b;
    bool usable;
    if (!a.load(thread, left, &usable) || !b.load(thread, right, &usable))
        return usable ? Owned() : Owned::share(not_implemented());
    Ref<Context> context = TRY(current_context(thread));
    Number quotient, rest;
    Status status = 0;
    TRY(compute(thread, a.view().digits + b.view().digits, [&] {
        return divide_with_remainder(quotient, rest, a.view(), b.view(), context->settings(),
                                     status);
    }));
    TRY(report(thread, *context, status));
    Owned first = TRY(make_decimal(thread, quotient.view()));
    Owned second = TRY(make_decimal(thread, rest.view()));
    return make_tuple(thread, first, second).owned();
}

Owned slot_power(Thread& thread, Value base, Value exponent, Value modulus) {
    Operand a, b, m;
    bool usable;
    if (!a.load(thread, base, &usable) || !b.load(thread, exponent, &usable))
        return usable ? Owned() : Owned::share(not_implemented());
    bool modular = !modulus.is_empty() && !is_none(modulus);
    if (modular && !m.load(thread, modulus, &usable))
        return usable ? Owned() : Owned::share(not_implemented());
    Ref<Context> context = TRY(current_context(thread));
    Settings settings = context->settings();
    Number out;
    Status status = 0;
    int64_t work = a.view().digits + b.view().digits + settings.precision * 20;
    TRY(compute(thread, work, [&] {
        return modular ? power_modulo(out, a.view(), b.view(), m.view(), settings, status)
                       : power(out, a.view(), b.view(), settings, status);
    }));
    return finish_result(thread, *context, out, status);
}

Owned slot_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value values[2];
    TRY(bind_arguments(thread, "Decimal", "(value=<unrepresentable>, context=None)", arguments,
                       values, 2));
    Ref<Context> context = TRY(context_argument(thread, values[1]));
    return decimal_from(thread, type, values[0], *context, true);
}

Owned slot_str(Thread& thread, Value self) {
    Ref<Context> context = TRY(current_context(thread));
    return to_text(thread, self.as<Decimal>().view(), false,
                   context->capitals.load(std::memory_order_relaxed));
}

Owned slot_repr(Thread& thread, Value self) {
    Owned text = TRY(slot_str(thread, self));
    return format(thread, "Decimal('{}')", text);
}

// The hash of the rational number, modulo 2**61 - 1 as for all numbers.
int64_t hash_number(const NumberView& a) {
    constexpr uint64_t kModulus = (uint64_t{1} << 61) - 1;
    constexpr uint64_t kInverseOfTen = 2075258708292324556;
    auto product = [](uint64_t x, uint64_t y) {
        return static_cast<uint64_t>(static_cast<unsigned __int128>(x) * y % kModulus);
    };
    auto power = static_cast<uint64_t>(a.exponent < 0 ? -a.exponent : a.exponent);
    uint64_t square = a.exponent < 0 ? kInverseOfTen : 10, scale = 1;
    for (; power; power >>= 1) {
        if (power & 1) scale = product(scale, square);
        square = product(square, square);
    }
    auto coefficient =
        static_cast<uint64_t>(limbs::hash({a.coefficient.data, a.coefficient.size, false}));
    auto result = static_cast<int64_t>(product(coefficient, scale));
    if (a.negative) result = -result;
    return result == -1 ? -2 : result;
}

Result<int64_t> slot_hash(Thread& thread, Value value) {
    auto& self = value.as<Decimal>();
    // Zero means "not computed", and is computed each time.
    if (int64_t known = self.cached_hash.load(std::memory_order_relaxed)) return known;
    int64_t result;
    NumberView a = self.view();
    if (a.is_signaling()) return raise(thread, exc::TypeError, "Cannot hash a signaling NaN value");
    if (a.is_nan()) return object_type.slots.hash(thread, value);
    if (a.is_infinite())
        result = a.negative ? -314159 : 314159;
    else
        result = hash_number(a);
    self.cached_hash.store(result, std::memory_order_relaxed);
    return result;
}

Result<bool> slot_boolean(Thread&, Value self) {
    return !self.as<Decimal>().view().is_zero();
}

Owned slot_int(Thread& thread, Value self) {
    return integer_from(thread, self.as<Decimal>().view(), Rounding::kDown);
}

Owned slot_float(Thread& thread, Value self) {
    NumberView a = self.as<Decimal>().view();
    if (a.is_signaling())
        return raise(thread, exc::ValueError, "cannot convert signaling NaN to float");
    if (a.is_nan()) return make_float(thread, a.negative ? -NAN : NAN);
    Owned text = TRY(to_text(thread, a, false, true));
    return make_float_from_text(thread, text.as<Str>());
}

void release(Object* object) {
    auto* self = static_cast<Decimal*>(object);
    if (self->limbs != self->local) array_free(self->limbs);
}

const TypeSpec decimal_spec = {
    .name = "decimal.Decimal",
    .doc =
        "Construct a new Decimal object. 'value' can be an integer, string, tuple,\n"
        "or another Decimal object. If no value is given, return Decimal('0'). The\n"
        "context does not affect the conversion and is only passed to determine if\n"
        "the InvalidOperation trap is active.\n\n",
    .size = sizeof(Decimal),
    .flags = kTypeBase,
    .slots = {.repr = slot_repr,
              .str = slot_str,
              .hash = slot_hash,
              .compare = decimal_compare,
              .make = slot_make,
              .release = release,
              .add = binary<add>,
              .subtract = binary<subtract>,
              .multiply = binary<multiply>,
              .remainder = binary<remainder>,
              .divmod = slot_divmod,
              .power = slot_power,
              .negative = unary<minus>,
              .positive = unary<plus>,
              .absolute = unary<absolute>,
              .boolean = slot_boolean,
              .to_int = slot_int,
              .to_float = slot_float,
              .floor_divide = binary<divide_integer>,
              .true_divide = binary<divide>},
    .methods = decimal_rows,
    .getsets = decimal_getsets,
    .signature = "(value='0', context=None)",
};

}  // namespace

constinit SharedType decimal_class(decimal_spec);

}  // namespace imugi::decimals
