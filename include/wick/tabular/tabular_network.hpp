#pragma once

// A network for the rows of tables.

#include <wick/autograd.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/nn/dropout.hpp>
#include <wick/nn/embedding.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/nn/module_list.hpp>
#include <wick/nn/scope.hpp>
#include <wick/ops/activations.hpp>
#include <wick/random/distributions.hpp>
#include <wick/random/generator.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/tensor.hpp>

#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// What the rows that a TabularNetwork takes consist of, and what it gives.
struct TabularSizes {
  Index numbers = 0;  ///< features that are numbers, which come first
  std::vector<Index> categories =
      {};             ///< of each feature behind them, a whole number: how many values it has
  Index outputs = 1;  ///< scores of classes, or numbers

  friend bool operator==(const TabularSizes&, const TabularSizes&) = default;
};

/// What a TabularNetwork is made of.
struct TabularNetworkOptions {
  Index width = 256;       ///< outputs of each hidden layer, >= 1
  Index blocks = 2;        ///< residual blocks behind the first layer, >= 0
  Index embedding = 8;     ///< numbers that stand for a category, >= 1
  Index frequencies = 8;   ///< waves that each number is given as too, >= 0
  double frequency = 0.5;  ///< deviation of the frequencies that waves begin with, > 0
  double dropout = 0.15;   ///< behind each hidden layer, in [0, 1)

  friend bool operator==(const TabularNetworkOptions&, const TabularNetworkOptions&) = default;
};

namespace detail {

/// Throws OptionError for what a TabularNetwork cannot be made of.
inline void check_tabular(const TabularSizes& sizes, const TabularNetworkOptions& options) {
  const auto demand = [](bool ok, const char* what, const std::string& got) {
    if (!ok) throw OptionError("TabularNetwork: expected " + std::string(what) + ", got " + got);
  };
  demand(sizes.numbers >= 0, "numbers >= 0", std::to_string(sizes.numbers));
  demand(sizes.numbers > 0 || !sizes.categories.empty(), "rows of one feature or more", "none");
  demand(sizes.outputs >= 1, "outputs >= 1", std::to_string(sizes.outputs));
  demand(options.width >= 1, "width >= 1", std::to_string(options.width));
  demand(options.blocks >= 0, "blocks >= 0", std::to_string(options.blocks));
  demand(options.embedding >= 1, "embedding >= 1", std::to_string(options.embedding));
  demand(options.frequencies >= 0, "frequencies >= 0", std::to_string(options.frequencies));
  demand(options.frequency > 0 && is_finite(options.frequency), "frequency > 0",
         python_repr(options.frequency));
  demand(options.dropout >= 0 && options.dropout < 1, "dropout in [0, 1)", python_repr(options.dropout));
}

}  // namespace detail

/// Rows of numbers and categories to scores of classes, or to numbers:
///
///     h = dropout(silu(first(cat(scale * x, cos(2 pi (w x + b)), embeddings))))
///     h = h + dropout(silu(linear(h)))        for each block
///     y = last(h)
///
/// Each number has a factor of its own, `scale`, so that training can mute it, as in RealMLP (D. Holzmüller,
/// L. Grinsztajn, I. Steinwart, https://arxiv.org/abs/2407.04491), and is given as waves too, whose
/// frequencies are trained (Y. Gorishniy, I. Rubachev, A. Babenko, https://arxiv.org/abs/2203.05556). Weights
/// begin with normal numbers of variance 1 / inputs, those of the last layer with zeros, phases with uniform
/// ones.
template <Floating T = float>
class TabularNetwork {
 public:
  using Scalar = T;

  /// Throws OptionError for sizes and options out of range, and for rows without features.
  TabularNetwork(const Scope<T>& scope, const TabularSizes& sizes, const TabularNetworkOptions& options = {})
      : sizes_((detail::check_tabular(sizes, options), sizes)),
        options_(options),
        embeddings_(scope / "embeddings", static_cast<Index>(sizes.categories.size()),
                    [&](const Scope<T>& at, Index i) {
                      return Embedding<T>(at, sizes.categories[static_cast<std::size_t>(i)],
                                          options.embedding);
                    }),
        first_(scope / "first", features(), options.width),
        blocks_(scope / "blocks", options.blocks, options.width, options.width),
        dropout_(scope / "dropout", options.dropout),
        last_(scope / "last", options.width, sizes.outputs) {
    scope.is("TabularNetwork");
    if (sizes.numbers > 0) {
      scale_ = scope.add("scale", {sizes.numbers}, T(1));
      if (options.frequencies > 0) {
        const Shape waves{sizes.numbers, options.frequencies};
        frequencies_ = scope.add("frequencies", waves, [&](TensorView<T> to, Generator& generator) {
          normal_(to, 0.0, options.frequency, generator);
        });
        phases_ = scope.add("phases", waves, [](TensorView<T> to, Generator& generator) {
          uniform_(to, -0.5, 0.5, generator);
        });
      }
    }
    if (!scope.draws()) return;
    draw(scope, first_);
    for (const Linear<T>& block : blocks_) draw(scope, block);
    scope.block().value(last_.weight()).fill(T(0));
    scope.block().value(last_.bias()).fill(T(0));
  }

  /// x (B, numbers + categories) -> (B, outputs). Throws ShapeError for other rows, and IndexError for what
  /// is no number of a category, of a program NaN.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    auto& tape = x.tape();
    std::vector<Input> parts;
    if (sizes_.numbers > 0) {
      const Input numbers = narrow(x, 1, 0, sizes_.numbers);
      parts.push_back(numbers * tape.parameter(scale_));
      if (options_.frequencies > 0) {
        const Input turns = unsqueeze(numbers, 2) * tape.parameter(frequencies_) + tape.parameter(phases_);
        parts.push_back(flatten(cos(turns * static_cast<T>(2 * std::numbers::pi)), 1));
      }
    }
    for (Index i = 0; i < embeddings_.size(); ++i) {
      parts.push_back(flatten(embeddings_[i](narrow(x, 1, sizes_.numbers + i, 1)), 1));
    }
    Input h = dropout_(silu(first_(parts.size() == 1 ? parts[0] : cat(std::span<const Input>(parts), 1))));
    for (const Linear<T>& block : blocks_) h = h + dropout_(silu(block(h)));
    return last_(h);
  }

  /// What the first layer takes: numbers, waves and embeddings.
  [[nodiscard]] Index features() const noexcept {
    return sizes_.numbers * (1 + options_.frequencies) +
           static_cast<Index>(sizes_.categories.size()) * options_.embedding;
  }
  /// The layer that gives the outputs.
  [[nodiscard]] const Linear<T>& last() const noexcept { return last_; }
  /// What a row consists of.
  [[nodiscard]] const TabularSizes& sizes() const noexcept { return sizes_; }
  /// What it was made of.
  [[nodiscard]] const TabularNetworkOptions& options() const noexcept { return options_; }

 private:
  static void draw(const Scope<T>& scope, const Linear<T>& layer) {
    normal_(scope.block().value(layer.weight()), 0.0, 1 / std::sqrt(static_cast<double>(layer.in_features())),
            scope.generator());
    scope.block().value(layer.bias()).fill(T(0));
  }

  TabularSizes sizes_;
  TabularNetworkOptions options_;
  ModuleList<Embedding<T>> embeddings_;
  Linear<T> first_;
  ModuleList<Linear<T>> blocks_;
  Dropout dropout_;
  Linear<T> last_;
  Slot scale_, frequencies_, phases_;  // none without numbers
};

WICK_END_NAMESPACE
