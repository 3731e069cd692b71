// Searching in strings: text and needle of any two widths. Pure functions over immutable text.
#include "base/text_search.h"
#include "base/text_units.h"
#include "memory/heap.h"
#include "object/str.h"

namespace imugi {

namespace {

// A needle made as wide as the text; on the stack when short.
template <class Unit>
class Widened {
  public:
    Widened(const Str& needle) : size_(needle.length()) {
        if (needle.unit() == sizeof(Unit)) {
            units_ = static_cast<const Unit*>(needle.data());
            return;
        }
        Unit* out = local_;
        if (size_ > kLocal) out = own_ = static_cast<Unit*>(array_allocate(size_ * sizeof(Unit)));
        if (out) copy_characters(out, sizeof(Unit), 0, needle, 0, size_);
        units_ = out;
    }
    ~Widened() { array_free(own_); }
    Widened(const Widened&) = delete;
    const Unit* units() const { return units_; }

  private:
    static constexpr size_t kLocal = 64;
    size_t size_;
    const Unit* units_ = nullptr;
    Unit* own_ = nullptr;
    Unit local_[kLocal];
};

// Without memory for the wide copy: the plain way.
template <class Unit>
bool matches(const Unit* text, const Str& needle) {
    for (size_t i = 0; i < needle.length(); i++)
        if (text[i] != needle[i]) return false;
    return true;
}

template <class Unit>
size_t find_plain(const Unit* text, size_t size, const Str& needle) {
    for (size_t i = 0; i + needle.length() <= size; i++)
        if (matches(text + i, needle)) return i;
    return not_found;
}
template <class Unit>
size_t rfind_plain(const Unit* text, size_t size, const Str& needle) {
    for (size_t i = size - needle.length() + 1; i-- > 0;)
        if (matches(text + i, needle)) return i;
    return not_found;
}

Index as_index(size_t found, size_t begin) {
    return found == not_found ? -1 : static_cast<Index>(begin + found);
}

bool cannot_occur(const Str& s, const Str& needle, size_t begin, size_t end) {
    return begin > end || needle.length() > end - begin || str_max_char(needle) > str_max_char(s);
}

}  // namespace

Index str_find_char(const Str& s, uint32_t c, size_t begin, size_t end) {
    if (begin >= end || c > str_max_char(s)) return -1;
    return visit_units(s, [&](const auto* units) {
        using Unit = std::remove_cvref_t<decltype(*units)>;
        return as_index(find_unit(units + begin, end - begin, static_cast<Unit>(c)), begin);
    });
}

Index str_find(const Str& s, const Str& needle, size_t begin, size_t end) {
    if (cannot_occur(s, needle, begin, end)) return -1;
    if (needle.length() == 1) return str_find_char(s, needle[0], begin, end);
    return visit_units(s, [&](const auto* units) {
        using Unit = std::remove_cvref_t<decltype(*units)>;
        Widened<Unit> wide(needle);
        size_t found = wide.units()
                           ? find_text(units + begin, end - begin, wide.units(), needle.length())
                           : find_plain(units + begin, end - begin, needle);
        return as_index(found, begin);
    });
}

Index str_find_last(const Str& s, const Str& needle, size_t begin, size_t end) {
    if (cannot_occur(s, needle, begin, end)) return -1;
    return visit_units(s, [&](const auto* units) {
        using Unit = std::remove_cvref_t<decltype(*units)>;
        Widened<Unit> wide(needle);
        size_t found = wide.units()
                           ? rfind_text(units + begin, end - begin, wide.units(), needle.length())
                           : rfind_plain(units + begin, end - begin, needle);
        return as_index(found, begin);
    });
}

size_t str_count(const Str& s, const Str& needle, size_t begin, size_t end, size_t most) {
    if (cannot_occur(s, needle, begin, end)) return 0;
    return visit_units(s, [&](const auto* units) -> size_t {
        using Unit = std::remove_cvref_t<decltype(*units)>;
        Widened<Unit> wide(needle);
        if (wide.units())
            return count_text(units + begin, end - begin, wide.units(), needle.length(), most);
        size_t count = 0;
        while (count < most) {
            size_t found = find_plain(units + begin, end - begin, needle);
            if (found == not_found) break;
            begin += found + needle.length();
            count++;
        }
        return count;
    });
}

bool str_matches_at(const Str& s, size_t at, const Str& part) {
    if (part.length() > s.length() || at > s.length() - part.length()) return false;
    if (part.length() == 0) return true;
    if (s.unit() == part.unit()) {
        auto* text = static_cast<const char*>(s.data()) + at * s.unit();
        return memcmp(text, part.data(), part.length() * part.unit()) == 0;
    }
    return visit_units(s, [&](const auto* units) { return matches(units + at, part); });
}

}  // namespace imugi
