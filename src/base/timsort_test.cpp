// Keys are compared by their upper half, so that the lower half shows whether equal ones kept their
// order.
#include "base/timsort.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

using namespace imugi;

namespace {

struct Counting {
    size_t calls = 0;
    size_t fail_at = SIZE_MAX;

    Less operator()(uint64_t a, uint64_t b) {
        if (++calls == fail_at) return Less::error;
        EXPECT_LE(calls, fail_at) << "went on after an error";
        return a >> 32 < b >> 32 ? Less::yes : Less::no;
    }
};

std::vector<uint64_t> numbered(const std::vector<uint32_t>& keys) {
    std::vector<uint64_t> out;
    for (size_t i = 0; i < keys.size(); ++i) out.push_back(uint64_t{keys[i]} << 32 | i);
    return out;
}

std::vector<std::vector<uint32_t>> inputs(std::mt19937& random) {
    std::vector<std::vector<uint32_t>> all;
    for (size_t size : {0u, 1u, 2u, 3u, 31u, 64u, 65u, 200u, 1000u, 5000u}) {
        std::vector<uint32_t> ramp(size), noise(size), few(size), saw(size), nearly(size),
            blocks(size);
        for (size_t i = 0; i < size; ++i) {
            ramp[i] = nearly[i] = static_cast<uint32_t>(i);
            noise[i] = static_cast<uint32_t>(random());
            few[i] = static_cast<uint32_t>(random() % 4);
            saw[i] = static_cast<uint32_t>(i % 97 < 48 ? i % 97 : 97 - i % 97);
            blocks[i] = static_cast<uint32_t>((i * 7 / (size / 5 + 1)) % 5 * 1000 + i % 100);
        }
        for (size_t i = 0; i < size / 50; ++i) {
            std::swap(nearly[random() % size], nearly[random() % size]);
        }
        std::vector<uint32_t> down(ramp.rbegin(), ramp.rend());
        for (auto& input : {ramp, noise, few, saw, nearly, down, blocks}) all.push_back(input);
    }
    return all;
}

}  // namespace

TEST(Timsort, SortsStablyAndMovesValuesAlong) {
    std::mt19937 random(7);
    for (const auto& input : inputs(random)) {
        auto keys = numbered(input);
        auto expected = keys;
        std::sort(expected.begin(), expected.end());  // all differ, by their place
        auto values = keys;
        Counting less;
        EXPECT_EQ(timsort(keys.data(), values.data(), keys.size(), less), SortOutcome::sorted);
        EXPECT_EQ(keys, expected);
        EXPECT_EQ(values, expected);
        keys = numbered(input);
        EXPECT_EQ(timsort(keys.data(), nullptr, keys.size(), less), SortOutcome::sorted);
        EXPECT_EQ(keys, expected);
    }
}

TEST(Timsort, OrderedInputTakesOneComparisonAnItem) {
    std::vector<uint32_t> ramp(10000);
    for (size_t i = 0; i < ramp.size(); ++i) ramp[i] = static_cast<uint32_t>(i);
    auto keys = numbered(ramp);
    Counting up, down;
    EXPECT_EQ(timsort(keys.data(), nullptr, keys.size(), up), SortOutcome::sorted);
    EXPECT_EQ(up.calls, 9999u);
    std::reverse(keys.begin(), keys.end());
    EXPECT_EQ(timsort(keys.data(), nullptr, keys.size(), down), SortOutcome::sorted);
    EXPECT_EQ(down.calls, 9999u);
}

TEST(Timsort, ComparesRandomInputAboutAsOftenAsTheTheorySays) {
    std::mt19937 random(1);
    std::vector<uint32_t> noise(100000);
    for (auto& key : noise) key = static_cast<uint32_t>(random());
    auto keys = numbered(noise);
    Counting less;
    EXPECT_EQ(timsort(keys.data(), nullptr, keys.size(), less), SortOutcome::sorted);
    EXPECT_LT(less.calls, 1'545'000u);  // log2(100000!) is 1516704
}

TEST(Timsort, AnErrorLeavesAPermutation) {
    std::mt19937 random(3);
    for (const auto& input : inputs(random)) {
        if (input.size() > 1000) continue;
        Counting whole;
        auto keys = numbered(input);
        ASSERT_EQ(timsort(keys.data(), nullptr, keys.size(), whole), SortOutcome::sorted);
        size_t step = whole.calls / 60 + 1;
        for (size_t fail_at = 1; fail_at <= whole.calls; fail_at += step) {
            auto broken = numbered(input);
            auto values = broken;
            Counting less;
            less.fail_at = fail_at;
            EXPECT_EQ(timsort(broken.data(), values.data(), broken.size(), less),
                      SortOutcome::error);
            EXPECT_EQ(less.calls, fail_at);
            EXPECT_EQ(broken, values);
            std::sort(broken.begin(), broken.end());
            auto expected = numbered(input);
            std::sort(expected.begin(), expected.end());
            EXPECT_EQ(broken, expected);
        }
    }
}

TEST(Timsort, AComparatorWithoutReasonLosesNothing) {
    std::mt19937 random(5);
    for (int round = 0; round < 200; ++round) {
        std::vector<uint64_t> keys(round * 7);
        for (size_t i = 0; i < keys.size(); ++i) keys[i] = i;
        auto coin = [&](uint64_t, uint64_t) {
            return random() % (round % 9 + 2) == 0 ? Less::yes : Less::no;
        };
        EXPECT_EQ(timsort(keys.data(), nullptr, keys.size(), coin), SortOutcome::sorted);
        std::sort(keys.begin(), keys.end());
        for (size_t i = 0; i < keys.size(); ++i) ASSERT_EQ(keys[i], i);
    }
}
