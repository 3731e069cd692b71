// Arrays and tables behind objects: mimalloc, or malloc under the sanitizers. Null when memory is
// short.
#pragma once

#include <cstddef>

namespace imugi {

// Before the first array is made. Freed memory stays with the process for some seconds, so that
// threads made in turn find that of those before them, unless MIMALLOC_DECOMMIT_DELAY says else.
void init_arrays();

void* array_allocate(size_t bytes);
void* array_allocate_zeroed(size_t bytes);
// The old array stays valid when it fails.
void* array_reallocate(void* array, size_t bytes);
void array_free(void* array);  // takes null

// Whether a block of this size could be there at all: below what memory and swap hold together.
// Mappings are lazy, so a block beyond that would be given, and writing to it kill the process.
[[nodiscard]] bool plausible_block(size_t bytes);

}  // namespace imugi
