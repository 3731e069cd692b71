// What the end of the process has to know of its signal handlers.
#pragma once

namespace imugi {

// Signals that had handlers written in Python have their default effect again: at shutdown nothing
// could be called any more.
void end_signal_handling();

}  // namespace imugi
