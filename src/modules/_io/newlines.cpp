// Line ends: IncrementalNewlineDecoder, and the search for them that text files share. The
// decoder's fields are written under its Lock; translation itself works on immutable strs.
#include "modules/_io/newlines.h"
#include "memory/collector.h"
#include "modules/_io/io.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/int.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi::io {

SharedType newline_decoder{newline_decoder_spec};

Owned line_ends_seen(Thread& thread, unsigned seen) {
    Value cr = Value::of(ID_TEXT_CR), lf = Value::of(ID_TEXT_LF), crlf = Value::of(ID_TEXT_CRLF);
    switch (seen) {
        case kSeenCR:
            return Owned::share(cr);
        case kSeenLF:
            return Owned::share(lf);
        case kSeenCRLF:
            return Owned::share(crlf);
        case kSeenCR | kSeenLF:
            return make_tuple(thread, cr, lf);
        case kSeenCR | kSeenCRLF:
            return make_tuple(thread, cr, crlf);
        case kSeenLF | kSeenCRLF:
            return make_tuple(thread, lf, crlf);
        case kSeenCR | kSeenLF | kSeenCRLF:
            return make_tuple(thread, cr, lf, crlf);
        default:
            return Owned::share(none());
    }
}

bool check_newline(Thread& thread, Value newline) {
    if (is_none(newline)) return true;
    if (!is_str(newline))
        return raise(thread, exc::TypeError, "newline must be str or None, not {}",
                     type_name_of(newline));
    auto& text = newline.as<Str>();
    if (str_equal(text, "") || str_equal(text, "\n") || str_equal(text, "\r") ||
        str_equal(text, "\r\n"))
        return true;
    return raise(thread, exc::ValueError, "illegal newline value: {}", repr_of(newline));
}

Index find_line_end(const Str& text, size_t start, size_t end, bool translated, bool universal,
                    const Str* newline) {
    if (translated) {
        Index at = str_find_char(text, '\n', start, end);
        return at < 0 ? -1 : at + 1;
    }
    if (universal)
        return visit_units(text, [&](auto units) -> Index {
            for (size_t i = start; i < end; i++) {
                if (units[i] == '\n') return static_cast<Index>(i) + 1;
                if (units[i] == '\r')
                    return static_cast<Index>(i) + (i + 1 < end && units[i + 1] == '\n' ? 2 : 1);
            }
            return -1;
        });
    Index at = str_find(text, *newline, start, end);
    return at < 0 ? -1 : at + static_cast<Index>(newline->length());
}

Ref<Str> translate_newlines(Thread& thread, Ref<Str> text, bool translate, unsigned* seen) {
    size_t length = text->length();
    if (str_find_char(*text, '\r', 0, length) < 0) {
        if (!(*seen & kSeenLF) && str_find_char(*text, '\n', 0, length) >= 0) *seen |= kSeenLF;
        return text;
    }
    if (!translate) {
        visit_units(*text, [&](auto units) {
            for (size_t i = 0; i < length; i++) {
                if (units[i] == '\n') {
                    *seen |= kSeenLF;
                } else if (units[i] == '\r') {
                    if (i + 1 < length && units[i + 1] == '\n') {
                        *seen |= kSeenCRLF;
                        i++;
                    } else {
                        *seen |= kSeenCR;
                    }
                }
            }
        });
        return text;
    }
    StrBuilder out(thread);
    bool ok = visit_units(*text, [&](auto units) -> bool {
        size_t from = 0;
        for (size_t i = 0; i < length; i++) {
            if (units[i] == '\n') *seen |= kSeenLF;
            if (units[i] != '\r') continue;
            TRY(out.append(*text, from, i));
            TRY(out.append('\n'));
            if (i + 1 < length && units[i + 1] == '\n') {
                *seen |= kSeenCRLF;
                i++;
            } else {
                *seen |= kSeenCR;
            }
            from = i + 1;
        }
        return out.append(*text, from, length);
    });
    if (!ok) return {};
    return out.finish();
}

}  // namespace imugi::io

namespace imugi {
IMUGI_SHARED_TYPE(io::NewlineDecoder, io::newline_decoder);
}

namespace imugi::io {

namespace {

bool decoder_init(Thread& thread, Value self_value, const Arguments& arguments) {
    Value bound[3];
    TRY(bind_arguments(thread, "IncrementalNewlineDecoder", "(decoder, translate, errors='strict')",
                       arguments, bound, 3));
    bool translate = TRY(is_true(thread, bound[1]));
    auto& self = self_value.as<NewlineDecoder>();
    Owned old_decoder, old_errors;
    Lock guard(thread, self);
    old_decoder = self.decoder.exchange(Owned::share(bound[0]));
    old_errors = self.errors.exchange(Owned::share(bound[2]));
    self.translate = translate;
    self.pending_cr = false;
    self.seen = 0;
    return true;
}

bool check_ready(Thread& thread, NewlineDecoder& self) {
    if (self.decoder.is_empty())
        return raise(thread, exc::ValueError, "IncrementalNewlineDecoder.__init__() not called");
    return true;
}

Owned share_decoder(Thread& thread, NewlineDecoder& self) {
    Lock guard(thread, self);
    return self.decoder.share();
}

}  // namespace

Owned decode_newlines(Thread& thread, NewlineDecoder& self, Value input, bool final) {
    TRY(check_ready(thread, self));
    Owned decoder = share_decoder(thread, self);
    Owned output = is_none(decoder)
                       ? Owned::share(input)
                       : call_method(thread, decoder, ID(decode), input, boolean(final));
    if (!output) return {};
    if (!is_str(output))
        return raise(thread, exc::TypeError, "decoder should return a string result, not '{}'",
                     type_name_of(output));
    Ref<Str> text = Ref<Str>::adopt(std::move(output));
    bool put_cr, hold_cr, translate;
    unsigned seen;
    {
        Lock guard(thread, self);
        put_cr = self.pending_cr && (final || text->length() > 0);
        if (put_cr) self.pending_cr = false;
        translate = self.translate;
        seen = self.seen;
        // A "\r" at the end waits for the "\n" that may follow.
        size_t length = text->length() + put_cr;
        hold_cr =
            !final && length > 0 && (text->length() ? (*text)[text->length() - 1] == '\r' : put_cr);
        if (hold_cr) self.pending_cr = true;
    }
    if (put_cr) text = TRY(Ref<Str>::adopt(str_concat(thread, ID_TEXT_CR, *text)));
    if (hold_cr) text = TRY(str_substring(thread, *text, 0, text->length() - 1));
    text = TRY(translate_newlines(thread, std::move(text), translate, &seen));
    Lock guard(thread, self);
    self.seen |= seen;
    return text;
}

namespace {

Owned decoder_decode(Thread& thread, NewlineDecoder& self, Value input, bool final) {
    return decode_newlines(thread, self, input, final);
}

Owned decoder_getstate(Thread& thread, NewlineDecoder& self) {
    TRY(check_ready(thread, self));
    Owned decoder = share_decoder(thread, self);
    Owned bytes, flags = Owned::small_int(0);
    if (is_none(decoder)) {
        bytes = TRY(make_bytes(thread, "", 0));
    } else {
        Owned state = TRY(call_method(thread, decoder, ID(getstate)));
        if (!is_tuple(state) || state.as<Tuple>().size < 2)
            return raise(thread, exc::TypeError, "illegal decoder state");
        bytes = Owned::share(state.as<Tuple>()[0]);
        flags = TRY(to_index(thread, state.as<Tuple>()[1]));
    }
    flags = TRY(int_left_shift(thread, flags, Value::small_int(1)));
    if (self.pending_cr) flags = TRY(int_bitwise(thread, '|', flags, Value::small_int(1)));
    return make_tuple(thread, bytes, flags);
}

bool decoder_setstate(Thread& thread, NewlineDecoder& self, Value state) {
    TRY(check_ready(thread, self));
    if (!is_tuple(state)) return raise(thread, exc::TypeError, "state argument must be a tuple");
    auto& tuple = state.as<Tuple>();
    if (tuple.size != 2 || !is_int(tuple[1]))
        return raise(thread, exc::TypeError, "illegal state argument");
    {
        Lock guard(thread, self);
        self.pending_cr = int_to_uint64_mask(tuple[1]) & 1;
    }
    Owned decoder = share_decoder(thread, self);
    if (is_none(decoder)) return true;
    Owned flags = TRY(int_right_shift(thread, tuple[1], Value::small_int(1)));
    Ref<Tuple> inner = TRY(make_tuple(thread, tuple[0], flags));
    (void)TRY(call_method(thread, decoder, ID(setstate), inner));
    return true;
}

Owned decoder_reset(Thread& thread, NewlineDecoder& self) {
    TRY(check_ready(thread, self));
    {
        Lock guard(thread, self);
        self.seen = 0;
        self.pending_cr = false;
    }
    Owned decoder = share_decoder(thread, self);
    if (is_none(decoder)) return decoder;
    return call_method(thread, decoder, ID(reset));
}

Owned decoder_newlines(Thread& thread, Value self) {
    TRY(check_ready(thread, self.as<NewlineDecoder>()));
    return line_ends_seen(thread, self.as<NewlineDecoder>().seen);
}

Owned decoder_make(Thread& thread, Type& type, const Arguments&) {
    Owned self = TRY(make_blank<NewlineDecoder>(thread, type));
    track(self.value().object());
    return self;
}

void decoder_fields(Object* object, FieldVisitor& visitor) {
    auto* self = static_cast<NewlineDecoder*>(object);
    visitor.visit(self->decoder);
    visitor.visit(self->errors);
}

const MethodRow decoder_methods[] = {
    {"decode", "(self, /, input, final=False)", fn<decoder_decode>},
    {"getstate", "(self, /)", fn<decoder_getstate>},
    {"setstate", "(self, state, /)", fn<decoder_setstate>},
    {"reset", "(self, /)", fn<decoder_reset>},
    {},
};
const GetSetRow decoder_getsets[] = {
    {"newlines", decoder_newlines},
    {},
};

}  // namespace

const TypeSpec newline_decoder_spec = {
    .name = "_io.IncrementalNewlineDecoder",
    .doc =
        "Codec used when reading a file in universal newlines mode.\n\n"
        "It wraps another incremental decoder, translating \\r\\n and \\r into \\n.\n"
        "It also records the types of newlines encountered.  When used with\n"
        "translate=False, it ensures that the newline sequence is returned in\n"
        "one piece. When used with decoder=None, it expects unicode strings as\n"
        "decode input and translates newlines without first invoking an external\n"
        "decoder.",
    .size = sizeof(NewlineDecoder),
    .flags = kTypeBase | kTypeTracked | kTypeImmutable,
    .slots = {.make = decoder_make, .init = decoder_init, .fields = decoder_fields},
    .methods = decoder_methods,
    .getsets = decoder_getsets,
    .signature = "(decoder, translate, errors='strict')",
};

}  // namespace imugi::io
