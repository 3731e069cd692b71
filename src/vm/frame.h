// Frame: the activation record of Python code; and the register stack.
//
// Frames of plain functions lie on their thread's frame stack, their registers on its register
// stack (a callee's window begins at its first argument in the caller's temporaries; words above
// the live top are zero). A generator's frame and registers lie in the Generator object. Only the
// running thread touches a running frame; others read it (sys._current_frames, f_locals) with the
// world stopped.
#pragma once

#include "object/code.h"
#include "object/function.h"

namespace imugi {

struct FrameObject;
struct Generator;

enum FrameFlag : uint8_t {
    kFrameEntry = 1,      // returns to C++ (run_function), not to the frame below
    kFrameGenerator = 2,  // lives in a Generator
    kFrameConstructor =
        4,  // __init__ run by a type call: the result is checked and dropped, `self` is the value
    kFrameClassBody = 8,
};

struct Frame {
    Frame* previous;
    uint64_t* registers;
    const std::atomic<uint32_t>*
        pc;      // of the current instruction while it calls out; next one to run when suspended
    Code* code;  // kept by function_word, or owned through kFrame-owned words below
    uint64_t function_word;  // Function (lent or owning) or owning Code for exec/eval/module frames
    Dict* globals;           // kept by the function, or by `namespace_word`'s frame owner
    Dict* builtins;
    uint64_t
        namespace_word;  // owning: mapping of class and module scopes (f_locals); 0 in functions
    FrameObject*
        object;  // materialised frame, holds a back pointer; owns a reference while it exists
    Generator* generator;      // for kFrameGenerator
    uint32_t result_register;  // of the caller, when not kFrameEntry
    uint8_t flags;
    bool trace_lines;  // f_trace_lines
    uint16_t pad;
    uint64_t globals_word, builtins_word;  // owning, for frames without a Function
};

// frame objects as Python sees them (f_back, f_locals...). Made on demand; taken off the stack when
// the frame ends.
Ref<FrameObject> frame_object(Thread& thread, Frame& frame);

}  // namespace imugi
