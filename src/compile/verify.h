// The code verifier: whether instructions keep the register rules at the head of opcodes.def.
#pragma once

#include "object/code.h"

namespace imugi::compile {

// A static text that says what is wrong with the code at `word`, null when it is sound: operands in
// range, jumps to instructions, each temporary read only where it is live, none live at a return.
// Also null when memory for the check is short.
const char* find_fault(const CodeParts& code, uint32_t* word);

}  // namespace imugi::compile
