#pragma once

// A shared object that is copied with its owner.

#include <wick/base/error.hpp>

#include <memory>
#include <utility>

WICK_BEGIN_NAMESPACE

/// Holds a T at a stable address: moving the owner keeps the address, copying the
/// owner copies the T. Others may share the T and keep it alive (an optimizer that
/// outlives its model, say). Gives its owner value semantics by the rule of zero.
///
/// One that was moved from holds nothing until it is assigned to: to reach into it throws Error.
template <class T>
class Cloned {
 public:
  /// Holds `value`.
  explicit Cloned(T value = {}) : shared_(std::make_shared<T>(std::move(value))) {}
  /// Makes the T where it stays, for types that cannot be moved.
  template <class... Args>
  explicit Cloned(std::in_place_t /*tag*/, Args&&... args)
      : shared_(std::make_shared<T>(std::forward<Args>(args)...)) {}
  Cloned(const Cloned& other) : shared_(other.shared_ ? std::make_shared<T>(*other.shared_) : nullptr) {}
  Cloned(Cloned&&) noexcept = default;
  Cloned& operator=(const Cloned& other) {
    if (this != &other) *this = Cloned(other);
    return *this;
  }
  Cloned& operator=(Cloned&&) noexcept = default;
  ~Cloned() = default;

  /// The T. Throws Error when it was moved from.
  [[nodiscard]] T& operator*() { return *held(); }
  [[nodiscard]] const T& operator*() const { return *held(); }
  /// Of the T. Throws Error when it was moved from.
  [[nodiscard]] T* operator->() { return held().get(); }
  [[nodiscard]] const T* operator->() const { return held().get(); }

  /// The T, to be kept alive by others as well.
  [[nodiscard]] const std::shared_ptr<T>& share() & { return held(); }
  [[nodiscard]] std::shared_ptr<const T> share() const& { return held(); }
  [[nodiscard]] std::shared_ptr<T> share() && { return held(); }

 private:
  [[nodiscard]] const std::shared_ptr<T>& held() const {
    if (shared_ == nullptr) {
      throw Error("this model was moved from and has no parameters any more; assign a model to it first");
    }
    return shared_;
  }

  std::shared_ptr<T> shared_;
};

WICK_END_NAMESPACE
