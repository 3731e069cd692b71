// chain, batched, pairwise, islice and zip_longest: iterators put together or cut into pieces.
#include "memory/collector.h"
#include "modules/itertools/itertools.h"
#include "object/parallel.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/stepping.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/value_buffer.h"

namespace imugi::itertools {

namespace {

// --- chain ---

struct Chain : Object {
    Slot source;  // iterator of iterables; empty once exhausted
    Slot active;  // the one being read; empty between two
};

void chain_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<Chain*>(self)->source);
    visitor.visit(static_cast<Chain*>(self)->active);
}

Owned make_chain(Thread& thread, Type& type, Owned source) {
    auto* chain = allocate<Chain>(thread, type);
    if (chain == nullptr) return {};
    chain->source.init(std::move(source));
    track(chain);
    return Owned::adopt(chain);
}

Owned chain_make(Thread& thread, Type& type, const Arguments& arguments) {
    TRY(no_keywords(thread, type, chain_spec, "chain", arguments));
    Ref<Tuple> iterables = TRY(make_tuple(thread, arguments.values, arguments.count));
    Owned source = TRY(iterate(thread, iterables));
    return make_chain(thread, type, std::move(source));
}

Owned chain_from_iterable(Thread& thread, Type& type, Value iterable) {
    Owned source = TRY(iterate(thread, iterable));
    return make_chain(thread, type, std::move(source));
}

// A chain of `first` alone and of what `source` still has.
Owned put_in_front(Thread& thread, const Chain& self, Value first, Value source) {
    auto& state = state_of_type<State>(type_of(Value::of(self)), chain_spec);
    Ref<Tuple> alone = TRY(make_tuple(thread, &first, 1));
    Value parts[] = {Value::of(*alone), source};
    Ref<Tuple> both = TRY(make_tuple(thread, parts, source ? 2 : 1));
    Owned iterator = TRY(iterate(thread, both));
    return make_chain(thread, *state.chain, std::move(iterator));
}

// Makes the next iterable the active one; false when there is none. What runs to fetch it may give
// the Lock up: when another thread has made one active by then, this one comes after that.
Result<bool> activate_next(Thread& thread, Chain& self) {
    Owned dropped;
    Lock guard(thread, self);
    if (!self.active.is_empty()) return true;
    Owned source = self.source.share();
    if (!source) return false;
    Owned iterable = next(thread, source);
    Owned active;
    if (iterable && !iterable.is_nothing()) active = iterate(thread, iterable);
    if (!active) {
        if (!iterable.is_nothing()) {
            dropped = self.source.take();
            return {};
        }
        // What was put in front since then stays.
        if (same(self.source.borrow(), source)) dropped = self.source.take();
        return !self.active.is_empty() || !self.source.is_empty();
    }
    if (self.active.is_empty()) {
        dropped = self.active.exchange(std::move(active));
        return true;
    }
    for (;;) {
        source = self.source.share();
        Owned rest = TRY(put_in_front(thread, self, active, source));
        if (!same(self.source.borrow(), source)) continue;
        dropped = self.source.exchange(std::move(rest));
        return true;
    }
}

Owned chain_next(Thread& thread, Value value) {
    auto& self = value.as<Chain>();
    for (;;) {
        Owned active = load_field(thread, self, self.active);
        if (!active) {
            bool more = TRY(activate_next(thread, self));
            if (!more) return Owned::nothing();
            continue;
        }
        Owned item = TRY(next(thread, active));
        if (!item.is_nothing()) return item;
        Owned old;
        Lock guard(thread, self);
        if (same(self.active.borrow(), active)) old = self.active.take();
    }
}

const MethodRow chain_rows[] = {
    {"from_iterable", "(type, iterable, /)", fn<chain_from_iterable>,
     "Alternative chain() constructor taking a single iterable argument that evaluates lazily.",
     kMethodClass},
    {"__class_getitem__", "(type, object, /)", fn<class_getitem>, "See PEP 585", kMethodClass},
    {},
};

// --- batched ---

struct Batched : Object {
    Slot iterator;  // empty once exhausted
    Index size;
    bool strict;
};

void batched_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<Batched*>(self)->iterator);
}

Owned batched_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value bound[3];
    TRY(bind_arguments(thread, "batched", "(iterable, n, *, strict=False)", arguments, bound, 3));
    Index size = TRY(to_ssize(thread, bound[1], exc::OverflowError));
    bool strict = TRY(is_true(thread, bound[2]));
    if (size < 1) return raise(thread, exc::ValueError, "n must be at least one");
    Owned iterator = TRY(iterate(thread, bound[0]));
    auto* batched = allocate<Batched>(thread, type);
    if (batched == nullptr) return {};
    batched->iterator.init(std::move(iterator));
    batched->size = size;
    batched->strict = strict;
    track(batched);
    return Owned::adopt(batched);
}

Owned next_batch(Thread& thread, Batched& self) {
    Owned iterator = load_field(thread, self, self.iterator);
    if (!iterator) return Owned::nothing();
    ValueBuffer items(thread);
    while (items.size() < static_cast<size_t>(self.size)) {
        Owned item = next(thread, iterator);
        if (!item || item.is_nothing()) {
            clear_field(thread, self, self.iterator);
            if (!item) return {};
            if (items.size() == 0) return item;
            if (self.strict) return raise(thread, exc::ValueError, "batched(): incomplete batch");
            break;
        }
        TRY(items.append(std::move(item)));
    }
    return items.to_tuple();
}

// Longer ones take turns with others that use the iterator: the Lock is not held for long.
constexpr Index kLongestWholeBatch = 1024;

Owned batched_next(Thread& thread, Value value) {
    auto& self = value.as<Batched>();
    if (is_unique(&self) || self.size > kLongestWholeBatch) return next_batch(thread, self);
    Lock guard(thread, self);
    return next_batch(thread, self);
}

// --- pairwise ---

struct Pairwise : Object {
    Slot iterator;  // empty once exhausted
    Slot previous;
};

void pairwise_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<Pairwise*>(self)->iterator);
    visitor.visit(static_cast<Pairwise*>(self)->previous);
}

Owned pairwise_make(Thread& thread, Type& type, const Arguments& arguments) {
    TRY(no_keywords(thread, type, pairwise_spec, "pairwise", arguments));
    TRY(check_positional(thread, "pairwise", arguments.positional(), 1, 1));
    Owned iterator = TRY(iterate(thread, arguments[0]));
    auto* pairwise = allocate<Pairwise>(thread, type);
    if (pairwise == nullptr) return {};
    pairwise->iterator.init(std::move(iterator));
    track(pairwise);
    return Owned::adopt(pairwise);
}

Owned exhaust_pairwise(Pairwise& self, Owned outcome, Owned* dropped) {
    dropped[0] = self.iterator.take();
    dropped[1] = self.previous.take();
    return outcome;
}

// Under the Lock; what is replaced is dropped after it.
Owned next_pair(Thread& thread, Pairwise& self, Owned* dropped) {
    Owned iterator = self.iterator.share();
    if (!iterator) return Owned::nothing();
    Owned previous = self.previous.share();
    if (!previous) {
        previous = next(thread, iterator);
        if (!previous || previous.is_nothing())
            return exhaust_pairwise(self, std::move(previous), dropped);
        dropped[0] = self.previous.exchange(previous.share());
        // The step may have come back here and finished.
        iterator = self.iterator.share();
        if (!iterator) {
            dropped[1] = self.previous.take();
            return Owned::nothing();
        }
    }
    Owned item = next(thread, iterator);
    if (!item || item.is_nothing()) return exhaust_pairwise(self, std::move(item), dropped);
    Ref<Tuple> pair = TRY(make_tuple(thread, previous, item));
    dropped[1] = self.previous.exchange(std::move(item));
    return pair;
}

Owned pairwise_next(Thread& thread, Value value) {
    auto& self = value.as<Pairwise>();
    Owned dropped[2];
    // Each pair begins where the one before it ended.
    Lock guard(thread, self);
    return next_pair(thread, self, dropped);
}

// --- islice ---

struct ISlice : Object {
    Slot iterator;               // empty once exhausted
    std::atomic<Index> wanted;   // position of the next item to give
    std::atomic<Index> reached;  // items read so far
    Index stop;                  // -1: none
    Index step;
};

void islice_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<ISlice*>(self)->iterator);
}

// A bound: None gives `otherwise`; -1 when it is not a number in range, nothing pending.
Result<Index> slice_number(Thread& thread, Value value, Index otherwise) {
    if (is_none(value)) return otherwise;
    if (!type_of(value).slots.index) return -1;
    Result<Index> number = to_ssize(thread, value, exc::OverflowError);
    if (number) return *number;
    // Whatever goes wrong, the message is islice's.
    clear_exception(thread);
    return -1;
}

Owned islice_make(Thread& thread, Type& type, const Arguments& arguments) {
    TRY(no_keywords(thread, type, islice_spec, "islice", arguments));
    TRY(check_positional(thread, "islice", arguments.positional(), 2, 4));
    Index start = 0, stop = -1, step = 1;
    if (arguments.count == 2) {
        stop = TRY(slice_number(thread, arguments[1], -1));
        if (stop < 0 && !is_none(arguments[1]))
            return raise(thread, exc::ValueError,
                         "Stop argument for islice() must be None or an integer: 0 <= x <= "
                         "sys.maxsize.");
    } else {
        start = TRY(slice_number(thread, arguments[1], 0));
        stop = TRY(slice_number(thread, arguments[2], -1));
        if (stop < 0 && !is_none(arguments[2]))
            return raise(thread, exc::ValueError,
                         "Stop argument for islice() must be None or an integer: 0 <= x <= "
                         "sys.maxsize.");
        if (start < 0)
            return raise(thread, exc::ValueError,
                         "Indices for islice() must be None or an integer: 0 <= x <= "
                         "sys.maxsize.");
        if (arguments.count == 4) {
            step = TRY(slice_number(thread, arguments[3], 1));
            if (step < 1)
                return raise(thread, exc::ValueError,
                             "Step for islice() must be a positive integer or None.");
        }
    }
    Owned iterator = TRY(iterate(thread, arguments[0]));
    auto* islice = allocate<ISlice>(thread, type);
    if (islice == nullptr) return {};
    islice->iterator.init(std::move(iterator));
    islice->wanted.store(start, std::memory_order_relaxed);
    islice->stop = stop;
    islice->step = step;
    track(islice);
    return Owned::adopt(islice);
}

Index islice_following(const ISlice& self, Index wanted) {
    Index following;
    if (__builtin_add_overflow(wanted, self.step, &following)) following = PTRDIFF_MAX;
    return self.stop >= 0 && following > self.stop ? self.stop : following;
}

// Each of several threads takes its places first, and then as many items.
Owned islice_next_shared(Thread& thread, ISlice& self, Value iterator) {
    Index left;
    bool ended;
    Owned item = Owned::nothing();
    // Of the items that are skipped; more are read without the Lock.
    constexpr Index kMostUnderLock = 1024;
    {
        Lock guard(thread, self);
        Index wanted = self.wanted.load(std::memory_order_relaxed);
        left = wanted - self.reached.load(std::memory_order_relaxed);
        ended = self.stop >= 0 && wanted >= self.stop;
        if (!ended) {
            left++;
            self.wanted.store(islice_following(self, wanted), std::memory_order_relaxed);
        }
        self.reached.store(ended ? wanted : wanted + 1, std::memory_order_relaxed);
        for (bool whole = left <= kMostUnderLock; whole && left > 0; left--) {
            item = TRY(next(thread, iterator));
            if (!item.is_nothing()) continue;
            ended = true;
            left = 0;
            break;
        }
    }
    for (; left > 0; left--) {
        item = TRY(next(thread, iterator));
        if (!item.is_nothing()) continue;
        ended = true;
        break;
    }
    if (!ended) return item;
    clear_field(thread, self, self.iterator);
    return Owned::nothing();
}

Owned islice_next(Thread& thread, Value value) {
    auto& self = value.as<ISlice>();
    Owned iterator = load_field(thread, self, self.iterator);
    if (!iterator) return Owned::nothing();
    if (!is_unique(&self)) return islice_next_shared(thread, self, iterator);
    while (self.reached.load(std::memory_order_relaxed) <
           self.wanted.load(std::memory_order_relaxed)) {
        Owned skipped = TRY(next(thread, iterator));
        if (skipped.is_nothing()) {
            clear_field(thread, self, self.iterator);
            return skipped;
        }
        self.reached.fetch_add(1, std::memory_order_relaxed);
    }
    if (self.stop >= 0 && self.reached.load(std::memory_order_relaxed) >= self.stop) {
        clear_field(thread, self, self.iterator);
        return Owned::nothing();
    }
    Owned item = TRY(next(thread, iterator));
    if (item.is_nothing()) {
        clear_field(thread, self, self.iterator);
        return item;
    }
    self.reached.fetch_add(1, std::memory_order_relaxed);
    self.wanted.store(islice_following(self, self.wanted.load(std::memory_order_relaxed)),
                      std::memory_order_relaxed);
    return item;
}

// --- zip_longest ---

struct ZipLongest : Object {
    Slot iterators;  // a tuple of our own, whose slots are emptied as iterators end
    Slot fill;       // immutable
    std::atomic<Index> active;
};

void zip_longest_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<ZipLongest*>(self)->iterators);
    visitor.visit(static_cast<ZipLongest*>(self)->fill);
}

Owned zip_longest_make(Thread& thread, Type& type, const Arguments& arguments) {
    Owned fill = Owned::share(none());
    if (arguments.names != nullptr && arguments.names->size != 0) {
        for (size_t i = 0; i < arguments.names->size; i++)
            if (!str_equal((*arguments.names)[i].as<Str>(), "fillvalue"))
                return raise(thread, exc::TypeError,
                             "zip_longest() got an unexpected keyword argument");
        fill = Owned::share(arguments[arguments.count]);
    }
    Ref<Tuple> iterators = TRY(iterate_all(thread, arguments.values, arguments.count));
    auto* self = allocate<ZipLongest>(thread, type);
    if (self == nullptr) return {};
    self->active.store(static_cast<Index>(iterators->size), std::memory_order_relaxed);
    self->iterators.init(std::move(iterators));
    self->fill.init(std::move(fill));
    track(self);
    return Owned::adopt(self);
}

Owned zip_longest_next(Thread& thread, Value value) {
    auto& self = value.as<ZipLongest>();
    auto& iterators = self.iterators.as<Tuple>();
    if (iterators.size == 0 || self.active.load(std::memory_order_relaxed) == 0)
        return Owned::nothing();
    Ref<Tuple> result = TRY(make_tuple_blank(thread, iterators.size));
    // One item of each iterator, though others step them.
    Lock guard(thread, self);
    if (self.active.load(std::memory_order_relaxed) == 0) return Owned::nothing();
    for (size_t i = 0; i < iterators.size; i++) {
        Owned iterator = iterators.items[i].share();
        Owned item = iterator ? next(thread, iterator) : Owned::nothing();
        if (!item) {
            self.active.store(0, std::memory_order_relaxed);
            return {};
        }
        if (item.is_nothing()) {
            if (iterator) {
                Owned old = iterators.items[i].take();
                if (old && self.active.fetch_sub(1, std::memory_order_relaxed) <= 1) {
                    self.active.store(0, std::memory_order_relaxed);
                    return Owned::nothing();
                }
            }
            item = self.fill.share();
        }
        result->items[i].init(std::move(item));
    }
    track(result.get());
    return result;
}

}  // namespace

const TypeSpec chain_spec = {
    .name = "itertools.chain",
    .doc =
        "Return a chain object whose .__next__() method returns elements from the\n"
        "first iterable until it is exhausted, then elements from the next\n"
        "iterable, until all of the iterables are exhausted.",
    .size = sizeof(Chain),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.iter = iterator_self,
              .next = chain_next,
              .make = chain_make,
              .fields = chain_fields},
    .methods = chain_rows,
    .signature = "(*iterables)",
};

const TypeSpec batched_spec = {
    .name = "itertools.batched",
    .doc =
        "Batch data into tuples of length n. The last batch may be shorter than n.\n\n"
        "Loops over the input iterable and accumulates data into tuples\n"
        "up to size n.  The input is consumed lazily, just enough to\n"
        "fill a batch.  The result is yielded as soon as a batch is full\n"
        "or when the input iterable is exhausted.\n\n"
        "    >>> for batch in batched('ABCDEFG', 3):\n"
        "    ...     print(batch)\n"
        "    ...\n"
        "    ('A', 'B', 'C')\n"
        "    ('D', 'E', 'F')\n"
        "    ('G',)\n\n"
        "If \"strict\" is True, raises a ValueError if the final batch is shorter\n"
        "than n.",
    .size = sizeof(Batched),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.iter = iterator_self,
              .next = batched_next,
              .make = batched_make,
              .fields = batched_fields},
    .signature = "(iterable, n, *, strict=False)",
};

const TypeSpec pairwise_spec = {
    .name = "itertools.pairwise",
    .doc =
        "Return an iterator of overlapping pairs taken from the input iterator.\n\n"
        "    s -> (s0,s1), (s1,s2), (s2, s3), ...",
    .size = sizeof(Pairwise),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.iter = iterator_self,
              .next = pairwise_next,
              .make = pairwise_make,
              .fields = pairwise_fields},
    .signature = "(iterable, /)",
};

const TypeSpec islice_spec = {
    .name = "itertools.islice",
    .doc =
        "islice(iterable, stop) --> islice object\n"
        "islice(iterable, start, stop[, step]) --> islice object\n\n"
        "Return an iterator whose next() method returns selected values from an\n"
        "iterable.  If start is specified, will skip all preceding elements;\n"
        "otherwise, start defaults to zero.  Step defaults to one.  If\n"
        "specified as another value, step determines how many values are\n"
        "skipped between successive calls.  Works like a slice() on a list\n"
        "but returns an iterator.",
    .size = sizeof(ISlice),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.iter = iterator_self,
              .next = islice_next,
              .make = islice_make,
              .fields = islice_fields},
};

const TypeSpec zip_longest_spec = {
    .name = "itertools.zip_longest",
    .doc =
        "Return a zip_longest object whose .__next__() method returns a tuple where\n"
        "the i-th element comes from the i-th iterable argument.  The .__next__()\n"
        "method continues until the longest iterable in the argument sequence\n"
        "is exhausted and then it raises StopIteration.  When the shorter iterables\n"
        "are exhausted, the fillvalue is substituted in their place.  The fillvalue\n"
        "defaults to None or can be specified by a keyword argument.\n",
    .size = sizeof(ZipLongest),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.iter = iterator_self,
              .next = zip_longest_next,
              .make = zip_longest_make,
              .fields = zip_longest_fields},
    .signature = "(*iterables, fillvalue=None)",
};

}  // namespace imugi::itertools
