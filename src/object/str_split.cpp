// Splitting, stripping and partitioning of str. Text is immutable: no locks.
#include "base/unicode_data.h"
#include "object/list.h"
#include "object/str_methods.h"
#include "object/tuple.h"

namespace imugi {

namespace {

bool add_part(Thread& thread, List& parts, Str& s, size_t begin, size_t end) {
    return list_append(thread, parts, TRY(str_substring(thread, s, begin, end)));
}

void reverse(Thread& thread, List& parts) {
    // Nobody else has seen the list.
    Index size = list_size(parts);
    for (Index i = 0, k = size - 1; i < k; i++, k--) {
        Owned low = list_item(thread, parts, i);
        Owned high = list_item(thread, parts, k);
        (void)list_set_item(thread, parts, i, std::move(high));
        (void)list_set_item(thread, parts, k, std::move(low));
    }
}

Owned split_space(Thread& thread, Str& self, size_t most) {
    Ref<List> parts = TRY(make_list(thread));
    size_t length = self.length(), i = 0;
    auto skip = [&](bool space) {
        visit_units(self, [&](const auto* units) {
            while (i < length && unicode::is_space(units[i]) == space) i++;
        });
    };
    for (;;) {
        skip(true);
        if (i == length) break;
        size_t begin = i;
        if (most == 0) {
            TRY(add_part(thread, *parts, self, begin, length));
            break;
        }
        most--;
        skip(false);
        TRY(add_part(thread, *parts, self, begin, i));
    }
    return std::move(parts);
}

Owned rsplit_space(Thread& thread, Str& self, size_t most) {
    Ref<List> parts = TRY(make_list(thread));
    size_t i = self.length();
    for (;;) {
        while (i > 0 && unicode::is_space(self[i - 1])) i--;
        if (i == 0) break;
        size_t end = i;
        if (most == 0) {
            TRY(add_part(thread, *parts, self, 0, end));
            break;
        }
        most--;
        while (i > 0 && !unicode::is_space(self[i - 1])) i--;
        TRY(add_part(thread, *parts, self, i, end));
    }
    reverse(thread, *parts);
    return std::move(parts);
}

// The separator of split() and partition(), or null with an exception.
Str* separator_of(Thread& thread, Value separator, const char* expected) {
    if (!is_str(separator))
        return raise(thread, exc::TypeError, "must be {}, not {}", expected,
                     type_name_of(separator));
    if (separator.as<Str>().length() == 0) return raise(thread, exc::ValueError, "empty separator");
    return &separator.as<Str>();
}

size_t split_limit(Index most) {
    return most < 0 ? SIZE_MAX : static_cast<size_t>(most);
}

enum Ends { kLeft = 1, kRight = 2 };

template <class Strips>
Owned strip_where(Thread& thread, Str& self, int ends, Strips strips) {
    size_t begin = 0, end = self.length();
    if (ends & kLeft)
        while (begin < end && strips(self[begin])) begin++;
    if (ends & kRight)
        while (end > begin && strips(self[end - 1])) end--;
    return str_substring(thread, self, begin, end);
}

Owned strip(Thread& thread, Str& self, Value characters, int ends, const char* name) {
    if (is_none(characters)) return strip_where(thread, self, ends, unicode::is_space);
    if (!is_str(characters))
        return raise(thread, exc::TypeError, "{} arg must be None or str", name);
    Str& set = characters.as<Str>();
    uint64_t ascii[2] = {0, 0};
    for (size_t i = 0; i < set.length(); i++)
        if (set[i] < 128) ascii[set[i] / 64] |= uint64_t{1} << set[i] % 64;
    return strip_where(thread, self, ends, [&](uint32_t c) {
        if (c < 128) return (ascii[c / 64] >> c % 64 & 1) != 0;
        return str_find_char(set, c, 0, set.length()) >= 0;
    });
}

Owned three(Thread& thread, Ref<Str> a, Owned b, Ref<Str> c) {
    if (!a || !b || !c) return {};
    return make_tuple(thread, a, b, c);
}

}  // namespace

Owned str_split(Thread& thread, Str& self, Value separator, Index most) {
    size_t limit = split_limit(most);
    if (is_none(separator)) return split_space(thread, self, limit);
    Str* sep = separator_of(thread, separator, "str or None");
    if (!sep) return {};
    Ref<List> parts = TRY(make_list(thread));
    size_t begin = 0;
    while (limit-- > 0) {
        Index at = str_find(self, *sep, begin, self.length());
        if (at < 0) break;
        TRY(add_part(thread, *parts, self, begin, static_cast<size_t>(at)));
        begin = static_cast<size_t>(at) + sep->length();
    }
    if (begin == 0)
        TRY(list_append(thread, *parts, TRY(exact_str(thread, self))));
    else
        TRY(add_part(thread, *parts, self, begin, self.length()));
    return std::move(parts);
}

Owned str_rsplit(Thread& thread, Str& self, Value separator, Index most) {
    size_t limit = split_limit(most);
    if (is_none(separator)) return rsplit_space(thread, self, limit);
    Str* sep = separator_of(thread, separator, "str or None");
    if (!sep) return {};
    Ref<List> parts = TRY(make_list(thread));
    size_t end = self.length();
    while (limit-- > 0) {
        Index at = str_find_last(self, *sep, 0, end);
        if (at < 0) break;
        TRY(add_part(thread, *parts, self, static_cast<size_t>(at) + sep->length(), end));
        end = static_cast<size_t>(at);
    }
    TRY(add_part(thread, *parts, self, 0, end));
    reverse(thread, *parts);
    return std::move(parts);
}

Owned str_splitlines(Thread& thread, Str& self, bool keep_ends) {
    Ref<List> lines = TRY(make_list(thread));
    size_t length = self.length(), begin = 0;
    while (begin < length) {
        size_t end = begin;
        while (end < length && !unicode::is_line_break(self[end])) end++;
        size_t next = end;
        if (next < length) {
            bool pair = self[next] == '\r' && next + 1 < length && self[next + 1] == '\n';
            next += pair ? 2 : 1;
        }
        TRY(add_part(thread, *lines, self, begin, keep_ends ? next : end));
        begin = next;
    }
    return std::move(lines);
}

Owned str_partition(Thread& thread, Str& self, Value separator) {
    Str* sep = separator_of(thread, separator, "str");
    if (!sep) return {};
    Index found = str_find(self, *sep, 0, self.length());
    if (found < 0) return three(thread, Ref<Str>::share(self), empty_str(), empty_str());
    auto at = static_cast<size_t>(found);
    return three(thread, str_substring(thread, self, 0, at), Owned::share(separator),
                 str_substring(thread, self, at + sep->length(), self.length()));
}

Owned str_rpartition(Thread& thread, Str& self, Value separator) {
    Str* sep = separator_of(thread, separator, "str");
    if (!sep) return {};
    Index found = str_find_last(self, *sep, 0, self.length());
    if (found < 0) return three(thread, empty_str(), empty_str(), Ref<Str>::share(self));
    auto at = static_cast<size_t>(found);
    return three(thread, str_substring(thread, self, 0, at), Owned::share(separator),
                 str_substring(thread, self, at + sep->length(), self.length()));
}

Owned str_strip(Thread& thread, Str& self, Value characters) {
    return strip(thread, self, characters, kLeft | kRight, "strip");
}
Owned str_lstrip(Thread& thread, Str& self, Value characters) {
    return strip(thread, self, characters, kLeft, "lstrip");
}
Owned str_rstrip(Thread& thread, Str& self, Value characters) {
    return strip(thread, self, characters, kRight, "rstrip");
}

}  // namespace imugi
