// Figures from CPython 3.13.
#include "base/hash.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

using namespace imugi;

namespace {

int64_t hash_of(uint32_t seed, const char* text) {
    return hash_bytes(hash_key_from_seed(seed), text, strlen(text));
}

}  // namespace

TEST(Hash, Bytes) {
    EXPECT_EQ(hash_of(0, "a"), 4644417185603328019);
    EXPECT_EQ(hash_of(0, "imugi"), 8778905779848963017);
    EXPECT_EQ(hash_of(42, "12345678"), -8868897825882322955);
    EXPECT_EQ(hash_of(42, "a somewhat longer text"), 5173846139321464681);
    EXPECT_EQ(hash_of(4294967295, "x"), -6068748345979133897);
    EXPECT_EQ(hash_of(42, ""), 0);
}

TEST(Hash, Seeds) {
    HashSeed seed;
    EXPECT_TRUE(parse_hash_seed(&seed, nullptr) && seed.random);
    EXPECT_TRUE(parse_hash_seed(&seed, "random") && seed.random);
    EXPECT_TRUE(parse_hash_seed(&seed, "4294967295") && !seed.random);
    EXPECT_EQ(seed.seed, 4294967295u);
    EXPECT_FALSE(parse_hash_seed(&seed, "4294967296"));
    EXPECT_FALSE(parse_hash_seed(&seed, "-1"));
    HashKey one, two;
    ASSERT_TRUE(random_hash_key(&one) && random_hash_key(&two));
    EXPECT_NE(one.low, two.low);
}

TEST(Hash, Doubles) {
    EXPECT_EQ(hash_double(0.5), 1152921504606846976);
    EXPECT_EQ(hash_double(1e+300), 1224995262755759164);
    EXPECT_EQ(hash_double(-1.1), -230584300921369601);
    EXPECT_EQ(hash_double(5e-324), 16777216);
    EXPECT_EQ(hash_double(123456789.125), 288230376275168533);
    EXPECT_EQ(hash_double(2.305843009213694e+18), 1);
    EXPECT_EQ(hash_double(-HUGE_VAL), -314159);
    EXPECT_EQ(hash_double(-1.0), -2);
    EXPECT_EQ(hash_double(-0.0), 0);
}

TEST(Hash, TuplesAndSets) {
    TupleHash none, three;
    for (int64_t item : {1, 2, 3}) three.add(item);
    EXPECT_EQ(none.finish(0), 5740354900026072187);
    EXPECT_EQ(three.finish(3), 529344067295497451);
    FrozensetHash empty, items;
    for (int64_t item : {3, 1, 2}) items.add(item);
    EXPECT_EQ(empty.finish(0), 133146708735736);
    EXPECT_EQ(items.finish(3), -272375401224217160);
}
