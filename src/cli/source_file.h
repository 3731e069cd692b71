// A program's file, before it is compiled: what is wrong with its bytes is said otherwise than for
// a source that is a string.
#pragma once

#include <string_view>

#include "object/fwd.h"

namespace imugi {

// SyntaxError for an unknown encoding, bytes that are not in UTF-8 without a word on the encoding,
// and null bytes.
[[nodiscard]] bool check_source_file(Thread& thread, std::string_view bytes, Str& filename);

}  // namespace imugi
