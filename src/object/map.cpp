// map: immutable but for `strict`; its function is called under no lock.
#include "memory/collector.h"
#include "object/call.h"
#include "object/iterators.h"
#include "object/parallel.h"
#include "object/protocol.h"
#include "object/stepping.h"

namespace imugi {

struct Map : Object {
    Slot function;   // immutable
    Slot iterators;  // tuple, immutable
    std::atomic<bool> strict;
};
IMUGI_BUILTIN_TYPE_BY_OBJECT(Map, map_type);

namespace {

constexpr size_t kFewArguments = 8;

void map_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<Map*>(self)->function);
    visitor.visit(static_cast<Map*>(self)->iterators);
}

Owned map_make(Thread& thread, Type& type, const Arguments& arguments) {
    bool strict = false;
    if (&type == &map_type || type.slots.init == map_type.slots.init)
        TRY(parse_strict(thread, "map", arguments, &strict));
    if (arguments.count < 2)
        return raise(thread, exc::TypeError, "map() must have at least two arguments.");
    Ref<Tuple> iterators = TRY(iterate_all(thread, arguments.values + 1, arguments.count - 1));
    auto* map = allocate<Map>(thread, type);
    if (map == nullptr) return {};
    map->function.init(Owned::share(arguments[0]));
    map->iterators.init(std::move(iterators));
    map->strict.store(strict, std::memory_order_relaxed);
    track(map);
    return Owned::adopt(map);
}

Owned finish(Thread& thread, Map& self, size_t at) {
    if (!self.strict.load(std::memory_order_relaxed)) return Owned::nothing();
    return finish_strictly(thread, "map", self.iterators.as<Tuple>(), at);
}

// The next item of each iterator; false with *end set at the end or on failure.
bool gather(Thread& thread, Map& self, Owned* items, Owned* end) {
    auto& iterators = self.iterators.as<Tuple>();
    bool exclusive = is_unique(&self);
    for (size_t i = 0; i < iterators.size; i++) {
        Owned held = exclusive ? Owned() : iterators.items[i].share();
        items[i] = next(thread, iterators[i]);
        if (!items[i]) return false;
        if (items[i].is_nothing()) {
            *end = finish(thread, self, i);
            return false;
        }
    }
    return true;
}

Owned map_next(Thread& thread, Value value) {
    auto& self = value.as<Map>();
    auto& iterators = self.iterators.as<Tuple>();
    Inner function(self, self.function);
    Owned end;
    if (IMUGI_LIKELY(iterators.size == 1)) {
        Owned item;
        if (!gather(thread, self, &item, &end)) return end;
        return call(thread, function, item);
    }
    if (IMUGI_LIKELY(iterators.size <= kFewArguments)) {
        Owned items[kFewArguments];
        if (!gather(thread, self, items, &end)) return end;
        Value values[kFewArguments];
        for (size_t i = 0; i < iterators.size; i++) values[i] = items[i];
        return call(thread, function,
                    Arguments{values, static_cast<uint32_t>(iterators.size), nullptr});
    }
    Ref<Tuple> arguments = TRY(make_tuple_blank(thread, iterators.size));
    for (size_t i = 0; i < iterators.size; i++) {
        Owned held = iterators.items[i].share();
        Owned item = TRY(next(thread, held));
        if (item.is_nothing()) return finish(thread, self, i);
        arguments->items[i].init(std::move(item));
    }
    track(arguments.get());
    return call_with(thread, function, *arguments, nullptr);
}

Owned map_reduce(Thread& thread, Map& self) {
    auto& iterators = self.iterators.as<Tuple>();
    Ref<Tuple> function = TRY(make_tuple(thread, self.function.borrow()));
    Ref<Tuple> arguments = TRY(tuple_concat(thread, *function, iterators));
    Value type = Value::of(type_of(Value::of(self)));
    if (self.strict.load(std::memory_order_relaxed))
        return make_tuple(thread, type, arguments, boolean(true));
    return make_tuple(thread, type, arguments);
}

bool map_setstate(Thread& thread, Map& self, Value state) {
    self.strict.store(TRY(is_true(thread, state)), std::memory_order_relaxed);
    return true;
}

const MethodRow map_rows[] = {
    {"__reduce__", "(self, /)", fn<map_reduce>, "Return state information for pickling."},
    {"__setstate__", "(self, object, /)", fn<map_setstate>,
     "Set state information for unpickling."},
    {},
};

}  // namespace

Type map_type;
const TypeSpec map_type_spec = {
    .name = "map",
    .doc =
        "Make an iterator that computes the function using arguments from\n"
        "each of the iterables.  Stops when the shortest iterable is exhausted.\n\n"
        "If strict is true and one of the arguments is exhausted before the others,\n"
        "raise a ValueError.",
    .size = sizeof(Map),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.iter = iterator_self, .next = map_next, .make = map_make, .fields = map_fields},
    .methods = map_rows,
    .signature = "(function, iterable, /, *iterables, strict=False)",
};

}  // namespace imugi
