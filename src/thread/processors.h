// On which processor a new thread begins.
//
// The kernel puts a new thread on the processor that is idlest when it is made. Made one after the
// other by a thread that waits for each to run, the last of as many threads as there are processors
// does not come to its maker's, who is still at work: it stands in line on another, and the maker's
// is idle, until the kernel looks at the load again, milliseconds later. On its maker's processor
// it runs as soon as the maker waits.
//
// Protection: the calling thread's own affinity; nothing shared.
#pragma once

#include <sched.h>
#include <stdint.h>

namespace imugi {

// Those that a thread may run on; `narrowed` while it is confined to one of them.
struct Processors {
    cpu_set_t allowed;
    bool narrowed;
};

// Before a thread makes one more than `others` and waits for it. If each other processor has as
// many of them by now, confines the calling thread to its own, and with it the new thread. Both
// call run_anywhere with what this returns: the maker when the thread is made, the new one when it
// runs. Changes nothing where that is not permitted.
Processors stay_here(int64_t others);
void run_anywhere(const Processors& processors);

}  // namespace imugi
