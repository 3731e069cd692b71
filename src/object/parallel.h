// What zip and map share: iterators stepped side by side, and the `strict` option.
#pragma once

#include "object/native.h"
#include "object/tuple.h"

namespace imugi {

// Takes `strict=` out of the keywords; TypeError for any other.
[[nodiscard]] bool parse_strict(Thread& thread, const char* function, const Arguments& arguments,
                                bool* strict);
// iter() of each, as a tuple.
Ref<Tuple> iterate_all(Thread& thread, const Value* iterables, size_t count);
// Iterator number `at` is exhausted, those before it gave an item: ValueError if strict and any
// other has items. Nothing when all are exhausted.
Owned finish_strictly(Thread& thread, const char* function, Tuple& iterators, size_t at);

}  // namespace imugi
