// See format_spec.h: the parser of specifiers, alignment of text, and arranging the pieces of
// numbers. Pure over immutable text.
#include "object/format_spec.h"

#include <climits>

#include "base/unicode_data.h"

namespace imugi {

namespace {

bool is_align(uint32_t c) {
    return c == '<' || c == '>' || c == '=' || c == '^';
}

// Reads a number; 0: none there, -1: too large, 1: read.
int read_number(const Str& text, size_t* at, Index* out) {
    Index value = 0;
    size_t begin = *at;
    for (; *at < text.length(); ++*at) {
        int digit = unicode::decimal_value(text[*at]);
        if (digit < 0) break;
        if (__builtin_mul_overflow(value, Index{10}, &value) ||
            __builtin_add_overflow(value, Index{digit}, &value))
            return -1;
    }
    *out = value;
    return *at != begin;
}

// A grouping mark at `at`. False with an exception for a second, different one.
bool read_grouping(Thread& thread, const Str& text, size_t* at, char* out) {
    auto here = [&] { return *at < text.length() ? text[*at] : 0; };
    if (here() == ',') {
        *out = ',';
        ++*at;
    }
    if (here() == '_') {
        if (*out) return raise(thread, exc::ValueError, "Cannot specify both ',' and '_'.");
        *out = '_';
        ++*at;
    }
    if (here() == ',' && *out == '_')
        return raise(thread, exc::ValueError, "Cannot specify both ',' and '_'.");
    return true;
}

Raised grouping_not_allowed(Thread& thread, char mark, uint32_t type) {
    char text[64];
    if (type > 32 && type < 128)
        snprintf(text, sizeof text, "Cannot specify '%c' with '%c'.", mark,
                 static_cast<char>(type));
    else
        snprintf(text, sizeof text, "Cannot specify '%c' with '\\x%x'.", mark, type);
    return raise(thread, exc::ValueError, "{}", text);
}

bool check_grouping(Thread& thread, const FormatSpec& spec) {
    uint32_t type = spec.type;
    bool decimal = type == 0 || (type < 128 && strchr("defgEG%F", static_cast<char>(type)));
    bool binary = type != 0 && type < 128 && strchr("boxX", static_cast<char>(type));
    if (spec.thousands && !decimal && !(binary && spec.thousands == '_'))
        return grouping_not_allowed(thread, spec.thousands, type);
    if (spec.fraction_thousands && (!decimal || type == 'd'))
        return grouping_not_allowed(thread, spec.fraction_thousands, type);
    return true;
}

}  // namespace

bool parse_format_spec(Thread& thread, const Str& text, const Type& type, char default_align,
                       char default_type, FormatSpec* spec) {
    size_t at = 0, end = text.length();
    auto here = [&](size_t ahead = 0) { return at + ahead < end ? text[at + ahead] : 0; };
    spec->type = static_cast<unsigned char>(default_type);
    if (end >= 2 && is_align(text[1])) {
        spec->fill = text[0];
        spec->fill_given = true;
        spec->align = static_cast<char>(text[1]);
        at = 2;
    } else if (is_align(here())) {
        spec->align = static_cast<char>(text[at++]);
    }
    bool align_given = spec->align != 0;
    if (!align_given) spec->align = default_align;
    if (here() == '+' || here() == '-' || here() == ' ') spec->sign = static_cast<char>(text[at++]);
    if (here() == 'z') {
        spec->no_minus_zero = true;
        at++;
    }
    if (here() == '#') {
        spec->alternate = true;
        at++;
    }
    if (!spec->fill_given && here() == '0') {
        spec->fill = '0';
        if (!align_given && default_align == '>') spec->align = '=';
        at++;
    }
    Index width = 0;
    int found = read_number(text, &at, &width);
    if (found < 0)
        return raise(thread, exc::ValueError, "Too many decimal digits in format string");
    if (found > 0) spec->width = width;
    TRY(read_grouping(thread, text, &at, &spec->thousands));
    if (here() == '.') {
        at++;
        found = read_number(text, &at, &spec->precision);
        if (found < 0)
            return raise(thread, exc::ValueError, "Too many decimal digits in format string");
        if (found == 0) spec->precision = -1;
        TRY(read_grouping(thread, text, &at, &spec->fraction_thousands));
        if (found == 0 && !spec->fraction_thousands)
            return raise(thread, exc::ValueError, "Format specifier missing precision");
    }
    if (end - at > 1)
        return raise(thread, exc::ValueError,
                     "Invalid format specifier '{}' for object of type '{}'", text, type);
    if (end - at == 1) spec->type = text[at];
    return check_grouping(thread, *spec);
}

Raised raise_unknown_format_code(Thread& thread, uint32_t code, const Type& type) {
    char text[16];
    if (code > 32 && code < 128)
        snprintf(text, sizeof text, "%c", static_cast<char>(code));
    else
        snprintf(text, sizeof text, "\\x%x", code);
    return raise(thread, exc::ValueError, "Unknown format code '{}' for object of type '{}'", text,
                 type);
}

// --- text ---

Owned format_str(Thread& thread, Str& s, Str& spec_text) {
    FormatSpec spec;
    TRY(parse_format_spec(thread, spec_text, type_of(Value::of(s)), '<', 's', &spec));
    if (spec.type != 's')
        return raise_unknown_format_code(thread, spec.type, type_of(Value::of(s)));
    if (spec.sign)
        return raise(thread, exc::ValueError,
                     spec.sign == ' ' ? "Space not allowed in string format specifier"
                                      : "Sign not allowed in string format specifier");
    if (spec.no_minus_zero)
        return raise(thread, exc::ValueError,
                     "Negative zero coercion (z) not allowed in string format specifier");
    if (spec.alternate)
        return raise(thread, exc::ValueError,
                     "Alternate form (#) not allowed in string format specifier");
    if (spec.align == '=')
        return raise(thread, exc::ValueError,
                     "'=' alignment not allowed in string format specifier");
    size_t length = s.length();
    if (spec.precision >= 0 && static_cast<size_t>(spec.precision) < length)
        length = static_cast<size_t>(spec.precision);
    size_t width = spec.width < 0 ? 0 : static_cast<size_t>(spec.width);
    if (width <= length) return str_substring(thread, s, 0, length);
    size_t padding = width - length;
    size_t left = spec.align == '>' ? padding : spec.align == '^' ? padding / 2 : 0;
    StrBuilder builder(thread);
    TRY(builder.append_repeated(spec.fill, left));
    TRY(builder.append(s, 0, length));
    TRY(builder.append_repeated(spec.fill, padding - left));
    return builder.finish();
}

// --- numbers ---

namespace {

// Sizes of the groups of digits, from the right.
class Groups {
  public:
    Groups(const FormatSpec& spec, const NumberParts& parts) : locale_(parts.grouping) {
        if (parts.separator) {
            separator_ = parts.separator;
        } else if (spec.thousands) {
            mark_[0] = spec.thousands;
            separator_ = mark_;
            bool binary = spec.type != 0 && spec.type < 128 &&
                          strchr("boxX", static_cast<char>(spec.type)) != nullptr;
            size_ = binary ? 4 : 3;
        }
    }
    const char* separator() const { return separator_; }
    // Size of the next group to the left; SIZE_MAX: all that is left.
    size_t next() {
        if (!separator_) return SIZE_MAX;
        if (!locale_) return size_;
        if (*locale_ == 0) return last_ ? last_ : SIZE_MAX;
        if (*locale_ == CHAR_MAX) return SIZE_MAX;
        return last_ = static_cast<size_t>(*locale_++);
    }

  private:
    const char* locale_;
    const char* separator_ = nullptr;
    size_t size_ = 0, last_ = 0;
    char mark_[2] = {};
};

// Length of `digits` digits with separators between groups.
size_t grouped_length(Groups groups, size_t digits, size_t separator) {
    size_t length = digits;
    for (;;) {
        size_t size = groups.next();
        if (digits <= size) return length;
        digits -= size;
        length += separator;
    }
}

// The digits, zeros in front, with separators.
bool append_grouped(StrBuilder& builder, Groups groups, const char* digits, size_t count,
                    size_t zeros) {
    size_t total = count + zeros;
    // Where separators stand, counted in digits from the right.
    size_t places[64];
    size_t placed = 0, sum = 0, regular = 0;
    for (;;) {
        size_t size = groups.next();
        if (size == SIZE_MAX || total - sum <= size) break;
        sum += size;
        if (placed < 64)
            places[placed++] = sum;
        else
            regular = size;
        if (placed == 64 && regular) break;
    }
    for (size_t i = 0; i < total; i++) {
        size_t right = total - i;
        if (i != 0) {
            bool here = false;
            for (size_t k = 0; k < placed; k++) here |= places[k] == right;
            if (regular && right > places[63]) here |= (right - places[63]) % regular == 0;
            if (here) TRY(builder.append_utf8(groups.separator(), strlen(groups.separator())));
        }
        TRY(builder.append(
            i < zeros ? uint32_t{'0'}
                      : static_cast<uint32_t>(static_cast<unsigned char>(digits[i - zeros]))));
    }
    return true;
}

size_t utf8_length(const char* text) {
    size_t n = 0;
    for (; *text; text++) n += (*text & 0xC0) != 0x80;
    return n;
}

// Point, fraction, exponent; the fraction grouped from the left if asked for.
bool append_rest(StrBuilder& builder, const FormatSpec& spec, const NumberParts& parts) {
    size_t at = 0;
    if (parts.rest_size != 0 && parts.rest[0] == '.') {
        const char* point = parts.point ? parts.point : ".";
        TRY(builder.append_utf8(point, strlen(point)));
        at = 1;
        for (size_t i = 0; at < parts.rest_size && parts.rest[at] >= '0' && parts.rest[at] <= '9';
             i++, at++) {
            if (spec.fraction_thousands && i != 0 && i % 3 == 0)
                TRY(builder.append(static_cast<uint32_t>(spec.fraction_thousands)));
            TRY(builder.append(static_cast<uint32_t>(parts.rest[at])));
        }
    }
    return builder.append(parts.rest + at, parts.rest_size - at);
}

size_t rest_length(const FormatSpec& spec, const NumberParts& parts) {
    size_t length = parts.rest_size;
    if (length == 0 || parts.rest[0] != '.') return length;
    if (parts.point) length += utf8_length(parts.point) - 1;
    if (!spec.fraction_thousands) return length;
    size_t digits = 0;
    while (1 + digits < parts.rest_size && parts.rest[1 + digits] >= '0' &&
           parts.rest[1 + digits] <= '9')
        digits++;
    return length + (digits ? (digits - 1) / 3 : 0);
}

}  // namespace

bool append_number(StrBuilder& builder, const FormatSpec& spec, const NumberParts& parts) {
    Groups groups(spec, parts);
    // Infinities and NaN have no digits to group.
    bool grouped = groups.separator() && parts.digit_count != 0;
    size_t separator = grouped ? utf8_length(groups.separator()) : 0;
    size_t fixed = (parts.sign != 0) + strlen(parts.prefix) + rest_length(spec, parts);
    size_t width = spec.width < 0 ? 0 : static_cast<size_t>(spec.width);
    size_t zeros = 0;
    if (spec.fill == '0' && spec.align == '=' && width > fixed && separator != 0) {
        // Zeros in front take part in the grouping.
        size_t wanted = width - fixed;
        if (wanted > parts.digit_count) {
            size_t low = 0, high = wanted - parts.digit_count;
            while (low < high) {
                size_t middle = (low + high) / 2;
                if (grouped_length(groups, parts.digit_count + middle, separator) < wanted)
                    low = middle + 1;
                else
                    high = middle;
            }
            zeros = low;
        }
    }
    size_t length = fixed + (grouped ? grouped_length(groups, parts.digit_count + zeros, separator)
                                     : parts.digit_count);
    size_t padding = width > length ? width - length : 0;
    size_t left = spec.align == '>' ? padding : spec.align == '^' ? padding / 2 : 0;
    size_t inner = spec.align == '=' ? padding : 0;
    TRY(builder.append_repeated(spec.fill, left));
    if (parts.sign) TRY(builder.append(static_cast<uint32_t>(parts.sign)));
    TRY(builder.append(parts.prefix));
    TRY(builder.append_repeated(spec.fill, inner));
    if (!grouped)
        TRY(builder.append(parts.digits, parts.digit_count));
    else
        TRY(append_grouped(builder, groups, parts.digits, parts.digit_count, zeros));
    TRY(append_rest(builder, spec, parts));
    return builder.append_repeated(spec.fill, padding - left - inner);
}

}  // namespace imugi
