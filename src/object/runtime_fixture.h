// For unit tests: the object layer started once for the process, and threads that are attached to
// it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "memory/collector.h"
#include "memory/merge.h"
#include "memory/refcount.h"
#include "object/exception.h"
#include "object/interpreter.h"
#include "thread/gil.h"
#include "thread/safepoint.h"

namespace imugi {

// The thread of the tests themselves.
inline Thread& test_thread() {
    static Thread* thread = [] {
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
        return created;
    }();
    return *thread;
}

// Runs `work(thread, number)` on several OS threads at once, attached; the caller is detached
// meanwhile.
template <class Work>
void on_threads(int count, Work work) {
    Thread& mine = test_thread();
    auto threads = std::make_unique<std::thread[]>(count);
    for (int i = 0; i < count; i++) {
        threads[i] = std::thread([&work, i] {
            Thread* thread = create_thread(main_interpreter);
            adopt_os_thread(*thread);
            attach(*thread);
            work(*thread, i);
            EXPECT_FALSE(has_exception(*thread));
            detach(*thread);
            destroy_thread(*thread);
        });
    }
    {
        Detached detached(mine);
        for (int i = 0; i < count; i++) threads[i].join();
    }
}

}  // namespace imugi
