// Lines of source files, for warnings that are shown without the module `warnings`.
#pragma once

#include "object/type.h"

namespace imugi {

// The line of the file, stripped; None when it cannot be read or is empty.
Owned read_source_line(Thread& thread, Value filename, int64_t line);

}  // namespace imugi
