// ZoneInfo objects and what the module keeps. A ZoneInfo is immutable once made, so lookups take no
// lock; the module's cache of recent zones is read and changed under the module's Lock.
#pragma once

#include "modules/_datetime/datetime.h"
#include "modules/_zoneinfo/rule.h"
#include "modules/native_types.h"

namespace imugi::zones {

extern const TypeSpec zone_info_spec;

// What holds between two transitions.
struct Period {
    int64_t offset;               // seconds east of UTC
    int64_t saving;               // how much of it is daylight saving time
    Slot utc_offset, dst_offset;  // TimeDelta
    Slot name;                    // Str
};

struct ZoneInfo : Object {
    Slot key;        // None for a zone from a file without a name
    Slot file_text;  // Str: repr() of the file it was read from; empty otherwise
    bool from_cache;
    bool is_fixed;  // nothing ever changes
    uint32_t period_count;
    uint32_t first;               // the period before the first transition
    uint32_t standard, daylight;  // the periods of the rule
    Rule rule;                    // its names are gone; without changes: `standard` for ever
    Period* periods;
    size_t transition_count;
    uint32_t* period_after;  // a transition: index of a period
    int64_t* times;          // of the transitions in UTC
    // In local time, by fold: a transition lies at its time and the offset before or after it.
    int64_t* local_times[2];
};

constexpr size_t kRecentZones = 8;

// Owned words, under the module's Lock but for those that the first import sets.
struct State {
    Type* type;
    Slot weak_cache;                 // WeakValueDictionary of the class itself; immutable
    Slot find_file, load_file;       // zoneinfo._tzpath.find_tzfile, _common.load_tzdata; immutable
    Slot load_data;                  // _common.load_data; immutable
    Slot recent_keys[kRecentZones];  // exact str; empty at the end
    Slot recent_zones[kRecentZones];
};
inline State& state_of(Type& type) {
    return state_of_type<State>(type, zone_info_spec);
}

// --- zone_load.cpp ---
// Fills a new zone from an open file by zoneinfo._common.load_data.
[[nodiscard]] bool load_zone(Thread& thread, ZoneInfo& self, Value file);

// --- zone_lookup.cpp ---
struct LocalMoment {
    int64_t seconds;  // from 1970, as the clock shows it
    int year;
    bool fold;
};
const Period& period_at_local(const ZoneInfo& self, const LocalMoment& moment);
const Period& period_at_utc(const ZoneInfo& self, int64_t seconds, int year, bool* fold);

// --- zone_cache.cpp ---
// The zone of that key, from a cache if it can be.
Owned cached_zone(Thread& thread, Type& type, Value key);
Owned uncached_zone(Thread& thread, Type& type, Value key);
[[nodiscard]] bool clear_caches(Thread& thread, Type& type, Value only_keys);
[[nodiscard]] bool give_own_cache(Thread& thread, Type& type);
Owned make_weak_cache(Thread& thread);

}  // namespace imugi::zones

namespace imugi {
IMUGI_MODULE_TYPE(zones::ZoneInfo, zones::zone_info_spec);
}
