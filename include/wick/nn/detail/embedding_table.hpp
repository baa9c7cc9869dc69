#pragma once

// What Embedding and EmbeddingBag look vectors up in.

#include <wick/autograd/tape.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/graph/embedding.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/select.hpp>
#include <wick/graph/statistics.hpp>
#include <wick/kernels/elementary.hpp>
#include <wick/nn/scope.hpp>
#include <wick/ops/activations.hpp>
#include <wick/random/distributions.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE
namespace detail {

/// `weight`, of normal numbers, with zeros for padding.
template <Floating T>
class EmbeddingTable {
 public:
  /// Throws OptionError for sizes < 1, a padding_idx that is not there and a max_norm that is not positive.
  EmbeddingTable(const Scope<T>& scope, const char* module, Index count, Index size,
                 std::optional<Index> padding, std::optional<double> max_norm, double norm_type)
      : padding_(padding), max_norm_(max_norm), norm_type_(norm_type) {
    const auto refuse = [&](const std::string& what) {
      throw OptionError(scope.described(module) + ": " + what);
    };
    if (count < 1) refuse("num_embeddings must be >= 1, got " + std::to_string(count));
    if (size < 1) refuse("embedding_dim must be >= 1, got " + std::to_string(size));
    if (padding_) {
      if (*padding_ < -count || *padding_ >= count) {
        refuse("padding_idx must be within num_embeddings (" + std::to_string(count) + "), got " +
               std::to_string(*padding_));
      }
      if (*padding_ < 0) *padding_ += count;
    }
    if (max_norm_ && !(*max_norm_ > 0)) refuse("max_norm must be > 0, got " + python_repr(*max_norm_));
    weight_ = scope.add("weight", Shape{count, size}, [this](TensorView<T> to, Generator& g) {
      normal_(to, 0, 1, g);
      if (padding_) to[*padding_].fill(T(0));
    });
  }

  [[nodiscard]] const Slot& weight() const noexcept { return weight_; }
  /// From the front.
  [[nodiscard]] std::optional<Index> padding() const noexcept { return padding_; }

  /// These vectors, as long as max_norm where they are longer: of passes that leave the parameters alone.
  template <Recorded Value>
  [[nodiscard]] Value limited(const Value& vectors) const {
    if (!max_norm_) return vectors;
    constexpr double least = 1e-7;  // PyTorch's; a length that is short enough becomes 0, and its factor 1
    const Value length = threshold(norm(vectors.detach(), norm_type_, -1, true), *max_norm_, -least);
    return vectors * minimum(static_cast<T>(*max_norm_) / (length + static_cast<T>(least)), T(1));
  }

  /// Makes the vectors of these indices as long as max_norm where they are longer, for good. What is no index
  /// is passed over.
  void limit(Tape<T>& tape, TensorView<const std::int64_t> indices) const {
    if (!max_norm_) return;
    for (const std::int64_t i : indices.span()) {
      if (i >= 0 && i < weight_.shape[0]) limit(tape.block(), static_cast<Index>(i));
    }
  }
  void limit(Tape<T>& tape, TensorView<const T> indices) const {
    if (!max_norm_) return;
    for (const T number : indices.span()) {
      const Index i = whole_index(number, weight_.shape[0]);
      if (i >= 0) limit(tape.block(), i);
    }
  }

  /// What print() begins with.
  [[nodiscard]] std::string sizes() const {
    return std::to_string(weight_.shape[0]) + ", " + std::to_string(weight_.shape[1]);
  }
  [[nodiscard]] std::string norms() const {
    std::string text;
    if (max_norm_) text += ", max_norm=" + python_repr(*max_norm_);
    if (norm_type_ != 2) text += ", norm_type=" + python_repr(norm_type_);
    return text;
  }

 private:
  void limit(ParameterBlock<T>& block, Index index) const {
    const auto row = std::as_const(block).value(weight_)[index];
    const double norm = length(row);
    if (!(norm > *max_norm_)) return;
    const double scale = *max_norm_ / (norm + 1e-7);
    for (T& x : block.value(weight_)[index].span()) x = static_cast<T>(static_cast<double>(x) * scale);
  }

  /// As norm() of ops/reduce.hpp, in double and without allocating.
  [[nodiscard]] double length(TensorView<const T> vector) const {
    double total = 0;
    double largest = 0;
    double least = std::numeric_limits<double>::infinity();
    for (const T element : vector.span()) {
      const double size = std::abs(static_cast<double>(element));
      total += norm_type_ == 0   ? static_cast<double>(size != 0)
               : norm_type_ == 1 ? size
               : norm_type_ == 2 ? size * size
                                 : detail::power(size, norm_type_);
      largest = (std::max)(largest, size);
      least = (std::min)(least, size);
    }
    if (std::isinf(norm_type_)) return norm_type_ > 0 ? largest : least;
    if (norm_type_ == 0 || norm_type_ == 1) return total;
    return norm_type_ == 2 ? std::sqrt(total) : detail::power(total, 1 / norm_type_);
  }

  std::optional<Index> padding_;
  std::optional<double> max_norm_;
  double norm_type_;
  Slot weight_;
};

}  // namespace detail
WICK_END_NAMESPACE
