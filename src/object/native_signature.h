// A parsed signature of a native function. Immutable and immortal once published; found by the
// address of its text.
#pragma once

#include "object/native.h"

namespace imugi {

enum class ParameterKind : uint8_t { kPositionalOnly, kEither, kArgs, kKeywordOnly, kKwargs };

struct NativeParameter {
    Str* name;  // interned, immortal
    Value fallback;
    ParameterKind kind;
    bool has_default;
};

struct NativeSignature {
    uint8_t count;            // parameters, self included
    uint8_t positional;       // positional ones, which come first
    uint8_t positional_only;  // of these
    uint8_t required;         // of the positional ones
    int8_t args_at, kwargs_at;
    uint8_t plain;      // parameters, if there are only positional ones; else 0
    bool simple;        // nothing but positional-only parameters
    bool direct;        // positional arguments, then defaults, is all there is to binding
    bool first_module;  // the first one is called module: a function gets its module there
    bool keywords;      // takes some keyword
    NativeParameter parameters[1];
};

// Null with MemoryError set.
const NativeSignature* signature_of(Thread& thread, const char* text);

// Which function is being bound, for the messages of conversions: valid until its body runs.
struct NativeCallNote {
    const char* name;
    const Value* argv;
    const NativeSignature* signature;
    bool has_self;
};
extern thread_local constinit NativeCallNote native_call_note;

// Calls a row with `self` first if it takes one. `qualified` is the function's type name or module
// name for messages ("list" in "list.append() takes ..."), null for none.
Owned call_row(Thread& thread, const MethodRow& row, const NativeSignature& signature, Value self,
               bool has_self, const Arguments& arguments, const Type* owner, Value module);

// The same where the signature is direct and takes that many; `self` empty: it is in argv, or there
// is none. An owning word, 0 for an exception.
uint64_t call_with_defaults(Thread& thread, const MethodRow& row, const NativeSignature& signature,
                            Value self, bool has_self, const Value* argv, uint32_t count);

// "($self, object, /)" of a row; None when it has none.
Owned text_signature(Thread& thread, const MethodRow& row, bool of_type);

}  // namespace imugi
