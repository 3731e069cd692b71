// Filling and missing attribute caches.
//
// Records are published with release and retired after a grace period when a site moves on; a site
// that has missed too often stays generic, so that respecialisation is bounded.
#include "vm/attribute_cache.h"

#include <new>

#include "memory/array.h"
#include "memory/promotion.h"
#include "object/descriptor.h"
#include "object/dict.h"
#include "object/function.h"
#include "object/module.h"
#include "object/overflow.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/grace.h"
#include "thread/lock.h"
#include "vm/slow.h"

namespace imugi {

// A site with so many misses gave up.
static constexpr uint64_t kMissUnit = 4;
static constexpr uint64_t kMostMisses = 64 * kMissUnit;
static constexpr uint8_t kMostReplaced = 64;

// Whether a site that missed is to be filled: at first, when it is filled (with another shape), and
// at times after too many shapes were seen.
static bool may_fill(std::atomic<uint64_t>& cache) {
    uint64_t entry = cache.load(std::memory_order_relaxed);
    if (entry == 0 || (entry & 3) != 0) return true;
    if (entry >= kMostMisses) return false;
    cache.store(entry + kMissUnit, std::memory_order_relaxed);
    return entry / kMissUnit % 8 == 7;
}

uint64_t record_attribute(Object* object, const AttributeRecord& record) {
    Type& type = *object->shape()->type;
    if (type.version.load(std::memory_order_acquire) != record.version) return 0;
    switch (record.kind) {
        case RecordKind::kModuleGlobal: {
            auto& dict = static_cast<Module*>(object)->dict.as<Dict>();
            mark_reader(&dict);
            DictTable* table = dict.table.load(std::memory_order_acquire);
            if (table->keys_version.load(std::memory_order_relaxed) != record.other) return 0;
            return load_slot_bits(table->value_at(static_cast<uint32_t>(record.place)));
        }
        case RecordKind::kClassValue:
            // Versions are never used twice, so this also says which class it is.
            if (static_cast<Type*>(object)->version.load(std::memory_order_acquire) != record.other)
                return 0;
            return share_bits(record.value.load(std::memory_order_relaxed));
        case RecordKind::kValue:
            return share_bits(record.value.load(std::memory_order_relaxed));
        default:
            return 0;
    }
}

static AttributeRecord* allocate_record(uint64_t value, RecordKind kind, uint32_t shape_index,
                                        uint32_t version, uint32_t other, uint64_t place) {
    void* memory = array_allocate(sizeof(AttributeRecord));
    if (!memory) return nullptr;
    return new (memory) AttributeRecord{{value}, shape_index, version, kind, 0, other, place};
}

// Puts a record before those of other shapes. Takes the word `value` over.
static void add_record(std::atomic<uint64_t>& cache, uint64_t value, RecordKind kind,
                       uint32_t shape_index, uint32_t version, uint32_t other = 0,
                       uint64_t place = 0) {
    AttributeRecord* record = allocate_record(value, kind, shape_index, version, other, place);
    if (!record) return drop_bits(value);
    uint64_t entry = reinterpret_cast<uint64_t>(record) | kCacheRecords;
    uint64_t seen = cache.load(std::memory_order_acquire);
    if ((seen & 3) == kCacheSlot && static_cast<uint32_t>(seen >> 40) != shape_index)
        record->next =
            allocate_record(0, RecordKind::kSlot, static_cast<uint32_t>(seen >> 40), 0, 0, seen);
    uint32_t count = 0;
    for (auto* other_record = cache_record(seen); other_record; other_record = other_record->next) {
        auto& present = *static_cast<AttributeRecord*>(other_record);
        if (present.replaced > record->replaced) record->replaced = present.replaced;
        count += present.shape_index == shape_index ? kMostRecords : 1;
    }
    if (count >= kMostRecords) {
        // Out of date, or too many shapes: the chain goes, and after some times the site gives up.
        if (++record->replaced > kMostReplaced) {
            drop_bits(value);
            array_free(record);
            return publish_cache(cache, kMostMisses);
        }
        return publish_cache(cache, entry);
    }
    if (count) record->next = cache_record(seen);
    if (cache.compare_exchange_strong(seen, entry, std::memory_order_acq_rel)) return;
    // Another thread was here first. What was linked from `seen` is its business.
    if (!count) array_free(record->next);
    drop_bits(value);
    array_free(record);
}

// A place in the object: the short form where the site has seen no other shape.
static void add_slot(std::atomic<uint64_t>& cache, uint64_t slot_entry) {
    if (!slot_entry) return;
    uint64_t seen = cache.load(std::memory_order_relaxed);
    if ((seen & 3) == 0 || ((seen & 3) == kCacheSlot && seen >> 40 == slot_entry >> 40))
        return publish_cache(cache, slot_entry);
    add_record(cache, 0, RecordKind::kSlot, static_cast<uint32_t>(slot_entry >> 40), 0, 0,
               slot_entry);
}

static bool has_plain_lookup(const Type& type) {
    return type.slots.get_attribute == generic_get_attribute;
}

static uint32_t current_epoch() {
    return layout_epoch.load(std::memory_order_acquire) & kEpochMask;
}

// What is filled in is all said of one shape, the one that the object had when it was looked at:
// another thread may give it the next one at any moment.

// An entry for an attribute in the storage of objects of the shape; 0 when it is not there.
static uint64_t slot_entry(const Shape& shape, Str& name, uint32_t epoch) {
    Type& type = *shape.type;
    // Storage at the block's end has no fixed place.
    if (!type.attributes_offset || type.attributes_offset == kAttributesAtEnd || shape.dict_mode)
        return 0;
    int index = find_attribute(shape, name);
    if (index < 0) return 0;
    uint64_t offset;
    if (index < type.inline_slots)
        offset = type.attributes_offset / sizeof(Slot) + 1 + static_cast<uint64_t>(index);
    else
        offset = static_cast<uint64_t>(index - type.inline_slots) | kOffsetOverflow;
    if ((offset & ~uint64_t{kOffsetOverflow}) > kOffsetMask) return 0;
    return uint64_t{shape.index()} << 40 | offset << 24 | uint64_t{epoch} << 2 | kCacheSlot;
}

// The entry for a word of __slots__ or another writable word of the object that a member descriptor
// stands for; 0 when it is another kind of descriptor.
static uint64_t member_entry(const Shape& shape, Value descriptor, uint32_t epoch) {
    if (!has_shape(descriptor, k_member_descriptor_shape)) return 0;
    auto& member = descriptor.as<MemberDescriptor>();
    if (member.kind != MemberKind::kObjectOrError || member.read_only || member.offset <= 0 ||
        !is_subtype(*shape.type, *member.type))
        return 0;
    uint64_t offset = static_cast<uint32_t>(member.offset) / sizeof(Slot);
    if (offset > kOffsetMask) return 0;
    return uint64_t{shape.index()} << 40 | (offset | kOffsetMember) << 24 | uint64_t{epoch} << 2 |
           kCacheSlot;
}

uint64_t record_word(Owned value) {
    if (!value.value().is_object()) return value.release();
    Object* object = value.value().object();
    bool stays =
        object->has_flag(kImmortal) || (object->has_flag(kDeferred) && !is_promoted(object));
    return stays ? Value::of(object).bits() : value.release();
}

static void fill_load(Thread& thread, Value owner, Str& name, std::atomic<uint64_t>& cache,
                      bool for_method) {
    if (!owner.is_object() && !for_method) return;
    const Shape* shape = owner.is_object() ? owner.object()->shape() : nullptr;
    Type& type = shape ? *shape->type : type_of(owner);
    Ref<Type> held = Ref<Type>::share(type);
    if (!has_plain_lookup(type) || !name.is_interned()) return;
    // Read before the lookup: a change after it ends the epoch.
    uint32_t epoch = current_epoch();
    uint32_t version = type_version(type);
    if (version == 0) return;
    Owned in_type = lookup_in_mro(thread, type, name, &version);
    if (version == 0) return;
    uint32_t shape_index = shape ? shape->index() : 0;
    bool own_storage = shape && type.attributes_offset;
    if (!in_type.is_nothing()) {
        Type& kind = type_of(in_type);
        if (kind.slots.descriptor_set) {
            if (!shape) return;
            if (uint64_t entry = member_entry(*shape, in_type, epoch)) {
                add_slot(cache, entry);
            } else if (&name == &ID(__class__) && !for_method &&
                       same(in_type, lookup_in_mro(thread, object_type, name))) {
                // The class keeps its own records alive.
                add_record(cache, record_word(Owned::share(type)), RecordKind::kValue, shape_index,
                           version);
            } else if (Owned getter = property_getter(in_type); getter && !for_method) {
                add_record(cache, record_word(std::move(getter)), RecordKind::kGetter, shape_index,
                           version);
            }
            return;
        }
        if (own_storage) {
            if (shape->dict_mode) return;
            if (find_attribute(*shape, name) >= 0) {
                add_slot(cache, slot_entry(*shape, name, epoch));
                return;
            }
        }
        bool is_method = kind.has(kTypeMethodDescriptor);
        if (is_method && !for_method) return;
        if (!is_method && kind.slots.descriptor_get) return;
        add_record(cache, record_word(std::move(in_type)),
                   is_method ? RecordKind::kMethod : RecordKind::kValue, shape_index, version);
        return;
    }
    if (!own_storage) return;
    add_slot(cache, slot_entry(*shape, name, epoch));
}

// Attribute of a module: the entry of its dict, as long as the keys stay the same.
static void fill_module(Thread& thread, Value owner, Str& name, std::atomic<uint64_t>& cache) {
    Type& type = type_of(owner);
    if (!name.is_interned()) return;
    uint32_t version = type_version(type);
    if (version == 0 || !lookup_in_mro(thread, type, name).is_nothing()) return;
    uint32_t keys_version = 0;
    Index offset =
        dict_value_offset(thread, owner.as<Module>().dict.as<Dict>(), name, &keys_version);
    if (offset < 0 || keys_version == 0) return;
    add_record(cache, 0, RecordKind::kModuleGlobal, owner.object()->shape()->index(), version,
               keys_version, static_cast<uint64_t>(offset));
}

// Attribute of a class that is the same for everybody: no descriptor, a function or a static
// method. The metaclass must not have the name.
static void fill_class(Thread& thread, Value owner, Str& name, std::atomic<uint64_t>& cache) {
    Ref<Type> held = share_type(owner);
    Type& metatype = *held;
    if (metatype.slots.get_attribute != type_type.slots.get_attribute || !name.is_interned())
        return;
    uint32_t version = type_version(metatype);
    if (version == 0 || !lookup_in_mro(thread, metatype, name).is_nothing()) return;
    auto& type = owner.as<Type>();
    uint32_t owner_version = type_version(type);
    if (owner_version == 0) return;
    Owned value = lookup_in_mro(thread, type, name, &owner_version);
    if (owner_version == 0 || value.is_nothing()) return;
    if (Owned callable = static_method_callable(thread, value))
        value = std::move(callable);
    else if (type_of(value).slots.descriptor_get && !is_python_function(value))
        return;
    add_record(cache, record_word(std::move(value)), RecordKind::kClassValue,
               owner.object()->shape()->index(), version, owner_version);
}

static void fill(Thread& thread, Value owner, Str& name, std::atomic<uint64_t>& cache,
                 bool for_method) {
    if (!may_fill(cache)) return;
    uint64_t before = cache.load(std::memory_order_relaxed);
    if (owner.is_object() && &type_of(owner) == &module_type)
        fill_module(thread, owner, name, cache);
    else if (is_type(owner))
        fill_class(thread, owner, name, cache);
    else
        fill_load(thread, owner, name, cache, for_method);
    // What cannot be cached is not tried every time.
    if ((before & 3) == 0 && cache.load(std::memory_order_relaxed) == before)
        cache.store(before + kMissUnit, std::memory_order_relaxed);
}

uint64_t slow_load_attr(Thread& thread, Frame* frame, Value owner, uint32_t name_index,
                        std::atomic<uint64_t>& cache) {
    Str& name = frame->code->names.as<Tuple>()[name_index].as<Str>();
    fill(thread, owner, name, cache, false);
    return get_attribute(thread, owner, name).release();
}

uint64_t slow_load_method(Thread& thread, Frame* frame, Value owner, uint32_t name_index,
                          std::atomic<uint64_t>& cache, bool* bound) {
    Str& name = frame->code->names.as<Tuple>()[name_index].as<Str>();
    fill(thread, owner, name, cache, true);
    return get_method(thread, owner, name, bound).release();
}

// What the next store of the site may do at once. The attribute has just been stored in an object
// that had the shape `before`.
static void fill_store(Thread& thread, Object* object, uint32_t before, Str& name,
                       std::atomic<uint64_t>& cache) {
    const Shape& shape = *object->shape();
    Type& type = *shape.type;
    Ref<Type> held = Ref<Type>::share(type);
    if (type.slots.set_attribute != generic_set_attribute || !name.is_interned()) return;
    if (!may_fill(cache)) return;
    uint32_t epoch = current_epoch();
    Owned in_type = lookup_in_mro(thread, type, name);
    if (!in_type.is_nothing() && type_of(in_type).slots.descriptor_set)
        return add_slot(cache, member_entry(shape, in_type, epoch));
    uint64_t entry = slot_entry(shape, name, epoch);
    if (!entry || (entry >> 24 & kOffsetOverflow)) return;
    if (shape.index() == before) return add_slot(cache, entry);
    // The attribute that makes the difference has to be this one: others may have been stored
    // since.
    if (shape.name == &name && shape.parent->index() == before)
        add_record(cache, 0, RecordKind::kGrowth, before, epoch, shape.index(),
                   entry >> 24 & kOffsetMask);
}

// store_cached_attribute for an object that other threads may use: under its lock.
static bool store_shared_attribute(Thread& thread, Frame* frame, uint64_t* r, uint32_t a,
                                   uint32_t c, uint64_t entry) {
    Value owner = value_at(r, a);
    if (!owner.is_object()) return false;
    Object* object = owner.object();
    uint32_t shape_index = object->shape_index.load(std::memory_order_relaxed);
    if ((entry & 3) != kCacheSlot) {
        const AttributeRecord* record = find_record(entry, shape_index);
        if (!record || record->kind != RecordKind::kSlot) return false;
        entry = record->place;
    }
    if (entry >> 40 != shape_index || (entry >> 24 & kOffsetOverflow)) return false;
    Owned old;
    {
        Lock guard(thread, *object);
        if (object->shape_index.load(std::memory_order_relaxed) != shape_index ||
            !is_current(entry))
            return false;
        old = exchange_word(*cached_slot(object, entry), consume(frame, r, c));
    }
    discard(frame, r, a);
    return true;
}

bool slow_store_attr(Thread& thread, Frame* frame, uint64_t* r, uint32_t a, uint32_t name_index,
                     uint32_t c, std::atomic<uint64_t>& cache) {
    uint64_t entry = cache.load(std::memory_order_acquire);  // pairs with publish_cache
    if (store_shared_attribute(thread, frame, r, a, c, entry) ||
        store_growing_attribute(thread, frame, r, a, c, entry))
        return true;
    Str& name = frame->code->names.as<Tuple>()[name_index].as<Str>();
    Value owner = value_at(r, a);
    uint32_t before =
        owner.is_object() ? owner.object()->shape_index.load(std::memory_order_relaxed) : 0;
    if (!set_attribute(thread, owner, name, value_at(r, c))) return false;
    if (owner.is_object()) fill_store(thread, owner.object(), before, name, cache);
    discard(frame, r, c);
    discard(frame, r, a);
    return true;
}

bool store_growing_attribute(Thread& thread, Frame* frame, uint64_t* r, uint32_t a, uint32_t c,
                             uint64_t entry) {
    Value owner = value_at(r, a);
    if (!owner.is_object()) return false;
    Object* object = owner.object();
    uint32_t before = object->shape_index.load(std::memory_order_relaxed);
    const AttributeRecord* record = find_record(entry, before);
    if (!record || record->kind != RecordKind::kGrowth) return false;
    uint64_t offset = record->place;
    uint32_t after = record->other, epoch = record->version;
    {
        Lock guard(thread, *object);
        if (object->shape_index.load(std::memory_order_relaxed) != before ||
            current_epoch() != epoch)
            return false;
        auto* slot = reinterpret_cast<std::atomic<uint64_t>*>(object) + offset;
        slot->store(consume(frame, r, c).release(), std::memory_order_release);
        object->shape_index.store(after, std::memory_order_release);  // pairs with slot_attribute
    }
    discard(frame, r, a);
    return true;
}

std::atomic<uint64_t>* overflow_slot(Object* object, uint32_t index) {
    Slot* slot = overflow_slot_at(attribute_storage(object, *object->shape()->type), index);
    return slot ? &slot->word() : nullptr;
}

bool slow_delete_attr(Thread& thread, Frame* frame, uint64_t* r, uint32_t a, uint32_t name_index) {
    Str& name = frame->code->names.as<Tuple>()[name_index].as<Str>();
    if (!delete_attribute(thread, value_at(r, a), name)) return false;
    discard(frame, r, a);
    return true;
}

}  // namespace imugi
