// The codecs that live in the _codecs module alone: escapes, UTF-7, character maps.
#pragma once

#include "object/codecs.h"
#include "object/native.h"

namespace imugi {

// `consumed` null: the input is all there is.
Owned decode_unicode_escape(Thread& thread, const uint8_t* data, size_t size, const char* errors,
                            size_t* consumed);
Owned decode_raw_unicode_escape(Thread& thread, const uint8_t* data, size_t size,
                                const char* errors, size_t* consumed);
Owned encode_unicode_escape(Thread& thread, Str& s);
Owned encode_raw_unicode_escape(Thread& thread, Str& s);
// Backslash escapes of bytes literals.
Owned decode_escape(Thread& thread, const uint8_t* data, size_t size, const char* errors);
Owned encode_escape(Thread& thread, const uint8_t* data, size_t size);

Owned decode_utf7(Thread& thread, const uint8_t* data, size_t size, const char* errors,
                  size_t* consumed);
Owned encode_utf7(Thread& thread, Str& s);

// Mapping: a str, or anything with subscripts by ordinal.
Owned decode_charmap(Thread& thread, const uint8_t* data, size_t size, const char* errors,
                     Value mapping);
Owned encode_charmap(Thread& thread, Str& s, const char* errors, Value mapping);
Owned build_charmap(Thread& thread, Str& decoding);

}  // namespace imugi
