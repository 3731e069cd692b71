// The `hash` slot of mutable builtin types, and what dicts and sets say about keys without a hash.
#pragma once

#include "object/errors.h"

namespace imugi {

// Raises TypeError "unhashable type: 'X'". A type with this slot shows `__hash__ = None`.
Result<int64_t> unhashable(Thread& thread, Value self);

// hash(key) failed: a plain TypeError becomes "cannot use 'X' as a dict key (...)"; `role` is
// "dict key" or "set element". Always a failure.
Raised raise_unhashable_as(Thread& thread, Value key, const char* role);

}  // namespace imugi
