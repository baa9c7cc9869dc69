// wick export-cpp: a network as a C++ header that needs nothing else.

#include "commands.hpp"
#include "cpp_names.hpp"
#include "cpp_text.hpp"
#include "files.hpp"
#include "json.hpp"
#include "messages.hpp"
#include "text.hpp"

#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/base/printable.hpp>
#include <wick/checkpoint/network_archive.hpp>
#include <wick/data/transforms.hpp>
#include <wick/inference/input_description.hpp>
#include <wick/io/bytes/atomic_file.hpp>
#include <wick/nn/linear.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <iostream>
#include <span>
#include <string>
#include <system_error>
#include <vector>

namespace tool {

namespace {

/// The namespace for the file `path`: its name, with _ for what cannot be in one, behind `model_` where that
/// is no name for a namespace.
std::string identifier_of(const std::filesystem::path& path) {
  std::string result;
  for (const char c : wick::display_name(path.stem())) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (fits || (!result.empty() && result.back() != '_')) result += fits ? c : '_';
  }
  constexpr std::size_t most = 200;
  if (result.size() > most) result.resize(most);
  if (problem_of_namespace(result).empty()) return result;
  return "model_" + result + (result.ends_with("_t") ? "_net" : "");
}

std::string sizes_text(const wick::Network<float>& model) {
  std::string result = std::to_string(model.input_size());
  for (const auto& layer : model.hidden_layers()) result += '-' + std::to_string(layer.out_features());
  return result + '-' + std::to_string(model.output_size());
}

std::string header_of(const wick::Checkpoint<float>& checkpoint, const wick::InputDescription& inputs,
                      const std::string& name) {
  const wick::Network<float>& model = checkpoint.model;
  const auto& block = *model.parameters();
  std::vector<wick::Linear<float>> layers(model.hidden_layers().begin(), model.hidden_layers().end());
  layers.push_back(model.output());
  const auto outputs = static_cast<std::size_t>(model.output_size());
  wick::Index widest = 0;
  for (const auto& layer : layers) widest = (std::max)(widest, layer.out_features());

  CppWriter w;
  w.line("#pragma once");
  w.line();
  w.line("// A " + sizes_text(model) +
         " perceptron: ReLU between its layers, log-softmax at the end. Written by");
  w.line("// wick export-cpp; needs C++17 and no library.");
  w.line();
  w.line("#include <cmath>");
  w.line();
  w.line("namespace " + name + " {");
  w.line();
  w.line("inline constexpr int input_size = " + std::to_string(model.input_size()) + ";");
  w.line("inline constexpr int output_size = " + std::to_string(model.output_size()) + ";");
  w.line("// Of pixels in [0, 1]: (x - mean) / std.");
  w.line("inline constexpr float mean = " + literal(static_cast<float>(inputs.mean.value_or(0.5))) + ";");
  w.line("inline constexpr float std_deviation = " + literal(static_cast<float>(inputs.std.value_or(0.5))) +
         ";");
  w.line("inline constexpr const char* class_names[] = {");
  for (std::size_t i = 0; i < outputs; ++i) {
    w.line("  " + string_literal(inputs.classes.size() == outputs ? inputs.classes[i] : std::to_string(i)) +
           ",");
  }
  w.line("};");
  w.line();
  w.line("namespace detail {");
  w.line();
  w.line(
      "// Weights are (inputs, outputs): the inner loop runs over outputs, which compilers turn into "
      "vectors.");
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto weight = block.value(layers[i].weight());
    const auto bias = block.value(layers[i].bias());
    const wick::Index in = layers[i].in_features();
    const wick::Index out = layers[i].out_features();
    std::vector<float> transposed;
    transposed.reserve(static_cast<std::size_t>(in * out));
    for (wick::Index k = 0; k < in; ++k) {
      for (wick::Index j = 0; j < out; ++j) transposed.push_back(weight.at(j, k));
    }
    w.numbers<float>("weight_" + std::to_string(i), transposed);
    w.numbers<float>("bias_" + std::to_string(i), bias.span());
  }
  w.line();
  w.line("template <int in, int out>");
  w.line("inline void affine(const float* weight, const float* bias, const float* x, float* y) noexcept {");
  w.line("  for (int j = 0; j < out; ++j) y[j] = bias[j];");
  w.line("  for (int k = 0; k < in; ++k) {");
  w.line("    for (int j = 0; j < out; ++j) y[j] += x[k] * weight[k * out + j];");
  w.line("  }");
  w.line("}");
  w.line();
  w.line("template <int n>");
  w.line("inline void relu(float* x) noexcept {");
  w.line("  for (int i = 0; i < n; ++i) x[i] = x[i] < 0.0F ? 0.0F : x[i];");
  w.line("}");
  w.line();
  w.line("}  // namespace detail");
  w.line();
  w.line("// log_probs[output_size] of x[input_size], which is normalised already.");
  w.line("inline void predict(const float* x, float* log_probs) noexcept {");
  if (layers.size() > 1) w.line("  float even[" + std::to_string(widest) + "];");
  if (layers.size() > 2) w.line("  float odd[" + std::to_string(widest) + "];");
  std::string from = "x";
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const bool last = i + 1 == layers.size();
    const std::string to = last ? "log_probs" : i % 2 == 0 ? "even" : "odd";
    const std::string out = std::to_string(layers[i].out_features());
    const std::string number = std::to_string(i);
    std::string call = "  detail::affine<";
    call.append(std::to_string(layers[i].in_features())).append(", ").append(out);
    call.append(">(detail::weight_").append(number).append(", detail::bias_").append(number);
    w.line(call.append(", ").append(from).append(", ").append(to).append(");"));
    if (!last) w.line(std::string("  detail::relu<").append(out).append(">(").append(to).append(");"));
    from = to;
  }
  w.line("  float most = log_probs[0];");
  w.line("  for (int i = 1; i < output_size; ++i) most = log_probs[i] > most ? log_probs[i] : most;");
  w.line("  float sum = 0.0F;");
  w.line("  for (int i = 0; i < output_size; ++i) sum += std::exp(log_probs[i] - most);");
  w.line("  const float log_sum = most + std::log(sum);");
  w.line("  for (int i = 0; i < output_size; ++i) log_probs[i] -= log_sum;");
  w.line("}");
  w.line();
  w.line(
      "// probabilities[output_size] of a picture of input_size bytes, row by row; returns the best class.");
  w.line("inline int predict_pixels(const unsigned char* pixels, float* probabilities) noexcept {");
  w.line("  float x[input_size];");
  w.line("  for (int i = 0; i < input_size; ++i) {");
  w.line("    x[i] = (static_cast<float>(pixels[i]) / 255.0F - mean) / std_deviation;");
  w.line("  }");
  w.line("  predict(x, probabilities);");
  w.line("  int best = 0;");
  w.line("  for (int i = 0; i < output_size; ++i) {");
  w.line("    if (probabilities[i] > probabilities[best]) best = i;");
  w.line("  }");
  w.line("  for (int i = 0; i < output_size; ++i) probabilities[i] = std::exp(probabilities[i]);");
  w.line("  return best;");
  w.line("}");
  w.line();
  w.line("}  // namespace " + name);
  return w.text();
}

}  // namespace

int export_cpp(const ExportOptions& options) {
  const std::string name = options.name.empty() ? identifier_of(options.to) : options.name;
  if (const std::string problem = problem_of_namespace(name); !problem.empty()) {
    throw wick::OptionError("--name: expected a name for a C++ namespace, got " +
                            wick::detail::quoted_name(name) + ": " + problem);
  }
  std::error_code ignored;  // what cannot be examined shows when it is written
  if (!options.force && std::filesystem::exists(std::filesystem::symlink_status(options.to, ignored))) {
    throw wick::FileError(wick::display_name(options.to), "the file exists; --force replaces it");
  }
  const File file = read_model(options.model, options.source);
  const auto checkpoint = network_in(file, options.names);
  for (const std::string& text : checkpoint.notes) note("export-cpp", text);
  const wick::NetworkOptions made_with = checkpoint.model.options();
  if (made_with.activation != wick::Activation::relu ||
      made_with.normalisation != wick::Normalisation::none) {
    throw wick::FormatError(file.name,
                            "the network has " + std::string(wick::activation_name(made_with.activation)) +
                                " and the normalisation " +
                                std::string(wick::normalisation_name(made_with.normalisation)) +
                                "; export-cpp writes networks with ReLU and without normalisation");
  }
  const auto inputs = wick::describe_inputs(checkpoint.extras.metadata, file.name);
  // Refuses what would not be a number in the header.
  static_cast<void>(wick::PixelTable<float>({inputs.mean.value_or(0.5), inputs.std.value_or(0.5)}));
  if (!std::ranges::all_of(checkpoint.model.parameters()->values(),
                           [](float x) { return std::isfinite(x); })) {
    throw wick::FormatError(file.name, "the network has parameters that are infinite or NaN");
  }
  const std::string text = header_of(checkpoint, inputs, name);
  wick::AtomicFile out(options.to);
  out.write(std::as_bytes(std::span<const char>(text)));
  out.commit();
  std::cout << "wrote " << printable(wick::display_name(options.to)) << ", " << counted(text.size(), "byte")
            << "; " << name << "::predict(x, log_probs)\n";
  return exit_ok;
}

}  // namespace tool
