// What happens where text and bytes do not match: the built-in error modes, handlers registered
// from Python, and the handler functions that codecs.lookup_error() gives out.
//
// State is on the caller's stack. A handler runs Python; the text or bytes are held meanwhile.
#include <cstdio>

#include "base/unicode_data.h"
#include "base/utf8.h"
#include "object/call.h"
#include "object/codec_handlers.h"
#include "object/codecs.h"
#include "object/int.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi {

ErrorMode error_mode(const char* errors) {
    static constexpr struct {
        const char* name;
        ErrorMode mode;
    } modes[] = {{"strict", ErrorMode::kStrict},
                 {"ignore", ErrorMode::kIgnore},
                 {"replace", ErrorMode::kReplace},
                 {"backslashreplace", ErrorMode::kBackslashReplace},
                 {"xmlcharrefreplace", ErrorMode::kXmlCharRefReplace},
                 {"namereplace", ErrorMode::kNameReplace},
                 {"surrogateescape", ErrorMode::kSurrogateEscape},
                 {"surrogatepass", ErrorMode::kSurrogatePass}};
    if (!errors) return ErrorMode::kStrict;
    for (auto& row : modes)
        if (strcmp(row.name, errors) == 0) return row.mode;
    return ErrorMode::kOther;
}

namespace {

Owned make_unicode_error(Thread& thread, Type& type, const char* encoding, Value object,
                         size_t start, size_t end, const char* reason) {
    Ref<Str> name = TRY(make_str(thread, encoding));
    Ref<Str> why = TRY(make_str(thread, reason));
    return call(thread, Value::of(&type), name, object,
                Value::small_int(static_cast<int64_t>(start)),
                Value::small_int(static_cast<int64_t>(end)), why);
}

Owned make_decode_error(Thread& thread, const char* encoding, const uint8_t* data, size_t size,
                        size_t start, size_t end, const char* reason) {
    Ref<Bytes> object = TRY(make_bytes(thread, data, size));
    return make_unicode_error(thread, exc::UnicodeDecodeError, encoding, object, start, end,
                              reason);
}

// The (replacement, position) pair of a handler. False with an exception.
bool check_answer(Thread& thread, Value answer, bool encoding, size_t size, Value* replacement,
                  size_t* position) {
    bool right = is_tuple(answer) && answer.as<Tuple>().size == 2;
    if (right) {
        *replacement = answer.as<Tuple>()[0];
        right = (is_str(*replacement) || (encoding && is_bytes(*replacement))) &&
                is_int(answer.as<Tuple>()[1]);
    }
    if (!right)
        return raise(thread, exc::TypeError,
                     encoding ? "encoding error handler must return (str/bytes, int) tuple"
                              : "decoding error handler must return (str, int) tuple");
    Index at = TRY(to_ssize(thread, answer.as<Tuple>()[1]));
    Index shown = at;
    if (at < 0) at += static_cast<Index>(size);
    if (at < 0 || static_cast<size_t>(at) > size)
        return raise(thread, exc::IndexError, "position {} from error handler out of bounds",
                     shown);
    *position = static_cast<size_t>(at);
    return true;
}

}  // namespace

Raised raise_encode_error(Thread& thread, const char* encoding, const Str& s, size_t start,
                          size_t end, const char* reason) {
    Owned error = make_unicode_error(thread, exc::UnicodeEncodeError, encoding, Value::of(s), start,
                                     end, reason);
    if (error) raise_exception(thread, std::move(error));
    return {};
}

Raised raise_decode_error(Thread& thread, const char* encoding, const uint8_t* data, size_t size,
                          size_t start, size_t end, const char* reason) {
    Owned error = make_decode_error(thread, encoding, data, size, start, end, reason);
    if (error) raise_exception(thread, std::move(error));
    return {};
}

bool append_replacement(StrBuilder& builder, ErrorMode mode, uint32_t c) {
    char text[unicode::name_room + 16];
    int size = 0;
    if (mode == ErrorMode::kXmlCharRefReplace) {
        size = snprintf(text, sizeof text, "&#%u;", c);
    } else {
        char name[unicode::name_room];
        size_t length = mode == ErrorMode::kNameReplace ? unicode::name(name, c) : 0;
        if (length != 0)
            size = snprintf(text, sizeof text, "\\N{%.*s}", static_cast<int>(length), name);
        else if (c < 0x100)
            size = snprintf(text, sizeof text, "\\x%02x", c);
        else
            size = snprintf(text, sizeof text, c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
    }
    return builder.append(text, static_cast<size_t>(size));
}

// --- decoding ---

bool Decoder::error(size_t start, size_t end, const char* reason) {
    at = end;
    switch (mode_) {
        case ErrorMode::kIgnore:
            return true;
        case ErrorMode::kReplace:
            return out.append(uint32_t{0xFFFD});
        case ErrorMode::kBackslashReplace:
            for (size_t i = start; i < end; i++) {
                char text[8];
                snprintf(text, sizeof text, "\\x%02x", data[i]);
                TRY(out.append(text));
            }
            return true;
        case ErrorMode::kSurrogateEscape: {
            size_t i = start;
            while (i < end && i < start + 4 && data[i] >= 0x80) {
                TRY(out.append(uint32_t{0xDC00} + data[i]));
                i++;
            }
            if (i == start) break;
            at = i;
            return true;
        }
        case ErrorMode::kSurrogatePass: {
            uint32_t c;
            size_t width;
            if (!surrogate_at(encoding_, data, size, start, &c, &width)) break;
            at = start + width;
            return out.append(c);
        }
        case ErrorMode::kOther:
        case ErrorMode::kXmlCharRefReplace:
        case ErrorMode::kNameReplace:
            return call_handler(start, end, reason);
        default:
            break;
    }
    return raise_decode_error(thread_, encoding_, data, size, start, end, reason);
}

bool Decoder::call_handler(size_t start, size_t end, const char* reason) {
    Owned handler = TRY(codec_lookup_error(thread_, errors_));
    Owned error = TRY(make_decode_error(thread_, encoding_, data, size, start, end, reason));
    Owned answer = TRY(call(thread_, handler, error));
    Value replacement;
    size_t position;
    // The handler may have put other bytes in the place of the input.
    Owned object = TRY(get_attribute(thread_, error, ID(object)));
    if (!is_bytes(object))
        return raise(thread_, exc::TypeError, "exception attribute object must be bytes");
    Bytes& bytes = object.as<Bytes>();
    TRY(check_answer(thread_, answer, false, bytes.size, &replacement, &position));
    exchanged_ = std::move(object);
    data = bytes.data();
    size = bytes.size;
    at = position;
    return out.append(replacement.as<Str>());
}

// --- encoding ---

bool Encoder::put_or_raise(const Str& replacement, size_t start, size_t end, const char* reason) {
    switch (put_(*this, replacement)) {
        case Put::kDone:
            return true;
        case Put::kRaised:
            return false;
        case Put::kImpossible:
            break;
    }
    return raise_encode_error(thread_, encoding_, text, start, end, reason);
}

bool Encoder::error(size_t start, size_t end, const char* reason) {
    at = end;
    switch (mode_) {
        case ErrorMode::kIgnore:
            return true;
        case ErrorMode::kReplace:
        case ErrorMode::kBackslashReplace:
        case ErrorMode::kXmlCharRefReplace:
        case ErrorMode::kNameReplace: {
            StrBuilder builder(thread_);
            for (size_t i = start; i < end; i++)
                TRY(mode_ == ErrorMode::kReplace ? builder.append(uint32_t{'?'})
                                                 : append_replacement(builder, mode_, text[i]));
            Ref<Str> replacement = TRY(builder.finish());
            return put_or_raise(*replacement, start, end, reason);
        }
        case ErrorMode::kSurrogateEscape: {
            size_t i = start;
            if (unit > 1) break;
            while (i < end && text[i] - 0xDC80 < 0x80) {
                TRY(out.append(static_cast<uint8_t>(text[i] - 0xDC00)));
                i++;
            }
            if (i == start) break;
            at = i;
            return true;
        }
        case ErrorMode::kSurrogatePass: {
            size_t i = start;
            for (; i < end; i++) {
                uint8_t bytes[4];
                size_t width = surrogate_bytes(encoding_, text[i], bytes);
                if (width == 0) break;
                TRY(out.append(bytes, width));
            }
            if (i != end) break;
            return true;
        }
        case ErrorMode::kOther:
            return call_handler(start, end, reason);
        default:
            break;
    }
    return raise_encode_error(thread_, encoding_, text, start, end, reason);
}

bool Encoder::call_handler(size_t start, size_t end, const char* reason) {
    Owned handler = TRY(codec_lookup_error(thread_, errors_));
    Owned error = TRY(make_unicode_error(thread_, exc::UnicodeEncodeError, encoding_,
                                         Value::of(text), start, end, reason));
    Owned answer = TRY(call(thread_, handler, error));
    Value replacement;
    size_t position;
    TRY(check_answer(thread_, answer, true, text.length(), &replacement, &position));
    at = position;
    if (is_bytes(replacement)) {
        Bytes& bytes = replacement.as<Bytes>();
        if (bytes.size % unit != 0)
            return raise_encode_error(thread_, encoding_, text, start, end, reason);
        return out.append(bytes.data(), bytes.size);
    }
    return put_or_raise(replacement.as<Str>(), start, end, reason);
}

}  // namespace imugi
