// Opcodes as C++ sees them: the enum, and a table made of opcodes.def that tells an instruction's
// operands and extra words. Constant data; no state.
#pragma once

#include <cstdint>

namespace imugi {

enum class Opcode : uint8_t {
#define OP(name, operands, words, doc) name,
#include "compile/opcodes.def"
#undef OP
};

#define OP(name, operands, words, doc) +1
inline constexpr unsigned kOpcodeCount = 0
#include "compile/opcodes.def"
    ;
#undef OP
static_assert(kOpcodeCount <= 200, "the interpreter needs numbers for specialised forms");

// Operand c of CALL_INTRINSIC, and of LOAD_SPECIAL.
enum class Intrinsic : uint8_t {
#define INTRINSIC(name, arguments, doc) name,
#define SPECIAL(name, method)
#include "compile/intrinsics.def"
#undef INTRINSIC
#undef SPECIAL
};
enum class SpecialMethod : uint8_t {
#define INTRINSIC(name, arguments, doc)
#define SPECIAL(name, method) name,
#include "compile/intrinsics.def"
#undef INTRINSIC
#undef SPECIAL
};

struct OpcodeInfo {
    const char* name;
    const char* operands;  // "drr", "rD:n" ...: see opcodes.def
    const char* words;     // one letter an extra word
    const char* doc;
};

namespace detail {
consteval uint8_t text_length(const char* text) {
    uint8_t n = 0;
    while (text[n]) n++;
    return n;
}
}  // namespace detail

inline constexpr OpcodeInfo kOpcodes[] = {
#define OP(name, operands, words, doc) {#name, operands, words, doc},
#include "compile/opcodes.def"
#undef OP
};

// Words of an instruction, the first included; a WIDE before it counts for itself.
inline constexpr uint8_t kOpcodeLength[] = {
#define OP(name, operands, words, doc) 1 + detail::text_length(words),
#include "compile/opcodes.def"
#undef OP
};

inline const OpcodeInfo& opcode_info(Opcode op) {
    return kOpcodes[static_cast<unsigned>(op)];
}
inline unsigned opcode_length(Opcode op) {
    return kOpcodeLength[static_cast<unsigned>(op)];
}
// Whether the instruction's last extra word is a jump offset.
inline bool is_jump(Opcode op) {
    const char* words = opcode_info(op).words;
    return words[0] == 'j' || (words[0] && words[1] == 'j');
}
// Whether control never goes to the following instruction.
inline bool ends_flow(Opcode op) {
    switch (op) {
        case Opcode::JUMP:
        case Opcode::JUMP_BACK:
        case Opcode::RETURN:
        case Opcode::RETURN_NONE:
        case Opcode::RAISE:
        case Opcode::RAISE_FROM:
        case Opcode::RERAISE:
        case Opcode::RERAISE_HANDLED:
        case Opcode::CLEANUP_THROW:
            return true;
        default:
            return false;
    }
}

}  // namespace imugi
