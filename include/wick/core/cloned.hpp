#pragma once

// A shared object that is copied with its owner.

#include <wick/version.hpp>

#include <memory>
#include <utility>

namespace wick::inline WICK_ABI_NAMESPACE {

/// Holds a T at a stable address: moving the owner keeps the address, copying the
/// owner copies the T. Others may share the T and keep it alive (an optimizer that
/// outlives its model, say). Gives its owner value semantics by the rule of zero.
template <class T>
class Cloned {
 public:
  explicit Cloned(T value = {}) : shared_(std::make_shared<T>(std::move(value))) {}
  Cloned(const Cloned& other) : shared_(other.shared_ ? std::make_shared<T>(*other.shared_) : nullptr) {}
  Cloned(Cloned&&) noexcept = default;
  Cloned& operator=(const Cloned& other) {
    if (this != &other) *this = Cloned(other);
    return *this;
  }
  Cloned& operator=(Cloned&&) noexcept = default;
  ~Cloned() = default;

  [[nodiscard]] T& operator*() noexcept { return *shared_; }
  [[nodiscard]] const T& operator*() const noexcept { return *shared_; }
  [[nodiscard]] T* operator->() noexcept { return shared_.get(); }
  [[nodiscard]] const T* operator->() const noexcept { return shared_.get(); }

  [[nodiscard]] const std::shared_ptr<T>& share() noexcept { return shared_; }
  [[nodiscard]] std::shared_ptr<const T> share() const noexcept { return shared_; }

 private:
  std::shared_ptr<T> shared_;
};

}  // namespace wick::inline WICK_ABI_NAMESPACE
