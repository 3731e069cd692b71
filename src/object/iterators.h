// Iterators over anything with __getitem__, and over the results of a callable.
#pragma once

#include "object/type.h"

namespace imugi {

// iter(sequence) for a type that has only __getitem__.
Owned make_sequence_iterator(Thread& thread, Value sequence);
// iter(callable, sentinel)
Owned make_call_iterator(Thread& thread, Value callable, Value sentinel);

}  // namespace imugi
