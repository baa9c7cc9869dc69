#pragma once

// What has a rank among the elements of a dimension: medians, quantiles, the k-th one, the most frequent one,
// and extremes of all up to each one. Of tensors and, with autograd/index.hpp, of variables; these look at
// the numbers, so they cannot be traced.

#include <wick/base/error.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/combine.hpp>
#include <wick/ops/extremes.hpp>
#include <wick/ops/index.hpp>
#include <wick/ops/join.hpp>
#include <wick/ops/parts.hpp>
#include <wick/ops/reduce.hpp>
#include <wick/ops/shaped.hpp>
#include <wick/ops/shapes.hpp>
#include <wick/ops/sort.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Elements and where they are along a dimension: `const auto [values, indices] = median(x, 1);`
template <class Values>
struct RankedElements {
  Values values;                 ///< the elements
  Tensor<std::int64_t> indices;  ///< from the front of the dimension
};

namespace detail {

/// The elements of a tensor or a variable, to look at.
template <Shaped Tx>
[[nodiscard]] auto elements_of(const Tx& x) {
  if constexpr (TensorOperand<Tx>) {
    return view_of_operand(x);
  } else {
    return x.value();
  }
}

/// The index that pick(line, indices in order of the elements) names for each line along a dimension, with
/// the size 1 along it. NaN comes last in the order, equal elements in theirs.
template <class Tx, class Pick>
[[nodiscard]] Tensor<std::int64_t> ranked(const char* where, const Tx& x, Index dim, const Pick& pick) {
  const Shape shape = x.shape();
  check_not_empty(where, shape, Axes(dim).mask(where, shape.dim()), false);
  const Along along(where, dim, shape);
  Tensor<std::int64_t> out(resized(shape, axis_of(where, dim, shape.dim()), 1));
  for_each_sorted_line(
      x.data(), along,
      [&](const auto* line, auto& order) {
        std::stable_sort(order.begin(), order.end(), by_element(line, along.inner, false));
      },
      [&](Index o, Index i, const auto* line, std::span<const std::int64_t> order) {
        const auto element = [&](std::size_t k) { return line[static_cast<Index>(order[k]) * along.inner]; };
        out.data()[o * along.inner + i] = order[pick(element, order.size())];
      });
  return out;
}

/// The elements at the indices, which have the dimension with the size 1 and lose it unless `keepdim`.
template <Shaped Tx>
[[nodiscard]] auto picked(const Tx& x, Index dim, Tensor<std::int64_t> indices, bool keepdim) {
  auto values = copy_of(gather(x, dim, indices));
  using Values = decltype(values);
  if (keepdim || Shape(x.shape()).dim() == 0)
    return RankedElements<Values>{std::move(values), std::move(indices)};
  auto squeezed = copy_of(squeeze(values, Axes(dim)));
  const Shape shape = squeezed.shape();
  return RankedElements<Values>{std::move(squeezed), std::move(indices).reshape(shape)};
}

/// Of how many elements in order, none of which is NaN, the k-th; the first NaN if there is one.
template <class Element>
[[nodiscard]] std::size_t rank_before_nan(const Element& element, std::size_t count, std::size_t k) {
  const auto last = element(count - 1);
  if (last == last) return k;
  std::size_t first = count - 1;
  while (first > 0 && element(first - 1) != element(first - 1)) --first;
  return first;
}

/// Indices of the largest elements up to each one, of equal ones the last; NaN from the first one on.
template <bool largest, class Tx>
[[nodiscard]] Tensor<std::int64_t> running_extreme(const char* where, const Tx& x, Index dim) {
  const Along along(where, dim, x.shape());
  Tensor<std::int64_t> out(x.shape());
  for (Index o = 0; o < along.outer; ++o) {
    for (Index i = 0; i < along.inner; ++i) {
      const Index begin = o * along.size * along.inner + i;
      Index best = 0;
      for (Index k = 0; k < along.size; ++k) {
        const auto candidate = x.data()[begin + k * along.inner];
        const auto current = x.data()[begin + best * along.inner];
        const bool reaches = largest ? candidate >= current : candidate <= current;
        if (candidate != candidate || (current == current && reaches)) best = k;
        out.data()[begin + k * along.inner] = best;
      }
    }
  }
  return out;
}

}  // namespace detail

/// The median along a dimension and its index: of an even number the lower one of the two in the middle, NaN
/// if one is NaN. Throws IndexError for a dimension that is not there or has no elements.
/// https://docs.pytorch.org/docs/stable/generated/torch.median.html
template <Shaped Tx>
[[nodiscard]] auto median(const Tx& x, Index dim, bool keepdim = false) {
  return detail::picked(x, dim,
                        detail::ranked("median", detail::elements_of(x), dim,
                                       [](const auto& element, std::size_t count) {
                                         return detail::rank_before_nan(element, count, (count - 1) / 2);
                                       }),
                        keepdim);
}
/// Of all elements. Throws ShapeError where there is none.
template <Shaped Tx>
[[nodiscard]] auto median(const Tx& x) {
  const auto all = flatten(x);
  if (Shape(all.shape()).numel() == 0)
    throw ShapeError("median: expected at least one element, got an empty tensor");
  return median(all, 0).values;
}

/// The k-th least element along a dimension, counted from 1, and its index. Throws ShapeError for k that is
/// not there, IndexError for a dimension that is not there or has no elements.
/// https://docs.pytorch.org/docs/stable/generated/torch.kthvalue.html
template <Shaped Tx>
[[nodiscard]] auto kthvalue(const Tx& x, Index k, Index dim = -1, bool keepdim = false) {
  const Shape shape = x.shape();
  const Index size = detail::Along("kthvalue", dim, shape).size;
  if (k < 1 || k > size) {
    throw ShapeError("kthvalue(): selected number k out of range for dimension " + std::to_string(dim) +
                     ", got " + std::to_string(k) + " for shape " + shape.str());
  }
  return detail::picked(
      x, dim,
      detail::ranked("kthvalue", detail::elements_of(x), dim,
                     [&](const auto&, std::size_t) { return static_cast<std::size_t>(k - 1); }),
      keepdim);
}

/// The most frequent element along a dimension, of several the least, and the index of its last occurrence.
/// Throws IndexError for a dimension that is not there or has no elements.
/// https://docs.pytorch.org/docs/stable/generated/torch.mode.html
template <Shaped Tx>
[[nodiscard]] auto mode(const Tx& x, Index dim = -1, bool keepdim = false) {
  return detail::picked(x, dim,
                        detail::ranked("mode", detail::elements_of(x), dim,
                                       [](const auto& element, std::size_t count) {
                                         std::size_t best = 0;
                                         std::size_t most = 0;
                                         std::size_t first = 0;
                                         for (std::size_t k = 0; k < count; ++k) {
                                           if (k > 0 && element(k) != element(k - 1)) first = k;
                                           if (k - first + 1 > most) {
                                             most = k - first + 1;
                                             best = k;
                                           }
                                         }
                                         return best;
                                       }),
                        keepdim);
}

/// The largest elements up to each one along a dimension, or the least ones, and where they are: of equal
/// ones the last. From a NaN on all are NaN. Throws IndexError for a dimension that is not there.
/// https://docs.pytorch.org/docs/stable/generated/torch.cummax.html
template <Shaped Tx>
[[nodiscard]] auto cummax(const Tx& x, Index dim) {
  auto indices = detail::running_extreme<true>("cummax", detail::elements_of(x), dim);
  auto values = detail::copy_of(gather(x, dim, indices));
  return RankedElements<decltype(values)>{std::move(values), std::move(indices)};
}
template <Shaped Tx>
[[nodiscard]] auto cummin(const Tx& x, Index dim) {
  auto indices = detail::running_extreme<false>("cummin", detail::elements_of(x), dim);
  auto values = detail::copy_of(gather(x, dim, indices));
  return RankedElements<decltype(values)>{std::move(values), std::move(indices)};
}

namespace detail {

/// quantile(), with weight(i, what is left of rank i) for the way from the element before it to that behind.
template <Shaped Tx, class Weight>
[[nodiscard]] auto quantiles(const Tx& x, std::span<const double> q, Index dim, bool keepdim,
                             std::string_view interpolation, const Weight& weight) {
  using T = typename ElementBeside<Tx>::type;
  static_assert(Floating<T>, "quantile() is of floats");
  const auto values = elements_of(x);
  const auto size = static_cast<double>(Along("quantile", dim, values.shape()).size);
  const auto at = [&](double rank) {
    const auto pick = [&](const auto& element, std::size_t count) {
      return rank_before_nan(element, count, static_cast<std::size_t>(rank));
    };
    return picked(x, dim, ranked("quantile", values, dim, pick), keepdim).values;
  };
  std::vector<decltype(at(0))> results;
  for (std::size_t i = 0; i < q.size(); ++i) {
    if (!(q[i] >= 0 && q[i] <= 1)) {
      throw OptionError("quantile() q values must be in the range [0, 1], got " + std::to_string(q[i]));
    }
    const double rank = q[i] * (size - 1);
    const double below = std::floor(rank);
    if (interpolation == "linear") {
      results.push_back(lerp(at(below), at(std::ceil(rank)), weight(i, rank - below)));
    } else if (interpolation == "midpoint") {
      results.push_back(lerp(at(below), at(std::ceil(rank)), rank == below ? 0.0 : 0.5));
    } else if (interpolation == "lower") {
      results.push_back(at(below));
    } else if (interpolation == "higher") {
      results.push_back(at(std::ceil(rank)));
    } else if (interpolation == "nearest") {
      results.push_back(at(Round::apply(rank)));
    } else {
      throw OptionError(
          "quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but got " +
          std::string(interpolation));
    }
  }
  if constexpr (TensorOperand<Tx>) {
    const std::vector<TensorArg<T>> args(results.begin(), results.end());
    return stack<T>(std::span<const TensorArg<T>>(args), 0);
  } else {
    return stack(std::span<const Tx>(results), 0);
  }
}

}  // namespace detail

/// The elements of the ranks q (n - 1) among n along a dimension, for each q of a vector: results have a
/// first dimension for them. NaN if one is NaN. A rank between two is taken between both ("linear"), as the
/// "lower" one, the "higher" one, the "nearest" (of two the even one) or the "midpoint". Throws OptionError
/// for q outside of [0, 1] and other interpolations, IndexError for a dimension that is not there or has no
/// elements. https://docs.pytorch.org/docs/stable/generated/torch.quantile.html
template <Shaped Tx>
[[nodiscard]] auto quantile(const Tx& x, std::span<const double> q, Index dim, bool keepdim = false,
                            std::string_view interpolation = "linear") {
  return detail::quantiles(x, q, dim, keepdim, interpolation, [](std::size_t, double rest) { return rest; });
}
/// The same for a vector of variables, which have a derivative if the interpolation is "linear".
template <Shaped Tx>
requires(!TensorOperand<Tx>)
    [[nodiscard]] auto quantile(const Tx& x, const Tx& q, Index dim, bool keepdim = false,
                                std::string_view interpolation = "linear") {
  using T = typename Tx::Scalar;
  if (q.dim() != 1) throw ShapeError("quantile(): expected q to be a vector, got " + q.shape().str());
  const std::vector<double> places(q.value().data(), q.value().data() + q.numel());
  const auto size = static_cast<double>(detail::Along("quantile", dim, x.shape()).size);
  return detail::quantiles(x, places, dim, keepdim, interpolation, [&](std::size_t i, double /*rest*/) {
    const double below = std::floor(places[i] * (size - 1));
    return select(q, 0, static_cast<Index>(i)) * static_cast<T>(size - 1) - static_cast<T>(below);
  });
}
/// Of one q, without a dimension for it.
template <Shaped Tx>
[[nodiscard]] auto quantile(const Tx& x, double q, Index dim, bool keepdim = false,
                            std::string_view interpolation = "linear") {
  return detail::copy_of(
      squeeze(quantile(x, std::span<const double>(&q, 1), dim, keepdim, interpolation), Axes(0)));
}
/// Of all elements.
template <Shaped Tx>
[[nodiscard]] auto quantile(const Tx& x, double q) {
  return quantile(detail::copy_of(flatten(x)), q, 0);
}

WICK_END_NAMESPACE
