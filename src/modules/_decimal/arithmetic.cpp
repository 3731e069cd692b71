// See number.h: the operations of the schoolbook. A result that is not exact gets one digit behind
// the last that counts, never 0 or 5, so that rounding it is rounding the true value.
#include "modules/_decimal/number.h"

namespace imugi::decimals {

namespace {

// For an inexact result: makes the last digit tell "a bit more".
bool mark_inexact(Natural& coefficient) {
    return last_digit(coefficient) % 5 != 0 || coefficient.increment();
}

bool fit(Number& out, const NumberView& a, const Settings& settings, Status& status) {
    TRY(out.set(a));
    return finish(out, settings, status);
}

// high + low (or the difference) where high has the larger exponent.
bool add_aligned(Number& out, const NumberView& high, NumberView low, const Settings& settings,
                 Status& status) {
    // What lies wholly below the digits that count is only "something": one unit below them.
    const Limb one = 1;
    int64_t spare = high.digits - settings.precision - 2;
    int64_t floor = high.exponent + (spare < -1 ? spare : -1);
    if (low.adjusted() < floor) low = {Kind::kFinite, low.negative, floor, 1, {&one, 1}};
    Natural scaled;
    TRY(scaled.multiply_power_of_ten(high.coefficient, high.exponent - low.exponent));
    int64_t exponent = low.exponent;
    bool negative = high.negative;
    if (high.negative == low.negative) {
        TRY(out.coefficient.add(scaled, low.coefficient));
    } else {
        int order = limbs::compare(scaled, low.coefficient);
        if (order == 0) {
            out.set_zero(settings.rounding == Rounding::kFloor, exponent);
            return finish(out, settings, status);
        }
        if (order < 0) negative = low.negative;
        if (order > 0)
            TRY(out.coefficient.subtract(scaled, low.coefficient));
        else
            TRY(out.coefficient.subtract(low.coefficient, scaled));
    }
    out.kind = Kind::kFinite;
    out.negative = negative;
    out.exponent = exponent;
    TRY(out.count());
    return finish(out, settings, status);
}

// a + 0 with that zero's exponent.
bool add_zero(Number& out, const NumberView& a, int64_t exponent, const Settings& settings,
              Status& status) {
    int64_t least = a.exponent - settings.precision - 1;
    if (exponent < least) exponent = least;
    if (exponent >= a.exponent) return fit(out, a, settings, status);
    Tail tail;
    TRY(rescale(out, a, exponent, Rounding::kDown, &tail));
    return finish(out, settings, status);
}

}  // namespace

bool add(Number& out, const NumberView& a, const NumberView& b, const Settings& settings,
         Status& status) {
    bool done;
    TRY(propagate_nan(out, a, b, settings, status, &done));
    if (done) return true;
    if (a.is_infinite() || b.is_infinite()) {
        if (a.is_infinite() && b.is_infinite() && a.negative != b.negative)
            return set_invalid(out, status);
        out.set_special(Kind::kInfinite, a.is_infinite() ? a.negative : b.negative);
        return true;
    }
    if (a.is_zero() && b.is_zero()) {
        bool negative = a.negative && b.negative;
        if (a.negative != b.negative && settings.rounding == Rounding::kFloor) negative = true;
        out.set_zero(negative, a.exponent < b.exponent ? a.exponent : b.exponent);
        return finish(out, settings, status);
    }
    if (a.is_zero()) return add_zero(out, b, a.exponent, settings, status);
    if (b.is_zero()) return add_zero(out, a, b.exponent, settings, status);
    return a.exponent >= b.exponent ? add_aligned(out, a, b, settings, status)
                                    : add_aligned(out, b, a, settings, status);
}

bool subtract(Number& out, const NumberView& a, const NumberView& b, const Settings& settings,
              Status& status) {
    return add(out, a, b.is_nan() ? b : b.negated(), settings, status);
}

bool plus(Number& out, const NumberView& a, const Settings& settings, Status& status) {
    bool done;
    TRY(propagate_nan(out, a, settings, status, &done));
    if (done) return true;
    TRY(out.set(a));
    if (a.is_zero() && settings.rounding != Rounding::kFloor) out.negative = false;
    return finish(out, settings, status);
}

bool minus(Number& out, const NumberView& a, const Settings& settings, Status& status) {
    bool done;
    TRY(propagate_nan(out, a, settings, status, &done));
    if (done) return true;
    TRY(out.set(a));
    out.negative = !a.negative;
    if (a.is_zero()) out.negative = a.negative ? false : settings.rounding == Rounding::kFloor;
    return finish(out, settings, status);
}

bool absolute(Number& out, const NumberView& a, const Settings& settings, Status& status) {
    bool done;
    TRY(propagate_nan(out, a, settings, status, &done));
    if (done) return true;
    return fit(out, a.magnitude(), settings, status);
}

namespace {

// The product, not rounded. False in *done: neither NaN nor infinite.
bool multiply_exactly(Number& out, const NumberView& a, const NumberView& b,
                      const Settings& settings, Status& status, bool* done) {
    TRY(propagate_nan(out, a, b, settings, status, done));
    if (*done) return true;
    bool negative = a.negative != b.negative;
    if (a.is_infinite() || b.is_infinite()) {
        *done = true;
        if (a.is_zero() || b.is_zero()) return set_invalid(out, status);
        out.set_special(Kind::kInfinite, negative);
        return true;
    }
    TRY(out.coefficient.multiply(a.coefficient, b.coefficient));
    out.kind = Kind::kFinite;
    out.negative = negative;
    out.exponent = a.exponent + b.exponent;
    return out.count();
}

bool divide_shifted(Natural& quotient, Natural& rest, const NumberView& a, const NumberView& b,
                    int64_t shift) {
    Natural scaled;
    if (shift >= 0) {
        TRY(scaled.multiply_power_of_ten(a.coefficient, shift));
        return divide(quotient, &rest, scaled, b.coefficient);
    }
    TRY(scaled.multiply_power_of_ten(b.coefficient, -shift));
    return divide(quotient, &rest, a.coefficient, scaled);
}

// floor(sqrt(square)); *perfect tells whether that is the root.
bool integer_root(Natural& root, const Natural& square, bool* perfect) {
    root.clear();
    TRY(root.reserve((square.size() + 1) / 2 + 1));
    size_t size = limbs::isqrt(root.data(), square, perfect);
    if (size == limbs::no_memory) return false;
    root.set_size(size);
    return true;
}

}  // namespace

bool multiply(Number& out, const NumberView& a, const NumberView& b, const Settings& settings,
              Status& status) {
    bool done;
    TRY(multiply_exactly(out, a, b, settings, status, &done));
    return done || finish(out, settings, status);
}

bool multiply_add(Number& out, const NumberView& a, const NumberView& b, const NumberView& c,
                  const Settings& settings, Status& status) {
    bool done;
    Number product;
    TRY(multiply_exactly(product, a, b, settings, status, &done));
    // Of NaNs a signaling third operand beats quiet ones, but nothing beats a signaling first.
    bool invalid = product.kind == Kind::kQuietNan && !a.is_nan() && !b.is_nan();
    if (invalid || a.is_signaling() || b.is_signaling()) {
        out.swap(product);
        return true;
    }
    return add(out, product.view(), c, settings, status);
}

bool divide(Number& out, const NumberView& a, const NumberView& b, const Settings& settings,
            Status& status) {
    bool done;
    TRY(propagate_nan(out, a, b, settings, status, &done));
    if (done) return true;
    bool negative = a.negative != b.negative;
    if (a.is_infinite()) {
        if (b.is_infinite()) return set_invalid(out, status);
        out.set_special(Kind::kInfinite, negative);
        return true;
    }
    if (b.is_infinite()) {
        status |= kClamped;
        out.set_zero(negative, settings.e_tiny());
        return true;
    }
    if (b.is_zero()) {
        if (a.is_zero()) return set_invalid(out, status, kDivisionUndefined);
        status |= kDivisionByZero;
        out.set_special(Kind::kInfinite, negative);
        return true;
    }
    int64_t ideal = a.exponent - b.exponent;
    if (a.is_zero()) {
        out.set_zero(negative, ideal);
        return finish(out, settings, status);
    }
    int64_t shift = b.digits - a.digits + settings.precision + 1;
    Natural rest, quotient;
    // An exact quotient is found with few digits, however many the precision allows: b's factors
    // 2 and 5 are fewer than four times its digits.
    int64_t enough = 4 * b.digits + 64;
    bool exact = false;
    if (shift > enough) {
        TRY(divide_shifted(quotient, rest, a, b, enough));
        exact = rest.is_zero();
        if (exact) shift = enough;
    }
    if (!exact) TRY(divide_shifted(quotient, rest, a, b, shift));
    int64_t exponent = ideal - shift;
    if (!rest.is_zero()) {
        TRY(mark_inexact(quotient));
    } else if (exponent < ideal) {
        int64_t stripped = strip_zeros(quotient, ideal - exponent);
        if (stripped < 0) return false;
        exponent += stripped;
    }
    out.kind = Kind::kFinite;
    out.negative = negative;
    out.exponent = exponent;
    out.coefficient.swap(quotient);
    TRY(out.count());
    return finish(out, settings, status);
}

namespace {

// Integral quotient and remainder of finite numbers, b not 0, before rounding. *possible is false
// when the quotient has more digits than the precision.
bool divide_finite(Number& quotient, Number& rest, const NumberView& a, const NumberView& b,
                   const Settings& settings, bool* possible) {
    *possible = true;
    int64_t exponent = a.exponent < b.exponent ? a.exponent : b.exponent;
    bool negative = a.negative != b.negative;
    int64_t gap = a.adjusted() - b.adjusted();
    Tail tail;
    if (a.is_zero() || gap <= -2) {
        quotient.set_zero(negative, 0);
        return rescale(rest, a, exponent, Rounding::kDown, &tail);
    }
    if (gap > settings.precision) {
        *possible = false;
        return true;
    }
    Natural scaled;
    LimbView dividend = a.coefficient, divisor = b.coefficient;
    if (a.exponent > b.exponent) {
        TRY(scaled.multiply_power_of_ten(dividend, a.exponent - b.exponent));
        dividend = scaled;
    } else if (b.exponent > a.exponent) {
        TRY(scaled.multiply_power_of_ten(divisor, b.exponent - a.exponent));
        divisor = scaled;
    }
    TRY(divide(quotient.coefficient, &rest.coefficient, dividend, divisor));
    quotient.kind = rest.kind = Kind::kFinite;
    quotient.negative = negative;
    quotient.exponent = 0;
    rest.negative = a.negative;
    rest.exponent = exponent;
    TRY(quotient.count());
    TRY(rest.count());
    *possible = quotient.digits <= settings.precision;
    return true;
}

}  // namespace

bool divide_integer(Number& out, const NumberView& a, const NumberView& b, const Settings& settings,
                    Status& status) {
    bool done;
    TRY(propagate_nan(out, a, b, settings, status, &done));
    if (done) return true;
    bool negative = a.negative != b.negative;
    if (a.is_infinite()) {
        if (b.is_infinite()) return set_invalid(out, status);
        out.set_special(Kind::kInfinite, negative);
        return true;
    }
    if (b.is_infinite()) {
        out.set_zero(negative, 0);
        return true;
    }
    if (b.is_zero()) {
        if (a.is_zero()) return set_invalid(out, status, kDivisionUndefined);
        status |= kDivisionByZero;
        out.set_special(Kind::kInfinite, negative);
        return true;
    }
    Number rest;
    bool possible;
    TRY(divide_finite(out, rest, a, b, settings, &possible));
    if (!possible) return set_invalid(out, status, kDivisionImpossible);
    return finish(out, settings, status);
}

// The integer quotient and the rest of finite numbers; `done` where `rest` is the result already.
static bool divide_for_rest(Number& quotient, Number& rest, const NumberView& a,
                            const NumberView& b, const Settings& settings, Status& status,
                            bool* done) {
    TRY(propagate_nan(rest, a, b, settings, status, done));
    if (*done) return true;
    *done = true;
    if (a.is_infinite()) return set_invalid(rest, status);
    if (b.is_infinite()) return fit(rest, a, settings, status);
    if (b.is_zero()) return set_invalid(rest, status, a.is_zero() ? kDivisionUndefined : 0);
    bool possible;
    TRY(divide_finite(quotient, rest, a, b, settings, &possible));
    if (!possible) return set_invalid(rest, status, kDivisionImpossible);
    *done = false;
    return true;
}

bool remainder(Number& out, const NumberView& a, const NumberView& b, const Settings& settings,
               Status& status) {
    Number quotient;
    bool done;
    TRY(divide_for_rest(quotient, out, a, b, settings, status, &done));
    if (done) return true;
    return finish(out, settings, status);
}

bool divide_with_remainder(Number& quotient, Number& rest, const NumberView& a, const NumberView& b,
                           const Settings& settings, Status& status) {
    bool done;
    TRY(propagate_nan(quotient, a, b, settings, status, &done));
    if (done) return rest.set(quotient.view());
    bool negative = a.negative != b.negative;
    if (a.is_infinite()) {
        set_invalid(rest, status);
        if (b.is_infinite()) return set_invalid(quotient, status);
        quotient.set_special(Kind::kInfinite, negative);
        return true;
    }
    if (b.is_infinite()) {
        quotient.set_zero(negative, 0);
        return fit(rest, a, settings, status);
    }
    if (b.is_zero()) {
        if (a.is_zero()) {
            set_invalid(rest, status, kDivisionUndefined);
            return set_invalid(quotient, status, kDivisionUndefined);
        }
        status |= kDivisionByZero;
        quotient.set_special(Kind::kInfinite, negative);
        return set_invalid(rest, status);
    }
    bool possible;
    TRY(divide_finite(quotient, rest, a, b, settings, &possible));
    if (!possible) {
        set_invalid(rest, status, kDivisionImpossible);
        return set_invalid(quotient, status, kDivisionImpossible);
    }
    TRY(finish(quotient, settings, status));
    return finish(rest, settings, status);
}

bool remainder_near(Number& out, const NumberView& a, const NumberView& b, const Settings& settings,
                    Status& status) {
    Number quotient;
    bool done;
    TRY(divide_for_rest(quotient, out, a, b, settings, status, &done));
    if (done) return true;
    // Nearer to the next multiple, or half way below an odd quotient: one divisor less.
    Natural divisor, doubled;
    int64_t scale = b.exponent - out.exponent;
    if (!out.coefficient.is_zero() && scale < out.digits + 2) {
        TRY(divisor.multiply_power_of_ten(b.coefficient, scale));
        TRY(doubled.shift_left(out.coefficient, 1));
        int order = limbs::compare(doubled, divisor);
        if (order > 0 || (order == 0 && quotient.coefficient.is_odd())) {
            TRY(out.coefficient.subtract(divisor, out.coefficient));
            out.negative = !out.negative;
            TRY(out.count());
            TRY(quotient.coefficient.increment());
            TRY(quotient.count());
        }
    }
    if (quotient.digits > settings.precision) return set_invalid(out, status, kDivisionImpossible);
    return finish(out, settings, status);
}

bool square_root(Number& out, const NumberView& a, const Settings& settings, Status& status) {
    bool done;
    TRY(propagate_nan(out, a, settings, status, &done));
    if (done) return true;
    // The shift rounds towards minus infinity.
    int64_t exponent = a.exponent >> 1;
    if (a.is_zero()) {
        out.set_zero(a.negative, exponent);
        return finish(out, settings, status);
    }
    if (a.negative) return set_invalid(out, status);
    if (a.is_infinite()) return out.set(a);
    bool odd = a.exponent & 1;
    int64_t root_digits = odd ? (a.digits >> 1) + 1 : (a.digits + 1) >> 1;
    Natural square;
    TRY(square.multiply_power_of_ten(a.coefficient, odd ? 1 : 0));
    int64_t shift = settings.precision + 1 - root_digits;
    bool exact = true, perfect = false;
    Natural root;
    if (shift > root_digits + 64) {
        TRY(integer_root(root, square, &perfect));
        if (perfect) shift = 0;
    }
    if (!perfect) {
        if (shift >= 0) {
            TRY(square.multiply_power_of_ten(square, 2 * shift));
        } else {
            Tail tail;
            Natural kept;
            TRY(divide_power_of_ten(kept, &tail, square, -2 * shift));
            exact = tail == Tail::kZero;
            square.swap(kept);
        }
        TRY(integer_root(root, square, &perfect));
    }
    exponent -= shift;
    if (exact && perfect) {
        int64_t stripped = 0;
        if (shift > 0) {
            stripped = strip_zeros(root, shift);
            if (stripped < 0) return false;
        }
        if (shift < 0) {
            TRY(root.multiply_power_of_ten(root, -shift));
            exponent += shift;
        }
        exponent += stripped;
    } else {
        TRY(mark_inexact(root));
    }
    out.kind = Kind::kFinite;
    out.negative = false;
    out.exponent = exponent;
    out.coefficient.swap(root);
    TRY(out.count());
    Settings even = settings;
    even.rounding = Rounding::kHalfEven;
    return finish(out, even, status);
}

bool normalize(Number& out, const NumberView& a, const Settings& settings, Status& status) {
    bool done;
    TRY(propagate_nan(out, a, settings, status, &done));
    if (done) return true;
    TRY(fit(out, a, settings, status));
    if (out.kind != Kind::kFinite) return true;
    if (out.coefficient.is_zero()) {
        out.exponent = 0;
        return true;
    }
    int64_t most = settings.clamp ? settings.e_top() : settings.e_max;
    int64_t stripped = strip_zeros(out.coefficient, most - out.exponent);
    if (stripped < 0) return false;
    out.exponent += stripped;
    out.digits -= stripped;
    return true;
}

bool quantize(Number& out, const NumberView& a, const NumberView& b, const Settings& settings,
              Status& status) {
    bool done;
    TRY(propagate_nan(out, a, b, settings, status, &done));
    if (done) return true;
    if (a.is_infinite() || b.is_infinite()) {
        if (a.is_infinite() && b.is_infinite()) return out.set(a);
        return set_invalid(out, status);
    }
    int64_t exponent = b.exponent;
    if (exponent > settings.e_max || exponent < settings.e_tiny()) return set_invalid(out, status);
    if (a.is_zero()) {
        out.set_zero(a.negative, exponent);
        return finish(out, settings, status);
    }
    if (a.adjusted() > settings.e_max || a.adjusted() - exponent + 1 > settings.precision)
        return set_invalid(out, status);
    Tail tail;
    TRY(rescale(out, a, exponent, settings.rounding, &tail));
    if (out.exponent + out.digits - 1 > settings.e_max || out.digits > settings.precision)
        return set_invalid(out, status);
    if (exponent > a.exponent) status |= kRounded;
    if (tail != Tail::kZero) status |= kInexact;
    return finish(out, settings, status);
}

namespace {

bool to_integral(Number& out, const NumberView& a, const Settings& settings, Status& status,
                 bool report) {
    bool done;
    TRY(propagate_nan(out, a, settings, status, &done));
    if (done) return true;
    if (!a.is_finite() || a.exponent >= 0) return out.set(a);
    if (a.is_zero()) return out.set_zero(a.negative, 0), true;
    Tail tail;
    TRY(rescale(out, a, 0, settings.rounding, &tail));
    if (report) status |= kRounded | (tail != Tail::kZero ? kInexact : 0);
    return true;
}

}  // namespace

bool to_integral_exact(Number& out, const NumberView& a, const Settings& settings, Status& status) {
    return to_integral(out, a, settings, status, true);
}

bool to_integral_value(Number& out, const NumberView& a, const Settings& settings, Status& status) {
    return to_integral(out, a, settings, status, false);
}

}  // namespace imugi::decimals
