// The interpreter's machinery: what an opcode function looks like and how it goes on. Included by
// ops_*.cpp only.
//
// Rules of the loop:
//  1. An opcode function gets the state in its parameters and ends in NEXT, JUMP_BY or RAISE,
//  always a tail call. At that point it holds
//     no RAII object: work that needs one is done in a slow function (slow_*.cpp) that returns a
//     word (0: exception set) or bool.
//  2. Registers belong to the running thread. An operand that is a temporary is consumed: `discard`
//  or `consume` it, also when it
//     holds a lent word. On failure what was not consumed may be left: the unwinder drops it.
//  3. Before anything that may raise, run Python or be seen in a traceback: SAVE().
//  4. A destination is written last, with set_register, or plainly when it is known to be empty or
//  immediate.
//  5. Anything that may have dropped the last reference to an object ends in NEXT_DROPPED:
//  finalizers run before the next instruction.
//  6. What runs most calls nothing but by tail call (the quick_ functions), so that it needs no
//  stack frame; the rest stands in a GENERAL_OP.
//  7. Instructions are specialised by exchanging the whole word for the one that was read (compare
//     and swap: it may have become INSTRUMENTED meanwhile); operands stay as they are.
#pragma once

#include "compile/opcode.h"
#include "object/errors.h"
#include "thread/safepoint.h"
#include "vm/registers.h"

#if defined(IMUGI_ASAN) || defined(IMUGI_TSAN)
#define IMUGI_OP_CONVENTION
#else
#define IMUGI_OP_CONVENTION __attribute__((preserve_none))
#endif
#define IMUGI_MUSTTAIL __attribute__((musttail))

namespace imugi {

#define OP_PARAMETERS Thread &thread, Frame *frame, const Word *pc, uint64_t *r, uint64_t word
#define OP_ARGUMENTS thread, frame, pc, r, word
// Gives the owning word of an entry frame's result, 0 for an exception.
using Handler = IMUGI_OP_CONVENTION uint64_t (*)(OP_PARAMETERS);

// Operands of a plain instruction and of one behind WIDE, whose high bytes are in the upper half of
// the word.
struct Narrow {
    static constexpr bool kWide = false;
    static uint32_t a(uint64_t w) { return w >> 8 & 0xFF; }
    static uint32_t b(uint64_t w) { return w >> 16 & 0xFF; }
    static uint32_t c(uint64_t w) { return w >> 24 & 0xFF; }
    static uint32_t d(uint64_t w) { return w >> 16 & 0xFFFF; }
    static int32_t signed_d(uint64_t w) { return static_cast<int16_t>(w >> 16); }
};
struct Wide {
    static constexpr bool kWide = true;
    static uint32_t a(uint64_t w) { return (w >> 8 & 0xFF) | (w >> 24 & 0xFF00); }
    static uint32_t b(uint64_t w) { return (w >> 16 & 0xFF) | (w >> 32 & 0xFF00); }
    static uint32_t c(uint64_t w) { return (w >> 24 & 0xFF) | (w >> 40 & 0xFF00); }
    static uint32_t d(uint64_t w) { return b(w) | c(w) << 16; }
    static int32_t signed_d(uint64_t w) { return static_cast<int32_t>(d(w)); }
};

extern const Handler narrow_handlers[256];
extern const Handler wide_handlers[256];

#define DISPATCH()                                                        \
    do {                                                                  \
        word = pc->load(std::memory_order_relaxed);                       \
        IMUGI_MUSTTAIL return narrow_handlers[word & 0xFF](OP_ARGUMENTS); \
    } while (0)
// On to the instruction `words` further.
#define NEXT(words)    \
    do {               \
        pc += (words); \
        DISPATCH();    \
    } while (0)
#define NEXT_DROPPED(words)                                                                      \
    do {                                                                                         \
        pc += (words);                                                                           \
        if (IMUGI_UNLIKELY(has_dying(thread))) IMUGI_MUSTTAIL return op_run_dying(OP_ARGUMENTS); \
        DISPATCH();                                                                              \
    } while (0)
// Drops a word, then on at pc. What takes more than a decrement happens in a continuation.
#define DROP_DISPATCH(bits)                                   \
    do {                                                      \
        uint64_t dropped_ = (bits);                           \
        if (IMUGI_UNLIKELY(!quick_drop(dropped_))) {          \
            word = dropped_;                                  \
            IMUGI_MUSTTAIL return op_drop_word(OP_ARGUMENTS); \
        }                                                     \
        DISPATCH();                                           \
    } while (0)
// set_register and NEXT_DROPPED without a call.
#define SET_NEXT(index, bits, words)    \
    do {                                \
        uint32_t index_ = (index);      \
        uint64_t bits_ = (bits);        \
        uint64_t replaced_ = r[index_]; \
        r[index_] = bits_;              \
        pc += (words);                  \
        DROP_DISPATCH(replaced_);       \
    } while (0)
// The same for an instruction whose register `used` is done with: emptied if it is a temporary.
#define SET_NEXT_USED(used, index, bits, words)                     \
    do {                                                            \
        uint32_t used_ = (used), into_ = (index);                   \
        uint64_t result_ = (bits);                                  \
        if (is_temporary(frame, used_) && used_ != into_) {         \
            uint64_t spent_ = r[used_];                             \
            if (IMUGI_UNLIKELY(!quick_drop(r[into_]))) {            \
                thread.return_bits = result_;                       \
                IMUGI_MUSTTAIL return op_set_used<D>(OP_ARGUMENTS); \
            }                                                       \
            r[used_] = 0;                                           \
            r[into_] = result_;                                     \
            pc += (words);                                          \
            DROP_DISPATCH(spent_);                                  \
        }                                                           \
        SET_NEXT(into_, result_, words);                            \
    } while (0)
// Offset from the next instruction, which is `words` further; the offset is in the last extra word.
#define JUMP_BY(words)                                                                         \
    do {                                                                                       \
        pc += (words) + static_cast<int32_t>(pc[(words) - 1].load(std::memory_order_relaxed)); \
        DISPATCH();                                                                            \
    } while (0)
#define RAISE() IMUGI_MUSTTAIL return op_unwind(OP_ARGUMENTS)
#define SAVE() (frame->pc = pc)
#define EXTRA(i) (pc[i].load(std::memory_order_relaxed))

#define OP_FUNCTION(name) IMUGI_OP_CONVENTION uint64_t name(OP_PARAMETERS)

// The instruction at `pc` as it was compiled.
inline uint32_t original_word(const Code& code, const Word* pc) {
    uint32_t word = pc->load(std::memory_order_relaxed);
    if ((word & 0xFF) != static_cast<uint32_t>(Opcode::INSTRUMENTED)) return word;
    return pristine_words(code)[pc - code.words];
}

// Shared continuations (interpreter.cpp, unwind.cpp), never inlined.
IMUGI_NOINLINE OP_FUNCTION(op_run_dying);  // drains thread.dying, then dispatches at pc
IMUGI_NOINLINE OP_FUNCTION(op_drop_word);  // drops `word`, then dispatches at pc
// Register a takes thread.return_bits, register b is emptied; of instructions with one extra word.
template <class D>
OP_FUNCTION(op_set_used);
IMUGI_NOINLINE OP_FUNCTION(op_unwind);  // the exception of the thread leaves the instruction at pc
IMUGI_NOINLINE OP_FUNCTION(op_find_handler);        // as op_unwind, without a new traceback entry
IMUGI_NOINLINE OP_FUNCTION(op_for_iter_exhausted);  // at a FOR_ITER: drops the iterator and jumps
IMUGI_NOINLINE OP_FUNCTION(op_return_value);        // thread.return_bits leaves the frame
OP_FUNCTION(op_enter);  // begins thread.frame, which has just been pushed

#define OP(NAME, operands, words, doc) \
    template <class D>                 \
    OP_FUNCTION(op_##NAME);
#include "compile/opcodes.def"
#undef OP

}  // namespace imugi

// The rest of an opcode function: all of the instruction, when the quick form has done nothing.
#define GENERAL_OP(name) \
    template <class D>   \
    static IMUGI_NOINLINE OP_FUNCTION(name)
#define GENERAL(name) IMUGI_MUSTTAIL return name<D>(OP_ARGUMENTS)

// Defines an opcode function and makes both its forms.
#define DEFINE_OP(NAME)                      \
    template <class D>                       \
    OP_FUNCTION(op_##NAME);                  \
    template OP_FUNCTION(op_##NAME<Narrow>); \
    template OP_FUNCTION(op_##NAME<Wide>);   \
    template <class D>                       \
    OP_FUNCTION(op_##NAME)
