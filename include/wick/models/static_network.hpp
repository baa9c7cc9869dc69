#pragma once

// A trained perceptron whose sizes the compiler knows.

#include <wick/base/buffer.hpp>
#include <wick/base/detail/as_integer.hpp>
#include <wick/base/error.hpp>
#include <wick/kernels/product.hpp>
#include <wick/kernels/static_network.hpp>
#include <wick/models/network.hpp>
#include <wick/ops/log_softmax.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

/// The prediction of a Network<T> of the sizes input, hidden layers, output, one sample at a time:
///
///     const wick::StaticNetwork<float, 8, 32, 32, 4> fast(wick::load_checkpoint("model.wick"));
///     const std::array<float, 4> log_probs = fast.predict(x);
///
/// The loops have constant bounds, weights lie as they are read, and nothing is allocated, checked or looked
/// up: for small networks in inner loops. A snapshot of the parameters; the network may go. To move one
/// copies it, so there is none without parameters.
template <Floating T, Index... Sizes>
class StaticNetwork {
  static_assert(sizeof...(Sizes) >= 2, "an input and an output size at least");
  static_assert(((Sizes >= 1) && ...), "sizes are at least 1");

 public:
  /// What it computes in.
  using Scalar = T;
  static constexpr std::array<Index, sizeof...(Sizes)> sizes{Sizes...};  ///< input, hidden layers, output
  static constexpr Index input_size = sizes.front();                     ///< numbers of a sample
  static constexpr Index output_size = sizes.back();  ///< numbers that it gives for a sample

  /// Copies the parameters. Throws ShapeError unless the network has these sizes, and OptionError
  /// unless its hidden layers have ReLU and no normalisation.
  explicit StaticNetwork(const Network<T>& model) : parameters_(offset(layers)) {
    check_model(model);
    const auto& from = *model.parameters();
    std::fill_n(parameters_.data(), parameters_.size(), T(0));
    for (std::size_t i = 0; i < layers; ++i) {
      const Linear<T>& layer = i + 1 < layers ? model.hidden_layers()[i] : model.output();
      const T* const weight = from.value(layer.weight()).data();
      const T* const bias = from.value(layer.bias()).data();
      T* const to = parameters_.data() + offset(i);
      const Index in = sizes[i];
      const Index out = sizes[i + 1];
      std::copy_n(bias, out, to);
      T* const matrix = to + Layout::padded(out);
      if (Layout::is_narrow(out)) {
        std::copy_n(weight, out * in, matrix);
      } else {
        for (Index at = 0; at < out; at += Layout::block) {
          const Index count = (std::min)(Layout::block, Layout::padded(out) - at);
          detail::kernels::transpose(weight + at * in, in, (std::min)(count, out - at), in, matrix + at * in,
                                     count);
        }
      }
    }
  }

  // No moves: predict() has no way to say that the parameters are gone.
  StaticNetwork(const StaticNetwork&) = default;
  StaticNetwork& operator=(const StaticNetwork&) = default;
  ~StaticNetwork() = default;

  /// Log-probabilities of one sample. The results are those of Network::predict for the same row in a batch
  /// of two rows or more, to the last bit; for a batch of one that adds in another order.
  [[nodiscard]] std::array<T, static_cast<std::size_t>(output_size)> predict(
      std::span<const T, static_cast<std::size_t>(input_size)> x) const noexcept {
    static_assert(output_size >= 2, "the log-softmax of one output is always 0; logits() gives it raw");
    auto result = logits(x);
    const TensorView<T> row(result.data(), Shape{1, output_size});
    log_softmax_forward<T>(row, row);
    return result;
  }

  /// What the output layer gives for one sample, ahead of log-softmax: Network::logits.
  [[nodiscard]] std::array<T, static_cast<std::size_t>(output_size)> logits(
      std::span<const T, static_cast<std::size_t>(input_size)> x) const noexcept {
    std::array<T, static_cast<std::size_t>(output_size)> result;
    const auto run = WICK_CALL(static_network<T, Sizes...>);
    run(x.data(), parameters_.data(), result.data());
    return result;
  }

 private:
  static constexpr std::size_t layers = sizeof...(Sizes) - 1;
  using Layout = detail::StaticLayout<T>;

  /// Where the bias of layer `i` begins; its weight is behind it.
  static constexpr Index offset(std::size_t i) {
    Index at = 0;
    for (std::size_t l = 0; l < i; ++l) at += Layout::size(sizes[l], sizes[l + 1]);
    return at;
  }

  static void check_model(const Network<T>& model) {
    const NetworkOptions options = model.options();
    const ModuleActivation& module = options.activation_module;
    if (options.activation != Activation::relu || !module.empty() ||
        options.normalisation != Normalisation::none || !options.normalisation_module.empty()) {
      throw OptionError("StaticNetwork: expected a network with ReLU and without normalisation, got " +
                        std::string(module.empty() ? activation_name(options.activation) : module.type()) +
                        (options.normalisation == Normalisation::none ? "" : " and LayerNorm") +
                        (options.normalisation_module.empty()
                             ? std::string()
                             : " and " + std::string(options.normalisation_module.type())));
    }
    const auto hidden = model.hidden_layers();
    bool same =
        hidden.size() + 1 == layers && model.input_size() == input_size && model.output_size() == output_size;
    for (std::size_t i = 0; same && i + 1 < layers; ++i) same = hidden[i].out_features() == sizes[i + 1];
    if (same) return;
    std::string expected;
    for (const Index n : sizes) expected.append(expected.empty() ? "" : "-").append(std::to_string(n));
    std::string got = std::to_string(model.input_size());
    for (const auto& layer : hidden) got.append("-").append(std::to_string(layer.out_features()));
    throw ShapeError("StaticNetwork: expected a network of the sizes " + expected + ", got " + got + "-" +
                     std::to_string(model.output_size()));
  }

  Buffer<T> parameters_;
};

WICK_END_NAMESPACE
