// The conversions of limbs.h: text, bytes, doubles, hash.
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstring>

#include "base/gmp_guard.h"
#include "base/limbs.h"

namespace imugi::limbs {
namespace {

constexpr char digit_letters[] = "0123456789abcdefghijklmnopqrstuvwxyz";

// log2(base) for bases up to 36, rounded up in the last place.
double bits_per_digit(unsigned base) {
    return log2(base) * (1 + 1e-15);
}

// GMP's divide and conquer conversion wants room for whatever the limbs could hold.
size_t digits_of_limbs(size_t size, unsigned base) {
    return static_cast<size_t>(static_cast<double>(size) * 64.0 / log2(base) * (1 + 1e-15)) + 2;
}

size_t small_to_text(char* out, Limb value, unsigned base) {
    char buffer[64];
    size_t at = sizeof buffer;
    if (base == 10) {
        // A constant divisor is a multiplication.
        do {
            buffer[--at] = static_cast<char>('0' + value % 10);
            value /= 10;
        } while (value != 0);
    } else {
        do {
            buffer[--at] = digit_letters[value % base];
            value /= base;
        } while (value != 0);
    }
    memcpy(out, buffer + at, sizeof buffer - at);
    return sizeof buffer - at;
}

size_t power_of_two_to_text(char* out, View a, unsigned base) {
    unsigned width = static_cast<unsigned>(std::countr_zero(base));
    uint64_t length = (bit_length(a) + width - 1) / width;
    uint64_t bit = 0;
    for (uint64_t i = length; i-- > 0; bit += width) {
        size_t limb = bit / 64;
        unsigned offset = bit % 64;
        Limb digit = a.data[limb] >> offset;
        if (offset + width > 64 && limb + 1 < a.size) digit |= a.data[limb + 1] << (64 - offset);
        out[i] = digit_letters[digit & (base - 1)];
    }
    return length;
}

int digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'z') return c - 'a' + 10;
    if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
    return 99;
}

// The top 64 bits (all of a shorter number), whether anything but zeros is below, and how many bits
// are below.
struct TopBits {
    uint64_t bits;
    bool sticky;
    uint64_t below;
};

TopBits top_bits(View a) {
    if (a.size == 0) return {0, false, 0};
    if (a.size == 1) return {a.data[0], false, 0};
    size_t last = a.size - 1;
    auto lead = static_cast<unsigned>(std::countl_zero(a.data[last]));
    uint64_t bits = a.data[last];
    bool sticky = false;
    if (lead != 0) {
        bits = bits << lead | a.data[last - 1] >> (64 - lead);
        sticky = a.data[last - 1] << lead != 0;
    } else {
        sticky = a.data[last - 1] != 0;
    }
    for (size_t i = last - 1; !sticky && i-- > 0;) sticky = a.data[i] != 0;
    return {bits, sticky, uint64_t{last} * 64 - lead};
}

}  // namespace

size_t to_text_room(View a, unsigned base) {
    if (a.size <= 1) return 65;
    if (std::has_single_bit(base)) {
        unsigned width = static_cast<unsigned>(std::countr_zero(base));
        return (bit_length(a) + width - 1) / width;
    }
    return digits_of_limbs(a.size, base) + 1;
}

size_t to_text(char* out, View a, unsigned base) {
    if (a.size <= 1) return small_to_text(out, a.size == 0 ? 0 : a.data[0], base);
    if (std::has_single_bit(base)) return power_of_two_to_text(out, a, base);
    Scratch copy(a.size + 1);  // mpn_get_str destroys its input
    if (!copy) return no_memory;
    memcpy(copy.data(), a.data, a.size * sizeof(Limb));
    auto* digits = reinterpret_cast<unsigned char*>(out);
    size_t length = 0;
    auto work = [&] {
        length = mpn_get_str(digits, static_cast<int>(base), copy.data(),
                             static_cast<mp_size_t>(a.size));
    };
    if (!guarded(work)) return no_memory;
    size_t zeros = 0;
    while (zeros + 1 < length && digits[zeros] == 0) ++zeros;
    length -= zeros;
    for (size_t i = 0; i < length; ++i) out[i] = digit_letters[digits[i + zeros]];
    return length;
}

size_t read_digits(uint8_t* values, const char* text, size_t size, unsigned base) {
    size_t count = 0;
    bool underscore_allowed = false;
    for (size_t i = 0; i < size; ++i) {
        if (text[i] == '_') {
            if (!underscore_allowed) return 0;
            underscore_allowed = false;
            continue;
        }
        auto value = static_cast<unsigned>(digit_value(text[i]));
        if (value >= base) return 0;
        values[count++] = static_cast<uint8_t>(value);
        underscore_allowed = true;
    }
    return underscore_allowed ? count : 0;
}

size_t from_digits_room(size_t count, unsigned base) {
    return static_cast<size_t>(static_cast<double>(count) * bits_per_digit(base) / 64.0) + 3;
}

size_t from_digits(Limb* out, const uint8_t* values, size_t count, unsigned base) {
    while (count > 0 && *values == 0) {
        ++values;
        --count;
    }
    if (count == 0) return 0;
    if (count <= 12) {  // 36**12 < 2**64
        Limb value = 0;
        for (size_t i = 0; i < count; ++i) value = value * base + values[i];
        out[0] = value;
        return 1;
    }
    size_t size = 0;
    auto work = [&] {
        size = static_cast<size_t>(mpn_set_str(out, values, count, static_cast<int>(base)));
    };
    if (!guarded(work)) return no_memory;
    return trimmed(out, size);
}

ToBytes to_bytes(uint8_t* out, size_t size, Signed a, bool little_endian, bool is_signed) {
    if (a.negative && !is_signed) return ToBytes::negative;
    uint64_t need = bit_length(a.magnitude());
    if (is_signed && a.size != 0) {
        // -2**k needs no more bits than 2**k - 1.
        bool power = a.negative && trailing_zeros(a.magnitude()) == need - 1;
        if (!power) ++need;
    }
    // CPython takes -1 to fit in no bytes at all; programs may rely on it.
    if (size == 0 && a.negative && need == 1) return ToBytes::ok;
    if ((need + 7) / 8 > size) return ToBytes::too_big;
    bool carry = a.negative;
    for (size_t i = 0; i < size; ++i) {
        size_t limb = i / 8;
        auto byte = static_cast<uint8_t>(limb < a.size ? a.data[limb] >> (i % 8 * 8) : 0);
        if (a.negative) {
            byte = static_cast<uint8_t>(~byte + carry);
            carry = carry && byte == 0;
        }
        out[little_endian ? i : size - 1 - i] = byte;
    }
    return ToBytes::ok;
}

SignedSize from_bytes(Limb* out, const uint8_t* bytes, size_t size, bool little_endian,
                      bool is_signed) {
    size_t limbs = (size + 7) / 8;
    if (limbs == 0) return {0, false};
    bool negative = is_signed && (little_endian ? bytes[size - 1] : bytes[0]) >> 7;
    out[limbs - 1] = negative ? ~Limb{0} : 0;
    if (little_endian) {
        memcpy(out, bytes, size);
    } else {
        size_t whole = size / 8;
        for (size_t i = 0; i < whole; ++i) {
            Limb limb;
            memcpy(&limb, bytes + size - 8 * (i + 1), 8);
            out[i] = __builtin_bswap64(limb);
        }
        size_t rest = size % 8;
        if (rest != 0) {
            Limb limb = negative ? ~Limb{0} : 0;
            for (size_t i = 0; i < rest; ++i) limb = limb << 8 | bytes[i];
            out[whole] = limb;
        }
    }
    if (negative) {
        bool carry = true;
        for (size_t i = 0; i < limbs; ++i) {
            out[i] = ~out[i] + carry;
            carry = carry && out[i] == 0;
        }
    }
    return {trimmed(out, limbs), negative};
}

double round_to_double(uint64_t top, bool sticky, int64_t exponent) {
    if (top == 0) return 0.0;
    int lead = std::countl_zero(top);
    int64_t high = exponent + 63 - lead;  // the value is in [2**high, 2**(high + 1))
    if (high >= DBL_MAX_EXP) return HUGE_VAL;
    // Keep 53 bits, fewer for subnormals.
    int64_t keep = high >= DBL_MIN_EXP - 1 ? 53 : high - (DBL_MIN_EXP - 1 - 53);
    if (keep < 0) return 0.0;
    int64_t drop = 64 - lead - keep;
    if (drop <= 0) return ldexp(static_cast<double>(top), static_cast<int>(exponent));
    uint64_t kept = drop == 64 ? 0 : top >> drop;
    uint64_t half = uint64_t{1} << (drop - 1);
    uint64_t rest = drop == 64 ? top : top & ((uint64_t{1} << drop) - 1);
    if (rest > half || (rest == half && (sticky || (kept & 1)))) ++kept;
    return ldexp(static_cast<double>(kept), static_cast<int>(exponent + drop));
}

bool to_double(Signed a, double* out) {
    if (a.size > 16) return false;
    TopBits top = top_bits(a.magnitude());
    double value = round_to_double(top.bits, top.sticky, static_cast<int64_t>(top.below));
    if (value == HUGE_VAL) return false;
    *out = a.negative ? -value : value;
    return true;
}

double to_mantissa(Signed a, int64_t* exponent) {
    *exponent = 0;
    if (a.size == 0) return 0.0;
    TopBits top = top_bits(a.magnitude());
    int shift = 0;
    double mantissa = frexp(round_to_double(top.bits, top.sticky, 0), &shift);
    *exponent = static_cast<int64_t>(top.below) + shift;
    return a.negative ? -mantissa : mantissa;
}

SignedSize from_double(Limb* out, double value) {
    int exponent = 0;
    double mantissa = frexp(fabs(value), &exponent);  // value == mantissa * 2**exponent
    if (exponent <= 0) return {0, false};
    auto bits = static_cast<uint64_t>(ldexp(mantissa, 53));
    Limb word;
    if (exponent <= 53) {
        word = bits >> (53 - exponent);
        out[0] = word;
        return {1, value < 0};
    }
    word = bits;
    return {shift_left(out, {&word, 1}, static_cast<uint64_t>(exponent - 53)), value < 0};
}

Quotient true_divide(double* out, Signed a, Signed b) {
    bool negative = a.negative != b.negative;
    if (a.size == 0) {
        *out = negative ? -0.0 : 0.0;
        return Quotient::ok;
    }
    constexpr Limb exact = Limb{1} << 53;
    if (a.size == 1 && b.size == 1 && a.data[0] <= exact && b.data[0] <= exact) {
        double value = static_cast<double>(a.data[0]) / static_cast<double>(b.data[0]);
        *out = negative ? -value : value;
        return Quotient::ok;
    }
    auto a_bits = static_cast<int64_t>(bit_length(a.magnitude()));
    auto b_bits = static_cast<int64_t>(bit_length(b.magnitude()));
    if (a_bits - b_bits > DBL_MAX_EXP) return Quotient::overflow;
    if (a_bits - b_bits < DBL_MIN_EXP - DBL_MANT_DIG - 1) {
        *out = negative ? -0.0 : 0.0;
        return Quotient::ok;
    }
    // Scale a so that the quotient has 64 or 65 bits; what is lost below shows in `sticky`.
    int64_t scale = b_bits + 64 - a_bits;
    size_t room =
        scale >= 0 ? shift_left_room(a.magnitude(), static_cast<uint64_t>(scale)) : a.size + 1;
    size_t q_room = (room > b.size ? room - b.size : 0) + 2;
    Scratch numerator(room), quotient(q_room), rest(b.size + 1);
    if (!numerator || !quotient || !rest) return Quotient::no_memory;
    bool sticky = false;
    size_t n_size = 0;
    if (scale >= 0) {
        n_size = shift_left(numerator.data(), a.magnitude(), static_cast<uint64_t>(scale));
    } else {
        auto down = static_cast<uint64_t>(-scale);
        sticky = trailing_zeros(a.magnitude()) < down;
        n_size = shift_right(numerator.data(), {a.data, a.size, false}, down).size;
    }
    SignedSize q_size, r_size;
    if (!floor_divide(quotient.data(), &q_size, rest.data(), &r_size,
                      {numerator.data(), n_size, false}, {b.data, b.size, false})) {
        return Quotient::no_memory;
    }
    TopBits top = top_bits({quotient.data(), q_size.size});
    double value = round_to_double(top.bits, top.sticky || sticky || r_size.size != 0,
                                   static_cast<int64_t>(top.below) - scale);
    if (value == HUGE_VAL) return Quotient::overflow;
    *out = negative ? -value : value;
    return Quotient::ok;
}

int compare_double(Signed a, double b) {
    if (b == 0) return a.size == 0 ? 0 : a.negative ? -1 : 1;
    if (a.size == 0) return b < 0 ? 1 : -1;
    if (a.negative != (b < 0)) return a.negative ? -1 : 1;
    int outcome = 0;
    int exponent = 0;
    frexp(b, &exponent);
    auto bits = static_cast<int64_t>(bit_length(a.magnitude()));
    if (bits != exponent) {
        outcome = bits < exponent ? -1 : 1;
    } else {
        Limb whole[17];
        SignedSize size = from_double(whole, b);
        outcome = compare(a.magnitude(), View{whole, size.size});
        if (outcome == 0 && trunc(b) != b) outcome = -1;
    }
    return a.negative ? -outcome : outcome;
}

int64_t hash(Signed a) {
    constexpr uint64_t modulus = (uint64_t{1} << 61) - 1;
    uint64_t sum = 0;
    for (size_t i = a.size; i-- > 0;) {
        // 2**64 is 8 modulo 2**61 - 1: a rotation by three in 61 bits.
        sum = ((sum << 3) & modulus) | sum >> 58;
        sum += (a.data[i] & modulus) + (a.data[i] >> 61);
        sum = (sum & modulus) + (sum >> 61);
        if (sum >= modulus) sum -= modulus;
    }
    auto value = static_cast<int64_t>(sum);
    if (a.negative) value = -value;
    return value == -1 ? -2 : value;
}

}  // namespace imugi::limbs
