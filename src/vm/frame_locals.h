// f_locals of function frames: a write-through proxy (PEP 667), and the snapshot that locals()
// gives.
#pragma once

#include "vm/frame_object.h"

namespace imugi {

struct FrameLocalsProxy : Object {
    Slot frame;  // FrameObject, immutable
};
Owned make_frame_locals_proxy(Thread& thread, FrameObject& frame);
Owned frame_locals_snapshot(Thread& thread, FrameObject& frame);
// A class or module scope in the middle of a comprehension that runs in its frame: some variables
// are not in its namespace. They alone are its locals meanwhile, as those of a function.
bool has_hidden_variables(Thread& thread, FrameObject& frame);
// Keeps a replaced value alive as long as the frame object: it may be lent to a running callee.
bool park_frame_value(Thread& thread, FrameObject& frame, Owned value);

}  // namespace imugi
