#pragma once

// What predicts in applications, wherever it comes from: predictor.hpp, own_format.hpp or make_predictor.hpp.
//
// Nothing here needs Eigen, exceptions or run-time type information to compile. Programs built with
// -fno-exceptions link wick::compiled, which is built with them.

#include <wick/base/detail/compiled.hpp>
#include <wick/inference/pixels.hpp>
#include <wick/inference/predictor_outputs.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#if defined(__GNUC__) && !defined(__cpp_exceptions) && !defined(WICK_COMPILED)
#error "wick/inference/predictor_class.hpp: a program without exceptions has to link wick::compiled"
#endif

WICK_BEGIN_NAMESPACE

class PredictorModel;
struct ActivationTable;
struct NormalisationTable;

struct PredictorOptions {
  /// Leave the weights in the file, which is mapped into memory and shared by all processes that do so; of
  /// paths only. Where its layout does not allow that, see map_checkpoint(), they are copied and notes() says
  /// it. MappedFile says what must not happen to the file meanwhile.
  bool mapped = false;
  /// Take parameters whatever their names, matched as infer_by_shape() does. That between the layers there is
  /// ReLU is assumed then, and said by Predictor::notes().
  bool by_shape = false;
  /// Which parameters to take and what to call them, as in BuildOptions: only those whose names begin with
  /// one of these; without this prefix; by another name, or not at all for nullopt.
  std::vector<std::string> only = {};
  std::string prefix = {};  ///< removed from the names that begin with it, e.g. `module.`
  /// From the file's name to that of the network.
  std::function<std::optional<std::string>(std::string_view)> rename = {};
  /// Item of a PyTorch file that is the model or holds it; see ReadOptions.
  std::string key = {};
  /// The modules that the file may name as the activation of hidden layers, see BuildOptions; null: none.
  const ActivationTable* activations = nullptr;
  const NormalisationTable* normalisations = nullptr;  ///< the same of the normalisation
  /// Normalisation of pixels in [0, 1], (x - mean) / std, instead of the file's; without either, 0.5 and 0.5,
  /// the lesson's.
  std::optional<double> mean = {};
  std::optional<double> std = {};  ///< see `mean`; > 0
  /// `values` gives what the output layer of a network gives, of one output too.
  PredictorOutputs outputs = PredictorOutputs::automatic;
  /// Names of the classes instead of the file's; without either, "0", "1", ...
  std::vector<std::string> classes = {};
};

/// One class that a network thinks of.
struct Prediction {
  std::ptrdiff_t label = 0;  ///< number of the output
  float probability = 0;     ///< in [0, 1]
  std::string_view name =
      {};  ///< of the class; lives as long as the predictor, a copy of it or the workspace
};

/// A trained model with what its file says about its inputs and classes.
///
/// Immutable: any number of threads predict with one predictor, each with a workspace of its own. Copies
/// share the weights; to move a predictor copies it, so there is none without a network.
///
///     const auto predictor = wick::load_predictor("checkpoint.wick");
///     auto workspace = predictor.workspace();
///     std::array<wick::Prediction, 3> top;
///     const auto n = predictor.predict(wick::Pixels::bytes(image, 28, 28), top, workspace);
class Predictor {
 public:
  /// The memory that one thread predicts in. It serves its predictor, and others whose models have layers of
  /// the same sizes; with the rest, and when it was moved from, nothing is predicted.
  class Workspace {
   public:
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;
    Workspace(Workspace&&) noexcept;
    Workspace& operator=(Workspace&&) noexcept;
    ~Workspace();

   private:
    friend class Predictor;
    struct Memory;
    explicit Workspace(std::unique_ptr<Memory> memory) noexcept;
    std::unique_ptr<Memory> memory_;
  };

  /// Throws OptionError for a null pointer.
  explicit Predictor(std::shared_ptr<const PredictorModel> model);
  // No moves: a predictor that was moved from would have no way to say so.
  Predictor(const Predictor&) = default;
  Predictor& operator=(const Predictor&) = default;
  ~Predictor() = default;

  /// Numbers of a sample, and of what the model gives for it.
  [[nodiscard]] std::ptrdiff_t input_size() const noexcept;
  /// Numbers that the model gives for a sample.
  [[nodiscard]] std::ptrdiff_t output_size() const noexcept;
  /// Empty for models whose outputs are values.
  [[nodiscard]] std::span<const std::string> class_names() const& noexcept;
  void class_names() const&& = delete;
  /// What is subtracted from pixels in [0, 1].
  [[nodiscard]] double mean() const noexcept;
  /// What they are divided by then.
  [[nodiscard]] double std() const noexcept;
  /// What else is in the file, and what was assumed because the file does not say, a sentence each; see
  /// PredictorOptions::by_shape.
  [[nodiscard]] std::span<const std::string> notes() const noexcept;

  /// Memory for up to `rows` samples at a time, rows >= 1 (less counts as 1). All that predictions need is
  /// allocated here.
  [[nodiscard]] Workspace workspace(std::ptrdiff_t rows = 1) const;

  /// Writes the most probable classes to `top`, best first, the smaller number of equal ones; returns how
  /// many: as many as there is room for and the model has, or none if width * height is not input_size(),
  /// there are no pixels, the model has no classes, or the workspace is of another model. Probabilities are
  /// NaN where the model gives NaN. Allocates nothing.
  std::size_t predict(const Pixels& pixels, std::span<Prediction> top, Workspace& workspace) const noexcept;

  /// Log-probabilities, or the values of a model without classes, of inputs that need no normalisation:
  /// `inputs` holds rows of input_size() numbers, and the result as many rows of output_size(), in the
  /// workspace until its next use. Empty unless there are whole rows, no more than the workspace was made
  /// for, and it is of this model. `inputs` may be the result before. Allocates nothing.
  std::span<const float> outputs(std::span<const float> inputs, Workspace& workspace) const noexcept;

 private:
  std::shared_ptr<const PredictorModel> model_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/inference/predictor_class.ipp>
#endif
