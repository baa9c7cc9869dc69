#pragma once

// Vectors of a table, looked up, recorded.

#include <wick/autograd/tape.hpp>
#include <wick/graph/embedding.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstdint>
#include <optional>
#include <string>

WICK_BEGIN_NAMESPACE

/// What becomes of the gradient by the weight of embedding().
struct EmbeddingGradient {
  /// Where the index is this, nothing is added to the gradient.
  std::optional<Index> padding_idx = std::nullopt;
  /// Divides what is added by how often the index is there.
  bool scale_grad_by_freq = false;
};

/// The rows of `weight` (N, D) that the indices name: (...) -> (..., D). Throws ShapeError for a weight that
/// is no matrix, IndexError for an index outside of [0, N).
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.embedding.html
template <Floating T>
[[nodiscard]] Var<T> embedding(TensorArg<std::int64_t> indices, const Var<T>& weight,
                               const EmbeddingGradient& options = {});
/// The same for indices that are numbers of T, as columns of a table are; they have no derivative. Throws
/// IndexError for one that is not whole, too.
template <Floating T>
[[nodiscard]] Var<T> embedding(const Var<T>& indices, const Var<T>& weight,
                               const EmbeddingGradient& options = {});

/// How vectors of a bag are put together.
struct BagOptions {
  std::string mode = "mean";  ///< or "sum", or "max"
  /// Vectors of this index are not in any bag.
  std::optional<Index> padding_idx = std::nullopt;
  bool scale_grad_by_freq = false;   ///< as in EmbeddingGradient; not of "max"
  bool include_last_offset = false;  ///< the last offset is where the last bag ends
};

namespace detail {
/// Throws OptionError for what embedding_bag() does not have.
void check_bag_options(const BagOptions& options, bool is_weighted);
}  // namespace detail

/// The sum, mean or largest elements of the rows of `weight` (N, D) that each bag of indices names: (B, D). A
/// bag is a row of indices (B, K), or of a vector of indices what begins at each of the offsets (B). Empty
/// bags are zeros. `per_sample_weights`, of the shape of the indices, are what vectors are multiplied by in a
/// sum. Throws ShapeError for other shapes, IndexError for an index outside of [0, N) or an offset that is
/// less than the one before it or behind the end, OptionError for other modes and weights that are not
/// summed. https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.embedding_bag.html
template <Floating T>
[[nodiscard]] Var<T> embedding_bag(TensorArg<std::int64_t> indices, const Var<T>& weight,
                                   TensorArg<std::int64_t> offsets = {}, const BagOptions& options = {},
                                   const Var<T>& per_sample_weights = {});

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/embedding.ipp>
#endif
