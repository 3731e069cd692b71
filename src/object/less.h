// The comparison that orders: sorted searches and heaps ask it most.
#pragma once

#include "base/result.h"
#include "memory/value.h"

namespace imugi {

struct Thread;

// left < right, as a truth value.
Result<bool> is_less(Thread& thread, Value left, Value right);

}  // namespace imugi
