#include "memory/array.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/platform.h"

#if !defined(IMUGI_ASAN) && !defined(IMUGI_TSAN)
#include <mimalloc.h>
#define ALLOCATE mi_malloc
#define ALLOCATE_ZEROED(bytes) mi_calloc(1, bytes)
#define REALLOCATE mi_realloc
#define RELEASE mi_free
#else
#define ALLOCATE malloc
#define ALLOCATE_ZEROED(bytes) calloc(1, bytes)
#define REALLOCATE realloc
#define RELEASE free
#endif

namespace imugi {

// Beyond this no machine can serve; refused before the allocator complains about it.
static constexpr size_t kMostBytes = size_t{1} << 46;

void* array_allocate(size_t bytes) {
    return bytes > kMostBytes ? nullptr : ALLOCATE(bytes);
}
void* array_allocate_zeroed(size_t bytes) {
    return bytes > kMostBytes ? nullptr : ALLOCATE_ZEROED(bytes);
}
void* array_reallocate(void* array, size_t bytes) {
    return bytes > kMostBytes ? nullptr : REALLOCATE(array, bytes);
}
void array_free(void* array) {
    RELEASE(array);
}

}  // namespace imugi
