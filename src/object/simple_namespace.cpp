// types.SimpleNamespace: attributes and nothing else. Storage is attribute.cpp's.
#include "memory/collector.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/repr_guard.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

struct SimpleNamespace : Object {};
IMUGI_BUILTIN_TYPE_BY_OBJECT(SimpleNamespace, simple_namespace_type);

namespace {

Owned namespace_make(Thread& thread, Type& type, const Arguments& arguments) {
    Object* object = allocate_object(thread, type);
    if (!object) return {};
    track(object);
    return Owned::adopt(object);
}

bool namespace_init(Thread& thread, Value self, const Arguments& arguments) {
    Arguments positional = arguments.positional();
    TRY(check_positional(thread, "SimpleNamespace", positional, 0, 1));
    Owned dict = TRY(instance_dict(thread, self.object()));
    if (arguments.count) {
        Ref<Dict> given = TRY(make_dict(thread));
        TRY(dict_update(thread, *given, arguments[0]));
        size_t position = 0;
        Owned key, value;
        while (dict_next(thread, *given, &position, &key, &value))
            if (!is_str(key)) return raise(thread, exc::TypeError, "keywords must be strings");
        TRY(dict_update(thread, dict.as<Dict>(), given));
    }
    for (size_t i = 0; arguments.names && i < arguments.names->size; i++)
        TRY(dict_set(thread, dict.as<Dict>(), (*arguments.names)[i],
                     arguments[arguments.count + i]));
    return true;
}

Owned namespace_repr(Thread& thread, Value self) {
    StrBuilder out(thread);
    if (&type_of(self) == &simple_namespace_type)
        TRY(out.append("namespace"));
    else
        TRY(out.append(type_name(type_of(self))));
    ReprGuard guard(*self.object());
    TRY(out.append("("));
    if (guard.is_recursive()) {
        TRY(out.append("...)"));
        return out.finish();
    }
    Owned dict = TRY(instance_dict(thread, self.object()));
    Ref<Dict> snapshot = TRY(dict_copy(thread, dict.as<Dict>()));
    size_t position = 0;
    Owned key, value;
    bool first = true;
    while (dict_next(thread, *snapshot, &position, &key, &value)) {
        if (!is_str(key) || key.as<Str>().length() == 0) continue;
        if (!first) TRY(out.append(", "));
        first = false;
        Owned text = TRY(repr(thread, value));
        TRY(out.append(key.as<Str>()) && out.append("=") && out.append(text.as<Str>()));
    }
    TRY(out.append(")"));
    return out.finish();
}

Owned namespace_compare(Thread& thread, Value left, Value right, CompareOp op) {
    if (!is_instance_of(left, simple_namespace_type) ||
        !is_instance_of(right, simple_namespace_type))
        return Owned::share(not_implemented());
    Owned a = TRY(instance_dict(thread, left.object()));
    Owned b = TRY(instance_dict(thread, right.object()));
    return compare(thread, a, b, op);
}

Owned get_dict(Thread& thread, Value self) {
    return instance_dict(thread, self.object());
}

Owned namespace_reduce(Thread& thread, Value self) {
    Owned dict = TRY(instance_dict(thread, self.object()));
    Ref<Tuple> none_given = empty_tuple();
    return make_tuple(thread, Value::of(type_of(self)), none_given.value(), dict.value());
}

Owned namespace_replace(Thread& thread, SimpleNamespace& self, Kwargs changes) {
    Value object = Value::of(self);
    Owned copy = TRY(call(thread, share_type(object)));
    if (!is_instance_of(copy, simple_namespace_type))
        return raise(thread, exc::TypeError, "expect {} type, but {}() returned '{}' object",
                     simple_namespace_type, type_name_of(object), type_name_of(copy));
    Owned from = TRY(instance_dict(thread, &self));
    Owned to = TRY(instance_dict(thread, copy.value().object()));
    TRY(dict_update(thread, to.as<Dict>(), from));
    for (size_t i = 0; i < changes.count; i++)
        TRY(dict_set(thread, to.as<Dict>(), changes.names[i], changes.values[i]));
    return copy;
}

const MethodRow namespace_methods[] = {
    {"__reduce__", "(self, /)", fn<namespace_reduce>, "Return state information for pickling"},
    {"__replace__", "(self, /, **changes)", fn<namespace_replace>,
     "Return a copy of the namespace object with new values for the specified attributes."},
    {},
};
const GetSetRow namespace_getsets[] = {{"__dict__", get_dict}, {}};

}  // namespace

Owned make_simple_namespace(Thread& thread) {
    return namespace_make(thread, simple_namespace_type, {});
}

Type simple_namespace_type;
const TypeSpec simple_namespace_type_spec = {
    .name = "types.SimpleNamespace",
    .doc = "A simple attribute-based namespace.",
    .size = sizeof(SimpleNamespace),
    .flags = kTypeBase | kTypeTracked | kTypeHasDict,
    .slots = {.repr = namespace_repr,
              .compare = namespace_compare,
              .make = namespace_make,
              .init = namespace_init},
    .methods = namespace_methods,
    .getsets = namespace_getsets,
    .signature = "(mapping_or_iterable=(), /, **kwargs)",
};

}  // namespace imugi
