// datetime with timedelta and with datetime: sums, differences, comparison, hash. Two with the same
// tzinfo object are taken as local times; else they meet in UTC.
#include "modules/_datetime/datetime.h"
#include "object/ordering.h"
#include "object/protocol.h"

namespace imugi::datetimes {

Owned compared(int64_t difference, CompareOp op) {
    return Owned::share(boolean(holds(op, difference, int64_t{0})));
}

bool fields_of_total(Thread& thread, Int128 total, DateTimeFields* out) {
    if (!is_total(total)) return raise(thread, exc::OverflowError, "date value out of range");
    auto micros = static_cast<int64_t>(total);
    out->date = date_of_ordinal(static_cast<int>(micros / kDayMicros));
    int64_t in_day = micros % kDayMicros;
    auto seconds = static_cast<int>(in_day / kSecondMicros);
    out->clock = {seconds / 3600, seconds / 60 % 60, seconds % 60,
                  static_cast<int>(in_day % kSecondMicros)};
    return true;
}

Owned moved_datetime(Thread& thread, DateTime& self, Int128 micros) {
    DateTimeFields fields = fields_of(self);
    fields.fold = 0;
    TRY(fields_of_total(thread, self.total() + micros, &fields));
    Ref<Type> type = share_type(Value::of(self));
    if (type.get() == &datetime_class.type()) return new_datetime(thread, *type, fields);
    return make_datetime(thread, *type, fields);
}

Owned datetime_add(Thread& thread, Value left, Value right) {
    if (!datetime_class.is_exact(left) && is_timedelta(left)) std::swap(left, right);
    if (!is_datetime(left) || !is_timedelta(right)) return Owned::share(not_implemented());
    return moved_datetime(thread, left.as<DateTime>(), right.as<TimeDelta>().total());
}

namespace {

bool same_zone(const DateTime& a, const DateTime& b) {
    return a.tzinfo.borrow().identity() == b.tzinfo.borrow().identity();
}

Owned difference(Thread& thread, DateTime& a, DateTime& b) {
    int64_t micros = a.total() - b.total();
    if (!same_zone(a, b)) {
        Offset first = TRY(utc_offset(thread, a)), second = TRY(utc_offset(thread, b));
        if (first.known != second.known)
            return raise(thread, exc::TypeError,
                         "can't subtract offset-naive and offset-aware datetimes");
        micros -= first.micros - second.micros;
    }
    return timedelta_of_micros(thread, micros);
}

// The offset that a datetime would have with its other fold.
Result<Offset> other_offset(Thread& thread, const DateTime& self) {
    DateTimeFields fields = fields_of(self);
    fields.fold = !self.fold;
    Owned flipped = TRY(allocate_datetime(thread, datetime_class.type(), fields));
    return utc_offset(thread, flipped.as<DateTime>());
}

// PEP 495: a time whose offset depends on its fold equals no time of another zone.
Result<bool> is_problematic(Thread& thread, const DateTime& a, const DateTime& b, Offset first,
                            Offset second) {
    Offset flipped = TRY(other_offset(thread, a));
    if (!(flipped == first)) return true;
    flipped = TRY(other_offset(thread, b));
    return !(flipped == second);
}

}  // namespace

Owned datetime_subtract(Thread& thread, Value left, Value right) {
    if (!is_datetime(left)) return Owned::share(not_implemented());
    auto& self = left.as<DateTime>();
    if (is_timedelta(right)) return moved_datetime(thread, self, -right.as<TimeDelta>().total());
    if (is_datetime(right)) return difference(thread, self, right.as<DateTime>());
    return Owned::share(not_implemented());
}

Owned datetime_compare(Thread& thread, Value left, Value right, CompareOp op) {
    if (!is_datetime(right)) return Owned::share(not_implemented());
    auto &a = left.as<DateTime>(), &b = right.as<DateTime>();
    int64_t micros = a.total() - b.total();
    if (same_zone(a, b)) return compared(micros, op);
    bool for_equality = op == CompareOp::kEq || op == CompareOp::kNe;
    Offset first = TRY(utc_offset(thread, a)), second = TRY(utc_offset(thread, b));
    if (first.known != second.known) {
        if (for_equality) return Owned::share(boolean(op == CompareOp::kNe));
        return raise(thread, exc::TypeError,
                     "can't compare offset-naive and offset-aware datetimes");
    }
    micros -= first.micros - second.micros;
    if (for_equality && micros == 0 && TRY(is_problematic(thread, a, b, first, second))) micros = 1;
    return compared(micros, op);
}

namespace {

// By the offset of fold 0, so that both folds, being equal, hash alike.
Result<int64_t> compute_hash(Thread& thread, Value value) {
    auto& self = value.as<DateTime>();
    Offset offset = TRY(self.fold ? other_offset(thread, self) : utc_offset(thread, self));
    if (!offset.known) return hash_of_state(self);
    int64_t total = self.total() - offset.micros;
    int64_t in_day = total % kDayMicros;
    if (in_day < 0) in_day += kDayMicros;
    return hash_of_span((total - in_day) / kDayMicros, in_day / kSecondMicros,
                        in_day % kSecondMicros);
}

}  // namespace

Result<int64_t> datetime_hash(Thread& thread, Value value) {
    return cached_hash_of(value.as<DateTime>(), [&] { return compute_hash(thread, value); });
}

}  // namespace imugi::datetimes
