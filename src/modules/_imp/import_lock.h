// The import lock, recursive, one for the process: importlib's own bookkeeping is done under it.
// fork() takes it, so that the child finds no import half booked.
#pragma once

#include "thread/thread.h"

namespace imugi {

void acquire_import_lock(Thread& thread);
// False when another thread holds it, or none.
[[nodiscard]] bool release_import_lock(Thread& thread);

}  // namespace imugi
