// Writing tracebacks with nothing but system calls, so that signal handlers may. What belongs to
// other threads may change meanwhile: memory is copied by a call that fails where reading would
// crash, and what does not look right ends the traceback.
#pragma once

#include "thread/thread.h"

namespace imugi::faults {

void write_text(int fd, const char* text);
void write_number(int fd, uint64_t number, unsigned base, unsigned least_digits);
// The frames of one thread, innermost first, under a heading.
void dump_thread(int fd, const Thread& thread, bool is_current);
// `current` (may be null) first or among the others of the interpreter; all or it alone.
void dump_threads(int fd, const Thread* current, bool all);
// The native frames of the calling thread.
void dump_native_stack(int fd);

}  // namespace imugi::faults
