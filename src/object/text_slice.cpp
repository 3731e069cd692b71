// See text_slice.h. May run Python (__index__) before anything is read.
#include "object/text_slice.h"

#include "object/protocol.h"
#include "object/slice.h"

namespace imugi {

bool has_index(Value value) {
    return is_int(value) || type_of(value).slots.index != nullptr;
}

bool resolve_bounds(Thread& thread, Value start, Value end, size_t length, Index* out_start,
                    Index* out_end) {
    *out_start = 0;
    *out_end = PTRDIFF_MAX;
    if (start && !is_none(start)) *out_start = TRY(slice_bound(thread, start));
    if (end && !is_none(end)) *out_end = TRY(slice_bound(thread, end));
    adjust_bounds(*out_start, *out_end, static_cast<Index>(length));
    return true;
}

}  // namespace imugi
