// Backslash escapes of string and bytes literals.
#pragma once

#include <string_view>

#include "base/arena.h"

namespace imugi::syntax {

struct DecodeResult {
    std::string_view text{};   // data() == nullptr: memory is short, or `error` is set
    std::string_view error{};  // the codec's complaint, without its prefix
    size_t error_start = 0;    // bytes of the literal's body that it is about: first and last
    size_t error_end = 0;
    const char* bad_escape = nullptr;  // the first escape worth a warning, at its backslash
    bool bad_octal = false;            // it is an octal one above \377
};

// `body` is what stands between the quotes. Text comes out as WTF-8.
DecodeResult decode_text_escapes(std::string_view body, Arena& arena);
DecodeResult decode_bytes_escapes(std::string_view body, Arena& arena);

}  // namespace imugi::syntax
