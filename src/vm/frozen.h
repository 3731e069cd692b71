// Frozen modules: what start-up needs, compiled by imugi itself when it is built and linked into
// the binary (src/cli/freeze_tool.cpp). The program that compiles them has none yet and takes them
// from the standard library's sources.
#pragma once

#include "object/code.h"
#include "object/module.h"

namespace imugi {

struct FrozenModule {
    const char* name;
    const char* original_name;  // __origname__, from which importlib derives the file
    const char* source;         // path below the standard library
    bool is_package;
    bool essential;  // also with -X frozen_modules=off
};
// Ends with a row whose name is null.
extern const FrozenModule frozen_modules[];
// For tests: 1 all, -1 the essential ones only, 0 as the configuration says.
extern std::atomic<int> frozen_override;

const FrozenModule* find_frozen(Thread& thread, const Str& name);
Owned load_frozen(Thread& thread, const FrozenModule& module);
Ref<Code> compile_frozen(Thread& thread, const FrozenModule& module);
// Runs the code in a new module that is put into sys.modules under `name`.
Owned run_frozen(Thread& thread, Str& name, Code& code);

}  // namespace imugi
