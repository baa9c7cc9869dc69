#pragma once

// Variances, norms and the like of values along dimensions, made of other operations.

#include <wick/graph/elementwise.hpp>
#include <wick/graph/extremes.hpp>
#include <wick/graph/functions.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/pow.hpp>
#include <wick/graph/reductions.hpp>
#include <wick/graph/select.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/reduce.hpp>

#include <cmath>
#include <limits>

WICK_BEGIN_NAMESPACE

namespace detail {

/// x^power of what is not negative, with the derivative 0 at 0.
struct FlatRoot {
  double power;
};
template <Floating T>
[[nodiscard]] Symbol<T> applied(FlatRoot root, const Symbol<T>& x) {
  return root.power == 0.5 ? sqrt(x) : pow(x, static_cast<T>(root.power));
}

}  // namespace detail

// Of variables and symbols. Dimensions and `keepdim` are as of sum(); in a program, var() and std() are not
// of samples, whose number it does not know.

/// Sum of (x - mean)^2, divided by the number of elements less `options.correction`; NaN where that leaves
/// nothing.
template <Recorded Value>
[[nodiscard]] Value var(const Value& x, const Axes& dim = Axes::all(), const VarianceOptions& options = {}) {
  using T = typename Value::Scalar;
  const auto count = static_cast<double>(detail::reduced_count(x.shape(), dim.mask("var", x.dim())));
  const Value sums = sum(square(x - mean(x, dim, true)), dim, options.keepdim);
  return sums / static_cast<T>(count > options.correction ? count - options.correction : 0);
}
/// The root of the variance, which has the derivative 0 where it is 0, as in PyTorch.
template <Recorded Value>
[[nodiscard]] Value std(const Value& x, const Axes& dim = Axes::all(), const VarianceOptions& options = {}) {
  return applied(detail::FlatRoot{0.5}, var(x, dim, options));
}

/// (sum of |x|^p)^(1/p); the largest |x| for p = infinity, the least for -infinity, the number of elements
/// other than 0 for p = 0. The derivative of a norm that is 0 is 0, as in PyTorch. Throws ShapeError or
/// IndexError where an infinite p meets no element.
template <Recorded Value>
[[nodiscard]] Value norm(const Value& x, double p = 2, const Axes& dim = Axes::all(), bool keepdim = false) {
  using T = typename Value::Scalar;
  if (std::abs(p) == std::numeric_limits<double>::infinity())
    return p > 0 ? amax(abs(x), dim, keepdim) : amin(abs(x), dim, keepdim);
  if (p == 2) return applied(detail::FlatRoot{0.5}, sum(square(x), dim, keepdim));
  if (p == 1) return sum(abs(x), dim, keepdim);
  if (p == 0) return sum(abs(sign(x)), dim, keepdim);
  return applied(detail::FlatRoot{1 / p}, sum(pow(abs(x), static_cast<T>(p)), dim, keepdim));
}

/// log(sum of e^x) without overflow.
template <Recorded Value>
[[nodiscard]] Value logsumexp(const Value& x, const Axes& dim, bool keepdim = false) {
  using T = typename Value::Scalar;
  constexpr T most = (std::numeric_limits<T>::max)();
  // Any number near the largest element does; it is no infinity, so that differences are numbers.
  const Value shift = maximum(minimum(amax(x, dim, true).detach(), most), -most);
  const Value result = log(sum(exp(x - shift), dim, true)) + shift;
  return keepdim ? result
                 : reshape(result, detail::SumShapes(x.shape(), dim.mask("logsumexp", x.dim())).without);
}

WICK_END_NAMESPACE
