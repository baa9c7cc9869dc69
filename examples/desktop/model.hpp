#pragma once

// The network in use, and what its file says about it.

#include <wick/core/attributes.hpp>
#include <wick/inference/predictor.hpp>
#include <wick/nn/network.hpp>

#include <QString>
#include <QStringList>

#include <memory>

namespace desktop {

/// Never changes, so that all threads may read it; whoever works with it keeps it alive.
struct Model {
  wick::Network<float> network;
  wick::Predictor predictor;
  wick::Attributes metadata;
  int side = 0;       ///< of the square pictures that it takes
  QString path = {};  ///< empty while it is in no file
};

using ModelPtr = std::shared_ptr<const Model>;

/// Throws wick::OptionError unless the network takes square pictures.
[[nodiscard]] ModelPtr make_model(wick::Network<float> network, wick::Attributes metadata,
                                  const QString& path);
/// The model in a file of any format that wick reads. Throws what wick::read_checkpoint() throws, and as
/// make_model().
[[nodiscard]] ModelPtr load_model(const QString& path);
/// Saves `model` in the format that the extension of `path` names and returns it as the model of that file.
/// Throws wick::FileError.
[[nodiscard]] ModelPtr save_model(const Model& model, const QString& path);

[[nodiscard]] QStringList class_names(const Model& model);
/// `784 - 512 - 256 - 128 - 10`
[[nodiscard]] QString layer_sizes(const Model& model);
/// What dialogs and buttons say files of models are called.
[[nodiscard]] bool has_model_suffix(const QString& path);

}  // namespace desktop
