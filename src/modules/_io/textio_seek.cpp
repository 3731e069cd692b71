// Positions of text files: tell() makes a cookie out of the byte position, the decoder's state and
// how much to decode and skip from there; seek() goes back to it. Under the object's mutex.
#include <cstring>

#include "modules/_io/newlines.h"
#include "modules/_io/textio.h"
#include "object/call.h"
#include "object/int.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi::io {

namespace {

// 28 bytes as one little-endian number.
struct Cookie {
    int64_t position = 0;
    int32_t decoder_flags = 0;
    int32_t bytes_to_feed = 0;
    int32_t characters_to_skip = 0;
    uint8_t need_end = 0;
};
constexpr size_t kCookieBytes = 21;

Owned pack(Thread& thread, const Cookie& cookie) {
    uint8_t bytes[kCookieBytes];
    memcpy(bytes, &cookie.position, 8);
    memcpy(bytes + 8, &cookie.decoder_flags, 4);
    memcpy(bytes + 12, &cookie.bytes_to_feed, 4);
    memcpy(bytes + 16, &cookie.characters_to_skip, 4);
    bytes[20] = cookie.need_end;
    return int_from_bytes(thread, bytes, sizeof bytes, true, false);
}

bool unpack(Thread& thread, Value value, Cookie* cookie) {
    uint8_t bytes[kCookieBytes];
    TRY(int_to_bytes(thread, value, bytes, sizeof bytes, true, false));
    memcpy(&cookie->position, bytes, 8);
    memcpy(&cookie->decoder_flags, bytes + 8, 4);
    memcpy(&cookie->bytes_to_feed, bytes + 12, 4);
    memcpy(&cookie->characters_to_skip, bytes + 16, 4);
    cookie->need_end = bytes[20];
    return true;
}

bool has_decoder(TextIO& self) {
    return !self.decoder.is_empty() && !is_none(self.decoder.borrow());
}
bool has_encoder(TextIO& self) {
    return !self.encoder.is_empty() && !is_none(self.encoder.borrow());
}

bool set_decoder_state(Thread& thread, Value decoder, const uint8_t* bytes, size_t size,
                       int64_t flags) {
    Ref<Bytes> data = TRY(make_bytes(thread, bytes, size));
    Ref<Tuple> state = TRY(make_tuple(thread, data, Value::small_int(flags)));
    (void)TRY(call_method(thread, decoder, ID(setstate), state));
    return true;
}

bool reset_decoder(Thread& thread, TextIO& self, const Cookie& cookie) {
    if (!has_decoder(self)) return true;
    Owned decoder = self.decoder.share();
    if (cookie.position == 0 && cookie.decoder_flags == 0) {
        (void)TRY(call_method(thread, decoder, ID(reset)));
        return true;
    }
    return set_decoder_state(thread, decoder, nullptr, 0, cookie.decoder_flags);
}

bool reset_encoder(Thread& thread, TextIO& self, bool at_start) {
    if (!has_encoder(self)) return true;
    Owned encoder = self.encoder.share();
    if (at_start) {
        (void)TRY(call_method(thread, encoder, ID(reset)));
        self.start_of_stream = true;
    } else {
        (void)TRY(call_method(thread, encoder, ID(setstate), Value::small_int(0)));
        self.start_of_stream = false;
    }
    return true;
}

// The bytes that the decoder still holds, and its flags.
bool buffered_in_decoder(Thread& thread, Value decoder, size_t* size, int64_t* flags) {
    Owned state = TRY(call_method(thread, decoder, ID(getstate)));
    if (!is_tuple(state) || state.as<Tuple>().size != 2 || !is_bytes(state.as<Tuple>()[0]))
        return raise(thread, exc::TypeError, "illegal decoder state");
    *size = state.as<Tuple>()[0].as<Bytes>().size;
    *flags = TRY(to_int64(thread, state.as<Tuple>()[1]));
    return true;
}

Result<size_t> decoded_length(Thread& thread, Value decoder, const uint8_t* bytes, size_t size,
                              bool final) {
    Ref<Bytes> data = TRY(make_bytes(thread, bytes, size));
    Owned text = TRY(call_method(thread, decoder, ID(decode), data, boolean(final)));
    if (!is_str(text))
        return raise(thread, exc::TypeError, "decoder should return a string result, not '{}'",
                     type_name_of(text));
    return text.as<Str>().length();
}

// Where decoding must start so that `skip` characters lead to the present place: the last point
// before it at which the decoder holds nothing back.
bool find_safe_start(Thread& thread, Value decoder, const Bytes& next_input, size_t skip,
                     double ratio, Cookie* cookie) {
    const uint8_t* input = next_input.data();
    size_t size = next_input.size;
    int64_t start_flags = cookie->decoder_flags;
    // First guess by the ratio of bytes to characters, then go back until the point is clean.
    auto skip_bytes = static_cast<size_t>(ratio * static_cast<double>(skip));
    if (skip_bytes > size) skip_bytes = size;
    size_t back = 1;
    while (skip_bytes > 0) {
        TRY(set_decoder_state(thread, decoder, nullptr, 0, start_flags));
        size_t characters = TRY(decoded_length(thread, decoder, input, skip_bytes, false));
        if (characters <= skip) {
            size_t held;
            int64_t flags;
            TRY(buffered_in_decoder(thread, decoder, &held, &flags));
            if (held == 0) {
                cookie->decoder_flags = static_cast<int32_t>(flags);
                skip -= characters;
                break;
            }
            skip_bytes -= held < skip_bytes ? held : skip_bytes;
            back = 1;
        } else {
            skip_bytes -= back < skip_bytes ? back : skip_bytes;
            back *= 2;
        }
    }
    if (skip_bytes == 0) {
        TRY(set_decoder_state(thread, decoder, nullptr, 0, start_flags));
        cookie->decoder_flags = static_cast<int32_t>(start_flags);
    }
    cookie->position += static_cast<int64_t>(skip_bytes);
    cookie->characters_to_skip = static_cast<int32_t>(skip);
    if (skip == 0) return true;
    // Byte by byte from there, remembering the latest clean point.
    size_t decoded = 0;
    int64_t fed = 0;
    size_t at = skip_bytes;
    for (; at < size && decoded < skip; at++) {
        decoded += TRY(decoded_length(thread, decoder, input + at, 1, false));
        fed++;
        size_t held;
        int64_t flags;
        TRY(buffered_in_decoder(thread, decoder, &held, &flags));
        if (held == 0 && decoded <= skip) {
            cookie->position += fed;
            skip -= decoded;
            cookie->decoder_flags = static_cast<int32_t>(flags);
            fed = 0;
            decoded = 0;
        }
    }
    if (decoded < skip) {
        decoded += TRY(decoded_length(thread, decoder, nullptr, 0, true));
        cookie->need_end = 1;
        if (decoded < skip)
            return raise(thread, exc::OSError, "can't reconstruct logical file position");
    }
    cookie->bytes_to_feed = static_cast<int32_t>(fed);
    cookie->characters_to_skip = static_cast<int32_t>(skip);
    return true;
}

}  // namespace

Owned text_tell(Thread& thread, TextIO& self) {
    IoGuard guard(thread, self.mutex);
    TRY(check_text_open(thread, self));
    if (!self.seekable) return raise_unsupported(thread, "underlying stream is not seekable");
    if (!self.telling)
        return raise(thread, exc::OSError, "telling position disabled by next() call");
    TRY(write_pending(thread, self));
    TRY(flush_text(thread, self));
    Owned buffer = self.buffer.share();
    Owned position = TRY(call_method(thread, buffer, ID(tell)));
    if (!has_decoder(self) || self.snapshot.is_empty()) return position;
    Cookie cookie;
    cookie.position = TRY(to_int64(thread, position));
    Owned snapshot = self.snapshot.share();
    auto& tuple = snapshot.as<Tuple>();
    int64_t flags = TRY(to_int64(thread, tuple[0]));
    auto& next_input = tuple[1].as<Bytes>();
    cookie.position -= static_cast<int64_t>(next_input.size);
    cookie.decoder_flags = static_cast<int32_t>(flags);
    if (self.used == 0) return pack(thread, cookie);
    // The decoder is put back as it was, whatever comes.
    Owned decoder = self.decoder.share();
    Owned saved = TRY(call_method(thread, decoder, ID(getstate)));
    bool found = find_safe_start(thread, decoder, next_input, self.used, self.ratio, &cookie);
    Owned error = found ? Owned() : take_exception(thread);
    Owned restored = call_method(thread, decoder, ID(setstate), saved);
    if (error) {
        chain_pending(thread, std::move(error));
        return {};
    }
    if (!restored) return {};
    return pack(thread, cookie);
}

Owned text_seek(Thread& thread, TextIO& self, Value cookie_value, int whence) {
    IoGuard guard(thread, self.mutex);
    TRY(check_text_open(thread, self));
    if (!self.seekable) return raise_unsupported(thread, "underlying stream is not seekable");
    Owned target = Owned::share(cookie_value);
    Owned buffer = self.buffer.share();
    if (whence == 1) {
        if (!TRY(equals(thread, target, Value::small_int(0))))
            return raise_unsupported(thread, "can't do nonzero cur-relative seeks");
        // The position as tell() gives it brings encoder and decoder in step.
        target = TRY(call_method(thread, Value::of(self), ID(tell)));
    } else if (whence == 2) {
        if (!TRY(equals(thread, target, Value::small_int(0))))
            return raise_unsupported(thread, "can't do nonzero end-relative seeks");
        (void)TRY(call_method(thread, Value::of(self), ID(flush)));
        forget_decoded(self);
        if (has_decoder(self)) {
            Owned decoder = self.decoder.share();
            (void)TRY(call_method(thread, decoder, ID(reset)));
        }
        Owned end =
            TRY(call_method(thread, buffer, ID(seek), Value::small_int(0), Value::small_int(2)));
        bool at_start = TRY(equals(thread, end, Value::small_int(0)));
        TRY(reset_encoder(thread, self, at_start));
        return end;
    } else if (whence != 0) {
        return raise(thread, exc::ValueError, "invalid whence ({}, should be 0, 1 or 2)", whence);
    }
    if (TRY(compare_bool(thread, target, Value::small_int(0), CompareOp::kLt)))
        return raise(thread, exc::ValueError, "negative seek position {}", repr_of(target));
    (void)TRY(call_method(thread, Value::of(self), ID(flush)));
    Owned number = TRY(to_index(thread, target));
    Cookie cookie;
    TRY(unpack(thread, number, &cookie));
    Owned position = TRY(make_int(thread, cookie.position));
    (void)TRY(call_method(thread, buffer, ID(seek), position));
    forget_decoded(self);
    TRY(reset_decoder(thread, self, cookie));
    if (cookie.characters_to_skip) {
        Owned input =
            TRY(call_method(thread, buffer, ID(read), Value::small_int(cookie.bytes_to_feed)));
        if (!is_bytes(input))
            return raise(thread, exc::TypeError,
                         "underlying read() should have returned a bytes object, not '{}'",
                         type_name_of(input));
        Owned snapshot =
            TRY(make_tuple(thread, Value::small_int(cookie.decoder_flags), input)).owned();
        Owned old = self.snapshot.exchange(std::move(snapshot));
        Owned decoder = self.decoder.share();
        Owned text = TRY(call_method(thread, decoder, ID(decode), input, boolean(cookie.need_end)));
        if (!is_str(text))
            return raise(thread, exc::TypeError, "decoder should return a string result, not '{}'",
                         type_name_of(text));
        size_t length = text.as<Str>().length();
        TRY(set_decoded(self, std::move(text)));
        if (length < static_cast<size_t>(cookie.characters_to_skip))
            return raise(thread, exc::OSError, "can't restore logical file position");
        self.used = static_cast<size_t>(cookie.characters_to_skip);
    } else {
        Ref<Bytes> nothing_read = TRY(make_bytes(thread, nullptr, 0));
        Owned snapshot =
            TRY(make_tuple(thread, Value::small_int(cookie.decoder_flags), nothing_read)).owned();
        Owned old = self.snapshot.exchange(std::move(snapshot));
    }
    TRY(reset_encoder(thread, self, cookie.position == 0));
    return Owned::share(target);
}

}  // namespace imugi::io
