// Arrays and tables behind objects: mimalloc, or malloc under the sanitizers. Null when memory is
// short.
#pragma once

#include <cstddef>

namespace imugi {

void* array_allocate(size_t bytes);
void* array_allocate_zeroed(size_t bytes);
// The old array stays valid when it fails.
void* array_reallocate(void* array, size_t bytes);
void array_free(void* array);  // takes null

}  // namespace imugi
