// The iterators of ranges, forward and backward.
#pragma once

#include "object/range.h"

namespace imugi {

Owned make_reverse_range_iterator(Thread& thread, Range& range);

}  // namespace imugi
