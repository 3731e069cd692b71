// The codec registry: search functions, looked-up codecs and error handlers of an interpreter, and
// encoding and decoding by name. Names of the common encodings never reach the registry.
//
// The registry's slots are set under the interpreter's lock and never change afterwards; its list
// and dicts guard themselves.
#include "object/codecs.h"

#include "object/buffer.h"
#include "object/call.h"
#include "object/codec_handlers.h"
#include "object/config.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/native_thunk.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi {

namespace {

enum class Known : uint8_t { kNone, kUtf8, kLatin1, kAscii, kUtf16, kUtf32 };

// Lower case, '-' and ' ' as '_'; false when too long to be a common name.
bool simplify(const char* name, char* out, size_t room) {
    size_t size = strlen(name);
    if (size >= room) return false;
    for (size_t i = 0; i <= size; i++) {
        char c = name[i];
        out[i] = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c == '-' || c == ' ' ? '_' : c;
    }
    return true;
}

Known known_encoding(const char* name) {
    if (!name) return Known::kUtf8;
    char text[16];
    if (!simplify(name, text, sizeof text)) return Known::kNone;
    static constexpr struct {
        const char* name;
        Known known;
    } rows[] = {
        {"utf_8", Known::kUtf8},    {"utf8", Known::kUtf8},         {"latin_1", Known::kLatin1},
        {"latin1", Known::kLatin1}, {"iso_8859_1", Known::kLatin1}, {"iso8859_1", Known::kLatin1},
        {"ascii", Known::kAscii},   {"us_ascii", Known::kAscii},    {"utf_16", Known::kUtf16},
        {"utf16", Known::kUtf16},   {"utf_32", Known::kUtf32},      {"utf32", Known::kUtf32}};
    for (auto& row : rows)
        if (strcmp(row.name, text) == 0) return row.known;
    return Known::kNone;
}

// The registry, made on first use.
bool prepare(Thread& thread) {
    Interpreter& interpreter = interpreter_of(thread);
    if (!interpreter.codec_errors.is_empty()) return true;
    Ref<List> path = TRY(make_list(thread));
    Ref<Dict> cache = TRY(make_dict(thread));
    Ref<Dict> errors = TRY(make_dict(thread));
    TRY(add_standard_handlers(thread, *errors));
    Lock guard(thread, interpreter);
    if (!interpreter.codec_errors.is_empty()) return true;
    interpreter.codec_search_path.init(std::move(path));
    interpreter.codec_cache.init(std::move(cache));
    // Last: what readers look at.
    (void)interpreter.codec_errors.exchange(std::move(errors));
    return true;
}

// The encodings package registers the search function of the standard encodings when imported.
bool import_encodings(Thread& thread) {
    Dict& builtins = interpreter_of(thread).builtins_dict.as<Dict>();
    Owned import = TRY(dict_get(thread, builtins, ID(__import__)));
    if (import.is_nothing())
        return raise(thread, exc::LookupError,
                     "no codec search functions registered: can't find "
                     "encoding");
    Ref<Str> name = TRY(make_str(thread, "encodings"));
    return static_cast<bool>(call(thread, import, name));
}

// As search functions get it: lower case, runs of other characters one '_'.
Ref<Str> normalized(Thread& thread, const char* encoding) {
    StrBuilder builder(thread);
    bool gap = false;
    for (const char* at = encoding; *at; at++) {
        auto c = static_cast<unsigned char>(*at);
        if (c >= 0x80) continue;
        bool plain = (c >= '0' && c <= '9') || (c | 32) - 'a' < 26u || c == '.';
        if (!plain) {
            gap = true;
            continue;
        }
        if (gap && builder.length() != 0) TRY(builder.append(uint32_t{'_'}));
        gap = false;
        TRY(builder.append(c >= 'A' && c <= 'Z' ? c + 32u : uint32_t{c}));
    }
    return builder.finish();
}

Raised unknown_encoding(Thread& thread, const char* encoding) {
    return raise(thread, exc::LookupError, "unknown encoding: {}", encoding);
}

// A codec that turns text into bytes; others go through codecs.encode() only.
Owned lookup_text_codec(Thread& thread, const char* encoding, const char* alternative) {
    Owned codec = TRY(codec_lookup(thread, encoding));
    if (is_exact_tuple(codec)) return codec;
    Owned flag = TRY(get_attribute_or_nothing(thread, codec, ID(_is_text_encoding)));
    if (flag.is_nothing()) return codec;
    if (!TRY(is_true(thread, flag)))
        return raise(thread, exc::LookupError,
                     "'{}' is not a text encoding; use {} to handle arbitrary codecs", encoding,
                     alternative);
    return codec;
}

void add_note(Thread& thread, const char* operation, const char* encoding) {
    Owned error = take_exception(thread);
    Ref<Str> note = format(thread, "{} with '{}' codec failed", operation, encoding);
    if (note) (void)call_method(thread, error, ID(add_note), note);
    clear_exception(thread);
    set_exception(thread, std::move(error));
}

// Calls the codec's encoder (0) or decoder (1).
Owned run_codec(Thread& thread, Value codec, size_t which, Value object, const char* encoding,
                const char* errors) {
    Value function = codec.as<Tuple>()[which];
    Owned answer;
    if (errors) {
        Ref<Str> mode = TRY(make_str(thread, errors));
        answer = call(thread, function, object, mode);
    } else {
        answer = call(thread, function, object);
    }
    if (!answer) {
        add_note(thread, which == 0 ? "encoding" : "decoding", encoding);
        return {};
    }
    if (!is_tuple(answer) || answer.as<Tuple>().size != 2)
        return raise(thread, exc::TypeError,
                     which == 0 ? "encoder must return a tuple (object, integer)"
                                : "decoder must return a tuple (object,integer)");
    return Owned::share(answer.as<Tuple>()[0]);
}

}  // namespace

bool check_codec_names(Thread& thread, const char* encoding, const char* errors) {
    const Config* config = interpreter_of(thread).config;
    if (IMUGI_LIKELY(!config || !config->dev_mode)) return true;
    if (encoding && known_encoding(encoding) == Known::kNone)
        (void)TRY(codec_lookup(thread, encoding));
    if (errors) (void)TRY(codec_lookup_error(thread, errors));
    return true;
}

const char* name_text(Thread& thread, const Str& name) {
    size_t size;
    const char* text = str_utf8(thread, name, &size);
    if (text && strlen(text) != size)
        return raise(thread, exc::ValueError, "embedded null character");
    return text;
}

bool codec_arguments(Thread& thread, Str& encoding, Value errors, const char** encoding_text,
                     const char** errors_text) {
    *encoding_text = name_text(thread, encoding);
    if (!*encoding_text) return false;
    if (!is_str(errors)) return raise_argument_type(thread, errors, str_type);
    *errors_text = name_text(thread, errors.as<Str>());
    return *errors_text != nullptr;
}

// --- registry ---

bool codec_register(Thread& thread, Value search_function) {
    TRY(prepare(thread));
    if (!is_callable(search_function))
        return raise(thread, exc::TypeError, "argument must be callable");
    return list_append(thread, interpreter_of(thread).codec_search_path.as<List>(),
                       Owned::share(search_function));
}

bool codec_unregister(Thread& thread, Value search_function) {
    TRY(prepare(thread));
    Interpreter& interpreter = interpreter_of(thread);
    List& path = interpreter.codec_search_path.as<List>();
    for (Index i = 0; i < list_size(path); i++) {
        Owned entry = TRY(list_item(thread, path, i));
        if (entry.is_nothing() || !same(entry, search_function)) continue;
        dict_clear(thread, interpreter.codec_cache.as<Dict>());
        return delete_item(thread, Value::of(path), Value::small_int(i));
    }
    return true;
}

Owned codec_lookup(Thread& thread, const char* encoding) {
    TRY(prepare(thread));
    Interpreter& interpreter = interpreter_of(thread);
    Ref<Str> name = TRY(intern(thread, TRY(normalized(thread, encoding))));
    Dict& cache = interpreter.codec_cache.as<Dict>();
    Owned codec = TRY(dict_get(thread, cache, *name));
    if (!codec.is_nothing()) return codec;
    List& path = interpreter.codec_search_path.as<List>();
    if (list_size(path) == 0) TRY(import_encodings(thread));
    for (Index i = 0;; i++) {
        Owned search = TRY(list_item(thread, path, i));
        if (search.is_nothing()) break;
        Owned answer = TRY(call(thread, search, name));
        if (is_none(answer)) continue;
        if (!is_tuple(answer) || answer.as<Tuple>().size != 4)
            return raise(thread, exc::TypeError, "codec search functions must return 4-tuples");
        TRY(dict_set(thread, cache, name, answer.share()));
        return answer;
    }
    return unknown_encoding(thread, encoding);
}

Owned codec_encode(Thread& thread, Value object, const char* encoding, const char* errors) {
    Owned codec = TRY(codec_lookup(thread, encoding));
    return run_codec(thread, codec, 0, object, encoding, errors);
}
Owned codec_decode(Thread& thread, Value object, const char* encoding, const char* errors) {
    Owned codec = TRY(codec_lookup(thread, encoding));
    return run_codec(thread, codec, 1, object, encoding, errors);
}

bool codec_register_error(Thread& thread, Str& name, Value handler) {
    TRY(prepare(thread));
    if (!is_callable(handler)) return raise(thread, exc::TypeError, "handler must be callable");
    return dict_set(thread, interpreter_of(thread).codec_errors.as<Dict>(), Value::of(name),
                    handler);
}

bool codec_unregister_error(Thread& thread, Str& name, bool* found) {
    TRY(prepare(thread));
    static constexpr const char* kStandard[] = {
        "strict",           "ignore",      "replace",       "xmlcharrefreplace",
        "backslashreplace", "namereplace", "surrogatepass", "surrogateescape"};
    for (const char* standard : kStandard)
        if (str_equal(name, standard))
            return raise(thread, exc::ValueError, "cannot un-register built-in error handler '{}'",
                         name);
    *found =
        TRY(dict_delete(thread, interpreter_of(thread).codec_errors.as<Dict>(), Value::of(name)));
    return true;
}

Owned codec_lookup_error(Thread& thread, const char* name) {
    TRY(prepare(thread));
    if (!name) name = "strict";
    Ref<Str> key = TRY(make_str(thread, name));
    Owned handler = TRY(dict_get(thread, interpreter_of(thread).codec_errors.as<Dict>(), *key));
    if (handler.is_nothing())
        return raise(thread, exc::LookupError, "unknown error handler name '{}'", name);
    return handler;
}

// --- by name ---

Owned str_encode(Thread& thread, Str& s, const char* encoding, const char* errors) {
    TRY(check_codec_names(thread, encoding, errors));
    switch (known_encoding(encoding)) {
        case Known::kUtf8:
            return encode_utf8(thread, s, errors);
        case Known::kLatin1:
            return encode_latin1(thread, s, errors);
        case Known::kAscii:
            return encode_ascii(thread, s, errors);
        case Known::kUtf16:
            return encode_utf16(thread, s, errors, 0);
        case Known::kUtf32:
            return encode_utf32(thread, s, errors, 0);
        case Known::kNone:
            break;
    }
    Owned codec = TRY(lookup_text_codec(thread, encoding, "codecs.encode()"));
    Owned result = TRY(run_codec(thread, codec, 0, Value::of(s), encoding, errors));
    if (is_bytes(result)) return result;
    if (is_bytearray(result)) {
        Ref<Str> message = TRY(format(thread,
                                      "encoder {} returned bytearray instead of bytes; use "
                                      "codecs.encode() to encode to arbitrary types",
                                      encoding));
        TRY(warn(thread, exc::RuntimeWarning, 1, std::move(message)));
        return bytes_from_object(thread, result);
    }
    return raise(thread, exc::TypeError,
                 "'{}' encoder returned '{}' instead of 'bytes'; use codecs.encode() to encode to "
                 "arbitrary types",
                 encoding, type_name_of(result));
}

Owned decode_bytes(Thread& thread, const uint8_t* data, size_t size, Value object,
                   const char* encoding, const char* errors) {
    int order = 0;
    switch (known_encoding(encoding)) {
        case Known::kUtf8:
            return decode_utf8_partial(thread, data, size, errors, nullptr);
        case Known::kLatin1:
            return decode_latin1(thread, data, size);
        case Known::kAscii:
            return decode_ascii(thread, data, size, errors);
        case Known::kUtf16:
            return decode_utf16(thread, data, size, errors, &order, nullptr);
        case Known::kUtf32:
            return decode_utf32(thread, data, size, errors, &order, nullptr);
        case Known::kNone:
            break;
    }
    Owned codec = TRY(lookup_text_codec(thread, encoding, "codecs.decode()"));
    Owned result = TRY(run_codec(thread, codec, 1, object, encoding, errors));
    if (is_str(result)) return result;
    return raise(thread, exc::TypeError,
                 "'{}' decoder returned '{}' instead of 'str'; use codecs.decode() to decode to "
                 "arbitrary types",
                 encoding, type_name_of(result));
}

Owned decode_object(Thread& thread, Value object, const char* encoding, const char* errors) {
    if (is_str(object)) return raise(thread, exc::TypeError, "decoding str is not supported");
    TRY(check_codec_names(thread, encoding, errors));
    if (is_bytes(object)) {
        Bytes& bytes = object.as<Bytes>();
        if (bytes.size == 0) return empty_str();
        return decode_bytes(thread, bytes.data(), bytes.size, object, encoding, errors);
    }
    if (!has_buffer(object))
        return raise(thread, exc::TypeError, "decoding to str: need a bytes-like object, {} found",
                     type_name_of(object));
    // Decoders look at the bytes more than once: a mutable object may change under them.
    Ref<Bytes> copy = TRY(bytes_from_object(thread, object));
    if (copy->size == 0) return empty_str();
    return decode_bytes(thread, copy->data(), copy->size, copy, encoding, errors);
}

}  // namespace imugi
