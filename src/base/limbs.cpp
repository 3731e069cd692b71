// Addition, multiplication, division, shifts, bitwise operations and number theory of limbs.h.
// Text, bytes and doubles are in limbs_convert.cpp.
#include "base/limbs.h"

#include <bit>
#include <cstring>

#include "base/gmp_guard.h"

namespace imugi::limbs {
namespace {

using Wide = unsigned __int128;

constexpr unsigned limb_bits = 64;

SignedSize with_sign(size_t size, bool negative) {
    return {size, negative && size != 0};
}

void copy(Limb* out, const Limb* from, size_t size) {
    if (out != from && size != 0) memmove(out, from, size * sizeof(Limb));
}

// Copies an mpz result out and releases it.
size_t take(Limb* out, mpz_t value) {
    size_t size = mpz_size(value);
    copy(out, mpz_limbs_read(value), size);
    mpz_clear(value);
    return size;
}

bool fits_mpz(View a) {
    return a.size < mpz_limit;
}

mpz_srcptr as_mpz(mpz_t holder, View a) {
    return mpz_roinit_n(holder, a.data, static_cast<mp_size_t>(a.size));
}

// Limbs of a negative number's two's complement form, one after the other: ~(magnitude - 1).
class TwosComplement {
  public:
    explicit TwosComplement(Signed a) : a_(a), borrow_(a.negative) {}

    Limb next(size_t index) {
        Limb limb = index < a_.size ? a_.data[index] : 0;
        if (!a_.negative) return limb;
        Limb less = limb - borrow_;
        borrow_ = borrow_ && limb == 0;
        return ~less;
    }

  private:
    Signed a_;
    bool borrow_;
};

// -x of `size` limbs, in place.
void negate(Limb* data, size_t size) {
    bool carry = true;
    for (size_t i = 0; i < size; ++i) {
        data[i] = ~data[i] + carry;
        carry = carry && data[i] == 0;
    }
}

Limb power_mod_limb(Limb base, View exponent, Limb modulus) {
    Limb result = 1 % modulus;
    for (size_t i = exponent.size; i-- > 0;) {
        for (unsigned bit = limb_bits; bit-- > 0;) {
            result = static_cast<Limb>(Wide{result} * result % modulus);
            if (exponent.data[i] >> bit & 1) {
                result = static_cast<Limb>(Wide{result} * base % modulus);
            }
        }
    }
    return result;
}

}  // namespace

int compare(View a, View b) {
    if (a.size != b.size) return a.size < b.size ? -1 : 1;
    for (size_t i = a.size; i-- > 0;) {
        if (a.data[i] != b.data[i]) return a.data[i] < b.data[i] ? -1 : 1;
    }
    return 0;
}

int compare_signed(Signed a, Signed b) {
    if (a.negative != b.negative) return a.negative ? -1 : 1;
    int order = compare(a.magnitude(), b.magnitude());
    return a.negative ? -order : order;
}

uint64_t bit_length(View a) {
    if (a.size == 0) return 0;
    return uint64_t{a.size} * limb_bits -
           static_cast<unsigned>(std::countl_zero(a.data[a.size - 1]));
}

uint64_t popcount(View a) {
    return a.size == 0 ? 0 : mpn_popcount(a.data, static_cast<mp_size_t>(a.size));
}

uint64_t trailing_zeros(View a) {
    size_t i = 0;
    while (a.data[i] == 0) ++i;
    return uint64_t{i} * limb_bits + static_cast<unsigned>(std::countr_zero(a.data[i]));
}

size_t add(Limb* out, View a, View b) {
    if (a.size < b.size) {
        View other = a;
        a = b;
        b = other;
    }
    if (b.size == 0) {
        copy(out, a.data, a.size);
        return a.size;
    }
    Limb carry = mpn_add(out, a.data, static_cast<mp_size_t>(a.size), b.data,
                         static_cast<mp_size_t>(b.size));
    out[a.size] = carry;
    return a.size + (carry != 0);
}

size_t subtract(Limb* out, View a, View b) {
    if (b.size == 0) {
        copy(out, a.data, a.size);
        return a.size;
    }
    mpn_sub(out, a.data, static_cast<mp_size_t>(a.size), b.data, static_cast<mp_size_t>(b.size));
    return trimmed(out, a.size);
}

SignedSize add_signed(Limb* out, Signed a, Signed b) {
    if (a.negative == b.negative) {
        return with_sign(add(out, a.magnitude(), b.magnitude()), a.negative);
    }
    int order = compare(a.magnitude(), b.magnitude());
    if (order == 0) return {0, false};
    if (order > 0) return with_sign(subtract(out, a.magnitude(), b.magnitude()), a.negative);
    return with_sign(subtract(out, b.magnitude(), a.magnitude()), b.negative);
}

SignedSize subtract_signed(Limb* out, Signed a, Signed b) {
    // A zero b turns "negative" here, which add() takes as plain sign: the sum is a, whatever b's
    // sign.
    if (b.size == 0) {
        copy(out, a.data, a.size);
        return {a.size, a.negative};
    }
    return add_signed(out, a, Signed{b.data, b.size, !b.negative});
}

size_t multiply(Limb* out, View a, View b) {
    if (a.size < b.size) {
        View other = a;
        a = b;
        b = other;
    }
    if (b.size == 0) return 0;
    if (b.size == 1) {
        out[a.size] = mpn_mul_1(out, a.data, static_cast<mp_size_t>(a.size), b.data[0]);
        return a.size + (out[a.size] != 0);
    }
    auto work = [&] {
        if (a.data == b.data && a.size == b.size) {
            mpn_sqr(out, a.data, static_cast<mp_size_t>(a.size));
        } else {
            mpn_mul(out, a.data, static_cast<mp_size_t>(a.size), b.data,
                    static_cast<mp_size_t>(b.size));
        }
    };
    if (b.size < guard_threshold) {
        work();
    } else if (!guarded(work)) {
        return no_memory;
    }
    size_t size = a.size + b.size;
    return size - (out[size - 1] == 0);
}

size_t multiply_limb(Limb* out, View a, Limb b) {
    if (a.size == 0 || b == 0) return 0;
    out[a.size] = mpn_mul_1(out, a.data, static_cast<mp_size_t>(a.size), b);
    return a.size + (out[a.size] != 0);
}

size_t power_room(View base, uint64_t exponent) {
    Wide bits = Wide{bit_length(base)} * exponent;
    if (bits >> 62 != 0) return no_memory;
    return static_cast<size_t>(bits / limb_bits) + 3;
}

size_t power(Limb* out, View base, uint64_t exponent) {
    if (exponent == 0) {
        out[0] = 1;
        return 1;
    }
    if (base.size == 0) return 0;
    // The twos are shifted in at the end, so that powers of two and of ten are cheap.
    uint64_t twos = trailing_zeros(base);
    Scratch odd_part(base.size);
    if (!odd_part) return no_memory;
    SignedSize odd_size = shift_right(odd_part.data(), {base.data, base.size, false}, twos);
    View odd{odd_part.data(), odd_size.size};
    uint64_t shift = twos * exponent;
    if (odd.size == 1 && odd.data[0] == 1) {
        Limb one = 1;
        return shift_left(out, {&one, 1}, shift);
    }
    size_t room = power_room(odd, exponent);
    Scratch first(room), second(room);
    if (!first || !second) return no_memory;
    Limb* value = first.data();
    Limb* spare = second.data();
    copy(value, odd.data, odd.size);
    size_t size = odd.size;
    for (int bit = 62 - std::countl_zero(exponent); bit >= 0; --bit) {
        size = multiply(spare, {value, size}, {value, size});
        if (size == no_memory) return no_memory;
        Limb* squared = spare;
        spare = value;
        value = squared;
        if (!(exponent >> bit & 1)) continue;
        if (odd.size == 1) {
            size = multiply_limb(value, {value, size}, odd.data[0]);
            continue;
        }
        size = multiply(spare, {value, size}, odd);
        if (size == no_memory) return no_memory;
        Limb* product = spare;
        spare = value;
        value = product;
    }
    return shift_left(out, {value, size}, shift);
}

Limb divide_limb(Limb* quotient, size_t* quotient_size, View a, Limb b) {
    if (quotient == nullptr) {
        return a.size == 0 ? 0 : mpn_mod_1(a.data, static_cast<mp_size_t>(a.size), b);
    }
    if (a.size == 0) {
        *quotient_size = 0;
        return 0;
    }
    Limb rest = mpn_divrem_1(quotient, 0, a.data, static_cast<mp_size_t>(a.size), b);
    *quotient_size = trimmed(quotient, a.size);
    return rest;
}

bool floor_divide(Limb* quotient, SignedSize* quotient_size, Limb* remainder,
                  SignedSize* remainder_size, Signed a, Signed b) {
    Limb small_rest[1];
    size_t q_size = 0;
    size_t r_size = 0;
    bool differ = a.negative != b.negative;
    Scratch q_scratch(quotient == nullptr && b.size > 1 && a.size >= b.size ? a.size - b.size + 1
                                                                            : 0);
    Scratch r_scratch(remainder == nullptr && b.size > 1 ? b.size : 0);
    if (!q_scratch || !r_scratch) return false;
    const Limb* rest = small_rest;

    if (a.size < b.size) {
        rest = a.data;
        r_size = a.size;
    } else if (b.size == 1) {
        small_rest[0] = divide_limb(quotient, &q_size, a.magnitude(), b.data[0]);
        r_size = small_rest[0] != 0;
    } else {
        Limb* q = quotient != nullptr ? quotient : q_scratch.data();
        Limb* r = remainder != nullptr ? remainder : r_scratch.data();
        auto work = [&] {
            mpn_tdiv_qr(q, r, 0, a.data, static_cast<mp_size_t>(a.size), b.data,
                        static_cast<mp_size_t>(b.size));
        };
        if (b.size < guard_threshold) {
            work();
        } else if (!guarded(work)) {
            return false;
        }
        q_size = trimmed(q, a.size - b.size + 1);
        r_size = trimmed(r, b.size);
        rest = r;
    }
    // From truncation to floor: with different signs and a remainder the quotient is one further
    // down.
    bool adjust = differ && r_size != 0;
    if (quotient != nullptr) {
        if (adjust) {
            Limb one = 1;
            q_size = add(quotient, {quotient, q_size}, {&one, 1});
        }
        *quotient_size = with_sign(q_size, differ);
    }
    if (remainder != nullptr) {
        if (adjust) {
            r_size = subtract(remainder, b.magnitude(), {rest, r_size});
        } else {
            copy(remainder, rest, r_size);
        }
        *remainder_size = with_sign(r_size, b.negative);
    }
    return true;
}

size_t shift_left_room(View a, uint64_t bits) {
    uint64_t limbs = bits / limb_bits;
    if (limbs >> 58 != 0) return no_memory;
    return a.size + limbs + 1;
}

size_t shift_left(Limb* out, View a, uint64_t bits) {
    if (a.size == 0) return 0;
    size_t limbs = bits / limb_bits;
    unsigned rest = bits % limb_bits;
    Limb top = 0;
    if (rest != 0) {
        top = mpn_lshift(out + limbs, a.data, static_cast<mp_size_t>(a.size), rest);
    } else {
        copy(out + limbs, a.data, a.size);
    }
    if (limbs != 0) memset(out, 0, limbs * sizeof(Limb));
    size_t size = a.size + limbs;
    if (top != 0) out[size++] = top;
    return size;
}

SignedSize shift_right(Limb* out, Signed a, uint64_t bits) {
    uint64_t limbs = bits / limb_bits;
    unsigned rest = bits % limb_bits;
    if (limbs >= a.size) {
        out[0] = 1;
        return {size_t{a.negative}, a.negative};
    }
    bool lost = false;
    if (a.negative) lost = trailing_zeros(a.magnitude()) < bits;
    size_t size = a.size - limbs;
    if (rest != 0) {
        mpn_rshift(out, a.data + limbs, static_cast<mp_size_t>(size), rest);
    } else {
        copy(out, a.data + limbs, size);
    }
    size = trimmed(out, size);
    if (lost) {
        Limb one = 1;
        size = add(out, {out, size}, {&one, 1});
    }
    return with_sign(size, a.negative);
}

SignedSize bitwise(Limb* out, Bitwise operation, Signed a, Signed b) {
    if (a.size < b.size) {
        Signed other = a;
        a = b;
        b = other;
    }
    auto size = static_cast<mp_size_t>(b.size);
    if (!a.negative && !b.negative) {
        if (operation == Bitwise::and_) {
            if (size != 0) mpn_and_n(out, a.data, b.data, size);
            return {trimmed(out, b.size), false};
        }
        if (size != 0) {
            if (operation == Bitwise::or_) {
                mpn_ior_n(out, a.data, b.data, size);
            } else {
                mpn_xor_n(out, a.data, b.data, size);
            }
        }
        copy(out + b.size, a.data + b.size, a.size - b.size);
        return {trimmed(out, a.size), false};
    }
    bool negative = false;
    if (operation == Bitwise::and_) negative = a.negative && b.negative;
    if (operation == Bitwise::or_) negative = a.negative || b.negative;
    if (operation == Bitwise::xor_) negative = a.negative != b.negative;
    TwosComplement left(a), right(b);
    for (size_t i = 0; i < a.size; ++i) {
        Limb x = left.next(i);
        Limb y = right.next(i);
        out[i] = operation == Bitwise::and_  ? (x & y)
                 : operation == Bitwise::or_ ? (x | y)
                                             : (x ^ y);
    }
    if (!negative) return {trimmed(out, a.size), false};
    negate(out, a.size);
    size_t result = trimmed(out, a.size);
    if (result == 0) {
        // All bits were 0 below an all-ones rest: minus two to the power of the width.
        out[a.size] = 1;
        result = a.size + 1;
    }
    return {result, true};
}

SignedSize invert(Limb* out, Signed a) {
    Limb one = 1;
    if (a.negative) return {subtract(out, a.magnitude(), {&one, 1}), false};
    return {add(out, a.magnitude(), {&one, 1}), true};
}

size_t gcd(Limb* out, View a, View b) {
    if (a.size < b.size) {
        View other = a;
        a = b;
        b = other;
    }
    if (b.size == 0) {
        copy(out, a.data, a.size);
        return a.size;
    }
    if (b.size == 1) {
        out[0] = mpn_gcd_1(a.data, static_cast<mp_size_t>(a.size), b.data[0]);
        return 1;
    }
    if (!fits_mpz(a)) return no_memory;
    size_t size = 0;
    bool done = guarded([&] {
        mpz_t result, left, right;
        mpz_init(result);
        mpz_gcd(result, as_mpz(left, a), as_mpz(right, b));
        size = take(out, result);
    });
    return done ? size : no_memory;
}

size_t power_mod(Limb* out, View base, View exponent, View modulus) {
    if (modulus.size == 1) {
        Limb small = base.size == 0 ? 0 : base.data[0];
        if (exponent.size <= 4) {
            out[0] = power_mod_limb(small, exponent, modulus.data[0]);
            return out[0] != 0;
        }
    }
    if (!fits_mpz(exponent) || !fits_mpz(modulus)) return no_memory;
    size_t size = 0;
    bool done = guarded([&] {
        mpz_t result, b, e, m;
        mpz_init(result);
        mpz_powm(result, as_mpz(b, base), as_mpz(e, exponent), as_mpz(m, modulus));
        size = take(out, result);
    });
    return done ? size : no_memory;
}

Inverse inverse_mod(Limb* out, size_t* size, View a, View m) {
    if (!fits_mpz(a) || !fits_mpz(m)) return Inverse::no_memory;
    if (m.size == 1 && m.data[0] == 1) {
        *size = 0;
        return Inverse::found;
    }
    bool found = false;
    bool done = guarded([&] {
        mpz_t result, value, modulus;
        mpz_init(result);
        found = mpz_invert(result, as_mpz(value, a), as_mpz(modulus, m)) != 0;
        if (found) {
            *size = take(out, result);
        } else {
            mpz_clear(result);
        }
    });
    if (!done) return Inverse::no_memory;
    return found ? Inverse::found : Inverse::none;
}

size_t isqrt(Limb* out, View a, bool* exact) {
    if (exact != nullptr) *exact = true;
    if (a.size == 0) return 0;
    Scratch rest(a.size);
    if (!rest) return no_memory;
    mp_size_t rest_size = 0;
    auto work = [&] {
        rest_size = mpn_sqrtrem(out, rest.data(), a.data, static_cast<mp_size_t>(a.size));
    };
    if (a.size < guard_threshold) {
        work();
    } else if (!guarded(work)) {
        return no_memory;
    }
    if (exact != nullptr) *exact = rest_size == 0;
    return trimmed(out, (a.size + 1) / 2);
}

}  // namespace imugi::limbs
