// Which period of a zone a moment lies in. Pure: no Python, no locks.
#include "modules/_zoneinfo/zoneinfo.h"

namespace imugi::zones {

namespace {

// How many of the sorted times are not after the given one.
size_t count_until(const int64_t* times, size_t count, int64_t seconds) {
    size_t low = 0;
    while (count > 0) {
        size_t half = count / 2;
        if (times[low + half] <= seconds) {
            low += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return low;
}

// Whether the local time of an instant after transition `at` has been there before.
bool is_second_time(const ZoneInfo& self, size_t at, int64_t seconds) {
    uint32_t before = at > 0 ? self.period_after[at - 1] : self.first;
    int64_t shift = self.periods[before].offset - self.periods[self.period_after[at]].offset;
    return seconds - self.times[at] < shift;
}

}  // namespace

const Period& period_at_local(const ZoneInfo& self, const LocalMoment& moment) {
    const int64_t* times = self.local_times[moment.fold];
    size_t count = self.transition_count;
    if (count > 0 && moment.seconds < times[0]) return self.periods[self.first];
    if (count > 0 && moment.seconds < times[count - 1])
        return self.periods[self.period_after[count_until(times, count, moment.seconds) - 1]];
    bool daylight = self.rule.changes &&
                    self.rule.is_daylight_at_local(moment.seconds, moment.year, moment.fold);
    return self.periods[daylight ? self.daylight : self.standard];
}

const Period& period_at_utc(const ZoneInfo& self, int64_t seconds, int year, bool* fold) {
    size_t count = self.transition_count;
    *fold = false;
    if (count > 0 && seconds < self.times[0]) return self.periods[self.first];
    if (count > 0 && seconds <= self.times[count - 1]) {
        size_t at = count_until(self.times, count, seconds) - 1;
        *fold = is_second_time(self, at, seconds);
        return self.periods[self.period_after[at]];
    }
    bool daylight = self.rule.changes && self.rule.is_daylight_at_utc(seconds, year, fold);
    // The last transition of the table may be less than its shift ago.
    if (count > 0 && !*fold) *fold = is_second_time(self, count - 1, seconds);
    return self.periods[daylight ? self.daylight : self.standard];
}

}  // namespace imugi::zones
