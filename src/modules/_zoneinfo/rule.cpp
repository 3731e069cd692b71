// POSIX TZ strings: parsing, and what they say about a moment.
#include "modules/_zoneinfo/rule.h"

#include "modules/_datetime/calendar.h"

namespace imugi::zones {

using datetimes::days_in_month;
using datetimes::is_leap;
using datetimes::kDaySeconds;
using datetimes::kEpochOrdinal;
using datetimes::ordinal_of;
using datetimes::weekday_of;

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

class Scanner {
  public:
    Scanner(const char* text, size_t size) : at_(text), end_(text + size) {}

    bool done() const { return at_ == end_; }
    char peek() const { return done() ? '\0' : *at_; }
    bool take(char c) {
        if (peek() != c || done()) return false;
        at_++;
        return true;
    }
    bool number(int least_digits, int most_digits, int* out) {
        int digits = 0, value = 0;
        for (; digits < most_digits && is_digit(peek()); digits++)
            value = value * 10 + *at_++ - '0';
        *out = value;
        return digits >= least_digits;
    }
    // Three letters or more, or anything of <letters, digits, + and ->.
    bool name(RulePeriod* out) {
        bool quoted = take('<');
        out->name = at_;
        while (is_letter(peek()) ||
               (quoted && (is_digit(peek()) || peek() == '+' || peek() == '-')))
            at_++;
        out->name_size = static_cast<size_t>(at_ - out->name);
        return quoted ? out->name_size > 0 && take('>') : out->name_size >= 3;
    }
    // [+-]h[hh][:mm[:ss]]
    bool time(int most_hours, int* out) {
        int sign = take('-') ? -1 : 1;
        if (sign > 0) (void)take('+');
        int hours, minutes = 0, seconds = 0;
        if (!number(1, 3, &hours)) return false;
        if (take(':')) {
            if (!number(2, 2, &minutes)) return false;
            if (take(':') && !number(2, 2, &seconds)) return false;
        }
        *out = sign * ((hours * 60 + minutes) * 60 + seconds);
        return hours <= most_hours && minutes < 60 && seconds < 60;
    }

  private:
    const char* at_;
    const char* end_;
};

// Offsets are written west of UTC.
bool parse_offset(Scanner& in, int* out) {
    if (!in.time(24, out)) return false;
    *out = -*out;
    return true;
}

bool parse_day(Scanner& in, YearlyMoment* out) {
    *out = {};
    if (in.take('M')) {
        out->kind = YearlyMoment::kWeekdayOfMonth;
        return in.number(1, 2, &out->month) && in.take('.') && in.number(1, 1, &out->week) &&
               in.take('.') && in.number(1, 1, &out->day) && out->month >= 1 && out->month <= 12 &&
               out->week >= 1 && out->week <= 5 && out->day <= 6;
    }
    out->kind = in.take('J') ? YearlyMoment::kDayOfLeapless : YearlyMoment::kDayOfYear;
    int least = out->kind == YearlyMoment::kDayOfLeapless ? 1 : 0;
    return in.number(1, 3, &out->day) && out->day >= least && out->day <= 365;
}

bool parse_moment(Scanner& in, YearlyMoment* out) {
    if (!in.take(',') || !parse_day(in, out)) return false;
    out->seconds = 2 * 3600;
    return !in.take('/') || in.time(167, &out->seconds);
}

// The last year's daylight saving time may last into this year: "all the year round" does.
bool is_between(const Rule& rule, int64_t seconds, int year, int64_t start, int64_t end,
                int64_t earlier) {
    if (start >= end) return !(end <= seconds && seconds < start);
    if (seconds < start) return year > 1 && seconds < rule.end.in_year(year - 1) - earlier;
    return seconds < end;
}

}  // namespace

int64_t YearlyMoment::in_year(int year) const {
    int64_t ordinal;
    if (kind == kWeekdayOfMonth) {
        int first = weekday_of({year, month, 1});  // Monday is 0
        int in_month = 1 + (day + 6 - first) % 7 + (week - 1) * 7;
        if (in_month > days_in_month(year, month)) in_month -= 7;
        ordinal = ordinal_of({year, month, in_month});
    } else {
        int past = day;
        if (kind == kDayOfLeapless && !(day >= 60 && is_leap(year))) past--;
        ordinal = int64_t{ordinal_of({year, 1, 1})} + past;
    }
    return (ordinal - kEpochOrdinal) * kDaySeconds + seconds;
}

bool Rule::is_daylight_at_local(int64_t seconds, int year, bool fold) const {
    int64_t from = start.in_year(year), to = end.in_year(year);
    // Without a fold the gap at the start is still standard time and the hour that comes twice at
    // the end is daylight saving time; with it both are the other way round.
    bool early_end = (shift() >= 0) == fold;
    if (early_end)
        to -= shift();
    else
        from += shift();
    return is_between(*this, seconds, year, from, to, early_end ? shift() : 0);
}

bool Rule::is_daylight_at_utc(int64_t seconds, int year, bool* fold) const {
    int64_t from = start.in_year(year) - standard.offset;
    int64_t to = end.in_year(year) - daylight.offset;
    int64_t change = shift() > 0 ? to : from;
    int64_t twice = shift() > 0 ? shift() : -shift();
    *fold = change <= seconds && seconds < change + twice;
    return is_between(*this, seconds, year, from, to, daylight.offset);
}

bool parse_rule(const char* text, size_t size, Rule* out) {
    Scanner in(text, size);
    if (!in.name(&out->standard) || !parse_offset(in, &out->standard.offset)) return false;
    out->changes = !in.done();
    if (!out->changes) return true;
    if (!in.name(&out->daylight)) return false;
    out->daylight.offset = out->standard.offset + 3600;
    if (in.peek() != ',' && !parse_offset(in, &out->daylight.offset)) return false;
    return parse_moment(in, &out->start) && parse_moment(in, &out->end) && in.done();
}

}  // namespace imugi::zones
