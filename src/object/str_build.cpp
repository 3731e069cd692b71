// Making strings out of strings: StrBuilder, concatenation, in-place append, join, repetition.
//
// A StrBuilder belongs to one thread. Appending in place happens only to a str that nobody else can
// see (is_unique) and that is not interned.
#include <sys/mman.h>

#include <cstring>

#include "base/utf8.h"
#include "memory/heap.h"
#include "object/join_source.h"
#include "object/list.h"
#include "object/list_unlocked.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi {

// --- StrBuilder ---

namespace {

// Long texts are built in pages of their own: these grow without copying, and what a text has
// outgrown goes back to the system at once.
bool has_own_pages(size_t bytes) {
    return bytes >= size_t{1} << 18 && bytes < size_t{1} << 30;
}
void* allocate_units(size_t bytes) {
    if (!has_own_pages(bytes)) return array_allocate(bytes);
    void* pages = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return pages == MAP_FAILED ? nullptr : pages;
}
void free_units(void* units, size_t bytes) {
    if (has_own_pages(bytes))
        munmap(units, bytes);
    else
        array_free(units);
}
// Null, and the old block still there, when memory is short.
void* resize_units(void* units, size_t bytes, size_t wanted, size_t used) {
    if (has_own_pages(bytes) && has_own_pages(wanted)) {
        void* pages = mremap(units, bytes, wanted, MREMAP_MAYMOVE);
        return pages == MAP_FAILED ? nullptr : pages;
    }
    if (!has_own_pages(bytes) && !has_own_pages(wanted)) return array_reallocate(units, wanted);
    void* grown = allocate_units(wanted);
    if (!grown) return nullptr;
    memcpy(grown, units, used);
    free_units(units, bytes);
    return grown;
}

}  // namespace

StrBuilder::~StrBuilder() {
    if (units_ && units_ != local_) free_units(units_, capacity_ * unit_);
}

bool StrBuilder::grow(size_t length, unsigned unit) {
    if (units_ && length <= capacity_ && unit <= unit_) return true;
    if (unit < unit_) unit = unit_;
    if (length > (PTRDIFF_MAX >> 4)) return raise_memory_error(thread_);
    if (!units_ && length * unit <= sizeof local_) {
        units_ = local_;
        unit_ = unit;
        capacity_ = sizeof local_ / unit;
        return true;
    }
    if (length <= capacity_ && units_ == local_ && capacity_ * unit_ >= length * unit &&
        length_ == 0) {
        capacity_ = sizeof local_ / unit;
        unit_ = unit;
        return true;
    }
    size_t capacity = length <= capacity_ ? capacity_ : length + length / 2 + 16;
    if (unit == unit_ && units_ && units_ != local_) {
        void* grown = resize_units(units_, capacity_ * unit, capacity * unit, length_ * unit);
        if (!grown) return raise_memory_error(thread_);
        units_ = grown;
        capacity_ = capacity;
        return true;
    }
    void* grown = allocate_units(capacity * unit);
    if (!grown) return raise_memory_error(thread_);
    auto widen = [&](auto* out) {
        switch (unit_) {
            case 1:
                copy_units(out, static_cast<const uint8_t*>(units_), length_);
                break;
            case 2:
                copy_units(out, static_cast<const uint16_t*>(units_), length_);
                break;
            default:
                copy_units(out, static_cast<const uint32_t*>(units_), length_);
        }
    };
    if (length_ != 0) {
        if (unit == 1)
            widen(static_cast<uint8_t*>(grown));
        else if (unit == 2)
            widen(static_cast<uint16_t*>(grown));
        else
            widen(static_cast<uint32_t*>(grown));
    }
    if (units_ && units_ != local_) free_units(units_, capacity_ * unit_);
    units_ = grown;
    unit_ = unit;
    capacity_ = capacity;
    return true;
}

bool StrBuilder::reserve(size_t more) {
    return grow(length_ + more, unit_);
}

bool StrBuilder::append(uint32_t c) {
    return append_repeated(c, 1);
}

bool StrBuilder::append_repeated(uint32_t c, size_t times) {
    if (times == 0) return true;
    if (times > (PTRDIFF_MAX >> 4)) return raise_memory_error(thread_);
    TRY(grow(length_ + times, unit_for(c)));
    max_char_ |= c;
    switch (unit_) {
        case 1:
            memset(static_cast<uint8_t*>(units_) + length_, static_cast<int>(c), times);
            break;
        case 2:
            for (size_t i = 0; i < times; i++)
                static_cast<uint16_t*>(units_)[length_ + i] = static_cast<uint16_t>(c);
            break;
        default:
            for (size_t i = 0; i < times; i++) static_cast<uint32_t*>(units_)[length_ + i] = c;
    }
    length_ += times;
    return true;
}

bool StrBuilder::append(const Str& s) {
    return append(s, 0, s.length());
}

bool StrBuilder::append(const Str& s, size_t begin, size_t end) {
    if (begin >= end) return true;
    uint32_t max_char = str_max_char(s);
    if (!s.is_ascii() && (begin != 0 || end != s.length()))
        max_char = visit_units(
            s, [&](const auto* units) { return width_class(units + begin, end - begin); });
    TRY(grow(length_ + (end - begin), unit_for(max_char)));
    copy_characters(units_, unit_, length_, s, begin, end);
    max_char_ |= max_char;
    length_ += end - begin;
    return true;
}

bool StrBuilder::append(const char* ascii, size_t size) {
    if (size == 0) return true;
    TRY(grow(length_ + size, unit_));
    auto* in = reinterpret_cast<const uint8_t*>(ascii);
    switch (unit_) {
        case 1:
            copy_units(static_cast<uint8_t*>(units_) + length_, in, size);
            break;
        case 2:
            copy_units(static_cast<uint16_t*>(units_) + length_, in, size);
            break;
        default:
            copy_units(static_cast<uint32_t*>(units_) + length_, in, size);
    }
    length_ += size;
    return true;
}

bool StrBuilder::append_utf8(const char* utf8, size_t size) {
    auto* text = reinterpret_cast<const uint8_t*>(utf8);
    DecodeScan scan = utf8_scan(text, size, Surrogates::pass, true);
    if (scan.code_points == 0) return true;
    TRY(grow(length_ + scan.code_points, unit_for(scan.width)));
    switch (unit_) {
        case 1:
            utf8_decode(static_cast<uint8_t*>(units_) + length_, text, scan.consumed);
            break;
        case 2:
            utf8_decode(static_cast<uint16_t*>(units_) + length_, text, scan.consumed);
            break;
        default:
            utf8_decode(static_cast<uint32_t*>(units_) + length_, text, scan.consumed);
    }
    max_char_ |= scan.width;
    length_ += scan.code_points;
    return true;
}

bool StrBuilder::append_int(int64_t n) {
    char text[24];
    int size = snprintf(text, sizeof text, "%lld", static_cast<long long>(n));
    return append(text, static_cast<size_t>(size));
}

Ref<Str> StrBuilder::finish() {
    if (length_ == 0) return empty_str();
    if (unit_ != 1 || length_ == 1) return make_str_from_units(thread_, units_, unit_, length_);
    Ref<Str> s = TRY(make_str_blank(thread_, length_, max_char_ < 0x80 ? max_ascii : max_latin1));
    memcpy(str_blank_data(*s), units_, length_);
    return s;
}

// --- concatenation ---

Owned str_concat(Thread& thread, Str& a, Str& b) {
    if (a.length() == 0) return exact_str(thread, b);
    if (b.length() == 0) return exact_str(thread, a);
    uint32_t max_char = std::max(str_max_char(a), str_max_char(b));
    Ref<Str> result = TRY(make_str_blank(thread, a.length() + b.length(), max_char));
    void* out = str_blank_data(*result);
    copy_characters(out, result->unit(), 0, a, 0, a.length());
    copy_characters(out, result->unit(), a.length(), b, 0, b.length());
    return std::move(result);
}

namespace {

size_t bytes_needed(const Str& s, size_t length) {
    return sizeof(Str) + (s.is_ascii() ? 0 : sizeof(void*)) + (length + 1) * s.unit();
}

// Whether `s`, the caller's own reference, may be changed where it stands.
bool is_appendable(Value owned) {
    if (!owned.is_owning() || !is_exact_str(owned)) return false;
    Str& s = owned.as<Str>();
    if (s.is_interned() || !is_unique(&s)) return false;
    // A UTF-8 cache would have to go; such strings are seldom appended to.
    return s.is_ascii() || *reinterpret_cast<void**>(&s + 1) == nullptr;
}

void append_at_end(Str& s, const Str& right) {
    size_t old = s.length();
    size_t length = old + right.length();
    auto* out = static_cast<char*>(str_blank_data(s));
    copy_characters(out, s.unit(), old, right, 0, right.length());
    memset(out + length * s.unit(), 0, s.unit());
    s.length_and_kind = length << 8 | (s.length_and_kind & 0xFF);
    s.cached_hash.store(0, std::memory_order_relaxed);
}

}  // namespace

Owned str_append(Thread& thread, Owned left, Str& right) {
    Str& s = left.as<Str>();
    if (&s == &right || right.length() == 0 || str_max_char(right) > str_max_char(s) ||
        !is_appendable(left))
        return str_concat(thread, s, right);
    size_t length = s.length() + right.length();
    if (length > PTRDIFF_MAX / 8) return raise_memory_error(thread);
    if (bytes_needed(s, length) <= heap_block_size(&s)) {
        append_at_end(s, right);
        return left;
    }
    // Being built piece by piece: leave room, so that n appends cost n steps in all.
    size_t room = length + length / 4;
    auto* grown = static_cast<Str*>(heap_allocate(thread, bytes_needed(s, room), k_str_shape));
    if (!grown) return raise_memory_error(thread);
    grown->length_and_kind = s.length() << 8 | (s.length_and_kind & 0xFF);
    memcpy(str_blank_data(*grown), s.data(), s.length() * s.unit());
    append_at_end(*grown, right);
    return Owned::adopt(grown);
}

Owned str_repeat(Thread& thread, Str& s, Index times) {
    if (times <= 0 || s.length() == 0) return empty_str();
    if (times == 1) return exact_str(thread, s);
    size_t length;
    if (__builtin_mul_overflow(s.length(), static_cast<size_t>(times), &length) ||
        length > PTRDIFF_MAX / 4)
        return raise(thread, exc::OverflowError, "repeated string is too long");
    Ref<Str> result = TRY(make_str_blank(thread, length, str_max_char(s)));
    auto* out = static_cast<char*>(str_blank_data(*result));
    size_t size = s.length() * s.unit(), total = length * s.unit();
    if (size == 1) {
        memset(out, s.data1()[0], total);
        return std::move(result);
    }
    memcpy(out, s.data(), size);
    for (size_t done = size; done < total;) {
        size_t step = std::min(done, total - done);
        memcpy(out + done, out, step);
        done += step;
    }
    return std::move(result);
}

// --- join ---

namespace {

// memcpy, for what is mostly shorter than a call is worth.
IMUGI_ALWAYS_INLINE void copy_few(uint8_t* to, const uint8_t* from, size_t count) {
    auto copy_ends = [&](auto word) {
        decltype(word) last;
        memcpy(&word, from, sizeof word);
        memcpy(&last, from + count - sizeof last, sizeof last);
        memcpy(to, &word, sizeof word);
        memcpy(to + count - sizeof last, &last, sizeof last);
    };
    if (count > 16)
        memcpy(to, from, count);
    else if (count >= 8)
        copy_ends(uint64_t{});
    else if (count >= 4)
        copy_ends(uint32_t{});
    else if (count >= 2)
        copy_ends(uint16_t{});
    else if (count == 1)
        *to = *from;
}

// `item(i)` gives the i-th Value. Nothing: not all are str, or (kMayChange) they changed between
// two looks at them.
enum class Pieces : bool { kStay, kMayChange };
template <Pieces kPieces, class Items>
Owned join_strs(Thread& thread, const Str& separator, size_t count, Items item) {
    constexpr bool may_change = kPieces == Pieces::kMayChange;
    if (count == 0) return empty_str();
    if (count == 1) {
        Value only = item(0);
        return is_str(only) ? Owned(exact_str(thread, only.as<Str>())) : Owned::nothing();
    }
    size_t length = 0;
    uint32_t max_char = separator.length() ? str_max_char(separator) : 0;
    for (size_t i = 0; i < count; i++) {
        Value piece = item(i);
        if (!is_str(piece)) return Owned::nothing();
        const Str& s = piece.as<Str>();
        length += s.length();
        max_char |= str_max_char(s);
        if (length > PTRDIFF_MAX / 8)
            return raise(thread, exc::OverflowError,
                         "join() result is too long for a Python string");
    }
    size_t separators;
    if (__builtin_mul_overflow(separator.length(), count - 1, &separators) ||
        separators > PTRDIFF_MAX / 8)
        return raise(thread, exc::OverflowError, "join() result is too long for a Python string");
    length += separators;
    if (length == 0) return empty_str();
    if (length == 1) {
        StrBuilder builder(thread);
        for (size_t i = 0; i < count; i++) {
            if (i != 0) TRY(builder.append(separator));
            Value piece = item(i);
            if (!is_str(piece)) return Owned::nothing();
            TRY(builder.append(piece.as<Str>()));
        }
        return builder.finish();
    }
    Ref<Str> result = TRY(make_str_blank(thread, length, max_char));
    void* out = str_blank_data(*result);
    unsigned unit = result->unit();
    size_t at = 0;
    auto put = [&](const Str& s) {
        if (may_change && (s.length() > length - at || s.unit() > unit)) return false;
        if (unit == 1)
            copy_few(static_cast<uint8_t*>(out) + at, s.data1(), s.length());
        else
            copy_characters(out, unit, at, s, 0, s.length());
        at += s.length();
        return true;
    };
    for (size_t i = 0; i < count; i++) {
        if (i != 0 && !put(separator)) return Owned::nothing();
        Value piece = item(i);
        if (may_change && !is_str(piece)) return Owned::nothing();
        if (!put(piece.as<Str>())) return Owned::nothing();
    }
    return std::move(result);
}

}  // namespace

Owned str_join_values(Thread& thread, const Value* strs, size_t count) {
    return join_strs<Pieces::kStay>(thread, *empty_str(), count, [&](size_t i) { return strs[i]; });
}

namespace {

constexpr size_t kMostJoinedUnderLock = 100'000;

// Joins a list where it is; nothing: it has to be copied first.
Owned join_list(Thread& thread, Str& separator, List& list) {
    if (!is_biased_to(thread.heap_id, list)) {
        // Several threads that join one list would wait for each other.
        UnlockedItems items(list);
        auto size = static_cast<size_t>(items.size());
        if (!items.are_settled() || size > kMostJoinedUnderLock) return Owned::nothing();
        Owned text = join_strs<Pieces::kMayChange>(thread, separator, size, [&](size_t i) {
            Value item = items[static_cast<Index>(i)].borrow();
            return item.is_object() && is_lendable(*item.object()) ? item : Value();
        });
        if (items.were_of_one_time()) return text;
        // What was never the length of a str may have been too long.
        if (!text) clear_exception(thread);
        return Owned::nothing();
    }
    Lock guard(thread, list);
    auto size = static_cast<size_t>(list_size(list));
    if (size > kMostJoinedUnderLock) return Owned::nothing();
    const Slot* slots = size ? list.array.load(std::memory_order_relaxed)->items : nullptr;
    return join_strs<Pieces::kStay>(thread, separator, size,
                                    [&](size_t i) { return slots[i].borrow(); });
}

}  // namespace

Owned str_join(Thread& thread, Str& separator, Value iterable) {
    // A tuple is a snapshot: racing changes of a list do not matter.
    Ref<Tuple> items;
    if (is_exact_tuple(iterable)) {
        items = Ref<Tuple>::share(iterable.as<Tuple>());
    } else if (is_exact_list(iterable)) {
        auto& list = iterable.as<List>();
        Owned text = join_list(thread, separator, list);
        if (!text.is_nothing()) return text;
        items = TRY(list_to_tuple(thread, list));
    } else {
        items = TRY(tuple_to_join(thread, iterable));
    }
    Owned text = join_strs<Pieces::kStay>(thread, separator, items->size,
                                          [&](size_t i) { return (*items)[i]; });
    if (!text.is_nothing()) return text;
    size_t other = 0;
    while (is_str((*items)[other])) other++;
    return raise(thread, exc::TypeError, "sequence item {}: expected str instance, {} found",
                 static_cast<int64_t>(other), type_name_of((*items)[other]));
}

}  // namespace imugi
