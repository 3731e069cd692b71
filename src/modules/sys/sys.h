// What start-up does with the module sys, apart from importing it.
#pragma once

#include "object/module.h"

namespace imugi {

// sys as of the configuration: argv, path, flags, prefixes... `modules` and streams are set by
// start-up.
[[nodiscard]] bool configure_sys(Thread& thread, Module& sys);
// sys.flags, sys.version_info, sys.implementation, float_info and the other tables of facts
// (sys_info.cpp).
[[nodiscard]] bool add_sys_info(Thread& thread, Module& sys);
// The namespace sys.monitoring (monitoring.cpp).
[[nodiscard]] bool add_monitoring(Thread& thread, Module& sys);
// Reports of unraisable exceptions go to sys.unraisablehook from now on (unraisable.cpp).
void install_unraisable_hook();
// Rows of tracing, frames and monitoring (sys_trace.cpp).
extern const MethodRow* const sys_trace_rows;

}  // namespace imugi
