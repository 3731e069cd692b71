// IMUGI_VERIFY=1: with the world stopped, at every collection and at the end, the heap is walked
// and every count compared with the references that are found. A difference aborts the process.
#pragma once

#include "memory/slot.h"
#include "thread/thread.h"

namespace imugi {

extern bool verify_enabled;  // constant once the runtime has started
// The world is stopped.
void verify_heap();
// The program has ended and all its garbage is collected; the world is stopped. Objects with counts
// that nothing explains, beyond those that the runtime itself holds, were lost: they are listed and
// the process aborts.
void verify_no_leaks();
// Pages, free lists and dead blocks are what they should be (memory/heap.cpp).
void verify_pages();
// The name of an object's type, for messages; defined by the object layer.
void describe_type_of(const Object* object, char* text, size_t size);
// Every owning word of a frame or register of any thread, each once; installed by the vm layer.
extern void (*verify_roots)(void (*visit)(void* context, uint64_t word), void* context);

// Slots outside of objects that hold references for the life of the process; in static storage.
struct KnownSlots {
    KnownSlots(const Slot* first, size_t number) : slots(first), count(number), next(all) {
        all = this;
    }
    const Slot* slots;
    size_t count;
    KnownSlots* next;
    static inline constinit KnownSlots* all = nullptr;
};
// The words that the object layer's own structures hold: shapes, the interpreter.
// The names that shapes own (object/shape.cpp).
void visit_shape_names(void (*visit)(void* context, uint64_t word), void* context);
void visit_runtime_words(void (*visit)(void* context, uint64_t word), void* context);

}  // namespace imugi
