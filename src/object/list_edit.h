// Editing a list's array. Inside the list's own files. All but copy_items are called under the
// list's Lock.
#pragma once

#include <cstring>

#include "object/errors.h"
#include "object/list_items.h"
#include "object/value_buffer.h"
#include "thread/lock.h"

namespace imugi {

// Moves words within one array; other threads may be reading it, so word by word.
void move_items(Slot* to, const Slot* from, size_t count);
// Room for `size` items. False when memory is short, nothing raised.
[[nodiscard]] bool reserve_items(List& list, size_t size);
// Gives memory back when most of it is unused.
void shrink_items(List& list);
// Replaces [begin, end), made to fit, by the values, which move in; what was there moves to
// `removed`, or to `values` when it was as much.
[[nodiscard]] bool splice_items(List& list, Index begin, Index end, ValueBuffer& values,
                                ValueBuffer& removed);
// Takes the Lock: list[begin:end] = given, an iterable.
[[nodiscard]] bool list_assign_slice(Thread& thread, List& list, Index begin, Index end,
                                     Value given);
// The index is in range.
Owned remove_item(List& list, Index index);

// A copy of the items in [begin, end), as they are at one time.
[[nodiscard]] bool copy_items(Thread& thread, List& list, ValueBuffer& out, Index begin, Index end);

}  // namespace imugi
