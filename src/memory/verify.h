// IMUGI_VERIFY=1: with the world stopped, at every collection and at the end, the heap is walked
// and every count compared with the references that are found. A difference aborts the process.
#pragma once

#include "thread/thread.h"

namespace imugi {

extern bool verify_enabled;  // constant once the runtime has started
// The world is stopped.
void verify_heap();
// Pages, free lists and dead blocks are what they should be (memory/heap.cpp).
void verify_pages();
// Every owning word of a frame or register of any thread, each once; installed by the vm layer.
extern void (*verify_roots)(void (*visit)(void* context, uint64_t word), void* context);

}  // namespace imugi
