// Thread: one OS thread's face towards one interpreter, and the attach/detach protocol.
//
// A Thread is attached (may touch Python objects), detached (in blocking C code or I/O) or
// suspended (stopped by a stop-the-world). Only its own OS thread writes the plain fields; the
// atomics name their writers.
#pragma once

#include <time.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/platform.h"

namespace imugi {

struct Object;
struct Heap;
struct Frame;
struct Interpreter;
struct CriticalSection;
struct Shape;
struct Thread;

// Bits of Thread::breaker: reasons to leave the fast path at the next poll. Set by any thread
// (fetch_or, release), cleared by the thread itself (fetch_and, acquire) before it acts on them.
enum Breaker : uint32_t {
    kBreakStop = 1,       // stop-the-world wanted
    kBreakGilDrop = 2,    // another thread waits for the GIL
    kBreakSignal = 4,     // main thread: a signal handler must run
    kBreakAsyncExc = 8,   // PyThreadState_SetAsyncExc-like exception pending
    kBreakMerge = 16,     // objects queued to this thread's heap need merging
    kBreakCollect = 32,   // the collector's threshold was passed
    kBreakDying = 64,     // finalizers or weakref callbacks wait in `dying`
    kBreakPending = 128,  // interpreter-wide pending calls
    kBreakLimbo = 256,    // the limbo is over its bound: wait for a grace period
    kBreakTrace = 512,    // stays set while code may have to be instrumented (vm/instrument.h)
    kBreakExit = 1024,    // the runtime finalizes; daemon threads park
};

// Handled exceptions (sys.exc_info): one state a running generator and one at the bottom, chained.
struct ExcState {
    uint64_t value = 0;  // owning word of the exception being handled; 0 for none
    ExcState* previous = nullptr;
    // What a search for the innermost value below this state ended at; null: none was made. Holds
    // as long as this state is on the chain, for only the innermost state changes.
    ExcState* nearest = nullptr;
};

enum class ThreadState : uint32_t { kDetached, kAttached, kSuspended };

// What other threads look at, even at a Thread that has ended and waits in the pool: never
// constructed anew.
struct ThreadAtomics {
    std::atomic<uint32_t> breaker{0};
    // A claim must not find it before it has a heap.
    std::atomic<ThreadState> state{ThreadState::kSuspended};
    std::atomic<uint64_t> seen_epoch{UINT64_MAX};  // grace periods; UINT64_MAX while detached
    // What a sleep has left. The kernel reads it; a signal handler sets it to nothing, by atomic
    // stores, lest the main thread oversleep a signal that comes just before it sleeps.
    timespec sleep_left{};
};

struct ThreadFields {
    // --- hot: used by nearly every operation ---
    uint16_t heap_id = 0;  // equals Object::owner of what this thread owns
    Heap* heap = nullptr;
    uint64_t return_bits = 0;         // on its way out of a frame
    bool generator_returned = false;  // how the last generator resumed from C++ came back
    Frame* frame = nullptr;           // innermost Python frame
    uint64_t exception = 0;  // pending exception: owning word of a BaseException, 0 for none
    ExcState base_exc_state;
    ExcState* exc_state = &base_exc_state;  // innermost handled-exception state
    CriticalSection* critical = nullptr;    // innermost critical section held
    uintptr_t stack_limit = 0;              // C++ stack must stay above
    Interpreter* interpreter = nullptr;

    // Register and frame stacks (vm/frame.h); blocks never move.
    uint64_t* registers_top = nullptr;  // first register above the newest plain frame
    uint64_t* registers_end = nullptr;
    uint64_t* registers_begin = nullptr;
    Frame* frames_begin = nullptr;
    Frame* frames_end = nullptr;
    Frame* frames_top = nullptr;  // where the next plain frame goes
    int32_t recursion_depth = 0;  // Python frames and native recursion, against the limit
    int32_t recursion_limit = 1000;

    // Objects whose finalizer or weakref callback must run, each held by one reference; drained at
    // safepoints and before native code calls Python (memory/refcount.h).
    Object** dying = nullptr;
    uint32_t dying_count = 0;
    uint32_t dying_capacity = 0;
    // Dead objects below the depth bound of a nested destruction, waiting for the outermost one.
    Object** dead = nullptr;
    uint32_t dead_count = 0;
    uint32_t dead_capacity = 0;
    uint32_t drop_depth = 0;

    struct Limbo* limbo = nullptr;  // what this thread retired, oldest first (thread/grace.h)

    // --- tracing ---
    uint64_t trace_function = 0;  // owning words; 0 for none
    uint64_t profile_function = 0;
    int32_t tracing = 0;              // > 0 while inside a trace function
    int32_t trace_event = -1;         // what is being reported to it (MonitoringEvent)
    uint32_t trace_version = 0;       // Monitoring::version that its frames reflect
    std::atomic<bool> traces{false};  // has one of the functions; its own writes, others read

    // --- per-thread Python state, owning words ---
    uint64_t context = 0;          // contextvars.Context
    uint64_t async_exception = 0;  // written under the interpreter's thread-list lock
    uint64_t async_gen_firstiter = 0;
    uint64_t async_gen_finalizer = 0;
    struct ThreadLocals* locals = nullptr;  // of _thread._local
    uint64_t coroutine_origin_depth = 0;
    struct MethodCache* method_cache =
        nullptr;  // (type version, name) -> attribute; this thread only

    // --- identity ---
    uint64_t id = 0;         // unique in the process's life
    uint64_t ident = 0;      // threading.get_ident(): pthread_self()
    uint64_t native_id = 0;  // gettid()
    bool daemon = false;
    bool is_main = false;
    Thread* next = nullptr;  // list of the interpreter, under its threads_mutex
    Thread* previous = nullptr;
    Thread* list_next = nullptr;  // list of the process or pool, private to world.cpp
    Thread* list_previous = nullptr;
};

struct Thread : ThreadAtomics, ThreadFields {};

// The Thread of the calling OS thread; null when there is none. Initial-exec TLS.
extern thread_local constinit Thread* current_thread_slot;
// Its heap id, apart, so that reference counts need one load. 0xFFFF when there is no thread: owns
// nothing.
extern thread_local constinit uint16_t current_heap_id;

IMUGI_ALWAYS_INLINE Thread& current_thread() {
    return *current_thread_slot;
}

// Breaker bits that a new thread begins with.
extern std::atomic<uint32_t> first_breaker;

// Creates a Thread, detached and not yet any OS thread's; null when memory is short.
Thread* create_thread(Interpreter& interpreter);
// Gives back a Thread that no OS thread has taken.
void abandon_thread(Thread& thread);
// Makes the Thread, created by another, the calling OS thread's; then attach.
void adopt_os_thread(Thread& thread);
// The Thread must be detached; its heap is orphaned.
void destroy_thread(Thread& thread);

// Attaching waits for a stop-the-world to end, and in GIL mode for the GIL. Detaching releases
// critical sections' locks.
void attach(Thread& thread);
void detach(Thread& thread);
// A daemon thread after the end of the runtime: detached, its C++ frames as they are.
[[noreturn]] void stay_for_ever(Thread& thread);

// Around every blocking call.
class [[nodiscard]] Detached {
  public:
    explicit Detached(Thread& thread) : thread_(thread) { detach(thread); }
    ~Detached() { attach(thread_); }
    Detached(const Detached&) = delete;

  private:
    Thread& thread_;
};

// Native recursion: false when the C++ stack is nearly used up (the caller raises RecursionError).
IMUGI_ALWAYS_INLINE bool stack_is_ample(const Thread& thread) {
    return reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) > thread.stack_limit;
}

}  // namespace imugi
