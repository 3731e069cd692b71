// Bringing the interpreter up and down around what the command line asks for.
#pragma once

#include "object/config.h"
#include "thread/thread.h"

namespace imugi {

// Objects, sys, builtins, importlib, streams, site. Null with a message on stderr when that fails.
Thread* start_runtime(const Config& config);
// -c, -m, a file, standard input or the prompt; then -i. The exit status.
int run_main(Thread& thread);
// Threads joined, atexit functions run, streams flushed. The exit status, changed by failures.
int stop_runtime(Thread& thread, int status);

}  // namespace imugi
