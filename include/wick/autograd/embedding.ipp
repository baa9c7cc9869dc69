#pragma once

// Definitions of autograd/embedding.hpp.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/detail/blocks.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/embedding.hpp>
#include <wick/autograd/index.hpp>
#include <wick/autograd/shapes.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/quote.hpp>
#include <wick/base/number.hpp>

#include <algorithm>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Where the rows lie, and what their gradients are multiplied by, null: 1. In the memory of the tape.
template <Floating T>
struct Lookup {
  Blocks rows;
  const T* factors;
};

template <Floating T>
inline constexpr Rule<T> embedding_rule{
    .name = "embedding", .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      const auto& lookup = *static_cast<const Lookup<T>*>(tape.node(id).kept);
      const int weight = tape.node(id).in[0];
      to.add(weight, [&] {
        const Index count = lookup.rows.count;
        Var<T> rows = reshape(dy, Shape{count, lookup.rows.size});
        if (lookup.factors != nullptr)
          rows = rows * tape.constant(TensorView<const T>(lookup.factors, Shape{count, 1}));
        return put_blocks(rows, lookup.rows, Shape(tape.shape(weight)));
      });
    }};

/// `offsets`: of the rows, one for each of the indices.
template <Floating T>
[[nodiscard]] Var<T> looked_up(const Var<T>& weight, const Shape& indices, const Index* offsets,
                               const EmbeddingGradient& options) {
  Tape<T>& tape = weight.tape();
  const Index count = indices.numel();
  const Shape table = weight.shape();
  const T* factors = nullptr;
  if (options.padding_idx || options.scale_grad_by_freq) {
    auto* const each = tape.arena().template take<T>(count);
    auto* const times = tape.arena().template take<Index>(table[0]);
    std::fill_n(times, table[0], Index{0});
    const Index size = table[1];
    // Offsets of empty vectors do not tell them apart, and there is nothing to multiply.
    for (Index i = 0; i < count && size > 0; ++i) ++times[offsets[i] / size];
    for (Index i = 0; i < count; ++i) {
      const Index row = size > 0 ? offsets[i] / size : 0;
      each[i] = options.padding_idx == row               ? T(0)
                : options.scale_grad_by_freq && size > 0 ? T(1) / static_cast<T>(times[row])
                                                         : T(1);
    }
    factors = each;
  }
  const auto& lookup = *tape.arena().template make<Lookup<T>>(Blocks{offsets, count, table[1]}, factors);
  Var<T> y = take_blocks(embedding_rule<T>, weight, lookup.rows, embedded_shape(indices, table));
  tape.node(tape.operand(y)).keep(&lookup);
  return y;
}

[[noreturn]] inline void refuse_embedding_index(const std::string& index, Index count) {
  throw IndexError("embedding: index out of range in self: expected a whole number in [0, " +
                   std::to_string(count) + "), got " + index);
}

}  // namespace detail

template <Floating T>
Var<T> embedding(TensorArg<std::int64_t> indices, const Var<T>& weight, const EmbeddingGradient& options) {
  const Shape table = weight.shape();
  static_cast<void>(detail::embedded_shape(indices.shape(), table));
  auto* const offsets = weight.tape().arena().template take<Index>(indices.numel());
  for (Index i = 0; i < indices.numel(); ++i) {
    const std::int64_t at = indices.data()[i];
    if (at < 0 || at >= table[0]) detail::refuse_embedding_index(std::to_string(at), table[0]);
    offsets[i] = static_cast<Index>(at) * table[1];
  }
  return detail::looked_up(weight, indices.shape(), offsets, options);
}

template <Floating T>
Var<T> embedding(const Var<T>& indices, const Var<T>& weight, const EmbeddingGradient& options) {
  const Shape table = weight.shape();
  const TensorView<const T> numbers = indices.value();
  static_cast<void>(detail::embedded_shape(numbers.shape(), table));
  auto* const offsets = weight.tape().arena().template take<Index>(numbers.numel());
  for (Index i = 0; i < numbers.numel(); ++i) {
    const T number = numbers.data()[i];
    const Index at = detail::whole_index(number, table[0]);
    if (at < 0) detail::refuse_embedding_index(python_repr(static_cast<double>(number)), table[0]);
    offsets[i] = at * table[1];
  }
  return detail::looked_up(weight, numbers.shape(), offsets, options);
}

namespace detail {

/// Bags of consecutive indices, in the memory of the tape.
struct Bags {
  const Index* begin;  ///< of each, and the end of the last one behind them
  Index count;
};

[[nodiscard]] inline Bags bags_of(Arena& arena, TensorView<const std::int64_t> indices,
                                  TensorView<const std::int64_t> offsets, bool include_last_offset) {
  const Shape& shape = indices.shape();
  if (shape.dim() == 2) {
    if (offsets.numel() != 0) {
      throw ShapeError("embedding_bag: if input is 2D, then offsets has to be None, got " +
                       offsets.shape().str());
    }
    auto* const begin = arena.take<Index>(shape[0] + 1);
    for (Index b = 0; b <= shape[0]; ++b) begin[b] = b * shape[1];
    return {begin, shape[0]};
  }
  if (shape.dim() != 1 || offsets.dim() != 1) {
    throw ShapeError("embedding_bag: expected indices (B, K), or indices and offsets that are vectors, got " +
                     shape.str() + " and " + offsets.shape().str());
  }
  const Index count = offsets.numel() - (include_last_offset ? 1 : 0);
  if (count < 0)
    throw ShapeError("embedding_bag: include_last_offset: number of offsets should be at least 1");
  auto* const begin = arena.take<Index>(count + 1);
  begin[count] = shape[0];
  Index before = 0;
  for (Index b = 0; b < offsets.numel(); ++b) {
    const std::int64_t at = offsets.data()[b];
    if (b == 0 && at != 0) {
      throw IndexError(
          "embedding_bag: offsets[0] has to be 0, i.e., the first sequence in the mini-batch has "
          "to start from position 0. However, got " +
          std::to_string(at));
    }
    if (at < before || at > shape[0]) {
      throw IndexError("embedding_bag: offsets must not fall and not be greater than the input's length (" +
                       std::to_string(shape[0]) + "), got " + std::to_string(at) + " behind " +
                       std::to_string(before));
    }
    before = static_cast<Index>(at);
    begin[b] = before;
  }
  return {begin, count};
}

/// Zeros, to which the rows are added, each times its factor.
template <Floating T>
[[nodiscard]] Var<T> summed_bags(const Var<T>& rows, const Bags& bags, TensorView<const std::int64_t> indices,
                                 const BagOptions& options, const Var<T>& per_sample_weights) {
  Tape<T>& tape = rows.tape();
  const Index count = indices.numel();
  const Index size = rows.shape()[1];
  auto* const bag_of = tape.arena().template take<std::int64_t>(count);
  auto* const factors = tape.arena().template take<T>(count);
  bool has_padding = false;
  for (Index b = 0; b < bags.count; ++b) {
    Index used = 0;
    for (Index i = bags.begin[b]; i < bags.begin[b + 1]; ++i) {
      const bool is_padding = options.padding_idx == static_cast<Index>(indices.data()[i]);
      // Into a bag of their own, which is left out: 0 times what is not finite would be NaN.
      bag_of[i] = is_padding ? bags.count : b;
      has_padding = has_padding || is_padding;
      factors[i] = T(1);
      used += is_padding ? 0 : 1;
    }
    if (options.mode == "sum") continue;
    for (Index i = bags.begin[b]; i < bags.begin[b + 1]; ++i)
      factors[i] /= static_cast<T>((std::max)(used, Index{1}));
  }
  // What lies behind the last bag is in none.
  const Index inside = bags.count == 0 ? 0 : bags.begin[bags.count];
  Var<T> parts = rows * tape.constant(TensorView<const T>(factors, Shape{count, 1}));
  if (!per_sample_weights.empty()) parts = parts * reshape(per_sample_weights, Shape{count, 1});
  if (inside < count) parts = narrow(parts, 0, 0, inside);
  const Index sums = bags.count + (has_padding ? 1 : 0);
  auto* const zeros = tape.arena().template take<T>(sums * size);
  std::fill_n(zeros, sums * size, T(0));
  const Var<T> all = index_add(tape.constant(TensorView<const T>(zeros, Shape{sums, size})), 0,
                               TensorView<const std::int64_t>(bag_of, Shape{inside}), parts);
  return has_padding ? narrow(all, 0, 0, bags.count) : all;
}

/// The largest elements, of equal ones the first.
template <Floating T>
[[nodiscard]] Var<T> largest_of_bags(const Var<T>& rows, const Bags& bags,
                                     TensorView<const std::int64_t> indices, const BagOptions& options) {
  Tape<T>& tape = rows.tape();
  const Index size = rows.shape()[1];
  const T* const values = rows.value().data();
  auto* const best = tape.arena().template take<std::int64_t>(bags.count * size);
  auto* const present = tape.arena().template take<T>(bags.count);
  for (Index b = 0; b < bags.count; ++b) {
    present[b] = T(0);
    std::int64_t* const of_bag = best + b * size;
    std::fill_n(of_bag, size, 0);
    for (Index i = bags.begin[b]; i < bags.begin[b + 1]; ++i) {
      if (options.padding_idx == static_cast<Index>(indices.data()[i])) continue;
      const bool first = std::exchange(present[b], T(1)) == T(0);
      for (Index d = 0; d < size; ++d) {
        if (first || values[i * size + d] > values[of_bag[d] * size + d]) of_bag[d] = i;
      }
    }
  }
  const Shape shape{bags.count, size};
  const auto is_there = tape.constant(TensorView<const T>(present, Shape{bags.count, 1}));
  if (indices.numel() == 0) return expand(is_there, shape);
  return gather(rows, 0, TensorView<const std::int64_t>(best, shape)) * is_there;
}

WICK_INLINE void check_bag_options(const BagOptions& options, bool is_weighted) {
  if (options.mode != "sum" && options.mode != "mean" && options.mode != "max") {
    throw OptionError("embedding_bag: mode has to be one of sum, mean or max, got " +
                      quoted_name(options.mode));
  }
  if (options.mode == "max" && options.scale_grad_by_freq) {
    throw OptionError("embedding_bag: max mode does not support scaling the gradient by the frequency");
  }
  if (is_weighted && options.mode != "sum") {
    throw OptionError("embedding_bag: per_sample_weights is only supported for mode='sum' (got mode='" +
                      options.mode + "')");
  }
}

}  // namespace detail

template <Floating T>
Var<T> embedding_bag(TensorArg<std::int64_t> indices, const Var<T>& weight, TensorArg<std::int64_t> offsets,
                     const BagOptions& options, const Var<T>& per_sample_weights) {
  const bool is_weighted = !per_sample_weights.empty();
  detail::check_bag_options(options, is_weighted);
  if (is_weighted && !(per_sample_weights.shape() == indices.shape())) {
    throw ShapeError("embedding_bag: expected per_sample_weights of the shape of the input " +
                     indices.shape().str() + ", got " + per_sample_weights.shape().str());
  }
  const detail::Bags bags =
      detail::bags_of(weight.tape().arena(), indices, offsets, options.include_last_offset);
  const TensorView<const std::int64_t> flat(indices.data(), Shape{indices.numel()});
  const Var<T> rows = embedding(
      flat, weight, {.padding_idx = options.padding_idx, .scale_grad_by_freq = options.scale_grad_by_freq});
  if (options.mode == "max") return detail::largest_of_bags(rows, bags, flat, options);
  return detail::summed_bags(rows, bags, flat, options, per_sample_weights);
}

#ifdef WICK_COMPILED
template Var<float> embedding_bag(TensorArg<std::int64_t>, const Var<float>&, TensorArg<std::int64_t>,
                                  const BagOptions&, const Var<float>&);
template Var<double> embedding_bag(TensorArg<std::int64_t>, const Var<double>&, TensorArg<std::int64_t>,
                                   const BagOptions&, const Var<double>&);
template Var<float> embedding(TensorArg<std::int64_t>, const Var<float>&, const EmbeddingGradient&);
template Var<float> embedding(const Var<float>&, const Var<float>&, const EmbeddingGradient&);
template Var<double> embedding(TensorArg<std::int64_t>, const Var<double>&, const EmbeddingGradient&);
template Var<double> embedding(const Var<double>&, const Var<double>&, const EmbeddingGradient&);
#endif

WICK_END_NAMESPACE
