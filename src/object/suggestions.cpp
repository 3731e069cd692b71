// Edit distance with cheap case changes: inserting, deleting or replacing a character costs 2,
// changing its case 1.
#include "object/suggestions.h"

#include "object/protocol.h"

namespace imugi {

static constexpr size_t kMostLength = 40;
static constexpr size_t kMostCandidates = 750;
static constexpr size_t kMoveCost = 2;
static constexpr size_t kCaseCost = 1;

static size_t replace_cost(uint32_t a, uint32_t b) {
    if (a == b) return 0;
    auto lower = [](uint32_t c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; };
    return lower(a) == lower(b) ? kCaseCost : kMoveCost;
}

// The distance, or more than `most` as soon as it is known to exceed it.
static size_t edit_distance(const Str& a, const Str& b, size_t most) {
    size_t m = a.length(), n = b.length();
    if (m > kMostLength || n > kMostLength) return most + 1;
    size_t row[kMostLength + 1];
    for (size_t j = 0; j <= n; j++) row[j] = j * kMoveCost;
    for (size_t i = 1; i <= m; i++) {
        size_t diagonal = row[0];
        row[0] = i * kMoveCost;
        size_t least = row[0];
        for (size_t j = 1; j <= n; j++) {
            size_t replaced = diagonal + replace_cost(a[i - 1], b[j - 1]);
            size_t moved = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + kMoveCost;
            diagonal = row[j];
            row[j] = replaced < moved ? replaced : moved;
            if (row[j] < least) least = row[j];
        }
        if (least > most) return most + 1;
    }
    return row[n];
}

Owned suggest_name(Thread& thread, List& candidates, Str& wrong) {
    size_t count = static_cast<size_t>(list_size(candidates));
    if (count > kMostCandidates) return Owned::nothing();
    size_t best_distance = SIZE_MAX;
    Owned best = Owned::nothing();
    for (size_t i = 0; i < count; i++) {
        Owned item = list_item(thread, candidates, static_cast<Index>(i));
        if (!item) return {};
        if (!is_str(item)) continue;
        Str& candidate = item.as<Str>();
        if (str_equal(candidate, wrong)) continue;
        // At most a third of the characters may differ.
        size_t most = (candidate.length() + wrong.length() + 3) * kMoveCost / 6;
        if (best_distance != SIZE_MAX && best_distance - 1 < most) most = best_distance - 1;
        size_t distance = edit_distance(wrong, candidate, most);
        if (distance > most) continue;
        best_distance = distance;
        best = std::move(item);
    }
    return best;
}

}  // namespace imugi
