// The module _collections: _tuplegetter, _count_elements, and the types.
#include "memory/collector.h"
#include "memory/heap.h"
#include "modules/_collections/collections.h"
#include "object/call.h"
#include "object/int.h"
#include "object/iteration.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi::collections {

// Descriptor of a named tuple's field. Immutable but for the doc, which Python may set.
struct TupleGetter : Object {
    Slot doc;
    Index index;
};

}  // namespace imugi::collections

namespace imugi {
IMUGI_MODULE_TYPE(collections::TupleGetter, collections::tuplegetter_spec);
}

namespace imugi::collections {

namespace {

// --- _tuplegetter ---

void tuplegetter_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<TupleGetter*>(self)->doc);
}

Owned tuplegetter_make(Thread& thread, Type& type, const Arguments& arguments) {
    TRY(reject_keywords(thread, "_tuplegetter", arguments));
    TRY(check_positional(thread, "_tuplegetter", arguments, 2, 2));
    Index index = TRY(to_ssize(thread, arguments[0], exc::OverflowError));
    auto* self = allocate<TupleGetter>(thread, type);
    if (self == nullptr) return {};
    self->index = index;
    self->doc.init(Owned::share(arguments[1]));
    track(self);
    return Owned::adopt(self);
}

Owned tuplegetter_get(Thread& thread, Value value, Value instance, Value) {
    auto& self = value.as<TupleGetter>();
    if (instance.is_empty() || is_none(instance)) return Owned::share(value);
    if (!is_tuple(instance))
        return raise(thread, exc::TypeError,
                     "descriptor for index '{}' for tuple subclasses doesn't apply to '{}' object",
                     self.index, type_name_of(instance));
    auto& tuple = instance.as<Tuple>();
    if (static_cast<size_t>(self.index) >= tuple.size)
        return raise(thread, exc::IndexError, "tuple index out of range");
    return tuple.items[self.index].share();
}

bool tuplegetter_set(Thread& thread, Value, Value, Value value) {
    return raise(thread, exc::AttributeError,
                 value.is_empty() ? "can't delete attribute" : "can't set attribute");
}

Owned doc_of(Thread& thread, TupleGetter& self) {
    Lock guard(thread, self);
    return self.doc.share();
}

Owned tuplegetter_repr(Thread& thread, Value value) {
    auto& self = value.as<TupleGetter>();
    Owned doc = doc_of(thread, self);
    return format(thread, "{}({}, {})", type_name(type_of(value)), self.index, repr_of(doc));
}

Owned tuplegetter_reduce(Thread& thread, TupleGetter& self) {
    Owned doc = doc_of(thread, self);
    Ref<Tuple> arguments = TRY(make_tuple(thread, Value::small_int(self.index), doc));
    return make_tuple(thread, Value::of(type_of(Value::of(self))), arguments);
}

const MethodRow tuplegetter_rows[] = {
    {"__reduce__", "(self, /)", fn<tuplegetter_reduce>},
    {},
};
const MemberRow tuplegetter_members[] = {
    {"__doc__", MemberKind::kObject, offsetof(TupleGetter, doc), false},
    {},
};

// --- _count_elements ---

// Whether counting may go straight to the dict: get() and item assignment are dict's own.
Result<bool> counts_directly(Thread& thread, Value mapping) {
    if (!is_dict(mapping)) return false;
    Type& type = type_of(mapping);
    for (Str* name : {&ID(get), &ID(__setitem__)}) {
        Owned own = TRY(lookup_in_mro(thread, type, *name));
        Owned dicts = TRY(lookup_in_mro(thread, dict_type, *name));
        if (!same(own, dicts)) return false;
    }
    return true;
}

bool count_elements(Thread& thread, Value mapping, Value iterable) {
    Iteration iterator(thread, iterable);
    if (!iterator) return {};
    if (TRY(counts_directly(thread, mapping))) {
        auto& dict = mapping.as<Dict>();
        for (;;) {
            Owned key = TRY(next(thread, iterator));
            if (key.is_nothing()) return true;
            int64_t key_hash = TRY(hash(thread, key));
            Owned count = TRY(dict_get_hashed(thread, dict, key, key_hash));
            if (count.is_nothing()) {
                count = Owned::small_int(1);
            } else if (count.value().is_small_int() &&
                       count.value().small_int() < Value::kSmallIntMax) {
                count = Owned::small_int(count.value().small_int() + 1);
            } else {
                count = TRY(binary_op(thread, BinaryOp::kAdd, count, Value::small_int(1)));
            }
            TRY(dict_set_hashed(thread, dict, key, key_hash, std::move(count)));
        }
    }
    Owned get = TRY(get_attribute(thread, mapping, ID(get)));
    for (;;) {
        Owned key = TRY(next(thread, iterator));
        if (key.is_nothing()) return true;
        Owned count = TRY(call(thread, get, key, Value::small_int(0)));
        count = TRY(binary_op(thread, BinaryOp::kAdd, count, Value::small_int(1)));
        TRY(set_item(thread, mapping, key, count));
    }
}

const MethodRow functions[] = {
    {"_count_elements", "(mapping, iterable, /)", fn<count_elements>,
     "Count elements in the iterable, updating the mapping"},
    {},
};

bool add(Thread& thread, Module& module, const TypeSpec& spec, Type** out) {
    *out = module_add_type(thread, module, spec);
    return *out != nullptr;
}

// A type that the module does not show.
bool make_hidden(Thread& thread, Module& module, const TypeSpec& spec, Type** out) {
    Ref<Type> type = TRY(make_native_type(thread, spec, &module));
    *out = type.get();  // immortal
    return true;
}

bool execute(Thread& thread, Module& module) {
    auto* state = make_module_state<State>(thread, module);
    if (!state) return false;
    Type* ignored;
    return add(thread, module, deque_spec, &state->deque) &&
           add(thread, module, defaultdict_spec, &ignored) &&
           add(thread, module, ordered_dict_spec, &state->ordered_dict) &&
           add(thread, module, deque_iterator_spec, &state->deque_iterator) &&
           add(thread, module, deque_reverse_iterator_spec, &state->deque_reverse_iterator) &&
           add(thread, module, tuplegetter_spec, &ignored) &&
           make_hidden(thread, module, odict_keys_spec, &state->odict_keys) &&
           make_hidden(thread, module, odict_items_spec, &state->odict_items) &&
           make_hidden(thread, module, odict_values_spec, &state->odict_values) &&
           make_hidden(thread, module, odict_iterator_spec, &state->odict_iterator);
}

ModuleSpec spec("_collections",
                "High performance data structures.\n"
                "- deque:        ordered collection accessible from endpoints only\n"
                "- defaultdict:  dict subclass with a default value factory\n",
                functions, execute);

}  // namespace

const TypeSpec tuplegetter_spec = {
    .name = "collections._tuplegetter",
    .size = sizeof(TupleGetter),
    .flags = kTypeTracked,
    .slots = {.repr = tuplegetter_repr,
              .descriptor_get = tuplegetter_get,
              .descriptor_set = tuplegetter_set,
              .make = tuplegetter_make,
              .fields = tuplegetter_fields},
    .methods = tuplegetter_rows,
    .members = tuplegetter_members,
};

}  // namespace imugi::collections
