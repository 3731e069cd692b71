// The Python objects of decimal: Decimal (immutable), Context (its settings and flags are atomics),
// SignalDict (the flags or traps of a context). See number.h for the arithmetic.
#pragma once

#include "modules/_decimal/number.h"
#include "modules/shared_type.h"
#include "object/context.h"
#include "object/str.h"

namespace imugi::decimals {

extern SharedType decimal_class, context_class, signal_mixin_class, manager_class;

struct Decimal : Object {
    static constexpr size_t kLocal = 2;
    Kind kind;
    bool negative;
    uint32_t limb_count;
    int64_t exponent, digits;
    Limb* limbs;                       // local, or an array of its own
    std::atomic<int64_t> cached_hash;  // 0: not computed
    Limb local[kLocal];

    NumberView view() const { return {kind, negative, exponent, digits, {limbs, limb_count}}; }
};

struct SignalDict : Object {
    std::atomic<Status> bits;
    bool attached;  // to a context; false for one made from the class
};

struct Context : Object {
    std::atomic<int64_t> precision, e_max, e_min;
    std::atomic<Rounding> rounding;
    std::atomic<bool> clamp, capitals;
    Slot flags, traps;  // SignalDict, immutable

    SignalDict& flag_bits() const { return flags.as<SignalDict>(); }
    SignalDict& trap_bits() const { return traps.as<SignalDict>(); }
    Settings settings() const {
        constexpr auto relaxed = std::memory_order_relaxed;
        return {precision.load(relaxed), e_max.load(relaxed), e_min.load(relaxed),
                rounding.load(relaxed), clamp.load(relaxed)};
    }
};

// What the module's first import makes, for the process; immortal.
struct Shared {
    Type* signal_dict;
    Type* decimal_exception;
    Type* conditions[13];  // in the order of Condition's bits
    ContextVar* variable;
    Object* tuple_type;  // DecimalTuple
    Context* default_context;
    Context* basic_context;
    Context* extended_context;
};
extern Shared shared;

// --- context.cpp ---
Ref<Context> make_context(Thread& thread, Type& type);
// Another with the same settings and traps, and the flags if wanted.
Ref<Context> copy_context(Thread& thread, const Context& context, bool with_flags);
Ref<Context> current_context(Thread& thread);
// The argument `context` of a method: None is the current one.
Ref<Context> context_argument(Thread& thread, Value value);
// Notes the conditions in the context's flags and raises what is trapped.
[[nodiscard]] bool report(Thread& thread, const Context& context, Status status);
[[nodiscard]] bool parse_rounding(Thread& thread, Value value, Rounding* rounding);
extern const char* const kRoundingNames[8];
[[nodiscard]] bool init_decimal_contexts(Thread& thread);
[[nodiscard]] bool set_context(Thread& thread, Value context);
Owned local_context(Thread& thread, Value context, Kwargs settings);
Owned ieee_context(Thread& thread, Value bits);

// --- decimal.cpp ---
Owned make_decimal(Thread& thread, Type& type, const NumberView& value);
inline Owned make_decimal(Thread& thread, const NumberView& value) {
    return make_decimal(thread, decimal_class.type(), value);
}
inline bool is_decimal(Value value) {
    return decimal_class.is_instance(value);
}

// An operand: a Decimal as it is, an int converted exactly.
class Operand {
  public:
    // False with *usable true: an exception. *usable false: neither Decimal nor int.
    [[nodiscard]] bool load(Thread& thread, Value value, bool* usable);
    // TypeError for anything else.
    [[nodiscard]] bool load(Thread& thread, Value value);
    const NumberView& view() const { return view_; }

  private:
    Number made_;
    NumberView view_;
};
[[nodiscard]] bool number_from_int(Thread& thread, Number& out, Value value);
[[nodiscard]] bool number_from_double(Thread& thread, Number& out, double value);
// Of from_float()'s argument, a float or an int.
[[nodiscard]] bool number_from_float(Thread& thread, Number& out, Value value);
// Decimal(value) rounded to the context (a null `exact` one), or exactly.
Owned decimal_from(Thread& thread, Type& type, Value value, Context& context, bool exact);
Owned decimal_from_float(Thread& thread, Type& type, Value value);
Owned decimal_compare(Thread& thread, Value left, Value right, CompareOp op);
// int(a) by the rounding.
Owned integer_from(Thread& thread, const NumberView& a, Rounding rounding);
Owned finish_result(Thread& thread, const Context& context, Number& out, Status status);

// Runs an operation detached when it will take long: operands are immutable and held.
inline constexpr int64_t kLongDigits = 20000;
template <class Work>
[[nodiscard]] bool compute(Thread& thread, int64_t digits, Work&& work) {
    bool done;
    if (IMUGI_LIKELY(digits < kLongDigits)) {
        done = work();
    } else {
        Detached detached(thread);
        done = work();
    }
    return done || raise_memory_error(thread);
}

// --- text.cpp ---
// A number's text as parsed. False in *valid for bad syntax; nothing is rounded.
[[nodiscard]] bool parse_number(Number& out, const char* text, size_t size, bool* valid);
Owned to_text(Thread& thread, const NumberView& a, bool engineering, bool capitals);
// --- format.cpp ---
Owned format_decimal(Thread& thread, const Decimal& self, Value spec, Value overrides);

extern const MethodRow decimal_rows[], context_rows[];
extern const GetSetRow decimal_getsets[];

}  // namespace imugi::decimals

namespace imugi {
IMUGI_SHARED_TYPE(decimals::Decimal, decimals::decimal_class);
IMUGI_SHARED_TYPE(decimals::Context, decimals::context_class);
IMUGI_SHARED_TYPE(decimals::SignalDict, decimals::signal_mixin_class);
}  // namespace imugi
