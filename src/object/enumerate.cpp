// enumerate. The inner iterator is stepped and the count taken under one Lock, so that they belong
// together, unless the caller has the only reference.
#include "memory/collector.h"
#include "object/int.h"
#include "object/iterators.h"
#include "object/native.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/stepping.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

struct Enumerate : Object {
    Slot iterator;               // immutable
    Slot result;                 // the pair given last, reused when nobody kept it
    Slot big_index;              // int, once the count has left the small ints; else empty
    std::atomic<int64_t> index;  // the next count, while big_index is empty
};
IMUGI_BUILTIN_TYPE_BY_OBJECT(Enumerate, enumerate_type);

namespace {

void enumerate_fields(Object* self, FieldVisitor& visitor) {
    auto* enumerate = static_cast<Enumerate*>(self);
    visitor.visit(enumerate->iterator);
    visitor.visit(enumerate->result);
    visitor.visit(enumerate->big_index);
}

Owned enumerate_make(Thread& thread, Type& type, const Arguments& arguments) {
    size_t keywords = arguments.names ? arguments.names->size : 0;
    if (arguments.count == 0 && keywords == 1 &&
        !str_equal(arguments.names->items[0].as<Str>(), "iterable"))
        return raise(thread, exc::TypeError, "'{}' is an invalid keyword argument for enumerate()",
                     arguments.names->items[0].as<Str>());
    if (arguments.count + keywords == 0)
        return raise(thread, exc::TypeError, "enumerate() missing required argument 'iterable'");
    Value bound[2];
    TRY(bind_arguments(thread, "enumerate", "(iterable, start=0)", arguments, bound, 2));
    Owned start = TRY(to_index(thread, bound[1]));
    Owned iterator = TRY(iterate(thread, bound[0]));
    auto* enumerate = allocate<Enumerate>(thread, type);
    if (enumerate == nullptr) return {};
    enumerate->iterator.init(std::move(iterator));
    if (start.value().is_small_int()) {
        enumerate->index.store(start.value().small_int(), std::memory_order_relaxed);
    } else {
        enumerate->big_index.init(std::move(start));
    }
    track(enumerate);
    return Owned::adopt(enumerate);
}

// Takes the next count. Exclusive, or under the Lock; the old count goes to `old`.
Owned take_index(Thread& thread, Enumerate& self, Owned& old) {
    Value big = self.big_index.borrow();
    if (IMUGI_LIKELY(big.is_empty())) {
        int64_t index = self.index.load(std::memory_order_relaxed);
        if (IMUGI_LIKELY(index < Value::kSmallIntMax)) {
            self.index.store(index + 1, std::memory_order_relaxed);
            return Owned::small_int(index);
        }
        self.big_index.init(TRY(make_int(thread, index + 1)));
        return Owned::small_int(index);
    }
    Owned following = TRY(int_add(thread, big, Value::small_int(1)));
    old = self.big_index.exchange(std::move(following));
    return old.share();
}

Owned enumerate_next(Thread& thread, Value value) {
    auto& self = value.as<Enumerate>();
    Owned old;
    if (IMUGI_LIKELY(is_unique(&self))) {
        Owned item = TRY(next(thread, self.iterator.borrow()));
        if (item.is_nothing()) return item;
        Owned index = TRY(take_index(thread, self, old));
        Value kept = self.result.borrow();
        if (!kept.is_empty() && is_unique(kept.object())) {
            auto& pair = kept.as<Tuple>();
            pair.cached_hash.store(0, std::memory_order_relaxed);
            Owned old_index = pair.items[0].exchange(std::move(index));
            Owned old_item = pair.items[1].exchange(std::move(item));
            return Owned::share(kept);
        }
        Ref<Tuple> pair = TRY(make_tuple(thread, index, item));
        if (self.result.is_empty()) self.result.init(pair.share());
        return pair;
    }
    Owned iterator = self.iterator.share();
    Owned item, index;
    {
        Lock guard(thread, self);
        item = next(thread, iterator);
        if (!item || item.is_nothing()) return item;
        index = TRY(take_index(thread, self, old));
    }
    return make_tuple(thread, index, item);
}

Owned enumerate_reduce(Thread& thread, Enumerate& self) {
    Owned index;
    {
        Lock guard(thread, self);
        index = self.big_index.share();
    }
    if (!index) index = TRY(make_int(thread, self.index.load(std::memory_order_relaxed)));
    Ref<Tuple> arguments = TRY(make_tuple(thread, self.iterator.borrow(), index));
    return make_tuple(thread, Value::of(type_of(Value::of(self))), arguments);
}

const MethodRow enumerate_rows[] = {
    {"__reduce__", "(self, /)", fn<enumerate_reduce>, "Return state information for pickling."},
    {"__class_getitem__", "(type, object, /)", fn<class_getitem>, "See PEP 585", kMethodClass},
    {},
};

}  // namespace

Type enumerate_type;
const TypeSpec enumerate_type_spec = {
    .name = "enumerate",
    .doc =
        "Return an enumerate object.\n\n"
        "  iterable\n"
        "    an object supporting iteration\n\n"
        "The enumerate object yields pairs containing a count (from start, which\n"
        "defaults to zero) and a value yielded by the iterable argument.\n\n"
        "enumerate is useful for obtaining an indexed list:\n"
        "    (0, seq[0]), (1, seq[1]), (2, seq[2]), ...",
    .size = sizeof(Enumerate),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.iter = iterator_self,
              .next = enumerate_next,
              .make = enumerate_make,
              .fields = enumerate_fields},
    .methods = enumerate_rows,
    .signature = "(iterable, start=0)",
};

}  // namespace imugi
