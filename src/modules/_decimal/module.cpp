// The module _decimal: General Decimal Arithmetic (version 1.70) for `decimal`. Exceptions,
// templates and the context variable are made by the first import and shared by the process.
#include "object/module.h"
#include "modules/_decimal/decimal.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi::decimals {

namespace {

Owned getcontext(Thread& thread, Value) {
    return current_context(thread);
}
bool setcontext(Thread& thread, Value, Value context) {
    return set_context(thread, context);
}
Owned localcontext(Thread& thread, Value, Value ctx, Kwargs kwargs) {
    return local_context(thread, ctx, kwargs);
}
Owned ieee_context_row(Thread& thread, Value, Value bits) {
    return ieee_context(thread, bits);
}

const MethodRow functions[] = {
    {"getcontext", "(module, /)", fn<getcontext>, "The current context of this thread."},
    {"setcontext", "(module, context, /)", fn<setcontext>,
     "Makes a context the current one of this thread."},
    {"localcontext", "(module, /, ctx=None, **kwargs)", fn<localcontext>,
     "A context manager under which a copy of ctx, or of the current context, is the current "
     "one.\n\n"
     "Keyword arguments change the copy's settings."},
    {"IEEEContext", "(module, bits, /)", fn<ieee_context_row>,
     "The context of an IEEE 754 decimal interchange format of that many bits."},
    {},
};

// class name(*bases), as a class statement in the module decimal would make it.
Type* make_class(Thread& thread, const char* name, Ref<Tuple> bases, const char* home) {
    if (!bases) return nullptr;
    Ref<Str> text = make_str(thread, name);
    Ref<Dict> dict = make_dict(thread);
    Ref<Str> module = make_str(thread, home);
    if (!text || !dict || !module ||
        !dict_set(thread, *dict, Value::of(ID(__module__)), module.value()))
        return nullptr;
    Owned made = call(thread, Value::of(type_of((*bases)[bases->size - 1])), text, bases, dict);
    if (!made) return nullptr;
    make_immortal(made.value().object());
    return static_cast<Type*>(made.value().object());
}

template <class... T>
Ref<Tuple> tuple_of(Thread& thread, T&... types) {
    return make_tuple(thread, Value::of(types)...);
}

constexpr unsigned index_of(Condition condition) {
    return static_cast<unsigned>(__builtin_ctz(condition));
}

bool make_exceptions(Thread& thread) {
    constexpr const char* kHome = "decimal";
    Type*& base = shared.decimal_exception;
    base = make_class(thread, "DecimalException", tuple_of(thread, exc::ArithmeticError), kHome);
    if (!base) return false;
    auto add = [&](Condition condition, const char* name, Ref<Tuple> bases) {
        return shared.conditions[index_of(condition)] =
                   make_class(thread, name, std::move(bases), kHome);
    };
    auto get = [&](Condition condition) -> Type& {
        return *shared.conditions[index_of(condition)];
    };
    return add(kInvalidOperation, "InvalidOperation", tuple_of(thread, *base)) &&
           add(kFloatOperation, "FloatOperation", tuple_of(thread, *base, exc::TypeError)) &&
           add(kDivisionByZero, "DivisionByZero",
               tuple_of(thread, *base, exc::ZeroDivisionError)) &&
           add(kSubnormal, "Subnormal", tuple_of(thread, *base)) &&
           add(kInexact, "Inexact", tuple_of(thread, *base)) &&
           add(kRounded, "Rounded", tuple_of(thread, *base)) &&
           add(kClamped, "Clamped", tuple_of(thread, *base)) &&
           add(kOverflow, "Overflow", tuple_of(thread, get(kInexact), get(kRounded))) &&
           add(kUnderflow, "Underflow",
               tuple_of(thread, get(kInexact), get(kRounded), get(kSubnormal))) &&
           add(kConversionSyntax, "ConversionSyntax", tuple_of(thread, get(kInvalidOperation))) &&
           add(kDivisionImpossible, "DivisionImpossible",
               tuple_of(thread, get(kInvalidOperation))) &&
           add(kDivisionUndefined, "DivisionUndefined",
               tuple_of(thread, get(kInvalidOperation), exc::ZeroDivisionError)) &&
           add(kInvalidContext, "InvalidContext", tuple_of(thread, get(kInvalidOperation)));
}

Ref<Tuple> field_names(Thread& thread) {
    Ref<Str> sign = TRY(make_str(thread, "sign")), digits = TRY(make_str(thread, "digits")),
             exponent = TRY(make_str(thread, "exponent"));
    return make_tuple(thread, sign, digits, exponent);
}

bool make_shared(Thread& thread) {
    if (!decimal_class.make(thread) || !context_class.make(thread)) return false;
    Type* mixin = signal_mixin_class.make(thread);
    if (!mixin) return false;
    TRY(make_exceptions(thread));
    Ref<Str> collections = TRY(make_str(thread, "collections.abc"));
    Owned abc = TRY(import_module(thread, *collections));
    Owned mapping = TRY(get_attribute(thread, abc, ID(MutableMapping)));
    Ref<Tuple> bases = TRY(make_tuple(thread, Value::of(*mixin), mapping));
    shared.signal_dict = make_class(thread, "SignalDict", std::move(bases), "decimal");
    if (!shared.signal_dict) return false;
    Owned named = TRY(module_attribute(thread, ID(collections), ID(namedtuple)));
    Ref<Str> name = TRY(make_str(thread, "DecimalTuple")), home = TRY(make_str(thread, "decimal"));
    Ref<Tuple> fields = TRY(field_names(thread));
    Ref<Tuple> names = TRY(make_tuple(thread, Value::of(ID(module))));
    const Value arguments[] = {name, fields, home};
    Owned tuple = TRY(call(thread, named, Arguments{arguments, 2, names.get()}));
    make_immortal(tuple.value().object());
    shared.tuple_type = tuple.value().object();
    return init_decimal_contexts(thread);
}

bool add_int(Thread& thread, Module& module, const char* name, int64_t value) {
    return module_set(thread, module, name, make_int(thread, value));
}

bool execute(Thread& thread, Module& module) {
    if (!shared.variable) TRY(make_shared(thread));
    constexpr const char* kNames[] = {
        "InvalidOperation",   "FloatOperation",    "DivisionByZero", "Overflow", "Underflow",
        "Subnormal",          "Inexact",           "Rounded",        "Clamped",  "ConversionSyntax",
        "DivisionImpossible", "DivisionUndefined", "InvalidContext"};
    for (size_t i = 0; i < 13; i++)
        TRY(module_set(thread, module, kNames[i], Value::of(shared.conditions[i])));
    TRY(module_set(thread, module, "DecimalException", Value::of(shared.decimal_exception)));
    TRY(module_set(thread, module, "Decimal", Value::of(decimal_class.type())));
    TRY(module_set(thread, module, "Context", Value::of(context_class.type())));
    TRY(module_set(thread, module, "DecimalTuple", Value::of(shared.tuple_type)));
    TRY(module_set(thread, module, "DefaultContext", Value::of(shared.default_context)));
    TRY(module_set(thread, module, "BasicContext", Value::of(shared.basic_context)));
    TRY(module_set(thread, module, "ExtendedContext", Value::of(shared.extended_context)));
    for (const char* name : kRoundingNames)
        TRY(module_set(thread, module, name, intern(thread, name).owned()));
    TRY(add_int(thread, module, "MAX_PREC", kMaxPrecision));
    TRY(add_int(thread, module, "MAX_EMAX", kMaxExponent));
    TRY(add_int(thread, module, "MIN_EMIN", kMinExponent));
    TRY(add_int(thread, module, "MIN_ETINY", kMinEtiny));
    TRY(add_int(thread, module, "IEEE_CONTEXT_MAX_BITS", 512));
    TRY(module_set(thread, module, "HAVE_THREADS", boolean(true)));
    TRY(module_set(thread, module, "HAVE_CONTEXTVAR", boolean(true)));
    TRY(module_set(thread, module, "__version__", make_str(thread, "1.70").owned()));
    TRY(module_set(thread, module, "__libmpdec_version__", make_str(thread, "2.5.1").owned()));
    // Decimal is a number, though not a Real.
    Owned number = TRY(module_attribute(thread, ID(numbers), ID(Number)));
    return static_cast<bool>(
        call_method(thread, number, ID(register), Value::of(decimal_class.type())));
}

ModuleSpec spec("_decimal",
                "Decimal arithmetic after the General Decimal Arithmetic Specification.", functions,
                execute);

}  // namespace

}  // namespace imugi::decimals
