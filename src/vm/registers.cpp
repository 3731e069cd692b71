// Words of objects that other threads own. What a register lends of a promoted object lives until
// the thread's next safepoint at least, where a scan finds it.
#include "vm/registers.h"

#include "memory/promotion.h"

namespace imugi {

uint64_t share_foreign(Object* object) {
    incref_shared(object);
    return reinterpret_cast<uint64_t>(object);
}

uint64_t load_foreign_bits(const std::atomic<uint64_t>& slot, uint64_t bits) {
    Object* object = Value::from_bits(bits).object();
    if (object->flags.load(std::memory_order_relaxed) & (kImmortal | kDeferred)) {
        // As in load_slot_bits: deferred meanwhile.
        return slot.load(std::memory_order_acquire) == bits ? bits | Value::kLentBit : 0;
    }
    if (!try_incref(object)) return 0;
    if (IMUGI_UNLIKELY(slot.load(std::memory_order_acquire) != bits)) {
        drop_bits(bits);
        return 0;
    }
    return bits;
}

void own_promoted_words(uint64_t* registers, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        Value value = Value::from_bits(registers[i]);
        if (value.is_lent() && value.is_object() && is_promoted(value.object()))
            registers[i] = Owned::share(value).release();
    }
}

}  // namespace imugi
