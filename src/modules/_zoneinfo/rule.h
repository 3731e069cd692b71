// The rule for times after a zone's last transition: a POSIX TZ string such as
// "CET-1CEST,M3.5.0,M10.5.0/3". Pure functions; seconds count from 1970, local or UTC as said.
#pragma once

#include <cstddef>
#include <cstdint>

namespace imugi::zones {

// A moment that comes once a year, in local time.
struct YearlyMoment {
    enum Kind : uint8_t {
        kDayOfYear,      // 0 is the first of January
        kDayOfLeapless,  // 1 is; the 29th of February is not counted
        kWeekdayOfMonth
    };
    Kind kind;
    int day;          // of the year; or the weekday, Sunday is 0
    int month, week;  // the last of the month is week 5
    int seconds;      // of the day; beyond its ends too

    int64_t in_year(int year) const;
};

struct RulePeriod {
    int offset;  // seconds east of UTC
    const char* name;
    size_t name_size;
};

struct Rule {
    bool changes;  // there is daylight saving time
    RulePeriod standard, daylight;
    YearlyMoment start, end;  // of daylight saving time

    int shift() const { return daylight.offset - standard.offset; }
    // Whether daylight saving time is in effect.
    bool is_daylight_at_local(int64_t seconds, int year, bool fold) const;
    // The same of a time in UTC; *fold: its local time has been there before.
    bool is_daylight_at_utc(int64_t seconds, int year, bool* fold) const;
};

// The names point into the text. False: malformed.
[[nodiscard]] bool parse_rule(const char* text, size_t size, Rule* out);

}  // namespace imugi::zones
