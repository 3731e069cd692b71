// count, cycle and repeat.
#include "memory/collector.h"
#include "modules/itertools/itertools.h"
#include "object/int.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/stepping.h"
#include "object/str.h"
#include "thread/backoff.h"

namespace imugi::itertools {

struct Count : Object {
    std::atomic<int64_t> number;  // the next value, while `value` is empty
    int64_t step;                 // while `value` is empty
    Slot value, big_step;         // any numbers, once machine ints do not do; big_step immutable
};
struct Cycle : Object {
    Slot iterator;  // empty once exhausted
    Slot saved;     // list, immutable field
    std::atomic<Index> index;
};
struct Repeat : Object {
    Slot element;              // immutable
    std::atomic<Index> times;  // left; -1 for ever
};

}  // namespace imugi::itertools

namespace imugi {
IMUGI_MODULE_TYPE(itertools::Repeat, itertools::repeat_spec);
}

namespace imugi::itertools {

namespace {

// --- count ---

void count_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<Count*>(self)->value);
    visitor.visit(static_cast<Count*>(self)->big_step);
}

bool is_number(Value value) {
    const Slots& slots = type_of(value).slots;
    return slots.index || slots.to_int || slots.to_float || is_instance_of(value, complex_type);
}

Owned count_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value bound[2];
    TRY(bind_arguments(thread, "count", "(start=0, step=1)", arguments, bound, 2));
    if (!is_number(bound[0]) || !is_number(bound[1]))
        return raise(thread, exc::TypeError, "a number is required");
    auto* count = allocate<Count>(thread, type);
    if (count == nullptr) return {};
    if (bound[0].is_small_int() && bound[1].is_small_int()) {
        count->number.store(bound[0].small_int(), std::memory_order_relaxed);
        count->step = bound[1].small_int();
    } else {
        count->value.init(Owned::share(bound[0]));
        count->big_step.init(Owned::share(bound[1]));
    }
    track(count);
    return Owned::adopt(count);
}

// Over any numbers: added up under no lock, and again if another thread was faster.
Owned count_slowly(Thread& thread, Count& self) {
    Owned step =
        self.big_step.is_empty() ? TRY(make_int(thread, self.step)) : self.big_step.share();
    Owned value = load_field(thread, self, self.value);
    for (;;) {
        Owned following = TRY(binary_op(thread, BinaryOp::kAdd, value, step));
        Owned old;
        Lock guard(thread, self);
        if (same(self.value.borrow(), value)) {
            old = self.value.exchange(std::move(following));
            return value;
        }
        old = std::exchange(value, self.value.share());
    }
}

Owned count_next(Thread& thread, Value value) {
    auto& self = value.as<Count>();
    int64_t number = self.number.load(std::memory_order_relaxed);
    while (IMUGI_LIKELY(self.value.is_empty())) {
        int64_t following;
        if (__builtin_add_overflow(number, self.step, &following) ||
            !Value::fits_small_int(following)) {
            Owned current = TRY(make_int(thread, number));
            Lock guard(thread, self);
            if (self.value.is_empty() && self.number.load(std::memory_order_relaxed) == number)
                self.value.init(std::move(current));
            number = self.number.load(std::memory_order_relaxed);
            continue;
        }
        if (is_unique(&self)) {
            self.number.store(following, std::memory_order_relaxed);
            return Owned::small_int(number);
        }
        if (IMUGI_LIKELY(
                self.number.compare_exchange_strong(number, following, std::memory_order_relaxed)))
            return Owned::small_int(number);
        // Another counts too: it gets on better alone for a while.
        wait_cycles(kFirstWait);
        number = self.number.load(std::memory_order_relaxed);
    }
    return count_slowly(thread, self);
}

Owned count_repr(Thread& thread, Value value) {
    auto& self = value.as<Count>();
    Owned current = load_field(thread, self, self.value);
    if (!current) current = TRY(make_int(thread, self.number.load(std::memory_order_relaxed)));
    Owned step =
        self.big_step.is_empty() ? TRY(make_int(thread, self.step)) : self.big_step.share();
    Str& name = type_name(type_of(value));
    if (is_exact_int(step) && step.value().is_small_int() && step.value().small_int() == 1)
        return format(thread, "{}({})", name, repr_of(current));
    return format(thread, "{}({}, {})", name, repr_of(current), repr_of(step));
}

// --- cycle ---

void cycle_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<Cycle*>(self)->iterator);
    visitor.visit(static_cast<Cycle*>(self)->saved);
}

Owned cycle_make(Thread& thread, Type& type, const Arguments& arguments) {
    TRY(no_keywords(thread, type, cycle_spec, "cycle", arguments));
    TRY(check_positional(thread, "cycle", arguments.positional(), 1, 1));
    Owned iterator = TRY(iterate(thread, arguments[0]));
    Ref<List> saved = TRY(make_list(thread));
    auto* cycle = allocate<Cycle>(thread, type);
    if (cycle == nullptr) return {};
    cycle->iterator.init(std::move(iterator));
    cycle->saved.init(std::move(saved));
    track(cycle);
    return Owned::adopt(cycle);
}

Owned cycle_next(Thread& thread, Value value) {
    auto& self = value.as<Cycle>();
    auto& saved = self.saved.as<List>();
    Owned iterator = load_field(thread, self, self.iterator);
    if (iterator) {
        Owned item = TRY(next(thread, iterator));
        if (!item.is_nothing()) {
            TRY(list_append(thread, saved, item.share()));
            return item;
        }
        clear_field(thread, self, self.iterator);
    }
    Index size = list_size(saved);
    if (size == 0) return Owned::nothing();
    Index index = self.index.load(std::memory_order_relaxed);
    while (!self.index.compare_exchange_weak(index, index + 1 >= size ? 0 : index + 1,
                                             std::memory_order_relaxed)) {
    }
    return list_item(thread, saved, index >= size ? 0 : index);
}

// --- repeat ---

void repeat_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<Repeat*>(self)->element);
}

Owned repeat_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value bound[2];
    TRY(bind_arguments(thread, "repeat", "(object, times=<unrepresentable>)", arguments, bound, 2));
    Index times = -1;
    if (!bound[1].is_empty()) {
        times = TRY(to_ssize(thread, bound[1], exc::OverflowError));
        if (times < 0) times = 0;
    }
    auto* repeat = allocate<Repeat>(thread, type);
    if (repeat == nullptr) return {};
    repeat->element.init(Owned::share(bound[0]));
    repeat->times.store(times, std::memory_order_relaxed);
    track(repeat);
    return Owned::adopt(repeat);
}

Owned repeat_next(Thread&, Value value) {
    auto& self = value.as<Repeat>();
    Index times = self.times.load(std::memory_order_relaxed);
    do {
        if (times == 0) return Owned::nothing();
        if (times < 0) break;
    } while (!self.times.compare_exchange_weak(times, times - 1, std::memory_order_relaxed));
    return self.element.share();
}

Owned repeat_repr(Thread& thread, Value value) {
    auto& self = value.as<Repeat>();
    Str& name = type_name(type_of(value));
    Index times = self.times.load(std::memory_order_relaxed);
    if (times < 0) return format(thread, "{}({})", name, repr_of(self.element.borrow()));
    return format(thread, "{}({}, {})", name, repr_of(self.element.borrow()), times);
}

Owned repeat_length_hint(Thread& thread, Repeat& self) {
    Index times = self.times.load(std::memory_order_relaxed);
    if (times < 0) return raise(thread, exc::TypeError, "len() of unsized object");
    return make_int(thread, times);
}

const MethodRow repeat_rows[] = {
    {"__length_hint__", "(self, /)", fn<repeat_length_hint>,
     "Private method returning an estimate of len(list(it))."},
    {},
};

}  // namespace

const TypeSpec count_spec = {
    .name = "itertools.count",
    .doc =
        "Return a count object whose .__next__() method returns consecutive values.\n\n"
        "Equivalent to:\n"
        "    def count(firstval=0, step=1):\n"
        "        x = firstval\n"
        "        while 1:\n"
        "            yield x\n"
        "            x += step",
    .size = sizeof(Count),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.repr = count_repr,
              .iter = iterator_self,
              .next = count_next,
              .make = count_make,
              .fields = count_fields},
    .signature = "(start=0, step=1)",
};

const TypeSpec cycle_spec = {
    .name = "itertools.cycle",
    .doc =
        "Return elements from the iterable until it is exhausted. "
        "Then repeat the sequence indefinitely.",
    .size = sizeof(Cycle),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.iter = iterator_self,
              .next = cycle_next,
              .make = cycle_make,
              .fields = cycle_fields},
    .signature = "(iterable, /)",
};

const TypeSpec repeat_spec = {
    .name = "itertools.repeat",
    .doc =
        "repeat(object [,times]) -> create an iterator which returns the object\n"
        "for the specified number of times.  If not specified, returns the object\n"
        "endlessly.",
    .size = sizeof(Repeat),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.repr = repeat_repr,
              .iter = iterator_self,
              .next = repeat_next,
              .make = repeat_make,
              .fields = repeat_fields},
    .methods = repeat_rows,
};

}  // namespace imugi::itertools
