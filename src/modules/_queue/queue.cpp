// The module _queue: SimpleQueue, an unbounded queue whose put() never blocks and may be called
// from finalizers and signal handlers. It has two ends, each a ring of its own under a SpinLock of
// its own: items go into one ring and come out of the other, and when that is empty the rings
// change places. So who puts and who gets seldom write to the same memory. Who waits for an item
// parks on `arrivals`, which put() changes for those that wait.
#include <time.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <new>
#include <utility>

#include "memory/collector.h"
#include "memory/heap.h"
#include "modules/native_class.h"
#include "modules/shared_type.h"
#include "object/generic_alias.h"
#include "object/int.h"
#include "object/module.h"
#include "object/native.h"
#include "object/protocol.h"
#include "thread/gil.h"
#include "thread/parking_lot.h"
#include "thread/safepoint.h"
#include "thread/spin_lock.h"

namespace imugi {

namespace queue {

// A ring of items. Processors fetch cache lines in pairs, so each end has two of its own.
struct alignas(128) End {
    SpinLock lock;
    Slot* ring;             // null while capacity is 0, a power of two else
    size_t capacity, head;  // under the lock, as all is
    std::atomic<size_t> size;

    Slot& at(size_t i) const { return ring[(head + i) & (capacity - 1)]; }
};

// The header, which each call reads, is not among what the calls write.
struct Ends {
    End in, out;                                  // `out` is locked before `in`
    alignas(128) std::atomic<uint32_t> arrivals;  // puts that found somebody waiting
    std::atomic<bool> wanted;  // somebody parks, or is about to and has not been told to look again
    // Of those who found nothing: how long they leave the queue alone at first.
    std::atomic<uint32_t> patience;
};

struct SimpleQueue : Object {
    Ends* ends;    // immutable
    void* memory;  // what they lie in
};

extern const TypeSpec queue_spec;
constinit SharedType queue_class(queue_spec);

}  // namespace queue

IMUGI_SHARED_TYPE(queue::SimpleQueue, queue::queue_class);

namespace queue {

namespace {

NativeException empty_class("_queue.Empty", exc::Exception,
                            "Exception raised by Queue.get(block=0)/get_nowait().");

constexpr int64_t kSlice = 50'000'000;  // the main thread looks for signals this often

int64_t now_ns() {
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

// Under its lock.
bool make_room(End& end) {
    size_t size = end.size.load(std::memory_order_relaxed);
    if (size < end.capacity) return true;
    size_t capacity = end.capacity ? end.capacity * 2 : 8;
    auto* ring = static_cast<Slot*>(array_allocate_zeroed(capacity * sizeof(Slot)));
    if (!ring) return false;
    for (size_t i = 0; i < size; i++)
        ring[i].word().store(end.at(i).borrow().bits(), std::memory_order_relaxed);
    array_free(end.ring);
    end.ring = ring;
    end.capacity = capacity;
    end.head = 0;
    return true;
}

// Wakes one of those that wait; if there are more, somebody still wants to be woken.
void wake_one(Ends& ends) {
    ends.arrivals.fetch_add(1, std::memory_order_seq_cst);
    unpark_one(
        &ends.arrivals,
        [](void* argument, void*, bool more) {
            if (more) static_cast<Ends*>(argument)->wanted.store(true, std::memory_order_seq_cst);
        },
        &ends);
}

// Who was woken takes an item and then does this: what was put after the wish had been taken, but
// before it was known that more wait, has woken nobody.
void pass_on(Ends& ends) {
    {
        SpinGuard out(ends.out.lock);
        SpinGuard in(ends.in.lock);
        if (ends.out.size.load(std::memory_order_relaxed) == 0 &&
            ends.in.size.load(std::memory_order_relaxed) == 0)
            return;
    }
    if (ends.wanted.exchange(false, std::memory_order_seq_cst)) wake_one(ends);
}

bool put(Thread& thread, SimpleQueue& self, Value item, Value, Value) {
    Ends& ends = *self.ends;
    Owned owned = Owned::share(item);
    bool room;
    {
        SpinGuard guard(ends.in.lock);
        room = make_room(ends.in);
        if (room) {
            size_t size = ends.in.size.load(std::memory_order_relaxed);
            ends.in.at(size).word().store(owned.release(), std::memory_order_relaxed);
            ends.in.size.store(size + 1, std::memory_order_relaxed);
        }
    }
    if (!room) return raise_memory_error(thread);
    // Who found the queue empty under the lock before this item came had said that it waits. If it
    // is about to park it sees the count changed; if it parks it is found.
    if (ends.wanted.load(std::memory_order_seq_cst) &&
        ends.wanted.exchange(false, std::memory_order_seq_cst))
        wake_one(ends);
    return true;
}

bool put_nowait(Thread& thread, SimpleQueue& self, Value item) {
    return put(thread, self, item, Value(), Value());
}

// Nothing when the queue is empty. `batch` becomes how many items came out of the other ring with
// it.
Owned take(Ends& ends, size_t* batch = nullptr) {
    SpinGuard guard(ends.out.lock);
    End& out = ends.out;
    size_t size = out.size.load(std::memory_order_relaxed);
    if (size == 0) {
        SpinGuard other(ends.in.lock);
        End& in = ends.in;
        size = in.size.load(std::memory_order_relaxed);
        if (size == 0) return Owned::nothing();
        if (batch) *batch = size;
        std::swap(in.ring, out.ring);
        std::swap(in.capacity, out.capacity);
        out.head = std::exchange(in.head, 0);
        in.size.store(0, std::memory_order_relaxed);
    }
    std::atomic<uint64_t>& word = out.at(0).word();
    Owned item = Owned::adopt(word.load(std::memory_order_relaxed));
    word.store(0, std::memory_order_relaxed);
    out.head = (out.head + 1) & (out.capacity - 1);
    out.size.store(size - 1, std::memory_order_relaxed);
    return item;
}

// Looks at the queue from time to time, for less than it takes to park and be woken. An item
// that comes alone is an answer somebody waits for: the next time it is looked for soon. If
// several have come, who puts them is not waiting, and gets on better when it is left alone for a
// while. Nothing when none came.
Owned look_for_item(Ends& ends) {
    constexpr uint32_t kLeast = 150, kMost = 4'000, kInAll = 8'000;  // cycles
    if (gil_enabled()) return Owned::nothing();
    uint32_t first = std::clamp(ends.patience.load(std::memory_order_relaxed), kLeast, kMost);
    for (uint32_t cycles = first, sum = 0; sum < kInAll; cycles *= 2) {
        wait_cycles(cycles);
        sum += cycles;
        if (ends.in.size.load(std::memory_order_relaxed) == 0) continue;
        size_t batch = 0;
        Owned item = take(ends, &batch);
        if (item.is_nothing()) continue;
        if (batch != 0)
            ends.patience.store(batch > 1 ? first * 2 : first / 2, std::memory_order_relaxed);
        return item;
    }
    return Owned::nothing();
}

// Waits up to timeout_ns (negative: for ever); nothing when none came.
Owned wait_for_item(Thread& thread, Ends& ends, int64_t timeout_ns) {
    int64_t deadline = timeout_ns < 0 ? 0 : now_ns() + timeout_ns;
    bool woken = false;
    for (;;) {
        // In this order: a put() that takes the wish changes the count afterwards.
        uint32_t seen = ends.arrivals.load(std::memory_order_seq_cst);
        ends.wanted.store(true, std::memory_order_seq_cst);
        Owned item = take(ends);
        if (!item.is_nothing()) {
            if (woken) pass_on(ends);
            return item;
        }
        int64_t wait = thread.is_main ? kSlice : -1;
        if (timeout_ns >= 0) {
            int64_t left = deadline - now_ns();
            if (left <= 0) return item;
            if (wait < 0 || left < wait) wait = left;
        }
        ParkResult result;
        {
            Detached detached(thread);
            result = park(&ends.arrivals, seen, sizeof(uint32_t), wait);
        }
        woken = woken || result == ParkResult::kUnparked;
        if (!safepoint(thread)) {
            // The wake-up that came to this thread is another's now.
            if (result == ParkResult::kUnparked) wake_one(ends);
            return {};
        }
    }
}

Owned get(Thread& thread, SimpleQueue& self, bool block, Value timeout) {
    int64_t timeout_ns = -1;
    if (block && !is_none(timeout)) {
        double seconds = TRY(to_double(thread, timeout));
        if (std::isnan(seconds))
            return raise(thread, exc::ValueError, "Invalid value NaN (not a number)");
        if (seconds < 0)
            return raise(thread, exc::ValueError, "'timeout' must be a non-negative number");
        if (seconds > 9.2e9) return raise(thread, exc::OverflowError, "timeout value is too large");
        timeout_ns = static_cast<int64_t>(seconds * 1e9);
    }
    Ends& ends = *self.ends;
    Owned item = take(ends);
    if (item.is_nothing() && block && timeout_ns != 0) item = look_for_item(ends);
    if (item.is_nothing() && block) item = wait_for_item(thread, ends, timeout_ns);
    if (item && item.is_nothing()) return raise_bare(thread, empty_class.type(thread));
    return item;
}

Owned get_nowait(Thread& thread, SimpleQueue& self) {
    return get(thread, self, false, none());
}
size_t count_items(const SimpleQueue& self) {
    SpinGuard out(self.ends->out.lock);
    SpinGuard in(self.ends->in.lock);
    return self.ends->out.size.load(std::memory_order_relaxed) +
           self.ends->in.size.load(std::memory_order_relaxed);
}

Owned is_empty(Thread&, SimpleQueue& self) {
    return Owned::share(boolean(count_items(self) == 0));
}
Owned qsize(Thread& thread, SimpleQueue& self) {
    return make_int(thread, static_cast<int64_t>(count_items(self)));
}

Owned queue_make(Thread& thread, Type& type, const Arguments& arguments) {
    TRY(reject_keywords(thread, "SimpleQueue", arguments) &&
        check_positional(thread, "SimpleQueue", arguments, 0, 0));
    auto* self = allocate<SimpleQueue>(thread, type);
    if (!self) return {};
    Owned result = Owned::adopt(self);
    size_t space = sizeof(Ends) + alignof(Ends);
    void* at = self->memory = array_allocate(space);
    if (!at) return raise_memory_error(thread);
    self->ends = new (std::align(alignof(Ends), sizeof(Ends), at, space)) Ends{};
    track(self);
    return result;
}

void queue_fields(Object* object, FieldVisitor& visitor) {
    Ends* ends = static_cast<SimpleQueue*>(object)->ends;
    if (!ends) return;
    for (End* end : {&ends->out, &ends->in}) {
        size_t size = end->size.load(std::memory_order_relaxed);
        for (size_t i = 0; i < size; i++) visitor.visit(end->at(i));
    }
}
void queue_release(Object* object) {
    Ends* ends = static_cast<SimpleQueue*>(object)->ends;
    if (!ends) return;
    array_free(ends->in.ring);
    array_free(ends->out.ring);
    array_free(static_cast<SimpleQueue*>(object)->memory);
}

Owned class_getitem(Thread& thread, Type& type, Value item) {
    return make_generic_alias(thread, Value::of(type), item);
}

const MethodRow queue_rows[] = {
    {"empty", "(self, /)", fn<is_empty>, "Return True if the queue is empty, False otherwise."},
    {"get", "(self, /, block=True, timeout=None)", fn<get>,
     "Removes the oldest item and returns it.\n\nWaits until there is one, for timeout seconds "
     "at the most unless that is None, and raises\nEmpty when there is none then. With block "
     "false it does not wait."},
    {"get_nowait", "(self, /)", fn<get_nowait>, "The same as get(False)."},
    {"put", "(self, /, item, block=True, timeout=None)", fn<put>,
     "Adds an item; it never waits, and the other arguments are for other queues' sake."},
    {"put_nowait", "(self, /, item)", fn<put_nowait>, "The same as put(item)."},
    {"qsize", "(self, /)", fn<qsize>, "About how many items there are."},
    {"__class_getitem__", "(cls, object, /)", fn<class_getitem>, "See PEP 585", kMethodClass},
    {},
};

bool execute(Thread& thread, Module& module) {
    return queue_class.add_to(thread, module) && empty_class.add_to(thread, module);
}

ModuleSpec spec("_queue", "A queue in native code, for the module queue.", nullptr, execute);

}  // namespace

const TypeSpec queue_spec = {
    .name = "_queue.SimpleQueue",
    .doc = "Simple, unbounded, reentrant FIFO queue.",
    .size = sizeof(SimpleQueue),
    .flags = kTypeBase | kTypeTracked | kTypeHasWeakrefs,
    .slots = {.make = queue_make, .fields = queue_fields, .release = queue_release},
    .methods = queue_rows,
    .signature = "()",
};

}  // namespace queue

}  // namespace imugi
