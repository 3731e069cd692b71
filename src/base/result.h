// Result<T>: a value or "an exception is set in the current Thread"; and TRY, which propagates
// failure. Used with Owned (empty = failure) and bool (false = failure) alike.
#pragma once

#include <new>
#include <type_traits>
#include <utility>

namespace imugi {

struct Failure {};
inline constexpr Failure failure{};
struct Raised;  // object/errors.h: converts to every failure, bool among them

template <class T>
class [[nodiscard]] Result {
  public:
    Result() : ok_(false) {}
    Result(Failure) : ok_(false) {}
    template <class U = T>
        requires(std::is_convertible_v<U &&, T> && !std::is_same_v<std::remove_cvref_t<U>, Raised>)
    Result(U&& value) : ok_(true) {
        new (&value_) T(std::forward<U>(value));
    }
    Result(Result&& other) : ok_(other.ok_) {
        if (ok_) new (&value_) T(std::move(other.value_));
    }
    Result(const Result&) = delete;
    Result& operator=(const Result&) = delete;
    ~Result() {
        if constexpr (!std::is_trivially_destructible_v<T>)
            if (ok_) value_.~T();
    }

    explicit operator bool() const { return ok_; }
    T& operator*() { return value_; }
    const T& operator*() const { return value_; }
    T* operator->() { return &value_; }

  private:
    union {
        T value_;
    };
    bool ok_;
};

namespace detail {
template <class T>
struct TryTraits {
    static T unwrap(T&& value) { return std::move(value); }
};
template <class T>
struct TryTraits<Result<T>> {
    static T unwrap(Result<T>&& result) { return std::move(*result); }
};
template <>
struct TryTraits<bool> {
    static void unwrap(bool&&) {}
};
template <class T>
struct TryTraits<T*> {
    static T& unwrap(T*&& pointer) { return *pointer; }
};
}  // namespace detail

}  // namespace imugi

// The value of a fallible expression; on failure returns {} (failure) from the enclosing function.
#define TRY(expression)                                                                    \
    ({                                                                                     \
        auto try_result_ = (expression);                                                   \
        if (!try_result_) [[unlikely]]                                                     \
            return {};                                                                     \
        ::imugi::detail::TryTraits<decltype(try_result_)>::unwrap(std::move(try_result_)); \
    })
