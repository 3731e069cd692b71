// Zones by their keys. A class remembers its zones weakly, in a WeakValueDictionary; ZoneInfo
// itself holds on to the last eight besides, in the order of their use, under the module's Lock.
#include "memory/collector.h"
#include "modules/_zoneinfo/zoneinfo.h"
#include "object/call.h"
#include "object/int.h"
#include "object/iteration.h"
#include "object/module.h"
#include "object/names.h"
#include "object/protocol.h"
#include "thread/lock.h"

namespace imugi::zones {

namespace {

Module& module_of(Type& type) {
    return native_base(type, zone_info_spec)->module_object.as<Module>();
}

// Entries 0 to `at` move one back, the first becomes the given one; what falls out comes back.
struct Entry {
    Owned key, zone;
};
Entry put_first(State& state, size_t at, Owned key, Owned zone) {
    for (size_t i = 0; i <= at; i++) {
        key = state.recent_keys[i].exchange(std::move(key));
        zone = state.recent_zones[i].exchange(std::move(zone));
    }
    return {std::move(key), std::move(zone)};
}

// The place of a key among the recent ones; kRecentZones for none. Under the Lock.
size_t find_recent(const State& state, const Str& key) {
    for (size_t i = 0; i < kRecentZones && !state.recent_keys[i].is_empty(); i++)
        if (str_equal(state.recent_keys[i].as<Str>(), key)) return i;
    return kRecentZones;
}

// Empty when there is none.
Owned recent_zone(Thread& thread, Type& type, Value key) {
    State& state = state_of(type);
    if (&type != state.type || !is_exact_str(key)) return {};
    Entry found;
    Owned answer;
    {
        Lock guard(thread, module_of(type));
        size_t at = find_recent(state, key.as<Str>());
        if (at == kRecentZones) return {};
        if (at == 0) return state.recent_zones[0].share();
        found = put_first(state, at, state.recent_keys[at].share(), state.recent_zones[at].share());
        answer = found.zone.share();
    }
    return answer;
}

// The zone that stands there for the key from now on: another thread may have been faster.
Owned remember(Thread& thread, Type& type, Value key, Value zone) {
    State& state = state_of(type);
    if (&type != state.type || !is_exact_str(key)) return Owned::share(zone);
    Entry fallen;
    Lock guard(thread, module_of(type));
    size_t at = find_recent(state, key.as<Str>());
    bool is_there = at < kRecentZones;
    Owned first = is_there ? state.recent_zones[at].share() : Owned::share(zone);
    fallen = put_first(state, is_there ? at : kRecentZones - 1, Owned::share(key), first.share());
    return first;
}

// Entries behind the removed one move up.
void forget(Thread& thread, Type& type, Value key) {
    State& state = state_of(type);
    if (&type != state.type || !is_exact_str(key)) return;
    Owned old_key, old_zone;
    Lock guard(thread, module_of(type));
    size_t at = find_recent(state, key.as<Str>());
    for (size_t i = kRecentZones; at < kRecentZones && i-- > at;) {
        old_key = state.recent_keys[i].exchange(std::move(old_key));
        old_zone = state.recent_zones[i].exchange(std::move(old_zone));
    }
}

void forget_all(Thread& thread, Type& type) {
    State& state = state_of(type);
    if (&type != state.type) return;
    Entry old[kRecentZones];
    Lock guard(thread, module_of(type));
    for (size_t i = 0; i < kRecentZones; i++)
        old[i] = {state.recent_keys[i].take(), state.recent_zones[i].take()};
}

Owned weak_cache_of(Thread& thread, Type& type) {
    State& state = state_of(type);
    if (&type == state.type) return state.weak_cache.share();
    return get_attribute(thread, Value::of(type), ID(_weak_cache));
}

Owned open_file(Thread& thread, State& state, Value key) {
    Owned path = TRY(call(thread, state.find_file.borrow(), key));
    if (is_none(path)) return call(thread, state.load_file.borrow(), key);
    Owned open = TRY(module_attribute(thread, ID(io), ID(open)));
    Ref<Str> mode = TRY(make_str(thread, "rb"));
    return call(thread, open, path, mode);
}

Owned new_zone(Thread& thread, Type& type, Value key, bool from_cache) {
    Owned file = TRY(open_file(thread, state_of(type), key));
    auto* self = allocate<ZoneInfo>(thread, type);
    if (!self) return {};
    Owned made = Owned::adopt(self);
    self->key.init(Owned::share(key));
    self->from_cache = from_cache;
    bool loaded = load_zone(thread, *self, file);
    {
        SavedException failure(thread);
        Owned closed = call_method(thread, file, ID(close));
        if (!closed) {
            if (loaded) return {};
            clear_exception(thread);
        }
    }
    if (!loaded) return {};
    track(self);
    return made;
}

}  // namespace

Owned uncached_zone(Thread& thread, Type& type, Value key) {
    return new_zone(thread, type, key, false);
}

Owned cached_zone(Thread& thread, Type& type, Value key) {
    Owned recent = recent_zone(thread, type, key);
    if (recent) return recent;
    Owned weak = TRY(weak_cache_of(thread, type));
    Owned zone = TRY(call_method(thread, weak, ID(get), key, none()));
    if (is_none(zone)) {
        Owned made = TRY(new_zone(thread, type, key, true));
        zone = TRY(call_method(thread, weak, ID(setdefault), key, made));
    }
    Owned first = remember(thread, type, key, zone);
    // The dictionary let two threads put in one each.
    if (first.value().identity() != zone.value().identity() && !set_item(thread, weak, key, first))
        return {};
    return first;
}

bool clear_caches(Thread& thread, Type& type, Value only_keys) {
    Owned weak = TRY(weak_cache_of(thread, type));
    if (is_none(only_keys)) {
        if (!call_method(thread, weak, ID(clear))) return false;
        forget_all(thread, type);
        return true;
    }
    Owned keys = TRY(iterate(thread, only_keys));
    for (;;) {
        Owned key = TRY(next(thread, keys));
        if (key.is_nothing()) return true;
        forget(thread, type, key);
        if (!call_method(thread, weak, ID(pop), key, none())) return false;
    }
}

Owned make_weak_cache(Thread& thread) {
    Owned make = TRY(module_attribute(thread, ID(weakref), ID(WeakValueDictionary)));
    return call(thread, make);
}

bool give_own_cache(Thread& thread, Type& type) {
    Owned cache = TRY(make_weak_cache(thread));
    return set_attribute(thread, Value::of(type), ID(_weak_cache), cache);
}

}  // namespace imugi::zones
