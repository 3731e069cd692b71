// What the code generator emits before it is laid out: instructions with symbolic registers and
// labels.
#pragma once

#include "compile/opcode.h"
#include "compile/vec.h"
#include "syntax/ast.h"

namespace imugi::compile {

// A register: a local's number, kFreeBase + number of a free variable, kTempBase + depth.
using Reg = uint32_t;
inline constexpr Reg kFreeBase = 0x4000'0000, kTempBase = 0x8000'0000, kAnyReg = 0xFFFF'FFFF;
inline bool is_temp(Reg reg) {
    return reg & kTempBase;
}
inline bool is_local(Reg reg) {
    return reg < kFreeBase;
}
inline Reg temp(uint32_t depth) {
    return kTempBase | depth;
}

struct Label {
    uint32_t index = 0;  // 0: none
};

struct Instruction {
    Opcode op;
    uint32_t a, b, c;  // of D operands: b
    uint32_t words[2];
    Label target;
    uint32_t handler;  // the exception handler in force; 0: none
    ast::Position position;
};

// Where an exception goes: temporaries from `depth` are dropped, it lands in that register.
struct Handler {
    Label label;
    uint32_t depth;
};

inline constexpr ast::Position kNowhere{-1, -1, -1, -1};

}  // namespace imugi::compile
