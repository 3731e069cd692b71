// Every search against the obvious quadratic one, over small alphabets, where matches nearly happen
// all the time.
#include "base/text_search.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

using namespace imugi;

namespace {

template <typename Unit>
void compare_with_naive() {
    std::mt19937 random(11);
    for (int round = 0; round < 20000; ++round) {
        std::vector<Unit> text(random() % 120), needle(random() % (round % 3 == 0 ? 40 : 5));
        uint32_t letters = random() % 3 + 1;
        for (Unit& unit : text) unit = static_cast<Unit>(random() % letters + sizeof(Unit) * 60);
        for (Unit& unit : needle) unit = static_cast<Unit>(random() % letters + sizeof(Unit) * 60);
        if (round % 4 == 0 && needle.size() < text.size()) {
            auto from = text.begin() + static_cast<long>(random() % (text.size() - needle.size()));
            needle.assign(from, from + static_cast<long>(needle.size()));
        }
        size_t first = not_found, last = not_found, count = 0, next = 0;
        for (size_t at = 0; at + needle.size() <= text.size(); ++at) {
            if (!std::equal(needle.begin(), needle.end(), text.begin() + static_cast<long>(at)))
                continue;
            if (first == not_found) first = at;
            last = at;
            if (at >= next) {
                ++count;
                next = at + (needle.empty() ? 1 : needle.size());
            }
        }
        ASSERT_EQ(find_text(text.data(), text.size(), needle.data(), needle.size()), first);
        ASSERT_EQ(rfind_text(text.data(), text.size(), needle.data(), needle.size()), last);
        ASSERT_EQ(count_text(text.data(), text.size(), needle.data(), needle.size()), count);
        size_t most = random() % 4;
        ASSERT_EQ(count_text(text.data(), text.size(), needle.data(), needle.size(), most),
                  std::min(count, most));
    }
}

}  // namespace

TEST(TextSearch, OneByte) {
    compare_with_naive<uint8_t>();
}
TEST(TextSearch, TwoBytes) {
    compare_with_naive<uint16_t>();
}
TEST(TextSearch, FourBytes) {
    compare_with_naive<uint32_t>();
}

TEST(TextSearch, HostileNeedlesStayLinear) {
    // Quadratic would be 10**12 steps.
    std::vector<uint8_t> text(2000000, 'a'), needle(1000000, 'a');
    needle[500000] = 'b';
    EXPECT_EQ(find_text(text.data(), text.size(), needle.data(), needle.size()), not_found);
    EXPECT_EQ(rfind_text(text.data(), text.size(), needle.data(), needle.size()), not_found);
}
