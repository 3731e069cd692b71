// Value: one 64-bit word that is an int, a float or a reference to an Object; a borrow.
//
//     ...xxx1  small int, 63 bits two's complement
//     ...xx10  float with exponent in [-256, 255] and +0.0 (rotated and rebased; see below)
//     ...x000  pointer to Object, the word owns one reference
//     ...x100  pointer to Object, lent: the word owns nothing
//     0        empty: unbound, or "an exception is set"
//     12       nothing: not found, or iterator exhausted (an outcome, never visible to Python)
//
// Values are immutable words; slots that hold them are atomic (memory/slot.h).
#pragma once

#include <bit>
#include <cstdint>

#include "base/platform.h"

namespace imugi {

struct Object;

class [[gsl::Pointer]] Value {
  public:
    static constexpr uint64_t kLentBit = 4;
    static constexpr int64_t kSmallIntMax = (int64_t{1} << 62) - 1;
    static constexpr int64_t kSmallIntMin = -(int64_t{1} << 62);

    constexpr Value() : bits_(0) {}
    static constexpr Value from_bits(uint64_t bits) { return Value(bits); }
    static constexpr Value nothing() { return Value(12); }
    // A borrowed reference: the word is marked lent.
    static Value of(const Object* object) {
        return Value(reinterpret_cast<uint64_t>(object) | kLentBit);
    }
    static Value of(const Object& object) { return of(&object); }

    constexpr uint64_t bits() const { return bits_; }
    constexpr explicit operator bool() const { return bits_ != 0; }
    constexpr bool is_empty() const { return bits_ == 0; }
    constexpr bool is_nothing() const { return bits_ == 12; }

    // Small ints.
    static constexpr bool fits_small_int(int64_t n) {
        return n >= kSmallIntMin && n <= kSmallIntMax;
    }
    static constexpr Value small_int(int64_t n) { return Value(static_cast<uint64_t>(n) << 1 | 1); }
    constexpr bool is_small_int() const { return bits_ & 1; }
    constexpr int64_t small_int() const { return static_cast<int64_t>(bits_) >> 1; }

    // Floats held in the word. Doubles are rotated left by one (sign lowest), rebased so that the
    // common exponents fill 62 bits, and shifted over the tag; the code of 2**-256 stands for +0.0.
    static constexpr bool fits_immediate_float(double d) {
        uint64_t raw = std::bit_cast<uint64_t>(d);
        return raw == 0 || (std::rotl(raw, 1) - kFloatBase) - 1 < (uint64_t{1} << 62) - 1;
    }
    static constexpr Value immediate_float(double d) {
        uint64_t raw = std::bit_cast<uint64_t>(d);
        return raw == 0 ? Value(2) : Value((std::rotl(raw, 1) - kFloatBase) << 2 | 2);
    }
    constexpr bool is_immediate_float() const { return (bits_ & 3) == 2; }
    constexpr double immediate_float() const {
        uint64_t raw = std::rotr((bits_ >> 2) + kFloatBase, 1);
        return std::bit_cast<double>(bits_ == 2 ? uint64_t{0} : raw);
    }

    // References. is_object() is false for empty and nothing.
    constexpr bool is_object() const { return (bits_ & 3) == 0 && bits_ > 12; }
    constexpr bool is_lent() const { return (bits_ & 7) == kLentBit; }
    constexpr bool is_owning() const { return (bits_ & 7) == 0 && bits_ != 0; }
    Object* object() const { return reinterpret_cast<Object*>(bits_ & ~kLentBit); }
    template <class T>
    T& as() const {
        return *static_cast<T*>(object());
    }

    // The word without the lent mark: what identity is about.
    constexpr uint64_t identity() const { return (bits_ & 3) == 0 ? bits_ & ~kLentBit : bits_; }

    friend bool operator==(Value, Value) = delete;

  private:
    static constexpr uint64_t kFloatBase = uint64_t{1023 - 256} << 53;
    constexpr explicit Value(uint64_t bits) : bits_(bits) {}
    uint64_t bits_;
};

// Python's `is`.
constexpr bool same(Value a, Value b) {
    return a.identity() == b.identity();
}

}  // namespace imugi
