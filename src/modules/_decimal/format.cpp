// Decimal.__format__: the mini-language as decimal has it. The number is rounded here, its pieces
// are arranged by object/format_spec.h. Works on an immutable Decimal.
#include <climits>
#include <clocale>
#include <cstdio>
#include <cstring>

#include "modules/_decimal/decimal.h"
#include "object/dict.h"
#include "object/format_spec.h"
#include "object/protocol.h"

namespace imugi::decimals {

namespace {

Raised raise_invalid(Thread& thread) {
    return raise(thread, exc::ValueError, "invalid format string");
}

bool is_align(uint32_t c) {
    return c == '<' || c == '>' || c == '=' || c == '^';
}

bool read_size(const Str& text, size_t* at, Index* out) {
    Index value = 0;
    size_t begin = *at;
    for (; *at < text.length() && text[*at] >= '0' && text[*at] <= '9'; ++*at)
        if (__builtin_mul_overflow(value, Index{10}, &value) ||
            __builtin_add_overflow(value, static_cast<Index>(text[*at] - '0'), &value))
            return false;
    if (*at != begin) *out = value;
    return true;
}

bool parse(Thread& thread, const Str& text, FormatSpec* spec) {
    size_t at = 0, end = text.length();
    auto here = [&] { return at < end ? text[at] : 0; };
    spec->align = '>';
    bool aligned = true;
    if (end >= 2 && is_align(text[1])) {
        spec->fill = text[0];
        spec->fill_given = true;
        spec->align = static_cast<char>(text[1]);
        at = 2;
    } else if (is_align(here())) {
        spec->align = static_cast<char>(text[at++]);
    } else {
        aligned = false;
    }
    if (here() == '+' || here() == '-' || here() == ' ') spec->sign = static_cast<char>(text[at++]);
    if (here() == 'z') {
        spec->no_minus_zero = true;
        at++;
    }
    if (here() == '#') {
        spec->alternate = true;
        at++;
    }
    if (here() == '0') {
        // Zeros in front and an alignment contradict each other.
        if (aligned) return raise_invalid(thread);
        spec->fill = '0';
        spec->align = '=';
        at++;
    }
    constexpr Index kMostWidth = Index{1} << 60;
    if (!read_size(text, &at, &spec->width)) return raise_invalid(thread);
    if (spec->width > kMostWidth)
        return raise(thread, exc::ValueError,
                     "format specification exceeds internal limits of _decimal");
    if (here() == ',') {
        spec->thousands = ',';
        at++;
    }
    if (here() == '.') {
        at++;
        if (!read_size(text, &at, &spec->precision) || spec->precision < 0)
            return raise_invalid(thread);
    }
    if (at < end) spec->type = text[at++];
    if (at != end) return raise_invalid(thread);
    switch (spec->type) {
        case 0:
        case 'e':
        case 'E':
        case 'f':
        case 'F':
        case 'g':
        case 'G':
        case '%':
            return true;
        case 'N':
            TRY(warn(thread, exc::DeprecationWarning, 1,
                     make_str(thread, "Format specifier 'N' is deprecated")));
            [[fallthrough]];
        case 'n':
            if (spec->thousands) return raise_invalid(thread);
            return true;
        default:
            return raise_invalid(thread);
    }
}

// The locale's marks, or those of the caller's dict.
struct Marks {
    Owned point, separator, grouping;

    static bool take(Thread& thread, Value dict, Str& name, Owned* out) {
        *out = TRY(get_item_or_nothing(thread, dict, name));
        if (out->is_nothing()) {
            *out = Owned();
            return true;
        }
        if (!is_str(*out)) return raise(thread, exc::TypeError, "optional argument must be a dict");
        return true;
    }
    static Owned get_item_or_nothing(Thread& thread, Value dict, Str& name) {
        return dict_get(thread, dict.as<Dict>(), Value::of(name));
    }
    bool load(Thread& thread, Value dict, NumberParts* parts) {
        if (!is_dict(dict))
            return raise(thread, exc::TypeError, "optional argument must be a dict");
        TRY(take(thread, dict, ID(decimal_point), &point));
        TRY(take(thread, dict, ID(thousands_sep), &separator));
        TRY(take(thread, dict, ID(grouping), &grouping));
        if (point && !(parts->point = str_utf8(thread, point.as<Str>()))) return false;
        if (separator && !(parts->separator = str_utf8(thread, separator.as<Str>()))) return false;
        if (grouping && !(parts->grouping = str_utf8(thread, grouping.as<Str>()))) return false;
        // A mark is one character; a group's size is a positive char.
        bool valid =
            (!point || strlen(parts->point) <= 4) && (!separator || strlen(parts->separator) <= 4);
        for (const char* size = parts->grouping; grouping && *size; size++)
            valid &= static_cast<unsigned char>(*size) <= CHAR_MAX;
        return valid || raise(thread, exc::ValueError, "invalid override dict");
    }
};

// Exactly `digits` significant digits; a zero stays as it is.
bool round_digits(Number& n, int64_t digits, Rounding rounding) {
    if (n.coefficient.is_zero()) return true;
    Tail tail;
    Number rounded;
    TRY(rescale(rounded, n.view(), n.exponent + n.digits - digits, rounding, &tail));
    if (rounded.digits > digits) {
        rounded.coefficient.divide_small(10);
        rounded.exponent++;
        rounded.digits--;
    }
    n.swap(rounded);
    return true;
}

bool round_for(Number& n, const FormatSpec& spec, uint32_t type, Rounding rounding) {
    Tail tail;
    Number rounded;
    if (spec.precision >= 0) {
        if (type == 'e' || type == 'E') {
            TRY(round_digits(n, spec.precision + 1, rounding));
        } else if (type == 'f' || type == 'F' || type == '%') {
            TRY(rescale(rounded, n.view(), -spec.precision, rounding, &tail));
            n.swap(rounded);
        } else {
            int64_t digits = spec.precision ? spec.precision : 1;
            if (n.digits > digits) TRY(round_digits(n, digits, rounding));
        }
    }
    if (n.coefficient.is_zero() && n.exponent > 0 && (type == 'f' || type == 'F' || type == '%'))
        n.exponent = 0;
    return true;
}

// Zeros that may stand in front of the point; more are a mistake rather than a wish.
constexpr int64_t kMostZeros = int64_t{1} << 40;

}  // namespace

Owned format_decimal(Thread& thread, const Decimal& self, Value spec_value, Value overrides) {
    if (!is_str(spec_value)) return raise(thread, exc::TypeError, "format arg must be str");
    FormatSpec spec;
    TRY(parse(thread, spec_value.as<Str>(), &spec));
    Ref<Context> context = TRY(current_context(thread));
    bool capitals = context->capitals.load(std::memory_order_relaxed);
    uint32_t type = spec.type;
    NumberParts parts;
    Marks marks;
    if (type == 'n' || type == 'N') {
        const lconv* locale = localeconv();
        parts.point = locale->decimal_point;
        parts.separator = locale->thousands_sep;
        parts.grouping = locale->grouping;
    }
    if (!overrides.is_empty()) TRY(marks.load(thread, overrides, &parts));
    if (parts.separator && (!*parts.separator || !parts.grouping || !*parts.grouping))
        parts.separator = parts.grouping = nullptr;
    if (type == 0) type = capitals ? 'G' : 'g';
    if (type == 'n' || type == 'N') type = type == 'N' ? 'G' : 'g';
    NumberView view = self.view();
    Number n;
    if (!n.set(view)) return raise_memory_error(thread);
    bool negative = view.negative;
    StrBuilder body(thread), builder(thread);
    Owned text;
    if (!view.is_finite()) {
        if (spec.align == '=' && spec.fill == '0' && !spec.fill_given) {
            spec.fill = ' ';
            spec.align = '>';
        }
        Owned whole = TRY(to_text(thread, view.magnitude(), false, true));
        TRY(body.append(whole.as<Str>()));
        if (type == '%') TRY(body.append('%'));
        text = TRY(body.finish());
        parts.rest = reinterpret_cast<const char*>(text.as<Str>().data1());
        parts.rest_size = text.as<Str>().length();
        spec.thousands = 0;
        parts.separator = parts.grouping = nullptr;
    } else {
        if (type == '%') n.exponent += 2;
        Rounding rounding = context->settings().rounding;
        if (spec.precision > kMostZeros || n.exponent > kMostZeros)
            if (type == 'f' || type == 'F' || type == '%') return raise_memory_error(thread);
        if (!round_for(n, spec, type, rounding)) return raise_memory_error(thread);
        if (spec.no_minus_zero && n.coefficient.is_zero()) negative = false;
        Owned digits_text =
            TRY(to_text(thread, {Kind::kFinite, false, 0, n.digits, n.coefficient}, false, true));
        const Str& digits = digits_text.as<Str>();
        const char* characters = reinterpret_cast<const char*>(digits.data1());
        auto count = static_cast<int64_t>(digits.length());
        int64_t left = n.exponent + count, point;
        if (type == 'e' || type == 'E')
            point = n.coefficient.is_zero() && spec.precision >= 0 ? 1 - spec.precision : 1;
        else if (type == 'f' || type == 'F' || type == '%')
            point = left;
        else
            point = n.exponent <= 0 && left > -6 ? left : 1;
        // Digits in front of the point, those behind it, the exponent.
        size_t whole;
        if (point <= 0) {
            TRY(body.append("0"));
            whole = 1;
            TRY(body.append('.'));
            TRY(body.append_repeated('0', static_cast<size_t>(-point)));
            TRY(body.append(characters, static_cast<size_t>(count)));
        } else if (point >= count) {
            TRY(body.append(characters, static_cast<size_t>(count)));
            TRY(body.append_repeated('0', static_cast<size_t>(point - count)));
            whole = static_cast<size_t>(point);
        } else {
            TRY(body.append(characters, static_cast<size_t>(point)));
            whole = static_cast<size_t>(point);
            TRY(body.append('.'));
            TRY(body.append(characters + point, static_cast<size_t>(count - point)));
        }
        if (spec.alternate && (point >= count)) TRY(body.append('.'));
        int64_t exponent = left - point;
        if (exponent != 0 || type == 'e' || type == 'E') {
            char ending[32];
            snprintf(ending, sizeof ending, "%c%+lld", type == 'E' || type == 'G' ? 'E' : 'e',
                     static_cast<long long>(exponent));
            TRY(body.append(ending));
        }
        if (type == '%') TRY(body.append('%'));
        text = TRY(body.finish());
        parts.digits = reinterpret_cast<const char*>(text.as<Str>().data1());
        parts.digit_count = whole;
        parts.rest = parts.digits + whole;
        parts.rest_size = text.as<Str>().length() - whole;
    }
    parts.sign = negative ? '-' : spec.sign == '+' || spec.sign == ' ' ? spec.sign : 0;
    spec.type = 'f';  // groups of three
    TRY(append_number(builder, spec, parts));
    return builder.finish();
}

}  // namespace imugi::decimals
