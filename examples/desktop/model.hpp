#pragma once

// The network in use, and what its file says about it.

#include <wick/inference/predictor.hpp>
#include <wick/models/network.hpp>
#include <wick/state/attributes.hpp>

#include <QString>
#include <QStringList>

#include <memory>
#include <vector>

namespace desktop {

/// Never changes, so that all threads may read it; whoever works with it keeps it alive.
struct Model {
  wick::Network<float> network;
  wick::Predictor predictor;
  wick::Attributes metadata;
  int side = 0;              ///< of the square pictures that it takes
  QString path = {};         ///< empty while it is in no file
  QStringList classes = {};  ///< a name for each output: the file's, else "class 0", "class 1" and so on
  bool named = false;        ///< the names are the file's
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

/// The same network with other names for its classes, in no file. Throws wick::OptionError unless there is
/// one for each output.
[[nodiscard]] ModelPtr rename_classes(const Model& model, const QStringList& names);

/// A network that has learned nothing yet.
struct NewModel {
  int side = 28;  ///< of the square pictures that it is for
  std::vector<wick::Index> hidden_layers = {256, 128};
  QStringList classes = {};
};
/// Throws wick::OptionError for fewer than two classes and for sizes that no network has.
[[nodiscard]] ModelPtr new_model(const NewModel& wanted);

/// Number of the class that `label` names; the number itself and "class 3" are names as well. -1 for none.
[[nodiscard]] int class_index(const Model& model, const QString& label);
/// `784 - 512 - 256 - 128 - 10`
[[nodiscard]] QString layer_sizes(const Model& model);
/// What dialogs and buttons say files of models are called.
[[nodiscard]] bool has_model_suffix(const QString& path);

}  // namespace desktop
