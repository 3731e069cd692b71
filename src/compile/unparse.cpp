// Annotations as text, for `from __future__ import annotations`: syntax/unparse.h with Python's
// exceptions.
#include "syntax/unparse.h"

#include "compile/generator.h"
#include "object/errors.h"

namespace imugi::compile {

Owned unparse(CompileContext& context, ast::ExprNode& node) {
    Thread& thread = context.thread;
    Arena arena;
    syntax::UnparseResult result = syntax::unparse(&node, arena, thread.stack_limit);
    if (result.too_deep) {
        return raise(thread, exc::RecursionError,
                     "maximum recursion depth exceeded during compilation");
    }
    if (!result.text.data()) return raise_memory_error(thread);
    return make_str(thread, result.text.data(), result.text.size());
}

}  // namespace imugi::compile
