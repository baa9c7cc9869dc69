#include "model.hpp"

#include "text.hpp"

#include <wick/core/error.hpp>
#include <wick/core/file.hpp>
#include <wick/inference/input_description.hpp>
#include <wick/inference/make_predictor.hpp>
#include <wick/io/any_file.hpp>
#include <wick/model/checkpoint.hpp>

#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

namespace desktop {

namespace {

int side_of(const wick::Network<float>& network, const std::string& name) {
  const wick::Index inputs = network.input_size();
  const auto side = static_cast<int>(std::lround(std::sqrt(static_cast<double>(inputs))));
  if (wick::Index{side} * side != inputs) {
    throw wick::OptionError(name +
                            ": expected a network for square grey pictures, such as one with 784 inputs for "
                            "28 x 28 pixels, got one with " +
                            std::to_string(inputs) + " inputs");
  }
  return side;
}

}  // namespace

ModelPtr make_model(wick::Network<float> network, wick::Attributes metadata, const QString& path) {
  const std::string name = path.isEmpty() ? "<memory>" : wick::display_name(to_path(path));
  const int side = side_of(network, name);
  wick::InputDescription inputs = wick::describe_inputs(metadata, name);
  // Names that are not as many as the outputs name none of them.
  if (inputs.classes.size() != static_cast<std::size_t>(network.output_size())) inputs.classes.clear();
  const wick::Normalize normalize{.mean = inputs.mean.value_or(0.5), .std = inputs.std.value_or(0.5)};
  network.eval();
  wick::Predictor predictor = wick::make_predictor(network, normalize, std::move(inputs.classes));
  return std::make_shared<const Model>(
      Model{std::move(network), std::move(predictor), std::move(metadata), side, path});
}

ModelPtr load_model(const QString& path) {
  wick::Checkpoint<float> file = wick::read_checkpoint<float>(to_path(path));
  return make_model(std::move(file.model), std::move(file.extras.metadata), path);
}

ModelPtr save_model(const Model& model, const QString& path) {
  wick::CheckpointExtras extras;
  extras.metadata = model.metadata;
  wick::save_checkpoint(to_path(path), model.network, extras);
  Model saved = model;
  saved.path = path;
  return std::make_shared<const Model>(std::move(saved));
}

QStringList class_names(const Model& model) {
  QStringList names;
  for (const std::string& name : model.predictor.class_names()) names.append(to_text(name));
  return names;
}

QString layer_sizes(const Model& model) {
  QString text = QString::number(model.network.input_size());
  for (const auto& layer : model.network.hidden_layers()) {
    text += QStringLiteral(" - ") + QString::number(layer.out_features());
  }
  return text + QStringLiteral(" - ") + QString::number(model.network.output_size());
}

bool has_model_suffix(const QString& path) { return wick::format_of(to_path(path)).has_value(); }

}  // namespace desktop
