// frame objects: a frame as Python sees it. While the frame runs, the object points at it; when it
// ends, the object takes its locals over.
//
// `frame` is cleared by the thread that runs the frame, under the object's Lock. Locals of a frame
// of another thread are read and written with the world stopped.
#pragma once

#include "vm/frame.h"

namespace imugi {

struct FrameObject : Object {
    std::atomic<Frame*> frame;  // null once it has ended
    Slot code, globals, builtins;
    Slot names;      // mapping of class and module scopes; empty for functions
    Slot back;       // FrameObject, once ended
    Slot trace;      // f_trace
    Slot extra;      // dict of f_locals entries that are no variables; empty for none
    Slot parked;     // list of values that assignments to f_locals replaced; empty for none
    Slot generator;  // of a generator's frame, kept by it; empty otherwise
    std::atomic<bool> trace_lines, trace_opcodes;
    std::atomic<bool> cleared;
    bool is_reported;     // its thread calls a trace function about it
    int32_t instruction;  // once ended; while it runs: where what it handles was raised, if traced
    uint32_t local_count;
    Slot* locals;  // once ended: values of the registers up to first_temporary
};

int frame_object_line(const FrameObject& frame);
// Value of variable number `i` (cells looked through), nothing when unbound. And setting it; empty
// value: unbind.
Owned frame_variable(Thread& thread, FrameObject& frame, uint32_t i);
bool set_frame_variable(Thread& thread, FrameObject& frame, uint32_t i, Value value);
Str& frame_variable_name(FrameObject& frame, uint32_t i);
// Of an inlined comprehension: to be seen while it is bound.
bool frame_variable_hidden(FrameObject& frame, uint32_t i);
uint32_t frame_variable_count(const FrameObject& frame);

}  // namespace imugi
