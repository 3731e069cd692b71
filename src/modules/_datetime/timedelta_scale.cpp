// timedelta by a number and by another timedelta. What fits is calculated in 128 bits, the rest in
// Python ints; both round to the nearest microsecond, halves to the even one.
#include "base/float_text.h"
#include "modules/_datetime/datetime.h"
#include "object/call.h"
#include "object/float.h"
#include "object/int.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi::datetimes {

namespace {

Type& exact() {
    return timedelta_class.type();
}

bool is_narrow(Int128 value) {
    return value == static_cast<int64_t>(value);
}

Raised raise_zero_division(Thread& thread) {
    return raise(thread, exc::ZeroDivisionError, "division by zero");
}

Int128 floor_divide(Int128 a, Int128 b, Int128* rest) {
    Int128 quotient = a / b;
    *rest = a % b;
    if (*rest != 0 && (*rest < 0) != (b < 0)) {
        *rest += b;
        quotient--;
    }
    return quotient;
}

// 2 * |b| fits.
Int128 divide_nearest(Int128 a, Int128 b) {
    Int128 rest;
    Int128 quotient = floor_divide(a, b, &rest);
    Int128 twice = 2 * rest;
    bool beyond = b > 0 ? twice > b : twice < b;
    return quotient + (beyond || (twice == b && quotient % 2 != 0));
}

Owned divide_nearest(Thread& thread, Value a, Value b) {
    Owned quotient = TRY(int_floor_divide(thread, a, b));
    Owned rest = TRY(int_remainder(thread, a, b));
    Owned twice = TRY(int_add(thread, rest, rest));
    int order = int_compare(twice, b);
    bool beyond = int_sign(b) > 0 ? order > 0 : order < 0;
    if (!beyond && order == 0) {
        Owned odd = TRY(int_bitwise(thread, '&', quotient, Value::small_int(1)));
        beyond = int_sign(odd) != 0;
    }
    return beyond ? int_add(thread, quotient, Value::small_int(1)) : std::move(quotient);
}

// --- by an int ---

Owned multiply_by_int(Thread& thread, Int128 micros, Value factor) {
    int64_t narrow;
    if (is_narrow(micros) && int_fits_int64(factor, &narrow))
        return timedelta_of_micros(thread, micros * narrow);
    Owned total = TRY(int_of_micros(thread, micros));
    Owned product = TRY(int_multiply(thread, total, factor));
    return timedelta_of_int(thread, exact(), product);
}

Owned divide_by_int(Thread& thread, Int128 micros, Value divisor, bool nearest) {
    if (int_sign(divisor) == 0) return raise_zero_division(thread);
    Int128 narrow;
    if (micros_of_int(divisor, &narrow)) {
        Int128 rest;
        return timedelta_of_micros(
            thread, nearest ? divide_nearest(micros, narrow) : floor_divide(micros, narrow, &rest));
    }
    Owned total = TRY(int_of_micros(thread, micros));
    Owned quotient = TRY(nearest ? divide_nearest(thread, total, divisor)
                                 : int_floor_divide(thread, total, divisor));
    return timedelta_of_int(thread, exact(), quotient);
}

// --- by a float: by its exact ratio ---

// False when 128 bits are too few.
bool multiply_by_parts(Int128 micros, Int128 mantissa, int exponent, Int128* out) {
    Int128 product = micros * mantissa;
    if (exponent >= 0) {
        if (exponent > 10) return false;
        *out = product * (Int128{1} << exponent);
    } else {
        *out = exponent < -120 ? 0 : divide_nearest(product, Int128{1} << -exponent);
    }
    return true;
}

bool divide_by_parts(Int128 micros, Int128 mantissa, int exponent, Int128* out) {
    if (exponent > 60 || exponent < -60) return false;
    if (exponent >= 0)
        *out = divide_nearest(micros, mantissa * (Int128{1} << exponent));
    else
        *out = divide_nearest(micros * (Int128{1} << -exponent), mantissa);
    return true;
}

bool scale_quickly(Int128 micros, double factor, bool multiply, Int128* out) {
    uint64_t bits;
    int exponent;
    if (factor == 0 || !is_narrow(micros) || factor - factor != 0) return false;
    float_parts(factor, &bits, &exponent);
    Int128 mantissa = factor < 0 ? -Int128{bits} : Int128{bits};
    return multiply ? multiply_by_parts(micros, mantissa, exponent, out)
                    : divide_by_parts(micros, mantissa, exponent, out);
}

Ref<Tuple> ratio_of(Thread& thread, Value factor) {
    Owned ratio = TRY(call_method(thread, factor, ID(as_integer_ratio)));
    if (!is_tuple(ratio))
        return raise(thread, exc::TypeError,
                     "unexpected return type from as_integer_ratio(): expected tuple, not '{}'",
                     type_name_of(ratio));
    if (ratio.as<Tuple>().size != 2)
        return raise(thread, exc::ValueError,
                     "unexpected return value from as_integer_ratio(): expected tuple of length 2");
    return Ref<Tuple>::adopt(std::move(ratio));
}

Owned scale_by_float(Thread& thread, Int128 micros, Value factor, bool multiply) {
    Int128 quick;
    if (is_exact_float(factor) && scale_quickly(micros, float_number(factor), multiply, &quick))
        return timedelta_of_micros(thread, quick);
    Ref<Tuple> ratio = TRY(ratio_of(thread, factor));
    Owned total = TRY(int_of_micros(thread, micros));
    Value times = (*ratio)[multiply ? 0 : 1], by = (*ratio)[multiply ? 1 : 0];
    if (!is_int(times) || !is_int(by))
        return raise(thread, exc::TypeError, "unsupported operand type(s) for {}: 'int' and '{}'",
                     is_int(times) ? "divmod()" : "*", type_name_of(is_int(times) ? by : times));
    Owned product = TRY(int_multiply(thread, total, times));
    Owned quotient = TRY(divide_nearest(thread, product, by));
    return timedelta_of_int(thread, exact(), quotient);
}

Int128 total_of(Value value) {
    return value.as<TimeDelta>().total();
}

}  // namespace

Owned timedelta_multiply(Thread& thread, Value left, Value right) {
    if (!is_timedelta(left)) std::swap(left, right);
    if (is_int(right)) return multiply_by_int(thread, total_of(left), right);
    if (is_float(right)) return scale_by_float(thread, total_of(left), right, true);
    return Owned::share(not_implemented());
}

Owned timedelta_true_divide(Thread& thread, Value left, Value right) {
    if (!is_timedelta(left)) return Owned::share(not_implemented());
    if (is_timedelta(right)) {
        Owned a = TRY(int_of_micros(thread, total_of(left)));
        Owned b = TRY(int_of_micros(thread, total_of(right)));
        return int_true_divide(thread, a, b);
    }
    if (is_float(right)) return scale_by_float(thread, total_of(left), right, false);
    if (is_int(right)) return divide_by_int(thread, total_of(left), right, true);
    return Owned::share(not_implemented());
}

Owned timedelta_floor_divide(Thread& thread, Value left, Value right) {
    if (!is_timedelta(left)) return Owned::share(not_implemented());
    if (is_int(right)) return divide_by_int(thread, total_of(left), right, false);
    if (!is_timedelta(right)) return Owned::share(not_implemented());
    Int128 divisor = total_of(right), rest;
    if (divisor == 0) return raise_zero_division(thread);
    return int_of_micros(thread, floor_divide(total_of(left), divisor, &rest));
}

Owned timedelta_remainder(Thread& thread, Value left, Value right) {
    if (!is_timedelta(left) || !is_timedelta(right)) return Owned::share(not_implemented());
    Int128 divisor = total_of(right), rest;
    if (divisor == 0) return raise_zero_division(thread);
    floor_divide(total_of(left), divisor, &rest);
    return timedelta_of_micros(thread, rest);
}

Owned timedelta_divmod(Thread& thread, Value left, Value right) {
    if (!is_timedelta(left) || !is_timedelta(right)) return Owned::share(not_implemented());
    Int128 divisor = total_of(right), rest;
    if (divisor == 0) return raise_zero_division(thread);
    Owned quotient = TRY(int_of_micros(thread, floor_divide(total_of(left), divisor, &rest)));
    Owned remainder = TRY(timedelta_of_micros(thread, rest));
    return make_tuple(thread, quotient, remainder);
}

}  // namespace imugi::datetimes
