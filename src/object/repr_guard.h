// ReprGuard: finds out that repr() of a container has come back to itself. One chain per OS thread,
// through the C++ frames that are writing a container; no other thread looks at it. Deep in the
// chain a table of what it holds takes the place of walking it.
#pragma once

#include "object/fwd.h"

namespace imugi {

class [[nodiscard]] ReprGuard {
  public:
    explicit ReprGuard(const Object& object);
    ~ReprGuard();
    ReprGuard(const ReprGuard&) = delete;

    // The object is being written further out: the caller writes "..." instead.
    bool is_recursive() const { return recursive_; }

  private:
    const Object* object_;
    ReprGuard* previous_;
    const ReprGuard* shallow_ = nullptr;
    size_t depth_;
    bool recursive_ = false;
    bool in_table_ = false;
};

}  // namespace imugi
