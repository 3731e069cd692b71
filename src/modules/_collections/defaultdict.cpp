// collections.defaultdict: a dict with one more field, read and replaced under its Lock.
#include "memory/collector.h"
#include "modules/_collections/collections.h"
#include "object/call.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/repr_guard.h"
#include "object/stepping.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi::collections {

struct DefaultDict : Dict {
    Slot factory;  // empty: none
};

}  // namespace imugi::collections

namespace imugi {
IMUGI_MODULE_TYPE(collections::DefaultDict, collections::defaultdict_spec);
}

namespace imugi::collections {

namespace {

void defaultdict_fields(Object* self, FieldVisitor& visitor) {
    dict_type.slots.fields(self, visitor);
    visitor.visit(static_cast<DefaultDict*>(self)->factory);
}

Owned factory_of(Thread& thread, DefaultDict& self) {
    Owned factory = load_field(thread, self, self.factory);
    return factory ? std::move(factory) : Owned::share(none());
}

bool defaultdict_init(Thread& thread, Value value, const Arguments& arguments) {
    auto& self = value.as<DefaultDict>();
    Value factory = none();
    Arguments rest = arguments;
    if (arguments.count > 0) {
        factory = arguments[0];
        if (!is_none(factory) && !is_callable(factory))
            return raise(thread, exc::TypeError, "first argument must be callable or None");
        rest.values++;
        rest.count--;
    }
    Owned old =
        swap_field(thread, self, self.factory, is_none(factory) ? Owned() : Owned::share(factory));
    return dict_type.slots.init(thread, value, rest);
}

Owned missing(Thread& thread, DefaultDict& self, Value key) {
    Owned factory = load_field(thread, self, self.factory);
    if (!factory) return raise_key_error(thread, key);
    Owned value = TRY(call(thread, factory));
    TRY(set_item(thread, Value::of(self), key, value));
    return value;
}

Owned defaultdict_repr(Thread& thread, Value value) {
    auto& self = value.as<DefaultDict>();
    Owned base = TRY(dict_type.slots.repr(thread, value));
    Owned factory = factory_of(thread, self);
    Owned shown;
    if (is_none(factory)) {
        shown = TRY(make_str(thread, "None"));
    } else {
        ReprGuard guard(*factory.value().object());
        shown = TRY(guard.is_recursive() ? make_str(thread, "...").owned() : repr(thread, factory));
    }
    return format(thread, "{}({}, {})", type_name(type_of(value)), shown, base);
}

Owned make_like(Thread& thread, DefaultDict& self, Value items) {
    Owned factory = factory_of(thread, self);
    return call(thread, share_type(Value::of(self)), factory, items);
}

Owned defaultdict_copy(Thread& thread, DefaultDict& self) {
    return make_like(thread, self, Value::of(self));
}

Owned defaultdict_or(Thread& thread, Value left, Value right) {
    if (!is_dict(left) || !is_dict(right)) return Owned::share(not_implemented());
    Value self = is_instance_of_spec(left, defaultdict_spec) ? left : right;
    Owned result = TRY(make_like(thread, self.as<DefaultDict>(), left));
    TRY(dict_update(thread, result.as<Dict>(), right));
    return result;
}

Owned reduce(Thread& thread, DefaultDict& self) {
    Owned factory = factory_of(thread, self);
    Ref<Tuple> arguments = TRY(is_none(factory) ? empty_tuple() : make_tuple(thread, factory));
    Owned items = TRY(call_method(thread, Value::of(self), ID(items)));
    Owned iterator = TRY(iterate(thread, items));
    return make_tuple(thread, Value::of(type_of(Value::of(self))), arguments, none(), none(),
                      iterator);
}

Owned get_factory(Thread& thread, Value self) {
    return factory_of(thread, self.as<DefaultDict>());
}

bool set_factory(Thread& thread, Value value, Value factory) {
    auto& self = value.as<DefaultDict>();
    bool none_given = factory.is_empty() || is_none(factory);
    Owned old =
        swap_field(thread, self, self.factory, none_given ? Owned() : Owned::share(factory));
    return true;
}

const MethodRow defaultdict_rows[] = {
    {"__missing__", "(self, object, /)", fn<missing>,
     "__missing__(key) # Called by __getitem__ for missing key; pseudo-code:\n"
     "  if self.default_factory is None: raise KeyError((key,))\n"
     "  self[key] = value = self.default_factory()\n"
     "  return value\n"},
    {"copy", "(self, /)", fn<defaultdict_copy>, "D.copy() -> a shallow copy of D."},
    {"__copy__", "(self, /)", fn<defaultdict_copy>, "D.copy() -> a shallow copy of D."},
    {"__reduce__", "(self, /)", fn<reduce>, "Return state information for pickling."},
    {"__class_getitem__", "(type, object, /)", fn<class_getitem>, "See PEP 585", kMethodClass},
    {},
};

const GetSetRow defaultdict_getsets[] = {
    {"default_factory", get_factory, set_factory,
     "Factory for default value called by __missing__()."},
    {},
};

}  // namespace

const TypeSpec defaultdict_spec = {
    .name = "collections.defaultdict",
    .doc =
        "defaultdict(default_factory=None, /, [...]) --> dict with default factory\n\n"
        "The default factory is called without arguments to produce\n"
        "a new value when a key is not present, in __getitem__ only.\n"
        "A defaultdict compares equal to a dict with the same items.\n"
        "All remaining arguments are treated the same as if they were\n"
        "passed to the dict constructor, including keyword arguments.\n",
    .base = &dict_type,
    .size = sizeof(DefaultDict),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.repr = defaultdict_repr,
              .init = defaultdict_init,
              .fields = defaultdict_fields,
              .bit_or = defaultdict_or},
    .methods = defaultdict_rows,
    .getsets = defaultdict_getsets,
};

}  // namespace imugi::collections
