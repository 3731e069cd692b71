// Functions of many numbers, with results rounded once or nearly so.
#include <cmath>
#include <limits>

#include "memory/array.h"
#include "modules/math/math.h"
#include "object/float.h"
#include "object/int.h"
#include "object/iterators.h"
#include "object/protocol.h"
#include "object/tuple.h"
#include "thread/safepoint.h"

namespace imugi::math {
namespace {

// A growing array of doubles on the C++ stack's watch.
class Doubles {
  public:
    explicit Doubles(Thread& thread) : thread_(thread) {}
    ~Doubles() { array_free(data_); }
    Doubles(const Doubles&) = delete;

    [[nodiscard]] bool append(double number) {
        if (size_ == capacity_) {
            size_t more = capacity_ == 0 ? 32 : capacity_ * 2;
            auto* grown = static_cast<double*>(array_reallocate(data_, more * sizeof(double)));
            if (grown == nullptr) return raise_memory_error(thread_);
            data_ = grown;
            capacity_ = more;
        }
        data_[size_++] = number;
        return true;
    }
    size_t size() const { return size_; }
    void truncate(size_t size) { size_ = size; }
    double& operator[](size_t i) { return data_[i]; }

  private:
    Thread& thread_;
    double* data_ = nullptr;
    size_t size_ = 0, capacity_ = 0;
};

// high + low == a + b exactly.
void two_sum(double a, double b, double* high, double* low) {
    *high = a + b;
    double rest = *high - a;
    *low = (a - (*high - rest)) + (b - rest);
}

// Shewchuk's exact addition: non-overlapping partial sums, in increasing magnitude.
class ExactSum {
  public:
    explicit ExactSum(Thread& thread) : thread_(thread), parts_(thread) {}

    [[nodiscard]] bool add(double number) {
        double x = number;
        size_t kept = 0;
        for (size_t i = 0; i < parts_.size(); i++) {
            double high, low;
            two_sum(x, parts_[i], &high, &low);
            if (low != 0) parts_[kept++] = low;
            x = high;
        }
        parts_.truncate(kept);
        if (x == 0) return true;
        if (std::isfinite(x)) return parts_.append(x);
        if (std::isfinite(number))
            return raise(thread_, exc::OverflowError, "intermediate overflow in fsum");
        if (std::isinf(number)) infinite_ += number;
        special_ += number;
        has_special_ = true;
        parts_.truncate(0);
        return true;
    }

    Real result() {
        if (has_special_) {
            if (std::isnan(infinite_)) return raise(thread_, exc::ValueError, "-inf + inf in fsum");
            return special_;
        }
        size_t n = parts_.size();
        double high = 0;
        if (n == 0) return high;
        high = parts_[--n];
        double low = 0;
        while (n > 0) {
            two_sum(high, parts_[--n], &high, &low);
            if (low != 0) break;
        }
        // Half-even: what lies below the low part decides a tie.
        if (n > 0 && ((low < 0 && parts_[n - 1] < 0) || (low > 0 && parts_[n - 1] > 0))) {
            double twice = low * 2, up = high + twice;
            if (twice == up - high) high = up;
        }
        return high;
    }

  private:
    Thread& thread_;
    Doubles parts_;
    double infinite_ = 0, special_ = 0;
    bool has_special_ = false;
};

// The Euclidean norm, scaled so that squares neither overflow nor vanish, the squares' rounding
// errors carried along.
double norm(Doubles& numbers, double largest, bool found_nan) {
    if (std::isinf(largest)) return largest;
    if (found_nan) return std::numeric_limits<double>::quiet_NaN();
    if (largest == 0 || numbers.size() <= 1) return largest;
    int exponent;
    std::frexp(largest, &exponent);
    if (exponent < -1023) {
        // Subnormal: scaling by a power of two would leave the range; divide instead.
        double sum = 0, lost = 0;
        for (size_t i = 0; i < numbers.size(); i++) {
            double x = numbers[i] / largest, high, low;
            two_sum(sum, x * x, &high, &low);
            sum = high;
            lost += low;
        }
        return largest * std::sqrt(sum + lost);
    }
    double scale = std::ldexp(1.0, -exponent), sum = 1, lost = 0, low;
    for (size_t i = 0; i < numbers.size(); i++) {
        double x = numbers[i] * scale, square = x * x;
        lost += std::fma(x, x, -square);
        two_sum(sum, square, &sum, &low);
        lost += low;
    }
    double root = std::sqrt(sum - 1 + lost);
    // One correction of the root by its exact square.
    double square = root * root, error = std::fma(root, root, -square);
    double rest = ((sum - 1) - square) + (lost - error);
    return (root + rest / (2 * root)) / scale;
}

class Norm {
  public:
    explicit Norm(Thread& thread) : numbers_(thread) {}
    [[nodiscard]] bool add(double x) {
        x = std::fabs(x);
        if (std::isnan(x)) found_nan_ = true;
        if (x > largest_) largest_ = x;
        return numbers_.append(x);
    }
    double result() { return norm(numbers_, largest_, found_nan_); }

  private:
    Doubles numbers_;
    double largest_ = 0;
    bool found_nan_ = false;
};

}  // namespace

Real dist(Thread& thread, Value p, Value q) {
    Ref<Tuple> first = TRY(to_tuple(thread, p));
    Ref<Tuple> second = TRY(to_tuple(thread, q));
    if (first->size != second->size)
        return raise(thread, exc::ValueError,
                     "both points must have the same number of dimensions");
    Norm norm(thread);
    for (size_t i = 0; i < first->size; i++) {
        double x = TRY(to_double(thread, (*first)[i]));
        double y = TRY(to_double(thread, (*second)[i]));
        TRY(norm.add(x - y));
    }
    return norm.result();
}

Real hypot(Thread& thread, Args coordinates) {
    Norm norm(thread);
    for (Value coordinate : coordinates) {
        double x = TRY(to_double(thread, coordinate));
        TRY(norm.add(x));
    }
    return norm.result();
}

Real fsum(Thread& thread, Value numbers) {
    Owned iterator = TRY(iterate(thread, numbers));
    ExactSum sum(thread);
    for (;;) {
        Owned number = TRY(next(thread, iterator));
        if (number.is_nothing()) return sum.result();
        double x = TRY(to_double(thread, number));
        TRY(sum.add(x));
        TRY(safepoint(thread));
    }
}

Owned prod(Thread& thread, Value iterable, Value start) {
    Owned product = Owned::share(start);
    Owned iterator = TRY(iterate(thread, iterable));
    for (;;) {
        Owned factor = TRY(next(thread, iterator));
        if (factor.is_nothing()) return product;
        product = TRY(binary_op(thread, BinaryOp::kMultiply, product, factor));
        TRY(safepoint(thread));
    }
}

namespace {

// total += a * b in a machine word; false when anything is too large.
bool add_product(int64_t* total, Value a, Value b) {
    int64_t x, y, product, sum;
    if (!int_fits_int64(a, &x) || !int_fits_int64(b, &y) ||
        __builtin_mul_overflow(x, y, &product) || __builtin_add_overflow(*total, product, &sum))
        return false;
    *total = sum;
    return true;
}

// Whether the pair counts as one of floats: one is exactly a float, the other that or an int.
bool is_float_pair(Value a, Value b) {
    return (is_exact_float(a) && (is_exact_float(b) || is_int(b))) ||
           (is_exact_float(b) && is_int(a));
}

}  // namespace

// Three stages, each left for good by the first pair that does not fit: words, floats whose
// products and sums are exact until the end, and anything that multiplies and adds.
Owned sumprod(Thread& thread, Value p, Value q) {
    Owned first = TRY(iterate(thread, p));
    Owned second = TRY(iterate(thread, q));
    Owned total = TRY(make_int(thread, 0));
    int64_t words = 0;
    ExactSum exact(thread);
    bool in_words = true, in_floats = true, has_words = false, has_floats = false;
    auto add = [&](Owned more) {
        if (!more) return false;
        total = binary_op(thread, BinaryOp::kAdd, total, more);
        return static_cast<bool>(total);
    };
    for (;;) {
        Owned x = TRY(next(thread, first));
        Owned y = TRY(next(thread, second));
        if (x.is_nothing() != y.is_nothing())
            return raise(thread, exc::ValueError, "Inputs are not the same length");
        bool finished = x.is_nothing();
        if (in_words) {
            if (!finished && is_exact_int(x) && is_exact_int(y) && add_product(&words, x, y)) {
                has_words = true;
                continue;
            }
            in_words = false;
            if (has_words) TRY(add(make_int(thread, words)));
        }
        if (in_floats) {
            if (!finished && is_float_pair(x, y)) {
                Result<double> a = to_double(thread, x);
                Result<double> b = a ? to_double(thread, y) : failure;
                if (!b && !clear_exception_if(thread, exc::OverflowError)) return {};
                if (b && std::isfinite(*a * *b)) {
                    double product = *a * *b;
                    TRY(exact.add(product));
                    TRY(exact.add(std::fma(*a, *b, -product)));
                    has_floats = true;
                    continue;
                }
            }
            in_floats = false;
            if (has_floats) TRY(add(make_float(thread, TRY(exact.result()))));
        }
        if (finished) return total;
        Owned product = TRY(binary_op(thread, BinaryOp::kMultiply, x, y));
        TRY(add(std::move(product)));
        TRY(safepoint(thread));
    }
}

}  // namespace imugi::math
