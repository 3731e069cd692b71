// Methods of bytes and bytearray that take them apart: split, splitlines, partition. Base of
// ByteMethods (bytes_rows.h), where it is said what protects them.
#pragma once

#include "object/bytes_case.h"

namespace imugi {

template <class Self>
struct ByteSplit : ByteCase<Self> {
    using ByteCase<Self>::make;
    using ByteCase<Self>::part;
    using ByteCase<Self>::made;

    // --- splitting ---

    static bool add(Thread& thread, List& parts, ByteSpan s, size_t begin, size_t end) {
        return list_append(thread, parts, TRY(make(thread, s.data + begin, end - begin)));
    }
    static bool load_separator(Thread& thread, StableBuffer& buffer, Value separator) {
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
        StableBuffer sep(thread);
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
        StableBuffer sep(thread);
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
    static Owned middle(Thread& thread, Bytes*, Value separator, const StableBuffer&) {
        (void)thread;
        return Owned::share(separator);
    }
    static Owned middle(Thread& thread, ByteArray*, Value, const StableBuffer& buffer) {
        return make(thread, buffer.data(), buffer.size());
    }
    // partition() gives bytes back as they are, of whatever class.
    static Owned whole(Thread&, Bytes& self, ByteSpan) { return Owned::share(self); }
    static Owned whole(Thread& thread, ByteArray& self, ByteSpan s) {
        return unchanged(thread, self, s);
    }
    static Owned partition(Thread& thread, Self& self, Value separator) {
        StableBuffer sep(thread);
        TRY(load_separator(thread, sep, separator));
        Held<Self> s(thread, self);
        Index found = bytes_find(s, {sep.data(), sep.size()}, 0, s.size);
        if (found < 0)
            return three(thread, whole(thread, self, s), make(thread, "", 0), make(thread, "", 0));
        auto at = static_cast<size_t>(found);
        return three(thread, make(thread, s.data, at),
                     middle(thread, static_cast<Self*>(nullptr), separator, sep),
                     make(thread, s.data + at + sep.size(), s.size - at - sep.size()));
    }
    static Owned rpartition(Thread& thread, Self& self, Value separator) {
        StableBuffer sep(thread);
        TRY(load_separator(thread, sep, separator));
        Held<Self> s(thread, self);
        Index found = bytes_find_last(s, {sep.data(), sep.size()}, 0, s.size);
        if (found < 0)
            return three(thread, make(thread, "", 0), make(thread, "", 0), whole(thread, self, s));
        auto at = static_cast<size_t>(found);
        return three(thread, make(thread, s.data, at),
                     middle(thread, static_cast<Self*>(nullptr), separator, sep),
                     make(thread, s.data + at + sep.size(), s.size - at - sep.size()));
    }
};

}  // namespace imugi
