// See float_text.h. Everything is laid out from decimal digits and the place of the point: the
// digits come from std::to_chars, which rounds correctly (half to even on exact ties) at any number
// of digits.
#include "base/float_text.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "base/limbs.h"

namespace imugi {
namespace {

// No double has more significant digits than this, nor more behind the point; further ones are
// zeros.
constexpr size_t most_digits = 767;
constexpr size_t most_decimals = 1074;

// value == 0.d1 d2 d3 ... * 10**point
struct Digits {
    char text[most_digits + 16];
    size_t count;
    int point;
};

// From "d.ddde+XX" to digits and point.
void unpack_scientific(Digits* digits, const char* end) {
    char* text = digits->text;
    const char* mark = end;
    while (*--mark != 'e') {
    }
    int exponent = 0;
    for (const char* p = mark + 2; p < end; ++p) exponent = exponent * 10 + (*p - '0');
    if (mark[1] == '-') exponent = -exponent;
    digits->point = exponent + 1;
    digits->count = 1;
    if (mark - text > 1) {
        digits->count = static_cast<size_t>(mark - text) - 1;
        memmove(text + 1, text + 2, digits->count - 1);
    }
}

// `value` is finite and not negative.
void shortest_digits(Digits* digits, double value) {
    char* text = digits->text;
    auto result =
        std::to_chars(text, text + sizeof digits->text, value, std::chars_format::scientific);
    unpack_scientific(digits, result.ptr);
}

void rounded_digits(Digits* digits, double value, size_t count) {
    if (count > most_digits) count = most_digits;
    char* text = digits->text;
    auto result = std::to_chars(text, text + sizeof digits->text, value,
                                std::chars_format::scientific, static_cast<int>(count) - 1);
    unpack_scientific(digits, result.ptr);
}

void strip_zeros(Digits* digits) {
    while (digits->count > 1 && digits->text[digits->count - 1] == '0') --digits->count;
}

char* put_zeros(char* out, size_t count) {
    memset(out, '0', count);
    return out + count;
}

// Digits [from, to), zeros where there are none.
char* put_digits(char* out, const Digits& digits, int64_t from, int64_t to) {
    auto have = static_cast<int64_t>(digits.count);
    if (from < 0) {
        int64_t zeros = (to < 0 ? to : 0) - from;
        out = put_zeros(out, static_cast<size_t>(zeros));
        from += zeros;
    }
    if (from < to && from < have) {
        int64_t stop = to < have ? to : have;
        memcpy(out, digits.text + from, static_cast<size_t>(stop - from));
        out += stop - from;
        from = stop;
    }
    if (from < to) out = put_zeros(out, static_cast<size_t>(to - from));
    return out;
}

char* put_fixed(char* out, const Digits& digits, int64_t decimals, bool point) {
    if (digits.point > 0) {
        out = put_digits(out, digits, 0, digits.point);
    } else {
        *out++ = '0';
    }
    if (decimals > 0 || point) *out++ = '.';
    if (decimals > 0) out = put_digits(out, digits, digits.point, digits.point + decimals);
    return out;
}

char* put_exponent(char* out, const Digits& digits, int64_t decimals, bool point, bool upper) {
    *out++ = digits.text[0];
    if (decimals > 0 || point) *out++ = '.';
    if (decimals > 0) out = put_digits(out, digits, 1, 1 + decimals);
    *out++ = upper ? 'E' : 'e';
    int exponent = digits.point - 1;
    *out++ = exponent < 0 ? '-' : '+';
    unsigned size = static_cast<unsigned>(exponent < 0 ? -exponent : exponent);
    if (size >= 100) *out++ = static_cast<char>('0' + size / 100);
    *out++ = static_cast<char>('0' + size / 10 % 10);
    *out++ = static_cast<char>('0' + size % 10);
    return out;
}

char* put_general(char* out, double value, const FloatSpec& spec) {
    Digits digits;
    int64_t precision = spec.precision == 0 ? 1 : static_cast<int64_t>(spec.precision);
    int64_t shown = 0;
    int most_point = 16;
    if (spec.code == 'r') {
        shortest_digits(&digits, value);
        shown = static_cast<int64_t>(digits.count);
    } else {
        rounded_digits(&digits, value, static_cast<size_t>(precision));
        strip_zeros(&digits);
        shown = spec.alternate ? precision : static_cast<int64_t>(digits.count);
        // ".0" takes one of the digits.
        int64_t most = precision - spec.add_dot_zero;
        most_point = most < 400 ? static_cast<int>(most) : 400;
    }
    if (digits.point <= -4 || digits.point > most_point) {
        return put_exponent(out, digits, shown - 1, spec.alternate, spec.code == 'G');
    }
    int64_t decimals = shown - digits.point;
    if (decimals < 0) decimals = 0;
    if (decimals == 0 && spec.add_dot_zero) decimals = 1;
    return put_fixed(out, digits, decimals, spec.alternate);
}

char* put_decimals(char* out, double value, const FloatSpec& spec) {
    size_t exact = spec.precision < most_decimals ? spec.precision : most_decimals;
    auto result = std::to_chars(out, out + exact + 330, value, std::chars_format::fixed,
                                static_cast<int>(exact));
    out = result.ptr;
    if (spec.precision == 0 && spec.alternate) *out++ = '.';
    return put_zeros(out, spec.precision - exact);
}

bool all_zeros(const char* text, const char* end) {
    for (; text < end && *text != 'e' && *text != 'E'; ++text) {
        if (*text >= '1' && *text <= '9') return false;
    }
    return true;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool equals_ignoring_case(const char* text, size_t size, const char* lower) {
    if (size != strlen(lower)) return false;
    for (size_t i = 0; i < size; ++i) {
        if ((text[i] | 0x20) != lower[i]) return false;
    }
    return true;
}

bool parse_special(double* out, const char* text, size_t size, bool negative) {
    double value = 0;
    if (equals_ignoring_case(text, size, "inf") || equals_ignoring_case(text, size, "infinity")) {
        value = HUGE_VAL;
    } else if (equals_ignoring_case(text, size, "nan")) {
        value = __builtin_nan("");
    } else {
        return false;
    }
    *out = negative ? -value : value;
    return true;
}

// An unsigned decimal number whose grammar has been checked. from_chars reports both ends of the
// range alike.
double convert_decimal(const char* text, const char* end) {
    double value = 0;
    auto result = std::from_chars(text, end, value);
    if (result.ec == std::errc()) return value;
    int64_t magnitude = 0;  // of the leading digit, as a power of ten
    bool seen_point = false, seen_digit = false;
    const char* p = text;
    for (; p < end && *p != 'e' && *p != 'E'; ++p) {
        if (*p == '.') {
            seen_point = true;
            continue;
        }
        if (*p != '0') seen_digit = true;
        if (!seen_point && seen_digit) ++magnitude;
        if (seen_point && !seen_digit) --magnitude;
    }
    int64_t exponent = 0;
    if (p < end) {
        ++p;
        bool negative = *p == '-';
        if (*p == '-' || *p == '+') ++p;
        for (; p < end; ++p) {
            if (exponent < int64_t{1} << 58) exponent = exponent * 10 + (*p - '0');
        }
        if (negative) exponent = -exponent;
    }
    return seen_digit && magnitude + exponent > 0 ? HUGE_VAL : 0.0;
}

// The end of the longest decimal number at `text`, null when there is none. With `underscores`
// single ones may stand between digits.
const char* scan_decimal(const char* text, const char* end, bool underscores) {
    auto digits = [&](const char* p) {
        while (p < end) {
            if (is_digit(*p)) {
                ++p;
            } else if (underscores && *p == '_' && p > text && is_digit(p[-1]) && p + 1 < end &&
                       is_digit(p[1])) {
                ++p;
            } else {
                break;
            }
        }
        return p;
    };
    const char* whole = digits(text);
    const char* p = whole;
    size_t count = static_cast<size_t>(whole - text);
    if (p < end && *p == '.') {
        const char* fraction = digits(p + 1);
        count += static_cast<size_t>(fraction - (p + 1));
        p = fraction;
    }
    if (count == 0) return nullptr;
    if (p < end && (*p == 'e' || *p == 'E')) {
        const char* q = p + 1;
        if (q < end && (*q == '+' || *q == '-')) ++q;
        if (q < end && is_digit(*q)) p = digits(q);
    }
    return p;
}

}  // namespace

size_t format_float_room(double value, const FloatSpec& spec) {
    if (!std::isfinite(value)) return 8;
    if (spec.code == 'r') return float_repr_room;
    return spec.precision + 340;
}

size_t format_float(char* out, double value, const FloatSpec& spec) {
    char* start = out;
    bool upper = spec.code == 'E' || spec.code == 'F' || spec.code == 'G';
    bool percent = spec.code == '%';
    if (percent) value *= 100;
    bool negative = std::signbit(value) && !std::isnan(value);
    char* sign_at = out;
    if (negative) {
        *out++ = '-';
    } else if (spec.sign != '-') {
        *out++ = spec.sign;
    }
    value = fabs(value);
    if (!std::isfinite(value)) {
        const char* name = std::isnan(value) ? (upper ? "NAN" : "nan") : (upper ? "INF" : "inf");
        memcpy(out, name, 3);
        out += 3;
    } else if (spec.code == 'e' || spec.code == 'E') {
        Digits digits;
        rounded_digits(&digits, value, spec.precision + 1);
        out =
            put_exponent(out, digits, static_cast<int64_t>(spec.precision), spec.alternate, upper);
    } else if (spec.code == 'f' || spec.code == 'F' || percent) {
        out = put_decimals(out, value, spec);
    } else {
        out = put_general(out, value, spec);
    }
    if (negative && spec.no_minus_zero && std::isfinite(value) && all_zeros(sign_at + 1, out)) {
        if (spec.sign == '-') {
            memmove(sign_at, sign_at + 1, static_cast<size_t>(out - sign_at - 1));
            --out;
        } else {
            *sign_at = spec.sign;
        }
    }
    if (percent) *out++ = '%';
    return static_cast<size_t>(out - start);
}

size_t float_repr(char* out, double value) {
    FloatSpec spec;
    spec.add_dot_zero = true;
    return format_float(out, value, spec);
}

size_t float_hex(char* out, double value) {
    if (!std::isfinite(value)) return float_repr(out, value);
    char* start = out;
    auto bits = std::bit_cast<uint64_t>(value);
    uint64_t fraction = bits & ((uint64_t{1} << 52) - 1);
    int exponent = static_cast<int>(bits >> 52 & 0x7ff);
    if (bits >> 63) *out++ = '-';
    *out++ = '0';
    *out++ = 'x';
    *out++ = exponent == 0 ? '0' : '1';
    *out++ = '.';
    if (exponent == 0 && fraction == 0) {
        memcpy(out, "0p+0", 4);
        return static_cast<size_t>(out + 4 - start);
    }
    for (int shift = 48; shift >= 0; shift -= 4)
        *out++ = "0123456789abcdef"[fraction >> shift & 15];
    exponent = exponent == 0 ? -1022 : exponent - 1023;
    *out++ = 'p';
    *out++ = exponent < 0 ? '-' : '+';
    out = std::to_chars(out, out + 5, exponent < 0 ? -exponent : exponent).ptr;
    return static_cast<size_t>(out - start);
}

FloatText parse_float(double* out, const char* text, size_t size) {
    const char* end = text + size;
    bool negative = false;
    if (size != 0 && (*text == '-' || *text == '+')) negative = *text++ == '-';
    if (parse_special(out, text, static_cast<size_t>(end - text), negative)) return FloatText::ok;
    if (scan_decimal(text, end, true) != end) return FloatText::invalid;
    double value = 0;
    if (memchr(text, '_', static_cast<size_t>(end - text)) == nullptr) {
        value = convert_decimal(text, end);
    } else {
        char local[256];
        auto length = static_cast<size_t>(end - text);
        char* clean = length <= sizeof local ? local : static_cast<char*>(malloc(length));
        if (clean == nullptr) return FloatText::no_memory;
        char* p = clean;
        for (; text < end; ++text) {
            if (*text != '_') *p++ = *text;
        }
        value = convert_decimal(clean, p);
        if (clean != local) free(clean);
    }
    *out = negative ? -value : value;
    return FloatText::ok;
}

size_t parse_float_prefix(double* out, const char* text, size_t size) {
    const char* end = text + size;
    const char* p = text;
    bool negative = false;
    if (size != 0 && (*p == '-' || *p == '+')) negative = *p++ == '-';
    const char* stop = scan_decimal(p, end, false);
    if (stop != nullptr) {
        double value = convert_decimal(p, stop);
        *out = negative ? -value : value;
        return static_cast<size_t>(stop - text);
    }
    auto rest = static_cast<size_t>(end - p);
    size_t length = rest >= 8 && parse_special(out, p, 8, negative)   ? 8
                    : rest >= 3 && parse_special(out, p, 3, negative) ? 3
                                                                      : 0;
    return length == 0 ? 0 : static_cast<size_t>(p - text) + length;
}

FloatText parse_float_hex(double* out, const char* text, size_t size) {
    const char* end = text + size;
    bool negative = false;
    if (size != 0 && (*text == '-' || *text == '+')) negative = *text++ == '-';
    if (parse_special(out, text, static_cast<size_t>(end - text), negative)) return FloatText::ok;
    if (end - text >= 2 && text[0] == '0' && (text[1] | 0x20) == 'x') text += 2;
    uint64_t top = 0;
    bool sticky = false, seen_point = false, any = false;
    int64_t exponent = 0;  // of the last bit of `top`
    for (; text < end; ++text) {
        if (*text == '.' && !seen_point) {
            seen_point = true;
            continue;
        }
        int digit = hex_value(*text);
        if (digit < 0) break;
        any = true;
        if (top >> 60 == 0) {
            top = top << 4 | static_cast<unsigned>(digit);
            if (seen_point) exponent -= 4;
        } else {
            sticky = sticky || digit != 0;
            if (!seen_point) exponent += 4;
        }
    }
    if (!any) return FloatText::invalid;
    if (text < end && (*text | 0x20) == 'p') {
        ++text;
        bool minus = false;
        if (text < end && (*text == '-' || *text == '+')) minus = *text++ == '-';
        if (text == end) return FloatText::invalid;
        int64_t given = 0;
        for (; text < end && is_digit(*text); ++text) {
            if (given < int64_t{1} << 58) given = given * 10 + (*text - '0');
        }
        exponent += minus ? -given : given;
    }
    double value = limbs::round_to_double(top, sticky, exponent);
    // CPython notices the size before it looks at what follows the number.
    if (value == HUGE_VAL) return FloatText::overflow;
    if (text != end) return FloatText::invalid;
    *out = negative ? -value : value;
    return FloatText::ok;
}

bool round_float(double* out, double value, int64_t digits) {
    *out = value;
    // Beyond these every double is unchanged, or rounds to zero.
    if (value == 0 || !std::isfinite(value) || digits > 323) return true;
    if (digits < -308) {
        *out = std::copysign(0.0, value);
        return true;
    }
    double size = fabs(value);
    char text[1600];
    char* end = text;
    if (digits >= 0) {
        end = std::to_chars(text, text + sizeof text, size, std::chars_format::fixed,
                            static_cast<int>(digits))
                  .ptr;
    } else {
        Digits exact;
        rounded_digits(&exact, size, most_digits);
        int64_t keep = exact.point + digits;
        if (keep < 0) {
            *out = std::copysign(0.0, value);
            return true;
        }
        if (keep == 0) {
            // Between nothing and one unit of the place: a tie goes to the even zero.
            strip_zeros(&exact);
            bool up = exact.text[0] > '5' || (exact.text[0] == '5' && exact.count > 1);
            exact.text[0] = up ? '1' : '0';
            exact.count = 1;
            exact.point = static_cast<int>(1 - digits);
        } else {
            rounded_digits(&exact, size, static_cast<size_t>(keep));
        }
        end = put_exponent(text, exact, static_cast<int64_t>(exact.count) - 1, false, false);
    }
    double rounded = convert_decimal(text, end);
    *out = std::copysign(rounded, value);
    return rounded != HUGE_VAL;
}

bool float_is_integer(double value) {
    return std::isfinite(value) && std::floor(value) == value;
}

void float_parts(double value, uint64_t* mantissa, int* exponent) {
    int shift = 0;
    auto bits = static_cast<uint64_t>(ldexp(frexp(fabs(value), &shift), 53));
    *mantissa = bits;
    *exponent = 0;
    if (bits == 0) return;
    int zeros = std::countr_zero(bits);
    *mantissa = bits >> zeros;
    *exponent = shift - 53 + zeros;
}

}  // namespace imugi
