// Contexts of decimal arithmetic and their signal dicts. Settings and flag words are atomics, each
// read and written by itself, so a context that threads share is safe, if hardly sensible; every
// thread (or contextvars.Context) has its own unless told otherwise.
#include <cstring>

#include "memory/collector.h"
#include "modules/_decimal/decimal.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi::decimals {

const char* const kRoundingNames[8] = {"ROUND_UP",        "ROUND_DOWN",    "ROUND_CEILING",
                                       "ROUND_FLOOR",     "ROUND_HALF_UP", "ROUND_HALF_DOWN",
                                       "ROUND_HALF_EVEN", "ROUND_05UP"};

namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr Status kDefaultTraps = kInvalidOperation | kDivisionByZero | kOverflow;

Ref<SignalDict> make_signals(Thread& thread, Status bits) {
    auto* dict = allocate<SignalDict>(thread, *shared.signal_dict);
    if (!dict) return {};
    dict->attached = true;
    dict->bits.store(bits, kRelaxed);
    if (shared.signal_dict->has(kTypeTracked)) track(dict);
    return Ref<SignalDict>::adopt(dict);
}

Raised raise_unknown_signal(Thread& thread) {
    return raise(
        thread, exc::KeyError,
        "valid values for signals are:\n  [InvalidOperation, FloatOperation, "
        "DivisionByZero,\n   Overflow, Underflow, Subnormal, Inexact, Rounded,\n   Clamped]");
}

// A dict that somebody made from the class belongs to no context.
bool check_attached(Thread& thread, Value dict) {
    return dict.as<SignalDict>().attached || raise(thread, exc::ValueError, "invalid signal dict");
}

// The signal of a class; 0 with an exception for anything else.
Status signal_of(Thread& thread, Value value) {
    for (unsigned i = 0; i < kSignals; i++)
        if (value.is_object() && value.object() == shared.conditions[i]) return 1u << i;
    (void)raise_unknown_signal(thread);
    return 0;
}

// A mapping of the nine signals to truth values, or a list of those that are set.
bool signals_from(Thread& thread, Value value, Status* out) {
    *out = 0;
    if (signal_mixin_class.is_instance(value)) {
        TRY(check_attached(thread, value));
        *out = value.as<SignalDict>().bits.load(kRelaxed);
        return true;
    }
    if (is_list(value)) {
        List& list = value.as<List>();
        for (Index i = 0; i < list_size(list); i++) {
            Owned item = TRY(list_item(thread, list, i));
            if (item.is_nothing()) break;
            Status signal = signal_of(thread, item);
            if (!signal) return false;
            *out |= signal;
        }
        return true;
    }
    if (!is_dict(value)) return raise(thread, exc::TypeError, "argument must be a signal dict");
    Dict& dict = value.as<Dict>();
    if (dict_size(dict) != kSignals) return raise(thread, exc::KeyError, "invalid signal dict");
    for (unsigned i = 0; i < kSignals; i++) {
        Owned item = TRY(dict_get(thread, dict, Value::of(shared.conditions[i])));
        if (item.is_nothing()) return raise(thread, exc::KeyError, "invalid signal dict");
        if (TRY(is_true(thread, item))) *out |= 1u << i;
    }
    return true;
}

// --- SignalDict ---

Owned signals_get(Thread& thread, Value self, Value key) {
    TRY(check_attached(thread, self));
    Status signal = signal_of(thread, key);
    if (!signal) return {};
    return Owned::share(boolean(self.as<SignalDict>().bits.load(kRelaxed) & signal));
}

bool signals_set(Thread& thread, Value self, Value key, Value value) {
    TRY(check_attached(thread, self));
    if (value.is_empty()) return raise(thread, exc::ValueError, "signal keys cannot be deleted");
    Status signal = signal_of(thread, key);
    if (!signal) return false;
    if (TRY(is_true(thread, value)))
        self.as<SignalDict>().bits.fetch_or(signal, kRelaxed);
    else
        self.as<SignalDict>().bits.fetch_and(~signal, kRelaxed);
    return true;
}

Result<Index> signals_length(Thread& thread, Value self) {
    TRY(check_attached(thread, self));
    return Index{kSignals};
}

Owned signals_iter(Thread& thread, Value self) {
    TRY(check_attached(thread, self));
    Ref<Tuple> keys = TRY(make_tuple_blank(thread, kSignals));
    for (unsigned i = 0; i < kSignals; i++)
        keys->items[i].init(Owned::share(Value::of(shared.conditions[i])));
    track(keys.get());
    return make_tuple_iterator(thread, *keys);
}

Owned signals_repr(Thread& thread, Value self) {
    TRY(check_attached(thread, self));
    Status bits = self.as<SignalDict>().bits.load(kRelaxed);
    StrBuilder builder(thread);
    for (unsigned i = 0; i < kSignals; i++) {
        TRY(builder.append(i ? ", " : "{"));
        Owned name = TRY(repr(thread, Value::of(shared.conditions[i])));
        TRY(builder.append(name.as<Str>()));
        TRY(builder.append(bits & (1u << i) ? ":True" : ":False"));
    }
    TRY(builder.append("}"));
    return builder.finish();
}

Owned signals_compare(Thread& thread, Value self, Value other, CompareOp op) {
    TRY(check_attached(thread, self));
    if (op != CompareOp::kEq && op != CompareOp::kNe) return Owned::share(not_implemented());
    Status right;
    if (signal_mixin_class.is_instance(other)) {
        TRY(check_attached(thread, other));
        right = other.as<SignalDict>().bits.load(kRelaxed);
    } else if (is_dict(other)) {
        if (!signals_from(thread, other, &right)) {
            // Keys that are no signals, or not all of them.
            if (!clear_exception_if(thread, exc::KeyError)) return {};
            return Owned::share(boolean(op == CompareOp::kNe));
        }
    } else {
        return Owned::share(not_implemented());
    }
    bool equal = self.as<SignalDict>().bits.load(kRelaxed) == right;
    return Owned::share(boolean(equal == (op == CompareOp::kEq)));
}

Owned signals_copy(Thread& thread, SignalDict& self) {
    TRY(check_attached(thread, Value::of(self)));
    Status bits = self.bits.load(kRelaxed);
    Ref<Dict> dict = TRY(make_dict(thread, kSignals));
    for (unsigned i = 0; i < kSignals; i++)
        TRY(dict_set(thread, *dict, Value::of(shared.conditions[i]), boolean(bits & (1u << i))));
    return dict;
}

const MethodRow signal_rows[] = {{"copy", "(self, /)", fn<signals_copy>, nullptr}, {}};

const TypeSpec signal_spec = {
    .name = "decimal.SignalDictMixin",
    .size = sizeof(SignalDict),
    .flags = kTypeBase,
    .slots = {.repr = signals_repr,
              .hash = [](Thread& thread, Value self) -> Result<int64_t> {
                  return raise(thread, exc::TypeError, "unhashable type: '{}'", type_name_of(self));
              },
              .compare = signals_compare,
              .iter = signals_iter,
              .length = signals_length,
              .subscript = signals_get,
              .assign_subscript = signals_set},
    .methods = signal_rows,
};

// --- Context ---

bool read_integer(Thread& thread, Value value, int64_t* out) {
    if (!is_int(value)) return raise(thread, exc::TypeError, "an integer is required");
    *out = TRY(int_to_int64(thread, value));
    return true;
}

bool out_of_range(Thread& thread, const char* text) {
    return raise(thread, exc::ValueError, "{}", text);
}

bool set_precision(Thread& thread, Context& self, Value value) {
    int64_t n;
    TRY(read_integer(thread, value, &n));
    if (n < 1 || n > kMaxPrecision)
        return out_of_range(thread, "valid range for prec is [1, MAX_PREC]");
    self.precision.store(n, kRelaxed);
    return true;
}
bool set_e_max(Thread& thread, Context& self, Value value) {
    int64_t n;
    TRY(read_integer(thread, value, &n));
    if (n < 0 || n > kMaxExponent)
        return out_of_range(thread, "valid range for Emax is [0, MAX_EMAX]");
    self.e_max.store(n, kRelaxed);
    return true;
}
bool set_e_min(Thread& thread, Context& self, Value value) {
    int64_t n;
    TRY(read_integer(thread, value, &n));
    if (n > 0 || n < kMinExponent)
        return out_of_range(thread, "valid range for Emin is [MIN_EMIN, 0]");
    self.e_min.store(n, kRelaxed);
    return true;
}
bool set_capitals(Thread& thread, Context& self, Value value) {
    int64_t n;
    TRY(read_integer(thread, value, &n));
    if (n != 0 && n != 1) return out_of_range(thread, "valid values for capitals are 0 or 1");
    self.capitals.store(n, kRelaxed);
    return true;
}
bool set_clamp(Thread& thread, Context& self, Value value) {
    int64_t n;
    TRY(read_integer(thread, value, &n));
    if (n != 0 && n != 1) return out_of_range(thread, "valid values for clamp are 0 or 1");
    self.clamp.store(n, kRelaxed);
    return true;
}
bool set_rounding(Thread& thread, Context& self, Value value) {
    Rounding rounding;
    TRY(parse_rounding(thread, value, &rounding));
    self.rounding.store(rounding, kRelaxed);
    return true;
}
bool set_flags(Thread& thread, Context& self, Value value) {
    Status bits;
    TRY(signals_from(thread, value, &bits));
    self.flag_bits().bits.store(bits, kRelaxed);
    return true;
}
bool set_traps(Thread& thread, Context& self, Value value) {
    Status bits;
    TRY(signals_from(thread, value, &bits));
    self.trap_bits().bits.store(bits, kRelaxed);
    return true;
}

using Setter = bool (*)(Thread&, Context&, Value);
struct Setting {
    const char* name;
    Setter set;
};
// In the order of the constructor's parameters.
constexpr Setting kSettings[] = {
    {"prec", set_precision}, {"rounding", set_rounding}, {"Emin", set_e_min},
    {"Emax", set_e_max},     {"capitals", set_capitals}, {"clamp", set_clamp},
    {"flags", set_flags},    {"traps", set_traps},
};
constexpr size_t kSettingCount = 8;

template <Setter setter>
bool set_attribute_row(Thread& thread, Value self, Value value) {
    if (value.is_empty())
        return raise(thread, exc::AttributeError, "context attributes cannot be deleted");
    return setter(thread, self.as<Context>(), value);
}

// Flags and traps are replaced by mappings only.
template <Setter setter>
bool set_signals_row(Thread& thread, Value self, Value value) {
    if (value.is_empty())
        return raise(thread, exc::AttributeError, "context attributes cannot be deleted");
    if (is_list(value)) return raise(thread, exc::TypeError, "argument must be a signal dict");
    return setter(thread, self.as<Context>(), value);
}

Owned get_precision(Thread& thread, Value self) {
    return make_int(thread, self.as<Context>().precision.load(kRelaxed));
}
Owned get_e_max(Thread& thread, Value self) {
    return make_int(thread, self.as<Context>().e_max.load(kRelaxed));
}
Owned get_e_min(Thread& thread, Value self) {
    return make_int(thread, self.as<Context>().e_min.load(kRelaxed));
}
Owned get_capitals(Thread&, Value self) {
    return Owned::small_int(self.as<Context>().capitals.load(kRelaxed));
}
Owned get_clamp(Thread&, Value self) {
    return Owned::small_int(self.as<Context>().clamp.load(kRelaxed));
}
Owned get_rounding(Thread& thread, Value self) {
    auto index = static_cast<size_t>(self.as<Context>().rounding.load(kRelaxed));
    return intern(thread, kRoundingNames[index]).owned();
}
Owned get_flags(Thread&, Value self) {
    return self.as<Context>().flags.share();
}
Owned get_traps(Thread&, Value self) {
    return self.as<Context>().traps.share();
}

const GetSetRow context_getsets[] = {
    {"prec", get_precision, set_attribute_row<set_precision>},
    {"rounding", get_rounding, set_attribute_row<set_rounding>},
    {"Emin", get_e_min, set_attribute_row<set_e_min>},
    {"Emax", get_e_max, set_attribute_row<set_e_max>},
    {"capitals", get_capitals, set_attribute_row<set_capitals>},
    {"clamp", get_clamp, set_attribute_row<set_clamp>},
    {"flags", get_flags, set_signals_row<set_flags>},
    {"traps", get_traps, set_signals_row<set_traps>},
    {},
};

void context_fields(Object* object, FieldVisitor& visitor) {
    visitor.visit(static_cast<Context*>(object)->flags);
    visitor.visit(static_cast<Context*>(object)->traps);
}

Owned context_make(Thread& thread, Type& type, const Arguments&) {
    Ref<Context> context = TRY(make_context(thread, type));
    if (const Context* model = shared.default_context) {
        Settings settings = model->settings();
        context->precision.store(settings.precision, kRelaxed);
        context->e_max.store(settings.e_max, kRelaxed);
        context->e_min.store(settings.e_min, kRelaxed);
        context->rounding.store(settings.rounding, kRelaxed);
        context->clamp.store(settings.clamp, kRelaxed);
        context->capitals.store(model->capitals.load(kRelaxed), kRelaxed);
        context->trap_bits().bits.store(model->trap_bits().bits.load(kRelaxed), kRelaxed);
    }
    return context;
}

bool context_init(Thread& thread, Value self, const Arguments& arguments) {
    Value values[kSettingCount];
    TRY(bind_arguments(thread, "Context",
                       "(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, "
                       "clamp=None, flags=None, traps=None)",
                       arguments, values, kSettingCount));
    for (size_t i = 0; i < kSettingCount; i++)
        if (!is_none(values[i])) TRY(kSettings[i].set(thread, self.as<Context>(), values[i]));
    return true;
}

// In the order in which representations list them.
constexpr Status kShownOrder[] = {kClamped, kInvalidOperation, kDivisionByZero,
                                  kInexact, kFloatOperation,   kOverflow,
                                  kRounded, kSubnormal,        kUnderflow};
constexpr const char* kSignalNames[kSignals] = {
    "InvalidOperation", "FloatOperation", "DivisionByZero", "Overflow", "Underflow",
    "Subnormal",        "Inexact",        "Rounded",        "Clamped"};

bool append_signals(StrBuilder& builder, Status bits) {
    bool first = true;
    for (Status signal : kShownOrder) {
        if (!(bits & signal)) continue;
        if (!first) TRY(builder.append(", "));
        first = false;
        TRY(builder.append(kSignalNames[__builtin_ctz(signal)]));
    }
    return true;
}

Owned context_repr(Thread& thread, Value value) {
    auto& self = value.as<Context>();
    Settings settings = self.settings();
    Ref<Str> head = TRY(format(
        thread, "Context(prec={}, rounding={}, Emin={}, Emax={}, capitals={}, clamp={}, flags=[",
        settings.precision, kRoundingNames[static_cast<size_t>(settings.rounding)], settings.e_min,
        settings.e_max, static_cast<int>(self.capitals.load(kRelaxed)),
        static_cast<int>(settings.clamp)));
    StrBuilder builder(thread);
    TRY(builder.append(*head));
    TRY(append_signals(builder, self.flag_bits().bits.load(kRelaxed)));
    TRY(builder.append("], traps=["));
    TRY(append_signals(builder, self.trap_bits().bits.load(kRelaxed)));
    TRY(builder.append("])"));
    return builder.finish();
}

const TypeSpec context_spec = {
    .name = "decimal.Context",
    .doc =
        "The context affects almost all operations and controls rounding,\n"
        "Over/Underflow, raising of exceptions and much more.  A new context\n"
        "can be constructed as follows:\n\n"
        "    >>> c = Context(prec=28, Emin=-425000000, Emax=425000000,\n"
        "    ...             rounding=ROUND_HALF_EVEN, capitals=1, clamp=1,\n"
        "    ...             traps=[InvalidOperation, DivisionByZero, Overflow],\n"
        "    ...             flags=[])\n"
        "    >>>\n\n\n",
    .size = sizeof(Context),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.repr = context_repr,
              .make = context_make,
              .init = context_init,
              .fields = context_fields},
    .methods = context_rows,
    .getsets = context_getsets,
    .signature =
        "(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, "
        "flags=None, traps=None)",
};

// --- the context manager that localcontext() gives ---

struct Manager : Object {
    Slot local, global;  // immutable
};

void manager_fields(Object* object, FieldVisitor& visitor) {
    visitor.visit(static_cast<Manager*>(object)->local);
    visitor.visit(static_cast<Manager*>(object)->global);
}
Owned manager_enter(Thread& thread, Value self) {
    Owned local = self.as<Manager>().local.share();
    TRY(set_context(thread, local));
    return local;
}
Owned manager_exit(Thread& thread, Value self, Args) {
    TRY(set_context(thread, self.as<Manager>().global.borrow()));
    return Owned::share(boolean(false));
}
const MethodRow manager_rows[] = {
    {"__enter__", "(self, /)", fn<manager_enter>, nullptr},
    {"__exit__", "(self, /, *args)", fn<manager_exit>, nullptr},
    {},
};
const TypeSpec manager_spec = {
    .name = "decimal.ContextManager",
    .size = sizeof(Manager),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.fields = manager_fields},
    .methods = manager_rows,
};

Ref<Context> make_template(Thread& thread, int64_t precision, Rounding rounding, Status traps) {
    Ref<Context> context = TRY(make_context(thread, context_class.type()));
    context->precision.store(precision, kRelaxed);
    context->rounding.store(rounding, kRelaxed);
    context->trap_bits().bits.store(traps, kRelaxed);
    make_immortal(context->flags.borrow().object());
    make_immortal(context->traps.borrow().object());
    make_immortal(context.get());
    return context;
}

}  // namespace

constinit SharedType context_class(context_spec), signal_mixin_class(signal_spec),
    manager_class(manager_spec);
Shared shared;

Ref<Context> make_context(Thread& thread, Type& type) {
    Ref<SignalDict> flags = TRY(make_signals(thread, 0));
    Ref<SignalDict> traps = TRY(make_signals(thread, kDefaultTraps));
    auto* context = allocate<Context>(thread, type);
    if (!context) return {};
    context->precision.store(28, kRelaxed);
    context->e_max.store(999999, kRelaxed);
    context->e_min.store(-999999, kRelaxed);
    context->rounding.store(Rounding::kHalfEven, kRelaxed);
    context->capitals.store(true, kRelaxed);
    context->flags.init(std::move(flags));
    context->traps.init(std::move(traps));
    track(context);
    return Ref<Context>::adopt(context);
}

Ref<Context> copy_context(Thread& thread, const Context& from, bool with_flags) {
    Ref<Context> context = TRY(make_context(thread, context_class.type()));
    Settings settings = from.settings();
    context->precision.store(settings.precision, kRelaxed);
    context->e_max.store(settings.e_max, kRelaxed);
    context->e_min.store(settings.e_min, kRelaxed);
    context->rounding.store(settings.rounding, kRelaxed);
    context->clamp.store(settings.clamp, kRelaxed);
    context->capitals.store(from.capitals.load(kRelaxed), kRelaxed);
    context->trap_bits().bits.store(from.trap_bits().bits.load(kRelaxed), kRelaxed);
    if (with_flags) context->flag_bits().bits.store(from.flag_bits().bits.load(kRelaxed), kRelaxed);
    return context;
}

Ref<Context> current_context(Thread& thread) {
    Owned found = TRY(context_var_get(thread, *shared.variable));
    if (!found.is_nothing()) return Ref<Context>::adopt(std::move(found));
    Ref<Context> made = TRY(copy_context(thread, *shared.default_context, false));
    if (!context_var_set(thread, *shared.variable, made)) return {};
    return made;
}

Ref<Context> context_argument(Thread& thread, Value value) {
    if (value.is_empty() || is_none(value)) return current_context(thread);
    if (!context_class.is_instance(value))
        return raise(thread, exc::TypeError, "optional argument must be a context");
    return Ref<Context>::share(value.as<Context>());
}

bool set_context(Thread& thread, Value value) {
    if (!context_class.is_instance(value))
        return raise(thread, exc::TypeError, "argument must be a context");
    Ref<Context> context = Ref<Context>::share(value.as<Context>());
    // The templates are for everybody: a thread that sets one gets a copy.
    for (Context* model : {shared.default_context, shared.basic_context, shared.extended_context})
        if (model == value.object()) context = TRY(copy_context(thread, *model, false));
    return static_cast<bool>(context_var_set(thread, *shared.variable, context));
}

Owned local_context(Thread& thread, Value value, Kwargs settings) {
    Ref<Context> global = TRY(current_context(thread));
    Ref<Context> model = TRY(context_argument(thread, value));
    Ref<Context> local = TRY(copy_context(thread, *model, true));
    for (size_t i = 0; i < settings.count; i++) {
        Str& name = settings.names[i].as<Str>();
        const Setting* found = nullptr;
        for (const Setting& setting : kSettings)
            if (str_equal(name, setting.name)) found = &setting;
        if (!found)
            return raise(thread, exc::TypeError,
                         "this function got an unexpected keyword argument '{}'", name);
        if (!is_none(settings.values[i])) TRY(found->set(thread, *local, settings.values[i]));
    }
    auto* manager = allocate<Manager>(thread, manager_class.type());
    if (!manager) return {};
    manager->local.init(std::move(local));
    manager->global.init(std::move(global));
    track(manager);
    return Owned::adopt(manager);
}

Owned ieee_context(Thread& thread, Value bits) {
    constexpr int64_t kMostBits = 512;
    int64_t n = is_int(bits) ? 0 : -1;
    if (n < 0) return raise(thread, exc::TypeError, "an integer is required");
    if (!int_fits_int64(bits, &n) || n <= 0 || n > kMostBits || n % 32 != 0)
        return raise(thread, exc::ValueError,
                     "argument must be a multiple of 32, with a maximum of 512");
    // IEEE 754-2008, table 3.6.
    Ref<Context> context = TRY(make_context(thread, context_class.type()));
    int64_t e_max = 3 * (int64_t{1} << (n / 16 + 3));
    context->precision.store(9 * (n / 32) - 2, kRelaxed);
    context->e_max.store(e_max, kRelaxed);
    context->e_min.store(1 - e_max, kRelaxed);
    context->clamp.store(true, kRelaxed);
    context->trap_bits().bits.store(0, kRelaxed);
    return context;
}

bool parse_rounding(Thread& thread, Value value, Rounding* rounding) {
    if (is_str(value)) {
        for (size_t i = 0; i < 8; i++) {
            if (!str_equal(value.as<Str>(), kRoundingNames[i])) continue;
            *rounding = static_cast<Rounding>(i);
            return true;
        }
    }
    return raise(
        thread, exc::TypeError,
        "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, "
        "ROUND_DOWN,\n   ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]");
}

bool report(Thread& thread, const Context& context, Status status) {
    if (IMUGI_LIKELY(!status)) return true;
    SignalDict& flags = context.flag_bits();
    Status signals = status & kSignalMask;
    if ((flags.bits.load(kRelaxed) & signals) != signals) flags.bits.fetch_or(signals, kRelaxed);
    Status trapped = signals & context.trap_bits().bits.load(kRelaxed);
    if (IMUGI_LIKELY(!trapped)) return true;
    // The argument lists what happened, an invalid operation by its precise name.
    Ref<List> conditions = TRY(make_list(thread));
    Status listed = trapped;
    Status details = status & ~kSignalMask;
    if ((trapped & kInvalidOperation) && details) listed = (listed & ~kInvalidOperation) | details;
    for (unsigned i = 0; i < 13; i++) {
        // Details come first.
        unsigned at = i < 4 ? kSignals + i : i - 4;
        if (listed & (1u << at))
            TRY(list_append(thread, *conditions, Owned::share(Value::of(shared.conditions[at]))));
    }
    return raise_value(thread, *shared.conditions[__builtin_ctz(trapped)], conditions);
}

bool init_decimal_contexts(Thread& thread) {
    if (!manager_class.make(thread)) return false;
    Ref<Context> standard = TRY(make_template(thread, 28, Rounding::kHalfEven, kDefaultTraps));
    Ref<Context> basic =
        TRY(make_template(thread, 9, Rounding::kHalfUp, kDefaultTraps | kClamped | kUnderflow));
    Ref<Context> extended = TRY(make_template(thread, 9, Rounding::kHalfEven, 0));
    shared.default_context = standard.get();
    shared.basic_context = basic.get();
    shared.extended_context = extended.get();
    Ref<Str> name = TRY(make_str(thread, "decimal_context"));
    Ref<ContextVar> variable = TRY(make_context_var(thread, *name, Value()));
    make_immortal(variable.get());
    shared.variable = variable.get();
    return true;
}

}  // namespace imugi::decimals
