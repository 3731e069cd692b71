// slice objects (immutable) and the arithmetic of slicing that sequences share.
#pragma once

#include "object/type.h"

namespace imugi {

struct Slice : Object {
    Slot start, stop, step;
};

Ref<Slice> make_slice(Thread& thread, Value start, Value stop, Value step);

// Bounds of a slice: first as written (out-of-range numbers clamped to Index), then adjusted to a
// length: `count` items from `start` on by `step`.
struct SliceRange {
    Index start = 0, stop = 0, step = 1, count = 0;
};
// Runs Python (__index__). ValueError "slice step cannot be zero".
[[nodiscard]] bool slice_unpack(Thread& thread, Slice& slice, SliceRange& range);
// Runs nothing; the length is best read after slice_unpack, which may have changed the container.
void slice_adjust(SliceRange& range, Index length);
inline bool slice_range(Thread& thread, Slice& slice, Index length, SliceRange& range) {
    TRY(slice_unpack(thread, slice, range));
    slice_adjust(range, length);
    return true;
}
// slice.indices(length): (start, stop, step) as a tuple of ints of any size.
Owned slice_indices(Thread& thread, Slice& slice, Value length);
// A bound of a search (`start`, `stop` of index()): an int or __index__, clamped.
Result<Index> slice_bound(Thread& thread, Value value);
// Negative bounds count from the end; both end up in [0, length] (`start` may exceed `stop`).
inline void adjust_bounds(Index& start, Index& stop, Index length) {
    if (stop > length) {
        stop = length;
    } else if (stop < 0 && (stop += length) < 0) {
        stop = 0;
    }
    if (start < 0 && (start += length) < 0) start = 0;
}

inline bool is_slice(Value value) {
    return has_shape(value, k_slice_shape);
}

}  // namespace imugi
