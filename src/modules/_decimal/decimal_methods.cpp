// The methods of Decimal: tables over the operations of number.h. Decimals are immutable.
#include "memory/collector.h"
#include "modules/_decimal/decimal.h"
#include "object/call.h"
#include "object/complex.h"
#include "object/float.h"
#include "object/int.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi::decimals {

namespace {

// Methods of (self, context) and (self, other, context).
template <UnaryOperation* operation>
Owned with_context(Thread& thread, Decimal& self, Value context_value) {
    Ref<Context> context = TRY(context_argument(thread, context_value));
    Settings settings = context->settings();
    Number out;
    Status status = 0;
    TRY(compute(thread, self.digits + settings.precision * 4,
                [&] { return operation(out, self.view(), settings, status); }));
    return finish_result(thread, *context, out, status);
}

template <BinaryOperation* operation>
Owned with_other(Thread& thread, Decimal& self, Value other, Value context_value) {
    Ref<Context> context = TRY(context_argument(thread, context_value));
    Operand b;
    TRY(b.load(thread, other));
    Number out;
    Status status = 0;
    TRY(compute(thread, self.digits + b.view().digits, [&] {
        return operation(out, self.view(), b.view(), context->settings(), status);
    }));
    return finish_result(thread, *context, out, status);
}

// Methods that neither round nor signal.
template <int (*order)(const NumberView&, const NumberView&)>
Owned total_order(Thread& thread, Decimal& self, Value other, Value context_value) {
    Ref<Context> context = TRY(context_argument(thread, context_value));
    Operand b;
    TRY(b.load(thread, other));
    int result = order(self.view(), b.view());
    if (result == -2) return raise_memory_error(thread);
    Number out;
    out.set_small(result < 0, result != 0);
    return make_decimal(thread, out.view());
}

template <bool (*test)(const NumberView&)>
Owned predicate(Thread& thread, Decimal& self) {
    return Owned::share(boolean(test(self.view())));
}
bool canonical_number(const NumberView&) {
    return true;
}
bool finite_number(const NumberView& a) {
    return a.is_finite();
}
bool infinite_number(const NumberView& a) {
    return a.is_infinite();
}
bool any_nan(const NumberView& a) {
    return a.is_nan();
}
bool quiet_nan(const NumberView& a) {
    return a.kind == Kind::kQuietNan;
}
bool signaling_nan(const NumberView& a) {
    return a.is_signaling();
}
bool signed_number(const NumberView& a) {
    return a.negative;
}
bool zero_number(const NumberView& a) {
    return a.is_zero();
}

template <bool (*test)(const NumberView&, const Settings&)>
Owned predicate_in(Thread& thread, Decimal& self, Value context_value) {
    Ref<Context> context = TRY(context_argument(thread, context_value));
    return Owned::share(boolean(test(self.view(), context->settings())));
}

Owned copy_abs(Thread& thread, Decimal& self) {
    return make_decimal(thread, self.view().magnitude());
}
Owned copy_negate(Thread& thread, Decimal& self) {
    return make_decimal(thread, self.view().negated());
}
Owned copy_sign(Thread& thread, Decimal& self, Value other, Value context_value) {
    Ref<Context> context = TRY(context_argument(thread, context_value));
    Operand b;
    TRY(b.load(thread, other));
    NumberView result = self.view();
    result.negative = b.view().negative;
    return make_decimal(thread, result);
}
Owned same_quantum_row(Thread& thread, Decimal& self, Value other, Value context_value) {
    Ref<Context> context = TRY(context_argument(thread, context_value));
    Operand b;
    TRY(b.load(thread, other));
    return Owned::share(boolean(same_quantum(self.view(), b.view())));
}
Owned number_class_row(Thread& thread, Decimal& self, Value context_value) {
    Ref<Context> context = TRY(context_argument(thread, context_value));
    return make_str(thread, number_class(self.view(), context->settings()));
}
Owned to_eng_string(Thread& thread, Decimal& self, Value context_value) {
    Ref<Context> context = TRY(context_argument(thread, context_value));
    return to_text(thread, self.view(), true, context->capitals.load(std::memory_order_relaxed));
}
Owned adjusted(Thread& thread, Decimal& self) {
    NumberView a = self.view();
    return make_int(thread, a.is_finite() ? a.adjusted() : 0);
}
Owned itself(Thread& thread, Decimal& self) {
    return Owned::share(self);
}
Owned deep_copy(Thread& thread, Decimal& self, Value) {
    return Owned::share(self);
}
Owned radix(Thread& thread, Decimal&) {
    Number ten;
    ten.set_small(false, 10);
    return make_decimal(thread, ten.view());
}

Owned fma(Thread& thread, Decimal& self, Value other, Value third, Value context_value) {
    Ref<Context> context = TRY(context_argument(thread, context_value));
    Operand b, c;
    TRY(b.load(thread, other));
    TRY(c.load(thread, third));
    Number out;
    Status status = 0;
    TRY(compute(thread, self.digits + b.view().digits, [&] {
        return multiply_add(out, self.view(), b.view(), c.view(), context->settings(), status);
    }));
    return finish_result(thread, *context, out, status);
}

bool rounding_argument(Thread& thread, Value value, Settings* settings) {
    return is_none(value) || parse_rounding(thread, value, &settings->rounding);
}

Owned quantize_row(Thread& thread, Decimal& self, Value exp, Value rounding, Value context_value) {
    Ref<Context> context = TRY(context_argument(thread, context_value));
    Settings settings = context->settings();
    TRY(rounding_argument(thread, rounding, &settings));
    Operand b;
    TRY(b.load(thread, exp));
    Number out;
    Status status = 0;
    TRY(compute(thread, self.digits,
                [&] { return quantize(out, self.view(), b.view(), settings, status); }));
    return finish_result(thread, *context, out, status);
}

template <UnaryOperation* operation>
Owned to_integral_row(Thread& thread, Decimal& self, Value rounding, Value context_value) {
    Ref<Context> context = TRY(context_argument(thread, context_value));
    Settings settings = context->settings();
    TRY(rounding_argument(thread, rounding, &settings));
    Number out;
    Status status = 0;
    TRY(compute(thread, self.digits,
                [&] { return operation(out, self.view(), settings, status); }));
    return finish_result(thread, *context, out, status);
}

// --- conversions ---

Owned from_float_row(Thread& thread, Type& type, Value f) {
    return decimal_from_float(thread, type, f);
}

Owned from_number(Thread& thread, Type& type, Value number) {
    if (is_decimal(number)) {
        if (&type == &decimal_class.type() && decimal_class.is_exact(number))
            return Owned::share(number);
        return call(thread, Value::of(type), number);
    }
    if (!is_int(number) && !is_float(number)) {
        // Anything that knows its ratio or is a number by __float__ or __index__ would be a guess.
        return raise(thread, exc::TypeError, "Cannot convert {} to Decimal", repr_of(number));
    }
    return decimal_from_float(thread, type, number);
}

// The coefficient's digits as a tuple of ints.
Ref<Tuple> digit_tuple(Thread& thread, const NumberView& a) {
    Owned text =
        TRY(to_text(thread, {Kind::kFinite, false, 0, a.digits, a.coefficient}, false, true));
    Str& digits = text.as<Str>();
    Ref<Tuple> result = TRY(make_tuple_blank(thread, digits.length()));
    for (size_t i = 0; i < digits.length(); i++)
        result->items[i].init(Owned::small_int(digits[i] - '0'));
    track(result.get());
    return result;
}

Owned as_tuple(Thread& thread, Decimal& self) {
    NumberView a = self.view();
    Ref<Tuple> digits;
    Owned exponent;
    if (a.is_finite()) {
        digits = TRY(digit_tuple(thread, a));
        exponent = TRY(make_int(thread, a.exponent));
    } else if (a.is_infinite()) {
        digits = TRY(make_tuple(thread, Value::small_int(0)));
        exponent = TRY(make_str(thread, "F"));
    } else {
        digits = a.digits ? digit_tuple(thread, a) : empty_tuple();
        if (!digits) return {};
        exponent = TRY(make_str(thread, a.is_signaling() ? "N" : "n"));
    }
    return call(thread, Value::of(shared.tuple_type), Value::small_int(a.negative), digits,
                exponent);
}

Owned as_integer_ratio(Thread& thread, Decimal& self) {
    NumberView a = self.view();
    if (a.is_nan()) return raise(thread, exc::ValueError, "cannot convert NaN to integer ratio");
    if (a.is_infinite())
        return raise(thread, exc::OverflowError, "cannot convert Infinity to integer ratio");
    if (a.exponent >= 0 || a.is_zero()) {
        Owned numerator = TRY(integer_from(thread, a, Rounding::kDown));
        return make_tuple(thread, numerator, Value::small_int(1)).owned();
    }
    Natural denominator;
    TRY(compute(thread, -a.exponent, [&] { return power_of_ten(denominator, -a.exponent); }));
    Owned top =
        TRY(make_int_from_limbs(thread, a.negative, a.coefficient.data, a.coefficient.size));
    Owned bottom = TRY(make_int_from_limbs(thread, false, denominator.data(), denominator.size()));
    Owned divisor = TRY(int_gcd(thread, top, bottom));
    top = TRY(int_floor_divide(thread, top, divisor));
    bottom = TRY(int_floor_divide(thread, bottom, divisor));
    return make_tuple(thread, top, bottom).owned();
}

Owned round_row(Thread& thread, Decimal& self, Value digits) {
    if (digits.is_empty()) return integer_from(thread, self.view(), Rounding::kHalfEven);
    if (!is_int(digits)) return raise(thread, exc::TypeError, "optional arg must be an integer");
    int64_t places = TRY(int_to_int64(thread, digits));
    if (places == INT64_MIN) places++;
    Ref<Context> context = TRY(current_context(thread));
    Number unit, out;
    unit.set_small(false, 1, -places);
    Status status = 0;
    TRY(compute(thread, self.digits, [&] {
        return quantize(out, self.view(), unit.view(), context->settings(), status);
    }));
    return finish_result(thread, *context, out, status);
}

template <Rounding rounding>
Owned to_int_row(Thread& thread, Decimal& self) {
    return integer_from(thread, self.view(), rounding);
}

Owned to_complex_row(Thread& thread, Decimal& self) {
    double real = TRY(to_double(thread, Value::of(self)));
    return make_complex(thread, real, 0);
}

Owned reduce(Thread& thread, Decimal& self) {
    Owned text = TRY(str(thread, Value::of(self)));
    Ref<Tuple> arguments = TRY(make_tuple(thread, text));
    return make_tuple(thread, Value::of(type_of(Value::of(self))), arguments).owned();
}

Owned size_of(Thread& thread, Decimal& self) {
    size_t own = sizeof(Decimal);
    if (self.limb_count > Decimal::kLocal) own += self.limb_count * sizeof(Limb);
    return make_int(thread, static_cast<int64_t>(own));
}

Owned format_row(Thread& thread, Decimal& self, Value format_spec, Value override_) {
    return format_decimal(thread, self, format_spec, override_);
}

Owned get_real(Thread&, Value self) {
    return Owned::share(self);
}
Owned get_imaginary(Thread& thread, Value) {
    return make_decimal(thread, {Kind::kFinite, false, 0, 1, {nullptr, 0}});
}

constexpr const char* kUnary = "(self, /, context=None)";
constexpr const char* kBinary = "(self, /, other, context=None)";
constexpr const char* kPlain = "(self, /)";

}  // namespace

const MethodRow decimal_rows[] = {
    {"exp", kUnary, fn<with_context<exponential>>, "e raised to this number, correctly rounded."},
    {"ln", kUnary, fn<with_context<natural_logarithm>>,
     "The natural logarithm, correctly rounded."},
    {"log10", kUnary, fn<with_context<common_logarithm>>,
     "The logarithm to base ten, correctly rounded."},
    {"next_minus", kUnary, fn<with_context<next_minus>>,
     "The largest number of the context that is smaller."},
    {"next_plus", kUnary, fn<with_context<next_plus>>,
     "The smallest number of the context that is larger."},
    {"normalize", kUnary, fn<with_context<normalize>>,
     "The number without zeros at its end; every zero becomes Decimal('0')."},
    {"to_integral", "(self, /, rounding=None, context=None)",
     fn<to_integral_row<to_integral_value>>, "The same as to_integral_value()."},
    {"to_integral_exact", "(self, /, rounding=None, context=None)",
     fn<to_integral_row<to_integral_exact>>,
     "The nearest integer; Inexact or Rounded is signaled if that changes the number."},
    {"to_integral_value", "(self, /, rounding=None, context=None)",
     fn<to_integral_row<to_integral_value>>, "The nearest integer, without any signal."},
    {"sqrt", kUnary, fn<with_context<square_root>>, "The square root, correctly rounded."},
    {"compare", kBinary, fn<with_other<compare>>,
     "Decimal -1, 0 or 1 as self is less than, equal to or greater than other; NaN for a NaN."},
    {"compare_signal", kBinary, fn<with_other<compare_signal>>,
     "As compare(), but every NaN signals."},
    {"max", kBinary, fn<with_other<maximum>>, "The greater of two; a number beats a quiet NaN."},
    {"max_mag", kBinary, fn<with_other<maximum_magnitude>>, "As max(), by absolute value."},
    {"min", kBinary, fn<with_other<minimum>>, "The lesser of two; a number beats a quiet NaN."},
    {"min_mag", kBinary, fn<with_other<minimum_magnitude>>, "As min(), by absolute value."},
    {"next_toward", kBinary, fn<with_other<next_toward>>,
     "The neighbour of self in the direction of other."},
    {"quantize", "(self, /, exp, rounding=None, context=None)", fn<quantize_row>,
     "The number rounded to the exponent of exp.\n\nInvalidOperation is signaled when its "
     "digits then exceed the precision."},
    {"remainder_near", kBinary, fn<with_other<remainder_near>>,
     "self - n * other, n being the integer nearest to self / other (the even one of two)."},
    {"fma", "(self, /, other, third, context=None)", fn<fma>,
     "self * other + third, rounded once."},
    {"is_canonical", kPlain, fn<predicate<canonical_number>>, "True: every Decimal is canonical."},
    {"is_finite", kPlain, fn<predicate<finite_number>>,
     "Whether this is neither infinite nor a NaN."},
    {"is_infinite", kPlain, fn<predicate<infinite_number>>, "Whether this is an infinity."},
    {"is_nan", kPlain, fn<predicate<any_nan>>, "Whether this is a quiet or signaling NaN."},
    {"is_qnan", kPlain, fn<predicate<quiet_nan>>, "Whether this is a quiet NaN."},
    {"is_snan", kPlain, fn<predicate<signaling_nan>>, "Whether this is a signaling NaN."},
    {"is_signed", kPlain, fn<predicate<signed_number>>,
     "Whether the sign is negative; zeros and NaNs have one, too."},
    {"is_zero", kPlain, fn<predicate<zero_number>>, "Whether this is a zero."},
    {"is_normal", kUnary, fn<predicate_in<is_normal>>,
     "Whether this is a finite number, not zero and not subnormal."},
    {"is_subnormal", kUnary, fn<predicate_in<is_subnormal>>,
     "Whether this is not zero and its adjusted exponent less than Emin."},
    {"adjusted", kPlain, fn<adjusted>, "The exponent of the first digit."},
    {"canonical", kPlain, fn<itself>, "The number itself: every Decimal is canonical."},
    {"conjugate", kPlain, fn<itself>, "The number itself."},
    {"radix", kPlain, fn<radix>, "Decimal(10), the base of all arithmetic here."},
    {"copy_abs", kPlain, fn<copy_abs>, "The absolute value, neither rounded nor signaling."},
    {"copy_negate", kPlain, fn<copy_negate>, "The negated number, neither rounded nor signaling."},
    {"logb", kUnary, fn<with_context<logb>>, "The exponent of the first digit as a Decimal."},
    {"logical_invert", kUnary, fn<with_context<logical_invert>>,
     "0 for each digit 1 and 1 for each digit 0, up to the precision."},
    {"number_class", kUnary, fn<number_class_row>,
     "What kind of number this is: one of ten strings such as '+Normal' or 'sNaN'."},
    {"to_eng_string", kUnary, fn<to_eng_string>,
     "The number as text whose exponent is a multiple of three."},
    {"compare_total", kBinary, fn<total_order<compare_total>>,
     "Decimal -1, 0 or 1 by the total order of representations, NaNs included."},
    {"compare_total_mag", kBinary, fn<total_order<compare_total_magnitude>>,
     "As compare_total(), of the absolute values."},
    {"copy_sign", kBinary, fn<copy_sign>, "The number with the sign of other."},
    {"same_quantum", kBinary, fn<same_quantum_row>,
     "Whether both have the same exponent, or both are infinite, or both NaNs."},
    {"logical_and", kBinary, fn<with_other<logical_and>>, "Digit by digit and."},
    {"logical_or", kBinary, fn<with_other<logical_or>>, "Digit by digit or."},
    {"logical_xor", kBinary, fn<with_other<logical_xor>>, "Digit by digit exclusive or."},
    {"rotate", kBinary, fn<with_other<rotate>>,
     "The digits, as many as the precision, rotated by other places; to the left if positive."},
    {"scaleb", kBinary, fn<with_other<scaleb>>, "The number with other added to its exponent."},
    {"shift", kBinary, fn<with_other<shift>>,
     "The digits shifted by other places, zeros filled in; to the left if positive."},
    {"from_float", "(cls, f, /)", fn<from_float_row>,
     "The exact value of a float or int, without a signal.", kMethodClass},
    {"from_number", "(cls, number, /)", fn<from_number>,
     "The exact value of a real number (int, float or Decimal).", kMethodClass},
    {"as_tuple", kPlain, fn<as_tuple>, "A DecimalTuple: sign, digits, exponent."},
    {"as_integer_ratio", kPlain, fn<as_integer_ratio>,
     "A pair of ints, in lowest terms, whose ratio is the number."},
    {"__copy__", kPlain, fn<itself>, nullptr},
    {"__deepcopy__", "(self, memo, /)", fn<deep_copy>, nullptr},
    {"__format__", "(self, format_spec, override=<unrepresentable>, /)", fn<format_row>, nullptr},
    {"__reduce__", kPlain, fn<reduce>, nullptr},
    {"__round__", "(self, ndigits=<unrepresentable>, /)", fn<round_row>, nullptr},
    {"__ceil__", kPlain, fn<to_int_row<Rounding::kCeiling>>, nullptr},
    {"__floor__", kPlain, fn<to_int_row<Rounding::kFloor>>, nullptr},
    {"__trunc__", kPlain, fn<to_int_row<Rounding::kDown>>, nullptr},
    {"__complex__", kPlain, fn<to_complex_row>, nullptr},
    {"__sizeof__", kPlain, fn<size_of>, nullptr},
    {},
};

const GetSetRow decimal_getsets[] = {
    {"real", get_real},
    {"imag", get_imaginary},
    {},
};

}  // namespace imugi::decimals
