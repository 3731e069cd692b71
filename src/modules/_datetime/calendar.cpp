// Calendar arithmetic by day numbers: multiplications in place of divisions, after C. Neri and L.
// Schneider, "Euclidean affine functions and their application to calendar algorithms" (2022).
#include "modules/_datetime/calendar.h"

namespace imugi::datetimes {

namespace {

constexpr int kDaysBefore[] = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
// In a year that begins on the first of March the leap day is the last; the year 0 began so many
// days before the first of January of the year 1, less one.
constexpr uint32_t kMarchShift = 305, kDaysIn400Years = 146097;

// Pickled states may say the year 0, which begins at -365.
int weekday_of_ordinal(int ordinal) {
    constexpr int kManyWeeks = 7 * 200;
    return (ordinal + 6 + kManyWeeks) % 7;
}

// Of the week with the year's first Thursday.
int first_iso_monday(int year) {
    int january = ordinal_of({year, 1, 1});
    int weekday = weekday_of_ordinal(january);
    int monday = january - weekday;
    return weekday > 3 ? monday + 7 : monday;
}

bool has_week_53(int year) {
    int first = weekday_of({year, 1, 1});
    return first == 3 || (first == 2 && is_leap(year));
}

}  // namespace

bool is_leap(int year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int days_before_month(int year, int month) {
    return kDaysBefore[month] + (month > 2 && is_leap(year));
}

int days_in_month(int year, int month) {
    if (month == 2) return is_leap(year) ? 29 : 28;
    return kDaysBefore[month + 1] - kDaysBefore[month];
}

int ordinal_of(CalendarDate date) {
    bool before_march = date.month <= 2;
    auto year = static_cast<uint32_t>(date.year + 400 - before_march);
    auto month = static_cast<uint32_t>(before_march ? date.month + 12 : date.month);
    uint32_t century = year / 100;
    uint32_t before = 1461 * year / 4 - century + century / 4 + (979 * month - 2919) / 32;
    return static_cast<int>(before - kMarchShift - kDaysIn400Years) + date.day - 1;
}

CalendarDate date_of_ordinal(int ordinal) {
    uint32_t quarters = 4 * (static_cast<uint32_t>(ordinal) + kMarchShift) + 3;
    uint32_t century = quarters / kDaysIn400Years;
    // The product's upper half is the year of the century, the lower the day of the year.
    uint64_t product = uint64_t{2939745} * (quarters % kDaysIn400Years / 4 * 4 + 3);
    auto year = century * 100 + static_cast<uint32_t>(product >> 32);
    uint32_t day_of_year = static_cast<uint32_t>(product) / 2939745 / 4;
    uint32_t months = 2141 * day_of_year + 197913;
    bool next_year = day_of_year >= 306;
    return {static_cast<int>(year + next_year),
            static_cast<int>((months >> 16) - (next_year ? 12 : 0)),
            static_cast<int>((months & 0xFFFF) / 2141 + 1)};
}

int weekday_of(CalendarDate date) {
    return weekday_of_ordinal(ordinal_of(date));
}

IsoWeekDate iso_week_of(CalendarDate date) {
    int ordinal = ordinal_of(date);
    int year = date.year;
    if (ordinal < first_iso_monday(year)) {
        year--;
    } else if (date.month == 12 && ordinal >= first_iso_monday(year + 1)) {
        year++;
    }
    int day = ordinal - first_iso_monday(year);
    return {year, day / 7 + 1, day % 7 + 1};
}

IsoWeekCheck date_of_iso_week(IsoWeekDate week, CalendarDate* out) {
    if (week.year < kMinYear || week.year > kMaxYear) return IsoWeekCheck::kYear;
    if (week.week < 1 || week.week > 53 || (week.week == 53 && !has_week_53(week.year)))
        return IsoWeekCheck::kWeek;
    if (week.weekday < 1 || week.weekday > 7) return IsoWeekCheck::kWeekday;
    int days = (week.week - 1) * 7 + week.weekday - 1;
    *out = date_of_ordinal(first_iso_monday(week.year) + days);
    return IsoWeekCheck::kGood;
}

}  // namespace imugi::datetimes
