// See text_slice.h. May run Python (__index__) before anything is read.
#include "object/text_slice.h"

#include "object/protocol.h"
#include "object/slice.h"

namespace imugi {

bool has_index(Value value) {
    return is_int(value) || type_of(value).slots.index != nullptr;
}

bool load_bounds(Thread& thread, Value start, Value end, Index* out_start, Index* out_end) {
    *out_start = 0;
    *out_end = PTRDIFF_MAX;
    Value given[] = {start, end};
    Index* out[] = {out_start, out_end};
    for (int i = 0; i < 2; i++) {
        if (given[i].is_empty() || is_none(given[i])) continue;
        if (!has_index(given[i]))
            return raise(thread, exc::TypeError,
                         "slice indices must be integers or None or have an __index__ method");
        *out[i] = TRY(slice_bound(thread, given[i]));
    }
    return true;
}

bool resolve_bounds(Thread& thread, Value start, Value end, size_t length, Index* out_start,
                    Index* out_end) {
    TRY(load_bounds(thread, start, end, out_start, out_end));
    adjust_bounds(*out_start, *out_end, static_cast<Index>(length));
    return true;
}

}  // namespace imugi
