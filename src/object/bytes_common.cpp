// What bytes and bytearray share beyond the method template: arguments, searching, hex, join,
// building, making from any object. Memory is held by the callers.
#include <cctype>

#include "base/text_search.h"
#include "base/text_units.h"
#include "memory/heap.h"
#include "object/bytes_methods.h"
#include "object/call.h"
#include "object/codecs.h"
#include "object/int.h"
#include "object/join_source.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/text_slice.h"
#include "object/tuple.h"

namespace imugi {

// --- BytesBuilder ---

BytesBuilder::~BytesBuilder() {
    if (data_ != local_) array_free(data_);
}

bool BytesBuilder::reserve(size_t more) {
    if (more <= capacity_ - size_) return true;
    if (more > PTRDIFF_MAX / 4 || size_ > PTRDIFF_MAX / 4) return raise_memory_error(thread_);
    size_t capacity = size_ + more + (size_ + more) / 2;
    auto* grown = static_cast<uint8_t*>(data_ == local_ ? array_allocate(capacity)
                                                        : array_reallocate(data_, capacity));
    if (!grown) return raise_memory_error(thread_);
    if (data_ == local_) memcpy(grown, local_, size_);
    data_ = grown;
    capacity_ = capacity;
    return true;
}

bool BytesBuilder::append(const void* data, size_t size) {
    TRY(reserve(size));
    if (size != 0) memcpy(data_ + size_, data, size);
    size_ += size;
    return true;
}

bool BytesBuilder::append_repeated(uint8_t byte, size_t times) {
    TRY(reserve(times));
    memset(data_ + size_, byte, times);
    size_ += times;
    return true;
}

Ref<Bytes> BytesBuilder::finish() {
    return make_bytes(thread_, data_, size_);
}

// --- arguments ---

bool load_byte(Thread& thread, Value value, uint8_t* byte) {
    if (value.is_small_int() && value.small_int() >= 0 && value.small_int() < 256) {
        *byte = static_cast<uint8_t>(value.small_int());
        return true;
    }
    Owned number = TRY(to_index(thread, value));
    int64_t n;
    if (!int_fits_int64(number, &n) || n < 0 || n > 255)
        return raise(thread, exc::ValueError, "byte must be in range(0, 256)");
    *byte = static_cast<uint8_t>(n);
    return true;
}

bool ByteArgument::load(Value value, bool as_element) {
    // `in` takes what cannot say its number for a buffer.
    Owned number = !has_index(value) ? Owned::nothing() : to_index(thread_, value);
    if (!number) {
        if (!as_element) return false;
        clear_exception(thread_);
    } else if (!number.is_nothing()) {
        TRY(load_byte(thread_, number, &byte_));
        span_ = {&byte_, 1};
        return true;
    }
    if (!has_buffer(value)) {
        if (as_element)
            return raise(thread_, exc::TypeError, "a bytes-like object is required, not '{}'",
                         type_name_of(value));
        return raise(thread_, exc::TypeError,
                     "argument should be integer or bytes-like object, not '{}'",
                     type_name_of(value));
    }
    TRY(buffer_.get(value));
    span_ = {buffer_.data(), buffer_.size()};
    return true;
}

// --- searching ---

namespace {

Index as_index(size_t found, size_t begin) {
    return found == not_found ? -1 : static_cast<Index>(begin + found);
}

}  // namespace

Index bytes_find(ByteSpan s, ByteSpan part, size_t begin, size_t end) {
    if (begin > end || part.size > end - begin) return -1;
    if (part.size == 1)
        return as_index(find_unit(s.data + begin, end - begin, part.data[0]), begin);
    return as_index(find_text(s.data + begin, end - begin, part.data, part.size), begin);
}
Index bytes_find_last(ByteSpan s, ByteSpan part, size_t begin, size_t end) {
    if (begin > end || part.size > end - begin) return -1;
    return as_index(rfind_text(s.data + begin, end - begin, part.data, part.size), begin);
}
size_t bytes_count(ByteSpan s, ByteSpan part, size_t begin, size_t end, size_t most) {
    if (begin > end || part.size > end - begin) return 0;
    return count_text(s.data + begin, end - begin, part.data, part.size, most);
}

bool is_ascii_space(uint8_t byte) {
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

std::atomic<int> bytes_warning_level{0};

bool warn_bytes(Thread& thread, const char* message) {
    if (bytes_warning_level.load(std::memory_order_relaxed) == 0) return true;
    return warn(thread, exc::BytesWarning, 1, TRY(make_str(thread, message)));
}

// --- text forms ---

Owned bytes_repr(Thread& thread, const uint8_t* data, size_t size, const char* before,
                 const char* behind) {
    bool single = size != 0 && memchr(data, '\'', size);
    char quote = single && !memchr(data, '"', size) ? '"' : '\'';
    static constexpr char kDigits[] = "0123456789abcdef";
    BytesBuilder builder(thread);
    TRY(builder.append(before));
    TRY(builder.append("b"));
    TRY(builder.append(static_cast<uint8_t>(quote)));
    for (size_t i = 0; i < size; i++) {
        uint8_t c = data[i];
        char escape = c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : 0;
        if (c == static_cast<uint8_t>(quote) || c == '\\') escape = static_cast<char>(c);
        if (escape) {
            TRY(builder.append('\\'));
            TRY(builder.append(static_cast<uint8_t>(escape)));
        } else if (c < ' ' || c >= 0x7F) {
            const char text[] = {'\\', 'x', kDigits[c >> 4], kDigits[c & 15]};
            TRY(builder.append(text, sizeof text));
        } else {
            TRY(builder.append(c));
        }
    }
    TRY(builder.append(static_cast<uint8_t>(quote)));
    TRY(builder.append(behind));
    return make_str_from_units(thread, builder.data(), 1, builder.size());
}

Owned bytes_hex(Thread& thread, ByteSpan s, Value separator, int group) {
    static constexpr char kDigits[] = "0123456789abcdef";
    uint8_t between = 0;
    Index every = 0;
    if (separator) {
        Index size = TRY(length(thread, separator));
        if (size != 1) return raise(thread, exc::ValueError, "sep must be length 1.");
        uint32_t c;
        if (is_str(separator))
            c = separator.as<Str>()[0];
        else if (is_bytes(separator))
            c = separator.as<Bytes>().data()[0];
        else
            return raise(thread, exc::TypeError, "sep must be str or bytes.");
        if (c >= 128) return raise(thread, exc::ValueError, "sep must be ASCII.");
        between = static_cast<uint8_t>(c);
        every = group;
    }
    auto step = static_cast<size_t>(every < 0 ? -every : every);
    if (s.size > PTRDIFF_MAX / 4) return raise_memory_error(thread);
    size_t separators = step == 0 || s.size == 0 ? 0 : (s.size - 1) / step;
    if (s.size == 0) return empty_str();
    Ref<Str> result = TRY(make_str_blank(thread, s.size * 2 + separators, max_ascii));
    auto* out = static_cast<uint8_t*>(str_blank_data(*result));
    // Positive: groups count from the right.
    size_t lead = step == 0 ? 0 : every > 0 ? s.size % step : 0;
    for (size_t i = 0; i < s.size; i++) {
        if (separators != 0 && i != 0 && (i + step - lead) % step == 0) *out++ = between;
        *out++ = static_cast<uint8_t>(kDigits[s[i] >> 4]);
        *out++ = static_cast<uint8_t>(kDigits[s[i] & 15]);
    }
    return std::move(result);
}

namespace {

struct HexDigits {
    int8_t values[256];

    constexpr HexDigits() : values() {
        for (int c = 0; c < 256; c++) {
            bool letter = (c | 32) >= 'a' && (c | 32) <= 'f';
            int value = letter ? (c | 32) - 'a' + 10 : -1;
            values[c] = static_cast<int8_t>(c >= '0' && c <= '9' ? c - '0' : value);
        }
    }
};
constexpr HexDigits kHexDigits;

int hex_digit(uint32_t c) {
    return c < 256 ? kHexDigits.values[c] : -1;
}

// Pairs of digits with nothing between them, the usual case; returns how many there are.
size_t hex_pairs(const uint8_t* text, size_t count, uint8_t* out) {
    for (size_t i = 0; i < count; i++) {
        int value = kHexDigits.values[text[2 * i]] * 16 | kHexDigits.values[text[2 * i + 1]];
        if (value < 0) return i;
        out[i] = static_cast<uint8_t>(value);
    }
    return count;
}

}  // namespace

Ref<Bytes> bytes_from_hex(Thread& thread, Value text) {
    StableBuffer buffer(thread);
    size_t size;
    Str* s = nullptr;
    if (is_str(text)) {
        s = &text.as<Str>();
        size = s->length();
    } else if (has_buffer(text)) {
        TRY(buffer.get(text));
        size = buffer.size();
    } else {
        return raise(thread, exc::TypeError, "fromhex() argument must be str or bytes-like, not {}",
                     type_name_of(text));
    }
    if (size > 2 && size % 2 == 0 && (!s || s->unit() == 1)) {
        Ref<Bytes> result = TRY(make_bytes_blank(thread, size / 2, false));
        if (hex_pairs(s ? s->data1() : buffer.data(), size / 2, bytes_blank_data(*result)) ==
            size / 2)
            return result;
    }
    auto at = [&](size_t i) -> uint32_t { return s ? (*s)[i] : buffer.data()[i]; };
    BytesBuilder builder(thread);
    TRY(builder.reserve(size / 2));
    for (size_t i = 0; i < size;) {
        if (at(i) < 128 && is_ascii_space(static_cast<uint8_t>(at(i)))) {
            i++;
            continue;
        }
        int high = hex_digit(at(i));
        if (high >= 0 && i + 1 == size)
            return raise(thread, exc::ValueError,
                         "fromhex() arg must contain an even number of hexadecimal digits");
        int low = high < 0 ? -1 : hex_digit(at(i + 1));
        if (low < 0)
            return raise(thread, exc::ValueError,
                         "non-hexadecimal number found in fromhex() arg at position {}",
                         static_cast<int64_t>(high < 0 ? i : i + 1));
        TRY(builder.append(static_cast<uint8_t>(high << 4 | low)));
        i += 2;
    }
    return builder.finish();
}

// --- joining ---

Ref<Bytes> bytes_join(Thread& thread, Value separator_owner, Value iterable) {
    // Held first: the iterable must not resize a bytearray.
    Buffer held(thread);
    StableBuffer separator(thread);
    // An iterator's code finds the separator exported, and only that.
    if (!is_exact_tuple(iterable) && !is_exact_list(iterable)) TRY(held.get(separator_owner));
    TRY(separator.get(separator_owner));
    Ref<Tuple> items;
    if (is_exact_tuple(iterable)) {
        items = Ref<Tuple>::share(iterable.as<Tuple>());
    } else if (is_exact_list(iterable)) {
        items = TRY(list_to_tuple(thread, iterable.as<List>()));
    } else {
        items = TRY(tuple_to_join(thread, iterable));
    }
    if (items->size == 1 && is_exact_bytes((*items)[0]))
        return Ref<Bytes>::share((*items)[0].as<Bytes>());
    BytesBuilder builder(thread);
    for (size_t i = 0; i < items->size; i++) {
        Value item = (*items)[i];
        if (i != 0) TRY(builder.append(separator.data(), separator.size()));
        if (is_bytes(item)) {
            TRY(builder.append(item.as<Bytes>().data(), item.as<Bytes>().size));
            continue;
        }
        if (!has_buffer(item))
            return raise(thread, exc::TypeError,
                         "sequence item {}: expected a bytes-like object, {} found",
                         static_cast<int64_t>(i), type_name_of(item));
        if (is_exact_bytearray(item)) {
            StableBuffer bytes(thread);
            TRY(bytes.get(item));
            TRY(builder.append(bytes.data(), bytes.size()));
            continue;
        }
        Buffer buffer(thread);
        TRY(buffer.get(item));
        TRY(builder.reserve(buffer.size()));
        TRY(copy_buffer(thread, buffer.view(), builder.end(), 'C'));
        builder.advance(buffer.size());
    }
    return builder.finish();
}

Owned bytes_maketrans(Thread& thread, Value from, Value to) {
    StableBuffer first(thread), second(thread);
    TRY(first.get(from));
    TRY(second.get(to));
    if (first.size() != second.size())
        return raise(thread, exc::ValueError, "maketrans arguments must have same length");
    uint8_t table[256];
    for (unsigned i = 0; i < 256; i++) table[i] = static_cast<uint8_t>(i);
    for (size_t i = 0; i < first.size(); i++) table[first.data()[i]] = second.data()[i];
    return make_bytes(thread, table, sizeof table);
}

// --- making from any object ---

namespace {

Ref<Bytes> bytes_from_iterable(Thread& thread, Value iterable) {
    BytesBuilder builder(thread);
    Owned iterator = TRY(iterate(thread, iterable));
    for (;;) {
        Owned item = TRY(next(thread, iterator));
        if (item.is_nothing()) break;
        Owned number = TRY(to_index(thread, item));
        int64_t n;
        if (!int_fits_int64(number, &n) || n < 0 || n > 255)
            return raise(thread, exc::ValueError, "bytes must be in range(0, 256)");
        TRY(builder.append(static_cast<uint8_t>(n)));
    }
    return builder.finish();
}

}  // namespace

Ref<Bytes> bytes_from_object(Thread& thread, Value object) {
    if (is_exact_bytes(object)) return Ref<Bytes>::share(object.as<Bytes>());
    if (is_exact_bytearray(object)) return bytearray_bytes(thread, object.as<ByteArray>());
    if (has_buffer(object)) {
        Buffer buffer(thread);
        TRY(buffer.get(object, kBufferFullRo));
        Ref<Bytes> result = TRY(make_bytes_blank(thread, buffer.size()));
        TRY(copy_buffer(thread, buffer.view(), bytes_blank_data(*result), 'C'));
        return result;
    }
    if (!is_str(object)) {
        Owned iterator = iterate(thread, object);
        if (iterator) {
            TRY(length_hint(thread, object, 64));
            return bytes_from_iterable(thread, iterator);
        }
        if (!clear_exception_if(thread, exc::TypeError)) return {};
    }
    return raise(thread, exc::TypeError, "cannot convert '{}' object to bytes",
                 type_name_of(object));
}

Ref<Bytes> bytes_from_arguments(Thread& thread, const char* type_name, Value source, Value encoding,
                                Value errors) {
    bool wants_bytes = type_name[5] == 0;  // "bytes", not "bytearray"
    const char* texts[2] = {nullptr, nullptr};
    Value given[2] = {encoding, errors};
    for (int i = 0; i < 2; i++) {
        if (!given[i]) continue;
        if (!is_str(given[i]))
            return raise(thread, exc::TypeError, "{}() argument '{}' must be str, not {}",
                         type_name, i == 0 ? "encoding" : "errors",
                         is_none(given[i]) ? FormatArgument("None") : type_name_of(given[i]));
        texts[i] = name_text(thread, given[i].as<Str>());
        if (!texts[i]) return {};
    }
    if (!source || !is_str(source)) {
        if (encoding || errors)
            return raise(thread, exc::TypeError,
                         encoding ? "encoding without a string argument"
                                  : "errors without a string argument");
        if (!source) return empty_bytes();
    }
    if (is_str(source) && encoding)
        return Ref<Bytes>::adopt(str_encode(thread, source.as<Str>(), texts[0], texts[1]));
    if (wants_bytes) {
        Owned made = TRY(call_special(thread, source, ID(__bytes__)));
        if (!made.is_nothing()) {
            if (!is_bytes(made))
                return raise(thread, exc::TypeError, "__bytes__ returned non-bytes (type {})",
                             type_name_of(made));
            return Ref<Bytes>::adopt(std::move(made));
        }
    }
    if (is_str(source)) return raise(thread, exc::TypeError, "string argument without an encoding");
    if (has_index(source)) {
        Result<Index> count = to_ssize(thread, source, exc::OverflowError);
        if (count) {
            if (*count < 0) return raise(thread, exc::ValueError, "negative count");
            Ref<Bytes> zeros = TRY(make_bytes_blank(thread, static_cast<size_t>(*count)));
            memset(bytes_blank_data(*zeros), 0, static_cast<size_t>(*count));
            return zeros;
        }
        // An __index__ that raises TypeError does not make it a count.
        if (!clear_exception_if(thread, exc::TypeError)) return {};
    }
    if (!has_buffer(source) && type_of(source).slots.iter == nullptr &&
        type_of(source).slots.item == nullptr && type_of(source).slots.subscript == nullptr)
        return raise(thread, exc::TypeError, "cannot convert '{}' object to {}",
                     type_name_of(source), type_name);
    if (wants_bytes || has_buffer(source)) return bytes_from_object(thread, source);
    Owned iterator = iterate(thread, source);
    if (!iterator) {
        if (!clear_exception_if(thread, exc::TypeError)) return {};
        return raise(thread, exc::TypeError, "cannot convert '{}' object to {}",
                     type_name_of(source), type_name);
    }
    // bytearray's own wording of the range error.
    BytesBuilder builder(thread);
    for (;;) {
        Owned item = TRY(next(thread, iterator));
        if (item.is_nothing()) break;
        uint8_t byte;
        TRY(load_byte(thread, item, &byte));
        TRY(builder.append(byte));
    }
    return builder.finish();
}

}  // namespace imugi
