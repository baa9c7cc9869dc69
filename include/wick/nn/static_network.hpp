#pragma once

// A trained perceptron whose sizes the compiler knows.

#include <wick/core/as_integer.hpp>
#include <wick/core/buffer.hpp>
#include <wick/core/error.hpp>
#include <wick/core/tensor.hpp>
#include <wick/nn/network.hpp>
#include <wick/ops/activation.hpp>
#include <wick/ops/affine.hpp>
#include <wick/ops/gemm.hpp>
#include <wick/ops/log_softmax.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

namespace wick::inline WICK_ABI_NAMESPACE {

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
  using Scalar = T;
  static constexpr std::array<Index, sizeof...(Sizes)> sizes{Sizes...};
  static constexpr Index input_size = sizes.front();
  static constexpr Index output_size = sizes.back();

  /// Copies the parameters. Throws ShapeError unless the network has these sizes.
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
      T* const matrix = to + padded(out);
      if (is_narrow(out)) {
        std::copy_n(weight, out * in, matrix);
      } else {
        for (Index at = 0; at < out; at += block) {
          const Index count = (std::min)(block, padded(out) - at);
          detail::transpose(weight + at * in, in, (std::min)(count, out - at), in, matrix + at * in, count);
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
    alignas(alignment) std::array<T, widest> even;
    alignas(alignment) std::array<T, widest> odd;
    const auto layer = [&]<std::size_t i>(std::integral_constant<std::size_t, i>) {
      T* const to = i % 2 == 0 ? even.data() : odd.data();
      const T* const from = i == 0 ? x.data() : (i % 2 == 0 ? odd.data() : even.data());
      affine<i>(from, to);
      if constexpr (i + 1 < layers) relu_forward(to, to, sizes[i + 1]);
    };
    [&]<std::size_t... i>(std::index_sequence<i...>) {
      (layer(std::integral_constant<std::size_t, i>{}), ...);
    }
    (std::make_index_sequence<layers>{});
    T* const last = layers % 2 == 1 ? even.data() : odd.data();
    std::array<T, static_cast<std::size_t>(output_size)> result;
    std::copy_n(last, output_size, result.begin());
    return result;
  }

 private:
  static constexpr std::size_t layers = sizeof...(Sizes) - 1;
  static constexpr std::size_t alignment = Buffer<T>::alignment;

  // Rows of whole cache lines, whatever the vectors of the processor.
  static constexpr Index padded(Index n) {
    constexpr auto unit = static_cast<Index>(alignment / sizeof(T));
    return (n + unit - 1) / unit * unit;
  }
  static constexpr auto widest = static_cast<std::size_t>((std::max)({padded(Sizes)...}));

  /// Outputs that are computed together: as many as registers hold sums of.
  static constexpr Index block = 8 * Eigen::internal::packet_traits<T>::size;
  /// Layers that affine_forward computes as dot products keep their weights as they are; the others have them
  /// transposed, block by block, (in, block) each and the last one as wide as is left of padded(out): so they
  /// are read as they lie.
  static constexpr bool is_narrow(Index out) { return out <= narrow_outputs; }
  /// Where the bias of layer `i` begins; its weight is behind it.
  static constexpr Index offset(std::size_t i) {
    Index at = 0;
    for (std::size_t l = 0; l < i; ++l) {
      const Index in = sizes[l];
      const Index out = sizes[l + 1];
      at += padded(out) + (is_narrow(out) ? padded(in * out) : in * padded(out));
    }
    return at;
  }

  static void check_model(const Network<T>& model) {
    const auto hidden = model.hidden_layers();
    bool same =
        hidden.size() + 1 == layers && model.input_size() == input_size && model.output_size() == output_size;
    for (std::size_t i = 0; same && i + 1 < layers; ++i) same = hidden[i].out_features() == sizes[i + 1];
    if (same) return;
    std::string expected;
    for (const Index n : sizes) expected += (expected.empty() ? "" : "-") + std::to_string(n);
    std::string got = std::to_string(model.input_size());
    for (const auto& layer : hidden) got += "-" + std::to_string(layer.out_features());
    throw ShapeError("StaticNetwork: expected a network of the sizes " + expected + ", got " + got + "-" +
                     std::to_string(model.output_size()));
  }

  /// to = bias + W from, in the order in which gemm() adds.
  template <std::size_t i>
  void affine(const T* from, T* to) const noexcept {
    constexpr Index in = sizes[i];
    constexpr Index out = sizes[i + 1];
    const T* const bias = parameters_.data() + offset(i);
    const T* const weight = bias + padded(out);
    std::copy_n(bias, padded(out), to);
    if constexpr (is_narrow(out)) {
      gemm_narrow(Index{1}, out, in, from, weight, to);
    } else {
      detail::for_each_panel<T>(in, [&](Index begin, Index depth) {
        columns<in, padded(out), Index{0}>(from, weight, begin, depth, to);
      });
    }
  }

  /// to += W from for the outputs from `at` on and the inputs [begin, begin + depth).
  template <Index in, Index width, Index at>
  static void columns(const T* from, const T* weight, Index begin, Index depth, T* to) noexcept {
    if constexpr (at < width) {
      namespace ei = Eigen::internal;
      using Packet = typename ei::packet_traits<T>::type;
      constexpr Index lanes = ei::packet_traits<T>::size;
      constexpr Index count = (std::min)(block, width - at);
      constexpr auto each = std::make_integer_sequence<int, detail::as_integer<int>(count / lanes)>{};
      // NOLINTBEGIN(cppcoreguidelines-avoid-c-arrays,modernize-avoid-c-arrays): vector types lose their
      // attributes as template arguments
      Packet sums[static_cast<std::size_t>(count / lanes)];
      [&]<int... v>(std::integer_sequence<int, v...>) {
        ((sums[v] = ei::pset1<Packet>(T(0))), ...);
        for (Index k = begin; k < begin + depth; ++k) {
          const Packet x = ei::pset1<Packet>(from[k]);
          const T* const row = weight + at * in + k * count;
          ((sums[v] = ei::pmadd(x, ei::pload<Packet>(row + v * lanes), sums[v])), ...);
        }
        (ei::pstore(to + at + v * lanes, ei::padd(ei::pload<Packet>(to + at + v * lanes), sums[v])), ...);
      }
      (each);
      // NOLINTEND(cppcoreguidelines-avoid-c-arrays,modernize-avoid-c-arrays)
      columns<in, width, at + count>(from, weight, begin, depth, to);
    }
  }

  Buffer<T> parameters_;
};

}  // namespace wick::inline WICK_ABI_NAMESPACE
