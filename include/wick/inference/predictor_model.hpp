#pragma once

// What a Predictor shares with its copies.

#include <wick/base/error.hpp>
#include <wick/data/transforms.hpp>
#include <wick/graph/normalisation.hpp>
#include <wick/graph/program.hpp>
#include <wick/inference/predictor_outputs.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/shape.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

template <Floating T>
class Network;

/// A program with its parameters, the values of its pixels and the names of its classes.
class PredictorModel {
 public:
  /// `outputs` says what the program gives; log-probabilities are made of logits. Without names classes are
  /// called by their numbers.
  ///
  /// Throws OptionError for a program with several inputs or outputs, for one that sums over samples, for
  /// classes of a single output, for an impossible normalisation, and for names that are not as many as the
  /// outputs; Error for the parameters of another model.
  PredictorModel(Program<float> program, std::shared_ptr<const ParameterBlock<float>> parameters,
                 const Normalize& normalize, std::vector<std::string> classes,
                 PredictorOutputs outputs = PredictorOutputs::automatic, std::vector<std::string> notes = {})
      : program_(std::move(program)),
        parameters_(std::move(parameters)),
        normalize_(normalize),
        table_(normalize),
        classes_(std::move(classes)),
        notes_(std::move(notes)) {
    if (parameters_ == nullptr) throw OptionError("Predictor: expected parameters, got a null pointer");
    if (program_.inputs().size() != 1 || program_.outputs().size() != 1 || !program_.goes_by_rows()) {
      throw OptionError(
          "Predictor: expected a model of one input and one output, with a row of the output for each "
          "sample; "
          "run other programs by Program::run()");
    }
    program_.check_parameters(parameters_->values());
    input_size_ = program_.input_shape(0, 1).numel();
    output_size_ = program_.output_shape(0, 1).numel();
    const bool gives_logs = program_.steps()[static_cast<std::size_t>(program_.outputs()[0])].operation ==
                            &detail::log_softmax_operation<float>;
    if (outputs == PredictorOutputs::automatic)
      outputs = gives_logs ? PredictorOutputs::log_probabilities : PredictorOutputs::values;
    has_classes_ = outputs != PredictorOutputs::values;
    if (outputs == PredictorOutputs::logits) program_ = program_.then(detail::log_softmax_operation<float>);
    if (!has_classes_) {
      if (!classes_.empty()) {
        throw OptionError("Predictor: class names for a model whose outputs are values; say that they are " +
                          std::string("logits or log-probabilities"));
      }
      return;
    }
    if (output_size_ < 2) {
      throw OptionError(
          "Predictor: expected a network with two outputs or more, got one; there is no class to choose, and "
          "the log-softmax of one number is always 0. With PredictorOutputs::values it is given as it is");
    }
    const auto count = static_cast<std::size_t>(output_size_);
    if (classes_.empty()) {
      classes_.reserve(count);
      for (std::size_t i = 0; i < count; ++i) classes_.push_back(std::to_string(i));
    }
    if (classes_.size() != count) {
      throw OptionError("Predictor: expected " + std::to_string(count) +
                        " class names, one for each output, got " + std::to_string(classes_.size()));
    }
  }
  /// The same of a network, whose values are what its output layer gives. Throws Error for one that was moved
  /// from.
  template <std::same_as<Network<float>> Model>
  PredictorModel(Model network, const Normalize& normalize, std::vector<std::string> classes,
                 PredictorOutputs outputs = PredictorOutputs::automatic, std::vector<std::string> notes = {})
      : PredictorModel(network.program(outputs == PredictorOutputs::values),
                       std::as_const(network).parameters(), normalize, std::move(classes),
                       outputs == PredictorOutputs::values ? outputs : PredictorOutputs::log_probabilities,
                       std::move(notes)) {}

  /// What is computed.
  [[nodiscard]] const Program<float>& program() const noexcept { return program_; }
  /// What it is computed with.
  [[nodiscard]] const ParameterBlock<float>& parameters() const noexcept { return *parameters_; }
  /// Numbers of a sample.
  [[nodiscard]] Index input_size() const noexcept { return input_size_; }
  /// Numbers that the model gives for it.
  [[nodiscard]] Index output_size() const noexcept { return output_size_; }
  /// Whether it gives log-probabilities of classes.
  [[nodiscard]] bool has_classes() const noexcept { return has_classes_; }
  /// What is done with pixels.
  [[nodiscard]] const Normalize& normalize() const noexcept { return normalize_; }
  /// The values of pixels that are bytes.
  [[nodiscard]] const PixelTable<float>& table() const noexcept { return table_; }
  /// The names of the classes; none without classes.
  [[nodiscard]] const std::vector<std::string>& classes() const noexcept { return classes_; }
  /// What else is in the file, a sentence each.
  [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return notes_; }

 private:
  Program<float> program_;
  std::shared_ptr<const ParameterBlock<float>> parameters_;
  Normalize normalize_;
  PixelTable<float> table_;
  std::vector<std::string> classes_;
  std::vector<std::string> notes_;
  Index input_size_ = 0;
  Index output_size_ = 0;
  bool has_classes_ = false;
};

WICK_END_NAMESPACE
