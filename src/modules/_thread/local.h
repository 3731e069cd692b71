// thread-local data: _thread._local.
#pragma once

#include "modules/native_class.h"

namespace imugi {

extern NativeClass local_class;

// Drops what a thread holds in locals; true when there was something. Finalizers of that may make
// new values.
bool release_locals(Thread& thread);
// The same at its very end, with the table behind it.
void free_locals(Thread& thread);
// In the child of fork(), while the other threads can still be found: their values go.
void forget_other_locals(Thread& survivor);

}  // namespace imugi
