// ConstantPool: the constant values of one compilation, each kept once. Equal means: same type,
// same value, same sign of zero, item by item in tuples and frozensets. Belongs to one thread.
#pragma once

#include "memory/owned.h"
#include "object/fwd.h"
#include "syntax/ast.h"

namespace imugi::compile {

class ConstantPool {
  public:
    static constexpr uint32_t kFailed = ~0u;

    explicit ConstantPool(Thread& thread) : thread_(thread) {}
    ~ConstantPool();
    ConstantPool(const ConstantPool&) = delete;

    // Index of the value; kFailed with an exception set.
    uint32_t add(Owned value);
    Value operator[](uint32_t index) const { return Value::from_bits(words_[index]); }

  private:
    bool grow();

    Thread& thread_;
    uint64_t* words_ = nullptr;  // owning
    uint64_t* hashes_ = nullptr;
    uint32_t* index_ = nullptr;  // open addressing: position + 1
    uint32_t count_ = 0, capacity_ = 0;
};

// The value of a literal.
Owned make_literal(Thread& thread, const ast::ConstantValue& literal);

// Operators on constants, done at compile time unless the result would be large. Nothing when it is
// not to be folded (also when the operation raises).
Owned fold_binary(Thread& thread, ast::Operator op, Value left, Value right);
Owned fold_unary(Thread& thread, ast::UnaryOperator op, Value operand);
// A docstring without its margin, as sources are compiled since 3.13. `text` is UTF-8.
Owned clean_docstring(Thread& thread, std::string_view text);
Owned fold_subscript(Thread& thread, Value container, Value key);

}  // namespace imugi::compile
