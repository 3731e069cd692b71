// See transcendental.h and number.h. Each function computes some digits more than asked for, and
// again with more while the error could change the rounding (Ziv's way); exact results, for which
// that would not end, are recognised beforehand.
#include "modules/_decimal/transcendental.h"

#include <cmath>

namespace imugi::decimals {

namespace {

// out = a * b / 2**width.
bool fixed_multiply(Natural& out, LimbView a, LimbView b, uint64_t width) {
    TRY(out.multiply(a, b));
    return out.shift_right(out, width);
}

bool one(Natural& out, uint64_t width) {
    const Limb unit = 1;
    return out.shift_left({&unit, 1}, width);
}

// count * atanh(1 / n), added to `sum`.
bool add_inverse_atanh(Natural& sum, Limb count, Limb n, uint64_t width) {
    Natural power, term;
    TRY(one(power, width));
    TRY(power.multiply(power, {&count, 1}));
    power.divide_small(n);
    for (Limb k = 1; !power.is_zero(); k += 2) {
        TRY(term.set(power));
        term.divide_small(k);
        TRY(sum.add(sum, term));
        power.divide_small(n * n);
    }
    return true;
}

}  // namespace

bool fixed_ln10(Natural& out, uint64_t width) {
    // ln 10 = 46 atanh(1/31) + 34 atanh(1/49) + 20 atanh(1/161)
    constexpr uint64_t kGuard = 32;
    out.clear();
    TRY(add_inverse_atanh(out, 46, 31, width + kGuard));
    TRY(add_inverse_atanh(out, 34, 49, width + kGuard));
    TRY(add_inverse_atanh(out, 20, 161, width + kGuard));
    return out.shift_right(out, kGuard);
}

bool fixed_exponential(Natural& out, LimbView a, uint64_t width) {
    // e**a = (e**(a / 2**k))**(2**k): Taylor's series for a small argument, then k squarings, each
    // of which doubles the relative error.
    auto k = static_cast<uint64_t>(sqrt(static_cast<double>(width)) * 0.7) + 2;
    uint64_t inner = width + 2 * k + 32;
    Natural x, sum, term;
    TRY(x.shift_left(a, inner - width));
    TRY(x.shift_right(x, k));
    TRY(one(sum, inner));
    TRY(term.set(sum));
    for (Limb n = 1;; n++) {
        TRY(fixed_multiply(term, term, x, inner));
        term.divide_small(n);
        if (term.is_zero()) break;
        TRY(sum.add(sum, term));
    }
    for (uint64_t i = 0; i < k; i++) TRY(fixed_multiply(sum, sum, sum, inner));
    return out.shift_right(sum, inner - width);
}

bool fixed_add(Fixed& out, const Fixed& a, LimbView b, bool negative) {
    if (a.negative == negative) {
        out.negative = negative;
        return out.magnitude.add(a.magnitude, b);
    }
    if (limbs::compare(a.magnitude, b) >= 0) {
        out.negative = a.negative;
        return out.magnitude.subtract(a.magnitude, b);
    }
    out.negative = negative;
    return out.magnitude.subtract(b, a.magnitude);
}

namespace {

// ln of m / 2**width, 0.3 < m / 2**width < 3.2. Halley's iteration on e**y = m, which triples the
// number of right digits, from a double.
bool fixed_logarithm_near_one(Fixed& out, LimbView m, uint64_t width) {
    constexpr uint64_t kFirst = 44;
    Natural short_m;
    if (width >= 62)
        TRY(short_m.shift_right(m, width - 62));
    else
        TRY(short_m.shift_left(m, 62 - width));
    double start = log(static_cast<double>(short_m.size() ? short_m.data()[0] : 0) * 0x1p-62);
    // The precisions on the way, last first.
    uint64_t steps[64];
    unsigned count = 0;
    for (uint64_t bits = width + 16; bits > kFirst; bits = bits / 3 + 6) steps[count++] = bits;
    uint64_t at = 62;
    Fixed y;
    y.negative = start < 0;
    y.magnitude.set_small(static_cast<Limb>(fabs(start) * 0x1p62));
    while (count-- > 0) {
        uint64_t bits = steps[count] + 8;
        if (bits >= at)
            TRY(y.magnitude.shift_left(y.magnitude, bits - at));
        else
            TRY(y.magnitude.shift_right(y.magnitude, at - bits));
        at = bits;
        Natural scaled, e, sum, quotient;
        if (bits >= width)
            TRY(scaled.shift_left(m, bits - width));
        else
            TRY(scaled.shift_right(m, width - bits));
        TRY(fixed_exponential(e, y.magnitude, bits));
        // y + 2 (m - e**y) / (m + e**y); for y < 0 with m e**-y and 1 in place of m and e**y.
        if (y.negative) {
            TRY(fixed_multiply(scaled, scaled, e, bits));
            TRY(one(e, bits));
        }
        TRY(sum.add(scaled, e));
        bool below = limbs::compare(scaled, e) < 0;
        Natural difference;
        if (below)
            TRY(difference.subtract(e, scaled));
        else
            TRY(difference.subtract(scaled, e));
        TRY(difference.shift_left(difference, bits + 1));
        TRY(divide(quotient, nullptr, difference, sum));
        Fixed next;
        TRY(fixed_add(next, y, quotient, below));
        y.negative = next.negative;
        y.magnitude.swap(next.magnitude);
    }
    if (at >= width)
        TRY(out.magnitude.shift_right(y.magnitude, at - width));
    else
        TRY(out.magnitude.shift_left(y.magnitude, width - at));
    out.negative = y.negative;
    return true;
}

}  // namespace

bool fixed_logarithm(Fixed& out, const NumberView& a, uint64_t width) {
    // a = m * 10**k with m around one, so that ln a = ln m + k ln 10. The product's error grows
    // with k: that many bits more.
    constexpr uint64_t kGuard = 72;
    uint64_t inner = width + kGuard;
    int64_t k = a.adjusted();
    Natural ten, m, scaled, limit;
    TRY(power_of_ten(ten, a.digits - 1));
    const Limb hundred = 100, root = 316;
    TRY(scaled.multiply(a.coefficient, {&hundred, 1}));
    TRY(limit.multiply(ten, {&root, 1}));
    bool high = limbs::compare(scaled, limit) > 0;
    if (high) {
        TRY(ten.multiply_power_of_ten(ten, 1));
        k++;
    }
    TRY(scaled.shift_left(a.coefficient, inner));
    TRY(divide(m, nullptr, scaled, ten));
    Fixed log_m;
    TRY(fixed_logarithm_near_one(log_m, m, inner));
    Natural ln10;
    TRY(fixed_ln10(ln10, inner));
    const Limb times = static_cast<Limb>(k < 0 ? -k : k);
    TRY(ln10.multiply(ln10, {&times, static_cast<size_t>(k != 0)}));
    TRY(fixed_add(out, log_m, ln10, k < 0));
    return out.magnitude.shift_right(out.magnitude, kGuard);
}

bool logarithm_magnitude(const NumberView& a, int64_t* result) {
    int64_t k = a.adjusted();
    if (k >= 1 || k < -1) {
        // |ln a| lies between |k| and 2.31 (|k| + 1).
        double size = static_cast<double>(k < 0 ? -k - 1 : k) * 2.302;
        *result = static_cast<int64_t>(floor(log10(size)));
        return true;
    }
    // |a - 1|, and |ln a| is between half of that and ten times it, for a from 0.01 to 10.
    Number distance;
    const Limb unit = 1;
    Status ignored = 0;
    TRY(subtract(distance, a, {Kind::kFinite, false, 0, 1, {&unit, 1}}, kWidest, ignored));
    *result = distance.exponent + distance.digits - 2;
    return true;
}

bool exponential_digits(Number& out, const Fixed& exponent, uint64_t width, int64_t digits) {
    // exponent = q ln 10 + r, 0 <= r < ln 10.
    Natural ln10, quotient, rest;
    TRY(fixed_ln10(ln10, width));
    TRY(divide(quotient, &rest, exponent.magnitude, ln10));
    if (exponent.negative && !rest.is_zero()) {
        TRY(quotient.increment());
        TRY(rest.subtract(ln10, rest));
    }
    constexpr int64_t kBeyond = 4 * kMaxExponent;
    Limb size = quotient.size() == 0 ? 0 : quotient.size() == 1 ? quotient.data()[0] : ~Limb{0};
    int64_t q = size > static_cast<Limb>(kBeyond) ? kBeyond : static_cast<int64_t>(size);
    if (exponent.negative) q = -q;
    Natural e;
    TRY(fixed_exponential(e, rest, width));
    TRY(e.multiply_power_of_ten(e, digits));
    TRY(out.coefficient.shift_right(e, width));
    out.kind = Kind::kFinite;
    out.negative = false;
    out.exponent = q - digits;
    return out.count();
}

bool is_settled(const Number& candidate, unsigned error, const Settings& settings, bool* settled) {
    int64_t cut = candidate.digits - settings.precision;
    if (settings.e_tiny() - candidate.exponent > cut) cut = settings.e_tiny() - candidate.exponent;
    if (cut > candidate.digits + 1 || cut <= 0) {
        *settled = cut > 0;
        return true;
    }
    Natural ten, quotient, tail, half;
    TRY(power_of_ten(ten, cut));
    TRY(divide(quotient, &tail, candidate.coefficient, ten));
    TRY(half.set(ten));
    half.divide_small(2);
    // Near 0, near one half, near one.
    auto near = [&](LimbView target, bool* result) -> bool {
        Natural gap;
        if (limbs::compare(tail, target) >= 0)
            TRY(gap.subtract(tail, target));
        else
            TRY(gap.subtract(target, tail));
        *result = gap.size() == 0 || (gap.size() == 1 && gap.data()[0] <= error);
        return true;
    };
    bool zero, middle, whole;
    TRY(near({nullptr, 0}, &zero));
    TRY(near(half, &middle));
    TRY(near(ten, &whole));
    *settled = !zero && !middle && !whole;
    return true;
}

bool finish_near_one(Number& out, bool below, const Settings& settings, Status& status) {
    int64_t digits = settings.precision + 2;
    TRY(power_of_ten(out.coefficient, digits));
    const Limb unit = 1;
    if (below)
        TRY(out.coefficient.subtract(out.coefficient, {&unit, 1}));
    else
        TRY(out.coefficient.increment());
    out.kind = Kind::kFinite;
    out.negative = false;
    out.exponent = -digits;
    TRY(out.count());
    return finish(out, settings, status);
}

bool exponential(Number& out, const NumberView& a, const Settings& context, Status& status) {
    bool done;
    TRY(propagate_nan(out, a, context, status, &done));
    if (done) return true;
    if (a.is_infinite()) {
        if (a.negative)
            out.set_zero(false, 0);
        else
            out.set_special(Kind::kInfinite, false);
        return true;
    }
    if (a.is_zero()) return out.set_small(false, 1), true;
    Settings settings = context;
    settings.rounding = Rounding::kHalfEven;
    constexpr int64_t kHuge = 20;  // e**(10**20) is beyond every exponent
    if (a.adjusted() >= kHuge) {
        out.set_small(false, 1, a.negative ? -4 * kMaxExponent : 4 * kMaxExponent);
        status |= kInexact | kRounded;
        return finish(out, settings, status);
    }
    if (a.adjusted() < -settings.precision - 2) {
        // It rounds to one: not subnormal, even where nothing below one is normal.
        Status raised = 0;
        TRY(finish_near_one(out, a.negative, settings, raised));
        status |= raised & ~(kSubnormal | kUnderflow);
        return true;
    }
    for (int64_t digits = settings.precision + 8;; digits += digits / 2) {
        uint64_t width =
            bits_for_digits(digits) + 16 + (a.adjusted() > 0 ? bits_for_digits(a.adjusted()) : 0);
        Fixed x;
        x.negative = a.negative;
        TRY(x.magnitude.shift_left(a.coefficient, width));
        if (a.exponent >= 0) {
            TRY(x.magnitude.multiply_power_of_ten(x.magnitude, a.exponent));
        } else {
            Tail tail;
            Natural scaled;
            TRY(divide_power_of_ten(scaled, &tail, x.magnitude, -a.exponent));
            x.magnitude.swap(scaled);
        }
        TRY(exponential_digits(out, x, width, digits));
        // Beyond every exponent, more digits tell nothing.
        bool settled = out.exponent > 3 * kMaxExponent || out.exponent < -3 * kMaxExponent;
        if (!settled) TRY(is_settled(out, 8, settings, &settled));
        if (settled) return finish(out, settings, status);
    }
}

namespace {

bool is_one(const NumberView& a) {
    const Limb unit = 1;
    return a.is_finite() && !a.is_zero() &&
           compare(a, {Kind::kFinite, false, 0, 1, {&unit, 1}}) == 0;
}

// Whether a is a power of ten.
bool is_power_of_ten(const NumberView& a, bool* result) {
    Natural ten;
    TRY(power_of_ten(ten, a.digits - 1));
    *result = limbs::compare(a.coefficient, ten) == 0;
    return true;
}

bool logarithm(Number& out, const NumberView& a, const Settings& context, Status& status,
               bool common) {
    bool done;
    TRY(propagate_nan(out, a, context, status, &done));
    if (done) return true;
    if (a.is_zero()) return out.set_special(Kind::kInfinite, true), true;
    if (a.negative) return set_invalid(out, status);
    if (a.is_infinite()) return out.set_special(Kind::kInfinite, false), true;
    if (is_one(a)) return out.set_zero(false, 0), true;
    Settings settings = context;
    settings.rounding = Rounding::kHalfEven;
    if (common) {
        bool exact;
        TRY(is_power_of_ten(a, &exact));
        if (exact) {
            int64_t k = a.adjusted();
            out.set_small(k < 0, static_cast<Limb>(k < 0 ? -k : k));
            return finish(out, settings, status);
        }
    }
    int64_t magnitude;
    TRY(logarithm_magnitude(a, &magnitude));
    for (int64_t digits = settings.precision + 6;; digits += digits / 2) {
        // Digits behind the point, and bits for them.
        int64_t places = digits - magnitude + 1;
        if (places < 1) places = 1;
        uint64_t width = bits_for_digits(places) + 32;
        Fixed value;
        TRY(fixed_logarithm(value, a, width));
        if (common) {
            Natural ln10, quotient;
            TRY(fixed_ln10(ln10, width));
            TRY(value.magnitude.shift_left(value.magnitude, width));
            TRY(divide(quotient, nullptr, value.magnitude, ln10));
            value.magnitude.swap(quotient);
        }
        TRY(value.magnitude.multiply_power_of_ten(value.magnitude, places));
        TRY(out.coefficient.shift_right(value.magnitude, width));
        out.kind = Kind::kFinite;
        out.negative = value.negative;
        out.exponent = -places;
        TRY(out.count());
        bool settled;
        TRY(is_settled(out, 8, settings, &settled));
        if (settled) return finish(out, settings, status);
    }
}

}  // namespace

bool natural_logarithm(Number& out, const NumberView& a, const Settings& settings, Status& status) {
    return logarithm(out, a, settings, status, false);
}

bool common_logarithm(Number& out, const NumberView& a, const Settings& settings, Status& status) {
    return logarithm(out, a, settings, status, true);
}

}  // namespace imugi::decimals
