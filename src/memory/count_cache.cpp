// See count_cache.h.
#include "memory/count_cache.h"

#include "memory/refcount.h"

namespace imugi {

void CountCache::take_elsewhere(Object* object) {
    size_t at = place(object);
    Entry* free = nullptr;
    for (Entry* entry : {&entries[at], &entries[at ^ 1]}) {
        if (entry->object == object) {
            entry->count++;
            return;
        }
        if (entry->count == 0 && !free) free = entry;
    }
    if (!free) {
        free = &entries[at];
        add_settled(free->object, free->count);
    }
    free->object = object;
    free->count = 1;
}

void CountCache::settle() {
    for (Entry& entry : entries) {
        if (entry.count) add_settled(entry.object, entry.count);
        entry = {};
    }
}

}  // namespace imugi
