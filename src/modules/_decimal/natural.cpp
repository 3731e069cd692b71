// See natural.h. Small powers of ten come from a constant table, larger ones are 5**k shifted.
#include "modules/_decimal/natural.h"

#include <cmath>
#include <cstring>

#include "memory/array.h"

namespace imugi::decimals {

namespace {

constexpr size_t kTableLimbs = 4;
constexpr int64_t kTableSize = 77;  // 10**76 is the last that fits four limbs whole

struct PowerTable {
    Limb limbs[kTableSize][kTableLimbs];
    uint8_t sizes[kTableSize];

    constexpr PowerTable() : limbs{}, sizes{} {
        limbs[0][0] = 1;
        sizes[0] = 1;
        for (int64_t k = 1; k < kTableSize; k++) {
            unsigned __int128 carry = 0;
            for (size_t i = 0; i < kTableLimbs; i++) {
                carry += static_cast<unsigned __int128>(limbs[k - 1][i]) * 10;
                limbs[k][i] = static_cast<Limb>(carry);
                carry >>= 64;
                if (limbs[k][i]) sizes[k] = static_cast<uint8_t>(i + 1);
            }
        }
    }
    constexpr LimbView view(int64_t k) const { return {limbs[k], sizes[k]}; }
};
constexpr PowerTable kPowers;

// A power of ten from the table, or computed.
class Ten {
  public:
    [[nodiscard]] bool set(int64_t exponent) {
        if (exponent < kTableSize) {
            view_ = kPowers.view(exponent);
            return true;
        }
        TRY(power_of_ten(made_, exponent));
        view_ = made_.view();
        return true;
    }
    LimbView view() const { return view_; }

  private:
    Natural made_;
    LimbView view_{nullptr, 0};
};

}  // namespace

Natural::~Natural() {
    if (data_ != local_) array_free(data_);
}

bool Natural::reserve(size_t limbs) {
    if (limbs <= capacity_) return true;
    if (limbs > SIZE_MAX / 16) return false;
    size_t bytes = limbs * sizeof(Limb);
    if (bytes > (1 << 20) && !plausible_block(bytes)) return false;
    auto* fresh = static_cast<Limb*>(array_allocate(bytes));
    if (!fresh) return false;
    memcpy(fresh, data_, size_ * sizeof(Limb));
    if (data_ != local_) array_free(data_);
    data_ = fresh;
    capacity_ = limbs;
    return true;
}

void Natural::set_small(Limb value) {
    data_[0] = value;
    size_ = value != 0;
}

bool Natural::set(LimbView value) {
    if (value.data == data_) return size_ = value.size, true;
    size_ = 0;
    TRY(reserve(value.size));
    if (value.size) memcpy(data_, value.data, value.size * sizeof(Limb));
    size_ = value.size;
    return true;
}

void Natural::swap(Natural& other) {
    Limb kept[kLocal];
    bool mine = data_ == local_, others = other.data_ == other.local_;
    memcpy(kept, local_, sizeof kept);
    memcpy(local_, other.local_, sizeof kept);
    memcpy(other.local_, kept, sizeof kept);
    Limb* data = mine ? other.local_ : data_;
    data_ = others ? local_ : other.data_;
    other.data_ = data;
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
}

// Operands that are this number must be looked up again once it has moved.
bool Natural::add(LimbView a, LimbView b) {
    bool first = a.data == data_, second = b.data == data_;
    TRY(reserve((a.size > b.size ? a.size : b.size) + 1));
    if (first) a.data = data_;
    if (second) b.data = data_;
    size_ = limbs::add(data_, a, b);
    return true;
}

bool Natural::subtract(LimbView a, LimbView b) {
    bool first = a.data == data_, second = b.data == data_;
    TRY(reserve(a.size + 1));
    if (first) a.data = data_;
    if (second) b.data = data_;
    size_ = limbs::subtract(data_, a, b);
    return true;
}

bool Natural::multiply(LimbView a, LimbView b) {
    if (a.data == data_ || b.data == data_) {
        Natural product;
        TRY(product.multiply(a, b));
        swap(product);
        return true;
    }
    if (a.size == 0 || b.size == 0) return size_ = 0, true;
    size_ = 0;
    TRY(reserve(a.size + b.size));
    size_t size = limbs::multiply(data_, a, b);
    if (size == limbs::no_memory) return false;
    size_ = size;
    return true;
}

bool Natural::shift_left(LimbView a, uint64_t bits) {
    size_t room = limbs::shift_left_room(a, bits);
    if (room == limbs::no_memory) return false;
    Natural result;
    TRY(result.reserve(room + 1));
    result.size_ = a.size ? limbs::shift_left(result.data_, a, bits) : 0;
    swap(result);
    return true;
}

bool Natural::shift_right(LimbView a, uint64_t bits) {
    Natural result;
    TRY(result.reserve(a.size + 1));
    result.size_ = limbs::shift_right(result.data_, {a.data, a.size, false}, bits).size;
    swap(result);
    return true;
}

bool Natural::increment() {
    const Limb one = 1;
    return add(view(), {&one, 1});
}

bool Natural::multiply_power_of_ten(LimbView a, int64_t exponent) {
    if (a.size == 0) return size_ = 0, true;
    if (exponent == 0) return set(a);
    if (exponent < 20) {
        bool self = a.data == data_;
        TRY(reserve(a.size + 1));
        if (self) a.data = data_;
        size_ = limbs::multiply_limb(data_, a, kPowers.limbs[exponent][0]);
        return true;
    }
    Ten ten;
    TRY(ten.set(exponent));
    return multiply(a, ten.view());
}

Limb Natural::divide_small(Limb divisor) {
    if (size_ == 0) return 0;
    size_t size;
    Limb remainder = limbs::divide_limb(data_, &size, view(), divisor);
    size_ = size;
    return remainder;
}

bool divide(Natural& quotient, Natural* remainder, LimbView a, LimbView b) {
    size_t more = a.size > b.size ? a.size - b.size : 0;
    quotient.clear();
    TRY(quotient.reserve(more + 2));
    limbs::SignedSize q, r;
    if (remainder) {
        remainder->clear();
        TRY(remainder->reserve(b.size + 1));
    }
    TRY(limbs::floor_divide(quotient.data(), &q, remainder ? remainder->data() : nullptr, &r,
                            {a.data, a.size, false}, {b.data, b.size, false}));
    quotient.set_size(q.size);
    if (remainder) remainder->set_size(r.size);
    return true;
}

bool power(Natural& out, LimbView base, uint64_t exponent) {
    if (exponent == 0) return out.set_small(1), true;
    if (base.size == 0) return out.clear(), true;
    size_t room = limbs::power_room(base, exponent);
    if (room == limbs::no_memory) return false;
    Natural result;
    TRY(result.reserve(room));
    size_t size = limbs::power(result.data(), base, exponent);
    if (size == limbs::no_memory) return false;
    result.set_size(size);
    out.swap(result);
    return true;
}

bool power_of_ten(Natural& out, int64_t exponent) {
    if (exponent < kTableSize) return out.set(kPowers.view(exponent));
    // 10**k takes more than k / 20 limbs: what memory cannot hold is not begun.
    if (!plausible_block(static_cast<size_t>(exponent) / 2)) return false;
    const Limb five = 5;
    Natural fives;
    TRY(power(fives, {&five, 1}, static_cast<uint64_t>(exponent)));
    return out.shift_left(fives, static_cast<uint64_t>(exponent));
}

int64_t count_digits(LimbView a) {
    if (a.size == 0) return 1;
    uint64_t bits = limbs::bit_length(a);
    // The leading 64 bits give the logarithm to some 1e-15 of its size; only near a power of ten is
    // that too little.
    Limb top = a.data[a.size - 1];
    unsigned used = static_cast<unsigned>(bits - (a.size - 1) * 64);
    if (used < 64) {
        top <<= 64 - used;
        if (a.size > 1) top |= a.data[a.size - 2] >> used;
    }
    constexpr double kLog2 = 0.30102999566398119521;
    double estimate =
        static_cast<double>(bits) * kLog2 + log10(static_cast<double>(top)) - 64 * kLog2;
    double slack = 1e-9 + static_cast<double>(bits) * 1e-15;
    double low = floor(estimate - slack), high = floor(estimate + slack);
    if (low == high) return static_cast<int64_t>(low) + 1;
    Ten ten;
    if (!ten.set(static_cast<int64_t>(high))) return -1;
    return static_cast<int64_t>(high) + (limbs::compare(a, ten.view()) >= 0);
}

bool divide_power_of_ten(Natural& quotient, Tail* tail, LimbView a, int64_t digits) {
    if (digits == 0) {
        *tail = Tail::kZero;
        return quotient.set(a);
    }
    auto classify = [](int order) {
        return order < 0 ? Tail::kLow : order > 0 ? Tail::kHigh : Tail::kHalf;
    };
    if (digits < 20) {
        TRY(quotient.set(a));
        Limb ten = kPowers.limbs[digits][0];
        Limb rest = quotient.divide_small(ten);
        *tail = rest == 0 ? Tail::kZero : classify(rest < ten / 2 ? -1 : rest > ten / 2);
        return true;
    }
    Ten ten;
    TRY(ten.set(digits));
    Natural result, rest;
    TRY(divide(result, &rest, a, ten.view()));
    if (rest.is_zero()) {
        *tail = Tail::kZero;
    } else {
        TRY(rest.shift_left(rest, 1));
        *tail = classify(limbs::compare(rest, ten.view()));
    }
    quotient.swap(result);
    return true;
}

int64_t strip_zeros(Natural& n, int64_t most) {
    int64_t stripped = 0;
    if (n.is_zero() || most <= 0) return 0;
    // A number that ends in k zeros is divisible by 2**k.
    auto bound = static_cast<int64_t>(limbs::trailing_zeros(n));
    if (bound < most) most = bound;
    // Powers of ten of falling size, so that long runs cost few long divisions.
    int64_t step = 1;
    while (step * 2 <= most) step *= 2;
    Natural quotient;
    for (; step >= 1; step /= 2) {
        while (step <= most - stripped) {
            Tail tail;
            if (!divide_power_of_ten(quotient, &tail, n, step)) return -1;
            if (tail != Tail::kZero) break;
            n.swap(quotient);
            stripped += step;
        }
    }
    return stripped;
}

unsigned last_digit(LimbView a) {
    if (a.size == 0) return 0;
    // 2**64 = 6 (mod 10), and 6 * 6 = 36 = 6: every limb but the first counts sixfold.
    unsigned digit = static_cast<unsigned>(a.data[0] % 10);
    for (size_t i = 1; i < a.size; i++)
        digit = (digit + static_cast<unsigned>(a.data[i] % 10) * 6) % 10;
    return digit;
}

}  // namespace imugi::decimals
