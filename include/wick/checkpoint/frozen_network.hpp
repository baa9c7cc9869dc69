#pragma once

// The network of a file for programs that predict with it and nothing else.

#include <wick/checkpoint/detail/described_network.hpp>
#include <wick/graph/program.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/tensor.hpp>

#include <memory>
#include <string>

WICK_BEGIN_NAMESPACE

/// What a FrozenNetwork gives.
enum class NetworkOutputs {
  log_probabilities,  ///< as Network::predict()
  logits,             ///< what the output layer gives, as Network::logits()
};

/// What a Network predicts, without its modules: it neither trains nor tells its layers, and takes a third of
/// the time to compile. With io/wick/reader.hpp a program reads wick's own files so and no others:
///
///     const wick::FrozenNetwork<float> model(wick::read_archive(path), path);
///     const auto log_probs = model.predict(images);
///
/// Immutable: any number of threads predict with one, each with a workspace of its own. Copies share the
/// parameters.
template <Floating T = float>
class FrozenNetwork {
 public:
  /// What it computes in.
  using Scalar = T;

  /// The network of a checkpoint; `name` stands for the file in messages. Throws FormatError for an archive
  /// that does not say how its network is built, such as a state dict by itself, which load_checkpoint()
  /// takes, and for parameters of other sizes; and Error for the log-probabilities of a network with one
  /// output, which are always 0. `activations` and `normalisations` as in BuildOptions.
  FrozenNetwork(const Archive& archive, const std::string& name,
                NetworkOutputs outputs = NetworkOutputs::log_probabilities,
                const ActivationTable* activations = nullptr,
                const NormalisationTable* normalisations = nullptr);

  /// Of parameters that were described. They are copied, unless `block` has memory in which they lie already.
  FrozenNetwork(const detail::DescribedNetwork& network, const StateDict& parameters, const std::string& name,
                NetworkOutputs outputs, std::shared_ptr<ParameterBlock<T>> block = nullptr);

  /// Numbers of a sample.
  [[nodiscard]] Index input_size() const noexcept { return input_size_; }
  /// Numbers that it gives for a sample.
  [[nodiscard]] Index output_size() const noexcept { return output_size_; }

  /// The outputs (B, output_size) for x (B, input_size), to the last bit those of the Network, as a view into
  /// the workspace until the next but one pass with it. Allocates nothing after the largest batch. Throws
  /// ShapeError unless x is (B, input_size).
  TensorView<const T> predict(TensorArg<T> x, Workspace<T>& workspace) const;
  /// The same as a new tensor.
  [[nodiscard]] Tensor<T> predict(TensorArg<T> x) const;

  /// What is computed, of a sample.
  [[nodiscard]] const Program<T>& program() const& noexcept { return program_; }
  void program() const&& = delete;
  /// What it is computed with.
  [[nodiscard]] std::shared_ptr<const ParameterBlock<T>> parameters() const noexcept { return parameters_; }

 private:
  Index input_size_ = 0;
  Index output_size_ = 0;
  std::shared_ptr<const ParameterBlock<T>> parameters_;
  Program<T> program_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/checkpoint/frozen_network.ipp>
#endif
