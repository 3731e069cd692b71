// Native modules from their specs.
#pragma once

#include "object/module.h"
#include "object/native.h"

namespace imugi {

// The module with its functions, not yet executed.
Ref<Module> create_native_module(Thread& thread, const ModuleSpec& spec);
// Runs the spec's `execute`; nothing for other modules.
[[nodiscard]] bool execute_native_module(Thread& thread, Module& module);
// Created, executed and entered into sys.modules; for start-up, before importlib is there.
Ref<Module> load_native_module(Thread& thread, const char* name);

}  // namespace imugi
