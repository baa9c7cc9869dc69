#pragma once

// Definitions of tabular/table_predictor.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/checkpoint/program_file.hpp>
#include <wick/graph/all_operations.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/io/any_file.hpp>
#include <wick/tabular/detail/predictor_parts.hpp>
#include <wick/tabular/table_predictor.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <variant>

WICK_BEGIN_NAMESPACE

struct TablePredictor::Workspace::Memory {
  const void* of;  ///< the parts of the predictor
  Tensor<float> features;
  wick::Workspace<float> workspace;
  std::vector<float> probabilities;
};

WICK_INLINE TablePredictor::Workspace::Workspace(std::unique_ptr<Memory> memory) noexcept
    : memory_(std::move(memory)) {}
WICK_INLINE TablePredictor::Workspace::Workspace(Workspace&&) noexcept = default;
WICK_INLINE TablePredictor::Workspace& TablePredictor::Workspace::operator=(Workspace&&) noexcept = default;
WICK_INLINE TablePredictor::Workspace::~Workspace() = default;

WICK_INLINE const Preprocessing& TablePredictor::preprocessing() const noexcept {
  return parts_->preprocessing;
}
WICK_INLINE Index TablePredictor::parameter_count() const noexcept { return parts_->parameters->numel(); }

namespace detail {

WICK_INLINE TablePredictions predictions_of(const TablePredictorParts& parts, const Tensor<float>& features,
                                            ThreadPool* pool) {
  wick::Workspace<float> workspace(pool);
  const TargetEncoder& target = parts.preprocessing.target;
  const bool regression = target.task() == Task::regression;
  const Index rows = features.size(0);
  const Index outputs = parts.program.output_shape(0, 1).numel();
  TablePredictions result;
  if (regression) {
    result.numbers.resize(Shape{rows});
  } else {
    result.probabilities.resize(Shape{rows, outputs});
    result.classes.resize(static_cast<std::size_t>(rows));
  }
  constexpr Index most = 4096;  // rows at a time, so that memory does not grow with the table
  for (Index first = 0; first < rows; first += most) {
    const Index count = (std::min)(most, rows - first);
    const TensorView<const float> x(features.data() + first * features.size(1),
                                    Shape{count, features.size(1)});
    const auto y = parts.program(parts.parameters->values(), x, workspace);
    for (Index i = 0; i < count; ++i) {
      const float* const row = y.data() + i * outputs;
      if (regression) {
        result.numbers.data()[first + i] = number_of(target, row[0]);
        continue;
      }
      double sum = 0;
      double* const p = result.probabilities.data() + (first + i) * outputs;
      for (Index c = 0; c < outputs; ++c) sum += p[c] = std::exp(static_cast<double>(row[c]));
      for (Index c = 0; c < outputs; ++c) p[c] /= sum;
      result.classes[static_cast<std::size_t>(first + i)] = std::max_element(row, row + outputs) - row;
    }
  }
  return result;
}

}  // namespace detail

WICK_INLINE TablePredictions TablePredictor::predict(const Table& table, ThreadPool* pool) const {
  return detail::predictions_of(*parts_, parts_->preprocessing.inputs.transform<float>(table), pool);
}

WICK_INLINE Column TablePredictor::column_of(const TablePredictions& predictions) const {
  const TargetEncoder& target = parts_->preprocessing.target;
  if (task() != Task::regression) return target.class_column(predictions.classes);
  const auto numbers = predictions.numbers.view().span();
  return Column(target.name(), Reals{std::vector<double>(numbers.begin(), numbers.end())});
}

WICK_INLINE TablePredictor::Workspace TablePredictor::workspace() const {
  const Index outputs = parts_->program.output_shape(0, 1).numel();
  auto memory = std::make_unique<Workspace::Memory>(Workspace::Memory{
      parts_.get(), Tensor<float>(Shape{1, parts_->preprocessing.inputs.features()}),
      wick::Workspace<float>(),
      std::vector<float>(static_cast<std::size_t>(task() == Task::regression ? 0 : outputs))});
  return Workspace(std::move(memory));
}

WICK_INLINE RowPrediction TablePredictor::predict(const Row& row, Workspace& workspace) const {
  if (workspace.memory_ == nullptr || workspace.memory_->of != parts_.get()) {
    throw Error("TablePredictor::predict: expected a workspace of this predictor, got " +
                std::string(workspace.memory_ == nullptr ? "one that was moved from" : "another's"));
  }
  Workspace::Memory& memory = *workspace.memory_;
  parts_->preprocessing.inputs.transform_out(row, memory.features.view());
  const auto y = parts_->program(parts_->parameters->values(), memory.features, memory.workspace);
  const TargetEncoder& target = parts_->preprocessing.target;
  if (task() == Task::regression) return {.number = detail::number_of(target, y.data()[0])};
  double sum = 0;
  for (std::size_t c = 0; c < memory.probabilities.size(); ++c)
    sum += std::exp(static_cast<double>(y.data()[c]));
  for (std::size_t c = 0; c < memory.probabilities.size(); ++c) {
    memory.probabilities[c] = static_cast<float>(std::exp(static_cast<double>(y.data()[c])) / sum);
  }
  const auto label = std::max_element(y.data(), y.data() + y.numel()) - y.data();
  return {.number = (std::numeric_limits<double>::quiet_NaN)(),
          .label = label,
          .name = target.class_names()[static_cast<std::size_t>(label)],
          .probabilities = memory.probabilities};
}

namespace detail {

/// The text of the preprocessing in the metadata; null when there is none.
[[nodiscard]] inline const std::string* preprocessing_in(const Archive& archive) noexcept {
  const Attributes* const metadata = archive.find_attributes("metadata");
  if (metadata == nullptr) return nullptr;
  const Attribute* const found = metadata->find(Preprocessing::metadata_key);
  return found == nullptr ? nullptr : std::get_if<std::string>(found);
}

/// A description of a large table is long.
[[nodiscard]] inline ReadOptions table_reading() {
  ReadOptions options;
  options.archive.text_bytes = 64U << 20;
  options.archive.header_bytes = std::uint64_t{80} << 20;
  return options;
}

}  // namespace detail

WICK_INLINE bool is_table_model(const Archive& archive) noexcept {
  return detail::preprocessing_in(archive) != nullptr;
}

WICK_INLINE TablePredictor load_table_predictor(const Archive& archive, const std::string& name) {
  const std::string* const text = detail::preprocessing_in(archive);
  if (text == nullptr) {
    throw FormatError(
        name,
        "expected a model of a table, with the text \"preprocessing\" in its metadata, as fit_table() "
        "makes them; got a file without it");
  }
  auto preprocessing = Preprocessing::from_json(*text, name);
  auto loaded = detail::program_of<float>(archive, all_operations<float>(), name, {});
  const Program<float>& program = loaded.program;
  const bool one = program.inputs().size() == 1 && program.outputs().size() == 1 && program.goes_by_rows();
  const Index outputs =
      preprocessing.target.task() == Task::regression ? 1 : preprocessing.target.class_count();
  const Index features = preprocessing.inputs.features();
  if (!one || program.input_shape(0, 1) != Shape{1, features} ||
      program.output_shape(0, 1) != Shape{1, outputs}) {
    throw FormatError(name, "expected a model from rows of " + std::to_string(features) + " features to " +
                                std::to_string(outputs) +
                                " outputs, as its preprocessing says, got another one");
  }
  return TablePredictor(std::make_shared<const detail::TablePredictorParts>(detail::TablePredictorParts{
      std::move(preprocessing), std::move(loaded.program), std::move(loaded.parameters)}));
}

WICK_INLINE TablePredictor load_table_predictor(const std::filesystem::path& path) {
  return load_table_predictor(read_any(path, detail::table_reading()).archive, display_name(path));
}
WICK_INLINE TablePredictor load_table_predictor(std::istream& in) {
  return load_table_predictor(read_any(in, detail::table_reading()).archive, "<stream>");
}
WICK_INLINE TablePredictor load_table_predictor(std::span<const std::byte> bytes) {
  return load_table_predictor(read_any(bytes, detail::table_reading()).archive, "<memory>");
}

WICK_END_NAMESPACE
