// TypeVar, ParamSpec, TypeVarTuple, ParamSpecArgs/Kwargs, typing.Generic, NoDefault and constant
// evaluators (PEP 484, 612, 646, 695, 696). Bounds, constraints and defaults are evaluated on
// demand and kept under the object's Lock.
#include "object/typevar.h"

#include "memory/collector.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/generic_alias.h"
#include "object/module.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/type_parts.h"
#include "object/vm_support.h"
#include "thread/lock.h"

namespace imugi {

Object no_default_object;

struct TypeVar : Object {
    Slot name;  // str, immutable
    Slot bound, evaluate_bound, constraints, evaluate_constraints, default_value, evaluate_default;
    bool covariant, contravariant, infer_variance;
};
IMUGI_BUILTIN_TYPE_BY_OBJECT(TypeVar, typevar_type);

struct ParamSpecAccess : Object {
    Slot origin;
};
struct ConstEvaluator : Object {
    Slot value;
};
struct TypingGeneric : Object {};

namespace {

TypeVar& as_typevar(Value v) {
    return v.as<TypeVar>();
}
Value no_default() {
    return Value::of(&no_default_object);
}

Owned typing_function(Thread& thread, Str& name) {
    return module_attribute(thread, ID(typing), name);
}

bool keep(Thread& thread, TypeVar& variable, Slot& slot, Value value) {
    Owned own = Owned::share(value), old;
    Lock guard(thread, variable);
    old = slot.exchange(std::move(own));
    return true;
}

// A value that may still have to be computed by its evaluator; `otherwise` when there is neither.
Owned evaluated(Thread& thread, Value self, Slot& slot, Slot& evaluator, Value otherwise) {
    auto& variable = as_typevar(self);
    Owned value = read_locked(thread, variable, slot);
    if (value) return value;
    Owned function = read_locked(thread, variable, evaluator);
    if (!function) return Owned::share(otherwise);
    Owned format_number = Owned::small_int(1);
    value = TRY(call(thread, function, format_number));
    keep(thread, variable, slot, value);
    return value;
}

Owned make_evaluator(Thread& thread, Value value) {
    auto* evaluator = allocate<ConstEvaluator>(thread, const_evaluator_type);
    if (!evaluator) return {};
    evaluator->value.init(Owned::share(value));
    track(evaluator);
    return Owned::adopt(evaluator);
}

// What evaluate_bound and the like show: the function, one that gives the constant, or None.
Owned evaluator_of(Thread& thread, Value self, Slot& slot, Slot& evaluator) {
    auto& variable = as_typevar(self);
    Owned function = read_locked(thread, variable, evaluator);
    if (function) return function;
    Owned value = read_locked(thread, variable, slot);
    if (!value || is_none(value) || same(value, no_default())) return Owned::share(none());
    return make_evaluator(thread, value);
}

bool set_caller_module(Thread& thread, Value self) {
    Owned module = Owned::share(none());
    if (find_caller_globals) {
        Owned globals = find_caller_globals(thread);
        if (!globals) return false;
        if (is_dict(globals)) {
            Owned found = TRY(dict_get(thread, globals.as<Dict>(), ID(__name__)));
            if (!found.is_nothing()) module = std::move(found);
        }
    }
    return store_own_attribute(thread, self.object(), ID(__module__), module);
}

Owned make_variable(Thread& thread, Type& type, Value name) {
    auto* variable = allocate<TypeVar>(thread, type);
    if (!variable) return {};
    Owned result = Owned::adopt(variable);
    variable->name.init(Owned::share(name));
    track(variable);
    TRY(set_caller_module(thread, result));
    return result;
}

Owned checked_type(Thread& thread, Value value, const char* message) {
    Owned check = TRY(typing_function(thread, ID(_type_check)));
    Ref<Str> text = TRY(make_str(thread, message));
    return call(thread, check, value, text.value());
}

bool check_name(Thread& thread, Value name, const char* function) {
    if (is_str(name)) return true;
    return raise(thread, exc::TypeError, "{}() argument 'name' must be str, not {}", function,
                 is_none(name) ? FormatArgument("None") : type_name_of(name));
}

// Variance, read from keywords in the order covariant, contravariant, infer_variance.
bool set_variance(Thread& thread, TypeVar& variable, Value* flags) {
    variable.covariant = TRY(is_true(thread, flags[0]));
    variable.contravariant = TRY(is_true(thread, flags[1]));
    variable.infer_variance = TRY(is_true(thread, flags[2]));
    if (variable.covariant && variable.contravariant)
        return raise(thread, exc::ValueError, "Bivariant types are not supported.");
    if (variable.infer_variance && (variable.covariant || variable.contravariant))
        return raise(thread, exc::ValueError, "Variance cannot be specified with infer_variance.");
    return true;
}

Owned typevar_make(Thread& thread, Type& type, const Arguments& arguments) {
    // TypeVar(name, *constraints, bound=None, default=NoDefault, covariant=False, ...)
    Value out[6];
    uint32_t first = arguments.count > 0 ? 1 : 0;
    TRY(bind_arguments(
        thread, "typevar",
        "(name, *, bound=None, default=<unrepresentable>, covariant=False, contravariant=False, "
        "infer_variance=False)",
        {arguments.values + (arguments.count - first), first, arguments.names}, out, 6));
    Value name = arguments.count ? arguments[0] : out[0];
    TRY(check_name(thread, name, "typevar"));
    size_t constraints = arguments.count > 1 ? arguments.count - 1 : 0;
    if (constraints == 1)
        return raise(thread, exc::TypeError, "A single constraint is not allowed");
    Owned bound = Owned::share(out[1]);
    if (!is_none(bound)) {
        bound = TRY(checked_type(thread, bound, "Bound must be a type."));
        if (constraints)
            return raise(thread, exc::TypeError, "Constraints cannot be combined with bound=...");
    }
    Owned result = TRY(make_variable(thread, type, name));
    auto& variable = as_typevar(result);
    TRY(set_variance(thread, variable, out + 3));
    variable.bound.init(std::move(bound));
    variable.constraints.init(TRY(make_tuple(thread, arguments.values + 1, constraints)));
    variable.default_value.init(Owned::share(out[2].is_empty() ? no_default() : out[2]));
    return result;
}

Owned typevar_repr(Thread& thread, Value self) {
    auto& variable = as_typevar(self);
    if (variable.infer_variance) return variable.name.share();
    const char* mark = variable.covariant ? "+" : variable.contravariant ? "-" : "~";
    return format(thread, "{}{}", mark, variable.name.borrow());
}

Owned typevar_or(Thread& thread, Value left, Value right) {
    Ref<Tuple> both = TRY(make_tuple(thread, left, right));
    return make_union(thread, *both);
}

void typevar_fields(Object* object, FieldVisitor& visitor) {
    auto& v = *static_cast<TypeVar*>(object);
    for (Slot* slot : {&v.name, &v.bound, &v.evaluate_bound, &v.constraints,
                       &v.evaluate_constraints, &v.default_value, &v.evaluate_default})
        visitor.visit(*slot);
}

// --- getsets ---

Owned get_name(Thread& thread, Value self) {
    return as_typevar(self).name.share();
}
Owned get_bound(Thread& thread, Value self) {
    auto& v = as_typevar(self);
    return evaluated(thread, self, v.bound, v.evaluate_bound, none());
}
Owned get_constraints(Thread& thread, Value self) {
    auto& v = as_typevar(self);
    Ref<Tuple> nothing_given = empty_tuple();
    return evaluated(thread, self, v.constraints, v.evaluate_constraints, nothing_given);
}
Owned get_default(Thread& thread, Value self) {
    auto& v = as_typevar(self);
    return evaluated(thread, self, v.default_value, v.evaluate_default, no_default());
}
Owned get_evaluate_bound(Thread& thread, Value self) {
    return evaluator_of(thread, self, as_typevar(self).bound, as_typevar(self).evaluate_bound);
}
Owned get_evaluate_constraints(Thread& thread, Value self) {
    auto& v = as_typevar(self);
    Owned function = read_locked(thread, v, v.evaluate_constraints);
    if (function) return function;
    Owned value = read_locked(thread, v, v.constraints);
    if (!value || value.as<Tuple>().size == 0) return Owned::share(none());
    return make_evaluator(thread, value);
}
Owned get_evaluate_default(Thread& thread, Value self) {
    auto& v = as_typevar(self);
    return evaluator_of(thread, self, v.default_value, v.evaluate_default);
}
Owned get_covariant(Thread& thread, Value self) {
    return Owned::share(boolean(as_typevar(self).covariant));
}
Owned get_contravariant(Thread& thread, Value self) {
    return Owned::share(boolean(as_typevar(self).contravariant));
}
Owned get_infer_variance(Thread& thread, Value self) {
    return Owned::share(boolean(as_typevar(self).infer_variance));
}
Owned get_dict(Thread& thread, Value self) {
    return instance_dict(thread, self.object());
}

// --- methods ---

Owned has_default(Thread& thread, Value self) {
    auto& v = as_typevar(self);
    bool found = !v.evaluate_default.is_empty();
    if (!found) {
        Owned value = read_locked(thread, v, v.default_value);
        found = value && !same(value, no_default());
    }
    return Owned::share(boolean(found));
}
Owned typevar_reduce(Thread& thread, Value self) {
    return as_typevar(self).name.share();
}
Owned typevar_mro_entries(Thread& thread, Value self, Value bases) {
    return raise(thread, exc::TypeError, "Cannot subclass an instance of {}", type_name_of(self));
}
Owned typevar_subst(Thread& thread, Value self, Value arg) {
    Owned function = TRY(typing_function(thread, ID(_typevar_subst)));
    return call(thread, function, self, arg);
}
Owned typevar_prepare(Thread& thread, Value self, Value alias, Value args) {
    Owned parameters = TRY(get_attribute(thread, alias, ID(__parameters__)));
    Ref<Tuple> given = TRY(to_tuple(thread, args));
    Ref<Tuple> all = TRY(to_tuple(thread, parameters));
    size_t index = 0;
    while (index < all->size && !same((*all)[index], self)) index++;
    if (index < given->size) return Owned::share(args);
    if (index == given->size) {
        Owned value = TRY(get_default(thread, self));
        if (!same(value, no_default())) {
            Ref<Tuple> one = TRY(make_tuple(thread, value.value()));
            return tuple_concat(thread, *given, *one);
        }
    }
    return raise(thread, exc::TypeError, "Too few arguments for {}", alias);
}

#define SHARED_METHODS(subst, prepare)                                                \
    {"__typing_subst__", "(self, arg, /)", fn<subst>, nullptr},                       \
        {"__typing_prepare_subst__", "(self, alias, args, /)", fn<prepare>, nullptr}, \
        {"__reduce__", "(self, /)", fn<typevar_reduce>, nullptr},                     \
        {"has_default", "(self, /)", fn<has_default>, nullptr},                       \
        {"__mro_entries__", "(self, bases, /)", fn<typevar_mro_entries>, nullptr},

const MethodRow typevar_methods[] = {SHARED_METHODS(typevar_subst, typevar_prepare){}};
const GetSetRow typevar_getsets[] = {
    {"__name__", get_name},
    {"__bound__", get_bound},
    {"__constraints__", get_constraints},
    {"__default__", get_default},
    {"evaluate_bound", get_evaluate_bound},
    {"evaluate_constraints", get_evaluate_constraints},
    {"evaluate_default", get_evaluate_default},
    {"__covariant__", get_covariant},
    {"__contravariant__", get_contravariant},
    {"__infer_variance__", get_infer_variance},
    {"__dict__", get_dict},
    {},
};

// --- ParamSpec ---

Owned paramspec_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value out[6];
    TRY(bind_arguments(
        thread, "paramspec",
        "(name, *, bound=None, default=<unrepresentable>, covariant=False, contravariant=False, "
        "infer_variance=False)",
        arguments, out, 6));
    TRY(check_name(thread, out[0], "paramspec"));
    Owned bound = Owned::share(out[1]);
    if (!is_none(bound)) bound = TRY(checked_type(thread, bound, "Bound must be a type."));
    Owned result = TRY(make_variable(thread, type, out[0]));
    auto& variable = as_typevar(result);
    TRY(set_variance(thread, variable, out + 3));
    variable.bound.init(std::move(bound));
    variable.default_value.init(Owned::share(out[2].is_empty() ? no_default() : out[2]));
    return result;
}
Owned paramspec_subst(Thread& thread, Value self, Value arg) {
    Owned function = TRY(typing_function(thread, ID(_paramspec_subst)));
    return call(thread, function, self, arg);
}
Owned paramspec_prepare(Thread& thread, Value self, Value alias, Value args) {
    Owned function = TRY(typing_function(thread, ID(_paramspec_prepare_subst)));
    return call(thread, function, self, alias, args);
}
Owned make_access(Thread& thread, Type& type, Value origin) {
    auto* access = allocate<ParamSpecAccess>(thread, type);
    if (!access) return {};
    access->origin.init(Owned::share(origin));
    track(access);
    return Owned::adopt(access);
}
Owned get_args(Thread& thread, Value self) {
    return make_access(thread, paramspec_args_type, self);
}
Owned get_kwargs(Thread& thread, Value self) {
    return make_access(thread, paramspec_kwargs_type, self);
}
const MethodRow paramspec_methods[] = {SHARED_METHODS(paramspec_subst, paramspec_prepare){}};
const GetSetRow paramspec_getsets[] = {
    {"__name__", get_name},
    {"__bound__", get_bound},
    {"__default__", get_default},
    {"evaluate_default", get_evaluate_default},
    {"__covariant__", get_covariant},
    {"__contravariant__", get_contravariant},
    {"__infer_variance__", get_infer_variance},
    {"args", get_args, nullptr, "Represents positional arguments."},
    {"kwargs", get_kwargs, nullptr, "Represents keyword arguments."},
    {"__dict__", get_dict},
    {},
};

// --- TypeVarTuple ---

Owned typevartuple_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value out[2];
    TRY(bind_arguments(thread, "typevartuple", "(name, *, default=<unrepresentable>)", arguments,
                       out, 2));
    TRY(check_name(thread, out[0], "typevartuple"));
    Owned result = TRY(make_variable(thread, type, out[0]));
    as_typevar(result).default_value.init(Owned::share(out[1].is_empty() ? no_default() : out[1]));
    return result;
}
Owned name_repr(Thread& thread, Value self) {
    return as_typevar(self).name.share();
}
Owned unpack_once(Thread& thread, Value self) {
    Owned unpack = TRY(typing_function(thread, ID(Unpack)));
    Owned unpacked = TRY(get_item(thread, unpack, self));
    Ref<Tuple> one = TRY(make_tuple(thread, unpacked.value()));
    return iterate(thread, one);
}
Owned typevartuple_subst(Thread& thread, Value self, Value arg) {
    return raise(thread, exc::TypeError, "Substitution of bare TypeVarTuple is not supported");
}
Owned typevartuple_prepare(Thread& thread, Value self, Value alias, Value args) {
    Owned function = TRY(typing_function(thread, ID(_typevartuple_prepare_subst)));
    return call(thread, function, self, alias, args);
}
const MethodRow typevartuple_methods[] = {
    SHARED_METHODS(typevartuple_subst, typevartuple_prepare){}};
const GetSetRow typevartuple_getsets[] = {
    {"__name__", get_name},
    {"__default__", get_default},
    {"evaluate_default", get_evaluate_default},
    {"__dict__", get_dict},
    {},
};

// --- P.args and P.kwargs ---

Owned access_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value out[1];
    bool is_args = is_subtype(type, paramspec_args_type);
    TRY(bind_arguments(thread, is_args ? "paramspecargs" : "paramspeckwargs", "(origin)", arguments,
                       out, 1));
    return make_access(thread, type, out[0]);
}
Owned access_repr(Thread& thread, Value self) {
    Value origin = self.as<ParamSpecAccess>().origin.borrow();
    const char* name = is_instance_of(self, paramspec_args_type) ? "args" : "kwargs";
    if (is_instance_of(origin, paramspec_type))
        return format(thread, "{}.{}", as_typevar(origin).name.borrow(), name);
    return format(thread, "{}.{}", repr_of(origin), name);
}
Owned access_compare(Thread& thread, Value left, Value right, CompareOp op) {
    if ((op != CompareOp::kEq && op != CompareOp::kNe) || &type_of(left) != &type_of(right))
        return Owned::share(not_implemented());
    return compare(thread, left.as<ParamSpecAccess>().origin.borrow(),
                   right.as<ParamSpecAccess>().origin.borrow(), op);
}
void access_fields(Object* object, FieldVisitor& visitor) {
    visitor.visit(static_cast<ParamSpecAccess*>(object)->origin);
}
const MemberRow access_members[] = {
    {"__origin__", MemberKind::kObject, offsetof(ParamSpecAccess, origin), true},
    {},
};
const MethodRow access_methods[] = {
    {"__mro_entries__", "(self, bases, /)", fn<typevar_mro_entries>, nullptr},
    {},
};

// --- constant evaluators ---

Owned evaluator_call(Thread& thread, Value self, const Arguments& arguments) {
    Value out[1];
    TRY(bind_arguments(thread, "constevaluator.__call__", "(format)", arguments, out, 1));
    int format_number = TRY(convert_int(thread, out[0]));
    Value value = self.as<ConstEvaluator>().value.borrow();
    if (format_number != 4) return Owned::share(value);
    // As source text: a tuple is what is written in parentheses.
    StrBuilder text(thread);
    if (!is_exact_tuple(value)) {
        TRY(append_type_repr(thread, text, value));
        return text.finish();
    }
    auto& items = value.as<Tuple>();
    TRY(text.append("("));
    for (size_t i = 0; i < items.size; i++) {
        if (i) TRY(text.append(", "));
        TRY(append_type_repr(thread, text, items[i]));
    }
    TRY(text.append(items.size == 1 ? ",)" : ")"));
    return text.finish();
}
Owned evaluator_repr(Thread& thread, Value self) {
    return format(thread, "<constevaluator {}>", repr_of(self.as<ConstEvaluator>().value.borrow()));
}
void evaluator_fields(Object* object, FieldVisitor& visitor) {
    visitor.visit(static_cast<ConstEvaluator*>(object)->value);
}

// --- typing.Generic, NoDefault ---

Owned generic_class_getitem(Thread& thread, Type& cls, Args args, Kwargs kwargs) {
    Owned function = TRY(typing_function(thread, ID(_generic_class_getitem)));
    Ref<Tuple> positional = TRY(make_tuple(thread, args.values, args.count));
    Ref<Tuple> own = TRY(make_tuple(thread, Value::of(cls)));
    Ref<Tuple> all = TRY(tuple_concat(thread, *own, *positional));
    return call_with(thread, function, *all, nullptr);
}
Owned generic_init_subclass(Thread& thread, Type& cls, Args args, Kwargs kwargs) {
    Owned function = TRY(typing_function(thread, ID(_generic_init_subclass)));
    Ref<Tuple> positional = TRY(make_tuple(thread, args.values, args.count));
    Ref<Tuple> own = TRY(make_tuple(thread, Value::of(cls)));
    Ref<Tuple> all = TRY(tuple_concat(thread, *own, *positional));
    Ref<Dict> keywords = TRY(make_dict(thread));
    for (size_t i = 0; i < kwargs.count; i++)
        TRY(dict_set(thread, *keywords, kwargs.names[i], kwargs.values[i]));
    return call_with(thread, function, *all, keywords.get());
}
const MethodRow generic_methods[] = {
    {"__class_getitem__", "(cls, /, *args, **kwargs) -> None", fn<generic_class_getitem>,
     "Parameterizes a generic class.", kMethodClass},
    {"__init_subclass__", "(cls, /, *args, **kwargs) -> None", fn<generic_init_subclass>,
     "Function to initialize subclasses.", kMethodClass},
    {},
};

Owned no_default_make(Thread& thread, Type& type, const Arguments& arguments) {
    if (arguments.count || (arguments.names && arguments.names->size))
        return raise(thread, exc::TypeError, "NoDefaultType takes no arguments");
    return Owned::share(no_default());
}
Owned no_default_repr(Thread& thread, Value self) {
    return intern(thread, "typing.NoDefault");
}
Owned no_default_reduce(Thread& thread, Value self) {
    return intern(thread, "NoDefault");
}
const MethodRow no_default_methods[] = {
    {"__reduce__", "(self, /)", fn<no_default_reduce>, nullptr},
    {},
};

}  // namespace

// --- for the interpreter ---

Owned make_typevar(Thread& thread, Value name, Value bound, Value constraints) {
    Owned result = TRY(make_variable(thread, typevar_type, name));
    auto& variable = as_typevar(result);
    variable.infer_variance = true;
    if (!bound.is_empty()) variable.evaluate_bound.init(Owned::share(bound));
    if (!constraints.is_empty()) variable.evaluate_constraints.init(Owned::share(constraints));
    return result;
}
Owned make_paramspec(Thread& thread, Value name) {
    Owned result = TRY(make_variable(thread, paramspec_type, name));
    as_typevar(result).infer_variance = true;
    return result;
}
Owned make_typevartuple(Thread& thread, Value name) {
    return make_variable(thread, typevartuple_type, name);
}
Owned set_typeparam_default(Thread& thread, Value parameter, Value evaluator) {
    keep(thread, as_typevar(parameter), as_typevar(parameter).evaluate_default, evaluator);
    return Owned::share(parameter);
}
Owned subscript_generic(Thread& thread, Value parameters) {
    auto& given = parameters.as<Tuple>();
    Ref<Tuple> args = TRY(make_tuple_blank(thread, given.size));
    for (size_t i = 0; i < given.size; i++) {
        Owned item = Owned::share(given[i]);
        if (is_instance_of(item, typevartuple_type)) {
            Owned unpack = TRY(typing_function(thread, ID(Unpack)));
            item = TRY(get_item(thread, unpack, item));
        }
        args->items[i].init(std::move(item));
    }
    Owned alias = TRY(typing_function(thread, ID(_GenericAlias)));
    return call(thread, alias, Value::of(typing_generic_type), args.value());
}

Owned constant_evaluator(Thread& thread, Value value) {
    return make_evaluator(thread, value);
}
bool set_module_of_caller(Thread& thread, Value self) {
    return set_caller_module(thread, self);
}

// --- types ---

constexpr uint32_t kVariableFlags = kTypeTracked | kTypeHasDict | kTypeHasWeakrefs;

Type typevar_type;
const TypeSpec typevar_type_spec = {
    .name = "typing.TypeVar",
    .doc =
        "Type variable.\n\nThe preferred way to construct a type variable is via the dedicated\n"
        "syntax for generic functions, classes, and type aliases.",
    .size = sizeof(TypeVar),
    .flags = kVariableFlags,
    .slots = {.repr = typevar_repr,
              .make = typevar_make,
              .fields = typevar_fields,
              .bit_or = typevar_or},
    .methods = typevar_methods,
    .getsets = typevar_getsets,
};
Type paramspec_type;
const TypeSpec paramspec_type_spec = {
    .name = "typing.ParamSpec",
    .doc = "Parameter specification variable.",
    .size = sizeof(TypeVar),
    .flags = kVariableFlags,
    .slots = {.repr = typevar_repr,
              .make = paramspec_make,
              .fields = typevar_fields,
              .bit_or = typevar_or},
    .methods = paramspec_methods,
    .getsets = paramspec_getsets,
};
Type typevartuple_type;
const TypeSpec typevartuple_type_spec = {
    .name = "typing.TypeVarTuple",
    .doc =
        "Type variable tuple. A specialized form of type variable that enables\nvariadic "
        "generics.",
    .size = sizeof(TypeVar),
    .flags = kVariableFlags,
    .slots = {.repr = name_repr,
              .iter = unpack_once,
              .make = typevartuple_make,
              .fields = typevar_fields},
    .methods = typevartuple_methods,
    .getsets = typevartuple_getsets,
};
Type paramspec_args_type;
const TypeSpec paramspec_args_type_spec = {
    .name = "typing.ParamSpecArgs",
    .doc = "The args for a ParamSpec object.",
    .size = sizeof(ParamSpecAccess),
    .flags = kTypeTracked | kTypeHasWeakrefs,
    .slots = {.repr = access_repr,
              .compare = access_compare,
              .make = access_make,
              .fields = access_fields},
    .methods = access_methods,
    .members = access_members,
};
Type paramspec_kwargs_type;
const TypeSpec paramspec_kwargs_type_spec = {
    .name = "typing.ParamSpecKwargs",
    .doc = "The kwargs for a ParamSpec object.",
    .size = sizeof(ParamSpecAccess),
    .flags = kTypeTracked | kTypeHasWeakrefs,
    .slots = {.repr = access_repr,
              .compare = access_compare,
              .make = access_make,
              .fields = access_fields},
    .methods = access_methods,
    .members = access_members,
};
Type const_evaluator_type;
const TypeSpec const_evaluator_type_spec = {
    .name = "_typing._ConstEvaluator",
    .doc = "Internal type for implementing evaluation functions.",
    .size = sizeof(ConstEvaluator),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.repr = evaluator_repr, .call = evaluator_call, .fields = evaluator_fields},
};
Type typing_generic_type;
const TypeSpec typing_generic_type_spec = {
    .name = "typing.Generic",
    .doc =
        "Abstract base class for generic types\n\nOn Python 3.12 and newer, generic classes "
        "implicitly inherit from\nGeneric when they declare a parameter list after the class's "
        "name.",
    .size = sizeof(TypingGeneric),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.make = make_plain_object},
    .methods = generic_methods,
};
Type no_default_type;
const TypeSpec no_default_type_spec = {
    .name = "NoDefaultType",
    .doc = "The type of the NoDefault singleton.",
    .slots = {.repr = no_default_repr, .make = no_default_make},
    .methods = no_default_methods,
};

}  // namespace imugi
