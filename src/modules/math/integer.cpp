// Functions of integers, and those that make integers of real numbers.
#include "base/limbs.h"
#include "memory/array.h"
#include "modules/math/math.h"
#include "object/call.h"
#include "object/float.h"
#include "object/int.h"
#include "object/names.h"
#include "object/protocol.h"
#include "thread/safepoint.h"

namespace imugi::math {
namespace {

Owned magnitude(Thread& thread, Owned number) {
    if (int_sign(number) >= 0) return number;
    return int_subtract(thread, Value::small_int(0), number);
}

// The product of first, first + step, ... (count of them): halves multiplied, so that the factors
// stay balanced.
Owned range_product(Thread& thread, int64_t first, int64_t step, uint64_t count) {
    if (count == 0) return make_int(thread, 1);
    if (count <= 8) {
        Owned product = TRY(make_int(thread, first));
        for (uint64_t i = 1; i < count; i++) {
            Owned factor = TRY(make_int(thread, first + step * static_cast<int64_t>(i)));
            product = TRY(int_multiply(thread, product, factor));
        }
        return product;
    }
    TRY(safepoint(thread));
    uint64_t half = count / 2;
    Owned left = TRY(range_product(thread, first, step, half));
    Owned right =
        TRY(range_product(thread, first + step * static_cast<int64_t>(half), step, count - half));
    return int_multiply(thread, left, right);
}

// n * (n - 1) * ... (k factors) for any n >= k.
Owned falling(Thread& thread, Value n, uint64_t k) {
    int64_t small;
    if (int_fits_int64(n, &small)) return range_product(thread, small, -1, k);
    Owned product = TRY(make_int(thread, 1));
    for (uint64_t i = 0; i < k; i++) {
        Owned offset = TRY(make_int_unsigned(thread, i));
        Owned factor = TRY(int_subtract(thread, n, offset));
        product = TRY(int_multiply(thread, product, factor));
        TRY(safepoint(thread));
    }
    return product;
}

// Both as ints, checked not to be negative.
bool two_counts(Thread& thread, Value n, Value k, Owned* out_n, Owned* out_k) {
    *out_n = to_index(thread, n);
    if (!*out_n) return false;
    *out_k = to_index(thread, k);
    if (!*out_k) return false;
    if (int_sign(*out_n) < 0)
        return raise(thread, exc::ValueError, "n must be a non-negative integer");
    if (int_sign(*out_k) < 0)
        return raise(thread, exc::ValueError, "k must be a non-negative integer");
    return true;
}

// type(x).name(x), or what float(x) gives to `otherwise`.
Owned rounded(Thread& thread, Value x, Str& name, double (*otherwise)(double)) {
    if (!x.is_immediate_float()) {
        Owned answer = TRY(call_special(thread, x, name));
        if (!answer.is_nothing()) return answer;
    }
    double number = TRY(to_double(thread, x));
    return make_int_from_double(thread, otherwise(number));
}

}  // namespace

Owned ceil(Thread& thread, Value x) {
    return rounded(thread, x, ID(__ceil__), [](double d) { return __builtin_ceil(d); });
}

Owned floor(Thread& thread, Value x) {
    return rounded(thread, x, ID(__floor__), [](double d) { return __builtin_floor(d); });
}

Owned trunc(Thread& thread, Value x) {
    if (x.is_immediate_float()) return make_int_from_double(thread, x.immediate_float());
    Owned answer = TRY(call_special(thread, x, ID(__trunc__)));
    if (answer.is_nothing())
        return raise(thread, exc::TypeError, "type {} doesn't define __trunc__ method",
                     type_name_of(x));
    return answer;
}

Owned comb(Thread& thread, Value n_value, Value k_value) {
    Owned n, k;
    TRY(two_counts(thread, n_value, k_value, &n, &k));
    if (int_compare(n, k) < 0) return make_int(thread, 0);
    Owned other = TRY(int_subtract(thread, n, k));
    if (int_compare(other, k) < 0) k = std::move(other);
    int64_t count;
    if (!int_fits_int64(k, &count))
        return raise(thread, exc::OverflowError, "min(n - k, k) must not exceed {}", INT64_MAX);
    Owned top = TRY(falling(thread, n, static_cast<uint64_t>(count)));
    Owned bottom = TRY(range_product(thread, 1, 1, static_cast<uint64_t>(count)));
    return int_floor_divide(thread, top, bottom);
}

Owned perm(Thread& thread, Value n_value, Value k_value) {
    if (is_none(k_value)) return factorial(thread, n_value);
    Owned n, k;
    TRY(two_counts(thread, n_value, k_value, &n, &k));
    if (int_compare(n, k) < 0) return make_int(thread, 0);
    int64_t count;
    if (!int_fits_int64(k, &count))
        return raise(thread, exc::OverflowError, "k must not exceed {}", INT64_MAX);
    return falling(thread, n, static_cast<uint64_t>(count));
}

Owned factorial(Thread& thread, Value value) {
    Owned n = TRY(to_index(thread, value));
    if (int_sign(n) < 0)
        return raise(thread, exc::ValueError, "factorial() not defined for negative values");
    int64_t count;
    if (!int_fits_int64(n, &count))
        return raise(thread, exc::OverflowError, "factorial() argument should not exceed {}",
                     INT64_MAX);
    return range_product(thread, 1, 1, static_cast<uint64_t>(count));
}

Owned gcd(Thread& thread, Args integers) {
    Owned result = TRY(make_int(thread, 0));
    for (Value integer : integers) {
        Owned next = TRY(to_index(thread, integer));
        result = TRY(int_gcd(thread, result, next));
    }
    return magnitude(thread, std::move(result));
}

Owned lcm(Thread& thread, Args integers) {
    Owned result = TRY(make_int(thread, 1));
    for (Value integer : integers) {
        Owned next = TRY(to_index(thread, integer));
        if (int_sign(result) == 0) continue;
        if (int_sign(next) == 0) {
            result = std::move(next);
            continue;
        }
        Owned divisor = TRY(int_gcd(thread, result, next));
        Owned part = TRY(int_floor_divide(thread, result, divisor));
        result = TRY(int_multiply(thread, part, next));
    }
    return magnitude(thread, std::move(result));
}

Owned isqrt(Thread& thread, Value value) {
    Owned n = TRY(to_index(thread, value));
    IntView view(n);
    if (view.negative)
        return raise(thread, exc::ValueError, "isqrt() argument must be nonnegative");
    size_t room = (view.size + 1) / 2 + 1;
    auto* root = static_cast<uint64_t*>(array_allocate(room * sizeof(uint64_t)));
    if (root == nullptr) return raise_memory_error(thread);
    size_t size = limbs::isqrt(root, {view.limbs, view.size}, nullptr);
    Owned result = size == limbs::no_memory ? Owned(raise_memory_error(thread))
                                            : make_int_from_limbs(thread, false, root, size);
    array_free(root);
    return result;
}

}  // namespace imugi::math
