// Reading ISO 8601 texts, as isoformat() writes them and a good deal more: plain functions over
// ASCII bytes. What a text means beyond its syntax (an hour of 25) is the caller's to check.
#pragma once

#include <cstddef>
#include <cstdint>

#include "modules/_datetime/calendar.h"

namespace imugi::datetimes {

struct IsoTime {
    int hour = 0, minute = 0, second = 0, microsecond = 0;
    bool has_offset = false;
    int64_t offset = 0;  // microseconds east of UTC
};

// A whole text is 7, 8 or 10 characters, but the part of a longer one may be read too.
[[nodiscard]] bool parse_iso_date(const uint8_t* text, size_t size, CalendarDate* out);
[[nodiscard]] bool parse_iso_time(const uint8_t* text, size_t size, IsoTime* out);
// How many characters before the separator belong to the date; 0 when there is no telling. The text
// has at least seven characters.
[[nodiscard]] size_t find_iso_separator(const uint8_t* text, size_t size);

}  // namespace imugi::datetimes
