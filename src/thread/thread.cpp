// Threads: creation, attach and detach, claims. Thread objects are type-stable: a destroyed one
// goes to a pool and is reused, so a racing claim or request may still look at its atomics.
//
// Protection: the process's list of threads (world.h) is under world_mutex.
#include "thread/thread.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <new>

#include "memory/heap.h"  // lint: allow layer: a thread's heap comes and goes with it
#include "thread/chaos.h"
#include "thread/claim.h"
#include "thread/gil.h"
#include "thread/grace.h"
#include "thread/lock.h"
#include "thread/parking_lot.h"
#include "thread/safepoint.h"
#include "thread/waiting_scan.h"
#include "thread/world.h"

namespace imugi {

std::atomic<bool> scan_awaited{false};
thread_local constinit Thread* current_thread_slot = nullptr;
thread_local constinit uint16_t current_heap_id = 0xFFFF;

// Reserved for registers, and for frames: touched pages only cost memory.
static constexpr size_t kMostStackBytes = size_t{64} << 20;
static constexpr size_t kFewestStackBytes = size_t{1} << 20;
// Native code may use this much below the limit: room for library calls and signal handlers.
static constexpr size_t kStackReserve = 96 << 10;
static constexpr size_t kMostStack = size_t{64} << 20;

static std::atomic<uint64_t> next_thread_id{1};
std::atomic<uint32_t> first_breaker{0};

static void find_stack(Thread& thread) {
    pthread_attr_t attributes;
    void* low = nullptr;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        pthread_attr_getstack(&attributes, &low, &size);
        pthread_attr_destroy(&attributes);
    }
    uintptr_t top = reinterpret_cast<uintptr_t>(low) + size;
    // The main thread's stack may be unlimited: use a part that is surely there.
    uintptr_t bottom = size > kMostStack ? top - kMostStack : reinterpret_cast<uintptr_t>(low);
    size_t reserve = kStackReserve;
#if defined(IMUGI_ASAN)
    reserve *= 4;
#elif defined(IMUGI_TSAN)
    // The sanitizer remembers 65,536 nested calls and writes beyond its memory for more; those that
    // nest take 32 bytes and up.
    constexpr size_t kRemembered = size_t{65536} * 32;
    if (top - bottom > 2 * kRemembered) bottom = top - 2 * kRemembered;
    reserve = kRemembered;
#endif
    thread.stack_limit = bottom + (reserve < size / 2 ? reserve : size / 2);
}

static void* reserve_stack(size_t bytes) {
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? nullptr : memory;
}

// Where the address space is limited (ulimit -v), hundreds of threads have to fit.
static size_t choose_stack_bytes() {
    rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return kMostStackBytes;
    size_t share = (static_cast<size_t>(limit.rlim_cur) / 1024) & ~size_t{0xFFFF};
    return share < kFewestStackBytes ? kFewestStackBytes
           : share > kMostStackBytes ? kMostStackBytes
                                     : share;
}

static bool make_stacks(Thread& thread) {
    if (thread.registers_begin) return true;
    size_t bytes = choose_stack_bytes();
    auto* registers = static_cast<uint64_t*>(reserve_stack(bytes));
    auto* frames = static_cast<char*>(reserve_stack(bytes));
    if (!registers || !frames) {
        if (registers) munmap(registers, bytes);
        if (frames) munmap(frames, bytes);
        return false;
    }
    thread.registers_begin = thread.registers_top = registers;
    thread.registers_end = registers + bytes / sizeof(uint64_t);
    thread.frames_begin = thread.frames_top = reinterpret_cast<Frame*>(frames);
    thread.frames_end = reinterpret_cast<Frame*>(frames + bytes);
    return true;
}

// What an ended thread's stack keeps for the next one. To give it back takes longer than all else
// at a thread's end: every processor has to forget the pages at once.
static constexpr size_t kKeptStackBytes = size_t{64} << 10;

// Stacks are touched from their beginning on, so one page tells whether there is more to give back.
static void give_back_pages(void* begin, void* end) {
    char* kept = static_cast<char*>(begin) + kKeptStackBytes;
    unsigned char touched = 1;
    if (mincore(kept, 1, &touched) == 0 && !(touched & 1)) return;
    madvise(kept, static_cast<size_t>(static_cast<char*>(end) - kept), MADV_DONTNEED);
}

Thread* create_thread(Interpreter& interpreter) {
    Thread* thread = world::take_pooled_thread();
    if (!thread) {
        // Processors fetch lines in pairs: two threads write to theirs all the time.
        void* memory = aligned_alloc(128, (sizeof(Thread) + 127) & ~size_t{127});
        if (!memory) return nullptr;
        thread = new (memory) Thread;
    }
    if (!make_stacks(*thread) || !(thread->heap = acquire_heap(*thread))) {
        world::pool_thread(*thread);
        return nullptr;
    }
    thread->heap_id = thread->heap->id;
    thread->interpreter = &interpreter;
    thread->id = next_thread_id.fetch_add(1, std::memory_order_relaxed);
    thread->seen_epoch.store(UINT64_MAX, std::memory_order_relaxed);
    world::add_thread(*thread);
    // In the list already: who changes it from now on changes the thread too.
    thread->breaker.fetch_or(first_breaker.load(std::memory_order_relaxed),
                             std::memory_order_relaxed);
    join_chaos(*thread);
    return thread;
}

void adopt_os_thread(Thread& thread) {
    thread.ident = pthread_self();
    thread.native_id = static_cast<uint64_t>(syscall(SYS_gettid));
    find_stack(thread);
    current_thread_slot = &thread;
    current_heap_id = thread.heap_id;
}

void destroy_thread(Thread& thread) {
    current_thread_slot = nullptr;
    current_heap_id = 0xFFFF;
    abandon_thread(thread);
}

void abandon_thread(Thread& thread) {
    world::remove_thread(thread);
    orphan_limbo(thread);
    orphan_heap(thread.heap);
    // It was asked to merge for others when it could no longer do so.
    if (thread.breaker.load(std::memory_order_seq_cst) & kBreakMerge) {
        clear_request(thread, kBreakMerge);
        safepoint_hooks.hand_over_merges();
    }
    give_back_pages(thread.registers_begin, thread.registers_end);
    give_back_pages(thread.frames_begin, thread.frames_end);
    array_free(thread.dying);
    array_free(thread.dead);
    uint64_t* registers = thread.registers_begin;
    uint64_t* registers_end = thread.registers_end;
    Frame* frames = thread.frames_begin;
    Frame* frames_end = thread.frames_end;
    new (static_cast<ThreadFields*>(&thread)) ThreadFields;
    thread.registers_begin = thread.registers_top = registers;
    thread.registers_end = registers_end;
    thread.frames_begin = thread.frames_top = frames;
    thread.frames_end = frames_end;
    world::pool_thread(thread);
}

// But for the critical sections.
static void attach_only(Thread& thread) {
    for (;;) {
        gil_acquire(thread);
        ThreadState expected = ThreadState::kDetached;
        if (thread.state.compare_exchange_strong(
                expected, ThreadState::kAttached, std::memory_order_acq_rel,
                std::memory_order_acquire))  // pairs with resume and detach
            break;
        gil_release(thread);
        park(&thread.state, static_cast<uint32_t>(ThreadState::kSuspended), 4, -1);
    }
    grace_attach(thread);
    if (IMUGI_UNLIKELY(thread.breaker.load(std::memory_order_acquire) & kBreakExit))
        stay_for_ever(thread);
    if (IMUGI_UNLIKELY(scan_awaited.load(std::memory_order_relaxed)))
        request(thread, kBreakCollect);
}

void attach(Thread& thread) {
    attach_only(thread);
    if (IMUGI_UNLIKELY(thread.critical && thread.critical->held == LockHold::kNo))
        resume_section(thread, *thread.critical);
}

void stay_for_ever(Thread& thread) {
    if (thread.critical) release_sections(thread);
    grace_detach(thread);
    thread.state.store(ThreadState::kDetached, std::memory_order_seq_cst);
    gil_release(thread);
    world::notify_stopper();
    uint32_t never = 0;
    for (;;) park(&never, 0, 4, -1);
}

void detach(Thread& thread) {
    if (thread.critical) release_sections(thread);
    grace_detach(thread);
    thread.state.store(ThreadState::kDetached,
                       std::memory_order_seq_cst);  // pairs with attach, try_claim and the stopper
    gil_release(thread);
    uint32_t reasons = thread.breaker.load(std::memory_order_seq_cst);
    if (IMUGI_UNLIKELY(reasons & kBreakStop)) world::notify_stopper();
    // Others' drops must not wait until this thread wakes up.
    if (IMUGI_UNLIKELY(reasons & kBreakMerge)) safepoint_hooks.hand_over_merges();
}

void request(Thread& thread, Breaker reason) {
    thread.breaker.fetch_or(reason, std::memory_order_seq_cst);
}

void clear_request(Thread& thread, uint32_t reasons) {
    thread.breaker.fetch_and(~reasons, std::memory_order_acquire);
}

ClaimResult try_claim(Heap& heap) {
    Thread* thread = heap.thread.load(std::memory_order_acquire);
    if (!thread) return ClaimResult::kOrphaned;
    request(*thread, kBreakMerge);
    if (thread == current_thread_slot) return ClaimResult::kAttached;
    ThreadState expected = ThreadState::kDetached;
    // When a stop-the-world or another claim has suspended it, their end looks at the queue again.
    if (!thread->state.compare_exchange_strong(expected, ThreadState::kSuspended,
                                               std::memory_order_acq_rel))
        return ClaimResult::kAttached;
    if (heap.thread.load(std::memory_order_acquire) == thread) {
        clear_request(*thread, kBreakMerge);
        return ClaimResult::kClaimed;
    }
    world::end_claim(*thread);
    return ClaimResult::kAttached;
}

void release_claim(Heap& heap) {
    world::end_claim(*heap.thread.load(std::memory_order_relaxed));
}

}  // namespace imugi
