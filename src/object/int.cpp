// int: making, reading, comparing and hashing; the type's description. Ints are immutable, so no
// locks; a new one is written before anybody else sees it.
#include "object/int.h"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>

#include "base/float_text.h"
#include "memory/collector.h"
#include "object/float.h"
#include "object/int_limbs.h"
#include "object/int_slots.h"
#include "object/ordering.h"
#include "object/protocol.h"

namespace imugi {

IntView::IntView(Value value) {
    if (value.is_small_int()) {
        int64_t n = value.small_int();
        negative = n < 0;
        storage = negative ? -static_cast<uint64_t>(n) : static_cast<uint64_t>(n);
        size = storage != 0;
        limbs = &storage;
        return;
    }
    auto& object = value.as<Int>();
    negative = object.signed_size < 0;
    size = static_cast<size_t>(negative ? -object.signed_size : object.signed_size);
    limbs = object.limbs;
    storage = 0;
}

limbs::Limb* IntResult::make_object(size_t room) {
    room_ = room;
    if (room > (size_t{1} << 58)) return raise_memory_error(thread_);
    object_ = Ref<Int>::adopt(allocate<Int>(thread_, int_type, room * sizeof(uint64_t)));
    return object_ ? object_->limbs : nullptr;
}

Owned IntResult::finish(size_t size, bool negative) {
    size = limbs::trimmed(data_, size);
    // A block much larger than its number would stay so for the number's life.
    if (data_ == local_ || size * 2 < room_)
        return make_int_from_limbs(thread_, negative, data_, size);
    object_->signed_size = negative ? -static_cast<int64_t>(size) : static_cast<int64_t>(size);
    return std::move(object_).owned();
}

namespace {

Owned make_heap_int(Thread& thread, bool negative, const uint64_t* limbs, size_t size) {
    auto* result = allocate<Int>(thread, int_type, size * sizeof(uint64_t));
    if (!result) return {};
    memcpy(result->limbs, limbs, size * sizeof(uint64_t));
    result->signed_size = negative ? -static_cast<int64_t>(size) : static_cast<int64_t>(size);
    return Owned::adopt(result);
}

}  // namespace

Owned make_int(Thread& thread, int64_t n) {
    if (IMUGI_LIKELY(Value::fits_small_int(n))) return Owned::small_int(n);
    uint64_t limb = n < 0 ? -static_cast<uint64_t>(n) : static_cast<uint64_t>(n);
    return make_heap_int(thread, n < 0, &limb, 1);
}

Owned make_int_unsigned(Thread& thread, uint64_t n) {
    if (IMUGI_LIKELY(n <= static_cast<uint64_t>(Value::kSmallIntMax)))
        return Owned::small_int(static_cast<int64_t>(n));
    return make_heap_int(thread, false, &n, 1);
}

Owned make_int_from_limbs(Thread& thread, bool negative, const uint64_t* data, size_t size) {
    size = limbs::trimmed(data, size);
    if (size == 0) return Owned::small_int(0);
    if (size == 1) {
        if (data[0] <= static_cast<uint64_t>(Value::kSmallIntMax)) {
            auto n = static_cast<int64_t>(data[0]);
            return Owned::small_int(negative ? -n : n);
        }
        if (negative && data[0] == -static_cast<uint64_t>(Value::kSmallIntMin))
            return Owned::small_int(Value::kSmallIntMin);
    }
    return make_heap_int(thread, negative, data, size);
}

Owned make_int_from_double(Thread& thread, double d) {
    if (std::isinf(d))
        return raise(thread, exc::OverflowError, "cannot convert float infinity to integer");
    if (std::isnan(d)) return raise(thread, exc::ValueError, "cannot convert float NaN to integer");
    if (std::fabs(d) < 0x1p62) return Owned::small_int(static_cast<int64_t>(d));
    uint64_t data[17];
    limbs::SignedSize size = limbs::from_double(data, d);
    return make_int_from_limbs(thread, size.negative, data, size.size);
}

Owned exact_int(Thread& thread, Value value) {
    if (is_exact_int(value)) return Owned::share(value);
    IntView view(value);
    return make_int_from_limbs(thread, view.negative, view.limbs, view.size);
}

Owned make_int_instance(Thread& thread, Type& type, Value value) {
    IntView view(value);
    auto* result = allocate<Int>(thread, type, view.size * sizeof(uint64_t));
    if (!result) return {};
    memcpy(result->limbs, view.limbs, view.size * sizeof(uint64_t));
    result->signed_size =
        view.negative ? -static_cast<int64_t>(view.size) : static_cast<int64_t>(view.size);
    if (type.has(kTypeTracked)) track(result);
    return Owned::adopt(result);
}

// --- to machine numbers ---

bool int_fits_int64(Value value, int64_t* out) {
    if (value.is_small_int()) return *out = value.small_int(), true;
    IntView view(value);
    if (view.size == 0) return *out = 0, true;
    if (view.size > 1) return false;
    uint64_t limb = view.limbs[0];
    if (view.negative) {
        if (limb > uint64_t{1} << 63) return false;
        return *out = static_cast<int64_t>(-limb), true;
    }
    if (limb >> 63) return false;
    return *out = static_cast<int64_t>(limb), true;
}

Result<int64_t> int_to_int64(Thread& thread, Value value) {
    int64_t n;
    if (int_fits_int64(value, &n)) return n;
    return raise(thread, exc::OverflowError, "Python int too large to convert to C long");
}

Result<uint64_t> int_to_uint64(Thread& thread, Value value) {
    IntView view(value);
    if (view.negative)
        return raise(thread, exc::OverflowError, "can't convert negative int to unsigned");
    if (view.size > 1)
        return raise(thread, exc::OverflowError,
                     "Python int too large to convert to C unsigned long");
    return view.size ? view.limbs[0] : 0;
}

uint64_t int_to_uint64_mask(Value value) {
    if (value.is_small_int()) return static_cast<uint64_t>(value.small_int());
    IntView view(value);
    uint64_t low = view.size ? view.limbs[0] : 0;
    return view.negative ? -low : low;
}

Result<double> int_to_double(Thread& thread, Value value) {
    if (value.is_small_int()) return static_cast<double>(value.small_int());
    IntView view(value);
    double d;
    if (!limbs::to_double(signed_of(view), &d))
        return raise(thread, exc::OverflowError, "int too large to convert to float");
    return d;
}

int int_sign(Value value) {
    if (value.is_small_int()) {
        int64_t n = value.small_int();
        return (n > 0) - (n < 0);
    }
    int64_t size = value.as<Int>().signed_size;
    return (size > 0) - (size < 0);
}

int64_t int_hash(Value value) {
    constexpr int64_t modulus = (int64_t{1} << 61) - 1;
    if (value.is_small_int()) {
        int64_t rest = value.small_int() % modulus;
        return rest == -1 ? -2 : rest;
    }
    IntView view(value);
    return limbs::hash(signed_of(view));
}

int int_compare(Value left, Value right) {
    if (left.is_small_int() && right.is_small_int()) {
        int64_t a = left.small_int(), b = right.small_int();
        return (a > b) - (a < b);
    }
    IntView a(left), b(right);
    return limbs::compare_signed(signed_of(a), signed_of(b));
}

size_t int_bit_length(Value value) {
    IntView view(value);
    return limbs::bit_length(magnitude_of(view));
}

// --- bytes ---

Owned int_from_bytes(Thread& thread, const uint8_t* bytes, size_t size, bool little,
                     bool is_signed) {
    IntResult result(thread, (size + 7) / 8);
    if (!result) return {};
    return result.finish(limbs::from_bytes(result.limbs(), bytes, size, little, is_signed));
}

bool int_to_bytes(Thread& thread, Value value, uint8_t* out, size_t size, bool little,
                  bool is_signed) {
    IntView view(value);
    switch (limbs::to_bytes(out, size, signed_of(view), little, is_signed)) {
        case limbs::ToBytes::ok:
            return true;
        case limbs::ToBytes::negative:
            return raise(thread, exc::OverflowError, "can't convert negative int to unsigned");
        case limbs::ToBytes::too_big:
            break;
    }
    return raise(thread, exc::OverflowError, "int too big to convert");
}

// --- slots ---

namespace {

Owned int_repr(Thread& thread, Value self) {
    return int_to_str(thread, self, 10);
}

Result<int64_t> int_hash_slot(Thread&, Value self) {
    return int_hash(self);
}

Owned int_compare_slot(Thread&, Value self, Value other, CompareOp op) {
    if (!is_int(self) || !is_int(other)) return Owned::share(not_implemented());
    int order = int_compare(self, other);
    return Owned::share(boolean(holds(op, order, 0)));
}

Result<bool> int_boolean(Thread&, Value self) {
    return int_sign(self) != 0;
}

Owned int_float(Thread& thread, Value self) {
    double d = TRY(int_to_double(thread, self));
    return make_float(thread, d);
}

}  // namespace

Type int_type;
const TypeSpec int_type_spec = {
    .name = "int",
    .doc =
        "int([x]) -> integer\nint(x, base=10) -> integer\n\n"
        "Convert a number or string to an integer, or return 0 if no arguments\n"
        "are given.  If x is a number, return x.__int__().  For floating-point\n"
        "numbers, this truncates towards zero.\n\n"
        "If x is not a number or if base is given, then x must be a string,\n"
        "bytes, or bytearray instance representing an integer literal in the\n"
        "given base.  The literal can be preceded by '+' or '-' and be surrounded\n"
        "by whitespace.  The base defaults to 10.  Valid bases are 0 and 2-36.\n"
        "Base 0 means to interpret the base from the string as an integer literal.\n"
        ">>> int('0b100', base=0)\n4",
    .size = offsetof(Int, limbs),
    .item_size = sizeof(uint64_t),
    .flags = kTypeBase | kTypeIsInt | kTypeMatchSelf | kTypeDisallowedSubclassLayout,
    .slots = {.repr = int_repr,
              .hash = int_hash_slot,
              .compare = int_compare_slot,
              .make = int_slots::make,
              .add = int_slots::add,
              .subtract = int_slots::subtract,
              .multiply = int_slots::multiply,
              .remainder = int_slots::remainder,
              .divmod = int_slots::divmod,
              .power = int_slots::power,
              .negative = int_slots::negative,
              .positive = int_slots::positive,
              .absolute = int_slots::absolute,
              .boolean = int_boolean,
              .invert = int_slots::invert,
              .left_shift = int_slots::left_shift,
              .right_shift = int_slots::right_shift,
              .bit_and = int_slots::bit_and,
              .bit_xor = int_slots::bit_xor,
              .bit_or = int_slots::bit_or,
              .to_int = int_slots::positive,
              .to_float = int_float,
              .floor_divide = int_slots::floor_divide,
              .true_divide = int_slots::true_divide,
              .index = int_slots::positive},
    .methods = int_methods,
    .getsets = int_getsets,
};

}  // namespace imugi
