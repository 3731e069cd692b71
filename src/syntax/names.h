// Interns identifiers: equal texts give the same Identifier pointer as long as the table lives.
// Belongs to one thread at a time; its memory is the arena's.
#pragma once

#include <string_view>

#include "base/arena.h"
#include "syntax/ast.h"

namespace imugi::syntax {

class NameTable {
  public:
    explicit NameTable(Arena& arena) : arena_(arena) {}

    // nullptr when memory is short. The text is copied.
    [[nodiscard]] ast::IdentifierRef intern(std::string_view text);

  private:
    bool grow();

    Arena& arena_;
    ast::IdentifierRef* slots_ = nullptr;
    uint32_t capacity_ = 0;
    uint32_t count_ = 0;
};

}  // namespace imugi::syntax
