// Messages and raising. Builds strs and exceptions on the caller's stack; shares nothing.
#include "object/errors.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "object/call.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/module.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

FormatArgument::FormatArgument(const Str& s) : kind(kStr), word(Value::of(s).bits()) {}
// Messages name types of modules as their descriptions do: "collections.deque".
FormatArgument::FormatArgument(const Type& t) : kind(kStr), word(Value::of(type_name(t)).bits()) {
    if (t.spec && strchr(t.spec->name, '.')) {
        kind = kText;
        text = t.spec->name;
    }
}

namespace {

bool append_value(Thread& thread, StrBuilder& out, Owned text) {
    if (!text) return false;
    return out.append(text.as<Str>());
}

bool append_argument(Thread& thread, StrBuilder& out, const FormatArgument& argument) {
    char buffer[64];
    Value value = Value::from_bits(argument.word);
    switch (argument.kind) {
        case FormatArgument::kText:
            return out.append_utf8(argument.text, strlen(argument.text));
        case FormatArgument::kInt:
            return out.append_int(argument.number);
        case FormatArgument::kUnsigned:
            snprintf(buffer, sizeof buffer, "%lu", argument.unsigned_number);
            return out.append(buffer);
        case FormatArgument::kHex:
            snprintf(buffer, sizeof buffer, "%lx", argument.unsigned_number);
            return out.append(buffer);
        case FormatArgument::kFloat:
            snprintf(buffer, sizeof buffer, "%g", argument.real);
            return out.append(buffer);
        case FormatArgument::kChar:
            return out.append(static_cast<uint32_t>(static_cast<unsigned char>(argument.number)));
        case FormatArgument::kStr:
            if (is_exact_str(value)) return out.append(value.as<Str>());
            return append_value(thread, out, str(thread, value));
        case FormatArgument::kRepr:
            return append_value(thread, out, repr(thread, value));
        case FormatArgument::kAscii:
            return append_value(thread, out, ascii(thread, value));
        case FormatArgument::kTypeName:
            return append_argument(thread, out, type_of(value));
        case FormatArgument::kTypeFullName:
            return append_value(thread, out, type_full_name(thread, type_of(value)));
        case FormatArgument::kAddress:
            snprintf(buffer, sizeof buffer, "0x%lx", value.identity());
            return out.append(buffer);
    }
    return true;
}

}  // namespace

Ref<Str> format_message(Thread& thread, const char* text, const FormatArgument* arguments,
                        size_t count) {
    StrBuilder out(thread);
    size_t next = 0;
    while (*text) {
        if (text[0] == '{' && text[1] == '}') {
            IMUGI_CHECK(next < count);
            TRY(append_argument(thread, out, arguments[next++]));
            text += 2;
            continue;
        }
        if ((text[0] == '{' && text[1] == '{') || (text[0] == '}' && text[1] == '}')) {
            TRY(out.append(text, 1));
            text += 2;
            continue;
        }
        size_t run = 1;
        while (text[run] && text[run] != '{' && text[run] != '}') run++;
        TRY(out.append_utf8(text, run));
        text += run;
    }
    return out.finish();
}

Raised raise_value(Thread& thread, Type& type, Value argument) {
    Owned exception = type.spec ? make_exception(thread, type, argument)
                                : call(thread, Value::of(type), argument);
    if (exception) raise_exception(thread, std::move(exception));
    return {};
}

Raised raise_formatted(Thread& thread, Type& type, const char* text,
                       const FormatArgument* arguments, size_t count) {
    Ref<Str> message = format_message(thread, text, arguments, count);
    if (message) raise_value(thread, type, message);
    return {};
}

Raised raise_bare(Thread& thread, Type& type) {
    Owned exception = call(thread, Value::of(type));
    if (exception) raise_exception(thread, std::move(exception));
    return {};
}

Raised raise_key_error(Thread& thread, Value key) {
    return raise_value(thread, exc::KeyError, key);
}

Raised raise_stop_iteration(Thread& thread, Value value) {
    Owned exception = value.is_empty() || is_none(value)
                          ? call(thread, Value::of(exc::StopIteration))
                          : make_exception(thread, exc::StopIteration, value);
    if (exception) raise_exception(thread, std::move(exception));
    return {};
}

Raised raise_os_error(Thread& thread, int error_number, Value filename, Value filename2) {
    char buffer[256];
    const char* text = strerror_r(error_number, buffer, sizeof buffer);
    Owned message = decode_fs(thread, text);
    if (!message) return {};
    Owned number = make_int(thread, error_number);
    Value values[] = {number, message, filename, none(), filename2};
    uint32_t count = !filename2.is_empty() ? 5 : !filename.is_empty() ? 3 : 2;
    if (count == 5 && filename.is_empty()) values[2] = none();
    Owned exception = call(thread, Value::of(exc::OSError), Arguments{values, count, nullptr});
    if (exception) raise_exception(thread, std::move(exception));
    return {};
}

bool check_native_stack(Thread& thread, const char* where) {
    if (IMUGI_LIKELY(stack_is_ample(thread))) return true;
    return raise(thread, exc::RecursionError, "maximum recursion depth exceeded{}", where);
}

Raised raise_attribute_formatted(Thread& thread, Value object, Str& name, const char* text,
                                 const FormatArgument* arguments, size_t count) {
    Ref<Str> message = format_message(thread, text, arguments, count);
    if (!message) return {};
    Owned exception = make_exception(thread, exc::AttributeError, message);
    if (!exception) return {};
    auto& error = exception.as<AttributeLookupError>();
    error.object.init(Owned::share(object));
    error.name.init(Owned::share(name));
    raise_exception(thread, std::move(exception));
    return {};
}

void complete_attribute_error(Thread& thread, Value object, Str& name) {
    if (!exception_matches(thread, exc::AttributeError)) return;
    Owned exception = take_exception(thread);
    auto& error = exception.as<AttributeLookupError>();
    {
        Lock guard(thread, error);
        if (error.object.is_empty() && error.name.is_empty()) {
            error.object.init(Owned::share(object));
            error.name.init(Owned::share(name));
        }
    }
    set_exception(thread, std::move(exception));
}

Raised raise_no_attribute(Thread& thread, Value object, Str& name) {
    if (is_type(object))
        return raise_attribute_error(thread, object, name, "type object '{}' has no attribute '{}'",
                                     object.as<Type>(), name);
    return raise_attribute_error(thread, object, name, "'{}' object has no attribute '{}'",
                                 type_name_of(object), name);
}

Raised raise_read_only_attribute(Thread& thread, Value object, Str& name) {
    return raise_attribute_error(thread, object, name, "'{}' object attribute '{}' is read-only",
                                 type_name_of(object), name);
}

Raised raise_unsupported_operands(Thread& thread, const char* op, Value left, Value right) {
    return raise(thread, exc::TypeError, "unsupported operand type(s) for {}: '{}' and '{}'", op,
                 type_name_of(left), type_name_of(right));
}

Raised raise_not_iterable(Thread& thread, Value value) {
    return raise(thread, exc::TypeError, "'{}' object is not iterable", type_name_of(value));
}

// A function of the same name in a module that is called: the name; nothing if there is none.
static Owned function_of_module(Thread& thread, Module& module) {
    Owned name = TRY(dict_get(thread, module_dict(module), ID(__name__)));
    if (!is_str(name)) return Owned::nothing();
    Owned function = TRY(dict_get(thread, module_dict(module), name.as<Str>()));
    if (function.is_nothing() || !is_callable(function)) return Owned::nothing();
    return name;
}

Raised raise_not_callable(Thread& thread, Value value) {
    if (is_instance_of(value, module_type)) {
        Owned name = function_of_module(thread, value.as<Module>());
        if (!name) return {};
        if (!name.is_nothing())
            return raise(thread, exc::TypeError,
                         "'{}' object is not callable. Did you mean: '{}.{}(...)'?",
                         type_name_of(value), name, name);
    }
    return raise(thread, exc::TypeError, "'{}' object is not callable", type_name_of(value));
}

Raised raise_not_subscriptable(Thread& thread, Value value) {
    return raise(thread, exc::TypeError, "'{}' object is not subscriptable", type_name_of(value));
}

Raised raise_from_pending(Thread& thread, Type& type, Ref<Str> message) {
    Owned cause = take_exception(thread);
    if (!message) return {};
    Owned exception = make_exception(thread, type, message);
    if (!exception) return {};
    auto& error = exception.as<Exception>();
    error.suppress_context.store(true, std::memory_order_relaxed);
    if (cause) {
        error.cause.init(cause.share());
        set_exception_context(thread, error, std::move(cause));
    }
    set_exception(thread, std::move(exception));
    return {};
}

bool (*warn_hook)(Thread& thread, Type& category, int stack_level, Str& message);
void (*unraisable_hook)(Thread& thread, Value exception, Value where, const char* message);

bool warn(Thread& thread, Type& category, int stack_level, Ref<Str> message) {
    if (!message) return false;
    return !warn_hook || warn_hook(thread, category, stack_level, *message);
}

void report_unraisable(Thread& thread, Value where, const char* message) {
    Owned exception = take_exception(thread);
    if (!exception) return;
    if (unraisable_hook) {
        unraisable_hook(thread, exception, where, message);
    } else {
        Owned text = str(thread, exception);
        size_t size = 0;
        const char* utf8 = text ? str_utf8(thread, text.as<Str>(), &size) : nullptr;
        const char* name = str_utf8(thread, type_name(type_of(exception)));
        fprintf(stderr, "%s\n%s: %s\n", message ? message : "Exception ignored", name ? name : "?",
                utf8 ? utf8 : "");
    }
    clear_exception(thread);
}

}  // namespace imugi
