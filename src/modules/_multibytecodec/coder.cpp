// What incremental coders and streams share: creation from a class with a codec, the attribute
// `errors`, and one piece of text or bytes after the other.
#include <cstring>

#include "modules/_multibytecodec/multibytecodec.h"
#include "object/attribute.h"
#include "object/codecs.h"
#include "object/protocol.h"
#include "thread/lock.h"

namespace imugi::mbc {

namespace {

// Characters that may stay for the next piece.
constexpr size_t kMostKept = 2;

Owned get_errors(Thread& thread, Value self) {
    Lock guard(thread, *self.object());
    return static_cast<Coder*>(self.object())->errors.share();
}

bool set_errors(Thread& thread, Value self, Value errors) {
    if (errors.is_empty()) return raise(thread, exc::AttributeError, "cannot delete attribute");
    if (!is_str(errors)) return raise(thread, exc::TypeError, "errors must be a string");
    if (!name_text(thread, errors.as<Str>())) return false;
    Owned old = Owned::share(errors);
    Lock guard(thread, *self.object());
    old = static_cast<Coder*>(self.object())->errors.exchange(std::move(old));
    return true;
}

}  // namespace

const GetSetRow coder_attributes[] = {
    {"errors", get_errors, set_errors, "how to treat errors"},
    {},
};

const Codec* codec_of(Thread& thread, Type& type) {
    Owned codec = get_attribute(thread, Value::of(&type), ID(codec));
    if (!codec) return nullptr;
    if (!codec_class.is_exact(codec))
        return raise(thread, exc::TypeError, "codec is unexpected type");
    return codec.as<MultibyteCodec>().codec;  // static
}

bool init_coder(Thread& thread, Coder& self, const Codec& codec, Value errors,
                const char* function_name) {
    Owned mode;
    if (errors.is_empty()) {
        mode = TRY(make_str(thread, "strict"));
    } else {
        if (!is_str(errors))
            return raise(thread, exc::TypeError, "{}() argument {} must be str, not {}",
                         function_name, self.stream.is_empty() ? 1 : 2, type_name_of(errors));
        if (!name_text(thread, errors.as<Str>())) return false;
        mode = Owned::share(errors);
    }
    self.codec = &codec;
    self.errors.init(std::move(mode));
    return true;
}

void coder_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<Coder*>(self)->errors);
    visitor.visit(static_cast<Coder*>(self)->stream);
}

bool ignore_init(Thread&, Value, const Arguments&) {
    return true;  // make has done it all; the bases' __init__ is not for these
}

namespace {

// What a coder has when a call begins.
template <class T>
struct Snapshot {
    Owned errors;
    State state;
    decltype(T::pending) pending;
    size_t count;

    Snapshot(Thread& thread, T& self) {
        Lock guard(thread, self);
        errors = self.errors.share();
        state = self.state;
        count = self.pending_count;
        memcpy(pending, self.pending, sizeof pending);
    }
};

}  // namespace

// --- encoding ---

Owned encode_piece(Thread& thread, Encoder& self, Value input, bool final) {
    Owned text = TRY(is_str(input) ? Owned::share(input) : str(thread, input));
    Snapshot now(thread, self);
    if (now.count != 0) {
        StrBuilder joined(thread);
        for (size_t i = 0; i < now.count; i++) TRY(joined.append(now.pending[i]));
        TRY(joined.append(text.as<Str>()));
        text = TRY(joined.finish());
    }
    const Str& whole = text.as<Str>();
    const char* mode = name_text(thread, now.errors.as<Str>());
    if (!mode) return {};
    BytesBuilder out(thread);
    size_t at = 0;
    bool ok = encode_text(thread, *self.codec, now.state, whole, &at, mode, final, final, out);
    if (ok && whole.length() - at > kMostKept)
        ok = raise(thread, exc::UnicodeError, "pending buffer overflow");
    {
        Lock guard(thread, self);
        self.state = now.state;
        if (ok) {
            self.pending_count = 0;
            for (; at < whole.length(); at++) self.pending[self.pending_count++] = whole[at];
        }
    }
    if (!ok) return {};
    return out.finish();
}

bool reset_encoder(Thread& thread, Encoder& self) {
    State state;
    {
        Lock guard(thread, self);
        state = self.state;
    }
    BytesBuilder out(thread);  // what would be written is not wanted
    if (self.codec->finish_encoding) TRY(self.codec->finish_encoding(*self.codec, state, out));
    Lock guard(thread, self);
    self.state = state;
    self.pending_count = 0;
    return true;
}

// --- decoding ---

Owned decode_piece(Thread& thread, Decoder& self, const uint8_t* data, size_t length, bool final,
                   size_t* size) {
    Snapshot now(thread, self);
    BytesBuilder joined(thread);
    if (now.count != 0) {
        TRY(joined.append(now.pending, now.count));
        TRY(joined.append(data, length));
        data = joined.data();
        length = joined.size();
    }
    const char* mode = name_text(thread, now.errors.as<Str>());
    if (!mode) return {};
    StrBuilder out(thread);
    size_t at = 0;
    *size = length;
    bool ok = decode_text(thread, *self.codec, now.state, data, length, &at, mode, false, out);
    bool keep = false;
    if (ok && final && at < length) {
        ok = decode_incomplete(thread, *self.codec, data, length, &at, mode, out);
        keep = !ok && self.stream.is_empty();  // a later piece may still complete it
    }
    if (ok && length - at > kMostPending)
        ok = raise(thread, exc::UnicodeError, "pending buffer overflow");
    {
        Lock guard(thread, self);
        self.state = now.state;
        if (!keep) self.pending_count = ok ? static_cast<uint8_t>(length - at) : 0;
        if (ok && at < length) memcpy(self.pending, data + at, length - at);
    }
    if (!ok) return {};
    return out.finish();
}

bool reset_decoder(Thread& thread, Decoder& self) {
    Lock guard(thread, self);
    if (self.codec->reset_decoding) self.codec->reset_decoding(self.state);
    self.pending_count = 0;
    return true;
}

}  // namespace imugi::mbc
