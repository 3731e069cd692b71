// Pushing frames and running them. A frame's arguments come as register words in its window.
#pragma once

#include "object/call.h"
#include "object/dict.h"
#include "object/tuple.h"
#include "vm/frame.h"
#include "vm/registers.h"

namespace imugi {

// Why a frame cannot be pushed, as an exception; true when it can.
IMUGI_NOINLINE bool check_depth(Thread& thread, Frame* frame, uint64_t* registers_end);

// Whether there is room for a frame whose registers begin at `window`.
IMUGI_ALWAYS_INLINE bool has_room(const Thread& thread, const Code& code, const uint64_t* window) {
    return IMUGI_LIKELY(thread.recursion_depth < thread.recursion_limit &&
                        window + code.register_count <= thread.registers_end &&
                        thread.frames_top + 1 <= thread.frames_end);
}

// A frame whose registers begin at `window`, arguments in place; zeroes the other locals, lends
// free variables. Takes function_word over. There is room, and the code keeps its variables in
// registers.
IMUGI_ALWAYS_INLINE Frame* fill_frame(Thread& thread, uint64_t function_word, Function& function,
                                      Code& code, uint64_t* window) {
    Frame* frame = thread.frames_top;
    for (uint32_t i = code.parameter_count(); i < code.local_count; i++) window[i] = 0;
    if (code.free_count) {
        Tuple& closure = function.closure.as<Tuple>();
        for (uint32_t i = 0; i < code.free_count; i++)
            window[code.local_count + i] = Value::of(closure[i].object()).bits();
    }
    frame->previous = thread.frame;
    frame->registers = window;
    frame->saved_top = thread.registers_top;
    frame->pc = code.words;
    frame->code = &code;
    frame->constants = code.constants.as<Tuple>().items;
    frame->caches = code.caches;
    frame->function_word = function_word;
    frame->globals = &function.globals.as<Dict>();
    frame->builtins = &function.builtins.as<Dict>();
    frame->object = nullptr;
    frame->generator = nullptr;
    frame->namespace_word = frame->globals_word = frame->builtins_word = frame->constructed = 0;
    frame->first_temporary = code.first_temporary;
    frame->flags = 0;
    frame->last_line = 0;
    thread.frames_top = frame + 1;
    thread.registers_top = window + code.register_count;
    thread.recursion_depth++;
    thread.frame = frame;
    return frame;
}

// As fill_frame, in general. Null with RecursionError or MemoryError; then the window is cleared
// and function_word dropped.
IMUGI_ALWAYS_INLINE Frame* push_frame(Thread& thread, uint64_t function_word, Function& function,
                                      Code& code, uint64_t* window) {
    if (IMUGI_UNLIKELY(!has_room(thread, code, window)) &&
        !check_depth(thread, thread.frames_top, window + code.register_count)) {
        discard_range(window, 0, code.parameter_count());
        drop_bits(function_word);
        return nullptr;
    }
    Frame* frame = fill_frame(thread, function_word, function, code, window);
    // A function made of a module's code has its globals for a namespace.
    if (IMUGI_UNLIKELY(!(code.flags & kCodeOptimized)))
        frame->namespace_word = function.globals.share().release();
    return frame;
}
// Binds `count` words (positional, then one per name) to the parameters in `window`. Takes the
// words over; all dropped on failure.
[[nodiscard]] IMUGI_NOINLINE bool bind_parameters(Thread& thread, Function& function, Code& code,
                                                  uint64_t* window, uint64_t* words, uint32_t count,
                                                  Tuple* names);
IMUGI_NOINLINE Frame* push_getter(Thread& thread, Frame* frame, uint64_t* r, uint32_t b,
                                  const std::atomic<uint64_t>& cache, bool* failed);
// Clears the frame's registers, words it owns and its place on the stack. The frame object, if any,
// has taken what it needs.
IMUGI_NOINLINE void pop_frame(Thread& thread, Frame* frame);

// Runs a pushed frame (made an entry frame) until it returns.
Owned run(Thread& thread, Frame* frame);
// exec, eval, module and class bodies: `names` is the namespace (f_locals), empty for function-like
// code.
Owned run_code(Thread& thread, Code& code, Dict& globals, Dict& builtins, Value names,
               Value closure);
// A class body: the function's code with a namespace of its own.
Owned run_class_body(Thread& thread, Function& function, Value names);

// Whether positional arguments alone, `count` of them, fill the parameters.
IMUGI_ALWAYS_INLINE bool takes_exactly(const Code& code, uint32_t count) {
    return code.argument_count == count && code.keyword_only_count == 0 &&
           !(code.flags & (kCodeVarArgs | kCodeVarKeywords));
}

}  // namespace imugi
