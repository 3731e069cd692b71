// str.format(): literal text, replacement fields, field names, nested specifiers (PEP 3101).
//
// The format is immutable; attribute lookups, subscripts and __format__ run Python.
#include "base/unicode_data.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/format_spec.h"
#include "object/protocol.h"

namespace imugi {

namespace {

// Where str.format() takes its values.
struct Source {
    Args args;
    Kwargs named;
    Value mapping;   // format_map(); empty otherwise
    Index next = 0;  // automatic numbering
    enum : uint8_t { kUnknown, kAutomatic, kManual } numbering = kUnknown;
};

bool use_numbering(Thread& thread, Source& source, bool automatic) {
    auto wanted = automatic ? Source::kAutomatic : Source::kManual;
    if (source.numbering == Source::kUnknown) source.numbering = wanted;
    if (source.numbering == wanted) return true;
    return raise(thread, exc::ValueError,
                 automatic ? "cannot switch from manual field specification to automatic field "
                             "numbering"
                           : "cannot switch from automatic field numbering to manual field "
                             "specification");
}

// All digits: the number (-1: no number). False with an exception when it is too large.
bool as_index(Thread& thread, const Str& text, size_t begin, size_t end, Index* out) {
    *out = -1;
    if (begin == end) return true;
    Index value = 0;
    for (size_t i = begin; i < end; i++) {
        int digit = unicode::decimal_value(text[i]);
        if (digit < 0) return true;
        if (__builtin_mul_overflow(value, Index{10}, &value) ||
            __builtin_add_overflow(value, Index{digit}, &value))
            return raise(thread, exc::ValueError, "Too many decimal digits in format string");
    }
    *out = value;
    return true;
}

}  // namespace

int next_format_field(Thread& thread, const Str& text, size_t* position, size_t end,
                      FormatField* field) {
    size_t at = *position;
    if (at >= end) return 0;
    auto fail = [&](const char* message) {
        (void)static_cast<bool>(raise(thread, exc::ValueError, "{}", message));
        return -1;
    };
    *field = {at, at, false, 0, 0, 0, 0, 0, false};
    while (at < end && text[at] != '{' && text[at] != '}') at++;
    field->literal_end = at;
    if (at == end) {
        *position = at;
        return 1;
    }
    uint32_t brace = text[at];
    bool doubled = at + 1 < end && text[at + 1] == brace;
    if (doubled) {
        field->literal_end = at + 1;
        *position = at + 2;
        return 1;
    }
    if (brace == '}') return fail("Single '}' encountered in format string");
    if (at + 1 == end) return fail("Single '{' encountered in format string");
    at++;
    field->has_field = true;
    field->name_begin = at;
    uint32_t c = 0;
    for (; at < end; at++) {
        c = text[at];
        if (c == '{') return fail("unexpected '{' in field name");
        if (c == '[') {
            while (at < end && text[at] != ']') at++;
            if (at >= end) break;
            continue;
        }
        if (c == '}' || c == ':' || c == '!') break;
    }
    if (at >= end) return fail("expected '}' before end of string");
    field->name_end = at++;
    field->spec_begin = field->spec_end = at;
    if (c == '!') {
        if (at >= end) return fail("end of string while looking for conversion specifier");
        field->conversion = text[at++];
        if (at < end) {
            c = text[at++];
            if (c != '}' && c != ':') return fail("expected ':' after conversion specifier");
        } else {
            return fail("unmatched '{' in format spec");
        }
    }
    if (c == '}') {
        field->spec_begin = field->spec_end = at - 1;
        *position = at;
        return 1;
    }
    field->spec_begin = at;
    for (int depth = 1; at < end; at++) {
        if (text[at] == '{') {
            field->spec_has_fields = true;
            depth++;
        } else if (text[at] == '}' && --depth == 0) {
            field->spec_end = at;
            *position = at + 1;
            return 1;
        }
    }
    return fail("unmatched '{' in format spec");
}

bool field_name_first(Thread& thread, const Str& text, size_t begin, size_t end, size_t* first_end,
                      Index* index) {
    size_t at = begin;
    while (at < end && text[at] != '.' && text[at] != '[') at++;
    *first_end = at;
    return as_index(thread, text, begin, at, index);
}

int next_field_part(Thread& thread, const Str& text, size_t* position, size_t end,
                    FieldPart* part) {
    size_t at = *position;
    if (at >= end) return 0;
    auto fail = [&](const char* message) {
        (void)static_cast<bool>(raise(thread, exc::ValueError, "{}", message));
        return -1;
    };
    uint32_t c = text[at++];
    if (c != '.' && c != '[')
        return fail("Only '.' or '[' may follow ']' in format field specifier");
    part->is_attribute = c == '.';
    part->index = -1;
    part->begin = at;
    if (c == '.') {
        while (at < end && text[at] != '.' && text[at] != '[') at++;
        part->end = at;
    } else {
        while (at < end && text[at] != ']') at++;
        if (at >= end) return fail("Missing ']' in format string");
        part->end = at++;
        if (!as_index(thread, text, part->begin, part->end, &part->index)) return -1;
    }
    if (part->begin == part->end) return fail("Empty attribute in format string");
    *position = at;
    return 1;
}

namespace {

Owned named_value(Thread& thread, Source& source, Str& name) {
    if (source.mapping) return get_item(thread, source.mapping, Value::of(name));
    for (size_t i = 0; i < source.named.count; i++)
        if (str_equal(source.named.names[i].as<Str>(), name))
            return Owned::share(source.named.values[i]);
    return raise_key_error(thread, Value::of(name));
}

Owned positional_value(Thread& thread, Source& source, Index index) {
    if (source.mapping)
        return raise(thread, exc::ValueError, "Format string contains positional fields");
    if (index < 0 || static_cast<size_t>(index) >= source.args.count)
        return raise(thread, exc::IndexError,
                     "Replacement index {} out of range for positional args tuple", index);
    return Owned::share(source.args[static_cast<size_t>(index)]);
}

// The object that a field name means.
Owned field_value(Thread& thread, const Str& text, const FormatField& field, Source& source) {
    size_t at;
    Index index;
    TRY(field_name_first(thread, text, field.name_begin, field.name_end, &at, &index));
    Owned value;
    bool automatic = at == field.name_begin;
    if (automatic || index >= 0) {
        if (!source.mapping) TRY(use_numbering(thread, source, automatic));
        value = TRY(positional_value(thread, source, automatic ? source.next++ : index));
    } else {
        Ref<Str> name = TRY(str_substring(thread, const_cast<Str&>(text), field.name_begin, at));
        value = TRY(named_value(thread, source, *name));
    }
    for (;;) {
        FieldPart part;
        int step = next_field_part(thread, text, &at, field.name_end, &part);
        if (step < 0) return {};
        if (step == 0) return value;
        if (part.index >= 0) {
            value = TRY(get_item(thread, value, Value::small_int(part.index)));
            continue;
        }
        Ref<Str> name = TRY(str_substring(thread, const_cast<Str&>(text), part.begin, part.end));
        value =
            part.is_attribute ? get_attribute(thread, value, *name) : get_item(thread, value, name);
        if (!value) return {};
    }
}

Owned converted(Thread& thread, Owned value, uint32_t conversion) {
    switch (conversion) {
        case 0:
            return value;
        case 'r':
            return repr(thread, value);
        case 's':
            return str(thread, value);
        case 'a':
            return ascii(thread, value);
        default:
            break;
    }
    char text[16];
    if (conversion > 32 && conversion < 127)
        snprintf(text, sizeof text, "%c", static_cast<char>(conversion));
    else
        snprintf(text, sizeof text, "\\x%x", conversion);
    return raise(thread, exc::ValueError, "Unknown conversion specifier {}", text);
}

// `whole` becomes the text with which `out` began, where it was put there in one piece.
bool append_formatted(Thread& thread, StrBuilder& out, const Str& text, size_t begin, size_t end,
                      Source& source, int depth, Owned& whole) {
    if (depth <= 0) return raise(thread, exc::ValueError, "Max string recursion exceeded");
    size_t at = begin;
    for (;;) {
        FormatField field;
        int step = next_format_field(thread, text, &at, end, &field);
        if (step <= 0) return step == 0;
        if (field.literal_end - field.literal_begin == text.length())
            whole = Owned::share(Value::of(text));
        TRY(out.append(text, field.literal_begin, field.literal_end));
        if (!field.has_field) continue;
        Owned value = TRY(field_value(thread, text, field, source));
        value = TRY(converted(thread, std::move(value), field.conversion));
        Ref<Str> spec;
        if (field.spec_has_fields) {
            StrBuilder nested(thread);
            Owned whole_spec;
            TRY(append_formatted(thread, nested, text, field.spec_begin, field.spec_end, source,
                                 depth - 1, whole_spec));
            spec = TRY(nested.finish());
        } else {
            spec = TRY(
                str_substring(thread, const_cast<Str&>(text), field.spec_begin, field.spec_end));
        }
        Owned shown;
        if (spec->length() == 0 && is_exact_str(value))
            shown = std::move(value);
        else
            shown = TRY(format_value(thread, value, spec));
        bool first = out.length() == 0;
        TRY(out.append(shown.as<Str>()));
        if (first && is_exact_str(shown)) whole = std::move(shown);
    }
}

Owned format_from(Thread& thread, Str& text, Source& source) {
    StrBuilder builder(thread);
    Owned whole;
    TRY(append_formatted(thread, builder, text, 0, text.length(), source, 2, whole));
    if (whole && whole.as<Str>().length() == builder.length()) return whole;
    return builder.finish();
}

}  // namespace

Owned str_format_named(Thread& thread, Str& format, Args args, Kwargs named) {
    Source source{args, named, Value()};
    return format_from(thread, format, source);
}

Owned str_format(Thread& thread, Str& format, const Arguments& arguments, Value mapping) {
    Source source{{arguments.values, arguments.count}, {nullptr, nullptr, 0}, mapping};
    return format_from(thread, format, source);
}

}  // namespace imugi
