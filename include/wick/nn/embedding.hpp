#pragma once

// Tables of vectors that are trained.

#include <wick/autograd/activations.hpp>
#include <wick/autograd/embedding.hpp>
#include <wick/autograd/grad_mode.hpp>
#include <wick/autograd/recorder.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/autograd/select.hpp>
#include <wick/graph/activations.hpp>
#include <wick/nn/detail/embedding_table.hpp>
#include <wick/nn/scope.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

struct EmbeddingOptions {
  /// The vector of this index begins with zeros and is not trained; -1 is the last one.
  std::optional<Index> padding_idx = std::nullopt;
  /// Vectors that are longer are made as long as this when they are looked up. Where derivatives are recorded
  /// that writes to the parameters, as in PyTorch; predict(), NoGrad and programs leave those as they are.
  std::optional<double> max_norm = std::nullopt;
  double norm_type = 2;             ///< of max_norm: 2 is the Euclidean one
  bool scale_grad_by_freq = false;  ///< divides gradients by how often an index is in the batch
};

/// The vectors that indices name: (...) -> (..., embedding_dim). `weight` is (num_embeddings, embedding_dim)
/// and begins with normal numbers.
///
/// Indices are a tensor of std::int64_t, or whole numbers of T, as columns of a batch are:
///
///     auto operator()(const auto& x) const {  // (B, 5), of which column 0 is a category
///       return linear(cat({flatten(colour(narrow(x, 1, 0, 1)), 1), narrow(x, 1, 1, 4)}, 1));
///     }
///
/// In a program, which cannot stop halfway, what is no index gives NaN.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.Embedding.html
template <Floating T = float>
class Embedding {
 public:
  using Scalar = T;

  /// Throws OptionError for sizes < 1, a padding_idx that is not there and a max_norm that is not positive.
  explicit Embedding(const Scope<T>& scope, Index num_embeddings, Index embedding_dim,
                     const EmbeddingOptions& options = {})
      : options_(options),
        table_(scope, "Embedding", num_embeddings, embedding_dim, options.padding_idx, options.max_norm,
               options.norm_type),
        id_(scope.is("Embedding", extra_repr())) {}

  /// What it was made with.
  [[nodiscard]] const EmbeddingOptions& options() const noexcept { return options_; }
  /// (num_embeddings, embedding_dim)
  [[nodiscard]] const Slot& weight() const noexcept { return table_.weight(); }

  /// Throws IndexError for what is no index, of a program NaN.
  template <Recorded Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    if constexpr (requires { x.value(); }) {
      if (is_grad_enabled()) table_.limit(x.tape(), x.value());
      const Input y = looked_up(x, x.tape().parameter(weight()));
      return id_.returned(is_grad_enabled() ? y : table_.limited(y));
    } else {
      return id_.returned(table_.limited(looked_up(x, x.tape().parameter(weight()))));
    }
  }
  /// Of a model that is called with tensors alone.
  [[nodiscard]] Var<T> operator()(TensorArg<std::int64_t> indices) const {
    return on(default_tape<T>(), indices);
  }
  /// Of a model that is called on this tape.
  [[nodiscard]] Var<T> on(Tape<T>& tape, TensorArg<std::int64_t> indices) const {
    if (is_grad_enabled()) table_.limit(tape, indices);
    const Var<T> y = embedding(indices, tape.parameter(weight()), gradient());
    return id_.returned(is_grad_enabled() ? y : table_.limited(y));
  }
  /// The same with this weight in the place of its own, whatever max_norm; see WeightNorm.
  template <Recorded Input>
  [[nodiscard]] Input with_weight(const Input& weight, const Input& x) const {
    return id_.returned(looked_up(x, weight));
  }
  [[nodiscard]] Var<T> with_weight(const Var<T>& weight, TensorArg<std::int64_t> indices) const {
    return id_.returned(embedding(indices, weight, gradient()));
  }

  /// What print() shows in the parentheses.
  [[nodiscard]] std::string extra_repr() const {
    std::string text = table_.sizes();
    if (table_.padding()) text += ", padding_idx=" + std::to_string(*table_.padding());
    text += table_.norms();
    if (options_.scale_grad_by_freq) text += ", scale_grad_by_freq=True";
    return text;
  }
  friend std::ostream& operator<<(std::ostream& out, const Embedding& e) {
    return out << "Embedding(" << e.extra_repr() << ")";
  }

 private:
  template <Recorded Input>
  [[nodiscard]] Input looked_up(const Input& x, const Input& weight) const {
    if constexpr (requires { x.value(); }) {
      return embedding(x, weight, gradient());
    } else {
      return embedding(x, weight);
    }
  }
  [[nodiscard]] EmbeddingGradient gradient() const {
    return {.padding_idx = table_.padding(), .scale_grad_by_freq = options_.scale_grad_by_freq};
  }

  EmbeddingOptions options_;
  detail::EmbeddingTable<T> table_;
  ModuleId id_;
};

struct EmbeddingBagOptions {
  std::optional<double> max_norm = std::nullopt;    ///< as in EmbeddingOptions, and so are the next two
  double norm_type = 2;                             ///< of max_norm
  bool scale_grad_by_freq = false;                  ///< not of "max"
  std::string mode = "mean";                        ///< or "sum", or "max"
  bool include_last_offset = false;                 ///< the last offset is where the last bag ends
  std::optional<Index> padding_idx = std::nullopt;  ///< an index whose vectors are in no bag
};

/// The mean, sum or largest elements of the vectors of each bag of indices: see embedding_bag(). `weight` is
/// that of Embedding. Of tensors of std::int64_t alone.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.EmbeddingBag.html
template <Floating T = float>
class EmbeddingBag {
 public:
  using Scalar = T;

  /// Throws OptionError as Embedding does, and for another mode.
  explicit EmbeddingBag(const Scope<T>& scope, Index num_embeddings, Index embedding_dim,
                        EmbeddingBagOptions options = {})
      : options_(checked(std::move(options))),
        table_(scope, "EmbeddingBag", num_embeddings, embedding_dim, options_.padding_idx, options_.max_norm,
               options_.norm_type),
        id_(scope.is("EmbeddingBag", extra_repr())) {}

  /// What it was made with.
  [[nodiscard]] const EmbeddingBagOptions& options() const noexcept { return options_; }
  /// (num_embeddings, embedding_dim)
  [[nodiscard]] const Slot& weight() const noexcept { return table_.weight(); }

  /// Of a model that is called with tensors alone. Throws what embedding_bag() throws.
  [[nodiscard]] Var<T> operator()(TensorArg<std::int64_t> indices, TensorArg<std::int64_t> offsets = {},
                                  const Var<T>& per_sample_weights = {}) const {
    return on(default_tape<T>(), indices, offsets, per_sample_weights);
  }
  /// Of a model that is called on this tape.
  [[nodiscard]] Var<T> on(Tape<T>& tape, TensorArg<std::int64_t> indices,
                          TensorArg<std::int64_t> offsets = {}, const Var<T>& per_sample_weights = {}) const {
    Var<T> vectors = tape.parameter(weight());
    if (is_grad_enabled()) {
      table_.limit(tape, indices);
    } else {
      vectors = table_.limited(vectors);  // all of them
    }
    return with_weight(vectors, indices, offsets, per_sample_weights);
  }
  /// The same with this weight in the place of its own, whatever max_norm; see WeightNorm.
  [[nodiscard]] Var<T> with_weight(const Var<T>& weight, TensorArg<std::int64_t> indices,
                                   TensorArg<std::int64_t> offsets = {},
                                   const Var<T>& per_sample_weights = {}) const {
    return id_.returned(embedding_bag(indices, weight, offsets, bag_options(), per_sample_weights));
  }

  /// What print() shows in the parentheses.
  [[nodiscard]] std::string extra_repr() const {
    std::string text = table_.sizes() + table_.norms();
    if (options_.scale_grad_by_freq) text += ", scale_grad_by_freq=True";
    text += ", mode='" + options_.mode + "'";
    if (table_.padding()) text += ", padding_idx=" + std::to_string(*table_.padding());
    return text;
  }
  friend std::ostream& operator<<(std::ostream& out, const EmbeddingBag& e) {
    return out << "EmbeddingBag(" << e.extra_repr() << ")";
  }

 private:
  static EmbeddingBagOptions&& checked(EmbeddingBagOptions&& options) {
    detail::check_bag_options({.mode = options.mode, .scale_grad_by_freq = options.scale_grad_by_freq},
                              false);
    return std::move(options);
  }
  [[nodiscard]] BagOptions bag_options() const {
    return {.mode = options_.mode,
            .padding_idx = table_.padding(),
            .scale_grad_by_freq = options_.scale_grad_by_freq,
            .include_last_offset = options_.include_last_offset};
  }

  EmbeddingBagOptions options_;
  detail::EmbeddingTable<T> table_;
  ModuleId id_;
};

WICK_END_NAMESPACE
