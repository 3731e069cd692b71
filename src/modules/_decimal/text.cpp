// Decimal numbers as text and back (the specification's numeric strings). Pure but for the str
// made.
#include <cstdio>
#include <cstring>

#include "memory/array.h"
#include "modules/_decimal/decimal.h"
#include "object/errors.h"

namespace imugi::decimals {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Whether the text is the word, in any case.
bool is_word(const char* text, size_t size, const char* word) {
    return size == strlen(word) && strncasecmp(text, word, size) == 0;
}

// Digits, a point among them allowed, into the coefficient.
bool read_coefficient(Natural& out, const char* text, size_t size) {
    while (size != 0 && (*text == '0' || *text == '.')) text++, size--;
    if (size <= 18) {
        Limb value = 0;
        for (size_t i = 0; i < size; i++)
            if (text[i] != '.') value = value * 10 + static_cast<Limb>(text[i] - '0');
        out.set_small(value);
        return true;
    }
    Natural values;
    TRY(values.reserve(size / sizeof(Limb) + 1));
    auto* bytes = reinterpret_cast<uint8_t*>(values.data());
    size_t count = 0;
    for (size_t i = 0; i < size; i++)
        if (text[i] != '.') bytes[count++] = static_cast<uint8_t>(text[i] - '0');
    TRY(out.reserve(limbs::from_digits_room(count, 10)));
    size_t limb_count = limbs::from_digits(out.data(), bytes, count, 10);
    if (limb_count == limbs::no_memory) return false;
    out.set_size(limb_count);
    return true;
}

}  // namespace

bool parse_number(Number& out, const char* text, size_t size, bool* valid) {
    *valid = false;
    out.negative = false;
    if (size != 0 && (*text == '+' || *text == '-')) {
        out.negative = *text == '-';
        text++, size--;
    }
    if (is_word(text, size, "inf") || is_word(text, size, "infinity")) {
        *valid = true;
        out.set_special(Kind::kInfinite, out.negative);
        return true;
    }
    bool signaling = size >= 4 && (*text | 32) == 's';
    if (size >= 3u + signaling && strncasecmp(text + signaling, "nan", 3) == 0) {
        text += 3 + signaling;
        size -= 3u + signaling;
        for (size_t i = 0; i < size; i++)
            if (!is_digit(text[i])) return true;
        *valid = true;
        out.set_special(signaling ? Kind::kSignalingNan : Kind::kQuietNan, out.negative);
        TRY(read_coefficient(out.coefficient, text, size));
        return out.coefficient.is_zero() || out.count();
    }
    size_t at = 0, digits = 0, point = SIZE_MAX;
    for (; at < size; at++) {
        if (is_digit(text[at]))
            digits++;
        else if (text[at] == '.' && point == SIZE_MAX)
            point = at;
        else
            break;
    }
    if (digits == 0) return true;
    size_t end = at;
    int64_t exponent = 0;
    if (at < size) {
        if ((text[at] | 32) != 'e') return true;
        at++;
        bool negative = at < size && text[at] == '-';
        if (at < size && (text[at] == '-' || text[at] == '+')) at++;
        if (at == size) return true;
        constexpr int64_t kMost = 4 * kMaxExponent;
        for (; at < size; at++) {
            if (!is_digit(text[at])) return true;
            exponent = exponent > kMost / 10 ? kMost : exponent * 10 + (text[at] - '0');
        }
        if (negative) exponent = -exponent;
    }
    *valid = true;
    TRY(read_coefficient(out.coefficient, text, end));
    out.kind = Kind::kFinite;
    out.exponent = exponent - (point == SIZE_MAX ? 0 : static_cast<int64_t>(end - point - 1));
    return out.count();
}

Owned to_text(Thread& thread, const NumberView& a, bool engineering, bool capitals) {
    StrBuilder builder(thread);
    if (a.negative) TRY(builder.append('-'));
    if (a.is_infinite()) {
        TRY(builder.append("Infinity"));
        return builder.finish();
    }
    Natural room;
    const char* digits = "";
    size_t count = 0;
    if (!a.is_nan() || a.digits != 0) {
        size_t bytes = limbs::to_text_room(a.coefficient, 10);
        if (!room.reserve(bytes / sizeof(Limb) + 1)) return raise_memory_error(thread);
        count = limbs::to_text(reinterpret_cast<char*>(room.data()), a.coefficient, 10);
        if (count == limbs::no_memory) return raise_memory_error(thread);
        digits = reinterpret_cast<char*>(room.data());
    }
    if (a.is_nan()) {
        TRY(builder.append(a.is_signaling() ? "sNaN" : "NaN"));
        TRY(builder.append(digits, count));
        return builder.finish();
    }
    auto length = static_cast<int64_t>(count);
    int64_t left = a.exponent + length, point;
    if (a.exponent <= 0 && left > -6)
        point = left;
    else if (!engineering)
        point = 1;
    else if (a.is_zero())
        point = ((left + 1) % 3 + 3) % 3 - 1;
    else
        point = ((left - 1) % 3 + 3) % 3 + 1;
    if (point <= 0) {
        TRY(builder.append("0."));
        TRY(builder.append_repeated('0', static_cast<size_t>(-point)));
        TRY(builder.append(digits, count));
    } else if (point >= length) {
        TRY(builder.append(digits, count));
        TRY(builder.append_repeated('0', static_cast<size_t>(point - length)));
    } else {
        TRY(builder.append(digits, static_cast<size_t>(point)));
        TRY(builder.append('.'));
        TRY(builder.append(digits + point, count - static_cast<size_t>(point)));
    }
    if (left != point) {
        char text[32];
        snprintf(text, sizeof text, "%c%+lld", capitals ? 'E' : 'e',
                 static_cast<long long>(left - point));
        TRY(builder.append(text));
    }
    return builder.finish();
}

}  // namespace imugi::decimals
