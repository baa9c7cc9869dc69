#pragma once

// How this thread runs operations: recorded for derivatives or not, searched for NaN or not.

#include <wick/version.hpp>

#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

// What a thread has switched on. NOLINTBEGIN(*-avoid-non-const-global-variables)
inline thread_local constinit bool grad_enabled = true;
inline thread_local constinit bool anomaly_enabled = false;
// NOLINTEND(*-avoid-non-const-global-variables)

/// An address that no other thread has.
[[nodiscard]] inline const void* this_thread() noexcept { return &grad_enabled; }

}  // namespace detail

/// Whether this thread records what derivatives need. A new thread does.
[[nodiscard]] inline bool is_grad_enabled() noexcept { return detail::grad_enabled; }

/// Switches recording on or off in this thread until the end of the scope.
/// https://docs.pytorch.org/docs/stable/generated/torch.autograd.grad_mode.set_grad_enabled.html
class [[nodiscard]] GradMode {
 public:
  /// Records from here on if `on`, or does not.
  explicit GradMode(bool on) noexcept : before_(std::exchange(detail::grad_enabled, on)) {}
  GradMode(const GradMode&) = delete;
  GradMode& operator=(const GradMode&) = delete;
  ~GradMode() { detail::grad_enabled = before_; }

 private:
  bool before_;
};

/// Until the end of its scope this thread records nothing: results need no gradient, whatever they were
/// computed from. `const NoGrad no_grad;`
/// https://docs.pytorch.org/docs/stable/generated/torch.no_grad.html
class [[nodiscard]] NoGrad : public GradMode {
 public:
  NoGrad() noexcept : GradMode(false) {}
};

/// Until the end of its scope, every operation of this thread runs at once and throws Error when it makes a
/// NaN, forward and backward. For finding the first one: what is put off otherwise, and fused, is not then.
/// https://docs.pytorch.org/docs/stable/autograd.html#anomaly-detection
class [[nodiscard]] DetectAnomaly {
 public:
  DetectAnomaly() noexcept : before_(std::exchange(detail::anomaly_enabled, true)) {}
  DetectAnomaly(const DetectAnomaly&) = delete;
  DetectAnomaly& operator=(const DetectAnomaly&) = delete;
  ~DetectAnomaly() { detail::anomaly_enabled = before_; }

 private:
  bool before_;
};

WICK_END_NAMESPACE
