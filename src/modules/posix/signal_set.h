// Sets of signals as arguments.
#pragma once

#include <csignal>

#include "memory/value.h"

namespace imugi {
struct Thread;
}

namespace imugi::posix {

// From an iterable of signal numbers, ValueError for others. Runs Python.
[[nodiscard]] bool load_signal_set(Thread& thread, Value iterable, sigset_t* set);

}  // namespace imugi::posix
