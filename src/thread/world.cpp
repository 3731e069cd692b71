// Stop-the-world. One stopper at a time holds stop_mutex; it suspends detached threads itself and
// asks attached ones (kBreakStop), who suspend at their next safepoint or are caught when they
// detach.
//
// Protection: list and pool under world_mutex, a plain mutex held for short; a thread that is added
// while the world is stopped begins suspended.
#include "thread/world.h"

#include <pthread.h>

#include "thread/gil.h"
#include "thread/grace.h"
#include "thread/lock.h"
#include "thread/parking_lot.h"
#include "thread/safepoint.h"

namespace imugi {

namespace world {

static pthread_mutex_t world_mutex = PTHREAD_MUTEX_INITIALIZER;
static Thread* all_threads;
static Thread* pool;
static RuntimeMutex stop_mutex;
static std::atomic<Thread*> stopper{nullptr};
static std::atomic<uint32_t> stop_ticket{0};  // changes when a thread was stopped or detached
static int nesting;                           // of the stopper

namespace {
struct ListGuard {
    ListGuard() { pthread_mutex_lock(&world_mutex); }
    ~ListGuard() { pthread_mutex_unlock(&world_mutex); }
};
}  // namespace

void add_thread(Thread& thread) {
    ListGuard guard;
    thread.list_next = all_threads;
    thread.list_previous = nullptr;
    if (all_threads) all_threads->list_previous = &thread;
    all_threads = &thread;
    bool stopped = stopper.load(std::memory_order_relaxed);
    if (stopped) request(thread, kBreakStop);
    thread.state.store(stopped ? ThreadState::kSuspended : ThreadState::kDetached,
                       std::memory_order_release);
}

void remove_thread(Thread& thread) {
    for (;;) {
        ThreadState expected = ThreadState::kDetached;
        {
            ListGuard guard;
            if (thread.state.compare_exchange_strong(expected, ThreadState::kSuspended,
                                                     std::memory_order_acq_rel)) {
                (thread.list_previous ? thread.list_previous->list_next : all_threads) =
                    thread.list_next;
                if (thread.list_next) thread.list_next->list_previous = thread.list_previous;
                return;
            }
        }
        park(&thread.state, static_cast<uint32_t>(expected), 4, 1000000);
    }
}

void pool_thread(Thread& thread) {
    ListGuard guard;
    thread.list_next = pool;
    pool = &thread;
}

Thread* take_pooled_thread() {
    ListGuard guard;
    Thread* thread = pool;
    if (thread) {
        pool = thread->list_next;
        thread->list_next = nullptr;
    }
    return thread;
}

void for_each_thread(void (*visit)(void* context, Thread& thread), void* context) {
    ListGuard guard;
    for (Thread* thread = all_threads; thread; thread = thread->list_next) visit(context, *thread);
}

static void resume_thread(Thread& thread) {
    thread.state.store(ThreadState::kDetached, std::memory_order_release);  // pairs with attach
    unpark_all(&thread.state);
}

void end_claim(Thread& thread) {
    ListGuard guard;
    // A stopper may have passed it already, and resumes it in the end.
    if (!stopper.load(std::memory_order_relaxed)) resume_thread(thread);
}

void notify_stopper() {
    stop_ticket.fetch_add(1, std::memory_order_seq_cst);
    unpark_all(&stop_ticket);
}

void suspend_self(Thread& thread) {
    {
        ListGuard guard;
        Thread* stopping = stopper.load(std::memory_order_relaxed);
        if (!stopping || stopping == &thread) {
            clear_request(thread, kBreakStop);
            return;
        }
        // The stopper may need what this thread has locked.
        if (thread.critical) release_sections(thread);
        grace_detach(thread);
        thread.state.store(ThreadState::kSuspended, std::memory_order_release);
    }
    gil_release(thread);
    notify_stopper();
    attach(thread);
}

bool is_stopped() {
    return stopper.load(std::memory_order_relaxed) != nullptr;
}

static void stop(Thread& self) {
    stopper.store(&self, std::memory_order_seq_cst);
    for (;;) {
        uint32_t ticket = stop_ticket.load(std::memory_order_seq_cst);
        bool running = false;
        {
            ListGuard guard;
            for (Thread* thread = all_threads; thread; thread = thread->list_next) {
                if (thread == &self) continue;
                request(*thread, kBreakStop);
                ThreadState expected = ThreadState::kDetached;
                if (!thread->state.compare_exchange_strong(expected, ThreadState::kSuspended,
                                                           std::memory_order_acq_rel) &&
                    expected == ThreadState::kAttached)
                    running = true;
            }
        }
        if (!running) return;
        park(&stop_ticket, ticket, 4, 1000000);
    }
}

// True when a thread that may sleep on was asked to merge counts meanwhile.
static bool go_on(Thread& self) {
    ListGuard guard;
    bool merges = false;
    stopper.store(nullptr, std::memory_order_seq_cst);
    for (Thread* thread = all_threads; thread; thread = thread->list_next) {
        clear_request(*thread, kBreakStop);
        if (thread == &self) continue;
        resume_thread(*thread);
        merges = merges || (thread->breaker.load(std::memory_order_relaxed) & kBreakMerge);
    }
    return merges;
}

void stop_for_fork(Thread& thread) {
    stop_mutex.lock();
    stop(thread);
    pthread_mutex_lock(&world_mutex);
}

void after_fork_parent(Thread& thread) {
    pthread_mutex_unlock(&world_mutex);
    bool merges = go_on(thread);
    stop_mutex.unlock();
    if (merges) safepoint_hooks.merge_detached();
}

void after_fork_child(Thread& survivor) {
    pthread_mutex_unlock(&world_mutex);
    stopper.store(nullptr, std::memory_order_relaxed);
    nesting = 0;
    all_threads = &survivor;
    survivor.list_next = survivor.list_previous = nullptr;
}

}  // namespace world

StopTheWorld::StopTheWorld(Thread& thread) : thread_(thread) {
    if (world::stopper.load(std::memory_order_relaxed) == &thread) {
        world::nesting++;
        return;
    }
    world::stop_mutex.lock();
    world::stop(thread);
}

StopTheWorld::~StopTheWorld() {
    if (world::nesting) {
        world::nesting--;
        return;
    }
    bool merges = world::go_on(thread_);
    world::stop_mutex.unlock();
    if (merges) safepoint_hooks.merge_detached();
}

}  // namespace imugi
