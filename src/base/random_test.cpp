// Figures from CPython 3.13's random.Random.
#include "base/random.h"

#include <gtest/gtest.h>

using namespace imugi;

TEST(MersenneTwister, DrawsWhatPythonDraws) {
    MersenneTwister random;
    uint32_t seed[] = {42};
    random.seed(seed, 1);
    EXPECT_EQ(random.next_double(), 0.6394267984578837);
    EXPECT_EQ(random.next_double(), 0.025010755222666936);
    uint32_t words[3];
    random.fill_bits(words, 70);
    EXPECT_EQ(words[0], 1181241943u);
    EXPECT_EQ(words[1], 1051802512u);
    EXPECT_EQ(words[2], 14u);
    uint32_t big[] = {1, 2, 3, 4, 5};
    random.seed(big, 5);
    for (int i = 0; i < 700; ++i) static_cast<void>(random.next_double());
    EXPECT_EQ(random.next_double(), 0.2792313353020651);
    EXPECT_EQ(random.next(), 2571927929u);
}

TEST(OsEntropy, Fills) {
    uint8_t bytes[64] = {};
    ASSERT_TRUE(os_entropy(bytes, sizeof bytes));
    int zeros = 0;
    for (uint8_t byte : bytes) zeros += byte == 0;
    EXPECT_LT(zeros, 16);
}
