// dict: tables, order, and lookups while other threads change the dict.
#include "object/dict.h"

#include <cstdio>
#include <vector>

#include "object/dict_order.h"
#include "object/dict_table.h"
#include "object/runtime_fixture.h"
#include "object/str.h"

namespace imugi {
namespace {

Ref<Str> name(Thread& thread, int64_t n) {
    char text[32];
    snprintf(text, sizeof(text), "key%ld", static_cast<long>(n));
    return make_str(thread, text);
}

int64_t number(const Owned& value) {
    return value.value().is_small_int() ? value.value().small_int() : INT64_MIN;
}

TEST(Dict, KeepsWhatIsPutIntoIt) {
    Thread& thread = test_thread();
    Ref<Dict> dict = make_dict(thread);
    for (int64_t i = 0; i < 10000; i++)
        ASSERT_TRUE(dict_set(thread, *dict, Value::small_int(i), Value::small_int(i * 2)));
    EXPECT_EQ(dict_size(*dict), 10000);
    for (int64_t i = 0; i < 10000; i++)
        ASSERT_EQ(number(dict_get(thread, *dict, Value::small_int(i))), i * 2);
    EXPECT_TRUE(dict_get(thread, *dict, Value::small_int(-7)).is_nothing());
}

TEST(Dict, FindsEqualStrings) {
    Thread& thread = test_thread();
    Ref<Dict> dict = make_dict(thread);
    for (int64_t i = 0; i < 300; i++)
        ASSERT_TRUE(dict_set(thread, *dict, name(thread, i), Value::small_int(i)));
    for (int64_t i = 0; i < 300; i++)
        ASSERT_EQ(number(dict_get(thread, *dict, name(thread, i))), i);
}

TEST(Dict, DeletesAndKeepsOrder) {
    Thread& thread = test_thread();
    Ref<Dict> dict = make_dict(thread);
    for (int64_t i = 0; i < 100; i++)
        ASSERT_TRUE(dict_set(thread, *dict, Value::small_int(i), Value::small_int(i)));
    for (int64_t i = 0; i < 100; i += 2)
        ASSERT_TRUE(*dict_delete(thread, *dict, Value::small_int(i)));
    EXPECT_FALSE(*dict_delete(thread, *dict, Value::small_int(0)));
    size_t position = 0;
    Owned key, value;
    for (int64_t i = 1; i < 100; i += 2) {
        ASSERT_TRUE(dict_next(thread, *dict, &position, &key, &value));
        EXPECT_EQ(number(key), i);
    }
    EXPECT_FALSE(dict_next(thread, *dict, &position, &key, &value));
}

TEST(Dict, PopsFromBothEnds) {
    Thread& thread = test_thread();
    Ref<Dict> dict = make_dict(thread);
    for (int64_t i = 0; i < 1000; i++)
        ASSERT_TRUE(dict_set(thread, *dict, Value::small_int(i), Value::small_int(-i)));
    OldestHint hint;
    for (int64_t i = 0; i < 500; i++) {
        Owned key;
        ASSERT_EQ(number(dict_pop_oldest(thread, *dict, hint, &key)), -i);
        ASSERT_EQ(number(dict_pop_newest(thread, *dict, &key)), i - 999);
        ASSERT_EQ(number(key), 999 - i);
    }
    Owned key;
    EXPECT_TRUE(dict_pop_newest(thread, *dict, &key).is_nothing());
    EXPECT_EQ(dict_size(*dict), 0);
}

TEST(Dict, MovesToEitherEnd) {
    Thread& thread = test_thread();
    Ref<Dict> dict = make_dict(thread);
    for (int64_t i = 0; i < 10; i++)
        ASSERT_TRUE(dict_set(thread, *dict, Value::small_int(i), Value::small_int(i)));
    for (int round = 0; round < 100; round++)
        ASSERT_TRUE(
            *dict_move_to_end(thread, *dict, Value::small_int(round % 10), round % 10, true));
    ASSERT_TRUE(*dict_move_to_end(thread, *dict, Value::small_int(5), 5, false));
    EXPECT_FALSE(*dict_move_to_end(thread, *dict, Value::small_int(77), 77, true));
    const int64_t expected[] = {5, 0, 1, 2, 3, 4, 6, 7, 8, 9};
    size_t position = 0;
    Owned key, value;
    for (int64_t n : expected) {
        ASSERT_TRUE(dict_next(thread, *dict, &position, &key, &value));
        EXPECT_EQ(number(key), n);
    }
}

TEST(Dict, VersionsTellOfNewKeys) {
    Thread& thread = test_thread();
    Ref<Dict> dict = make_dict(thread);
    Ref<Str> a = intern(thread, "a"), b = intern(thread, "b");
    ASSERT_TRUE(dict_set(thread, *dict, a, Value::small_int(1)));
    uint32_t version = 0, again = 0;
    Index offset = dict_value_offset(thread, *dict, *a, &version);
    ASSERT_GE(offset, 0);
    EXPECT_NE(version, 0u);
    ASSERT_TRUE(dict_set(thread, *dict, a, Value::small_int(2)));
    EXPECT_EQ(dict_value_offset(thread, *dict, *a, &again), offset);
    EXPECT_EQ(version, again);
    EXPECT_EQ(dict->table.load()->value_at(static_cast<uint32_t>(offset)),
              Value::small_int(2).bits());
    EXPECT_LT(dict_value_offset(thread, *dict, *b, &again), 0);
    ASSERT_TRUE(dict_set(thread, *dict, b, Value::small_int(3)));
    EXPECT_NE(dict_keys_version(thread, *dict), version);
}

TEST(Dict, ReadersSeeWholeItemsWhileItGrowsAndShrinks) {
    Thread& main = test_thread();
    Ref<Dict> dict = make_dict(main);
    std::atomic<bool> stop{false};
    constexpr int64_t kKeys = 200;
    on_threads(4, [&](Thread& thread, int who) {
        if (who == 0) {
            for (int round = 0; round < 300; round++) {
                for (int64_t i = 0; i < kKeys; i++)
                    ASSERT_TRUE(dict_set(thread, *dict, name(thread, i), name(thread, i).owned()));
                for (int64_t i = 0; i < kKeys; i++)
                    ASSERT_TRUE(*dict_delete(thread, *dict, name(thread, i)));
                ASSERT_TRUE(safepoint(thread));
            }
            stop.store(true);
            return;
        }
        for (int64_t i = 0; !stop.load(); i = (i + 1) % kKeys) {
            Ref<Str> key = name(thread, i);
            Owned value = dict_get(thread, *dict, key);
            if (!value.is_nothing()) ASSERT_TRUE(str_equal(value.as<Str>(), *key));
            ASSERT_TRUE(safepoint(thread));
        }
    });
    EXPECT_EQ(dict_size(*dict), 0);
}

TEST(Dict, NoInsertionOfSeveralThreadsIsLost) {
    Thread& main = test_thread();
    Ref<Dict> dict = make_dict(main);
    constexpr int64_t kEach = 3000;
    on_threads(4, [&](Thread& thread, int who) {
        for (int64_t i = 0; i < kEach; i++) {
            Owned key = Owned::small_int(i * 4 + who);
            ASSERT_TRUE(dict_set(thread, *dict, key, key.share()));
            ASSERT_TRUE(safepoint(thread));
        }
    });
    EXPECT_EQ(dict_size(*dict), kEach * 4);
    for (int64_t i = 0; i < kEach * 4; i++)
        ASSERT_EQ(number(dict_get(main, *dict, Value::small_int(i))), i);
}

TEST(Dict, EachSetDefaultGivesOneValueToAll) {
    Thread& main = test_thread();
    Ref<Dict> dict = make_dict(main);
    constexpr int64_t kKeys = 1000;
    std::vector<std::vector<int64_t>> seen(4, std::vector<int64_t>(kKeys));
    on_threads(4, [&](Thread& thread, int who) {
        for (int64_t i = 0; i < kKeys; i++) {
            Owned value =
                dict_set_default(thread, *dict, Value::small_int(i), Value::small_int(who));
            seen[who][i] = number(value);
        }
    });
    for (int who = 1; who < 4; who++) EXPECT_EQ(seen[who], seen[0]);
}

TEST(Dict, EachItemIsPoppedOnce) {
    Thread& main = test_thread();
    Ref<Dict> dict = make_dict(main);
    constexpr int64_t kKeys = 4000;
    for (int64_t i = 0; i < kKeys; i++)
        ASSERT_TRUE(dict_set(main, *dict, name(main, i), Value::small_int(i)));
    std::atomic<int64_t> sum{0};
    on_threads(4, [&](Thread& thread, int) {
        for (;;) {
            Owned key;
            Owned value = dict_pop_newest(thread, *dict, &key);
            if (value.is_nothing()) return;
            sum.fetch_add(number(value));
            ASSERT_TRUE(safepoint(thread));
        }
    });
    EXPECT_EQ(sum.load(), kKeys * (kKeys - 1) / 2);
}

}  // namespace
}  // namespace imugi
