// The types of _functools. Mutable fields are read and replaced by load_field and swap_field
// (object/stepping.h).
#pragma once

#include "modules/native_types.h"

namespace imugi::functools {

extern const TypeSpec partial_spec, placeholder_spec, key_wrapper_spec, lru_cache_spec;

struct State {
    Type* placeholder_type;
    Type* key_wrapper;
    Object* placeholder;   // immortal
    Object* keyword_mark;  // separates keywords from arguments in cache keys; immortal
};

Owned cmp_to_key(Thread& thread, Value module, Value mycmp);

}  // namespace imugi::functools
