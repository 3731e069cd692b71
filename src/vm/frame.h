// Frame: the activation record of Python code; and the register stack.
//
// Frames of plain functions lie on their thread's frame stack, their registers on its register
// stack: a callee's window begins at its first argument in the caller's temporaries. A generator's
// frame and registers lie in the Generator object. Only the running thread touches a running frame;
// others read it (sys._current_frames, f_locals) with the world stopped.
#pragma once

#include "object/code.h"
#include "object/function.h"

namespace imugi {

using Word = std::atomic<uint32_t>;

enum FrameFlag : uint8_t {
    kFrameEntry = 1,        // returns to C++ (run), not to the frame below
    kFrameGenerator = 2,    // lives in a Generator
    kFrameConstructor = 4,  // __init__ run by a type call: its None is dropped, the result is
                            // `constructed`
    kFrameForIter = 16,     // a generator resumed by FOR_ITER: a return is exhaustion
    kFrameSend = 32,        // a generator resumed by SEND: a return jumps
};

struct Frame {
    Frame* previous;
    uint64_t* registers;
    uint64_t* saved_top;  // thread.registers_top of the frame below
    const Word* pc;       // of the instruction that calls out; of a suspended generator: its YIELD
    Code* code;
    const Slot* constants;
    std::atomic<uint64_t>* caches;
    uint64_t function_word;  // Function, lent or owned; or an owning Code for frames of exec, eval
                             // and modules
    Dict* globals;           // kept by the function, or by this frame's globals_word
    Dict* builtins;
    FrameObject* object;      // once materialised: an owned reference
    Generator* generator;     // of kFrameGenerator
    uint64_t namespace_word;  // owning: mapping of class and module scopes; 0 in functions
    uint64_t globals_word, builtins_word;  // owning, for frames without a Function; else 0
    uint64_t constructed;                  // of kFrameConstructor: the new object, owning; else 0
    uint32_t result_register;              // of the frame below, unless kFrameEntry
    uint32_t first_temporary;
    uint8_t flags;
    uint8_t resume_words;  // length of the instruction below that called
    uint16_t runner;       // of a generator: heap of the thread that runs it, or did so last
    uint32_t last_line;    // of the last line event, for tracing
};

// frame objects as Python sees them (f_back, f_locals...). Made on demand; they take the registers
// over when the frame ends.
Ref<FrameObject> frame_object(Thread& thread, Frame& frame);
// The frame ends: its object, if any, keeps what it needs. Called before the registers are dropped.
void detach_frame_object(Thread& thread, Frame& frame);
// Line of the frame's current instruction, 0 for none.
int frame_line(const Frame& frame);
// The innermost frame that Python sees, `depth` frames up; null when there are not that many.
Frame* python_frame(Thread& thread, size_t depth = 0);
// The frame's namespace as locals() gives it: the mapping itself for class and module scopes, a new
// dict for functions.
Owned frame_locals(Thread& thread, Frame& frame);

}  // namespace imugi
