#pragma once

// Functions of variables that look at their numbers and have no derivative: comparisons, places of elements.
// Symbols have no numbers, so a module that uses one of these is no program.

#include <wick/ops/combine.hpp>
#include <wick/ops/compare.hpp>
#include <wick/ops/extremes.hpp>
#include <wick/ops/functions.hpp>
#include <wick/ops/index.hpp>
#include <wick/ops/promote.hpp>
#include <wick/ops/sort.hpp>
#include <wick/tensor/tensor.hpp>

#include <concepts>
#include <cstdint>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// A variable.
template <class Tx>
concept ShowsNumbers = requires(const Tx& x) {
  x.tape();
  { x.value() } -> TensorOperand;
};
/// Two of which one is a variable, the other one too, a tensor or a number.
template <class Tx, class Ty>
concept ShownPair = (ShowsNumbers<Tx> && (ShowsNumbers<Ty> || TensorOperand<Ty> || Number<Ty>)) ||
                    (ShowsNumbers<Ty> && (TensorOperand<Tx> || Number<Tx>));

template <class Tx, class Ty>
concept ShownTensors = ShownPair<Tx, Ty> && !Number<Tx> && !Number<Ty>;

/// The numbers of a variable, and what else there is as it is.
template <class Tx>
[[nodiscard]] decltype(auto) numbers_of(const Tx& x) {
  if constexpr (ShowsNumbers<Tx>) {
    return x.value();
  } else {
    return (x);
  }
}

}  // namespace detail

/// What these compute is said at their namesakes in ops/compare.hpp and the other headers for tensors.

template <class Tx, class Ty>
requires detail::ShownPair<Tx, Ty>
[[nodiscard]] Tensor<bool> eq(const Tx& x, const Ty& y) {
  return eq(detail::numbers_of(x), detail::numbers_of(y));
}
template <class Tx, class Ty>
requires detail::ShownPair<Tx, Ty>
[[nodiscard]] Tensor<bool> ne(const Tx& x, const Ty& y) {
  return ne(detail::numbers_of(x), detail::numbers_of(y));
}
template <class Tx, class Ty>
requires detail::ShownPair<Tx, Ty>
[[nodiscard]] Tensor<bool> lt(const Tx& x, const Ty& y) {
  return lt(detail::numbers_of(x), detail::numbers_of(y));
}
template <class Tx, class Ty>
requires detail::ShownPair<Tx, Ty>
[[nodiscard]] Tensor<bool> le(const Tx& x, const Ty& y) {
  return le(detail::numbers_of(x), detail::numbers_of(y));
}
template <class Tx, class Ty>
requires detail::ShownPair<Tx, Ty>
[[nodiscard]] Tensor<bool> gt(const Tx& x, const Ty& y) {
  return gt(detail::numbers_of(x), detail::numbers_of(y));
}
template <class Tx, class Ty>
requires detail::ShownPair<Tx, Ty>
[[nodiscard]] Tensor<bool> ge(const Tx& x, const Ty& y) {
  return ge(detail::numbers_of(x), detail::numbers_of(y));
}
template <class Tx, class Ty>
requires detail::ShownPair<Tx, Ty>
[[nodiscard]] Tensor<bool> operator<(const Tx& x, const Ty& y) {
  return lt(detail::numbers_of(x), detail::numbers_of(y));
}
template <class Tx, class Ty>
requires detail::ShownPair<Tx, Ty>
[[nodiscard]] Tensor<bool> operator<=(const Tx& x, const Ty& y) {
  return le(detail::numbers_of(x), detail::numbers_of(y));
}
template <class Tx, class Ty>
requires detail::ShownPair<Tx, Ty>
[[nodiscard]] Tensor<bool> operator>(const Tx& x, const Ty& y) {
  return gt(detail::numbers_of(x), detail::numbers_of(y));
}
template <class Tx, class Ty>
requires detail::ShownPair<Tx, Ty>
[[nodiscard]] Tensor<bool> operator>=(const Tx& x, const Ty& y) {
  return ge(detail::numbers_of(x), detail::numbers_of(y));
}
template <class Tx, class Ty>
requires detail::ShownTensors<Tx, Ty>
[[nodiscard]] Tensor<bool> isclose(const Tx& x, const Ty& y, const CloseOptions& options = {}) {
  return isclose(detail::numbers_of(x), detail::numbers_of(y), options);
}
template <class Tx, class Ty>
requires detail::ShownTensors<Tx, Ty>
[[nodiscard]] bool allclose(const Tx& x, const Ty& y, const CloseOptions& options = {}) {
  return allclose(detail::numbers_of(x), detail::numbers_of(y), options);
}
template <class Tx, class Ty>
requires detail::ShownTensors<Tx, Ty>
[[nodiscard]] bool equal(const Tx& x, const Ty& y) {
  return equal(detail::numbers_of(x), detail::numbers_of(y));
}

template <detail::ShowsNumbers Tx>
[[nodiscard]] Tensor<std::int64_t> argmax(const Tx& x) {
  return argmax(x.value());
}
template <detail::ShowsNumbers Tx, detail::Dimension Ti>
[[nodiscard]] Tensor<std::int64_t> argmax(const Tx& x, Ti dim, bool keepdim = false) {
  return argmax(x.value(), dim, keepdim);
}
template <detail::ShowsNumbers Tx>
[[nodiscard]] Tensor<std::int64_t> argmin(const Tx& x) {
  return argmin(x.value());
}
template <detail::ShowsNumbers Tx, detail::Dimension Ti>
[[nodiscard]] Tensor<std::int64_t> argmin(const Tx& x, Ti dim, bool keepdim = false) {
  return argmin(x.value(), dim, keepdim);
}
template <detail::ShowsNumbers Tx>
[[nodiscard]] Tensor<std::int64_t> argsort(const Tx& x, Index dim = -1, bool descending = false) {
  return argsort(x.value(), dim, descending);
}
template <detail::ShowsNumbers Tx>
[[nodiscard]] Tensor<std::int64_t> nonzero(const Tx& x) {
  return nonzero(x.value());
}
template <detail::ShowsNumbers Tx>
[[nodiscard]] std::vector<Tensor<std::int64_t>> nonzero_numpy(const Tx& x) {
  return nonzero_numpy(x.value());
}
template <detail::ShowsNumbers Tx>
[[nodiscard]] Tensor<bool> isnan(const Tx& x) {
  return isnan(x.value());
}
template <detail::ShowsNumbers Tx>
[[nodiscard]] Tensor<bool> isinf(const Tx& x) {
  return isinf(x.value());
}
template <detail::ShowsNumbers Tx>
[[nodiscard]] Tensor<bool> isfinite(const Tx& x) {
  return isfinite(x.value());
}

WICK_END_NAMESPACE
