// Filling and missing attribute caches.
//
// Records are published with release and retired after a grace period when a site moves on; a site
// that has missed too often stays generic (kCacheGeneric), so that respecialisation is bounded.
#include "vm/attribute_cache.h"

#include "memory/array.h"
#include "object/dict.h"
#include "object/function.h"
#include "object/module.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/grace.h"
#include "thread/lock.h"
#include "vm/slow.h"

namespace imugi {

// A site with this word gave up: tag 0, the other bits count misses.
static constexpr uint64_t kMissUnit = 4;
static constexpr uint64_t kMostMisses = 64 * kMissUnit;

static void free_record(void* pointer) {
    auto* record = static_cast<AttributeRecord*>(pointer);
    drop_bits(record->value);
    array_free(record);
}

// Replaces the site's word. Records are not counted as misses of their own: a site alternates at
// most kMostMisses times.
static void publish(std::atomic<uint64_t>& cache, uint64_t entry) {
    uint64_t old =
        cache.exchange(entry, std::memory_order_acq_rel);  // pairs with the readers' acquire
    if ((old & 3) == kCacheRecord)
        retire(reinterpret_cast<void*>(old & ~uint64_t{3}), sizeof(AttributeRecord), free_record);
}

static bool may_fill(Thread& thread, std::atomic<uint64_t>& cache) {
    uint64_t entry = cache.load(std::memory_order_relaxed);
    if (entry == 0) return true;
    if ((entry & 3) == 0) {
        if (entry >= kMostMisses) return false;
        cache.store(entry + kMissUnit, std::memory_order_relaxed);
        return entry / kMissUnit % 8 == 7;
    }
    // Filled but missed: polymorphic. Forget, then fill again after some misses.
    publish(cache, kMissUnit);
    return false;
}

uint64_t record_attribute(Object* object, const AttributeRecord& record) {
    Type& type = *object->shape()->type;
    if (type.version.load(std::memory_order_acquire) != record.type_version) return 0;
    if (record.module_global) {
        DictTable* table =
            static_cast<Module*>(object)->dict.as<Dict>().table.load(std::memory_order_acquire);
        if (table->keys_version.load(std::memory_order_relaxed) != record.keys_version) return 0;
        return load_slot_bits(table->entries()[record.entry].value);
    }
    return record.is_method ? 0 : share_bits(record.value);
}

static bool make_record(std::atomic<uint64_t>& cache, const AttributeRecord& model) {
    void* memory = array_allocate(sizeof(AttributeRecord));
    if (!memory) return false;
    auto* record = static_cast<AttributeRecord*>(memory);
    *record = model;
    publish(cache, reinterpret_cast<uint64_t>(record) | kCacheRecord);
    return true;
}

static bool has_plain_lookup(const Type& type) {
    return type.slots.get_attribute == generic_get_attribute;
}

// An entry for an attribute in the object's own storage; 0 when it is not there.
static uint64_t slot_entry(Object* object, Str& name) {
    Shape& shape = *object->shape();
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
    if ((offset & ~uint64_t{kOffsetOverflow}) > 0x7FFF) return 0;
    uint64_t epoch = layout_epoch.load(std::memory_order_acquire) & kEpochMask;
    return uint64_t{shape.index()} << 40 | offset << 24 | epoch << 2 | kCacheSlot;
}

static void fill_load(Thread& thread, Value owner, Str& name, std::atomic<uint64_t>& cache,
                      bool for_method) {
    if (!owner.is_object()) {
        if (!for_method) return;
    }
    Type& type = type_of(owner);
    if (!has_plain_lookup(type) || !name.is_interned()) return;
    uint32_t version = type_version(type);
    if (version == 0) return;
    Owned in_type = lookup_in_mro(thread, type, name, &version);
    if (version == 0) return;
    uint32_t shape_index = owner.is_object() ? owner.object()->shape()->index() : 0;
    bool own_storage = owner.is_object() && type.attributes_offset;
    if (!in_type.is_nothing()) {
        Type& kind = type_of(in_type);
        if (kind.slots.descriptor_set) return;
        if (own_storage) {
            Shape& shape = *owner.object()->shape();
            if (shape.dict_mode) return;
            if (find_attribute(shape, name) >= 0) {
                if (!kind.slots.descriptor_set && !for_method)
                    publish(cache, slot_entry(owner.object(), name));
                return;
            }
        }
        bool is_method = kind.has(kTypeMethodDescriptor);
        if (is_method != for_method) return;
        if (!is_method && kind.slots.descriptor_get) return;
        Object* object = in_type.value().is_object() ? in_type.value().object() : nullptr;
        bool uncounted = !object || object->has_flag(kImmortal) || object->has_flag(kDeferred);
        uint64_t word = uncounted && object ? Value::of(object).bits() : in_type.release();
        make_record(cache, {shape_index, version, word, is_method, false, 0, 0});
        return;
    }
    if (!own_storage || for_method) return;
    if (uint64_t entry = slot_entry(owner.object(), name)) publish(cache, entry);
}

// Attribute of a module: the entry of its dict, as long as the keys stay the same.
static void fill_module(Thread& thread, Value owner, Str& name, std::atomic<uint64_t>& cache) {
    Type& type = type_of(owner);
    if (&type != &module_type || !name.is_interned()) return;
    uint32_t version = type_version(type);
    if (version == 0 || !lookup_in_mro(thread, type, name).is_nothing()) return;
    uint32_t keys_version = 0;
    Index entry = dict_entry_of(thread, owner.as<Module>().dict.as<Dict>(), name, &keys_version);
    if (entry < 0 || keys_version == 0) return;
    make_record(cache, {owner.object()->shape()->index(), version, 0, false, true, keys_version,
                        static_cast<uint32_t>(entry)});
}

uint64_t slow_load_attr(Thread& thread, Frame* frame, Value owner, uint32_t name_index,
                        std::atomic<uint64_t>& cache) {
    Str& name = frame->code->names.as<Tuple>()[name_index].as<Str>();
    if (may_fill(thread, cache)) {
        if (owner.is_object() && &type_of(owner) == &module_type)
            fill_module(thread, owner, name, cache);
        else
            fill_load(thread, owner, name, cache, false);
    }
    return get_attribute(thread, owner, name).release();
}

uint64_t slow_load_method(Thread& thread, Frame* frame, Value owner, uint32_t name_index,
                          std::atomic<uint64_t>& cache, bool* bound) {
    Str& name = frame->code->names.as<Tuple>()[name_index].as<Str>();
    if (owner.is_object() && &type_of(owner) == &module_type) {
        uint64_t bits = cached_attribute(owner.bits(), cache);
        *bound = true;
        if (bits) return bits;
        if (may_fill(thread, cache)) fill_module(thread, owner, name, cache);
        return get_attribute(thread, owner, name).release();
    }
    if (may_fill(thread, cache)) fill_load(thread, owner, name, cache, true);
    Owned method = get_method(thread, owner, name, bound);
    return method.release();
}

bool slow_store_attr(Thread& thread, Frame* frame, uint64_t* r, uint32_t a, uint32_t name_index,
                     uint32_t c, std::atomic<uint64_t>& cache) {
    Str& name = frame->code->names.as<Tuple>()[name_index].as<Str>();
    Value owner = value_at(r, a);
    if (!set_attribute(thread, owner, name, value_at(r, c))) return false;
    if (owner.is_object()) {
        Type& type = type_of(owner);
        if (type.slots.set_attribute == generic_set_attribute && name.is_interned() &&
            cache.load(std::memory_order_relaxed) < kMostMisses * 2) {
            Owned in_type = lookup_in_mro(thread, type, name);
            uint64_t entry = 0;
            if (in_type.is_nothing() || !type_of(in_type).slots.descriptor_set)
                entry = slot_entry(owner.object(), name);
            if (entry && !(entry >> 24 & kOffsetOverflow))
                cache.store(entry, std::memory_order_relaxed);
        }
    }
    discard(frame, r, c);
    discard(frame, r, a);
    return true;
}

void repair_store(Object* object, std::atomic<uint64_t>* slot, uint64_t entry) {
    Thread& thread = current_thread();
    uint32_t shape_index = static_cast<uint32_t>(entry >> 40);
    Owned moved;
    Str* name = nullptr;
    {
        Lock guard(thread, *object);
        if (object->shape_index.load(std::memory_order_relaxed) == shape_index) return;
        moved = Owned::adopt(slot->exchange(0, std::memory_order_acq_rel));
        auto& shape = *reinterpret_cast<Shape*>(shape_region + uint64_t{shape_index} * kShapeUnit);
        uint32_t index = static_cast<uint32_t>(entry >> 24 & 0x7FFF) -
                         shape.type->attributes_offset / sizeof(Slot) - 1;
        name = attribute_name(shape, index);
    }
    if (moved && !store_own_attribute(thread, object, *name, moved)) clear_exception(thread);
}

std::atomic<uint64_t>* overflow_slot(Object* object, uint32_t index) {
    Type& type = *object->shape()->type;
    Slot* slots =
        overflow_slots(attribute_storage(object, type)[0].word().load(std::memory_order_acquire));
    return slots ? &slots[index].word() : nullptr;
}

bool slow_delete_attr(Thread& thread, Frame* frame, uint64_t* r, uint32_t a, uint32_t name_index) {
    Str& name = frame->code->names.as<Tuple>()[name_index].as<Str>();
    if (!delete_attribute(thread, value_at(r, a), name)) return false;
    discard(frame, r, a);
    return true;
}

}  // namespace imugi
