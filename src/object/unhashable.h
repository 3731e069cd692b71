// The `hash` slot of mutable builtin types: raises TypeError "unhashable type: 'X'". A type with
// this slot shows `__hash__ = None`.
#pragma once

#include "object/type.h"

namespace imugi {

Result<int64_t> unhashable(Thread& thread, Value self);

}  // namespace imugi
