// typing.TypeAliasType: `type X = ...`. The value is evaluated on demand and kept under the Lock.
#include "memory/collector.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/generic_alias.h"
#include "object/module.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/typevar.h"
#include "object/value_buffer.h"
#include "object/vm_support.h"
#include "thread/lock.h"

namespace imugi {

struct TypeAlias : Object {
    Slot name;             // str, immutable
    Slot type_parameters;  // tuple, immutable; empty for none
    Slot evaluator;        // immutable; empty when the value was given
    Slot value;            // empty until evaluated
};
IMUGI_BUILTIN_TYPE_BY_OBJECT(TypeAlias, type_alias_type);

namespace {

TypeAlias& as_alias(Value v) {
    return v.as<TypeAlias>();
}

Ref<Tuple> type_parameters(TypeAlias& alias) {
    if (alias.type_parameters.is_empty()) return empty_tuple();
    return Ref<Tuple>::share(alias.type_parameters.as<Tuple>());
}

Owned make(Thread& thread, Value name, Value parameters, Value evaluator, Value value) {
    auto* alias = allocate<TypeAlias>(thread, type_alias_type);
    if (!alias) return {};
    Owned result = Owned::adopt(alias);
    alias->name.init(Owned::share(name));
    if (is_tuple(parameters) && parameters.as<Tuple>().size)
        alias->type_parameters.init(Owned::share(parameters));
    if (!evaluator.is_empty()) alias->evaluator.init(Owned::share(evaluator));
    if (!value.is_empty()) alias->value.init(Owned::share(value));
    track(alias);
    TRY(set_module_of_caller(thread, result));
    return result;
}

Owned alias_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value out[3];
    TRY(bind_arguments(thread, "typealias", "(name, value, *, type_params=())", arguments, out, 3));
    if (!is_str(out[0]))
        return raise(thread, exc::TypeError, "typealias() argument 'name' must be str, not {}",
                     is_none(out[0]) ? FormatArgument("None") : type_name_of(out[0]));
    if (!is_tuple(out[2])) return raise(thread, exc::TypeError, "type_params must be a tuple");
    auto& parameters = out[2].as<Tuple>();
    bool default_seen = false;
    for (size_t i = 0; i < parameters.size; i++) {
        Value parameter = parameters[i];
        bool known = is_instance_of(parameter, typevar_type) ||
                     is_instance_of(parameter, paramspec_type) ||
                     is_instance_of(parameter, typevartuple_type);
        if (!known)
            return raise(thread, exc::TypeError, "Expected a type param, got {}",
                         repr_of(parameter));
        Owned has = TRY(call_method(thread, parameter, ID(has_default)));
        if (same(has, boolean(true)))
            default_seen = true;
        else if (default_seen)
            return raise(thread, exc::TypeError,
                         "non-default type parameter {} follows default type parameter",
                         repr_of(parameter));
    }
    return make(thread, out[0], out[2], Value(), out[1]);
}

Owned alias_repr(Thread& thread, Value self) {
    return as_alias(self).name.share();
}

Owned alias_subscript(Thread& thread, Value self, Value item) {
    if (as_alias(self).type_parameters.is_empty())
        return raise(thread, exc::TypeError, "Only generic type aliases are subscriptable");
    return make_generic_alias(thread, self, item);
}

Owned alias_iter(Thread& thread, Value self) {
    Owned unpack = TRY(module_attribute(thread, ID(typing), ID(Unpack)));
    Owned unpacked = TRY(get_item(thread, unpack, self));
    Ref<Tuple> one = TRY(make_tuple(thread, unpacked.value()));
    return iterate(thread, one);
}

void alias_fields(Object* object, FieldVisitor& visitor) {
    auto& alias = *static_cast<TypeAlias*>(object);
    visitor.visit(alias.name);
    visitor.visit(alias.type_parameters);
    visitor.visit(alias.evaluator);
    visitor.visit(alias.value);
}

Owned get_name(Thread& thread, Value self) {
    return as_alias(self).name.share();
}
Owned get_value(Thread& thread, Value self) {
    auto& alias = as_alias(self);
    Owned value = read_locked(thread, alias, alias.value);
    if (value) return value;
    Owned format_number = Owned::small_int(1);
    value = TRY(call(thread, alias.evaluator.borrow(), format_number));
    Owned own = value.share(), old;
    Lock guard(thread, alias);
    old = alias.value.exchange(std::move(own));
    return value;
}
Owned get_type_params(Thread& thread, Value self) {
    return type_parameters(as_alias(self));
}
// TypeVarTuples appear unpacked.
Owned get_parameters(Thread& thread, Value self) {
    Ref<Tuple> parameters = type_parameters(as_alias(self));
    ValueBuffer out(thread);
    for (size_t i = 0; i < parameters->size; i++) {
        Value parameter = (*parameters)[i];
        if (is_instance_of(parameter, typevartuple_type))
            TRY(out.extend(parameter));
        else
            TRY(out.append(Owned::share(parameter)));
    }
    return out.to_tuple();
}
Owned get_evaluate(Thread& thread, Value self) {
    auto& alias = as_alias(self);
    if (!alias.evaluator.is_empty()) return alias.evaluator.share();
    Owned value = TRY(get_value(thread, self));
    return constant_evaluator(thread, value);
}
Owned get_dict(Thread& thread, Value self) {
    return instance_dict(thread, self.object());
}
Owned alias_reduce(Thread& thread, TypeAlias& self) {
    return self.name.share();
}

const MethodRow alias_methods[] = {
    {"__reduce__", "(self, /)", fn<alias_reduce>, nullptr},
    {},
};
const GetSetRow alias_getsets[] = {
    {"__name__", get_name},
    {"__value__", get_value},
    {"__type_params__", get_type_params},
    {"__parameters__", get_parameters},
    {"evaluate_value", get_evaluate},
    {"__dict__", get_dict},
    {},
};

}  // namespace

Owned make_type_alias(Thread& thread, Value name, Value type_parameters, Value evaluator) {
    return make(thread, name, type_parameters, evaluator, Value());
}

Type type_alias_type;
const TypeSpec type_alias_type_spec = {
    .name = "typing.TypeAliasType",
    .doc =
        "Type alias.\n\nType aliases are created through the type statement::\n\n    type Alias = "
        "int",
    .size = sizeof(TypeAlias),
    .flags = kTypeTracked | kTypeHasDict | kTypeHasWeakrefs,
    .slots = {.repr = alias_repr,
              .iter = alias_iter,
              .make = alias_make,
              .fields = alias_fields,
              .bit_or = union_of,
              .subscript = alias_subscript},
    .methods = alias_methods,
    .getsets = alias_getsets,
};

}  // namespace imugi
