// How sys.excepthook, sys.unraisablehook and threading.excepthook show an exception.
#pragma once

#include "object/fwd.h"

namespace imugi {

// The traceback module does the layout; when that fails, or the chain is thousands of exceptions
// long, a plain traceback is written instead.
[[nodiscard]] bool display_exception(Thread& thread, Value exception, Value stream);

}  // namespace imugi
