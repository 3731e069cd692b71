// Claiming the heap of a detached thread, so that another can merge its counts meanwhile: the
// thread is suspended for that time.
#pragma once

#include "thread/thread.h"

namespace imugi {

enum class ClaimResult { kClaimed, kOrphaned, kAttached };

// kAttached: the owner runs (it may be the caller) and was asked to merge itself.
ClaimResult try_claim(Heap& heap);
void release_claim(Heap& heap);

}  // namespace imugi
