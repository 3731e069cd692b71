// Integers of any size as plain memory: spans of 64-bit limbs, least significant first, over GMP's
// mpn functions. Pure functions: they keep no state, so any number of threads may call them on
// memory they hold.
//
// Memory: the caller passes the output; each function says how many limbs it may write. What needs
// scratch space reports failure (`no_memory`, or an outcome of its own); nothing aborts. GMP itself
// asks for scratch through the hooks of mp_set_memory_functions and cannot be told "no": limbs.cpp
// sets hooks that leave the GMP call by longjmp when malloc fails and free what that call had taken
// (mpn functions hold nothing but such blocks, so that is safe). Outputs must not overlap inputs,
// except where "in place" is said.
#pragma once

#include <cstddef>
#include <cstdint>

namespace imugi::limbs {

using Limb = uint64_t;

inline constexpr size_t no_memory = SIZE_MAX;

// A magnitude. `data[size - 1]` is not 0; zero has size 0.
struct View {
    const Limb* data;
    size_t size;
};

// Sign and magnitude. Zero is never negative.
struct Signed {
    const Limb* data;
    size_t size;
    bool negative;

    View magnitude() const { return {data, size}; }
};

// What a function wrote: `size` limbs (or `no_memory`) and the sign.
struct SignedSize {
    size_t size;
    bool negative;

    bool failed() const { return size == no_memory; }
};

// The size without leading zero limbs.
inline size_t trimmed(const Limb* data, size_t size) {
    while (size > 0 && data[size - 1] == 0) --size;
    return size;
}

// ---- comparison and bits ----

[[nodiscard]] int compare(View a, View b);  // -1, 0, 1
[[nodiscard]] int compare_signed(Signed a, Signed b);
[[nodiscard]] uint64_t bit_length(View a);
[[nodiscard]] uint64_t popcount(View a);
[[nodiscard]] uint64_t trailing_zeros(View a);  // of a nonzero magnitude

// ---- addition ---- room: max(a.size, b.size) + 1; in place allowed

size_t add(Limb* out, View a, View b);
size_t subtract(Limb* out, View a, View b);  // a >= b
SignedSize add_signed(Limb* out, Signed a, Signed b);
SignedSize subtract_signed(Limb* out, Signed a, Signed b);

// ---- multiplication ----

// Room: a.size + b.size. Passing the same span twice squares.
[[nodiscard]] size_t multiply(Limb* out, View a, View b);
// Room: a.size + 1; in place allowed.
size_t multiply_limb(Limb* out, View a, Limb b);

// Limbs that power() needs for `out`; `no_memory` when no address space could hold it.
[[nodiscard]] size_t power_room(View base, uint64_t exponent);
[[nodiscard]] size_t power(Limb* out, View base, uint64_t exponent);

// ---- division ---- the divisor is not 0

// Floor division with Python's signs: the remainder has the divisor's. Either output may be null.
// Room: quotient max(a.size - b.size, 0) + 2, remainder b.size + 1. False: no memory.
[[nodiscard]] bool floor_divide(Limb* quotient, SignedSize* quotient_size, Limb* remainder,
                                SignedSize* remainder_size, Signed a, Signed b);
// Truncating division of a magnitude by one limb. Room: a.size; in place allowed. Null: remainder
// only.
Limb divide_limb(Limb* quotient, size_t* quotient_size, View a, Limb b);

// ---- shifts ----

// Limbs that shift_left() needs; `no_memory` when no address space could hold it.
[[nodiscard]] size_t shift_left_room(View a, uint64_t bits);
size_t shift_left(Limb* out, View a, uint64_t bits);
// Arithmetic: rounds towards minus infinity. Room: max(a.size - bits / 64, 0) + 1; in place
// allowed.
SignedSize shift_right(Limb* out, Signed a, uint64_t bits);

// ---- bitwise, on the infinite two's complement form ---- room: max(a.size, b.size) + 1; in place
// allowed

enum class Bitwise : uint8_t { and_, or_, xor_ };
SignedSize bitwise(Limb* out, Bitwise operation, Signed a, Signed b);
// ~a. Room: a.size + 1.
SignedSize invert(Limb* out, Signed a);

// ---- number theory ----

// Room: max(a.size, b.size). gcd(0, 0) is 0.
[[nodiscard]] size_t gcd(Limb* out, View a, View b);
// base ** exponent mod modulus, base < modulus, modulus > 0. Room: modulus.size.
[[nodiscard]] size_t power_mod(Limb* out, View base, View exponent, View modulus);
// The inverse of a modulo m > 0, in [0, m). Room: m.size.
enum class Inverse : uint8_t { found, none, no_memory };
[[nodiscard]] Inverse inverse_mod(Limb* out, size_t* size, View a, View m);
// floor(sqrt(a)). Room: (a.size + 1) / 2. `exact` may be null.
[[nodiscard]] size_t isqrt(Limb* out, View a, bool* exact);

// ---- text, bases 2 to 36 ----

// Bytes that to_text() may write to; the text itself may be some dozen bytes shorter.
[[nodiscard]] size_t to_text_room(View a, unsigned base);
// Digits without sign or prefix, lower case, "0" for zero. Returns the length or `no_memory`.
[[nodiscard]] size_t to_text(char* out, View a, unsigned base);

// Reads digits of `base` with single underscores between them (Python's rule) to digit values
// without underscores. `values` has room for `size` bytes. Returns the count; 0 when the text is
// not a number in this base.
[[nodiscard]] size_t read_digits(uint8_t* values, const char* text, size_t size, unsigned base);
[[nodiscard]] size_t from_digits_room(size_t count, unsigned base);
// The number whose digit values, most significant first, are `values`.
[[nodiscard]] size_t from_digits(Limb* out, const uint8_t* values, size_t count, unsigned base);

// ---- bytes ----

enum class ToBytes : uint8_t { ok, too_big, negative };
// int.to_bytes: fills exactly `size` bytes.
[[nodiscard]] ToBytes to_bytes(uint8_t* out, size_t size, Signed a, bool little_endian,
                               bool is_signed);
// int.from_bytes. Room: (size + 7) / 8.
SignedSize from_bytes(Limb* out, const uint8_t* bytes, size_t size, bool little_endian,
                      bool is_signed);

// ---- doubles ----

// Round half to even. False: beyond the range of double.
[[nodiscard]] bool to_double(Signed a, double* out);
// a == mantissa * 2**exponent, rounded half to even, 0.5 <= |mantissa| < 1 (zero: 0 and 0).
double to_mantissa(Signed a, int64_t* exponent);
// The integer part of a finite double. Room: 17.
SignedSize from_double(Limb* out, double value);
// The double nearest to (top + (sticky ? a bit : 0)) * 2**exponent, half to even; infinity on
// overflow.
[[nodiscard]] double round_to_double(uint64_t top, bool sticky, int64_t exponent);

enum class Quotient : uint8_t { ok, overflow, no_memory };
// a / b correctly rounded, b not 0.
[[nodiscard]] Quotient true_divide(double* out, Signed a, Signed b);
// Exact comparison of an integer with a finite double.
[[nodiscard]] int compare_double(Signed a, double b);

// ---- hash ----

// Python's hash of an integer: modulo 2**61 - 1, with the sign, -2 for -1.
[[nodiscard]] int64_t hash(Signed a);

}  // namespace imugi::limbs
