// int (and bool): small ones are immediates (Value), larger ones this object with magnitude limbs
// and a sign. Immutable, so no lock. A heap Int of exact type int never holds a value that fits the
// immediate; bool and int subclasses may.
#pragma once

#include "object/type.h"

namespace imugi {

struct Int : Object {
    int64_t signed_size;  // number of limbs, negative for a negative number; 0 is zero
    uint64_t limbs[1];    // least significant first; the top one is not zero

    // Static True and False.
    constexpr Int(bool value) : signed_size(value), limbs{value} {}
};

// Any int (immediate, heap, bool, subclass) as sign and limbs; `storage` backs immediates.
struct IntView {
    bool negative;
    size_t size;
    const uint64_t* limbs;
    uint64_t storage;

    explicit IntView(Value value);
    IntView(const IntView&) = delete;
};

Owned make_int(Thread& thread, int64_t n);
Owned make_int_unsigned(Thread& thread, uint64_t n);
Owned make_int_from_limbs(Thread& thread, bool negative, const uint64_t* limbs, size_t size);
Owned make_int_from_double(Thread& thread,
                           double d);  // truncates; OverflowError/ValueError for inf, nan
// Text in base 2..36 or 0, underscores and surrounding white space allowed. ValueError "invalid
// literal for int() with base ..." (shows `shown`).
Owned make_int_from_text(Thread& thread, const char* text, size_t size, int base, Value shown);

// Any int to a machine number; `fits` null raises OverflowError "Python int too large to convert to
// C long" style, else reports.
Result<int64_t> int_to_int64(Thread& thread, Value value);
bool int_fits_int64(Value value, int64_t* out);  // no exception
Result<uint64_t> int_to_uint64(Thread& thread, Value value);
uint64_t int_to_uint64_mask(Value value);  // modulo 2**64
Result<double> int_to_double(Thread& thread,
                             Value value);  // OverflowError "int too large to convert to float"
int int_sign(Value value);
int64_t int_hash(Value value);

// Arithmetic on two ints of any kind (checked by the caller). The slot functions check types and
// give NotImplemented.
Owned int_add(Thread& thread, Value left, Value right);
Owned int_subtract(Thread& thread, Value left, Value right);
Owned int_multiply(Thread& thread, Value left, Value right);
Owned int_floor_divide(Thread& thread, Value left, Value right);
Owned int_remainder(Thread& thread, Value left, Value right);
Owned int_true_divide(Thread& thread, Value left, Value right);
Owned int_power(Thread& thread, Value base, Value exponent, Value modulus);
Owned int_left_shift(Thread& thread, Value left, Value right);
Owned int_right_shift(Thread& thread, Value left, Value right);
Owned int_bitwise(Thread& thread, char op, Value left, Value right);  // & | ^
int int_compare(Value left, Value right);                             // -1, 0, 1
Owned int_to_str(Thread& thread, Value value,
                 int base);  // no prefix; digits limit applies to base 10
Owned int_format(Thread& thread, Value value, Str& spec);
Owned int_gcd(Thread& thread, Value left, Value right);
size_t int_bit_length(Value value);
// Two's complement bytes.
Owned int_from_bytes(Thread& thread, const uint8_t* bytes, size_t size, bool little,
                     bool is_signed);
[[nodiscard]] bool int_to_bytes(Thread& thread, Value value, uint8_t* out, size_t size, bool little,
                                bool is_signed);

}  // namespace imugi
