// compress, dropwhile, takewhile, filterfalse and starmap: a function or selectors and an iterator,
// both immutable.
#include "memory/collector.h"
#include "modules/itertools/itertools.h"
#include "object/call.h"
#include "object/protocol.h"
#include "object/stepping.h"
#include "object/tuple.h"
#include "thread/safepoint.h"

namespace imugi::itertools {

namespace {

struct Selecting : Object {
    Slot function;  // or selectors
    Slot iterator;
    std::atomic<bool> switched;  // dropwhile: has let one through; takewhile: is over
};

void selecting_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<Selecting*>(self)->function);
    visitor.visit(static_cast<Selecting*>(self)->iterator);
}

Owned make(Thread& thread, Type& type, Owned function, Owned iterator) {
    auto* self = allocate<Selecting>(thread, type);
    if (self == nullptr) return {};
    self->function.init(std::move(function));
    self->iterator.init(std::move(iterator));
    track(self);
    return Owned::adopt(self);
}

template <const TypeSpec* spec>
Owned function_make(Thread& thread, Type& type, const Arguments& arguments) {
    const char* name = spec->name + sizeof("itertools.") - 1;
    TRY(no_keywords(thread, type, *spec, name, arguments));
    TRY(check_positional(thread, name, arguments.positional(), 2, 2));
    Owned iterator = TRY(iterate(thread, arguments[1]));
    return make(thread, type, Owned::share(arguments[0]), std::move(iterator));
}

Owned compress_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value bound[2];
    TRY(bind_arguments(thread, "compress", "(data, selectors)", arguments, bound, 2));
    Owned data = TRY(iterate(thread, bound[0]));
    Owned selectors = TRY(iterate(thread, bound[1]));
    return make(thread, type, std::move(selectors), std::move(data));
}

Owned compress_next(Thread& thread, Value value) {
    auto& self = value.as<Selecting>();
    Inner selectors(self, self.function);
    Inner data(self, self.iterator);
    bool shared = !is_unique(&self);
    for (;;) {
        Owned item, selector;
        if (shared) {
            TRY(safepoint(thread));
            // An item and its selector, though others step both.
            Lock guard(thread, self);
            item = TRY(next(thread, data));
            if (item.is_nothing()) return item;
            selector = TRY(next(thread, selectors));
        } else {
            item = TRY(next(thread, data));
            if (item.is_nothing()) return item;
            selector = TRY(next(thread, selectors));
        }
        if (selector.is_nothing()) return selector;
        if (TRY(is_true(thread, selector))) return item;
    }
}

Result<bool> ask(Thread& thread, Value function, Value item) {
    Owned answer = TRY(call(thread, function, item));
    return is_true(thread, answer);
}

Owned dropwhile_next(Thread& thread, Value value) {
    auto& self = value.as<Selecting>();
    Inner function(self, self.function);
    Inner iterator(self, self.iterator);
    for (;;) {
        Owned item = TRY(next(thread, iterator));
        if (item.is_nothing() || self.switched.load(std::memory_order_relaxed)) return item;
        if (TRY(ask(thread, function, item))) continue;
        self.switched.store(true, std::memory_order_relaxed);
        return item;
    }
}

Owned takewhile_next(Thread& thread, Value value) {
    auto& self = value.as<Selecting>();
    if (self.switched.load(std::memory_order_relaxed)) return Owned::nothing();
    Inner function(self, self.function);
    Inner iterator(self, self.iterator);
    Owned item = TRY(next(thread, iterator));
    if (item.is_nothing()) return item;
    if (TRY(ask(thread, function, item))) return item;
    self.switched.store(true, std::memory_order_relaxed);
    return Owned::nothing();
}

Owned filterfalse_next(Thread& thread, Value value) {
    auto& self = value.as<Selecting>();
    Inner function(self, self.function);
    Inner iterator(self, self.iterator);
    bool by_truth = is_none(function) || same(function, Value::of(bool_type));
    for (;;) {
        Owned item = TRY(next(thread, iterator));
        if (item.is_nothing()) return item;
        bool drop = TRY(by_truth ? is_true(thread, item) : ask(thread, function, item));
        if (!drop) return item;
    }
}

Owned starmap_next(Thread& thread, Value value) {
    auto& self = value.as<Selecting>();
    Inner function(self, self.function);
    Inner iterator(self, self.iterator);
    Owned item = TRY(next(thread, iterator));
    if (item.is_nothing()) return item;
    Ref<Tuple> arguments = TRY(tuple_from(thread, item));
    return call_with(thread, function, *arguments, nullptr);
}

}  // namespace

const TypeSpec compress_spec = {
    .name = "itertools.compress",
    .doc =
        "Return data elements corresponding to true selector elements.\n\n"
        "Forms a shorter iterator from selected data elements using the selectors to\n"
        "choose the data elements.",
    .size = sizeof(Selecting),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.iter = iterator_self,
              .next = compress_next,
              .make = compress_make,
              .fields = selecting_fields},
    .signature = "(data, selectors)",
};

const TypeSpec dropwhile_spec = {
    .name = "itertools.dropwhile",
    .doc =
        "Drop items from the iterable while predicate(item) is true.\n\n"
        "Afterwards, return every element until the iterable is exhausted.",
    .size = sizeof(Selecting),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.iter = iterator_self,
              .next = dropwhile_next,
              .make = function_make<&dropwhile_spec>,
              .fields = selecting_fields},
    .signature = "(predicate, iterable, /)",
};

const TypeSpec takewhile_spec = {
    .name = "itertools.takewhile",
    .doc =
        "Return successive entries from an iterable as long as the predicate evaluates to true "
        "for each entry.",
    .size = sizeof(Selecting),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.iter = iterator_self,
              .next = takewhile_next,
              .make = function_make<&takewhile_spec>,
              .fields = selecting_fields},
    .signature = "(predicate, iterable, /)",
};

const TypeSpec filterfalse_spec = {
    .name = "itertools.filterfalse",
    .doc =
        "Return those items of iterable for which function(item) is false.\n\n"
        "If function is None, return the items that are false.",
    .size = sizeof(Selecting),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.iter = iterator_self,
              .next = filterfalse_next,
              .make = function_make<&filterfalse_spec>,
              .fields = selecting_fields},
    .signature = "(function, iterable, /)",
};

const TypeSpec starmap_spec = {
    .name = "itertools.starmap",
    .doc =
        "Return an iterator whose values are returned from the function evaluated with an "
        "argument tuple taken from the given sequence.",
    .size = sizeof(Selecting),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.iter = iterator_self,
              .next = starmap_next,
              .make = function_make<&starmap_spec>,
              .fields = selecting_fields},
    .signature = "(function, iterable, /)",
};

}  // namespace imugi::itertools
