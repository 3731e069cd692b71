// Pickled states: 4, 6 or 10 bytes, as all Pythons write them, with the fold in the top bit of the
// month or hour; and as str, which is how Python 3 reads the pickles of Python 2.
#include "modules/_datetime/datetime.h"
#include "object/bytes.h"
#include "object/text_hash.h"
#include "object/tuple.h"

namespace imugi::datetimes {

namespace {

constexpr size_t kDateBytes = 4, kTimeBytes = 6, kDateTimeBytes = kDateBytes + kTimeBytes;
constexpr uint8_t kFoldBit = 0x80;

void pack_date(uint8_t* out, CalendarDate date) {
    out[0] = static_cast<uint8_t>(date.year >> 8);
    out[1] = static_cast<uint8_t>(date.year);
    out[2] = static_cast<uint8_t>(date.month);
    out[3] = static_cast<uint8_t>(date.day);
}

CalendarDate unpack_date(const uint8_t* state) {
    return {state[0] << 8 | state[1], state[2] & ~kFoldBit, state[3]};
}

void pack_clock(uint8_t* out, Clock clock) {
    out[0] = static_cast<uint8_t>(clock.hour);
    out[1] = static_cast<uint8_t>(clock.minute);
    out[2] = static_cast<uint8_t>(clock.second);
    out[3] = static_cast<uint8_t>(clock.microsecond >> 16);
    out[4] = static_cast<uint8_t>(clock.microsecond >> 8);
    out[5] = static_cast<uint8_t>(clock.microsecond);
}

// Fills all the fields that `time` shares with DateTime.
template <class T>
void unpack_clock(T& self, const uint8_t* state) {
    self.hour = state[0] & static_cast<uint8_t>(~kFoldBit);
    self.minute = state[1];
    self.second = state[2];
    self.microsecond = state[3] << 16 | state[4] << 8 | state[5];
}

Owned with_tzinfo(Thread& thread, const uint8_t* state, size_t size, const Slot& tzinfo) {
    Ref<Bytes> bytes = TRY(make_bytes(thread, state, size));
    if (tzinfo.is_empty()) return make_tuple(thread, bytes);
    return make_tuple(thread, bytes, tzinfo.borrow());
}

// A constructor's first argument as a state: of the right size, and the byte at `at`, which tells
// it from other strings, within bounds. Nothing if it is none.
struct State {
    uint8_t bytes[kDateTimeBytes];
    bool found = false;
};
struct StateForm {
    const char* name;
    size_t size, at;
    uint8_t mask, least, most;

    bool fits(uint32_t c) const { return (c & mask) >= least && (c & mask) <= most; }
};
constexpr StateForm kDateForm = {"date", kDateBytes, 2, 0xFF, 1, 12};
constexpr StateForm kTimeForm = {"time", kTimeBytes, 0, 0x7F, 0, 23};
constexpr StateForm kDateTimeForm = {"datetime", kDateTimeBytes, 2, 0x7F, 1, 12};

bool load_latin1(Thread& thread, const Str& text, const StateForm& form, State* out) {
    for (size_t i = 0; i < form.size; i++) {
        if (text[i] > 0xFF)
            return raise(thread, exc::ValueError,
                         "Failed to encode latin1 string when unpickling a {} object. "
                         "pickle.load(data, encoding='latin1') is assumed.",
                         form.name);
        out->bytes[i] = static_cast<uint8_t>(text[i]);
    }
    return out->found = true;
}

bool find_state(Thread& thread, const Arguments& arguments, size_t most, const StateForm& form,
                State* out) {
    if (arguments.count < 1 || arguments.count > most) return true;
    Value value = arguments[0];
    if (is_bytes(value)) {
        auto& bytes = value.as<Bytes>();
        if (bytes.size != form.size || !form.fits(bytes.data()[form.at])) return true;
        memcpy(out->bytes, bytes.data(), form.size);
        return out->found = true;
    }
    if (!is_str(value)) return true;
    auto& text = value.as<Str>();
    // Of a character beyond Latin-1 all bits count.
    if (text.length() != form.size || text[form.at] > 0xFF || !form.fits(text[form.at]))
        return true;
    return load_latin1(thread, text, form, out);
}

bool load_tzinfo(Thread& thread, const Arguments& arguments, Slot& out) {
    if (arguments.count < 2 || is_none(arguments[1])) return true;
    if (!tzinfo_class.is_instance(arguments[1]))
        return raise(thread, exc::TypeError, "bad tzinfo state arg");
    out.init(Owned::share(arguments[1]));
    return true;
}

void load_date(Date& self, const uint8_t* state) {
    CalendarDate date = unpack_date(state);
    self.year = static_cast<uint16_t>(date.year);
    self.month = static_cast<uint8_t>(date.month);
    self.day = static_cast<uint8_t>(date.day);
    self.cached_hash.store(kNoHash, std::memory_order_relaxed);
}

}  // namespace

Owned pickled_state(Thread& thread, const Date& self) {
    uint8_t state[kDateBytes];
    pack_date(state, self.date());
    return make_bytes(thread, state, sizeof state);
}

Owned pickled_state(Thread& thread, const Time& self, int protocol) {
    uint8_t state[kTimeBytes];
    pack_clock(state, self.clock());
    if (self.fold && protocol > 3) state[0] |= kFoldBit;
    return with_tzinfo(thread, state, sizeof state, self.tzinfo);
}

Owned pickled_state(Thread& thread, const DateTime& self, int protocol) {
    uint8_t state[kDateTimeBytes];
    pack_date(state, self.date());
    pack_clock(state + kDateBytes, self.clock());
    if (self.fold && protocol > 3) state[2] |= kFoldBit;
    return with_tzinfo(thread, state, sizeof state, self.tzinfo);
}

Owned date_from_state(Thread& thread, Type& type, const Arguments& arguments) {
    State state;
    TRY(find_state(thread, arguments, 1, kDateForm, &state));
    if (!state.found) return Owned::nothing();
    auto* self = allocate<Date>(thread, type);
    if (!self) return {};
    load_date(*self, state.bytes);
    return published(self, type);
}

Owned time_from_state(Thread& thread, Type& type, const Arguments& arguments) {
    State state;
    TRY(find_state(thread, arguments, 2, kTimeForm, &state));
    if (!state.found) return Owned::nothing();
    auto* self = allocate<Time>(thread, type);
    if (!self) return {};
    Owned made = Owned::adopt(self);
    unpack_clock(*self, state.bytes);
    self->fold = state.bytes[0] >= kFoldBit;
    self->cached_hash.store(kNoHash, std::memory_order_relaxed);
    TRY(load_tzinfo(thread, arguments, self->tzinfo));
    if (type.has(kTypeTracked)) track(self);
    return made;
}

Owned datetime_from_state(Thread& thread, Type& type, const Arguments& arguments) {
    State state;
    TRY(find_state(thread, arguments, 2, kDateTimeForm, &state));
    if (!state.found) return Owned::nothing();
    auto* self = allocate<DateTime>(thread, type);
    if (!self) return {};
    Owned made = Owned::adopt(self);
    load_date(*self, state.bytes);
    unpack_clock(*self, state.bytes + kDateBytes);
    self->hour = state.bytes[kDateBytes];
    self->fold = state.bytes[2] >= kFoldBit;
    TRY(load_tzinfo(thread, arguments, self->tzinfo));
    if (type.has(kTypeTracked)) track(self);
    return made;
}

int64_t hash_of_state(const Date& self) {
    uint8_t state[kDateBytes];
    pack_date(state, self.date());
    return hash_text(state, sizeof state);
}

int64_t hash_of_state(const Time& self) {
    uint8_t state[kTimeBytes];
    pack_clock(state, self.clock());
    return hash_text(state, sizeof state);
}

int64_t hash_of_state(const DateTime& self) {
    uint8_t state[kDateTimeBytes];
    pack_date(state, self.date());
    pack_clock(state + kDateBytes, self.clock());
    return hash_text(state, sizeof state);
}

}  // namespace imugi::datetimes
