// Exceptions that reach the command: printing and exit statuses.
#pragma once

#include "memory/owned.h"

namespace imugi {

// Prints the pending exception (SystemExit: its message) and gives the exit status. Nothing is
// pending afterwards.
int report_failure(Thread& thread);
// Gives the pending exception to sys.excepthook. False: that ended in SystemExit, which is pending.
[[nodiscard]] bool show_exception(Thread& thread);
// The exception on stderr without Python's help, for start-up.
void print_pending_exception(Thread& thread);
// Lets tracebacks show the text of -c.
void remember_source(Thread& thread, const char* name, const char* text);
// Drops what modules and the interpreter hold.
void finalize_modules(Thread& thread);

}  // namespace imugi
