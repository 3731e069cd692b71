// What the front end must know of Unicode: which characters may make identifiers, which can be
// shown, and the NFKC form of a name; and UTF-8 as sources need it. Stateless.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/arena.h"

namespace imugi::syntax {

bool is_identifier_start(uint32_t character);  // XID_Start or `_`
bool is_identifier_part(uint32_t character);   // XID_Continue
bool is_printable(uint32_t character);         // str.isprintable()

// The character at `at`, which moves past it. Invalid bytes give U+FFFD and move by one.
uint32_t read_utf8(const char*& at, const char* end);
// Writes 1 to 4 bytes (surrogates three) and returns how many.
int write_utf8(char* to, uint32_t character);
// How many characters `text` has; invalid bytes count one each.
int32_t count_characters(std::string_view text);

// `text` in NFKC; data() == nullptr when memory is short.
std::string_view normalize_identifier(std::string_view text, Arena& arena);

// The character that `\N{name}` stands for, or UINT32_MAX.
uint32_t character_by_name(std::string_view name);

}  // namespace imugi::syntax
