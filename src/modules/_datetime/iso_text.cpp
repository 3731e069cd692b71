// The scanner of ISO 8601 dates and times. It accepts what CPython's does, to the oddest text.
#include "modules/_datetime/iso_text.h"

namespace imugi::datetimes {

namespace {

bool is_digit(uint8_t c) {
    return c >= '0' && c <= '9';
}

class Scanner {
  public:
    Scanner(const uint8_t* text, size_t size) : at_(text), end_(text + size) {}

    bool done() const { return at_ == end_; }
    size_t left() const { return static_cast<size_t>(end_ - at_); }
    uint8_t next() { return *at_++; }
    void back() { at_--; }
    bool take(uint8_t c) {
        if (done() || *at_ != c) return false;
        at_++;
        return true;
    }
    bool digits(size_t count, int* out) {
        if (left() < count) return false;
        int number = 0;
        for (size_t i = 0; i < count; i++) {
            uint8_t c = *at_++;
            if (!is_digit(c)) return false;
            number = number * 10 + (c - '0');
        }
        *out = number;
        return true;
    }
    void skip_digits() {
        while (!done() && is_digit(*at_)) at_++;
    }

  private:
    const uint8_t* at_;
    const uint8_t* end_;
};

enum class Clock { kBad, kWhole, kRestLeft };

Clock parse_fraction(Scanner& in, IsoTime* out) {
    size_t count = in.left() < 6 ? in.left() : 6;
    if (!in.digits(count, &out->microsecond)) return Clock::kBad;
    for (size_t i = count; i < 6; i++) out->microsecond *= 10;
    in.skip_digits();
    return in.done() ? Clock::kWhole : Clock::kRestLeft;
}

// HH[:?MM[:?SS[{.,}f+]]]
Clock parse_clock(Scanner& in, IsoTime* out) {
    int* const fields[] = {&out->hour, &out->minute, &out->second};
    bool colons = false;
    for (int i = 0; i < 3; i++) {
        if (!in.digits(2, fields[i])) return Clock::kBad;
        if (in.done()) return Clock::kWhole;
        uint8_t c = in.next();
        if (i == 0) colons = c == ':';
        if (in.done()) return Clock::kRestLeft;
        if (colons && c == ':') {
            if (i == 2) return Clock::kBad;
        } else if (c == '.' || c == ',') {
            if (i < 2) return Clock::kBad;
            break;
        } else if (colons) {
            return Clock::kBad;
        } else {
            in.back();
        }
    }
    return parse_fraction(in, out);
}

bool parse_offset(Scanner& in, uint8_t sign, IsoTime* out) {
    out->has_offset = true;
    if (sign == 'Z') return in.done();
    IsoTime offset;
    if (parse_clock(in, &offset) != Clock::kWhole) return false;
    int64_t seconds = (offset.hour * 60 + offset.minute) * 60 + offset.second;
    int64_t micros = seconds * kSecondMicros + offset.microsecond;
    out->offset = sign == '-' ? -micros : micros;
    return true;
}

}  // namespace

bool parse_iso_date(const uint8_t* text, size_t size, CalendarDate* out) {
    Scanner in(text, size);
    if (!in.digits(4, &out->year)) return false;
    bool dashes = in.take('-');
    if (in.take('W')) {
        IsoWeekDate week{out->year, 0, 1};
        if (!in.digits(2, &week.week)) return false;
        if (!in.done()) {
            if (dashes && !in.take('-')) return false;
            if (!in.digits(1, &week.weekday)) return false;
        }
        return date_of_iso_week(week, out) == IsoWeekCheck::kGood;
    }
    if (!in.digits(2, &out->month)) return false;
    if (dashes && !in.take('-')) return false;
    return in.digits(2, &out->day);
}

bool parse_iso_time(const uint8_t* text, size_t size, IsoTime* out) {
    size_t zone = 0;
    while (zone < size && text[zone] != '+' && text[zone] != '-' && text[zone] != 'Z') zone++;
    Scanner clock(text, zone);
    Clock end = parse_clock(clock, out);
    if (end == Clock::kBad) return false;
    if (zone == size) return end == Clock::kWhole;
    Scanner offset(text + zone + 1, size - zone - 1);
    return parse_offset(offset, text[zone], out);
}

size_t find_iso_separator(const uint8_t* text, size_t size) {
    constexpr size_t kWeek = 7, kBasic = 8, kExtended = 10;
    if (size == kWeek) return kWeek;
    if (text[4] == '-') {
        if (text[5] != 'W') return kExtended;
        if (size == 8 || text[8] != '-') return 8;  // YYYY-Www
        if (size == 9) return 0;
        // YYYY-Www-D, unless the dash is the separator of a time.
        return size > 10 && is_digit(text[10]) ? 8 : kExtended;
    }
    if (text[4] != 'W') return kBasic;
    // YYYYWww or YYYYWwwD, and digits may be the separator: a time has an even number of them.
    size_t end = 7;
    while (end < size && is_digit(text[end])) end++;
    if (end < 9) return end;
    return end % 2 == 0 ? kWeek : kBasic;
}

}  // namespace imugi::datetimes
