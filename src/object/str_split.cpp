// Splitting, stripping and partitioning of str. Text is immutable: no locks.
#include "base/unicode_data.h"
#include "object/list.h"
#include "object/str_methods.h"
#include "object/tuple.h"

namespace imugi {

namespace {

// Collects the parts of a text: a few here, so that the list gets an array of their number.
class Parts {
  public:
    Parts(Thread& thread, Str& text) : thread_(thread), text_(text) {}
    ~Parts() {
        for (size_t i = 0; i < count_; i++) Owned dropped = Owned::adopt(few_[i]);
    }
    Parts(const Parts&) = delete;

    [[nodiscard]] bool add(size_t begin, size_t end) {
        return add(str_substring(thread_, text_, begin, end));
    }
    [[nodiscard]] bool add(Ref<Str> part) {
        if (!part) return false;
        if (list_) return list_append(thread_, *list_, std::move(part));
        if (IMUGI_UNLIKELY(count_ == kFew)) {
            if (!make(kFew * 4)) return false;
            return list_append(thread_, *list_, std::move(part));
        }
        few_[count_++] = part.release();
        return true;
    }
    Ref<List> finish() {
        if (!list_ && !make(count_)) return {};
        return std::move(list_);
    }

  private:
    bool make(size_t capacity) {
        Ref<List> list = make_list(thread_, capacity);
        if (!list) return false;
        // Nobody else has seen the list.
        Slot* items = capacity ? list->array.load(std::memory_order_relaxed)->items : nullptr;
        for (size_t i = 0; i < count_; i++) items[i].init(Owned::adopt(few_[i]));
        list->size.store(static_cast<Index>(count_), std::memory_order_release);
        count_ = 0;
        list_ = std::move(list);
        return true;
    }

    static constexpr size_t kFew = 16;
    Thread& thread_;
    Str& text_;
    size_t count_ = 0;
    Ref<List> list_;
    uint64_t few_[kFew];  // owning words
};

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

// Characters of `low`, a bit each, and what `rest` says of those beyond ASCII.
constexpr uint64_t bits_from_to(int first, int last) {
    return (~uint64_t{0} >> (63 - last)) & (~uint64_t{0} << first);
}
IMUGI_ALWAYS_INLINE bool is_space_unit(uint32_t c) {
    constexpr uint64_t low = bits_from_to(9, 13) | bits_from_to(28, 32);
    if (IMUGI_LIKELY(c < 128)) return c <= 32 && (low >> c & 1);
    return unicode::is_space(c);
}
IMUGI_ALWAYS_INLINE bool is_line_break_unit(uint32_t c) {
    constexpr uint64_t low = bits_from_to(10, 13) | bits_from_to(28, 30);
    if (IMUGI_LIKELY(c < 128)) return c <= 30 && (low >> c & 1);
    return unicode::is_line_break(c);
}

Owned split_space(Thread& thread, Str& self, size_t most) {
    Parts parts(thread, self);
    bool ok = visit_units(self, [&](const auto* units) {
        size_t length = self.length(), i = 0;
        for (;;) {
            while (i < length && is_space_unit(units[i])) i++;
            if (i == length) return true;
            if (most-- == 0) return parts.add(i, length);
            size_t begin = i++;
            while (i < length && !is_space_unit(units[i])) i++;
            if (!parts.add(begin, i)) return false;
        }
    });
    return ok ? parts.finish().owned() : Owned();
}

Owned rsplit_space(Thread& thread, Str& self, size_t most) {
    Parts parts(thread, self);
    size_t i = self.length();
    for (;;) {
        while (i > 0 && unicode::is_space(self[i - 1])) i--;
        if (i == 0) break;
        size_t end = i;
        if (most == 0) {
            TRY(parts.add(0, end));
            break;
        }
        most--;
        while (i > 0 && !unicode::is_space(self[i - 1])) i--;
        TRY(parts.add(i, end));
    }
    Ref<List> list = TRY(parts.finish());
    reverse(thread, *list);
    return std::move(list);
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
    return visit_units(self, [&](const auto* units) -> Owned {
        size_t begin = 0, end = self.length();
        if (ends & kLeft)
            while (begin < end && strips(units[begin])) begin++;
        if (ends & kRight)
            while (end > begin && strips(units[end - 1])) end--;
        return str_substring(thread, self, begin, end);
    });
}

Owned strip(Thread& thread, Str& self, Value characters, int ends, const char* name) {
    if (is_none(characters)) return strip_where(thread, self, ends, is_space_unit);
    if (!is_str(characters))
        return raise(thread, exc::TypeError, "{} arg must be None or str", name);
    Str& set = characters.as<Str>();
    uint64_t ascii[2] = {0, 0};
    visit_units(set, [&](const auto* units) {
        for (size_t i = 0; i < set.length(); i++)
            if (units[i] < 128) ascii[units[i] / 64] |= uint64_t{1} << units[i] % 64;
    });
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
    Parts parts(thread, self);
    if (sep->length() > self.length() || sep->unit() > self.unit()) {
        TRY(parts.add(Ref<Str>::share(self)));
        return parts.finish().owned();
    }
    size_t begin = 0;
    while (limit-- > 0) {
        Index at = str_find(self, *sep, begin, self.length());
        if (at < 0) break;
        TRY(parts.add(begin, static_cast<size_t>(at)));
        begin = static_cast<size_t>(at) + sep->length();
    }
    TRY(begin == 0 ? parts.add(exact_str(thread, self)) : parts.add(begin, self.length()));
    return parts.finish().owned();
}

Owned str_rsplit(Thread& thread, Str& self, Value separator, Index most) {
    size_t limit = split_limit(most);
    if (is_none(separator)) return rsplit_space(thread, self, limit);
    Str* sep = separator_of(thread, separator, "str or None");
    if (!sep) return {};
    Parts parts(thread, self);
    if (sep->length() > self.length() || sep->unit() > self.unit()) {
        TRY(parts.add(Ref<Str>::share(self)));
        return parts.finish().owned();
    }
    size_t end = self.length();
    while (limit-- > 0) {
        Index at = str_find_last(self, *sep, 0, end);
        if (at < 0) break;
        TRY(parts.add(static_cast<size_t>(at) + sep->length(), end));
        end = static_cast<size_t>(at);
    }
    TRY(parts.add(0, end));
    Ref<List> list = TRY(parts.finish());
    reverse(thread, *list);
    return std::move(list);
}

Owned str_splitlines(Thread& thread, Str& self, bool keep_ends) {
    Parts lines(thread, self);
    bool ok = visit_units(self, [&](const auto* units) {
        size_t length = self.length(), begin = 0;
        while (begin < length) {
            size_t end = begin;
            while (end < length && !is_line_break_unit(units[end])) end++;
            size_t next = end;
            if (next < length) {
                bool pair = units[next] == '\r' && next + 1 < length && units[next + 1] == '\n';
                next += pair ? 2 : 1;
            }
            if (!lines.add(begin, keep_ends ? next : end)) return false;
            begin = next;
        }
        return true;
    });
    return ok ? lines.finish().owned() : Owned();
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
