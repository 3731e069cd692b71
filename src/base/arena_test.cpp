// The arena keeps objects apart, aligned and alive, and survives a request it cannot meet.
#include "base/arena.h"

#include <gtest/gtest.h>

namespace imugi {
namespace {

TEST(Arena, KeepsManyObjectsApart) {
    Arena arena;
    uint64_t* numbers[5000];
    for (uint64_t i = 0; i < 5000; i++) numbers[i] = arena.make<uint64_t>(i);
    for (uint64_t i = 0; i < 5000; i++) EXPECT_EQ(*numbers[i], i);
}

TEST(Arena, AlignsAsAsked) {
    Arena arena;
    for (size_t alignment : {1, 2, 8, 64, 4096}) {
        ASSERT_NE(arena.allocate(1, 1), nullptr);
        EXPECT_EQ(reinterpret_cast<uintptr_t>(arena.allocate(3, alignment)) % alignment, 0u);
    }
}

TEST(Arena, ReportsWhatItCannotGive) {
    Arena arena;
    EXPECT_FALSE(arena.failed());
    EXPECT_EQ(arena.allocate(SIZE_MAX - 4), nullptr);
    EXPECT_EQ(arena.make_array<uint64_t>(SIZE_MAX / 4), nullptr);
    EXPECT_TRUE(arena.failed());
    EXPECT_NE(arena.allocate(16), nullptr);
}

}  // namespace
}  // namespace imugi
