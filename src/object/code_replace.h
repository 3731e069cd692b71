// Code objects made from Python: code.replace() and types.CodeType().
#pragma once

#include "object/code.h"

namespace imugi {

// `changes` are keyword arguments.
Owned code_replace(Thread& thread, Code& code, const Arguments& changes);
Owned code_make(Thread& thread, Type& type, const Arguments& arguments);

}  // namespace imugi
