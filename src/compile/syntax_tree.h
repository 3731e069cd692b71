// The AST as Python objects: its classes, and the conversions both ways.
//
// The classes are an interpreter's own, made at first use: a tuple in Interpreter::ast_types of
// AST, the classes of the categories, those of the kinds, and the single instances of the choices
// (Load(), Add(), ...).
#pragma once

#include "compile/compile.h"
#include "compile/context.h"
#include "object/tuple.h"

namespace imugi::compile {

class SyntaxTypes {
  public:
    explicit SyntaxTypes(Tuple& tuple) : tuple_(tuple) {}

    Type& base() const { return tuple_[0].as<Type>(); }
    Type& category(ast::Category category) const {
        return tuple_[1 + static_cast<size_t>(category)].as<Type>();
    }
    Type& kind(ast::Kind kind) const {
        return tuple_[1 + ast::CATEGORY_COUNT + static_cast<size_t>(kind)].as<Type>();
    }
    // The instance that stands for a choice.
    Value choice(ast::Category category, uint8_t number) const;

  private:
    Tuple& tuple_;
};

// The interpreter's classes, made if need be; a borrow that lives as long as the interpreter. Null
// with an exception set.
Tuple* syntax_types(Thread& thread);

Result<bool> is_syntax_tree(Thread& thread, Value value);

Owned tree_to_objects(Thread& thread, ast::ModNode& root);
// Checked as CPython's compiler does it. Null with an exception set.
ast::ModNode* objects_to_tree(CompileContext& context, Value tree, syntax::Mode mode);
// What is checked of a tree beyond the types of its fields.
[[nodiscard]] bool validate_tree(CompileContext& context, ast::ModNode& root);
// ast.parse(..., optimize=...): __debug__, docstrings under -OO, foldable parts of patterns.
[[nodiscard]] bool optimize_tree(CompileContext& context, ast::ModNode& root);

}  // namespace imugi::compile
