#pragma once

// Elements put in the place of others that indices name: of tensors and, with autograd/index.hpp and
// autograd/join.hpp, of variables and symbols. Of several for one place the last one stays.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/error.hpp>
#include <wick/ops/arithmetic.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/broadcast.hpp>
#include <wick/ops/compare.hpp>
#include <wick/ops/index.hpp>
#include <wick/ops/join.hpp>
#include <wick/ops/reduce.hpp>
#include <wick/ops/shaped.hpp>
#include <wick/ops/shapes.hpp>
#include <wick/tensor/tensor.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// An index that may count from the end.
[[nodiscard]] inline Index wrapped_index(const char* where, std::int64_t i, Index size, std::size_t axis) {
  return checked_index(where, i < 0 ? i + size : i, size, axis);
}

/// Where slices of a dimension of this size come from if those that `index` names are taken from behind them:
/// from the one at that place, or from `source(place)`.
template <class Source>
[[nodiscard]] std::vector<std::int64_t> origins(const char* where, TensorArg<std::int64_t> index, Index size,
                                                std::size_t axis, Source source) {
  if (index.dim() > 1) {
    throw IndexError(std::string(where) + "(): Index is supposed to be 1-dimensional, got shape " +
                     index.shape().str());
  }
  std::vector<std::int64_t> from(static_cast<std::size_t>(size));
  std::iota(from.begin(), from.end(), std::int64_t{0});
  for (Index i = 0; i < index.numel(); ++i) {
    from[static_cast<std::size_t>(wrapped_index(where, index.data()[i], size, axis))] = size + source(i);
  }
  return from;
}

/// x with elements of `source` at some offsets, put(offset, place in source) called for each of both.
template <Shaped Tx, class ForEach>
[[nodiscard]] auto overwritten(const Tx& x, const Tx& source, const ForEach& for_each) {
  const Shape shape = x.shape();
  std::vector<std::int64_t> from(static_cast<std::size_t>(shape.numel()));
  std::iota(from.begin(), from.end(), std::int64_t{0});
  for_each([&](Index offset, Index place) {
    from[static_cast<std::size_t>(offset)] = as_integer<std::int64_t>(shape.numel() + place);
  });
  const auto both = both_of(copy_of(flatten(x)), copy_of(flatten(source)), 0);
  return copy_of(reshape(slices_of(both, 0, from), shape));
}

}  // namespace detail

/// x with x[index[i][j]][j] = source[i][j] for dim 0, and so on. Throws ShapeError unless `index` has the
/// rank of x, is nowhere larger but along `dim` and not larger than `source`, IndexError for an index that is
/// not there. https://docs.pytorch.org/docs/stable/generated/torch.Tensor.scatter_.html
template <Shaped Tx>
[[nodiscard]] auto scatter(const Tx& x, Index dim, TensorArg<std::int64_t> index, const Tx& source) {
  const Shape shape = x.shape();
  const std::size_t axis = detail::axis_of("scatter", dim, shape.dim());
  detail::check_index_shape("scatter", index.shape(), shape, axis);
  detail::check_scatter_source(index.shape(), source.shape(), "scatter");
  const Index size = shape.dim() == 0 ? 1 : shape.dims()[axis];
  const Index stride = detail::stride_of(shape, axis);
  return detail::overwritten(x, source, [&](const auto& put) {
    detail::for_each_index(
        index.shape(), shape, source.shape(), axis, [&](Index i, Index offset, Index place) {
          put(offset + detail::checked_index("scatter", index.data()[i], size, axis) * stride, place);
        });
  });
}
/// The same with one number.
template <Shaped Tx, Number Tv>
[[nodiscard]] auto scatter(const Tx& x, Index dim, TensorArg<std::int64_t> index, Tv value) {
  using T = typename detail::ElementBeside<Tx>::type;
  return scatter(x, dim, index,
                 detail::beside(x, Tensor<T>::full(index.shape(), detail::element_from<T>(value))));
}

namespace detail {

/// What a reduction makes of the elements of x and of those of `source` that `index` puts there: as
/// scatter_reduce().
template <class Reduction, Element T>
[[nodiscard]] Tensor<T> scatter_reduced(TensorView<const T> x, std::size_t axis,
                                        TensorArg<std::int64_t> index, TensorView<const T> source,
                                        bool include_self) {
  Tensor<T> out(x);
  const Index size = x.dim() == 0 ? 1 : x.shape().dims()[axis];
  const Index stride = stride_of(x.shape(), axis);
  const auto for_each = [&](auto f) {
    for_each_index(index.shape(), x.shape(), source.shape(), axis, [&](Index i, Index offset, Index from) {
      f(out.data()[offset + checked_index("scatter_reduce", index.data()[i], size, axis) * stride],
        source.data()[from]);
    });
  };
  if (!include_self) for_each([](T& to, T /*from*/) { to = Reduction::identity(); });
  for_each([](T& to, T from) { to = Reduction::combine(to, from); });
  return out;
}

/// As much of `source` as there are indices.
template <Shaped Tx>
[[nodiscard]] auto indexed_part(const Tx& source, const Shape& index) {
  auto part = copy_of(source);
  for (std::size_t d = 0; d < index.dim(); ++d)
    part = narrow(part, static_cast<Index>(d), 0, index.dims()[d]);
  return part;
}

/// Products of variables, one index along the dimension after the other, so that the derivatives are right
/// where elements are 0.
template <Shaped Tx>
[[nodiscard]] auto scatter_products(const Tx& x, Index dim, std::size_t axis, TensorArg<std::int64_t> index,
                                    const Tx& source, bool include_self) {
  using T = typename ElementBeside<Tx>::type;
  auto out = include_self ? copy_of(x) : scatter(x, dim, index, T(1));
  if (index.dim() == 0) return out * source;
  const auto part = indexed_part(source, index.shape());
  const TensorView<const std::int64_t> places = index;
  for (Index i = 0; i < index.shape().dims()[axis]; ++i) {
    const Tensor<std::int64_t> to = narrow(places, dim, i, 1);
    out = scatter(out, dim, to, gather(out, dim, to) * narrow(part, dim, i, 1));
  }
  return out;
}

/// The largest or the least ones of variables: of equal ones each has its share of the gradient.
template <bool largest, Shaped Tx>
[[nodiscard]] auto scatter_shares(const Tx& x, Index dim, std::size_t axis, TensorArg<std::int64_t> index,
                                  const Tx& source, bool include_self) {
  using T = typename ElementBeside<Tx>::type;
  using Reduction = std::conditional_t<largest, LargestOperation<T>, LeastOperation<T>>;
  const auto part = indexed_part(source, index.shape());
  const Tensor<T> found = scatter_reduced<Reduction, T>(x.value(), axis, index, source.value(), include_self);
  auto own = eq(x.value(), found);  // auto: else scatter() is compiled where nobody calls this
  if (!include_self) own = scatter(own, dim, index, false);
  const Tensor<bool> theirs = eq(part.value(), gather(found, dim, index));
  const Tensor<T> count = scatter_add(to<T>(own), dim, index, to<T>(theirs));
  const auto zeros = x.tape().constant(Tensor<T>::zeros(x.shape()));
  return (where(own, x, T(0)) + scatter_add(zeros, dim, index, where(theirs, part, T(0)))) / count;
}

}  // namespace detail

/// x with elements of `source` put together with x[index[i][j]][j] for dim 0, and so on: their "sum", "prod",
/// "mean", largest one ("amax") or least one ("amin"); with what x has there unless `include_self` is false.
/// Means of integers are rounded down. Not of symbols. Throws as scatter() does, and OptionError for other
/// ways. https://docs.pytorch.org/docs/stable/generated/torch.Tensor.scatter_reduce_.html
template <Shaped Tx>
[[nodiscard]] auto scatter_reduce(const Tx& x, Index dim, TensorArg<std::int64_t> index, const Tx& source,
                                  std::string_view reduce, bool include_self = true) {
  using T = typename detail::ElementBeside<Tx>::type;
  const Shape shape = x.shape();
  const std::size_t axis = detail::axis_of("scatter_reduce", dim, shape.dim());
  detail::check_index_shape("scatter_reduce", index.shape(), shape, axis);
  detail::check_scatter_source(index.shape(), source.shape(), "scatter_reduce");
  if (reduce == "prod" || reduce == "amax" || reduce == "amin") {
    if constexpr (TensorOperand<Tx>) {
      const TensorView<const T> own = detail::view_of_operand(x);
      const TensorView<const T> theirs = detail::view_of_operand(source);
      const auto reduced = [&]<class Reduction>(Reduction /*which*/) {
        return detail::scatter_reduced<Reduction>(own, axis, index, theirs, include_self);
      };
      return reduce == "prod"   ? reduced(detail::ProductOperation<T>())
             : reduce == "amax" ? reduced(detail::LargestOperation<T>())
                                : reduced(detail::LeastOperation<T>());
    } else {
      return reduce == "prod"   ? detail::scatter_products(x, dim, axis, index, source, include_self)
             : reduce == "amax" ? detail::scatter_shares<true>(x, dim, axis, index, source, include_self)
                                : detail::scatter_shares<false>(x, dim, axis, index, source, include_self);
    }
  }
  if (reduce != "sum" && reduce != "mean") {
    throw OptionError("scatter_reduce: reduce argument must be either sum, prod, mean, amax or amin, got " +
                      std::string(reduce));
  }
  auto total = detail::copy_of(
      scatter_add(include_self ? detail::copy_of(x) : scatter(x, dim, index, T(0)), dim, index, source));
  if (reduce == "sum") return total;
  auto count = scatter_add(Tensor<T>::full(shape, T(include_self ? 1 : 0)), dim, index,
                           Tensor<T>::full(index.shape(), T(1)));
  for (T& n : count.span()) {
    if (n == T(0)) n = T(1);
  }
  if constexpr (std::is_same_v<T, bool>) {
    throw OptionError("scatter_reduce: truth values have no mean");
  } else if constexpr (std::is_integral_v<T>) {
    return floor_divide(total, count);
  } else {
    return total / count;
  }
}

/// x with the slices of `source` in the place of those that `index`, a vector, names; indices may count from
/// the end. Throws ShapeError unless `source` has the shape of x but for one slice for each index, IndexError
/// for an index that is not there.
/// https://docs.pytorch.org/docs/stable/generated/torch.Tensor.index_copy_.html
template <Shaped Tx>
[[nodiscard]] auto index_copy(const Tx& x, Index dim, TensorArg<std::int64_t> index, const Tx& source) {
  const Shape shape = detail::at_least_vector(x.shape());
  const Shape slices = detail::at_least_vector(source.shape());
  const std::size_t axis = detail::axis_of("index_copy", dim, shape.dim());
  if (slices.dim() != shape.dim() || !(detail::resized(slices, axis, 0) == detail::resized(shape, axis, 0)) ||
      slices.dims()[axis] != index.numel()) {
    throw ShapeError(
        "index_copy_(): Source/destination tensor must have same slice shapes, and a slice for each "
        "index. Got " +
        x.shape().str() + " and source " + source.shape().str() + " for " + std::to_string(index.numel()) +
        " indices at dimension " + std::to_string(axis));
  }
  const auto from =
      detail::origins("index_copy", index, shape.dims()[axis], axis, [](Index place) { return place; });
  const auto both = detail::both_of(detail::copy_of(reshape(x, shape)),
                                    detail::copy_of(reshape(source, slices)), static_cast<Index>(axis));
  return detail::copy_of(reshape(detail::slices_of(both, static_cast<Index>(axis), from), x.shape()));
}

/// x with a value that has no dimensions in the slices that `index`, a vector, names; indices may count from
/// the end. Throws ShapeError for another value, IndexError for an index that is not there.
/// https://docs.pytorch.org/docs/stable/generated/torch.Tensor.index_fill_.html
template <Shaped Tx>
[[nodiscard]] auto index_fill(const Tx& x, Index dim, TensorArg<std::int64_t> index, const Tx& value) {
  if (value.shape().dim() != 0) {
    throw ShapeError("index_fill_ only supports a 0-dimensional value tensor, but got tensor with " +
                     std::to_string(value.shape().dim()) + " dimension(s).");
  }
  const Shape shape = detail::at_least_vector(x.shape());
  const std::size_t axis = detail::axis_of("index_fill", dim, shape.dim());
  return index_copy(x, dim, index,
                    detail::copy_of(expand(value, detail::resized(shape, axis, index.numel()))));
}
/// The same with a number.
template <Shaped Tx, Number Tv>
[[nodiscard]] auto index_fill(const Tx& x, Index dim, TensorArg<std::int64_t> index, Tv value) {
  using T = typename detail::ElementBeside<Tx>::type;
  return index_fill(x, dim, index, detail::beside(x, Tensor<T>::full({}, detail::element_from<T>(value))));
}

/// The elements of x at places of x as a vector, in the shape of `index`; indices may count from the end.
/// Throws IndexError for one that is not there.
/// https://docs.pytorch.org/docs/stable/generated/torch.take.html
template <Shaped Tx>
[[nodiscard]] auto take(const Tx& x, TensorArg<std::int64_t> index) {
  const Index size = Shape(x.shape()).numel();
  std::vector<std::int64_t> places;
  places.reserve(static_cast<std::size_t>(index.numel()));
  for (const std::int64_t i : index.span()) places.push_back(detail::wrapped_index("take", i, size, 0));
  return detail::copy_of(reshape(detail::slices_of(flatten(x), 0, places), index.shape()));
}

/// x with `values` at x[i, j, ...] for each of the indices, a tensor for each of the first dimensions; they
/// broadcast, and `values` to their shape and the dimensions behind. Indices may count from the end. With
/// `accumulate` values are added. Throws IndexError for more indices than dimensions or one that is not
/// there, ShapeError for shapes that do not broadcast.
/// https://docs.pytorch.org/docs/stable/generated/torch.Tensor.index_put_.html
template <Shaped Tx>
[[nodiscard]] auto index_put(const Tx& x, std::span<const TensorArg<std::int64_t>> indices, const Tx& values,
                             bool accumulate = false) {
  const Shape shape = x.shape();
  if (indices.empty() || indices.size() > shape.dim()) {
    throw IndexError("index_put: too many indices for tensor of dimension " + std::to_string(shape.dim()) +
                     " (got " + std::to_string(indices.size()) + ")");
  }
  Shape together;
  for (const auto& index : indices) together = broadcast_shapes("index_put", together, index.shape());
  std::vector<Index> dims(together.dims().begin(), together.dims().end());
  Index block = 1;
  for (std::size_t d = indices.size(); d < shape.dim(); ++d) {
    dims.push_back(shape.dims()[d]);
    block *= shape.dims()[d];
  }
  const auto source = expand(values, Shape(std::span<const Index>(dims)));
  std::vector<std::int64_t> rows(static_cast<std::size_t>(together.numel()), 0);
  for (std::size_t d = 0; d < indices.size(); ++d) {
    const Tensor<std::int64_t> index = expand(indices[d], together);
    const Index size = shape.dims()[d];
    for (std::size_t i = 0; i < rows.size(); ++i) {
      rows[i] = rows[i] * size + detail::wrapped_index("index_put", index.data()[i], size, d);
    }
  }
  Index count = 1;
  for (const Index d : shape.dims().first(indices.size())) count *= d;
  const Shape as_rows{count, block};
  const Shape given{static_cast<Index>(rows.size()), block};
  const TensorView<const std::int64_t> at(rows.data(), Shape{static_cast<Index>(rows.size())});
  if (accumulate) {
    return detail::copy_of(reshape(
        index_add(detail::copy_of(reshape(x, as_rows)), 0, at, detail::copy_of(reshape(source, given))),
        shape));
  }
  return detail::copy_of(reshape(
      index_copy(detail::copy_of(reshape(x, as_rows)), 0, at, detail::copy_of(reshape(source, given))),
      shape));
}

WICK_END_NAMESPACE
