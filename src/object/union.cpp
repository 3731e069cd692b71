// Unions of types: int | str, typing.Union[int, str]. Immutable but for the parameters, which are
// made on demand under the Lock.
#include "memory/collector.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/generic_alias.h"
#include "object/module.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/set.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/value_buffer.h"
#include "thread/lock.h"

namespace imugi {

IMUGI_BUILTIN_TYPE_BY_OBJECT(Union, union_type);

namespace {

Union& as_union(Value v) {
    return v.as<Union>();
}

bool is_unionable(Value v) {
    return is_none(v) || is_type(v) || is_instance_of(v, generic_alias_type) ||
           has_shape(v, k_union_shape) || &type_of(v) == &type_alias_type;
}

// The members so far: all in order, hashable ones also in a set.
struct Members {
    explicit Members(Thread& thread) : all(thread), unhashable(thread) {}
    ValueBuffer all, unhashable;
    Ref<Set> seen;
};

bool add_member(Thread& thread, Members& members, Value given);

bool add_all(Thread& thread, Members& members, Tuple& values) {
    for (size_t i = 0; i < values.size; i++) TRY(add_member(thread, members, values[i]));
    return true;
}

bool add_member(Thread& thread, Members& members, Value given) {
    if (has_shape(given, k_union_shape))
        return add_all(thread, members, as_union(given).args.as<Tuple>());
    Owned value = Owned::share(is_none(given) ? Value::of(none_type) : given);
    if (is_str(value)) {
        Owned forward = TRY(module_attribute(thread, ID(annotationlib), ID(ForwardRef)));
        value = TRY(call(thread, forward, value));
    }
    auto h = hash(thread, value);
    if (h) {
        bool there = TRY(set_contains(thread, *members.seen, value));
        if (there) return true;
        TRY(set_add(thread, *members.seen, value));
    } else {
        if (!clear_exception_if(thread, exc::TypeError)) return false;
        for (size_t i = 0; i < members.unhashable.size(); i++) {
            bool there = TRY(equals(thread, members.unhashable[i], value));
            if (there) return true;
        }
        TRY(members.unhashable.append(value.share()));
    }
    return members.all.append(std::move(value));
}

Owned finish(Thread& thread, Members& members) {
    if (members.all.size() == 1) return Owned::share(members.all[0]);
    auto* made = allocate<Union>(thread, union_type);
    if (!made) return {};
    Owned result = Owned::adopt(made);
    Owned frozen = TRY(call(thread, Value::of(frozenset_type), members.seen.value()));
    made->hashable_args.init(std::move(frozen));
    if (members.unhashable.size()) made->unhashable_args.init(TRY(members.unhashable.to_tuple()));
    made->args.init(TRY(members.all.to_tuple()));
    track(made);
    return result;
}

Owned union_repr(Thread& thread, Value self) {
    auto& args = as_union(self).args.as<Tuple>();
    StrBuilder out(thread);
    for (size_t i = 0; i < args.size; i++) {
        if (i) TRY(out.append(" | "));
        if (args[i].is_object() && args[i].object() == &none_type)
            TRY(out.append("None"));
        else
            TRY(append_type_repr(thread, out, args[i]));
    }
    return out.finish();
}

Result<int64_t> union_hash(Thread& thread, Value self) {
    Union& u = as_union(self);
    if (!u.unhashable_args.is_empty()) {
        auto& values = u.unhashable_args.as<Tuple>();
        // What is unhashable now says so itself.
        for (size_t i = 0; i < values.size; i++) {
            auto h = hash(thread, values[i]);
            if (h) continue;
            clear_exception(thread);
            return raise(thread, exc::TypeError, "union contains {} unhashable element{}",
                         values.size, values.size == 1 ? "" : "s");
        }
    }
    return hash(thread, u.hashable_args.borrow());
}

Owned union_compare(Thread& thread, Value left, Value right, CompareOp op) {
    if ((op != CompareOp::kEq && op != CompareOp::kNe) || !has_shape(right, k_union_shape))
        return Owned::share(not_implemented());
    Union& a = as_union(left);
    Union& b = as_union(right);
    bool equal = TRY(equals(thread, a.hashable_args.borrow(), b.hashable_args.borrow()));
    if (equal && a.unhashable_args.is_empty() != b.unhashable_args.is_empty()) equal = false;
    if (equal && !a.unhashable_args.is_empty()) {
        auto& x = a.unhashable_args.as<Tuple>();
        auto& y = b.unhashable_args.as<Tuple>();
        equal = x.size == y.size;
        for (size_t i = 0; equal && i < x.size; i++)
            equal = TRY(contains(thread, b.unhashable_args.borrow(), x[i]));
    }
    return Owned::share(boolean(equal == (op == CompareOp::kEq)));
}

Owned union_subscript(Thread& thread, Value self, Value item) {
    Union& u = as_union(self);
    Ref<Tuple> parameters = TRY(parameters_of(thread, u, u.args, u.parameters));
    Ref<Tuple> args =
        TRY(substitute_parameters(thread, self, u.args.as<Tuple>(), *parameters, item));
    return make_union(thread, *args);
}

void union_fields(Object* object, FieldVisitor& visitor) {
    auto& u = *static_cast<Union*>(object);
    visitor.visit(u.args);
    visitor.visit(u.hashable_args);
    visitor.visit(u.unhashable_args);
    visitor.visit(u.parameters);
}

Owned union_get_attribute(Thread& thread, Value self, Str& name) {
    return generic_get_attribute(thread, self, name);
}

Result<bool> union_instancecheck(Thread& thread, Union& self, Value instance) {
    auto& args = self.args.as<Tuple>();
    for (size_t i = 0; i < args.size; i++)
        if (is_instance_of(args[i], generic_alias_type))
            return raise(thread, exc::TypeError,
                         "isinstance() argument 2 cannot be a parameterized generic");
    for (size_t i = 0; i < args.size; i++)
        if (TRY(is_instance(thread, instance, args[i]))) return true;
    return false;
}
Result<bool> union_subclasscheck(Thread& thread, Union& self, Value cls) {
    if (!is_type(cls)) return raise(thread, exc::TypeError, "issubclass() arg 1 must be a class");
    auto& args = self.args.as<Tuple>();
    for (size_t i = 0; i < args.size; i++)
        if (is_instance_of(args[i], generic_alias_type))
            return raise(thread, exc::TypeError,
                         "issubclass() argument 2 cannot be a parameterized generic");
    for (size_t i = 0; i < args.size; i++)
        if (TRY(is_subclass(thread, cls, args[i]))) return true;
    return false;
}
Owned union_mro_entries(Thread& thread, Union& self, Value bases) {
    return raise(thread, exc::TypeError, "Cannot subclass {}", repr_of(Value::of(self)));
}
Owned union_class_getitem(Thread& thread, Type& cls, Value item) {
    Ref<Tuple> args =
        TRY(is_tuple(item) ? Ref<Tuple>::share(item.as<Tuple>()) : make_tuple(thread, item));
    return make_union(thread, *args);
}
Owned union_reduce(Thread& thread, Union& self) {
    // operator.or_ would give an error for members that are only strings.
    Owned getitem = TRY(get_attribute(thread, Value::of(union_type), ID(__class_getitem__)));
    Ref<Tuple> arguments = TRY(make_tuple(thread, self.args.borrow()));
    return make_tuple(thread, getitem.value(), arguments.value());
}

const MethodRow union_methods[] = {
    {"__instancecheck__", "(self, instance, /)", fn<union_instancecheck>, nullptr},
    {"__subclasscheck__", "(self, cls, /)", fn<union_subclasscheck>, nullptr},
    {"__mro_entries__", "(self, bases, /)", fn<union_mro_entries>, nullptr},
    {"__class_getitem__", "(cls, item, /)", fn<union_class_getitem>, "See PEP 585", kMethodClass},
    {"__reduce__", "(self, /)", fn<union_reduce>, nullptr},
    {},
};
Owned get_name(Thread& thread, Value self) {
    return intern(thread, "Union");
}
Owned get_origin(Thread& thread, Value self) {
    return Owned::share(union_type);
}
Owned get_parameters(Thread& thread, Value self) {
    auto& u = as_union(self);
    return parameters_of(thread, u, u.args, u.parameters);
}
const MemberRow union_members[] = {
    {"__args__", MemberKind::kObject, offsetof(Union, args), true},
    {},
};
const GetSetRow union_getsets[] = {
    {"__name__", get_name, nullptr, "Name of the type"},
    {"__qualname__", get_name, nullptr, "Qualified name of the type"},
    {"__origin__", get_origin, nullptr, "Always returns the type"},
    {"__parameters__", get_parameters, nullptr, "Type variables in the types.UnionType."},
    {},
};

}  // namespace

Owned make_union(Thread& thread, Tuple& args) {
    if (args.size == 0) return raise(thread, exc::TypeError, "Cannot take a Union of no types.");
    Members members(thread);
    members.seen = TRY(make_set(thread));
    TRY(add_all(thread, members, args));
    return finish(thread, members);
}

Owned union_of(Thread& thread, Value left, Value right) {
    if (!is_unionable(left) || !is_unionable(right)) return Owned::share(not_implemented());
    Ref<Tuple> both = TRY(make_tuple(thread, left, right));
    return make_union(thread, *both);
}

Type union_type;
const TypeSpec union_type_spec = {
    .name = "typing.Union",
    .doc = "Represent a union type\n\nE.g. for int | str",
    .size = sizeof(Union),
    .flags = kTypeTracked | kTypeHasWeakrefs | kTypeNoInstantiate,
    .slots = {.repr = union_repr,
              .hash = union_hash,
              .get_attribute = union_get_attribute,
              .set_attribute = generic_set_attribute,
              .compare = union_compare,
              .fields = union_fields,
              .bit_or = union_of,
              .subscript = union_subscript},
    .methods = union_methods,
    .members = union_members,
    .getsets = union_getsets,
};

}  // namespace imugi
