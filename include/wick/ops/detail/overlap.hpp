#pragma once

// Whether memory that is written is also read.

#include <wick/base/error.hpp>
#include <wick/tensor/tensor.hpp>

#include <functional>
#include <string>

WICK_BEGIN_NAMESPACE
namespace detail {

template <class Tr, class T>
[[nodiscard]] bool lie_apart(TensorView<Tr> out, TensorView<const T> x) noexcept {
  const auto begin = [](const auto& v) { return static_cast<const void*>(v.data()); };
  const auto end = [](const auto& v) { return static_cast<const void*>(v.data() + v.numel()); };
  const std::less<> less;
  return out.numel() == 0 || x.numel() == 0 || !less(begin(out), end(x)) || !less(begin(x), end(out));
}

/// What is read lies apart from what is written, or is the same element for element.
template <class Tr, class T>
[[nodiscard]] bool may_be_overwritten(TensorView<Tr> out, TensorView<const T> x) noexcept {
  return lie_apart(out, x) || (static_cast<const void*>(out.data()) == static_cast<const void*>(x.data()) &&
                               sizeof(Tr) == sizeof(T) && x.numel() == out.numel());
}

[[noreturn]] void refuse_overlap(const char* where, const Shape& out, const Shape& x);

/// For operations that read an element before they write the same one.
template <class Tr, class T>
void check_overlap(const char* where, TensorView<Tr> out, TensorView<const T> x) {
  if (!may_be_overwritten(out, x)) refuse_overlap(where, out.shape(), x.shape());
}
/// For all others.
template <class Tr, class T>
void check_apart(const char* where, TensorView<Tr> out, TensorView<const T> x) {
  if (!lie_apart(out, x)) refuse_overlap(where, out.shape(), x.shape());
}

}  // namespace detail
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/ops/detail/overlap.ipp>
#endif
