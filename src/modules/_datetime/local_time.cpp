// The C library's time zone: breaking a timestamp down, and back from a local time to the moment it
// means (PEP 495: a local time may occur twice, or never).
#include <time.h>

#include <cerrno>
#include <cstring>

#include "modules/_datetime/datetime.h"

namespace imugi::datetimes {

Result<BrokenTime> broken_time(Thread& thread, int64_t timestamp, bool local) {
    auto time = static_cast<time_t>(timestamp);
    tm parts;
    memset(&parts, 0, sizeof parts);
    errno = 0;
    if (!(local ? localtime_r(&time, &parts) : gmtime_r(&time, &parts)))
        return raise_os_error(thread, errno ? errno : EINVAL);
    // Leap seconds are shown as the second before.
    int second = parts.tm_sec < 59 ? parts.tm_sec : 59;
    return BrokenTime{int64_t{parts.tm_year} + 1900,
                      parts.tm_mon + 1,
                      parts.tm_mday,
                      parts.tm_hour,
                      parts.tm_min,
                      second,
                      parts.tm_gmtoff,
                      parts.tm_zone};
}

Result<int64_t> seconds_of_fields(Thread& thread, const BrokenTime& time) {
    if (time.year < kMinYear || time.year > kMaxYear)
        return raise(thread, exc::ValueError, "year must be in {}..{}, not {}", kMinYear, kMaxYear,
                     time.year);
    int64_t days = ordinal_of({static_cast<int>(time.year), time.month, time.day});
    return days * kDaySeconds + (time.hour * 60 + time.minute) * 60 + time.second;
}

Result<int64_t> local_seconds(Thread& thread, int64_t seconds) {
    BrokenTime time = TRY(broken_time(thread, seconds - kEpochSeconds, true));
    return seconds_of_fields(thread, time);
}

Result<int64_t> moment_of_local(Thread& thread, const DateTime& self, int fold) {
    int64_t wanted = int64_t{ordinal_of(self.date())} * kDaySeconds + self.clock().seconds();
    auto shift_at = [&](int64_t moment) -> Result<int64_t> {
        return TRY(local_seconds(thread, moment)) - moment;
    };
    // Guess with the offset at the wanted time taken as UTC, then look on the far side of a change.
    int64_t first_shift = TRY(shift_at(wanted));
    int64_t first = wanted - first_shift;
    int64_t shift_there = TRY(shift_at(first));
    bool first_fits = first + shift_there == wanted;
    int64_t other_shift = shift_there;
    if (first_fits) {
        int64_t far = fold ? first + kMostFoldSeconds : first - kMostFoldSeconds;
        other_shift = TRY(shift_at(far));
        if (other_shift == first_shift) return first;
    }
    int64_t second = wanted - other_shift;
    if (second + TRY(shift_at(second)) == wanted) return second;
    if (first_fits) return first;
    // In the gap of a change forward.
    return fold == (first < second) ? first : second;
}

Owned local_timezone_of(Thread& thread, const DateTime& self) {
    int64_t moment = TRY(moment_of_local(thread, self, self.fold));
    int64_t other = TRY(moment_of_local(thread, self, !self.fold));
    // In a gap the zone before it is asked for by fold 0, though the moment is one after it.
    if (other != moment && (other > moment) == self.fold) moment = other;
    return local_timezone(thread, moment - kEpochSeconds);
}

Owned local_timezone(Thread& thread, int64_t timestamp) {
    BrokenTime time = TRY(broken_time(thread, timestamp, true));
    Owned offset = TRY(make_timedelta(thread, 0, time.offset, 0));
    Ref<Str> name = TRY(decode_fs(thread, time.zone ? time.zone : ""));
    return make_timezone(thread, offset, name);
}

}  // namespace imugi::datetimes
