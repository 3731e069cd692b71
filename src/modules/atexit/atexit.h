// Functions to run at exit.
#pragma once

#include "thread/thread.h"

namespace imugi {

// Calls what atexit.register() was given, last first; failures are reported.
void run_exit_functions(Thread& thread);

}  // namespace imugi
