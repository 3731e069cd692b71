// What join() is given, as a tuple: a snapshot, so that racing changes of a list do not matter.
#pragma once

#include "object/exception.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi {

// Of an iterable that is neither a tuple nor a list. Runs Python.
inline Ref<Tuple> tuple_to_join(Thread& thread, Value iterable) {
    if (is_copied_whole(iterable)) return to_tuple(thread, iterable);
    Owned iterator = iterate(thread, iterable);
    if (iterator) return to_tuple(thread, iterator);
    if (!clear_exception_if(thread, exc::TypeError)) return {};
    return raise(thread, exc::TypeError, "can only join an iterable");
}

}  // namespace imugi
