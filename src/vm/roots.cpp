// The hooks that the vm sets in the layers below it, once, before there are threads. Roots are
// visited with the world stopped.
#include "vm/roots.h"

#include "compile/code_hooks.h"
#include "memory/collector.h"
#include "memory/verify.h"
#include "object/dict.h"
#include "object/errors.h"
#include "thread/safepoint.h"
#include "thread/world.h"
#include "vm/frame.h"

namespace imugi {

bool (*run_signal_handlers)(Thread& thread);

namespace {

struct Marking {
    RootMarker mark;
    void* context;
};

// Every register word of every frame; the world is stopped.
void mark_frames(const Marking& marking, const Thread& thread) {
    for (const Frame* frame = thread.frame; frame; frame = frame->previous) {
        for (uint32_t i = 0; i < frame->code->register_count; i++)
            marking.mark(marking.context, frame->registers[i]);
        marking.mark(marking.context, frame->function_word);
        marking.mark(marking.context, frame->namespace_word);
        marking.mark(marking.context, frame->constructed);
        marking.mark(marking.context, Value::of(frame->code).bits());
        marking.mark(marking.context, Value::of(*frame->globals).bits());
        marking.mark(marking.context, Value::of(*frame->builtins).bits());
    }
    marking.mark(marking.context, thread.exception);
    marking.mark(marking.context, thread.return_bits);
}

void mark_roots(RootMarker mark, void* context) {
    Marking marking{mark, context};
    world::for_each_thread(
        [](void* argument, Thread& thread) {
            mark_frames(*static_cast<Marking*>(argument), thread);
        },
        &marking);
}

// Words that own. A callee's window overlaps its caller's temporaries: each register once.
void visit_owned_words(void (*visit)(void* context, uint64_t word), void* context) {
    struct Visiting {
        void (*visit)(void*, uint64_t);
        void* context;
    } visiting{visit, context};
    world::for_each_thread(
        [](void* argument, Thread& thread) {
            auto& to = *static_cast<Visiting*>(argument);
            const uint64_t* below = nullptr;  // registers from here on were visited
            for (const Frame* frame = thread.frame; frame; frame = frame->previous) {
                // A generator's are fields of an object.
                if (frame->flags & kFrameGenerator) continue;
                const uint64_t* end = frame->registers + frame->code->register_count;
                if (below && end > below) end = below;
                for (const uint64_t* word = frame->registers; word < end; word++)
                    to.visit(to.context, *word);
                below = frame->registers;
                for (uint64_t word : {frame->function_word, frame->namespace_word,
                                      frame->globals_word, frame->builtins_word})
                    to.visit(to.context, word);
            }
            for (uint64_t word : {thread.exception, thread.return_bits, thread.trace_function,
                                  thread.profile_function, thread.context, thread.async_exception,
                                  thread.async_gen_firstiter, thread.async_gen_finalizer})
                to.visit(to.context, word);
            for (const ExcState* state = thread.exc_state; state; state = state->previous)
                if (state == &thread.base_exc_state) to.visit(to.context, state->value);
        },
        &visiting);
}

bool answer_signals(Thread& thread) {
    return !run_signal_handlers || run_signal_handlers(thread);
}

bool answer_async_exception(Thread& thread) {
    Owned exception = Owned::adopt(std::exchange(thread.async_exception, 0));
    if (!exception) return true;
    if (is_type(exception)) return raise_bare(thread, exception.as<Type>());
    raise_exception(thread, std::move(exception));
    return false;
}

}  // namespace

void install_vm_hooks() {
    collector_roots = mark_roots;
    compile::install_code_hooks();
    verify_roots = visit_owned_words;
    safepoint_hooks.signals = answer_signals;
    safepoint_hooks.async_exception = answer_async_exception;
    safepoint_hooks.pending_calls = [](Thread&) { return true; };
}

}  // namespace imugi
