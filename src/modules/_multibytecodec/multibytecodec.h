// The objects of the module _multibytecodec: a codec, and what encodes or decodes piece by piece.
#pragma once

#include "modules/_multibytecodec/codec.h"
#include "modules/native_class.h"

namespace imugi::mbc {

// Stateless; immutable.
struct MultibyteCodec : Object {
    const Codec* codec;
};

inline constexpr size_t kMostPending = 8;

// The common part; the fields that change are under the object's Lock, and a call works on copies
// of them, as error handlers run Python. Of calls at the same time the last one's state stays.
struct Coder : Object {
    const Codec* codec;  // immutable
    Slot errors;         // Str without null characters
    Slot stream;         // immutable; empty in incremental ones
    State state;
    uint8_t pending_count;
};
struct Encoder : Coder {
    uint32_t pending[kMostPending];  // characters that could begin a pair
};
struct Decoder : Coder {
    uint8_t pending[kMostPending];  // the beginning of a character
};

struct IncrementalEncoder : Encoder {};
struct IncrementalDecoder : Decoder {};
struct StreamReader : Decoder {};
struct StreamWriter : Encoder {};

extern NativeClass codec_class, incremental_encoder_class, incremental_decoder_class,
    stream_reader_class, stream_writer_class;

// The codec that a class names by its attribute `codec`. Null with an exception.
const Codec* codec_of(Thread& thread, Type& type);
// Fills the common part; `errors` empty: strict.
[[nodiscard]] bool init_coder(Thread& thread, Coder& self, const Codec& codec, Value errors,
                              const char* function_name);
void coder_fields(Object* self, FieldVisitor& visitor);
bool ignore_init(Thread& thread, Value self, const Arguments& arguments);
extern const GetSetRow coder_attributes[];

// Encodes what was pending and the input (str() of it); new characters may be pending then.
Owned encode_piece(Thread& thread, Encoder& self, Value input, bool final);
[[nodiscard]] bool reset_encoder(Thread& thread, Encoder& self);
// *size becomes the number of bytes looked at, pending ones included.
Owned decode_piece(Thread& thread, Decoder& self, const uint8_t* data, size_t length, bool final,
                   size_t* size);
[[nodiscard]] bool reset_decoder(Thread& thread, Decoder& self);

}  // namespace imugi::mbc

namespace imugi {
IMUGI_NATIVE_CLASS(mbc::MultibyteCodec, mbc::codec_class);
IMUGI_NATIVE_CLASS(mbc::IncrementalEncoder, mbc::incremental_encoder_class);
IMUGI_NATIVE_CLASS(mbc::IncrementalDecoder, mbc::incremental_decoder_class);
IMUGI_NATIVE_CLASS(mbc::StreamReader, mbc::stream_reader_class);
IMUGI_NATIVE_CLASS(mbc::StreamWriter, mbc::stream_writer_class);
}  // namespace imugi
