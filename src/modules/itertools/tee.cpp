// tee: iterators that read one source through a chain of links, each with some of its values. A
// link's values are filled in order, under the link's Lock; the source is stepped under none, by
// one caller at a time.
#include "memory/collector.h"
#include "modules/itertools/itertools.h"
#include "object/call.h"
#include "object/protocol.h"
#include "object/stepping.h"
#include "object/tuple.h"

namespace imugi::itertools {

constexpr uint32_t kLinkValues = 57;

struct TeeData : Object {
    Slot iterator;  // immutable
    Slot next;      // the link after a full one
    std::atomic<uint32_t> read;
    std::atomic<bool> running;  // somebody steps the source
    Slot values[kLinkValues];
};
struct Tee : Object {
    Slot data;
    std::atomic<uint32_t> index;
};

}  // namespace imugi::itertools

namespace imugi {
IMUGI_MODULE_TYPE(itertools::Tee, itertools::tee_spec);
}

namespace imugi::itertools {

namespace {

void data_fields(Object* self, FieldVisitor& visitor) {
    auto* data = static_cast<TeeData*>(self);
    visitor.visit(data->iterator);
    visitor.visit(data->next);
    visitor.visit(data->values, data->read.load(std::memory_order_relaxed));
}

void tee_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<Tee*>(self)->data);
}

Owned make_data(Thread& thread, Type& type, Value iterator) {
    auto* data = allocate<TeeData>(thread, type);
    if (data == nullptr) return {};
    data->iterator.init(Owned::share(iterator));
    track(data);
    return Owned::adopt(data);
}

Owned make_tee(Thread& thread, Type& type, Owned data, uint32_t index) {
    auto* tee = allocate<Tee>(thread, type);
    if (tee == nullptr) return {};
    tee->data.init(std::move(data));
    tee->index.store(index, std::memory_order_relaxed);
    track(tee);
    return Owned::adopt(tee);
}

// Value number i of the link, read from the source if need be.
Owned link_value(Thread& thread, TeeData& data, uint32_t i) {
    Inner iterator(data, data.iterator);
    for (;;) {
        Owned value;
        Lock guard(thread, data);
        uint32_t read = data.read.load(std::memory_order_relaxed);
        if (i < read) return data.values[i].share();
        // Under the Lock, so that others wait; where the step runs code that lets go of it, they
        // find it running, as that code itself does.
        if (data.running.exchange(true, std::memory_order_relaxed))
            return raise(thread, exc::RuntimeError, "cannot re-enter the tee iterator");
        value = next(thread, iterator);
        data.running.store(false, std::memory_order_relaxed);
        if (!value || value.is_nothing()) return value;
        data.values[read].init(std::move(value));
        data.read.store(read + 1, std::memory_order_relaxed);
    }
}

Owned next_link(Thread& thread, TeeData& data) {
    Owned link = load_field(thread, data, data.next);
    if (link) return link;
    link = TRY(make_data(thread, type_of(Value::of(data)), data.iterator.borrow()));
    Owned fresh = link.share();
    Lock guard(thread, data);
    if (!data.next.is_empty()) return data.next.share();
    data.next.init(std::move(fresh));
    return link;
}

Owned tee_next(Thread& thread, Value value) {
    auto& self = value.as<Tee>();
    for (;;) {
        Owned data;
        uint32_t index;
        {
            // Each place is one thread's.
            Lock guard(thread, self);
            data = self.data.share();
            index = self.index.load(std::memory_order_relaxed);
            if (index < kLinkValues) self.index.store(index + 1, std::memory_order_relaxed);
        }
        if (index < kLinkValues) {
            Owned item = link_value(thread, data.as<TeeData>(), index);
            if (item && !item.is_nothing()) return item;
            Lock guard(thread, self);
            if (same(self.data.borrow(), data) &&
                self.index.load(std::memory_order_relaxed) == index + 1)
                self.index.store(index, std::memory_order_relaxed);
            return item;
        }
        Owned link = TRY(next_link(thread, data.as<TeeData>()));
        Owned old;
        Lock guard(thread, self);
        if (same(self.data.borrow(), data)) {
            old = self.data.exchange(std::move(link));
            self.index.store(0, std::memory_order_relaxed);
        }
    }
}

Owned tee_copy(Thread& thread, Tee& self) {
    Owned data;
    uint32_t index;
    {
        Lock guard(thread, self);
        data = self.data.share();
        index = self.index.load(std::memory_order_relaxed);
    }
    auto& state = state_of_type<State>(type_of(Value::of(self)), tee_spec);
    return make_tee(thread, *state.tee, std::move(data), index);
}

// A tee over the iterator, which may be one itself: then a copy.
Owned tee_from(Thread& thread, State& state, Value iterator) {
    if (is_instance_of_spec(iterator, tee_spec)) return tee_copy(thread, iterator.as<Tee>());
    Owned data = TRY(make_data(thread, *state.tee_data, iterator));
    return make_tee(thread, *state.tee, std::move(data), 0);
}

Owned tee_make(Thread& thread, Type& type, const Arguments& arguments) {
    TRY(reject_keywords(thread, "_tee", arguments));
    TRY(check_positional(thread, "_tee", arguments, 1, 1));
    Owned iterator = TRY(iterate(thread, arguments[0]));
    return tee_from(thread, state_of_type<State>(type, tee_spec), iterator);
}

const MethodRow tee_rows[] = {
    {"__copy__", "(self, /)", fn<tee_copy>, "Returns an independent iterator."},
    {},
};

}  // namespace

Owned tee(Thread& thread, Value module, Value iterable, Index n) {
    if (n < 0) return raise(thread, exc::ValueError, "n must be >= 0");
    if (n == 0) return empty_tuple();
    auto& state = module_state<State>(module.as<Module>());
    Owned iterator = TRY(iterate(thread, iterable));
    Ref<Tuple> result = TRY(make_tuple_blank(thread, n));
    Index made = 0;
    Owned copy = TRY(get_attribute_or_nothing(thread, iterator, ID(__copy__)));
    if (copy.is_nothing() || is_instance_of_spec(iterator, tee_spec)) {
        iterator = TRY(tee_from(thread, state, iterator));
        copy = TRY(get_attribute(thread, iterator, ID(__copy__)));
    }
    result->items[made++].init(std::move(iterator));
    for (; made < n; made++) result->items[made].init(TRY(call(thread, copy)));
    track(result.get());
    return result;
}

const TypeSpec tee_spec = {
    .name = "itertools._tee",
    .doc = "Iterator wrapped to make it copyable.",
    .size = sizeof(Tee),
    .flags = kTypeTracked | kTypeHasWeakrefs,
    .slots = {.iter = iterator_self, .next = tee_next, .make = tee_make, .fields = tee_fields},
    .methods = tee_rows,
    .signature = "(iterable, /)",
};

const TypeSpec tee_data_spec = {
    .name = "itertools._tee_dataobject",
    .doc = "Data container common to multiple tee objects.",
    .size = sizeof(TeeData),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.fields = data_fields},
};

}  // namespace imugi::itertools
