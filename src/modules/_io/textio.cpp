// TextIOWrapper: a text layer over a buffered binary stream; construction, settings, the type. The
// object's mutex guards its fields.
#include "modules/_io/textio.h"

#include <langinfo.h>

#include "memory/array.h"
#include "memory/collector.h"
#include "modules/_io/newlines.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/codecs.h"
#include "object/config.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi::io {

SharedType text_io_wrapper{text_io_wrapper_spec, &text_io_base};

namespace {

void replace(Slot& slot, Owned value) {
    Owned old = slot.exchange(std::move(value));
}

// The CodecInfo; LookupError when it does not encode text.
Owned text_codec(Thread& thread, const char* encoding) {
    Owned info = TRY(codec_lookup(thread, encoding));
    Owned is_text = TRY(get_attribute_or_nothing(thread, info, ID(_is_text_encoding)));
    if (!is_text.is_nothing() && !TRY(is_true(thread, is_text)))
        return raise(thread, exc::LookupError,
                     "'{}' is not a text encoding; use codecs.open() to handle arbitrary codecs",
                     encoding);
    return info;
}

DirectCodec direct_codec(const char* name) {
    char plain[16];
    size_t n = 0;
    for (; *name && n < sizeof plain - 1; name++)
        if (*name != '-' && *name != '_') plain[n++] = static_cast<char>(*name | 0x20);
    plain[n] = 0;
    if (strcmp(plain, "utf8") == 0) return DirectCodec::kUtf8;
    if (strcmp(plain, "ascii") == 0 || strcmp(plain, "usascii") == 0) return DirectCodec::kAscii;
    if (strcmp(plain, "latin1") == 0 || strcmp(plain, "iso88591") == 0) return DirectCodec::kLatin1;
    return DirectCodec::kNone;
}

bool set_decoder(Thread& thread, TextIO& self, Value info, Value errors) {
    Owned buffer = self.buffer.share();
    if (!TRY(ask(thread, buffer, ID(readable)))) {
        replace(self.decoder, Owned::share(none()));
        return true;
    }
    Owned decoder = TRY(call_method(thread, info, ID(incrementaldecoder), errors));
    if (self.read_universal)
        decoder = TRY(
            call(thread, Value::of(newline_decoder.type()), decoder, boolean(self.read_translate)));
    replace(self.decoder, std::move(decoder));
    return true;
}

bool set_encoder(Thread& thread, TextIO& self, Value info, Value errors) {
    Owned buffer = self.buffer.share();
    self.direct = DirectCodec::kNone;
    if (!TRY(ask(thread, buffer, ID(writable)))) {
        replace(self.encoder, Owned::share(none()));
        return true;
    }
    Owned encoder = TRY(call_method(thread, info, ID(incrementalencoder), errors));
    replace(self.encoder, std::move(encoder));
    Owned name = TRY(get_attribute_or_nothing(thread, info, ID(name)));
    if (is_str(name)) {
        const char* text = str_utf8(thread, name.as<Str>());
        if (!text) return false;
        self.direct = direct_codec(text);
    }
    return true;
}

void set_newline(TextIO& self, Value newline) {
    replace(self.read_newline, Owned::share(newline));
    bool given = !is_none(newline), empty = given && newline.as<Str>().length() == 0;
    self.read_universal = !given || empty;
    self.read_translate = !given;
    self.write_translate = !empty;
    replace(self.write_newline, Owned());
    // Linux ends lines with "\n": only another one needs writing.
    if (given && !empty && !str_equal(newline.as<Str>(), "\n"))
        replace(self.write_newline, Owned::share(newline));
}

// Appending to a file that has text: the encoder must not write a byte order mark.
bool fix_encoder_state(Thread& thread, TextIO& self) {
    if (!self.seekable || is_none(self.encoder.borrow())) return true;
    self.start_of_stream = true;
    Owned buffer = self.buffer.share();
    Owned position = TRY(call_method(thread, buffer, ID(tell)));
    if (TRY(equals(thread, position, Value::small_int(0)))) return true;
    self.start_of_stream = false;
    Owned encoder = self.encoder.share();
    (void)TRY(call_method(thread, encoder, ID(setstate), Value::small_int(0)));
    return true;
}

bool check_text_argument(Thread& thread, Value value, const char* name) {
    if (!is_str(value))
        return raise(thread, exc::TypeError,
                     "TextIOWrapper() argument '{}' must be str or None, not {}", name,
                     type_name_of(value));
    return name_text(thread, value.as<Str>()) != nullptr;
}

// That of the C locale, as of now.
Ref<Str> locale_encoding(Thread& thread) {
    const char* name = nl_langinfo(CODESET);
    return intern(thread, *name ? name : "utf-8");
}

bool text_init(Thread& thread, Value self_value, const Arguments& arguments) {
    auto& self = self_value.as<TextIO>();
    Value bound[6];
    TRY(bind_arguments(thread, "TextIOWrapper",
                       "(buffer, encoding=None, errors=None, newline=None, line_buffering=False, "
                       "write_through=False)",
                       arguments, bound, 6));
    Value buffer = bound[0], errors = bound[2];
    IoGuard guard(thread, self.mutex);
    self.state = TextState::kUninitialised;
    if (!is_none(bound[1])) TRY(check_text_argument(thread, bound[1], "encoding"));
    if (is_none(errors))
        errors = Value::of(ID(strict));
    else
        TRY(check_text_argument(thread, errors, "errors"));
    TRY(check_newline(thread, bound[3]));
    bool line_buffering = TRY(is_true(thread, bound[4]));
    bool write_through = TRY(is_true(thread, bound[5]));
    Ref<Str> encoding;
    if (is_none(bound[1])) {
        TRY(warn_default_encoding(thread, 1));
        bool utf8 = interpreter_of(thread).config->utf8_mode;
        encoding = TRY(utf8 ? Ref<Str>::share(ID_UTF8) : locale_encoding(thread));
    } else if (str_equal(bound[1].as<Str>(), "locale")) {
        encoding = TRY(locale_encoding(thread));
    } else {
        encoding = Ref<Str>::share(bound[1].as<Str>());
    }
    const char* encoding_name = name_text(thread, *encoding);
    if (!encoding_name) return false;
    Owned info = TRY(text_codec(thread, encoding_name));
    {
        const char* handler = name_text(thread, errors.as<Str>());
        if (!handler) return false;
        if (error_mode(handler) == ErrorMode::kOther)
            (void)TRY(codec_lookup_error(thread, handler));
    }
    replace(self.encoding, std::move(encoding).owned());
    replace(self.errors, Owned::share(errors));
    replace(self.buffer, Owned::share(buffer));
    set_newline(self, bound[3]);
    self.chunk_size = 8192;
    self.line_buffering = line_buffering;
    self.write_through = write_through;
    self.ratio = 0;
    self.pending_size = 0;
    forget_decoded(self);
    TRY(set_decoder(thread, self, info, errors));
    TRY(set_encoder(thread, self, info, errors));
    self.seekable = TRY(ask(thread, buffer, ID(seekable)));
    self.telling = self.seekable;
    self.has_read1 = TRY(has_attribute(thread, buffer, ID(read1)));
    self.start_of_stream = false;
    TRY(fix_encoder_state(thread, self));
    self.state = TextState::kOpen;
    return true;
}

bool text_reconfigure(Thread& thread, TextIO& self, Value encoding, Value errors, Value newline,
                      Value line_buffering, Value write_through) {
    IoGuard guard(thread, self.mutex);
    TRY(check_attached(thread, self));
    if (!is_none(encoding) && !is_str(encoding))
        return raise(thread, exc::TypeError,
                     "reconfigure() argument 'encoding' must be str or None, not {}",
                     type_name_of(encoding));
    if (!is_none(errors) && !is_str(errors))
        return raise(thread, exc::TypeError,
                     "reconfigure() argument 'errors' must be str or None, not {}",
                     type_name_of(errors));
    if (is_str(errors) && !name_text(thread, errors.as<Str>())) return false;
    bool has_newline = !newline.is_empty();
    // Text already read would have to be decoded again.
    if (!self.decoded.is_empty() && (!is_none(encoding) || !is_none(errors) || has_newline))
        return raise_unsupported(
            thread,
            "It is not possible to set the encoding or newline of stream after the first read");
    if (has_newline) TRY(check_newline(thread, newline));
    bool lines = self.line_buffering, through = self.write_through;
    if (!is_none(line_buffering)) lines = TRY(to_int64(thread, line_buffering)) != 0;
    if (!is_none(write_through)) through = TRY(to_int64(thread, write_through)) != 0;
    (void)TRY(call_method(thread, Value::of(self), ID(flush)));
    self.ratio = 0;
    if (!is_none(encoding) || !is_none(errors) || has_newline) {
        Owned new_encoding = self.encoding.share(), new_errors = self.errors.share();
        if (!is_none(encoding)) {
            new_encoding = Owned::share(encoding);
            if (str_equal(encoding.as<Str>(), "locale"))
                new_encoding = TRY(locale_encoding(thread)).owned();
            if (is_none(errors)) new_errors = Owned::share(ID(strict));
        }
        if (!is_none(errors)) new_errors = Owned::share(errors);
        size_t name_size;
        const char* name = str_utf8(thread, new_encoding.as<Str>(), &name_size);
        if (!name) return false;
        if (strlen(name) != name_size)
            return raise(thread, exc::LookupError, "unknown encoding: {}", new_encoding);
        Owned info = TRY(text_codec(thread, name));
        if (has_newline) set_newline(self, newline);
        TRY(set_decoder(thread, self, info, new_errors));
        TRY(set_encoder(thread, self, info, new_errors));
        replace(self.encoding, std::move(new_encoding));
        replace(self.errors, std::move(new_errors));
        TRY(fix_encoder_state(thread, self));
    }
    self.line_buffering = lines;
    self.write_through = through;
    return true;
}

// --- methods ---

Owned share_buffer(Thread& thread, TextIO& self) {
    IoGuard guard(thread, self.mutex);
    TRY(check_attached(thread, self));
    return self.buffer.share();
}

Owned text_readline_method(Thread& thread, TextIO& self, Index size) {
    return text_readline(thread, self, size);
}

Owned text_next(Thread& thread, Value self_value) {
    auto& self = self_value.as<TextIO>();
    TRY(check_attached(thread, self));
    self.telling = false;
    Owned line;
    if (text_io_wrapper.is_exact(self_value)) {
        line = TRY(text_readline(thread, self, -1));
    } else {
        line = TRY(call_method(thread, self_value, ID(readline)));
        if (!is_str(line))
            return raise(thread, exc::OSError,
                         "readline() should have returned a str object, not '{}'",
                         type_name_of(line));
    }
    if (line.as<Str>().length() > 0) return line;
    IoGuard guard(thread, self.mutex);
    forget_decoded(self);
    self.telling = self.seekable;
    return Owned::nothing();
}

Owned text_detach(Thread& thread, TextIO& self) {
    TRY(check_attached(thread, self));
    (void)TRY(call_method(thread, Value::of(self), ID(flush)));
    IoGuard guard(thread, self.mutex);
    TRY(check_attached(thread, self));
    self.state = TextState::kDetached;
    return self.buffer.take();
}

Owned forward(Thread& thread, TextIO& self, Str& method) {
    Owned buffer = TRY(share_buffer(thread, self));
    return call_method(thread, buffer, method);
}
Owned text_fileno(Thread& thread, TextIO& self) {
    return forward(thread, self, ID(fileno));
}
Owned text_seekable(Thread& thread, TextIO& self) {
    return forward(thread, self, ID(seekable));
}
Owned text_readable(Thread& thread, TextIO& self) {
    return forward(thread, self, ID(readable));
}
Owned text_writable(Thread& thread, TextIO& self) {
    return forward(thread, self, ID(writable));
}
Owned text_isatty(Thread& thread, TextIO& self) {
    return forward(thread, self, ID(isatty));
}

Owned text_truncate(Thread& thread, TextIO& self, Value size) {
    TRY(check_attached(thread, self));
    (void)TRY(call_method(thread, Value::of(self), ID(flush)));
    Owned buffer = TRY(share_buffer(thread, self));
    return call_method(thread, buffer, ID(truncate), size);
}

Owned text_close(Thread& thread, TextIO& self) {
    Owned buffer = TRY(share_buffer(thread, self));
    if (TRY(is_closed(thread, buffer))) return Owned::share(none());
    if (self.finalizing) {
        Owned warned = call_method(thread, buffer, ID(_dealloc_warn), Value::of(self));
        if (!warned) clear_exception(thread);
    }
    Owned flushed = call_method(thread, Value::of(self), ID(flush));
    Owned error = flushed ? Owned() : take_exception(thread);
    Owned closed = call_method(thread, buffer, ID(close));
    if (error) {
        chain_pending(thread, std::move(error));
        return {};
    }
    return closed;
}

Owned text_repr(Thread& thread, Value self_value) {
    auto& self = self_value.as<TextIO>();
    Ref<Str> type = TRY(Ref<Str>::adopt(type_full_name(thread, type_of(self_value))));
    if (self.state == TextState::kUninitialised) TRY(check_attached(thread, self));
    StrBuilder out(thread);
    TRY(out.append("<") && out.append(*type));
    auto attribute = [&](Str& name, const char* before) -> bool {
        Owned value = get_attribute_or_nothing(thread, self_value, name);
        if (!value) {
            if (!clear_exception_if(thread, exc::ValueError)) return false;
            return true;
        }
        if (value.is_nothing()) return true;
        Owned text = TRY(repr(thread, value));
        return out.append(before) && out.append(text.as<Str>());
    };
    TRY(attribute(ID(name), " name="));
    TRY(attribute(ID(mode), " mode="));
    Owned encoding;
    {
        IoGuard guard(thread, self.mutex);
        encoding = self.encoding.share();
    }
    Owned text = TRY(repr(thread, encoding));
    TRY(out.append(" encoding=") && out.append(text.as<Str>()) && out.append(">"));
    return out.finish();
}

Owned text_reduce(Thread& thread, TextIO& self, Args) {
    return raise(thread, exc::TypeError, "cannot pickle '{}' instances",
                 type_name_of(Value::of(self)));
}

// --- attributes ---

Owned share_field(Thread& thread, Value self_value, Slot TextIO::* slot) {
    auto& self = self_value.as<TextIO>();
    IoGuard guard(thread, self.mutex);
    if ((self.*slot).is_empty()) return Owned::share(none());
    return (self.*slot).share();
}
Owned get_encoding(Thread& thread, Value self) {
    return share_field(thread, self, &TextIO::encoding);
}
Owned get_buffer_attribute(Thread& thread, Value self) {
    return share_field(thread, self, &TextIO::buffer);
}
Owned get_errors(Thread& thread, Value self) {
    if (self.as<TextIO>().state == TextState::kUninitialised)
        TRY(check_attached(thread, self.as<TextIO>()));
    return share_field(thread, self, &TextIO::errors);
}
Owned get_closed(Thread& thread, Value self) {
    Owned buffer = TRY(share_buffer(thread, self.as<TextIO>()));
    return get_attribute(thread, buffer, ID(closed));
}
Owned get_name(Thread& thread, Value self) {
    Owned buffer = TRY(share_buffer(thread, self.as<TextIO>()));
    return get_attribute(thread, buffer, ID(name));
}
Owned get_newlines(Thread& thread, Value self) {
    TRY(check_attached(thread, self.as<TextIO>()));
    Owned decoder = TRY(share_field(thread, self, &TextIO::decoder));
    Owned newlines = TRY(get_attribute_or_nothing(thread, decoder, ID(newlines)));
    return newlines.is_nothing() ? Owned::share(none()) : std::move(newlines);
}
Owned get_line_buffering(Thread&, Value self) {
    return Owned::share(boolean(self.as<TextIO>().line_buffering));
}
Owned get_write_through(Thread&, Value self) {
    return Owned::share(boolean(self.as<TextIO>().write_through));
}
Owned get_chunk_size(Thread& thread, Value self) {
    TRY(check_attached(thread, self.as<TextIO>()));
    return make_int_unsigned(thread, self.as<TextIO>().chunk_size.load(std::memory_order_relaxed));
}
bool set_chunk_size(Thread& thread, Value self, Value value) {
    TRY(check_attached(thread, self.as<TextIO>()));
    if (value.is_empty()) return raise(thread, exc::AttributeError, "cannot delete attribute");
    Index size = TRY(to_ssize(thread, value, exc::ValueError));
    if (size <= 0) return raise(thread, exc::ValueError, "a strictly positive integer is required");
    self.as<TextIO>().chunk_size = static_cast<size_t>(size);
    return true;
}
Owned get_finalizing(Thread&, Value self) {
    return Owned::share(boolean(self.as<TextIO>().finalizing));
}
bool set_finalizing(Thread& thread, Value self, Value value) {
    if (value.is_empty())
        return raise(thread, exc::TypeError, "can't delete numeric/char attribute");
    self.as<TextIO>().finalizing = TRY(is_true(thread, value));
    return true;
}

Owned text_make(Thread& thread, Type& type, const Arguments&) {
    Owned self = TRY(make_blank<TextIO>(thread, type));
    track(self.value().object());
    return self;
}

void text_fields(Object* object, FieldVisitor& visitor) {
    auto* self = static_cast<TextIO*>(object);
    for (Slot* slot :
         {&self->buffer, &self->encoding, &self->errors, &self->encoder, &self->decoder,
          &self->read_newline, &self->write_newline, &self->decoded, &self->snapshot})
        visitor.visit(*slot);
}
void text_release(Object* object) {
    array_free(static_cast<TextIO*>(object)->pending);
}

const MethodRow text_methods[] = {
    {"detach", "(self, /)", fn<text_detach>},
    {"reconfigure",
     "(self, /, *, encoding=None, errors=None, newline=<unrepresentable>, line_buffering=None, "
     "write_through=None) -> ($self, /, *, encoding=None, errors=None, newline=None, "
     "line_buffering=None, write_through=None)",
     fn<text_reconfigure>,
     "Reconfigure the text stream with new parameters.\n\n"
     "This also does an implicit stream flush."},
    {"write", "(self, text, /)", fn<text_write>},
    {"read", "(self, size=-1, /)", fn<text_read>},
    {"readline", "(self, size=-1, /)", fn<text_readline_method>},
    {"flush", "(self, /)", fn<flush_text>},
    {"close", "(self, /)", fn<text_close>},
    {"fileno", "(self, /)", fn<text_fileno>},
    {"seekable", "(self, /)", fn<text_seekable>},
    {"readable", "(self, /)", fn<text_readable>},
    {"writable", "(self, /)", fn<text_writable>},
    {"isatty", "(self, /)", fn<text_isatty>},
    {"seek", "(self, cookie, whence=0, /)", fn<text_seek>,
     "Set the stream position, and return the new stream position.\n\n"
     "  cookie\n    Zero or an opaque number returned by tell().\n"
     "  whence\n    The relative position to seek from.\n\n"
     "Four operations are supported, given by the following argument\ncombinations:\n\n"
     "- seek(0, SEEK_SET): Rewind to the start of the stream.\n"
     "- seek(cookie, SEEK_SET): Restore a previous position;\n"
     "  'cookie' must be a number returned by tell().\n"
     "- seek(0, SEEK_END): Fast-forward to the end of the stream.\n"
     "- seek(0, SEEK_CUR): Leave the current stream position unchanged.\n\n"
     "Any other argument combinations are invalid,\nand may raise exceptions."},
    {"tell", "(self, /)", fn<text_tell>,
     "Return the stream position as an opaque number.\n\n"
     "The return value of tell() can be given as input to seek(), to restore a\n"
     "previous stream position."},
    {"truncate", "(self, pos=None, /)", fn<text_truncate>},
    {"__reduce__", "(self, /, *args)", fn<text_reduce>},
    {"__reduce_ex__", "(self, /, *args)", fn<text_reduce>},
    {},
};

const GetSetRow text_getsets[] = {
    {"encoding", get_encoding},
    {"buffer", get_buffer_attribute},
    {"line_buffering", get_line_buffering},
    {"write_through", get_write_through},
    {"_finalizing", get_finalizing, set_finalizing},
    {"name", get_name},
    {"closed", get_closed},
    {"newlines", get_newlines},
    {"errors", get_errors},
    {"_CHUNK_SIZE", get_chunk_size, set_chunk_size},
    {},
};

}  // namespace

const TypeSpec text_io_wrapper_spec = {
    .name = "_io.TextIOWrapper",
    .doc =
        "Character and line based layer over a BufferedIOBase object, buffer.\n\n"
        "encoding gives the name of the encoding that the stream will be\n"
        "decoded or encoded with. It defaults to locale.getencoding().\n\n"
        "errors determines the strictness of encoding and decoding (see\n"
        "help(codecs.Codec) or the documentation for codecs.register) and\n"
        "defaults to \"strict\".\n\n"
        "newline controls how line endings are handled. It can be None, '',\n"
        "'\\n', '\\r', and '\\r\\n'.  It works as follows:\n\n"
        "* On input, if newline is None, universal newlines mode is\n"
        "  enabled. Lines in the input can end in '\\n', '\\r', or '\\r\\n', and\n"
        "  these are translated into '\\n' before being returned to the\n"
        "  caller. If it is '', universal newline mode is enabled, but line\n"
        "  endings are returned to the caller untranslated. If it has any of\n"
        "  the other legal values, input lines are only terminated by the given\n"
        "  string, and the line ending is returned to the caller untranslated.\n\n"
        "* On output, if newline is None, any '\\n' characters written are\n"
        "  translated to the system default line separator, os.linesep. If\n"
        "  newline is '' or '\\n', no translation takes place. If newline is any\n"
        "  of the other legal values, any '\\n' characters written are translated\n"
        "  to the given string.\n\n"
        "If line_buffering is True, a call to flush is implied when a call to\n"
        "write contains a newline character.",
    .size = sizeof(TextIO),
    .flags = kFileTypeFlags,
    .slots = {.repr = text_repr,
              .next = text_next,
              .make = text_make,
              .init = text_init,
              .fields = text_fields,
              .release = text_release},
    .methods = text_methods,
    .getsets = text_getsets,
    .signature =
        "(buffer, encoding=None, errors=None, newline=None, line_buffering=False, "
        "write_through=False)",
};

}  // namespace imugi::io
