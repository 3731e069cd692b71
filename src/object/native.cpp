// Binding of Python arguments to the parameters of native functions, and CPython's texts when that
// fails. Works on borrowed arguments and stack memory; defaults are immortal.
#include "object/native.h"

#include "memory/heap.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/float.h"
#include "object/int.h"
#include "object/list.h"
#include "object/module.h"
#include "object/native_signature.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/suggestions.h"
#include "object/tuple.h"

namespace imugi {

thread_local constinit NativeCallNote native_call_note = {nullptr, nullptr, nullptr, false};
ModuleSpec* ModuleSpec::first = nullptr;

namespace {

// What messages call the function.
struct FunctionName {
    const char* name;
    const Type* owner;  // "list." before the name
    Value module;       // or a module's name
};

// "list.append" or "math.sin" or "len".
Ref<Str> qualified(Thread& thread, const FunctionName& f) {
    if (f.owner) return format(thread, "{}.{}", f.owner->qualname.borrow(), f.name);
    if (is_str(f.module) && !str_equal(f.module.as<Str>(), "builtins"))
        return format(thread, "{}.{}", f.module, f.name);
    return make_str(thread, f.name);
}

Raised raise_no_keywords(Thread& thread, const FunctionName& f) {
    Ref<Str> name = qualified(thread, f);
    if (!name) return {};
    return raise(thread, exc::TypeError, "{}() takes no keyword arguments", *name);
}

const char* plural(size_t n) {
    return n == 1 ? "" : "s";
}

Raised raise_expected(Thread& thread, const char* name, const char* bound, size_t wanted,
                      size_t given) {
    return raise(thread, exc::TypeError, "{} expected {}{} argument{}, got {}", name, bound, wanted,
                 plural(wanted), given);
}

// Too many or too few positional arguments. `base` is 1 when self is not counted.
Raised raise_count(Thread& thread, const FunctionName& f, const NativeSignature& s, size_t base,
                   size_t given, size_t keywords) {
    size_t most = s.positional - base;
    size_t least = s.required > base ? s.required - base : 0;
    if (!s.keywords && s.args_at < 0) {
        if (most == 0) {
            Ref<Str> name = qualified(thread, f);
            if (!name) return {};
            return raise(thread, exc::TypeError, "{}() takes no arguments ({} given)", *name,
                         given);
        }
        if (most == 1 && least == 1) {
            Ref<Str> name = qualified(thread, f);
            if (!name) return {};
            return raise(thread, exc::TypeError, "{}() takes exactly one argument ({} given)",
                         *name, given);
        }
        if (least == most) return raise_expected(thread, f.name, "", most, given);
        return given < least ? raise_expected(thread, f.name, "at least ", least, given)
                             : raise_expected(thread, f.name, "at most ", most, given);
    }
    if (s.args_at >= 0) {
        if (!s.keywords) return raise_expected(thread, f.name, "at least ", least, given);
        return raise(thread, exc::TypeError,
                     "{}() takes at least {} positional argument{} ({} given)", f.name, least,
                     plural(least), given);
    }
    size_t all = s.count - base;
    if (s.kwargs_at < 0 && given + keywords > all)
        return raise(thread, exc::TypeError, "{}() takes at most {} {}argument{} ({} given)",
                     f.name, all, given == 0 ? "keyword " : "", plural(all), given + keywords);
    if (given > most) {
        if (most == 0)
            return raise(thread, exc::TypeError, "{}() takes no positional arguments", f.name);
        return raise(thread, exc::TypeError, "{}() takes {} {} positional argument{} ({} given)",
                     f.name, least < most ? "at most" : "exactly", most, plural(most), given);
    }
    size_t least_only = s.positional_only > base ? s.positional_only - base : 0;
    return raise(thread, exc::TypeError, "{}() takes {} {} positional argument{} ({} given)",
                 f.name, least_only < most ? "at least" : "exactly", least_only, plural(least_only),
                 given);
}

// A stack array that moves to the heap when it is large.
class WordArray {
  public:
    explicit WordArray(size_t count)
        : words_(count <= kLocal ? local_
                                 : static_cast<Value*>(array_allocate(count * sizeof(Value)))) {}
    ~WordArray() {
        if (words_ != local_) array_free(words_);
    }
    WordArray(const WordArray&) = delete;
    Value* get() { return words_; }

  private:
    static constexpr size_t kLocal = 24;
    // Not cleared: `get` gives words to be written.
    union {
        Value local_[kLocal];
    };
    Value* words_;
};

int find_parameter(const NativeSignature& s, const Str& name) {
    for (int i = 0; i < s.count; i++)
        if (s.parameters[i].name == &name || str_equal(*s.parameters[i].name, name)) return i;
    return -1;
}

static bool raise_unexpected_keyword(Thread& thread, const FunctionName& f,
                                     const NativeSignature& s, Str& name) {
    Ref<List> candidates = make_list(thread);
    if (!candidates) return false;
    for (size_t i = 0; i < s.count; i++) {
        const NativeParameter& parameter = s.parameters[i];
        if (parameter.kind == ParameterKind::kEither ||
            parameter.kind == ParameterKind::kKeywordOnly)
            TRY(list_append(thread, *candidates, Owned::share(*parameter.name)));
    }
    if (!is_exact_str(Value::of(name)) &&
        TRY(contains(thread, Value::of(*candidates), Value::of(name))))
        return raise(thread, exc::TypeError, "invalid keyword argument for {}()", f.name);
    Owned suggestion = suggest_name(thread, *candidates, name);
    if (!suggestion) return false;
    if (suggestion.is_nothing())
        return raise(thread, exc::TypeError, "{}() got an unexpected keyword argument '{}'", f.name,
                     name);
    return raise(thread, exc::TypeError,
                 "{}() got an unexpected keyword argument '{}'. Did you mean '{}'?", f.name, name,
                 suggestion);
}

// Fills argv (s.count words, self already there when base is 1). `args` and `kwargs` back the
// starred parameters; `extra` has room for twice the number of keywords.
bool bind(Thread& thread, const FunctionName& f, const NativeSignature& s, size_t base,
          const Arguments& arguments, Value* argv, Args& args, Kwargs& kwargs, Value* extra) {
    size_t given = arguments.count;
    size_t keywords = arguments.names ? arguments.names->size : 0;
    size_t most = s.positional - base;
    if (keywords && !s.keywords) return raise_no_keywords(thread, f);
    if (given > most && s.args_at < 0) return raise_count(thread, f, s, base, given, keywords);
    if (s.kwargs_at < 0 && s.args_at < 0 && given + keywords > s.count - base)
        return raise_count(thread, f, s, base, given, keywords);
    size_t taken = given < most ? given : most;
    for (size_t i = base; i < s.count; i++)
        argv[i] = i - base < taken ? arguments[i - base] : Value();
    args = {arguments.values + taken, given - taken};
    kwargs = {extra, extra + keywords, 0};
    for (size_t k = 0; k < keywords; k++) {
        auto& name = (*arguments.names)[k].as<Str>();
        Value value = arguments[given + k];
        int at = find_parameter(s, name);
        bool named = at >= 0 && (s.parameters[at].kind == ParameterKind::kEither ||
                                 s.parameters[at].kind == ParameterKind::kKeywordOnly);
        if (named) {
            if (!argv[at].is_empty())
                return raise(thread, exc::TypeError,
                             "argument for {}() given by name ('{}') and position ({})", f.name,
                             name, static_cast<size_t>(at) + 1 - base);
            argv[at] = value;
        } else if (s.kwargs_at >= 0) {
            extra[kwargs.count] = Value::of(name);
            extra[keywords + kwargs.count++] = value;
        } else {
            size_t least = s.positional_only > base ? s.positional_only - base : 0;
            if (given < least && s.required > base + given)
                return raise_count(thread, f, s, base, given, keywords);
            return raise_unexpected_keyword(thread, f, s, name);
        }
    }
    for (size_t i = base; i < s.count; i++) {
        const NativeParameter& parameter = s.parameters[i];
        if (!argv[i].is_empty()) continue;
        if (parameter.kind == ParameterKind::kArgs) {
            argv[i] = Value::from_bits(reinterpret_cast<uint64_t>(&args));
        } else if (parameter.kind == ParameterKind::kKwargs) {
            argv[i] = Value::from_bits(reinterpret_cast<uint64_t>(&kwargs));
        } else if (parameter.has_default) {
            argv[i] = parameter.fallback;
        } else if (parameter.kind == ParameterKind::kPositionalOnly) {
            return raise_count(thread, f, s, base, given, keywords);
        } else {
            return raise(thread, exc::TypeError, "{}() missing required argument '{}' (pos {})",
                         f.name, *parameter.name, i + 1 - base);
        }
    }
    return true;
}

}  // namespace

uint64_t call_with_defaults(Thread& thread, const MethodRow& row, const NativeSignature& s,
                            Value self, bool has_self, const Value* given, uint32_t count) {
    IMUGI_ASSERT(row.entry.parameters == s.count || row.entry.thunk == nullptr);
    auto* argv = static_cast<Value*>(__builtin_alloca((s.count + 1) * sizeof(Value)));
    size_t i = 0;
    if (!self.is_empty()) argv[i++] = self;
    for (uint32_t k = 0; k < count; k++) argv[i++] = given[k];
    for (; i < s.count; i++) argv[i] = s.parameters[i].fallback;
    native_call_note = {row.name, argv, &s, has_self};
    return row.entry.thunk(thread, argv).release();
}

Owned call_row(Thread& thread, const MethodRow& row, const NativeSignature& s, Value self,
               bool has_self, const Arguments& arguments, const Type* owner, Value module) {
    auto* argv = static_cast<Value*>(__builtin_alloca((s.count + 1) * sizeof(Value)));
    size_t base = has_self ? 1 : 0;
    argv[0] = self;
    Args args{nullptr, 0};
    Kwargs kwargs{nullptr, nullptr, 0};
    if (IMUGI_LIKELY(!arguments.names && s.direct && arguments.count + base <= s.positional &&
                     arguments.count + base >= s.required))
        return Owned::adopt(call_with_defaults(thread, row, s, has_self ? self : Value(), has_self,
                                               arguments.values, arguments.count));
    WordArray extra(arguments.names ? arguments.names->size * 2 : 0);
    if (!extra.get()) return raise_memory_error(thread);
    TRY(bind(thread, {row.name, owner, module}, s, base, arguments, argv, args, kwargs,
             extra.get()));
    native_call_note = {row.name, argv, &s, has_self};
    return row.entry.thunk(thread, argv);
}

Owned call_native(Thread& thread, const MethodRow& row, Value self, const Arguments& arguments) {
    const NativeSignature* signature = signature_of(thread, row.signature);
    if (!signature) return {};
    return call_row(thread, row, *signature, self, !self.is_empty(), arguments, nullptr, Value());
}

bool bind_arguments(Thread& thread, const char* function_name, const char* text,
                    const Arguments& arguments, Value* out, size_t count) {
    const NativeSignature* signature = signature_of(thread, text);
    if (!signature) return false;
    IMUGI_ASSERT(signature->count == count && signature->args_at < 0 && signature->kwargs_at < 0);
    WordArray extra(arguments.names ? arguments.names->size * 2 : 0);
    if (!extra.get()) return raise_memory_error(thread);
    Args args;
    Kwargs kwargs;
    bool bound = bind(thread, {function_name, nullptr, Value()}, *signature, 0, arguments, out,
                      args, kwargs, extra.get());
    native_call_note = {function_name, out, signature, false};
    return bound;
}

bool reject_keywords(Thread& thread, const char* function_name, const Arguments& arguments) {
    if (IMUGI_LIKELY(!arguments.names || arguments.names->size == 0)) return true;
    return raise(thread, exc::TypeError, "{}() takes no keyword arguments", function_name);
}

bool check_positional(Thread& thread, const char* function_name, const Arguments& arguments,
                      size_t least, size_t most) {
    if (!reject_keywords(thread, function_name, arguments)) return false;
    if (arguments.count < least)
        return raise_expected(thread, function_name, least == most ? "" : "at least ", least,
                              arguments.count);
    if (arguments.count > most)
        return raise_expected(thread, function_name, least == most ? "" : "at most ", most,
                              arguments.count);
    return true;
}

// --- conversions ---

bool raise_argument_type(Thread& thread, Value value, const Type& expected) {
    const NativeCallNote& note = native_call_note;
    FormatArgument got = is_none(value) ? FormatArgument("None") : type_name_of(value);
    if (note.name && note.signature) {
        size_t base = note.has_self ? 1 : 0;
        // The same object may be self and argument; self was checked before.
        for (size_t n = 0; n < note.signature->count; n++) {
            size_t i = (n + base) % note.signature->count;
            if (note.argv[i].bits() != value.bits()) continue;
            if (i < base)
                return raise(thread, exc::TypeError,
                             "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
                             note.name, expected, got);
            if (note.signature->count == base + 1u &&
                note.signature->parameters[i].kind == ParameterKind::kPositionalOnly)
                return raise(thread, exc::TypeError, "{}() argument must be {}, not {}", note.name,
                             expected, got);
            if (note.signature->parameters[i].kind == ParameterKind::kKeywordOnly)
                return raise(thread, exc::TypeError, "{}() argument '{}' must be {}, not {}",
                             note.name, *note.signature->parameters[i].name, expected, got);
            if (note.signature->parameters[i].kind == ParameterKind::kEither)
                return raise(thread, exc::TypeError, "{}() argument '{}' must be {}, not {}",
                             note.name, *note.signature->parameters[i].name, expected, got);
            return raise(thread, exc::TypeError, "{}() argument {} must be {}, not {}", note.name,
                         i + 1 - base, expected, got);
        }
    }
    return raise(thread, exc::TypeError, "expected {}, got {}", expected, got);
}

Result<Index> convert_index(Thread& thread, Value value) {
    if (IMUGI_LIKELY(value.is_small_int())) return value.small_int();
    Owned number = TRY(to_index(thread, value));
    int64_t n;
    if (!int_fits_int64(number, &n))
        return raise(thread, exc::OverflowError, "Python int too large to convert to C ssize_t");
    return n;
}

Result<int64_t> convert_int64(Thread& thread, Value value) {
    return to_int64(thread, value);
}

Result<int> convert_int(Thread& thread, Value value) {
    Owned number = TRY(to_index(thread, value));
    int64_t n;
    if (!int_fits_int64(number, &n) || n > INT32_MAX || n < INT32_MIN)
        return raise(thread, exc::OverflowError, "Python int too large to convert to C int");
    return static_cast<int>(n);
}

Result<uint64_t> convert_uint64(Thread& thread, Value value) {
    return to_uint64(thread, value);
}

Result<double> convert_double(Thread& thread, Value value) {
    return to_double(thread, value);
}

Result<bool> convert_bool(Thread& thread, Value value) {
    return is_true(thread, value);
}

namespace detail {

Owned wrap_int(Thread& thread, int64_t n) {
    return make_int(thread, n);
}

Owned wrap_float(Thread& thread, double d) {
    return make_float(thread, d);
}

}  // namespace detail

}  // namespace imugi
