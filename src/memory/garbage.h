// What a collection tells the object layer of the garbage it has found, while the world is stopped.
#pragma once

#include "memory/object.h"

namespace imugi {

// In the collector bits of the lock byte of each unreachable object; for good once it is certain to
// go, so that nobody who walks over all objects is given it.
inline constexpr uint8_t kGarbageMark = 8;

// Weak references that are garbage themselves go without calling their callbacks.
void clear_garbage_weakrefs(Object* object);
// If the garbage is a weak reference itself: nobody who asks for one to the same object gets it.
void leave_referent(Object* object);

}  // namespace imugi
