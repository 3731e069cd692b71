// The method template of bytes and bytearray. Each function holds self's memory for its duration
// (Held) and takes its arguments' buffers before that.
#pragma once

#include <iterator>

#include "base/text_units.h"
#include "object/bytes_methods.h"
#include "object/bytes_split.h"
#include "object/call.h"
#include "object/codecs.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/slice.h"
#include "object/text_slice.h"
#include "object/tuple.h"

namespace imugi {

template <class Self>
struct ByteMethods : ByteSplit<Self> {
    using ByteCase<Self>::make;
    using ByteCase<Self>::part;
    using ByteCase<Self>::made;

    // --- searching ---

    using Finder = Index (*)(ByteSpan, ByteSpan, size_t, size_t);
    static Result<Index> search(Thread& thread, Self& self, Value sub, Value start, Value end,
                                Finder finder) {
        Index begin, last;
        // May run Python, so before the lock.
        TRY(load_bounds(thread, start, end, &begin, &last));
        ByteArgument argument(thread);
        TRY(argument.load(sub));
        Held<Self> s(thread, self);
        adjust_bounds(begin, last, static_cast<Index>(s.size));
        if (begin > last) return Index{-1};
        return finder(s, argument.span(), static_cast<size_t>(begin), static_cast<size_t>(last));
    }
    static Result<Index> find(Thread& thread, Self& self, Value sub, Value start, Value end) {
        return search(thread, self, sub, start, end, bytes_find);
    }
    static Result<Index> rfind(Thread& thread, Self& self, Value sub, Value start, Value end) {
        return search(thread, self, sub, start, end, bytes_find_last);
    }
    static Result<Index> found(Thread& thread, Result<Index> at) {
        if (at && *at < 0) return raise(thread, exc::ValueError, "subsection not found");
        return at;
    }
    static Result<Index> index(Thread& thread, Self& self, Value sub, Value start, Value end) {
        return found(thread, find(thread, self, sub, start, end));
    }
    static Result<Index> rindex(Thread& thread, Self& self, Value sub, Value start, Value end) {
        return found(thread, rfind(thread, self, sub, start, end));
    }
    static Result<Index> count(Thread& thread, Self& self, Value sub, Value start, Value end) {
        Index n =
            TRY(search(thread, self, sub, start, end,
                       [](ByteSpan s, ByteSpan part, size_t begin, size_t last) {
                           return static_cast<Index>(bytes_count(s, part, begin, last, SIZE_MAX));
                       }));
        return n < 0 ? Index{0} : n;
    }
    static Result<bool> contains(Thread& thread, Value self, Value element) {
        ByteArgument argument(thread);
        TRY(argument.load(element, true));
        Held<Self> s(thread, self.as<Self>());
        return bytes_find(s, argument.span(), 0, s.size) >= 0;
    }

    static Result<bool> tail_match(Thread& thread, Self& self, Value parts, Value start, Value end,
                                   bool at_end) {
        const char* name = at_end ? "endswith" : "startswith";
        Index begin, last;
        TRY(load_bounds(thread, start, end, &begin, &last));
        bool is_many = is_tuple(parts);
        size_t count = is_many ? parts.as<Tuple>().size : 1;
        for (size_t i = 0; i < count; i++) {
            Value part = is_many ? parts.as<Tuple>()[i] : parts;
            if (!is_many && !has_buffer(part))
                return raise(thread, exc::TypeError,
                             "{} first arg must be bytes or a tuple of bytes, not {}", name,
                             type_name_of(part));
            StableBuffer buffer(thread);
            TRY(buffer.get(part));
            Held<Self> s(thread, self);
            Index first = begin, stop = last;
            adjust_bounds(first, stop, static_cast<Index>(s.size));
            if (first > stop || buffer.size() > static_cast<size_t>(stop - first)) continue;
            size_t at =
                static_cast<size_t>(at_end ? stop - static_cast<Index>(buffer.size()) : first);
            if (buffer.size() == 0 || memcmp(s.data + at, buffer.data(), buffer.size()) == 0)
                return true;
        }
        return false;
    }
    static Result<bool> startswith(Thread& thread, Self& self, Value prefix, Value start,
                                   Value end) {
        return tail_match(thread, self, prefix, start, end, false);
    }
    static Result<bool> endswith(Thread& thread, Self& self, Value suffix, Value start, Value end) {
        return tail_match(thread, self, suffix, start, end, true);
    }
    static Owned removeprefix(Thread& thread, Self& self, Value prefix) {
        StableBuffer buffer(thread);
        TRY(buffer.get(prefix));
        Held<Self> s(thread, self);
        size_t n = buffer.size();
        bool has = n != 0 && n <= s.size && memcmp(s.data, buffer.data(), n) == 0;
        return part(thread, self, s, has ? n : 0, s.size);
    }
    static Owned removesuffix(Thread& thread, Self& self, Value suffix) {
        StableBuffer buffer(thread);
        TRY(buffer.get(suffix));
        Held<Self> s(thread, self);
        size_t n = buffer.size();
        bool has = n != 0 && n <= s.size && memcmp(s.data + s.size - n, buffer.data(), n) == 0;
        return part(thread, self, s, 0, has ? s.size - n : s.size);
    }

    // --- stripping ---

    static Owned strip_ends(Thread& thread, Self& self, Value characters, bool left, bool right) {
        bool strips[256];
        if (is_none(characters)) {
            for (unsigned i = 0; i < 256; i++) strips[i] = is_ascii_space(static_cast<uint8_t>(i));
        } else {
            StableBuffer buffer(thread);
            TRY(buffer.get(characters));
            memset(strips, 0, sizeof strips);
            for (size_t i = 0; i < buffer.size(); i++) strips[buffer.data()[i]] = true;
        }
        Held<Self> s(thread, self);
        size_t begin = 0, end = s.size;
        if (left)
            while (begin < end && strips[s[begin]]) begin++;
        if (right)
            while (end > begin && strips[s[end - 1]]) end--;
        return part(thread, self, s, begin, end);
    }
    static Owned strip(Thread& thread, Self& self, Value characters) {
        return strip_ends(thread, self, characters, true, true);
    }
    static Owned lstrip(Thread& thread, Self& self, Value characters) {
        return strip_ends(thread, self, characters, true, false);
    }
    static Owned rstrip(Thread& thread, Self& self, Value characters) {
        return strip_ends(thread, self, characters, false, true);
    }

    // --- replacing ---

    static Owned replace(Thread& thread, Self& self, Value old, Value with, Value most) {
        StableBuffer from(thread), to(thread);
        TRY(from.get(old));
        TRY(to.get(with));
        Index count = TRY(convert_index(thread, most));
        Held<Self> s(thread, self);
        size_t limit = count < 0 ? SIZE_MAX : static_cast<size_t>(count);
        BytesBuilder builder(thread);
        if (from.size() == 0) {
            if (to.size() == 0 || limit == 0) return unchanged(thread, self, s);
            size_t places = limit < s.size + 1 ? limit : s.size + 1;
            for (size_t i = 0; i < places; i++) {
                TRY(builder.append(to.data(), to.size()));
                if (i < s.size) TRY(builder.append(s[i]));
            }
            if (places < s.size) TRY(builder.append(s.data + places, s.size - places));
            return made(thread, builder);
        }
        size_t begin = 0;
        while (limit-- > 0) {
            Index at = bytes_find(s, {from.data(), from.size()}, begin, s.size);
            if (at < 0) break;
            TRY(builder.append(s.data + begin, static_cast<size_t>(at) - begin));
            TRY(builder.append(to.data(), to.size()));
            begin = static_cast<size_t>(at) + from.size();
        }
        if (begin == 0) return unchanged(thread, self, s);
        TRY(builder.append(s.data + begin, s.size - begin));
        return made(thread, builder);
    }
    static Owned translate(Thread& thread, Self& self, Value table, Value deleted) {
        StableBuffer map(thread), drop(thread);
        if (!is_none(table)) {
            TRY(map.get(table));
            if (map.size() != 256)
                return raise(thread, exc::ValueError,
                             "translation table must be 256 characters long");
        }
        bool dropped[256] = {};
        if (deleted) {
            TRY(drop.get(deleted));
            for (size_t i = 0; i < drop.size(); i++) dropped[drop.data()[i]] = true;
        }
        Held<Self> s(thread, self);
        BytesBuilder builder(thread);
        TRY(builder.reserve(s.size));
        bool changed = false;
        for (size_t i = 0; i < s.size; i++) {
            if (dropped[s[i]]) {
                changed = true;
                continue;
            }
            uint8_t c = map.data() ? map.data()[s[i]] : s[i];
            changed |= c != s[i];
            TRY(builder.append(c));
        }
        if (!changed) return unchanged(thread, self, s);
        return made(thread, builder);
    }
    static Owned join(Thread& thread, Self& self, Value iterable) {
        Ref<Bytes> joined = TRY(bytes_join(thread, Value::of(self), iterable));
        return like(thread, static_cast<Self*>(nullptr), std::move(joined));
    }
    static Owned like(Thread&, Bytes*, Ref<Bytes> bytes) { return std::move(bytes); }
    static Owned like(Thread& thread, ByteArray*, Ref<Bytes> bytes) {
        return make(thread, bytes->data(), bytes->size);
    }

    // --- conversions ---

    static Owned decode(Thread& thread, Self& self, Str& encoding, Value errors) {
        const char *encoding_text, *errors_text;
        TRY(codec_arguments(thread, encoding, errors, &encoding_text, &errors_text));
        return decode_object(thread, Value::of(self), encoding_text, errors_text);
    }
    static Owned hex(Thread& thread, Self& self, Value separator, int group) {
        StableBuffer buffer(thread);
        TRY(buffer.get(Value::of(self)));
        return bytes_hex(thread, {buffer.data(), buffer.size()}, separator, group);
    }
    static Owned fromhex(Thread& thread, Type& type, Value text) {
        Ref<Bytes> bytes = TRY(bytes_from_hex(thread, text));
        if constexpr (std::is_same_v<Self, Bytes>) {
            if (&type == &bytes_type) return std::move(bytes);
        } else {
            if (&type == &bytearray_type) return make(thread, bytes->data(), bytes->size);
        }
        return call(thread, Value::of(&type), bytes);
    }

    // --- operators ---

    static Owned subscript_item(Thread& thread, Value self, Index index) {
        return item_at(thread, self, index, false);
    }
    // A negative index counts from the end, if `from_end` says so.
    static Owned item_at(Thread& thread, Value self, Index index, bool from_end) {
        Held<Self> s(thread, self.as<Self>());
        if (from_end && index < 0) index += static_cast<Index>(s.size);
        if (index < 0 || static_cast<size_t>(index) >= s.size)
            return raise(thread, exc::IndexError,
                         std::is_same_v<Self, Bytes> ? "index out of range"
                                                     : "bytearray index out of range");
        return Owned::small_int(s[static_cast<size_t>(index)]);
    }
    static Owned subscript(Thread& thread, Value self, Value key) {
        if (is_slice(key)) {
            SliceRange range;
            TRY(slice_unpack(thread, key.as<Slice>(), range));
            Held<Self> s(thread, self.as<Self>());
            slice_adjust(range, static_cast<Index>(s.size));
            auto start = static_cast<size_t>(range.start), n = static_cast<size_t>(range.count);
            if (n == 0) return make(thread, "", 0);
            if (range.step == 1) return part(thread, self.as<Self>(), s, start, start + n);
            BytesBuilder builder(thread);
            TRY(builder.reserve(n));
            Index at = range.start;
            for (size_t i = 0; i < n; i++, at += range.step) builder.end()[i] = s.data[at];
            builder.advance(n);
            return made(thread, builder);
        }
        if (!has_index(key))
            return raise(thread, exc::TypeError, "{} indices must be integers or slices, not {}",
                         std::is_same_v<Self, Bytes> ? "byte" : "bytearray", type_name_of(key));
        Index index = TRY(to_ssize(thread, key));
        return item_at(thread, self, index, true);
    }
    static Owned repeat(Thread& thread, Value self, Index times) {
        Held<Self> s(thread, self.as<Self>());
        if (times <= 0 || s.size == 0) return make(thread, "", 0);
        if (times == 1) return unchanged(thread, self.as<Self>(), s);
        size_t total;
        if (__builtin_mul_overflow(s.size, static_cast<size_t>(times), &total) ||
            total > PTRDIFF_MAX / 2) {
            if (std::is_same_v<Self, Bytes>)
                return raise(thread, exc::OverflowError, "repeated bytes are too long");
            return raise_memory_error(thread);
        }
        Owned result = TRY(make(thread, nullptr, total));
        uint8_t* out = blank(result.template as<Self>());
        memcpy(out, s.data, s.size);
        for (size_t done = s.size; done < total;) {
            size_t step = done < total - done ? done : total - done;
            memcpy(out + done, out, step);
            done += step;
        }
        return result;
    }
    static uint8_t* blank(Bytes& bytes) { return bytes_blank_data(bytes); }
    static uint8_t* blank(ByteArray& array) { return array.items.load(std::memory_order_relaxed); }

    static Owned remainder(Thread& thread, Value left, Value right) {
        if (!BuiltinTypeOf<Self>::check(left)) return Owned::share(not_implemented());
        StableBuffer buffer(thread);
        TRY(buffer.get(left));
        Ref<Bytes> text = TRY(bytes_format_percent(thread, buffer.data(), buffer.size(), right));
        return like(thread, static_cast<Self*>(nullptr), std::move(text));
    }
    static Owned concat(Thread& thread, Value left, Value right) {
        if (!has_buffer(right))
            return raise(thread, exc::TypeError, "can't concat {} to {}", type_name_of(right),
                         type_name_of(left));
        if (is_exact_bytearray(right)) {
            Ref<Bytes> copy = TRY(bytes_from_object(thread, right));
            return concat(thread, left, copy);
        }
        Buffer second(thread);
        if (!second.get(right)) {
            if (!clear_exception_if(thread, exc::BufferError)) return {};
            return raise(thread, exc::TypeError, "can't concat {} to {}", type_name_of(right),
                         type_name_of(left));
        }
        Owned result;
        size_t before;
        {
            Held<Self> first(thread, left.as<Self>());
            before = first.size;
            if constexpr (std::is_same_v<Self, Bytes>) {
                if (second.size() == 0 && is_exact_bytes(left)) return Owned::share(left);
                if (first.size == 0 && is_exact_bytes(right)) return Owned::share(right);
            }
            result = TRY(make(thread, nullptr, before + second.size()));
            if (before) memcpy(blank(result.template as<Self>()), first.data, before);
        }
        if (second.size() == 0) return result;
        TRY(copy_buffer(thread, second.view(), blank(result.template as<Self>()) + before, 'C'));
        return result;
    }
};

// The rows that both types have.
template <class Self>
inline constexpr MethodRow byte_method_rows[] = {
    {"capitalize", "(self, /)", fn<ByteMethods<Self>::capitalize>,
     "A copy with the first byte upper case and the rest lower case, as ASCII."},
    {"center", "(self, width, fillchar=<unrepresentable>, /) -> ($self, width, fillchar=b' ', /)",
     fn<ByteMethods<Self>::center>, "A copy centred in the given width."},
    {"count", "(self, sub, start=None, end=None, /) -> ($self, sub[, start[, end]], /)",
     fn<ByteMethods<Self>::count>,
     "Number of occurrences of sub in self[start:end] that do not overlap."},
    {"decode", "(self, /, encoding='utf-8', errors='strict')", fn<ByteMethods<Self>::decode>,
     "The text of the bytes in the given encoding.\n\nerrors says what happens to bytes that "
     "make no character: 'strict' raises\nUnicodeDecodeError; 'ignore', 'replace' and every name "
     "registered with\ncodecs.register_error are the others."},
    {"endswith", "(self, suffix, start=None, end=None, /) -> ($self, suffix[, start[, end]], /)",
     fn<ByteMethods<Self>::endswith>,
     "Whether self[start:end] ends with suffix, or one of a tuple of them."},
    {"expandtabs", "(self, /, tabsize=8)", fn<ByteMethods<Self>::expandtabs>,
     "A copy with each tab replaced by spaces up to the next tab stop."},
    {"find", "(self, sub, start=None, end=None, /) -> ($self, sub[, start[, end]], /)",
     fn<ByteMethods<Self>::find>, "The lowest index in self[start:end] where sub is found, or -1."},
    {"fromhex", "(type, string, /)", fn<ByteMethods<Self>::fromhex>,
     "The bytes that pairs of hexadecimal digits stand for, spaces between pairs ignored.",
     kMethodClass},
    {"hex", "(self, /, sep=<unrepresentable>, bytes_per_sep=1)", fn<ByteMethods<Self>::hex>,
     "Hexadecimal digits of the bytes.\n\nsep stands between groups of bytes_per_sep bytes, "
     "counted from the right,\nor from the left when negative."},
    {"index", "(self, sub, start=None, end=None, /) -> ($self, sub[, start[, end]], /)",
     fn<ByteMethods<Self>::index>,
     "The lowest index in self[start:end] where sub is found. ValueError when there is none."},
    {"isalnum", "(self, /)", fn<ByteMethods<Self>::isalnum>,
     "Whether all bytes are ASCII letters or digits and there is at least one."},
    {"isalpha", "(self, /)", fn<ByteMethods<Self>::isalpha>,
     "Whether all bytes are ASCII letters and there is at least one."},
    {"isascii", "(self, /)", fn<ByteMethods<Self>::isascii>, "Whether all bytes are ASCII."},
    {"isdigit", "(self, /)", fn<ByteMethods<Self>::isdigit>,
     "Whether all bytes are ASCII digits and there is at least one."},
    {"islower", "(self, /)", fn<ByteMethods<Self>::islower>,
     "Whether all ASCII letters are lower case and there is at least one."},
    {"isspace", "(self, /)", fn<ByteMethods<Self>::isspace>,
     "Whether all bytes are ASCII white space and there is at least one."},
    {"istitle", "(self, /)", fn<ByteMethods<Self>::istitle>,
     "Whether the bytes are in title case and have at least one letter."},
    {"isupper", "(self, /)", fn<ByteMethods<Self>::isupper>,
     "Whether all ASCII letters are upper case and there is at least one."},
    {"join", "(self, iterable_of_bytes, /)", fn<ByteMethods<Self>::join>,
     "The bytes of the iterable, one after the other, with these between them."},
    {"ljust", "(self, width, fillchar=<unrepresentable>, /) -> ($self, width, fillchar=b' ', /)",
     fn<ByteMethods<Self>::ljust>, "A copy at the left of the given width."},
    {"lower", "(self, /)", fn<ByteMethods<Self>::lower>, "A copy in lower case."},
    {"lstrip", "(self, bytes=None, /)", fn<ByteMethods<Self>::lstrip>,
     "A copy without white space, or the given bytes, at the front."},
    {"maketrans", "(frm, to, /)", fn<bytes_maketrans>,
     "A table for translate() that maps each byte of frm to the one of to at its place.",
     kMethodStatic},
    {"partition", "(self, sep, /)", fn<ByteMethods<Self>::partition>,
     "What comes before the first sep, sep, and what comes after."},
    {"removeprefix", "(self, prefix, /)", fn<ByteMethods<Self>::removeprefix>,
     "A copy without the prefix, if it has it."},
    {"removesuffix", "(self, suffix, /)", fn<ByteMethods<Self>::removesuffix>,
     "A copy without the suffix, if it has it."},
    {"replace", "(self, old, new, count=-1, /)", fn<ByteMethods<Self>::replace>,
     "A copy with occurrences of old replaced by new: all, or the first count."},
    {"rfind", "(self, sub, start=None, end=None, /) -> ($self, sub[, start[, end]], /)",
     fn<ByteMethods<Self>::rfind>,
     "The highest index in self[start:end] where sub is found, or -1."},
    {"rindex", "(self, sub, start=None, end=None, /) -> ($self, sub[, start[, end]], /)",
     fn<ByteMethods<Self>::rindex>,
     "The highest index in self[start:end] where sub is found. ValueError when there is none."},
    {"rjust", "(self, width, fillchar=<unrepresentable>, /) -> ($self, width, fillchar=b' ', /)",
     fn<ByteMethods<Self>::rjust>, "A copy at the right of the given width."},
    {"rpartition", "(self, sep, /)", fn<ByteMethods<Self>::rpartition>,
     "What comes before the last sep, sep, and what comes after."},
    {"rsplit", "(self, /, sep=None, maxsplit=-1)", fn<ByteMethods<Self>::rsplit>,
     "A list of the parts between separators, split from the right."},
    {"rstrip", "(self, bytes=None, /)", fn<ByteMethods<Self>::rstrip>,
     "A copy without white space, or the given bytes, at the back."},
    {"split", "(self, /, sep=None, maxsplit=-1)", fn<ByteMethods<Self>::split>,
     "A list of the parts between separators, split from the left.\n\nWithout sep, runs of "
     "ASCII white space separate; maxsplit bounds the splits."},
    {"splitlines", "(self, /, keepends=False)", fn<ByteMethods<Self>::splitlines>,
     "A list of the lines, without their ends unless keepends is true."},
    {"startswith", "(self, prefix, start=None, end=None, /) -> ($self, prefix[, start[, end]], /)",
     fn<ByteMethods<Self>::startswith>,
     "Whether self[start:end] starts with prefix, or one of a tuple of them."},
    {"strip", "(self, bytes=None, /)", fn<ByteMethods<Self>::strip>,
     "A copy without white space, or the given bytes, at both ends."},
    {"swapcase", "(self, /)", fn<ByteMethods<Self>::swapcase>,
     "A copy with the case of ASCII letters exchanged."},
    {"title", "(self, /)", fn<ByteMethods<Self>::title>, "A copy with every word in title case."},
    {"translate", "(self, table, /, delete=<unrepresentable>) -> ($self, table, /, delete=b'')",
     fn<ByteMethods<Self>::translate>,
     "A copy without the bytes in delete, the others mapped by a table of 256 (None: as they "
     "are)."},
    {"upper", "(self, /)", fn<ByteMethods<Self>::upper>, "A copy in upper case."},
    {"zfill", "(self, width, /)", fn<ByteMethods<Self>::zfill>,
     "A copy filled up with zeros to the given width, behind a sign if there is one."}};

// The common rows, a type's own ones, and the end mark.
template <size_t count>
struct MethodRows {
    MethodRow rows[count];
};
template <class Self, size_t count>
constexpr auto with_byte_rows(const MethodRow (&own)[count]) {
    constexpr size_t common = std::size(byte_method_rows<Self>);
    MethodRows<common + count + 1> all = {};
    for (size_t i = 0; i < common; i++) all.rows[i] = byte_method_rows<Self>[i];
    for (size_t i = 0; i < count; i++) all.rows[common + i] = own[i];
    return all;
}

}  // namespace imugi
