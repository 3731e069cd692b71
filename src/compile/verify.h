// The code verifier: whether instructions keep the register rules at the head of opcodes.def.
#pragma once

#include "object/code.h"

namespace imugi::compile {

// A static text that says what is wrong with the code at `word`, null when it is sound: operands in
// range, jumps to instructions, each temporary read only where it is live, none live at a return.
// Also null when memory for the check is short.
const char* find_fault(const CodeParts& code, uint32_t* word);

// What a temporary may hold, and what put it there.
enum TemporaryState : uint8_t {
    kTemporaryEmpty = 1,
    kTemporaryLive = 2,
    kTemporaryIterator = 4,   // of a loop
    kTemporaryException = 8,  // that a handler took
    kTemporaryHandled = 16,   // what was handled before that
    kTemporaryExit = 32,      // special method of a context manager
};
// The states of all temporaries before each of `count` instructions; states[i][0] is 0 where
// control never comes. False for a code that is not sound.
bool temporaries_before(const CodeParts& code, const uint32_t* words, uint32_t count,
                        uint8_t* const* states);

}  // namespace imugi::compile
