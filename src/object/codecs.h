// Encodings: the codecs that need no Python, their error handling, and the registry of the others.
//
// The registry is the interpreter's (codec_search_path, codec_cache, codec_errors); its containers
// guard themselves.
#pragma once

#include "base/utf16_32.h"
#include "object/bytes.h"
#include "object/str.h"

namespace imugi {

struct Raised;

enum class ErrorMode : uint8_t {
    kStrict,
    kIgnore,
    kReplace,
    kBackslashReplace,
    kXmlCharRefReplace,
    kNameReplace,
    kSurrogateEscape,
    kSurrogatePass,
    kOther,  // a handler registered from Python
};
ErrorMode error_mode(const char* errors);

// UnicodeEncodeError and UnicodeDecodeError with their fields.
Raised raise_encode_error(Thread& thread, const char* encoding, const Str& s, size_t start,
                          size_t end, const char* reason);
Raised raise_decode_error(Thread& thread, const char* encoding, const uint8_t* data, size_t size,
                          size_t start, size_t end, const char* reason);

// One decoding: input, place, output. An error handler may exchange the input.
class Decoder {
  public:
    Decoder(Thread& thread, const char* encoding, const uint8_t* input, size_t length,
            const char* errors)
        : out(thread),
          data(input),
          size(length),
          thread_(thread),
          encoding_(encoding),
          errors_(errors),
          mode_(error_mode(errors)) {}

    StrBuilder out;
    const uint8_t* data;
    size_t size;
    size_t at = 0;

    // Bytes [start, end) make no character: the error handler appends and moves `at`.
    [[nodiscard]] bool error(size_t start, size_t end, const char* reason);
    Thread& thread() { return thread_; }

  private:
    [[nodiscard]] bool call_handler(size_t start, size_t end, const char* reason);

    Thread& thread_;
    const char* encoding_;
    const char* errors_;
    ErrorMode mode_;
    Owned exchanged_;  // bytes that a handler put in place of the input
};

// What putting a replacement into an encoding came to.
enum class Put : uint8_t { kDone, kImpossible, kRaised };

class Encoder {
  public:
    using PutText = Put (*)(Encoder& encoder, const Str& text);
    Encoder(Thread& thread, const char* encoding, Str& s, const char* errors, PutText put)
        : out(thread),
          text(s),
          thread_(thread),
          encoding_(encoding),
          errors_(errors),
          put_(put),
          mode_(error_mode(errors)) {}

    BytesBuilder out;
    Str& text;
    size_t at = 0;
    const void* context = nullptr;  // the codec's own
    size_t unit = 1;                // bytes of an error handler come in multiples of it

    // Characters [start, end) have no bytes: the error handler appends and moves `at`.
    [[nodiscard]] bool error(size_t start, size_t end, const char* reason);
    ErrorMode mode() const { return mode_; }
    Thread& thread() { return thread_; }

  private:
    [[nodiscard]] bool put_or_raise(const Str& replacement, size_t start, size_t end,
                                    const char* reason);
    [[nodiscard]] bool call_handler(size_t start, size_t end, const char* reason);

    Thread& thread_;
    const char* encoding_;
    const char* errors_;
    PutText put_;
    ErrorMode mode_;
};

// The text that stands for `c` under a replacing mode ("\\xff", "&#255;", "\\N{...}"): appended.
[[nodiscard]] bool append_replacement(StrBuilder& builder, ErrorMode mode, uint32_t c);

// The str of UTF-8 that a scan accepted.
Ref<Str> make_str_from_utf8_scan(Thread& thread, const uint8_t* text, size_t size,
                                 const DecodeScan& scan);

// --- codecs; `consumed` null: the input is all there is ---
Owned decode_utf8_partial(Thread& thread, const uint8_t* data, size_t size, const char* errors,
                          size_t* consumed);
Owned decode_latin1(Thread& thread, const uint8_t* data, size_t size);
Owned decode_ascii(Thread& thread, const uint8_t* data, size_t size, const char* errors);
// order: -1 little, 1 big, 0 by byte order mark; the order found is stored back.
Owned decode_utf16(Thread& thread, const uint8_t* data, size_t size, const char* errors, int* order,
                   size_t* consumed);
Owned decode_utf32(Thread& thread, const uint8_t* data, size_t size, const char* errors, int* order,
                   size_t* consumed);
Owned encode_utf8(Thread& thread, Str& s, const char* errors);
Owned encode_latin1(Thread& thread, Str& s, const char* errors);
Owned encode_ascii(Thread& thread, Str& s, const char* errors);
// order: -1 little, 1 big, 0 native with a byte order mark.
Owned encode_utf16(Thread& thread, Str& s, const char* errors, int order);
Owned encode_utf32(Thread& thread, Str& s, const char* errors, int order);

// --- the registry ---
[[nodiscard]] bool codec_register(Thread& thread, Value search_function);
[[nodiscard]] bool codec_unregister(Thread& thread, Value search_function);
Owned codec_lookup(Thread& thread, const char* encoding);  // a CodecInfo tuple
Owned codec_encode(Thread& thread, Value object, const char* encoding, const char* errors);
Owned codec_decode(Thread& thread, Value object, const char* encoding, const char* errors);
[[nodiscard]] bool codec_register_error(Thread& thread, Str& name, Value handler);
// 3.14's codecs._unregister_error; the standard handlers stay.
[[nodiscard]] bool codec_unregister_error(Thread& thread, Str& name, bool* found);
Owned codec_lookup_error(Thread& thread, const char* name);

// bytes.decode: a str from any bytes, through the registry if need be.
Owned decode_bytes(Thread& thread, const uint8_t* data, size_t size, Value object,
                   const char* encoding, const char* errors);
// str(object, encoding, errors).
Owned decode_object(Thread& thread, Value object, const char* encoding, const char* errors);

// Under -X dev, whether the encoding and the error handler exist is asked before they are needed;
// either may be null.
[[nodiscard]] bool check_codec_names(Thread& thread, const char* encoding, const char* errors);
// The text of a name argument; null with an exception, "embedded null character" included.
const char* name_text(Thread& thread, const Str& name);
// The texts of the arguments of encode() and decode().
[[nodiscard]] bool codec_arguments(Thread& thread, Str& encoding, Value errors,
                                   const char** encoding_text, const char** errors_text);

}  // namespace imugi
