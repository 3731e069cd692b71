// Native methods: one table row each, bound from a signature written as Python text.
//
//     {"insert", "(self, index, object, /)", fn<list_insert>, "Insert object before index."},
//     Owned list_insert(Thread& thread, List& self, Index index, Value object) { ... }
//
// The signature gives names, defaults, positional-only and keyword-only markers, *args and
// **kwargs, and __text_signature__. The C++ types of the parameters give the conversions: Value
// (any), Owned-less T& for a builtin struct (checked: exact or subclass), Index (__index__, clamped
// to Index or OverflowError), int / int64_t / uint64_t / double / bool (truth), Str&, Args (*args),
// Kwargs (**kwargs), Type& for class methods. A parameter whose default is written
// `=<unrepresentable>` arrives as an empty Value; other defaults (None, True, False, ints, floats,
// strings, (), -1) arrive as that value; for T* parameters None or a missing argument arrive as
// null. What stands after ") -> " is shown as __text_signature__ in place of the rest; "-> None"
// shows none. Signatures are parsed at the first call that needs more than positional arguments, or
// for introspection.
#pragma once

#include "object/errors.h"
#include "object/type.h"

namespace imugi {

struct Args {
    const Value* values;
    size_t count;
    Value operator[](size_t i) const { return values[i]; }
    const Value* begin() const { return values; }
    const Value* end() const { return values + count; }
};
// The keyword arguments that no named parameter took: names (str) and values, side by side. Empty
// for none.
struct Kwargs {
    const Value* names;
    const Value* values;
    size_t count;
};

enum MethodFlag : uint8_t {
    kMethodStatic = 1,
    kMethodClass = 2,    // the first parameter is Type&
    kMethodCoexist = 4,  // replaces the slot wrapper of the same name
};

// What a row's function looks like after binding: argv holds one Value per parameter of the
// signature, self first (for *args: an Args behind a pointer word; see native_thunk.h).
using NativeThunk = Owned (*)(Thread& thread, const Value* argv);

struct NativeEntry {
    NativeThunk thunk = nullptr;
    uint8_t parameters = 0;  // C++ parameters after Thread&, self included
    int8_t args_at = -1;     // which is Args, -1 for none
    int8_t kwargs_at = -1;   // which is Kwargs
};

struct MethodRow {
    const char* name = nullptr;
    const char* signature = nullptr;
    NativeEntry entry = {};
    const char* doc = nullptr;
    uint8_t flags = 0;
};

// A field of the struct shown as attribute. `kind` says how the bytes at `offset` are read.
enum class MemberKind : uint8_t { kObject, kObjectOrError, kIndex, kInt, kBool, kComputed };
struct MemberRow {
    const char* name = nullptr;
    MemberKind kind = MemberKind::kObject;
    uint32_t offset = 0;
    bool read_only = true;
    const char* doc = nullptr;
};

struct GetSetRow {
    const char* name = nullptr;
    Owned (*get)(Thread&, Value self) = nullptr;
    bool (*set)(Thread&, Value self,
                Value value) = nullptr;  // empty value: delete; null: read-only
    const char* doc = nullptr;
    bool member =
        false;  // a member_descriptor, as CPython has it for what it reads from the object
};
constexpr GetSetRow computed_member(const char* name, Owned (*get)(Thread&, Value),
                                    bool (*set)(Thread&, Value, Value) = nullptr,
                                    const char* doc = nullptr) {
    return {name, get, set, doc, true};
}

// A builtin function or bound builtin method: self is the module, the instance, the class, or
// empty.
struct NativeFunction : Object {
    const MethodRow* row;
    Slot self;
    Slot module;          // __module__: str or empty
    Type* defining_type;  // for checks of self in messages; null for module functions
    std::atomic<struct NativeSignature*> signature;  // parsed on demand, immortal
};

Ref<NativeFunction> make_native_function(Thread& thread, const MethodRow& row, Value self,
                                         Value module);

// Calls a row's function with full binding. `self` empty for static and module functions whose
// signature has no self.
Owned call_native(Thread& thread, const MethodRow& row, Value self, const Arguments& arguments);
// Parses keywords of a function that receives Arguments itself (slots `make`, `init`, `call`):
// binds to `out` (one Value per parameter of the signature, empty when missing with an
// unrepresentable default). `signature` is static text; the parse is cached by its address.
[[nodiscard]] bool bind_arguments(Thread& thread, const char* function_name, const char* signature,
                                  const Arguments& arguments, Value* out, size_t count);
// "f() takes no keyword arguments" and friends.
[[nodiscard]] bool reject_keywords(Thread& thread, const char* function_name,
                                   const Arguments& arguments);
// "f expected at least/at most N arguments, got M", keywords rejected.
[[nodiscard]] bool check_positional(Thread& thread, const char* function_name,
                                    const Arguments& arguments, size_t least, size_t most);

// A module defined natively: rows of functions, and a function that adds the rest (types,
// constants).
struct ModuleSpec {
    const char* name;
    const char* doc;
    const MethodRow* functions = nullptr;
    bool (*execute)(Thread& thread, Module& module) = nullptr;
    ModuleSpec* next = nullptr;  // registry, filled before main

    ModuleSpec(const char* n, const char* d, const MethodRow* f,
               bool (*e)(Thread&, Module&) = nullptr)
        : name(n), doc(d), functions(f), execute(e), next(first) {
        first = this;
    }
    static ModuleSpec* first;
};

}  // namespace imugi

#include "object/native_thunk.h"
