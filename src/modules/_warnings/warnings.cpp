// _warnings: filtering and reporting of warnings. The filters, the default action and the registry
// of warnings shown once are those of the module `warnings` when it is there, else the
// interpreter's.
//
// What was warned about already is looked up and noted under one recursive lock, as
// warnings.catch_warnings and the functions that change filters take it too.
#include "modules/_warnings/source_line.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/code.h"
#include "object/config.h"
#include "object/context.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/module.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "vm/frame.h"

namespace imugi {

namespace {

// --- what the module `warnings` says ---

// An attribute of `warnings` if that is imported (or can be: import_it); nothing otherwise.
Owned warnings_attribute(Thread& thread, Str& name, bool import_it = false) {
    Interpreter& interpreter = interpreter_of(thread);
    if (interpreter.modules.is_empty()) return Owned::nothing();
    Owned module;
    if (import_it && !interpreter.finalizing.load(std::memory_order_relaxed) &&
        !interpreter.importlib.is_empty()) {
        module = import_module(thread, ID(warnings));
        if (!module) {
            if (!clear_exception_if(thread, exc::ImportError)) return {};
            return Owned::nothing();
        }
    } else {
        Owned modules = interpreter.modules.share();
        if (!is_dict(modules)) return Owned::nothing();
        module = TRY(dict_get(thread, modules.as<Dict>(), ID(warnings)));
        if (module.is_nothing() || is_none(module)) return Owned::nothing();
    }
    return get_attribute_or_nothing(thread, module, name);
}

Owned find_filters(Thread& thread) {
    Interpreter& interpreter = interpreter_of(thread);
    if (interpreter.config->context_aware_warnings) {
        Value variable = interpreter.warnings_context.borrow();
        Owned context = TRY(context_var_get(thread, variable.as<ContextVar>()));
        if (!context.is_nothing() && !is_none(context)) {
            Owned filters = TRY(get_attribute(thread, context, ID(_filters)));
            if (!is_list(filters))
                return raise(thread, exc::TypeError, "_filters must be a list, not '{}'",
                             type_name_of(filters));
            return filters;
        }
    }
    Owned filters = TRY(warnings_attribute(thread, ID(filters)));
    if (filters.is_nothing()) filters = interpreter.warnings_filters.share();
    if (!is_list(filters))
        return raise(thread, exc::ValueError, "_warnings.filters must be a list");
    return filters;
}

Owned find_default_action(Thread& thread) {
    Owned action = TRY(warnings_attribute(thread, ID(defaultaction)));
    if (action.is_nothing()) action = interpreter_of(thread).warnings_default_action.share();
    if (!is_str(action))
        return raise(thread, exc::TypeError, "_warnings.defaultaction must be a string, not '{}'",
                     type_name_of(action));
    return action;
}

Owned find_once_registry(Thread& thread) {
    Owned registry = TRY(warnings_attribute(thread, ID(onceregistry)));
    if (registry.is_nothing()) registry = interpreter_of(thread).warnings_once_registry.share();
    if (!is_dict(registry))
        return raise(thread, exc::TypeError, "_warnings.onceregistry must be a dict, not '{}'",
                     type_name_of(registry));
    return registry;
}

// --- filtering ---

Result<bool> pattern_matches(Thread& thread, Value pattern, Value text) {
    if (is_none(pattern)) return true;
    if (is_exact_str(pattern)) return compare_bool(thread, pattern, text, CompareOp::kEq);
    Owned found = TRY(call_method(thread, pattern, ID(match), text));
    return is_true(thread, found);
}

// The action for a warning; *item: the filter that it comes from, or None.
Owned find_action(Thread& thread, Value category, Value text, int64_t line, Value module,
                  Owned* item) {
    Owned filters = TRY(find_filters(thread));
    auto& list = filters.as<List>();
    for (Index i = 0; i < list_size(list); i++) {
        Owned filter = list_item(thread, list, i);
        if (!filter) break;  // it has shrunk meanwhile
        if (filter.is_nothing()) break;
        if (!is_tuple(filter) || filter.as<Tuple>().size != 5)
            return raise(thread, exc::ValueError, "_warnings.filters item {} isn't a 5-tuple", i);
        auto& parts = filter.as<Tuple>();
        if (!is_str(parts[0]))
            return raise(thread, exc::TypeError, "action must be a string, not '{}'",
                         type_name_of(parts[0]));
        if (!TRY(pattern_matches(thread, parts[1], text))) continue;
        if (!TRY(is_subclass(thread, category, parts[2]))) continue;
        if (!TRY(pattern_matches(thread, parts[3], module))) continue;
        int64_t wanted = TRY(int_to_int64(thread, parts[4]));
        if (wanted != 0 && wanted != line) continue;
        Owned action = Owned::share(parts[0]);
        *item = std::move(filter);
        return action;
    }
    *item = Owned::share(none());
    return find_default_action(thread);
}

// Whether the registry has the key; notes it when `note` is set. A registry of older filters is
// emptied.
Result<bool> already_warned(Thread& thread, Dict& registry, Value key, bool note) {
    auto version = static_cast<int64_t>(
        interpreter_of(thread).warnings_version.load(std::memory_order_relaxed));
    Owned seen = TRY(dict_get(thread, registry, ID(version)));
    if (!seen.value().is_small_int() || seen.value().small_int() != version) {
        dict_clear(thread, registry);
        TRY(dict_set(thread, registry, Value::of(ID(version)), Value::small_int(version)));
    } else {
        Owned found = TRY(dict_get(thread, registry, key));
        if (!found.is_nothing() && TRY(is_true(thread, found))) return true;
    }
    if (note) TRY(dict_set(thread, registry, key, boolean(true)));
    return false;
}

Result<bool> already_warned(Thread& thread, Dict& registry, Value text, Value category) {
    Ref<Tuple> key = TRY(make_tuple(thread, text, category));
    return already_warned(thread, registry, key, true);
}

bool action_is(Value action, const char* name) {
    return str_equal(action.as<Str>(), name);
}

// The recursive lock, for a scope.
class RegistryLock {
  public:
    explicit RegistryLock(Thread& thread)
        : thread_(thread), lock_(interpreter_of(thread).warnings_lock.share()) {
        held_ = static_cast<bool>(call_method(thread, lock_, ID(acquire)));
    }
    ~RegistryLock() {
        if (!held_) return;
        SavedException saved(thread_);
        Owned released = call_method(thread_, lock_, ID(release));
        if (!released) clear_exception(thread_);
    }
    bool held() const { return held_; }

  private:
    Thread& thread_;
    Owned lock_;
    bool held_;
};

// Whether the warning is to be shown, after noting it in the registries. Failure: it was made an
// exception, or something else is wrong.
Result<bool> filter_warning(Thread& thread, Value message, Value text, Value category, int64_t line,
                            Value module, Value registry) {
    RegistryLock lock(thread);
    if (!lock.held()) return failure;
    Owned line_value = TRY(make_int(thread, line));
    Ref<Tuple> key = TRY(make_tuple(thread, text, category, line_value.value()));
    bool registered = !is_none(registry);
    if (registered && TRY(already_warned(thread, registry.as<Dict>(), key, false))) return false;
    Owned item;
    Owned action = TRY(find_action(thread, category, text, line, module, &item));
    if (action_is(action, "error")) {
        raise_exception(thread, Owned::share(message));
        return failure;
    }
    if (action_is(action, "ignore")) return false;
    if (action_is(action, "always") || action_is(action, "all")) return true;
    if (registered) TRY(dict_set(thread, registry.as<Dict>(), key, boolean(true)));
    bool seen = false;
    if (action_is(action, "once")) {
        Owned once = registered ? Owned::share(registry) : TRY(find_once_registry(thread));
        seen = TRY(already_warned(thread, once.as<Dict>(), text, category));
    } else if (action_is(action, "module")) {
        if (registered) seen = TRY(already_warned(thread, registry.as<Dict>(), text, category));
    } else if (!action_is(action, "default")) {
        return raise(thread, exc::RuntimeError,
                     "Unrecognized action ({}) in warnings.filters:\n {}", repr_of(action),
                     repr_of(item));
    }
    return !seen;
}

// --- reporting ---

// Without the module `warnings`: straight to sys.stderr.
bool show_plainly(Thread& thread, Value filename, int64_t line, Value text, Value category,
                  Value source_line) {
    Owned stream = TRY(dict_get(thread, interpreter_of(thread).sys_dict.as<Dict>(), ID(stderr)));
    if (stream.is_nothing() || is_none(stream)) return true;
    Owned name = TRY(get_attribute(thread, category, ID(__name__)));
    Owned shown = Owned::share(source_line);
    if (is_none(shown)) shown = TRY(read_source_line(thread, filename, line));
    Ref<Str> report =
        is_none(shown) ? format(thread, "{}:{}: {}: {}\n", filename, line, name, text)
                       : format(thread, "{}:{}: {}: {}\n  {}\n", filename, line, name, text, shown);
    if (!report) return false;
    Owned written = call_method(thread, stream, ID(write), report);
    if (!written) clear_exception(thread);  // the warning is lost
    return true;
}

bool show_warning(Thread& thread, Value message, Value text, Value category, Value filename,
                  int64_t line, Value source_line, Value source) {
    Owned show = TRY(warnings_attribute(thread, ID(_showwarnmsg), !is_none(source)));
    if (show.is_nothing()) return show_plainly(thread, filename, line, text, category, source_line);
    if (!is_callable(show))
        return raise(thread, exc::TypeError, "warnings._showwarnmsg() must be set to a callable");
    Owned type = TRY(warnings_attribute(thread, ID(WarningMessage)));
    if (type.is_nothing())
        return raise(thread, exc::RuntimeError, "unable to get warnings.WarningMessage");
    Owned line_value = TRY(make_int(thread, line));
    Owned record =
        TRY(call(thread, type, message, category, filename, line_value, none(), none(), source));
    return static_cast<bool>(call(thread, show, record));
}

// The module's name when none is given: the file's without .py.
Owned module_of_file(Thread& thread, Value filename) {
    auto& name = filename.as<Str>();
    size_t length = name.length();
    if (length == 0) return intern(thread, "<unknown>").owned();
    if (length >= 3 && name[length - 3] == '.' && name[length - 2] == 'p' &&
        name[length - 1] == 'y')
        return str_substring(thread, name, 0, length - 3).owned();
    return Owned::share(filename);
}

bool warn_at(Thread& thread, Value message, Value category, Value filename, int64_t line,
             Value module, Value registry, Value source_line, Value source) {
    if (is_none(module) && !module.is_empty()) return true;
    if (!is_none(registry) && !is_dict(registry))
        return raise(thread, exc::TypeError, "'registry' must be a dict or None");
    Owned name = module.is_empty() ? TRY(module_of_file(thread, filename)) : Owned::share(module);
    Owned text, instance, type;
    if (is_instance_of(message, exc::Warning)) {
        instance = Owned::share(message);
        text = TRY(str(thread, message));
        type = Owned::share(type_of(message));
    } else {
        text = Owned::share(message);
        type = Owned::share(category);
        instance = TRY(call(thread, category, message));
    }
    bool show = TRY(filter_warning(thread, instance, text, type, line, name, registry));
    if (!show) return true;
    return show_warning(thread, instance, text, type, filename, line, source_line, source);
}

// --- where a warning comes from ---

bool contains(const Str& text, const char* part) {
    size_t size = strlen(part), length = text.length();
    for (size_t i = 0; i + size <= length; i++) {
        size_t n = 0;
        while (n < size && text[i + n] == static_cast<unsigned char>(part[n])) n++;
        if (n == size) return true;
    }
    return false;
}

bool is_internal(const Frame& frame) {
    auto& filename = frame.code->filename.borrow().as<Str>();
    return contains(filename, "importlib") && contains(filename, "_bootstrap");
}

bool is_skipped(const Frame& frame, Tuple& prefixes) {
    auto& filename = frame.code->filename.borrow().as<Str>();
    for (size_t i = 0; i < prefixes.size; i++) {
        auto& prefix = prefixes[i].as<Str>();
        size_t length = prefix.length(), n = 0;
        if (length > filename.length()) continue;
        while (n < length && prefix[n] == filename[n]) n++;
        if (n == length) return true;
    }
    return false;
}

// The frame that a warning is about: `level` frames up, without those of the import system and of
// the files named.
Frame* warned_frame(Thread& thread, int64_t level, Tuple& prefixes) {
    Frame* frame = python_frame(thread);
    bool plain = level <= 0 || (frame && is_internal(*frame));
    while (--level > 0 && frame) {
        frame = frame->previous;
        while (!plain && frame && (is_internal(*frame) || is_skipped(*frame, prefixes)))
            frame = frame->previous;
    }
    return frame;
}

bool warn_here(Thread& thread, Value message, Value category, int64_t level, Value source,
               Tuple& prefixes) {
    Interpreter& interpreter = interpreter_of(thread);
    Frame* frame = warned_frame(thread, level, prefixes);
    Ref<Dict> globals = frame ? Ref<Dict>::share(*frame->globals)
                              : Ref<Dict>::share(interpreter.sys_dict.borrow().as<Dict>());
    Owned filename = frame ? frame->code->filename.share() : intern(thread, "<sys>").owned();
    if (!filename) return false;
    int64_t line = frame ? frame_line(*frame) : 0;
    Owned registry = TRY(dict_get(thread, *globals, ID(__warningregistry__)));
    if (registry.is_nothing()) {
        Ref<Dict> made = TRY(make_dict(thread));
        registry = TRY(
            dict_set_default(thread, *globals, Value::of(ID(__warningregistry__)), made.value()));
    }
    Owned module = TRY(dict_get(thread, *globals, ID(__name__)));
    if (module.is_nothing() || (!is_none(module) && !is_str(module)))
        module = TRY(intern(thread, "<string>"));
    return warn_at(thread, message, category, filename, line, module, registry, none(), source);
}

// --- functions ---

Owned find_category(Thread& thread, Value message, Value category) {
    if (is_instance_of(message, exc::Warning)) return Owned::share(type_of(message));
    if (is_none(category)) return Owned::share(exc::UserWarning);
    if (is_type(category) && is_subtype(category.as<Type>(), exc::Warning))
        return Owned::share(category);
    return raise(thread, exc::TypeError, "category must be a Warning subclass, not '{}'",
                 type_name_of(category));
}

Owned warnings_warn(Thread& thread, Value message, Value category, Value stacklevel, Value source,
                    Value skip_file_prefixes) {
    int64_t level = TRY(int_to_int64(thread, stacklevel));
    Owned type = TRY(find_category(thread, message, category));
    if (!is_tuple(skip_file_prefixes))
        return raise(thread, exc::TypeError,
                     "warn() argument 'skip_file_prefixes' must be tuple, not {}",
                     type_name_of(skip_file_prefixes));
    auto& prefixes = skip_file_prefixes.as<Tuple>();
    for (size_t i = 0; i < prefixes.size; i++)
        if (!is_str(prefixes[i]))
            return raise(thread, exc::TypeError, "Found non-str '{}' in skip_file_prefixes.",
                         type_name_of(prefixes[i]));
    if (prefixes.size && level < 2) level = 2;
    TRY(warn_here(thread, message, type, level, source, prefixes));
    return Owned::share(none());
}

// The source line by the loader of the module that the globals belong to; None for unknown.
Owned loader_source_line(Thread& thread, Dict& globals, int64_t line) {
    Owned bless =
        TRY(module_attribute(thread, ID(_frozen_importlib_external), ID(_bless_my_loader)));
    Owned loader = TRY(call(thread, bless, Value::of(globals)));
    Owned name = TRY(dict_get(thread, globals, ID(__name__)));
    if (is_none(loader) || name.is_nothing()) return Owned::share(none());
    Owned get = TRY(get_attribute_or_nothing(thread, loader, ID(get_source)));
    if (get.is_nothing()) return Owned::share(none());
    Owned source = TRY(call(thread, get, name));
    if (is_none(source)) return source;
    Owned lines = TRY(call_method(thread, source, ID(splitlines)));
    Owned found = get_item(thread, lines, Value::small_int(line - 1));
    if (found) return found;
    clear_exception(thread);
    return Owned::share(none());
}

Owned warnings_warn_explicit(Thread& thread, Value message, Value category, Value filename,
                             Value lineno, Value module, Value registry, Value module_globals,
                             Value source) {
    if (!is_str(filename))
        return raise(thread, exc::TypeError,
                     "warn_explicit() argument 'filename' must be str, not {}",
                     type_name_of(filename));
    int64_t line = TRY(int_to_int64(thread, lineno));
    if (!is_instance_of(message, exc::Warning) &&
        !(is_type(category) && is_subtype(category.as<Type>(), exc::Warning)))
        return raise(thread, exc::TypeError, "category must be a Warning subclass, not '{}'",
                     type_name_of(category));
    Owned source_line = Owned::share(none());
    if (!is_none(module_globals)) {
        if (!is_dict(module_globals))
            return raise(thread, exc::TypeError, "module_globals must be a dict, not '{}'",
                         type_name_of(module_globals));
        source_line = TRY(loader_source_line(thread, module_globals.as<Dict>(), line));
    }
    TRY(warn_at(thread, message, category, filename, line, module, registry, source_line, source));
    return Owned::share(none());
}

Owned warnings_filters_mutated(Thread& thread) {
    interpreter_of(thread).warnings_version.fetch_add(1, std::memory_order_relaxed);
    return Owned::share(none());
}

Owned warnings_acquire_lock(Thread& thread) {
    Owned lock = interpreter_of(thread).warnings_lock.share();
    Owned taken = TRY(call_method(thread, lock, ID(acquire)));
    return Owned::share(none());
}

Owned warnings_release_lock(Thread& thread) {
    Owned lock = interpreter_of(thread).warnings_lock.share();
    return call_method(thread, lock, ID(release));
}

const MethodRow rows[] = {
    {"warn",
     "(message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=()) -> ($module, "
     "/, message, category=None, stacklevel=1, source=None, *, "
     "skip_file_prefixes=<unrepresentable>)",
     fn<warnings_warn>,
     "Issue a warning, or maybe ignore it or raise an exception.\n\n  message\n    Text of the "
     "warning message.\n  category\n    The Warning category subclass. Defaults to UserWarning.\n"
     "  stacklevel\n    How far up the call stack to make this warning appear. A value of 2 for\n"
     "    example attributes the warning to the caller of the code calling warn().\n  source\n"
     "    If supplied, the destroyed object which emitted a ResourceWarning\n"
     "  skip_file_prefixes\n    An optional tuple of module filename prefixes indicating frames "
     "to skip\n    during stacklevel computations for stack frame attribution."},
    {"warn_explicit",
     "(message, category, filename, lineno, module=<unrepresentable>, registry=None, "
     "module_globals=None, source=None)",
     fn<warnings_warn_explicit>, "Issue a warning, or maybe ignore it or raise an exception."},
    {"_filters_mutated_lock_held", "()", fn<warnings_filters_mutated>, nullptr},
    {"_acquire_lock", "()", fn<warnings_acquire_lock>, nullptr},
    {"_release_lock", "()", fn<warnings_release_lock>, nullptr},
    {},
};

// --- the state ---

bool add_filter(Thread& thread, List& filters, Type& category, const char* action,
                const char* module) {
    Ref<Str> action_text = TRY(intern(thread, action));
    Owned module_text = module ? intern(thread, module).owned() : Owned::share(none());
    if (!module_text) return false;
    Ref<Tuple> filter = TRY(make_tuple(thread, action_text.value(), none(), Value::of(category),
                                       module_text.value(), Value::small_int(0)));
    return list_append(thread, filters, std::move(filter).owned());
}

bool make_state(Thread& thread) {
    Interpreter& interpreter = interpreter_of(thread);
    if (!interpreter.warnings_filters.is_empty()) return true;
    Ref<List> filters = TRY(make_list(thread));
    TRY(add_filter(thread, *filters, exc::DeprecationWarning, "default", "__main__"));
    TRY(add_filter(thread, *filters, exc::DeprecationWarning, "ignore", nullptr));
    TRY(add_filter(thread, *filters, exc::PendingDeprecationWarning, "ignore", nullptr));
    TRY(add_filter(thread, *filters, exc::ImportWarning, "ignore", nullptr));
    TRY(add_filter(thread, *filters, exc::ResourceWarning, "ignore", nullptr));
    Ref<Dict> once = TRY(make_dict(thread));
    Ref<Str> action = TRY(intern(thread, "default"));
    Ref<Str> name = TRY(intern(thread, "warnings_context"));
    Ref<ContextVar> variable = TRY(make_context_var(thread, *name, Value()));
    Owned type = TRY(module_attribute(thread, ID(_thread), ID(RLock)));
    Owned lock = TRY(call(thread, type));
    interpreter.warnings_lock.init(std::move(lock));
    interpreter.warnings_once_registry.init(std::move(once).owned());
    interpreter.warnings_default_action.init(std::move(action).owned());
    interpreter.warnings_context.init(std::move(variable).owned());
    interpreter.warnings_filters.init(std::move(filters).owned());
    return true;
}

// warn() of native code. Before the import system is there, warnings have nobody to read them.
bool warn_natively(Thread& thread, Type& category, int stack_level, Str& message) {
    if (interpreter_of(thread).warnings_filters.is_empty()) return true;
    Ref<Tuple> no_prefixes = empty_tuple();
    return warn_here(thread, Value::of(message), Value::of(category), stack_level, none(),
                     *no_prefixes);
}

bool execute(Thread& thread, Module& module) {
    TRY(make_state(thread));
    Interpreter& interpreter = interpreter_of(thread);
    TRY(module_set(thread, module, "filters", interpreter.warnings_filters.borrow()));
    TRY(module_set(thread, module, "_onceregistry", interpreter.warnings_once_registry.borrow()));
    TRY(module_set(thread, module, "_defaultaction", interpreter.warnings_default_action.borrow()));
    TRY(module_set(thread, module, "_warnings_context", interpreter.warnings_context.borrow()));
    warn_hook = warn_natively;
    return true;
}

ModuleSpec spec{"_warnings",
                "_warnings provides basic warning filtering support.\nIt is a helper module to "
                "speed up interpreter start-up.",
                rows, execute};

}  // namespace

}  // namespace imugi
