// Types: readiness of builtin types, lookup along the mro with its cache, versions, subclasses.
//
// Changes of a type's dict, bases, mro and slots happen under type_mutex, new versions first.
// Readers use the per-thread method cache keyed by (version, name), or walk lock-free. The lists of
// subclasses have a mutex of their own, which is a leaf: it is taken where objects die.
#include "object/type.h"
#include "object/item_index.h"

#include "memory/collector.h"
#include "memory/heap.h"
#include "object/call.h"
#include "object/descriptor.h"
#include "object/dict.h"
#include "object/list.h"
#include "object/module.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/typevar.h"
#include "object/unhashable.h"
#include "thread/grace.h"
#include "thread/lock.h"

namespace imugi {

RuntimeMutex type_mutex;

struct SubclassList {
    uint32_t count, capacity;
    Type* items[1];
};

namespace {

LeafMutex subclass_mutex;
uint32_t last_version = 0;  // under type_mutex

constexpr uint32_t kInheritedFlags =
    kTypeTracked | kTypeHasDict | kTypeHasWeakrefs | kTypeSequence | kTypeMapping | kTypeMatchSelf |
    kTypeHasFinalizer | kTypeDisallowedSubclassLayout | kTypeCountsFromEnd | kTypeSubclassMask;

size_t align8(size_t n) {
    return (n + 7) & ~size_t{7};
}

bool varies_in_size(const Type& type) {
    return type.item_size != 0 || type.has(kTypeIsStr);
}

}  // namespace

// --- subclasses ---

void add_subclass(Thread& thread, Type& base, Type& type) {
    MutexGuard guard(subclass_mutex);
    SubclassList* list = base.subclasses;
    if (!list || list->count == list->capacity) {
        uint32_t capacity = list ? list->capacity * 2 : 4;
        auto* bigger = static_cast<SubclassList*>(
            array_reallocate(list, sizeof(SubclassList) + capacity * sizeof(Type*)));
        if (!bigger) return;  // the class works, only __subclasses__ misses it
        if (!list) bigger->count = 0;
        bigger->capacity = capacity;
        base.subclasses = list = bigger;
    }
    list->items[list->count++] = &type;
}

void remove_subclass(Type& base, Type& type) {
    MutexGuard guard(subclass_mutex);
    SubclassList* list = base.subclasses;
    if (!list) return;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < list->count; i++)
        if (list->items[i] != &type) list->items[kept++] = list->items[i];
    list->count = kept;
}

Ref<List> list_subclasses(Thread& thread, Type& type) {
    size_t expected = 0;
    for (;;) {
        // Room is made before the mutex: nothing under it may block.
        Ref<List> result = TRY(make_list(thread, expected));
        auto* held = static_cast<Owned*>(array_allocate_zeroed((expected + 1) * sizeof(Owned)));
        if (!held) return raise_memory_error(thread);
        size_t count = 0;
        {
            MutexGuard guard(subclass_mutex);
            SubclassList* list = type.subclasses;
            count = list ? list->count : 0;
            for (size_t i = 0; i < count && i < expected; i++)
                held[i] = Owned::share(*list->items[i]);  // classes die only in a stopped world
        }
        bool ok = true;
        for (size_t i = 0; i < count && i < expected; i++)
            ok = list_append(thread, *result, std::move(held[i])) && ok;
        array_free(held);
        if (!ok) return {};
        if (count <= expected) return result;
        expected = count;
    }
}

static void invalidate_walk(Type& type) {
    type.version.store(0, std::memory_order_seq_cst);
    SubclassList* list = type.subclasses;
    for (uint32_t i = 0; list && i < list->count; i++) invalidate_walk(*list->items[i]);
}

void invalidate_versions(Type& type) {
    MutexGuard guard(subclass_mutex);
    invalidate_walk(type);
}

uint32_t type_version(Type& type) {
    uint32_t version = type.version.load(std::memory_order_acquire);
    if (version) return version;
    Ref<Type> held = Ref<Type>::share(type);
    MutexGuard guard(type_mutex);
    version = type.version.load(std::memory_order_relaxed);
    if (version || !type.has(kTypeReady) || last_version == UINT32_MAX) return version;
    version = ++last_version;
    type.version.store(version, std::memory_order_release);
    return version;
}

// --- lookup ---

// Entries own their names; values are borrowed from the type as long as its version stands.
struct MethodCache {
    static constexpr size_t kEntries = 2048;
    struct Entry {
        uint32_t version;
        uint64_t name;
        uint64_t bits;
    };
    Entry entries[kEntries];
};

void release_method_cache(Thread& thread) {
    MethodCache* cache = std::exchange(thread.method_cache, nullptr);
    if (!cache) return;
    for (auto& entry : cache->entries) Owned name = Owned::adopt(uint64_t{entry.name});
    array_free(cache);
}

static MethodCache::Entry* cache_entry(Thread& thread, uint32_t version, const Str& name) {
    if (IMUGI_UNLIKELY(!thread.method_cache)) {
        thread.method_cache = static_cast<MethodCache*>(array_allocate_zeroed(sizeof(MethodCache)));
        if (!thread.method_cache) return nullptr;
    }
    size_t hash = (reinterpret_cast<uintptr_t>(&name) >> 4) * 0x9E3779B97F4A7C15u >> 40;
    return &thread.method_cache->entries[(hash ^ version) % MethodCache::kEntries];
}

static Owned read_mro(Thread& thread, Type& type) {
    SlotRead read = read_slot(type.mro.word());
    if (IMUGI_LIKELY(!read.retry)) return std::move(read.value);
    Ref<Type> held = Ref<Type>::share(type);
    Lock guard(thread, type);
    return share_locked(type.mro.word());
}

Owned dict_get_own(Thread& thread, Type& type, Str& name) {
    return dict_get(thread, type.dict.as<Dict>(), name);
}

Owned find_in_mro(Thread& thread, Type& type, Str& name) {
    Owned mro = read_mro(thread, type);
    if (!mro) return Owned::nothing();
    auto& types = mro.as<Tuple>();
    for (size_t i = 0; i < types.size; i++) {
        Value dict = types[i].as<Type>().dict.borrow();
        if (dict.is_empty()) continue;
        Owned found = dict_get(thread, dict.as<Dict>(), name);
        if (!found)
            clear_exception(thread);
        else if (!found.is_nothing())
            return found;
    }
    return Owned::nothing();
}

Owned lookup_in_mro(Thread& thread, Type& type, Str& name, uint32_t* version_out) {
    uint32_t version = type.version.load(std::memory_order_acquire);
    MethodCache::Entry* entry = nullptr;
    if (IMUGI_LIKELY(name.is_interned())) {
        if (version == 0) version = type_version(type);
        if (version) entry = cache_entry(thread, version, name);
        if (entry && entry->version == version &&
            Value::from_bits(entry->name).identity() == reinterpret_cast<uint64_t>(&name)) {
            Value value = Value::from_bits(entry->bits);
            if (version_out) *version_out = version;
            if (!value.is_owning()) return Owned::adopt(value.bits());
            // The type keeps the value as long as the version stands: count, then look again.
            Object* object = value.object();
            if (object->owner.load(std::memory_order_relaxed) == current_heap_id ||
                try_incref(object)) {
                Owned result = object->owner.load(std::memory_order_relaxed) == current_heap_id
                                   ? Owned()
                                   : Owned::adopt(object);
                if (!result) result = Owned::share(*object);
                if (IMUGI_LIKELY(type.version.load(std::memory_order_seq_cst) == version))
                    return result;
            }
        }
    } else {
        version = 0;
    }
    Owned found = find_in_mro(thread, type, name);
    if (entry && type.version.load(std::memory_order_seq_cst) == version) {
        Owned old = Owned::adopt(uint64_t{entry->name});
        entry->version = version;
        entry->name = Owned::share(name).release();
        entry->bits = found.value().bits();
    } else {
        version = 0;
    }
    if (version_out) *version_out = version;
    return found;
}

Owned lookup_in_mro(Thread& thread, Type& type, Str& name) {
    return lookup_in_mro(thread, type, name, nullptr);
}

bool is_subtype(const Type& type, const Type& base) {
    if (&type == &base) return true;
    // Replaced mros are kept for a grace period, and there is no safepoint in here.
    Value mro = type.mro.borrow();
    if (mro.is_empty()) {
        for (const Type* at = &type; at; at = at->base.is_empty() ? nullptr : &at->base.as<Type>())
            if (at == &base) return true;
        return &base == &object_type;
    }
    auto& types = mro.as<Tuple>();
    for (size_t i = 0; i < types.size; i++)
        if (types[i].object() == &base) return true;
    return false;
}

// Places of attributes that were found before this no longer hold.
static void begin_layout_epoch() {
    layout_epoch.fetch_add(1, std::memory_order_acq_rel);  // pairs with the attribute caches
}

void type_modified(Thread& thread, Type& type, Str* name) {
    MutexGuard guard(type_mutex);
    invalidate_versions(type);
    update_slots(thread, type, name);
    begin_layout_epoch();
}

void forget_class_attributes() {
    MutexGuard guard(type_mutex);
    invalidate_versions(object_type);
    begin_layout_epoch();
}

// After the class attribute `name` was changed: what the caches of other classes' attributes may
// have assumed.
static void forget_assumptions(Str& name, Value old, Value value) {
    bool descriptor_method =
        &name == &ID(__get__) || &name == &ID(__set__) || &name == &ID(__delete__);
    // Objects in any class may have become descriptors, or ceased to be.
    if (descriptor_method) invalidate_versions(object_type);
    auto is_data_descriptor = [](Value v) {
        return v.is_object() && type_of(v).slots.descriptor_set;
    };
    if (descriptor_method || is_data_descriptor(old) || is_data_descriptor(value) ||
        &name == &ID(__getattribute__) || &name == &ID(__getattr__) || &name == &ID(__setattr__) ||
        &name == &ID(__delattr__))
        begin_layout_epoch();
}

bool set_type_attribute(Thread& thread, Type& type, Str& name, Value value) {
    auto& dict = type.dict.as<Dict>();
    Owned old;  // dropped once the mutex is gone
    Owned own = value.is_empty() ? Owned() : Owned::share(value);
    bool found = true, ok = true;
    {
        MutexGuard guard(type_mutex);
        invalidate_versions(type);
        old = dict_get(thread, dict, name);
        if (value.is_empty()) {
            auto deleted = dict_delete(thread, dict, Value::of(name));
            ok = static_cast<bool>(deleted);
            found = ok && *deleted;
        } else {
            ok = dict_set(thread, dict, Value::of(name), std::move(own));
        }
        if (ok && name.length() > 4 && name[0] == '_' && name[1] == '_')
            update_slots(thread, type, &name);
        if (ok) forget_assumptions(name, old, value);
    }
    if (!ok) return false;
    if (!found)
        return raise_attribute_error(thread, Value::of(type), name,
                                     "type object '{}' has no attribute '{}'", type, name);
    return true;
}

Str& type_name(const Type& type) {
    return type.name.as<Str>();
}

Owned type_full_name(Thread& thread, Type& type) {
    Owned module = get_attribute_or_nothing(thread, Value::of(type), ID(__module__));
    if (!module) return {};
    Owned qualname = TRY(get_attribute(thread, Value::of(type), ID(__qualname__)));
    if (!is_str(module) || str_equal(module.as<Str>(), "builtins") ||
        str_equal(module.as<Str>(), "__main__"))
        return qualname;
    return format(thread, "{}.{}", module, qualname);
}

// --- allocation ---

Object* allocate_object(Thread& thread, Type& type, size_t extra_bytes) {
    Object* object =
        heap_allocate(thread, type.instance_size + extra_bytes, type.root_shape->index());
    if (IMUGI_UNLIKELY(!object)) return raise_memory_error(thread);
    // Only through its tracked instances does the collector know that a class is in use.
    if (type.has(kTypeHeap) && !type.has(kTypeTracked)) track(object);
    return object;
}

// The fields of instances that vary in size and have __slots__.
void visit_end_members(Object* object, FieldVisitor& visitor) {
    const Type& type = *object->shape()->type;
    auto* end = reinterpret_cast<Slot*>(reinterpret_cast<char*>(object) + heap_block_size(object));
    visitor.visit(end - type.end_members, type.end_members);
    const Type* native = &type;
    while (native->slots.fields == visit_end_members) native = &native->base.as<Type>();
    if (native->slots.fields) native->slots.fields(object, visitor);
}

// --- readiness ---

void inherit_slots(Type& type, const Type& base) {
    bool own_compare = type.slots.compare || type.slots.hash;
    bool own_make = type.slots.make;
    auto** mine = reinterpret_cast<void**>(&type.slots);
    auto* theirs = reinterpret_cast<void* const*>(&base.slots);
    auto compare = type.slots.compare;
    auto hash = type.slots.hash;
    auto make = type.slots.make;
    for (size_t i = 0; i < sizeof(Slots) / sizeof(void*); i++)
        if (!mine[i]) mine[i] = theirs[i];
    if (own_compare) {
        type.slots.compare = compare;
        type.slots.hash = hash;
        if (!compare) type.slots.compare = base.slots.compare;
    }
    // A native type says itself how it is made, unless a base other than object does.
    if (!own_make && &base == &object_type && !type.has(kTypeHeap)) type.slots.make = make;
}

// Sizes and offsets of a type that has no __slots__ of its own.
static void lay_out(Type& type) {
    size_t size = align8(type.size);
    type.slots_offset = type.size;
    type.attributes_offset = 0;
    type.instance_size = static_cast<uint32_t>(varies_in_size(type) ? type.size : size);
    if (!type.has(kTypeHasDict)) return;
    type.attributes_offset = varies_in_size(type) ? kAttributesAtEnd : static_cast<uint16_t>(size);
    type.instance_size =
        static_cast<uint32_t>(size + (1 + size_t{type.inline_slots}) * sizeof(Slot));
}

bool prepare_type(Type& type, const TypeSpec& spec, uint32_t shape_index) {
    Type* base = spec.base ? spec.base : (&type == &object_type ? nullptr : &object_type);
    type.shape_index.store(k_type_shape, std::memory_order_relaxed);
    type.spec = &spec;
    type.slots = spec.slots;
    uint32_t flags = spec.flags;
    type.size = spec.size;
    type.item_size = spec.item_size;
    if (base) {
        flags |= base->type_flags.load(std::memory_order_relaxed) & kInheritedFlags;
        if (!(spec.flags & kTypeHeap)) flags |= kTypeImmutable;
        if (!type.size) type.size = base->size;
        if (!type.item_size) type.item_size = base->item_size;
        type.base.init(Owned::share(*base));
    } else {
        flags |= kTypeImmutable;
    }
    type.type_flags.store(flags, std::memory_order_relaxed);
    if (base) inherit_slots(type, *base);
    if (flags & kTypeNoInstantiate) type.slots.make = nullptr;
    type.inline_slots = 0;
    lay_out(type);
    type.root_shape = make_root_shape(type, shape_index);
    if (!type.root_shape) return false;
    if (flags & kTypeHasDict) {
        type.dict_shape = make_dict_shape(type);
        if (!type.dict_shape) return false;
    }
    return true;
}

bool init_slot_defs(Thread& thread) {
    link_slot_rows();
    for (size_t i = 0; i < slot_def_count; i++) {
        Ref<Str> name = TRY(intern(thread, slot_defs[i].name));
        make_immortal(name.get());
        slot_defs[i].str = name.get();
        (void)name.release();
    }
    return true;
}

// What a ready builtin type keeps for the life of the process.
static Owned keep_for_ever(Owned value) {
    if (value && value.value().is_object()) make_immortal(value.value().object());
    return value;
}

static bool put(Thread& thread, Dict& dict, const char* name, Owned value) {
    if (!value) return false;
    Ref<Str> key = TRY(intern(thread, name));
    make_immortal(key.get());
    return dict_set(thread, dict, key, keep_for_ever(std::move(value)));
}

static bool fill_dict(Thread& thread, Type& type, const TypeSpec& spec, Dict& dict) {
    Slots own = spec.slots;
    for (size_t i = 0; i < slot_def_count; i++) {
        SlotDef& def = slot_defs[i];
        void* function = slot_at(own, def.offset);
        if (!function || def.wrap == WrapKind::kNone) continue;
        if (function == reinterpret_cast<void*>(unhashable)) continue;
        if (TRY(dict_contains(thread, dict, Value::of(def.str)))) continue;
        TRY(put(thread, dict, def.name, make_slot_wrapper(thread, type, def, function)));
    }
    if (spec.slots.hash == unhashable || (spec.slots.compare && !spec.slots.hash))
        TRY(put(thread, dict, "__hash__", Owned::share(none())));
    for (const MethodRow* row = spec.methods; row && row->name; row++) {
        Ref<Str> name = TRY(intern(thread, row->name));
        if (!(row->flags & kMethodCoexist) && TRY(dict_contains(thread, dict, name))) continue;
        TRY(put(thread, dict, row->name, make_method_descriptor(thread, type, *row)));
    }
    for (const MemberRow* row = spec.members; row && row->name; row++) {
        Ref<Str> name = TRY(intern(thread, row->name));
        TRY(put(
            thread, dict, row->name,
            make_member_descriptor(thread, type, row, *name, static_cast<int32_t>(row->offset))));
    }
    for (const GetSetRow* row = spec.getsets; row && row->name; row++)
        TRY(put(thread, dict, row->name, make_getset_descriptor(thread, type, *row)));
    if ((spec.flags & kTypeHasDict) && !TRY(dict_contains(thread, dict, Value::of(ID(__dict__)))))
        TRY(put(thread, dict, "__dict__", make_getset_descriptor(thread, type, instance_dict_row)));
    // object's own is inherited by name too, so that what follows in an mro is not hidden by it.
    bool makes = spec.slots.make && spec.slots.make != make_plain_object;
    if (type.slots.make && (makes || &type == &object_type))
        TRY(put(thread, dict, "__new__", make_new_function(thread, type)));
    if (TRY(dict_contains(thread, dict, Value::of(ID(__doc__))))) return true;
    Owned doc = Owned::share(none());
    if (spec.doc) doc = TRY(make_str(thread, spec.doc));
    return put(thread, dict, "__doc__", std::move(doc));
}

bool init_type(Thread& thread, Type& type, const TypeSpec& spec) {
    if (!type.root_shape && !prepare_type(type, spec, 0)) return raise_memory_error(thread);
    const char* dot = strrchr(spec.name, '.');
    Ref<Str> name = TRY(intern(thread, dot ? dot + 1 : spec.name));
    type.name.init(keep_for_ever(name.share()));
    type.qualname.init(keep_for_ever(std::move(name)));
    Ref<Dict> dict = TRY(make_dict(thread));
    Type* base = type.base.is_empty() ? nullptr : &type.base.as<Type>();
    Ref<Tuple> bases = TRY(base ? make_tuple(thread, Value::of(base)) : make_tuple(thread));
    size_t above = base ? base->mro.as<Tuple>().size : 0;
    Ref<Tuple> mro = TRY(make_tuple_blank(thread, above + 1));
    mro->items[0].init(Owned::share(type));
    for (size_t i = 0; i < above; i++)
        mro->items[i + 1].init(Owned::share(base->mro.as<Tuple>()[i]));
    type.dict.init(keep_for_ever(dict.share()));
    type.bases.init(keep_for_ever(std::move(bases)));
    type.mro.init(keep_for_ever(std::move(mro)));
    TRY(fill_dict(thread, type, spec, *dict));
    type.type_flags.fetch_or(kTypeReady, std::memory_order_release);
    if (base) add_subclass(thread, *base, type);
    return true;
}

Ref<Type> make_native_type(Thread& thread, const TypeSpec& spec, Module* module, Type* base) {
    Type* type = allocate<Type>(thread, type_type);
    if (!type) return {};
    Ref<Type> result = Ref<Type>::adopt(type);
    // Instances need not be tracked, so nothing would tell the collector that the type is in use.
    make_immortal(type);
    TypeSpec with_base = spec;
    if (base) with_base.base = base;
    if (!prepare_type(*type, with_base, 0)) return raise_memory_error(thread);
    type->spec = &spec;
    TRY(init_type(thread, *type, spec));
    auto& dict = type->dict.as<Dict>();
    // A dotted name says where the type claims to live: deque of _collections is collections.deque.
    if (module) type->module_object.init(Owned::share(*module));
    Owned name = Owned::nothing();
    if (const char* dot = strrchr(spec.name, '.')) {
        // Interned: pickles of several classes of a module then share the name.
        name =
            TRY(intern(thread, make_str(thread, spec.name, static_cast<size_t>(dot - spec.name))));
    } else if (module) {
        name = TRY(dict_get(thread, module_dict(*module), ID(__name__)));
    }
    if (!name.is_nothing()) TRY(dict_set(thread, dict, Value::of(ID(__module__)), std::move(name)));
    return result;
}

}  // namespace imugi
