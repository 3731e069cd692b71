// dict_keys, dict_values and dict_items: views of a dict, immutable themselves. Set operations on
// them give sets.
#include "memory/collector.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/list.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/repr_guard.h"
#include "object/set.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/unhashable.h"

namespace imugi {

struct DictView : Object {
    Slot dict;  // immutable
};

template <>
struct BuiltinTypeOf<DictView> {
    static Type& type() { return dict_keys_type; }
    static bool check(Value value) {
        return is_instance_of(value, dict_keys_type) || is_instance_of(value, dict_items_type) ||
               is_instance_of(value, dict_values_type);
    }
};

namespace {

Dict& viewed(Value view) {
    return view.as<DictView>().dict.as<Dict>();
}
bool is_keys(Value value) {
    return is_instance_of(value, dict_keys_type);
}
bool is_items(Value value) {
    return is_instance_of(value, dict_items_type);
}
bool is_set_like_view(Value value) {
    return is_keys(value) || is_items(value);
}

void view_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<DictView*>(self)->dict);
}

Result<Index> view_length(Thread&, Value self) {
    return dict_size(viewed(self));
}

Owned view_repr(Thread& thread, Value self) {
    ReprGuard guard(*self.object());
    if (guard.is_recursive()) return make_str(thread, "...");
    Ref<List> items = TRY(list_from(thread, self));
    return format(thread, "{}({})", type_name_of(self), repr_of(items));
}

Owned keys_iter(Thread& thread, Value self) {
    return make_dict_iterator(thread, dict_key_iterator_type, viewed(self));
}
Owned values_iter(Thread& thread, Value self) {
    return make_dict_iterator(thread, dict_value_iterator_type, viewed(self));
}
Owned items_iter(Thread& thread, Value self) {
    return make_dict_iterator(thread, dict_item_iterator_type, viewed(self));
}

Result<bool> keys_contains(Thread& thread, Value self, Value key) {
    return dict_contains(thread, viewed(self), key);
}
Result<bool> items_contains(Thread& thread, Value self, Value item) {
    if (!is_tuple(item) || item.as<Tuple>().size != 2) return false;
    auto& pair = item.as<Tuple>();
    Owned found = TRY(dict_get(thread, viewed(self), pair[0]));
    if (found.is_nothing()) return false;
    return equals(thread, found, pair[1]);
}

// --- comparison ---

Result<bool> all_in(Thread& thread, Value inner, Value outer) {
    Owned iterator = TRY(iterate(thread, inner));
    for (;;) {
        Owned item = TRY(next(thread, iterator));
        if (item.is_nothing()) return true;
        if (!TRY(contains(thread, outer, item))) return false;
    }
}

Owned view_compare(Thread& thread, Value self, Value other, CompareOp op) {
    if (!is_any_set(other) && !is_set_like_view(other)) return Owned::share(not_implemented());
    Index left = TRY(length(thread, self));
    Index right = TRY(length(thread, other));
    bool result = false;
    switch (op) {
        case CompareOp::kEq:
        case CompareOp::kNe:
            if (left == right) result = TRY(all_in(thread, self, other));
            if (op == CompareOp::kNe) result = !result;
            break;
        case CompareOp::kLt:
            if (left < right) result = TRY(all_in(thread, self, other));
            break;
        case CompareOp::kLe:
            if (left <= right) result = TRY(all_in(thread, self, other));
            break;
        case CompareOp::kGt:
            if (left > right) result = TRY(all_in(thread, other, self));
            break;
        case CompareOp::kGe:
            if (left >= right) result = TRY(all_in(thread, other, self));
            break;
    }
    return Owned::share(boolean(result));
}

// --- set operations ---

Ref<Set> to_set(Thread& thread, Value iterable) {
    Ref<Set> set = TRY(make_set(thread));
    bool whole_dict = is_keys(iterable) && is_exact_dict(Value::of(viewed(iterable)));
    Value source = whole_dict ? Value::of(viewed(iterable)) : iterable;
    TRY(set_update(thread, *set, source));
    return set;
}

Owned view_subtract(Thread& thread, Value self, Value other) {
    Ref<Set> result = TRY(to_set(thread, self));
    if (!call_method(thread, result, ID(difference_update), other)) return {};
    return result;
}

Owned view_or(Thread& thread, Value self, Value other) {
    Ref<Set> result = TRY(to_set(thread, self));
    TRY(set_update(thread, *result, other));
    return result;
}

Owned view_and(Thread& thread, Value left, Value right) {
    Value self = left, other = right;
    if (!is_set_like_view(self)) std::swap(self, other);
    if (is_exact_set(other) && dict_size(viewed(self)) <= set_size(other.as<Set>()))
        return call_method(thread, other, ID(intersection), self);
    if (is_set_like_view(other) && dict_size(viewed(other)) > dict_size(viewed(self)))
        std::swap(self, other);
    Ref<Set> result = TRY(make_set(thread));
    Owned iterator = TRY(iterate(thread, other));
    for (;;) {
        Owned item = TRY(next(thread, iterator));
        if (item.is_nothing()) return result;
        bool found = is_keys(self) ? TRY(keys_contains(thread, self, item))
                                   : TRY(items_contains(thread, self, item));
        if (found) TRY(set_add(thread, *result, item));
    }
}

// Items that only one of the two dicts has. Equal items need not be hashable.
Owned items_xor(Thread& thread, Dict& left, Dict& right) {
    Ref<Set> result = TRY(make_set(thread));
    Ref<Dict> rest = TRY(dict_copy(thread, left));
    size_t position = 0;
    Owned key, value;
    while (dict_next(thread, right, &position, &key, &value)) {
        Owned mine = TRY(dict_get(thread, *rest, key));
        bool equal = false;
        if (!mine.is_nothing()) {
            equal = TRY(equals(thread, mine, value));
            if (equal) TRY(dict_delete(thread, *rest, key));
        }
        if (equal) continue;
        Ref<Tuple> pair = TRY(make_tuple(thread, key, value));
        TRY(set_add(thread, *result, pair));
    }
    position = 0;
    while (dict_next(thread, *rest, &position, &key, &value)) {
        Ref<Tuple> pair = TRY(make_tuple(thread, key, value));
        TRY(set_add(thread, *result, pair));
    }
    return result;
}

Owned view_xor(Thread& thread, Value self, Value other) {
    if (is_items(self) && is_items(other)) return items_xor(thread, viewed(self), viewed(other));
    Ref<Set> result = TRY(to_set(thread, self));
    if (!call_method(thread, result, ID(symmetric_difference_update), other)) return {};
    return result;
}

// --- methods ---

Result<bool> view_isdisjoint(Thread& thread, DictView& view, Value object) {
    Value self = Value::of(view), other = object;
    if (same(self, other)) return dict_size(viewed(self)) == 0;
    if (is_exact_set(other) || is_set_like_view(other)) {
        if (TRY(length(thread, other)) > dict_size(viewed(self))) std::swap(self, other);
    }
    Owned iterator = TRY(iterate(thread, other));
    for (;;) {
        Owned item = TRY(next(thread, iterator));
        if (item.is_nothing()) return true;
        if (TRY(contains(thread, self, item))) return false;
    }
}

template <Type* type>
Owned view_reversed(Thread& thread, DictView& self) {
    return make_dict_iterator(thread, *type, self.dict.as<Dict>());
}

Owned view_mapping(Thread& thread, Value self) {
    return call(thread, Value::of(mappingproxy_type), self.as<DictView>().dict.borrow());
}

constexpr const char* kDisjointDoc =
    "Return True if the view and the given iterable have a null intersection.";

const MethodRow keys_rows[] = {
    {"isdisjoint", "(self, object, /)", fn<view_isdisjoint>, kDisjointDoc},
    {"__reversed__", "(self, /)", fn<view_reversed<&dict_reverse_key_iterator_type>>,
     "Return a reverse iterator over the dict keys."},
    {},
};
const MethodRow items_rows[] = {
    {"isdisjoint", "(self, object, /)", fn<view_isdisjoint>, kDisjointDoc},
    {"__reversed__", "(self, /)", fn<view_reversed<&dict_reverse_item_iterator_type>>,
     "Return a reverse iterator over the dict items."},
    {},
};
const MethodRow values_rows[] = {
    {"__reversed__", "(self, /)", fn<view_reversed<&dict_reverse_value_iterator_type>>,
     "Return a reverse iterator over the dict values."},
    {},
};
const GetSetRow view_getsets[] = {
    {"mapping", view_mapping, nullptr, "dictionary that this view refers to"},
    {},
};

}  // namespace

Owned make_dict_view(Thread& thread, Type& type, Dict& dict) {
    auto* view = allocate<DictView>(thread, type);
    if (view == nullptr) return {};
    view->dict.init(Owned::share(dict));
    track(view);
    return Owned::adopt(view);
}

bool is_dict_view(Value value) {
    if (!value.is_object()) return false;
    Type& type = type_of(value);
    return (&type == &dict_keys_type || &type == &dict_items_type || &type == &dict_values_type) &&
           is_exact_dict(Value::of(viewed(value)));
}

Ref<List> list_dict_view(Thread& thread, Value view) {
    Type& type = type_of(view);
    Dict& dict = viewed(view);
    return &type == &dict_keys_type    ? dict_keys(thread, dict)
           : &type == &dict_items_type ? dict_items(thread, dict)
                                       : dict_values(thread, dict);
}

Value dict_view_dict(Value view) {
    return view.as<DictView>().dict.borrow();
}

Type dict_keys_type;
const TypeSpec dict_keys_type_spec = {
    .name = "dict_keys",
    .size = sizeof(DictView),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.repr = view_repr,
              .hash = unhashable,
              .compare = view_compare,
              .iter = keys_iter,
              .fields = view_fields,
              .subtract = view_subtract,
              .bit_and = view_and,
              .bit_xor = view_xor,
              .bit_or = view_or,
              .sequence_length = view_length,
              .contains = keys_contains},
    .methods = keys_rows,
    .getsets = view_getsets,
};

Type dict_items_type;
const TypeSpec dict_items_type_spec = {
    .name = "dict_items",
    .size = sizeof(DictView),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.repr = view_repr,
              .hash = unhashable,
              .compare = view_compare,
              .iter = items_iter,
              .fields = view_fields,
              .subtract = view_subtract,
              .bit_and = view_and,
              .bit_xor = view_xor,
              .bit_or = view_or,
              .sequence_length = view_length,
              .contains = items_contains},
    .methods = items_rows,
    .getsets = view_getsets,
};

Type dict_values_type;
const TypeSpec dict_values_type_spec = {
    .name = "dict_values",
    .size = sizeof(DictView),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.repr = view_repr,
              .iter = values_iter,
              .fields = view_fields,
              .sequence_length = view_length},
    .methods = values_rows,
    .getsets = view_getsets,
};

}  // namespace imugi
