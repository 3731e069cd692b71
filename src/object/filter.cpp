// filter: immutable; its function is called under no lock.
#include "memory/collector.h"
#include "object/call.h"
#include "object/iterators.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/stepping.h"
#include "object/tuple.h"

namespace imugi {

struct Filter : Object {
    Slot function, iterator;  // immutable
};
IMUGI_BUILTIN_TYPE_BY_OBJECT(Filter, filter_type);

namespace {

void filter_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<Filter*>(self)->function);
    visitor.visit(static_cast<Filter*>(self)->iterator);
}

Owned filter_make(Thread& thread, Type& type, const Arguments& arguments) {
    if (&type == &filter_type || type.slots.init == filter_type.slots.init)
        TRY(reject_keywords(thread, "filter", arguments));
    TRY(check_positional(thread, "filter", arguments.positional(), 2, 2));
    Owned iterator = TRY(iterate(thread, arguments[1]));
    auto* filter = allocate<Filter>(thread, type);
    if (filter == nullptr) return {};
    filter->function.init(Owned::share(arguments[0]));
    filter->iterator.init(std::move(iterator));
    track(filter);
    return Owned::adopt(filter);
}

Owned filter_next(Thread& thread, Value value) {
    auto& self = value.as<Filter>();
    Inner function(self, self.function);
    Inner iterator(self, self.iterator);
    bool by_truth = is_none(function) || same(function, Value::of(bool_type));
    for (;;) {
        Owned item = TRY(next(thread, iterator));
        if (item.is_nothing()) return item;
        bool keep;
        if (by_truth) {
            keep = TRY(is_true(thread, item));
        } else {
            Owned answer = TRY(call(thread, function, item));
            keep = TRY(is_true(thread, answer));
        }
        if (keep) return item;
    }
}

Owned filter_reduce(Thread& thread, Filter& self) {
    Ref<Tuple> arguments = TRY(make_tuple(thread, self.function.borrow(), self.iterator.borrow()));
    return make_tuple(thread, Value::of(type_of(Value::of(self))), arguments);
}

const MethodRow filter_rows[] = {
    {"__reduce__", "(self, /)", fn<filter_reduce>, "Return state information for pickling."},
    {},
};

}  // namespace

Type filter_type;
const TypeSpec filter_type_spec = {
    .name = "filter",
    .doc =
        "Return an iterator yielding those items of iterable for which function(item)\n"
        "is true. If function is None, return the items that are true.",
    .size = sizeof(Filter),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.iter = iterator_self,
              .next = filter_next,
              .make = filter_make,
              .fields = filter_fields},
    .methods = filter_rows,
    .signature = "(function, iterable, /)",
};

}  // namespace imugi
