// Arithmetic on ints: immediates first, else GMP over the limbs. Immutable operands and a result
// that nobody else sees yet: no locks. Long operations run detached.
#include <algorithm>
#include <cmath>

#include "object/float.h"
#include "object/int_limbs.h"
#include "object/int_slots.h"
#include "object/protocol.h"
#include "object/tuple.h"
#include "thread/safepoint.h"

namespace imugi {

using limbs::Limb;
using limbs::Signed;
using limbs::SignedSize;

Raised raise_zero_division(Thread& thread) {
    return raise(thread, exc::ZeroDivisionError, "division by zero");
}

Owned int_add(Thread& thread, Value left, Value right) {
    if (left.is_small_int() && right.is_small_int())
        return make_int(thread, left.small_int() + right.small_int());
    IntView a(left), b(right);
    IntResult result(thread, std::max(a.size, b.size) + 1);
    if (!result) return {};
    return result.finish(limbs::add_signed(result.limbs(), signed_of(a), signed_of(b)));
}

Owned int_subtract(Thread& thread, Value left, Value right) {
    if (left.is_small_int() && right.is_small_int())
        return make_int(thread, left.small_int() - right.small_int());
    IntView a(left), b(right);
    IntResult result(thread, std::max(a.size, b.size) + 1);
    if (!result) return {};
    return result.finish(limbs::subtract_signed(result.limbs(), signed_of(a), signed_of(b)));
}

Owned int_multiply(Thread& thread, Value left, Value right) {
    if (left.is_small_int() && right.is_small_int()) {
        int64_t product;
        if (!__builtin_mul_overflow(left.small_int(), right.small_int(), &product))
            return make_int(thread, product);
    }
    IntView a(left), b(right);
    if (a.size == 0 || b.size == 0) return Owned::small_int(0);
    IntResult result(thread, a.size + b.size);
    if (!result) return {};
    size_t size = run_long(thread, std::min(a.size, b.size) * 16, [&] {
        return limbs::multiply(result.limbs(), magnitude_of(a), magnitude_of(b));
    });
    if (size == limbs::no_memory) return raise_memory_error(thread);
    return result.finish(size, a.negative != b.negative);
}

namespace {

// Either output may be null.
bool divide(Thread& thread, Value left, Value right, Owned* quotient, Owned* remainder) {
    IntView a(left), b(right);
    if (b.size == 0) return raise_zero_division(thread);
    size_t quotient_room = (a.size > b.size ? a.size - b.size : 0) + 2;
    IntResult q(thread, quotient ? quotient_room : 0);
    if (!q) return false;
    IntResult r(thread, remainder ? b.size + 1 : 0);
    if (!r) return false;
    SignedSize q_size{0, false}, r_size{0, false};
    bool ok = run_long(thread, std::min(quotient_room, b.size) * 16, [&] {
        return limbs::floor_divide(quotient ? q.limbs() : nullptr, &q_size,
                                   remainder ? r.limbs() : nullptr, &r_size, signed_of(a),
                                   signed_of(b));
    });
    if (!ok) return raise_memory_error(thread);
    if (quotient) *quotient = TRY(q.finish(q_size));
    if (remainder) *remainder = TRY(r.finish(r_size));
    return true;
}

int64_t floor_quotient(int64_t a, int64_t b) {
    int64_t q = a / b;
    return q - ((a % b != 0) & ((a ^ b) < 0));
}

int64_t floor_rest(int64_t a, int64_t b) {
    int64_t rest = a % b;
    return rest != 0 && (rest ^ b) < 0 ? rest + b : rest;
}

}  // namespace

Owned int_floor_divide(Thread& thread, Value left, Value right) {
    if (left.is_small_int() && right.is_small_int()) {
        if (right.small_int() == 0) return raise_zero_division(thread);
        return make_int(thread, floor_quotient(left.small_int(), right.small_int()));
    }
    Owned quotient;
    TRY(divide(thread, left, right, &quotient, nullptr));
    return quotient;
}

Owned int_remainder(Thread& thread, Value left, Value right) {
    if (left.is_small_int() && right.is_small_int()) {
        if (right.small_int() == 0) return raise_zero_division(thread);
        return Owned::small_int(floor_rest(left.small_int(), right.small_int()));
    }
    Owned remainder;
    TRY(divide(thread, left, right, nullptr, &remainder));
    return remainder;
}

Owned int_true_divide(Thread& thread, Value left, Value right) {
    constexpr int64_t exact = int64_t{1} << 53;
    if (left.is_small_int() && right.is_small_int()) {
        int64_t a = left.small_int(), b = right.small_int();
        if (b == 0) return raise_zero_division(thread);
        if (a >= -exact && a <= exact && b >= -exact && b <= exact)
            return make_float(thread, static_cast<double>(a) / static_cast<double>(b));
    }
    IntView a(left), b(right);
    if (b.size == 0) return raise_zero_division(thread);
    double result;
    switch (limbs::true_divide(&result, signed_of(a), signed_of(b))) {
        case limbs::Quotient::ok:
            return make_float(thread, result);
        case limbs::Quotient::overflow:
            return raise(thread, exc::OverflowError,
                         "integer division result too large for a float");
        case limbs::Quotient::no_memory:
            break;
    }
    return raise_memory_error(thread);
}

// --- powers ---

namespace {

// From here on a power takes so long that it is computed step by step, and can be interrupted.
constexpr size_t kLongPower = 1 << 15, kLongModulus = 1 << 11;  // limbs

// Square and multiply, modulo `bound` unless that is empty. The exponent is not zero.
Owned power_by_steps(Thread& thread, Value base, const IntView& exponent, Value bound) {
    Owned result = Owned::share(base);
    auto times = [&](Value factor) -> Owned {
        Owned product = TRY(int_multiply(thread, result, factor));
        TRY(safepoint(thread));
        return bound.is_empty() ? std::move(product) : int_remainder(thread, product, bound);
    };
    size_t bit = exponent.size * 64 -
                 static_cast<size_t>(__builtin_clzll(exponent.limbs[exponent.size - 1]));
    while (--bit > 0) {
        result = TRY(times(result));
        if (exponent.limbs[(bit - 1) / 64] >> (bit - 1) % 64 & 1) result = TRY(times(base));
    }
    return result;
}

Owned power_small(Thread& thread, Value base_value, Value exponent_value) {
    IntView base(base_value), exponent_view(exponent_value);
    uint64_t exponent = exponent_view.size ? exponent_view.limbs[0] : 0;
    if (exponent == 0) return Owned::small_int(1);
    if (base.size == 0) return Owned::small_int(0);
    size_t room = limbs::power_room(magnitude_of(base), exponent);
    if (room == limbs::no_memory) return raise_memory_error(thread);
    if (room > kLongPower) return power_by_steps(thread, base_value, exponent_view, Value());
    IntResult result(thread, room);
    if (!result) return {};
    size_t size = run_long(
        thread, room, [&] { return limbs::power(result.limbs(), magnitude_of(base), exponent); });
    if (size == limbs::no_memory) return raise_memory_error(thread);
    return result.finish(size, base.negative && (exponent & 1));
}

Owned power_modulo(Thread& thread, Value base_value, Value exponent_value, Value modulus_value) {
    IntView modulus(modulus_value);
    if (modulus.size == 0) return raise(thread, exc::ValueError, "pow() 3rd argument cannot be 0");
    Owned positive;  // |modulus|
    if (modulus.negative) positive = TRY(int_slots::negative(thread, modulus_value));
    Value bound = modulus.negative ? positive.value() : modulus_value;
    IntView m(bound);
    if (m.size == 1 && m.limbs[0] == 1) return Owned::small_int(0);
    Owned base = TRY(int_remainder(thread, base_value, bound));
    Owned exponent = Owned::share(exponent_value);
    if (int_sign(exponent) < 0) {
        exponent = TRY(int_slots::negative(thread, exponent));
        IntView b(base);
        IntResult inverse(thread, m.size);
        if (!inverse) return {};
        size_t size = 0;
        switch (limbs::inverse_mod(inverse.limbs(), &size, magnitude_of(b), magnitude_of(m))) {
            case limbs::Inverse::found:
                break;
            case limbs::Inverse::none:
                return raise(thread, exc::ValueError,
                             "base is not invertible for the given modulus");
            case limbs::Inverse::no_memory:
                return raise_memory_error(thread);
        }
        base = TRY(inverse.finish(size, false));
    }
    IntView b(base), e(exponent);
    if (m.size > kLongModulus && e.size) {
        Owned power = TRY(power_by_steps(thread, base, e, bound));
        if (modulus.negative && int_sign(power) != 0) return int_add(thread, power, modulus_value);
        return power;
    }
    IntResult result(thread, m.size);
    if (!result) return {};
    size_t size = run_long(thread, m.size * e.size * 4, [&] {
        return limbs::power_mod(result.limbs(), magnitude_of(b), magnitude_of(e), magnitude_of(m));
    });
    if (size == limbs::no_memory) return raise_memory_error(thread);
    Owned power = TRY(result.finish(size, false));
    // The result has the sign of the modulus.
    if (modulus.negative && int_sign(power) != 0) return int_add(thread, power, modulus_value);
    return power;
}

}  // namespace

Owned int_power(Thread& thread, Value base, Value exponent, Value modulus) {
    if (!modulus.is_empty() && !is_none(modulus))
        return power_modulo(thread, base, exponent, modulus);
    if (int_sign(exponent) < 0) {
        double x = TRY(int_to_double(thread, base));
        double y = TRY(int_to_double(thread, exponent));
        Owned left = TRY(make_float(thread, x));
        Owned right = TRY(make_float(thread, y));
        return power(thread, left, right, none());
    }
    IntView b(base), e(exponent);
    if (e.size <= 1) return power_small(thread, base, exponent);
    if (b.size == 0) return Owned::small_int(0);
    if (b.size == 1 && b.limbs[0] == 1)
        return Owned::small_int(b.negative && (e.limbs[0] & 1) ? -1 : 1);
    return raise_memory_error(thread);
}

// --- shifts and bits ---

Owned int_left_shift(Thread& thread, Value left, Value right) {
    if (int_sign(right) < 0) return raise(thread, exc::ValueError, "negative shift count");
    if (int_sign(left) == 0) return Owned::small_int(0);
    IntView count(right);
    if (count.size > 1) return raise(thread, exc::OverflowError, "too many digits in integer");
    uint64_t bits = count.size ? count.limbs[0] : 0;
    if (left.is_small_int() && bits < 62) {
        int64_t n = left.small_int();
        if (n >> (62 - bits) == n >> 63)
            return Owned::small_int(static_cast<int64_t>(static_cast<uint64_t>(n) << bits));
    }
    IntView a(left);
    size_t room = limbs::shift_left_room(magnitude_of(a), bits);
    if (room == limbs::no_memory) return raise_memory_error(thread);
    IntResult result(thread, room);
    if (!result) return {};
    return result.finish(limbs::shift_left(result.limbs(), magnitude_of(a), bits), a.negative);
}

Owned int_right_shift(Thread& thread, Value left, Value right) {
    if (int_sign(right) < 0) return raise(thread, exc::ValueError, "negative shift count");
    IntView count(right);
    uint64_t bits = count.size == 0 ? 0 : count.size > 1 ? UINT64_MAX : count.limbs[0];
    if (left.is_small_int()) return Owned::small_int(left.small_int() >> (bits > 63 ? 63 : bits));
    IntView a(left);
    if (bits / 64 >= a.size) return Owned::small_int(a.negative && a.size ? -1 : 0);
    IntResult result(thread, a.size - bits / 64 + 1);
    if (!result) return {};
    return result.finish(limbs::shift_right(result.limbs(), signed_of(a), bits));
}

Owned int_bitwise(Thread& thread, char op, Value left, Value right) {
    if (left.is_small_int() && right.is_small_int()) {
        int64_t a = left.small_int(), b = right.small_int();
        return Owned::small_int(op == '&' ? a & b : op == '|' ? a | b : a ^ b);
    }
    IntView a(left), b(right);
    IntResult result(thread, std::max(a.size, b.size) + 1);
    if (!result) return {};
    auto operation = op == '&'   ? limbs::Bitwise::and_
                     : op == '|' ? limbs::Bitwise::or_
                                 : limbs::Bitwise::xor_;
    return result.finish(limbs::bitwise(result.limbs(), operation, signed_of(a), signed_of(b)));
}

Owned int_gcd(Thread& thread, Value left, Value right) {
    IntView a(left), b(right);
    if (a.size <= 1 && b.size <= 1) {
        uint64_t x = a.size ? a.limbs[0] : 0, y = b.size ? b.limbs[0] : 0;
        while (y) {
            uint64_t rest = x % y;
            x = y;
            y = rest;
        }
        return make_int_unsigned(thread, x);
    }
    IntResult result(thread, std::max(a.size, b.size));
    if (!result) return {};
    size_t size = run_long(thread, std::min(a.size, b.size) * 16, [&] {
        return limbs::gcd(result.limbs(), magnitude_of(a), magnitude_of(b));
    });
    if (size == limbs::no_memory) return raise_memory_error(thread);
    return result.finish(size, false);
}

// --- slots: NotImplemented for what is no int ---

namespace int_slots {

#define IMUGI_INT_BINARY(name, function)                                             \
    Owned name(Thread& thread, Value left, Value right) {                            \
        if (!is_int(left) || !is_int(right)) return Owned::share(not_implemented()); \
        return function(thread, left, right);                                        \
    }
IMUGI_INT_BINARY(add, int_add)
IMUGI_INT_BINARY(subtract, int_subtract)
IMUGI_INT_BINARY(multiply, int_multiply)
IMUGI_INT_BINARY(remainder, int_remainder)
IMUGI_INT_BINARY(floor_divide, int_floor_divide)
IMUGI_INT_BINARY(true_divide, int_true_divide)
IMUGI_INT_BINARY(left_shift, int_left_shift)
IMUGI_INT_BINARY(right_shift, int_right_shift)
#undef IMUGI_INT_BINARY

Owned bit_and(Thread& thread, Value left, Value right) {
    if (!is_int(left) || !is_int(right)) return Owned::share(not_implemented());
    return int_bitwise(thread, '&', left, right);
}
Owned bit_or(Thread& thread, Value left, Value right) {
    if (!is_int(left) || !is_int(right)) return Owned::share(not_implemented());
    return int_bitwise(thread, '|', left, right);
}
Owned bit_xor(Thread& thread, Value left, Value right) {
    if (!is_int(left) || !is_int(right)) return Owned::share(not_implemented());
    return int_bitwise(thread, '^', left, right);
}

Owned divmod(Thread& thread, Value left, Value right) {
    if (!is_int(left) || !is_int(right)) return Owned::share(not_implemented());
    Owned quotient, remainder;
    if (left.is_small_int() && right.is_small_int()) {
        int64_t a = left.small_int(), b = right.small_int();
        if (b == 0) return raise_zero_division(thread);
        quotient = TRY(make_int(thread, floor_quotient(a, b)));
        remainder = Owned::small_int(floor_rest(a, b));
    } else {
        TRY(divide(thread, left, right, &quotient, &remainder));
    }
    return make_tuple(thread, quotient, remainder);
}

Owned power(Thread& thread, Value base, Value exponent, Value modulus) {
    bool modular = !modulus.is_empty() && !is_none(modulus);
    if (!is_int(base) || !is_int(exponent) || (modular && !is_int(modulus)))
        return Owned::share(not_implemented());
    return int_power(thread, base, exponent, modulus);
}

Owned negative(Thread& thread, Value self) {
    if (self.is_small_int()) return make_int(thread, -self.small_int());
    IntView view(self);
    return make_int_from_limbs(thread, !view.negative, view.limbs, view.size);
}

Owned positive(Thread& thread, Value self) {
    return exact_int(thread, self);
}

Owned absolute(Thread& thread, Value self) {
    return int_sign(self) < 0 ? int_slots::negative(thread, self) : exact_int(thread, self);
}

Owned invert(Thread& thread, Value self) {
    if (self.is_small_int()) return Owned::small_int(~self.small_int());
    IntView view(self);
    IntResult result(thread, view.size + 1);
    if (!result) return {};
    return result.finish(limbs::invert(result.limbs(), signed_of(view)));
}

}  // namespace int_slots

}  // namespace imugi
