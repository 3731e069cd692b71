// gc: the collector's face. Lists given out hold references of their own, taken with the world
// stopped.
#include "memory/array.h"
#include "memory/collector.h"
#include "memory/fields.h"
#include "memory/verify.h"
#include "modules/constants.h"
#include "object/audit.h"
#include "object/call.h"
#include "object/code.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/module.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/safepoint.h"

namespace imugi {

namespace {

Owned gc_enable(Thread&) {
    collector_settings.enabled.store(true, std::memory_order_relaxed);
    return Owned::share(none());
}
Owned gc_disable(Thread&) {
    collector_settings.enabled.store(false, std::memory_order_relaxed);
    return Owned::share(none());
}
Owned gc_isenabled(Thread&) {
    return Owned::share(boolean(collector_settings.enabled.load(std::memory_order_relaxed)));
}

// Inline caches keep what they have found, such as a method of a class that is used no more. Takes
// the records with values out of all codes; no reader has one in hand when the world is stopped.
void take_cached_values(void* context, Object* object) {
    if (!has_shape(Value::of(*object), k_code_shape)) return;
    auto& code = *static_cast<Code*>(object);
    auto& taken = *static_cast<CacheRecord**>(context);
    for (uint32_t i = 0; code.caches && i < code.cache_count; i++) {
        CacheRecord* last = nullptr;
        bool holds = false;
        CacheRecord* first = cache_record(code.caches[i].load(std::memory_order_relaxed));
        for (CacheRecord* record = first; record; record = record->next) {
            holds |= record->value.load(std::memory_order_relaxed) != 0;
            last = record;
        }
        if (!holds) continue;
        code.caches[i].store(0, std::memory_order_relaxed);
        last->next = taken;
        taken = first;
    }
}

void forget_cached_values(Thread& thread) {
    CacheRecord* taken = nullptr;
    for_each_tracked(thread, take_cached_values, &taken);
    while (taken) {
        Owned value = Owned::adopt(taken->value.load(std::memory_order_relaxed));
        array_free(std::exchange(taken, taken->next));
    }
}

Owned gc_collect(Thread& thread, int generation) {
    if (generation < 0 || generation > 2)
        return raise(thread, exc::ValueError, "invalid generation");
    if (generation == 2) forget_cached_values(thread);
    drain_dying(thread);
    merge_queued(thread);
    CollectionResult result = collect(thread, generation);
    return make_int(thread, static_cast<int64_t>(result.collected + result.uncollectable));
}

Owned gc_get_count(Thread& thread) {
    Owned young = TRY(make_int(thread, static_cast<int64_t>(collector_young_count())));
    return make_tuple(thread, young, Value::small_int(0), Value::small_int(0)).owned();
}

Owned gc_set_threshold(Thread& thread, int threshold0, Value threshold1, Value threshold2) {
    collector_settings.thresholds[0].store(threshold0, std::memory_order_relaxed);
    int index = 1;
    for (Value value : {threshold1, threshold2}) {
        if (!value.is_empty()) {
            int64_t number = TRY(to_int64(thread, value));
            collector_settings.thresholds[index].store(static_cast<int>(number),
                                                       std::memory_order_relaxed);
        }
        index++;
    }
    return Owned::share(none());
}
Owned gc_get_threshold(Thread& thread) {
    Value values[3];
    for (int i = 0; i < 3; i++)
        values[i] =
            Value::small_int(collector_settings.thresholds[i].load(std::memory_order_relaxed));
    return make_tuple(thread, values, 3).owned();
}

Owned gc_set_debug(Thread&, int flags) {
    collector_settings.debug_flags.store(static_cast<uint32_t>(flags), std::memory_order_relaxed);
    return Owned::share(none());
}
Owned gc_get_debug(Thread& thread) {
    return make_int(thread, collector_settings.debug_flags.load(std::memory_order_relaxed));
}

// A growing array of references, filled while the world is stopped and turned into a list
// afterwards.
struct Gathered {
    Owned* items = nullptr;
    size_t count = 0, capacity = 0;
    bool failed = false;

    ~Gathered() {
        for (size_t i = 0; i < count; i++) items[i].~Owned();
        array_free(items);
    }
    void add(Object* object) { add(Value::of(object)); }
    void add(Value value) {
        if (count == capacity) {
            size_t more = capacity ? capacity * 2 : 1024;
            void* grown = array_reallocate(items, more * sizeof(Owned));
            if (!grown) {
                failed = true;
                return;
            }
            items = static_cast<Owned*>(grown);
            capacity = more;
        }
        new (&items[count++]) Owned(Owned::share(value));
    }
    Owned to_list(Thread& thread) {
        if (failed) return raise_memory_error(thread);
        Ref<List> list = TRY(make_list(thread, count));
        for (size_t i = 0; i < count; i++) TRY(list_append(thread, *list, std::move(items[i])));
        return std::move(list).owned();
    }
};

Owned gc_get_objects(Thread& thread, Value generation) {
    TRY(audit(thread, "gc.get_objects", is_none(generation) ? Value::small_int(-1) : generation));
    if (!is_none(generation)) {
        int64_t number = TRY(to_int64(thread, generation));
        if (number < 0)
            return raise(thread, exc::ValueError, "generation parameter cannot be negative");
        if (number > 2)
            return raise(
                thread, exc::ValueError,
                "generation parameter must be less than the number of available generations (3)");
        // All objects are of one age here: the oldest.
        if (number != 2) return make_list(thread).owned();
    }
    Gathered gathered;
    for_each_tracked(
        thread, [](void* context, Object* object) { static_cast<Gathered*>(context)->add(object); },
        &gathered);
    return gathered.to_list(thread);
}

struct ReferentVisitor : FieldVisitor {
    explicit ReferentVisitor(Gathered& g) : FieldVisitor{visit_one, false, true}, gathered(g) {}
    Gathered& gathered;
    static void visit_one(FieldVisitor& self, std::atomic<uint64_t>& word) {
        Value value = Value::from_bits(word.load(std::memory_order_relaxed));
        if (!value.is_empty() && !value.is_nothing())
            static_cast<ReferentVisitor&>(self).gathered.add(value);
    }
};

Owned gc_get_referents(Thread& thread, Args objects) {
    Ref<Tuple> told = TRY(make_tuple(thread, objects.values, objects.count));
    TRY(audit(thread, "gc.get_referents", told));
    Gathered gathered;
    {
        StopTheWorld stopped(thread);
        ReferentVisitor visitor(gathered);
        for (Value value : objects) {
            if (!value.is_object() || !type_of(value).has(kTypeTracked)) continue;
            visit_fields(value.object(), visitor);
            Object* type = type_object_of(value.object());
            if (!type->has_flag(kImmortal)) gathered.add(type);
        }
    }
    return gathered.to_list(thread);
}

// Objects one of whose fields is among the given ones.
struct ReferrerSearch : FieldVisitor {
    ReferrerSearch(Args t, Gathered& g) : FieldVisitor{visit_one}, targets(t), gathered(g) {}
    Args targets;
    Gathered& gathered;
    bool found = false;
    static void visit_one(FieldVisitor& self, std::atomic<uint64_t>& word) {
        auto& search = static_cast<ReferrerSearch&>(self);
        Value value = Value::from_bits(word.load(std::memory_order_relaxed));
        if (!value.is_object()) return;
        for (Value target : search.targets) search.found = search.found || same(value, target);
    }
};

Owned gc_get_referrers(Thread& thread, Args objects) {
    Ref<Tuple> told = TRY(make_tuple(thread, objects.values, objects.count));
    TRY(audit(thread, "gc.get_referrers", told));
    Gathered gathered;
    ReferrerSearch search(objects, gathered);
    for_each_tracked(
        thread,
        [](void* context, Object* object) {
            auto& each = *static_cast<ReferrerSearch*>(context);
            each.found = false;
            visit_fields(object, each);
            if (each.found) each.gathered.add(object);
        },
        &search);
    return gathered.to_list(thread);
}

Owned gc_is_tracked(Thread&, Value obj) {
    return Owned::share(
        boolean(obj.is_object() && (obj.object()->has_flag(kTracked) ||
                                    (is_type(obj) && obj.as<Type>().has(kTypeHeap)))));
}
Owned gc_is_finalized(Thread&, Value obj) {
    return Owned::share(boolean(obj.is_object() && obj.object()->has_flag(kFinalized)));
}

Owned gc_freeze(Thread& thread) {
    freeze_objects(thread);
    return Owned::share(none());
}
Owned gc_unfreeze(Thread& thread) {
    unfreeze_objects(thread);
    return Owned::share(none());
}
Owned gc_get_freeze_count(Thread& thread) {
    return make_int(thread, static_cast<int64_t>(frozen_count()));
}

Owned gc_get_stats(Thread& thread) {
    Ref<List> list = TRY(make_list(thread));
    for (int i = 0; i < 3; i++) {
        GenerationStats stats = collector_stats(i);
        Ref<Dict> dict = TRY(make_dict(thread));
        Owned collections = TRY(make_int_unsigned(thread, stats.collections));
        Owned collected = TRY(make_int_unsigned(thread, stats.collected));
        Owned uncollectable = TRY(make_int_unsigned(thread, stats.uncollectable));
        TRY(dict_set(thread, *dict, Value::of(ID(collections)), std::move(collections)));
        TRY(dict_set(thread, *dict, Value::of(ID(collected)), std::move(collected)));
        TRY(dict_set(thread, *dict, Value::of(ID(uncollectable)), std::move(uncollectable)));
        TRY(list_append(thread, *list, std::move(dict).owned()));
    }
    return std::move(list).owned();
}

// gc.callbacks and gc.garbage, made with the module.
Slot callbacks, garbage;
KnownSlots known_callbacks(&callbacks, 1), known_garbage(&garbage, 1);

void notify(Thread& thread, const char* phase, int generation, const CollectionResult& result) {
    if (callbacks.is_empty() || list_size(callbacks.as<List>()) == 0) return;
    Ref<Dict> info = make_dict(thread);
    Ref<Str> name = make_str(thread, phase);
    if (!info || !name ||
        !dict_set(thread, *info, Value::of(ID(generation)), Value::small_int(generation)) ||
        !dict_set(thread, *info, Value::of(ID(collected)),
                  Value::small_int(static_cast<int64_t>(result.collected))) ||
        !dict_set(thread, *info, Value::of(ID(uncollectable)),
                  Value::small_int(static_cast<int64_t>(result.uncollectable))))
        return clear_exception(thread);
    for (Index i = 0; i < list_size(callbacks.as<List>()); i++) {
        Owned callback = list_item(thread, callbacks.as<List>(), i);
        if (callback.is_nothing()) break;
        Owned done = call(thread, callback, name, info);
        if (!done) report_unraisable(thread, callback);
    }
}

void save_garbage(Thread& thread, Object* object) {
    if (!list_append(thread, garbage.as<List>(), Owned::share(*object))) clear_exception(thread);
}

const MethodRow rows[] = {
    {"enable", "()", fn<gc_enable>, "Enable automatic garbage collection."},
    {"disable", "()", fn<gc_disable>, "Disable automatic garbage collection."},
    {"isenabled", "()", fn<gc_isenabled>,
     "Returns true if automatic garbage collection is enabled."},
    {"collect", "(generation=2)", fn<gc_collect>, "Run the garbage collector."},
    {"get_count", "()", fn<gc_get_count>, "Return a three-tuple of the current collection counts."},
    {"set_threshold",
     "(threshold0, threshold1=<unrepresentable>, threshold2=<unrepresentable>, /) -> None",
     fn<gc_set_threshold>, "Set the collection thresholds (the collection frequency)."},
    {"get_threshold", "()", fn<gc_get_threshold>, "Return the current collection thresholds."},
    {"set_debug", "(flags, /)", fn<gc_set_debug>, "Set the garbage collection debugging flags."},
    {"get_debug", "()", fn<gc_get_debug>, "Get the garbage collection debugging flags."},
    {"get_objects", "(generation=None)", fn<gc_get_objects>,
     "Return a list of objects tracked by the collector (excluding the list returned)."},
    {"get_referents", "(*objs)", fn<gc_get_referents>,
     "Return the list of objects that are directly referred to by 'objs'."},
    {"get_referrers", "(*objs)", fn<gc_get_referrers>,
     "Return the list of objects that directly refer to any of 'objs'."},
    {"is_tracked", "(obj, /)", fn<gc_is_tracked>,
     "Returns true if the object is tracked by the garbage collector."},
    {"is_finalized", "(obj, /)", fn<gc_is_finalized>,
     "Returns true if the object has been already finalized by the GC."},
    {"freeze", "()", fn<gc_freeze>,
     "Freeze all current tracked objects and ignore them for future collections."},
    {"unfreeze", "()", fn<gc_unfreeze>, "Unfreeze all objects in the permanent generation."},
    {"get_freeze_count", "()", fn<gc_get_freeze_count>,
     "Return the number of objects in the permanent generation."},
    {"get_stats", "()", fn<gc_get_stats>,
     "Return a list of dictionaries containing per-generation statistics."},
    {},
};

bool execute(Thread& thread, Module& module) {
    if (callbacks.is_empty()) {
        callbacks.init(make_list(thread).owned());
        garbage.init(make_list(thread).owned());
        if (callbacks.is_empty() || garbage.is_empty()) return false;
        // Release: who calls them finds the lists.
        collector_hooks.notify.store(notify, std::memory_order_release);
        collector_hooks.save_garbage.store(save_garbage, std::memory_order_release);
    }
    TRY(module_set(thread, module, "callbacks", callbacks.borrow()));
    TRY(module_set(thread, module, "garbage", garbage.borrow()));
    static constexpr IntConstant constants[] = {{"DEBUG_STATS", 1},
                                                {"DEBUG_COLLECTABLE", 2},
                                                {"DEBUG_UNCOLLECTABLE", 4},
                                                {"DEBUG_SAVEALL", 32},
                                                {"DEBUG_LEAK", 38}};
    return add_int_constants(thread, module, constants);
}

ModuleSpec spec{"gc", "This module provides access to the garbage collector for reference cycles.",
                rows, execute};

}  // namespace

}  // namespace imugi
