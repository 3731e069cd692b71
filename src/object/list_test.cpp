// list: growing, sorting, and reads while other threads change the list.
#include "object/list.h"

#include <string>

#include "object/runtime_fixture.h"
#include "object/set.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {
namespace {

int64_t number(const Owned& value) {
    return value.value().is_small_int() ? value.value().small_int() : INT64_MIN;
}

TEST(List, GrowsAndGivesItemsBack) {
    Thread& thread = test_thread();
    Ref<List> list = make_list(thread);
    for (int64_t i = 0; i < 5000; i++) ASSERT_TRUE(list_append(thread, *list, Owned::small_int(i)));
    EXPECT_EQ(list_size(*list), 5000);
    for (int64_t i = 0; i < 5000; i++) ASSERT_EQ(number(list_item(thread, *list, i)), i);
    EXPECT_TRUE(list_item(thread, *list, 5000).is_nothing());
}

TEST(List, InsertsInOrder) {
    Thread& thread = test_thread();
    Ref<List> list = make_list(thread);
    for (int64_t i = 0; i < 100; i++)
        ASSERT_TRUE(list_insert_at(thread, *list, 0, Owned::small_int(i)));
    for (int64_t i = 0; i < 100; i++) ASSERT_EQ(number(list_item(thread, *list, i)), 99 - i);
    ASSERT_TRUE(list_extend(thread, *list, list));
    EXPECT_EQ(list_size(*list), 200);
    EXPECT_EQ(number(list_item(thread, *list, 100)), 99);
}

TEST(List, SortsBothWays) {
    Thread& thread = test_thread();
    Ref<List> list = make_list(thread);
    uint64_t random = 1;
    for (int i = 0; i < 3000; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        ASSERT_TRUE(list_append(thread, *list, Owned::small_int(random >> 50)));
    }
    ASSERT_TRUE(list_sort_values(thread, *list, Value(), false));
    for (Index i = 1; i < 3000; i++)
        ASSERT_LE(number(list_item(thread, *list, i - 1)), number(list_item(thread, *list, i)));
    ASSERT_TRUE(list_sort_values(thread, *list, Value(), true));
    for (Index i = 1; i < 3000; i++)
        ASSERT_GE(number(list_item(thread, *list, i - 1)), number(list_item(thread, *list, i)));
}

TEST(List, NoAppendOfSeveralThreadsIsLost) {
    Thread& main = test_thread();
    Ref<List> list = make_list(main);
    constexpr int64_t kEach = 5000;
    on_threads(4, [&](Thread& thread, int who) {
        for (int64_t i = 0; i < kEach; i++) {
            ASSERT_TRUE(list_append(thread, *list, Owned::small_int(i * 4 + who)));
            ASSERT_TRUE(safepoint(thread));
        }
    });
    ASSERT_EQ(list_size(*list), kEach * 4);
    ASSERT_TRUE(list_sort_values(main, *list, Value(), false));
    for (int64_t i = 0; i < kEach * 4; i++) ASSERT_EQ(number(list_item(main, *list, i)), i);
}

TEST(List, ReadersSeeLiveItemsWhileItChanges) {
    Thread& main = test_thread();
    Ref<List> list = make_list(main);
    std::atomic<bool> stop{false};
    on_threads(4, [&](Thread& thread, int who) {
        if (who == 0) {
            for (int round = 0; round < 200; round++) {
                for (int i = 0; i < 100; i++)
                    ASSERT_TRUE(list_append(thread, *list, make_str(thread, "some text").owned()));
                Owned half = list_slice(thread, *list, 0, 50);
                Ref<List> other = make_list(thread);
                ASSERT_TRUE(list_extend(thread, *other, half));
                for (int i = 0; i < 100; i++)
                    ASSERT_TRUE(list_set_item(thread, *list, i, make_str(thread, "again").owned()));
                ASSERT_TRUE(safepoint(thread));
            }
            stop.store(true);
            return;
        }
        for (Index i = 0; !stop.load(); i++) {
            Owned item = list_item(thread, *list, i % (list_size(*list) + 1));
            if (!item.is_nothing()) {
                auto& text = item.as<Str>();
                ASSERT_TRUE(str_equal(text, "some text") || str_equal(text, "again"));
            }
            ASSERT_TRUE(safepoint(thread));
        }
    });
}

TEST(Set, EachElementIsThereOnce) {
    Thread& main = test_thread();
    Ref<Set> set = make_set(main);
    constexpr int64_t kElements = 3000;
    on_threads(4, [&](Thread& thread, int) {
        for (int64_t i = 0; i < kElements; i++) {
            Owned text = make_str(thread, std::to_string(i).c_str());
            ASSERT_TRUE(set_add(thread, *set, text));
            ASSERT_TRUE(*set_contains(thread, *set, text));
            ASSERT_TRUE(safepoint(thread));
        }
    });
    EXPECT_EQ(set_size(*set), kElements);
}

TEST(Set, ChurnKeepsItSmall) {
    Thread& thread = test_thread();
    Ref<Set> set = make_set(thread);
    for (int64_t i = 0; i < 10000; i++) {
        ASSERT_TRUE(set_add(thread, *set, Value::small_int(i)));
        if (i >= 3) ASSERT_TRUE(*set_discard(thread, *set, Value::small_int(i - 3)));
    }
    EXPECT_EQ(set_size(*set), 3);
}

}  // namespace
}  // namespace imugi
