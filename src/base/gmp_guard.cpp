// GMP's allocation hooks. Blocks are plain malloc blocks without a header, so memory that a host
// program took from GMP before imugi was started may still be freed through the hooks, and outside
// a guard they behave like GMP's own.
#include "base/gmp_guard.h"

#include <cstdio>

namespace imugi::limbs {
namespace {

thread_local GuardFrame* current_guard = nullptr;

[[noreturn]] void out_of_memory(GuardFrame* frame) {
    if (frame != nullptr) _longjmp(frame->escape, 1);
    fputs("GMP: out of memory\n", stderr);
    abort();
}

size_t find_block(const GuardFrame* frame, const void* block) {
    for (size_t i = frame->count; i-- > 0;) {
        if (frame->blocks[i] == block) return i;
    }
    return SIZE_MAX;
}

void* hook_allocate(size_t size) {
    GuardFrame* frame = current_guard;
    void* block = malloc(size);
    if (block == nullptr) out_of_memory(frame);
    if (frame != nullptr) {
        if (frame->count == GuardFrame::capacity) {
            free(block);
            out_of_memory(frame);
        }
        frame->blocks[frame->count++] = block;
    }
    return block;
}

void* hook_reallocate(void* old, size_t, size_t size) {
    GuardFrame* frame = current_guard;
    size_t index = frame != nullptr ? find_block(frame, old) : SIZE_MAX;
    void* block = realloc(old, size);
    if (block == nullptr) out_of_memory(frame);
    if (index != SIZE_MAX) frame->blocks[index] = block;
    return block;
}

void hook_free(void* block, size_t) {
    GuardFrame* frame = current_guard;
    if (frame != nullptr) {
        // GMP frees in the reverse order, or nearly so: the search is short.
        size_t index = find_block(frame, block);
        if (index != SIZE_MAX) frame->blocks[index] = frame->blocks[--frame->count];
    }
    free(block);
}

}  // namespace

void enter_guard(GuardFrame* frame) {
    // A magic static: set once, before the first guarded call of any thread goes on.
    static const bool hooked = [] {
        mp_set_memory_functions(hook_allocate, hook_reallocate, hook_free);
        return true;
    }();
    static_cast<void>(hooked);
    frame->outer = current_guard;
    frame->count = 0;
    current_guard = frame;
}

void leave_guard(GuardFrame* frame) {
    current_guard = frame->outer;
}

void abandon_guard(GuardFrame* frame) {
    current_guard = frame->outer;
    for (size_t i = 0; i < frame->count; ++i) free(frame->blocks[i]);
}

}  // namespace imugi::limbs
