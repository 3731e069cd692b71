// Calls of plain classes without C++ recursion: the object is made and __init__'s frame pushed.
//
// A CALL site remembers, in a ConstructorRecord, what a class makes: an object of its own layout,
// initialised by a Python function or not at all. It holds while the class's version stands.
#pragma once

#include "object/code.h"
#include "object/type.h"
#include "vm/slow.h"

namespace imugi {

// `value`: the __init__, 0 for object.__init__.
struct ConstructorRecord : CacheRecord {
    uint32_t type_version;
};

// Fills the site's cache for a call of `type`; a class that is not plain leaves it alone.
void fill_constructor(Thread& thread, Type& type, std::atomic<uint64_t>& cache);

// The record of the site if it is of this class and holds; else null.
inline const ConstructorRecord* constructor_record(const Type& type,
                                                   const std::atomic<uint64_t>& cache) {
    auto* record = static_cast<ConstructorRecord*>(
        cache_record(cache.load(std::memory_order_acquire)));  // pairs with publish_cache
    if (!record || record->type_version != type.version.load(std::memory_order_acquire) ||
        record->type_version == 0 || type.has(kTypeAbstract))
        return nullptr;
    return record;
}

// A new instance without attributes; empty with MemoryError.
Owned make_instance(Thread& thread, Type& type);

}  // namespace imugi
