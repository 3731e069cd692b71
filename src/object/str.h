// str: immutable text in units of 1, 2 or 4 bytes (PEP 393): the narrowest that holds every
// character.
//
// Immutable but for the hash and the UTF-8 cache, published by compare-and-swap. Lone surrogates
// are allowed.
#pragma once

#include <cstring>

#include "object/type.h"

namespace imugi {

inline constexpr Flag kInterned =
    kHashCached;  // the type's own flag bit; set under the intern table's lock

struct Str : Object {
    std::atomic<int64_t>
        cached_hash;           // 0: not computed yet (a true hash of 0 is stored as kZeroHash)
    uint64_t length_and_kind;  // length << 8 | external << 4 | ascii << 3 | unit size (1, 2, 4)

    size_t length() const { return length_and_kind >> 8; }
    unsigned unit() const { return length_and_kind & 7; }
    bool is_ascii() const { return length_and_kind & 8; }
    bool is_interned() const { return has_flag(kInterned); }
    // Instances of subclasses: attributes follow the fixed part, so the text is an array of its
    // own.
    bool is_external() const { return length_and_kind & 16; }
    // ASCII: data follows at once and is its own UTF-8; others: a UTF-8 cache pointer lies between.
    const void* data() const {
        const char* tail = reinterpret_cast<const char*>(this + 1);
        if (IMUGI_UNLIKELY(is_external()))
            return *reinterpret_cast<void* const*>(tail + sizeof(void*));
        return tail + (is_ascii() ? 0 : sizeof(std::atomic<char*>));
    }
    const uint8_t* data1() const { return static_cast<const uint8_t*>(data()); }
    const uint16_t* data2() const { return static_cast<const uint16_t*>(data()); }
    const uint32_t* data4() const { return static_cast<const uint32_t*>(data()); }
    uint32_t operator[](size_t i) const {
        switch (unit()) {
            case 1:
                return data1()[i];
            case 2:
                return data2()[i];
            default:
                return data4()[i];
        }
    }
};
static_assert(sizeof(Str) == 32);

// The fixed part of a subclass instance: UTF-8 cache and the pointer to the text behind the Str.
inline constexpr uint32_t kExternalStrBytes = sizeof(Str) + 2 * sizeof(void*);

// Calls f with the text as const uint8_t*, const uint16_t* or const uint32_t*.
template <class F>
IMUGI_ALWAYS_INLINE decltype(auto) visit_units(const Str& s, F&& f) {
    switch (s.unit()) {
        case 1:
            return f(s.data1());
        case 2:
            return f(s.data2());
        default:
            return f(s.data4());
    }
}

// --- making ---
Ref<Str> make_str(Thread& thread, const char* utf8,
                  size_t size);  // valid UTF-8 (surrogates encoded as 3 bytes are kept)
inline Ref<Str> make_str(Thread& thread, const char* utf8) {
    return make_str(thread, utf8, strlen(utf8));
}
// Units of any size; narrowed to the smallest kind.
Ref<Str> make_str_from_units(Thread& thread, const void* units, unsigned unit, size_t length);
Ref<Str> make_str_from_char(Thread& thread, uint32_t code_point);
// Uninitialised data to be filled by the caller before anybody sees it: unit 1, 2 or 4 with
// max_char the exact class.
Ref<Str> make_str_blank(Thread& thread, size_t length, uint32_t max_char);
inline void* str_blank_data(Str& s) {
    return const_cast<void*>(s.data());
}
Ref<Str> str_substring(Thread& thread, Str& s, size_t begin, size_t end);
Ref<Str> empty_str();
// An exact str with the same text: itself, or a copy of a subclass's instance.
Ref<Str> exact_str(Thread& thread, Str& s);
// Copies characters [begin, end) of `s` to `out` at index `at`; `out_unit` is wide enough.
void copy_characters(void* out, unsigned out_unit, size_t at, const Str& s, size_t begin,
                     size_t end);
inline unsigned unit_for(uint32_t max_char) {
    return max_char < 0x100 ? 1 : max_char < 0x10000 ? 2 : 4;
}
// An instance of `type`, a subclass of str, with the text of `s`.
Owned make_str_instance(Thread& thread, Type& type, Str& s);

// Strict UTF-8 decode with error handler name (null: strict); bytes from outside.
Owned decode_utf8(Thread& thread, const char* bytes, size_t size, const char* errors = nullptr);
// From the file system encoding with surrogateescape.
Ref<Str> decode_fs(Thread& thread, const char* bytes, size_t size);
inline Ref<Str> decode_fs(Thread& thread, const char* bytes) {
    return decode_fs(thread, bytes, strlen(bytes));
}

// --- interning: the table holds its strings weakly (mortal), names by ID() and constants of frozen
// code are immortal ---
Ref<Str> intern(Thread& thread, Ref<Str> s);
Ref<Str> intern(Thread& thread, const char* utf8);
// The interned str stays for the life of the process.
Ref<Str> intern_immortal(Thread& thread, const char* utf8);
// A dying interned str leaves the table (release slot).
void leave_intern_table(Str& s);
size_t interned_count();

// --- reading ---
// UTF-8 text, cached in the str (kept as long as it lives); null with UnicodeEncodeError for
// surrogates or MemoryError.
const char* str_utf8(Thread& thread, const Str& s, size_t* size = nullptr);
int64_t str_hash(const Str& s);
bool str_equal(const Str& a, const Str& b);
bool str_equal(const Str& a, const char* ascii);
int str_compare(const Str& a, const Str& b);  // by code points: -1, 0, 1
uint32_t str_max_char(const Str& s);          // 0x7F, 0xFF, 0xFFFF or 0x10FFFF (an upper bound)
// Position of the first (last) occurrence in [begin, end), or -1.
Index str_find(const Str& s, const Str& needle, size_t begin, size_t end);
Index str_find_last(const Str& s, const Str& needle, size_t begin, size_t end);
Index str_find_char(const Str& s, uint32_t c, size_t begin, size_t end);
size_t str_count(const Str& s, const Str& needle, size_t begin, size_t end, size_t most);
// Whether `part` stands in `s` at `at`.
bool str_matches_at(const Str& s, size_t at, const Str& part);
bool str_starts_with(const Str& s, const char* ascii);

// --- operations ---
Owned str_concat(Thread& thread, Str& a, Str& b);
// left + right where the left reference is the caller's own: grows in place when unique.
Owned str_append(Thread& thread, Owned left, Str& right);
Owned str_join(Thread& thread, Str& separator, Value iterable);
Owned str_join_values(Thread& thread, const Value* strs,
                      size_t count);  // all str; ''.join for f-strings
Owned str_format_percent(Thread& thread, Str& format, Value arguments);
Owned str_encode(Thread& thread, Str& s, const char* encoding, const char* errors);
Owned str_repeat(Thread& thread, Str& s, Index times);
Owned str_replace(Thread& thread, Str& s, Str& old, Str& with, Index most);
Owned str_repr(Thread& thread, Str& s);
// repr() with everything beyond ASCII escaped.
Owned str_ascii(Thread& thread, Str& s);
// str.format(*args, **kwargs) and format_map; a call without mapping takes `arguments`.
Owned str_format(Thread& thread, Str& format, const Arguments& arguments, Value mapping);

// --- building; single thread, on the C++ stack ---
class StrBuilder {
  public:
    explicit StrBuilder(Thread& thread) : thread_(thread) {}
    ~StrBuilder();
    StrBuilder(const StrBuilder&) = delete;

    // Each is false with MemoryError set.
    [[nodiscard]] bool append(uint32_t code_point);
    [[nodiscard]] bool append(const Str& s);
    [[nodiscard]] bool append(const Str& s, size_t begin, size_t end);
    [[nodiscard]] bool append(const char* ascii) { return append(ascii, strlen(ascii)); }
    [[nodiscard]] bool append(const char* ascii, size_t size);
    [[nodiscard]] bool append_utf8(const char* utf8, size_t size);
    [[nodiscard]] bool append_repeated(uint32_t code_point, size_t times);
    [[nodiscard]] bool append_int(int64_t n);
    [[nodiscard]] bool reserve(size_t more);
    size_t length() const { return length_; }
    Ref<Str> finish();

  private:
    [[nodiscard]] bool grow(size_t length, unsigned unit);
    Thread& thread_;
    void* units_ = nullptr;
    size_t length_ = 0, capacity_ = 0;
    unsigned unit_ = 1;
    uint32_t max_char_ = 0;
    alignas(8) char local_[256];
};

}  // namespace imugi
