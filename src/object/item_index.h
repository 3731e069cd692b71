// Indexes of items of sequences, for types that have no `subscript`.
#pragma once

#include "object/type.h"

namespace imugi {

// A TypeFlag: `item` and `assign_item` are given negative indexes too, and count from the end
// themselves, where no other thread moves it in between. Inherited.
inline constexpr auto kTypeCountsFromEnd = static_cast<TypeFlag>(1 << 15);

// The index that `item` or `assign_item` of the container's type is to be given.
Result<Index> item_index(Thread& thread, Value container, Value key);

}  // namespace imugi
