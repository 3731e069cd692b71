// isoformat(), ctime() and the texts of offsets; fromisoformat() on top of the scanner.
#include "memory/heap.h"
#include "modules/_datetime/datetime.h"
#include "modules/_datetime/iso_text.h"

namespace imugi::datetimes {

namespace {

// Fixed-width fields in ASCII; whoever uses it knows that the room is enough.
class Digits {
  public:
    Digits& add(char c) {
        text_[size_++] = c;
        return *this;
    }
    Digits& add(const char* text) {
        while (*text) add(*text++);
        return *this;
    }
    Digits& number(int value, int width) {
        for (int i = width - 1; i >= 0; i--) {
            text_[size_ + static_cast<size_t>(i)] = static_cast<char>('0' + value % 10);
            value /= 10;
        }
        size_ += static_cast<size_t>(width);
        return *this;
    }
    Digits& date(CalendarDate date) {
        return number(date.year, 4).add('-').number(date.month, 2).add('-').number(date.day, 2);
    }
    Digits& offset(int64_t micros, const char* separator) {
        add(micros < 0 ? '-' : '+');
        if (micros < 0) micros = -micros;
        auto seconds = static_cast<int>(micros / kSecondMicros);
        auto rest = static_cast<int>(micros % kSecondMicros);
        number(seconds / 3600, 2).add(separator).number(seconds / 60 % 60, 2);
        if (seconds % 60 || rest) add(separator).number(seconds % 60, 2);
        if (rest) add('.').number(rest, 6);
        return *this;
    }
    Ref<Str> finish(Thread& thread) const { return make_str(thread, text_, size_); }
    const char* text() const { return text_; }
    size_t size() const { return size_; }

  private:
    char text_[64];
    size_t size_ = 0;
};

enum class Precision : uint8_t { kAuto, kHours, kMinutes, kSeconds, kMillis, kMicros };

bool load_precision(Thread& thread, Value timespec, int position, Precision* out) {
    *out = Precision::kAuto;
    if (timespec.is_empty()) return true;
    TRY(check_str(thread, "isoformat", position, timespec));
    constexpr const char* kNames[] = {"auto",    "hours",        "minutes",
                                      "seconds", "milliseconds", "microseconds"};
    for (uint8_t i = 0; i < 6; i++) {
        if (!str_equal(timespec.as<Str>(), kNames[i])) continue;
        *out = static_cast<Precision>(i);
        return true;
    }
    return raise(thread, exc::ValueError, "Unknown timespec value");
}

void add_clock(Digits& out, Clock clock, Precision precision) {
    if (precision == Precision::kAuto)
        precision = clock.microsecond ? Precision::kMicros : Precision::kSeconds;
    out.number(clock.hour, 2);
    if (precision >= Precision::kMinutes) out.add(':').number(clock.minute, 2);
    if (precision >= Precision::kSeconds) out.add(':').number(clock.second, 2);
    if (precision == Precision::kMillis) out.add('.').number(clock.microsecond / 1000, 3);
    if (precision == Precision::kMicros) out.add('.').number(clock.microsecond, 6);
}

// A str as ASCII: other characters, and NUL, become 0xFF, which means nothing to the scanner.
class AsciiText {
  public:
    ~AsciiText() {
        if (made_ && made_ != local_) array_free(made_);
    }
    bool load(Thread& thread, const Str& text) {
        size_ = text.length();
        if (text.is_ascii()) {
            data_ = text.data1();
            return true;
        }
        made_ = size_ <= sizeof local_ ? local_ : static_cast<uint8_t*>(array_allocate(size_));
        if (!made_) return raise_memory_error(thread);
        for (size_t i = 0; i < size_; i++)
            made_[i] = text[i] < 128 ? static_cast<uint8_t>(text[i]) : 0xFF;
        data_ = made_;
        return true;
    }
    const uint8_t* data() const { return data_; }
    size_t size() const { return size_; }

  private:
    uint8_t local_[64];
    uint8_t* made_ = nullptr;
    const uint8_t* data_ = nullptr;
    size_t size_ = 0;
};

bool load_text(Thread& thread, Value value, AsciiText* out) {
    if (!is_str(value)) return raise(thread, exc::TypeError, "fromisoformat: argument must be str");
    return out->load(thread, value.as<Str>());
}

Raised raise_invalid(Thread& thread, Value text) {
    return raise(thread, exc::ValueError, "Invalid isoformat string: {}", repr_of(text));
}

// Midnight at the end of a day is written 24:00. Sets *next_day for it, and the hour to 0.
bool settle_midnight(Thread& thread, IsoTime* time, bool* next_day) {
    *next_day = time->hour == 24;
    if (!*next_day) return true;
    time->hour = 0;
    if (!time->minute && !time->second && !time->microsecond) return true;
    return raise(thread, exc::ValueError,
                 "minute, second, and microsecond must be 0 when hour is 24");
}

// What is no valid date is left for the constructor to refuse.
void to_next_day(CalendarDate* date) {
    if (date->year < kMinYear || date->month < 1 || date->month > 12) return;
    if (date->day < 1 || date->day > days_in_month(date->year, date->month)) return;
    *date = date_of_ordinal(ordinal_of(*date) + 1);
}

Owned zone_of(Thread& thread, const IsoTime& time) {
    return time.has_offset ? timezone_of_micros(thread, time.offset) : Owned::share(none());
}

Clock clock_of(const IsoTime& time) {
    return {time.hour, time.minute, time.second, time.microsecond};
}

}  // namespace

// --- writing ---

Owned date_isoformat(Thread& thread, Date& self) {
    return Digits().date(self.date()).finish(thread);
}

Owned time_isoformat(Thread& thread, Time& self, Value timespec) {
    Precision precision;
    TRY(load_precision(thread, timespec, 1, &precision));
    Digits out;
    add_clock(out, self.clock(), precision);
    Offset offset = TRY(utc_offset(thread, self.tzinfo.borrow(), none()));
    if (offset.known) out.offset(offset.micros, ":");
    return out.finish(thread);
}

Owned datetime_isoformat(Thread& thread, DateTime& self, Value separator, Value timespec) {
    uint32_t between = 'T';
    if (!separator.is_empty()) {
        if (!is_str(separator))
            return raise_wrong_argument(thread, "isoformat", 1, "a unicode character", separator);
        auto& text = separator.as<Str>();
        if (text.length() != 1)
            return raise(thread, exc::TypeError,
                         "isoformat(): argument 1 must be a unicode character, not a string of "
                         "length {}",
                         text.length());
        between = text[0];
    }
    Precision precision;
    TRY(load_precision(thread, timespec, 2, &precision));
    Digits head, tail;
    head.date(self.date());
    add_clock(tail, self.clock(), precision);
    Offset offset = TRY(utc_offset(thread, self));
    if (offset.known) tail.offset(offset.micros, ":");
    if (between < 128) {
        tail.add('\0');
        return head.add(static_cast<char>(between)).add(tail.text()).finish(thread);
    }
    StrBuilder out(thread);
    TRY(out.append(head.text(), head.size()));
    TRY(out.append(between));
    TRY(out.append(tail.text(), tail.size()));
    return out.finish();
}

Owned offset_text(Thread& thread, int64_t micros, const char* separator) {
    return Digits().offset(micros, separator).finish(thread);
}

Owned timezone_name_text(Thread& thread, int64_t micros) {
    Digits out;
    out.add("UTC");
    if (micros) out.offset(micros, ":");
    return out.finish(thread);
}

Owned ctime_text(Thread& thread, CalendarDate date, Clock clock) {
    constexpr const char* kDays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char text[64];
    int size = snprintf(text, sizeof text, "%s %s %2d %02d:%02d:%02d %04d", kDays[weekday_of(date)],
                        kMonths[date.month - 1], date.day, clock.hour, clock.minute, clock.second,
                        date.year);
    return make_str(thread, text, static_cast<size_t>(size));
}

// --- reading ---

Owned date_fromisoformat(Thread& thread, Type& type, Value value) {
    AsciiText text;
    TRY(load_text(thread, value, &text));
    CalendarDate date;
    size_t size = text.size();
    if ((size != 7 && size != 8 && size != 10) || !parse_iso_date(text.data(), size, &date))
        return raise_invalid(thread, value);
    return make_date(thread, type, date);
}

Owned time_fromisoformat(Thread& thread, Type& type, Value value) {
    AsciiText text;
    TRY(load_text(thread, value, &text));
    size_t skip = text.size() && text.data()[0] == 'T';
    IsoTime time;
    if (!parse_iso_time(text.data() + skip, text.size() - skip, &time))
        return raise_invalid(thread, value);
    bool next_day;
    TRY(settle_midnight(thread, &time, &next_day));
    Owned zone = TRY(zone_of(thread, time));
    return make_time(thread, type, {clock_of(time), 0, zone});
}

Owned datetime_fromisoformat(Thread& thread, Type& type, Value value) {
    AsciiText text;
    TRY(load_text(thread, value, &text));
    size_t size = text.size();
    if (size < 7) return raise_invalid(thread, value);
    size_t split = find_iso_separator(text.data(), size);
    if (split == 0) return raise_invalid(thread, value);
    if (split > size) split = size;
    CalendarDate date;
    if (!parse_iso_date(text.data(), split, &date)) return raise_invalid(thread, value);
    IsoTime time;
    if (split < size && !parse_iso_time(text.data() + split + 1, size - split - 1, &time))
        return raise_invalid(thread, value);
    bool next_day;
    TRY(settle_midnight(thread, &time, &next_day));
    if (next_day) to_next_day(&date);
    Owned zone = TRY(zone_of(thread, time));
    return make_datetime(thread, type, {date, clock_of(time), 0, zone});
}

}  // namespace imugi::datetimes
