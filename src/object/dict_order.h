// The order of a dict's items as something to change: for ordered dicts and caches.
#pragma once

#include "object/dict.h"

namespace imugi {

// Where the oldest item was found last, so that taking out one after the other does not start anew
// each time. Belongs to one dict, under its Lock.
struct OldestHint {
    uint64_t stamp = 0;
    size_t position = 0;
};

// Takes out the oldest item, both; nothing when the dict is empty.
Owned dict_pop_oldest(Thread& thread, Dict& dict, OldestHint& hint, Owned* key);
// The value of a key, whose item becomes the newest, in one step; nothing when it is not there.
// Takes no Lock if it was the newest before. Compares keys, so may run Python.
Owned dict_use(Thread& thread, Dict& dict, Value key, int64_t hash);
// Makes an item the newest, or the oldest (which takes time in proportion to the size). False when
// the key is not there. Compares keys, so may run Python.
Result<bool> dict_move_to_end(Thread& thread, Dict& dict, Value key, int64_t hash, bool newest);

}  // namespace imugi
