// The key of the process for hashes of str and bytes: set once at start-up, before the first hash.
#pragma once

#include "base/hash.h"

namespace imugi {

extern HashKey hash_key;

// Equal for a str and the bytes of the same units.
inline int64_t hash_text(const void* data, size_t size) {
    return hash_bytes(hash_key, data, size);
}

}  // namespace imugi
