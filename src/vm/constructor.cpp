// Which classes are plain; see constructor.h. Records are shared by all threads.
#include "vm/constructor.h"

#include <new>

#include "memory/array.h"
#include "memory/collector.h"
#include "object/function.h"
#include "object/native.h"
#include "object/slot_functions.h"
#include "vm/attribute_cache.h"
#include "vm/registers.h"

namespace imugi {

// A site that sees many classes is not worth filling again and again: the low word of an unfilled
// cache counts the attempts, in steps that keep bit 1 clear.
static constexpr uint64_t kAttempt = 4;
static constexpr uint64_t kMostAttempts = 64 * kAttempt;

static bool is_plain_init(Value init) {
    if (!is_python_function(init)) return false;
    const Code& code = init.as<Function>().code.as<Code>();
    return !(code.flags & (kCodeGenerator | kCodeCoroutine | kCodeAsyncGenerator));
}

void fill_constructor(Thread& thread, Type& type, std::atomic<uint64_t>& cache) {
    uint64_t seen = cache.load(std::memory_order_relaxed);
    if (cache_record(seen)) return publish_cache(cache, kAttempt);
    if (seen >= kMostAttempts) return;
    cache.store(seen + kAttempt, std::memory_order_relaxed);
    if (seen && seen / kAttempt % 8 != 7) return;
    // Read before the class is looked at: a change after it makes another version.
    uint32_t version = type_version(type);
    if (version == 0) return;
    if (type_of(Value::of(type)).slots.call != type_type.slots.call ||
        type.slots.make != object_type.slots.make || type.has(kTypeAbstract))
        return;
    uint64_t init_word = 0;
    if (type.slots.init != object_type.slots.init) {
        if (type.slots.init != slot_init) return;
        Owned init = lookup_in_mro(thread, type, ID(__init__), &version);
        if (version == 0 || init.is_nothing() || !is_plain_init(init)) return;
        init_word = record_word(std::move(init));
    }
    void* memory = array_allocate(sizeof(ConstructorRecord));
    if (!memory) return drop_bits(init_word);
    auto* record = new (memory) ConstructorRecord{{init_word}, version};
    publish_cache(cache, reinterpret_cast<uint64_t>(record) | 2);
}

Owned make_instance(Thread& thread, Type& type) {
    Object* object = allocate_object(thread, type);
    if (!object) return {};
    if (type.has(kTypeTracked)) track(object);
    return Owned::adopt(object);
}

}  // namespace imugi
