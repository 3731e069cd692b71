// Case conversion and character predicates of str. Text is immutable: no locks.
#include "base/unicode_data.h"
#include "memory/heap.h"
#include "object/str_methods.h"

namespace imugi {

namespace {

bool is_ascii_lower(uint32_t c) {
    return c - 'a' < 26;
}
bool is_ascii_upper(uint32_t c) {
    return c - 'A' < 26;
}

// `change(byte, index)` maps the bytes of an ASCII str.
template <class Change>
Owned map_ascii(Thread& thread, Str& self, Change change) {
    size_t length = self.length();
    if (length == 1) return make_str_from_char(thread, change(self[0], size_t{0}));
    Ref<Str> result = TRY(make_str_blank(thread, length, 0x7F));
    auto* out = static_cast<uint8_t*>(str_blank_data(*result));
    const uint8_t* in = self.data1();
    for (size_t i = 0; i < length; i++) out[i] = static_cast<uint8_t>(change(in[i], i));
    return std::move(result);
}
uint32_t ascii_lower(uint32_t c) {
    return is_ascii_upper(c) ? c + 32 : c;
}
uint32_t ascii_upper(uint32_t c) {
    return is_ascii_lower(c) ? c - 32 : c;
}

constexpr uint32_t kCapitalSigma = 0x3A3, kFinalSigma = 0x3C2, kSmallSigma = 0x3C3;

// A capital sigma becomes a final one behind a cased letter and before none (Unicode 3.13).
bool is_final_sigma(const Str& s, size_t at) {
    size_t before = at;
    while (before > 0 && unicode::is_case_ignorable(s[before - 1])) before--;
    if (before == 0 || !unicode::is_cased(s[before - 1])) return false;
    size_t after = at + 1;
    while (after < s.length() && unicode::is_case_ignorable(s[after])) after++;
    return after == s.length() || !unicode::is_cased(s[after]);
}

size_t lower_at(uint32_t* out, const Str& s, size_t at) {
    uint32_t c = s[at];
    if (c == kCapitalSigma) {
        out[0] = is_final_sigma(s, at) ? kFinalSigma : kSmallSigma;
        return 1;
    }
    return unicode::to_lower(out, c);
}

// `change(out, index)` gives the characters for the one at `index`.
template <class Change>
Owned map_characters(Thread& thread, const Str& self, Change change) {
    StrBuilder builder(thread);
    TRY(builder.reserve(self.length()));
    for (size_t i = 0; i < self.length(); i++) {
        uint32_t out[unicode::most_case_expansion];
        size_t count = change(out, i);
        for (size_t k = 0; k < count; k++) TRY(builder.append(out[k]));
    }
    return builder.finish();
}

template <class Predicate>
Owned all_of(const Str& self, Predicate predicate) {
    if (self.length() == 0) return Owned::share(boolean(false));
    bool holds = visit_units(self, [&](const auto* units) {
        for (size_t i = 0; i < self.length(); i++)
            if (!predicate(units[i])) return false;
        return true;
    });
    return Owned::share(boolean(holds));
}

// All cased characters are of case `wanted`, none of the others, and there is one.
Owned all_cased(const Str& self, unicode::Flag wanted) {
    constexpr uint16_t cased = unicode::lower | unicode::upper | unicode::title;
    bool found = false;
    for (size_t i = 0; i < self.length(); i++) {
        uint16_t flags = unicode::flags(self[i]) & cased;
        if (flags & ~wanted) return Owned::share(boolean(false));
        found |= flags != 0;
    }
    return Owned::share(boolean(found));
}

}  // namespace

Owned str_lower(Thread& thread, Str& self) {
    if (self.is_ascii()) {
        if (self.length() == 0) return empty_str();
        return map_ascii(thread, self, [](uint32_t c, size_t) { return ascii_lower(c); });
    }
    return map_characters(thread, self,
                          [&](uint32_t* out, size_t i) { return lower_at(out, self, i); });
}

Owned str_upper(Thread& thread, Str& self) {
    if (self.is_ascii()) {
        if (self.length() == 0) return empty_str();
        return map_ascii(thread, self, [](uint32_t c, size_t) { return ascii_upper(c); });
    }
    return map_characters(thread, self,
                          [&](uint32_t* out, size_t i) { return unicode::to_upper(out, self[i]); });
}

Owned str_casefold(Thread& thread, Str& self) {
    if (self.is_ascii()) return str_lower(thread, self);
    return map_characters(
        thread, self, [&](uint32_t* out, size_t i) { return unicode::to_casefold(out, self[i]); });
}

Owned str_capitalize(Thread& thread, Str& self) {
    if (self.length() == 0) return empty_str();
    if (self.is_ascii())
        return map_ascii(thread, self, [](uint32_t c, size_t i) {
            return i == 0 ? ascii_upper(c) : ascii_lower(c);
        });
    return map_characters(thread, self, [&](uint32_t* out, size_t i) {
        return i == 0 ? unicode::to_title(out, self[0]) : lower_at(out, self, i);
    });
}

Owned str_swapcase(Thread& thread, Str& self) {
    if (self.length() == 0) return empty_str();
    if (self.is_ascii())
        return map_ascii(thread, self, [](uint32_t c, size_t) {
            return is_ascii_upper(c) ? ascii_lower(c) : ascii_upper(c);
        });
    return map_characters(thread, self, [&](uint32_t* out, size_t i) -> size_t {
        uint16_t flags = unicode::flags(self[i]);
        if (flags & unicode::upper) return lower_at(out, self, i);
        if (flags & unicode::lower) return unicode::to_upper(out, self[i]);
        out[0] = self[i];
        return 1;
    });
}

Owned str_title(Thread& thread, Str& self) {
    if (self.length() == 0) return empty_str();
    bool in_word = false;
    return map_characters(thread, self, [&](uint32_t* out, size_t i) {
        size_t count = in_word ? lower_at(out, self, i) : unicode::to_title(out, self[i]);
        in_word = unicode::is_cased(self[i]);
        return count;
    });
}

Owned str_is_alnum(Thread&, Str& self) {
    return all_of(self, unicode::is_alnum);
}
Owned str_is_alpha(Thread&, Str& self) {
    return all_of(self, unicode::is_alpha);
}
Owned str_is_ascii(Thread&, Str& self) {
    return Owned::share(boolean(self.is_ascii()));
}
Owned str_is_decimal(Thread&, Str& self) {
    return all_of(self, unicode::is_decimal);
}
Owned str_is_digit(Thread&, Str& self) {
    return all_of(self, unicode::is_digit);
}
Owned str_is_numeric(Thread&, Str& self) {
    return all_of(self, unicode::is_numeric);
}
Owned str_is_space(Thread&, Str& self) {
    return all_of(self, unicode::is_space);
}
Owned str_is_printable(Thread&, Str& self) {
    if (self.length() == 0) return Owned::share(boolean(true));
    return all_of(self, unicode::is_printable);
}
Owned str_is_lower(Thread&, Str& self) {
    return all_cased(self, unicode::lower);
}
Owned str_is_upper(Thread&, Str& self) {
    return all_cased(self, unicode::upper);
}

bool is_identifier(const Str& s) {
    if (s.length() == 0) return false;
    if (s[0] != '_' && !unicode::is_xid_start(s[0])) return false;
    for (size_t i = 1; i < s.length(); i++)
        if (!unicode::is_xid_continue(s[i])) return false;
    return true;
}
Owned str_is_identifier(Thread&, Str& self) {
    return Owned::share(boolean(is_identifier(self)));
}

Owned str_is_title(Thread&, Str& self) {
    bool found = false, in_word = false;
    for (size_t i = 0; i < self.length(); i++) {
        uint16_t flags = unicode::flags(self[i]);
        if (flags & (unicode::upper | unicode::title)) {
            if (in_word) return Owned::share(boolean(false));
            in_word = found = true;
        } else if (flags & unicode::lower) {
            if (!in_word) return Owned::share(boolean(false));
            found = true;
        } else {
            in_word = false;
        }
    }
    return Owned::share(boolean(found));
}

}  // namespace imugi
