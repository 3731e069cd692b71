// Between Int objects and base/limbs.h: reading any int as a span, and writing a new one in place.
// For the files of int and for modules that compute on limbs; holds no state.
#pragma once

#include "base/limbs.h"
#include "object/errors.h"
#include "object/int.h"

namespace imugi {

inline limbs::Signed signed_of(const IntView& view) {
    return {view.limbs, view.size, view.negative};
}
inline limbs::View magnitude_of(const IntView& view) {
    return {view.limbs, view.size};
}

// Room for a result of up to `room` limbs: on the C++ stack when short, else already in the new
// object. Nobody else sees it before finish().
class IntResult {
  public:
    IntResult(Thread& thread, size_t room) : thread_(thread) {
        if (room > kLocal) data_ = make_object(room);
    }
    IntResult(const IntResult&) = delete;

    // False: MemoryError is set.
    explicit operator bool() const { return data_ != nullptr; }
    limbs::Limb* limbs() { return data_; }
    Owned finish(size_t size, bool negative);
    Owned finish(limbs::SignedSize result) { return finish(result.size, result.negative); }

  private:
    static constexpr size_t kLocal = 8;
    limbs::Limb* make_object(size_t room);

    Thread& thread_;
    size_t room_ = 0;
    Ref<Int> object_;
    limbs::Limb local_[kLocal];
    limbs::Limb* data_ = local_;
};

// From this many limbs on, an operation of more than linear cost lets others collect meanwhile.
inline constexpr size_t kLongOperation = 4096;

// Runs `work`, which touches no objects but immutable ints that the caller holds, detached when the
// operands are long.
template <class Work>
auto run_long(Thread& thread, size_t limbs, Work&& work) {
    if (IMUGI_LIKELY(limbs < kLongOperation)) return work();
    Detached detached(thread);
    return work();
}

// A number as text for the parsers of int, float and complex: Unicode decimal digits as ASCII,
// white space stripped, anything else beyond ASCII as '?'. The str stays alive meanwhile.
class NumberText {
  public:
    explicit NumberText(Thread& thread) : thread_(thread) {}
    ~NumberText();
    NumberText(const NumberText&) = delete;
    [[nodiscard]] bool load(const Str& text);
    const char* data() const { return data_; }
    size_t size() const { return size_; }

  private:
    Thread& thread_;
    char local_[64];
    char* allocated_ = nullptr;
    const char* data_ = nullptr;
    size_t size_ = 0;
};

// The exact int with the value of any int.
Owned exact_int(Thread& thread, Value value);
// An instance of `type`, a subclass of int, with this value.
Owned make_int_instance(Thread& thread, Type& type, Value value);
Raised raise_zero_division(Thread& thread);

}  // namespace imugi
