// The module _zoneinfo: ZoneInfo (PEP 615), the time zones of the IANA database. Files are found
// and read by the Python parts of the package; see zoneinfo.h for what protects the objects.
#include "modules/_zoneinfo/zoneinfo.h"

#include "memory/array.h"
#include "modules/native_types.h"
#include "object/call.h"
#include "object/int.h"
#include "object/module.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi::zones {

using namespace datetimes;

namespace {

// --- making ---

Owned zone_make(Thread& thread, Type& type, const Arguments& arguments) {
    constexpr FieldNames kFields = {"function", "", 1, 1, 1, {"key"}};
    Value key;
    TRY(bind_fields(thread, kFields, arguments, &key));
    return cached_zone(thread, type, key);
}

Owned zone_no_cache(Thread& thread, Type& type, Value key) {
    return uncached_zone(thread, type, key);
}

Owned zone_from_file(Thread& thread, Type& type, Value file, Value key) {
    auto* self = allocate<ZoneInfo>(thread, type);
    if (!self) return {};
    Owned made = Owned::adopt(self);
    self->key.init(Owned::share(key));
    TRY(load_zone(thread, *self, file));
    self->file_text.init(TRY(repr(thread, file)));
    track(self);
    return made;
}

Owned zone_unpickle(Thread& thread, Type& type, Value key, bool from_cache) {
    return from_cache ? cached_zone(thread, type, key) : uncached_zone(thread, type, key);
}

bool zone_clear_cache(Thread& thread, Type& type, Value only_keys) {
    return clear_caches(thread, type, only_keys);
}

bool zone_init_subclass(Thread& thread, Type& type, Args, Kwargs) {
    return give_own_cache(thread, type);
}

void zone_fields(Object* object, FieldVisitor& visitor) {
    auto& self = static_cast<ZoneInfo&>(*object);
    visitor.visit(self.key);
    visitor.visit(self.file_text);
    for (uint32_t i = 0; i < self.period_count; i++) {
        visitor.visit(self.periods[i].utc_offset);
        visitor.visit(self.periods[i].dst_offset);
        visitor.visit(self.periods[i].name);
    }
}

void zone_release(Object* object) {
    auto& self = static_cast<ZoneInfo&>(*object);
    array_free(self.periods);
    array_free(self.period_after);
    array_free(self.times);
}

// --- the local time asked about ---

LocalMoment moment_of(const DateTime& at) {
    int64_t days = ordinal_of(at.date()) - kEpochOrdinal;
    return {days * kDaySeconds + at.clock().seconds(), at.year, at.fold != 0};
}

bool load_attribute(Thread& thread, Value object, Str& name, int* out) {
    Owned value = TRY(get_attribute(thread, object, name));
    return load_int(thread, value, out);
}

// Of anything with a datetime's attributes.
bool load_moment(Thread& thread, Value value, LocalMoment* out) {
    if (is_datetime(value)) {
        *out = moment_of(value.as<DateTime>());
        return true;
    }
    Owned ordinal = TRY(call_method(thread, value, ID(toordinal)));
    int day, hour, minute, second, fold;
    TRY(load_int(thread, ordinal, &day));
    TRY(load_attribute(thread, value, ID(hour), &hour));
    TRY(load_attribute(thread, value, ID(minute), &minute));
    TRY(load_attribute(thread, value, ID(second), &second));
    TRY(load_attribute(thread, value, ID(year), &out->year));
    TRY(load_attribute(thread, value, ID(fold), &fold));
    if (out->year < kMinYear || out->year > kMaxYear)
        return raise(thread, exc::ValueError, "year must be in {}..{}, not {}", kMinYear, kMaxYear,
                     out->year);
    out->seconds =
        (int64_t{day} - kEpochOrdinal) * kDaySeconds + Clock{hour, minute, second, 0}.seconds();
    out->fold = fold != 0;
    return true;
}

// What a method of tzinfo answers: None when it is asked about no time of a zone that changes.
Owned answer(Thread& thread, const ZoneInfo& self, Value moment, Slot Period::* field) {
    if (is_none(moment)) {
        if (!self.is_fixed) return Owned::share(none());
        return (self.periods[self.standard].*field).share();
    }
    LocalMoment at;
    TRY(load_moment(thread, moment, &at));
    return (period_at_local(self, at).*field).share();
}

Owned zone_utcoffset(Thread& thread, ZoneInfo& self, Value moment) {
    return answer(thread, self, moment, &Period::utc_offset);
}
Owned zone_dst(Thread& thread, ZoneInfo& self, Value moment) {
    return answer(thread, self, moment, &Period::dst_offset);
}
Owned zone_tzname(Thread& thread, ZoneInfo& self, Value moment) {
    return answer(thread, self, moment, &Period::name);
}

// --- from UTC ---

Owned shifted(Thread& thread, DateTime& at, const Period& period, bool fold) {
    if (datetime_class.is_exact(Value::of(at))) {
        DateTimeFields fields = fields_of(at);
        TRY(fields_of_total(thread, at.total() + period.offset * kSecondMicros, &fields));
        fields.fold = fold;
        return new_datetime(thread, datetime_class.type(), fields);
    }
    Owned local = TRY(binary_op(thread, BinaryOp::kAdd, Value::of(at), period.utc_offset.borrow()));
    if (!fold) return local;
    Owned replace = TRY(get_attribute(thread, local, ID(replace)));
    Ref<Tuple> names = TRY(make_tuple(thread, Value::of(ID(fold))));
    const Value values[] = {Value::small_int(1)};
    return call(thread, replace, Arguments{values, 0, names.get()});
}

Owned zone_fromutc(Thread& thread, ZoneInfo& self, Value moment) {
    if (!is_datetime(moment))
        return raise(thread, exc::TypeError, "fromutc: argument must be a datetime");
    auto& at = moment.as<DateTime>();
    if (at.tzinfo.borrow().identity() != Value::of(self).identity())
        return raise(thread, exc::ValueError, "fromutc: dt.tzinfo is not self");
    bool fold;
    const Period& period = period_at_utc(self, moment_of(at).seconds, at.year, &fold);
    return shifted(thread, at, period, fold);
}

// --- the object as such ---

Owned zone_repr(Thread& thread, Value value) {
    auto& self = value.as<ZoneInfo>();
    FormatArgument type = type_in_repr(type_of(value));
    if (!is_none(self.key.borrow()))
        return format(thread, "{}(key={})", type, repr_of(self.key.borrow()));
    return format(thread, "{}.from_file({})", type, self.file_text.borrow());
}

Owned zone_str(Thread& thread, Value value) {
    auto& self = value.as<ZoneInfo>();
    return is_none(self.key.borrow()) ? repr(thread, value) : str(thread, self.key.borrow());
}

Owned zone_reduce(Thread& thread, ZoneInfo& self) {
    if (!self.file_text.is_empty()) {
        Owned error = TRY(module_attribute(thread, ID(pickle), ID(PicklingError)));
        return raise(thread, error.as<Type>(), "Cannot pickle a ZoneInfo file from a file stream.");
    }
    Owned unpickle = TRY(get_attribute(thread, share_type(Value::of(self)), ID(_unpickle)));
    Ref<Tuple> state =
        TRY(make_tuple(thread, self.key.borrow(), Value::small_int(self.from_cache)));
    return make_tuple(thread, unpickle, state);
}

Owned get_key(Thread&, Value self) {
    return self.as<ZoneInfo>().key.share();
}

const GetSetRow getsets[] = {computed_member("key", get_key), {}};

const MethodRow rows[] = {
    {"clear_cache", "(type, /, *, only_keys=None)", fn<zone_clear_cache>,
     "Clear the ZoneInfo cache.", kMethodClass},
    {"no_cache", "(type, /, key)", fn<zone_no_cache>,
     "Get a new instance of ZoneInfo, bypassing the cache.", kMethodClass},
    {"from_file", "(type, file_obj, /, key=None)", fn<zone_from_file>,
     "Create a ZoneInfo file from a file object.", kMethodClass},
    {"utcoffset", "(self, dt, /)", fn<zone_utcoffset>,
     "The offset from UTC that the zone has at a local time, as a timedelta."},
    {"dst", "(self, dt, /)", fn<zone_dst>,
     "How much of the offset is daylight saving time at a local time, as a timedelta."},
    {"tzname", "(self, dt, /)", fn<zone_tzname>,
     "The abbreviation that the zone goes by at a local time."},
    {"fromutc", "(self, object, /)", fn<zone_fromutc>,
     "Given a datetime with local time in UTC, retrieve an adjusted datetime in local time."},
    {"__reduce__", "(self, /)", fn<zone_reduce>,
     "Function for serialization with the pickle protocol."},
    {"_unpickle", "(type, key, from_cache, /)", fn<zone_unpickle>,
     "Private method used in unpickling.", kMethodClass},
    {"__init_subclass__", "(type, /, *args, **kwargs) -> None", fn<zone_init_subclass>,
     "Function to initialize subclasses.", kMethodClass},
    {},
};

// --- the module ---

void state_fields(void* address, FieldVisitor& visitor) {
    auto& state = *static_cast<State*>(address);
    visitor.visit(state.weak_cache);
    visitor.visit(state.find_file);
    visitor.visit(state.load_file);
    visitor.visit(state.load_data);
    visitor.visit(state.recent_keys, kRecentZones);
    visitor.visit(state.recent_zones, kRecentZones);
}

Owned attribute_of(Thread& thread, const char* module, Str& name) {
    Ref<Str> module_name = TRY(make_str(thread, module));
    return module_attribute(thread, *module_name, name);
}

bool execute(Thread& thread, Module& module) {
    Ref<Str> base = TRY(make_str(thread, "_datetime"));
    if (!import_module(thread, *base)) return false;
    auto* state = make_module_state<State>(thread, module, state_fields);
    if (!state) return false;
    state->type = module_add_type(thread, module, zone_info_spec, &tzinfo_class.type());
    if (!state->type) return false;
    state->weak_cache.init(TRY(make_weak_cache(thread)));
    state->find_file.init(TRY(attribute_of(thread, "zoneinfo._tzpath", ID(find_tzfile))));
    state->load_file.init(TRY(attribute_of(thread, "zoneinfo._common", ID(load_tzdata))));
    state->load_data.init(TRY(attribute_of(thread, "zoneinfo._common", ID(load_data))));
    return true;
}

ModuleSpec spec("_zoneinfo", "Native implementation of zoneinfo.ZoneInfo.", nullptr, execute);

}  // namespace

const TypeSpec zone_info_spec = {
    .name = "zoneinfo.ZoneInfo",
    .size = sizeof(ZoneInfo),
    .flags = kTypeBase | kTypeTracked | kTypeHasWeakrefs | kTypeImmutable,
    .slots = {.repr = zone_repr,
              .str = zone_str,
              .make = zone_make,
              .fields = zone_fields,
              .release = zone_release},
    .methods = rows,
    .getsets = getsets,
};

}  // namespace imugi::zones
