// Interned strings: a table in shards that holds its strings weakly.
//
// Each shard has a byte lock held for a few loads and stores: no allocation of objects, no
// safepoint, no Python under it, so waiting for it is a short spin even when the world is to stop.
// A dying string takes itself out in its release slot; until then its counts refuse try_incref.
#include <sched.h>

#include "memory/heap.h"
#include "object/native.h"
#include "object/str.h"
#include "object/text_hash.h"
#include "thread/lock.h"

namespace imugi {

HashKey hash_key = {};

namespace {

class ShardLock {
  public:
    explicit ShardLock(std::atomic<uint8_t>& byte) : byte_(byte) {
        while (byte_.exchange(1, std::memory_order_acquire)) sched_yield();
    }
    ~ShardLock() { byte_.store(0, std::memory_order_release); }
    ShardLock(const ShardLock&) = delete;

  private:
    std::atomic<uint8_t>& byte_;
};

Str* const kTombstone = reinterpret_cast<Str*>(uintptr_t{1});

struct alignas(64) Shard {
    std::atomic<uint8_t> lock{0};
    size_t capacity = 0;  // a power of two, or 0
    size_t filled = 0;    // entries and tombstones
    size_t live = 0;
    Str** entries = nullptr;

    Str** find(const Str& s, size_t start) {
        for (size_t i = start & (capacity - 1);; i = (i + 1) & (capacity - 1)) {
            Str* entry = entries[i];
            if (!entry) return nullptr;
            if (entry != kTombstone && str_equal(*entry, s)) return &entries[i];
        }
    }
    void put(Str* s, size_t start) {
        size_t i = start & (capacity - 1);
        while (entries[i]) i = (i + 1) & (capacity - 1);
        entries[i] = s;
        filled++;
    }
    bool make_room() {
        if ((filled + 1) * 3 < capacity * 2) return true;
        size_t grown = live * 4 < 64 ? 64 : std::bit_ceil(live * 4);
        auto** table = static_cast<Str**>(array_allocate_zeroed(grown * sizeof(Str*)));
        if (!table) return false;
        Str** old = entries;
        size_t old_capacity = capacity;
        entries = table;
        capacity = grown;
        filled = 0;
        for (size_t i = 0; i < old_capacity; i++)
            if (old[i] && old[i] != kTombstone) put(old[i], start_of(*old[i]));
        array_free(old);
        return true;
    }
    static size_t start_of(const Str& s) { return static_cast<uint64_t>(str_hash(s)) >> 6; }
};

constinit Shard shards[64];

Shard& shard_of(const Str& s) {
    return shards[static_cast<uint64_t>(str_hash(s)) & 63];
}

// A reference to an entry of the table, under the shard's lock; fails when it is dying.
bool try_share(Str* s) {
    if (s->has_flag(kImmortal)) return true;
    if (s->owner.load(std::memory_order_relaxed) == current_heap_id) {
        if (s->local.load(std::memory_order_relaxed) == 0) return false;
        incref(s);  // lint: allow ownership: the shard's lock keeps a dying entry from being freed
        return true;
    }
    return try_incref(s);
}

Ref<Str> make_intern_entry(Thread& thread, Ref<Str> s) {
    if (s->length() == 1 && (*s)[0] < 256) return make_str_from_char(thread, (*s)[0]);
    if (s->length() == 0) return empty_str();
    Shard& shard = shard_of(*s);
    ShardLock guard(shard.lock);
    size_t start = Shard::start_of(*s);
    if (shard.capacity != 0) {
        if (Str** entry = shard.find(*s, start)) {
            Str* found = *entry;
            if (try_share(found))
                return Ref<Str>::adopt(Owned::adopt(found->has_flag(kImmortal)
                                                        ? Value::of(found).bits()
                                                        : reinterpret_cast<uint64_t>(found)));
            // Its last reference has just gone; the newcomer takes its place.
            *entry = s.get();
            if (!s->has_flag(kImmortal)) mark_shared(s.get());
            s->set_flag(kInterned);
            return s;
        }
    }
    if (!shard.make_room()) return raise_memory_error(thread);
    shard.put(s.get(), start);
    shard.live++;
    // Whoever finds it in the table takes a count without asking its owner.
    if (!s->has_flag(kImmortal)) mark_shared(s.get());
    s->set_flag(kInterned);
    return s;
}

}  // namespace

Ref<Str> intern(Thread& thread, Ref<Str> s) {
    if (!s || s->is_interned()) return s;
    if (!is_exact_str(s.value())) return exact_str(thread, *s);
    return make_intern_entry(thread, std::move(s));
}

Ref<Str> intern(Thread& thread, const char* utf8) {
    return intern(thread, TRY(make_str(thread, utf8)));
}

Ref<Str> intern_immortal(Thread& thread, const char* utf8) {
    Ref<Str> s = TRY(intern(thread, utf8));
    make_immortal(s.get());
    return s;
}

void leave_intern_table(Str& s) {
    Shard& shard = shard_of(s);
    ShardLock guard(shard.lock);
    if (shard.capacity == 0) return;
    for (size_t i = Shard::start_of(s) & (shard.capacity - 1);;
         i = (i + 1) & (shard.capacity - 1)) {
        Str* entry = shard.entries[i];
        if (!entry) return;
        if (entry == &s) {
            shard.entries[i] = kTombstone;
            shard.live--;
            return;
        }
    }
}

size_t interned_count() {
    size_t count = 0;
    for (Shard& shard : shards) {
        ShardLock guard(shard.lock);
        count += shard.live;
    }
    return count;
}

}  // namespace imugi
