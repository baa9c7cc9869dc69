#include "model.hpp"

#include "text.hpp"

#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/checkpoint/checkpoint.hpp>
#include <wick/inference/input_description.hpp>
#include <wick/inference/make_predictor.hpp>
#include <wick/io/any_file.hpp>
#include <wick/io/archive/groups.hpp>
#include <wick/random/distributions.hpp>

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

QString unnamed_class(wick::Index number) { return QStringLiteral("class %1").arg(number); }

wick::Attributes with_classes(wick::Attributes metadata, const QStringList& names) {
  std::vector<std::string> classes;
  for (const QString& name : names) classes.push_back(name.toStdString());
  metadata.set(wick::classes_key, std::move(classes));
  return metadata;
}

}  // namespace

ModelPtr make_model(wick::Network<float> network, wick::Attributes metadata, const QString& path) {
  const std::string name = path.isEmpty() ? "<memory>" : wick::display_name(to_path(path));
  const int side = side_of(network, name);
  wick::InputDescription inputs = wick::describe_inputs(metadata, name);
  // Names that are not as many as the outputs name none of them.
  if (inputs.classes.size() != static_cast<std::size_t>(network.output_size())) inputs.classes.clear();
  const wick::Normalize normalize{.mean = inputs.mean.value_or(0.5), .std = inputs.std.value_or(0.5)};
  const bool named = !inputs.classes.empty();
  QStringList classes;
  for (wick::Index i = 0; i < network.output_size(); ++i) {
    classes.append(named ? to_text(inputs.classes[static_cast<std::size_t>(i)]) : unnamed_class(i));
  }
  network.eval();
  wick::Predictor predictor = wick::make_predictor(network, normalize, std::move(inputs.classes));
  return std::make_shared<const Model>(
      Model{std::move(network), std::move(predictor), std::move(metadata), side, path, classes, named});
}

ModelPtr load_model(const QString& path) {
  wick::Checkpoint<float> file = wick::read_checkpoint<float>(to_path(path));
  return make_model(std::move(file.model), std::move(file.extras.metadata), path);
}

ModelPtr save_model(const Model& model, const QString& path) {
  wick::CheckpointExtras extras;
  extras.metadata = model.metadata;
  wick::save_checkpoint(model.network, to_path(path), extras);
  Model saved = model;
  saved.path = path;
  return std::make_shared<const Model>(std::move(saved));
}

ModelPtr rename_classes(const Model& model, const QStringList& names) {
  if (names.size() != model.network.output_size()) {
    throw wick::OptionError("expected a name for each of the " + std::to_string(model.network.output_size()) +
                            " outputs, got " + std::to_string(names.size()));
  }
  return make_model(model.network, with_classes(model.metadata, names), {});
}

ModelPtr new_model(const NewModel& wanted) {
  if (wanted.classes.size() < 2) {
    throw wick::OptionError("a network needs at least 2 classes to choose from, got " +
                            std::to_string(wanted.classes.size()));
  }
  // Equal wishes give equal networks; the default generator belongs to no thread.
  wick::Generator generator(0);
  wick::Network<float> network(wick::Index{wanted.side} * wanted.side, wanted.classes.size(),
                               wanted.hidden_layers, {.dropout = 0.2}, generator);
  wick::Attributes metadata = with_classes({}, wanted.classes);
  metadata.set(wick::normalize_mean_key, 0.5);
  metadata.set(wick::normalize_std_key, 0.5);
  return make_model(std::move(network), std::move(metadata), {});
}

int class_index(const Model& model, const QString& label) {
  if (label.isEmpty()) return -1;
  if (const auto named = model.classes.indexOf(label); named >= 0) return static_cast<int>(named);
  const QString digits = label.startsWith(QLatin1String("class ")) ? label.mid(6) : label;
  bool is_number = false;
  const int number = digits.toInt(&is_number);
  return is_number && number >= 0 && number < model.classes.size() ? number : -1;
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
