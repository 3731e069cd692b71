// The rows of the module builtins, by file.
#pragma once

#include "object/native.h"

namespace imugi {

extern const MethodRow builtin_function_rows[];  // functions.cpp
extern const MethodRow builtin_run_rows[];       // run.cpp
extern const MethodRow builtin_compile_rows[];   // compile.cpp

}  // namespace imugi
