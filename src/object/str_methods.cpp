// Methods of str: the rows, and those about searching, padding, replacing and protocols. The rest
// is in str_case.cpp, str_split.cpp and str_translate.cpp. Text is immutable: no locks.
#include "object/str_methods.h"

#include "memory/heap.h"
#include "object/bytes.h"
#include "object/codecs.h"
#include "object/format_spec.h"
#include "object/protocol.h"
#include "object/text_slice.h"
#include "object/tuple.h"

namespace imugi {

namespace {

// --- searching ---

struct Bounds {
    size_t begin, end;
    bool valid;
};
bool bounds_of(Thread& thread, Str& self, Value start, Value end, Bounds* out) {
    Index first, last;
    TRY(resolve_bounds(thread, start, end, self.length(), &first, &last));
    *out = {static_cast<size_t>(first), static_cast<size_t>(last), first <= last};
    return true;
}

Owned str_find_method(Thread& thread, Str& self, Str& sub, Value start, Value end) {
    Bounds bounds;
    TRY(bounds_of(thread, self, start, end, &bounds));
    return Owned::small_int(bounds.valid ? str_find(self, sub, bounds.begin, bounds.end) : -1);
}
Owned str_rfind_method(Thread& thread, Str& self, Str& sub, Value start, Value end) {
    Bounds bounds;
    TRY(bounds_of(thread, self, start, end, &bounds));
    return Owned::small_int(bounds.valid ? str_find_last(self, sub, bounds.begin, bounds.end) : -1);
}
Owned found_or_raise(Thread& thread, Owned position) {
    if (position && position.value().small_int() < 0)
        return raise(thread, exc::ValueError, "substring not found");
    return position;
}
Owned str_index_method(Thread& thread, Str& self, Str& sub, Value start, Value end) {
    return found_or_raise(thread, str_find_method(thread, self, sub, start, end));
}
Owned str_rindex_method(Thread& thread, Str& self, Str& sub, Value start, Value end) {
    return found_or_raise(thread, str_rfind_method(thread, self, sub, start, end));
}
Owned str_count_method(Thread& thread, Str& self, Str& sub, Value start, Value end) {
    Bounds bounds;
    TRY(bounds_of(thread, self, start, end, &bounds));
    size_t count = bounds.valid ? str_count(self, sub, bounds.begin, bounds.end, SIZE_MAX) : 0;
    return Owned::small_int(static_cast<int64_t>(count));
}

// Whether `part` stands at the start (or end) of self[begin:end].
bool stands_at(const Str& self, const Str& part, const Bounds& bounds, bool at_end) {
    if (!bounds.valid || part.length() > bounds.end - bounds.begin) return false;
    return str_matches_at(self, at_end ? bounds.end - part.length() : bounds.begin, part);
}
Result<bool> tail_match(Thread& thread, Str& self, Value parts, Value start, Value end,
                        bool at_end) {
    const char* name = at_end ? "endswith" : "startswith";
    Bounds bounds;
    TRY(bounds_of(thread, self, start, end, &bounds));
    if (is_tuple(parts)) {
        Tuple& tuple = parts.as<Tuple>();
        for (size_t i = 0; i < tuple.size; i++) {
            if (!is_str(tuple[i]))
                return raise(thread, exc::TypeError, "tuple for {} must only contain str, not {}",
                             name, type_name_of(tuple[i]));
            if (stands_at(self, tuple[i].as<Str>(), bounds, at_end)) return true;
        }
        return false;
    }
    if (!is_str(parts))
        return raise(thread, exc::TypeError, "{} first arg must be str or a tuple of str, not {}",
                     name, type_name_of(parts));
    return stands_at(self, parts.as<Str>(), bounds, at_end);
}
Result<bool> str_startswith(Thread& thread, Str& self, Value prefix, Value start, Value end) {
    return tail_match(thread, self, prefix, start, end, false);
}
Result<bool> str_endswith(Thread& thread, Str& self, Value suffix, Value start, Value end) {
    return tail_match(thread, self, suffix, start, end, true);
}

Owned str_removeprefix(Thread& thread, Str& self, Str& prefix) {
    if (prefix.length() != 0 && str_matches_at(self, 0, prefix))
        return str_substring(thread, self, prefix.length(), self.length());
    return exact_str(thread, self);
}
Owned str_removesuffix(Thread& thread, Str& self, Str& suffix) {
    if (suffix.length() != 0 && suffix.length() <= self.length() &&
        str_matches_at(self, self.length() - suffix.length(), suffix))
        return str_substring(thread, self, 0, self.length() - suffix.length());
    return exact_str(thread, self);
}

// --- padding ---

Owned pad(Thread& thread, Str& self, size_t left, size_t right, uint32_t fill) {
    if (left + right == 0) return exact_str(thread, self);
    if (left > PTRDIFF_MAX / 8 || right > PTRDIFF_MAX / 8)
        return raise(thread, exc::OverflowError, "padded string is too long");
    StrBuilder builder(thread);
    TRY(builder.reserve(self.length() + left + right));
    TRY(builder.append_repeated(fill, left));
    TRY(builder.append(self));
    TRY(builder.append_repeated(fill, right));
    return builder.finish();
}
bool fill_character(Thread& thread, Value value, uint32_t* fill) {
    *fill = ' ';
    if (value.is_empty()) return true;
    if (!is_str(value))
        return raise(thread, exc::TypeError,
                     "The fill character must be a unicode character, not {}", type_name_of(value));
    if (value.as<Str>().length() != 1)
        return raise(thread, exc::TypeError,
                     "The fill character must be exactly one character long");
    *fill = value.as<Str>()[0];
    return true;
}
size_t missing(const Str& self, Index width) {
    return width > static_cast<Index>(self.length()) ? static_cast<size_t>(width) - self.length()
                                                     : 0;
}
Owned str_center(Thread& thread, Str& self, Index width, Value fillchar) {
    uint32_t fill;
    TRY(fill_character(thread, fillchar, &fill));
    size_t margin = missing(self, width);
    size_t left = margin / 2 + (margin & static_cast<size_t>(width) & 1);
    return pad(thread, self, left, margin - left, fill);
}
Owned str_ljust(Thread& thread, Str& self, Index width, Value fillchar) {
    uint32_t fill;
    TRY(fill_character(thread, fillchar, &fill));
    return pad(thread, self, 0, missing(self, width), fill);
}
Owned str_rjust(Thread& thread, Str& self, Index width, Value fillchar) {
    uint32_t fill;
    TRY(fill_character(thread, fillchar, &fill));
    return pad(thread, self, missing(self, width), 0, fill);
}
Owned str_zfill(Thread& thread, Str& self, Index width) {
    size_t zeros = missing(self, width);
    if (zeros == 0) return exact_str(thread, self);
    if (zeros > PTRDIFF_MAX / 8)
        return raise(thread, exc::OverflowError, "padded string is too long");
    StrBuilder builder(thread);
    size_t sign = self.length() != 0 && (self[0] == '+' || self[0] == '-');
    TRY(builder.append(self, 0, sign));
    TRY(builder.append_repeated('0', zeros));
    TRY(builder.append(self, sign, self.length()));
    return builder.finish();
}

Owned str_expandtabs(Thread& thread, Str& self, int tab_size) {
    if (str_find_char(self, '\t', 0, self.length()) < 0) return exact_str(thread, self);
    StrBuilder builder(thread);
    size_t column = 0, begin = 0;
    for (size_t i = 0; i < self.length(); i++) {
        uint32_t c = self[i];
        if (c == '\t') {
            TRY(builder.append(self, begin, i));
            begin = i + 1;
            if (tab_size > 0) {
                size_t step =
                    static_cast<size_t>(tab_size) - column % static_cast<size_t>(tab_size);
                if (builder.length() + step > PTRDIFF_MAX / 8)
                    return raise(thread, exc::OverflowError, "new string is too long");
                TRY(builder.append_repeated(' ', step));
                column += step;
            }
        } else {
            column = c == '\n' || c == '\r' ? 0 : column + 1;
        }
    }
    TRY(builder.append(self, begin, self.length()));
    return builder.finish();
}

// --- replacing ---

Owned interleave(Thread& thread, Str& s, Str& with, size_t most) {
    StrBuilder builder(thread);
    size_t places = std::min(most, s.length() + 1);
    for (size_t i = 0; i < places; i++) {
        TRY(builder.append(with));
        TRY(builder.append(s, i, i + 1 > s.length() ? s.length() : i + 1));
    }
    TRY(builder.append(s, places, s.length()));
    return builder.finish();
}

Owned str_replace_method(Thread& thread, Str& self, Str& old, Str& with, Index count) {
    return str_replace(thread, self, old, with, count);
}

// --- protocols ---

Owned str_encode_method(Thread& thread, Str& self, Str& encoding, Value errors) {
    const char *encoding_text, *errors_text;
    TRY(codec_arguments(thread, encoding, errors, &encoding_text, &errors_text));
    return str_encode(thread, self, encoding_text, errors_text);
}

Owned str_format_row(Thread& thread, Str& self, Args args, Kwargs named) {
    return str_format_named(thread, self, args, named);
}
Owned str_format_map(Thread& thread, Str& self, Value mapping) {
    return str_format(thread, self, Arguments{}, mapping);
}

Owned str_dunder_format(Thread& thread, Str& self, Str& spec) {
    if (spec.length() == 0) {
        if (is_exact_str(Value::of(self))) return Owned::share(self);
        return str(thread, Value::of(self));
    }
    return format_str(thread, self, spec);
}

Owned str_getnewargs(Thread& thread, Str& self) {
    // Another object, so that pickling and copying do not go round in circles.
    Ref<Str> copy = TRY(make_str_from_units(thread, self.data(), self.unit(), self.length()));
    return make_tuple(thread, copy);
}

Owned str_sizeof(Thread&, Str& self) {
    // A static string lies in no heap's block.
    auto head = static_cast<size_t>(static_cast<const char*>(self.data()) -
                                    reinterpret_cast<const char*>(&self));
    if (self.is_external()) head = heap_block_size(&self);
    size_t bytes = head + (self.length() + 1) * self.unit();
    return Owned::small_int(static_cast<int64_t>(bytes));
}

}  // namespace

Owned str_replace(Thread& thread, Str& s, Str& old, Str& with, Index most) {
    size_t limit = most < 0 ? SIZE_MAX : static_cast<size_t>(most);
    if (limit == 0 || old.length() > s.length() || str_equal(old, with))
        return exact_str(thread, s);
    if (old.length() == 0) return interleave(thread, s, with, limit);
    Index at = str_find(s, old, 0, s.length());
    if (at < 0) return exact_str(thread, s);
    StrBuilder builder(thread);
    size_t begin = 0;
    while (at >= 0 && limit-- > 0) {
        TRY(builder.append(s, begin, static_cast<size_t>(at)));
        TRY(builder.append(with));
        begin = static_cast<size_t>(at) + old.length();
        at = str_find(s, old, begin, s.length());
    }
    TRY(builder.append(s, begin, s.length()));
    return builder.finish();
}

const MethodRow str_methods[] = {
    {"capitalize", "(self, /)", fn<str_capitalize>,
     "A copy with the first character in title case and the rest in lower case."},
    {"casefold", "(self, /)", fn<str_casefold>, "A copy for comparisons that ignore case."},
    {"center", "(self, width, fillchar=' ', /)", fn<str_center>,
     "A copy centred in a string of the given width."},
    {"count", "(self, sub, start=None, end=None, /) -> ($self, sub[, start[, end]], /)",
     fn<str_count_method>, "Number of occurrences of sub in self[start:end] that do not overlap."},
    {"encode", "(self, /, encoding='utf-8', errors='strict')", fn<str_encode_method>,
     "The bytes of the string in the given encoding.\n\n"
     "errors says what happens to characters that it lacks: 'strict' raises\n"
     "UnicodeEncodeError; 'ignore', 'replace', 'xmlcharrefreplace' and every name\n"
     "registered with codecs.register_error are the others."},
    {"endswith", "(self, suffix, start=None, end=None, /) -> ($self, suffix[, start[, end]], /)",
     fn<str_endswith>,
     "Whether self[start:end] ends with suffix, a string or a tuple of strings to try."},
    {"expandtabs", "(self, /, tabsize=8)", fn<str_expandtabs>,
     "A copy with each tab replaced by spaces up to the next tab stop."},
    {"find", "(self, sub, start=None, end=None, /) -> ($self, sub[, start[, end]], /)",
     fn<str_find_method>, "The lowest index in self[start:end] where sub is found, or -1."},
    {"format", "(self, /, *args, **kwargs)", fn<str_format_row>,
     "The string with its replacement fields, in braces, filled in from the arguments."},
    {"format_map", "(self, mapping, /)", fn<str_format_map>,
     "The string with its replacement fields, in braces, filled in from the mapping."},
    {"index", "(self, sub, start=None, end=None, /) -> ($self, sub[, start[, end]], /)",
     fn<str_index_method>,
     "The lowest index in self[start:end] where sub is found. ValueError when there is none."},
    {"isalnum", "(self, /)", fn<str_is_alnum>,
     "Whether all characters are letters or numbers and there is at least one."},
    {"isalpha", "(self, /)", fn<str_is_alpha>,
     "Whether all characters are letters and there is at least one."},
    {"isascii", "(self, /)", fn<str_is_ascii>, "Whether all characters are ASCII."},
    {"isdecimal", "(self, /)", fn<str_is_decimal>,
     "Whether all characters are decimal digits and there is at least one."},
    {"isdigit", "(self, /)", fn<str_is_digit>,
     "Whether all characters are digits and there is at least one."},
    {"isidentifier", "(self, /)", fn<str_is_identifier>,
     "Whether the string is a valid identifier (keyword.iskeyword tells reserved ones)."},
    {"islower", "(self, /)", fn<str_is_lower>,
     "Whether all cased characters are lower case and there is at least one."},
    {"isnumeric", "(self, /)", fn<str_is_numeric>,
     "Whether all characters are numeric and there is at least one."},
    {"isprintable", "(self, /)", fn<str_is_printable>,
     "Whether repr() would show all characters as they are."},
    {"isspace", "(self, /)", fn<str_is_space>,
     "Whether all characters are white space and there is at least one."},
    {"istitle", "(self, /)", fn<str_is_title>,
     "Whether the string is in title case and has at least one character."},
    {"isupper", "(self, /)", fn<str_is_upper>,
     "Whether all cased characters are upper case and there is at least one."},
    {"join", "(self, iterable, /)", fn<str_join>,
     "The strings of the iterable, one after the other, with this string between them."},
    {"ljust", "(self, width, fillchar=' ', /)", fn<str_ljust>,
     "A copy at the left of a string of the given width."},
    {"lower", "(self, /)", fn<str_lower>, "A copy in lower case."},
    {"lstrip", "(self, chars=None, /)", fn<str_lstrip>,
     "A copy without white space, or the given characters, at the front."},
    {"maketrans", "(x, y=<unrepresentable>, z=<unrepresentable>, /)", fn<str_maketrans>,
     "A table for str.translate().\n\n"
     "One argument: a dict from characters or their ordinals to ordinals, strings or None.\n"
     "Two: strings of equal length, each character of x mapped to that of y at its place.\n"
     "A third is a string of characters to be deleted.",
     kMethodStatic},
    {"partition", "(self, sep, /)", fn<str_partition>,
     "What comes before the first sep, sep, and what comes after;\n"
     "without one the string and two empty ones."},
    {"removeprefix", "(self, prefix, /)", fn<str_removeprefix>,
     "A copy without the prefix, if it has it."},
    {"removesuffix", "(self, suffix, /)", fn<str_removesuffix>,
     "A copy without the suffix, if it has it."},
    {"replace", "(self, old, new, /, count=-1)", fn<str_replace_method>,
     "A copy with occurrences of old replaced by new: all, or the first count."},
    {"rfind", "(self, sub, start=None, end=None, /) -> ($self, sub[, start[, end]], /)",
     fn<str_rfind_method>, "The highest index in self[start:end] where sub is found, or -1."},
    {"rindex", "(self, sub, start=None, end=None, /) -> ($self, sub[, start[, end]], /)",
     fn<str_rindex_method>,
     "The highest index in self[start:end] where sub is found. ValueError when there is none."},
    {"rjust", "(self, width, fillchar=' ', /)", fn<str_rjust>,
     "A copy at the right of a string of the given width."},
    {"rpartition", "(self, sep, /)", fn<str_rpartition>,
     "What comes before the last sep, sep, and what comes after;\n"
     "without one two empty strings and the string."},
    {"rsplit", "(self, /, sep=None, maxsplit=-1)", fn<str_rsplit>,
     "A list of the parts between separators, split from the right.\n\n"
     "Without sep, runs of white space separate; maxsplit bounds the splits (-1: no bound)."},
    {"rstrip", "(self, chars=None, /)", fn<str_rstrip>,
     "A copy without white space, or the given characters, at the back."},
    {"split", "(self, /, sep=None, maxsplit=-1)", fn<str_split>,
     "A list of the parts between separators, split from the left.\n\n"
     "Without sep, runs of white space separate; maxsplit bounds the splits (-1: no bound)."},
    {"splitlines", "(self, /, keepends=False)", fn<str_splitlines>,
     "A list of the lines, without their ends unless keepends is true."},
    {"startswith", "(self, prefix, start=None, end=None, /) -> ($self, prefix[, start[, end]], /)",
     fn<str_startswith>,
     "Whether self[start:end] starts with prefix, a string or a tuple of strings to try."},
    {"strip", "(self, chars=None, /)", fn<str_strip>,
     "A copy without white space, or the given characters, at both ends."},
    {"swapcase", "(self, /)", fn<str_swapcase>,
     "A copy with upper case made lower and lower case made upper."},
    {"title", "(self, /)", fn<str_title>, "A copy with every word in title case."},
    {"translate", "(self, table, /)", fn<str_translate>,
     "A copy with each character replaced by table[ordinal]: an ordinal, a string,\n"
     "or None to delete it; characters for which that raises LookupError stay."},
    {"upper", "(self, /)", fn<str_upper>, "A copy in upper case."},
    {"zfill", "(self, width, /)", fn<str_zfill>,
     "A copy filled up with zeros to the given width, behind a sign if there is one."},
    {"__format__", "(self, format_spec, /)", fn<str_dunder_format>,
     "The string formatted by format_spec."},
    {"__getnewargs__", "(self, /)", fn<str_getnewargs>},
    {"__sizeof__", "(self, /)", fn<str_sizeof>, "Size of the string in memory, in bytes."},
    {},
};

}  // namespace imugi
