// format() of int, float and complex: the digits come from src/base, the arrangement from
// format_spec.cpp. Numbers are immutable: no locks.
#include <climits>
#include <clocale>
#include <cmath>

#include "base/float_text.h"
#include "memory/heap.h"
#include "object/float.h"
#include "object/format_spec.h"
#include "object/int.h"
#include "object/protocol.h"

namespace imugi {

namespace {

// Bytes on the stack, or from the heap when there are many.
class TextRoom {
  public:
    explicit TextRoom(size_t size)
        : text_(size <= sizeof local_ ? local_ : static_cast<char*>(array_allocate(size))) {}
    ~TextRoom() {
        if (text_ != local_) array_free(text_);
    }
    TextRoom(const TextRoom&) = delete;
    char* text() { return text_; }

  private:
    char local_[512];
    char* text_;
};

void use_locale(NumberParts* parts) {
    const lconv* locale = localeconv();
    parts->separator = locale->thousands_sep;
    parts->grouping = locale->grouping;
    parts->point = locale->decimal_point;
    if (!*parts->separator || !*parts->grouping) parts->separator = parts->grouping = nullptr;
}

char sign_of(bool negative, char wanted) {
    return negative ? '-' : wanted == '-' ? 0 : wanted;
}

// --- int ---

Owned format_character(Thread& thread, Value number, const FormatSpec& spec) {
    if (spec.sign)
        return raise(thread, exc::ValueError, "Sign not allowed with integer format specifier 'c'");
    if (spec.alternate)
        return raise(thread, exc::ValueError,
                     "Alternate form (#) not allowed with integer format specifier 'c'");
    int64_t code;
    if (!int_fits_int64(number, &code))
        return raise(thread, exc::OverflowError, "Python int too large to convert to C long");
    if (code < 0 || code > 0x10FFFF)
        return raise(thread, exc::OverflowError, "%c arg not in range(0x110000)");
    size_t width = spec.width < 0 ? 0 : static_cast<size_t>(spec.width);
    size_t padding = width > 1 ? width - 1 : 0;
    size_t left = spec.align == '<' ? 0 : spec.align == '^' ? padding / 2 : padding;
    StrBuilder builder(thread);
    TRY(builder.append_repeated(spec.fill, left));
    TRY(builder.append(static_cast<uint32_t>(code)));
    TRY(builder.append_repeated(spec.fill, padding - left));
    return builder.finish();
}

Owned format_integer(Thread& thread, Value number, const FormatSpec& spec) {
    if (spec.precision >= 0)
        return raise(thread, exc::ValueError, "Precision not allowed in integer format specifier");
    if (spec.no_minus_zero)
        return raise(thread, exc::ValueError,
                     "Negative zero coercion (z) not allowed in integer format specifier");
    if (spec.type == 'c') return format_character(thread, number, spec);
    int base = spec.type == 'b' ? 2 : spec.type == 'o' ? 8 : (spec.type | 32) == 'x' ? 16 : 10;
    Owned digits = TRY(int_to_str(thread, number, base));
    Str& text = digits.as<Str>();
    bool negative = text[0] == '-';
    size_t count = text.length() - negative;
    auto* first = reinterpret_cast<const char*>(text.data1()) + negative;
    TextRoom upper(spec.type == 'X' ? count + 1 : 1);
    if (!upper.text()) return raise_memory_error(thread);
    if (spec.type == 'X') {
        for (size_t i = 0; i < count; i++)
            upper.text()[i] = first[i] >= 'a' ? static_cast<char>(first[i] - 32) : first[i];
        first = upper.text();
    }
    NumberParts parts;
    parts.sign = sign_of(negative, spec.sign);
    parts.digits = first;
    parts.digit_count = count;
    if (spec.alternate)
        parts.prefix = base == 2          ? "0b"
                       : base == 8        ? "0o"
                       : spec.type == 'x' ? "0x"
                       : spec.type == 'X' ? "0X"
                                          : "";
    if (spec.type == 'n') use_locale(&parts);
    StrBuilder builder(thread);
    TRY(append_number(builder, spec, parts));
    return builder.finish();
}

// --- float ---

// One double as text under the spec's code; appended arranged by `spec`.
bool append_double(Thread& thread, StrBuilder& builder, double number, const FormatSpec& spec,
                   bool dot_zero) {
    FloatSpec options;
    uint32_t code = spec.type == 'n' ? 'g' : spec.type;
    if (code == 0) {
        code = spec.precision < 0 ? 'r' : 'g';
        options.add_dot_zero = dot_zero;
    }
    options.code = static_cast<char>(code);
    options.alternate = spec.alternate;
    options.no_minus_zero = spec.no_minus_zero;
    if (spec.precision > INT_MAX) return raise(thread, exc::ValueError, "precision too big");
    options.precision = spec.precision < 0 ? 6 : static_cast<size_t>(spec.precision);
    TextRoom room(format_float_room(number, options) + 1);
    if (!room.text()) return raise_memory_error(thread);
    size_t size = format_float(room.text(), number, options);
    const char* text = room.text();
    bool negative = size != 0 && *text == '-';
    text += negative;
    size -= negative;
    NumberParts parts;
    parts.sign = sign_of(negative, spec.sign);
    parts.digits = text;
    while (parts.digit_count < size && text[parts.digit_count] >= '0' &&
           text[parts.digit_count] <= '9')
        parts.digit_count++;
    parts.rest = text + parts.digit_count;
    parts.rest_size = size - parts.digit_count;
    if (spec.type == 'n') use_locale(&parts);
    return append_number(builder, spec, parts);
}

bool is_float_code(uint32_t code) {
    return code < 128 && (code == 0 || strchr("eEfFgGn%", static_cast<char>(code)));
}

}  // namespace

Owned int_format(Thread& thread, Value value, Str& spec_text) {
    const Type& type = type_of(value);
    if (spec_text.length() == 0) return str(thread, value);
    FormatSpec spec;
    TRY(parse_format_spec(thread, spec_text, type, '>', 'd', &spec));
    if (spec.type < 128 && spec.type != 0 && strchr("bcdoxXn", static_cast<char>(spec.type)))
        return format_integer(thread, value, spec);
    if (!is_float_code(spec.type) || spec.type == 0)
        return raise_unknown_format_code(thread, spec.type, type);
    double number = TRY(int_to_double(thread, value));
    StrBuilder builder(thread);
    TRY(append_double(thread, builder, number, spec, true));
    return builder.finish();
}

Owned format_double(Thread& thread, double number, const Type& type, Str& spec_text) {
    if (spec_text.length() == 0) return float_repr_text(thread, number);
    FormatSpec spec;
    TRY(parse_format_spec(thread, spec_text, type, '>', 0, &spec));
    if (!is_float_code(spec.type)) return raise_unknown_format_code(thread, spec.type, type);
    StrBuilder builder(thread);
    TRY(append_double(thread, builder, number, spec, true));
    return builder.finish();
}

Owned float_format(Thread& thread, double number, Str& spec) {
    return format_double(thread, number, float_type, spec);
}

Owned format_complex(Thread& thread, double real, double imaginary, const Type& type,
                     Str& spec_text) {
    FormatSpec spec;
    TRY(parse_format_spec(thread, spec_text, type, '>', 0, &spec));
    if (!is_float_code(spec.type) || spec.type == '%')
        return raise_unknown_format_code(thread, spec.type, type);
    if (spec.fill == '0')
        return raise(thread, exc::ValueError,
                     "Zero padding is not allowed in complex format specifier");
    if (spec.align == '=')
        return raise(thread, exc::ValueError,
                     "'=' alignment flag is not allowed in complex format specifier");
    // Without a type it looks like str(): no zero real part, parentheses around a sum.
    bool skip_real = spec.type == 0 && real == 0 && !std::signbit(real);
    bool parentheses = spec.type == 0 && !skip_real;
    FormatSpec part = spec;
    part.width = -1;
    StrBuilder body(thread);
    if (parentheses) TRY(body.append("("));
    if (!skip_real) {
        TRY(append_double(thread, body, real, part, false));
        part.sign = '+';
    }
    TRY(append_double(thread, body, imaginary, part, false));
    TRY(body.append(parentheses ? "j)" : "j"));
    Ref<Str> text = TRY(body.finish());
    size_t width = spec.width < 0 ? 0 : static_cast<size_t>(spec.width);
    size_t padding = width > text->length() ? width - text->length() : 0;
    size_t left = spec.align == '<' ? 0 : spec.align == '^' ? padding / 2 : padding;
    StrBuilder builder(thread);
    TRY(builder.append_repeated(spec.fill, left));
    TRY(builder.append(*text));
    TRY(builder.append_repeated(spec.fill, padding - left));
    return builder.finish();
}

}  // namespace imugi
