// Traceback objects. `next` is read lock-free and written under the Lock; the rest is immutable.
#pragma once

#include "object/exception.h"
#include "vm/frame.h"

namespace imugi {

struct Traceback : Object {
    Slot next;                  // Traceback; empty for None
    Slot frame;                 // FrameObject
    int32_t instruction;        // word index
    std::atomic<int32_t> line;  // -1: from the position table
};

Ref<Traceback> make_traceback(Thread& thread, Value next, FrameObject& frame, int32_t instruction,
                              int32_t line);
// The pending exception passes the frame: puts an entry before its traceback. Without memory the
// entry is left out.
void note_traceback(Thread& thread, Frame& frame);

}  // namespace imugi
