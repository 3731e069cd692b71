// The method rows of str and what its method files share.
#pragma once

#include "object/native.h"
#include "object/str.h"

namespace imugi {

extern const MethodRow str_methods[];

Owned str_iterate(Thread& thread, Value self);

// Case (str_case.cpp).
Owned str_capitalize(Thread& thread, Str& self);
Owned str_casefold(Thread& thread, Str& self);
Owned str_lower(Thread& thread, Str& self);
Owned str_upper(Thread& thread, Str& self);
Owned str_title(Thread& thread, Str& self);
Owned str_swapcase(Thread& thread, Str& self);
Owned str_is_alnum(Thread& thread, Str& self);
Owned str_is_alpha(Thread& thread, Str& self);
Owned str_is_ascii(Thread& thread, Str& self);
Owned str_is_decimal(Thread& thread, Str& self);
Owned str_is_digit(Thread& thread, Str& self);
Owned str_is_identifier(Thread& thread, Str& self);
Owned str_is_lower(Thread& thread, Str& self);
Owned str_is_numeric(Thread& thread, Str& self);
Owned str_is_printable(Thread& thread, Str& self);
Owned str_is_space(Thread& thread, Str& self);
Owned str_is_title(Thread& thread, Str& self);
Owned str_is_upper(Thread& thread, Str& self);

// Splitting and stripping (str_split.cpp).
Owned str_split(Thread& thread, Str& self, Value separator, Index most);
Owned str_rsplit(Thread& thread, Str& self, Value separator, Index most);
Owned str_splitlines(Thread& thread, Str& self, bool keep_ends);
Owned str_partition(Thread& thread, Str& self, Value separator);
Owned str_rpartition(Thread& thread, Str& self, Value separator);
Owned str_strip(Thread& thread, Str& self, Value characters);
Owned str_lstrip(Thread& thread, Str& self, Value characters);
Owned str_rstrip(Thread& thread, Str& self, Value characters);

// Tables (str_translate.cpp).
Owned str_maketrans(Thread& thread, Value x, Value y, Value z);
Owned str_translate(Thread& thread, Str& self, Value table);

}  // namespace imugi
