// collections.OrderedDict: a dict, which keeps its order anyway, with operations on that order.
// Its iterators step a dict's iterator and word its errors differently.
#include "memory/collector.h"
#include "modules/_collections/collections.h"
#include "object/call.h"
#include "object/dict_table.h"
#include "object/iterators.h"
#include "object/list.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/repr_guard.h"
#include "object/stepping.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/unhashable.h"

namespace imugi::collections {

struct OrderedDict : Dict {
    OldestHint oldest;  // under the Lock
};

}  // namespace imugi::collections

namespace imugi {
IMUGI_MODULE_TYPE(collections::OrderedDict, collections::ordered_dict_spec);
}

namespace imugi::collections {

namespace {

bool is_odict(Value value) {
    return is_instance_of_spec(value, ordered_dict_spec);
}
bool is_exact(OrderedDict& self) {
    return type_of(Value::of(self)).spec == &ordered_dict_spec;
}
State& state_of(OrderedDict& self) {
    return state_of_type<State>(type_of(Value::of(self)), ordered_dict_spec);
}

// --- filling, as MutableMapping.update() does: through __setitem__ ---

bool set_pairs(Thread& thread, Value self, Value pairs) {
    Owned iterator = TRY(iterate(thread, pairs));
    for (;;) {
        Owned pair = TRY(next(thread, iterator));
        if (pair.is_nothing()) return true;
        Owned parts = TRY(iterate(thread, pair));
        Owned key = TRY(next(thread, parts));
        if (key.is_nothing())
            return raise(thread, exc::ValueError, "need more than 0 values to unpack");
        Owned value = TRY(next(thread, parts));
        if (value.is_nothing())
            return raise(thread, exc::ValueError, "need more than 1 value to unpack");
        Owned extra = TRY(next(thread, parts));
        if (!extra.is_nothing())
            return raise(thread, exc::ValueError, "too many values to unpack (expected 2)");
        TRY(set_item(thread, self, key, value));
    }
}

// From an exact OrderedDict as it is at one time.
bool update_from_ordered(Thread& thread, Dict& self, Dict& other) {
    Ref<Dict> plain = TRY(dict_copy(thread, other));
    return dict_update(thread, self, plain);
}

bool update_from(Thread& thread, Value self, Value other) {
    // In one step for other threads, as a dict's.
    if (is_exact(self.as<OrderedDict>())) {
        if (is_exact_dict(other)) return dict_update(thread, self.as<Dict>(), other);
        if (type_of(other).spec == &ordered_dict_spec)
            return update_from_ordered(thread, self.as<Dict>(), other.as<Dict>());
    }
    if (is_exact_dict(other)) {
        Ref<List> items = TRY(dict_items(thread, other.as<Dict>()));
        return set_pairs(thread, self, items);
    }
    Owned method = TRY(get_attribute_or_nothing(thread, other, ID(keys)));
    if (!method.is_nothing()) {
        Owned keys = TRY(call(thread, method));
        Owned iterator = TRY(iterate(thread, keys));
        for (;;) {
            Owned key = TRY(next(thread, iterator));
            if (key.is_nothing()) return true;
            Owned value = TRY(get_item(thread, other, key));
            TRY(set_item(thread, self, key, value));
        }
    }
    method = TRY(get_attribute_or_nothing(thread, other, ID(items)));
    if (method.is_nothing()) return set_pairs(thread, self, other);
    Owned items = TRY(call(thread, method));
    return set_pairs(thread, self, items);
}

bool odict_init(Thread& thread, Value self, const Arguments& arguments) {
    if (arguments.count > 1)
        return raise(thread, exc::TypeError, "expected at most 1 arguments, got {}",
                     arguments.count);
    if (arguments.count == 1) TRY(update_from(thread, self, arguments[0]));
    size_t named = arguments.names != nullptr ? arguments.names->size : 0;
    for (size_t i = 0; i < named; i++)
        TRY(set_item(thread, self, (*arguments.names)[i], arguments[arguments.count + i]));
    return true;
}

bool method_update(Thread& thread, OrderedDict& self, Args args, Kwargs kwargs) {
    if (args.count > 1)
        return raise(thread, exc::TypeError,
                     "update() takes at most 1 positional argument ({} given)", args.count);
    Value value = Value::of(self);
    if (args.count == 1) TRY(update_from(thread, value, args[0]));
    for (size_t i = 0; i < kwargs.count; i++)
        TRY(set_item(thread, value, kwargs.names[i], kwargs.values[i]));
    return true;
}

// --- slots ---

Owned odict_repr(Thread& thread, Value value) {
    auto& self = value.as<OrderedDict>();
    Str& name = type_name(type_of(value));
    if (dict_size(self) == 0) return format(thread, "{}()", name);
    ReprGuard guard(self);
    if (guard.is_recursive()) return make_str(thread, "...");
    Ref<Dict> plain;
    if (is_exact(self)) {
        plain = TRY(dict_copy(thread, self));
    } else {
        Owned items = TRY(call_method(thread, value, ID(items)));
        plain = TRY(make_dict(thread));
        TRY(dict_update_from_pairs(thread, *plain, items));
    }
    return format(thread, "{}({})", name, repr_of(plain));
}

// What tells whether keys were added, taken out or moved.
struct OrderState {
    uint64_t stamp;
    uint32_t used;
    Index size;

    explicit OrderState(Dict& dict) : size(dict_size(dict)) {
        mark_reader(&dict);
        const DictTable* table = dict.table.load(std::memory_order_acquire);
        stamp = table->stamp;
        used = table->used_entries.load(std::memory_order_acquire);
    }
    bool operator==(const OrderState&) const = default;
};

Result<bool> same_order(Thread& thread, Dict& left, Dict& right) {
    OrderState left_state(left), right_state(right);
    if (left_state.size != right_state.size) return false;
    size_t left_position = 0, right_position = 0;
    Owned a, b, ignored;
    while (dict_next(thread, left, &left_position, &a, &ignored) &&
           dict_next(thread, right, &right_position, &b, &ignored)) {
        bool equal = TRY(equals(thread, a, b));
        OrderState left_now(left), right_now(right);
        if (left_now != left_state || right_now != right_state)
            return raise(thread, exc::RuntimeError, "OrderedDict mutated during iteration");
        if (!equal) return false;
    }
    return true;
}

Owned odict_compare(Thread& thread, Value self, Value other, CompareOp op) {
    if (!is_dict(other) || (op != CompareOp::kEq && op != CompareOp::kNe))
        return Owned::share(not_implemented());
    bool equal = TRY(dict_equal(thread, self.as<Dict>(), other.as<Dict>()));
    if (equal && is_odict(other))
        equal = TRY(same_order(thread, self.as<Dict>(), other.as<Dict>()));
    return Owned::share(boolean(equal == (op == CompareOp::kEq)));
}

Owned odict_or(Thread& thread, Value left, Value right) {
    if (!is_dict(left) || !is_dict(right)) return Owned::share(not_implemented());
    Owned result = TRY(call(thread, share_type(is_odict(left) ? left : right), left));
    TRY(update_from(thread, result, right));
    return result;
}

Owned odict_inplace_or(Thread& thread, Value self, Value other) {
    TRY(update_from(thread, self, other));
    return Owned::share(self);
}

// --- iterators ---

struct OdictIterator : Object {
    Slot iterator;  // a dict's iterator, immutable
    Slot dict;      // empty once exhausted
    OrderState state;
};

void iterator_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<OdictIterator*>(self)->iterator);
    visitor.visit(static_cast<OdictIterator*>(self)->dict);
}

Owned make_odict_iterator(Thread& thread, Type& dict_iterator, OrderedDict& dict) {
    Owned inner = TRY(make_dict_iterator(thread, dict_iterator, dict));
    auto* iterator = allocate<OdictIterator>(thread, *state_of(dict).odict_iterator);
    if (iterator == nullptr) return {};
    iterator->iterator.init(std::move(inner));
    iterator->dict.init(Owned::share(dict));
    iterator->state = OrderState(dict);
    track(iterator);
    return Owned::adopt(iterator);
}

Owned iterator_next(Thread& thread, Value self) {
    auto& iterator = self.as<OdictIterator>();
    // The dict is only looked at before anything else can happen: to a lone iterator nothing does.
    bool alone = is_unique(&iterator);
    Owned held = alone ? Owned() : load_field(thread, iterator, iterator.dict);
    Value dict = alone ? iterator.dict.borrow() : held.value();
    if (dict.is_empty()) return Owned::nothing();
    if (OrderState(dict.as<Dict>()) != iterator.state)
        return raise(thread, exc::RuntimeError, "OrderedDict mutated during iteration");
    Inner inner(iterator, iterator.iterator);
    Owned item = next(thread, inner);
    if (item.is_nothing()) clear_field(thread, iterator, iterator.dict);
    if (!item && clear_exception_if(thread, exc::RuntimeError))
        return raise(thread, exc::RuntimeError, "OrderedDict mutated during iteration");
    return item;
}

Owned iterator_reduce(Thread& thread, Value self) {
    Owned inner = self.as<OdictIterator>().iterator.share();
    return call_method(thread, inner, ID(__reduce__));
}

const MethodRow iterator_rows[] = {
    {"__reduce__", "(self, /)", fn<iterator_reduce>, "Return state information for pickling"},
    {},
};

Owned odict_iter(Thread& thread, Value self) {
    return make_odict_iterator(thread, dict_key_iterator_type, self.as<OrderedDict>());
}

Owned method_reversed(Thread& thread, OrderedDict& self) {
    return make_odict_iterator(thread, dict_reverse_key_iterator_type, self);
}

OrderedDict& viewed(Value view) {
    return dict_view_dict(view).as<OrderedDict>();
}
template <Type* iterator_type>
Owned view_iter(Thread& thread, Value self) {
    return make_odict_iterator(thread, *iterator_type, viewed(self));
}
template <Type* iterator_type>
Owned view_reversed(Thread& thread, Value self) {
    return make_odict_iterator(thread, *iterator_type, viewed(self));
}

// --- methods ---

Owned method_pop(Thread& thread, OrderedDict& self, Value key, Value otherwise) {
    Owned value = TRY(dict_pop(thread, self, key));
    if (!value.is_nothing()) return value;
    if (!otherwise.is_empty()) return Owned::share(otherwise);
    return raise_key_error(thread, key);
}

Owned method_popitem(Thread& thread, OrderedDict& self, bool last) {
    Owned key;
    Owned value = last ? dict_pop_newest(thread, self, &key)
                       : dict_pop_oldest(thread, self, self.oldest, &key);
    if (value.is_nothing()) return raise(thread, exc::KeyError, "dictionary is empty");
    return make_tuple(thread, key, value);
}

Owned method_setdefault(Thread& thread, OrderedDict& self, Value key, Value otherwise) {
    if (is_exact(self)) return dict_set_default(thread, self, key, otherwise);
    Value value = Value::of(self);
    if (TRY(contains(thread, value, key))) return get_item(thread, value, key);
    TRY(set_item(thread, value, key, otherwise));
    return Owned::share(otherwise);
}

bool method_move_to_end(Thread& thread, OrderedDict& self, Value key, bool last) {
    Result<int64_t> key_hash = hash(thread, key);
    if (!key_hash) return false;
    if (TRY(dict_move_to_end(thread, self, key, *key_hash, last))) return true;
    return raise_key_error(thread, key);
}

bool method_clear(Thread& thread, OrderedDict& self) {
    dict_clear(thread, self);
    return true;
}

Owned method_copy(Thread& thread, OrderedDict& self) {
    Value value = Value::of(self);
    Owned copy = TRY(call(thread, share_type(value)));
    if (is_exact(self)) {
        TRY(update_from_ordered(thread, copy.as<Dict>(), self));
        return copy;
    }
    size_t position = 0;
    Owned key, ignored;
    while (dict_next(thread, self, &position, &key, &ignored)) {
        Owned item = TRY(get_item(thread, value, key));
        TRY(set_item(thread, copy, key, item));
    }
    return copy;
}

Owned method_fromkeys(Thread& thread, Type& type, Value iterable, Value value) {
    Owned made = TRY(call(thread, Value::of(type)));
    Owned iterator = TRY(iterate(thread, iterable));
    for (;;) {
        Owned key = TRY(next(thread, iterator));
        if (key.is_nothing()) return made;
        TRY(set_item(thread, made, key, value));
    }
}

Owned method_reduce(Thread& thread, OrderedDict& self) {
    Value value = Value::of(self);
    Owned state = TRY(call_getstate(thread, value));
    Owned items = TRY(call_method(thread, value, ID(items)));
    Owned iterator = TRY(iterate(thread, items));
    return make_tuple(thread, Value::of(type_of(value)), empty_tuple(), state, none(), iterator);
}

Owned method_keys(Thread& thread, OrderedDict& self) {
    return make_dict_view(thread, *state_of(self).odict_keys, self);
}
Owned method_values(Thread& thread, OrderedDict& self) {
    return make_dict_view(thread, *state_of(self).odict_values, self);
}
Owned method_items(Thread& thread, OrderedDict& self) {
    return make_dict_view(thread, *state_of(self).odict_items, self);
}

const MethodRow odict_rows[] = {
    {"fromkeys", "(type, /, iterable, value=None)", fn<method_fromkeys>,
     "Create a new ordered dictionary with keys from iterable and values set to value.",
     kMethodClass},
    {"__reduce__", "(self, /)", fn<method_reduce>, "Return state information for pickling"},
    {"setdefault", "(self, /, key, default=None)", fn<method_setdefault>,
     "Insert key with a value of default if key is not in the dictionary.\n\n"
     "Return the value for key if key is in the dictionary, else default."},
    {"pop", "(self, /, key, default=<unrepresentable>)", fn<method_pop>,
     "od.pop(key[,default]) -> v, remove specified key and return the corresponding value.\n\n"
     "If the key is not found, return the default if given; otherwise,\nraise a KeyError."},
    {"popitem", "(self, /, last=True)", fn<method_popitem>,
     "Remove and return a (key, value) pair from the dictionary.\n\n"
     "Pairs are returned in LIFO order if last is true or FIFO order if false."},
    {"keys", "(self, /)", fn<method_keys>},
    {"values", "(self, /)", fn<method_values>},
    {"items", "(self, /)", fn<method_items>},
    {"update", "(self, /, *args, **kwargs) -> None", fn<method_update>},
    {"clear", "(self, /)", fn<method_clear>, "od.clear() -> None.  Remove all items from od."},
    {"copy", "(self, /)", fn<method_copy>, "od.copy() -> a shallow copy of od"},
    {"__reversed__", "(self, /)", fn<method_reversed>, "od.__reversed__() <==> reversed(od)"},
    {"move_to_end", "(self, /, key, last=True)", fn<method_move_to_end>,
     "Move an existing element to the end (or beginning if last is false).\n\n"
     "Raise KeyError if the element does not exist."},
    {},
};

const GetSetRow odict_getsets[] = {kInstanceDictRow, {}};

template <Type* iterator_type>
constexpr MethodRow reversed_rows[] = {
    {"__reversed__", "(self, /)", fn<view_reversed<iterator_type>>},
    {},
};

}  // namespace

const TypeSpec ordered_dict_spec = {
    .name = "collections.OrderedDict",
    .doc = "Dictionary that remembers insertion order",
    .base = &dict_type,
    .size = sizeof(OrderedDict),
    .flags = kTypeBase | kTypeTracked | kTypeHasDict | kTypeHasWeakrefs,
    .slots = {.repr = odict_repr,
              .hash = unhashable,
              .compare = odict_compare,
              .iter = odict_iter,
              .init = odict_init,
              .bit_or = odict_or,
              .inplace_or = odict_inplace_or},
    .methods = odict_rows,
    .getsets = odict_getsets,
};

const TypeSpec odict_keys_spec = {
    .name = "odict_keys",
    .base = &dict_keys_type,
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.iter = view_iter<&dict_key_iterator_type>},
    .methods = reversed_rows<&dict_reverse_key_iterator_type>,
};
const TypeSpec odict_items_spec = {
    .name = "odict_items",
    .base = &dict_items_type,
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.iter = view_iter<&dict_item_iterator_type>},
    .methods = reversed_rows<&dict_reverse_item_iterator_type>,
};
const TypeSpec odict_values_spec = {
    .name = "odict_values",
    .base = &dict_values_type,
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.iter = view_iter<&dict_value_iterator_type>},
    .methods = reversed_rows<&dict_reverse_value_iterator_type>,
};
const TypeSpec odict_iterator_spec = {
    .name = "odict_iterator",
    .size = sizeof(OdictIterator),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.iter = iterator_self, .next = iterator_next, .fields = iterator_fields},
    .methods = iterator_rows,
};

}  // namespace imugi::collections
