// Reading and writing of TextIOWrapper. Each public function holds the object's mutex.
#include <cstring>

#include "memory/array.h"
#include "modules/_io/newlines.h"
#include "modules/_io/textio.h"
#include "object/buffer.h"
#include "object/call.h"
#include "object/codecs.h"
#include "object/int.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/tuple.h"
#include "thread/safepoint.h"

namespace imugi::io {

bool check_attached(Thread& thread, TextIO& self) {
    switch (self.state) {
        case TextState::kOpen:
            return true;
        case TextState::kDetached:
            return raise(thread, exc::ValueError, "underlying buffer has been detached");
        case TextState::kUninitialised:
            break;
    }
    return raise(thread, exc::ValueError, "I/O operation on uninitialized object");
}

bool check_text_open(Thread& thread, TextIO& self) {
    TRY(check_attached(thread, self));
    Owned buffer = self.buffer.share();
    if (TRY(is_closed(thread, buffer))) return raise_closed(thread);
    return true;
}

void forget_decoded(TextIO& self) {
    Owned old_text = self.decoded.take(), old_snapshot = self.snapshot.take();
    self.used = 0;
}

bool set_decoded(TextIO& self, Owned text) {
    if (!text) return false;
    Owned old = self.decoded.exchange(std::move(text));
    self.used = 0;
    return true;
}

// --- writing ---

bool write_pending(Thread& thread, TextIO& self) {
    if (self.pending_size == 0) return true;
    Ref<Bytes> bytes = TRY(make_bytes(thread, self.pending, self.pending_size));
    self.pending_size = 0;
    Owned buffer = self.buffer.share();
    Owned result = call_method(thread, buffer, ID(write), bytes);
    return static_cast<bool>(result);
}

static bool keep_pending(Thread& thread, TextIO& self, const void* data, size_t size) {
    if (self.pending_size + size > self.pending_capacity) {
        size_t capacity = self.pending_size + size;
        if (capacity < self.chunk_size) capacity = self.chunk_size;
        auto* grown = static_cast<char*>(array_reallocate(self.pending, capacity));
        if (!grown) return raise_memory_error(thread);
        self.pending = grown;
        self.pending_capacity = capacity;
    }
    // Without text there may be no buffer either.
    if (size) memcpy(self.pending + self.pending_size, data, size);
    self.pending_size += size;
    return true;
}

static Owned encode(Thread& thread, TextIO& self, Str& text) {
    if (self.direct != DirectCodec::kNone) {
        auto& errors = self.errors.as<Str>();
        const char* handler = str_utf8(thread, errors);
        if (!handler) return {};
        switch (self.direct) {
            case DirectCodec::kAscii:
                return encode_ascii(thread, text, handler);
            case DirectCodec::kLatin1:
                return encode_latin1(thread, text, handler);
            default:
                return encode_utf8(thread, text, handler);
        }
    }
    Owned encoder = self.encoder.share();
    Owned bytes = TRY(call_method(thread, encoder, ID(encode), Value::of(text)));
    if (!is_bytes(bytes))
        return raise(thread, exc::TypeError, "encoder should return a bytes object, not '{}'",
                     type_name_of(bytes));
    self.start_of_stream = false;
    return bytes;
}

Owned text_write(Thread& thread, TextIO& self, Str& text_argument) {
    IoGuard guard(thread, self.mutex);
    TRY(check_text_open(thread, self));
    if (self.encoder.is_empty() || is_none(self.encoder.borrow()))
        return raise_unsupported(thread, "not writable");
    size_t length = text_argument.length();
    bool wants_newlines =
        self.line_buffering || (self.write_translate && !self.write_newline.is_empty());
    bool has_newline = wants_newlines && str_find_char(text_argument, '\n', 0, length) >= 0;
    Ref<Str> translated;
    if (has_newline && self.write_translate && !self.write_newline.is_empty())
        translated = TRY(Ref<Str>::adopt(str_replace(thread, text_argument, ID_TEXT_LF,
                                                     self.write_newline.as<Str>(), PTRDIFF_MAX)));
    Str& text = translated ? translated.value().as<Str>() : text_argument;
    bool must_flush =
        self.line_buffering && (has_newline || str_find_char(text_argument, '\r', 0, length) >= 0);

    if (text.is_ascii() && self.direct != DirectCodec::kNone) {
        size_t size = text.length();
        while (self.pending_size && self.pending_size + size > self.chunk_size)
            TRY(write_pending(thread, self));
        TRY(keep_pending(thread, self, text.data(), size));
        if (size) self.start_of_stream = false;
    } else {
        Owned bytes = TRY(encode(thread, self, text));
        auto& encoded = bytes.as<Bytes>();
        while (self.pending_size && self.pending_size + encoded.size > self.chunk_size)
            TRY(write_pending(thread, self));
        TRY(keep_pending(thread, self, encoded.data(), encoded.size));
    }
    if (self.pending_size >= self.chunk_size || must_flush || self.write_through)
        TRY(write_pending(thread, self));
    if (must_flush) {
        Owned buffer = self.buffer.share();
        (void)TRY(call_method(thread, buffer, ID(flush)));
    }
    if (!self.snapshot.is_empty()) forget_decoded(self);
    if (!self.decoder.is_empty() && !is_none(self.decoder.borrow())) {
        Owned decoder = self.decoder.share();
        (void)TRY(call_method(thread, decoder, ID(reset)));
    }
    return make_int_unsigned(thread, length);
}

bool flush_text(Thread& thread, TextIO& self) {
    IoGuard guard(thread, self.mutex);
    TRY(check_text_open(thread, self));
    self.telling = self.seekable;
    TRY(write_pending(thread, self));
    Owned buffer = self.buffer.share();
    (void)TRY(call_method(thread, buffer, ID(flush)));
    return true;
}

// --- reading ---

static Owned decode(Thread& thread, TextIO& self, Value bytes, bool final) {
    Owned decoder = self.decoder.share();
    Owned text;
    if (newline_decoder.is_exact(decoder)) {
        text = TRY(decode_newlines(thread, decoder.as<NewlineDecoder>(), bytes, final));
    } else {
        text = TRY(call_method(thread, decoder, ID(decode), bytes, boolean(final)));
    }
    if (!is_str(text))
        return raise(thread, exc::TypeError, "decoder should return a string result, not '{}'",
                     type_name_of(text));
    return text;
}

// (buffered bytes, flags) of the decoder.
static bool decoder_state(Thread& thread, TextIO& self, Owned* bytes, Owned* flags) {
    Owned decoder = self.decoder.share();
    Owned state = TRY(call_method(thread, decoder, ID(getstate)));
    if (!is_tuple(state) || state.as<Tuple>().size != 2)
        return raise(thread, exc::TypeError, "illegal decoder state");
    auto& tuple = state.as<Tuple>();
    if (!is_bytes(tuple[0]))
        return raise(thread, exc::TypeError,
                     "illegal decoder state: the first item should be a bytes object, not '{}'",
                     type_name_of(tuple[0]));
    *bytes = Owned::share(tuple[0]);
    *flags = Owned::share(tuple[1]);
    return true;
}

static Owned join_bytes(Thread& thread, Value left, const uint8_t* data, size_t size) {
    auto& first = left.as<Bytes>();
    Ref<Bytes> joined = TRY(make_bytes_blank(thread, first.size + size));
    memcpy(bytes_blank_data(*joined), first.data(), first.size);
    memcpy(bytes_blank_data(*joined) + first.size, data, size);
    return joined;
}

static bool read_chunk_raising(Thread& thread, TextIO& self, size_t hint, bool* more) {
    if (self.decoder.is_empty() || is_none(self.decoder.borrow()))
        return raise_unsupported(thread, "not readable");
    TRY(safepoint(thread));
    Owned old_bytes, old_flags;
    bool telling = self.telling;
    if (telling) TRY(decoder_state(thread, self, &old_bytes, &old_flags));
    size_t size = self.chunk_size;
    if (hint > 0 && self.ratio > 0) {
        double wanted = static_cast<double>(hint) * self.ratio;
        if (wanted > static_cast<double>(size) && wanted < 1e15) size = static_cast<size_t>(wanted);
    }
    Owned buffer = self.buffer.share();
    Owned input = TRY(call_method(thread, buffer, self.has_read1 ? ID(read1) : ID(read),
                                  Value::small_int(static_cast<int64_t>(size))));
    Buffer bytes(thread);
    if (!bytes.get(input)) {
        if (!clear_exception_if(thread, exc::TypeError)) return false;
        return raise(thread, exc::TypeError,
                     "underlying {}() should have returned a bytes-like object, not '{}'",
                     self.has_read1 ? "read1" : "read", type_name_of(input));
    }
    bool end = bytes.size() == 0;
    Owned text = TRY(decode(thread, self, input, end));
    size_t characters = text.as<Str>().length();
    self.ratio =
        characters ? static_cast<double>(bytes.size()) / static_cast<double>(characters) : 0;
    TRY(set_decoded(self, std::move(text)));
    if (characters) end = false;
    if (telling) {
        Owned next = TRY(join_bytes(thread, old_bytes, bytes.data(), bytes.size()));
        Owned snapshot = TRY(make_tuple(thread, old_flags, next)).owned();
        Owned old = self.snapshot.exchange(std::move(snapshot));
    }
    *more = !end;
    return true;
}

int read_chunk(Thread& thread, TextIO& self, size_t hint) {
    bool more = false;
    if (!read_chunk_raising(thread, self, hint, &more)) return -1;
    return more;
}

// Up to `most` characters of what is decoded.
static Ref<Str> take_decoded(Thread& thread, TextIO& self, size_t most) {
    if (self.decoded.is_empty()) return empty_str();
    Ref<Str> text = Ref<Str>::adopt(self.decoded.share());
    size_t left = text->length() - self.used;
    size_t size = left < most ? left : most;
    if (size == text->length()) {
        self.used = size;
        return text;
    }
    Ref<Str> part = str_substring(thread, *text, self.used, self.used + size);
    if (part) self.used += size;
    return part;
}

Owned text_read(Thread& thread, TextIO& self, Value size_value) {
    Index size = TRY(size_argument(thread, size_value));
    IoGuard guard(thread, self.mutex);
    TRY(check_text_open(thread, self));
    if (self.decoder.is_empty() || is_none(self.decoder.borrow()))
        return raise_unsupported(thread, "not readable");
    TRY(write_pending(thread, self));
    if (size < 0) {
        Owned buffer = self.buffer.share();
        Owned bytes = TRY(call_method(thread, buffer, ID(read)));
        if (is_none(bytes)) return raise(thread, exc::BlockingIOError, "Read returned None.");
        Owned rest = TRY(decode(thread, self, bytes, true));
        Ref<Str> first = TRY(take_decoded(thread, self, SIZE_MAX));
        Owned all = first->length() ? str_concat(thread, *first, rest.as<Str>()) : std::move(rest);
        if (all) forget_decoded(self);
        return all;
    }
    auto wanted = static_cast<size_t>(size);
    Ref<Str> text = TRY(take_decoded(thread, self, wanted));
    if (text->length() == wanted) return text;
    StrBuilder out(thread);
    TRY(out.append(*text));
    while (out.length() < wanted) {
        int more = read_chunk(thread, self, wanted - out.length());
        if (more < 0) return {};
        if (more == 0) break;
        text = TRY(take_decoded(thread, self, wanted - out.length()));
        TRY(out.append(*text));
    }
    return out.finish();
}

Owned text_readline(Thread& thread, TextIO& self, Index limit) {
    IoGuard guard(thread, self.mutex);
    TRY(check_text_open(thread, self));
    TRY(write_pending(thread, self));
    StrBuilder line(thread);  // what earlier chunks held of the line
    bool carried = false, ends_with_cr = false;
    for (;;) {
        if (self.decoded.is_empty() || self.used >= self.decoded.as<Str>().length()) {
            int more;
            do more = read_chunk(thread, self, 0);
            while (more > 0 && self.decoded.as<Str>().length() == 0);
            if (more < 0) return {};
            if (more == 0) {
                forget_decoded(self);
                return carried ? line.finish() : empty_str();
            }
        }
        Ref<Str> text = Ref<Str>::adopt(self.decoded.share());
        size_t length = text->length(), start = self.used;
        // A line end of two characters may be split between two chunks.
        bool split_crlf = carried && !self.read_translate && !self.read_universal &&
                          !is_none(self.read_newline.borrow()) &&
                          self.read_newline.as<Str>().length() == 2 && (*text)[start] == '\n' &&
                          line.length() > 0 && ends_with_cr;
        Index end =
            split_crlf
                ? static_cast<Index>(start) + 1
                : find_line_end(
                      *text, start, length, self.read_translate, self.read_universal,
                      is_none(self.read_newline.borrow()) ? nullptr : &self.read_newline.as<Str>());
        size_t have = line.length();
        if (limit >= 0) {
            size_t most = static_cast<size_t>(limit) - have;
            if (end < 0 ? length - start >= most : static_cast<size_t>(end) - start > most)
                end = static_cast<Index>(start + most);
        }
        if (end >= 0) {
            self.used = static_cast<size_t>(end);
            if (!carried) {
                if (start == 0 && self.used == length) return text;
                return str_substring(thread, *text, start, self.used);
            }
            TRY(line.append(*text, start, self.used));
            return line.finish();
        }
        TRY(line.append(*text, start, length));
        carried = true;
        ends_with_cr = (*text)[length - 1] == '\r';
        self.used = length;
    }
}

}  // namespace imugi::io
