// The collector's passes; collector.h says what they decide. Side words hold, per tracked object,
// the references not yet explained (high bits) and whether it was reached (kReached).
//
// Protection: passes run with the world stopped; unreachable objects are then held by one reference
// each while finalizers run.
#include "memory/collector.h"

#include "memory/array.h"
#include "memory/fields.h"
#include "memory/garbage.h"
#include "memory/heap.h"
#include "memory/merge.h"
#include "memory/promotion.h"
#include "memory/refcount.h"
#include "memory/verify.h"
#include "thread/chaos.h"
#include "thread/safepoint.h"
#include "thread/waiting_scan.h"

namespace imugi {

CollectorSettings collector_settings;
CollectorHooks collector_hooks;
void (*collector_roots)(RootMarker mark, void* context);

static std::atomic<int64_t> young{0};
static std::atomic<bool> collecting{false};
static GenerationStats stats[3];  // written by the collecting thread
static std::atomic<size_t> frozen{0};

static constexpr uint32_t kReached = 1;
static constexpr uint32_t kOneReference = 2;
// In the collector bits of the lock byte: a frozen object; garbage whose finalizer waits for that
// of another, which refers to it (a buffer is flushed before its file is closed).
static constexpr uint8_t kFrozenMark = 4;
static constexpr uint8_t kFinalizedLater = 32;

namespace {
// A stack of objects in one growing array; `failed` once memory was short.
struct ObjectStack {
    Object** items = nullptr;
    size_t count = 0, capacity = 0;
    bool failed = false;

    ~ObjectStack() { array_free(items); }
    void push(Object* object) {
        if (count == capacity) {
            size_t more = capacity ? capacity * 2 : 4096;
            void* grown = array_reallocate(items, more * sizeof(Object*));
            if (!grown) {
                failed = true;
                return;
            }
            items = static_cast<Object**>(grown);
            capacity = more;
        }
        items[count++] = object;
    }
};

bool is_frozen(const Object* object) {
    return object->lock.load(std::memory_order_relaxed) & kFrozenMark;
}
// Its destruction is under way: what it still refers to is held, and its class needed.
bool is_dying(const Object* object) {
    return object->local.load(std::memory_order_relaxed) == 0 &&
           object->shared.load(std::memory_order_relaxed) / kSharedOne == 0;
}
bool is_candidate(const Object* object) {
    uint8_t flags = object->flags.load(std::memory_order_relaxed);
    return (flags & (kTracked | kImmortal | kAwaitsScan)) == kTracked && !is_frozen(object) &&
           !is_dying(object);
}

struct SubtractVisitor : FieldVisitor {
    SubtractVisitor() : FieldVisitor{visit_one} {}
    static void visit_one(FieldVisitor&, std::atomic<uint64_t>& word) {
        Value value = Value::from_bits(word.load(std::memory_order_relaxed));
        if (value.is_owning() && is_candidate(value.object()))
            side_word(value.object()) -= kOneReference;
    }
};

struct MarkVisitor : FieldVisitor {
    explicit MarkVisitor(ObjectStack& s) : FieldVisitor{visit_one}, stack(s) {}
    ObjectStack& stack;

    void reach(Object* object) {
        if (!is_candidate(object)) return;
        uint32_t& word = side_word(object);
        if (word & kReached) return;
        word |= kReached;
        stack.push(object);
    }
    static void visit_one(FieldVisitor& self, std::atomic<uint64_t>& word) {
        Value value = Value::from_bits(word.load(std::memory_order_relaxed));
        if (value.is_object()) static_cast<MarkVisitor&>(self).reach(value.object());
    }
    void propagate() {
        while (stack.count && !stack.failed) {
            Object* object = stack.items[--stack.count];
            reach(type_object_of(object));
            visit_fields(object, *this);
        }
    }
};

// Marks what an object with a finalizer refers to, if that has one too.
struct OrderVisitor : FieldVisitor {
    OrderVisitor() : FieldVisitor{visit_one} {}
    static void visit_one(FieldVisitor&, std::atomic<uint64_t>& word) {
        Value value = Value::from_bits(word.load(std::memory_order_relaxed));
        if (value.is_object() && needs_finalizer(value.object()) &&
            (value.object()->lock.load(std::memory_order_relaxed) & kGarbageMark))
            value.object()->lock.fetch_or(kFinalizedLater, std::memory_order_relaxed);
    }
};

struct Pass {
    ObjectStack unreachable;
    ObjectStack marking;
    size_t live = 0;
};

void count_references(void*, Object* object) {
    if (is_candidate(object)) side_word(object) += reference_count(object) * kOneReference;
}
void subtract_references(void*, Object* object) {
    if (!is_candidate(object)) return;
    SubtractVisitor visitor;
    visit_fields(object, visitor);
}
void mark_roots(void* context, Object* object) {
    MarkVisitor& marker = *static_cast<MarkVisitor*>(context);
    if (object->has_flag(kImmortal) || is_frozen(object)) {
        // Static types and frozen objects are always alive, and so is what they refer to.
        marker.reach(type_object_of(object));
        visit_fields(object, marker);
        marker.propagate();
    } else if (is_candidate(object) &&
               static_cast<int32_t>(side_word(object)) >= static_cast<int32_t>(kOneReference)) {
        marker.reach(object);
        marker.propagate();
    } else if (is_dying(object) || object->has_flag(kAwaitsScan)) {
        marker.reach(type_object_of(object));
        marker.propagate();
    }
}
void gather_unreachable(void* context, Object* object) {
    Pass& pass = *static_cast<Pass*>(context);
    if (!is_candidate(object)) return;
    if (side_word(object) & kReached)
        pass.live++;
    else
        pass.unreachable.push(object);
}

// Finds what nothing outside refers to; each object found gets one reference. False when memory is
// short.
bool find_unreachable(Pass& pass) {
    merge_all_heaps();
    if (!begin_side_words()) return false;
    walk_objects(count_references, nullptr);
    walk_objects(subtract_references, nullptr);
    MarkVisitor marker(pass.marking);
    if (collector_roots)
        collector_roots(
            [](void* context, uint64_t word) {
                Value value = Value::from_bits(word);
                if (!value.is_object()) return;
                static_cast<MarkVisitor*>(context)->reach(value.object());
                static_cast<MarkVisitor*>(context)->propagate();
            },
            &marker);
    walk_objects(mark_roots, &marker);
    if (!pass.marking.failed) walk_objects(gather_unreachable, &pass);
    end_side_words();
    if (pass.marking.failed || pass.unreachable.failed) return false;
    for (size_t i = 0; i < pass.unreachable.count; i++) incref(pass.unreachable.items[i]);
    return true;
}

// In the world's last stop before the garbage goes: from now on nobody can find any of it.
void seal(ObjectStack& garbage) {
    for (size_t i = 0; i < garbage.count; i++) {
        Object* object = garbage.items[i];
        object->lock.fetch_or(kGarbageMark, std::memory_order_relaxed);
        if (object->has_flag(kHasWeakrefs)) clear_weakrefs(object);
        leave_referent(object);
        if (class_rank(object) != 0) leave_bases(object);
    }
}

// After finalizers: keeps in `set` only what is still unreachable from outside; the rest loses our
// reference.
bool drop_resurrected(Thread& thread, ObjectStack& set) {
    StopTheWorld stopped(thread);
    merge_all_heaps();
    if (!begin_side_words()) return false;
    // kOneReference * (count - ours); only members matter.
    for (size_t i = 0; i < set.count; i++)
        side_word(set.items[i]) = (reference_count(set.items[i]) - 1) * kOneReference;
    for (size_t i = 0; i < set.count; i++) {
        SubtractVisitor visitor;
        visit_fields(set.items[i], visitor);
    }
    ObjectStack marking;
    MarkVisitor marker(marking);
    if (collector_roots)
        collector_roots(
            [](void* context, uint64_t word) {
                Value value = Value::from_bits(word);
                if (value.is_object()) static_cast<MarkVisitor*>(context)->reach(value.object());
            },
            &marker);
    for (size_t i = 0; i < set.count; i++)
        if (static_cast<int32_t>(side_word(set.items[i])) >= static_cast<int32_t>(kOneReference))
            marker.reach(set.items[i]);
    marker.propagate();
    size_t kept = 0;
    for (size_t i = 0; i < set.count; i++) {
        Object* object = set.items[i];
        if (marking.failed || (side_word(object) & kReached))
            decref(object);
        else
            set.items[kept++] = object;
    }
    set.count = kept;
    end_side_words();
    seal(set);
    return true;
}

// Takes every owned word out and drops it: cycles come apart.
void clear_fields(Object* object) {
    FieldVisitor visitor{[](FieldVisitor&, std::atomic<uint64_t>& word) {
                             Owned dropped =
                                 Owned::adopt(word.exchange(0, std::memory_order_acq_rel));
                         },
                         true};
    visit_fields(object, visitor);
}

enum DebugFlag : uint32_t { kDebugSaveAll = 32 };

CollectionResult collect_now(Thread& thread) {
    CollectionResult result{0, 0};
    Pass pass;
    bool finalized = false;
    bool save_all = collector_settings.debug_flags.load(std::memory_order_relaxed) & kDebugSaveAll;
    {
        StopTheWorld stopped(thread);
        if (verify_enabled) verify_heap();
        young.store(0, std::memory_order_relaxed);
        thread.heap->tracked_balance = 0;
        if (!find_unreachable(pass)) return result;
        collector_settings.long_lived.store(pass.live, std::memory_order_relaxed);
        // Weak references without callbacks in sight of garbage die before finalizers can use them;
        // those with callbacks after.
        for (size_t i = 0; i < pass.unreachable.count; i++)
            pass.unreachable.items[i]->lock.fetch_or(kGarbageMark, std::memory_order_relaxed);
        for (size_t i = 0; i < pass.unreachable.count; i++) {
            Object* object = pass.unreachable.items[i];
            if (object->has_flag(kHasWeakrefs) && !save_all) clear_garbage_weakrefs(object);
            bool finalizer = needs_finalizer(object);
            bool callbacks = object->has_flag(kHasWeakrefs) && has_weakref_callbacks(object);
            if (object->has_flag(kHasWeakrefs) && !finalizer && !callbacks) clear_weakrefs(object);
            finalized = finalized || finalizer || callbacks;
            OrderVisitor order;
            if (finalizer) visit_fields(object, order);
        }
        for (size_t i = 0; i < pass.unreachable.count; i++)
            pass.unreachable.items[i]->lock.fetch_and(static_cast<uint8_t>(~kGarbageMark),
                                                      std::memory_order_relaxed);
        if (!finalized && !save_all) seal(pass.unreachable);
    }
    ObjectStack& garbage = pass.unreachable;
    if (save_all) {
        for (size_t i = 0; i < garbage.count; i++) {
            if (auto save = collector_hooks.save_garbage.load(std::memory_order_acquire))
                save(thread, garbage.items[i]);
            decref(garbage.items[i]);
        }
        result.collected = garbage.count;
        return result;
    }
    for (size_t i = 0; i < garbage.count; i++) {
        Object* object = garbage.items[i];
        if (object->has_flag(kHasWeakrefs) && has_weakref_callbacks(object))
            clear_and_call_weakrefs(thread, object);
    }
    for (bool later : {false, true}) {
        for (size_t i = 0; i < garbage.count; i++) {
            Object* object = garbage.items[i];
            if (!needs_finalizer(object)) continue;
            bool waits = object->lock.load(std::memory_order_relaxed) & kFinalizedLater;
            if (waits && !later) continue;
            object->lock.fetch_and(static_cast<uint8_t>(~kFinalizedLater),
                                   std::memory_order_relaxed);
            object->set_flag(kFinalized);
            run_finalizer(thread, object);
        }
    }
    if (finalized && !drop_resurrected(thread, garbage)) {
        for (size_t i = 0; i < garbage.count; i++) decref(garbage.items[i]);
        return result;
    }
    // What is freed now was made before the count began anew: its deaths shall not lower that.
    young.fetch_add(static_cast<int64_t>(garbage.count), std::memory_order_relaxed);
    for (size_t i = 0; i < garbage.count; i++) clear_fields(garbage.items[i]);
    // The dead still need their classes, and classes their metaclasses.
    size_t classes = 0;
    int ranks = 0;
    for (size_t i = 0; i < garbage.count; i++) {
        int rank = class_rank(garbage.items[i]);
        if (rank == 0) continue;
        if (rank > ranks) ranks = rank;
        std::swap(garbage.items[classes++], garbage.items[i]);
    }
    for (size_t i = classes; i < garbage.count; i++) {
        end_deferral(garbage.items[i]);
    }
    if (ranks == 0) {
        result.collected = garbage.count;
        return result;
    }
    // Those that other threads own die when their counts are merged, and must do so before their
    // classes.
    StopTheWorld stopped(thread);
    merge_all_heaps();
    for (int rank = ranks; rank > 0; rank--) {
        for (size_t i = 0; i < classes; i++) {
            if (!garbage.items[i] || class_rank(garbage.items[i]) != rank) continue;
            end_deferral(std::exchange(garbage.items[i], nullptr));
        }
        merge_all_heaps();
    }
    result.collected = garbage.count;
    return result;
}

void notify(Thread& thread, const char* phase, int generation, const CollectionResult& result) {
    if (auto hook = collector_hooks.notify.load(std::memory_order_acquire))
        hook(thread, phase, generation, result);
}
}  // namespace

CollectionResult collect(Thread& thread, int generation) {
    bool expected = false;
    if (!collecting.compare_exchange_strong(expected, true, std::memory_order_acq_rel))
        return {0, 0};
    uint64_t pending = thread.exception;
    thread.exception = 0;
    CollectionResult result{0, 0};
    notify(thread, "start", generation, result);
    reclaim_promoted(thread);
    drain_dying(thread);  // merging the heaps has brought this thread what others dropped
    result = collect_now(thread);
    reclaim_promoted(thread);  // what the garbage had
    GenerationStats& record = stats[generation];
    record.collections++;
    record.collected += result.collected;
    record.uncollectable += result.uncollectable;
    notify(thread, "stop", generation, result);
    thread.exception = pending;
    collecting.store(false, std::memory_order_release);
    return result;
}

void collector_after_fork() {
    collecting.store(false, std::memory_order_relaxed);
}

// A collection looks at every tracked object, so it waits until there are twice as many as the last
// one left: its cost per object made is then bounded. A lowered threshold is taken at its word.
static int64_t due_at() {
    int64_t least = collector_settings.thresholds[0].load(std::memory_order_relaxed);
    if (least <= 0) return INT64_MAX;
    if (least < kDefaultThreshold) return least;
    auto grown =
        static_cast<int64_t>(collector_settings.long_lived.load(std::memory_order_relaxed));
    return least > grown ? least : grown;
}

void flush_tracked_balance(Thread& thread) {
    int64_t balance = thread.heap->tracked_balance;
    thread.heap->tracked_balance = 0;
    int64_t total = young.fetch_add(balance, std::memory_order_relaxed) + balance;
    // Old objects that die make no room for garbage. A batch that is added meanwhile may get lost.
    if (total < 0) young.store(0, std::memory_order_relaxed);
    if (total > due_at() && collector_settings.enabled.load(std::memory_order_relaxed))
        request(thread, kBreakCollect);
    if (scan_awaited.load(std::memory_order_relaxed)) request(thread, kBreakCollect);
}

void collect_if_due(Thread& thread) {
    reclaim_promoted_if_due(thread);
    bool due = young.load(std::memory_order_relaxed) > due_at();
    if ((due || std::exchange(collect_unasked, false)) &&
        collector_settings.enabled.load(std::memory_order_relaxed))
        collect(thread, 0);
}

GenerationStats collector_stats(int generation) {
    return stats[generation];
}
uint64_t collector_young_count() {
    int64_t count = young.load(std::memory_order_relaxed) + current_thread().heap->tracked_balance;
    return count > 0 ? static_cast<uint64_t>(count) : 0;
}

void for_each_tracked(Thread& thread, void (*visit)(void* context, Object* object), void* context) {
    struct Both {
        void (*visit)(void*, Object*);
        void* context;
    } both{visit, context};
    StopTheWorld stopped(thread);
    walk_objects(
        [](void* argument, Object* object) {
            Both& pair = *static_cast<Both*>(argument);
            bool goes = object->lock.load(std::memory_order_relaxed) & kGarbageMark;
            if (object->has_flag(kTracked) && !goes) pair.visit(pair.context, object);
        },
        &both);
}

void freeze_objects(Thread& thread) {
    for_each_tracked(
        thread,
        [](void*, Object* object) {
            if (!(object->lock.fetch_or(kFrozenMark, std::memory_order_relaxed) & kFrozenMark))
                frozen.fetch_add(1, std::memory_order_relaxed);
        },
        nullptr);
}

void unfreeze_objects(Thread& thread) {
    for_each_tracked(
        thread,
        [](void*, Object* object) {
            object->lock.fetch_and(static_cast<uint8_t>(~kFrozenMark), std::memory_order_relaxed);
        },
        nullptr);
    frozen.store(0, std::memory_order_relaxed);
}

size_t frozen_count() {
    return frozen.load(std::memory_order_relaxed);
}

}  // namespace imugi
