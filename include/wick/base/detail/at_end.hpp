#pragma once

// What is done when a scope is left, by whatever way.

#include <wick/version.hpp>

#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Runs `end` when it goes.
template <class Function>
class AtEnd {
 public:
  explicit AtEnd(Function end) : end_(std::move(end)) {}
  AtEnd(const AtEnd&) = delete;
  AtEnd& operator=(const AtEnd&) = delete;
  ~AtEnd() { end_(); }

 private:
  Function end_;
};

}  // namespace detail

WICK_END_NAMESPACE
