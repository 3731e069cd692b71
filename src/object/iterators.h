// What iterators share; those over anything with __getitem__, and over the results of a callable.
#pragma once

#include "object/type.h"

namespace imugi {

// `iter` of what is its own iterator.
inline Owned iterator_self(Thread&, Value self) {
    return Owned::share(self);
}

// iter(sequence) for a type that has only __getitem__.
Owned make_sequence_iterator(Thread& thread, Value sequence);
// sequence[index] by its `item` slot: TypeError when the class has lost that since it was asked.
Owned get_sequence_item(Thread& thread, Value sequence, Index index);
// iter(callable, sentinel)
Owned make_call_iterator(Thread& thread, Value callable, Value sentinel);

}  // namespace imugi
