// Traceback objects. `next` is read lock-free and written under the Lock; the rest is immutable.
#pragma once

#include "object/exception.h"
#include "vm/frame.h"

namespace imugi {

struct Traceback : Object {
    Slot next;                  // Traceback; empty for None
    Slot frame;                 // FrameObject
    int32_t lasti;              // in bytes, as given to the constructor
    std::atomic<int32_t> line;  // -1: from the position table

    int32_t word() const { return lasti / 4; }
};

Ref<Traceback> make_traceback(Thread& thread, Value next, FrameObject& frame, int32_t lasti,
                              int32_t line);
// The pending exception passes the frame: puts an entry before its traceback. Without memory the
// entry is left out.
void note_traceback(Thread& thread, Frame& frame);

}  // namespace imugi
