// zip. All inner iterators are stepped under one Lock, so that a tuple's items belong together,
// unless the caller has the only reference.
#include "memory/collector.h"
#include "object/call.h"
#include "object/iterators.h"
#include "object/parallel.h"
#include "object/protocol.h"
#include "object/stepping.h"

namespace imugi {

struct Zip : Object {
    Slot iterators;  // tuple, immutable
    Slot result;     // the tuple given last, reused when nobody kept it
    std::atomic<bool> strict;
};
IMUGI_BUILTIN_TYPE_BY_OBJECT(Zip, zip_type);

namespace {

void zip_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<Zip*>(self)->iterators);
    visitor.visit(static_cast<Zip*>(self)->result);
}

Owned zip_make(Thread& thread, Type& type, const Arguments& arguments) {
    bool strict;
    TRY(parse_strict(thread, "zip", arguments, &strict));
    Ref<Tuple> iterators = TRY(iterate_all(thread, arguments.values, arguments.count));
    auto* zip = allocate<Zip>(thread, type);
    if (zip == nullptr) return {};
    zip->iterators.init(std::move(iterators));
    zip->strict.store(strict, std::memory_order_relaxed);
    track(zip);
    return Owned::adopt(zip);
}

Owned finish(Thread& thread, Zip& self, Tuple& iterators, size_t at) {
    if (!self.strict.load(std::memory_order_relaxed)) return Owned::nothing();
    return finish_strictly(thread, "zip", iterators, at);
}

// Fills a tuple nobody else has.
Owned fill(Thread& thread, Zip& self, Tuple& iterators, Ref<Tuple> tuple, bool exclusive) {
    for (size_t i = 0; i < iterators.size; i++) {
        Owned held = exclusive ? Owned() : iterators.items[i].share();
        Owned item = TRY(next(thread, iterators[i]));
        if (IMUGI_UNLIKELY(item.is_nothing())) return finish(thread, self, iterators, i);
        Owned old = tuple->items[i].exchange(std::move(item));
    }
    return tuple;
}

Owned zip_next(Thread& thread, Value value) {
    auto& self = value.as<Zip>();
    auto& iterators = self.iterators.as<Tuple>();
    if (iterators.size == 0) return Owned::nothing();
    if (IMUGI_LIKELY(is_unique(&self))) {
        Value kept = self.result.borrow();
        if (!kept.is_empty() && is_unique(kept.object())) {
            auto tuple = Ref<Tuple>::share(kept.as<Tuple>());
            tuple->cached_hash.store(0, std::memory_order_relaxed);
            return fill(thread, self, iterators, std::move(tuple), true);
        }
        Ref<Tuple> tuple = TRY(make_tuple_blank(thread, iterators.size));
        Owned filled = TRY(fill(thread, self, iterators, std::move(tuple), true));
        if (filled.is_nothing()) return filled;
        if (self.result.is_empty()) self.result.init(filled.share());
        track(filled.value().object());
        return filled;
    }
    Ref<Tuple> tuple = TRY(make_tuple_blank(thread, iterators.size));
    Owned filled;
    {
        Lock guard(thread, self);
        filled = fill(thread, self, iterators, std::move(tuple), false);
    }
    if (filled && !filled.is_nothing()) track(filled.value().object());
    return filled;
}

Owned zip_reduce(Thread& thread, Zip& self) {
    Value type = Value::of(type_of(Value::of(self)));
    if (self.strict.load(std::memory_order_relaxed))
        return make_tuple(thread, type, self.iterators.borrow(), boolean(true));
    return make_tuple(thread, type, self.iterators.borrow());
}

bool zip_setstate(Thread& thread, Zip& self, Value state) {
    self.strict.store(TRY(is_true(thread, state)), std::memory_order_relaxed);
    return true;
}

const MethodRow zip_rows[] = {
    {"__reduce__", "(self, /)", fn<zip_reduce>, "Return state information for pickling."},
    {"__setstate__", "(self, object, /)", fn<zip_setstate>,
     "Set state information for unpickling."},
    {},
};

}  // namespace

Type zip_type;
const TypeSpec zip_type_spec = {
    .name = "zip",
    .doc =
        "The zip object yields n-length tuples, where n is the number of iterables\n"
        "passed as positional arguments to zip().  The i-th element in every tuple\n"
        "comes from the i-th iterable argument to zip().  This continues until the\n"
        "shortest argument is exhausted.\n\n"
        "If strict is true and one of the arguments is exhausted before the others,\n"
        "raise a ValueError.\n\n"
        "   >>> list(zip('abcdefg', range(3), range(4)))\n"
        "   [('a', 0, 0), ('b', 1, 1), ('c', 2, 2)]",
    .size = sizeof(Zip),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.iter = iterator_self, .next = zip_next, .make = zip_make, .fields = zip_fields},
    .methods = zip_rows,
    .signature = "(*iterables, strict=False)",
};

}  // namespace imugi
