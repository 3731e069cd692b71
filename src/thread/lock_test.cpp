// Sections of one lock inside each other: user code under a Lock comes back to its object.
#include "thread/lock.h"

#include "object/runtime_fixture.h"  // lint: allow layer: threads need a runtime
#include "thread/backoff.h"

namespace imugi {
namespace {

struct Place {
    mutable std::atomic<uint8_t> lock{0};
};

TEST(Lock, SectionsInsideEachOtherMeetAnotherThread) {
    Place place;
    std::atomic<bool> done{false};
    on_threads(2, [&](Thread& thread, int number) {
        // One has the lock most of the time.
        while (number == 1 && !done.load(std::memory_order_relaxed)) {
            Lock held(thread, place);
            wait_cycles(200'000);
        }
        for (int i = 0; number == 0 && i < 300; i++) {
            Lock outer(thread, place);
            Lock middle(thread, place);
            Lock inner(thread, place);
        }
        done.store(true, std::memory_order_relaxed);
    });
}

}  // namespace
}  // namespace imugi
