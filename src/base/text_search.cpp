// See text_search.h. A search starts with memchr-like jumps from one occurrence of the needle's
// first unit to the next; when these find too many false ones it goes on with the two-way algorithm
// (Crochemore and Perrin, 1991), which is linear and needs no tables.
#include "base/text_search.h"

#include <bit>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace imugi {
namespace {

// A text read forwards or backwards.
template <typename Unit, bool reverse>
struct Reader {
    const Unit* data;
    size_t size;

    Unit operator[](size_t i) const { return reverse ? data[size - 1 - i] : data[i]; }
};

// Where the greatest suffix begins, for one order of the alphabet, and its period.
struct Suffix {
    size_t start;
    size_t period;
};

template <typename Text>
Suffix greatest_suffix(const Text& needle, bool ascending) {
    size_t start = 0, candidate = 1, matched = 0, period = 1;
    while (candidate + matched < needle.size) {
        auto a = needle[candidate + matched];
        auto b = needle[start + matched];
        if (a == b) {
            if (++matched == period) {
                candidate += period;
                matched = 0;
            }
        } else if ((a < b) == ascending) {
            candidate += matched + 1;
            matched = 0;
            period = candidate - start;
        } else {
            start = candidate;
            ++candidate;
            matched = 0;
            period = 1;
        }
    }
    return {start, period};
}

template <typename Text>
size_t two_way(const Text& text, const Text& needle) {
    size_t size = needle.size;
    Suffix up = greatest_suffix(needle, true);
    Suffix down = greatest_suffix(needle, false);
    Suffix cut = up.start > down.start ? up : down;
    bool periodic = cut.start + cut.period <= size;
    for (size_t i = 0; periodic && i < cut.start; ++i)
        periodic = needle[i] == needle[i + cut.period];
    size_t longer = cut.start > size - cut.start ? cut.start : size - cut.start;
    size_t shift = periodic ? cut.period : longer + 1;

    size_t known = 0;  // of a periodic needle: how much of its beginning is known to match here
    for (size_t at = 0; at + size <= text.size;) {
        size_t i = cut.start > known ? cut.start : known;
        while (i < size && needle[i] == text[at + i]) ++i;
        if (i < size) {
            at += i - cut.start + 1;
            known = 0;
            continue;
        }
        i = cut.start;
        while (i > known && needle[i - 1] == text[at + i - 1]) --i;
        if (i <= known) return at;
        at += shift;
        known = periodic ? size - shift : 0;
    }
    return not_found;
}

// Allowed cost of false candidates before the two-way search takes over.
size_t patience(size_t passed) {
    return 32 + passed / 4;
}

#ifdef __SSE2__
template <typename Unit>
unsigned equal_mask(__m128i block, __m128i wanted) {
    __m128i same =
        sizeof(Unit) == 2 ? _mm_cmpeq_epi16(block, wanted) : _mm_cmpeq_epi32(block, wanted);
    return static_cast<unsigned>(_mm_movemask_epi8(same));
}
#endif

}  // namespace

template <typename Unit>
size_t find_unit(const Unit* text, size_t size, Unit unit) {
    if constexpr (sizeof(Unit) == 1) {
        if (size == 0) return not_found;
        auto* at = static_cast<const Unit*>(memchr(text, unit, size));
        return at == nullptr ? not_found : static_cast<size_t>(at - text);
    } else {
        size_t i = 0;
#ifdef __SSE2__
        constexpr size_t lanes = 16 / sizeof(Unit);
        __m128i wanted = sizeof(Unit) == 2 ? _mm_set1_epi16(static_cast<short>(unit))
                                           : _mm_set1_epi32(static_cast<int>(unit));
        for (; i + lanes <= size; i += lanes) {
            __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + i));
            unsigned mask = equal_mask<Unit>(block, wanted);
            if (mask != 0) return i + static_cast<unsigned>(std::countr_zero(mask)) / sizeof(Unit);
        }
#endif
        for (; i < size; ++i) {
            if (text[i] == unit) return i;
        }
        return not_found;
    }
}

template <typename Unit>
size_t rfind_unit(const Unit* text, size_t size, Unit unit) {
    if constexpr (sizeof(Unit) == 1) {
        if (size == 0) return not_found;
        auto* at = static_cast<const Unit*>(memrchr(text, unit, size));
        return at == nullptr ? not_found : static_cast<size_t>(at - text);
    } else {
        while (size > 0) {
            if (text[--size] == unit) return size;
        }
        return not_found;
    }
}

template <typename Unit>
size_t find_text(const Unit* text, size_t size, const Unit* needle, size_t needle_size) {
    if (needle_size == 0) return 0;
    if (needle_size > size) return not_found;
    if (needle_size == 1) return find_unit(text, size, *needle);
    size_t places = size - needle_size + 1;
    Unit last = needle[needle_size - 1];
    size_t cost = 0;
    for (size_t at = 0; at < places; ++at) {
        size_t step = find_unit(text + at, places - at, *needle);
        if (step == not_found) return not_found;
        at += step;
        if (text[at + needle_size - 1] == last) {
            if (memcmp(text + at, needle, needle_size * sizeof(Unit)) == 0) return at;
            cost += needle_size;
        }
        if (++cost > patience(at)) {
            ++at;
            Reader<Unit, false> rest{text + at, size - at};
            size_t found = two_way(rest, Reader<Unit, false>{needle, needle_size});
            return found == not_found ? not_found : at + found;
        }
    }
    return not_found;
}

template <typename Unit>
size_t rfind_text(const Unit* text, size_t size, const Unit* needle, size_t needle_size) {
    if (needle_size == 0) return size;
    if (needle_size > size) return not_found;
    if (needle_size == 1) return rfind_unit(text, size, *needle);
    size_t places = size - needle_size + 1;
    Unit last = needle[needle_size - 1];
    size_t cost = 0;
    size_t left = places;  // candidates are below this
    while (left > 0) {
        size_t at = rfind_unit(text, left, *needle);
        if (at == not_found) return not_found;
        if (text[at + needle_size - 1] == last) {
            if (memcmp(text + at, needle, needle_size * sizeof(Unit)) == 0) return at;
            cost += needle_size;
        }
        left = at;
        if (++cost > patience(places - at)) {
            size_t rest = left + needle_size - 1;
            Reader<Unit, true> backwards{text, rest};
            size_t found = two_way(backwards, Reader<Unit, true>{needle, needle_size});
            return found == not_found ? not_found : rest - found - needle_size;
        }
    }
    return not_found;
}

template <typename Unit>
size_t count_text(const Unit* text, size_t size, const Unit* needle, size_t needle_size,
                  size_t most) {
    if (needle_size == 0) return size < most ? size + 1 : most;
    size_t count = 0;
    if (needle_size == 1 && most >= size) {
        for (size_t i = 0; i < size; ++i) count += text[i] == *needle;
        return count;
    }
    for (size_t at = 0; count < most;) {
        size_t step = find_text(text + at, size - at, needle, needle_size);
        if (step == not_found) break;
        at += step + needle_size;
        ++count;
    }
    return count;
}

template size_t find_unit(const uint8_t*, size_t, uint8_t);
template size_t find_unit(const uint16_t*, size_t, uint16_t);
template size_t find_unit(const uint32_t*, size_t, uint32_t);
template size_t rfind_unit(const uint8_t*, size_t, uint8_t);
template size_t rfind_unit(const uint16_t*, size_t, uint16_t);
template size_t rfind_unit(const uint32_t*, size_t, uint32_t);
template size_t find_text(const uint8_t*, size_t, const uint8_t*, size_t);
template size_t find_text(const uint16_t*, size_t, const uint16_t*, size_t);
template size_t find_text(const uint32_t*, size_t, const uint32_t*, size_t);
template size_t rfind_text(const uint8_t*, size_t, const uint8_t*, size_t);
template size_t rfind_text(const uint16_t*, size_t, const uint16_t*, size_t);
template size_t rfind_text(const uint32_t*, size_t, const uint32_t*, size_t);
template size_t count_text(const uint8_t*, size_t, const uint8_t*, size_t, size_t);
template size_t count_text(const uint16_t*, size_t, const uint16_t*, size_t, size_t);
template size_t count_text(const uint32_t*, size_t, const uint32_t*, size_t, size_t);

}  // namespace imugi
