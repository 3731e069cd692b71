// functools._lru_cache_wrapper. The cache is a dict whose order is that of use: a hit moves its
// item to the end, the first one is the next to go. Each operation on the dict is atomic by
// itself; the function is called under no lock.
#include "memory/collector.h"
#include "modules/_functools/functools.h"
#include "object/call.h"
#include "object/dict_order.h"
#include "object/function.h"
#include "object/int.h"
#include "object/protocol.h"
#include "object/stepping.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/value_buffer.h"

namespace imugi::functools {

// Counted by many threads at once, each in a cache line of its own if they are few.
class HitCount {
  public:
    void count(const Thread& thread) {
        parts_[thread.heap_id % kParts].value.fetch_add(1, std::memory_order_relaxed);
    }
    int64_t total() const {
        int64_t sum = 0;
        for (const Part& part : parts_) sum += part.value.load(std::memory_order_relaxed);
        return sum;
    }
    void clear() {
        for (Part& part : parts_) part.value.store(0, std::memory_order_relaxed);
    }

  private:
    static constexpr size_t kParts = 4;
    struct Part {
        std::atomic<int64_t> value;
        char rest_of_line[64 - sizeof(int64_t)];
    };
    Part parts_[kParts];
};

struct LruCache : Object {
    Slot function;   // immutable
    Slot cache;      // dict, immutable field
    Slot info_type;  // immutable
    Index max_size;  // -1: unlimited, 0: no caching
    bool typed;
    OldestHint oldest;  // under the cache's Lock
    std::atomic<int64_t> misses;
    HitCount hits;
};

}  // namespace imugi::functools

namespace imugi {
IMUGI_MODULE_TYPE(functools::LruCache, functools::lru_cache_spec);
}

namespace imugi::functools {

namespace {

void lru_fields(Object* object, FieldVisitor& visitor) {
    auto* self = static_cast<LruCache*>(object);
    visitor.visit(self->function);
    visitor.visit(self->cache);
    visitor.visit(self->info_type);
}

Owned lru_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value bound[4];
    TRY(bind_arguments(thread, "lru_cache", "(user_function, maxsize, typed, cache_info_type)",
                       arguments, bound, 4));
    if (!is_callable(bound[0]))
        return raise(thread, exc::TypeError, "the first argument must be callable");
    Index max_size = -1;
    if (!is_none(bound[1])) {
        if (!type_of(bound[1]).slots.index)
            return raise(thread, exc::TypeError, "maxsize should be integer or None");
        max_size = TRY(to_ssize(thread, bound[1], exc::OverflowError));
        if (max_size < 0) max_size = 0;
    }
    bool typed = TRY(is_true(thread, bound[2]));
    Ref<Dict> cache = TRY(make_dict(thread));
    auto* self = allocate<LruCache>(thread, type);
    if (self == nullptr) return {};
    self->function.init(Owned::share(bound[0]));
    self->cache.init(std::move(cache));
    self->info_type.init(Owned::share(bound[3]));
    self->max_size = max_size;
    self->typed = typed;
    track(self);
    return Owned::adopt(self);
}

// A sole int or str is its own key; everything else a tuple of arguments, names with values behind
// a mark, and if asked for the types.
Owned make_key(Thread& thread, LruCache& self, const Arguments& arguments) {
    size_t named = arguments.names != nullptr ? arguments.names->size : 0;
    if (!self.typed && named == 0) {
        if (arguments.count == 1 && (is_exact_int(arguments[0]) || is_exact_str(arguments[0])))
            return Owned::share(arguments[0]);
        return make_tuple(thread, arguments.values, arguments.count);
    }
    ValueBuffer key(thread);
    for (uint32_t i = 0; i < arguments.count; i++) TRY(key.append(Owned::share(arguments[i])));
    if (named != 0) {
        auto& state = state_of_type<State>(type_of(Value::of(self)), lru_cache_spec);
        TRY(key.append(Owned::share(*state.keyword_mark)));
        for (size_t i = 0; i < named; i++) {
            TRY(key.append(Owned::share((*arguments.names)[i])));
            TRY(key.append(Owned::share(arguments[arguments.count + i])));
        }
    }
    if (self.typed)
        for (size_t i = 0; i < arguments.count + named; i++)
            TRY(key.append(Owned::share(type_of(arguments[i]))));
    return key.to_tuple();
}

Owned lru_call(Thread& thread, Value value, const Arguments& arguments) {
    auto& self = value.as<LruCache>();
    Value function = self.function.borrow();
    if (self.max_size == 0) {
        self.misses.fetch_add(1, std::memory_order_relaxed);
        return call(thread, function, arguments);
    }
    auto& cache = self.cache.as<Dict>();
    Owned key = TRY(make_key(thread, self, arguments));
    int64_t key_hash = TRY(hash(thread, key));
    Owned found;
    if (self.max_size > 0) {
        found = TRY(dict_use(thread, cache, key, key_hash));
    } else {
        found = TRY(dict_get_hashed(thread, cache, key, key_hash));
    }
    if (!found.is_nothing()) {
        self.hits.count(thread);
        return found;
    }
    self.misses.fetch_add(1, std::memory_order_relaxed);
    Owned result = TRY(call(thread, function, arguments));
    if (self.max_size < 0) {
        TRY(dict_set_hashed(thread, cache, key, key_hash, result.share()));
        return result;
    }
    // The call may have put the same key there.
    Owned present = TRY(dict_get_hashed(thread, cache, key, key_hash));
    if (!present.is_nothing()) return result;
    Owned old_key, old_value;
    if (dict_size(cache) >= self.max_size)
        old_value = dict_pop_oldest(thread, cache, self.oldest, &old_key);
    TRY(dict_set_hashed(thread, cache, key, key_hash, result.share()));
    while (dict_size(cache) > self.max_size) {
        Owned extra_key;
        Owned extra = dict_pop_oldest(thread, cache, self.oldest, &extra_key);
    }
    return result;
}

Owned lru_get(Thread& thread, Value self, Value instance, Value) {
    if (instance.is_empty() || is_none(instance)) return Owned::share(self);
    return make_bound_method(thread, self, instance);
}

Owned cache_info(Thread& thread, LruCache& self) {
    Owned max_size =
        TRY(self.max_size < 0 ? Owned::share(none()) : make_int(thread, self.max_size));
    return call(thread, self.info_type.borrow(), Value::small_int(self.hits.total()),
                Value::small_int(self.misses.load(std::memory_order_relaxed)), max_size,
                Value::small_int(dict_size(self.cache.as<Dict>())));
}

bool cache_clear(Thread& thread, LruCache& self) {
    self.hits.clear();
    self.misses.store(0, std::memory_order_relaxed);
    dict_clear(thread, self.cache.as<Dict>());
    return true;
}

Owned lru_reduce(Thread& thread, LruCache& self) {
    return get_attribute(thread, Value::of(self), ID(__qualname__));
}

Owned lru_copy(Thread&, LruCache& self) {
    return Owned::share(self);
}

Owned lru_deepcopy(Thread&, LruCache& self, Value) {
    return Owned::share(self);
}

const MethodRow lru_rows[] = {
    {"cache_info", "(self, /)", fn<cache_info>, "Report cache statistics"},
    {"cache_clear", "(self, /)", fn<cache_clear>, "Clear the cache and cache statistics"},
    {"__reduce__", "(self, /)", fn<lru_reduce>},
    {"__copy__", "(self, /)", fn<lru_copy>},
    {"__deepcopy__", "(self, memo, /)", fn<lru_deepcopy>},
    {},
};

const GetSetRow lru_getsets[] = {kInstanceDictRow, {}};

}  // namespace

const TypeSpec lru_cache_spec = {
    .name = "functools._lru_cache_wrapper",
    .doc =
        "Create a cached callable that wraps another function.\n\n"
        "user_function:      the function being cached\n\n"
        "maxsize:  0         for no caching\n"
        "          None      for unlimited cache size\n"
        "          n         for a bounded cache\n\n"
        "typed:    False     cache f(3) and f(3.0) as identical calls\n"
        "          True      cache f(3) and f(3.0) as distinct calls\n\n"
        "cache_info_type:    namedtuple class with the fields:\n"
        "                        hits misses currsize maxsize\n",
    .size = sizeof(LruCache),
    .flags = kTypeBase | kTypeTracked | kTypeHasDict | kTypeHasWeakrefs | kTypeMethodDescriptor,
    .slots = {.call = lru_call, .descriptor_get = lru_get, .make = lru_make, .fields = lru_fields},
    .methods = lru_rows,
    .getsets = lru_getsets,
};

}  // namespace imugi::functools
