// Trees as text, exactly as Python's ast.dump(tree, include_attributes=...) prints them.
#pragma once

#include <string_view>

#include "syntax/ast.h"

namespace imugi::syntax {

using WriteFunction = void (*)(void* context, std::string_view text);

void dump_ast(ast::Node* node, bool attributes, WriteFunction write, void* context);

// repr() of constants, for dumps and for unparsing.
void write_constant(const ast::ConstantValue& value, WriteFunction write, void* context);
void write_text_repr(std::string_view text, WriteFunction write, void* context);
void write_bytes_repr(std::string_view text, WriteFunction write, void* context);
void write_float_repr(double number, WriteFunction write, void* context);

}  // namespace imugi::syntax
