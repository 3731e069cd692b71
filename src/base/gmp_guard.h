// Runs GMP calls so that a failed allocation inside GMP is a result, not an abort: see limbs.h.
// Private to the limbs*.cpp files. State: one thread-local pointer to the innermost guard.
#pragma once

#include <gmp.h>
#include <setjmp.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/limbs.h"

namespace imugi::limbs {

static_assert(sizeof(mp_limb_t) == sizeof(Limb) && GMP_NUMB_BITS == 64);

// Below this many limbs (of the smaller operand) GMP's multiplication is the schoolbook one,
// without scratch.
inline constexpr size_t guard_threshold = 16;
// mpz_t counts limbs in an int: larger operands count as "no memory" where an mpz function does the
// work.
inline constexpr size_t mpz_limit = size_t{1} << 30;

// The blocks that GMP holds at a moment within one guarded call, so that they can be freed when it
// is left early.
struct GuardFrame {
    static constexpr size_t capacity = 256;

    jmp_buf escape;
    GuardFrame* outer;
    size_t count;
    void* blocks[capacity];
};

void enter_guard(GuardFrame* frame);
void leave_guard(GuardFrame* frame);
void abandon_guard(GuardFrame* frame);

// Runs `body`, which must hold nothing with a destructor. False: GMP ran out of memory.
template <typename Body>
[[nodiscard]] bool guarded(Body&& body) {
    GuardFrame frame;
    enter_guard(&frame);
    if (_setjmp(frame.escape) != 0) {
        abandon_guard(&frame);
        return false;
    }
    body();
    leave_guard(&frame);
    return true;
}

// Limbs of scratch: on the stack when few, else from malloc.
class Scratch {
  public:
    explicit Scratch(size_t size) {
        if (size <= local_size) {
            data_ = local_;
        } else if (size <= SIZE_MAX / sizeof(Limb)) {
            data_ = static_cast<Limb*>(malloc(size * sizeof(Limb)));
        }
    }
    ~Scratch() {
        if (data_ != local_) free(data_);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    explicit operator bool() const { return data_ != nullptr; }
    Limb* data() { return data_; }

  private:
    static constexpr size_t local_size = 48;
    Limb* data_ = nullptr;
    Limb local_[local_size];
};

}  // namespace imugi::limbs
