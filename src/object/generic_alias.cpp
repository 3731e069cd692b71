// types.GenericAlias. Immutable but for the parameters, which are made on demand under the Lock.
#include "object/generic_alias.h"

#include "memory/collector.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/native.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi {

IMUGI_BUILTIN_TYPE_BY_OBJECT(GenericAlias, generic_alias_type);

// Yields the alias once, starred: what *tuple[int, ...] unpacks to.
struct GenericAliasIterator : Object {
    Slot alias;  // taken by the first next()
};
IMUGI_BUILTIN_TYPE_BY_OBJECT(GenericAliasIterator, generic_alias_iterator_type);

namespace {

GenericAlias& as_alias(Value v) {
    return v.as<GenericAlias>();
}

Owned make(Thread& thread, Type& type, Value origin, Value item, bool starred) {
    auto* alias = allocate<GenericAlias>(thread, type);
    if (!alias) return {};
    Owned result = Owned::adopt(alias);
    alias->origin.init(Owned::share(origin));
    alias->args.init(is_tuple(item) ? Owned::share(item) : Owned(TRY(make_tuple(thread, item))));
    alias->starred = starred;
    track(alias);
    return result;
}

Owned alias_make(Thread& thread, Type& type, const Arguments& arguments) {
    TRY(check_positional(thread, "GenericAlias", arguments, 2, 2));
    return make(thread, type, arguments[0], arguments[1], false);
}

Owned alias_repr(Thread& thread, Value self) {
    auto& alias = as_alias(self);
    StrBuilder out(thread);
    if (alias.starred) TRY(out.append("*"));
    TRY(append_type_repr(thread, out, alias.origin.borrow()));
    TRY(out.append("["));
    auto& args = alias.args.as<Tuple>();
    for (size_t i = 0; i < args.size; i++) {
        if (i) TRY(out.append(", "));
        if (!is_exact_list(args[i])) {
            TRY(append_type_repr(thread, out, args[i]));
            continue;
        }
        Ref<Tuple> items = TRY(list_to_tuple(thread, args[i].as<List>()));
        TRY(out.append("["));
        for (size_t j = 0; j < items->size; j++) {
            if (j) TRY(out.append(", "));
            TRY(append_type_repr(thread, out, (*items)[j]));
        }
        TRY(out.append("]"));
    }
    if (args.size == 0) TRY(out.append("()"));
    TRY(out.append("]"));
    return out.finish();
}

Result<int64_t> alias_hash(Thread& thread, Value self) {
    int64_t a = TRY(hash(thread, as_alias(self).origin.borrow()));
    int64_t b = TRY(hash(thread, as_alias(self).args.borrow()));
    int64_t h = a ^ b;
    return h == -1 ? -2 : h;
}

Owned alias_compare(Thread& thread, Value left, Value right, CompareOp op) {
    if ((op != CompareOp::kEq && op != CompareOp::kNe) ||
        !is_instance_of(right, generic_alias_type))
        return Owned::share(not_implemented());
    auto& a = as_alias(left);
    auto& b = as_alias(right);
    bool equal = a.starred == b.starred &&
                 TRY(equals(thread, a.origin.borrow(), b.origin.borrow())) &&
                 TRY(equals(thread, a.args.borrow(), b.args.borrow()));
    return Owned::share(boolean(equal == (op == CompareOp::kEq)));
}

Owned alias_call(Thread& thread, Value self, const Arguments& arguments) {
    Owned object = TRY(call(thread, as_alias(self).origin.borrow(), arguments));
    if (!set_attribute(thread, object, ID(__orig_class__), self) &&
        !clear_exception_if(thread, exc::AttributeError) &&
        !clear_exception_if(thread, exc::TypeError))
        return {};
    return object;
}

constexpr const char* own_attributes[] = {
    "__class__",       "__origin__",     "__args__",
    "__unpacked__",    "__parameters__", "__typing_unpacked_tuple_args__",
    "__mro_entries__", "__reduce_ex__",  "__reduce__",
    "__bases__",       "__copy__",       "__deepcopy__"};

Owned alias_get_attribute(Thread& thread, Value self, Str& name) {
    for (const char* own : own_attributes)
        if (str_equal(name, own)) return generic_get_attribute(thread, self, name);
    TRY(check_native_stack(thread));
    return get_attribute(thread, as_alias(self).origin.borrow(), name);
}

Owned alias_subscript(Thread& thread, Value self, Value item) {
    auto& alias = as_alias(self);
    Ref<Tuple> parameters = TRY(parameters_of(thread, alias, alias.args, alias.parameters));
    Ref<Tuple> args =
        TRY(substitute_parameters(thread, self, alias.args.as<Tuple>(), *parameters, item));
    return make(thread, generic_alias_type, alias.origin.borrow(), args, alias.starred);
}

Owned alias_or(Thread& thread, Value left, Value right) {
    return union_of(thread, left, right);
}

Owned alias_iter(Thread& thread, Value self) {
    auto* iterator = allocate<GenericAliasIterator>(thread, generic_alias_iterator_type);
    if (!iterator) return {};
    iterator->alias.init(Owned::share(self));
    track(iterator);
    return Owned::adopt(iterator);
}

void alias_fields(Object* object, FieldVisitor& visitor) {
    auto& alias = *static_cast<GenericAlias*>(object);
    visitor.visit(alias.origin);
    visitor.visit(alias.args);
    visitor.visit(alias.parameters);
}

Owned alias_mro_entries(Thread& thread, GenericAlias& self, Value bases) {
    return make_tuple(thread, self.origin.borrow());
}
Owned alias_instancecheck(Thread& thread, GenericAlias& self, Value instance) {
    return raise(thread, exc::TypeError,
                 "isinstance() argument 2 cannot be a parameterized generic");
}
Owned alias_subclasscheck(Thread& thread, GenericAlias& self, Value cls) {
    return raise(thread, exc::TypeError,
                 "issubclass() argument 2 cannot be a parameterized generic");
}
Owned alias_reduce(Thread& thread, GenericAlias& self) {
    if (self.starred) {
        Owned plain =
            TRY(make(thread, generic_alias_type, self.origin.borrow(), self.args.borrow(), false));
        Owned iterator = TRY(iterate(thread, plain));
        Owned next_function =
            TRY(get_attribute(thread, interpreter_of(thread).builtins.borrow(), ID(next)));
        Ref<Tuple> arguments = TRY(make_tuple(thread, iterator.value()));
        return make_tuple(thread, next_function.value(), arguments.value());
    }
    Ref<Tuple> arguments = TRY(make_tuple(thread, self.origin.borrow(), self.args.borrow()));
    return make_tuple(thread, Value::of(generic_alias_type), arguments.value());
}
Owned alias_dir(Thread& thread, GenericAlias& self) {
    Owned names = TRY(dir(thread, self.origin.borrow()));
    for (size_t i = 0; i < 9; i++) {
        Ref<Str> name = TRY(intern(thread, own_attributes[i]));
        bool there = TRY(contains(thread, names, name));
        if (!there) TRY(list_append(thread, names.as<List>(), std::move(name).owned()));
    }
    return names;
}

const MethodRow alias_methods[] = {
    {"__mro_entries__", "(self, object, /)", fn<alias_mro_entries>, nullptr},
    {"__instancecheck__", "(self, object, /)", fn<alias_instancecheck>, nullptr},
    {"__subclasscheck__", "(self, object, /)", fn<alias_subclasscheck>, nullptr},
    {"__reduce__", "(self, /)", fn<alias_reduce>, nullptr},
    {"__dir__", "(self, /)", fn<alias_dir>, nullptr},
    {},
};
Owned get_parameters(Thread& thread, Value self) {
    auto& alias = as_alias(self);
    return parameters_of(thread, alias, alias.args, alias.parameters);
}
Owned get_unpacked_args(Thread& thread, Value self) {
    auto& alias = as_alias(self);
    if (alias.starred && alias.origin.borrow().object() == &tuple_type) return alias.args.share();
    return Owned::share(none());
}
Owned get_unpacked(Thread& thread, Value self) {
    return Owned::share(boolean(as_alias(self).starred));
}
const MemberRow alias_members[] = {
    {"__origin__", MemberKind::kObject, offsetof(GenericAlias, origin), true},
    {"__args__", MemberKind::kObject, offsetof(GenericAlias, args), true},
    {},
};
const GetSetRow alias_getsets[] = {
    {"__parameters__", get_parameters, nullptr, "Type variables in the GenericAlias."},
    {"__typing_unpacked_tuple_args__", get_unpacked_args},
    computed_member("__unpacked__", get_unpacked),
    {},
};

// --- iterator ---

Owned iterator_self(Thread& thread, Value self) {
    return Owned::share(self);
}
Owned iterator_next(Thread& thread, Value self) {
    auto& iterator = self.as<GenericAliasIterator>();
    Owned alias;
    {
        Lock guard(thread, iterator);
        alias = iterator.alias.take();
    }
    if (!alias) return Owned::nothing();
    return make(thread, generic_alias_type, as_alias(alias).origin.borrow(),
                as_alias(alias).args.borrow(), true);
}
void iterator_fields(Object* object, FieldVisitor& visitor) {
    visitor.visit(static_cast<GenericAliasIterator*>(object)->alias);
}
Owned iterator_reduce(Thread& thread, GenericAliasIterator& self) {
    Owned iter_function = TRY(builtin_named(thread, ID(iter)));
    Owned alias = read_locked(thread, self, self.alias);
    Owned source = alias ? std::move(alias) : Owned(empty_tuple());
    Ref<Tuple> arguments = TRY(make_tuple(thread, source.value()));
    return make_tuple(thread, iter_function.value(), arguments.value());
}
const MethodRow iterator_methods[] = {
    {"__reduce__", "(self, /)", fn<iterator_reduce>, nullptr},
    {},
};

}  // namespace

Owned make_generic_alias(Thread& thread, Value origin, Value item) {
    return make(thread, generic_alias_type, origin, item, false);
}

Type generic_alias_type;
const TypeSpec generic_alias_type_spec = {
    .name = "types.GenericAlias",
    .doc =
        "Represent a PEP 585 generic type\n\nE.g. for t = list[int], t.__origin__ is list and "
        "t.__args__ is (int,).",
    .size = sizeof(GenericAlias),
    .flags = kTypeBase | kTypeTracked | kTypeHasWeakrefs,
    .slots = {.repr = alias_repr,
              .hash = alias_hash,
              .call = alias_call,
              .get_attribute = alias_get_attribute,
              .set_attribute = generic_set_attribute,
              .compare = alias_compare,
              .iter = alias_iter,
              .make = alias_make,
              .fields = alias_fields,
              .bit_or = alias_or,
              .subscript = alias_subscript},
    .methods = alias_methods,
    .members = alias_members,
    .getsets = alias_getsets,
    .signature = "(origin, args, /)",
};

Type generic_alias_iterator_type;
const TypeSpec generic_alias_iterator_type_spec = {
    .name = "generic_alias_iterator",
    .size = sizeof(GenericAliasIterator),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.iter = iterator_self, .next = iterator_next, .fields = iterator_fields},
    .methods = iterator_methods,
};

}  // namespace imugi
