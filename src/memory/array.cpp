// Arrays are the library allocator's, which is safe for any number of threads.
#include "memory/array.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/sysinfo.h>

#include <atomic>

#include "base/platform.h"

#if !defined(IMUGI_ASAN) && !defined(IMUGI_TSAN)
#include <mimalloc.h>
#define ALLOCATE mi_malloc
#define ALLOCATE_ZEROED(bytes) mi_calloc(1, bytes)
#define REALLOCATE mi_realloc
#define RELEASE mi_free
#define KEEP_FREED_FOR(ms) mi_option_set_default(mi_option_decommit_delay, ms)
#else
#define ALLOCATE malloc
#define ALLOCATE_ZEROED(bytes) calloc(1, bytes)
#define REALLOCATE realloc
#define RELEASE free
#define KEEP_FREED_FOR(ms) static_cast<void>(ms)
#endif

namespace imugi {

bool plausible_block(size_t bytes) {
    if (IMUGI_LIKELY(bytes < size_t{1} << 30)) return true;
    // Asked for once; racing threads find the same.
    static std::atomic<size_t> all{0};
    size_t known = all.load(std::memory_order_relaxed);
    if (known == 0) {
        struct sysinfo info;
        if (sysinfo(&info) != 0) return true;
        known = (info.totalram + info.totalswap) * info.mem_unit;
        all.store(known, std::memory_order_relaxed);
    }
    return bytes < known;
}

// A new thread takes over what an ended one has left. mimalloc's own 25 ms are often over by then,
// and the thread would begin by giving the pages back to the kernel and asking for them again.
constexpr long kDecommitDelay = 3000;  // ms

void init_arrays() {
    KEEP_FREED_FOR(kDecommitDelay);
}

void* array_allocate(size_t bytes) {
    return plausible_block(bytes) ? ALLOCATE(bytes) : nullptr;
}
void* array_allocate_zeroed(size_t bytes) {
    return plausible_block(bytes) ? ALLOCATE_ZEROED(bytes) : nullptr;
}
void* array_reallocate(void* array, size_t bytes) {
    return plausible_block(bytes) ? REALLOCATE(array, bytes) : nullptr;
}
void array_free(void* array) {
    RELEASE(array);
}

}  // namespace imugi
