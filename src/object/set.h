// set and frozenset: open addressing table replaced whole when it grows; membership tests are
// lock-free, writers hold the Lock.
#pragma once

#include "object/type.h"

namespace imugi {

struct SetTable;
struct Set : Object {
    std::atomic<SetTable*> table;  // null when empty and never filled
    std::atomic<Index> size;
    // A frozenset's hash, 0: not yet. Where a set's pop() goes on, under the Lock.
    std::atomic<int64_t> hash_or_finger;
};
Ref<Set> make_set(Thread& thread, Type& type = set_type);
// set(iterable) or frozenset(iterable). Runs Python.
Ref<Set> set_from(Thread& thread, Type& type, Value iterable);
// A copy of type set or frozenset.
Ref<Set> set_copy(Thread& thread, Set& set, Type& type);
[[nodiscard]] bool set_add(Thread& thread, Set& set, Value element);
Result<bool> set_contains(Thread& thread, Set& set, Value element);
Result<bool> set_discard(Thread& thread, Set& set, Value element);
[[nodiscard]] bool set_update(Thread& thread, Set& set, Value iterable);
void set_clear(Thread& thread, Set& set);
class ValueBuffer;
// Appends all elements, as they are at one moment.
[[nodiscard]] bool set_elements(Thread& thread, Set& set, ValueBuffer& out);
// Steps through the elements; false at the end. `position` starts at 0.
bool set_next(Thread& thread, Set& set, size_t* position, Owned* element);
Owned make_set_iterator(Thread& thread, Set& set);
inline Index set_size(const Set& set) {
    return set.size.load(std::memory_order_acquire);
}

}  // namespace imugi
