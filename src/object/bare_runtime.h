// The object layer started without the interpreter above it, for unit tests and benchmarks of the
// runtime's own parts. Once in a process, by its main thread.
#pragma once

#include <stdlib.h>

#include "memory/collector.h"
#include "memory/merge.h"
#include "memory/refcount.h"
#include "object/interpreter.h"
#include "thread/gil.h"
#include "thread/safepoint.h"

namespace imugi {

// The calling thread, attached.
inline Thread& start_bare_runtime() {
    init_gil(false);
    Thread* created = create_thread(main_interpreter);
    created->is_main = true;
    main_interpreter.threads = main_interpreter.main_thread = created;
    safepoint_hooks.merge = merge_queued;
    safepoint_hooks.merge_detached = merge_detached_heaps;
    safepoint_hooks.hand_over_merges = hand_over_merges;
    safepoint_hooks.collect = collect_if_due;
    safepoint_hooks.drain_dying = drain_dying;
    collector_roots = [](RootMarker, void*) {};  // there are no registers
    adopt_os_thread(*created);
    attach(*created);
    if (!init_objects(*created)) abort();
    return *created;
}

}  // namespace imugi
