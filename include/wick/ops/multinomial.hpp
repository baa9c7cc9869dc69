#pragma once

// Indices drawn by their probabilities, draw for draw as PyTorch on CPU.

#include <wick/base/error.hpp>
#include <wick/ops/detail/elementary.hpp>
#include <wick/ops/functions.hpp>
#include <wick/ops/promote.hpp>
#include <wick/ops/sort.hpp>
#include <wick/random/generator.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// A number in [0, 1) of 53 bits.
[[nodiscard]] inline double next_uniform53(Generator& g) noexcept {
  return static_cast<double>(g.random64() & ((std::uint64_t{1} << 53) - 1)) * 0x1p-53;
}

template <Floating T>
void check_probabilities(TensorView<const T> p, Index samples, bool replacement) {
  if (p.dim() != 1 && p.dim() != 2)
    throw ShapeError("multinomial: prob_dist must be 1 or 2 dim, got shape " + p.shape().str());
  if (samples <= 0)
    throw OptionError("multinomial: cannot sample n_sample <= 0 samples, got " + std::to_string(samples));
  const Index n = p.size(-1);
  if (!replacement && samples > n) {
    throw OptionError(
        "multinomial: cannot sample n_sample > prob_dist.size(-1) samples without replacement: got " +
        std::to_string(samples) + " for shape " + p.shape().str());
  }
  for (const T v : p.span()) {
    if (!(v >= 0 && v <= (std::numeric_limits<T>::max)())) {
      throw OptionError("multinomial: probability tensor contains either `inf`, `nan` or element < 0");
    }
  }
  const Index rows = p.dim() == 2 ? p.size(0) : 1;
  for (Index r = 0; r < rows; ++r) {
    bool positive = false;
    for (Index i = 0; i < n; ++i) positive = positive || p.data()[r * n + i] > 0;
    if (!positive)
      throw OptionError("multinomial: invalid multinomial distribution (sum of probabilities <= 0) in row " +
                        std::to_string(r));
  }
}

}  // namespace detail

/// `samples` indices for a row of weights, (N) or (B, N), drawn in proportion to them, with or without
/// drawing one twice: (samples) or (B, samples), equal to torch.multinomial with the same generator.
///
/// Weights need not sum to 1. Throws OptionError for weights that are negative, infinite or all 0, for no
/// samples, and for more samples than weights without replacement; ShapeError for other shapes.
template <detail::FloatOperand Tx>
[[nodiscard]] Tensor<std::int64_t> multinomial(const Tx& p, Index samples, bool replacement = false,
                                               Generator& g = default_generator()) {
  using T = ElementOf<Tx>;
  detail::check_probabilities<T>(detail::view_of_operand(p), samples, replacement);
  const Index n = p.size(-1);
  const Index rows = p.dim() == 2 ? p.size(0) : 1;
  const Shape shape = p.dim() == 2 ? Shape{rows, samples} : Shape{samples};
  if (!replacement || samples == 1) {
    // Whose weight divided by an exponential number is largest.
    Tensor<T> q(p.shape());
    for (Index i = 0; i < q.numel(); ++i) {
      const T e = static_cast<T>(-detail::log1p(-detail::next_uniform53(g)));
      q.data()[i] = p.data()[i] / e;
    }
    return topk(q, samples, -1).indices;
  }
  Tensor<std::int64_t> out(shape);
  std::vector<T> sums(static_cast<std::size_t>(n));
  for (Index r = 0; r < rows; ++r) {
    T sum = 0;
    for (Index i = 0; i < n; ++i) sums[static_cast<std::size_t>(i)] = sum += p.data()[r * n + i];
    for (T& s : sums) s /= sum;
    for (Index s = 0; s < samples; ++s) {
      const double u = detail::next_uniform53(g);
      std::size_t left = 0;
      for (std::size_t right = sums.size(); left < right;) {
        const std::size_t middle = left + (right - left) / 2;
        if (static_cast<double>(sums[middle]) < u) {
          left = middle + 1;
        } else {
          right = middle;
        }
      }
      out.data()[r * samples + s] = static_cast<std::int64_t>(left);
    }
  }
  return out;
}

WICK_END_NAMESPACE
