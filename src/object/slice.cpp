// slice: immutable, so no lock.
#include "object/slice.h"

#include <algorithm>

#include "base/hash.h"
#include "memory/collector.h"
#include "object/int.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

IMUGI_BUILTIN_TYPE_BY_OBJECT(Slice, slice_type);

Ref<Slice> make_slice(Thread& thread, Value start, Value stop, Value step) {
    auto* slice = allocate<Slice>(thread, slice_type);
    if (slice == nullptr) return {};
    slice->start.init(Owned::share(start.is_empty() ? none() : start));
    slice->stop.init(Owned::share(stop.is_empty() ? none() : stop));
    slice->step.init(Owned::share(step.is_empty() ? none() : step));
    track(slice);
    return Ref<Slice>::adopt(slice);
}

static Result<Index> slice_number(Thread& thread, Value value) {
    if (value.is_small_int()) return value.small_int();
    if (!type_of(value).slots.index)
        return raise(thread, exc::TypeError,
                     "slice indices must be integers or None or have an __index__ method");
    return to_ssize_clamped(thread, value);
}

Result<Index> slice_bound(Thread& thread, Value value) {
    if (value.is_small_int()) return value.small_int();
    if (!type_of(value).slots.index)
        return raise(thread, exc::TypeError,
                     "slice indices must be integers or have an __index__ method");
    return to_ssize_clamped(thread, value);
}

bool slice_unpack(Thread& thread, Slice& slice, SliceRange& range) {
    Value step = slice.step.borrow();
    Value start = slice.start.borrow();
    Value stop = slice.stop.borrow();
    range.step = 1;
    if (!is_none(step)) {
        range.step = TRY(slice_number(thread, step));
        if (range.step == 0) return raise(thread, exc::ValueError, "slice step cannot be zero");
        if (range.step < -PTRDIFF_MAX) range.step = -PTRDIFF_MAX;  // -step must be representable
    }
    range.start = range.step < 0 ? PTRDIFF_MAX : 0;
    if (!is_none(start)) range.start = TRY(slice_number(thread, start));
    range.stop = range.step < 0 ? PTRDIFF_MIN : PTRDIFF_MAX;
    if (!is_none(stop)) range.stop = TRY(slice_number(thread, stop));
    return true;
}

void slice_adjust(SliceRange& range, Index length) {
    bool down = range.step < 0;
    auto clamp = [&](Index& at) {
        if (at < 0) {
            at += length;
            if (at < 0) at = down ? -1 : 0;
        } else if (at >= length) {
            at = down ? length - 1 : length;
        }
    };
    clamp(range.start);
    clamp(range.stop);
    range.count = 0;
    if (down) {
        if (range.stop < range.start)
            range.count = (range.start - range.stop - 1) / -range.step + 1;
    } else if (range.start < range.stop) {
        range.count = (range.stop - range.start - 1) / range.step + 1;
    }
    // Behind a single item any step leads out; loops add it to an index all the same.
    constexpr Index kFar = INT64_MAX / 2;
    if (range.count <= 1) range.step = std::clamp(range.step, -kFar, kFar);
}

namespace {

void slice_fields(Object* self, FieldVisitor& visitor) {
    auto* slice = static_cast<Slice*>(self);
    visitor.visit(slice->start);
    visitor.visit(slice->stop);
    visitor.visit(slice->step);
}

Owned slice_make(Thread& thread, Type&, const Arguments& arguments) {
    TRY(reject_keywords(thread, "slice", arguments));
    TRY(check_positional(thread, "slice", arguments, 1, 3));
    if (arguments.count == 1) return make_slice(thread, none(), arguments[0], none());
    return make_slice(thread, arguments[0], arguments[1],
                      arguments.count == 3 ? arguments[2] : none());
}

Owned slice_repr(Thread& thread, Value self) {
    auto& slice = self.as<Slice>();
    return format(thread, "slice({}, {}, {})", repr_of(slice.start.borrow()),
                  repr_of(slice.stop.borrow()), repr_of(slice.step.borrow()));
}

Result<int64_t> slice_hash(Thread& thread, Value self) {
    auto& slice = self.as<Slice>();
    TRY(check_native_stack(thread));
    TupleHash state;
    state.add(TRY(hash(thread, slice.start.borrow())));
    state.add(TRY(hash(thread, slice.stop.borrow())));
    state.add(TRY(hash(thread, slice.step.borrow())));
    return state.finish(3);
}

Ref<Tuple> as_tuple(Thread& thread, Slice& slice) {
    return make_tuple(thread, slice.start.borrow(), slice.stop.borrow(), slice.step.borrow());
}

Owned slice_compare(Thread& thread, Value self, Value other, CompareOp op) {
    if (!is_slice(self) || !is_slice(other)) return Owned::share(not_implemented());
    if (same(self, other)) {
        bool yes = op == CompareOp::kEq || op == CompareOp::kLe || op == CompareOp::kGe;
        return Owned::share(boolean(yes));
    }
    Ref<Tuple> left = TRY(as_tuple(thread, self.as<Slice>()));
    Ref<Tuple> right = TRY(as_tuple(thread, other.as<Slice>()));
    return compare(thread, left, right, op);
}

// A bound as an int: None stays None.
Owned bound_as_int(Thread& thread, Value value) {
    if (is_none(value)) return Owned::share(value);
    if (!type_of(value).slots.index)
        return raise(thread, exc::TypeError,
                     "slice indices must be integers or None or have an __index__ method");
    return to_index(thread, value);
}

// One bound against a length, for ints of any size.
Owned clamp_bound(Thread& thread, Value bound, Value length, Value lower, Value upper) {
    Owned at = Owned::share(bound);
    if (int_sign(at) < 0) {
        at = TRY(int_add(thread, at, length));
        if (int_compare(at, lower) < 0) at = Owned::share(lower);
    } else if (int_compare(at, upper) > 0) {
        at = Owned::share(upper);
    }
    return at;
}

}  // namespace

Owned slice_indices(Thread& thread, Slice& self, Value length) {
    Owned size = TRY(to_index(thread, length));
    if (int_sign(size) < 0) return raise(thread, exc::ValueError, "length should not be negative");
    Owned step = TRY(bound_as_int(thread, self.step.borrow()));
    if (is_none(step)) step = Owned::small_int(1);
    int direction = int_sign(step);
    if (direction == 0) return raise(thread, exc::ValueError, "slice step cannot be zero");
    Owned lower = Owned::small_int(direction < 0 ? -1 : 0);
    Owned upper = TRY(direction < 0 ? int_add(thread, size, Value::small_int(-1)) : size.share());
    Owned start = TRY(bound_as_int(thread, self.start.borrow()));
    if (is_none(start)) {
        start = direction < 0 ? upper.share() : lower.share();
    } else {
        start = TRY(clamp_bound(thread, start, size, lower, upper));
    }
    Owned stop = TRY(bound_as_int(thread, self.stop.borrow()));
    if (is_none(stop)) {
        stop = direction < 0 ? lower.share() : upper.share();
    } else {
        stop = TRY(clamp_bound(thread, stop, size, lower, upper));
    }
    return make_tuple(thread, start, stop, step);
}

namespace {

Owned slice_reduce(Thread& thread, Slice& self) {
    Ref<Tuple> bounds = TRY(as_tuple(thread, self));
    return make_tuple(thread, Value::of(slice_type), bounds);
}

const MethodRow slice_methods[] = {
    {"indices", "(self, object, /)", fn<slice_indices>,
     "S.indices(len) -> (start, stop, stride)\n\n"
     "Assuming a sequence of length len, calculate the start and stop\n"
     "indices, and the stride length of the extended slice described by\n"
     "S. Out of bounds indices are clipped in a manner consistent with the\n"
     "handling of normal slices."},
    {"__reduce__", "(self, /)", fn<slice_reduce>, "Return state information for pickling."},
    {},
};

const MemberRow slice_members[] = {
    {"start", MemberKind::kObject, offsetof(Slice, start)},
    {"stop", MemberKind::kObject, offsetof(Slice, stop)},
    {"step", MemberKind::kObject, offsetof(Slice, step)},
    {},
};

}  // namespace

Type slice_type;
const TypeSpec slice_type_spec = {
    .name = "slice",
    .doc =
        "slice(stop)\nslice(start, stop[, step])\n\n"
        "Create a slice object.  This is used for extended slicing (e.g. a[0:10:2]).",
    .size = sizeof(Slice),
    .flags = kTypeTracked,
    .slots = {.repr = slice_repr,
              .hash = slice_hash,
              .compare = slice_compare,
              .make = slice_make,
              .fields = slice_fields},
    .methods = slice_methods,
    .members = slice_members,
};

}  // namespace imugi
