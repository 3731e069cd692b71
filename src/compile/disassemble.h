// Code as text: for --dump-bytecode, golden tests and debugging.
#pragma once

#include "object/code.h"

namespace imugi::compile {

// The code and, below it, the codes among its constants. A str.
Owned disassemble(Thread& thread, const Code& code);

}  // namespace imugi::compile
