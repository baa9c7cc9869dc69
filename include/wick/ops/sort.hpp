#pragma once

// Order along a dimension: sorting, the largest few, what occurs, running sums.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/error.hpp>
#include <wick/ops/arithmetic.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/extremes.hpp>
#include <wick/ops/promote.hpp>
#include <wick/ops/reduce.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Before in ascending order; NaN comes last.
template <class T>
[[nodiscard]] bool comes_before(T a, T b) noexcept {
  return a < b || (a == a && b != b);
}

/// f(elements of a line, their indices in order) for each line along a dimension, whose elements are `inner`
/// apart; `sort` orders the indices.
template <class T, class Sort, class Function>
void for_each_sorted_line(const T* x, const Along& along, Sort sort, Function f) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(along.size));
  for (Index o = 0; o < along.outer; ++o) {
    for (Index i = 0; i < along.inner; ++i) {
      const T* const line = x + o * along.size * along.inner + i;
      for (std::size_t k = 0; k < order.size(); ++k) order[k] = static_cast<std::int64_t>(k);
      sort(line, order);
      f(o, i, line, std::span<const std::int64_t>(order));
    }
  }
}

/// The comparison of indices by the elements of a line.
template <class T>
[[nodiscard]] auto by_element(const T* line, Index stride, bool descending) {
  return [=](std::int64_t a, std::int64_t b) {
    const T x = line[as_integer<Index>(a) * stride];
    const T y = line[as_integer<Index>(b) * stride];
    return descending ? comes_before(y, x) : comes_before(x, y);
  };
}

}  // namespace detail

/// The elements along a dimension in ascending or descending order, and the index that each had. Equal
/// elements keep their order, as with PyTorch's `stable=True`; NaN is larger than everything. Throws
/// IndexError for a dimension that `x` does not have.
template <TensorOperand Tx>
[[nodiscard]] ValuesAndIndices<ElementOf<Tx>> sort(const Tx& x, Index dim = -1, bool descending = false) {
  using T = ElementOf<Tx>;
  const detail::Along along("sort", dim, x.shape());
  ValuesAndIndices<T> out{Tensor<T>(x.shape()), Tensor<std::int64_t>(x.shape())};
  detail::for_each_sorted_line(
      x.data(), along,
      [&](const T* line, auto& order) {
        std::stable_sort(order.begin(), order.end(), detail::by_element(line, along.inner, descending));
      },
      [&](Index o, Index i, const T* line, std::span<const std::int64_t> order) {
        for (Index k = 0; k < along.size; ++k) {
          const std::int64_t from = order[static_cast<std::size_t>(k)];
          const Index to = (o * along.size + k) * along.inner + i;
          out.values.data()[to] = line[static_cast<Index>(from) * along.inner];
          out.indices.data()[to] = from;
        }
      });
  return out;
}
/// The indices alone.
template <TensorOperand Tx>
[[nodiscard]] Tensor<std::int64_t> argsort(const Tx& x, Index dim = -1, bool descending = false) {
  return sort(x, dim, descending).indices;
}

/// The k largest elements along a dimension, or the least ones, in order, and their indices; of equal ones
/// those that come first. Throws ShapeError when k exceeds the dimension.
template <TensorOperand Tx>
[[nodiscard]] ValuesAndIndices<ElementOf<Tx>> topk(const Tx& x, Index k, Index dim = -1,
                                                   bool largest = true) {
  using T = ElementOf<Tx>;
  const detail::Along along("topk", dim, x.shape());
  if (k < 0 || k > along.size) {
    throw ShapeError("topk: selected index k out of range: got " + std::to_string(k) +
                     " for a dimension of size " + std::to_string(along.size) + " of shape " +
                     x.shape().str());
  }
  const Shape shape = detail::resized(x.shape(), detail::axis_of("topk", dim, x.dim()), k);
  ValuesAndIndices<T> out{Tensor<T>(shape), Tensor<std::int64_t>(shape)};
  if (out.values.numel() == 0) return out;
  detail::for_each_sorted_line(
      x.data(), along,
      [&](const T* line, auto& order) {
        const auto before = detail::by_element(line, along.inner, largest);
        std::partial_sort(order.begin(), order.begin() + k, order.end(), [&](std::int64_t a, std::int64_t b) {
          return before(a, b) || (!before(b, a) && a < b);
        });
      },
      [&](Index o, Index i, const T* line, std::span<const std::int64_t> order) {
        for (Index j = 0; j < k; ++j) {
          const std::int64_t from = order[static_cast<std::size_t>(j)];
          const Index to = (o * k + j) * along.inner + i;
          out.values.data()[to] = line[static_cast<Index>(from) * along.inner];
          out.indices.data()[to] = from;
        }
      });
  return out;
}

/// What unique_all() finds.
template <Element T>
struct UniqueElements {
  Tensor<T> values;              ///< in ascending order
  Tensor<std::int64_t> inverse;  ///< of each element, where it is in `values`
  Tensor<std::int64_t> counts;   ///< of each value, how often it occurs
};

/// The different elements of all of `x` in ascending order. Each NaN differs from every other, as in PyTorch.
template <TensorOperand Tx>
[[nodiscard]] UniqueElements<ElementOf<Tx>> unique_all(const Tx& x) {
  using T = ElementOf<Tx>;
  const auto sorted = sort(TensorView<const T>(x.data(), Shape{x.numel()}));
  Tensor<std::int64_t> inverse(x.shape());
  std::vector<std::int64_t> counts;
  Tensor<T> values(Shape{x.numel()});
  for (Index i = 0; i < x.numel(); ++i) {
    const T v = sorted.values.data()[i];
    if (i == 0 || v != sorted.values.data()[i - 1]) {
      values.data()[counts.size()] = v;
      counts.push_back(0);
    }
    ++counts.back();
    inverse.data()[sorted.indices.data()[i]] = static_cast<std::int64_t>(counts.size()) - 1;
  }
  const auto n = static_cast<Index>(counts.size());
  return {Tensor<T>(values.rows(0, n)), std::move(inverse),
          Tensor<std::int64_t>::from(std::span<const std::int64_t>(counts), Shape{n})};
}
template <TensorOperand Tx>
[[nodiscard]] Tensor<ElementOf<Tx>> unique(const Tx& x) {
  return unique_all(x).values;
}
/// The different slices x[..., i, ...] of a dimension, in the order of their elements; `inverse` and `counts`
/// are of slices. Throws IndexError for a dimension that x does not have, ShapeError for slices without
/// elements. https://docs.pytorch.org/docs/stable/generated/torch.unique.html
template <TensorOperand Tx>
[[nodiscard]] UniqueElements<ElementOf<Tx>> unique_dim(const Tx& x, Index dim) {
  using T = ElementOf<Tx>;
  const detail::Along along("unique", dim, x.shape());
  if (along.size > 0 && along.outer * along.inner == 0) {
    throw ShapeError(
        "unique: There are 0 sized dimensions, and they aren't selected, so unique cannot be applied, got " +
        x.shape().str());
  }
  const auto slice = [&](Index i, Index o) { return x.data() + (o * along.size + i) * along.inner; };
  /// Below, equal or above 0 as slice i is less than slice k, equal or greater.
  const auto compared = [&](Index i, Index k) {
    for (Index o = 0; o < along.outer; ++o) {
      for (Index e = 0; e < along.inner; ++e) {
        const T a = slice(i, o)[e];
        const T b = slice(k, o)[e];
        if (a < b) return -1;
        if (a != b) return 1;
      }
    }
    return 0;
  };
  std::vector<Index> order(static_cast<std::size_t>(along.size));
  std::iota(order.begin(), order.end(), Index{0});
  std::ranges::stable_sort(order, [&](Index i, Index k) { return compared(i, k) < 0; });
  Tensor<std::int64_t> inverse(Shape{along.size});
  std::vector<std::int64_t> counts;
  std::vector<Index> firsts;
  for (const Index i : order) {
    if (firsts.empty() || compared(firsts.back(), i) != 0) {
      firsts.push_back(i);
      counts.push_back(0);
    }
    ++counts.back();
    inverse.data()[i] = static_cast<std::int64_t>(counts.size()) - 1;
  }
  const auto n = static_cast<Index>(counts.size());
  const std::size_t axis = detail::axis_of("unique", dim, x.dim());
  Tensor<T> values(detail::resized(x.shape(), axis, n));
  T* to = values.data();
  for (Index o = 0; o < along.outer; ++o) {
    for (const Index i : firsts) to = std::copy_n(slice(i, o), along.inner, to);
  }
  return {std::move(values), std::move(inverse),
          Tensor<std::int64_t>::from(std::span<const std::int64_t>(counts), Shape{n})};
}

namespace detail {

/// y_k = x_0 op ... op x_k along a dimension, computed in Sum, or from its end on.
template <class Operation, class Sum, class T, class Tr>
void running_to(const T* x, const Along& along, double first, bool from_end, Tr* out) {
  for (Index o = 0; o < along.outer; ++o) {
    for (Index i = 0; i < along.inner; ++i) {
      auto sum = static_cast<Sum>(first);
      for (Index k = 0; k < along.size; ++k) {
        const Index at = (o * along.size + (from_end ? along.size - 1 - k : k)) * along.inner + i;
        sum = Operation::apply(sum, static_cast<Sum>(x[at]));
        out[at] = static_cast<Tr>(sum);
      }
    }
  }
}

/// Floats in double.
template <class Operation, class Tx>
[[nodiscard]] auto running(const char* where, const Tx& x, Index dim, double first) {
  using Tr = SumOf<ElementOf<Tx>>;
  using Sum = std::conditional_t<Floating<Tr>, double, std::int64_t>;
  Tensor<Tr> out(x.shape());
  running_to<Operation, Sum>(x.data(), Along(where, dim, x.shape()), first, false, out.data());
  return out;
}

}  // namespace detail

/// Sums, or products, of the elements up to each one along a dimension. Integers and truth values as
/// std::int64_t. Throws IndexError for a dimension that `x` does not have.
template <TensorOperand Tx>
[[nodiscard]] auto cumsum(const Tx& x, Index dim) {
  return detail::running<detail::Add>("cumsum", x, dim, 0);
}
template <TensorOperand Tx>
[[nodiscard]] auto cumprod(const Tx& x, Index dim) {
  return detail::running<detail::Multiply>("cumprod", x, dim, 1);
}

WICK_END_NAMESPACE
