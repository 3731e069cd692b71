// The str type: making, hashing, comparing and the slots. Methods are in str_methods*.cpp, building
// in str_build.cpp, interning in str_intern.cpp.
//
// Text never changes once published; the hash and the UTF-8 cache are published by
// compare-and-swap.
#include "object/str.h"

#include "base/utf8.h"
#include "memory/collector.h"
#include "memory/heap.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/codecs.h"
#include "object/int.h"
#include "object/native.h"
#include "object/ordering.h"
#include "object/protocol.h"
#include "object/slice.h"
#include "object/str_methods.h"
#include "object/text_hash.h"
#include "object/text_slice.h"
#include "object/tuple.h"

namespace imugi {

namespace {

constexpr uint64_t kAsciiBit = 8, kExternalBit = 16;

// The empty str and the 256 Latin-1 characters: immortal, in static storage.
struct StaticStr {
    Str str;
    char tail[16];
};
struct StaticStrs {
    StaticStr empty;
    StaticStr characters[256];

    StaticStrs() {
        prepare(empty, 0, 0);
        for (unsigned c = 0; c < 256; c++) prepare(characters[c], 1, c);
    }
    static void prepare(StaticStr& s, uint64_t length, unsigned c) {
        s.str.shape_index.store(k_str_shape, std::memory_order_relaxed);
        s.str.flags.store(kImmortal | kInterned, std::memory_order_relaxed);
        s.str.cached_hash.store(0, std::memory_order_relaxed);
        s.str.length_and_kind = length << 8 | (c < 0x80 ? kAsciiBit : 0) | 1;
        memset(s.tail, 0, sizeof s.tail);
        s.tail[c < 0x80 ? 0 : sizeof(void*)] = static_cast<char>(c);
    }
};
StaticStrs static_strs;  // no string is made before main()

std::atomic<char*>& utf8_cache(const Str& s) {
    return *reinterpret_cast<std::atomic<char*>*>(
        const_cast<char*>(reinterpret_cast<const char*>(&s + 1)));
}

constexpr size_t kMostBytes = PTRDIFF_MAX - 4096;

template <class Unit>
Ref<Str> make_from(Thread& thread, const Unit* units, size_t length) {
    if (length == 0) return empty_str();
    if (length == 1) return make_str_from_char(thread, units[0]);
    uint32_t width = width_class(units, length);
    Ref<Str> result = TRY(make_str_blank(thread, length, width));
    void* out = str_blank_data(*result);
    switch (unit_for(width)) {
        case 1:
            copy_units(static_cast<uint8_t*>(out), units, length);
            break;
        case 2:
            copy_units(static_cast<uint16_t*>(out), units, length);
            break;
        default:
            copy_units(static_cast<uint32_t*>(out), units, length);
    }
    return result;
}

}  // namespace

// --- making ---

Ref<Str> make_str_blank(Thread& thread, size_t length, uint32_t max_char) {
    if (length == 0) return empty_str();
    unsigned unit = unit_for(max_char);
    bool ascii = max_char < 0x80;
    if (length >= kMostBytes / unit) return raise_memory_error(thread);
    size_t bytes = sizeof(Str) + (ascii ? 0 : sizeof(void*)) + (length + 1) * unit;
    size_t fields = sizeof(Str) + sizeof(void*) - sizeof(Object);
    auto* s = static_cast<Str*>(heap_allocate(thread, bytes, k_str_shape, fields));
    if (!s) return raise_memory_error(thread);
    s->length_and_kind = length << 8 | (ascii ? kAsciiBit : 0) | unit;
    if (IMUGI_UNLIKELY(bytes > kLargestMedium))
        memset(static_cast<char*>(str_blank_data(*s)) + length * unit, 0, unit);
    return Ref<Str>::adopt(s);
}

Ref<Str> empty_str() {
    return Ref<Str>::share(static_strs.empty.str);
}

Ref<Str> make_str_from_char(Thread& thread, uint32_t c) {
    if (c < 256) return Ref<Str>::share(static_strs.characters[c].str);
    Ref<Str> s = TRY(make_str_blank(thread, 1, c));
    if (c < 0x10000)
        *static_cast<uint16_t*>(str_blank_data(*s)) = static_cast<uint16_t>(c);
    else
        *static_cast<uint32_t*>(str_blank_data(*s)) = c;
    return s;
}

Ref<Str> make_str_from_units(Thread& thread, const void* units, unsigned unit, size_t length) {
    switch (unit) {
        case 1:
            return make_from(thread, static_cast<const uint8_t*>(units), length);
        case 2:
            return make_from(thread, static_cast<const uint16_t*>(units), length);
        default:
            return make_from(thread, static_cast<const uint32_t*>(units), length);
    }
}

Ref<Str> make_str_from_utf8_scan(Thread& thread, const uint8_t* text, size_t size,
                                 const DecodeScan& scan) {
    if (scan.code_points == 0) return empty_str();
    if (scan.code_points == 1) {
        const uint8_t* at = text;
        return make_str_from_char(thread, utf8_take(at));
    }
    Ref<Str> s = TRY(make_str_blank(thread, scan.code_points, scan.width));
    void* out = str_blank_data(*s);
    switch (s->unit()) {
        case 1:
            if (s->is_ascii())
                memcpy(out, text, size);
            else
                utf8_decode(static_cast<uint8_t*>(out), text, size);
            break;
        case 2:
            utf8_decode(static_cast<uint16_t*>(out), text, size);
            break;
        default:
            utf8_decode(static_cast<uint32_t*>(out), text, size);
    }
    return s;
}

Ref<Str> make_str(Thread& thread, const char* utf8, size_t size) {
    auto* text = reinterpret_cast<const uint8_t*>(utf8);
    DecodeScan scan = utf8_scan(text, size, Surrogates::pass, true);
    return make_str_from_utf8_scan(thread, text, scan.consumed, scan);
}

void copy_characters(void* out, unsigned out_unit, size_t at, const Str& s, size_t begin,
                     size_t end) {
    visit_units(s, [&](const auto* units) {
        switch (out_unit) {
            case 1:
                copy_units(static_cast<uint8_t*>(out) + at, units + begin, end - begin);
                break;
            case 2:
                copy_units(static_cast<uint16_t*>(out) + at, units + begin, end - begin);
                break;
            default:
                copy_units(static_cast<uint32_t*>(out) + at, units + begin, end - begin);
        }
    });
}

Ref<Str> exact_str(Thread& thread, Str& s) {
    if (is_exact_str(Value::of(s))) return Ref<Str>::share(s);
    return str_substring(thread, s, 0, s.length());
}

Ref<Str> str_substring(Thread& thread, Str& s, size_t begin, size_t end) {
    if (begin == 0 && end == s.length() && is_exact_str(Value::of(s))) return Ref<Str>::share(s);
    if (begin >= end) return empty_str();
    if (s.is_ascii() && end - begin > 1) {
        Ref<Str> result = TRY(make_str_blank(thread, end - begin, max_ascii));
        memcpy(str_blank_data(*result), s.data1() + begin, end - begin);
        return result;
    }
    return visit_units(
        s, [&](const auto* units) { return make_from(thread, units + begin, end - begin); });
}

Owned make_str_instance(Thread& thread, Type& type, Str& s) {
    auto* made = allocate<Str>(thread, type);
    if (!made) return {};
    Ref<Str> result = Ref<Str>::adopt(made);
    size_t bytes = (s.length() + 1) * s.unit();
    void* text = array_allocate(bytes);
    if (!text) return raise_memory_error(thread);
    memcpy(text, s.data(), bytes);
    reinterpret_cast<void**>(made + 1)[1] = text;
    made->cached_hash.store(s.cached_hash.load(std::memory_order_relaxed),
                            std::memory_order_relaxed);
    made->length_and_kind = s.length_and_kind | kExternalBit;
    if (type.has(kTypeTracked)) track(made);
    return std::move(result);
}

// --- reading ---

const char* str_utf8(Thread& thread, const Str& s, size_t* size) {
    if (s.is_ascii()) {
        if (size) *size = s.length();
        return reinterpret_cast<const char*>(s.data1());
    }
    std::atomic<char*>& cache = utf8_cache(s);
    char* text = cache.load(std::memory_order_acquire);  // pairs with the publication below
    if (!text) {
        EncodeScan scan = visit_units(s, [&](const auto* units) {
            return utf8_encode_scan(units, s.length(), Surrogates::reject);
        });
        if (scan.stop != s.length()) {
            size_t end = visit_units(s, [&](const auto* units) {
                return end_of_surrogates(units, s.length(), scan.stop);
            });
            return raise_encode_error(thread, "utf-8", s, scan.stop, end, "surrogates not allowed");
        }
        char* block = static_cast<char*>(array_allocate(sizeof(size_t) + scan.bytes + 1));
        if (!block) return raise_memory_error(thread);
        memcpy(block, &scan.bytes, sizeof(size_t));
        auto* out = reinterpret_cast<uint8_t*>(block + sizeof(size_t));
        visit_units(s, [&](const auto* units) { *utf8_encode(out, units, s.length()) = 0; });
        char* made = block + sizeof(size_t);
        if (cache.compare_exchange_strong(text, made, std::memory_order_acq_rel,
                                          std::memory_order_acquire))
            text = made;
        else
            array_free(block);
    }
    if (size) memcpy(size, text - sizeof(size_t), sizeof(size_t));
    return text;
}

int64_t str_hash(const Str& s) {
    int64_t hash = s.cached_hash.load(std::memory_order_relaxed);
    if (IMUGI_LIKELY(hash != 0)) return hash;
    hash = hash_text(s.data(), s.length() * s.unit());
    const_cast<Str&>(s).cached_hash.store(hash, std::memory_order_relaxed);
    return hash;
}

bool str_equal(const Str& a, const Str& b) {
    if (&a == &b) return true;
    if ((a.length_and_kind ^ b.length_and_kind) & ~kExternalBit) return false;
    return memcmp(a.data(), b.data(), a.length() * a.unit()) == 0;
}

bool str_equal(const Str& a, const char* ascii) {
    size_t size = strlen(ascii);
    return a.is_ascii() && a.length() == size && memcmp(a.data(), ascii, size) == 0;
}

int str_compare(const Str& a, const Str& b) {
    size_t least = a.length() < b.length() ? a.length() : b.length();
    int order = visit_units(a, [&](const auto* left) {
        return visit_units(b, [&](const auto* right) {
            if constexpr (sizeof(*left) == 1 && sizeof(*right) == 1) {
                return memcmp(left, right, least);
            } else {
                for (size_t i = 0; i < least; i++)
                    if (left[i] != right[i]) return left[i] < right[i] ? -1 : 1;
                return 0;
            }
        });
    });
    if (order != 0) return order < 0 ? -1 : 1;
    return a.length() < b.length() ? -1 : a.length() > b.length();
}

uint32_t str_max_char(const Str& s) {
    if (s.is_ascii()) return max_ascii;
    return s.unit() == 1 ? max_latin1 : s.unit() == 2 ? max_bmp : max_code_point;
}

bool str_starts_with(const Str& s, const char* ascii) {
    size_t size = strlen(ascii);
    if (s.length() < size) return false;
    for (size_t i = 0; i < size; i++)
        if (s[i] != static_cast<uint8_t>(ascii[i])) return false;
    return true;
}

// --- slots ---

namespace {

Owned slot_repr(Thread& thread, Value self) {
    return str_repr(thread, self.as<Str>());
}

Owned slot_str(Thread& thread, Value self) {
    return exact_str(thread, self.as<Str>());
}

Result<int64_t> slot_hash(Thread&, Value self) {
    return str_hash(self.as<Str>());
}

Owned slot_compare(Thread&, Value self, Value other, CompareOp op) {
    if (!is_str(other)) return Owned::share(not_implemented());
    Str& a = self.as<Str>();
    Str& b = other.as<Str>();
    bool yes;
    if (op == CompareOp::kEq) {
        yes = str_equal(a, b);
    } else if (op == CompareOp::kNe) {
        yes = !str_equal(a, b);
    } else {
        int order = &a == &b ? 0 : str_compare(a, b);
        yes = holds(op, order, 0);
    }
    return Owned::share(boolean(yes));
}

Result<Index> slot_length(Thread&, Value self) {
    return static_cast<Index>(self.as<Str>().length());
}

Owned slot_item(Thread& thread, Value self, Index index) {
    Str& s = self.as<Str>();
    if (index < 0 || static_cast<size_t>(index) >= s.length())
        return raise(thread, exc::IndexError, "string index out of range");
    return make_str_from_char(thread, s[static_cast<size_t>(index)]);
}

Owned slice_of(Thread& thread, Str& s, const SliceRange& range) {
    if (range.count == 0) return empty_str();
    if (range.step == 1)
        return str_substring(thread, s, static_cast<size_t>(range.start),
                             static_cast<size_t>(range.start + range.count));
    return visit_units(s, [&](const auto* units) -> Owned {
        using Unit = std::remove_cvref_t<decltype(*units)>;
        auto count = static_cast<size_t>(range.count);
        Unit* picked = static_cast<Unit*>(array_allocate(count * sizeof(Unit)));
        if (!picked) return raise_memory_error(thread);
        Index at = range.start;
        for (size_t i = 0; i < count; i++, at += range.step) picked[i] = units[at];
        Owned result = make_from(thread, picked, count);
        array_free(picked);
        return result;
    });
}

Owned slot_subscript(Thread& thread, Value self, Value key) {
    Str& s = self.as<Str>();
    if (is_slice(key)) {
        SliceRange range;
        TRY(slice_range(thread, key.as<Slice>(), static_cast<Index>(s.length()), range));
        return slice_of(thread, s, range);
    }
    if (!has_index(key))
        return raise(thread, exc::TypeError, "string indices must be integers, not '{}'",
                     type_name_of(key));
    Index index = TRY(to_ssize(thread, key));
    if (index < 0) index += static_cast<Index>(s.length());
    return slot_item(thread, self, index);
}

Owned slot_concat(Thread& thread, Value left, Value right) {
    if (!is_str(right))
        return raise(thread, exc::TypeError, "can only concatenate str (not \"{}\") to str",
                     type_name_of(right));
    return str_concat(thread, left.as<Str>(), right.as<Str>());
}

Owned slot_repeat(Thread& thread, Value self, Index times) {
    return str_repeat(thread, self.as<Str>(), times);
}

Owned slot_remainder(Thread& thread, Value left, Value right) {
    if (!is_str(left)) return Owned::share(not_implemented());
    return str_format_percent(thread, left.as<Str>(), right);
}

Result<bool> slot_contains(Thread& thread, Value self, Value element) {
    if (!is_str(element))
        return raise(thread, exc::TypeError,
                     "'in <string>' requires string as left operand, not {}",
                     type_name_of(element));
    Str& s = self.as<Str>();
    return str_find(s, element.as<Str>(), 0, s.length()) >= 0;
}

Owned make_text(Thread& thread, Value object, Value encoding, Value errors) {
    if (object.is_empty() && encoding.is_empty() && errors.is_empty()) return empty_str();
    if (object.is_empty()) object = Value::of(*empty_bytes());
    if (encoding.is_empty() && errors.is_empty()) return str(thread, object);
    const char* texts[2] = {nullptr, nullptr};
    Value given[2] = {encoding, errors};
    for (int i = 0; i < 2; i++) {
        if (given[i].is_empty()) continue;
        if (!is_str(given[i]))
            return raise(thread, exc::TypeError, "str() argument '{}' must be str, not {}",
                         i == 0 ? "encoding" : "errors",
                         is_none(given[i]) ? FormatArgument("None") : type_full_name_of(given[i]));
        texts[i] = name_text(thread, given[i].as<Str>());
        if (!texts[i]) return {};
    }
    return decode_object(thread, object, texts[0], texts[1]);
}

Owned slot_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value bound[3];
    size_t keywords = arguments.names ? arguments.names->size : 0;
    if (arguments.count > 3 && keywords)
        return raise(thread, exc::TypeError, "str() takes at most 3 arguments ({} given)",
                     static_cast<int64_t>(arguments.count + keywords));
    if (arguments.count > 3)
        return raise(thread, exc::TypeError, "str expected at most 3 arguments, got {}",
                     static_cast<int64_t>(arguments.count));
    TRY(bind_arguments(thread, "str",
                       "(object=<unrepresentable>, encoding=<unrepresentable>, "
                       "errors=<unrepresentable>)",
                       arguments, bound, 3));
    Owned text = TRY(make_text(thread, bound[0], bound[1], bound[2]));
    if (&type == &str_type) return text;
    return make_str_instance(thread, type, text.as<Str>());
}

void slot_release(Object* self) {
    Str& s = *static_cast<Str*>(self);
    if (s.is_interned()) leave_intern_table(s);
    if (!s.is_ascii()) {
        char* text = utf8_cache(s).exchange(nullptr, std::memory_order_relaxed);
        if (text) array_free(text - sizeof(size_t));
    }
    if (s.is_external()) {
        array_free(const_cast<void*>(s.data()));
        s.length_and_kind = kAsciiBit | 1;
    }
}

}  // namespace

Type str_type;
const TypeSpec str_type_spec = {
    .name = "str",
    .doc =
        "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\n"
        "Make a string from an object by its __str__ method, or else its __repr__;\n"
        "with an encoding or errors given, decode the object's buffer instead.\n"
        "encoding defaults to 'utf-8', errors to 'strict'.",
    .size = kExternalStrBytes,
    .flags = kTypeBase | kTypeIsStr | kTypeMatchSelf,
    .slots = {.repr = slot_repr,
              .str = slot_str,
              .hash = slot_hash,
              .compare = slot_compare,
              .iter = str_iterate,
              .make = slot_make,
              .release = slot_release,
              .remainder = slot_remainder,
              .sequence_length = slot_length,
              .concat = slot_concat,
              .repeat = slot_repeat,
              .item = slot_item,
              .contains = slot_contains,
              .length = slot_length,
              .subscript = slot_subscript},
    .methods = str_methods,
};

}  // namespace imugi
