// The method template of bytes and bytearray. Each function holds self's memory for its duration
// (Held) and takes its arguments' buffers before that.
#pragma once

#include <iterator>

#include "base/text_units.h"
#include "object/bytes_methods.h"
#include "object/call.h"
#include "object/codecs.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/slice.h"
#include "object/text_slice.h"
#include "object/tuple.h"

namespace imugi {

template <class Self>
struct ByteMethods {
    static Owned make(Thread& thread, const void* data, size_t size) {
        return make_like(thread, static_cast<Self*>(nullptr), data, size);
    }
    static Owned part(Thread& thread, Self& self, ByteSpan s, size_t begin, size_t end) {
        if (begin == 0 && end == s.size) return unchanged(thread, self, s);
        return make(thread, s.data + begin, end - begin);
    }
    static Owned made(Thread& thread, const BytesBuilder& builder) {
        return make(thread, builder.data(), builder.size());
    }

    // --- searching ---

    using Finder = Index (*)(ByteSpan, ByteSpan, size_t, size_t);
    static Result<Index> search(Thread& thread, Self& self, Value sub, Value start, Value end,
                                Finder finder) {
        ByteArgument argument(thread);
        TRY(argument.load(sub));
        Index begin, last;
        // Bounds may run Python, so they come before the lock; lengths are clamped again under it.
        TRY(resolve_bounds(thread, start, end, self_size(self), &begin, &last));
        Held<Self> s(thread, self);
        if (static_cast<size_t>(last) > s.size) last = static_cast<Index>(s.size);
        if (begin > last) return Index{-1};
        return finder(s, argument.span(), static_cast<size_t>(begin), static_cast<size_t>(last));
    }
    static size_t self_size(Bytes& self) { return self.size; }
    static size_t self_size(ByteArray& self) {
        return static_cast<size_t>(self.size.load(std::memory_order_relaxed));
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
        TRY(resolve_bounds(thread, start, end, self_size(self), &begin, &last));
        bool is_many = is_tuple(parts);
        size_t count = is_many ? parts.as<Tuple>().size : 1;
        for (size_t i = 0; i < count; i++) {
            Value part = is_many ? parts.as<Tuple>()[i] : parts;
            if (!is_many && !has_buffer(part))
                return raise(thread, exc::TypeError,
                             "{} first arg must be bytes or a tuple of bytes, not {}", name,
                             type_name_of(part));
            Buffer buffer(thread);
            TRY(buffer.get(part));
            Held<Self> s(thread, self);
            Index stop = static_cast<size_t>(last) > s.size ? static_cast<Index>(s.size) : last;
            if (begin > stop || buffer.size() > static_cast<size_t>(stop - begin)) continue;
            size_t at =
                static_cast<size_t>(at_end ? stop - static_cast<Index>(buffer.size()) : begin);
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
        Buffer buffer(thread);
        TRY(buffer.get(prefix));
        Held<Self> s(thread, self);
        size_t n = buffer.size();
        bool has = n != 0 && n <= s.size && memcmp(s.data, buffer.data(), n) == 0;
        return part(thread, self, s, has ? n : 0, s.size);
    }
    static Owned removesuffix(Thread& thread, Self& self, Value suffix) {
        Buffer buffer(thread);
        TRY(buffer.get(suffix));
        Held<Self> s(thread, self);
        size_t n = buffer.size();
        bool has = n != 0 && n <= s.size && memcmp(s.data + s.size - n, buffer.data(), n) == 0;
        return part(thread, self, s, 0, has ? s.size - n : s.size);
    }

    // --- case ---

    static bool lower_byte(uint8_t c) { return c >= 'a' && c <= 'z'; }
    static bool upper_byte(uint8_t c) { return c >= 'A' && c <= 'Z'; }
    static bool alpha_byte(uint8_t c) { return lower_byte(c | 32); }
    static bool digit_byte(uint8_t c) { return c >= '0' && c <= '9'; }
    static uint8_t to_lower(uint8_t c) { return upper_byte(c) ? c + 32 : c; }
    static uint8_t to_upper(uint8_t c) { return lower_byte(c) ? c - 32 : c; }

    template <class Change>
    static Owned mapped(Thread& thread, Self& self, Change change) {
        Held<Self> s(thread, self);
        BytesBuilder builder(thread);
        TRY(builder.reserve(s.size));
        for (size_t i = 0; i < s.size; i++) builder.end()[i] = change(s[i], i);
        builder.advance(s.size);
        return made(thread, builder);
    }
    static Owned lower(Thread& thread, Self& self) {
        return mapped(thread, self, [](uint8_t c, size_t) { return to_lower(c); });
    }
    static Owned upper(Thread& thread, Self& self) {
        return mapped(thread, self, [](uint8_t c, size_t) { return to_upper(c); });
    }
    static Owned swapcase(Thread& thread, Self& self) {
        return mapped(thread, self,
                      [](uint8_t c, size_t) { return upper_byte(c) ? to_lower(c) : to_upper(c); });
    }
    static Owned capitalize(Thread& thread, Self& self) {
        return mapped(thread, self,
                      [](uint8_t c, size_t i) { return i == 0 ? to_upper(c) : to_lower(c); });
    }
    static Owned title(Thread& thread, Self& self) {
        bool in_word = false;
        return mapped(thread, self, [&](uint8_t c, size_t) {
            uint8_t result = in_word ? to_lower(c) : to_upper(c);
            in_word = alpha_byte(c);
            return result;
        });
    }

    template <class Predicate>
    static Owned all_of(Thread& thread, Self& self, Predicate predicate) {
        Held<Self> s(thread, self);
        for (size_t i = 0; i < s.size; i++)
            if (!predicate(s[i])) return Owned::share(boolean(false));
        return Owned::share(boolean(s.size != 0));
    }
    static Owned isalnum(Thread& thread, Self& self) {
        return all_of(thread, self, [](uint8_t c) { return alpha_byte(c) || digit_byte(c); });
    }
    static Owned isalpha(Thread& thread, Self& self) { return all_of(thread, self, alpha_byte); }
    static Owned isdigit(Thread& thread, Self& self) { return all_of(thread, self, digit_byte); }
    static Owned isspace(Thread& thread, Self& self) {
        return all_of(thread, self, is_ascii_space);
    }
    static Owned isascii(Thread& thread, Self& self) {
        Held<Self> s(thread, self);
        return Owned::share(boolean(ascii_prefix(s.data, s.size) == s.size));
    }
    static Owned cased(Thread& thread, Self& self, bool lower_case) {
        Held<Self> s(thread, self);
        bool found = false;
        for (size_t i = 0; i < s.size; i++) {
            if (!alpha_byte(s[i])) continue;
            if (lower_byte(s[i]) != lower_case) return Owned::share(boolean(false));
            found = true;
        }
        return Owned::share(boolean(found));
    }
    static Owned islower(Thread& thread, Self& self) { return cased(thread, self, true); }
    static Owned isupper(Thread& thread, Self& self) { return cased(thread, self, false); }
    static Owned istitle(Thread& thread, Self& self) {
        Held<Self> s(thread, self);
        bool found = false, in_word = false;
        for (size_t i = 0; i < s.size; i++) {
            bool letter = alpha_byte(s[i]);
            if (letter && upper_byte(s[i]) == in_word) return Owned::share(boolean(false));
            found |= letter;
            in_word = letter;
        }
        return Owned::share(boolean(found));
    }

    // --- padding ---

    static Owned pad(Thread& thread, Self& self, ByteSpan s, size_t left, size_t right,
                     uint8_t fill) {
        if (left + right == 0) return unchanged(thread, self, s);
        BytesBuilder builder(thread);
        TRY(builder.append_repeated(fill, left));
        TRY(builder.append(s.data, s.size));
        TRY(builder.append_repeated(fill, right));
        return made(thread, builder);
    }
    static bool fill_byte(Thread& thread, const char* name, Value value, uint8_t* fill) {
        *fill = ' ';
        if (!value) return true;
        if (is_bytes(value)) {
            if (value.as<Bytes>().size == 1) {
                *fill = value.as<Bytes>().data()[0];
                return true;
            }
            return raise(thread, exc::TypeError,
                         "{}(): argument 2 must be a byte string of length 1, not a bytes object "
                         "of length {}",
                         name, static_cast<int64_t>(value.as<Bytes>().size));
        }
        if (is_bytearray(value)) {
            Held<ByteArray> s(thread, value.as<ByteArray>());
            if (s.size == 1) {
                *fill = s[0];
                return true;
            }
            return raise(thread, exc::TypeError,
                         "{}(): argument 2 must be a byte string of length 1, not a bytearray "
                         "object of length {}",
                         name, static_cast<int64_t>(s.size));
        }
        return raise(thread, exc::TypeError,
                     "{}() argument 2 must be a byte string of length 1, not {}", name,
                     type_name_of(value));
    }
    static size_t missing(ByteSpan s, Index width) {
        return width > static_cast<Index>(s.size) ? static_cast<size_t>(width) - s.size : 0;
    }
    static Owned center(Thread& thread, Self& self, Index width, Value fillchar) {
        uint8_t fill;
        TRY(fill_byte(thread, "center", fillchar, &fill));
        Held<Self> s(thread, self);
        size_t margin = missing(s, width);
        size_t left = margin / 2 + (margin & static_cast<size_t>(width) & 1);
        return pad(thread, self, s, left, margin - left, fill);
    }
    static Owned ljust(Thread& thread, Self& self, Index width, Value fillchar) {
        uint8_t fill;
        TRY(fill_byte(thread, "ljust", fillchar, &fill));
        Held<Self> s(thread, self);
        return pad(thread, self, s, 0, missing(s, width), fill);
    }
    static Owned rjust(Thread& thread, Self& self, Index width, Value fillchar) {
        uint8_t fill;
        TRY(fill_byte(thread, "rjust", fillchar, &fill));
        Held<Self> s(thread, self);
        return pad(thread, self, s, missing(s, width), 0, fill);
    }
    static Owned zfill(Thread& thread, Self& self, Index width) {
        Held<Self> s(thread, self);
        size_t zeros = missing(s, width);
        if (zeros == 0) return unchanged(thread, self, s);
        BytesBuilder builder(thread);
        size_t sign = s.size != 0 && (s[0] == '+' || s[0] == '-');
        TRY(builder.append(s.data, sign));
        TRY(builder.append_repeated('0', zeros));
        TRY(builder.append(s.data + sign, s.size - sign));
        return made(thread, builder);
    }
    static Owned expandtabs(Thread& thread, Self& self, int tab_size) {
        Held<Self> s(thread, self);
        BytesBuilder builder(thread);
        size_t column = 0;
        for (size_t i = 0; i < s.size; i++) {
            uint8_t c = s[i];
            if (c == '\t') {
                if (tab_size <= 0) continue;
                size_t step =
                    static_cast<size_t>(tab_size) - column % static_cast<size_t>(tab_size);
                if (builder.size() > PTRDIFF_MAX / 4)
                    return raise(thread, exc::OverflowError, "result too long");
                TRY(builder.append_repeated(' ', step));
                column += step;
            } else {
                TRY(builder.append(c));
                column = c == '\n' || c == '\r' ? 0 : column + 1;
            }
        }
        return made(thread, builder);
    }

    // --- stripping ---

    static Owned strip_ends(Thread& thread, Self& self, Value characters, bool left, bool right) {
        bool strips[256];
        if (is_none(characters)) {
            for (unsigned i = 0; i < 256; i++) strips[i] = is_ascii_space(static_cast<uint8_t>(i));
        } else {
            Buffer buffer(thread);
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

    // --- splitting ---

    static bool add(Thread& thread, List& parts, ByteSpan s, size_t begin, size_t end) {
        return list_append(thread, parts, TRY(make(thread, s.data + begin, end - begin)));
    }
    static bool load_separator(Thread& thread, Buffer& buffer, Value separator) {
        TRY(buffer.get(separator));
        if (buffer.size() == 0) return raise(thread, exc::ValueError, "empty separator");
        return true;
    }
    static Owned split_space(Thread& thread, Self& self, size_t most) {
        Ref<List> parts = TRY(make_list(thread));
        Held<Self> s(thread, self);
        for (size_t i = 0;;) {
            while (i < s.size && is_ascii_space(s[i])) i++;
            if (i == s.size) break;
            size_t begin = i;
            if (most == 0) {
                TRY(list_append(thread, *parts, TRY(part(thread, self, s, begin, s.size))));
                break;
            }
            most--;
            while (i < s.size && !is_ascii_space(s[i])) i++;
            if (begin == 0 && i == s.size)
                TRY(list_append(thread, *parts, TRY(unchanged(thread, self, s))));
            else
                TRY(add(thread, *parts, s, begin, i));
        }
        return std::move(parts);
    }
    static Owned split(Thread& thread, Self& self, Value separator, Index most) {
        size_t limit = most < 0 ? SIZE_MAX : static_cast<size_t>(most);
        if (is_none(separator)) return split_space(thread, self, limit);
        Buffer sep(thread);
        TRY(load_separator(thread, sep, separator));
        Ref<List> parts = TRY(make_list(thread));
        Held<Self> s(thread, self);
        size_t begin = 0;
        while (limit-- > 0) {
            Index at = bytes_find(s, {sep.data(), sep.size()}, begin, s.size);
            if (at < 0) break;
            TRY(add(thread, *parts, s, begin, static_cast<size_t>(at)));
            begin = static_cast<size_t>(at) + sep.size();
        }
        TRY(list_append(thread, *parts, TRY(part(thread, self, s, begin, s.size))));
        return std::move(parts);
    }
    static void reverse_list(Thread& thread, List& parts) {
        Index size = list_size(parts);
        for (Index i = 0, k = size - 1; i < k; i++, k--) {
            Owned low = list_item(thread, parts, i);
            Owned high = list_item(thread, parts, k);
            (void)list_set_item(thread, parts, i, std::move(high));
            (void)list_set_item(thread, parts, k, std::move(low));
        }
    }
    static Owned rsplit(Thread& thread, Self& self, Value separator, Index most) {
        size_t limit = most < 0 ? SIZE_MAX : static_cast<size_t>(most);
        Buffer sep(thread);
        if (!is_none(separator)) TRY(load_separator(thread, sep, separator));
        Ref<List> parts = TRY(make_list(thread));
        Held<Self> s(thread, self);
        if (is_none(separator)) {
            for (size_t i = s.size;;) {
                while (i > 0 && is_ascii_space(s[i - 1])) i--;
                if (i == 0) break;
                size_t end = i;
                size_t begin = 0;
                if (limit == 0) {
                    i = 0;
                } else {
                    limit--;
                    while (i > 0 && !is_ascii_space(s[i - 1])) i--;
                    begin = i;
                }
                TRY(list_append(thread, *parts, TRY(part(thread, self, s, begin, end))));
            }
        } else {
            size_t end = s.size;
            while (limit-- > 0) {
                Index at = bytes_find_last(s, {sep.data(), sep.size()}, 0, end);
                if (at < 0) break;
                TRY(add(thread, *parts, s, static_cast<size_t>(at) + sep.size(), end));
                end = static_cast<size_t>(at);
            }
            TRY(list_append(thread, *parts, TRY(part(thread, self, s, 0, end))));
        }
        reverse_list(thread, *parts);
        return std::move(parts);
    }
    static Owned splitlines(Thread& thread, Self& self, bool keep_ends) {
        Ref<List> lines = TRY(make_list(thread));
        Held<Self> s(thread, self);
        for (size_t begin = 0; begin < s.size;) {
            size_t end = begin;
            while (end < s.size && s[end] != '\n' && s[end] != '\r') end++;
            size_t next = end;
            if (next < s.size)
                next += s[next] == '\r' && next + 1 < s.size && s[next + 1] == '\n' ? 2 : 1;
            TRY(list_append(thread, *lines,
                            TRY(part(thread, self, s, begin, keep_ends ? next : end))));
            begin = next;
        }
        return std::move(lines);
    }
    static Owned three(Thread& thread, Owned a, Owned b, Owned c) {
        if (!a || !b || !c) return {};
        return make_tuple(thread, a, b, c);
    }
    // The separator in the middle: the argument itself for bytes, a copy for bytearray.
    static Owned middle(Thread& thread, Bytes*, Value separator, const Buffer&) {
        (void)thread;
        return Owned::share(separator);
    }
    static Owned middle(Thread& thread, ByteArray*, Value, const Buffer& buffer) {
        return make(thread, buffer.data(), buffer.size());
    }
    static Owned partition(Thread& thread, Self& self, Value separator) {
        Buffer sep(thread);
        TRY(load_separator(thread, sep, separator));
        Held<Self> s(thread, self);
        Index found = bytes_find(s, {sep.data(), sep.size()}, 0, s.size);
        if (found < 0)
            return three(thread, unchanged(thread, self, s), make(thread, "", 0),
                         make(thread, "", 0));
        auto at = static_cast<size_t>(found);
        return three(thread, make(thread, s.data, at),
                     middle(thread, static_cast<Self*>(nullptr), separator, sep),
                     make(thread, s.data + at + sep.size(), s.size - at - sep.size()));
    }
    static Owned rpartition(Thread& thread, Self& self, Value separator) {
        Buffer sep(thread);
        TRY(load_separator(thread, sep, separator));
        Held<Self> s(thread, self);
        Index found = bytes_find_last(s, {sep.data(), sep.size()}, 0, s.size);
        if (found < 0)
            return three(thread, make(thread, "", 0), make(thread, "", 0),
                         unchanged(thread, self, s));
        auto at = static_cast<size_t>(found);
        return three(thread, make(thread, s.data, at),
                     middle(thread, static_cast<Self*>(nullptr), separator, sep),
                     make(thread, s.data + at + sep.size(), s.size - at - sep.size()));
    }

    // --- replacing ---

    static Owned replace(Thread& thread, Self& self, Value old, Value with, Index count) {
        Buffer from(thread), to(thread);
        TRY(from.get(old));
        TRY(to.get(with));
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
        Buffer map(thread), drop(thread);
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

    static Owned decode(Thread& thread, Self& self, Str& encoding, Str& errors) {
        const char* encoding_text = name_text(thread, encoding);
        const char* errors_text = encoding_text ? name_text(thread, errors) : nullptr;
        if (!errors_text) return {};
        return decode_object(thread, Value::of(self), encoding_text, errors_text);
    }
    static Owned hex(Thread& thread, Self& self, Value separator, Value group) {
        Buffer buffer(thread);
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
        Held<Self> s(thread, self.as<Self>());
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
        if (index < 0) index += static_cast<Index>(self_size(self.as<Self>()));
        return subscript_item(thread, self, index);
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
        Buffer buffer(thread);
        TRY(buffer.get(left));
        Ref<Bytes> text = TRY(bytes_format_percent(thread, buffer.data(), buffer.size(), right));
        return like(thread, static_cast<Self*>(nullptr), std::move(text));
    }
    static Owned concat(Thread& thread, Value left, Value right) {
        if (!has_buffer(right))
            return raise(thread, exc::TypeError, "can't concat {} to {}", type_name_of(right),
                         type_name_of(left));
        Buffer second(thread);
        TRY(second.get(right));
        Held<Self> first(thread, left.as<Self>());
        if constexpr (std::is_same_v<Self, Bytes>) {
            if (second.size() == 0 && is_exact_bytes(left)) return Owned::share(left);
            if (first.size == 0 && is_exact_bytes(right)) return Owned::share(right);
        }
        Owned result = TRY(make(thread, nullptr, first.size + second.size()));
        uint8_t* out = first.size + second.size() ? blank(result.template as<Self>()) : nullptr;
        if (first.size) memcpy(out, first.data, first.size);
        if (second.size()) memcpy(out + first.size, second.data(), second.size());
        return result;
    }
};

// The rows that both types have.
template <class Self>
inline constexpr MethodRow byte_method_rows[] = {
    {"capitalize", "(self, /)", fn<ByteMethods<Self>::capitalize>,
     "A copy with the first byte upper case and the rest lower case, as ASCII."},
    {"center", "(self, width, fillchar=<unrepresentable>, /)", fn<ByteMethods<Self>::center>,
     "A copy centred in the given width."},
    {"count", "(self, sub, start=None, end=None, /)", fn<ByteMethods<Self>::count>,
     "Number of occurrences of sub in self[start:end] that do not overlap."},
    {"decode", "(self, /, encoding='utf-8', errors='strict')", fn<ByteMethods<Self>::decode>,
     "The text of the bytes in the given encoding.\n\nerrors says what happens to bytes that "
     "make no character: 'strict' raises\nUnicodeDecodeError; 'ignore', 'replace' and every name "
     "registered with\ncodecs.register_error are the others."},
    {"endswith", "(self, suffix, start=None, end=None, /)", fn<ByteMethods<Self>::endswith>,
     "Whether self[start:end] ends with suffix, or one of a tuple of them."},
    {"expandtabs", "(self, /, tabsize=8)", fn<ByteMethods<Self>::expandtabs>,
     "A copy with each tab replaced by spaces up to the next tab stop."},
    {"find", "(self, sub, start=None, end=None, /)", fn<ByteMethods<Self>::find>,
     "The lowest index in self[start:end] where sub is found, or -1."},
    {"fromhex", "(type, string, /)", fn<ByteMethods<Self>::fromhex>,
     "The bytes that pairs of hexadecimal digits stand for, spaces between pairs ignored.",
     kMethodClass},
    {"hex", "(self, /, sep=<unrepresentable>, bytes_per_sep=1)", fn<ByteMethods<Self>::hex>,
     "Hexadecimal digits of the bytes.\n\nsep stands between groups of bytes_per_sep bytes, "
     "counted from the right,\nor from the left when negative."},
    {"index", "(self, sub, start=None, end=None, /)", fn<ByteMethods<Self>::index>,
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
    {"ljust", "(self, width, fillchar=<unrepresentable>, /)", fn<ByteMethods<Self>::ljust>,
     "A copy at the left of the given width."},
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
    {"rfind", "(self, sub, start=None, end=None, /)", fn<ByteMethods<Self>::rfind>,
     "The highest index in self[start:end] where sub is found, or -1."},
    {"rindex", "(self, sub, start=None, end=None, /)", fn<ByteMethods<Self>::rindex>,
     "The highest index in self[start:end] where sub is found. ValueError when there is none."},
    {"rjust", "(self, width, fillchar=<unrepresentable>, /)", fn<ByteMethods<Self>::rjust>,
     "A copy at the right of the given width."},
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
    {"startswith", "(self, prefix, start=None, end=None, /)", fn<ByteMethods<Self>::startswith>,
     "Whether self[start:end] starts with prefix, or one of a tuple of them."},
    {"strip", "(self, bytes=None, /)", fn<ByteMethods<Self>::strip>,
     "A copy without white space, or the given bytes, at both ends."},
    {"swapcase", "(self, /)", fn<ByteMethods<Self>::swapcase>,
     "A copy with the case of ASCII letters exchanged."},
    {"title", "(self, /)", fn<ByteMethods<Self>::title>, "A copy with every word in title case."},
    {"translate", "(self, table, /, delete=<unrepresentable>)", fn<ByteMethods<Self>::translate>,
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
