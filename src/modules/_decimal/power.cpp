// See number.h: a**b. Exact results (and those half way between two numbers) are found by integer
// arithmetic, the others by exp(b ln a) with as many digits as their rounding takes.
#include "modules/_decimal/transcendental.h"

#include <cmath>

namespace imugi::decimals {

namespace {

// A positive number as coefficient * 10**exponent, the coefficient not divisible by ten.
struct Stripped {
    Natural coefficient;
    int64_t exponent;

    [[nodiscard]] bool set(const NumberView& a) {
        TRY(coefficient.set(a.coefficient));
        int64_t zeros = strip_zeros(coefficient, a.digits);
        if (zeros < 0) return false;
        exponent = a.exponent + zeros;
        return true;
    }
    bool is_one() const { return coefficient.size() == 1 && coefficient.view().data[0] == 1; }
};

bool is_one(const Natural& n) {
    return n.size() == 1 && n.view().data[0] == 1;
}

// n as base**k with a small prime base; 0 when it is not such a power (k of 1 is 0 too).
bool exponent_of(const Natural& n, Limb base, int64_t* k) {
    *k = 0;
    Natural rest;
    TRY(rest.set(n));
    if (base == 2) {
        uint64_t zeros = limbs::trailing_zeros(n);
        if (limbs::bit_length(n) == zeros + 1) *k = static_cast<int64_t>(zeros);
        return true;
    }
    int64_t count = 0;
    while (!is_one(rest)) {
        if (rest.divide_small(base) != 0) return true;
        count++;
    }
    *k = count;
    return true;
}

// floor of the n-th root, by bisection on the bits: only for small n and results.
bool root(Natural& out, const Natural& a, uint64_t n, bool* exact) {
    uint64_t bits = limbs::bit_length(a) / n + 1;
    out.clear();
    Natural trial, raised, unit;
    for (uint64_t bit = bits + 1; bit-- > 0;) {
        const Limb one = 1;
        TRY(unit.shift_left({&one, 1}, bit));
        TRY(trial.add(out, unit));
        TRY(power(raised, trial, n));
        if (limbs::compare(raised, a) <= 0) out.swap(trial);
    }
    TRY(power(raised, out, n));
    *exact = limbs::compare(raised, a) == 0;
    return true;
}

// a**n for an integer n when the result has at most `most` digits: sets *found. a is stripped, not
// a power of ten with exponent 0.
bool exact_integer_power(Number& out, const Stripped& a, int64_t n, int64_t most, bool* found) {
    *found = false;
    int64_t exponent;
    if (__builtin_mul_overflow(a.exponent, n, &exponent) || exponent > 4 * kMaxExponent ||
        exponent < -4 * kMaxExponent)
        return true;
    out.kind = Kind::kFinite;
    out.negative = false;
    if (a.is_one()) {
        out.coefficient.set_small(1);
        out.exponent = exponent;
        *found = true;
        return out.count();
    }
    uint64_t times = static_cast<uint64_t>(n < 0 ? -n : n);
    double bits = static_cast<double>(limbs::bit_length(a.coefficient)) - 1;
    if (n > 0) {
        if (bits * static_cast<double>(times) * 0.30102 > static_cast<double>(most) + 1)
            return true;
        TRY(power(out.coefficient, a.coefficient, times));
        out.exponent = exponent;
    } else {
        // 1 / 2**k = 5**k / 10**k, and the other way round; nothing else ends.
        int64_t k;
        Limb other = 5;
        TRY(exponent_of(a.coefficient, 2, &k));
        if (k == 0) {
            other = 2;
            TRY(exponent_of(a.coefficient, 5, &k));
        }
        if (k == 0) return true;
        double total = static_cast<double>(k) * static_cast<double>(times);
        if (total * log10(static_cast<double>(other)) > static_cast<double>(most) + 2) return true;
        TRY(power(out.coefficient, {&other, 1}, static_cast<uint64_t>(k) * times));
        out.exponent = exponent - k * static_cast<int64_t>(times);
    }
    TRY(out.count());
    *found = out.digits <= most;
    return true;
}

// The same for any b: a**(p/q) = (q-th root of a)**p, in lowest terms.
bool exact_power(Number& out, const NumberView& a, const NumberView& b, int64_t most, bool* found) {
    *found = false;
    Stripped base, exponent;
    TRY(base.set(a));
    TRY(exponent.set(b));
    // p / q with q = 2**i * 5**j.
    Natural p, q;
    TRY(p.set(exponent.coefficient));
    q.set_small(1);
    if (exponent.exponent > 0) {
        if (exponent.exponent > 18) return true;
        TRY(p.multiply_power_of_ten(p, exponent.exponent));
    } else if (exponent.exponent < 0) {
        if (exponent.exponent < -19) return true;
        TRY(power_of_ten(q, -exponent.exponent));
        Natural divisor, quotient;
        TRY(divisor.reserve(q.size() + p.size()));
        size_t size = limbs::gcd(divisor.data(), p, q);
        if (size == limbs::no_memory) return false;
        divisor.set_size(size);
        TRY(divide(quotient, nullptr, p, divisor));
        p.swap(quotient);
        TRY(divide(quotient, nullptr, q, divisor));
        q.swap(quotient);
    }
    if (p.size() > 1 || q.size() > 1 || (p.data()[0] >> 62)) return true;
    auto n = static_cast<int64_t>(p.data()[0]);
    uint64_t d = q.data()[0];
    if (b.negative) n = -n;
    if (d > 1) {
        // The root's exponent must be whole too; 10**-1 times ten may hide it.
        int64_t rest = static_cast<int64_t>(base.exponent % static_cast<int64_t>(d));
        if (rest != 0) return true;
        base.exponent /= static_cast<int64_t>(d);
        if (!base.is_one()) {
            if (d > limbs::bit_length(base.coefficient)) return true;
            Natural taken;
            bool exact;
            TRY(root(taken, base.coefficient, d, &exact));
            if (!exact) return true;
            base.coefficient.swap(taken);
        }
    }
    return exact_integer_power(out, base, n, most, found);
}

// 1**b: as many zeros as fit, for an exponent that is no integer.
bool power_of_one(Number& out, const NumberView& a, const NumberView& b, bool integral,
                  const Settings& settings, Status& status) {
    int64_t exponent;
    if (integral) {
        int64_t times = 0;
        if (!b.negative) {
            times = settings.precision;
            if (b.exponent <= 0 && b.adjusted() < 18) {
                Natural value;
                Tail tail;
                TRY(divide_power_of_ten(value, &tail, b.coefficient, -b.exponent));
                if (value.size() <= 1 && value.data()[0] < static_cast<Limb>(times))
                    times = static_cast<int64_t>(value.size() ? value.data()[0] : 0);
            } else if (b.exponent > 0 && b.adjusted() < 18) {
                Natural value;
                TRY(value.multiply_power_of_ten(b.coefficient, b.exponent));
                if (value.size() <= 1 && value.data()[0] < static_cast<Limb>(times))
                    times = static_cast<int64_t>(value.data()[0]);
            }
        }
        if (__builtin_mul_overflow(a.exponent, times, &exponent) ||
            exponent < 1 - settings.precision) {
            exponent = 1 - settings.precision;
            status |= kRounded;
        }
        if (exponent > 0) exponent = 0;
    } else {
        status |= kInexact | kRounded;
        exponent = 1 - settings.precision;
    }
    TRY(power_of_ten(out.coefficient, -exponent));
    out.kind = Kind::kFinite;
    out.exponent = exponent;
    return out.count();
}

// |a| ** b rounded, neither special nor trivial; the sign is the caller's.
bool power_positive(Number& out, const NumberView& a, const NumberView& b, bool integral,
                    bool negative, const Settings& context, Status& status) {
    Settings settings = context;
    int64_t magnitude;
    TRY(logarithm_magnitude(a, &magnitude));
    int64_t low = magnitude + b.adjusted();  // |b ln a| >= 10**low
    bool grows = (a.adjusted() >= 0) != b.negative;
    if (low >= 20) {
        out.set_small(negative, 1, grows ? 4 * kMaxExponent : -4 * kMaxExponent);
        status |= kInexact | kRounded;
        return finish(out, settings, status);
    }
    bool exact = false;
    // Whole powers that are not much longer than the precision are multiplied out.
    TRY(exact_power(out, a, b, settings.precision + 1, &exact));
    if (exact) {
        out.negative = negative;
        int64_t zeros = 0;
        if (!integral) {
            zeros = settings.precision + 1 - out.digits;
        } else if (!b.negative) {
            // The exponent of a product of a's, as far as digits allow.
            Number count;
            int64_t ideal, room = settings.precision + 1 - out.digits;
            Tail tail;
            TRY(rescale(count, b, 0, Rounding::kDown, &tail));
            bool fits = count.coefficient.size() == 1 &&
                        !__builtin_mul_overflow(
                            a.exponent, static_cast<int64_t>(count.coefficient.data()[0]), &ideal);
            zeros = !fits ? (a.exponent < 0 ? room : 0) : out.exponent - ideal;
            if (zeros > room) zeros = room;
        }
        if (zeros > 0) {
            TRY(out.coefficient.multiply_power_of_ten(out.coefficient, zeros));
            out.exponent -= zeros;
            out.digits += zeros;
        }
        Status raised = 0;
        TRY(finish(out, settings, raised));
        if (!integral) {
            raised |= kInexact | kRounded;
            if (raised & kSubnormal) raised |= kUnderflow;
        }
        status |= raised;
        return true;
    }
    if (low + 2 < -settings.precision - 2) {
        TRY(finish_near_one(out, !grows, settings, status));
        out.negative = negative;
        return true;
    }
    for (int64_t digits = settings.precision + 8;; digits += digits / 2) {
        int64_t whole = low + 3 > 0 ? low + 3 : 0;  // digits of b ln a in front of the point
        uint64_t width = bits_for_digits(digits + whole) + 32;
        // b multiplies the logarithm's error.
        uint64_t wide = width + (b.adjusted() > 0 ? bits_for_digits(b.adjusted()) : 0) + 16;
        Fixed x;
        TRY(fixed_logarithm(x, a, wide));
        TRY(x.magnitude.multiply(x.magnitude, b.coefficient));
        if (b.exponent >= 0) {
            TRY(x.magnitude.multiply_power_of_ten(x.magnitude, b.exponent));
        } else {
            Natural scaled;
            Tail tail;
            TRY(divide_power_of_ten(scaled, &tail, x.magnitude, -b.exponent));
            x.magnitude.swap(scaled);
        }
        TRY(x.magnitude.shift_right(x.magnitude, wide - width));
        x.negative = x.negative != b.negative;
        TRY(exponential_digits(out, x, width, digits));
        // Beyond every exponent, more digits tell nothing.
        bool settled = out.exponent > 3 * kMaxExponent || out.exponent < -3 * kMaxExponent;
        if (!settled) TRY(is_settled(out, 16, settings, &settled));
        if (settled) {
            out.negative = negative;
            return finish(out, settings, status);
        }
    }
}

}  // namespace

bool power(Number& out, const NumberView& a, const NumberView& b, const Settings& settings,
           Status& status) {
    bool done;
    TRY(propagate_nan(out, a, b, settings, status, &done));
    if (done) return true;
    if (b.is_zero()) {
        if (a.is_zero()) return set_invalid(out, status);
        return out.set_small(false, 1), true;
    }
    bool integral = is_integer(b), negative = false;
    if (a.negative) {
        if (integral)
            negative = is_odd_integer(b);
        else if (!a.is_zero())
            return set_invalid(out, status);
    }
    if (a.is_zero() || a.is_infinite()) {
        bool zero = a.is_zero() != b.negative;
        if (zero)
            out.set_zero(negative, 0);
        else
            out.set_special(Kind::kInfinite, negative);
        return true;
    }
    NumberView base = a.magnitude();
    const Limb unit = 1;
    int order = compare(base, {Kind::kFinite, false, 0, 1, {&unit, 1}});
    if (order == -2) return false;
    if (order == 0) {
        if (b.is_infinite()) {
            status |= kInexact | kRounded;
            TRY(power_of_ten(out.coefficient, settings.precision - 1));
            out.kind = Kind::kFinite;
            out.negative = negative;
            out.exponent = 1 - settings.precision;
            return out.count();
        }
        TRY(power_of_one(out, base, b, integral, settings, status));
        out.negative = negative;
        return true;
    }
    if (b.is_infinite()) {
        if ((order > 0) == b.negative)
            out.set_zero(negative, 0);
        else
            out.set_special(Kind::kInfinite, negative);
        return true;
    }
    return power_positive(out, base, b, integral, negative, settings, status);
}

namespace {

bool integer_of(Natural& out, const NumberView& a) {
    if (a.exponent >= 0) return out.multiply_power_of_ten(a.coefficient, a.exponent);
    Tail tail;
    return divide_power_of_ten(out, &tail, a.coefficient, -a.exponent);
}

}  // namespace

bool power_modulo(Number& out, const NumberView& base, const NumberView& exponent,
                  const NumberView& modulus, const Settings& settings, Status& status) {
    const NumberView* operands[] = {&base, &exponent, &modulus};
    // A signaling NaN first, then any other.
    for (bool signaling : {true, false}) {
        for (const NumberView* operand : operands) {
            if (!(signaling ? operand->is_signaling() : operand->is_nan())) continue;
            bool done;
            return propagate_nan(out, *operand, settings, status, &done);
        }
    }
    if (!is_integer(base) || !is_integer(exponent) || !is_integer(modulus) ||
        (exponent.negative && !exponent.is_zero()) || modulus.is_zero() ||
        modulus.adjusted() >= settings.precision || (base.is_zero() && exponent.is_zero()))
        return set_invalid(out, status);
    bool negative = base.negative && is_odd_integer(exponent);
    Natural m, reduced, quotient, power, ten;
    TRY(integer_of(m, modulus));
    // The base may be huge: its power of ten is reduced by itself.
    if (base.exponent > 0) {
        const Limb by = 10, count = static_cast<Limb>(base.exponent);
        Natural small, scaled;
        TRY(small.set({&by, 1}));
        TRY(divide(quotient, &ten, small, m));
        TRY(scaled.reserve(m.size() + 1));
        size_t size = limbs::power_mod(scaled.data(), ten, {&count, 1}, m);
        if (size == limbs::no_memory) return false;
        scaled.set_size(size);
        TRY(divide(quotient, &reduced, base.coefficient, m));
        TRY(scaled.multiply(scaled, reduced));
        TRY(divide(quotient, &reduced, scaled, m));
    } else {
        Natural whole;
        TRY(integer_of(whole, base));
        TRY(divide(quotient, &reduced, whole, m));
    }
    TRY(integer_of(power, exponent));
    TRY(out.coefficient.reserve(m.size() + 1));
    size_t size = limbs::power_mod(out.coefficient.data(), reduced, power, m);
    if (size == limbs::no_memory) return false;
    out.coefficient.set_size(size);
    out.kind = Kind::kFinite;
    out.negative = negative;
    out.exponent = 0;
    return out.count();
}

}  // namespace imugi::decimals
