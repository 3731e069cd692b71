// Frozen modules: the modules that start-up needs, compiled by imugi itself when it is built and
// linked into the binary. A build that has not got them yet (the one that compiles them) takes them
// from the standard library's sources.
#pragma once

#include "object/code.h"
#include "object/module.h"

namespace imugi {

struct FrozenModule {
    const char* name;
    const char* original_name;  // __origname__, from which importlib derives the file
    bool is_package;
    const char* source;   // path below the standard library
    const uint8_t* data;  // marshalled Code; null: from the source
    size_t size;
};
// Ends with a row whose name is null.
extern const FrozenModule frozen_modules[];

const FrozenModule* find_frozen(const Str& name);
Owned load_frozen(Thread& thread, const FrozenModule& module);
// Runs the code in a new module that is put into sys.modules under `name`.
Owned run_frozen(Thread& thread, Str& name, Code& code);

}  // namespace imugi
