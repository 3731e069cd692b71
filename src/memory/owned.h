// Owned and Ref<T>: move-only handles that own one reference. Owned holds any Value; empty means
// "an exception is set".
//
// A Value, T& or T* borrows and must come from a register or argument (for the duration of the
// call), an immutable field of a held object, or a slot under a held Lock until the next call that
// takes Thread&. Everything else is read as Owned.
#pragma once

#include <utility>

#include "memory/refcount.h"

namespace imugi {

class [[nodiscard]] [[clang::trivial_abi]] [[gsl::Owner]] Owned {
  public:
    Owned() : bits_(0) {}
    Owned(Owned&& other) noexcept : bits_(std::exchange(other.bits_, 0)) {}
    Owned& operator=(Owned&& other) noexcept {
        uint64_t old = std::exchange(bits_, std::exchange(other.bits_, 0));
        drop(old);
        return *this;
    }
    Owned(const Owned&) = delete;
    ~Owned() { drop(bits_); }

    // Takes a reference of its own. Immortal objects become lent words: no count, now or later.
    static Owned share(Value value) {
        if (!value.is_object()) return Owned(value.bits());
        Object* object = value.object();
        if (object->has_flag(kImmortal)) return Owned(Value::of(object).bits());
        incref(object);
        return Owned(reinterpret_cast<uint64_t>(object));
    }
    static Owned share(Object& object) { return share(Value::of(object)); }
    // Takes over a word that already owns what it points at (or is an immediate, or immortal lent).
    static Owned adopt(uint64_t bits) { return Owned(bits); }
    static Owned adopt(Object* object) { return Owned(reinterpret_cast<uint64_t>(object)); }
    static Owned nothing() { return Owned(Value::nothing().bits()); }
    static Owned small_int(int64_t n) { return Owned(Value::small_int(n).bits()); }

    Owned share() const { return share(value()); }
    // Gives the word away, with its reference.
    [[nodiscard]] uint64_t release() { return std::exchange(bits_, 0); }

    constexpr explicit operator bool() const { return bits_ != 0; }
    bool is_nothing() const { return value().is_nothing(); }
    Value value() const [[clang::lifetimebound]] { return Value::from_bits(bits_); }
    operator Value() const [[clang::lifetimebound]] { return value(); }
    template <class T>
    T& as() const [[clang::lifetimebound]] {
        return value().as<T>();
    }

  private:
    explicit Owned(uint64_t bits) : bits_(bits) {}
    static void drop(uint64_t bits) {
        if ((bits & 7) == 0 && bits != 0) decref(reinterpret_cast<Object*>(bits));
    }
    uint64_t bits_;
};

// An owning pointer to a known type; never holds an immediate. Empty means failure.
template <class T>
class [[nodiscard]] [[clang::trivial_abi]] [[gsl::Owner]] Ref {
  public:
    Ref() = default;
    template <class U>
        requires std::is_convertible_v<U*, T*>
    Ref(Ref<U>&& other) : owned_(std::move(other).owned()) {}
    Ref(Ref&&) noexcept = default;
    Ref& operator=(Ref&&) noexcept = default;

    static Ref share(T& object) { return Ref(Owned::share(object)); }
    // The caller knows that it is a T.
    static Ref adopt(Owned owned) { return Ref(std::move(owned)); }
    static Ref adopt(T* object) { return Ref(Owned::adopt(object)); }

    Ref share() const { return Ref(owned_.share()); }
    Owned owned() && { return std::move(owned_); }
    operator Owned() && { return std::move(owned_); }
    [[nodiscard]] uint64_t release() { return owned_.release(); }

    explicit operator bool() const { return static_cast<bool>(owned_); }
    T* get() const [[clang::lifetimebound]] { return owned_ ? &owned_.template as<T>() : nullptr; }
    T& operator*() const [[clang::lifetimebound]] { return owned_.template as<T>(); }
    T* operator->() const { return &owned_.template as<T>(); }
    Value value() const [[clang::lifetimebound]] { return owned_.value(); }
    operator Value() const [[clang::lifetimebound]] { return owned_.value(); }

  private:
    explicit Ref(Owned owned) : owned_(std::move(owned)) {}
    Owned owned_;
};

}  // namespace imugi
