#pragma once

// Sums, means, extremes and the like over all elements or along dimensions.

#include <wick/base/error.hpp>
#include <wick/ops/arithmetic.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/detail/overlap.hpp>
#include <wick/ops/detail/reduce_loops.hpp>
#include <wick/ops/functions.hpp>
#include <wick/ops/map.hpp>
#include <wick/ops/pow.hpp>
#include <wick/ops/promote.hpp>
#include <wick/ops/select.hpp>
#include <wick/tensor/tensor.hpp>

#include <array>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

/// Element type of sums and products: std::int64_t for integers and truth values, else T.
template <Element T>
using SumOf = std::conditional_t<Floating<T>, T, std::int64_t>;

namespace detail {

template <class Tv>
struct SumOperation {
  using Plain = SumOperation;
  static constexpr const char* name = "sum";
  using Value = Tv;
  static constexpr Tv identity() noexcept { return Tv(0); }
  template <class T>
  static Tv load(T x, Index /*output*/) noexcept {
    return static_cast<Tv>(x);
  }
  static Tv combine(Tv a, Tv b) noexcept { return Add::apply(a, b); }
  template <class Vector>
  static Vector combine_vectors(Vector a, Vector b) noexcept {
    return a + b;
  }
};
template <class Tv>
struct ProductOperation {
  static constexpr const char* name = "prod";
  using Value = Tv;
  static constexpr Tv identity() noexcept { return Tv(1); }
  template <class T>
  static Tv load(T x, Index /*output*/) noexcept {
    return static_cast<Tv>(x);
  }
  static Tv combine(Tv a, Tv b) noexcept { return Multiply::apply(a, b); }
};
template <class Tv>
struct LargestOperation {
  using Plain = LargestOperation;
  static constexpr const char* name = "amax";
  using Value = Tv;
  static constexpr Tv identity() noexcept {
    if constexpr (Floating<Tv>) {
      return -std::numeric_limits<Tv>::infinity();
    } else {
      return std::numeric_limits<Tv>::lowest();
    }
  }
  template <class T>
  static Tv load(T x, Index /*output*/) noexcept {
    return x;
  }
  static Tv combine(Tv a, Tv b) noexcept { return Maximum::apply(a, b); }
  template <class Vector>
  static Vector combine_vectors(Vector a, Vector b) noexcept {
    return ((a > b) | (a != a)) ? a : b;
  }
};
template <class Tv>
struct LeastOperation {
  using Plain = LeastOperation;
  static constexpr const char* name = "amin";
  using Value = Tv;
  static constexpr Tv identity() noexcept {
    if constexpr (Floating<Tv>) {
      return std::numeric_limits<Tv>::infinity();
    } else {
      return (std::numeric_limits<Tv>::max)();
    }
  }
  template <class T>
  static Tv load(T x, Index /*output*/) noexcept {
    return x;
  }
  static Tv combine(Tv a, Tv b) noexcept { return Minimum::apply(a, b); }
  template <class Vector>
  static Vector combine_vectors(Vector a, Vector b) noexcept {
    return ((a < b) | (a != a)) ? a : b;
  }
};
struct AnyOperation {
  static constexpr const char* name = "any";
  using Value = bool;
  static constexpr bool identity() noexcept { return false; }
  template <class T>
  static bool load(T x, Index /*output*/) noexcept {
    return x != T(0);
  }
  static bool combine(bool a, bool b) noexcept { return a || b; }
};
struct AllOperation {
  static constexpr const char* name = "all";
  using Value = bool;
  static constexpr bool identity() noexcept { return true; }
  template <class T>
  static bool load(T x, Index /*output*/) noexcept {
    return x != T(0);
  }
  static bool combine(bool a, bool b) noexcept { return a && b; }
};
/// (x - mean)^2.
struct DeviationOperation : SumOperation<double> {
  const double* means = nullptr;
  Index first = 0;
  template <class T>
  double load(T x, Index output) const noexcept {
    const double d = static_cast<double>(x) - means[output - first];
    return rounded(d * d);
  }
};
/// |x|^p; 1 of what is not 0 for p = 0.
struct PowerOperation : SumOperation<double> {
  double p = 2;
  template <class T>
  double load(T x, Index /*output*/) const noexcept {
    const double a = std::abs(static_cast<double>(x));
    if (p == 2) return rounded(a * a);
    if (p == 1) return a;
    if (p == 0) return a != 0 ? 1 : 0;
    return Power::apply(a, p);
  }
};
struct LargestSizeOperation : LargestOperation<double> {
  template <class T>
  static double load(T x, Index /*output*/) noexcept {
    return std::abs(static_cast<double>(x));
  }
};
struct LeastSizeOperation : LeastOperation<double> {
  template <class T>
  static double load(T x, Index /*output*/) noexcept {
    return std::abs(static_cast<double>(x));
  }
};

void check_reduced(const char* where, const Shape& out, const Shape& x, unsigned mask);

/// Elements that one result is made of.
[[nodiscard]] inline Index reduced_count(const Shape& shape, unsigned mask) noexcept {
  Index count = 1;
  for (std::size_t d = 0; d < shape.dim(); ++d) {
    if ((mask >> d & 1U) != 0) count *= shape.dims()[d];
  }
  return count;
}

/// What has no value for nothing refuses dimensions of size 0.
void check_not_empty(const char* where, const Shape& shape, unsigned mask, bool whole);

/// The elements behind `offset` others. There are no places behind the null pointer of an empty tensor.
template <class T>
[[nodiscard]] const T* elements_from(TensorView<const T> x, Index offset) noexcept {
  return x.numel() == 0 ? x.data() : x.data() + offset;
}

/// out = finish(x combined over the dimensions of the mask).
template <class Operation, class Tr, class T, class Finish>
void reduce_to(TensorView<Tr> out, const Operation& operation, TensorView<const T> x, unsigned mask,
               Finish finish) {
  check_apart(Operation::name, out, x);
  const ReduceLoops loops(x.shape(), mask);
  loops.for_each_output([&](Index offset, Index number, Index count) {
    std::array<typename Operation::Value, ReduceLoops::most_columns> results;
    loops.reduce(operation, elements_from(x, offset), number, count, results.data());
    for (Index i = 0; i < count; ++i) out.data()[number + i] = finish(results[static_cast<std::size_t>(i)]);
  });
}

struct AsItIs {
  template <class Tv>
  Tv operator()(Tv v) const noexcept {
    return v;
  }
};

template <class Tr, class Operation, class Tx, class Finish = AsItIs>
[[nodiscard]] Tensor<Tr> reduced(const Operation& operation, const Tx& x, unsigned mask, bool keepdim,
                                 Finish finish = {}) {
  Tensor<Tr> out(reduced_shape(x.shape(), mask, keepdim));
  reduce_to(out.view(), operation, view_of_operand(x), mask, finish);
  return out;
}

template <Floating T, class Finish>
void variance_to(TensorView<T> out, TensorView<const T> x, unsigned mask, double correction, Finish finish) {
  const auto n = static_cast<double>(reduced_count(x.shape(), mask));
  const double divisor = n > correction ? n - correction : 0;
  const ReduceLoops loops(x.shape(), mask);
  loops.for_each_output([&](Index offset, Index number, Index count) {
    std::array<double, ReduceLoops::most_columns> means;
    std::array<double, ReduceLoops::most_columns> squares;
    const T* const first = elements_from(x, offset);
    loops.reduce(SumOperation<double>{}, first, number, count, means.data());
    for (Index i = 0; i < count; ++i) means[static_cast<std::size_t>(i)] /= n;
    DeviationOperation deviation;
    deviation.means = means.data();
    deviation.first = number;
    loops.reduce(deviation, first, number, count, squares.data());
    for (Index i = 0; i < count; ++i) {
      out.data()[number + i] = static_cast<T>(finish(squares[static_cast<std::size_t>(i)] / divisor));
    }
  });
}

}  // namespace detail

// Each function below reduces all elements to a tensor without dimensions, `sum(x)`, or those along
// dimensions, `sum(x, 1)`, `sum(x, {0, -1})`, which `keepdim` leaves in the shape as 1. Throws IndexError for
// a dimension that `x` does not have, ShapeError for one that is named twice. The forms into memory that is
// there allocate nothing.

/// The sum; 0 of nothing. Integers and truth values are summed as std::int64_t.
template <TensorOperand Tx>
[[nodiscard]] auto sum(const Tx& x, const Axes& dim = Axes::all(), bool keepdim = false) {
  using Tr = SumOf<ElementOf<Tx>>;
  return detail::reduced<Tr>(detail::SumOperation<Tr>{}, x, dim.mask("sum", x.dim()), keepdim);
}
template <TensorOperand Tx>
void sum_out(TensorView<SumOf<ElementOf<Tx>>> out, const Tx& x, const Axes& dim = Axes::all()) {
  const unsigned mask = dim.mask("sum", x.dim());
  detail::check_reduced("sum", out.shape(), x.shape(), mask);
  detail::reduce_to(out, detail::SumOperation<SumOf<ElementOf<Tx>>>{}, detail::view_of_operand(x), mask,
                    detail::AsItIs{});
}

/// The product; 1 of nothing.
template <TensorOperand Tx>
[[nodiscard]] auto prod(const Tx& x, const Axes& dim = Axes::all(), bool keepdim = false) {
  using Tr = SumOf<ElementOf<Tx>>;
  return detail::reduced<Tr>(detail::ProductOperation<Tr>{}, x, dim.mask("prod", x.dim()), keepdim);
}

/// The sum divided by the number of elements; NaN of nothing. For floats: PyTorch knows no mean of integers,
/// nor does this compile; say what is meant by to<float>(x).
template <detail::FloatOperand Tx>
[[nodiscard]] auto mean(const Tx& x, const Axes& dim = Axes::all(), bool keepdim = false) {
  using T = ElementOf<Tx>;
  const unsigned mask = dim.mask("mean", x.dim());
  const auto n = static_cast<T>(detail::reduced_count(x.shape(), mask));
  return detail::reduced<T>(detail::SumOperation<T>{}, x, mask, keepdim, [n](T sum) { return sum / n; });
}
template <detail::FloatOperand Tx>
void mean_out(TensorView<ElementOf<Tx>> out, const Tx& x, const Axes& dim = Axes::all()) {
  const unsigned mask = dim.mask("mean", x.dim());
  detail::check_reduced("mean", out.shape(), x.shape(), mask);
  using T = ElementOf<Tx>;
  const auto n = static_cast<T>(detail::reduced_count(x.shape(), mask));
  detail::reduce_to(out, detail::SumOperation<T>{}, detail::view_of_operand(x), mask,
                    [n](T sum) { return sum / n; });
}

/// Options of var() and its relatives.
struct VarianceOptions {
  double correction = 1;  ///< what is taken off the number of elements
  bool keepdim = false;   ///< leave a dimension of size 1 in place of each
};
/// Sum of (x - mean)^2, divided by the number of elements less `correction`; NaN where that leaves nothing
/// but one element. Computed in double.
template <detail::FloatOperand Tx>
[[nodiscard]] auto var(const Tx& x, const Axes& dim = Axes::all(), const VarianceOptions& options = {}) {
  using T = ElementOf<Tx>;
  const unsigned mask = dim.mask("var", x.dim());
  Tensor<T> out(detail::reduced_shape(x.shape(), mask, options.keepdim));
  detail::variance_to<T>(out.view(), detail::view_of_operand(x), mask, options.correction, detail::AsItIs{});
  return out;
}
/// Standard deviation: the root of the variance.
template <detail::FloatOperand Tx>
[[nodiscard]] auto std(const Tx& x, const Axes& dim = Axes::all(), const VarianceOptions& options = {}) {
  using T = ElementOf<Tx>;
  const unsigned mask = dim.mask("std", x.dim());
  Tensor<T> out(detail::reduced_shape(x.shape(), mask, options.keepdim));
  detail::variance_to<T>(out.view(), detail::view_of_operand(x), mask, options.correction,
                         [](double v) { return std::sqrt(v); });
  return out;
}

/// The largest element, the least one; NaN if one is NaN. Throws ShapeError or IndexError where there is
/// none.
template <TensorOperand Tx>
[[nodiscard]] auto amax(const Tx& x, const Axes& dim = Axes::all(), bool keepdim = false) {
  using T = ElementOf<Tx>;
  const unsigned mask = dim.mask("amax", x.dim());
  detail::check_not_empty("amax", x.shape(), mask, dim.is_all());
  return detail::reduced<T>(detail::LargestOperation<T>{}, x, mask, keepdim);
}
template <TensorOperand Tx>
[[nodiscard]] auto amin(const Tx& x, const Axes& dim = Axes::all(), bool keepdim = false) {
  using T = ElementOf<Tx>;
  const unsigned mask = dim.mask("amin", x.dim());
  detail::check_not_empty("amin", x.shape(), mask, dim.is_all());
  return detail::reduced<T>(detail::LeastOperation<T>{}, x, mask, keepdim);
}
template <TensorOperand Tx>
void amax_out(TensorView<ElementOf<Tx>> out, const Tx& x, const Axes& dim = Axes::all()) {
  const unsigned mask = dim.mask("amax", x.dim());
  detail::check_not_empty("amax", x.shape(), mask, dim.is_all());
  detail::check_reduced("amax", out.shape(), x.shape(), mask);
  detail::reduce_to(out, detail::LargestOperation<ElementOf<Tx>>{}, detail::view_of_operand(x), mask,
                    detail::AsItIs{});
}

/// Whether one element is not 0, or none is: a Tensor<bool>. (Of uint8, PyTorch makes uint8.)
template <TensorOperand Tx>
[[nodiscard]] Tensor<bool> any(const Tx& x, const Axes& dim = Axes::all(), bool keepdim = false) {
  return detail::reduced<bool>(detail::AnyOperation{}, x, dim.mask("any", x.dim()), keepdim);
}
template <TensorOperand Tx>
[[nodiscard]] Tensor<bool> all(const Tx& x, const Axes& dim = Axes::all(), bool keepdim = false) {
  return detail::reduced<bool>(detail::AllOperation{}, x, dim.mask("all", x.dim()), keepdim);
}

/// (sum of |x|^p)^(1/p), as torch.linalg.vector_norm: the largest |x| for p = infinity, the least for
/// -infinity, the number of elements other than 0 for p = 0. Computed in double. Throws ShapeError or
/// IndexError where infinite or negative p meets no element.
template <detail::FloatOperand Tx>
[[nodiscard]] auto norm(const Tx& x, double p = 2, const Axes& dim = Axes::all(), bool keepdim = false) {
  using T = ElementOf<Tx>;
  const unsigned mask = dim.mask("norm", x.dim());
  const auto cast = [](double v) { return static_cast<T>(v); };
  if (p < 0 || p == std::numeric_limits<double>::infinity()) {
    detail::check_not_empty("norm", x.shape(), mask, dim.is_all());
  }
  if (std::abs(p) == std::numeric_limits<double>::infinity()) {
    return p > 0 ? detail::reduced<T>(detail::LargestSizeOperation{}, x, mask, keepdim, cast)
                 : detail::reduced<T>(detail::LeastSizeOperation{}, x, mask, keepdim, cast);
  }
  detail::PowerOperation operation;
  operation.p = p;
  return detail::reduced<T>(operation, x, mask, keepdim, [p](double sum) {
    return static_cast<T>(p == 2             ? std::sqrt(sum)
                          : p == 1 || p == 0 ? sum
                                             : detail::Power::apply(sum, 1 / p));
  });
}

/// log(sum of e^x) without overflow; -infinity of nothing.
template <detail::FloatOperand Tx>
[[nodiscard]] auto logsumexp(const Tx& x, const Axes& dim, bool keepdim = false) {
  using T = ElementOf<Tx>;
  const unsigned mask = dim.mask("logsumexp", x.dim());
  Tensor<T> most = detail::reduced<T>(detail::LargestOperation<T>{}, x, mask, true);
  for (T& m : most.span()) {
    if (std::abs(m) == std::numeric_limits<T>::infinity()) m = T(0);
  }
  Tensor<T> sums = detail::reduced<T>(detail::SumOperation<T>{}, exp(sub(x, most)), mask, true);
  return (log(std::move(sums)) + most).reshape(detail::reduced_shape(x.shape(), mask, keepdim));
}
/// The same of integers and truth values, in float.
template <TensorOperand Tx>
requires std::integral<ElementOf<Tx>>
[[nodiscard]] Tensor<float> logsumexp(const Tx& x, const Axes& dim, bool keepdim = false) {
  return logsumexp(to<float>(x), dim, keepdim);
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/ops/reduce.ipp>
#endif
