// Generators, coroutines and async generators: a frame of their own in a heap object.
//
// `state` decides who may run it: a resume claims it by compare-and-swap, so two threads cannot run
// one generator. Everything else is touched only by the claimer, or with the world stopped.
#pragma once

#include "object/exception.h"
#include "vm/frame.h"

namespace imugi {

enum GeneratorState : uint8_t {
    kGeneratorCreated,
    kGeneratorSuspended,
    kGeneratorRunning,
    kGeneratorFinished
};

struct Generator : Object {
    Slot name, qualname;
    Slot origin;         // cr_origin: tuple; empty for None
    Slot finalizer;      // async generators: the hook of the loop that first iterated it
    ExcState exc_state;  // what it handles while suspended
    Frame frame;
    uint32_t sent_register;      // where the value sent goes
    uint32_t delegate_register;  // one more than that of the iterator delegated to; 0 for none
    uint32_t register_count;
    std::atomic<uint8_t> state;
    std::atomic<bool> running_async;  // an asend() or athrow() is under way
    std::atomic<bool> closed;         // async generator: aclose() was called or it ended
    std::atomic<bool> hooks_called;   // by the thread that set it
    uint64_t registers[1];
};

// From the frame that runs RETURN_GENERATOR: takes its registers over. The frame is popped.
IMUGI_NOINLINE Owned make_generator(Thread& thread, Frame* frame);

// What became of a step.
enum class StepResult { kYielded, kReturned, kFailed };
struct Step {
    StepResult result;
    Owned value;
};
// Runs until the next yield, from C++. `value` is what yield gives (None for next()).
Step generator_send(Thread& thread, Generator& generator, Value value);
// The pending exception is raised inside.
Step generator_throw_pending(Thread& thread, Generator& generator);
// The exception is raised in the innermost delegate, or inside.
Step generator_throw(Thread& thread, Generator& generator, Owned exception);
// close(): the value returned, or None.
Owned generator_close(Thread& thread, Generator& generator);

// What it delegates to (gi_yieldfrom); empty for nothing. May detach.
Owned generator_delegate(Thread& thread, Generator& generator);
// cr_origin: (file, line, function) of the frames that made a coroutine.
Owned coroutine_origin(Thread& thread);

// For the interpreter: links the generator's frame on top of the current one, ready to run with
// `sent` (owning word, taken over) as the value of its yield. False with an exception: already
// running, finished (*exhausted then), or just started and `sent` is not None.
IMUGI_NOINLINE bool generator_enter(Thread& thread, Generator& generator, uint64_t sent,
                                    uint8_t kind, bool* exhausted);
// The frame leaves by yield (state suspended) or for good.
IMUGI_NOINLINE void generator_leave(Thread& thread, Frame* frame, GeneratorState state);

}  // namespace imugi
