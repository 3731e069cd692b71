// The module _queue: SimpleQueue, an unbounded queue whose put() never blocks and may be called
// from finalizers and signal handlers. The ring is used under the object's Lock, with no Python
// under it; who waits for an item parks on `arrivals`, which put() changes for those that wait.
#include <time.h>

#include <cmath>

#include "memory/collector.h"
#include "memory/heap.h"
#include "modules/native_class.h"
#include "modules/shared_type.h"
#include "object/generic_alias.h"
#include "object/int.h"
#include "object/module.h"
#include "object/native.h"
#include "object/protocol.h"
#include "thread/lock.h"
#include "thread/parking_lot.h"
#include "thread/safepoint.h"

namespace imugi {

namespace queue {

struct SimpleQueue : Object {
    Slot* ring;  // null while capacity is 0, a power of two else
    size_t capacity, head;
    std::atomic<size_t> size;
    std::atomic<uint32_t> arrivals;  // puts that found somebody waiting
    std::atomic<uint32_t> waiting;   // threads that park or are about to

    Slot& at(size_t i) const { return ring[(head + i) & (capacity - 1)]; }
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

// Under the Lock.
bool make_room(SimpleQueue& self) {
    size_t size = self.size.load(std::memory_order_relaxed);
    if (size < self.capacity) return true;
    size_t capacity = self.capacity ? self.capacity * 2 : 8;
    auto* ring = static_cast<Slot*>(array_allocate_zeroed(capacity * sizeof(Slot)));
    if (!ring) return false;
    for (size_t i = 0; i < size; i++)
        ring[i].word().store(self.at(i).borrow().bits(), std::memory_order_relaxed);
    array_free(self.ring);
    self.ring = ring;
    self.capacity = capacity;
    self.head = 0;
    return true;
}

bool put(Thread& thread, SimpleQueue& self, Value item, Value, Value) {
    Owned owned = Owned::share(item);
    bool room;
    {
        Lock guard(thread, self);
        room = make_room(self);
        if (room) {
            size_t size = self.size.load(std::memory_order_relaxed);
            (void)self.at(size).exchange(std::move(owned));
            self.size.store(size + 1, std::memory_order_relaxed);
        }
    }
    if (!room) return raise_memory_error(thread);
    // Who found the queue empty under the lock before this item came had said that it waits. If it
    // is about to park it sees the count changed; if it parks it is found.
    if (self.waiting.load(std::memory_order_seq_cst) != 0) {
        self.arrivals.fetch_add(1, std::memory_order_seq_cst);
        unpark_one(&self.arrivals);
    }
    return true;
}

bool put_nowait(Thread& thread, SimpleQueue& self, Value item) {
    return put(thread, self, item, Value(), Value());
}

// Nothing when the queue is empty.
Owned take(Thread& thread, SimpleQueue& self) {
    Lock guard(thread, self);
    size_t size = self.size.load(std::memory_order_relaxed);
    if (size == 0) return Owned::nothing();
    Owned item = self.ring[self.head].take();
    self.head = (self.head + 1) & (self.capacity - 1);
    self.size.store(size - 1, std::memory_order_relaxed);
    return item;
}

// Waits up to timeout_ns (negative: for ever); nothing when none came.
Owned wait_for_item(Thread& thread, SimpleQueue& self, int64_t timeout_ns) {
    int64_t deadline = timeout_ns < 0 ? 0 : now_ns() + timeout_ns;
    self.waiting.fetch_add(1, std::memory_order_seq_cst);
    Owned item;
    for (;;) {
        uint32_t seen = self.arrivals.load(std::memory_order_seq_cst);
        item = take(thread, self);
        if (!item || !item.is_nothing()) break;
        int64_t wait = thread.is_main ? kSlice : -1;
        if (timeout_ns >= 0) {
            int64_t left = deadline - now_ns();
            if (left <= 0) break;
            if (wait < 0 || left < wait) wait = left;
        }
        ParkResult result;
        {
            Detached detached(thread);
            result = park(&self.arrivals, seen, sizeof(uint32_t), wait);
        }
        if (!safepoint(thread)) {
            // The wake-up that came to this thread is another's now.
            if (result == ParkResult::kUnparked) unpark_one(&self.arrivals);
            item = Owned();
            break;
        }
    }
    self.waiting.fetch_sub(1, std::memory_order_relaxed);
    return item;
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
    Owned item = take(thread, self);
    if (item && item.is_nothing() && block) item = wait_for_item(thread, self, timeout_ns);
    if (item && item.is_nothing()) return raise_bare(thread, empty_class.type(thread));
    return item;
}

Owned get_nowait(Thread& thread, SimpleQueue& self) {
    return get(thread, self, false, none());
}
Owned is_empty(Thread&, SimpleQueue& self) {
    return Owned::share(boolean(self.size.load(std::memory_order_relaxed) == 0));
}
Owned qsize(Thread& thread, SimpleQueue& self) {
    return make_int(thread, static_cast<int64_t>(self.size.load(std::memory_order_relaxed)));
}

Owned queue_make(Thread& thread, Type& type, const Arguments& arguments) {
    TRY(reject_keywords(thread, "SimpleQueue", arguments) &&
        check_positional(thread, "SimpleQueue", arguments, 0, 0));
    auto* self = allocate<SimpleQueue>(thread, type);
    if (!self) return {};
    track(self);
    return Owned::adopt(self);
}

void queue_fields(Object* object, FieldVisitor& visitor) {
    auto* self = static_cast<SimpleQueue*>(object);
    size_t size = self->size.load(std::memory_order_relaxed);
    for (size_t i = 0; i < size; i++) visitor.visit(self->at(i));
}
void queue_release(Object* object) {
    array_free(static_cast<SimpleQueue*>(object)->ring);
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
    Type* type = queue_class.make(thread);
    return type && module_set(thread, module, "SimpleQueue", Value::of(type)) &&
           empty_class.add_to(thread, module);
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
