// Pushing frames and running them. A frame's arguments come as register words in its window.
#pragma once

#include "object/call.h"
#include "vm/frame.h"

namespace imugi {

// A frame whose registers begin at `window`, arguments in place; zeroes the other locals, lends
// free variables. Takes function_word over. Null with RecursionError or MemoryError; then the
// window is cleared and function_word dropped.
Frame* push_frame(Thread& thread, uint64_t function_word, Function& function, Code& code,
                  uint64_t* window);
// Binds `count` words (positional, then one per name) to the parameters in `window`. Takes the
// words over; all dropped on failure.
[[nodiscard]] bool bind_parameters(Thread& thread, Function& function, Code& code, uint64_t* window,
                                   uint64_t* words, uint32_t count, Tuple* names);
Frame* push_getter(Thread& thread, Frame* frame, uint64_t* r, uint32_t b,
                   const std::atomic<uint64_t>& cache, bool* failed);
// Clears the frame's registers, words it owns and its place on the stack. The frame object, if any,
// has taken what it needs.
void pop_frame(Thread& thread, Frame* frame);

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
