#pragma once

// Tensors out of nothing: constants, sequences, identities, triangles.

#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/kernels/elementary.hpp>
#include <wick/ops/detail/elementary.hpp>
#include <wick/ops/promote.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// What PyTorch makes of a Python number: bool, std::int64_t, or float as the default type of floats.
template <class Tv>
using DefaultElement = std::conditional_t<std::is_same_v<Tv, bool>, bool,
                                          std::conditional_t<std::is_integral_v<Tv>, std::int64_t, float>>;

/// All but truth values.
template <class T>
concept NumericElement = Element<T> && !std::same_as<T, bool>;
/// A type that is named, or the default one.
template <class T>
concept ElementOrDefault = Element<T> || std::same_as<T, void>;
template <class T, class Default>
using Chosen = std::conditional_t<std::is_void_v<T>, Default, T>;

template <Element T>
[[nodiscard]] Tensor<T> arange(double start, double end, double step) {
  const double uncut = std::ceil((end - start) / step);
  if constexpr (std::is_integral_v<T>) {
    // All three are cut, not the results.
    start = std::trunc(start);
    end = std::trunc(end);
    step = std::trunc(step);
  }
  if (step == 0) throw OptionError("arange: step must be nonzero");
  // PyTorch counts with what was cut in int64 alone.
  constexpr bool counts_whole = std::is_same_v<T, std::int64_t>;
  const double count = counts_whole ? std::ceil((end - start) / step) : uncut;
  if ((end > start && step < 0) || (end < start && step > 0)) {
    throw OptionError("arange: upper bound and lower bound inconsistent with step sign: got start=" +
                      python_repr(start) + ", end=" + python_repr(end) + ", step=" + python_repr(step));
  }
  // Integers beyond are not exact in double.
  const bool exact = !std::is_integral_v<T> || (std::abs(start) <= 0x1p53 && std::abs(end) <= 0x1p53);
  if (!(count >= 0 && count < 0x1p62 && exact)) {
    throw OptionError("arange: unsupported range: " + python_repr(start) + " -> " + python_repr(end));
  }
  Tensor<T> out(Shape{static_cast<Index>(count)});
  for (Index i = 0; i < out.numel(); ++i) {
    if constexpr (std::is_integral_v<T>) {
      out.data()[i] = static_cast<T>(static_cast<std::int64_t>(start) + i * static_cast<std::int64_t>(step));
    } else {
      out.data()[i] = static_cast<T>(start + rounded(step * static_cast<double>(i)));
    }
  }
  return out;
}

}  // namespace detail

/// All elements 0: `zeros<double>({2, 3})`. https://docs.pytorch.org/docs/stable/generated/torch.zeros.html
template <Element T = float>
[[nodiscard]] Tensor<T> zeros(const Shape& shape) {
  return Tensor<T>::zeros(shape);
}
/// All elements 1. https://docs.pytorch.org/docs/stable/generated/torch.ones.html
template <Element T = float>
[[nodiscard]] Tensor<T> ones(const Shape& shape) {
  return Tensor<T>::ones(shape);
}
/// All elements `value`: of type float, std::int64_t or bool as the value is, or as in `full<double>({2},
/// 1)`.
template <detail::ElementOrDefault T = void, Number Tv>
[[nodiscard]] auto full(const Shape& shape, Tv value) {
  using Te = detail::Chosen<T, detail::DefaultElement<Tv>>;
  return Tensor<Te>::full(shape, detail::element_from<Te>(value));
}

/// The same with the shape and element type of another tensor.
template <TensorOperand Tx>
[[nodiscard]] auto zeros_like(const Tx& x) {
  return Tensor<ElementOf<Tx>>::zeros(x.shape());
}
template <TensorOperand Tx>
[[nodiscard]] auto ones_like(const Tx& x) {
  return Tensor<ElementOf<Tx>>::ones(x.shape());
}
template <TensorOperand Tx, Number Tv>
[[nodiscard]] auto full_like(const Tx& x, Tv value) {
  return full<ElementOf<Tx>>(x.shape(), value);
}

/// start, start + step, ... as long as they are before end: ceil((end - start) / step) elements. Of type
/// std::int64_t when all three are integers, of at most 2^53, else float, or as in `arange<double>(0, 1,
/// 0.1)`. For a type of integers all three are cut towards 0, for int64 before they are counted. Throws
/// OptionError for a step of 0 or away from the end.
template <detail::ElementOrDefault T = void, Number Start, Number End, Number Step = int>
[[nodiscard]] auto arange(Start start, End end, Step step = 1) {
  using Common =
      std::conditional_t<std::is_integral_v<Start> && std::is_integral_v<End> && std::is_integral_v<Step>,
                         std::int64_t, float>;
  return detail::arange<detail::Chosen<T, Common>>(static_cast<double>(start), static_cast<double>(end),
                                                   static_cast<double>(step));
}
template <detail::ElementOrDefault T = void, Number End>
[[nodiscard]] auto arange(End end) {
  return arange<T>(0, end);
}

/// `steps` numbers at equal distances from start to end, both included; one number is start. For a type of
/// integers start and end are cut towards 0, and so are the numbers between them. Throws OptionError for
/// fewer than none.
template <detail::NumericElement T = float>
[[nodiscard]] Tensor<T> linspace(double start, double end, Index steps) {
  if (steps < 0)
    throw OptionError("linspace: number of steps must be non-negative, got " + std::to_string(steps));
  Tensor<T> out(Shape{steps});
  using Step = std::conditional_t<Floating<T>, T, double>;
  const auto first = static_cast<Step>(detail::element_from<T>(start));
  const auto last = static_cast<Step>(detail::element_from<T>(end));
  const Step step = steps > 1 ? (last - first) / static_cast<Step>(steps - 1) : Step(0);
  for (Index i = 0; i < steps; ++i) {
    // From both ends, so that both are exact.
    const double from_first =
        static_cast<double>(first) + detail::rounded(static_cast<double>(step) * static_cast<double>(i));
    const double from_last = static_cast<double>(last) -
                             detail::rounded(static_cast<double>(step) * static_cast<double>(steps - 1 - i));
    out.data()[i] = detail::element_from<T>(i < steps / 2 || steps == 1 ? from_first : from_last);
  }
  return out;
}

/// base to the powers of linspace(), which are computed in double; of a type of integers start and end are
/// cut towards 0, and so are the results. Throws OptionError for fewer steps than none.
/// https://docs.pytorch.org/docs/stable/generated/torch.logspace.html
template <detail::NumericElement T = float>
[[nodiscard]] Tensor<T> logspace(double start, double end, Index steps, double base = 10) {
  if (steps < 0)
    throw OptionError("logspace: number of steps must be non-negative, got " + std::to_string(steps));
  if constexpr (std::is_integral_v<T>) {
    start = std::trunc(start);
    end = std::trunc(end);
  }
  Tensor<double> powers = linspace<double>(start, end, steps);
  const Tensor<double> bases = Tensor<double>::full(powers.shape(), base);
  detail::pow_loop(bases.data(), powers.data(), steps, powers.data());
  if constexpr (std::is_integral_v<T>) {
    // 3^6 may be rounded to less than 729.
    for (double& p : powers.span()) {
      const double whole = std::round(p);
      if (std::abs(p - whole) <= 1e-15 * std::abs(p)) p = whole;
    }
  }
  return to<T>(powers);
}

/// 1 on the diagonal, else 0: (rows, cols), or (rows, rows). Throws OptionError for sizes below 0.
template <Element T = float>
[[nodiscard]] Tensor<T> eye(Index rows, Index cols) {
  if (rows < 0) throw OptionError("eye: n must be greater or equal to 0, got " + std::to_string(rows));
  if (cols < 0) throw OptionError("eye: m must be greater or equal to 0, got " + std::to_string(cols));
  auto out = Tensor<T>::zeros({rows, cols});
  for (Index i = 0; i < rows && i < cols; ++i) out.data()[i * cols + i] = T(1);
  return out;
}
template <Element T = float>
[[nodiscard]] Tensor<T> eye(Index n) {
  return eye<T>(n, n);
}

namespace detail {

/// Matrices with 0 wherever `keep(col - row)` does not hold.
template <class Tx, class Keep>
[[nodiscard]] auto triangle(const char* where, const Tx& x, Keep keep) {
  if (x.dim() < 2)
    throw ShapeError(std::string(where) + ": input tensor must have at least 2 dimensions, got shape " +
                     x.shape().str());
  using T = ElementOf<Tx>;
  Tensor<T> out(x.shape());
  const Index cols = x.size(-1);
  const Index rows = x.size(-2);
  for (Index i = 0; i < x.numel(); ++i) {
    out.data()[i] = keep(i % cols - i / cols % rows) ? x.data()[i] : T(0);
  }
  return out;
}

}  // namespace detail

/// The lower triangle of each matrix, the last two dimensions, with the diagonals up to `diagonal` above the
/// main one; the upper triangle from there. 0 elsewhere. Throws ShapeError for fewer than two dimensions.
template <TensorOperand Tx>
[[nodiscard]] auto tril(const Tx& x, Index diagonal = 0) {
  return detail::triangle("tril", x, [=](Index d) { return d <= diagonal; });
}
template <TensorOperand Tx>
[[nodiscard]] auto triu(const Tx& x, Index diagonal = 0) {
  return detail::triangle("triu", x, [=](Index d) { return d >= diagonal; });
}

/// The coordinates of the elements that tril() keeps of a matrix, or triu(): rows and columns, (2, N). Throws
/// ShapeError for negative sizes. https://docs.pytorch.org/docs/stable/generated/torch.tril_indices.html
[[nodiscard]] Tensor<std::int64_t> tril_indices(Index rows, Index cols, Index offset = 0);
[[nodiscard]] Tensor<std::int64_t> triu_indices(Index rows, Index cols, Index offset = 0);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/ops/create.ipp>
#endif
