// Exceptions that reach the command: printing, exit statuses; and the interactive prompt.
#pragma once

#include "memory/owned.h"

namespace imugi {

// Prints the pending exception (SystemExit: its message) and gives the exit status. Nothing is
// pending afterwards.
int report_failure(Thread& thread);
// The exception on stderr without Python's help, for start-up.
void print_pending_exception(Thread& thread);
// Lets tracebacks show the text of -c.
void remember_source(Thread& thread, const char* name, const char* text);
// The read-eval-print loop until end of input.
Owned run_prompt(Thread& thread);
// Drops what modules and the interpreter hold.
void finalize_modules(Thread& thread);

}  // namespace imugi
