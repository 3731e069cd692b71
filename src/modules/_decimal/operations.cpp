// See number.h: comparison, neighbours, and operations on the digits as such.
#include "modules/_decimal/number.h"

namespace imugi::decimals {

namespace {

bool fit(Number& out, const NumberView& a, const Settings& settings, Status& status) {
    TRY(out.set(a));
    return finish(out, settings, status);
}

bool set_order(Number& out, int order) {
    if (order == -2) return false;
    out.set_small(order < 0, order != 0);
    return true;
}

}  // namespace

bool compare(Number& out, const NumberView& a, const NumberView& b, const Settings& settings,
             Status& status) {
    bool done;
    TRY(propagate_nan(out, a, b, settings, status, &done));
    return done || set_order(out, compare(a, b));
}

bool compare_signal(Number& out, const NumberView& a, const NumberView& b, const Settings& settings,
                    Status& status) {
    if (a.is_nan() || b.is_nan()) status |= kInvalidOperation;
    return compare(out, a, b, settings, status);
}

int compare_total(const NumberView& a, const NumberView& b) {
    if (a.negative != b.negative) return a.negative ? -1 : 1;
    int sign = a.negative ? -1 : 1;
    if (a.is_nan() || b.is_nan()) {
        if (a.is_nan() != b.is_nan()) return a.is_nan() ? sign : -sign;
        // A signaling NaN comes before a quiet one.
        if (a.kind != b.kind) return a.is_signaling() ? -sign : sign;
        return sign * limbs::compare(a.coefficient, b.coefficient);
    }
    int order = compare(a, b);
    if (order != 0) return order;
    if (a.is_infinite() || a.exponent == b.exponent) return 0;
    return a.exponent < b.exponent ? -sign : sign;
}

int compare_total_magnitude(const NumberView& a, const NumberView& b) {
    return compare_total(a.magnitude(), b.magnitude());
}

namespace {

// The greater of two when `sign` is 1, the lesser when -1; by magnitude if asked for.
bool choose(Number& out, const NumberView& a, const NumberView& b, const Settings& settings,
            Status& status, int sign, bool magnitudes) {
    if (a.is_nan() || b.is_nan()) {
        // A quiet NaN loses against a number.
        if (a.kind == Kind::kQuietNan && !b.is_nan()) return fit(out, b, settings, status);
        if (b.kind == Kind::kQuietNan && !a.is_nan()) return fit(out, a, settings, status);
        bool done;
        return propagate_nan(out, a, b, settings, status, &done);
    }
    int order = magnitudes ? compare(a.magnitude(), b.magnitude()) : compare(a, b);
    if (order == 0) order = compare_total(a, b);
    if (order == -2) return false;
    return fit(out, order * sign >= 0 ? a : b, settings, status);
}

}  // namespace

bool maximum(Number& out, const NumberView& a, const NumberView& b, const Settings& settings,
             Status& status) {
    return choose(out, a, b, settings, status, 1, false);
}
bool minimum(Number& out, const NumberView& a, const NumberView& b, const Settings& settings,
             Status& status) {
    return choose(out, a, b, settings, status, -1, false);
}
bool maximum_magnitude(Number& out, const NumberView& a, const NumberView& b,
                       const Settings& settings, Status& status) {
    return choose(out, a, b, settings, status, 1, true);
}
bool minimum_magnitude(Number& out, const NumberView& a, const NumberView& b,
                       const Settings& settings, Status& status) {
    return choose(out, a, b, settings, status, -1, true);
}

bool same_quantum(const NumberView& a, const NumberView& b) {
    if (!a.is_finite() || !b.is_finite())
        return (a.is_nan() && b.is_nan()) || (a.is_infinite() && b.is_infinite());
    return a.exponent == b.exponent;
}

bool is_normal(const NumberView& a, const Settings& settings) {
    return a.is_finite() && !a.is_zero() && a.adjusted() >= settings.e_min;
}

bool is_subnormal(const NumberView& a, const Settings& settings) {
    return a.is_finite() && !a.is_zero() && a.adjusted() < settings.e_min;
}

const char* number_class(const NumberView& a, const Settings& settings) {
    if (a.is_nan()) return a.is_signaling() ? "sNaN" : "NaN";
    if (a.is_infinite()) return a.negative ? "-Infinity" : "+Infinity";
    if (a.is_zero()) return a.negative ? "-Zero" : "+Zero";
    if (is_subnormal(a, settings)) return a.negative ? "-Subnormal" : "+Subnormal";
    return a.negative ? "-Normal" : "+Normal";
}

namespace {

// The neighbour towards minus (plus) infinity, no conditions.
bool neighbour(Number& out, const NumberView& a, const Settings& settings, bool down) {
    if (a.is_infinite()) {
        if (a.negative == down) return out.set(a);
        TRY(power_of_ten(out.coefficient, settings.precision));
        const Limb one = 1;
        TRY(out.coefficient.subtract(out.coefficient, {&one, 1}));
        out.kind = Kind::kFinite;
        out.negative = !down;
        out.exponent = settings.e_top();
        out.digits = settings.precision;
        return true;
    }
    Settings directed = settings;
    directed.rounding = down ? Rounding::kFloor : Rounding::kCeiling;
    Status ignored = 0;
    TRY(fit(out, a, directed, ignored));
    int order = out.kind == Kind::kFinite ? compare(out.view(), a) : 1;
    if (order == -2) return false;
    if (order != 0) return true;
    // Less than the smallest distance there is: directed rounding takes one step.
    const Limb one = 1;
    return add(out, a, {Kind::kFinite, down, settings.e_tiny() - 1, 1, {&one, 1}}, directed,
               ignored);
}

}  // namespace

bool next_minus(Number& out, const NumberView& a, const Settings& settings, Status& status) {
    bool done;
    TRY(propagate_nan(out, a, settings, status, &done));
    return done || neighbour(out, a, settings, true);
}

bool next_plus(Number& out, const NumberView& a, const Settings& settings, Status& status) {
    bool done;
    TRY(propagate_nan(out, a, settings, status, &done));
    return done || neighbour(out, a, settings, false);
}

bool next_toward(Number& out, const NumberView& a, const NumberView& b, const Settings& settings,
                 Status& status) {
    bool done;
    TRY(propagate_nan(out, a, b, settings, status, &done));
    if (done) return true;
    int order = compare(a, b);
    if (order == -2) return false;
    if (order == 0) {
        TRY(out.set(a));
        out.negative = b.negative;
        return true;
    }
    TRY(neighbour(out, a, settings, order > 0));
    if (out.kind == Kind::kInfinite) {
        status |= kOverflow | kInexact | kRounded;
    } else if (out.exponent + out.digits - 1 < settings.e_min) {
        status |= kUnderflow | kSubnormal | kInexact | kRounded;
        if (out.coefficient.is_zero()) status |= kClamped;
    }
    return true;
}

bool logb(Number& out, const NumberView& a, const Settings& settings, Status& status) {
    bool done;
    TRY(propagate_nan(out, a, settings, status, &done));
    if (done) return true;
    if (a.is_infinite()) return out.set_special(Kind::kInfinite, false), true;
    if (a.is_zero()) {
        status |= kDivisionByZero;
        return out.set_special(Kind::kInfinite, true), true;
    }
    int64_t adjusted = a.adjusted();
    out.set_small(adjusted < 0, static_cast<Limb>(adjusted < 0 ? -adjusted : adjusted));
    return finish(out, settings, status);
}

namespace {

// An operand that must be an integer within [-limit, limit], exponent 0. False: it is not.
bool small_operand(const NumberView& b, int64_t limit, int64_t* out) {
    if (!b.is_finite() || b.exponent != 0 || b.coefficient.size > 1) return false;
    Limb magnitude = b.coefficient.size ? b.coefficient.data[0] : 0;
    if (magnitude > static_cast<Limb>(limit)) return false;
    *out = b.negative ? -static_cast<int64_t>(magnitude) : static_cast<int64_t>(magnitude);
    return true;
}

// The last `digits` digits.
bool keep_low(Natural& n, int64_t digits) {
    Natural ten, quotient, rest;
    TRY(power_of_ten(ten, digits));
    if (limbs::compare(n, ten) < 0) return true;
    TRY(divide(quotient, &rest, n, ten));
    n.swap(rest);
    return true;
}

}  // namespace

bool scaleb(Number& out, const NumberView& a, const NumberView& b, const Settings& settings,
            Status& status) {
    bool done;
    TRY(propagate_nan(out, a, b, settings, status, &done));
    if (done) return true;
    int64_t by;
    if (!small_operand(b, 2 * (settings.e_max + settings.precision), &by))
        return set_invalid(out, status);
    if (a.is_infinite()) return out.set(a);
    TRY(out.set(a));
    out.exponent += by;
    return finish(out, settings, status);
}

bool shift(Number& out, const NumberView& a, const NumberView& b, const Settings& settings,
           Status& status) {
    bool done;
    TRY(propagate_nan(out, a, b, settings, status, &done));
    if (done) return true;
    int64_t by;
    if (!small_operand(b, settings.precision, &by)) return set_invalid(out, status);
    if (a.is_infinite()) return out.set(a);
    TRY(out.set(a));
    if (by < 0) {
        Tail tail;
        Natural kept;
        if (a.digits > settings.precision) TRY(keep_low(out.coefficient, settings.precision));
        if (-by > a.digits) {
            out.coefficient.clear();
        } else {
            TRY(divide_power_of_ten(kept, &tail, out.coefficient, -by));
            out.coefficient.swap(kept);
        }
    } else {
        if (a.digits > settings.precision - by)
            TRY(keep_low(out.coefficient, settings.precision - by));
        TRY(out.coefficient.multiply_power_of_ten(out.coefficient, by));
    }
    return out.count();
}

bool rotate(Number& out, const NumberView& a, const NumberView& b, const Settings& settings,
            Status& status) {
    bool done;
    TRY(propagate_nan(out, a, b, settings, status, &done));
    if (done) return true;
    int64_t by;
    if (!small_operand(b, settings.precision, &by)) return set_invalid(out, status);
    if (a.is_infinite()) return out.set(a);
    TRY(out.set(a));
    if (a.digits > settings.precision) TRY(keep_low(out.coefficient, settings.precision));
    if (by < 0) by += settings.precision;
    // The upper `by` of `precision` digits come in below.
    Natural ten, high, low;
    TRY(power_of_ten(ten, settings.precision - by));
    TRY(divide(high, &low, out.coefficient, ten));
    TRY(low.multiply_power_of_ten(low, by));
    TRY(out.coefficient.add(low, high));
    return out.count();
}

// --- logical operations: numbers whose digits are all 0 or 1 ---

namespace {

// The digits, lowest first, one byte each; memory of its own.
class Bits {
  public:
    // *valid is false for a number that is no logical operand.
    [[nodiscard]] bool load(const NumberView& a, bool* valid) {
        *valid = a.is_finite() && !a.negative && a.exponent == 0;
        if (!*valid) return true;
        size_t room = limbs::to_text_room(a.coefficient, 10);
        TRY(text_.reserve(room / sizeof(Limb) + 1));
        size_ = limbs::to_text(digits(), a.coefficient, 10);
        if (size_ == limbs::no_memory) return false;
        for (size_t i = 0; i < size_; i++) *valid &= digits()[i] == '0' || digits()[i] == '1';
        return true;
    }
    bool operator[](int64_t i) const {
        return i < static_cast<int64_t>(size_) &&
               const_cast<Bits*>(this)->digits()[size_ - 1 - static_cast<size_t>(i)] == '1';
    }
    int64_t size() const { return static_cast<int64_t>(size_); }

  private:
    char* digits() { return reinterpret_cast<char*>(text_.data()); }
    Natural text_;
    size_t size_ = 0;
};

template <class Combine>
bool logical(Number& out, const NumberView& a, const NumberView& b, const Settings& settings,
             Status& status, bool whole, Combine combine) {
    Bits left, right;
    bool valid, other_valid;
    TRY(left.load(a, &valid));
    TRY(right.load(b, &other_valid));
    if (!valid || !other_valid) return set_invalid(out, status);
    int64_t count = left.size() > right.size() ? left.size() : right.size();
    if (whole || count > settings.precision) count = settings.precision;
    // Digit values, highest first, as the converter wants them.
    Natural values;
    TRY(values.reserve(static_cast<size_t>(count) / sizeof(Limb) + 1));
    auto* bytes = reinterpret_cast<uint8_t*>(values.data());
    for (int64_t i = 0; i < count; i++) bytes[count - 1 - i] = combine(left[i], right[i]);
    TRY(out.coefficient.reserve(limbs::from_digits_room(static_cast<size_t>(count), 10)));
    size_t size = limbs::from_digits(out.coefficient.data(), bytes, static_cast<size_t>(count), 10);
    if (size == limbs::no_memory) return false;
    out.coefficient.set_size(size);
    out.kind = Kind::kFinite;
    out.negative = false;
    out.exponent = 0;
    return out.count();
}

}  // namespace

bool logical_and(Number& out, const NumberView& a, const NumberView& b, const Settings& settings,
                 Status& status) {
    return logical(out, a, b, settings, status, false, [](bool x, bool y) { return x && y; });
}
bool logical_or(Number& out, const NumberView& a, const NumberView& b, const Settings& settings,
                Status& status) {
    return logical(out, a, b, settings, status, false, [](bool x, bool y) { return x || y; });
}
bool logical_xor(Number& out, const NumberView& a, const NumberView& b, const Settings& settings,
                 Status& status) {
    return logical(out, a, b, settings, status, false, [](bool x, bool y) { return x != y; });
}
bool logical_invert(Number& out, const NumberView& a, const Settings& settings, Status& status) {
    return logical(out, a, a, settings, status, true, [](bool x, bool) { return !x; });
}

}  // namespace imugi::decimals
