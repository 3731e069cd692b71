// Normalization (UAX #15) of unicode_data.h over arrays of code points: ICU knows the single
// characters, the algorithm is here, as ICU's own works on UTF-16 with 32-bit lengths only.
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>

#include <cstdlib>
#include <cstring>
#include <initializer_list>

#include "base/unicode_additions.h"
#include "base/unicode_data.h"

namespace imugi::unicode {
namespace {

UChar32 icu(uint32_t c) {
    return static_cast<UChar32>(c);
}

bool composes(Form form) {
    return form == Form::nfc || form == Form::nfkc;
}

// The longest decomposition, U+FDFA's, has 18 characters.
constexpr int32_t most_units = 40;

struct Decomposer {
    const UNormalizer2* normalizer;
    bool compatible;

    explicit Decomposer(Form form) : compatible(form == Form::nfkc || form == Form::nfkd) {
        UErrorCode status = U_ZERO_ERROR;
        normalizer = compatible ? unorm2_getNFKCInstance(&status) : unorm2_getNFCInstance(&status);
        if (U_FAILURE(status)) normalizer = nullptr;
    }

    // The full decomposition in UTF-16; -1 when the character stays as it is.
    int32_t operator()(uint32_t c, UChar* units) const {
        if (c < 0xa0 || normalizer == nullptr) return -1;
        if (find_addition(c) != nullptr) {
            if (const LaterMapping* mapping = added_mapping(c))
                return decompose_addition(*mapping, units);
        }
        UErrorCode status = U_ZERO_ERROR;
        int32_t size = unorm2_getDecomposition(normalizer, icu(c), units, most_units, &status);
        return U_SUCCESS(status) ? size : -1;
    }

    // Additions decompose into additions and into characters that stay as they are.
    int32_t decompose_addition(const LaterMapping& mapping, UChar* units) const {
        if (mapping.compatible && !compatible) return -1;
        int32_t size = 0;
        for (uint32_t part : {mapping.first, mapping.second}) {
            if (part == 0) continue;
            int32_t count = (*this)(part, units + size);
            if (count < 0) {
                U16_APPEND_UNSAFE(units, size, icu(part));
            } else {
                size += count;
            }
        }
        return size;
    }
};

// Beyond this many marks in a row (a hostile text: ordinary ones have two or three) insertion is
// too slow.
constexpr size_t long_run = 64;

// Stable sort of marks by class, by counting. False: no memory.
bool count_sort(uint32_t* text, size_t size) {
    auto* sorted = static_cast<uint32_t*>(malloc(size * sizeof(uint32_t)));
    if (sorted == nullptr) return false;
    size_t starts[256] = {};
    for (size_t i = 0; i < size; ++i) ++starts[combining(text[i])];
    size_t at = 0;
    for (size_t& start : starts) {
        size_t count = start;
        start = at;
        at += count;
    }
    for (size_t i = 0; i < size; ++i) sorted[starts[combining(text[i])]++] = text[i];
    memcpy(text, sorted, size * sizeof(uint32_t));
    free(sorted);
    return true;
}

void insertion_sort(uint32_t* text, size_t size) {
    for (size_t i = 1; i < size; ++i) {
        uint32_t c = text[i];
        int own = combining(c);
        size_t j = i;
        for (; j > 0 && combining(text[j - 1]) > own; --j) text[j] = text[j - 1];
        text[j] = c;
    }
}

// Sorts runs of combining marks by class, keeping equal ones in order.
void reorder(uint32_t* text, size_t size) {
    auto is_mark = [&](size_t i) { return text[i] >= 0x300 && combining(text[i]) != 0; };
    for (size_t i = 0; i < size; ++i) {
        if (!is_mark(i)) continue;
        size_t start = i;
        while (i < size && is_mark(i)) ++i;
        if (i - start == 1) continue;
        bool sorted = i - start > long_run && count_sort(text + start, i - start);
        if (!sorted) insertion_sort(text + start, i - start);
    }
}

size_t compose(uint32_t* text, size_t size) {
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2* normalizer = unorm2_getNFCInstance(&status);
    if (U_FAILURE(status)) return size;
    size_t to = 0;
    size_t starter = SIZE_MAX;
    int last_class = 0;  // of what was kept since the starter, 0 if nothing was
    for (size_t i = 0; i < size; ++i) {
        uint32_t c = text[i];
        int own = c < 0x300 ? 0 : combining(c);
        bool adjacent = starter != SIZE_MAX && to == starter + 1;
        bool blocked = starter == SIZE_MAX || (!adjacent && last_class >= own);
        // Below U+0300 nothing combines with what is before it.
        if (!blocked && c >= 0x300) {
            UChar32 whole = unorm2_composePair(normalizer, icu(text[starter]), icu(c));
            if (whole < 0) whole = icu(added_composite(text[starter], c));
            if (whole > 0) {
                text[starter] = static_cast<uint32_t>(whole);
                continue;
            }
        }
        if (own == 0) starter = to;
        last_class = own;
        text[to++] = c;
    }
    return to;
}

int32_t quick_check_one(Form form, uint32_t c, UProperty property) {
    if (find_addition(c) != nullptr) {
        const LaterMapping* mapping = added_mapping(c);
        bool compatible_form = form == Form::nfkc || form == Form::nfkd;
        if (mapping != nullptr && (mapping->compatible ? compatible_form : !composes(form)))
            return UNORM_NO;
        if (composes(form) && composes_backwards(c)) return UNORM_MAYBE;
    }
    return u_getIntPropertyValue(icu(c), property);
}

}  // namespace

template <typename Unit>
QuickCheck quick_check(Form form, const Unit* text, size_t size) {
    constexpr UProperty properties[] = {UCHAR_NFC_QUICK_CHECK, UCHAR_NFD_QUICK_CHECK,
                                        UCHAR_NFKC_QUICK_CHECK, UCHAR_NFKD_QUICK_CHECK};
    UProperty property = properties[static_cast<size_t>(form)];
    uint32_t quick_below = form == Form::nfc ? 0x300 : form == Form::nfd ? 0xc0 : 0xa0;
    QuickCheck answer = QuickCheck::yes;
    int last_class = 0;
    for (size_t i = 0; i < size; ++i) {
        uint32_t c = text[i];
        if (c < quick_below) {
            last_class = 0;
            continue;
        }
        int own = combining(c);
        if (own != 0 && last_class > own) return QuickCheck::no;
        last_class = own;
        int32_t verdict = quick_check_one(form, c, property);
        if (verdict == UNORM_NO) return QuickCheck::no;
        if (verdict == UNORM_MAYBE) answer = QuickCheck::maybe;
    }
    return answer;
}

template <typename Unit>
size_t normalize_room(Form form, const Unit* text, size_t size) {
    Decomposer decompose(form);
    UChar units[most_units];
    size_t room = 0;
    for (size_t i = 0; i < size; ++i) {
        int32_t count = decompose(text[i], units);
        room += count < 0 ? 1 : static_cast<size_t>(count);
    }
    return room;
}

template <typename Unit>
size_t normalize(Form form, uint32_t* out, const Unit* text, size_t size) {
    Decomposer decompose(form);
    UChar units[most_units];
    size_t to = 0;
    for (size_t i = 0; i < size; ++i) {
        int32_t count = decompose(text[i], units);
        if (count < 0) out[to++] = text[i];
        for (int32_t j = 0; j < count;) {
            UChar32 c = 0;
            U16_NEXT(units, j, count, c);
            out[to++] = static_cast<uint32_t>(c);
        }
    }
    reorder(out, to);
    return composes(form) ? compose(out, to) : to;
}

template QuickCheck quick_check(Form, const uint8_t*, size_t);
template QuickCheck quick_check(Form, const uint16_t*, size_t);
template QuickCheck quick_check(Form, const uint32_t*, size_t);
template size_t normalize_room(Form, const uint8_t*, size_t);
template size_t normalize_room(Form, const uint16_t*, size_t);
template size_t normalize_room(Form, const uint32_t*, size_t);
template size_t normalize(Form, uint32_t*, const uint8_t*, size_t);
template size_t normalize(Form, uint32_t*, const uint16_t*, size_t);
template size_t normalize(Form, uint32_t*, const uint32_t*, size_t);

}  // namespace imugi::unicode
