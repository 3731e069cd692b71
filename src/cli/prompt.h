// The interactive prompt.
#pragma once

#include "memory/owned.h"

namespace imugi {

// Greets, runs what a session begins with (`startup`: PYTHONSTARTUP too), then reads, evaluates and
// prints until the end of input: on a terminal by the library's _pyrepl, else line by line. Empty:
// an exception ends the session, SystemExit among them.
Owned run_prompt(Thread& thread, bool startup);

}  // namespace imugi
