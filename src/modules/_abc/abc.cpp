// The module _abc: abstract base classes. Each class's sets of weak references are made once and
// then changed by the set's own atomic operations; the counter that outdates negative answers is
// the process's.
#include "memory/collector.h"
#include "modules/native_class.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/descriptor.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/set.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/weakref.h"

namespace imugi {

namespace {

std::atomic<uint64_t> invalidation_counter{0};

// The value of a class's _abc_impl.
struct AbcData : Object {
    Slot registry, cache, negative_cache;  // sets of weakref.ref, immutable as slots
    std::atomic<uint64_t> negative_version;
};

void data_fields(Object* object, FieldVisitor& visitor) {
    auto& data = *static_cast<AbcData*>(object);
    visitor.visit(data.registry);
    visitor.visit(data.cache);
    visitor.visit(data.negative_cache);
}
const TypeSpec data_spec = {
    .name = "_abc._abc_data",
    .doc = "Internal state held by ABC machinery.",
    .size = sizeof(AbcData),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.fields = data_fields},
};
constinit NativeClass data_class(data_spec);

Owned make_data(Thread& thread) {
    Type* type = data_class.get(thread);
    if (!type) return {};
    auto* data = allocate<AbcData>(thread, *type);
    if (!data) return {};
    Owned result = Owned::adopt(data);
    data->registry.init(TRY(make_set(thread)));
    data->cache.init(TRY(make_set(thread)));
    data->negative_cache.init(TRY(make_set(thread)));
    data->negative_version.store(invalidation_counter.load(std::memory_order_relaxed),
                                 std::memory_order_relaxed);
    track(data);
    return result;
}

Owned data_of(Thread& thread, Value cls) {
    Owned data = TRY(get_attribute(thread, cls, ID(_abc_impl)));
    if (!data_class.is_exact(data))
        return raise(thread, exc::TypeError, "_abc_impl is set to a wrong type");
    return data;
}

// --- sets of weak references ---

Result<bool> weak_contains(Thread& thread, Slot& slot, Value cls) {
    auto& set = slot.as<Set>();
    if (set_size(set) == 0) return false;
    if (!type_of(cls).has(kTypeHasWeakrefs)) return false;
    Owned reference = make_weakref(thread, weakref_type, cls, Value());
    if (!reference) return failure;
    return set_contains(thread, set, reference);
}

// Dead references are swept when the set has grown to a power of two.
bool sweep(Thread& thread, Set& set) {
    size_t position = 0;
    Owned element;
    Ref<List> dead = TRY(make_list(thread));
    while (set_next(thread, set, &position, &element)) {
        Owned object = weakref_get(element.as<WeakRef>());
        if (object.is_nothing()) TRY(list_append(thread, *dead, std::move(element)));
    }
    for (Index i = 0; i < list_size(*dead); i++) {
        Owned item = list_item(thread, *dead, i);
        if (!set_discard(thread, set, item)) return false;
    }
    return true;
}

bool weak_add(Thread& thread, Slot& slot, Value cls) {
    auto& set = slot.as<Set>();
    Owned reference = TRY(make_weakref(thread, weakref_type, cls, Value()));
    auto h = hash(thread, reference);
    if (!h) return false;
    Index size = set_size(set);
    if (size >= 64 && (size & (size - 1)) == 0) TRY(sweep(thread, set));
    return set_add(thread, set, reference);
}

// --- abstract methods ---

Result<bool> is_abstract(Thread& thread, Value value) {
    Owned flag = get_attribute_or_nothing(thread, value, ID(__isabstractmethod__));
    if (!flag) return failure;
    if (flag.is_nothing()) return false;
    return is_true(thread, flag);
}

bool compute_abstract_methods(Thread& thread, Value self) {
    Ref<Set> abstracts = TRY(make_set(thread));
    Owned names = TRY(get_attribute(thread, self, ID(__dict__)));
    Owned items = TRY(call_method(thread, names, ID(items)));
    Ref<List> pairs = TRY(to_list(thread, items));
    for (Index i = 0; i < list_size(*pairs); i++) {
        Owned pair = list_item(thread, *pairs, i);
        if (!is_tuple(pair) || pair.as<Tuple>().size != 2)
            return raise(thread, exc::TypeError,
                         "Iteration over __dict__.items() returned item which has size != 2");
        auto abstract = is_abstract(thread, pair.as<Tuple>()[1]);
        if (!abstract) return false;
        if (*abstract) TRY(set_add(thread, *abstracts, pair.as<Tuple>()[0]));
    }
    Owned bases = TRY(get_attribute(thread, self, ID(__bases__)));
    if (!is_tuple(bases)) return raise(thread, exc::TypeError, "__bases__ is not tuple");
    for (size_t i = 0; i < bases.as<Tuple>().size; i++) {
        Owned inherited =
            TRY(get_attribute_or_nothing(thread, bases.as<Tuple>()[i], ID(__abstractmethods__)));
        if (inherited.is_nothing()) continue;
        Ref<List> keys = TRY(to_list(thread, inherited));
        for (Index j = 0; j < list_size(*keys); j++) {
            Owned key = list_item(thread, *keys, j);
            if (!is_str(key))
                return raise(thread, exc::TypeError, "attribute name must be string, not '{}'",
                             type_name_of(key));
            Owned value = TRY(get_attribute_or_nothing(thread, self, key.as<Str>()));
            if (value.is_nothing()) continue;
            auto abstract = is_abstract(thread, value);
            if (!abstract) return false;
            if (*abstract) TRY(set_add(thread, *abstracts, key));
        }
    }
    Owned frozen = TRY(call(thread, Value::of(frozenset_type), abstracts.value()));
    return set_attribute(thread, self, ID(__abstractmethods__), frozen);
}

constexpr int64_t kSequenceBit = 1 << 5, kMappingBit = 1 << 6;

bool take_collection_flags(Thread& thread, Value self) {
    if (!is_type(self)) return true;
    auto& type = self.as<Type>();
    Owned flags = TRY(dict_get_own(thread, type, ID(__abc_tpflags__)));
    if (flags.is_nothing()) return true;
    int64_t bits = 0;
    if (is_exact_int(flags) && !int_fits_int64(flags, &bits)) bits = 0;
    if ((bits & kSequenceBit) && (bits & kMappingBit))
        return raise(thread, exc::TypeError,
                     "__abc_tpflags__ cannot be both "
                     "Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING");
    if (bits & kSequenceBit) type.type_flags.fetch_or(kTypeSequence, std::memory_order_relaxed);
    if (bits & kMappingBit) type.type_flags.fetch_or(kTypeMapping, std::memory_order_relaxed);
    return set_type_attribute(thread, type, ID(__abc_tpflags__), Value());
}

bool give_collection_flags(Thread& thread, Type& child, uint32_t flag) {
    uint32_t now = child.type_flags.load(std::memory_order_relaxed);
    if (child.has(kTypeImmutable) || (now & (kTypeSequence | kTypeMapping)) == flag) return true;
    child.type_flags.fetch_and(~uint32_t{kTypeSequence | kTypeMapping}, std::memory_order_relaxed);
    child.type_flags.fetch_or(flag, std::memory_order_relaxed);
    Ref<List> below = TRY(list_subclasses(thread, child));
    for (Index i = 0; i < list_size(*below); i++) {
        Owned item = list_item(thread, *below, i);
        if (is_type(item)) TRY(give_collection_flags(thread, item.as<Type>(), flag));
    }
    return true;
}

// --- functions ---

bool abc_init(Thread& thread, Value self) {
    TRY(compute_abstract_methods(thread, self));
    Owned data = TRY(make_data(thread));
    TRY(set_attribute(thread, self, ID(_abc_impl), data));
    return take_collection_flags(thread, self);
}

Owned abc_register(Thread& thread, Value self, Value subclass) {
    if (!is_type(subclass)) return raise(thread, exc::TypeError, "Can only register classes");
    bool already = TRY(is_subclass(thread, subclass, self));
    if (already) return Owned::share(subclass);
    bool cycle = TRY(is_subclass(thread, self, subclass));
    if (cycle) return raise(thread, exc::RuntimeError, "Refusing to create an inheritance cycle");
    Owned data = TRY(data_of(thread, self));
    TRY(weak_add(thread, data.as<AbcData>().registry, subclass));
    invalidation_counter.fetch_add(1, std::memory_order_acq_rel);
    if (is_type(self)) {
        uint32_t flag = self.as<Type>().type_flags.load(std::memory_order_relaxed) &
                        (kTypeSequence | kTypeMapping);
        if (flag) TRY(give_collection_flags(thread, subclass.as<Type>(), flag));
    }
    return Owned::share(subclass);
}

Owned check_subclass(Thread& thread, Value self, Value subclass) {
    return call_method(thread, self, ID(__subclasscheck__), subclass);
}

Owned abc_instancecheck(Thread& thread, Value self, Value instance) {
    Owned data = TRY(data_of(thread, self));
    auto& d = data.as<AbcData>();
    Owned subclass = TRY(get_attribute(thread, instance, ID(__class__)));
    bool cached = TRY(weak_contains(thread, d.cache, subclass));
    if (cached) return Owned::share(boolean(true));
    Ref<Type> subtype = share_type(instance);
    if (same(subtype, subclass)) {
        if (d.negative_version.load(std::memory_order_acquire) ==
            invalidation_counter.load(std::memory_order_acquire)) {
            bool negative = TRY(weak_contains(thread, d.negative_cache, subclass));
            if (negative) return Owned::share(boolean(false));
        }
        return check_subclass(thread, self, subclass);
    }
    Owned result = TRY(check_subclass(thread, self, subclass));
    bool truth = TRY(is_true(thread, result));
    if (truth) return result;
    return check_subclass(thread, self, subtype);
}

// Asks the hook, the mro, the registry and the subclasses.
Result<bool> find_subclass(Thread& thread, Value self, Value subclass, AbcData& d) {
    Owned ok = call_method(thread, self, ID(__subclasshook__), subclass);
    if (!ok) return failure;
    if (same(ok, boolean(true))) return true;
    if (same(ok, boolean(false))) return false;
    if (!is_not_implemented(ok))
        return raise(thread, exc::AssertionError,
                     "__subclasshook__ must return either False, True, or NotImplemented");
    if (is_type(self) && is_subtype(subclass.as<Type>(), self.as<Type>())) return true;
    Ref<List> registered = make_list(thread);
    if (!registered) return failure;
    size_t position = 0;
    Owned element;
    while (set_next(thread, d.registry.as<Set>(), &position, &element)) {
        Owned cls = weakref_get(element.as<WeakRef>());
        if (!cls.is_nothing()) TRY(list_append(thread, *registered, std::move(cls)));
    }
    for (Index i = 0; i < list_size(*registered); i++) {
        Owned cls = list_item(thread, *registered, i);
        if (TRY(is_subclass(thread, subclass, cls))) return true;
    }
    Owned below = call_method(thread, self, ID(__subclasses__));
    if (!below) return failure;
    if (!is_list(below))
        return raise(thread, exc::TypeError, "__subclasses__() must return a list");
    for (Index i = 0; i < list_size(below.as<List>()); i++) {
        Owned cls = list_item(thread, below.as<List>(), i);
        if (cls.is_nothing()) break;
        if (TRY(is_subclass(thread, subclass, cls))) return true;
    }
    return false;
}

Owned abc_subclasscheck(Thread& thread, Value self, Value subclass) {
    if (!is_type(subclass))
        return raise(thread, exc::TypeError, "issubclass() arg 1 must be a class");
    Owned data = TRY(data_of(thread, self));
    auto& d = data.as<AbcData>();
    bool cached = TRY(weak_contains(thread, d.cache, subclass));
    if (cached) return Owned::share(boolean(true));
    uint64_t counter = invalidation_counter.load(std::memory_order_acquire);
    if (d.negative_version.load(std::memory_order_acquire) < counter) {
        Owned cleared = TRY(call_method(thread, d.negative_cache.borrow(), ID(clear)));
        d.negative_version.store(counter, std::memory_order_release);
    } else {
        bool negative = TRY(weak_contains(thread, d.negative_cache, subclass));
        if (negative) return Owned::share(boolean(false));
    }
    bool result = TRY(find_subclass(thread, self, subclass, d));
    TRY(weak_add(thread, result ? d.cache : d.negative_cache, subclass));
    return Owned::share(boolean(result));
}

Owned get_cache_token(Thread& thread) {
    return make_int(thread,
                    static_cast<int64_t>(invalidation_counter.load(std::memory_order_acquire)));
}

Owned get_dump(Thread& thread, Value self) {
    Owned data = TRY(data_of(thread, self));
    auto& d = data.as<AbcData>();
    Owned sets[3];
    Slot* slots[] = {&d.registry, &d.cache, &d.negative_cache};
    for (int i = 0; i < 3; i++) sets[i] = TRY(call_method(thread, slots[i]->borrow(), ID(copy)));
    Owned version =
        make_int(thread, static_cast<int64_t>(d.negative_version.load(std::memory_order_relaxed)));
    return make_tuple(thread, sets[0].value(), sets[1].value(), sets[2].value(), version.value());
}

bool reset_registry(Thread& thread, Value self) {
    Owned data = TRY(data_of(thread, self));
    return static_cast<bool>(call_method(thread, data.as<AbcData>().registry.borrow(), ID(clear)));
}

bool reset_caches(Thread& thread, Value self) {
    Owned data = TRY(data_of(thread, self));
    Owned cleared = TRY(call_method(thread, data.as<AbcData>().cache.borrow(), ID(clear)));
    return static_cast<bool>(
        call_method(thread, data.as<AbcData>().negative_cache.borrow(), ID(clear)));
}

const MethodRow functions[] = {
    {"get_cache_token", "()", fn<get_cache_token>,
     "Returns the current ABC cache token.\n\nThe token is an opaque object (supporting equality "
     "testing) identifying the\ncurrent version of the ABC cache for virtual subclasses. The token "
     "changes\nwith every call to register() on any ABC."},
    {"_abc_init", "(self, /)", fn<abc_init>,
     "Internal ABC helper for class set-up. Should be never used outside abc module."},
    {"_reset_registry", "(self, /)", fn<reset_registry>,
     "Internal ABC helper to reset registry of a given class."},
    {"_reset_caches", "(self, /)", fn<reset_caches>,
     "Internal ABC helper to reset both caches of a given class."},
    {"_get_dump", "(self, /)", fn<get_dump>,
     "Internal ABC helper for cache and registry debugging."},
    {"_abc_register", "(self, subclass, /)", fn<abc_register>,
     "Internal ABC helper for subclasss registration. Should be never used outside abc module."},
    {"_abc_instancecheck", "(self, instance, /)", fn<abc_instancecheck>,
     "Internal ABC helper for instance checks. Should be never used outside abc module."},
    {"_abc_subclasscheck", "(self, subclass, /)", fn<abc_subclasscheck>,
     "Internal ABC helper for subclasss checks. Should be never used outside abc module."},
    {},
};

ModuleSpec spec{"_abc", "Module contains faster C implementation of abc.ABCMeta", functions};

}  // namespace

}  // namespace imugi
