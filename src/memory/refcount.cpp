// The slow sides of counting, and destruction. See refcount.h for the rules.
//
// A dead object is destroyed by the one thread that saw its last reference go; nobody else can
// reach it but racing readers, who only look at its header.
#include "memory/refcount.h"

#include "memory/array.h"
#include "memory/collector.h"
#include "memory/fields.h"
#include "memory/heap.h"
#include "memory/merge.h"
#include "memory/promotion.h"
#include "memory/slot.h"
#include "thread/kept_lock.h"
#include "thread/lock.h"
#include "thread/safepoint.h"

namespace imugi {

// Beyond this much in `shared` an object becomes immortal; one that is not deferred before its
// count could be taken for a deferred one's.
static constexpr int32_t kSharedMost = 0x60000000;
static constexpr uint32_t kUndeferredMost = kDeferredBias / 2 - kDeferredBias / 16;
// Local count of what became immortal; objects in static storage have 1.
static constexpr uint32_t kImmortalCount = 1u << 30;
// Nested destruction recurses this deep, then waits on thread.dead.
static constexpr uint32_t kDropDepth = 50;

void saturate(Object* object) {
    if (object->has_flag(kImmortal)) return;  // its count may tell that it is in static storage
    object->local.store(kImmortalCount, std::memory_order_relaxed);
    object->set_flag(kImmortal);
}

void make_immortal(Object* object) {
    saturate(object);
    object->owner.store(0, std::memory_order_relaxed);
}

static uint32_t add_shared(Object* object, uint32_t count) {
    uint32_t old = object->shared.fetch_add(count * kSharedOne, std::memory_order_relaxed);
    if (IMUGI_UNLIKELY(static_cast<int32_t>(old) > kSharedMost ||
                       old - kUndeferredMost < kDeferredBias / 2 - kUndeferredMost))
        saturate(object);
    return old + count * kSharedOne;
}

// Where this thread counts deferred objects of others; null when it owns nothing.
static CountCache* count_cache() {
    Thread* thread = current_thread_slot;
    return thread && thread->heap ? &thread->heap->counts : nullptr;
}

void incref_shared(Object* object) {
    if (object->has_flag(kDeferred)) {
        if (CountCache* cache = count_cache()) return cache->take(object);
    }
    add_shared(object, 1);
    count_foreign_read(object);
}

void add_settled(Object* object, uint32_t count) {
    uint32_t shared = add_shared(object, count);
    // Others had dropped what this thread counted for itself.
    if (shared == (kDeferredBias | kMerged)) look_at_merged(object, shared);
}

void look_at_merged(Object* object, uint32_t shared) {
    if (shared == kMerged)
        destroy(object);
    else if (shared == (kDeferredBias | kMerged))
        await_register_scan(object);
}

// What several threads use shall belong to none: the owner's plain counts would take the header out
// of the others' caches again and again. Its counts are merged at its next safepoint.
static void leave_owner(Object* object, uint16_t owner) {
    uint32_t old = object->shared.load(std::memory_order_relaxed);
    do {
        uint32_t state = old & kSharedStateMask;
        if (state == kQueued || state == kMerged) return;
    } while (!object->shared.compare_exchange_weak(
        old, ((old + kSharedOne) & ~kSharedStateMask) | kQueued, std::memory_order_acq_rel,
        std::memory_order_relaxed));
    queue_merge(object, owner);
}

void decref_shared(Object* object) {
    CountCache* cache = count_cache();
    if (cache && cache->drop(object)) {
        uint16_t owner = object->owner.load(std::memory_order_relaxed);
        if (IMUGI_UNLIKELY(owner != 0)) leave_owner(object, owner);
        return;
    }
    uint32_t old = object->shared.load(std::memory_order_relaxed);
    for (;;) {
        uint32_t state = old & kSharedStateMask;
        bool queue = false;
        uint32_t replacement = old - kSharedOne;
        uint32_t counted = old - deferred_bias_in(old);
        if (state != kMerged && static_cast<int32_t>(counted) < static_cast<int32_t>(kSharedOne) &&
            state != kQueued) {
            // The count would go negative: the queue takes the reference over.
            replacement = (old & ~kSharedStateMask) | kQueued;
            queue = true;
        }
        // Release: what this thread did to the object comes before its destruction. Acquire: pairs
        // with the others' releases.
        if (!object->shared.compare_exchange_weak(old, replacement, std::memory_order_acq_rel,
                                                  std::memory_order_relaxed))
            continue;
        if (queue) {
            uint16_t owner = object->owner.load(std::memory_order_acquire);
            if (owner)
                queue_merge(object, owner);
            else
                merge_counts(object, 1);
        } else if (IMUGI_UNLIKELY((replacement & ~kDeferredBias) == kMerged)) {
            look_at_merged(object, replacement);
        }
        return;
    }
}

void local_count_is_zero(Object* object) {
    uint32_t shared = object->shared.load(std::memory_order_acquire);  // pairs with decref_shared
    if (shared == kUnshared) {
        destroy(object);
        return;
    }
    // Others hold references, or a reader is counting right now: from now on `shared` is the whole
    // count, and this exchange or that reader's decides who was first.
    object->owner.store(0, std::memory_order_relaxed);
    uint32_t merged;
    do merged = shared | kMerged;
    while (!object->shared.compare_exchange_weak(shared, merged, std::memory_order_acq_rel,
                                                 std::memory_order_acquire));
    look_at_merged(object, merged);
}

bool try_incref(Object* object) {
    uint8_t flags = object->flags.load(std::memory_order_relaxed);
    if (flags & kImmortal) return true;
    if (flags & kDeferred) {
        // Alive until the world is stopped, whatever the slot holds by now.
        if (CountCache* cache = count_cache()) {
            cache->take(object);
            return true;
        }
    }
    uint32_t old = object->shared.load(std::memory_order_relaxed);
    for (;;) {
        // Unshared, merged away to nothing, or dead: only the lock tells.
        if ((old & kSharedStateMask) == kUnshared || old == kMerged || old == kSharedDead)
            return false;
        if (object->shared.compare_exchange_weak(old, old + kSharedOne, std::memory_order_acquire,
                                                 std::memory_order_relaxed))
            break;
    }
    count_foreign_read(object);
    return true;
}

void mark_shared(Object* object) {
    uint32_t old = object->shared.load(std::memory_order_relaxed);
    while ((old & kSharedStateMask) == kUnshared &&
           !object->shared.compare_exchange_weak(
               old, old | kMayBeShared, std::memory_order_seq_cst,
               std::memory_order_relaxed)) {  // pairs with needs_grace
    }
}

Owned share_locked(const std::atomic<uint64_t>& word) {
    Value value = Value::from_bits(word.load(std::memory_order_relaxed));
    if (value.is_owning() &&
        value.object()->owner.load(std::memory_order_relaxed) != current_heap_id)
        mark_shared(value.object());
    return Owned::share(value);
}

uint32_t reference_count(const Object* object) {
    if (object->has_flag(kImmortal)) return 0xFFFFFFFFu;
    uint32_t shared = object->shared.load(std::memory_order_relaxed);
    if (object->has_flag(kDeferred)) shared -= kDeferredBias;
    const CountCache* cache = count_cache();
    return (cache ? cache->count(object) : 0) + object->local.load(std::memory_order_relaxed) +
           static_cast<uint32_t>(static_cast<int32_t>(shared) >> 2);
}

void make_deferred(Object* object) {
    if (object->has_flag(kImmortal)) return;
    if (object->has_flag(kDeferred)) return;
    // The bias first: who sees the flag keeps counts to himself, and without the bias the header's
    // could then come to zero under a reference that somebody holds.
    object->shared.fetch_add(kDeferredBias, std::memory_order_relaxed);
    uint8_t flags = object->flags.fetch_or(kDeferred, std::memory_order_acq_rel);
    if (flags & kDeferred) object->shared.fetch_sub(kDeferredBias, std::memory_order_relaxed);
}

void end_deferral(Object* object) {
    // From now on the last reference counts, the collector's own for one: all into the header.
    if (CountCache* cache = count_cache())
        if (uint32_t mine = cache->withdraw(object)) add_shared(object, mine);
    uint8_t flags =
        object->flags.fetch_and(static_cast<uint8_t>(~kDeferred), std::memory_order_acq_rel);
    if (!(flags & kDeferred)) return decref(object);
    uint32_t old = object->shared.load(std::memory_order_relaxed);
    bool queue;
    uint32_t replacement;
    do {
        replacement = old - kDeferredBias;
        uint32_t state = replacement & kSharedStateMask;
        // Below zero others have dropped what the owner counted; as in decref_shared.
        queue = static_cast<int32_t>(replacement) < 0 && state != kMerged && state != kQueued;
        if (queue) replacement = (replacement & ~kSharedStateMask) | kQueued;
    } while (!object->shared.compare_exchange_weak(old, replacement, std::memory_order_acq_rel,
                                                   std::memory_order_relaxed));
    if (!queue) return decref(object);
    uint16_t owner = object->owner.load(std::memory_order_acquire);
    if (owner)
        queue_merge(object, owner);
    else
        merge_counts(object, 1);
}

// --- destruction ---

static bool push_object(Object**& array, uint32_t& count, uint32_t& capacity, Object* object) {
    if (count == capacity) {
        uint32_t more = capacity ? capacity * 2 : 256;
        void* grown = array_reallocate(array, more * sizeof(Object*));
        if (!grown) return false;
        array = static_cast<Object**>(grown);
        capacity = more;
    }
    array[count++] = object;
    return true;
}

// Gives the dead object one reference of this thread's, and queues it for drain_dying.
static void defer_death(Thread& thread, Object* object) {
    object->shared.store(object->has_flag(kHasWeakrefs) ? kMayBeShared : kUnshared,
                         std::memory_order_relaxed);
    object->local.store(1, std::memory_order_relaxed);
    object->owner.store(thread.heap_id, std::memory_order_release);
    // Without memory for the list the object stays for ever, as nothing else is safe.
    if (push_object(thread.dying, thread.dying_count, thread.dying_capacity, object))
        request(thread, kBreakDying);
}

// Of a dead object, which nobody else reads: no exchange.
static void drop_word(FieldVisitor&, std::atomic<uint64_t>& word) {
    Owned dropped = Owned::adopt(word.load(std::memory_order_relaxed));
    word.store(0, std::memory_order_relaxed);
}

void FieldVisitor::drop_words(Slot* slots, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint64_t bits = slots[i].word().load(std::memory_order_relaxed);
        if (bits & 7) continue;
        Owned dropped = Owned::adopt(bits);
    }
}

// Kept locks mark the address of a lock byte in its lowest bit.
static_assert(offsetof(Object, lock) % 2 == 1);

static void destroy_now(Object* object) {
    FieldVisitor visitor{.visit_word = drop_word, .destroying = true, .dropping = true};
    visit_fields(object, visitor);
    release_payload(object);
    if (IMUGI_UNLIKELY(object->lock.load(std::memory_order_relaxed) & kLocked))
        forget_kept(object->lock);
    heap_free(object);
}

static IMUGI_NOINLINE void destroy_general(Object* object) {
    Thread& thread = current_thread();
    if (IMUGI_UNLIKELY(object->has_flag(kImmortal))) return;
    if (IMUGI_UNLIKELY(needs_finalizer(object))) return defer_death(thread, object);
    if (IMUGI_UNLIKELY(object->has_flag(kHasWeakrefs))) {
        if (has_weakref_callbacks(object)) return defer_death(thread, object);
        clear_weakrefs(object);
    }
    if (object->has_flag(kTracked) && --thread.heap->tracked_balance <= -kTrackedBatch)
        flush_tracked_balance(thread);
    if (thread.drop_depth >= kDropDepth &&
        push_object(thread.dead, thread.dead_count, thread.dead_capacity, object))
        return;
    thread.drop_depth++;
    destroy_now(object);
    if (--thread.drop_depth == 0) {
        thread.drop_depth++;
        while (thread.dead_count) destroy_now(thread.dead[--thread.dead_count]);
        thread.drop_depth--;
    }
}

void destroy(Object* object) {
    if (is_leaf(object)) return heap_free(object);
    destroy_general(object);
}

static void end_life(Thread& thread, Owned object) {
    Object* raw = object.value().object();
    if (needs_finalizer(raw)) {
        raw->set_flag(kFinalized);
        run_finalizer(thread, raw);
    }
    if (reference_count(raw) == 1 && raw->has_flag(kHasWeakrefs))
        clear_and_call_weakrefs(thread, raw);
}

// Several are taken off the list first: the Python that one runs drains what it lets die itself,
// and would otherwise go on with the next of these, however many they are, on top of our stack.
void drain_dying(Thread& thread) {
    uint64_t pending = thread.exception;
    thread.exception = 0;
    while (uint32_t count = std::exchange(thread.dying_count, 0)) {
        if (count == 1) {
            end_life(thread, Owned::adopt(thread.dying[0]));
            continue;
        }
        Object** taken = std::exchange(thread.dying, nullptr);
        uint32_t capacity = std::exchange(thread.dying_capacity, 0);
        for (uint32_t i = 0; i < count; i++) end_life(thread, Owned::adopt(taken[i]));
        if (thread.dying) {
            array_free(taken);
        } else {
            thread.dying = taken;
            thread.dying_capacity = capacity;
        }
    }
    thread.exception = pending;
}

}  // namespace imugi
