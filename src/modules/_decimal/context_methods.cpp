// The methods of Context: the operations of number.h under this context instead of the current one.
#include "modules/_decimal/decimal.h"
#include "object/call.h"
#include "object/float.h"
#include "object/int.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi::decimals {

namespace {

template <UnaryOperation* operation>
Owned one(Thread& thread, Context& self, Value x) {
    Operand a;
    TRY(a.load(thread, x));
    Settings settings = self.settings();
    Number out;
    Status status = 0;
    TRY(compute(thread, a.view().digits + settings.precision * 4,
                [&] { return operation(out, a.view(), settings, status); }));
    return finish_result(thread, self, out, status);
}

template <BinaryOperation* operation>
Owned two(Thread& thread, Context& self, Value x, Value y) {
    Operand a, b;
    TRY(a.load(thread, x));
    TRY(b.load(thread, y));
    Number out;
    Status status = 0;
    TRY(compute(thread, a.view().digits + b.view().digits,
                [&] { return operation(out, a.view(), b.view(), self.settings(), status); }));
    return finish_result(thread, self, out, status);
}

// Whatever the method of Decimal does without a context.
template <bool (*test)(const NumberView&, const Settings&)>
Owned predicate(Thread& thread, Context& self, Value x) {
    Operand a;
    TRY(a.load(thread, x));
    return Owned::share(boolean(test(a.view(), self.settings())));
}
bool finite_number(const NumberView& a, const Settings&) {
    return a.is_finite();
}
bool infinite_number(const NumberView& a, const Settings&) {
    return a.is_infinite();
}
bool any_nan(const NumberView& a, const Settings&) {
    return a.is_nan();
}
bool quiet_nan(const NumberView& a, const Settings&) {
    return a.kind == Kind::kQuietNan;
}
bool signaling_nan(const NumberView& a, const Settings&) {
    return a.is_signaling();
}
bool signed_number(const NumberView& a, const Settings&) {
    return a.negative;
}
bool zero_number(const NumberView& a, const Settings&) {
    return a.is_zero();
}

// These two take Decimals alone.
Owned is_canonical(Thread& thread, Context&, Value x) {
    if (!is_decimal(x)) return raise(thread, exc::TypeError, "argument must be a Decimal");
    return Owned::share(boolean(true));
}
Owned canonical(Thread& thread, Context&, Value x) {
    if (!is_decimal(x)) return raise(thread, exc::TypeError, "argument must be a Decimal");
    return Owned::share(x);
}

template <int (*order)(const NumberView&, const NumberView&)>
Owned total_order(Thread& thread, Context&, Value x, Value y) {
    Operand a, b;
    TRY(a.load(thread, x));
    TRY(b.load(thread, y));
    int result = order(a.view(), b.view());
    if (result == -2) return raise_memory_error(thread);
    Number out;
    out.set_small(result < 0, result != 0);
    return make_decimal(thread, out.view());
}

Owned copy_decimal(Thread& thread, Context&, Value x) {
    Operand a;
    TRY(a.load(thread, x));
    if (decimal_class.is_exact(x)) return Owned::share(x);
    return make_decimal(thread, a.view());
}
Owned copy_abs(Thread& thread, Context&, Value x) {
    Operand a;
    TRY(a.load(thread, x));
    return make_decimal(thread, a.view().magnitude());
}
Owned copy_negate(Thread& thread, Context&, Value x) {
    Operand a;
    TRY(a.load(thread, x));
    return make_decimal(thread, a.view().negated());
}
Owned copy_sign(Thread& thread, Context&, Value x, Value y) {
    Operand a, b;
    TRY(a.load(thread, x));
    TRY(b.load(thread, y));
    NumberView result = a.view();
    result.negative = b.view().negative;
    return make_decimal(thread, result);
}
Owned same_quantum_row(Thread& thread, Context&, Value x, Value y) {
    Operand a, b;
    TRY(a.load(thread, x));
    TRY(b.load(thread, y));
    return Owned::share(boolean(same_quantum(a.view(), b.view())));
}
Owned number_class_row(Thread& thread, Context& self, Value x) {
    Operand a;
    TRY(a.load(thread, x));
    return make_str(thread, number_class(a.view(), self.settings()));
}
template <bool engineering>
Owned to_string(Thread& thread, Context& self, Value x) {
    Operand a;
    TRY(a.load(thread, x));
    return to_text(thread, a.view(), engineering, self.capitals.load(std::memory_order_relaxed));
}

Owned divmod_row(Thread& thread, Context& self, Value x, Value y) {
    Operand a, b;
    TRY(a.load(thread, x));
    TRY(b.load(thread, y));
    Number quotient, rest;
    Status status = 0;
    TRY(compute(thread, a.view().digits + b.view().digits, [&] {
        return divide_with_remainder(quotient, rest, a.view(), b.view(), self.settings(), status);
    }));
    TRY(report(thread, self, status));
    Owned first = TRY(make_decimal(thread, quotient.view()));
    Owned second = TRY(make_decimal(thread, rest.view()));
    return make_tuple(thread, first, second).owned();
}

Owned power_row(Thread& thread, Context& self, Value base, Value exponent, Value modulo) {
    Operand a, b, m;
    TRY(a.load(thread, base));
    TRY(b.load(thread, exponent));
    bool modular = !is_none(modulo);
    if (modular) TRY(m.load(thread, modulo));
    Settings settings = self.settings();
    Number out;
    Status status = 0;
    int64_t work = a.view().digits + b.view().digits + settings.precision * 20;
    TRY(compute(thread, work, [&] {
        return modular ? power_modulo(out, a.view(), b.view(), m.view(), settings, status)
                       : power(out, a.view(), b.view(), settings, status);
    }));
    return finish_result(thread, self, out, status);
}

Owned fma(Thread& thread, Context& self, Value x, Value y, Value z) {
    Operand a, b, c;
    TRY(a.load(thread, x));
    TRY(b.load(thread, y));
    TRY(c.load(thread, z));
    Number out;
    Status status = 0;
    TRY(compute(thread, a.view().digits + b.view().digits, [&] {
        return multiply_add(out, a.view(), b.view(), c.view(), self.settings(), status);
    }));
    return finish_result(thread, self, out, status);
}

Owned e_tiny(Thread& thread, Context& self) {
    return make_int(thread, self.settings().e_tiny());
}
Owned e_top(Thread& thread, Context& self) {
    return make_int(thread, self.settings().e_top());
}
Owned radix(Thread& thread, Context&) {
    Number ten;
    ten.set_small(false, 10);
    return make_decimal(thread, ten.view());
}
Owned clear_flags(Thread&, Context& self) {
    self.flag_bits().bits.store(0, std::memory_order_relaxed);
    return Owned::share(none());
}
Owned clear_traps(Thread&, Context& self) {
    self.trap_bits().bits.store(0, std::memory_order_relaxed);
    return Owned::share(none());
}
Owned copy(Thread& thread, Context& self) {
    return copy_context(thread, self, true);
}

Owned create_decimal(Thread& thread, Context& self, Value num) {
    return decimal_from(thread, decimal_class.type(), num, self, false);
}
Owned create_decimal_from_float(Thread& thread, Context& self, Value f) {
    Number n;
    TRY(number_from_float(thread, n, f));
    Status status = 0;
    if (!finish(n, self.settings(), status)) return raise_memory_error(thread);
    return finish_result(thread, self, n, status);
}
Owned apply(Thread& thread, Context& self, Value x) {
    Operand a;
    TRY(a.load(thread, x));
    Number n;
    Status status = 0;
    if (!n.set(a.view()) || !finish(n, self.settings(), status)) return raise_memory_error(thread);
    return finish_result(thread, self, n, status);
}

Ref<List> signal_list(Thread& thread, Status bits) {
    Ref<List> list = TRY(make_list(thread));
    for (unsigned i = 0; i < kSignals; i++)
        if (bits & (1u << i))
            TRY(list_append(thread, *list, Owned::share(Value::of(shared.conditions[i]))));
    return list;
}

Owned reduce(Thread& thread, Context& self) {
    Settings settings = self.settings();
    Ref<List> flags =
        TRY(signal_list(thread, self.flag_bits().bits.load(std::memory_order_relaxed)));
    Ref<List> traps =
        TRY(signal_list(thread, self.trap_bits().bits.load(std::memory_order_relaxed)));
    Owned precision = TRY(make_int(thread, settings.precision));
    Owned e_min = TRY(make_int(thread, settings.e_min)),
          e_max = TRY(make_int(thread, settings.e_max));
    Ref<Str> rounding =
        TRY(make_str(thread, kRoundingNames[static_cast<size_t>(settings.rounding)]));
    Ref<Tuple> arguments =
        TRY(make_tuple(thread, precision, rounding, e_min, e_max,
                       Value::small_int(self.capitals.load(std::memory_order_relaxed)),
                       Value::small_int(settings.clamp), flags, traps));
    return make_tuple(thread, Value::of(type_of(Value::of(self))), arguments).owned();
}

constexpr const char* kOne = "(self, x, /)";
constexpr const char* kTwo = "(self, x, y, /)";
constexpr const char* kPlain = "(self, /)";

}  // namespace

const MethodRow context_rows[] = {
    {"abs", kOne, fn<one<absolute>>, "The absolute value of x."},
    {"exp", kOne, fn<one<exponential>>, "e ** x."},
    {"ln", kOne, fn<one<natural_logarithm>>, "The natural logarithm of x."},
    {"log10", kOne, fn<one<common_logarithm>>, "The logarithm of x to base ten."},
    {"minus", kOne, fn<one<minus>>, "-x, rounded to the context."},
    {"next_minus", kOne, fn<one<next_minus>>, "The largest number smaller than x."},
    {"next_plus", kOne, fn<one<next_plus>>, "The smallest number larger than x."},
    {"normalize", kOne, fn<one<normalize>>, "x without zeros at its end."},
    {"plus", kOne, fn<one<plus>>, "+x, rounded to the context."},
    {"to_integral", kOne, fn<one<to_integral_value>>, "The same as to_integral_value(x)."},
    {"to_integral_exact", kOne, fn<one<to_integral_exact>>,
     "The nearest integer, signaling when x is none."},
    {"to_integral_value", kOne, fn<one<to_integral_value>>, "The nearest integer."},
    {"sqrt", kOne, fn<one<square_root>>, "The square root of x."},
    {"add", kTwo, fn<two<add>>, "x + y."},
    {"compare", kTwo, fn<two<compare>>, "Decimal -1, 0 or 1, or NaN."},
    {"compare_signal", kTwo, fn<two<compare_signal>>, "As compare(); every NaN signals."},
    {"divide", kTwo, fn<two<divide>>, "x / y."},
    {"divide_int", kTwo, fn<two<divide_integer>>, "x / y without its fraction."},
    {"divmod", kTwo, fn<divmod_row>, "The pair of divide_int(x, y) and remainder(x, y)."},
    {"max", kTwo, fn<two<maximum>>, "The greater of two."},
    {"max_mag", kTwo, fn<two<maximum_magnitude>>, "The greater of two by absolute value."},
    {"min", kTwo, fn<two<minimum>>, "The lesser of two."},
    {"min_mag", kTwo, fn<two<minimum_magnitude>>, "The lesser of two by absolute value."},
    {"multiply", kTwo, fn<two<multiply>>, "x * y."},
    {"next_toward", kTwo, fn<two<next_toward>>, "The neighbour of x towards y."},
    {"quantize", kTwo, fn<two<quantize>>, "x rounded to the exponent of y."},
    {"remainder", kTwo, fn<two<remainder>>, "What divide_int(x, y) leaves; it has the sign of x."},
    {"remainder_near", kTwo, fn<two<remainder_near>>,
     "x - y * n, n being the integer nearest to x / y."},
    {"subtract", kTwo, fn<two<subtract>>, "x - y."},
    {"power", "(self, /, a, b, modulo=None)", fn<power_row>,
     "a ** b, or a ** b modulo an integer when all three are integers.\n\nThe result is "
     "correctly rounded, and inexact unless it can be written exactly and b is integral."},
    {"fma", "(self, x, y, z, /)", fn<fma>, "x * y + z, rounded once."},
    {"Etiny", kPlain, fn<e_tiny>, "The least exponent of subnormal results: Emin - prec + 1."},
    {"Etop", kPlain, fn<e_top>, "The largest exponent of full precision: Emax - prec + 1."},
    {"radix", kPlain, fn<radix>, "Decimal(10)."},
    {"is_canonical", kOne, fn<is_canonical>, "True for every Decimal."},
    {"is_finite", kOne, fn<predicate<finite_number>>, "Whether x is finite."},
    {"is_infinite", kOne, fn<predicate<infinite_number>>, "Whether x is infinite."},
    {"is_nan", kOne, fn<predicate<any_nan>>, "Whether x is a NaN."},
    {"is_normal", kOne, fn<predicate<is_normal>>, "Whether x is a normal number."},
    {"is_qnan", kOne, fn<predicate<quiet_nan>>, "Whether x is a quiet NaN."},
    {"is_signed", kOne, fn<predicate<signed_number>>, "Whether x has a negative sign."},
    {"is_snan", kOne, fn<predicate<signaling_nan>>, "Whether x is a signaling NaN."},
    {"is_subnormal", kOne, fn<predicate<is_subnormal>>, "Whether x is subnormal."},
    {"is_zero", kOne, fn<predicate<zero_number>>, "Whether x is a zero."},
    {"canonical", kOne, fn<canonical>, "x itself."},
    {"copy_abs", kOne, fn<copy_abs>, "The absolute value of x, not rounded."},
    {"copy_decimal", kOne, fn<copy_decimal>, "x as a Decimal, not rounded."},
    {"copy_negate", kOne, fn<copy_negate>, "-x, not rounded."},
    {"logb", kOne, fn<one<logb>>, "The exponent of the first digit of x."},
    {"logical_invert", kOne, fn<one<logical_invert>>, "All digits of x inverted."},
    {"number_class", kOne, fn<number_class_row>, "What kind of number x is."},
    {"to_sci_string", kOne, fn<to_string<false>>, "x as text in scientific notation."},
    {"to_eng_string", kOne, fn<to_string<true>>, "x as text in engineering notation."},
    {"compare_total", kTwo, fn<total_order<compare_total>>,
     "Decimal -1, 0 or 1 by the total order of representations."},
    {"compare_total_mag", kTwo, fn<total_order<compare_total_magnitude>>,
     "As compare_total(), of absolute values."},
    {"copy_sign", kTwo, fn<copy_sign>, "x with the sign of y."},
    {"logical_and", kTwo, fn<two<logical_and>>, "Digit by digit and."},
    {"logical_or", kTwo, fn<two<logical_or>>, "Digit by digit or."},
    {"logical_xor", kTwo, fn<two<logical_xor>>, "Digit by digit exclusive or."},
    {"rotate", kTwo, fn<two<rotate>>, "x with its digits rotated by y places."},
    {"same_quantum", kTwo, fn<same_quantum_row>, "Whether x and y have the same exponent."},
    {"scaleb", kTwo, fn<two<scaleb>>, "x with y added to its exponent."},
    {"shift", kTwo, fn<two<shift>>, "x with its digits shifted by y places."},
    {"clear_flags", kPlain, fn<clear_flags>, "Resets all flags."},
    {"clear_traps", kPlain, fn<clear_traps>, "Resets all traps."},
    {"copy", kPlain, fn<copy>, "A context with the same settings, flags and traps."},
    {"__copy__", kPlain, fn<copy>, nullptr},
    {"__reduce__", kPlain, fn<reduce>, nullptr},
    {"create_decimal", "(self, num='0', /)", fn<create_decimal>,
     "A Decimal from num as Decimal(num) makes it, but rounded to this context."},
    {"create_decimal_from_float", "(self, f, /)", fn<create_decimal_from_float>,
     "A Decimal from a float, rounded to this context."},
    {"_apply", kOne, fn<apply>, nullptr},
    {},
};

}  // namespace imugi::decimals
