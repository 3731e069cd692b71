// What the interpreter gives the layers below: roots for the collector, answers at safepoints.
#pragma once

#include "thread/thread.h"

namespace imugi {

void install_vm_hooks();
// Python signal handlers for tripped signals; installed by the _signal module.
extern bool (*run_signal_handlers)(Thread& thread);

}  // namespace imugi
