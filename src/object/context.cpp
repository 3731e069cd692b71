// Contexts. A context is entered by one thread at a time (`entered` is taken by compare-and-swap);
// only that thread replaces its values, under its Lock; others may read.
#include "object/context.h"

#include "memory/collector.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/native.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi {

IMUGI_BUILTIN_TYPE_BY_OBJECT(Context, context_type);
IMUGI_BUILTIN_TYPE_BY_OBJECT(ContextVar, context_var_type);
IMUGI_BUILTIN_TYPE_BY_OBJECT(ContextToken, context_token_type);

namespace {

Object* missing;  // Token.MISSING, immortal

Context& as_context(Value v) {
    return v.as<Context>();
}

Owned values_of(Thread& thread, Context& context) {
    return read_locked(thread, context, context.values);
}

Owned make(Thread& thread, Owned values) {
    if (!values) return {};
    auto* context = allocate<Context>(thread, context_type);
    if (!context) return {};
    context->values.init(std::move(values));
    track(context);
    return Owned::adopt(context);
}

// The thread's context, made on demand.
Owned current(Thread& thread) {
    if (!thread.context) {
        Owned fresh = TRY(make(thread, make_dict(thread)));
        // Nobody entered it, and nobody else can while it is the thread's own.
        as_context(fresh).entered.store(true, std::memory_order_relaxed);
        thread.context = fresh.release();
    }
    return Owned::share(Value::from_bits(thread.context));
}

bool replace_values(Thread& thread, Context& context, Owned values) {
    Owned old;
    Lock guard(thread, context);
    old = context.values.exchange(std::move(values));
    return true;
}

bool change(Thread& thread, Context& context, Value variable, Value value) {
    Owned values = values_of(thread, context);
    Ref<Dict> fresh = TRY(dict_copy(thread, values.as<Dict>()));
    if (value.is_empty()) {
        auto deleted = dict_delete(thread, *fresh, variable);
        if (!deleted) return false;
    } else {
        TRY(dict_set(thread, *fresh, variable, value));
    }
    return replace_values(thread, context, std::move(fresh));
}

}  // namespace

Ref<Context> make_context(Thread& thread) {
    return Ref<Context>::adopt(make(thread, make_dict(thread)));
}

Ref<Context> copy_current_context(Thread& thread) {
    Owned context = TRY(current(thread));
    return Ref<Context>::adopt(make(thread, values_of(thread, as_context(context))));
}

bool enter_context(Thread& thread, Context& context) {
    bool expected = false;
    if (!context.entered.compare_exchange_strong(expected, true, std::memory_order_acq_rel))
        return raise(thread, exc::RuntimeError, "cannot enter context: {} is already entered",
                     repr_of(Value::of(context)));
    Owned previous = Owned::adopt(std::exchange(thread.context, Owned::share(context).release()));
    Owned old = context.previous.exchange(std::move(previous));
    return true;
}

void exit_context(Thread& thread, Context& context) {
    Owned previous = context.previous.take();
    Owned left = Owned::adopt(std::exchange(thread.context, previous.release()));
    context.entered.store(false, std::memory_order_release);
}

// --- Context ---

namespace {

Owned context_make(Thread& thread, Type& type, const Arguments& arguments) {
    if (arguments.count || (arguments.names && arguments.names->size))
        return raise(thread, exc::TypeError, "Context() does not accept any arguments");
    return make(thread, make_dict(thread));
}

bool check_key(Thread& thread, Value key) {
    if (is_instance_of(key, context_var_type)) return true;
    return raise(thread, exc::TypeError, "a ContextVar key was expected, got {}", repr_of(key));
}

Owned context_subscript(Thread& thread, Value self, Value key) {
    TRY(check_key(thread, key));
    Owned values = values_of(thread, as_context(self));
    Owned found = TRY(dict_get(thread, values.as<Dict>(), key));
    if (found.is_nothing()) return raise_key_error(thread, key);
    return found;
}
Result<bool> context_contains(Thread& thread, Value self, Value key) {
    TRY(check_key(thread, key));
    Owned values = values_of(thread, as_context(self));
    return dict_contains(thread, values.as<Dict>(), key);
}
Result<Index> context_length(Thread& thread, Value self) {
    Owned values = values_of(thread, as_context(self));
    return dict_size(values.as<Dict>());
}
Owned context_iter(Thread& thread, Value self) {
    Owned values = values_of(thread, as_context(self));
    return iterate(thread, values);
}
Owned context_compare(Thread& thread, Value left, Value right, CompareOp op) {
    if ((op != CompareOp::kEq && op != CompareOp::kNe) || !has_shape(right, k_context_shape))
        return Owned::share(not_implemented());
    Owned a = values_of(thread, as_context(left));
    Owned b = values_of(thread, as_context(right));
    return compare(thread, a, b, op);
}
void context_fields(Object* object, FieldVisitor& visitor) {
    visitor.visit(static_cast<Context*>(object)->values);
    visitor.visit(static_cast<Context*>(object)->previous);
}

Owned context_run(Thread& thread, Value self, const Arguments& arguments) {
    auto& context = as_context(self);
    if (arguments.count < 1)
        return raise(thread, exc::TypeError, "run() missing 1 required positional argument");
    TRY(enter_context(thread, context));
    Owned result = call(thread, arguments[0],
                        Arguments{arguments.values + 1, arguments.count - 1, arguments.names});
    exit_context(thread, context);
    return result;
}
Owned context_run_row(Thread& thread, Context& self, Args args, Kwargs kwargs) {
    Value object = Value::of(self);
    if (!kwargs.count)
        return context_run(thread, object,
                           {args.values, static_cast<uint32_t>(args.count), nullptr});
    Ref<Tuple> names = TRY(make_tuple(thread, kwargs.names, kwargs.count));
    Ref<Tuple> positional = TRY(make_tuple(thread, args.values, args.count));
    Ref<Tuple> named = TRY(make_tuple(thread, kwargs.values, kwargs.count));
    Ref<Tuple> all = TRY(tuple_concat(thread, *positional, *named));
    return context_run(thread, object,
                       {reinterpret_cast<const Value*>(all->items),
                        static_cast<uint32_t>(args.count), names.get()});
}
Owned context_copy(Thread& thread, Context& self) {
    return make(thread, values_of(thread, self));
}
Owned context_get(Thread& thread, Context& self, Value key, Value fallback) {
    TRY(check_key(thread, key));
    Owned values = values_of(thread, self);
    Owned found = TRY(dict_get(thread, values.as<Dict>(), key));
    return found.is_nothing() ? Owned::share(fallback) : std::move(found);
}
Owned context_keys(Thread& thread, Context& self) {
    Owned values = values_of(thread, self);
    return call_method(thread, values, ID(keys));
}
Owned context_values(Thread& thread, Context& self) {
    Owned values = values_of(thread, self);
    return call_method(thread, values, ID(values));
}
Owned context_items(Thread& thread, Context& self) {
    Owned values = values_of(thread, self);
    return call_method(thread, values, ID(items));
}

const MethodRow context_methods[] = {
    {"get", "(self, key, default=None, /)", fn<context_get>,
     "Return the value for `key` if `key` has the value in the context object.\n\nIf `key` does "
     "not "
     "exist, return `default`. If `default` is not given,\nreturn None."},
    {"items", "(self, /)", fn<context_items>,
     "Return all variables and their values in the context object.\n\nThe result is returned as a "
     "list of 2-tuples (variable, value)."},
    {"keys", "(self, /)", fn<context_keys>,
     "Return a list of all variables in the context object."},
    {"values", "(self, /)", fn<context_values>,
     "Return a list of all variables' values in the context object."},
    {"copy", "(self, /)", fn<context_copy>, "Return a shallow copy of the context object."},
    {"run", "(self, /, *args, **kwargs)", fn<context_run_row>, nullptr},
    {},
};

// --- ContextVar ---

Owned var_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value out[2];
    bool named = arguments.count > 0;
    for (size_t i = 0; arguments.names && i < arguments.names->size; i++)
        named = named || str_equal((*arguments.names)[i].as<Str>(), "name");
    if (!named)
        return raise(thread, exc::TypeError,
                     "ContextVar() takes exactly 1 positional argument (0 given)");
    TRY(bind_arguments(thread, "ContextVar", "(name, *, default=<unrepresentable>)", arguments, out,
                       2));
    if (!is_str(out[0]))
        return raise(thread, exc::TypeError, "context variable name must be a str");
    return make_context_var(thread, out[0].as<Str>(), out[1]);
}
Owned var_repr(Thread& thread, Value self) {
    auto& variable = self.as<ContextVar>();
    if (variable.default_value.is_empty())
        return format(thread, "<ContextVar name={} at {}>", repr_of(variable.name.borrow()),
                      address_of(self));
    return format(thread, "<ContextVar name={} default={} at {}>", repr_of(variable.name.borrow()),
                  repr_of(variable.default_value.borrow()), address_of(self));
}
void var_fields(Object* object, FieldVisitor& visitor) {
    visitor.visit(static_cast<ContextVar*>(object)->name);
    visitor.visit(static_cast<ContextVar*>(object)->default_value);
}
Owned var_get(Thread& thread, ContextVar& self, Value fallback) {
    if (thread.context) {
        Owned values = values_of(thread, as_context(Value::from_bits(thread.context)));
        Owned found = TRY(dict_get(thread, values.as<Dict>(), Value::of(self)));
        if (!found.is_nothing()) return found;
    }
    if (!fallback.is_empty()) return Owned::share(fallback);
    if (!self.default_value.is_empty()) return self.default_value.share();
    return raise_value(thread, exc::LookupError, Value::of(self));
}
Owned var_set(Thread& thread, ContextVar& self, Value value) {
    return context_var_set(thread, self, value);
}
bool reset(Thread& thread, ContextVar& self, ContextToken& token) {
    Value token_value = Value::of(token);
    if (token.used.load(std::memory_order_acquire))
        return raise(thread, exc::RuntimeError, "{} has already been used once",
                     repr_of(token_value));
    if (token.variable.borrow().object() != &self)
        return raise(thread, exc::ValueError, "{} was created by a different ContextVar",
                     repr_of(token_value));
    Owned context = TRY(current(thread));
    if (!same(token.context.borrow(), context))
        return raise(thread, exc::ValueError, "{} was created in a different Context",
                     repr_of(token_value));
    token.used.store(true, std::memory_order_release);
    return change(thread, as_context(context), Value::of(self), token.old_value.borrow());
}
Owned var_reset(Thread& thread, ContextVar& self, Value token) {
    if (!has_shape(token, k_context_token_shape))
        return raise(thread, exc::TypeError, "expected an instance of Token, got {}",
                     repr_of(token));
    TRY(reset(thread, self, token.as<ContextToken>()));
    return Owned::share(none());
}
const MethodRow var_methods[] = {
    {"get", "(self, default=<unrepresentable>, /)", fn<var_get>,
     "Return a value for the context variable for the current context.\n\nIf there is no value for "
     "the variable in the current context, the method will:\n * return the value of the default "
     "argument of the method, if provided; or\n * return the default value for the context "
     "variable, "
     "if it was created\n   with one; or\n * raise a LookupError."},
    {"set", "(self, value, /)", fn<var_set>,
     "Call to set a new value for the context variable in the current context.\n\nThe required "
     "*value* argument is the new value for the context variable.\n\nReturns a Token object that "
     "can "
     "be used to restore the variable to its previous\nvalue via the `ContextVar.reset()` method."},
    {"reset", "(self, token, /)", fn<var_reset>,
     "Reset the context variable.\n\nThe variable is reset to the value it had before the "
     "`ContextVar.set()` that\ncreated the token was used."},
    {"__class_getitem__", "(cls, object, /)", fn<class_getitem>, "See PEP 585", kMethodClass},
    {},
};
const MemberRow var_members[] = {
    {"name", MemberKind::kObject, offsetof(ContextVar, name), true},
    {},
};

// --- Token ---

Owned token_make(Thread& thread, Type& type, const Arguments& arguments) {
    return raise(thread, exc::RuntimeError, "Tokens can only be created by ContextVars");
}
Owned token_repr(Thread& thread, Value self) {
    auto& token = self.as<ContextToken>();
    return format(thread, "<Token{} var={} at {}>",
                  token.used.load(std::memory_order_relaxed) ? " used" : "",
                  repr_of(token.variable.borrow()), address_of(self));
}
void token_fields(Object* object, FieldVisitor& visitor) {
    auto& token = *static_cast<ContextToken*>(object);
    visitor.visit(token.context);
    visitor.visit(token.variable);
    visitor.visit(token.old_value);
}
Owned get_old_value(Thread& thread, Value self) {
    auto& token = self.as<ContextToken>();
    return token.old_value.is_empty() ? Owned::share(*missing) : token.old_value.share();
}
Owned token_enter(Thread& thread, ContextToken& self) {
    return Owned::share(self);
}
Owned token_exit(Thread& thread, ContextToken& self, Value type, Value val, Value tb) {
    TRY(reset(thread, self.variable.as<ContextVar>(), self));
    return Owned::share(none());
}
const MethodRow token_methods[] = {
    {"__class_getitem__", "(cls, object, /)", fn<class_getitem>, "See PEP 585", kMethodClass},
    {"__enter__", "(self, /)", fn<token_enter>, "Enter into Token context manager."},
    {"__exit__", "(self, type, val, tb, /)", fn<token_exit>,
     "Exit from Token context manager, restore the linked ContextVar."},
    {},
};
const MemberRow token_members[] = {
    {"var", MemberKind::kObject, offsetof(ContextToken, variable), true},
    {},
};
const GetSetRow token_getsets[] = {{"old_value", get_old_value}, {}};

Owned missing_repr(Thread& thread, Value self) {
    return make_str(thread, "<Token.MISSING>");
}
const TypeSpec missing_spec = {
    .name = "Token.MISSING",
    .size = sizeof(Object),
    .flags = kTypeNoInstantiate,
    .slots = {.repr = missing_repr},
};

}  // namespace

Ref<ContextVar> make_context_var(Thread& thread, Str& name, Value default_value) {
    auto* variable = allocate<ContextVar>(thread, context_var_type);
    if (!variable) return {};
    variable->name.init(Owned::share(name));
    if (!default_value.is_empty()) variable->default_value.init(Owned::share(default_value));
    track(variable);
    return Ref<ContextVar>::adopt(variable);
}

Owned context_var_get(Thread& thread, ContextVar& variable) {
    if (thread.context) {
        Owned values = values_of(thread, as_context(Value::from_bits(thread.context)));
        Owned found = TRY(dict_get(thread, values.as<Dict>(), Value::of(variable)));
        if (!found.is_nothing()) return found;
    }
    return variable.default_value.is_empty() ? Owned::nothing() : variable.default_value.share();
}

Owned context_var_set(Thread& thread, ContextVar& variable, Value value) {
    Owned context = TRY(current(thread));
    Owned values = values_of(thread, as_context(context));
    Owned old = TRY(dict_get(thread, values.as<Dict>(), Value::of(variable)));
    auto* token = allocate<ContextToken>(thread, context_token_type);
    if (!token) return {};
    Owned result = Owned::adopt(token);
    token->context.init(context.share());
    token->variable.init(Owned::share(variable));
    if (!old.is_nothing()) token->old_value.init(std::move(old));
    track(token);
    TRY(change(thread, as_context(context), Value::of(variable), value));
    return result;
}

bool init_contexts(Thread& thread) {
    Ref<Type> type = TRY(make_native_type(thread, missing_spec, nullptr));
    missing = allocate_object(thread, *type);
    if (!missing) return false;
    make_immortal(missing);
    return set_type_attribute(thread, context_token_type, ID(MISSING), Value::of(missing));
}

Type context_type;
const TypeSpec context_type_spec = {
    .name = "_contextvars.Context",
    .size = sizeof(Context),
    .flags = kTypeTracked | kTypeHasWeakrefs,
    .slots = {.compare = context_compare,
              .iter = context_iter,
              .make = context_make,
              .fields = context_fields,
              .contains = context_contains,
              .length = context_length,
              .subscript = context_subscript},
    .methods = context_methods,
};

Type context_var_type;
const TypeSpec context_var_type_spec = {
    .name = "_contextvars.ContextVar",
    .size = sizeof(ContextVar),
    .flags = kTypeTracked,
    .slots = {.repr = var_repr, .make = var_make, .fields = var_fields},
    .methods = var_methods,
    .members = var_members,
    .signature = "(name, *, default=<unrepresentable>)",
};

Type context_token_type;
const TypeSpec context_token_type_spec = {
    .name = "_contextvars.Token",
    .size = sizeof(ContextToken),
    .flags = kTypeTracked,
    .slots = {.repr = token_repr, .make = token_make, .fields = token_fields},
    .methods = token_methods,
    .members = token_members,
    .getsets = token_getsets,
};

}  // namespace imugi
