// The protections of a reference count compared: what it costs to take a reference and to drop it
// again, on objects of a thread's own and on one that all threads use. Told is the time that
// all threads together need for a pair: on two processors it should be half as long with two.
//
// Protection: each scheme's own is what is measured. The counts of imugi are the runtime's.
#include <benchmark/benchmark.h>
#include <sched.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>

#include "memory/owned.h"
#include "memory/promotion.h"
#include "object/bare_runtime.h"
#include "object/tuple.h"
#include "thread/safepoint.h"

namespace imugi {
namespace {

// Between two looks at the breaker, as a loop of Python code has them.
constexpr int kBatch = 1000;

// --- the schemes: a counted object, what makes a thread one of theirs, what it holds at work ---

struct NoThread {};
struct NoLock {
    void poll() {}
};

struct MutexEach {
    using InThread = NoThread;
    using AtWork = NoLock;
    struct Counted {
        std::mutex mutex;
        uint32_t count = 1;
    };
    static void take(Counted& object) {
        std::lock_guard guard(object.mutex);
        object.count++;
    }
    static void drop(Counted& object) {
        std::lock_guard guard(object.mutex);
        object.count--;
    }
};

struct Atomic {
    using InThread = NoThread;
    using AtWork = NoLock;
    struct Counted {
        std::atomic<uint32_t> count = 1;
    };
    static void take(Counted& object) { object.count.fetch_add(1, std::memory_order_relaxed); }
    static void drop(Counted& object) { object.count.fetch_sub(1, std::memory_order_acq_rel); }
};

// One lock for all counts, taken for each.
struct OneMutex {
    using InThread = NoThread;
    using AtWork = NoLock;
    struct Counted {
        uint32_t count = 1;
    };
    static inline std::mutex mutex;
    static void take(Counted& object) {
        std::lock_guard guard(mutex);
        object.count++;
    }
    static void drop(Counted& object) {
        std::lock_guard guard(mutex);
        object.count--;
    }
};

// One lock, kept for 5 ms, under which counts need no protection: a GIL.
struct GlobalLock {
    using InThread = NoThread;
    struct Counted {
        uint32_t count = 1;
    };
    static inline std::mutex mutex;
    static inline std::atomic<int> waiting = 0;
    class AtWork {
      public:
        AtWork() { acquire(); }
        ~AtWork() { mutex.unlock(); }
        void poll() {
            if (waiting.load(std::memory_order_relaxed) == 0) return;
            if (std::chrono::steady_clock::now() - since_ < std::chrono::milliseconds(5)) return;
            mutex.unlock();
            acquire();
        }

      private:
        void acquire() {
            waiting.fetch_add(1, std::memory_order_relaxed);
            mutex.lock();
            waiting.fetch_sub(1, std::memory_order_relaxed);
            since_ = std::chrono::steady_clock::now();
        }
        std::chrono::steady_clock::time_point since_;
    };
    static void take(Counted& object) {
        object.count++;
        benchmark::DoNotOptimize(object.count);
    }
    static void drop(Counted& object) {
        object.count--;
        benchmark::DoNotOptimize(object.count);
    }
};

// --- imugi's ---

Thread& main_thread() {
    static Thread* thread = &start_bare_runtime();
    return *thread;
}

struct Biased {
    // The benchmark's first thread is the process's: attached already.
    class InThread {
      public:
        InThread() : made_(!current_thread_slot) {
            if (!made_) return;
            Thread* thread = create_thread(main_interpreter);
            adopt_os_thread(*thread);
            attach(*thread);
        }
        ~InThread() {
            if (!made_) return;
            Thread& thread = current_thread();
            detach(thread);
            destroy_thread(thread);
        }

      private:
        bool made_;
    };
    struct AtWork {
        void poll() { (void)safepoint(current_thread()); }
    };
    struct Counted {
        Owned object =
            make_tuple(current_thread(), Value::small_int(1), Value::small_int(2)).owned();
    };
    static void take(Counted& counted) { incref(counted.object.value().object()); }
    static void drop(Counted& counted) { decref(counted.object.value().object()); }
};

// What has a finalizer or a weak reference is not promoted.
struct BiasedPrompt : Biased {
    struct Counted : Biased::Counted {
        Counted() { object.value().object()->set_flag(kHasWeakrefs); }
        ~Counted() { object.value().object()->clear_flag(kHasWeakrefs); }
    };
};

// --- the measurement ---

// Threads that come to the end wait for the last one, so that all are measured by the same clock.
std::atomic<int> finished;

// One batch of the benchmark is all of it: what a thread holds at work it gets after the threads
// have waited for each other to begin.
template <class Scheme>
void count_pairs(benchmark::State& state, typename Scheme::Counted& object) {
    if (state.thread_index() == 0) finished.store(0, std::memory_order_relaxed);
    while (state.KeepRunningBatch(state.max_iterations)) {
        {
            [[maybe_unused]] typename Scheme::AtWork work;
            for (benchmark::IterationCount left = state.max_iterations; left > 0; left -= kBatch) {
                for (int i = 0; i < kBatch; i++) {
                    Scheme::take(object);
                    Scheme::drop(object);
                }
                work.poll();
            }
        }
        finished.fetch_add(1, std::memory_order_relaxed);
        while (finished.load(std::memory_order_relaxed) < state.threads()) sched_yield();
    }
}

template <class Scheme>
void own_object(benchmark::State& state) {
    [[maybe_unused]] typename Scheme::InThread inside;
    // Far from the others', so that they do not share a cache line.
    struct alignas(256) Own {
        typename Scheme::Counted counted;
    };
    auto own = std::make_unique<Own>();
    count_pairs<Scheme>(state, own->counted);
}

template <class Scheme>
void shared_object(benchmark::State& state) {
    [[maybe_unused]] typename Scheme::InThread inside;
    static auto* shared = new typename Scheme::Counted;
    count_pairs<Scheme>(state, *shared);
}

void measure(const std::string& name, void (*function)(benchmark::State&)) {
    auto* made = benchmark::RegisterBenchmark(name.c_str(), function);
    for (int threads : {1, 2, 4}) made->Threads(threads);
    made->UseRealTime();
}

template <class Scheme>
void measure_both(const std::string& name) {
    measure(name + "/own", own_object<Scheme>);
    measure(name + "/shared", shared_object<Scheme>);
}

}  // namespace
}  // namespace imugi

int main(int argc, char** argv) {
    using namespace imugi;
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    main_thread();
    measure_both<MutexEach>("mutex_each");
    measure_both<Atomic>("atomic");
    measure_both<OneMutex>("one_mutex");
    measure_both<GlobalLock>("global_lock");
    measure_both<Biased>("biased");
    measure_both<BiasedPrompt>("biased_prompt");
    benchmark::RunSpecifiedBenchmarks();
}
