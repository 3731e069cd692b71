// The proleptic Gregorian calendar: day numbers (1 January of the year 1 is day 1), weekdays, ISO
// weeks. Pure functions over plain numbers.
#pragma once

#include <cstdint>

namespace imugi::datetimes {

inline constexpr int kMinYear = 1, kMaxYear = 9999;
inline constexpr int kMaxOrdinal = 3652059;   // 31 December 9999
inline constexpr int kEpochOrdinal = 719163;  // 1 January 1970
inline constexpr int kDaySeconds = 24 * 3600;
inline constexpr int64_t kSecondMicros = 1000000;
inline constexpr int64_t kDayMicros = kDaySeconds * kSecondMicros;

struct CalendarDate {
    int year, month, day;
};
// ISO 8601: weeks begin on Monday (1), the first is the one with the year's first Thursday.
struct IsoWeekDate {
    int year, week, weekday;
};

bool is_leap(int year);
int days_in_month(int year, int month);
int days_before_month(int year, int month);  // in the year
int ordinal_of(CalendarDate date);
CalendarDate date_of_ordinal(int ordinal);  // 1 .. kMaxOrdinal
int weekday_of(CalendarDate date);          // Monday is 0
IsoWeekDate iso_week_of(CalendarDate date);

enum class IsoWeekCheck { kGood, kYear, kWeek, kWeekday };
// The date of an ISO week date, which may lie in the year 10000.
IsoWeekCheck date_of_iso_week(IsoWeekDate week, CalendarDate* out);

}  // namespace imugi::datetimes
