// Making a zone's tables of what zoneinfo._common.load_data read: (types of the transitions, their
// times, offsets, whether each is daylight saving time, names, rule).
#include <algorithm>

#include "memory/array.h"
#include "modules/_zoneinfo/zoneinfo.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi::zones {

namespace {

// What the file gave, each part as a tuple; held while the tables are made.
struct Data {
    Ref<Tuple> transition_types, times, offsets, is_dst, names;
    Owned rule;  // bytes or None
};

Raised raise_malformed(Thread& thread, Value rule) {
    return raise(thread, exc::ValueError, "Malformed TZ string: {}", repr_of(rule));
}

bool take_apart(Thread& thread, Value loaded, Data* out) {
    Ref<Tuple> parts = TRY(to_tuple(thread, loaded));
    if (parts->size != 6)
        return raise(thread, exc::TypeError, "load_data() must give six values, not {}",
                     parts->size);
    Ref<Tuple>* const tuples[] = {&out->transition_types, &out->times, &out->offsets, &out->is_dst,
                                  &out->names};
    for (size_t i = 0; i < 5; i++) *tuples[i] = TRY(to_tuple(thread, (*parts)[i]));
    out->rule = Owned::share((*parts)[5]);
    if (out->transition_types->size == out->times->size &&
        out->offsets->size == out->is_dst->size && out->offsets->size == out->names->size)
        return true;
    return raise(thread, exc::ValueError, "Invalid TZif file: its parts differ in length");
}

// Arrays for the transitions and types of the file, and two periods of the rule.
bool allocate_tables(Thread& thread, ZoneInfo& self, const Data& data) {
    size_t transitions = data.times->size, types = data.offsets->size + 2;
    self.periods = static_cast<Period*>(array_allocate_zeroed(types * sizeof(Period)));
    self.period_after =
        static_cast<uint32_t*>(array_allocate_zeroed((transitions + 1) * sizeof(uint32_t)));
    self.times =
        static_cast<int64_t*>(array_allocate_zeroed((3 * transitions + 1) * sizeof(int64_t)));
    if (!self.periods || !self.period_after || !self.times) return raise_memory_error(thread);
    self.local_times[0] = self.times + transitions;
    self.local_times[1] = self.times + 2 * transitions;
    self.transition_count = transitions;
    return true;
}

// Far beyond all dates, and room for sums with offsets.
constexpr int64_t kMostTime = int64_t{1} << 60;

bool load_numbers(Thread& thread, ZoneInfo& self, const Data& data) {
    size_t types = data.offsets->size;
    for (size_t i = 0; i < self.transition_count; i++) {
        self.times[i] = std::clamp(TRY(to_int64(thread, (*data.times)[i])), -kMostTime, kMostTime);
        uint64_t type = TRY(to_uint64(thread, (*data.transition_types)[i]));
        if (type >= types)
            return raise(thread, exc::ValueError,
                         "Invalid transition index found while reading "
                         "TZif: {}",
                         type);
        self.period_after[i] = static_cast<uint32_t>(type);
    }
    for (size_t i = 0; i < types; i++) {
        int offset;
        TRY(datetimes::load_int(thread, (*data.offsets)[i], &offset));
        self.periods[i].offset = offset;
    }
    return true;
}

// By how much each type is ahead of standard time: files do not say, so it is guessed from the
// standard time before it or, failing that, behind it.
bool guess_savings(Thread& thread, ZoneInfo& self, const Data& data) {
    size_t types = data.offsets->size, count = self.transition_count;
    auto* is_dst = static_cast<bool*>(array_allocate_zeroed(types + 1));
    if (!is_dst) return raise_memory_error(thread);
    bool good = true;
    for (size_t i = 0; good && i < types; i++) {
        auto truth = is_true(thread, (*data.is_dst)[i]);
        good = static_cast<bool>(truth);
        is_dst[i] = good && *truth;
    }
    auto guess = [&](size_t at, size_t neighbour) {
        Period& period = self.periods[self.period_after[at]];
        uint32_t other = self.period_after[neighbour];
        if (is_dst[self.period_after[at]] && !period.saving && !is_dst[other])
            period.saving = period.offset - self.periods[other].offset;
    };
    for (size_t at = 1; good && at < count; at++) guess(at, at - 1);
    for (size_t at = 0; good && at + 1 < count; at++) guess(at, at + 1);
    for (size_t i = 0; good && i < types; i++)
        if (is_dst[i] && !self.periods[i].saving) self.periods[i].saving = 3600;
    // What holds before the first transition is standard time, if there is any.
    if (count > 0) self.first = self.period_after[0];
    for (size_t i = types; i-- > 0;)
        if (!is_dst[i]) self.first = static_cast<uint32_t>(i);
    array_free(is_dst);
    return good;
}

void compute_local_times(ZoneInfo& self) {
    for (size_t i = 0; i < self.transition_count; i++) {
        int64_t before = self.periods[i > 0 ? self.period_after[i - 1] : self.first].offset;
        int64_t after = self.periods[self.period_after[i]].offset;
        bool forward = after > before;
        self.local_times[0][i] = self.times[i] + (forward ? after : before);
        self.local_times[1][i] = self.times[i] + (forward ? before : after);
    }
}

// The words that tzinfo's methods give out.
bool finish_period(Thread& thread, Period& period, Value name) {
    period.utc_offset.init(TRY(datetimes::make_timedelta(thread, 0, period.offset, 0)));
    period.dst_offset.init(TRY(datetimes::make_timedelta(thread, 0, period.saving, 0)));
    if (!is_str(name)) return raise(thread, exc::TypeError, "a time zone's name must be a str");
    period.name.init(Owned::share(name));
    return true;
}

bool add_rule_period(Thread& thread, ZoneInfo& self, const RulePeriod& part, int saving) {
    Period& period = self.periods[self.period_count];
    period.offset = part.offset;
    period.saving = saving;
    Ref<Str> name = TRY(make_str(thread, part.name, part.name_size));
    self.period_count++;
    return finish_period(thread, period, name);
}

bool load_rule(Thread& thread, ZoneInfo& self, Value text) {
    auto& bytes = text.as<Bytes>();
    if (!parse_rule(bytes.text(), bytes.size, &self.rule)) return raise_malformed(thread, text);
    self.standard = self.period_count;
    TRY(add_rule_period(thread, self, self.rule.standard, 0));
    if (self.rule.changes) {
        self.daylight = self.period_count;
        TRY(add_rule_period(thread, self, self.rule.daylight, self.rule.shift()));
    }
    self.rule.standard.name = self.rule.daylight.name = nullptr;
    return true;
}

bool same_period(const Period& a, const Period& b) {
    return a.offset == b.offset && a.saving == b.saving &&
           str_equal(a.name.as<Str>(), b.name.as<Str>());
}

bool never_changes(const ZoneInfo& self) {
    if (self.rule.changes) return false;
    const Period& always = self.periods[self.standard];
    if (!same_period(self.periods[self.first], always)) return false;
    for (size_t i = 0; i < self.transition_count; i++)
        if (!same_period(self.periods[self.period_after[i]], always)) return false;
    return true;
}

}  // namespace

bool load_zone(Thread& thread, ZoneInfo& self, Value file) {
    Owned loader = state_of(type_of(Value::of(self))).load_data.share();
    Owned loaded = TRY(call(thread, loader, file));
    Data data;
    TRY(take_apart(thread, loaded, &data));
    TRY(allocate_tables(thread, self, data));
    TRY(load_numbers(thread, self, data));
    TRY(guess_savings(thread, self, data));
    compute_local_times(self);
    size_t types = data.offsets->size;
    for (size_t i = 0; i < types; i++) {
        self.period_count++;
        TRY(finish_period(thread, self.periods[i], (*data.names)[i]));
    }
    if (is_bytes(data.rule) && data.rule.as<Bytes>().size > 0) {
        TRY(load_rule(thread, self, data.rule));
        if (types == 0) self.first = self.standard;
    } else if (types == 0) {
        return raise(thread, exc::ValueError, "No time zone information found.");
    } else {
        size_t count = self.transition_count;
        self.standard = count > 0 ? self.period_after[count - 1] : static_cast<uint32_t>(types - 1);
    }
    self.is_fixed = never_changes(self);
    return true;
}

}  // namespace imugi::zones
