// Divide and conquer over powers base ** (kChunk << level), which a conversion computes once. Works
// on immutable ints that it owns.
#include "object/int_text_long.h"

#include <cstring>

#include "memory/array.h"
#include "object/int_slots.h"
#include "thread/safepoint.h"

namespace imugi {

namespace {

constexpr size_t kChunk = size_t{1} << 18;  // digits converted in one go
constexpr int kLevels = 40;

class Conversion {
  public:
    Conversion(Thread& thread, unsigned base) : thread_(thread), base_(base) {}

    // Makes ready for numbers of `digits` digits; the level, negative with an exception set.
    int prepare(size_t digits) {
        int level = 0;
        while (kChunk << level < digits) level++;
        for (int i = 0; i < level; i++) {
            Value last = i ? powers_[i - 1].value() : Value();
            powers_[i] = i ? int_multiply(thread_, last, last)
                           : int_power(thread_, Value::small_int(base_),
                                       Value::small_int(static_cast<int64_t>(kChunk)), Value());
            if (!powers_[i] || !safepoint(thread_)) return -1;
        }
        return level;
    }

    // Writes kChunk << level digits, with leading zeros.
    bool write(Value value, char* out, int level) {
        TRY(safepoint(thread_));
        if (level == 0) return write_chunk(value, out);
        Value power = powers_[level - 1].value();
        Owned high = TRY(int_floor_divide(thread_, value, power));
        Owned product = TRY(int_multiply(thread_, high, power));
        Owned low = TRY(int_subtract(thread_, value, product));
        return write(high, out, level - 1) && write(low, out + (kChunk << (level - 1)), level - 1);
    }

    Owned read(const uint8_t* digits, size_t count, int level) {
        TRY(safepoint(thread_));
        if (count <= kChunk) return read_chunk(digits, count);
        size_t low_count = kChunk << (level - 1);
        if (count <= low_count) return read(digits, count, level - 1);
        Owned high = TRY(read(digits, count - low_count, level - 1));
        high = TRY(int_multiply(thread_, high, powers_[level - 1].value()));
        Owned low = TRY(read(digits + (count - low_count), low_count, level - 1));
        return int_add(thread_, high, low);
    }

  private:
    bool write_chunk(Value value, char* out) {
        IntView view(value);
        size_t room = limbs::to_text_room(magnitude_of(view), base_) + 1;
        char* text = static_cast<char*>(array_allocate(room));
        if (!text) return raise_memory_error(thread_);
        size_t size = run_long(thread_, view.size * 4,
                               [&] { return limbs::to_text(text, magnitude_of(view), base_); });
        bool ok = size != limbs::no_memory && size <= kChunk;
        if (ok) {
            memset(out, '0', kChunk - size);
            memcpy(out + (kChunk - size), text, size);
        }
        array_free(text);
        return ok || raise_memory_error(thread_);
    }

    Owned read_chunk(const uint8_t* digits, size_t count) {
        IntResult result(thread_, limbs::from_digits_room(count, base_));
        if (!result) return {};
        size_t size = run_long(thread_, count / 16, [&] {
            return limbs::from_digits(result.limbs(), digits, count, base_);
        });
        if (size == limbs::no_memory) return raise_memory_error(thread_);
        return result.finish(size, false);
    }

    Thread& thread_;
    unsigned base_;
    Owned powers_[kLevels];
};

}  // namespace

char* long_int_to_text(Thread& thread, Value value, unsigned base, size_t* size) {
    IntView view(value);
    Owned positive = view.negative ? int_slots::negative(thread, value) : Owned::share(value);
    Conversion conversion(thread, base);
    int level = positive ? conversion.prepare(limbs::to_text_room(magnitude_of(view), base)) : -1;
    if (level < 0) return nullptr;
    size_t room = kChunk << level;
    auto* text = static_cast<char*>(array_allocate(room));
    if (!text) {
        raise_memory_error(thread);
        return nullptr;
    }
    if (!conversion.write(positive, text, level)) {
        array_free(text);
        return nullptr;
    }
    size_t zeros = 0;
    while (zeros + 1 < room && text[zeros] == '0') zeros++;
    *size = room - zeros;
    memmove(text, text + zeros, *size);
    return text;
}

Owned long_int_from_digits(Thread& thread, const uint8_t* digits, size_t count, unsigned base) {
    Conversion conversion(thread, base);
    int level = conversion.prepare(count);
    if (level < 0) return {};
    return conversion.read(digits, count, level);
}

}  // namespace imugi
