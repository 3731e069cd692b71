// What the files of the _json module share.
#pragma once

#include "modules/native_class.h"
#include "object/str.h"

namespace imugi {

// The JSON text of a string, quotes included.
Owned json_quote(Thread& thread, Str& s, bool ascii_only);
[[nodiscard]] bool append_json_quoted(StrBuilder& out, const Str& s, bool ascii_only);
// The two quoting functions of the module, recognised by the encoder.
extern const MethodRow json_functions[];
inline constexpr size_t kQuoteAsciiRow = 0, kQuoteRow = 1;

// A string literal whose opening quote is before `begin`: the text, and where it ends.
Owned json_scan_string(Thread& thread, Str& s, size_t begin, bool strict, size_t* end);
// json.decoder.JSONDecodeError(message, s, position)
Raised raise_decode_failure(Thread& thread, const char* message, Str& s, Index position);

extern NativeClass scanner_class, encoder_class;

}  // namespace imugi
