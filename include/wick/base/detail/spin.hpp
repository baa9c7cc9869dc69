#pragma once

// Waiting for another thread without sleeping.

#include <wick/version.hpp>

#include <thread>

WICK_BEGIN_NAMESPACE

namespace detail {

/// One turn of a loop that waits for another thread: short at first, then leaves the processor to others.
class Spin {
 public:
  void operator()() noexcept {
    if (++turns_ % 32 == 0) {
      std::this_thread::yield();
    } else {
#if defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__))
      __builtin_ia32_pause();
#endif
    }
  }
  [[nodiscard]] int turns() const noexcept { return turns_; }

 private:
  int turns_ = 0;
};

}  // namespace detail

WICK_END_NAMESPACE
