// See number.h: rounding to a context, NaN operands, numeric order.
#include "modules/_decimal/number.h"

#include <utility>

namespace imugi::decimals {

bool Number::set(const NumberView& value) {
    kind = value.kind;
    negative = value.negative;
    exponent = value.exponent;
    digits = value.digits;
    return coefficient.set(value.coefficient);
}

void Number::set_special(Kind special, bool sign) {
    kind = special;
    negative = sign;
    exponent = 0;
    digits = 0;
    coefficient.clear();
}

void Number::set_zero(bool sign, int64_t exponent_) {
    set_small(sign, 0, exponent_);
}

void Number::set_small(bool sign, Limb value, int64_t exponent_) {
    kind = Kind::kFinite;
    negative = sign;
    exponent = exponent_;
    coefficient.set_small(value);
    digits = count_digits(coefficient);
}

void Number::swap(Number& other) {
    std::swap(kind, other.kind);
    std::swap(negative, other.negative);
    std::swap(exponent, other.exponent);
    std::swap(digits, other.digits);
    coefficient.swap(other.coefficient);
}

bool set_invalid(Number& out, Status& status, uint32_t detail) {
    status |= kInvalidOperation | detail;
    out.set_special(Kind::kQuietNan, false);
    return true;
}

bool rounds_up(Rounding rounding, bool negative, Tail tail, LimbView kept) {
    if (tail == Tail::kZero) return false;
    switch (rounding) {
        case Rounding::kUp:
            return true;
        case Rounding::kDown:
            return false;
        case Rounding::kCeiling:
            return !negative;
        case Rounding::kFloor:
            return negative;
        case Rounding::kHalfUp:
            return tail >= Tail::kHalf;
        case Rounding::kHalfDown:
            return tail == Tail::kHigh;
        case Rounding::kHalfEven:
            return tail == Tail::kHigh ||
                   (tail == Tail::kHalf && kept.size != 0 && (kept.data[0] & 1));
        case Rounding::k05Up:
            return last_digit(kept) % 5 == 0;
    }
    return false;
}

namespace {

// Cuts digits at the end and rounds.
bool cut(Number& n, int64_t digits, Rounding rounding, Tail* tail) {
    if (digits > n.digits) {
        *tail = n.coefficient.is_zero() ? Tail::kZero : Tail::kLow;
        n.coefficient.clear();
    } else {
        Natural kept;
        TRY(divide_power_of_ten(kept, tail, n.coefficient, digits));
        n.coefficient.swap(kept);
    }
    n.exponent += digits;
    if (rounds_up(rounding, n.negative, *tail, n.coefficient)) TRY(n.coefficient.increment());
    return n.count();
}

bool overflow(Number& n, const Settings& settings, Status& status) {
    status |= kOverflow | kInexact | kRounded;
    bool infinite;
    switch (settings.rounding) {
        case Rounding::kDown:
        case Rounding::k05Up:
            infinite = false;
            break;
        case Rounding::kCeiling:
            infinite = !n.negative;
            break;
        case Rounding::kFloor:
            infinite = n.negative;
            break;
        default:
            infinite = true;
    }
    if (infinite) {
        n.set_special(Kind::kInfinite, n.negative);
        return true;
    }
    TRY(power_of_ten(n.coefficient, settings.precision));
    const Limb one = 1;
    TRY(n.coefficient.subtract(n.coefficient, {&one, 1}));
    n.digits = settings.precision;
    n.exponent = settings.e_top();
    return true;
}

bool finish_nan(Number& n, const Settings& settings) {
    int64_t most = settings.precision - settings.clamp;
    if (n.digits <= most) return true;
    Natural kept, ten, quotient;
    TRY(power_of_ten(ten, most));
    TRY(divide(quotient, &kept, n.coefficient, ten));
    n.coefficient.swap(kept);
    if (n.coefficient.is_zero()) {
        n.digits = 0;
        return true;
    }
    return n.count();
}

}  // namespace

bool finish(Number& n, const Settings& settings, Status& status) {
    if (n.kind != Kind::kFinite) return n.kind == Kind::kInfinite || finish_nan(n, settings);
    int64_t e_tiny = settings.e_tiny(), e_top = settings.e_top();
    if (n.coefficient.is_zero()) {
        int64_t most = settings.clamp ? e_top : settings.e_max;
        int64_t wanted = n.exponent < e_tiny ? e_tiny : n.exponent > most ? most : n.exponent;
        if (wanted != n.exponent) status |= kClamped;
        n.exponent = wanted;
        return true;
    }
    int64_t least = n.exponent + n.digits - settings.precision;  // where precision ends
    if (least > e_top) return overflow(n, settings, status);
    bool subnormal = least < e_tiny;
    if (subnormal) least = e_tiny;
    if (n.exponent < least) {
        Tail tail;
        TRY(cut(n, least - n.exponent, settings.rounding, &tail));
        // 99.9 rounds to 100: one digit too many, and it is a zero.
        if (n.digits > settings.precision) {
            n.coefficient.divide_small(10);
            n.exponent++;
            n.digits--;
            least++;
        }
        if (least > e_top) return overflow(n, settings, status);
        if (tail != Tail::kZero && subnormal) status |= kUnderflow;
        if (subnormal) status |= kSubnormal;
        if (tail != Tail::kZero) status |= kInexact;
        status |= kRounded;
        if (n.coefficient.is_zero()) status |= kClamped;
        return true;
    }
    if (subnormal) status |= kSubnormal;
    if (settings.clamp && n.exponent > e_top) {
        status |= kClamped;
        int64_t zeros = n.exponent - e_top;
        TRY(n.coefficient.multiply_power_of_ten(n.coefficient, zeros));
        n.digits += zeros;
        n.exponent = e_top;
    }
    return true;
}

bool rescale(Number& out, const NumberView& a, int64_t exponent, Rounding rounding, Tail* tail) {
    *tail = Tail::kZero;
    TRY(out.set(a));
    if (a.is_zero() || exponent == a.exponent) {
        out.exponent = exponent;
        return true;
    }
    if (exponent < a.exponent) {
        int64_t zeros = a.exponent - exponent;
        TRY(out.coefficient.multiply_power_of_ten(a.coefficient, zeros));
        out.exponent = exponent;
        out.digits += zeros;
        return true;
    }
    return cut(out, exponent - a.exponent, rounding, tail);
}

bool propagate_nan(Number& out, const NumberView& a, const NumberView& b, const Settings& settings,
                   Status& status, bool* done) {
    *done = a.is_nan() || b.is_nan();
    if (!*done) return true;
    const NumberView& chosen = a.is_signaling() ? a : b.is_signaling() ? b : a.is_nan() ? a : b;
    if (chosen.is_signaling()) status |= kInvalidOperation;
    TRY(out.set(chosen));
    out.kind = Kind::kQuietNan;
    return finish_nan(out, settings);
}

bool propagate_nan(Number& out, const NumberView& a, const Settings& settings, Status& status,
                   bool* done) {
    return propagate_nan(out, a, a, settings, status, done);
}

int compare(const NumberView& a, const NumberView& b) {
    if (a.is_zero() && b.is_zero()) return 0;
    if (a.is_zero()) return b.negative ? 1 : -1;
    if (b.is_zero()) return a.negative ? -1 : 1;
    if (a.negative != b.negative) return a.negative ? -1 : 1;
    int sign = a.negative ? -1 : 1;
    if (a.is_infinite() || b.is_infinite())
        return a.is_infinite() == b.is_infinite() ? 0 : a.is_infinite() ? sign : -sign;
    if (a.adjusted() != b.adjusted()) return a.adjusted() < b.adjusted() ? -sign : sign;
    Natural scaled;
    if (a.exponent > b.exponent) {
        if (!scaled.multiply_power_of_ten(a.coefficient, a.exponent - b.exponent)) return -2;
        return sign * limbs::compare(scaled, b.coefficient);
    }
    if (b.exponent > a.exponent) {
        if (!scaled.multiply_power_of_ten(b.coefficient, b.exponent - a.exponent)) return -2;
        return sign * limbs::compare(a.coefficient, scaled);
    }
    return sign * limbs::compare(a.coefficient, b.coefficient);
}

bool is_integer(const NumberView& a) {
    if (!a.is_finite()) return false;
    if (a.exponent >= 0 || a.is_zero()) return true;
    if (-a.exponent >= a.digits) return false;
    Natural quotient;
    Tail tail;
    return divide_power_of_ten(quotient, &tail, a.coefficient, -a.exponent) && tail == Tail::kZero;
}

bool is_odd_integer(const NumberView& a) {
    if (a.exponent > 0 || a.is_zero()) return false;
    Natural quotient;
    Tail tail;
    return divide_power_of_ten(quotient, &tail, a.coefficient, -a.exponent) && quotient.is_odd();
}

}  // namespace imugi::decimals
