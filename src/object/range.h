// range objects (immutable) and their iterator over machine ints.
#pragma once

#include "object/type.h"

namespace imugi {

struct Range : Object {
    Slot start, stop, step, length;  // ints of any size
};
Ref<Range> make_range(Thread& thread, Value start, Value stop, Value step);

// Item number i is start + i * step; none of them leaves int64_t. Only `index` changes: plainly by
// an exclusive holder, by compare-and-swap otherwise.
struct RangeIterator : Object {
    int64_t start, step, length;
    std::atomic<int64_t> index;
};
Owned make_range_iterator(Thread& thread, Range& range);

}  // namespace imugi
