#pragma once

// Definitions of checkpoint/detail/described_network.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/quote.hpp>
#include <wick/base/error.hpp>
#include <wick/base/printable.hpp>
#include <wick/checkpoint/detail/described_network.hpp>
#include <wick/io/archive/group_names.hpp>
#include <wick/state/state_dict_spec.hpp>
#include <wick/tensor/any_tensor.hpp>
#include <wick/tensor/dtype.hpp>
#include <wick/tensor/shape.hpp>

#include <array>
#include <span>
#include <string>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE std::string layer_path(std::size_t i, std::size_t hidden_layers) {
  return i < hidden_layers ? "hidden_layers." + std::to_string(i) : std::string("output");
}

struct NormTensor {
  const char* name;
  bool NormalisationTensors::*is_there;
  ExpectedParameter::Part part;
  bool is_count;  ///< a single number
};
inline constexpr std::array<NormTensor, 5> norm_tensor_names{{
    {".weight", &NormalisationTensors::weight, ExpectedParameter::Part::norm, false},
    {".bias", &NormalisationTensors::bias, ExpectedParameter::Part::norm, false},
    {".running_mean", &NormalisationTensors::running, ExpectedParameter::Part::norm_buffer, false},
    {".running_var", &NormalisationTensors::running, ExpectedParameter::Part::norm_buffer, false},
    {".num_batches_tracked", &NormalisationTensors::running, ExpectedParameter::Part::norm_buffer, true},
}};

WICK_INLINE std::vector<ExpectedParameter> expected_parameters(const Architecture& a,
                                                               const NetworkOptions& options) {
  using Part = ExpectedParameter::Part;
  std::vector<ExpectedParameter> result;
  const auto layer = [&](std::size_t i, Index out, Index in) {
    const std::string path = layer_path(i, a.hidden_layers.size());
    result.push_back({path + ".weight", out, in});
    result.push_back({path + ".bias", out, -1});
  };
  const std::size_t hidden = a.hidden_layers.size();
  const auto size_before = [&](std::size_t i) { return i == 0 ? a.input_size : a.hidden_layers[i - 1]; };
  for (std::size_t i = 0; i < hidden; ++i) layer(i, a.hidden_layers[i], size_before(i));
  const NormalisationTensors norm = norm_tensors(options);
  // Those of each hidden layer: parameters in front of the output layer, buffers behind it.
  const auto add_norms = [&](bool buffers) {
    for (std::size_t i = 0; i < hidden; ++i) {
      for (const NormTensor& tensor : norm_tensor_names) {
        if (norm.*tensor.is_there && (tensor.part == Part::norm_buffer) == buffers) {
          result.push_back({"norms." + std::to_string(i) + tensor.name,
                            tensor.is_count ? Index{-1} : a.hidden_layers[i], -1, tensor.part});
        }
      }
    }
  };
  add_norms(false);
  layer(hidden, a.output_size, size_before(hidden));
  add_norms(true);
  return result;
}

WICK_INLINE std::size_t parameter_count(std::size_t hidden_layers, const NetworkOptions& options) {
  const NormalisationTensors norm = norm_tensors(options);
  return 2 * (hidden_layers + 1) +
         hidden_layers * static_cast<std::size_t>(norm.parameters() + (norm.running ? 3 : 0));
}

WICK_INLINE void refuse_own_class(const Archive& archive, const std::string& name) {
  const Attributes* const described = archive.find_attributes(architecture_group);
  if (described == nullptr || archive.architecture) return;
  const Attribute* const found = described->find(class_key);
  const auto* const written = found == nullptr ? nullptr : std::get_if<std::string>(found);
  const std::string own = written == nullptr ? "unknown" : quoted_name(*written);
  if (described->contains("operations")) {
    throw FormatError(
        name, "the file holds a model of class " + own +
                  ", which is no Network, and its program: load_program(path, all_operations()) reads "
                  "it, and make_predictor() makes a predictor of it");
  }
  throw FormatError(name, "the file holds a model of the user's own class " + own +
                              ", which only the program that has this class can build: make a model of it as "
                              "before it was saved, then call load_checkpoint(model, path). What "
                              "save_program(trace(model, shape), "
                              "model, path) writes needs no class: load_model(path)");
}

/// The numbers of an activation's module.
inline std::span<const double> activation_numbers(const Attributes& group) {
  const Attribute* const written = group.find(activation_numbers_key);
  const auto* const numbers = written == nullptr ? nullptr : std::get_if<std::vector<double>>(written);
  return numbers == nullptr ? std::span<const double>() : std::span<const double>(*numbers);
}

/// The options of the network of an archive that has the sizes of one. Throws FormatError for what is unknown
/// here: a network without it would give other results.
inline NetworkOptions read_options(const Archive& archive, double dropout, const ActivationTable* activations,
                                   const NormalisationTable* normalisations, const std::string& name) {
  NetworkOptions options{.dropout = dropout};
  const Attributes* const group = archive.find_attributes(architecture_group);
  if (group == nullptr) return options;
  for (const auto& [key, value] : *group) {
    const auto* const text = std::get_if<std::string>(&value);
    if (text != nullptr && key == class_key && *text == "Network") continue;
    if (text != nullptr && key == activation_key) {
      if (const auto activation = activation_named(*text)) {
        options.activation = *activation;
        continue;
      }
      if (activations != nullptr) {
        options.activation_module = activations->find(*activations, *text, activation_numbers(*group), name);
        continue;
      }
    }
    if (key == activation_numbers_key && !options.activation_module.empty()) continue;
    if (text != nullptr && key == normalisation_key) {
      if (const auto normalisation = normalisation_named(*text)) {
        options.normalisation = *normalisation;
        continue;
      }
      if (normalisations != nullptr) {
        options.normalisation_module =
            normalisations->find(*normalisations, *text, *group, archive.architecture->hidden_layers, name);
        continue;
      }
    }
    if (key.starts_with(normalisation_prefix) && !options.normalisation_module.empty()) continue;
    const char* hint = "";
    if (text != nullptr && key == activation_key && activations == nullptr) {
      hint =
          " by itself: include <wick/nn/all_activations.hpp> and set the option `activations` to "
          "&wick::all_activations()";
    } else if (text != nullptr && key == normalisation_key && normalisations == nullptr) {
      hint =
          " by itself: include <wick/nn/all_normalisations.hpp> and set the option `normalisations` to "
          "&wick::all_normalisations()";
    }
    throw FormatError(name, "the network cannot be built: its " + quoted_name(key) + " is " +
                                (text != nullptr ? python_quoted(*text) : std::string("no text")) +
                                ", which this version does not know" + hint);
  }
  return options;
}

/// Throws unless `parameters` are exactly those of a network of this architecture.
inline void check_architecture(const Architecture& a, const NetworkOptions& options,
                               const StateDict& parameters, const std::string& name) {
  const auto fail = [&](const std::string& what) {
    throw FormatError(name, "the header does not fit the parameters: " + what);
  };
  if (a.type != "Network") fail("expected a model of type Network, got " + quoted_name(a.type));
  const std::size_t expected = parameter_count(a.hidden_layers.size(), options);
  if (parameters.size() != expected) {
    fail("expected " + std::to_string(expected) + " tensors for " + std::to_string(a.hidden_layers.size()) +
         " hidden layers, got " + std::to_string(parameters.size()));
  }
  for (const ExpectedParameter& p : expected_parameters(a, options)) {
    const std::array<Index, 2> sizes{p.rows, p.cols};
    const auto dims = std::span<const Index>(sizes).first(p.rows < 0 ? 0 : p.cols < 0 ? 1 : 2);
    // A product that overflows cannot be the shape of a tensor in the file.
    if (!checked_numel(dims)) fail("\"" + p.name + "\" would be too large");
    const Shape shape(dims);
    const AnyTensor* found = parameters.find(p.name);
    if (found == nullptr) {
      fail("\"" + p.name + "\" is missing");
    } else if (!(found->shape() == shape)) {
      fail("\"" + p.name + "\" should have shape " + shape.str() + ", it has " + found->shape().str());
    }
  }
}

WICK_INLINE void refuse_complex(const std::vector<ExpectedParameter>& expected, const StateDict& parameters) {
  std::string problems;
  for (const ExpectedParameter& p : expected) {
    const DType dtype = parameters[p.name].dtype();
    if (is_complex(dtype)) problems.append("\n\t").append(complex_problem(p.name, dtype));
  }
  if (!problems.empty())
    throw StateDictError("Error(s) in loading state_dict for Network:" + problems, {}, {}, {});
}

WICK_INLINE const StateDict& model_parameters(const Archive& archive, const std::string& name) {
  const StateDict* parameters = archive.find_tensors(model_group);
  if (parameters == nullptr) throw FormatError(name, "the file has no parameters of a model");
  return *parameters;
}

WICK_INLINE DescribedNetwork described_network(const Archive& archive, const std::string& name,
                                               const ActivationTable* activations,
                                               const NormalisationTable* normalisations) {
  const StateDict& parameters = model_parameters(archive, name);
  const NetworkOptions options =
      read_options(archive, archive.architecture->dropout, activations, normalisations, name);
  check_architecture(*archive.architecture, options, parameters, name);
  return {*archive.architecture, options};
}

}  // namespace detail

WICK_END_NAMESPACE
