// Coefficients: natural numbers of any size on GMP's limbs, with powers of ten. Values of one
// thread on the C++ stack; no state is shared. Functions are false only when memory is short.
#pragma once

#include "base/limbs.h"
#include "base/result.h"

namespace imugi::decimals {

using limbs::Limb;
using LimbView = limbs::View;

class Natural {
  public:
    Natural() = default;
    ~Natural();
    Natural(const Natural&) = delete;
    Natural& operator=(const Natural&) = delete;

    LimbView view() const { return {data_, size_}; }
    operator LimbView() const { return view(); }
    Limb* data() { return data_; }
    size_t size() const { return size_; }
    bool is_zero() const { return size_ == 0; }
    bool is_odd() const { return size_ != 0 && (data_[0] & 1); }
    // Of what was written to data(); leading zeros are cut.
    void set_size(size_t size) { size_ = limbs::trimmed(data_, size); }
    // Room for that many limbs; what is there is kept.
    [[nodiscard]] bool reserve(size_t limbs);
    void clear() { size_ = 0; }
    void set_small(Limb value);
    [[nodiscard]] bool set(LimbView value);
    void swap(Natural& other);

    // this = a op b; the operands may be this number.
    [[nodiscard]] bool add(LimbView a, LimbView b);
    [[nodiscard]] bool subtract(LimbView a, LimbView b);  // a >= b
    [[nodiscard]] bool multiply(LimbView a, LimbView b);
    [[nodiscard]] bool shift_left(LimbView a, uint64_t bits);
    [[nodiscard]] bool shift_right(LimbView a, uint64_t bits);
    [[nodiscard]] bool increment();
    [[nodiscard]] bool multiply_power_of_ten(LimbView a, int64_t exponent);
    // In place; the remainder is given back.
    Limb divide_small(Limb divisor);

  private:
    static constexpr size_t kLocal = 6;
    Limb* data_ = local_;
    size_t size_ = 0, capacity_ = kLocal;
    Limb local_[kLocal];
};

// quotient and remainder (may be null) of a / b, b not 0. Neither is an operand.
[[nodiscard]] bool divide(Natural& quotient, Natural* remainder, LimbView a, LimbView b);
[[nodiscard]] bool power_of_ten(Natural& out, int64_t exponent);
[[nodiscard]] bool power(Natural& out, LimbView base, uint64_t exponent);

// Decimal digits of a; 1 for zero. Negative when memory is short.
int64_t count_digits(LimbView a);
// How a part that is cut off compares with half a unit.
enum class Tail : uint8_t { kZero, kLow, kHalf, kHigh };
// quotient = a / 10**digits, and what was cut.
[[nodiscard]] bool divide_power_of_ten(Natural& quotient, Tail* tail, LimbView a, int64_t digits);
// Removes zeros at the end, `most` of them at the most; gives their number, negative when memory is
// short.
int64_t strip_zeros(Natural& n, int64_t most);
// a's last digit.
unsigned last_digit(LimbView a);

}  // namespace imugi::decimals
