// accumulate, and groupby with the groups it gives.
#include "memory/collector.h"
#include "modules/itertools/itertools.h"
#include "object/call.h"
#include "object/protocol.h"
#include "object/stepping.h"
#include "object/tuple.h"

namespace imugi::itertools {

namespace {

// --- accumulate ---

struct Accumulate : Object {
    Slot iterator;  // immutable
    Slot function;  // immutable; None: add
    Slot total;     // so far; empty before the first item
    Slot initial;   // given first; empty once it was
};

void accumulate_fields(Object* self, FieldVisitor& visitor) {
    auto* accumulate = static_cast<Accumulate*>(self);
    visitor.visit(accumulate->iterator);
    visitor.visit(accumulate->function);
    visitor.visit(accumulate->total);
    visitor.visit(accumulate->initial);
}

Owned accumulate_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value bound[3];
    TRY(bind_arguments(thread, "accumulate", "(iterable, func=None, *, initial=None)", arguments,
                       bound, 3));
    Owned iterator = TRY(iterate(thread, bound[0]));
    auto* self = allocate<Accumulate>(thread, type);
    if (self == nullptr) return {};
    self->iterator.init(std::move(iterator));
    self->function.init(Owned::share(bound[1]));
    if (!is_none(bound[2])) self->initial.init(Owned::share(bound[2]));
    track(self);
    return Owned::adopt(self);
}

Owned next_total(Thread& thread, Accumulate& self, Value iterator, Value function, Owned* old) {
    if (!self.initial.is_empty()) {
        Owned initial = self.initial.exchange(Owned());
        *old = self.total.exchange(initial.share());
        return initial;
    }
    Owned item = TRY(next(thread, iterator));
    if (item.is_nothing()) return item;
    Owned total = self.total.share();
    if (total) {
        item = TRY(is_none(function) ? binary_op(thread, BinaryOp::kAdd, total, item)
                                     : call(thread, function, total, item));
    }
    *old = self.total.exchange(item.share());
    return item;
}

Owned accumulate_next(Thread& thread, Value value) {
    auto& self = value.as<Accumulate>();
    Inner iterator(self, self.iterator);
    Inner function(self, self.function);
    Owned old;
    // Between the step and the new total no other thread's step comes.
    Lock guard(thread, self);
    return next_total(thread, self, iterator, function, &old);
}

// --- groupby ---

struct GroupBy : Object {
    Slot iterator;  // immutable
    Slot key;       // immutable; None: the item itself
    Slot target;    // key of the current group
    Slot current_key, current_value;
    std::atomic<Object*> grouper;  // the group given last; for comparison only
};
struct Grouper : Object {
    Slot parent, target;  // immutable
};

void groupby_fields(Object* self, FieldVisitor& visitor) {
    auto* groupby = static_cast<GroupBy*>(self);
    visitor.visit(groupby->iterator);
    visitor.visit(groupby->key);
    visitor.visit(groupby->target);
    visitor.visit(groupby->current_key);
    visitor.visit(groupby->current_value);
}

void grouper_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<Grouper*>(self)->parent);
    visitor.visit(static_cast<Grouper*>(self)->target);
}

Owned groupby_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value bound[2];
    TRY(bind_arguments(thread, "groupby", "(iterable, key=None)", arguments, bound, 2));
    Owned iterator = TRY(iterate(thread, bound[0]));
    auto* self = allocate<GroupBy>(thread, type);
    if (self == nullptr) return {};
    self->iterator.init(std::move(iterator));
    self->key.init(Owned::share(bound[1]));
    track(self);
    return Owned::adopt(self);
}

// Reads the next item and its key, under the groupby's Lock. False when there is none.
Result<bool> step(Thread& thread, GroupBy& self, Value iterator, Value function) {
    Owned item = TRY(next(thread, iterator));
    if (item.is_nothing()) return false;
    Owned key = TRY(is_none(function) ? item.share() : call(thread, function, item));
    Owned old_value = self.current_value.exchange(std::move(item));
    Owned old_key = self.current_key.exchange(std::move(key));
    return true;
}

Owned make_grouper(Thread& thread, GroupBy& parent, Value target) {
    auto& state = state_of_type<State>(type_of(Value::of(parent)), groupby_spec);
    auto* grouper = allocate<Grouper>(thread, *state.grouper);
    if (grouper == nullptr) return {};
    grouper->parent.init(Owned::share(parent));
    grouper->target.init(Owned::share(target));
    track(grouper);
    parent.grouper.store(grouper, std::memory_order_relaxed);
    return Owned::adopt(grouper);
}

Owned groupby_next(Thread& thread, Value value) {
    auto& self = value.as<GroupBy>();
    Inner iterator(self, self.iterator);
    Inner function(self, self.key);
    // No other thread's step comes between what was read and the group that is made of it.
    Lock guard(thread, self);
    self.grouper.store(nullptr, std::memory_order_relaxed);
    // Skips the rest of the current group.
    Owned key;
    for (;;) {
        key = self.current_key.share();
        if (key) {
            Owned target = self.target.share();
            if (!target || !TRY(equals(thread, target, key))) break;
        }
        if (!TRY(step(thread, self, iterator, function))) return Owned::nothing();
    }
    Owned old = self.target.exchange(key.share());
    Owned grouper = TRY(make_grouper(thread, self, key));
    return make_tuple(thread, key, grouper);
}

Owned grouper_make(Thread& thread, Type& type, const Arguments& arguments) {
    TRY(reject_keywords(thread, "_grouper", arguments));
    TRY(check_positional(thread, "_grouper", arguments, 2, 2));
    if (!is_instance_of_spec(arguments[0], groupby_spec))
        return raise(thread, exc::TypeError,
                     "_grouper() argument 1 must be itertools.groupby, not {}",
                     type_name_of(arguments[0]));
    return make_grouper(thread, arguments[0].as<GroupBy>(), arguments[1]);
}

Owned grouper_next(Thread& thread, Value value) {
    auto& self = value.as<Grouper>();
    auto& parent = self.parent.as<GroupBy>();
    Inner iterator(parent, parent.iterator);
    Inner function(parent, parent.key);
    Lock guard(thread, parent);
    if (parent.grouper.load(std::memory_order_relaxed) != &self) return Owned::nothing();
    if (parent.current_value.is_empty() && !TRY(step(thread, parent, iterator, function)))
        return Owned::nothing();
    Owned key = parent.current_key.share();
    if (!key || !TRY(equals(thread, self.target.borrow(), key))) return Owned::nothing();
    Owned item = parent.current_value.exchange(Owned());
    Owned old_key = parent.current_key.exchange(Owned());
    return item ? std::move(item) : Owned::nothing();
}

}  // namespace

const TypeSpec accumulate_spec = {
    .name = "itertools.accumulate",
    .doc = "Return series of accumulated sums (or other binary function results).",
    .size = sizeof(Accumulate),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.iter = iterator_self,
              .next = accumulate_next,
              .make = accumulate_make,
              .fields = accumulate_fields},
    .signature = "(iterable, func=None, *, initial=None)",
};

const TypeSpec groupby_spec = {
    .name = "itertools.groupby",
    .doc =
        "make an iterator that returns consecutive keys and groups from the iterable\n\n"
        "  iterable\n"
        "    Elements to divide into groups according to the key function.\n"
        "  key\n"
        "    A function for computing the group category for each element.\n"
        "    If the key function is not specified or is None, the element itself\n"
        "    is used for grouping.",
    .size = sizeof(GroupBy),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.iter = iterator_self,
              .next = groupby_next,
              .make = groupby_make,
              .fields = groupby_fields},
    .signature = "(iterable, key=None)",
};

const TypeSpec grouper_spec = {
    .name = "itertools._grouper",
    .size = sizeof(Grouper),
    .flags = kTypeTracked,
    .slots = {.iter = iterator_self,
              .next = grouper_next,
              .make = grouper_make,
              .fields = grouper_fields},
};

}  // namespace imugi::itertools
