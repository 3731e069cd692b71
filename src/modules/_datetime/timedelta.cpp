// timedelta: construction with its exact sums, arithmetic among timedeltas, comparison, texts.
// Immutable but for the cached hash, an atomic.
#include <cmath>

#include "base/hash.h"
#include "modules/_datetime/datetime.h"
#include "object/float.h"
#include "object/int.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi::datetimes {

extern const TypeSpec timedelta_spec;
constinit SharedType timedelta_class{timedelta_spec};

namespace {

constexpr int kMaxDays = 999999999;

// Floor division of a positive divisor.
template <class T>
T floor_divide(T value, T divisor, T* rest) {
    T quotient = value / divisor;
    *rest = value % divisor;
    if (*rest < 0) {
        *rest += divisor;
        quotient--;
    }
    return quotient;
}

Owned int_of_wide(Thread& thread, Int128 value) {
    bool negative = value < 0;
    auto magnitude =
        negative ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
    uint64_t limbs[] = {static_cast<uint64_t>(magnitude), static_cast<uint64_t>(magnitude >> 64)};
    return make_int_from_limbs(thread, negative, limbs, limbs[1] ? 2 : 1);
}

}  // namespace

// --- making ---

Owned make_timedelta(Thread& thread, Type& type, int64_t days, int64_t seconds, int64_t micros) {
    if (days > kMaxDays || days < -kMaxDays)
        return raise(thread, exc::OverflowError, "days={}; must have magnitude <= {}", days,
                     kMaxDays);
    auto* self = allocate<TimeDelta>(thread, type);
    if (!self) return {};
    self->days = static_cast<int32_t>(days);
    self->seconds = static_cast<int32_t>(seconds);
    self->microseconds = static_cast<int32_t>(micros);
    self->cached_hash.store(kNoHash, std::memory_order_relaxed);
    return published(self, type);
}

Owned make_timedelta(Thread& thread, int64_t days, int64_t seconds, int64_t micros) {
    if (micros < 0 || micros >= kSecondMicros)
        seconds += floor_divide(micros, kSecondMicros, &micros);
    if (seconds < 0 || seconds >= kDaySeconds)
        days += floor_divide(seconds, int64_t{kDaySeconds}, &seconds);
    return make_timedelta(thread, timedelta_class.type(), days, seconds, micros);
}

Owned timedelta_of_micros(Thread& thread, Type& type, Int128 micros) {
    Int128 rest;
    Int128 days = floor_divide(micros, Int128{kDayMicros}, &rest);
    if (days > INT32_MAX || days < INT32_MIN)
        return raise(thread, exc::OverflowError, "Python int too large to convert to C int");
    auto in_day = static_cast<int64_t>(rest);
    return make_timedelta(thread, type, static_cast<int64_t>(days), in_day / kSecondMicros,
                          in_day % kSecondMicros);
}

Owned int_of_micros(Thread& thread, Int128 micros) {
    auto narrow = static_cast<int64_t>(micros);
    return narrow == micros ? make_int(thread, narrow) : int_of_wide(thread, micros);
}

bool micros_of_int(Value value, Int128* out) {
    int64_t narrow;
    if (int_fits_int64(value, &narrow)) {
        *out = narrow;
        return true;
    }
    IntView view(value);
    if (view.size > 2 || (view.size == 2 && view.limbs[1] >= (uint64_t{1} << 16))) return false;
    auto magnitude = Int128{view.limbs[0]} | Int128{view.size == 2 ? view.limbs[1] : 0} << 64;
    *out = view.negative ? -magnitude : magnitude;
    return true;
}

Owned timedelta_of_int(Thread& thread, Type& type, Value micros) {
    Int128 total;
    if (micros_of_int(micros, &total)) return timedelta_of_micros(thread, type, total);
    return raise(thread, exc::OverflowError, "Python int too large to convert to C int");
}

namespace {

// The sum of the constructor's arguments: exact, but for one rounding of what floats leave below a
// microsecond. Numbers beyond 80 bits, which others may cancel, are added as Python ints.
class MicrosecondSum {
  public:
    explicit MicrosecondSum(Thread& thread) : thread_(thread) {}

    [[nodiscard]] bool add(const char* name, Value number, int64_t factor) {
        if (is_int(number)) return add_int(number, factor);
        if (is_float(number)) return add_float(float_number(number), factor);
        return raise(thread_, exc::TypeError, "unsupported type for timedelta {} component: {}",
                     name, type_name_of(number));
    }

    Owned finish(Type& type) {
        if (wide_ && !settle_wide()) return {};
        if (left_over_ != 0) sum_ += rounded_left_over();
        return timedelta_of_micros(thread_, type, sum_);
    }

  private:
    [[nodiscard]] bool add_int(Value number, int64_t factor) {
        Int128 value;
        if (micros_of_int(number, &value)) {
            sum_ += value * factor;
            return true;
        }
        Owned scale = TRY(make_int(thread_, factor));
        Owned product = TRY(int_multiply(thread_, number, scale));
        if (!wide_) wide_ = Owned::small_int(0);
        return static_cast<bool>(wide_ = int_add(thread_, wide_, product));
    }

    [[nodiscard]] bool add_float(double number, int64_t factor) {
        double whole;
        double fraction = std::modf(number, &whole);
        if (std::fabs(whole) < 0x1p80) {
            sum_ += static_cast<Int128>(whole) * factor;
        } else {
            Owned large = TRY(make_int_from_double(thread_, number));
            return add_int(large, factor);
        }
        if (fraction != 0) {
            left_over_ += std::modf(fraction * static_cast<double>(factor), &whole);
            sum_ += static_cast<Int128>(whole);
        }
        return true;
    }

    [[nodiscard]] bool settle_wide() {
        Owned rest = TRY(int_of_wide(thread_, sum_));
        wide_ = TRY(int_add(thread_, wide_, rest));
        if (micros_of_int(wide_, &sum_)) return true;
        return raise(thread_, exc::OverflowError, "Python int too large to convert to C int");
    }

    // Halves go to the even total.
    Int128 rounded_left_over() const {
        double whole = std::round(left_over_);
        if (std::fabs(whole - left_over_) == 0.5) {
            double odd = sum_ & 1 ? 1 : 0;
            whole = 2 * std::round((left_over_ + odd) * 0.5) - odd;
        }
        return static_cast<Int128>(whole);
    }

    Thread& thread_;
    Int128 sum_ = 0;
    Owned wide_;  // empty until there is need of it
    double left_over_ = 0;
};

constexpr FieldNames kFields = {
    "__new__", "()",
    0,         7,
    7,         {"days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"}};

Owned timedelta_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value given[7];
    TRY(bind_fields(thread, kFields, arguments, given));
    struct Unit {
        uint8_t field;
        int64_t micros;
    };
    constexpr Unit kUnits[] = {{2, 1},
                               {3, 1000},
                               {1, kSecondMicros},
                               {4, 60 * kSecondMicros},
                               {5, 3600 * kSecondMicros},
                               {0, kDayMicros},
                               {6, 7 * kDayMicros}};
    MicrosecondSum sum(thread);
    for (const Unit& unit : kUnits)
        if (!given[unit.field].is_empty())
            TRY(sum.add(kFields.names[unit.field], given[unit.field], unit.micros));
    return sum.finish(type);
}

// --- arithmetic ---

Owned timedelta_add(Thread& thread, Value left, Value right) {
    if (!is_timedelta(left) || !is_timedelta(right)) return Owned::share(not_implemented());
    auto &a = left.as<TimeDelta>(), &b = right.as<TimeDelta>();
    return make_timedelta(thread, int64_t{a.days} + b.days, int64_t{a.seconds} + b.seconds,
                          int64_t{a.microseconds} + b.microseconds);
}

Owned timedelta_subtract(Thread& thread, Value left, Value right) {
    if (!is_timedelta(left) || !is_timedelta(right)) return Owned::share(not_implemented());
    auto &a = left.as<TimeDelta>(), &b = right.as<TimeDelta>();
    return make_timedelta(thread, int64_t{a.days} - b.days, int64_t{a.seconds} - b.seconds,
                          int64_t{a.microseconds} - b.microseconds);
}

Owned timedelta_negative(Thread& thread, Value value) {
    auto& self = value.as<TimeDelta>();
    return make_timedelta(thread, -int64_t{self.days}, -int64_t{self.seconds},
                          -int64_t{self.microseconds});
}

Owned timedelta_positive(Thread& thread, Value value) {
    auto& self = value.as<TimeDelta>();
    return make_timedelta(thread, self.days, self.seconds, self.microseconds);
}

Owned timedelta_absolute(Thread& thread, Value value) {
    return value.as<TimeDelta>().days < 0 ? timedelta_negative(thread, value)
                                          : timedelta_positive(thread, value);
}

Result<bool> timedelta_boolean(Thread&, Value value) {
    auto& self = value.as<TimeDelta>();
    return self.days != 0 || self.seconds != 0 || self.microseconds != 0;
}

Owned timedelta_compare(Thread&, Value left, Value right, CompareOp op) {
    if (!is_timedelta(right)) return Owned::share(not_implemented());
    Int128 a = left.as<TimeDelta>().total(), b = right.as<TimeDelta>().total();
    return compared(a < b ? -1 : a > b, op);
}

Result<int64_t> timedelta_hash(Thread&, Value value) {
    return hash_of_timedelta(value.as<TimeDelta>());
}

// --- texts ---

Owned timedelta_repr(Thread& thread, Value value) {
    auto& self = value.as<TimeDelta>();
    char parts[96];
    int size = 0;
    auto add = [&](const char* name, int number) {
        if (number)
            size += snprintf(parts + size, sizeof parts - static_cast<size_t>(size), "%s%s=%d",
                             size ? ", " : "", name, number);
    };
    parts[0] = '0';
    parts[1] = 0;
    add("days", self.days);
    add("seconds", self.seconds);
    add("microseconds", self.microseconds);
    return format(thread, "{}({})", type_in_repr(type_of(value)), parts);
}

Owned timedelta_str(Thread& thread, Value value) {
    auto& self = value.as<TimeDelta>();
    char text[64];
    int size = 0;
    auto room = [&] { return sizeof text - static_cast<size_t>(size); };
    if (self.days)
        size += snprintf(text, room(), "%d day%s, ", self.days,
                         self.days == 1 || self.days == -1 ? "" : "s");
    int minutes = self.seconds / 60;
    size += snprintf(text + size, room(), "%d:%02d:%02d", minutes / 60, minutes % 60,
                     self.seconds % 60);
    if (self.microseconds) size += snprintf(text + size, room(), ".%06d", self.microseconds);
    return make_str(thread, text, static_cast<size_t>(size));
}

// --- methods ---

Owned timedelta_total_seconds(Thread& thread, TimeDelta& self) {
    return total_seconds_of(thread, self.total());
}

Owned timedelta_reduce(Thread& thread, TimeDelta& self) {
    Ref<Tuple> state =
        TRY(make_tuple(thread, Value::small_int(self.days), Value::small_int(self.seconds),
                       Value::small_int(self.microseconds)));
    return make_tuple(thread, Value::of(type_of(Value::of(self))), state);
}

template <int32_t TimeDelta::* field>
Owned get_field(Thread&, Value self) {
    return Owned::small_int(self.as<TimeDelta>().*field);
}

const MethodRow rows[] = {
    {"total_seconds", "(self, /)", fn<timedelta_total_seconds>, "Total seconds in the duration."},
    {"__reduce__", "(self, /)", fn<timedelta_reduce>, "__reduce__() -> (cls, state)"},
    {},
};

const GetSetRow getsets[] = {
    computed_member("days", get_field<&TimeDelta::days>, nullptr, "Number of days."),
    computed_member("seconds", get_field<&TimeDelta::seconds>, nullptr,
                    "Number of seconds (>= 0 and less than 1 day)."),
    computed_member("microseconds", get_field<&TimeDelta::microseconds>, nullptr,
                    "Number of microseconds (>= 0 and less than 1 second)."),
    {},
};

}  // namespace

int64_t hash_of_span(int64_t days, int64_t seconds, int64_t micros) {
    auto hash_of = [](int64_t small) { return small == -1 ? int64_t{-2} : small; };
    TupleHash hash;
    hash.add(hash_of(days));
    hash.add(hash_of(seconds));
    hash.add(hash_of(micros));
    return hash.finish(3);
}

Result<int64_t> hash_of_timedelta(TimeDelta& self) {
    return cached_hash_of(self,
                          [&] { return hash_of_span(self.days, self.seconds, self.microseconds); });
}

Owned total_seconds_of(Thread& thread, Int128 micros) {
    // Both are exact doubles, so their quotient is rounded but once.
    constexpr Int128 kExact = Int128{1} << 53;
    if (micros < kExact && micros > -kExact)
        return make_float(thread, static_cast<double>(static_cast<int64_t>(micros)) / 1e6);
    Owned total = TRY(int_of_micros(thread, micros));
    return int_true_divide(thread, total, Value::small_int(kSecondMicros));
}

const TypeSpec timedelta_spec = {
    .name = "datetime.timedelta",
    .doc =
        "Difference between two datetime values.\n\n"
        "timedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, "
        "weeks=0)\n\n"
        "All arguments are optional and default to 0.\n"
        "Arguments may be integers or floats, and may be positive or negative.",
    .size = sizeof(TimeDelta),
    .flags = kTypeBase | kTypeImmutable,
    .slots = {.repr = timedelta_repr,
              .str = timedelta_str,
              .hash = timedelta_hash,
              .compare = timedelta_compare,
              .make = timedelta_make,
              .add = timedelta_add,
              .subtract = timedelta_subtract,
              .multiply = timedelta_multiply,
              .remainder = timedelta_remainder,
              .divmod = timedelta_divmod,
              .negative = timedelta_negative,
              .positive = timedelta_positive,
              .absolute = timedelta_absolute,
              .boolean = timedelta_boolean,
              .floor_divide = timedelta_floor_divide,
              .true_divide = timedelta_true_divide},
    .methods = rows,
    .getsets = getsets,
};

}  // namespace imugi::datetimes
