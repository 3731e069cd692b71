// Expressions back to text, as `from __future__ import annotations` (PEP 563) stores annotations.
// This is not ast.unparse(), which is Python code and differs in details.
#pragma once

#include <string_view>

#include "base/arena.h"
#include "syntax/ast.h"

namespace imugi::syntax {

struct UnparseResult {
    std::string_view text{};  // in the arena; data() == nullptr: out of memory, or too_deep
    bool too_deep = false;    // RecursionError
};

// `stack_limit` as in ParseOptions.
UnparseResult unparse(ast::ExprNode* expression, Arena& arena, uintptr_t stack_limit = 0);

}  // namespace imugi::syntax
