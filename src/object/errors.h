// Raising: `return raise(thread, exc::TypeError, "'{}' object is not iterable", type_name_of(v));`
//
// The result converts to every failure (empty Owned, Ref, Result; false; nullptr). Each {} takes
// the next argument; {{ is a brace. Texts shared by many places are functions here.
#pragma once

#include "object/exception.h"

namespace imugi {

// An argument of a message.
struct FormatArgument {
    enum Kind : uint8_t {
        kText,
        kInt,
        kUnsigned,
        kHex,
        kFloat,
        kChar,
        kStr,
        kRepr,
        kAscii,
        kTypeName,
        kTypeFullName,
        kAddress  // of the object, as reprs show it: 0x7f...
    };
    Kind kind;
    union {
        const char* text;
        int64_t number;
        uint64_t unsigned_number;
        double real;
        uint64_t word;  // of a Value, borrowed
    };
    FormatArgument(const char* t) : kind(kText), text(t) {}
    FormatArgument(int n) : kind(kInt), number(n) {}
    FormatArgument(long n) : kind(kInt), number(n) {}
    FormatArgument(long long n) : kind(kInt), number(n) {}
    FormatArgument(unsigned n) : kind(kUnsigned), unsigned_number(n) {}
    FormatArgument(unsigned long n) : kind(kUnsigned), unsigned_number(n) {}
    FormatArgument(double d) : kind(kFloat), real(d) {}
    FormatArgument(char c) : kind(kChar), number(c) {}
    FormatArgument(Value v) : kind(kStr), word(v.bits()) {}  // str(v)
    FormatArgument(const Owned& v) : kind(kStr), word(v.value().bits()) {}
    FormatArgument(const Str& s);
    FormatArgument(const Type& t);  // its __name__
    FormatArgument(Kind k, Value v) : kind(k), word(v.bits()) {}
};
inline FormatArgument repr_of(Value v) {
    return {FormatArgument::kRepr, v};
}
inline FormatArgument ascii_of(Value v) {
    return {FormatArgument::kAscii, v};
}
inline FormatArgument type_name_of(Value v) {
    return {FormatArgument::kTypeName, v};
}
inline FormatArgument type_full_name_of(Value v) {
    return {FormatArgument::kTypeFullName, v};
}

inline FormatArgument address_of(Value v) {
    return {FormatArgument::kAddress, v};
}

// A str from a template as above. Runs Python for {} of objects.
Ref<Str> format_message(Thread& thread, const char* text, const FormatArgument* arguments,
                        size_t count);
template <class... A>
Ref<Str> format(Thread& thread, const char* text, const A&... arguments) {
    const FormatArgument list[] = {FormatArgument(arguments)..., FormatArgument("")};
    return format_message(thread, text, list, sizeof...(A));
}

struct Raised {
    operator Owned() const { return {}; }
    operator bool() const { return false; }
    template <class T>
    operator Result<T>() const {
        return failure;
    }
    template <class T>
    operator Ref<T>() const {
        return {};
    }
    template <class T>
    operator T*() const {
        return nullptr;
    }
};

Raised raise_formatted(Thread& thread, Type& type, const char* text,
                       const FormatArgument* arguments, size_t count);
template <class... A>
Raised raise(Thread& thread, Type& type, const char* text, const A&... arguments) {
    const FormatArgument list[] = {FormatArgument(arguments)..., FormatArgument("")};
    return raise_formatted(thread, type, text, list, sizeof...(A));
}
// raise Type(argument)
Raised raise_value(Thread& thread, Type& type, Value argument);
// raise Type (no arguments)
Raised raise_bare(Thread& thread, Type& type);
// The preallocated MemoryError.
Raised raise_memory_error(Thread& thread);
// KeyError(key), with key as the sole argument even if it is a tuple.
Raised raise_key_error(Thread& thread, Value key);
// StopIteration, with its value unless empty or None.
Raised raise_stop_iteration(Thread& thread, Value value = {});
// OSError of the errno's subclass, with strerror and filenames (may be empty).
Raised raise_os_error(Thread& thread, int error_number, Value filename = {}, Value filename2 = {});
// RecursionError when the C++ stack is nearly used up: "maximum recursion depth exceeded{where}".
[[nodiscard]] bool check_native_stack(Thread& thread, const char* where = "");
// AttributeError with name and obj: "'T' object has no attribute 'name'".
// An AttributeError that is set and says neither name nor object, as when user code raised it, is
// told them.
void complete_attribute_error(Thread& thread, Value object, Str& name);
Raised raise_no_attribute(Thread& thread, Value object, Str& name);
// AttributeError with a message of its own, name and obj set.
Raised raise_attribute_formatted(Thread& thread, Value object, Str& name, const char* text,
                                 const FormatArgument* arguments, size_t count);
template <class... A>
Raised raise_attribute_error(Thread& thread, Value object, Str& name, const char* text,
                             const A&... arguments) {
    const FormatArgument list[] = {FormatArgument(arguments)..., FormatArgument("")};
    return raise_attribute_formatted(thread, object, name, text, list, sizeof...(A));
}
Raised raise_read_only_attribute(Thread& thread, Value object, Str& name);
// "unsupported operand type(s) for +: 'A' and 'B'"
Raised raise_unsupported_operands(Thread& thread, const char* op, Value left, Value right);
// "expected X, got Y" family
Raised raise_not_iterable(Thread& thread, Value value);
Raised raise_not_callable(Thread& thread, Value value);
Raised raise_not_subscriptable(Thread& thread, Value value);
// Makes the pending exception the __cause__ (and context) of a new one.
Raised raise_from_pending(Thread& thread, Type& type, Ref<Str> message);

// Installed by the modules that know how: _warnings, and sys with its unraisablehook (an empty
// `where` or null message are left out of the report).
extern bool (*warn_hook)(Thread& thread, Type& category, int stack_level, Str& message);
extern void (*unraisable_hook)(Thread& thread, Value exception, Value where, const char* message);

// warnings.warn. False when the filters turned it into an exception.
[[nodiscard]] bool warn(Thread& thread, Type& category, int stack_level, Ref<Str> message);

}  // namespace imugi
