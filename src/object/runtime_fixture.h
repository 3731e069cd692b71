// For unit tests: the object layer started once for the process, and threads that are attached to
// it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "memory/refcount.h"
#include "object/bare_runtime.h"
#include "object/exception.h"
#include "thread/safepoint.h"

namespace imugi {

// The thread of the tests themselves.
inline Thread& test_thread() {
    static Thread* thread = &start_bare_runtime();
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
