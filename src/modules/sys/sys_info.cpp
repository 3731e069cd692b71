// Facts in sys: version, implementation, flags, numeric limits, names of modules.
#include <unistd.h>

#include <cfloat>

#include "memory/collector.h"
#include "modules/sys/sys.h"
#include "object/call.h"
#include "object/config.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/float.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/set.h"
#include "object/str.h"
#include "object/struct_sequence.h"

namespace imugi {

namespace {

constexpr StructField flags_fields[] = {{"debug", "-d"},
                                        {"inspect", "-i"},
                                        {"interactive", "-i"},
                                        {"optimize", "-O or -OO"},
                                        {"dont_write_bytecode", "-B"},
                                        {"no_user_site", "-s"},
                                        {"no_site", "-S"},
                                        {"ignore_environment", "-E"},
                                        {"verbose", "-v"},
                                        {"bytes_warning", "-b"},
                                        {"quiet", "-q"},
                                        {"hash_randomization", "-R"},
                                        {"isolated", "-I"},
                                        {"dev_mode", "-X dev"},
                                        {"utf8_mode", "-X utf8"},
                                        {"warn_default_encoding", "-X warn_default_encoding"},
                                        {"safe_path", "-P"},
                                        {"int_max_str_digits", "-X int_max_str_digits"},
                                        {"gil", "-X gil"},
                                        {"thread_inherit_context", "-X thread_inherit_context"},
                                        {"context_aware_warnings", "-X context_aware_warnings"}};
constexpr StructSequenceSpec flags_spec = {
    "sys.flags",  "Flags provided through command line arguments or environment vars.",
    flags_fields, 21,
    18,           false};

constexpr StructField version_fields[] = {
    {"major", "Major release number"},
    {"minor", "Minor release number"},
    {"micro", "Patch release number"},
    {"releaselevel", "'alpha', 'beta', 'candidate', or 'final'"},
    {"serial", "Serial release number"}};
constexpr StructSequenceSpec version_spec = {
    "sys.version_info", "Version information as a named tuple.", version_fields, 5, 5, false};

constexpr StructField float_fields[] = {{"max", "DBL_MAX -- maximum representable finite float"},
                                        {"max_exp", "DBL_MAX_EXP"},
                                        {"max_10_exp", "DBL_MAX_10_EXP"},
                                        {"min", "DBL_MIN -- Minimum positive normalized float"},
                                        {"min_exp", "DBL_MIN_EXP"},
                                        {"min_10_exp", "DBL_MIN_10_EXP"},
                                        {"dig", "DBL_DIG"},
                                        {"mant_dig", "DBL_MANT_DIG -- mantissa digits"},
                                        {"epsilon", "DBL_EPSILON"},
                                        {"radix", "FLT_RADIX"},
                                        {"rounds", "FLT_ROUNDS"}};
constexpr StructSequenceSpec float_spec = {
    "sys.float_info", "A named tuple holding information about the float type.", float_fields, 11,
    11};

constexpr StructField int_fields[] = {{"bits_per_digit"},
                                      {"sizeof_digit"},
                                      {"default_max_str_digits"},
                                      {"str_digits_check_threshold"}};
constexpr StructSequenceSpec int_spec = {
    "sys.int_info",
    "A named tuple that holds information about Python's internal representation of integers.",
    int_fields, 4, 4};

constexpr StructField hash_fields[] = {{"width"},     {"modulus"},   {"inf"},
                                       {"nan"},       {"imag"},      {"algorithm"},
                                       {"hash_bits"}, {"seed_bits"}, {"cutoff"}};
constexpr StructSequenceSpec hash_spec = {
    "sys.hash_info", "A named tuple providing parameters used for computing hashes.", hash_fields,
    9, 9};

constexpr StructField thread_fields[] = {{"name", "name of the thread implementation"},
                                         {"lock", "name of the lock implementation"},
                                         {"version", "name and version of the thread library"}};
constexpr StructSequenceSpec thread_spec = {
    "sys.thread_info", "A named tuple holding information about the thread implementation.",
    thread_fields, 3, 3};

constexpr StructField hooks_fields[] = {{"firstiter"}, {"finalizer"}};
constexpr StructSequenceSpec hooks_spec = {
    "asyncgen_hooks", "A named tuple of the hooks for asynchronous generators.", hooks_fields, 2,
    2};

constexpr StructField unraisable_fields[] = {{"exc_type", "Exception type"},
                                             {"exc_value", "Exception value"},
                                             {"exc_traceback", "Exception traceback"},
                                             {"err_msg", "Error message"},
                                             {"object", "Object causing the exception"}};
constexpr StructSequenceSpec unraisable_spec = {
    "UnraisableHookArgs", "Type used to pass arguments to sys.unraisablehook.", unraisable_fields,
    5, 5};

// Filled field by field.
class Sequence {
  public:
    Sequence(Thread& thread, const StructSequenceSpec& spec, Module& module)
        : thread_(thread), type_(make_struct_sequence_type(thread, spec, &module)) {
        if (type_) tuple_ = make_struct_sequence(thread, *type_);
    }
    Sequence& add(Owned value) {
        if (tuple_ && value)
            tuple_->items[next_++].init(std::move(value));
        else
            tuple_ = {};
        return *this;
    }
    Sequence& add(int64_t n) { return add(make_int(thread_, n)); }
    Sequence& add_bool(bool b) { return add(Owned::share(boolean(b))); }
    Sequence& add(const char* text) { return add(make_str(thread_, text).owned()); }
    Sequence& add_float(double d) { return add(make_float(thread_, d)); }
    bool finish(Module& module, const char* name) {
        if (!tuple_) return false;
        track(tuple_.get());
        return module_set(thread_, module, name, std::move(tuple_).owned());
    }

  private:
    Thread& thread_;
    Ref<Type> type_;
    Ref<Tuple> tuple_;
    size_t next_ = 0;
};

bool add_flags(Thread& thread, Module& sys, const Config& c) {
    Sequence flags(thread, flags_spec, sys);
    for (int value :
         {c.debug, c.inspect, c.interactive, c.optimize, c.dont_write_bytecode, c.no_user_site,
          c.no_site, c.ignore_environment, c.verbose, c.bytes_warning, c.quiet})
        flags.add(int64_t{value});
    flags.add(int64_t{!(c.use_hash_seed && c.hash_seed == 0)})
        .add(int64_t{c.isolated})
        .add_bool(c.dev_mode)
        .add(int64_t{c.utf8_mode});
    flags.add(int64_t{c.warn_default_encoding})
        .add_bool(c.safe_path)
        .add(int64_t{c.int_max_str_digits})
        .add(c.gil_given ? Owned::small_int(c.gil) : Owned::share(none()));
    flags.add(int64_t{c.thread_inherit_context}).add(int64_t{c.context_aware_warnings});
    return flags.finish(sys, "flags");
}

bool add_version(Thread& thread, Module& sys, const char* name) {
    Sequence version(thread, version_spec, sys);
    return version.add(int64_t{3})
        .add(int64_t{14})
        .add(int64_t{2})
        .add("final")
        .add(int64_t{0})
        .finish(sys, name);
}

bool add_numbers(Thread& thread, Module& sys) {
    Sequence floats(thread, float_spec, sys);
    floats.add_float(DBL_MAX)
        .add(int64_t{DBL_MAX_EXP})
        .add(int64_t{DBL_MAX_10_EXP})
        .add_float(DBL_MIN)
        .add(int64_t{DBL_MIN_EXP});
    floats.add(int64_t{DBL_MIN_10_EXP})
        .add(int64_t{DBL_DIG})
        .add(int64_t{DBL_MANT_DIG})
        .add_float(DBL_EPSILON)
        .add(int64_t{2})
        .add(int64_t{1});
    TRY(floats.finish(sys, "float_info"));
    Sequence ints(thread, int_spec, sys);
    TRY(ints.add(int64_t{64})
            .add(int64_t{8})
            .add(int64_t{4300})
            .add(int64_t{640})
            .finish(sys, "int_info"));
    Sequence hashes(thread, hash_spec, sys);
    hashes.add(int64_t{64})
        .add((int64_t{1} << 61) - 1)
        .add(int64_t{314159})
        .add(int64_t{0})
        .add(int64_t{1000003})
        .add("siphash13");
    TRY(hashes.add(int64_t{64}).add(int64_t{128}).add(int64_t{0}).finish(sys, "hash_info"));
    Sequence threads(thread, thread_spec, sys);
    char version[64] = "";
    size_t size = confstr(_CS_GNU_LIBPTHREAD_VERSION, version, sizeof version);
    bool known = size > 1 && size <= sizeof version;
    threads.add("pthread").add("pymutex");
    if (known)
        threads.add(version);
    else
        threads.add(Owned::share(none()));
    return threads.finish(sys, "thread_info");
}

bool add_implementation(Thread& thread, Module& sys) {
    Ref<Dict> fields = TRY(make_dict(thread));
    auto text = [&](const char* name, const char* value) -> bool {
        Ref<Str> key = TRY(intern(thread, name));
        Ref<Str> item = TRY(intern(thread, value));
        return dict_set(thread, *fields, key, item);
    };
    TRY(text("name", "imugi") && text("cache_tag", "imugi-314") &&
        text("_multiarch", "x86_64-linux-gnu"));
    Owned version = TRY(dict_get(thread, module_dict(sys), ID(version_info)));
    Owned hex = TRY(make_int(thread, 0x030E02F0));
    TRY(dict_set(thread, *fields, Value::of(ID(version)), version.value()));
    TRY(dict_set(thread, *fields, Value::of(ID(hexversion)), hex.value()));
    TRY(dict_set(thread, *fields, Value::of(ID(supports_isolated_interpreters)), boolean(false)));
    Ref<Tuple> none_given = empty_tuple();
    Owned implementation =
        TRY(call_with(thread, Value::of(simple_namespace_type), *none_given, fields.get()));
    return module_set(thread, sys, "implementation", std::move(implementation));
}

bool add_builtin_names(Thread& thread, Module& sys) {
    Ref<List> names = TRY(make_list(thread));
    for (ModuleSpec* spec = ModuleSpec::first; spec; spec = spec->next) {
        Ref<Str> name = TRY(intern(thread, spec->name));
        TRY(list_append(thread, *names, std::move(name).owned()));
    }
    TRY(list_sort_values(thread, *names, none(), false));
    Ref<Tuple> tuple = TRY(list_to_tuple(thread, *names));
    return module_set(thread, sys, "builtin_module_names", std::move(tuple).owned());
}

constexpr const char* stdlib_names =
#include "modules/sys/stdlib_names.inc"
    ;

bool add_stdlib_names(Thread& thread, Module& sys) {
    Ref<Set> names = TRY(make_set(thread));
    for (const char* at = stdlib_names; *at;) {
        const char* end = strchrnul(at, ' ');
        Ref<Str> name = TRY(make_str(thread, at, static_cast<size_t>(end - at)));
        TRY(set_add(thread, *names, name));
        at = *end ? end + 1 : end;
    }
    Owned frozen = TRY(call(thread, Value::of(frozenset_type), names));
    return module_set(thread, sys, "stdlib_module_names", std::move(frozen));
}

bool set_str(Thread& thread, Module& sys, const char* name, const char* text) {
    Ref<Str> value = TRY(make_str(thread, text));
    return module_set(thread, sys, name, std::move(value).owned());
}

}  // namespace

bool add_sys_info(Thread& thread, Module& sys) {
    const Config& config = *interpreter_of(thread).config;
    TRY(set_str(thread, sys, "version", "3.14.2 (imugi) [Clang " __clang_version__ "]"));
    TRY(set_str(thread, sys, "platform", "linux"));
    TRY(set_str(thread, sys, "byteorder", "little"));
    TRY(set_str(thread, sys, "float_repr_style", "short"));
    TRY(set_str(thread, sys, "abiflags", "t"));
    TRY(set_str(thread, sys, "copyright", "Copyright (c) 2026 the imugi developers. MIT licence."));
    TRY(set_str(thread, sys, "_framework", ""));
    TRY(module_set(thread, sys, "hexversion", make_int(thread, 0x030E02F0)));
    TRY(module_set(thread, sys, "api_version", make_int(thread, 1013)));
    TRY(module_set(thread, sys, "maxsize", make_int(thread, INT64_MAX)));
    TRY(module_set(thread, sys, "maxunicode", make_int(thread, 0x10FFFF)));
    TRY(module_set(thread, sys, "_home", none()));
    Ref<Str> name = TRY(make_str(thread, "imugi"));
    Ref<Str> empty = TRY(make_str(thread, ""));
    Ref<Tuple> git = TRY(make_tuple(thread, name, empty, empty));
    TRY(module_set(thread, sys, "_git", std::move(git).owned()));
    TRY(add_flags(thread, sys, config) && add_version(thread, sys, "version_info") &&
        add_numbers(thread, sys));
    TRY(add_implementation(thread, sys) && add_builtin_names(thread, sys) &&
        add_stdlib_names(thread, sys));
    Ref<Type> hooks = TRY(make_struct_sequence_type(thread, hooks_spec, &sys));
    TRY(module_set(thread, sys, "_asyncgen_hooks_type", std::move(hooks).owned()));
    Ref<Type> unraisable = TRY(make_struct_sequence_type(thread, unraisable_spec, nullptr));
    return module_set(thread, sys, "UnraisableHookArgs", std::move(unraisable).owned());
}

}  // namespace imugi
