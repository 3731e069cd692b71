// int to and from text, and int(x): literals in any base, the limit on the number of digits
// (sys.set_int_max_str_digits). Ints are immutable; no locks.
#include <cstring>

#include "base/unicode_data.h"
#include "memory/array.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/float.h"
#include "object/format_spec.h"
#include "object/int_limbs.h"
#include "object/int_slots.h"
#include "object/int_text_long.h"
#include "object/interpreter.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"

namespace imugi {

// Shorter numbers are exempt from the limit: they are quick.
static constexpr int kAlwaysAllowedDigits = 640;

NumberText::~NumberText() {
    if (allocated_) array_free(allocated_);
}

bool NumberText::load(const Str& text) {
    size_t length = text.length();
    if (text.is_ascii()) {
        auto* ascii = static_cast<const char*>(text.data());
        size_t begin = 0;
        auto is_space = [&](size_t i) { return unicode::is_space(static_cast<uint8_t>(ascii[i])); };
        while (begin < length && is_space(begin)) begin++;
        while (length > begin && is_space(length - 1)) length--;
        data_ = ascii + begin;
        size_ = length - begin;
        return true;
    }
    char* out = local_;
    if (length > sizeof local_) {
        out = allocated_ = static_cast<char*>(array_allocate(length));
        if (!out) return raise_memory_error(thread_);
    }
    for (size_t i = 0; i < length; i++) {
        uint32_t c = text[i];
        if (c < 128) {
            out[i] = static_cast<char>(unicode::is_space(c) ? ' ' : c);
        } else if (unicode::is_space(c)) {
            out[i] = ' ';
        } else {
            int digit = unicode::decimal_value(c);
            out[i] = digit >= 0 ? static_cast<char>('0' + digit) : '?';
        }
    }
    size_t begin = 0;
    while (begin < length && out[begin] == ' ') begin++;
    while (length > begin && out[length - 1] == ' ') length--;
    data_ = out + begin;
    size_ = length - begin;
    return true;
}

namespace {

int digit_in_base(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'z') return c - 'a' + 10;
    if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
    return 99;
}

int base_of_prefix(char c) {
    switch (c | 0x20) {
        case 'x':
            return 16;
        case 'o':
            return 8;
        case 'b':
            return 2;
        default:
            return 0;
    }
}

bool is_power_of_two(unsigned n) {
    return (n & (n - 1)) == 0;
}

bool only_decimal_digits(const char* text, size_t size) {
    // Eight at a time: a byte below '0', or above '9', sets the highest bit of its sum.
    constexpr uint64_t ones = 0x0101010101010101;
    uint64_t others = 0;
    for (; size >= 8; text += 8, size -= 8) {
        uint64_t word;
        memcpy(&word, text, 8);
        others |= (word | (word + ones * (0x7f - '9')) | (word - ones * '0'));
    }
    if (others & (ones * 0x80)) return false;
    for (; size; text++, size--)
        if (*text < '0' || *text > '9') return false;
    return true;
}

Raised raise_too_long_text(Thread& thread, int limit, size_t digits) {
    return raise(thread, exc::ValueError,
                 "Exceeds the limit ({} digits) for integer string conversion: value has {} "
                 "digits; use sys.set_int_max_str_digits() to increase the limit",
                 limit, digits);
}

Raised raise_invalid_literal(Thread& thread, int base, Value shown) {
    // CPython shows the first 200 characters of the repr.
    Owned text;
    if (!is_str(shown) && !is_exact_bytes(shown)) {
        Ref<Bytes> bytes = TRY(bytes_from_object(thread, shown));
        text = repr(thread, bytes);
    } else {
        text = repr(thread, shown);
    }
    if (!text) return {};
    if (text.as<Str>().length() > 200) {
        Ref<Str> head = str_substring(thread, text.as<Str>(), 0, 200);
        if (!head) return {};
        return raise(thread, exc::ValueError, "invalid literal for int() with base {}: {}", base,
                     *head);
    }
    return raise(thread, exc::ValueError, "invalid literal for int() with base {}: {}", base, text);
}

}  // namespace

Owned make_int_from_text(Thread& thread, const char* text, size_t size, int base, Value shown) {
    const int asked = base;
    const char* end = text + size;
    while (text < end && (*text == ' ' || (*text >= '\t' && *text <= '\r'))) text++;
    while (end > text && (end[-1] == ' ' || (end[-1] >= '\t' && end[-1] <= '\r'))) end--;
    bool negative = false;
    if (text < end && (*text == '+' || *text == '-')) negative = *text++ == '-';
    bool only_zeros = false;
    if (end - text >= 2 && text[0] == '0') {
        int prefix = base_of_prefix(text[1]);
        if (base == 0 && prefix == 0) only_zeros = true;
        if (prefix && (base == 0 || base == prefix)) {
            base = prefix;
            text += 2;
            if (text < end && *text == '_') text++;
        }
    }
    if (base == 0) base = 10;
    auto ubase = static_cast<unsigned>(base);
    auto count = static_cast<size_t>(end - text);
    // The common case fits a machine word.
    if (count > 0 && count <= 12) {
        int64_t n = 0;
        size_t i = 0;
        for (; i < count; i++) {
            int digit = digit_in_base(text[i]);
            if (digit >= base) break;
            n = n * base + digit;
        }
        if (i == count) {
            if (only_zeros && n != 0) return raise_invalid_literal(thread, asked, shown);
            return make_int(thread, negative ? -n : n);
        }
    }
    if (count == 0) return raise_invalid_literal(thread, asked, shown);
    int limit = interpreter_of(thread).int_max_str_digits.load(std::memory_order_relaxed);
    auto too_many = [&](size_t digits) {
        return digits > kAlwaysAllowedDigits && limit > 0 && digits > static_cast<size_t>(limit);
    };
    // What is refused costs no more than a look at each character.
    if (ubase == 10 && too_many(count) && only_decimal_digits(text, count))
        return raise_too_long_text(thread, limit, count);
    struct Digits {
        uint8_t* data;
        ~Digits() { array_free(data); }
    } values{static_cast<uint8_t*>(array_allocate(count))};
    if (!values.data) return raise_memory_error(thread);
    size_t digits = limbs::read_digits(values.data, text, count, ubase);
    if (digits == 0) return raise_invalid_literal(thread, asked, shown);
    if (!is_power_of_two(ubase) && too_many(digits))
        return raise_too_long_text(thread, limit, digits);
    if (digits > kLongTextDigits && !is_power_of_two(ubase)) {
        Owned number = TRY(long_int_from_digits(thread, values.data, digits, ubase));
        return negative ? int_slots::negative(thread, number) : std::move(number);
    }
    IntResult result(thread, limbs::from_digits_room(digits, ubase));
    if (!result) return {};
    size_t limb_count = run_long(thread, digits / 16, [&] {
        return limbs::from_digits(result.limbs(), values.data, digits, ubase);
    });
    if (limb_count == limbs::no_memory) return raise_memory_error(thread);
    if (only_zeros && limbs::trimmed(result.limbs(), limb_count) != 0)
        return raise_invalid_literal(thread, asked, shown);
    return result.finish(limb_count, negative);
}

static Raised raise_too_many_digits(Thread& thread, int limit) {
    return raise(thread, exc::ValueError,
                 "Exceeds the limit ({} digits) for integer string conversion; use "
                 "sys.set_int_max_str_digits() to increase the limit",
                 limit);
}

Owned int_to_str(Thread& thread, Value value, int base) {
    if (value.is_small_int() && base == 10) {
        char text[24];
        char* at = text + sizeof text;
        int64_t n = value.small_int();
        uint64_t rest = n < 0 ? -static_cast<uint64_t>(n) : static_cast<uint64_t>(n);
        do {
            *--at = static_cast<char>('0' + rest % 10);
            rest /= 10;
        } while (rest);
        if (n < 0) *--at = '-';
        return make_str(thread, at, static_cast<size_t>(text + sizeof text - at));
    }
    IntView view(value);
    int limit = interpreter_of(thread).int_max_str_digits.load(std::memory_order_relaxed);
    bool limited = base == 10 && limit > 0;
    uint64_t bits = limbs::bit_length(magnitude_of(view));
    // At least this many digits; 0.30102 is a little less than log10(2).
    if (limited && bits > 2200 && static_cast<double>(bits - 1) * 0.30102 > limit + 1.0)
        return raise_too_many_digits(thread, limit);
    size_t room = limbs::to_text_room(magnitude_of(view), static_cast<unsigned>(base)) + 1;
    char local[256];
    struct Text {
        char* data;
        ~Text() {
            if (data) array_free(data);
        }
    } allocated{nullptr};
    char* out = local;
    if (room > kLongTextDigits && !is_power_of_two(static_cast<unsigned>(base))) {
        size_t digits;
        allocated.data = long_int_to_text(thread, value, static_cast<unsigned>(base), &digits);
        if (!allocated.data) return {};
        if (limited && digits > static_cast<size_t>(limit))
            return raise_too_many_digits(thread, limit);
        if (!view.negative) return make_str(thread, allocated.data, digits);
        StrBuilder text(thread);
        TRY(text.append('-'));
        TRY(text.append(allocated.data, digits));
        return text.finish();
    }
    if (room > sizeof local) {
        out = allocated.data = static_cast<char*>(array_allocate(room));
        if (!out) return raise_memory_error(thread);
    }
    size_t size = run_long(thread, view.size * 4, [&] {
        return limbs::to_text(out + 1, magnitude_of(view), static_cast<unsigned>(base));
    });
    if (size == limbs::no_memory) return raise_memory_error(thread);
    if (limited && size > kAlwaysAllowedDigits && size > static_cast<size_t>(limit))
        return raise_too_many_digits(thread, limit);
    out[0] = '-';
    return view.negative ? make_str(thread, out, size + 1) : make_str(thread, out + 1, size);
}

// --- int(x) and int(x, base) ---

namespace {

Owned int_from_str(Thread& thread, Str& text, int base) {
    NumberText number(thread);
    TRY(number.load(text));
    return make_int_from_text(thread, number.data(), number.size(), base, Value::of(text));
}

Owned int_from_text_bytes(Thread& thread, const void* data, size_t size, int base, Value shown) {
    return make_int_from_text(thread, static_cast<const char*>(data), size, base, shown);
}

Owned int_from_buffer(Thread& thread, Value object, int base) {
    StableBuffer buffer(thread);
    TRY(buffer.get(object));
    if (is_bytes(object) || is_bytearray(object))
        return int_from_text_bytes(thread, buffer.data(), buffer.size(), base, object);
    Ref<Bytes> copy = TRY(make_bytes(thread, buffer.data(), buffer.size()));
    return int_from_text_bytes(thread, copy->data(), copy->size, base, copy);
}

// What a conversion method gave, as an exact int; a strict subclass is deprecated.
Owned checked_int(Thread& thread, Owned result) {
    if (!result || is_exact_int(result)) return result;
    if (!is_int(result))
        return raise(thread, exc::TypeError, "__int__ returned non-int (type {})",
                     type_name_of(result));
    Ref<Str> message = format(
        thread,
        "__int__ returned non-int (type {}).  The ability to return an instance of a strict "
        "subclass of int is deprecated, and may not be supported in a future version of Python.",
        type_name_of(result));
    TRY(warn(thread, exc::DeprecationWarning, 1, std::move(message)));
    return exact_int(thread, result);
}

}  // namespace

Owned to_int(Thread& thread, Value value) {
    if (is_exact_int(value)) return Owned::share(value);
    const Slots& slots = type_of(value).slots;
    if (auto slot = slots.to_int) return checked_int(thread, slot(thread, value));
    if (slots.index) {
        Owned index = TRY(to_index(thread, value));
        return exact_int(thread, index);
    }
    if (is_str(value)) return int_from_str(thread, value.as<Str>(), 10);
    if (has_buffer(value)) return int_from_buffer(thread, value, 10);
    return raise(thread, exc::TypeError,
                 "int() argument must be a string, a bytes-like object or a real number, not '{}'",
                 type_name_of(value));
}

namespace int_slots {

static Owned make_exact(Thread& thread, Value x, Value base_value) {
    if (x.is_empty()) {
        if (!base_value.is_empty())
            return raise(thread, exc::TypeError, "int() missing string argument");
        return Owned::small_int(0);
    }
    if (base_value.is_empty()) return to_int(thread, x);
    Index base = TRY(to_ssize_clamped(thread, base_value));
    if ((base != 0 && base < 2) || base > 36)
        return raise(thread, exc::ValueError, "int() base must be >= 2 and <= 36, or 0");
    if (is_str(x)) return int_from_str(thread, x.as<Str>(), static_cast<int>(base));
    if (is_bytes(x) || is_bytearray(x)) return int_from_buffer(thread, x, static_cast<int>(base));
    return raise(thread, exc::TypeError, "int() can't convert non-string with explicit base");
}

Owned make(Thread& thread, Type& type, const Arguments& arguments) {
    Value bound[2];
    if (arguments.count == 1 && !arguments.names) {
        bound[0] = arguments[0];
    } else {
        if (!arguments.names) TRY(check_positional(thread, "int", arguments, 0, 2));
        TRY(bind_arguments(thread, "int", "(x=<unrepresentable>, /, base=<unrepresentable>)",
                           arguments, bound, 2));
    }
    Owned number = TRY(make_exact(thread, bound[0], bound[1]));
    return &type == &int_type ? std::move(number) : make_int_instance(thread, type, number);
}

}  // namespace int_slots

}  // namespace imugi
