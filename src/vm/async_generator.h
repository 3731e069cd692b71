// Async generators' steps: what __anext__(), asend(), athrow() and aclose() give, each awaited
// once.
//
// A step is used by one task; its state is an atomic so that a second user gets RuntimeError. The
// generator's `running_async` is claimed by the step that runs.
#pragma once

#include "object/native.h"
#include "vm/generator.h"

namespace imugi {

struct CoroutineWrapper : Object {
    Slot coroutine;
};

// A value that an async generator yields, on its way through the await machinery.
struct AsyncGenWrappedValue : Object {
    Slot value;
};

enum StepState : uint8_t { kStepInit, kStepRunning, kStepClosed };
struct AsyncGenStep : Object {
    Slot generator;
    Slot value;      // asend: what to send
    Slot exception;  // athrow: what to raise; empty for aclose
    std::atomic<uint8_t> state;
};

Owned async_generator_next(Thread& thread, Value self);
extern const MethodRow async_generator_methods[];

// What generator.throw(type, value, traceback) raises, normalised.
Owned exception_to_throw(Thread& thread, Value type, Value value, Value traceback);
// "coroutine 'f' was never awaited".
void warn_unawaited(Thread& thread, Generator& coroutine);

}  // namespace imugi
