// Every day from the first to the last, counted by hand.
#include "modules/_datetime/calendar.h"

#include <gtest/gtest.h>

using namespace imugi::datetimes;

TEST(Calendar, EveryDay) {
    CalendarDate at{1, 1, 1};
    for (int ordinal = 1; ordinal <= kMaxOrdinal; ordinal++) {
        ASSERT_EQ(ordinal_of(at), ordinal);
        CalendarDate back = date_of_ordinal(ordinal);
        ASSERT_TRUE(back.year == at.year && back.month == at.month && back.day == at.day);
        ASSERT_EQ(weekday_of(at), (ordinal - 1) % 7);
        if (++at.day <= days_in_month(at.year, at.month)) continue;
        at.day = 1;
        if (++at.month <= 12) continue;
        at.month = 1;
        at.year++;
    }
    EXPECT_EQ(at.year, 10000);
    EXPECT_EQ(ordinal_of({1970, 1, 1}), kEpochOrdinal);
}

TEST(Calendar, IsoWeeks) {
    // Weeks count on without a gap, and lead back to their day.
    for (int ordinal = 1; ordinal <= kMaxOrdinal; ordinal += 3) {
        CalendarDate date = date_of_ordinal(ordinal), back;
        IsoWeekDate week = iso_week_of(date);
        ASSERT_EQ(week.weekday, weekday_of(date) + 1);
        ASSERT_EQ(date_of_iso_week(week, &back), IsoWeekCheck::kGood);
        ASSERT_EQ(ordinal_of(back), ordinal);
    }
    CalendarDate out;
    EXPECT_EQ(date_of_iso_week({2020, 53, 7}, &out), IsoWeekCheck::kGood);
    EXPECT_EQ(date_of_iso_week({2021, 53, 1}, &out), IsoWeekCheck::kWeek);
    EXPECT_EQ(date_of_iso_week({0, 1, 1}, &out), IsoWeekCheck::kYear);
    EXPECT_EQ(date_of_iso_week({2021, 1, 8}, &out), IsoWeekCheck::kWeekday);
}
