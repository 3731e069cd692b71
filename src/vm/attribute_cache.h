// Inline caches of attribute instructions. A cache word is
//
//     0 mod 4   not filled: 4 * the number of misses so far
//     slot      shape index << 40 | offset in words << 24 | layout epoch (22 bits) << 2 | 1
//     records   address of an AttributeRecord | 2: a chain of at most kMostRecords, one a shape
//
// A slot entry says: instances of this shape hold the attribute at this offset of the object (or,
// with the overflow bit of the offset set, of the overflow array; with the member bit, in a word of
// __slots__). It stands as long as no class gets or loses a data descriptor, or loses its shape,
// under existing instances: each such event starts a new layout epoch. A record holds for objects
// of its shape, most kinds while their type's version is the recorded one. Records are immutable
// and retired, so a reader uses one within an instruction, not across a call that takes Thread&.
#pragma once

#include "object/attribute.h"
#include "object/code.h"
#include "object/shape.h"
#include "thread/lock.h"
#include "vm/registers.h"

namespace imugi {

inline constexpr uint64_t kCacheSlot = 1;
inline constexpr uint64_t kCacheRecords = 2;
inline constexpr uint32_t kMostRecords = 4;
inline constexpr uint32_t kOffsetOverflow = 0x8000;
inline constexpr uint32_t kOffsetMember = 0x4000;
inline constexpr uint32_t kOffsetMask = 0x3FFF;
inline constexpr uint32_t kEpochMask = (1u << 22) - 1;

enum class RecordKind : uint8_t {
    kValue,         // an attribute of the type that is no descriptor
    kMethod,        // an unbound method: LOAD_METHOD passes the object first
    kModuleGlobal,  // value at `place` of the module's dict while its keys version is `other`
    kClassValue,    // of the class that the object is, while its version is `other`
    kGetter,        // a property's getter, a Function
    kSlot,          // `place`: a slot entry; `version` is unused
    kGrowth,        // STORE_ATTR that adds the attribute at offset `place`: the next shape is
                    // `other`, `version` the layout epoch
};

struct AttributeRecord : CacheRecord {
    uint32_t shape_index;
    uint32_t version;
    RecordKind kind;
    uint8_t replaced;  // how often the site's records went out of date before this one
    uint32_t other;
    uint64_t place;
};

// The word of a record: objects that only the collector frees are lent, others owned; promoted ones
// too, since a scan looks for them in registers alone.
uint64_t record_word(Owned value);

inline const AttributeRecord* find_record(uint64_t entry, uint32_t shape_index) {
    auto* record = static_cast<const AttributeRecord*>(cache_record(entry));
    while (record && record->shape_index != shape_index)
        record = static_cast<const AttributeRecord*>(record->next);
    return record;
}

// Address of a slot in the overflow array; null when there is none (any more).
IMUGI_NOINLINE std::atomic<uint64_t>* overflow_slot(Object* object, uint32_t index);
// The attribute of an object of the record's shape, as a register word; 0 when the record is of no
// use. Not for slots.
IMUGI_NOINLINE uint64_t record_attribute(Object* object, const AttributeRecord& record);

IMUGI_ALWAYS_INLINE std::atomic<uint64_t>* cached_slot(Object* object, uint64_t entry) {
    uint32_t offset = static_cast<uint32_t>(entry >> 24 & 0xFFFF);
    if (IMUGI_LIKELY(!(offset & kOffsetOverflow)))
        return reinterpret_cast<std::atomic<uint64_t>*>(object) + (offset & kOffsetMask);
    return overflow_slot(object, offset & kOffsetMask);
}

IMUGI_ALWAYS_INLINE bool is_current(uint64_t slot_entry) {
    return (slot_entry >> 2 & kEpochMask) ==
           (layout_epoch.load(std::memory_order_relaxed) & kEpochMask);
}

// What a slot entry of the object's shape leads to; 0 when it is empty or has moved.
IMUGI_ALWAYS_INLINE uint64_t slot_attribute(Object* object, uint64_t entry, uint32_t shape_index) {
    if (IMUGI_UNLIKELY(!is_current(entry))) return 0;
    mark_reader(object);
    std::atomic<uint64_t>* slot = cached_slot(object, entry);
    if (IMUGI_UNLIKELY(slot == nullptr)) return 0;
    uint64_t bits = load_slot_bits(*slot);
    // An overflow array may have been replaced, and the object have got back its shape.
    if (IMUGI_LIKELY(object->shape_index.load(std::memory_order_acquire) == shape_index &&
                     (!(entry >> 24 & kOffsetOverflow) || cached_slot(object, entry) == slot)))
        return bits;
    drop_bits(bits);
    return 0;
}

// The object's attribute as a register word; 0 when the cache does not know.
IMUGI_ALWAYS_INLINE uint64_t cached_attribute(uint64_t owner, const std::atomic<uint64_t>& cache) {
    uint64_t entry = cache.load(std::memory_order_acquire);  // pairs with publish_cache
    Value value = Value::from_bits(owner);
    if (IMUGI_UNLIKELY(!value.is_object())) return 0;
    Object* object = value.object();
    uint32_t shape_index = object->shape_index.load(std::memory_order_acquire);
    if (IMUGI_LIKELY((entry & 3) == kCacheSlot))
        return entry >> 40 == shape_index ? slot_attribute(object, entry, shape_index) : 0;
    const AttributeRecord* record = find_record(entry, shape_index);
    if (!record) return 0;
    if (record->kind == RecordKind::kSlot)
        return slot_attribute(object, record->place, shape_index);
    return record_attribute(object, *record);
}

// The unbound method that a LOAD_METHOD site has cached for the object's shape; 0 when there is
// none.
IMUGI_ALWAYS_INLINE uint64_t cached_method(uint64_t owner, const std::atomic<uint64_t>& cache) {
    uint64_t entry = cache.load(std::memory_order_acquire);
    Value value = Value::from_bits(owner);
    uint32_t shape_index =
        value.is_object() ? value.object()->shape_index.load(std::memory_order_acquire) : 0;
    const AttributeRecord* record = find_record(entry, shape_index);
    if (IMUGI_UNLIKELY(!record) || record->kind != RecordKind::kMethod ||
        type_of(value).version.load(std::memory_order_acquire) != record->version)
        return 0;
    return share_bits(record->value.load(std::memory_order_relaxed));
}

// r[a].name = r[c] where the site has seen objects of this shape get the attribute: in the object's
// next inline slot. Consumes both registers on success.
IMUGI_NOINLINE bool store_growing_attribute(Thread& thread, Frame* frame, uint64_t* r, uint32_t a,
                                            uint32_t c, uint64_t entry);

// The word that an entry of the object's shape leads to, which is not in an overflow array, to
// store it anew. Null: not under this lock, or the object has changed before it was taken.
IMUGI_ALWAYS_INLINE std::atomic<uint64_t>* place_for_store(const QuickLock& lock, Object* object,
                                                           uint64_t entry) {
    if (IMUGI_UNLIKELY(!lock || object->shape_index.load(std::memory_order_relaxed) != entry >> 40))
        return nullptr;
    return reinterpret_cast<std::atomic<uint64_t>*>(object) + (entry >> 24 & kOffsetMask);
}

// r[a].name = r[c] where the attribute exists at a cached place. Consumes both registers on
// success.
IMUGI_ALWAYS_INLINE bool store_cached_attribute(const Thread& thread, Frame* frame, uint64_t* r,
                                                uint32_t a, uint32_t c,
                                                const std::atomic<uint64_t>& cache) {
    uint64_t entry = cache.load(std::memory_order_acquire);  // pairs with publish_cache
    Value owner = value_at(r, a);
    if (IMUGI_UNLIKELY(!owner.is_object())) return false;
    Object* object = owner.object();
    uint32_t shape_index = object->shape_index.load(std::memory_order_relaxed);
    if (IMUGI_UNLIKELY((entry & 3) != kCacheSlot)) {
        const AttributeRecord* record = find_record(entry, shape_index);
        if (!record || record->kind != RecordKind::kSlot) return false;
        entry = record->place;
    }
    if (IMUGI_UNLIKELY(entry >> 40 != shape_index || !is_current(entry) ||
                       (entry >> 24 & kOffsetOverflow)))
        return false;
    if (IMUGI_UNLIKELY(object->owner.load(std::memory_order_relaxed) != current_heap_id))
        return false;
    Owned old;
    {
        const QuickLock lock(thread, *object);
        std::atomic<uint64_t>* slot = place_for_store(lock, object, entry);
        if (IMUGI_UNLIKELY(!slot)) return false;
        old = exchange_word(*slot, consume(frame, r, c));
    }
    discard(frame, r, a);
    return true;
}

}  // namespace imugi
