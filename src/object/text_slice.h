// Subscripts of text and bytes: what counts as an index, and the bounds of find() and its kin.
#pragma once

#include "object/type.h"

namespace imugi {

// Whether it is an int or has __index__.
bool has_index(Value value);
// Optional start and end arguments as find() takes them (empty or None: the whole), for
// adjust_bounds.
[[nodiscard]] bool load_bounds(Thread& thread, Value start, Value end, Index* out_start,
                               Index* out_end);
// The same, made to lie in [0, length].
[[nodiscard]] bool resolve_bounds(Thread& thread, Value start, Value end, size_t length,
                                  Index* out_start, Index* out_end);

}  // namespace imugi
