// Methods of bytes and bytearray about single bytes: case, character classes, padding. Base of
// ByteMethods (bytes_rows.h), where it is said what protects them.
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
struct ByteCase {
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
};

}  // namespace imugi
