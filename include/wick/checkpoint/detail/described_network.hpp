#pragma once

// What a file says of its network, confirmed by the parameters that are in it.

#include <wick/io/archive/archive.hpp>
#include <wick/models/network_options.hpp>

#include <cstddef>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The Network's name of layer `i`.
std::string layer_path(std::size_t i, std::size_t hidden_layers);

/// A tensor of a network, ahead of any that a file has: a matrix of these sizes, a vector of `rows`, or a
/// single number.
struct ExpectedParameter {
  std::string name;
  Index rows;  ///< -1: a number
  Index cols;  ///< -1: a vector, or a number
  /// What it is part of.
  enum class Part : signed char { layer, norm, norm_buffer };
  Part part = Part::layer;
};

/// The parameters of a network in the order of its block, and its buffers behind them.
std::vector<ExpectedParameter> expected_parameters(const Architecture& a, const NetworkOptions& options);
std::size_t parameter_count(std::size_t hidden_layers, const NetworkOptions& options);

/// The model's tensors. Throws FormatError, with `name` for the file, when there are none.
const StateDict& model_parameters(const Archive& archive, const std::string& name);

/// Throws StateDictError for complex numbers, as load_state_dict() does.
void refuse_complex(const std::vector<ExpectedParameter>& expected, const StateDict& parameters);

/// Throws FormatError for a model of a class of the user's own, whose layers nothing in the file tells.
void refuse_own_class(const Archive& archive, const std::string& name);

struct DescribedNetwork {
  Architecture architecture;
  NetworkOptions options;
};

/// The network of an archive that has the sizes of one. Throws FormatError unless the parameters have these
/// sizes, and for what is unknown here: a network without it would give other results.
///
/// `activations` has the modules that it may name as its activation, if any, and `normalisations` those of
/// that option.
///
/// Nothing is built first: the sizes are only numbers in a file until the tensors, whose bytes are there,
/// confirm them.
DescribedNetwork described_network(const Archive& archive, const std::string& name,
                                   const ActivationTable* activations = nullptr,
                                   const NormalisationTable* normalisations = nullptr);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/checkpoint/detail/described_network.ipp>
#endif
