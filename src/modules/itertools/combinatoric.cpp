// product, permutations, combinations and combinations_with_replacement: pools are tuples,
// immutable; the indices into them change under the object's Lock, which no user code interrupts.
#include <cstring>

#include "memory/collector.h"
#include "memory/heap.h"
#include "modules/itertools/itertools.h"
#include "object/protocol.h"
#include "object/stepping.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi::itertools {

struct Combinatoric : Object {
    Slot pool;       // tuple; for product a tuple of tuples, one a position
    Index width;     // of each result
    Index* indices;  // and behind them for permutations the cycles
    std::atomic<bool> started, stopped;
};

}  // namespace imugi::itertools

namespace imugi {
template <>
struct BuiltinTypeOf<itertools::Combinatoric> {
    static Type& type() { return object_type; }
    static bool check(Value value) {
        using namespace itertools;
        return is_instance_of_spec(value, product_spec) ||
               is_instance_of_spec(value, permutations_spec) ||
               is_instance_of_spec(value, combinations_spec) ||
               is_instance_of_spec(value, combinations_with_replacement_spec);
    }
};
}  // namespace imugi

namespace imugi::itertools {

namespace {

void fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<Combinatoric*>(self)->pool);
}

void release(Object* self) {
    array_free(static_cast<Combinatoric*>(self)->indices);
}

Owned make(Thread& thread, Type& type, Owned pool, Index width, size_t indices) {
    auto* self = allocate<Combinatoric>(thread, type);
    if (self == nullptr) return {};
    Owned result = Owned::adopt(self);
    self->width = width;
    self->pool.init(std::move(pool));
    if (indices > (size_t{1} << 58)) return raise_memory_error(thread);
    self->indices = static_cast<Index*>(array_allocate_zeroed((indices + 1) * sizeof(Index)));
    if (self->indices == nullptr) return raise_memory_error(thread);
    track(self);
    return result;
}

// One step: `advance(self, indices)` moves on, false at the end; `item(position, index)` is what
// stands there.
template <class Advance, class Item>
Owned step(Thread& thread, Combinatoric& self, Advance advance, Item item) {
    if (self.stopped.load(std::memory_order_relaxed)) return Owned::nothing();
    Ref<Tuple> result = TRY(make_tuple_blank(thread, self.width));
    {
        Lock guard(thread, self);
        if (self.stopped.load(std::memory_order_relaxed)) return Owned::nothing();
        if (!self.started.load(std::memory_order_relaxed)) {
            self.started.store(true, std::memory_order_relaxed);
        } else if (!advance()) {
            self.stopped.store(true, std::memory_order_relaxed);
            return Owned::nothing();
        }
        for (Index i = 0; i < self.width; i++)
            result->items[i].init(Owned::share(item(i, self.indices[i])));
    }
    if (self.width != 0) track(result.get());
    return result;
}

// --- product ---

Owned product_make(Thread& thread, Type& type, const Arguments& arguments) {
    Index repeat = 1;
    size_t keywords = arguments.names != nullptr ? arguments.names->size : 0;
    if (keywords > 1)
        return raise(thread, exc::TypeError,
                     "product() takes at most 1 keyword argument ({} given)", keywords);
    for (size_t i = 0; i < keywords; i++) {
        auto& name = (*arguments.names)[i].as<Str>();
        if (!str_equal(name, "repeat"))
            return raise(thread, exc::TypeError,
                         "product() got an unexpected keyword argument '{}'", name);
        repeat = TRY(to_ssize(thread, arguments[arguments.count], exc::OverflowError));
        if (repeat < 0) return raise(thread, exc::ValueError, "repeat argument cannot be negative");
    }
    Index count = repeat == 0 ? 0 : arguments.count;
    Index width;
    if (__builtin_mul_overflow(count, repeat, &width) || width > (Index{1} << 58))
        return raise(thread, exc::OverflowError, "repeat argument too large");
    Ref<Tuple> pools = TRY(make_tuple_blank(thread, width));
    bool any_empty = false;
    for (Index i = 0; i < count; i++) {
        Ref<Tuple> pool = TRY(tuple_from(thread, arguments[i]));
        any_empty |= pool->size == 0;
        for (Index j = i; j < width; j += count) pools->items[j].init(pool.share());
    }
    if (width != 0) track(pools.get());
    Owned result = TRY(make(thread, type, std::move(pools), width, width));
    result.as<Combinatoric>().stopped.store(any_empty, std::memory_order_relaxed);
    return result;
}

Owned product_next(Thread& thread, Value value) {
    auto& self = value.as<Combinatoric>();
    auto& pools = self.pool.as<Tuple>();
    auto pool_size = [&](Index i) { return static_cast<Index>(pools[i].as<Tuple>().size); };
    auto advance = [&] {
        for (Index i = self.width - 1; i >= 0; i--) {
            if (++self.indices[i] < pool_size(i)) return true;
            self.indices[i] = 0;
        }
        return false;
    };
    return step(thread, self, advance,
                [&](Index i, Index index) { return pools[i].as<Tuple>()[index]; });
}

// --- out of one pool ---

Owned take_next(Thread& thread, Combinatoric& self, bool (*advance)(Combinatoric&, Index)) {
    auto& pool = self.pool.as<Tuple>();
    auto size = static_cast<Index>(pool.size);
    return step(
        thread, self, [&] { return advance(self, size); },
        [&](Index, Index index) { return pool[index]; });
}

// Pool and width from (iterable, r).
bool parse_pool(Thread& thread, const char* name, const Arguments& arguments, Ref<Tuple>* pool,
                Index* width) {
    Value bound[2];
    TRY(bind_arguments(thread, name, "(iterable, r)", arguments, bound, 2));
    *width = TRY(to_ssize(thread, bound[1], exc::OverflowError));
    *pool = TRY(tuple_from(thread, bound[0]));
    if (*width < 0) return raise(thread, exc::ValueError, "r must be non-negative");
    return true;
}

Owned combinations_make(Thread& thread, Type& type, const Arguments& arguments) {
    Ref<Tuple> pool;
    Index width;
    TRY(parse_pool(thread, "combinations", arguments, &pool, &width));
    auto size = static_cast<Index>(pool->size);
    bool none = width > size;
    Owned result = TRY(make(thread, type, std::move(pool), width, none ? 0 : width));
    auto& self = result.as<Combinatoric>();
    self.stopped.store(none, std::memory_order_relaxed);
    if (!none)
        for (Index i = 0; i < width; i++) self.indices[i] = i;
    return result;
}

bool advance_combination(Combinatoric& self, Index size) {
    Index i = self.width - 1;
    while (i >= 0 && self.indices[i] == i + size - self.width) i--;
    if (i < 0) return false;
    self.indices[i]++;
    for (Index j = i + 1; j < self.width; j++) self.indices[j] = self.indices[j - 1] + 1;
    return true;
}

Owned combinations_next(Thread& thread, Value self) {
    return take_next(thread, self.as<Combinatoric>(), advance_combination);
}

Owned replacement_make(Thread& thread, Type& type, const Arguments& arguments) {
    Ref<Tuple> pool;
    Index width;
    TRY(parse_pool(thread, "combinations_with_replacement", arguments, &pool, &width));
    bool none = pool->size == 0 && width > 0;
    Owned result = TRY(make(thread, type, std::move(pool), width, width));
    result.as<Combinatoric>().stopped.store(none, std::memory_order_relaxed);
    return result;
}

bool advance_replacement(Combinatoric& self, Index size) {
    Index i = self.width - 1;
    while (i >= 0 && self.indices[i] == size - 1) i--;
    if (i < 0) return false;
    Index index = self.indices[i] + 1;
    for (; i < self.width; i++) self.indices[i] = index;
    return true;
}

Owned replacement_next(Thread& thread, Value self) {
    return take_next(thread, self.as<Combinatoric>(), advance_replacement);
}

Owned permutations_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value bound[2];
    TRY(bind_arguments(thread, "permutations", "(iterable, r=None)", arguments, bound, 2));
    Ref<Tuple> pool = TRY(tuple_from(thread, bound[0]));
    auto size = static_cast<Index>(pool->size);
    Index width = size;
    if (!is_none(bound[1])) {
        if (!is_int(bound[1])) return raise(thread, exc::TypeError, "Expected int as r");
        width = TRY(to_ssize(thread, bound[1], exc::OverflowError));
        if (width < 0) return raise(thread, exc::ValueError, "r must be non-negative");
    }
    bool none = width > size;
    Owned result = TRY(make(thread, type, std::move(pool), width, none ? 0 : size + width));
    auto& self = result.as<Combinatoric>();
    self.stopped.store(none, std::memory_order_relaxed);
    if (none) return result;
    for (Index i = 0; i < size; i++) self.indices[i] = i;
    for (Index i = 0; i < width; i++) self.indices[size + i] = size - i;
    return result;
}

bool advance_permutation(Combinatoric& self, Index size) {
    Index* indices = self.indices;
    Index* cycles = indices + size;
    for (Index i = self.width - 1; i >= 0; i--) {
        if (--cycles[i] != 0) {
            std::swap(indices[i], indices[size - cycles[i]]);
            return true;
        }
        Index first = indices[i];
        memmove(indices + i, indices + i + 1, (size - 1 - i) * sizeof(Index));
        indices[size - 1] = first;
        cycles[i] = size - i;
    }
    return false;
}

Owned permutations_next(Thread& thread, Value self) {
    return take_next(thread, self.as<Combinatoric>(), advance_permutation);
}

Result<Index> sizeof_object(Thread&, Combinatoric& self) {
    return type_of(Value::of(self)).instance_size + self.width * static_cast<Index>(sizeof(Index));
}

const MethodRow combinatoric_rows[] = {
    {"__sizeof__", "(self, /)", fn<sizeof_object>, "Returns size in memory, in bytes."},
    {},
};

}  // namespace

const TypeSpec product_spec = {
    .name = "itertools.product",
    .doc =
        "Cartesian product of input iterables.  Equivalent to nested for-loops.\n\n"
        "For example, product(A, B) returns the same as:  ((x,y) for x in A for y in B).\n"
        "The leftmost iterators are in the outermost for-loop, so the output tuples\n"
        "cycle in a manner similar to an odometer (with the rightmost element changing\n"
        "on every iteration).\n\n"
        "To compute the product of an iterable with itself, specify the number\n"
        "of repetitions with the optional repeat keyword argument. For example,\n"
        "product(A, repeat=4) means the same as product(A, A, A, A).\n\n"
        "product('ab', range(3)) --> ('a',0) ('a',1) ('a',2) ('b',0) ('b',1) ('b',2)\n"
        "product((0,1), (0,1), (0,1)) --> (0,0,0) (0,0,1) (0,1,0) (0,1,1) (1,0,0) ...",
    .size = sizeof(Combinatoric),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.iter = iterator_self,
              .next = product_next,
              .make = product_make,
              .fields = fields,
              .release = release},
    .methods = combinatoric_rows,
    .signature = "(*iterables, repeat=1)",
};

const TypeSpec permutations_spec = {
    .name = "itertools.permutations",
    .doc =
        "Return successive r-length permutations of elements in the iterable.\n\n"
        "permutations(range(3), 2) --> (0,1), (0,2), (1,0), (1,2), (2,0), (2,1)",
    .size = sizeof(Combinatoric),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.iter = iterator_self,
              .next = permutations_next,
              .make = permutations_make,
              .fields = fields,
              .release = release},
    .methods = combinatoric_rows,
    .signature = "(iterable, r=None)",
};

const TypeSpec combinations_spec = {
    .name = "itertools.combinations",
    .doc =
        "Return successive r-length combinations of elements in the iterable.\n\n"
        "combinations(range(4), 3) --> (0,1,2), (0,1,3), (0,2,3), (1,2,3)",
    .size = sizeof(Combinatoric),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.iter = iterator_self,
              .next = combinations_next,
              .make = combinations_make,
              .fields = fields,
              .release = release},
    .methods = combinatoric_rows,
    .signature = "(iterable, r)",
};

const TypeSpec combinations_with_replacement_spec = {
    .name = "itertools.combinations_with_replacement",
    .doc =
        "Return successive r-length combinations of elements in the iterable allowing "
        "individual elements to have successive repeats.\n\n"
        "combinations_with_replacement('ABC', 2) --> "
        "('A','A'), ('A','B'), ('A','C'), ('B','B'), ('B','C'), ('C','C')",
    .size = sizeof(Combinatoric),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.iter = iterator_self,
              .next = replacement_next,
              .make = replacement_make,
              .fields = fields,
              .release = release},
    .methods = combinatoric_rows,
    .signature = "(iterable, r)",
};

}  // namespace imugi::itertools
