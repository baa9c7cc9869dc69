#pragma once

// Whether this is still the process that made an object, or a child that was forked since.

#include <wick/base/detail/compiled.hpp>
#include <wick/version.hpp>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Made in one process; is_here() is false in the children that it forks, which have copies of its memory but
/// none of its other threads. To ask costs a look at memory on Linux, and a system call elsewhere.
class ProcessMark {
 public:
  ProcessMark() noexcept;
  ProcessMark(const ProcessMark&) = delete;
  ProcessMark& operator=(const ProcessMark&) = delete;
  ~ProcessMark();

  [[nodiscard]] bool is_here() const noexcept { return page_ != nullptr ? *page_ != 0 : has_same_id(); }

 private:
  [[nodiscard]] bool has_same_id() const noexcept;

  // A page that Linux fills with zeros in a child.
  const volatile unsigned char* page_ = nullptr;
  long id_ = 0;
};

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/base/detail/process_mark.ipp>
#endif
