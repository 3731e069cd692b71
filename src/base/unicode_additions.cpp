// See unicode_additions.h. The tables are made by tools/unicode_additions.py.
#include "base/unicode_additions.h"

#include <cstdio>
#include <cstring>

namespace imugi::unicode {
namespace {

struct LaterNumber {
    uint32_t c;
    double value;
};

struct LaterCase {
    uint32_t upper, lower;
};

struct NameFamily {
    uint32_t first, last;
    const char* stem;
};

struct LaterName {
    uint32_t c;
    const char* name;
};

#include "base/unicode_additions.inc"

// One bit for each 256 code points: nearly every question ends here.
struct PageBits {
    uint64_t words[0x110000 / 256 / 64];
};

constexpr PageBits make_page_bits() {
    PageBits bits{};
    for (const Addition& row : additions) {
        for (uint32_t page = row.first >> 8; page <= row.last >> 8; ++page) {
            bits.words[page / 64] |= uint64_t{1} << (page % 64);
        }
    }
    return bits;
}

constexpr PageBits page_bits = make_page_bits();

}  // namespace

const Addition* find_addition(uint32_t c) {
    uint32_t page = c >> 8;
    if ((page_bits.words[page / 64] >> (page % 64) & 1) == 0) return nullptr;
    size_t low = 0;
    size_t high = sizeof additions / sizeof *additions;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (additions[middle].last < c) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool found = low < sizeof additions / sizeof *additions && additions[low].first <= c;
    return found ? &additions[low] : nullptr;
}

bool added_number(uint32_t c, double* value) {
    for (const LaterNumber& number : later_numbers) {
        if (number.c == c) {
            *value = number.value;
            return true;
        }
    }
    return false;
}

uint32_t added_lower(uint32_t c) {
    for (const LaterCase& pair : later_cases) {
        if (pair.upper == c) return pair.lower;
    }
    return 0;
}

uint32_t added_upper(uint32_t c) {
    for (const LaterCase& pair : later_cases) {
        if (pair.lower == c) return pair.upper;
    }
    return 0;
}

const LaterMapping* added_mapping(uint32_t c) {
    for (const LaterMapping& mapping : later_mappings) {
        if (mapping.c == c) return &mapping;
    }
    return nullptr;
}

uint32_t added_composite(uint32_t first, uint32_t second) {
    for (const LaterMapping& mapping : later_mappings) {
        if (!mapping.compatible && mapping.first == first && mapping.second == second)
            return mapping.c;
    }
    return 0;
}

bool composes_backwards(uint32_t c) {
    for (const LaterMapping& mapping : later_mappings) {
        if (!mapping.compatible && mapping.second == c) return true;
    }
    // Or begins with a character that is.
    const LaterMapping* own = added_mapping(c);
    return own != nullptr && !own->compatible && composes_backwards(own->first);
}

size_t added_name(char* out, uint32_t c) {
    for (const NameFamily& family : later_families) {
        if (c >= family.first && c <= family.last) {
            return static_cast<size_t>(snprintf(out, 64, "%s%04X", family.stem, c));
        }
    }
    for (const LaterName& row : later_names) {
        if (row.c == c) {
            size_t size = strlen(row.name);
            memcpy(out, row.name, size);
            return size;
        }
    }
    return 0;
}

bool added_lookup(const char* name, size_t size, uint32_t* out) {
    for (const LaterName& row : later_names) {
        if (strlen(row.name) == size && memcmp(row.name, name, size) == 0) {
            *out = row.c;
            return true;
        }
    }
    for (const NameFamily& family : later_families) {
        size_t stem = strlen(family.stem);
        if (size < stem + 4 || size > stem + 6 || memcmp(name, family.stem, stem) != 0) continue;
        uint32_t c = 0;
        for (size_t i = stem; i < size; ++i) {
            uint32_t digit = static_cast<uint32_t>(name[i] - '0');
            if (digit > 9)
                digit = name[i] >= 'A' && name[i] <= 'F' ? static_cast<uint32_t>(name[i] - 'A' + 10)
                                                         : 16;
            if (digit > 15) return false;
            c = c << 4 | digit;
        }
        if (c >= family.first && c <= family.last) {
            *out = c;
            return true;
        }
    }
    return false;
}

}  // namespace imugi::unicode
